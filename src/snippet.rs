//! Windows of a passage and the marks in them.
//!
//! A [`Matcher`] is made of the query alone, without an index: it knows the stems of every word, the
//! automata of prefixes and patterns, the spelling of `=Exact`, and which words must stand together.
//! Only the text that is shown is analysed, by the tokenizer that indexed it, so that what is marked is
//! what matched. What a NOT or `-` excludes is never marked, `title:x` is marked in titles only, and a
//! phrase only where all of it stands.

mod marker;
mod matcher;
mod near;
mod scan;
mod window;

pub use marker::Marker;
pub use matcher::Matcher;

use crate::analyze::{self, Analyzer, Lang};
use crate::query::Field;
use scan::Mark;
use std::ops::Range;

/// A window of a passage.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Snippet {
    pub text: String,
    /// Byte offset of `text` in the passage.
    pub start: u32,
    /// Byte ranges within `text`, sorted, never overlapping, on character boundaries.
    pub marks: Vec<[u32; 2]>,
}

/// How many windows, and how wide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Windows at most.
    pub max: usize,
    /// Characters of a window at most; a window is never cut within a word unless the word is longer.
    pub width: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { max: 1, width: 200 }
    }
}

/// The best windows of a passage, in the order of the text.
///
/// Windows begin and end with sentences; a sentence wider than `options.width` is cut between words,
/// without any sign of it: `text` is exactly what stands at `start`. Windows are chosen for the parts
/// of the query that they show together, then for how often, then for coming early. Where nothing is
/// marked, the one window is the beginning. Empty for a text without a sentence, or `max` 0.
///
/// `fields` says what the text is: `[Field::Text]`, or `[Field::Text, Field::Lead]` for an article's
/// first passage. `extra` are further ranges to mark, such as the entities that a filter asked for;
/// those outside the text or within a character are left out.
pub fn snippets(
    text: &str,
    lang: Lang,
    fields: &[Field],
    matcher: &Matcher,
    extra: &[Range<usize>],
    options: Options,
    analyzer: &mut Analyzer,
) -> Vec<Snippet> {
    if options.max == 0 || options.width == 0 {
        return Vec::new();
    }
    let sentences = analyze::sentences(text);
    let marks = matcher.scan(text, lang, fields, extra, Some(&sentences), analyzer);
    window::choose(text, &sentences, &marks, matcher, options)
        .into_iter()
        .map(|window| cut_out(text, window, &marks))
        .collect()
}

/// Where a whole text is marked: byte ranges, sorted, never overlapping, on character boundaries.
///
/// For titles `fields` is `[Field::Title]`, for headings `[Field::Heading]`.
pub fn marks(
    text: &str,
    lang: Lang,
    fields: &[Field],
    matcher: &Matcher,
    extra: &[Range<usize>],
    analyzer: &mut Analyzer,
) -> Vec<Range<usize>> {
    let marks = matcher.scan(text, lang, fields, extra, None, analyzer);
    scan::union(&marks)
}

fn cut_out(text: &str, window: Range<usize>, marks: &[Mark]) -> Snippet {
    let from = marks.partition_point(|m| (m.start as usize) < window.start);
    let inside: Vec<Mark> = marks[from..]
        .iter()
        .take_while(|m| (m.start as usize) < window.end)
        .filter(|m| m.end as usize <= window.end)
        .copied()
        .collect();
    let offset = |at: usize| u32::try_from(at.saturating_sub(window.start)).unwrap_or(u32::MAX);
    Snippet {
        text: text.get(window.clone()).unwrap_or_default().to_owned(),
        start: u32::try_from(window.start).unwrap_or(u32::MAX),
        marks: scan::union(&inside)
            .into_iter()
            .map(|r| [offset(r.start), offset(r.end)])
            .collect(),
    }
}

#[cfg(test)]
mod tests;
