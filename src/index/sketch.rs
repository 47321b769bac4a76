//! Which articles are copies of one another: sketches of their texts, and the families these make.
//!
//! A text's shingles are its runs of [`SHINGLE`] words. Its sketch is the [`SKETCH`] lowest hashes of
//! them (A. Broder, *On the resemblance and containment of documents*, 1997): of two texts, the hashes
//! below the lower of their two ceilings are a fair sample of both, whatever their lengths, so that
//! the sketches tell how much of the shorter stands in the longer.
//!
//! Two articles are copies if that share is [`COPY`] or more. Shingles that more than [`FREQUENT`]
//! sketches hold are boilerplate and are left out. Eight words, not the usual four or five: the
//! reports of a series (weather, markets, results) have most words in common and change a figure
//! in every sentence, which breaks long runs; an edited copy keeps them. Families are what copies
//! connect.
//!
//! Everything is computed from the sketches of one commit, in the order of their keys, so that an
//! index that grew equals one built at once.

use super::families::Families;
use crate::error::Result;
use rayon::slice::ParallelSliceMut;
use xxhash_rust::xxh3::xxh3_64;

/// Words of a shingle.
const SHINGLE: usize = 8;
/// Hashes of a sketch.
const SKETCH: usize = 32;
/// The share of the shorter text's sampled shingles that a copy has in common with the longer.
///
/// On press releases edited as desks edit them (tests/it/families.rs) .4, .5 and .6 found .996, .986
/// and .969 of all pairs; at .4 reports of one template began to join.
const COPY: f64 = 0.5;
/// So many sampled shingles must be shared at least: fewer say nothing.
const SHARED_AT_LEAST: usize = 6;
/// A shingle in more sketches than this is boilerplate.
const FREQUENT: usize = 200;
/// Bytes of a record of the table: key, ceiling and count beside the hashes.
const RECORD: usize = 8 + 4 + SKETCH * 4;

/// The lowest shingle hashes of one text, ascending; empty for a text shorter than one shingle.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sketch {
    hashes: Vec<u32>,
    /// Every shingle hash of the text up to this one is in `hashes`.
    ceiling: u32,
}

/// Gathers the words of one text.
#[derive(Clone, Debug, Default)]
pub struct Shingles {
    words: Vec<u64>,
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
    pub fn sketch(&self) -> Sketch {
        let mut hashes: Vec<u32> = self
            .words
            .windows(SHINGLE)
            .map(|words| {
                let mut hash = 0u64;
                for word in words {
                    hash = (hash.rotate_left(23) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
                }
                (hash >> 32) as u32
            })
            .collect();
        hashes.sort_unstable();
        hashes.dedup();
        let ceiling = match hashes.get(SKETCH) {
            Some(_) => hashes[SKETCH - 1],
            None => u32::MAX,
        };
        hashes.truncate(SKETCH);
        Sketch { hashes, ceiling }
    }
}

/// The sketches of one commit, by ledger key.
#[derive(Clone, Debug, Default)]
pub struct Sketches {
    /// Sorted by key.
    list: Vec<(u64, Sketch)>,
}

impl Sketches {
    /// Reads a table; what is no whole record is left out.
    pub fn open(bytes: &[u8]) -> Self {
        let word = |bytes: &[u8]| {
            bytes
                .iter()
                .rev()
                .fold(0u32, |n, &byte| n << 8 | u32::from(byte))
        };
        let list = bytes
            .chunks_exact(RECORD)
            .map(|record| {
                let key = u64::from(word(&record[..4])) | u64::from(word(&record[4..8])) << 32;
                let ceiling = word(&record[8..12]);
                // Unused places repeat the last hash.
                let mut hashes: Vec<u32> = record[12..].chunks_exact(4).map(word).collect();
                hashes.dedup();
                (key, Sketch { hashes, ceiling })
            })
            .collect();
        Self { list }
    }

    /// The table that [`open`](Self::open) reads.
    pub fn table(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.list.len() * RECORD);
        for (key, sketch) in &self.list {
            let Some(&last) = sketch.hashes.last() else {
                continue;
            };
            bytes.extend_from_slice(&key.to_le_bytes());
            bytes.extend_from_slice(&sketch.ceiling.to_le_bytes());
            for n in 0..SKETCH {
                let hash = sketch.hashes.get(n).copied().unwrap_or(last);
                bytes.extend_from_slice(&hash.to_le_bytes());
            }
        }
        bytes
    }

    /// Adds sketches of new records and drops those of records that are gone.
    pub fn change(&mut self, added: Vec<(u64, Sketch)>, gone: impl Fn(u64) -> bool) {
        self.list.extend(added);
        self.list
            .retain(|(key, sketch)| !sketch.hashes.is_empty() && !gone(*key));
        self.list.sort_unstable_by_key(|(key, _)| *key);
        self.list.dedup_by_key(|(key, _)| *key);
    }

