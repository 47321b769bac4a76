//! An article with its passages ⇄ the documents that the index holds.

use super::packed::Packer;
use super::schema::{Fields, GAP, MAX_TERM_BYTES, SAME_POSITION};
use super::sketch::{Shingles, Sketch};
use super::stored::TOGETHER;
pub(crate) use super::stored::as_stored;
pub use super::stored::{Head, Stored};
use super::without::Without;
use crate::analyze::{self, Analyzer, Lang, Tokens};
use crate::article::{Article, EntityKind, Section};
use crate::date::{self, Interval};
use crate::error::Result;
use crate::passage::Passage;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};
use std::hash::BuildHasher;
use tantivy::TantivyDocument;

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
    without: Without,
    analyzer: Analyzer,
    tokens: Tokens,
    title: Zone,
    zone: Zone,
    further: Zone,
    forms: Forms,
    names: String,
    /// `None`: nothing is stored.
    packer: Option<Packer>,
    packed: Vec<u8>,
    /// The words of the article's passages.
    shingles: Shingles,
}

impl Documents {
    /// Without a `packer` documents store nothing.
    pub fn new(fields: Fields, without: Without, packer: Option<Packer>) -> Self {
        Self {
            fields,
            without,
            analyzer: Analyzer::default(),
            tokens: Tokens::default(),
            title: Zone::default(),
            zone: Zone::default(),
            further: Zone::default(),
            forms: Forms::default(),
            names: String::new(),
            packer,
            packed: Vec::new(),
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
        let mut title = std::mem::take(&mut self.title);
        self.fill(&mut title, article.title.as_deref().unwrap_or(""), lang);
        let entities = passages.first().map_or(&[][..], |p| &p.article_names);
        let shared = Shared::of(article, entities, &mut self.analyzer, &mut self.tokens);
        self.shingles.clear();
        let mut documents = Vec::with_capacity(passages.len());
        for passage in passages {
            let mut doc = TantivyDocument::default();
            doc.add_u64(self.fields.key, key);
            self.words(&mut doc, passage, lang, &title);
            self.names(&mut doc, passage, &shared);
            self.values(&mut doc, article);
            if !passage.dates.is_empty() {
                add_intervals(&mut doc, self.fields, passage);
            }
            documents.push(doc);
        }
        if let Some(packer) = &mut self.packer {
            let mut head = Some(head_of(article, passages.len()));
            let firsts = documents.iter_mut().step_by(TOGETHER);
            for (first, passages) in firsts.zip(passages.chunks(TOGETHER)) {
                packer.pack(passages, head.take().as_ref(), &mut self.packed)?;
                first.add_bytes(self.fields.stored, &self.packed);
            }
        }
        self.title = title;
        Ok(documents)
    }

    /// The sketch of the article built last; `None` in an index without families.
    pub fn sketch(&mut self) -> Option<Sketch> {
        (!self.without.families).then(|| self.shingles.sketch())
    }

    /// Adds the fields of the passage's own words.
    fn words(&mut self, doc: &mut TantivyDocument, passage: &Passage, lang: Lang, title: &Zone) {
        let f = self.fields;
        let mut zone = std::mem::take(&mut self.zone);
        let mut further = std::mem::take(&mut self.further);
        self.fill(&mut zone, &passage.text, lang);
        if !self.without.families {
            for token in self.tokens.list.iter().filter(|t| t.is_main()) {
                self.shingles.push(self.tokens.surface(token));
            }
        }
        doc.add_u64(f.ordinal, u64::from(passage.ordinal));
        doc.add_u64(f.words, u64::from(zone.positions));
        doc.add_u64(f.title_words, u64::from(title.positions));
        zone.append(title);
        if let Some(heading) = &passage.heading {
            self.fill(&mut further, heading, lang);
            zone.append(&further);
        }
        doc.add_text(f.text, &zone.stems);
        if !self.without.forms {
            doc.add_text(f.surface, self.forms.distinct(&zone.forms));
        }
        if let Some(seam) = &passage.seam {
            let first = analyze::sentences(&passage.text)
                .first()
                .map_or("", |r| &passage.text[r.clone()]);
            self.fill(&mut further, &format!("{seam} {first}"), lang);
            doc.add_text(f.seam, &further.stems);
        }
        self.zone = zone;
        self.further = further;
    }

    /// Adds the names that the passage mentions, with those of the article.
    fn names(&mut self, doc: &mut TantivyDocument, passage: &Passage, shared: &Shared<'_>) {
        let f = self.fields;
        let field = |kind| match kind {
            EntityKind::Person => f.person,
            EntityKind::Org => f.org,
            EntityKind::Place => f.place,
        };
        for &(kind, name) in &shared.entities {
            doc.add_text(field(kind), name);
        }
        self.names.clone_from(&shared.names);
        let mut more: FxHashSet<(EntityKind, &str)> = FxHashSet::default();
        for mention in &passage.entities {
            let entity = (mention.kind, mention.name.as_str());
            if shared.seen.contains(&entity) || !is_term(entity.1) || !more.insert(entity) {
                continue;
            }
            doc.add_text(field(entity.0), entity.1);
            push_name(
                &mut self.names,
                name_prefix(entity.0.into()),
                entity.1,
                &mut self.analyzer,
                &mut self.tokens,
            );
        }
        doc.add_text(f.names, &self.names);
    }

    /// Adds the article's values.
    fn values(&self, doc: &mut TantivyDocument, article: &Article) {
        let f = self.fields;
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
        let lang = article.lang.as_deref().and_then(Lang::new);
        doc.add_text(f.lang, lang.unwrap_or(Lang::ENGLISH).as_str());
        doc.add_text(f.id, bounded(&article.id));
        doc.add_text(f.path, bounded(&article.path));
        if let Some(published) = &article.published {
            let (first, last) = published.days();
            doc.add_i64(f.published, published.instant().as_second());
            doc.add_i64(f.first_day, i64::from(date::day_number(first)));
            doc.add_i64(f.last_day, i64::from(date::day_number(last)));
        }
        if let Some(until) = article.hidden_until() {
            doc.add_i64(f.embargo, until);
        }
    }

    fn fill(&mut self, zone: &mut Zone, text: &str, lang: Lang) {
        self.analyzer.tokenize(text, lang, &mut self.tokens);
        zone.fill(text, &self.tokens, !self.without.forms);
    }
}

/// Analysed terms of one stretch of text, as the `terms` tokenizer reads them.
#[derive(Default)]
struct Zone {
    stems: String,
    /// Surface forms, and words as written behind theirs and a NUL.
    forms: String,
    positions: u32,
}

impl Zone {
    fn fill(&mut self, text: &str, tokens: &Tokens, with_forms: bool) {
        self.stems.clear();
        self.forms.clear();
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
            if !with_forms {
                continue;
            }
            let surface = tokens.surface(token);
            self.forms.push_str(surface);
            let written = &text[token.start as usize..token.end as usize];
            if written != surface && written.len() <= 64 && !written.contains([' ', '\n', '\t']) {
                self.forms.push('\0');
                self.forms.push_str(written);
            }
            self.forms.push(' ');
        }
        self.positions = next;
    }

