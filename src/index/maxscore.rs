//! A union of words: every document with its score, or only those that may still be among the best.
//!
//! A window of documents at a time, one word after the other, so that posting lists are read straight
//! through. Words that cannot lift a document over the threshold even together are only asked for
//! documents that other words bring up, and blocks that cannot contribute to any stay packed (MAXSCORE
//! by H. Turtle and J. Flood, *Query evaluation: strategies and optimizations*, 1995, with block maxima
//! as in A. Grand et al., *From MaxScore to Block-Max WAND*, ECIR 2020).

use super::bm25::{Bm25, saturated};
use super::impacts::{Ceiling, Impacts, MOST_FREQ};
use super::matching::Segment;
use super::words::Words;
use crate::error::Result;
use std::ops::{ControlFlow, Range};
use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::BlockSegmentPostings;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, Score, TERMINATED};

/// Documents scored at once.
const WINDOW: usize = 4096;

/// Of lists of up to so many blocks the last, partial one is looked at for what it can score: it may be
/// a large part of them.
const SHORT: usize = 64;

/// Bounds and scores are summed in different orders, which must not prune what is equal.
const ROUNDING: Score = 1.0 + 1e-5;

/// The words of a union in one segment.
pub struct Union {
    #[expect(
        clippy::vec_box,
        reason = "they are sorted for every window, and each has a kilobyte"
    )]
    lists: Vec<Box<List>>,
    scorer: Scorer,
    max_doc: DocId,
}

/// What scores an occurrence.
struct Scorer {
    norms: Option<FieldNormReader>,
    by_norm: Box<[Score; 256]>,
    ceiling: Ceiling,
}

impl Scorer {
    #[inline]
    fn saturated(&self, doc: DocId, freq: u32) -> Score {
        let norm = self.norms.as_ref().map_or(1, |n| n.fieldnorm_id(doc));
        saturated(freq, self.by_norm[usize::from(norm)])
    }
}

/// The postings of one stem.
struct List {
    postings: BlockSegmentPostings,
    /// Place in the block that is unpacked.
    at: usize,
    /// The document there. Below the window that is scored, it only says that the list was not moved.
    doc: DocId,
    /// What a saturated frequency is multiplied by.
    weight: Score,
    impacts: Impacts,
    /// The most that a document of each full block can score, and of what follows them.
    mosts: Vec<Score>,
    /// The first block that reaches into the window.
    block: usize,
    /// The most that a document of the window can score.
    bound: Score,
}

impl Union {
    /// Opens the words in segment number `ord`.
    pub fn open(
        ord: usize,
        segment: &Segment<'_>,
        words: &Words<'_>,
        bm25: Bm25,
        without_function_words: bool,
    ) -> Result<Self> {
        let field = segment.fields.text;
        let inverted = segment.reader.inverted_index(field)?;
        let average = words.average_passage_words().max(1.0);
        let max_doc = segment.reader.max_doc();
        let of_segment = inverted.total_num_tokens() as Score / max_doc as Score;
        let mut union = Self {
            lists: Vec::new(),
            scorer: Scorer {
                norms: segment.reader.fieldnorms_readers().get_field(field)?,
                by_norm: bm25.norms(average),
                ceiling: Ceiling::new(bm25, average, of_segment.max(1.0)),
            },
            max_doc,
        };
        let packed = segment.columns.packed(segment.reader, field)?;
        for (n, word) in words.scored.iter().enumerate() {
            if without_function_words && word.is_function {
                continue;
            }
            // A word that stands everywhere scores nothing, but its documents are held.
            let weight = words.idf(n) * (1.0 + bm25.k1) * word.weight;
            let weight = weight.max(Score::MIN_POSITIVE);
            for info in words.infos(ord, n) {
                let option = IndexRecordOption::WithFreqs;
                let postings = inverted
                    .read_block_postings_from_terminfo(info, option)
                    .map_err(tantivy::TantivyError::from)?;
                let impacts = packed.impacts(info)?;
                let list = List::new(postings, weight, impacts, &union.scorer);
                union.lists.push(Box::new(list));
            }
        }
        Ok(union)
    }

