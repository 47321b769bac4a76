//! Document sets that tantivy does not have.

use super::columns::Columns;
use super::impacts::BLOCK;
use super::windows::{WINDOW, WINDOW_WORDS};
use std::sync::Arc;
use std::time::Instant;
use tantivy::postings::BlockSegmentPostings;
use tantivy::query::{EmptyScorer, Scorer};
use tantivy::{BitSet, COLLECT_BLOCK_BUFFER_LEN, DocId, DocSet, Score, TERMINATED};

/// A set of documents of one segment, in ascending order.
pub type Docs = Box<dyn Scorer>;

/// Boxes a document set.
pub fn boxed<D: DocSet + 'static>(docs: D) -> Docs {
    Box::new(Unscored(docs))
}

/// A document set where tantivy asks for a scorer. Its own one hides how a set counts itself.
struct Unscored<D>(D);

impl<D: DocSet> DocSet for Unscored<D> {
    fn advance(&mut self) -> DocId {
        self.0.advance()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.0.seek(target)
    }

    fn fill_buffer(&mut self, buffer: &mut [DocId; COLLECT_BLOCK_BUFFER_LEN]) -> usize {
        self.0.fill_buffer(buffer)
    }

    fn doc(&self) -> DocId {
        self.0.doc()
    }

    fn size_hint(&self) -> u32 {
        self.0.size_hint()
    }

    fn count_including_deleted(&mut self) -> u32 {
        self.0.count_including_deleted()
    }
}

impl<D: DocSet + 'static> Scorer for Unscored<D> {
    fn score(&mut self) -> Score {
        0.0
    }
}

/// The empty set.
pub fn none() -> Docs {
    Box::new(EmptyScorer)
}

/// Maps passages to the first document of their article, each article once.
pub struct Lift {
    inner: Docs,
    columns: Arc<Columns>,
    doc: DocId,
}

impl Lift {
    pub fn new(inner: Docs, columns: Arc<Columns>) -> Self {
        let mut lift = Self {
            inner,
            columns,
            doc: TERMINATED,
        };
        lift.settle();
        lift
    }

    fn settle(&mut self) -> DocId {
        let doc = self.inner.doc();
        self.doc = if doc == TERMINATED {
            TERMINATED
        } else {
            self.columns.head(doc)
        };
        self.doc
    }
}

impl DocSet for Lift {
    fn advance(&mut self) -> DocId {
        if self.doc == TERMINATED {
            return TERMINATED;
        }
        let end = self.columns.end(self.doc);
        if self.inner.doc() < end {
            self.inner.seek(end);
        }
        self.settle()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.doc >= target {
            return self.doc;
        }
        if self.inner.doc() < target {
            self.inner.seek(target);
        }
        self.settle();
        // A target inside an article (none of ours, but allowed) must not move backwards.
        while self.doc < target {
            self.advance();
        }
        self.doc
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.inner.size_hint()
    }
}

/// How often a costly check looks at the clock, in documents.
const CLOCK_EVERY: u32 = 16;

/// Keeps the documents for which a check holds, and ends once its time is over.
pub struct Checked<F> {
    inner: Docs,
    check: F,
    deadline: Option<Instant>,
    checked: u32,
    is_over: bool,
}

impl<F: FnMut(DocId) -> bool + Send + 'static> Checked<F> {
    pub fn new(inner: Docs, check: F) -> Self {
        Self::until(None, inner, check)
    }

    /// For checks that are costly: whoever walks it must ask the clock at its end, too.
    pub fn until(deadline: Option<Instant>, inner: Docs, check: F) -> Self {
        let mut checked = Self {
            inner,
            check,
            deadline,
            checked: 0,
            is_over: false,
        };
        checked.settle();
        checked
    }

    fn settle(&mut self) -> DocId {
        loop {
            let doc = self.doc();
            let looks = self.checked.is_multiple_of(CLOCK_EVERY);
            self.checked = self.checked.wrapping_add(1);
            if looks && self.deadline.is_some_and(|at| Instant::now() >= at) {
                self.is_over = true;
                return TERMINATED;
            }
            if doc == TERMINATED || (self.check)(doc) {
                return doc;
            }
            self.inner.advance();
        }
    }
}

