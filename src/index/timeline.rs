//! Counts over time, on either axis.

use super::matching::Segment;
use super::plan::Plan;
use super::request::{Bucket, Duplicates, Period, SearchRequest, Timeline, TimelineRequest, Unit};
use super::view::{Prepared, View};
use crate::date::{self, Interval};
use crate::error::{Error, Result};
use crate::query::{Axis, Note, NoteKind};
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use rustc_hash::FxHashSet;
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};
use tantivy::columnar::Column;
use tantivy::{COLLECT_BLOCK_BUFFER_LEN, DocId, DocSet};

/// A timeline of more buckets than this says too little to be worth its length.
const MAX_BUCKETS: usize = 10_000;

/// Intervals longer than this say something of years only.
const LONGEST_BELOW_YEAR: u32 = 366;

impl View {
    /// Counts what matches in buckets from the first to the last that holds anything, none left out.
    pub fn timeline(&self, request: &TimelineRequest) -> Result<Timeline> {
        let base = &request.base;
        let seen = self.seen(&base.langs);
        let prepared = self.prepare(&base.query, base, &seen)?;
        let counts = self.counts(request, &prepared)?;
        let mut notes = base.notes.clone();
        notes.extend(prepared.notes.iter().cloned());
        let mut archive = Arc::default();
        if counts.buckets.is_empty() {
            if counts.total == 0 {
                notes.extend(self.diagnose(base, &prepared)?);
            }
        } else {
            archive = self.all_units(request, &prepared.segments)?;
        }
        counts.timeline(request, &archive, notes)
    }

    /// The counts of a part of an archive, to be joined with those of its other parts; with
    /// `everything`, of all that it holds, whatever the query.
    pub fn partial_counts(&self, request: &TimelineRequest, everything: bool) -> Result<Counts> {
        let base = &request.base;
        let seen = self.seen(&base.langs);
        let prepared = self.prepare(&base.query, base, &seen)?;
        match everything {
            true => {
                let mut all = Counts::new(request);
                all.buckets = (*self.all_units(request, &prepared.segments)?).clone();
                Ok(all)
            }
            false => self.counts(request, &prepared),
        }
    }

    fn counts(&self, request: &TimelineRequest, prepared: &Prepared<'_>) -> Result<Counts> {
        let mut counts = Counts::new(request);
        self.count_over(
            &mut counts,
            &request.base,
            &prepared.segments,
            &prepared.plan,
        )?;
        Ok(counts)
    }

