//! The index's mapping: made where there is none, compared where there is one.
//!
//! Documents are passages, one each, as in the embedded schema ([`crate::index::schema`]), with its
//! names; Quickwit has no stemmer, so that every field of words holds terms that dateline analysed,
//! cut at white space. What differs:
//!
//! | field | holds |
//! |---|---|
//! | `text` | the terms of the embedded field, none of its gaps: the same frequencies and the same length, so the same BM25. Positions are judged by the client |
//! | `tokens` | how many terms `text` holds |
//! | `key` | a hash of the article's id: all that replaces and resumes goes by it |
//! | `version` `record` | the how-manieth version of the article, and a hash of id and version |
//! | `hash` | of everything that a reader said of the article, and of the program that read it |
//! | `passages` | how many passages the version has: one that lacks some is not shown |
//! | `gone` | 1 in the one document of an article that was removed, else 0 |
//! | `at` | the first day of publication (1970 if undated): splits without it are not opened |
//! | `dated` | 1 with a date of publication, else 0 |
//! | `all_…` | with `ordinal` 0: the same of all the article's passages, for questions about articles |
//! | `kills` | hashes of the ids that a kill notice removes |
//! | `root` | with `ordinal` 0: the root's folder and prefix |
//! | `stored` | passage and head as JSON, all that is shown |

use super::http::{Http, Method, Patience};
use crate::error::{Error, Result};
use serde_json::{Value, json};
use std::time::Instant;

/// The version of Quickwit that this was tried against.
pub const VERSION: &str = "0.9";

/// How often what was taken in becomes visible by itself.
pub const COMMIT_SECONDS: u64 = 10;

/// What a field holds.
#[derive(Clone, Copy)]
enum Form {
    /// Terms between spaces; `true`: with frequencies and lengths.
    Terms(bool),
    /// Whole values that are counted.
    Values,
    /// One whole value.
    Value,
    Number,
    Numbers,
    Signed,
    Instant,
    Stored,
}

/// Every field, in the order of the mapping.
const FIELDS: [(&str, Form); 42] = [
    ("id", Form::Value),
    ("key", Form::Number),
    ("version", Form::Number),
    ("record", Form::Number),
    ("hash", Form::Number),
    ("passages", Form::Number),
    ("gone", Form::Number),
    ("ordinal", Form::Number),
    ("tokens", Form::Number),
    ("dated", Form::Number),
    ("at", Form::Instant),
    ("published", Form::Signed),
    ("first_day", Form::Signed),
    ("last_day", Form::Signed),
    ("embargo", Form::Signed),
    ("text", Form::Terms(true)),
    ("surface", Form::Terms(false)),
    ("seam", Form::Terms(false)),
    ("names", Form::Terms(false)),
    ("path", Form::Terms(false)),
    ("url", Form::Terms(false)),
    ("person", Form::Values),
    ("org", Form::Values),
    ("place", Form::Values),
    ("author", Form::Values),
    ("source", Form::Values),
    ("keyword", Form::Values),
    ("lang", Form::Values),
    ("about", Form::Numbers),
    ("about_cover", Form::Numbers),
    ("about_wider", Form::Numbers),
    ("all_text", Form::Terms(false)),
    ("all_surface", Form::Terms(false)),
    ("all_names", Form::Terms(false)),
    ("all_person", Form::Values),
    ("all_org", Form::Values),
    ("all_place", Form::Values),
    ("all_about_cover", Form::Numbers),
    ("all_about_wider", Form::Numbers),
    ("kills", Form::Numbers),
    ("root", Form::Value),
    ("stored", Form::Stored),
];

/// Numbers that answers carry.
const STORED_NUMBERS: [&str; 6] = ["key", "version", "record", "hash", "passages", "ordinal"];

fn field(name: &str, form: Form) -> Value {
    match form {
        Form::Terms(scored) => json!({
            "name": name, "type": "text", "tokenizer": "whitespace", "stored": false,
            "record": if scored { "freq" } else { "basic" }, "fieldnorms": scored,
        }),
        Form::Values => json!({
            "name": name, "type": "array<text>", "tokenizer": "raw", "stored": false, "fast": true,
        }),
        Form::Value => json!({
            "name": name, "type": "text", "tokenizer": "raw", "stored": true, "fast": true,
        }),
        Form::Number => json!({
            "name": name, "type": "u64", "fast": true, "stored": STORED_NUMBERS.contains(&name),
        }),
        Form::Numbers => json!({
            "name": name, "type": "array<u64>", "fast": name == "about", "stored": false,
        }),
        Form::Signed => json!({"name": name, "type": "i64", "fast": true, "stored": false}),
        Form::Instant => json!({
            "name": name, "type": "datetime", "fast": true, "stored": false,
            "input_formats": ["rfc3339"],
        }),
        Form::Stored => json!({"name": name, "type": "text", "indexed": false, "stored": true}),
    }
}

/// The configuration that an index is made with.
///
/// Splits ripen in half a minute: a delete touches ripe ones only, and what it must wait for the
/// client leaves out of every answer. For a large first load the merge policy may be another.
pub fn config(index: &str) -> Value {
    let fields: Vec<Value> = FIELDS
        .iter()
        .map(|(name, form)| field(name, *form))
        .collect();
    json!({
        "version": VERSION,
        "index_id": index,
        "doc_mapping": {
            "mode": "strict",
            "timestamp_field": "at",
            "field_mappings": fields,
        },
        "search_settings": {"default_search_fields": ["text"]},
        "indexing_settings": {
            "commit_timeout_secs": COMMIT_SECONDS,
            "merge_policy": {"type": "stable_log", "maturation_period": "30s"},
        },
    })
}

