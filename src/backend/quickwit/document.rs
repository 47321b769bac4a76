//! An article with its passages ⇄ the documents that a cluster holds.

use crate::article::Article;
use crate::date;
use crate::error::{Error, Result};
use crate::index::Without;
use crate::index::document::{Documents, Stored, as_stored, head_of};
use crate::index::schema::{self, GAP, SAME_POSITION};
use crate::passage::Passage;
use jiff::civil::Date;
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::{Map, Value, json};
use tantivy::TantivyDocument;
use tantivy::schema::{Schema, Value as _};
use xxhash_rust::xxh3::xxh3_64;

/// The longest whole value that Quickwit keeps, in bytes; it drops longer ones without a word.
const MAX_VALUE_BYTES: usize = 254;

/// What stands in terms for a character that would part or end them: white space, NUL.
pub const STAND_IN: char = '\u{1f}';

/// Days before and after which `at` is clamped: beyond them Quickwit's nanoseconds wrap.
const FIRST_AT: Date = Date::constant(1700, 1, 1);
const LAST_AT: Date = Date::constant(2200, 1, 1);
/// Where `at` puts what is undated.
const UNDATED_AT: Date = Date::constant(1970, 1, 1);

/// What a cluster knows an article by: 63 bits, which every number of a JSON reader holds.
pub fn key_of(id: &str) -> u64 {
    xxh3_64(id.as_bytes()) >> 1
}

/// What it knows a version of an article by.
pub fn record_of(key: u64, version: u64) -> u64 {
    let mut bytes = key.to_le_bytes().to_vec();
    bytes.extend_from_slice(&version.to_le_bytes());
    xxh3_64(&bytes) >> 1
}

/// `at` of a day, as Quickwit reads it.
pub fn instant_of(day: Date) -> String {
    format!("{}T00:00:00Z", day.clamp(FIRST_AT, LAST_AT))
}

/// A value with nothing in it that a term could not hold.
pub fn mangled(value: &str) -> String {
    value.replace(|c: char| c.is_ascii_whitespace() || c == '\0', "\u{1f}")
}

/// What an article is sent with.
#[derive(Clone, Copy)]
pub struct Sent<'a> {
    pub version: u64,
    pub hash: u64,
    /// Folder and prefix of its root.
    pub root: &'a str,
}

/// Builds documents; keeps its buffers from article to article.
pub struct Encoder {
    schema: Schema,
    documents: Documents,
}

impl Default for Encoder {
    fn default() -> Self {
        let (schema, fields) = schema::schema();
        Self {
            schema,
            documents: Documents::new(fields, Without::default(), None),
        }
    }
}

impl Encoder {
    /// The documents of an article as lines of JSON, in passage order.
    pub fn lines(
        &mut self,
        article: &Article,
        passages: &[Passage],
        sent: Sent<'_>,
    ) -> Result<Vec<String>> {
        let key = key_of(&article.id);
        let built = self.documents.build(article, passages, key)?;
        let mut documents = Vec::with_capacity(built.len());
        let mut head = Some(head_of(article, passages.len()));
        for (document, passage) in built.iter().zip(passages) {
            let mut document = self.document(document)?;
            let stored = as_stored(passage, head.take().as_ref())?;
            let text = serde_json::to_string(&stored)
                .map_err(|e| Error::record("a passage", format!("cannot be stored: {e}")))?;
            document.insert("stored".to_owned(), json!(text));
            documents.push(document);
        }
        let first_day = article.published.as_ref().map(|p| p.days().0);
        for document in &mut documents {
            for (name, value) in [
                ("version", json!(sent.version)),
                ("record", json!(record_of(key, sent.version))),
                ("hash", json!(sent.hash)),
                ("passages", json!(passages.len())),
                ("gone", json!(0)),
                ("dated", json!(u64::from(first_day.is_some()))),
                ("at", json!(instant_of(first_day.unwrap_or(UNDATED_AT)))),
            ] {
                document.insert(name.to_owned(), value);
            }
        }
        let all = gathered(&documents);
        if let Some(head) = documents.first_mut() {
            head.extend(all);
            head.insert("root".to_owned(), json!(sent.root));
            let kills: Vec<u64> = article.kills.iter().map(|id| key_of(id)).collect();
            if !kills.is_empty() {
                head.insert("kills".to_owned(), json!(kills));
            }
        }
        Ok(documents
            .into_iter()
            .map(|d| Value::Object(d).to_string())
            .collect())
    }

