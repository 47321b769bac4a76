//! Article → passages.
//!
//! A passage is a run of whole paragraphs of one section, of about 150 words: long enough to hold an
//! answer with its context, short enough that BM25's length norm does not blur it. Where the cuts fall
//! is chosen for a whole section at once, as a line breaker does for a paragraph: the cheapest way
//! through, where a passage costs the square of its distance from 150 words, and a cut costs extra in a
//! paragraph, after a lead-in, or between list items. Only paragraphs of more than [`MAX_WORDS`] words
//! are cut at all, at sentence ends.
//!
//! Measured with a line as a paragraph and no sections: 4,733 press releases make 12,793 passages of 150
//! words in the median, 80 % between 115 and 187, and 3,971 seams; 295 Wikinews articles make 1,448,
//! median 151, 80 % between 117 and 187. Joining to the right until 150 are reached, which is simpler,
//! would leave a short rest at the end of nearly every section.

use crate::{
    analyze::sentences,
    article::{Article, EntityKind, PARAGRAPH_BREAK, Section},
    date::DateMention,
    entity::Mention,
};
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// A run of paragraphs of one section: the unit that is indexed, ranked and shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Passage {
    /// Number within its article, from 0.
    pub ordinal: u32,
    /// Number of its section, from 0.
    pub section: u32,
    pub heading: Option<String>,
    /// A slice of [`Article::text`], without white space at its ends.
    pub text: String,
    /// Byte offset of `text` in [`Article::text`].
    pub start: u32,
    /// The sentence before this passage where a paragraph was cut, or the end of it, at most
    /// [`MAX_SEAM_BYTES`]: searched by phrases that cross the cut, never shown or counted.
    pub seam: Option<String>,
    pub entities: Vec<Mention>,
    pub dates: Vec<DateMention>,
    /// Names that hold for the whole article, each once: what its input gives and what its title names.
    /// With its first passage only.
    pub article_names: Vec<(EntityKind, String)>,
}

impl Passage {
    /// Whether the places of all its mentions are places of its text.
    ///
    /// Holds for what [`split`] and the finders made; what was read from a disk or a cluster may be damaged.
    pub fn is_sound(&self) -> bool {
        let holds = |start: u32, end: u32| self.text.get(start as usize..end as usize).is_some();
        self.entities.iter().all(|m| holds(m.start, m.end))
            && self.dates.iter().all(|m| holds(m.start, m.end))
    }
}

/// What a passage aims at.
const AIM_WORDS: usize = 150;
/// The most words of a passage: one and a half times the aim.
pub const MAX_WORDS: usize = 225;
/// The most bytes of a passage; only text that is no prose reaches it before [`MAX_WORDS`].
pub const MAX_BYTES: usize = 4096;
/// Sentences are cut at this many words or bytes, whichever is first, if they are longer.
const MAX_SENTENCE_WORDS: usize = AIM_WORDS;
const MAX_SENTENCE_BYTES: usize = 2048;
/// Bound of [`Passage::seam`].
pub const MAX_SEAM_BYTES: usize = 512;
/// Bound of the units in a passage, so that empty ones do not make the search for cuts quadratic.
const MAX_UNITS: usize = 100;

/// Costs of a cut, in units of "a passage twice its aim, or empty".
const CUT_PARAGRAPH: f32 = 0.3;
const CUT_LIST: f32 = 0.15;
const CUT_LEAD_IN: f32 = 0.6;

/// Cuts an article into passages, in order; at least one, empty for an article without text.
///
/// Together the passages hold every character of [`Article::text`] that is not white space. A section
/// with a heading and no text is an empty passage, so that its heading is found.
pub fn split(article: &Article) -> Vec<Passage> {
    split_text(article, &article.text())
}

/// [`split`] for a caller that has `text`, the article's [`Article::text`], already.
pub fn split_text(article: &Article, text: &str) -> Vec<Passage> {
    let mut passages = Vec::new();
    let mut offset = 0;
    for (number, section) in article.sections.iter().enumerate() {
        let begin = passages.len();
        split_section(section, text, &mut offset, &mut passages);
        if passages.len() == begin
            && section
                .heading
                .as_ref()
                .is_some_and(|h| !h.trim().is_empty())
        {
            passages.push(Passage {
                start: offset.min(text.len()) as u32,
                ..Passage::default()
            });
        }
        for passage in &mut passages[begin..] {
            passage.section = number as u32;
            passage.heading.clone_from(&section.heading);
        }
    }
    if passages.is_empty() {
        passages.push(Passage::default());
    }
    for (ordinal, passage) in passages.iter_mut().enumerate() {
        passage.ordinal = ordinal as u32;
    }
    passages
}

