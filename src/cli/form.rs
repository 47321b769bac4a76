//! The form of answers, for every command that prints hits.

use super::console::Console;
use super::place;
use crate::backend::Backend;
use crate::backend::Defaults;
use crate::error::{Error, Result};
use crate::index::request::{Duplicates, Hit, Unit};
use crate::output::{Form, HIT_KEYS, Html, Ids, Json, Paths, Printer, Table, Text, Trec};
use clap::Args;
use std::io::Write;

/// Hits of a TREC run unless told otherwise, as Anserini has it.
const TREC_LIMIT: usize = 1000;

/// How answers are printed.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Output")]
pub struct FormFlags {
    /// Form of the answers
    #[arg(long, short = 'f', value_name = "FORM", value_parser = ["text", "json", "jsonl", "csv", "tsv", "trec", "ids", "paths", "html"])]
    format: Option<String>,
    /// Keys of a hit (json, jsonl) or columns (csv, tsv) to print, in this order
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    fields: Vec<String>,
    /// End ids and paths with NUL instead of a line feed
    #[arg(long = "null", short = '0')]
    null: bool,
    /// Disarm cells that a spreadsheet would take for formulas
    #[arg(long)]
    csv_safe: bool,
    /// Last column of trec
    #[arg(
        long,
        value_name = "TAG",
        default_value = "dateline",
        hide_short_help = true
    )]
    tag: String,
    /// Show N neighbouring passages before and after each hit (text)
    #[arg(
        long,
        short = 'C',
        value_name = "N",
        default_value_t = 0,
        hide_default_value = true
    )]
    context: usize,
}

impl FormFlags {
    /// The form that was asked for.
    pub fn form(&self, default: Form) -> Form {
        self.format
            .as_deref()
            .and_then(Form::named)
            .unwrap_or(default)
    }

    /// The defaults of a command that print passages, as this form changes them.
    pub fn defaults(&self, form: Form, base: Defaults) -> Defaults {
        let mut defaults = base;
        if form.lists_articles() {
            defaults.unit = Unit::Article;
            defaults.duplicates = Duplicates::Show;
        }
        if form == Form::Trec {
            defaults.limit = TREC_LIMIT;
        }
        defaults
    }

    /// The printer; `batch` for several queries, `title` for a page's.
    pub fn printer<'a>(
        &'a self,
        form: Form,
        batch: bool,
        title: &str,
        console: &Console,
        backend: &'a dyn Backend,
    ) -> Result<Box<dyn Printer + 'a>> {
        self.check(form)?;
        Ok(match form {
            Form::Text => Box::new(Text {
                style: console.style(),
                target: Box::new(|hit| target(hit, backend)),
                neighbours: Box::new(|hit| self.neighbours(hit, backend)),
            }),
            Form::Json | Form::Jsonl => Box::new(Json {
                lines: form == Form::Jsonl,
                batch,
                fields: self.fields.clone(),
            }),
            Form::Csv | Form::Tsv => {
                let mut table = Table::new(form == Form::Tsv);
                table.safe = self.csv_safe;
                if !self.fields.is_empty() {
                    table.columns.clone_from(&self.fields);
                }
                Box::new(table)
            }
            Form::Trec => Box::new(Trec {
                tag: self.tag.clone(),
            }),
            Form::Ids => Box::new(Ids { nul: self.null }),
            Form::Paths => Box::new(Paths {
                locate: Box::new(|hit| match backend.file(&hit.path) {
                    Some(file) => place::shown(&file),
                    None => hit.path.clone(),
                }),
                nul: self.null,
            }),
            Form::Html => Box::new(Html {
                title: title.to_owned(),
                lang: "en".to_owned(),
            }),
        })
    }

    fn check(&self, form: Form) -> Result<()> {
        let known = |field: &String| match form {
            Form::Json | Form::Jsonl => HIT_KEYS.contains(&field.as_str()),
            Form::Csv | Form::Tsv => Table::knows(field),
            _ => false,
        };
        let Some(unknown) = self.fields.iter().find(|field| !known(field)) else {
            return Ok(());
        };
        Err(Error::Usage(match form {
            Form::Json | Form::Jsonl => format!(
                "--fields {unknown:?}: no such key; expected some of {}",
                HIT_KEYS.join(", ")
            ),
            Form::Csv | Form::Tsv => format!(
                "--fields {unknown:?}: no such column; expected some of {}",
                Table::all_columns().join(", ")
            ),
            _ => "--fields goes with --format json, jsonl, csv or tsv".to_owned(),
        }))
    }

    fn neighbours(&self, hit: &Hit, backend: &dyn Backend) -> Vec<crate::passage::Passage> {
        if self.context == 0 {
            return Vec::new();
        }
        let Ok(Some(shown)) = backend.article(&hit.article) else {
            return Vec::new();
        };
        let at = hit.passage as usize;
        let range = at.saturating_sub(self.context)..=at.saturating_add(self.context);
        let near = shown.passages.into_iter();
        near.filter(|p| range.contains(&(p.ordinal as usize)))
            .collect()
    }
}

/// Where a hit's title leads: its page, else its file.
fn target(hit: &Hit, backend: &dyn Backend) -> Option<String> {
    if let Some(url) = &hit.url {
        return Some(url.clone());
    }
    let file = backend.file(&hit.path)?;
    let absolute = std::path::absolute(file).ok()?;
    Some(format!("file://{}", absolute.display()))
}

/// Standard output for a form.
pub fn out(form: Form, console: &Console) -> Box<dyn Write> {
    match form {
        Form::Text => console.out(),
        _ => console.raw_out(),
    }
}
