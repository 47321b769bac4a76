//! Sketches → families: disjoint sets over verified pairs.

use super::super::families::Families;
use super::super::sketch::{SHARED_AT_LEAST, Sketch, word};
use super::{Changed, Sketches};
use rayon::slice::ParallelSliceMut;
use rustc_hash::{FxHashMap, FxHashSet};

impl Sketches {
    /// The families after a change, as [`Families::table`]; `before` are those before it.
    ///
    /// Numbers of families that the change does not touch stay.
    pub(super) fn families_after(&mut self, before: Families, changed: &Changed) -> Vec<u8> {
        let many =
            (changed.added.len() + changed.removed.len()) * self.limits.changed_part > self.len();
        match many || before.highest().is_some_and(|n| n > u32::MAX / 2) {
            true => self.all_families(),
            false => self.changed_families(before, changed),
        }
    }

    fn is_frequent(&self, hash: u32) -> bool {
        self.frequent.binary_search(&hash).is_ok()
    }

    /// Makes all families, and the list of frequent shingles.
    pub(super) fn all_families(&mut self) -> Vec<u8> {
        let slices = self.slices();
        let mut held = Vec::new();
        self.frequent.clear();
        for &slice in &slices {
            self.hold(slice, &mut held);
            let groups = held.chunk_by(|a, b| a >> 32 == b >> 32);
            let frequent = groups.filter(|holders| holders.len() > self.limits.frequent);
            self.frequent.extend(frequent.map(|h| (h[0] >> 32) as u32));
        }
        let mut parts = Parts::new(self.records());
        // What copies have in common at least, they have a part of in one of the slices.
        let least = SHARED_AT_LEAST.div_ceil(slices.len());
        for &slice in &slices {
            if slices.len() > 1 {
                self.hold(slice, &mut held);
            }
            self.join_copies(&held, least, &mut parts);
        }
        let mut sizes = vec![0u32; self.records()];
        self.for_each(|n, _, _| sizes[parts.root(n) as usize] += 1);
        let mut pairs = Vec::new();
        self.for_each(|n, key, _| {
            let root = parts.root(n);
            if sizes[root as usize] > 1 {
                pairs.push((key, root));
            }
        });
        Families::table(pairs)
    }

    /// Ranges of hashes, first and last, with about `limits.at_a_time` pairs each.
    fn slices(&self) -> Vec<(u32, u32)> {
        const BITS: u32 = 12;
        let mut counts = vec![0u64; 1 << BITS];
        self.for_each(|_, _, record| {
            for hash in Sketch::decode(record).hashes() {
                counts[(hash >> (32 - BITS)) as usize] += 1;
            }
        });
        let mut slices = Vec::new();
        let (mut first, mut sum) = (0u32, 0);
        for (n, count) in counts.iter().enumerate() {
            let begin = (n as u32) << (32 - BITS);
            if sum > 0 && sum + count > self.limits.at_a_time {
                slices.push((first, begin - 1));
                (first, sum) = (begin, 0);
            }
            sum += count;
        }
        slices.push((first, u32::MAX));
        slices
    }

    /// Replaces `held` by the hashes in a slice with the records that hold them, sorted.
    fn hold(&self, (first, last): (u32, u32), held: &mut Vec<u64>) {
        held.clear();
        self.for_each(|n, _, record| {
            let sketch = Sketch::decode(record);
            let within = sketch.hashes().iter().filter(|&&h| first <= h && h <= last);
            held.extend(within.map(|&h| u64::from(h) << 32 | u64::from(n)));
        });
        held.par_sort_unstable();
    }

