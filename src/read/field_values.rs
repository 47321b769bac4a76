//! Values of records as people and programs write them → text, names, times, languages.

use super::{fields::fold, markup, published, text_head};
use crate::article::{Article, EntityKind, GivenEntity, Provenance, Published, Status};
use serde_json::Value;

fn nonblank(text: String) -> Option<String> {
    (!text.trim().is_empty()).then_some(text)
}

/// A one-line text: a string, the first of a list, or an object's `main`, `rendered`, `value` …
pub(super) fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => nonblank(if markup::is_html(text) || text.contains('&') {
            markup::line(text)
        } else {
            text.clone()
        }),
        Value::Array(list) => list.iter().find_map(text_of),
        Value::Object(map) => ["main", "rendered", "value", "text", "default", "en"]
            .iter()
            .find_map(|k| map.get(*k).and_then(text_of)),
        _ => None,
    }
}

pub(super) fn first(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => nonblank(text.clone()),
        Value::Array(list) => list.iter().find_map(first),
        Value::Object(map) => ["code", "name", "id", "value"]
            .iter()
            .find_map(|k| map.get(*k).and_then(first)),
        _ => None,
    }
}

/// A name: a string, or an object's `name`, `title` … or first and last name.
pub(super) fn name_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => nonblank(markup::line(text)),
        Value::Array(list) => list.iter().find_map(name_of),
        Value::Object(map) => {
            let get = |names: &[&str]| {
                map.iter()
                    .filter(|(k, _)| names.contains(&fold(k).as_str()))
                    .find_map(|(_, v)| v.as_str().and_then(|t| nonblank(t.to_owned())))
            };
            get(&[
                "name",
                "fullname",
                "displayname",
                "title",
                "label",
                "original",
                "value",
                "literal",
            ])
            .or_else(|| {
                let parts = [
                    get(&["firstname", "givenname", "first"]),
                    get(&["lastname", "familyname", "last"]),
                ];
                let joined = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
                nonblank(joined)
            })
        }
        _ => None,
    }
}

pub(super) fn names_of(value: &Value) -> Vec<String> {
    match value {
        Value::Array(list) => list.iter().filter_map(name_of).collect(),
        Value::String(text) => text
            .split([';', '|'])
            .filter_map(|t| nonblank(t.trim().to_owned()))
            .collect(),
        other => name_of(other).into_iter().collect(),
    }
}

pub(super) fn id_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => nonblank(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Object(map) => ["$oid", "rendered", "value", "id"]
            .iter()
            .find_map(|k| map.get(*k).and_then(id_of)),
        _ => None,
    }
}

pub(super) fn url_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim())
            .filter(|t| text_head::is_url(t))
            .map(str::to_owned),
        Value::Array(list) => list.iter().find_map(url_of),
        Value::Object(map) => ["href", "url", "rendered", "value", "@id"]
            .iter()
            .find_map(|k| map.get(*k).and_then(url_of)),
        _ => None,
    }
}

pub(super) fn authors_of(value: &Value) -> Option<Vec<String>> {
    let names: Vec<String> = match value {
        Value::String(text) => author_names(&markup::line(text)),
        Value::Array(list) => list.iter().filter_map(authors_of).flatten().collect(),
        Value::Object(map) => match (map.get("person"), map.get("original")) {
            (Some(Value::Array(people)), _) if !people.is_empty() => {
                people.iter().filter_map(name_of).collect()
            }
            (_, Some(Value::String(original))) => author_names(original),
            _ => name_of(value).into_iter().collect(),
        },
        _ => Vec::new(),
    };
    (!names.is_empty()).then_some(names)
}

/// The names in a byline or an author field, which may be a list in Python's or JSON's dress.
pub(super) fn author_names(text: &str) -> Vec<String> {
    let text = text.trim().trim_start_matches('[').trim_end_matches(']');
    if let Some(names) = text_head::byline_names(text) {
        return names;
    }
    let text = match text.get(..3) {
        Some(by) if by.eq_ignore_ascii_case("by ") => &text[3..],
        _ => text,
    };
    // "Doe, Jane" is one name; three or more commas-separated words are a list.
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    if let [last, given] = parts[..]
        && !last.contains(' ')
        && !given.contains(' ')
        && !last.is_empty()
        && !given.is_empty()
    {
        return vec![format!("{given} {last}")];
    }
    text_head::split_names(text)
        .into_iter()
        .map(|n| n.trim_matches(['\'', '"', ' ']).to_owned())
        .filter(|n| {
            !n.is_empty()
                && !matches!(
                    n.to_lowercase().as_str(),
                    "none" | "nan" | "null" | "n/a" | "unknown"
                )
        })
        .collect()
}

pub(super) fn date_of(value: &Value, lang: Option<&str>) -> Result<Published, String> {
    const FROM: Provenance = Provenance::Field;
    let none = || "not a date".to_owned();
    match value {
        Value::String(text) => date(text, lang),
        Value::Number(number) => match number.as_i64() {
            // A bare year, or 20240714.
            Some(n @ (1400..=2200 | 14_000_101..=22_001_231)) => {
                published::parse(&n.to_string(), lang, FROM)
            }
            Some(n) => published::from_unix(n, FROM),
            None => {
                let seconds = number
                    .as_f64()
                    .filter(|f| f.is_finite() && f.abs() < 1e18)
                    .ok_or_else(none)?;
                // The fraction of a second is beyond what is kept.
                published::from_unix(seconds as i64, FROM)
            }
        },
        Value::Object(map) => ["$date", "$numberLong", "value", "date", "iso", "utc"]
            .iter()
            .find_map(|k| map.get(*k))
            .map_or_else(|| Err(none()), |inner| date_of(inner, lang)),
        // Python's time tuples.
        Value::Array(parts)
            if (3..=9).contains(&parts.len()) && parts.iter().all(Value::is_u64) =>
        {
            let n = |at: usize| parts.get(at).and_then(Value::as_u64).unwrap_or(0);
            let text = match parts.len() {
                3..=5 => format!("{:04}-{:02}-{:02}", n(0), n(1), n(2)),
                _ => format!(
                    "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
                    n(0),
                    n(1),
                    n(2),
                    n(3),
                    n(4),
                    n(5)
                ),
            };
            published::parse(&text, lang, FROM)
        }
        Value::Array(list) => list
            .first()
            .map_or_else(|| Err(none()), |inner| date_of(inner, lang)),
        _ => Err(none()),
    }
}

