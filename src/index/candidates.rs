//! The first stage: which passages a search looks at again.
//!
//! Where the query is a plain union of words, [`super::maxscore`] prunes; where it is an intersection,
//! tantivy's block-max WAND does. Filters are tried on what is left. A short union is scored whole and
//! counted as it goes; a filter that leaves little, or anything that is not a list of words, is walked
//! document by document. All give the same BM25.

use super::bm25::{Bm25, Cursors};
use super::core::{Core, Crossing, Gates};
use super::heap::{Candidate, Heap};
use super::matching::Segment;
use super::maxscore::Union;
use super::plan::Plan;
use super::request::Unit;
use super::view::View;
use super::when::{MOST_RECENCY, QueryTime, When};
use super::windows::{Window, documents};
use super::words::Words;
use crate::error::Result;
use rustc_hash::FxHashSet;
use std::ops::ControlFlow;
use std::time::Instant;
use tantivy::{DocId, DocSet, Score, TERMINATED};

/// Scoring this many postings takes a tenth of a millisecond; the total is exact then.
pub const WALK_WHOLE: u64 = 30_000;

/// A filter that leaves less than one in this many documents is intersected, not tried in the callback.
const SELECTIVE: u32 = 20;

/// How often a walk looks at the clock, in documents.
const CLOCK_EVERY: u32 = 4096;

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
    pub words: &'a Words<'a>,
    pub bm25: Bm25,
    pub depth: usize,
    pub order: Order,
    /// Function words may be left out where candidates are to spare: whoever looks at them again
    /// does not score them.
    pub spares_function_words: bool,
    /// Count every unit, whatever it costs.
    pub count: bool,
    /// Up to so many postings nothing is pruned; normally [`WALK_WHOLE`].
    pub whole_below: u64,
    /// Seconds from 1970; later embargoes hide their article.
    pub now: i64,
    pub deadline: Option<Instant>,
    /// Count one unit for all copies of a story.
    pub collapses: bool,
    /// Scores by the days that passages speak of, where there are no words.
    pub about: Option<&'a QueryTime>,
    /// Scores by age besides, where the query minds it.
    pub recency: Option<&'a QueryTime>,
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
        let core = self.core(segments)?;
        let sparing = self.spares_function_words && self.words.scored.iter().any(|w| w.is_function);
        if sparing && core.as_ref().is_some_and(|c| c.is_union) {
            let content = self.pass(core.as_ref(), segments, true)?;
            if content.is_full || content.timed_out || content.is_exact {
                return Ok(content);
            }
        }
        self.pass(core.as_ref(), segments, false)
    }

    /// One pass over all segments, of content words alone if `without_function_words` and if pruning.
    fn pass(
        &self,
        core: Option<&Core>,
        segments: &[Segment<'_>],
        without_function_words: bool,
    ) -> Result<Candidates> {
        let mut found = Candidates {
            is_exact: true,
            ..Candidates::default()
        };
        // Compiling the query may have taken all the time.
        let is_late = || self.deadline.is_some_and(|at| Instant::now() >= at);
        if is_late() {
            found.is_exact = false;
            found.timed_out = true;
            return Ok(found);
        }
        let mut kept = Kept {
            heap: Heap::new(self.depth),
            families: FxHashSet::default(),
        };
        let may_prune = core.filter(|core| self.may_prune(core));
        let total = may_prune.and_then(|core| self.known_total(core, segments));
        let prunes =
            may_prune.is_some() && (total.is_some() || self.words.postings() > self.whole_below);
        for (ord, segment) in segments.iter().enumerate() {
            match core {
                Some(core) if prunes => {
                    let mode = (core, without_function_words);
                    self.pruned(mode, ord, segment, &mut kept, &mut found)?;
                }
                Some(core) if core.is_union => {
                    self.scored(core, ord, segment, &mut kept, &mut found)?;
                }
                _ => self.walked(ord, segment, &mut kept, &mut found)?,
            }
            // A costly check of documents ends by itself once the time is over.
            if is_late() {
                found.is_exact = false;
                found.timed_out = true;
                break;
            }
        }
        if let Some(total) = total {
            found.total = total;
        } else if prunes {
            found.is_exact = false;
        }
        found.is_exact &= !found.timed_out;
        (found.list, found.is_full) = kept.heap.into_sorted();
        Ok(found)
    }

    /// Whether documents that cannot become candidates may be skipped unseen.
    fn may_prune(&self, core: &Core) -> bool {
        !self.count && (core.is_union || self.bm25 == Bm25::STOCK)
    }

    /// The list of words that the query is, or `None` where it is more than that.
    fn core(&self, segments: &[Segment<'_>]) -> Result<Option<Core>> {
        let words = self.words.scored;
        if self.depth == 0 || self.order != Order::Score || words.is_empty() {
            return Ok(None);
        }
        if words.iter().any(|w| w.terms.is_empty()) {
            return Ok(None);
        }
        let unit = segments.first().map_or(Unit::Passage, |s| s.unit);
        let Some(core) = Core::of(self.plan, words, unit) else {
            return Ok(None);
        };
        for segment in segments {
            for gate in &core.gates {
                let is_tried = matches!(
                    gate,
                    Plan::Published(..) | Plan::Undated | Plan::Not(_) | Plan::Near(_)
                );
                if is_tried {
                    continue;
                }
                if segment.docs(gate)?.size_hint() < segment.reader.max_doc() / SELECTIVE {
                    return Ok(None);
                }
            }
        }
        Ok(Some(core))
    }

    /// The exact number of passages without looking at them: one word's postings are counted already.
    fn known_total(&self, core: &Core, segments: &[Segment<'_>]) -> Option<u64> {
        let is_one_term = matches!(self.words.scored, [word] if word.terms.len() == 1);
        let counts_as_found = is_one_term
            && core.gates.is_empty()
            && !self.collapses
            && segments
                .iter()
                .all(|s| s.unit == Unit::Passage && self.shows_all(s));
        counts_as_found.then(|| self.words.postings())
    }

    /// Keeps the best documents of a list of words; those that cannot be among them go unseen.
    fn pruned(
        &self,
        (core, without_function_words): (&Core, bool),
        ord: usize,
        segment: &Segment<'_>,
        kept: &mut Kept,
        found: &mut Candidates,
    ) -> Result<()> {
        let mut gates = core.open(segment)?;
        let mut clock = Clock::new(self.deadline);
        let heap = &mut kept.heap;
        // A document that its words alone would not bring in may be brought in by its age.
        let most = self.recency.map_or(1.0, |_| MOST_RECENCY);
        let union = match core.is_union {
            true => Some(Union::open(
                ord,
                segment,
                self.words,
                self.bm25,
                without_function_words,
            )?),
            false => None,
        };
        // As many documents as are wanted lie above the floor: those below are not.
        let floor = match &union {
            Some(union) if core.gates.is_empty() && self.shows_all(segment) => {
                union.floor(self.depth)
            }
            _ => None,
        };
        heap.dropped |= floor.is_some();
        let floor = floor.unwrap_or(Score::MIN);
        let worst = |heap: &Heap| heap.threshold().max(floor) / most;
        let threshold = worst(heap);
        let mut passed = Vec::new();
        let mut visit = |doc, score| {
            if clock.is_late() {
                found.timed_out = true;
                return ControlFlow::Break(());
            }
            if self.may_be_seen(segment, doc) && gates.let_through(segment, doc) {
                found.total += 1;
                if core.crossing.is_some() {
                    passed.push(doc);
                }
                let score = self.aged(segment, doc, score);
                heap.push(candidate(score, ord, doc));
            }
            ControlFlow::Continue(worst(heap))
        };
        if let Some(union) = union {
            union.each(threshold, visit);
            return Ok(());
        }
        let weight = core.weight(&self.view.searcher, self.words)?;
        weight.for_each_pruning(threshold, segment.reader, &mut |doc, score| match visit(
            doc, score,
        ) {
            ControlFlow::Continue(threshold) => threshold,
            ControlFlow::Break(()) => Score::MAX,
        })?;
        match &core.crossing {
            Some(crossing) => self.crossed(crossing, &passed, ord, segment, kept, found),
            None => Ok(()),
        }
    }

    /// Keeps the best documents in which a phrase crosses the cut to a neighbour; `passed` were kept before.
    fn crossed(
        &self,
        crossing: &Crossing,
        passed: &[DocId],
        ord: usize,
        segment: &Segment<'_>,
        kept: &mut Kept,
        found: &mut Candidates,
    ) -> Result<()> {
        let mut docs = segment.holders(&crossing.near)?;
        let mut stands = segment.stands(&crossing.near, |_, _| true)?;
        let mut gates = Gates::open(segment, &crossing.others)?;
        let mut cursors = Cursors::open(ord, segment, self.words, self.bm25)?;
        let mut clock = Clock::new(self.deadline);
        let mut doc = docs.doc();
        while doc != TERMINATED {
            if clock.is_late() {
                found.timed_out = true;
                break;
            }
            // What cannot be kept is not worth reading its positions.
            let score = self.aged(segment, doc, cursors.score(doc));
            if score >= kept.heap.threshold()
                && passed.binary_search(&doc).is_err()
                && self.may_be_seen(segment, doc)
                && gates.let_through(segment, doc)
                && stands(doc)
            {
                found.total += 1;
                kept.heap.push(candidate(score, ord, doc));
            }
            doc = docs.advance();
        }
        Ok(())
    }

    /// Scores every document of a union of words.
    fn scored(
        &self,
        core: &Core,
        ord: usize,
        segment: &Segment<'_>,
        kept: &mut Kept,
        found: &mut Candidates,
    ) -> Result<()> {
        let mut gates = core.open(segment)?;
        let mut clock = Clock::new(self.deadline);
        let union = Union::open(ord, segment, self.words, self.bm25, false)?;
        // Of an article the best passage so far, its score and the article's first passage.
        let mut article: Option<(DocId, Score, DocId)> = None;
        union.each(0.0, |doc, score| {
            if clock.is_late() {
                found.timed_out = true;
                return ControlFlow::Break(());
            }
            if !self.may_be_seen(segment, doc) || !gates.let_through(segment, doc) {
                return ControlFlow::Continue(0.0);
            }
            let score = self.aged(segment, doc, score);
            if segment.unit == Unit::Passage {
                self.count(segment, doc, kept, found);
                kept.heap.push(candidate(score, ord, doc));
                return ControlFlow::Continue(0.0);
            }
            let head = segment.columns.head(doc);
            match &mut article {
                Some((best, most, of)) if *of == head => {
                    if score > *most {
                        (*best, *most) = (doc, score);
                    }
                }
                _ => {
                    self.count(segment, doc, kept, found);
                    if let Some((best, most, _)) = article.replace((doc, score, head)) {
                        kept.heap.push(candidate(most, ord, best));
                    }
                }
            }
            ControlFlow::Continue(0.0)
        });
        if let Some((best, most, _)) = article {
            kept.heap.push(candidate(most, ord, best));
        }
        Ok(())
    }

    /// Looks at every document that matches, and scores it as it goes.
    fn walked(
        &self,
        ord: usize,
        segment: &Segment<'_>,
        kept: &mut Kept,
        found: &mut Candidates,
    ) -> Result<()> {
        if self.depth == 0 {
            return self.counted(segment, 0, kept, found);
        }
        let mut docs = segment.docs(self.plan)?;
        let columns = &segment.columns;
        let mut cursors = match self.order {
            Order::Score => Some(Cursors::open(ord, segment, self.words, self.bm25)?),
            Order::Newest | Order::Oldest => None,
        };
        // Once no document can become a candidate, those left need no more than be counted.
        let most = match &cursors {
            Some(cursors) if self.about.is_none() => {
                cursors.most() * self.recency.map_or(1.0, |_| MOST_RECENCY)
            }
            _ => Score::INFINITY,
        };
        let mut clock = Clock::new(self.deadline);
        let when = match self.about {
            Some(time) => Some(When::open(segment, time)?),
            None => None,
        };
        while docs.doc() != TERMINATED {
            if most <= kept.heap.threshold() {
                kept.heap.dropped = true;
                if self.shows_all(segment) && !self.collapses {
                    found.total += u64::from(docs.count_including_deleted());
                    return Ok(());
                }
                return self.counted(segment, docs.doc(), kept, found);
            }
            let doc = docs.doc();
            if clock.is_late() {
                found.timed_out = true;
                break;
            }
            if self.may_be_seen(segment, doc) {
                self.count(segment, doc, kept, found);
                let (best, score) = match (&when, &mut cursors, segment.unit) {
                    (Some(when), _, Unit::Passage) => (doc, when.about(doc)),
                    (Some(when), _, Unit::Article) => when.closest(doc..columns.end(doc)),
                    (None, Some(cursors), unit) => {
                        let (best, score) = match unit {
                            Unit::Passage => (doc, cursors.score(doc)),
                            Unit::Article => cursors.best(doc, columns.end(doc)),
                        };
                        (best, self.aged(segment, doc, score))
                    }
                    (None, None, _) => {
                        let sign = if self.order == Order::Newest {
                            1.0
                        } else {
                            -1.0
                        };
                        (doc, time_key(columns.published.first(doc), sign))
                    }
                };
                kept.heap.push(candidate(score, ord, best));
            }
            docs.advance();
        }
        Ok(())
    }

    /// Counts the units that match from `from` on, a document among them.
    fn counted(
        &self,
        segment: &Segment<'_>,
        from: DocId,
        kept: &mut Kept,
        found: &mut Candidates,
    ) -> Result<()> {
        let shows_all = self.shows_all(segment);
        if from == 0 && shows_all && !self.collapses {
            found.total += u64::from(segment.docs(self.plan)?.count_including_deleted());
            return Ok(());
        }
        let mut windows = segment.windows(self.plan, from)?;
        let mut window = Window::default();
        let mut copies = Vec::new();
        while windows.next(&mut window) {
            if self.deadline.is_some_and(|at| Instant::now() >= at) {
                found.timed_out = true;
                break;
            }
            if !shows_all {
                window.retain(|doc| self.may_be_seen(segment, doc));
            }
            copies.clear();
            for (word, bits) in window.words() {
                let with_family = match self.collapses {
                    true => segment.columns.may_be_related(word, bits),
                    false => 0,
                };
                found.total += u64::from((bits & !with_family).count_ones());
                documents(word, with_family, &mut copies);
            }
            for &doc in &copies {
                self.count(segment, doc, kept, found);
            }
        }
        Ok(())
    }

    /// A score of words with the age of the document.
    #[inline]
    fn aged(&self, segment: &Segment<'_>, doc: DocId, score: Score) -> Score {
        match self.recency {
            Some(time) => score * time.recency(segment.columns.published.first(doc)),
            None => score,
        }
    }

    /// Whether no document of a segment is deleted or kept back.
    fn shows_all(&self, segment: &Segment<'_>) -> bool {
        segment.reader.alive_bitset().is_none() && !segment.columns.has_embargoes
    }

    /// Whether a document is neither deleted nor kept back.
    #[inline]
    fn may_be_seen(&self, segment: &Segment<'_>, doc: DocId) -> bool {
        let alive = segment.reader.alive_bitset();
        !segment.columns.is_hidden(doc, self.now) && alive.is_none_or(|a| a.is_alive(doc))
    }

    /// Counts a unit. A story counts once, and each of its copies may still be the best one.
    #[inline]
    fn count(&self, segment: &Segment<'_>, doc: DocId, kept: &mut Kept, found: &mut Candidates) {
        let families = &self.view.families;
        let family = self
            .collapses
            .then(|| segment.columns.family(doc, families));
        let family = family.flatten();
        if family.is_none_or(|f| kept.families.insert(f)) {
            found.total += 1;
        }
    }
}

/// What is kept from segment to segment.
struct Kept {
    heap: Heap,
    families: FxHashSet<u32>,
}

fn candidate(score: Score, ord: usize, doc: DocId) -> Candidate {
    Candidate {
        score,
        segment: u32::try_from(ord).unwrap_or(u32::MAX),
        doc,
    }
}

/// Looks at the time every [`CLOCK_EVERY`] documents.
struct Clock {
    deadline: Option<Instant>,
    seen: u32,
}

impl Clock {
    fn new(deadline: Option<Instant>) -> Self {
        Self { deadline, seen: 0 }
    }

    #[inline]
    fn is_late(&mut self) -> bool {
        self.seen = self.seen.wrapping_add(1);
        self.seen.is_multiple_of(CLOCK_EVERY)
            && self.deadline.is_some_and(|at| Instant::now() >= at)
    }
}

/// A key that sorts times in f32: 24 bits hold the minutes from 1970 to 2001 one by one, and every
/// second minute until 2033. The second stage orders what is kept by the exact time.
fn time_key(seconds: Option<i64>, sign: f32) -> Score {
    seconds.map_or(Score::MIN, |s| sign * (s as f64 / 60.0) as f32)
}

#[cfg(test)]
pub(super) mod tests;
