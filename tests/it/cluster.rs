//! The same questions to the embedded index and to a Quickwit cluster.
//!
//! The cluster is the loopback stand-in of [`crate::standin`]; with `DATELINE_QUICKWIT_URL` set
//! (`http://127.0.0.1:7280`) everything that needs no faults runs against the node there, in indexes
//! that are deleted afterwards.

use crate::desk::{Desk, Said};
use crate::standin::{Fault, Standin};
use dateline::backend::{Access, Ask, Backend, Clock, Cluster, Defaults, IngestOptions, ingest};
use dateline::index::request::{
    Duplicates, FacetField, Facets, FacetsRequest, Period, Rank, SearchRequest, Sort,
    TimelineRequest, Unit,
};
use dateline::index::{Archive, Prune, Silent, UpdateOptions, UpdateReport, update};
use dateline::query::{Axis, Match, NoteKind};
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// A cluster with an index of its own.
struct Bench {
    location: String,
    standin: Option<Standin>,
    access: Access,
}

static INDEXES: AtomicU32 = AtomicU32::new(0);

impl Bench {
    /// The node of the environment, else a stand-in.
    fn new() -> Self {
        match std::env::var("DATELINE_QUICKWIT_URL") {
            Ok(url) if !url.is_empty() => {
                let number = INDEXES.fetch_add(1, Ordering::Relaxed);
                let index = format!("dateline-{}-{number}", std::process::id());
                Self {
                    location: format!("quickwit+{}/{index}", url.trim_end_matches('/')),
                    standin: None,
                    access: Access::default(),
                }
            }
            _ => Self::with_faults().0,
        }
    }

    /// A stand-in in any case.
    fn with_faults() -> (Self, Standin) {
        let standin = Standin::start();
        let bench = Self {
            location: standin.location("news"),
            standin: Some(standin.clone()),
            access: Access::default(),
        };
        (bench, standin)
    }

    fn index(&self, paths: &[PathBuf]) -> dateline::Result<UpdateReport> {
        self.index_with(paths, &UpdateOptions::default())
    }

    fn index_with(
        &self,
        paths: &[PathBuf],
        update: &UpdateOptions,
    ) -> dateline::Result<UpdateReport> {
        let options = IngestOptions {
            access: &self.access,
            update,
        };
        let never = AtomicBool::new(false);
        ingest(&self.location, paths, &options, &Silent, &never)
    }

    fn open(&self) -> Cluster {
        Cluster::open(&self.location, &self.access).expect("opens")
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        if self.standin.is_none() {
            let (base, index) = self.location.rsplit_once('/').expect("an index");
            let base = base.trim_start_matches("quickwit+");
            let _ = ureq::delete(&format!("{base}/api/v1/indexes/{index}")).call();
        }
    }
}

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

fn embedded(articles: &Path, folder: &Path) -> Archive {
    let never = AtomicBool::new(false);
    let options = UpdateOptions::default();
    update(folder, &[articles.to_owned()], &options, &Silent, &never).expect("indexed");
    Archive::open(folder).expect("opens")
}

/// The same articles in one segment that nothing was deleted from: what was superseded would count in
/// the frequencies until a merge, and in the lengths roughly after it.
fn fresh(articles: &Path) -> Archive {
    let folder = tempfile::tempdir().expect("a folder");
    let archive = embedded(articles, folder.path());
    let found = archive.search(&everything()).expect("all");
    let read = |id: &str| {
        let shown = Backend::article(&archive, id)
            .expect("read")
            .expect("there");
        (shown.article, shown.passages)
    };
    let all = found.hits.iter().map(|h| read(&h.article)).collect();
    Archive::part(all).expect("an archive")
}

fn everything() -> SearchRequest {
    request(
        "*",
        Ask {
            unit: Some(Unit::Article),
            limit: Some(100_000),
            duplicates: Some(Duplicates::Show),
            snippets: Some(0),
            ..Ask::default()
        },
    )
}