/// A date field: the forms of [`published::parse`], else a whole date line in any language.
pub(super) fn date(text: &str, lang: Option<&str>) -> Result<Published, String> {
    let parsed = published::parse(text, lang, Provenance::Field);
    match &parsed {
        Err(reason) if !reason.starts_with("impossible") => {
            text_head::whole_date(text.trim(), lang)
                .map(|p| Published {
                    from: Provenance::Field,
                    ..p
                })
                .map_or(parsed, Ok)
        }
        _ => parsed,
    }
}

pub(super) fn status_of(text: &str) -> Option<Status> {
    match text.to_ascii_lowercase().as_str() {
        "canceled" | "cancelled" | "withdrawn" | "retracted" => Some(Status::Canceled),
        "corrected" | "correction" => Some(Status::Corrected),
        "embargoed" | "withheld" => Some(Status::Embargoed),
        _ => None,
    }
}

/// A code as it is, an English name as its code.
pub(super) fn language_code(text: &str) -> Option<String> {
    const NAMES: [(&str, &str); 32] = [
        ("english", "en"),
        ("german", "de"),
        ("french", "fr"),
        ("spanish", "es"),
        ("italian", "it"),
        ("portuguese", "pt"),
        ("dutch", "nl"),
        ("polish", "pl"),
        ("czech", "cs"),
        ("russian", "ru"),
        ("ukrainian", "uk"),
        ("japanese", "ja"),
        ("chinese", "zh"),
        ("korean", "ko"),
        ("arabic", "ar"),
        ("hebrew", "he"),
        ("turkish", "tr"),
        ("swedish", "sv"),
        ("danish", "da"),
        ("norwegian", "no"),
        ("finnish", "fi"),
        ("greek", "el"),
        ("hungarian", "hu"),
        ("romanian", "ro"),
        ("thai", "th"),
        ("vietnamese", "vi"),
        ("hindi", "hi"),
        ("persian", "fa"),
        ("indonesian", "id"),
        ("esperanto", "eo"),
        ("catalan", "ca"),
        ("bulgarian", "bg"),
    ];
    let text = text.trim().to_lowercase();
    if let Some((_, code)) = NAMES.iter().find(|(name, _)| *name == text) {
        return Some((*code).to_owned());
    }
    crate::analyze::Lang::new(&text).map(|l| l.as_str().to_owned())
}

/// Keywords as a list, as one string with separators, or as typed objects (persons and places among them).
pub(super) fn keywords_of(value: &Value, article: &mut Article) {
    match value {
        Value::String(text) => {
            let text = text.trim().trim_start_matches('[').trim_end_matches(']');
            let separator = [';', '|']
                .into_iter()
                .find(|s| text.contains(*s))
                .unwrap_or(',');
            article.keywords.extend(
                text.split(separator)
                    .map(|k| k.trim().trim_matches(['\'', '"']).to_owned())
                    .filter(|k| !k.is_empty()),
            );
        }
        Value::Array(list) => list.iter().for_each(|item| match item {
            Value::String(text) => article.keywords.push(text.clone()),
            other => keywords_of(other, article),
        }),
        Value::Object(map) => {
            let text = |names: &[&str]| names.iter().find_map(|n| map.get(*n)?.as_str());
            let kind = text(&["name", "type", "scheme"]).and_then(entity_kind);
            match (kind, text(&["value", "label", "term", "name"])) {
                (Some(kind), Some(name)) => article.entities.push(GivenEntity {
                    kind,
                    name: name.to_owned(),
                }),
                (None, Some(name)) => article.keywords.push(name.to_owned()),
                (_, None) => {}
            }
        }
        _ => {}
    }
}

fn entity_kind(text: &str) -> Option<EntityKind> {
    match text.to_ascii_lowercase().as_str() {
        "person" | "persons" | "per" | "people" => Some(EntityKind::Person),
        "org" | "organization" | "organizations" | "organisation" | "organisations" | "company" => {
            Some(EntityKind::Org)
        }
        "place" | "places" | "loc" | "gpe" | "location" | "locations" | "glocations" => {
            Some(EntityKind::Place)
        }
        _ => None,
    }
}

pub(super) fn typed_entities(value: &Value, out: &mut Vec<GivenEntity>) {
    let Value::Array(list) = value else { return };
    for item in list {
        let Value::Object(map) = item else { continue };
        let text = |names: &[&str]| names.iter().find_map(|n| map.get(*n)?.as_str());
        if let (Some(kind), Some(name)) = (
            text(&["type", "kind", "label"]).and_then(entity_kind),
            text(&["name", "text", "value"]),
        ) {
            out.push(GivenEntity {
                kind,
                name: name.to_owned(),
            });
        }
    }
}
