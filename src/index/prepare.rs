//! Article → passages with what is found in them.

use super::without::Without;
use crate::article::{Article, Precision};
use crate::date::DateFinder;
use crate::entity::{Authority, Given, Mention, Recognizer};
use crate::passage::{self, Passage};
use jiff::civil::Date;

/// Cuts articles and finds the names and dates of their passages; keeps its buffers between them.
pub struct Preparer<'a> {
    recognizer: &'a Recognizer,
    authority: Option<&'a Authority>,
    dates: DateFinder,
    without: Without,
}

impl<'a> Preparer<'a> {
    pub fn new(
        recognizer: &'a Recognizer,
        authority: Option<&'a Authority>,
        without: Without,
    ) -> Self {
        Self {
            recognizer,
            authority,
            dates: DateFinder::default(),
            without,
        }
    }

    /// The passages of an article.
    ///
    /// Names are judged over the whole article, its title first; those that the input or the authority
    /// file gives win over recognised ones. Dates are anchored to the day of publication; where only a
    /// year or a month is known there is no anchor, and relative expressions are left alone.
    pub fn passages(&mut self, article: &Article) -> Vec<Passage> {
        let mut passages = passage::split(article);
        let lang = article.lang.as_deref().unwrap_or("en");
        let given = Given::new(
            article.entities.iter().map(|e| (e.kind, e.name.as_str())),
            article.keywords.iter().map(String::as_str),
            self.authority,
        );
        let mut mentions = Vec::new().into_iter();
        if !self.without.entities {
            let title = article.title.as_deref().unwrap_or("");
            let blocks: Vec<&str> = std::iter::once(title)
                .chain(passages.iter().map(|p| p.text.as_str()))
                .collect();
            let found = self.recognizer.find_given(&blocks, lang, &given);
            mentions = found.into_iter();
        }
        let in_title = mentions.next().unwrap_or_default();
        if let Some(first) = passages.first_mut() {
            first.article_names = given.names().to_vec();
            for mention in in_title.into_iter().filter(is_clear) {
                let name = (mention.kind, mention.name);
                if !first.article_names.contains(&name) {
                    first.article_names.push(name);
                }
            }
        }
        for (passage, mentions) in passages.iter_mut().zip(mentions) {
            passage.entities = mentions;
        }
        if !self.without.dates {
            let reference = reference(article);
            for passage in &mut passages {
                let Passage { text, dates, .. } = passage;
                self.dates.find_into(text, lang, reference, dates);
            }
        }
        passages
    }
}

/// Whether a headline alone makes a name's kind clear: its lone words seldom do.
fn is_clear(mention: &Mention) -> bool {
    mention.name.contains(' ') && mention.confidence >= 0.6 || mention.confidence >= 0.9
}

/// The day that relative dates of an article count from.
pub fn reference(article: &Article) -> Option<Date> {
    let published = article.published.as_ref()?;
    match published.precision {
        Precision::Day | Precision::Second => Some(published.at.date()),
        Precision::Year | Precision::Month => None,
    }
}
