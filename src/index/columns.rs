//! The fast columns of one segment, and the runs of passages that are its articles.

use super::families::Families;
use super::impacts::Packed;
use crate::error::Result;
use rustc_hash::FxHashMap;
use std::fmt::Debug;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use tantivy::columnar::{Cardinality, Column, StrColumn};
use tantivy::schema::Field;
use tantivy::{COLLECT_BLOCK_BUFFER_LEN, DocId, SegmentReader};

/// The first day of what has none.
pub const UNDATED: i64 = i64::MIN;

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
    /// A bit for each document that has a story family.
    related: OnceLock<Vec<u64>>,
    packed: OnceLock<Packed>,
    /// Columns by name that counts read, unpacked once they are read often.
    dense: Mutex<Vec<(&'static str, Arc<Dense>)>>,
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
            related: OnceLock::new(),
            packed: OnceLock::new(),
            dense: Mutex::default(),
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

    /// The first day of publication of each document, [`UNDATED`] where there is none.
    #[inline]
    pub fn first_days(&self, docs: &[DocId], out: &mut [i64]) {
        if self.first_day.get_cardinality() == Cardinality::Full {
            self.first_day.values.get_vals(docs, out);
            return;
        }
        for (&doc, day) in docs.iter().zip(out) {
            *day = self.first_day.first(doc).unwrap_or(UNDATED);
        }
    }

    /// The unpacked form of a column that counts read.
    pub fn dense(&self, name: &'static str) -> Arc<Dense> {
        let mut known = self.dense.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, found)) = known.iter().find(|(n, _)| *n == name) {
            return Arc::clone(found);
        }
        let made = Arc::new(Dense {
            documents: self.max_doc,
            read: AtomicU64::new(0),
            values: OnceLock::new(),
        });
        known.push((name, Arc::clone(&made)));
        made
    }

    /// Whether a document has a story family. A commit reads the keys of a segment once for it, a
    /// nanosecond or two each; a count over the archive would look up every one.
    pub fn related(&self, families: &Families) -> Related<'_> {
        let bits = self.related.get_or_init(|| match families.is_empty() {
            true => Vec::new(),
            false => self.related_bits(families),
        });
        Related(bits)
    }

    fn related_bits(&self, families: &Families) -> Vec<u64> {
        let mut bits = vec![0; self.max_doc as usize / 64 + 1];
        let mut docs = [0; COLLECT_BLOCK_BUFFER_LEN];
        let mut keys = [None; COLLECT_BLOCK_BUFFER_LEN];
        let mut from = 0;
        while from < self.max_doc {
            let len = docs.len().min((self.max_doc - from) as usize);
            for (doc, n) in docs[..len].iter_mut().zip(from..) {
                *doc = n;
            }
            keys.fill(None);
            self.key.first_vals(&docs[..len], &mut keys[..len]);
            for (&doc, key) in docs.iter().zip(&keys[..len]) {
                if key.is_some_and(|key| families.family(key).is_some()) {
                    bits[doc as usize / 64] |= 1 << (doc % 64);
                }
            }
            from += len as u32;
        }
        bits
    }

    /// The posting lists of `text`, opened when they are first asked for.
    pub fn packed(&self, reader: &SegmentReader, text: Field) -> Result<&Packed> {
        if let Some(open) = self.packed.get() {
            return Ok(open);
        }
        let opened = Packed::open(reader, text)?;
        Ok(self.packed.get_or_init(|| opened))
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

/// Small values of all documents of a segment.
///
/// Counts over many documents read them in a third of the time that the packed column takes. They are
/// unpacked once as many documents were counted as there are: one question alone would not pay for it.
pub struct Dense {
    documents: u32,
    /// How many documents were counted so far.
    read: AtomicU64,
    values: OnceLock<Option<Vec<u16>>>,
}

/// Values of more documents than this are left packed, 128 MB a column.
const MOST_DENSE: u32 = 1 << 26;

impl Dense {
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
        if self.read.load(Ordering::Relaxed) < u64::from(self.documents) {
            return None;
        }
        let unpacked = self.values.get_or_init(|| {
            let is_full = column.get_cardinality() == Cardinality::Full;
            if !is_full || self.documents > MOST_DENSE {
                return None;
            }
            let mut values = Vec::with_capacity(self.documents as usize);
            let mut some = [T::default(); 1024];
            let mut from = 0;
            while from < self.documents {
                let len = some.len().min((self.documents - from) as usize);
                column.values.get_range(from.into(), &mut some[..len]);
                for &value in &some[..len] {
                    values.push(small(value)?);
                }
                from += len as u32;
            }
            Some(values)
        });
        unpacked.as_deref()
    }
}

/// Which documents of a segment have a story family.
#[derive(Clone, Copy)]
pub struct Related<'a>(&'a [u64]);

impl Related<'_> {
    #[inline]
    pub fn holds(self, doc: DocId) -> bool {
        let word = self.0.get(doc as usize / 64);
        word.is_some_and(|bits| bits >> (doc % 64) & 1 == 1)
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
