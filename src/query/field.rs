//! `name:value`: which names there are, and what their values may be.

use super::lex::{self, span};
use super::parse::{Context, Parser};
use super::reduce::{Item, Operand};
use super::tree::{Axis, Field, Kind, Node, Span};
use super::{Note, NoteKind};
use crate::analyze::Lang;
use crate::date;
use crate::error::Result;
use jiff::civil::Date;
use std::fmt;

/// A name that may stand before a colon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
    Field(Field),
    Dates(Axis),
    Copies,
    Like,
}

const NAMES: [(&str, Name); 19] = [
    ("title", Name::Field(Field::Title)),
    ("heading", Name::Field(Field::Heading)),
    ("lead", Name::Field(Field::Lead)),
    ("text", Name::Field(Field::Text)),
    ("author", Name::Field(Field::Author)),
    ("source", Name::Field(Field::Source)),
    ("lang", Name::Field(Field::Lang)),
    ("path", Name::Field(Field::Path)),
    ("url", Name::Field(Field::Url)),
    ("id", Name::Field(Field::Id)),
    ("keyword", Name::Field(Field::Keyword)),
    ("person", Name::Field(Field::Person)),
    ("org", Name::Field(Field::Org)),
    ("place", Name::Field(Field::Place)),
    ("entity", Name::Field(Field::Entity)),
    ("date", Name::Dates(Axis::Published)),
    ("about", Name::Dates(Axis::Mentioned)),
    ("copies", Name::Copies),
    ("like", Name::Like),
];

impl Name {
    pub fn as_str(self) -> &'static str {
        NAMES
            .iter()
            .find(|(_, name)| *name == self)
            .map_or("", |(text, _)| text)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Field {
    /// The name in the query language.
    pub fn as_str(self) -> &'static str {
        Name::Field(self).as_str()
    }

    /// Whether words, phrases and groups are searched in it; the others take a value.
    pub fn is_text(self) -> bool {
        matches!(self, Self::Title | Self::Heading | Self::Lead | Self::Text)
    }
}

impl Axis {
    /// The name in the query language.
    pub fn as_str(self) -> &'static str {
        Name::Dates(self).as_str()
    }
}

/// The field name at the start of `text`, and its length with the colon, if a value follows at once.
pub(super) fn name_at(text: &str) -> Option<(Name, usize)> {
    let (name, len) = word_before_value(text)?;
    let found = NAMES.iter().find(|(n, _)| *n == name)?;
    Some((found.1, len))
}

/// A field name in other letters than small ones, a value at once behind it.
pub(super) fn miscased_name_at(text: &str) -> Option<Name> {
    let (name, _) = word_before_value(text)?;
    NAMES
        .iter()
        .find(|(n, _)| *n != name && n.eq_ignore_ascii_case(name))
        .map(|(_, name)| *name)
}

/// Where the colon is in a text that begins like a field, in whatever letters.
pub(super) fn colon_after_name(text: &str) -> Option<usize> {
    let (name, _) = text.split_once(':')?;
    NAMES
        .iter()
        .any(|(n, _)| n.eq_ignore_ascii_case(name))
        .then_some(name.len())
}

fn word_before_value(text: &str) -> Option<(&str, usize)> {
    // The longest name has seven letters.
    let colon = text.bytes().take(8).position(|b| b == b':')?;
    let next = text[colon + 1..].chars().next()?;
    let is_value = !next.is_whitespace() && !lex::is_break(next) && next != ')';
    is_value.then(|| (&text[..colon], colon + 1))
}

