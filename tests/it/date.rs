//! Date expressions: what they are, what they mean, and what is none.

use dateline::date::{DateKind, find, find_in_query, parse_query_date};
use jiff::civil::date;
use proptest::prelude::*;

/// Words and marks that rules look at, to reach deeper than random letters would.
const FRAGMENTS: &[&str] = &[
    "May",
    "3",
    "-",
    "7",
    ",",
    "2026",
    "2,000",
    "1999",
    "last",
    "Tuesday",
    "the",
    "third",
    "quarter",
    "of",
    "ago",
    "two",
    "weeks",
    "earlier",
    "and",
    "a",
    "half",
    "fiscal",
    "'98",
    "1990s",
    "’",
    "–",
    "\u{a0}",
    "\n\n",
    ".",
    "é",
    "日",
    "to",
    "between",
    "99999999999",
    "10000000",
    "centuries",
    "decades",
    "later",
    "9999",
    "0000",
    "31",
    "Feb.",
    "p.m.",
    "12:30",
    "GMT",
    "Q3",
    "W53",
    "(",
    "every",
    "year",
    "New",
    "Year's",
    "Easter",
    "Eve",
    "first",
    "19th",
    "century",
    "hundred",
    "thousand",
    "million",
    "in",
    "next",
    "days",
    "vor",
    "il y a",
];

fn soup() -> impl Strategy<Value = String> {
    let fragment = prop_oneof![
        8 => prop::sample::select(FRAGMENTS).prop_map(str::to_string),
        1 => "\\PC{0,6}",
    ];
    let separator = prop_oneof![4 => Just(" "), 2 => Just(""), 1 => Just("\n")];
    prop::collection::vec((fragment, separator), 0..24)
        .prop_map(|parts| parts.into_iter().map(|(f, s)| f + s).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_text_gives_ordered_mentions_on_character_boundaries(
        text in prop_oneof![soup(), "\\PC{0,80}"],
        year in 1i16..=9999,
        lang in prop::sample::select(&["en", "de", "fr", "es", "ja", "zh", "th", "it", "pt", "nl", "pl", "eo", "xx"][..]),
    ) {
        let mentions = find(&text, lang, Some(date(year, 12, 31)));
        for m in &mentions {
            let span = text.get(m.start as usize..m.end as usize);
            prop_assert!(span.is_some_and(|s| !s.is_empty()), "{m:?}");
            prop_assert_eq!(m.value.is_none(), m.kind == DateKind::Range);
        }
        for pair in mentions.windows(2) {
            let (a, b) = (&pair[0], &pair[1]);
            prop_assert!((a.start, std::cmp::Reverse(a.end)) <= (b.start, std::cmp::Reverse(b.end)));
        }
        let plain: Vec<_> = mentions.iter().filter(|m| m.kind != DateKind::Range).collect();
        for pair in plain.windows(2) {
            prop_assert!(pair[0].end <= pair[1].start, "{pair:?} overlap");
        }
    }

    #[test]
    fn without_a_reference_nothing_is_guessed(text in soup()) {
        let absolute = find(&text, "en", None);
        for reference in [date(1871, 1, 18), date(2024, 2, 29), date(2190, 12, 31)] {
            let anchored = find(&text, "en", Some(reference));
            for m in absolute.iter().filter(|m| m.interval.is_some()) {
                prop_assert!(
                    anchored.iter().any(|a| a.start == m.start && a.end == m.end),
                    "{m:?} is not found at {reference}",
                );
            }
        }
    }
}

/// A row of a table of expressions: `text with the [expression] | reference ==> value, from, to`.
struct Row<'a> {
    line: usize,
    text: String,
    span: Option<(usize, usize)>,
    reference: jiff::civil::Date,
    expected: Vec<&'a str>,
}

