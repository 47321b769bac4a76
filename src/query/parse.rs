//! Text → items: words, quotations, groups and operators, with repairs on the way.

use super::field::{self, Name};
use super::lex::{self, Cursor, Op, Run, span};
use super::pattern::Pattern;
use super::prose;
use super::reduce::{Item, Operand};
use super::tree::{Field, Kind, Node, Query, Span};
use super::{MAX_BYTES, MAX_DEPTH, MAX_LEAVES, MAX_PATTERNS, Note, NoteKind, ParseOptions, Parsed};
use crate::date;
use crate::error::{Error, Result};
use unicode_normalization::char::is_combining_mark;

/// Repairs beyond these are made but no longer listed.
const MAX_REPAIR_NOTES: usize = 32;
/// The largest `"…"~n`, `NEAR/n` and `ADJ/n`, in words.
pub(super) const MAX_DISTANCE: u32 = 1000;
/// How many other patterns a regular expression counts for: its automaton may take 30 ms to build.
const REGEX_WEIGHT: usize = 4;
/// Characters up to which `word~` allows one edit; longer words two.
const ONE_EDIT_CHARS: usize = 5;
/// The analyzer drops them within words.
const APOSTROPHES: [char; 3] = ['\'', '\u{2019}', '\u{FF07}'];
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
    patterns: usize,
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

    fn too_many<T>(&self, span: Span) -> Result<T> {
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

    fn count_pattern(&mut self, span: Span, weight: usize) -> Result<()> {
        self.patterns += weight;
        if self.patterns > MAX_PATTERNS {
            return self.error(
                span,
                format!(
                    "the query has more than {MAX_PATTERNS} patterns (*, ?, /…/, ~); ask for fewer at once"
                ),
            );
        }
        Ok(())
    }

    /// Reads a quotation as a phrase; a quotation mark without a partner is left out.
    pub fn quotation(&mut self) -> Result<Option<Node>> {
        let start = self.cursor.pos;
        let after_word = self.cursor.before().is_some_and(char::is_alphanumeric);
        let before_space = self
            .cursor
            .peek_second()
            .is_none_or(|c| c.is_whitespace() || c == ')');
        let quoted = if after_word && before_space {
            // Inches and seconds: 5" pipes.
            None
        } else {
            self.cursor.quoted()
        };
        let Some(content) = quoted else {
            self.cursor.bump();
            let place = self.cursor.span_from(start);
            self.repair(place, "a quotation mark without a partner is left out");
            return Ok(None);
        };
        self.phrase(&content, start)
    }

    /// A phrase of `content`, whose quotation began at `start` and ends here, and its slop.
    pub fn phrase(&mut self, content: &str, start: usize) -> Result<Option<Node>> {
        let words: Vec<String> = content.split_whitespace().map(str::to_owned).collect();
        let tilde = self.cursor.tilde();
        let place = self.cursor.span_from(start);
        if words.is_empty() {
            self.repair(place, "the quotation is empty and left out");
            return Ok(None);
        }
        let slop = match tilde {
            None => 0,
            Some(None) => {
                self.repair(
                    place,
                    "~ after a phrase needs a number of words, as in \"…\"~5; it is left out",
                );
                0
            }
            Some(Some(slop)) => self.bounded(slop, place),
        };
        if words.len() > MAX_LEAVES {
            return self.too_many(place);
        }
        self.count(place)?;
        Ok(Some(Node {
            kind: Kind::Phrase { words, slop },
            span: place,
        }))
    }

    /// `distance` within [`MAX_DISTANCE`].
    pub fn bounded(&mut self, distance: u32, place: Span) -> u32 {
        if distance > MAX_DISTANCE {
            self.repair(
                place,
                format!("{distance} words is beyond the limit; {MAX_DISTANCE} is used"),
            );
        }
        distance.min(MAX_DISTANCE)
    }

    /// `=Exact` or `="Exact Words"`.
    pub fn exact(&mut self, context: Context) -> Result<Option<Node>> {
        let start = self.cursor.pos;
        let next = self.cursor.peek_second();
        let applies = self.cursor.peek() == Some('=')
            && !next.is_none_or(|c| c.is_whitespace() || matches!(c, '=' | '(' | ')'));
        if !applies {
            return Ok(None);
        }
        self.cursor.bump();
        let spelling = if self.cursor.peek().is_some_and(lex::is_quote) {
            match self.cursor.quoted() {
                Some(content) => content,
                None => {
                    self.cursor.pos = start;
                    self.cursor.bump();
                    return self.quotation();
                }
            }
        } else {
            self.cursor.run().text()
        };
        let spelling = spelling.split_whitespace().collect::<Vec<_>>().join(" ");
        let place = self.cursor.span_from(start);
        if spelling.chars().all(|c| c == ' ' || lex::is_mark(c)) {
            if context != Context::Top || spelling.is_empty() {
                self.repair(place, "= needs a word; it is left out");
            }
            return Ok(None);
        }
        self.count(place)?;
        Ok(Some(Node {
            kind: Kind::Exact(spelling),
            span: place,
        }))
    }

    /// `/regex/`, if a slash closes it before white space and nothing but an end follows.
    pub fn regex(&mut self) -> Result<Option<Node>> {
        let start = self.cursor.pos;
        let rest = &self.cursor.text[start..];
        let Some((source, len)) = regex_at(rest) else {
            return Ok(None);
        };
        let place = span(start, start + len);
        match Pattern::regex(&source) {
            Ok(_) => {}
            Err(error) if error.is_limit() => {
                return self.error(
                    place,
                    format!(
                        "{}: {error}; to search for it as words, put it in quotes",
                        &rest[..len]
                    ),
                );
            }
            Err(error) => {
                self.repair(
                    place,
                    format!("not a regular expression ({error}); it is read as words"),
                );
                return Ok(None);
            }
        }
        self.cursor.pos += len;
        self.count(place)?;
        self.count_pattern(place, REGEX_WEIGHT)?;
        Ok(Some(Node {
            kind: Kind::Regex(source),
            span: place,
        }))
    }

    /// What a run without white space means by itself; `None` for mere punctuation.
    pub fn word(&mut self, run: &Run) -> Result<Option<Kind>> {
        if run.is_punctuation() {
            return Ok(None);
        }
        let text = run.text();
        if lex::is_address(&text) {
            return Ok(Some(Kind::Word(text)));
        }
        if let Some(kind) = self.fuzzy(run)? {
            return Ok(Some(kind));
        }
        let wild = lex::wild_marks(&run.chars);
        if !wild.iter().any(|&w| w) || !run.chars.iter().any(|(c, _)| c.is_alphanumeric()) {
            return Ok(Some(Kind::Word(text)));
        }
        self.count_pattern(run.span, 1)?;
        let mut pattern = String::new();
        // What stands around a word is no part of it: `(price*).`
        let is_inner = |&(c, wild): &(char, bool)| wild || !lex::is_mark(c);
        let chars: Vec<(char, bool)> = run.chars.iter().map(|c| c.0).zip(wild).collect();
        let begin = chars.iter().position(is_inner).unwrap_or(0);
        let end = chars.iter().rposition(is_inner).map_or(0, |at| at + 1);
        for &(c, wild) in &chars[begin..end] {
            // No token holds a literal star or question mark, so that they need no escape.
            if wild && c == '*' && pattern.ends_with('*') || !wild && matches!(c, '*' | '?') {
                continue;
            }
            pattern.push(c);
        }
        let kind = match pattern.strip_suffix('*') {
            Some(prefix) if !prefix.contains(['*', '?']) => prefix_kind(prefix),
            _ => Kind::Wildcard(pattern.replace(APOSTROPHES, "")),
        };
        if let Err(error) = Pattern::of(&kind) {
            return self.error(
                run.span,
                format!(
                    "{}: {error}; to search for it as words, put it in quotes",
                    self.slice(run.span)
                ),
            );
        }
        Ok(Some(kind))
    }

    fn fuzzy(&mut self, run: &Run) -> Result<Option<Kind>> {
        let digits = run
            .chars
            .iter()
            .rev()
            .take_while(|&&(c, plain)| c.is_ascii_digit() && !plain)
            .count();
        let Some(tilde) = run.chars.len().checked_sub(digits + 1) else {
            return Ok(None);
        };
        let head = &run.chars[..tilde];
        if run.chars[tilde] != ('~', false) || !head.iter().any(|(c, _)| c.is_alphanumeric()) {
            return Ok(None);
        }
        let word: String = head.iter().map(|(c, _)| c).collect();
        let number: String = run.chars[tilde + 1..].iter().map(|(c, _)| c).collect();
        let edits = match number.parse() {
            _ if number.is_empty() => {
                if word.chars().count() <= ONE_EDIT_CHARS {
                    1
                } else {
                    2
                }
            }
            Ok(0) => {
                self.repair(run.span, "~0 allows no edit; the word itself is searched");
                return Ok(Some(Kind::Word(word)));
            }
            Ok(edits @ (1u8 | 2)) => edits,
            _ => {
                self.repair(
                    run.span,
                    format!("~{number} is beyond the limit; ~2 is used"),
                );
                2
            }
        };
        self.count_pattern(run.span, 1)?;
        let kind = Kind::Fuzzy { word, edits };
        if let Err(error) = Pattern::of(&kind) {
            return self.error(run.span, format!("{}: {error}", self.slice(run.span)));
        }
        Ok(Some(kind))
    }
}

