//! An index on disk, opened for reading: one commit at a time, segments and side tables together.
//!
//! Layout of the folder:
//!
//! ```text
//! .dateline/
//!   .gitignore            holds `*`
//!   segments/             tantivy's: meta.json (with the payload) and the segments
//!   NAME-GENERATION.bin   side tables that the payload names
//!   writer.lock           locked and naming its holder's process id while somebody writes
//! ```

use super::directory::Folder;
use super::payload::Payload;
use super::schema::{self, FORMAT, Fields};
use super::view::View;
use crate::error::{Error, Result};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock, RwLock};
use tantivy::directory::error::OpenReadError;
use tantivy::directory::{Directory, OwnedBytes, RamDirectory};
use tantivy::{Index, IndexReader, ReloadPolicy, Searcher, TantivyError};

/// Name of the index's folder.
pub const FOLDER: &str = ".dateline";
/// Name of tantivy's folder within it.
pub const SEGMENTS: &str = "segments";

/// How often a reader starts again because files of the commit it was opening went away.
const ATTEMPTS: usize = 20;

/// An index opened for reading.
pub struct Archive {
    /// The index folder; empty in memory.
    location: PathBuf,
    index: Index,
    reader: IndexReader,
    fields: Fields,
    /// Where side tables lie.
    tables: Box<dyn Directory>,
    current: RwLock<Arc<Snapshot>>,
}

/// One commit: all its parts stay readable for as long as this is held.
pub struct Snapshot {
    pub searcher: Searcher,
    pub payload: Payload,
    tables: BTreeMap<String, OwnedBytes>,
    view: OnceLock<View>,
}

impl Snapshot {
    /// The commit as searches see it; made at the first call.
    pub fn view(&self) -> &View {
        self.view.get_or_init(|| View::of(self))
    }

    /// The content of a side table; `None` where this commit has none of that name.
    pub fn table(&self, name: &str) -> Option<OwnedBytes> {
        self.tables.get(name).cloned()
    }
}

impl Archive {
    /// Opens the index in `folder` (normally a `.dateline`) at its last commit.
    ///
    /// Costs what `meta.json` and the segments' footers cost; the ledger is mapped, not read.
    ///
    /// # Errors
    /// `NoIndex` where nothing was ever committed, `Damaged` for another format or files that are
    /// missing or cut, `Io` where reading is refused.
    pub fn open(folder: &Path) -> Result<Self> {
        let (segments, tables) = folders(folder)?;
        guard(folder, || Self::open_in(folder, segments, tables))
    }

    /// Opens an index whose parts lie in two tantivy directories.
    pub(crate) fn open_in(
        location: &Path,
        segments: Box<dyn Directory>,
        tables: Box<dyn Directory>,
    ) -> Result<Self> {
        match Index::exists(segments.as_ref()) {
            Ok(true) => {}
            Ok(false) => return Err(without_meta(location)),
            Err(e) => return Err(broken(location, e.into())),
        }
        let raw = segments.box_clone();
        let index = Index::open(segments).map_err(|e| {
            other_format(location, raw.as_ref()).unwrap_or_else(|| broken(location, e))
        })?;
        Self::of_index(location, index, tables)
    }

    pub(crate) fn of_index(
        location: &Path,
        index: Index,
        tables: Box<dyn Directory>,
    ) -> Result<Self> {
        schema::register(&index);
        let payload = read_payload(location, &index)?;
        let (expected, fields) = schema::schema();
        if index.schema() != expected {
            return Err(other_schema(location));
        }
        let reader = open_reader(location, &index)?;
        let snapshot = take(location, &index, &reader, tables.as_ref(), payload)?;
        Ok(Self {
            location: location.to_path_buf(),
            index,
            reader,
            fields,
            tables,
            current: RwLock::new(Arc::new(snapshot)),
        })
    }

