//! Times as inputs write them → [`Published`], no more precise than written.

use crate::article::{Precision, Provenance, Published};
use jiff::{
    Timestamp,
    civil::{Date, DateTime, Time},
    tz::Offset,
};

/// Reads a time that stands alone in a field: ISO 8601 / RFC 3339 in its many dialects, RFC 2822,
/// `20240714T093000Z`, partial dates, English forms, Unix seconds to nanoseconds.
///
/// Zone and precision stay as written. Two-part numeric dates that could be either way round
/// (`03/04/2024`) are as precise as is certain: a year, unless `lang` (an ISO 639 code) is one
/// that writes the day first. The error says whether it is no date or an impossible one.
pub fn parse(text: &str, lang: Option<&str>, from: Provenance) -> Result<Published, String> {
    let text = text.trim();
    if text.len() > 100 {
        return Err("not a date: too long".into());
    }
    let fields = match digits_only(text) {
        true => compact(text)?,
        false => {
            let mut fields = Fields::default();
            fields.scan(text, lang)?;
            fields
        }
    };
    fields
        .publish(from)
        .map_err(|reason| format!("{reason}: {text:?}"))
}

/// Unix time in seconds, milliseconds, microseconds or nanoseconds, told apart by size.
///
/// Zero and negative numbers stand for "unknown" far more often than for 1970.
pub fn from_unix(number: i64, from: Provenance) -> Result<Published, String> {
    let seconds = match number {
        100_000_000..=99_999_999_999 => number,
        100_000_000_000..=99_999_999_999_999 => number / 1_000,
        100_000_000_000_000..=99_999_999_999_999_999 => number / 1_000_000,
        100_000_000_000_000_000.. => number / 1_000_000_000,
        _ => return Err(format!("not a date: {number}")),
    };
    let at = Timestamp::from_second(seconds).map_err(|e| e.to_string())?;
    Ok(Published {
        at: Offset::UTC.to_datetime(at),
        precision: Precision::Second,
        offset_seconds: Some(0),
        from,
    })
}

