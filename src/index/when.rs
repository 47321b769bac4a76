//! What time has to do with a score: recency, and the days that the query's words speak of.

use super::matching::Segment;
use super::request::{SearchRequest, Unit};
use crate::date::{self, Interval};
use crate::error::Result;
use crate::query::{Axis, Kind, Query};
use tantivy::DocId;
use tantivy::columnar::Column;

/// An article's weight halves its distance to 1 in this many days, where a query is asked at a time.
///
/// `1 + exp(−age / 30 days)` was the largest gain of all that were tried on dated questions.
const AS_OF_DECAY_DAYS: f64 = 30.0;

/// What being published on the days asked adds beside speaking of them, to an article and to a passage.
/// That an article's passages were published with it tells nothing of which one answers.
///
/// Of 568 dated questions over press releases nDCG@10 of articles is .933 at .1, .939 at .25; the
/// answer is in the first passage .819 of the time at .1, .789 at .25.
const BOTH: (f32, f32) = (0.25, 0.1);

const SECONDS_A_DAY: f64 = 86_400.0;

/// The factor of what was published just now.
pub const MOST_RECENCY: f32 = 2.0;

/// The time that a query is asked at, and the days it mentions.
pub struct QueryTime {
    /// Seconds from 1970 and the decay in days.
    recency: Option<(i64, f64)>,
    /// Days that words of the query speak of without demanding them.
    mentioned: Vec<Interval>,
    /// Days that `about:` demands; every hit speaks of them, some more closely than others.
    about_days: Vec<Interval>,
    about: f32,
    both: f32,
}

impl QueryTime {
    pub fn of(request: &SearchRequest, about: f32) -> Self {
        let end_of =
            |day: jiff::civil::Date| (i64::from(date::day_number(day)) + 1) * SECONDS_A_DAY as i64;
        let recency = match (request.as_of, request.recency_days) {
            (Some(day), None) => Some((end_of(day), AS_OF_DECAY_DAYS)),
            (Some(day), Some(half)) => Some((end_of(day), half / std::f64::consts::LN_2)),
            (None, Some(half)) => Some((request.now.as_second(), half / std::f64::consts::LN_2)),
            (None, None) => None,
        };
        Self {
            recency,
            mentioned: request.mentioned.clone(),
            about_days: days_demanded(&request.query),
            about,
            both: match request.unit {
                Unit::Article => BOTH.0,
                Unit::Passage => BOTH.1,
            },
        }
    }

    /// Whether the age of an article matters.
    pub fn minds_age(&self) -> bool {
        self.recency.is_some()
    }

    /// What the age of an article multiplies its score by, 1 to [`MOST_RECENCY`].
    pub fn recency(&self, published: Option<i64>) -> f32 {
        match (self.recency, published) {
            (Some((at, decay)), Some(published)) => {
                let age = (at.saturating_sub(published) as f64 / SECONDS_A_DAY).max(0.0);
                1.0 + (-age / decay).exp() as f32
            }
            _ => 1.0,
        }
    }

    /// Whether the query demands days that passages speak of.
    pub fn demands_days(&self) -> bool {
        !self.about_days.is_empty()
    }
}

/// The closed periods of the query's `about:` clauses.
fn days_demanded(query: &Query) -> Vec<Interval> {
    let leaves = query.positive_leaves();
    let days = leaves.iter().filter_map(|node| match node.kind {
        Kind::Dates {
            axis: Axis::Mentioned,
            from: Some(from),
            to: Some(to),
            ..
        } => Interval::new(from, to),
        _ => None,
    });
    days.collect()
}

/// The time of one segment's documents.
pub struct When<'a> {
    time: &'a QueryTime,
    about: Option<Column<u64>>,
    first_day: Column<i64>,
}

impl<'a> When<'a> {
    pub fn open(segment: &Segment<'_>, time: &'a QueryTime) -> Result<Self> {
        let about = if time.mentioned.is_empty() && time.about_days.is_empty() {
            None
        } else {
            Some(segment.reader.fast_fields().u64("about")?)
        };
        Ok(Self {
            time,
            about,
            first_day: segment.columns.first_day.clone(),
        })
    }

    /// What a passage's score is multiplied by; 1 where time says nothing.
    pub fn factor(&self, doc: DocId, published: Option<i64>) -> f32 {
        let mut factor = self.time.recency(published);
        if let Some(about) = &self.about {
            let (mut spoken, mut then) = (0.0f32, 0.0f32);
            for asked in &self.time.mentioned {
                spoken = spoken.max(closest(about, doc, *asked));
                // News of a day is about that day, whether or not it writes the date.
                if let Some(day) = self
                    .first_day
                    .first(doc)
                    .and_then(|d| i32::try_from(d).ok())
                    && let Some(day) = Interval::from_days(day, day.saturating_add(1))
                {
                    then = then.max(tightness(*asked, day));
                }
            }
            // What was published then beside speaking of then: a look back at August names it too.
            let found = spoken.max(then) + self.time.both * spoken.min(then);
            factor *= 1.0 + self.time.about * found.max(self.about(doc));
        }
        factor
    }

    /// How closely a passage answers the days that `about:` demands, 0 to 1; 0 without them.
    pub fn about(&self, doc: DocId) -> f32 {
        let Some(about) = &self.about else {
            return 0.0;
        };
        let asked = self.time.about_days.iter();
        asked.fold(0.0, |best, asked| best.max(closest(about, doc, *asked)))
    }

    /// The passage that speaks most closely of those days, and how closely; the first of equals.
    pub fn closest(&self, passages: std::ops::Range<DocId>) -> (DocId, f32) {
        let first = passages.start;
        passages
            .map(|doc| (doc, self.about(doc)))
            .reduce(|a, b| if b.1 > a.1 { b } else { a })
            .unwrap_or((first, 0.0))
    }
}

/// The best answer among the intervals that a passage speaks of.
fn closest(about: &Column<u64>, doc: DocId, asked: Interval) -> f32 {
    about
        .values_for_doc(doc)
        .filter_map(date::cover::unpack)
        .fold(0.0, |best, found| best.max(tightness(asked, found)))
}

/// How well an interval answers for the days asked: their overlap by the wider of the two, so that
/// "the 2020s" answers little for one day and one day within the month asked answers well.
pub fn tightness(asked: Interval, found: Interval) -> f32 {
    let overlap = asked.end().min(found.end()) - asked.start().max(found.start());
    if overlap <= 0 {
        return 0.0;
    }
    if found.len_days() <= asked.len_days() {
        return 1.0;
    }
    (asked.len_days() as f32 / found.len_days() as f32).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(start: i32, end: i32) -> Interval {
        Interval::from_days(start, end).unwrap()
    }

    #[test]
    fn a_day_answers_for_itself_better_than_its_decade() {
        let day = days(100, 101);
        let decade = days(0, 3650);
        assert_eq!(tightness(day, day), 1.0);
        assert!(tightness(day, decade) < 0.05);
        assert_eq!(tightness(day, days(101, 102)), 0.0);
    }
}
