use super::Span;
use serde::Serialize;

/// Something that the person who asked should know: a repair, a resolved date, what emptied the result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Note {
    pub kind: NoteKind,
    pub message: String,
    /// Bytes of the query that it concerns.
    pub start: Option<usize>,
    pub end: Option<usize>,
    /// The clause that it concerns, as text.
    pub clause: Option<String>,
}

/// The kinds of note that the contract names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoteKind {
    Repair,
    Date,
    Language,
    AllWords,
    Zero,
    Partial,
    Scores,
    Undated,
    /// What the alias file made of a name.
    Alias,
}

impl Note {
    /// A note without a place in the query.
    pub fn new(kind: NoteKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            start: None,
            end: None,
            clause: None,
        }
    }

    /// The same note, placed.
    pub fn at(mut self, span: Span, clause: impl Into<String>) -> Self {
        self.start = Some(span.start as usize);
        self.end = Some(span.end as usize);
        self.clause = Some(clause.into());
        self
    }
}
