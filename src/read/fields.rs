//! Named fields of records (JSON, tables, front matter) → an article, by the names that news data sets use.

use super::{Mapping, markup, published, text, text_head};
use crate::article::{Article, EntityKind, GivenEntity, Provenance, Published, Section, Status};
use serde_json::{Map, Value};

/// A record: names in any case, `_`, `-` and spaces in names ignored.
type Record = Map<String, Value>;

const TITLE: &[&str] = &[
    "headline",
    "title",
    "headlines",
    "webtitle",
    "articletitle",
    "newstitle",
    "pagetitle",
    "ogtitle",
    "heading",
    "header",
    "name",
];
const BODY: &[&str] = &[
    "sections",
    "paragraphs",
    "articlebody",
    "bodytext",
    "fulltext",
    "maintext",
    "contenttext",
    "textcontent",
    "plaintext",
    "articletext",
    "text",
    "content",
    "contents",
    "body",
    "contenthtml",
    "bodyhtml",
    "htmlcontent",
    "html",
    "story",
    "article",
    "rawcontent",
    "document",
    "transcript",
    "sentences",
];
const STANDFIRST: &[&str] = &[
    "standfirst",
    "description",
    "summary",
    "abstract",
    "subheadline",
    "subtitle",
    "deck",
    "dek",
    "lead",
    "lede",
    "leadparagraph",
    "trailtext",
    "excerpt",
    "teaser",
    "ogdescription",
    "snippet",
];
const AUTHORS: &[&str] = &[
    "authors",
    "author",
    "byline",
    "by",
    "creator",
    "creators",
    "writer",
    "reporter",
    "journalist",
    "contributors",
];
const PUBLISHED: &[&str] = &[
    "published",
    "datepublished",
    "publishedat",
    "publisheddate",
    "publishdate",
    "publishedon",
    "pubdate",
    "publicationdate",
    "publisheddatetime",
    "publishtime",
    "publishedtime",
    "publishedtimestamp",
    "articlepublishedtime",
    "firstpublicationdate",
    "firstpublished",
    "webpublicationdate",
    "dategmt",
    "date",
    "datetime",
    "displaydate",
    "releasedate",
    "isodate",
    "timestamp",
    "time",
    "posted",
    "posteddate",
    "postedat",
    "created",
    "createdat",
    "datecreated",
    "creationdate",
    "day",
];
const UPDATED: &[&str] = &[
    "updated",
    "updatedat",
    "dateupdated",
    "lastupdated",
    "modified",
    "modifiedgmt",
    "datemodified",
    "modifieddate",
    "lastmodified",
    "modifiedat",
    "lastmodifieddate",
];
const SOURCE: &[&str] = &[
    "source",
    "publisher",
    "sourcename",
    "outlet",
    "publication",
    "sitename",
    "ogsitename",
    "newspaper",
    "provider",
    "site",
    "agency",
    "website",
    "media",
    "sourcedomain",
    "domain",
    "host",
];
const URL: &[&str] = &[
    "url",
    "canonicalurl",
    "canonical",
    "link",
    "weburl",
    "permalink",
    "articleurl",
    "pageurl",
    "externalurl",
    "sourceurl",
    "href",
    "ogurl",
    "uri",
    "@id",
    "mainentityofpage",
];
/// The contract's names first; the others name documents in test collections.
const ID: &[&str] = &[
    "id",
    "_id",
    "guid",
    "uri",
    "uuid",
    "docno",
    "docid",
    "articleid",
    "@id",
];
const LANG: &[&str] = &[
    "language",
    "lang",
    "languagecode",
    "langcode",
    "inlanguage",
    "locale",
];
const KEYWORDS: &[&str] = &[
    "keywords",
    "tags",
    "categories",
    "category",
    "subjects",
    "subject",
    "topics",
    "topic",
    "section",
    "sectionname",
    "newsdesk",
];
/// Objects that hold a record's fields one level down.
const WRAPPERS: &[&str] = &[
    "_source",
    "fields",
    "article",
    "doc",
    "document",
    "attributes",
    "metadata",
    "meta",
    "content",
];

