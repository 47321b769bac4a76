//! Text → marks.

use super::matcher::{Matcher, Sequence, Shape};
use super::near;
use crate::analyze::{self, Analyzer, Lang, Tokens};
use crate::query::Field;
use std::ops::Range;
use unicode_normalization::char::is_combining_mark;

/// A marked range and the part of the query that it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mark {
    pub start: u32,
    pub end: u32,
    /// Number of the part; [`EXTRA`] for ranges that the caller gave.
    pub part: u32,
    /// Word positions of its first and last token.
    first: u32,
    last: u32,
}

/// The part of ranges that the caller gave.
pub(super) const EXTRA: u32 = u32::MAX;

/// A place where a shape stands: positions of its first and last token, and what is marked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub first: u32,
    pub last: u32,
    pub ranges: Vec<(u32, u32)>,
}

/// Where tokens pass tests that sequences need.
#[derive(Default)]
struct Places {
    /// Test, position, byte range; sorted.
    list: Vec<(u32, u32, u32, u32)>,
}

impl Places {
    fn of(&self, test: u32) -> &[(u32, u32, u32, u32)] {
        let from = self.list.partition_point(|p| p.0 < test);
        let len = self.list[from..].partition_point(|p| p.0 == test);
        &self.list[from..from + len]
    }
}

impl Matcher {
    /// The marks of `text`, sorted by start; they may overlap.
    pub(super) fn scan(
        &self,
        text: &str,
        lang: Lang,
        fields: &[Field],
        extra: &[Range<usize>],
        sentences: Option<&[Range<usize>]>,
        analyzer: &mut Analyzer,
    ) -> Vec<Mark> {
        let mut marks = Vec::new();
        if !self.is_empty() {
            let mut tokens = Tokens::default();
            analyzer.tokenize(text, lang, &mut tokens);
            let places = self.tokens(text, &tokens, fields, &mut marks);
            self.placed(text, fields, &places, sentences, &mut marks);
            marks.sort_unstable();
            self.drop_lone_stop_words(&mut marks);
        }
        for range in extra {
            if range.start < range.end && text.get(range.clone()).is_some() {
                marks.push(Mark {
                    start: u32::try_from(range.start).unwrap_or(u32::MAX),
                    end: u32::try_from(range.end).unwrap_or(u32::MAX),
                    part: EXTRA,
                    first: 0,
                    last: 0,
                });
            }
        }
        if !extra.is_empty() {
            marks.sort_unstable();
        }
        marks
    }

    fn is_active(&self, part: u32, fields: &[Field]) -> bool {
        self.parts[part as usize]
            .field
            .is_none_or(|field| fields.contains(&field))
    }

    /// Tests every token once.
    fn tokens(
        &self,
        text: &str,
        tokens: &Tokens,
        fields: &[Field],
        marks: &mut Vec<Mark>,
    ) -> Places {
        let mut places = Places::default();
        for token in &tokens.list {
            let mut passes = |test: u32| {
                let tested = &self.tests[test as usize];
                let end = if tested.is_first_character {
                    first_character(text, token.start, token.end)
                } else {
                    token.end
                };
                if tested.is_placed {
                    let place = (test, token.position, token.start, end);
                    places.list.push(place);
                }
                for &part in &tested.direct {
                    if self.is_active(part, fields) {
                        marks.push(Mark {
                            start: token.start,
                            end,
                            part,
                            first: token.position,
                            last: token.position,
                        });
                    }
                }
            };
            if let Some(passed) = self.by_stem.get(tokens.stem(token)) {
                passed.iter().for_each(|&test| passes(test));
            }
            if !self.by_surface.is_empty()
                && let Some(spellings) = self.by_surface.get(tokens.surface(token))
            {
                let spelled = text.get(token.start as usize..token.end as usize);
                for (spelling, test) in spellings {
                    if spelled == Some(&**spelling) {
                        passes(*test);
                    }
                }
            }
            for (pattern, test) in &self.patterns {
                if pattern.matches(tokens.surface(token)) {
                    passes(*test);
                }
            }
        }
        places.list.sort_unstable();
        places
    }

    /// Adds the marks of what has to stand together.
    fn placed(
        &self,
        text: &str,
        fields: &[Field],
        places: &Places,
        sentences: Option<&[Range<usize>]>,
        marks: &mut Vec<Mark>,
    ) {
        if places.list.is_empty() {
            return;
        }
        let mut own_sentences = None;
        for (number, part) in self.parts.iter().enumerate() {
            let number = number as u32;
            if matches!(part.shape, Shape::Token) || !self.is_active(number, fields) {
                continue;
            }
            let sentences = match sentences {
                Some(sentences) => sentences,
                None if needs_sentences(&part.shape) => {
                    own_sentences.get_or_insert_with(|| analyze::sentences(text))
                }
                None => &[],
            };
            for found in find(&part.shape, places, sentences) {
                marks.extend(found.ranges.iter().map(|&(start, end)| Mark {
                    start,
                    end,
                    part: number,
                    first: found.first,
                    last: found.last,
                }));
            }
        }
    }

