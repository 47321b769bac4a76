//! The second look at an article: what a name is in one place it most likely is in the others.
//!
//! Every name that the first pass found is looked for in the whole article. Each occurrence votes with its
//! own probabilities, full names vote for the surname alone, and the votes of the *other* occurrences move the
//! scores of each one before the article is labelled again. A name that occurs once is left as it is.

use super::crf::{Position, Scores, TYPES, label};
use super::datelines::Dateline;
use super::document::{Casing, Document, evidence};
use super::lexicon::{extend, kind};
use super::recognize::{Readings, Span};
use rustc_hash::FxHashMap;

/// Longest name that is looked for, in words.
const LONGEST: usize = 5;
/// Weight of the other occurrences' votes against a word's own scores.
const TRUST: f32 = 1.5;
/// Votes that every type is given beforehand.
const PRIOR: f32 = 0.3;
/// How far votes can move a score.
const FURTHEST: f32 = 3.0;
/// What a dateline says of its place.
const DATELINE_VOTE: f32 = 2.0;
/// What a full name says of its surname alone.
const SURNAME_VOTE: f32 = 1.0;

/// Votes for the types and, last, for "no name".
type Votes = [f32; TYPES + 1];

/// Moves the scores of `readings` by what the article's other places say, and marks those that moved.
pub(super) fn adjust(document: &Document, blocks: &[&str], readings: &mut Readings) {
    let mut votes: FxHashMap<u64, Votes> = FxHashMap::default();
    for reading in &readings.list {
        for span in &reading.spans {
            collect(document, span, &mut votes);
        }
    }
    for words in document.datelines.iter().flat_map(Dateline::places) {
        let titled = words.fold(0, |h, i| extend(h, document.titled(blocks, i)));
        votes.entry(titled).or_default()[2] += DATELINE_VOTE;
    }
    if votes.is_empty() {
        return;
    }
    let mut found: Vec<(usize, usize, usize, u64, Votes)> = Vec::new();
    for (r, reading) in readings.list.iter().enumerate() {
        let end = reading.chain.end;
        let mut i = reading.chain.start;
        while i < end {
            let Some((length, key)) = longest(document, i, end, &votes) else {
                i += 1;
                continue;
            };
            let at = reading.scores.start + i - reading.chain.start;
            let own = own_votes(&readings.marginals[at..at + length]);
            if let Some(total) = votes.get_mut(&key) {
                total.iter_mut().zip(own).for_each(|(t, o)| *t += o);
            }
            found.push((r, at, length, key, own));
            i += length;
        }
    }
    for (r, at, length, key, own) in found {
        let Some(total) = votes.get(&key) else {
            continue;
        };
        let mut others = *total;
        others
            .iter_mut()
            .zip(own)
            .for_each(|(t, o)| *t = (*t - o).max(0.0));
        let sum: f32 = others.iter().sum();
        if sum < 0.2 {
            continue;
        }
        let log = |v: f32| ((v + PRIOR) / (sum + PRIOR * (TYPES + 1) as f32)).ln();
        let outside = log(others[TYPES]);
        let reading = &mut readings.list[r];
        reading.moved = true;
        // In capitals the article's other places say more than the word itself.
        let (trust, furthest) = match reading.casing {
            Casing::Capitals => (3.0 * TRUST, 4.0 * FURTHEST),
            _ => (TRUST, FURTHEST),
        };
        for k in 0..length {
            let position = Position::of(k, length);
            for (t, &vote) in others[..TYPES].iter().enumerate() {
                let push = (trust * (log(vote) - outside)).clamp(-furthest, furthest);
                shift(
                    &mut readings.emissions[at + k],
                    t,
                    position,
                    push / length as f32,
                );
            }
        }
    }
}

/// Moves the label of a type at a position, and its other labels against the votes only.
fn shift(scores: &mut Scores, t: usize, position: Position, push: f32) {
    for p in [
        Position::First,
        Position::Inner,
        Position::Last,
        Position::Single,
    ] {
        let l = label(t, p);
        if p == position || push < 0.0 {
            scores[l] += push;
        } else {
            scores[l] += push * 0.5;
        }
    }
}

fn collect(document: &Document, span: &Span, votes: &mut FxHashMap<u64, Votes>) {
    let length = span.end - span.begin;
    if length > LONGEST {
        return;
    }
    let words = &document.words[span.begin..span.end];
    let key = words.iter().fold(0, |h, w| extend(h, w.key));
    votes.entry(key).or_default();
    let (Some(first), Some(last)) = (words.first(), words.last()) else {
        return;
    };
    if span.kind == 0 && (2..=4).contains(&length) && span.confidence > 0.5 && last.capital {
        let surname = extend(0, last.key);
        votes.entry(surname).or_default()[0] += SURNAME_VOTE * span.confidence;
        if first.capital && first.evidence & evidence::LOWER == 0 {
            votes.entry(extend(0, first.key)).or_default()[0] += 0.5 * span.confidence;
        }
    }
    // "Mahan Air" for "Mahan": the first word of a company, unless it is a place, a first name or a common word.
    let named =
        first.kinds & (kind::FIRST | kind::TITLE | kind::ORG_SUFFIX) != 0 || first.phrase != 0;
    if span.kind == 1
        && length == 2
        && span.confidence > 0.6
        && !named
        && first.evidence & evidence::LOWER == 0
    {
        votes.entry(extend(0, first.key)).or_default()[1] += 0.5 * span.confidence;
    }
}

fn longest(
    document: &Document,
    i: usize,
    end: usize,
    votes: &FxHashMap<u64, Votes>,
) -> Option<(usize, u64)> {
    let mut hash = 0;
    let mut best = None;
    for (n, word) in document.words[i..end.min(i + LONGEST)].iter().enumerate() {
        hash = extend(hash, word.key);
        if votes.contains_key(&hash) {
            best = Some((n + 1, hash));
        }
    }
    best
}

/// The probabilities of the types at the least certain of a name's words, and of no name.
fn own_votes(marginals: &[Scores]) -> Votes {
    let mut votes = [1.0f32; TYPES + 1];
    for marginal in marginals {
        for (t, vote) in votes[..TYPES].iter_mut().enumerate() {
            let sum: f32 = marginal[1 + 4 * t..5 + 4 * t].iter().sum();
            *vote = vote.min(sum);
        }
        votes[TYPES] = votes[TYPES].min(marginal[0]);
    }
    votes
}
