use super::*;
use proptest::prelude::*;

/// Characters that mean something somewhere, and some that do not.
const ALPHABET: &[&str] = &[
    "a",
    "b",
    "Ab",
    "É",
    "ñ",
    "7",
    "東",
    "京",
    "ا",
    "\u{301}",
    "🔥",
    " ",
    "  ",
    "\t",
    "\u{3000}",
    "\"",
    "“",
    "”",
    "„",
    "«",
    "»",
    "＂",
    "'",
    "(",
    ")",
    "+",
    "-",
    "*",
    "?",
    "/",
    "~",
    "~2",
    "=",
    ":",
    "\\",
    ",",
    ";",
    "|",
    ".",
    "…",
    "—",
    "&",
    "AND",
    " AND ",
    "OR",
    " OR ",
    "NOT ",
    " NOT ",
    " SENT ",
    " NEAR/3 ",
    " ADJ/2 ",
    "NEAR/",
    "title:",
    "text:(",
    "person:",
    "source:\"",
    "lang:de",
    "date:none",
    "copies:>2",
    "like:",
    "about:",
    "Title:",
    "http://",
    "@",
    "\u{0}",
    "\u{feff}",
    "\\o ",
    ">",
    "צ",
];

/// Soup with phrases that may filter.
fn dated_soup() -> impl Strategy<Value = String> {
    let phrase = prop::sample::select(&[" since 2019", " before May 2020 "][..]);
    let part = prop_oneof![3 => prop::sample::select(ALPHABET), 1 => phrase];
    prop::collection::vec(part, 0..24).prop_map(|parts| parts.concat())
}

fn soup() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(ALPHABET), 0..24).prop_map(|parts| parts.concat())
}

fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z]{1,6}",
        "[a-z0-9É\u{301}東' .&-]{0,3}[a-z][-a-z'.,;:!?()\"*~\\\\/=+ 0-9]{0,6}",
        prop::sample::select(vec![
            "AND",
            "OR",
            "NOT",
            "NEAR/3",
            "SENT",
            "-",
            "\\",
            "()",
            "title:x",
            "http://a?b",
            "a?b",
            "\\o"
        ])
        .prop_map(str::to_owned),
    ]
}

fn compact() -> impl Strategy<Value = String> {
    words().prop_map(|w| {
        let joined: String = w.split_whitespace().collect();
        if joined.is_empty() {
            "x".into()
        } else {
            joined
        }
    })
}

fn plain() -> impl Strategy<Value = String> {
    "[a-zA-Zäß東0-9]{1,6}"
}

/// Leaves with a place among words.
fn positional() -> impl Strategy<Value = Kind> {
    prop_oneof![
        4 => words().prop_map(Kind::Word),
        1 => plain().prop_map(Kind::Exact),
        1 => "[a-zA-Zäß東]{1,6}".prop_map(Kind::Prefix),
        1 => "[a-z]{1,3}[*?][a-z0-9]{1,3}[*]?".prop_map(Kind::Wildcard),
        1 => "[a-z.|\\\\/]{0,2}[a-z]\\(a\\|b\\)\\+".prop_filter_map("a valid expression", |s| {
            Pattern::regex(&s).ok().map(|_| Kind::Regex(with_plain_slashes(&s)))
        }),
        1 => (plain(), 1u8..=2).prop_map(|(word, edits)| Kind::Fuzzy { word, edits }),
        2 => (prop::collection::vec(compact(), 1..4), 0u32..4)
            .prop_map(|(words, slop)| Kind::Phrase { words, slop }),
    ]
}

/// Parsing resolves `\/`.
fn with_plain_slashes(source: &str) -> String {
    source.replace("\\/", "/")
}

fn filter() -> impl Strategy<Value = Kind> {
    let value_field = prop::sample::select(vec![
        Field::Author,
        Field::Source,
        Field::Path,
        Field::Url,
        Field::Id,
        Field::Keyword,
        Field::Person,
        Field::Org,
        Field::Place,
        Field::Entity,
    ]);
    prop_oneof![
        (value_field, "[a-zÉ东0-9]{1,4}[-a-z\"\\\\()*/:.,;]{0,4}")
            .prop_map(|(field, value)| Kind::Value { field, value }),
        Just(Kind::Undated),
        any::<u32>().prop_map(Kind::Copies),
        "[a-z]{1,3}[a-z\"#/]{0,3}".prop_map(Kind::Like),
        prop::sample::select(vec!["en", "de", "fr", "pl", "ja"])
            .prop_map(str::to_owned)
            .prop_map(|value| Kind::Value {
                field: Field::Lang,
                value
            }),
    ]
}

/// Trees as parsing makes them: every node through the constructors that parsing uses.
fn tree(leaf: BoxedStrategy<Kind>) -> BoxedStrategy<Node> {
    let leaf = leaf.prop_map(node);
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec((inner.clone(), 0u8..3), 2..4).prop_map(|parts| {
                let operands = parts.into_iter().map(|(node, sign)| {
                    let mut operand = reduce::Operand::of(node);
                    operand.negated = sign == 1;
                    operand.required = sign == 2;
                    operand
                });
                reduce::bag(operands.collect()).unwrap_or(node(Kind::All))
            }),
            prop::collection::vec(inner.clone(), 2..4).prop_map(|nodes| node(Kind::And(nodes))),
            prop::collection::vec(inner.clone(), 2..4).prop_map(|nodes| node(Kind::Or(nodes))),
            inner.prop_map(|inner| match inner.kind {
                Kind::Not(_) => inner,
                _ => node(Kind::Not(Box::new(inner))),
            }),
        ]
    })
    .boxed()
}

