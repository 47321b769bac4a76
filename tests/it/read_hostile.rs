//! A folder of everything that means harm or is merely broken: each entry is read, skipped with a
//! reason or failed with one, soon and in little memory, and the rest is read all the same.

use crate::desk::Desk;
use crate::effort::Effort;
use crate::hostile_tree::{
    Failed, Is, OBJECT, Partly, Passed, Read, STORY, Skipped, gzip, nitf, page, tree,
};
use dateline::read::{Options, TroubleKind, read_file, walk};
use std::{
    collections::BTreeMap,
    fs,
    ops::ControlFlow,
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    time::Duration,
};

/// What the library makes of the tree: per entry the articles, failures and skips, and the longest time of one.
#[derive(Default, Debug)]
struct Seen {
    articles: usize,
    failed: Vec<String>,
    skipped: Vec<String>,
    took: Duration,
    text: String,
}

fn read_tree(root: &Path) -> BTreeMap<String, Seen> {
    let mut seen: BTreeMap<String, Seen> = BTreeMap::new();
    let note =
        |seen: &mut Seen, result: Result<dateline::article::Article, dateline::read::Trouble>| {
            match result {
                Ok(article) => {
                    seen.articles += 1;
                    if seen.articles < 3 {
                        seen.text
                            .push_str(article.title.as_deref().unwrap_or_default());
                        seen.text.push_str(&article.text());
                    }
                }
                Err(t) if t.kind == TroubleKind::Failed => seen.failed.push(t.to_string()),
                Err(t) => seen.skipped.push(t.to_string()),
            }
        };
    for found in walk::walk(&[root.to_owned()], &walk::Filter::default()) {
        match found {
            Ok(entry) => {
                let of_entry = seen.entry(entry.relative.clone()).or_default();
                let begun = Effort::begin();
                let _ = read_file(
                    &entry.file,
                    &entry.relative,
                    &Options::default(),
                    &mut |o| {
                        note(of_entry, o.result);
                        ControlFlow::Continue(())
                    },
                );
                of_entry.took = begun.so_far();
            }
            Err(refusal) => {
                let path = refusal.path.strip_prefix(root).unwrap_or(&refusal.path);
                note(
                    seen.entry(walk::display_path(path)).or_default(),
                    Err(refusal.trouble),
                );
            }
        }
    }
    seen
}

fn fits(is: Is, seen: &Seen) -> bool {
    let says = |list: &[String], words: &str| list.iter().any(|reason| reason.contains(words));
    match is {
        Read(n) => seen.articles == n && seen.failed.is_empty() && seen.skipped.is_empty(),
        Skipped(words) => {
            seen.articles == 0 && seen.failed.is_empty() && says(&seen.skipped, words)
        }
        Failed(words) => seen.articles == 0 && says(&seen.failed, words),
        Partly(n, words) => seen.articles == n && says(&seen.failed, words),
        Passed => seen.articles == 0 && seen.failed.is_empty() && seen.skipped.is_empty(),
    }
}

#[test]
fn every_entry_of_a_hostile_tree_is_read_skipped_or_failed_as_it_should_and_soon() {
    let t = tree();
    assert!(t.expected.len() >= 200, "{} entries", t.expected.len());
    let seen = read_tree(t.folder.path());
    let mut wrong = Vec::new();
    for (name, is) in &t.expected {
        let nothing = Seen::default();
        let found = seen.get(name).unwrap_or(&nothing);
        if !fits(*is, found) {
            let few = |list: &[String]| list.iter().take(2).cloned().collect::<Vec<_>>();
            wrong.push(format!(
                "{name:?}: expected {is:?}, saw {} articles, failed {:?}, skipped {:?}",
                found.articles,
                few(&found.failed),
                few(&found.skipped)
            ));
        }
        if found.took > Duration::from_secs(10) {
            wrong.push(format!("{name:?}: took {:?}", found.took));
        }
        if found.text.contains("root:")
            || found.text.contains('\x1b')
            || found.text.contains("hahaha")
        {
            wrong.push(format!("{name:?}: gave what it must not"));
        }
    }
    for name in seen.keys().filter(|name| !t.expected.contains_key(*name)) {
        wrong.push(format!("{name:?}: nobody made it"));
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        t.expected.len(),
        wrong.join("\n")
    );
}

