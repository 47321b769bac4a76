//! A search: plan, candidates, second stage, page of hits.

use super::bm25::Bm25;
use super::candidates::{Candidates, Order, Stage, WALK_WHOLE};
use super::evidence::Evidence;
use super::heap::Candidate;
use super::hits::{self, Found};
use super::plan::{Plan, Scored};
use super::rank::{Parts, Ranker};
use super::request::{Duplicates, Rank, SearchRequest, SearchResults, Sort, Unit};
use super::view::{Prepared, View};
use super::when::{QueryTime, When};
use super::words::Words;
use crate::error::Result;
use crate::query::{Kind, Node, Note, NoteKind, Query};
use rustc_hash::FxHashSet;
use std::hash::Hash;
use std::time::Instant;
use tantivy::{DocId, DocSet};

/// How many candidates a result page asks for, for each hit on it.
const CANDIDATES_PER_HIT: usize = 4;

/// How many times as many candidates are looked at where those before did not suffice.
const DEEPER: usize = 4;

/// Unknown words that are looked for among the known ones; each costs a walk through the dictionary.
const MOST_UNKNOWN: usize = 3;

impl View {
    /// Answers a request.
    pub fn search(&self, request: &SearchRequest) -> Result<SearchResults> {
        let began = Instant::now();
        let query = as_of(&request.query, request);
        let seen = self.seen(&request.langs);
        let mut prepared = self.prepare(&query, request, &seen)?;
        if request.rank == Rank::Full {
            self.weigh_dates(request, &mut prepared.words);
        }
        if request.expand {
            prepared.words = self.expanded(request, &prepared.words)?;
        }
        self.run(began, request, &query, &prepared)
    }

    /// Answers a request by weighted words in place of its query's own; its query still filters.
    pub(super) fn search_words(
        &self,
        request: &SearchRequest,
        words: Vec<Scored>,
        without: Vec<u64>,
    ) -> Result<SearchResults> {
        let began = Instant::now();
        let query = as_of(&request.query, request);
        let seen = self.seen(&request.langs);
        let mut prepared = self.prepare(&query, request, &seen)?;
        prepared.plan = super::related::any_of(&words, without, prepared.plan);
        prepared.words = words;
        self.run(began, request, &query, &prepared)
    }

    /// Numbers and months that write the days in question weigh little beside other words.
    fn weigh_dates(&self, request: &SearchRequest, words: &mut [Scored]) {
        let writes_date = |word: &Scored| {
            let mut dates = request.date_words.iter();
            dates.any(|date| {
                word.span.start <= date.start
                    && date.end <= word.span.end
                    && request.text.get(date.range()) == Some(word.label.as_str())
            })
        };
        if words.iter().all(writes_date) {
            return;
        }
        for word in words.iter_mut().filter(|w| writes_date(w)) {
            word.weight *= self.weights.date_word;
        }
    }

