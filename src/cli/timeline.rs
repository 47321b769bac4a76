//! `timeline`: counts over time.

use super::console::{Console, copies};
use super::exit::{Ending, Exit, Stop};
use super::flags::{ClockFlags, FilterFlags, IndexFlag, QueryFlags, TimeFlag};
use super::place;
use crate::backend::{Ask, Backend, Clock, Defaults};
use crate::index::request::{Duplicates, Period, Timeline as Counts, TimelineRequest, Unit};
use crate::output::{Bar, bars};
use crate::query::{Axis, Match};
use clap::Args;
use std::collections::BTreeMap;
use std::io::Write;

/// Count over time
#[derive(Args, Debug)]
#[command(after_help = "\
Buckets without a match are shown too. `share` is the part of the archive's units in a bucket that match.

Examples:
  dateline timeline 'heat wave' --by month
  dateline timeline brexit --axis mentioned --by year      what years the passages speak of
  dateline timeline --compare inflation recession --from 2021 --by month
  dateline timeline floods --format csv > floods.csv")]
pub struct Timeline {
    /// What to count; everything without it
    #[arg(value_name = "QUERY", conflicts_with = "compare")]
    query: Vec<String>,
    #[command(flatten)]
    index: IndexFlag,
    /// Length of a bucket
    #[arg(long, value_parser = ["day", "week", "month", "year"], default_value = "month")]
    by: String,
    /// By day of publication, or by the days that the text mentions
    #[arg(long, value_parser = ["published", "mentioned"], default_value = "published")]
    axis: String,
    /// Two queries side by side
    #[arg(long, num_args = 2, value_names = ["QUERY", "QUERY"])]
    compare: Option<Vec<String>>,
    #[command(flatten)]
    filters: FilterFlags,
    #[command(flatten)]
    matching: QueryFlags,
    #[command(flatten)]
    clock: ClockFlags,
    #[command(flatten)]
    time: TimeFlag,
    #[arg(long, short = 'f', value_name = "FORM", value_parser = ["text", "json", "csv", "tsv"], default_value = "text")]
    format: String,
}

impl Timeline {
    pub fn run(self, console: &Console) -> Ending {
        let clock = self.clock.clock()?;
        let backend = place::open(&self.index)?;
        let queries = match &self.compare {
            Some(two) => two.clone(),
            None => vec![self.query.join(" ")],
        };
        let mut counted = Vec::new();
        for text in &queries {
            counted.push(self.count(text, &clock, backend.as_ref())?);
        }
        match self.format.as_str() {
            "json" => {
                let mut out = console.raw_out();
                match counted.as_slice() {
                    [one] => serde_json::to_writer_pretty(&mut out, one)?,
                    several => serde_json::to_writer_pretty(&mut out, several)?,
                }
                out.write_all(b"\n")?;
                out.flush()?;
            }
            "csv" => table(&counted, b',', console)?,
            "tsv" => table(&counted, b'\t', console)?,
            _ => self.text(&counted, console)?,
        }
        if self.format != "json" {
            for note in counted.iter().flat_map(|c| &c.notes) {
                console.note("note", &note.message);
            }
        }
        Ok(Exit::Done)
    }

    fn count(&self, text: &str, clock: &Clock, backend: &dyn Backend) -> Result<Counts, Stop> {
        let mut ask = Ask::default();
        self.filters.fill(&mut ask)?;
        self.matching.fill(&mut ask)?;
        let mut base = ask
            .request(text, &counting(), clock, true)
            .map_err(|e| Stop::Query(e, text.to_owned()))?;
        base.deadline = self.time.deadline();
        let request = TimelineRequest {
            base,
            axis: match self.axis.as_str() {
                "mentioned" => Axis::Mentioned,
                _ => Axis::Published,
            },
            by: match self.by.as_str() {
                "day" => Period::Day,
                "week" => Period::Week,
                "year" => Period::Year,
                _ => Period::Month,
            },
        };
        backend
            .timeline(&request)
            .map_err(|e| Stop::Query(e, text.to_owned()))
    }

    fn text(&self, timelines: &[Counts], console: &Console) -> Result<(), Stop> {
        // Label and query number of each bar: two timelines alternate.
        let mut list: BTreeMap<(jiff::civil::Date, usize), Bar> = BTreeMap::new();
        for (number, counts) in timelines.iter().enumerate() {
            for bucket in &counts.buckets {
                let label = match timelines.len() {
                    1 => bucket.label(),
                    _ => format!("{} {}", bucket.label(), counts.query),
                };
                let bar = Bar {
                    label,
                    count: bucket.count,
                    remark: copies(bucket.copies, self.matching.duplicates()),
                };
                list.insert((bucket.from, number), bar);
            }
        }
        let list: Vec<Bar> = list.into_values().collect();
        let mut bytes = Vec::new();
        bars(&list, &console.style(), &mut bytes)?;
        console.page(&bytes)?;
        for counts in timelines {
            let query = match timelines.len() {
                1 => String::new(),
                _ => format!("{}: ", counts.query),
            };
            console.say(&format!("{query}{}", counts.unit.counted(counts.total)));
        }
        Ok(())
    }
}

/// The defaults of commands that count.
pub fn counting() -> Defaults {
    Defaults {
        unit: Unit::Article,
        matching: Match::All,
        duplicates: Duplicates::Show,
        limit: 10,
    }
}

fn table(counted: &[Counts], delimiter: u8, console: &Console) -> Result<(), Stop> {
    let failed = |e: csv::Error| Stop::from(std::io::Error::from(e));
    let mut writer = csv::WriterBuilder::new()
        .delimiter(delimiter)
        .from_writer(console.raw_out());
    let header = ["from", "to", "label", "count", "copies", "share"];
    let several = counted.len() > 1;
    let query_column = several.then_some("query");
    writer
        .write_record(query_column.into_iter().chain(header))
        .map_err(failed)?;
    for counts in counted {
        for bucket in &counts.buckets {
            let (count, copies) = (bucket.count.to_string(), bucket.copies.to_string());
            let share = format!("{:.6}", bucket.share);
            let (from, to) = (bucket.from.to_string(), bucket.to.to_string());
            let row = [&from, &to, &bucket.label(), &count, &copies, &share];
            let query = several.then_some(&counts.query);
            writer
                .write_record(query.into_iter().chain(row))
                .map_err(failed)?;
        }
    }
    writer.flush()?;
    Ok(())
}
