//! The date line at the head of an article: one complete date, strictly read.
//!
//! Unlike [`find`](super::find), which looks through running text, this reads a line that is
//! expected to begin with its date of publication ("22 mai 2012. - …", "Friday, January 4, 2019",
//! "วันศุกร์ที่ 3 มีนาคม 2566"), in more languages, and gives nothing rather than half a date.

mod words;

use self::words::{JOINERS, LABELS, MONTHS, ORDINAL_ENDINGS, WEEKDAY_STEMS};
use super::calendar::checked_days;
use super::date_of;
use jiff::civil::Date;
use std::ops::Range;

/// How much of a line is looked at: a date line's date stands at its front.
const MAX_LINE_BYTES: usize = 256;
/// More tokens than any date with its weekday, label and place has.
const MAX_TOKENS: usize = 40;

#[derive(Debug, PartialEq)]
enum Kind {
    Number { value: i32, digits: usize },
    Word(String),
    Mark(char),
}

#[derive(Debug)]
struct Token {
    kind: Kind,
    span: Range<usize>,
    /// White space stands before it.
    spaced: bool,
}

/// The value of an ASCII, full-width, Thai or Arabic-Indic digit.
pub fn digit(c: char) -> Option<u32> {
    match c {
        '0'..='9' => Some(c as u32 - '0' as u32),
        '๐'..='๙' => Some(c as u32 - '๐' as u32),
        '٠'..='٩' => Some(c as u32 - '٠' as u32),
        '０'..='９' => Some(c as u32 - '０' as u32),
        _ => None,
    }
}

/// Thai vowel signs and tone marks are parts of words though Unicode calls them marks.
fn is_word(c: char) -> bool {
    digit(c).is_none() && (c.is_alphabetic() || ('\u{0E00}'..='\u{0E7F}').contains(&c) || c == 'º')
}

fn tokens(line: &str) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::new();
    let mut spaced = false;
    for (at, c) in line.char_indices() {
        if at >= MAX_LINE_BYTES || out.len() >= MAX_TOKENS {
            break;
        }
        if c.is_whitespace() {
            spaced = true;
            continue;
        }
        let end = at + c.len_utf8();
        let joined = !spaced;
        if let Some(d) = digit(c) {
            if let Some(Token {
                kind: Kind::Number { value, digits },
                span,
                ..
            }) = out.last_mut()
                && joined
            {
                *value = value.saturating_mul(10).saturating_add(d as i32);
                *digits += 1;
                span.end = end;
                continue;
            }
            out.push(Token {
                kind: Kind::Number {
                    value: d as i32,
                    digits: 1,
                },
                span: at..end,
                spaced,
            });
        } else if is_word(c) {
            if let Some(Token {
                kind: Kind::Word(word),
                span,
                ..
            }) = out.last_mut()
                && joined
            {
                word.extend(c.to_lowercase());
                span.end = end;
                continue;
            }
            out.push(Token {
                kind: Kind::Word(c.to_lowercase().collect()),
                span: at..end,
                spaced,
            });
        } else {
            // The inner full stop of Thai abbreviations ("มี.ค.", "พ.ศ.") belongs to the word.
            if c == '.'
                && let Some(Token {
                    kind: Kind::Word(word),
                    span,
                    ..
                }) = out.last_mut()
                && joined
                && word.starts_with(|c| ('\u{0E00}'..='\u{0E7F}').contains(&c))
            {
                word.push('.');
                span.end = end;
                continue;
            }
            out.push(Token {
                kind: Kind::Mark(c),
                span: at..end,
                spaced,
            });
        }
        spaced = false;
    }
    out
}

/// The date that begins `line`, and its byte range with the weekday if one stands before it.
///
/// Before the date there may be white space, an opening bracket or quotation mark, a label
/// ("Published on", "Publié le"), a weekday, and a place in capitals ("WASHINGTON, "). The date
/// needs day, month and year: numbers with a month's name in one of 24 languages, ISO 8601,
/// `2024年7月14日` (Japanese era years too), or three numbers. Years above 2400 are Buddhist.
/// Three numbers are day first, month first under an English hint; without any hint only if
/// both orders give the same day or only one is possible. An impossible day ("30 February")
/// gives `None`. `lang_hint` is an ISO 639 code, possibly with a region ("en-GB": day first).
pub fn date_line(line: &str, lang_hint: Option<&str>) -> Option<(Date, Range<usize>)> {
    let tokens = tokens(line);
    let at = date_start(&tokens);
    date_at(&tokens, at, lang_hint)
        .or_else(|| date_at(&tokens, after_place(line, &tokens, at)?, lang_hint))
}

