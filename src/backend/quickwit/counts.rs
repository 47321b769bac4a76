//! Facets and timelines: counted by the cluster where its counts are exact, else here.

use super::Cluster;
use super::search::Asked;
use super::state::{MAX_VALUES, buckets, heads};
use crate::date;
use crate::error::{Error, Result};
use crate::index::request::{
    Duplicates, FacetField, FacetValue, Facets, FacetsRequest, SearchRequest, Timeline,
    TimelineRequest, Unit,
};
use crate::index::{Counts, Whole};
use crate::query::{Axis, Note, NoteKind, Query};
use rustc_hash::FxHashMap;
use serde_json::{Value, json};
use std::sync::Arc;

/// Articles up to which matches are fetched rather than counted there: copies are known then.
const FETCH: u64 = 500;

impl Cluster {
    pub(super) fn facets_of(&self, request: &FacetsRequest) -> Result<Facets> {
        let base = &request.base;
        let asked = self.asked(base)?;
        let matching = self.count(&asked, &asked.narrow)?;
        let counts_there = asked.narrow.exact
            && matching > FETCH
            && base.duplicates == Duplicates::Show
            // Spellings of one name in one article count once, which sums of theirs do not.
            && matches!(
                request.field,
                FacetField::Source
                    | FacetField::Lang
                    | FacetField::Author
                    | FacetField::Keyword
                    | FacetField::Year
                    | FacetField::Month
            );
        let mut facets = match counts_there {
            true => self.facets_there(request, &asked, matching)?,
            false => {
                let mut facets = self.facets_here(request, &asked)?;
                facets.notes.extend(copies_among(base, matching));
                facets
            }
        };
        request.sort(&mut facets.values);
        facets.values.truncate(base.limit);
        Ok(facets)
    }

    fn facets_here(&self, request: &FacetsRequest, asked: &Asked<'_>) -> Result<Facets> {
        let mut own = request.clone();
        own.base.limit = usize::MAX;
        let needs_copies =
            request.field == FacetField::Family || request.base.duplicates == Duplicates::Collapse;
        let mut joined: Option<Facets> = None;
        let mut is_parted = false;
        let whole: Arc<Whole> = self.whole(&asked.state, [], asked.deadline)?;
        let mut values: FxHashMap<(String, String), (u64, u64)> = FxHashMap::default();
        self.each_part(asked, &asked.narrow, &whole, |part, is_one| {
            if !is_one && needs_copies {
                return Err(no_copies(&request.base));
            }
            is_parted |= !is_one;
            let mut facets = part.view.facets(&own)?;
            for value in facets.values.drain(..) {
                let slot = values.entry((value.kind, value.value)).or_default();
                slot.0 += value.count;
                slot.1 += value.copies;
            }
            match &mut joined {
                None => joined = Some(facets),
                Some(joined) => {
                    joined.total += facets.total;
                    joined.missing += facets.missing;
                }
            }
            Ok(())
        })?;
        let mut facets = joined.ok_or_else(|| {
            self.http
                .nonsense("articles that went while they were read")
        })?;
        let is_name = matches!(
            request.field,
            FacetField::Person | FacetField::Org | FacetField::Place | FacetField::Entity
        );
        if is_parted && is_name {
            facets.notes.push(Note::new(
                NoteKind::Scores,
                "so many articles were counted in parts, so that two spellings of one name may stand apart",
            ));
        }
        facets.values = values
            .into_iter()
            .map(|((kind, value), (count, copies))| FacetValue {
                value,
                kind,
                count,
                copies,
            })
            .collect();
        Ok(facets)
    }

    fn facets_there(
        &self,
        request: &FacetsRequest,
        asked: &Asked<'_>,
        matching: u64,
    ) -> Result<Facets> {
        let base = &request.base;
        let columns = columns(request.field, base.unit);
        let mut aggregations = serde_json::Map::new();
        for (column, _) in &columns {
            let terms = json!({"field": column, "size": MAX_VALUES, "shard_size": MAX_VALUES});
            aggregations.insert(column.clone(), json!({"terms": terms}));
        }
        let body = json!({
            "query": asked.state.live(asked.filter(&asked.narrow)),
            "size": 0,
            "track_total_hits": true,
            "aggs": aggregations,
        });
        let found = self.http.search(&body, "key", asked.deadline)?;
        let mut values: FxHashMap<(String, String), u64> = FxHashMap::default();
        for (column, kind) in &columns {
            let number = |name: &str| {
                let at = found.counts.pointer(&format!("/{column}/{name}"));
                at.and_then(Value::as_u64).unwrap_or(0)
            };
            if number("sum_other_doc_count") > 0 || number("doc_count_error_upper_bound") > 0 {
                return Err(Error::Query {
                    message: format!(
                        "more than {MAX_VALUES} values of {}: a cluster would count them roughly; narrow it by words or dates",
                        request.field.as_str()
                    ),
                    start: 0,
                    end: base.text.len(),
                });
            }
            for (value, count) in buckets(&found.counts, column) {
                let value = match (value.as_str(), value.as_f64()) {
                    (Some(text), _) => text.to_owned(),
                    (None, Some(day)) => label(request.field, day as i64),
                    _ => continue,
                };
                *values.entry((kind.clone(), value)).or_default() += count;
            }
        }
        let any: Vec<Value> = columns
            .iter()
            .map(|(column, _)| json!({"exists": {"field": column}}))
            .collect();
        let mut filter = asked.filter(&asked.narrow);
        filter.push(json!({"bool": {"should": any}}));
        let having = self.http.count(&asked.state.live(filter), asked.deadline)?;
        let mut notes = base.notes.clone();
        notes.push(unseen_copies(matching));
        Ok(Facets {
            schema_version: (),
            field: request.field,
            query: base.text.clone(),
            unit: base.unit,
            total: found.total,
            missing: found.total.saturating_sub(having),
            values: values
                .into_iter()
                .map(|((kind, value), count)| FacetValue {
                    value,
                    kind,
                    count,
                    copies: 0,
                })
                .collect(),
            notes,
        })
    }

