//! What a character is to the tokenizer.

use std::sync::OnceLock;
use unicode_normalization::char::is_combining_mark;

/// The part that a character plays in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// Ends a word.
    Other,
    Letter,
    Digit,
    /// Combining marks and format characters: part of the word that they follow.
    Mark,
    /// A character of a script written without spaces (or, Korean, with endings glued on).
    Gram,
    /// Joins two letters, and is not part of the term: apostrophes and the Catalan middle dot.
    Apostrophe,
    Hyphen,
    /// A space that groups digits: `1 000` with a no-break or thin space.
    DigitSpace,
}

/// Characters below this are looked up; above it stand blocks that a few comparisons tell apart.
const TABLE_LEN: u32 = 0x3400;

const PAGE_LEN: usize = 256;

/// Computed a page at a time: the whole table takes half a millisecond, and most text is of one script.
static TABLE: [OnceLock<Box<[Class; PAGE_LEN]>>; TABLE_LEN as usize / PAGE_LEN] =
    [const { OnceLock::new() }; TABLE_LEN as usize / PAGE_LEN];

/// The class of any character.
#[inline]
pub(super) fn class(c: char) -> Class {
    let (page, at) = (c as usize / PAGE_LEN, c as usize % PAGE_LEN);
    match TABLE.get(page) {
        Some(known) => known.get_or_init(|| computed(page))[at],
        None => compute(c),
    }
}

#[cold]
fn computed(page: usize) -> Box<[Class; PAGE_LEN]> {
    Box::new(std::array::from_fn(|at| {
        let c = u32::try_from(page * PAGE_LEN + at).unwrap_or(0);
        char::from_u32(c).map_or(Class::Other, compute)
    }))
}

fn compute(c: char) -> Class {
    match c {
        '\'' | '\u{2018}' | '\u{2019}' | '\u{FF07}' | '\u{B7}' => Class::Apostrophe,
        '-' | '\u{2010}' | '\u{2011}' => Class::Hyphen,
        '\u{A0}' | '\u{2009}' | '\u{202F}' => Class::DigitSpace,
        '\u{AD}'
        | '\u{200C}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'
        | '\u{2066}'..='\u{2069}'
        | '\u{FEFF}' => Class::Mark,
        // Vowels and finals of decomposed Hangul, and half-width voicing marks, belong to the
        // syllable before them.
        '\u{1160}'..='\u{11FF}' | '\u{D7B0}'..='\u{D7FF}' | '\u{FF9E}' | '\u{FF9F}' => Class::Mark,
        _ if digit_value(c).is_some() => Class::Digit,
        _ if is_combining_mark(c) => Class::Mark,
        _ if is_gram(c) && c.is_alphanumeric() => Class::Gram,
        // `is_alphabetic` leaves out `No` (fractions, circled numbers), which are no words.
        _ if c.is_alphabetic() => Class::Letter,
        _ => Class::Other,
    }
}

/// Han, kana, bopomofo, Hangul, Tangut, Nüshu, Thai, Lao, Khmer, Burmese and the Tai scripts.
///
/// UAX 29 finds no words in these, or one a character (Han), or leaves Korean endings on.
fn is_gram(c: char) -> bool {
    matches!(c,
        '\u{0E00}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1100}'..='\u{11FF}'
        | '\u{1780}'..='\u{17FF}' | '\u{1950}'..='\u{19DF}' | '\u{1A20}'..='\u{1AAF}'
        | '\u{2E80}'..='\u{2FDF}' | '\u{3005}'..='\u{3007}' | '\u{3021}'..='\u{303B}'
        | '\u{3041}'..='\u{318F}' | '\u{31A0}'..='\u{31BF}' | '\u{31F0}'..='\u{31FF}'
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{A960}'..='\u{A97F}'
        | '\u{A9E0}'..='\u{A9FF}' | '\u{AA60}'..='\u{AADF}' | '\u{AC00}'..='\u{D7FF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{FF66}'..='\u{FFDC}' | '\u{11700}'..='\u{1174F}' | '\u{16FE0}'..='\u{18DFF}'
        | '\u{1AFF0}'..='\u{1B2FF}' | '\u{20000}'..='\u{3FFFD}')
}

/// Zeros of the decimal digits in use today; the nine others follow each.
const ZEROS: [u32; 24] = [
    0x30, 0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66,
    0xDE6, 0xE50, 0xED0, 0xF20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x19D0, 0xFF10, 0x1D7CE,
];

/// The value of a decimal digit of any script in use, superscripts and subscripts (`CO₂`) included.
pub(super) fn digit_value(c: char) -> Option<u8> {
    let code = c as u32;
    let value = match c {
        '0'..='9' => code - 0x30,
        '\u{B2}' | '\u{B3}' => code - 0xB0,
        '\u{B9}' => 1,
        '\u{2070}' | '\u{2074}'..='\u{2079}' => code - 0x2070,
        '\u{2080}'..='\u{2089}' => code - 0x2080,
        _ if code < 0x660 => return None,
        _ => {
            let zero = ZEROS.iter().rev().find(|&&zero| zero <= code)?;
            code - zero
        }
    };
    (value < 10).then_some(value as u8)
}
