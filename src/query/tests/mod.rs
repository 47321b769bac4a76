use super::*;
use std::time::{Duration, Instant};

mod golden;
mod round_trip;

const NOW: Date = Date::constant(2026, 11, 24);

fn parse(text: &str) -> Parsed {
    Query::parse(text, &ParseOptions::new(NOW)).unwrap_or_else(|e| panic!("{text:?}: {e}"))
}

fn error(text: &str) -> (String, usize, usize) {
    match Query::parse(text, &ParseOptions::new(NOW)) {
        Err(Error::Query {
            message,
            start,
            end,
        }) => (message, start, end),
        other => panic!("{text:?}: {other:?}"),
    }
}

fn kind(text: &str) -> Kind {
    parse(text).query.root.kind
}

fn word(text: &str) -> Node {
    node(Kind::Word(text.into()))
}

fn node(kind: Kind) -> Node {
    Node {
        kind,
        span: Span::default(),
    }
}

#[test]
fn the_empty_query_is_everything() {
    assert_eq!(kind(""), Kind::All);
    assert_eq!(kind(" \t\n"), Kind::All);
    assert_eq!(kind("*"), Kind::All);
}

#[test]
fn operators_bind_not_near_sent_and_or_and_side_by_side_last() {
    let near = node(Kind::Near {
        operands: vec![word("c"), word("d")],
        distance: 3,
        ordered: false,
    });
    let sentence = node(Kind::Sentence(vec![near, word("e")]));
    let not = node(Kind::Not(Box::new(word("f"))));
    let and = node(Kind::And(vec![word("b"), sentence, not]));
    let or = node(Kind::Or(vec![and, word("g")]));
    assert_eq!(
        kind("a b AND c NEAR/3 d SENT e AND NOT f OR g h"),
        Kind::Bag(vec![
            Clause::optional(word("a")),
            Clause::optional(or),
            Clause::optional(word("h")),
        ])
    );
}

#[test]
fn an_and_without_parentheses_holds_for_the_whole_bag() {
    let and = node(Kind::And(vec![word("b"), word("c")]));
    assert_eq!(
        kind("a b AND c"),
        Kind::Bag(vec![
            Clause::optional(word("a")),
            Clause {
                occur: Occur::Must,
                node: and.clone()
            },
        ])
    );
    assert_eq!(
        kind("a (b AND c)"),
        Kind::Bag(vec![Clause::optional(word("a")), Clause::optional(and)])
    );
}

#[test]
fn a_filter_among_words_is_required() {
    let Kind::Bag(clauses) = kind("storm source:reuters -title:sport (person:a OR person:b)")
    else {
        panic!("not a bag");
    };
    let occurs: Vec<Occur> = clauses.iter().map(|c| c.occur).collect();
    assert_eq!(
        occurs,
        [Occur::Optional, Occur::Must, Occur::MustNot, Occur::Must]
    );
}

#[test]
fn spans_are_the_bytes_of_each_part() {
    let text = "žena -\"dva slova\" title:muž";
    let query = parse(text).query;
    let parts: Vec<&str> = query
        .clauses()
        .iter()
        .map(|(_, node)| &text[node.span.range()])
        .collect();
    assert_eq!(parts, ["žena", "-\"dva slova\"", "title:muž"]);
}

#[test]
fn strict_refuses_the_first_repair_with_its_place() {
    let options = ParseOptions {
        strict: true,
        ..ParseOptions::new(NOW)
    };
    let refused = Query::parse("fed (rates", &options);
    assert!(
        matches!(
            refused,
            Err(Error::Query {
                start: 4,
                end: 5,
                ..
            })
        ),
        "{refused:?}"
    );
    assert!(Query::parse("fed (rates)", &options).is_ok());
    assert!(Query::parse("a - b", &options).is_ok());
}

#[test]
fn literal_takes_every_character_as_text() {
    let options = ParseOptions {
        literal: true,
        ..ParseOptions::new(NOW)
    };
    let text = "date:never AND (wild* \"two words\" -not";
    let parsed = Query::parse(text, &options).unwrap();
    let words = ["date:never", "AND", "(wild*", "\"two", "words\"", "-not"];
    let clauses = words.map(|w| Clause::optional(word(w))).to_vec();
    assert_eq!(parsed.query.root.kind, Kind::Bag(clauses));
    assert_eq!(parsed.notes, []);
    assert_eq!(
        parsed.query.to_string().parse::<Query>().unwrap(),
        parsed.query
    );
}

#[test]
fn an_invalid_value_after_a_known_field_names_place_and_remedy() {
    for (text, start, end) in [
        ("x date:whenever", 2, 15),
        ("lang:english", 0, 12),
        ("copies:5", 0, 8),
        ("storm person:\"\"", 6, 15),
        ("title:()", 0, 8),
        ("about:none", 0, 10),
        ("source:(  )", 0, 11),
        ("title:*", 0, 7),
    ] {
        let (message, from, to) = error(text);
        assert_eq!((from, to), (start, end), "{text}: {message}");
        assert!(message.contains("in quotes"), "{text}: {message}");
    }
}

