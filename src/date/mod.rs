//! Date expressions: found in text, resolved against a reference day, turned into day intervals.
//!
//! The way of a text: `lexer` makes tokens of it with a language's `words` (one `lexicon` a
//! language), `finder` walks over them and tries the `rules`, whose finds are `value`s; ranges are
//! laid over neighbours at the end. Languages without spaces go through `unspaced` instead.
//! [`query`](parse_query_date) reads what readers ask, [`date_line`] the head of an article, and
//! [`mod@cover`] makes overlap of days a matter of exact terms.
//!
//! Values and spans follow TIMEX3 (TimeML 1.2.1; TempEval-3 where it is silent): prepositions are
//! outside, articles inside, "early 2024" has the value of 2024. Seasons are the northern,
//! meteorological ones; a winter is named after its December.

mod calendar;
pub mod cover;
mod finder;
mod holidays;
mod lexer;
mod lexicon;
mod line;
mod query;
mod rules;
mod token;
mod unspaced;
mod value;
mod words;

pub use cover::{ancestors, cover, pack, query_terms, unpack};
pub use line::date_line;
pub use query::{QueryDate, find_in_query, parse_query_date};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A non-empty run of days, half-open inside and inclusive where people see it.
///
/// Days count from 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "Days")]
pub struct Interval {
    start: i32,
    end: i32,
}

/// An interval as it is read, which may be none.
#[derive(Deserialize)]
struct Days {
    start: i32,
    end: i32,
}

impl TryFrom<Days> for Interval {
    type Error = &'static str;

    fn try_from(days: Days) -> Result<Self, Self::Error> {
        Self::from_days(days.start, days.end).ok_or("an interval without a day")
    }
}

impl Interval {
    /// From `first` to `last`, both included; `None` if `last` is before `first`.
    pub fn new(first: Date, last: Date) -> Option<Self> {
        Self::from_days(day_number(first), day_number(last) + 1)
    }

    /// Half-open day numbers; `None` if empty.
    pub fn from_days(start: i32, end: i32) -> Option<Self> {
        (start < end).then_some(Self { start, end })
    }

    /// First day, as a number of days from 1970-01-01.
    pub fn start(&self) -> i32 {
        self.start
    }

    /// The day after the last, as a number of days from 1970-01-01.
    pub fn end(&self) -> i32 {
        self.end
    }

    /// First day.
    pub fn first(&self) -> Date {
        date_of(self.start)
    }

    /// Last day, included.
    pub fn last(&self) -> Date {
        date_of(self.end - 1)
    }

    /// Number of days, at least 1.
    pub fn len_days(&self) -> u32 {
        self.end.abs_diff(self.start)
    }

    /// Whether the two share a day.
    pub fn overlaps(&self, other: &Interval) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// Days from 1970-01-01 to `date`.
pub fn day_number(date: Date) -> i32 {
    calendar::days(
        i32::from(date.year()),
        date.month() as u32,
        date.day() as u32,
    )
}

/// The date `days` after 1970-01-01, clamped to the calendar's bounds.
pub fn date_of(days: i32) -> Date {
    let days = days.clamp(calendar::days(-9999, 1, 1), calendar::LAST_DAY);
    let (year, month, day) = calendar::civil(days);
    Date::new(year as i16, month as i8, day as i8).unwrap_or(Date::MAX)
}

/// The kinds of expression that TIMEX3 knows, and ranges beside them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DateKind {
    Date,
    Time,
    Duration,
    Set,
    Range,
}

/// One expression found in a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DateMention {
    /// Byte range in the text, on character boundaries.
    pub start: u32,
    pub end: u32,
    pub kind: DateKind,
    /// TIMEX3 value; `None` for a range.
    pub value: Option<String>,
    /// The days meant; `None` for durations and sets.
    pub interval: Option<Interval>,
}