    fn run(
        &self,
        began: Instant,
        request: &SearchRequest,
        query: &Query,
        prepared: &Prepared<'_>,
    ) -> Result<SearchResults> {
        let mut notes = request.notes.clone();
        notes.extend(prepared.notes.iter().cloned());
        let collapse = request.duplicates == Duplicates::Collapse && !self.families.is_empty();
        let wanted = request.offset.saturating_add(request.limit);
        // Times and filters tie by the hundred: what is kept of equals must not change with the page.
        let ties = request.sort != Sort::Relevance || prepared.words.is_empty();
        let least = self.weights.depth;
        let depth_of = |wanted: usize| least.max(wanted.saturating_mul(CANDIDATES_PER_HIT));
        let order = match request.sort {
            Sort::Relevance => Order::Score,
            Sort::Newest => Order::Newest,
            Sort::Oldest => Order::Oldest,
        };
        let words = Words::look_up(self, &prepared.segments, &prepared.words)?;
        // Without a word to weigh, what speaks of the days asked most closely comes first.
        let time = QueryTime::of(request, self.weights.about);
        let by_days = prepared.words.is_empty()
            && order == Order::Score
            && request.rank == Rank::Full
            && time.demands_days();
        let look = |mut depth: usize, wanted: usize| -> Result<(Candidates, Vec<Ranked>)> {
            loop {
                let stage = Stage {
                    view: self,
                    plan: &prepared.plan,
                    words: &words,
                    bm25: Bm25 {
                        k1: request.k1.unwrap_or(Bm25::STOCK.k1),
                        b: request.b.unwrap_or(Bm25::STOCK.b),
                    },
                    depth,
                    order,
                    count: request.count || request.limit == 0,
                    whole_below: WALK_WHOLE,
                    spares_function_words: request.rank == Rank::Full,
                    now: request.now.as_second(),
                    deadline: request.deadline,
                    collapses: collapse,
                    about: by_days.then_some(&time),
                    recency: (request.rank == Rank::Full && time.minds_age()).then_some(&time),
                };
                let candidates = stage.run(&prepared.segments)?;
                let keeps_index_order = ties && candidates.total > least as u64;
                let mut ranked = self.rank(request, prepared, &words, &candidates)?;
                if !keeps_index_order {
                    self.break_ties(request.sort, wanted, &mut ranked)?;
                }
                if collapse {
                    let mut stories = FxHashSet::default();
                    ranked.retain(|r| r.family.is_none_or(|f| stories.insert(f)));
                }
                // Several passages of one article, or copies of one story, may have crowded out others.
                if ranked.len() >= wanted || !candidates.is_full || candidates.timed_out {
                    return Ok((candidates, ranked));
                }
                depth = depth.saturating_mul(DEEPER);
            }
        };
        let (candidates, ranked) = match (request.limit, request.rank) {
            (0, _) => look(0, 0)?,
            (_, Rank::Bm25) if !ties => look(wanted.saturating_mul(2), wanted)?,
            (limit, _) if request.offset > 0 && !ties => {
                let unit = |r: &Ranked| match (request.unit, r.family.filter(|_| collapse)) {
                    (_, Some(family)) => (None, family),
                    (Unit::Passage, None) => (Some(r.segment), r.doc),
                    (Unit::Article, None) => (Some(r.segment), r.head),
                };
                further_page(limit, wanted, unit, |wanted| look(depth_of(wanted), wanted))?
            }
            _ => look(depth_of(wanted), wanted)?,
        };
        if candidates.timed_out {
            notes.push(Note::late());
        }
        let total = if candidates.is_exact {
            candidates.total
        } else {
            candidates.total.max(ranked.len() as u64)
        };
        let page: Vec<Ranked> = ranked
            .into_iter()
            .skip(request.offset)
            .take(request.limit)
            .collect();
        let mut hits = Vec::with_capacity(page.len());
        let mut printer = hits::Printer::new(self, query, &prepared.langs, request);
        for (n, ranked) in page.iter().enumerate() {
            let found = Found {
                segment: ranked.segment,
                doc: ranked.doc,
                score: ranked.score,
                rank: request.offset + n + 1,
            };
            let mut hit = printer.hit(&found)?;
            if collapse && let Some(family) = ranked.family {
                hit.duplicates = self.further_copies(prepared, family, ranked, request)?;
            }
            if request.explain {
                hit.explanation = Some(ranked.explain(&prepared.words));
            }
            hits.push(hit);
        }
        if total == 0 && candidates.is_exact {
            notes.extend(self.diagnose(request, prepared)?);
        }
        if total > 0 && request.shown.stored && self.whole.is_none() {
            self.unknown_words(&words, request.deadline, &mut notes)?;
        }
        Ok(SearchResults {
            query: request.text.clone(),
            total,
            total_is_exact: candidates.is_exact,
            elapsed_ms: began.elapsed().as_secs_f64() * 1e3,
            notes,
            hits,
        })
    }

    /// Words that the archive does not hold although others were found, with what could be meant.
    fn unknown_words(
        &self,
        words: &Words<'_>,
        deadline: Option<Instant>,
        notes: &mut Vec<Note>,
    ) -> Result<()> {
        let unknown = words
            .scored
            .iter()
            .zip(&words.holding)
            .filter(|(word, holding)| **holding == 0 && word.forms.is_none());
        for (word, _) in unknown.take(MOST_UNKNOWN) {
            if let Some(known) = self.did_you_mean(&word.label, deadline)? {
                let message = format!("no passages match {}; did you mean {known}?", word.label);
                notes.push(Note::new(NoteKind::Zero, message).at(word.span, &word.label));
            }
        }
        Ok(())
    }

    /// Orders the candidates, one entry a unit; equals as they lie in the index.
    fn rank(
        &self,
        request: &SearchRequest,
        prepared: &Prepared<'_>,
        words: &Words<'_>,
        candidates: &Candidates,
    ) -> Result<Vec<Ranked>> {
        let mut ranked: Vec<Ranked> = Vec::with_capacity(candidates.list.len());
        let full = request.rank == Rank::Full
            && request.sort == Sort::Relevance
            && !prepared.words.is_empty();
        if full {
            self.second_stage(request, prepared, words, candidates, &mut ranked)?;
        } else {
            for candidate in &candidates.list {
                ranked.push(self.unranked(request, prepared, candidate));
            }
        }
        if request.unit == Unit::Article {
            keep_best_passage(&mut ranked);
        }
        match request.sort {
            Sort::Relevance => ranked.sort_by(|a, b| b.score.total_cmp(&a.score)),
            Sort::Newest => ranked.sort_by_key(|r| std::cmp::Reverse(r.published)),
            // `None` sorts first, and an undated article is not the oldest.
            Sort::Oldest => ranked.sort_by_key(|r| (r.published.is_none(), r.published)),
        }
        Ok(ranked)
    }