    /// The families that the sketches make, as [`Families::table`].
    pub fn families(&self) -> Vec<u8> {
        let mut held: Vec<(u32, u32)> = Vec::with_capacity(self.list.len() * SKETCH);
        for (n, (_, sketch)) in self.list.iter().enumerate() {
            held.extend(sketch.hashes.iter().map(|&hash| (hash, n as u32)));
        }
        held.par_sort_unstable();
        let frequent: Vec<u32> = held
            .chunk_by(|a, b| a.0 == b.0)
            .filter(|holders| holders.len() > FREQUENT)
            .map(|holders| holders[0].0)
            .collect();
        let mut parts = Parts::new(self.list.len());
        for holders in held.chunk_by(|a, b| a.0 == b.0) {
            if holders.len() > FREQUENT {
                continue;
            }
            for (i, &(_, a)) in holders.iter().enumerate() {
                for &(_, b) in &holders[i + 1..] {
                    if parts.root(a) != parts.root(b)
                        && are_copies(
                            &self.list[a as usize].1,
                            &self.list[b as usize].1,
                            &frequent,
                        )
                    {
                        parts.join(a, b);
                    }
                }
            }
        }
        let mut sizes = vec![0u32; self.list.len()];
        for n in 0..self.list.len() {
            sizes[parts.root(n as u32) as usize] += 1;
        }
        let pairs = (0..self.list.len())
            .map(|n| (n, parts.root(n as u32)))
            .filter(|&(_, root)| sizes[root as usize] > 1)
            .map(|(n, root)| (self.list[n].0, root))
            .collect();
        Families::table(pairs)
    }
}

/// Whether enough of the shorter text stands in the longer.
fn are_copies(a: &Sketch, b: &Sketch, frequent: &[u32]) -> bool {
    let ceiling = a.ceiling.min(b.ceiling);
    let sample = |sketch: &Sketch| -> Vec<u32> {
        sketch
            .hashes
            .iter()
            .copied()
            .take_while(|&hash| hash <= ceiling)
            .filter(|hash| frequent.binary_search(hash).is_err())
            .collect()
    };
    let (a, b) = (sample(a), sample(b));
    let shared = a
        .iter()
        .filter(|hash| b.binary_search(hash).is_ok())
        .count();
    let shorter = a.len().min(b.len());
    shared >= SHARED_AT_LEAST && shared as f64 >= COPY * shorter as f64
}

/// Disjoint sets with path halving; the root of a set is its lowest member.
struct Parts {
    parent: Vec<u32>,
}

impl Parts {
    fn new(len: usize) -> Self {
        Self {
            parent: (0..len as u32).collect(),
        }
    }

    fn root(&mut self, mut n: u32) -> u32 {
        while self.parent[n as usize] != n {
            let up = self.parent[self.parent[n as usize] as usize];
            self.parent[n as usize] = up;
            n = up;
        }
        n
    }

    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        self.parent[a.max(b) as usize] = a.min(b);
    }
}

/// The side tables' names.
pub const SKETCHES: &str = "sketches";
pub const FAMILIES: &str = "families";

/// Writes the sketches and families of the coming commit.
pub(crate) fn put(
    session: &super::session::Session,
    payload: &mut super::payload::Payload,
    added: Vec<(u64, Sketch)>,
    gone: impl Fn(u64) -> bool,
) -> Result<()> {
    let mut sketches = match session.table(SKETCHES)? {
        Some(bytes) => Sketches::open(&bytes),
        None => Sketches::default(),
    };
    sketches.change(added, gone);
    let families = sketches.families();
    for (name, bytes) in [(SKETCHES, &sketches.table()), (FAMILIES, &families)] {
        // A file without a byte holds nothing that could be checked.
        match bytes.is_empty() {
            true => drop(payload.tables.remove(name)),
            false => session.put_table(payload, name, bytes)?,
        }
    }
    payload.families = Families::open(tantivy::directory::OwnedBytes::new(families)).len() as u64;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sketch(text: &str) -> Sketch {
        let mut shingles = Shingles::default();
        text.split_whitespace().for_each(|word| shingles.push(word));
        shingles.sketch()
    }

    /// `words` different words.
    fn text(seed: u64, words: usize) -> Vec<String> {
        let mut state = seed;
        (0..words)
            .map(|_| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                format!("w{}", (state >> 33) % 5000)
            })
            .collect()
    }

    fn family_of(texts: &[String]) -> Vec<Option<u32>> {
        let mut sketches = Sketches::default();
        let list = texts
            .iter()
            .enumerate()
            .map(|(n, t)| (n as u64, sketch(t)))
            .collect();
        sketches.change(list, |_| false);
        let reopened = Sketches::open(&sketches.table());
        assert_eq!(reopened.list, sketches.list);
        let families = Families::open(tantivy::directory::OwnedBytes::new(reopened.families()));
        (0..texts.len() as u64)
            .map(|key| families.family(key))
            .collect()
    }

    #[test]
    fn a_copy_cut_to_a_third_is_of_the_family_and_a_stranger_is_not() {
        let whole = text(1, 600);
        let families = family_of(&[
            whole.join(" "),
            whole[200..400].join(" "),
            text(2, 600).join(" "),
        ]);
        assert!(families[0].is_some());
        assert_eq!(families[0], families[1]);
        assert_eq!(families[2], None);
    }

    #[test]
    fn a_bridge_joins_two_halves_and_its_removal_parts_them() {
        let (a, b) = (text(3, 300), text(4, 300));
        let bridge = [a.clone(), b.clone()].concat().join(" ");
        let joined = family_of(&[a.join(" "), b.join(" "), bridge]);
        assert!(joined[0].is_some() && joined[0] == joined[1] && joined[1] == joined[2]);
        assert_eq!(family_of(&[a.join(" "), b.join(" ")]), [None, None]);
    }

    #[test]
    fn texts_shorter_than_a_shingle_have_no_family() {
        let short = "nothing to see here".to_owned();
        assert_eq!(family_of(&[short.clone(), short]), [None, None]);
    }
}
