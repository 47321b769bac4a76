//! Feature weights: eight bits each, pruned, packed by column and compressed; unpacked at first use.
//!
//! The file: magic, then one zstd frame of: number of features (u32), number of weights (u32), step
//! between weights (f32), transitions (17 × 17 f32), and the columns: gaps between the sorted feature
//! hashes (three bytes planes; 0xffffff adds that and goes on), a bit mask of labels with a weight
//! (two byte planes), the weights in the order of the masks. All numbers are little-endian.

use super::crf::{Chain, LABELS, Scores, Transitions};

const MAGIC: &[u8; 8] = b"DLCRF001";
/// Columns of a row: every label but the outside one, whose weight is 0.
pub(super) const COLUMNS: usize = LABELS - 1;
/// Guards unpacking against a length that lies.
const LARGEST: usize = 64 << 20;
const WIDE_GAP: u32 = 0xff_ffff;

/// One feature's weights, in steps.
pub(super) type Row = [i8; COLUMNS];

/// A model ready for use.
#[derive(Debug)]
pub(super) struct Model {
    pub chain: Chain,
    step: f32,
    /// A power of two of slots: feature hash, number of its row + 1; 0 is free.
    slots: Vec<(u32, u32)>,
    rows: Vec<Row>,
}

impl Model {
    /// Unpacks what [`pack`] wrote; `None` for other bytes.
    pub(super) fn unpack(bytes: &[u8]) -> Option<Self> {
        let plain = zstd::bulk::decompress(bytes.strip_prefix(MAGIC)?, LARGEST).ok()?;
        let mut rest = plain.as_slice();
        let mut take = |n: usize| {
            let (part, after) = rest.split_at_checked(n)?;
            rest = after;
            Some(part)
        };
        let number = |b: &[u8]| Some(u32::from_le_bytes(b.try_into().ok()?));
        let features = number(take(4)?)? as usize;
        let weights = number(take(4)?)? as usize;
        let gaps = number(take(4)?)? as usize;
        let step = f32::from_bits(number(take(4)?)?);
        let mut transitions: Transitions = [[0.0; LABELS]; LABELS];
        for score in transitions.iter_mut().flatten() {
            *score = f32::from_bits(number(take(4)?)?);
        }
        let gap_planes = [take(gaps)?, take(gaps)?, take(gaps)?];
        let masks = take(features)?.iter().zip(take(features)?);
        let weights = take(weights)?;

        let capacity = (features * 2).next_power_of_two().max(16);
        let mut slots = vec![(0, 0); capacity];
        let mut rows = Vec::with_capacity(features);
        let (mut hash, mut gap_at, mut weight_at) = (0u32, 0, 0);
        for (i, (low, high)) in masks.enumerate() {
            loop {
                let gap = (0..3).try_fold(0u32, |g, p| {
                    Some(g | u32::from(*gap_planes[p].get(gap_at)?) << (8 * p))
                })?;
                gap_at += 1;
                hash = hash.checked_add(gap)?;
                if gap != WIDE_GAP {
                    break;
                }
            }
            let mask = u32::from(*low) | u32::from(*high) << 8;
            let mut row = [0i8; COLUMNS];
            for (l, slot) in row.iter_mut().enumerate() {
                if mask >> l & 1 == 1 {
                    *slot = *weights.get(weight_at)? as i8;
                    weight_at += 1;
                }
            }
            rows.push(row);
            let mut slot = home(hash, capacity);
            while slots[slot].1 != 0 {
                slot = (slot + 1) & (capacity - 1);
            }
            slots[slot] = (hash, i as u32 + 1);
        }
        Some(Self {
            chain: Chain::new(transitions),
            step,
            slots,
            rows,
        })
    }

