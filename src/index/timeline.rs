//! Counts over time, on either axis.

use super::matching::Segment;
use super::plan::Plan;
use super::request::{Bucket, Duplicates, Period, Timeline, TimelineRequest, Unit};
use super::view::{Prepared, View};
use crate::date::{self, Interval};
use crate::error::{Error, Result};
use crate::query::{Axis, Note, NoteKind};
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use rustc_hash::FxHashSet;
use std::collections::BTreeMap;
use tantivy::{DocId, DocSet, TERMINATED};

/// A timeline of more buckets than this says too little to be worth its length.
const MAX_BUCKETS: usize = 10_000;

/// Intervals longer than this say something of years only.
const LONGEST_BELOW_YEAR: u32 = 366;

impl View {
    /// Counts what matches in buckets from the first to the last that holds anything, none left out.
    pub fn timeline(&self, request: &TimelineRequest) -> Result<Timeline> {
        let base = &request.base;
        let seen = self.seen(&base.langs);
        let prepared = self.prepare(&base.query, base.matching, base.unit, &seen)?;
        let counts = self.counts(request, &prepared, &prepared.plan)?;
        let mut notes = base.notes.clone();
        notes.extend(prepared.notes.iter().cloned());
        let mut archive = Counts::new(request);
        if counts.buckets.is_empty() {
            if counts.total == 0 {
                notes.extend(self.diagnose(base, &prepared)?);
            }
        } else {
            archive = self.counts_of_all(request, &prepared)?;
        }
        counts.timeline(request, &archive, notes)
    }

    /// The counts of a part of an archive, to be joined with those of its other parts; with
    /// `everything`, of all that it holds, whatever the query.
    pub fn partial_counts(&self, request: &TimelineRequest, everything: bool) -> Result<Counts> {
        let base = &request.base;
        let seen = self.seen(&base.langs);
        let prepared = self.prepare(&base.query, base.matching, base.unit, &seen)?;
        match everything {
            true => self.counts_of_all(request, &prepared),
            false => self.counts(request, &prepared, &prepared.plan),
        }
    }

    fn counts(
        &self,
        request: &TimelineRequest,
        prepared: &Prepared<'_>,
        plan: &Plan,
    ) -> Result<Counts> {
        let collapse = request.base.duplicates == Duplicates::Collapse;
        let mut counts = Counts::new(request);
        for segment in &prepared.segments {
            let about = segment.reader.fast_fields().u64("about")?;
            self.each(&request.base, segment, plan, |doc, end| {
                let key = segment.columns.key.first(doc);
                let family = key.and_then(|key| self.families.family(key));
                counts.add(segment, &about, doc, end, family, collapse);
            })?;
        }
        Ok(counts)
    }

    fn counts_of_all(&self, request: &TimelineRequest, prepared: &Prepared<'_>) -> Result<Counts> {
        let mut counts = Counts::new(request);
        for segment in &prepared.segments {
            let about = segment.reader.fast_fields().u64("about")?;
            self.each(&request.base, segment, &Plan::All, |doc, end| {
                counts.add(segment, &about, doc, end, None, false);
            })?;
        }
        Ok(counts)
    }

    /// Calls `visit(doc, end)` for every unit that matches and may be shown: the passage and one past
    /// it, or an article's first document and one past its last.
    pub(super) fn each(
        &self,
        request: &super::request::SearchRequest,
        segment: &Segment<'_>,
        plan: &Plan,
        mut visit: impl FnMut(DocId, DocId),
    ) -> Result<()> {
        let mut docs = segment.docs(plan)?;
        let alive = segment.reader.alive_bitset();
        let columns = &segment.columns;
        let now = request.now.as_second();
        let mut seen = 0u32;
        let mut doc = docs.doc();
        while doc != TERMINATED {
            seen = seen.wrapping_add(1);
            if seen.is_multiple_of(4096)
                && request
                    .deadline
                    .is_some_and(|at| std::time::Instant::now() >= at)
            {
                return Err(Error::Interrupted(
                    "the time given ran out before everything was counted; raise --timeout".into(),
                ));
            }
            let hidden = columns.embargo.first(doc).is_some_and(|t| t > now);
            if !hidden && alive.is_none_or(|a| a.is_alive(doc)) {
                let end = match segment.unit {
                    Unit::Passage => doc + 1,
                    Unit::Article => columns.end(doc),
                };
                visit(doc, end);
            }
            doc = docs.advance();
        }
        Ok(())
    }
}

