//! Where words stand in a document: phrases, NEAR and ADJ by position.

use super::plan::Near;
use crate::error::Result;
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, SegmentReader};

/// Spans of positions, half-open, of one document.
pub type Spans = Vec<(u32, u32)>;

/// How many spans of one operand are looked at; a word repeated more often than this in one passage
/// makes no better match.
const MAX_SPANS: usize = 512;

/// Reads positions document by document, in ascending order.
pub struct Finder {
    operands: Vec<Vec<Vec<Cursor>>>,
    distance: u32,
    ordered: bool,
    found: Vec<Spans>,
}

/// One slot of a sequence: the positions of any of its terms.
struct Cursor {
    offset: u32,
    postings: Vec<SegmentPostings>,
    positions: Vec<u32>,
    one: Vec<u32>,
}

impl Cursor {
    /// Reads the positions in `doc`; false if there are none.
    fn read(&mut self, doc: DocId) -> bool {
        self.positions.clear();
        for postings in &mut self.postings {
            if postings.doc() < doc {
                postings.seek(doc);
            }
            if postings.doc() == doc {
                postings.positions(&mut self.one);
                self.positions.extend_from_slice(&self.one);
            }
        }
        if self.postings.len() > 1 {
            self.positions.sort_unstable();
            self.positions.dedup();
        }
        !self.positions.is_empty()
    }
}

impl Finder {
    pub fn open(reader: &SegmentReader, near: &Near) -> Result<Self> {
        let mut operands = Vec::with_capacity(near.operands.len());
        for operand in &near.operands {
            let mut ways = Vec::new();
            for sequence in &operand.alternatives {
                let mut cursors = Vec::with_capacity(sequence.len());
                for slot in sequence {
                    let mut postings = Vec::new();
                    for term in &slot.terms {
                        let inverted = reader.inverted_index(term.field())?;
                        let option = IndexRecordOption::WithFreqsAndPositions;
                        let found = inverted.read_postings(term, option);
                        postings.extend(found.map_err(tantivy::TantivyError::from)?);
                    }
                    if postings.is_empty() {
                        break;
                    }
                    cursors.push(Cursor {
                        offset: slot.offset,
                        postings,
                        positions: Vec::new(),
                        one: Vec::new(),
                    });
                }
                // A sequence with a word that the segment lacks stands nowhere in it.
                if cursors.len() == sequence.len() && !cursors.is_empty() {
                    ways.push(cursors);
                }
            }
            operands.push(ways);
        }
        let found = vec![Spans::new(); operands.len()];
        Ok(Self {
            operands,
            distance: near.distance,
            ordered: near.ordered,
            found,
        })
    }

    /// Replaces `out` by the spans of `doc`, which must not be below an earlier one.
    pub fn find(&mut self, doc: DocId, out: &mut Spans) {
        out.clear();
        for (ways, spans) in self.operands.iter_mut().zip(&mut self.found) {
            spans.clear();
            for way in ways {
                sequence_spans(way, doc, spans);
            }
            if spans.is_empty() {
                return;
            }
            spans.sort_unstable();
            spans.dedup();
            spans.truncate(MAX_SPANS);
        }
        let Some((first, rest)) = self.found.split_first() else {
            return;
        };
        out.extend_from_slice(first);
        for next in rest {
            let joined = join(out, next, self.distance, self.ordered);
            *out = joined;
            if out.is_empty() {
                return;
            }
        }
    }
}

/// Where the words of `way` stand at their offsets.
fn sequence_spans(way: &mut [Cursor], doc: DocId, out: &mut Spans) {
    for cursor in way.iter_mut() {
        if !cursor.read(doc) {
            return;
        }
    }
    let Some((first, rest)) = way.split_first() else {
        return;
    };
    let width = rest
        .iter()
        .map(|c| c.offset)
        .max()
        .unwrap_or(0)
        .max(first.offset);
    for &position in &first.positions {
        let Some(base) = position.checked_sub(first.offset) else {
            continue;
        };
        let stands = rest
            .iter()
            .all(|c| c.positions.binary_search(&(base + c.offset)).is_ok());
        if stands {
            out.push((base, base + width + 1));
        }
    }
}

/// Spans of `left` and `right` that stand at most `distance` words apart and do not overlap.
fn join(left: &Spans, right: &Spans, distance: u32, ordered: bool) -> Spans {
    let mut out = Spans::new();
    for &(start, end) in left {
        for &(other_start, other_end) in right {
            let apart = if other_start >= end {
                other_start - end
            } else if !ordered && start >= other_end {
                start - other_end
            } else {
                continue;
            };
            if apart <= distance {
                out.push((start.min(other_start), end.max(other_end)));
            }
        }
        if out.len() >= MAX_SPANS {
            break;
        }
    }
    out.sort_unstable();
    out.dedup();
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_zero_words_apart() {
        assert_eq!(join(&vec![(3, 4)], &vec![(4, 5)], 0, true), [(3, 5)]);
        assert!(join(&vec![(3, 4)], &vec![(5, 6)], 0, true).is_empty());
    }

    #[test]
    fn only_ordered_operands_mind_their_order() {
        assert!(join(&vec![(6, 7)], &vec![(4, 5)], 5, true).is_empty());
        assert_eq!(join(&vec![(6, 7)], &vec![(4, 5)], 1, false), [(4, 7)]);
    }

    #[test]
    fn a_word_is_not_near_itself() {
        assert!(join(&vec![(6, 7)], &vec![(6, 7)], 5, false).is_empty());
    }
}
