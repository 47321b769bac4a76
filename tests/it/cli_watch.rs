//! `watch`: what is new is reported once, whatever happens in between.

use crate::desk::Desk;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Copy, Debug)]
enum Step {
    /// A file appears or changes; it speaks of storms, or of none.
    Write(u8, bool),
    Remove(u8),
    Index,
    Prune,
    Rebuild,
    Compact,
    Run,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => (0..6u8, prop::bool::weighted(0.7)).prop_map(|(n, storm)| Step::Write(n, storm)),
        2 => (0..6u8).prop_map(Step::Remove),
        4 => Just(Step::Index),
        2 => Just(Step::Prune),
        1 => Just(Step::Rebuild),
        1 => Just(Step::Compact),
        4 => Just(Step::Run),
    ]
}

/// The rules in a few lines: what is on disk, what of it is indexed, what was reported.
#[derive(Default)]
struct Model {
    files: BTreeMap<u8, bool>,
    indexed: BTreeMap<u8, bool>,
    reported: BTreeSet<u8>,
}

impl Model {
    fn index(&mut self, prune: bool) {
        if prune {
            self.indexed.clear();
        }
        self.indexed.extend(&self.files);
    }

    fn fresh(&mut self) -> BTreeSet<u8> {
        let storms = self.indexed.iter().filter(|(_, storm)| **storm);
        let fresh: BTreeSet<u8> = storms
            .map(|(n, _)| *n)
            .filter(|n| !self.reported.contains(n))
            .collect();
        self.reported.extend(&fresh);
        fresh
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, ..ProptestConfig::default() })]

    #[test]
    fn a_watch_reports_each_article_once_and_misses_none(steps in prop::collection::vec(step(), 10..24)) {
        let desk = Desk::empty();
        desk.write("news/begin.txt", "Begin\n\nNothing yet.\n");
        desk.run(&["index", "news"]);
        assert_eq!(desk.run(&["watch", "add", "storms", "storm"]).code, 0);
        let mut model = Model::default();
        let mut written = 0;
        for step in steps.into_iter().chain([Step::Index, Step::Run, Step::Run]) {
            match step {
                Step::Write(n, storm) => {
                    written += 1;
                    let word = if storm { "storm" } else { "calm" };
                    desk.write(&format!("news/{n}.txt"), format!("Headline {n}\n\nA {word}, version {written}.\n"));
                    model.files.insert(n, storm);
                }
                Step::Remove(n) => {
                    let _ = std::fs::remove_file(desk.path().join(format!("news/{n}.txt")));
                    model.files.remove(&n);
                }
                Step::Index => {
                    assert_eq!(desk.run(&["index", "news"]).code, 0);
                    model.index(false);
                }
                Step::Prune => {
                    assert_eq!(desk.run(&["index", "--prune", "news"]).code, 0);
                    model.index(true);
                }
                Step::Rebuild => {
                    assert_eq!(desk.run(&["index", "--rebuild", "news"]).code, 0);
                    model.index(false);
                }
                Step::Compact => assert_eq!(desk.run(&["compact"]).code, 0),
                Step::Run => {
                    let said = desk.run(&["watch", "run"]);
                    let fresh = model.fresh();
                    let told: Vec<u8> = said
                        .out
                        .lines()
                        .filter_map(|line| line.rsplit('/').next()?.strip_suffix(".txt")?.parse().ok())
                        .collect();
                    let each_once: BTreeSet<u8> = told.iter().copied().collect();
                    prop_assert_eq!(told.len(), each_once.len());
                    prop_assert_eq!(said.out.lines().count(), told.len());
                    prop_assert_eq!(&each_once, &fresh);
                    prop_assert_eq!(said.code, i32::from(fresh.is_empty()), "{}", said.err);
                }
            }
        }
    }
}

#[test]
fn two_runs_at_a_time_report_an_article_once() {
    let desk = Desk::indexed();
    desk.run(&["watch", "add", "banks", "bank", "--from-start"]);
    let children: Vec<_> = (0..4).map(|_| desk.start(&["watch", "run"])).collect();
    let mut lines = 0;
    for child in children {
        let done = child.wait_with_output().expect("ended");
        let code = done.status.code();
        // A run that waited for too long says who holds the watches.
        assert!(matches!(code, Some(0 | 1 | 4)), "{code:?}");
        lines += String::from_utf8_lossy(&done.stdout).lines().count();
    }
    assert_eq!(lines, 1);
}

#[test]
fn watches_are_named_listed_and_removed() {
    let desk = Desk::indexed();
    assert_eq!(desk.run(&["watch", "run"]).code, 1);
    assert_eq!(desk.run(&["watch", "add", "banks", "bank"]).code, 0);
    let twice = desk.run(&["watch", "add", "banks", "rates"]);
    assert_eq!(twice.code, 2);
    assert!(
        twice.err.contains("dateline watch rm banks"),
        "{}",
        twice.err
    );
    let listed = desk.run(&["watch", "list"]);
    assert!(listed.out.starts_with("banks\tbank\t"), "{}", listed.out);
    let unknown = desk.run(&["watch", "run", "bonks"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.err.contains("there are banks"), "{}", unknown.err);
    assert_eq!(
        desk.run(&["watch", "run", "banks"]).code,
        1,
        "it was there before"
    );
    assert_eq!(desk.run(&["watch", "rm", "banks"]).code, 0);
    assert_eq!(desk.run(&["watch", "rm", "banks"]).code, 2);
    let bad = desk.run(&["watch", "add", "bad", "date:2024-13"]);
    assert_eq!(
        bad.code, 2,
        "a query that cannot be run is refused when it is added"
    );
}

#[test]
fn a_watch_keeps_the_filters_that_it_was_added_with() {
    let desk = Desk::indexed();
    for (name, args) in [
        ("wire", &["--source", "Morning Wire"][..]),
        ("paper", &["rates", "--not-source", "Morning Wire"]),
        ("late", &["bank", "--from", "2024-08"]),
        ("july", &["bank", "--from", "2024-07", "--to", "2024-07"]),
    ] {
        let add = ["watch", "add", name, "--from-start"];
        let said = desk.run(&[&add, args].concat());
        assert_eq!(said.code, 0, "{}", said.err);
    }
    let mut reported: Vec<String> = Vec::new();
    for line in desk.run(&["watch", "run"]).out.lines() {
        reported.extend(line.split('\t').next().map(str::to_owned));
    }
    assert_eq!(reported, ["july", "wire"]);
    let listed = desk.run(&["watch", "list"]).out;
    assert!(
        listed.contains("wire\t--source \"Morning Wire\"\t"),
        "{listed}"
    );
    assert!(
        listed.contains("late\tbank --from \"2024-08\"\t"),
        "{listed}"
    );
    let bad = desk.run(&["watch", "add", "bad", "bank", "--from", "soonish"]);
    assert_eq!(bad.code, 2);
    assert!(bad.err.contains("--from"), "{}", bad.err);
    let empty = desk.run(&["watch", "add", "empty"]);
    assert_eq!(empty.code, 2);
    assert!(empty.err.contains("empty query"), "{}", empty.err);
}
