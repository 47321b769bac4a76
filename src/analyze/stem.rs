//! Snowball stems of folded words, memoised.
//!
//! Stems are computed from the *folded* surface, so that "Elysée" and "elysee" cannot differ, after
//! the accents that endings are known by have been given back ([`accent`]), and folded again.

use super::{Lang, accent, fold::fold};
use frostem::{Algorithm, Stemmer};

/// Longer words are names, numbers or noise, and the stemmers' work grows with the square.
const MAX_STEMMED_BYTES: usize = 64;

/// Slots of a cache that has grown up; a power of two. 2^14 slots of 32 bytes stay within a core's
/// second-level cache.
const SLOTS_LOG2: u32 = 14;
/// Slots of a new cache: a query has a few words, and half a megabyte to clear takes longer than it.
const FIRST_SLOTS_LOG2: u32 = 6;

/// The stemmer of one language with the stems that it gave lately.
pub(super) struct LangStemmer {
    lang: Lang,
    stemmer: Option<Stemmer>,
    short: Cache<1>,
    long: Cache<2>,
}

/// Slots that grow with the words that were not found in them.
struct Cache<const N: usize> {
    slots: Vec<Slot<N>>,
    log2: u32,
    misses: u32,
}

impl<const N: usize> Cache<N> {
    const NEW: Self = Self {
        slots: Vec::new(),
        log2: FIRST_SLOTS_LOG2,
        misses: 0,
    };

    /// Counts a word that was not found, and makes room for more once most must have been displaced.
    #[cold]
    fn missed(&mut self) {
        self.misses += 1;
        if self.slots.is_empty() {
            self.slots.resize(1 << self.log2, Slot::EMPTY);
        } else if self.misses > 1 << self.log2 && self.log2 < SLOTS_LOG2 {
            self.log2 = (self.log2 + 2).min(SLOTS_LOG2);
            self.slots.clear();
            self.slots.resize(1 << self.log2, Slot::EMPTY);
            self.misses = 0;
        }
    }
}

/// A direct-mapped cache entry for a word of at most 16 × `N` bytes.
#[derive(Clone, Copy)]
struct Slot<const N: usize> {
    /// The word's bytes, zero-padded, little-endian; zero for an empty slot.
    key: [u128; N],
    /// The stem is the word's first `keep` bytes and then `tail`.
    keep: u8,
    tail_len: u8,
    tail: [u8; 6],
}

impl<const N: usize> Slot<N> {
    const EMPTY: Self = Self {
        key: [0; N],
        keep: 0,
        tail_len: 0,
        tail: [0; 6],
    };
}

impl LangStemmer {
    pub(super) fn new(lang: Lang) -> Self {
        Self {
            lang,
            stemmer: algorithm(lang).map(Stemmer::new),
            short: Cache::NEW,
            long: Cache::NEW,
        }
    }

    pub(super) fn lang(&self) -> Lang {
        self.lang
    }

    /// The range in `forms` of the stem of the word at `start..end` in `forms`.
    ///
    /// Most stems begin their word and cost no byte; the others are appended.
    #[inline]
    pub(super) fn stem(&mut self, forms: &mut String, start: u32, end: u32) -> (u32, u32) {
        let Some(stemmer) = self.stemmer else {
            return (start, end);
        };
        let lang = self.lang;
        let len = (end - start) as usize;
        if len <= 16 {
            let Some(key) = load(forms.as_bytes(), start as usize, len) else {
                return (start, end);
            };
            cached(&mut self.short, [key], (stemmer, lang), forms, start, end)
        } else if len <= 32 {
            let bytes = forms.as_bytes();
            let at = start as usize;
            let (Some(low), Some(high)) = (load(bytes, at, 16), load(bytes, at + 16, len - 16))
            else {
                return (start, end);
            };
            cached(
                &mut self.long,
                [low, high],
                (stemmer, lang),
                forms,
                start,
                end,
            )
        } else if len <= MAX_STEMMED_BYTES {
            let (keep, tail) = compute(stemmer, lang, &forms[start as usize..end as usize]);
            append(forms, start, keep, &tail)
        } else {
            (start, end)
        }
    }
}

/// At most 16 bytes from `at`, zero-padded, as a little-endian number.
#[inline]
fn load(bytes: &[u8], at: usize, len: usize) -> Option<u128> {
    if let Some(&window) = bytes.get(at..).and_then(<[u8]>::first_chunk::<16>) {
        let all = u128::from_le_bytes(window);
        return Some(if len == 16 {
            all
        } else {
            all & ((1 << (8 * len)) - 1)
        });
    }
    let mut padded = [0; 16];
    padded
        .get_mut(..len)?
        .copy_from_slice(bytes.get(at..at + len)?);
    Some(u128::from_le_bytes(padded))
}