    fn append(&mut self, other: &Zone) {
        self.stems.push_str(GAP);
        self.stems.push(' ');
        self.stems.push_str(&other.stems);
        self.forms.push_str(&other.forms);
    }
}

/// Forms once each: a form's frequency in a passage is never asked for.
#[derive(Default)]
struct Forms {
    /// Hash of a form → where it stands in `list`.
    seen: FxHashMap<u64, (u32, u32)>,
    list: String,
}

impl Forms {
    /// The forms of `list`; one may stand twice where two have one hash.
    fn distinct(&mut self, list: &str) -> &str {
        self.seen.clear();
        self.list.clear();
        for form in list.split(' ').filter(|form| !form.is_empty()) {
            let place = (self.list.len(), self.list.len() + form.len());
            let hash = FxBuildHasher.hash_one(form);
            let (from, to) = *self
                .seen
                .entry(hash)
                .or_insert((place.0 as u32, place.1 as u32));
            if from as usize != place.0 && self.list.get(from as usize..to as usize) == Some(form) {
                continue;
            }
            self.list.push_str(form);
            self.list.push(' ');
        }
        &self.list
    }
}

/// What all passages of an article share.
struct Shared<'a> {
    /// The field `names` so far: authors, sources, keywords, and the entities below.
    names: String,
    /// Once each, in order.
    entities: Vec<(EntityKind, &'a str)>,
    seen: FxHashSet<(EntityKind, &'a str)>,
}

fn is_term(name: &str) -> bool {
    !name.is_empty() && name.len() <= MAX_TERM_BYTES
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
        let mut seen = FxHashSet::default();
        let entities: Vec<(EntityKind, &str)> = entities
            .iter()
            .map(|(kind, name)| (*kind, name.as_str()))
            .filter(|&(kind, name)| is_term(name) && seen.insert((kind, name)))
            .collect();
        for &(kind, name) in &entities {
            push_name(&mut names, name_prefix(kind.into()), name, analyzer, tokens);
        }
        Self {
            names,
            entities,
            seen,
        }
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

/// The head of an article of so many passages; its paragraphs are not copied.
pub(crate) fn head_of(article: &Article, passages: usize) -> Head {
    let headings = article.sections.iter().map(|section| Section {
        heading: section.heading.clone(),
        paragraphs: Vec::new(),
    });
    let article = Article {
        id: article.id.clone(),
        own_id: article.own_id.clone(),
        path: article.path.clone(),
        record: article.record,
        offset: article.offset,
        title: article.title.clone(),
        standfirst: article.standfirst.clone(),
        authors: article.authors.clone(),
        published: article.published,
        updated: article.updated,
        dateline: article.dateline.clone(),
        source: article.source.clone(),
        url: article.url.clone(),
        lang: article.lang.clone(),
        lang_from: article.lang_from,
        keywords: article.keywords.clone(),
        entities: article.entities.clone(),
        status: article.status,
        embargo: article.embargo,
        version: article.version,
        kills: article.kills.clone(),
        is_summary: article.is_summary,
        encoding: article.encoding.clone(),
        warnings: Vec::new(),
        sections: headings.collect(),
    };
    Head {
        article,
        passages: u32::try_from(passages).unwrap_or(u32::MAX),
    }
}

/// The longest prefix of `value` that may be a term.
pub(crate) fn bounded(value: &str) -> &str {
    &value[..analyze::floor_boundary(value, MAX_TERM_BYTES)]
}
