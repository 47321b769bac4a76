//! Hostile articles, paths and addresses, wherever the program prints them.

use crate::desk::Desk;

/// What no terminal may be sent by an article: escapes, C1 controls, controls of direction.
const STEERING: [char; 9] = [
    '\u{1b}', '\u{7}', '\u{8}', '\u{9b}', '\u{9d}', '\u{202e}', '\u{2066}', '\u{200f}', '\u{61c}',
];

const EVIL: &str =
    "\u{1b}]0;owned\u{7}\u{1b}[2J\u{9b}31m\u{9d}8;;x\u{202e}\u{2066}\u{200f}\u{61c}\u{8}";

/// An article that is hostile in every field, in a file with a hostile name.
fn desk() -> Desk {
    let desk = Desk::empty();
    let article = serde_json::json!({
        "id": format!("id{EVIL}"),
        "title": format!("Storm{EVIL} <script>alert(1)</script>"),
        "standfirst": format!("Standfirst{EVIL}"),
        "authors": [format!("=cmd|' /C calc'!A0{EVIL}")],
        "source": format!("@Source{EVIL}"),
        "section": format!("Section{EVIL}"),
        "keywords": [format!("+keyword{EVIL}")],
        "url": format!("javascript:alert(1)//{EVIL}"),
        "published": "2024-05-03",
        "text": format!("The storm{EVIL} reached Oslo on 5 May 2024, said Angela Merkel{EVIL}.\n\n<img src=x onerror=alert(1)>"),
    });
    desk.write("news/evil\u{1b}[2J\u{202e}.json", article.to_string());
    desk.write("news/plain.md", "---\ntitle: A storm\nsource: -1+1\nurl: https://a.example/\"onclick=\"alert(1)\n---\nThe storm passed.\n");
    desk.write("news/broken\u{1b}]0;owned\u{7}.jsonl", "{\"title\":\n");
    desk.run(&["index", "news"]);
    desk
}

#[track_caller]
fn harmless(args: &[&str], text: &str) {
    for c in STEERING {
        assert!(!text.contains(c), "{args:?}: {c:?} in {text:?}");
    }
}

#[test]
fn nothing_that_steers_a_terminal_is_printed_for_people() {
    let desk = desk();
    for args in [
        &["search", "storm"][..],
        &["search", "storm", "-C", "1", "--explain"],
        &[
            "search",
            "storm",
            "--duplicates",
            "show",
            "--unit",
            "article",
        ],
        &["show", "1"],
        &["show", "1", "--query", "storm"],
        &["timeline", "storm"],
        &["facets", "source"],
        &["facets", "author"],
        &["facets", "keyword"],
        &["facets", "entity"],
        &["status"],
        &["verify"],
        &["watch", "add", "evil\u{1b}[2J", "storm", "--from-start"],
        &["watch", "list"],
        &["watch", "run"],
        &["related", "1"],
        &["index", "news"],
        &["index", "--checksum", "news"],
        &["forget", "nothing\u{1b}[2J"],
    ] {
        let said = desk.run(args);
        assert!(said.code <= 3, "{args:?}: {}", said.err);
        harmless(args, &said.out);
        harmless(args, &said.err);
    }
}

