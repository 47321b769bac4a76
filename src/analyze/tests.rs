use super::*;
use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation;

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

fn words(typed: &str, codes: &[&str]) -> Vec<QueryWord> {
    let langs: Vec<Lang> = codes.iter().map(|c| lang(c)).collect();
    Analyzer::default().query_words(typed, &langs)
}

#[test]
fn a_typed_word_stands_for_its_stem_in_every_language_once() {
    let found = words("Nationen", &["en", "de", "xx"]);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].tokens[0].stems, ["nationen", "nation"]);
    assert_eq!(found[0].tokens[0].surface, "nationen");
}

#[test]
fn an_accent_or_an_inner_capital_is_an_exact_spelling() {
    for (typed, exact) in [
        ("Merkel", None),
        ("merkel", None),
        ("résumé", Some("résumé")),
        ("Élysée", Some("Élysée")),
        ("NATO", Some("NATO")),
        ("McCain", Some("McCain")),
        ("McCain's", Some("McCain")),
        ("U.S.", Some("U.S.")),
        ("A", None),
        ("Путин", None),
        ("Weiß", Some("Weiß")),
        ("2024", None),
    ] {
        let found = words(typed, &["en"]);
        assert_eq!(found[0].tokens[0].exact.as_deref(), exact, "{typed}");
    }
}

#[test]
fn text_without_letters_or_digits_has_no_words() {
    for typed in ["", " ", "?!", "&", "“”", "'s", "\u{301}"] {
        let expected = usize::from(typed == "'s");
        assert_eq!(words(typed, &["en"]).len(), expected, "{typed:?}");
    }
}

#[test]
fn typed_chinese_is_cut_into_words_and_a_lone_character_is_a_prefix() {
    let surfaces = |typed| -> Vec<Vec<String>> {
        let words = words(typed, &["zh"]);
        words
            .iter()
            .map(|w| w.tokens.iter().map(|t| t.surface.clone()).collect())
            .collect()
    };
    assert_eq!(surfaces("中国经济"), [["中国"], ["经济"]]);
    assert_eq!(surfaces("共产党的"), [["共产", "产党"]]);
    assert_eq!(
        surfaces("東京都の知事"),
        [vec!["東京", "京都"], vec!["知事"]]
    );
    let lone = words("米", &["ja"]);
    assert!(lone[0].tokens[0].is_prefix && lone[0].tokens[0].surface == "米");
}

#[test]
fn a_phrase_keeps_the_offsets_of_its_words() {
    let forms =
        Analyzer::default().query_forms("the COVID-19 crisis in the U.S.", &[Lang::ENGLISH]);
    let offsets: Vec<(u32, &str)> = forms
        .iter()
        .map(|t| (t.offset, t.surface.as_str()))
        .collect();
    let expected = [
        (0, "the"),
        (1, "covid"),
        (2, "19"),
        (3, "crisis"),
        (4, "in"),
        (5, "the"),
        (6, "u.s"),
    ];
    assert_eq!(offsets, expected);
}

#[test]
fn languages_are_told_from_a_few_sentences() {
    for (code, text) in [
        (
            "en",
            "The minister said on Monday that she would resign after the vote, but not before it is counted.",
        ),
        (
            "de",
            "Die Ministerin sagte am Montag, dass sie nach der Abstimmung zurücktreten werde, aber nicht vorher.",
        ),
        (
            "fr",
            "La ministre a déclaré lundi qu'elle démissionnerait après le vote, mais pas avant le dépouillement.",
        ),
        (
            "es",
            "La ministra dijo el lunes que dimitirá después de la votación, pero no antes de que se cuente.",
        ),
        (
            "pl",
            "Minister powiedziała w poniedziałek, że po głosowaniu ustąpi ze stanowiska, ale nie wcześniej.",
        ),
        (
            "ru",
            "Министр заявила в понедельник, что уйдёт в отставку после голосования, но не раньше подсчёта.",
        ),
        (
            "ja",
            "大臣は月曜日、採決の後に辞任すると述べたが、開票の前ではないという。",
        ),
        (
            "zh",
            "部长星期一表示，她将在投票之后辞职，但不会在计票之前离开。",
        ),
        ("th", "รัฐมนตรีกล่าวเมื่อวันจันทร์ว่าเธอจะลาออกหลังการลงคะแนน"),
        (
            "ko",
            "장관은 월요일에 표결 이후 사임하겠다고 말했지만 개표 이전은 아니라고 했다.",
        ),
        (
            "ar",
            "قالت الوزيرة يوم الاثنين إنها ستستقيل بعد التصويت ولكن ليس قبل فرز الأصوات في البلاد.",
        ),
    ] {
        assert_eq!(
            detect(text).as_ref().map(Lang::as_str),
            Some(code),
            "{text}"
        );
    }
}

#[test]
fn a_few_words_have_no_language() {
    for text in [
        "",
        "Brexit",
        "12345 67890",
        "Angela Merkel",
        "the vote",
        "!!! ???",
    ] {
        assert_eq!(detect(text), None, "{text}");
    }
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
    fn words_end_where_unicode_ends_them(text in text_like()) {
        let mut tokens = Tokens::default();
        Analyzer::default().tokenize(&text, Lang::ENGLISH, &mut tokens);
        for (start, word) in text.split_word_bound_indices() {
            let is_word = word.chars().any(|c| class::class(c) == class::Class::Letter);
            let end = start + word.len();
            let touches = |t: &Token| (t.start as usize) < end && (t.end as usize) > start;
            // Letters that fold to nothing are apostrophes (Hawaiʻi).
            let folds = fold(word).chars().any(char::is_alphanumeric);
            prop_assert!(!is_word || !folds || tokens.list.iter().any(touches), "{word:?} of {text:?}");
            for token in tokens.list.iter().filter(|t| matches!(t.role, Role::Word)) {
                let crosses = (token.start as usize) < end && (token.end as usize) > end;
                let spelled = &text[token.start as usize..token.end as usize];
                // Unicode joins by these in Hebrew only, or between other scripts' letters not at all.
                let is_tailored = spelled.contains(['"', '\u{5f3}', '\u{5f4}', '’', '‘', '\'', '·', '＇']);
                prop_assert!(!crosses || is_tailored, "{spelled:?} of {text:?}");
            }
        }
    }

    #[test]
    fn folding_twice_is_folding_once(text in text_like()) {
        let once = fold(&text).into_owned();
        prop_assert_eq!(fold(&once).into_owned(), once);
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
        "[א-ת\u{5b0}-\u{5c7}\" ؀-ۿ]{0,30}",
        "[ऀ-ॿ\u{b80}-\u{bff} ]{0,30}",
    ]
}
