//! What is stored with passages, and its bytes.
//!
//! Up to [`TOGETHER`] neighbouring passages of an article are stored as one [`Block`], with the first
//! of them. A block is two streams: texts, one behind the other, which are packed well together, and
//! numbers, which no compressor of bytes packs as well as their own codes do ([`super::bits`]). A
//! mention's name is left out where it is what the text says or what an earlier mention is called, and
//! a date's value where it follows from its days.

use super::bits::{BitReader, BitWriter};
use crate::article::{Article, EntityKind};
use crate::date::{DateKind, DateMention, Interval};
use crate::entity::Mention;
use crate::error::{Error, Result};
use crate::passage::Passage;
use serde::{Deserialize, Serialize};
use tantivy::schema::Field;

/// The most passages of a block: to show one, all of its block is unpacked.
pub const TOGETHER: usize = 8;

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

/// Neighbouring passages of an article as they are stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Block {
    pub texts: Vec<u8>,
    pub numbers: Vec<u8>,
}

/// Confidences are kept in thousandths, as they are shown.
const SURE: u32 = 1000;

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

// Orders of the codes, each the best of 0 to 12 over press releases.
const ORDINAL: u32 = 0;
const SECTION: u32 = 0;
const START: u32 = 9;
const TEXT_BYTES: u32 = 9;
const SHORT_TEXT_BYTES: u32 = 4;
const COUNT: u32 = 2;
const PLACE: u32 = 6;
const NAME_BYTES: u32 = 4;
const FORM: u32 = 0;
const KIND: u32 = 1;
const DOUBT: u32 = 6;
const DAYS_APART: u32 = 8;
const DAYS: u32 = 0;

/// Replaces `block` by the bytes of at most [`TOGETHER`] passages; the first of an article brings its head.
pub fn encode(passages: &[Passage], head: Option<&Head>, block: &mut Block) -> Result<()> {
    block.texts.clear();
    let mut writer = Writer {
        texts: std::mem::take(&mut block.texts),
        numbers: BitWriter::default(),
        before: Before::default(),
    };
    writer.numbers.put(passages.len() as u64, COUNT);
    writer.numbers.put(u64::from(head.is_some()), 0);
    for passage in passages {
        writer.passage(passage);
    }
    block.texts = writer.texts;
    block.numbers.clear();
    block.numbers.extend_from_slice(writer.numbers.finish());
    if let Some(head) = head {
        block.texts = postcard::to_extend(head, std::mem::take(&mut block.texts))
            .map_err(|e| Error::record(&head.article.path, format!("cannot be stored: {e}")))?;
    }
    Ok(())
}

/// A passage as it is read back: confidences are rounded.
pub(crate) fn as_stored(passage: &Passage, head: Option<&Head>) -> Result<Stored> {
    let mut block = Block::default();
    encode(std::slice::from_ref(passage), head, &mut block)?;
    decode(&block, 0)
}

/// What the passage before had, which the next one is told from.
#[derive(Clone, Copy, Default)]
struct Before {
    ordinal: u32,
    section: u32,
    start: u32,
    day: i32,
}

struct Writer {
    texts: Vec<u8>,
    numbers: BitWriter,
    before: Before,
}

impl Writer {
    fn text(&mut self, text: &str, order: u32) {
        self.numbers.put(text.len() as u64, order);
        self.texts.extend_from_slice(text.as_bytes());
    }

    fn flag(&mut self, flag: bool) {
        self.numbers.put(u64::from(flag), 0);
    }

    /// A number that is seldom below `before`.
    fn apart(&mut self, number: u32, before: u32, order: u32) {
        let apart = number.wrapping_sub(before);
        self.numbers.put(u64::from(apart), order);
    }

    fn passage(&mut self, passage: &Passage) {
        let before = self.before;
        self.apart(passage.ordinal, before.ordinal, ORDINAL);
        self.apart(passage.section, before.section, SECTION);
        self.apart(passage.start, before.start, START);
        // The next one is a passage on, behind this one's text.
        self.before = Before {
            ordinal: passage.ordinal.wrapping_add(1),
            section: passage.section,
            start: passage.start.wrapping_add(passage.text.len() as u32),
            day: before.day,
        };
        self.text(&passage.text, TEXT_BYTES);
        for text in [&passage.heading, &passage.seam] {
            self.flag(text.is_some());
            if let Some(text) = text {
                self.text(text, SHORT_TEXT_BYTES);
            }
        }
        self.numbers.put(passage.entities.len() as u64, COUNT);
        let mut at = 0;
        for (n, mention) in passage.entities.iter().enumerate() {
            self.place(&mut at, mention.start, mention.end);
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
            self.numbers.put(form, FORM);
            self.numbers.put(mention.kind as u64, KIND);
            if form == IN_FULL {
                self.text(&mention.name, NAME_BYTES);
            }
            let doubt = SURE - thousandths(mention.confidence);
            self.numbers.put(u64::from(doubt), DOUBT);
        }
        self.numbers.put(passage.dates.len() as u64, COUNT);
        let mut at = 0;
        for date in &passage.dates {
            self.date(date, &mut at);
        }
        self.numbers.put(passage.article_names.len() as u64, FORM);
        for (kind, name) in &passage.article_names {
            self.numbers.put(*kind as u64, KIND);
            self.text(name, NAME_BYTES);
        }
    }

