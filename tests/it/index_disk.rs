//! Real file systems that are full or cannot be written. They are mounted, which takes root; elsewhere the
//! same faults are injected (`src/index/faults.rs`), and these tests say that they did not run.
#![cfg(target_os = "linux")]

use crate::desk::Desk;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A mounted file system, unmounted with the value.
struct Mounted(PathBuf);

impl Mounted {
    /// A file system in memory; `None`, with a message, where mounting is refused.
    fn new(at: &Path, size: &str) -> Option<Self> {
        std::fs::create_dir_all(at).expect("a folder");
        let option = format!("size={size},mode=0755");
        let done = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &option, "tmpfs"])
            .arg(at)
            .output();
        match done {
            Ok(done) if done.status.success() => Some(Self(at.to_path_buf())),
            other => {
                let why = other.map(|o| String::from_utf8_lossy(&o.stderr).into_owned());
                println!("not tested: nothing can be mounted here ({why:?})");
                None
            }
        }
    }

    fn remount(&self, option: &str) {
        let option = format!("remount,{option}");
        let done = Command::new("mount")
            .args(["-o", &option])
            .arg(&self.0)
            .status();
        assert!(done.expect("mount").success(), "{option}");
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// Articles whose text no compression makes small.
fn write_articles(desk: &Desk, folder: &str, from: u32, count: u32) {
    let mut random = 0x9e37_79b9_u32.wrapping_add(from);
    for n in from..from + count {
        let mut text = format!("Headline {n}\n\nStorm number {n}.");
        for _ in 0..700 {
            random ^= random << 13;
            random ^= random >> 17;
            random ^= random << 5;
            text.push_str(&format!(" w{random:x}"));
        }
        desk.write(&format!("{folder}/{n}.txt"), text);
    }
}

fn hits(desk: &Desk, index: &str) -> usize {
    let said = desk.run(&[
        "search", "storm", "-i", index, "-n", "1000", "--format", "ids",
    ]);
    assert!(said.code <= 1, "{}", said.err);
    said.out.lines().count()
}

#[test]
fn on_a_full_disk_every_command_says_so_and_the_last_commit_answers() {
    let desk = Desk::empty();
    let Some(_disk) = Mounted::new(&desk.path().join("disk"), "3m") else {
        return;
    };
    write_articles(&desk, "news", 0, 10);
    let index = "disk/index";
    let said = desk.run(&["index", "-i", index, "news"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(hits(&desk, index), 10);
    assert_eq!(
        desk.run(&["watch", "add", "-i", index, "storms", "storm"])
            .code,
        0
    );
    write_articles(&desk, "news", 10, 400);
    let said = desk.run(&["index", "-i", index, "news"]);
    assert_eq!(said.code, 2, "{}{}", said.out, said.err);
    assert!(said.err.contains("No space left"), "{}", said.err);
    // Files were finished before the disk was full: some of their articles may have been committed.
    let committed = hits(&desk, index);
    assert!((10..410).contains(&committed), "{committed}");
    // To the last byte.
    let filler = desk.path().join("disk/filler");
    let mut all = std::fs::File::create(&filler).expect("a file");
    while std::io::Write::write_all(&mut all, &[1; 512]).is_ok() {}
    drop(all);
    for args in [
        &["index", "-i", index, "news"][..],
        &["index", "-i", index, "--rebuild", "news"],
        &["forget", "-i", index, "0.txt"],
        &["watch", "add", "-i", index, "more", "storm"],
    ] {
        let said = desk.run(args);
        assert_eq!(said.code, 2, "{args:?}: {}{}", said.out, said.err);
        assert!(said.err.contains("No space left"), "{args:?}: {}", said.err);
        assert!(!said.err.contains("panicked"), "{args:?}: {}", said.err);
        assert_eq!(hits(&desk, index), committed, "{args:?}");
    }
    // A merge needs room, too; where there is one segment there is nothing to do.
    let said = desk.run(&["compact", "-i", index]);
    assert!(
        said.code == 0 || said.err.contains("No space left"),
        "{}",
        said.err
    );
    assert_eq!(hits(&desk, index), committed);
    let said = desk.run(&["verify", "-i", index]);
    assert_eq!(said.code, 0, "{}", said.err);
    // With room again the same command completes what was begun.
    std::fs::remove_file(filler).expect("removed");
    _disk.remount("size=64m");
    assert_eq!(desk.run(&["index", "-i", index, "news"]).code, 0);
    assert_eq!(hits(&desk, index), 410);
    assert_eq!(desk.run(&["verify", "-i", index]).code, 0);
}

#[test]
fn an_index_that_cannot_be_written_answers_everything_and_refuses_changes() {
    let desk = Desk::new();
    let Some(disk) = Mounted::new(&desk.path().join("disk"), "64m") else {
        return;
    };
    let index = "disk/index";
    assert_eq!(desk.run(&["index", "-i", index, "news"]).code, 0);
    assert_eq!(
        desk.run(&["watch", "add", "-i", index, "banks", "bank"])
            .code,
        0
    );
    let article = "https://news.example/rates";
    let asking = [
        &["search", "bank", "-i", index][..],
        &["timeline", "-i", index],
        &["facets", "source", "-i", index],
        &["show", article, "-i", index],
        &["related", article, "-i", index, "--match", "any"],
        &["export", "-i", index],
        &["status", "-i", index],
        &["verify", "-i", index],
        &["watch", "list", "-i", index],
    ];
    let before: Vec<String> = asking.iter().map(|args| desk.run(args).out).collect();
    disk.remount("ro");
    for (args, before) in asking.iter().zip(&before) {
        let said = desk.run(args);
        assert!(said.code <= 1, "{args:?}: {}", said.err);
        assert_eq!(&said.out, before, "{args:?}");
    }
    desk.write("news/new.txt", "New\n\nSomething new.\n");
    for args in [
        &["index", "-i", index, "news"][..],
        &["index", "-i", index, "--rebuild", "news"],
        &["index", "-i", index, "--repair"],
        &["compact", "-i", index],
        &["forget", "-i", index, article],
        &["watch", "add", "-i", index, "more", "bank"],
        &["watch", "run", "-i", index],
        &["watch", "rm", "-i", index, "banks"],
    ] {
        let said = desk.run(args);
        assert_eq!(said.code, 2, "{args:?}: {}{}", said.out, said.err);
        assert!(said.err.contains("Read-only"), "{args:?}: {}", said.err);
        assert!(said.err.contains("disk/index"), "{args:?}: {}", said.err);
    }
    disk.remount("rw");
    assert_eq!(desk.run(&["index", "-i", index, "news"]).code, 0);
}
