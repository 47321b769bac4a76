//! A search: the cluster finds candidates, the client judges and ranks them.
//!
//! What matches little is fetched whole, and answered exactly. Of what matches much the cluster gives
//! the best passages by its own BM25, whose statistics are those of each split; their articles are
//! fetched, and the embedded index's two stages run over them with the archive's statistics.

use super::Cluster;
use super::narrow::{Narrow, Narrower, Over};
use super::part::{Part, keys_of, shown_at};
use super::state::{PAGE, State, heads};
use crate::analyze::{Analyzer, Lang};
use crate::error::{Error, Result};
use crate::index::request::{Duplicates, Hit, SearchRequest, SearchResults, Sort, Unit};
use crate::index::{Scored, Whole, alone, as_of, split};
use crate::query::{Kind, Match, Node, Note, NoteKind, Occur, Query};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Instant;

/// Matching documents up to which everything is fetched.
const FETCH_ALL: u64 = 500;
/// Articles of one part.
const PART_ARTICLES: usize = 500;
/// Articles up to which an exact answer that the cluster cannot give is worked out here.
pub(super) const MAX_ARTICLES: usize = 100_000;
/// Candidates that a page asks for: more than the second stage looks at, since splits disagree.
const POOL: usize = 300;
/// A page that asks for more hits than this is put together from everything that matches.
const MAX_PAGE: usize = 1_000;

/// A request on its way.
pub(super) struct Asked<'a> {
    pub request: &'a SearchRequest,
    pub state: Arc<State>,
    pub langs: Vec<Lang>,
    pub narrow: Narrow,
    pub deadline: Option<Instant>,
    query: Query,
}

