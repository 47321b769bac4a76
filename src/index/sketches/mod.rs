//! The sketches of an archive and the families that they make.
//!
//! Sketches lie in runs, as the ledger does: a commit writes those of its new articles as one side
//! table, and small runs are folded. Records of articles that are gone stay where they are, with
//! their keys in a list, until that run is folded. Runs are mapped: a commit reads through them once,
//! [`RECORD`] bytes an article, and holds in memory what the change touches, not the archive.
//!
//! Families are what copies connect ([`super::sketch`]). A commit makes those anew that its change
//! touches ([`cluster`]); the result is that of making all of them from all sketches, which a commit
//! does whose change is a large part of the archive.

pub(super) mod cluster;

use super::families::Families;
use super::ledger;
use super::payload::Payload;
use super::session::Session;
use super::sketch::{BYTES, FREQUENT_ABOVE, Sketch, word};
use crate::error::Result;
use tantivy::directory::OwnedBytes;

/// Bytes of a record of a run: the key, then the sketch.
const RECORD: usize = 8 + BYTES;

/// What the names of runs begin with.
pub const RUNS: &str = "sketches-";
/// Side tables: keys in the runs that are gone, and shingles that are boilerplate.
pub const GONE: &str = "sketched-gone";
pub const FREQUENT: &str = "shingles-frequent";
/// Before the keys of [`GONE`]: a list of key 0 alone would look the same when zeroed.
const GONE_MAGIC: &[u8] = b"dl-gone1";
/// The side table of families.
pub const FAMILIES: &str = "families";

/// Runs with more records of gone articles than one in this many are folded.
const GONE_PART: usize = 8;
/// Changes of more than one in this many articles make all families anew: it costs no more then.
const CHANGED_PART: usize = 8;

/// Pairs of shingle and record that are sorted at a time: bounds the memory of making all families.
///
/// Twelve bytes each are taken.
const AT_A_TIME: u64 = 3 << 20;

/// What a test makes small.
#[derive(Clone, Copy)]
struct Limits {
    frequent: usize,
    at_a_time: u64,
    changed_part: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            frequent: FREQUENT_ABOVE,
            at_a_time: AT_A_TIME,
            changed_part: CHANGED_PART,
        }
    }
}

/// The sketches of one commit.
#[derive(Clone, Default)]
pub struct Sketches {
    limits: Limits,
    /// Oldest first; no key is twice in them.
    runs: Vec<SketchRun>,
    /// Sorted keys in the runs that no longer count.
    gone: Vec<u64>,
    /// Sorted hashes that more than [`super::sketch::FREQUENT`] sketches hold.
    frequent: Vec<u32>,
}

/// Records sorted by key.
#[derive(Clone)]
struct SketchRun {
    bytes: OwnedBytes,
}

impl SketchRun {
    fn new(mut records: Vec<(u64, Sketch)>) -> Self {
        records.sort_unstable_by_key(|r| r.0);
        records.dedup_by_key(|r| r.0);
        let mut bytes = Vec::with_capacity(records.len() * RECORD);
        for (key, sketch) in &records {
            bytes.extend_from_slice(&key.to_le_bytes());
            sketch.encode(&mut bytes);
        }
        Self {
            bytes: OwnedBytes::new(bytes),
        }
    }

    fn len(&self) -> usize {
        self.bytes.len() / RECORD
    }

    fn record(&self, n: usize) -> &[u8] {
        &self.bytes[n * RECORD..(n + 1) * RECORD]
    }

    fn key(&self, n: usize) -> u64 {
        key_of(self.record(n))
    }

    fn find(&self, key: u64) -> Option<usize> {
        let at = super::families::partition(self.len(), |n| self.key(n) < key);
        (at < self.len() && self.key(at) == key).then_some(at)
    }
}

fn key_of(record: &[u8]) -> u64 {
    u64::from(word(&record[..4])) | u64::from(word(&record[4..8])) << 32
}

/// What a change left to write.
struct Changed {
    /// The first run that is new or was folded.
    first_new: usize,
    added: Vec<u64>,
    removed: Vec<(u64, Sketch)>,
}

impl Sketches {
    /// Opens the runs that a commit names.
    fn open(payload: &Payload, table: impl Fn(&str) -> Result<Option<OwnedBytes>>) -> Result<Self> {
        let mut out = Self::default();
        for name in payload.tables.keys().filter(|n| n.starts_with(RUNS)) {
            out.runs
                .extend(table(name)?.map(|bytes| SketchRun { bytes }));
        }
        if let Some(bytes) = table(GONE)? {
            let keys = bytes.strip_prefix(GONE_MAGIC).unwrap_or(&[]);
            out.gone = keys.chunks_exact(8).map(key_of).collect();
        }
        if let Some(bytes) = table(FREQUENT)? {
            out.frequent = bytes.chunks_exact(4).map(word).collect();
        }
        Ok(out)
    }

