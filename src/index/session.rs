//! An index opened for writing: the lock, the writer, and the commit of segments and tables as one.
//!
//! Order of a commit, so that a crash or a loss of power at any point leaves one commit or the other:
//! 1. tantivy's workers write their segments; each file is synced when it is closed.
//! 2. Side tables are written under names of the new generation, and synced; so is their folder.
//! 3. tantivy syncs its folder and replaces `meta.json`, which names segments and tables.
//! 4. The folder is synced again, and only then files that no commit names are deleted.

use super::archive::{self, SEGMENTS, read_payload};
use super::directory::{create_private_folder, private, sync_folder};
use super::ledger::{self, Ledger, Run};
use super::lock::{self, WriterLock};
use super::packed::DICTIONARY;
use super::payload::{Payload, Table};
use super::schema::{self, Fields};
use super::throttle::Counted;
use crate::error::{Error, Result};
use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use tantivy::directory::{Directory, OwnedBytes, TerminatingWrite};
use tantivy::indexer::NoMergePolicy;
use tantivy::query::TermSetQuery;
use tantivy::{Index, IndexWriter, Term};
use xxhash_rust::xxh3::xxh3_64;

/// Opens the two directories of an index folder; tests put faults between.
pub(crate) type Opener<'a> =
    dyn Fn(&Path) -> Result<(Box<dyn Directory>, Box<dyn Directory>)> + Sync + 'a;

/// An index that this process alone writes to.
pub(crate) struct Session {
    pub location: PathBuf,
    pub index: Index,
    pub fields: Fields,
    pub payload: Payload,
    pub ledger: Ledger,
    /// What stored passages are packed with; empty for none.
    pub dictionary: OwnedBytes,
    tables: Box<dyn Directory>,
    _lock: WriterLock,
}

impl Session {
    /// Opens an index for writing; with `create`, makes it where there is none.
    pub fn open(location: &Path, create: bool, opener: &Opener<'_>) -> Result<Self> {
        if create {
            make_folders(location)?;
        } else if !location.join(SEGMENTS).is_dir() {
            return Err(Error::NoIndex(format!(
                "{}: no index here; `dateline index PATH` makes one",
                location.display()
            )));
        }
        let lock = WriterLock::take(location)?;
        let (segments, tables) = opener(location)?;
        let exists =
            Index::exists(segments.as_ref()).map_err(|e| archive::broken(location, e.into()))?;
        let (schema, fields) = schema::schema();
        let index = match (exists, create) {
            (false, false) => {
                return Err(Error::NoIndex(format!(
                    "{}: no index here; `dateline index PATH` makes one",
                    location.display()
                )));
            }
            (false, true) => Index::create(segments, schema.clone(), schema::settings())
                .map_err(|e| archive::broken(location, e))?,
            (true, _) => {
                let raw = segments.box_clone();
                Index::open(segments).map_err(|e| {
                    archive::other_format(location, raw.as_ref())
                        .unwrap_or_else(|| archive::broken(location, e))
                })?
            }
        };
        schema::register(&index);
        let (payload, ledger, dictionary) = match read_payload(location, &index) {
            Ok(payload) => {
                if index.schema() != schema {
                    return Err(archive::other_schema(location));
                }
                let ledger = open_ledger(location, &payload, tables.as_ref())?;
                let dictionary = open_dictionary(location, &payload, tables.as_ref())?;
                (payload, ledger, dictionary)
            }
            // The first run did not come to its commit.
            Err(Error::NoIndex(_)) if create => {
                (Payload::empty(), Ledger::default(), OwnedBytes::empty())
            }
            Err(e) => return Err(e),
        };
        let session = Self {
            location: location.to_path_buf(),
            index,
            fields,
            payload,
            ledger,
            dictionary,
            tables,
            _lock: lock,
        };
        session.sweep();
        session.sweep_unfinished();
        Ok(session)
    }

