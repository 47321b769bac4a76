//! Dates as readers write them in a query: any case, any of four languages, and the past
//! wherever the words leave it open.
//!
//! The rules are those of running text in [`Mode::Query`]; this room adds what only queries
//! have: open ends ("since 2019", "..2020"), ISO forms with exact errors, and rolling spans
//! ("past two years" ends today).

use super::calendar::{LAST_DAY, checked_days, civil, days, days_in_month, week_start};
use super::finder::{Buffers, Match, Mode};
use super::lexicon::{Lexicon, key};
use super::token::*;
use super::value::Value;
use super::{date_of, day_number};
use jiff::civil::Date;
use std::ops::Range;

/// First and last day, either open.
type Bounds = (Option<i32>, Option<i32>);

/// The languages whose words are understood, in order of preference.
const LANGUAGES: [&str; 4] = ["en", "de", "fr", "es"];

/// Longest value that is read; a date is never longer.
const MAX_VALUE_BYTES: usize = 200;

const EXPECTED: &str = "expected 2024, 2024-07, 2024-07-14, 2024-W28, 2024-Q3, 2024-03..2024-06, ..2020, 2021.. or words such as \"last month\", \"since 2019\" or \"between March and June 2024\"";

/// A date or a range of dates inside the words of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryDate {
    /// Byte range in the query, with the word that opens or joins it ("since", "between … and").
    pub span: Range<usize>,
    /// First day, `None` where it is open.
    pub from: Option<Date>,
    /// Last day, included; `None` where it is open.
    pub to: Option<Date>,
    /// Byte ranges of the words that tell nothing but when: numbers, and months beside a number.
    /// Names of seasons and feasts tell more, and so may a month alone.
    pub written: Vec<Range<usize>>,
    /// A since, before or between phrase, which filters; others only boost.
    pub explicit: bool,
}

/// Parses the value of a date flag or field, past-biased from `now`.
///
/// ISO forms (`2024`, `2024-07`, `2024-07-14`, `2024-W28`, `2024-W28-3`, `2024-Q3`, `2024-H1`),
/// two of them with `..` between or either side left out, or words in English, German, French
/// or Spanish ("last month", "since 2019", "past two years", "q3 2024", "14 juillet 2024").
/// The bounds are inclusive days; `None` is open; partial dates cover their whole period.
///
/// # Errors
///
/// The text that is no date, why, and what would be: `2024-02-30: February 2024 has 29 days`.
///
/// ```
/// use dateline::date::parse_query_date;
/// use jiff::civil::date;
///
/// let now = date(2026, 11, 24);
/// assert_eq!(parse_query_date("since 2019", now), Ok((Some(date(2019, 1, 1)), None)));
/// ```
pub fn parse_query_date(text: &str, now: Date) -> Result<(Option<Date>, Option<Date>), String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(format!("a date is empty; {EXPECTED}"));
    }
    if text.len() > MAX_VALUE_BYTES {
        return Err(format!(
            "a date of {} bytes is too long; {EXPECTED}",
            text.len()
        ));
    }
    let today = day_number(now);
    let (from, to) = match text.split_once("..") {
        Some((left, right)) => dotted(text, left.trim(), right.trim(), today)?,
        None => bounds(text, today)?,
    };
    if let (Some(from), Some(to)) = (from, to)
        && from > to
    {
        return Err(format!(
            "{text}: ends on {}, before it begins on {}",
            date_of(to),
            date_of(from)
        ));
    }
    Ok((from.map(date_of), to.map(date_of)))
}

fn dotted(text: &str, left: &str, right: &str, today: i32) -> Result<Bounds, String> {
    if left.is_empty() && right.is_empty() {
        return Err(format!("{text}: both ends are open; {EXPECTED}"));
    }
    if right.contains("..") {
        return Err(format!("{text}: more than one \"..\"; {EXPECTED}"));
    }
    let end = |side: &str| -> Result<Bounds, String> {
        if side.is_empty() {
            Ok((None, None))
        } else {
            bounds(side, today)
        }
    };
    Ok((end(left)?.0, end(right)?.1))
}

