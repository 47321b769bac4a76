//! Texts that are not English: what can be said honestly without a model of the language.
//!
//! The field was trained on English. In languages that capitalise names only, its finds are kept with less
//! confidence once small words before the name are cut off; in German, where every noun is capitalised, a find
//! needs support from a list, a title, a first name or its own letters. Listed countries and capitals are added.
//! Scripts other than the Latin one give nothing.

use super::document::{Document, evidence};
use super::lexicon::kind;
use super::recognize::Span;
use rustc_hash::FxHashMap;

/// What a find outside English is worth beside one in English.
const DISCOUNT: f32 = 0.8;
/// Finds below are dropped where capitals mean names.
const LEAST: f32 = 0.35;
/// Confidence of a place that only a list vouches for.
const LISTED: f32 = 0.6;

/// Confidence of a person that a listed first name vouches for.
const PAIRED: f32 = 0.5;

/// Small words that belong to the sentence and not to the name that follows.
const SMALL: &[&str] = &[
    "de", "d'", "d’", "du", "des", "la", "le", "les", "l'", "l’", "el", "los", "las", "del", "di",
    "della", "dello", "da", "do", "dos", "das", "der", "die", "den", "dem", "von", "zu", "zur",
    "zum", "van", "al", "en", "au", "aux", "et", "y", "e", "und", "sur", "pour", "-", "'", "’",
];
/// Conjunctions that tie two names rather than the words of one.
const AND: &[&str] = &["et", "y", "e", "und", "en", "i", "och", "og"];
/// Prepositions before places.
const IN: &[&str] = &[
    "in", "aus", "nach", "bei", "à", "en", "a", "em", "te", "i", "w", "v",
];
/// Titles that the lists, which are English, lack.
const TITLES: &[&str] = &[
    "Herr",
    "Herrn",
    "Frau",
    "Präsident",
    "Präsidentin",
    "Bundeskanzler",
    "Bundeskanzlerin",
    "Kanzler",
    "Kanzlerin",
    "Minister",
    "Ministerin",
    "Ministerpräsident",
    "Außenminister",
    "Außenministerin",
    "Innenminister",
    "Finanzminister",
    "Papst",
    "König",
    "Königin",
    "Professor",
    "Trainer",
    "Sprecher",
    "Sprecherin",
    "Bürgermeister",
    "Oberbürgermeister",
    "Bischof",
    "Richter",
];

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
    let german = matches!(
        lang.split(['-', '_']).next(),
        Some("de" | "lb" | "nds" | "gsw")
    );
    let mut kept: Vec<Span> = spans
        .into_iter()
        .flat_map(|span| split(document, blocks, &span))
        .filter_map(|span| trim(document, blocks, span))
        .filter(|span| (span.begin..span.end).all(|i| is_latin(document.slice(blocks, i))))
        .collect();
    let supported: Vec<bool> = kept
        .iter()
        .map(|s| has_support(document, blocks, s))
        .collect();
    // A surname is supported by the full name of its article.
    let mut surnames: FxHashMap<u64, ()> = FxHashMap::default();
    for (span, ok) in kept.iter().zip(&supported) {
        if *ok && span.kind == 0 && span.end - span.begin >= 2 {
            surnames.insert(document.words[span.end - 1].key, ());
        }
    }
    let mut verdicts = supported.iter();
    kept.retain_mut(|span| {
        let listed = place_kinds(document, span) != 0;
        if listed && (span.kind == 2 || span.confidence < 0.9) {
            span.kind = 2;
        }
        let supported = verdicts.next().copied().unwrap_or(false)
            || span.kind == 0
                && span.end - span.begin == 1
                && surnames.contains_key(&document.words[span.begin].key);
        let opens = document.words[span.begin].token.opens && span.end - span.begin == 1;
        span.confidence *= DISCOUNT;
        supported || !german && !opens && span.confidence >= LEAST
    });
    add_places(document, blocks, &mut kept);
    add_persons(document, &mut kept);
    kept
}

/// No letter of another script: the field has seen none of them.
fn is_latin(text: &str) -> bool {
    text.chars()
        .all(|c| !c.is_alphabetic() || c < '\u{250}' || ('\u{1e00}'..'\u{1f00}').contains(&c))
}

