//! What a query demands of a document, with everything resolved, and what is scored.

use super::columns::Zone;
use super::lexicon::Expansion;
use crate::date::Interval;
use crate::error::Result;
use crate::query::{Node, Span};
use jiff::civil::Date;
use std::sync::{Arc, Mutex, PoisonError};
use tantivy::index::SegmentId;
use tantivy::postings::TermInfo;
use tantivy::{BitSet, Term};

/// What a document must hold. Everything is resolved: no text is analysed past this point.
#[derive(Clone, Debug)]
pub enum Plan {
    All,
    None,
    /// At least one of these terms.
    Terms(Vec<Term>),
    /// At least one of the forms that an expansion stands for.
    Forms(Arc<Forms>),
    /// Words at positions, in a field with positions.
    Near(Near),
    /// The same, with its words in one zone of `text`; `lead` in the first passage besides.
    InZone {
        zone: Zone,
        lead: bool,
        near: Near,
    },
    And(Vec<Plan>),
    Or(Vec<Plan>),
    AtLeast(usize, Vec<Plan>),
    Not(Box<Plan>),
    /// Published on one of these days.
    Published(Option<Date>, Option<Date>),
    Undated,
    /// Speaks of one of these days.
    About(Interval),
    /// `plan` narrowed to the passages on which `node` can be seen to match, by reading them.
    Seen {
        plan: Box<Plan>,
        node: Node,
    },
    /// Records by their ledger key, sorted.
    Keys(Vec<u64>),
}

/// Operands at a distance. One operand alone is a word or a phrase.
#[derive(Clone, Debug, PartialEq)]
pub struct Near {
    pub operands: Vec<Operand>,
    /// How many words may stand between two neighbours.
    pub distance: u32,
    pub ordered: bool,
}

/// The ways to write one operand.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Operand {
    pub alternatives: Vec<Vec<Slot>>,
}

/// One place in a sequence of words, and the terms that may stand there.
#[derive(Clone, Debug, PartialEq)]
pub struct Slot {
    pub offset: u32,
    pub terms: Vec<Term>,
}

impl Near {
    /// One operand alone.
    pub fn alone(operand: Operand) -> Self {
        Self {
            operands: vec![operand],
            distance: 0,
            ordered: true,
        }
    }

    /// The terms, if a document matches as soon as it holds one of them.
    pub fn as_terms(&self) -> Option<Vec<Term>> {
        let [operand] = self.operands.as_slice() else {
            return None;
        };
        let mut terms = Vec::new();
        for sequence in &operand.alternatives {
            let [slot] = sequence.as_slice() else {
                return None;
            };
            terms.extend(slot.terms.iter().cloned());
        }
        Some(terms)
    }
}

/// One thing that ranking scores: a word under all its stems.
#[derive(Clone, Debug)]
pub struct Scored {
    /// As typed.
    pub label: String,
    pub span: Span,
    /// Stems in `text`, one a language, each once.
    pub terms: Vec<Term>,
    /// The exact spelling in `surface`, where the typed form asks for it.
    pub exact: Option<Term>,
    /// What its score is multiplied by.
    pub weight: f32,
    /// A function word beside content words: the first stage may leave it out, the second does where
    /// it is everywhere.
    pub is_function: bool,
    /// From inside a phrase: its order is demanded already.
    pub in_phrase: bool,
    /// What a prefix, wildcard and so on stands for; `terms` is empty then.
    pub forms: Option<Arc<Forms>>,
}

/// The forms that a prefix, pattern or misspelling stands for, and the passages that hold any.
///
/// There may be thousands. What matches, what the first stage scores and what the second one looks at
/// are the same passages, so they are gathered once a search.
#[derive(Debug, Default)]
pub struct Forms {
    /// Terms of `surface`.
    pub terms: Vec<Term>,
    /// Where their postings lie, if they were met in the dictionaries; else they are looked up.
    infos: Vec<(SegmentId, Vec<TermInfo>)>,
    passages: Mutex<Vec<(SegmentId, Arc<BitSet>)>>,
}

impl Forms {
    pub fn of(expansion: Expansion) -> Arc<Self> {
        Arc::new(Self {
            terms: expansion.terms,
            infos: expansion.infos,
            passages: Mutex::default(),
        })
    }

    /// Where the postings lie that one segment has of them, if that is known.
    pub fn infos(&self, segment: SegmentId) -> Option<&[TermInfo]> {
        let mut infos = self.infos.iter();
        let found = infos.find(|(id, _)| *id == segment)?;
        Some(&found.1)
    }

    /// The passages of one segment; `gather` is asked for them the first time.
    pub fn passages(
        &self,
        segment: SegmentId,
        gather: impl FnOnce() -> Result<BitSet>,
    ) -> Result<Arc<BitSet>> {
        let mut known = self.passages.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, bits)) = known.iter().find(|(id, _)| *id == segment) {
            return Ok(Arc::clone(bits));
        }
        let bits = Arc::new(gather()?);
        known.push((segment, Arc::clone(&bits)));
        Ok(bits)
    }
}

impl Operand {
    /// The same words in another field.
    pub fn in_field(&self, field: tantivy::schema::Field) -> Self {
        let moved = |slot: &Slot| Slot {
            offset: slot.offset,
            terms: slot
                .terms
                .iter()
                .map(|term| {
                    let text = term.value().as_str().unwrap_or("").to_owned();
                    Term::from_field_text(field, &text)
                })
                .collect(),
        };
        Self {
            alternatives: self
                .alternatives
                .iter()
                .map(|sequence| sequence.iter().map(moved).collect())
                .collect(),
        }
    }
}
