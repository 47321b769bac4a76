//! RSS 0.9 to 2.0, Atom, and JSON Feed: one article an entry; content before summary.

use super::xml::{self, Element, Node, Piece, Pieces};
use super::{Articles, Fit, Head, Input, Reader, Trouble, html, markup, published};
use crate::article::{Article, Provenance, Published, Section};

mod json;

/// Feeds of every kind.
pub struct FeedReader;

impl Reader for FeedReader {
    fn name(&self) -> &'static str {
        "feed"
    }

    fn accepts(&self, _path: &str, head: &Head<'_>) -> Fit {
        let text = head.text.trim_start_matches('\u{FEFF}').trim_start();
        if text.starts_with('{') {
            return if json::is_feed(text) {
                Fit::Sure
            } else {
                Fit::No
            };
        }
        match xml::root_name(text) {
            Some("rss" | "rdf:RDF" | "RDF" | "channel") => Fit::Sure,
            Some(name)
                if matches!(xml::local(name), "feed" | "entry") && text.contains("Atom")
                    || text.contains("atom/ns#") =>
            {
                Fit::Sure
            }
            _ => Fit::No,
        }
    }

    fn read<'a>(&self, mut input: Input<'a>) -> Articles<'a> {
        use std::io::BufRead;
        let is_json = input.fill_buf().is_ok_and(|b| {
            let b = b.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(b);
            b.trim_ascii_start().first() == Some(&b'{')
        });
        if is_json {
            return json::read(input);
        }
        let enters =
            |name: &str, _: Option<&str>| matches!(name, "rss" | "RDF" | "channel" | "feed");
        match Pieces::open(input, enters) {
            Ok(pieces) => Box::new(Entries {
                encoding: pieces.encoding(),
                pieces,
                channel: Channel::default(),
                record: 0,
            }),
            Err(trouble) => Box::new(std::iter::once(Err(trouble))),
        }
    }
}

/// What a feed says of itself before its entries.
#[derive(Debug, Default)]
struct Channel {
    title: Option<String>,
    lang: Option<String>,
    base: Option<String>,
    link: Option<String>,
}

impl Channel {
    fn enter(&mut self, element: &Element) {
        self.lang = element.attr("lang").map(str::to_owned).or(self.lang.take());
        if let Some(base) = element.attrs.iter().find(|(n, _)| n == "xml:base") {
            self.base = Some(resolve(self.base.as_deref(), &base.1));
        }
    }

    fn learn(&mut self, element: &Element) {
        match element.name.as_str() {
            "title" => self.title = self.title.take().or_else(|| text_construct(element)),
            "language" | "dc:language" => {
                self.lang = Some(element.text()).filter(|t| !t.is_empty())
            }
            "link" if self.link.is_none() => {
                self.link = element
                    .attr("href")
                    .map(str::to_owned)
                    .or_else(|| Some(element.text()))
            }
            _ => {}
        }
    }
}

struct Entries<'a> {
    pieces: Pieces<'a>,
    encoding: &'static str,
    channel: Channel,
    record: u32,
}

impl Iterator for Entries<'_> {
    type Item = Result<Article, Trouble>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.pieces.next()? {
                Ok(Piece::Entered(element)) => self.channel.enter(&element),
                Ok(Piece::Whole(element, offset)) => match element.local() {
                    "item" | "entry" => {
                        self.record += 1;
                        let mut article = entry(&element, &self.channel);
                        article.record = self.record;
                        article.offset = offset;
                        self.encoding.clone_into(&mut article.encoding);
                        return Some(if article.title.is_none() && article.sections.is_empty() {
                            Err(Trouble::skipped("an entry without title and text")
                                .at(self.record, offset))
                        } else {
                            Ok(article)
                        });
                    }
                    _ => self.channel.learn(&element),
                },
                Err(mut trouble) => {
                    trouble.record = self.record + 1;
                    return Some(Err(trouble));
                }
            }
        }
    }
}