    fn unranked(
        &self,
        request: &SearchRequest,
        prepared: &Prepared<'_>,
        candidate: &Candidate,
    ) -> Ranked {
        let columns = &prepared.segments[candidate.segment as usize].columns;
        Ranked {
            segment: candidate.segment,
            doc: candidate.doc,
            head: columns.head(candidate.doc),
            score: if request.sort == Sort::Relevance {
                candidate.score
            } else {
                0.0
            },
            published: columns.published.first(candidate.doc),
            family: columns.family(candidate.doc, &self.families),
            parts: None,
        }
    }

    fn second_stage(
        &self,
        request: &SearchRequest,
        prepared: &Prepared<'_>,
        words: &Words<'_>,
        candidates: &Candidates,
        out: &mut Vec<Ranked>,
    ) -> Result<()> {
        let mut weights = self.weights;
        weights.k1 = request.k1.unwrap_or(weights.k1);
        weights.b = request.b.unwrap_or(weights.b);
        let mut ranker = Ranker::new(weights, words, self.articles, request.unit);
        let time = QueryTime::of(request, weights.about);
        for (ord, segment) in prepared.segments.iter().enumerate() {
            let mut own: Vec<&Candidate> = candidates
                .list
                .iter()
                .filter(|c| c.segment as usize == ord)
                .collect();
            if own.is_empty() {
                continue;
            }
            own.sort_unstable_by_key(|c| c.doc);
            let columns = &segment.columns;
            let mut heads: Vec<DocId> = own.iter().map(|c| columns.head(c.doc)).collect();
            heads.dedup();
            let evidence = Evidence::gather(ord, segment, words, heads)?;
            let when = When::open(segment, &time)?;
            // Candidates of one article are neighbours.
            let mut last: Option<(DocId, Parts)> = None;
            for candidate in own {
                let mut ranked = self.unranked(request, prepared, candidate);
                let Some(article) = evidence.article(ranked.head) else {
                    continue;
                };
                let whole = match &last {
                    Some((head, whole)) if *head == ranked.head => whole,
                    _ => &last.insert((ranked.head, ranker.article(&article))).1,
                };
                let (at, passage) = match request.unit {
                    Unit::Passage => {
                        let at = (candidate.doc - ranked.head) as usize;
                        (at, ranker.passage(&article, at).total())
                    }
                    Unit::Article => ranker.best_passage(&article),
                };
                let share = weights.article_share;
                let text = share * whole.total() + (1.0 - share) * passage;
                let doc = ranked.head + u32::try_from(at).unwrap_or(0);
                let factor = match request.unit {
                    Unit::Passage => when.factor(doc, ranked.published),
                    Unit::Article => {
                        let end = ranked.head + u32::try_from(article.len()).unwrap_or(0);
                        (ranked.head..end)
                            .map(|doc| when.factor(doc, ranked.published))
                            .fold(0.0, f32::max)
                    }
                };
                ranked.doc = doc;
                ranked.score = text * factor;
                if request.explain {
                    ranked.parts = Some(Explained {
                        article: whole.clone(),
                        passage: ranker.passage(&article, at),
                        share,
                        time: factor,
                        first_stage: candidate.score,
                    });
                }
                out.push(ranked);
            }
        }
        Ok(())
    }

    /// Equal scores (or times) are ordered by article id, then passage.
    ///
    /// More equals than candidates would be other ones on every page, and stay in the index's order.
    fn break_ties(&self, sort: Sort, needed: usize, ranked: &mut [Ranked]) -> Result<()> {
        let same = |a: &Ranked, b: &Ranked| match sort {
            Sort::Relevance => a.score == b.score,
            Sort::Newest | Sort::Oldest => a.published == b.published,
        };
        let mut start = 0;
        while start < ranked.len() && start < needed {
            let mut end = start + 1;
            while end < ranked.len() && same(&ranked[start], &ranked[end]) {
                end += 1;
            }
            if end - start > 1 {
                self.order_by_id(&mut ranked[start..end])?;
            }
            start = end;
        }
        Ok(())
    }

    /// Orders units by article id, then passage.
    fn order_by_id(&self, ranked: &mut [Ranked]) -> Result<()> {
        let segment = ranked[0].segment;
        if ranked.iter().all(|r| r.segment == segment) {
            // Within a segment ids are numbered in their own order.
            let columns = self.columns(segment as usize)?;
            ranked.sort_by_cached_key(|r| (columns.id_order(r.doc), r.doc));
            return Ok(());
        }
        let mut named = Vec::with_capacity(ranked.len());
        for r in ranked.iter() {
            let id = self.columns(r.segment as usize)?.id(r.doc)?;
            named.push(((id, r.doc - r.head), r.clone()));
        }
        named.sort_by(|a, b| a.0.cmp(&b.0));
        for (slot, (_, r)) in ranked.iter_mut().zip(named) {
            *slot = r;
        }
        Ok(())
    }

