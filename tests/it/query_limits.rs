//! Hostile queries: each answers or is refused, in bounded time.

use crate::desk::Desk;
use dateline::Error;
use dateline::backend::Backend;
use dateline::index::Archive;
use dateline::index::request::{
    FacetField, FacetsRequest, Period, SearchRequest, TimelineRequest, Unit,
};
use dateline::query::{Axis, Match, ParseOptions, Query};
use std::path::Path;
use std::time::{Duration, Instant};

/// What a query may take of a processor. Unoptimised code is given twenty times as long.
const LIMIT: Duration = match cfg!(debug_assertions) {
    true => Duration::from_secs(20),
    false => Duration::from_secs(1),
};

/// Processor time of this thread, which a busy machine does not lengthen; the clock elsewhere.
fn processor_time(began: Instant) -> Duration {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat");
    let nanoseconds = stat
        .ok()
        .and_then(|s| s.split_whitespace().next()?.parse().ok());
    nanoseconds.map_or_else(|| began.elapsed(), Duration::from_nanos)
}

/// The sample articles; optimised code is asked about press releases where they are at hand.
fn desk() -> Desk {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let releases = project.join("../shared/data/senate_press/raw");
    let folder = match releases.is_dir() && !cfg!(debug_assertions) {
        true => releases,
        false => project.join("corpus"),
    };
    let desk = Desk::empty();
    let folder = folder.to_string_lossy();
    let said = desk.run(&["index", "--index", ".dateline", &folder]);
    assert!(said.code == 0 || said.code == 3, "{}", said.err);
    desk
}

