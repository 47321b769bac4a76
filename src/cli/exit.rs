//! Exit codes, and what ends a command before its end.

use crate::error::Error;
use std::io;

/// What a command's end means; the greatest of several wins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Found, or done.
    #[default]
    Done,
    /// Nothing matched; an unknown id.
    Nothing,
    /// Done, but for some files or rows, or not to the end.
    Partly,
    /// A usage, query or I/O error; nothing was changed.
    Refused,
    /// The index is missing, locked, damaged or out of reach.
    Index,
    /// Interrupted; what was committed is intact.
    Interrupted,
}

impl Exit {
    /// The process's exit code.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Nothing => 1,
            Self::Refused => 2,
            Self::Partly => 3,
            Self::Index => 4,
            Self::Interrupted => 130,
        }
    }

    /// What an error ends a command with.
    pub fn of(error: &Error) -> Self {
        match error {
            Error::NoIndex(_)
            | Error::Locked(_)
            | Error::Damaged(_)
            | Error::Backend(_)
            | Error::Engine(_) => Self::Index,
            Error::Interrupted(_) => Self::Partly,
            _ => Self::Refused,
        }
    }
}

/// Why a command ends early.
#[derive(Debug)]
pub enum Stop {
    /// Nobody reads the output any more: a quiet end.
    Closed,
    Failed(Error),
    /// An error in a query, with the text that its place counts in.
    Query(Error, String),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        match error {
            Error::Io { source, .. } if source.kind() == io::ErrorKind::BrokenPipe => Self::Closed,
            other => Self::Failed(other),
        }
    }
}

impl From<io::Error> for Stop {
    /// An error of standard output; other I/O errors are made with their path.
    fn from(error: io::Error) -> Self {
        Error::io("standard output", error).into()
    }
}

impl From<serde_json::Error> for Stop {
    fn from(error: serde_json::Error) -> Self {
        io::Error::from(error).into()
    }
}

/// How a command ends.
pub type Ending = Result<Exit, Stop>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_of_130_4_2_3_1_0_wins() {
        let mut all = [
            Exit::Done,
            Exit::Interrupted,
            Exit::Partly,
            Exit::Nothing,
            Exit::Index,
            Exit::Refused,
        ];
        all.sort();
        assert_eq!(all.map(Exit::code), [0, 1, 3, 2, 4, 130]);
    }
}
