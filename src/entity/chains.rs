//! Chains: the runs of words that could hold a name, which are all that is scored.

use super::document::{Document, role};
use rustc_hash::FxHashMap;
use std::ops::Range;
use std::sync::LazyLock;

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

/// Roles of listed words as written, and of those that count in any case by their lower case.
type Roles = FxHashMap<&'static [u8], u16>;
static LISTED: LazyLock<(Roles, Roles)> = LazyLock::new(|| {
    let table = |lists: &[(u16, &'static [&'static str])]| {
        let mut roles = Roles::default();
        for (role, list) in lists {
            for word in *list {
                *roles.entry(word.as_bytes()).or_default() |= role;
            }
        }
        roles
    };
    (
        table(&[
            (role::LEGAL, LEGAL),
            (role::SAYS, SAYS),
            (role::LOCATES, LOCATES),
            (role::SETTLEMENT, SETTLEMENTS),
            (role::FUNCTION, FUNCTION),
            (role::DEFINES, &["the"]),
            (role::COMMA, &[","]),
            (role::HYPHEN, &["-", "‐", "‑", "–"]),
        ]),
        table(&[(role::LINK, LINKS), (role::PARTICLE, PARTICLES)]),
    )
});

/// What a word may do beside a name, see [`role`].
pub(super) fn role(text: &str) -> u16 {
    let (as_written, in_any_case) = &*LISTED;
    let mut roles = as_written.get(text.as_bytes()).copied().unwrap_or(0);
    // No link or particle is longer.
    let mut lower = [0; 7];
    if let Some(lower) = lower.get_mut(..text.len()) {
        lower.copy_from_slice(text.as_bytes());
        lower.make_ascii_lowercase();
        roles |= in_any_case.get(&*lower).copied().unwrap_or(0);
    }
    let first = text.chars().next();
    if first.is_some_and(|c| c.is_ascii_digit()) {
        roles |= role::NUMBER;
    }
    if first.is_some_and(char::is_lowercase) {
        roles |= role::SMALL;
    }
    roles
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