/// What is never cut: a paragraph, or a sentence of a long one.
struct Unit {
    range: Range<usize>,
    words: usize,
    /// Cost of a cut before it.
    cut: f32,
    /// Whether the unit before it is of the same paragraph.
    continues: bool,
}

fn split_section(section: &Section, text: &str, offset: &mut usize, out: &mut Vec<Passage>) {
    let mut units = Vec::new();
    for (i, paragraph) in section.paragraphs.iter().enumerate() {
        let range = *offset..*offset + paragraph.len();
        *offset = range.end + PARAGRAPH_BREAK.len();
        if text.get(range.clone()) != Some(paragraph) {
            // `text` is not this article's: nothing can be cut out of it.
            return;
        }
        let before = i.checked_sub(1).and_then(|i| section.paragraphs.get(i));
        add_paragraph(
            paragraph,
            range.start,
            cut_cost(before, paragraph),
            &mut units,
        );
    }
    let mut first = 0;
    for end in cuts(&units) {
        let (Some(head), Some(last)) = (
            units.get(first),
            end.checked_sub(1).and_then(|i| units.get(i)),
        ) else {
            break;
        };
        let seam = first
            .checked_sub(1)
            .and_then(|i| units.get(i))
            .filter(|_| head.continues);
        out.push(Passage {
            text: text[head.range.start..last.range.end].to_owned(),
            start: head.range.start as u32,
            seam: seam.map(|unit| seam_of(&text[unit.range.clone()]).to_owned()),
            ..Passage::default()
        });
        first = end;
    }
}

fn is_item(paragraph: &str) -> bool {
    paragraph.starts_with("- ")
}

/// What it costs to part a paragraph from the one before it.
fn cut_cost(before: Option<&String>, paragraph: &str) -> f32 {
    let Some(before) = before else {
        return 0.0;
    };
    if is_item(paragraph) && is_item(before) {
        CUT_LIST
    } else if is_item(paragraph) || before.trim_end().ends_with([':', '：']) {
        CUT_LEAD_IN
    } else {
        0.0
    }
}

fn add_paragraph(paragraph: &str, offset: usize, cut: f32, units: &mut Vec<Unit>) {
    let whole = trimmed(paragraph, 0..paragraph.len());
    if whole.is_empty() {
        return;
    }
    let words = count_words(&paragraph[whole.clone()]);
    let mut add = |range: Range<usize>, words, continues| {
        units.push(Unit {
            range: offset + range.start..offset + range.end,
            words,
            cut: if continues { CUT_PARAGRAPH } else { cut },
            continues,
        });
    };
    if words <= MAX_WORDS && whole.len() <= MAX_BYTES {
        add(whole, words, false);
        return;
    }
    let mut continues = false;
    for sentence in sentences(paragraph) {
        for piece in pieces(paragraph, sentence) {
            let words = count_words(&paragraph[piece.clone()]);
            add(piece, words, continues);
            continues = true;
        }
    }
}

fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let begun = text[range.clone()].trim_start();
    let start = range.end - begun.len();
    start..start + begun.trim_end().len()
}

/// A sentence whole, or one without end in pieces that end between words, else between characters.
fn pieces(text: &str, sentence: Range<usize>) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut rest = sentence;
    while !rest.is_empty() {
        let end = piece_end(&text[rest.clone()]);
        let piece = trimmed(text, rest.start..rest.start + end);
        if !piece.is_empty() {
            out.push(piece);
        }
        rest.start += end;
    }
    out
}

/// Where a piece from the beginning of `text` ends: at a word within the bounds, if one ends there.
fn piece_end(text: &str) -> usize {
    let mut weight = 0;
    let mut last_space = None;
    let mut was_space = true;
    for (i, c) in text.char_indices() {
        if c.is_whitespace() {
            was_space = true;
            last_space = Some(i);
        } else {
            weight += word_weight(c, was_space);
            was_space = false;
        }
        if weight > MAX_SENTENCE_WORDS * WORD || i >= MAX_SENTENCE_BYTES {
            return last_space.filter(|&at| at > 0).unwrap_or(i);
        }
    }
    text.len()
}

/// The weight of a word: a character of a script without spaces weighs a part of it.
const WORD: usize = 12;

/// What a character adds to the count of words, in twelfths.
///
/// Chinese and Japanese words have about two characters, Korean ones are spaced, Thai and its
/// neighbours have four to five letters.
fn word_weight(c: char, begins_word: bool) -> usize {
    match c {
        '\u{E00}'..='\u{EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' => 3,
        '\u{3040}'..='\u{30FF}'
        | '\u{3400}'..='\u{9FFF}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{FF66}'..='\u{FF9F}'
        | '\u{20000}'..='\u{3FFFF}' => 6,
        _ if begins_word => WORD,
        _ => 0,
    }
}

