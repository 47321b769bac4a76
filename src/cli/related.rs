//! `related`: background for an article.

use super::console::Console;
use super::exit::{Ending, Exit};
use super::find::{find, unknown};
use super::flags::{ClockFlags, FilterFlags, HitFlags, IndexFlag, QueryFlags, TimeFlag};
use super::form::{self, FormFlags};
use super::place;
use crate::article::Article;
use crate::backend::{Ask, Backend, Defaults};
use crate::error::{Error, Result};
use crate::index::request::{Duplicates, Hit, SCHEMA_VERSION, Unit};
use crate::output::{Answer, Form};
use crate::query::Note;
use crate::read::{Options, Outcome, identify, read_file, read_stream};
use clap::Args;
use serde::Serialize;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::Path;

/// Find background for an article: articles on its subject, from before it
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  dateline related 3                           background for the third hit of the last search
  dateline related draft.txt --from 2020       for an article that is in no index
  dateline related wire/2025/0315.txt -n 5 --format ids")]
pub struct Related {
    /// An id, the number of a hit of the last search, a file, or - for standard input
    #[arg(value_name = "ID|FILE|-")]
    article: String,
    #[command(flatten)]
    index: IndexFlag,
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
    #[command(flatten)]
    time: TimeFlag,
}

#[derive(Serialize)]
struct Object<'a> {
    schema_version: u32,
    article: &'a str,
    notes: &'a [Note],
    hits: &'a [Hit],
}

impl Related {
    pub fn run(self, console: &Console) -> Ending {
        let form = self.form.form(Form::Text);
        let mut ask = Ask::default();
        self.filters.fill(&mut ask)?;
        self.matching.fill(&mut ask)?;
        self.hits.fill(&mut ask)?;
        let base = Defaults {
            unit: Unit::Article,
            duplicates: Duplicates::Show,
            ..Defaults::default()
        };
        let defaults = self.form.defaults(form, base);
        let mut request = ask.request("", &defaults, &self.clock.clock()?, true)?;
        let backend = place::open(&self.index)?;
        let Some(article) = self.article(backend.as_ref())? else {
            console.trouble(&unknown(backend.as_ref(), &self.article)?);
            return Ok(Exit::Nothing);
        };
        request.deadline = self.time.deadline();
        let results = backend.related(&article, &request)?;
        let mut out = form::out(form, console);
        if form == Form::Json {
            let object = Object {
                schema_version: SCHEMA_VERSION,
                article: &article.id,
                notes: &results.notes,
                hits: &results.hits,
            };
            serde_json::to_writer_pretty(&mut out, &object)?;
            out.write_all(b"\n")?;
        } else {
            let printer = self
                .form
                .printer(form, false, &article.id, console, backend.as_ref())?;
            printer.begin(&mut out)?;
            printer.answer(&Answer::new(None, &request, &results), &mut out)?;
            printer.end(&mut out)?;
            for note in results.notes.iter().filter(|note| !note.is_late()) {
                console.note("note", &note.message);
            }
        }
        out.flush()?;
        let found = match results.hits.is_empty() {
            true => Exit::Nothing,
            false => Exit::Done,
        };
        Ok(found.max(TimeFlag::exit(&results.notes, console)))
    }

    fn article(&self, backend: &dyn Backend) -> Result<Option<Article>> {
        let name = self.article.as_str();
        if name != "-" {
            if let Some(found) = find(backend, name)? {
                return Ok(Some(found.shown.article));
            }
            if !Path::new(name).is_file() {
                return Ok(None);
            }
        }
        let mut first: Option<std::result::Result<Article, Error>> = None;
        let mut take = |outcome: Outcome| {
            first = Some(match outcome.result {
                Ok(mut article) => {
                    article.id = identify(&article, &outcome.path);
                    Ok(article)
                }
                Err(trouble) => Err(trouble.into_error(&outcome.path)),
            });
            ControlFlow::Break(())
        };
        let options = Options::default();
        let _ = match name {
            "-" => read_stream("-", std::io::stdin().lock(), &options, &mut take),
            file => read_file(Path::new(file), file, &options, &mut take),
        };
        match first {
            Some(result) => result.map(Some),
            None => Err(Error::record(name, "no article in it")),
        }
    }
}
