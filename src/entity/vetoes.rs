//! Last looks at what the field found in English: what is never a name, and kinds that a head word settles.
//!
//! Each rule is for a fault that was seen several times on the development articles; what they are worth
//! stands in `models/README.md`.

use super::document::{Document, evidence};
use super::recognize::Span;
use rustc_hash::FxHashSet;

/// Finds less certain than this are more often wrong than right.
const LEAST: f32 = 0.5;

/// Abbreviations and beliefs that look like organisations.
const NO_NAMES: &[&str] = &[
    "LGBT",
    "LGBTQ",
    "LGBTI",
    "LGBTQ+",
    "KO",
    "MVP",
    "DNA",
    "RNA",
    "HIV",
    "AIDS",
    "GDP",
    "CEO",
    "CFO",
    "CTO",
    "MP",
    "MPs",
    "MEP",
    "MEPs",
    "TV",
    "PhD",
    "UTC",
    "GMT",
    "BST",
    "EST",
    "EDT",
    "PST",
    "PDT",
    "CET",
    "AM",
    "PM",
    "ID",
    "IT",
    "AI",
    "PR",
    "HR",
    "VIP",
    "UFO",
    "PTSD",
    "CCTV",
    "GPS",
    "SUV",
    "ATM",
    "IPO",
    "VAT",
    "COVID",
    "COVID-19",
    "Covid-19",
    "Covid",
    "SARS",
    "MERS",
    "Islam",
    "Christianity",
    "Catholicism",
    "Judaism",
    "Hinduism",
    "Buddhism",
    "Protestantism",
    "Communism",
    "Marxism",
    "Jews",
    "Muslims",
    "Christians",
    "Catholics",
    "Hindus",
    "Sikhs",
];
/// Words before the name of a storm, which the article then uses alone.
const STORMS: &[&str] = &["Hurricane", "Typhoon", "Cyclone", "Storm"];
/// Last words of organisations' names that no place and no person ends in.
const HEADS: &[&str] = &[
    "Wire",
    "Herald",
    "Tribune",
    "Gazette",
    "Chronicle",
    "Telegraph",
    "Courier",
    "Newspaper",
    "Newspapers",
    "Airlines",
    "Airways",
    "Bancorp",
    "Holdings",
    "Inc",
    "Inc.",
    "Ltd",
    "Ltd.",
    "LLC",
    "PLC",
    "Corp",
    "Corp.",
    "Corporation",
    "Ministry",
    "Committee",
    "Commission",
    "Association",
    "Federation",
    "Foundation",
    "Institute",
    "Agency",
    "Party",
    "Police",
    "RCMP",
    "Office",
    "Authority",
    "Society",
    "Council",
    "Times",
];

/// Forms of address, which are no part of a name.
const ADDRESSES: &[&str] = &[
    "Mr", "Mr.", "Mrs", "Mrs.", "Ms", "Ms.", "Mx", "Mx.", "Miss", "Dr", "Dr.", "Sen.", "Rep.",
    "Gov.", "SEN.", "REP.", "GOV.", "Messrs",
];

/// Drops and mends the finds of an English article.
pub(super) fn screen(document: &Document, blocks: &[&str], spans: &mut Vec<Span>) {
    // "Storm Thorgerson" is a person.
    let persons: FxHashSet<usize> = spans
        .iter()
        .filter(|span| span.kind == 0)
        .map(|span| span.begin)
        .collect();
    let storms: FxHashSet<u64> = (1..document.words.len())
        .filter(|&i| {
            let (before, word) = (&document.words[i - 1], &document.words[i]);
            word.capital
                && !word.token.opens
                && before.block == word.block
                && !persons.contains(&(i - 1))
                && STORMS.contains(&document.slice(blocks, i - 1))
                && word.evidence & (evidence::TITLED | evidence::AFTER_FIRST) == 0
        })
        .map(|i| document.words[i].exact)
        .collect();
    spans.retain_mut(|span| {
        let text = |i: usize| document.slice(blocks, i);
        let is_addressed = |i: usize| ADDRESSES.contains(&text(i));
        while span.kind == 0 && span.end - span.begin > 1 && is_addressed(span.begin) {
            span.begin += 1;
        }
        let single = span.end - span.begin == 1;
        let word = &document.words[span.begin];
        if single && (NO_NAMES.contains(&text(span.begin)) || storms.contains(&word.exact)) {
            return false;
        }
        // The currency of "US$3 billion".
        let glued = document.words.get(span.end).is_some_and(|next| {
            next.block == word.block && next.token.start == document.words[span.end - 1].token.end
        });
        if single && glued && text(span.end) == "$" {
            return false;
        }
        if !single && span.kind == 2 && HEADS.contains(&text(span.end - 1)) {
            span.kind = 1;
        }
        span.confidence >= LEAST
    });
}
