//! What commands count and say of it: copies, units, what is left out.

use crate::desk::Desk;
use serde_json::Value;

/// A report of a hundred different words, so that a copy of it is known as one.
fn report() -> String {
    let words: Vec<String> = (0..100).map(|n| format!("word{n}")).collect();
    words.join(" ")
}

/// Two copies of one report and an article of its own, dated or not.
fn with_copies(dated: bool) -> Desk {
    let desk = Desk::empty();
    let date = if dated { "date: 2024-05-01\n" } else { "" };
    for (name, text) in [
        ("a", report()),
        ("b", report()),
        ("c", "A bridge is opened in spring.".to_owned()),
    ] {
        let page = format!("---\ntitle: Story {name}\n{date}lang: en\n---\n{text}\n");
        desk.write(&format!("news/{name}.md"), page);
    }
    let said = desk.run(&["index", "news"]);
    assert_eq!(said.code, 0, "{}", said.err);
    desk
}

fn json(desk: &Desk, args: &[&str]) -> Value {
    let said = desk.run(args);
    serde_json::from_str(&said.out).unwrap_or_else(|e| panic!("{e}: {} {}", said.out, said.err))
}

#[test]
fn copies_are_told_as_part_of_a_count_or_beside_it() {
    let desk = with_copies(true);
    for args in [&["timeline", "--by", "year"][..], &["facets", "year"]] {
        let all = desk.run(args);
        assert!(all.out.ends_with(" 3 (1 copy)\n"), "{}", all.out);
        assert!(all.err.contains("3 articles"), "{}", all.err);
        let stories = desk.run(&[args, &["--duplicates", "collapse"]].concat());
        assert!(stories.out.ends_with(" 2 +1 copy\n"), "{}", stories.out);
    }
}

#[test]
fn facets_name_the_unit_that_they_count() {
    let desk = with_copies(true);
    let said = desk.run(&["facets", "year", "bridge", "--unit", "passage"]);
    assert!(said.err.contains("1 passage, 0 without"), "{}", said.err);
}

#[test]
fn a_copy_that_matches_alone_is_of_no_story_of_several() {
    let desk = with_copies(true);
    for duplicates in ["show", "collapse"] {
        let rest = ["-f", "json", "--duplicates", duplicates];
        let alone = json(
            &desk,
            &[&["facets", "family", "path:a.md"][..], &rest].concat(),
        );
        assert_eq!(
            (&alone["total"], &alone["missing"], &alone["values"]),
            (&1.into(), &1.into(), &Value::Array(Vec::new()))
        );
    }
    let all = json(&desk, &["facets", "family", "-f", "json"]);
    assert_eq!((&all["total"], &all["missing"]), (&3.into(), &1.into()));
    assert_eq!(all["values"][0]["count"], 2);
}

#[test]
fn undated_copies_of_one_story_are_one_undated_story() {
    let desk = with_copies(false);
    let rest = ["timeline", "-f", "json", "--by", "year", "--duplicates"];
    let stories = json(&desk, &[&rest[..], &["collapse"]].concat());
    assert_eq!(
        (&stories["total"], &stories["undated"]),
        (&2.into(), &2.into())
    );
    let articles = json(&desk, &[&rest[..], &["show"]].concat());
    assert_eq!(
        (&articles["total"], &articles["undated"]),
        (&3.into(), &3.into())
    );
}

#[test]
fn in_a_folder_its_own_index_is_used_whatever_the_variable_names() {
    let desk = Desk::indexed();
    desk.write("else/bridge.txt", "A new bridge\n\nIt spans the Oder.\n");
    let variable = [("DATELINE_INDEX", ".dateline")];
    let said = desk.run_with(&["search", "--in", "else", "bridge"], &variable);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(desk.path().join("else/.dateline").is_dir());
    let said = desk.run_with(&["search", "bridge"], &variable);
    assert_eq!(said.code, 1, "the named index is left alone: {}", said.out);
    assert_eq!(desk.run_with(&["search", "bank"], &variable).code, 0);
}

#[test]
fn in_a_folder_that_is_missing_is_2() {
    let desk = Desk::indexed();
    for index in [&[][..], &["--index", "other"]] {
        let said = desk.run(&[&["search", "--in", "missing", "bank"][..], index].concat());
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{}", said.err);
        assert!(said.err.contains("missing: "), "{}", said.err);
    }
    assert!(!desk.path().join("other").exists(), "nothing was changed");
}

#[test]
fn a_passage_that_an_article_does_not_have_is_told_with_those_it_has() {
    let desk = Desk::indexed();
    let said = desk.run(&["show", "news/sunderland.txt#9"]);
    assert_eq!(said.code, 1);
    let has = "news/sunderland.txt#9: the article has one passage, 0\n";
    assert!(said.err.ends_with(has), "{}", said.err);
}

#[test]
fn a_search_that_ran_out_of_time_does_not_say_that_nothing_matched() {
    let desk = Desk::indexed();
    let said = desk.run(&["search", "bank", "--timeout", "0"]);
    assert_eq!(said.code, 3);
    assert_eq!(said.err.lines().count(), 1, "{}", said.err);
    assert!(said.err.contains("raise --timeout"), "{}", said.err);
}

#[test]
fn a_language_that_the_archive_lacks_does_not_unknow_its_words() {
    let desk = Desk::empty();
    desk.write(
        "news/a.txt",
        "Elections in spring\n\nThe elections were held on Sunday.\n",
    );
    assert_eq!(desk.run(&["index", "news"]).code, 0);
    // Without the rules of English "elections" would be another word than "election".
    let said = desk.run(&["search", "elections", "--lang", "xx"]);
    assert_eq!(said.code, 1);
    assert!(
        said.err.contains("1 passage matches elections alone"),
        "{}",
        said.err
    );
    assert!(
        said.err.contains("no passages match lang:xx"),
        "{}",
        said.err
    );
}

#[test]
fn a_folder_among_texts_to_annotate_fails_alone() {
    let desk = Desk::empty();
    desk.write("texts/a.txt", "Angela Merkel in Paris.");
    desk.write("b.txt", "Angela Merkel in Berlin.");
    let said = desk.run(&["annotate", "texts", "b.txt"]);
    assert_eq!(said.code, 3, "{}", said.err);
    assert!(said.err.contains("texts: "), "{}", said.err);
    assert!(said.out.contains("Berlin"), "{}", said.out);
}

#[test]
fn a_bad_row_is_named_by_its_line_and_column() {
    let desk = Desk::indexed();
    for command in ["batch", "annotate"] {
        let said = desk.feed(&[command, "-"], "{\"id\":}\n");
        assert_eq!(said.code, 3);
        let place = "line 1: not JSON: expected value at column 7\n";
        assert!(said.err.ends_with(place), "{}", said.err);
    }
}

#[test]
fn a_batch_as_one_array_has_a_line_for_each_topic() {
    let desk = Desk::indexed();
    let said = desk.feed(&["batch", "-", "-f", "json"], "bank\n\nAND\nOder\n");
    let array: Value = serde_json::from_str(&said.out).expect("JSON");
    assert_eq!(array.as_array().map(Vec::len), Some(3));
    // Brackets have lines of their own.
    assert_eq!(said.out.lines().count(), 5, "{}", said.out);
    assert_eq!(desk.feed(&["batch", "-", "-f", "json"], "").out, "[\n\n]\n");
}