#[inline]
fn cached<const N: usize>(
    cache: &mut Cache<N>,
    key: [u128; N],
    (stemmer, lang): (Stemmer, Lang),
    forms: &mut String,
    start: u32,
    end: u32,
) -> (u32, u32) {
    let hash = hash_of(key);
    let found = cache.slots.get((hash >> (64 - cache.log2)) as usize);
    if found.is_none_or(|entry| entry.key != key) {
        cache.missed();
    }
    let slot = (hash >> (64 - cache.log2)) as usize;
    let Some(entry) = cache.slots.get_mut(slot) else {
        return (start, end);
    };
    if entry.key != key {
        let (keep, tail) = compute(stemmer, lang, &forms[start as usize..end as usize]);
        if tail.len() > entry.tail.len() {
            return append(forms, start, keep, &tail);
        }
        entry.key = key;
        entry.keep = keep as u8;
        entry.tail_len = tail.len() as u8;
        entry.tail[..tail.len()].copy_from_slice(tail.as_bytes());
    }
    let keep = u32::from(entry.keep);
    if entry.tail_len == 0 {
        return (start, start + keep);
    }
    let tail = entry.tail.get(..usize::from(entry.tail_len));
    let tail = tail.and_then(|bytes| std::str::from_utf8(bytes).ok());
    append(forms, start, keep as usize, tail.unwrap_or_default())
}

/// Folds the halves of a key into a number whose highest bits are a slot's (Fibonacci hashing).
#[inline]
fn hash_of<const N: usize>(key: [u128; N]) -> u64 {
    let mut hash = 0_u64;
    for part in key {
        let (low, high) = (part as u64, (part >> 64) as u64);
        hash =
            (hash.rotate_left(23) ^ low ^ high.rotate_left(29)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
    hash
}

/// The stem of `word` as a number of its first bytes and what follows them; never empty.
#[cold]
fn compute(stemmer: Stemmer, lang: Lang, word: &str) -> (usize, String) {
    let restored = accent::restored(word, lang);
    let stem = stemmer.stem(restored.as_deref().unwrap_or(word));
    let stem = fold(&stem);
    if stem.is_empty() {
        return (word.len(), String::new());
    }
    let shared = word.bytes().zip(stem.bytes());
    let mut keep = shared.take_while(|(a, b)| a == b).count();
    while !word.is_char_boundary(keep) || !stem.is_char_boundary(keep) {
        keep -= 1;
    }
    (keep, stem[keep..].to_owned())
}

fn append(forms: &mut String, start: u32, keep: usize, tail: &str) -> (u32, u32) {
    if tail.is_empty() {
        return (start, start + keep as u32);
    }
    let at = forms.len();
    let start = start as usize;
    forms.extend_from_within(start..start + keep);
    forms.push_str(tail);
    (at as u32, forms.len() as u32)
}

/// The Snowball algorithm of a language, `None` where there is none.
fn algorithm(lang: Lang) -> Option<Algorithm> {
    Some(match lang.as_str() {
        "ar" => Algorithm::Arabic,
        "hy" => Algorithm::Armenian,
        "eu" => Algorithm::Basque,
        "ca" => Algorithm::Catalan,
        "cs" => Algorithm::Czech,
        "da" => Algorithm::Danish,
        "nl" => Algorithm::Dutch,
        "en" => Algorithm::English,
        "eo" => Algorithm::Esperanto,
        "et" => Algorithm::Estonian,
        "fi" => Algorithm::Finnish,
        "fr" => Algorithm::French,
        "de" => Algorithm::German,
        "el" => Algorithm::Greek,
        "hi" => Algorithm::Hindi,
        "hu" => Algorithm::Hungarian,
        "id" => Algorithm::Indonesian,
        "ga" => Algorithm::Irish,
        "it" => Algorithm::Italian,
        "lt" => Algorithm::Lithuanian,
        "ne" => Algorithm::Nepali,
        "no" | "nb" | "nn" => Algorithm::Norwegian,
        "fa" => Algorithm::Persian,
        "pl" => Algorithm::Polish,
        "pt" => Algorithm::Portuguese,
        "ro" => Algorithm::Romanian,
        "ru" => Algorithm::Russian,
        "sr" => Algorithm::Serbian,
        "st" => Algorithm::Sesotho,
        "es" => Algorithm::Spanish,
        "sv" => Algorithm::Swedish,
        "ta" => Algorithm::Tamil,
        "tr" => Algorithm::Turkish,
        "uk" => Algorithm::Ukrainian,
        "yi" => Algorithm::Yiddish,
        _ => return None,
    })
}
