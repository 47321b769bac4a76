//! What a text is told by: the lowest hashes of its shingles.
//!
//! A text's shingles are its runs of [`SHINGLE`] words. Its sketch is the [`SKETCH`] lowest hashes of
//! them (A. Broder, *On the resemblance and containment of documents*, 1997): of two texts, the hashes
//! below the lower of their two ceilings are a fair sample of both, whatever their lengths, so that
//! the sketches tell how much of the shorter stands in the longer.
//!
//! Two articles are copies if that share is [`COPY`] or more. Shingles that more than [`FREQUENT_ABOVE`]
//! sketches hold are boilerplate and are left out. Eight words, not the usual four or five: the
//! reports of a series (weather, markets, results) have most words in common and change a figure
//! in every sentence, which breaks long runs; an edited copy keeps them.

use xxhash_rust::xxh3::xxh3_64;

/// Words of a shingle.
const SHINGLE: usize = 8;
/// Hashes of a sketch.
pub(super) const SKETCH: usize = 32;
/// The share of the shorter text's sampled shingles that a copy has in common with the longer.
///
/// On press releases edited as desks edit them (tests/it/families.rs) .4, .5 and .6 found .996, .986
/// and .969 of all pairs; at .4 reports of one template began to join.
const COPY: f64 = 0.5;
/// So many sampled shingles must be shared at least: fewer say nothing.
pub(super) const SHARED_AT_LEAST: usize = 6;
/// A shingle in more sketches than this is boilerplate.
pub(super) const FREQUENT_ABOVE: usize = 200;
/// Bytes of a sketch in a table.
pub(super) const BYTES: usize = 4 + SKETCH * 4;

/// The lowest shingle hashes of one text, ascending; empty for a text shorter than one shingle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sketch {
    hashes: [u32; SKETCH],
    count: usize,
    /// Every shingle hash of the text up to this one is in `hashes`.
    ceiling: u32,
}

/// Gathers the words of one text.
#[derive(Clone, Debug, Default)]
pub struct Shingles {
    words: Vec<u64>,
    hashes: Vec<u32>,
}

impl Shingles {
    pub fn clear(&mut self) {
        self.words.clear();
    }

    /// Adds the text's next word.
    pub fn push(&mut self, word: &str) {
        self.words.push(xxh3_64(word.as_bytes()));
    }

    /// The sketch of the words so far.
    pub fn sketch(&mut self) -> Sketch {
        let hashes = &mut self.hashes;
        hashes.clear();
        hashes.extend(self.words.windows(SHINGLE).map(|words| {
            let mut hash = 0u64;
            for word in words {
                hash = (hash.rotate_left(23) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            }
            (hash >> 32) as u32
        }));
        // Equal hashes are rarely many: a few more than the sketch holds are nearly always enough.
        const NEAR: usize = SKETCH * 4;
        if hashes.len() > NEAR {
            hashes.select_nth_unstable(NEAR);
            let mut lowest: Vec<u32> = hashes[..NEAR].to_vec();
            lowest.sort_unstable();
            lowest.dedup();
            if lowest.len() > SKETCH {
                return Sketch::of(&lowest);
            }
        }
        hashes.sort_unstable();
        hashes.dedup();
        Sketch::of(hashes)
    }
}

impl Sketch {
    /// Of the distinct lowest hashes of a text, sorted; one more than the sketch holds if there are more.
    fn of(sorted: &[u32]) -> Self {
        let count = sorted.len().min(SKETCH);
        let mut hashes = [0; SKETCH];
        hashes[..count].copy_from_slice(&sorted[..count]);
        let ceiling = match sorted.len() > SKETCH {
            true => hashes[SKETCH - 1],
            false => u32::MAX,
        };
        Self {
            hashes,
            count,
            ceiling,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub(super) fn hashes(&self) -> &[u32] {
        &self.hashes[..self.count]
    }

    /// Appends [`BYTES`] bytes: the ceiling and the hashes; unused places repeat the last.
    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.ceiling.to_le_bytes());
        let last = self.hashes().last().copied().unwrap_or(u32::MAX);
        for n in 0..SKETCH {
            let hash = self.hashes().get(n).copied().unwrap_or(last);
            out.extend_from_slice(&hash.to_le_bytes());
        }
    }

