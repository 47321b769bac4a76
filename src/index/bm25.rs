//! BM25 of passages, document by document or over a whole segment, with any k1 and b.

use super::docsets::{Docs, boxed};
use super::matching::Segment;
use super::words::Words;
use crate::error::Result;
use std::ops::ControlFlow;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::query::BitSetDocSet;
use tantivy::schema::IndexRecordOption;
use tantivy::{BitSet, DocId, DocSet, Score, TERMINATED};

/// Saturation and normalisation by length (S. Robertson and H. Zaragoza, 2009).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bm25 {
    pub k1: f32,
    pub b: f32,
}

impl Bm25 {
    /// What tantivy's block maxima were computed with: only these can be pruned by.
    pub const STOCK: Self = Self { k1: 1.2, b: 0.75 };
}

/// Documents scored at once.
const WINDOW: usize = 4096;

/// The scored words of one segment, walked in ascending order of documents.
pub struct Cursors {
    /// Postings of a stem, and what its saturated frequency is multiplied by.
    stems: Vec<(SegmentPostings, Score)>,
    /// Passages that hold a form of an expansion, each worth the same.
    forms: Vec<(Docs, Score)>,
    norms: Option<FieldNormReader>,
    /// `k1 × (1 − b + b × length / average)` by field norm.
    by_norm: Box<[Score; 256]>,
}

impl Cursors {
    /// Opens the words in segment number `ord`.
    pub fn open(ord: usize, segment: &Segment<'_>, words: &Words<'_>, bm25: Bm25) -> Result<Self> {
        let field = segment.fields.text;
        let average = words.average_passage_words().max(1.0);
        let mut cursors = Self {
            stems: Vec::new(),
            forms: Vec::new(),
            norms: segment.reader.fieldnorms_readers().get_field(field)?,
            by_norm: Box::new(std::array::from_fn(|id| {
                let length = FieldNormReader::id_to_fieldnorm(id as u8) as Score;
                bm25.k1 * (1.0 - bm25.b + bm25.b * length / average)
            })),
        };
        for (n, word) in words.scored.iter().enumerate() {
            let weight = words.idf(n) * (1.0 + bm25.k1) * word.weight;
            for postings in words.open(ord, segment, n, IndexRecordOption::WithFreqs)? {
                cursors.stems.push((postings, weight));
            }
            if let Some(forms) = &word.forms {
                let bits = BitSet::clone(&*segment.forms(forms)?);
                let docs = boxed(BitSetDocSet::from(bits));
                cursors.forms.push((docs, words.idf(n) * word.weight));
            }
        }
        Ok(cursors)
    }

    /// The score of a document, which must not be below an earlier one.
    pub fn score(&mut self, doc: DocId) -> Score {
        let norm = self.norms.as_ref().map_or(1, |n| n.fieldnorm_id(doc));
        let norm = self.by_norm[usize::from(norm)];
        let mut score = 0.0;
        for (postings, weight) in &mut self.stems {
            if postings.doc() < doc {
                postings.seek(doc);
            }
            if postings.doc() == doc {
                score += saturated(postings.term_freq(), norm) * *weight;
            }
        }
        for (docs, value) in &mut self.forms {
            if docs.doc() < doc {
                docs.seek(doc);
            }
            if docs.doc() == doc {
                score += *value;
            }
        }
        score
    }

    /// The best passage of `head..end` and its score; the first one where none scores.
    pub fn best(&mut self, head: DocId, end: DocId) -> (DocId, Score) {
        let mut best = (head, 0.0);
        for doc in head..end {
            let score = self.score(doc);
            if score > best.1 {
                best = (doc, score);
            }
        }
        best
    }

    /// Visits every document that holds a stem, in ascending order, with its score.
    ///
    /// A window of documents at a time, one stem after the other: posting lists are read straight
    /// through, which is several times faster than asking each of them for every document.
    pub fn each(mut self, mut visit: impl FnMut(DocId, Score) -> ControlFlow<()>) {
        let mut scores = vec![0.0; WINDOW];
        let mut held = [0u64; WINDOW / 64];
        loop {
            let start = self.stems.iter().map(|(p, _)| p.doc()).min();
            let start = start.unwrap_or(TERMINATED);
            if start == TERMINATED {
                return;
            }
            let end = start.saturating_add(WINDOW as u32).min(TERMINATED);
            for (postings, weight) in &mut self.stems {
                let mut doc = postings.doc();
                while doc < end {
                    let at = (doc - start) as usize;
                    let norm = self.norms.as_ref().map_or(1, |n| n.fieldnorm_id(doc));
                    let norm = self.by_norm[usize::from(norm)];
                    scores[at] += saturated(postings.term_freq(), norm) * *weight;
                    held[at / 64] |= 1 << (at % 64);
                    doc = postings.advance();
                }
            }
            for (word, bits) in held.iter_mut().enumerate() {
                while *bits != 0 {
                    let at = word * 64 + bits.trailing_zeros() as usize;
                    *bits &= *bits - 1;
                    let score = std::mem::take(&mut scores[at]);
                    if visit(start + at as u32, score).is_break() {
                        return;
                    }
                }
            }
        }
    }
}

#[inline]
fn saturated(occurrences: u32, norm: Score) -> Score {
    let occurrences = occurrences as Score;
    occurrences / (occurrences + norm)
}