    /// An index in memory that holds `articles`, for tests and for one-off questions.
    ///
    /// Articles without an id take their own id, else their path.
    pub fn in_memory(articles: Vec<crate::Article>) -> Result<Self> {
        super::writer::in_memory(articles)
    }

    /// Where it lies.
    pub fn location(&self) -> &Path {
        &self.location
    }

    pub fn fields(&self) -> Fields {
        self.fields
    }

    /// tantivy's own handle.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// The commit that was last opened or reloaded.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        match self.current.read() {
            Ok(current) => Arc::clone(&current),
            Err(poisoned) => Arc::clone(&poisoned.into_inner()),
        }
    }

    /// The searcher of [`snapshot`](Self::snapshot).
    pub fn searcher(&self) -> Searcher {
        self.snapshot().searcher.clone()
    }

    /// The number of the commit that is open.
    pub fn generation(&self) -> u64 {
        self.snapshot().payload.generation
    }

    /// Moves on to the last commit; false if that is open already. Held snapshots are not touched.
    pub fn reload(&self) -> Result<bool> {
        let before = self.generation();
        let payload = read_payload(&self.location, &self.index)?;
        if payload.generation == before {
            return Ok(false);
        }
        self.guard(|| self.refresh())?;
        Ok(true)
    }

    /// Opens the segments anew, also where only a merge changed them.
    pub(crate) fn refresh(&self) -> Result<()> {
        let payload = read_payload(&self.location, &self.index)?;
        retry(&self.location, &self.index, || self.reader.reload())?;
        let snapshot = Arc::new(take(
            &self.location,
            &self.index,
            &self.reader,
            self.tables.as_ref(),
            payload,
        )?);
        match self.current.write() {
            Ok(mut current) => *current = snapshot,
            Err(poisoned) => *poisoned.into_inner() = snapshot,
        }
        Ok(())
    }

    /// Runs `f`, and turns a panic of the engine into [`Error::Damaged`].
    ///
    /// tantivy checks footers at open, not every byte; on flipped or zeroed data it may panic in
    /// the middle of a search.
    pub fn guard<T>(&self, f: impl FnOnce() -> Result<T>) -> Result<T> {
        guard(&self.location, f)
    }

    /// Size of everything in the index folder, in bytes.
    pub fn bytes(&self) -> u64 {
        bytes_below(&self.location)
    }
}

/// Size of all files below a folder; 0 for no folder.
pub(crate) fn bytes_below(folder: &Path) -> u64 {
    if folder.as_os_str().is_empty() {
        return 0;
    }
    let Ok(entries) = std::fs::read_dir(folder) else {
        return 0;
    };
    entries
        .flatten()
        .map(|entry| match entry.metadata() {
            Ok(meta) if meta.is_dir() => bytes_below(&entry.path()),
            Ok(meta) => meta.len(),
            Err(_) => 0,
        })
        .sum()
}

/// See [`Archive::guard`].
pub(crate) fn guard<T>(location: &Path, f: impl FnOnce() -> Result<T>) -> Result<T> {
    match catch_unwind(AssertUnwindSafe(f)) {
        Ok(result) => result,
        Err(panic) => {
            let words = panic
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| panic.downcast_ref::<&str>().copied())
                .unwrap_or("no reason given");
            let mut words = words.lines().next().unwrap_or("").to_owned();
            words.truncate(crate::analyze::floor_boundary(&words, 200));
            Err(Error::Damaged(format!(
                "{}: the engine stopped on damaged data ({words}); `dateline verify` names the files",
                location.display()
            )))
        }
    }
}

/// The two directories of an index folder.
pub(crate) fn folders(folder: &Path) -> Result<(Box<dyn Directory>, Box<dyn Directory>)> {
    let open = |path: &Path| -> Result<Box<dyn Directory>> {
        match std::fs::metadata(path) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Err(without_meta(folder)),
            Err(e) => return Err(Error::io(path, e)),
            Ok(_) => {}
        }
        Folder::open(path)
            .map(|f| Box::new(f) as Box<dyn Directory>)
            .map_err(|e| broken(folder, e.into()))
    };
    Ok((open(&folder.join(SEGMENTS))?, open(folder)?))
}

