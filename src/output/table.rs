//! CSV and TSV.

use super::{Answer, ONLY_TOPIC, Printer, shown_by};
use crate::index::request::{Hit, Shown};
use std::borrow::Cow;
use std::io::{self, Write};

/// The columns of CSV and TSV unless `--fields` says otherwise.
pub const COLUMNS: [&str; 10] = [
    "query_id",
    "rank",
    "score",
    "article",
    "passage",
    "title",
    "published",
    "source",
    "path",
    "snippet",
];

/// Further columns that `--fields` may name.
const MORE_COLUMNS: [&str; 10] = [
    "section",
    "heading",
    "authors",
    "url",
    "lang",
    "status",
    "text",
    "entities",
    "dates",
    "duplicates",
];

/// Prints a header and a row a hit.
///
/// CSV is quoted as RFC 4180 says, with line feeds between rows. TSV knows no quotes: tabs and line
/// breaks within a value become one space each. Lists are joined by `; `, snippets by ` … `.
#[derive(Clone, Debug)]
pub struct Table {
    /// Tabs between columns instead of commas and quotes.
    pub tabs: bool,
    pub columns: Vec<String>,
    /// Values are [`disarmed`]. Off by default: a file for programs holds what was found.
    pub safe: bool,
}

impl Table {
    /// The columns of the contract.
    pub fn new(tabs: bool) -> Self {
        Self {
            tabs,
            columns: COLUMNS.map(str::to_owned).to_vec(),
            safe: false,
        }
    }

    /// Whether a column of that name exists.
    pub fn knows(column: &str) -> bool {
        COLUMNS.contains(&column) || MORE_COLUMNS.contains(&column)
    }

    /// Every column that `--fields` may name.
    pub fn all_columns() -> Vec<&'static str> {
        COLUMNS.into_iter().chain(MORE_COLUMNS).collect()
    }

    fn row<'a>(
        &self,
        values: impl Iterator<Item = &'a str>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        for (at, value) in values.enumerate() {
            if at > 0 {
                out.write_all(if self.tabs { b"\t" } else { b"," })?;
            }
            let value = disarmed(value, self.safe);
            if self.tabs {
                let flat = value.replace("\r\n", " ").replace(['\t', '\n', '\r'], " ");
                out.write_all(flat.as_bytes())?;
            } else if value.contains(['"', ',', '\n', '\r']) {
                write!(out, "\"{}\"", value.replace('"', "\"\""))?;
            } else {
                out.write_all(value.as_bytes())?;
            }
        }
        out.write_all(b"\n")
    }
}

/// With `safe`, an apostrophe before what a spreadsheet would run as a formula: `=`, `+`, `-`, `@`, tab
/// or carriage return in front.
pub fn disarmed(value: &str, safe: bool) -> Cow<'_, str> {
    match safe && value.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => Cow::Owned(format!("'{value}")),
        false => Cow::Borrowed(value),
    }
}

impl Printer for Table {
    fn shows(&self) -> Shown {
        shown_by(self.columns.iter().map(String::as_str))
    }

    fn begin(&self, out: &mut dyn Write) -> io::Result<()> {
        self.row(self.columns.iter().map(String::as_str), out)
    }

    fn answer(&self, answer: &Answer<'_>, out: &mut dyn Write) -> io::Result<()> {
        let topic = answer.topic.unwrap_or(ONLY_TOPIC);
        for hit in &answer.results.hits {
            let values: Vec<String> = self.columns.iter().map(|c| value(c, topic, hit)).collect();
            self.row(values.iter().map(String::as_str), out)?;
        }
        Ok(())
    }
}

fn value(column: &str, topic: &str, hit: &Hit) -> String {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    match column {
        "query_id" => topic.to_owned(),
        "rank" => hit.rank.to_string(),
        "score" => hit.score.to_string(),
        "article" => hit.article.clone(),
        "passage" => hit.passage.to_string(),
        "section" => hit.section.to_string(),
        "title" => text(&hit.title),
        "heading" => text(&hit.heading),
        "source" => text(&hit.source),
        "authors" => hit.authors.join("; "),
        "url" => text(&hit.url),
        "path" => hit.path.clone(),
        "lang" => text(&hit.lang),
        "status" => text(&hit.status),
        "published" => text(&hit.published),
        "text" => hit.text.clone(),
        "snippet" => {
            let windows: Vec<&str> = hit.snippets.iter().map(|s| s.text.as_str()).collect();
            windows.join(" … ")
        }
        "entities" => {
            let names: Vec<&str> = hit.entities.iter().map(|e| e.name.as_str()).collect();
            names.join("; ")
        }
        "dates" => {
            let days: Vec<String> = (hit.dates.iter())
                .map(|d| format!("{}..{}", d.from, d.to))
                .collect();
            days.join("; ")
        }
        "duplicates" => hit.duplicates.to_string(),
        _ => String::new(),
    }
}