/// The number of words, by white space; scripts without spaces are estimated from their characters.
fn count_words(text: &str) -> usize {
    let mut weight = 0;
    let mut was_space = true;
    if text.is_ascii() {
        let bytes = text.as_bytes();
        let is_space = |b: u8| b.is_ascii_whitespace();
        let first = bytes.first().is_some_and(|&b| !is_space(b));
        let begins = |(before, at): (&u8, &u8)| usize::from(is_space(*before) & !is_space(*at));
        let later: usize = bytes.iter().zip(bytes.iter().skip(1)).map(begins).sum();
        return usize::from(first) + later;
    }
    for c in text.chars() {
        if c.is_whitespace() {
            was_space = true;
        } else {
            weight += word_weight(c, was_space);
            was_space = false;
        }
    }
    weight.div_ceil(WORD)
}

/// The ends (exclusive) of the passages that a section's units fall into: the cheapest partition.
fn cuts(units: &[Unit]) -> Vec<usize> {
    // cost[i]: the cheapest partition of the first i units; from[i]: where its last passage begins.
    let mut cost = vec![f32::INFINITY; units.len() + 1];
    let mut from = vec![0; units.len() + 1];
    cost[0] = 0.0;
    for end in 1..=units.len() {
        let mut words = 0;
        for begin in (end.saturating_sub(MAX_UNITS)..end).rev() {
            let unit = &units[begin];
            words += unit.words;
            let bytes = units[end - 1].range.end - unit.range.start;
            if (words > MAX_WORDS || bytes > MAX_BYTES) && begin + 1 < end {
                break;
            }
            let miss = (words as f32 - AIM_WORDS as f32) / AIM_WORDS as f32;
            let cut = if begin > 0 { unit.cut } else { 0.0 };
            let total = cost[begin] + miss * miss + cut;
            if total < cost[end] {
                cost[end] = total;
                from[end] = begin;
            }
        }
    }
    let mut ends = Vec::new();
    let mut end = units.len();
    while end > 0 {
        ends.push(end);
        end = from[end];
    }
    ends.reverse();
    ends
}

