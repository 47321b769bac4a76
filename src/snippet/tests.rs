use super::*;
use crate::query::{ParseOptions, Query};
use jiff::civil::Date;
use proptest::prelude::*;

fn matcher(query: &str, analyzer: &mut Analyzer) -> Matcher {
    let options = ParseOptions::new(Date::constant(2026, 11, 24));
    let parsed = Query::parse(query, &options).unwrap_or_else(|e| panic!("{query}: {e}"));
    let langs = ["en", "de"].map(|code| Lang::new(code).unwrap_or(Lang::ENGLISH));
    Matcher::new(&parsed.query, &langs, analyzer)
}

fn marked_in<'a>(query: &str, text: &'a str, fields: &[Field]) -> Vec<&'a str> {
    let mut analyzer = Analyzer::default();
    let matcher = matcher(query, &mut analyzer);
    marks(text, Lang::ENGLISH, fields, &matcher, &[], &mut analyzer)
        .into_iter()
        .map(|range| &text[range])
        .collect()
}

fn marked<'a>(query: &str, text: &'a str) -> Vec<&'a str> {
    marked_in(query, text, &[Field::Text])
}

#[test]
fn words_are_marked_in_every_form_of_their_stem() {
    let text = "The Fed raises rates. Raising a rate was expected; it raised them.";
    assert_eq!(
        marked("raise rates", text),
        ["raises", "rates", "Raising", "rate", "raised"]
    );
}

#[test]
fn a_word_that_is_typed_again_and_again_is_one_part() {
    // 100 times nine function words took 120 ms a hit: each "the" had a hundred marks.
    let mut analyzer = Analyzer::default();
    let once = matcher("the storm title:storm", &mut analyzer);
    let often = matcher(&"the storm title:storm ".repeat(100), &mut analyzer);
    assert_eq!(often.parts.len(), once.parts.len());
}

#[test]
fn a_phrase_is_marked_only_where_the_whole_phrase_stands() {
    let text = "Angela Merkel met Merkel's aide. Angela Davis did not meet Angela Merkel.";
    assert_eq!(
        marked("\"angela merkel\"", text),
        ["Angela Merkel", "Angela Merkel"]
    );
}

#[test]
fn a_phrase_with_slop_marks_its_words() {
    let text = "climate change talks, climate talks, climate of very long talks";
    assert_eq!(
        marked("\"climate talks\"~1", text),
        ["climate", "talks", "climate talks"]
    );
}

#[test]
fn what_is_excluded_is_never_marked() {
    assert_eq!(
        marked("storm -rain NOT snow", "Storm, rain and snow"),
        ["Storm"]
    );
    assert_eq!(marked("-rain", "Storm, rain and snow"), Vec::<&str>::new());
}

#[test]
fn patterns_mark_whole_words() {
    let text = "Inflation inflates; an influx of colours and colors; Zürich";
    assert_eq!(marked("infl*", text), ["Inflation", "inflates", "influx"]);
    assert_eq!(marked("colo*rs", text), ["colours", "colors"]);
    assert_eq!(marked("colo?rs", text), ["colours"]);
    assert_eq!(marked("/infl(ux|ation)/", text), ["Inflation", "influx"]);
    assert_eq!(marked("inflaton~1", text), ["Inflation"]);
    assert_eq!(marked("zür*", text), ["Zürich"]);
}

#[test]
fn an_exact_word_is_marked_in_its_spelling_only() {
    let text = "Apple sells an apple; APPLE";
    assert_eq!(marked("=Apple", text), ["Apple"]);
    assert_eq!(marked("=apple", text), ["apple"]);
    assert_eq!(marked("=\"an apple\"", text), ["an apple"]);
}

