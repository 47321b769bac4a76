//! An index that is made without parts.

use crate::index_update::Desk;
use crate::search::request;
use dateline::index::request::{Duplicates, Unit};
use dateline::index::{Archive, UpdateOptions, Without, status};

const STORY: &str = "---\ntitle: Talks in Paris\ndate: 2024-03-05\n---\n\
Angela Merkel met Emmanuel Macron in Paris on 2 March 2024. The talks of the ministers \
of the two countries went on for hours, and they said that they would meet again.\n";

fn without(names: &[&str]) -> UpdateOptions {
    UpdateOptions {
        without: Some(Without::parse(names).expect("parts")),
        ..UpdateOptions::default()
    }
}

fn desk() -> Desk {
    let desk = Desk::new();
    desk.write("one.md", STORY);
    desk.write("copy.md", STORY);
    desk
}

fn found(archive: &Archive, query: &str) -> (u64, Vec<String>) {
    let mut request = request(query);
    request.unit = Unit::Passage;
    request.duplicates = Duplicates::Show;
    request.langs = vec!["en".to_owned()];
    let results = archive.search(&request).expect("results");
    let notes = results.notes.iter().map(|n| n.message.clone());
    let lacks = notes.filter(|words| words.contains("made without"));
    (results.total, lacks.collect())
}

#[test]
fn what_is_left_out_is_not_found_and_the_answer_says_so() {
    let desk = desk();
    desk.update(&without(&["entities", "dates", "families", "forms"]));
    let archive = Archive::open(&desk.index()).expect("opens");
    assert_eq!(
        status(&archive).expect("status").without.to_string(),
        "entities, dates, families, forms"
    );
    assert_eq!(found(&archive, "talks merkel"), (2, Vec::new()));
    for (query, part, total) in [
        ("person:merkel", "entities", 0),
        ("about:2024-03-02", "dates", 0),
        ("copies:>0", "families", 0),
        ("minist*", "forms", 2),
    ] {
        let (count, notes) = found(&archive, query);
        assert_eq!(count, total, "{query}");
        assert!(
            notes.len() == 1 && notes[0].contains(&format!("without {part}")),
            "{query}: {notes:?}"
        );
    }
    let exact = archive.search(&request("=Paris")).expect_err("refused");
    assert!(exact.to_string().contains("without forms"), "{exact}");
}

#[test]
fn later_runs_keep_to_what_the_index_was_made_with_until_told_otherwise() {
    let desk = desk();
    desk.update(&without(&["entities", "families"]));
    desk.write("two.md", &STORY.replace("Paris", "Rome"));
    let report = desk.update(&UpdateOptions::default());
    assert_eq!((report.added, report.replaced), (1, 0));
    assert!(report.notes.is_empty(), "{:?}", report.notes);
    let archive = Archive::open(&desk.index()).expect("opens");
    assert_eq!(found(&archive, "person:merkel").0, 0);
    assert_eq!(found(&archive, "about:2024-03-02"), (3, Vec::new()));
    let report = desk.update(&without(&["none"]));
    assert_eq!(report.replaced, 3);
    assert_eq!(report.notes.len(), 1);
    let archive = Archive::open(&desk.index()).expect("opens");
    assert_eq!(archive.snapshot().payload.families, 1);
    assert_eq!(found(&archive, "person:merkel"), (3, Vec::new()));
}
