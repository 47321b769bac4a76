//! Story families: which records tell one story in nearly the same words.
//!
//! The table of a commit is two arrays of fixed records in little endian, so that it is read where it
//! is mapped and costs nothing to open: `(key u64, family u32)` sorted by key, then `(family u32, key
//! u64)` sorted. Their number is half of what the length allows. Family numbers hold for one commit.

use std::sync::OnceLock;
use tantivy::directory::OwnedBytes;

/// Bytes of one record of either array.
const RECORD: usize = 12;

/// Most words of 64 keys each whose bits are kept in memory, 64 MB: half a billion records.
const MOST_WORDS: u64 = 1 << 23;

/// The families of one commit, by ledger key.
///
/// A record that stands alone has no family.
#[derive(Clone, Debug)]
pub struct Families {
    bytes: OwnedBytes,
    members: usize,
    /// A bit for each key that has a family; made when a family is first asked for.
    known: OnceLock<Vec<u64>>,
}

impl Default for Families {
    fn default() -> Self {
        Self::open(OwnedBytes::empty())
    }
}

impl Families {
    /// Reads a table; bytes that are no whole record are left out.
    pub fn open(bytes: OwnedBytes) -> Self {
        let members = bytes.len() / (2 * RECORD);
        Self {
            bytes,
            members,
            known: OnceLock::new(),
        }
    }

    /// The table of `(key, family)` pairs, in any order; a pair given twice counts once.
    pub fn table(mut of_key: Vec<(u64, u32)>) -> Vec<u8> {
        of_key.sort_unstable();
        of_key.dedup();
        let mut bytes = Vec::with_capacity(of_key.len() * 2 * RECORD);
        for (key, family) in &of_key {
            bytes.extend_from_slice(&key.to_le_bytes());
            bytes.extend_from_slice(&family.to_le_bytes());
        }
        of_key.sort_unstable_by_key(|&(key, family)| (family, key));
        for (key, family) in &of_key {
            bytes.extend_from_slice(&family.to_le_bytes());
            bytes.extend_from_slice(&key.to_le_bytes());
        }
        bytes
    }

    /// Whether there is no family at all.
    pub fn is_empty(&self) -> bool {
        self.members == 0
    }

    /// Every member with its family, by key.
    pub(super) fn all(&self) -> impl Iterator<Item = (u64, u32)> + '_ {
        (0..self.members).map(|n| self.by_key(n))
    }

    /// The highest number of a family.
    pub(super) fn highest(&self) -> Option<u32> {
        let last = self.members.checked_sub(1)?;
        Some(self.by_family(last).0)
    }

    /// How many families there are.
    pub fn len(&self) -> usize {
        (0..self.members)
            .filter(|&n| n == 0 || self.by_family(n).0 != self.by_family(n - 1).0)
            .count()
    }

    /// The family of a record.
    ///
    /// Most records have none, which a bit tells: counting over an archive asks for every one.
    pub fn family(&self, key: u64) -> Option<u32> {
        let known = self.known.get_or_init(|| self.bits());
        let word = usize::try_from(key / 64).ok().and_then(|n| known.get(n));
        match word {
            Some(word) if word >> (key % 64) & 1 == 0 => return None,
            None if !known.is_empty() => return None,
            _ => {}
        }
        let at = partition(self.members, |n| self.by_key(n).0 < key);
        (at < self.members)
            .then(|| self.by_key(at))
            .filter(|found| found.0 == key)
            .map(|found| found.1)
    }

    /// Empty where the keys are too large for their number, which only damage explains.
    fn bits(&self) -> Vec<u64> {
        let Some(last) = self.members.checked_sub(1) else {
            return Vec::new();
        };
        let words = self.by_key(last).0 / 64 + 1;
        if words > MOST_WORDS {
            return Vec::new();
        }
        let mut bits = vec![0; words as usize];
        for n in 0..self.members {
            let key = self.by_key(n).0;
            if let Some(word) = bits.get_mut((key / 64) as usize) {
                *word |= 1 << (key % 64);
            }
        }
        bits
    }

    /// The keys of a family's members, sorted.
    pub fn members(&self, family: u32) -> impl Iterator<Item = u64> + '_ {
        let from = partition(self.members, |n| self.by_family(n).0 < family);
        (from..self.members)
            .map(|n| self.by_family(n))
            .take_while(move |found| found.0 == family)
            .map(|found| found.1)
    }

    /// The keys of all members of families with more than `copies` further copies, sorted.
    pub fn larger_than(&self, copies: u32) -> Vec<u64> {
        let all: Vec<(u32, u64)> = (0..self.members).map(|n| self.by_family(n)).collect();
        let mut keys: Vec<u64> = all
            .chunk_by(|a, b| a.0 == b.0)
            .filter(|family| family.len() as u64 > u64::from(copies) + 1)
            .flat_map(|family| family.iter().map(|p| p.1))
            .collect();
        keys.sort_unstable();
        keys
    }

    fn by_key(&self, n: usize) -> (u64, u32) {
        let record = self.record(n);
        (number(&record[..8]), number(&record[8..]) as u32)
    }

    fn by_family(&self, n: usize) -> (u32, u64) {
        let record = self.record(self.members + n);
        (number(&record[..4]) as u32, number(&record[4..]))
    }

    fn record(&self, n: usize) -> &[u8] {
        &self.bytes[n * RECORD..(n + 1) * RECORD]
    }
}

fn number(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .rev()
        .fold(0, |n, &byte| n << 8 | u64::from(byte))
}

/// The first of `0..len` for which `before` does not hold.
pub(super) fn partition(len: usize, before: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, len);
    while low < high {
        let middle = low + (high - low) / 2;
        if before(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_knows_its_members_and_they_it() {
        let table = Families::table(vec![(7, 1), (3, 0), (9, 1), (4, 0), (5, 0), (7, 1)]);
        let families = Families::open(OwnedBytes::new(table));
        assert_eq!(families.family(9), Some(1));
        assert_eq!(families.family(8), None);
        assert_eq!(families.family(u64::MAX), None);
        assert_eq!(families.family(10), None);
        assert_eq!(families.members(0).collect::<Vec<_>>(), [3, 4, 5]);
        assert_eq!(families.members(2).count(), 0);
        assert_eq!(families.larger_than(1), [3, 4, 5]);
        assert!(families.larger_than(2).is_empty());
        assert_eq!(families.len(), 2);
        assert!(Families::default().is_empty());
    }
}