/// Whether the cluster is one that can be understood.
///
/// # Errors
/// `Damaged` for another version, `Backend` for something that is no Quickwit.
pub fn check_version(http: &Http, deadline: Option<Instant>) -> Result<()> {
    let reply = http.send(
        Method::Get,
        "/api/v1/version",
        None,
        Patience::ASKING,
        deadline,
    )?;
    if reply.status == 404 {
        return Err(http.nonsense("it does not tell its version"));
    }
    let json = http.read(&reply)?;
    let build = json.get("build").unwrap_or(&json);
    let version = ["cargo_pkg_version", "version"]
        .iter()
        .find_map(|key| build.get(key)?.as_str())
        .ok_or_else(|| http.nonsense("it does not tell its version"))?;
    let number = version.trim_start_matches('v');
    let is_ours = number
        .strip_prefix(VERSION)
        .is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()));
    match is_ours {
        true => Ok(()),
        false => {
            let shown: String = version
                .chars()
                .filter(|c| !c.is_control())
                .take(40)
                .collect();
            Err(Error::Damaged(format!(
                "{}: Quickwit {shown}; expected {VERSION}, whose index format and answers this dateline knows",
                http.place()
            )))
        }
    }
}

/// Compares the index's mapping with what dateline expects; `false` where there is no index.
///
/// # Errors
/// `Damaged`, naming the first field that differs.
pub fn check(http: &Http, deadline: Option<Instant>) -> Result<bool> {
    let path = format!("/api/v1/indexes/{}", http.index);
    let reply = http.send(Method::Get, &path, None, Patience::ASKING, deadline)?;
    if reply.status == 404 {
        return Ok(false);
    }
    let json = http.read(&reply)?;
    let mapping = json
        .pointer("/index_config/doc_mapping")
        .ok_or_else(|| http.nonsense("an index without a mapping"))?;
    compare(mapping).map_err(|what| {
        Error::Damaged(format!(
            "{}: not an index of this dateline: {what}; give another INDEX-ID, and `dateline index` makes it",
            http.place()
        ))
    })?;
    Ok(true)
}

fn compare(mapping: &Value) -> Result<(), String> {
    let empty = Vec::new();
    let found = mapping
        .get("field_mappings")
        .and_then(Value::as_array)
        .unwrap_or(&empty);
    let time = mapping.get("timestamp_field").and_then(Value::as_str);
    if time != Some("at") {
        return Err(format!(
            "its timestamp field is {}, expected at",
            time.unwrap_or("missing")
        ));
    }
    for (name, form) in FIELDS {
        let own = found
            .iter()
            .find(|f| f.get("name").and_then(Value::as_str) == Some(name))
            .ok_or_else(|| format!("no field {name}"))?;
        let wanted = field(name, form);
        for (key, value) in wanted.as_object().into_iter().flatten() {
            // A property that is left out has its default, which only `type` has none of.
            let same = match own.get(key) {
                None => key != "type",
                Some(_) if key == "input_formats" => true,
                // A fast text field answers with how its values are normalised: not at all.
                Some(Value::Object(own)) if key == "fast" => {
                    own.get("normalizer").and_then(Value::as_str) == Some("raw")
                }
                Some(own) => own == value,
            };
            if !same {
                let own = own.get(key).cloned().unwrap_or_default();
                return Err(format!("field {name} has {key} {own}, expected {value}"));
            }
        }
    }
    Ok(())
}

/// Makes the index.
///
/// # Errors
/// As [`Http::refused`]; one that another run made in between is none.
pub fn create(http: &Http, patience: Patience<'_>) -> Result<()> {
    let bytes = serde_json::to_vec(&config(&http.index)).unwrap_or_default();
    let body = Some(("application/json", bytes.as_slice()));
    let reply = http.send(Method::Post, "/api/v1/indexes", body, patience, None)?;
    let said = String::from_utf8_lossy(&reply.body);
    if reply.status == 400 && said.contains("already exist") {
        return Ok(());
    }
    http.read(&reply).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_equals_itself_with_defaults_written_out_or_left_out() {
        let mut mapping = config("news")["doc_mapping"].clone();
        assert_eq!(compare(&mapping), Ok(()));
        let first = mapping["field_mappings"][0].as_object_mut().unwrap();
        first.insert("fast".into(), json!({"normalizer": "raw"}));
        first.remove("stored");
        first.insert("description".into(), json!("x"));
        assert_eq!(compare(&mapping), Ok(()));
    }

    #[test]
    fn a_field_that_differs_is_named() {
        let mut mapping = config("news")["doc_mapping"].clone();
        mapping["field_mappings"][15]["tokenizer"] = json!("default");
        let said = compare(&mapping).unwrap_err();
        assert!(
            said.contains("text") && said.contains("tokenizer"),
            "{said}"
        );
        mapping["field_mappings"].as_array_mut().unwrap().remove(2);
        assert_eq!(compare(&mapping), Err("no field version".to_owned()));
    }
}
