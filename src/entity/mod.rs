//! People, organisations and places: found in text, joined to one name within an article.
//!
//! An article's blocks are cut into tokens (`token`), to which word lists, clusters, datelines and the rest of
//! the article add what is known of them (`chains`, `document`, `lexicon`); a linear-chain conditional
//! random field (`crf`, `features`, `model`) labels every run of words that could be a name. What the
//! article shows elsewhere moves the scores before a second pass (`consistency`), and last looks drop what is never a name (`vetoes`); then short forms join
//! the full names that they stand for (`names`). [`alias`] and [`variant_key`] join names across articles. Texts
//! that are not English are screened by what lists and casing can stand for (`languages`). What the input or an
//! authority file names itself (`given`) wins over what is recognised.

pub mod alias;
mod chains;
mod consistency;
mod crf;
mod datelines;
mod document;
mod features;
mod given;
mod hash;
mod languages;
mod lexicon;
mod model;
mod names;
mod recognize;
mod token;
pub mod train;
mod variant;
mod vetoes;

pub use given::{Authority, Given};
pub use recognize::Recognizer;
pub use variant::{fold, variant_key, variant_parts};

use crate::article::EntityKind;
use serde::{Deserialize, Serialize};

/// A name found in a text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mention {
    /// Byte range in the text, on character boundaries.
    pub start: u32,
    pub end: u32,
    pub kind: EntityKind,
    /// The fullest name that the same article gives it.
    pub name: String,
    /// Probability of the mention; 1 for given entities, below 1 for recognised ones.
    pub confidence: f32,
}
