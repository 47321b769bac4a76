//! The query language: grammar, tree, and what was repaired on the way.

mod note;
mod tree;

pub use note::{Note, NoteKind};
pub use tree::{Axis, Clause, Field, Kind, Match, Node, Occur, Query, Span};