/// The article that a record describes; its path, number and offset are the caller's.
///
/// A record with a description and no text becomes its own summary (`is_summary`).
pub fn article(record: &Record, mapping: &Mapping) -> Article {
    let fields = Fields::new(record, mapping);
    let mut article = Article {
        title: fields.find(TITLE, text_of),
        own_id: fields.find(ID, id_of),
        url: fields.find(URL, url_of),
        source: fields.find(SOURCE, |v| name_of(v).filter(|n| !n.trim().is_empty())),
        lang: fields.find(LANG, |v| first(v).and_then(|t| language_code(&t))),
        authors: fields.find(AUTHORS, authors_of).unwrap_or_default(),
        standfirst: fields.find(STANDFIRST, text_of),
        version: fields.find(&["version", "revision"], |v| {
            v.as_u64().or_else(|| v.as_str()?.parse().ok())
        }),
        status: fields.find(&["status", "pubstatus"], |v| status_of(v.as_str()?)),
        ..Article::default()
    };
    let lang = article.lang.clone();
    let mut warnings = Vec::new();
    article.published = fields.date(PUBLISHED, lang.as_deref(), &mut warnings);
    article.updated = fields.date(UPDATED, lang.as_deref(), &mut warnings);
    article.embargo = fields.date(
        &["embargo", "embargoed", "embargountil"],
        lang.as_deref(),
        &mut warnings,
    );
    for name in KEYWORDS {
        fields.each(name, |value| keywords_of(value, &mut article));
    }
    for (kind, names) in [
        (EntityKind::Person, &["persons", "people", "person"][..]),
        (
            EntityKind::Org,
            &[
                "organizations",
                "organisations",
                "orgs",
                "organization",
                "organisation",
            ],
        ),
        (
            EntityKind::Place,
            &["places", "locations", "place", "location"],
        ),
    ] {
        for name in names {
            fields.each(name, |value| {
                for name in names_of(value) {
                    article.entities.push(GivenEntity { kind, name });
                }
            });
        }
    }
    fields.each("entities", |value| {
        typed_entities(value, &mut article.entities)
    });
    article.sections = fields
        .find(BODY, |value| {
            let sections = Some(body(value, &mut article.title))
                .filter(|s| s.iter().any(|s| !s.paragraphs.is_empty()));
            sections
        })
        .unwrap_or_default();
    if article.sections.is_empty()
        && let Some(summary) = article.standfirst.take()
    {
        article.is_summary = true;
        article.sections = vec![Section {
            heading: None,
            paragraphs: vec![summary],
        }];
    }
    if article
        .own_id
        .as_deref()
        .is_some_and(|id| id.trim().is_empty())
    {
        article.own_id = None;
    }
    article.warnings = warnings;
    article
}

/// Whether a column or key of this name means something.
pub(super) fn is_known(name: &str) -> bool {
    let folded = fold(name);
    [
        TITLE, BODY, STANDFIRST, AUTHORS, PUBLISHED, UPDATED, SOURCE, URL, ID, LANG, KEYWORDS,
    ]
    .iter()
    .any(|names| names.contains(&folded.as_str()))
}

/// Whether a column of this name makes a table one of articles.
pub(super) fn is_body_or_title(name: &str) -> bool {
    let folded = fold(name);
    [TITLE, BODY, STANDFIRST]
        .iter()
        .any(|names| names.contains(&folded.as_str()))
        && folded != "name"
}