    /// A stop word is marked only between two other marks, as in `Bank of England`, unless the query
    /// holds nothing else.
    fn drop_lone_stop_words(&self, marks: &mut Vec<Mark>) {
        if !self.has_content || !self.parts.iter().any(|p| p.is_stop_word) {
            return;
        }
        let is_stop = |m: &Mark| self.parts[m.part as usize].is_stop_word;
        let mut kept = Vec::with_capacity(marks.len());
        // The position after the last mark that stays, and the stop words that follow it at once.
        let mut next = None;
        let mut held: Vec<Mark> = Vec::new();
        for &mark in marks.iter() {
            let expected = held.last().map_or(next, |m: &Mark| Some(m.last + 1));
            let follows =
                expected == Some(mark.first) || held.last().is_some_and(|m| m.first == mark.first);
            if is_stop(&mark) {
                if follows {
                    held.push(mark);
                } else {
                    held.clear();
                    next = None;
                }
                continue;
            }
            if follows {
                kept.append(&mut held);
            }
            held.clear();
            kept.push(mark);
            next = Some(mark.last + 1);
        }
        *marks = kept;
    }
}

/// Where the first character of a token ends, its marks included.
fn first_character(text: &str, start: u32, end: u32) -> u32 {
    let token = text.get(start as usize..end as usize).unwrap_or("");
    token
        .char_indices()
        .skip(1)
        .find(|&(_, c)| !is_combining_mark(c))
        .map_or(end, |(at, _)| start + at as u32)
}

fn needs_sentences(shape: &Shape) -> bool {
    match shape {
        Shape::Sentence(_) => true,
        Shape::Any(shapes) => shapes.iter().any(needs_sentences),
        _ => false,
    }
}

/// Where a shape stands, by first position.
fn find(shape: &Shape, places: &Places, sentences: &[Range<usize>]) -> Vec<Found> {
    match shape {
        Shape::Token => Vec::new(),
        Shape::Sequences(sequences) => {
            let mut found = Vec::new();
            for sequence in sequences {
                find_sequence(sequence, places, &mut found);
            }
            if sequences.len() > 1 {
                found.sort_by_key(|f| (f.first, f.last));
            }
            found
        }
        Shape::Any(shapes) => {
            let mut found: Vec<Found> = shapes
                .iter()
                .flat_map(|s| find(s, places, sentences))
                .collect();
            found.sort_by_key(|f| (f.first, f.last));
            found
        }
        Shape::Near {
            operands,
            distance,
            ordered,
        } => {
            let mut lists = Vec::with_capacity(operands.len());
            for operand in operands {
                let list = find(operand, places, sentences);
                if list.is_empty() {
                    return Vec::new();
                }
                lists.push(list);
            }
            near::find(lists, *distance, *ordered)
        }
        Shape::Sentence(operands) => {
            let lists: Vec<Vec<Found>> = operands
                .iter()
                .map(|o| find(o, places, sentences))
                .collect();
            find_in_sentences(&lists, sentences)
        }
    }
}

fn find_sequence(sequence: &Sequence, places: &Places, found: &mut Vec<Found>) {
    let Some((&(base, first_test), rest)) = sequence.tests.split_first() else {
        return;
    };
    let lists: Vec<_> = rest
        .iter()
        .map(|&(offset, test)| (offset, places.of(test)))
        .collect();
    if lists.iter().any(|(_, list)| list.is_empty()) {
        return;
    }
    'starts: for &(_, first, start, end) in places.of(first_test) {
        let mut ranges = vec![(start, end)];
        let (mut position, mut offset, mut slack) = (first, base, sequence.slop);
        for &(next_offset, list) in &lists {
            let expected = position + (next_offset - offset);
            let at = list.partition_point(|p| p.1 < expected);
            let Some(&(_, here, start, end)) = list.get(at) else {
                continue 'starts;
            };
            let Some(left) = slack.checked_sub(here - expected) else {
                continue 'starts;
            };
            slack = left;
            (position, offset) = (here, next_offset);
            ranges.push((start, end));
        }
        if slack == sequence.slop {
            // Nothing but the phrase stands there: one mark.
            let end = ranges.iter().map(|r| r.1).max().unwrap_or(end);
            ranges = vec![(start, end)];
        }
        found.push(Found {
            first,
            last: position,
            ranges,
        });
    }
}

fn merged(members: &[&Found]) -> Found {
    Found {
        first: members.iter().map(|f| f.first).min().unwrap_or(0),
        last: members.iter().map(|f| f.last).max().unwrap_or(0),
        ranges: members
            .iter()
            .flat_map(|f| f.ranges.iter().copied())
            .collect(),
    }
}

/// The places of all operands in sentences that hold every operand.
fn find_in_sentences(lists: &[Vec<Found>], sentences: &[Range<usize>]) -> Vec<Found> {
    let mut found = Vec::new();
    let start = |f: &Found| f.ranges.first().map_or(0, |r| r.0 as usize);
    for sentence in sentences {
        let mut members = Vec::new();
        let holds_all = lists.iter().all(|list| {
            let from = list.partition_point(|f| start(f) < sentence.start);
            let before = members.len();
            members.extend(list[from..].iter().take_while(|f| start(f) < sentence.end));
            members.len() > before
        });
        if holds_all && !members.is_empty() {
            found.push(merged(&members));
        }
    }
    found
}

/// Overlapping marks as one range each, in order.
pub(super) fn union(marks: &[Mark]) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::with_capacity(marks.len());
    for mark in marks {
        let (start, end) = (mark.start as usize, mark.end as usize);
        match ranges.last_mut() {
            Some(last) if start < last.end => last.end = last.end.max(end),
            _ => ranges.push(start..end),
        }
    }
    ranges
}
