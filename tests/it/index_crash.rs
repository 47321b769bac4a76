//! Killed at any moment, an index is at its last commit, and the next run completes it.

use crate::index_update::{Desk, contents, now_ns};
use dateline::index::{
    Archive, Prune, Silent, UpdateOptions, compact, forget, recall, update, verify,
};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

const FOLDER: &str = "DATELINE_TEST_CRASH_FOLDER";
const WORK: &str = "DATELINE_TEST_CRASH_WORK";

/// Articles of the folder: few, so that a run is over while the next kill is awaited.
const ARTICLES: u32 = 24;

/// What is killed, in turn.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Work {
    Index,
    Prune,
    Rebuild,
    Compact,
    Forget,
    Repair,
}

const ALL: [Work; 6] = [
    Work::Index,
    Work::Prune,
    Work::Rebuild,
    Work::Compact,
    Work::Forget,
    Work::Repair,
];

fn options() -> UpdateOptions {
    UpdateOptions {
        // Many commits in a short life.
        commit_every: Duration::from_millis(5),
        threads: 1,
        now_ns: now_ns(),
        ..UpdateOptions::default()
    }
}

fn bring_up_to_date(folder: &Path, options: &UpdateOptions) {
    let never = AtomicBool::new(false);
    let paths = [folder.to_path_buf()];
    update(&folder.join(".dateline"), &paths, options, &Silent, &never).expect("updated");
}

/// Not a test by itself: the process that is killed.
#[test]
fn child() {
    let Ok(folder) = std::env::var(FOLDER) else {
        return;
    };
    let name = std::env::var(WORK).unwrap_or_default();
    let work = ALL.into_iter().find(|work| format!("{work:?}") == name);
    let (folder, work) = (Path::new(&folder), work.expect("one of the works"));
    let index = folder.join(".dateline");
    let never = AtomicBool::new(false);
    let first = now_ns() as u32;
    for round in (0u32..).map(|n| first.wrapping_add(n)) {
        for n in 0..4 {
            write(
                folder,
                round.wrapping_mul(7).wrapping_add(n * 5) % ARTICLES,
                round,
            );
        }
        let gone = format!("{}.txt", round % ARTICLES);
        match work {
            Work::Index => bring_up_to_date(folder, &options()),
            Work::Prune => {
                let _ = std::fs::remove_file(folder.join(gone));
                let prune = Prune::Yes;
                bring_up_to_date(folder, &UpdateOptions { prune, ..options() });
            }
            Work::Rebuild => {
                let rebuild = true;
                bring_up_to_date(
                    folder,
                    &UpdateOptions {
                        rebuild,
                        ..options()
                    },
                );
            }
            Work::Compact => {
                bring_up_to_date(folder, &options());
                compact(&index, &Silent, &never).expect("compacted");
            }
            Work::Forget => {
                bring_up_to_date(folder, &options());
                match forget(&index, &gone, folder, &Silent, &never) {
                    // Whoever was killed before may have forgotten it already.
                    Ok(_) | Err(dateline::Error::Usage(_)) => {}
                    Err(e) => panic!("{e}"),
                }
                recall(&index, &gone, folder).expect("recalled");
            }
            Work::Repair => {
                let repair = true;
                bring_up_to_date(
                    folder,
                    &UpdateOptions {
                        repair,
                        ..options()
                    },
                );
            }
        }
    }
}

fn write(folder: &Path, n: u32, round: u32) {
    let text = format!("Headline {n}\n\nText {n} of round {round}, seen in Oslo on 5 May 2024.\n");
    // A run may read while this is written: a file that is replaced is never half.
    let new = folder.join(format!(".{n}.new"));
    std::fs::write(&new, text).expect("written");
    std::fs::rename(new, folder.join(format!("{n}.txt"))).expect("renamed");
}

/// `DATELINE_KILLS=200 cargo test --test it -- index_crash --nocapture` kills more often.
fn kills() -> usize {
    let asked = std::env::var("DATELINE_KILLS").ok();
    asked.and_then(|n| n.parse().ok()).unwrap_or(18)
}

/// Moments to kill at, from a fixed seed.
struct Moments(u64);

impl Moments {
    fn next(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % 1000) as f64 / 1000.0
    }
}

