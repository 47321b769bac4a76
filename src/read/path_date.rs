//! The day that a path or an address carries.

use super::published;
use crate::article::{Precision, Provenance, Published};
use jiff::civil::Date;

/// The day in a file's own name: `2019-01-04_slug.txt`, `20190104.json`, `10Oct2006akaka15.txt`.
pub fn in_name(path: &str) -> Option<Published> {
    let name = path.rsplit('/').next().unwrap_or(path);
    find(name, Provenance::Path)
        .filter(|p| p.precision == Precision::Day)
        .or_else(|| month_name(name))
}

/// The date in a file's path: in its name, else in its folders: `2019/01/04-slug.txt`, `2019/01/slug.txt`.
///
/// A year alone is too often something else and gives nothing.
pub fn in_path(path: &str) -> Option<Published> {
    let path = path.rsplit("!/").next().unwrap_or(path);
    in_name(path).or_else(|| find(path, Provenance::Path))
}

/// The date in the path of an address: `/2019/01/04/slug`, `/2019-01-04-slug`, `/20190104/`, `/2019/jan/04/`.
pub fn in_url(url: &str) -> Option<Published> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    // An archive's own path begins with the time of the copy.
    let rest = rest.rsplit_once("://").map_or(rest, |(_, inner)| inner);
    let path = &rest[rest.find('/')?..];
    let path = path.split(['?', '#']).next().unwrap_or(path);
    find(path, Provenance::Url)
}

/// A year, month and perhaps day, separated alike or not at all, as parts of their own.
fn find(text: &str, from: Provenance) -> Option<Published> {
    let bytes = text.as_bytes();
    let mut month_only = None;
    let mut at = 0;
    while at < bytes.len() {
        let run = bytes[at..]
            .iter()
            .take_while(|b| b.is_ascii_digit())
            .count();
        if run == 0 {
            at += 1;
            continue;
        }
        let before_is_letter = at > 0 && bytes[at - 1].is_ascii_alphabetic();
        if run == 8 && !before_is_letter {
            if let Some(day) = date(
                &text[at..at + 4],
                &text[at + 4..at + 6],
                &text[at + 6..at + 8],
            ) {
                return Some(Published::day(day, from));
            }
        } else if run == 4 && !before_is_letter {
            match separated(&text[at..]) {
                Some((year, month, Some(day))) => {
                    if let Some(day) = date(year, month, day) {
                        return Some(Published::day(day, from));
                    }
                }
                Some((year, month, None)) if month_only.is_none() => {
                    month_only = date(year, month, "01").map(|first| Published {
                        precision: Precision::Month,
                        ..Published::day(first, from)
                    });
                }
                _ => {}
            }
        }
        at += run;
    }
    month_only
}

/// `YYYY?MM?DD` or `YYYY/MM/`, the month perhaps by name.
fn separated(text: &str) -> Option<(&str, &str, Option<&str>)> {
    let year = text.get(..4)?;
    let separator = *text.as_bytes().get(4)?;
    if !matches!(separator, b'/' | b'-' | b'_' | b'.') {
        return None;
    }
    let rest = text.get(5..)?;
    let month = part(rest)?;
    let after = rest.as_bytes().get(month.len()).copied();
    if after == Some(separator)
        && let Some(day) = rest.get(month.len() + 1..).and_then(part)
        && day.bytes().all(|b| b.is_ascii_digit())
    {
        return Some((year, month, Some(day)));
    }
    // A day's folder is missing, or the slug follows; `2019-01` as the start of numbers is no month.
    (separator == b'/' && after == Some(b'/')).then_some((year, month, None))
}

/// One or two digits, or a month's name, not running on.
fn part(text: &str) -> Option<&str> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if (1..=2).contains(&digits) {
        return text.get(..digits);
    }
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let word = text.get(..letters).filter(|_| digits == 0)?;
    published::month(word).map(|_| word)
}

fn date(year: &str, month: &str, day: &str) -> Option<Date> {
    let year: i16 = year.parse().ok()?;
    let month = month
        .parse::<i8>()
        .ok()
        .or_else(|| i8::try_from(published::month(month)?).ok())?;
    if !(1800..=2100).contains(&year) {
        return None;
    }
    Date::new(year, month, day.parse().ok()?).ok()
}

/// `10Oct2006akaka15`: day, month's name and year run together, as archives of press offices have it.
fn month_name(name: &str) -> Option<Published> {
    let digits = name.bytes().take_while(u8::is_ascii_digit).count();
    let rest = name.get(digits..)?.trim_start_matches(['-', '_', ' ', '.']);
    let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
    let month = rest.get(..letters)?;
    let tail = rest
        .get(letters..)?
        .trim_start_matches(['-', '_', ' ', '.']);
    let year = tail.bytes().take_while(u8::is_ascii_digit).count();
    if !(1..=2).contains(&digits) || year != 4 {
        return None;
    }
    let day = date(tail.get(..4)?, month, name.get(..digits)?)?;
    published::month(month)?;
    Some(Published::day(day, Provenance::Path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> String {
        in_path(text).map_or_else(|| "none".into(), |p| p.to_string())
    }

    #[test]
    fn days_in_names_and_folders() {
        for (text, day) in [
            ("txt/2019/01/04-slug.txt", "2019-01-04"),
            ("2019-01-04.txt", "2019-01-04"),
            ("wire_20190104_0930.txt", "2019-01-04"),
            ("a/2019_1_4-x.txt", "2019-01-04"),
            ("raw/Akaka/10Oct2006akaka15.txt", "2006-10-10"),
            ("08Nov2007Biden7.txt", "2007-11-08"),
            ("2019/01/04/a.html", "2019-01-04"),
            ("2019/01/a.html", "2019-01"),
            ("a.zip!/2020/02/29/x.txt", "2020-02-29"),
            ("2018/12/31/2019-01-01-new-year.md", "2019-01-01"),
        ] {
            assert_eq!(path(text), day, "{text}");
        }
    }

    #[test]
    fn numbers_that_are_no_dates_give_none() {
        for text in [
            "11Dec207gLeahy37.txt",
            "2008Jul2008Bond0.txt",
            "000_df8b31a6f8742c59.txt",
            "2019/a.txt",
            "report-12345678.txt",
            "2019-13-45.txt",
            "1234-56-78.txt",
            "covid-2019-20.txt",
            "a1999-01-02",
        ] {
            assert_eq!(path(text), "none", "{text}");
        }
    }

    #[test]
    fn addresses_of_papers() {
        for (url, day) in [
            ("https://example.org/2019/01/04/slug.html", "2019-01-04"),
            ("https://example.org/world/2019/jan/04/slug", "2019-01-04"),
            ("https://example.org/news-20190104", "2019-01-04"),
            ("https://example.org/a-2019-01-04.html", "2019-01-04"),
            ("https://example.org/2019/01/slug?d=2020-02-02", "2019-01"),
            (
                "https://archive.example/web/20110106023242/http://example.org/2010/12/29/x",
                "2010-12-29",
            ),
        ] {
            assert_eq!(
                in_url(url).map(|p| p.to_string()).as_deref(),
                Some(day),
                "{url}"
            );
        }
        assert_eq!(in_url("https://2019-01-04.example.org"), None);
        for url in [
            "https://example.org/story/2019",
            "https://example.org/id/12024071499",
            "https://example.org/2024/13/40/x",
        ] {
            assert_eq!(in_url(url), None, "{url}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_path_is_survived(text in "([0-9]{1,8}|[-/_.!]|jan|\\PC){0,12}") {
            let _ = in_path(&text);
            let _ = in_url(&text);
        }
    }
}