    /// Joins the copies among the records of `held`, as [`Self::hold`] leaves it.
    ///
    /// Of the records that share a sentence few are copies, and comparing two sketches takes far longer than
    /// counting a shingle in common: only those with `least` of them are compared.
    fn join_copies(&self, held: &[u64], least: usize, parts: &mut Parts) {
        let record = |held: u64| held as u32 as usize;
        let groups = || held.chunk_by(|a, b| a >> 32 == b >> 32);
        let is_shared = |group: &[u64]| group.len() > 1 && group.len() <= self.limits.frequent;
        // Where in `held` the shared shingles of record `n` stand: at `places[starts[n]..starts[n + 1]]`.
        let mut starts = vec![0u32; self.records() + 1];
        for &entry in groups().filter(|group| is_shared(group)).flatten() {
            starts[record(entry)] += 1;
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut places = vec![0u32; sum as usize];
        let mut at = 0;
        for group in groups() {
            if is_shared(group) {
                for (n, &entry) in group.iter().enumerate() {
                    let start = &mut starts[record(entry)];
                    *start -= 1;
                    places[*start as usize] = (at + n) as u32;
                }
            }
            at += group.len();
        }
        // How many shingles a record shares with each behind it, and with which it shares any.
        let mut common = vec![0u8; self.records()];
        let mut met: Vec<u32> = Vec::new();
        for a in 0..self.records() {
            for &place in &places[starts[a] as usize..starts[a + 1] as usize] {
                let Some((&entry, behind)) = held[place as usize..].split_first() else {
                    continue;
                };
                for &other in behind.iter().take_while(|&&h| h >> 32 == entry >> 32) {
                    let number = &mut common[record(other)];
                    if *number == 0 {
                        met.push(other as u32);
                    }
                    *number += 1;
                }
            }
            let mut sketch = None;
            for b in met.drain(..) {
                let number = std::mem::take(&mut common[b as usize]);
                if usize::from(number) < least || parts.root(a as u32) == parts.root(b) {
                    continue;
                }
                let one = sketch.get_or_insert_with(|| self.get(a as u32).1);
                if one.is_copy(&self.get(b).1, |h| self.is_frequent(h)) {
                    parts.join(a as u32, b);
                }
            }
        }
    }

    /// Makes the families anew that a change touches.
    ///
    /// A pair of records is judged by their sketches and by which of the shingles are frequent. So
    /// only pairs change that have a new or a removed record, or one that holds a shingle which
    /// became frequent or ceased to be. Families of removed records and of the latter may fall apart:
    /// their members are joined anew. All other families stay whole, and are only joined.
    fn changed_families(&mut self, before: Families, changed: &Changed) -> Vec<u8> {
        let mut touched: Vec<(u32, u64, Sketch)> = Vec::new();
        for &key in &changed.added {
            touched.extend(self.find(key).map(|(n, sketch)| (n, key, sketch)));
        }
        // By how many records more hold each shingle of the change than before.
        let mut net: FxHashMap<u32, i64> = FxHashMap::default();
        let added = touched.iter().map(|t| (&t.2, 1));
        let removed = changed.removed.iter().map(|r| (&r.1, -1));
        for (sketch, sign) in added.chain(removed) {
            for &hash in sketch.hashes() {
                *net.entry(hash).or_default() += sign;
            }
        }
        let cap = self.limits.frequent + changed.added.len() + changed.removed.len() + 1;
        let hashes: Vec<u32> = net.keys().copied().collect();
        let mut holders = self.holders(&hashes, cap);
        // Shingles that became frequent, or ceased to be.
        let mut turned: Vec<u32> = Vec::new();
        for (&hash, &more) in &net {
            let after = holders.get(&hash).map_or(0, |h| h.count);
            let was = after as i64 - more;
            if (was > self.limits.frequent as i64) != (after > self.limits.frequent) {
                turned.push(hash);
            }
        }
        turned.sort_unstable();
        let (ceased, became): (Vec<u32>, Vec<u32>) =
            turned.iter().partition(|&&h| self.is_frequent(h));
        self.frequent.retain(|h| ceased.binary_search(h).is_err());
        self.frequent.extend(became);
        self.frequent.sort_unstable();

        let new: FxHashSet<u32> = touched.iter().map(|t| t.0).collect();
        let mut turning: Vec<u32> = turned
            .iter()
            .filter_map(|h| holders.get(h))
            .flat_map(|h| h.records.iter().copied())
            .filter(|n| !new.contains(n))
            .collect();
        turning.sort_unstable();
        turning.dedup();
        let mut broken: FxHashSet<u32> = FxHashSet::default();
        broken.extend(changed.removed.iter().filter_map(|r| before.family(r.0)));
        let first_turning = touched.len();
        for n in turning {
            let (key, sketch) = self.get(n);
            broken.extend(before.family(key));
            touched.push((n, key, sketch));
        }
        if touched.len() > first_turning {
            let more: FxHashSet<u32> = touched[first_turning..]
                .iter()
                .flat_map(|t| t.2.hashes().iter().copied())
                .filter(|h| !holders.contains_key(h))
                .collect();
            let more: Vec<u32> = more.into_iter().collect();
            holders.extend(self.holders(&more, cap));
        }

        let mut joined = Joined::new(&before, broken);
        for &(a, key, sketch) in &touched {
            joined.anew(a, key);
            for &hash in sketch.hashes() {
                if self.is_frequent(hash) {
                    continue;
                }
                for &b in holders.get(&hash).map_or(&[][..], |h| &h.records) {
                    let (other, theirs) = self.get(b);
                    if a != b
                        && !joined.are_joined((a, key), (b, other))
                        && sketch.is_copy(&theirs, |h| self.is_frequent(h))
                    {
                        joined.join((a, key), (b, other));
                    }
                }
            }
        }
        self.join_broken(&mut joined);
        joined.table()
    }

    /// Joins the members of broken families among themselves.
    fn join_broken(&self, joined: &mut Joined<'_>) {
        let mut held: Vec<(u32, u32)> = Vec::new();
        let mut members: FxHashMap<u32, (u64, Sketch)> = FxHashMap::default();
        for key in joined.broken_members() {
            if let Some((n, sketch)) = self.find(key) {
                joined.anew(n, key);
                held.extend(sketch.hashes().iter().map(|&h| (h, n)));
                members.insert(n, (key, sketch));
            }
        }
        held.sort_unstable();
        for group in held.chunk_by(|a, b| a.0 == b.0) {
            if group.len() < 2 || self.is_frequent(group[0].0) {
                continue;
            }
            for (i, &(_, a)) in group.iter().enumerate() {
                for &(_, b) in &group[i + 1..] {
                    let (Some(one), Some(other)) = (members.get(&a), members.get(&b)) else {
                        continue;
                    };
                    if !joined.are_joined((a, one.0), (b, other.0))
                        && one.1.is_copy(&other.1, |h| self.is_frequent(h))
                    {
                        joined.join((a, one.0), (b, other.0));
                    }
                }
            }
        }
    }

    /// Counts the records that hold each of `hashes`, and lists up to `cap` of them.
    fn holders(&self, hashes: &[u32], cap: usize) -> FxHashMap<u32, Holders> {
        let mut out: FxHashMap<u32, Holders> = FxHashMap::default();
        if hashes.is_empty() {
            return out;
        }
        let bits = (hashes.len() * 16).next_power_of_two().max(1 << 16);
        let slot = |hash: u32| hash.wrapping_mul(0x9E37_79B1) as usize & (bits - 1);
        let mut filter = vec![0u64; bits / 64];
        for &hash in hashes {
            filter[slot(hash) / 64] |= 1 << (slot(hash) % 64);
            out.entry(hash).or_default();
        }
        self.for_each(|n, _, record| {
            let mut last = None;
            for hash in record[4..].chunks_exact(4).map(word) {
                let may_be = filter[slot(hash) / 64] >> (slot(hash) % 64) & 1 == 1;
                // Unused places of a sketch repeat its last hash.
                if may_be
                    && last != Some(hash)
                    && let Some(holders) = out.get_mut(&hash)
                {
                    holders.count += 1;
                    if holders.records.len() < cap {
                        holders.records.push(n);
                    }
                }
                last = Some(hash);
            }
        });
        out
    }
}

/// Records that hold a shingle.
#[derive(Default)]
struct Holders {
    count: usize,
    records: Vec<u32>,
}

/// Disjoint sets with path halving; the root of a set is its lowest member.
#[derive(Default)]
struct Parts {
    parent: Vec<u32>,
}

impl Parts {
    fn new(len: usize) -> Self {
        Self {
            parent: (0..len as u32).collect(),
        }
    }

