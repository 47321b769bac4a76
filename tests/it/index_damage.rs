//! An index whose files were damaged says so, and is put in order from its sources.

use crate::index_update::{Desk, contents, now_ns};
use dateline::index::{Archive, Content, Prune, Silent, UpdateOptions, update, verify};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Damage {
    Missing,
    Empty,
    Half,
    Flipped,
    Zeroed,
}

const ALL: [Damage; 5] = [
    Damage::Missing,
    Damage::Empty,
    Damage::Half,
    Damage::Flipped,
    Damage::Zeroed,
];

fn damage(file: &Path, how: Damage) {
    let mut bytes = std::fs::read(file).expect("read");
    let len = bytes.len();
    match how {
        Damage::Missing => return std::fs::remove_file(file).expect("removed"),
        Damage::Empty => bytes.clear(),
        Damage::Half => bytes.truncate(len / 2),
        Damage::Flipped => bytes[len / 3] ^= 0x55,
        Damage::Zeroed => bytes[len / 4..len / 2].fill(0),
    }
    std::fs::write(file, bytes).expect("written");
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    for entry in std::fs::read_dir(folder).expect("lists").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() {
            out.extend(files(&entry.path()));
        } else if !name.ends_with(".lock") && name != ".gitignore" {
            out.push(entry.path());
        }
    }
    out.sort();
    out
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("made");
    for entry in std::fs::read_dir(from).expect("lists").flatten() {
        let target = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(std::fs::copy(entry.path(), target).expect("copied")),
        }
    }
}

/// What a reader sees: everything, or a clear error; never a panic.
fn read(index: &Path) -> Result<BTreeMap<String, Content>, dateline::Error> {
    let archive = Archive::open(index)?;
    archive.guard(|| {
        let mut all = BTreeMap::new();
        dateline::index::for_each_article(&archive.snapshot(), archive.fields(), |mut content| {
            content.key = 0;
            all.insert(content.head.article.id.clone(), content);
            Ok(())
        })?;
        Ok(all)
    })
}

#[test]
fn damage_to_any_file_is_named_and_repaired_from_the_sources() {
    // A panic of the engine is expected, and caught; only one that ends the test is of interest.
    static LAST: std::sync::Mutex<String> = std::sync::Mutex::new(String::new());
    let loud = std::panic::take_hook();
    std::panic::set_hook(Box::new(|info| {
        if let Ok(mut last) = LAST.lock() {
            *last = info.to_string();
        }
    }));
    let result = std::panic::catch_unwind(every_file_in_every_way);
    std::panic::set_hook(loud);
    if result.is_err() {
        panic!("{}", LAST.lock().map_or(String::new(), |last| last.clone()));
    }
}

fn every_file_in_every_way() {
    let desk = Desk::new();
    for n in 0..12 {
        desk.write(
            &format!("{n}.txt"),
            &format!(
                "Headline {n}\n\nText number {n} about the harbour of Rotterdam on 3 May 2024.\n"
            ),
        );
    }
    // Two copies of a story, so that there is a family to damage.
    let story = "The ferry between the islands will sail twice a day from June on, the harbour office said, because more people want to travel in summer and because the new ship takes a hundred cars more than the one that it replaces.";
    desk.write("copy.txt", &format!("Ferry sails twice\n\n{story}\n"));
    desk.write("other.txt", &format!("Two ferries a day\n\n{story}\n"));
    let options = UpdateOptions {
        prune: Prune::Yes,
        ..UpdateOptions::default()
    };
    desk.update(&options);
    desk.write("3.txt", "Headline 3\n\nA text that replaced number 3.\n");
    desk.update(&options);
    let whole = desk.contents();
    let never = AtomicBool::new(false);
    let mut unseen = Vec::new();
    for file in files(&desk.index()) {
        let name = file
            .strip_prefix(desk.index())
            .expect("inside")
            .to_path_buf();
        for how in ALL {
            let other = Desk::new();
            copy(desk.path(), other.path());
            damage(&other.index().join(&name), how);
            let what = format!("{} {how:?}", name.display());
            let seen = match read(&other.index()) {
                Ok(found) => found != whole,
                Err(error) => {
                    assert!(
                        matches!(
                            error,
                            dateline::Error::Damaged(_)
                                | dateline::Error::NoIndex(_)
                                | dateline::Error::Engine(_)
                        ),
                        "{what}: {error:?}"
                    );
                    true
                }
            };
            let told = match verify(&other.index(), &Silent, &never) {
                Ok(report) => !report.problems.is_empty(),
                Err(_) => true,
            };
            assert!(told || !seen, "{what}: seen, but not told by verify");
            if !told {
                unseen.push(what.clone());
            }
            let repair = UpdateOptions {
                repair: true,
                now_ns: now_ns(),
                ..options.clone()
            };
            let paths = [other.path().to_path_buf()];
            update(&other.index(), &paths, &repair, &Silent, &never)
                .unwrap_or_else(|e| panic!("{what}: {e}"));
            let archive = Archive::open(&other.index()).unwrap_or_else(|e| panic!("{what}: {e}"));
            assert_eq!(contents(&archive), whole, "{what}");
            let report = verify(&other.index(), &Silent, &never).expect("verified");
            assert_eq!(report.problems, Vec::new(), "{what}");
        }
    }
    // Files that hold nothing of the archive: tantivy's list of files that it may delete.
    let other: Vec<&String> = unseen
        .iter()
        .filter(|what| !what.contains(".managed.json") && !what.contains("meta.json"))
        .collect();
    assert!(other.is_empty(), "{other:?}");
}
