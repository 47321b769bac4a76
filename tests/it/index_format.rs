//! Indexes of every released format open, or say exactly what to do; and doing that works.
//!
//! `tests/formats/N` is an index of format N, its articles those of [`ARTICLES`], the first of them
//! forgotten. `DATELINE_NEW_FORMAT=1 cargo test --test it -- index_format` writes that of the present one.

use crate::desk::Desk;
use dateline::index::schema::FORMAT;
use std::path::{Path, PathBuf};

const ARTICLES: [(&str, &str); 3] = [
    ("secret.txt", "Forgotten\n\nThis one is to stay away.\n"),
    (
        "ferry.md",
        "---\ntitle: Ferry sails twice a day\ndate: 2024-06-03\n---\nThe ferry to Bornholm sails twice a day from July on.\n",
    ),
    (
        "harbour.txt",
        "Harbour reopens\n\nThe harbour reopened on Monday.\n",
    ),
];

fn formats() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats")
}

/// The articles; of the index the test makes a copy, since its folder is not to be changed.
fn desk() -> Desk {
    let desk = Desk::empty();
    for (name, text) in ARTICLES {
        desk.write(name, text);
    }
    desk
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("made");
    for entry in std::fs::read_dir(from).expect("lists").flatten() {
        let name = entry.file_name();
        let target = to.join(&name);
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else if !name.to_string_lossy().ends_with("lock") && name != ".gitignore" {
            std::fs::copy(entry.path(), target).expect("copied");
        }
    }
}

fn answers(desk: &Desk) {
    let said = desk.run(&["search", "ferry OR harbour OR stay", "--format", "ids"]);
    let mut ids: Vec<&str> = said.out.lines().collect();
    ids.sort_unstable();
    assert_eq!(ids, ["ferry.md", "harbour.txt"], "{}", said.err);
    assert_eq!(desk.run(&["verify"]).code, 0);
}

#[test]
fn an_index_of_any_format_opens_or_says_exactly_what_to_do() {
    let present = formats().join(FORMAT.to_string());
    if std::env::var_os("DATELINE_NEW_FORMAT").is_some() {
        let desk = desk();
        assert_eq!(desk.run(&["index", "."]).code, 0);
        assert_eq!(desk.run(&["forget", "secret.txt"]).code, 0);
        copy(&desk.path().join(".dateline"), &present);
    }
    assert!(
        present.is_dir(),
        "format {FORMAT} has no index in tests/formats; DATELINE_NEW_FORMAT=1 writes it"
    );
    for entry in std::fs::read_dir(formats()).expect("lists").flatten() {
        let desk = desk();
        copy(&entry.path(), &desk.path().join(".dateline"));
        let number = entry.file_name().to_string_lossy().into_owned();
        if number != FORMAT.to_string() {
            for args in [
                &["search", "ferry"][..],
                &["status"],
                &["verify"],
                &["index", "."],
            ] {
                refused(&desk, args, &number);
            }
            let said = desk.run(&["index", "--rebuild"]);
            assert_eq!(said.code, 0, "format {number}: {}", said.err);
        }
        answers(&desk);
        assert_eq!(desk.run(&["index", "."]).code, 0);
        answers(&desk);
    }
}

#[track_caller]
fn refused(desk: &Desk, args: &[&str], number: &str) {
    let said = desk.run(args);
    assert_eq!(said.code, 4, "{args:?}: {}", said.err);
    for part in [
        format!("format {number}, expected {FORMAT}"),
        "`dateline index --rebuild`".to_owned(),
    ] {
        assert!(
            said.err.contains(&part),
            "{args:?}: {part} is not in {}",
            said.err
        );
    }
}

#[test]
fn an_index_of_a_later_format_says_so_and_is_not_touched() {
    let desk = desk();
    assert_eq!(desk.run(&["index", "."]).code, 0);
    assert_eq!(desk.run(&["forget", "secret.txt"]).code, 0);
    let meta = desk.path().join(".dateline/segments/meta.json");
    let text = std::fs::read_to_string(&meta).expect("read");
    let (now, later) = (
        format!("{{\\\"format\\\":{FORMAT},"),
        format!("{{\\\"format\\\":{},", FORMAT + 7),
    );
    assert!(text.contains(&now), "{text}");
    std::fs::write(&meta, text.replace(&now, &later)).expect("written");
    let before = std::fs::read(&meta).expect("read");
    for args in [
        &["search", "ferry"][..],
        &["index", "."],
        &["compact"],
        &["forget", "ferry.md"],
    ] {
        refused(&desk, args, &(FORMAT + 7).to_string());
        assert!(desk.run(args).err.contains("a newer dateline"));
    }
    assert_eq!(std::fs::read(&meta).expect("read"), before);
    let said = desk.run(&["index", "--rebuild"]);
    assert_eq!(said.code, 0, "{}", said.err);
    answers(&desk);
}