    fn date(&mut self, date: &DateMention, at: &mut u32) {
        self.place(at, date.start, date.end);
        let form = form_of(date);
        self.numbers.put(form, FORM);
        self.numbers.put(date.kind as u64, FORM);
        self.flag(date.interval.is_some());
        if let Some(days) = date.interval {
            let apart = i64::from(days.start()) - i64::from(self.before.day);
            self.numbers.put_signed(apart, DAYS_APART);
            self.numbers.put(u64::from(days.len_days()), DAYS);
            self.before.day = days.start();
        }
        if form == OTHER {
            self.text(date.value.as_deref().unwrap_or(""), NAME_BYTES);
        }
    }

    /// A range, from the end of the one before it: ranges may contain one another.
    fn place(&mut self, at: &mut u32, start: u32, end: u32) {
        self.apart(start, *at, PLACE);
        self.apart(end, start, NAME_BYTES);
        *at = end;
    }
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

/// Reads passage `nth` of a block, the article's head with the first.
pub fn decode(block: &Block, nth: usize) -> Result<Stored> {
    sound(read(block, nth, nth == 0, true))
}

/// Reads passage `nth` of a block, and the article's head if the block has it: a hit shows both. Its
/// names and dates are left out unless `mentions` are asked for.
pub fn decode_with_head(block: &Block, nth: usize, mentions: bool) -> Result<Stored> {
    sound(read(block, nth, true, mentions))
}

fn sound(stored: Option<Stored>) -> Result<Stored> {
    let stored = stored.filter(|stored| stored.passage.is_sound());
    stored.ok_or_else(|| {
        Error::Damaged("a stored passage cannot be decoded; run `dateline verify`".to_owned())
    })
}

fn read(block: &Block, nth: usize, with_head: bool, mentions: bool) -> Option<Stored> {
    let mut reader = Reader {
        texts: &block.texts,
        numbers: BitReader::new(&block.numbers),
        before: Before::default(),
        kept: false,
        mentions,
    };
    let count = usize::try_from(reader.numbers.next(COUNT)?).ok()?;
    let has_head = reader.flag()? && with_head;
    let mut wanted = None;
    for n in 0..count {
        reader.kept = n == nth;
        let passage = reader.passage()?;
        if n == nth {
            wanted = Some(passage);
            if !has_head {
                break;
            }
        }
    }
    let head = match has_head {
        true => Some(postcard::from_bytes(reader.texts).ok()?),
        false => None,
    };
    Some(Stored {
        passage: wanted?,
        head,
    })
}

struct Reader<'a> {
    texts: &'a [u8],
    numbers: BitReader<'a>,
    before: Before,
    /// Whether the passage is wanted, or only passed by.
    kept: bool,
    /// Whether the names and dates of the one that is wanted are.
    mentions: bool,
}

