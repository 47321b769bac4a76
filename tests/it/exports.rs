//! Exports, read by a parser of each form that is not ours (tests/exports/parse.py).

use crate::desk::Desk;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

/// A Python with the parsers of tests/exports/requirements.txt: `DATELINE_PYTHON`, else the system's.
/// `None`, with a word on stderr, where it lacks them; an error in CI.
fn python() -> Option<String> {
    let python = std::env::var("DATELINE_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let there = Command::new(&python)
        .args(["-c", "import bibtexparser, citeproc, html5lib, rispy"])
        .output();
    if there.is_ok_and(|output| output.status.success()) {
        return Some(python);
    }
    let missing = "no Python with tests/exports/requirements.txt; DATELINE_PYTHON names one";
    assert!(std::env::var("CI").is_err(), "{missing}");
    eprintln!("{missing}: nothing is tested here");
    None
}

/// Articles with what the forms have to escape, and with what may be missing.
fn desk() -> Desk {
    let desk = Desk::empty();
    let articles = json!([
        {
            "id": "full", "title": "Profits {up} 50% at A&B_C #1 \\ $5 ~ «Ünïcode» 日本",
            "authors": ["Jane Q. Doe", "José Núñez"], "date": "2024-07-14T09:30:00+02:00",
            "source": "Morning Wire & Sons", "url": "https://news.example/a_b?x=1&y={2}",
            "text": "The profits of the dam company rose, it said.\n\n<script>alert(1)</script> was printed."
        },
        {
            "id": "month", "title": "Only a month", "date": "2024-07", "url": "javascript:alert(1)",
            "authors": ["@wire"], "text": "Nobody knows the day of the dam."
        },
        {
            "id": "untitled", "date": "2023",
            "text": "There is no title above this dam.\nER  - \nTY  - NEWS\n\n}} @article{x,"
        },
        { "id": "undated", "title": "=1+1", "text": "Nothing is known of this dam but its text." }
    ]);
    desk.write("news/articles.json", articles.to_string());
    let said = desk.run(&["index", "news"]);
    assert_eq!(said.code, 0, "{}", said.err);
    desk
}

/// What the parser sees in the export of every article, newest first; `None` where it is not at hand.
fn parsed(desk: &Desk, form: &str) -> Option<Vec<Value>> {
    let python = python()?;
    let said = desk.run(&["export", "dam", "--to", form]);
    assert_eq!(said.code, 0, "{}", said.err);
    let file = desk.write(&format!("export.{form}"), &said.out);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exports/parse.py");
    let output = Command::new(python)
        .arg(script)
        .arg(form)
        .arg(file)
        .env("PYTHONUTF8", "1")
        .output()
        .expect("python runs");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{form}: {complaint}\n{}", said.out);
    let lines = String::from_utf8(output.stdout).expect("UTF-8");
    let parsed = lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("an object"));
    Some(parsed.collect())
}

/// One key of each record.
fn each(records: &[Value], key: &str) -> Value {
    records.iter().map(|record| record[key].clone()).collect()
}

const TITLE: &str = "Profits {up} 50% at A&B_C #1 \\ $5 ~ «Ünïcode» 日本";

fn cites_what_the_articles_say(records: &[Value], untitled: &Value, address: &str) {
    assert_eq!(
        each(records, "title"),
        json!([TITLE, "Only a month", untitled, "=1+1"])
    );
    assert_eq!(
        each(records, "authors"),
        json!([["Jane Q. Doe", "José Núñez"], ["@wire"], [], []])
    );
    assert_eq!(
        each(records, "date"),
        json!([[2024, 7, 14], [2024, 7], [2023], []])
    );
    assert_eq!(
        each(records, "source"),
        json!(["Morning Wire & Sons", null, null, null])
    );
    // A citation may hold any address; nothing there is a link that runs.
    assert_eq!(records[0]["url"], address);
}