/// The address that `link` means at `base`.
fn resolve(base: Option<&str>, link: &str) -> String {
    let link = link.trim();
    let has_scheme = link.find(':').is_some_and(|at| {
        let scheme = &link[..at];
        !scheme.is_empty()
            && scheme
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
    });
    let Some((scheme, rest)) = base
        .and_then(|b| b.split_once("://"))
        .filter(|_| !has_scheme)
    else {
        return link.to_owned();
    };
    if let Some(host) = link.strip_prefix("//") {
        return format!("{scheme}://{host}");
    }
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    if let Some(path) = link.strip_prefix('/') {
        return format!("{scheme}://{host}/{path}");
    }
    let path = path.split(['?', '#']).next().unwrap_or("");
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            ".." => {
                parts.pop();
            }
            "." => {}
            part => parts.push(part),
        }
    }
    format!("{scheme}://{host}/{}", parts.join("/"))
}

/// The text of a title: plain, or marked up as text, HTML or XHTML.
fn text_construct(element: &Element) -> Option<String> {
    let raw = element.raw_text();
    let line = match element.attr("type") {
        Some("text") => raw,
        _ if markup::is_html(&raw) => markup::line(&raw),
        // Many feeds escape twice.
        _ => markup::unescape(&raw),
    };
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    (!line.is_empty()).then_some(line)
}

/// The sections of a content or summary element.
fn content(element: &Element) -> Vec<Section> {
    if element.elements().any(|e| !xml::is_inline(e.local()))
        || element.attr("type") == Some("xhtml")
    {
        return xml::sections(element);
    }
    // Inline markup between text is XHTML too; escaped HTML has no elements at all.
    if element.elements().next().is_some() {
        return xml::sections(element);
    }
    html_or_text(&element.raw_text())
}

fn html_or_text(raw: &str) -> Vec<Section> {
    if markup::is_html(raw) {
        return markup::sections(raw);
    }
    let plain = markup::unescape(raw);
    let paragraphs: Vec<String> = plain
        .split("\n\n")
        .map(|p| p.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|p| !p.is_empty())
        .collect();
    if paragraphs.is_empty() {
        return Vec::new();
    }
    vec![Section {
        heading: None,
        paragraphs,
    }]
}

fn plain(sections: &[Section]) -> Option<String> {
    let all: Vec<&str> = sections
        .iter()
        .flat_map(|s| s.paragraphs.iter().map(String::as_str))
        .collect();
    Some(all.join(" ")).filter(|t| !t.is_empty())
}

fn entry(element: &Element, channel: &Channel) -> Article {
    let base = element
        .attrs
        .iter()
        .find(|(n, _)| n == "xml:base")
        .map(|(_, b)| resolve(channel.base.as_deref(), b));
    let base = base.or_else(|| channel.base.clone());
    let mut out = Article {
        lang: element
            .attr("lang")
            .map(str::to_owned)
            .or_else(|| channel.lang.clone()),
        source: channel.title.clone(),
        ..Article::default()
    };
    let (mut body, mut summary) = (Vec::new(), Vec::new());
    let (mut issued, mut updated) = (None, None);
    for e in element.elements() {
        match e.name.as_str() {
            "title" | "atom:title" | "rss:title" => {
                out.title = out.title.take().or_else(|| text_construct(e))
            }
            "dc:title" | "media:title" => {
                out.title = out.title.take().or_else(|| text_construct(e))
            }
            "link" | "atom:link" => link(e, base.as_deref(), &mut out),
            "guid" | "id" | "dc:identifier" => {
                let id = e.text();
                let permalink = e.local() == "guid"
                    && e.attr("isPermaLink") != Some("false")
                    && id.starts_with("http");
                if permalink && out.url.is_none() {
                    out.url = Some(id.clone());
                }
                out.own_id = out
                    .own_id
                    .take()
                    .or_else(|| Some(id).filter(|i| !i.is_empty()));
            }
            "content:encoded" | "content" | "body" | "xhtml:body" | "fullitem" => {
                // Media of that name have a type of their own.
                let is_media = e.attr("src").is_some()
                    || e.attr("url").is_some()
                    || e.attr("medium").is_some();
                let found = if is_media { Vec::new() } else { content(e) };
                if body.is_empty() {
                    body = found;
                }
            }
            "description" | "summary" | "dc:description" | "itunes:summary" | "atom:summary" => {
                let found = content(e);
                if summary.is_empty() {
                    summary = found;
                }
            }
            "media:description" if summary.is_empty() => summary = content(e),
            "pubDate" | "published" | "issued" | "dcterms:issued" | "dcterms:created"
            | "created" | "dc:date" | "atom:published" => {
                issued = issued.or_else(|| time(e, &mut out));
            }
            "updated" | "modified" | "dcterms:modified" | "atom:updated" => {
                updated = updated.or_else(|| time(e, &mut out))
            }
            "author" | "dc:creator" | "creator" | "atom:author" => authors(e, &mut out),
            "category" | "dc:subject" | "media:keywords" => {
                let term = e
                    .attr("label")
                    .or_else(|| e.attr("term"))
                    .map(str::to_owned)
                    .unwrap_or_else(|| e.text());
                if e.local() == "keywords" {
                    out.keywords
                        .extend(term.split(',').map(|k| k.trim().to_owned()));
                } else {
                    out.keywords.push(markup::unescape(&term));
                }
            }
            "source" => {
                let name = e
                    .text_at("title")
                    .or_else(|| Some(e.text()))
                    .filter(|t| !t.is_empty());
                out.source = name.or(out.source.take());
            }
            "dc:publisher" => {
                out.source = Some(e.text())
                    .filter(|t| !t.is_empty())
                    .or(out.source.take())
            }
            "dc:language" => out.lang = Some(e.text()).filter(|t| !t.is_empty()),
            _ => {}
        }
    }
    finish(body, summary, issued, updated, &mut out);
    out
}

