//! An index follows its files.

use dateline::index::{
    Archive, Content, OmissionKind, Prune, Silent, UpdateOptions, UpdateReport, compact,
    for_each_article, status, update, verify,
};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::{SystemTime, UNIX_EPOCH};

pub struct Desk {
    folder: tempfile::TempDir,
}

pub fn now_ns() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |d| d.as_nanos() as i64)
}

impl Desk {
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
        }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn index(&self) -> PathBuf {
        self.path().join(".dateline")
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("made");
        std::fs::write(path, text).expect("written");
    }

    pub fn remove(&self, name: &str) {
        std::fs::remove_file(self.path().join(name)).expect("removed");
    }

    pub fn update(&self, options: &UpdateOptions) -> UpdateReport {
        let options = UpdateOptions {
            now_ns: now_ns(),
            ..options.clone()
        };
        let paths = [self.path().to_path_buf()];
        let never = AtomicBool::new(false);
        update(&self.index(), &paths, &options, &Silent, &never).expect("updated")
    }

    pub fn contents(&self) -> BTreeMap<String, Content> {
        contents(&Archive::open(&self.index()).expect("opens"))
    }
}

pub fn contents(archive: &Archive) -> BTreeMap<String, Content> {
    let mut all = BTreeMap::new();
    for_each_article(&archive.snapshot(), archive.fields(), |mut content| {
        content.key = 0;
        let before = all.insert(content.head.article.id.clone(), content);
        assert!(before.is_none(), "indexed twice");
        Ok(())
    })
    .expect("whole");
    let payload = &archive.snapshot().payload;
    assert_eq!(payload.articles, all.len() as u64);
    let passages: usize = all.values().map(|c| c.passages.len()).sum();
    assert_eq!(payload.passages, passages as u64);
    assert_eq!(payload.languages.values().sum::<u64>(), payload.articles);
    all
}

fn prune() -> UpdateOptions {
    UpdateOptions {
        prune: Prune::Yes,
        ..UpdateOptions::default()
    }
}

#[test]
fn new_files_are_added_changed_ones_replaced_and_gone_ones_pruned() {
    let desk = Desk::new();
    desk.write(
        "a.txt",
        "Harbour reopens\n\nThe harbour reopened on Monday.\n",
    );
    desk.write(
        "wire/b.txt",
        "Council votes\n\nThe council voted for the bridge.\n",
    );
    let report = desk.update(&prune());
    assert_eq!((report.added, report.replaced, report.removed), (2, 0, 0));
    assert_eq!(
        desk.contents().keys().collect::<Vec<_>>(),
        ["a.txt", "wire/b.txt"]
    );

    desk.write(
        "a.txt",
        "Harbour closes again\n\nThe harbour closed on Tuesday.\n",
    );
    desk.remove("wire/b.txt");
    desk.write("c.txt", "Third story\n\nSomething else.\n");
    let report = desk.update(&UpdateOptions::default());
    assert_eq!((report.added, report.replaced, report.removed), (1, 1, 0));
    assert_eq!(desk.contents().len(), 3, "nothing goes without --prune");
    let report = desk.update(&prune());
    assert_eq!((report.added, report.replaced, report.removed), (0, 0, 1));
    let contents = desk.contents();
    assert_eq!(contents.keys().collect::<Vec<_>>(), ["a.txt", "c.txt"]);
    let title = contents["a.txt"].head.article.title.as_deref();
    assert_eq!(title, Some("Harbour closes again"));
}

#[test]
fn a_second_run_reads_nothing_and_commits_nothing() {
    let desk = Desk::new();
    desk.write(
        "a.txt",
        "Harbour reopens\n\nThe harbour reopened on Monday.\n",
    );
    let long_ago = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_500_000_000);
    let file = std::fs::File::open(desk.path().join("a.txt")).expect("opens");
    file.set_modified(long_ago).expect("set");
    desk.update(&UpdateOptions::default());
    let generation = Archive::open(&desk.index()).expect("opens").generation();
    let report = desk.update(&UpdateOptions::default());
    assert_eq!(
        (report.files_read, report.unchanged, report.added),
        (0, 1, 0)
    );
    let after = Archive::open(&desk.index()).expect("opens").generation();
    assert_eq!(generation, after);
}

fn jsonl(records: &[(&str, u32, &str, &str)]) -> String {
    let line = |(id, version, updated, title): &(&str, u32, &str, &str)| {
        format!(
            "{{\"id\":\"{id}\",\"version\":{version},\"date\":\"2024-05-01\",\"updated\":\"{updated}\",\"title\":\"{title}\",\"body\":\"Text of {title}.\"}}\n"
        )
    };
    records.iter().map(line).collect()
}

