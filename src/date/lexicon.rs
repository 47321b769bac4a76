//! The words of one language that matter for dates, in one open-addressing table.

use super::token::Class;
use super::words::{self, basic};
use std::sync::OnceLock;

/// What a lexicon says of a word.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    pub class: Class,
    pub value: i32,
    pub flags: u16,
}

impl Entry {
    pub const UNKNOWN: Entry = Entry {
        class: Class::Other,
        value: 0,
        flags: 0,
    };
}

/// Where languages differ beyond their words.
#[derive(Clone, Copy, Debug, Default)]
pub struct Habits {
    /// Months and weekdays are written with a capital, so lower case is another word.
    pub capitals: bool,
    /// "3,5" is a fraction and "2.000" two thousand.
    pub decimal_comma: bool,
    /// Digits and a full stop are an ordinal ("3. Mai").
    pub ordinal_dot: bool,
    /// Articles and "de" lose their vowel before an apostrophe ("l'année").
    pub elision: bool,
    /// English order: the month may stand before the day ("March 14", "3/14/2024"), attributes
    /// never stand after their noun, and an article means more than that a noun follows.
    pub english_order: bool,
    /// Nouns have a capital.
    pub nouns_in_capitals: bool,
    /// "21-a" and "21-an" are ordinals.
    pub hyphen_ordinal: bool,
    /// "XIXe", "19e" and "2ème" are ordinals.
    pub roman_ordinals: bool,
    /// How verbs are told by their form.
    pub verbs: Verbs,
}

/// How the form of a verb tells its tense.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verbs {
    #[default]
    Unmarked,
    /// "-ed".
    English,
    /// "ge-…-t", "-te", "-ten", in small letters.
    German,
    /// "-era", "-iront".
    French,
    /// "-ó", "-aron"; "-ará", "-irán".
    Spanish,
}

/// A language's words and habits.
pub struct Lexicon {
    keys: Vec<u128>,
    entries: Vec<Entry>,
    pub habits: Habits,
}

/// Longest word in bytes that a table can hold.
pub const MAX_WORD_BYTES: usize = 24;

const TABLE_SIZE: usize = 4096;

/// Folds a word to its key: bytes in order, each with bit 5 set.
///
/// That bit turns ASCII capitals into small letters, and, in UTF-8, those of Latin-1
/// (`É` is C3 89, `é` is C3 A9), so "MÄRZ" and "März" have one key. Words of up to 16 bytes
/// have keys of their own; in longer ones the key wraps around, and two could share one.
pub fn key(word: &[u8]) -> u128 {
    word.iter()
        .fold(0, |key: u128, &b| key.rotate_left(8) ^ u128::from(b | 0x20))
}

fn slot(key: u128) -> usize {
    let mixed = (key as u64) ^ ((key >> 64) as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed.wrapping_mul(0xD6E8_FEB8_6659_FD93) >> 40) as usize & (TABLE_SIZE - 1)
}

impl Lexicon {
    /// The lexicon of an ISO 639 code ("en", "en-GB"); `None` for a language without one.
    pub fn of(lang: &str) -> Option<&'static Lexicon> {
        static ENGLISH: OnceLock<Lexicon> = OnceLock::new();
        static GERMAN: OnceLock<Lexicon> = OnceLock::new();
        static FRENCH: OnceLock<Lexicon> = OnceLock::new();
        static SPANISH: OnceLock<Lexicon> = OnceLock::new();
        static SMALLER: [OnceLock<Lexicon>; 5] = [const { OnceLock::new() }; 5];
        let code = lang.split(['-', '_']).next().unwrap_or(lang);
        match code {
            "en" => Some(ENGLISH.get_or_init(words::en::lexicon)),
            "de" => Some(GERMAN.get_or_init(words::de::lexicon)),
            "fr" => Some(FRENCH.get_or_init(words::fr::lexicon)),
            "es" => Some(SPANISH.get_or_init(words::es::lexicon)),
            "it" => Some(SMALLER[0].get_or_init(|| basic::ITALIAN.lexicon())),
            "pt" => Some(SMALLER[1].get_or_init(|| basic::PORTUGUESE.lexicon())),
            "nl" => Some(SMALLER[2].get_or_init(|| basic::DUTCH.lexicon())),
            "pl" => Some(SMALLER[3].get_or_init(|| basic::POLISH.lexicon())),
            "eo" => Some(SMALLER[4].get_or_init(|| basic::ESPERANTO.lexicon())),
            _ => None,
        }
    }

    pub fn new(habits: Habits) -> Lexicon {
        Lexicon {
            keys: vec![0; TABLE_SIZE],
            entries: vec![Entry::UNKNOWN; TABLE_SIZE],
            habits,
        }
    }

    /// Adds the words of a space-separated list; the first sense of a word stays.
    pub fn add(&mut self, words: &str, class: Class, value: i32, flags: u16) -> &mut Self {
        for word in words.split_ascii_whitespace() {
            if word == "-" {
                continue;
            }
            debug_assert!(
                word.len() <= MAX_WORD_BYTES,
                "{word} is too long for the table"
            );
            let key = key(word.as_bytes());
            let mut at = slot(key);
            while self.keys[at] != 0 && self.keys[at] != key {
                at = (at + 1) % TABLE_SIZE;
            }
            if self.keys[at] == 0 {
                self.keys[at] = key;
                self.entries[at] = Entry {
                    class,
                    value,
                    flags,
                };
            }
        }
        self
    }

    /// Adds lists whose values count up from `first`, `|` between them.
    pub fn add_counted(&mut self, lists: &str, class: Class, first: i32, flags: u16) -> &mut Self {
        for (value, words) in (first..).zip(lists.split('|')) {
            self.add(words, class, value, flags);
        }
        self
    }

    pub fn look_up(&self, key: u128) -> Entry {
        let mut at = slot(key);
        loop {
            let found = self.keys[at];
            if found == key {
                return self.entries[at];
            }
            if found == 0 {
                return Entry::UNKNOWN;
            }
            at = (at + 1) % TABLE_SIZE;
        }
    }
}