fn open_reader(location: &Path, index: &Index) -> Result<IndexReader> {
    retry(location, index, || {
        index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()
    })
}

/// Tries `open` again for as long as files are missing because commits replace them.
fn retry<T>(location: &Path, index: &Index, open: impl Fn() -> tantivy::Result<T>) -> Result<T> {
    let mut attempt = 0;
    loop {
        let before = index.load_metas().map_err(|e| broken(location, e))?;
        match open() {
            Ok(opened) => return Ok(opened),
            Err(e) => {
                attempt += 1;
                let moved = || index.load_metas().is_ok_and(|now| !same(&now, &before));
                if attempt == ATTEMPTS || !went_away(&e) || !moved() {
                    return Err(broken(location, e));
                }
            }
        }
    }
}

/// Whether two states of `meta.json` name the same files.
fn same(a: &tantivy::IndexMeta, b: &tantivy::IndexMeta) -> bool {
    let names = |meta: &tantivy::IndexMeta| -> Vec<(String, Option<u64>)> {
        meta.segments
            .iter()
            .map(|s| (s.id().uuid_string(), s.delete_opstamp()))
            .collect()
    };
    a.opstamp == b.opstamp && names(a) == names(b)
}

/// Reads searcher, payload and tables of one and the same commit.
///
/// `payload` was read before `reader` was last loaded. A searcher does not say which commit it
/// shows: it is that of the payload if the payload is still the same afterwards.
fn take(
    location: &Path,
    index: &Index,
    reader: &IndexReader,
    directory: &dyn Directory,
    mut payload: Payload,
) -> Result<Snapshot> {
    let mut error = None;
    for _ in 0..ATTEMPTS {
        let after = read_payload(location, index)?;
        if after == payload {
            let tables = open_tables(location, &payload, directory);
            match tables {
                Ok(tables) => {
                    return Ok(Snapshot {
                        searcher: reader.searcher(),
                        payload,
                        tables,
                        view: OnceLock::new(),
                    });
                }
                Err(e) if read_payload(location, index)? == payload => return Err(e),
                Err(e) => error = Some(e),
            }
        }
        payload = read_payload(location, index)?;
        retry(location, index, || reader.reload())?;
    }
    Err(error.unwrap_or_else(|| {
        Error::Locked(format!(
            "{}: commits follow each other too fast to open one; try again",
            location.display()
        ))
    }))
}

fn open_tables(
    location: &Path,
    payload: &Payload,
    directory: &dyn Directory,
) -> Result<BTreeMap<String, OwnedBytes>> {
    let mut tables = BTreeMap::new();
    for (name, table) in &payload.tables {
        // Only a writer looks at sketches.
        if name.starts_with(super::sketches::RUNS) {
            continue;
        }
        let bytes = super::session::open_table(location, table, directory)?;
        tables.insert(name.clone(), bytes);
    }
    Ok(tables)
}

/// The payload of the last commit.
pub(crate) fn read_payload(location: &Path, index: &Index) -> Result<Payload> {
    let meta = index.load_metas().map_err(|e| broken(location, e))?;
    let Some(json) = meta.payload else {
        if !meta.segments.is_empty() {
            return Err(Error::Damaged(format!(
                "{}: meta.json has lost the commit's payload; `dateline index --rebuild` writes the index anew",
                location.display()
            )));
        }
        return Err(Error::NoIndex(format!(
            "{}: nothing was committed here yet; run `dateline index` again",
            location.display()
        )));
    };
    parse_payload(location, &json)
}