    /// What at least `k` documents score, as far as the list that scores most by itself tells. Whoever
    /// wants the best `k` need not look at any below.
    pub fn floor(&self, k: usize) -> Option<Score> {
        let mut by_weight: Vec<&List> = self.lists.iter().map(|list| &**list).collect();
        by_weight.sort_unstable_by(|a, b| b.weight.total_cmp(&a.weight));
        let mut floor: Score = 0.0;
        for list in by_weight {
            if floor >= list.weight {
                break;
            }
            floor = floor.max(list.floor(k, &self.scorer));
        }
        (floor > 0.0).then_some(floor)
    }

    /// Visits documents in ascending order with their score: all those above `threshold`, which the
    /// visitor may raise by what it returns, and no others. From 0 on they are all that hold a word.
    pub fn each(
        mut self,
        mut threshold: Score,
        mut visit: impl FnMut(DocId, Score) -> ControlFlow<(), Score>,
    ) {
        let mut sums = Sums::default();
        // By list the bounds of all before it, and of all at last.
        let mut before = vec![0.0; self.lists.len() + 1];
        let mut found = Vec::new();
        let first = self.lists.iter().map(|l| l.doc).min();
        let mut start = first.unwrap_or(TERMINATED);
        while start < self.max_doc {
            let end = start.saturating_add(WINDOW as u32).min(self.max_doc);
            for list in &mut self.lists {
                list.look_at(start, end);
            }
            self.lists
                .sort_unstable_by(|a, b| a.bound.total_cmp(&b.bound));
            for (n, list) in self.lists.iter().enumerate() {
                before[n + 1] = before[n] + list.bound;
            }
            // Lists that do not reach the threshold together are asked for what others bring up.
            let asked = before[1..].partition_point(|&sum| sum <= threshold);
            let (asked, read) = self.lists.split_at_mut(asked);
            let mut rest = Rest {
                lists: asked,
                before: &before,
                found: &mut found,
                scorer: &self.scorer,
                threshold,
            };
            let flow = match read {
                [] => ControlFlow::Continue(()),
                [list] => rest.beside(list, start..end, &mut visit),
                read => {
                    for list in read {
                        let others = before[before.len() - 1] - list.bound;
                        sums.add(list, start..end, threshold - others, &self.scorer);
                    }
                    rest.brought_up(&mut sums, start, &mut visit)
                }
            };
            if flow.is_break() {
                return;
            }
            threshold = rest.threshold;
            let next = self.lists.iter().map(|l| l.doc.max(end)).min();
            start = next.unwrap_or(TERMINATED);
        }
    }
}

/// The scores of a window.
struct Sums {
    scores: Vec<Score>,
    /// A bit for each document that has one.
    held: [u64; WINDOW / 64],
}

impl Default for Sums {
    fn default() -> Self {
        Self {
            scores: vec![0.0; WINDOW],
            held: [0; WINDOW / 64],
        }
    }
}

impl Sums {
    /// Adds what a list gives to the documents in which it gives more than `needed`.
    fn add(&mut self, list: &mut List, window: Range<DocId>, needed: Score, scorer: &Scorer) {
        let start = window.start;
        let _ = list.walk(window, needed, scorer, |doc, score| {
            let at = (doc - start) as usize;
            self.scores[at] += score;
            self.held[at / 64] |= 1 << (at % 64);
            ControlFlow::<(), _>::Continue(needed)
        });
    }
}

/// The lists that are asked for documents that others bring up.
struct Rest<'a> {
    /// The greatest bound last.
    lists: &'a mut [Box<List>],
    before: &'a [Score],
    /// What was brought up and may still be above the threshold.
    found: &'a mut Vec<(DocId, Score)>,
    scorer: &'a Scorer,
    threshold: Score,
}