fn title<'a>(contents: &'a BTreeMap<String, Content>, id: &str) -> Option<&'a str> {
    contents.get(id)?.head.article.title.as_deref()
}

#[test]
fn the_highest_version_speaks_for_an_id_and_the_next_one_when_it_goes() {
    let desk = Desk::new();
    desk.write("a.jsonl", &jsonl(&[("x", 1, "2024-05-01", "First")]));
    desk.write("b.jsonl", &jsonl(&[("x", 3, "2024-05-01", "Third")]));
    desk.write("c.jsonl", &jsonl(&[("x", 2, "2024-05-09", "Second")]));
    let report = desk.update(&prune());
    assert_eq!((report.added, report.superseded), (1, 2));
    assert_eq!(title(&desk.contents(), "x"), Some("Third"));
    desk.remove("b.jsonl");
    let report = desk.update(&prune());
    assert_eq!((report.replaced, report.removed, report.added), (1, 0, 0));
    assert_eq!(title(&desk.contents(), "x"), Some("Second"));
    desk.write("c.jsonl", &jsonl(&[("y", 1, "2024-05-09", "Another")]));
    desk.update(&prune());
    let contents = desk.contents();
    assert_eq!(title(&contents, "x"), Some("First"));
    assert_eq!(title(&contents, "y"), Some("Another"));
}

#[test]
fn equal_versions_go_by_the_time_of_update_then_by_path() {
    let desk = Desk::new();
    desk.write(
        "a.jsonl",
        &jsonl(&[
            ("x", 1, "2024-05-02", "Later"),
            ("y", 1, "2024-05-01", "Low"),
        ]),
    );
    desk.write(
        "b.jsonl",
        &jsonl(&[
            ("x", 1, "2024-05-01", "Earlier"),
            ("y", 1, "2024-05-01", "High"),
        ]),
    );
    desk.update(&prune());
    let contents = desk.contents();
    assert_eq!(title(&contents, "x"), Some("Later"));
    assert_eq!(title(&contents, "y"), Some("High"));
}

#[test]
fn an_article_that_moves_to_another_file_survives() {
    let desk = Desk::new();
    desk.write("a.jsonl", &jsonl(&[("x", 1, "2024-05-01", "Moving")]));
    desk.write("kept.txt", "Kept\n\nA text that stays.\n");
    desk.update(&prune());
    desk.remove("a.jsonl");
    desk.write("new/b.jsonl", &jsonl(&[("x", 1, "2024-05-01", "Moving")]));
    let report = desk.update(&prune());
    assert_eq!((report.added, report.removed), (0, 0));
    assert_eq!(desk.contents()["x"].head.article.path, "new/b.jsonl");
}

#[test]
fn only_the_records_of_a_file_that_changed_are_written_again() {
    let desk = Desk::new();
    desk.write(
        "a.jsonl",
        &jsonl(&[
            ("x", 1, "2024-05-01", "Stays"),
            ("y", 1, "2024-05-01", "Old"),
        ]),
    );
    desk.update(&prune());
    desk.write(
        "a.jsonl",
        &jsonl(&[
            ("x", 1, "2024-05-01", "Stays"),
            ("y", 1, "2024-05-01", "New"),
        ]),
    );
    let report = desk.update(&prune());
    assert_eq!(
        (report.replaced, report.unchanged, report.passages),
        (1, 1, 1)
    );
}

#[test]
fn a_missing_or_empty_root_is_not_pruned_unless_forced() {
    let desk = Desk::new();
    let inbox = desk.path().join("inbox");
    desk.write("inbox/a.txt", "Headline\n\nA text.\n");
    let elsewhere = tempfile::tempdir().expect("a temporary folder");
    let index = elsewhere.path().join("index");
    let run = |prune: Prune| {
        let options = UpdateOptions {
            prune,
            now_ns: now_ns(),
            ..UpdateOptions::default()
        };
        let never = AtomicBool::new(false);
        update(
            &index,
            std::slice::from_ref(&inbox),
            &options,
            &Silent,
            &never,
        )
        .expect("runs")
    };
    assert_eq!(run(Prune::Yes).added, 1);
    desk.remove("inbox/a.txt");
    let report = run(Prune::Yes);
    assert_eq!(report.removed, 0);
    assert_eq!(report.notes.len(), 1, "{:?}", report.notes);
    std::fs::remove_dir(&inbox).expect("removed");
    assert_eq!(run(Prune::Yes).removed, 0);
    assert_eq!(run(Prune::Force).removed, 1);
}

