//! ninjs 1 to 3, the IPTC's news in JSON: flat in 1, arrays of objects in 2, camel case in 3.
//!
//! Names are compared in lower case, so that one reader serves all three. What breaks the
//! standard is a failure that names the property (`rules`); pictures, packages, events and planning
//! are skipped.

mod rules;

use super::{
    Articles, Fit, Head, Input, Reader, Trouble, encoding, html, markup, newsml_g2, published,
};
use crate::article::{Article, EntityKind, GivenEntity, Provenance, Published, Section, Status};
use serde_json::{Map, Value};
use std::io::BufRead;

/// Files that are one item, an array of items, or one item a line.
pub struct NinjsReader;

/// Properties that only ninjs has.
const OWN: [&str; 13] = [
    "versioncreated",
    "representationtype",
    "body_xhtml",
    "body_text",
    "description_text",
    "pubstatus",
    "usageterms",
    "copyrightholder",
    "infosources",
    "eventdetails",
    "plannedcoverage",
    "trustindicators",
    "rightsinfo",
];

/// Properties by which everybody else names a text, an address or a day.
const OTHERS: [&str; 24] = [
    "text",
    "content",
    "body",
    "article",
    "url",
    "link",
    "date",
    "published",
    "published_at",
    "publishedat",
    "pubdate",
    "author",
    "authors",
    "source",
    "articlebody",
    "datepublished",
    "@type",
    "@context",
    "items",
    "articles",
    "summary",
    "id",
    "_id",
    "docid",
];

impl Reader for NinjsReader {
    fn name(&self) -> &'static str {
        "ninjs"
    }

    fn accepts(&self, _path: &str, head: &Head<'_>) -> Fit {
        let text = head.text.trim_start().trim_start_matches('[').trim_start();
        if !text.starts_with('{') {
            return Fit::No;
        }
        let names = top_names(text);
        let has = |name: &str| names.iter().any(|n| n == name);
        let declared =
            (has("standard") || has("$standard")) && text.to_ascii_lowercase().contains("ninjs");
        let own = OWN.iter().filter(|n| has(n)).count();
        let others = OTHERS.iter().filter(|n| has(n)).count();
        let listed = has("headlines") || has("bodies");
        match () {
            () if declared => Fit::Sure,
            () if has("uri")
                && (own + usize::from(listed) >= 2
                    || (own + usize::from(listed) >= 1 && others == 0)) =>
            {
                Fit::Sure
            }
            // The least that the standard asks for is a `uri`.
            () if has("uri") && others == 0 => Fit::Sure,
            () => Fit::No,
        }
    }

    fn read<'a>(&self, input: Input<'a>) -> Articles<'a> {
        match Items::open(input) {
            Ok(items) => Box::new(items),
            Err(trouble) => Box::new(std::iter::once(Err(trouble))),
        }
    }
}

/// The names of the first object's own properties, in lower case, as far as `text` goes.
fn top_names(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let (mut depth, mut in_string, mut escaped, mut start) = (0_usize, false, false, 0);
    let mut last: Option<&str> = None;
    for (at, byte) in text.bytes().enumerate() {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => {
                    in_string = false;
                    last = text.get(start..at);
                }
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => {
                in_string = true;
                start = at + 1;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    break;
                }
            }
            b':' if depth == 1 => names.extend(last.take().map(str::to_ascii_lowercase)),
            _ => {}
        }
    }
    names
}

struct Items<'a> {
    /// The file, where it holds an item a line.
    lines: Option<Input<'a>>,
    charset: Option<String>,
    ready: std::vec::IntoIter<Result<Article, Trouble>>,
    record: u32,
    offset: u64,
}

impl<'a> Items<'a> {
    fn open(mut input: Input<'a>) -> Result<Self, Trouble> {
        let charset = input.charset.clone();
        let head = input.fill_buf().map_err(|e| Trouble::io(&e))?;
        let first = head.split(|b| *b == b'\n').next().unwrap_or(head);
        let is_lines = first.len() < head.len()
            && serde_json::from_slice::<Map<String, Value>>(first).is_ok()
            && head[first.len()..].trim_ascii_start().starts_with(b"{");
        if is_lines {
            return Ok(Self {
                lines: Some(input),
                charset,
                ready: Vec::new().into_iter(),
                record: 0,
                offset: 0,
            });
        }
        let bytes = input.into_bytes()?;
        let (text, encoding) = encoding::decode(&bytes, charset.as_deref());
        let value: Value = serde_json::from_str(&text)
            .map_err(|e| Trouble::failed(format!("broken JSON: {e}")))?;
        let with_encoding = |mut article: Article| {
            encoding.clone_into(&mut article.encoding);
            article
        };
        let articles: Vec<_> = match value {
            Value::Array(items) => (1_u32..)
                .zip(&items)
                .map(|(record, value)| {
                    let mut article = item(value)
                        .map(with_encoding)
                        .map_err(|t| t.at(record, 0))?;
                    article.record = record;
                    Ok(article)
                })
                .collect(),
            one => vec![item(&one).map(with_encoding)],
        };
        Ok(Self {
            lines: None,
            charset,
            ready: articles.into_iter(),
            record: 0,
            offset: 0,
        })
    }

