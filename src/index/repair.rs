//! Puts an index in order from its sources: reads again what was lost, and only that.

use super::archive::{SEGMENTS, broken, guard, read_payload, salvage};
use super::contents::for_each_in_segment;
use super::forget::{self, Forgotten};
use super::ledger::{FileAt, Ledger, Record};
use super::lock::WriterLock;
use super::packed::Unpacker;
use super::resolve::{Counts, Resolution};
use super::session::{Opener, Session, open_dictionary};
use super::verify::segment_files;
use crate::error::{Error, Result};
use rustc_hash::FxHashSet;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use tantivy::directory::{Directory, OwnedBytes};
use tantivy::{Index, ReloadPolicy};
use xxhash_rust::xxh3::xxh3_64;

/// Deletes segments and tables, and opens an empty index that keeps its roots, and what was
/// forgotten, where they can still be read.
pub(crate) fn start_anew(location: &Path, opener: &Opener<'_>) -> Result<Session> {
    let payload = salvage(location);
    let roots = payload.as_ref().map(|p| p.roots.clone());
    let forgotten = payload.as_ref().and_then(|p| {
        let table = p.tables.get(forget::TABLE)?;
        let bytes = std::fs::read(location.join(&table.file)).ok()?;
        Forgotten::decode(Some(&bytes)).ok().map(|_| bytes)
    });
    {
        let _lock = WriterLock::take(location)?;
        let segments = location.join(SEGMENTS);
        match std::fs::remove_dir_all(&segments) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                return Err(Error::io(&segments, e));
            }
            _ => {}
        }
        for entry in std::fs::read_dir(location).map_err(|e| Error::io(location, e))? {
            let path = entry.map_err(|e| Error::io(location, e))?.path();
            if path.extension().is_some_and(|e| e == "bin") {
                std::fs::remove_file(&path).map_err(|e| Error::io(&path, e))?;
            }
        }
    }
    let mut session = Session::open(location, true, opener)?;
    session.payload.roots = roots.unwrap_or_default();
    if let Some(bytes) = forgotten {
        let mut payload = session.payload.clone();
        payload.generation = 1;
        session.put_table(&mut payload, forget::TABLE, &bytes)?;
        session.payload.tables = payload.tables;
    }
    Ok(session)
}

/// Puts tantivy's own lists in order, before a session is opened.
pub(crate) fn mend(location: &Path, opener: &Opener<'_>) -> Result<()> {
    let _lock = WriterLock::take(location)?;
    let (segments, tables) = opener(location)?;
    list_files(location, segments.as_ref())?;
    let raw = segments.box_clone();
    let index = guard(location, || Ok(Index::open(segments)?));
    match index {
        Ok(index) => drop_damaged(location, &index, raw.as_ref(), tables.as_ref()).map(drop),
        // What cannot be opened at all is started anew.
        Err(_) => Ok(()),
    }
}

/// Writes the list of files anew that tantivy may delete, where it is missing or cannot be read.
fn list_files(location: &Path, segments: &dyn Directory) -> Result<()> {
    let list = Path::new(".managed.json");
    let whole = segments
        .atomic_read(list)
        .is_ok_and(|bytes| serde_json::from_slice::<Vec<String>>(&bytes).is_ok());
    if whole {
        return Ok(());
    }
    let folder = location.join(SEGMENTS);
    let entries = std::fs::read_dir(&folder).map_err(|e| Error::io(&folder, e))?;
    let files: Vec<String> = entries
        .flatten()
        .filter_map(|e| e.file_name().into_string().ok())
        .filter(|name| !name.starts_with('.'))
        .collect();
    let bytes = serde_json::to_vec(&files).unwrap_or_default();
    segments
        .atomic_write(list, &bytes)
        .map_err(|e| Error::io(folder.join(list), e))
}

