//! Why something gave no article.

use crate::error::Error;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What became of something that gave no article.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TroubleKind {
    /// Not an article, and not meant to be one: a picture, a device, a package without text.
    Skipped,
    /// An article's format that could not be read.
    Failed,
}

/// One skipped or failed file or record, with its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    pub kind: TroubleKind,
    /// The record's number in its file, from 1; 0 where it concerns the whole file.
    pub record: u32,
    /// Where in the decompressed file it was seen, where that is known.
    pub offset: Option<u64>,
    /// Cause and what would be right, lower case, without the file's name.
    pub reason: String,
}

impl Trouble {
    /// A failure of the whole file, until [`at`](Self::at) says otherwise.
    pub fn failed(reason: impl Into<String>) -> Self {
        Self {
            kind: TroubleKind::Failed,
            record: 0,
            offset: None,
            reason: reason.into(),
        }
    }

    /// Something that is no article.
    pub fn skipped(reason: impl Into<String>) -> Self {
        Self {
            kind: TroubleKind::Skipped,
            ..Self::failed(reason)
        }
    }

    /// An input that broke off or could not be read.
    pub fn io(error: &std::io::Error) -> Self {
        Self::failed(match error.kind() {
            std::io::ErrorKind::UnexpectedEof => "ends too early: truncated".to_owned(),
            _ => error.to_string(),
        })
    }

    /// The same, at a record (0: the whole file) and a byte of the decompressed file.
    pub fn at(mut self, record: u32, offset: u64) -> Self {
        self.record = record;
        self.offset = Some(offset);
        self
    }

    /// The library's error for it, placed at `path`.
    pub fn into_error(self, path: &str) -> Error {
        let place = match self.record {
            0 => path.to_owned(),
            n => format!("{path}, record {n}"),
        };
        Error::record(place, self.to_string())
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.offset {
            Some(offset) if offset > 0 => write!(f, "byte {offset}: {}", self.reason),
            _ => f.write_str(&self.reason),
        }
    }
}