impl<'a> Reader<'a> {
    fn text(&mut self, order: u32) -> Option<&'a str> {
        let len = usize::try_from(self.numbers.next(order)?).ok()?;
        let (text, after) = self.texts.split_at_checked(len)?;
        self.texts = after;
        match self.kept {
            true => std::str::from_utf8(text).ok(),
            false => Some(""),
        }
    }

    fn flag(&mut self) -> Option<bool> {
        Some(self.numbers.next(0)? != 0)
    }

    fn after(&mut self, before: u32, order: u32) -> Option<u32> {
        Some(before.wrapping_add(self.numbers.next32(order)?))
    }

    fn passage(&mut self) -> Option<Passage> {
        let before = self.before;
        let ordinal = self.after(before.ordinal, ORDINAL)?;
        let section = self.after(before.section, SECTION)?;
        let start = self.after(before.start, START)?;
        let before_text = self.texts.len();
        let text = self.text(TEXT_BYTES)?;
        self.before = Before {
            ordinal: ordinal.wrapping_add(1),
            section,
            start: start.wrapping_add((before_text - self.texts.len()) as u32),
            day: before.day,
        };
        let mut optional = || match self.flag()? {
            true => Some(Some(self.text(SHORT_TEXT_BYTES)?.to_owned())),
            false => Some(None),
        };
        let mut passage = Passage {
            ordinal,
            section,
            heading: optional()?,
            text: text.to_owned(),
            start,
            seam: optional()?,
            ..Passage::default()
        };
        self.kept &= self.mentions;
        let mut at = 0;
        for _ in 0..self.numbers.next(COUNT)? {
            let mention = self.mention(&passage, &mut at)?;
            if let Some(mention) = mention {
                passage.entities.push(mention);
            }
        }
        let mut at = 0;
        for _ in 0..self.numbers.next(COUNT)? {
            let date = self.date(&mut at)?;
            if self.kept {
                passage.dates.push(date);
            }
        }
        for _ in 0..self.numbers.next(FORM)? {
            let kind = kind_of(self.numbers.next(KIND)?)?;
            let name = self.text(NAME_BYTES)?;
            if self.kept {
                passage.article_names.push((kind, name.to_owned()));
            }
        }
        Some(passage)
    }

    /// `None` within for one that is passed by.
    fn mention(&mut self, passage: &Passage, at: &mut u32) -> Option<Option<Mention>> {
        let (start, end) = self.place(at)?;
        let form = self.numbers.next(FORM)?;
        let kind = kind_of(self.numbers.next(KIND)?)?;
        let full = match form {
            IN_FULL => self.text(NAME_BYTES)?,
            _ => "",
        };
        let confidence = SURE.checked_sub(self.numbers.next32(DOUBT)?)? as f32 / SURE as f32;
        if !self.kept {
            return Some(None);
        }
        let name = match form {
            AS_WRITTEN => passage.text.get(start as usize..end as usize)?.to_owned(),
            IN_FULL => full.to_owned(),
            before => {
                let back = usize::try_from(before - AS_BEFORE).ok()?;
                passage.entities.iter().rev().nth(back)?.name.clone()
            }
        };
        Some(Some(Mention {
            start,
            end,
            kind,
            name,
            confidence,
        }))
    }

    fn date(&mut self, at: &mut u32) -> Option<DateMention> {
        let (start, end) = self.place(at)?;
        let form = self.numbers.next(FORM)?;
        let kind = *KINDS.get(usize::try_from(self.numbers.next(FORM)?).ok()?)?;
        let mut interval = None;
        if self.flag()? {
            let apart = self.numbers.next_signed(DAYS_APART)?;
            let first = i64::from(self.before.day).checked_add(apart)?;
            let first = i32::try_from(first).ok()?;
            let days = i32::try_from(self.numbers.next(DAYS)?).ok()?;
            interval = Some(Interval::from_days(first, first.checked_add(days)?)?);
            self.before.day = first;
        }
        let value = match form {
            NO_VALUE => None,
            OTHER => Some(self.text(NAME_BYTES)?.to_owned()),
            _ if !self.kept => None,
            form => Some(value_of(form, interval?)?),
        };
        Some(DateMention {
            start,
            end,
            kind,
            value,
            interval,
        })
    }

    fn place(&mut self, at: &mut u32) -> Option<(u32, u32)> {
        let start = self.after(*at, PLACE)?;
        let end = self.after(start, NAME_BYTES)?;
        *at = end;
        Some((start, end))
    }
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
            passages in prop::collection::vec(any_passage(), 1..4),
            with_head in any::<bool>(),
        ) {
            let head = with_head.then(|| Head {
                article: Article { id: "a".to_owned(), title: Some("T".to_owned()), ..Article::default() },
                passages: 3,
            });
            let mut block = Block::default();
            encode(&passages, head.as_ref(), &mut block).unwrap();
            for (n, passage) in passages.iter().enumerate() {
                let head = head.clone().filter(|_| n == 0);
                let mut stored = Stored { passage: passage.clone(), head };
                prop_assert_eq!(read(&block, n, n == 0, true), Some(stored.clone()));
                stored.passage.entities.clear();
                stored.passage.dates.clear();
                stored.passage.article_names.clear();
                prop_assert_eq!(read(&block, n, n == 0, false), Some(stored));
            }
            prop_assert!(read(&block, passages.len(), true, true).is_none());
        }

        #[test]
        fn any_bytes_are_a_passage_or_damage(
            texts in prop::collection::vec(any::<u8>(), 0..80),
            numbers in prop::collection::vec(any::<u8>(), 0..80),
            nth in 0..3usize,
        ) {
            let _ = decode(&Block { texts, numbers }, nth);
        }
    }

    fn any_passage() -> impl Strategy<Value = Passage> {
        (
            any::<(u32, u32, u32)>(),
            (
                "\\PC{0,60}",
                prop::option::of("\\PC{0,9}"),
                prop::option::of("\\PC{0,9}"),
            ),
            prop::collection::vec(any_mention(), 0..6),
            prop::collection::vec(any_date(), 0..6),
        )
            .prop_map(
                |((ordinal, section, start), (text, heading, seam), entities, dates)| Passage {
                    ordinal,
                    section,
                    heading,
                    text,
                    start,
                    seam,
                    article_names: entities.iter().map(|m| (m.kind, m.name.clone())).collect(),
                    entities,
                    dates,
                },
            )
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
            let mut block = Block::default();
            encode(&[passage], None, &mut block).unwrap();
            assert_eq!(decode(&block, 0).is_ok(), is_sound, "{start}..{end}");
        }
    }

    #[test]
    fn a_confidence_below_one_stays_below() {
        assert_eq!(thousandths(0.9999), 999);
        assert_eq!(thousandths(1.0), 1000);
        assert_eq!(thousandths(f32::NAN), 0);
    }
}
