//! Everything that a commit holds, article by article.

use super::archive::Snapshot;
use super::document::Head;
use super::packed::{Passages, Unpacker};
use super::schema::Fields;
use crate::error::{Error, Result};
use crate::passage::Passage;
use std::sync::Arc;
use tantivy::SegmentReader;

/// An article as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Content {
    /// Its number in the ledger.
    pub key: u64,
    pub head: Head,
    /// In order, from 0.
    pub passages: Vec<Passage>,
}

/// Unpacked passages kept while a segment is read from its beginning to its end, in bytes.
const KEPT_BYTES: usize = 128 << 10;

/// Calls `f` with every article of a commit, in the order of the segments.
///
/// # Errors
/// `Damaged` where an article's passages do not stand together, in order and complete.
pub fn for_each_article(
    snapshot: &Snapshot,
    fields: Fields,
    mut f: impl FnMut(Content) -> Result<()>,
) -> Result<()> {
    let unpacker = Arc::new(Unpacker::of(snapshot));
    for segment in snapshot.searcher.segment_readers() {
        for_each_in_segment(segment, fields, &unpacker, |content| f(content?))?;
    }
    Ok(())
}

/// The same for one segment; what is wrong with an article goes to `f`.
pub(crate) fn for_each_in_segment(
    segment: &SegmentReader,
    fields: Fields,
    unpacker: &Arc<Unpacker>,
    mut f: impl FnMut(Result<Content>) -> Result<()>,
) -> Result<()> {
    let place = || format!("segment {}", segment.segment_id().short_uuid_string());
    let keys = segment.fast_fields().u64("key")?;
    let ordinals = segment.fast_fields().u64("ordinal")?;
    let stored = Passages::open(segment, fields.stored, Arc::clone(unpacker), KEPT_BYTES)?;
    let mut open: Option<Content> = None;
    for doc in 0..segment.max_doc() {
        if segment.is_deleted(doc) {
            continue;
        }
        let (Some(key), Some(ordinal)) = (keys.first(doc), ordinals.first(doc)) else {
            f(Err(Error::Damaged(format!(
                "{}, document {doc}: without key",
                place()
            ))))?;
            continue;
        };
        let stored = match stored.read(doc) {
            Ok(stored) => stored,
            Err(e) => {
                f(Err(e))?;
                continue;
            }
        };
        if let Some(head) = stored.head {
            if let Some(done) = open.take() {
                f(complete(done))?;
            }
            open = Some(Content {
                key,
                head,
                passages: Vec::new(),
            });
        }
        match &mut open {
            Some(content)
                if content.key == key
                    && content.passages.len() as u64 == ordinal
                    && u64::from(stored.passage.ordinal) == ordinal =>
            {
                content.passages.push(stored.passage);
            }
            _ => f(Err(Error::Damaged(format!(
                "{}, document {doc}: passage {ordinal} of article {key} stands by itself",
                place()
            ))))?,
        }
    }
    match open {
        Some(done) => f(complete(done)),
        None => Ok(()),
    }
}

fn complete(content: Content) -> Result<Content> {
    let (found, expected) = (content.passages.len(), content.head.passages);
    match found == expected as usize {
        true => Ok(content),
        false => Err(Error::Damaged(format!(
            "{}: {found} passages, expected {expected}",
            content.head.article.id
        ))),
    }
}
