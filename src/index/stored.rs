//! What is stored with every passage, and its bytes.
//!
//! The bytes are written to be few before compression, since a name or a date that the text holds
//! anyway compresses badly a second time: numbers are LEB128 varints, a mention's name is left out
//! where it is what the text says or what an earlier mention is called, and a date's value where it
//! follows from its days.

use crate::article::{Article, EntityKind};
use crate::date::{DateKind, DateMention, Interval};
use crate::entity::Mention;
use crate::error::{Error, Result};
use crate::passage::Passage;
use serde::{Deserialize, Serialize};
use tantivy::schema::Field;

/// What is stored with every passage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stored {
    pub passage: Passage,
    /// With the article's first passage only.
    pub head: Option<Head>,
}

/// The article without its paragraphs: those are the passages' text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Head {
    /// Its `sections` keep headings and no paragraphs.
    pub article: Article,
    pub passages: u32,
}

/// Confidences are kept in thousandths, as they are shown.
const SURE: u32 = 1000;

const HAS_HEADING: u64 = 1;
const HAS_SEAM: u64 = 2;
const HAS_HEAD: u64 = 4;

/// How a mention's name is given.
const AS_WRITTEN: u64 = 0;
const IN_FULL: u64 = 1;
/// This and up: as that of the mention before by so many.
const AS_BEFORE: u64 = 2;

/// How a date's value is given.
const NO_VALUE: u64 = 0;
const OTHER: u64 = 1;
const DAY: u64 = 2;
const MONTH: u64 = 3;
const YEAR: u64 = 4;

/// Replaces `out` by the bytes of a passage, with its article's head if it is the first.
pub fn encode(passage: &Passage, head: Option<&Head>, out: &mut Vec<u8>) -> Result<()> {
    out.clear();
    let flag = |has: bool, flag: u64| if has { flag } else { 0 };
    let flags = flag(passage.heading.is_some(), HAS_HEADING)
        | flag(passage.seam.is_some(), HAS_SEAM)
        | flag(head.is_some(), HAS_HEAD);
    for number in [
        flags,
        u64::from(passage.ordinal),
        u64::from(passage.section),
        u64::from(passage.start),
    ] {
        put(out, number);
    }
    let texts = [
        Some(&passage.text),
        passage.heading.as_ref(),
        passage.seam.as_ref(),
    ];
    for text in texts.into_iter().flatten() {
        put_text(out, text);
    }
    put(out, passage.entities.len() as u64);
    let mut at = 0;
    for (n, mention) in passage.entities.iter().enumerate() {
        put_place(out, &mut at, mention.start, mention.end);
        let written = passage
            .text
            .get(mention.start as usize..mention.end as usize);
        let before = passage.entities[..n]
            .iter()
            .rev()
            .position(|m| m.name == mention.name);
        let form = match before {
            _ if written == Some(&mention.name) => AS_WRITTEN,
            Some(back) => AS_BEFORE + back as u64,
            None => IN_FULL,
        };
        put(out, form << 2 | mention.kind as u64);
        if form == IN_FULL {
            put_text(out, &mention.name);
        }
        put(out, u64::from(SURE - thousandths(mention.confidence)));
    }
    put(out, passage.dates.len() as u64);
    let mut at = 0;
    for date in &passage.dates {
        put_place(out, &mut at, date.start, date.end);
        let form = form_of(date);
        let kind = date.kind as u64;
        put(
            out,
            form << 4 | kind << 1 | u64::from(date.interval.is_some()),
        );
        if let Some(days) = date.interval {
            put(out, zigzag(i64::from(days.start())));
            put(out, u64::from(days.len_days()));
        }
        if form == OTHER {
            put_text(out, date.value.as_deref().unwrap_or(""));
        }
    }
    put(out, passage.article_names.len() as u64);
    for (kind, name) in &passage.article_names {
        put(out, *kind as u64);
        put_text(out, name);
    }
    if let Some(head) = head {
        let bytes = postcard::to_stdvec(head)
            .map_err(|e| Error::record(&head.article.path, format!("cannot be stored: {e}")))?;
        out.extend_from_slice(&bytes);
    }
    Ok(())
}

/// What a document of tantivy's store holds in its only stored field; `None` for any other document.
///
/// tantivy's own reader makes room for as many bytes as a document says it has, which in a damaged one
/// may be any number.
pub fn bytes_of(document: &[u8], field: Field) -> Option<&[u8]> {
    const BYTES: u8 = 4;
    let mut rest = document;
    let count = take_ended(&mut rest)?;
    let (number, after) = rest.split_first_chunk()?;
    let (&code, after) = after.split_first()?;
    rest = after;
    let len = take_ended(&mut rest)?;
    let is_it = count == 1 && u32::from_le_bytes(*number) == field.field_id() && code == BYTES;
    (is_it && len == rest.len() as u64).then_some(rest)
}

