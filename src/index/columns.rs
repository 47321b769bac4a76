//! The fast columns of one segment, and the runs of passages that are its articles.

use crate::error::Result;
use tantivy::columnar::Column;
use tantivy::{DocId, SegmentReader};

/// The columns that matching and ranking read, opened once a segment and search.
pub struct Columns {
    pub ordinal: Column<u64>,
    pub words: Column<u64>,
    pub title_words: Column<u64>,
    pub key: Column<u64>,
    pub published: Column<i64>,
    pub first_day: Column<i64>,
    pub last_day: Column<i64>,
    pub embargo: Column<i64>,
    max_doc: DocId,
}

impl Columns {
    pub fn open(reader: &SegmentReader) -> Result<Self> {
        let fast = reader.fast_fields();
        Ok(Self {
            ordinal: fast.u64("ordinal")?,
            words: fast.u64("words")?,
            title_words: fast.u64("title_words")?,
            key: fast.u64("key")?,
            published: fast.i64("published")?,
            first_day: fast.i64("first_day")?,
            last_day: fast.i64("last_day")?,
            embargo: fast.i64("embargo")?,
            max_doc: reader.max_doc(),
        })
    }

    /// The first document of the article that `doc` belongs to.
    pub fn head(&self, doc: DocId) -> DocId {
        doc - self.ordinal(doc)
    }

    /// The passage's number within its article.
    pub fn ordinal(&self, doc: DocId) -> u32 {
        let ordinal = self.ordinal.first(doc).unwrap_or(0);
        // A damaged column must not send `head` below zero.
        u32::try_from(ordinal).unwrap_or(0).min(doc)
    }

    /// One past the last document of the article whose first document is `head`.
    pub fn end(&self, head: DocId) -> DocId {
        let mut end = head + 1;
        while end < self.max_doc && self.ordinal.first(end) != Some(0) {
            end += 1;
        }
        end
    }

    /// Lengths of the passage and title zones of `text`, in positions.
    pub fn zones(&self, doc: DocId) -> Zones {
        let small = |column: &Column<u64>| {
            column
                .first(doc)
                .and_then(|n| u32::try_from(n).ok())
                .unwrap_or(0)
        };
        Zones {
            words: small(&self.words),
            title_words: small(&self.title_words),
        }
    }
}

/// The three zones of the field `text`, as the schema lays them out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    Text,
    Title,
    Heading,
}

/// Where the zones of one document lie.
#[derive(Clone, Copy, Debug)]
pub struct Zones {
    pub words: u32,
    pub title_words: u32,
}

impl Zones {
    /// The zone that a position of `text` lies in.
    pub fn of(&self, position: u32) -> Zone {
        if position < self.words {
            Zone::Text
        } else if position < self.words + super::schema::ZONE_GAP + self.title_words {
            Zone::Title
        } else {
            Zone::Heading
        }
    }
}
