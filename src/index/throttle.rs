//! Documents that count: how many bytes of them wait for tantivy's workers.
//!
//! tantivy's queue holds 10,000 batches whatever their size; filled with whole articles it peaked at
//! 1.8 GB. Each document here carries a share of a budget and gives it back when a worker takes it.

use crate::error::{Error, Result};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;
use tantivy::TantivyDocument;
use tantivy::schema::document::Document;

/// A budget of bytes that may wait.
pub(crate) struct Throttle {
    limit: usize,
    waiting: Mutex<usize>,
    freed: Condvar,
}

impl Throttle {
    pub fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self {
            limit,
            waiting: Mutex::new(0),
            freed: Condvar::new(),
        })
    }

    /// Waits until `bytes` fit; a batch above the limit waits for all others to be gone.
    ///
    /// `alive` is asked every second, so that a writer that died ends the waiting.
    pub fn acquire(
        self: &Arc<Self>,
        bytes: usize,
        alive: impl Fn() -> Result<()>,
    ) -> Result<Arc<Share>> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        while *waiting > 0 && *waiting + bytes > self.limit {
            let (guard, timeout) = self
                .freed
                .wait_timeout(waiting, Duration::from_secs(1))
                .map_err(|_| Error::Interrupted("a worker panicked".to_owned()))?;
            waiting = guard;
            if timeout.timed_out() {
                drop(waiting);
                alive()?;
                waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            }
        }
        *waiting += bytes;
        Ok(Arc::new(Share {
            of: Arc::clone(self),
            bytes,
        }))
    }
}

/// A part of the budget, given back when dropped.
pub(crate) struct Share {
    of: Arc<Throttle>,
    bytes: usize,
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut waiting = self
            .of
            .waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *waiting = waiting.saturating_sub(self.bytes);
        self.of.freed.notify_all();
    }
}

/// A document with the share that its article holds.
pub(crate) struct Counted {
    pub document: TantivyDocument,
    /// Given back when tantivy drops the last document of the article.
    #[expect(dead_code, reason = "held for its drop")]
    pub share: Arc<Share>,
}

impl Document for Counted {
    type Value<'a> = <TantivyDocument as Document>::Value<'a>;
    type FieldsValuesIter<'a> = <TantivyDocument as Document>::FieldsValuesIter<'a>;

    fn iter_fields_and_values(&self) -> Self::FieldsValuesIter<'_> {
        self.document.iter_fields_and_values()
    }

    fn into_tantivy_document(self) -> TantivyDocument {
        self.document
    }
}

/// About what a document takes in memory.
pub(crate) fn size(document: &TantivyDocument) -> usize {
    use tantivy::schema::Value;
    let mut bytes = 0;
    for (_, value) in document.iter_fields_and_values() {
        bytes += 16 + value.as_str().map_or(0, str::len) + value.as_bytes().map_or(0, <[u8]>::len);
    }
    bytes
}
