//! Chains: the runs of words that could hold a name, which are all that is scored.

use super::document::{Document, role};
use std::ops::Range;

/// Words that may join two capitalised words into one name.
const LINKS: &[&str] = &[
    "of", "the", "and", "for", "in", "on", "to", "at", "de", "la", "le", "du", "des", "del",
    "della", "di", "da", "do", "dos", "das", "der", "den", "van", "von", "und", "et", "y", "e",
    "al", "el", "bin", "ibn", "with", "without", "from", "by", "a", "an", "as", "into", "&", "-",
    "–", "\"", "“", "”", "'", "’", "'s", "’s", "/", "+", "i", "für", "zu", "zur", "pour", "sur",
    "en", "les", "los", "las", "d'", "d’", "l'", "l’",
];
/// Words in lower case that may begin a name before a capitalised one.
const PARTICLES: &[&str] = &[
    "al", "el", "de", "van", "von", "der", "den", "bin", "ibn", "du", "la", "le", "di", "da",
    "dos", "ad", "an", "as", "ash", "abu", "ter", "ten", "af", "zu", "zum", "ben", "bint", "-",
    "'", "’",
];

/// Legal forms that stand behind a comma: "Prologis, Inc.".
const LEGAL: &[&str] = &[
    "Inc", "Inc.", "Ltd", "Ltd.", "LLC", "L.L.C.", "Corp", "Corp.", "PLC", "plc", "LP", "L.P.",
    "LLP", "S.A.",
];
/// Verbs of speech, whose subject is a person or acts as one.
const SAYS: &[&str] = &[
    "said",
    "says",
    "told",
    "added",
    "wrote",
    "tweeted",
    "announced",
    "stated",
    "claimed",
    "argued",
    "denied",
];
/// Prepositions before a place.
const LOCATES: &[&str] = &["in", "near", "across", "throughout", "outside", "inside"];
/// What stands before "of" and a place's name.
const SETTLEMENTS: &[&str] = &[
    "town",
    "city",
    "village",
    "island",
    "port",
    "state",
    "province",
    "county",
    "district",
    "region",
    "capital",
    "suburb",
    "hamlet",
    "republic",
    "kingdom",
    "valley",
    "airport",
    "towns",
    "cities",
    "villages",
    "mayor",
    "residents",
    "inhabitants",
    "streets",
    "outskirts",
    "north",
    "south",
    "east",
    "west",
    "coast",
];
/// Words that open sentences and are no name by themselves; every seventh chain was one of them alone.
const FUNCTION: &[&str] = &[
    "The",
    "A",
    "An",
    "In",
    "On",
    "At",
    "For",
    "To",
    "From",
    "By",
    "With",
    "Of",
    "As",
    "If",
    "And",
    "But",
    "Or",
    "So",
    "Yet",
    "Nor",
    "He",
    "She",
    "We",
    "They",
    "You",
    "I",
    "His",
    "Her",
    "Our",
    "Their",
    "Its",
    "My",
    "Your",
    "This",
    "That",
    "These",
    "Those",
    "There",
    "Here",
    "When",
    "Where",
    "While",
    "What",
    "Who",
    "Why",
    "How",
    "Which",
    "After",
    "Before",
    "Since",
    "Because",
    "Although",
    "Though",
    "However",
    "Also",
    "Then",
    "Now",
    "Today",
    "Yesterday",
    "Not",
    "No",
    "Some",
    "Many",
    "More",
    "Most",
    "All",
    "Both",
    "Each",
    "Every",
    "Other",
    "Such",
    "Under",
    "During",
    "Until",
    "Through",
    "Over",
    "About",
    "Last",
    "Earlier",
    "Later",
    "Meanwhile",
];

/// What a word may do beside a name, see [`role`].
pub(super) fn role(text: &str) -> u16 {
    let of = |bit: u16, is: bool| if is { bit } else { 0 };
    of(role::LINK, is_any(text, LINKS))
        | of(role::PARTICLE, is_any(text, PARTICLES))
        | of(role::NUMBER, text.starts_with(|c: char| c.is_ascii_digit()))
        | of(role::SMALL, text.starts_with(char::is_lowercase))
        | of(role::HYPHEN, matches!(text, "-" | "‐" | "‑" | "–"))
        | of(role::COMMA, text == ",")
        | of(role::LEGAL, LEGAL.contains(&text))
        | of(role::SAYS, SAYS.contains(&text))
        | of(role::LOCATES, LOCATES.contains(&text))
        | of(role::DEFINES, text == "the")
        | of(role::SETTLEMENT, SETTLEMENTS.contains(&text))
        | of(role::FUNCTION, FUNCTION.contains(&text))
}

impl Document {
    fn has_role(&self, i: usize, roles: u16) -> bool {
        self.words[i].role & roles != 0
    }

    /// The hyphen and the small word of "Park Won-soon" and "Port-au-Prince", without spaces.
    fn is_glued(&self, i: usize, range: &Range<usize>) -> bool {
        let touches = |a: usize, b: usize| {
            a >= range.start
                && b < range.end
                && self.words[a].token.end == self.words[b].token.start
        };
        let small = |j: usize| self.has_role(j, role::SMALL);
        if self.has_role(i, role::HYPHEN) {
            return i > range.start
                && touches(i - 1, i)
                && touches(i, i + 1)
                && self.words[i - 1].capital
                && small(i + 1);
        }
        i >= range.start + 2
            && small(i)
            && self.has_role(i - 1, role::HYPHEN)
            && touches(i - 1, i)
            && touches(i - 2, i - 1)
            && (self.words[i - 2].capital
                || i >= range.start + 4 && self.words[i - 4].capital && small(i - 2))
    }

    /// Candidates are capitalised words, and small words and marks that may tie two of them.
    pub(super) fn find_chains(&mut self) {
        for s in 0..self.sentences.len() {
            let range = self.sentences[s].words.clone();
            for i in range.clone() {
                if self.words[i].candidate {
                    continue;
                }
                let role = self.words[i].role;
                let after = |k: usize| i + k < range.end && self.words[i + k].capital;
                let before = |k: usize| i >= range.start + k && self.words[i - k].capital;
                let ties =
                    role & role::LINK != 0 && (before(1) || before(2)) && (after(1) || after(2));
                let begins = role & role::PARTICLE != 0 && (after(1) || after(2));
                // The comma of "Prologis, Inc.".
                let legal = role & role::COMMA != 0
                    && i + 1 < range.end
                    && self.has_role(i + 1, role::LEGAL);
                self.words[i].candidate = ties
                    || begins
                    || role & role::NUMBER != 0 && (before(1) || after(1))
                    || legal
                    || role & (role::HYPHEN | role::SMALL) != 0 && self.is_glued(i, &range);
            }
            let mut i = range.start;
            while i < range.end {
                if !self.words[i].candidate {
                    i += 1;
                    continue;
                }
                let begin = i;
                let mut useful = false;
                while i < range.end && self.words[i].candidate {
                    useful |= self.words[i].capital && !self.has_role(i, role::FUNCTION);
                    i += 1;
                }
                if useful {
                    self.chains.push((begin..i, s as u32));
                }
            }
        }
    }
}

fn is_any(text: &str, list: &[&str]) -> bool {
    text.len() <= 7 && list.iter().any(|l| text.eq_ignore_ascii_case(l))
}
