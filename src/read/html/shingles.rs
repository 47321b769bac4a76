//! Overlap of texts by runs of four words, as near-duplicate work counts it.

use rustc_hash::{FxHashSet, FxHasher};
use std::hash::{Hash, Hasher};

/// Words to a shingle.
const WORDS: usize = 4;

/// The shingles of one text.
#[derive(Debug)]
pub(super) struct Shingles {
    set: FxHashSet<u64>,
    /// Characters that are not white space.
    weight: u32,
}

impl Shingles {
    pub fn new(text: &str) -> Self {
        let mut weight = 0_u32;
        for c in text.chars().filter(|c| !c.is_whitespace()) {
            weight = weight.saturating_add(if super::super::clean::is_unspaced(c) {
                3
            } else {
                1
            });
        }
        Self {
            set: hashes(text).collect(),
            weight,
        }
    }

    pub fn len(&self) -> usize {
        self.set.len()
    }

    /// In the unit of a block's weight.
    pub fn weight(&self) -> u32 {
        self.weight
    }

    /// The share of `text`'s shingles that are in here, 0 for a text of no words.
    pub fn share_of(&self, text: &str) -> f32 {
        let (mut all, mut shared) = (0_u32, 0_u32);
        for hash in hashes(text) {
            all += 1;
            shared += u32::from(self.set.contains(&hash));
        }
        shared as f32 / all.max(1) as f32
    }

    /// Whether blocks of `found` weight are about as much as this text has.
    pub fn is_whole(&self, found: u32) -> bool {
        u64::from(found) * 10 >= u64::from(self.weight) * 8
    }
}

/// A hash for each run of four words; one for a shorter text. Scripts without spaces count letters.
fn hashes(text: &str) -> impl Iterator<Item = u64> {
    let mut words: Vec<u64> = Vec::new();
    let mut word: Option<FxHasher> = None;
    for c in text.chars() {
        if super::super::clean::is_unspaced(c) && c.is_alphanumeric() {
            words.extend(word.take().map(|h| h.finish()));
            let mut hasher = FxHasher::default();
            c.hash(&mut hasher);
            words.push(hasher.finish());
        } else if c.is_alphanumeric() {
            let hasher = word.get_or_insert_default();
            c.to_lowercase().for_each(|c| c.hash(hasher));
        } else {
            words.extend(word.take().map(|h| h.finish()));
        }
    }
    words.extend(word.take().map(|h| h.finish()));
    let count = if words.is_empty() {
        0
    } else {
        words.len().saturating_sub(WORDS - 1).max(1)
    };
    (0..count).map(move |i| {
        let mut hasher = FxHasher::default();
        words[i..words.len().min(i + WORDS)].hash(&mut hasher);
        hasher.finish()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_words_have_three_shingles() {
        assert_eq!(Shingles::new("one two three four five six").len(), 3);
        assert_eq!(Shingles::new("two words").len(), 1);
        assert_eq!(Shingles::new("").len(), 0);
    }

    #[test]
    fn punctuation_and_case_do_not_matter() {
        let whole = Shingles::new("The minister said on Monday that the bridge is safe.");
        assert_eq!(whole.share_of("“the minister SAID, on monday”"), 1.0);
        assert_eq!(whole.share_of("Nothing of it is in here at all"), 0.0);
        assert_eq!(whole.share_of(""), 0.0);
    }
}
