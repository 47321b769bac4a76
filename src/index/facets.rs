//! Counts of a field's values, from its fast column.

use super::matching::Segment;
use super::plan::Plan;
use super::request::{Duplicates, FacetField, FacetValue, Facets, FacetsRequest, Unit};
use super::view::View;
use super::windows::documents;
use crate::article::EntityKind;
use crate::date;
use crate::entity::alias::{Aliases, Resolved};
use crate::error::Result;
use crate::query::{Note, NoteKind};
use rustc_hash::{FxHashMap, FxHashSet};
use tantivy::DocId;
use tantivy::columnar::Cardinality;

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
                    [] => self.by_value(request, segments, plan, &mut tally)?,
                    kinds => self.by_name(request, segments, plan, kinds, &mut tally)?,
                }
            }
        };
        request.sort(&mut values);
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
        tally: &mut Tally,
    ) -> Result<Vec<FacetValue>> {
        let name = request.field.as_str();
        let mut merged: FxHashMap<String, (u64, u64)> = FxHashMap::default();
        let mut stories: FxHashSet<(String, u32)> = FxHashSet::default();
        for segment in segments {
            let column = segment.reader.fast_fields().str(name)?;
            let mut values = Values {
                units: vec![0; column.as_ref().map_or(0, |c| c.num_terms())],
                is_only: segments.len() == 1,
                collapse: tally.collapse,
                ..Values::default()
            };
            let mut families = Vec::new();
            let mut ords: Vec<u64> = Vec::new();
            let single = column.as_ref().map(|c| c.ords()).filter(|ords| {
                segment.unit == Unit::Passage && ords.get_cardinality() == Cardinality::Full
            });
            let are_related = segment.columns.related(&self.families);
            let dense = segment.columns.dense(name);
            let unpacked = single.and_then(|ords| dense.values(ords, |ord| ord.try_into().ok()));
            if let Some(single) = single {
                let (mut alone, mut copies) = (Vec::new(), Vec::new());
                let mut looked = 0;
                self.each_window(&request.base, segment, plan, |window| {
                    alone.clear();
                    copies.clear();
                    for (word, bits) in window.words() {
                        let with_family = bits & are_related.word(word);
                        documents(word, bits & !with_family, &mut alone);
                        documents(word, with_family, &mut copies);
                    }
                    looked += alone.len() as u64;
                    match unpacked {
                        Some(unpacked) => {
                            for &doc in &alone {
                                values.alone(unpacked[doc as usize].into());
                            }
                        }
                        None => {
                            ords.resize(alone.len(), 0);
                            single.values.get_vals(&alone, &mut ords);
                            ords.iter().for_each(|&ord| values.alone(ord));
                        }
                    }
                    for &doc in &copies {
                        let ord = match unpacked {
                            Some(unpacked) => unpacked[doc as usize].into(),
                            None => single.values.get_val(doc),
                        };
                        let family = are_related.family(doc);
                        tally.unit(family);
                        values.unit(ord, family);
                    }
                })?;
                tally.total += looked;
                dense.counted(looked);
            } else {
                self.each(&request.base, segment, plan, |docs| {
                    self.families_of(segment, docs, &mut families);
                    for (&doc, &family) in docs.iter().zip(&families) {
                        let end = match segment.unit {
                            Unit::Passage => doc + 1,
                            Unit::Article => segment.columns.end(doc),
                        };
                        let counts = tally.unit(family);
                        ords.clear();
                        if let Some(column) = &column {
                            ords.extend((doc..end).flat_map(|passage| column.term_ords(passage)));
                        }
                        if end - doc > 1 {
                            ords.sort_unstable();
                            ords.dedup();
                        }
                        for &ord in &ords {
                            values.unit(ord, family);
                        }
                        if counts && ords.is_empty() {
                            tally.missing += 1;
                        }
                    }
                })?;
            }
            let Some(column) = column else { continue };
            let of_families: FxHashSet<u64> = values.related.iter().map(|&(ord, _)| ord).collect();
            let most = (segments.len() == 1).then_some(request.base.limit);
            let chosen = chosen(&values.units, &of_families, most);
            let mut counts = chosen.iter().map(|&ord| values.counted(ord));
            column
                .dictionary()
                .sorted_ords_to_term_cb(&chosen, |value| {
                    let value = String::from_utf8_lossy(value).into_owned();
                    let slot = merged.entry(value).or_default();
                    let (units, copies) = counts.next().unwrap_or_default();
                    slot.0 += units;
                    slot.1 += copies;
                })
                .map_err(tantivy::TantivyError::from)?;
            let mut related = values.related;
            related.sort_unstable_by_key(|&(ord, _)| ord);
            let mut text = String::new();
            let mut read = None;
            for (ord, family) in related {
                if read.replace(ord) != Some(ord) {
                    text.clear();
                    column
                        .ord_to_str(ord, &mut text)
                        .map_err(tantivy::TantivyError::from)?;
                }
                let is_copy = !stories.insert((text.clone(), family));
                let slot = merged.entry(text.clone()).or_default();
                slot.1 += u64::from(is_copy);
                slot.0 += u64::from(!(is_copy && tally.collapse));
            }
        }
        let value = |(value, (count, copies))| FacetValue {
            value,
            kind: name.to_owned(),
            count,
            copies,
        };
        Ok(merged.into_iter().map(value).collect())
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
                    tally.unit(family);
                    if let Some(family) = family {
                        families.entry(family).or_insert((ord, doc, 0)).2 += 1;
                    }
                }
            })?;
        }
        // A copy that matches without any other is no story of several.
        let mut sized: Vec<_> = families.into_values().filter(|f| f.2 > 1).collect();
        let listed: u64 = sized
            .iter()
            .map(|f| if tally.collapse { 1 } else { f.2 })
            .sum();
        tally.missing = tally.total - listed;
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

/// Units by the ordinals of one segment's values.
#[derive(Default)]
struct Values {
    units: Vec<u32>,
    /// Further copies of stories, where the segment is all of the archive.
    copies: FxHashMap<u64, u64>,
    /// The values that a story's copies have, likewise.
    stories: FxHashSet<(u64, u32)>,
    /// Members of families in one segment of several: another may have copies under other ordinals.
    related: Vec<(u64, u32)>,
    is_only: bool,
    collapse: bool,
}

impl Values {
    #[inline]
    fn alone(&mut self, ord: u64) {
        if let Some(units) = self.units.get_mut(ord as usize) {
            *units += 1;
        }
    }

    fn unit(&mut self, ord: u64, family: Option<u32>) {
        match family {
            None => self.alone(ord),
            Some(family) if !self.is_only => self.related.push((ord, family)),
            Some(family) if self.stories.insert((ord, family)) => self.alone(ord),
            Some(_) => {
                *self.copies.entry(ord).or_default() += 1;
                if !self.collapse {
                    self.alone(ord);
                }
            }
        }
    }

    /// Units and further copies of a value.
    fn counted(&self, ord: u64) -> (u64, u64) {
        let units = self.units.get(ord as usize).copied().unwrap_or(0);
        (units.into(), self.copies.get(&ord).copied().unwrap_or(0))
    }
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
