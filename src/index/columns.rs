//! The fast columns of one segment, and the runs of passages that are its articles.

use super::dense::{Dense, PAYS_FROM, each_value};
use super::families::Families;
use super::impacts::Packed;
use crate::date;
use crate::error::Result;
use jiff::civil::Date;
use rustc_hash::FxHashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use tantivy::columnar::{Cardinality, Column, StrColumn};
use tantivy::schema::Field;
use tantivy::{DocId, SegmentReader};

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
    related: OnceLock<Related>,
    families_asked: AtomicU64,
    packed: OnceLock<Packed>,
    /// A bit for each document that is its article's first, made once articles were looked at often.
    heads: OnceLock<Option<Vec<u64>>>,
    looked_at: AtomicU64,
    /// Columns by name that are unpacked once they are read often.
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
            families_asked: AtomicU64::new(0),
            packed: OnceLock::new(),
            heads: OnceLock::new(),
            looked_at: AtomicU64::new(0),
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

    /// The unpacked form of a column that is read often.
    pub fn dense(&self, name: &'static str) -> Arc<Dense> {
        let mut known = self.dense.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, found)) = known.iter().find(|(n, _)| *n == name) {
            return Arc::clone(found);
        }
        let made = Arc::new(Dense::new(self.max_doc));
        known.push((name, Arc::clone(&made)));
        made
    }

    /// The story families of all documents. A commit reads the keys of a segment once for it, some
    /// nanoseconds each; a count over the archive would look up every one.
    pub fn related(&self, families: &Families) -> &Related {
        self.related.get_or_init(|| match families.is_empty() {
            true => Related::default(),
            false => self.related_of(families),
        })
    }

    /// The story family of a document.
    #[inline]
    pub fn family(&self, doc: DocId, families: &Families) -> Option<u32> {
        if let Some(related) = self.related.get() {
            return related.family(doc);
        }
        let asked = self.families_asked.fetch_add(1, Ordering::Relaxed);
        if asked > u64::from(self.max_doc) / PAYS_FROM {
            return self.related(families).family(doc);
        }
        families.family(self.key.first(doc)?)
    }

    /// Those of `bits`, of word number `word`, whose documents have a family, or all where that would
    /// have to be looked up.
    #[inline]
    pub fn may_be_related(&self, word: usize, bits: u64) -> u64 {
        let related = self.related.get();
        related.map_or(bits, |related| bits & related.word(word))
    }

    fn related_of(&self, families: &Families) -> Related {
        let mut related = Related {
            bits: vec![0; self.max_doc as usize / 64 + 1],
            ..Related::default()
        };
        let mut add = |doc: DocId, key: Option<u64>| {
            if doc.is_multiple_of(64) {
                related.before.push(related.families.len() as u32);
            }
            if let Some(family) = key.and_then(|key| families.family(key)) {
                related.bits[doc as usize / 64] |= 1 << (doc % 64);
                related.families.push(family);
            }
        };
        match self.key.get_cardinality() {
            Cardinality::Full => {
                each_value(&self.key, self.max_doc, |doc, key| add(doc, Some(key)));
            }
            _ => (0..self.max_doc).for_each(|doc| add(doc, self.key.first(doc))),
        }
        related
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
        if let Some(heads) = self.heads() {
            return next_bit(heads, head + 1).map_or(self.max_doc, |end| end.min(self.max_doc));
        }
        let mut end = head + 1;
        while end < self.max_doc && self.ordinal.first(end) != Some(0) {
            end += 1;
        }
        end
    }

    /// The first documents of articles, once as many articles were looked at as an eighth of the
    /// documents: making the bits costs a search or two.
    fn heads(&self) -> Option<&[u64]> {
        if let Some(known) = self.heads.get() {
            return known.as_deref();
        }
        if self.looked_at.fetch_add(8, Ordering::Relaxed) < self.max_doc.into() {
            return None;
        }
        let made = self.heads.get_or_init(|| {
            let is_full = self.ordinal.get_cardinality() == Cardinality::Full;
            is_full.then(|| {
                let mut bits = vec![0; self.max_doc as usize / 64 + 1];
                each_value(&self.ordinal, self.max_doc, |doc, ordinal| {
                    bits[doc as usize / 64] |= u64::from(ordinal == 0) << (doc % 64);
                });
                bits
            })
        });
        made.as_deref()
    }

    /// The zones of many documents, which are unpacked once they are read often.
    pub fn all_zones(&self) -> AllZones<'_> {
        AllZones {
            columns: self,
            words: self.dense("words"),
            title_words: self.dense("title_words"),
        }
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

/// The zones of many documents.
pub struct AllZones<'a> {
    columns: &'a Columns,
    words: Arc<Dense>,
    title_words: Arc<Dense>,
}

impl AllZones<'_> {
    #[inline]
    pub fn of(&self, doc: DocId) -> Zones {
        let small = |n: u64| n.try_into().ok();
        let words = self.words.values(&self.columns.words, small);
        let title_words = self.title_words.values(&self.columns.title_words, small);
        let at = doc as usize;
        match (
            words.and_then(|w| w.get(at)),
            title_words.and_then(|w| w.get(at)),
        ) {
            (Some(&words), Some(&title_words)) => Zones {
                words: words.into(),
                title_words: title_words.into(),
            },
            _ => self.columns.zones(doc),
        }
    }

    /// Says that those of so many documents were read.
    pub fn read(&self, documents: u64) {
        self.words.counted(documents);
        self.title_words.counted(documents);
    }
}

/// The first bit that is set from `from` on.
fn next_bit(bits: &[u64], from: u32) -> Option<u32> {
    let mut word = from as usize / 64;
    let mut left = bits.get(word)? & u64::MAX << (from % 64);
    while left == 0 {
        word += 1;
        left = *bits.get(word)?;
    }
    Some(word as u32 * 64 + left.trailing_zeros())
}