/// Finds date expressions in `text`, in order of appearance, longest first at one start.
///
/// Relative expressions ("last Tuesday") are anchored to `reference`, normally the
/// day of publication; without one they are skipped, never guessed. Only a range may
/// contain other mentions. Weeks start on Monday (ISO 8601). `lang` is an ISO 639 code,
/// possibly with a region: English, German, French and Spanish are complete, Japanese, Chinese,
/// Thai, Italian, Portuguese, Dutch, Polish and Esperanto have smaller tables, and others give
/// no mentions. Spans are byte ranges on character boundaries. Any text is accepted; the time
/// grows with its length alone, and what lies beyond 4 GiB is not read.
///
/// ```
/// use dateline::date::find;
/// use jiff::civil::date;
///
/// let text = "Ministers met last Tuesday; the ban took effect on 1 March 2023.";
/// let found = find(text, "en", Some(date(2024, 7, 14)));
/// assert_eq!(found[0].value.as_deref(), Some("2024-07-09"));
/// assert_eq!(found[1].interval.unwrap().first(), date(2023, 3, 1));
/// ```
pub fn find(text: &str, lang: &str, reference: Option<Date>) -> Vec<DateMention> {
    let mut mentions = Vec::new();
    DateFinder::default().find_into(text, lang, reference, &mut mentions);
    mentions
}

/// What a language is read with.
enum Source {
    Words(&'static lexicon::Lexicon),
    Unspaced(unspaced::Script),
}

/// [`find`] with its buffers kept between texts.
#[derive(Default)]
pub struct DateFinder {
    buffers: finder::Buffers,
    mentions: Vec<DateMention>,
}

impl DateFinder {
    /// Replaces `mentions` with those of `text`; otherwise as [`find`].
    pub fn find_into(
        &mut self,
        text: &str,
        lang: &str,
        reference: Option<Date>,
        mentions: &mut Vec<DateMention>,
    ) {
        mentions.clear();
        let source = match (unspaced::Script::of(lang), lexicon::Lexicon::of(lang)) {
            (Some(script), _) => Source::Unspaced(script),
            (None, Some(lexicon)) => Source::Words(lexicon),
            (None, None) => return,
        };
        // Spans are 32-bit: a text beyond 4 GiB is read up to there.
        let mut end = text.len().min(u32::MAX as usize);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let text = &text[..end];
        if let Some(day) = reference {
            self.read(text, &source, day, mentions);
            return;
        }
        // What does not depend on the reference day means the same from two distant days.
        const DISTANT: [Date; 2] = [Date::constant(1913, 2, 5), Date::constant(2091, 9, 20)];
        self.read(text, &source, DISTANT[0], mentions);
        if mentions.is_empty() {
            return;
        }
        let mut others = std::mem::take(&mut self.mentions);
        self.read(text, &source, DISTANT[1], &mut others);
        // Both are sorted, so one pass tells which stand in both.
        let mut rest = &others[..];
        mentions.retain(|m| {
            let key = |m: &DateMention| (m.start, std::cmp::Reverse(m.end));
            let before = rest.iter().take_while(|o| key(o) < key(m)).count();
            rest = &rest[before..];
            rest.iter().take_while(|o| key(o) == key(m)).any(|o| o == m)
        });
        self.mentions = others;
    }

    fn read(&mut self, text: &str, source: &Source, today: Date, mentions: &mut Vec<DateMention>) {
        mentions.clear();
        match source {
            Source::Unspaced(script) => script.scan(text, day_number(today), mentions),
            Source::Words(lexicon) => {
                self.buffers
                    .scan(text, lexicon, day_number(today), finder::Mode::Prose);
                self.collect(mentions);
            }
        }
    }

    /// The matches of the last scan and the ranges over them, as mentions.
    fn collect(&self, mentions: &mut Vec<DateMention>) {
        let tokens = &self.buffers.tokens;
        let matches = &self.buffers.matches;
        for (i, found) in matches.iter().enumerate() {
            if let Some(next) = matches.get(i + 1)
                && let Some(range) = rules::range::range(tokens, found, next)
                && let Some(interval) = Interval::from_days(range.days.0, range.days.1 + 1)
            {
                mentions.push(DateMention {
                    start: tokens[range.first].start,
                    end: tokens[range.end - 1].end,
                    kind: DateKind::Range,
                    value: None,
                    interval: Some(interval),
                });
            }
            mentions.push(DateMention {
                start: tokens[found.first].start,
                end: tokens[found.end - 1].end,
                kind: found.value.kind(),
                value: Some(value::timex(&found.value)),
                interval: found.value.interval(),
            });
        }
    }
}