#[test]
fn near_and_adj_are_marked_within_their_distance() {
    let text = "rates rose as the bank met; the bank said nothing else at all about rates";
    // "rose as the" stands between them.
    assert_eq!(marked("bank NEAR/3 rates", text), ["rates", "bank"]);
    assert_eq!(marked("rates ADJ/3 bank", text), ["rates", "bank"]);
    assert_eq!(marked("bank NEAR/2 rates", text), Vec::<&str>::new());
    assert_eq!(marked("bank ADJ/3 rates", text), Vec::<&str>::new());
}

#[test]
fn sent_is_marked_within_a_sentence() {
    let text = "The bank met on Monday. Rates rose. The bank raised its rates again.";
    assert_eq!(marked("bank SENT rates", text), ["bank", "rates"]);
}

#[test]
fn a_field_is_marked_in_its_field() {
    assert_eq!(marked("title:storm rain", "storm and rain"), ["rain"]);
    assert_eq!(
        marked_in("title:storm rain", "storm and rain", &[Field::Title]),
        ["storm", "rain"]
    );
}

#[test]
fn a_stop_word_is_marked_between_other_marks_only() {
    let text = "The Bank of England is one of the banks";
    assert_eq!(
        marked("bank of england", text),
        ["Bank", "of", "England", "banks"]
    );
    assert_eq!(marked("the of", "one of the banks"), ["of", "the"]);
}

#[test]
fn words_of_scripts_without_spaces_are_marked() {
    let text = "東京都知事選挙が行われた。東京で選挙。";
    assert_eq!(marked("選挙", text), ["選挙", "選挙"]);
    assert_eq!(marked("\"知事選挙\"", text), ["知事選挙"]);
    assert_eq!(marked("京", text), ["京", "京"]);
}

#[test]
fn right_to_left_text_and_combining_characters_are_marked() {
    assert_eq!(marked("القدس", "في القدس اليوم"), ["القدس"]);
    assert_eq!(marked("cafe", "un cafe\u{301} noir"), ["cafe\u{301}"]);
}

fn windows(query: &str, text: &str, max: usize, width: usize) -> Vec<String> {
    let mut analyzer = Analyzer::default();
    let matcher = matcher(query, &mut analyzer);
    let options = Options { max, width };
    snippets(
        text,
        Lang::ENGLISH,
        &[Field::Text],
        &matcher,
        &[],
        options,
        &mut analyzer,
    )
    .into_iter()
    .map(|s| s.text)
    .collect()
}

const STORY: &str = "The council met on Monday. Nobody spoke about the harbour. A storm had broken \
    the sea wall in March. Repairs will cost two million crowns. The mayor blamed the storm and the \
    harbour company for the damage. Work begins in May.";

#[test]
fn the_window_with_most_of_the_query_is_shown() {
    assert_eq!(
        windows("storm harbour damage", STORY, 1, 90),
        ["The mayor blamed the storm and the harbour company for the damage. Work begins in May."]
    );
}

#[test]
fn further_windows_show_what_is_not_shown_yet() {
    assert_eq!(
        windows("council damage crowns", STORY, 3, 45),
        [
            "The council met on Monday.",
            "Repairs will cost two million crowns.",
            "storm and the harbour company for the damage.",
        ]
    );
}

#[test]
fn the_beginning_is_shown_where_nothing_matches() {
    assert_eq!(
        windows("volcano", STORY, 3, 57),
        ["The council met on Monday."]
    );
    assert_eq!(windows("volcano", STORY, 1, 12), ["The council"]);
    assert_eq!(windows("storm", "", 1, 100), Vec::<String>::new());
}

#[test]
fn a_long_sentence_is_cut_between_words_around_its_marks() {
    let text = "one two three four five six seven eight nine ten storm eleven twelve thirteen \
        fourteen fifteen sixteen seventeen eighteen";
    assert_eq!(
        windows("storm", text, 1, 40),
        ["nine ten storm eleven twelve thirteen"]
    );
}

