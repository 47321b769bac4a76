use dateline::read::{self, walk};
use std::{ops::ControlFlow, path::PathBuf, time::Instant};
fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let quiet = args.iter().any(|a| a == "-q");
    let paths: Vec<PathBuf> = args
        .iter()
        .filter(|a| *a != "-q")
        .map(PathBuf::from)
        .collect();
    let t = Instant::now();
    let (mut n, mut skipped, mut failed) = (0, 0, 0);
    let options = read::Options::default();
    let filter = walk::Filter::default();
    for e in walk::walk(&paths, &filter) {
        match e {
            Err(r) => {
                eprintln!("{:?} {}: {}", r.trouble.kind, r.path.display(), r.trouble);
            }
            Ok(e) => {
                let _ = read::read_file(&e.file, &e.relative, &options, &mut |o| {
                    match o.result {
                        Ok(mut a) => {
                            n += 1;
                            a.id = read::identify(&a, &a.path);
                            for w in &a.warnings {
                                eprintln!("warning {}: {w}", o.path)
                            }
                            if !quiet {
                                println!("{}", serde_json::to_string(&read::to_json(&a)).unwrap());
                            }
                        }
                        Err(t) => {
                            if t.kind == read::TroubleKind::Failed {
                                failed += 1
                            } else {
                                skipped += 1
                            }
                            eprintln!("{:?} {} r{}: {}", t.kind, o.path, t.record, t);
                        }
                    }
                    ControlFlow::Continue(())
                });
            }
        }
    }
    eprintln!(
        "{n} articles, {skipped} skipped, {failed} failed, {:?}",
        t.elapsed()
    );
}
