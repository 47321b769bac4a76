//! NewsML-G2: news items, alone or in messages; only items of text are articles.

use super::xml::{self, Element, Piece, Pieces};
use super::{Articles, Fit, Head, Input, Reader, Trouble, html, markup, nitf};
use crate::article::{Article, EntityKind, GivenEntity, Section, Status};

/// `newsItem`, `packageItem`, `newsMessage` and their kin.
pub struct NewsmlG2Reader;

const ROOTS: [&str; 11] = [
    "newsItem",
    "packageItem",
    "newsMessage",
    "conceptItem",
    "knowledgeItem",
    "planningItem",
    "catalogItem",
    // Parts of items, as documentation and careless exports have them.
    "contentSet",
    "contentMeta",
    "itemMeta",
    "groupSet",
];

impl Reader for NewsmlG2Reader {
    fn name(&self) -> &'static str {
        "newsml-g2"
    }

    fn accepts(&self, _path: &str, head: &Head<'_>) -> Fit {
        match xml::root_name(head.text) {
            Some(name) if ROOTS.contains(&xml::local(name)) => Fit::Sure,
            _ => Fit::No,
        }
    }

    fn read<'a>(&self, input: Input<'a>) -> Articles<'a> {
        let enters = |name: &str, _: Option<&str>| matches!(name, "newsMessage" | "itemSet");
        match Pieces::open(input, enters) {
            Ok(pieces) => Box::new(Items {
                encoding: pieces.encoding(),
                pieces,
                in_message: false,
                record: 0,
            }),
            Err(trouble) => Box::new(std::iter::once(Err(trouble))),
        }
    }
}

struct Items<'a> {
    pieces: Pieces<'a>,
    encoding: &'static str,
    in_message: bool,
    record: u32,
}

impl Iterator for Items<'_> {
    type Item = Result<Article, Trouble>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.pieces.next()? {
                Ok(Piece::Entered(_)) => self.in_message = true,
                Ok(Piece::Whole(element, _)) if element.local() == "header" => {}
                Ok(Piece::Whole(element, offset)) => {
                    self.record += 1;
                    let record = if self.in_message { self.record } else { 0 };
                    return Some(match item(&element) {
                        Ok(mut article) => {
                            article.record = record;
                            article.offset = offset;
                            self.encoding.clone_into(&mut article.encoding);
                            Ok(article)
                        }
                        Err(trouble) => Err(trouble.at(record, offset)),
                    });
                }
                Err(mut trouble) => {
                    trouble.record = if self.in_message { self.record + 1 } else { 0 };
                    return Some(Err(trouble));
                }
            }
        }
    }
}

/// The last part of a qualified code or of a URI: `stat:canceled`, `http://…/canceled`.
fn code(text: &str) -> &str {
    text.rsplit([':', '/', '#']).next().unwrap_or(text)
}

fn coded(element: &Element) -> Option<&str> {
    element
        .attr("qcode")
        .or_else(|| element.attr("uri"))
        .map(code)
}

/// The name of a concept: its `name` element, else what stands in its `literal`.
fn name_of(element: &Element) -> Option<String> {
    element
        .text_at("name")
        .or_else(|| element.attr("literal").map(str::to_owned))
        .filter(|n| n.chars().any(char::is_alphabetic))
}

