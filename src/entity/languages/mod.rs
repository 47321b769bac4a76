//! Texts that are not English: what can be said honestly without a model of the language.
//!
//! The field was trained on English. In languages that capitalise names only, its finds are kept with less
//! confidence once small words before the name are cut off; in German, where every noun is capitalised, a find
//! needs support from a list, a title, a first name or its own letters. Then what lists, titles, verbs of speech
//! and prepositions of place vouch for is added (`more`).
//! Scripts other than the Latin one give nothing.

use super::document::{Document, evidence};
use super::given::Phrases;
use super::lexicon::kind;
use super::recognize::Span;
use crate::article::EntityKind;
use rustc_hash::FxHashSet;
use std::sync::LazyLock;
use words::{AND, IN, PARTICLES, is_place_head, is_small, is_time, is_title};

mod more;
mod words;

/// What a find outside English is worth beside one in English.
const DISCOUNT: f32 = 0.8;
/// Finds below are dropped where capitals mean names.
const LEAST: f32 = 0.35;
/// Confidence of a name that the list of other languages has.
const LISTED: f32 = 0.7;

/// Organisations and places by their names in other languages: lines of kind, tab, names between `|`.
static ABROAD: &str = include_str!("abroad.tsv");

fn abroad() -> &'static Phrases {
    static LIST: LazyLock<Phrases> = LazyLock::new(|| {
        let mut phrases = Phrases::default();
        for line in ABROAD.lines() {
            let Some((kind, names)) = line.split_once('\t') else {
                continue;
            };
            let kind = match kind {
                "org" => EntityKind::Org,
                "place" => EntityKind::Place,
                _ => continue,
            };
            names.split('|').for_each(|n| phrases.add(kind, n, n));
        }
        phrases
    });
    &LIST
}

/// True for English and for codes that name no language.
pub(super) fn is_english(lang: &str) -> bool {
    matches!(
        lang.split(['-', '_']).next().unwrap_or(""),
        "" | "en" | "und" | "mul"
    )
}

/// Replaces the finds of an article in `lang` by those that can be stood for, in order.
pub(super) fn screen(
    document: &Document,
    blocks: &[&str],
    lang: &str,
    spans: Vec<Span>,
) -> Vec<Span> {
    let lang = lang.split(['-', '_']).next().unwrap_or("");
    let german = matches!(lang, "de" | "lb" | "nds" | "gsw");
    let mut kept: Vec<Span> = spans
        .into_iter()
        .flat_map(|span| split(document, blocks, &span))
        .filter_map(|span| trim(document, blocks, lang, span))
        .filter(|span| (span.begin..span.end).all(|i| is_latin(document.slice(blocks, i))))
        .collect();
    let supported: Vec<bool> = kept
        .iter()
        .map(|s| has_support(document, blocks, s))
        .collect();
    // A surname is supported by the full name of its article.
    let surnames: FxHashSet<u64> = kept
        .iter()
        .zip(&supported)
        .filter(|(span, ok)| **ok && span.kind == 0 && span.end - span.begin >= 2)
        .map(|(span, _)| document.words[span.end - 1].key)
        .collect();
    let mut verdicts = supported.iter();
    kept.retain_mut(|span| {
        let listed = place_kinds(document, span) != 0;
        if listed && (span.kind == 2 || span.confidence < 0.9) {
            span.kind = 2;
        }
        let single = span.end - span.begin == 1;
        let first = &document.words[span.begin];
        let verdict = verdicts.next().copied().unwrap_or(false);
        let head = is_place_head(document.slice(blocks, span.begin), single);
        if head && span.kind != 0 {
            span.kind = 2;
        }
        let supported = head && span.kind == 2
            || verdict
            || span.kind == 0 && single && surnames.contains(&first.key);
        // The beginning of a sentence has a capital whatever it is.
        let opens = first.token.opens && (single || first.evidence & evidence::LOWER != 0);
        span.confidence *= DISCOUNT;
        supported || !german && !opens && span.confidence >= LEAST
    });
    let listed = in_list(document, blocks);
    kept.retain(|span| {
        !listed
            .iter()
            .any(|l| l.begin < span.end && span.begin < l.end)
    });
    kept.extend(listed);
    more::Finder::new(document, blocks, lang, german, kept).finish()
}