impl Parser<'_> {
    /// Reads the value of `name`, whose name began at `start`.
    pub fn field(&mut self, name: Name, start: usize) -> Result<Option<Node>> {
        if let Name::Field(field) = name
            && field.is_text()
        {
            return self.text_field(field, start);
        }
        if self.cursor.peek() == Some('(') && matches!(name, Name::Field(_) | Name::Dates(_)) {
            let Some(mut node) = self.group(Context::Value(name))? else {
                let place = self.cursor.span_from(start);
                return self.invalid(place, name, "the parentheses hold no value");
            };
            node.span = self.cursor.span_from(start);
            return Ok(Some(node));
        }
        let value = self.value();
        let place = self.cursor.span_from(start);
        self.count(place)?;
        let kind = self.value_kind(name, &value, place)?;
        Ok(Some(Node { kind, span: place }))
    }

    /// Reads a quoted or bare value. A quotation that nothing closes goes to the end of the text.
    fn value(&mut self) -> String {
        if !self.cursor.peek().is_some_and(lex::is_quote) {
            return self.cursor.raw().to_owned();
        }
        let start = self.cursor.pos;
        if let Some(content) = self.cursor.quoted() {
            return content;
        }
        self.cursor.bump();
        let content = self.rest();
        self.repair(
            span(start, self.cursor.text.len()),
            "the quotation is not closed; it is taken to close at the end",
        );
        content
    }

    /// Everything up to the end.
    fn rest(&mut self) -> String {
        let rest = self.cursor.text[self.cursor.pos..].trim().to_owned();
        self.cursor.pos = self.cursor.text.len();
        rest
    }

    /// A value inside `name:( … )`, or an operator.
    pub fn value_term(&mut self, name: Name, signed: bool) -> Result<Option<Item>> {
        let start = self.cursor.pos;
        let quoted = self.cursor.peek().is_some_and(lex::is_quote);
        let value = self.value();
        let place = self.cursor.span_from(start);
        if !quoted
            && !signed
            && self.operators
            && let Some(op) = lex::Op::new(&value)
        {
            return Ok(Some(Item::Op(op, place)));
        }
        if self.cursor.pos == start {
            self.cursor.bump();
            return Ok(None);
        }
        if !quoted && value.chars().all(|c| matches!(c, '+' | '-')) {
            return Ok(None);
        }
        self.count(place)?;
        let kind = self.value_kind(name, &value, place)?;
        Ok(Some(Item::Operand(Operand::of(Node { kind, span: place }))))
    }

    fn text_field(&mut self, field: Field, start: usize) -> Result<Option<Node>> {
        let inner = match self.cursor.peek() {
            Some('(') => self.group(Context::Text(field))?,
            Some(c) if lex::is_quote(c) => {
                let open = self.cursor.pos;
                let content = self.value();
                self.phrase(&content, open)?
            }
            _ => {
                let found = match self.exact(Context::Text(field))? {
                    Some(node) => Some(node),
                    None => self.regex()?,
                };
                match found {
                    Some(node) => Some(node),
                    None => {
                        let run = self.cursor.run();
                        let kind = self.word(&run)?;
                        self.count(run.span)?;
                        kind.map(|kind| Node {
                            kind,
                            span: run.span,
                        })
                    }
                }
            }
        };
        let place = self.cursor.span_from(start);
        match inner {
            None => self.invalid(place, Name::Field(field), "there is no word to search for"),
            Some(node) => Ok(Some(Node {
                kind: Kind::Within {
                    field,
                    node: Box::new(node),
                },
                span: place,
            })),
        }
    }

    fn invalid<T>(&self, place: Span, name: Name, cause: impl fmt::Display) -> Result<T> {
        let typed = self.slice(place);
        let words = typed.replace(['"', '\\'], " ");
        self.error(
            place,
            format!(
                "{name}: {cause}; to search for it as words, put it in quotes: \"{}\"",
                words.trim()
            ),
        )
    }

    fn value_kind(&mut self, name: Name, value: &str, place: Span) -> Result<Kind> {
        let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
        match name {
            Name::Dates(axis) => self.dates(axis, &value, place),
            Name::Copies => match copies(&value) {
                Some(n) => Ok(Kind::Copies(n)),
                None => self.invalid(place, name, "expected > and a number, as in copies:>5"),
            },
            Name::Like if value.is_empty() => {
                self.invalid(place, name, "expected the id of an article")
            }
            Name::Like => Ok(Kind::Like(value)),
            Name::Field(Field::Lang) => match Lang::new(&value) {
                Some(lang) => Ok(Kind::Value {
                    field: Field::Lang,
                    value: lang.as_str().to_owned(),
                }),
                None => self.invalid(
                    place,
                    name,
                    "expected a language code of two or three letters, as in lang:de",
                ),
            },
            Name::Field(field) => {
                if !value.chars().any(|c| !lex::is_mark(c)) {
                    return self.invalid(
                        place,
                        name,
                        format!("expected a value, as in {}", example(field)),
                    );
                }
                Ok(Kind::Value { field, value })
            }
        }
    }

    fn dates(&mut self, axis: Axis, value: &str, place: Span) -> Result<Kind> {
        let name = Name::Dates(axis);
        if value.eq_ignore_ascii_case("none") {
            return match axis {
                Axis::Published => Ok(Kind::Undated),
                Axis::Mentioned => self.invalid(
                    place,
                    name,
                    "expected a date such as 2024-07 or \"last month\"; none goes with date: only",
                ),
            };
        }
        let now = self.options.now;
        let (from, to) = match date::parse_query_date(value, now) {
            Ok(found) => found,
            Err(cause) => return self.invalid(place, name, cause),
        };
        if from.is_none() && to.is_none() {
            return self.invalid(place, name, "expected a date such as 2024-07");
        }
        let depends_on_now = DAYS_APART
            .iter()
            .any(|&other| date::parse_query_date(value, other).ok() != Some((from, to)));
        let text = if depends_on_now {
            days(from, to)
        } else {
            value.to_owned()
        };
        if depends_on_now && !self.relative_dates {
            return self.invalid(
                place,
                name,
                "depends on the day of asking; expected days such as 2024-07-01..2024-07-31",
            );
        }
        if depends_on_now || value.contains(char::is_whitespace) {
            let note = Note::new(NoteKind::Date, format!("{value}: {}", days(from, to)));
            let clause = self.slice(place).to_owned();
            self.notes.push(note.at(place, clause));
        }
        Ok(Kind::Dates {
            axis,
            from,
            to,
            text,
        })
    }
}

/// A value that means the same on each of these days and today depends on none.
const DAYS_APART: [Date; 3] = [
    Date::constant(1987, 2, 28),
    Date::constant(2016, 6, 15),
    Date::constant(2021, 11, 2),
];

/// `2024-07-01`, `2024-07-01..2024-07-31`, `..2024-07-31` or `2024-07-01..`.
pub(super) fn days(from: Option<Date>, to: Option<Date>) -> String {
    match (from, to) {
        (Some(from), Some(to)) if from == to => from.to_string(),
        (from, to) => {
            let text = |day: Option<Date>| day.map_or_else(String::new, |d| d.to_string());
            format!("{}..{}", text(from), text(to))
        }
    }
}

fn copies(value: &str) -> Option<u32> {
    if let Some(n) = value.strip_prefix(">=") {
        return n.trim().parse::<u32>().ok()?.checked_sub(1);
    }
    value.strip_prefix('>')?.trim().parse().ok()
}

fn example(field: Field) -> &'static str {
    match field {
        Field::Author => "author:\"Ida Bell\"",
        Field::Source => "source:reuters",
        Field::Path => "path:wire/*",
        Field::Url => "url:https://example.org/*",
        Field::Keyword => "keyword:climate",
        Field::Org => "org:\"World Bank\"",
        Field::Place => "place:Paris",
        Field::Entity => "entity:Paris",
        Field::Person => "person:\"Angela Merkel\"",
        _ => "id:wire/0412.txt",
    }
}
