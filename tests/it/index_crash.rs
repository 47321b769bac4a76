//! Killed at any moment, an index is at its last commit, and the next run completes it.

use crate::index_update::{Desk, contents, now_ns};
use dateline::index::{Archive, Prune, Silent, UpdateOptions, compact, update, verify};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

const FOLDER: &str = "DATELINE_TEST_CRASH_FOLDER";

fn options() -> UpdateOptions {
    UpdateOptions {
        prune: Prune::Yes,
        // Many commits in a short life.
        commit_every: Duration::from_millis(15),
        now_ns: now_ns(),
        ..UpdateOptions::default()
    }
}

/// Not a test by itself: the process that is killed.
#[test]
fn child() {
    let Ok(folder) = std::env::var(FOLDER) else {
        return;
    };
    let folder = Path::new(&folder);
    let index = folder.join(".dateline");
    let never = AtomicBool::new(false);
    for round in 0u32.. {
        let options = UpdateOptions {
            rebuild: round % 5 == 4,
            ..options()
        };
        let paths = [folder.to_path_buf()];
        update(&index, &paths, &options, &Silent, &never).expect("updated");
        if round % 3 == 2 {
            compact(&index, &Silent, &never).expect("compacted");
        }
        for n in 0..6 {
            let n = (round * 7 + n * 5) % 60;
            write(folder, n, round);
        }
        let _ = std::fs::remove_file(folder.join(format!("{}.txt", round % 60)));
    }
}

fn write(folder: &Path, n: u32, round: u32) {
    let text = format!("Headline {n}\n\nText {n} of round {round}, seen in Oslo on 5 May 2024.\n");
    // A run may read while this is written: a file that is replaced is never half.
    let new = folder.join(format!(".{n}.new"));
    std::fs::write(&new, text).expect("written");
    std::fs::rename(new, folder.join(format!("{n}.txt"))).expect("renamed");
}

#[test]
fn killed_at_random_moments_the_index_is_whole_and_the_next_run_completes_it() {
    let kills: u64 = std::env::var("DATELINE_KILLS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(20);
    let desk = Desk::new();
    for n in 0..60 {
        write(desk.path(), n, 0);
    }
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    // A child gets time for a few runs, however busy the machine is.
    let mut pace = Duration::from_millis(200);
    let mut generation = 0;
    let mut moved = 0;
    for kill in 0..kills {
        // The first few find no commit; what they leave behind is completed like any other.
        if kill == kills.min(3) - 1 {
            desk.update(&options());
            pace = time_to_commit(&desk);
        }
        let mut child = start_child(&desk);
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        std::thread::sleep(pace.mul_f64((random % 1000) as f64 / 250.0));
        child.kill().expect("killed");
        let status = child.wait().expect("ended");
        assert!(!status.success(), "it should not have ended by itself");
        match Archive::open(&desk.index()) {
            Ok(archive) => {
                contents(&archive);
                moved += u64::from(archive.generation() > generation);
                generation = archive.generation();
            }
            Err(dateline::Error::NoIndex(_)) => assert_eq!(generation, 0, "a commit was lost"),
            Err(e) => panic!("{e}"),
        }
    }
    assert!(moved > kills / 4, "{moved} of {kills} had committed");
    desk.update(&options());
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

fn start_child(desk: &Desk) -> Child {
    Command::new(std::env::current_exe().expect("this test"))
        .args(["index_crash::child", "--exact", "--nocapture"])
        .env(FOLDER, desk.path())
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
    let mut child = start_child(desk);
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