fn bounds(text: &str, today: i32) -> Result<Bounds, String> {
    if let Some(result) = iso(text) {
        let (first, last) = result.map_err(|why| format!("{text}: {why}"))?;
        return Ok((Some(first), Some(last)));
    }
    if ["ytd", "year to date"]
        .iter()
        .any(|t| text.eq_ignore_ascii_case(t))
    {
        let (year, ..) = civil(today);
        return Ok((Some(days(year, 1, 1)), Some(today)));
    }
    let mut buffers = Buffers::default();
    for lang in LANGUAGES {
        let Some(lexicon) = Lexicon::of(lang) else {
            continue;
        };
        buffers.scan(text, lexicon, today, Mode::Query);
        if let Some(bounds) = whole(&buffers, today) {
            return Ok(bounds);
        }
    }
    Err(impossible_day(text, today).unwrap_or_else(|| format!("{text}: not a date; {EXPECTED}")))
}

/// Why words that look like a date are none: "30 February 2024".
fn impossible_day(text: &str, today: i32) -> Option<String> {
    let mut buffers = Buffers::default();
    for lang in LANGUAGES {
        let Some(lexicon) = Lexicon::of(lang) else {
            continue;
        };
        // Running text moves an impossible day to the month's end; all else being right, that is the fault.
        buffers.scan(&capitalised(text), lexicon, today, Mode::Prose);
        if let [found] = buffers.matches[..]
            && found.first == 0
            && found.resume == buffers.tokens.len()
            && let Value::Day(day) = found.value
        {
            let (year, month, _) = civil(day);
            return Some(format!("{text}: {}", month_length(year, month)));
        }
    }
    None
}

/// The text with a capital at every word, as running text writes months.
fn capitalised(text: &str) -> String {
    let mut after_letter = false;
    text.chars()
        .map(|c| {
            let first = !after_letter;
            after_letter = c.is_alphabetic();
            if first { c.to_ascii_uppercase() } else { c }
        })
        .collect()
}

fn month_length(year: i32, month: u32) -> String {
    const NAMES: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let name = NAMES
        .get(month as usize - 1)
        .copied()
        .unwrap_or("the month");
    format!("{name} {year} has {} days", days_in_month(year, month))
}

/// An ISO 8601 form and its quarters and halves. `None` for what does not begin like one.
fn iso(text: &str) -> Option<Result<(i32, i32), String>> {
    let bytes = text.as_bytes();
    let year_digits = bytes.iter().take_while(|b| b.is_ascii_digit()).count();
    if year_digits != 4
        || !matches!(bytes.get(4), None | Some(b'-'))
        || text.contains(char::is_whitespace)
    {
        return None;
    }
    let mut parts = text.split('-');
    let year: i32 = parts.next()?.parse().ok()?;
    let parts: Vec<&str> = parts.collect();
    // "1999-2001" is a range of years.
    if parts
        .first()
        .is_some_and(|second| second.len() == 4 && second.bytes().all(|b| b.is_ascii_digit()))
    {
        return None;
    }
    Some(iso_parts(year, &parts))
}

fn iso_parts(year: i32, parts: &[&str]) -> Result<(i32, i32), String> {
    if year == 0 {
        return Err("there is no year 0; expected 0001 to 9999".into());
    }
    let number = |digits: &str, name: &str, max: i32| -> Result<i32, String> {
        match digits.parse::<i32>() {
            Ok(n) if (1..=max).contains(&n) && digits.len() <= 2 => Ok(n),
            _ => Err(format!("there is no {name} {digits}; expected 1 to {max}")),
        }
    };
    let months = |first: i32, last: i32| {
        let (first, last) = (first as u32, last as u32);
        (
            days(year, first, 1),
            days(year, last, days_in_month(year, last)),
        )
    };
    let Some(&second) = parts.first() else {
        return Ok(months(1, 12));
    };
    let letter = second.chars().next().map(|c| c.to_ascii_uppercase());
    let rest = second.get(1..).unwrap_or("");
    match (letter, &parts[1..]) {
        (Some('Q'), []) => number(rest, "quarter", 4).map(|q| months(3 * q - 2, 3 * q)),
        (Some('H'), []) => number(rest, "half", 2).map(|h| months(6 * h - 5, 6 * h)),
        (Some('W'), tail) if tail.len() < 2 => {
            let week = number(rest, "week", 53)?;
            let start = week_start(year, week).ok_or(format!("{year} has 52 weeks"))?;
            match tail.first() {
                None => Ok((start, start + 6)),
                Some(day) => number(day, "weekday", 7).map(|d| (start + d - 1, start + d - 1)),
            }
        }
        (Some('0'..='9'), []) => number(second, "month", 12).map(|m| months(m, m)),
        (Some('0'..='9'), [day]) => {
            let month = number(second, "month", 12)? as u32;
            let day = number(day, "day", 31)? as u32;
            let day = checked_days(year, month, day).ok_or_else(|| month_length(year, month))?;
            Ok((day, day))
        }
        _ => Err(format!("not a date; {EXPECTED}")),
    }
}

