//! HTML pages: one article each.
//!
//! The page is parsed into a flat tree (`dom`, `builder`, `elements`), read as blocks (`blocks`), and the blocks
//! that are the article's are chosen (`body`, with what names and phrases say in `clutter`). The rest
//! comes from JSON-LD, meta elements, and what the page prints (`metadata`, `title`, `times`, `byline`).

mod blocks;
mod body;
mod builder;
mod byline;
mod clutter;
mod dates;
mod dom;
mod elements;
mod json_ld;
mod metadata;
mod shingles;
mod times;
mod title;

pub(super) use byline::split_byline;

use super::{Articles, Fit, Head, Input, Limits, Reader, Trouble, encoding};
use crate::article::Article;
use dom::Dom;

/// Web pages, saved or crawled.
pub struct HtmlReader;

impl Reader for HtmlReader {
    fn name(&self) -> &'static str {
        "html"
    }

    fn accepts(&self, path: &str, head: &Head<'_>) -> Fit {
        let named = has_html_name(path);
        match is_page(head.text) {
            true => Fit::Sure,
            false if named && head.text.contains('<') => Fit::Likely,
            false if begins_with_tag(head.text) && has_tags(head.text) => Fit::Likely,
            false if named && !head.text.trim().is_empty() => Fit::Possible,
            false => Fit::No,
        }
    }

    fn read<'a>(&self, input: Input<'a>) -> Articles<'a> {
        let limits = input.options.limits.clone();
        let charset = input.charset.clone();
        let result = input
            .into_bytes()
            .and_then(|bytes| parse_bytes(&bytes, charset.as_deref(), None, &limits));
        Box::new(std::iter::once(result))
    }
}

/// A tag, and no declaration of XML: other XML has paragraphs and titles too.
fn begins_with_tag(text: &str) -> bool {
    let text = text.trim_start();
    text.starts_with('<') && !text.starts_with("<?xml")
}

fn has_html_name(path: &str) -> bool {
    let extension = path.rsplit_once('.').map_or("", |(_, e)| e);
    ["html", "htm", "xhtml", "shtml", "xht"]
        .iter()
        .any(|e| extension.eq_ignore_ascii_case(e))
}

/// Whether a text begins as pages do, after declarations and comments.
fn is_page(text: &str) -> bool {
    let mut rest = text.trim_start_matches('\u{FEFF}').trim_start();
    loop {
        let closed = if rest.starts_with("<!--") {
            rest.find("-->").map(|at| at + 3)
        } else if rest.starts_with("<?") {
            rest.find('>').map(|at| at + 1)
        } else {
            break;
        };
        match closed {
            Some(at) => rest = rest[at..].trim_start(),
            None => return false,
        }
    }
    ["<!doctype html", "<html", "<head", "<body"]
        .iter()
        .any(|tag| {
            rest.get(..tag.len())
                .is_some_and(|r| r.eq_ignore_ascii_case(tag))
        })
}

/// Whether at least two kinds of HTML's own elements occur.
fn has_tags(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let tags = [
        "<p>", "<p ", "<div", "<br", "<meta", "<title>", "<h1", "<span", "<a href", "<article",
    ];
    tags.iter().filter(|t| lower.contains(**t)).count() >= 2
}

/// The encoding that a page's first bytes declare: `<meta charset>`, its older form, an XML declaration.
pub(super) fn declared_charset(bytes: &[u8]) -> Option<String> {
    let head = &bytes[..bytes.len().min(4096)];
    let lower: Vec<u8> = head.iter().map(u8::to_ascii_lowercase).collect();
    let mut from = 0;
    while let Some(at) = memchr::memmem::find(&lower[from..], b"charset") {
        let rest = &lower[from + at + 7..];
        from += at + 7;
        let Some(value) = attribute_value(rest) else {
            continue;
        };
        if encoding_rs::Encoding::for_label(value.as_bytes()).is_some() {
            return Some(value);
        }
    }
    let declaration = lower.strip_prefix(b"<?xml")?;
    let at = memchr::memmem::find(declaration, b"encoding")?;
    attribute_value(&declaration[at + 8..])
}

/// What follows `=`, without quotes.
fn attribute_value(bytes: &[u8]) -> Option<String> {
    let bytes = bytes
        .trim_ascii_start()
        .strip_prefix(b"=")?
        .trim_ascii_start();
    let value: Vec<u8> = bytes
        .iter()
        .copied()
        .skip_while(|b| matches!(b, b'"' | b'\''))
        .take(40)
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b':' | b'.'))
        .collect();
    String::from_utf8(value).ok().filter(|v| !v.is_empty())
}

/// Reads a page that is decoded already.
///
/// `limits` bounds depth and time; the size is what the caller let in. `address` is where the
/// page was found, used where it does not name its own. Never asks for anything that the page
/// links to.
pub fn parse_html(html: &str, address: Option<&str>, limits: &Limits) -> Result<Article, Trouble> {
    let deadline = limits.deadline();
    let dom = Dom::parse(html, limits.depth, deadline)?;
    let metadata = metadata::read(&dom, address);
    deadline.check()?;
    let json_ld = metadata.json_ld.as_ref();
    let known = body::Known {
        title: metadata.title.as_deref(),
        description: metadata.description.as_deref(),
        authors: &metadata.authors,
        json_ld: json_ld.and_then(|ld| ld.body.as_deref()),
    };
    let body = body::extract(&dom, known);
    deadline.check()?;
    // A byline may stand above the paragraph that opens with place and day.
    let paragraphs = || body.sections.iter().flat_map(|s| &s.paragraphs).take(3);
    let opening = || paragraphs().find_map(|p| dates::opening(p, metadata.lang.as_deref()));
    let published = metadata.published.or_else(opening);
    Ok(Article {
        title: metadata.title,
        standfirst: body.standfirst,
        authors: metadata.authors,
        published,
        updated: metadata.updated,
        source: metadata.site,
        url: metadata.url,
        lang: metadata.lang,
        keywords: metadata.keywords,
        entities: metadata.json_ld.map(|ld| ld.entities).unwrap_or_default(),
        sections: body.sections,
        ..Article::default()
    })
}

/// [`parse_html`] from bytes: `charset` is what a protocol named, else the page's own declaration counts.
pub fn parse_bytes(
    bytes: &[u8],
    charset: Option<&str>,
    address: Option<&str>,
    limits: &Limits,
) -> Result<Article, Trouble> {
    let own = charset.is_none().then(|| declared_charset(bytes)).flatten();
    let (html, encoding) = encoding::decode(bytes, charset.or(own.as_deref()));
    let mut article = parse_html(&html, address, limits)?;
    encoding.clone_into(&mut article.encoding);
    Ok(article)
}
