//! JSON Feed 1.0 and 1.1.

use super::{Articles, finish, html_or_text, resolve};
use crate::article::{Article, Provenance, Published};
use crate::read::{Input, Trouble, encoding, published};
use serde_json::Value;

/// Whether a JSON text says to be a feed in its first kilobytes.
pub(super) fn is_feed(text: &str) -> bool {
    let head = &text[..crate::analyze::floor_boundary(text, 4_096)];
    head.contains("jsonfeed.org/version") || head.contains("jsonfeed.org\\/version")
}

/// The items of a feed, which is held whole: JSON says what its items are only at the end.
pub(super) fn read<'a>(input: Input<'a>) -> Articles<'a> {
    let charset = input.charset.clone();
    let feed = input.into_bytes().and_then(|bytes| {
        let (text, encoding) = encoding::decode(&bytes, charset.as_deref());
        let feed: Value = serde_json::from_str(&text)
            .map_err(|e| Trouble::failed(format!("broken JSON Feed: {e}")))?;
        Ok((feed, encoding))
    });
    let (feed, encoding) = match feed {
        Ok(read) => read,
        Err(trouble) => return Box::new(std::iter::once(Err(trouble))),
    };
    let Some(items) = feed.get("items").and_then(Value::as_array) else {
        let reason = "a JSON Feed without items; expected an array `items`";
        return Box::new(std::iter::once(Err(Trouble::failed(reason))));
    };
    let articles: Vec<_> = (1_u32..)
        .zip(items)
        .map(|(record, item)| {
            let mut article = entry(item, &feed).map_err(|t| t.at(record, 0))?;
            article.record = record;
            encoding.clone_into(&mut article.encoding);
            Ok(article)
        })
        .collect();
    Box::new(articles.into_iter())
}

fn text(value: &Value, key: &str) -> Option<String> {
    let found = value.get(key)?;
    let text = match found {
        Value::String(s) => s.trim().to_owned(),
        Value::Number(n) => n.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

fn entry(item: &Value, feed: &Value) -> Result<Article, Trouble> {
    if !item.is_object() {
        return Err(Trouble::failed("an item that is no object"));
    }
    let mut out = Article {
        own_id: text(item, "id"),
        title: text(item, "title"),
        lang: text(item, "language").or_else(|| text(feed, "language")),
        source: text(feed, "title"),
        ..Article::default()
    };
    let home = text(feed, "home_page_url");
    out.url = text(item, "url")
        .or_else(|| text(item, "external_url"))
        .map(|u| resolve(home.as_deref(), &u));
    let mut authors = |value: &Value| {
        let list = value
            .get("authors")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        out.authors.extend(
            list.chain(value.get("author"))
                .filter_map(|a| text(a, "name")),
        );
    };
    authors(item);
    if item.get("authors").or_else(|| item.get("author")).is_none() {
        authors(feed);
    }
    let tags = item
        .get("tags")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    out.keywords = tags.filter_map(Value::as_str).map(str::to_owned).collect();
    let mut time = |key: &str| -> Option<Published> {
        let written = text(item, key)?;
        match published::parse(&written, None, Provenance::Field) {
            Ok(time) => Some(time),
            Err(reason) => {
                out.warnings.push(reason);
                None
            }
        }
    };
    let (issued, updated) = (time("date_published"), time("date_modified"));
    let body = text(item, "content_html").or_else(|| text(item, "content_text"));
    let body = body.map(|b| html_or_text(&b)).unwrap_or_default();
    let summary = text(item, "summary")
        .map(|s| html_or_text(&s))
        .unwrap_or_default();
    finish(body, summary, issued, updated, &mut out);
    if out.title.is_none() && out.sections.is_empty() {
        return Err(Trouble::skipped("an item without title and text"));
    }
    Ok(out)
}
