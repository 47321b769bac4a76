//! One term's text → its leaf: words, patterns, quotations, exact spellings.

use super::lex::{self, Run, span};
use super::parse::{Context, Parser};
use super::pattern::Pattern;
use super::tree::{Kind, Node, Span};
use super::{MAX_LEAVES, MAX_PATTERNS};
use crate::error::Result;
use unicode_normalization::char::is_combining_mark;

/// How many other patterns a regular expression counts for: its automaton may take 30 ms to build.
const REGEX_WEIGHT: usize = 4;
/// Characters up to which `word~` allows one edit; longer words two.
const ONE_EDIT_CHARS: usize = 5;
/// The analyzer drops them within words.
const APOSTROPHES: [char; 3] = ['\'', '\u{2019}', '\u{FF07}'];
/// The largest `"…"~n`, `NEAR/n` and `ADJ/n`, in words.
pub(super) const MAX_DISTANCE: u32 = 1000;

impl Parser<'_> {
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
                format!(
                    "more than {MAX_DISTANCE} words is beyond the limit; {MAX_DISTANCE} is used"
                ),
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
    // An accent that stands on nothing begins none either.
    let tail = tail.trim_start_matches(|c: char| !c.is_alphanumeric());
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
