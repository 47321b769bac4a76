//! Colour, links and lines that fit the window.

use super::neutral::neutral_char;
use crate::analyze::floor_boundary;
use icu_segmenter::LineSegmenter;
use icu_segmenter::options::LineBreakOptions;
use std::borrow::Cow;
use std::fmt::Write;
use std::ops::Range;
use unicode_width::UnicodeWidthChar;

/// How text for people looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether to colour; without it marks stand between asterisks.
    pub color: bool,
    /// Whether the terminal is sent OSC 8 hyperlinks.
    pub links: bool,
    /// Columns to fill.
    pub width: usize,
}

impl Default for Style {
    /// Plain, 80 columns.
    fn default() -> Self {
        Self {
            color: false,
            links: false,
            width: 80,
        }
    }
}

/// SGR parameters of each part.
pub(super) mod sgr {
    pub const TITLE: &str = "1";
    pub const DIM: &str = "2";
    pub const MARK: &str = "1;31";
    pub const NUMBER: &str = "2";
    pub const SOURCE: &str = "36";
    pub const DATE: &str = "32";
    pub const HEADING: &str = "1";
    pub const PERSON: &str = "36";
    pub const ORG: &str = "33";
    pub const PLACE: &str = "32";
    pub const MENTIONED: &str = "4";
}

impl Style {
    /// `text` as `code` colours it; neutralised either way.
    pub fn ink(&self, code: &str, text: &str) -> String {
        let text = flat(text);
        if self.color && !text.is_empty() && !code.is_empty() {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text
        }
    }

    /// `shown`, linked to `target` where the terminal knows links and the scheme is harmless.
    pub fn link(&self, target: &str, shown: &str) -> String {
        let harmless = ["http://", "https://", "file://"];
        if !self.links || !harmless.iter().any(|scheme| target.starts_with(scheme)) {
            return shown.to_owned();
        }
        let mut out = String::from("\x1b]8;;");
        for byte in target.bytes() {
            // The target may hold printable ASCII only.
            if byte.is_ascii_graphic() {
                out.push(char::from(byte));
            } else {
                let _ = write!(out, "%{byte:02X}");
            }
        }
        let _ = write!(out, "\x1b\\{shown}\x1b]8;;\x1b\\");
        out
    }
}

/// Text for one line of a terminal: neutralised, a run of line breaks one space.
fn flat(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut after_break = false;
    for c in text.chars() {
        let is_break = matches!(c, '\n' | '\r');
        if !(is_break && after_break) {
            out.extend(neutral_char(c));
        }
        after_break = is_break;
    }
    out
}

/// Columns that a string takes: two for a wide character, none for a combining one.
pub fn columns(text: &str) -> usize {
    text.chars()
        .filter_map(neutral_char)
        .map(char_columns)
        .sum()
}

/// `text`, of which at most `most` columns are left; three dots stand for what is cut off.
pub fn cut(text: &str, most: usize) -> Cow<'_, str> {
    if columns(text) <= most {
        return Cow::Borrowed(text);
    }
    let mut used = 1;
    let end = text.char_indices().find(|&(_, c)| {
        used += neutral_char(c).map_or(0, char_columns);
        used > most
    });
    let kept = &text[..end.map_or(text.len(), |(at, _)| at)];
    Cow::Owned(format!("{}…", kept.trim_end()))
}

fn char_columns(c: char) -> usize {
    c.width().unwrap_or(1)
}

/// Cuts `text` into lines of at most `width` columns, the first of at most `first`.
///
/// Lines break where Unicode allows (UAX 14, with dictionaries for Thai, Lao, Khmer and Burmese); white space
/// at a break belongs to neither line. What cannot be broken, such as an address, stands out over
/// the edge, whole. Line feeds are white space.
pub fn wrap(text: &str, first: usize, width: usize) -> Vec<Range<usize>> {
    let segmenter = LineSegmenter::new_auto(LineBreakOptions::default());
    let mut lines = Vec::new();
    let mut start = 0;
    let mut end = 0;
    let mut used = 0;
    let mut last_break = 0;
    for at in segmenter.segment_str(text) {
        if at == last_break || is_in_address(text, at) {
            continue;
        }
        let piece = &text[last_break..at];
        let bare = piece.trim_end();
        let room = if lines.is_empty() { first } else { width };
        let bare_columns = columns(bare);
        if used > 0 && used + bare_columns > room {
            lines.push(start..end);
            start = last_break;
            used = 0;
        }
        if used == 0 {
            // White space that opens a line is not shown.
            start += text[start..at].len() - text[start..at].trim_start().len();
        }
        if start < at {
            used += columns(&text[start.max(last_break)..at]);
            if !bare.is_empty() {
                end = last_break + bare.len();
            }
        }
        last_break = at;
    }
    if start < end {
        lines.push(start..end);
    }
    lines
}

/// Longest address that is kept whole, in bytes.
const MAX_ADDRESS_BYTES: usize = 2048;

/// Whether a break at `at` would cut an address or a path, which could then not be copied.
fn is_in_address(text: &str, at: usize) -> bool {
    let near = floor_boundary(text, at.saturating_sub(MAX_ADDRESS_BYTES));
    let far = floor_boundary(text, at.saturating_add(MAX_ADDRESS_BYTES));
    let before = text[near..at]
        .rsplit(char::is_whitespace)
        .next()
        .unwrap_or("");
    let after = text[at..far]
        .split(char::is_whitespace)
        .next()
        .unwrap_or("");
    let is_within = !before.is_empty() && !after.is_empty();
    is_within && before.is_ascii() && (before.contains('/') || after.starts_with('/'))
}

/// One line of `text`, with what `marks` cover marked.
///
/// `marks` are byte ranges of `text`, sorted, without overlaps; those that only white space parts are one.
pub fn paint(text: &str, line: Range<usize>, marks: &[[u32; 2]], style: &Style) -> String {
    let spans: Vec<(Range<usize>, &str)> = joined(
        text,
        marks.iter().map(|[from, to]| *from as usize..*to as usize),
    )
    .into_iter()
    .map(|range| (range, sgr::MARK))
    .collect();
    paint_spans(text, line, &spans, style)
}

/// One line of `text` with coloured spans, sorted and without overlaps; [`sgr::MARK`] shows without colour too.
pub(super) fn paint_spans(
    text: &str,
    line: Range<usize>,
    spans: &[(Range<usize>, &str)],
    style: &Style,
) -> String {
    let mut out = String::with_capacity(line.len() + 16);
    let mut at = line.start;
    for (range, code) in spans {
        let (from, to) = (range.start.max(at), range.end.min(line.end));
        if from >= to || !text.is_char_boundary(from) || !text.is_char_boundary(to) {
            continue;
        }
        out.push_str(&flat(&text[at..from]));
        let inked = style.ink(code, &text[from..to]);
        if !style.color && *code == sgr::MARK {
            let _ = write!(out, "*{inked}*");
        } else {
            out.push_str(&inked);
        }
        at = to;
    }
    out.push_str(&flat(&text[at..line.end]));
    out
}

/// Marks as ranges; neighbours with nothing but white space between them become one.
pub(super) fn joined(
    text: &str,
    marks: impl IntoIterator<Item = Range<usize>>,
) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    for Range {
        start: from,
        end: to,
    } in marks
    {
        if from >= to || to > text.len() {
            continue;
        }
        match out.last_mut() {
            Some(last)
                if text
                    .get(last.end..from)
                    .is_some_and(|gap| gap.trim().is_empty()) =>
            {
                last.end = last.end.max(to);
            }
            _ => out.push(from..to),
        }
    }
    out
}