    fn document(&self, document: &TantivyDocument) -> Result<Map<String, Value>> {
        let mut out = Map::new();
        for (field, value) in document.field_values() {
            let name = self.schema.get_field_name(field);
            match name {
                "text" => {
                    let terms = without_positions(value.as_str().unwrap_or(""));
                    let count = terms.split(' ').filter(|t| !t.is_empty()).count();
                    out.insert("tokens".to_owned(), json!(count));
                    out.insert(name.to_owned(), json!(terms));
                }
                "seam" | "names" => {
                    let terms = without_positions(value.as_str().unwrap_or(""));
                    out.insert(name.to_owned(), json!(terms));
                }
                "surface" => {
                    out.insert(name.to_owned(), json!(forms(value.as_str().unwrap_or(""))));
                }
                "path" | "url" => {
                    let value = mangled(value.as_str().unwrap_or(""));
                    out.insert(name.to_owned(), json!(value));
                }
                "id" => {
                    let value = bounded(value.as_str().unwrap_or(""));
                    out.insert(name.to_owned(), json!(value));
                }
                // The client reads them off the terms again.
                "words" | "title_words" => {}
                "person" | "org" | "place" | "author" | "source" | "keyword" | "lang" => {
                    push(&mut out, name, json!(bounded(value.as_str().unwrap_or(""))));
                }
                "about" | "about_cover" | "about_wider" => {
                    push(&mut out, name, json!(value.as_u64()));
                }
                _ => {
                    let number = match (value.as_u64(), value.as_i64()) {
                        (Some(n), _) => json!(n),
                        (None, n) => json!(n),
                    };
                    out.insert(name.to_owned(), number);
                }
            }
        }
        Ok(out)
    }
}

fn push(out: &mut Map<String, Value>, name: &str, value: Value) {
    let list = out.entry(name).or_insert_with(|| json!([]));
    if let Some(list) = list.as_array_mut() {
        list.push(value);
    }
}

fn bounded(value: &str) -> &str {
    let end = crate::analyze::floor_boundary(value, MAX_VALUE_BYTES);
    value.get(..end).unwrap_or(value)
}

/// The terms of a field, in a row: their number and frequencies are what a cluster scores by.
fn without_positions(terms: &str) -> String {
    let terms = terms.split(' ').filter(|term| *term != GAP);
    let bare = terms.map(|term| term.strip_prefix(SAME_POSITION).unwrap_or(term));
    joined(bare.filter(|term| !term.is_empty()))
}

/// Every folded form, and beside it `form`[`STAND_IN`]`spelling` where the text spells it otherwise.
fn forms(terms: &str) -> String {
    let mut seen = FxHashSet::default();
    let mut out = String::with_capacity(terms.len() * 2);
    for term in terms.split_ascii_whitespace() {
        let form = term.split('\0').next().unwrap_or(term);
        for one in [form, term] {
            if !one.is_empty() && seen.insert(one) {
                out.push_str(&mangled(one));
                out.push(' ');
            }
        }
    }
    out
}

fn joined<'a>(terms: impl Iterator<Item = &'a str>) -> String {
    let mut out = String::new();
    for term in terms {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(term);
    }
    out
}

/// What the passages of an article hold together, each term and value once.
fn gathered(documents: &[Map<String, Value>]) -> Map<String, Value> {
    let mut out = Map::new();
    for name in ["text", "surface", "names"] {
        let texts = documents
            .iter()
            .filter_map(|d| d.get(name).and_then(Value::as_str));
        let mut seen = FxHashSet::default();
        let terms = texts
            .flat_map(|text| text.split(' '))
            .filter(|term| !term.is_empty() && seen.insert(*term));
        let terms = joined(terms);
        out.insert(format!("all_{name}"), json!(terms));
    }
    for name in ["person", "org", "place", "about_cover", "about_wider"] {
        let mut list: Vec<Value> = Vec::new();
        let mut seen = FxHashSet::default();
        for value in documents
            .iter()
            .filter_map(|d| d.get(name).and_then(Value::as_array))
            .flatten()
        {
            if seen.insert(value.to_string()) {
                list.push(value.clone());
            }
        }
        if !list.is_empty() {
            out.insert(format!("all_{name}"), Value::Array(list));
        }
    }
    out
}