impl Cluster {
    pub(super) fn asked<'a>(&self, request: &'a SearchRequest) -> Result<Asked<'a>> {
        let deadline = request.deadline;
        let state = self.state(deadline)?;
        let query = as_of(&request.query, request);
        let mut langs: Vec<Lang> = request.langs.iter().filter_map(|l| Lang::new(l)).collect();
        if langs.is_empty() {
            langs = crate::index::real_langs(&state.languages);
        }
        let over = match request.unit {
            Unit::Passage => Over::Passage,
            Unit::Article => Over::Article,
        };
        let narrow = narrowed(&query.root, &langs, request.matching, over);
        Ok(Asked {
            request,
            state,
            langs,
            narrow,
            deadline,
            query,
        })
    }

    /// Answers a request.
    pub(super) fn find(&self, request: &SearchRequest) -> Result<SearchResults> {
        let began = Instant::now();
        let asked = self.asked(request)?;
        let own = self.words(&asked)?;
        let (words, whole) = match request.expand {
            true => self.expanded_words(&asked, own)?,
            false => {
                let terms = own.iter().flat_map(|w| &w.terms);
                let whole = self.whole(&asked.state, terms, asked.deadline)?;
                (own, whole)
            }
        };
        self.answer(began, &asked, &words, &whole, &|part, request| {
            part.view.search(request)
        })
    }

    /// Answers by the words given, through `rank`.
    pub(super) fn answer(
        &self,
        began: Instant,
        asked: &Asked<'_>,
        words: &[Scored],
        whole: &Arc<Whole>,
        rank: &dyn Fn(&Part, &SearchRequest) -> Result<SearchResults>,
    ) -> Result<SearchResults> {
        let request = asked.request;
        let wanted = request.offset.saturating_add(request.limit);
        let matching = self.count(asked, &asked.narrow)?;
        let needs_all = matching <= FETCH_ALL
            || wanted > MAX_PAGE
            || asks_for_families(&asked.query.root)
            || (!asked.narrow.exact && (request.count || request.limit == 0));
        let mut results = match needs_all {
            true => self.over_everything(asked, whole, rank)?,
            false => self.over_pool(asked, whole, words, matching, rank)?,
        };
        if results.total == 0 && results.total_is_exact {
            results.notes.extend(self.diagnose(asked)?);
        }
        results.elapsed_ms = began.elapsed().as_secs_f64() * 1e3;
        Ok(results)
    }

    /// How many units the narrowed query leaves.
    pub(super) fn count(&self, asked: &Asked<'_>, narrow: &Narrow) -> Result<u64> {
        self.http
            .count(&asked.state.live(asked.filter(narrow)), asked.deadline)
    }

    /// Calls `visit` with parts that together hold every article that the narrowed query leaves.
    ///
    /// # Errors
    /// `Query` where that would be more than [`MAX_ARTICLES`].
    pub(super) fn each_part(
        &self,
        asked: &Asked<'_>,
        narrow: &Narrow,
        whole: &Arc<Whole>,
        mut visit: impl FnMut(&Part, bool) -> Result<()>,
    ) -> Result<()> {
        let mut keys: Vec<u64> = Vec::new();
        let query = asked.state.live(asked.filter(narrow));
        self.http.each(&query, "key", asked.deadline, |row| {
            if let Some(key) = row.number("key")
                && keys.last() != Some(&key)
            {
                keys.push(key);
            }
            match keys.len() > MAX_ARTICLES {
                true => Err(self.too_much(asked)),
                false => Ok(()),
            }
        })?;
        let is_one = keys.len() <= PART_ARTICLES;
        if keys.is_empty() {
            return visit(&self.nothing(whole)?, true);
        }
        for some in keys.chunks(PART_ARTICLES) {
            in_time(asked.deadline)?;
            let part = self.part(&asked.state, some, whole, asked.deadline)?;
            visit(&part, is_one)?;
        }
        Ok(())
    }

    fn too_much(&self, asked: &Asked<'_>) -> Error {
        Error::Query {
            message: format!(
                "a cluster cannot answer this by itself, and more than {MAX_ARTICLES} articles would have to be fetched; narrow it by words, dates or sources"
            ),
            start: 0,
            end: asked.request.text.len(),
        }
    }

    /// Fetches everything that may match; exact in everything.
    fn over_everything(
        &self,
        asked: &Asked<'_>,
        whole: &Arc<Whole>,
        rank: &dyn Fn(&Part, &SearchRequest) -> Result<SearchResults>,
    ) -> Result<SearchResults> {
        let request = asked.request;
        let wanted = request.offset.saturating_add(request.limit);
        let families = asks_for_families(&asked.query.root);
        let narrow = match families {
            true => Narrow::everything(),
            false => asked.narrow.clone(),
        };
        let mut answers: Vec<SearchResults> = Vec::new();
        let mut hits: Vec<(Option<i64>, Hit)> = Vec::new();
        let mut total = 0;
        let mut is_single = true;
        self.each_part(asked, &narrow, whole, |part, is_one| {
            if !is_one && (families || request.duplicates == Duplicates::Collapse) {
                // Copies in another part would be missed.
                if families || request.count || request.limit == 0 || wanted > MAX_PAGE {
                    return Err(self.too_many_for_families(asked));
                }
            }
            is_single = is_one;
            let mut own = request.clone();
            if !is_one {
                (own.offset, own.limit) = (0, wanted);
            }
            let mut results = rank(part, &own)?;
            total += results.total;
            if !is_one {
                let list = std::mem::take(&mut results.hits);
                let dated = list.into_iter().map(|hit| {
                    let at = part.published.get(&hit.article).copied().flatten();
                    (at, hit)
                });
                hits.extend(dated);
                order(&mut hits, request.sort);
                hits.truncate(wanted);
            }
            answers.push(results);
            Ok(())
        })?;
        let mut results = match answers.pop() {
            Some(results) => results,
            None => {
                return Err(self
                    .http
                    .nonsense("articles that went while they were read"));
            }
        };
        for mut other in answers {
            other.notes.retain(|n| !results.notes.contains(n));
            results.notes.extend(other.notes);
        }
        if !is_single {
            results.hits = hits
                .into_iter()
                .skip(request.offset)
                .take(request.limit)
                .map(|(_, hit)| hit)
                .collect();
            for (n, hit) in results.hits.iter_mut().enumerate() {
                hit.rank = request.offset + n + 1;
            }
        }
        results.total = total;
        results.total_is_exact = true;
        if request.duplicates == Duplicates::Collapse && results.total > 0 && !families {
            let among = match is_single {
                true => "among what matches".to_owned(),
                false => format!("among {PART_ARTICLES} articles at a time"),
            };
            let message = format!("copies were looked for {among} only");
            results.notes.push(Note::new(NoteKind::Scores, message));
        }
        if request.sort == Sort::Relevance && request.limit > 0 {
            results.notes.push(Note::new(
                NoteKind::Scores,
                format!(
                    "scores are by the frequencies of the whole archive, not by the per-split statistics of the cluster's {} splits: everything that matches was fetched",
                    asked.state.splits
                ),
            ));
        }
        Ok(results)
    }

    fn too_many_for_families(&self, asked: &Asked<'_>) -> Error {
        Error::Query {
            message: format!(
                "a cluster does not know copies, and the client only among {PART_ARTICLES} articles; narrow it, or ask with --duplicates show"
            ),
            start: 0,
            end: asked.request.text.len(),
        }
    }

    /// Ranks the best that the cluster finds.
    fn over_pool(
        &self,
        asked: &Asked<'_>,
        whole: &Arc<Whole>,
        words: &[Scored],
        matching: u64,
        rank: &dyn Fn(&Part, &SearchRequest) -> Result<SearchResults>,
    ) -> Result<SearchResults> {
        let request = asked.request;
        let wanted = request.offset.saturating_add(request.limit);
        let mut size = POOL.max(wanted.saturating_mul(6)).min(PAGE);
        let (mut results, looked_at, is_all) = loop {
            in_time(asked.deadline)?;
            let (keys, is_full) = self.candidates(asked, words, size)?;
            let part = self.part(&asked.state, &keys, whole, asked.deadline)?;
            let results = rank(&part, request)?;
            if request.limit == 0 || results.hits.len() >= request.limit || !is_full {
                break (results, part.passages, !is_full);
            }
            if size == PAGE {
                return self.over_everything(asked, whole, rank);
            }
            size = size.saturating_mul(4).min(PAGE);
        };
        let collapses = request.duplicates == Duplicates::Collapse;
        if is_all && request.unit == Unit::Passage {
            results.total_is_exact = true;
        } else if asked.narrow.exact && !collapses {
            results.total = matching;
            results.total_is_exact = true;
        } else if request.count || request.limit == 0 {
            let mut counting = request.clone();
            (counting.limit, counting.offset) = (0, 0);
            let counted = Asked {
                request: &counting,
                ..asked.again()
            };
            let all = self.over_everything(&counted, whole, rank)?;
            results.total = all.total;
            results.total_is_exact = true;
        } else {
            results.total_is_exact = false;
        }
        if request.sort == Sort::Relevance {
            results.notes.push(Note::new(
                NoteKind::Scores,
                format!(
                    "the cluster chose its best {size} passages by BM25 with the per-split statistics of {} splits; scores are by those of the whole archive, and the second stage of ranking saw the {looked_at} passages of the articles chosen and no others",
                    asked.state.splits
                ),
            ));
        }
        if collapses {
            results.notes.push(Note::new(
                NoteKind::Scores,
                format!("copies were looked for among these {looked_at} passages only"),
            ));
        }
        Ok(results)
    }

    /// The articles of the best `size` documents, and whether there are more.
    fn candidates(
        &self,
        asked: &Asked<'_>,
        words: &[Scored],
        size: usize,
    ) -> Result<(Vec<u64>, bool)> {
        let request = asked.request;
        let by_score = request.sort == Sort::Relevance && words.iter().any(|w| !w.terms.is_empty());
        let (filter, should, sort) = if by_score {
            let narrow = match request.unit {
                Unit::Passage => asked.narrow.clone(),
                // Words of an article may stand in several of its passages.
                Unit::Article => narrowed(
                    &asked.query.root,
                    &asked.langs,
                    request.matching,
                    Over::Constant,
                ),
            };
            let mut filter = asked.filter_over(&narrow, Unit::Passage);
            let should: Vec<Value> = words.iter().flat_map(scoring).collect();
            if request.unit == Unit::Article {
                filter.push(json!({"bool": {"should": should}}));
            }
            (filter, should, json!(["_score"]))
        } else {
            let sort = match request.sort {
                Sort::Relevance => json!([{"key": {"order": "asc"}}]),
                Sort::Newest => json!([{"published": {"order": "desc"}}]),
                Sort::Oldest => json!([{"published": {"order": "asc"}}]),
            };
            (asked.filter(&asked.narrow), Vec::new(), sort)
        };
        let ask = |filter: Vec<Value>| {
            let body = json!({
                "query": asked.state.scored(filter, should.clone()),
                "size": size,
                "sort": sort,
                "track_total_hits": true,
            });
            self.http.search(&body, "key", asked.deadline)
        };
        if request.sort != Sort::Relevance {
            // What is undated comes last, wherever the cluster would put it.
            let mut dated = filter.clone();
            dated.push(json!({"term": {"dated": {"value": 1}}}));
            let found = ask(dated)?;
            if found.total >= size as u64 {
                return Ok((keys_of(&found.rows), true));
            }
        }
        let found = ask(filter)?;
        let is_full = found.total > found.rows.len() as u64;
        Ok((keys_of(&found.rows), is_full))
    }

    /// What ranking scores, of the request's own words.
    pub(super) fn words(&self, asked: &Asked<'_>) -> Result<Vec<Scored>> {
        let part = self.nothing(&Arc::default())?;
        let langs: Vec<String> = asked.langs.iter().map(|l| l.as_str().to_owned()).collect();
        let seen = part.view.seen(&langs);
        let request = asked.request;
        let prepared = part.view.prepare(&asked.query, request, &seen)?;
        Ok(prepared.words)
    }

    /// The request's words and those of its best hits.
    fn expanded_words(
        &self,
        asked: &Asked<'_>,
        own: Vec<Scored>,
    ) -> Result<(Vec<Scored>, Arc<Whole>)> {
        let mut first = asked.request.clone();
        first.expand = false;
        first.unit = Unit::Article;
        (first.limit, first.offset, first.snippets) = (3, 0, 0);
        let found = self.find(&first)?;
        let mut keys = Vec::new();
        for hit in &found.hits {
            keys.push(super::document::key_of(&hit.article));
        }
        let articles = self.articles(&asked.state, &keys, asked.deadline)?;
        let articles: Vec<_> = articles.iter().map(|(_, article, _)| article).collect();
        let empty = self.nothing(&Arc::default())?;
        let mut terms = empty.view.terms_of(&articles);
        terms.extend(own.iter().flat_map(|w| w.terms.iter().cloned()));
        let whole = self.whole(&asked.state, &terms, asked.deadline)?;
        let part = self.part(&asked.state, &keys, &whole, asked.deadline)?;
        Ok((part.view.expanded(asked.request, &own)?, whole))
    }

    /// Why nothing was found, clause by clause.
    fn diagnose(&self, asked: &Asked<'_>) -> Result<Vec<Note>> {
        if asked.state.documents == 0 {
            return Ok(vec![Note::new(
                NoteKind::Zero,
                "the index holds no articles; `dateline index FOLDER` adds them",
            )]);
        }
        let request = asked.request;
        let over = match request.unit {
            Unit::Passage => Over::Passage,
            Unit::Article => Over::Article,
        };
        let mut clauses = Vec::new();
        split(&request.query.root, Occur::Must, &mut clauses);
        clauses.truncate(16);
        let mut notes = Vec::new();
        for clause in &clauses {
            let narrow = narrowed(&clause.node, &asked.langs, request.matching, over);
            let count = self.count(asked, &narrow)?;
            let text = Query {
                root: clause.node.clone(),
            }
            .to_string();
            let message = match (count, narrow.exact) {
                (0, _) | (_, true) => alone(clause.occur, count, request.unit, &text),
                (_, false) => {
                    let most = alone(Occur::Must, count, request.unit, &text);
                    format!("at most {most}")
                }
            };
            notes.push(Note::new(NoteKind::Zero, message).at(clause.node.span, text));
        }
        Ok(notes)
    }
}

