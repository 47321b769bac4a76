//! Alias and authority files: which names mean the same, by a newsroom's own list.
//!
//! A file is UTF-8 text of lines `canonical<TAB>type<TAB>aliases`: the type is `person`, `org` or `place`,
//! the aliases are separated by `|`, further columns are further aliases. Empty lines, lines that begin with
//! `#` and a first line `canonical<TAB>type…` are skipped. Names are compared by [`variant_key`], so an alias
//! need not be listed in every spelling. Nothing is indexed: the list is applied when a query is read, and
//! undone by leaving it away.

use super::variant::variant_key;
use crate::article::EntityKind;
use crate::error::{Error, Result};
use std::collections::BTreeMap;

/// A line's name with its other names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub kind: EntityKind,
    pub canonical: String,
    pub aliases: Vec<String>,
}

impl Entry {
    /// The canonical name, then the others.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.canonical)
            .chain(&self.aliases)
            .map(String::as_str)
    }
}

/// A name that the file gives to more than one canonical name; none of them is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ambiguity {
    pub kind: EntityKind,
    /// The name as it is first written.
    pub name: String,
    /// Canonical names, in order of the file.
    pub canonical: Vec<String>,
}

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolved<'a> {
    /// No list has it.
    Unknown,
    One(&'a Entry),
    /// It may be any of these, in order of the file.
    Ambiguous(Vec<&'a Entry>),
}

/// An alias file, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Aliases {
    entries: Vec<Entry>,
    by_canonical: BTreeMap<(EntityKind, String), usize>,
    by_key: BTreeMap<(EntityKind, String), Vec<usize>>,
}

impl Aliases {
    /// Reads a file's text; `place` (its path) begins the message of an error, which names the line.
    ///
    /// Lines of one canonical name and type are put together.
    pub fn parse(text: &str, place: &str) -> Result<Self> {
        let mut aliases = Self::default();
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        for (number, line) in text.lines().enumerate() {
            let line = line.trim_end_matches('\r');
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let mut cells = line.split('\t').map(str::trim);
            let canonical = cells.next().unwrap_or("");
            let kind = cells.next();
            if number == 0 && canonical.eq_ignore_ascii_case("canonical") {
                continue;
            }
            let problem = |what: &str| Error::record(format!("{place}, line {}", number + 1), what);
            let kind = match kind {
                None => {
                    return Err(problem(
                        "one column; expected canonical name, type and aliases between tabs",
                    ));
                }
                Some(kind) => parse_kind(kind).ok_or_else(|| {
                    problem(&format!(
                        "unknown type \"{kind}\"; expected person, org or place"
                    ))
                })?,
            };
            if variant_key(kind, canonical).is_empty() {
                return Err(problem("the canonical name is empty"));
            }
            let others = cells
                .flat_map(|c| c.split('|'))
                .map(str::trim)
                .filter(|a| !a.is_empty());
            aliases.insert(kind, canonical, others);
        }
        Ok(aliases)
    }

    fn insert<'a>(
        &mut self,
        kind: EntityKind,
        canonical: &'a str,
        others: impl Iterator<Item = &'a str>,
    ) {
        let next = self.entries.len();
        let at = *self
            .by_canonical
            .entry((kind, canonical.to_owned()))
            .or_insert(next);
        if at == next {
            self.entries.push(Entry {
                kind,
                canonical: canonical.to_owned(),
                aliases: Vec::new(),
            });
        }
        for name in std::iter::once(canonical).chain(others) {
            let key = variant_key(kind, name);
            if key.is_empty() {
                continue;
            }
            let known = self.by_key.entry((kind, key)).or_default();
            if !known.contains(&at) {
                known.push(at);
            }
            let entry = &mut self.entries[at];
            if name != entry.canonical && !entry.aliases.iter().any(|a| a == name) {
                entry.aliases.push(name.to_owned());
            }
        }
    }

    /// What `name` stands for.
    pub fn resolve(&self, kind: EntityKind, name: &str) -> Resolved<'_> {
        match self
            .by_key
            .get(&(kind, variant_key(kind, name)))
            .map(Vec::as_slice)
        {
            None | Some([]) => Resolved::Unknown,
            Some([one]) => Resolved::One(&self.entries[*one]),
            Some(several) => {
                Resolved::Ambiguous(several.iter().map(|&e| &self.entries[e]).collect())
            }
        }
    }

    /// Every entry, in order of the file.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Names that stand for more than one canonical name, to be reported.
    pub fn ambiguities(&self) -> Vec<Ambiguity> {
        self.by_key
            .iter()
            .filter(|(_, entries)| entries.len() > 1)
            .map(|((kind, key), entries)| {
                let entries: Vec<&Entry> = entries.iter().map(|&e| &self.entries[e]).collect();
                let name = entries
                    .iter()
                    .flat_map(|e| e.names())
                    .find(|n| variant_key(*kind, n) == *key);
                Ambiguity {
                    kind: *kind,
                    name: name.unwrap_or_default().to_owned(),
                    canonical: entries.iter().map(|e| e.canonical.clone()).collect(),
                }
            })
            .collect()
    }
}

fn parse_kind(text: &str) -> Option<EntityKind> {
    match text.to_ascii_lowercase().as_str() {
        "person" | "per" | "people" => Some(EntityKind::Person),
        "org" | "organization" | "organisation" => Some(EntityKind::Org),
        "place" | "loc" | "location" => Some(EntityKind::Place),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "canonical\ttype\taliases\n\
        # newsroom list\n\
        Angela Merkel\tperson\tMutti|A. Merkel\n\
        Apple Inc.\torg\tApple\tAAPL\n\
        Apple Corps\torg\tApple\n";

    #[test]
    fn an_alias_stands_for_its_canonical_name_in_any_spelling() {
        let list = Aliases::parse(LIST, "list.tsv").unwrap();
        for name in ["Mutti", "MUTTI", "Merkel, Angela", "a merkel"] {
            match list.resolve(EntityKind::Person, name) {
                Resolved::One(entry) => assert_eq!(entry.canonical, "Angela Merkel"),
                other => panic!("{name}: {other:?}"),
            }
        }
        assert_eq!(list.resolve(EntityKind::Org, "Mutti"), Resolved::Unknown);
    }

    #[test]
    fn a_name_of_two_entries_is_ambiguous_and_reported() {
        let list = Aliases::parse(LIST, "list.tsv").unwrap();
        assert!(
            matches!(list.resolve(EntityKind::Org, "Apple"), Resolved::Ambiguous(e) if e.len() == 2)
        );
        assert!(matches!(
            list.resolve(EntityKind::Org, "AAPL"),
            Resolved::One(_)
        ));
        let reported = list.ambiguities();
        assert_eq!(reported.len(), 1);
        assert_eq!(reported[0].canonical, ["Apple Inc.", "Apple Corps"]);
    }

    #[test]
    fn errors_name_the_line_and_what_would_be_right() {
        let error = Aliases::parse("A\tperson\tB\nC\tship\tD\n", "list.tsv")
            .unwrap_err()
            .to_string();
        assert_eq!(
            error,
            "list.tsv, line 2: unknown type \"ship\"; expected person, org or place"
        );
        assert!(
            Aliases::parse("only one column", "x")
                .unwrap_err()
                .to_string()
                .contains("line 1")
        );
        assert!(Aliases::parse("\tperson\tB", "x").is_err());
    }

    #[test]
    fn an_empty_file_has_no_entries() {
        assert!(
            Aliases::parse("\u{feff}\n\r\n# nothing\n", "x")
                .unwrap()
                .entries()
                .is_empty()
        );
    }
}