fn clock() -> Clock {
    Clock {
        now: "2025-09-18T12:00:00Z".parse().expect("a time"),
        zone: TimeZone::UTC,
    }
}

fn request(text: &str, ask: Ask) -> SearchRequest {
    ask.request(text, &Defaults::default(), &clock(), true)
        .expect("a request")
}

/// What a person sees of an answer: no times, no notes on scores.
fn seen(backend: &dyn Backend, request: &SearchRequest) -> Value {
    let results = backend.search(request).expect("an answer");
    let hits: Vec<Value> = results
        .hits
        .iter()
        .map(|hit| {
            let mut hit = serde_json::to_value(hit).expect("JSON");
            // Sums of f32 in another order differ in their last digits.
            let score = hit["score"].as_f64().expect("a score");
            hit["score"] = json!((score * 1000.0).round() / 1000.0);
            hit
        })
        .collect();
    json!({"total": results.total, "hits": hits})
}

const QUERIES: [&str; 40] = [
    "Nissan Sunderland",
    "interest rates",
    "flood",
    "\"interest rate\"",
    "climate AND summit",
    "climate NOT summit",
    "bank OR election",
    "electric car battery factory",
    "elect*",
    "=Bank",
    "el?ction",
    "electoin~",
    "/electr.*/",
    "title:climate",
    "heading:vaccine",
    "lead:bank",
    "bank NEAR/5 rate",
    "bank ADJ/3 rate",
    "bank SENT rate",
    "\"rate bank\"~6",
    "person:Merkel",
    "place:London",
    "org:Nissan election",
    "entity:London",
    "source:wire",
    "author:Smith",
    "lang:de",
    "lang:de Hochwasser",
    "date:2024 bank",
    "date:2024-03..2024-09",
    "about:2024",
    "date:none",
    "path:wire bank",
    "keyword:economy",
    "+bank -rate",
    "what did the central bank decide",
    "inflation since 2023",
    "selection",
    "zzzxqy",
    "大統領",
];

#[test]
fn both_back_ends_give_the_same_answers_to_every_kind_of_query() {
    let archive = fresh(&corpus());
    let bench = Bench::new();
    bench.index(&[corpus()]).expect("sent");
    let cluster = bench.open();
    let mut found = 0;
    for query in QUERIES {
        for unit in [Unit::Passage, Unit::Article] {
            for matching in [Match::Any, Match::All] {
                let request = request(
                    query,
                    Ask {
                        unit: Some(unit),
                        matching: Some(matching),
                        count: Some(true),
                        // A copy that does not match may join two that do: `notes` say so.
                        duplicates: Some(Duplicates::Show),
                        ..Ask::default()
                    },
                );
                let here = seen(&archive, &request);
                let there = seen(&cluster, &request);
                found += usize::from(here["total"] != 0);
                assert_eq!(here, there, "{query} {unit:?} {matching:?}");
            }
        }
    }
    assert!(found > 60, "{found}");
}

#[test]
fn sorts_pages_units_and_duplicates_are_the_same() {
    let archive = fresh(&corpus());
    let bench = Bench::new();
    bench.index(&[corpus()]).expect("sent");
    let cluster = bench.open();
    for query in ["bank rate", "election", "*", "lang:en climate"] {
        for sort in [Sort::Relevance, Sort::Newest, Sort::Oldest] {
            for (duplicates, offset) in [(Duplicates::Collapse, 0), (Duplicates::Show, 3)] {
                let request = request(
                    query,
                    Ask {
                        sort: Some(sort),
                        duplicates: Some(duplicates),
                        offset: Some(offset),
                        limit: Some(7),
                        unit: Some(Unit::Article),
                        count: Some(true),
                        as_of: (offset > 0).then(|| "2025-01-31".to_owned()),
                        ..Ask::default()
                    },
                );
                let (here, there) = (seen(&archive, &request), seen(&cluster, &request));
                assert_eq!(here, there, "{query} {sort:?} {duplicates:?}");
            }
        }
    }
}