impl Rest<'_> {
    /// Visits what a single list brings up.
    fn beside(
        &mut self,
        list: &mut List,
        window: Range<DocId>,
        visit: &mut impl FnMut(DocId, Score) -> ControlFlow<(), Score>,
    ) -> ControlFlow<()> {
        if self.lists.is_empty() {
            return list.walk(window, self.threshold, self.scorer, |doc, score| {
                self.threshold = visit(doc, score)?;
                ControlFlow::Continue(self.threshold)
            });
        }
        let needed = self.threshold - self.before[self.lists.len()];
        let _ = list.walk(window, needed, self.scorer, |doc, score| {
            self.found.push((doc, score));
            ControlFlow::<(), _>::Continue(needed)
        });
        self.complete(visit)
    }

    /// Visits what several brought up together in the window from `start` on, and clears their sums.
    fn brought_up(
        &mut self,
        sums: &mut Sums,
        start: DocId,
        visit: &mut impl FnMut(DocId, Score) -> ControlFlow<(), Score>,
    ) -> ControlFlow<()> {
        let others = self.before[self.lists.len()];
        for (word, bits) in sums.held.iter_mut().enumerate() {
            let mut left = std::mem::take(bits);
            while left != 0 {
                let at = word * 64 + left.trailing_zeros() as usize;
                left &= left - 1;
                let score = std::mem::take(&mut sums.scores[at]);
                if score + others > self.threshold {
                    self.found.push((start + at as u32, score));
                }
            }
        }
        self.complete(visit)
    }

    /// Completes the scores of what was found, as far as they may still be above the threshold: a list
    /// after the other, which is read faster than all of them by turns.
    fn complete(
        &mut self,
        visit: &mut impl FnMut(DocId, Score) -> ControlFlow<(), Score>,
    ) -> ControlFlow<()> {
        for (n, list) in self.lists.iter_mut().enumerate().rev() {
            let mut kept = 0;
            for at in 0..self.found.len() {
                let (doc, score) = self.found[at];
                let score = score + list.score(doc, self.scorer);
                self.found[kept] = (doc, score);
                kept += usize::from(score + self.before[n] > self.threshold);
            }
            self.found.truncate(kept);
        }
        for (doc, score) in self.found.drain(..) {
            if score > self.threshold {
                self.threshold = visit(doc, score)?;
            }
        }
        ControlFlow::Continue(())
    }
}

impl List {
    fn new(
        postings: BlockSegmentPostings,
        weight: Score,
        impacts: Impacts,
        scorer: &Scorer,
    ) -> Self {
        let blocks = impacts.len();
        let mut mosts = Vec::with_capacity(blocks + 1);
        mosts.extend((0..blocks).map(|block| {
            let most = scorer.ceiling.of(impacts.most(block));
            most * weight * ROUNDING
        }));
        let mut list = Self {
            at: 0,
            doc: postings.doc(0),
            postings,
            weight,
            impacts,
            mosts,
            block: 0,
            bound: 0.0,
        };
        let mut tail = weight * ROUNDING;
        if blocks == 0 {
            tail = list.most(&list.postings, scorer);
        } else if blocks <= SHORT {
            let mut last = list.postings.clone();
            last.seek(list.impacts.last(blocks - 1).saturating_add(1));
            tail = list.most(&last, scorer);
        }
        list.mosts.push(tail);
        list
    }

    /// The most that a document of the unpacked block scores.
    fn most(&self, postings: &BlockSegmentPostings, scorer: &Scorer) -> Score {
        let pairs = postings.docs().iter().zip(postings.freqs());
        let most = pairs.fold(0.0, |most: Score, (&doc, &freq)| {
            most.max(scorer.saturated(doc, freq))
        });
        most * self.weight * ROUNDING
    }

    /// Up to where a block reaches, and the most that a document of it can score.
    #[inline]
    fn ceiling(&self, block: usize) -> (DocId, Score) {
        let last = match block < self.impacts.len() {
            true => self.impacts.last(block),
            false => TERMINATED,
        };
        (last, self.mosts[block.min(self.mosts.len() - 1)])
    }

    /// What at least `k` documents score by this list alone; 0 if it has fewer.
    fn floor(&self, k: usize, scorer: &Scorer) -> Score {
        let mut scores = Vec::new();
        if self.impacts.len() >= k {
            // What scores most in a block is a document of it.
            scores.extend((0..self.impacts.len()).map(|block| {
                let (norm, freq) = self.impacts.most(block);
                let freq = freq.min(MOST_FREQ.into());
                saturated(freq, scorer.by_norm[usize::from(norm)])
            }));
        } else if self.postings.doc_freq() as usize >= k {
            let mut postings = self.postings.clone();
            while !postings.docs().is_empty() {
                let pairs = postings.docs().iter().zip(postings.freqs());
                scores.extend(pairs.map(|(&doc, &freq)| scorer.saturated(doc, freq)));
                postings.advance();
            }
        }
        let Some(nth) = k.checked_sub(1).filter(|&nth| nth < scores.len()) else {
            return 0.0;
        };
        let (_, kth, _) = scores.select_nth_unstable_by(nth, |a, b| b.total_cmp(a));
        *kth * self.weight / ROUNDING
    }