    /// Emission scores of a token with these features.
    pub(super) fn emission(&self, features: &[u32]) -> Scores {
        let mask = self.slots.len() - 1;
        let mut sums = [0i32; COLUMNS];
        for &feature in features {
            let mut slot = home(feature, self.slots.len());
            loop {
                let (hash, row) = self.slots[slot];
                if row == 0 {
                    break;
                }
                if hash == feature {
                    for (sum, &weight) in sums.iter_mut().zip(&self.rows[row as usize - 1]) {
                        *sum += i32::from(weight);
                    }
                    break;
                }
                slot = (slot + 1) & mask;
            }
        }
        let mut scores = [0.0; LABELS];
        for (score, sum) in scores[1..].iter_mut().zip(sums) {
            *score = sum as f32 * self.step;
        }
        scores
    }

    /// Number of features that carry a weight.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }
}

impl Default for Model {
    /// A model that knows no feature and finds nothing.
    fn default() -> Self {
        Self {
            chain: Chain::new([[0.0; LABELS]; LABELS]),
            step: 1.0,
            slots: vec![(0, 0); 16],
            rows: Vec::new(),
        }
    }
}

/// Ascending hashes have ascending homes, so that unpacking fills the table from front to back.
fn home(hash: u32, capacity: usize) -> usize {
    (u64::from(hash) * capacity as u64 >> 32) as usize
}

/// Packs rows sorted by distinct feature hash; `None` if they are not.
pub(super) fn pack(rows: &[(u32, Row)], step: f32, transitions: &Transitions) -> Option<Vec<u8>> {
    let mut gaps: [Vec<u8>; 3] = Default::default();
    let mut masks: [Vec<u8>; 2] = Default::default();
    let mut weights = Vec::new();
    let mut before = 0u32;
    for (i, (hash, row)) in rows.iter().enumerate() {
        let mut gap = hash.checked_sub(before)?;
        if i > 0 && gap == 0 {
            return None;
        }
        before = *hash;
        loop {
            let part = gap.min(WIDE_GAP);
            for (plane, byte) in gaps.iter_mut().zip(part.to_le_bytes()) {
                plane.push(byte);
            }
            if part != WIDE_GAP {
                break;
            }
            gap -= part;
        }
        let mut mask = 0u16;
        for (l, &weight) in row.iter().enumerate() {
            if weight != 0 {
                mask |= 1 << l;
                weights.push(weight as u8);
            }
        }
        for (plane, byte) in masks.iter_mut().zip(mask.to_le_bytes()) {
            plane.push(byte);
        }
    }
    let mut plain = Vec::new();
    for n in [rows.len(), weights.len(), gaps[0].len()] {
        plain.extend_from_slice(&u32::try_from(n).ok()?.to_le_bytes());
    }
    plain.extend_from_slice(&step.to_le_bytes());
    for score in transitions.iter().flatten() {
        plain.extend_from_slice(&score.to_le_bytes());
    }
    for plane in gaps.iter().chain(&masks) {
        plain.extend_from_slice(plane);
    }
    plain.extend_from_slice(&weights);
    let mut out = MAGIC.to_vec();
    out.extend(zstd::bulk::compress(&plain, 19).ok()?);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_unpacked() {
        let mut row = [0i8; COLUMNS];
        (row[0], row[15]) = (-127, 3);
        let rows = [(0, row), (5, [1; COLUMNS]), (u32::MAX, row)];
        let mut transitions = [[0.0; LABELS]; LABELS];
        transitions[0][1] = 0.5;
        let model = Model::unpack(&pack(&rows, 0.5, &transitions).unwrap()).unwrap();
        assert_eq!(model.len(), 3);
        assert_eq!(model.chain.scores[0][1], 0.5);
        let scores = model.emission(&[0, 5, 77, u32::MAX]);
        assert_eq!(scores[0], 0.0);
        assert_eq!(scores[1], (-127.0 + 1.0 - 127.0) * 0.5);
        assert_eq!(scores[2], 0.5);
        assert_eq!(scores[16], (3.0 + 1.0 + 3.0) * 0.5);
    }

    #[test]
    fn other_bytes_are_refused() {
        assert!(Model::unpack(b"").is_none());
        assert!(Model::unpack(b"DLCRF001").is_none());
        let packed = pack(&[(9, [1; COLUMNS])], 1.0, &[[0.0; LABELS]; LABELS]).unwrap();
        assert!(Model::unpack(&packed[..packed.len() - 1]).is_none());
    }
}
