//! NewsML 1.x: news items in an envelope, their texts as NITF, XHTML or plain.

use super::newsml_g2::paragraphs;
use super::xml::{self, Element, Piece, Pieces};
use super::{Articles, Fit, Head, Input, Reader, Trouble, html, nitf};
use crate::article::{Article, EntityKind, GivenEntity, Section, Status};

/// Files whose root is `NewsML`.
pub struct Newsml12Reader;

impl Reader for Newsml12Reader {
    fn name(&self) -> &'static str {
        "newsml-1"
    }

    fn accepts(&self, _path: &str, head: &Head<'_>) -> Fit {
        match xml::root_name(head.text) {
            Some(name) if xml::local(name) == "NewsML" => Fit::Sure,
            _ => Fit::No,
        }
    }

    fn read<'a>(&self, input: Input<'a>) -> Articles<'a> {
        match Pieces::open(input, |name, parent| name == "NewsML" && parent.is_none()) {
            Ok(pieces) => Box::new(Items {
                encoding: pieces.encoding(),
                pieces,
                record: 0,
            }),
            Err(trouble) => Box::new(std::iter::once(Err(trouble))),
        }
    }
}

struct Items<'a> {
    pieces: Pieces<'a>,
    encoding: &'static str,
    record: u32,
}

impl Iterator for Items<'_> {
    type Item = Result<Article, Trouble>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match self.pieces.next()? {
                Ok(Piece::Whole(element, offset)) if element.local() == "NewsItem" => {
                    self.record += 1;
                    return Some(
                        item(&element)
                            .map(|mut article| {
                                article.record = self.record;
                                article.offset = offset;
                                self.encoding.clone_into(&mut article.encoding);
                                article
                            })
                            .map_err(|t| t.at(self.record, offset)),
                    );
                }
                Ok(_) => {}
                Err(mut trouble) => {
                    trouble.record = self.record + 1;
                    return Some(Err(trouble));
                }
            }
        }
    }
}

fn formal<'e>(element: &'e Element, path: &str) -> Option<&'e str> {
    element.find(path).and_then(|e| e.attr("FormalName"))
}

fn item(item: &Element) -> Result<Article, Trouble> {
    let mut out = Article::default();
    if let Some(id) = item.find("Identification/NewsIdentifier") {
        // The public identifier ends in the revision, which must not make a new article.
        let part = |name: &str| id.text_at(name);
        out.own_id = match (part("ProviderId"), part("DateId"), part("NewsItemId")) {
            (Some(provider), Some(date), Some(item)) => {
                Some(format!("urn:newsml:{provider}:{date}:{item}"))
            }
            _ => part("PublicIdentifier"),
        };
        out.version = part("RevisionId").and_then(|v| v.parse().ok());
        out.source = part("ProviderId");
    }
    if let Some(management) = item.find("NewsManagement") {
        out.published = management
            .text_at("FirstCreated")
            .and_then(|t| nitf::time(&t, &mut out));
        let revised = management
            .text_at("ThisRevisionCreated")
            .and_then(|t| nitf::time(&t, &mut out));
        out.updated = revised.filter(|r| Some(*r) != out.published);
        out.published = out.published.or(revised);
        match formal(management, "Status")
            .map(str::to_ascii_lowercase)
            .as_deref()
        {
            Some("canceled" | "cancelled") => out.status = Some(Status::Canceled),
            Some("embargoed" | "withheld") => out.status = Some(Status::Embargoed),
            _ => {}
        }
        if let Some(change) = management
            .find("StatusWillChange")
            .filter(|_| out.status == Some(Status::Embargoed))
        {
            out.embargo = change
                .text_at("DateAndTime")
                .and_then(|t| nitf::time(&t, &mut out));
        }
        if formal(management, "Instruction").is_some_and(|i| i.eq_ignore_ascii_case("correction"))
            && out.status.is_none()
        {
            out.status = Some(Status::Corrected);
        }
    }
    let components: Vec<&Element> = item
        .descendants()
        .into_iter()
        .filter(|e| e.local() == "NewsComponent")
        .collect();
    let mut kinds: Vec<&str> = Vec::new();
    for component in &components {
        self::component(component, &mut out);
        for content in component.all("ContentItem") {
            let kind = formal(content, "MediaType").unwrap_or("");
            if !(kind.is_empty()
                || kind.eq_ignore_ascii_case("text")
                || kind.eq_ignore_ascii_case("composite"))
            {
                kinds.push(kind);
                continue;
            }
            let sections = content_of(content, &mut out);
            if out.sections.is_empty() {
                out.sections = sections;
            }
        }
    }
    if out.sections.is_empty() {
        if out.status == Some(Status::Canceled) {
            out.kills.extend(out.own_id.clone());
            return Ok(out);
        }
        return Err(match kinds.first() {
            Some(kind) => Trouble::skipped(format!("a news item of {kind}, not text")),
            None => Trouble::skipped("no text in its components"),
        });
    }
    Ok(out)
}

