//! Counts over time, on either axis.

use super::columns::UNDATED;
use super::matching::Segment;
use super::plan::Plan;
use super::request::{Bucket, Duplicates, Period, SearchRequest, Timeline, TimelineRequest, Unit};
use super::view::{Prepared, View};
use super::windows::{Window, documents};
use crate::date::{self, Interval};
use crate::error::{Error, Result};
use crate::query::{Axis, Note, NoteKind};
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use rustc_hash::FxHashSet;
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;
use std::iter::Peekable;
use std::sync::{Arc, PoisonError};
use tantivy::DocId;
use tantivy::columnar::Column;

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
        let minds_families = counts.minds_families;
        let grid = match counts.axis {
            Axis::Published => self.grid(counts.by, segments),
            Axis::Mentioned => Arc::default(),
        };
        let mut units = vec![(0u64, 0u64); grid.starts.len()];
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
            let related = columns.related(&self.families);
            let mut days = Vec::new();
            // Units without a family by day from `first` on, where the days are unpacked and fewer than
            // the units: counting them takes one look a unit, and the grid is asked once a day.
            let mut by_day: Vec<u32> = Vec::new();
            let (mut alone, mut copies) = (Vec::new(), Vec::new());
            let dense = columns.dense("first_day");
            let first = columns.first_day.min_value();
            let span = columns.first_day.max_value().wrapping_sub(first);
            let span = usize::from(u16::try_from(span).unwrap_or(u16::MAX)) + 1;
            let unpacked = dense.values(&columns.first_day, |day| {
                day.wrapping_sub(first).try_into().ok()
            });
            let mut looked = 0;
            self.each_window(base, segment, plan, |window| {
                alone.clear();
                copies.clear();
                for (word, bits) in window.words() {
                    let with_family = match minds_families {
                        true => bits & related.word(word),
                        false => 0,
                    };
                    documents(word, bits & !with_family, &mut alone);
                    documents(word, with_family, &mut copies);
                }
                looked += alone.len() as u64;
                match unpacked {
                    Some(unpacked) if looked > span as u64 => {
                        by_day.resize(span, 0);
                        for &doc in &alone {
                            by_day[usize::from(unpacked[doc as usize])] += 1;
                        }
                    }
                    Some(unpacked) => {
                        for &doc in &alone {
                            let day = first + i64::from(unpacked[doc as usize]);
                            counts.add_alone(&grid, &mut units, day, 1);
                        }
                    }
                    None => {
                        days.resize(alone.len(), UNDATED);
                        columns.first_days(&alone, &mut days);
                        for &day in &days {
                            counts.add_alone(&grid, &mut units, day, 1);
                        }
                    }
                }
                for &doc in &copies {
                    let day = match unpacked {
                        Some(unpacked) => first + i64::from(unpacked[doc as usize]),
                        None => columns.first_day.first(doc).unwrap_or(UNDATED),
                    };
                    counts.add_copy(&grid, &mut units, day, related.family(doc));
                }
            })?;
            for (day, &number) in (first..).zip(&by_day).filter(|(_, number)| **number > 0) {
                counts.add_alone(&grid, &mut units, day, number.into());
            }
            dense.counted(looked);
        }
        counts.settle(&grid, &units);
        Ok(())
    }

    /// The buckets of the days of the archive, which a commit lays out once.
    fn grid(&self, by: Period, segments: &[Segment<'_>]) -> Arc<Grid> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, found)) = known.grids.iter().find(|(k, _)| *k == by) {
            return Arc::clone(found);
        }
        let columns = segments.iter().map(|s| &s.columns.first_day);
        let made = Arc::new(Grid::over(by, columns));
        known.grids.push((by, Arc::clone(&made)));
        made
    }

    /// All units of the archive by bucket, which a commit counts once where none is kept back.
    fn all_units(
        &self,
        request: &TimelineRequest,
        segments: &[Segment<'_>],
    ) -> Result<Arc<Buckets>> {
        let key = (request.axis, request.by, request.base.unit);
        let keeps = !segments.iter().any(|s| s.columns.has_embargoes);
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if keeps && let Some((_, found)) = known().units.iter().find(|(k, _)| *k == key) {
            return Ok(Arc::clone(found));
        }
        let mut all = Counts::new(request);
        all.collapse = false;
        all.minds_families = false;
        self.count_over(&mut all, &request.base, segments, &Plan::All)?;
        let found = Arc::new(all.buckets);
        if keeps {
            known().units.push((key, Arc::clone(&found)));
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
        let mut docs = Vec::new();
        self.each_window(request, segment, plan, |window| {
            docs.clear();
            for (word, bits) in window.words() {
                documents(word, bits, &mut docs);
            }
            visit(&docs);
        })
    }

    /// Calls `visit` with all units that match and may be shown, a window at a time.
    pub(super) fn each_window(
        &self,
        request: &SearchRequest,
        segment: &Segment<'_>,
        plan: &Plan,
        mut visit: impl FnMut(&Window),
    ) -> Result<()> {
        // Compiling the query may have taken all the time.
        in_time(request)?;
        let mut windows = segment.windows(plan, 0)?;
        let alive = segment.reader.alive_bitset();
        let hides = alive.is_some() || segment.columns.has_embargoes;
        let now = request.now.as_second();
        let mut window = Window::default();
        while windows.next(&mut window) {
            if hides {
                window.retain(|doc| {
                    alive.is_none_or(|a| a.is_alive(doc)) && !segment.columns.is_hidden(doc, now)
                });
            }
            visit(&window);
            in_time(request)?;
        }
        // A costly check of documents ends by itself once the time is over.
        in_time(request)
    }

    /// The story family of each document.
    pub(super) fn families_of(
        &self,
        segment: &Segment<'_>,
        docs: &[DocId],
        out: &mut Vec<Option<u32>>,
    ) {
        let related = segment.columns.related(&self.families);
        out.clear();
        out.extend(docs.iter().map(|&doc| related.family(doc)));
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

/// What the timelines of a commit share, as far as it was asked for.
#[derive(Default)]
pub struct Known {
    /// All units by bucket.
    units: Vec<((Axis, Period, Unit), Arc<Buckets>)>,
    grids: Vec<(Period, Arc<Grid>)>,
}

/// The buckets of a stretch of days.
#[derive(Default)]
struct Grid {
    from: i64,
    /// By day from `from` on: the number of its bucket.
    slots: Vec<u16>,
    /// First days of the buckets.
    starts: Vec<i32>,
}

/// The days of 179 years; an archive of more looks each day's bucket up.
const MOST_DAYS: i64 = 1 << 16;

impl Grid {
    /// The buckets of all days of the columns; none where they are too far apart.
    fn over<'a>(by: Period, columns: impl Iterator<Item = &'a Column<i64>>) -> Self {
        let spans = columns
            .filter(|column| column.values.num_vals() > 0)
            .map(|column| (column.min_value(), column.max_value()));
        let span = spans.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
        let Some((Ok(first), Ok(last))) = span.map(|s| (i32::try_from(s.0), i32::try_from(s.1)))
        else {
            return Self::default();
        };
        let is_near = (0..MOST_DAYS).contains(&(i64::from(last) - i64::from(first)));
        if !is_near || last == i32::MAX {
            return Self::default();
        }
        let mut grid = Self {
            from: first.into(),
            ..Self::default()
        };
        let mut day = first;
        while day <= last {
            let (start, end) = bucket_of(by, day);
            // No more buckets than days.
            if grid.starts.last() != Some(&start) {
                grid.starts.push(start);
            }
            let slot = (grid.starts.len() - 1) as u16;
            let end = end.clamp(day + 1, last + 1);
            let days = (end - day) as usize;
            grid.slots.extend(std::iter::repeat_n(slot, days));
            day = end;
        }
        grid
    }

    #[inline]
    fn slot(&self, day: i64) -> Option<usize> {
        let at = usize::try_from(day.wrapping_sub(self.from)).ok()?;
        self.slots.get(at).map(|&slot| slot.into())
    }
}

pub struct Counts {
    axis: Axis,
    by: Period,
    collapse: bool,
    minds_families: bool,
    total: u64,
    undated: u64,
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
            buckets: BTreeMap::new(),
            stories: FxHashSet::default(),
            all_stories: FxHashSet::default(),
            touched: Vec::new(),
            last: None,
        }
    }

    /// Adds units without a family: to those of their bucket in the grid, if it has one there.
    #[inline]
    fn add_alone(&mut self, grid: &Grid, units: &mut [(u64, u64)], day: i64, number: u64) {
        match grid.slot(day).and_then(|slot| units.get_mut(slot)) {
            Some(units) => {
                units.0 += number;
                self.total += number;
            }
            None if day == UNDATED => self.add_undated(number),
            None => self.add_days(i32::try_from(day).unwrap_or(0), number),
        }
    }

    /// The same for a unit with a family.
    fn add_copy(&mut self, grid: &Grid, units: &mut [(u64, u64)], day: i64, family: Option<u32>) {
        let slot = grid.slot(day);
        match (
            slot.and_then(|slot| Some((slot, units.get_mut(slot)?))),
            family,
        ) {
            (Some((slot, units)), Some(family)) => {
                let is_copy = !self.stories.insert((grid.starts[slot], family));
                units.1 += u64::from(is_copy);
                units.0 += u64::from(!(is_copy && self.collapse));
                self.total += u64::from(!self.collapse || self.all_stories.insert(family));
            }
            _ => self.add_published(day, family),
        }
    }

    fn add_published(&mut self, day: i64, family: Option<u32>) {
        self.touched.clear();
        if day != UNDATED {
            let bucket = self.bucket(i32::try_from(day).unwrap_or(0));
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
        let counts = !collapse || family.is_none_or(|f| self.all_stories.insert(f));
        self.total += u64::from(counts);
        if self.touched.is_empty() {
            self.undated += u64::from(counts);
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

    /// Units with and without a date on this axis.
    pub fn total(&self) -> u64 {
        self.total
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
                Axis::Mentioned => format!("{} without a date in the text", self.undated),
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

    /// Adds what was counted by the buckets of a grid.
    fn settle(&mut self, grid: &Grid, units: &[(u64, u64)]) {
        let counted = grid
            .starts
            .iter()
            .zip(units)
            .filter(|(_, units)| **units != (0, 0));
        if self.buckets.is_empty() {
            // Sorted as they are, they cost a fraction of single insertions.
            self.buckets = counted.map(|(&start, &units)| (start, units)).collect();
            return;
        }
        for (&start, &(units, copies)) in counted {
            let bucket = self.buckets.entry(start).or_default();
            bucket.0 += units;
            bucket.1 += copies;
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
        let (start, end) = bucket_of(self.by, day);
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
        let mut counted = self.buckets.iter().peekable();
        let mut archive = archive.range(first..).peekable();
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
            let (count, copies) = on(&mut counted, day);
            let (all, _) = on(&mut archive, day);
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

/// What the buckets hold for a day not before the last one asked for.
fn on<'a>(
    buckets: &mut Peekable<impl Iterator<Item = (&'a i32, &'a (u64, u64))>>,
    day: i32,
) -> (u64, u64) {
    while buckets.next_if(|(start, _)| **start < day).is_some() {}
    let found = buckets.next_if(|(start, _)| **start == day);
    found.map_or((0, 0), |(_, units)| *units)
}

/// The first day of the bucket that holds `day`, and of the one after it.
fn bucket_of(by: Period, day: i32) -> (i32, i32) {
    let start = first_of(by, date::date_of(day));
    let end = date::day_number(next(by, start));
    let start = date::day_number(start);
    (start, end.max(start + 1))
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
