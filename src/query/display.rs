//! Tree → canonical text, which parses to the same tree.

use super::lex::{self, Op};
use super::parse::OPERATORS_MARK;
use super::reduce::is_filter;
use super::tree::{Axis, Clause, Kind, Node, Occur, Query};
use super::{dates, field, pattern};
use std::fmt::{self, Write};

impl fmt::Display for Query {
    /// Canonical text. `text.parse()` gives an equal query for every query that parsing can give.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut printer = Printer::default();
        printer.root(&self.root)?;
        if !printer.text.chars().any(char::is_lowercase) {
            if printer.has_operators {
                f.write_str(OPERATORS_MARK)?;
            } else {
                // Operator words are words here: they need no escape.
                printer = Printer {
                    plain_operators: true,
                    ..Printer::default()
                };
                printer.root(&self.root)?;
            }
        }
        let mut rest = 0;
        if matches!(self.root.kind, Kind::Word(_) | Kind::Bag(_)) {
            for start in dates::phrases(&printer.text) {
                // Words that are no filter in this tree must be none in its text; quoted ones never are.
                if printer.words.contains(&start) {
                    write!(f, "{}\\", &printer.text[rest..start])?;
                    rest = start;
                }
            }
        }
        f.write_str(&printer.text[rest..])
    }
}

impl fmt::Display for Node {
    /// The node alone, as a query of its own.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut printer = Printer::default();
        printer.root(self)?;
        f.write_str(&printer.text)
    }
}

#[derive(Default)]
struct Printer {
    text: String,
    /// Where words begin that stand for themselves.
    words: Vec<usize>,
    has_operators: bool,
    plain_operators: bool,
}

impl Printer {
    fn root(&mut self, node: &Node) -> fmt::Result {
        match &node.kind {
            Kind::Bag(clauses) => self.bag(clauses),
            Kind::And(nodes) => self.infix(nodes, "AND"),
            Kind::Or(nodes) => self.infix(nodes, "OR"),
            Kind::Sentence(nodes) => self.infix(nodes, "SENT"),
            Kind::Near {
                operands,
                distance,
                ordered,
            } => self.infix(operands, &near(*distance, *ordered)),
            Kind::Not(inner) => {
                self.text.push('-');
                self.term(inner)
            }
            _ => self.term(node),
        }
    }

    fn bag(&mut self, clauses: &[Clause]) -> fmt::Result {
        for (i, clause) in clauses.iter().enumerate() {
            if i > 0 {
                self.text.push(' ');
            }
            match clause.occur {
                Occur::MustNot => self.text.push('-'),
                Occur::Must if !is_filter(&clause.node.kind) => self.text.push('+'),
                Occur::Must | Occur::Optional => {}
            }
            self.term(&clause.node)?;
        }
        Ok(())
    }

    fn infix(&mut self, nodes: &[Node], operator: &str) -> fmt::Result {
        for (i, node) in nodes.iter().enumerate() {
            if i > 0 {
                self.has_operators = true;
                write!(self.text, " {operator} ")?;
            }
            match &node.kind {
                Kind::Not(inner) => {
                    self.has_operators = true;
                    self.text.push_str("NOT ");
                    self.term(inner)?;
                }
                _ => self.term(node)?,
            }
        }
        Ok(())
    }

