//! The dictionary that stored passages are packed with: made once, kept, and missed where it is lost.

use crate::desk::Desk;
use std::path::PathBuf;

/// One file of articles, somewhat above the size from which on an index has a dictionary.
fn write_articles(desk: &Desk) {
    let verbs = [
        "sails", "leaves", "returns", "waits", "turns", "lands", "stops",
    ];
    let mut lines = String::new();
    for n in 0..700 {
        let text: String = (0..45)
            .map(|s| {
                let verb = verbs[(n + s) % verbs.len()];
                format!(
                    "The ferry {n} {verb} at harbour {} for the {s} time. ",
                    n * 7 + s
                )
            })
            .collect();
        lines.push_str(&format!(
            "{{\"id\": \"f{n}\", \"title\": \"Ferry {n}\", \"text\": \"{text}\"}}\n"
        ));
    }
    assert!(lines.len() > 1_200_000);
    desk.write("ferries.jsonl", lines);
}

fn dictionaries(desk: &Desk) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(desk.path().join(".dateline")).expect("an index");
    let is_one = |path: &PathBuf| path.to_string_lossy().contains("dictionary-");
    entries.flatten().map(|e| e.path()).filter(is_one).collect()
}

#[track_caller]
fn shows_its_text(desk: &Desk) {
    let said = desk.run(&["show", "f333"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("The ferry 333"), "{}", said.out);
}

#[test]
fn a_dictionary_is_made_once_and_what_was_packed_with_it_comes_back_when_it_is_lost() {
    let desk = Desk::empty();
    write_articles(&desk);
    let first = desk.run(&["index", ".", "--without", "entities,dates"]);
    assert_eq!(first.code, 0, "{}", first.err);
    let made = dictionaries(&desk);
    assert_eq!(made.len(), 1);
    shows_its_text(&desk);

    desk.write(
        "harbour.txt",
        "Harbour reopens\n\nThe harbour reopened on Monday.\n",
    );
    assert_eq!(desk.run(&["index", "."]).code, 0);
    assert_eq!(dictionaries(&desk), made);
    assert_eq!(desk.run(&["compact"]).code, 0);
    assert_eq!(desk.run(&["verify"]).code, 0);
    shows_its_text(&desk);

    let mut bytes = std::fs::read(&made[0]).expect("read");
    let at = bytes.len() / 2;
    bytes[at..].fill(0);
    std::fs::write(&made[0], bytes).expect("written");
    let said = desk.run(&["verify"]);
    assert_ne!(said.code, 0);
    assert!((said.out + &said.err).contains("dictionary-"));
    let said = desk.run(&["index", "--repair"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(desk.run(&["verify"]).code, 0);
    shows_its_text(&desk);

    std::fs::remove_file(&dictionaries(&desk)[0]).expect("deleted");
    assert_eq!(desk.run(&["search", "ferry"]).code, 4);
    let said = desk.run(&["index", "--rebuild"]);
    assert_eq!(said.code, 0, "{}", said.err);
    shows_its_text(&desk);
}

#[test]
fn a_small_index_has_no_dictionary() {
    let desk = Desk::indexed();
    assert!(dictionaries(&desk).is_empty());
}