/// Takes damaged segments out of `meta.json`; returns how many.
///
/// What they held is then missing, which [`missing`] finds. Must run under the writer's lock, before
/// a session is opened: tantivy holds the list in memory.
pub(crate) fn drop_damaged(
    location: &Path,
    index: &Index,
    segments: &dyn Directory,
    tables: &dyn Directory,
) -> Result<usize> {
    let mut damaged = BTreeSet::new();
    for (segment, file) in segment_files(index)? {
        let sound = guard(location, || {
            let valid = index.directory().validate_checksum(Path::new(&file));
            valid.map_err(|e| broken(location, e.into()))
        });
        if !sound.unwrap_or(false) {
            damaged.insert(segment);
        }
    }
    // Without its dictionary no segment can be read.
    let dictionary = read_payload(location, index)
        .and_then(|payload| open_dictionary(location, &payload, tables));
    let dictionary = dictionary.unwrap_or_else(|_| OwnedBytes::empty());
    let unpacker = Arc::new(Unpacker::new(dictionary));
    for segment in index.searchable_segments()? {
        let name = segment.id().uuid_string();
        if damaged.contains(&name) {
            continue;
        }
        let (_, fields) = super::schema::schema();
        let opens = guard(location, || {
            let reader = tantivy::SegmentReader::open(&segment)?;
            for_each_in_segment(&reader, fields, &unpacker, |content| content.map(|_| ()))
        });
        if opens.is_err() {
            damaged.insert(name);
        }
    }
    if damaged.is_empty() {
        return Ok(0);
    }
    let path = Path::new("meta.json");
    let bytes = segments
        .atomic_read(path)
        .map_err(|e| broken(location, e.into()))?;
    let unreadable = |e: serde_json::Error| Error::Damaged(format!("meta.json: {e}"));
    let mut meta: serde_json::Value = serde_json::from_slice(&bytes).map_err(unreadable)?;
    if let Some(list) = meta.get_mut("segments").and_then(|s| s.as_array_mut()) {
        list.retain(|segment| {
            let id = segment.get("segment_id").and_then(|id| id.as_str());
            id.is_none_or(|id| !damaged.contains(&id.replace('-', "")))
        });
    }
    let bytes = serde_json::to_vec_pretty(&meta).map_err(unreadable)?;
    segments
        .atomic_write(path, &bytes)
        .and_then(|()| segments.sync_directory())
        .map_err(|e| Error::io(location.join(SEGMENTS).join(path), e))?;
    Ok(damaged.len())
}

/// Whether every side table is as it was written.
pub(crate) fn tables_are_sound(session: &Session) -> Result<bool> {
    for (name, table) in &session.payload.tables {
        let bytes = session.table(name)?;
        if bytes.is_none_or(|bytes| format!("{:016x}", xxh3_64(&bytes)) != table.xxh3) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Compares the ledger's winners with what is indexed: what to read again, and what to delete.
pub(crate) fn missing(session: &Session, forgotten: &Forgotten) -> Result<(Resolution, Counts)> {
    let reader: tantivy::IndexReader = session
        .index
        .reader_builder()
        .reload_policy(ReloadPolicy::Manual)
        .try_into()?;
    let unpacker = Arc::new(Unpacker::new(session.dictionary.clone()));
    let mut indexed: FxHashSet<u64> = FxHashSet::default();
    let mut double: FxHashSet<u64> = FxHashSet::default();
    for segment in reader.searcher().segment_readers() {
        for_each_in_segment(segment, session.fields, &unpacker, |content| {
            let key = content?.key;
            if !indexed.insert(key) {
                double.insert(key);
            }
            Ok(())
        })?;
    }
    for key in &double {
        indexed.remove(key);
    }
    let mut out = Resolution::default();
    let mut counts = Counts::default();
    let mut wanted: FxHashSet<u64> = FxHashSet::default();
    winners(&session.ledger, forgotten, |at, record| {
        counts.count(&record, 1);
        wanted.insert(record.key);
        if !indexed.contains(&record.key) {
            let place = (at.run, at.file);
            out.reread.entry(place).or_default().push(record);
        }
    })?;
    out.delete.extend(double);
    out.delete
        .extend(indexed.iter().filter(|key| !wanted.contains(key)));
    Ok((out, counts))
}

fn winners(
    ledger: &Ledger,
    forgotten: &Forgotten,
    mut f: impl FnMut(FileAt, Record),
) -> Result<()> {
    ledger.for_each_winner(
        |id| forgotten.has_id(id),
        |at, _, record| {
            f(at, record);
            Ok(())
        },
    )
}
