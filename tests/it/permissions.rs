//! What another user of the machine may not read or write is named, and the rest goes on.

#![cfg(unix)]

use crate::desk::Desk;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Of `nobody` on every system that has one.
const NOBODY: u32 = 65534;

/// A desk in a folder that everybody may look into, and a copy of the program that everybody may run.
struct Shared {
    desk: Desk,
    program: PathBuf,
}

fn allow(path: &Path, mode: u32) {
    let permissions = std::fs::Permissions::from_mode(mode);
    std::fs::set_permissions(path, permissions).expect("its permissions");
}

impl Shared {
    /// `None`, said, where the test does not run as root or nobody's rights cannot be had.
    fn new() -> Option<Self> {
        let is_root = std::fs::metadata("/proc/self").is_ok_and(|m| {
            use std::os::unix::fs::MetadataExt;
            m.uid() == 0
        });
        let can_change = Command::new("setpriv").arg("--version").output().is_ok();
        if !is_root || !can_change {
            println!("skipped: needs root and setpriv to act as another user");
            return None;
        }
        let desk = Desk::new();
        let program = desk.path().join("dateline");
        std::fs::copy(env!("CARGO_BIN_EXE_dateline"), &program).expect("a copy of the program");
        allow(&program, 0o755);
        allow(desk.path(), 0o755);
        Some(Self { desk, program })
    }

    /// Code and standard error of a run as nobody.
    fn as_nobody(&self, args: &[&str]) -> (i32, String) {
        let nobody = NOBODY.to_string();
        let done = Command::new("setpriv")
            .args(["--reuid", &nobody, "--regid", &nobody, "--clear-groups"])
            .arg(&self.program)
            .args(args)
            .current_dir(self.desk.path())
            .env_remove("DATELINE_INDEX")
            .env("HOME", "/nonexistent")
            .env_remove("XDG_CACHE_HOME")
            .output()
            .expect("a run");
        let code = done.status.code().expect("an exit code");
        (code, String::from_utf8_lossy(&done.stderr).into_owned())
    }
}

#[test]
fn what_may_not_be_read_is_named_and_the_rest_is_indexed() {
    let Some(shared) = Shared::new() else { return };
    let news = shared.desk.path().join("news");
    shared
        .desk
        .write("news/closed/a.txt", "Storm\n\nA storm came.\n");
    shared
        .desk
        .write("news/secret.txt", "Flood\n\nA flood came.\n");
    allow(&news.join("closed"), 0o700);
    allow(&news.join("secret.txt"), 0o600);
    let index = shared.desk.path().join("theirs");
    std::fs::create_dir(&index).expect("a folder");
    std::os::unix::fs::chown(&index, Some(NOBODY), Some(NOBODY)).expect("given away");
    let (code, said) = shared.as_nobody(&["index", "news", "--index", "theirs"]);
    assert_eq!(code, 3, "{said}");
    for name in ["closed", "secret.txt"] {
        let line = said.lines().find(|line| line.contains(name));
        let line = line.unwrap_or_else(|| panic!("{name} is not named: {said}"));
        assert!(line.to_lowercase().contains("permission denied"), "{line}");
    }
    let (code, said) = shared.as_nobody(&["search", "Hochwasser", "--index", "theirs"]);
    assert_eq!(code, 0, "{said}");
    // What was readable before and is not now is not taken for gone.
    allow(&news.join("rates.md"), 0o600);
    allow(&news, 0o711);
    let (code, said) = shared.as_nobody(&["index", "news", "--index", "theirs", "--prune"]);
    assert_eq!(code, 3, "{said}");
    let (code, said) = shared.as_nobody(&["search", "bank", "--index", "theirs"]);
    assert_eq!(code, 0, "pruned although it is only unreadable: {said}");
}

#[test]
fn an_index_of_somebody_else_is_refused_in_words() {
    let Some(shared) = Shared::new() else { return };
    assert_eq!(
        shared.desk.run(&["index", "news", "--index", "ours"]).code,
        0
    );
    // Its folder is 0700: nobody else reads it.
    for args in [
        &["search", "bank", "--index", "ours"][..],
        &["status", "--index", "ours"],
        &["index", "news", "--index", "ours"],
        &["compact", "--index", "ours"],
    ] {
        let (code, said) = shared.as_nobody(args);
        assert!([2, 4].contains(&code), "{args:?}: {code}: {said}");
        let words = said.to_lowercase();
        assert!(
            words.contains("permission denied") && words.contains("ours"),
            "{args:?}: {said}"
        );
    }
}

#[test]
fn an_index_that_may_only_be_read_answers_and_refuses_changes() {
    let Some(shared) = Shared::new() else { return };
    assert_eq!(
        shared.desk.run(&["index", "news", "--index", "ours"]).code,
        0
    );
    let opened = Command::new("chmod")
        .args(["-R", "a+rX", "ours"])
        .current_dir(shared.desk.path())
        .status();
    assert!(opened.is_ok_and(|status| status.success()));
    for args in [
        &["search", "bank", "--index", "ours"][..],
        &["facets", "source", "--index", "ours"],
        &["verify", "--index", "ours"],
    ] {
        let (code, said) = shared.as_nobody(args);
        assert_eq!(code, 0, "{args:?}: {said}");
    }
    for args in [
        &["index", "news", "--index", "ours"][..],
        &["compact", "--index", "ours"],
        &["forget", "sunderland.txt", "--index", "ours"],
    ] {
        let (code, said) = shared.as_nobody(args);
        assert!([2, 4].contains(&code), "{args:?}: {code}: {said}");
        let words = said.to_lowercase();
        assert!(
            ["permission denied", "cannot be written", "not writable"]
                .iter()
                .any(|w| words.contains(w)),
            "{args:?}: {said}"
        );
    }
    assert_eq!(
        shared.desk.run(&["search", "bank", "--index", "ours"]).code,
        0
    );
}