/// Waits for a process to end; gives its status and the greatest resident size that was seen of it, in kB: 0 where the
/// system does not say.
pub fn wait_with_peak_kb(mut child: Child) -> (ExitStatus, u64) {
    let mut peak = 0;
    loop {
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
        let seen = line.and_then(|l| l.split_whitespace().next()?.parse().ok());
        peak = peak.max(seen.unwrap_or(0));
        match child.try_wait().expect("a status") {
            Some(status) => return (status, peak),
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    }
}

#[test]
fn a_run_over_a_hostile_tree_ends_with_3_in_less_than_a_gigabyte() {
    let t = tree();
    let child = Command::new(env!("CARGO_BIN_EXE_dateline"))
        .arg("read")
        .arg(t.folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program");
    let (status, peak) = wait_with_peak_kb(child);
    assert_eq!(status.code(), Some(3));
    assert!(peak < 1_000_000, "{peak} kB");
}

#[test]
fn every_limit_has_a_flag_which_its_message_names() {
    let gz = gzip(&gzip(STORY.as_bytes()));
    let references = nitf("", "&amp;&amp;&amp;");
    let lines = format!("{OBJECT}\n{OBJECT}\n");
    for (flag, value, name, bytes) in [
        ("--max-record-bytes", "20", "a.txt", STORY.as_bytes()),
        ("--max-file-bytes", "10", "a.txt", STORY.as_bytes()),
        (
            "--max-depth",
            "3",
            "a.json",
            br#"{"title":"A","text":"It opened.","x":[[[[1]]]]}"#,
        ),
        ("--max-entities", "2", "a.xml", references.as_bytes()),
        ("--max-records", "1", "a.jsonl", lines.as_bytes()),
        ("--max-containers", "1", "a.gz", &gz),
        ("--max-seconds", "0", "a.html", page("").as_bytes()),
    ] {
        let desk = Desk::empty();
        fs::write(desk.path().join(name), bytes).expect("a file");
        let said = desk.run(&["read", name]);
        assert_eq!(said.code, 0, "{flag}: {}", said.err);
        let said = desk.run(&["read", flag, value, name]);
        assert_eq!(said.code, 3, "{flag}: {}", said.err);
        assert!(
            said.err.contains(name) && said.err.contains(flag),
            "{flag}: {}",
            said.err
        );
    }
}

#[test]
fn a_container_gives_so_many_bytes_for_each_of_its_own() {
    // A member of 300 MiB of nothing, and an article behind it.
    let mut tar = vec![0_u8; 512];
    tar[..5].copy_from_slice(b"a.bin");
    tar[100..107].copy_from_slice(b"0000644");
    tar[124..135].copy_from_slice(format!("{:011o}", 300 << 20).as_bytes());
    tar[148..156].fill(b' ');
    tar[257..263].copy_from_slice(b"ustar\0");
    let sum: u32 = tar.iter().map(|b| u32::from(*b)).sum();
    tar[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    tar.resize(512 + (300 << 20), 0);
    tar.extend(crate::hostile_tree::tar(&[(
        b"b.txt",
        b'0',
        STORY.as_bytes(),
    )]));
    let desk = Desk::empty();
    fs::write(desk.path().join("a.tar.gz"), gzip(&tar)).expect("a file");
    let said = desk.run(&["read", "a.tar.gz"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(said.out.lines().count(), 1);
    let said = desk.run(&["read", "--max-ratio", "1", "a.tar.gz"]);
    assert_eq!((said.code, said.out.as_str()), (3, ""), "{}", said.err);
    assert!(said.err.contains("(--max-ratio)"), "{}", said.err);
}

#[test]
fn an_impossible_date_is_told_once_and_its_article_kept() {
    let desk = Desk::empty();
    for (name, day) in [("a", "2023-02-30"), ("b", "2023-13-01")] {
        let text = format!(r#"{{"title":"{name}","text":"It opened.","date":"{day}"}}"#);
        desk.write(&format!("{name}.json"), &text);
    }
    let said = desk.run(&["index", "."]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(
        said.err.contains("2 articles were read in part") && said.err.contains("a.json"),
        "{}",
        said.err
    );
    assert_eq!(desk.run(&["search", "opened"]).code, 0);
}

#[test]
fn what_is_canceled_is_found_by_no_search_and_shown_by_its_id() {
    let item = |version: u32, status: &str, content: &str| {
        format!(
            "<newsItem xmlns=\"http://iptc.org/std/nar/2006-10-01/\" guid=\"urn:x:1\" version=\"{version}\"><itemMeta>\
             <itemClass qcode=\"ninat:text\"/><pubStatus qcode=\"stat:{status}\"/></itemMeta><contentMeta>\
             <headline>Bridge opens</headline></contentMeta>{content}</newsItem>"
        )
    };
    let text = "<contentSet><inlineXML><html xmlns=\"http://www.w3.org/1999/xhtml\"><body><p>The minister cut a ribbon.</p></body></html></inlineXML></contentSet>";
    let desk = Desk::empty();
    desk.write("1.xml", item(1, "usable", text));
    assert_eq!(desk.run(&["index", "."]).code, 0);
    assert_eq!(desk.run(&["search", "ribbon"]).code, 0);
    // With a notice alone, and with the text once more.
    for (version, content) in [(2, ""), (3, text)] {
        desk.write("2.xml", item(version, "canceled", content));
        let said = desk.run(&["index", "."]);
        assert_eq!(said.code, 0, "{}", said.err);
        assert!(
            said.err
                .contains("2.xml: canceled; `show` has it, searches do not find it"),
            "{}",
            said.err
        );
        for words in ["ribbon", "bridge"] {
            let found = desk.run(&["search", words]);
            assert_eq!(found.code, 1, "{words}: {}{}", found.out, found.err);
        }
        let found = desk.run(&["timeline", "bridge", "--format", "json"]);
        assert!(found.out.contains(r#""total": 0"#), "{}", found.out);
        let shown = desk.run(&["show", "urn:x:1", "--format", "json"]);
        assert!(
            shown.out.contains(r#""status": "canceled""#),
            "{}",
            shown.out
        );
    }
    // A later version that may be used takes it back.
    desk.write("4.xml", item(4, "usable", text));
    assert_eq!(desk.run(&["index", "."]).code, 0);
    assert_eq!(desk.run(&["search", "ribbon"]).code, 0);
}
