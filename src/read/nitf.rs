//! NITF: News Industry Text Format, one article a file.

use super::xml::{self, Element, Piece, Pieces};
use super::{Articles, Fit, Head, Input, Reader, Trouble, html, published};
use crate::article::{Article, EntityKind, GivenEntity, Provenance, Published, Section, Status};

/// Files whose root is `nitf`.
pub struct NitfReader;

impl Reader for NitfReader {
    fn name(&self) -> &'static str {
        "nitf"
    }

    fn accepts(&self, _path: &str, head: &Head<'_>) -> Fit {
        match xml::root_name(head.text) {
            Some(name) if xml::local(name) == "nitf" => Fit::Sure,
            _ => Fit::No,
        }
    }

    fn read<'a>(&self, input: Input<'a>) -> Articles<'a> {
        let mut pieces = match Pieces::open(input, |_, _| false) {
            Ok(pieces) => pieces,
            Err(trouble) => return Box::new(std::iter::once(Err(trouble))),
        };
        let encoding = pieces.encoding();
        let first = match pieces.next() {
            Some(Ok(Piece::Whole(root, _))) => {
                let mut article = article(&root);
                encoding.clone_into(&mut article.encoding);
                if article.title.is_none()
                    && article.sections.is_empty()
                    && article.kills.is_empty()
                {
                    Err(Trouble::failed(
                        "no headline and no text; expected <hl1>, <title> or <body.content>",
                    ))
                } else {
                    Ok(article)
                }
            }
            Some(Err(mut trouble)) => {
                trouble.record = 0;
                Err(trouble)
            }
            _ => Err(Trouble::failed("no root element; expected <nitf>")),
        };
        Box::new(std::iter::once(first))
    }
}

/// A time in an attribute or text of a wire.
pub(super) fn time(text: &str, article: &mut Article) -> Option<Published> {
    match published::parse(text, article.lang.as_deref(), Provenance::Field) {
        Ok(time) => Some(time),
        Err(reason) => {
            article.warnings.push(reason);
            None
        }
    }
}

/// The article that a `nitf` element holds.
pub(super) fn article(nitf: &Element) -> Article {
    let mut out = Article {
        lang: nitf.attr("lang").map(str::to_owned),
        ..Article::default()
    };
    if let Some(head) = nitf.find("head") {
        self::head(head, &mut out);
    }
    let Some(body) = nitf.find("body") else {
        out.title = nitf.text_at("head/title");
        if out.status == Some(Status::Canceled) {
            out.kills.extend(out.own_id.clone());
        }
        return out;
    };
    if out.lang.is_none() {
        out.lang = body.attr("lang").map(str::to_owned);
    }
    if let Some(head) = body.find("body.head") {
        body_head(head, &mut out);
    }
    if out.title.is_none() {
        out.title = nitf.text_at("head/title");
    }
    let content: Vec<Section> = body.all("body.content").flat_map(xml::sections).collect();
    out.sections = content;
    if out.sections.is_empty() && out.status == Some(Status::Canceled) {
        out.kills.extend(out.own_id.clone());
    }
    let content = body.all("body.content").flat_map(Element::descendants);
    for element in content {
        let kind = match element.local() {
            "person" => EntityKind::Person,
            "org" => EntityKind::Org,
            "location" => EntityKind::Place,
            _ => continue,
        };
        given(kind, element, &mut out);
    }
    out
}

fn given(kind: EntityKind, element: &Element, out: &mut Article) {
    let name = match element
        .attr("value")
        .filter(|v| v.chars().any(char::is_alphabetic))
    {
        // `idsrc` and `value` code a name; the element's text is the name.
        Some(value) if element.text().is_empty() => value.to_owned(),
        _ => element.text(),
    };
    let entity = GivenEntity { kind, name };
    if !entity.name.is_empty() && !out.entities.contains(&entity) && out.entities.len() < 1_000 {
        out.entities.push(entity);
    }
}