    /// A node that stands among others: in parentheses unless it is one term.
    fn term(&mut self, node: &Node) -> fmt::Result {
        match &node.kind {
            Kind::All => self.text.push('*'),
            Kind::Word(word) => {
                self.words.push(self.text.len());
                self.word(word);
            }
            Kind::Exact(word) => {
                self.text.push('=');
                if word.contains(char::is_whitespace) {
                    self.quote(word);
                } else {
                    self.escaped(word, Edge::Inner, "");
                }
            }
            Kind::Prefix(prefix) => {
                self.escaped(prefix, Edge::Followed, "");
                self.text.push('*');
            }
            Kind::Wildcard(pattern) => {
                self.escaped(pattern, Edge::Term, "*?");
            }
            Kind::Regex(source) => {
                self.text.push('/');
                self.text.push_str(&pattern::with_escaped_slashes(source));
                self.text.push('/');
            }
            Kind::Fuzzy { word, edits } => {
                self.escaped(word, Edge::Followed, "");
                write!(self.text, "~{edits}")?;
            }
            Kind::Phrase { words, slop } => {
                self.quote(&words.join(" "));
                if *slop > 0 {
                    write!(self.text, "~{slop}")?;
                }
            }
            Kind::Within { field, node } => {
                self.text.push_str(field.as_str());
                self.text.push(':');
                match node.kind {
                    Kind::Word(_)
                    | Kind::Exact(_)
                    | Kind::Prefix(_)
                    | Kind::Wildcard(_)
                    | Kind::Regex(_)
                    | Kind::Fuzzy { .. }
                    | Kind::Phrase { .. } => self.term(node)?,
                    _ => {
                        self.text.push('(');
                        self.root(node)?;
                        self.text.push(')');
                    }
                }
            }
            Kind::Value { field, value } => self.value(field.as_str(), value),
            Kind::Dates { axis, text, .. } => self.value(axis.as_str(), text),
            Kind::Undated => {
                let name = Axis::Published.as_str();
                write!(self.text, "{name}:none")?;
            }
            Kind::Copies(n) => write!(self.text, "{}:>{n}", field::Name::Copies)?,
            Kind::Like(id) => self.value(field::Name::Like.as_str(), id),
            Kind::Near { .. }
            | Kind::Sentence(_)
            | Kind::And(_)
            | Kind::Or(_)
            | Kind::Not(_)
            | Kind::Bag(_) => {
                self.text.push('(');
                self.root(node)?;
                self.text.push(')');
            }
        }
        Ok(())
    }

    fn value(&mut self, name: &str, value: &str) {
        self.text.push_str(name);
        self.text.push(':');
        let is_plain = |c: char| c.is_alphanumeric() || "-_./:@&'*=?%#+~".contains(c);
        let is_operator = Op::new(value).is_some();
        if !value.is_empty() && value.chars().all(is_plain) && !is_operator {
            self.text.push_str(value);
        } else {
            self.quote(value);
        }
    }

    fn quote(&mut self, content: &str) {
        self.text.push('"');
        for c in content.chars() {
            if c == '"' || c == '\\' {
                self.text.push('\\');
            }
            self.text.push(c);
        }
        self.text.push('"');
    }

    fn word(&mut self, word: &str) {
        if Op::new(word).is_some() {
            if !self.plain_operators {
                self.text.push('\\');
            }
            self.text.push_str(word);
            return;
        }
        self.escaped(word, Edge::Term, "");
    }

    /// `word` with escapes, but for the characters in `except`.
    fn escaped(&mut self, word: &str, edge: Edge, except: &str) {
        let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        let colon = field::colon_after_name(word).filter(|_| edge != Edge::Inner);
        // Left out by itself, were it not escaped.
        let is_nothing = edge == Edge::Term && word.chars().all(lex::is_mark);
        let is_address = edge == Edge::Term && lex::is_address(word);
        // Stars are escaped anyway, and are then no wildcards beside a question mark either.
        let chars: Vec<(char, bool)> = word.chars().map(|c| (c, c == '*')).collect();
        let wild = lex::wild_marks(&chars);
        let mut before = None;
        let mut has_letter = false;
        let mut chars = word.char_indices().zip(wild).peekable();
        while let Some(((at, c), is_wild)) = chars.next() {
            let after = chars.peek().map(|&((_, c), _)| c);
            let is_followed = after.is_some() || edge == Edge::Followed;
            let is_sign = at == 0 && edge != Edge::Inner && "+-=/".contains(c);
            let is_thousands = c == ',' && digit(before) && digit(after);
            let is_tilde =
                c == '~' && has_letter && word[at + 1..].bytes().all(|b| b.is_ascii_digit());
            let escapes = is_sign
                || (at == 0 && is_nothing)
                || (colon == Some(at) && is_followed)
                || (must_escape(c) && !is_thousands)
                || ((is_wild || is_tilde) && !is_address);
            if escapes && !except.contains(c) {
                self.text.push('\\');
            }
            self.text.push(c);
            before = Some(c);
            has_letter |= c.is_alphanumeric();
        }
    }
}

/// What stands around a word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Edge {
    /// The word is a whole term.
    Term,
    /// It begins a term that goes on.
    Followed,
    /// A sign before it has said already what it is.
    Inner,
}

/// Characters that always need an escape in a word.
fn must_escape(c: char) -> bool {
    c.is_whitespace() || lex::is_break(c) || lex::is_quote(c) || matches!(c, '\\' | '(' | ')' | '*')
}

fn near(distance: u32, ordered: bool) -> String {
    let name = if ordered { "ADJ" } else { "NEAR" };
    format!("{name}/{distance}")
}
