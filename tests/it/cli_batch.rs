//! `batch` and `eval` as commands.

use crate::desk::Desk;
use serde_json::Value;

fn without_time(lines: &str) -> Vec<Value> {
    lines
        .lines()
        .map(|line| {
            let mut row: Value = serde_json::from_str(line).expect("JSON");
            if let Some(row) = row.as_object_mut() {
                row.remove("elapsed_ms");
            }
            row
        })
        .collect()
}

fn topics() -> String {
    let words = ["bank", "Oder", "Sunderland", "rates", "zeppelin"];
    (0..60)
        .map(|at| format!("q{at}\t{} {at}\n", words[at % words.len()]))
        .collect()
}

#[test]
fn a_batch_is_the_same_at_any_number_of_threads() {
    let desk = Desk::indexed();
    desk.write("topics.tsv", topics());
    let one = desk.run(&["batch", "topics.tsv", "--threads", "1"]);
    let many = desk.run(&["batch", "topics.tsv", "--threads", "5"]);
    assert_eq!((one.code, many.code), (0, 0));
    assert_eq!(without_time(&one.out), without_time(&many.out));
    assert_eq!(one.out.lines().count(), 60);
}

#[test]
fn a_batch_equals_repeated_searches() {
    let desk = Desk::indexed();
    for query in ["bank", "Oder Freitag", "interest rate"] {
        let searched = desk.run(&["search", query, "-f", "json", "--duplicates", "show"]);
        let batched = desk.feed(&["batch", "-"], format!("x\t{query}\n"));
        let searched: Value = serde_json::from_str(&searched.out).expect("JSON");
        let batched: Value = serde_json::from_str(&batched.out).expect("JSON");
        assert_eq!(searched["hits"], batched["hits"], "{query}");
        assert_eq!(searched["total"], batched["total"], "{query}");
    }
}

#[test]
fn bad_rows_are_rows_and_3() {
    let desk = Desk::indexed();
    let rows = "{\"id\":\"a\",\"query\":\"bank\"}\n{\"id\":\"b\",\"query\":\"date:2024-13\"}\noops\n\
                {\"id\":\"a\",\"query\":\"x\"}\n{\"id\":\"c\",\"query\":\"Oder\",\"lang\":\"de\",\"mood\":1}\n";
    let said = desk.feed(&["batch", "-"], rows);
    let lines = without_time(&said.out);
    assert_eq!((said.code, lines.len()), (3, 5));
    for (at, line) in [(1, 2), (2, 3), (3, 4)] {
        for key in ["id", "query", "error", "line"] {
            assert!(lines[at].get(key).is_some(), "{key}: {}", lines[at]);
        }
        assert_eq!(lines[at]["line"], line);
    }
    assert_eq!(lines[4]["total"], 1);
    assert!(said.err.contains("ignored keys: mood"), "{}", said.err);
    let said = desk.feed(&["batch", "-", "-f", "trec"], rows);
    assert!(
        said.out.lines().all(|line| line.split(' ').count() == 6),
        "{}",
        said.out
    );
    assert!(said.err.contains("line 3"), "{}", said.err);
}

#[test]
fn rows_beat_flags() {
    let desk = Desk::indexed();
    let rows = "{\"id\":\"1\",\"query\":\"bank Oder\",\"source\":\"Tagblatt\"}\n{\"id\":\"2\",\"query\":\"bank Oder\"}\n";
    let said = desk.feed(
        &["batch", "-", "--source", "Morning Wire", "-f", "csv"],
        rows,
    );
    let sources: Vec<&str> = said
        .out
        .lines()
        .skip(1)
        .filter_map(|l| l.split(',').nth(7))
        .collect();
    assert!(
        sources.first() == Some(&"Tagblatt") && sources.last() == Some(&"Morning Wire"),
        "{}",
        said.out
    );
}

#[test]
fn trec_topics_are_literal() {
    let desk = Desk::indexed();
    let topics = "<top>\n<num> Number: 7\n<title> bank date:yesterdayish -rates\n</top>\n";
    let said = desk.feed(&["batch", "-", "-f", "trec"], topics);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(
        said.out.starts_with("7 Q0 https://news.example/rates 1 "),
        "{}",
        said.out
    );
}

#[test]
fn eval_scores_a_run_an_index_and_the_difference() {
    let desk = Desk::indexed();
    desk.write(
        "qrels",
        "1 0 https://news.example/rates 1\n2 0 news/hochwasser.md 1\n3 0 nothing 1\n",
    );
    desk.write("topics.tsv", "1\tbank\n2\tOder\n3\tzeppelin\n");
    let said = desk.run(&[
        "eval",
        "--index",
        "--topics",
        "topics.tsv",
        "-m",
        "recip_rank",
        "-m",
        "num_q",
        "qrels",
    ]);
    assert_eq!(said.code, 0, "{}", said.err);
    // Two of three topics are answered at rank 1, the third with nothing.
    assert_eq!(
        said.out,
        "runid\tall\tdateline\nrecip_rank\tall\t0.6667\nnum_q\tall\t3\n"
    );
    desk.write(
        "a.run",
        "1 Q0 x 1 2 a\n1 Q0 https://news.example/rates 2 1 a\n",
    );
    let said = desk.run(&["eval", "-m", "map", "-q", "qrels", "a.run"]);
    assert_eq!(
        said.out,
        "map\t1\t0.5000\nrunid\tall\ta\nmap\tall\t0.5000\n"
    );
    let said = desk.run(&["eval", "-m", "map", "-f", "json", "qrels", "a.run", "a.run"]);
    let object: Value = serde_json::from_str(&said.out).expect("JSON");
    assert_eq!(object["comparison"]["difference"], 0.0);
    assert_eq!(object["comparison"]["p"], 1.0);
    assert_eq!(object["runs"][1]["measures"]["map"], 0.5);
    assert!(object["per_query"].is_null());
}