fn near() -> impl Strategy<Value = Kind> {
    prop_oneof![
        (
            prop::collection::vec(positional().prop_map(node), 2..4),
            1u32..9,
            any::<bool>()
        )
            .prop_map(|(operands, distance, ordered)| Kind::Near {
                operands,
                distance,
                ordered
            }),
        prop::collection::vec(positional().prop_map(node), 2..4).prop_map(Kind::Sentence),
    ]
}

fn any_tree() -> impl Strategy<Value = Node> {
    let text = prop_oneof![6 => positional(), 1 => near()].boxed();
    let field = prop::sample::select(vec![Field::Title, Field::Heading, Field::Lead, Field::Text]);
    let within = (field, tree(text.clone())).prop_map(|(field, node)| Kind::Within {
        field,
        node: Box::new(node),
    });
    tree(prop_oneof![4 => text, 1 => filter(), 1 => within].boxed())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn what_any_text_parses_to_survives_its_own_text(text in prop_oneof![soup(), dated_soup()]) {
        if let Ok(parsed) = Query::parse(&text, &ParseOptions::new(NOW)) {
            let canonical = parsed.query.to_string();
            let again = canonical.parse::<Query>();
            prop_assert_eq!(again.as_ref().ok(), Some(&parsed.query), "{} -> {} -> {:?}", text, canonical, again);
            for note in &parsed.notes {
                if let (Some(start), Some(end)) = (note.start, note.end) {
                    prop_assert!(text.get(start..end).is_some(), "{:?}", note);
                }
            }
            for leaf in parsed.query.positive_leaves() {
                prop_assert!(text.get(leaf.span.range()).is_some(), "{:?}", leaf);
            }
        }
    }

    #[test]
    fn canonical_text_needs_no_repair(text in soup()) {
        if let Ok(parsed) = Query::parse(&text, &ParseOptions::new(NOW)) {
            let canonical = parsed.query.to_string();
            let again = Query::parse(&canonical, &ParseOptions { strict: true, ..ParseOptions::new(NOW) });
            prop_assert!(again.is_ok(), "{} -> {} -> {:?}", text, canonical, again);
        }
    }

    #[test]
    fn every_tree_survives_its_own_text(root in any_tree()) {
        let query = Query { root };
        let canonical = query.to_string();
        let again = canonical.parse::<Query>();
        prop_assert_eq!(again.as_ref().ok(), Some(&query), "{} -> {:?}", canonical, again);
    }

    #[test]
    fn literal_text_is_words_and_survives(text in soup()) {
        let options = ParseOptions { literal: true, ..ParseOptions::new(NOW) };
        let parsed = Query::parse(&text, &options).unwrap();
        prop_assert!(parsed.query.is_pure_bag() || parsed.query.is_all());
        prop_assert_eq!(parsed.query.to_string().parse::<Query>().unwrap(), parsed.query);
    }

    #[test]
    fn no_text_panics(text in any::<String>()) {
        let _ = Query::parse(&text, &ParseOptions::new(NOW));
    }
}

#[test]
fn an_accent_on_nothing_is_no_prefix() {
    // Found by `canonical_text_needs_no_repair`: `ADJ/0` was left with nothing on its right.
    let parsed = Query::parse("Title:\u{301}*\u{301}", &ParseOptions::new(NOW)).expect("a query");
    assert_eq!(parsed.query.to_string(), "Title");
}

#[test]
fn a_sign_before_a_prefix_within_a_word_is_no_part_of_it() {
    // Found by `what_any_text_parses_to_survives_its_own_text`: the second reading dropped the `+`.
    let parsed = Query::parse("a/+NEAR/*", &ParseOptions::new(NOW)).expect("a query");
    let again: Query = parsed.query.to_string().parse().expect("canonical text");
    assert_eq!(again, parsed.query);
}

#[test]
fn quoted_words_that_look_like_a_filter_need_no_escape() {
    // Found by fuzzing: a quotation has no `\s`, so that each writing added a word's worth of backslashes.
    for text in [
        r#"dam "storms since 2019""#,
        r#"dam source:"Wire since 2019""#,
        r#"dam title:"since 2019""#,
    ] {
        let parsed = Query::parse(text, &ParseOptions::new(NOW)).expect("a query");
        assert_eq!(parsed.query.to_string(), text);
        assert_eq!(text.parse::<Query>().expect("canonical text"), parsed.query);
    }
}

#[test]
fn an_accent_between_a_word_and_a_prefix_begins_no_prefix() {
    // Found by fuzzing: the second reading dropped the accent.
    let parsed = Query::parse("21\u{fffd}\u{31b}Ş.*", &ParseOptions::new(NOW)).expect("a query");
    assert!(
        !parsed.query.to_string().contains('\u{31b}'),
        "{}",
        parsed.query
    );
    let again: Query = parsed.query.to_string().parse().expect("canonical text");
    assert_eq!(again, parsed.query);
}
