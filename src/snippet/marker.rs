//! Marks of an article that is shown whole.

use super::{Matcher, marks};
use crate::analyze::{Analyzer, Lang};
use crate::article::Article;
use crate::passage::Passage;
use crate::query::Field;
use std::ops::Range;

/// Marks the parts of one article, each as the part that it is: `title:x` is marked in the title alone,
/// `lead:x` in the first passage.
///
/// Ranges are bytes of the text that was given, sorted, never overlapping; none where there is no query.
pub struct Marker<'a> {
    matcher: Option<&'a Matcher>,
    lang: Lang,
    analyzer: Analyzer,
}

impl<'a> Marker<'a> {
    /// For an article in its own language, English where none is known.
    pub fn new(matcher: Option<&'a Matcher>, article: &Article) -> Self {
        let lang = article.lang.as_deref().and_then(Lang::new);
        Self {
            matcher,
            lang: lang.unwrap_or(Lang::ENGLISH),
            analyzer: Analyzer::default(),
        }
    }

    pub fn title(&mut self, text: &str) -> Vec<Range<usize>> {
        self.part(text, &[Field::Title])
    }

    pub fn heading(&mut self, text: &str) -> Vec<Range<usize>> {
        self.part(text, &[Field::Heading])
    }

    pub fn passage(&mut self, passage: &Passage) -> Vec<Range<usize>> {
        match passage.ordinal {
            0 => self.part(&passage.text, &[Field::Text, Field::Lead]),
            _ => self.part(&passage.text, &[Field::Text]),
        }
    }

    fn part(&mut self, text: &str, fields: &[Field]) -> Vec<Range<usize>> {
        match self.matcher {
            Some(matcher) => marks(text, self.lang, fields, matcher, &[], &mut self.analyzer),
            None => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{ParseOptions, Query};

    fn matcher(query: &str) -> Matcher {
        let options = ParseOptions::new(jiff::civil::date(2024, 7, 14));
        let parsed = Query::parse(query, &options).expect("a query");
        Matcher::new(&parsed.query, &[Lang::ENGLISH], &mut Analyzer::default())
    }

    fn shown(marks: Vec<Range<usize>>) -> String {
        let shown: Vec<String> = marks.iter().map(|mark| format!("{mark:?}")).collect();
        shown.join(" ")
    }

    #[test]
    fn a_field_is_marked_only_in_its_part() {
        let matcher = matcher("title:dam lead:flood");
        let mut marker = Marker::new(Some(&matcher), &Article::default());
        assert_eq!(shown(marker.title("The dam and the flood")), "4..7");
        let passage = |ordinal| Passage {
            ordinal,
            text: "The dam and the flood".to_owned(),
            ..Passage::default()
        };
        assert_eq!(shown(marker.passage(&passage(0))), "16..21");
        assert!(marker.passage(&passage(1)).is_empty());
    }

    #[test]
    fn nothing_is_marked_without_a_query() {
        assert!(
            Marker::new(None, &Article::default())
                .title("The dam")
                .is_empty()
        );
    }
}
