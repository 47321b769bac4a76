//! Dates as pages print them, in the languages that the page sets hold.

use super::super::published;
use super::clutter::never;
use crate::article::{Precision, Provenance, Published};
use jiff::civil::Date;
use regex::Regex;
use std::sync::LazyLock;

/// Month names and their abbreviations; the longest of one beginning comes first.
const MONTHS: [&str; 12] = [
    "january|januar|janvier|enero|gennaio|janeiro|januari|stycznia|styczeń|января|январь|jänner|ocak|leden|ledna|січня|janv|jan|gen|ene|янв|sty|oca",
    "february|februar|février|febrero|febbraio|fevereiro|februari|lutego|luty|февраля|февраль|şubat|února|únor|лютого|févr|fév|feber|feb|fev|lut|фев|şub",
    "march|märz|mars|marzo|março|maart|marca|marzec|марта|март|mart|března|březen|березня|maerz|mar|mär|mrt|мар",
    "april|avril|abril|aprile|kwietnia|kwiecień|апреля|апрель|nisan|dubna|duben|квітня|avr|apr|abr|kwi|апр|nis",
    "may|mai|mayo|maggio|maio|mei|maja|maj|мая|май|mayıs|května|květen|травня|mag",
    "june|juni|juin|junio|giugno|junho|czerwca|czerwiec|июня|июнь|haziran|června|červen|червня|jun|giu|cze|июн|haz",
    "july|juli|juillet|julio|luglio|julho|lipca|lipiec|июля|июль|temmuz|července|červenec|липня|juil|jul|lug|lip|июл|tem",
    "august|août|aout|agosto|augustus|augusti|sierpnia|sierpień|августа|август|ağustos|srpna|srpen|серпня|aug|ago|sie|авг|ağu",
    "september|septembre|septiembre|settembre|setembro|września|wrzesień|сентября|сентябрь|eylül|září|вересня|setiembre|sept|sep|set|wrz|сен|eyl",
    "october|oktober|octobre|octubre|ottobre|outubro|października|październik|октября|октябрь|ekim|října|říjen|жовтня|oct|okt|ott|out|paź|окт|eki",
    "november|novembre|noviembre|novembro|listopada|listopad|ноября|ноябрь|kasım|listopadu|nov|lis|ноя|kas",
    "december|dezember|décembre|diciembre|dicembre|dezembro|grudnia|grudzień|декабря|декабрь|aralık|prosince|prosinec|грудня|déc|dec|dez|dic|gru|дек|ara",
];

static PRINTED: LazyLock<Regex> = LazyLock::new(|| {
    let months = MONTHS.join("|");
    let pattern = format!(
        concat!(
            r"(?x)\b(?:",
            r"(?P<iy>(?:19|20)\d\d)[-/.](?P<im>\d{{1,2}})[-/.](?P<id>\d{{1,2}})\b",
            r"|(?P<cy>(?:19|20)\d\d)\ ?[年년]\ ?(?P<cm>\d{{1,2}})\ ?[月월]\ ?(?P<cd>\d{{1,2}})\ ?[日일]",
            r"|(?P<dd>\d{{1,2}})(?:st|nd|rd|th|er|º|°)?\.?,?[\ \-/](?:de\ |of\ )?(?P<dm>{months})\.?,?[\ \-/](?:de\ |del\ )?(?P<dy>(?:19|20)\d\d)\b",
            r"|(?P<mm>{months})\.?[\ \-](?P<md>\d{{1,2}})(?:st|nd|rd|th)?\.?,?\ (?P<my>(?:19|20)\d\d)\b",
            r"|(?P<na>\d{{1,2}})(?P<ns>[./-])\ ?(?P<nb>\d{{1,2}})[./-]\ ?(?P<ny>(?:19|20)\d\d)\b",
            r")"
        ),
        months = months
    );
    Regex::new(&pattern).unwrap_or_else(|_| never())
});

static CLOCK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^[\s,;|•·–—\-(]*(?:t|at|um|à|às|as|a las|kl\.?|ore|o|-|в)?\s*([01]?\d|2[0-3])[:.h]([0-5]\d)(?::([0-5]\d))?\s*([ap])?\.?(?:m\b)?\.?\s*(?:uhr|hrs?\b)?,?\s*\(?(utc|gmt|z|est|edt|cst|cdt|mst|mdt|pst|pdt|bst|cet|cest|ist|et|ct|pt|[+-]\d\d:?\d\d)?\b",
    )
    .unwrap_or_else(|_| never())
});

