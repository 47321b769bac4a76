//! Completions in real shells, and the manual by a real formatter.

use crate::desk::Desk;
use std::process::{Command, Stdio};

/// Whether a program is there; said on stderr where it is not, an error in CI.
fn has(program: &str) -> bool {
    let found = Command::new(program)
        .arg("-c")
        .arg("true")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok();
    assert!(
        found || std::env::var("CI").is_err(),
        "{program} is not installed"
    );
    if !found {
        eprintln!("no {program} here: nothing is tested with it");
    }
    found
}

/// What a shell prints for a script, in a folder that holds the completions as `script`.
fn answer(shell: &[&str], script: &str) -> String {
    let desk = Desk::empty();
    let completions = desk.run(&["completions", shell[0]]);
    assert_eq!(completions.code, 0, "{}", completions.err);
    desk.write("script", &completions.out);
    let output = Command::new(shell[0])
        .args(&shell[1..])
        .args(["-c", script])
        .current_dir(desk.path())
        .env("HOME", desk.path())
        .stdin(Stdio::null())
        .output()
        .expect("the shell runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.is_empty(), "{}: {said}", shell[0]);
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn bash_completes_commands_and_flags() {
    if !has("bash") {
        return;
    }
    let complete = |words: &str, at: usize| {
        let script = format!(
            "source ./script; COMP_WORDS=({words}); COMP_CWORD={at}; \
             _dateline dateline \"${{COMP_WORDS[{at}]}}\" \"${{COMP_WORDS[{}]}}\"; \
             printf '%s\\n' \"${{COMPREPLY[@]}}\"",
            at - 1
        );
        answer(&["bash", "--norc"], &script)
    };
    assert_eq!(complete("dateline sea", 1).trim(), "search");
    let flags = complete("dateline search --ab", 2);
    assert_eq!(flags.trim(), "--about");
    let forms = complete("dateline search --format js", 3);
    assert_eq!(forms.lines().collect::<Vec<_>>(), ["json", "jsonl"]);
}

#[test]
fn fish_completes_commands_and_flags() {
    if !has("fish") {
        return;
    }
    let complete = |line: &str| {
        answer(
            &["fish", "--no-config"],
            &format!("source ./script; complete -C '{line}'"),
        )
    };
    assert!(complete("dateline sea").starts_with("search\t"));
    assert!(complete("dateline search --abou").starts_with("--about\t"));
    let forms = complete("dateline search --format js");
    assert!(
        forms.lines().count() == 2 && forms.contains("jsonl"),
        "{forms}"
    );
}

#[test]
fn zsh_takes_its_completions_without_a_complaint_and_knows_the_commands() {
    if !has("zsh") {
        return;
    }
    let said = answer(
        &["zsh", "-f"],
        "autoload -U compinit; compinit -u -d dump; source ./script; \
         print $_comps[dateline]; _describe() { local name=$4; print -l ${(P)name} }; _dateline_commands",
    );
    assert_eq!(
        said.lines().next(),
        Some("_dateline"),
        "the function is the completion of dateline: {said}"
    );
    assert!(said.contains("search:"), "{said}");
}

#[test]
fn every_page_of_the_manual_is_well_formed() {
    if !has("mandoc") {
        return;
    }
    let desk = Desk::empty();
    for command in ["", "search", "index", "batch", "export", "watch", "serve"] {
        let page = desk.run(&[&["man"], &[command][usize::from(command.is_empty())..]].concat());
        assert_eq!(page.code, 0, "{}", page.err);
        desk.write("page.1", &page.out);
        let output = Command::new("mandoc")
            .args(["-T", "lint", "-W", "error", "page.1"])
            .current_dir(desk.path())
            .output()
            .expect("mandoc runs");
        assert!(
            output.status.success(),
            "{command}: {}",
            String::from_utf8_lossy(&output.stdout)
        );
    }
}