/// Finds dates among the words of a query, in order, none overlapping.
///
/// Only words that name days are dates: "recent" and "three weeks" are not. Words that are also
/// something else ("may", "march", "sun") need a number or a preposition beside them. Dates in
/// other languages than English need their year or a relation ("letzte Woche").
pub fn find_in_query(text: &str, now: Date) -> Vec<QueryDate> {
    let today = day_number(now);
    let mut buffers = Buffers::default();
    let mut dates: Vec<QueryDate> = Vec::new();
    for lang in LANGUAGES {
        let Some(lexicon) = Lexicon::of(lang) else {
            continue;
        };
        buffers.scan(text, lexicon, today, Mode::Query);
        for phrase in phrases(&buffers) {
            let tokens = &buffers.tokens[phrase.first..phrase.end];
            let (Some(head), Some(tail)) = (tokens.first(), tokens.last()) else {
                continue;
            };
            let span = head.start as usize..tail.end as usize;
            // "letzte woche" is plain, "mars" is a planet.
            let related = tokens.len() > 1 && tokens.iter().any(|t| t.is(Class::Relative));
            let dated = lang == "en" || related || tokens.iter().any(|t| t.has(FOUR_DIGITS));
            if dated && phrase.bounds != (None, None) {
                dates.push(QueryDate {
                    written: written(text, span.clone(), lexicon),
                    span,
                    from: phrase.bounds.0.map(date_of),
                    to: phrase.bounds.1.map(date_of),
                    explicit: phrase.explicit,
                });
            }
        }
    }
    // Of overlapping readings the longest stays, of equals the first language's.
    dates.sort_by_key(|d| std::cmp::Reverse(d.span.len()));
    let mut kept: Vec<QueryDate> = Vec::new();
    for date in dates {
        let apart = |d: &QueryDate| d.span.end <= date.span.start || date.span.end <= d.span.start;
        if kept.iter().all(apart) {
            kept.push(date);
        }
    }
    kept.sort_by_key(|d| d.span.start);
    kept
}

/// The words of `date` that tell nothing but when.
fn written(text: &str, date: Range<usize>, lexicon: &Lexicon) -> Vec<Range<usize>> {
    let Some(typed) = text.get(date.clone()) else {
        return Vec::new();
    };
    let parts_words = |c: char| !c.is_alphanumeric();
    let is_number = |word: &str| word.bytes().all(|b| b.is_ascii_digit());
    let mut words = Vec::new();
    let mut next = date.start;
    for piece in typed.split_inclusive(parts_words) {
        let start = next;
        next += piece.len();
        let word = piece.trim_end_matches(parts_words);
        if !word.is_empty() {
            words.push((word, start..start + word.len()));
        }
    }
    let has_number = words.iter().any(|(word, _)| is_number(word));
    let is_month = |word: &str| lexicon.look_up(key(word.as_bytes())).class == Class::Month;
    words.retain(|(word, _)| is_number(word) || has_number && is_month(word));
    words.into_iter().map(|(_, range)| range).collect()
}

/// One or two expressions and the words that open or join them.
struct Phrase {
    first: usize,
    end: usize,
    bounds: Bounds,
    explicit: bool,
}

/// What stands before an expression and bounds it.
#[derive(Clone, Copy, PartialEq)]
enum Opener {
    Since,
    After,
    Before,
    Until,
    From,
    Between,
}

