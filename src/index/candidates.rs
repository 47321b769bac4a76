//! The first stage: which passages a search looks at again.
//!
//! Where the query is a plain union or intersection of words, tantivy's block-max WAND prunes and the
//! filters are tried inside its callback; a filter that leaves little, or anything that is not a list
//! of words, is walked whole and scored as it goes. Both give the same BM25.

use super::docsets::Docs;
use super::matching::{Segment, published_between};
use super::plan::{Plan, Scored};
use super::rank::idf;
use super::request::Unit;
use super::view::View;
use crate::date;
use crate::error::Result;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::time::Instant;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::query::{
    Bm25StatisticsProvider, Bm25Weight, BooleanQuery, BoostQuery, EnableScoring, Occur, Query,
    TermQuery, Weight,
};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, Score, Searcher, TERMINATED, Term};

/// Walking this many postings costs less than a millisecond; the total is exact then.
const WALK_WHOLE: u64 = 30_000;

/// A filter that leaves less than one in this many documents is intersected, not tried in the callback.
const SELECTIVE: u32 = 20;

/// How often a walk looks at the clock, in documents.
const CLOCK_EVERY: u64 = 4096;

/// A passage that the second stage looks at; of an article, its best.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    pub score: Score,
    pub segment: u32,
    pub doc: DocId,
}

/// The order in which candidates are kept: best score, then earliest document.
impl Eq for Candidate {}

impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> Ordering {
        self.score
            .total_cmp(&other.score)
            .then_with(|| (other.segment, other.doc).cmp(&(self.segment, self.doc)))
    }
}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// What the first stage found.
#[derive(Debug, Default)]
pub struct Candidates {
    /// Best first.
    pub list: Vec<Candidate>,
    /// Units seen to match: all of them if `is_exact`, else those that pruning did not skip.
    pub total: u64,
    pub is_exact: bool,
    /// More than `list` match.
    pub is_full: bool,
    pub timed_out: bool,
}

/// What the first stage is asked.
pub struct Stage<'a> {
    pub view: &'a View,
    pub plan: &'a Plan,
    pub words: &'a [Scored],
    pub depth: usize,
    pub order: Order,
    /// Count every unit, whatever it costs.
    pub count: bool,
    /// Seconds from 1970; later embargoes hide their article.
    pub now: i64,
    pub deadline: Option<Instant>,
    /// Gives a record's story family, where one unit is to be counted for all of its copies.
    pub family: Option<&'a dyn Fn(u64) -> Option<u32>>,
}

/// What is kept when more match than `depth`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    Score,
    Newest,
    Oldest,
}

