//! What the value of a field asks for: names by their words, languages, ids, parts of paths.

use super::compile::Compiler;
use super::document::{NameKind, name_prefix};
use super::plan::{Near, Operand, Plan, Slot};
use crate::analyze::Lang;
use crate::error::{Error, Result};
use crate::query::Field;
use std::slice;
use tantivy::Term;

impl Compiler<'_> {
    /// The plan of `field:value`.
    pub(super) fn value(&mut self, field: Field, value: &str) -> Result<Plan> {
        let kinds: &[NameKind] = match field {
            Field::Person => &[NameKind::Person],
            Field::Org => &[NameKind::Org],
            Field::Place => &[NameKind::Place],
            Field::Entity => &[NameKind::Person, NameKind::Org, NameKind::Place],
            Field::Author => &[NameKind::Author],
            Field::Source => &[NameKind::Source],
            Field::Keyword => &[NameKind::Keyword],
            Field::Lang => {
                let lang = Lang::new(value).map_or(value.to_owned(), |l| l.as_str().to_owned());
                return Ok(Plan::Terms(vec![Term::from_field_text(
                    self.fields.lang,
                    &lang,
                )]));
            }
            Field::Id => {
                return Ok(Plan::Terms(vec![Term::from_field_text(
                    self.fields.id,
                    value,
                )]));
            }
            Field::Path | Field::Url => {
                let of = if field == Field::Path {
                    self.fields.path
                } else {
                    self.fields.url
                };
                let terms = self.lexicon.containing(of, value)?;
                return Ok(if terms.is_empty() {
                    Plan::None
                } else {
                    Plan::Terms(terms)
                });
            }
            Field::Title | Field::Heading | Field::Lead | Field::Text => {
                return self.phrase(&[value.to_owned()], 0, Some(field));
            }
        };
        let (value, is_prefix) = match value.strip_suffix('*') {
            Some(stem) => (stem, true),
            None => (value, false),
        };
        let tokens = self.analyzer.query_forms(value, &[Lang::ENGLISH]);
        if tokens.is_empty() {
            return Err(Error::Usage(format!(
                "{value:?} holds no word to look for; expected a name"
            )));
        }
        let mut operand = Operand::default();
        for kind in kinds {
            let prefix = name_prefix(*kind);
            let mut sequence = Vec::with_capacity(tokens.len());
            for (n, token) in tokens.iter().enumerate() {
                let word = format!("{prefix}:{}", token.surface);
                let is_last = n + 1 == tokens.len();
                if token.is_prefix && tokens.len() > 1 {
                    continue;
                }
                sequence.push(Slot {
                    offset: token.offset,
                    terms: if is_last && (is_prefix || token.is_prefix) {
                        self.lexicon.starting(self.fields.names, &word)?
                    } else {
                        vec![Term::from_field_text(self.fields.names, &word)]
                    },
                });
            }
            if *kind == NameKind::Person && !is_prefix {
                operand
                    .alternatives
                    .extend(self.with_other_initials(&sequence));
            }
            operand.alternatives.push(sequence);
        }
        let near = Near::alone(operand);
        Ok(match near.as_terms() {
            Some(terms) => Plan::Terms(terms),
            None => Plan::Near(near),
        })
    }

    /// The other ways to write a person's name that facets count as the same: without its middle
    /// initials, or, where it is two words, with one.
    fn with_other_initials(&self, sequence: &[Slot]) -> Option<Vec<Slot>> {
        let [first, inner @ .., last] = sequence else {
            return None;
        };
        let in_a_row = (0..).zip(sequence).all(|(n, slot)| slot.offset == n);
        if !in_a_row {
            return None;
        }
        let prefix = name_prefix(NameKind::Person);
        let initials: Vec<Term> = ('a'..='z')
            .map(|c| Term::from_field_text(self.fields.names, &format!("{prefix}:{c}")))
            .collect();
        let middle = if inner.is_empty() {
            vec![Slot {
                offset: 1,
                terms: initials,
            }]
        } else {
            let mut words = inner.to_vec();
            words.retain(|slot| !slot.terms.iter().all(|term| initials.contains(term)));
            if words.len() == inner.len() {
                return None;
            }
            words
        };
        let slots = [slice::from_ref(first), &middle, slice::from_ref(last)].concat();
        let numbered = (0..).zip(slots);
        Some(
            numbered
                .map(|(offset, slot)| Slot { offset, ..slot })
                .collect(),
        )
    }
}