#[test]
fn ranges_of_the_caller_are_marked_and_shown() {
    let mut analyzer = Analyzer::default();
    let matcher = matcher("storm", &mut analyzer);
    let at = STORY.find("mayor").unwrap();
    let options = Options { max: 1, width: 80 };
    let extra = [at..at + 5, 3..100_000, 5..5];
    let shown = snippets(
        STORY,
        Lang::ENGLISH,
        &[Field::Text],
        &matcher,
        &extra,
        options,
        &mut analyzer,
    );
    assert_eq!(
        shown[0].text,
        "The mayor blamed the storm and the harbour company for the damage."
    );
    assert_eq!(shown[0].marks, [[4, 9], [21, 26]]);
    assert_eq!(shown[0].start as usize, at - 4);
}

/// Text with everything that could trip offsets.
fn messy() -> impl Strategy<Value = String> {
    let parts = prop::sample::select(vec![
        "storm ",
        "Storms",
        "the ",
        "Bank of England ",
        "U.S. ",
        "co-operation ",
        "é",
        "e\u{301}",
        "東京で",
        "選挙。",
        "القدس ",
        "👩‍👩‍👧",
        "🔥 ",
        ". ",
        "! ",
        "\n\n",
        "\u{a0}",
        "1,000 ",
        "x",
        "“quoted” ",
        "\u{0}",
        "COVID-19 ",
        "ภาษาไทย",
        "-",
        "AT&T ",
    ]);
    prop::collection::vec(parts, 0..40).prop_map(|parts| parts.concat())
}

fn queries() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "storm",
        "storm bank",
        "\"bank of england\"",
        "bank NEAR/3 storm",
        "storm SENT bank",
        "st*",
        "/s.*/",
        "storn~1",
        "=Storms",
        "co-operation",
        "us",
        "U.S.",
        "東京",
        "選",
        "القدس",
        "covid19",
        "*",
        "-storm",
        "the of",
        "title:storm x",
        "AT&T \"1000 storm\"~3",
        "(a OR storm) ADJ/9 (x OR bank)",
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn snippets_are_slices_with_marks_in_order(
        text in messy(),
        query in queries(),
        max in 1usize..4,
        width in 1usize..120,
        extra in prop::collection::vec((0usize..80, 0usize..20), 0..3),
    ) {
        let mut analyzer = Analyzer::default();
        let matcher = matcher(query, &mut analyzer);
        let extra: Vec<Range<usize>> = extra.into_iter().map(|(s, l)| s..s + l).collect();
        let options = Options { max, width };
        let all = marks(&text, Lang::ENGLISH, &[Field::Text], &matcher, &extra, &mut analyzer);
        let mut end = 0;
        for range in &all {
            prop_assert!(range.start < range.end && range.start >= end);
            prop_assert!(text.get(range.clone()).is_some());
            end = range.end;
        }
        let shown = snippets(&text, Lang::ENGLISH, &[Field::Text], &matcher, &extra, options, &mut analyzer);
        prop_assert!(shown.len() <= max);
        prop_assert_eq!(shown.is_empty(), analyze::sentences(&text).is_empty());
        let mut last = 0;
        for snippet in &shown {
            let start = snippet.start as usize;
            prop_assert!(start >= last);
            last = start + snippet.text.len();
            prop_assert_eq!(text.get(start..last), Some(snippet.text.as_str()));
            let mut end = 0;
            for &[from, to] in &snippet.marks {
                let (from, to) = (from as usize, to as usize);
                prop_assert!(from < to && from >= end);
                prop_assert!(snippet.text.get(from..to).is_some());
                end = to;
                // Nothing is marked that is not marked in the whole text.
                prop_assert!(all.iter().any(|r| r.start <= start + from && start + to <= r.end));
            }
        }
    }

    #[test]
    fn every_mark_of_a_word_is_a_form_of_it(text in messy()) {
        for piece in marked("storm", &text) {
            prop_assert!(matches!(piece.to_lowercase().as_str(), "storm" | "storms"), "{}", piece);
        }
    }
}
