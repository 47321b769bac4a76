//! What a page's JSON-LD says of its article.

use crate::article::{EntityKind, GivenEntity};
use crate::read::markup;
use serde_json::{Map, Value};

/// Objects of one page that are looked at.
const MAX_OBJECTS: usize = 5_000;
/// Nesting of objects that is followed.
const MAX_DEPTH: usize = 12;

/// The article object of a page, as plain fields.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct JsonLd {
    pub headline: Option<String>,
    pub description: Option<String>,
    pub body: Option<String>,
    pub published: Option<String>,
    pub created: Option<String>,
    pub modified: Option<String>,
    pub authors: Vec<String>,
    pub publisher: Option<String>,
    pub keywords: Vec<String>,
    pub lang: Option<String>,
    pub url: Option<String>,
    pub entities: Vec<GivenEntity>,
}

/// Reads the scripts of one page; the object that fits `title` best is the article's.
pub(super) fn read(scripts: &[String], title: Option<&str>) -> Option<JsonLd> {
    let values: Vec<Value> = scripts.iter().flat_map(|s| parse(s)).collect();
    let mut objects = Vec::new();
    for value in &values {
        collect(value, 0, &mut objects);
    }
    let title = title.map(super::body::folded).unwrap_or_default();
    let best = objects
        .iter()
        .copied()
        .filter(|o| is_article(o))
        .enumerate()
        .max_by_key(|(i, o)| {
            let headline = text_of(o, "headline").or_else(|| text_of(o, "name"));
            let headline = headline
                .map(|h| super::body::folded(&h))
                .unwrap_or_default();
            let named = !headline.is_empty()
                && (title.starts_with(&headline) || headline.starts_with(&title));
            let filled = ["articleBody", "datePublished", "headline", "author"]
                .iter()
                .filter(|k| o.contains_key(**k))
                .count();
            (named, filled, std::cmp::Reverse(*i))
        })
        .map(|(_, o)| o);
    let site = objects.iter().copied().find(|o| {
        has_type(o, |t| t == "WebPage")
            && (o.contains_key("datePublished") || o.contains_key("name"))
    });
    let object = best.or_else(|| site.filter(|o| o.contains_key("datePublished")))?;
    let mut read = fields(object, &objects);
    if best.is_none() {
        // A page's own name and description are the site's as often as the article's.
        read.headline = None;
    }
    Some(read)
}

fn fields(object: &Map<String, Value>, objects: &[&Map<String, Value>]) -> JsonLd {
    let mut out = JsonLd {
        headline: text_of(object, "headline").or_else(|| text_of(object, "name")),
        description: text_of(object, "description"),
        body: text_of(object, "articleBody").or_else(|| text_of(object, "reviewBody")),
        published: text_of(object, "datePublished"),
        created: text_of(object, "dateCreated"),
        modified: text_of(object, "dateModified"),
        lang: object
            .get("inLanguage")
            .and_then(|v| names(v, objects, 0).into_iter().next()),
        url: ["mainEntityOfPage", "url", "@id"]
            .iter()
            .filter_map(|key| object.get(*key).and_then(url_of))
            .find(|u| u.starts_with("http")),
        ..JsonLd::default()
    };
    for key in ["author", "creator"] {
        if let Some(value) = object.get(key).filter(|_| out.authors.is_empty()) {
            out.authors = names(value, objects, 0);
        }
    }
    out.publisher = ["publisher", "sourceOrganization", "copyrightHolder"]
        .iter()
        .filter_map(|key| object.get(*key))
        .find_map(|v| names(v, objects, 0).into_iter().next());
    if let Some(value) = object.get("keywords") {
        let list = names(value, objects, 0);
        out.keywords = match &list[..] {
            [one] => one.split([',', ';']).map(|k| k.trim().to_owned()).collect(),
            _ => list,
        };
        // Some publishers fill the list with `name:value` pairs of their own systems.
        out.keywords
            .retain(|k| !k.is_empty() && !k.contains(':') && k.len() < 100);
    }
    for key in ["about", "mentions", "contentLocation"] {
        if let Some(value) = object.get(key) {
            entities(value, objects, &mut out.entities);
        }
    }
    out
}