/// The fields of a record under their folded names, its wrappers' after its own.
struct Fields<'r> {
    /// What the user mapped, under the article's own names.
    mapped: Vec<(String, &'r Value)>,
    list: Vec<(String, &'r Value)>,
}

impl<'r> Fields<'r> {
    fn new(record: &'r Record, mapping: &Mapping) -> Self {
        let mut list: Vec<_> = record
            .iter()
            .map(|(name, value)| (fold(name), value))
            .collect();
        for wrapper in WRAPPERS {
            let inner = list
                .iter()
                .find(|(name, _)| fold(wrapper) == *name)
                .map(|(_, v)| *v);
            if let Some(Value::Object(inner)) = inner {
                list.extend(inner.iter().map(|(name, value)| (fold(name), value)));
            }
        }
        Self {
            mapped: mapping.apply(record),
            list,
        }
    }

    /// The first value that reads as wanted, in the order of `names`.
    fn find<T>(&self, names: &[&str], mut read: impl FnMut(&'r Value) -> Option<T>) -> Option<T> {
        for (field, value) in &self.mapped {
            if names.contains(&field.as_str())
                && let Some(found) = read(value)
            {
                return Some(found);
            }
        }
        for name in names {
            for (folded, value) in &self.list {
                if folded == name
                    && !value.is_null()
                    && let Some(found) = read(value)
                {
                    return Some(found);
                }
            }
        }
        None
    }

    fn each(&self, name: &str, mut read: impl FnMut(&'r Value)) {
        for (_, value) in self
            .mapped
            .iter()
            .chain(&self.list)
            .filter(|(folded, _)| folded == name)
        {
            read(value);
        }
    }

    fn date(
        &self,
        names: &[&str],
        lang: Option<&str>,
        warnings: &mut Vec<String>,
    ) -> Option<Published> {
        self.find(names, |value| match date_of(value, lang) {
            Ok(published) => Some(published),
            Err(reason) => {
                if reason.starts_with("impossible") {
                    warnings.push(reason);
                }
                None
            }
        })
    }
}

/// `pub_date`, `pubDate` and `Pub-Date` are one name; a leading `_` or `@` stays.
fn fold(name: &str) -> String {
    let (mark, rest) = match name.as_bytes().first() {
        Some(b'_' | b'@') => name.split_at(1),
        _ => ("", name),
    };
    let folded = rest
        .chars()
        .filter(|c| !matches!(c, '_' | '-' | ' ' | ':' | '.'))
        .flat_map(char::to_lowercase);
    mark.chars().chain(folded).collect()
}

fn nonblank(text: String) -> Option<String> {
    (!text.trim().is_empty()).then_some(text)
}

/// A one-line text: a string, the first of a list, or an object's `main`, `rendered`, `value` …
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => nonblank(if markup::is_html(text) || text.contains('&') {
            markup::line(text)
        } else {
            text.clone()
        }),
        Value::Array(list) => list.iter().find_map(text_of),
        Value::Object(map) => ["main", "rendered", "value", "text", "default", "en"]
            .iter()
            .find_map(|k| map.get(*k).and_then(text_of)),
        _ => None,
    }
}

fn first(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => nonblank(text.clone()),
        Value::Array(list) => list.iter().find_map(first),
        Value::Object(map) => ["code", "name", "id", "value"]
            .iter()
            .find_map(|k| map.get(*k).and_then(first)),
        _ => None,
    }
}

/// A name: a string, or an object's `name`, `title` … or first and last name.
fn name_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => nonblank(markup::line(text)),
        Value::Array(list) => list.iter().find_map(name_of),
        Value::Object(map) => {
            let get = |names: &[&str]| {
                map.iter()
                    .filter(|(k, _)| names.contains(&fold(k).as_str()))
                    .find_map(|(_, v)| v.as_str().and_then(|t| nonblank(t.to_owned())))
            };
            get(&[
                "name",
                "fullname",
                "displayname",
                "title",
                "label",
                "original",
                "value",
                "literal",
            ])
            .or_else(|| {
                let parts = [
                    get(&["firstname", "givenname", "first"]),
                    get(&["lastname", "familyname", "last"]),
                ];
                let joined = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
                nonblank(joined)
            })
        }
        _ => None,
    }
}

fn names_of(value: &Value) -> Vec<String> {
    match value {
        Value::Array(list) => list.iter().filter_map(name_of).collect(),
        Value::String(text) => text
            .split([';', '|'])
            .filter_map(|t| nonblank(t.trim().to_owned()))
            .collect(),
        other => name_of(other).into_iter().collect(),
    }
}

fn id_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => nonblank(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Object(map) => ["$oid", "rendered", "value", "id"]
            .iter()
            .find_map(|k| map.get(*k).and_then(id_of)),
        _ => None,
    }
}

fn url_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim())
            .filter(|t| text_head::is_url(t))
            .map(str::to_owned),
        Value::Array(list) => list.iter().find_map(url_of),
        Value::Object(map) => ["href", "url", "rendered", "value", "@id"]
            .iter()
            .find_map(|k| map.get(*k).and_then(url_of)),
        _ => None,
    }
}

