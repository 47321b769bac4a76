//! Counts of a field's values, from its fast column.

use super::matching::Segment;
use super::plan::Plan;
use super::request::{Duplicates, FacetField, FacetValue, Facets, FacetsRequest, Unit};
use super::view::View;
use crate::article::EntityKind;
use crate::date;
use crate::entity::alias::{Aliases, Resolved};
use crate::error::Result;
use crate::query::{Note, NoteKind};
use rustc_hash::{FxHashMap, FxHashSet};
use tantivy::DocId;
use tantivy::columnar::{Cardinality, StrColumn};

impl View {
    /// Counts the values of a field over what matches; a unit counts once for each of its values.
    pub fn facets(&self, request: &FacetsRequest) -> Result<Facets> {
        let base = &request.base;
        let seen = self.seen(&base.langs);
        let prepared = self.prepare(&base.query, base, &seen)?;
        let collapse = base.duplicates == Duplicates::Collapse;
        let mut tally = Tally {
            collapse,
            ..Tally::default()
        };
        let mut values = match request.field {
            FacetField::Year | FacetField::Month => {
                self.by_time(request, &prepared.segments, &prepared.plan, &mut tally)?
            }
            FacetField::Family => {
                self.by_family(request, &prepared.segments, &prepared.plan, &mut tally)?
            }
            field => {
                let (segments, plan) = (&prepared.segments, &prepared.plan);
                match kinds(field) {
                    [] => {
                        let column = [(field.as_str(), field.as_str())];
                        self.by_value(request, segments, plan, &column, &mut tally)?
                    }
                    kinds => self.by_name(request, segments, plan, kinds, &mut tally)?,
                }
            }
        };
        values.sort_by(|a, b| {
            b.count
                .cmp(&a.count)
                .then_with(|| a.value.cmp(&b.value))
                .then_with(|| a.kind.cmp(&b.kind))
        });
        values.truncate(base.limit);
        let mut notes = base.notes.clone();
        notes.extend(prepared.notes.iter().cloned());
        notes.extend(ambiguous(&values, base.aliases.as_deref()));
        if tally.total == 0 {
            notes.extend(self.diagnose(base, &prepared)?);
        }
        Ok(Facets {
            schema_version: (),
            field: request.field,
            query: base.text.clone(),
            unit: base.unit,
            total: tally.total,
            missing: tally.missing,
            values,
            notes,
        })
    }