#[test]
fn pruning_touches_only_what_lies_under_the_paths_given() {
    let desk = Desk::new();
    desk.write("x/a.txt", "Headline\n\nA text.\n");
    desk.write("x/b.txt", "Headline\n\nAnother text.\n");
    desk.write("y/c.txt", "Headline\n\nA third text.\n");
    desk.write("y/d.txt", "Headline\n\nA fourth text.\n");
    desk.update(&prune());
    desk.remove("x/a.txt");
    desk.remove("y/c.txt");
    let options = UpdateOptions {
        now_ns: now_ns(),
        ..prune()
    };
    let never = AtomicBool::new(false);
    let report = update(
        &desk.index(),
        &[desk.path().join("x")],
        &options,
        &Silent,
        &never,
    );
    assert_eq!(report.expect("runs").removed, 1);
    assert_eq!(
        desk.contents().keys().collect::<Vec<_>>(),
        ["x/b.txt", "y/c.txt", "y/d.txt"]
    );
}

#[test]
fn a_dry_run_says_what_would_be_done_and_does_nothing() {
    let desk = Desk::new();
    desk.write("a.txt", "Headline\n\nA text.\n");
    let dry = UpdateOptions {
        dry_run: true,
        ..prune()
    };
    assert_eq!(desk.update(&dry).added, 1);
    assert!(!desk.index().exists());
    desk.update(&prune());
    desk.write("a.txt", "Headline\n\nA changed text.\n");
    desk.write("b.txt", "Headline\n\nA text.\n");
    let generation = Archive::open(&desk.index()).expect("opens").generation();
    let report = desk.update(&dry);
    assert_eq!((report.added, report.replaced), (1, 1));
    assert_eq!(
        Archive::open(&desk.index()).expect("opens").generation(),
        generation
    );
}

#[test]
fn a_second_writer_is_refused_with_the_holders_process_id() {
    use fs4::fs_std::FileExt;
    let desk = Desk::new();
    desk.write("a.txt", "Headline\n\nA text.\n");
    desk.update(&prune());
    let lock = desk.index().join("writer.lock");
    let file = std::fs::File::options()
        .write(true)
        .open(&lock)
        .expect("opens");
    assert!(FileExt::try_lock_exclusive(&file).expect("locks"));
    std::fs::write(&lock, "4711\n").expect("written");
    let never = AtomicBool::new(false);
    let error = update(
        &desk.index(),
        &[desk.path().to_path_buf()],
        &prune(),
        &Silent,
        &never,
    )
    .expect_err("locked");
    assert!(matches!(error, dateline::Error::Locked(_)), "{error:?}");
    assert!(error.to_string().contains("process 4711"), "{error}");
    drop(file);
    // What a killed process left in the file refuses nobody.
    std::fs::write(&lock, "4711\n").expect("written");
    desk.update(&prune());
}

#[test]
fn interrupted_before_it_began_a_run_keeps_the_last_commit() {
    let desk = Desk::new();
    desk.write("a.txt", "Headline\n\nA text.\n");
    desk.update(&prune());
    desk.write("b.txt", "Headline\n\nA text.\n");
    let already = AtomicBool::new(true);
    let report = update(
        &desk.index(),
        &[desk.path().to_path_buf()],
        &prune(),
        &Silent,
        &already,
    );
    assert!(report.expect("ends").interrupted);
    assert_eq!(desk.contents().len(), 1);
    assert_eq!(desk.update(&prune()).added, 1);
}

