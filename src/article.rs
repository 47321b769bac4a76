//! An article as the readers see it: plain data, no behaviour beyond its own text.

use jiff::{Timestamp, civil, tz::Offset};
use serde::{Deserialize, Serialize};
use std::fmt;

/// One news article.
///
/// Text fields are NFC, without soft hyphens, byte order marks or control characters.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Article {
    /// The id that the archive knows it by; empty until the archive (or `read`) has assigned it.
    pub id: String,
    /// The id that the record itself states (`id`, `_id`, `guid`, `uri`, NewsML guid, NITF doc-id).
    pub own_id: Option<String>,
    /// The file, relative to its root, `/` between parts; container members as `a.zip!/dir/b.html`.
    pub path: String,
    /// The record's number in its file, from 1; 0 where the format holds one article a file.
    pub record: u32,
    /// Byte offset of the record in its decompressed file.
    pub offset: u64,
    pub title: Option<String>,
    pub standfirst: Option<String>,
    pub authors: Vec<String>,
    pub published: Option<Published>,
    pub updated: Option<Published>,
    /// The place line that opens a report ("LONDON, March 3"), without the text that follows it.
    pub dateline: Option<String>,
    pub source: Option<String>,
    /// Canonical URL as written, absolute where the input allows it.
    pub url: Option<String>,
    /// ISO 639 code in lower case, as declared or detected.
    pub lang: Option<String>,
    pub lang_from: Option<LangFrom>,
    pub keywords: Vec<String>,
    /// Entities that the input itself names; they win over recognised ones.
    pub entities: Vec<GivenEntity>,
    pub status: Option<Status>,
    /// Not to be shown before this time, where the input says so.
    pub embargo: Option<Published>,
    /// The input's own revision number; the highest wins among records of one id.
    pub version: Option<u64>,
    /// Ids that a kill notice removes.
    pub kills: Vec<String>,
    /// True where the input holds a summary only (feeds without content).
    pub is_summary: bool,
    /// WHATWG name of the encoding that the bytes were in.
    pub encoding: String,
    /// What was dropped while reading (an impossible date), for the run's summary; not stored.
    #[serde(skip)]
    pub warnings: Vec<String>,
    pub sections: Vec<Section>,
}

/// A heading and the paragraphs below it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    pub heading: Option<String>,
    /// In order; a list item is a paragraph that begins with `- `.
    pub paragraphs: Vec<String>,
}

/// Where a language code came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LangFrom {
    Declared,
    Detected,
}

/// What an agency says of an item beyond its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Canceled,
    Corrected,
    Embargoed,
}

impl Status {
    /// The name used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Canceled => "canceled",
            Self::Corrected => "corrected",
            Self::Embargoed => "embargoed",
        }
    }
}

/// The three kinds of names that dateline knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EntityKind {
    Person,
    Org,
    Place,
}

impl EntityKind {
    /// `person`, `org` or `place`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Org => "org",
            Self::Place => "place",
        }
    }
}

/// An entity that the input itself names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenEntity {
    #[serde(rename = "type")]
    pub kind: EntityKind,
    pub name: String,
}

/// How much of a time is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    Year,
    Month,
    Day,
    Second,
}

/// Where a time of publication was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Provenance {
    #[serde(rename = "json-ld")]
    JsonLd,
    #[serde(rename = "meta")]
    Meta,
    #[serde(rename = "field")]
    Field,
    #[serde(rename = "url")]
    Url,
    #[serde(rename = "path")]
    Path,
    #[serde(rename = "text")]
    Text,
}

impl Provenance {
    /// The name used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::JsonLd => "json-ld",
            Self::Meta => "meta",
            Self::Field => "field",
            Self::Url => "url",
            Self::Path => "path",
            Self::Text => "text",
        }
    }
}