/// The first date that `text` prints, with the time of day and zone that follow it.
///
/// `lang` decides `03/04/2024`, which is April nowhere but in the United States; without it the
/// order must be certain. Never more precise than printed.
pub(super) fn find(text: &str, lang: Option<&str>) -> Option<Published> {
    let head = &text[..crate::analyze::floor_boundary(text, 2_000)];
    let lower = head.to_lowercase();
    PRINTED.captures_iter(&lower).find_map(|found| {
        let number = |name: &str| {
            found
                .name(name)
                .and_then(|m| m.as_str().parse::<i16>().ok())
        };
        let month = |name: &str| found.name(name).and_then(|m| month(m.as_str()));
        let (year, month, day) = if let Some(y) = number("iy") {
            (y, number("im")?, number("id")?)
        } else if let Some(y) = number("cy") {
            (y, number("cm")?, number("cd")?)
        } else if let Some(y) = number("dy") {
            (y, month("dm")?, number("dd")?)
        } else if let Some(y) = number("my") {
            (y, month("mm")?, number("md")?)
        } else {
            let (a, b) = (number("na")?, number("nb")?);
            let dotted = found.name("ns").is_some_and(|m| m.as_str() == ".");
            let (d, m) = match lang {
                _ if a > 12 => (a, b),
                _ if b > 12 => (b, a),
                _ if a == b || dotted => (a, b),
                Some("en-us") => (b, a),
                Some(l) if !l.starts_with("en") || l.len() > 2 => (a, b),
                _ => return None,
            };
            (number("ny")?, m, d)
        };
        let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
        let end = found.get(0)?.end();
        Some(with_clock(date, lower.get(end..)?))
    })
}

/// The day that opens a report: `27.1.2022 - The council …`, `Karlsruhe, (12.11.2021). …`.
///
/// Only a place and a break may stand before it (`On 3 June` begins a sentence), and a break must
/// follow: a sentence that begins with a date tells when something happened.
pub(super) fn opening(text: &str, lang: Option<&str>) -> Option<Published> {
    let head = &text[..crate::analyze::floor_boundary(text, 80)];
    let lower = head.to_lowercase();
    let found = PRINTED.find(&lower)?;
    let before = lower.get(..found.start())?;
    let place = before.len() < 40 && before.split_whitespace().count() <= 4 && {
        let written = head.get(..before.len())?;
        let mut words = written.split(|c: char| !c.is_alphanumeric());
        let is_apart = written
            .trim_end()
            .ends_with([',', '(', '-', '–', '—', '/', ':', '|']);
        (is_apart || written.trim().is_empty())
            && words.all(|w| w.chars().next().is_none_or(char::is_uppercase))
    };
    let after = lower.get(found.end()..)?;
    let broken = after
        .trim_start_matches([')', ' '])
        .starts_with(['-', '–', '—', ':', '|'])
        || after.starts_with(").")
        || after.starts_with("):");
    find(head, lang).filter(|_| place && broken)
}

fn with_clock(date: Date, rest: &str) -> Published {
    let day = Published::day(date, Provenance::Text);
    let Some(clock) = CLOCK.captures(rest) else {
        return day;
    };
    let part = |n: usize| clock.get(n).map_or("", |m| m.as_str());
    let half = match part(4) {
        "a" => " am",
        "p" => " pm",
        _ => "",
    };
    let seconds = if part(3).is_empty() { "00" } else { part(3) };
    let written = |zone: &str| format!("{date} {}:{}:{seconds}{half} {zone}", part(1), part(2));
    published::parse(
        written(&part(5).to_uppercase()).trim(),
        None,
        Provenance::Text,
    )
    .or_else(|_| published::parse(written("").trim(), None, Provenance::Text))
    .unwrap_or(day)
}

/// The number of a month, given in lower case as [`MONTHS`] has it.
fn month(name: &str) -> Option<i16> {
    (1..)
        .zip(MONTHS)
        .find_map(|(n, names)| names.split('|').any(|m| m == name).then_some(n))
}

/// The day that a URL's path names: `/2024/07/14/`, `/2024-07-14-…`, `/20240714/`, `/2024/jul/14/`.
pub(super) fn in_url(url: &str) -> Option<Published> {
    static DAY: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?:^|[/_\-=.])((?:19|20)\d\d)(?:[/\-_.](\d{1,2})[/\-_.](\d{1,2})|[/\-](jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[/\-](\d{1,2})|(\d\d)(\d\d))(?:[/\-_.?]|$)")
            .unwrap_or_else(|_| never())
    });
    let path = url.split_once("://").map_or(url, |(_, rest)| rest);
    // An archive's own path begins with the time of the copy.
    let path = path.rsplit_once("/http").map_or(path, |(_, inner)| inner);
    let lower = path[..crate::analyze::floor_boundary(path, 2_000)].to_ascii_lowercase();
    DAY.captures_iter(&lower).find_map(|found| {
        let number = |n: usize| found.get(n).and_then(|m| m.as_str().parse::<i8>().ok());
        let year = found.get(1)?.as_str().parse().ok()?;
        let (month, day) = match found.get(4) {
            Some(name) => (i8::try_from(month(name.as_str())?).ok()?, number(5)?),
            None => (
                number(2).or_else(|| number(6))?,
                number(3).or_else(|| number(7))?,
            ),
        };
        let date = Date::new(year, month, day).ok()?;
        Some(Published::day(date, Provenance::Url))
    })
}