    /// Finds the bound of a window that no earlier one lies behind.
    fn look_at(&mut self, start: DocId, end: DocId) {
        self.bound = 0.0;
        if self.doc >= end {
            return;
        }
        while self.block < self.impacts.len() && self.impacts.last(self.block) < start {
            self.block += 1;
        }
        let mut block = self.block;
        loop {
            let (last, most) = self.ceiling(block);
            self.bound = self.bound.max(most);
            if last >= end - 1 {
                break;
            }
            block += 1;
        }
    }

    /// Calls `give` with the documents of the window in which the list gives more than `needed`, which
    /// `give` may raise by what it returns.
    #[inline]
    fn walk<B>(
        &mut self,
        window: Range<DocId>,
        mut needed: Score,
        scorer: &Scorer,
        mut give: impl FnMut(DocId, Score) -> ControlFlow<B, Score>,
    ) -> ControlFlow<B> {
        let mut from = self.doc.max(window.start);
        let mut block = self.block;
        while from < window.end {
            let (last, most) = self.ceiling(block);
            if last < from {
                block += 1;
                continue;
            }
            if most <= needed {
                from = last.saturating_add(1);
                continue;
            }
            if self.doc < from && self.seek(from) >= window.end {
                break;
            }
            let (docs, freqs) = (self.postings.docs(), self.postings.freqs());
            let mut at = self.at;
            for (&doc, &freq) in docs[at..].iter().zip(&freqs[at..]) {
                if doc >= window.end {
                    break;
                }
                let score = scorer.saturated(doc, freq) * self.weight;
                if score > needed {
                    needed = give(doc, score)?;
                }
                at += 1;
            }
            if let Some(&doc) = docs.get(at) {
                (self.at, self.doc) = (at, doc);
                break;
            }
            if block >= self.impacts.len() {
                self.doc = TERMINATED;
                break;
            }
            // Whether the next block is worth unpacking is seen first.
            from = from.max(last).saturating_add(1);
        }
        ControlFlow::Continue(())
    }

    #[inline]
    fn seek(&mut self, target: DocId) -> DocId {
        self.at = self.postings.seek(target);
        self.doc = self.postings.doc(self.at);
        self.doc
    }

    /// The score of a document that is not below an earlier one.
    #[inline]
    fn score(&mut self, doc: DocId, scorer: &Scorer) -> Score {
        if self.doc < doc {
            self.seek(doc);
        }
        if self.doc != doc {
            return 0.0;
        }
        scorer.saturated(doc, self.postings.freq(self.at)) * self.weight
    }
}

#[cfg(test)]
mod tests {
    use super::super::candidates::{Candidates, tests::stage};
    use super::super::impacts::BLOCK;
    use super::super::request::{SearchRequest, Unit};
    use super::*;
    use crate::index::{Archive, View};
    use tantivy::query::Bm25Weight;

    const WORDS: [&str; 7] = [
        "river", "dam", "valley", "mayor", "bridge", "school", "market",
    ];

