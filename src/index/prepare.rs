//! Article → passages with what is found in them.

use crate::article::{Article, Precision};
use crate::date;
use crate::entity::Recognizer;
use crate::passage::{self, Passage};
use jiff::civil::Date;

/// Cuts an article and finds the names and dates of its passages.
///
/// Names are judged over the whole article, its title first. Dates are anchored to the day of
/// publication; where only a year or a month is known there is no anchor, and relative expressions
/// are left alone.
pub fn passages(article: &Article, recognizer: &Recognizer) -> Vec<Passage> {
    let mut passages = passage::split(article);
    let lang = article.lang.as_deref().unwrap_or("en");
    let reference = reference(article);
    let mentions = {
        let title = article.title.as_deref().unwrap_or("");
        let blocks: Vec<&str> = std::iter::once(title)
            .chain(passages.iter().map(|p| p.text.as_str()))
            .collect();
        recognizer.find(&blocks, lang)
    };
    for (passage, mentions) in passages.iter_mut().zip(mentions.into_iter().skip(1)) {
        passage.entities = mentions;
    }
    for passage in &mut passages {
        passage.dates = date::find(&passage.text, lang, reference);
    }
    passages
}

/// The day that relative dates of an article count from.
pub fn reference(article: &Article) -> Option<Date> {
    let published = article.published.as_ref()?;
    match published.precision {
        Precision::Day | Precision::Second => Some(published.at.date()),
        Precision::Year | Precision::Month => None,
    }
}