#[test]
fn killed_at_random_moments_the_index_is_whole_and_the_next_run_completes_it() {
    let kills = kills();
    let desk = Desk::new();
    for n in 0..ARTICLES {
        write(desk.path(), n, 0);
    }
    let mut moments = Moments(0x9e37_79b9_7f4a_7c15);
    // A child gets time for a few runs, however busy the machine is.
    let mut pace = Duration::from_millis(200);
    let mut generation = 0;
    let mut moved = [0; ALL.len()];
    for kill in 0..kills {
        // The first few find no commit; what they leave behind is completed like any other.
        if kill == kills.min(3) - 1 {
            desk.update(&options());
            pace = time_to_commit(&desk);
        }
        let work = kill % ALL.len();
        let mut child = start_child(&desk, ALL[work]);
        std::thread::sleep(pace.mul_f64(0.5 + 1.5 * moments.next()));
        child.kill().expect("killed");
        let status = child.wait().expect("ended");
        assert!(!status.success(), "it should not have ended by itself");
        match Archive::open(&desk.index()) {
            Ok(archive) => {
                contents(&archive);
                assert!(archive.generation() >= generation, "a commit was lost");
                moved[work] += usize::from(archive.generation() > generation);
                generation = archive.generation();
            }
            Err(dateline::Error::NoIndex(_)) => assert_eq!(generation, 0, "a commit was lost"),
            Err(e) => panic!("{e}"),
        }
    }
    println!("{kills} kills; commits had been made before, of {ALL:?}: {moved:?}");
    assert!(
        moved.iter().sum::<usize>() > kills / 4,
        "{moved:?} of {kills}"
    );
    for n in 0..ARTICLES {
        recall(&desk.index(), &format!("{n}.txt"), desk.path()).expect("recalled");
    }
    let prune = Prune::Yes;
    desk.update(&UpdateOptions { prune, ..options() });
    let elsewhere = tempfile::tempdir().expect("a temporary folder");
    let fresh = elsewhere.path().join("index");
    let never = AtomicBool::new(false);
    update(
        &fresh,
        &[desk.path().to_path_buf()],
        &options(),
        &Silent,
        &never,
    )
    .expect("built");
    let fresh = contents(&Archive::open(&fresh).expect("opens"));
    assert_eq!(desk.contents(), fresh);
    let report = verify(&desk.index(), &Silent, &never).expect("verified");
    assert_eq!(report.problems, Vec::new());
    no_orphans(&desk);
}

#[test]
fn a_killed_watch_may_report_again_but_never_misses() {
    let desk = crate::desk::Desk::empty();
    desk.write("news/0.txt", "Headline 0\n\nA storm to begin with.\n");
    assert_eq!(desk.run(&["index", "news"]).code, 0);
    assert_eq!(desk.run(&["watch", "add", "storms", "storm"]).code, 0);
    let mut moments = Moments(0x2545_f491_4f6c_dd1d);
    let began = std::time::Instant::now();
    assert_eq!(desk.run(&["watch", "run"]).code, 1);
    let pace = began.elapsed();
    let mut seen = std::collections::BTreeSet::new();
    let rounds = kills() / 3;
    for round in 1..=rounds {
        desk.write(
            &format!("news/{round}.txt"),
            format!("Headline {round}\n\nStorm number {round}.\n"),
        );
        assert_eq!(desk.run(&["index", "news"]).code, 0);
        let mut child = desk.start(&["watch", "run", "--format", "jsonl"]);
        std::thread::sleep(pace.mul_f64(1.3 * moments.next()));
        let _ = child.kill();
        let output = child.wait_with_output().expect("ended");
        // The last line may be cut.
        seen.extend(reported(&String::from_utf8_lossy(&output.stdout)));
    }
    let last = desk.run(&["watch", "run", "--format", "jsonl"]);
    assert!(last.code <= 1, "{}", last.err);
    seen.extend(reported(&last.out));
    assert_eq!(seen.len(), rounds, "{seen:?}");
    assert_eq!(desk.run(&["watch", "run"]).code, 1, "all was reported");
}

/// Ids of the whole lines of a report.
fn reported(lines: &str) -> Vec<String> {
    let objects = lines
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    objects
        .filter_map(|object| object["article"].as_str().map(str::to_owned))
        .collect()
}

fn start_child(desk: &Desk, work: Work) -> Child {
    Command::new(std::env::current_exe().expect("this test"))
        .args(["index_crash::child", "--exact", "--nocapture"])
        .env(FOLDER, desk.path())
        .env(WORK, format!("{work:?}"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("started")
}

/// How long a child needs from its start to its first commit, on this machine as busy as it is now.
fn time_to_commit(desk: &Desk) -> Duration {
    let generation = || Archive::open(&desk.index()).map_or(0, |a| a.generation());
    let before = generation();
    write(desk.path(), 0, u32::MAX);
    let started = std::time::Instant::now();
    let mut child = start_child(desk, Work::Index);
    while generation() == before && started.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_millis(5));
    }
    let needed = started.elapsed();
    child.kill().expect("killed");
    child.wait().expect("ended");
    needed
}

fn no_orphans(desk: &Desk) {
    let archive = Archive::open(&desk.index()).expect("opens");
    let living: Vec<String> = archive
        .index()
        .searchable_segment_ids()
        .expect("listed")
        .iter()
        .map(|id| id.uuid_string())
        .collect();
    for entry in std::fs::read_dir(desk.index().join("segments"))
        .expect("lists")
        .flatten()
    {
        let name = entry.file_name().to_string_lossy().into_owned();
        let segment = name.split('.').next().unwrap_or("");
        let own = name == "meta.json" || name.starts_with(".managed") || name.ends_with(".lock");
        assert!(
            own || living.iter().any(|id| id == segment),
            "{name} is left over"
        );
    }
    let snapshot = archive.snapshot();
    let named: Vec<&String> = snapshot.payload.tables.values().map(|t| &t.file).collect();
    for entry in std::fs::read_dir(desk.index()).expect("lists").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(".bin") {
            assert!(named.contains(&&name), "{name} is left over");
        }
    }
}
