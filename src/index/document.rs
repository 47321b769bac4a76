//! An article with its passages ⇄ the documents that the index holds.

use super::schema::{Fields, GAP, MAX_TERM_BYTES, SAME_POSITION};
use super::sketch::{Shingles, Sketch};
use crate::analyze::{self, Analyzer, Lang, Tokens};
use crate::article::{Article, EntityKind};
use crate::date::{self, Interval};
use crate::error::{Error, Result};
use crate::passage::Passage;
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};
use tantivy::TantivyDocument;

/// What is stored with every passage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stored {
    pub passage: Passage,
    /// With the article's first passage only.
    pub head: Option<Head>,
}

/// The article without its paragraphs: those are the passages' text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Head {
    /// Its `sections` keep headings and no paragraphs.
    pub article: Article,
    pub passages: u32,
}

/// Reads what [`Documents::build`] stored.
pub fn decode(bytes: &[u8]) -> Result<Stored> {
    postcard::from_bytes(bytes).map_err(|e| {
        Error::Damaged(format!(
            "a stored passage cannot be decoded ({e}); run `dateline verify`"
        ))
    })
}

/// Puts the article together again from its head and passages, in order.
pub fn reassemble(head: &Head, passages: &[Passage]) -> Article {
    let mut article = head.article.clone();
    for passage in passages {
        let Some(section) = article.sections.get_mut(passage.section as usize) else {
            continue;
        };
        let mut pieces = passage.text.split(crate::article::PARAGRAPH_BREAK);
        if passage.seam.is_some()
            && let (Some(last), Some(piece)) = (section.paragraphs.last_mut(), pieces.next())
        {
            // A paragraph is cut at white space, which belongs to neither piece.
            last.push(' ');
            last.push_str(piece);
        }
        section
            .paragraphs
            .extend(pieces.filter(|p| !p.is_empty()).map(str::to_owned));
    }
    article
}

/// The prefix that a kind's words carry in the field `names`.
pub fn name_prefix(kind: NameKind) -> char {
    match kind {
        NameKind::Person => 'p',
        NameKind::Org => 'o',
        NameKind::Place => 'l',
        NameKind::Author => 'a',
        NameKind::Source => 's',
        NameKind::Keyword => 'k',
    }
}

/// What a value in the field `names` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameKind {
    Person,
    Org,
    Place,
    Author,
    Source,
    Keyword,
}

impl From<EntityKind> for NameKind {
    fn from(kind: EntityKind) -> Self {
        match kind {
            EntityKind::Person => Self::Person,
            EntityKind::Org => Self::Org,
            EntityKind::Place => Self::Place,
        }
    }
}

/// Builds documents; keeps its buffers from article to article.
pub struct Documents {
    fields: Fields,
    analyzer: Analyzer,
    tokens: Tokens,
    /// The words of the article's passages.
    shingles: Shingles,
}

impl Documents {
    pub fn new(fields: Fields) -> Self {
        Self {
            fields,
            analyzer: Analyzer::default(),
            tokens: Tokens::default(),
            shingles: Shingles::default(),
        }
    }

    /// The documents of one article, in passage order; `key` is its number in the ledger.
    pub fn build(
        &mut self,
        article: &Article,
        passages: &[Passage],
        key: u64,
    ) -> Result<Vec<TantivyDocument>> {
        let lang = article
            .lang
            .as_deref()
            .and_then(Lang::new)
            .unwrap_or(Lang::ENGLISH);
        let mut title = Zone::default();
        self.zone(article.title.as_deref().unwrap_or(""), lang, &mut title);
        let entities = passages.first().map_or(&[][..], |p| &p.article_names);
        let shared = Shared::of(article, entities, &mut self.analyzer, &mut self.tokens);
        self.shingles.clear();
        let mut documents = Vec::with_capacity(passages.len());
        for passage in passages {
            documents.push(self.passage(
                article,
                passage,
                passages.len(),
                key,
                lang,
                &title,
                &shared,
            )?);
        }
        Ok(documents)
    }

