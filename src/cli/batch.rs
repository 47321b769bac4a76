//! `batch`: many queries.

use super::console::Console;
use super::exit::{Ending, Exit};
use super::flags::{
    ClockFlags, FilterFlags, HitFlags, IndexFlag, QueryFlags, TopicFlags, duration,
};
use super::form::{self, FormFlags};
use super::progress::Bar;
use super::{files, interrupt, place};
use crate::backend::{Ask, Defaults};
use crate::batch::{Batch as Run, TopicFormat};
use crate::index::request::Duplicates;
use crate::output::Form;
use clap::Args;
use std::io::Write;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Answer many queries
#[derive(Args, Debug)]
#[command(after_help = "\
TSV:    ID<TAB>QUERY, or one query a line (its id is the line number)
CSV:    with a header: id,query and any of the keys below
JSONL:  {\"id\":…, \"query\":…} and any of from, to, about, as_of, person, org, place, entity, source, lang,
        limit, offset, unit, sort, match, duplicates, now, literal; a row beats a flag
TREC:   <top> with <num>, <title>, <desc>, <narr>; every character of a topic is text

Answers come in the order of the rows, whatever the number of threads. A row that fails is an error row
(in trec, ids and paths a line on standard error alone), and the exit code is 3.

Examples:
  dateline batch topics.tsv > answers.jsonl
  dateline batch topics.trec --topic-field title,desc --format trec --tag myrun > my.run
  printf 'floods\\nheat wave\\n' | dateline batch - --format csv -n 3")]
pub struct Batch {
    /// Topics, perhaps gzipped; - is standard input
    file: PathBuf,
    #[command(flatten)]
    index: IndexFlag,
    #[command(flatten)]
    topics: TopicFlags,
    #[command(flatten)]
    filters: FilterFlags,
    #[command(flatten)]
    matching: QueryFlags,
    #[command(flatten)]
    hits: HitFlags,
    #[command(flatten)]
    form: FormFlags,
    #[command(flatten)]
    clock: ClockFlags,
    /// Threads [default: all cores]
    #[arg(
        long,
        value_name = "N",
        help_heading = "Limits",
        default_value_t = 0,
        hide_default_value = true
    )]
    threads: usize,
    /// Time for each query; what was found by then is its answer
    #[arg(long, value_name = "TIME", help_heading = "Limits", value_parser = duration)]
    timeout: Option<Duration>,
}

impl Batch {
    pub fn run(self, console: &Console) -> Ending {
        let form = self.form.form(Form::Jsonl);
        let mut ask = Ask::default();
        self.filters.fill(&mut ask)?;
        self.matching.fill(&mut ask)?;
        self.hits.fill(&mut ask)?;
        let clock = self.clock.clock()?;
        let place = files::name(&self.file);
        let (mut topics, format) = self.topics.open(&self.file)?;
        if format == TopicFormat::Trec && ask.literal.is_none() {
            ask.literal = Some(true);
        }
        let base = Defaults {
            duplicates: Duplicates::Show,
            ..Defaults::default()
        };
        let defaults = self.form.defaults(form, base);
        // A flag's value that no row can repair is an error of the command.
        ask.request("x", &defaults, &clock, true)?;
        let backend = place::open(&self.index)?;
        let printer = self
            .form
            .printer(form, true, &place, console, backend.as_ref())?;
        let run = Run {
            backend: backend.as_ref(),
            ask: &ask,
            defaults: &defaults,
            clock: &clock,
            printer: printer.as_ref(),
            threads: super::threads(self.threads),
            timeout: self.timeout,
            stop: interrupt::finish(),
        };
        let mut out = form::out(form, console);
        let bar = Bar::rows(console);
        let summary = run.run(&mut topics, &mut out, &mut |done| {
            if let Some(trouble) = done.trouble {
                bar.suspend(|| console.trouble(&format!("{place}, {trouble}")));
            }
            bar.row();
        });
        bar.end();
        let summary = summary?;
        out.flush()?;
        let ignored: Vec<&str> = topics.ignored().collect();
        if !ignored.is_empty() {
            console.note(
                "note",
                &format!("{place}: ignored keys: {}", ignored.join(", ")),
            );
        }
        if summary.answered + summary.failed == 0 && !run.stop.load(Ordering::Relaxed) {
            console.note(
                "warning",
                &format!("{place}: no queries; expected one a line"),
            );
        }
        let mut exit = Exit::Done;
        if summary.failed + summary.cut_short > 0 {
            exit = exit.max(Exit::Partly);
        }
        if summary.index_failed {
            exit = exit.max(Exit::Index);
        }
        Ok(exit)
    }
}
