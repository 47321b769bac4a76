//! Which documents must go, and which records must be read again, so that after the commit exactly
//! the winner of every id is indexed.
//!
//! Before a run the winner of every id within the old ledger is indexed; that is the invariant.
//! Only ids that an entry of this run claims, claimed or kills can have another winner now.

use super::forget::Forgotten;
use super::ledger::entry::hash32;
use super::ledger::{Claim, FileAt, Ledger, Record};
use super::payload::Payload;
use crate::error::Result;
use rustc_hash::{FxHashMap, FxHashSet};
use xxhash_rust::xxh3::xxh3_128;

/// What follows from the entries of a run.
#[derive(Default)]
pub(crate) struct Resolution {
    /// Keys whose documents go.
    pub delete: Vec<u64>,
    /// Records that win but are not indexed.
    pub reread: FxHashMap<(usize, u32), Vec<Record>>,
    pub counts: Counts,
    pub added: u64,
    pub replaced: u64,
    pub removed: u64,
    /// Records of this run that do not win.
    pub superseded: u64,
}

/// What the payload counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub articles: i64,
    pub passages: i64,
    pub undated: i64,
    pub languages: FxHashMap<String, i64>,
}

impl Counts {
    pub fn count(&mut self, record: &Record, sign: i64) {
        self.articles += sign;
        self.passages += sign * i64::from(record.passages);
        self.undated += sign * i64::from(record.published.is_none());
        match self.languages.get_mut(&record.lang) {
            Some(n) => *n += sign,
            None => {
                self.languages.insert(record.lang.clone(), sign);
            }
        }
    }

    /// Adds these differences to a payload.
    pub fn apply(&self, payload: &mut Payload) {
        let add = |n: &mut u64, by: i64| *n = n.saturating_add_signed(by);
        add(&mut payload.articles, self.articles);
        add(&mut payload.passages, self.passages);
        add(&mut payload.undated, self.undated);
        for (lang, by) in &self.languages {
            add(payload.languages.entry(lang.clone()).or_default(), *by);
        }
        payload.languages.retain(|_, n| *n > 0);
    }
}

/// Compares the ledger's first `old` runs with all of them; `added` are the keys indexed in between.
pub(crate) fn resolve(
    ledger: &Ledger,
    old: usize,
    added: &FxHashSet<u64>,
    forgotten: (&Forgotten, &Forgotten),
) -> Result<Resolution> {
    let mut work = Work {
        ledger,
        old,
        added,
        forgotten,
        done: FxHashSet::default(),
        out: Resolution::default(),
        kills: ledger.runs.iter().any(super::ledger::Run::has_kills),
    };
    for run in old..ledger.runs.len() {
        for file in 0..ledger.runs[run].files() {
            work.file(FileAt { run, file })?;
        }
    }
    for id in forgotten.1.ids() {
        if !forgotten.0.has_id(id) {
            work.id(id)?;
        }
    }
    Ok(work.out)
}

struct Work<'a> {
    ledger: &'a Ledger,
    old: usize,
    added: &'a FxHashSet<u64>,
    /// Before and after.
    forgotten: (&'a Forgotten, &'a Forgotten),
    done: FxHashSet<u128>,
    out: Resolution,
    kills: bool,
}

impl Work<'_> {
    /// Looks at every id that an entry of this run or the one it replaces has to do with.
    fn file(&mut self, at: FileAt) -> Result<()> {
        let head = self.ledger.head(at)?;
        let before = self.ledger.find(head.root, &head.path, self.old)?;
        for at in std::iter::once(at).chain(before) {
            let head = self.ledger.head(at)?;
            let ledger = self.ledger;
            ledger.runs[at.run].for_each_record(at.file, |record| {
                self.id(&record.id(&head.path, head.prefix()))?;
                record.kills.iter().try_for_each(|killed| self.id(killed))
            })?;
        }
        Ok(())
    }

    fn id(&mut self, id: &str) -> Result<()> {
        if !self.done.insert(xxh3_128(id.as_bytes())) {
            return Ok(());
        }
        if let Some((at, record)) = self.only_claim(id)? {
            return self.settle(None, Some((at, record)), &[]);
        }
        let before = match self.forgotten.0.has_id(id) {
            true => None,
            false => self.ledger.winner(id, self.old)?,
        };
        let all = self.ledger.runs.len();
        let after = match self.forgotten.1.has_id(id) {
            true => None,
            false => self.ledger.winner(id, all)?,
        };
        let claims = self.ledger.claims(id, all)?;
        let winner = after.as_ref().map(|c| c.record.key);
        self.out.superseded += claims
            .iter()
            .filter(|c| c.at.run >= self.old && Some(c.record.key) != winner)
            .count() as u64;
        let keys: Vec<u64> = claims.iter().map(|c| c.record.key).collect();
        let place = |claim: Claim| (claim.at, claim.record);
        self.settle(before.map(|c| c.record), after.map(place), &keys)
    }

    /// The common case of a first run, told from the run's table alone: one record, one claim.
    fn only_claim(&self, id: &str) -> Result<Option<(FileAt, Record)>> {
        if self.kills || self.old > 0 || self.ledger.runs.len() != 1 || !self.forgotten.1.is_empty()
        {
            return Ok(None);
        }
        let run = &self.ledger.runs[0];
        let mut with_id = run.records_with_id(hash32(id.as_bytes()));
        match (with_id.next(), with_id.next()) {
            (Some(number), None) => {
                let (file, record) = run.record(number)?;
                Ok((!record.lost).then_some((FileAt { run: 0, file }, record)))
            }
            _ => Ok(None),
        }
    }

    fn settle(
        &mut self,
        before: Option<Record>,
        after: Option<(FileAt, Record)>,
        claims: &[u64],
    ) -> Result<()> {
        let winner = after.as_ref().map(|(_, record)| record.key);
        if let Some(before) = &before {
            self.out.counts.count(before, -1);
            if winner != Some(before.key) {
                self.out.delete.push(before.key);
            }
        }
        self.out.delete.extend(
            claims
                .iter()
                .filter(|key| Some(**key) != winner && self.added.contains(key)),
        );
        match (&before, &after) {
            (None, Some(_)) => self.out.added += 1,
            (Some(_), None) => self.out.removed += 1,
            (Some(a), Some((_, b))) if a.key != b.key => self.out.replaced += 1,
            _ => {}
        }
        if let Some((at, record)) = after {
            self.out.counts.count(&record, 1);
            let indexed =
                self.added.contains(&record.key) || before.is_some_and(|b| b.key == record.key);
            if !indexed {
                let wanted = self.out.reread.entry((at.run, at.file)).or_default();
                wanted.push(record);
            }
        }
        Ok(())
    }
}