fn parse_payload(location: &Path, json: &str) -> Result<Payload> {
    let damaged = |e: serde_json::Error| {
        Error::Damaged(format!(
            "{}: the commit's payload cannot be read ({e}); `dateline index --rebuild` writes the index anew",
            location.display()
        ))
    };
    let sealed: Sealed = serde_json::from_str(json).map_err(damaged)?;
    if sealed.format != FORMAT {
        return Err(format_error(location, Some(u64::from(sealed.format))));
    }
    if sealed.xxh3 != hash_of(&sealed.commit) {
        return Err(Error::Damaged(format!(
            "{}: the commit's payload does not match its checksum; `dateline index --repair` or `--rebuild` puts it in order",
            location.display()
        )));
    }
    serde_json::from_str(&sealed.commit).map_err(damaged)
}

/// The payload as tantivy keeps it: `meta.json` has no checksum of its own.
#[derive(serde::Serialize, serde::Deserialize)]
struct Sealed {
    format: u32,
    xxh3: String,
    /// The payload's JSON.
    commit: String,
}

fn hash_of(commit: &str) -> String {
    format!("{:016x}", xxhash_rust::xxh3::xxh3_64(commit.as_bytes()))
}

/// What is set as tantivy's payload.
pub(crate) fn seal(payload: &Payload) -> Result<String> {
    let unwritten = |e: serde_json::Error| Error::Usage(format!("the commit's payload: {e}"));
    let commit = serde_json::to_string(payload).map_err(unwritten)?;
    let sealed = Sealed {
        format: payload.format,
        xxh3: hash_of(&commit),
        commit,
    };
    serde_json::to_string(&sealed).map_err(unwritten)
}

/// The payload of a damaged index's `meta.json`, as far as it can be read.
pub(crate) fn salvage(location: &Path) -> Option<Payload> {
    let meta = std::fs::read(location.join(SEGMENTS).join("meta.json")).ok()?;
    let meta: serde_json::Value = serde_json::from_slice(&meta).ok()?;
    let sealed: Sealed = serde_json::from_str(meta.get("payload")?.as_str()?).ok()?;
    serde_json::from_str(&sealed.commit).ok()
}

fn format_error(location: &Path, format: Option<u64>) -> Error {
    let place = location.display();
    Error::Damaged(match format {
        Some(n) if n > u64::from(FORMAT) => format!(
            "{place}: index format {n}, expected {FORMAT}: a newer dateline wrote it; use that one, or write it anew with `dateline index --rebuild`"
        ),
        Some(n) => format!(
            "{place}: index format {n}, expected {FORMAT}; `dateline index --rebuild` writes it anew"
        ),
        None => {
            format!("{place}: not an index of dateline, or a damaged one; expected format {FORMAT}")
        }
    })
}

pub(crate) fn other_schema(location: &Path) -> Error {
    Error::Damaged(format!(
        "{}: its schema is not that of format {FORMAT}; `dateline index --rebuild` writes it anew",
        location.display()
    ))
}

/// Whether an index that cannot be opened says itself that it is of another format.
pub(crate) fn other_format(location: &Path, segments: &dyn Directory) -> Option<Error> {
    let meta = segments.atomic_read(Path::new("meta.json")).ok()?;
    let meta: serde_json::Value = serde_json::from_slice(&meta).ok()?;
    let payload: serde_json::Value = serde_json::from_str(meta.get("payload")?.as_str()?).ok()?;
    let format = payload.get("format")?.as_u64()?;
    (format != u64::from(FORMAT)).then(|| format_error(location, Some(format)))
}

fn without_meta(location: &Path) -> Error {
    let segments = std::fs::read_dir(location.join(SEGMENTS));
    let has_segments = segments.is_ok_and(|entries| {
        entries
            .flatten()
            .any(|e| e.path().extension().is_some_and(|x| x == "store"))
    });
    if has_segments {
        return Error::Damaged(format!(
            "{}: meta.json is missing; `dateline index --rebuild` writes the index anew",
            location.join(SEGMENTS).display()
        ));
    }
    Error::NoIndex(format!(
        "{}: no index here; `dateline index PATH` makes one",
        location.display()
    ))
}

