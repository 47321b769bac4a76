//! Numbers: counts and measures, ordinals, decades, days with full stops.

use super::{Class, Lexer};
use crate::date::token::*;

impl Lexer<'_> {
    pub(super) fn number(&mut self) {
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
        // "19e siècle", "2ème trimestre"; "1.5e" is none.
        if self.lexicon.habits.roman_ordinals && digits <= 2 && flags & QUANTITY == 0 {
            let rest = &self.bytes[end..];
            let ending = ["ème".as_bytes(), b"e"].into_iter().find(|ending| {
                let after = rest.get(ending.len()).copied().unwrap_or(b' ');
                rest.starts_with(ending) && !after.is_ascii_alphanumeric() && after < 0x80
            });
            if let Some(ending) = ending {
                self.at = end + ending.len();
                self.push(start, Class::Ordinal, value, flags);
                return true;
            }
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
}

/// "XIXe", "XXème", "IIIe": a Roman number with the ending of an ordinal.
pub fn roman_ordinal(word: &[u8]) -> Option<i32> {
    let digits = ["ème".as_bytes(), b"e"]
        .iter()
        .find_map(|ending| word.strip_suffix(*ending))?;
    roman(digits)
}

/// A Roman number in capitals, from I to XXX.
pub fn roman(digits: &[u8]) -> Option<i32> {
    let mut value = 0;
    let mut last = 0;
    for &digit in digits.iter().rev() {
        let n = match digit {
            b'I' => 1,
            b'V' => 5,
            b'X' => 10,
            _ => return None,
        };
        value += if n < last { -n } else { n };
        last = last.max(n);
    }
    (1..=30).contains(&value).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn centuries_are_counted_as_the_romans_did() {
        let read = [
            "I", "IV", "IX", "XIV", "XIX", "XX", "XXI", "MMXXIV", "", "Xylophon",
        ]
        .map(|digits| roman(digits.as_bytes()));
        let expected = [1, 4, 9, 14, 19, 20, 21].map(Some);
        assert_eq!(read[..7], expected);
        assert_eq!(read[7..], [None; 3]);
        assert_eq!(roman_ordinal("XIXe".as_bytes()), Some(19));
        assert_eq!(roman_ordinal("XXème".as_bytes()), Some(20));
        assert_eq!(roman_ordinal("Vie".as_bytes()), None);
    }
}
