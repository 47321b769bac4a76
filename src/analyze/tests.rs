use super::*;
use proptest::prelude::*;

fn lang(code: &str) -> Lang {
    Lang::new(code).expect("a language code")
}

/// Whether the tokens stand in the text at their offsets from some position.
fn stands(tokens: &[QueryToken], text: &Tokens) -> bool {
    let matches = |wanted: &QueryToken, position: u32| {
        text.list
            .iter()
            .filter(|t| t.position == position)
            .any(|t| {
                let stem = text.stem(t);
                let equals = wanted.stems.iter().any(|s| s == stem);
                equals || (wanted.is_prefix && text.surface(t).starts_with(&wanted.surface))
            })
    };
    let end = text.list.last().map_or(0, |t| t.position + 1);
    (0..end).any(|at| tokens.iter().all(|t| matches(t, at + t.offset)))
}

/// Whether every word of the query stands in the text.
fn finds(text: &str, text_lang: &str, query: &str, langs: &[Lang]) -> bool {
    let mut analyzer = Analyzer::default();
    let mut tokens = Tokens::default();
    analyzer.tokenize(text, lang(text_lang), &mut tokens);
    let words = analyzer.query_words(query, langs);
    !words.is_empty()
        && words.iter().all(|word| {
            stands(&word.tokens, &tokens) || word.otherwise.iter().any(|o| stands(o, &tokens))
        })
}

const TABLE: &str = include_str!("tests/found.txt");

#[test]
fn words_are_found_the_way_people_type_them() {
    let mut failures = Vec::new();
    let mut rows = 0;
    for (number, line) in TABLE.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with("//") {
            continue;
        }
        let mut parts = line.split('|').map(str::trim);
        let (Some(code), Some(text), Some(yes), no) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            panic!(
                "line {}: expected LANG | TEXT | FOUND BY | NOT FOUND BY",
                number + 1
            );
        };
        let text = text.replace('␣', "\u{a0}");
        let langs = [lang(code), Lang::ENGLISH];
        for (queries, wanted) in [(yes, true), (no.unwrap_or(""), false)] {
            for query in queries.split(';').map(str::trim).filter(|q| !q.is_empty()) {
                let query = query.replace('␣', "\u{a0}");
                rows += 1;
                if finds(&text, code, &query, &langs) != wanted {
                    let verb = if wanted { "misses" } else { "finds" };
                    failures.push(format!("line {}: {query:?} {verb} {text:?}", number + 1));
                }
            }
        }
    }
    assert!(rows > 150, "only {rows} pairs were read");
    assert!(
        failures.is_empty(),
        "{} of {rows}:\n{}",
        failures.len(),
        failures.join("\n")
    );
}

#[test]
fn sentences_end_where_a_reader_ends_them() {
    let mut failures = Vec::new();
    let mut rows = 0;
    let table = include_str!("tests/sentences.txt");
    for line in table
        .lines()
        .filter(|l| !l.is_empty() && !l.starts_with("//"))
    {
        let line = line.replace("\\n", "\n");
        let wanted: Vec<&str> = line
            .split('|')
            .flat_map(|s| s.split('\n'))
            .map(str::trim)
            .collect();
        let text = line.replace(" | ", " ");
        let found: Vec<&str> = sentences(&text).into_iter().map(|r| &text[r]).collect();
        rows += 1;
        if found != wanted {
            failures.push(format!("{found:?}"));
        }
    }
    assert!(rows > 50, "only {rows} rows were read");
    assert!(
        failures.is_empty(),
        "{} of {rows}:\n{}",
        failures.len(),
        failures.join("\n")
    );
}

#[test]
fn unspaced_scripts_end_a_long_clause_at_a_space() {
    let clause = "นายกรัฐมนตรีแถลงข่าว".repeat(5);
    let text = format!("{clause} {clause} {clause}");
    assert_eq!(sentences(&text).len(), 3);
    assert_eq!(sentences("ข่าว ข่าว").len(), 1);
}

