//! Readers and a writer at the same time.

use crate::index_update::{Desk, contents};
use dateline::index::{Archive, Prune, Silent, UpdateOptions, compact};
use std::sync::atomic::{AtomicBool, Ordering};

/// Ends the readers also when the writer fails: a scope waits for them, and the failure would never show.
struct Ends<'a>(&'a AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn readers_see_one_commit_or_the_next_while_articles_change_and_segments_merge() {
    let desk = Desk::new();
    let options = UpdateOptions {
        prune: Prune::Yes,
        ..UpdateOptions::default()
    };
    // Every commit holds the same text in all of its articles.
    let write = |round: u32| {
        for n in 0..8 {
            desk.write(
                &format!("{n}.txt"),
                &format!("Headline {n}\n\nRound {round} it is.\n"),
            );
        }
    };
    write(0);
    desk.update(&options);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..2)
            .map(|n| {
                let (desk, done) = (&desk, &done);
                scope.spawn(move || {
                    let held = Archive::open(&desk.index()).expect("opens");
                    let mut seen = std::collections::BTreeSet::new();
                    while !done.load(Ordering::Relaxed) {
                        let all = match n {
                            0 => {
                                held.reload().expect("reloads");
                                contents(&held)
                            }
                            _ => contents(&Archive::open(&desk.index()).expect("opens")),
                        };
                        let texts: std::collections::BTreeSet<String> =
                            all.values().map(|c| c.passages[0].text.clone()).collect();
                        assert_eq!((all.len(), texts.len()), (8, 1), "{texts:?}");
                        seen.extend(texts);
                    }
                    seen.len()
                })
            })
            .collect();
        let ends = Ends(&done);
        for round in 1..12 {
            write(round);
            desk.update(&options);
            if round % 4 == 0 {
                compact(&desk.index(), &Silent, &AtomicBool::new(false)).expect("compacted");
            }
        }
        drop(ends);
        for reader in readers {
            let seen = reader.join().expect("no reader failed");
            assert!(seen > 1, "it saw {seen} commits");
        }
    });
}

#[test]
fn a_snapshot_stays_readable_after_its_files_were_replaced() {
    let desk = Desk::new();
    let options = UpdateOptions {
        prune: Prune::Yes,
        ..UpdateOptions::default()
    };
    desk.write("a.txt", "Headline\n\nThe old text.\n");
    desk.update(&options);
    let archive = Archive::open(&desk.index()).expect("opens");
    let before = contents(&archive);
    desk.write("a.txt", "Headline\n\nThe new text.\n");
    desk.update(&options);
    compact(&desk.index(), &Silent, &AtomicBool::new(false)).expect("compacted");
    assert_eq!(contents(&archive), before);
    assert!(archive.reload().expect("reloads"));
    assert_eq!(
        contents(&archive)["a.txt"].passages[0].text,
        "The new text."
    );
}