impl Stage<'_> {
    /// Runs over all segments.
    pub fn run(&self, segments: &[Segment<'_>]) -> Result<Candidates> {
        let mut found = Candidates {
            is_exact: true,
            ..Candidates::default()
        };
        let mut heap = Heap::new(self.depth);
        let mut families = FxHashSet::default();
        let core = self.core(segments)?;
        let statistics = Statistics::new(self.view, self.words)?;
        for (ord, segment) in segments.iter().enumerate() {
            let ord = u32::try_from(ord).unwrap_or(u32::MAX);
            match &core {
                Some(core) => {
                    self.pruned(core, &statistics, ord, segment, &mut heap, &mut found)?
                }
                None => {
                    self.walked(
                        &statistics,
                        ord,
                        segment,
                        &mut heap,
                        &mut found,
                        &mut families,
                    )?;
                }
            }
        }
        found.is_full = heap.dropped;
        found.list = heap.into_sorted();
        Ok(found)
    }

    /// How the query can be pruned, or `None` where it must be walked.
    fn core(&self, segments: &[Segment<'_>]) -> Result<Option<Core>> {
        if self.count || self.depth == 0 || self.order != Order::Score || self.words.is_empty() {
            return Ok(None);
        }
        if self.words.iter().any(|w| w.terms.is_empty()) {
            return Ok(None);
        }
        let unit = segments.first().map_or(Unit::Passage, |s| s.unit);
        let Some(core) = Core::of(self.plan, self.words, unit) else {
            return Ok(None);
        };
        let mut postings = 0;
        for term in self.words.iter().flat_map(|w| &w.terms) {
            postings += self.view.searcher.doc_freq(term)?;
        }
        if postings <= WALK_WHOLE {
            return Ok(None);
        }
        for segment in segments {
            for gate in &core.gates {
                if matches!(gate, Plan::Published(..) | Plan::Undated | Plan::Not(_)) {
                    continue;
                }
                if segment.docs(gate)?.size_hint() < segment.reader.max_doc() / SELECTIVE {
                    return Ok(None);
                }
            }
        }
        Ok(Some(core))
    }

    fn pruned(
        &self,
        core: &Core,
        statistics: &Statistics<'_>,
        ord: u32,
        segment: &Segment<'_>,
        heap: &mut Heap,
        found: &mut Candidates,
    ) -> Result<()> {
        let weight = core.weight(&self.view.searcher, statistics, self.words)?;
        let mut gates = Vec::with_capacity(core.gates.len());
        for gate in &core.gates {
            gates.push(Gate::open(segment, gate)?);
        }
        let columns = &segment.columns;
        let alive = segment.reader.alive_bitset();
        let has_embargoes = columns.embargo.get_cardinality()
            != tantivy::columnar::Cardinality::Full
            && columns.embargo.values.num_vals() > 0;
        let mut seen = 0u64;
        let mut timed_out = false;
        let threshold = heap.threshold();
        weight.for_each_pruning(threshold, segment.reader, &mut |doc, score| {
            seen += 1;
            if seen.is_multiple_of(CLOCK_EVERY) && self.is_late() {
                timed_out = true;
                return Score::MAX;
            }
            let hidden = has_embargoes && columns.embargo.first(doc).is_some_and(|t| t > self.now);
            if hidden || alive.is_some_and(|a| !a.is_alive(doc)) {
                return heap.threshold();
            }
            if gates.iter_mut().all(|gate| gate.lets_through(segment, doc)) {
                found.total += 1;
                heap.push(Candidate {
                    score,
                    segment: ord,
                    doc,
                });
            }
            heap.threshold()
        })?;
        found.is_exact = false;
        found.timed_out |= timed_out;
        Ok(())
    }

    fn walked(
        &self,
        statistics: &Statistics<'_>,
        ord: u32,
        segment: &Segment<'_>,
        heap: &mut Heap,
        found: &mut Candidates,
        families: &mut FxHashSet<u32>,
    ) -> Result<()> {
        let mut docs = segment.docs(self.plan)?;
        let mut cursors = Cursors::open(self, statistics, segment)?;
        let columns = &segment.columns;
        let alive = segment.reader.alive_bitset();
        let mut seen = 0u64;
        while docs.doc() != TERMINATED {
            let doc = docs.doc();
            seen += 1;
            if seen.is_multiple_of(CLOCK_EVERY) && self.is_late() {
                found.timed_out = true;
                found.is_exact = false;
                break;
            }
            let hidden = columns.embargo.first(doc).is_some_and(|t| t > self.now);
            if !hidden && alive.is_none_or(|a| a.is_alive(doc)) {
                let family = self
                    .family
                    .and_then(|of| columns.key.first(doc).and_then(of));
                // A story counts once, and each of its copies may still be the best one.
                if family.is_none_or(|f| families.insert(f)) {
                    found.total += 1;
                }
                if self.depth > 0 {
                    let (best, score) = match segment.unit {
                        Unit::Passage => (doc, cursors.score(doc)),
                        Unit::Article => cursors.best(doc, columns.end(doc)),
                    };
                    let score = match self.order {
                        Order::Score => score,
                        Order::Newest => time_key(columns.published.first(doc), 1.0),
                        Order::Oldest => time_key(columns.published.first(doc), -1.0),
                    };
                    heap.push(Candidate {
                        score,
                        segment: ord,
                        doc: best,
                    });
                }
            }
            docs.advance();
        }
        Ok(())
    }

    fn is_late(&self) -> bool {
        self.deadline.is_some_and(|at| Instant::now() >= at)
    }
}

/// A key that sorts times in f32: 24 bits hold the minutes from 1970 to 2001 one by one, and every
/// second minute until 2033. The second stage orders what is kept by the exact time.
fn time_key(seconds: Option<i64>, sign: f32) -> Score {
    seconds.map_or(Score::MIN, |s| sign * (s as f64 / 60.0) as f32)
}

/// A union or intersection of words, and what else must hold.
struct Core {
    is_union: bool,
    gates: Vec<Plan>,
}

impl Core {
    fn of(plan: &Plan, words: &[Scored], unit: Unit) -> Option<Self> {
        let scored: FxHashSet<&Term> = words.iter().flat_map(|w| &w.terms).collect();
        let members = match plan {
            Plan::And(plans) => plans.as_slice(),
            other => std::slice::from_ref(other),
        };
        // A union: one member holds just the words that are scored.
        for (n, member) in members.iter().enumerate() {
            if let Some(terms) = union_terms(member)
                && terms.iter().copied().collect::<FxHashSet<_>>() == scored
            {
                let mut gates = members.to_vec();
                gates.remove(n);
                return Some(Self {
                    is_union: true,
                    gates,
                });
            }
        }
        // An intersection: each word is a member of its own. Over an article the words may stand in
        // different passages, which no intersection of passages finds.
        if unit == Unit::Article || words.iter().any(|w| w.terms.len() != 1) {
            return None;
        }
        let (demanded, gates): (Vec<_>, Vec<_>) = members.iter().cloned().partition(|member| {
            matches!(member, Plan::Terms(terms) if terms.len() == 1 && scored.contains(&terms[0]))
        });
        (demanded.len() == words.len()).then_some(Self {
            is_union: false,
            gates,
        })
    }

    fn weight(
        &self,
        searcher: &Searcher,
        statistics: &Statistics<'_>,
        words: &[Scored],
    ) -> Result<Box<dyn Weight>> {
        let occur = if self.is_union {
            Occur::Should
        } else {
            Occur::Must
        };
        let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        for word in words {
            for term in &word.terms {
                let query = Box::new(TermQuery::new(term.clone(), IndexRecordOption::WithFreqs));
                clauses.push((
                    occur,
                    if word.weight == 1.0 {
                        query
                    } else {
                        Box::new(BoostQuery::new(query, word.weight))
                    },
                ));
            }
        }
        let query: Box<dyn Query> = if clauses.len() == 1 {
            clauses.remove(0).1
        } else {
            Box::new(BooleanQuery::new(clauses))
        };
        let scoring = EnableScoring::enabled_from_statistics_provider(statistics, searcher);
        Ok(query.weight(scoring)?)
    }
}

/// The terms of a plan that matches whatever holds one of them.
fn union_terms(plan: &Plan) -> Option<Vec<&Term>> {
    match plan {
        Plan::Terms(terms) => Some(terms.iter().collect()),
        Plan::Or(plans) => {
            let mut all = Vec::new();
            for plan in plans {
                let Plan::Terms(terms) = plan else {
                    return None;
                };
                all.extend(terms);
            }
            Some(all)
        }
        _ => None,
    }
}

/// A filter that is tried on documents in ascending order.
enum Gate {
    Published(i64, i64),
    Undated,
    Docs { docs: Docs, negated: bool },
}

impl Gate {
    fn open(segment: &Segment<'_>, plan: &Plan) -> Result<Self> {
        Ok(match plan {
            Plan::Published(from, to) => Self::Published(
                from.map_or(i64::MIN, |d| i64::from(date::day_number(d))),
                to.map_or(i64::MAX, |d| i64::from(date::day_number(d))),
            ),
            Plan::Undated => Self::Undated,
            Plan::Not(inner) => Self::Docs {
                docs: segment.docs(inner)?,
                negated: true,
            },
            other => Self::Docs {
                docs: segment.docs(other)?,
                negated: false,
            },
        })
    }

    fn lets_through(&mut self, segment: &Segment<'_>, doc: DocId) -> bool {
        match self {
            Self::Published(from, to) => published_between(&segment.columns, doc, *from, *to),
            Self::Undated => segment.columns.first_day.first(doc).is_none(),
            Self::Docs { docs, negated } => {
                let unit = match segment.unit {
                    Unit::Passage => doc,
                    Unit::Article => segment.columns.head(doc),
                };
                if docs.doc() < unit {
                    docs.seek(unit);
                }
                (docs.doc() == unit) != *negated
            }
        }
    }
}

/// Collection statistics in which all stems of one word share one document frequency.
struct Statistics<'a> {
    view: &'a View,
    doc_freq: FxHashMap<Term, u64>,
}

