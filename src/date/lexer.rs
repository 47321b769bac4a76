//! One pass over a text, from bytes to [`Token`]s.
//!
//! Words are packed into 128-bit keys and looked up in the language's table; nothing is
//! allocated but the buffer of tokens, which the caller keeps.

use super::lexicon::{Entry, Lexicon, MAX_WORD_BYTES, Participle, key};
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
            if length > 3 && !name && self.is_past(&bytes[start..end]) {
                entry.class = Class::Past;
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

    /// Whether a word in small letters has the form of a verb in the past.
    fn is_past(&self, word: &[u8]) -> bool {
        match self.lexicon.habits.participle {
            Participle::None => false,
            Participle::English => word.ends_with(b"ed"),
            Participle::German => {
                let participle = word.starts_with(b"ge")
                    && word.len() > 5
                    && (word.ends_with(b"t") || word.ends_with(b"en"));
                let preterite = word.len() > 5 && (word.ends_with(b"te") || word.ends_with(b"ten"));
                word[0].is_ascii_lowercase() && (participle || preterite)
            }
        }
    }

    /// Whether "morgen" or "mañana" is the morning: a German noun, or after a day or an article.
    fn is_morning(&self, flags: u16) -> bool {
        let noun = self.lexicon.habits.nouns_in_capitals && flags & (CAPITAL | FIRST) == CAPITAL;
        noun || self.tokens.last().is_some_and(|t| {
            matches!(
                t.class,
                Class::NearDay | Class::Weekday | Class::The | Class::Relative | Class::Modifier
            )
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

    fn number(&mut self) {
        let start = self.at;
        let bytes = self.bytes;
        let (grouping, fraction) = if self.lexicon.habits.decimal_comma {
            (b'.', b',')
        } else {
            (b',', b'.')
        };
        let mut flags = self.glued(start) | self.first;
        self.first = 0;
        let mut value = 0i64;
        let mut end = start;
        while let Some(digit) = bytes.get(end).filter(|b| b.is_ascii_digit()) {
            value = (value * 10 + i64::from(digit - b'0')).min(99_999_999);
            end += 1;
        }
        let digits = end - start;
        // "2,000,000" and then "3.5": counts and measures, never days or years.
        while digits <= 3
            && self.byte(end) == grouping
            && bytes[end + 1..]
                .iter()
                .take_while(|b| b.is_ascii_digit())
                .count()
                == 3
        {
            for digit in &bytes[end + 1..end + 4] {
                value = (value * 10 + i64::from(digit - b'0')).min(999_999_999);
            }
            flags |= QUANTITY;
            end += 4;
        }
        if digits <= 2
            && let Some(year) = self.dotted_date_year(start)
        {
            self.dotted_end = year;
        }
        let dotted_date = start < self.dotted_end;
        if self.byte(end) == fraction && self.byte(end + 1).is_ascii_digit() && !dotted_date {
            flags |= QUANTITY;
            end += 1;
            while self.byte(end).is_ascii_digit() {
                end += 1;
            }
        }
        if self.byte(end) == b'%' {
            flags |= QUANTITY;
        }
        if digits == 4 && flags & QUANTITY == 0 {
            flags |= FOUR_DIGITS;
        }
        if let Some(before) = start.checked_sub(1) {
            let after_point =
                bytes[before] == b'.' && before > 0 && !bytes[before - 1].is_ascii_digit();
            let last = self.tokens.last();
            let after_money = last.is_some_and(|t| t.is(Class::Money) && t.end as usize == start);
            if bytes[before] == b'#' || after_point || after_money {
                flags |= QUANTITY;
            }
        }
        self.at = end;
        let value = value as i32;
        if self.suffixed(start, value, digits, flags) {
            return;
        }
        if digits == 2
            && start > 0
            && matches!(self.tokens.last(), Some(t) if t.is(Class::Possessive) && t.end as usize == start)
        {
            flags |= ABBREVIATED;
        }
        // "3. Mai": a stop after a small number that is not the end of a sentence.
        if self.lexicon.habits.ordinal_dot
            && digits <= 2
            && flags & QUANTITY == 0
            && self.byte(end) == b'.'
        {
            flags |= ORDINAL_DOT;
            self.at += 1;
        }
        self.push(start, Class::Number, value, flags);
    }

    /// The offset of the year in "14.07.2024" or "14.7.24" that begins at `start`.
    fn dotted_date_year(&self, start: usize) -> Option<usize> {
        let digits = |at: usize| {
            self.bytes[at..]
                .iter()
                .take_while(|b| b.is_ascii_digit())
                .count()
        };
        let mut at = start;
        for _ in 0..2 {
            at += Some(digits(at)).filter(|n| (1..=2).contains(n))?;
            if self.byte(at) != b'.' {
                return None;
            }
            at += 1;
        }
        let year = at;
        at += Some(digits(at)).filter(|n| matches!(n, 2 | 4))?;
        let continued = self.byte(at) == b'.' && self.byte(at + 1).is_ascii_digit();
        (!continued).then_some(year)
    }

    /// Ordinals ("14th", "1er") and decades ("1990s", "'90s", "90er").
    fn suffixed(&mut self, start: usize, value: i32, digits: usize, flags: u16) -> bool {
        let end = self.at;
        let letters = self.bytes[end..]
            .iter()
            .take(4)
            .take_while(|b| b.is_ascii_alphabetic())
            .count();
        let suffix = &self.bytes[end..end + letters];
        let lower = [
            suffix.first().map_or(0, |b| b | 0x20),
            suffix.get(1).map_or(0, |b| b | 0x20),
        ];
        if digits <= 2
            && letters == 2
            && matches!(&lower, b"st" | b"nd" | b"rd" | b"th" | b"er")
            && flags & QUANTITY == 0
        {
            if &lower == b"er" && value != 1 && value % 10 == 0 && self.lexicon.habits.ordinal_dot {
                return self.decade(start, end + 2, value, digits, flags);
            }
            self.at = end + 2;
            self.push(start, Class::Ordinal, value, flags);
            return true;
        }
        // "21-an de septembro".
        if self.lexicon.habits.hyphen_ordinal
            && digits <= 2
            && self.byte(end) == b'-'
            && self.byte(end + 1) == b'a'
        {
            let end = end + 2 + usize::from(self.byte(end + 2) == b'n');
            if !self.byte(end).is_ascii_alphanumeric() {
                self.at = end;
                self.push(start, Class::Ordinal, value, flags);
                return true;
            }
        }
        // "1º de mayo" in UTF-8.
        if digits <= 2
            && self.byte(end) == 0xC2
            && matches!(self.byte(end + 1), 0xBA | 0xAA | 0xB0)
            && value <= 31
        {
            let ordinal = self.byte(end + 1) != 0xB0;
            if ordinal {
                self.at = end + 2;
                self.push(start, Class::Ordinal, value, flags);
                return true;
            }
        }
        if letters == 2 && &lower == b"er" && digits == 4 && value % 10 == 0 {
            return self.decade(start, end + 2, value, digits, flags);
        }
        if letters == 1 && lower[0] == b's' && value % 10 == 0 && flags & QUANTITY == 0 {
            return self.decade(start, end + 1, value, digits, flags);
        }
        false
    }

    fn decade(&mut self, start: usize, end: usize, value: i32, digits: usize, flags: u16) -> bool {
        let (start, decade) = match digits {
            4 => (start, value / 10),
            2 => match self.tokens.last() {
                // The apostrophe of "'90s" is part of it.
                Some(t) if t.is(Class::Possessive) && t.end as usize == start => {
                    let start = t.start as usize;
                    self.tokens.pop();
                    (start, 190 + value / 10)
                }
                _ if self.lexicon.habits.ordinal_dot => (start, 190 + value / 10),
                _ => return false,
            },
            _ => return false,
        };
        self.at = end;
        self.push(start, Class::Decade, decade, flags);
        true
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
