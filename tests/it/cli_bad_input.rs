//! Bad input: each names place, cause and remedy, with the right code.

use crate::desk::Desk;

/// Runs, and holds the message to its parts and the code to what it must be.
#[track_caller]
fn refused(desk: &Desk, args: &[&str], code: i32, parts: &[&str]) {
    let said = desk.run(args);
    assert_eq!(said.code, code, "{args:?}: {}{}", said.out, said.err);
    for part in parts {
        assert!(
            said.err.contains(part),
            "{args:?}: {part:?} is not in {:?}",
            said.err
        );
    }
    assert!(!said.err.contains("panicked"), "{}", said.err);
}

#[test]
fn a_missing_path_is_2_and_beside_others_3() {
    let desk = Desk::new();
    refused(
        &desk,
        &["index", "nowhere"],
        2,
        &["nowhere", "No such file"],
    );
    assert!(
        !desk.path().join(".dateline").exists(),
        "nothing was changed"
    );
    refused(&desk, &["index", "nowhere", "news"], 3, &["nowhere"]);
    assert_eq!(desk.run(&["search", "bank"]).code, 0);
    refused(&desk, &["search", "--in", "nowhere", "x"], 2, &["nowhere"]);
    refused(&desk, &["batch", "nowhere.tsv"], 2, &["nowhere.tsv"]);
    refused(&desk, &["eval", "nowhere", "none"], 2, &["nowhere"]);
}

#[test]
fn an_empty_folder_is_0_with_a_warning() {
    let desk = Desk::empty();
    std::fs::create_dir(desk.path().join("void")).expect("a folder");
    let said = desk.run(&["index", "void"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.err.contains("void: no files"), "{}", said.err);
}

#[test]
fn no_index_is_4_with_the_way_to_one() {
    let desk = Desk::empty();
    for args in [
        &["search", "x"][..],
        &["status"],
        &["verify"],
        &["timeline"],
        &["show", "1"],
        &["facets", "person"],
    ] {
        refused(&desk, args, 4, &["no index", "dateline index"]);
    }
}

#[test]
fn a_damaged_index_is_4_and_no_panic() {
    let desk = Desk::indexed();
    let meta = desk.path().join(".dateline/segments/meta.json");
    std::fs::write(&meta, b"{\"segments\":").expect("written");
    refused(&desk, &["search", "bank"], 4, &[".dateline"]);
}

#[test]
fn empty_queries_are_2_but_filters_alone_ask() {
    let desk = Desk::indexed();
    refused(&desk, &["search"], 2, &["empty query", "--from"]);
    refused(&desk, &["search", " "], 2, &["empty query"]);
    assert_eq!(desk.run(&["search", "--lang", "de"]).code, 0);
    assert_eq!(desk.run(&["search", "*"]).code, 0);
}

#[test]
fn bad_values_after_known_fields_point_at_their_place() {
    let desk = Desk::indexed();
    let said = desk.run(&["search", "bank date:2024-13"]);
    assert_eq!(said.code, 2);
    let lines: Vec<&str> = said.err.lines().collect();
    assert!(lines[0].contains("2024-13"), "{}", said.err);
    assert_eq!(
        &lines[lines.len() - 2..],
        ["  bank date:2024-13", "       ^^^^^^^^^^^^"]
    );
}

#[test]
fn unknown_fields_are_words_unless_strict() {
    let desk = Desk::indexed();
    assert_eq!(desk.run(&["search", "colour:blue bank"]).code, 0);
    assert_eq!(desk.run(&["search", "\"central bank"]).code, 0);
    refused(
        &desk,
        &["search", "--strict", "\"central bank"],
        2,
        &["bank"],
    );
}

#[test]
fn bad_flags_are_2_and_say_what_was_expected() {
    let desk = Desk::indexed();
    refused(
        &desk,
        &["search", "x", "--from", "soonish"],
        2,
        &["--from", "soonish", "expected"],
    );
    refused(
        &desk,
        &["search", "x", "--from", "2025", "--to", "2024"],
        2,
        &["after"],
    );
    refused(
        &desk,
        &["search", "x", "--tz", "Mars/Base"],
        2,
        &["Mars/Base", "Europe/Berlin"],
    );
    refused(
        &desk,
        &["search", "x", "--lang", "german"],
        2,
        &["german", "ISO 639"],
    );
    refused(
        &desk,
        &["search", "x", "--format", "yaml"],
        2,
        &["yaml", "jsonl"],
    );
    refused(&desk, &["search", "x", "--timeout", "soon"], 2, &["500ms"]);
    refused(
        &desk,
        &["annotate", "--published", "never", "-"],
        2,
        &["never"],
    );
    refused(&desk, &["eval", "-m", "precision", "q", "r"], 2, &[]);
}

#[test]
fn malformed_topics_name_the_line() {
    let desk = Desk::indexed();
    desk.write("t.csv", "name,value\n1,2\n");
    refused(
        &desk,
        &["batch", "t.csv"],
        2,
        &["t.csv, line 1", "id,query"],
    );
    desk.write("t.jsonl", b"{\"id\":1,\"query\":\"bank\"}\n\xff\xfe\n");
    refused(
        &desk,
        &["batch", "t.jsonl"],
        3,
        &["t.jsonl, line 2", "not UTF-8"],
    );
    desk.write("t.trec", "no topics here\n");
    refused(&desk, &["batch", "t.trec"], 3, &["no <top>"]);
}

#[test]
fn binary_files_are_passed_over_and_broken_ones_are_3() {
    let desk = Desk::new();
    desk.write("news/photo.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0");
    assert_eq!(desk.run(&["index", "news"]).code, 0);
    desk.write(
        "news/broken.jsonl",
        "{\"title\":\"A\",\"text\":\"B is here.\"}\n{\"title\":\n",
    );
    refused(&desk, &["index", "news"], 3, &["broken.jsonl"]);
    refused(&desk, &["read", "news"], 3, &["broken.jsonl"]);
}

#[cfg(unix)]
#[test]
fn an_unreadable_file_is_3_and_the_rest_is_indexed() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new();
    let path = desk.write("news/secret.txt", "Secret\n\nText.\n");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).expect("set");
    if std::fs::read(&path).is_ok() {
        eprintln!("this user may read everything: not tested");
        return;
    }
    refused(&desk, &["index", "news"], 3, &["secret.txt", "denied"]);
    assert_eq!(desk.run(&["search", "bank"]).code, 0);
}

#[test]
fn control_characters_of_articles_are_defused() {
    let desk = Desk::empty();
    desk.write("news/a.json", "{\"id\":\"x\\u001b[2J\",\"title\":\"T \\u001b]0;owned\\u0007\",\"text\":\"storm \\u009b31m \\u202eevil\"}");
    desk.run(&["index", "news"]);
    let said = desk.run(&["search", "storm"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(
        !said.out.contains(['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}']),
        "{:?}",
        said.out
    );
}
