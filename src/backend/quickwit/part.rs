//! Articles of a cluster → an index in memory that answers as the embedded one does.

use super::Cluster;
use super::document::Assembly;
use super::state::{KEYS, PAGE, State};
use crate::error::{Error, Result};
use crate::index::{Archive, View, Whole};
use rustc_hash::FxHashMap;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Instant;
use tantivy::Term;

/// Articles fetched, as a view that scores like the whole archive.
pub struct Part {
    pub view: View,
    /// When each article was published, in seconds from 1970.
    pub published: FxHashMap<String, Option<i64>>,
    pub passages: u64,
}

impl Cluster {
    /// Fetches articles by key.
    pub(super) fn articles(
        &self,
        state: &State,
        keys: &[u64],
        deadline: Option<Instant>,
    ) -> Result<Vec<super::Fetched>> {
        let mut assembly = Assembly::default();
        for some in keys.chunks(KEYS / 4) {
            self.fetch(state, some, deadline, &mut assembly)?;
        }
        Ok(assembly.finish())
    }

    fn fetch(
        &self,
        state: &State,
        keys: &[u64],
        deadline: Option<Instant>,
        assembly: &mut Assembly,
    ) -> Result<()> {
        let query = state.live(vec![json!({"terms": {"key": keys}})]);
        let body = json!({"query": query, "size": PAGE, "track_total_hits": true});
        let found = self
            .http
            .search(&body, "key,version,record,stored", deadline)?;
        if found.total > found.rows.len() as u64 {
            let (first, second) = keys.split_at(keys.len() / 2);
            if !first.is_empty() {
                self.fetch(state, first, deadline, assembly)?;
                return self.fetch(state, second, deadline, assembly);
            }
            return Err(Error::Backend(format!(
                "{}: an article of {} passages; at most {PAGE} can be fetched",
                self.http.place(),
                found.total
            )));
        }
        for row in &found.rows {
            assembly
                .take(&row.source)
                .map_err(|what| self.http.nonsense(&what))?;
        }
        Ok(())
    }

    /// An index in memory of the articles of these keys.
    pub(super) fn part(
        &self,
        state: &State,
        keys: &[u64],
        whole: &Arc<Whole>,
        deadline: Option<Instant>,
    ) -> Result<Part> {
        if keys.is_empty() {
            return self.nothing(whole);
        }
        let fetched = self.articles(state, keys, deadline)?;
        let mut published = FxHashMap::default();
        let mut passages = 0;
        let mut articles = Vec::with_capacity(fetched.len());
        for (_, article, own) in fetched {
            let at = article.published.as_ref().map(|p| p.instant().as_second());
            published.insert(article.id.clone(), at);
            passages += own.len() as u64;
            articles.push((article, own));
        }
        let archive = Archive::part(articles)?;
        Ok(Part {
            view: View::of_part(&archive, Arc::clone(whole)),
            published,
            passages,
        })
    }

    /// A part without articles: queries are compiled over it.
    pub(super) fn nothing(&self, whole: &Arc<Whole>) -> Result<Part> {
        let empty = match self.empty.get() {
            Some(empty) => empty,
            None => {
                let made = Archive::part(Vec::new())?;
                self.empty.get_or_init(|| made)
            }
        };
        Ok(Part {
            view: View::of_part(empty, Arc::clone(whole)),
            published: FxHashMap::default(),
            passages: 0,
        })
    }

    /// The archive's statistics, with the frequencies of these terms of `text`.
    pub(super) fn whole<'t>(
        &self,
        state: &State,
        terms: impl IntoIterator<Item = &'t Term>,
        deadline: Option<Instant>,
    ) -> Result<Arc<Whole>> {
        let mut doc_freq = FxHashMap::default();
        for term in terms {
            let Some(text) = term.value().as_str().map(str::to_owned) else {
                continue;
            };
            let count = state.frequency(&self.http, &text, deadline)?;
            doc_freq.insert(term.clone(), count);
        }
        Ok(Arc::new(Whole {
            documents: state.documents,
            tokens: state.tokens,
            articles: state.articles,
            langs: crate::index::real_langs(&state.languages),
            doc_freq,
        }))
    }
}

/// The keys of rows, each once, in their order.
pub fn keys_of(rows: &[super::state::Row]) -> Vec<u64> {
    let mut seen = rustc_hash::FxHashSet::default();
    rows.iter()
        .filter_map(|row| row.number("key"))
        .filter(|key| seen.insert(*key))
        .collect()
}

/// The condition that hides what is under embargo at `now`.
pub fn shown_at(now: jiff::Timestamp) -> Value {
    let later = json!({"range": {"embargo": {"gt": now.as_second()}}});
    json!({"bool": {"must_not": [later], "filter": [{"match_all": {}}]}})
}
