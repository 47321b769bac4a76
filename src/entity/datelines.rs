//! Datelines: "GDYNIA, Poland, March 5 (Northern Wire) -" says where its first words are, in every language.

use super::document::{Document, Word};
use super::lexicon::kind;
use super::recognize::Span;
use std::ops::Range;

/// Longest place and longest rest of a dateline, in words.
const LONGEST_PLACE: usize = 4;
const LONGEST_REST: usize = 14;
/// How certain a dateline's place is.
const CONFIDENCE: f32 = 0.95;
/// A line of capitals that is no place.
const NOTICES: &[&str] = &[
    "UPDATE",
    "CORRECTED",
    "CORRECTION",
    "BREAKING",
    "EXCLUSIVE",
    "OPINION",
    "ANALYSIS",
    "REFILE",
    "URGENT",
    "FACTBOX",
    "TIMELINE",
    "PRESS",
    "NEWS",
    "FOR",
    "SEN.",
    "SENATOR",
    "REP.",
];

/// The words of a dateline's place, of the region behind it and of the agency.
#[derive(Clone, Debug)]
pub(super) struct Dateline {
    pub place: Range<usize>,
    pub region: Option<Range<usize>>,
    pub agency: Option<Range<usize>>,
}

impl Dateline {
    pub(super) fn places(&self) -> impl Iterator<Item = Range<usize>> {
        std::iter::once(self.place.clone()).chain(self.region.clone())
    }
}

/// The dateline that the sentence `range` begins with.
pub(super) fn find(document: &Document, blocks: &[&str], range: &Range<usize>) -> Option<Dateline> {
    let text = |i: usize| document.slice(blocks, i);
    let words = &document.words;
    let first = words.get(range.start).filter(|w| w.capital)?;
    let is_shouted = |i: usize| {
        text(i).chars().filter(|c| c.is_alphabetic()).count() > 1
            && !text(i).chars().any(char::is_lowercase)
    };
    let last = (first.run.1 as usize).min(range.start + LONGEST_PLACE - 1);
    let mut end = range.start;
    let shouted = is_shouted(end);
    while end <= last && words[end].capital && is_shouted(end) == shouted {
        end += 1;
    }
    let place = range.start..end;
    let is_listed = first.phrase & kind::PLACES != 0;
    let is_name = first.kinds & (kind::FIRST | kind::TITLE) != 0 && !is_listed;
    if place.is_empty() || is_name || NOTICES.contains(&text(range.start)) {
        return None;
    }
    // What follows is a region, a day and an agency at most, up to a dash with space about it.
    let mut agency = None;
    let mut region = None;
    let mut is_dated = false;
    let mut comma = false;
    let mut i = end;
    let is_rest = |i: usize| {
        words
            .get(i)
            .is_some_and(|w| w.block == first.block && !w.token.opens)
    };
    while is_rest(i) && i < end + LONGEST_REST {
        match text(i) {
            "-" | "–" | "—" => {
                let before = &words[i - 1].token;
                let after = words.get(i + 1).filter(|w| w.block == first.block)?;
                let is_dash = before.end < words[i].token.start
                    || words[i].token.end < after.token.start
                    || text(i) == "—";
                // In mixed case, only an agency tells a dateline from a sentence.
                let holds =
                    agency.is_some() || shouted && (region.is_some() || is_dated || is_listed);
                return (is_dash && holds).then_some(Dateline {
                    place,
                    region,
                    agency,
                });
            }
            "(" => {
                let close = (i + 1..words.len().min(i + 5)).find(|&j| text(j) == ")")?;
                let inner = i + 1..close;
                let is_named = inner.clone().all(|j| {
                    text(j)
                        .chars()
                        .all(|c| c.is_alphabetic() || c == '&' || c == '.')
                });
                if inner.is_empty() || !is_named {
                    return None;
                }
                agency = Some(inner);
                i = close;
            }
            "," if !comma => {
                comma = true;
                let next = i + 1;
                // "Oct. 23" is a day in any language.
                let last = words
                    .get(next)
                    .map_or(next, |w| w.run.1.min(i as u32 + 5) as usize);
                let is_day =
                    is_rest(last + 1) && text(last + 1).starts_with(|c: char| c.is_ascii_digit());
                is_dated |= is_day;
                if is_rest(next) && is_region(&words[next]) && !is_day {
                    region = Some(next..last + 1);
                    i = last;
                }
            }
            "," => {}
            "." | "/" => {}
            word if words[i].capital || word.starts_with(|c: char| c.is_ascii_digit()) => {}
            _ => return None,
        }
        i += 1;
    }
    None
}

/// A capitalised word that is no month, weekday or agency.
fn is_region(word: &Word) -> bool {
    word.capital && word.kinds & kind::MONTH == 0 && word.phrase & kind::ORGS == 0
}

/// Sets the places and agencies of an article's datelines.
pub(super) fn apply(document: &Document, spans: &mut Vec<Span>) {
    for dateline in &document.datelines {
        let places = dateline.places().map(|words| (words, 2));
        for (words, kind) in places.chain(dateline.agency.clone().map(|words| (words, 1))) {
            spans.retain(|s| s.end <= words.start || s.begin >= words.end);
            let at = spans.partition_point(|s| s.begin < words.start);
            spans.insert(
                at,
                Span {
                    begin: words.start,
                    end: words.end,
                    kind,
                    confidence: CONFIDENCE,
                },
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::lexicon::Lexicon;
    use super::super::recognize::LEXICON;
    use super::*;

    /// Place, region and agency of the datelines of an article.
    fn read(blocks: &[&str]) -> Vec<String> {
        let document = Document::new(blocks, &Lexicon::new(LEXICON).unwrap());
        let show = |range: &Option<Range<usize>>| {
            range.clone().map_or(String::new(), |range| {
                let words: Vec<&str> = range.map(|i| document.slice(blocks, i)).collect();
                words.join(" ")
            })
        };
        let parts = |d: &Dateline| {
            [&Some(d.place.clone()), &d.region, &d.agency]
                .map(show)
                .join("|")
        };
        document.datelines.iter().map(parts).collect()
    }

    #[test]
    fn agencies_date_their_lines_in_many_ways() {
        for (text, expected) in [
            (
                "GDYNIA, Poland, March 5 (Northern Wire) - A strike",
                "GDYNIA|Poland|Northern Wire",
            ),
            (
                "PUERTO CLARO, San Telmo, Oct. 23 (AP) — Voters",
                "PUERTO CLARO|San Telmo|AP",
            ),
            (
                "NEWCASTLE UPON TYNE, England, May 22 (Reuters) - A court",
                "NEWCASTLE UPON TYNE|England|Reuters",
            ),
            ("LONDON, Oct. 23 (Xinhua) -- Rain fell", "LONDON||Xinhua"),
            ("WASHINGTON – The Senate voted", "WASHINGTON||"),
            ("Berlin (dpa) - Der Bundestag", "Berlin||dpa"),
            ("By Piotr Lange\n\nGDYNIA, March 5 - A strike", "GDYNIA||"),
        ] {
            assert_eq!(read(&[text]), [expected], "{text}");
        }
    }

    #[test]
    fn other_lines_are_no_datelines() {
        for text in [
            "BREAKING, March 5 - A dam has burst",
            "Angela Merkel (CDU) - the chancellor - spoke",
            "SEN. STEVENS (R-AK) - A bill",
            "Paris, which had burnt, stood - it seemed - alone",
            "JOHN SMITH, 45 - a farmer",
            "The A-10 flew",
            "",
        ] {
            assert_eq!(read(&[text]), [""; 0], "{text}");
        }
    }
}
