use super::*;
use crate::article::EntityKind;
use crate::index::request::{Hit, HitDate, HitEntity};
use crate::snippet::Snippet;
use proptest::prelude::*;
use serde_json::Value;

fn hit(rank: usize, score: f32, article: &str) -> Hit {
    Hit {
        schema_version: (),
        rank,
        score,
        article: article.to_owned(),
        passage: 3,
        section: 1,
        title: Some("Fed raises rates".to_owned()),
        heading: Some("What happened?".to_owned()),
        source: Some("Morning Wire".to_owned()),
        authors: vec!["Jane Doe".to_owned()],
        url: None,
        path: "wire/1.txt".to_owned(),
        lang: Some("en".to_owned()),
        status: None,
        published: Some("2025-03-15T09:30:00Z".to_owned()),
        text: "Officials met. The Fed raised its key rate in March. Markets fell.".to_owned(),
        snippets: vec![Snippet {
            text: "The Fed raised its key rate in March.".to_owned(),
            start: 15,
            marks: vec![[4, 7], [23, 27]],
        }],
        entities: vec![HitEntity {
            kind: EntityKind::Org,
            name: "Fed".to_owned(),
        }],
        dates: vec![HitDate {
            from: "2025-03-01".to_owned(),
            to: "2025-03-31".to_owned(),
            text: "March".to_owned(),
        }],
        duplicates: 2,
        title_marks: vec![[0, 3]],
        explanation: None,
    }
}

fn results(hits: Vec<Hit>) -> SearchResults {
    SearchResults {
        query: "fed rate".to_owned(),
        total: hits.len() as u64,
        total_is_exact: true,
        elapsed_ms: 1.234_567,
        notes: Vec::new(),
        hits,
    }
}

fn printed(
    printer: &dyn Printer,
    topic: Option<&str>,
    unit: Unit,
    results: &SearchResults,
) -> String {
    let mut out = Vec::new();
    let answer = Answer {
        topic,
        unit,
        by_score: true,
        results,
    };
    let write = |out: &mut Vec<u8>| -> io::Result<()> {
        printer.begin(out)?;
        printer.answer(&answer, out)?;
        printer.end(out)
    };
    write(&mut out).expect("a buffer takes everything");
    String::from_utf8(out).expect("UTF-8")
}

fn trec() -> Trec {
    Trec {
        tag: "dateline".to_owned(),
    }
}

fn text(style: Style) -> Text<'static> {
    Text {
        style,
        target: Box::new(|_| None),
        neighbours: Box::new(|_| Vec::new()),
    }
}

#[test]
fn a_hit_has_every_key_of_the_contract_and_nulls_for_what_is_unknown() {
    let lines = Json {
        lines: true,
        ..Json::default()
    };
    let out = printed(
        &lines,
        None,
        Unit::Passage,
        &results(vec![hit(1, 2.5, "a")]),
    );
    let value: Value = serde_json::from_str(&out).expect("JSON");
    let keys = [
        "schema_version",
        "rank",
        "score",
        "article",
        "passage",
        "section",
        "title",
        "heading",
        "source",
        "authors",
        "url",
        "path",
        "lang",
        "status",
        "published",
        "text",
        "snippets",
        "entities",
        "dates",
        "duplicates",
    ];
    for key in keys {
        assert!(value.get(key).is_some(), "{key} is missing in {out}");
    }
    assert_eq!(value["schema_version"], 1);
    assert!(value["url"].is_null());
    assert_eq!(value["snippets"][0]["marks"][0][1], 7);
    assert_eq!(value["entities"][0]["type"], "org");
}

#[test]
fn a_batch_answer_carries_its_id_and_a_failure_every_key() {
    let lines = Json {
        lines: true,
        batch: true,
        fields: Vec::new(),
    };
    let out = printed(&lines, Some("q1"), Unit::Passage, &results(Vec::new()));
    let value: Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(value["id"], "q1");
    assert_eq!(value["elapsed_ms"], 1.235);
    let mut bytes = Vec::new();
    let failure = Failure {
        topic: None,
        query: None,
        error: "not JSON",
        line: 7,
    };
    lines.failure(&failure, &mut bytes).expect("a buffer");
    let value: Value = serde_json::from_slice(&bytes).expect("JSON");
    assert!(value["id"].is_null() && value["query"].is_null());
    assert_eq!(value["line"], 7);
}

#[test]
fn chosen_fields_come_in_their_order_behind_the_version() {
    let lines = Json {
        lines: true,
        batch: false,
        fields: vec!["title".to_owned(), "article".to_owned()],
    };
    let out = printed(
        &lines,
        None,
        Unit::Passage,
        &results(vec![hit(1, 2.5, "a")]),
    );
    assert_eq!(
        out,
        "{\"schema_version\":1,\"title\":\"Fed raises rates\",\"article\":\"a\"}\n"
    );
}