/// Documents whose days of publication overlap a period; undated ones never do.
pub struct Between {
    columns: Arc<Columns>,
    from: i64,
    to: i64,
    first: Arc<Dense>,
    last: Arc<Dense>,
    /// The first of all first and of all last days.
    earliest: (i64, i64),
    /// Documents asked for that the unpacked days were not told of yet.
    asked: u64,
}

/// How many documents are asked for before the unpacked days are told.
const TELL_EVERY: u64 = 256;

impl Between {
    /// `None` is open.
    pub fn new(columns: &Arc<Columns>, from: Option<Date>, to: Option<Date>) -> Self {
        Self {
            from: from.map_or(i64::MIN, |day| date::day_number(day).into()),
            to: to.map_or(i64::MAX, |day| date::day_number(day).into()),
            first: columns.dense("first_day"),
            last: columns.dense("last_day"),
            earliest: (columns.first_day.min_value(), columns.last_day.min_value()),
            columns: Arc::clone(columns),
            asked: 0,
        }
    }

    #[inline]
    pub fn holds(&mut self, doc: DocId) -> bool {
        let Columns {
            first_day,
            last_day,
            ..
        } = &*self.columns;
        let (first, last) = self.earliest;
        let after = |earliest: i64| move |day: i64| day.wrapping_sub(earliest).try_into().ok();
        let unpacked = self.first.values(first_day, after(first));
        if let (Some(firsts), Some(lasts)) = (unpacked, self.last.values(last_day, after(last))) {
            let at = doc as usize;
            let Some(day) = firsts.get(at).map(|&day| first + i64::from(day)) else {
                return false;
            };
            // The last day is not before the first.
            return day <= self.to
                && (day >= self.from
                    || lasts
                        .get(at)
                        .is_some_and(|&day| last + i64::from(day) >= self.from));
        }
        self.asked += 1;
        if self.asked == TELL_EVERY {
            self.first.counted(self.asked);
            self.last.counted(self.asked);
            self.asked = 0;
        }
        match first_day.first(doc) {
            Some(first) if (self.from..=self.to).contains(&first) => true,
            Some(first) if first <= self.to => {
                last_day.first(doc).is_some_and(|last| last >= self.from)
            }
            _ => false,
        }
    }
}

/// The story families of the documents of a segment.
#[derive(Default)]
pub struct Related {
    /// A bit for each document that has one.
    bits: Vec<u64>,
    /// By word of bits how many are set in those before it.
    before: Vec<u32>,
    families: Vec<u32>,
}

impl Related {
    /// The family of a document.
    #[inline]
    pub fn family(&self, doc: DocId) -> Option<u32> {
        let (word, bit) = (doc as usize / 64, 1 << (doc % 64));
        let bits = self.word(word);
        if bits & bit == 0 {
            return None;
        }
        let earlier = (bits & (bit - 1)).count_ones();
        let at = self.before.get(word)? + earlier;
        self.families.get(at as usize).copied()
    }

    /// A bit for each of the 64 documents from `64 × word` on.
    #[inline]
    pub fn word(&self, word: usize) -> u64 {
        self.bits.get(word).copied().unwrap_or(0)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::{Provenance, Published, Section};
    use crate::index::Archive;

    /// Articles of one to four passages, eleven days apart.
    fn archive(articles: i32) -> Archive {
        let article = |n: i32| crate::Article {
            path: format!("{n:03}.txt"),
            title: Some("river ".repeat(n as usize % 9)),
            published: Some(Published::day(date::date_of(11 * n), Provenance::Field)),
            sections: (0..1 + n % 4)
                .map(|m| Section {
                    heading: None,
                    paragraphs: vec!["dam ".repeat((n + m) as usize % 30 + 1)],
                })
                .collect(),
            ..Default::default()
        };
        Archive::in_memory((0..articles).map(article).collect()).unwrap()
    }

    #[test]
    fn columns_say_the_same_once_they_are_unpacked() {
        let archive = archive(400);
        let snapshot = archive.snapshot();
        let reader = &snapshot.searcher.segment_readers()[0];
        let columns = Arc::new(Columns::open(reader).unwrap());
        let day = |n| Some(date::date_of(n));
        let periods = [(day(700), day(2_000)), (None, day(55)), (day(4_000), None)];
        let heads: Vec<DocId> = (0..columns.max_doc)
            .filter(|&doc| columns.ordinal.first(doc) == Some(0))
            .collect();
        let say = || {
            let ends: Vec<DocId> = heads.iter().map(|&head| columns.end(head)).collect();
            let zones = columns.all_zones();
            zones.read(columns.max_doc.into());
            let zones: Vec<String> = (0..columns.max_doc)
                .map(|doc| format!("{:?}", zones.of(doc)))
                .collect();
            let between = periods.map(|(from, to)| {
                let mut between = Between::new(&columns, from, to);
                let held = (0..columns.max_doc).filter(|&doc| between.holds(doc));
                held.collect::<Vec<_>>()
            });
            (ends, zones, between)
        };
        assert!(columns.heads.get().is_none());
        let first = say();
        let second = say();
        assert!(columns.heads.get().is_some_and(Option::is_some));
        assert!(columns.dense("last_day").is_made());
        assert_eq!(first, second);
        assert!(first.0.windows(2).all(|two| two[0] < two[1]));
        assert_eq!(first.0.last(), Some(&columns.max_doc));
        // Days 704 to 1,991 by elevens: articles 64 to 181.
        let articles = 64..=181;
        let passages: i32 = articles.map(|n| 1 + n % 4).sum();
        assert_eq!(first.2[0].len() as i32, passages);
    }
}
