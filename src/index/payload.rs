//! What is committed together with the segments: the JSON in tantivy's commit payload.

use super::schema::FORMAT;
use super::without::Without;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// One commit, beyond its segments.
///
/// Whatever an archive knows besides tantivy's segments is named here, so that it becomes visible
/// with the same atomic replacement of `meta.json`, or not at all.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Payload {
    /// [`FORMAT`] of the writer.
    pub format: u32,
    /// Counts commits, from 1.
    pub generation: u64,
    pub articles: u64,
    pub passages: u64,
    pub families: u64,
    pub undated: u64,
    /// Articles by language code.
    pub languages: BTreeMap<String, u64>,
    /// In the order of their first indexing; an entry's place is its number in the ledger.
    pub roots: Vec<Root>,
    /// Reader options, analysis and models that wrote what is indexed.
    pub fingerprint: String,
    /// What is left out.
    pub without: Without,
    /// The next unused article key.
    pub next_key: u64,
    /// Start of the last run, nanoseconds since 1970: what was modified shortly before it may have
    /// changed again within the same tick of the file system's clock.
    pub started_ns: i64,
    /// Side tables by name.
    pub tables: BTreeMap<String, Table>,
}

/// A folder whose files are indexed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Root {
    /// What precedes the ids of its articles: empty for the first root, else a name without `/`.
    pub prefix: String,
    /// Absolute, or relative to the folder that holds the index where it lies within that.
    pub path: String,
}

impl Root {
    /// The folder itself; `base` is the folder that holds the index.
    pub fn folder(&self, base: &Path) -> PathBuf {
        match self.path.as_str() {
            "." => base.to_path_buf(),
            path => base.join(path),
        }
    }
}

/// A file beside the segments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Its name in the index folder.
    pub file: String,
    pub bytes: u64,
    /// xxh3 of its content, 16 hexadecimal digits: JSON numbers are not safe beyond 53 bits.
    pub xxh3: String,
}

impl Payload {
    /// The payload of an index without a commit.
    pub fn empty() -> Self {
        Self {
            format: FORMAT,
            ..Self::default()
        }
    }
}