#[test]
fn csv_quotes_as_rfc_4180_and_tsv_flattens() {
    let mut one = hit(1, 2.5, "a,b");
    one.title = Some("He said \"no\"\nand\tleft".to_owned());
    let found = results(vec![one]);
    let out = printed(&Table::new(false), Some("q"), Unit::Passage, &found);
    let mut reader = csv::Reader::from_reader(out.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(|r| r.expect("a row")).collect();
    assert_eq!(
        reader
            .headers()
            .expect("a header")
            .iter()
            .collect::<Vec<_>>(),
        COLUMNS
    );
    assert_eq!(rows.len(), 1);
    assert_eq!(&rows[0][3], "a,b");
    assert_eq!(&rows[0][5], "He said \"no\"\nand\tleft");
    let out = printed(&Table::new(true), Some("q"), Unit::Passage, &found);
    let line = out.lines().nth(1).expect("a row");
    let cells: Vec<&str> = line.split('\t').collect();
    assert_eq!(cells.len(), COLUMNS.len());
    assert_eq!(cells[5], "He said \"no\" and left");
}

#[test]
fn formulas_are_disarmed_when_asked() {
    let mut one = hit(1, 2.5, "a");
    one.title = Some("=HYPERLINK(\"x\")".to_owned());
    let found = results(vec![one]);
    let plain = printed(&Table::new(false), None, Unit::Passage, &found);
    assert!(plain.contains("\"=HYPERLINK"));
    let mut safe = Table::new(false);
    safe.safe = true;
    assert!(printed(&safe, None, Unit::Passage, &found).contains("\"'=HYPERLINK"));
}

#[test]
fn equal_scores_are_ordered_by_docno_and_fall_in_print() {
    let hits = vec![hit(1, 2.0, "b"), hit(2, 2.0, "a"), hit(3, 1.0, "c")];
    let out = printed(&trec(), Some("7"), Unit::Article, &results(hits));
    // The float before 2 is 2 - 2^-23.
    assert_eq!(
        out,
        "7 Q0 a 1 2 dateline\n7 Q0 b 2 1.9999999 dateline\n7 Q0 c 3 1 dateline\n"
    );
}

#[test]
fn white_space_in_ids_is_percent_encoded() {
    let hits = vec![hit(1, 2.0, "my file\u{a0}1\t.txt")];
    let out = printed(&trec(), Some("q 1"), Unit::Passage, &results(hits));
    assert_eq!(out, "q%201 Q0 my%20file%C2%A01%09.txt#3 1 2 dateline\n");
}

#[test]
fn a_time_order_is_not_reordered_by_docno() {
    let found = results(vec![hit(1, 0.0, "b"), hit(2, 0.0, "a")]);
    let mut out = Vec::new();
    let answer = Answer {
        topic: Some("1"),
        unit: Unit::Article,
        by_score: false,
        results: &found,
    };
    trec().answer(&answer, &mut out).expect("a buffer");
    let lines = String::from_utf8(out).expect("UTF-8");
    let docnos: Vec<&str> = lines.lines().filter_map(|l| l.split(' ').nth(2)).collect();
    assert_eq!(docnos, ["b", "a"]);
}

proptest! {
    #[test]
    fn printed_scores_fall_strictly_as_trec_eval_reads_them(
        mut scores in proptest::collection::vec(-1e6_f32..1e6, 1..60),
        ties in proptest::collection::vec(any::<bool>(), 60),
    ) {
        scores.sort_by(|a, b| b.total_cmp(a));
        for at in 1..scores.len() {
            if ties[at] {
                scores[at] = scores[at - 1];
            }
        }
        let printed = falling_scores(scores.into_iter());
        let read: Vec<f32> = printed
            .iter()
            .map(|s| s.to_string().parse::<f64>().expect("a number") as f32)
            .collect();
        prop_assert!(read.windows(2).all(|pair| pair[0] > pair[1]), "{:?}", read);
    }

    #[test]
    fn wrapped_lines_hold_every_word_in_order(text in "[a-z ]{0,200}", width in 5_usize..40) {
        let lines = wrap(&text, width, width);
        let words: Vec<&str> = lines.iter().flat_map(|l| text[l.clone()].split_whitespace()).collect();
        prop_assert_eq!(words, text.split_whitespace().collect::<Vec<_>>());
        for line in lines {
            let fits = line.len() <= width || !text[line.clone()].trim().contains(' ');
            prop_assert!(fits, "{:?}", &text[line]);
        }
    }

    #[test]
    fn nothing_that_steers_a_terminal_passes(text in any::<String>()) {
        let mut out = Vec::new();
        let mut writer = Neutral::new(&mut out);
        // Written byte by byte: characters arrive in pieces.
        for byte in text.as_bytes() {
            writer.write_all(&[*byte]).expect("a buffer");
        }
        drop(writer);
        let shown = String::from_utf8(out).expect("UTF-8");
        let steers = |c: char| c.is_control() && !matches!(c, '\n' | '\t' | '\0');
        prop_assert!(!shown.chars().any(steers));
        if !text.chars().any(steers) && neutral(&text) == text {
            prop_assert_eq!(shown, text);
        }
    }
}

#[test]
fn an_escape_sequence_in_an_article_is_defused_in_every_form() {
    let mut one = hit(1, 2.0, "a\u{1b}[31mb");
    one.title = Some("\u{1b}]0;owned\u{7}\u{9b}2J \u{202e}evil".to_owned());
    one.snippets[0].text = "x\u{1b}[2Jy".to_owned();
    one.snippets[0].marks = vec![[0, 2]];
    let style = Style {
        color: false,
        links: false,
        width: 80,
    };
    let shown = printed(
        &text(style),
        None,
        Unit::Passage,
        &results(vec![one.clone()]),
    );
    assert!(
        !shown.contains(['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}']),
        "{shown:?}"
    );
    let html = Html::default();
    let page = printed(&html, None, Unit::Passage, &results(vec![one]));
    assert!(!page.contains('\u{1b}'));
}

#[test]
fn text_shows_title_source_date_section_marks_and_a_line_to_cite() {
    let out = printed(
        &text(Style::default()),
        None,
        Unit::Passage,
        &results(vec![hit(1, 2.0, "a")]),
    );
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(
        lines,
        [
            "1. *Fed* raises rates",
            "   Morning Wire · 2025-03-15 · What happened? · +2 copies",
            "   …The *Fed* raised its key *rate* in March.",
            "   Jane Doe: “Fed raises rates”. Morning Wire, 2025-03-15. [a#3]",
        ]
    );
}

#[test]
fn wide_characters_count_two_columns() {
    let text = "日本の首相が経済政策について記者会見を行い質問に答えた";
    for line in wrap(text, 20, 20) {
        assert!(text[line.clone()].chars().count() <= 10, "{}", &text[line]);
    }
}

#[test]
fn addresses_stay_whole() {
    let text = "Gazette, 2026-03-19. [https://gazette.example/2026/03/lorne-bridge#0]";
    let lines: Vec<&str> = wrap(text, 40, 40).into_iter().map(|l| &text[l]).collect();
    assert_eq!(
        lines,
        [
            "Gazette, 2026-03-19.",
            "[https://gazette.example/2026/03/lorne-bridge#0]"
        ]
    );
}

#[test]
fn marks_that_a_space_parts_are_one() {
    let marks = [[0, 8], [9, 14], [20, 24]];
    let text = "interest rates in the year";
    let line = paint(text, 0..text.len(), &marks, &Style::default());
    assert_eq!(line, "*interest rates* in th*e ye*ar");
}

#[test]
fn html_escapes_everything_and_links_web_addresses_only() {
    let mut one = hit(1, 2.0, "<a>");
    one.title = Some("<script>alert(1)</script>".to_owned());
    one.url = Some("javascript:alert(1)".to_owned());
    one.title_marks = vec![[1, 7]];
    one.lang = Some("\"><x".to_owned());
    let page = Html {
        title: "<b>".to_owned(),
        lang: String::new(),
    };
    let out = printed(&page, None, Unit::Passage, &results(vec![one]));
    assert!(!out.contains("<script>") && !out.contains("href=\"javascript") && !out.contains("<x"));
    assert!(out.contains("&lt;<mark>script</mark>&gt;"));
}

#[test]
fn ids_by_passage_are_what_show_takes_and_paths_come_once() {
    let found = results(vec![hit(1, 2.0, "a"), hit(2, 1.0, "b")]);
    let ids = |nul| Ids { nul };
    assert_eq!(
        printed(&ids(false), None, Unit::Passage, &found),
        "a#3\nb#3\n"
    );
    assert_eq!(printed(&ids(true), None, Unit::Article, &found), "a\0b\0");
    let paths = Paths {
        locate: Box::new(|hit| format!("news/{}", hit.path)),
        nul: false,
    };
    assert_eq!(
        printed(&paths, None, Unit::Article, &found),
        "news/wire/1.txt\n"
    );
}
