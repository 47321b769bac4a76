//! Every seed of the fuzz targets, whole and cut, through the code that the targets run.

#[path = "../../fuzz/bodies.rs"]
mod bodies;

use std::path::Path;

fn seeds(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/seeds")
        .join(target);
    let entries =
        std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut files: Vec<_> = entries.flatten().map(|e| e.path()).collect();
    files.sort();
    files
        .into_iter()
        .map(|path| {
            let bytes = std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            (path.display().to_string(), bytes)
        })
        .collect()
}

#[test]
fn every_target_has_a_seed_and_survives_it() {
    for target in bodies::targets() {
        let seeds = seeds(target);
        assert!(!seeds.is_empty(), "no seeds for {target}");
        for (_, bytes) in seeds {
            bodies::run(target, &bytes);
        }
    }
}

#[test]
fn every_target_survives_its_seeds_cut_and_damaged() {
    for target in bodies::targets() {
        for (_, bytes) in seeds(target) {
            let step = (bytes.len() / 40).max(1);
            for end in (0..bytes.len()).step_by(step) {
                bodies::run(target, &bytes[..end]);
                let mut damaged = bytes.clone();
                damaged[end] ^= 0x5A;
                bodies::run(target, &damaged);
            }
        }
    }
}