/// The values of a script, with the faults that pages have: comments, raw line ends, trailing commas.
fn parse(script: &str) -> Vec<Value> {
    let mut text = script.trim().trim_start_matches('\u{FEFF}');
    for (open, close) in [
        ("<!--", "-->"),
        ("//<![CDATA[", "//]]>"),
        ("/*<![CDATA[*/", "/*]]>*/"),
        ("<![CDATA[", "]]>"),
    ] {
        if let Some(inner) = text.strip_prefix(open) {
            let inner = inner.trim();
            text = inner.strip_suffix(close).unwrap_or(inner).trim();
        }
    }
    let text = text.trim_end_matches(';');
    let read = |text: &str| -> (Vec<Value>, bool) {
        let mut values = Vec::new();
        for value in serde_json::Deserializer::from_str(text)
            .into_iter()
            .take(100)
        {
            match value {
                Ok(value) => values.push(value),
                Err(_) => return (values, false),
            }
        }
        (values, true)
    };
    let (values, whole) = read(text);
    if whole {
        return values;
    }
    let (mended, _) = read(&mend(text));
    if mended.len() >= values.len() {
        mended
    } else {
        values
    }
}

/// Escapes raw control characters in strings, drops trailing commas and bad escapes.
fn mend(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut in_string = false;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => {
                in_string = !in_string;
                out.push(c);
            }
            '\\' if in_string => match chars.next() {
                Some(e @ ('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' | 'u')) => {
                    out.push('\\');
                    out.push(e);
                }
                Some(other) => out.push(other),
                None => {}
            },
            '\n' if in_string => out.push_str("\\n"),
            c if in_string && c.is_control() => out.push(' '),
            ',' if !in_string => {
                while chars.peek().is_some_and(|c| c.is_whitespace()) {
                    chars.next();
                }
                if !matches!(chars.peek(), Some('}' | ']' | ',') | None) {
                    out.push(',');
                }
            }
            c => out.push(c),
        }
    }
    out
}

fn collect<'v>(value: &'v Value, depth: usize, out: &mut Vec<&'v Map<String, Value>>) {
    if depth > MAX_DEPTH || out.len() >= MAX_OBJECTS {
        return;
    }
    match value {
        Value::Array(list) => list.iter().for_each(|v| collect(v, depth + 1, out)),
        Value::Object(object) => {
            out.push(object);
            for (_, inner) in object {
                if inner.is_object() || inner.is_array() {
                    collect(inner, depth + 1, out);
                }
            }
        }
        _ => {}
    }
}

fn has_type(object: &Map<String, Value>, test: impl Fn(&str) -> bool) -> bool {
    let bare = |t: &str| t.rsplit(['/', '#', ':']).next().unwrap_or(t).to_owned();
    match object.get("@type") {
        Some(Value::String(t)) => test(&bare(t)),
        Some(Value::Array(list)) => list
            .iter()
            .filter_map(Value::as_str)
            .any(|t| test(&bare(t))),
        _ => false,
    }
}

fn is_article(object: &Map<String, Value>) -> bool {
    has_type(object, |t| {
        t.ends_with("Article")
            || t.ends_with("Posting")
            || matches!(
                t,
                "Report"
                    | "Review"
                    | "CriticReview"
                    | "Blog"
                    | "NewsItem"
                    | "CreativeWork"
                    | "Recipe"
                    | "HowTo"
            )
    }) && (object.contains_key("headline")
        || object.contains_key("datePublished")
        || object.contains_key("articleBody"))
}

/// A field's text: a string, the first of a list, or a value object's.
fn text_of(object: &Map<String, Value>, key: &str) -> Option<String> {
    fn text(value: &Value, depth: usize) -> Option<String> {
        match value {
            Value::String(s) => Some(s.clone()),
            Value::Number(n) => Some(n.to_string()),
            Value::Array(list) if depth < 3 => list.iter().find_map(|v| text(v, depth + 1)),
            Value::Object(o) if depth < 3 => o.get("@value").and_then(|v| text(v, depth + 1)),
            _ => None,
        }
    }
    let text = unescape(&text(object.get(key)?, 0)?);
    (!text.trim().is_empty()).then_some(text)
}

/// Text that was escaped for HTML inside JSON, or holds markup, as plain text; a line a paragraph.
pub(super) fn unescape(text: &str) -> String {
    let text = markup::unescape(text.trim());
    if !markup::is_html(&text) {
        return text;
    }
    let sections = markup::sections(&text);
    let lines = sections
        .iter()
        .flat_map(|s| s.heading.iter().chain(&s.paragraphs));
    lines.map(String::as_str).collect::<Vec<_>>().join("\n")
}