/// An item's article.
pub(super) fn item(element: &Element) -> Result<Article, Trouble> {
    let what = element.local();
    if what != "newsItem" {
        let kind = match what {
            "packageItem" => "a package, which only refers to items",
            "conceptItem" | "knowledgeItem" => "concepts, not news",
            "planningItem" => "a planning item, not news",
            "catalogItem" => "a catalog, not news",
            "contentSet" => {
                let mut out = Article::default();
                content_set(element, &mut out);
                return match out.sections.is_empty() {
                    true => Err(Trouble::skipped("a part of an item, without text")),
                    false => Ok(out),
                };
            }
            "contentMeta" | "itemMeta" | "groupSet" => "a part of an item, without text",
            _ => return Err(Trouble::skipped(format!("<{what}> is no news item"))),
        };
        return Err(Trouble::skipped(kind));
    }
    let meta = element.find("itemMeta");
    let class = meta
        .and_then(|m| m.find("itemClass"))
        .and_then(coded)
        .unwrap_or("");
    if !matches!(class, "" | "text" | "composite") {
        return Err(Trouble::skipped(format!(
            "a news item of class {class}, not text"
        )));
    }
    let mut out = Article {
        own_id: element.attr("guid").map(str::to_owned),
        version: element.attr("version").and_then(|v| v.parse().ok()),
        ..Article::default()
    };
    let content = element.find("contentMeta");
    let language = content
        .and_then(|c| c.find("language"))
        .and_then(|l| l.attr("tag"));
    out.lang = language.or_else(|| element.attr("lang")).map(str::to_owned);
    if let Some(meta) = meta {
        item_meta(meta, &mut out);
    }
    if let Some(content) = content {
        content_meta(content, &mut out);
    }
    for assertion in element.all("assert") {
        if let Some(kind) = kind_of(assertion) {
            give(kind, name_of(assertion), &mut out);
        }
    }
    if let Some(set) = element.find("contentSet") {
        content_set(set, &mut out);
    }
    if out.title.is_none() {
        out.title = meta.and_then(|m| m.text_at("title"));
    }
    if out.sections.is_empty() {
        if out.status == Some(Status::Canceled) {
            out.kills.extend(out.own_id.clone());
        } else {
            let elsewhere = element.find("contentSet/remoteContent").is_some();
            return match () {
                () if elsewhere => {
                    Err(Trouble::skipped("its content is elsewhere (remoteContent)"))
                }
                // A flash is a headline and no more.
                () if class == "text" && out.title.is_some() => Ok(out),
                () if class == "text" => Err(Trouble::skipped("a text item without text")),
                () => Err(Trouble::skipped("no text in its content")),
            };
        }
    }
    Ok(out)
}

fn item_meta(meta: &Element, out: &mut Article) {
    let versioned = meta
        .text_at("versionCreated")
        .and_then(|t| nitf::time(&t, out));
    out.published = meta
        .text_at("firstCreated")
        .and_then(|t| nitf::time(&t, out))
        .or(versioned);
    out.updated = versioned.filter(|v| Some(*v) != out.published);
    out.embargo = meta.text_at("embargoed").and_then(|t| nitf::time(&t, out));
    if let Some(provider) = meta.find("provider") {
        out.source = name_of(provider).or_else(|| coded(provider).map(str::to_owned));
    }
    match meta.find("pubStatus").and_then(coded) {
        Some("canceled" | "cancelled") => out.status = Some(Status::Canceled),
        Some("withheld") => out.status = Some(Status::Embargoed),
        _ => {}
    }
    let corrected = meta
        .all("signal")
        .filter_map(coded)
        .any(|s| matches!(s, "correction" | "cor"));
    if corrected && out.status.is_none() {
        out.status = Some(Status::Corrected);
    }
}

fn content_meta(meta: &Element, out: &mut Article) {
    // The story's own time outranks that of the item which carries it.
    if let Some(created) = meta
        .text_at("contentCreated")
        .and_then(|t| nitf::time(&t, out))
    {
        if out.updated.is_none() {
            out.updated = out.published.filter(|p| *p != created);
        }
        out.published = Some(created);
    }
    if let Some(modified) = meta
        .text_at("contentModified")
        .and_then(|t| nitf::time(&t, out))
    {
        out.updated = Some(modified);
    }
    let headlines: Vec<&Element> = meta.all("headline").collect();
    let is_main = |h: &&&Element| {
        h.attr("role")
            .is_none_or(|r| matches!(code(r), "main" | "headline" | "hedline"))
    };
    let main = headlines.iter().find(is_main).or_else(|| headlines.first());
    out.title = main.map(|h| h.text()).filter(|t| !t.is_empty());
    out.standfirst = headlines
        .iter()
        .filter(|h| main.is_none_or(|m| !std::ptr::eq(*m, **h)))
        .map(|h| h.text())
        .find(|t| !t.is_empty());
    for by in meta.all("by") {
        out.authors.extend(html::split_byline(&by.text()));
    }
    if out.authors.is_empty() {
        let people = meta
            .all("creator")
            .chain(meta.all("contributor"))
            .filter(|c| c.attr("role").is_none_or(|r| !code(r).contains("photo")));
        out.authors = people
            .filter(|c| {
                c.find("type").and_then(coded) == Some("person")
                    || c.find("type").is_none() && c.find("name").is_some()
            })
            .filter_map(name_of)
            .collect();
    }
    out.dateline = meta.text_at("dateline");
    for located in meta.all("located") {
        give(EntityKind::Place, name_of(located), out);
    }
    for subject in meta.all("subject") {
        match kind_of(subject) {
            Some(kind) => give(kind, name_of(subject), out),
            None => out.keywords.extend(name_of(subject)),
        }
    }
    out.keywords.extend(meta.all("keyword").map(Element::text));
    out.keywords.extend(
        meta.all("slugline")
            .map(Element::text)
            .filter(|t| !t.is_empty())
            .take(1),
    );
    out.keywords.retain(|k| !k.is_empty());
}

