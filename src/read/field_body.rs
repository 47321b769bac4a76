//! The body of a record in any of its shapes → sections.

use super::{field_values::text_of, fields::fold, markup, text};
use crate::article::Section;
use serde_json::Value;

/// The body in any of its shapes; a block of type `title` fills an empty title.
pub(super) fn body(value: &Value, title: &mut Option<String>) -> Vec<Section> {
    match value {
        Value::String(text) if markup::is_html(text) => markup::sections(text),
        Value::String(text) if has_reference(text) => text::body(&markup::unescape(text)),
        Value::String(text) => text::body(text),
        Value::Array(blocks) => {
            let mut sections = Vec::new();
            for block in blocks {
                block_into(block, &mut sections, title);
            }
            sections
        }
        Value::Object(map) => [
            "rendered",
            "value",
            "html",
            "text",
            "plain",
            "content",
            "body",
            "paragraphs",
            "sections",
        ]
        .iter()
        .find_map(|k| map.get(*k))
        .map(|inner| body(inner, title))
        .unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// `&amp;`, `&#8217;`: a text that went through an HTML export without its tags.
fn has_reference(text: &str) -> bool {
    [
        "&amp;", "&quot;", "&#", "&nbsp;", "&lt;", "&rsquo;", "&ldquo;",
    ]
    .iter()
    .any(|r| text.contains(r))
}

fn append(paragraphs: Vec<String>, sections: &mut Vec<Section>) {
    match sections.last_mut() {
        Some(section) => section.paragraphs.extend(paragraphs),
        None => sections.push(Section {
            heading: None,
            paragraphs,
        }),
    }
}

/// One element of a body list: a paragraph, a typed block, or a section with its heading.
fn block_into(block: &Value, sections: &mut Vec<Section>, title: &mut Option<String>) {
    let map = match block {
        Value::Object(map) => map,
        Value::String(_) => {
            for section in body(block, title) {
                match section.heading {
                    Some(_) => sections.push(section),
                    None => append(section.paragraphs, sections),
                }
            }
            return;
        }
        _ => return,
    };
    let get = |names: &[&str]| {
        map.iter()
            .filter(|(_, v)| !v.is_null())
            .find(|(k, _)| names.contains(&fold(k).as_str()))
            .map(|(_, v)| v)
    };
    let kind = get(&["type", "subtype", "kind", "tag"])
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_ascii_lowercase();
    let content = get(&[
        "paragraphs",
        "content",
        "text",
        "body",
        "value",
        "html",
        "items",
    ]);
    match kind.as_str() {
        "title" | "headline" => {
            if title.is_none() {
                *title = content.and_then(text_of);
            }
        }
        "heading" | "subheading" | "header" | "h1" | "h2" | "h3" | "h4" | "crosshead" => {
            if let Some(heading) = content
                .or_else(|| get(&["heading", "title"]))
                .and_then(text_of)
            {
                sections.push(Section {
                    heading: Some(heading),
                    paragraphs: Vec::new(),
                });
            }
        }
        // What stands beside the copy.
        "date" | "byline" | "author_info" | "kicker" | "image" | "video" | "gallery" | "tweet"
        | "deck" | "ad" => {}
        _ => {
            let heading = get(&["heading", "title", "header", "name"]).and_then(text_of);
            let list = matches!(kind.as_str(), "list" | "ul" | "ol");
            let mut inner = content.map(|c| body(c, title)).unwrap_or_default();
            if list {
                for paragraph in inner.iter_mut().flat_map(|s| &mut s.paragraphs) {
                    if !paragraph.starts_with("- ") {
                        paragraph.insert_str(0, "- ");
                    }
                }
            }
            if heading.is_some() {
                sections.push(Section {
                    heading,
                    paragraphs: Vec::new(),
                });
            }
            for section in inner {
                match section.heading {
                    Some(_) => sections.push(section),
                    None => append(section.paragraphs, sections),
                }
            }
        }
    }
}
