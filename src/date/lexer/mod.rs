//! One pass over a text, from bytes to [`Token`]s.
//!
//! Words are packed into 128-bit keys and looked up in the language's table; nothing is
//! allocated but the buffer of tokens, which the caller keeps.

pub mod number;
mod verb;

use super::lexicon::{Entry, Lexicon, MAX_WORD_BYTES, key};
use super::token::*;

/// What a byte begins or continues.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Byte {
    Space,
    Letter,
    Digit,
    /// Part of a character beyond ASCII: a letter unless it is punctuation.
    Wide,
    Mark,
}

const BYTES: [Byte; 256] = {
    let mut kinds = [Byte::Mark; 256];
    let mut b = 0;
    while b < 256 {
        kinds[b] = match b as u8 {
            b' ' | b'\t' | b'\r' | 0x0B | 0x0C => Byte::Space,
            b'a'..=b'z' | b'A'..=b'Z' => Byte::Letter,
            b'0'..=b'9' => Byte::Digit,
            0x80.. => Byte::Wide,
            _ => Byte::Mark,
        };
        b += 1;
    }
    kinds
};

/// A character beyond ASCII that is no letter.
enum Wide {
    Space(usize),
    Dash(usize),
    Apostrophe(usize),
    Open(usize),
    Money(usize),
    Other(usize),
}

/// The punctuation, space or currency sign that begins at `at`; `None` for a letter.
///
/// U+00A0–U+00BF are C2 A0–C2 BF, general punctuation begins with E2 80, CJK with E3 80.
fn wide_mark(bytes: &[u8], at: usize) -> Option<Wide> {
    let next = bytes.get(at + 1).copied()?;
    match (bytes[at], next) {
        (0xC2, 0xA0 | 0xAD) => Some(Wide::Space(2)),
        (0xC2, 0xAB) => Some(Wide::Open(2)),
        (0xC2, 0xA3 | 0xA5) => Some(Wide::Money(2)),
        (0xC2, 0xAA | 0xBA) => None,
        (0xC2, _) => Some(Wide::Other(2)),
        (0xE2, 0x80) => Some(match bytes.get(at + 2).copied()? {
            0x80..=0x8F | 0xAF => Wide::Space(3),
            0x90..=0x95 => Wide::Dash(3),
            0x99 | 0x98 => Wide::Apostrophe(3),
            0x9C | 0x9E | 0xB9 => Wide::Open(3),
            _ => Wide::Other(3),
        }),
        (0xE2, 0x82) if bytes.get(at + 2) == Some(&0xAC) => Some(Wide::Money(3)),
        (0xE3, 0x80) => Some(Wide::Other(3)),
        _ => None,
    }
}

/// Replaces `tokens` with those of `text`.
pub fn lex(text: &str, lexicon: &Lexicon, tokens: &mut Vec<Token>) {
    tokens.clear();
    let mut lexer = Lexer {
        bytes: text.as_bytes(),
        lexicon,
        tokens,
        at: 0,
        first: FIRST,
        dotted_end: 0,
    };
    while lexer.at < lexer.bytes.len() {
        lexer.step();
    }
}

struct Lexer<'a> {
    bytes: &'a [u8],
    lexicon: &'a Lexicon,
    tokens: &'a mut Vec<Token>,
    at: usize,
    /// [`FIRST`] until the first word of a sentence has been seen.
    first: u16,
    /// Numbers before this offset are of a date with full stops, not fractions.
    dotted_end: usize,
}

