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

const LATE: &str = "the time given ran out before everything was looked at; raise --timeout";

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

    /// That an answer is of what was looked at by its deadline.
    pub fn late() -> Self {
        Self::new(NoteKind::Partial, LATE)
    }

    /// Whether it says so; an answer may be in part for other reasons.
    pub fn is_late(&self) -> bool {
        self.kind == NoteKind::Partial && self.message == LATE
    }

    /// The same note, placed; a flag's clause has an empty span, for it stands nowhere in the query.
    pub fn at(mut self, span: Span, clause: impl Into<String>) -> Self {
        if span.start < span.end {
            self.start = Some(span.start as usize);
            self.end = Some(span.end as usize);
        }
        self.clause = Some(clause.into());
        self
    }
}