pub struct Counts {
    axis: Axis,
    by: Period,
    total: u64,
    undated: u64,
    /// By the first day of the bucket: units and copies.
    buckets: BTreeMap<i32, (u64, u64)>,
    stories: FxHashSet<(i32, u32)>,
    all_stories: FxHashSet<u32>,
    touched: Vec<i32>,
    /// The bucket last looked up: neighbours in an archive share their days.
    last: Option<(i32, i32, i32)>,
}

impl Counts {
    pub fn new(request: &TimelineRequest) -> Self {
        Self {
            axis: request.axis,
            by: request.by,
            total: 0,
            undated: 0,
            buckets: BTreeMap::new(),
            stories: FxHashSet::default(),
            all_stories: FxHashSet::default(),
            touched: Vec::new(),
            last: None,
        }
    }

    fn add(
        &mut self,
        segment: &Segment<'_>,
        about: &tantivy::columnar::Column<u64>,
        doc: DocId,
        end: DocId,
        family: Option<u32>,
        collapse: bool,
    ) {
        if !collapse || family.is_none_or(|f| self.all_stories.insert(f)) {
            self.total += 1;
        }
        self.touched.clear();
        match self.axis {
            Axis::Published => {
                if let Some(day) = segment.columns.first_day.first(doc) {
                    let bucket = self.bucket(i32::try_from(day).unwrap_or(0));
                    self.touched.push(bucket);
                }
            }
            Axis::Mentioned => {
                for passage in doc..end {
                    for packed in about.values_for_doc(passage) {
                        if let Some(interval) = date::cover::unpack(packed) {
                            self.touch(interval);
                        }
                    }
                }
            }
        }
        self.touched.sort_unstable();
        self.touched.dedup();
        if self.touched.is_empty() {
            self.undated += 1;
        }
        for n in 0..self.touched.len() {
            let bucket = self.touched[n];
            let is_copy = family.is_some_and(|f| !self.stories.insert((bucket, f)));
            let slot = self.buckets.entry(bucket).or_default();
            if is_copy {
                slot.1 += 1;
            }
            if !(is_copy && collapse) {
                slot.0 += 1;
            }
        }
    }

    /// Adds units that were counted by their first day of publication.
    pub fn add_days(&mut self, day: i32, units: u64) {
        let bucket = self.bucket(day);
        self.buckets.entry(bucket).or_default().0 += units;
        self.total += units;
    }

    /// Adds units without a date on this axis.
    pub fn add_undated(&mut self, units: u64) {
        self.undated += units;
        self.total += units;
    }

    /// Adds the counts of another part, which shares no unit with this one.
    pub fn join(&mut self, other: &Counts) {
        self.total += other.total;
        self.undated += other.undated;
        for (bucket, (count, copies)) in &other.buckets {
            let slot = self.buckets.entry(*bucket).or_default();
            slot.0 += count;
            slot.1 += copies;
        }
    }

    /// The timeline, with shares of what `archive` counted.
    pub fn timeline(
        &self,
        request: &TimelineRequest,
        archive: &Counts,
        mut notes: Vec<Note>,
    ) -> Result<Timeline> {
        if self.undated > 0 {
            let message = match request.axis {
                Axis::Published => {
                    format!(
                        "{} without a date of publication are left out",
                        self.undated
                    )
                }
                Axis::Mentioned => format!("{} mention no date", self.undated),
            };
            notes.push(Note::new(NoteKind::Undated, message));
        }
        Ok(Timeline {
            schema_version: (),
            query: request.base.text.clone(),
            axis: match request.axis {
                Axis::Published => "published",
                Axis::Mentioned => "mentioned",
            },
            by: request.by,
            unit: request.base.unit,
            total: self.total,
            total_is_exact: true,
            undated: self.undated,
            buckets: self.filled(archive)?,
            notes,
        })
    }

