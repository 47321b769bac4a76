//! Date expressions: what they are, what they mean, and what is none.

use dateline::date::{DateKind, find};
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
        lang in prop::sample::select(&["en", "de", "fr", "es", "xx"][..]),
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