    /// Reads what [`encode`](Self::encode) wrote; of any other bytes it makes some sketch.
    pub(super) fn decode(bytes: &[u8]) -> Self {
        let mut words = bytes.chunks_exact(4).map(word);
        let ceiling = words.next().unwrap_or(0);
        let mut hashes = [0; SKETCH];
        let mut count = 0;
        for hash in words.take(SKETCH) {
            if count == 0 || hashes[count - 1] < hash {
                hashes[count] = hash;
                count += 1;
            }
        }
        Self {
            hashes,
            count,
            ceiling,
        }
    }

    /// Whether enough of the shorter text stands in the longer.
    pub(super) fn is_copy(&self, other: &Self, is_frequent: impl Fn(u32) -> bool) -> bool {
        let ceiling = self.ceiling.min(other.ceiling);
        let mut rest = other.hashes();
        let (mut mine, mut theirs, mut shared) = (0, 0, 0);
        for &hash in self.hashes().iter().take_while(|&&h| h <= ceiling) {
            while let Some((&first, after)) = rest.split_first()
                && first < hash
            {
                theirs += usize::from(!is_frequent(first));
                rest = after;
            }
            let counts = usize::from(!is_frequent(hash));
            mine += counts;
            if rest.first() == Some(&hash) {
                theirs += counts;
                shared += counts;
                rest = &rest[1..];
            }
        }
        let others = rest.iter().take_while(|&&h| h <= ceiling);
        theirs += others.filter(|&&h| !is_frequent(h)).count();
        shared >= SHARED_AT_LEAST && shared as f64 >= COPY * mine.min(theirs) as f64
    }
}

/// A number of four bytes.
pub(super) fn word(bytes: &[u8]) -> u32 {
    bytes
        .iter()
        .rev()
        .fold(0, |n, &byte| n << 8 | u32::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sketch(words: &[String]) -> Sketch {
        let mut shingles = Shingles::default();
        words.iter().for_each(|word| shingles.push(word));
        shingles.sketch()
    }

    fn words(range: std::ops::Range<usize>) -> Vec<String> {
        range.map(|n| format!("w{n}")).collect()
    }

    #[test]
    fn a_sketch_is_read_as_it_was_written() {
        for count in [0, 7, 8, 20, 39, 40, 300] {
            let sketch = sketch(&words(0..count));
            let mut bytes = Vec::new();
            sketch.encode(&mut bytes);
            assert_eq!(bytes.len(), BYTES);
            if count >= SHINGLE {
                assert_eq!(Sketch::decode(&bytes), sketch, "{count} words");
            }
        }
    }

    #[test]
    fn a_sketch_holds_the_lowest_distinct_hashes_however_often_they_recur() {
        let once = sketch(&words(0..100));
        let mut often = words(0..100);
        for _ in 0..40 {
            often.extend(words(0..100));
        }
        // The seams between repeats add seven shingles, the same ones each time.
        let seams = sketch(&[words(0..100), words(0..100)].concat());
        assert_eq!(sketch(&often), seams);
        assert_eq!(once.hashes().len(), SKETCH);
    }

    #[test]
    fn half_of_the_shorter_text_makes_a_copy_and_frequent_shingles_do_not_count() {
        let whole = sketch(&words(0..200));
        let half = sketch(&words(100..200));
        let stranger = sketch(&words(1000..1200));
        assert!(whole.is_copy(&half, |_| false) && half.is_copy(&whole, |_| false));
        assert!(!whole.is_copy(&stranger, |_| false));
        assert!(!whole.is_copy(&half, |_| true));
    }
}