    /// A set of its own, by its number.
    fn add(&mut self) -> u32 {
        let n = self.parent.len() as u32;
        self.parent.push(n);
        n
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

/// Families being changed: records that are placed anew, and whole families that may be joined.
struct Joined<'a> {
    before: &'a Families,
    broken: FxHashSet<u32>,
    parts: Parts,
    /// Numbers in `parts`.
    families: FxHashMap<u32, u32>,
    records: FxHashMap<u32, u32>,
    keys: FxHashMap<u32, u64>,
}

impl<'a> Joined<'a> {
    fn new(before: &'a Families, broken: FxHashSet<u32>) -> Self {
        Self {
            before,
            broken,
            parts: Parts::default(),
            families: FxHashMap::default(),
            records: FxHashMap::default(),
            keys: FxHashMap::default(),
        }
    }

    /// The keys that stood in the families that may fall apart.
    fn broken_members(&self) -> Vec<u64> {
        let families = self.broken.iter();
        families.flat_map(|&f| self.before.members(f)).collect()
    }

    /// Makes a record one that is placed anew.
    fn anew(&mut self, record: u32, key: u64) -> u32 {
        self.keys.insert(record, key);
        let parts = &mut self.parts;
        *self.records.entry(record).or_insert_with(|| parts.add())
    }