impl<'a> Statistics<'a> {
    fn new(view: &'a View, words: &[Scored]) -> Result<Self> {
        let mut doc_freq = FxHashMap::default();
        for word in words {
            let mut all = 0;
            for term in &word.terms {
                all += view.doc_freq(term)?;
            }
            for term in &word.terms {
                doc_freq.insert(term.clone(), all);
            }
        }
        Ok(Self { view, doc_freq })
    }
}

impl Bm25StatisticsProvider for Statistics<'_> {
    fn total_num_tokens(&self, field: Field) -> tantivy::Result<u64> {
        match &self.view.whole {
            Some(whole) => Ok(whole.tokens),
            None => self.view.searcher.total_num_tokens(field),
        }
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        Ok(self.view.documents())
    }

    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        match self.doc_freq.get(term) {
            // A stem that stands in two words' groups can sum to more than there is.
            Some(n) => Ok((*n).min(self.total_num_docs()?)),
            None => self.view.searcher.doc_freq(term),
        }
    }
}

/// Scores documents in ascending order, as the pruned path does.
struct Cursors {
    terms: Vec<(SegmentPostings, Bm25Weight)>,
    forms: Vec<(Docs, Score)>,
    norms: Option<FieldNormReader>,
}

impl Cursors {
    fn open(stage: &Stage<'_>, statistics: &Statistics<'_>, segment: &Segment<'_>) -> Result<Self> {
        let mut cursors = Self {
            terms: Vec::new(),
            forms: Vec::new(),
            norms: None,
        };
        if stage.depth == 0 || stage.order != Order::Score {
            return Ok(cursors);
        }
        let field = segment.fields.text;
        cursors.norms = segment.reader.fieldnorms_readers().get_field(field)?;
        let inverted = segment.reader.inverted_index(field)?;
        let documents = statistics.total_num_docs()?;
        for word in stage.words {
            for term in &word.terms {
                let option = IndexRecordOption::WithFreqs;
                if let Some(postings) = inverted
                    .read_postings(term, option)
                    .map_err(tantivy::TantivyError::from)?
                {
                    let weight = Bm25Weight::for_terms(statistics, std::slice::from_ref(term))?;
                    cursors.terms.push((postings, weight.boost_by(word.weight)));
                }
            }
            if !word.forms.is_empty() {
                let docs = segment.terms(&word.forms)?;
                let score = idf(u64::from(docs.size_hint()), documents);
                cursors.forms.push((docs, score));
            }
        }
        Ok(cursors)
    }