fn names(value: &Value, objects: &[&Map<String, Value>], depth: usize) -> Vec<String> {
    match value {
        Value::String(s) => vec![unescape(s)],
        Value::Array(list) if depth < 3 => list
            .iter()
            .take(200)
            .flat_map(|v| names(v, objects, depth + 1))
            .collect(),
        Value::Object(o) if depth < 4 => {
            if let Some(name) = text_of(o, "name").or_else(|| text_of(o, "alternateName")) {
                return vec![name];
            }
            if let Some(value) = o.get("name").filter(|v| v.is_array()) {
                return names(value, objects, depth + 1);
            }
            // A reference to an object elsewhere in the graph.
            let id = o.get("@id").and_then(Value::as_str);
            objects
                .iter()
                .find(|other| {
                    id.is_some()
                        && other.contains_key("name")
                        && other.get("@id").and_then(Value::as_str) == id
                })
                .and_then(|other| text_of(other, "name"))
                .into_iter()
                .collect()
        }
        _ => Vec::new(),
    }
}

fn url_of(value: &Value) -> Option<String> {
    match value {
        Value::String(s) => Some(s.trim().to_owned()),
        Value::Object(o) => ["@id", "url"]
            .iter()
            .find_map(|k| o.get(*k)?.as_str().map(|s| s.trim().to_owned())),
        _ => None,
    }
}

fn entities(value: &Value, objects: &[&Map<String, Value>], out: &mut Vec<GivenEntity>) {
    match value {
        Value::Array(list) => list.iter().take(500).for_each(|v| {
            if !v.is_array() {
                entities(v, objects, out);
            }
        }),
        Value::Object(o) => {
            let kind = if has_type(o, |t| t == "Person") {
                EntityKind::Person
            } else if has_type(o, |t| {
                t.ends_with("Organization")
                    || matches!(
                        t,
                        "Corporation"
                            | "NGO"
                            | "SportsTeam"
                            | "PoliticalParty"
                            | "Airline"
                            | "CollegeOrUniversity"
                    )
            }) {
                EntityKind::Org
            } else if has_type(o, |t| {
                matches!(
                    t,
                    "Place" | "City" | "Country" | "State" | "AdministrativeArea" | "Landform"
                )
            }) {
                EntityKind::Place
            } else {
                return;
            };
            out.extend(
                names(value, objects, 0)
                    .into_iter()
                    .map(|name| GivenEntity { kind, name }),
            );
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(script: &str) -> JsonLd {
        read(&[script.to_owned()], None).unwrap_or_default()
    }

    #[test]
    fn the_article_of_a_graph_is_found_and_its_author_by_reference() {
        let ld = one(r##"{"@graph":[{"@type":"WebSite","name":"The Site"},
            {"@type":["NewsArticle"],"headline":"Bridge opens &amp; closes","datePublished":"2024-03-05T10:00:00+01:00",
             "author":{"@id":"#p"},"publisher":{"@type":"Organization","name":"The Site"},"keywords":"bridge, river",
             "about":[{"@type":"Person","name":"Ann Lee"},{"@type":"Thing","name":"bridges"},{"@type":"City","name":"Ghent"}]},
            {"@type":"Person","@id":"#p","name":"Jane Doe"}]}"##);
        assert_eq!(ld.headline.as_deref(), Some("Bridge opens & closes"));
        assert_eq!(ld.published.as_deref(), Some("2024-03-05T10:00:00+01:00"));
        assert_eq!(ld.authors, ["Jane Doe"]);
        assert_eq!(ld.publisher.as_deref(), Some("The Site"));
        assert_eq!(ld.keywords, ["bridge", "river"]);
        let entities: Vec<_> = ld
            .entities
            .iter()
            .map(|e| (e.kind.as_str(), e.name.as_str()))
            .collect();
        assert_eq!(entities, [("person", "Ann Lee"), ("place", "Ghent")]);
    }

    #[test]
    fn raw_line_ends_comments_and_trailing_commas_are_mended() {
        let ld = one(
            "<!-- {\"@type\":\"NewsArticle\",\"headline\":\"Two\nlines\",\"datePublished\":\"2020-01-02\",} -->",
        );
        assert_eq!(ld.headline.as_deref(), Some("Two\nlines"));
        assert_eq!(ld.published.as_deref(), Some("2020-01-02"));
    }

    #[test]
    fn of_several_articles_the_one_of_the_title_is_taken() {
        let script = r#"[{"@type":"NewsArticle","headline":"Other","datePublished":"2019-01-01"},
            {"@type":"NewsArticle","headline":"Ours","datePublished":"2020-01-01"}]"#;
        let ld = read(&[script.to_owned()], Some("Ours | Site")).unwrap_or_default();
        assert_eq!(ld.published.as_deref(), Some("2020-01-01"));
    }

    #[test]
    fn nonsense_gives_nothing() {
        for script in [
            "",
            "null",
            "[[[[",
            "{\"@type\":5}",
            "\u{0}",
            "{\"@type\":\"NewsArticle\"}",
        ] {
            assert_eq!(read(&[script.to_owned()], None), None, "{script:?}");
        }
    }
}