fn hostile() -> Vec<(&'static str, String)> {
    let many = |n: usize, f: &dyn Fn(usize) -> String| (0..n).map(f).collect::<String>();
    let letters = |n: usize| char::from(b'a' + (n % 26) as u8);
    vec![
        ("10,000 words", many(10_000, &|n| format!("w{n} "))),
        (
            "1,000 frequent words",
            "the of and to in a is for on with ".repeat(100),
        ),
        (
            "10,000 groups opened",
            format!("{}storm", "(".repeat(10_000)),
        ),
        (
            "5,000 groups nested",
            format!("{}storm{}", "(".repeat(5_000), ")".repeat(5_000)),
        ),
        (
            "60 groups of NOT",
            format!("storm {}senate{}", "NOT (".repeat(60), ")".repeat(60)),
        ),
        ("10,000 NOT", format!("{}storm", "NOT ".repeat(10_000))),
        (
            "5,000 minus signs",
            format!("a {}storm", "-(".repeat(5_000)),
        ),
        ("nested repetition", "/(a+)+$/".into()),
        ("nested alternatives", "/(a|aa|[a-z]?)*b/".into()),
        ("large repetition", "/(.{1,100}){1,100}/".into()),
        ("Unicode classes", "/\\w+\\w+\\w+\\w+/".into()),
        (
            "a regular expression for everything",
            "/.*/ /.+.+/ /[^b]*b?.*/".into(),
        ),
        (
            "a long regular expression",
            format!("/{}/", "(a|b)?".repeat(2_000)),
        ),
        ("wildcards", "*a*b*c*".into()),
        (
            "wildcards for everything",
            "?* *a* *e* *i* *o* *u* *?*? ??*".into(),
        ),
        ("60 wildcards", many(60, &|n| format!("*{}* ", letters(n)))),
        ("65 wildcards", many(65, &|n| format!("*{}* ", letters(n)))),
        ("all prefixes", many(26, &|n| format!("{}* ", letters(n)))),
        ("a long wildcard", format!("{}*", "a?".repeat(5_000))),
        (
            "a long misspelling",
            format!("{}~2", "internationalisation".repeat(3)),
        ),
        (
            "a very long misspelling",
            format!("{}~2", "a".repeat(10_000)),
        ),
        (
            "60 misspellings",
            many(60, &|n| format!("senat{}r~2 ", letters(n))),
        ),
        (
            "a phrase of 1,000 words",
            format!("\"{}\"", "the senate of the united states ".repeat(160)),
        ),
        (
            "a phrase of 10,000 words",
            format!("\"{}\"", "a ".repeat(10_000)),
        ),
        ("a loose phrase", "\"the of and to in a\"~1000".into()),
        (
            "a loose phrase of one word",
            format!("\"{}\"~1000", "the ".repeat(300)),
        ),
        ("NEAR in a long chain", "the NEAR/1000 ".repeat(500) + "of"),
        ("NEAR in a chain", "the NEAR/1000 ".repeat(30) + "of"),
        ("NEAR of eight", "the NEAR/1000 of NEAR/1000 and NEAR/1000 to NEAR/1000 in NEAR/1000 a NEAR/1000 for NEAR/1000 on".into()),
        ("ADJ in a long chain", "the ADJ/1000 of ADJ/1000 ".repeat(200) + "to"),
        ("ADJ in a chain", "the ADJ/1000 of ADJ/1000 ".repeat(15) + "to"),
        ("SENT in a chain", "the SENT of SENT ".repeat(200) + "to"),
        ("AND in a chain", "the AND of AND ".repeat(500) + "to"),
        ("OR in a chain", "the OR of OR ".repeat(500) + "to"),
        ("all of time", "date:0001..9999 about:0001..9999".into()),
        (
            "days before time",
            "date:-9999..9999 about:-0001-01-01..".into(),
        ),
        (
            "300 times",
            many(300, &|n| format!("about:{}..{} ", 1700 + n, 1701 + n)),
        ),
        ("paths by their parts", "path:*a*b*c*d*e* url:*a*".into()),
        (
            "300 names",
            format!("person:({})", many(300, &|n| format!("\"N{n} Smith\" OR "))),
        ),
        (
            "a number beyond numbers",
            "copies:>99999999999999999999999".into(),
        ),
        ("likeness to many", many(50, &|n| format!("like:{n} "))),
        ("a megabyte", "storm ".repeat(170_000)),
        ("a word of 60 kB", "a".repeat(60_000)),
        ("60 kB of marks", "\"(/*~:=+-\\".repeat(6_000)),
        ("60 kB of accents", "e\u{301}\u{302}".repeat(10_000)),
        (
            "controls",
            "storm\0\u{1}\u{7f}\u{9b}\u{202e}\u{feff}\u{fff9} \0*".into(),
        ),
        (
            "NUL in every field",
            many(20, &|_| "title:\0 person:\0* path:\0 ".into()),
        ),
        ("quotation marks", "\"".repeat(10_001)),
        ("emoji", "👩‍👩‍👧‍👦 ".repeat(2_000)),
        (
            "Chinese without spaces",
            "中华人民共和国参议院".repeat(2_000),
        ),
        (
            "exact spellings",
            many(900, &|n| format!("={}enate{n} ", letters(n))),
        ),
    ]
}

fn requests(text: &str) -> Result<Vec<SearchRequest>, Error> {
    let options = ParseOptions::new(jiff::civil::date(2026, 11, 24));
    let parsed = Query::parse(text, &options)?;
    let now: jiff::Timestamp = "2026-11-24T12:00:00Z".parse().expect("a time");
    let mut all = Vec::new();
    for (unit, matching) in [(Unit::Passage, Match::Any), (Unit::Article, Match::All)] {
        let mut request = SearchRequest::new(parsed.query.clone(), text, now);
        request.notes.clone_from(&parsed.notes);
        request.unit = unit;
        request.matching = matching;
        request.mentioned = Vec::new();
        request.snippets = 3;
        all.push(request);
    }
    Ok(all)
}