/// The names of the list of other languages.
fn in_list(document: &Document, blocks: &[&str]) -> Vec<Span> {
    let mut found = Vec::new();
    for sentence in &document.sentences {
        let range = sentence.words.clone();
        let mut i = range.start;
        while i < range.end {
            let Some((length, name)) = abroad().longest(document, blocks, i, range.end) else {
                i += 1;
                continue;
            };
            found.push(Span {
                begin: i,
                end: i + length,
                kind: if name.kind == EntityKind::Org { 1 } else { 2 },
                confidence: LISTED,
            });
            i += length;
        }
    }
    found
}

/// No letter of another script: the field has seen none of them.
fn is_latin(text: &str) -> bool {
    text.chars()
        .all(|c| !c.is_alphabetic() || c < '\u{250}' || ('\u{1e00}'..'\u{1f00}').contains(&c))
}

/// "Neuquén y Chubut" is two names unless a list has it as one, and so is "Cape Canaveral en Floride".
fn split(document: &Document, blocks: &[&str], span: &Span) -> Vec<Span> {
    let whole =
        document.words[span.begin].phrase != 0 && document.words[span.end - 1].phrase_position == 2;
    let tail = |i: usize| Span {
        begin: i + 1,
        ..span.clone()
    };
    let cut = (span.begin + 1..span.end.saturating_sub(1)).find(|&i| {
        let text = document.slice(blocks, i);
        AND.contains(&text) && span.kind != 1
            || IN.contains(&text) && place_kinds(document, &tail(i)) != 0
    });
    match cut.filter(|_| !whole) {
        Some(i) => vec![
            Span {
                end: i,
                ..span.clone()
            },
            tail(i),
        ],
        None => vec![span.clone()],
    }
}

/// Cuts off what belongs to the sentence: small words, and the common noun before "Wikimédia France" in
/// "l'association Wikimédia France".
fn trim(document: &Document, blocks: &[&str], lang: &str, mut span: Span) -> Option<Span> {
    while span.begin < span.end {
        let word = &document.words[span.begin];
        let text = document.slice(blocks, span.begin);
        let sentence = is_small(text, lang) && (word.token.opens || !word.capital)
            || word.token.opens && is_time(text)
            || text.len() <= 5 && text.ends_with(['\'', '’'])
            || !word.capital && !PARTICLES.contains(&text);
        if !sentence {
            break;
        }
        span.begin += 1;
    }
    // "Tanto Unos como otros".
    let text = document.slice(blocks, span.begin.min(span.end - 1));
    let is_word =
        span.end - span.begin == 1 && is_small(text, lang) && text.chars().any(char::is_lowercase);
    let is_time =
        span.kind == 0 && (span.begin..span.end).any(|i| is_time(document.slice(blocks, i)));
    (span.begin < span.end
        && !is_time
        && !is_word
        && document.words[span.begin..span.end]
            .iter()
            .any(|w| w.capital))
    .then_some(span)
}

/// Kinds of place that a list gives to exactly this span.
fn place_kinds(document: &Document, span: &Span) -> u16 {
    let words = &document.words[span.begin..span.end];
    let whole = match words {
        [one] => one.phrase_position == 3,
        [first, .., last] => first.phrase_position == 0 && last.phrase_position == 2,
        [] => false,
    };
    if whole {
        words[0].phrase & kind::PLACES
    } else {
        0
    }
}

fn has_support(document: &Document, blocks: &[&str], span: &Span) -> bool {
    let words = &document.words[span.begin..span.end];
    let first = &words[0];
    let text = document.slice(blocks, span.begin);
    let whole = match words {
        [one] => one.phrase_position == 3,
        _ => first.phrase_position == 0 && words[words.len() - 1].phrase_position == 2,
    };
    let before = span
        .begin
        .checked_sub(1)
        .filter(|&b| document.words[b].block == first.block && !first.token.opens);
    let titled = before.is_some_and(|b| {
        document.words[b].kinds & kind::TITLE != 0 || is_title(document.slice(blocks, b))
    });
    let listed = whole && (first.phrase & (kind::PLACES | kind::ORGS) != 0);
    match span.kind {
        0 => {
            let given = if first.token.opens {
                kind::FIRST
            } else {
                kind::FIRST | kind::RARE_FIRST
            };
            titled || words.len() >= 2 && first.kinds & given != 0
        }
        1 => {
            let acronym = words.len() == 1
                && text.chars().count() >= 2
                && !text.chars().any(char::is_lowercase);
            listed || acronym
        }
        2 => listed,
        _ => false,
    }
}