    /// The set of a record: its family's if that stays whole.
    fn part(&mut self, (record, key): (u32, u64)) -> u32 {
        let family = self.before.family(key);
        match family.filter(|f| !self.broken.contains(f)) {
            Some(family) => {
                let parts = &mut self.parts;
                *self.families.entry(family).or_insert_with(|| parts.add())
            }
            None => self.anew(record, key),
        }
    }

    fn are_joined(&mut self, a: (u32, u64), b: (u32, u64)) -> bool {
        let (a, b) = (self.part(a), self.part(b));
        self.parts.root(a) == self.parts.root(b)
    }

    fn join(&mut self, a: (u32, u64), b: (u32, u64)) {
        let (a, b) = (self.part(a), self.part(b));
        self.parts.join(a, b);
    }

    /// All families as [`Families::table`]: joined ones take new numbers, others keep theirs.
    fn table(mut self) -> Vec<u8> {
        let mut sizes: FxHashMap<u32, u32> = FxHashMap::default();
        for &part in self.records.values().chain(self.families.values()) {
            *sizes.entry(self.parts.root(part)).or_default() += 1;
        }
        let mut next = self.before.highest().map_or(0, |n| n + 1);
        let mut numbers: FxHashMap<u32, u32> = FxHashMap::default();
        let mut number = |root: u32| {
            *numbers.entry(root).or_insert_with(|| {
                next += 1;
                next - 1
            })
        };
        let mut pairs = Vec::new();
        for (key, family) in self.before.all() {
            if self.broken.contains(&family) {
                continue;
            }
            let joined = self.families.get(&family);
            let root = joined.map(|&part| self.parts.root(part));
            let family = match root.filter(|root| sizes[root] > 1) {
                Some(root) => number(root),
                None => family,
            };
            pairs.push((key, family));
        }
        for (record, &part) in &self.records {
            let root = self.parts.root(part);
            if sizes[&root] > 1 {
                pairs.push((self.keys[record], number(root)));
            }
        }
        Families::table(pairs)
    }
}
