//! A part of an archive that scores as the whole archive does.

use super::archive::Archive;
use super::view::View;
use crate::analyze::Lang;
use crate::article::Article;
use crate::error::Result;
use crate::passage::Passage;
use rustc_hash::FxHashMap;
use std::sync::Arc;
use tantivy::Term;

/// What a part must know of the archive that it was taken from: a score then does not depend on
/// what else was taken.
#[derive(Clone, Debug, Default)]
pub struct Whole {
    /// Passages.
    pub documents: u64,
    /// Terms of the field `text`, over all passages.
    pub tokens: u64,
    pub articles: u64,
    /// Languages with a real share, most frequent first.
    pub langs: Vec<Lang>,
    /// How many passages hold a term; a term that is not named counts as the part holds it.
    pub doc_freq: FxHashMap<Term, u64>,
}

impl Archive {
    /// An index in memory of `articles` with their passages as an archive gave them; ids are set.
    pub fn part(articles: Vec<(Article, Vec<Passage>)>) -> Result<Self> {
        super::writer::in_memory_of(articles)
    }
}

impl View {
    /// The view of `part` with the statistics of the archive that it was taken from.
    pub fn of_part(part: &Archive, whole: Arc<Whole>) -> Self {
        let mut view = part.snapshot().view().clone();
        if !whole.langs.is_empty() {
            view.langs.clone_from(&whole.langs);
        }
        view.articles = whole.articles;
        view.whole = Some(whole);
        view
    }

    /// Passages of the archive, deleted ones counted until a merge.
    pub fn documents(&self) -> u64 {
        match &self.whole {
            Some(whole) => whole.documents,
            None => {
                let readers = self.searcher.segment_readers().iter();
                readers.map(|r| u64::from(r.max_doc())).sum()
            }
        }
    }

    /// Terms of the field `text` in all passages of the archive.
    pub fn tokens(&self) -> Result<u64> {
        if let Some(whole) = &self.whole {
            return Ok(whole.tokens);
        }
        let mut tokens = 0;
        for reader in self.searcher.segment_readers() {
            tokens += reader.inverted_index(self.fields.text)?.total_num_tokens();
        }
        Ok(tokens)
    }

    /// How many passages of the archive hold a term, deleted ones counted until a merge.
    pub fn doc_freq(&self, term: &Term) -> Result<u64> {
        let known = self.whole.as_ref().and_then(|w| w.doc_freq.get(term));
        match known {
            Some(&n) => Ok(n),
            None => Ok(self.searcher.doc_freq(term)?),
        }
    }
}