fn digits_only(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// `2024`, `202407`, `20240714`, `20240714093000`, else Unix time.
fn compact(text: &str) -> Result<Fields, String> {
    let number =
        |range: std::ops::Range<usize>| text.get(range).and_then(|t| t.parse::<i64>().ok());
    let mut fields = Fields {
        year: number(0..4),
        month: number(4..6),
        day: number(6..8),
        ..Fields::default()
    };
    match text.len() {
        4 | 6 | 8 => {}
        14 => {
            fields.time = Some((
                number(8..10).unwrap_or(99),
                number(10..12).unwrap_or(99),
                number(12..14).unwrap_or(99),
            ))
        }
        9..=19 => {
            let number = text.parse().map_err(|_| format!("not a date: {text}"))?;
            let published = from_unix(number, Provenance::Field)?;
            return Ok(Fields::from_published(&published));
        }
        _ => return Err(format!("not a date: {text}")),
    }
    // 6 digits are a month only if they can be one: 201913 and 123456 are just numbers.
    if text.len() == 6 && !(1..=12).contains(&fields.month.unwrap_or(0)) {
        return Err(format!("not a date: {text}"));
    }
    Ok(fields)
}

/// The parts that a text gave so far.
#[derive(Clone, Debug, Default)]
struct Fields {
    year: Option<i64>,
    month: Option<i64>,
    day: Option<i64>,
    time: Option<(i64, i64, i64)>,
    afternoon: Option<bool>,
    offset_seconds: Option<i32>,
    weekday: bool,
}

impl Fields {
    fn from_published(published: &Published) -> Self {
        let at = published.at;
        Self {
            year: Some(at.year().into()),
            month: Some(at.month().into()),
            day: Some(at.day().into()),
            time: Some((at.hour().into(), at.minute().into(), at.second().into())),
            offset_seconds: published.offset_seconds,
            ..Self::default()
        }
    }

    fn scan(&mut self, text: &str, lang: Option<&str>) -> Result<(), String> {
        let no_date = || format!("not a date: {text:?}");
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let taken = if c.is_ascii_digit() {
                self.scan_number(rest, lang)
            } else if c.is_ascii_alphabetic() {
                self.scan_word(rest)
            } else if matches!(c, '+' | '-' | '\u{2212}' | '(') && self.time.is_some() {
                self.scan_offset(rest)
            } else if c.is_whitespace()
                || matches!(
                    c,
                    ',' | '.' | '|' | '·' | ';' | ')' | '-' | '/' | '\u{2013}'
                )
            {
                Some(c.len_utf8())
            } else {
                None
            };
            rest = taken.and_then(|n| rest.get(n..)).ok_or_else(no_date)?;
        }
        if self.year.is_none() {
            Err(no_date())
        } else {
            Ok(())
        }
    }

    /// Numbers and what is written as one unit with them; returns the bytes taken.
    fn scan_number(&mut self, rest: &str, lang: Option<&str>) -> Option<usize> {
        let digits = |t: &str| t.bytes().take_while(u8::is_ascii_digit).count();
        let width = digits(rest);
        let value: i64 = rest[..width].parse().ok()?;
        let tail = &rest[width..];
        let separator = tail
            .bytes()
            .next()
            .filter(|b| matches!(b, b'-' | b'/' | b'.' | b':'));
        let next_width = if separator.is_some() {
            digits(&tail[1..])
        } else {
            0
        };

        if separator == Some(b':') && width <= 2 && next_width == 2 && self.time.is_none() {
            return self.scan_clock(rest, width);
        }
        if self.year.is_none() && self.month.is_none() {
            match (width, separator) {
                (4, Some(sep)) if next_width > 0 && next_width <= 2 => {
                    self.year = Some(value);
                    let month: i64 = tail[1..1 + next_width].parse().ok()?;
                    self.month = Some(month);
                    let taken = width + 1 + next_width;
                    let tail = &rest[taken..];
                    let day_width = if tail.as_bytes().first() == Some(&sep) {
                        digits(&tail[1..])
                    } else {
                        0
                    };
                    if day_width == 0 {
                        return Some(taken);
                    }
                    if day_width > 2 {
                        return None;
                    }
                    self.day = Some(tail[1..1 + day_width].parse().ok()?);
                    return Some(self.skip_t(rest, taken + 1 + day_width));
                }
                (1 | 2, Some(sep)) if (1..=2).contains(&next_width) => {
                    let second: i64 = tail[1..1 + next_width].parse().ok()?;
                    let taken = width + 1 + next_width;
                    let tail = &rest[taken..];
                    let year_width = if tail.as_bytes().first() == Some(&sep) {
                        digits(&tail[1..])
                    } else {
                        0
                    };
                    if year_width != 4 {
                        return None;
                    }
                    self.year = Some(tail[1..5].parse().ok()?);
                    self.numeric_pair(value, second, sep, lang);
                    return Some(taken + 5);
                }
                (8, _) => {
                    self.year = Some(value / 10_000);
                    self.month = Some(value / 100 % 100);
                    self.day = Some(value % 100);
                    return Some(self.skip_t(rest, width));
                }
                (4, _) => {
                    self.year = Some(value);
                    return Some(width);
                }
                _ => {}
            }
        }
        match width {
            // The time of the basic form: T093000 or T0930.
            4 | 6 if self.day.is_some() && self.year.is_some() && self.time.is_none() => {
                let (hm, s) = if width == 6 {
                    (value / 100, value % 100)
                } else {
                    (value, 0)
                };
                self.time = Some((hm / 100, hm % 100, s));
                Some(width)
            }
            4 if self.year.is_none() => {
                self.year = Some(value);
                Some(width)
            }
            1 | 2 => {
                // `9 am`, and the hour alone of `T09Z`.
                let after = tail
                    .trim_start()
                    .get(..2)
                    .unwrap_or("")
                    .to_ascii_lowercase();
                if self.time.is_none() && self.day.is_some() && (after == "am" || after == "pm") {
                    self.time = Some((value, 0, 0));
                    return Some(width);
                }
                if self.day.is_none() {
                    self.day = Some(value);
                    let suffix = tail.get(..2).unwrap_or("");
                    let ordinal = ["st", "nd", "rd", "th"]
                        .iter()
                        .any(|s| suffix.eq_ignore_ascii_case(s));
                    return Some(width + if ordinal { 2 } else { 0 });
                }
                // RFC 2822 still allows years of two digits.
                if self.year.is_none() && width == 2 && self.month.is_some() {
                    self.year = Some(if value < 50 {
                        2000 + value
                    } else {
                        1900 + value
                    });
                    return Some(width);
                }
                None
            }
            _ => None,
        }
    }

    /// After a whole date, a `T` (or the `t`, `_` of some exports) before a digit belongs to it.
    fn skip_t(&self, rest: &str, taken: usize) -> usize {
        match rest.as_bytes().get(taken..taken + 2) {
            Some([b'T' | b't' | b'_', d]) if d.is_ascii_digit() => taken + 1,
            _ => taken,
        }
    }

    fn numeric_pair(&mut self, first: i64, second: i64, separator: u8, lang: Option<&str>) {
        // Dots mean day.month.year wherever they are used; slashes depend on the country.
        let day_first = separator == b'.' || lang.is_some_and(|l| !l.starts_with("en"));
        match (first, second) {
            (d, m) if d > 12 => (self.day, self.month) = (Some(d), Some(m)),
            (m, d) if d > 12 => (self.day, self.month) = (Some(d), Some(m)),
            (d, m) if day_first || d == m => (self.day, self.month) = (Some(d), Some(m)),
            _ => {}
        }
    }

    /// `HH:MM[:SS[.fff]]`.
    fn scan_clock(&mut self, rest: &str, width: usize) -> Option<usize> {
        let hour: i64 = rest[..width].parse().ok()?;
        let minute: i64 = rest.get(width + 1..width + 3)?.parse().ok()?;
        let mut taken = width + 3;
        let mut second = 0;
        if rest[taken..].starts_with(':') {
            second = rest.get(taken + 1..taken + 3)?.parse().ok()?;
            taken += 3;
            if rest[taken..].starts_with(['.', ',']) {
                let digits = rest[taken + 1..]
                    .bytes()
                    .take_while(u8::is_ascii_digit)
                    .count();
                taken += if digits > 0 { 1 + digits } else { 0 };
            }
        }
        self.time = Some((hour, minute, second));
        Some(taken)
    }

    fn scan_word(&mut self, rest: &str) -> Option<usize> {
        let width = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let word = rest[..width].to_ascii_lowercase();
        let taken = match word.as_str() {
            "am" | "pm" if self.time.is_some() => {
                self.afternoon = Some(word == "pm");
                true
            }
            // a.m., p.m.
            "a" | "p"
                if self.time.is_some() && rest[1..].to_ascii_lowercase().starts_with(".m") =>
            {
                self.afternoon = Some(word == "p");
                return Some(3);
            }
            "at" | "on" | "of" | "the" => true,
            "t" if self.day.is_some() && self.time.is_none() => true,
            _ => {
                if let Some(offset) = zone(&word).filter(|_| self.time.is_some()) {
                    self.offset_seconds.get_or_insert(offset);
                    true
                } else if let Some(month) = month(&word).filter(|_| self.month.is_none()) {
                    self.month = Some(month);
                    true
                } else if is_weekday(&word) && !self.weekday {
                    self.weekday = true;
                    true
                } else {
                    false
                }
            }
        };
        taken.then_some(width)
    }

    /// `+01:00`, `+0100`, `+01`, `-05:30`; a parenthesised zone name after an offset is a comment.
    fn scan_offset(&mut self, rest: &str) -> Option<usize> {
        if rest.starts_with('(') {
            let close = rest.find(')')?;
            return Some(close + 1);
        }
        let sign_width = rest.chars().next()?.len_utf8();
        let sign = if rest.starts_with('+') { 1 } else { -1 };
        let body = &rest[sign_width..];
        let width = body.bytes().take_while(u8::is_ascii_digit).count();
        let number: i32 = body.get(..width)?.parse().ok()?;
        let (hours, minutes, taken) = match width {
            1 | 2 if body[width..].starts_with(':') => {
                let minutes = body.get(width + 1..width + 3)?.parse::<i32>().ok()?;
                (number, minutes, width + 3)
            }
            1 | 2 => (number, 0, width),
            4 => (number / 100, number % 100, width),
            // A dash between a time and something else: "10:30 - 4 January".
            _ => return (sign < 0).then_some(sign_width),
        };
        if hours > 18 || minutes > 59 {
            return None;
        }
        self.offset_seconds = Some(sign * (hours * 3600 + minutes * 60));
        Some(sign_width + taken)
    }

    fn publish(self, from: Provenance) -> Result<Published, String> {
        let year = self.year.ok_or("not a date")?;
        let impossible = || "impossible date".to_owned();
        // Older than print, or a number that merely has four digits.
        if !(1400..=2200).contains(&year) {
            return Err(impossible());
        }
        let small = |n: Option<i64>| n.map_or(Ok(1), i8::try_from).map_err(|_| impossible());
        let (month, day) = (small(self.month)?, small(self.day)?);
        let year = i16::try_from(year).map_err(|_| impossible())?;
        let date = Date::new(year, month, day).map_err(|_| impossible())?;
        let precision = match (self.month, self.day, self.time) {
            (None, Some(_), _) => return Err("not a date".into()),
            (None, None, _) => Precision::Year,
            (Some(_), None, _) => Precision::Month,
            (Some(_), Some(_), None) => Precision::Day,
            (Some(_), Some(_), Some(_)) => Precision::Second,
        };
        let time = match (precision, self.time) {
            (Precision::Second, Some((h, m, s))) => {
                let hour = match (self.afternoon, h) {
                    (Some(true), 1..=11) => h + 12,
                    (Some(false), 12) => 0,
                    _ => h,
                };
                // A leap second has no place of its own; 24:00 is the next day's first minute, which no
                // publisher means: both are the day's last second that exists.
                let (hour, m, s) = if hour == 24 && m == 0 {
                    (23, 59, 59)
                } else {
                    (hour, m, s.min(59 + i64::from(s > 60)))
                };
                let part = |n: i64| i8::try_from(n).map_err(|_| impossible());
                Time::new(part(hour)?, part(m)?, part(s)?, 0).map_err(|_| impossible())?
            }
            _ => Time::midnight(),
        };
        Ok(Published {
            at: DateTime::from_parts(date, time),
            precision,
            offset_seconds: self
                .offset_seconds
                .filter(|_| precision == Precision::Second),
            from,
        })
    }
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// A month's English name or its abbreviation to three letters (`sept` too).
pub(super) fn month(word: &str) -> Option<i64> {
    let word = word.to_ascii_lowercase();
    let at = MONTHS
        .iter()
        .position(|m| *m == word || m[..3] == word || (*m == "september" && word == "sept"))?;
    i64::try_from(at + 1).ok()
}

fn is_weekday(word: &str) -> bool {
    const DAYS: [&str; 7] = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    DAYS.iter()
        .any(|d| *d == word || (word.len() >= 3 && d.starts_with(word)))
}

/// Zone names that mean one offset: those of RFC 2822, and the European ones.
fn zone(word: &str) -> Option<i32> {
    let hours = match word {
        "z" | "ut" | "utc" | "gmt" | "wet" => 0,
        "bst" | "cet" | "west" => 1,
        "cest" | "eet" => 2,
        "eest" | "msk" => 3,
        "jst" | "kst" => 9,
        "edt" => -4,
        "est" | "cdt" => -5,
        "cst" | "mdt" => -6,
        "mst" | "pdt" => -7,
        "pst" => -8,
        _ => return None,
    };
    Some(hours * 3600)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        parse(text, None, Provenance::Field).map_or_else(|e| e, |p| p.to_string())
    }

    #[test]
    fn every_form_keeps_what_was_written() {
        for (input, output) in [
            ("2024", "2024"),
            ("2024-07", "2024-07"),
            ("202407", "2024-07"),
            ("2024-07-14", "2024-07-14"),
            ("2024/7/4", "2024-07-04"),
            ("20240714", "2024-07-14"),
            ("2024-07-14T09:30", "2024-07-14T09:30:00"),
            ("2024-07-14T09:30:15Z", "2024-07-14T09:30:15Z"),
            (
                "2024-07-14T09:30:15.123456+02:00",
                "2024-07-14T09:30:15+02:00",
            ),
            ("2019-01-21 16:07:52+00:00", "2019-01-21T16:07:52Z"),
            ("2019-01-21 16:07:52 UTC", "2019-01-21T16:07:52Z"),
            ("2019-01-21 16:07:52 -0500", "2019-01-21T16:07:52-05:00"),
            ("20240714T093000Z", "2024-07-14T09:30:00Z"),
            ("20240714T093000+0200", "2024-07-14T09:30:00+02:00"),
            ("20240714093000", "2024-07-14T09:30:00"),
            (
                "Mon, 21 Jan 2019 16:07:52 +0530",
                "2019-01-21T16:07:52+05:30",
            ),
            ("21 Jan 19 16:07 EST", "2019-01-21T16:07:00-05:00"),
            (
                "Sun Jul 14 2024 09:30:00 GMT+0200 (CEST)",
                "2024-07-14T09:30:00+02:00",
            ),
            ("Mon Jan 21 16:07:52 +0000 2019", "2019-01-21T16:07:52Z"),
            ("Mon Jan 21 16:07:52 2019", "2019-01-21T16:07:52"),
            ("Friday, January 4, 2019", "2019-01-04"),
            ("Jan. 4th, 2019", "2019-01-04"),
            ("4 January 2019", "2019-01-04"),
            ("January 2019", "2019-01"),
            ("Jan 4, 2019 at 10:30 pm", "2019-01-04T22:30:00"),
            ("Jan 4, 2019, 12:05 a.m. EDT", "2019-01-04T00:05:00-04:00"),
            ("31/12/2019", "2019-12-31"),
            ("12/31/2019", "2019-12-31"),
            ("04.03.2019", "2019-03-04"),
            ("1548086872", "2019-01-21T16:07:52Z"),
            ("1548086872000", "2019-01-21T16:07:52Z"),
        ] {
            assert_eq!(shown(input), output, "{input}");
        }
    }

    #[test]
    fn a_date_that_reads_either_way_is_a_year() {
        assert_eq!(shown("03/04/2024"), "2024");
        let french = parse("03/04/2024", Some("fr"), Provenance::Field).unwrap();
        assert_eq!(french.to_string(), "2024-04-03");
    }

    #[test]
    fn impossible_dates_are_named_so() {
        for text in [
            "2023-02-29",
            "2024-13-01",
            "0000-00-00",
            "9999-12-31",
            "31 April 2024",
            "2024-07-14T25:00:00",
        ] {
            assert!(
                shown(text).starts_with("impossible date"),
                "{text}: {}",
                shown(text)
            );
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "yesterday",
            "0",
            "-1",
            "12",
            "May",
            "n/a",
            "123456",
            "chapter 2024",
            "2024-07-14 or so",
        ] {
            assert!(
                shown(text).starts_with("not a date"),
                "{text}: {}",
                shown(text)
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_survived(text in "[0-9A-Za-z:/.,+() \\-]{0,40}") {
            let _ = parse(&text, None, Provenance::Field);
        }

        #[test]
        fn any_characters_are_survived(text in ".{0,40}") {
            let _ = parse(&text, Some("fr"), Provenance::Field);
        }
    }
}
