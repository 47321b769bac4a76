//! What is asked of an index and what it answers: plain data.

use crate::article::EntityKind;
use crate::date::Interval;
use crate::entity::alias::Aliases;
use crate::query::{Axis, Match, Note, Query, Span};
use crate::snippet::Snippet;
use jiff::{Timestamp, civil::Date};
use serde::{Serialize, Serializer};
use std::sync::Arc;
use std::time::Instant;

/// One search.
#[derive(Clone, Debug)]
pub struct SearchRequest {
    pub query: Query,
    /// What was asked, as shown in results; the notes' spans are bytes of it.
    pub text: String,
    /// Repairs and resolved dates from parsing; search adds its own.
    pub notes: Vec<Note>,
    pub unit: Unit,
    pub matching: Match,
    pub sort: Sort,
    /// 0 counts only.
    pub limit: usize,
    pub offset: usize,
    pub duplicates: Duplicates,
    /// Windows a hit, 0 to 3.
    pub snippets: usize,
    /// What hits hold; what is left out costs nothing.
    pub shown: Shown,
    pub rank: Rank,
    /// BM25's saturation and its normalisation by length, in both stages, where they are not to be
    /// the measured ones. The first stage cannot be pruned then: every match is scored.
    pub k1: Option<f32>,
    pub b: Option<f32>,
    /// The archive as it stood on that day: nothing later, recency counted from there.
    pub as_of: Option<Date>,
    /// Half-life in days of an article's weight; `None` leaves time out unless `as_of` is given.
    pub recency_days: Option<f64>,
    /// Adds terms of the best hits to the query (RM3).
    pub expand: bool,
    /// Days that words of the query speak of without demanding them; they lift what speaks of them.
    pub mentioned: Vec<Interval>,
    /// Bytes of the text that write those days and tell nothing else: numbers, months beside them.
    pub date_words: Vec<Span>,
    /// Embargoed articles appear from their time on.
    pub now: Timestamp,
    /// `total` must be exact.
    pub count: bool,
    pub explain: bool,
    /// Languages whose stems a word is looked up under; empty: those of the archive.
    pub langs: Vec<String>,
    /// Names that mean the same: facets count them as one. The query has been widened by them already.
    pub aliases: Option<Arc<Aliases>>,
    pub deadline: Option<Instant>,
}

impl SearchRequest {
    /// A request with the defaults of `search`.
    pub fn new(query: Query, text: impl Into<String>, now: Timestamp) -> Self {
        Self {
            query,
            text: text.into(),
            notes: Vec::new(),
            unit: Unit::Passage,
            matching: Match::Any,
            sort: Sort::Relevance,
            limit: 10,
            offset: 0,
            duplicates: Duplicates::Collapse,
            snippets: 1,
            shown: Shown::ALL,
            rank: Rank::Full,
            k1: None,
            b: None,
            as_of: None,
            recency_days: None,
            expand: false,
            mentioned: Vec::new(),
            date_words: Vec::new(),
            now,
            count: false,
            explain: false,
            langs: Vec::new(),
            aliases: None,
            deadline: None,
        }
    }

    /// Whether the time given is over.
    pub fn is_late(&self) -> bool {
        self.deadline.is_some_and(|at| Instant::now() >= at)
    }
}

/// What is filled in of a [`Hit`] beside its place: rank, score, article, passage, duplicates and
/// explanation are always there, the rest is empty unless it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// What is stored of the passage and its article: text, title, source, path and so on.
    pub stored: bool,
    /// Windows, as many as the request says.
    pub snippets: bool,
    /// Where the title matched.
    pub title_marks: bool,
    /// Names and dates of the passage.
    pub mentions: bool,
}

impl Shown {
    pub const ALL: Self = Self {
        stored: true,
        snippets: true,
        title_marks: true,
        mentions: true,
    };
    pub const PLACE: Self = Self {
        stored: false,
        snippets: false,
        title_marks: false,
        mentions: false,
    };
}

/// What a hit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    Passage,
    Article,
}

impl Unit {
    /// So many of them in words: `1 article`, `3 passages`.
    pub fn counted(self, count: u64) -> String {
        let one = match self {
            Self::Passage => "passage",
            Self::Article => "article",
        };
        let plural = if count == 1 { "" } else { "s" };
        format!("{count} {one}{plural}")
    }
}

/// The order of hits; undated articles come last in both time orders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    Relevance,
    Newest,
    Oldest,
}

/// Whether a story family is one hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duplicates {
    Collapse,
    Show,
}

/// How hits are ranked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rank {
    /// Both stages.
    Full,
    /// BM25 alone.
    Bm25,
}

/// What a search found.
#[derive(Clone, Debug)]
pub struct SearchResults {
    pub query: String,
    /// Units that match, before `limit`, after collapsing.
    pub total: u64,
    pub total_is_exact: bool,
    pub elapsed_ms: f64,
    pub notes: Vec<Note>,
    pub hits: Vec<Hit>,
}