fn kind_of(concept: &Element) -> Option<EntityKind> {
    let kind = concept
        .attr("type")
        .map(code)
        .or_else(|| concept.find("type").and_then(coded))?;
    match kind.to_ascii_lowercase().as_str() {
        "person" => Some(EntityKind::Person),
        "organisation" | "organization" | "org" => Some(EntityKind::Org),
        "geoarea" | "poi" | "place" | "city" | "country" => Some(EntityKind::Place),
        _ => None,
    }
}

fn give(kind: EntityKind, name: Option<String>, out: &mut Article) {
    let Some(name) = name else { return };
    let entity = GivenEntity { kind, name };
    if !out.entities.contains(&entity) && out.entities.len() < 1_000 {
        out.entities.push(entity);
    }
}

fn content_set(set: &Element, out: &mut Article) {
    for inline in set.elements() {
        let sections = match inline.local() {
            "inlineXML" => inline_xml(inline, out),
            "inlineData" => {
                let kind = inline.attr("contenttype").unwrap_or("text/plain");
                if !kind.starts_with("text/") || inline.attr("encoding").is_some() {
                    continue;
                }
                paragraphs(&inline.raw_text())
            }
            _ => continue,
        };
        // Renditions repeat one text.
        if out.sections.is_empty() {
            out.sections = sections;
        }
    }
}

fn inline_xml(inline: &Element, out: &mut Article) -> Vec<Section> {
    if let Some(nitf_element) = inline.find("nitf") {
        let inner = nitf::article(nitf_element);
        out.title = out.title.take().or(inner.title);
        out.standfirst = out.standfirst.take().or(inner.standfirst);
        out.dateline = out.dateline.take().or(inner.dateline);
        if out.authors.is_empty() {
            out.authors = inner.authors;
        }
        for entity in inner.entities {
            give(entity.kind, Some(entity.name), out);
        }
        return inner.sections;
    }
    // Data and concepts have words, but no text.
    let data = [
        "sports-content",
        "NewsComponent",
        "catalogItem",
        "knowledgeItem",
        "concept",
        "conceptSet",
        "event",
        "events",
        "eventSet",
    ];
    if inline.elements().any(|e| data.contains(&e.local())) {
        return Vec::new();
    }
    let page = inline.find("html").map(|h| h.find("body").unwrap_or(h));
    xml::sections(page.unwrap_or(inline))
}

/// Plain text in paragraphs: at blank lines, else at indented ones, else at line ends.
pub(super) fn paragraphs(text: &str) -> Vec<Section> {
    if markup::is_html(text) {
        return markup::sections(text);
    }
    let lines: Vec<&str> = text.lines().collect();
    let blank = lines.iter().any(|l| l.trim().is_empty());
    let indented = lines.iter().filter(|l| l.starts_with([' ', '\t'])).count() >= 2;
    let mut paragraphs: Vec<String> = Vec::new();
    let mut open = false;
    for line in &lines {
        let text = line.trim();
        if text.is_empty() {
            open = false;
            continue;
        }
        let begins = if indented {
            line.starts_with([' ', '\t'])
        } else {
            !blank
        };
        match paragraphs.last_mut() {
            Some(last) if open && !begins => {
                last.push(' ');
                last.push_str(text);
            }
            _ => paragraphs.push(text.to_owned()),
        }
        open = true;
    }
    if paragraphs.is_empty() {
        return Vec::new();
    }
    vec![Section {
        heading: None,
        paragraphs,
    }]
}
