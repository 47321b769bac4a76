//! An index follows its files.

use dateline::index::{
    Archive, Content, Prune, Silent, UpdateOptions, UpdateReport, for_each_article, update,
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
