//! `status`: what the index holds, and what was skipped and why.

use super::console::Console;
use super::exit::{Ending, Exit};
use super::flags::IndexFlag;
use super::place;
use crate::index::{OmissionKind, Status as Holdings};
use clap::Args;
use std::io::{self, Write};

/// Show what the index holds, and what was skipped and why
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  dateline status
  dateline status -f json | jq -r '.skipped[] | select(.kind == \"failed\") | .path'")]
pub struct Status {
    #[command(flatten)]
    index: IndexFlag,
    /// List everything that was left out, not only the first of each kind
    #[arg(long)]
    all: bool,
    #[arg(long, short = 'f', value_name = "FORM", value_parser = ["text", "json"], default_value = "text")]
    format: String,
}

/// Omissions listed without `--all`.
const LISTED: usize = 20;

impl Status {
    pub fn run(self, console: &Console) -> Ending {
        let holdings = place::open(&self.index)?.status()?;
        if self.format == "json" {
            let mut out = console.raw_out();
            serde_json::to_writer_pretty(&mut out, &holdings)?;
            out.write_all(b"\n")?;
            out.flush()?;
            return Ok(Exit::Done);
        }
        let mut bytes = Vec::new();
        self.text(&holdings, &mut bytes)?;
        console.page(crate::output::neutral(&String::from_utf8_lossy(&bytes)).as_bytes())?;
        if holdings.articles == 0 {
            console.note(
                "note",
                "the index is empty; `dateline index FOLDER` fills it",
            );
        } else if holdings.undated == holdings.articles {
            console.note(
                "note",
                "no article has a date of publication: --from, --to and timelines find nothing",
            );
        }
        Ok(Exit::Done)
    }

    fn text(&self, holdings: &Holdings, out: &mut dyn Write) -> io::Result<()> {
        let megabytes = holdings.bytes as f64 / 1e6;
        writeln!(out, "index      {}", holdings.location)?;
        writeln!(
            out,
            "format     {}, commit {}, {megabytes:.1} MB",
            holdings.format, holdings.generation
        )?;
        writeln!(
            out,
            "articles   {} in {} passages, {} families of copies, {} undated",
            holdings.articles, holdings.passages, holdings.families, holdings.undated
        )?;
        let mut languages: Vec<(&String, &u64)> = holdings.languages.iter().collect();
        languages.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
        let languages: Vec<String> = languages
            .iter()
            .map(|(code, n)| format!("{code} {n}"))
            .collect();
        writeln!(out, "languages  {}", languages.join(", "))?;
        if !holdings.without.is_none() {
            writeln!(out, "without    {}", holdings.without)?;
        }
        for root in &holdings.roots {
            match root.prefix.as_str() {
                "" => writeln!(out, "root       {}", root.path)?,
                prefix => writeln!(out, "root       {} as {prefix}/", root.path)?,
            }
        }
        for (kind, name) in [
            (OmissionKind::Failed, "failed"),
            (OmissionKind::Skipped, "skipped"),
            (OmissionKind::Superseded, "superseded"),
        ] {
            let list = holdings.skipped.iter().filter(|o| o.kind == kind);
            let count = list.clone().count();
            if count == 0 {
                continue;
            }
            writeln!(out, "\n{name}: {count}")?;
            let shown = if self.all { count } else { LISTED };
            for omission in list.take(shown) {
                let record = match omission.record {
                    Some(record) => format!(", record {record}"),
                    None => String::new(),
                };
                writeln!(out, "  {}{record}: {}", omission.path, omission.reason)?;
            }
            if count > shown {
                writeln!(out, "  and {} more (--all lists them)", count - shown)?;
            }
        }
        Ok(())
    }
}
