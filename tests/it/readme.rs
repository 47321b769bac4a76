//! What the README promises is held by the tests that it names.

use std::collections::BTreeSet;
use std::path::Path;

/// Names of all functions marked as tests below a folder.
fn tests_below(folder: &Path, names: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).expect("lists").flatten() {
        let path = entry.path();
        if path.is_dir() {
            tests_below(&path, names);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let text = std::fs::read_to_string(&path).expect("read");
            let mut is_test = false;
            for line in text.lines().map(str::trim_start) {
                if line.starts_with("#[") {
                    is_test |= line == "#[test]";
                } else if let Some(rest) = line.strip_prefix("fn ") {
                    let name = rest.split('(').next().unwrap_or("");
                    if std::mem::take(&mut is_test) {
                        names.insert(name.to_owned());
                    }
                } else if !line.starts_with("//") {
                    is_test = false;
                }
            }
        }
    }
}

#[test]
fn every_line_of_what_happens_when_names_a_test_that_exists() {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut known = BTreeSet::new();
    tests_below(&project.join("src"), &mut known);
    tests_below(&project.join("tests"), &mut known);
    let readme = std::fs::read_to_string(project.join("README.md")).expect("read");
    let (_, section) = readme
        .split_once("\n## What happens when…\n")
        .expect("the section");
    let section = section.split("\n## ").next().unwrap_or("");
    let rows: Vec<&str> = section
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| |"))
        .collect();
    assert!(rows.len() >= 8, "{rows:?}");
    for row in rows {
        let names: Vec<&str> = row
            .split('`')
            .skip(1)
            .step_by(2)
            .filter(|code| {
                code.len() > 20
                    && code
                        .chars()
                        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
            })
            .collect();
        assert!(!names.is_empty(), "no test holds: {row}");
        for name in names {
            assert!(known.contains(name), "no such test: {name}");
        }
    }
}
