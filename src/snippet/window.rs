//! Which windows of a text are shown.

use super::Options;
use super::matcher::Matcher;
use super::scan::{EXTRA, Mark};
use std::ops::Range;
use unicode_normalization::char::is_combining_mark;

/// What a part that another window shows already still counts.
const SHOWN_WEIGHT: f32 = 0.2;
/// What every further mark of a part counts, up to [`MAX_FURTHER`] of them.
const FURTHER_WEIGHT: f32 = 0.05;
const MAX_FURTHER: usize = 6;
/// What the beginning of the text is worth against its end.
const EARLY_WEIGHT: f32 = 0.3;
/// What it is worth that a window's first sentence is marked.
const FIRST_WEIGHT: f32 = 0.25;
const EXTRA_WEIGHT: f32 = 1.0;
/// How far, in characters, a cut looks for white space before it cuts within a word.
const MAX_WORD_CHARS: usize = 30;

/// A stretch that could be shown, and the marks in it.
#[derive(Clone, Debug)]
struct Candidate {
    range: Range<usize>,
    marks: Range<usize>,
    is_first_marked: bool,
}

/// The windows to show, in the order of the text, never overlapping.
pub(super) fn choose(
    text: &str,
    sentences: &[Range<usize>],
    marks: &[Mark],
    matcher: &Matcher,
    options: Options,
) -> Vec<Range<usize>> {
    let Some(first) = sentences.first() else {
        return Vec::new();
    };
    if marks.is_empty() {
        return vec![lead(text, sentences, first.start, options.width)];
    }
    let candidates = candidates(text, sentences, marks, options.width);
    let mut shown: Vec<u32> = Vec::new();
    let mut chosen: Vec<Range<usize>> = Vec::new();
    while chosen.len() < options.max {
        let best = candidates
            .iter()
            .filter(|c| !chosen.iter().any(|w| overlaps(w, &c.range)))
            .filter(|c| !c.marks.is_empty())
            .map(|c| (score(c, marks, matcher, &shown, text.len()), c))
            // The first of equals: `max_by` would take the last.
            .fold(None, |best: Option<(f32, &Candidate)>, next| match best {
                Some(best) if best.0 >= next.0 => Some(best),
                _ => Some(next),
            });
        let Some((_, best)) = best else {
            break;
        };
        shown.extend(marks[best.marks.clone()].iter().map(|m| m.part));
        chosen.push(best.range.clone());
    }
    if chosen.is_empty() {
        chosen.push(lead(text, sentences, first.start, options.width));
    }
    chosen.sort_by_key(|w| w.start);
    chosen
}

fn overlaps(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

fn score(
    candidate: &Candidate,
    marks: &[Mark],
    matcher: &Matcher,
    shown: &[u32],
    len: usize,
) -> f32 {
    let inside = &marks[candidate.marks.clone()];
    let mut score = 0.0;
    let mut further = 0;
    for (i, mark) in inside.iter().enumerate() {
        if inside[..i].iter().any(|m| m.part == mark.part) {
            further += 1;
            continue;
        }
        let weight = match mark.part {
            EXTRA => EXTRA_WEIGHT,
            part => matcher.parts.get(part as usize).map_or(0.0, |p| p.weight),
        };
        score += if shown.contains(&mark.part) {
            weight * SHOWN_WEIGHT
        } else {
            weight
        };
    }
    score += FURTHER_WEIGHT * further.min(MAX_FURTHER) as f32;
    if candidate.is_first_marked {
        score += FIRST_WEIGHT;
    }
    score + EARLY_WEIGHT * (1.0 - candidate.range.start as f32 / len.max(1) as f32)
}

/// Every run of sentences that fits, as long as it can be, and the best cuts of long sentences.
fn candidates(
    text: &str,
    sentences: &[Range<usize>],
    marks: &[Mark],
    width: usize,
) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    // Sentences and marks are both sorted: each sentence's marks are a run.
    let mut from = 0;
    for (i, sentence) in sentences.iter().enumerate() {
        from += marks[from..].partition_point(|m| (m.start as usize) < sentence.start);
        let in_first = marks[from..].partition_point(|m| (m.start as usize) < sentence.end);
        if chars(text, sentence, width) > width {
            cuts(
                text,
                sentence,
                &marks[..from + in_first],
                from,
                width,
                &mut candidates,
            );
            continue;
        }
        let mut start = sentence.start;
        let mut end = sentence.end;
        for next in &sentences[i + 1..] {
            if chars(text, &(start..next.end), width) > width {
                break;
            }
            end = next.end;
        }
        let count = marks[from..].partition_point(|m| (m.start as usize) < end);
        if count == 0 {
            continue;
        }
        let mut first_mark = from;
        if end == sentences.last().map_or(end, |s| s.end) {
            // The end of the text: what is left of the width shows what comes before.
            for before in sentences[..i].iter().rev() {
                if chars(text, &(before.start..end), width) > width {
                    break;
                }
                start = before.start;
            }
            first_mark = marks.partition_point(|m| (m.start as usize) < start);
        }
        candidates.push(Candidate {
            range: start..end,
            marks: first_mark..from + count,
            is_first_marked: in_first > 0,
        });
    }
    candidates
}

