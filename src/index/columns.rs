//! The fast columns of one segment, and the runs of passages that are its articles.

use crate::error::Result;
use rustc_hash::FxHashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocId, SegmentReader};

/// Ids of a segment kept in memory, a few megabytes of them.
const MOST_IDS: usize = 1 << 16;

/// The columns that matching and ranking read, opened once a segment and commit.
pub struct Columns {
    pub ordinal: Column<u64>,
    pub words: Column<u64>,
    pub title_words: Column<u64>,
    pub key: Column<u64>,
    id: Option<StrColumn>,
    /// Ids that were read already, by their number: a dictionary's block is unpacked for each.
    ids: Mutex<FxHashMap<u64, Arc<str>>>,
    pub published: Column<i64>,
    pub first_day: Column<i64>,
    pub last_day: Column<i64>,
    embargo: Column<i64>,
    /// Whether any article of the segment is, or was, kept back until its time.
    pub has_embargoes: bool,
    max_doc: DocId,
}

impl Columns {
    pub fn open(reader: &SegmentReader) -> Result<Self> {
        let fast = reader.fast_fields();
        let embargo = fast.i64("embargo")?;
        Ok(Self {
            has_embargoes: embargo.values.num_vals() > 0,
            embargo,
            ordinal: fast.u64("ordinal")?,
            words: fast.u64("words")?,
            title_words: fast.u64("title_words")?,
            key: fast.u64("key")?,
            id: fast.str("id")?,
            ids: Mutex::default(),
            published: fast.i64("published")?,
            first_day: fast.i64("first_day")?,
            last_day: fast.i64("last_day")?,
            max_doc: reader.max_doc(),
        })
    }

    /// The id of the article that `doc` belongs to, as far as it is a term: longer ones are cut at
    /// [`MAX_TERM_BYTES`](super::schema::MAX_TERM_BYTES).
    pub fn id(&self, doc: DocId) -> Result<Arc<str>> {
        let (Some(column), Some(ord)) = (&self.id, self.id_order(doc)) else {
            return Ok("".into());
        };
        let known = || self.ids.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(id) = known().get(&ord) {
            return Ok(Arc::clone(id));
        }
        let mut id = String::new();
        let found = column.ord_to_str(ord, &mut id);
        found.map_err(tantivy::TantivyError::from)?;
        let id: Arc<str> = id.into();
        let mut known = known();
        if known.len() >= MOST_IDS {
            known.clear();
        }
        known.insert(ord, Arc::clone(&id));
        Ok(id)
    }

    /// A number that orders the articles of this segment by their ids.
    pub fn id_order(&self, doc: DocId) -> Option<u64> {
        self.id.as_ref()?.term_ords(doc).next()
    }

    /// The first document of the article that `doc` belongs to.
    pub fn head(&self, doc: DocId) -> DocId {
        doc - self.ordinal(doc)
    }

    /// Whether the article of `doc` is not to be seen before a time after `now`, seconds from 1970.
    #[inline]
    pub fn is_hidden(&self, doc: DocId, now: i64) -> bool {
        self.has_embargoes && self.embargo.first(doc).is_some_and(|t| t > now)
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
    /// One past the last position of the title.
    pub fn title_end(&self) -> u32 {
        let end = self.words.saturating_add(self.title_words);
        end.saturating_add(super::schema::ZONE_GAP)
    }

    /// The zone that a position of `text` lies in.
    pub fn of(&self, position: u32) -> Zone {
        if position < self.words {
            Zone::Text
        } else if position < self.title_end() {
            Zone::Title
        } else {
            Zone::Heading
        }
    }
}
