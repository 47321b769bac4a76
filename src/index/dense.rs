//! Columns that are unpacked once they are read often.

use std::fmt::Debug;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use tantivy::DocId;
use tantivy::columnar::{Cardinality, Column};

/// Small values of all documents of a segment.
///
/// Counts over many documents read them in a third of the time that the packed column takes. They are
/// unpacked once they were read often: one question alone would not pay for it.
pub struct Dense {
    documents: u32,
    /// How many documents were counted so far.
    read: AtomicU64,
    values: OnceLock<Option<Vec<u16>>>,
}

/// To unpack a column takes as long as to read one value in so many by themselves, or less.
pub const PAYS_FROM: u64 = 4;

/// Values of more documents than this are left packed, 128 MB a column.
const MOST_DENSE: u32 = 1 << 26;

impl Dense {
    /// Nothing read yet of a column of so many documents.
    pub fn new(documents: u32) -> Self {
        Self {
            documents,
            read: AtomicU64::new(0),
            values: OnceLock::new(),
        }
    }

    /// Whether they were read often enough.
    #[cfg(test)]
    pub fn is_made(&self) -> bool {
        self.values.get().is_some_and(Option::is_some)
    }

    /// Says that so many documents were counted.
    pub fn counted(&self, documents: u64) {
        self.read.fetch_add(documents, Ordering::Relaxed);
    }

    /// The values as `small` makes them, if each document has one, all are small, and they were read
    /// often.
    pub fn values<T: PartialOrd + Copy + Default + Send + Sync + Debug + 'static>(
        &self,
        column: &Column<T>,
        small: impl Fn(T) -> Option<u16>,
    ) -> Option<&[u16]> {
        if self.read.load(Ordering::Relaxed) < u64::from(self.documents) / PAYS_FROM {
            return None;
        }
        let unpacked = self.values.get_or_init(|| {
            let is_full = column.get_cardinality() == Cardinality::Full;
            if !is_full || self.documents > MOST_DENSE {
                return None;
            }
            let mut values = Vec::with_capacity(self.documents as usize);
            let mut are_small = true;
            each_value(column, self.documents, |_, value| match small(value) {
                Some(value) => values.push(value),
                None => are_small = false,
            });
            are_small.then_some(values)
        });
        unpacked.as_deref()
    }
}

/// Calls `visit` with every document and its value, of a column in which each has one.
pub fn each_value<T: PartialOrd + Copy + Default + Send + Sync + Debug + 'static>(
    column: &Column<T>,
    documents: u32,
    mut visit: impl FnMut(DocId, T),
) {
    let mut some = [T::default(); 1024];
    let mut from = 0;
    while from < documents {
        let len = some.len().min((documents - from) as usize);
        column.values.get_range(from.into(), &mut some[..len]);
        for (doc, &value) in (from..).zip(&some[..len]) {
            visit(doc, value);
        }
        from += len as u32;
    }
}
