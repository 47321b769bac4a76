//! What an index was made without: parts that cost time and space and that not every archive needs.

use crate::error::{Error, Result};
use crate::query::{Axis, Field, Kind, Node, Note, NoteKind};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What is left out; recorded in the index, so that later runs and queries know.
///
/// Serialises to the list of its parts' names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Vec<&'static str>", try_from = "Vec<String>")]
pub struct Without {
    /// Names found in texts; those that a source gives are kept.
    pub entities: bool,
    /// Days that passages speak of.
    pub dates: bool,
    /// Copies of one story.
    pub families: bool,
    /// Words as written, which prefixes, wildcards, regexes, `~` and `=Exact` are matched on.
    pub forms: bool,
}

impl Without {
    /// The names that [`parse`](Self::parse) knows.
    pub const NAMES: [&'static str; 4] = ["entities", "dates", "families", "forms"];

    fn parts(&mut self) -> [&mut bool; 4] {
        [
            &mut self.entities,
            &mut self.dates,
            &mut self.families,
            &mut self.forms,
        ]
    }

    /// Reads a list of names; `none` alone leaves nothing out.
    pub fn parse<S: AsRef<str>>(names: &[S]) -> Result<Self> {
        let mut out = Self::default();
        for name in names.iter().map(AsRef::as_ref) {
            let at = Self::NAMES.iter().position(|known| *known == name);
            match at {
                Some(at) => *out.parts()[at] = true,
                None if name == "none" && names.len() == 1 => {}
                None => {
                    return Err(Error::Usage(format!(
                        "--without {name}: expected some of {}, or none",
                        Self::NAMES.join(", ")
                    )));
                }
            }
        }
        Ok(out)
    }

    /// Whether nothing is left out.
    pub fn is_none(self) -> bool {
        self == Self::default()
    }

    /// What a query's answer lacks for what was left out; each part is said once.
    pub fn notes(self, query: &Node) -> Result<Vec<Note>> {
        let mut asked = Self::default();
        if !self.is_none() {
            asked.ask(query);
            if self.forms && has_exact(query) {
                return Err(Error::Query {
                    message: "=Exact needs words as written, and this index was made without forms; `dateline index --without none PATH` adds them".to_owned(),
                    start: query.span.start as usize,
                    end: query.span.end as usize,
                });
            }
        }
        let notes = [
            (
                self.entities && asked.entities,
                "entities: names are only those that sources give",
            ),
            (self.dates && asked.dates, "dates: about: finds nothing"),
            (
                self.families && asked.families,
                "families: copies: finds nothing",
            ),
            (
                self.forms && asked.forms,
                "forms: prefixes, wildcards, regexes and ~ are matched on stems",
            ),
        ];
        Ok(notes
            .into_iter()
            .filter(|(lacks, _)| *lacks)
            .map(|(_, words)| {
                Note::new(
                    NoteKind::Partial,
                    format!("this index was made without {words}"),
                )
            })
            .collect())
    }

    /// Marks the parts that a query asks of.
    fn ask(&mut self, node: &Node) {
        match &node.kind {
            Kind::Value {
                field: Field::Person | Field::Org | Field::Place | Field::Entity,
                ..
            } => self.entities = true,
            Kind::Dates {
                axis: Axis::Mentioned,
                ..
            } => self.dates = true,
            Kind::Copies(_) => self.families = true,
            Kind::Prefix(_) | Kind::Wildcard(_) | Kind::Regex(_) | Kind::Fuzzy { .. } => {
                self.forms = true;
            }
            _ => {}
        }
        for child in node.children() {
            self.ask(child);
        }
    }
}

fn has_exact(node: &Node) -> bool {
    matches!(node.kind, Kind::Exact(_)) || node.children().into_iter().any(has_exact)
}

impl From<Without> for Vec<&'static str> {
    fn from(mut without: Without) -> Self {
        let parts = Without::NAMES.into_iter().zip(without.parts());
        parts
            .filter(|(_, out)| **out)
            .map(|(name, _)| name)
            .collect()
    }
}

impl TryFrom<Vec<String>> for Without {
    type Error = Error;

    fn try_from(names: Vec<String>) -> Result<Self> {
        Self::parse(&names)
    }
}

impl fmt::Display for Without {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = (*self).into();
        match names.is_empty() {
            true => f.write_str("none"),
            false => f.write_str(&names.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_names_what_is_left_out() {
        let some = Without::parse(&["dates", "forms"]).unwrap();
        assert!(some.dates && some.forms && !some.entities && !some.families);
        assert_eq!(some.to_string(), "dates, forms");
        assert!(Without::parse(&["none"]).unwrap().is_none());
        let error = Without::parse(&["none", "dates"]).unwrap_err().to_string();
        assert!(
            error.contains("entities, dates, families, forms"),
            "{error}"
        );
    }
}