impl Asked<'_> {
    /// What must hold besides.
    pub(super) fn filter(&self, narrow: &Narrow) -> Vec<Value> {
        self.filter_over(narrow, self.request.unit)
    }

    fn filter_over(&self, narrow: &Narrow, unit: Unit) -> Vec<Value> {
        let mut filter: Vec<Value> = narrow.query.iter().cloned().collect();
        if unit == Unit::Article {
            filter.push(heads());
        }
        filter.push(shown_at(self.request.now));
        filter
    }

    fn again(&self) -> Asked<'_> {
        Asked {
            request: self.request,
            state: Arc::clone(&self.state),
            langs: self.langs.clone(),
            narrow: self.narrow.clone(),
            deadline: self.deadline,
            query: self.query.clone(),
        }
    }

    /// The same, where one of `words` must be held besides.
    pub(super) fn by_words(mut self, words: &[Scored]) -> Self {
        let name = match self.request.unit {
            Unit::Passage => "text",
            Unit::Article => "all_text",
        };
        let terms: Vec<String> = words
            .iter()
            .flat_map(|w| &w.terms)
            .filter_map(|t| t.value().as_str().map(str::to_owned))
            .collect();
        let held = json!({"terms": {name: terms}});
        self.narrow.query = Some(match self.narrow.query.take() {
            None => held,
            Some(query) => json!({"bool": {"filter": [query, held]}}),
        });
        self
    }
}

