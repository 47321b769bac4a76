//! Topics: TSV, CSV, JSON Lines (TREC's in `trec`).

use super::trec::{Block, Blocks};
use crate::backend::Ask;
use crate::error::{Error, Result, json_reason};
use serde_json::{Map, Value};
use std::collections::{BTreeSet, HashSet};
use std::io::{BufRead, Read};
use xxhash_rust::xxh3::xxh3_128;

/// Longest row, in bytes; a longer one is an error row.
pub(super) const MAX_ROW_BYTES: usize = 1 << 20;

/// Ignored keys that are remembered for the note.
const MAX_IGNORED: usize = 20;

/// Keys of a row besides its id and query, as the contract lists them.
const FILTERS: [&str; 19] = [
    "from",
    "to",
    "about",
    "as_of",
    "person",
    "org",
    "place",
    "entity",
    "source",
    "not_source",
    "lang",
    "limit",
    "offset",
    "unit",
    "sort",
    "match",
    "duplicates",
    "now",
    "literal",
];
const ID_KEYS: [&str; 3] = ["id", "qid", "query_id"];
const QUERY_KEYS: [&str; 4] = ["query", "text", "title", "topic"];

/// The formats of topics files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TopicFormat {
    Tsv,
    Jsonl,
    Csv,
    Trec,
}

impl TopicFormat {
    /// The format of that name.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "tsv" => Some(Self::Tsv),
            "jsonl" => Some(Self::Jsonl),
            "csv" => Some(Self::Csv),
            "trec" => Some(Self::Trec),
            _ => None,
        }
    }
}

/// Guesses a format: by first bytes where they can be nothing else, by name, by the first line.
pub fn guess(name: &str, head: &[u8]) -> TopicFormat {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let text = head.trim_ascii_start();
    if text.starts_with(b"{") {
        return TopicFormat::Jsonl;
    }
    if text.len() >= 4 && text[..4].eq_ignore_ascii_case(b"<top") {
        return TopicFormat::Trec;
    }
    let name = name.strip_suffix(".gz").unwrap_or(name);
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("tsv") => return TopicFormat::Tsv,
        Some("csv") => return TopicFormat::Csv,
        Some("jsonl" | "ndjson" | "json") => return TopicFormat::Jsonl,
        Some("trec" | "topics") => return TopicFormat::Trec,
        _ => {}
    }
    let line = text.split(|b| *b == b'\n').next().unwrap_or(text);
    let has_query_column = || {
        let mut cells = line.split(|b| *b == b',');
        cells.any(|cell| cell.trim_ascii().eq_ignore_ascii_case(b"query"))
    };
    if !line.contains(&b'\t') && line.contains(&b',') && has_query_column() {
        TopicFormat::Csv
    } else {
        TopicFormat::Tsv
    }
}

/// One query of a topics file.
#[derive(Clone, Debug, PartialEq)]
pub struct Topic {
    pub id: String,
    pub query: String,
    /// Where it begins in its file, from 1.
    pub line: u64,
    /// What the row says beside its query.
    pub ask: Ask,
}

impl Topic {
    /// The row, failed.
    pub(super) fn bad(&self, error: String) -> BadRow {
        BadRow {
            id: Some(self.id.clone()),
            query: Some(self.query.clone()),
            line: self.line,
            error,
        }
    }
}

/// A row that cannot be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRow {
    pub id: Option<String>,
    pub query: Option<String>,
    pub line: u64,
    pub error: String,
}

/// Reads topics one by one; memory is one row and 16 bytes an id seen.
pub struct Topics<'a> {
    rows: Rows<'a>,
    seen: HashSet<u128>,
    ignored: BTreeSet<String>,
}

enum Rows<'a> {
    Lines {
        lines: Lines<'a>,
        json: bool,
    },
    Csv {
        reader: Box<csv::Reader<Box<dyn BufRead + Send + 'a>>>,
        header: Vec<String>,
    },
    Trec {
        blocks: Blocks<'a>,
        fields: Vec<String>,
    },
    Ended,
}

impl<'a> Topics<'a> {
    /// `topic_fields` are the parts of a TREC topic that make its query (`title`, `desc`, `narr`).
    ///
    /// # Errors
    /// A CSV without a header that names a query, or that cannot be read.
    pub fn new(
        reader: Box<dyn BufRead + Send + 'a>,
        format: TopicFormat,
        topic_fields: &[String],
        place: &str,
    ) -> Result<Self> {
        let rows = match format {
            TopicFormat::Tsv | TopicFormat::Jsonl => Rows::Lines {
                lines: Lines::new(reader),
                json: format == TopicFormat::Jsonl,
            },
            TopicFormat::Csv => csv_rows(reader, place)?,
            TopicFormat::Trec => Rows::Trec {
                blocks: Blocks::new(Lines::new(reader)),
                fields: topic_fields.to_vec(),
            },
        };
        Ok(Self {
            rows,
            seen: HashSet::new(),
            ignored: BTreeSet::new(),
        })
    }