#[test]
fn nothing_that_steers_a_terminal_is_in_an_error() {
    let desk = desk();
    let evil = format!("x{EVIL}");
    for args in [
        &["search", &format!("date:{evil}")][..],
        &["search", &format!("\"{evil}"), "--strict"],
        &["search", &format!("\"zeppelin{evil}\"")],
        &["search", "x", "--from", &evil],
        &["search", "x", "--tz", &evil],
        &["search", "x", "--index", &evil],
        &["search", "--in", &evil, "x"],
        &["show", &evil],
        &["open", &evil],
        &["related", &evil],
        &["read", &evil],
        &["index", &evil],
        &["batch", &evil],
        &["annotate", &evil],
        &["eval", &evil, &evil],
        &["man", &evil],
        &["watch", "run", &evil],
        &["read", "news"],
    ] {
        let said = desk.run(args);
        assert_ne!(said.code, 0, "{args:?}: {}", said.out);
        harmless(args, &said.err);
        assert!(!said.err.contains("panicked"), "{args:?}: {}", said.err);
    }
    let rows = format!("a{EVIL}\tdate:{evil}\n{EVIL}\tstorm\n");
    for form in ["text", "trec", "jsonl"] {
        let said = desk.feed(&["batch", "-", "--format", form], &rows);
        assert_eq!(said.code, 3, "{}", said.err);
        harmless(&["batch", form], &said.err);
    }
    // Clap prints what it was given, too.
    let said = desk.run(&["search", "x", "--format", &evil]);
    harmless(&["--format"], &said.err);
    let said = desk.run(&["sear\u{1b}[2Jch"]);
    harmless(&["sear…ch"], &said.err);
}

#[test]
fn cells_that_look_like_formulas_are_disarmed_on_demand() {
    let desk = desk();
    for args in [
        &[
            "search",
            "storm",
            "--format",
            "csv",
            "--fields",
            "authors,source",
        ][..],
        &[
            "search",
            "storm",
            "--format",
            "tsv",
            "--fields",
            "source,authors",
        ],
        &["export", "--to", "csv"],
        &["facets", "source", "--format", "csv"],
        &["facets", "author", "--format", "tsv"],
    ] {
        let cells = |with: &[&str]| -> Vec<String> {
            let all: Vec<&str> = args.iter().chain(with).copied().collect();
            let said = desk.run(&all);
            assert_eq!(said.code, 0, "{}", said.err);
            let tabs = args.contains(&"tsv");
            let mut reader = csv::ReaderBuilder::new()
                .delimiter(if tabs { b'\t' } else { b',' })
                .quoting(!tabs)
                .from_reader(said.out.as_bytes());
            let rows: Vec<csv::StringRecord> =
                reader.records().map(|r| r.expect("a row")).collect();
            rows.iter().flatten().map(str::to_owned).collect()
        };
        let is_formula = |cell: &String| cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
        assert!(cells(&[]).iter().any(is_formula), "{args:?}");
        let safe = cells(&["--csv-safe"]);
        assert!(!safe.iter().any(is_formula), "{args:?}: {safe:?}");
        assert!(
            safe.iter()
                .any(|cell| cell.starts_with("'@") || cell.starts_with("'="))
        );
    }
}

#[test]
fn pages_and_feeds_hold_no_script_and_no_link_but_to_the_web() {
    let desk = desk();
    desk.run(&["watch", "add", "all", "storm", "--from-start"]);
    for args in [
        &["search", "storm", "--format", "html"][..],
        &["export", "--to", "html"],
        &[
            "export",
            "--to",
            "html",
            "<script>alert(1)</script> storm",
            "--match",
            "any",
        ],
        &["watch", "run", "--format", "rss"],
    ] {
        let said = desk.run(args);
        assert_eq!(said.code, 0, "{args:?}: {}", said.err);
        let page = said.out.to_lowercase();
        for never in [
            "<script",
            "<img",
            "href=\"javascript:",
            "<link>javascript:",
            "onclick=\"",
            "src=\"http",
            "@import",
        ] {
            assert!(!page.contains(never), "{args:?}: {never} in {page}");
        }
        assert!(page.contains("&lt;script&gt;"), "{args:?}: {page}");
        // Controls of direction are of use in a page, and end with their paragraph.
        let steers = |c: &char| c.is_control() && !matches!(c, '\n' | '\t');
        assert_eq!(said.out.chars().find(steers), None, "{args:?}");
    }
}

#[test]
fn only_web_pages_and_files_are_opened() {
    let desk = desk();
    let ids = desk.run(&["search", "storm", "--format", "ids"]).out;
    let id = ids.lines().find(|id| id.starts_with("id")).expect("an id");
    let said = desk.run(&["open", "--print", id]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(!said.out.contains("javascript:"), "{}", said.out);
}
