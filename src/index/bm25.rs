//! BM25 of passages, document by document, with any k1 and b.

use super::matching::Segment;
use super::words::Words;
use crate::error::Result;
use std::sync::Arc;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::schema::IndexRecordOption;
use tantivy::{BitSet, DocId, DocSet, Score};

/// Saturation and normalisation by length (S. Robertson and H. Zaragoza, 2009).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bm25 {
    pub k1: f32,
    pub b: f32,
}

impl Bm25 {
    /// What tantivy's block maxima were found with.
    pub const STOCK: Self = Self { k1: 1.2, b: 0.75 };

    /// `k1 × (1 − b + b × length / average)` by field norm.
    pub fn norms(self, average: Score) -> Box<[Score; 256]> {
        Box::new(std::array::from_fn(|id| {
            let length = FieldNormReader::id_to_fieldnorm(id as u8) as Score;
            self.k1 * (1.0 - self.b + self.b * length / average)
        }))
    }
}

/// The scored words of one segment, walked in ascending order of documents.
pub struct Cursors {
    /// Postings of a stem, and what its saturated frequency is multiplied by.
    stems: Vec<(SegmentPostings, Score)>,
    /// Passages that hold a form of an expansion, each worth the same.
    forms: Vec<(Arc<BitSet>, Score)>,
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
            by_norm: bm25.norms(average),
        };
        for (n, word) in words.scored.iter().enumerate() {
            let weight = words.idf(n) * (1.0 + bm25.k1) * word.weight;
            for postings in words.open(ord, segment, n, IndexRecordOption::WithFreqs)? {
                cursors.stems.push((postings, weight));
            }
            if let Some(forms) = &word.forms {
                let value = words.idf(n) * word.weight;
                cursors.forms.push((segment.forms(forms)?, value));
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
        for (bits, value) in &self.forms {
            if bits.contains(doc) {
                score += value;
            }
        }
        score
    }

    /// What no document scores more than.
    pub fn most(&self) -> Score {
        let stems = self.stems.iter().map(|(_, weight)| weight);
        stems.chain(self.forms.iter().map(|(_, value)| value)).sum()
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
}

/// How often a word occurs, against how often it might in a document of that norm.
#[inline]
pub fn saturated(occurrences: u32, norm: Score) -> Score {
    let occurrences = occurrences as Score;
    occurrences / (occurrences + norm)
}