    fn touch(&mut self, interval: Interval) {
        if interval.len_days() > LONGEST_BELOW_YEAR && self.by != Period::Year {
            return;
        }
        let mut day = interval.start();
        while day < interval.end() && self.touched.len() < MAX_BUCKETS {
            let bucket = self.bucket(day);
            self.touched.push(bucket);
            day = self.last.map_or(interval.end(), |(_, end, _)| end);
        }
    }

    /// The first day of the bucket that holds `day`.
    fn bucket(&mut self, day: i32) -> i32 {
        if let Some((start, end, bucket)) = self.last
            && (start..end).contains(&day)
        {
            return bucket;
        }
        let start = date::day_number(first_of(self.by, date::date_of(day)));
        let end = date::day_number(next(self.by, date::date_of(start))).max(start + 1);
        self.last = Some((start, end, start));
        start
    }

    fn filled(&self, archive: &Counts) -> Result<Vec<Bucket>> {
        let (Some((&first, _)), Some((&last, _))) = (
            self.buckets.first_key_value(),
            self.buckets.last_key_value(),
        ) else {
            return Ok(Vec::new());
        };
        let mut out = Vec::new();
        let mut start = date::date_of(first);
        let last = date::date_of(last);
        while start <= last {
            if out.len() == MAX_BUCKETS {
                return Err(Error::Usage(format!(
                    "a timeline from {} to {last} has more than {MAX_BUCKETS} buckets; narrow it with --from and --to, or count --by year",
                    date::date_of(first)
                )));
            }
            let after = next(self.by, start);
            let day = date::day_number(start);
            let (count, copies) = self.buckets.get(&day).copied().unwrap_or_default();
            let all = archive.buckets.get(&day).map_or(0, |b| b.0);
            out.push(Bucket {
                from: start.to_string(),
                to: after.yesterday().unwrap_or(start).to_string(),
                label: label(self.by, start),
                count,
                copies,
                share: if all == 0 {
                    0.0
                } else {
                    count as f64 / all as f64
                },
            });
            if after <= start {
                break;
            }
            start = after;
        }
        Ok(out)
    }
}

fn first_of(by: Period, date: Date) -> Date {
    match by {
        Period::Day => date,
        Period::Week => {
            let back = date.weekday().since(Weekday::Monday);
            date.saturating_sub(i64::from(back).days())
        }
        Period::Month => date.first_of_month(),
        Period::Year => date.first_of_year(),
    }
}

fn next(by: Period, start: Date) -> Date {
    match by {
        Period::Day => start.saturating_add(1.days()),
        Period::Week => start.saturating_add(1.weeks()),
        Period::Month => start.saturating_add(1.months()),
        Period::Year => start.saturating_add(1.years()),
    }
}

fn label(by: Period, start: Date) -> String {
    match by {
        Period::Day => start.to_string(),
        Period::Week => {
            let week = start.iso_week_date();
            format!("{:04}-W{:02}", week.year(), week.week())
        }
        Period::Month => format!("{:04}-{:02}", start.year(), start.month()),
        Period::Year => format!("{:04}", start.year()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_begin_on_monday_and_carry_their_iso_number() {
        // 31 December 2024 is a Tuesday of the first ISO week of 2025.
        let start = first_of(Period::Week, Date::constant(2024, 12, 31));
        assert_eq!(start, Date::constant(2024, 12, 30));
        assert_eq!(label(Period::Week, start), "2025-W01");
        assert_eq!(next(Period::Week, start), Date::constant(2025, 1, 6));
    }
}