fn component(component: &Element, out: &mut Article) {
    if let Some(lines) = component.find("NewsLines") {
        out.title = out.title.take().or_else(|| lines.text_at("HeadLine"));
        out.standfirst = out
            .standfirst
            .take()
            .or_else(|| lines.text_at("SubHeadLine"));
        out.dateline = out.dateline.take().or_else(|| lines.text_at("DateLine"));
        if out.authors.is_empty() {
            out.authors = lines
                .all("ByLine")
                .flat_map(|b| html::split_byline(&b.text()))
                .collect();
        }
        let keys = lines.all("KeywordLine").flat_map(|k| {
            k.text()
                .split([',', ';'])
                .map(|k| k.trim().to_owned())
                .collect::<Vec<_>>()
        });
        out.keywords.extend(keys.filter(|k| !k.is_empty()));
        let slug = lines.text_at("SlugLine");
        out.keywords.extend(slug);
    }
    if let Some(descriptive) = component.find("DescriptiveMetadata") {
        out.lang = out
            .lang
            .take()
            .or_else(|| formal(descriptive, "Language").map(str::to_owned));
        for location in descriptive.all("Location") {
            for property in location.all("Property") {
                let value = property
                    .attr("Value")
                    .filter(|v| v.chars().any(char::is_lowercase));
                if let Some(name) = value.filter(|_| {
                    property
                        .attr("FormalName")
                        .is_some_and(|n| n != "CountryArea")
                }) {
                    let entity = GivenEntity {
                        kind: EntityKind::Place,
                        name: name.to_owned(),
                    };
                    if !out.entities.contains(&entity) && out.entities.len() < 1_000 {
                        out.entities.push(entity);
                    }
                }
            }
        }
    }
    if let Some(provider) = component.find("AdministrativeMetadata/Provider/Party")
        && let Some(name) = provider.attr("FormalName")
    {
        out.source = Some(name.to_owned());
    }
    if out.authors.is_empty() {
        let creators = component
            .find("AdministrativeMetadata")
            .into_iter()
            .flat_map(|a| a.all("Creator"));
        let names = creators
            .filter_map(|c| c.find("Party"))
            .filter_map(|p| p.attr("FormalName"));
        out.authors = names
            .filter(|n| n.contains(' '))
            .map(str::to_owned)
            .collect();
    }
}

fn content_of(content: &Element, out: &mut Article) -> Vec<Section> {
    let Some(inner) = content
        .find("DataContent")
        .or_else(|| content.find("Encoding/DataContent"))
    else {
        return Vec::new();
    };
    if let Some(element) = inner.find("nitf") {
        let story = nitf::article(element);
        out.title = out.title.take().or(story.title);
        out.standfirst = out.standfirst.take().or(story.standfirst);
        out.dateline = out.dateline.take().or(story.dateline);
        out.lang = out.lang.take().or(story.lang);
        if out.authors.is_empty() {
            out.authors = story.authors;
        }
        out.entities.extend(story.entities);
        return story.sections;
    }
    // Some agencies put a body of NITF without its frame.
    if let Some(body) = inner
        .descendants()
        .into_iter()
        .find(|e| e.local() == "body.content")
    {
        return xml::sections(body);
    }
    if inner.elements().next().is_some() {
        let page = inner.find("html").map(|h| h.find("body").unwrap_or(h));
        return xml::sections(page.unwrap_or(inner));
    }
    paragraphs(&inner.raw_text())
}