impl<F: FnMut(DocId) -> bool + Send + 'static> DocSet for Checked<F> {
    fn advance(&mut self) -> DocId {
        self.inner.advance();
        self.settle()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if self.inner.doc() < target {
            self.inner.seek(target);
        }
        self.settle()
    }

    fn doc(&self) -> DocId {
        match self.is_over {
            true => TERMINATED,
            false => self.inner.doc(),
        }
    }

    fn size_hint(&self) -> u32 {
        self.inner.size_hint()
    }
}

/// Every document of a segment, or every first document of an article.
pub struct Every {
    doc: DocId,
    max_doc: DocId,
    heads: Option<Arc<Columns>>,
}

impl Every {
    pub fn passage(max_doc: DocId) -> Self {
        Self {
            doc: if max_doc == 0 { TERMINATED } else { 0 },
            max_doc,
            heads: None,
        }
    }

    pub fn article(max_doc: DocId, columns: Arc<Columns>) -> Self {
        let mut every = Self::passage(max_doc);
        every.heads = Some(columns);
        if every.doc != TERMINATED {
            every.seek_from(0);
        }
        every
    }

    fn seek_from(&mut self, mut doc: DocId) -> DocId {
        if let Some(columns) = &self.heads {
            while doc < self.max_doc && columns.ordinal(doc) != 0 {
                doc += 1;
            }
        }
        self.doc = if doc < self.max_doc { doc } else { TERMINATED };
        self.doc
    }
}

impl DocSet for Every {
    fn advance(&mut self) -> DocId {
        if self.doc == TERMINATED {
            return TERMINATED;
        }
        self.seek_from(self.doc + 1)
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if target <= self.doc {
            return self.doc;
        }
        self.seek_from(target.min(self.max_doc))
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.max_doc
    }
}

/// The postings of a term, read a block at a time.
pub struct Blocks {
    postings: BlockSegmentPostings,
    at: usize,
    doc: DocId,
    /// Whether it still stands at its first document.
    is_new: bool,
}

impl From<BlockSegmentPostings> for Blocks {
    fn from(postings: BlockSegmentPostings) -> Self {
        Self {
            at: 0,
            doc: postings.doc(0),
            postings,
            is_new: true,
        }
    }
}

impl Blocks {
    /// The documents of the block from the present one on.
    fn block(&self) -> &[DocId] {
        self.postings.docs().get(self.at..).unwrap_or(&[])
    }

    /// Moves on by so many documents of the block.
    fn skip(&mut self, documents: usize) {
        self.is_new = false;
        self.at += documents;
        if self.at == BLOCK as usize {
            self.postings.advance();
            self.at = 0;
        }
        self.doc = self.postings.doc(self.at);
    }
}

impl DocSet for Blocks {
    #[inline]
    fn advance(&mut self) -> DocId {
        if self.doc != TERMINATED {
            self.skip(1);
        }
        self.doc
    }

    #[inline]
    fn seek(&mut self, target: DocId) -> DocId {
        if target <= self.doc {
            return self.doc;
        }
        self.is_new = false;
        self.at = self.postings.seek(target);
        self.doc = self.postings.doc(self.at);
        self.doc
    }

    fn fill_buffer(&mut self, buffer: &mut [DocId; COLLECT_BLOCK_BUFFER_LEN]) -> usize {
        let mut filled = 0;
        while self.doc != TERMINATED && filled < buffer.len() {
            let block = self.block();
            let some = block.len().min(buffer.len() - filled);
            buffer[filled..filled + some].copy_from_slice(&block[..some]);
            filled += some;
            self.skip(some);
        }
        filled
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.postings.doc_freq()
    }

    fn count_including_deleted(&mut self) -> u32 {
        let mut count = 0;
        if self.is_new {
            count = self.postings.doc_freq();
            self.doc = TERMINATED;
        }
        while self.doc != TERMINATED {
            let some = self.block().len();
            count += some as u32;
            self.skip(some);
        }
        count
    }
}

