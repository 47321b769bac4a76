//! The query language: grammar, tree, and what was repaired on the way.
//!
//! # Grammar
//! | typed | means |
//! |---|---|
//! | `word` | the word, stemmed; several are a bag: each is optional, all are favoured (`--match`) |
//! | `"some words"` | a phrase; also `“…”`, `„…“`, `«…»`; `"…"~5` lets five further words in |
//! | `a NEAR/5 b`, `a ADJ/5 b` | with at most five words between them; ADJ in this order |
//! | `a SENT b` | in one sentence |
//! | `a AND b`, `a OR b`, `NOT a` | in capitals, and only in a query with a lower-case letter |
//! | `+a`, `-a` | must, must not; after white space and before a non-space |
//! | `( … )` | a group |
//! | `pre*`, `wild?card`, `/regex/`, `word~1` | expansions over whole words, without regard to case and accents; `word~` allows one edit up to five characters and two beyond |
//! | `=Exact`, `="Exact Words"` | the spelling as typed |
//! | `title:a`, `title:(a b)` | `title heading lead text` search there |
//! | `person:"A B"`, `source:(a OR b)` | `author source lang path url id keyword person org place entity` filter; a final `*` is a prefix |
//! | `date:2024-03..2024-06`, `date:none`, `about:"last month"` | published, undated, mentioned |
//! | `copies:>5`, `like:ID` | by further copies, by likeness |
//! | `*` | everything |
//! | `\` | makes the next sign, or the word that begins here, plain text |
//!
//! NOT binds closest, then NEAR and ADJ, SENT, AND, OR; standing side by side binds least:
//! `a b OR c` is `a (b OR c)`. In a bag, words, phrases and groups are optional; filters, and an
//! `a AND b` without parentheses, hold for the whole bag.
//!
//! "since", "before" and "between" with a date, among the outermost words of a short query, filter by the
//! day of publication, and a note says so; any other date among words does not.
//!
//! Everyday text never fails: what makes no sense as syntax is read as words or left out, and a
//! [`Note`] says so. Only a bad value after a known field, a runaway pattern and a query beyond
//! [`MAX_BYTES`] or [`MAX_LEAVES`] are errors.

mod dates;
mod display;
mod field;
mod lex;
mod note;
mod parse;
pub mod pattern;
mod prose;
mod reduce;
mod term;
mod tree;
mod walk;

pub use note::{Note, NoteKind};
pub use pattern::Pattern;
pub use tree::{Axis, Clause, Field, Kind, Match, Node, Occur, Query, Span};

use crate::date::QueryDate;
use crate::error::{Error, Result};
use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::str::FromStr;

/// The longest query text, in bytes.
pub const MAX_BYTES: usize = 64 * 1024;
/// The deepest nesting of parentheses; deeper ones are left out.
pub const MAX_DEPTH: usize = 64;
/// The most words, phrases and filters of a query; further optional words are left out.
pub const MAX_LEAVES: usize = 1024;
/// The most expansions (`pre*`, `wild?card`, `/regex/`, `word~1`) of a query.
pub const MAX_PATTERNS: usize = 64;

/// How a query text is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseOptions {
    /// The day that "last month" counts from.
    pub now: Date,
    /// What would be repaired is an error.
    pub strict: bool,
    /// Every character is text; nothing is syntax.
    pub literal: bool,
}

impl ParseOptions {
    /// The usual reading: repairs, with syntax.
    pub fn new(now: Date) -> Self {
        Self {
            now,
            strict: false,
            literal: false,
        }
    }
}

/// A query and what was said while reading it.
#[derive(Clone, Debug, PartialEq)]
pub struct Parsed {
    pub query: Query,
    /// Repairs and resolved dates, in the order of the text.
    pub notes: Vec<Note>,
    /// Dates among the words that do not filter; ranking may favour what was published or speaks
    /// of them.
    pub dates: Vec<QueryDate>,
}

impl Query {
    /// Reads `text`; text without anything in it is [`Kind::All`].
    ///
    /// # Errors
    /// [`Error::Query`] with the place: an invalid value after a known field, a pattern or a query
    /// that is too large, and, with `strict`, whatever would be repaired.
    pub fn parse(text: &str, options: &ParseOptions) -> Result<Parsed> {
        parse::parse(text, options, true)
    }
}

impl FromStr for Query {
    type Err = Error;

    /// Reads canonical text, as [`Query`]'s `Display` writes it.
    ///
    /// Repairs are made silently, and dates among words are words. A date that depends on the day of asking ("last month") is an
    /// error: canonical text holds the days themselves.
    fn from_str(text: &str) -> Result<Self> {
        let options = ParseOptions::new(Date::constant(2000, 1, 1));
        parse::parse(text, &options, false).map(|parsed| parsed.query)
    }
}

impl Serialize for Query {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Query {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests;