/// Windows within one sentence that is too long: one a mark, begun a little before it.
fn cuts(
    text: &str,
    sentence: &Range<usize>,
    marks: &[Mark],
    from: usize,
    width: usize,
    candidates: &mut Vec<Candidate>,
) {
    let mut covered = from;
    for i in from..marks.len() {
        // A window that begins at a mark within the one before shows no more.
        if i < covered {
            continue;
        }
        let lead_in = width / 4;
        let begin = back(text, sentence.start, marks[i].start as usize, lead_in);
        let range = cut_within(text, begin, sentence, width, marks[i].end as usize);
        let first = from + marks[from..].partition_point(|m| (m.start as usize) < range.start);
        let fits = |m: &Mark| m.end as usize <= range.end;
        let count = marks[first..].iter().take_while(|m| fits(m)).count();
        covered = (first + count).max(i + 1).min(i + 4);
        candidates.push(Candidate {
            range,
            marks: first..first + count,
            is_first_marked: true,
        });
    }
}

/// The beginning of a text.
fn lead(text: &str, sentences: &[Range<usize>], start: usize, width: usize) -> Range<usize> {
    let mut end = start;
    for sentence in sentences {
        if chars(text, &(start..sentence.end), width) > width {
            break;
        }
        end = sentence.end;
    }
    if end > start {
        return start..end;
    }
    match sentences.first() {
        Some(first) => cut_within(text, start, first, width, start),
        None => start..end,
    }
}

/// At most `width` characters from `begin`, ending between words and not before `must_show`.
fn cut_within(
    text: &str,
    begin: usize,
    sentence: &Range<usize>,
    width: usize,
    must_show: usize,
) -> Range<usize> {
    let rest = &text[begin..sentence.end];
    let Some((len, _)) = rest.char_indices().nth(width) else {
        // What is left is short: the window reaches further back instead.
        let missing = width.saturating_sub(rest.chars().count());
        return back(text, sentence.start, begin, missing)..sentence.end;
    };
    let limit = (begin + len).max(must_show.min(sentence.end));
    let end = if text[limit..].starts_with(char::is_whitespace) {
        limit
    } else {
        text[begin..limit]
            .char_indices()
            .rev()
            .take(MAX_WORD_CHARS)
            .find(|(_, c)| c.is_whitespace())
            .map_or_else(|| whole_character(text, limit, begin), |(at, _)| begin + at)
    };
    let end = end.max(must_show.min(sentence.end));
    begin..begin + text[begin..end].trim_end().len()
}

/// At most `count` characters before `from`, where a word begins; not before `floor`.
fn back(text: &str, floor: usize, from: usize, count: usize) -> usize {
    let before = &text[floor..from];
    let Some((at, _)) = before.char_indices().rev().nth(count.saturating_sub(1)) else {
        return floor;
    };
    if count == 0 {
        return from;
    }
    let limit = floor + at;
    if limit == floor || text[..limit].ends_with(char::is_whitespace) {
        return limit;
    }
    let space = text[limit..from]
        .char_indices()
        .take(MAX_WORD_CHARS)
        .find(|(_, c)| c.is_whitespace());
    match space {
        Some((at, c)) => limit + at + c.len_utf8(),
        None if from - limit <= MAX_WORD_CHARS => from,
        None => whole_character(text, limit, floor),
    }
}

/// `at`, or the beginning of the character whose marks and joiners it would cut off.
fn whole_character(text: &str, at: usize, floor: usize) -> usize {
    let joins = |c: char| {
        is_combining_mark(c)
            || matches!(c, '\u{200D}' | '\u{FE00}'..='\u{FE0F}' | '\u{1F3FB}'..='\u{1F3FF}')
    };
    let mut at = at;
    while at > floor {
        let before = text[floor..at].chars().next_back();
        let after = text[at..].chars().next();
        if !after.is_some_and(joins) && before != Some('\u{200D}') {
            break;
        }
        at -= before.map_or(1, char::len_utf8);
    }
    at
}

/// Characters of a range, counted no further than it takes to see that there are more than `enough`.
fn chars(text: &str, range: &Range<usize>, enough: usize) -> usize {
    let bytes = range.end.saturating_sub(range.start);
    // No character has more than four bytes.
    if bytes <= enough || bytes > enough.saturating_mul(4) {
        return bytes;
    }
    text.get(range.clone()).map_or(bytes, |s| s.chars().count())
}