#[test]
fn counts_over_time_and_by_value_are_the_same() {
    let archive = fresh(&corpus());
    let bench = Bench::new();
    bench.index(&[corpus()]).expect("sent");
    let cluster = bench.open();
    for query in ["", "bank", "\"interest rate\" OR climate", "lang:de"] {
        for unit in [Unit::Passage, Unit::Article] {
            let base = request(
                query,
                Ask {
                    unit: Some(unit),
                    matching: Some(Match::All),
                    duplicates: Some(Duplicates::Show),
                    limit: Some(1000),
                    ..Ask::default()
                },
            );
            for field in FacetField::ALL {
                let request = FacetsRequest {
                    base: base.clone(),
                    field,
                };
                let here = archive.facets(&request).expect("facets");
                let there = cluster.facets(&request).expect("facets");
                if field == FacetField::Family {
                    // A family is named by whichever copy is found first.
                    let sizes =
                        |f: &Facets| -> Vec<u64> { f.values.iter().map(|v| v.copies).collect() };
                    assert_eq!(sizes(&here), sizes(&there), "{query} {unit:?}");
                } else {
                    assert_eq!(here.values, there.values, "{query} {unit:?} {field:?}");
                }
                assert_eq!((here.total, here.missing), (there.total, there.missing));
            }
            for (axis, by) in [
                (Axis::Published, Period::Month),
                (Axis::Published, Period::Week),
                (Axis::Mentioned, Period::Year),
                (Axis::Mentioned, Period::Month),
            ] {
                let request = TimelineRequest {
                    base: base.clone(),
                    axis,
                    by,
                };
                let here = Backend::timeline(&archive, &request).expect("a timeline");
                let there = cluster.timeline(&request).expect("a timeline");
                assert_eq!(
                    here.buckets, there.buckets,
                    "{query} {unit:?} {axis:?} {by:?}"
                );
                assert_eq!((here.total, here.undated), (there.total, there.undated));
            }
        }
    }
}

#[test]
fn articles_their_background_and_the_status_are_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    let archive = embedded(&corpus(), folder.path());
    let bench = Bench::new();
    bench.index(&[corpus()]).expect("sent");
    let cluster = bench.open();
    let (here, there) = (archive.status(), cluster.status());
    let (here, there) = (here.expect("a status"), there.expect("a status"));
    assert_eq!(here.articles, there.articles);
    assert_eq!(here.passages, there.passages);
    assert_eq!(here.undated, there.undated);
    assert_eq!(here.languages, there.languages);
    assert_eq!(there.roots.len(), 1);
    let all = archive
        .search(&request(
            "*",
            Ask {
                unit: Some(Unit::Article),
                limit: Some(1000),
                duplicates: Some(Duplicates::Show),
                ..Ask::default()
            },
        ))
        .expect("all");
    assert!(all.hits.len() > 30);
    for hit in &all.hits {
        let here = Backend::article(&archive, &hit.article).expect("read");
        let there = cluster.article(&hit.article).expect("read");
        assert!(here.is_some());
        assert_eq!(here, there, "{}", hit.article);
    }
    assert_eq!(cluster.article("no such id").expect("read"), None);
    let fresh = fresh(&corpus());
    for hit in all.hits.iter().step_by(9) {
        let article = cluster
            .article(&hit.article)
            .expect("read")
            .expect("there")
            .article;
        let request = request(
            "",
            Ask {
                unit: Some(Unit::Article),
                limit: Some(5),
                ..Ask::default()
            },
        );
        let ids = |backend: &dyn Backend| -> Vec<String> {
            let found = backend.related(&article, &request).expect("background");
            found.hits.iter().map(|h| h.article.clone()).collect()
        };
        assert_eq!(ids(&fresh), ids(&cluster), "{}", hit.article);
    }
}

