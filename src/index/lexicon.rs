//! The term dictionaries of a snapshot: which forms a prefix, pattern or misspelling stands for.

use super::schema::Fields;
use super::without::Without;
use crate::error::{Error, Result};
use crate::query::{Kind, Node};
use std::ops::Bound;
use std::time::Instant;
use tantivy::index::SegmentId;
use tantivy::postings::TermInfo;
use tantivy::schema::Field;
use tantivy::{Searcher, Term};
use tantivy_fst::Automaton;

/// How many forms one expansion may stand for.
pub const MAX_FORMS: usize = 20_000;

/// The dictionaries of all segments.
pub struct Lexicon<'a> {
    pub searcher: &'a Searcher,
    pub fields: Fields,
    /// When looking through them ends, with what was found by then.
    pub deadline: Option<Instant>,
    /// Without forms, stems stand in for them.
    pub without: Without,
}

/// How often a walk over a dictionary looks at the clock, in terms.
const CLOCK_EVERY: u32 = 4096;

/// The forms found, in dictionary order.
#[derive(Clone, Debug, Default)]
pub struct Expansion {
    pub terms: Vec<Term>,
    /// By segment where their postings lie; without the segments in which that is not known.
    pub infos: Vec<(SegmentId, Vec<TermInfo>)>,
    /// More than [`MAX_FORMS`] were there, or the time ran out.
    pub cut: bool,
}

impl Expansion {
    /// Terms that are known without looking through the dictionaries.
    pub fn of(terms: Vec<Term>) -> Self {
        Self {
            terms,
            ..Self::default()
        }
    }

    /// Adds a term that a dictionary holds; false, and not added, if there are enough.
    fn met(
        &mut self,
        field: Field,
        key: &[u8],
        info: &TermInfo,
        infos: &mut Vec<TermInfo>,
    ) -> bool {
        let Ok(form) = std::str::from_utf8(key) else {
            return true;
        };
        if infos.len() >= MAX_FORMS {
            return false;
        }
        self.terms.push(Term::from_field_text(field, form));
        infos.push(info.clone());
        true
    }

    /// Puts the forms of several segments in order, each once.
    fn settle(&mut self) {
        if self.infos.len() > 1 {
            self.terms.sort_unstable();
            self.terms.dedup();
        }
        if self.terms.len() > MAX_FORMS {
            self.terms.truncate(MAX_FORMS);
            self.cut = true;
        }
        if self.cut && self.infos.len() > 1 {
            // Each segment was left at another place: what it has of the forms kept is looked up.
            self.infos.clear();
        }
    }
}

impl Lexicon<'_> {
    /// The forms of `surface` that an exact, prefix, wildcard, regex or fuzzy node stands for.
    pub fn expand(&self, node: &Node) -> Result<Expansion> {
        let field = match self.without.forms {
            true => self.fields.text,
            false => self.fields.surface,
        };
        match &node.kind {
            Kind::Exact(spelling) => {
                let folded = crate::analyze::fold(spelling);
                let written = if *spelling == folded {
                    folded.to_string()
                } else {
                    format!("{folded}\0{spelling}")
                };
                Ok(Expansion::of(vec![Term::from_field_text(field, &written)]))
            }
            Kind::Prefix(prefix) => {
                let folded = crate::analyze::fold(prefix);
                self.range(field, folded.as_bytes(), |_| true)
            }
            _ => {
                let pattern =
                    crate::query::pattern::Pattern::of(&node.kind).map_err(|e| Error::Query {
                        message: e.to_string(),
                        start: node.span.start as usize,
                        end: node.span.end as usize,
                    })?;
                match pattern {
                    Some(pattern) => self.search(field, &pattern),
                    None => Ok(Expansion::default()),
                }
            }
        }
    }

    /// The terms of `field` that begin with `prefix`.
    pub fn starting(&self, field: Field, prefix: &str) -> Result<Vec<Term>> {
        Ok(self.range(field, prefix.as_bytes(), |_| true)?.terms)
    }

    /// The terms of `field` that hold `part` (`*` stands for anything); ASCII case is ignored.
    pub fn containing(&self, field: Field, part: &str) -> Result<Vec<Term>> {
        let part = part.to_ascii_lowercase();
        let pieces: Vec<&str> = part.split('*').filter(|p| !p.is_empty()).collect();
        let holds = |term: &[u8]| {
            let term = term.to_ascii_lowercase();
            let mut from = 0;
            pieces.iter().all(
                |piece| match memchr::memmem::find(&term[from..], piece.as_bytes()) {
                    Some(at) => {
                        from += at + piece.len();
                        true
                    }
                    None => false,
                },
            )
        };
        Ok(self.range(field, b"", holds)?.terms)
    }

    fn range(
        &self,
        field: Field,
        prefix: &[u8],
        keep: impl Fn(&[u8]) -> bool,
    ) -> Result<Expansion> {
        let mut found = Expansion::default();
        for segment in self.searcher.segment_readers() {
            let inverted = segment.inverted_index(field)?;
            let range = inverted.terms().range().ge(prefix);
            let range = match after(prefix) {
                Bound::Excluded(end) => range.lt(end),
                _ => range,
            };
            let mut stream = range.into_stream().map_err(tantivy::TantivyError::from)?;
            let mut looked = 0;
            let mut infos = Vec::new();
            while stream.advance() {
                let key = stream.key();
                let full = keep(key) && !found.met(field, key, stream.value(), &mut infos);
                if full || self.is_late(&mut looked) {
                    found.cut = true;
                    break;
                }
            }
            found.infos.push((segment.segment_id(), infos));
        }
        found.settle();
        Ok(found)
    }

    fn search<A>(&self, field: Field, automaton: &A) -> Result<Expansion>
    where
        A: Automaton,
        A::State: Clone,
    {
        let mut found = Expansion::default();
        for segment in self.searcher.segment_readers() {
            let inverted = segment.inverted_index(field)?;
            let mut stream = inverted
                .terms()
                .search(automaton)
                .into_stream()
                .map_err(tantivy::TantivyError::from)?;
            let mut looked = 0;
            let mut infos = Vec::new();
            while stream.advance() {
                let (key, info) = (stream.key(), stream.value());
                if !found.met(field, key, info, &mut infos) || self.is_late(&mut looked) {
                    found.cut = true;
                    break;
                }
            }
            found.infos.push((segment.segment_id(), infos));
        }
        found.settle();
        Ok(found)
    }

    /// Whether the time is over; looks at the clock at the first call and then now and then.
    fn is_late(&self, looked: &mut u32) -> bool {
        let looks = looked.is_multiple_of(CLOCK_EVERY);
        *looked = looked.wrapping_add(1);
        looks && self.is_over()
    }

    /// Whether the deadline has passed.
    pub fn is_over(&self) -> bool {
        self.deadline.is_some_and(|at| Instant::now() >= at)
    }

    /// How many passages hold the term, deleted ones counted until a merge.
    pub fn doc_freq(&self, term: &Term) -> Result<u64> {
        Ok(self.searcher.doc_freq(term)?)
    }
}

/// The first key after every key that begins with `prefix`.
fn after(prefix: &[u8]) -> Bound<Vec<u8>> {
    let mut end = prefix.to_vec();
    while let Some(last) = end.pop() {
        if last < u8::MAX {
            end.push(last + 1);
            return Bound::Excluded(end);
        }
    }
    Bound::Unbounded
}
