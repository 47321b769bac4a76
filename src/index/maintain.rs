//! Compaction, and removing articles for good.

use super::archive::{folders, guard};
use super::forget::{self, Forgotten};
use super::ledger::{self, FileEntry, FileHead, RunBuilder};
use super::merge;
use super::payload::Payload;
use super::progress::{Progress, Step};
use super::resolve::resolve;
use super::roots::Roots;
use super::session::{Opener, Session};
use super::update::push_run;
use crate::error::{Error, Result};
use crate::read::walk::display_path;
use rustc_hash::FxHashSet;
use serde::Serialize;
use std::path::Path;
use std::sync::atomic::AtomicBool;

/// What a compaction did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CompactReport {
    pub bytes_before: u64,
    pub bytes_after: u64,
    pub segments_before: usize,
    pub segments_after: usize,
}

/// Merges all segments into one and folds the ledger, so that no deleted text is left in the index's files.
///
/// Searches go on meanwhile. Needs free space of about the index's size for as long as it runs.
/// `cancel` is looked at between steps; what was not merged stays as it was.
pub fn compact(
    location: &Path,
    progress: &dyn Progress,
    cancel: &AtomicBool,
) -> Result<CompactReport> {
    guard(location, || {
        compact_in(location, progress, cancel, &folders)
    })
    .map_err(|e| super::update::explain(location, None, e))
}

pub(crate) fn compact_in(
    location: &Path,
    progress: &dyn Progress,
    cancel: &AtomicBool,
    opener: &Opener<'_>,
) -> Result<CompactReport> {
    let mut session = Session::open(location, false, opener)?;
    let mut report = CompactReport {
        bytes_before: session.bytes(),
        segments_before: session.index.searchable_segment_ids()?.len(),
        ..CompactReport::default()
    };
    progress.step(Step::Merging, 0, report.bytes_before);
    let mut writer = session.writer(1, 0)?;
    if session.ledger.runs.len() > 1 {
        let mut payload = session.next_payload();
        put_folded(&session, &mut payload)?;
        session.commit(&mut writer, payload)?;
    }
    merge::into_one(&session, &mut writer, cancel)?;
    writer.garbage_collect_files().wait()?;
    writer.wait_merging_threads()?;
    report.bytes_after = session.bytes();
    report.segments_after = session.index.searchable_segment_ids()?.len();
    Ok(report)
}

/// Replaces all runs of the ledger by one.
fn put_folded(session: &Session, payload: &mut Payload) -> Result<()> {
    payload
        .tables
        .retain(|name, _| !name.starts_with(ledger::TABLE));
    let name = format!("{}{:010}-000", ledger::TABLE, payload.generation);
    let folded = session.ledger.fold(0)?;
    session.put_table(payload, &name, &folded.finish())
}

/// What `forget` removed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ForgetReport {
    /// Articles that are no longer in the index.
    pub articles: u64,
    /// Files that are no longer in its ledger.
    pub files: u64,
}

/// Removes an article by id, or a file or folder with all its articles, for good.
///
/// `what` is taken as an id first, then as a path as `status` names it, then as a path from the
/// folder `here`. The text is gone from the index's files afterwards (not from the sources, nor
/// from blocks that the file system freed). The id or path is remembered, so that no update brings
/// it back while its source is still there; [`recall`] lifts that.
///
/// # Errors
/// `Usage` if the index knows nothing of that name.
pub fn forget(
    location: &Path,
    what: &str,
    here: &Path,
    progress: &dyn Progress,
    cancel: &AtomicBool,
) -> Result<ForgetReport> {
    guard(location, || {
        forget_in(location, what, here, progress, cancel)
    })
}

