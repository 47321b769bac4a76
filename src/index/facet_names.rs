//! Counts of people, organisations and places: the spellings of a name are one value.

use super::facets::{Tally, chosen};
use super::matching::Segment;
use super::plan::Plan;
use super::request::{FacetValue, FacetsRequest, Unit};
use super::spellings::{Counted, Spellings};
use super::view::View;
use crate::article::EntityKind;
use crate::error::Result;
use rustc_hash::{FxHashMap, FxHashSet};
use std::ops::Range;
use tantivy::DocId;
use tantivy::columnar::StrColumn;

/// Values of a segment's column, by frequency, among which the spellings of a name are looked for;
/// bounds the keys that are made for one answer.
const MOST_JOINED: usize = 20_000;

impl View {
    /// Counts names: the spellings of one are one value.
    ///
    /// Spellings meet among the [`MOST_JOINED`] most frequent values of a segment, and all values of
    /// members of story families; rarer ones stand for themselves.
    pub(super) fn by_name(
        &self,
        request: &FacetsRequest,
        segments: &[Segment<'_>],
        plan: &Plan,
        kinds: &[EntityKind],
        tally: &mut Tally,
    ) -> Result<Vec<FacetValue>> {
        let aliases = request.base.aliases.as_deref();
        let mut spellings = Spellings::new(aliases, tally.collapse);
        let wanted = (segments.len() == 1, request.base.limit);
        for segment in segments {
            let fast = segment.reader.fast_fields();
            let mut own: Vec<Names> = Vec::new();
            for (n, kind) in kinds.iter().enumerate() {
                if let Some(column) = fast.str(kind.as_str())? {
                    own.push(Names::new(n, *kind, column));
                }
            }
            let mut related: Vec<(DocId, u32, usize, u64)> = Vec::new();
            let mut families = Vec::new();
            let mut ords: Vec<u64> = Vec::new();
            let end_of = |doc: DocId| match segment.unit {
                Unit::Passage => doc + 1,
                Unit::Article => segment.columns.end(doc),
            };
            self.each(&request.base, segment, plan, |docs| {
                self.families_of(segment, docs, &mut families);
                for (&doc, &family) in docs.iter().zip(&families) {
                    let counts = tally.unit(family);
                    let mut has_value = false;
                    for (slot, names) in own.iter_mut().enumerate() {
                        names.ords(doc..end_of(doc), &mut ords);
                        has_value |= !ords.is_empty();
                        for &ord in &ords {
                            match family {
                                Some(family) => related.push((doc, family, slot, ord)),
                                None => names.count(ord),
                            }
                        }
                    }
                    tally.missing += u64::from(counts && !has_value);
                }
            })?;
            let mut of_families = vec![FxHashSet::default(); own.len()];
            for &(_, _, slot, ord) in &related {
                of_families[slot].insert(ord);
            }
            let mut joint = false;
            for (names, related) in own.iter_mut().zip(&of_families) {
                joint |= names.read(related, wanted, &mut spellings)?;
            }
            let mut values = Vec::new();
            for unit in related.chunk_by(|a, b| a.0 == b.0) {
                values.clear();
                values.extend(
                    unit.iter()
                        .filter_map(|&(_, _, slot, ord)| own[slot].number(ord)),
                );
                spellings.story(&mut values, unit[0].1);
            }
            if !joint {
                continue;
            }
            self.each(&request.base, segment, plan, |docs| {
                self.families_of(segment, docs, &mut families);
                for (&doc, _) in docs.iter().zip(&families).filter(|(_, f)| f.is_none()) {
                    values.clear();
                    for names in &own {
                        names.ords(doc..end_of(doc), &mut ords);
                        values.extend(ords.iter().filter_map(|ord| names.joint.get(ord)));
                    }
                    if values.len() > 1 {
                        spellings.together(&mut values);
                    }
                }
            })?;
        }
        let value = |counted: Counted| FacetValue {
            kind: kinds[counted.column].as_str().to_owned(),
            value: counted.value,
            count: counted.count,
            copies: counted.copies,
        };
        Ok(spellings.values().into_iter().map(value).collect())
    }
}

/// The names of one kind in one segment.
struct Names {
    /// The number of its column in the answer.
    n: usize,
    kind: EntityKind,
    column: StrColumn,
    /// Units by ordinal, members of story families left out.
    counts: Vec<u32>,
    numbers: FxHashMap<u64, u32>,
    /// Those of `numbers` that are not their name's only spelling here.
    joint: FxHashMap<u64, u32>,
}

impl Names {
    fn new(n: usize, kind: EntityKind, column: StrColumn) -> Self {
        let counts = vec![0; column.num_terms()];
        Self {
            n,
            kind,
            column,
            counts,
            numbers: FxHashMap::default(),
            joint: FxHashMap::default(),
        }
    }

    /// The ordinals of a unit's values, each once.
    fn ords(&self, passages: Range<DocId>, out: &mut Vec<u64>) {
        let several = passages.len() > 1;
        out.clear();
        out.extend(passages.flat_map(|passage| self.column.term_ords(passage)));
        if several {
            out.sort_unstable();
            out.dedup();
        }
    }

    fn count(&mut self, ord: u64) {
        if let Some(count) = self.counts.get_mut(ord as usize) {
            *count += 1;
        }
    }

    fn number(&self, ord: u64) -> Option<u32> {
        self.numbers.get(&ord).copied()
    }

    /// The count from which on a value may be another's spelling.
    fn least_joined(&self, ords: &[u64]) -> u32 {
        let mut counts: Vec<u32> = ords.iter().map(|&ord| self.counts[ord as usize]).collect();
        match counts.len().checked_sub(MOST_JOINED) {
            None => 0,
            Some(rarer) => *counts.select_nth_unstable(rarer).1,
        }
    }

    /// Reads the values that were counted, and says whether several are spellings of one name.
    ///
    /// Of an archive's `only` segment no more than the `most` frequent are needed.
    fn read(
        &mut self,
        related: &FxHashSet<u64>,
        (is_only, most): (bool, usize),
        spellings: &mut Spellings<'_>,
    ) -> Result<bool> {
        let most = is_only.then_some(most.max(MOST_JOINED));
        let chosen = chosen(&self.counts, related, most);
        let least = self.least_joined(&chosen);
        let mut ords = chosen.iter();
        self.column
            .dictionary()
            .sorted_ords_to_term_cb(&chosen, |value| {
                let (Some(&ord), Ok(value)) = (ords.next(), std::str::from_utf8(value)) else {
                    return;
                };
                let count = self.counts.get(ord as usize).map_or(0, |&c| c);
                let meets = count >= least || related.contains(&ord);
                let number = spellings.number(self.n, meets.then_some(self.kind), value);
                spellings.add(number, u64::from(count));
                self.numbers.insert(ord, number);
            })
            .map_err(tantivy::TantivyError::from)?;
        let all: Vec<u32> = self.numbers.values().copied().collect();
        let joint = spellings.joint(&all);
        let numbers = self.numbers.iter().map(|(&ord, &number)| (ord, number));
        self.joint = numbers
            .filter(|(_, number)| joint.contains(number))
            .collect();
        Ok(!self.joint.is_empty())
    }
}
