//! Text → items: terms, groups and operators, with repairs on the way.

use super::field::{self, Name};
use super::lex::{self, Cursor, Op, span};
use super::prose;
use super::reduce::{Item, Operand};
use super::tree::{Field, Kind, Node, Query, Span};
use super::{MAX_BYTES, MAX_DEPTH, MAX_LEAVES, Note, NoteKind, ParseOptions, Parsed};
use crate::date;
use crate::error::{Error, Result};

/// Repairs beyond these are made but no longer listed.
const MAX_REPAIR_NOTES: usize = 32;
/// At the start of a query: operator words count although there is no lower-case letter.
pub(super) const OPERATORS_MARK: &str = "\\o ";

pub(super) fn parse(text: &str, options: &ParseOptions, relative_dates: bool) -> Result<Parsed> {
    if text.len() > MAX_BYTES {
        return Err(Error::Query {
            message: format!(
                "the query is {} bytes long; at most {MAX_BYTES} are read",
                text.len()
            ),
            start: MAX_BYTES,
            end: text.len(),
        });
    }
    let parsed = parse_as(text, options, relative_dates)?;
    if options.literal
        || !relative_dates
        || !prose::is_misread(&parsed.query.root)
        || !prose::is_prose(text)
    {
        return Ok(parsed);
    }
    let message = "this reads like a text; its capitals, signs and dates are read as words";
    if options.strict {
        return Err(Error::Query {
            message: format!("{message} (--strict refuses what would be repaired)"),
            start: 0,
            end: text.len(),
        });
    }
    let literal = ParseOptions {
        literal: true,
        ..*options
    };
    let mut words = parse_as(text, &literal, relative_dates)?;
    words.notes.push(Note::new(NoteKind::Repair, message));
    words.dates = date::find_in_query(text, options.now);
    Ok(words)
}

fn parse_as(text: &str, options: &ParseOptions, relative_dates: bool) -> Result<Parsed> {
    let mut parser = Parser {
        cursor: Cursor::new(text),
        options,
        relative_dates,
        operators: text.chars().any(char::is_lowercase),
        notes: Vec::new(),
        repairs: 0,
        depth: 0,
        ignored_opens: 0,
        leaves: 0,
        patterns: 0,
        left_out: None,
    };
    let root = if options.literal {
        parser.literal()
    } else {
        if text.starts_with(OPERATORS_MARK) {
            parser.operators = true;
            parser.cursor.pos = OPERATORS_MARK.len();
        }
        parser.sequence(Context::Top, None)?
    };
    parser.finish(root)
}

/// Where a term stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Context {
    Top,
    /// Within `title:( … )` and the like.
    Text(Field),
    /// Within `person:( … )`, `date:( … )` and the like.
    Value(Name),
}

pub(super) struct Parser<'a> {
    pub cursor: Cursor<'a>,
    pub options: &'a ParseOptions,
    /// False for canonical text, which means the same on every day.
    pub relative_dates: bool,
    pub operators: bool,
    pub notes: Vec<Note>,
    repairs: usize,
    depth: usize,
    ignored_opens: usize,
    leaves: usize,
    pub patterns: usize,
    /// Words beyond [`MAX_LEAVES`].
    left_out: Option<(usize, Span)>,
}

