//! From a document to what is shown: the stored passage, its article's head, windows and marks.

use super::document::{self, Head, Stored};
use super::request::{Hit, HitDate, HitEntity};
use super::view::View;
use crate::analyze::{Analyzer, Lang};
use crate::error::{Error, Result};
use crate::query::{Field, Kind, Node, Query};
use crate::snippet::{self, Matcher, Options};
use std::collections::BTreeSet;
use std::ops::Range;
use tantivy::schema::Value;
use tantivy::{DocAddress, DocId, TantivyDocument};

/// A document in its place on the page.
#[derive(Clone, Copy, Debug)]
pub struct Found {
    pub segment: u32,
    pub doc: DocId,
    pub score: f32,
    pub rank: usize,
}

/// Reads what is stored with a document.
pub fn stored(view: &View, segment: u32, doc: DocId) -> Result<Stored> {
    let document: TantivyDocument = view.searcher.doc(DocAddress::new(segment, doc))?;
    let bytes = document
        .get_first(view.fields.stored)
        .and_then(|v| v.as_bytes())
        .ok_or_else(|| {
            Error::Damaged("a passage has nothing stored; run `dateline verify`".into())
        })?;
    document::decode(bytes)
}

/// The head of the article that begins at `head`.
pub fn head(view: &View, segment: u32, head: DocId) -> Result<Head> {
    stored(view, segment, head)?.head.ok_or_else(|| {
        Error::Damaged("an article's first passage lacks its head; run `dateline verify`".into())
    })
}

/// Makes hits of one search.
pub struct Printer<'a> {
    view: &'a View,
    matcher: Matcher,
    names: Vec<(Field, String)>,
    options: Options,
    analyzer: Analyzer,
}

impl<'a> Printer<'a> {
    pub fn new(view: &'a View, query: &Query, langs: &[Lang], snippets: usize) -> Self {
        let mut analyzer = Analyzer::default();
        let mut names = Vec::new();
        named(&query.root, &mut names);
        Self {
            view,
            matcher: Matcher::new(query, langs, &mut analyzer),
            names,
            options: Options {
                max: snippets,
                ..Options::default()
            },
            analyzer,
        }
    }

    pub fn hit(&mut self, found: &Found) -> Result<Hit> {
        let own = stored(self.view, found.segment, found.doc)?;
        let passage = own.passage;
        let head = match own.head {
            Some(head) => head,
            None => {
                let first = found.doc.checked_sub(passage.ordinal).ok_or_else(|| {
                    Error::Damaged(
                        "a passage stands before its article; run `dateline verify`".into(),
                    )
                })?;
                head(self.view, found.segment, first)?
            }
        };
        let article = head.article;
        let lang = article
            .lang
            .as_deref()
            .and_then(Lang::new)
            .unwrap_or(Lang::ENGLISH);
        let extra: Vec<Range<usize>> = passage
            .entities
            .iter()
            .filter(|mention| {
                let name = crate::analyze::fold(&mention.name);
                self.names.iter().any(|(field, wanted)| {
                    of_kind(*field, mention.kind) && name.contains(wanted.as_str())
                })
            })
            .map(|m| m.start as usize..m.end as usize)
            .collect();
        let snippets = if self.options.max == 0 {
            Vec::new()
        } else {
            snippet::snippets(
                &passage.text,
                lang,
                super::seen::fields_of(passage.ordinal),
                &self.matcher,
                &extra,
                self.options,
                &mut self.analyzer,
            )
        };
        let title_marks = match &article.title {
            Some(title) => {
                let (matcher, analyzer) = (&self.matcher, &mut self.analyzer);
                snippet::marks(title, lang, &[Field::Title], matcher, &[], analyzer)
                    .into_iter()
                    .map(|r| [r.start as u32, r.end as u32])
                    .collect()
            }
            None => Vec::new(),
        };
        let mut entities: Vec<HitEntity> = Vec::new();
        for mention in &passage.entities {
            let entity = HitEntity {
                kind: mention.kind,
                name: mention.name.clone(),
            };
            if !entities.contains(&entity) {
                entities.push(entity);
            }
        }
        let mut days = BTreeSet::new();
        let dates = passage
            .dates
            .iter()
            .filter_map(|mention| {
                let interval = mention.interval?;
                days.insert(interval).then(|| HitDate {
                    from: interval.first().to_string(),
                    to: interval.last().to_string(),
                    text: passage.text[mention.start as usize..mention.end as usize].to_owned(),
                })
            })
            .collect();
        Ok(Hit {
            schema_version: (),
            rank: found.rank,
            score: found.score,
            article: article.id,
            passage: passage.ordinal,
            section: passage.section,
            title: article.title,
            heading: passage.heading,
            source: article.source,
            authors: article.authors,
            url: article.url,
            path: article.path,
            lang: article.lang,
            status: article.status.map(|s| s.as_str().to_owned()),
            published: article.published.map(|p| p.to_string()),
            text: passage.text,
            snippets,
            entities,
            dates,
            duplicates: 0,
            title_marks,
            explanation: None,
        })
    }
}

/// Names that the query asks for, folded, to be marked where the passage holds them.
fn named(node: &Node, out: &mut Vec<(Field, String)>) {
    match &node.kind {
        Kind::Value { field, value }
            if matches!(
                field,
                Field::Person | Field::Org | Field::Place | Field::Entity
            ) =>
        {
            let value = value.trim_end_matches('*');
            out.push((*field, crate::analyze::fold(value).into_owned()));
        }
        Kind::And(nodes) | Kind::Or(nodes) | Kind::Sentence(nodes) => {
            nodes.iter().for_each(|n| named(n, out));
        }
        Kind::Bag(clauses) => clauses
            .iter()
            .filter(|c| c.occur != crate::query::Occur::MustNot)
            .for_each(|c| named(&c.node, out)),
        Kind::Within { node, .. } => named(node, out),
        _ => {}
    }
}

fn of_kind(field: Field, kind: crate::article::EntityKind) -> bool {
    use crate::article::EntityKind;
    match field {
        Field::Person => kind == EntityKind::Person,
        Field::Org => kind == EntityKind::Org,
        Field::Place => kind == EntityKind::Place,
        _ => true,
    }
}