fn authors_of(value: &Value) -> Option<Vec<String>> {
    let names: Vec<String> = match value {
        Value::String(text) => author_names(&markup::line(text)),
        Value::Array(list) => list.iter().filter_map(authors_of).flatten().collect(),
        Value::Object(map) => match (map.get("person"), map.get("original")) {
            (Some(Value::Array(people)), _) if !people.is_empty() => {
                people.iter().filter_map(name_of).collect()
            }
            (_, Some(Value::String(original))) => author_names(original),
            _ => name_of(value).into_iter().collect(),
        },
        _ => Vec::new(),
    };
    (!names.is_empty()).then_some(names)
}

/// The names in a byline or an author field, which may be a list in Python's or JSON's dress.
pub(super) fn author_names(text: &str) -> Vec<String> {
    let text = text.trim().trim_start_matches('[').trim_end_matches(']');
    if let Some(names) = text_head::byline_names(text) {
        return names;
    }
    let text = match text.get(..3) {
        Some(by) if by.eq_ignore_ascii_case("by ") => &text[3..],
        _ => text,
    };
    // "Doe, Jane" is one name; three or more commas-separated words are a list.
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    if let [last, given] = parts[..]
        && !last.contains(' ')
        && !given.contains(' ')
        && !last.is_empty()
        && !given.is_empty()
    {
        return vec![format!("{given} {last}")];
    }
    text_head::split_names(text)
        .into_iter()
        .map(|n| n.trim_matches(['\'', '"', ' ']).to_owned())
        .filter(|n| {
            !n.is_empty()
                && !matches!(
                    n.to_lowercase().as_str(),
                    "none" | "nan" | "null" | "n/a" | "unknown"
                )
        })
        .collect()
}

fn date_of(value: &Value, lang: Option<&str>) -> Result<Published, String> {
    const FROM: Provenance = Provenance::Field;
    let none = || "not a date".to_owned();
    match value {
        Value::String(text) => date(text, lang),
        Value::Number(number) => match number.as_i64() {
            // A bare year, or 20240714.
            Some(n @ (1400..=2200 | 14_000_101..=22_001_231)) => {
                published::parse(&n.to_string(), lang, FROM)
            }
            Some(n) => published::from_unix(n, FROM),
            None => {
                let seconds = number
                    .as_f64()
                    .filter(|f| f.is_finite() && f.abs() < 1e18)
                    .ok_or_else(none)?;
                // The fraction of a second is beyond what is kept.
                published::from_unix(seconds as i64, FROM)
            }
        },
        Value::Object(map) => ["$date", "$numberLong", "value", "date", "iso", "utc"]
            .iter()
            .find_map(|k| map.get(*k))
            .map_or_else(|| Err(none()), |inner| date_of(inner, lang)),
        // Python's time tuples.
        Value::Array(parts)
            if (3..=9).contains(&parts.len()) && parts.iter().all(Value::is_u64) =>
        {
            let n = |at: usize| parts.get(at).and_then(Value::as_u64).unwrap_or(0);
            let text = match parts.len() {
                3..=5 => format!("{:04}-{:02}-{:02}", n(0), n(1), n(2)),
                _ => format!(
                    "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
                    n(0),
                    n(1),
                    n(2),
                    n(3),
                    n(4),
                    n(5)
                ),
            };
            published::parse(&text, lang, FROM)
        }
        Value::Array(list) => list
            .first()
            .map_or_else(|| Err(none()), |inner| date_of(inner, lang)),
        _ => Err(none()),
    }
}

/// A date field: the forms of [`published::parse`], else a whole date line in any language.
pub(super) fn date(text: &str, lang: Option<&str>) -> Result<Published, String> {
    let parsed = published::parse(text, lang, Provenance::Field);
    match &parsed {
        Err(reason) if !reason.starts_with("impossible") => {
            text_head::whole_date(text.trim(), lang)
                .map(|p| Published {
                    from: Provenance::Field,
                    ..p
                })
                .map_or(parsed, Ok)
        }
        _ => parsed,
    }
}

