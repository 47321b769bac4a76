//! A large file is committed while it is read, and read on where an interrupted run left it.

use crate::index_update::{Desk, contents, now_ns};
use dateline::index::{
    Archive, OmissionKind, Progress, Silent, Step, UpdateOptions, UpdateReport, status, update,
    verify,
};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

const RECORDS: u32 = 1_200;

/// A file of more than the half megabyte up to which files are done in one go.
///
/// Record 700 is broken; record 900 is a later version of record 5.
fn large_file(word: &str) -> String {
    let filler = "The council met again and talked about the bridge until late. ".repeat(8);
    let record = |n: u32| match n {
        700 => "{\"title\": broken}\n".to_owned(),
        900 => line(5, 2, word, &filler),
        _ => line(n, 1, word, &filler),
    };
    (1..=RECORDS).map(record).collect()
}

fn line(id: u32, version: u32, word: &str, filler: &str) -> String {
    let record = serde_json::json!({
        "id": format!("a{id}"),
        "version": version,
        "title": format!("Report {id} of the {word}"),
        "published": "2024-05-03",
        "text": format!("Number {id}, version {version}. {filler}"),
    });
    format!("{record}\n")
}

/// Counts commits, and interrupts after a number of articles.
struct Watch<'a> {
    commits: AtomicU64,
    articles: AtomicU64,
    limit: u64,
    cancel: &'a AtomicBool,
}

impl Progress for Watch<'_> {
    fn step(&self, step: Step, _: u64, _: u64) {
        if step == Step::Committing {
            self.commits.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn advance(&self, _: u64, _: u64, articles: u64) {
        if self.articles.fetch_add(articles, Ordering::Relaxed) + articles >= self.limit {
            self.cancel.store(true, Ordering::Relaxed);
        }
    }
}

/// Brings the desk up to date, committing after `commit_articles` and interrupted after `limit`;
/// returns the number of commits too.
fn run(desk: &Desk, commit_articles: usize, limit: u64) -> (UpdateReport, u64) {
    let options = UpdateOptions {
        commit_articles,
        threads: 2,
        now_ns: now_ns(),
        ..UpdateOptions::default()
    };
    let cancel = AtomicBool::new(false);
    let watch = Watch {
        commits: AtomicU64::new(0),
        articles: AtomicU64::new(0),
        limit,
        cancel: &cancel,
    };
    let paths = [desk.path().to_path_buf()];
    let report = update(&desk.index(), &paths, &options, &watch, &cancel).expect("updated");
    (report, watch.commits.into_inner())
}

fn assert_sound(desk: &Desk) {
    let never = AtomicBool::new(false);
    let report = verify(&desk.index(), &Silent, &never).expect("verified");
    assert!(report.problems.is_empty(), "{report:?}");
}

#[test]
fn a_large_file_is_committed_as_it_is_read() {
    let (in_parts, at_once) = (Desk::new(), Desk::new());
    let text = large_file("bridge");
    for desk in [&in_parts, &at_once] {
        desk.write("large.jsonl", &text);
        desk.write("small.txt", "Headline\n\nA text.\n");
    }
    let (expected, commits) = run(&at_once, usize::MAX, u64::MAX);
    assert_eq!(
        (expected.added, expected.failed.len(), commits),
        (1_199, 1, 1)
    );
    let (report, commits) = run(&in_parts, 150, u64::MAX);
    assert!(commits >= 3, "{commits} commits");
    assert_eq!(report.added, 1_199);
    // The later version came after a commit that held the first.
    assert_eq!((report.replaced, report.removed), (1, 0));
    assert_eq!(report.failed, expected.failed);
    assert_eq!(
        (report.files_read, report.bytes_read),
        (expected.files_read, expected.bytes_read)
    );
    assert!(in_parts.contents() == at_once.contents(), "other articles");
    assert_sound(&in_parts);
    assert_eq!(run(&in_parts, 150, u64::MAX).0.unchanged, 1_199);
}

#[test]
fn interrupted_within_a_large_file_a_run_keeps_what_it_read_and_the_next_goes_on() {
    let desk = Desk::new();
    desk.write("large.jsonl", &large_file("bridge"));
    let (first, _) = run(&desk, usize::MAX, 640);
    assert!(first.interrupted);
    let kept = desk.contents().len() as u64;
    assert!((640..1_198).contains(&kept), "{kept} articles");
    assert_eq!(first.added, kept);
    let archive = Archive::open(&desk.index()).expect("opens");
    let omissions = status(&archive).expect("told").skipped;
    let begun = omissions
        .iter()
        .find(|o| o.reason.starts_with("read up to its article "));
    let begun = begun.expect("status names the file");
    assert_eq!(
        (begun.path.as_str(), begun.kind),
        ("large.jsonl", OmissionKind::Skipped)
    );
    let (second, _) = run(&desk, usize::MAX, u64::MAX);
    assert_eq!(second.added + kept, 1_198);
    assert_eq!(
        contents(&Archive::open(&desk.index()).expect("opens")).len(),
        1_198
    );
    let archive = Archive::open(&desk.index()).expect("opens");
    assert_eq!(
        status(&archive).expect("told").skipped.len(),
        2,
        "the broken and the outranked"
    );
    assert_sound(&desk);
}

#[test]
fn interrupted_within_a_file_that_it_holds_an_index_keeps_the_whole_of_it() {
    let desk = Desk::new();
    desk.write("large.jsonl", &large_file("bridge"));
    run(&desk, 150, u64::MAX);
    let before = desk.contents();
    desk.write("large.jsonl", &large_file("tunnel"));
    let (report, commits) = run(&desk, 150, 640);
    assert!(report.interrupted && commits <= 1);
    assert!(desk.contents() == before, "changed in part");
    run(&desk, 150, u64::MAX);
    let tunnels = desk.contents().into_values().filter(|content| {
        let title = content.head.article.title.as_deref();
        title.is_some_and(|title| title.ends_with("tunnel"))
    });
    assert_eq!(tunnels.count(), 1_198);
    assert_sound(&desk);
}