    pub(super) fn timeline_of(&self, request: &TimelineRequest) -> Result<Timeline> {
        let base = &request.base;
        let asked = self.asked(base)?;
        let matching = self.count(&asked, &asked.narrow)?;
        let counts_there = asked.narrow.exact
            && matching > FETCH
            && base.duplicates == Duplicates::Show
            && request.axis == Axis::Published;
        let mut notes = base.notes.clone();
        let counts = match counts_there {
            true => {
                notes.push(unseen_copies(matching));
                self.days_there(request, &asked)?
            }
            false => {
                notes.extend(copies_among(base, matching));
                self.counts_here(request, &asked, false)?
            }
        };
        let mut everything = base.clone();
        everything.query = Query::all();
        let all = self.asked(&everything)?;
        let archive = match request.axis {
            Axis::Published => self.days_there(request, &all)?,
            Axis::Mentioned => self.counts_here(request, &all, true)?,
        };
        counts.timeline(request, archive.buckets(), notes)
    }

    fn counts_here(
        &self,
        request: &TimelineRequest,
        asked: &Asked<'_>,
        everything: bool,
    ) -> Result<Counts> {
        let whole = self.whole(&asked.state, [], asked.deadline)?;
        let mut counts = Counts::new(request);
        let collapses = request.base.duplicates == Duplicates::Collapse && !everything;
        self.each_part(asked, &asked.narrow, &whole, |part, is_one| {
            if !is_one && collapses {
                return Err(no_copies(&request.base));
            }
            counts.join(&part.view.partial_counts(request, everything)?);
            Ok(())
        })?;
        Ok(counts)
    }

    /// Counts by first day of publication, which the cluster gives exactly.
    fn days_there(&self, request: &TimelineRequest, asked: &Asked<'_>) -> Result<Counts> {
        let days = json!({"field": "first_day", "size": MAX_VALUES, "shard_size": MAX_VALUES});
        let body = json!({
            "query": asked.state.live(asked.filter(&asked.narrow)),
            "size": 0,
            "track_total_hits": true,
            "aggs": {"days": {"terms": days}},
        });
        let found = self.http.search(&body, "key", asked.deadline)?;
        let mut counts = Counts::new(request);
        let mut dated = 0;
        for (day, units) in buckets(&found.counts, "days") {
            let day = day.as_f64().unwrap_or(0.0) as i32;
            counts.add_days(day, units);
            dated += units;
        }
        counts.add_undated(found.total.saturating_sub(dated));
        Ok(counts)
    }
}

fn no_copies(base: &SearchRequest) -> Error {
    Error::Query {
        message: "a cluster does not know copies, and too many articles match to tell them here; narrow it, or ask with --duplicates show".to_owned(),
        start: 0,
        end: base.text.len(),
    }
}

/// A copy that does not match joins no story here, which an embedded index would know.
fn copies_among(base: &SearchRequest, matching: u64) -> Option<Note> {
    (base.duplicates == Duplicates::Collapse).then(|| {
        Note::new(
            NoteKind::Scores,
            format!("copies were looked for among these {matching} matches only"),
        )
    })
}

fn unseen_copies(matching: u64) -> Note {
    Note::new(
        NoteKind::Scores,
        format!("copies were not looked for among {matching} matches: `copies` is 0"),
    )
}

/// The fields that hold a facet, and the type that their values have.
fn columns(field: FacetField, unit: Unit) -> Vec<(String, String)> {
    let names: &[&str] = match field {
        FacetField::Entity => &["person", "org", "place"],
        FacetField::Year | FacetField::Month => {
            return vec![("first_day".to_owned(), field.as_str().to_owned())];
        }
        other => return vec![(column(other.as_str(), unit), other.as_str().to_owned())],
    };
    names
        .iter()
        .map(|name| (column(name, unit), (*name).to_owned()))
        .collect()
}

fn column(name: &str, unit: Unit) -> String {
    match unit {
        Unit::Article if ["person", "org", "place"].contains(&name) => format!("all_{name}"),
        _ => name.to_owned(),
    }
}

fn label(field: FacetField, day: i64) -> String {
    let date = date::date_of(i32::try_from(day).unwrap_or(0));
    match field {
        FacetField::Year => format!("{:04}", date.year()),
        _ => format!("{:04}-{:02}", date.year(), date.month()),
    }
}

/// Root folders with their prefixes, as they were sent.
impl Cluster {
    pub(super) fn roots(
        &self,
        state: &super::state::State,
        deadline: Option<std::time::Instant>,
    ) -> Result<Vec<(String, String)>> {
        let body = json!({
            "query": state.live(vec![heads()]),
            "size": 0,
            "aggs": {"roots": {"terms": {"field": "root", "size": 10_000, "shard_size": 10_000}}},
        });
        let found = self.http.search(&body, "key", deadline)?;
        let mut roots: Vec<(String, String)> = buckets(&found.counts, "roots")
            .into_iter()
            .filter_map(|(value, _)| {
                let (prefix, folder) = value.as_str()?.split_once('\n')?;
                Some((prefix.to_owned(), folder.to_owned()))
            })
            .collect();
        roots.sort();
        Ok(roots)
    }
}