/// Content before summary; an entry's update stands for its publication where no other time does.
fn finish(
    body: Vec<Section>,
    summary: Vec<Section>,
    issued: Option<Published>,
    updated: Option<Published>,
    out: &mut Article,
) {
    out.published = issued.or(updated);
    out.updated = updated.filter(|u| issued.is_some_and(|i| i != *u));
    if body.is_empty() {
        out.is_summary = true;
        out.sections = summary;
    } else {
        let text = plain(&body).unwrap_or_default();
        // A description that repeats the text's beginning is no standfirst.
        out.standfirst =
            plain(&summary).filter(|s| !text.starts_with(s.trim_end_matches(['…', '.', ' '])));
        out.sections = body;
    }
    out.keywords.retain(|k| !k.is_empty());
}

fn time(element: &Element, out: &mut Article) -> Option<Published> {
    let text = element.text();
    if text.is_empty() {
        return None;
    }
    match published::parse(&text, out.lang.as_deref(), Provenance::Field) {
        Ok(time) => Some(time),
        Err(reason) => {
            out.warnings.push(reason);
            None
        }
    }
}

fn link(element: &Element, base: Option<&str>, out: &mut Article) {
    let relation = element.attr("rel").unwrap_or("alternate");
    if relation != "alternate" {
        return;
    }
    let written = element
        .attr("href")
        .map(str::to_owned)
        .or_else(|| Some(element.text()).filter(|t| !t.is_empty()));
    // The page in HTML is meant, not its other forms.
    let is_html = element.attr("type").is_none_or(|t| t.contains("html"));
    if let Some(written) = written
        && (out.url.is_none()
            || is_html && element.local() == "link" && element.attr("href").is_none())
    {
        out.url = Some(resolve(base, &written));
    }
}

/// RSS writes `mail@host (Name)`, Dublin Core a name, Atom a `name` element.
fn authors(element: &Element, out: &mut Article) {
    let raw = element.text_at("name").unwrap_or_else(|| {
        let own: String = element
            .nodes
            .iter()
            .filter_map(|n| match n {
                Node::Text(t) => Some(t.as_str()),
                Node::Element(_) => None,
            })
            .collect();
        own.split_whitespace().collect::<Vec<_>>().join(" ")
    });
    let name = match (raw.find('('), raw.rfind(')')) {
        (Some(open), Some(close)) if raw[..open].contains('@') && open < close => {
            raw[open + 1..close].to_owned()
        }
        _ => raw,
    };
    let names = html::split_byline(&name);
    out.authors
        .extend(names.into_iter().filter(|n| !n.contains('@')));
}