#[test]
fn runaway_patterns_are_refused_at_once() {
    for text in [
        "/[a-z]{1000}{1000}/",
        "/(((a{100}){100}){100}){100}/",
        "/.*a.{200}/",
        &format!("{}*", "a".repeat(500)),
        &"x* ".repeat(65),
    ] {
        let began = Instant::now();
        let (message, ..) = error(text);
        assert!(!message.is_empty());
        // Ten times what is usual, for a busy machine.
        let took = began.elapsed();
        assert!(took < Duration::from_millis(500), "{text:.40}: {took:?}");
    }
}

#[test]
fn long_input_takes_milliseconds() {
    for text in [
        "(".repeat(MAX_BYTES),
        ")".repeat(MAX_BYTES),
        "a(".repeat(MAX_BYTES / 2),
        "\"".repeat(MAX_BYTES),
        "“".repeat(MAX_BYTES / 3),
        "NOT ".repeat(5000) + "x",
        "-(".repeat(MAX_BYTES / 2),
        "a/(".repeat(MAX_BYTES / 3),
        "word ".repeat(10_000),
        "a AND ".repeat(1000) + "b",
        "a NEAR/1 b NEAR/2 ".repeat(500) + "c",
        "a* b? ~ =".repeat(3),
        "\\".repeat(MAX_BYTES),
        "title:".repeat(1000),
    ] {
        let began = Instant::now();
        let parsed = Query::parse(&text, &ParseOptions::new(NOW));
        assert!(began.elapsed() < Duration::from_secs(1), "{text:.40}");
        if let Ok(parsed) = parsed {
            assert_eq!(
                parsed.query.to_string().parse::<Query>().unwrap(),
                parsed.query,
                "{text:.40}"
            );
        }
    }
    assert!(error(&"x".repeat(MAX_BYTES + 1)).0.contains("65536"));
}

#[test]
fn ten_thousand_words_search_with_the_first_thousand() {
    let parsed = parse(&"word ".repeat(10_000));
    assert_eq!(parsed.query.positive_leaves().len(), MAX_LEAVES);
    assert_eq!(parsed.notes.len(), 1);
    // A filter is never left out.
    let text = format!("{}source:bbc", "word ".repeat(5_000));
    error(&text);
}

#[test]
fn helpers_tell_words_from_filters() {
    assert!(parse("fed raises rates").query.is_pure_bag());
    assert!(!parse("fed -rates").query.is_pure_bag());
    let query = parse("fed -rates title:(a OR b) NOT c").query;
    let leaves: Vec<String> = query
        .positive_leaves()
        .iter()
        .map(|n| n.to_string())
        .collect();
    assert_eq!(leaves, ["fed", "a", "b"]);
}

#[test]
fn serde_goes_through_the_text() {
    let query = parse("a AND \"b c\"~2 OR -d").query;
    let json = serde_json::to_string(&query).unwrap();
    assert_eq!(json, "\"(a AND \\\"b c\\\"~2) OR NOT d\"");
    assert_eq!(serde_json::from_str::<Query>(&json).unwrap(), query);
}

#[test]
fn a_since_phrase_among_words_filters_and_says_so() {
    // The day of asking is Tuesday, 24 November 2026.
    let parsed = parse("inflation since 2019?");
    assert_eq!(parsed.query.to_string(), "inflation date:2019-01-01..");
    assert_eq!(parsed.notes.len(), 1);
    assert_eq!(parsed.notes[0].kind, NoteKind::Date);
    assert_eq!(
        (parsed.notes[0].start, parsed.notes[0].end),
        (Some(10), Some(20))
    );
    // Other dates do not filter, nor does what is quoted, excluded, grouped or escaped.
    assert_eq!(parse("olympics 2012").dates.len(), 1);
    for text in [
        "olympics 2012",
        "\"since 2019\" inflation",
        "inflation (since 2019)",
        "inflation AND since 2019",
        "inflation \\since 2019",
    ] {
        assert_eq!(parse(text).notes, [], "{text}");
    }
}

#[test]
fn words_that_are_no_filter_stay_words_in_canonical_text() {
    let query = parse("inflation \\since 2019").query;
    assert_eq!(query.to_string(), "inflation \\since 2019");
    assert_eq!(parse(&query.to_string()).query, query);
}

#[test]
fn a_relative_date_becomes_days() {
    // October is the month before the day of asking.
    let parsed = parse("date:\"last month\"");
    assert_eq!(parsed.query.to_string(), "date:2026-10-01..2026-10-31");
    assert_eq!(
        parsed.notes[0].message,
        "last month: 2026-10-01..2026-10-31"
    );
    let (message, ..) = error("date:last month");
    assert!(message.contains("quotes"), "{message}");
    assert!("date:\"last month\"".parse::<Query>().is_err());
}