/// Words of the articles themselves, so that queries find something.
fn queries(archive: &Archive, count: usize) -> Vec<String> {
    let mut passages = everything();
    passages.unit = Unit::Passage;
    let all = archive.search(&passages).expect("all");
    let mut out = Vec::new();
    for pass in 0..count {
        for (n, hit) in all.hits.iter().enumerate() {
            let words: Vec<&str> = hit
                .text
                .split(|c: char| !c.is_alphanumeric())
                .filter(|w| w.chars().count() > 3)
                .collect();
            if words.len() > 30 && out.len() < count {
                let from = (n * 7 + pass * 11) % (words.len() - 24);
                let some = words[from..].iter().step_by(6).take(2 + (n + pass) % 3);
                out.push(some.copied().collect::<Vec<_>>().join(" "));
            }
        }
    }
    out
}

/// Compares the first ten of both back ends: exactly by BM25, and the share in common by the full
/// ranking, over all queries.
fn compare(archive: &Archive, cluster: &Cluster, queries: &[String]) -> f64 {
    let first = |backend: &dyn Backend, query: &str, rank: Rank| -> Vec<(String, u32)> {
        let request = request(
            query,
            Ask {
                literal: Some(true),
                rank: Some(rank),
                duplicates: Some(Duplicates::Show),
                snippets: Some(0),
                ..Ask::default()
            },
        );
        let found = backend.search(&request).expect("an answer");
        found
            .hits
            .iter()
            .map(|h| (h.article.clone(), h.passage))
            .collect()
    };
    let (mut shared, mut all) = (0, 0);
    let told = cluster
        .search(&request(&queries[0], Ask::default()))
        .expect("an answer");
    assert!(
        told.notes
            .iter()
            .any(|n| n.kind == NoteKind::Scores && n.message.contains("per-split"))
    );
    for query in queries {
        let here = first(archive, query, Rank::Bm25);
        assert_eq!(here, first(cluster, query, Rank::Bm25), "{query}");
        let here = first(archive, query, Rank::Full);
        let there = first(cluster, query, Rank::Full);
        all += here.len();
        shared += here.iter().filter(|hit| there.contains(hit)).count();
    }
    assert!(all > queries.len());
    f64::from(shared as u32) / f64::from(all as u32)
}

#[test]
fn a_hundred_queries_over_the_corpus_have_the_same_first_ten() {
    let archive = fresh(&corpus());
    let bench = Bench::new();
    bench.index(&[corpus()]).expect("sent");
    let queries = queries(&archive, 100);
    assert_eq!(queries.len(), 100);
    let share = compare(&archive, &bench.open(), &queries);
    assert!(share >= 0.9, "{share}");
}

#[test]
fn press_releases_have_the_same_first_ten_in_one_split_and_in_several() {
    let articles = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/senate_press/raw");
    if !articles.is_dir() {
        assert!(
            std::env::var_os("CI").is_none(),
            "{} is required",
            articles.display()
        );
        eprintln!("skipped: {} is not there", articles.display());
        return;
    }
    // Enough that most queries match more than is fetched whole.
    let some = tempfile::tempdir().expect("a folder");
    let mut files: Vec<PathBuf> = Vec::new();
    let mut folders = vec![articles];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            match entry.path() {
                path if path.is_dir() => folders.push(path),
                path => files.push(path),
            }
        }
    }
    files.sort();
    for (n, file) in files.iter().step_by(files.len() / 300 + 1).enumerate() {
        let extension = file.extension().and_then(|e| e.to_str()).unwrap_or("txt");
        std::fs::copy(file, some.path().join(format!("{n:05}.{extension}"))).expect("copied");
    }
    let archive = fresh(some.path());
    let queries = queries(&archive, 15);
    for split_documents in [None, Some(400)] {
        let bench = Bench::new();
        if let (Some(standin), Some(documents)) = (&bench.standin, split_documents) {
            standin.split_every(documents);
        }
        let report = bench.index(&[some.path().to_owned()]).expect("sent");
        if let Some(standin) = &bench.standin {
            let (bytes, terms) = standin.sent("news");
            eprintln!(
                "{} articles of {} bytes: {} passages, {terms} terms, {bytes} bytes sent",
                report.added, report.bytes_read, report.passages
            );
        }
        let share = compare(&archive, &bench.open(), &queries);
        assert!(share >= 0.9, "{share} with splits of {split_documents:?}");
    }
}