    /// A tantivy writer for `threads` workers with `memory_bytes` in all; merges nothing by itself.
    pub fn writer(&self, threads: usize, memory_bytes: usize) -> Result<IndexWriter<Counted>> {
        // tantivy takes 8 threads at most, and 15 MB each at least.
        let threads = threads.clamp(1, 8);
        let each = (memory_bytes / threads).clamp(16_000_000, 2_000_000_000);
        let mut tries = 0;
        let writer = loop {
            match self.index.writer_with_num_threads(threads, each * threads) {
                // tantivy's own lock, given up a moment ago; see `lock::TRIES`.
                Err(tantivy::TantivyError::LockFailure(..)) if tries < lock::TRIES => {
                    tries += 1;
                    std::thread::sleep(lock::BETWEEN_TRIES);
                }
                other => break other?,
            }
        };
        writer.set_merge_policy(Box::new(NoMergePolicy));
        Ok(writer)
    }

    /// Whether tantivy's folder holds files of an unfinished run.
    pub fn has_orphans(&self) -> Result<bool> {
        let segments: BTreeSet<String> = self
            .index
            .searchable_segment_ids()?
            .iter()
            .map(|id| id.uuid_string())
            .collect();
        let managed = self.index.directory().list_managed_files();
        Ok(managed.iter().filter_map(|file| file.to_str()).any(|file| {
            let segment = file.split('.').next().unwrap_or("");
            file != "meta.json" && !segments.contains(segment)
        }))
    }

    /// Deletes the documents of articles.
    pub fn delete(&self, writer: &IndexWriter<Counted>, keys: &[u64]) -> Result<()> {
        // One query for many keys: the delete queue would hold a weight a term.
        for keys in keys.chunks(100_000) {
            let terms = keys
                .iter()
                .map(|&key| Term::from_field_u64(self.fields.key, key));
            writer.delete_query(Box::new(TermSetQuery::new(terms)))?;
        }
        Ok(())
    }

    /// Writes a side table of the coming commit.
    pub fn put_table(&self, payload: &mut Payload, name: &str, bytes: &[u8]) -> Result<()> {
        write_table(&self.location, self.tables.as_ref(), payload, name, bytes)
    }

    /// Commits what `writer` was given, with `payload`, whose tables were put before.
    pub fn commit(&mut self, writer: &mut IndexWriter<Counted>, payload: Payload) -> Result<()> {
        self.tables
            .sync_directory()
            .map_err(|e| Error::io(&self.location, e))?;
        let json = archive::seal(&payload)?;
        let mut prepared = writer.prepare_commit()?;
        prepared.set_payload(&json);
        prepared.commit()?;
        self.payload = payload;
        if !self.location.as_os_str().is_empty() {
            let segments = self.location.join(SEGMENTS);
            sync_folder(&segments).map_err(|e| Error::io(&segments, e))?;
        }
        self.ledger = open_ledger(&self.location, &self.payload, self.tables.as_ref())?;
        self.dictionary = open_dictionary(&self.location, &self.payload, self.tables.as_ref())?;
        self.sweep();
        Ok(())
    }

    /// Deletes side tables that the last commit does not name.
    pub fn sweep(&self) {
        let Ok(entries) = std::fs::read_dir(&self.location) else {
            return;
        };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let Some(name) = name.to_str().filter(|n| n.ends_with(".bin")) else {
                continue;
            };
            if !self.payload.tables.values().any(|t| t.file == name) {
                let _ = self.tables.delete(Path::new(name));
            }
        }
    }

    /// Deletes temporary files of a process that was killed while it replaced `meta.json`.
    fn sweep_unfinished(&self) {
        let Ok(entries) = std::fs::read_dir(self.location.join(SEGMENTS)) else {
            return;
        };
        for entry in entries.flatten() {
            if entry.file_name().to_string_lossy().starts_with(".tmp") {
                let _ = std::fs::remove_file(entry.path());
            }
        }
    }

    /// The content of a side table of the last commit.
    pub fn table(&self, name: &str) -> Result<Option<OwnedBytes>> {
        match self.payload.tables.get(name) {
            Some(table) => open_table(&self.location, table, self.tables.as_ref()).map(Some),
            None => Ok(None),
        }
    }

    /// The payload of a commit after the last one, for now with what that holds.
    pub fn next_payload(&self) -> Payload {
        Payload {
            generation: self.payload.generation + 1,
            ..self.payload.clone()
        }
    }

    /// Size of the index's files.
    pub fn bytes(&self) -> u64 {
        archive::bytes_below(&self.location)
    }
}