fn rows(table: &str) -> impl Iterator<Item = Row<'_>> {
    table
        .lines()
        .zip(1..)
        .filter(|(line, _)| !line.is_empty() && !line.starts_with('#'))
        .map(|(row, line)| {
            let (left, right) = row.split_once(" ==> ").expect("a row has an arrow");
            let (marked, reference) = left.rsplit_once(" | ").expect("a row has a reference");
            let span = marked
                .find('[')
                .zip(marked.find(']'))
                .map(|(open, close)| (open, close - 1));
            Row {
                line,
                text: marked.replace(['[', ']'], ""),
                span,
                reference: reference.parse().expect("a reference is a day"),
                expected: right.split(", ").collect(),
            }
        })
}

/// The rows of a table that the finder reads otherwise, and their number.
fn wrong_rows(table: &str, lang: &str) -> (Vec<String>, usize) {
    let mut wrong = Vec::new();
    let mut count = 0;
    for row in rows(table) {
        count += 1;
        let mentions = find(&row.text, lang, Some(row.reference));
        let describe = |m: &dateline::date::DateMention| {
            let mut parts = vec![m.value.clone().unwrap_or_else(|| "range".into())];
            if let Some(interval) = m.interval {
                parts.push(interval.first().to_string());
                parts.push(interval.last().to_string());
            }
            parts.join(", ")
        };
        let right = match row.span {
            None => mentions.is_empty(),
            Some((start, end)) => mentions.iter().any(|m| {
                (m.start as usize, m.end as usize) == (start, end)
                    && describe(m) == row.expected.join(", ")
            }),
        };
        if !right {
            let found: Vec<String> = mentions
                .iter()
                .map(|m| {
                    format!(
                        "{:?} {}",
                        &row.text[m.start as usize..m.end as usize],
                        describe(m)
                    )
                })
                .collect();
            wrong.push(format!(
                "line {}: {}: expected {}, found {found:?}",
                row.line,
                row.text,
                row.expected.join(", ")
            ));
        }
    }
    (wrong, count)
}

