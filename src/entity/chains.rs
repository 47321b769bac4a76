//! Chains: the runs of words that could hold a name, which are all that is scored.

use super::document::Document;
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

impl Document {
    /// The comma of "Prologis, Inc.".
    fn is_legal_comma(&self, blocks: &[&str], i: usize, end: usize) -> bool {
        self.slice(blocks, i) == ","
            && i + 1 < end
            && matches!(
                self.slice(blocks, i + 1),
                "Inc"
                    | "Inc."
                    | "Ltd"
                    | "Ltd."
                    | "LLC"
                    | "L.L.C."
                    | "Corp"
                    | "Corp."
                    | "PLC"
                    | "plc"
                    | "LP"
                    | "L.P."
                    | "LLP"
                    | "S.A."
            )
    }

    /// The hyphen and the small word of "Park Won-soon" and "Port-au-Prince", without spaces.
    fn is_glued(&self, blocks: &[&str], i: usize, range: &Range<usize>) -> bool {
        let touches = |a: usize, b: usize| {
            a >= range.start
                && b < range.end
                && self.words[a].token.end == self.words[b].token.start
        };
        let small = |j: usize| self.slice(blocks, j).starts_with(char::is_lowercase);
        if is_hyphen(self.slice(blocks, i)) {
            return i > range.start
                && touches(i - 1, i)
                && touches(i, i + 1)
                && self.words[i - 1].capital
                && small(i + 1);
        }
        i >= range.start + 2
            && small(i)
            && touches(i - 1, i)
            && touches(i - 2, i - 1)
            && is_hyphen(self.slice(blocks, i - 1))
            && (self.words[i - 2].capital
                || i >= range.start + 4 && self.words[i - 4].capital && small(i - 2))
    }

    /// Candidates are capitalised words, and small words and marks that may tie two of them.
    pub(super) fn find_chains(&mut self, blocks: &[&str]) {
        for s in 0..self.sentences.len() {
            let range = self.sentences[s].words.clone();
            for i in range.clone() {
                if self.words[i].candidate {
                    continue;
                }
                let text = self.slice(blocks, i);
                let after = |k: usize| i + k < range.end && self.words[i + k].capital;
                let number = text.starts_with(|c: char| c.is_ascii_digit());
                let before = i > range.start && self.words[i - 1].capital;
                let ties = || {
                    let reach =
                        (i.saturating_sub(2).max(range.start)..i).any(|j| self.words[j].capital);
                    reach && (1..=2).any(after) && is_any(text, LINKS)
                };
                let begins = || (1..=2).any(after) && is_any(text, PARTICLES);
                self.words[i].candidate = number && (before || after(1))
                    || ties()
                    || begins()
                    || self.is_legal_comma(blocks, i, range.end)
                    || self.is_glued(blocks, i, &range);
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
                    useful |= self.words[i].capital;
                    i += 1;
                }
                if useful {
                    self.chains.push((begin..i, s as u32));
                }
            }
        }
    }
}

fn is_hyphen(text: &str) -> bool {
    matches!(text, "-" | "‐" | "‑" | "–")
}

fn is_any(text: &str, list: &[&str]) -> bool {
    text.len() <= 7 && list.iter().any(|l| text.eq_ignore_ascii_case(l))
}