/// The date that begins at a token.
fn date_at(tokens: &[Token], start: usize, lang: Option<&str>) -> Option<(Date, Range<usize>)> {
    let mut at = start;
    while skip_weekday(tokens, &mut at) {}
    // One article may follow the weekday ("le", "den", "the").
    if at > start && word(tokens, at).is_some_and(|w| LABELS.contains(&w)) {
        at += 1;
    }
    let (day, end) = numbered(tokens, at, lang)
        .or_else(|| named(tokens, at, lang))
        .or_else(|| east_asian(tokens, at))?;
    // "14 May 2024x", "2024-07-14-3" are parts of something else; "2024-07-14T09:00" is not.
    if let Some(next) = tokens.get(end)
        && !next.spaced
    {
        let foreign = match &next.kind {
            Kind::Number { .. } => true,
            Kind::Word(w) => w.is_ascii() && w != "t",
            Kind::Mark(c) => {
                matches!(c, '-' | '/')
                    && number(tokens, end + 1).is_some_and(|_| !tokens[end + 1].spaced)
            }
        };
        if foreign {
            return None;
        }
    }
    let last = tokens.get(end.checked_sub(1)?)?;
    let last_end = match &last.kind {
        // What follows the day in Japanese is not set off by a space.
        Kind::Word(w) if w.starts_with('日') => last.span.start + '日'.len_utf8(),
        _ => last.span.end,
    };
    Some((date_of(day), tokens.get(start)?.span.start..last_end))
}

/// The token after a place in capitals ("WASHINGTON, D.C., "), if one begins at `at`.
fn after_place(line: &str, tokens: &[Token], at: usize) -> Option<usize> {
    const MAX_PLACE_TOKENS: usize = 10;
    let mut end = at;
    while end < at + MAX_PLACE_TOKENS {
        let token = tokens.get(end)?;
        match token.kind {
            Kind::Word(_) if line[token.span.clone()].chars().all(char::is_uppercase) => {}
            Kind::Mark(',' | '.' | '(' | ')' | '-' | '–' | '—' | '/') if end > at => {}
            _ => break,
        }
        end += 1;
    }
    let after_mark = end > at && matches!(tokens.get(end - 1)?.kind, Kind::Mark(_));
    after_mark.then_some(end)
}

fn number(tokens: &[Token], at: usize) -> Option<(i32, usize)> {
    match tokens.get(at)?.kind {
        Kind::Number { value, digits } => Some((value, digits)),
        _ => None,
    }
}

fn word(tokens: &[Token], at: usize) -> Option<&str> {
    match &tokens.get(at)?.kind {
        Kind::Word(word) => Some(word),
        _ => None,
    }
}

fn mark(tokens: &[Token], at: usize) -> Option<char> {
    match tokens.get(at)?.kind {
        Kind::Mark(c) => Some(c),
        _ => None,
    }
}

/// Where the date expression begins: past brackets and labels.
fn date_start(tokens: &[Token]) -> usize {
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let skip = match &token.kind {
            Kind::Mark(c) => matches!(
                c,
                '(' | '['
                    | '"'
                    | '“'
                    | '«'
                    | '„'
                    | ':'
                    | '-'
                    | '–'
                    | '—'
                    | '*'
                    | '•'
                    | '|'
                    | '【'
                    | '（'
            ),
            Kind::Word(w) => at < 6 && LABELS.contains(&w.as_str()),
            Kind::Number { .. } => false,
        };
        if !skip {
            break;
        }
        at += 1;
    }
    at
}

fn skip_weekday(tokens: &[Token], at: &mut usize) -> bool {
    let Some(name) = word(tokens, *at) else {
        return false;
    };
    let thai = name.starts_with("วัน");
    if !thai && !WEEKDAY_STEMS.contains(&name) {
        return false;
    }
    *at += 1;
    while mark(tokens, *at).is_some_and(|c| matches!(c, ',' | '.' | '-' | '،')) {
        *at += 1;
    }
    true
}

/// The month of a name: in the hinted language, else in any that agrees.
fn month(name: &str, lang: Option<&str>) -> Option<u32> {
    let name = name.trim_end_matches('.');
    let find = |names: &str| {
        names
            .split('|')
            .position(|forms| forms.split(' ').any(|form| form == name))
            .map(|m| m as u32 + 1)
    };
    let hinted = lang.and_then(|lang| {
        let code = lang.split(['-', '_']).next().unwrap_or(lang);
        MONTHS.iter().find(|(l, _)| *l == code)
    });
    hinted
        .and_then(|(_, names)| find(names))
        .or_else(|| MONTHS.iter().find_map(|(_, names)| find(names)))
}

fn full_year(value: i32, digits: usize) -> Option<i32> {
    match digits {
        4 if value >= 2400 => Some(value - 543),
        4 => Some(value),
        _ => None,
    }
    .filter(|y| (1400..=2200).contains(y))
}

