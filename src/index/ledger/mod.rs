//! The ledger: which files were read, which records they gave, and which record speaks for an id.
//!
//! It is a list of immutable runs ([`run`]), each a side table of the commit that wrote it; a later
//! run's entry of a file replaces earlier ones. A commit that changes little writes a little run,
//! and runs are folded into one when they become many, so that the cost follows the change. Runs are
//! mapped, not read: looking a file up touches a few pages.
//!
//! Which record wins an id is not stored but follows from the claims (contract, *Ids*), so that it
//! cannot disagree with them. After each commit exactly the winner of every id is indexed.

pub mod entry;
pub mod run;

pub use entry::{FileEntry, FileHead, Rank, Reading, Record, TroubleEntry};
pub use run::{Records, Run, RunBuilder};

use super::payload::{Payload, Table};
use crate::error::{Error, Result};
use std::collections::{BTreeMap, BTreeSet};
use tantivy::directory::OwnedBytes;

/// What the names of the ledger's side tables begin with.
pub const TABLE: &str = "ledger-";

/// All runs, oldest first.
#[derive(Default)]
pub struct Ledger {
    pub runs: Vec<Run>,
}

/// A file's newest entry: its run and its number within.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileAt {
    pub run: usize,
    pub file: u32,
}

/// A record that claims an id.
#[derive(Clone, Debug)]
pub struct Claim {
    pub at: FileAt,
    pub root: u32,
    /// The file's path relative to its root.
    pub path: String,
    pub record: Record,
}

impl Claim {
    /// What decides between claims; the greatest wins.
    pub fn rank(&self) -> Rank {
        self.record.rank(self.root, &self.path)
    }
}

impl Ledger {
    /// Opens the runs that a commit names.
    pub fn open(payload: &Payload, table: impl Fn(&str) -> Option<OwnedBytes>) -> Result<Self> {
        let mut runs = Vec::new();
        for name in payload.tables.keys().filter(|n| n.starts_with(TABLE)) {
            let bytes = table(name).ok_or_else(|| missing(name))?;
            runs.push(Run::open(name, bytes)?);
        }
        Ok(Self { runs })
    }

    /// The newest entry of a file in the first `upto` runs, also one that says it was removed.
    pub fn find(&self, root: u32, path: &str, upto: usize) -> Result<Option<FileAt>> {
        for run in (0..upto.min(self.runs.len())).rev() {
            if let Some(file) = self.runs[run].find(root, path)? {
                return Ok(Some(FileAt { run, file }));
            }
        }
        Ok(None)
    }

    /// The newest entry of a file, unless that says it was removed.
    pub fn file(&self, root: u32, path: &str) -> Result<Option<(FileAt, FileHead)>> {
        let Some(at) = self.find(root, path, self.runs.len())? else {
            return Ok(None);
        };
        let head = self.head(at)?;
        Ok((!head.removed).then_some((at, head)))
    }

    pub fn head(&self, at: FileAt) -> Result<FileHead> {
        self.runs[at.run].head(at.file)
    }

    /// A whole entry with its records.
    pub fn entry(&self, at: FileAt) -> Result<FileEntry> {
        self.runs[at.run].entry(at.file)
    }

    /// Whether an entry is its file's newest within the first `upto` runs.
    pub fn is_live(&self, at: FileAt, head: &FileHead, upto: usize) -> Result<bool> {
        if head.removed {
            return Ok(false);
        }
        Ok(self.find(head.root, &head.path, upto)? == Some(at))
    }

    /// The live claims on an id within the first `upto` runs, in no order; lost records are left out.
    pub fn claims(&self, id: &str, upto: usize) -> Result<Vec<Claim>> {
        let hash = entry::hash32(id.as_bytes());
        let mut claims = Vec::new();
        for (number, run) in self.runs.iter().enumerate().take(upto) {
            for at in run.records_with_id(hash) {
                let (file, record) = run.record(at)?;
                let head = run.head(file)?;
                if record.lost || record.id(&head.path, head.prefix()) != id {
                    continue;
                }
                let at = FileAt { run: number, file };
                if self.is_live(at, &head, upto)? {
                    claims.push(Claim {
                        at,
                        root: head.root,
                        path: head.path,
                        record,
                    });
                }
            }
        }
        Ok(claims)
    }

