//! `facets`: the top values of a field.

use super::console::{Console, copies};
use super::exit::{Ending, Exit, Stop};
use super::flags::{ClockFlags, FilterFlags, IndexFlag, QueryFlags, TimeFlag};
use super::place;
use super::timeline::counting;
use crate::backend::Ask;
use crate::index::request::{Duplicates, FacetField, Facets as Counts, FacetsRequest};
use crate::output::{Bar, bars, disarmed};
use clap::Args;
use clap::builder::PossibleValuesParser;
use std::io::Write;

/// Count the values of a field
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  dateline facets person 'climate summit'
  dateline facets source --from 2024
  dateline facets place 'person:Merkel' -n 20 --format csv")]
pub struct Facets {
    /// What to count the values of
    #[arg(value_parser = PossibleValuesParser::new(FacetField::ALL.map(FacetField::as_str)))]
    field: String,
    /// What to count over; everything without it
    #[arg(value_name = "QUERY")]
    query: Vec<String>,
    #[command(flatten)]
    index: IndexFlag,
    /// Number of values
    #[arg(long, short = 'n', value_name = "N", default_value_t = 10)]
    limit: usize,
    #[command(flatten)]
    filters: FilterFlags,
    #[command(flatten)]
    matching: QueryFlags,
    #[command(flatten)]
    clock: ClockFlags,
    #[command(flatten)]
    time: TimeFlag,
    /// Disarm cells that a spreadsheet would take for formulas
    #[arg(long)]
    csv_safe: bool,
    #[arg(long, short = 'f', value_name = "FORM", value_parser = ["text", "json", "csv", "tsv"], default_value = "text")]
    format: String,
}

impl Facets {
    pub fn run(self, console: &Console) -> Ending {
        let text = self.query.join(" ");
        let in_query = |e| Stop::Query(e, text.clone());
        let mut ask = Ask {
            limit: Some(self.limit),
            ..Ask::default()
        };
        self.filters.fill(&mut ask)?;
        self.matching.fill(&mut ask)?;
        let mut base = ask
            .request(&text, &counting(), &self.clock.clock()?, true)
            .map_err(in_query)?;
        let mut known = FacetField::ALL.into_iter();
        let field = known
            .find(|field| field.as_str() == self.field)
            .unwrap_or(FacetField::Entity);
        let backend = place::open(&self.index)?;
        base.deadline = self.time.deadline();
        let counts = backend
            .facets(&FacetsRequest { base, field })
            .map_err(in_query)?;
        match self.format.as_str() {
            "json" => {
                let mut out = console.raw_out();
                serde_json::to_writer_pretty(&mut out, &counts)?;
                out.write_all(b"\n")?;
                out.flush()?;
                return Ok(Exit::Done);
            }
            "csv" => table(&counts, b',', self.csv_safe, console)?,
            "tsv" => table(&counts, b'\t', self.csv_safe, console)?,
            _ => {
                let mut bytes = Vec::new();
                let list = listed(&counts, self.matching.duplicates());
                bars(&list, &console.style(), &mut bytes)?;
                console.page(&bytes)?;
                let total = counts.unit.counted(counts.total);
                console.say(&format!("{total}, {} without", counts.missing));
            }
        }
        for note in &counts.notes {
            console.note("note", &note.message);
        }
        Ok(Exit::Done)
    }
}

fn listed(counts: &Counts, duplicates: Option<Duplicates>) -> Vec<Bar> {
    let several = counts.field == FacetField::Entity;
    let values = counts.values.iter();
    values
        .map(|value| Bar {
            label: match several {
                true => format!("{} ({})", value.value, value.kind),
                false => value.value.clone(),
            },
            count: value.count,
            remark: copies(value.copies, duplicates),
        })
        .collect()
}

fn table(counts: &Counts, delimiter: u8, safe: bool, console: &Console) -> Result<(), Stop> {
    let failed = |e: csv::Error| Stop::from(std::io::Error::from(e));
    let mut writer = csv::WriterBuilder::new()
        .delimiter(delimiter)
        .from_writer(console.raw_out());
    writer
        .write_record(["value", "type", "count", "copies"])
        .map_err(failed)?;
    for value in &counts.values {
        let (count, copies) = (value.count.to_string(), value.copies.to_string());
        writer
            .write_record([
                &disarmed(&value.value, safe),
                value.kind.as_str(),
                &count,
                &copies,
            ])
            .map_err(failed)?;
    }
    writer.flush()?;
    Ok(())
}