#[test]
fn english_expressions_mean_what_the_calendar_says() {
    let (wrong, count) = wrong_rows(include_str!("../data/dates/en.tsv"), "en");
    assert!(
        wrong.is_empty(),
        "{} rows:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(count >= 400, "only {count} rows");
}

#[test]
fn german_french_and_spanish_expressions_mean_what_the_calendar_says() {
    for (lang, table) in [
        ("de", include_str!("../data/dates/de.tsv")),
        ("fr", include_str!("../data/dates/fr.tsv")),
        ("es", include_str!("../data/dates/es.tsv")),
    ] {
        let (wrong, count) = wrong_rows(table, lang);
        assert!(
            wrong.is_empty(),
            "{lang}: {} rows:\n{}",
            wrong.len(),
            wrong.join("\n")
        );
        assert!(count >= 30, "{lang}: only {count} rows");
    }
}

#[test]
fn smaller_tables_know_their_calendar() {
    let published = date(2024, 7, 14);
    for row in include_str!("../data/dates/others.tsv")
        .lines()
        .filter(|l| !l.starts_with('#'))
    {
        let [lang, text, expression, value] = row.split(" | ").collect::<Vec<_>>()[..] else {
            panic!("{row}: not four columns");
        };
        let found: Vec<(String, String)> = find(text, lang, Some(published))
            .into_iter()
            .map(|m| {
                (
                    text[m.start as usize..m.end as usize].to_string(),
                    m.value.unwrap_or_default(),
                )
            })
            .collect();
        assert_eq!(
            found,
            [(expression.to_string(), value.to_string())],
            "{row}"
        );
    }
}

#[test]
fn query_dates_are_past_biased_and_inclusive() {
    let now = date(2026, 11, 24);
    let show = |day: Option<jiff::civil::Date>| day.map_or("*".into(), |d| d.to_string());
    let mut wrong = Vec::new();
    for row in include_str!("../data/dates/queries.tsv")
        .lines()
        .filter(|l| !l.starts_with('#'))
    {
        let (words, expected) = row.split_once(" ==> ").expect("a row has an arrow");
        let found = match parse_query_date(words, now) {
            Ok((from, to)) => format!("{} {}", show(from), show(to)),
            Err(error) => error,
        };
        if found != expected {
            wrong.push(format!("{words}: expected {expected}, found {found}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} rows:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn errors_of_query_dates_say_what_is_wrong() {
    let now = date(2026, 11, 24);
    for (words, reason) in [
        (
            "2024-13-45",
            "2024-13-45: there is no month 13; expected 1 to 12",
        ),
        ("2024-02-30", "2024-02-30: February 2024 has 29 days"),
        ("2023-02-29", "2023-02-29: February 2023 has 28 days"),
        (
            "30 february 2024",
            "30 february 2024: February 2024 has 29 days",
        ),
        (
            "2024-W54",
            "2024-W54: there is no week 54; expected 1 to 53",
        ),
        ("2025-W53", "2025-W53: 2025 has 52 weeks"),
        ("2024-Q5", "2024-Q5: there is no quarter 5; expected 1 to 4"),
        ("0000", "0000: there is no year 0; expected 0001 to 9999"),
        (
            "2024..2020",
            "2024..2020: ends on 2020-12-31, before it begins on 2024-01-01",
        ),
    ] {
        assert_eq!(parse_query_date(words, now), Err(reason.to_string()));
    }
    for words in [
        "",
        "..",
        "foo",
        "theresa may",
        "2024..2025..2026",
        "three weeks",
        "every monday",
        "recently",
    ] {
        let error = parse_query_date(words, now).expect_err(words);
        assert!(error.contains("expected 2024, 2024-07"), "{words}: {error}");
    }
}

#[test]
fn dates_among_query_words_filter_only_if_the_phrase_says_so() {
    let now = date(2026, 11, 24);
    let found = |query: &str| -> Vec<(String, bool)> {
        find_in_query(query, now)
            .into_iter()
            .map(|d| (query[d.span].to_string(), d.explicit))
            .collect()
    };
    let of = |words: &str, explicit: bool| vec![(words.to_string(), explicit)];
    assert_eq!(found("covid deaths in march 2020"), of("march 2020", false));
    assert_eq!(found("trump since 2019 tariffs"), of("since 2019", true));
    assert_eq!(
        found("flood between 2019 and 2021 germany"),
        of("between 2019 and 2021", true)
    );
    assert_eq!(
        found("strikes before march 2020"),
        of("before march 2020", true)
    );
    assert_eq!(found("news from 2019"), of("2019", false));
    assert_eq!(
        found("climate summit last summer"),
        of("last summer", false)
    );
    assert_eq!(found("grève 14 juillet 2023"), of("14 juillet 2023", false));
    for query in [
        "theresa may brexit",
        "march on washington",
        "sunday times scandal",
        "flight of the sun",
        "boeing 747",
        "",
    ] {
        assert_eq!(found(query), [], "{query}");
    }
}

/// A file of the shared data; `None`, with a word on stderr, where there is none (an error in CI).
fn shared(path: &str) -> Option<String> {
    let full = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/data")
        .join(path);
    match std::fs::read_to_string(&full) {
        Ok(text) => Some(text),
        Err(error) => {
            assert!(
                std::env::var_os("CI").is_none(),
                "{}: {error}",
                full.display()
            );
            eprintln!("skipped: {}: {error}", full.display());
            None
        }
    }
}

/// An annotated expression: characters of its text, TIMEX3 value, and its days if it has some.
struct Annotated {
    span: (usize, usize),
    value: String,
    days: Option<(String, String)>,
}

/// True positives, annotated, found: of values on overlapping spans, and of days.
#[derive(Default)]
struct Tally {
    values: [usize; 3],
    days: [usize; 3],
}

fn f1([right, annotated, found]: [usize; 3]) -> f64 {
    200.0 * right as f64 / (annotated + found) as f64
}

impl Tally {
    fn add(&mut self, annotated: &[Annotated], found: &[Annotated]) {
        let overlap = |a: &Annotated, b: &Annotated| a.span.0 < b.span.1 && b.span.0 < a.span.1;
        self.values[1] += annotated.len();
        self.values[2] += found.len();
        self.days[1] += annotated.iter().filter(|a| a.days.is_some()).count();
        // Days found in what was annotated as a duration or a set are nobody's fault.
        self.days[2] += found
            .iter()
            .filter(|f| f.days.is_some())
            .filter(|f| {
                let mut over = annotated.iter().filter(|a| overlap(a, f)).peekable();
                over.peek().is_none() || over.any(|a| a.days.is_some())
            })
            .count();
        for a in annotated {
            let mut over = found.iter().filter(|f| overlap(a, f));
            self.values[0] += usize::from(over.clone().any(|f| f.value == a.value));
            self.days[0] += usize::from(a.days.is_some() && over.any(|f| f.days == a.days));
        }
    }
}

fn found_in(
    text: &str,
    lang: &str,
    published: &str,
    within: std::ops::Range<usize>,
) -> Vec<Annotated> {
    let reference = published.parse().expect("a day of publication");
    let characters = |byte: u32| text[..byte as usize].chars().count();
    find(text, lang, Some(reference))
        .into_iter()
        .filter_map(|m| {
            let span = (characters(m.start), characters(m.end));
            let days = m
                .interval
                .map(|i| (i.first().to_string(), i.last().to_string()));
            let value = m.value?;
            within
                .contains(&span.0)
                .then_some(Annotated { span, value, days })
        })
        .collect()
}

#[test]
fn english_wikinews_paragraphs_are_read_as_a_reader_would() {
    let Some(articles) = shared("wikinews_en/articles.jsonl") else {
        return;
    };
    let texts: std::collections::HashMap<String, String> = articles
        .lines()
        .filter_map(|line| {
            let article: serde_json::Value = serde_json::from_str(line).ok()?;
            Some((
                article["id"].as_str()?.to_string(),
                article["text"].as_str()?.to_string(),
            ))
        })
        .collect();
    let mut tallies = [Tally::default(), Tally::default()];
    let table = include_str!("../data/dates/wikinews-paragraphs.tsv");
    let mut lines = table.lines().filter(|l| !l.starts_with('#')).peekable();
    while let Some(line) = lines.next() {
        let [id, published, part, start, end] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("{line}: not a paragraph");
        };
        let mut annotated = Vec::new();
        while let Some(line) = lines.next_if(|l| l.starts_with('\t')) {
            let [_, start, end, _, value] = line.split('\t').collect::<Vec<_>>()[..] else {
                panic!("{line}: not an expression");
            };
            let number = |s: &str| s.parse::<usize>().expect("an offset");
            annotated.push(Annotated {
                span: (number(start), number(end)),
                value: value.to_string(),
                days: timex_days(value),
            });
        }
        let within = start.parse().expect("an offset")..end.parse().expect("an offset");
        let found = found_in(&texts[id], "en", published, within);
        tallies[usize::from(part == "held")].add(&annotated, &found);
    }
    for (part, tally) in ["tuned", "held"].iter().zip(&tallies) {
        let (values, days) = (f1(tally.values), f1(tally.days));
        eprintln!(
            "{part}: value F1 {values:.1}, interval F1 {days:.1}, {:?} {:?}",
            tally.values, tally.days
        );
        assert!(
            values >= 85.0 && days >= 93.0,
            "{part}: value F1 {values:.1}, interval F1 {days:.1}"
        );
    }
}

/// The annotated articles of a development file, one JSON object a line.
fn tally_of(lines: &str, lang: &str) -> Tally {
    let mut tally = Tally::default();
    for line in lines.lines() {
        let article: serde_json::Value = serde_json::from_str(line).expect("a JSON object a line");
        let text = article["text"].as_str().expect("text");
        let annotated: Vec<Annotated> = article["timex"]
            .as_array()
            .expect("expressions")
            .iter()
            .map(|t| {
                let number = |key: &str| t[key].as_u64().expect("an offset") as usize;
                let value = t["value"].as_str().unwrap_or("").to_string();
                let dated = matches!(t["type"].as_str(), Some("DATE" | "TIME"));
                let days = if dated { timex_days(&value) } else { None };
                Annotated {
                    span: (number("start"), number("end")),
                    value,
                    days,
                }
            })
            .collect();
        let published = &article["dct"].as_str().expect("a day of publication")[..10];
        tally.add(&annotated, &found_in(text, lang, published, 0..usize::MAX));
    }
    tally
}

/// The days of any TIMEX3 date or time.
fn timex_days(value: &str) -> Option<(String, String)> {
    if !value.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let day = value.split('T').next()?.replace("-XX", "");
    let iso = |text: &str| {
        let (from, to) = parse_query_date(text, date(2026, 11, 24)).ok()?;
        Some((from?.to_string(), to?.to_string()))
    };
    if let Some(week) = day.strip_suffix("-WE") {
        return Some((iso(&format!("{week}-6"))?.0, iso(&format!("{week}-7"))?.1));
    }
    let season = |months: &str, year: &str| -> Option<(String, String)> {
        let (first, last) = months.split_once(' ')?;
        Some((
            iso(&format!("{year}-{first}"))?.0,
            iso(&format!("{year}-{last}"))?.1,
        ))
    };
    match day.split_once('-') {
        Some((year, "SP")) => season("03 05", year),
        Some((year, "SU")) => season("06 08", year),
        Some((year, "FA")) => season("09 11", year),
        Some((year, "WI")) => {
            let next = year.parse::<i32>().ok()? + 1;
            Some((iso(&format!("{year}-12"))?.0, iso(&format!("{next}-02"))?.1))
        }
        None if day.len() == 3 => Some((format!("{day}0-01-01"), format!("{day}9-12-31"))),
        None if day.len() == 2 => Some((format!("{day}00-01-01"), format!("{day}99-12-31"))),
        _ => iso(&day),
    }
}

#[test]
fn days_of_the_english_development_sentences() {
    let Some(lines) = shared("dates/dev-cc0.jsonl") else {
        return;
    };
    let tally = tally_of(&lines, "en");
    assert!(
        f1(tally.days) >= 95.0,
        "interval F1 {:.1} {:?}",
        f1(tally.days),
        tally.days
    );
}

#[test]
fn days_and_values_of_the_german_development_articles() {
    let Some(lines) = shared("dates/krauts-de-dev.jsonl") else {
        return;
    };
    let tally = tally_of(&lines, "de");
    let (values, days) = (f1(tally.values), f1(tally.days));
    eprintln!("German: value F1 {values:.1}, interval F1 {days:.1}");
    assert!(
        values >= 67.0 && days >= 79.0,
        "value F1 {values:.1}, interval F1 {days:.1}"
    );
}

#[test]
fn the_words_of_a_date_that_tell_only_when_are_numbers_and_months_beside_them() {
    let written = |query: &str| -> Vec<String> {
        let dates = find_in_query(query, date(2026, 11, 24));
        let words = dates.iter().flat_map(|d| &d.written);
        words.map(|word| query[word.clone()].to_owned()).collect()
    };
    assert_eq!(written("who won the cup in July 2015?"), ["July", "2015"]);
    assert_eq!(
        written("vote on 14 juillet 2024"),
        ["14", "juillet", "2024"]
    );
    assert_eq!(written("strike 14/7/2024"), ["14", "7", "2024"]);
    assert_eq!(written("Christmas 2019 in London"), ["2019"]);
    assert!(written("Theresa May").is_empty());
    assert!(written("floods last summer").is_empty());
}
