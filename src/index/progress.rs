//! What a run tells while it works and when it has ended.

use serde::Serialize;

/// The steps of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Files are listed and compared.
    Scanning,
    /// Files are read and indexed.
    Indexing,
    /// What was read is made durable and visible.
    Committing,
    /// Segments are merged.
    Merging,
    /// Everything is checked.
    Verifying,
}

/// Listens to a run; called from several threads.
pub trait Progress: Sync {
    /// A step begins, with what it has to do; 0 where that is not known.
    fn step(&self, step: Step, files: u64, bytes: u64) {
        let _ = (step, files, bytes);
    }

    /// More is done since the last call.
    fn advance(&self, files: u64, bytes: u64, articles: u64) {
        let _ = (files, bytes, articles);
    }
}

/// Listens to nothing.
pub struct Silent;

impl Progress for Silent {}

/// Something that gave no article, and why.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Omission {
    pub path: String,
    /// From 1; null where it concerns the whole file.
    pub record: Option<u32>,
    pub kind: OmissionKind,
    pub reason: String,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum OmissionKind {
    Skipped,
    Failed,
    Superseded,
}

/// What a run did. Articles are counted unless a name says otherwise.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UpdateReport {
    pub added: u64,
    pub replaced: u64,
    pub removed: u64,
    /// In the index before and after, and not touched.
    pub unchanged: u64,
    /// Passages written.
    pub passages: u64,
    /// Files and records that are no articles, of all files looked at, sorted.
    pub skipped: Vec<Omission>,
    /// Files and records that could not be read, of all files looked at, sorted.
    pub failed: Vec<Omission>,
    /// Records read in this run that another record of the same id outranks.
    pub superseded: u64,
    /// Files whose content was read, and their bytes.
    pub files_read: u64,
    pub bytes_read: u64,
    pub elapsed_ms: f64,
    pub interrupted: bool,
    /// What the user should know, a sentence each.
    pub notes: Vec<String>,
}