/// Documents that were gathered before.
pub struct Bits {
    bits: Arc<BitSet>,
    /// What is left of the word that `doc` was taken from.
    left: u64,
    bucket: u32,
    buckets: u32,
    doc: DocId,
}

impl Bits {
    pub fn new(bits: Arc<BitSet>) -> Self {
        let mut all = Self {
            buckets: bits.max_value().div_ceil(64),
            bits,
            left: 0,
            bucket: 0,
            doc: 0,
        };
        all.enter(0);
        all
    }

    /// Goes to the first document of a bucket or of a later one.
    fn enter(&mut self, bucket: u32) -> DocId {
        self.bucket = bucket;
        while self.bucket < self.buckets {
            self.left = u64::from_le_bytes(self.bits.tinyset(self.bucket).into_bytes());
            if self.left != 0 {
                return self.pop();
            }
            self.bucket += 1;
        }
        self.doc = TERMINATED;
        TERMINATED
    }

    /// Goes to the lowest document that is left of the bucket.
    fn pop(&mut self) -> DocId {
        self.doc = self.bucket * 64 + self.left.trailing_zeros();
        self.left &= self.left - 1;
        self.doc
    }
}

impl DocSet for Bits {
    #[inline]
    fn advance(&mut self) -> DocId {
        if self.doc == TERMINATED {
            return TERMINATED;
        }
        match self.left {
            0 => self.enter(self.bucket + 1),
            _ => self.pop(),
        }
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if target > self.doc && target / 64 > self.bucket {
            self.enter(target / 64);
        }
        while self.doc < target {
            self.advance();
        }
        self.doc
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.bits.len() as u32
    }

    fn count_including_deleted(&mut self) -> u32 {
        if self.doc == TERMINATED {
            return 0;
        }
        let later = (self.bucket + 1..self.buckets).map(|bucket| self.bits.tinyset(bucket).len());
        self.doc = TERMINATED;
        1 + self.left.count_ones() + later.sum::<u32>()
    }
}

/// A set that tells which documents of a window it holds.
pub trait Mark: DocSet {
    /// Sets the bits of its documents below `end`, counted from `start`, and moves past them.
    fn mark(&mut self, window: &mut [u64; WINDOW_WORDS], start: DocId, end: DocId) {
        let mut doc = self.doc();
        while doc < end {
            let at = doc - start;
            window[(at / 64) as usize] |= 1 << (at % 64);
            doc = self.advance();
        }
    }
}

impl Mark for Docs {}

impl Mark for Blocks {
    fn mark(&mut self, window: &mut [u64; WINDOW_WORDS], start: DocId, end: DocId) {
        while self.doc < end {
            let mut passed = 0;
            for &doc in self.block().iter().take_while(|doc| **doc < end) {
                let at = doc - start;
                window[(at / 64) as usize] |= 1 << (at % 64);
                passed += 1;
            }
            self.skip(passed);
        }
    }
}

/// Documents that any of the sets holds, gathered a window at a time.
pub struct Union<D> {
    sets: Vec<D>,
    /// A bit for each document from `start` on, cleared as it is passed.
    window: Box<[u64; WINDOW_WORDS]>,
    start: DocId,
    /// The word of the window that `doc` was taken from.
    word: usize,
    doc: DocId,
}

impl<D: Mark> Union<D> {
    pub fn new(sets: Vec<D>) -> Self {
        let mut union = Self {
            sets,
            window: Box::new([0; WINDOW_WORDS]),
            start: 0,
            word: WINDOW_WORDS,
            doc: 0,
        };
        union.advance();
        union
    }

    /// Gathers the next window; false if nothing is left.
    fn refill(&mut self) -> bool {
        let lowest = self.sets.iter().map(DocSet::doc).min();
        let lowest = lowest.unwrap_or(TERMINATED);
        if lowest == TERMINATED {
            return false;
        }
        self.start = lowest;
        self.word = 0;
        let end = lowest.saturating_add(WINDOW).min(TERMINATED);
        for set in &mut self.sets {
            set.mark(&mut self.window, lowest, end);
        }
        true
    }

