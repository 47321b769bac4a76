use super::*;
use crate::analyze::Lang;
use crate::article::Article;
use crate::backend::{Ask, Backend, Clock, Defaults, Shown};
use crate::error::{Error, Result};
use crate::index::request::{
    Facets, FacetsRequest, SearchRequest, SearchResults, Timeline, TimelineRequest,
};
use crate::output::Json;
use std::io::Cursor;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

fn topics(text: &str, format: TopicFormat) -> Vec<std::result::Result<Topic, BadRow>> {
    let reader = Box::new(Cursor::new(text.as_bytes().to_vec()));
    let fields = ["title".to_owned()];
    Topics::new(reader, format, &fields, "topics")
        .expect("topics")
        .collect()
}

fn pairs(text: &str, format: TopicFormat) -> Vec<(String, String)> {
    let rows = topics(text, format).into_iter();
    rows.map(|row| {
        let topic = row.expect("a topic");
        (topic.id, topic.query)
    })
    .collect()
}

fn pair(id: &str, query: &str) -> (String, String) {
    (id.to_owned(), query.to_owned())
}

#[test]
fn tsv_has_an_id_and_a_query_or_takes_the_line_number() {
    let found = pairs(
        "id\tquery\nq1\tfed rate\n\nstorm in Hull\n",
        TopicFormat::Tsv,
    );
    assert_eq!(found, [pair("q1", "fed rate"), pair("4", "storm in Hull")]);
    // Only these two cells are a header.
    let found = pairs("id\tquestion\n", TopicFormat::Tsv);
    assert_eq!(found, [pair("id", "question")]);
}

#[test]
fn windows_line_ends_and_a_byte_order_mark_are_no_text() {
    let found = pairs("\u{feff}a\tb\r\nc\td\r\n", TopicFormat::Tsv);
    assert_eq!(found, [pair("a", "b"), pair("c", "d")]);
}

#[test]
fn csv_rows_may_span_lines_and_carry_filters() {
    let text = "id,query,from,lang\n1,\"fed, rate\nrise\",2024,de\n2,storm,,\n";
    let rows = topics(text, TopicFormat::Csv);
    let first = rows[0].as_ref().expect("a topic");
    assert_eq!(first.query, "fed, rate\nrise");
    assert_eq!(first.ask.from.as_deref(), Some("2024"));
    assert_eq!(first.ask.lang, ["de"]);
    let second = rows[1].as_ref().expect("a topic");
    assert_eq!((second.line, second.ask == Ask::default()), (4, true));
}

#[test]
fn csv_without_a_query_column_is_refused() {
    let reader = Box::new(Cursor::new(b"name,value\n1,2\n".to_vec()));
    let error = Topics::new(reader, TopicFormat::Csv, &[], "t.csv").err();
    assert!(error.is_some_and(|e| {
        e.to_string()
            .starts_with("t.csv, line 1: no column named query")
    }));
}

#[test]
fn json_rows_take_other_names_numbers_lists_and_nulls() {
    let text = concat!(
        r#"{"qid":7,"title":"fed","from":2024,"person":["A","B"],"limit":5,"literal":true,"to":null}"#,
        "\n",
        r#"{"query_id":"x","text":"storm","url":"ignored"}"#,
    );
    let reader = Box::new(Cursor::new(text.as_bytes().to_vec()));
    let mut found = Topics::new(reader, TopicFormat::Jsonl, &[], "t").expect("topics");
    let first = found.next().expect("a row").expect("a topic");
    assert_eq!((first.id.as_str(), first.query.as_str()), ("7", "fed"));
    assert_eq!(first.ask.from.as_deref(), Some("2024"));
    assert_eq!(first.ask.person, ["A", "B"]);
    assert_eq!((first.ask.limit, first.ask.literal), (Some(5), Some(true)));
    assert_eq!(first.ask.to, None);
    assert!(found.next().expect("a row").is_ok());
    assert_eq!(found.ignored().collect::<Vec<_>>(), ["url"]);
}

#[test]
fn bad_rows_are_rows_with_their_line() {
    let text = concat!(
        "{\"id\":\"a\",\"query\":\"x\"}\n",
        "{\"id\":\"a\",\"query\":\"y\"}\n",
        "not json\n",
        "{\"id\":\"b\"}\n",
        "{\"id\":\"c\",\"query\":\" \"}\n",
        "{\"id\":\"d\",\"query\":\"x\",\"unit\":\"page\"}\n",
        "[1]\n",
        "{\"id\":\"e\",\"query\":\"z\"}\n",
    );
    let rows = topics(text, TopicFormat::Jsonl);
    let errors: Vec<(u64, String)> = rows
        .iter()
        .filter_map(|row| row.as_ref().err().map(|bad| (bad.line, bad.error.clone())))
        .collect();
    let lines: Vec<u64> = errors.iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [2, 3, 4, 5, 6, 7]);
    assert!(errors[0].1.contains("used before"));
    assert!(errors[2].1.contains("no query"));
    assert!(errors[3].1.contains("empty query"));
    assert!(errors[4].1.contains("expected passage or article"));
    assert!(rows[7].is_ok());
}

