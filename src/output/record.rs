//! An article with its passages, as `show` prints it.

use super::mentions::{ShownDate, ShownEntity, shown_dates, shown_entities};
use crate::article::Article;
use crate::passage::Passage;
use crate::read::{self, ReadObject};
use serde::Serialize;

/// The object that `read` prints, with passages.
#[derive(Debug, Serialize)]
pub struct ShowObject<'a> {
    #[serde(flatten)]
    pub article: ReadObject<'a>,
    pub passages: Vec<ShownPassage<'a>>,
}

/// A passage with what was found in it; offsets are bytes of `text`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ShownPassage<'a> {
    pub passage: u32,
    pub section: u32,
    pub heading: Option<&'a str>,
    pub text: &'a str,
    pub entities: Vec<ShownEntity>,
    pub dates: Vec<ShownDate>,
}

impl<'a> ShowObject<'a> {
    /// The object of an article and its passages, in order.
    pub fn new(article: &'a Article, passages: &'a [Passage]) -> Self {
        let shown = |p: &'a Passage| ShownPassage {
            passage: p.ordinal,
            section: p.section,
            heading: p.heading.as_deref(),
            text: &p.text,
            entities: shown_entities(&p.text, &p.entities),
            dates: shown_dates(&p.text, &p.dates),
        };
        Self {
            article: read::to_json(article),
            passages: passages.iter().map(shown).collect(),
        }
    }
}
