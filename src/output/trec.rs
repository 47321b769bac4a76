//! Runs that trec_eval reads without changing their order.

use super::{Answer, ONLY_TOPIC, Printer};
use crate::index::request::{Hit, Shown, Unit};
use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};

/// Prints `QID Q0 DOCNO RANK SCORE TAG`.
///
/// trec_eval sorts by score as a 32-bit float and then by descending DOCNO, whatever the rank column
/// says. So equal scores are put in ascending DOCNO, as people read them, and every score that is not
/// below the one before is printed as the next smaller float: no two are equal, and nothing moves.
#[derive(Clone, Debug)]
pub struct Trec {
    pub tag: String,
}

impl Printer for Trec {
    fn shows(&self) -> Shown {
        Shown::PLACE
    }

    fn answer(&self, answer: &Answer<'_>, out: &mut dyn Write) -> io::Result<()> {
        let topic = column(answer.topic.unwrap_or(ONLY_TOPIC));
        let tag = column(&self.tag);
        let mut rows: Vec<(f32, String)> = (answer.results.hits.iter())
            .map(|hit| (hit.score, docno(hit, answer.unit)))
            .collect();
        if answer.by_score {
            sort_ties(&mut rows);
        }
        let first = answer.results.hits.first().map_or(1, |hit| hit.rank);
        let scores = falling_scores(rows.iter().map(|(score, _)| *score));
        for (at, ((_, docno), score)) in rows.iter().zip(scores).enumerate() {
            writeln!(out, "{topic} Q0 {docno} {} {score} {tag}", first + at)?;
        }
        Ok(())
    }
}

/// Orders every run of equal scores by ascending document number; the order of the rest stays.
fn sort_ties(rows: &mut [(f32, String)]) {
    for ties in rows.chunk_by_mut(|a, b| a.0 == b.0) {
        ties.sort_by(|a, b| a.1.cmp(&b.1));
    }
}

/// The scores as printed: each below the one before. What is not a number counts as 0.
pub fn falling_scores(scores: impl Iterator<Item = f32>) -> Vec<f32> {
    let mut bound = f32::INFINITY;
    scores
        .map(|score| {
            let score = if score.is_nan() { 0.0 } else { score };
            let score = if score < bound {
                score
            } else {
                bound.next_down()
            };
            bound = score;
            score
        })
        .collect()
}

/// The document number: the article's id, by passage `ARTICLE#PASSAGE`, as one column.
pub fn docno(hit: &Hit, unit: Unit) -> String {
    let article = column(&hit.article);
    match unit {
        Unit::Article => article.into_owned(),
        Unit::Passage => format!("{article}#{}", hit.passage),
    }
}

/// `text` as one column: white space and control characters percent-encoded, and `-` if it is empty.
fn column(text: &str) -> Cow<'_, str> {
    let parts_columns = |c: char| c.is_whitespace() || c.is_control();
    if text.is_empty() {
        return Cow::Borrowed("-");
    }
    if !text.contains(parts_columns) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if parts_columns(c) {
            for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                let _ = write!(out, "%{byte:02X}");
            }
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}
