//! Named queries that report only what is new since their last run.
//!
//! The watches of an index lie in `watches.json` beside it: a query, and a 64-bit hash of the id of
//! every article that was reported. Ids survive rebuilds, so a rebuilt index reports nothing twice; an
//! article that is corrected under its id is not new. The file is replaced as a whole, after what is
//! new was printed: a run that is killed in between reports again rather than never. Whoever changes it
//! holds [`LOCK`] from before it is read, so that two runs at a time do not report the same.

use crate::error::{Error, Result};
use crate::index::WriterLock;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use xxhash_rust::xxh3::xxh3_64;

/// Name of the file in the index folder.
pub const FILE: &str = "watches.json";

/// Name of the file that is locked in the index folder while the watches are changed.
pub const LOCK: &str = "watches.lock";

/// The right to change the watches of an index, held until dropped.
///
/// # Errors
/// `Locked` where another process holds it, `Io` where the folder cannot be written.
pub fn lock(folder: &Path) -> Result<WriterLock> {
    WriterLock::take_named(folder, LOCK, "is running its watches")
}

/// All watches of one index.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Watches {
    /// By name.
    pub list: BTreeMap<String, Watch>,
}

/// One named query.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Watch {
    pub query: String,
    /// Filters beside it, by the names of their flags; relative dates count from each run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<(String, Vec<String>)>,
    /// When it was added, as a day.
    pub since: String,
    /// Hashes of the ids that need no report any more.
    reported: BTreeSet<u64>,
}

impl Watch {
    /// A watch that has reported nothing yet.
    pub fn new(query: impl Into<String>, since: impl Into<String>) -> Self {
        Self {
            query: query.into(),
            filters: Vec::new(),
            since: since.into(),
            reported: BTreeSet::new(),
        }
    }

    /// Whether an article was not reported before.
    pub fn is_new(&self, id: &str) -> bool {
        !self.reported.contains(&xxh3_64(id.as_bytes()))
    }

    /// Remembers that an article was reported.
    pub fn report(&mut self, id: &str) {
        self.reported.insert(xxh3_64(id.as_bytes()));
    }

    /// How many articles were reported, or were there when it was added.
    pub fn reported(&self) -> usize {
        self.reported.len()
    }
}

impl Watches {
    /// Reads the watches of the index in `folder`; none where there is no file.
    ///
    /// # Errors
    /// `Io`, or `Damaged` for a file that is not what [`save`](Self::save) wrote.
    pub fn load(folder: &Path) -> Result<Self> {
        let path = folder.join(FILE);
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(e) => return Err(Error::io(path, e)),
        };
        serde_json::from_slice(&bytes).map_err(|e| {
            Error::Damaged(format!(
                "{}: not a list of watches ({e}); remove it to begin anew",
                path.display()
            ))
        })
    }

    /// Replaces the file in `folder`, synced; readable by its owner alone.
    pub fn save(&self, folder: &Path) -> Result<()> {
        let path = folder.join(FILE);
        let bytes = serde_json::to_vec(self).map_err(|e| Error::io(&path, e.into()))?;
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(|e| Error::io(folder, e))?;
        file.write_all(&bytes)
            .and_then(|()| file.as_file().sync_all())
            .map_err(|e| Error::io(file.path(), e))?;
        file.persist(&path)
            .map_err(|e| Error::io(PathBuf::from(&path), e.error))?;
        Ok(())
    }

    /// The watch of that name.
    ///
    /// # Errors
    /// `Usage` that names those there are.
    pub fn get_mut(&mut self, name: &str) -> Result<&mut Watch> {
        let known: Vec<String> = self.list.keys().cloned().collect();
        self.list.get_mut(name).ok_or_else(|| {
            Error::Usage(match known.as_slice() {
                [] => format!("{name}: no such watch; `dateline watch add NAME QUERY` makes one"),
                names => format!("{name}: no such watch; there are {}", names.join(", ")),
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_reported_stays_reported_across_a_save() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut watches = Watches::load(folder.path()).expect("none yet");
        let mut watch = Watch::new("dam", "2025-09-18");
        watch.report("a");
        watches.list.insert("dams".into(), watch);
        watches.save(folder.path()).expect("saved");
        let mut again = Watches::load(folder.path()).expect("read");
        assert_eq!(again, watches);
        let watch = again.get_mut("dams").expect("there");
        assert!(!watch.is_new("a"));
        assert!(watch.is_new("b"));
        let error = again.get_mut("x").expect_err("unknown").to_string();
        assert!(error.contains("there are dams"), "{error}");
    }
}