    fn line(&mut self) -> Option<Result<Article, Trouble>> {
        let input = self.lines.as_mut()?;
        loop {
            let limit = input.options.limits.record_bytes;
            let mut line = Vec::new();
            let start = self.offset;
            let read = std::io::Read::take(&mut *input, limit.saturating_add(1))
                .read_until(b'\n', &mut line);
            self.offset += line.len() as u64;
            let failure = match read {
                Err(e) => Some(Trouble::io(&e)),
                Ok(0) => return None,
                Ok(n) if n as u64 > limit => Some(Trouble::failed(format!(
                    "longer than {limit} bytes (--max-record-bytes)"
                ))),
                Ok(_) if line.trim_ascii().is_empty() => continue,
                Ok(_) => None,
            };
            self.record += 1;
            if let Some(trouble) = failure {
                self.lines = None;
                return Some(Err(trouble.at(self.record, start)));
            }
            let (text, encoding) = encoding::decode(&line, self.charset.as_deref());
            let read = serde_json::from_str::<Value>(&text)
                .map_err(|e| Trouble::failed(format!("broken JSON: {e}")))
                .and_then(|value| item(&value));
            return Some(match read {
                Ok(mut article) => {
                    article.record = self.record;
                    article.offset = start;
                    encoding.clone_into(&mut article.encoding);
                    Ok(article)
                }
                Err(trouble) => Err(trouble.at(self.record, start)),
            });
        }
    }
}

impl Iterator for Items<'_> {
    type Item = Result<Article, Trouble>;

    fn next(&mut self) -> Option<Self::Item> {
        self.ready.next().or_else(|| self.line())
    }
}

/// An item's properties under lower-case names.
struct Properties<'v>(Vec<(String, &'v Value)>);

impl<'v> Properties<'v> {
    fn of(object: &'v Map<String, Value>) -> Self {
        Self(
            object
                .iter()
                .map(|(k, v)| (k.to_ascii_lowercase(), v))
                .collect(),
        )
    }

    fn get(&self, name: &str) -> Option<&'v Value> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, v)| *v)
    }

    fn text(&self, name: &str) -> Option<String> {
        let text = self.get(name)?.as_str()?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    fn objects(&self, names: &[&str]) -> Vec<Properties<'v>> {
        let lists = names.iter().filter_map(|n| self.get(n)?.as_array());
        lists
            .flatten()
            .filter_map(Value::as_object)
            .map(Properties::of)
            .collect()
    }
}