#[test]
fn bibtexparser_reads_back_what_was_exported() {
    let Some(records) = parsed(&desk(), "bibtex") else {
        return;
    };
    cites_what_the_articles_say(
        &records,
        &Value::Null,
        "https://news.example/a_b?x=1&y=%7B2%7D",
    );
    let mut keys: Vec<&str> = records.iter().filter_map(|r| r["key"].as_str()).collect();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), 4, "every entry has a key of its own: {keys:?}");
}

#[test]
fn rispy_reads_back_what_was_exported() {
    let Some(records) = parsed(&desk(), "ris") else {
        return;
    };
    cites_what_the_articles_say(&records, &Value::Null, "https://news.example/a_b?x=1&y={2}");
}

#[test]
fn citeproc_prints_every_item_of_a_csl_export() {
    let Some(records) = parsed(&desk(), "csl") else {
        return;
    };
    cites_what_the_articles_say(&records, &Value::Null, "https://news.example/a_b?x=1&y={2}");
    assert_eq!(each(&records, "printed"), json!([true, true, null, true]));
}

#[test]
fn an_html_report_is_valid_and_holds_every_passage_with_its_hash() {
    let desk = desk();
    let Some(records) = parsed(&desk, "html") else {
        return;
    };
    assert_eq!(
        each(&records, "title"),
        json!([TITLE, "Only a month", "untitled", "=1+1"])
    );
    assert_eq!(
        each(&records, "url"),
        json!(["https://news.example/a_b?x=1&y={2}", null, null, null])
    );
    let text = "Nobody knows the day of the dam.";
    assert_eq!(records[1]["passages"], json!([text]));
    // sha256sum of the text.
    let hash = "db8c82b753c300be6f56a1db0a94411efb5507b0b28f2e847206581054099bc3";
    assert_eq!(
        records[1]["facts"][1],
        format!("passage 0, bytes 0–32, sha256 {hash}")
    );
    for record in &records {
        let known = json!(["a", "article", "h2", "h3", "mark", "p"]);
        let elements = record["elements"].as_array().expect("a list");
        assert!(
            elements
                .iter()
                .all(|e| known.as_array().is_some_and(|k| k.contains(e))),
            "{record}"
        );
        assert!(
            elements.contains(&json!("mark")),
            "the word that was asked for is marked: {record}"
        );
    }
}

#[test]
fn a_table_is_read_by_others_and_by_dateline_again() {
    let desk = desk();
    let Some(rows) = parsed(&desk, "csv") else {
        return;
    };
    let Some(lines) = parsed(&desk, "jsonl") else {
        return;
    };
    assert_eq!(each(&rows, "id"), each(&lines, "id"));
    assert_eq!(rows[0]["authors"], "Jane Q. Doe; José Núñez");
    for form in ["csv", "jsonl"] {
        let again = format!("again-{form}");
        let file = format!("export.{form}");
        assert_eq!(desk.run(&["index", &file, "--index", &again]).code, 0);
        let ids = |index: &str| {
            let said = desk.run(&[
                "search", "dam", "--sort", "newest", "-f", "ids", "--index", index,
            ]);
            said.out
        };
        assert_eq!(ids(&again), ids(".dateline"), "{form}");
    }
}

#[test]
fn a_form_is_named_by_to_or_format_but_once() {
    let desk = Desk::indexed();
    let csv = desk.run(&["export", "--format", "csv", "--to", "2024-08"]);
    assert_eq!(csv.code, 0, "{}", csv.err);
    // Of the three articles one is of July, one of September 2024, one undated.
    assert!(
        csv.out.contains("https://news.example/rates"),
        "{}",
        csv.out
    );
    assert!(!csv.out.contains("Oder"), "{}", csv.out);
    let same = desk.run(&["export", "--format", "csv", "--to", "csv"]);
    assert_eq!(same.out.lines().next(), csv.out.lines().next());
    let said = desk.run(&["export", "--format", "csv", "--to", "ris"]);
    assert_eq!(said.code, 2);
    assert!(
        said.err.contains("--to ris and --format csv"),
        "{}",
        said.err
    );
    let said = desk.run(&["export", "--to", "soonish"]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("soonish"), "{}", said.err);
}