    /// Number of articles that have a sketch.
    pub fn len(&self) -> usize {
        self.records().saturating_sub(self.gone.len())
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn records(&self) -> usize {
        self.runs.iter().map(SketchRun::len).sum()
    }

    fn is_gone(&self, key: u64) -> bool {
        self.gone.binary_search(&key).is_ok()
    }

    /// Calls `f` with the number, key and bytes of every record whose article is there.
    fn for_each(&self, mut f: impl FnMut(u32, u64, &[u8])) {
        let mut number = 0;
        for run in &self.runs {
            let mut gone = self.gone.iter().peekable();
            for record in run.bytes.chunks_exact(RECORD) {
                let key = key_of(record);
                while gone.next_if(|&&g| g < key).is_some() {}
                if gone.peek() != Some(&&key) {
                    f(number, key, &record[8..]);
                }
                number += 1;
            }
        }
    }

    /// The number and sketch of a record whose article is there.
    fn find(&self, key: u64) -> Option<(u32, Sketch)> {
        if self.is_gone(key) {
            return None;
        }
        let mut before = 0;
        for run in &self.runs {
            if let Some(at) = run.find(key) {
                return Some(((before + at) as u32, Sketch::decode(&run.record(at)[8..])));
            }
            before += run.len();
        }
        None
    }

    /// The key and sketch of a record, by its number.
    fn get(&self, number: u32) -> (u64, Sketch) {
        let mut at = number as usize;
        for run in &self.runs {
            if at < run.len() {
                let record = run.record(at);
                return (key_of(record), Sketch::decode(&record[8..]));
            }
            at -= run.len();
        }
        (u64::MAX, Sketch::decode(&[]))
    }

    /// Adds a run of new records and takes out those of `gone` keys; folds runs where it is time.
    fn change(&mut self, mut added: Vec<(u64, Sketch)>, gone: &[u64], fold_all: bool) -> Changed {
        let leaves: rustc_hash::FxHashSet<u64> = gone.iter().copied().collect();
        let mut removed = Vec::new();
        for &key in &leaves {
            removed.extend(self.find(key).map(|(_, sketch)| (key, sketch)));
        }
        removed.sort_unstable_by_key(|r| r.0);
        let mut first_new = self.runs.len();
        // A record that comes back would stand in two runs.
        let returns = added.iter().any(|(key, _)| self.is_gone(*key));
        self.gone.extend(removed.iter().map(|r| r.0));
        self.gone.sort_unstable();
        added.retain(|(key, sketch)| {
            !sketch.is_empty() && !leaves.contains(key) && self.find(*key).is_none()
        });
        if fold_all || returns || self.gone.len() * GONE_PART > self.records() {
            first_new = 0;
            self.fold(0);
        }
        let mut keys: Vec<u64> = added.iter().map(|r| r.0).collect();
        keys.sort_unstable();
        keys.dedup();
        if !added.is_empty() {
            self.runs.push(SketchRun::new(added));
        }
        let sizes: Vec<u64> = self.runs.iter().map(|r| r.bytes.len() as u64).collect();
        if let Some(from) = ledger::fold_from(&sizes) {
            first_new = first_new.min(from);
            self.fold(from);
        }
        Changed {
            first_new,
            added: keys,
            removed,
        }
    }

    /// Makes one run of what is there in the runs from `from` on.
    fn fold(&mut self, from: usize) {
        let mut live: Vec<(u64, usize, usize)> = Vec::new();
        for (r, run) in self.runs.iter().enumerate().skip(from) {
            let keys = (0..run.len()).map(|n| (run.key(n), r, n));
            live.extend(keys.filter(|&(key, ..)| !self.is_gone(key)));
        }
        live.sort_unstable();
        let mut bytes = Vec::with_capacity(live.len() * RECORD);
        for (_, run, n) in live {
            bytes.extend_from_slice(self.runs[run].record(n));
        }
        self.runs.truncate(from);
        let older = &self.runs;
        self.gone
            .retain(|&key| older.iter().any(|run| run.find(key).is_some()));
        if !bytes.is_empty() {
            let bytes = OwnedBytes::new(bytes);
            self.runs.push(SketchRun { bytes });
        }
    }
}

/// Writes the sketches and families of the coming commit.
pub(crate) fn put(
    session: &Session,
    payload: &mut Payload,
    added: Vec<(u64, Sketch)>,
    gone: &[u64],
    fold_all: bool,
) -> Result<()> {
    let mut sketches = Sketches::open(payload, |name| session.table(name))?;
    let before = session.table(FAMILIES)?.map(Families::open);
    let changed = sketches.change(added, gone, fold_all);
    let families = sketches.families_after(before.unwrap_or_default(), &changed);
    let stale: Vec<String> = run_names(payload).skip(changed.first_new).collect();
    payload.tables.retain(|name, _| !stale.contains(name));
    for (n, run) in sketches.runs.iter().skip(changed.first_new).enumerate() {
        let name = format!("{RUNS}{:010}-{n:03}", payload.generation);
        session.put_table(payload, &name, &run.bytes)?;
    }
    let mut gone = Vec::new();
    if !sketches.gone.is_empty() {
        gone.extend_from_slice(GONE_MAGIC);
        gone.extend(sketches.gone.iter().flat_map(|key| key.to_le_bytes()));
    }
    let frequent = sketches.frequent.iter().flat_map(|hash| hash.to_le_bytes());
    for (name, bytes) in [
        (GONE, gone),
        (FREQUENT, frequent.collect()),
        (FAMILIES, families.clone()),
    ] {
        // A file without a byte holds nothing that could be checked.
        match bytes.is_empty() {
            true => drop(payload.tables.remove(name)),
            false => session.put_table(payload, name, &bytes)?,
        }
    }
    payload.families = Families::open(OwnedBytes::new(families)).len() as u64;
    Ok(())
}

fn run_names(payload: &Payload) -> impl Iterator<Item = String> {
    let names = payload.tables.keys().filter(|name| name.starts_with(RUNS));
    names.cloned().collect::<Vec<_>>().into_iter()
}

/// The table of the families of these sketches, made at once.
pub fn families(sketches: Vec<(u64, Sketch)>) -> Vec<u8> {
    let mut all = Sketches::default();
    let changed = all.change(sketches, &[], false);
    all.families_after(Families::default(), &changed)
}

#[cfg(test)]
mod tests;