#[test]
fn bytes_that_are_no_text_and_endless_lines_are_error_rows() {
    let mut bytes = b"1\tok\n2\t\xff\xfe\n".to_vec();
    bytes.extend(std::iter::repeat_n(b'x', (1 << 20) + 10));
    bytes.extend(b"\n4\tfine\n");
    let reader = Box::new(Cursor::new(bytes));
    let rows: Vec<_> = Topics::new(reader, TopicFormat::Tsv, &[], "t")
        .expect("topics")
        .collect();
    assert_eq!(rows.len(), 4);
    assert!(
        rows[1]
            .as_ref()
            .is_err_and(|bad| bad.error == "not UTF-8" && bad.line == 2)
    );
    assert!(
        rows[2]
            .as_ref()
            .is_err_and(|bad| bad.error.starts_with("longer than"))
    );
    assert!(rows[3].as_ref().is_ok_and(|topic| topic.id == "4"));
}

#[test]
fn trec_topics_lose_their_labels_and_need_no_closing_tags() {
    let text = "\
<top>\n<num> Number: 301\n<title> International Organized Crime\n\n<desc> Description:\nIdentify \
organizations.\n<narr> Narrative: a < b &amp; c\n</top>\n\n<top>\n<num>302</num>\n<title>Topic: Polio\n\
again</title>\n</top>\n";
    let found = pairs(text, TopicFormat::Trec);
    assert_eq!(
        found,
        [
            pair("301", "International Organized Crime"),
            pair("302", "Polio again")
        ]
    );
    let reader = Box::new(Cursor::new(text.as_bytes().to_vec()));
    let fields = ["desc".to_owned(), "narr".to_owned()];
    let rows: Vec<_> = Topics::new(reader, TopicFormat::Trec, &fields, "t")
        .expect("topics")
        .collect();
    let first = rows[0].as_ref().expect("a topic");
    assert_eq!(first.query, "Identify organizations. a < b & c");
    assert!(
        rows[1]
            .as_ref()
            .is_err_and(|bad| bad.error.contains("no <desc> or <narr>"))
    );
}

#[test]
fn a_file_without_topics_says_so() {
    let rows = topics("hello\n", TopicFormat::Trec);
    assert!(
        rows.len() == 1
            && rows[0]
                .as_ref()
                .is_err_and(|bad| bad.error.contains("no <top>"))
    );
    assert!(topics("", TopicFormat::Tsv).is_empty());
}

#[test]
fn formats_are_guessed_by_content_then_by_name() {
    assert_eq!(guess("x.tsv", b"{\"id\":1}"), TopicFormat::Jsonl);
    assert_eq!(guess("-", b"\n<TOP>"), TopicFormat::Trec);
    assert_eq!(guess("a.csv.gz", b"id,query"), TopicFormat::Csv);
    assert_eq!(guess("-", b"id,query\n1,x"), TopicFormat::Csv);
    assert_eq!(guess("-", b"what, where, when?\n"), TopicFormat::Tsv);
    assert_eq!(guess("topics.txt", b"1\tx"), TopicFormat::Tsv);
}

/// Answers slowly and out of order, fails for "bad", panics for "panic".
struct Fake {
    open: AtomicUsize,
    most_open: AtomicUsize,
}

impl Backend for Fake {
    fn timeline(&self, _: &TimelineRequest) -> Result<Timeline> {
        Err(Error::Usage("not asked here".to_owned()))
    }

    fn facets(&self, _: &FacetsRequest) -> Result<Facets> {
        Err(Error::Usage("not asked here".to_owned()))
    }

    fn article(&self, _: &str) -> Result<Option<Shown>> {
        Ok(None)
    }

    fn related(&self, _: &Article, _: &SearchRequest) -> Result<SearchResults> {
        Err(Error::Usage("not asked here".to_owned()))
    }

    fn status(&self) -> Result<crate::index::Status> {
        Err(Error::NoIndex("no index".into()))
    }

    fn langs(&self) -> Vec<Lang> {
        Vec::new()
    }

    fn file(&self, _: &str) -> Option<PathBuf> {
        None
    }

