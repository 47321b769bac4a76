//! The scored words of a query in the dictionaries of a commit, looked up once a search.

use super::matching::Segment;
use super::plan::Scored;
use super::rank::idf;
use super::view::View;
use crate::error::Result;
use tantivy::postings::{SegmentPostings, TermInfo};
use tantivy::schema::IndexRecordOption;

/// A function word is everywhere that stands in more than one in so many passages.
///
/// Wikinews' open topics with and without titles .935 and .903 (nDCG@10), .926 and .888 without any
/// function words, .935 and .902 with all.
const EVERYWHERE: u64 = 3;

/// What the archive says of the words that are scored.
pub struct Words<'a> {
    pub scored: &'a [Scored],
    /// All passages, deleted ones counted until a merge.
    pub passages: u64,
    /// Positions of `text` over all passages.
    pub tokens: u64,
    /// How many passages hold each word, under any of its stems or forms: one document frequency for
    /// all of them. Never more than there are passages.
    pub holding: Vec<u64>,
    /// By segment and word: where its stems' postings lie.
    stems: Vec<Vec<Vec<TermInfo>>>,
}

impl<'a> Words<'a> {
    /// Looks every word up in every segment; a part of an archive has the whole one's statistics.
    pub fn look_up(view: &View, segments: &[Segment<'_>], scored: &'a [Scored]) -> Result<Self> {
        let mut words = Self {
            scored,
            passages: view.documents(),
            tokens: view.tokens()?,
            holding: vec![0; scored.len()],
            stems: Vec::with_capacity(segments.len()),
        };
        for segment in segments {
            let inverted = segment.reader.inverted_index(segment.fields.text)?;
            let mut own = Vec::with_capacity(scored.len());
            for (word, holding) in scored.iter().zip(&mut words.holding) {
                let mut infos = Vec::with_capacity(word.terms.len());
                for term in &word.terms {
                    let found = inverted.get_term_info(term);
                    if let Some(info) = found.map_err(tantivy::TantivyError::from)? {
                        if view.whole.is_none() {
                            *holding += u64::from(info.doc_freq);
                        }
                        infos.push(info);
                    }
                }
                if let Some(forms) = &word.forms {
                    *holding += segment.forms(forms)?.len() as u64;
                }
                own.push(infos);
            }
            words.stems.push(own);
        }
        for (word, holding) in scored.iter().zip(&mut words.holding) {
            if view.whole.is_some() {
                for term in &word.terms {
                    *holding += view.doc_freq(term)?;
                }
            }
            // Stems of one word that stand in the same passage are counted twice.
            *holding = (*holding).min(words.passages);
        }
        Ok(words)
    }

    /// Postings of all stems, over all segments.
    pub fn postings(&self) -> u64 {
        let all = self.stems.iter().flatten().flatten();
        all.map(|info| u64::from(info.doc_freq)).sum()
    }

    /// Inverse document frequency of a word.
    pub fn idf(&self, word: usize) -> f32 {
        idf(self.holding[word], self.passages)
    }

    /// Whether a word is one of those function words that most texts hold, like "the" and "of". Others
    /// carry part of the matter: "shuts off", "dropped out", "after the vote".
    pub fn is_everywhere(&self, word: usize) -> bool {
        let in_passages = self.holding[word].saturating_mul(EVERYWHERE);
        self.scored[word].is_function && in_passages > self.passages
    }

    /// Length of the mean passage, in positions of `text`.
    pub fn average_passage_words(&self) -> f32 {
        self.tokens as f32 / self.passages.max(1) as f32
    }

    /// Where the postings of a word's stems lie in segment number `ord`.
    pub fn infos(&self, ord: usize, word: usize) -> &[TermInfo] {
        &self.stems[ord][word]
    }

    /// Opens the postings of a word's stems in segment number `ord`.
    pub fn open(
        &self,
        ord: usize,
        segment: &Segment<'_>,
        word: usize,
        option: IndexRecordOption,
    ) -> Result<Vec<SegmentPostings>> {
        let inverted = segment.reader.inverted_index(segment.fields.text)?;
        let mut open = Vec::with_capacity(self.infos(ord, word).len());
        for info in self.infos(ord, word) {
            let postings = inverted.read_postings_from_terminfo(info, option);
            open.push(postings.map_err(tantivy::TantivyError::from)?);
        }
        Ok(open)
    }
}
