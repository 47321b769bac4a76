//! What the postings say of candidate articles: which query words stand where in their passages.

use super::columns::{Zone, Zones};
use super::matching::Segment;
use super::words::Words;
use crate::error::Result;
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, TERMINATED};

/// One query word in one passage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// Number of the passage in the evidence.
    passage: u32,
    pub position: u32,
    /// Index into the query's scored words.
    pub word: u16,
}

/// A word found without a position: by a form of its expansion, or in its exact spelling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bare {
    passage: u32,
    pub word: u16,
    pub is_exact: bool,
}

/// One passage of a candidate article.
#[derive(Clone, Copy, Debug)]
pub struct PassageEvidence<'a> {
    pub zones: Zones,
    /// In order of position.
    pub spots: &'a [Spot],
    pub bare: &'a [Bare],
}

impl<'a> PassageEvidence<'a> {
    /// The spots of one zone, which are neighbours: zones follow each other.
    pub fn in_zone(&self, zone: Zone) -> &'a [Spot] {
        let before = |end: u32| self.spots.partition_point(|s| s.position < end);
        let text = before(self.zones.words);
        match zone {
            Zone::Text => &self.spots[..text],
            Zone::Title => &self.spots[text..before(self.zones.title_end())],
            Zone::Heading => &self.spots[before(self.zones.title_end())..],
        }
    }
}

/// The candidate articles of one segment, with all of their passages, matching or not.
#[derive(Debug, Default)]
pub struct Evidence {
    /// First documents, ascending.
    heads: Vec<DocId>,
    /// By article the number of its first passage; one more entry ends the last.
    firsts: Vec<u32>,
    zones: Vec<Zones>,
    /// By passage where its spots and bare words begin, likewise.
    spots_from: Vec<u32>,
    spots: Vec<Spot>,
    bare_from: Vec<u32>,
    bare: Vec<Bare>,
}

/// A candidate article within the evidence.
#[derive(Clone, Copy, Debug)]
pub struct ArticleEvidence<'a> {
    all: &'a Evidence,
    first: u32,
    end: u32,
}

impl<'a> ArticleEvidence<'a> {
    /// How many passages it has.
    pub fn len(&self) -> usize {
        (self.end - self.first) as usize
    }

    /// One of its passages.
    pub fn passage(&self, ordinal: usize) -> PassageEvidence<'a> {
        let n = self.first as usize + ordinal;
        let run = |from: &[u32]| from[n] as usize..from[n + 1] as usize;
        PassageEvidence {
            zones: self.all.zones[n],
            spots: &self.all.spots[run(&self.all.spots_from)],
            bare: &self.all.bare[run(&self.all.bare_from)],
        }
    }
}

impl Evidence {
    /// Gathers the evidence for the articles that begin at `heads` (sorted, each once).
    ///
    /// Every posting list is walked once, forwards; what lies between candidates is skipped. Function
    /// words that stand everywhere are left out: they tell nothing of which candidate is better.
    pub fn gather(
        ord: usize,
        segment: &Segment<'_>,
        words: &Words<'_>,
        heads: Vec<DocId>,
    ) -> Result<Self> {
        let columns = &segment.columns;
        let mut evidence = Self {
            heads,
            ..Self::default()
        };
        let zones = columns.all_zones();
        for &head in &evidence.heads {
            evidence.firsts.push(evidence.zones.len() as u32);
            let passages = (head..columns.end(head)).map(|doc| zones.of(doc));
            evidence.zones.extend(passages);
        }
        zones.read(evidence.zones.len() as u64);
        evidence.firsts.push(evidence.zones.len() as u32);
        let mut positions = Vec::new();
        for (n, scored) in words.scored.iter().enumerate() {
            if words.is_everywhere(n) {
                continue;
            }
            let word = u16::try_from(n).unwrap_or(u16::MAX);
            let option = IndexRecordOption::WithFreqsAndPositions;
            for mut postings in words.open(ord, segment, n, option)? {
                let spots = &mut evidence.spots;
                let mut visit = |postings: &mut SegmentPostings, passage| {
                    postings.positions(&mut positions);
                    spots.extend(positions.iter().map(|&position| Spot {
                        passage,
                        position,
                        word,
                    }));
                };
                walk(&evidence.heads, &evidence.firsts, &mut postings, &mut visit);
            }
            if let Some(forms) = &scored.forms {
                let bits = segment.forms(forms)?;
                for (head, run) in evidence.heads.iter().zip(evidence.firsts.windows(2)) {
                    for passage in run[0]..run[1] {
                        if bits.contains(head + (passage - run[0])) {
                            evidence.bare.push(Bare {
                                passage,
                                word,
                                is_exact: false,
                            });
                        }
                    }
                }
            }
            if let Some(term) = &scored.exact {
                let inverted = segment.reader.inverted_index(term.field())?;
                let found = inverted.read_postings(term, IndexRecordOption::Basic);
                if let Some(mut postings) = found.map_err(tantivy::TantivyError::from)? {
                    let bare = &mut evidence.bare;
                    let mut visit = |_: &mut SegmentPostings, passage| {
                        bare.push(Bare {
                            passage,
                            word,
                            is_exact: true,
                        });
                    };
                    walk(&evidence.heads, &evidence.firsts, &mut postings, &mut visit);
                }
            }
        }
        // Each word's spots are in order already, so that this merges runs.
        evidence.spots.sort();
        evidence.spots.dedup();
        evidence.bare.sort();
        let passages = evidence.zones.len();
        evidence.spots_from = starts(passages, evidence.spots.iter().map(|s| s.passage));
        evidence.bare_from = starts(passages, evidence.bare.iter().map(|b| b.passage));
        Ok(evidence)
    }

    /// The article that begins at `head`.
    pub fn article(&self, head: DocId) -> Option<ArticleEvidence<'_>> {
        let at = self.heads.binary_search(&head).ok()?;
        Some(ArticleEvidence {
            all: self,
            first: self.firsts[at],
            end: self.firsts[at + 1],
        })
    }
}

/// Calls `visit` with the number of every passage of the articles that `postings` hold.
fn walk(
    heads: &[DocId],
    firsts: &[u32],
    postings: &mut SegmentPostings,
    visit: &mut impl FnMut(&mut SegmentPostings, u32),
) {
    for (&head, run) in heads.iter().zip(firsts.windows(2)) {
        if postings.doc() < head {
            postings.seek(head);
        }
        let end = head + (run[1] - run[0]);
        while postings.doc() < end {
            let passage = run[0] + (postings.doc() - head);
            visit(postings, passage);
            postings.advance();
        }
        if postings.doc() == TERMINATED {
            break;
        }
    }
}

/// By passage where its entries begin in a list that is sorted by passage, and where the last ends.
fn starts(passages: usize, entries: impl Iterator<Item = u32>) -> Vec<u32> {
    let mut from = vec![0u32; passages + 1];
    for passage in entries {
        from[passage as usize + 1] += 1;
    }
    for n in 0..passages {
        from[n + 1] += from[n];
    }
    from
}