fn forget_in(
    location: &Path,
    what: &str,
    here: &Path,
    progress: &dyn Progress,
    cancel: &AtomicBool,
) -> Result<ForgetReport> {
    let mut session = Session::open(location, false, &folders)?;
    let before = session.forgotten()?;
    let mut after = before.clone();
    let all = session.ledger.runs.len();
    let mut report = ForgetReport::default();
    let mut gone = RunBuilder::default();
    if session.ledger.claims(what, all)?.is_empty() {
        let (root, path) = named(&session, what, here)?.ok_or_else(|| unknown(what))?;
        after.add_path(root, &path);
        session.ledger.for_each(|_, head| {
            if after.has_path(head.root, &head.path) {
                report.files += 1;
                gone.push(&removed(head))?;
            }
            Ok(())
        })?;
    } else {
        after.add_id(what);
    }
    push_run(&mut session.ledger, gone)?;
    let resolution = resolve(
        &session.ledger,
        all,
        &FxHashSet::default(),
        (&before, &after),
    )?;
    report.articles = resolution.removed;
    let mut payload = session.next_payload();
    resolution.counts.apply(&mut payload);
    let mut writer = session.writer(1, 0)?;
    session.delete(&writer, &resolution.delete)?;
    super::sketches::put(&session, &mut payload, Vec::new(), &resolution.delete, true)?;
    session.put_table(&mut payload, forget::TABLE, &after.encode())?;
    put_folded(&session, &mut payload)?;
    session.commit(&mut writer, payload)?;
    progress.step(Step::Merging, 0, 0);
    merge::without_deleted(&session, &mut writer, cancel)?;
    writer.garbage_collect_files().wait()?;
    writer.wait_merging_threads()?;
    Ok(report)
}

/// Lifts [`forget()`] for an id or path; the next update indexes it again. False if it was not forgotten.
pub fn recall(location: &Path, what: &str, here: &Path) -> Result<bool> {
    let mut session = Session::open(location, false, &folders)?;
    let mut forgotten = session.forgotten()?;
    let place = named(&session, what, here)?.or_else(|| Some((0, what.to_owned())));
    let place = place.as_ref().map(|(root, path)| (*root, path.as_str()));
    let was_id = forgotten.has_id(what);
    if !forgotten.remove(what, place) {
        return Ok(false);
    }
    let all = session.ledger.runs.len();
    let mut stale = RunBuilder::default();
    if was_id {
        // Its documents are gone: the files that hold it must look changed to the next update.
        for claim in session.ledger.claims(what, all)? {
            let mut entry = session.ledger.entry(claim.at)?;
            entry.head.fingerprint = !entry.head.fingerprint;
            entry
                .records
                .retain(|r| r.id(&claim.path, entry.head.prefix()) != what);
            stale.push(&entry)?;
        }
    }
    push_run(&mut session.ledger, stale)?;
    let mut payload = session.next_payload();
    session.put_table(&mut payload, forget::TABLE, &forgotten.encode())?;
    put_folded(&session, &mut payload)?;
    let mut writer = session.writer(1, 0)?;
    session.commit(&mut writer, payload)?;
    writer.wait_merging_threads()?;
    Ok(true)
}

fn unknown(what: &str) -> Error {
    Error::Usage(format!(
        "{what}: neither the id of an article nor a path of this index; `dateline status` names its roots"
    ))
}

/// The root and path that `what` names, if the ledger has a file there or below.
fn named(session: &Session, what: &str, here: &Path) -> Result<Option<(u32, String)>> {
    let roots = Roots::new(&session.location, session.payload.roots.clone());
    let mut candidates = Vec::new();
    for root in 0..roots.list.len() as u32 {
        match super::pipeline::prefix_of(&roots, root).as_str() {
            "" => candidates.push((root, what.to_owned())),
            prefix => candidates.extend(what.strip_prefix(prefix).map(|p| (root, p.to_owned()))),
        }
    }
    let file = here.join(what);
    let parent = file.parent().and_then(|p| p.canonicalize().ok());
    let file = match (file.canonicalize(), parent, file.file_name()) {
        (Ok(file), _, _) => file,
        (Err(_), Some(parent), Some(name)) => parent.join(name),
        _ => file,
    };
    if let Some(root) = roots.holding(&file) {
        let relative = file.strip_prefix(roots.folder(root)).unwrap_or(&file);
        candidates.push((root, display_path(relative)));
    }
    for (root, path) in candidates {
        let path = path.trim_end_matches('/');
        let mut known = session.ledger.file(root, path)?.is_some();
        if !known {
            let mut wanted = Forgotten::default();
            wanted.add_path(root, path);
            session.ledger.for_each(|_, head| {
                known |= wanted.has_path(head.root, &head.path);
                Ok(())
            })?;
        }
        if known {
            return Ok(Some((root, path.to_owned())));
        }
    }
    Ok(None)
}

fn removed(mut head: FileHead) -> FileEntry {
    head.removed = true;
    head.troubles.clear();
    FileEntry {
        head,
        records: Vec::new(),
    }
}