    fn search(&self, request: &SearchRequest) -> Result<SearchResults> {
        let open = self.open.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_open.fetch_max(open, Ordering::SeqCst);
        let wait = xxhash_rust::xxh3::xxh3_64(request.text.as_bytes()) % 3;
        std::thread::sleep(std::time::Duration::from_millis(wait));
        self.open.fetch_sub(1, Ordering::SeqCst);
        match request.text.as_str() {
            "bad" => Err(Error::Usage("refused".to_owned())),
            "panic" => panic!("as the test wants it"),
            text => Ok(SearchResults {
                query: text.to_owned(),
                total: 0,
                total_is_exact: true,
                elapsed_ms: 0.0,
                notes: Vec::new(),
                hits: Vec::new(),
            }),
        }
    }
}

fn run(text: &str, threads: usize, stop: &AtomicBool) -> (Summary, String) {
    let backend = Fake {
        open: AtomicUsize::new(0),
        most_open: AtomicUsize::new(0),
    };
    let printer = Json {
        lines: true,
        batch: true,
        fields: Vec::new(),
    };
    let clock = Clock {
        now: jiff::Timestamp::UNIX_EPOCH,
        zone: jiff::tz::TimeZone::UTC,
    };
    let batch = Batch {
        backend: &backend,
        ask: &Ask::default(),
        defaults: &Defaults::default(),
        clock: &clock,
        printer: &printer,
        threads,
        timeout: None,
        stop,
    };
    let reader = Box::new(Cursor::new(text.as_bytes().to_vec()));
    let mut rows = Topics::new(reader, TopicFormat::Tsv, &[], "t").expect("topics");
    let mut out = Vec::new();
    let summary = batch
        .run(&mut rows, &mut out, &mut |_| {})
        .expect("a buffer");
    (summary, String::from_utf8(out).expect("UTF-8"))
}

#[test]
fn output_is_the_same_at_any_number_of_threads() {
    let mut text = String::new();
    for at in 0..200 {
        let query = if at % 17 == 3 {
            "bad".to_owned()
        } else {
            format!("query {at}")
        };
        text.push_str(&format!("q{at}\t{query}\n"));
    }
    let stop = AtomicBool::new(false);
    let (summary, one) = run(&text, 1, &stop);
    assert_eq!((summary.answered, summary.failed), (188, 12));
    let (_, many) = run(&text, 7, &stop);
    assert_eq!(one, many);
    assert_eq!(one.lines().count(), 200);
    let ids: Vec<serde_json::Value> = one
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON")["id"].clone())
        .collect();
    assert!(
        ids.iter()
            .enumerate()
            .all(|(at, id)| *id == format!("q{at}").as_str())
    );
}

#[test]
fn a_row_that_panics_is_an_error_row() {
    let (summary, out) = run("a\tpanic\nb\tfine\n", 2, &AtomicBool::new(false));
    assert_eq!((summary.answered, summary.failed), (1, 1));
    assert!(
        out.lines()
            .next()
            .is_some_and(|line| line.contains("fault of the program"))
    );
}

#[test]
fn a_stopped_run_ends_with_whole_lines() {
    let (summary, out) = run("a\tx\nb\ty\n", 2, &AtomicBool::new(true));
    assert_eq!(summary, Summary::default());
    assert!(out.is_empty());
}

/// Takes a few bytes, then the reader is gone.
struct Broken(usize);

impl std::io::Write for Broken {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.0 < bytes.len() {
            return Err(std::io::ErrorKind::BrokenPipe.into());
        }
        self.0 -= bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_closed_pipe_ends_the_run_at_once() {
    let backend = Fake {
        open: AtomicUsize::new(0),
        most_open: AtomicUsize::new(0),
    };
    let printer = Json {
        lines: true,
        batch: true,
        fields: Vec::new(),
    };
    let clock = Clock {
        now: jiff::Timestamp::UNIX_EPOCH,
        zone: jiff::tz::TimeZone::UTC,
    };
    let stop = AtomicBool::new(false);
    let batch = Batch {
        backend: &backend,
        ask: &Ask::default(),
        defaults: &Defaults::default(),
        clock: &clock,
        printer: &printer,
        threads: 4,
        timeout: None,
        stop: &stop,
    };
    let mut taken = 0;
    let mut endless = std::iter::repeat_with(|| {
        taken += 1;
        Ok(Topic {
            id: taken.to_string(),
            query: "x".to_owned(),
            line: taken,
            ask: Ask::default(),
        })
    });
    let error = batch
        .run(&mut endless, &mut Broken(500), &mut |_| {})
        .expect_err("no reader");
    assert_eq!(error.kind(), std::io::ErrorKind::BrokenPipe);
    // Bounded by the window, not by the input.
    assert!(taken < 200, "{taken} rows were taken");
}
