//! Transcripts: `tests/golden/*.md` hold commands and what they print.
//!
//! In a file, every block fenced by ```` ```console ```` is one command behind `$ `, run in the project's
//! folder against the sample articles, and its output. `UPDATE_GOLDEN=1` writes what is printed now;
//! the difference is then reviewed like any other. Times are printed as `T ms`.

use crate::desk::Desk;
use std::path::Path;

#[test]
fn transcripts_are_what_is_printed() {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let articles = project.join("corpus");
    let folder = project.join("tests/golden");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        return;
    };
    let mut files: Vec<_> = entries.flatten().map(|e| e.path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "md"));
    files.sort();
    if files.is_empty() {
        return;
    }
    let desk = Desk::empty();
    copy(&articles, &desk.path().join("corpus"));
    desk.write(
        "topics.tsv",
        "id\tquery\n1\tdam inquiry\n2\tdate:soonish\n3\tport strike Gdynia\n",
    );
    let said = desk.run(&["index", "corpus", "--quiet"]);
    assert_eq!(said.code, 0, "{}", said.err);
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a transcript");
        let now = replayed(&text, &desk);
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&file, now).expect("written");
        } else {
            assert_eq!(
                now,
                text,
                "{}: UPDATE_GOLDEN=1 writes what is printed now",
                file.display()
            );
        }
    }
}

/// The transcript with the output of every command as it is now.
fn replayed(text: &str, desk: &Desk) -> String {
    let mut out = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        out.push_str(line);
        out.push('\n');
        if line != "```console" {
            continue;
        }
        let Some(command) = lines.next() else { break };
        out.push_str(command);
        out.push('\n');
        let words = words(
            command
                .strip_prefix("$ dateline ")
                .expect("`$ dateline …` opens a block"),
        );
        let args: Vec<&str> = words.iter().map(String::as_str).collect();
        let said = desk.run(&args);
        out.push_str(&said.out);
        for line in said.err.lines() {
            out.push_str(&timeless(line));
            out.push('\n');
        }
        if said.code != 0 {
            out.push_str(&format!("(exit code {})\n", said.code));
        }
        for line in lines.by_ref() {
            if line == "```" {
                out.push_str("```\n");
                break;
            }
        }
    }
    out
}

/// `12 of 40 passages, 3.1 ms` → `12 of 40 passages, T ms`.
fn timeless(line: &str) -> String {
    match (line.strip_suffix(" ms"), line.rsplit_once(", ")) {
        (Some(_), Some((before, _))) => format!("{before}, T ms"),
        _ => line.to_owned(),
    }
}

/// Words as a shell cuts them; single and double quotes, no escapes.
fn words(line: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    for c in line.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, ' ') => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from)
        .expect("the sample articles")
        .flatten()
    {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("copied");
        }
    }
}

#[test]
fn a_command_line_is_cut_as_a_shell_cuts_it() {
    assert_eq!(
        words("search 'a \"b c\"' --from 2024  \"d e\""),
        ["search", "a \"b c\"", "--from", "2024", "d e"]
    );
}