fn status_of(text: &str) -> Option<Status> {
    match text.to_ascii_lowercase().as_str() {
        "canceled" | "cancelled" | "withdrawn" | "retracted" => Some(Status::Canceled),
        "corrected" | "correction" => Some(Status::Corrected),
        "embargoed" | "withheld" => Some(Status::Embargoed),
        _ => None,
    }
}

/// A code as it is, an English name as its code.
pub(super) fn language_code(text: &str) -> Option<String> {
    const NAMES: [(&str, &str); 32] = [
        ("english", "en"),
        ("german", "de"),
        ("french", "fr"),
        ("spanish", "es"),
        ("italian", "it"),
        ("portuguese", "pt"),
        ("dutch", "nl"),
        ("polish", "pl"),
        ("czech", "cs"),
        ("russian", "ru"),
        ("ukrainian", "uk"),
        ("japanese", "ja"),
        ("chinese", "zh"),
        ("korean", "ko"),
        ("arabic", "ar"),
        ("hebrew", "he"),
        ("turkish", "tr"),
        ("swedish", "sv"),
        ("danish", "da"),
        ("norwegian", "no"),
        ("finnish", "fi"),
        ("greek", "el"),
        ("hungarian", "hu"),
        ("romanian", "ro"),
        ("thai", "th"),
        ("vietnamese", "vi"),
        ("hindi", "hi"),
        ("persian", "fa"),
        ("indonesian", "id"),
        ("esperanto", "eo"),
        ("catalan", "ca"),
        ("bulgarian", "bg"),
    ];
    let text = text.trim().to_lowercase();
    if let Some((_, code)) = NAMES.iter().find(|(name, _)| *name == text) {
        return Some((*code).to_owned());
    }
    crate::analyze::Lang::new(&text).map(|l| l.as_str().to_owned())
}

/// Keywords as a list, as one string with separators, or as typed objects (persons and places among them).
fn keywords_of(value: &Value, article: &mut Article) {
    match value {
        Value::String(text) => {
            let text = text.trim().trim_start_matches('[').trim_end_matches(']');
            let separator = [';', '|']
                .into_iter()
                .find(|s| text.contains(*s))
                .unwrap_or(',');
            article.keywords.extend(
                text.split(separator)
                    .map(|k| k.trim().trim_matches(['\'', '"']).to_owned())
                    .filter(|k| !k.is_empty()),
            );
        }
        Value::Array(list) => list.iter().for_each(|item| match item {
            Value::String(text) => article.keywords.push(text.clone()),
            other => keywords_of(other, article),
        }),
        Value::Object(map) => {
            let text = |names: &[&str]| names.iter().find_map(|n| map.get(*n)?.as_str());
            let kind = text(&["name", "type", "scheme"]).and_then(entity_kind);
            match (kind, text(&["value", "label", "term", "name"])) {
                (Some(kind), Some(name)) => article.entities.push(GivenEntity {
                    kind,
                    name: name.to_owned(),
                }),
                (None, Some(name)) => article.keywords.push(name.to_owned()),
                (_, None) => {}
            }
        }
        _ => {}
    }
}

fn entity_kind(text: &str) -> Option<EntityKind> {
    match text.to_ascii_lowercase().as_str() {
        "person" | "persons" | "per" | "people" => Some(EntityKind::Person),
        "org" | "organization" | "organizations" | "organisation" | "organisations" | "company" => {
            Some(EntityKind::Org)
        }
        "place" | "places" | "loc" | "gpe" | "location" | "locations" | "glocations" => {
            Some(EntityKind::Place)
        }
        _ => None,
    }
}

fn typed_entities(value: &Value, out: &mut Vec<GivenEntity>) {
    let Value::Array(list) = value else { return };
    for item in list {
        let Value::Object(map) = item else { continue };
        let text = |names: &[&str]| names.iter().find_map(|n| map.get(*n)?.as_str());
        if let (Some(kind), Some(name)) = (
            text(&["type", "kind", "label"]).and_then(entity_kind),
            text(&["name", "text", "value"]),
        ) {
            out.push(GivenEntity {
                kind,
                name: name.to_owned(),
            });
        }
    }
}

/// The body in any of its shapes; a block of type `title` fills an empty title.
fn body(value: &Value, title: &mut Option<String>) -> Vec<Section> {
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