    /// How many further members of the story match.
    fn further_copies(
        &self,
        prepared: &Prepared<'_>,
        family: u32,
        shown: &Ranked,
        request: &SearchRequest,
    ) -> Result<u64> {
        let keys: Vec<u64> = self.families.members(family).collect();
        let plan = Plan::And(vec![Plan::Keys(keys), prepared.plan.clone()]);
        let mut copies = FxHashSet::default();
        for (ord, segment) in prepared.segments.iter().enumerate() {
            let mut docs = segment.docs(&plan)?;
            let alive = segment.reader.alive_bitset();
            let columns = &segment.columns;
            let mut doc = docs.doc();
            while doc != tantivy::TERMINATED {
                let hidden = columns.is_hidden(doc, request.now.as_second());
                let own = ord == shown.segment as usize && columns.head(doc) == shown.head;
                if !own && !hidden && alive.is_none_or(|a| a.is_alive(doc)) {
                    copies.insert((ord, columns.head(doc)));
                }
                doc = docs.advance();
            }
        }
        Ok(copies.len() as u64)
    }
}

/// The query, with nothing published after `as_of`.
pub(crate) fn as_of(query: &Query, request: &SearchRequest) -> Query {
    let Some(day) = request.as_of else {
        return query.clone();
    };
    query.clone().and(Node {
        span: query.root.span,
        kind: Kind::Dates {
            axis: crate::query::Axis::Published,
            from: None,
            to: Some(day),
            text: format!("..{day}"),
        },
    })
}

/// What is ranked up to `wanted`, so that a page of `limit` hits goes on where the one before ended.
///
/// More candidates would put other hits on the first pages than were shown there. So what is looked at
/// for the first page settles that page, and more is looked at for the pages after it; a later hit may
/// have a higher score. `unit` tells what is to be shown once.
fn further_page<U: Eq + Hash>(
    limit: usize,
    wanted: usize,
    unit: impl Fn(&Ranked) -> U,
    look: impl Fn(usize) -> Result<(Candidates, Vec<Ranked>)>,
) -> Result<(Candidates, Vec<Ranked>)> {
    let mut settled: Vec<Ranked> = Vec::new();
    let mut shown = FxHashSet::default();
    let mut width = limit;
    loop {
        let (candidates, ranked) = look(width)?;
        let is_all = !candidates.is_full || candidates.timed_out;
        let room = if is_all {
            usize::MAX
        } else {
            width - settled.len()
        };
        let fresh = ranked.into_iter().filter(|r| shown.insert(unit(r)));
        settled.extend(fresh.take(room));
        if is_all || settled.len() >= wanted {
            return Ok((candidates, settled));
        }
        width = width.saturating_mul(DEEPER);
    }
}

/// One entry an article: the one with the best score, then the earliest passage.
fn keep_best_passage(ranked: &mut Vec<Ranked>) {
    ranked.sort_by(|a, b| {
        (a.segment, a.head)
            .cmp(&(b.segment, b.head))
            .then_with(|| b.score.total_cmp(&a.score))
            .then_with(|| a.doc.cmp(&b.doc))
    });
    ranked.dedup_by_key(|r| (r.segment, r.head));
}

/// A unit in its place.
#[derive(Clone, Debug)]
struct Ranked {
    segment: u32,
    doc: DocId,
    head: DocId,
    score: f32,
    published: Option<i64>,
    family: Option<u32>,
    parts: Option<Explained>,
}

#[derive(Clone, Debug)]
struct Explained {
    article: Parts,
    passage: Parts,
    share: f32,
    time: f32,
    first_stage: f32,
}

impl Ranked {
    fn explain(&self, words: &[Scored]) -> Vec<String> {
        let Some(parts) = &self.parts else {
            return vec![format!(
                "{:.3} BM25 of the passage (first stage alone)",
                self.score
            )];
        };
        let mut lines = vec![format!(
            "{:.3} = ({:.1} × article {:.3} + {:.1} × passage {:.3}) × time {:.3}; first stage {:.3}",
            self.score,
            parts.share,
            parts.article.total(),
            1.0 - parts.share,
            parts.passage.total(),
            parts.time,
            parts.first_stage,
        )];
        for (n, word) in words.iter().enumerate() {
            lines.push(format!(
                "{}: article {:.3}, passage {:.3}",
                word.label, parts.article.words[n], parts.passage.words[n]
            ));
        }
        if parts.article.pairs > 0.0 {
            lines.push(format!(
                "words together: article {:.3}, passage {:.3}",
                parts.article.pairs, parts.passage.pairs
            ));
        }
        lines
    }
}