    fn score(&mut self, doc: DocId) -> Score {
        let norm = self.norms.as_ref().map_or(1, |n| n.fieldnorm_id(doc));
        let mut score = 0.0;
        for (postings, weight) in &mut self.terms {
            if postings.doc() < doc {
                postings.seek(doc);
            }
            if postings.doc() == doc {
                score += weight.score(norm, postings.term_freq());
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
    fn best(&mut self, head: DocId, end: DocId) -> (DocId, Score) {
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

/// The best `depth` candidates so far.
struct Heap {
    depth: usize,
    heap: BinaryHeap<Reverse<Candidate>>,
    dropped: bool,
}

impl Heap {
    fn new(depth: usize) -> Self {
        Self {
            depth,
            heap: BinaryHeap::with_capacity(depth.min(1024) + 1),
            dropped: false,
        }
    }

    fn push(&mut self, candidate: Candidate) {
        if self.heap.len() < self.depth {
            self.heap.push(Reverse(candidate));
            return;
        }
        self.dropped = true;
        if let Some(mut worst) = self.heap.peek_mut()
            && candidate > worst.0
        {
            *worst = Reverse(candidate);
        }
    }

    /// What a candidate must exceed.
    fn threshold(&self) -> Score {
        if self.heap.len() < self.depth {
            return Score::MIN;
        }
        self.heap.peek().map_or(Score::MIN, |worst| worst.0.score)
    }

    fn into_sorted(self) -> Vec<Candidate> {
        let mut list: Vec<Candidate> = self.heap.into_iter().map(|Reverse(c)| c).collect();
        list.sort_unstable_by(|a, b| b.cmp(a));
        list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_are_kept_and_ties_go_to_the_earliest() {
        let mut heap = Heap::new(2);
        for (score, doc) in [(1.0, 5), (2.0, 9), (1.0, 3), (2.0, 4)] {
            heap.push(Candidate {
                score,
                segment: 0,
                doc,
            });
        }
        let kept: Vec<_> = heap.into_sorted().iter().map(|c| c.doc).collect();
        assert_eq!(kept, [4, 9]);
    }
}
