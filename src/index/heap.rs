//! The best candidates so far.

use std::cmp::Ordering;
use tantivy::{DocId, Score};

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

/// The best `depth` candidates so far, and up to as many that may still have to go.
///
/// A heap would sink every better candidate to its place; putting them aside and cutting the list when
/// it is full costs a constant for each. It is cut early, for what must be exceeded is known from then on.
pub struct Heap {
    depth: usize,
    kept: Vec<Candidate>,
    /// What a candidate must exceed, once `depth` were kept.
    worst: Option<Candidate>,
    /// Whether any had to go.
    pub dropped: bool,
}

impl Heap {
    pub fn new(depth: usize) -> Self {
        Self {
            depth,
            kept: Vec::new(),
            worst: None,
            dropped: false,
        }
    }

    #[inline]
    pub fn push(&mut self, candidate: Candidate) {
        if self.worst.is_some_and(|worst| candidate <= worst) {
            self.dropped = true;
            return;
        }
        self.kept.push(candidate);
        if self.kept.len() > self.depth.saturating_add(self.depth / 2) {
            self.cut();
        }
    }

    fn cut(&mut self) {
        if self.depth == 0 {
            self.dropped |= !self.kept.is_empty();
            self.kept.clear();
        }
        if self.kept.len() <= self.depth {
            return;
        }
        self.dropped = true;
        let best_first = |a: &Candidate, b: &Candidate| b.cmp(a);
        let (_, worst, _) = self.kept.select_nth_unstable_by(self.depth - 1, best_first);
        self.worst = Some(*worst);
        self.kept.truncate(self.depth);
    }

    /// What a candidate must exceed.
    #[inline]
    pub fn threshold(&self) -> Score {
        self.worst.map_or(Score::MIN, |worst| worst.score)
    }

    /// What was kept, best first, and whether any had to go.
    pub fn into_sorted(mut self) -> (Vec<Candidate>, bool) {
        self.cut();
        self.kept.sort_unstable_by(|a, b| b.cmp(a));
        (self.kept, self.dropped)
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
        let (kept, is_full) = heap.into_sorted();
        let kept: Vec<_> = kept.iter().map(|c| c.doc).collect();
        assert_eq!(kept, [4, 9]);
        assert!(is_full);
    }
}