/// Reads a number as tantivy writes it: the last of its bytes has the high bit, not the others.
fn take_ended(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, after) = rest.split_first()?;
        *rest = after;
        number |= u64::from(byte & 0x7f) << shift;
        if byte >= 0x80 {
            return Some(number);
        }
    }
    None
}

/// Reads what [`encode`] wrote.
pub fn decode(bytes: &[u8]) -> Result<Stored> {
    let stored = read(bytes).filter(|stored| stored.passage.is_sound());
    stored.ok_or_else(|| {
        Error::Damaged("a stored passage cannot be decoded; run `dateline verify`".to_owned())
    })
}

fn read(bytes: &[u8]) -> Option<Stored> {
    let mut rest = bytes;
    let flags = take(&mut rest)?;
    let mut passage = Passage {
        ordinal: take32(&mut rest)?,
        section: take32(&mut rest)?,
        start: take32(&mut rest)?,
        text: take_text(&mut rest)?,
        ..Passage::default()
    };
    if flags & HAS_HEADING != 0 {
        passage.heading = Some(take_text(&mut rest)?);
    }
    if flags & HAS_SEAM != 0 {
        passage.seam = Some(take_text(&mut rest)?);
    }
    let count = take(&mut rest)?;
    let mut at = 0;
    for _ in 0..count {
        let (start, end) = take_place(&mut rest, &mut at)?;
        let tag = take(&mut rest)?;
        let name = match tag >> 2 {
            AS_WRITTEN => passage.text.get(start as usize..end as usize)?.to_owned(),
            IN_FULL => take_text(&mut rest)?,
            before => {
                let back = usize::try_from(before - AS_BEFORE).ok()?;
                let named = passage.entities.iter().rev().nth(back)?;
                named.name.clone()
            }
        };
        passage.entities.push(Mention {
            start,
            end,
            kind: *[EntityKind::Person, EntityKind::Org, EntityKind::Place]
                .get(tag as usize & 3)?,
            name,
            confidence: SURE.checked_sub(take32(&mut rest)?)? as f32 / SURE as f32,
        });
    }
    let count = take(&mut rest)?;
    let mut at = 0;
    for _ in 0..count {
        let (start, end) = take_place(&mut rest, &mut at)?;
        let tag = take(&mut rest)?;
        let interval = match tag & 1 {
            0 => None,
            _ => {
                let first = i32::try_from(unzigzag(take(&mut rest)?)).ok()?;
                let days = i32::try_from(take(&mut rest)?).ok()?;
                Some(Interval::from_days(first, first.checked_add(days)?)?)
            }
        };
        let value = match tag >> 4 {
            NO_VALUE => None,
            OTHER => Some(take_text(&mut rest)?),
            form => Some(value_of(form, interval?)?),
        };
        passage.dates.push(DateMention {
            start,
            end,
            kind: *KINDS.get((tag >> 1 & 7) as usize)?,
            value,
            interval,
        });
    }
    for _ in 0..take(&mut rest)? {
        let kind = kind_of(take(&mut rest)?)?;
        let name = take_text(&mut rest)?;
        passage.article_names.push((kind, name));
    }
    let head = match flags & HAS_HEAD {
        0 => None,
        _ => Some(postcard::from_bytes(rest).ok()?),
    };
    Some(Stored { passage, head })
}

fn kind_of(number: u64) -> Option<EntityKind> {
    let kinds = [EntityKind::Person, EntityKind::Org, EntityKind::Place];
    kinds.get(usize::try_from(number).ok()?).copied()
}

/// In the order of their discriminants.
const KINDS: [DateKind; 5] = [
    DateKind::Date,
    DateKind::Time,
    DateKind::Duration,
    DateKind::Set,
    DateKind::Range,
];

/// In what form a date's value is to be given.
fn form_of(date: &DateMention) -> u64 {
    let Some(value) = &date.value else {
        return NO_VALUE;
    };
    let form = match value.len() {
        10 => DAY,
        7 => MONTH,
        4 => YEAR,
        _ => return OTHER,
    };
    let follows = |days| value_of(form, days).as_ref() == Some(value);
    match date.interval.is_some_and(follows) {
        true => form,
        false => OTHER,
    }
}

/// The value that days have which are those of one day, month or year.
fn value_of(form: u64, days: Interval) -> Option<String> {
    let day = days.first();
    Some(match form {
        DAY => format!("{:04}-{:02}-{:02}", day.year(), day.month(), day.day()),
        MONTH => format!("{:04}-{:02}", day.year(), day.month()),
        YEAR => format!("{:04}", day.year()),
        _ => return None,
    })
}

