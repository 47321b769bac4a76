//! Plan → the documents of one segment that match.

use super::columns::{Between, Columns};
use super::core::union_terms;
use super::docsets::{AtLeast, Bits, Blocks, Checked, Docs, Every, Lift, Union, boxed, none};
use super::plan::{Forms, Near, Plan};
use super::positions::{Finder, Spans};
use super::request::Unit;
use super::schema::Fields;
use super::seen::Seen;
use super::windows::Windows;
use crate::date;
use crate::error::Result;
use std::sync::Arc;
use std::time::Instant;
use tantivy::postings::BlockSegmentPostings;
use tantivy::query::{Exclude, intersect_scorers};
use tantivy::schema::IndexRecordOption;
use tantivy::{BitSet, DocId, DocSet, SegmentReader, Term};

/// Postings of more terms than this are gathered into a bit set instead of being merged.
const MERGE_AT_MOST: usize = 16;

/// One segment of a snapshot, ready for matching.
#[derive(Clone)]
pub struct Segment<'a> {
    pub reader: &'a SegmentReader,
    pub columns: Arc<Columns>,
    pub fields: Fields,
    pub unit: Unit,
    /// Reads passages back where only their text can tell.
    pub seen: &'a Seen,
    /// When costly checks of documents end, with what was found by then.
    pub deadline: Option<Instant>,
}

