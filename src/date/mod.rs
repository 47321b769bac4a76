//! Date expressions: found in text, resolved against a reference day, turned into day intervals.

mod calendar;
pub mod cover;
mod line;

pub use line::date_line;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A non-empty run of days, half-open inside and inclusive where people see it.
///
/// Days count from 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Interval {
    start: i32,
    end: i32,
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
/// contain other mentions. Weeks start on Monday (ISO 8601). `lang` is an ISO 639 code;
/// languages without a table give no mentions.
pub fn find(text: &str, lang: &str, reference: Option<Date>) -> Vec<DateMention> {
    let _ = (text, lang, reference);
    Vec::new()
}

/// Parses the value of a date flag or field (`2024`, `2024-07`, `2024-07-14`, `2024-W28`, `2024-Q3`,
/// `2024-03..2024-06`, `..2020`, `2021..`, "last month", "since 2019"), past-biased from `now`.
///
/// The bounds are inclusive days; `None` is open. Errors say what was expected.
pub fn parse_query_date(text: &str, now: Date) -> Result<(Option<Date>, Option<Date>), String> {
    let _ = now;
    Err(format!("{text}: not a date"))
}

/// Packs an interval into the fast field `about`.
pub fn pack(interval: Interval) -> u64 {
    let bias = |day: i32| u64::from(day.wrapping_sub(i32::MIN).cast_unsigned());
    (bias(interval.start) << 32) | bias(interval.end - 1)
}

/// Appends the minimal calendar cover of `interval` to `out`.
pub fn cover(interval: Interval, out: &mut Vec<u64>) {
    let _ = (interval, out);
}

/// The proper ancestors of a cover's members, sorted, each once.
pub fn ancestors(cover: &[u64]) -> Vec<u64> {
    let _ = cover;
    Vec::new()
}
