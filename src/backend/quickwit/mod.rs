//! An index on a Quickwit cluster.
//!
//! The cluster keeps documents and finds candidates; everything that it has no notion of (stems,
//! positions, zones, edits, families, the second stage of ranking) is the client's, which runs the
//! embedded index over the articles that it fetched. So both back ends answer alike, and what the
//! client would have to fetch too much for is refused, not answered differently.
//!
//! - [`http`]: requests, secrets, time, what errors say
//! - [`mapping`]: the index's fields, made and compared
//! - [`document`]: article ⇄ documents
//! - [`narrow`]: query tree → what a cluster is asked for
//! - [`state`]: answers, the archive's statistics, what is outdated
//! - [`part`]: fetched articles as an index in memory
//! - [`search`], [`counts`]: the questions
//! - [`ingest`]: files → cluster

// What a cluster answers is foreign: nothing of it may be a number that a slice is cut by.
#![cfg_attr(not(test), warn(clippy::indexing_slicing, clippy::string_slice))]

mod counts;
mod document;
mod http;
mod ingest;
mod mapping;
mod narrow;
mod part;
mod search;
mod state;

pub use http::Access;
pub use ingest::{Options as IngestOptions, ingest};

use super::{Backend, Shown};
use crate::analyze::Lang;
use crate::article::Article;
use crate::error::{Error, Result};
use crate::index::request::{
    Facets, FacetsRequest, SCHEMA_VERSION, SearchRequest, SearchResults, Timeline, TimelineRequest,
};
use crate::index::{Archive, Status, payload::Root, real_langs, written_before};
use crate::passage::Passage;
use crate::query::Note;
use http::Http;
use state::State;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// An article with its key and passages.
type Fetched = (u64, Article, Vec<Passage>);

/// How long what an index holds is taken to be as it was: a batch asks once, not once a query.
const FRESH: Duration = Duration::from_secs(3);

/// An index on a cluster, opened for reading.
pub struct Cluster {
    http: Http,
    state: Mutex<Option<Arc<State>>>,
    empty: OnceLock<Archive>,
}

impl Cluster {
    /// Opens `quickwit+http://HOST:PORT/INDEX-ID`, and looks whether it is an index of dateline's.
    ///
    /// # Errors
    /// `Usage` for the address, `NoIndex`, `Damaged` for another version or mapping, `Backend` where
    /// nobody answers.
    pub fn open(location: &str, access: &Access) -> Result<Self> {
        let http = Http::new(location, access)?;
        mapping::check_version(&http, None)?;
        if !mapping::check(&http, None)? {
            return Err(Error::NoIndex(format!(
                "{}: no such index; `dateline index -i {} FOLDER` makes it",
                http.place(),
                http.place()
            )));
        }
        Ok(Self::at(http))
    }

    fn at(http: Http) -> Self {
        Self {
            http,
            state: Mutex::new(None),
            empty: OnceLock::new(),
        }
    }

    /// The address, without secrets.
    pub fn location(&self) -> String {
        self.http.place()
    }

    /// What the index holds, at most [`FRESH`] ago.
    fn state(&self, deadline: Option<Instant>) -> Result<Arc<State>> {
        let mut known = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(state) = known.as_ref()
            && state.taken.elapsed() < FRESH
        {
            return Ok(Arc::clone(state));
        }
        let state = Arc::new(State::of(&self.http, deadline)?);
        *known = Some(Arc::clone(&state));
        Ok(state)
    }
}

impl Cluster {
    /// Says what a window of dates leaves out, where the cluster itself can count that.
    fn undated(&self, request: &SearchRequest) -> Result<Option<Note>> {
        if self.state(request.deadline)?.undated == 0 {
            return Ok(None);
        }
        super::undated::note(request, |base| {
            let asked = self.asked(base)?;
            let is_exact = asked.narrow.exact;
            is_exact
                .then(|| self.count(&asked, &asked.narrow))
                .transpose()
        })
    }
}

impl Backend for Cluster {
    fn search(&self, request: &SearchRequest) -> Result<SearchResults> {
        let mut results = self.find(request)?;
        results.notes.extend(self.undated(request)?);
        Ok(results)
    }

    fn timeline(&self, request: &TimelineRequest) -> Result<Timeline> {
        let mut counts = self.timeline_of(request)?;
        counts.notes.extend(self.undated(&request.base)?);
        Ok(counts)
    }

    fn facets(&self, request: &FacetsRequest) -> Result<Facets> {
        let mut counts = self.facets_of(request)?;
        counts.notes.extend(self.undated(&request.base)?);
        Ok(counts)
    }

    fn article(&self, id: &str) -> Result<Option<Shown>> {
        let state = self.state(None)?;
        let found = self.articles(&state, &[document::key_of(id)], None)?;
        Ok(found
            .into_iter()
            .find(|(_, article, _)| article.id == id)
            .map(|(_, article, passages)| Shown { article, passages }))
    }

    fn related(&self, article: &Article, request: &SearchRequest) -> Result<SearchResults> {
        let began = Instant::now();
        let mut before = request.clone();
        before.query = written_before(article, &request.query);
        let asked = self.asked(&before)?;
        let empty = self.nothing(&Arc::default())?;
        let whole = self.whole(
            &asked.state,
            &empty.view.terms_of(&[article]),
            asked.deadline,
        )?;
        let known = self.nothing(&whole)?;
        let words = known.view.words_for(article)?;
        let asked = asked.by_words(&words);
        self.answer(began, &asked, &words, &whole, &|part, own| {
            let mut own = own.clone();
            own.query = request.query.clone();
            part.view.related(article, &own)
        })
    }

    /// What was left out is known to the runs that left it out.
    fn status(&self) -> Result<Status> {
        let state = self.state(None)?;
        let described = self.http.get(
            &format!("/api/v1/indexes/{}/describe", self.http.index),
            None,
        )?;
        let bytes = described.get("size_published_splits");
        let roots = self.roots(&state, None)?;
        Ok(Status {
            schema_version: SCHEMA_VERSION,
            location: self.location(),
            format: crate::index::schema::FORMAT,
            generation: 0,
            articles: state.articles,
            passages: state.documents,
            families: 0,
            undated: state.undated,
            languages: state.languages.clone(),
            without: crate::index::Without::default(),
            roots: roots
                .into_iter()
                .map(|(prefix, path)| Root { prefix, path })
                .collect(),
            bytes: bytes.and_then(|n| n.as_u64()).unwrap_or(0),
            skipped: Vec::new(),
        })
    }

    fn langs(&self) -> Vec<Lang> {
        match self.state(None) {
            Ok(state) => real_langs(&state.languages),
            Err(_) => vec![Lang::ENGLISH],
        }
    }

    fn file(&self, path: &str) -> Option<PathBuf> {
        let state = self.state(None).ok()?;
        let file = path.split("!/").next().unwrap_or(path);
        let roots = self.roots(&state, None).ok()?;
        let candidates = roots.into_iter().filter_map(|(prefix, folder)| {
            let below = match prefix.as_str() {
                "" => file,
                prefix => file.strip_prefix(prefix)?.strip_prefix('/')?,
            };
            Some(PathBuf::from(folder).join(below))
        });
        let mut candidates: Vec<PathBuf> = candidates.collect();
        match candidates.iter().position(|c| c.exists()) {
            Some(at) => Some(candidates.swap_remove(at)),
            None => candidates.into_iter().next(),
        }
    }
}