    /// Whether a live record other than those of `id` itself has a kill notice for `id`.
    ///
    /// A notice that bears the id which it kills speaks for the id and is not killed by it.
    pub fn is_killed(&self, id: &str, upto: usize) -> Result<bool> {
        let hash = entry::hash32(id.as_bytes());
        for (number, run) in self.runs.iter().enumerate().take(upto) {
            for at in run.records_killing(hash) {
                let (file, record) = run.record(at)?;
                if !record.kills.iter().any(|k| k == id) {
                    continue;
                }
                let head = run.head(file)?;
                if self.is_live(FileAt { run: number, file }, &head, upto)? {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// The claim that wins an id within the first `upto` runs; `None` if there is none, or it was killed.
    pub fn winner(&self, id: &str, upto: usize) -> Result<Option<Claim>> {
        let mut claims = self.claims(id, upto)?;
        if !claims.is_empty() && self.is_killed(id, upto)? {
            claims.retain(|c| c.record.kills.iter().any(|k| k == id));
        }
        Ok(claims.into_iter().max_by_key(Claim::rank))
    }

    /// Calls `f` with every live file's entry, in no order.
    pub fn for_each(&self, mut f: impl FnMut(FileAt, FileHead) -> Result<()>) -> Result<()> {
        for (number, run) in self.runs.iter().enumerate() {
            for file in 0..run.files() {
                let at = FileAt { run: number, file };
                let head = run.head(file)?;
                if self.is_live(at, &head, self.runs.len())? {
                    f(at, head)?;
                }
            }
        }
        Ok(())
    }

    /// Ids that more than one record may claim, that a notice kills, or that are among `more`; each once.
    ///
    /// Told by comparing short hashes, so that only few records are decoded.
    pub fn contested<'a>(
        &self,
        more: impl Iterator<Item = &'a String>,
    ) -> Result<BTreeSet<String>> {
        let mut ids: BTreeSet<String> = more.cloned().collect();
        let mut hashes: Vec<(u32, u32, u32)> = Vec::new();
        for (number, run) in (0..).zip(&self.runs) {
            hashes.extend(run.id_hashes().map(|(hash, at)| (hash, number, at)));
            for at in run.killing_records() {
                ids.extend(run.record(at)?.1.kills);
            }
        }
        hashes.sort_unstable();
        for group in hashes.chunk_by(|a, b| a.0 == b.0).filter(|g| g.len() > 1) {
            for &(_, run, at) in group {
                let run = &self.runs[run as usize];
                let (file, record) = run.record(at)?;
                let head = run.head(file)?;
                ids.insert(record.id(&head.path, head.prefix()));
            }
        }
        Ok(ids)
    }

    /// Calls `f` with every record that is the winner of its id, in no order.
    pub fn for_each_winner(
        &self,
        forgotten: impl Fn(&str) -> bool,
        mut f: impl FnMut(FileAt, &FileHead, Record) -> Result<()>,
    ) -> Result<()> {
        let contested = self.contested([].iter())?;
        self.for_each(|at, head| {
            self.runs[at.run].for_each_record(at.file, |record| {
                let id = record.id(&head.path, head.prefix());
                if record.lost || forgotten(&id) {
                    return Ok(());
                }
                let wins = match contested.contains(&id) {
                    true => {
                        let winner = self.winner(&id, self.runs.len())?;
                        winner.is_some_and(|w| w.record.key == record.key)
                    }
                    false => true,
                };
                match wins {
                    true => f(at, &head, record),
                    false => Ok(()),
                }
            })
        })
    }

    /// Where a claim's record stands, as messages name it.
    pub fn place(&self, claim: &Claim) -> Result<String> {
        let name = self.head(claim.at)?.name();
        let place = format!("{name}{}", claim.record.member);
        Ok(match claim.record.record {
            0 => place,
            n => format!("{place}, record {n}"),
        })
    }

    /// Number of file entries, outdated ones included.
    pub fn entries(&self) -> u64 {
        self.runs.iter().map(|r| u64::from(r.files())).sum()
    }

    /// The first of the runs that are to be folded into one, if they are.
    pub fn fold_from(&self) -> Option<usize> {
        let sizes: Vec<u64> = self.runs.iter().map(|r| r.bytes().len() as u64).collect();
        fold_from(&sizes)
    }

    /// One run of what is live in the runs from `from` on.
    ///
    /// Entries that say a file was removed are kept unless no older run could hold that file.
    pub fn fold(&self, from: usize) -> Result<RunBuilder> {
        let mut out = RunBuilder::default();
        for (number, run) in self.runs.iter().enumerate().skip(from) {
            for file in 0..run.files() {
                let at = FileAt { run: number, file };
                let head = run.head(file)?;
                let newest = self.find(head.root, &head.path, self.runs.len())? == Some(at);
                if newest && (from > 0 || !head.removed) {
                    out.push(&run.entry(file)?)?;
                }
            }
        }
        Ok(out)
    }
}

/// The first of the runs that are to be folded into one, if they are; `sizes` are those of all, oldest first.
///
/// Runs are folded from the newest on while the sum so far is at least a third of the next: each
/// entry is then rewritten about log₄ of the number of commits.
pub(super) fn fold_from(sizes: &[u64]) -> Option<usize> {
    let mut sum = *sizes.last()?;
    let mut from = sizes.len() - 1;
    while from > 0 && sum.saturating_mul(3) >= sizes[from - 1] {
        from -= 1;
        sum += sizes[from];
    }
    // Nothing is gained below a few: a search never looks at them.
    let few = from > 0 && sizes.len() <= 4;
    (from + 1 < sizes.len() && !few).then_some(from)
}

fn missing(name: &str) -> Error {
    Error::Damaged(format!(
        "{name}: the ledger is missing; `dateline index --rebuild` writes the index anew"
    ))
}

/// The tables of a payload that are not the ledger's.
pub fn other_tables(payload: &Payload) -> BTreeMap<String, Table> {
    payload
        .tables
        .iter()
        .filter(|(name, _)| !name.starts_with(TABLE))
        .map(|(name, table)| (name.clone(), table.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(id: &str, key: u64, version: Option<u64>) -> Record {
        let mut record = Record {
            key,
            version,
            lang: "en".to_owned(),
            passages: 1,
            ..Record::default()
        };
        record.set_id(id, "unlike any id", "");
        record
    }

    fn file(path: &str, records: Vec<Record>) -> FileEntry {
        FileEntry {
            head: FileHead::new(0, "", path),
            records,
        }
    }

    fn gone(path: &str) -> FileEntry {
        let mut entry = file(path, Vec::new());
        entry.head.removed = true;
        entry
    }

    fn ledger(runs: &[&[FileEntry]]) -> Ledger {
        let runs = runs.iter().map(|entries| {
            let mut builder = RunBuilder::default();
            for entry in *entries {
                builder.push(entry).expect("fits");
            }
            Run::open("test", OwnedBytes::new(builder.finish())).expect("opens")
        });
        Ledger {
            runs: runs.collect(),
        }
    }

    fn winner(ledger: &Ledger, id: &str) -> Option<u64> {
        let winner = ledger.winner(id, ledger.runs.len()).expect("told");
        winner.map(|claim| claim.record.key)
    }

    #[test]
    fn a_later_run_replaces_a_file_with_all_its_records() {
        let first = [file("a", vec![record("x", 1, None), record("y", 2, None)])];
        let second = [file("a", vec![record("x", 3, None)])];
        let ledger = ledger(&[&first, &second]);
        assert_eq!(winner(&ledger, "x"), Some(3));
        assert_eq!(winner(&ledger, "y"), None);
        assert_eq!(
            ledger.winner("y", 1).expect("told").map(|c| c.record.key),
            Some(2)
        );
        let (_, head) = ledger.file(0, "a").expect("told").expect("known");
        assert_eq!(head.records, 1);
    }

    #[test]
    fn a_removed_file_claims_nothing() {
        let ledger = ledger(&[&[file("a", vec![record("x", 1, None)])], &[gone("a")]]);
        assert_eq!(winner(&ledger, "x"), None);
        assert!(ledger.file(0, "a").expect("told").is_none());
    }

    #[test]
    fn the_winner_has_the_highest_version_then_the_latest_times_then_the_greatest_path() {
        let mut late = record("x", 2, None);
        late.updated = Some(100);
        let mut early = record("x", 3, None);
        early.updated = Some(50);
        early.published = Some(1_000);
        let versions = ledger(&[&[
            file("a", vec![record("x", 1, Some(0))]),
            file("b", vec![late.clone()]),
        ]]);
        assert_eq!(winner(&versions, "x"), Some(1), "a version beats none");
        let times = ledger(&[&[file("b", vec![early]), file("a", vec![late])]]);
        assert_eq!(
            winner(&times, "x"),
            Some(2),
            "`updated` goes before `published`"
        );
        let paths = ledger(&[&[
            file("b", vec![record("x", 5, None)]),
            file("a", vec![record("x", 6, None)]),
        ]]);
        assert_eq!(winner(&paths, "x"), Some(5));
    }

    #[test]
    fn a_kill_notice_removes_what_it_names_until_it_goes() {
        let mut notice = record("notice", 2, None);
        notice.kills = vec!["x".to_owned()];
        let story = [file("a", vec![record("x", 1, None)])];
        let kill = [file("b", vec![notice])];
        let killed = ledger(&[&story, &kill]);
        assert_eq!(winner(&killed, "x"), None);
        assert_eq!(winner(&killed, "notice"), Some(2));
        let lifted = ledger(&[&story, &kill, &[gone("b")]]);
        assert_eq!(winner(&lifted, "x"), Some(1));
    }

    #[test]
    fn a_notice_that_bears_the_id_it_kills_speaks_for_it() {
        let mut notice = record("x", 2, Some(1));
        notice.kills = vec!["x".to_owned()];
        let ledger = ledger(&[&[
            file("a", vec![record("x", 1, Some(9))]),
            file("b", vec![notice]),
        ]]);
        assert_eq!(winner(&ledger, "x"), Some(2));
    }

    #[test]
    fn a_folded_ledger_says_the_same() {
        let runs: [&[FileEntry]; 4] = [
            &[
                file("a", vec![record("x", 1, None), record("y", 2, None)]),
                file("b", vec![record("z", 3, None)]),
            ],
            &[file("a", vec![record("x", 4, None)])],
            &[gone("b")],
            &[file("c", vec![record("x", 5, None)])],
        ];
        let before = ledger(&runs);
        for from in 0..4 {
            let folded = before.fold(from).expect("folds").finish();
            let mut runs = ledger(&runs[..from]).runs;
            runs.push(Run::open("folded", OwnedBytes::new(folded)).expect("opens"));
            let after = Ledger { runs };
            for id in ["x", "y", "z"] {
                assert_eq!(winner(&before, id), winner(&after, id), "{id} from {from}");
            }
            assert!(after.file(0, "b").expect("told").is_none());
        }
    }

    #[test]
    fn damaged_bytes_are_an_error_or_another_answer_but_never_a_panic() {
        let mut builder = RunBuilder::default();
        for n in 0..5 {
            let records = vec![record(&format!("id-{n}"), n, Some(n))];
            builder
                .push(&file(&format!("file-{n}"), records))
                .expect("fits");
        }
        let whole = builder.finish();
        for at in 0..whole.len() {
            for bits in [0xff, 0x80, 0x01] {
                let mut bytes = whole.clone();
                bytes[at] ^= bits;
                let Ok(run) = Run::open("test", OwnedBytes::new(bytes)) else {
                    continue;
                };
                let ledger = Ledger { runs: vec![run] };
                let _ = ledger.for_each(|at, _| ledger.entry(at).map(|_| ()));
                let _ = ledger.contested([].iter());
                let _ = ledger.winner("id-3", 1);
                let _ = ledger.file(0, "file-3");
            }
            assert!(Run::open("test", OwnedBytes::new(whole[..at].to_vec())).is_err());
        }
    }
}