    /// So many passages of 1 to 40 words, of which each is half as frequent as the one before, and
    /// longer towards the end, so that block maxima differ.
    fn archive(passages: u64) -> Archive {
        let mut state = 7u64;
        let mut random = |below: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) % below
        };
        let articles = (0..passages).map(|n| {
            let words = 1 + random(10 + 30 * n / passages);
            let text: Vec<&str> = (0..words)
                .map(|_| WORDS[(random(128) + 1).ilog2().min(6) as usize])
                .collect();
            crate::Article {
                path: format!("{n}.txt"),
                lang: Some("en".to_owned()),
                sections: vec![crate::article::Section {
                    heading: None,
                    paragraphs: vec![text.join(" ")],
                }],
                ..Default::default()
            }
        });
        Archive::in_memory(articles.collect()).unwrap()
    }

    fn best(view: &View, typed: &str, bm25: Bm25, depth: usize, prunes: bool) -> Candidates {
        let options = crate::query::ParseOptions::new(jiff::civil::date(2026, 11, 24));
        let query = crate::query::Query::parse(typed, &options).unwrap().query;
        let mut request = SearchRequest::new(query.clone(), "", jiff::Timestamp::UNIX_EPOCH);
        request.unit = Unit::Passage;
        let seen = view.seen(&[]);
        let prepared = view.prepare(&query, &request, &seen).unwrap();
        let words = Words::look_up(view, &prepared.segments, &prepared.words).unwrap();
        let mut stage = stage(view, &prepared, &words, depth, !prunes);
        stage.bm25 = bm25;
        stage.run(&prepared.segments).unwrap()
    }

    #[test]
    fn long_lists_are_pruned_without_losing_any_of_the_best() {
        let archive = archive(4_000);
        let snapshot = archive.snapshot();
        let view = snapshot.view();
        let parameters = [(1.2, 0.75), (0.9, 0.4), (2.0, 1.0), (1.2, 0.0)];
        for typed in [
            "river",
            "market",
            "river dam",
            "school market",
            "dam bridge market",
            "river dam valley mayor bridge school market",
            "+river +valley",
            "\"river dam\"",
            "+bridge \"valley river\"",
        ] {
            for (k1, b) in parameters {
                for depth in [1, 10, 300] {
                    let best = |prunes| best(view, typed, Bm25 { k1, b }, depth, prunes);
                    let (pruned, whole) = (best(true), best(false));
                    assert_eq!(pruned.is_full, whole.is_full);
                    let scores = |found: Candidates| found.list.into_iter().map(|c| c.score);
                    let (pruned, whole) = (scores(pruned), scores(whole));
                    assert_eq!(pruned.len(), whole.len());
                    for (a, b) in pruned.zip(whole) {
                        assert!(
                            (a - b).abs() < 1e-5,
                            "{typed}, k1 {k1}, b {b}: {a}, not {b}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn impacts_are_those_of_the_postings() {
        let archive = archive(2_000);
        let snapshot = archive.snapshot();
        let view = snapshot.view();
        let field = view.fields.text;
        let mut blocks = 0;
        for (ord, reader) in view.searcher.segment_readers().iter().enumerate() {
            let inverted = reader.inverted_index(field).unwrap();
            let average = inverted.total_num_tokens() as Score / reader.max_doc() as Score;
            let weight = Bm25Weight::for_one_term_without_explain(1, 1, average);
            let norms = reader.get_fieldnorms_reader(field).unwrap();
            let ceiling = Ceiling::new(Bm25::STOCK, average, average);
            let columns = view.columns(ord).unwrap();
            for word in WORDS {
                let stem = crate::analyze::Analyzer::default()
                    .query_forms(word, &[crate::analyze::Lang::ENGLISH])
                    .remove(0)
                    .stems
                    .remove(0);
                let term = tantivy::Term::from_field_text(field, &stem);
                let info = inverted.get_term_info(&term).unwrap().unwrap();
                let impacts = columns
                    .packed(reader, field)
                    .unwrap()
                    .impacts(&info)
                    .unwrap();
                assert_eq!(impacts.len(), info.doc_freq as usize / BLOCK as usize);
                let option = IndexRecordOption::WithFreqs;
                let mut postings = inverted
                    .read_block_postings_from_terminfo(&info, option)
                    .unwrap();
                for block in 0..impacts.len() {
                    assert_eq!(postings.docs().last(), Some(&impacts.last(block)));
                    let most = weight.score(0, 1) / saturated(1, Bm25::STOCK.norms(average)[0])
                        * ceiling.of(impacts.most(block));
                    let said = postings.block_max_score(&norms, &weight);
                    assert!(
                        (most - said).abs() < 1e-5 * said,
                        "{word}: {most}, not {said}"
                    );
                    postings.advance();
                    blocks += 1;
                }
            }
        }
        assert!(blocks > 25, "{blocks} blocks");
    }
}
