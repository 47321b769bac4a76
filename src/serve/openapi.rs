//! The API's description in OpenAPI 3.1.

use super::api::{AXIS, BY};
use super::params::{MAX_LIMIT, MAX_OFFSET};
use crate::index::request::FacetField;
use axum::Json;
use serde_json::{Value, json};

/// Every parameter that takes a query: name, whether it may be repeated, its schema, what it does.
fn query_params() -> Vec<(&'static str, bool, Value, &'static str)> {
    let text = || json!({"type": "string"});
    let number = |most: usize| json!({"type": "integer", "minimum": 0, "maximum": most});
    let one_of = |words: &[&str]| json!({"type": "string", "enum": words});
    let yes = || json!({"type": "string", "enum": ["true", "false", "1", "0"]});
    vec![
        ("q", false, text(), "The query."),
        (
            "from",
            false,
            text(),
            "Published on or after this date or period.",
        ),
        (
            "to",
            false,
            text(),
            "Published on or before this date; a month or year counts to its end.",
        ),
        (
            "about",
            true,
            text(),
            "Speaks of this date or range, whenever it was published.",
        ),
        (
            "as-of",
            false,
            text(),
            "The archive as it stood on that day.",
        ),
        ("person", true, text(), "Names this person."),
        ("org", true, text(), "Names this organisation."),
        ("place", true, text(), "Names this place."),
        (
            "entity",
            true,
            text(),
            "Names this person, organisation or place.",
        ),
        ("source", true, text(), "From this source."),
        ("not-source", true, text(), "Not from this source."),
        ("lang", true, text(), "In this language, an ISO 639 code."),
        (
            "limit",
            false,
            number(MAX_LIMIT),
            "Number of hits or values; 0 counts only.",
        ),
        ("offset", false, number(MAX_OFFSET), "Hits to leave out."),
        (
            "unit",
            false,
            one_of(&["passage", "article"]),
            "What a hit is.",
        ),
        (
            "match",
            false,
            one_of(&["any", "most", "all"]),
            "What words without an operator demand.",
        ),
        (
            "sort",
            false,
            one_of(&["relevance", "newest", "oldest"]),
            "Order of hits.",
        ),
        (
            "duplicates",
            false,
            one_of(&["collapse", "show"]),
            "One hit for a story with its copies, or one each.",
        ),
        (
            "snippets",
            false,
            number(3),
            "Windows of text for each hit.",
        ),
        (
            "rank",
            false,
            one_of(&["full", "bm25"]),
            "All signals, or plain BM25.",
        ),
        (
            "recency",
            false,
            json!({"type": "number", "exclusiveMinimum": 0}),
            "Half-life of an article's weight, in days.",
        ),
        (
            "expand",
            false,
            yes(),
            "Add terms of the best hits to the query.",
        ),
        ("count", false, yes(), "Count exactly."),
        (
            "explain",
            false,
            yes(),
            "Say why each hit stands where it stands.",
        ),
        (
            "strict",
            false,
            yes(),
            "Refuse a query that would be repaired.",
        ),
        (
            "literal",
            false,
            yes(),
            "Take every character of the query as text.",
        ),
        (
            "now",
            false,
            text(),
            "The time that relative dates count from.",
        ),
        ("tz", false, text(), "Time zone of now, an IANA name."),
        (
            "timeout",
            false,
            json!({"type": "number", "minimum": 0}),
            "Seconds after which to give up with 504; never more than the server's own.",
        ),
        (
            "fields",
            true,
            text(),
            "Keys of a hit to answer with, in this order.",
        ),
    ]
}

fn param(name: &str, many: bool, schema: &Value, text: &str, place: &str) -> Value {
    let schema = match many {
        true => json!({"type": "array", "items": schema}),
        false => schema.clone(),
    };
    json!({"name": name, "in": place, "required": place == "path", "description": text, "schema": schema})
}

fn nullable(kind: &str) -> Value {
    json!({"type": [kind, "null"]})
}