#[test]
fn a_forgotten_article_is_gone_from_disk_and_does_not_come_back() {
    use dateline::index::{forget, recall};
    let desk = Desk::new();
    desk.write("a.txt", "Headline\n\nThe zyxwvut affair.\n");
    desk.write("b.txt", "Headline\n\nA text.\n");
    desk.write("secret/c.txt", "Headline\n\nThe qponmlk papers.\n");
    desk.update(&prune());
    let never = AtomicBool::new(false);
    let gone = forget(&desk.index(), "a.txt", desk.path(), &Silent, &never).expect("forgotten");
    assert_eq!(gone.articles, 1);
    let gone = forget(&desk.index(), "secret", desk.path(), &Silent, &never).expect("forgotten");
    assert_eq!((gone.articles, gone.files), (1, 1));
    assert_eq!(desk.contents().keys().collect::<Vec<_>>(), ["b.txt"]);
    for word in ["zyxwvut", "qponmlk"] {
        let segments = std::fs::read_dir(desk.index().join("segments")).expect("lists");
        for file in segments
            .flatten()
            .filter(|f| f.path().extension().is_some_and(|e| e == "term"))
        {
            let bytes = std::fs::read(file.path()).expect("read");
            assert!(!bytes.windows(word.len()).any(|w| w == word.as_bytes()));
        }
    }
    desk.write("a.txt", "Headline\n\nThe zyxwvut affair, revised.\n");
    desk.update(&prune());
    assert_eq!(desk.contents().keys().collect::<Vec<_>>(), ["b.txt"]);
    let report = verify(&desk.index(), &Silent, &never).expect("verified");
    assert_eq!(report.problems, Vec::new());
    assert!(forget(&desk.index(), "nothing", desk.path(), &Silent, &never).is_err());
    assert!(recall(&desk.index(), "a.txt", desk.path()).expect("recalled"));
    desk.update(&prune());
    assert_eq!(
        desk.contents().keys().collect::<Vec<_>>(),
        ["a.txt", "b.txt"]
    );
}

#[test]
fn status_names_what_is_not_in_the_index() {
    let desk = Desk::new();
    desk.write("a.jsonl", &jsonl(&[("x", 1, "2024-05-01", "Old")]));
    desk.write("b.jsonl", &jsonl(&[("x", 2, "2024-05-01", "New")]));
    desk.write("README.md", "# Not an article\n");
    desk.update(&prune());
    let status = status(&Archive::open(&desk.index()).expect("opens")).expect("told");
    let told: Vec<(&str, OmissionKind)> = status
        .skipped
        .iter()
        .map(|o| (o.path.as_str(), o.kind))
        .collect();
    assert_eq!(
        told,
        [
            ("README.md", OmissionKind::Skipped),
            ("a.jsonl", OmissionKind::Superseded)
        ]
    );
    assert_eq!((status.articles, status.generation), (1, 1));
}

#[test]
fn compaction_leaves_one_segment_and_the_same_articles() {
    let desk = Desk::new();
    for n in 0..6 {
        desk.write(
            &format!("{n}.txt"),
            &format!("Headline\n\nText number {n}.\n"),
        );
        desk.update(&prune());
    }
    desk.write("0.txt", "Headline\n\nAnother text.\n");
    desk.update(&prune());
    let before = desk.contents();
    let never = AtomicBool::new(false);
    let report = compact(&desk.index(), &Silent, &never).expect("compacted");
    assert_eq!(report.segments_after, 1);
    assert_eq!(desk.contents(), before);
    let archive = Archive::open(&desk.index()).expect("opens");
    let searcher = archive.searcher();
    assert_eq!(
        searcher.segment_reader(0).max_doc(),
        searcher.segment_reader(0).num_docs()
    );
}

#[cfg(unix)]
#[test]
fn index_files_are_readable_by_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    fn check(folder: &Path) {
        let mode = |p: &Path| p.metadata().expect("stat").permissions().mode() & 0o777;
        assert_eq!(mode(folder), 0o700, "{}", folder.display());
        for entry in std::fs::read_dir(folder).expect("lists").flatten() {
            match entry.path().is_dir() {
                true => check(&entry.path()),
                false => assert_eq!(mode(&entry.path()), 0o600, "{}", entry.path().display()),
            }
        }
    }
    let desk = Desk::new();
    desk.write("a.txt", "Headline\n\nA text.\n");
    desk.update(&prune());
    check(&desk.index());
}

#[test]
fn impossible_dates_and_dates_to_come_are_told() {
    let desk = Desk::new();
    desk.write(
        "a.jsonl",
        concat!(
            r#"{"id":"1","title":"A","text":"Rain.","published":"2024-02-31"}"#,
            "\n",
            r#"{"id":"2","title":"B","text":"Rain.","published":"2090-01-01"}"#,
            "\n",
            r#"{"id":"3","title":"C","text":"Rain.","published":"2024-02-29"}"#,
            "\n",
        ),
    );
    let report = desk.update(&UpdateOptions::default());
    assert_eq!(report.added, 3);
    assert_eq!(
        report.notes,
        [
            "a.jsonl, record 1: read in part: impossible date: \"2024-02-31\"",
            "a.jsonl, record 2: published 2090-01-01, which is still to come",
        ]
    );
}