    fn count_over(
        &self,
        counts: &mut Counts,
        base: &SearchRequest,
        segments: &[Segment<'_>],
        plan: &Plan,
    ) -> Result<()> {
        for segment in segments {
            let columns = &segment.columns;
            let mut families = Vec::new();
            if counts.axis == Axis::Mentioned {
                let about = segment.reader.fast_fields().u64("about")?;
                self.each(base, segment, plan, |docs| {
                    self.families_of(segment, docs, &mut families);
                    for (&doc, &family) in docs.iter().zip(&families) {
                        counts.add_mentioned(segment, &about, doc, family);
                    }
                })?;
                continue;
            }
            counts.days.widen(&columns.first_day);
            let mut days = [None; COLLECT_BLOCK_BUFFER_LEN];
            self.each(base, segment, plan, |docs| {
                self.families_of(segment, docs, &mut families);
                let days = &mut days[..docs.len()];
                days.fill(None);
                columns.first_day.first_vals(docs, days);
                for (&day, &family) in days.iter().zip(&families) {
                    counts.add_published(day, family);
                }
            })?;
        }
        counts.settle();
        Ok(())
    }

    /// All units of the archive by bucket, which a commit counts once where none is kept back.
    fn all_units(
        &self,
        request: &TimelineRequest,
        segments: &[Segment<'_>],
    ) -> Result<Arc<Buckets>> {
        let key = (request.axis, request.by, request.base.unit);
        let keeps = !segments.iter().any(|s| s.columns.has_embargoes);
        let known = || self.units.lock().unwrap_or_else(PoisonError::into_inner);
        if keeps && let Some((_, found)) = known().iter().find(|(k, _)| *k == key) {
            return Ok(Arc::clone(found));
        }
        let mut all = Counts::new(request);
        all.collapse = false;
        all.minds_families = false;
        self.count_over(&mut all, &request.base, segments, &Plan::All)?;
        let found = Arc::new(all.buckets);
        if keeps {
            known().push((key, Arc::clone(&found)));
        }
        Ok(found)
    }

    /// Calls `visit` with all units that match and may be shown, some at a time: passages, or the
    /// first passages of articles.
    pub(super) fn each(
        &self,
        request: &SearchRequest,
        segment: &Segment<'_>,
        plan: &Plan,
        mut visit: impl FnMut(&[DocId]),
    ) -> Result<()> {
        // Compiling the query may have taken all the time.
        in_time(request)?;
        let mut docs = segment.docs(plan)?;
        let alive = segment.reader.alive_bitset();
        let now = request.now.as_second();
        let mut block = [0; COLLECT_BLOCK_BUFFER_LEN];
        let mut blocks = 0u32;
        loop {
            let filled = docs.fill_buffer(&mut block);
            let mut shown = filled;
            if alive.is_some() || segment.columns.has_embargoes {
                shown = 0;
                for n in 0..filled {
                    let doc = block[n];
                    let is_shown = alive.is_none_or(|a| a.is_alive(doc))
                        && !segment.columns.is_hidden(doc, now);
                    block[shown] = doc;
                    shown += usize::from(is_shown);
                }
            }
            visit(&block[..shown]);
            if filled < block.len() {
                // A costly check of documents ends by itself once the time is over.
                return in_time(request);
            }
            blocks = blocks.wrapping_add(1);
            if blocks.is_multiple_of(64) {
                in_time(request)?;
            }
        }
    }

    /// The story family of each document.
    pub(super) fn families_of(
        &self,
        segment: &Segment<'_>,
        docs: &[DocId],
        out: &mut Vec<Option<u32>>,
    ) {
        out.clear();
        if self.families.is_empty() {
            out.resize(docs.len(), None);
            return;
        }
        let mut keys = [None; COLLECT_BLOCK_BUFFER_LEN];
        let keys = &mut keys[..docs.len()];
        segment.columns.key.first_vals(docs, keys);
        out.extend(keys.iter().map(|key| self.families.family((*key)?)));
    }
}

/// A count of a part is of no use.
fn in_time(request: &SearchRequest) -> Result<()> {
    match request.is_late() {
        true => Err(Error::Interrupted(
            "the time given ran out before everything was counted; raise --timeout".into(),
        )),
        false => Ok(()),
    }
}

/// By the first day of a bucket: units and further copies.
pub type Buckets = BTreeMap<i32, (u64, u64)>;

/// All units of a commit by bucket, for each axis, period and unit that was asked for.
pub type KnownUnits = Vec<((Axis, Period, Unit), Arc<Buckets>)>;

/// Units by day, where only their day matters.
#[derive(Default)]
struct Days {
    from: i32,
    units: Vec<u64>,
}

/// The days of the years 1 to 9999, and some.
const MOST_DAYS: i64 = 4_000_000;

impl Days {
    /// Makes room for the days of a column; other days have none.
    fn widen(&mut self, column: &Column<i64>) {
        if column.values.num_vals() == 0 {
            return;
        }
        let (mut first, mut last) = (column.min_value(), column.max_value());
        if !self.units.is_empty() {
            first = first.min(i64::from(self.from));
            last = last.max(i64::from(self.from) + self.units.len() as i64 - 1);
        }
        let Ok(from) = i32::try_from(first) else {
            return;
        };
        if !(0..MOST_DAYS).contains(&last.saturating_sub(first)) {
            return;
        }
        let before = match self.units.is_empty() {
            true => 0,
            false => (self.from - from) as usize,
        };
        self.units.splice(0..0, std::iter::repeat_n(0, before));
        self.units.resize((last - first) as usize + 1, 0);
        self.from = from;
    }

    #[inline]
    fn slot(&mut self, day: i32) -> Option<&mut u64> {
        let at = usize::try_from(i64::from(day) - i64::from(self.from)).ok()?;
        self.units.get_mut(at)
    }
}

pub struct Counts {
    axis: Axis,
    by: Period,
    collapse: bool,
    minds_families: bool,
    total: u64,
    undated: u64,
    days: Days,
    buckets: Buckets,
    stories: FxHashSet<(i32, u32)>,
    all_stories: FxHashSet<u32>,
    touched: Vec<i32>,
    /// The bucket last looked up: neighbours in an archive share their days.
    last: Option<(i32, i32, i32)>,
}

impl Counts {
    pub fn new(request: &TimelineRequest) -> Self {
        let collapse = request.base.duplicates == Duplicates::Collapse;
        Self {
            axis: request.axis,
            by: request.by,
            collapse,
            minds_families: true,
            total: 0,
            undated: 0,
            days: Days::default(),
            buckets: BTreeMap::new(),
            stories: FxHashSet::default(),
            all_stories: FxHashSet::default(),
            touched: Vec::new(),
            last: None,
        }
    }

    #[inline]
    fn add_published(&mut self, day: Option<i64>, family: Option<u32>) {
        let day = day.map(|day| i32::try_from(day).unwrap_or(0));
        if (family.is_none() || !self.minds_families)
            && let Some(day) = day
            && let Some(slot) = self.days.slot(day)
        {
            *slot += 1;
            self.total += 1;
            return;
        }
        self.touched.clear();
        if let Some(day) = day {
            let bucket = self.bucket(day);
            self.touched.push(bucket);
        }
        self.add(family);
    }

    fn add_mentioned(
        &mut self,
        segment: &Segment<'_>,
        about: &Column<u64>,
        doc: DocId,
        family: Option<u32>,
    ) {
        let end = match segment.unit {
            Unit::Passage => doc + 1,
            Unit::Article => segment.columns.end(doc),
        };
        self.touched.clear();
        for passage in doc..end {
            for packed in about.values_for_doc(passage) {
                if let Some(interval) = date::cover::unpack(packed) {
                    self.touch(interval);
                }
            }
        }
        self.touched.sort_unstable();
        self.touched.dedup();
        self.add(family);
    }

    /// Counts a unit in the buckets that it touches.
    fn add(&mut self, family: Option<u32>) {
        let family = family.filter(|_| self.minds_families);
        let collapse = self.collapse;
        if !collapse || family.is_none_or(|f| self.all_stories.insert(f)) {
            self.total += 1;
        }
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

    /// What was counted, by bucket.
    pub fn buckets(&self) -> &Buckets {
        &self.buckets
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
        archive: &Buckets,
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

    /// Puts what was counted by day into its buckets.
    fn settle(&mut self) {
        let Days { from, units } = std::mem::take(&mut self.days);
        let mut at = 0;
        while let Some(skipped) = units[at..].iter().position(|&n| n > 0) {
            at += skipped;
            // No more days than an `i32` counts are held.
            let bucket = self.bucket(from + at as i32);
            let end = self.last.map_or(bucket, |(_, end, _)| end);
            let end = usize::try_from(end - from).unwrap_or(0);
            let end = end.clamp(at + 1, units.len());
            let count: u64 = units[at..end].iter().sum();
            self.buckets.entry(bucket).or_default().0 += count;
            at = end;
        }
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

    fn filled(&self, archive: &Buckets) -> Result<Vec<Bucket>> {
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
            let all = archive.get(&day).map_or(0, |b| b.0);
            out.push(Bucket {
                from: start,
                to: after.yesterday().unwrap_or(start),
                by: self.by,
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
    let (year, month) = (start.year(), start.month());
    let found = match by {
        Period::Day => start.tomorrow(),
        Period::Week => start.checked_add(1.weeks()),
        // A span of months takes several times as long to add.
        Period::Month if month < 12 => Date::new(year, month + 1, 1),
        Period::Month | Period::Year => Date::new(year.saturating_add(1), 1, 1),
    };
    found.unwrap_or(Date::MAX)
}

impl Bucket {
    /// `2024`, `2024-07`, `2024-W28` or `2024-07-14`.
    pub fn label(&self) -> String {
        let start = self.from;
        match self.by {
            Period::Day => start.to_string(),
            Period::Week => {
                let week = start.iso_week_date();
                format!("{:04}-W{:02}", week.year(), week.week())
            }
            Period::Month => format!("{:04}-{:02}", start.year(), start.month()),
            Period::Year => format!("{:04}", start.year()),
        }
    }
}

impl Serialize for Bucket {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Bucket", 6)?;
        object.serialize_field("from", &self.from)?;
        object.serialize_field("to", &self.to)?;
        object.serialize_field("label", &self.label())?;
        object.serialize_field("count", &self.count)?;
        object.serialize_field("copies", &self.copies)?;
        object.serialize_field("share", &self.share)?;
        object.end()
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
        let bucket = Bucket {
            from: start,
            to: start,
            by: Period::Week,
            count: 0,
            copies: 0,
            share: 0.0,
        };
        assert_eq!(bucket.label(), "2025-W01");
        assert_eq!(next(Period::Week, start), Date::constant(2025, 1, 6));
        let new_year = Date::constant(2025, 1, 1);
        assert_eq!(next(Period::Month, Date::constant(2024, 12, 1)), new_year);
        assert_eq!(next(Period::Year, Date::constant(2024, 1, 1)), new_year);
    }
}
