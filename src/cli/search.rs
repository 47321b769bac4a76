//! `search`: ranked passages.

use super::console::Console;
use super::exit::{Ending, Exit, Stop};
use super::flags::{ClockFlags, FilterFlags, HitFlags, IndexFlag, QueryFlags, TimeFlag};
use super::form::{self, FormFlags};
use super::{index, interrupt, last, place};
use crate::backend::{Ask, Backend, Defaults};
use crate::index::location_in;
use crate::index::request::{SearchResults, Unit};
use crate::output::{Answer, Form};
use clap::Args;
use std::io::Write;
use std::path::PathBuf;

/// Find passages
#[derive(Args, Debug)]
#[command(after_help = "\
Words need no operators: each is optional, all are favoured. Beside words:
  \"exact phrase\"  \"near words\"~5  a NEAR/5 b  a SENT b  +must  -not  AND OR NOT ( )  prefix*  wor?d  word~
  title: heading: lead: text: author: source: lang: path: url: id: keyword:
  person: org: place: entity: date: (published)  about: (mentioned in the text)

Examples:
  dateline search --in corpus \"Nissan Sunderland\"        bring a folder's index up to date, and search
  dateline search 'interest rates' --from 2024 --lang de
  dateline search 'person:\"Angela Merkel\" about:2015-07 refugees'
  dateline search '\"climate summit\" -sponsor' --sort newest -n 20
  dateline search floods --format csv > floods.csv
  dateline search 'putin OR selenskyj' --as-of 2022-03-01 --explain
  dateline search floods --format paths -0 | xargs -0 grep -l dam
Then: `dateline show 3` shows the third hit, `dateline open 3` opens it.")]
pub struct Search {
    /// What to look for; several are one query
    #[arg(value_name = "QUERY")]
    query: Vec<String>,
    #[command(flatten)]
    index: IndexFlag,
    /// First bring FOLDER's own index up to date, then search it
    #[arg(long = "in", value_name = "FOLDER")]
    folder: Option<PathBuf>,
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
    #[command(flatten)]
    time: TimeFlag,
    /// Do not remember the ids of the hits for `show N` and `open N`
    #[arg(long, help_heading = "Output")]
    forget: bool,
}

impl Search {
    pub fn run(self, console: &Console) -> Ending {
        let form = self.form.form(Form::Text);
        let text = self.query.join(" ");
        let mut ask = Ask::default();
        self.filters.fill(&mut ask)?;
        self.matching.fill(&mut ask)?;
        self.hits.fill(&mut ask)?;
        let clock = self.clock.clock()?;
        let defaults = self.form.defaults(form, Defaults::default());
        let mut request = ask
            .request(&text, &defaults, &clock, false)
            .map_err(|e| Stop::Query(e, text.clone()))?;
        let mut exit = Exit::Done;
        let backend: Box<dyn Backend> = match &self.folder {
            None => place::open(&self.index)?,
            Some(folder) => {
                let location = match &self.index.index {
                    Some(_) => place::folder(&self.index)?,
                    None => location_in(folder, place::cache().as_deref())?,
                };
                exit = index::bring_up_to_date(&location, folder, self.threads, console)?;
                if interrupt::asked() {
                    return Ok(Exit::Interrupted);
                }
                Box::new(place::open_folder(&location)?)
            }
        };
        let printer = self
            .form
            .printer(form, false, &text, console, backend.as_ref())?;
        request.shown = printer.shows();
        request.deadline = self.time.deadline();
        let results = backend
            .search(&request)
            .map_err(|e| Stop::Query(e, text.clone()))?;
        let answer = Answer::new(None, &request, &results);
        if form == Form::Text {
            let mut bytes = Vec::new();
            match request.limit {
                0 => writeln!(bytes, "{}", results.total)?,
                _ => printer.answer(&answer, &mut bytes)?,
            }
            console.page(&bytes)?;
        } else {
            let mut out = form::out(form, console);
            printer.begin(&mut out)?;
            printer.answer(&answer, &mut out)?;
            printer.end(&mut out)?;
            out.flush()?;
        }
        let cut = TimeFlag::exit(&results.notes, console);
        report(console, form, request.unit, &results, cut == Exit::Partly);
        if form == Form::Text && !self.forget {
            last::remember(&results.hits);
        }
        if results.total == 0 && results.hits.is_empty() {
            exit = exit.max(Exit::Nothing);
        }
        Ok(exit.max(cut))
    }
}

/// Notes and the count, on standard error; JSON holds its own. That the time ran out is said already.
fn report(console: &Console, form: Form, unit: Unit, results: &SearchResults, is_cut: bool) {
    if form != Form::Json {
        for note in results.notes.iter().filter(|note| !note.is_late()) {
            console.note("note", &note.message);
        }
    }
    if form != Form::Text {
        return;
    }
    if results.total > 0 {
        let at_least = if results.total_is_exact {
            ""
        } else {
            "at least "
        };
        let shown = results.hits.len();
        let (total, elapsed) = (unit.counted(results.total), results.elapsed_ms);
        console.say(&format!("{shown} of {at_least}{total}, {elapsed:.1} ms"));
    } else if !is_cut {
        console.say("nothing matched");
    }
}
