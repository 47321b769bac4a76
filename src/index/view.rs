//! One commit, ready to be searched.

use super::archive::{Archive, Snapshot};
use super::columns::Columns;
use super::compile::Compiler;
use super::families::Families;
use super::lexicon::Lexicon;
use super::matching::Segment;
use super::packed::{Passages, Unpacker};
use super::plan::{Plan, Scored};
use super::pool::Pool;
use super::rank::Weights;
use super::request::{SearchRequest, SearchResults};
use super::schema::{self, Fields};
use super::seen::Seen;
use super::timeline;
use super::whole::Whole;
use super::without::Without;
use crate::analyze::Lang;
use crate::error::Result;
use crate::query::{Kind, Note, NoteKind, Query};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};
use tantivy::Searcher;

/// A language counts as one of the archive's from this share of its articles on.
const REAL_SHARE: f64 = 0.01;

/// Unpacked passages that a view keeps, over all segments, in bytes.
const UNPACKED_BYTES: usize = 64 << 20;

/// One commit, ready to be searched; cheap to clone, shared by threads.
#[derive(Clone)]
pub struct View {
    pub searcher: Searcher,
    pub fields: Fields,
    /// Languages with a real share, most frequent first; never empty.
    pub langs: Vec<Lang>,
    pub families: Arc<Families>,
    /// A segment's columns, opened when it is first searched.
    columns: Arc<[OnceLock<Arc<Columns>>]>,
    /// What is stored with a segment's passages, opened when it is first shown.
    passages: Arc<[OnceLock<Arc<Passages>>]>,
    pub(super) unpacker: Arc<Unpacker>,
    /// Analyzers that no search is using, warm with the stems of the archive's words.
    pub(super) analyzers: Arc<Pool>,
    /// What the timelines that were asked for share.
    pub(super) known: Arc<Mutex<timeline::Known>>,
    /// Articles in the commit.
    pub articles: u64,
    pub weights: Weights,
    /// The archive that this view is a part of; `None` where it is all of it.
    pub whole: Option<Arc<Whole>>,
    /// What the index was made without.
    pub without: Without,
}

/// A compiled query over the segments of a view.
pub struct Prepared<'a> {
    pub plan: Plan,
    pub words: Vec<Scored>,
    pub langs: Vec<Lang>,
    pub segments: Vec<Segment<'a>>,
    pub notes: Vec<Note>,
}

impl View {
    /// Compiles a query; `seen` must outlive what is prepared.
    ///
    /// `query` stands in for the request's own.
    pub fn prepare<'a>(
        &'a self,
        query: &Query,
        request: &SearchRequest,
        seen: &'a Seen,
    ) -> Result<Prepared<'a>> {
        let lexicon = Lexicon {
            searcher: &self.searcher,
            fields: self.fields,
            deadline: request.deadline,
            without: self.without,
        };
        let keys = |kind: &Kind| self.keys(kind);
        let mut analyzer = self.analyzers.take();
        let mut compiler = Compiler {
            fields: self.fields,
            lexicon: &lexicon,
            langs: &seen.langs,
            matching: request.matching,
            analyzer: &mut analyzer,
            partial: Vec::new(),
            expansions: Vec::new(),
            keys: &keys,
        };
        let plan = compiler.plan(&query.root)?;
        let words = compiler.scored(&query.root, self.weights.stop_word)?;
        let mut notes = self.without.notes(&query.root)?;
        let partial = compiler.partial.iter();
        notes.extend(partial.map(|message| Note::new(NoteKind::Partial, message.clone())));
        let mut segments = Vec::new();
        for (ord, reader) in self.searcher.segment_readers().iter().enumerate() {
            segments.push(Segment {
                reader,
                columns: self.columns(ord)?,
                fields: self.fields,
                unit: request.unit,
                seen,
                deadline: request.deadline,
            });
        }
        Ok(Prepared {
            plan,
            words,
            langs: seen.langs.clone(),
            segments,
            notes,
        })
    }

    /// The columns of segment number `ord`.
    pub(super) fn columns(&self, ord: usize) -> Result<Arc<Columns>> {
        if let Some(open) = self.columns[ord].get() {
            return Ok(Arc::clone(open));
        }
        let opened = Arc::new(Columns::open(&self.searcher.segment_readers()[ord])?);
        Ok(Arc::clone(self.columns[ord].get_or_init(|| opened)))
    }

    /// What is stored with the passages of segment number `ord`.
    pub(super) fn passages(&self, ord: usize) -> Result<Arc<Passages>> {
        if let Some(open) = self.passages[ord].get() {
            return Ok(Arc::clone(open));
        }
        let segment = &self.searcher.segment_readers()[ord];
        let kept = UNPACKED_BYTES / self.passages.len();
        let unpacker = Arc::clone(&self.unpacker);
        let opened = Passages::open(segment, self.fields.stored, unpacker, kept)?;
        Ok(Arc::clone(
            self.passages[ord].get_or_init(|| Arc::new(opened)),
        ))
    }

    /// What [`View::prepare`] needs: the languages that a request asks for, else the archive's.
    pub fn seen(&self, langs: &[String]) -> Seen {
        let mut asked: Vec<Lang> = langs.iter().filter_map(|l| Lang::new(l)).collect();
        if asked.is_empty() {
            asked.clone_from(&self.langs);
        }
        Seen {
            fields: self.fields,
            unpacker: Arc::clone(&self.unpacker),
            langs: asked,
        }
    }

    fn keys(&self, kind: &Kind) -> Result<Vec<u64>> {
        Ok(match kind {
            Kind::Copies(more_than) => self.families.larger_than(*more_than),
            Kind::Like(id) => self.keys_like(id)?,
            _ => Vec::new(),
        })
    }
}

/// Languages that hold a real share of so many articles by code, most frequent first; English where none does.
pub(crate) fn real_langs(languages: &BTreeMap<String, u64>) -> Vec<Lang> {
    let all: u64 = languages.values().sum();
    let mut shares: Vec<(u64, Lang)> = languages
        .iter()
        .filter(|(_, n)| **n as f64 >= all as f64 * REAL_SHARE)
        .filter_map(|(code, n)| Some((*n, Lang::new(code)?)))
        .collect();
    shares.sort_unstable_by_key(|(n, lang)| (std::cmp::Reverse(*n), *lang));
    match shares.is_empty() {
        true => vec![Lang::ENGLISH],
        false => shares.into_iter().map(|(_, lang)| lang).collect(),
    }
}

impl View {
    /// The view of a commit.
    pub fn of(snapshot: &Snapshot) -> Self {
        let langs = real_langs(&snapshot.payload.languages);
        let segments = snapshot.searcher.segment_readers().len();
        Self {
            searcher: snapshot.searcher.clone(),
            known: Arc::default(),
            analyzers: Arc::default(),
            columns: (0..segments).map(|_| OnceLock::new()).collect(),
            passages: (0..segments).map(|_| OnceLock::new()).collect(),
            unpacker: Arc::new(Unpacker::of(snapshot)),
            fields: schema::schema().1,
            langs,
            families: Arc::new(
                snapshot
                    .table(super::sketches::FAMILIES)
                    .map_or_else(Families::default, Families::open),
            ),
            articles: snapshot.payload.articles,
            weights: Weights::default(),
            whole: None,
            without: snapshot.payload.without,
        }
    }
}

impl Archive {
    /// Answers a request from the commit that is open.
    pub fn search(&self, request: &SearchRequest) -> Result<SearchResults> {
        self.guard(|| self.snapshot().view().search(request))
    }
}