    #[allow(clippy::too_many_arguments)]
    fn passage(
        &mut self,
        article: &Article,
        passage: &Passage,
        count: usize,
        key: u64,
        lang: Lang,
        title: &Zone,
        shared: &Shared<'_>,
    ) -> Result<TantivyDocument> {
        let f = self.fields;
        let mut doc = TantivyDocument::default();
        let mut zone = Zone::default();
        self.zone(&passage.text, lang, &mut zone);
        for token in self.tokens.list.iter().filter(|t| t.is_main()) {
            self.shingles.push(self.tokens.surface(token));
        }
        doc.add_u64(f.key, key);
        doc.add_u64(f.ordinal, u64::from(passage.ordinal));
        doc.add_u64(f.words, u64::from(zone.positions));
        doc.add_u64(f.title_words, u64::from(title.positions));
        zone.append(title);
        if let Some(heading) = &passage.heading {
            let mut heading_zone = Zone::default();
            self.zone(heading, lang, &mut heading_zone);
            zone.append(&heading_zone);
        }
        doc.add_text(f.text, &zone.stems);
        doc.add_text(f.surface, distinct(&zone.surfaces));
        if let Some(seam) = &passage.seam {
            let first = analyze::sentences(&passage.text)
                .first()
                .map_or("", |r| &passage.text[r.clone()]);
            let mut seam_zone = Zone::default();
            self.zone(&format!("{seam} {first}"), lang, &mut seam_zone);
            doc.add_text(f.seam, &seam_zone.stems);
        }
        let mut names = shared.names.clone();
        let mut seen: FxHashSet<(EntityKind, &str)> = FxHashSet::default();
        let found = passage.entities.iter().map(|m| (m.kind, m.name.as_str()));
        let of_article = shared
            .entities
            .iter()
            .map(|(kind, name)| (*kind, name.as_str()));
        for (kind, name) in of_article.chain(found) {
            if name.is_empty() || name.len() > MAX_TERM_BYTES || !seen.insert((kind, name)) {
                continue;
            }
            let field = match kind {
                EntityKind::Person => f.person,
                EntityKind::Org => f.org,
                EntityKind::Place => f.place,
            };
            doc.add_text(field, name);
            push_name(
                &mut names,
                name_prefix(kind.into()),
                name,
                &mut self.analyzer,
                &mut self.tokens,
            );
        }
        doc.add_text(f.names, &names);
        for (field, values) in [
            (f.author, article.authors.as_slice()),
            (f.source, article.source.as_slice()),
            (f.keyword, article.keywords.as_slice()),
            (f.url, article.url.as_slice()),
        ] {
            for value in values {
                doc.add_text(field, bounded(value));
            }
        }
        doc.add_text(f.lang, lang.as_str());
        doc.add_text(f.id, bounded(&article.id));
        doc.add_text(f.path, bounded(&article.path));
        if let Some(published) = &article.published {
            let (first, last) = published.days();
            doc.add_i64(f.published, published.instant().as_second());
            doc.add_i64(f.first_day, i64::from(date::day_number(first)));
            doc.add_i64(f.last_day, i64::from(date::day_number(last)));
        }
        if let Some(embargo) = &article.embargo {
            doc.add_i64(f.embargo, embargo.instant().as_second());
        }
        add_intervals(&mut doc, f, passage);
        let head = (passage.ordinal == 0).then(|| Head {
            article: head_of(article),
            passages: u32::try_from(count).unwrap_or(u32::MAX),
        });
        let stored = Stored {
            passage: passage.clone(),
            head,
        };
        let bytes = postcard::to_stdvec(&stored)
            .map_err(|e| Error::record(&article.path, format!("cannot be stored: {e}")))?;
        doc.add_bytes(f.stored, &bytes);
        Ok(doc)
    }

    /// The sketch of the article built last.
    pub fn sketch(&self) -> Sketch {
        self.shingles.sketch()
    }

    fn zone(&mut self, text: &str, lang: Lang, out: &mut Zone) {
        self.analyzer.tokenize(text, lang, &mut self.tokens);
        out.fill(text, &self.tokens);
    }
}

