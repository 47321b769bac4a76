//! Hashes of words and features, and a static table from hashes to small values.
//!
//! Shipped tables hold these hashes, so both functions are part of the file format: a change
//! makes every file in `models/` invalid and needs a new training run.

/// Hashes a word.
pub(super) fn word(bytes: &[u8]) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for chunk in bytes.chunks(8) {
        hash = (hash ^ lane(chunk)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        hash ^= hash >> 29;
    }
    hash ^ (bytes.len() as u64).wrapping_mul(0xff51_afd7_ed55_8ccd)
}

/// Up to eight bytes as a little-endian number, by reads that may overlap in place of a copy of any length.
#[inline]
fn lane(bytes: &[u8]) -> u64 {
    let length = bytes.len();
    if let Some(all) = bytes.first_chunk::<8>() {
        return u64::from_le_bytes(*all);
    }
    if let (Some(low), Some(high)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        let (low, high) = (u32::from_le_bytes(*low), u32::from_le_bytes(*high));
        return u64::from(low) | u64::from(high) << (8 * (length - 4));
    }
    bytes
        .iter()
        .rev()
        .fold(0, |lane, &byte| lane << 8 | u64::from(byte))
}

/// Hashes a pair under a tag, so that equal pairs of different meaning differ.
#[inline]
pub(super) fn pair(tag: u64, a: u64, b: u64) -> u64 {
    let mut hash = tag.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ a;
    hash = hash.wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash ^= hash >> 32;
    hash ^= b.rotate_left(17);
    hash = hash.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 31)
}

/// Bits of a table's value and of the fingerprint that guards it.
pub(super) const VALUE_BITS: u32 = 14;
const FINGERPRINT_BITS: u32 = 24 - VALUE_BITS;

/// A read-only map from 64-bit hashes to values below 2^14, three bytes a slot, used in place.
///
/// A slot is a cell of a three-way xor filter (Botelho, Pagh and Ziviani 2007) that stores the value
/// beside ten bits of fingerprint: no keys, nothing to decode, about 3.7 bytes an entry. An
/// unknown key is taken for a known one once in 1,024 times, in training as in use.
#[derive(Clone, Copy, Debug)]
pub(super) struct Table<'a> {
    seed: u64,
    block: u64,
    cells: &'a [u8],
}

const HEADER_BYTES: usize = 16;

impl<'a> Table<'a> {
    /// Reads a table that [`build`] wrote; `None` unless the length fits.
    pub(super) fn new(bytes: &'a [u8]) -> Option<Self> {
        let seed = u64::from_le_bytes(bytes.get(..8)?.try_into().ok()?);
        let block = u64::from_le_bytes(bytes.get(8..HEADER_BYTES)?.try_into().ok()?);
        let cells = bytes.get(HEADER_BYTES..)?;
        let expected = usize::try_from(block).ok()?.checked_mul(9)?;
        (cells.len() == expected && block > 0).then_some(Self { seed, block, cells })
    }

    #[inline]
    pub(super) fn get(&self, key: u64) -> Option<u32> {
        let (slots, fingerprint) = place(key, self.seed, self.block);
        let mut cell = 0;
        for slot in slots {
            let at = slot as usize * 3;
            let bytes = self.cells.get(at..at + 3)?;
            cell ^= u32::from(bytes[0]) | u32::from(bytes[1]) << 8 | u32::from(bytes[2]) << 16;
        }
        (cell >> VALUE_BITS == fingerprint).then_some(cell & ((1 << VALUE_BITS) - 1))
    }
}

/// Three slots, one in each third, and the fingerprint.
#[inline]
fn place(key: u64, seed: u64, block: u64) -> ([u64; 3], u32) {
    let hash = pair(seed, key, 0x5bd1_e995);
    let slot = |h: u64| ((u128::from(h) * u128::from(block)) >> 64) as u64;
    let slots = [
        slot(hash),
        block + slot(hash.rotate_left(21)),
        2 * block + slot(hash.rotate_left(42)),
    ];
    let fingerprint = (pair(seed, hash, key) >> (64 - FINGERPRINT_BITS)) as u32;
    (slots, fingerprint)
}

