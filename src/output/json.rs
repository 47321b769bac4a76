//! JSON and JSON Lines.

use super::{Answer, Failure, Printer, shown_by};
use crate::index::request::{Hit, SCHEMA_VERSION, Shown};
use crate::query::Note;
use serde::Serialize;
use serde_json::{Map, Value};
use std::io::{self, Write};

/// The keys of a hit, in their order, without `schema_version`.
pub const HIT_KEYS: [&str; 21] = [
    "rank",
    "score",
    "article",
    "passage",
    "section",
    "title",
    "heading",
    "source",
    "authors",
    "url",
    "path",
    "lang",
    "status",
    "published",
    "text",
    "snippets",
    "entities",
    "dates",
    "duplicates",
    "title_marks",
    "explanation",
];

/// Prints objects: whole (`json`) or a line each (`jsonl`).
#[derive(Clone, Debug, Default)]
pub struct Json {
    /// A line an object; without it one value that holds everything.
    pub lines: bool,
    /// Whether several queries are answered: answers carry their topic's id.
    pub batch: bool,
    /// Keys of a hit to print, in this order; all if empty. `schema_version` always comes first.
    pub fields: Vec<String>,
}

#[derive(Serialize)]
struct Object<'a> {
    schema_version: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    query: &'a str,
    total: u64,
    total_is_exact: bool,
    elapsed_ms: f64,
    notes: &'a [Note],
    hits: Hits<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Hits<'a> {
    Whole(&'a [Hit]),
    Chosen(Vec<Value>),
}

#[derive(Serialize)]
struct FailureObject<'a> {
    schema_version: u32,
    id: Option<&'a str>,
    query: Option<&'a str>,
    error: &'a str,
    line: u64,
}

impl Json {
    fn chosen(&self, hit: &Hit) -> io::Result<Value> {
        let value = serde_json::to_value(hit)?;
        let Value::Object(mut whole) = value else {
            return Ok(value);
        };
        let mut object = Map::new();
        object.insert("schema_version".to_owned(), SCHEMA_VERSION.into());
        for field in &self.fields {
            let value = whole.remove(field).unwrap_or(Value::Null);
            object.entry(field.clone()).or_insert(value);
        }
        Ok(Value::Object(object))
    }
}

impl Printer for Json {
    fn shows(&self) -> Shown {
        match self.fields.as_slice() {
            [] => Shown::ALL,
            fields => shown_by(fields.iter().map(String::as_str)),
        }
    }

    fn begin(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.batch && !self.lines {
            out.write_all(b"[\n")?;
        }
        Ok(())
    }

    fn answer(&self, answer: &Answer<'_>, mut out: &mut dyn Write) -> io::Result<()> {
        let results = answer.results;
        if self.lines && !self.batch {
            for hit in &results.hits {
                if self.fields.is_empty() {
                    serde_json::to_writer(&mut out, hit)?;
                } else {
                    serde_json::to_writer(&mut out, &self.chosen(hit)?)?;
                }
                out.write_all(b"\n")?;
            }
            return Ok(());
        }
        let hits = if self.fields.is_empty() {
            Hits::Whole(&results.hits)
        } else {
            let chosen: io::Result<Vec<Value>> =
                results.hits.iter().map(|hit| self.chosen(hit)).collect();
            Hits::Chosen(chosen?)
        };
        let object = Object {
            schema_version: SCHEMA_VERSION,
            id: answer.topic,
            query: &results.query,
            total: results.total,
            total_is_exact: results.total_is_exact,
            elapsed_ms: (results.elapsed_ms * 1000.0).round() / 1000.0,
            notes: &results.notes,
            hits,
        };
        self.write(&object, out)
    }

    fn failure(&self, failure: &Failure<'_>, out: &mut dyn Write) -> io::Result<()> {
        self.write(
            &FailureObject {
                schema_version: SCHEMA_VERSION,
                id: failure.topic,
                query: failure.query,
                error: failure.error,
                line: failure.line,
            },
            out,
        )
    }

    fn between(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.batch && !self.lines {
            out.write_all(b",\n")?;
        }
        Ok(())
    }

    fn end(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.batch && !self.lines {
            out.write_all(b"\n]\n")?;
        }
        Ok(())
    }
}

impl Json {
    fn write(&self, object: &impl Serialize, mut out: &mut dyn Write) -> io::Result<()> {
        match (self.batch, self.lines) {
            // What follows in the array is `between`'s and `end`'s to write.
            (true, false) => return Ok(serde_json::to_writer(&mut out, object)?),
            (_, true) => serde_json::to_writer(&mut out, object)?,
            (false, false) => serde_json::to_writer_pretty(&mut out, object)?,
        }
        out.write_all(b"\n")
    }
}