impl Segment<'_> {
    /// The documents that match: passages, or the first passages of articles.
    ///
    /// Deleted documents are among them.
    pub fn docs(&self, plan: &Plan) -> Result<Docs> {
        match plan {
            Plan::And(plans) => self.and(plans),
            // Over terms alone it is one leaf, whose postings are merged as they are.
            Plan::Or(plans) if union_terms(plan).is_none() => {
                let sets = self.all(plans)?;
                Ok(self.union(sets))
            }
            Plan::AtLeast(need, plans) => Ok(boxed(AtLeast::new(self.all(plans)?, *need))),
            Plan::Not(plan) => Ok(boxed(Exclude::new(self.every(), self.docs(plan)?))),
            Plan::All => Ok(self.every()),
            Plan::None => Ok(none()),
            _ => {
                let docs = self.passages(plan)?;
                Ok(match self.unit {
                    Unit::Passage => docs,
                    Unit::Article => boxed(Lift::new(docs, Arc::clone(&self.columns))),
                })
            }
        }
    }

    /// The passages that a leaf matches.
    fn passages(&self, plan: &Plan) -> Result<Docs> {
        if let Some(terms) = union_terms(plan) {
            return self.terms(terms.into_iter());
        }
        Ok(match plan {
            Plan::Forms(forms) => boxed(Bits::new(self.forms(forms)?)),
            Plan::Near(near) => self.near(near, |_, _| true)?,
            Plan::InZone { zone, lead, near } => {
                let (zone, lead) = (*zone, *lead);
                let columns = Arc::clone(&self.columns);
                self.near(near, move |doc, position| {
                    columns.zones(doc).of(position) == zone && (!lead || columns.ordinal(doc) == 0)
                })?
            }
            Plan::Published(from, to) => {
                let mut between = Between::new(&self.columns, *from, *to);
                let check = move |doc| between.holds(doc);
                boxed(Checked::new(self.every_passage(), check))
            }
            Plan::Undated => {
                let columns = Arc::clone(&self.columns);
                boxed(Checked::new(self.every_passage(), move |doc| {
                    columns.first_day.first(doc).is_none()
                }))
            }
            Plan::About(interval) => {
                let (cover, wider) = date::cover::query_terms(*interval);
                let f = self.fields;
                let terms: Vec<Term> = cover
                    .iter()
                    .map(|&t| Term::from_field_u64(f.about_cover, t))
                    .chain(
                        wider
                            .iter()
                            .map(|&t| Term::from_field_u64(f.about_wider, t)),
                    )
                    .collect();
                self.terms(terms.iter())?
            }
            Plan::Seen { plan, node } => {
                let inner = Segment {
                    unit: Unit::Passage,
                    ..self.clone()
                }
                .docs(plan)?;
                let mut look = self
                    .seen
                    .looker(self.reader, Arc::clone(&self.columns), node)?;
                let check = move |doc| look.matches(doc);
                boxed(Checked::until(self.deadline, inner, check))
            }
            Plan::Keys(keys) => {
                let terms: Vec<Term> = keys
                    .iter()
                    .map(|&k| Term::from_field_u64(self.fields.key, k))
                    .collect();
                self.terms(terms.iter())?
            }
            Plan::All
            | Plan::None
            | Plan::Terms(_)
            | Plan::And(_)
            | Plan::Or(_)
            | Plan::AtLeast(..)
            | Plan::Not(_) => self.docs(plan)?,
        })
    }

    /// The documents that match, from `from` on, by windows.
    pub fn windows(&self, plan: &Plan, from: DocId) -> Result<Windows> {
        let terms = union_terms(plan).filter(|terms| terms.len() <= MERGE_AT_MOST);
        if let (Some(terms), Unit::Passage) = (terms, self.unit) {
            let mut lists = self.blocks(terms.into_iter())?;
            for list in &mut lists {
                list.seek(from);
            }
            return Ok(Windows::of_postings(lists));
        }
        if let (Plan::Forms(forms), Unit::Passage) = (plan, self.unit) {
            return Ok(Windows::of_bits(self.forms(forms)?, from));
        }
        let mut docs = self.docs(plan)?;
        if docs.doc() < from {
            docs.seek(from);
        }
        Ok(Windows::of_docs(docs))
    }

    /// The postings of those of the terms that the segment has.
    fn blocks<'t>(&self, terms: impl Iterator<Item = &'t Term>) -> Result<Vec<Blocks>> {
        let mut lists = Vec::new();
        for term in terms {
            let inverted = self.reader.inverted_index(term.field())?;
            let found = inverted.read_block_postings(term, IndexRecordOption::Basic);
            lists.extend(
                found
                    .map_err(tantivy::TantivyError::from)?
                    .map(Blocks::from),
            );
        }
        Ok(lists)
    }

    fn all(&self, plans: &[Plan]) -> Result<Vec<Docs>> {
        plans.iter().map(|p| self.docs(p)).collect()
    }

    /// Column checks are tried on what the other clauses leave, not merged from the whole segment.
    fn and(&self, plans: &[Plan]) -> Result<Docs> {
        let mut sets = Vec::new();
        let mut checks: Vec<&Plan> = Vec::new();
        let mut excluded = Vec::new();
        for plan in plans {
            match plan {
                Plan::Published(..) | Plan::Undated => checks.push(plan),
                Plan::Not(inner) => excluded.push(self.docs(inner)?),
                _ => sets.push(self.docs(plan)?),
            }
        }
        let mut docs = match sets.len() {
            0 => self.every(),
            1 => sets.remove(0),
            _ => intersect_scorers(sets, self.reader.max_doc()),
        };
        for check in checks {
            let columns = Arc::clone(&self.columns);
            docs = match check {
                Plan::Published(from, to) => {
                    let mut between = Between::new(&columns, *from, *to);
                    boxed(Checked::new(docs, move |doc| between.holds(doc)))
                }
                _ => boxed(Checked::new(docs, move |doc| {
                    columns.first_day.first(doc).is_none()
                })),
            };
        }
        for set in excluded {
            docs = boxed(Exclude::new(docs, set));
        }
        Ok(docs)
    }

    fn union(&self, mut sets: Vec<Docs>) -> Docs {
        match sets.len() {
            0 => none(),
            1 => sets.remove(0),
            _ => boxed(Union::new(sets)),
        }
    }

    fn every(&self) -> Docs {
        match self.unit {
            Unit::Passage => self.every_passage(),
            Unit::Article => boxed(Every::article(
                self.reader.max_doc(),
                Arc::clone(&self.columns),
            )),
        }
    }

    fn every_passage(&self) -> Docs {
        boxed(Every::passage(self.reader.max_doc()))
    }

    /// Passages that hold one of the terms.
    pub fn terms<'t>(&self, terms: impl ExactSizeIterator<Item = &'t Term>) -> Result<Docs> {
        if terms.len() <= MERGE_AT_MOST {
            let mut lists = self.blocks(terms)?;
            return Ok(match lists.len() {
                1 => boxed(lists.remove(0)),
                _ => boxed(Union::new(lists)),
            });
        }
        let mut bits = BitSet::with_max_value(self.reader.max_doc());
        for term in terms {
            let inverted = self.reader.inverted_index(term.field())?;
            let found = inverted.read_block_postings(term, IndexRecordOption::Basic);
            if let Some(docs) = found.map_err(tantivy::TantivyError::from)? {
                gather(docs, &mut bits);
            }
        }
        Ok(boxed(Bits::new(Arc::new(bits))))
    }

    /// Passages that hold one of an expansion's forms.
    pub fn forms(&self, forms: &Forms) -> Result<Arc<BitSet>> {
        let segment = self.reader.segment_id();
        forms.passages(segment, || {
            let mut bits = BitSet::with_max_value(self.reader.max_doc());
            let option = IndexRecordOption::Basic;
            let Some(first) = forms.terms.first() else {
                return Ok(bits);
            };
            // All of one field.
            let inverted = self.reader.inverted_index(first.field())?;
            if let Some(infos) = forms.infos(segment) {
                for info in infos {
                    let docs = inverted.read_block_postings_from_terminfo(info, option);
                    gather(docs.map_err(tantivy::TantivyError::from)?, &mut bits);
                }
                return Ok(bits);
            }
            for term in &forms.terms {
                let docs = inverted.read_block_postings(term, option);
                if let Some(docs) = docs.map_err(tantivy::TantivyError::from)? {
                    gather(docs, &mut bits);
                }
            }
            Ok(bits)
        })
    }

    /// Passages where the operands stand together, at positions that `keep` allows.
    fn near(
        &self,
        near: &Near,
        keep: impl Fn(DocId, u32) -> bool + Send + 'static,
    ) -> Result<Docs> {
        let check = self.stands(near, keep)?;
        let docs = self.holders(near)?;
        Ok(boxed(Checked::until(self.deadline, docs, check)))
    }

    /// Passages that hold all of the operands, wherever they stand.
    pub fn holders(&self, near: &Near) -> Result<Docs> {
        let mut sets = Vec::with_capacity(near.operands.len());
        for operand in &near.operands {
            let mut ways = Vec::with_capacity(operand.alternatives.len());
            for sequence in &operand.alternatives {
                let mut words = Vec::with_capacity(sequence.len());
                for slot in sequence {
                    words.push(self.terms(slot.terms.iter())?);
                }
                ways.push(match words.len() {
                    0 => none(),
                    1 => words.remove(0),
                    _ => intersect_scorers(words, self.reader.max_doc()),
                });
            }
            sets.push(self.union(ways));
        }
        Ok(match sets.len() {
            0 => none(),
            1 => sets.remove(0),
            _ => intersect_scorers(sets, self.reader.max_doc()),
        })
    }

    /// Whether the operands stand together in a document, at positions that `keep` allows; asked of
    /// documents in ascending order.
    pub fn stands(
        &self,
        near: &Near,
        keep: impl Fn(DocId, u32) -> bool + Send + 'static,
    ) -> Result<impl FnMut(DocId) -> bool + Send + 'static> {
        let mut finder = Finder::open(self.reader, near)?;
        let mut spans = Spans::default();
        let columns = Arc::clone(&self.columns);
        let several = near.operands.len() > 1;
        let in_text = near
            .operands
            .iter()
            .flat_map(|o| o.alternatives.iter().flatten())
            .flat_map(|slot| &slot.terms)
            .all(|term| term.field() == self.fields.text);
        Ok(move |doc| {
            finder.find(doc, &mut spans);
            let zones = (several && in_text).then(|| columns.zones(doc));
            spans.iter().any(|&(start, end)| {
                // A distance wider than the gap must not reach from one zone into the next.
                let within = zones.is_none_or(|z| z.of(start) == z.of(end - 1));
                within && keep(doc, start)
            })
        })
    }
}

/// Adds the documents of a posting list.
fn gather(mut postings: BlockSegmentPostings, bits: &mut BitSet) {
    while !postings.docs().is_empty() {
        for &doc in postings.docs() {
            bits.insert(doc);
        }
        postings.advance();
    }
}