/// A time as it was written: no more precise than it was, in the zone that it had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// The wall-clock time as written; parts finer than `precision` are their lowest value.
    pub at: civil::DateTime,
    pub precision: Precision,
    /// Seconds east of UTC as written; `None` where no zone was.
    pub offset_seconds: Option<i32>,
    pub from: Provenance,
}

impl Published {
    /// A whole day.
    pub fn day(date: civil::Date, from: Provenance) -> Self {
        Self {
            at: date.to_datetime(civil::Time::midnight()),
            precision: Precision::Day,
            offset_seconds: None,
            from,
        }
    }

    /// Whether even the first day that it may mean lies more than a day after an instant, in
    /// nanoseconds from 1970: no zone is so far ahead. Without a clock (0) nothing is.
    pub fn is_after(&self, now_ns: i64) -> bool {
        const DAY_NS: i64 = 86_400_000_000_000;
        let today = i32::try_from(now_ns.div_euclid(DAY_NS)).unwrap_or(i32::MAX);
        let epoch = civil::date(1970, 1, 1);
        let first = epoch.until(self.days().0).map_or(0, |span| span.get_days());
        now_ns > 0 && first > today.saturating_add(1)
    }

    /// First and last day that the time may mean, both inclusive: one day for a day or finer.
    ///
    /// The days are those of the zone that was written; they are not moved to UTC.
    pub fn days(&self) -> (civil::Date, civil::Date) {
        let date = self.at.date();
        match self.precision {
            Precision::Year => (date.first_of_year(), date.last_of_year()),
            Precision::Month => (date.first_of_month(), date.last_of_month()),
            Precision::Day | Precision::Second => (date, date),
        }
    }

    /// The instant used for sorting: the beginning of what is known, in UTC where no zone was written.
    pub fn instant(&self) -> Timestamp {
        let offset = self
            .offset_seconds
            .and_then(|s| Offset::from_seconds(s).ok())
            .unwrap_or(Offset::UTC);
        offset.to_timestamp(self.at).unwrap_or(Timestamp::MIN)
    }
}

impl fmt::Display for Published {
    /// `2024`, `2024-07`, `2024-07-14`, `2024-07-14T09:30:00` or RFC 3339 with the offset as written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = self.at.date();
        match self.precision {
            Precision::Year => write!(f, "{:04}", date.year()),
            Precision::Month => write!(f, "{:04}-{:02}", date.year(), date.month()),
            Precision::Day => write!(f, "{date}"),
            Precision::Second => {
                let time = self.at.time();
                write!(
                    f,
                    "{date}T{:02}:{:02}:{:02}",
                    time.hour(),
                    time.minute(),
                    time.second()
                )?;
                match self.offset_seconds {
                    None => Ok(()),
                    Some(0) => f.write_str("Z"),
                    Some(s) => {
                        let sign = if s < 0 { '-' } else { '+' };
                        let minutes = s.unsigned_abs() / 60;
                        write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
                    }
                }
            }
        }
    }
}

/// What stands between two paragraphs in [`Article::text`] and in a passage's text.
pub const PARAGRAPH_BREAK: &str = "\n\n";

impl Article {
    /// The time in seconds from 1970 before which no search finds it: the end of its embargo; [`i64::MAX`] where it was
    /// canceled, or is withheld without an end.
    pub fn hidden_until(&self) -> Option<i64> {
        match (self.status, &self.embargo) {
            (Some(Status::Canceled), _) | (Some(Status::Embargoed), None) => Some(i64::MAX),
            (_, end) => end.as_ref().map(|time| time.instant().as_second()),
        }
    }

    /// The body: every paragraph of every section in order, joined by [`PARAGRAPH_BREAK`]; no headings.
    ///
    /// Passages are slices of this text, and their offsets count its bytes.
    pub fn text(&self) -> String {
        let paragraphs: Vec<&str> = self
            .sections
            .iter()
            .flat_map(|s| s.paragraphs.iter().map(String::as_str))
            .collect();
        paragraphs.join(PARAGRAPH_BREAK)
    }
}