impl Lexer<'_> {
    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    fn push(&mut self, start: usize, class: Class, value: i32, flags: u16) {
        self.tokens
            .push(Token::new(start, self.at, class, value, flags));
    }

    fn step(&mut self) {
        let start = self.at;
        let byte = self.bytes[start];
        match BYTES[usize::from(byte)] {
            Byte::Space => self.at += 1,
            Byte::Letter => self.word(),
            Byte::Digit => self.number(),
            Byte::Mark => self.mark(byte),
            Byte::Wide => match wide_mark(self.bytes, start) {
                None => self.word(),
                Some(Wide::Space(n)) => self.at += n,
                Some(Wide::Dash(n)) => self.wide(n, Class::Dash, 0),
                Some(Wide::Apostrophe(n)) => {
                    self.at += n;
                    self.possessive(start);
                }
                Some(Wide::Open(n)) => self.wide(n, Class::Open, 0),
                Some(Wide::Money(n)) => self.wide(n, Class::Money, 0),
                Some(Wide::Other(n)) => self.wide(n, Class::Other, 0),
            },
        }
    }

    fn wide(&mut self, bytes: usize, class: Class, value: i32) {
        let start = self.at;
        let glued = self.glued(start);
        self.at += bytes;
        self.push(start, class, value, glued);
    }

    fn glued(&self, start: usize) -> u16 {
        match start.checked_sub(1) {
            Some(before) if !self.bytes[before].is_ascii_whitespace() => GLUED,
            _ => 0,
        }
    }

    fn word(&mut self) {
        let start = self.at;
        let bytes = self.bytes;
        let mut end = start;
        while end < bytes.len() {
            match BYTES[usize::from(bytes[end])] {
                Byte::Letter => end += 1,
                Byte::Wide if wide_mark(bytes, end).is_none() => {
                    end += 1;
                    // The rest of the character; its bytes could look like punctuation.
                    while end < bytes.len() && bytes[end] & 0xC0 == 0x80 {
                        end += 1;
                    }
                }
                _ => break,
            }
        }
        let length = end - start;
        self.at = end;
        let mut flags = self.glued(start) | self.first;
        self.first = 0;
        if self.is_capital(start) {
            flags |= CAPITAL;
        }
        let mut entry = if length <= MAX_WORD_BYTES {
            self.lexicon.look_up(key(&bytes[start..end]))
        } else {
            Entry::UNKNOWN
        };
        if length == 1 && self.am_pm(start, flags) {
            return;
        }
        if entry.class == Class::Other {
            let name = flags & (CAPITAL | FIRST) == CAPITAL;
            let word = &bytes[start..end];
            let habits = &self.lexicon.habits;
            if length > 3 && !name {
                entry.class = verb::form(word, habits.verbs);
            }
            if habits.roman_ordinals
                && flags & CAPITAL != 0
                && let Some(n) = number::roman_ordinal(word)
            {
                entry.class = Class::Ordinal;
                entry.value = n;
            }
        } else if entry.class == Class::NearDay && entry.flags & AMBIGUOUS != 0 {
            if self.is_morning(flags) {
                entry = Entry {
                    class: Class::Part,
                    value: 0,
                    flags: 0,
                };
            }
        } else if matches!(entry.class, Class::Month | Class::Weekday) {
            self.abbreviation(length, &mut entry, &mut flags);
        } else if self.lexicon.habits.elision
            && matches!(
                entry.class,
                Class::The | Class::Of | Class::In | Class::To | Class::Relative
            )
        {
            // "l'année", "d'août": the apostrophe belongs to the article.
            self.at += match (self.byte(end), wide_mark(bytes, end)) {
                (b'\'', _) => 1,
                (0xE2, Some(Wide::Apostrophe(n))) => n,
                _ => 0,
            };
        }
        self.push(start, entry.class, entry.value, flags | entry.flags);
    }

    /// Whether "morgen" or "mañana" is the morning: a German noun, or after a day or an article.
    fn is_morning(&self, flags: u16) -> bool {
        let noun = self.lexicon.habits.nouns_in_capitals && flags & (CAPITAL | FIRST) == CAPITAL;
        noun || self.tokens.last().is_some_and(|t| {
            matches!(
                t.class,
                Class::NearDay | Class::Weekday | Class::The | Class::Relative | Class::Modifier
            ) && !t.has(AFTER)
        })
    }

    /// Whether a word begins with a capital: ASCII, or Latin-1 (C3 80 to C3 9E).
    fn is_capital(&self, start: usize) -> bool {
        let first = self.bytes[start];
        first.is_ascii_uppercase() || first == 0xC3 && (0x80..=0x9E).contains(&self.byte(start + 1))
    }

    /// "a.m." and "p.m.", with or without the last stop.
    fn am_pm(&mut self, start: usize, flags: u16) -> bool {
        let letter = self.bytes[start] | 0x20;
        if !matches!(letter, b'a' | b'p')
            || self.byte(start + 1) != b'.'
            || self.byte(start + 2) | 0x20 != b'm'
        {
            return false;
        }
        if self.byte(start + 3).is_ascii_alphanumeric() {
            return false;
        }
        self.at = start + 3;
        if self.byte(self.at) == b'.' {
            self.at += 1;
        }
        let hours = if letter == b'p' { 12 } else { 0 };
        self.push(start, Class::AmPm, hours, flags & GLUED);
        true
    }

    /// Takes the stop of "Nov." and "Sat." into the word, which then is no other word.
    fn abbreviation(&mut self, length: usize, entry: &mut Entry, flags: &mut u16) {
        let short = length <= 5;
        let capital = *flags & CAPITAL != 0 || !self.lexicon.habits.capitals;
        let whole = entry.flags & WHOLE != 0;
        if short && capital && !whole && self.byte(self.at) == b'.' {
            *flags |= ABBREVIATED;
            entry.flags &= !AMBIGUOUS;
            self.at += 1;
        }
    }

    fn possessive(&mut self, start: usize) {
        let glued = self.glued(start);
        if self.byte(self.at) | 0x20 == b's' && !self.byte(self.at + 1).is_ascii_alphanumeric() {
            self.at += 1;
        }
        self.push(start, Class::Possessive, 0, glued);
    }

    fn mark(&mut self, byte: u8) {
        let start = self.at;
        self.at += 1;
        let class = match byte {
            b'-' => Class::Dash,
            b',' => Class::Comma,
            b'/' => Class::Slash,
            b':' => Class::Colon,
            b'(' | b'[' | b'"' | b'`' => Class::Open,
            b'$' => Class::Money,
            b'\'' => return self.possessive(start),
            b'.' | b'?' | b'!' if self.ends_sentence(start, byte) => {
                self.first = FIRST;
                Class::Stop
            }
            b'\n' => {
                let next = self.bytes[self.at..]
                    .iter()
                    .find(|b| !matches!(b, b' ' | b'\t' | b'\r'));
                if next != Some(&b'\n') {
                    return;
                }
                self.first = FIRST;
                Class::Stop
            }
            _ => Class::Other,
        };
        let glued = self.glued(start);
        self.push(start, class, 0, glued);
    }

    /// A stop before a capital, unless after an initial or a short title ("Mr.").
    fn ends_sentence(&self, stop: usize, byte: u8) -> bool {
        let mut next = stop + 1;
        while matches!(self.byte(next), b' ' | b'"' | b'\'' | b')' | b'`') {
            next += 1;
        }
        let after = self.byte(next);
        let breaks = next >= self.bytes.len()
            || after == b'\n'
            || next > stop + 1
                && (after.is_ascii_uppercase() || matches!(after, b'`' | b'(') || after >= 0x80);
        let abbreviated = byte == b'.'
            && self.tokens.last().is_some_and(|t| {
                t.end as usize == stop
                    && (t.len() == 1 && !t.is(Class::Number)
                        || t.has(CAPITAL) && t.len() <= 4 && t.is(Class::Other) && after != b'\n')
            });
        breaks && !abbreviated
    }
}
