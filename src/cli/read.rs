//! `read`: articles as the readers see them.

use super::console::Console;
use super::exit::{Ending, Exit, Stop};
use super::flags::ReaderFlags;
use crate::read::walk::{display_path, walk};
use crate::read::{Outcome, TroubleKind, identify, read_file, read_stream, to_json};
use clap::Args;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// Print articles as the readers see them, one JSON object a line; touches no index
#[derive(Args, Debug)]
#[command(after_help = "\
What cannot be read is named on standard error, with exit code 3; what is no article is passed over
(-v names it).

Examples:
  dateline read corpus | head -1
  dateline read wire.zip | jq -r '.published // \"undated\"'
  curl -s https://example.org/story.html | dateline read -")]
pub struct Read {
    /// Files, archives and folders; - is standard input
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    /// Name also what is skipped, and why
    #[arg(long, short = 'v')]
    verbose: bool,
    #[command(flatten)]
    readers: ReaderFlags,
}

impl Read {
    pub fn run(self, console: &Console) -> Ending {
        let filter = self.readers.filter()?;
        let options = self.readers.options();
        let mut out = console.raw_out();
        let mut exit = Exit::Done;
        let mut stop: Option<Stop> = None;
        let mut roots = Roots::default();
        // Within a run of files `-` is read where it stands.
        for given in &self.paths {
            let mut sink = |outcome: Outcome, id_path: &str| match outcome.result {
                Ok(mut article) => {
                    article.id = identify(&article, id_path);
                    let written = serde_json::to_writer(&mut out, &to_json(&article))
                        .map_err(std::io::Error::from)
                        .and_then(|()| out.write_all(b"\n"));
                    match written {
                        Ok(()) => ControlFlow::Continue(()),
                        Err(e) => {
                            stop = Some(e.into());
                            ControlFlow::Break(())
                        }
                    }
                }
                Err(trouble) => {
                    let failed = trouble.kind == TroubleKind::Failed;
                    if failed {
                        exit = exit.max(Exit::Partly);
                    }
                    if failed || self.verbose {
                        console.trouble(&trouble.into_error(&outcome.path).to_string());
                    }
                    ControlFlow::Continue(())
                }
            };
            if given == Path::new("-") {
                let stdin = std::io::stdin().lock();
                let ended = read_stream("-", stdin, &options, &mut |o| {
                    let path = o.path.clone();
                    sink(o, &path)
                });
                if ended.is_break() {
                    break;
                }
                continue;
            }
            let mut broken = false;
            for found in walk(std::slice::from_ref(given), &filter) {
                let ended = match found {
                    Ok(entry) => {
                        let shown = display_path(&entry.file);
                        let path = roots.path(given, &entry.relative);
                        let whole = shown.len();
                        read_file(&entry.file, &shown, &options, &mut |mut o| {
                            // A container's members keep what follows the file's own name.
                            let member = o.path.get(whole..).unwrap_or("").to_owned();
                            let id_path = format!("{path}{member}");
                            if let Ok(article) = &mut o.result {
                                article.path.clone_from(&id_path);
                            }
                            sink(o, &id_path)
                        })
                    }
                    Err(refusal) => {
                        let path = display_path(&refusal.path);
                        let outcome = Outcome {
                            path: path.clone(),
                            result: Err(refusal.trouble),
                        };
                        sink(outcome, &path)
                    }
                };
                if ended.is_break() {
                    broken = true;
                    break;
                }
            }
            if broken {
                break;
            }
        }
        if let Some(stop) = stop {
            return Err(stop);
        }
        out.flush()?;
        Ok(exit)
    }
}

/// The folders that ids are relative to: each PATH (a file's parent) that lies in no earlier one; the
/// first has no prefix, later ones their folder's name.
#[derive(Default)]
struct Roots {
    known: Vec<(PathBuf, String)>,
}

impl Roots {
    /// The path of a file relative to its root; `relative` is its path below `given`.
    fn path(&mut self, given: &Path, relative: &str) -> String {
        let absolute = std::path::absolute(given).unwrap_or_else(|_| given.to_owned());
        let folder = match absolute.is_dir() {
            true => absolute,
            false => absolute.parent().unwrap_or(Path::new("/")).to_owned(),
        };
        let found = self.known.iter().find(|(root, _)| folder.starts_with(root));
        let (root, prefix) = match found {
            Some(found) => found.clone(),
            None => {
                let prefix = self.prefix(&folder);
                self.known.push((folder.clone(), prefix.clone()));
                (folder.clone(), prefix)
            }
        };
        let below = folder
            .strip_prefix(&root)
            .map(display_path)
            .unwrap_or_default();
        let parts = [prefix.as_str(), below.as_str(), relative];
        let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        parts.join("/")
    }

    fn prefix(&self, folder: &Path) -> String {
        if self.known.is_empty() {
            return String::new();
        }
        let name = folder
            .file_name()
            .map(Path::new)
            .map(display_path)
            .unwrap_or_default();
        let taken = |candidate: &str| self.known.iter().any(|(_, prefix)| prefix == candidate);
        let mut candidate = name.clone();
        let mut number = 2;
        while taken(&candidate) {
            candidate = format!("{name}-{number}");
            number += 1;
        }
        candidate
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_root_has_no_prefix_and_later_ones_their_name() {
        let mut roots = Roots::default();
        let folder = std::env::temp_dir();
        let (a, b) = (
            folder.join("dateline-none-a/x"),
            folder.join("dateline-none-b/x"),
        );
        // Paths that do not exist are taken as files: their parent is the root.
        assert_eq!(roots.path(&a, "1.txt"), "1.txt");
        assert_eq!(roots.path(&b, "1.txt"), "dateline-none-b/1.txt");
        assert_eq!(
            roots.path(&folder.join("q/dateline-none-b/x"), "1.txt"),
            "dateline-none-b-2/1.txt"
        );
        assert_eq!(
            roots.path(&folder.join("dateline-none-a/deep/x"), "2.txt"),
            "deep/2.txt"
        );
    }
}