/// A confidence below 1 stays below.
fn thousandths(confidence: f32) -> u32 {
    match confidence >= 1.0 {
        true => SURE,
        false => ((confidence * SURE as f32).round() as u32).min(SURE - 1),
    }
}

fn put(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn put_text(out: &mut Vec<u8>, text: &str) {
    put(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

/// A range, from the start of the one before it: ranges may contain one another.
fn put_place(out: &mut Vec<u8>, at: &mut u32, start: u32, end: u32) {
    put(out, zigzag(i64::from(start) - i64::from(*at)));
    put(out, zigzag(i64::from(end) - i64::from(start)));
    *at = start;
}

fn zigzag(n: i64) -> u64 {
    (n << 1 ^ n >> 63) as u64
}

fn unzigzag(n: u64) -> i64 {
    (n >> 1) as i64 ^ -((n & 1) as i64)
}

fn take(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, after) = rest.split_first()?;
        *rest = after;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

fn take32(rest: &mut &[u8]) -> Option<u32> {
    u32::try_from(take(rest)?).ok()
}

fn take_text(rest: &mut &[u8]) -> Option<String> {
    let len = usize::try_from(take(rest)?).ok()?;
    let (text, after) = rest.split_at_checked(len)?;
    *rest = after;
    Some(std::str::from_utf8(text).ok()?.to_owned())
}

fn take_place(rest: &mut &[u8], at: &mut u32) -> Option<(u32, u32)> {
    let start = i64::from(*at).checked_add(unzigzag(take(rest)?))?;
    let end = start.checked_add(unzigzag(take(rest)?))?;
    *at = u32::try_from(start).ok()?;
    Some((*at, u32::try_from(end).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn any_mention() -> impl Strategy<Value = Mention> {
        (0..40u32, 0..40u32, 0..3usize, "[a-cé ]{0,6}", 0..=1000u32).prop_map(
            |(start, end, kind, name, sure)| Mention {
                start,
                end,
                kind: [EntityKind::Person, EntityKind::Org, EntityKind::Place][kind],
                name,
                confidence: sure as f32 / 1000.0,
            },
        )
    }

    fn any_date() -> impl Strategy<Value = DateMention> {
        let days = (-800_000..800_000i32, 1..800i32);
        let value = prop_oneof![
            "[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?",
            "P[0-9]D|2024-W[0-9]{2}|PAST_REF"
        ];
        (
            (0..40u32, 0..40u32, 0..5usize),
            prop::option::of(value),
            prop::option::of(days),
            0..4u8,
        )
            .prop_map(|((start, end, kind), value, days, own)| {
                let interval =
                    days.and_then(|(first, len)| Interval::from_days(first, first + len));
                let follows = interval.and_then(|days| value_of(u64::from(own) + 1, days));
                DateMention {
                    start,
                    end,
                    kind: KINDS[kind],
                    value: follows.or(value),
                    interval,
                }
            })
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(
            text in "\\PC{0,60}",
            heading in prop::option::of("\\PC{0,9}"),
            seam in prop::option::of("\\PC{0,9}"),
            numbers in any::<(u32, u32, u32)>(),
            entities in prop::collection::vec(any_mention(), 0..6),
            dates in prop::collection::vec(any_date(), 0..6),
            with_head in any::<bool>(),
        ) {
            let (ordinal, section, start) = numbers;
            let article_names = entities.iter().map(|m| (m.kind, m.name.clone())).collect();
            let passage =
                Passage { ordinal, section, heading, text, start, seam, entities, dates, article_names };
            let head = with_head.then(|| Head {
                article: Article { id: "a".to_owned(), title: Some("T".to_owned()), ..Article::default() },
                passages: 3,
            });
            let mut bytes = Vec::new();
            encode(&passage, head.as_ref(), &mut bytes).unwrap();
            prop_assert_eq!(read(&bytes), Some(Stored { passage, head }));
        }

        #[test]
        fn any_bytes_are_a_passage_or_damage(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            let _ = decode(&bytes);
        }
    }

    #[test]
    fn a_mention_outside_its_text_is_damage() {
        for (start, end, is_sound) in [(0, 2, true), (0, 1, false), (2, 9, false), (2, 0, false)] {
            let mut passage = Passage {
                text: "é 4".to_owned(),
                ..Passage::default()
            };
            passage.dates.push(DateMention {
                start,
                end,
                kind: DateKind::Set,
                value: None,
                interval: None,
            });
            let mut bytes = Vec::new();
            encode(&passage, None, &mut bytes).unwrap();
            assert_eq!(decode(&bytes).is_ok(), is_sound, "{start}..{end}");
        }
    }

    #[test]
    fn a_confidence_below_one_stays_below() {
        assert_eq!(thousandths(0.9999), 999);
        assert_eq!(thousandths(1.0), 1000);
        assert_eq!(thousandths(f32::NAN), 0);
    }
}