    /// Keys that rows had and that mean nothing here; at most 20.
    pub fn ignored(&self) -> impl Iterator<Item = &str> {
        self.ignored.iter().map(String::as_str)
    }

    fn row(&mut self) -> Option<Result<Topic, BadRow>> {
        let ignored = &mut self.ignored;
        match &mut self.rows {
            Rows::Ended => None,
            Rows::Trec { blocks, fields } => {
                let block = blocks.next()?;
                Some(block.and_then(|block| of_block(block, fields)))
            }
            Rows::Csv { reader, header } => {
                let mut record = csv::StringRecord::new();
                match reader.read_record(&mut record) {
                    Ok(false) => None,
                    Ok(true) => {
                        let line = record.position().map_or(0, csv::Position::line);
                        Some(of_csv(header, &record, line, ignored))
                    }
                    Err(e) => {
                        let line = e.position().map_or(0, csv::Position::line);
                        let ended = e.is_io_error();
                        let bad = BadRow {
                            id: None,
                            query: None,
                            line,
                            error: csv_message(&e),
                        };
                        if ended {
                            self.rows = Rows::Ended;
                        }
                        Some(Err(bad))
                    }
                }
            }
            Rows::Lines { lines, json } => loop {
                let (line, text) = match lines.next()? {
                    Ok(found) => found,
                    Err(bad) => return Some(Err(bad)),
                };
                if text.trim().is_empty() {
                    continue;
                }
                if *json {
                    return Some(of_json(&text, line, ignored));
                }
                match of_tsv(&text, line) {
                    Some(row) => return Some(row),
                    None => continue,
                }
            },
        }
    }
}

impl Iterator for Topics<'_> {
    type Item = Result<Topic, BadRow>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = self.row()?;
        let id = match &row {
            Ok(topic) => Some(&topic.id),
            Err(bad) => bad.id.as_ref(),
        };
        let repeated = id.is_some_and(|id| !self.seen.insert(xxh3_128(id.as_bytes())));
        Some(row.and_then(|topic| {
            if repeated {
                Err(topic.bad(format!(
                    "id {:?} was used before; expected each id once",
                    topic.id
                )))
            } else if topic.query.trim().is_empty() {
                Err(topic.bad("empty query".to_owned()))
            } else {
                Ok(topic)
            }
        }))
    }
}

/// A header of TSV gives `None`.
fn of_tsv(text: &str, line: u64) -> Option<Result<Topic, BadRow>> {
    let (id, query) = match text.split_once('\t') {
        Some((id, query)) => (id.trim().to_owned(), query.trim()),
        None => (line.to_string(), text.trim()),
    };
    let first_of_rest = query.split('\t').next().unwrap_or(query).trim();
    if line == 1 && id.eq_ignore_ascii_case("id") && first_of_rest.eq_ignore_ascii_case("query") {
        return None;
    }
    let id = if id.is_empty() { line.to_string() } else { id };
    Some(Ok(Topic {
        id,
        query: query.replace('\t', " "),
        line,
        ask: Ask::default(),
    }))
}

fn csv_rows<'a>(reader: Box<dyn BufRead + Send + 'a>, place: &str) -> Result<Rows<'a>> {
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .trim(csv::Trim::Headers)
        .from_reader(reader);
    let header: Vec<String> = match reader.headers() {
        Ok(header) => header
            .iter()
            .map(|cell| cell.trim_start_matches('\u{feff}').trim().to_lowercase())
            .collect(),
        Err(e) => return Err(Error::record(place, csv_message(&e))),
    };
    if header.iter().all(String::is_empty) {
        return Ok(Rows::Ended);
    }
    if !header
        .iter()
        .any(|name| QUERY_KEYS.contains(&name.as_str()))
    {
        return Err(Error::Usage(format!(
            "{place}, line 1: no column named query; expected a CSV header such as id,query"
        )));
    }
    Ok(Rows::Csv {
        reader: Box::new(reader),
        header,
    })
}

fn csv_message(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Io(e) => format!("cannot be read: {e}"),
        csv::ErrorKind::Utf8 { .. } => "not UTF-8".to_owned(),
        _ => error.to_string(),
    }
}

fn of_csv(
    header: &[String],
    record: &csv::StringRecord,
    line: u64,
    ignored: &mut BTreeSet<String>,
) -> Result<Topic, BadRow> {
    let mut object = Map::new();
    for (name, cell) in header.iter().zip(record) {
        if !cell.trim().is_empty() {
            object.insert(name.clone(), Value::String(cell.trim().to_owned()));
        }
    }
    let row = of_object(object, line, ignored)?;
    if record.len() > header.len() {
        return Err(row.bad(format!(
            "{} cells; expected {} as in the header (is a comma not quoted?)",
            record.len(),
            header.len()
        )));
    }
    Ok(row)
}