fn item(value: &Value) -> Result<Article, Trouble> {
    let Some(object) = value.as_object() else {
        return Err(Trouble::failed("an item that is no object"));
    };
    rules::check(object)?;
    let item = Properties::of(object);
    let kind = item.text("type");
    if let Some(kind) = kind
        .as_deref()
        .filter(|k| !matches!(*k, "text" | "composite" | "component"))
    {
        return Err(Trouble::skipped(format!(
            "an item of type {kind}, not text"
        )));
    }
    let mut out = Article {
        own_id: item.text("uri"),
        version: item.text("version").and_then(|v| v.parse().ok()),
        lang: item.text("language"),
        title: headline(&item),
        source: item.text("copyrightholder"),
        url: item.text("uri").filter(|u| u.starts_with("http")),
        dateline: None,
        ..Article::default()
    };
    if let Some(source) = item
        .objects(&["infosource", "infosources"])
        .iter()
        .find_map(|s| s.text("name"))
    {
        out.source = out.source.take().or(Some(source));
    }
    out.authors = item
        .text("byline")
        .or_else(|| item.text("by"))
        .map(|b| html::split_byline(&b))
        .unwrap_or_default();
    let mut time = |name: &str| -> Option<Published> {
        let written = item.text(name)?;
        match published::parse(&written, None, Provenance::Field) {
            Ok(time) => Some(time),
            Err(reason) => {
                out.warnings.push(format!("{name}: {reason}"));
                None
            }
        }
    };
    let versioned = time("versioncreated");
    let first = time("contentcreated").or_else(|| time("firstcreated"));
    let embargo = time("embargoed");
    out.published = first.or(versioned);
    out.updated = versioned.filter(|v| first.is_some_and(|f| f != *v));
    out.embargo = embargo;
    out.status = match item.text("pubstatus").as_deref() {
        Some("canceled") => Some(Status::Canceled),
        Some("withheld") => Some(Status::Embargoed),
        _ => None,
    };
    for (kind, names) in [
        (EntityKind::Person, ["person", "people"]),
        (EntityKind::Org, ["organisation", "organisations"]),
        (EntityKind::Place, ["place", "places"]),
    ] {
        for name in item.objects(&names).iter().filter_map(|o| o.text("name")) {
            let entity = GivenEntity { kind, name };
            if !out.entities.contains(&entity) && out.entities.len() < 1_000 {
                out.entities.push(entity);
            }
        }
    }
    let subjects = item.objects(&["subject", "subjects", "genre", "genres"]);
    out.keywords = subjects.iter().filter_map(|s| s.text("name")).collect();
    out.keywords.extend(item.text("slugline"));
    out.standfirst = description(&item);
    out.sections = body(&item);
    if out.title.is_none() {
        out.title = item.text("title");
    }
    if out.sections.is_empty() && kind.as_deref() == Some("composite") {
        return Err(Trouble::skipped("a package, which only refers to items"));
    }
    if out.sections.is_empty() {
        if out.status == Some(Status::Canceled) {
            out.kills.extend(out.own_id.clone());
            return Ok(out);
        }
        let Some(summary) = out.standfirst.take() else {
            return Err(Trouble::skipped("an item without text"));
        };
        out.is_summary = true;
        out.sections = newsml_g2::paragraphs(&summary);
    }
    Ok(out)
}

/// `headline`, `headlines` with the role `main` or the first, `headline_main`.
fn headline(item: &Properties<'_>) -> Option<String> {
    let listed = item.objects(&["headlines"]);
    let main = listed
        .iter()
        .find(|h| {
            h.text("role")
                .is_none_or(|r| r.eq_ignore_ascii_case("main"))
        })
        .or_else(|| listed.first());
    let text = item
        .text("headline")
        .or_else(|| main.and_then(|h| h.text("value")))
        .or_else(|| item.text("headline_main"));
    text.map(|t| {
        if markup::is_html(&t) {
            markup::line(&t)
        } else {
            t
        }
    })
}

fn description(item: &Properties<'_>) -> Option<String> {
    let listed = item.objects(&["descriptions"]);
    let of_role = |role: &str| {
        listed
            .iter()
            .find(|d| d.text("role").is_some_and(|r| r.eq_ignore_ascii_case(role)))
    };
    let chosen = of_role("summary").or_else(|| of_role("main")).or_else(|| {
        listed
            .iter()
            .find(|d| d.text("role").is_none_or(|r| r != "caption"))
    });
    let flat = ["description_text", "description_html", "description_xhtml"]
        .iter()
        .find_map(|n| item.text(n));
    let text = flat.or_else(|| chosen.and_then(|d| d.text("value")))?;
    Some(if markup::is_html(&text) {
        markup::line(&text)
    } else {
        text
    })
}

/// Marked-up text before plain, for it has paragraphs and headings.
fn body(item: &Properties<'_>) -> Vec<Section> {
    for name in ["body_xhtml", "body_html"] {
        if let Some(html) = item.text(name) {
            return markup::sections(&html);
        }
    }
    let listed = item.objects(&["bodies"]);
    let is_html = |b: &Properties<'_>| {
        b.text("contenttype").is_some_and(|t| t.contains("html"))
            || b.text("value").is_some_and(|v| markup::is_html(&v))
    };
    let chosen = listed
        .iter()
        .find(|b| is_html(b))
        .or_else(|| listed.iter().find(|b| b.text("value").is_some()));
    if let Some(text) = chosen.and_then(|b| b.text("value")) {
        return match chosen.is_some_and(is_html) {
            true => markup::sections(&text),
            false => newsml_g2::paragraphs(&text),
        };
    }
    let flat = item.text("body_text").or_else(|| {
        item.0
            .iter()
            .find(|(n, v)| n.starts_with("body_") && v.is_string())
            .and_then(|(n, _)| item.text(n))
    });
    flat.map(|text| newsml_g2::paragraphs(&text))
        .unwrap_or_default()
}