/// Whether a file was missing that another process may just have replaced.
fn went_away(error: &TantivyError) -> bool {
    matches!(
        error,
        TantivyError::OpenReadError(OpenReadError::FileDoesNotExist(_))
    )
}

/// An error of the engine while opening, as the person sees it who has the folder before them.
pub(crate) fn broken(location: &Path, error: TantivyError) -> Error {
    let refused = match &error {
        TantivyError::OpenReadError(OpenReadError::IoError { io_error, .. }) => Some(io_error),
        TantivyError::IoError(io_error) => Some(io_error),
        _ => None,
    };
    if let Some(e) = refused.filter(|e| super::directory::is_unwritable(e)) {
        return Error::io(location, std::io::Error::new(e.kind(), e.to_string()));
    }
    if let TantivyError::LockFailure(_, _) = error {
        return Error::Locked(format!(
            "{}: another process is replacing its files; try again",
            location.display()
        ));
    }
    Error::Damaged(format!(
        "{}: {}; `dateline index --rebuild` writes the index anew",
        location.display(),
        cause(&error)
    ))
}

/// An error of the engine while writing: one of the disk names the folder, others speak for themselves.
pub(crate) fn unwritten(location: &Path, error: TantivyError) -> Error {
    use tantivy::directory::error::OpenWriteError;
    let io_error = match &error {
        TantivyError::IoError(io_error)
        | TantivyError::OpenWriteError(OpenWriteError::IoError { io_error, .. })
        | TantivyError::OpenReadError(OpenReadError::IoError { io_error, .. }) => io_error,
        _ => return Error::Engine(error),
    };
    Error::io(
        location,
        std::io::Error::new(io_error.kind(), io_error.to_string()),
    )
}

/// What is wrong with which file, in few words.
pub(crate) fn cause(error: &TantivyError) -> String {
    match error {
        TantivyError::OpenReadError(OpenReadError::FileDoesNotExist(path)) => {
            format!("{} is missing", path.display())
        }
        TantivyError::OpenReadError(OpenReadError::IoError { io_error, filepath }) => {
            format!("{}: {io_error}", filepath.display())
        }
        TantivyError::OpenReadError(OpenReadError::IncompatibleIndex(_)) => {
            "a segment is of another version of tantivy".to_owned()
        }
        other => other.to_string(),
    }
}

/// Two directories in memory.
pub(crate) fn memory_folders() -> (Box<dyn Directory>, Box<dyn Directory>) {
    (
        Box::new(RamDirectory::create()),
        Box::new(RamDirectory::create()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Section;

    fn article(id: &str, text: &str) -> crate::Article {
        crate::Article {
            id: id.to_owned(),
            path: format!("{id}.txt"),
            lang: Some("en".to_owned()),
            sections: vec![Section {
                heading: None,
                paragraphs: vec![text.to_owned()],
            }],
            ..Default::default()
        }
    }

    #[test]
    fn an_archive_in_memory_holds_what_it_was_given() {
        let archive =
            Archive::in_memory(vec![article("a", "one"), article("b", "two")]).expect("built");
        let snapshot = archive.snapshot();
        assert_eq!(snapshot.payload.articles, 2);
        assert_eq!(snapshot.payload.languages["en"], 2);
        assert_eq!(snapshot.searcher.num_docs(), snapshot.payload.passages);
        assert!(!archive.reload().expect("reloads"));
    }

    #[test]
    fn a_folder_without_an_index_says_how_to_make_one() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let error = Archive::open(&folder.path().join(FOLDER))
            .err()
            .expect("no index");
        assert!(matches!(error, Error::NoIndex(_)), "{error:?}");
        assert!(error.to_string().contains("dateline index"), "{error}");
    }

    #[test]
    fn a_panic_of_the_engine_is_damage() {
        let archive = Archive::in_memory(Vec::new()).expect("built");
        let error = archive
            .guard::<()>(|| panic!("index out of bounds"))
            .unwrap_err();
        assert!(matches!(error, Error::Damaged(_)), "{error:?}");
    }
}
