//! Entities and dates of texts that are in no index.

use crate::analyze::{self, Lang};
use crate::article::{Precision, Provenance};
use crate::date;
use crate::entity::Recognizer;
use crate::error::json_reason;
use crate::output::{ShownDate, ShownEntity, shown_dates, shown_entities};
use crate::read::published;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Map, Value};
use std::io::{BufRead, Read};

/// Longest row, in bytes.
const MAX_ROW_BYTES: u64 = 64 << 20;

/// A text to annotate.
#[derive(Clone, Debug, Default)]
pub struct Text {
    /// Printed as it is; null if the row has none.
    pub id: Value,
    pub text: String,
    /// Evidence for names, like the text; nothing in it is printed.
    pub title: Option<String>,
    /// Relative dates count from it; without it they are left out.
    pub published: Option<Date>,
    /// ISO 639; detected if `None`.
    pub lang: Option<String>,
}

/// What was found in a text; offsets are its bytes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Annotated {
    schema_version: u32,
    pub id: Value,
    pub entities: Vec<ShownEntity>,
    pub dates: Vec<ShownDate>,
}

/// A row that is no text.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BadText {
    schema_version: u32,
    pub id: Value,
    pub error: String,
    /// From 1.
    pub line: u64,
}

/// Finds the names and dates of a text.
pub fn annotate(text: &Text) -> Annotated {
    let lang = text
        .lang
        .as_deref()
        .and_then(Lang::new)
        .or_else(|| analyze::detect(&text.text))
        .unwrap_or(Lang::ENGLISH);
    let blocks = [text.title.as_deref().unwrap_or(""), &text.text];
    let mentions = Recognizer::shipped().find(&blocks, lang.as_str()).pop();
    let dates = date::find(&text.text, lang.as_str(), text.published);
    Annotated {
        schema_version: crate::index::request::SCHEMA_VERSION,
        id: text.id.clone(),
        entities: shown_entities(&text.text, &mentions.unwrap_or_default()),
        dates: shown_dates(&text.text, &dates),
    }
}

/// The day that `text` names; `None` where it is no date, or less precise than a day.
pub fn day(text: &str) -> Option<Date> {
    let published = published::parse(text.trim(), None, Provenance::Field).ok()?;
    let is_day = matches!(published.precision, Precision::Day | Precision::Second);
    is_day.then(|| published.at.date())
}

/// Reads JSON Lines with the keys `id`, `text`, `published`, `lang`, `title`, one row at a time.
///
/// Blank lines are passed over. A row that is too long, no object, or without a text is an `Err`;
/// the rows after it are read. A `published` of which only year or month is known anchors nothing.
pub fn rows(mut reader: impl BufRead) -> impl Iterator<Item = Result<Text, BadText>> {
    let mut line = 0;
    let mut ended = false;
    std::iter::from_fn(move || {
        while !ended {
            line += 1;
            let mut bytes = Vec::new();
            let mut limited = (&mut reader).take(MAX_ROW_BYTES + 1);
            match limited.read_until(b'\n', &mut bytes) {
                Ok(0) => return None,
                Ok(_) if bytes.len() as u64 > MAX_ROW_BYTES => {
                    // What follows on this line would be read as rows of its own.
                    ended = true;
                    return Some(Err(bad(
                        line,
                        Value::Null,
                        format!("longer than {MAX_ROW_BYTES} bytes"),
                    )));
                }
                Ok(_) => {}
                Err(e) => {
                    ended = true;
                    return Some(Err(bad(line, Value::Null, format!("cannot be read: {e}"))));
                }
            }
            let bytes = match line {
                1 => bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes),
                _ => &bytes,
            };
            if !bytes.trim_ascii().is_empty() {
                return Some(row(bytes, line));
            }
        }
        None
    })
}

fn row(bytes: &[u8], line: u64) -> Result<Text, BadText> {
    let mut object: Map<String, Value> = match serde_json::from_slice(bytes) {
        Ok(Value::Object(object)) => object,
        Ok(_) => {
            let error = "not a JSON object; expected {\"id\":…,\"text\":…}".to_owned();
            return Err(bad(line, Value::Null, error));
        }
        Err(e) => {
            return Err(bad(
                line,
                Value::Null,
                format!("not JSON: {}", json_reason(&e)),
            ));
        }
    };
    let id = object.remove("id").unwrap_or(Value::Null);
    let mut string = |key: &str| match object.remove(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(bad(line, id.clone(), format!("{key} is not a string"))),
    };
    let text = string("text")?;
    let title = string("title")?;
    let lang = string("lang")?;
    let published = match string("published")? {
        None => None,
        Some(given) if given.trim().is_empty() => None,
        Some(given) => match published::parse(given.trim(), lang.as_deref(), Provenance::Field) {
            Ok(found) if found.precision >= Precision::Day => Some(found.at.date()),
            Ok(_) => None,
            Err(reason) => return Err(bad(line, id, format!("published: {reason}"))),
        },
    };
    match text {
        Some(text) => Ok(Text {
            id,
            text,
            title,
            published,
            lang,
        }),
        None => Err(bad(line, id, "no text; expected a key \"text\"".to_owned())),
    }
}

fn bad(line: u64, id: Value, error: String) -> BadText {
    BadText {
        schema_version: crate::index::request::SCHEMA_VERSION,
        id,
        error,
        line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[test]
    fn bad_rows_are_named_and_the_rest_is_read() {
        let input = "{\"id\":1,\"text\":\"a\",\"published\":\"2024-07-14T10:00:00Z\"}\n\n[]\n{\"id\":\"x\"}\n\
                     {\"text\":\"b\",\"published\":\"2024\"}\n{\"text\":\"b\",\"published\":\"yesterday-ish\"}\n{";
        let found: Vec<_> = rows(Cursor::new(input)).collect();
        assert_eq!(found.len(), 6);
        let first = found[0].as_ref().expect("a text");
        assert_eq!(first.published, Some(Date::constant(2024, 7, 14)));
        assert_eq!(first.id, Value::from(1));
        let lines: Vec<u64> = found
            .iter()
            .filter_map(|r| r.as_ref().err())
            .map(|b| b.line)
            .collect();
        assert_eq!(lines, [3, 4, 6, 7]);
        assert_eq!(found[3].as_ref().map(|t| t.published).ok(), Some(None));
    }

    #[test]
    fn an_object_has_every_key() {
        let done = serde_json::to_value(annotate(&Text::default())).expect("JSON");
        let keys = ["schema_version", "id", "entities", "dates"];
        assert!(keys.iter().all(|key| done.get(key).is_some()), "{done}");
    }
}
