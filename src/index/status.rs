//! What an index holds, and what it left out and why.

use super::Archive;
use super::archive::Snapshot;
use super::forget::{self, Forgotten};
use super::ledger::{Ledger, Reading};
use super::payload::Root;
use super::progress::{Omission, OmissionKind};
use super::request::SCHEMA_VERSION;
use super::scan::omission;
use super::without::Without;
use crate::error::Result;
use serde::Serialize;
use std::collections::BTreeMap;

/// What an index holds. Serialises to the contract's `status` object.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Status {
    pub schema_version: u32,
    pub location: String,
    pub format: u32,
    pub generation: u64,
    pub articles: u64,
    pub passages: u64,
    pub families: u64,
    pub undated: u64,
    /// Articles by language code.
    pub languages: BTreeMap<String, u64>,
    /// What it was made without.
    pub without: Without,
    pub roots: Vec<Root>,
    /// Of all files of the index.
    pub bytes: u64,
    /// Sorted by path.
    pub skipped: Vec<Omission>,
}

/// Describes the commit that `archive` has open.
pub fn status(archive: &Archive) -> Result<Status> {
    let snapshot = archive.snapshot();
    let payload = &snapshot.payload;
    let roots = super::roots::Roots::new(archive.location(), payload.roots.clone());
    Ok(Status {
        schema_version: SCHEMA_VERSION,
        location: archive.location().display().to_string(),
        without: payload.without,
        format: payload.format,
        generation: payload.generation,
        articles: payload.articles,
        passages: payload.passages,
        families: payload.families,
        undated: payload.undated,
        languages: payload.languages.clone(),
        roots: (0..)
            .zip(&payload.roots)
            .map(|(number, root)| Root {
                prefix: root.prefix.clone(),
                path: roots.folder(number).display().to_string(),
            })
            .collect(),
        bytes: archive.bytes(),
        skipped: omissions(&snapshot)?,
    })
}

/// Everything that is not in the index although a file holds or should hold it.
pub fn omissions(snapshot: &Snapshot) -> Result<Vec<Omission>> {
    let ledger = Ledger::open(&snapshot.payload, |name| snapshot.table(name))?;
    let forgotten = Forgotten::decode(snapshot.table(forget::TABLE).as_deref())?;
    let mut out = Vec::new();
    let all = ledger.runs.len();
    ledger.for_each(|_, head| {
        let name = head.name();
        out.extend(head.troubles.iter().map(|t| omission(&name, t)));
        if head.reading == Reading::Begun {
            out.push(Omission {
                reason: format!(
                    "read up to its article {}; `dateline index` reads on",
                    head.records
                ),
                path: name,
                record: None,
                kind: OmissionKind::Skipped,
            });
        }
        Ok(())
    })?;
    for id in ledger.contested(forgotten.ids())? {
        let claims = ledger.claims(&id, all)?;
        let is_forgotten = forgotten.has_id(&id);
        let winner = match is_forgotten {
            true => None,
            false => ledger.winner(&id, all)?,
        };
        for claim in &claims {
            if winner
                .as_ref()
                .is_some_and(|w| w.record.key == claim.record.key)
            {
                continue;
            }
            let (kind, reason) = match &winner {
                Some(winner) => (
                    OmissionKind::Superseded,
                    format!("{id} is taken from {}", ledger.place(winner)?),
                ),
                None if is_forgotten => (
                    OmissionKind::Skipped,
                    format!("{id} is forgotten (`dateline forget`)"),
                ),
                None => (
                    OmissionKind::Superseded,
                    format!("{id} was removed by a kill notice"),
                ),
            };
            let head = ledger.head(claim.at)?;
            out.push(Omission {
                path: format!("{}{}", head.name(), claim.record.member),
                record: (claim.record.record > 0).then_some(claim.record.record),
                kind,
                reason,
            });
        }
    }
    out.extend(lost(&ledger)?);
    out.sort();
    Ok(out)
}

/// Records whose file had changed when they were to take over their id.
fn lost(ledger: &Ledger) -> Result<Vec<Omission>> {
    let mut out = Vec::new();
    ledger.for_each(|at, head| {
        // Set together with `lost`, so that only few entries are decoded.
        if !head.racy {
            return Ok(());
        }
        for record in ledger.entry(at)?.records.iter().filter(|r| r.lost) {
            out.push(Omission {
                path: format!("{}{}", head.name(), record.member),
                record: (record.record > 0).then_some(record.record),
                kind: OmissionKind::Failed,
                reason: "changed or gone since it was read; `dateline index` reads it as it is now"
                    .to_owned(),
            });
        }
        Ok(())
    })?;
    Ok(out)
}
