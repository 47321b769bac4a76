//! What is known of words before any text is read: gazetteers and word clusters.

use super::hash::{self, Table};

/// Kinds of gazetteer phrases, one bit each in this order.
pub(super) const PHRASE_KINDS: [&str; 13] = [
    "COUNTRY", "CAP", "CITY", "TOWN", "ADMIN", "DEM", "ORG", "COMPANY", "SCHOOL", "CLUB", "BODY",
    "MEDIA", "PERSON",
];
/// Kinds of single words, one bit each in this order.
pub(super) const WORD_KINDS: [&str; 8] = [
    "FIRST", "FIRSTR", "LAST", "LASTR", "MON", "TITLE", "ORGSUF", "LOCSUF",
];

/// Set beside the kinds where a longer phrase begins with this one.
const IS_PREFIX: u32 = 1 << 13;

pub(super) mod kind {
    /// Phrases.
    pub const COUNTRY: u16 = 1;
    pub const CAPITAL: u16 = 1 << 1;
    pub const PLACES: u16 = 0b1_0111;
    pub const ORGS: u16 = 0b1111_1100_0000;
    pub const CLUB: u16 = 1 << 9;
    /// Single words.
    pub const FIRST: u16 = 1;
    pub const RARE_FIRST: u16 = 1 << 1;
    pub const LAST: u16 = 1 << 2;
    pub const MONTH: u16 = 1 << 4;
    pub const TITLE: u16 = 1 << 5;
    pub const ORG_SUFFIX: u16 = 1 << 6;
}

/// Where no cluster is known.
pub(super) const NO_CLUSTERS: [u16; 3] = [0xffff; 3];

const MAGIC: &[u8; 8] = b"DLLEX001";

/// Gazetteer phrases, listed words and clusters, used in place in the bytes that ship.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lexicon<'a> {
    phrases: Table<'a>,
    words: Table<'a>,
    clusters: Table<'a>,
    /// Three cluster numbers a row (of 64, 512 and 2048), two bytes each, little-endian.
    rows: &'a [u8],
    is_shipped: bool,
}

impl<'a> Lexicon<'a> {
    /// Reads what [`pack`] wrote; `None` for other bytes.
    pub(super) fn new(bytes: &'a [u8]) -> Option<Self> {
        let mut rest = bytes.strip_prefix(MAGIC)?;
        let mut part = || {
            let (length, after) = rest.split_at_checked(8)?;
            let length = usize::try_from(u64::from_le_bytes(length.try_into().ok()?)).ok()?;
            let (part, after) = after.split_at_checked(length)?;
            rest = after;
            Some(part)
        };
        let lexicon = Self {
            phrases: Table::new(part()?)?,
            words: Table::new(part()?)?,
            clusters: Table::new(part()?)?,
            rows: part()?,
            is_shipped: std::ptr::eq(bytes, super::recognize::LEXICON),
        };
        (rest.is_empty() && lexicon.rows.len().is_multiple_of(6)).then_some(lexicon)
    }

    /// Whether it is the one in the program, which is there for as long as a thread is.
    pub(super) fn is_shipped(&self) -> bool {
        self.is_shipped
    }

    /// Kinds of the phrase whose [`extend`]ed hash this is, and whether a longer one may follow.
    pub(super) fn phrase(&self, hash: u64) -> (u16, bool) {
        let value = self.phrases.get(hash).unwrap_or(0);
        ((value & (IS_PREFIX - 1)) as u16, value & IS_PREFIX != 0)
    }

    /// Kinds of a single word.
    pub(super) fn word(&self, hash: u64) -> Option<u16> {
        self.words.get(hash).map(|v| v as u16)
    }

    pub(super) fn clusters(&self, hash: u64) -> Option<[u16; 3]> {
        let at = self.clusters.get(hash)? as usize * 6;
        let row = self.rows.get(at..at + 6)?;
        Some([0, 2, 4].map(|i| u16::from_le_bytes([row[i], row[i + 1]])))
    }
}

/// The hash of a phrase that goes on with one more word.
pub(super) fn extend(phrase: u64, word: u64) -> u64 {
    hash::pair(3, phrase, word)
}

/// The parts of a lexicon: keys are hashes, see [`Lexicon`].
pub(super) fn pack(
    phrases: &[(u64, u32)],
    words: &[(u64, u32)],
    clusters: &[(u64, u32)],
    rows: &[[u16; 3]],
) -> Option<Vec<u8>> {
    let rows: Vec<u8> = rows
        .iter()
        .flatten()
        .flat_map(|c| c.to_le_bytes())
        .collect();
    let mut out = MAGIC.to_vec();
    for part in [
        hash::build(phrases)?,
        hash::build(words)?,
        hash::build(clusters)?,
        rows,
    ] {
        out.extend_from_slice(&(part.len() as u64).to_le_bytes());
        out.extend_from_slice(&part);
    }
    Some(out)
}

/// The mark that [`Lexicon::phrase`] reads as "may go on".
pub(super) const fn prefix_mark() -> u32 {
    IS_PREFIX
}
