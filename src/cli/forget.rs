//! `forget`: removed for good.

use super::console::Console;
use super::exit::{Ending, Exit};
use super::flags::IndexFlag;
use super::progress::Bar;
use super::{interrupt, place};
use crate::error::Error;
use crate::index::request::Unit;
use crate::index::{forget, recall};
use clap::Args;
use std::io::Write;

/// Remove an article, or everything below a path, for good
#[derive(Args, Debug)]
#[command(after_help = "\
The text is gone from the index's files afterwards, and no later `index` brings it back; the sources
are not touched. --undo lifts it.

Examples:
  dateline forget wire/2025/0315.txt
  dateline forget --undo wire/2025/0315.txt && dateline index .")]
pub struct Forget {
    /// Ids of articles, and files or folders that were indexed
    #[arg(value_name = "ID|PATH", required = true)]
    names: Vec<String>,
    #[command(flatten)]
    index: IndexFlag,
    /// Let a later `index` bring it back
    #[arg(long)]
    undo: bool,
}

impl Forget {
    pub fn run(self, console: &Console) -> Ending {
        let folder = place::folder(&self.index)?;
        place::open_folder(&folder)?;
        let here = place::here()?;
        let cancel = interrupt::finish();
        let mut out = console.text_out();
        let mut exit = Exit::Done;
        for name in &self.names {
            if self.undo {
                match recall(&folder, name, &here)? {
                    true if console.quiet => {}
                    true => writeln!(out, "{name}: the next `dateline index` brings it back")?,
                    false => {
                        console.trouble(&format!("{name}: was not forgotten"));
                        exit = exit.max(Exit::Nothing);
                    }
                }
                continue;
            }
            let bar = Bar::new(console);
            let forgotten = forget(&folder, name, &here, &bar, cancel);
            bar.end();
            match forgotten {
                Ok(_) if console.quiet => {}
                Ok(report) => writeln!(
                    out,
                    "{name}: {} removed, of {} {}",
                    Unit::Article.counted(report.articles),
                    report.files,
                    if report.files == 1 { "file" } else { "files" }
                )?,
                Err(Error::Usage(message)) => {
                    console.trouble(&message);
                    exit = exit.max(Exit::Nothing);
                }
                Err(e) => return Err(e.into()),
            }
        }
        out.flush()?;
        Ok(exit)
    }
}