fn of_json(text: &str, line: u64, ignored: &mut BTreeSet<String>) -> Result<Topic, BadRow> {
    let bad = |error: String| BadRow {
        id: None,
        query: None,
        line,
        error,
    };
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Object(object)) => of_object(object, line, ignored),
        Ok(_) => Err(bad(
            "not a JSON object; expected {\"id\":…,\"query\":…}".to_owned()
        )),
        Err(e) => Err(bad(format!("not JSON: {}", json_reason(&e)))),
    }
}

fn of_object(
    mut object: Map<String, Value>,
    line: u64,
    ignored: &mut BTreeSet<String>,
) -> Result<Topic, BadRow> {
    let mut take = |keys: &[&str]| {
        let key = keys
            .iter()
            .find(|key| object.get(**key).is_some_and(|v| !v.is_null()))?;
        object.remove(*key)
    };
    let id = take(&ID_KEYS).as_ref().and_then(scalar);
    let query = take(&QUERY_KEYS);
    let mut topic = Topic {
        id: id.unwrap_or_else(|| line.to_string()),
        query: query.as_ref().and_then(scalar).unwrap_or_default(),
        line,
        ask: Ask::default(),
    };
    if query.as_ref().is_some_and(|q| scalar(q).is_none()) {
        return Err(topic.bad("the query is not a string".to_owned()));
    }
    if query.is_none() {
        return Err(topic.bad("no query; expected a key \"query\"".to_owned()));
    }
    for (key, value) in &object {
        if value.is_null() {
            continue;
        }
        if !FILTERS.contains(&key.as_str()) {
            if ignored.len() < MAX_IGNORED {
                ignored.insert(key.clone());
            }
            continue;
        }
        let values: Option<Vec<String>> = match value {
            Value::Array(list) => list.iter().map(scalar).collect(),
            single => scalar(single).map(|v| vec![v]),
        };
        let Some(values) = values else {
            return Err(topic.bad(format!(
                "{key}: expected a string, a number or a list of them"
            )));
        };
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        if let Err(e) = topic.ask.set(key, &values) {
            return Err(topic.bad(e.to_string()));
        }
    }
    Ok(topic)
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(yes) => Some(yes.to_string()),
        _ => None,
    }
}

fn of_block(block: Block, fields: &[String]) -> Result<Topic, BadRow> {
    let parts: Vec<&str> = fields.iter().filter_map(|f| block.field(f)).collect();
    let topic = Topic {
        id: block.number().unwrap_or_else(|| block.line.to_string()),
        query: parts.join(" "),
        line: block.line,
        ask: Ask::default(),
    };
    if block.number().is_none() {
        return Err(topic.bad("a topic without <num>".to_owned()));
    }
    if parts.is_empty() {
        let wanted = fields.join("> or <");
        return Err(topic.bad(format!(
            "no <{wanted}> in this topic (--topic-field names another)"
        )));
    }
    Ok(topic)
}

/// Lines of at most [`MAX_ROW_BYTES`], numbered from 1, without their ends.
pub(super) struct Lines<'a> {
    reader: Box<dyn BufRead + Send + 'a>,
    number: u64,
    ended: bool,
}

impl<'a> Lines<'a> {
    fn new(reader: Box<dyn BufRead + Send + 'a>) -> Self {
        Self {
            reader,
            number: 0,
            ended: false,
        }
    }

    /// Passes over the rest of a line that was too long.
    fn skip_line(&mut self) -> std::io::Result<()> {
        loop {
            let buffer = self.reader.fill_buf()?;
            if buffer.is_empty() {
                return Ok(());
            }
            match buffer.iter().position(|b| *b == b'\n') {
                Some(at) => {
                    self.reader.consume(at + 1);
                    return Ok(());
                }
                None => {
                    let all = buffer.len();
                    self.reader.consume(all);
                }
            }
        }
    }
}

impl Iterator for Lines<'_> {
    type Item = Result<(u64, String), BadRow>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        self.number += 1;
        let line = self.number;
        let bad = |error: String| {
            Some(Err(BadRow {
                id: None,
                query: None,
                line,
                error,
            }))
        };
        let mut bytes = Vec::new();
        let mut limited = (&mut self.reader).take(MAX_ROW_BYTES as u64 + 1);
        match limited.read_until(b'\n', &mut bytes) {
            Ok(0) => {
                self.ended = true;
                return None;
            }
            Ok(_) => {}
            Err(e) => {
                self.ended = true;
                return bad(format!("cannot be read: {e}"));
            }
        }
        if bytes.len() > MAX_ROW_BYTES {
            self.ended = self.skip_line().is_err();
            return bad(format!("longer than {MAX_ROW_BYTES} bytes"));
        }
        match String::from_utf8(bytes) {
            Ok(mut text) => {
                text.truncate(text.trim_end_matches(['\n', '\r']).len());
                if line == 1 && text.starts_with('\u{feff}') {
                    text.remove(0);
                }
                Some(Ok((line, text)))
            }
            Err(_) => bad("not UTF-8".to_owned()),
        }
    }
}