/// `2019-01-04`, `04.01.2019`, `15/03/2566`, `12 01 2005`.
fn numbered(tokens: &[Token], at: usize, lang: Option<&str>) -> Option<(i32, usize)> {
    let (a, a_digits) = number(tokens, at)?;
    let separator = mark(tokens, at + 1);
    let step = if separator.is_some() { 2 } else { 1 };
    let (b, b_digits) = number(tokens, at + step)?;
    if mark(tokens, at + step + 1) != separator {
        return None;
    }
    let (c, c_digits) = number(tokens, at + 2 * step)?;
    if !separator.is_none_or(|s| matches!(s, '-' | '/' | '.')) || b_digits > 2 {
        return None;
    }
    let end = at + 2 * step + 1;
    if a_digits == 4 && separator.is_some() {
        let year = full_year(a, 4)?;
        return (c_digits <= 2)
            .then(|| checked_days(year, b as u32, c as u32))?
            .map(|day| (day, end));
    }
    let year = full_year(c, c_digits)?;
    if a_digits > 2 || (separator.is_none() && a_digits != 2) {
        return None;
    }
    let day_first = checked_days(year, b as u32, a as u32);
    let month_first = checked_days(year, a as u32, b as u32);
    let american = lang.is_some_and(|l| l == "en" || l.eq_ignore_ascii_case("en-us"));
    let day = match (day_first, month_first) {
        (Some(x), Some(y)) if x == y => x,
        (Some(x), Some(y)) if lang.is_some() || separator == Some('.') || c >= 2400 => {
            if american && separator != Some('.') {
                y
            } else {
                x
            }
        }
        (Some(_), Some(_)) => return None,
        (x, y) => x.or(y)?,
    };
    Some((day, end))
}

/// "22 mai 2012", "1er juin 2012", "3. März 2023", "March 3, 2023", "3 มีนาคม 2566".
fn named(tokens: &[Token], at: usize, lang: Option<&str>) -> Option<(i32, usize)> {
    let joiners = |mut i: usize| {
        while word(tokens, i).is_some_and(|w| JOINERS.contains(&w.trim_end_matches('.')))
            || mark(tokens, i).is_some_and(|c| matches!(c, ',' | '.' | '\'' | '’'))
        {
            i += 1;
        }
        i
    };
    let day_at = |i: usize| -> Option<(u32, usize)> {
        let (day, digits) = number(tokens, i)?;
        if digits > 2 {
            return None;
        }
        let mut i = i + 1;
        // "21-an de septembro" writes a hyphen before its ending.
        let ending = if mark(tokens, i) == Some('-') {
            i + 1
        } else {
            i
        };
        if word(tokens, ending).is_some_and(|w| ORDINAL_ENDINGS.contains(&w))
            && !tokens.get(ending)?.spaced
        {
            i = ending + 1;
        }
        Some((day as u32, i))
    };
    let year_at = |i: usize| {
        let (value, digits) = number(tokens, i)?;
        Some((full_year(value, digits)?, i + 1))
    };
    if let Some((day, i)) = day_at(at) {
        let i = if mark(tokens, i) == Some('-') {
            i + 1
        } else {
            joiners(i)
        };
        let m = month(word(tokens, i)?, lang)?;
        let i = if mark(tokens, i + 1) == Some('-') {
            i + 2
        } else {
            joiners(i + 1)
        };
        let (year, end) = year_at(i)?;
        return Some((checked_days(year, m, day)?, end));
    }
    if let Some((year, i)) = year_at(at) {
        // Hungarian: "2019. január 4."
        let i = joiners(i);
        let m = month(word(tokens, i)?, lang)?;
        let (day, end) = day_at(joiners(i + 1))?;
        return Some((checked_days(year, m, day)?, end));
    }
    let m = month(word(tokens, at)?, lang)?;
    let (day, i) = day_at(joiners(at + 1))?;
    let (year, end) = year_at(joiners(i))?;
    Some((checked_days(year, m, day)?, end))
}

/// `2024年7月14日`, `令和6年7月14日`.
fn east_asian(tokens: &[Token], at: usize) -> Option<(i32, usize)> {
    const ERAS: &[(&str, i32)] = &[
        ("令和", 2018),
        ("平成", 1988),
        ("昭和", 1925),
        ("大正", 1911),
        ("明治", 1867),
    ];
    let era = |name: &str| ERAS.iter().find(|(era, _)| *era == name).map(|e| e.1);
    // The first year of an era is written 元年.
    let (year, at) = match word(tokens, at) {
        Some(name) => match name.strip_suffix("元年") {
            Some(first) => (era(first)? + 1, at),
            None => (era(name)?.checked_add(number(tokens, at + 1)?.0)?, at + 2),
        },
        None => (number(tokens, at)?.0, at + 1),
    };
    let (month, _) = number(tokens, at + 1)?;
    let (day, _) = number(tokens, at + 3)?;
    let marked = word(tokens, at)?.ends_with('年')
        && word(tokens, at + 2)? == "月"
        && word(tokens, at + 4)?.starts_with('日');
    if !marked || !(1400..=2200).contains(&year) {
        return None;
    }
    Some((checked_days(year, month as u32, day as u32)?, at + 5))
}

#[cfg(test)]
mod tests;
