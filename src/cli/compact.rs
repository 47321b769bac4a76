//! `compact`: segments merged.

use super::console::Console;
use super::exit::{Ending, Exit};
use super::flags::IndexFlag;
use super::progress::Bar;
use super::{interrupt, place};
use crate::index::compact;
use clap::Args;
use std::io::Write;

/// Merge the index into one segment; faster to search, and without deleted text
#[derive(Args, Debug)]
#[command(after_help = "\
Needs about as much free space as the index takes; searches go on meanwhile.

Example:
  dateline compact")]
pub struct Compact {
    #[command(flatten)]
    index: IndexFlag,
}

impl Compact {
    pub fn run(self, console: &Console) -> Ending {
        let folder = place::folder(&self.index)?;
        place::open_folder(&folder)?;
        let bar = Bar::new(console);
        let report = compact(&folder, &bar, interrupt::finish());
        bar.end();
        let report = report?;
        if console.quiet {
            return Ok(Exit::Done);
        }
        let mut out = console.raw_out();
        writeln!(
            out,
            "{} segments to {}, {:.1} MB to {:.1} MB",
            report.segments_before,
            report.segments_after,
            report.bytes_before as f64 / 1e6,
            report.bytes_after as f64 / 1e6
        )?;
        out.flush()?;
        Ok(Exit::Done)
    }
}
