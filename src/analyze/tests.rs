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
