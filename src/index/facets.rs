//! Counts of a field's values, from its fast column.

use super::matching::Segment;
use super::plan::Plan;
use super::request::{Duplicates, FacetField, FacetValue, Facets, FacetsRequest, Unit};
use super::spellings::Spellings;
use super::view::View;
use crate::article::EntityKind;
use crate::date;
use crate::entity::alias::{Aliases, Resolved};
use crate::error::Result;
use crate::query::{Note, NoteKind};
use rustc_hash::{FxHashMap, FxHashSet};
use tantivy::DocId;
use tantivy::columnar::StrColumn;

/// A value of a column that has not been met yet.
const UNMET: u32 = u32::MAX;

impl View {
    /// Counts the values of a field over what matches; a unit counts once for each of its values.
    pub fn facets(&self, request: &FacetsRequest) -> Result<Facets> {
        let base = &request.base;
        let seen = self.seen(&base.langs);
        let prepared = self.prepare(&base.query, base.matching, base.unit, &seen)?;
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
            field => self.by_value(
                request,
                &prepared.segments,
                &prepared.plan,
                &columns(field),
                &mut tally,
            )?,
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
        names: &[(&str, Option<EntityKind>)],
        tally: &mut Tally,
    ) -> Result<Vec<FacetValue>> {
        let aliases = request.base.aliases.as_deref();
        let mut spellings = Spellings::new(aliases, tally.collapse);
        for segment in segments {
            let fast = segment.reader.fast_fields();
            let mut own: Vec<(usize, StrColumn, Vec<u32>)> = Vec::new();
            for (n, (column, _)) in names.iter().enumerate() {
                if let Some(column) = fast.str(column)? {
                    let numbers = vec![UNMET; column.num_terms()];
                    own.push((n, column, numbers));
                }
            }
            let mut values: Vec<u32> = Vec::new();
            let mut text = String::new();
            let mut trouble = None;
            let mut families = Vec::new();
            self.each(&request.base, segment, plan, |docs| {
                self.families_of(segment, docs, &mut families);
                for (&doc, &family) in docs.iter().zip(&families) {
                    let end = match segment.unit {
                        Unit::Passage => doc + 1,
                        Unit::Article => segment.columns.end(doc),
                    };
                    let counts = tally.unit(family);
                    values.clear();
                    for (n, column, numbers) in &mut own {
                        for ord in (doc..end).flat_map(|passage| column.term_ords(passage)) {
                            let Some(number) = numbers.get_mut(ord as usize) else {
                                continue;
                            };
                            if *number == UNMET {
                                text.clear();
                                if let Err(e) = column.ord_to_str(ord, &mut text) {
                                    trouble = Some(e);
                                    continue;
                                }
                                *number = spellings.number(*n, names[*n].1, &text);
                            }
                            values.push(*number);
                        }
                    }
                    tally.missing += u64::from(counts && values.is_empty());
                    if !values.is_empty() {
                        spellings.count(&mut values, family);
                    }
                }
            })?;
            if let Some(e) = trouble {
                return Err(tantivy::TantivyError::from(e).into());
            }
        }
        let kind = |n: usize| match names[n] {
            (_, Some(kind)) => kind.as_str(),
            (name, None) => name,
        };
        Ok(spellings
            .values()
            .into_iter()
            .map(|counted| FacetValue {
                kind: kind(counted.column).to_owned(),
                value: counted.value,
                count: counted.count,
                copies: counted.copies,
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

/// Totals of one count.
#[derive(Default)]
struct Tally {
    collapse: bool,
    total: u64,
    missing: u64,
    stories: FxHashSet<u32>,
}

impl Tally {
    /// Counts a unit; false for a further copy where stories are collapsed.
    fn unit(&mut self, family: Option<u32>) -> bool {
        let counts = !self.collapse || family.is_none_or(|f| self.stories.insert(f));
        self.total += u64::from(counts);
        counts
    }
}

/// The fast columns of a field, with the kind of entity that their values are.
fn columns(field: FacetField) -> Vec<(&'static str, Option<EntityKind>)> {
    let entity = |kind: EntityKind| (kind.as_str(), Some(kind));
    match field {
        FacetField::Person => vec![entity(EntityKind::Person)],
        FacetField::Org => vec![entity(EntityKind::Org)],
        FacetField::Place => vec![entity(EntityKind::Place)],
        FacetField::Entity => vec![
            entity(EntityKind::Person),
            entity(EntityKind::Org),
            entity(EntityKind::Place),
        ],
        other => vec![(other.as_str(), None)],
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
