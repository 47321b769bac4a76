//! Names outside English that the field passed over: what lists, titles and context vouch for.

use super::words::{IN, PARTICLES, is_locative, is_small, is_speech, is_time, is_title};
use crate::entity::document::{Casing, Document, evidence};
use crate::entity::lexicon::kind;
use crate::entity::recognize::Span;
use rustc_hash::FxHashSet;

/// Confidence of a place that only a list vouches for.
const LISTED: f32 = 0.6;
/// Confidence of a name that a first name, a title or a verb beside it vouches for.
const BESIDE: f32 = 0.5;
/// Most capitalised words of a name that is found by what stands beside it.
const LONGEST_RUN: usize = 3;

/// An article, and which of its words belong to a name already.
pub(super) struct Finder<'d, 't> {
    pub document: &'d Document,
    pub blocks: &'d [&'t str],
    /// ISO 639, without a region.
    pub lang: &'d str,
    /// Every noun has a capital.
    pub german: bool,
    pub taken: Vec<bool>,
    pub found: Vec<Span>,
}

impl<'d, 't> Finder<'d, 't> {
    /// Begins with the names that are kept.
    pub(super) fn new(
        document: &'d Document,
        blocks: &'d [&'t str],
        lang: &'d str,
        german: bool,
        kept: Vec<Span>,
    ) -> Self {
        let mut taken = vec![false; document.words.len()];
        for span in &kept {
            taken[span.begin..span.end].fill(true);
        }
        Self {
            document,
            blocks,
            lang,
            german,
            taken,
            found: kept,
        }
    }

    /// All names, in order.
    pub(super) fn finish(mut self) -> Vec<Span> {
        self.titled_persons();
        self.listed_places();
        self.paired_persons();
        self.compounds();
        self.speakers();
        self.located_places();
        self.surnames();
        self.found.sort_by_key(|s| s.begin);
        self.found
    }

    fn text(&self, i: usize) -> &'t str {
        self.document.slice(self.blocks, i)
    }

    fn add(&mut self, begin: usize, end: usize, kind: usize, confidence: f32) {
        if self.taken[begin..end].contains(&true) {
            return;
        }
        self.taken[begin..end].fill(true);
        self.found.push(Span {
            begin,
            end,
            kind,
            confidence,
        });
    }

    /// A capitalised word that may be part of a person's name.
    fn is_name_word(&self, i: usize) -> bool {
        let word = &self.document.words[i];
        let text = self.text(i);
        word.capital
            && !self.taken[i]
            && word.exact_len() > 1
            && word.evidence & evidence::LOWER == 0
            && text.chars().any(char::is_lowercase)
            && word.kinds & (kind::TITLE | kind::ORG_SUFFIX | kind::MONTH) == 0
            && word.phrase & (kind::ORGS | kind::COUNTRY) == 0
            && !is_title(text)
            && !is_time(text)
            && !is_small(text, self.lang)
    }

    /// The end of the run of name words from `begin`, particles and hyphens within it included.
    fn run(&self, begin: usize, end: usize) -> usize {
        let mut last = begin;
        let mut capitals = 0;
        let mut i = begin;
        while i < end
            && capitals < LONGEST_RUN
            && !(i > begin && self.document.words[i].token.opens)
        {
            let text = self.text(i);
            if self.is_name_word(i) {
                capitals += 1;
                last = i + 1;
            } else if i == begin || !(PARTICLES.contains(&text) || text == "-") {
                break;
            }
            i += 1;
        }
        last
    }

    /// "Bundespräsident Frank-Walter Steinmeier", "le ministre Arnaud Montebourg".
    fn titled_persons(&mut self) {
        for s in 0..self.document.sentences.len() {
            let sentence = self.document.sentences[s].words.clone();
            if self.document.sentences[s].casing == Casing::Capitals {
                continue;
            }
            for i in sentence.start..sentence.end.saturating_sub(1) {
                if is_title(self.text(i)) {
                    let end = self.run(i + 1, sentence.end);
                    // One word behind a German title may be its noun; two are hardly ever.
                    let least = i + 1 + 1;
                    if end >= least {
                        self.add(i + 1, end, 0, BESIDE);
                    }
                }
            }
        }
    }

    /// "sagte Anna Muster", "Anna Muster sagte": two words at least, one only where capitals mean names.
    fn speakers(&mut self) {
        for s in 0..self.document.sentences.len() {
            let sentence = self.document.sentences[s].words.clone();
            if self.document.sentences[s].casing != Casing::Normal {
                continue;
            }
            for i in sentence.clone() {
                if !is_speech(self.text(i)) {
                    continue;
                }
                let end = self.run(i + 1, sentence.end);
                let words = end.saturating_sub(i + 1);
                if words >= 2 || words == 1 && !self.german {
                    self.add(i + 1, end, 0, BESIDE);
                }
                let mut begin = i;
                while begin > sentence.start
                    && i - begin < LONGEST_RUN
                    && self.is_name_word(begin - 1)
                {
                    begin -= 1;
                }
                let opens = begin == sentence.start;
                if i - begin >= 2 || i > begin && !self.german && !opens {
                    self.add(begin, i, 0, BESIDE);
                }
            }
        }
    }

    /// Countries and capitals anywhere, other listed places behind "in".
    fn listed_places(&mut self) {
        let mut i = 0;
        while i < self.document.words.len() {
            let word = &self.document.words[i];
            let mut end = i + 1;
            if word.phrase_position == 0 {
                while end < self.document.words.len()
                    && self.document.words[end].phrase_position == 1
                {
                    end += 1;
                }
                end = (end + 1).min(self.document.words.len());
            }
            let country = word.phrase & kind::COUNTRY != 0;
            let capital = word.phrase & kind::CAPITAL != 0
                && word.kinds & kind::FIRST == 0
                && !word.token.opens;
            let behind = i > 0 && !word.token.opens && IN.contains(&self.text(i - 1));
            let town = behind && word.phrase & kind::PLACES != 0 && word.kinds & kind::FIRST == 0;
            // "Wiesbaden (dpa)": a dateline.
            let dateline = word.token.opens
                && word.phrase & kind::PLACES != 0
                && end < self.document.words.len()
                && matches!(self.text(end), "(" | "/" | ":");
            // "la France" is listed whole; "Deutschland-Tour" is no place.
            let behind_article =
                word.phrase_position == 2 && i > 0 && !self.document.words[i - 1].capital;
            let starts = word.capital && (matches!(word.phrase_position, 0 | 3) || behind_article);
            let length = self.document.words[end - 1]
                .token
                .end
                .saturating_sub(word.token.start);
            let compound = end < self.document.words.len()
                && self.text(end) == "-"
                && self.document.words[end].token.start == self.document.words[end - 1].token.end;
            if starts && !compound && (country || capital || town || dateline) && length > 3 {
                self.add(i, end, 2, LISTED);
                i = end;
            } else {
                i += 1;
            }
        }
    }

    /// "Gates-Stiftung", "Karolinska-Institut".
    fn compounds(&mut self) {
        const TAILS: &[&str] = &[
            "Stiftung",
            "Institut",
            "Institute",
            "Universität",
            "Partei",
            "Bank",
            "Gesellschaft",
            "Ministerium",
            "Kommission",
            "Konzern",
            "Agentur",
            "Klinik",
            "Zeitung",
            "Verband",
        ];
        for i in 2..self.document.words.len() {
            let words = &self.document.words;
            let glued = |k: usize| words[k - 1].token.end == words[k].token.start;
            if TAILS.contains(&self.text(i))
                && self.text(i - 1) == "-"
                && glued(i)
                && glued(i - 1)
                && words[i - 2].capital
                && !words[i].token.opens
            {
                let mut begin = i - 2;
                while begin >= 2
                    && self.text(begin - 1) == "-"
                    && words[begin - 2].capital
                    && words[begin - 1].token.end == words[begin].token.start
                {
                    begin -= 2;
                }
                self.add(begin, i + 1, 1, BESIDE);
            }
        }
    }

    /// "en Floride": one unlisted capitalised word behind a preposition of place.
    fn located_places(&mut self) {
        if self.german {
            return;
        }
        for i in 1..self.document.words.len() {
            let word = &self.document.words[i];
            let alone = word.run == (i as u32, i as u32);
            if alone
                && !word.token.opens
                && word.exact_len() > 3
                && is_locative(self.text(i - 1), self.lang)
                && self.is_name_word(i)
                && word.kinds & kind::FIRST == 0
            {
                self.add(i, i + 1, 2, BESIDE);
            }
        }
    }

    /// Pairs of a listed first name and a capitalised word that the article never writes small.
    fn paired_persons(&mut self) {
        for s in 0..self.document.sentences.len() {
            let range = self.document.sentences[s].words.clone();
            for i in range.start..range.end.saturating_sub(1) {
                let (first, last) = (&self.document.words[i], &self.document.words[i + 1]);
                // A run of more than two capitalised words is more than a name's two parts.
                let pair = first.run == (i as u32, i as u32 + 1);
                let listed = last.phrase != 0 && last.kinds & kind::LAST == 0;
                if pair
                    && first.kinds & kind::FIRST != 0
                    && self.is_name_word(i)
                    && self.is_name_word(i + 1)
                    && !listed
                    && last.exact_len() > 2
                {
                    self.add(i, i + 2, 0, BESIDE);
                }
            }
        }
    }

    /// The surnames of the full names that were found beside something, where they stand alone.
    fn surnames(&mut self) {
        let full = self
            .found
            .iter()
            .filter(|s| s.kind == 0 && s.end - s.begin >= 2);
        let surnames: FxHashSet<u64> = full.map(|s| self.document.words[s.end - 1].key).collect();
        for i in 0..self.document.words.len() {
            let word = &self.document.words[i];
            let alone = word.run == (i as u32, i as u32);
            let lower = self.text(i).chars().any(char::is_lowercase);
            if alone && lower && surnames.contains(&word.key) && word.exact_len() > 2 {
                self.add(i, i + 1, 0, BESIDE);
            }
        }
    }
}