/// Of times for one event in order of trust: the first's day, as precisely as any states that day.
pub(super) fn most_precise(times: impl IntoIterator<Item = Published>) -> Option<Published> {
    let mut times = times.into_iter();
    let mut best = times.next()?;
    for other in times {
        let same = other.days() == best.days()
            || (best.precision < Precision::Day && other.at.year() == best.at.year());
        let finer = (other.precision, other.offset_seconds.is_some())
            > (best.precision, best.offset_seconds.is_some());
        // Midnight is how systems write that they do not know.
        if same && finer && best.precision != Precision::Second {
            best = other;
        }
    }
    Some(best)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, lang: &str) -> Option<String> {
        find(text, Some(lang).filter(|l| !l.is_empty())).map(|p| p.to_string())
    }

    #[test]
    fn printed_dates_are_read_in_many_languages() {
        for (text, lang, expected) in [
            ("Published July 14, 2024", "en", "2024-07-14"),
            ("14 July 2024", "", "2024-07-14"),
            (
                "Sonntag, 14. Juli 2024, 10:30 Uhr",
                "de",
                "2024-07-14T10:30:00",
            ),
            ("Stand: 14.07.2024 - 08:05", "de", "2024-07-14T08:05:00"),
            (
                "Publié le 1er août 2019 à 18h05",
                "fr",
                "2019-08-01T18:05:00",
            ),
            ("3 de marzo de 2021", "es", "2021-03-03"),
            ("14 lipca 2024", "pl", "2024-07-14"),
            ("14 июля 2024", "ru", "2024-07-14"),
            ("2024年7月14日", "ja", "2024-07-14"),
            ("7:15 p.m. ET, Nov. 3, 2020", "en", "2020-11-03"),
            ("Nov. 3, 2020 at 7:15 p.m.", "en", "2020-11-03T19:15:00"),
            ("Nov. 3, 2020, 7:15 PM GMT", "en", "2020-11-03T19:15:00Z"),
            ("03/04/2024", "fr", "2024-04-03"),
            ("03/04/2024", "en-us", "2024-03-04"),
            ("03/04/2024", "en-gb", "2024-04-03"),
            ("2020-02-30 and 2020-02-28", "", "2020-02-28"),
        ] {
            assert_eq!(found(text, lang).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_could_be_either_way_round_or_no_date_is_not_guessed() {
        for text in [
            "03/04/2024",
            "in 2024",
            "call 555-2024",
            "",
            "version 10.2.2020x",
            "31/31/2020",
        ] {
            assert_eq!(found(text, "en"), None, "{text}");
        }
    }

    #[test]
    fn a_day_opens_a_report_but_not_a_sentence() {
        for (text, expected) in [
            ("27.1.2022 - Bei der Erinnerung an", Some("2022-01-27")),
            ("Karlsruhe, (12.11.2021). Der Rat", Some("2021-11-12")),
            ("Berlin, 3. Juni 2017 – Der Rat", Some("2017-06-03")),
            ("3 June 2017 was the day on which", None),
            ("On 3 June 2017 - a Saturday - he", None),
            ("der 3. Juni 2017 - ein Samstag", None),
        ] {
            let found = opening(text, Some("de")).map(|p| p.to_string());
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn urls_name_their_day() {
        for (url, expected) in [
            ("https://example.org/2024/07/14/storm", "2024-07-14"),
            ("https://example.org/world/2019/jul/04/vote", "2019-07-04"),
            ("https://example.org/news/20240714/a", "2024-07-14"),
            ("https://example.org/a-2024-07-14.html", "2024-07-14"),
            (
                "https://archive.example/web/20110106023242/http://example.org/2010/12/29/x",
                "2010-12-29",
            ),
        ] {
            assert_eq!(
                in_url(url).map(|p| p.to_string()).as_deref(),
                Some(expected),
                "{url}"
            );
        }
        assert_eq!(in_url("https://example.org/id/12024071499"), None);
        assert_eq!(in_url("https://example.org/2024/13/40/x"), None);
    }
}