/// One hit. Serialises to the contract's HIT, `schema_version` first.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Hit {
    #[serde(serialize_with = "schema_version")]
    pub schema_version: (),
    /// From 1, counting `offset`.
    pub rank: usize,
    pub score: f32,
    pub article: String,
    pub passage: u32,
    pub section: u32,
    pub title: Option<String>,
    pub heading: Option<String>,
    pub source: Option<String>,
    pub authors: Vec<String>,
    pub url: Option<String>,
    pub path: String,
    pub lang: Option<String>,
    pub status: Option<String>,
    pub published: Option<String>,
    pub text: String,
    pub snippets: Vec<Snippet>,
    pub entities: Vec<HitEntity>,
    pub dates: Vec<HitDate>,
    /// Further copies of its story that pass the filters.
    pub duplicates: u64,
    /// Where the title matched, byte ranges.
    pub title_marks: Vec<[u32; 2]>,
    /// With `explain`: why it stands where it stands, a line each.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanation: Option<Vec<String>>,
}

/// A name in a hit's passage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HitEntity {
    #[serde(rename = "type")]
    pub kind: EntityKind,
    pub name: String,
}

/// Days that a hit's passage speaks of, both inclusive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HitDate {
    pub from: String,
    pub to: String,
    pub text: String,
}

/// The version of the JSON's schema.
pub const SCHEMA_VERSION: u32 = 1;

fn schema_version<S: Serializer>(_: &(), s: S) -> Result<S::Ok, S::Error> {
    s.serialize_u32(SCHEMA_VERSION)
}

/// Counts over time.
#[derive(Clone, Debug)]
pub struct TimelineRequest {
    /// Query, unit, filters and duplicates; its ranking is not used.
    pub base: SearchRequest,
    pub axis: Axis,
    pub by: Period,
}

/// Counts of a field's values.
#[derive(Clone, Debug)]
pub struct FacetsRequest {
    /// Query, unit, filters and duplicates; its `limit` is how many values are wanted.
    pub base: SearchRequest,
    pub field: FacetField,
}

impl FacetsRequest {
    /// Brings values in the order of an answer: the most frequent first, equals by the alphabet. Story
    /// families, which all count 1 where copies are folded, go by their copies too.
    pub fn sort(&self, values: &mut [FacetValue]) {
        let size = |value: &FacetValue| match self.field {
            FacetField::Family => (value.count, value.copies),
            _ => (value.count, 0),
        };
        values.sort_by(|a, b| {
            size(b)
                .cmp(&size(a))
                .then_with(|| a.value.cmp(&b.value))
                .then_with(|| a.kind.cmp(&b.kind))
        });
    }
}

/// The length of a timeline's buckets; weeks begin on Monday (ISO 8601).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Period {
    Day,
    Week,
    Month,
    Year,
}

/// What can be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FacetField {
    Person,
    Org,
    Place,
    Entity,
    Source,
    Lang,
    Author,
    Keyword,
    Year,
    Month,
    Family,
}

impl FacetField {
    /// All of them, in the order of the contract.
    pub const ALL: [Self; 11] = [
        Self::Person,
        Self::Org,
        Self::Place,
        Self::Entity,
        Self::Source,
        Self::Lang,
        Self::Author,
        Self::Keyword,
        Self::Year,
        Self::Month,
        Self::Family,
    ];

    /// The name at the command line and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Org => "org",
            Self::Place => "place",
            Self::Entity => "entity",
            Self::Source => "source",
            Self::Lang => "lang",
            Self::Author => "author",
            Self::Keyword => "keyword",
            Self::Year => "year",
            Self::Month => "month",
            Self::Family => "family",
        }
    }
}

/// A timeline; serialises to the contract's object.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Timeline {
    #[serde(serialize_with = "schema_version")]
    pub schema_version: (),
    pub query: String,
    /// `published` or `mentioned`.
    pub axis: &'static str,
    pub by: Period,
    pub unit: Unit,
    pub total: u64,
    pub total_is_exact: bool,
    /// Units that match and have no date on this axis.
    pub undated: u64,
    pub buckets: Vec<Bucket>,
    pub notes: Vec<Note>,
}

/// One stretch of a timeline; serialises with its label.
#[derive(Clone, Debug, PartialEq)]
pub struct Bucket {
    /// First and last day, both inclusive.
    pub from: Date,
    pub to: Date,
    /// The timeline's period.
    pub by: Period,
    /// Units; with collapsed duplicates, stories.
    pub count: u64,
    /// Further copies of stories that the bucket counts.
    pub copies: u64,
    /// Share of all units of the archive in the bucket, 0 to 1.
    pub share: f64,
}

/// Facet counts; serialises to the contract's object.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Facets {
    #[serde(serialize_with = "schema_version")]
    pub schema_version: (),
    pub field: FacetField,
    pub query: String,
    pub unit: Unit,
    pub total: u64,
    /// Units that match and have no value.
    pub missing: u64,
    /// Most frequent first, then by value.
    pub values: Vec<FacetValue>,
    pub notes: Vec<Note>,
}

/// One value of a facet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FacetValue {
    pub value: String,
    /// `person`, `org`, `place`, or the field's name.
    #[serde(rename = "type")]
    pub kind: String,
    pub count: u64,
    pub copies: u64,
}
