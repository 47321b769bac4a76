//! Article → passages.

use crate::{article::Article, date::DateMention, entity::Mention};
use serde::{Deserialize, Serialize};

/// A run of paragraphs of one section: the unit that is indexed, ranked and shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Passage {
    /// Number within its article, from 0.
    pub ordinal: u32,
    /// Number of its section, from 0.
    pub section: u32,
    pub heading: Option<String>,
    /// A slice of [`Article::text`].
    pub text: String,
    /// Byte offset of `text` in [`Article::text`].
    pub start: u32,
    /// The sentence before this passage where a paragraph was cut: searched by phrases that cross the
    /// cut, never shown or counted.
    pub seam: Option<String>,
    pub entities: Vec<Mention>,
    pub dates: Vec<DateMention>,
}

/// Cuts an article into passages, in order; at least one, empty for an article without text.
pub fn split(article: &Article) -> Vec<Passage> {
    vec![Passage {
        text: article.text(),
        ..Passage::default()
    }]
}