/// Writes the table of `entries`, whose keys must differ; values must be below 2^14.
///
/// Returns `None` for a repeated key, a value too large, or (never seen) no seed that works.
pub(super) fn build(entries: &[(u64, u32)]) -> Option<Vec<u8>> {
    if entries.iter().any(|&(_, value)| value >> VALUE_BITS != 0) {
        return None;
    }
    let block = (entries.len() as u64 * 123 / 300) + 11;
    let cells = (block * 3) as usize;
    (1..64).find_map(|seed| {
        let placed: Vec<([u64; 3], u32)> = entries
            .iter()
            .map(|&(key, _)| place(key, seed, block))
            .collect();
        let mut count = vec![0u32; cells];
        let mut sum = vec![0usize; cells];
        for (i, (slots, _)) in placed.iter().enumerate() {
            for &slot in slots {
                count[slot as usize] += 1;
                sum[slot as usize] ^= i;
            }
        }
        let mut free: Vec<usize> = (0..cells).filter(|&c| count[c] == 1).collect();
        let mut order = Vec::with_capacity(entries.len());
        while let Some(cell) = free.pop() {
            if count[cell] != 1 {
                continue;
            }
            let i = sum[cell];
            order.push((i, cell));
            for &slot in &placed[i].0 {
                let slot = slot as usize;
                count[slot] -= 1;
                sum[slot] ^= i;
                if count[slot] == 1 {
                    free.push(slot);
                }
            }
        }
        if order.len() != entries.len() {
            return None;
        }
        let mut values = vec![0u32; cells];
        for &(i, cell) in order.iter().rev() {
            let (slots, fingerprint) = placed[i];
            let target = fingerprint << VALUE_BITS | entries[i].1;
            let others = slots.iter().fold(0, |x, &slot| x ^ values[slot as usize]);
            values[cell] = target ^ others;
        }
        let mut out = Vec::with_capacity(HEADER_BYTES + cells * 3);
        out.extend_from_slice(&seed.to_le_bytes());
        out.extend_from_slice(&block.to_le_bytes());
        for value in values {
            out.extend_from_slice(&value.to_le_bytes()[..3]);
        }
        Some(out)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lane_is_its_bytes_and_zeros() {
        let bytes = [1, 2, 3, 4, 5, 6, 7, 8];
        for length in 0..=8 {
            let mut padded = [0; 8];
            padded[..length].copy_from_slice(&bytes[..length]);
            assert_eq!(lane(&bytes[..length]), u64::from_le_bytes(padded));
        }
    }

    #[test]
    fn a_table_returns_what_was_put_in_and_seldom_anything_else() {
        let entries: Vec<(u64, u32)> = (0..20_000u64)
            .map(|i| (word(&i.to_le_bytes()), (i % 16_384) as u32))
            .collect();
        let bytes = build(&entries).unwrap();
        let table = Table::new(&bytes).unwrap();
        assert!(
            entries
                .iter()
                .all(|&(key, value)| table.get(key) == Some(value))
        );
        let strangers = (20_000..60_000u64)
            .filter(|i| table.get(word(&i.to_le_bytes())).is_some())
            .count();
        assert!(strangers < 80, "{strangers} of 40,000, about 39 expected");
    }

    #[test]
    fn an_empty_table_knows_nothing_and_a_cut_one_is_refused() {
        let bytes = build(&[]).unwrap();
        assert!(Table::new(&bytes).is_some());
        assert!(Table::new(&bytes[..bytes.len() - 1]).is_none());
        assert!(Table::new(&[]).is_none());
    }

    #[test]
    fn repeated_keys_and_large_values_are_refused() {
        assert!(build(&[(7, 1), (7, 2)]).is_none());
        assert!(build(&[(7, 1 << VALUE_BITS)]).is_none());
    }
}
