//! From a document to what is shown: the stored passage, its article's head, windows and marks.

use super::document::{Head, Stored};
use super::pool::Lent;
use super::request::{Hit, HitDate, HitEntity, SearchRequest, Shown};
use super::schema::MAX_TERM_BYTES;
use super::view::View;
use crate::analyze::Lang;
use crate::article::Article;
use crate::error::{Error, Result};
use crate::passage::Passage;
use crate::query::{Field, Kind, Node, Query};
use crate::snippet::{self, Matcher, Options};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::ops::Range;
use tantivy::DocId;

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
    view.passages(segment as usize)?.read(doc)
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
    shown: Shown,
    /// What marking needs, if anything is to be marked.
    marker: Option<Marker>,
    names: Vec<(Field, String)>,
    options: Options,
    /// Articles whose head was read already.
    heads: FxHashMap<(u32, DocId), Article>,
}

struct Marker {
    matcher: Matcher,
    analyzer: Lent,
}

impl<'a> Printer<'a> {
    pub fn new(view: &'a View, query: &Query, langs: &[Lang], request: &SearchRequest) -> Self {
        let shown = request.shown;
        let snippets = if shown.snippets { request.snippets } else { 0 };
        let marks = snippets > 0 || shown.title_marks;
        let mut names = Vec::new();
        named(&query.root, &mut names);
        Self {
            view,
            shown,
            marker: marks.then(|| {
                let mut analyzer = view.analyzers.take();
                Marker {
                    matcher: Matcher::new(query, langs, &mut analyzer),
                    analyzer,
                }
            }),
            names,
            options: Options {
                max: snippets,
                ..Options::default()
            },
            heads: FxHashMap::default(),
        }
    }

    pub fn hit(&mut self, found: &Found) -> Result<Hit> {
        let columns = self.view.columns(found.segment as usize)?;
        let mut hit = Hit {
            rank: found.rank,
            score: found.score,
            passage: columns.ordinal(found.doc),
            ..Hit::default()
        };
        if !self.shown.stored && self.marker.is_none() && !self.shown.mentions {
            let id = columns.id(found.doc)?;
            if id.len() < MAX_TERM_BYTES {
                hit.article = id.as_ref().to_owned();
                return Ok(hit);
            }
        }
        let passages = self.view.passages(found.segment as usize)?;
        let mentions = self.shown.mentions || !self.names.is_empty();
        let own = passages.read_with_head(found.doc, mentions)?;
        let passage = own.passage;
        let article = self.article(found, passage.ordinal, own.head)?;
        let lang = article
            .lang
            .as_deref()
            .and_then(Lang::new)
            .unwrap_or(Lang::ENGLISH);
        if let Some(marker) = &mut self.marker {
            let Marker { matcher, analyzer } = marker;
            if self.options.max > 0 {
                hit.snippets = snippet::snippets(
                    &passage.text,
                    lang,
                    super::seen::fields_of(passage.ordinal),
                    matcher,
                    &asked_names(&self.names, &passage),
                    self.options,
                    analyzer,
                );
            }
            if let (true, Some(title)) = (self.shown.title_marks, &article.title) {
                hit.title_marks =
                    snippet::marks(title, lang, &[Field::Title], matcher, &[], analyzer)
                        .into_iter()
                        .map(|r| [r.start as u32, r.end as u32])
                        .collect();
            }
        }
        if self.shown.mentions {
            for mention in &passage.entities {
                let entity = HitEntity {
                    kind: mention.kind,
                    name: mention.name.clone(),
                };
                if !hit.entities.contains(&entity) {
                    hit.entities.push(entity);
                }
            }
            hit.dates = dates(&passage);
        }
        hit.article = article.id;
        if self.shown.stored {
            hit.section = passage.section;
            hit.title = article.title;
            hit.heading = passage.heading;
            hit.source = article.source;
            hit.authors = article.authors;
            hit.url = article.url;
            hit.path = article.path;
            hit.lang = article.lang;
            hit.status = article.status.map(|s| s.as_str().to_owned());
            hit.published = article.published.map(|p| p.to_string());
            hit.text = passage.text;
        }
        Ok(hit)
    }

    /// The article of a passage; `head` is what is stored with its first one.
    fn article(&mut self, found: &Found, ordinal: u32, own: Option<Head>) -> Result<Article> {
        let first = found.doc.checked_sub(ordinal).ok_or_else(|| {
            Error::Damaged("a passage stands before its article; run `dateline verify`".into())
        })?;
        if let Some(article) = self.heads.get(&(found.segment, first)) {
            return Ok(article.clone());
        }
        let head = match own {
            Some(head) => head,
            None => head(self.view, found.segment, first)?,
        };
        let key = (found.segment, first);
        self.heads.insert(key, head.article.clone());
        Ok(head.article)
    }
}

/// Where a passage holds the names that the query asks for.
fn asked_names(names: &[(Field, String)], passage: &Passage) -> Vec<Range<usize>> {
    let is_asked = |mention: &&crate::entity::Mention| {
        let name = crate::analyze::fold(&mention.name);
        let mut asked = names.iter().filter(|(f, _)| of_kind(*f, mention.kind));
        asked.any(|(_, wanted)| name.contains(wanted.as_str()))
    };
    if names.is_empty() {
        return Vec::new();
    }
    let found = passage.entities.iter().filter(is_asked);
    found.map(|m| m.start as usize..m.end as usize).collect()
}

/// The days that a passage speaks of, each once, as it first writes them.
fn dates(passage: &Passage) -> Vec<HitDate> {
    let mut days = BTreeSet::new();
    let mentions = passage.dates.iter();
    mentions
        .filter_map(|mention| {
            let interval = mention.interval?;
            days.insert(interval).then(|| HitDate {
                from: interval.first().to_string(),
                to: interval.last().to_string(),
                text: passage.text[mention.start as usize..mention.end as usize].to_owned(),
            })
        })
        .collect()
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