impl Parser<'_> {
    /// The text of `span`.
    pub fn slice(&self, span: Span) -> &str {
        self.cursor
            .text
            .get(span.start as usize..span.end as usize)
            .unwrap_or("")
    }

    /// Notes a repair.
    pub fn repair(&mut self, span: Span, message: impl Into<String>) {
        self.repairs += 1;
        if self.repairs <= MAX_REPAIR_NOTES {
            let clause: String = self.slice(span).chars().take(80).collect();
            self.notes
                .push(Note::new(NoteKind::Repair, message).at(span, clause));
        }
    }

    pub fn error<T>(&self, span: Span, message: impl Into<String>) -> Result<T> {
        Err(Error::Query {
            message: message.into(),
            start: span.start as usize,
            end: span.end as usize,
        })
    }

    /// Everything is words.
    fn literal(&mut self) -> Option<Node> {
        let mut words = Vec::new();
        loop {
            self.cursor.skip_space();
            let start = self.cursor.pos;
            while let Some(c) = self.cursor.peek() {
                if c.is_whitespace() || self.cursor.breaks(self.cursor.before(), c, start) {
                    break;
                }
                self.cursor.bump();
            }
            if self.cursor.pos == start {
                break;
            }
            let span = self.cursor.span_from(start);
            let word = self.slice(span).to_owned();
            if word.chars().all(lex::is_mark) {
                continue;
            }
            self.leaves += 1;
            if self.leaves > MAX_LEAVES {
                self.leave_out(span);
                continue;
            }
            words.push(Operand::plain(Kind::Word(word), span));
        }
        super::reduce::bag(words)
    }

    fn leave_out(&mut self, span: Span) {
        let (count, whole) = self.left_out.get_or_insert((0, span));
        *count += 1;
        whole.end = span.end;
    }

    fn finish(mut self, root: Option<Node>) -> Result<Parsed> {
        let text = self.cursor.text;
        let whole = span(0, text.len());
        if let Some((count, place)) = self.left_out {
            self.repair(
                place,
                format!("only the first {MAX_LEAVES} words count; {count} further are left out"),
            );
        }
        if self.repairs > MAX_REPAIR_NOTES {
            let more = self.repairs - MAX_REPAIR_NOTES;
            self.notes.push(Note::new(
                NoteKind::Repair,
                format!("{more} further repairs are not listed"),
            ));
        }
        let root = match root {
            Some(root) => root,
            None if text.trim().is_empty() => Node {
                kind: Kind::All,
                span: whole,
            },
            None => {
                // Searching for the marks finds nothing, which is better than everything.
                let marks = text.chars().filter(|c| !c.is_whitespace()).take(16);
                let kind = Kind::Word(marks.collect());
                if !self.options.literal {
                    self.repair(whole, "there is no word to search for");
                }
                Node { kind, span: whole }
            }
        };
        let (root, dates) = if self.options.literal || !self.relative_dates {
            (root, Vec::new())
        } else {
            self.dates_among_words(root)
        };
        self.notes.sort_by_key(|note| note.start);
        if self.options.strict {
            let repair = self.notes.iter().find(|n| n.kind == NoteKind::Repair);
            if let Some(note) = repair {
                return Err(Error::Query {
                    message: format!(
                        "{} (--strict refuses what would be repaired; a \\ before a sign makes it plain text)",
                        note.message
                    ),
                    start: note.start.unwrap_or(0),
                    end: note.end.unwrap_or(text.len()),
                });
            }
        }
        Ok(Parsed {
            query: Query { root },
            notes: self.notes,
            dates,
        })
    }

    /// Reads to the parenthesis that closes the group opened at `open`, or to the end.
    ///
    /// Calls itself once a level, at most [`MAX_DEPTH`] deep.
    pub fn sequence(&mut self, context: Context, open: Option<usize>) -> Result<Option<Node>> {
        let mut items = Vec::new();
        loop {
            self.cursor.skip_space();
            match self.cursor.peek() {
                None => {
                    if let Some(at) = open {
                        self.repair(
                            span(at, at + 1),
                            "( is not closed; it is taken to close at the end",
                        );
                    }
                    break;
                }
                Some(')') => {
                    let at = self.cursor.pos;
                    self.cursor.bump();
                    if self.ignored_opens > 0 {
                        self.ignored_opens -= 1;
                    } else if open.is_some() {
                        break;
                    } else {
                        self.repair(span(at, at + 1), ") closes nothing and is left out");
                    }
                }
                Some(_) => {
                    let left_out = self.left_out.map_or(0, |(count, _)| count);
                    let item = self.item(context)?;
                    let after_operator = matches!(items.last(), Some(Item::Op(..)));
                    let now_left_out = self.left_out.map_or(0, |(count, _)| count);
                    // A word that an operator stands beside cannot be left out without changing the rest.
                    if (now_left_out > left_out && after_operator)
                        || (left_out > 0 && matches!(item, Some(Item::Op(..))))
                    {
                        let here = self.cursor.span_from(self.cursor.pos);
                        return self.too_many(here);
                    }
                    items.extend(item);
                }
            }
        }
        Ok(self.reduce(items, context))
    }

    pub fn too_many<T>(&self, span: Span) -> Result<T> {
        self.error(
            span,
            format!(
                "the query has more than {MAX_LEAVES} words and filters; ask for fewer at once"
            ),
        )
    }

    fn item(&mut self, context: Context) -> Result<Option<Item>> {
        let start = self.cursor.pos;
        let sign = self.sign();
        let item = match self.cursor.peek() {
            Some('(') => self
                .group(context)?
                .map(|node| Item::Operand(Operand::group(node))),
            Some(_) => self.term(context, sign.is_some())?,
            None => None,
        };
        Ok(item.map(|item| match (item, sign) {
            (Item::Operand(mut operand), Some(minus)) => {
                operand.node.span.start = span(start, start).start;
                operand.negated = minus;
                operand.required = !minus;
                Item::Operand(operand)
            }
            (item, _) => item,
        }))
    }

    /// Moves over a `+` or `-` that counts; true for `-`.
    fn sign(&mut self) -> Option<bool> {
        let c = self.cursor.peek().filter(|c| matches!(c, '+' | '-'))?;
        let before = self.cursor.before();
        let opens = before.is_none_or(|b| b.is_whitespace() || b == '(');
        let next = self.cursor.peek_second()?;
        let applies =
            !next.is_whitespace() && !lex::is_break(next) && !matches!(next, ')' | '+' | '-');
        if !opens || !applies {
            return None;
        }
        self.cursor.bump();
        Some(c == '-')
    }

    /// Reads a group; `None` if it holds nothing or is nested too deep.
    pub fn group(&mut self, context: Context) -> Result<Option<Node>> {
        let start = self.cursor.pos;
        self.cursor.claim_parenthesis();
        self.cursor.bump();
        if self.depth == MAX_DEPTH {
            self.ignored_opens += 1;
            self.repair(
                span(start, start + 1),
                format!("parentheses deeper than {MAX_DEPTH} are left out"),
            );
            return Ok(None);
        }
        self.depth += 1;
        let node = self.sequence(context, Some(start))?;
        self.depth -= 1;
        let place = self.cursor.span_from(start);
        match node {
            Some(mut node) => {
                node.span = place;
                Ok(Some(node))
            }
            None => {
                self.repair(place, "the parentheses are empty and left out");
                Ok(None)
            }
        }
    }

    fn term(&mut self, context: Context, signed: bool) -> Result<Option<Item>> {
        if let Context::Value(name) = context {
            return self.value_term(name, signed);
        }
        let start = self.cursor.pos;
        if self.cursor.peek().is_some_and(lex::is_quote) {
            let node = self.quotation()?;
            return Ok(node.map(|node| Item::Operand(Operand::of(node))));
        }
        if let Some((name, len)) = field::name_at(&self.cursor.text[start..]) {
            if context == Context::Top {
                self.cursor.pos += len;
                let node = self.field(name, start)?;
                return Ok(node.map(|node| Item::Operand(Operand::of(node))));
            }
            self.repair(
                span(start, start + len),
                format!("{name}: within the parentheses of a field is read as a word"),
            );
        } else if let Some(name) = field::miscased_name_at(&self.cursor.text[start..]) {
            self.repair(
                span(start, start + name.as_str().len() + 1),
                format!("a field is written in small letters; for the filter write {name}:"),
            );
        }
        if let Some(node) = self.exact(context)? {
            return Ok(Some(Item::Operand(Operand::of(node))));
        }
        if let Some(node) = self.regex()? {
            return Ok(Some(Item::Operand(Operand::of(node))));
        }
        let run = self.cursor.run();
        if run.chars.is_empty() {
            // Only a backslash before nothing, or a sign that nothing else reads.
            self.cursor.bump();
            return Ok(None);
        }
        let is_plain = !run.literal && run.chars.iter().all(|&(_, escaped)| !escaped);
        if self.operators
            && !signed
            && is_plain
            && let Some(op) = Op::new(&run.text())
        {
            return Ok(Some(Item::Op(op, run.span)));
        }
        if context == Context::Top && run.chars == [('*', false)] && !run.literal {
            return Ok(Some(Item::Operand(Operand::plain(Kind::All, run.span))));
        }
        let Some(kind) = self.word(&run)? else {
            return Ok(None);
        };
        let optional = context == Context::Top && self.depth == 0 && !signed;
        if self.leaves >= MAX_LEAVES && optional && matches!(kind, Kind::Word(_)) {
            self.leave_out(run.span);
            return Ok(None);
        }
        self.count(run.span)?;
        Ok(Some(Item::Operand(Operand::plain(kind, run.span))))
    }

    /// Counts a leaf.
    pub fn count(&mut self, span: Span) -> Result<()> {
        self.leaves += 1;
        if self.leaves > MAX_LEAVES {
            return self.too_many(span);
        }
        Ok(())
    }
}