/// The end of a sentence, from the beginning of a word if there is one within the bound.
fn seam_of(sentence: &str) -> &str {
    if sentence.len() <= MAX_SEAM_BYTES {
        return sentence;
    }
    let mut at = sentence.len() - MAX_SEAM_BYTES;
    while !sentence.is_char_boundary(at) {
        at += 1;
    }
    let end = &sentence[at..];
    match end.find(char::is_whitespace) {
        Some(space) => end[space..].trim_start(),
        None => end,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn article(sections: &[(Option<&str>, &[String])]) -> Article {
        let sections = sections.iter().map(|(heading, paragraphs)| Section {
            heading: heading.map(str::to_owned),
            paragraphs: paragraphs.to_vec(),
        });
        Article {
            sections: sections.collect(),
            ..Article::default()
        }
    }

    fn words(count: usize) -> String {
        vec!["word"; count].join(" ")
    }

    /// `count` sentences of ten words.
    fn prose(count: usize) -> String {
        vec!["One two three four five six seven eight nine ten."; count].join(" ")
    }

    fn lengths(passages: &[Passage]) -> Vec<usize> {
        passages.iter().map(|p| count_words(&p.text)).collect()
    }

    #[test]
    fn an_article_without_text_is_one_empty_passage() {
        let passages = split(&article(&[]));
        assert_eq!(passages, [Passage::default()]);
        assert_eq!(split(&article(&[(None, &["  ".to_owned()])])).len(), 1);
    }

    #[test]
    fn a_heading_without_text_can_still_be_found() {
        let passages = split(&article(&[(Some("What next?"), &[]), (None, &[words(3)])]));
        assert_eq!(passages.len(), 2);
        assert_eq!(passages[0].heading.as_deref(), Some("What next?"));
        assert_eq!((passages[1].section, passages[1].ordinal), (1, 1));
    }

    #[test]
    fn short_paragraphs_are_joined_to_about_150_words() {
        let paragraphs = vec![words(50); 9];
        assert_eq!(
            lengths(&split(&article(&[(None, &paragraphs)]))),
            [150, 150, 150]
        );
    }

    #[test]
    fn a_short_rest_goes_with_its_neighbours() {
        let paragraphs = [words(75), words(75), words(20)];
        assert_eq!(lengths(&split(&article(&[(None, &paragraphs)]))), [170]);
    }

    #[test]
    fn sections_are_never_joined() {
        let (a, b) = ([words(10)], [words(10)]);
        let passages = split(&article(&[(None, &a), (Some("Why?"), &b)]));
        assert_eq!(lengths(&passages), [10, 10]);
    }

    #[test]
    fn a_long_paragraph_is_cut_into_even_parts_at_sentence_ends() {
        let passages = split(&article(&[(None, &[prose(45)])]));
        assert_eq!(lengths(&passages), [150, 150, 150]);
        let last = "One two three four five six seven eight nine ten.";
        assert_eq!(passages[0].seam, None);
        assert_eq!(passages[1].seam.as_deref(), Some(last));
        assert!(passages[1].text.starts_with("One two"));
    }

    #[test]
    fn a_paragraph_of_225_words_is_left_whole() {
        assert_eq!(lengths(&split(&article(&[(None, &[words(225)])]))), [225]);
    }

    #[test]
    fn a_list_stays_with_its_lead_in() {
        let item = |n| format!("- {}", words(n));
        // Without the list rule the cut would fall after the lead-in: 140 + 60 words.
        let paragraphs = [words(130), format!("{}:", words(10)), item(29), item(29)];
        let passages = split(&article(&[(None, &paragraphs)]));
        assert!(
            passages
                .last()
                .is_some_and(|p| p.text.starts_with("word word"))
        );
        assert!(
            passages.iter().all(|p| !p.text.starts_with("- ")),
            "{:?}",
            lengths(&passages)
        );
    }

    #[test]
    fn a_megabyte_without_a_space_is_cut_at_the_byte_bound() {
        for character in ["x", "é", "語"] {
            let paragraph = character.repeat(1 << 20 >> 2);
            let passages = split(&article(&[(None, std::slice::from_ref(&paragraph))]));
            assert!(passages.len() > 50);
            assert!(passages.iter().all(|p| p.text.len() <= MAX_BYTES));
            let all: String = passages.iter().map(|p| p.text.as_str()).collect();
            assert_eq!(all.len(), paragraph.len());
        }
    }

    #[test]
    fn text_of_another_article_cuts_nothing_and_does_not_panic() {
        let passages = split_text(&article(&[(None, &[words(5)])]), "other");
        assert_eq!(passages, [Passage::default()]);
    }

    fn any_article() -> impl Strategy<Value = Article> {
        let sentence = prop_oneof![
            "[A-Z][a-z]{1,8}( [a-z]{1,8}){0,40}[.!?]",
            "[\\p{L} .]{0,60}",
            "[ぁ-ん一-十]{1,300}。",
            "[a-z]{3000,5000}",
            "[ \n]{1,5}",
        ];
        let paragraph = (any::<bool>(), prop::collection::vec(sentence, 0..30))
            .prop_map(|(item, s)| format!("{}{}", if item { "- " } else { "" }, s.join(" ")));
        let section = (
            prop::option::of("[A-Z][a-z ]{0,20}"),
            prop::collection::vec(paragraph, 0..8),
        );
        prop::collection::vec(section, 0..5).prop_map(|sections| Article {
            sections: sections
                .into_iter()
                .map(|(heading, paragraphs)| Section {
                    heading,
                    paragraphs,
                })
                .collect(),
            ..Article::default()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn passages_are_slices_in_order_that_hold_all_text(article in any_article()) {
            let text = article.text();
            let passages = split(&article);
            let mut end = 0;
            let mut held = String::new();
            for (i, passage) in passages.iter().enumerate() {
                let start = passage.start as usize;
                prop_assert_eq!(passage.ordinal as usize, i);
                prop_assert!(start >= end, "passages overlap");
                end = start + passage.text.len();
                prop_assert_eq!(&text[start..end], passage.text.as_str());
                prop_assert_eq!(passage.text.trim(), passage.text.as_str());
                prop_assert!(passage.text.len() <= MAX_BYTES);
                prop_assert!(count_words(&passage.text) <= MAX_WORDS);
                let section = article.sections.get(passage.section as usize);
                prop_assert_eq!(passage.heading.as_ref(), section.and_then(|s| s.heading.as_ref()));
                held.push_str(&passage.text);
                if let Some(seam) = &passage.seam {
                    prop_assert!(seam.len() <= MAX_SEAM_BYTES);
                    let before = &passages[i - 1];
                    prop_assert_eq!(before.section, passage.section);
                    prop_assert!(before.text.ends_with(seam.as_str()));
                }
            }
            let solid = |t: &str| t.split_whitespace().collect::<String>();
            prop_assert_eq!(solid(&held), solid(&text));
        }

        #[test]
        fn a_cut_inside_a_paragraph_always_has_a_seam(article in any_article()) {
            let text = article.text();
            for pair in split(&article).windows(2) {
                let gap = &text[pair[0].start as usize + pair[0].text.len()..pair[1].start as usize];
                let is_cut = !gap.contains("\n\n") && !pair[0].text.is_empty() && !pair[1].text.is_empty();
                if is_cut {
                    prop_assert!(pair[1].seam.is_some());
                }
            }
        }
    }
}
