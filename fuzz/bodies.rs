//! What every fuzz target does, shared with the test that replays the seeds.

use dateline::analyze::{Analyzer, Lang};
use dateline::article::{Article, EntityKind, Provenance, Section};
use dateline::backend::Clock;
use dateline::batch::{TopicFormat, Topics};
use dateline::date::{DateFinder, DateKind, find_in_query, parse_query_date};
use dateline::entity::{Authority, Given, Recognizer};
use dateline::index::Archive;
use dateline::query::{ParseOptions, Query};
use dateline::read::published;
use dateline::read::{Input, Limits, Options, read_stream, readers};
use dateline::serve::{Answer, Options as ServeOptions, Socketless};
use dateline::snippet::{self, Matcher};
use jiff::civil::date;
use serde_json::Value;
use std::cell::LazyCell;
use std::ops::ControlFlow;
use std::time::Duration;

/// The targets that read files: a reader's name (or `containers`, which is everything by its content) and a
/// file name for it.
const READERS: [(&str, &str, &str); 14] = [
    ("html", "html", "a.html"),
    ("nitf", "nitf", "a.xml"),
    ("newsml_g2", "newsml-g2", "a.xml"),
    ("newsml1", "newsml-1", "a.xml"),
    ("ninjs", "ninjs", "a.json"),
    ("sgml", "sgml", "a.sgm"),
    ("iptc7901", "iptc7901", "a.txt"),
    ("feed", "feed", "a.xml"),
    ("warc", "warc", "a.warc"),
    ("json", "json", "a.jsonl"),
    ("csv", "table", "a.csv"),
    ("markdown", "markdown", "a.md"),
    ("text", "text", "a.txt"),
    ("containers", "", "a.bin"),
];

/// A target's name and what it does with its input.
type Parser = (&'static str, fn(&[u8]));

/// The targets that read what people and programs write.
const PARSERS: [Parser; 6] = [
    ("api", api),
    ("dates", dates),
    ("entities", entities),
    ("query", query),
    ("snippets", snippets),
    ("topics", topics),
];

/// The names of all targets.
#[allow(dead_code, reason = "a target knows its own name")]
pub fn targets() -> impl Iterator<Item = &'static str> {
    let readers = READERS.iter().map(|(name, ..)| *name);
    readers.chain(PARSERS.iter().map(|(name, _)| *name))
}

/// Does with `data` what the target does, and checks what no input may break.
///
/// The caller sees a panic, a hang, or a growth of memory.
pub fn run(target: &str, data: &[u8]) {
    if let Some((_, parse)) = PARSERS.iter().find(|(name, _)| *name == target) {
        return parse(data);
    }
    let Some((_, reader, path)) = READERS.iter().find(|(name, ..)| *name == target) else {
        panic!("no such target: {target}");
    };
    read(reader, path, data);
}

const TOKEN: &str = "s3cret-t0ken";

thread_local! {
    static OPEN: LazyCell<Socketless> = LazyCell::new(|| server(None));
    static GUARDED: LazyCell<Socketless> = LazyCell::new(|| server(Some(TOKEN.to_owned())));
}

fn server(token: Option<String>) -> Socketless {
    let article = |path: &str, title: &str, day: &str, lang: &str, text: &str| {
        let mut article = Article {
            path: path.to_owned(),
            title: Some(title.to_owned()),
            published: published::parse(day, None, Provenance::Field).ok(),
            lang: Some(lang.to_owned()),
            source: Some("Northern Wire".to_owned()),
            ..Article::default()
        };
        article.sections.push(Section {
            heading: Some("What is known".to_owned()),
            paragraphs: text.split('|').map(str::to_owned).collect(),
        });
        article
    };
    let articles = vec![
        article(
            "dam.txt",
            "Dam fails <after> storm",
            "2022-11-09T06:30:00+01:00",
            "en",
            "The dam failed on Wednesday, said Abena Osei of the Water Board in Kumasi.|\
             In the summer of 2021 engineers had warned that the dam's wall was weak.",
        ),
        article(
            "copy.txt",
            "Dam fails after storm",
            "2022-11-10",
            "en",
            "The dam failed on Wednesday, said Abena Osei of the Water Board in Kumasi.|\
             In the summer of 2021 engineers had warned that the dam's wall was weak.",
        ),
        article(
            "straße.txt",
            "Überschwemmung in München",
            "2023-02",
            "de",
            "Die Überschwemmung begann am 3. Februar 2023.|Angela Merkel besuchte München.",
        ),
        Article {
            path: "a b/undated#1".to_owned(),
            ..article("", "", "", "", "\u{202e}<script>alert(1)</script> dam")
        },
    ];
    let archive = Archive::in_memory(articles).expect("an index of four articles");
    let options = ServeOptions {
        token,
        timeout: Duration::from_secs(60),
        clock: Some(Clock {
            now: "2024-03-01T12:00:00Z".parse().expect("a time"),
            zone: jiff::tz::TimeZone::UTC,
        }),
        ..ServeOptions::default()
    };
    Socketless::new(archive.into(), options).expect("a server")
}

