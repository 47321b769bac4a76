//! `verify`: everything checked.

use super::console::Console;
use super::exit::{Ending, Exit};
use super::flags::IndexFlag;
use super::progress::Bar;
use super::{interrupt, place};
use crate::index::request::{SCHEMA_VERSION, Unit};
use crate::index::verify;
use clap::Args;
use serde_json::json;
use std::io::Write;

/// Check every byte of the index: checksums, passages, postings, counts
#[derive(Args, Debug)]
#[command(after_help = "\
Damage ends with exit code 4; `dateline index --rebuild PATH` reads everything anew.

Example:
  dateline verify && echo sound")]
pub struct Verify {
    #[command(flatten)]
    index: IndexFlag,
    #[arg(long, short = 'f', value_name = "FORM", value_parser = ["text", "json"], default_value = "text")]
    format: String,
}

impl Verify {
    pub fn run(self, console: &Console) -> Ending {
        let folder = place::folder(&self.index)?;
        // A missing index is told in the words that every command has for it.
        place::open_folder(&folder)?;
        let bar = Bar::new(console);
        let report = verify(&folder, &bar, interrupt::finish());
        bar.end();
        let report = report?;
        for problem in &report.problems {
            console.trouble(&format!("{}: {}", problem.place, problem.problem));
        }
        let mut out = console.raw_out();
        if self.format == "json" {
            let object = json!({
                "schema_version": SCHEMA_VERSION,
                "files": report.files,
                "bytes": report.bytes,
                "articles": report.articles,
                "passages": report.passages,
                "problems": report.problems,
            });
            serde_json::to_writer_pretty(&mut out, &object)?;
            out.write_all(b"\n")?;
        } else {
            let state = match report.problems.len() {
                0 => "sound".to_owned(),
                1 => "1 problem".to_owned(),
                n => format!("{n} problems"),
            };
            writeln!(
                out,
                "{} files, {:.1} MB, {}, {}: {state}",
                report.files,
                report.bytes as f64 / 1e6,
                Unit::Article.counted(report.articles),
                Unit::Passage.counted(report.passages)
            )?;
        }
        out.flush()?;
        Ok(match report.problems.is_empty() {
            true => Exit::Done,
            false => Exit::Index,
        })
    }
}