/// "Neuquén y Chubut" is two names unless a list has it as one.
fn split(document: &Document, blocks: &[&str], span: &Span) -> Vec<Span> {
    let whole =
        document.words[span.begin].phrase != 0 && document.words[span.end - 1].phrase_position == 2;
    let cut = (span.begin + 1..span.end.saturating_sub(1))
        .find(|&i| AND.contains(&document.slice(blocks, i)));
    match cut.filter(|_| !whole && span.kind != 1) {
        Some(i) => vec![
            Span {
                end: i,
                ..span.clone()
            },
            Span {
                begin: i + 1,
                ..span.clone()
            },
        ],
        None => vec![span.clone()],
    }
}

fn trim(document: &Document, blocks: &[&str], mut span: Span) -> Option<Span> {
    while span.begin < span.end
        && !document.words[span.begin].capital
        && SMALL.contains(&document.slice(blocks, span.begin))
    {
        span.begin += 1;
    }
    (span.begin < span.end
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
        document.words[b].kinds & kind::TITLE != 0 || TITLES.contains(&document.slice(blocks, b))
    });
    let listed = whole && (first.phrase & (kind::PLACES | kind::ORGS) != 0);
    match span.kind {
        0 => titled || words.len() >= 2 && first.kinds & (kind::FIRST | kind::RARE_FIRST) != 0,
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

/// Adds countries and capitals that the field passed over, and listed towns behind "in".
fn add_places(document: &Document, blocks: &[&str], kept: &mut Vec<Span>) {
    let mut taken = vec![false; document.words.len()];
    for span in kept.iter() {
        taken[span.begin..span.end].fill(true);
    }
    let mut i = 0;
    while i < document.words.len() {
        let word = &document.words[i];
        let mut end = i + 1;
        if word.phrase_position == 0 {
            while end < document.words.len() && document.words[end].phrase_position == 1 {
                end += 1;
            }
            end = (end + 1).min(document.words.len());
        }
        let country = word.phrase & kind::COUNTRY != 0;
        let capital = word.phrase & kind::CAPITAL != 0
            && word.kinds & (kind::FIRST | kind::LAST) == 0
            && !word.token.opens;
        let behind = i > 0 && !word.token.opens && IN.contains(&document.slice(blocks, i - 1));
        let town = behind && word.phrase & kind::CITY != 0 && word.kinds & kind::FIRST == 0;
        let starts = matches!(word.phrase_position, 0 | 3) && word.capital;
        if starts
            && (country || capital || town)
            && word.exact_len() > 3
            && !taken[i..end].contains(&true)
        {
            kept.push(Span {
                begin: i,
                end,
                kind: 2,
                confidence: LISTED,
            });
            i = end;
        } else {
            i += 1;
        }
    }
    kept.sort_by_key(|s| s.begin);
}

/// Adds pairs of a listed first name and a capitalised word that the article never writes small.
fn add_persons(document: &Document, kept: &mut Vec<Span>) {
    let mut taken = vec![false; document.words.len()];
    for span in kept.iter() {
        taken[span.begin..span.end].fill(true);
    }
    let mut surnames: FxHashMap<u64, ()> = FxHashMap::default();
    for sentence in &document.sentences {
        let range = sentence.words.clone();
        for i in range.start..range.end.saturating_sub(1) {
            let (first, last) = (&document.words[i], &document.words[i + 1]);
            let small = (first.evidence | last.evidence) & evidence::LOWER != 0;
            // A run of more than two capitalised words is more than a name's two parts.
            let pair = first.run == (i as u32, i as u32 + 1);
            let name = first.kinds & kind::FIRST != 0
                && last.kinds & (kind::TITLE | kind::ORG_SUFFIX | kind::MONTH) == 0;
            let listed = last.phrase != 0 && last.kinds & kind::LAST == 0;
            if pair
                && name
                && !small
                && !listed
                && !taken[i]
                && !taken[i + 1]
                && last.exact_len() > 2
            {
                kept.push(Span {
                    begin: i,
                    end: i + 2,
                    kind: 0,
                    confidence: PAIRED,
                });
                surnames.insert(last.key, ());
            }
        }
    }
    for (i, word) in document.words.iter().enumerate() {
        let alone = word.run == (i as u32, i as u32);
        if alone && !taken[i] && surnames.contains_key(&word.key) {
            kept.push(Span {
                begin: i,
                end: i + 1,
                kind: 0,
                confidence: PAIRED,
            });
        }
    }
    kept.sort_by_key(|s| s.begin);
}