/// The one document that stands for an article that was removed.
pub fn tombstone(id: &str, version: u64) -> String {
    let key = key_of(id);
    json!({
        "id": bounded(id), "key": key, "version": version, "record": record_of(key, version),
        "hash": 0, "passages": 0, "gone": 1, "ordinal": 0, "tokens": 0, "dated": 0,
        "at": instant_of(UNDATED_AT),
    })
    .to_string()
}

/// One version of an article, as far as it has arrived.
#[derive(Default)]
struct Arriving {
    version: u64,
    passages: FxHashMap<u32, Passage>,
    head: Option<crate::index::document::Head>,
}

/// Puts articles together from documents in any order, each in its newest whole version.
#[derive(Default)]
pub struct Assembly {
    records: FxHashMap<(u64, u64), Arriving>,
}

impl Assembly {
    /// Takes one document as an answer gives it; `Err` says what is wrong with it.
    pub fn take(&mut self, source: &Value) -> Result<(), String> {
        let number = |name: &str| {
            source
                .get(name)
                .and_then(Value::as_u64)
                .ok_or_else(|| format!("a document without {name}"))
        };
        let (key, record) = (number("key")?, number("record")?);
        let version = number("version")?;
        let text = source
            .get("stored")
            .and_then(Value::as_str)
            .ok_or("a document without its passage")?;
        let stored: Stored = serde_json::from_str(text)
            .map_err(|e| format!("a passage that cannot be read ({e})"))?;
        if !stored.passage.is_sound() {
            return Err("a passage with a mention outside its text".to_owned());
        }
        let arriving = self.records.entry((key, record)).or_default();
        arriving.version = version;
        if let Some(head) = stored.head {
            arriving.head = Some(head);
        }
        arriving
            .passages
            .insert(stored.passage.ordinal, stored.passage);
        Ok(())
    }

    /// The articles, by ascending key.
    ///
    /// A version that lacks passages is still on its way; the one before it stands meanwhile.
    pub fn finish(self) -> Vec<(u64, Article, Vec<Passage>)> {
        let mut newest: FxHashMap<u64, Arriving> = FxHashMap::default();
        for ((key, _), arriving) in self.records {
            let is_whole = arriving.head.as_ref().is_some_and(|head| {
                (0..head.passages).all(|n| arriving.passages.contains_key(&n))
                    && arriving.passages.len() as u64 == u64::from(head.passages)
            });
            let is_newer = newest
                .get(&key)
                .is_none_or(|known| known.version < arriving.version);
            if is_whole && is_newer {
                newest.insert(key, arriving);
            }
        }
        let mut out: Vec<_> = newest
            .into_iter()
            .filter_map(|(key, arriving)| {
                let head = arriving.head?;
                let mut passages: Vec<Passage> = arriving.passages.into_values().collect();
                passages.sort_by_key(|p| p.ordinal);
                let article = crate::index::document::reassemble(&head, &passages);
                Some((key, article, passages))
            })
            .collect();
        out.sort_by_key(|(key, ..)| *key);
        out
    }
}

/// The days that `at` must lie between for something published from `from` to `to`.
///
/// What is known to the year alone stands at its first day, so that it may begin a year before.
pub fn at_between(from: Option<Date>, to: Option<Date>) -> Value {
    let mut range = Map::new();
    if let Some(from) = from {
        let first = date::date_of(date::day_number(from).saturating_sub(366));
        range.insert("gte".to_owned(), json!(instant_of(first)));
    }
    if let Some(to) = to {
        range.insert("lte".to_owned(), json!(instant_of(to)));
    }
    json!({"range": {"at": range}})
}