    /// The number of documents left in the window.
    fn left(&self) -> u32 {
        let words = self.window[self.word.min(WINDOW_WORDS)..].iter();
        words.map(|bits| bits.count_ones()).sum()
    }
}

impl<D: Mark> DocSet for Union<D> {
    fn advance(&mut self) -> DocId {
        loop {
            while let Some(bits) = self.window.get_mut(self.word) {
                if *bits != 0 {
                    let at = self.word as u32 * 64 + bits.trailing_zeros();
                    *bits &= *bits - 1;
                    self.doc = self.start + at;
                    return self.doc;
                }
                self.word += 1;
            }
            if self.doc == TERMINATED || !self.refill() {
                self.doc = TERMINATED;
                return TERMINATED;
            }
        }
    }

    fn fill_buffer(&mut self, buffer: &mut [DocId; COLLECT_BLOCK_BUFFER_LEN]) -> usize {
        let mut filled = 0;
        while self.doc != TERMINATED {
            buffer[filled] = self.doc;
            filled += 1;
            if let Some(word) = self.window.get_mut(self.word) {
                let first = self.start + self.word as u32 * 64;
                let mut bits = *word;
                while bits != 0 && filled < buffer.len() {
                    buffer[filled] = first + bits.trailing_zeros();
                    filled += 1;
                    bits &= bits - 1;
                }
                *word = bits;
            }
            self.advance();
            if filled == buffer.len() {
                break;
            }
        }
        filled
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if target <= self.doc {
            return self.doc;
        }
        let word = ((target - self.start) / 64) as usize;
        if self.word < WINDOW_WORDS && word < WINDOW_WORDS {
            self.window[self.word..word].fill(0);
            self.word = word;
        } else {
            self.window.fill(0);
            self.word = WINDOW_WORDS;
            for set in &mut self.sets {
                if set.doc() < target {
                    set.seek(target);
                }
            }
        }
        while self.advance() < target {}
        self.doc
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.sets.iter().map(DocSet::size_hint).max().unwrap_or(0)
    }

    fn count_including_deleted(&mut self) -> u32 {
        if self.doc == TERMINATED {
            return 0;
        }
        let mut count = 1 + self.left();
        self.window.fill(0);
        while self.refill() {
            count += self.left();
            self.window.fill(0);
        }
        self.word = WINDOW_WORDS;
        self.doc = TERMINATED;
        count
    }
}

/// Documents that at least `need` of the sets hold.
pub struct AtLeast {
    sets: Vec<Docs>,
    need: usize,
    doc: DocId,
}

impl AtLeast {
    pub fn new(sets: Vec<Docs>, need: usize) -> Self {
        let mut at_least = Self {
            sets,
            need: need.max(1),
            doc: 0,
        };
        at_least.settle(0);
        at_least
    }

    fn settle(&mut self, mut target: DocId) -> DocId {
        loop {
            for set in &mut self.sets {
                if set.doc() < target {
                    set.seek(target);
                }
            }
            let lowest = self.sets.iter().map(|s| s.doc()).min();
            let lowest = lowest.unwrap_or(TERMINATED);
            if lowest == TERMINATED {
                self.doc = TERMINATED;
                return TERMINATED;
            }
            let holders = self.sets.iter().filter(|s| s.doc() == lowest).count();
            if holders >= self.need {
                self.doc = lowest;
                return lowest;
            }
            target = lowest + 1;
        }
    }
}

impl DocSet for AtLeast {
    fn advance(&mut self) -> DocId {
        if self.doc == TERMINATED {
            return TERMINATED;
        }
        self.settle(self.doc + 1)
    }

    fn seek(&mut self, target: DocId) -> DocId {
        if target <= self.doc {
            return self.doc;
        }
        self.settle(target)
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.sets.iter().map(|s| s.size_hint()).max().unwrap_or(0)
    }
}
