//! The one error type of the library.

use std::path::{Path, PathBuf};

/// A `Result` whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, written for the person who sees it: place, cause, what would be right.
///
/// The variants differ by what a caller does about them; `cli` maps them to exit codes.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A flag, value or combination that cannot be meant.
    #[error("{0}")]
    Usage(String),
    /// A query that cannot be run; `start..end` are bytes of the query.
    #[error("{message}")]
    Query {
        message: String,
        start: usize,
        end: usize,
    },
    /// A file or stream that could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        path: PathBuf,
        source: std::io::Error,
    },
    /// A record whose format could not be read; the rest of its file goes on.
    #[error("{place}: {message}")]
    Record { place: String, message: String },
    /// There is no index where one was looked for.
    #[error("{0}")]
    NoIndex(String),
    /// Another process is writing to the index.
    #[error("{0}")]
    Locked(String),
    /// The index is of another format, or damaged.
    #[error("{0}")]
    Damaged(String),
    /// The back end could not be reached or gave no usable answer.
    #[error("{0}")]
    Backend(String),
    /// A deadline passed, or the user interrupted.
    #[error("{0}")]
    Interrupted(String),
    /// The engine refused; its own words.
    #[error("index: {0}")]
    Engine(#[from] tantivy::TantivyError),
}

impl Error {
    /// Wraps an I/O error with the path that it concerns.
    pub fn io(path: impl AsRef<Path>, source: std::io::Error) -> Self {
        Self::Io {
            path: path.as_ref().to_path_buf(),
            source,
        }
    }

    /// A record-level error: `place` is `path` or `path, record N`.
    pub fn record(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Record {
            place: place.into(),
            message: message.into(),
        }
    }
}

/// Why one line of JSON Lines is no JSON: its column alone, for the line is named beside it.
pub(crate) fn json_reason(error: &serde_json::Error) -> String {
    let reason = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    match reason.strip_suffix(&place) {
        Some(reason) => format!("{reason} at column {}", error.column()),
        None => reason,
    }
}