/// Writes a side table of the coming commit, synced, and names it in `payload`.
pub(crate) fn write_table(
    location: &Path,
    tables: &dyn Directory,
    payload: &mut Payload,
    name: &str,
    bytes: &[u8],
) -> Result<()> {
    let file = format!("{name}-{:010}.bin", payload.generation);
    let path = Path::new(&file);
    let place = location.join(&file);
    // Left by a run that did not come to its commit.
    if tables.exists(path).unwrap_or(false) {
        let _ = tables.delete(path);
    }
    let mut out = tables.open_write(path).map_err(|e| unwritten(&place, &e))?;
    out.write_all(bytes)
        .and_then(|()| out.flush())
        .and_then(|()| out.terminate())
        .map_err(|e| Error::io(&place, e))?;
    payload.tables.insert(
        name.to_owned(),
        Table {
            file,
            bytes: bytes.len() as u64,
            xxh3: format!("{:016x}", xxh3_64(bytes)),
        },
    );
    Ok(())
}

fn unwritten(place: &Path, error: &tantivy::directory::error::OpenWriteError) -> Error {
    use tantivy::directory::error::OpenWriteError;
    match error {
        OpenWriteError::IoError { io_error, .. } => Error::io(
            place,
            std::io::Error::new(io_error.kind(), io_error.to_string()),
        ),
        other => Error::Damaged(format!("{}: {other}", place.display())),
    }
}

fn make_folders(location: &Path) -> Result<()> {
    let segments = location.join(SEGMENTS);
    if segments.is_dir() {
        return Ok(());
    }
    create_private_folder(location).map_err(|e| Error::io(location, e))?;
    create_private_folder(&segments).map_err(|e| Error::io(&segments, e))?;
    let ignore = location.join(".gitignore");
    if !ignore.exists() {
        private()
            .create(true)
            .truncate(true)
            .open(&ignore)
            .and_then(|mut file| file.write_all(b"*\n"))
            .map_err(|e| Error::io(&ignore, e))?;
    }
    sync_folder(location).map_err(|e| Error::io(location, e))
}

fn open_ledger(location: &Path, payload: &Payload, tables: &dyn Directory) -> Result<Ledger> {
    let mut runs = Vec::new();
    for (name, table) in &payload.tables {
        if !name.starts_with(ledger::TABLE) {
            continue;
        }
        let bytes = open_table(location, table, tables)?;
        runs.push(Run::open(
            &location.join(&table.file).display().to_string(),
            bytes,
        )?);
    }
    Ok(Ledger { runs })
}

/// The dictionary that a commit names; empty where it names none.
pub(crate) fn open_dictionary(
    location: &Path,
    payload: &Payload,
    tables: &dyn Directory,
) -> Result<OwnedBytes> {
    match payload.tables.get(DICTIONARY) {
        Some(table) => open_table(location, table, tables),
        None => Ok(OwnedBytes::empty()),
    }
}

/// Maps a table and checks its length.
pub(crate) fn open_table(
    location: &Path,
    table: &Table,
    tables: &dyn Directory,
) -> Result<OwnedBytes> {
    let place = location.join(&table.file);
    let bytes = tables
        .open_read(Path::new(&table.file))
        .map_err(|e| archive::broken(location, e.into()))?
        .read_bytes()
        .map_err(|e| Error::io(&place, e))?;
    if bytes.len() as u64 != table.bytes {
        return Err(Error::Damaged(format!(
            "{}: {} bytes, expected {}; `dateline index --rebuild` writes the index anew",
            place.display(),
            bytes.len(),
            table.bytes
        )));
    }
    Ok(bytes)
}