/// What begins with `/` is a target and further header lines, all else a request as it comes over the wire.
fn api(data: &[u8]) {
    let wire = match data.first() {
        Some(b'/') => {
            let end = data.iter().position(|b| *b == b'\n').unwrap_or(data.len());
            let (target, headers) = data.split_at(end);
            [
                b"GET ",
                target,
                b" HTTP/1.1\r\nHost: localhost",
                headers,
                b"\r\n\r\n",
            ]
            .concat()
        }
        _ => data.to_vec(),
    };
    if let Some(answer) = OPEN.with(|server| server.answer(&wire)) {
        check_answer(&wire, &answer);
    }
    if let Some(answer) = GUARDED.with(|server| server.answer(&wire)) {
        check_answer(&wire, &answer);
        let has = |text: &[u8]| wire.windows(text.len()).any(|w| w == text);
        let may_know = has(TOKEN.as_bytes()) || has(b"%") || has(b"/healthz");
        assert!(
            may_know || matches!(answer.status, 401 | 403 | 413),
            "{answer:?}"
        );
    }
}

fn check_answer(wire: &[u8], answer: &Answer) {
    let header = |name: &str| {
        let found = answer.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    };
    const STATUSES: [u16; 10] = [200, 303, 304, 400, 401, 403, 404, 405, 413, 504];
    assert!(STATUSES.contains(&answer.status), "{answer:?}");
    assert_eq!(header("x-content-type-options"), Some("nosniff"));
    let is_plain = header("content-encoding").is_none() && !wire.starts_with(b"HEAD ");
    if header("content-type") != Some("application/json") || !is_plain {
        assert!(answer.status < 400 || !is_plain, "an error that is no JSON");
        return;
    }
    let object: Value = serde_json::from_slice(&answer.body).expect("JSON");
    if object.get("openapi").is_some() {
        return;
    }
    assert_eq!(object["schema_version"], 1);
    let error = &object["error"];
    assert_eq!(error.is_object(), answer.status >= 400, "{object}");
    assert!(error["start"].as_u64() <= error["end"].as_u64(), "{object}");
    for hit in object["hits"].as_array().into_iter().flatten() {
        for snippet in hit["snippets"].as_array().into_iter().flatten() {
            let text = snippet["text"].as_str().expect("a text");
            for mark in snippet["marks"].as_array().into_iter().flatten() {
                let at = |end: usize| mark[end].as_u64().expect("a number") as usize;
                assert!(
                    text.get(at(0)..at(1)).is_some_and(|m| !m.is_empty()),
                    "{hit}"
                );
            }
        }
    }
}

/// The first byte chooses the language, the second the day of publication, the rest is the text.
fn dates(data: &[u8]) {
    const LANGUAGES: [&str; 12] = [
        "en", "de", "fr", "es", "it", "pt", "nl", "pl", "eo", "ja", "zh", "th",
    ];
    let [language, day, text @ ..] = data else {
        return;
    };
    let text = String::from_utf8_lossy(text);
    let lang = LANGUAGES[usize::from(*language) % LANGUAGES.len()];
    let published = date(1900 + i16::from(*day), 2, 28);
    let mut finder = DateFinder::default();
    let mut mentions = Vec::new();
    let reference = (*day != 0).then_some(published);
    finder.find_into(&text, lang, reference, &mut mentions);
    for m in &mentions {
        let span = text.get(m.start as usize..m.end as usize);
        assert!(span.is_some_and(|s| !s.is_empty()), "{m:?} in {text:?}");
        assert_eq!(m.value.is_none(), m.kind == DateKind::Range, "{m:?}");
    }
    for pair in mentions.windows(2) {
        let key = |at: usize| (pair[at].start, std::cmp::Reverse(pair[at].end));
        assert!(key(0) <= key(1), "{pair:?}: out of order");
    }
    let mut end = 0;
    for m in mentions.iter().filter(|m| m.kind != DateKind::Range) {
        assert!(end <= m.start, "{m:?} begins in the one before");
        end = m.end;
    }
    for found in find_in_query(&text, published) {
        assert!(text.get(found.span.clone()).is_some(), "{found:?}");
        assert!(found.from.is_some() || found.to.is_some(), "{found:?}");
    }
    if let Ok((Some(from), Some(to))) = parse_query_date(&text, published) {
        assert!(from <= to, "{text:?}: {from} to {to}");
    }
}