#[test]
fn sentences_and_tokens_of_hostile_text_take_linear_time() {
    let begun = std::time::Instant::now();
    let mut tokens = Tokens::default();
    for unit in [
        ".", "a. »", "a.", "。」", "\" .", "…x", "l'", "a'", "a.b-", "1,", "1.000,", "a&",
        "e\u{301}", "\u{301}", "กุ", "가", "a-", "U.S.", "\u{a0}", "'s", "צ\"", "x", "ß", "'",
        "((. ", "Mr. ", "é’",
    ] {
        let text = unit.repeat((1 << 20) / unit.len());
        assert!(!sentences(&text).is_empty() || text.trim().is_empty());
        Analyzer::default().tokenize(&text, Lang::ENGLISH, &mut tokens);
        assert!(tokens.list.iter().all(|t| tokens.stem(t).len() <= 255));
    }
    // Quadratic time would be hours; the bound leaves room for a busy machine.
    assert!(begun.elapsed().as_secs() < 60, "{:?}", begun.elapsed());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn whatever_word_a_text_holds_typing_it_finds_the_text(
        text in text_like(), code in prop::sample::select(CODES),
    ) {
        let mut analyzer = Analyzer::default();
        let mut tokens = Tokens::default();
        analyzer.tokenize(&text, lang(code), &mut tokens);
        for word in text.split(' ') {
            for wanted in analyzer.query_words(word, &[Lang::ENGLISH, lang(code)]) {
                prop_assert!(stands(&wanted.tokens, &tokens), "{word:?} misses {text:?}: {wanted:?}");
            }
        }
    }

    #[test]
    fn sentences_hold_every_solid_character_once_and_in_order(text in text_like()) {
        let mut end = 0;
        for range in sentences(&text) {
            prop_assert!(range.start >= end && range.start < range.end);
            prop_assert!(text[end..range.start].trim().is_empty());
            prop_assert_eq!(text[range.clone()].trim(), &text[range.clone()]);
            end = range.end;
        }
        prop_assert!(text[end..].trim().is_empty());
    }

    #[test]
    fn terms_are_never_empty_and_hold_no_white_space_or_control_character(
        text in text_like(), code in prop::sample::select(CODES),
    ) {
        let mut analyzer = Analyzer::default();
        let mut tokens = Tokens::default();
        analyzer.tokenize(&text, lang(code), &mut tokens);
        let mut before = 0;
        for token in &tokens.list {
            for term in [tokens.stem(token), tokens.surface(token)] {
                prop_assert!(!term.is_empty() && term.len() <= 255, "{term:?} of {text:?}");
                prop_assert!(
                    !term.chars().any(|c| c.is_whitespace() || c.is_control()),
                    "{term:?} of {text:?}",
                );
            }
            let (start, end) = (token.start as usize, token.end as usize);
            prop_assert!(start < end && text.get(start..end).is_some(), "{token:?} of {text:?}");
            prop_assert!(token.position == before || token.position == before + 1 || before == 0);
            before = token.position;
        }
    }
}

const CODES: &[&str] = &[
    "en", "de", "fr", "es", "pl", "it", "cs", "ru", "tr", "ar", "fa", "el", "hi", "hu", "fi", "sr",
    "ta", "yi", "ja", "th", "xx", "ro", "uk", "ne", "lt", "hy", "ca", "ga", "eu", "id", "sv", "nl",
    "pt", "et",
];

/// Any Unicode text, and texts of the characters that the rules are about.
fn text_like() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,40}",
        "(?s).{0,40}",
        "[a-cUS'’.,\\-&+#0-9\u{a0}é\u{301} \n]{0,30}",
        "[\\p{L}\\p{M}\\p{N} '’.-]{0,30}",
        "[ก-๛ぁ-ヿ一-丏가-갏\u{1100}-\u{11ff}ﾊ-ﾟ ]{0,20}",
        "([A-Za-zäöüßéèçñøåłşı]{1,20}[ -'’.])*",
        "[а-яёй\u{300}-\u{310} Їі]{0,30}",
        "[א-ת\u{5b0}-\u{5ea}\" ؀-ۿ]{0,30}",
        "[ऀ-ॿ\u{b80}-\u{bff} ]{0,30}",
    ]
}
