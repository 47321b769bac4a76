//! What the ranking is worth on judged topics: a golden file a set, so that a change of ranking is a
//! difference to review.
//!
//! `tests/golden/relevance-*.tsv` hold nDCG@10, reciprocal rank and recall at 10 for every topic;
//! `UPDATE_GOLDEN=1` writes what is measured now. The topics and judgments are in
//! `tests/data/relevance`; every third topic over Wikinews is held back: it may be measured, never
//! tuned on. What is on one topic is background to each other, which judges `related`.

use dateline::backend::{Ask, Clock, Defaults};
use dateline::eval::{self, Qrels, Run};
use dateline::index::request::{Duplicates, SearchRequest, Shown, Unit};
use dateline::index::{Archive, Silent, UpdateOptions, update};
use dateline::query::Query;
use jiff::tz::TimeZone;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

const MEASURES: [&str; 3] = ["ndcg_cut_10", "recip_rank", "recall_10"];

/// Lowest means of [`MEASURES`]: a little below those of the golden file when it was last looked at.
type Floor = [f64; 3];

#[test]
fn topics_over_the_sample_articles_rank_as_recorded() {
    let judged = Judged::read("corpus", &project().join("corpus"));
    judged.check(
        "corpus",
        &judged.qrels,
        &judged.answers(),
        &[("all", CORPUS)],
    );
}

#[test]
fn topics_over_wikinews_rank_as_recorded() {
    let articles = project().join("../shared/data/wikinews_en/articles.jsonl");
    if !articles.is_file() {
        assert!(
            std::env::var_os("CI").is_none(),
            "{} is required",
            articles.display()
        );
        eprintln!("skipped: {} is not there", articles.display());
        return;
    }
    let judged = Judged::read("wikinews", &articles);
    let groups = [("open", WIKINEWS_OPEN), ("held", WIKINEWS_HELD)];
    judged.check("wikinews", &judged.qrels, &judged.answers(), &groups);
    let groups = [("open", BACKGROUND_OPEN), ("held", BACKGROUND_HELD)];
    let (qrels, run) = judged.background();
    judged.check("background", &qrels, &run, &groups);
}

const CORPUS: Floor = [0.90, 0.96, 0.90];
const WIKINEWS_OPEN: Floor = [0.92, 0.92, 0.94];
const WIKINEWS_HELD: Floor = [0.95, 0.95, 0.97];
const BACKGROUND_OPEN: Floor = [0.83, 0.82, 0.92];
const BACKGROUND_HELD: Floor = [0.93, 0.92, 0.98];

/// Topics of more articles are fields of news, such as elections, in which not all tell of one matter.
const MOST_OF_A_TOPIC: usize = 12;

/// An archive with topics and judgments.
struct Judged {
    archive: Archive,
    topics: String,
    qrels: Qrels,
    /// Topics held back.
    held: BTreeSet<String>,
    _folder: tempfile::TempDir,
}

