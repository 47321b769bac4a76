//! `export`: articles for other programs.

use super::console::Console;
use super::exit::{Ending, Stop};
use super::flags::{ClockFlags, FilterFlags, IndexFlag, QueryFlags, TimeFlag};
use super::place;
use super::timeline::counting;
use crate::analyze::Analyzer;
use crate::backend::{Ask, Backend, Shown};
use crate::error::{Error, Result};
use crate::export;
use crate::index::request::{Hit, Rank, Sort, Unit};
use crate::output::disarmed;
use crate::read::to_json;
use crate::snippet::Matcher;
use clap::Args;
use std::io::Write;
use std::time::Instant;

/// The forms of `--to`.
const FORMS: [&str; 6] = ["jsonl", "csv", "html", "ris", "csl", "bibtex"];

/// Export the articles that match, for other programs
#[derive(Args, Debug)]
#[command(after_help = "\
`--to` takes a form (jsonl, csv, html, ris, csl, bibtex; jsonl unless told otherwise) or, as
elsewhere, a last day of publication; for both, give the form as --format.

Examples:
  dateline export > archive.jsonl                          everything, one article a line
  dateline export 'dam inquiry' --to bibtex > dam.bib
  dateline export person:Osei --to 2024 --format html > osei.html")]
pub struct Export {
    /// What to export; everything without it
    #[arg(value_name = "QUERY")]
    query: Vec<String>,
    #[command(flatten)]
    index: IndexFlag,
    #[command(flatten)]
    filters: FilterFlags,
    #[command(flatten)]
    matching: QueryFlags,
    #[command(flatten)]
    clock: ClockFlags,
    #[command(flatten)]
    time: TimeFlag,
    /// Form of the export [default: jsonl]
    #[arg(long, short = 'f', value_name = "FORM", value_parser = FORMS)]
    format: Option<String>,
    /// Disarm cells that a spreadsheet would take for formulas (csv)
    #[arg(long)]
    csv_safe: bool,
}

impl Export {
    pub fn run(self, console: &Console) -> Ending {
        let text = self.query.join(" ");
        let in_query = |e| Stop::Query(e, text.clone());
        let mut ask = Ask {
            limit: Some(usize::MAX),
            snippets: Some(0),
            rank: Some(Rank::Bm25),
            sort: Some(Sort::Newest),
            ..Ask::default()
        };
        self.filters.fill(&mut ask)?;
        self.matching.fill(&mut ask)?;
        let named = ask.to.take_if(|to| FORMS.contains(&to.as_str()));
        if let (Some(to), Some(format)) = (&named, &self.format)
            && to != format
        {
            return Err(Error::Usage(format!(
                "--to {to} and --format {format}: expected one form; --to also takes a day, such as 2024"
            ))
            .into());
        }
        let form = named.or(self.format).unwrap_or_else(|| "jsonl".to_owned());
        let clock = self.clock.clock()?;
        let mut request = ask
            .request(&text, &counting(), &clock, true)
            .map_err(in_query)?;
        let opened = place::open(&self.index)?;
        let backend = opened.as_ref();
        request.deadline = self.time.deadline();
        let deadline = request.deadline;
        let results = backend.search(&request).map_err(in_query)?;
        let hits = &results.hits;
        let mut out = console.raw_out();
        match form.as_str() {
            "csl" => export::csl(hits, &mut out)?,
            "ris" => export::ris(hits, &mut out)?,
            "bibtex" => export::bibtex(hits, &mut out)?,
            "html" => {
                let mut analyzer = Analyzer::default();
                let matcher = Matcher::new(&request.query, &backend.langs(), &mut analyzer);
                let location = place::name(&self.index)?;
                let head = export::ReportHead {
                    query: &text,
                    made: &clock.today().to_string(),
                    generation: backend.status()?.generation,
                    location: &location,
                };
                let mut report = export::Report::begin(&head, &matcher, &mut out)?;
                for hit in hits {
                    report.article(&whole(backend, hit, deadline)?)?;
                }
                report.end()?;
            }
            "csv" => {
                let mut table = csv::Writer::from_writer(&mut out);
                table.write_record(export::COLUMNS).map_err(unwritten)?;
                for hit in hits {
                    let row = export::row(&whole(backend, hit, deadline)?);
                    table
                        .write_record(row.iter().map(|c| disarmed(c, self.csv_safe).into_owned()))
                        .map_err(unwritten)?;
                }
                table.flush()?;
            }
            _ => {
                for hit in hits {
                    let shown = whole(backend, hit, deadline)?;
                    serde_json::to_writer(&mut out, &to_json(&shown.article))?;
                    out.write_all(b"\n")?;
                }
            }
        }
        out.flush()?;
        for note in results.notes.iter().filter(|note| !note.is_late()) {
            console.note("note", &note.message);
        }
        console.say(&Unit::Article.counted(hits.len() as u64));
        Ok(TimeFlag::exit(&results.notes, console))
    }
}

/// The article of a hit; what was found a moment ago is there in the same commit.
fn whole(backend: &dyn Backend, hit: &Hit, deadline: Option<Instant>) -> Result<Shown> {
    TimeFlag::check(deadline)?;
    backend.article(&hit.article)?.ok_or_else(|| {
        Error::Damaged(format!(
            "{}: found, but not there to be read; run `dateline verify`",
            hit.article
        ))
    })
}

fn unwritten(error: csv::Error) -> Stop {
    match error.into_kind() {
        csv::ErrorKind::Io(e) => e.into(),
        other => Stop::Failed(Error::Usage(format!(
            "a row could not be written: {other:?}"
        ))),
    }
}
