//! Entities and dates of a text as `annotate` and `show` print them.

use crate::article::EntityKind;
use crate::date::{DateKind, DateMention};
use crate::entity::Mention;
use serde::Serialize;

/// A name in a text.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ShownEntity {
    pub start: u32,
    pub end: u32,
    #[serde(rename = "type")]
    pub kind: EntityKind,
    /// As it stands there.
    pub text: String,
    /// The fullest name that the same text gives it.
    pub name: String,
    pub confidence: f32,
}

/// A date expression in a text; `from` and `to` are inclusive days, null for durations and sets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShownDate {
    pub start: u32,
    pub end: u32,
    pub text: String,
    pub kind: DateKind,
    /// TIMEX3; null for a range.
    pub value: Option<String>,
    pub from: Option<String>,
    pub to: Option<String>,
}

/// The mentions of `text`; those whose range is none of it are left out.
pub fn shown_entities(text: &str, mentions: &[Mention]) -> Vec<ShownEntity> {
    let mut list: Vec<ShownEntity> = mentions
        .iter()
        .filter_map(|m| {
            Some(ShownEntity {
                start: m.start,
                end: m.end,
                kind: m.kind,
                text: text.get(m.start as usize..m.end as usize)?.to_owned(),
                name: m.name.clone(),
                // Three decimals: more would be noise.
                confidence: (m.confidence * 1000.0).round() / 1000.0,
            })
        })
        .collect();
    list.sort_by_key(|m| (m.start, std::cmp::Reverse(m.end)));
    list
}

/// The date expressions of `text`, by start, longest first.
pub fn shown_dates(text: &str, mentions: &[DateMention]) -> Vec<ShownDate> {
    let mut list: Vec<ShownDate> = mentions
        .iter()
        .filter_map(|m| {
            Some(ShownDate {
                start: m.start,
                end: m.end,
                text: text.get(m.start as usize..m.end as usize)?.to_owned(),
                kind: m.kind,
                value: m.value.clone(),
                from: m.interval.map(|i| i.first().to_string()),
                to: m.interval.map(|i| i.last().to_string()),
            })
        })
        .collect();
    list.sort_by_key(|m| (m.start, std::cmp::Reverse(m.end)));
    list
}