/// `prefix*` as the analyzer cuts words: `co-op*` is `co ADJ/0 op*`, `O'Bri*` is `obri*`.
fn prefix_kind(prefix: &str) -> Kind {
    let joins = |c: char| c.is_alphanumeric() || is_combining_mark(c) || ".&+#".contains(c);
    let prefix = prefix.replace(APOSTROPHES, "");
    let is_sign = |c: char| !c.is_alphanumeric() && !is_combining_mark(c);
    // No indexed form that a prefix could mean begins or ends with a sign.
    let trimmed = prefix.trim_matches(is_sign);
    let is_digit = |c: char| c.is_ascii_digit();
    let mut cut = trimmed.rfind(|c| !joins(c));
    // Letters and digits are words of their own.
    let mut before: Option<(usize, char)> = None;
    for (at, c) in trimmed.char_indices() {
        if let Some((_, b)) = before
            && (is_digit(b) && c.is_alphabetic() || b.is_alphabetic() && is_digit(c))
        {
            cut = cut.max(Some(at));
        }
        before = Some((at, c));
    }
    let Some(cut) = cut else {
        return Kind::Prefix(trimmed.to_owned());
    };
    let (head, tail) = trimmed.split_at(cut);
    let tail = tail.trim_start_matches(is_sign);
    if !tail.chars().any(char::is_alphanumeric) {
        // `Title:` and an accent that stands on nothing: no form begins so.
        return Kind::Word(head.to_owned());
    }
    if !head.chars().any(char::is_alphanumeric) {
        return Kind::Prefix(tail.to_owned());
    }
    let node = |kind| Node {
        kind,
        span: Span::default(),
    };
    Kind::Near {
        operands: vec![
            node(Kind::Word(head.to_owned())),
            node(Kind::Prefix(tail.to_owned())),
        ],
        distance: 0,
        ordered: true,
    }
}

/// A regular expression at the start of `text`, its `\/` resolved, and its length with the slashes.
fn regex_at(text: &str) -> Option<(String, usize)> {
    let body = text.strip_prefix('/')?;
    let mut source = String::new();
    let mut chars = body.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '/' => {
                let end = 1 + at + 1;
                let ends = text[end..]
                    .chars()
                    .next()
                    .is_none_or(|c| c.is_whitespace() || c == ')' || lex::is_break(c));
                return (ends && !source.is_empty()).then_some((source, end));
            }
            '\\' => match chars.next() {
                Some((_, '/')) => source.push('/'),
                Some((_, next)) if !next.is_whitespace() => {
                    source.push('\\');
                    source.push(next);
                }
                _ => return None,
            },
            _ if c.is_whitespace() => return None,
            _ => source.push(c),
        }
    }
    None
}
