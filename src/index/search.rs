//! A search: plan, candidates, second stage, page of hits.

use super::candidates::{Candidate, Candidates, Order, Stage};
use super::evidence::{self, ArticleEvidence};
use super::hits::{self, Found};
use super::plan::{Plan, Scored};
use super::rank::{Collection, Parts, Ranker, idf};
use super::request::{Duplicates, Rank, SearchRequest, SearchResults, Sort, Unit};
use super::view::{Prepared, View};
use super::when::{QueryTime, When};
use crate::error::Result;
use crate::query::{Kind, Node, Note, NoteKind, Query};
use rustc_hash::{FxHashMap, FxHashSet};
use std::time::Instant;
use tantivy::{DocId, DocSet};

/// How many candidates the second stage looks at, at least.
pub const DEPTH: usize = 200;

/// How many candidates a result page asks for, for each hit on it.
const CANDIDATES_PER_HIT: usize = 4;

impl View {
    /// Answers a request.
    pub fn search(&self, request: &SearchRequest) -> Result<SearchResults> {
        let began = Instant::now();
        let query = as_of(&request.query, request);
        let seen = self.seen(&request.langs);
        let mut prepared = self.prepare(&query, request.matching, request.unit, &seen)?;
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
        let mut prepared = self.prepare(&query, request.matching, request.unit, &seen)?;
        prepared.plan = super::related::any_of(&words, without, prepared.plan);
        prepared.words = words;
        self.run(began, request, &query, &prepared)
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
        let family = |key: u64| self.families.family(key);
        let wanted = request.offset.saturating_add(request.limit);
        let mut depth = match (request.limit, request.rank) {
            (0, _) => 0,
            (_, Rank::Full) => DEPTH.max(wanted.saturating_mul(CANDIDATES_PER_HIT)),
            (_, Rank::Bm25) => wanted.saturating_mul(2),
        };
        let order = match request.sort {
            Sort::Relevance => Order::Score,
            Sort::Newest => Order::Newest,
            Sort::Oldest => Order::Oldest,
        };
        let (candidates, ranked) = loop {
            let stage = Stage {
                view: self,
                plan: &prepared.plan,
                words: &prepared.words,
                depth,
                order,
                count: request.count || request.limit == 0,
                now: request.now.as_second(),
                deadline: request.deadline,
                family: collapse.then_some(&family),
            };
            let candidates = stage.run(&prepared.segments)?;
            let ranked = self.rank(request, prepared, &candidates, collapse)?;
            // Several passages of one article, or copies of one story, may have crowded out others.
            if ranked.len() >= wanted || !candidates.is_full || candidates.timed_out {
                break (candidates, ranked);
            }
            depth = depth.saturating_mul(4);
        };
        if candidates.timed_out {
            notes.push(Note::new(
                NoteKind::Partial,
                "the time given ran out before everything was looked at; raise --timeout",
            ));
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
        let mut printer = hits::Printer::new(self, query, &prepared.langs, request.snippets);
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
        Ok(SearchResults {
            query: request.text.clone(),
            total,
            total_is_exact: candidates.is_exact,
            elapsed_ms: began.elapsed().as_secs_f64() * 1e3,
            notes,
            hits,
        })
    }

    /// Orders the candidates, one entry a unit.
    fn rank(
        &self,
        request: &SearchRequest,
        prepared: &Prepared<'_>,
        candidates: &Candidates,
        collapse: bool,
    ) -> Result<Vec<Ranked>> {
        let mut ranked: Vec<Ranked> = Vec::with_capacity(candidates.list.len());
        let full = request.rank == Rank::Full
            && request.sort == Sort::Relevance
            && !prepared.words.is_empty();
        if full {
            self.second_stage(request, prepared, candidates, &mut ranked)?;
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
        self.break_ties(request, &mut ranked)?;
        if collapse {
            let mut stories = FxHashSet::default();
            ranked.retain(|r| r.family.is_none_or(|f| stories.insert(f)));
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
        let key = columns.key.first(candidate.doc).unwrap_or(0);
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
            family: self.families.family(key),
            parts: None,
        }
    }

    fn second_stage(
        &self,
        request: &SearchRequest,
        prepared: &Prepared<'_>,
        candidates: &Candidates,
        out: &mut Vec<Ranked>,
    ) -> Result<()> {
        let collection = self.collection(&prepared.words)?;
        let ranker = Ranker {
            weights: self.weights,
            words: &prepared.words,
            collection: &collection,
        };
        let time = QueryTime::of(request, self.weights.about);
        for (ord, segment) in prepared.segments.iter().enumerate() {
            let ord = u32::try_from(ord).unwrap_or(u32::MAX);
            let own: Vec<&Candidate> = candidates
                .list
                .iter()
                .filter(|c| c.segment == ord)
                .collect();
            if own.is_empty() {
                continue;
            }
            let columns = &segment.columns;
            let mut heads: Vec<DocId> = own.iter().map(|c| columns.head(c.doc)).collect();
            heads.sort_unstable();
            heads.dedup();
            let articles = evidence::gather(segment.reader, columns, &prepared.words, &heads)?;
            let by_head: FxHashMap<DocId, &ArticleEvidence> =
                articles.iter().map(|a| (a.head, a)).collect();
            let mut scored: FxHashMap<DocId, (Parts, Vec<Parts>)> = FxHashMap::default();
            let when = When::open(segment, &time)?;
            for candidate in own {
                let mut ranked = self.unranked(request, prepared, candidate);
                let Some(article) = by_head.get(&ranked.head) else {
                    continue;
                };
                let (whole, passages) = scored
                    .entry(ranked.head)
                    .or_insert_with(|| ranker.score(article));
                let share = self.weights.article_share;
                let (at, passage) = match request.unit {
                    Unit::Passage => {
                        let at = (candidate.doc - ranked.head) as usize;
                        (at, passages[at].total())
                    }
                    Unit::Article => best(passages),
                };
                let text = share * whole.total() + (1.0 - share) * passage;
                let doc = ranked.head + u32::try_from(at).unwrap_or(0);
                let factor = match request.unit {
                    Unit::Passage => when.factor(doc, ranked.published),
                    Unit::Article => {
                        let end = ranked.head + u32::try_from(passages.len()).unwrap_or(0);
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
                        passage: passages[at].clone(),
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

    /// Frequencies and lengths that the second stage scores with.
    fn collection(&self, words: &[Scored]) -> Result<Collection> {
        let (documents, tokens) = (self.documents(), self.tokens()?);
        let mut all = Vec::with_capacity(words.len());
        for word in words {
            let mut holding = 0;
            for term in word.terms.iter().chain(&word.forms) {
                holding += self.doc_freq(term)?;
            }
            all.push(idf(holding.min(documents), documents));
        }
        Ok(Collection {
            idf: all,
            average_passage_words: tokens as f32 / documents.max(1) as f32,
            average_article_words: tokens as f32 / self.articles.max(1) as f32,
        })
    }

    /// Equal scores (or times) are ordered by article id, then passage.
    fn break_ties(&self, request: &SearchRequest, ranked: &mut [Ranked]) -> Result<()> {
        let same = |a: &Ranked, b: &Ranked| match request.sort {
            Sort::Relevance => a.score == b.score,
            Sort::Newest | Sort::Oldest => a.published == b.published,
        };
        let needed = request.offset.saturating_add(request.limit);
        let mut start = 0;
        while start < ranked.len() && start < needed {
            let mut end = start + 1;
            while end < ranked.len() && same(&ranked[start], &ranked[end]) {
                end += 1;
            }
            if end - start > 1 {
                let mut named = Vec::with_capacity(end - start);
                for r in &ranked[start..end] {
                    let head = hits::stored(self, r.segment, r.head)?;
                    let id = head.head.map(|h| h.article.id).unwrap_or_default();
                    named.push(((id, r.doc - r.head), r.clone()));
                }
                named.sort_by(|a, b| a.0.cmp(&b.0));
                for (slot, (_, r)) in ranked[start..end].iter_mut().zip(named) {
                    *slot = r;
                }
            }
            start = end;
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
                let hidden = columns
                    .embargo
                    .first(doc)
                    .is_some_and(|t| t > request.now.as_second());
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

fn best(passages: &[Parts]) -> (usize, f32) {
    let mut best = (0, 0.0);
    for (n, parts) in passages.iter().enumerate() {
        let score = parts.total();
        if score > best.1 {
            best = (n, score);
        }
    }
    best
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