impl Judged {
    fn read(set: &str, articles: &Path) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let archive = indexed(articles, &folder.path().join("index"));
        let judged = project().join("tests/data/relevance");
        let read = |name: String| std::fs::read_to_string(judged.join(&name)).unwrap_or_default();
        let qrels = read(format!("{set}-qrels.txt"));
        let qrels = Qrels::read(qrels.as_bytes(), "the judgments").expect("judgments");
        assert_judged_articles_exist(&archive, &qrels);
        let held = read(format!("{set}-held-topics.txt"));
        Self {
            archive,
            topics: read(format!("{set}-topics.tsv")),
            qrels,
            held: held.lines().map(str::to_owned).collect(),
            _folder: folder,
        }
    }

    /// Each topic's first hundred articles, searched for as `dateline search` does.
    fn answers(&self) -> Run {
        let clock = Clock {
            now: "2026-06-01T12:00:00Z".parse().expect("a time"),
            zone: TimeZone::UTC,
        };
        let defaults = Defaults {
            unit: Unit::Article,
            duplicates: Duplicates::Show,
            limit: 100,
            ..Defaults::default()
        };
        let mut run = Run::default();
        for line in self.topics.lines() {
            let (topic, query) = line.split_once('\t').expect("a topic: ID<TAB>QUERY");
            let request = Ask::default()
                .request(query, &defaults, &clock, false)
                .expect("a query");
            let results = self.archive.search(&request).expect("results");
            let hits = results.hits.into_iter().map(|hit| (hit.article, hit.score));
            run.topics.insert(topic.to_owned(), hits.collect());
        }
        run
    }

    /// What `related` finds for every article on a topic, and the others on it from before; named
    /// `TOPIC:ARTICLE`.
    fn background(&self) -> (Qrels, Run) {
        let view = self.archive.snapshot();
        let view = view.view();
        let (mut qrels, mut run) = (Qrels::default(), Run::default());
        for (topic, judged) in &self.qrels.topics {
            let on_it: Vec<&String> = judged.iter().filter(|j| *j.1 > 0).map(|j| j.0).collect();
            if on_it.len() > MOST_OF_A_TOPIC {
                continue;
            }
            let articles = on_it.iter().map(|id| {
                let article = view.article(id).expect("an answer");
                article.expect("a judged article")
            });
            let articles: Vec<_> = articles.collect();
            let day = |n: usize| articles[n].published.as_ref().map(|p| p.days().1);
            for (n, article) in articles.iter().enumerate() {
                let before = (0..articles.len()).filter(|&m| m != n && day(m) <= day(n));
                let before = before.map(|m| (articles[m].id.clone(), judged[&articles[m].id]));
                let before: BTreeMap<_, _> = before.collect();
                if before.is_empty() {
                    continue;
                }
                let mut request =
                    SearchRequest::new(Query::all(), String::new(), jiff::Timestamp::MAX);
                request.unit = Unit::Article;
                request.limit = 100;
                request.shown = Shown::PLACE;
                let found = view.related(article, &request).expect("results");
                let hits = found.hits.into_iter().map(|hit| (hit.article, hit.score));
                let name = format!("{topic}:{}", article.id);
                run.topics.insert(name.clone(), hits.collect());
                qrels.topics.insert(name, before.into_iter().collect());
            }
        }
        (qrels, run)
    }

    /// Measures topics in groups; the group `held` is what the set's list of held topics names.
    fn check(&self, set: &str, qrels: &Qrels, run: &Run, groups: &[(&str, Floor)]) {
        assert!(run.topics.keys().eq(qrels.topics.keys()), "topics differ");
        let measures = eval::parse_measures(&MEASURES).expect("measures");
        let mut table = format!("topic\t{}\n", MEASURES.join("\t"));
        let mut means = Vec::new();
        for (group, floor) in groups {
            let of_group = |name: &str| {
                let topic = name.split(':').next().unwrap_or(name);
                self.held.contains(topic) == (*group == "held")
            };
            let part = Qrels {
                topics: qrels
                    .topics
                    .iter()
                    .filter(|(topic, _)| of_group(topic))
                    .map(|(topic, judged)| (topic.clone(), judged.clone()))
                    .collect(),
            };
            let found = eval::evaluate(&part, run, &measures, true);
            for (topic, values) in &found.per_topic {
                row(&mut table, topic, values);
            }
            let mean: Vec<f64> = found.measures.iter().map(|(_, value)| *value).collect();
            row(&mut table, group, &mean);
            eprintln!(
                "{set}, {group}: {} topics, {MEASURES:?} = {mean:.4?}",
                found.topics
            );
            means.push((group, floor, mean));
        }
        for (group, floor, mean) in means {
            for ((measure, least), value) in MEASURES.iter().zip(floor).zip(mean) {
                assert!(
                    value >= *least,
                    "{set}, {group}: {measure} {value:.4} < {least}"
                );
            }
        }
        compare(&format!("tests/golden/relevance-{set}.tsv"), &table);
    }
}

fn row(table: &mut String, name: &str, values: &[f64]) {
    table.push_str(name);
    for value in values {
        let _ = write!(table, "\t{value:.4}");
    }
    table.push('\n');
}

fn compare(golden: &str, table: &str) {
    let path = project().join(golden);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, table).expect("written");
        return;
    }
    let recorded = std::fs::read_to_string(&path).unwrap_or_default();
    let changes: Vec<String> = differences(&recorded, table);
    assert!(
        changes.is_empty(),
        "{golden}: UPDATE_GOLDEN=1 writes what is measured now\n{}",
        changes.join("\n")
    );
}

/// Lines of either table that are not in the other, `-` before what was recorded.
fn differences(recorded: &str, measured: &str) -> Vec<String> {
    let lines = |text: &str| -> BTreeMap<String, String> {
        text.lines()
            .map(|line| line.split_once('\t').unwrap_or((line, "")))
            .map(|(name, values)| (name.to_owned(), values.to_owned()))
            .collect()
    };
    let (before, now) = (lines(recorded), lines(measured));
    let names: BTreeSet<&String> = before.keys().chain(now.keys()).collect();
    names
        .into_iter()
        .filter(|name| before.get(*name) != now.get(*name))
        .flat_map(|name| {
            let old = before.get(name).map(|values| format!("- {name}\t{values}"));
            let new = now.get(name).map(|values| format!("+ {name}\t{values}"));
            old.into_iter().chain(new)
        })
        .collect()
}

#[test]
fn a_changed_value_is_a_line_before_and_a_line_after() {
    assert_eq!(
        differences("c01\t1.0\nc02\t0.5\n", "c01\t1.0\nc02\t0.6\n"),
        ["- c02\t0.5", "+ c02\t0.6"]
    );
    assert!(differences("c01\t1.0\n", "c01\t1.0\n").is_empty());
}

/// A judgment of an article that no longer has that id would only ever lower the measures.
fn assert_judged_articles_exist(archive: &Archive, qrels: &Qrels) {
    use dateline::backend::Backend;
    let judged: BTreeSet<&String> = qrels.topics.values().flat_map(|t| t.keys()).collect();
    let missing: Vec<_> = judged
        .into_iter()
        .filter(|id| archive.article(id).expect("an answer").is_none())
        .collect();
    assert!(missing.is_empty(), "judged, but not indexed: {missing:?}");
}

fn indexed(articles: &Path, location: &Path) -> Archive {
    let options = UpdateOptions {
        threads: 1,
        now_ns: 1_780_000_000_000_000_000,
        ..UpdateOptions::default()
    };
    let never = AtomicBool::new(false);
    let paths: [PathBuf; 1] = [articles.to_path_buf()];
    update(location, &paths, &options, &Silent, &never).expect("indexed");
    Archive::open(location).expect("opens")
}

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
