//! What matches, a window of bits at a time: how it is counted.
//!
//! Postings are marked as they are unpacked, and whole words of bits are counted, joined with those of
//! the story families, or turned into documents.

use super::docsets::{Blocks, Docs, Mark};
use std::sync::Arc;
use tantivy::{BitSet, COLLECT_BLOCK_BUFFER_LEN, DocId, DocSet, TERMINATED};

/// Words of a window.
pub const WINDOW_WORDS: usize = 64;

/// Documents of a window.
pub const WINDOW: u32 = WINDOW_WORDS as u32 * 64;

/// Documents of a segment as bits, from a multiple of 64 on.
pub struct Window {
    start: DocId,
    bits: [u64; WINDOW_WORDS],
}

impl Default for Window {
    fn default() -> Self {
        Self {
            start: 0,
            bits: [0; WINDOW_WORDS],
        }
    }
}

impl Window {
    /// Its words that are not empty, with their number in the segment: that of their documents by 64.
    pub fn words(&self) -> impl Iterator<Item = (usize, u64)> + '_ {
        let first = self.start as usize / 64;
        let words = self.bits.iter().enumerate();
        words
            .filter(|(_, bits)| **bits != 0)
            .map(move |(n, &bits)| (first + n, bits))
    }

    /// Takes out the documents for which `keep` does not hold.
    pub fn retain(&mut self, keep: impl Fn(DocId) -> bool) {
        for (n, word) in self.bits.iter_mut().enumerate() {
            let first = self.start + n as u32 * 64;
            let mut left = *word;
            while left != 0 {
                let at = left.trailing_zeros();
                left &= left - 1;
                if !keep(first + at) {
                    *word &= !(1 << at);
                }
            }
        }
    }
}

/// Appends the documents that the bits of word number `word` stand for.
#[inline]
pub fn documents(word: usize, mut bits: u64, out: &mut Vec<DocId>) {
    let first = word as u32 * 64;
    let from = out.len();
    out.resize(from + bits.count_ones() as usize, 0);
    for slot in &mut out[from..] {
        *slot = first + bits.trailing_zeros();
        bits &= bits - 1;
    }
}

/// A document set to be read by windows.
pub struct Windows {
    source: Source,
    /// Documents below were read, or are left out.
    next: DocId,
}

enum Source {
    /// Any of the lists.
    Postings(Vec<Blocks>),
    Bits(Arc<BitSet>),
    Docs(Box<Ahead>),
}

/// Documents that were read ahead of a window's end.
struct Ahead {
    docs: Docs,
    buffer: [DocId; COLLECT_BLOCK_BUFFER_LEN],
    at: usize,
    filled: usize,
}

impl Windows {
    pub fn of_postings(lists: Vec<Blocks>) -> Self {
        Source::Postings(lists).into()
    }

    pub fn of_bits(bits: Arc<BitSet>, from: DocId) -> Self {
        Self {
            source: Source::Bits(bits),
            next: from,
        }
    }

    pub fn of_docs(docs: Docs) -> Self {
        let ahead = Ahead {
            docs,
            buffer: [0; COLLECT_BLOCK_BUFFER_LEN],
            at: 0,
            filled: 0,
        };
        Source::Docs(Box::new(ahead)).into()
    }

    /// Replaces `window` by the next one that holds anything; false if there is none.
    pub fn next(&mut self, window: &mut Window) -> bool {
        window.bits.fill(0);
        let lowest = match &mut self.source {
            Source::Postings(lists) => lists.iter().map(DocSet::doc).min().unwrap_or(TERMINATED),
            Source::Bits(bits) => {
                let buckets = bits.max_value().div_ceil(64);
                let mut rest = self.next / 64..buckets;
                let found = rest.find(|&bucket| !bits.tinyset(bucket).is_empty());
                found.map_or(TERMINATED, |bucket| bucket * 64)
            }
            Source::Docs(ahead) => ahead.doc(),
        };
        if lowest == TERMINATED {
            return false;
        }
        let start = lowest / 64 * 64;
        let end = start.saturating_add(WINDOW).min(TERMINATED);
        window.start = start;
        let from = std::mem::replace(&mut self.next, end);
        match &mut self.source {
            Source::Postings(lists) => {
                for list in lists {
                    list.mark(&mut window.bits, start, end);
                }
            }
            Source::Bits(bits) => {
                let buckets = start / 64..end.min(bits.max_value()).div_ceil(64);
                for (word, bucket) in window.bits.iter_mut().zip(buckets) {
                    *word = u64::from_le_bytes(bits.tinyset(bucket).into_bytes());
                }
                if start < from {
                    window.bits[0] &= u64::MAX << (from - start);
                }
            }
            Source::Docs(ahead) => ahead.mark(&mut window.bits, start, end),
        }
        true
    }
}

impl From<Source> for Windows {
    fn from(source: Source) -> Self {
        Self { source, next: 0 }
    }
}

impl Ahead {
    /// The next document.
    fn doc(&mut self) -> DocId {
        if self.at == self.filled {
            self.at = 0;
            self.filled = self.docs.fill_buffer(&mut self.buffer);
        }
        let read = &self.buffer[..self.filled];
        read.get(self.at).copied().unwrap_or(TERMINATED)
    }

    fn mark(&mut self, bits: &mut [u64; WINDOW_WORDS], start: DocId, end: DocId) {
        loop {
            let doc = self.doc();
            if doc >= end {
                return;
            }
            let at = doc - start;
            bits[(at / 64) as usize] |= 1 << (at % 64);
            self.at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::docsets::{Bits, boxed};
    use super::*;

    fn bits(docs: &[DocId], max_doc: u32) -> Arc<BitSet> {
        let mut bits = BitSet::with_max_value(max_doc);
        for &doc in docs {
            bits.insert(doc);
        }
        Arc::new(bits)
    }

    fn read(mut windows: Windows) -> Vec<DocId> {
        let (mut window, mut found) = (Window::default(), Vec::new());
        while windows.next(&mut window) {
            window
                .words()
                .for_each(|(n, bits)| documents(n, bits, &mut found));
        }
        found
    }

    proptest::proptest! {
        #[test]
        fn windows_hold_what_the_set_holds(
            docs in proptest::collection::btree_set(0u32..20_000, 0..300),
            above in 1u32..70,
        ) {
            let docs: Vec<DocId> = docs.into_iter().collect();
            let max_doc = docs.last().map_or(0, |last| last + above);
            let bits = bits(&docs, max_doc);
            assert_eq!(read(Windows::of_bits(Arc::clone(&bits), 0)), docs);
            let later = docs.get(docs.len() / 2).map_or(0, |doc| doc + 1);
            let above: Vec<DocId> = docs.iter().copied().filter(|&doc| doc >= later).collect();
            assert_eq!(read(Windows::of_bits(Arc::clone(&bits), later)), above);
            assert_eq!(read(Windows::of_docs(boxed(Bits::new(bits)))), docs);
        }
    }

    #[test]
    fn documents_that_are_not_kept_leave_the_window() {
        let mut windows = Windows::of_bits(bits(&[3, 64, 65, 4_000], 5_000), 0);
        let mut window = Window::default();
        assert!(windows.next(&mut window));
        window.retain(|doc| doc % 2 == 0);
        let left: Vec<_> = window.words().collect();
        assert_eq!(left, [(1, 1), (62, 1 << 32)]);
        assert!(!windows.next(&mut window));
    }
}