impl Narrow {
    /// The condition that lets everything through.
    pub(super) fn everything() -> Self {
        Self {
            query: None,
            exact: true,
        }
    }
}

/// The condition of a node in some languages.
pub(super) fn narrowed(node: &Node, langs: &[Lang], matching: Match, over: Over) -> Narrow {
    let mut analyzer = Analyzer::default();
    Narrower::new(langs, matching, over, &mut analyzer).of(node)
}

/// A word as the cluster scores it.
fn scoring(word: &Scored) -> Vec<Value> {
    let texts = word
        .terms
        .iter()
        .filter_map(|t| t.value().as_str().map(str::to_owned));
    texts
        .map(|text| json!({"term": {"text": {"value": text, "boost": word.weight}}}))
        .collect()
}

/// Whether only everything together tells what matches.
fn asks_for_families(node: &Node) -> bool {
    matches!(node.kind, Kind::Copies(_) | Kind::Like(_))
        || node.children().into_iter().any(asks_for_families)
}

/// Best first; equal ones by article and passage.
fn order(hits: &mut [(Option<i64>, Hit)], sort: Sort) {
    hits.sort_by(|(a_at, a), (b_at, b)| {
        let by = match sort {
            Sort::Relevance => b.score.total_cmp(&a.score),
            Sort::Newest => b_at.cmp(a_at),
            Sort::Oldest => (a_at.is_none(), a_at).cmp(&(b_at.is_none(), b_at)),
        };
        by.then_with(|| a.article.cmp(&b.article))
            .then_with(|| a.passage.cmp(&b.passage))
    });
}

fn in_time(deadline: Option<Instant>) -> Result<()> {
    match deadline.is_some_and(|at| Instant::now() >= at) {
        true => Err(Error::Interrupted(
            "the time given ran out before everything was looked at; raise --timeout".into(),
        )),
        false => Ok(()),
    }
}