/// The first line is a given name, the rest the text, and an authority file where it is one.
fn entities(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
    let authority = Authority::parse(rest, "list").ok();
    let given = Given::new([(EntityKind::Org, first)], [rest], authority.as_ref());
    let blocks = [first, rest];
    for lang in ["en", "de", "fr"] {
        let found = Recognizer::shipped().find_given(&blocks, lang, &given);
        assert_eq!(found.len(), blocks.len());
        for (block, mentions) in blocks.iter().zip(&found) {
            let mut before = 0;
            for m in mentions {
                assert!(before <= m.start && m.start < m.end, "{m:?}: out of order");
                assert!(
                    block.get(m.start as usize..m.end as usize).is_some(),
                    "{m:?}"
                );
                assert!(!m.name.is_empty() && m.confidence > 0.0 && m.confidence <= 1.0);
                before = m.end;
            }
        }
    }
}

/// Whatever is understood is written so that it is understood alike, and once written stays so.
fn query(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let now = date(2026, 11, 24);
    for (strict, literal) in [(false, false), (true, false), (false, true)] {
        let options = ParseOptions {
            strict,
            literal,
            ..ParseOptions::new(now)
        };
        let Ok(parsed) = Query::parse(&text, &options) else {
            assert!(strict || !literal, "{text:?}: words alone are an error");
            continue;
        };
        let written = parsed.query.to_string();
        let again: Query = match written.parse() {
            Ok(again) => again,
            Err(error) => panic!("{text:?}: {written:?}: {error}"),
        };
        assert_eq!(again.to_string(), written, "of {text:?}");
        for note in &parsed.notes {
            if let (Some(start), Some(end)) = (note.start, note.end) {
                assert!(text.get(start..end).is_some(), "{text:?}: {note:?}");
            }
        }
    }
}

/// The first line is the query, the rest the passage.
fn snippets(data: &[u8]) {
    let input = String::from_utf8_lossy(data);
    let (query, text) = input.split_once('\n').unwrap_or((&input, &input));
    let Ok(parsed) = Query::parse(query, &ParseOptions::new(date(2026, 11, 24))) else {
        return;
    };
    let mut analyzer = Analyzer::default();
    let matcher = Matcher::new(&parsed.query, &[], &mut analyzer);
    let options = snippet::Options { max: 3, width: 80 };
    let fields = [dateline::query::Field::Text];
    let windows = snippet::snippets(
        text,
        Lang::ENGLISH,
        &fields,
        &matcher,
        &[],
        options,
        &mut analyzer,
    );
    let mut before = 0;
    for window in &windows {
        let start = window.start as usize;
        let shown = text.get(start..start + window.text.len());
        assert_eq!(shown, Some(window.text.as_str()), "not what stands there");
        assert!(start >= before, "windows out of order");
        before = start + window.text.len();
        let mut last = 0;
        for [from, to] in &window.marks {
            let mark = window.text.get(*from as usize..*to as usize);
            assert!(mark.is_some_and(|m| !m.is_empty()) && *from >= last);
            last = *to;
        }
    }
}

/// Rows of a batch, in each of their formats.
fn topics(data: &[u8]) {
    let formats = [
        TopicFormat::Tsv,
        TopicFormat::Jsonl,
        TopicFormat::Csv,
        TopicFormat::Trec,
    ];
    for format in formats {
        let input = Box::new(std::io::Cursor::new(data.to_vec()));
        let fields = ["title".to_owned(), "desc".to_owned()];
        let Ok(rows) = Topics::new(input, format, &fields, "a") else {
            continue;
        };
        assert!(rows.count() <= data.len() + 1, "more rows than bytes");
    }
}

/// Reads `data` as the format of the reader of that name, and as whatever its content says.
fn read(reader: &str, path: &str, data: &[u8]) {
    let options = Options {
        limits: Limits {
            record_bytes: 1 << 20,
            file_bytes: 16 << 20,
            seconds: 5,
            ..Limits::default()
        },
        ..Options::default()
    };
    let mut seen = 0;
    match readers().iter().find(|r| r.name() == reader) {
        Some(reader) => {
            let input = Input::new(path, &options, data);
            for article in reader.read(input).take(100_000) {
                seen += 1;
                if let Ok(article) = article {
                    assert!(
                        article.offset <= data.len() as u64 * 4,
                        "an offset behind the end"
                    );
                    assert!(
                        article.text().len() < 64 << 20,
                        "a text grew beyond its input"
                    );
                }
            }
            assert!(seen < 100_000, "more records than bytes allow");
        }
        None => assert!(reader.is_empty(), "no reader of the name {reader}"),
    }
    let _ = read_stream(path, data, &options, &mut |outcome| {
        if let Ok(article) = outcome.result {
            let clean = |t: &str| t.chars().all(|c| !c.is_control() || c == '\n');
            assert!(article.title.as_deref().is_none_or(clean));
            assert!(
                article
                    .sections
                    .iter()
                    .flat_map(|s| &s.paragraphs)
                    .all(|p| clean(p))
            );
        }
        ControlFlow::Continue(())
    });
}