/// Analysed terms of one stretch of text, as the `terms` tokenizer reads them.
#[derive(Default)]
struct Zone {
    stems: String,
    surfaces: String,
    positions: u32,
}

impl Zone {
    fn fill(&mut self, text: &str, tokens: &Tokens) {
        let mut next = 0;
        for token in &tokens.list {
            let stem = tokens.stem(token);
            if stem.len() > MAX_TERM_BYTES {
                continue;
            }
            if token.position < next {
                self.stems.push(SAME_POSITION);
            }
            next = token.position + 1;
            self.stems.push_str(stem);
            self.stems.push(' ');
            let surface = tokens.surface(token);
            self.surfaces.push_str(surface);
            let written = &text[token.start as usize..token.end as usize];
            if written != surface && written.len() <= 64 && !written.contains([' ', '\n', '\t']) {
                self.surfaces.push('\0');
                self.surfaces.push_str(written);
            }
            self.surfaces.push(' ');
        }
        self.positions = next;
    }

    fn append(&mut self, other: &Zone) {
        self.stems.push_str(GAP);
        self.stems.push(' ');
        self.stems.push_str(&other.stems);
        self.surfaces.push_str(&other.surfaces);
    }
}

/// The terms of `list` once each: a form's frequency in a passage is never asked for.
fn distinct(list: &str) -> String {
    let mut seen: FxHashSet<&str> = FxHashSet::default();
    let mut out = String::with_capacity(list.len());
    for term in list.split_ascii_whitespace() {
        if seen.insert(term) {
            out.push_str(term);
            out.push(' ');
        }
    }
    out
}

/// What all passages of an article share.
struct Shared<'a> {
    names: String,
    entities: &'a [(EntityKind, String)],
}

impl<'a> Shared<'a> {
    fn of(
        article: &Article,
        entities: &'a [(EntityKind, String)],
        analyzer: &mut Analyzer,
        tokens: &mut Tokens,
    ) -> Self {
        let mut names = String::new();
        for (kind, values) in [
            (NameKind::Author, article.authors.as_slice()),
            (NameKind::Source, article.source.as_slice()),
            (NameKind::Keyword, article.keywords.as_slice()),
        ] {
            for value in values {
                push_name(&mut names, name_prefix(kind), value, analyzer, tokens);
            }
        }
        Self { names, entities }
    }
}

/// Appends the words of a name, unstemmed (a name has no language), behind a gap.
fn push_name(
    out: &mut String,
    prefix: char,
    name: &str,
    analyzer: &mut Analyzer,
    tokens: &mut Tokens,
) {
    out.push_str(GAP);
    out.push(' ');
    analyzer.tokenize(name, Lang::ENGLISH, tokens);
    let mut next = 0;
    for token in &tokens.list {
        if token.position < next {
            out.push(SAME_POSITION);
        }
        next = token.position + 1;
        out.push(prefix);
        out.push(':');
        out.push_str(tokens.surface(token));
        out.push(' ');
    }
}

fn add_intervals(doc: &mut TantivyDocument, f: Fields, passage: &Passage) {
    let mut intervals: Vec<Interval> = passage.dates.iter().filter_map(|d| d.interval).collect();
    intervals.sort_unstable();
    intervals.dedup();
    let mut cover = Vec::new();
    for interval in intervals {
        doc.add_u64(f.about, date::pack(interval));
        cover.extend(date::cover(interval));
    }
    cover.sort_unstable();
    cover.dedup();
    let mut wider = date::ancestors(&cover);
    wider.sort_unstable();
    wider.dedup();
    for term in cover {
        doc.add_u64(f.about_cover, term);
    }
    for term in wider {
        doc.add_u64(f.about_wider, term);
    }
}

fn head_of(article: &Article) -> Article {
    let mut head = article.clone();
    for section in &mut head.sections {
        section.paragraphs.clear();
    }
    head
}

/// The longest prefix of `value` that may be a term.
pub(crate) fn bounded(value: &str) -> &str {
    &value[..analyze::floor_boundary(value, MAX_TERM_BYTES)]
}