fn schemas() -> Value {
    let (text, count, list) = (
        json!({"type": "string"}),
        json!({"type": "integer", "minimum": 0}),
        |items: Value| json!({"type": "array", "items": items}),
    );
    let of = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
    let object = |properties: Value| {
        let required: Vec<&str> = match &properties {
            Value::Object(map) => map.keys().map(String::as_str).collect(),
            _ => Vec::new(),
        };
        json!({"type": "object", "required": required, "properties": properties})
    };
    let range = json!({"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2,
        "description": "A range of UTF-8 bytes."});
    let version = json!({"const": 1});
    let answer = |mut own: Value| {
        if let Value::Object(map) = &mut own {
            map.insert("schema_version".to_owned(), version.clone());
            map.insert("notes".to_owned(), list(of("Note")));
        }
        object(own)
    };
    json!({
        "Error": object(json!({"error": object(json!({
            "code": text, "message": text, "start": nullable("integer"), "end": nullable("integer")
        }))})),
        "Note": object(json!({
            "kind": {"type": "string", "enum": ["repair", "date", "language", "all-words", "zero", "partial", "scores", "undated"]},
            "message": text, "start": nullable("integer"), "end": nullable("integer"), "clause": nullable("string")
        })),
        "Hit": object(json!({
            "schema_version": version, "rank": count, "score": {"type": "number"}, "article": text,
            "passage": count, "section": count, "title": nullable("string"), "heading": nullable("string"),
            "source": nullable("string"), "authors": list(text.clone()), "url": nullable("string"),
            "path": text, "lang": nullable("string"), "status": nullable("string"),
            "published": nullable("string"), "text": text,
            "snippets": list(object(json!({"text": text, "start": count, "marks": list(range.clone())}))),
            "entities": list(object(json!({"type": text, "name": text}))),
            "dates": list(object(json!({"from": text, "to": text, "text": text}))),
            "duplicates": count, "title_marks": list(range.clone())
        })),
        "Search": answer(json!({
            "query": text, "total": count, "total_is_exact": {"type": "boolean"},
            "elapsed_ms": {"type": "number"}, "hits": list(of("Hit"))
        })),
        "Timeline": answer(json!({
            "query": text, "axis": text, "by": text, "unit": text, "total": count,
            "total_is_exact": {"type": "boolean"}, "undated": count,
            "buckets": list(object(json!({
                "from": text, "to": text, "label": text, "count": count, "copies": count, "share": {"type": "number"}
            })))
        })),
        "Facets": answer(json!({
            "field": text, "query": text, "unit": text, "total": count, "missing": count,
            "values": list(object(json!({"value": text, "type": text, "count": count, "copies": count})))
        })),
        "Related": answer(json!({"article": text, "hits": list(of("Hit"))})),
        "Article": {"type": "object", "description": "What `dateline show --format json` prints, with title_marks and marks (a list a passage) where q matches."},
        "Status": {"type": "object", "description": "What `dateline status --format json` prints."}
    })
}

fn answers(name: &str) -> Value {
    let content = |name: &str| {
        let schema = json!({"$ref": format!("#/components/schemas/{name}")});
        json!({"application/json": {"schema": schema}})
    };
    let mut all = json!({
        "200": {"description": "The answer.", "content": content(name)},
        "304": {"description": "If-None-Match named this answer."}
    });
    for (status, text) in [
        (
            "400",
            "The query or a parameter cannot be meant; start and end are bytes of q.",
        ),
        ("401", "The token is missing or wrong."),
        ("403", "The Host or Origin is not this server's."),
        ("404", "No such article."),
        ("413", "The address is too long."),
        ("429", "Too many requests at a time."),
        ("503", "The index cannot be read."),
        ("504", "The time given ran out."),
    ] {
        all[status] = json!({"description": text, "content": content("Error")});
    }
    all
}

pub async fn describe() -> Json<Value> {
    let query = |own: Vec<Value>| {
        let shared = query_params();
        let shared = shared
            .iter()
            .map(|(name, many, schema, text)| param(name, *many, schema, text, "query"));
        own.into_iter().chain(shared).collect::<Vec<_>>()
    };
    let path = |id: &str, summary: &str, params: Vec<Value>, name: &str| json!({"get": {"operationId": id, "summary": summary, "parameters": params, "responses": answers(name)}});
    let words = |known: &[&str]| json!({"type": "string", "enum": known});
    let by: Vec<&str> = BY.iter().map(|b| b.0).collect();
    let axis: Vec<&str> = AXIS.iter().map(|a| a.0).collect();
    let fields = FacetField::ALL.map(FacetField::as_str);
    let mut field = param("field", false, &words(&fields), "What to count.", "query");
    field["required"] = true.into();
    let text = json!({"type": "string"});
    let mut id = param("id", false, &text, "The article's id.", "query");
    id["required"] = true.into();
    Json(json!({
        "openapi": "3.1.0",
        "info": {
            "title": "dateline",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Read-only search over an archive of news. Offsets are UTF-8 bytes."
        },
        "paths": {
            "/api/search": path("search", "Ranked passages or articles.", query(vec![]), "Search"),
            "/api/articles/{id}": path("article", "One article with its passages, names and dates.",
                query(vec![param("id", false, &text, "The article's id, percent-encoded.", "path")]), "Article"),
            "/api/timeline": path("timeline", "Counts over time.", query(vec![
                param("by", false, &words(&by), "Length of a bucket.", "query"),
                param("axis", false, &words(&axis), "By day of publication, or by the days that the text mentions.", "query"),
            ]), "Timeline"),
            "/api/facets": path("facets", "Counts of a field's values.", query(vec![field]), "Facets"),
            "/api/related": path("related", "Background articles for an article.", query(vec![id]), "Related"),
            "/api/status": path("status", "What the index holds, and what was left out and why.", vec![], "Status")
        },
        "components": {
            "schemas": schemas(),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}
        },
        "security": [{}, {"token": []}]
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::Ask;

    #[test]
    fn every_parameter_described_is_one_that_is_read() {
        let elsewhere = ["q", "tz", "timeout", "fields"];
        for (name, _, _, _) in query_params() {
            let known = !matches!(Ask::default().set(name, &["1"]), Ok(false));
            assert!(known || elsewhere.contains(&name), "{name}");
        }
    }
}