/// Three articles, one of them long.
fn desk() -> Desk {
    let desk = Desk::new();
    let long: String = (0..120)
        .map(|n| format!("The minister spoke of paragraph {n} and of the budget of the year, at length and without pause.\n\n"))
        .collect();
    desk.write("news/long.txt", format!("A long speech\n\n{long}"));
    desk
}

fn run(desk: &Desk, bench: &Bench, args: &[&str]) -> Said {
    let mut all = args.to_vec();
    all.extend(["--index", &bench.location]);
    desk.run(&all)
}

#[test]
fn every_command_works_on_a_cluster_as_on_a_folder() {
    let (bench, desk) = (Bench::new(), desk());
    assert_eq!(
        run(&desk, &bench, &["search", "bank"]).code,
        4,
        "no index yet"
    );
    let said = run(&desk, &bench, &["index", "."]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(desk.run(&["index", "."]).code, 0);
    desk.write("topics.tsv", "1\tbank\n2\tHochwasser\n3\tbudget minister\n");
    for args in [
        &["search", "bank", "-f", "jsonl"][..],
        &["search", "budget", "-f", "trec"],
        &["search", "minister", "-f", "csv", "--unit", "article"],
        &["search", "bank", "-n", "0"],
        &["search", "nowhere", "-f", "ids"],
        &["batch", "topics.tsv", "-f", "csv"],
        &["batch", "topics.tsv", "-f", "trec"],
        &["show", "news/rates.md", "-f", "json"],
        &["show", "nowhere"],
        &["facets", "source", "-f", "json"],
        &["facets", "place", "Oder", "-f", "json"],
        &["timeline", "--by", "month", "-f", "csv"],
        &[
            "timeline",
            "bank",
            "--axis",
            "mentioned",
            "--by",
            "year",
            "-f",
            "csv",
        ],
        &["export"],
        &["export", "bank", "--to", "bibtex"],
        &["export", "--to", "csv"],
        &["related", "https://news.example/rates", "-f", "ids"],
    ] {
        let (here, there) = (desk.run(args), run(&desk, &bench, args));
        assert_eq!(here.code, there.code, "{args:?}: {}", there.err);
        let json = |text: &str| -> Vec<Value> {
            let lines = serde_json::Deserializer::from_str(text).into_iter::<Value>();
            let mut lines: Vec<Value> = lines.filter_map(Result::ok).collect();
            for line in &mut lines {
                if let Some(object) = line.as_object_mut() {
                    object.remove("score");
                    object.remove("notes");
                }
            }
            lines
        };
        match here.out.starts_with('{') {
            true => assert_eq!(json(&here.out), json(&there.out), "{args:?}"),
            false => assert_eq!(here.out, there.out, "{args:?}"),
        }
    }
    let status = run(&desk, &bench, &["status", "-f", "json"]);
    let status: Value = serde_json::from_str(&status.out).expect("JSON");
    assert_eq!(status["articles"], 4);
    for args in [&["verify"][..], &["compact"], &["forget", "news/rates.md"]] {
        let said = run(&desk, &bench, args);
        assert_eq!(said.code, 2, "{args:?}");
        assert!(said.err.contains("index folder"), "{}", said.err);
    }
}

#[test]
fn watches_of_a_cluster_report_only_what_is_new() {
    let (bench, desk) = (Bench::new(), desk());
    let state = desk.path().join("home");
    let state = [("XDG_STATE_HOME", state.to_str().expect("UTF-8"))];
    let watch = |args: &[&str]| {
        let mut all = vec!["watch"];
        all.extend(args);
        all.extend(["--index", &bench.location]);
        desk.run_with(&all, &state)
    };
    assert_eq!(run(&desk, &bench, &["index", "news"]).code, 0);
    assert_eq!(watch(&["add", "banks", "bank"]).code, 0);
    assert_eq!(watch(&["run"]).code, 1);
    desk.write(
        "news/more.txt",
        "Another bank\n\nThe bank on the corner opened its doors again.\n",
    );
    assert_eq!(run(&desk, &bench, &["index", "news"]).code, 0);
    let said = watch(&["run"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("Another bank"), "{}", said.out);
    assert_eq!(watch(&["run"]).code, 1);
}

/// Every article that the cluster shows, by id, with its passages counted.
fn shown(bench: &Bench) -> Vec<(String, u64)> {
    let cluster = bench.open();
    let by_unit = |unit| {
        let request = request(
            "*",
            Ask {
                unit: Some(unit),
                duplicates: Some(Duplicates::Show),
                limit: Some(1000),
                count: Some(true),
                ..Ask::default()
            },
        );
        cluster.search(&request).expect("an answer")
    };
    let (articles, passages) = (by_unit(Unit::Article), by_unit(Unit::Passage));
    let status = cluster.status().expect("a status");
    assert_eq!(status.articles, articles.total);
    assert_eq!(status.passages, passages.total);
    let mut counts: std::collections::BTreeMap<String, u64> = Default::default();
    for hit in &passages.hits {
        *counts.entry(hit.article.clone()).or_default() += 1;
    }
    assert_eq!(counts.len() as u64, articles.total);
    counts.into_iter().collect()
}

#[test]
fn a_second_run_changes_nothing_and_a_changed_file_replaces_its_article() {
    let (bench, desk) = (Bench::new(), desk());
    let paths = [desk.path().join("news")];
    let report = bench.index(&paths).expect("sent");
    assert_eq!((report.added, report.replaced), (4, 0));
    let before = shown(&bench);
    let report = bench.index(&paths).expect("sent");
    assert_eq!((report.added, report.replaced, report.unchanged), (0, 0, 4));
    assert_eq!(shown(&bench), before);
    desk.write(
        "news/sunderland.txt",
        "Carmaker leaves\n\nThe carmaker Nissan will leave Sunderland after all.\n",
    );
    let report = bench.index(&paths).expect("sent");
    assert_eq!((report.added, report.replaced, report.unchanged), (0, 1, 3));
    // The old version may still be there: no answer knows it.
    let cluster = bench.open();
    let found = |query: &str| {
        cluster
            .search(&request(query, Ask::default()))
            .expect("an answer")
            .total
    };
    assert_eq!(found("welcomed"), 0);
    assert_eq!(found("leave"), 1);
    assert_eq!(shown(&bench).len(), 4);
    if let Some(standin) = &bench.standin {
        let with_both = standin.documents("news");
        standin.do_deletes();
        assert!(standin.documents("news") < with_both);
        assert_eq!(found("leave"), 1);
    }
}

#[test]
fn pruned_and_killed_articles_are_gone_at_once_and_may_come_back() {
    let (bench, desk) = (Bench::new(), desk());
    let paths = [desk.path().join("news")];
    bench.index(&paths).expect("sent");
    let text = std::fs::read(desk.path().join("news/long.txt")).expect("there");
    std::fs::remove_file(desk.path().join("news/long.txt")).expect("removed");
    assert_eq!(bench.index(&paths).expect("sent").removed, 0);
    let prune = UpdateOptions {
        prune: Prune::Yes,
        ..UpdateOptions::default()
    };
    let report = bench.index_with(&paths, &prune).expect("sent");
    assert_eq!(report.removed, 1);
    assert_eq!(shown(&bench).len(), 3);
    desk.write("news/long.txt", text);
    assert_eq!(bench.index(&paths).expect("sent").added, 1);
    assert_eq!(shown(&bench).len(), 4);
}

#[test]
fn a_run_that_ends_anywhere_and_runs_again_leaves_each_article_once() {
    let desk = desk();
    let paths = [desk.path().join("news")];
    let (whole, _standin) = Bench::with_faults();
    whole.index(&paths).expect("sent");
    let expected = shown(&whole);
    for fault in [Fault::DoneAndHungUp, Fault::HungUp] {
        for (path, after) in [
            ("ingest", 0),
            ("_search", 2),
            ("_search", 6),
            ("indexes", 1),
            ("_search", 9),
        ] {
            let (bench, standin) = Bench::with_faults();
            let fails = Access {
                timeout: Some(Duration::from_secs(2)),
                ..Access::default()
            };
            let bench = Bench {
                access: fails,
                location: bench.location.clone(),
                standin: bench.standin.clone(),
            };
            // As good as a kill: whatever is asked from there on is not answered.
            standin.fail(path, after, usize::MAX, fault.clone());
            let never = AtomicBool::new(true);
            let options = IngestOptions {
                access: &bench.access,
                update: &UpdateOptions::default(),
            };
            never.store(false, Ordering::Relaxed);
            std::thread::scope(|scope| {
                scope.spawn(|| {
                    std::thread::sleep(Duration::from_millis(1500));
                    never.store(true, Ordering::Relaxed);
                });
                let _ = ingest(&bench.location, &paths, &options, &Silent, &never);
            });
            standin.heal();
            bench.index(&paths).expect("the second run");
            assert_eq!(shown(&bench), expected, "{fault:?} {path} {after}");
            bench.index(&paths).expect("the third run");
            assert_eq!(shown(&bench), expected, "{fault:?} {path} {after}");
        }
    }
}

#[test]
fn a_killed_process_leaves_what_the_next_one_completes() {
    let desk = desk();
    let (bench, standin) = Bench::with_faults();
    standin.fail("commit=", 0, 1, Fault::Slow(Duration::from_secs(30)));
    let mut child = desk.start(&["index", "news", "--index", &bench.location]);
    std::thread::sleep(Duration::from_millis(1500));
    child.kill().expect("killed");
    child.wait().expect("gone");
    standin.heal();
    let said = run(&desk, &bench, &["index", "news"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(shown(&bench).len(), 4);
}

#[test]
fn a_storm_of_refusals_is_waited_out() {
    let desk = desk();
    let paths = [desk.path().join("news")];
    let (bench, standin) = Bench::with_faults();
    standin.fail("ingest", 0, 4, Fault::Status(429));
    standin.fail("ingest", 0, 2, Fault::Status(503));
    standin.fail("_search", 1, 2, Fault::Status(500));
    bench.index(&paths).expect("sent in the end");
    assert_eq!(shown(&bench).len(), 4);
}

#[test]
fn batches_stay_below_what_a_cluster_takes() {
    let desk = Desk::empty();
    let word = |n: usize| format!("word{n} ");
    for file in 0..8 {
        let text: String = (0..30_000).map(|n| word(file * 30_000 + n)).collect();
        desk.write(
            &format!("big/{file}.txt"),
            format!("Title {file}\n\n{text}"),
        );
    }
    let (bench, standin) = Bench::with_faults();
    let report = bench.index(&[desk.path().join("big")]).expect("sent");
    assert_eq!(report.added, 8);
    assert!(standin.largest_body() < 10 << 20);
    assert!(standin.largest_body() > 1 << 20);
}

#[test]
fn whatever_a_cluster_answers_there_is_a_message_and_an_exit_code() {
    let desk = desk();
    let (bench, standin) = Bench::with_faults();
    assert_eq!(run(&desk, &bench, &["index", "news"]).code, 0);
    let search = |more: &[&str]| {
        let mut args = vec!["search", "bank"];
        args.extend(more);
        run(&desk, &bench, &args)
    };
    for (fault, path, said) in [
        (Fault::PartOfTheSplits, "_search", "1 of 3 splits"),
        (Fault::Body("<html>a proxy</html>"), "_search", "not JSON"),
        (Fault::Body("{}"), "_search", "none of Quickwit"),
        (Fault::Body("[]"), "version", "version"),
        (Fault::Body("{\"hits\":7}"), "_count", "count"),
        (Fault::Status(400), "_search", "400"),
        (Fault::Status(502), "_search", "502"),
        (Fault::Status(403), "version", "DATELINE_CLUSTER_TOKEN"),
        (Fault::HungUp, "_search", "cannot be reached"),
    ] {
        standin.fail(path, 0, usize::MAX, fault.clone());
        let answer = search(&[]);
        assert_eq!(answer.code, 4, "{fault:?}: {}", answer.err);
        assert!(answer.err.contains(said), "{fault:?}: {}", answer.err);
        assert!(answer.out.is_empty());
        standin.heal();
    }
    assert_eq!(search(&[]).code, 0);
    standin.be_of_version("0.8.2");
    let answer = search(&[]);
    assert_eq!(answer.code, 4);
    assert!(
        answer.err.contains("0.8.2") && answer.err.contains("0.9"),
        "{}",
        answer.err
    );
    standin.be_of_version("0.9.1");
    assert_eq!(search(&[]).code, 0);
    standin.spoil_mapping("news");
    let answer = search(&[]);
    assert_eq!(answer.code, 4);
    assert!(answer.err.contains("no field surface"), "{}", answer.err);
}

#[test]
fn a_cluster_that_is_down_or_slow_is_given_up_in_time() {
    let desk = desk();
    let (bench, standin) = Bench::with_faults();
    assert_eq!(run(&desk, &bench, &["index", "news"]).code, 0);
    standin.fail(
        "_search",
        0,
        usize::MAX,
        Fault::Slow(Duration::from_secs(60)),
    );
    let began = Instant::now();
    let said = run(&desk, &bench, &["search", "bank", "--timeout", "1s"]);
    assert_eq!(said.code, 3, "{}", said.err);
    assert!(said.err.contains("--timeout"), "{}", said.err);
    let said = run(
        &desk,
        &bench,
        &["search", "bank", "--cluster-timeout", "1s"],
    );
    assert_eq!(said.code, 4, "{}", said.err);
    assert!(said.err.contains("within 1 s"), "{}", said.err);
    assert!(began.elapsed() < Duration::from_secs(30));
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = free.local_addr().expect("an address").port();
    drop(free);
    let nobody = format!("quickwit+http://127.0.0.1:{port}/news");
    let said = desk.run(&["search", "bank", "--index", &nobody]);
    assert_eq!(said.code, 4);
    assert!(said.err.contains("cannot be reached"), "{}", said.err);
    let said = desk.run(&["search", "bank", "--index", "quickwit+http://127.0.0.1"]);
    assert_eq!(said.code, 2, "{}", said.err);
}

#[test]
fn a_token_opens_a_proxy_and_is_never_printed() {
    let desk = desk();
    let (bench, standin) = Bench::with_faults();
    standin.ask_for("Bearer s3cret");
    let said = run(&desk, &bench, &["index", "news"]);
    assert_eq!(said.code, 4);
    assert!(said.err.contains("DATELINE_CLUSTER_TOKEN"), "{}", said.err);
    let args = ["index", "news", "--index", &bench.location];
    let said = desk.run_with(&args, &[("DATELINE_CLUSTER_TOKEN", "s3cret")]);
    assert_eq!(said.code, 0, "{}", said.err);
    let args = ["search", "bank", "--index", &bench.location, "--help"];
    let said = desk.run_with(&args, &[("DATELINE_CLUSTER_TOKEN", "s3cret")]);
    assert!(!said.out.contains("s3cret") && !said.err.contains("s3cret"));
}
