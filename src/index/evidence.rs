//! What the postings say of candidate articles: which query words stand where in their passages.

use super::columns::{Columns, Zone, Zones};
use super::plan::Scored;
use crate::error::Result;
use tantivy::postings::Postings;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, SegmentReader, TERMINATED, Term};

/// One query word in one passage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    pub position: u32,
    /// Index into the query's scored words.
    pub word: u16,
}

/// One passage of a candidate article.
#[derive(Clone, Debug)]
pub struct PassageEvidence {
    pub zones: Zones,
    /// In order of position; expansions have none and stand in `bare`.
    pub spots: Vec<Spot>,
    /// Words found without a position (patterns), and exact spellings, as `(word, exact)`.
    pub bare: Vec<(u16, bool)>,
}

impl PassageEvidence {
    /// The spots of one zone.
    pub fn in_zone(&self, zone: Zone) -> impl Iterator<Item = &Spot> {
        self.spots
            .iter()
            .filter(move |s| self.zones.of(s.position) == zone)
    }
}

/// A candidate article: all of its passages, matching or not.
#[derive(Clone, Debug)]
pub struct ArticleEvidence {
    pub head: DocId,
    pub passages: Vec<PassageEvidence>,
}

/// Gathers the evidence for the articles that begin at `heads` (sorted, each once).
///
/// Every posting list is walked once, forwards; what lies between candidates is skipped.
pub fn gather(
    reader: &SegmentReader,
    columns: &Columns,
    words: &[Scored],
    heads: &[DocId],
) -> Result<Vec<ArticleEvidence>> {
    let mut articles: Vec<ArticleEvidence> = heads
        .iter()
        .map(|&head| ArticleEvidence {
            head,
            passages: (head..columns.end(head))
                .map(|doc| PassageEvidence {
                    zones: columns.zones(doc),
                    spots: Vec::new(),
                    bare: Vec::new(),
                })
                .collect(),
        })
        .collect();
    let mut positions = Vec::new();
    for (n, word) in words.iter().enumerate() {
        let n = u16::try_from(n).unwrap_or(u16::MAX);
        for term in &word.terms {
            let option = IndexRecordOption::WithFreqsAndPositions;
            walk(reader, term, option, &mut articles, |postings, passage| {
                postings.positions(&mut positions);
                passage
                    .spots
                    .extend(positions.iter().map(|&position| Spot { position, word: n }));
            })?;
        }
        for term in &word.forms {
            walk(
                reader,
                term,
                IndexRecordOption::Basic,
                &mut articles,
                |_, passage| {
                    passage.bare.push((n, false));
                },
            )?;
        }
        if let Some(term) = &word.exact {
            walk(
                reader,
                term,
                IndexRecordOption::Basic,
                &mut articles,
                |_, passage| {
                    passage.bare.push((n, true));
                },
            )?;
        }
    }
    for passage in articles.iter_mut().flat_map(|a| &mut a.passages) {
        passage.spots.sort_unstable();
        passage.spots.dedup();
        passage.bare.sort_unstable();
        passage.bare.dedup();
    }
    Ok(articles)
}

fn walk(
    reader: &SegmentReader,
    term: &Term,
    option: IndexRecordOption,
    articles: &mut [ArticleEvidence],
    mut visit: impl FnMut(&mut tantivy::postings::SegmentPostings, &mut PassageEvidence),
) -> Result<()> {
    let inverted = reader.inverted_index(term.field())?;
    let Some(mut postings) = inverted
        .read_postings(term, option)
        .map_err(tantivy::TantivyError::from)?
    else {
        return Ok(());
    };
    for article in articles {
        let head = article.head;
        if postings.doc() < head {
            postings.seek(head);
        }
        let end = head + article.passages.len() as u32;
        while postings.doc() < end {
            let at = (postings.doc() - head) as usize;
            visit(&mut postings, &mut article.passages[at]);
            postings.advance();
        }
        if postings.doc() == TERMINATED {
            break;
        }
    }
    Ok(())
}