#[test]
fn hostile_queries_answer_or_are_refused_within_a_second() {
    let desk = desk();
    let archive = Archive::open(&desk.path().join(".dateline")).expect("opens");
    let (mut answered, mut refused) = (0, 0);
    let mut slowest = (Duration::ZERO, "");
    for (name, text) in hostile() {
        let mut timed = |work: &mut dyn FnMut() -> Result<(), Error>| {
            let began = (processor_time(Instant::now()), Instant::now());
            let result = work();
            let took = processor_time(began.1).saturating_sub(began.0);
            slowest = slowest.max((took, name));
            match result {
                Ok(()) => answered += 1,
                Err(Error::Query { message, .. } | Error::Usage(message)) => {
                    assert!(!message.is_empty());
                    refused += 1;
                }
                Err(e) => panic!("{name}: {e:?}"),
            }
            assert!(took < LIMIT, "{name}: {took:?}");
        };
        let mut parsed = Vec::new();
        timed(&mut || {
            parsed = requests(&text)?;
            Ok(())
        });
        for request in parsed {
            timed(&mut || archive.search(&request).map(drop));
            let field = FacetField::Person;
            let mut base = request.clone();
            base.limit = 10;
            let facets = FacetsRequest { base, field };
            timed(&mut || archive.facets(&facets).map(drop));
            let timeline = TimelineRequest {
                base: request,
                axis: Axis::Mentioned,
                by: Period::Year,
            };
            timed(&mut || archive.timeline(&timeline).map(drop));
        }
    }
    println!(
        "{answered} questions answered, {refused} refused; the slowest, {}, took {:?}",
        slowest.1, slowest.0
    );
    assert!(answered > refused && refused > 3, "{answered}, {refused}");
}

#[test]
fn hostile_pages_and_numbers_are_bounded() {
    let desk = Desk::indexed();
    let most = usize::MAX.to_string();
    for args in [
        &["search", "bank", "-n", &most][..],
        &["search", "bank", "--offset", &most],
        &[
            "search",
            "bank",
            "-n",
            &most,
            "--offset",
            &most,
            "--snippets",
            &most,
        ],
        &["search", "bank", "-C", &most],
        &["facets", "person", "-n", &most],
        &["related", "https://news.example/rates", "-n", &most],
        &["show", "https://news.example/rates#4294967295"],
        &["show", "https://news.example/rates#1", "-C", "4294967295"],
        &["search", "bank", "--recency", "1e-300"],
        &["search", "bank", "--now", "9999-12-31"],
        &[
            "timeline",
            "--by",
            "day",
            "--axis",
            "mentioned",
            "--from",
            "0001",
            "--to",
            "9999",
        ],
    ] {
        let said = desk.run(args);
        assert!((0..=2).contains(&said.code), "{args:?}: {}", said.err);
        assert!(!said.err.contains("panicked"), "{args:?}: {}", said.err);
    }
}

#[test]
fn no_time_is_honoured_by_every_command_that_asks() {
    let desk = Desk::indexed();
    desk.run(&["watch", "add", "banks", "bank", "--from-start"]);
    for args in [
        &["search", "bank"][..],
        &["search", "bank", "--sort", "newest"],
        &["search", "*an*", "--unit", "article"],
        &["facets", "person", "bank"],
        &["facets", "year"],
        &["timeline", "bank"],
        &["related", "https://news.example/rates"],
        &["export", "bank"],
        &["export", "--to", "html"],
        &["watch", "run"],
    ] {
        let with: Vec<&str> = args.iter().copied().chain(["--timeout", "0"]).collect();
        let said = desk.run(&with);
        assert_eq!(said.code, 3, "{with:?}: {}{}", said.out, said.err);
        assert!(said.err.contains("--timeout"), "{with:?}: {}", said.err);
        let with: Vec<&str> = args.iter().copied().chain(["--timeout", "1h"]).collect();
        if args[0] != "watch" {
            // Nothing is related to the one article on its subject.
            let code = desk.run(&with).code;
            assert_eq!(code, i32::from(args[0] == "related"), "{with:?}");
        }
    }
    let said = desk.run(&["watch", "run"]);
    assert_eq!(
        said.code, 0,
        "what no time was left for is still new: {}",
        said.err
    );
    let said = desk.feed(&["batch", "-", "--timeout", "0"], "a\tbank\nb\tOder\n");
    assert_eq!(
        (said.code, said.out.lines().count()),
        (3, 2),
        "{}",
        said.err
    );
    assert!(said.err.contains("topic b"), "{}", said.err);
}
