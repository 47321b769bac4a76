//! An alias file applied to a query: a name stands for every name of its entry.

use crate::article::EntityKind;
use crate::entity::alias::{Aliases, Entry, Resolved};
use crate::query::{Field, Kind, Node, Note, NoteKind, Query};

/// Widens the values of `person:`, `org:`, `place:` and `entity:` to all names of their entries.
///
/// A name of several entries is left as it is, and a note says so; so does one for each widened name.
/// A value that ends in `*` is no whole name and is left as it is.
pub fn widen(query: &mut Query, aliases: &Aliases, notes: &mut Vec<Note>) {
    widen_node(&mut query.root, aliases, notes);
}

fn widen_node(node: &mut Node, aliases: &Aliases, notes: &mut Vec<Note>) {
    match &mut node.kind {
        Kind::Value { field, value } => {
            if let Some(kind) = widened(*field, value, aliases, notes) {
                node.kind = kind;
            }
        }
        Kind::Near {
            operands: nodes, ..
        }
        | Kind::Sentence(nodes)
        | Kind::And(nodes)
        | Kind::Or(nodes) => nodes
            .iter_mut()
            .for_each(|node| widen_node(node, aliases, notes)),
        Kind::Not(node) | Kind::Within { node, .. } => widen_node(node, aliases, notes),
        Kind::Bag(clauses) => clauses
            .iter_mut()
            .for_each(|clause| widen_node(&mut clause.node, aliases, notes)),
        _ => {}
    }
}

fn widened(field: Field, value: &str, aliases: &Aliases, notes: &mut Vec<Note>) -> Option<Kind> {
    let kinds: &[EntityKind] = match field {
        Field::Person => &[EntityKind::Person],
        Field::Org => &[EntityKind::Org],
        Field::Place => &[EntityKind::Place],
        Field::Entity => &[EntityKind::Person, EntityKind::Org, EntityKind::Place],
        _ => return None,
    };
    let mut entries: Vec<&Entry> = Vec::new();
    for &kind in kinds {
        match aliases.resolve(kind, value) {
            Resolved::Unknown => {}
            Resolved::One(entry) => entries.push(entry),
            Resolved::Ambiguous(several) => entries.extend(several),
        }
    }
    let (entry, others) = entries.split_first()?;
    if !others.is_empty() {
        let names: Vec<&str> = entries.iter().map(|e| e.canonical.as_str()).collect();
        notes.push(Note::new(
            NoteKind::Alias,
            format!(
                "{value:?} is a name of {} in the alias file; it is looked for as it is",
                names.join(" and of ")
            ),
        ));
        return None;
    }
    let mut names: Vec<&str> = vec![value];
    for name in entry.names() {
        if !names.iter().any(|n| n.eq_ignore_ascii_case(name)) {
            names.push(name);
        }
    }
    if names.len() < 2 {
        return None;
    }
    notes.push(Note::new(
        NoteKind::Alias,
        format!("by the alias file also: {}", names[1..].join(", ")),
    ));
    let alternative = |name: &&str| Node {
        kind: Kind::Value {
            field,
            value: (*name).to_owned(),
        },
        span: crate::query::Span::default(),
    };
    Some(Kind::Or(names.iter().map(alternative).collect()))
}