fn head(head: &Element, out: &mut Article) {
    let Some(doc) = head.find("docdata") else {
        return;
    };
    for element in doc.elements() {
        match element.local() {
            "doc-id" => out.own_id = element.attr("id-string").map(str::to_owned),
            "date.issue" => out.published = element.attr("norm").and_then(|t| time(t, out)),
            "date.release" => {
                let release = element.attr("norm").and_then(|t| time(t, out));
                if doc
                    .attr("management-status")
                    .is_some_and(|s| s.eq_ignore_ascii_case("embargoed"))
                {
                    out.embargo = release;
                }
                out.published = out.published.or(release);
            }
            "du-key" => out.version = element.attr("version").and_then(|v| v.parse().ok()),
            "key-list" => {
                let keys = element.all("keyword").filter_map(|k| k.attr("key"));
                out.keywords
                    .extend(keys.flat_map(|k| k.split(',')).map(|k| k.trim().to_owned()));
            }
            "doc.copyright" => {
                out.source = out
                    .source
                    .take()
                    .or_else(|| element.attr("holder").map(str::to_owned));
            }
            "del-list" => {
                let from = element.all("from-src").filter_map(|s| s.attr("src-name"));
                out.source = out.source.take().or_else(|| from.map(str::to_owned).next());
            }
            "identified-content" => identified(element, out),
            "correction" => out.status = Some(Status::Corrected),
            _ => {}
        }
    }
    if let Some(pubdata) = head.find("pubdata") {
        if let Some(name) = pubdata.attr("name") {
            out.source = Some(name.to_owned());
        }
        if out.published.is_none() {
            out.published = pubdata.attr("date.publication").and_then(|t| time(t, out));
        }
        out.url = pubdata
            .attr("ex-ref")
            .filter(|u| u.starts_with("http"))
            .map(str::to_owned);
    }
    for revision in head.all("revision-history").filter_map(|r| r.attr("norm")) {
        out.updated = time(revision, out).or(out.updated);
    }
    match doc
        .attr("management-status")
        .map(str::to_ascii_lowercase)
        .as_deref()
    {
        Some("canceled" | "cancelled" | "killed") => out.status = Some(Status::Canceled),
        Some("embargoed" | "withheld") => out.status = Some(Status::Embargoed),
        _ => {}
    }
}

fn identified(content: &Element, out: &mut Article) {
    for element in content.elements() {
        let kind = match element.local() {
            "person" => EntityKind::Person,
            "org" => EntityKind::Org,
            "location" => EntityKind::Place,
            "classifier" => {
                let value = element
                    .attr("value")
                    .filter(|v| v.chars().any(char::is_alphabetic))
                    .map(str::to_owned);
                out.keywords
                    .extend(Some(element.text()).filter(|t| !t.is_empty()).or(value));
                continue;
            }
            _ => continue,
        };
        given(kind, element, out);
    }
}

fn body_head(head: &Element, out: &mut Article) {
    let headline = head.find("hedline").or_else(|| head.find("headline"));
    if let Some(headline) = headline {
        out.title = headline
            .text_at("hl1")
            .or_else(|| Some(headline.text()).filter(|t| !t.is_empty()));
        out.standfirst = headline.text_at("hl2");
    }
    for byline in head.all("byline") {
        let people: Vec<String> = byline.all("person").map(Element::text).collect();
        let names = if people.is_empty() {
            let own: String = byline
                .nodes
                .iter()
                .filter_map(|n| match n {
                    xml::Node::Element(e) if e.local() == "byttl" => None,
                    xml::Node::Element(e) => Some(e.text()),
                    xml::Node::Text(t) => Some(t.clone()),
                })
                .collect();
            html::split_byline(&own.split_whitespace().collect::<Vec<_>>().join(" "))
        } else {
            people
        };
        out.authors.extend(names);
    }
    if out.source.is_none() {
        out.source = head
            .text_at("distributor/org")
            .or_else(|| head.text_at("distributor"));
    }
    if let Some(line) = head.find("dateline") {
        out.dateline = Some(line.text()).filter(|t| !t.is_empty());
        if out.published.is_none() {
            out.published = line
                .find("story.date")
                .and_then(|d| d.attr("norm"))
                .and_then(|t| time(t, out));
        }
    }
    if let Some(summary) = head.find("abstract") {
        let text: Vec<String> = xml::sections(summary)
            .into_iter()
            .flat_map(|s| s.paragraphs)
            .collect();
        out.standfirst = out
            .standfirst
            .take()
            .or_else(|| Some(text.join(" ")).filter(|t| !t.is_empty()));
    }
}