    fn by_value(
        &self,
        request: &FacetsRequest,
        segments: &[Segment<'_>],
        plan: &Plan,
        names: &[(&str, &str)],
        tally: &mut Tally,
    ) -> Result<Vec<FacetValue>> {
        let mut merged: FxHashMap<(usize, String), (u64, u64)> = FxHashMap::default();
        let mut stories: FxHashSet<(usize, String, u32)> = FxHashSet::default();
        for segment in segments {
            let fast = segment.reader.fast_fields();
            let mut own: Vec<(usize, StrColumn, Vec<u32>)> = Vec::new();
            for (n, (column, _)) in names.iter().enumerate() {
                if let Some(column) = fast.str(column)? {
                    let values = vec![0; column.num_terms()];
                    own.push((n, column, values));
                }
            }
            // Members of families are few and counted by value; everything else by ordinal.
            let mut related: Vec<(u32, usize, u64)> = Vec::new();
            let mut families = Vec::new();
            let mut ords: Vec<u64> = Vec::new();
            let single = |column: &StrColumn| {
                segment.unit == Unit::Passage
                    && column.ords().get_cardinality() == Cardinality::Full
            };
            let all_single = !own.is_empty() && own.iter().all(|(_, column, _)| single(column));
            self.each(&request.base, segment, plan, |docs| {
                self.families_of(segment, docs, &mut families);
                if all_single && families.iter().all(Option::is_none) {
                    tally.total += docs.len() as u64;
                    ords.resize(docs.len(), 0);
                    for (_, column, values) in &mut own {
                        column.ords().values.get_vals(docs, &mut ords);
                        for &ord in &ords {
                            if let Some(count) = values.get_mut(ord as usize) {
                                *count += 1;
                            }
                        }
                    }
                    return;
                }
                for (&doc, &family) in docs.iter().zip(&families) {
                    let end = match segment.unit {
                        Unit::Passage => doc + 1,
                        Unit::Article => segment.columns.end(doc),
                    };
                    let counts = tally.unit(family);
                    let mut has_value = false;
                    for (slot, (_, column, values)) in own.iter_mut().enumerate() {
                        ords.clear();
                        for passage in doc..end {
                            ords.extend(column.term_ords(passage));
                        }
                        if end - doc > 1 {
                            ords.sort_unstable();
                            ords.dedup();
                        }
                        has_value |= !ords.is_empty();
                        for &ord in &ords {
                            match family {
                                Some(family) => related.push((family, slot, ord)),
                                None => {
                                    if let Some(count) = values.get_mut(ord as usize) {
                                        *count += 1;
                                    }
                                }
                            }
                        }
                    }
                    if counts && !has_value {
                        tally.missing += 1;
                    }
                }
            })?;
            let mut of_families = vec![FxHashSet::default(); own.len()];
            for &(_, slot, ord) in &related {
                of_families[slot].insert(ord);
            }
            for ((n, column, values), related) in own.iter().zip(&of_families) {
                let most = (segments.len() == 1).then_some(request.base.limit);
                let chosen = chosen(values, related, most);
                let mut counts = chosen.iter().map(|&ord| values[ord as usize]);
                column
                    .dictionary()
                    .sorted_ords_to_term_cb(&chosen, |value| {
                        let value = String::from_utf8_lossy(value).into_owned();
                        let slot = merged.entry((*n, value)).or_default();
                        slot.0 += u64::from(counts.next().unwrap_or(0));
                    })
                    .map_err(tantivy::TantivyError::from)?;
            }
            let mut text = String::new();
            for (family, slot, ord) in related {
                let (n, column, _) = &own[slot];
                text.clear();
                column
                    .ord_to_str(ord, &mut text)
                    .map_err(tantivy::TantivyError::from)?;
                let is_copy = !stories.insert((*n, text.clone(), family));
                let slot = merged.entry((*n, text.clone())).or_default();
                slot.1 += u64::from(is_copy);
                slot.0 += u64::from(!(is_copy && tally.collapse));
            }
        }
        Ok(merged
            .into_iter()
            .map(|((n, value), (count, copies))| FacetValue {
                value,
                kind: names[n].1.to_owned(),
                count,
                copies,
            })
            .collect())
    }

    fn by_time(
        &self,
        request: &FacetsRequest,
        segments: &[Segment<'_>],
        plan: &Plan,
        tally: &mut Tally,
    ) -> Result<Vec<FacetValue>> {
        let mut by_day: FxHashMap<i64, (u64, u64)> = FxHashMap::default();
        let mut stories: FxHashSet<(String, u32)> = FxHashSet::default();
        let label = |day: i64| {
            let date = date::date_of(i32::try_from(day).unwrap_or(0));
            match request.field {
                FacetField::Year => format!("{:04}", date.year()),
                _ => format!("{:04}-{:02}", date.year(), date.month()),
            }
        };
        for segment in segments {
            let mut families = Vec::new();
            self.each(&request.base, segment, plan, |docs| {
                self.families_of(segment, docs, &mut families);
                for (&doc, &family) in docs.iter().zip(&families) {
                    let counts = tally.unit(family);
                    let Some(day) = segment.columns.first_day.first(doc) else {
                        tally.missing += u64::from(counts);
                        continue;
                    };
                    let is_copy = family.is_some_and(|f| !stories.insert((label(day), f)));
                    let slot = by_day.entry(day).or_default();
                    slot.1 += u64::from(is_copy);
                    slot.0 += u64::from(!(is_copy && tally.collapse));
                }
            })?;
        }
        let mut merged: FxHashMap<String, (u64, u64)> = FxHashMap::default();
        for (day, (count, copies)) in by_day {
            let slot = merged.entry(label(day)).or_default();
            slot.0 += count;
            slot.1 += copies;
        }
        Ok(merged
            .into_iter()
            .map(|(value, (count, copies))| FacetValue {
                value,
                kind: request.field.as_str().to_owned(),
                count,
                copies,
            })
            .collect())
    }

    /// Families by size; their value is the title of the first copy found.
    fn by_family(
        &self,
        request: &FacetsRequest,
        segments: &[Segment<'_>],
        plan: &Plan,
        tally: &mut Tally,
    ) -> Result<Vec<FacetValue>> {
        let mut families: FxHashMap<u32, (u32, DocId, u64)> = FxHashMap::default();
        for (ord, segment) in segments.iter().enumerate() {
            let ord = u32::try_from(ord).unwrap_or(u32::MAX);
            let mut of = Vec::new();
            self.each(&request.base, segment, plan, |docs| {
                self.families_of(segment, docs, &mut of);
                for (&doc, &family) in docs.iter().zip(&of) {
                    let counts = tally.unit(family);
                    match family {
                        Some(family) => families.entry(family).or_insert((ord, doc, 0)).2 += 1,
                        None => tally.missing += u64::from(counts),
                    }
                }
            })?;
        }
        let mut sized: Vec<_> = families.into_values().filter(|f| f.2 > 1).collect();
        sized.sort_unstable_by_key(|f| std::cmp::Reverse(f.2));
        sized.truncate(request.base.limit);
        let mut values = Vec::with_capacity(sized.len());
        for (segment, doc, count) in sized {
            let head = segments[segment as usize].columns.head(doc);
            let article = super::hits::head(self, segment, head)?.article;
            values.push(FacetValue {
                value: article.title.unwrap_or(article.id),
                kind: "family".to_owned(),
                count: if tally.collapse { 1 } else { count },
                copies: count - 1,
            });
        }
        Ok(values)
    }
}

/// The ordinals whose values are worth reading, ascending: those with a count, of an archive of one
/// segment only the `most` frequent (the first in the alphabet among equals), and all of `related`,
/// whose counts are not complete yet.
pub(super) fn chosen(values: &[u32], related: &FxHashSet<u64>, most: Option<usize>) -> Vec<u64> {
    let mut chosen: Vec<u64> = (0..values.len() as u64)
        .filter(|&ord| values[ord as usize] > 0 || related.contains(&ord))
        .collect();
    if let Some(most) = most.filter(|&most| most < chosen.len()) {
        let count = |ord: u64| std::cmp::Reverse(values[ord as usize]);
        let mut by_count = chosen;
        by_count.sort_unstable_by_key(|&ord| (count(ord), ord));
        let further = by_count.split_off(most);
        by_count.extend(further.into_iter().filter(|ord| related.contains(ord)));
        chosen = by_count;
        chosen.sort_unstable();
    }
    chosen
}

/// Totals of one count.
#[derive(Default)]
pub(super) struct Tally {
    pub collapse: bool,
    total: u64,
    pub missing: u64,
    stories: FxHashSet<u32>,
}

impl Tally {
    /// Counts a unit; false for a further copy where stories are collapsed.
    pub fn unit(&mut self, family: Option<u32>) -> bool {
        let counts = !self.collapse || family.is_none_or(|f| self.stories.insert(f));
        self.total += u64::from(counts);
        counts
    }
}

/// The kinds of entity that a field's values are; none for the other fields.
fn kinds(field: FacetField) -> &'static [EntityKind] {
    match field {
        FacetField::Person => &[EntityKind::Person],
        FacetField::Org => &[EntityKind::Org],
        FacetField::Place => &[EntityKind::Place],
        FacetField::Entity => &[EntityKind::Person, EntityKind::Org, EntityKind::Place],
        _ => &[],
    }
}

/// A note for each value that the alias file gives to several entries.
fn ambiguous(values: &[FacetValue], aliases: Option<&Aliases>) -> Vec<Note> {
    let Some(aliases) = aliases else {
        return Vec::new();
    };
    let mut notes = Vec::new();
    for value in values {
        let kinds = [EntityKind::Person, EntityKind::Org, EntityKind::Place];
        let Some(kind) = kinds.into_iter().find(|k| k.as_str() == value.kind) else {
            continue;
        };
        if let Resolved::Ambiguous(entries) = aliases.resolve(kind, &value.value) {
            let names: Vec<&str> = entries.iter().map(|e| e.canonical.as_str()).collect();
            notes.push(Note::new(
                NoteKind::Alias,
                format!(
                    "{:?} is a name of {} in the alias file; it is counted by itself",
                    value.value,
                    names.join(" and of ")
                ),
            ));
        }
    }
    notes
}
