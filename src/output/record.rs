//! An article as `read` and `show` print it.

use super::mentions::{ShownDate, ShownEntity, shown_dates, shown_entities};
use crate::article::{Article, GivenEntity, LangFrom, Provenance, Section, Status};
use crate::index::request::SCHEMA_VERSION;
use crate::passage::Passage;
use serde::Serialize;

/// The contract's object for an article; every key is there, null when unknown.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ArticleRecord<'a> {
    schema_version: u32,
    pub id: &'a str,
    pub path: &'a str,
    pub title: Option<&'a str>,
    pub standfirst: Option<&'a str>,
    pub authors: &'a [String],
    pub published: Option<String>,
    pub published_from: Option<Provenance>,
    pub updated: Option<String>,
    pub dateline: Option<&'a str>,
    pub source: Option<&'a str>,
    pub url: Option<&'a str>,
    pub lang: Option<&'a str>,
    pub lang_from: Option<LangFrom>,
    pub keywords: &'a [String],
    pub entities: &'a [GivenEntity],
    pub status: Option<Status>,
    pub encoding: &'a str,
    pub offset: u64,
    pub sections: Vec<RecordSection<'a>>,
    /// With `show` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passages: Option<Vec<ShownPassage<'a>>>,
}

/// A heading and its paragraphs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RecordSection<'a> {
    pub heading: Option<&'a str>,
    pub paragraphs: &'a [String],
}

/// A passage with what was found in it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ShownPassage<'a> {
    pub passage: u32,
    pub section: u32,
    pub heading: Option<&'a str>,
    pub text: &'a str,
    pub entities: Vec<ShownEntity>,
    pub dates: Vec<ShownDate>,
}

impl<'a> ArticleRecord<'a> {
    /// The article as `read` prints it.
    pub fn new(article: &'a Article) -> Self {
        let section = |s: &'a Section| RecordSection {
            heading: s.heading.as_deref(),
            paragraphs: &s.paragraphs,
        };
        Self {
            schema_version: SCHEMA_VERSION,
            id: &article.id,
            path: &article.path,
            title: article.title.as_deref(),
            standfirst: article.standfirst.as_deref(),
            authors: &article.authors,
            published: article.published.map(|p| p.to_string()),
            published_from: article.published.map(|p| p.from),
            updated: article.updated.map(|p| p.to_string()),
            dateline: article.dateline.as_deref(),
            source: article.source.as_deref(),
            url: article.url.as_deref(),
            lang: article.lang.as_deref(),
            lang_from: article.lang_from,
            keywords: &article.keywords,
            entities: &article.entities,
            status: article.status,
            encoding: &article.encoding,
            offset: article.offset,
            sections: article.sections.iter().map(section).collect(),
            passages: None,
        }
    }

    /// The same with its passages, as `show` prints it.
    pub fn with_passages(mut self, passages: &'a [Passage]) -> Self {
        let shown = |p: &'a Passage| ShownPassage {
            passage: p.ordinal,
            section: p.section,
            heading: p.heading.as_deref(),
            text: &p.text,
            entities: shown_entities(&p.text, &p.entities),
            dates: shown_dates(&p.text, &p.dates),
        };
        self.passages = Some(passages.iter().map(shown).collect());
        self
    }
}