fn opener(token: Token) -> Option<Opener> {
    match (token.class, token.value) {
        (Class::Preposition, preposition::SINCE) => Some(Opener::Since),
        (Class::Preposition, preposition::AFTER) => Some(Opener::After),
        (Class::Preposition, preposition::BEFORE) => Some(Opener::Before),
        (Class::AgoBefore, preposition::BEFORE) => Some(Opener::Before),
        (Class::To, _) => Some(Opener::Until),
        (Class::From, _) => Some(Opener::From),
        (Class::Between, _) => Some(Opener::Between),
        _ => None,
    }
}

fn phrases(buffers: &Buffers) -> Vec<Phrase> {
    let Buffers { tokens, matches } = buffers;
    let mut phrases = Vec::new();
    let mut i = 0;
    while let Some(found) = matches.get(i) {
        i += 1;
        let Some((first, last)) = found.value.days() else {
            continue;
        };
        if matches!(found.value, Value::DayPart(..)) && found.end - found.first == 1 {
            continue;
        }
        // An article may stand between the opener and its date: "since the 1990s", "seit dem 3. Mai".
        let mut open_at = found.first.checked_sub(1);
        if open_at.is_some_and(|at| tokens[at].is(Class::The)) {
            open_at = open_at.and_then(|at| at.checked_sub(1));
        }
        let opened = open_at.and_then(|at| opener(tokens[at]));
        let start = match (opened, open_at) {
            (Some(_), Some(at)) => at,
            _ => found.first,
        };
        if let Some(next) = matches.get(i)
            && let Some(to) = joined(tokens, found, next, opened)
        {
            i += 1;
            phrases.push(Phrase {
                first: start,
                end: next.resume,
                bounds: (Some(first), Some(to)),
                explicit: true,
            });
            continue;
        }
        let (bounds, explicit) = match opened {
            Some(Opener::Since) => ((Some(first), None), true),
            Some(Opener::After) => ((Some((last + 1).min(LAST_DAY)), None), true),
            Some(Opener::Before) => ((None, Some(first - 1)), true),
            Some(Opener::Until) => ((None, Some(last)), true),
            _ => ((Some(first), Some(last)), false),
        };
        // "news from 2019" is of that year; "from" opens a range only with its end.
        let first = if explicit { start } else { found.first };
        phrases.push(Phrase {
            first,
            end: found.resume,
            bounds,
            explicit,
        });
    }
    phrases
}

/// The last day of a range of two expressions, if words or a dash join them.
fn joined(tokens: &[Token], from: &Match, to: &Match, opened: Option<Opener>) -> Option<i32> {
    let joiner = tokens.get(from.end)?;
    let gap = to.first.checked_sub(from.end)?;
    let article = gap == 2 && tokens.get(from.end + 1).is_some_and(|t| t.is(Class::The));
    let joins = match joiner.class {
        Class::And => opened == Some(Opener::Between),
        Class::To | Class::Dash => true,
        _ => false,
    };
    let (start, _) = from.value.days()?;
    let (_, last) = to.value.days()?;
    ((gap == 1 || article) && joins && start <= last).then_some(last)
}

/// The bounds of a text that is one phrase and nothing else.
fn whole(buffers: &Buffers, today: i32) -> Option<Bounds> {
    let tokens = &buffers.tokens;
    if let [found] = buffers.matches[..]
        && matches!(found.value, Value::Vague(super::value::Vague::Present))
        && found.end == tokens.len()
    {
        return Some((Some(today), Some(today)));
    }
    let phrases = phrases(buffers);
    let [phrase] = &phrases[..] else { return None };
    let before = &tokens[..phrase.first];
    let filler = |t: &Token| {
        matches!(
            t.class,
            Class::In | Class::The | Class::Of | Class::From | Class::Open | Class::Approximately
        ) || t.is(Class::Preposition)
            && matches!(
                t.value,
                preposition::ON | preposition::DURING | preposition::AT | preposition::OTHER
            )
    };
    if !before.iter().all(filler) || phrase.end != tokens.len() {
        return None;
    }
    // "from 2019" as a whole value is open.
    if !phrase.explicit && before.iter().any(|t| t.is(Class::From)) {
        return Some((phrase.bounds.0, None));
    }
    Some(phrase.bounds)
}
