//! Feature weights: eight bits each, pruned, packed by column and compressed; unpacked at first use.
//!
//! The file: magic, then one zstd frame of: number of features (u32), number of weights (u32), step
//! between weights (f32), transitions (17 × 17 f32), and the columns: gaps between the sorted feature
//! hashes (three bytes planes; 0xffffff adds that and goes on), a bit mask of labels with a weight
//! (two byte planes), the weights in the order of the masks. All numbers are little-endian.

use super::crf::{Chain, LABELS, Scores, Transitions};
use super::document::Word;
use super::features::Group;

const MAGIC: &[u8; 8] = b"DLCRF001";
/// Columns of a row: every label but the outside one, whose weight is 0.
pub(super) const COLUMNS: usize = LABELS - 1;
/// Guards unpacking against a length that lies.
const LARGEST: usize = 64 << 20;
const WIDE_GAP: u32 = 0xff_ffff;

/// One feature's weights, in steps.
pub(super) type Row = [i8; COLUMNS];

const FREE: Row = [0; COLUMNS];

/// Sums of weights, in steps: 16 bits hold those of 250 features.
pub(super) type Sums = [i16; COLUMNS];

/// A model ready for use.
#[derive(Debug)]
pub(super) struct Model {
    pub chain: Chain,
    step: f32,
    /// Slots that are a hash's first, see [`home`].
    homes: usize,
    /// Feature hash and its weights, side by side, since it is memory that a look-up waits for; no weights
    /// are a free slot, and the last slot is free.
    slots: Vec<(u32, Row)>,
    /// A bit for each range of hashes, set where a feature lies in it: 128 KB that stay in a core's
    /// cache and spare most look-ups, for most features of a token carry no weight.
    known: Vec<u64>,
    /// Hashes are shifted by this to the number of their range.
    shift: u32,
}

/// Ranges of hashes that [`Model::known`] tells apart, as a power of two.
fn ranges_log2(features: usize) -> u32 {
    (features * 4)
        .next_power_of_two()
        .clamp(64, 1 << 22)
        .ilog2()
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

        let homes = homes(features);
        // Room behind the last home for those that others push along, and a free slot at the end.
        let mut slots = vec![(0, FREE); homes + features.min(BEYOND) + 1];
        let ranges = ranges_log2(features);
        let mut known = vec![0u64; (1 << ranges) / 64];
        let shift = 32 - ranges;
        let (mut hash, mut gap_at, mut weight_at, mut next) = (0u32, 0, 0, 0);
        for (low, high) in masks {
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
            // Hashes ascend, so the slots behind the last one filled are free.
            let slot = home(hash, homes).max(next);
            next = slot + 1;
            if next == slots.len() {
                return None;
            }
            slots[slot] = (hash, row);
            let range = (hash >> shift) as usize;
            known[range / 64] |= 1 << (range % 64);
        }
        Some(Self {
            chain: Chain::new(transitions),
            step,
            homes,
            slots,
            known,
            shift,
        })
    }

    /// The sums of the weights of these features, a label each; drops features without weight.
    pub(super) fn sums(&self, features: &mut Vec<u32>) -> Sums {
        // Without a branch, so that look-ups do not wait for one another.
        let mut kept = 0;
        for i in 0..features.len() {
            let feature = features[i];
            let range = (feature >> self.shift) as usize;
            features[kept] = feature;
            kept += (self.known[range / 64] >> (range % 64) & 1) as usize;
        }
        features.truncate(kept);
        // Touches every slot first: with no branch between them the reads from memory overlap.
        let touched = features
            .iter()
            .fold(0, |t, &feature| t ^ self.slots[home(feature, self.homes)].0);
        std::hint::black_box(touched);
        let mut sums = [0; COLUMNS];
        for &feature in features.iter() {
            for (hash, row) in &self.slots[home(feature, self.homes)..] {
                if *hash == feature {
                    // A free slot's weights are zero.
                    for (sum, &weight) in sums.iter_mut().zip(row) {
                        *sum += i16::from(weight);
                    }
                    break;
                }
                // Hashes ascend from slot to slot.
                if *hash > feature || *row == FREE {
                    break;
                }
            }
        }
        sums
    }

    /// Emission scores of a token whose features have these sums.
    pub(super) fn emission(&self, sums: &Sums) -> Scores {
        let mut scores = [0.0; LABELS];
        for (score, &sum) in scores[1..].iter_mut().zip(sums) {
            *score = f32::from(sum) * self.step;
        }
        scores
    }

    /// Number of features that carry a weight.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.slots.iter().filter(|slot| slot.1 != FREE).count()
    }
}

/// One model's sums of weights that were needed lately: a direct-mapped cache.
#[derive(Debug)]
pub(super) struct KeptSums {
    /// What the sums are of, see [`Group::key`] and [`KeptSums::of_word`].
    slots: Vec<((u64, u64), Sums)>,
    /// Number of slots, as a power of two.
    log2: u32,
}

/// A place without sums.
const NO_KEY: (u64, u64) = (0, u64::MAX);

impl KeptSums {
    /// Room is taken at the first use.
    pub(super) fn new(log2: u32) -> Self {
        Self {
            slots: Vec::new(),
            log2,
        }
    }

    #[inline]
    fn of(&mut self, key: (u64, u64), sums: impl FnOnce() -> Sums) -> &Sums {
        if self.slots.is_empty() {
            self.slots.resize(1 << self.log2, (NO_KEY, [0; COLUMNS]));
        }
        let mixed = (key.0 ^ key.1.rotate_left(32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mixed = (mixed ^ key.1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let slot = &mut self.slots[(mixed >> (64 - self.log2)) as usize];
        if slot.0 != key {
            *slot = (key, sums());
        }
        &slot.1
    }

    /// The sums of a group of features, which `sums` computes if need be.
    #[inline]
    pub(super) fn of_group(&mut self, group: Group, sums: impl FnOnce() -> Sums) -> &Sums {
        self.of(group.key(), sums)
    }

    /// The sums of the features that a word gives by itself at one of [`super::features::PLACES`].
    #[inline]
    pub(super) fn of_word(
        &mut self,
        word: &Word,
        place: usize,
        sums: impl FnOnce() -> Sums,
    ) -> &Sums {
        // As written and as looked up.
        self.of((word.exact, word.key.wrapping_add(place as u64)), sums)
    }
}

impl Default for Model {
    /// A model that knows no feature and finds nothing.
    fn default() -> Self {
        Self {
            chain: Chain::new([[0.0; LABELS]; LABELS]),
            step: 1.0,
            homes: 1,
            slots: vec![(0, FREE)],
            known: vec![0],
            shift: 26,
        }
    }
}

/// Slots behind the last home.
const BEYOND: usize = 4096;

/// Homes for this many features: two thirds of them filled.
fn homes(features: usize) -> usize {
    features + features / 2 + 1
}

/// Ascending hashes have ascending homes, so that unpacking fills the table from front to back.
fn home(hash: u32, homes: usize) -> usize {
    ((u64::from(hash) * homes as u64) >> 32) as usize
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
        let scores = model.emission(&model.sums(&mut vec![0, 5, 77, u32::MAX]));
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
