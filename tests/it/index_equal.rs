//! An index that followed its files is the index that is built from them in one go.

use crate::index_update::{Desk, contents, now_ns};
use dateline::index::{Archive, Prune, Silent, UpdateOptions, update, verify};
use proptest::prelude::*;
use std::sync::atomic::AtomicBool;

const FILES: [&str; 5] = ["a.txt", "b.jsonl", "wire/c.jsonl", "wire/d.jsonl", "e.txt"];
const MOVED: [&str; 5] = [
    "a2.txt",
    "b2.jsonl",
    "c.jsonl",
    "desk/d.jsonl",
    "wire/e.txt",
];

/// What happens on a desk between two runs.
#[derive(Clone, Debug)]
enum Event {
    /// A file is written: records as (id, version, day, text), or one text.
    Write(usize, Vec<(u8, u8, u8, u8)>),
    Delete(usize),
    /// Under its other name, or back.
    Move(usize),
    Touch(usize),
    /// An index run.
    Run {
        threads: usize,
    },
}

fn event() -> impl Strategy<Value = Event> {
    let record = (0u8..5, 0u8..3, 1u8..4, 0u8..4);
    prop_oneof![
        4 => (0..FILES.len(), prop::collection::vec(record, 0..4)).prop_map(|(f, r)| Event::Write(f, r)),
        2 => (0..FILES.len()).prop_map(Event::Delete),
        2 => (0..FILES.len()).prop_map(Event::Move),
        1 => (0..FILES.len()).prop_map(Event::Touch),
        3 => (1usize..4).prop_map(|threads| Event::Run { threads }),
    ]
}

const TEXTS: [&str; 4] = [
    "The ferry to Tallinn sailed on Monday, the port of Helsinki said.",
    "Maria Keller of the council spoke on 3 March 2024 about the bridge.",
    "Nothing was decided. A vote is expected next week.",
    "",
];

fn content(file: &str, records: &[(u8, u8, u8, u8)]) -> String {
    if file.ends_with(".txt") {
        let text = records
            .first()
            .map_or(TEXTS[0], |r| TEXTS[r.3 as usize % 3]);
        return format!("A headline of {file}\n\n{text}\n");
    }
    let mut lines = String::new();
    for (id, version, day, text) in records {
        // Ids 3 and 4 are left out: those articles are known by their place.
        let id = match id {
            0..3 => format!("\"id\":\"story-{id}\","),
            _ => String::new(),
        };
        lines += &format!(
            "{{{id}\"version\":{version},\"date\":\"2024-05-0{day}\",\"title\":\"Headline {text}\",\"body\":\"{}\"}}\n",
            TEXTS[*text as usize]
        );
    }
    lines
}

fn place(desk: &Desk, file: usize) -> Option<&'static str> {
    [FILES[file], MOVED[file]]
        .into_iter()
        .find(|name| desk.path().join(name).exists())
}

fn apply(desk: &Desk, event: &Event) {
    match event {
        Event::Write(file, records) => {
            let name = place(desk, *file).unwrap_or(FILES[*file]);
            desk.write(name, &content(name, records));
        }
        Event::Delete(file) => {
            if let Some(name) = place(desk, *file) {
                desk.remove(name);
            }
        }
        Event::Move(file) => {
            if let Some(name) = place(desk, *file) {
                let to = match name == FILES[*file] {
                    true => MOVED[*file],
                    false => FILES[*file],
                };
                let to = desk.path().join(to);
                std::fs::create_dir_all(to.parent().expect("a parent")).expect("made");
                std::fs::rename(desk.path().join(name), to).expect("moved");
            }
        }
        Event::Touch(file) => {
            if let Some(name) = place(desk, *file) {
                let open = std::fs::File::options()
                    .append(true)
                    .open(desk.path().join(name));
                let at = std::time::SystemTime::UNIX_EPOCH
                    + std::time::Duration::from_secs(1_600_000_000);
                open.expect("opens").set_modified(at).expect("set");
            }
        }
        Event::Run { threads } => {
            desk.update(&UpdateOptions {
                threads: *threads,
                prune: Prune::Yes,
                ..UpdateOptions::default()
            });
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 40, ..ProptestConfig::default() })]

    #[test]
    fn an_index_that_followed_is_the_index_built_in_one_go(events in prop::collection::vec(event(), 1..24)) {
        let desk = Desk::new();
        // So that the folder is never wholly empty, which would spare it from pruning.
        desk.write("kept.txt", "A headline that stays\n\nAnd its text.\n");
        for event in &events {
            apply(&desk, event);
        }
        apply(&desk, &Event::Run { threads: 2 });
        let fresh = tempfile::tempdir().expect("a temporary folder");
        let elsewhere = fresh.path().join("index");
        let options = UpdateOptions { now_ns: now_ns(), threads: 1, ..UpdateOptions::default() };
        let never = AtomicBool::new(false);
        update(&elsewhere, &[desk.path().to_path_buf()], &options, &Silent, &never).expect("built");
        let fresh = contents(&Archive::open(&elsewhere).expect("opens"));
        prop_assert_eq!(desk.contents(), fresh);
        let report = verify(&desk.index(), &Silent, &never).expect("verified");
        prop_assert_eq!(report.problems, Vec::new());
    }
}
