//! Characters: what ends a word, which parentheses belong to one, quotes and escapes.

use super::tree::Span;
use rustc_hash::FxHashMap;

/// A stretch of text without white space, escapes resolved.
#[derive(Debug, Default)]
pub(super) struct Run {
    /// Each character, and whether it is plain text by an escape or by its surroundings.
    pub chars: Vec<(char, bool)>,
    /// An escape stood at its beginning: no operator, never left out as mere punctuation.
    pub literal: bool,
    pub span: Span,
}

impl Run {
    pub fn text(&self) -> String {
        self.chars.iter().map(|(c, _)| c).collect()
    }

    /// Punctuation alone, which no index holds.
    pub fn is_punctuation(&self) -> bool {
        !self.literal && self.chars.iter().all(|&(c, plain)| !plain && is_mark(c))
    }
}

/// The operator words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    And,
    Or,
    Not,
    Sent,
    Near { distance: u32, ordered: bool },
}

impl Op {
    /// Reads an operator word: `AND`, `NEAR/5` and so on; in capitals.
    pub fn new(word: &str) -> Option<Self> {
        let (name, distance) = match word {
            "AND" => return Some(Self::And),
            "OR" => return Some(Self::Or),
            "NOT" => return Some(Self::Not),
            "SENT" => return Some(Self::Sent),
            _ => word.split_once('/')?,
        };
        let ordered = match name {
            "NEAR" => false,
            "ADJ" => true,
            _ => return None,
        };
        if distance.is_empty() || !distance.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        // Too many digits for a number is farther than any text is long.
        let distance = distance.parse().unwrap_or(u32::MAX);
        Some(Self::Near { distance, ordered })
    }
}

/// What no word is made of: the analyzer finds nothing in it.
pub(super) fn is_mark(c: char) -> bool {
    !c.is_alphanumeric()
}

/// Punctuation that parts words although no white space stands there.
pub(super) fn is_break(c: char) -> bool {
    matches!(
        c,
        ',' | ';'
            | '|'
            | '—'
            | '…'
            | '，'
            | '、'
            | '。'
            | '；'
            | '！'
            | '？'
            | '「'
            | '」'
            | '『'
            | '』'
    )
}

/// URLs and mail addresses: no pattern is in them.
pub(super) fn is_address(word: &str) -> bool {
    word.contains("://") || word.starts_with("www.") || word.contains('@')
}

/// Which characters of a word are wildcards: unescaped stars, and question marks between letters,
/// digits or stars.
pub(super) fn wild_marks(chars: &[(char, bool)]) -> Vec<bool> {
    let mut wild = vec![false; chars.len()];
    let mut at = 0;
    let is_mark = |&(c, plain): &(char, bool)| !plain && matches!(c, '*' | '?');
    while at < chars.len() {
        let end = at + chars[at..].iter().take_while(|c| is_mark(c)).count();
        if end == at {
            at += 1;
            continue;
        }
        let joins = |c: Option<&(char, bool)>| c.is_some_and(|(c, _)| c.is_alphanumeric());
        let left = chars[at].0 == '*' || (at > 0 && joins(chars.get(at - 1)));
        let right = chars[end - 1].0 == '*' || joins(chars.get(end));
        for i in at..end {
            wild[i] = chars[i].0 == '*' || (left && right);
        }
        at = end;
    }
    wild
}

/// Double quotation marks of any kind.
pub(super) fn is_quote(c: char) -> bool {
    closers(c).is_some()
}

/// What may close a quotation that `open` opens; the first is also looked for first.
pub(super) fn closers(open: char) -> Option<&'static [char]> {
    Some(match open {
        '"' => &['"'],
        '“' | '”' | '‟' => &['”', '“', '"'],
        '„' => &['“', '”', '"'],
        '«' => &['»'],
        '»' => &['«', '»'],
        '＂' => &['＂'],
        _ => return None,
    })
}

/// A straight quotation mark inside a word, as in the Hebrew `צה"ל`, quotes nothing.
pub(super) fn is_inner_quote(before: Option<char>, c: char, after: Option<char>) -> bool {
    let hebrew = |c: Option<char>| c.is_some_and(|c| ('\u{5D0}'..='\u{5EA}').contains(&c));
    c == '"' && hebrew(before) && hebrew(after)
}

/// A position in the text, moved over by the parser.
pub(super) struct Cursor<'a> {
    pub text: &'a str,
    pub pos: usize,
    /// Parentheses that are part of the word around them, both ways: `Foo_(bar)`.
    inner: FxHashMap<usize, usize>,
    /// Up to where `inner` is known.
    known: usize,
    /// Closing quotation marks that do not occur any more: looking again would cost quadratic time.
    exhausted: Vec<char>,
}

impl<'a> Cursor<'a> {
    pub fn new(text: &'a str) -> Self {
        Self {
            text,
            pos: 0,
            inner: FxHashMap::default(),
            known: 0,
            exhausted: Vec::new(),
        }
    }

    pub fn peek(&self) -> Option<char> {
        self.text[self.pos..].chars().next()
    }

    /// The character after the next.
    pub fn peek_second(&self) -> Option<char> {
        self.text[self.pos..].chars().nth(1)
    }

    /// The character before.
    pub fn before(&self) -> Option<char> {
        self.text[..self.pos].chars().next_back()
    }

    pub fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.pos += c.len_utf8();
        Some(c)
    }

    pub fn skip_space(&mut self) {
        while let Some(c) = self.peek() {
            if !c.is_whitespace() && !is_break(c) {
                break;
            }
            self.pos += c.len_utf8();
        }
    }

    pub fn span_from(&self, start: usize) -> Span {
        span(start, self.pos)
    }

    /// Whether the parenthesis here, in the middle of a word, closes or opens within that word.
    fn is_inner(&mut self) -> bool {
        self.pair_up();
        self.inner.contains_key(&self.pos)
    }

    /// Takes the parenthesis here, which opens a group, from the word that it seemed to be part of.
    pub fn claim_parenthesis(&mut self) {
        if let Some(partner) = self.inner.remove(&self.pos) {
            self.inner.remove(&partner);
        }
    }

    /// Pairs the parentheses up to the next white space, each stretch once: a long row stays linear.
    fn pair_up(&mut self) {
        if self.pos < self.known {
            return;
        }
        let mut open = Vec::new();
        let mut escaped = false;
        let rest = &self.text[self.pos..];
        self.known = self.text.len();
        for (at, c) in rest.char_indices() {
            let at = self.pos + at;
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '(' => open.push(at),
                ')' => {
                    if let Some(start) = open.pop() {
                        self.inner.insert(start, at);
                        self.inner.insert(at, start);
                    }
                }
                _ if c.is_whitespace() || is_break(c) => {
                    self.known = at;
                    break;
                }
                _ => {}
            }
        }
    }

    /// Reads up to white space, a quotation mark or a parenthesis that is not the word's own.
    pub fn run(&mut self) -> Run {
        let start = self.pos;
        let mut run = Run::default();
        while let Some(c) = self.peek() {
            let before = run.chars.last().map(|&(c, _)| c);
            match c {
                '\\' => match self.peek_second() {
                    Some(next) if next.is_alphanumeric() => {
                        if self.pos == start {
                            run.literal = true;
                        } else {
                            run.chars.push((c, true));
                        }
                    }
                    Some(next) => {
                        self.pos += c.len_utf8() + next.len_utf8();
                        run.chars.push((next, true));
                        continue;
                    }
                    None => run.chars.push((c, true)),
                },
                '(' if Op::new(&self.text[start..self.pos]).is_some() => break,
                '(' | ')' if self.is_inner() => run.chars.push((c, false)),
                '(' | ')' => break,
                _ if c.is_whitespace() => break,
                _ if is_quote(c) => {
                    if !is_inner_quote(before, c, self.peek_second()) {
                        break;
                    }
                    run.chars.push((c, false));
                }
                _ if self.breaks(before, c, start) => break,
                _ => run.chars.push((c, false)),
            }
            self.pos += c.len_utf8();
        }
        run.span = self.span_from(start);
        run
    }

    /// Whether `c`, which is next, ends the word begun at `start`: `1,000` and a URL are one word.
    pub fn breaks(&self, before: Option<char>, c: char, start: usize) -> bool {
        let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        is_break(c)
            && !(c == ',' && digit(before) && digit(self.peek_second()))
            && !self.text[start..self.pos].contains("://")
    }

    /// Reads up to white space or a parenthesis that closes a group; nothing is an escape.
    pub fn raw(&mut self) -> &'a str {
        let start = self.pos;
        while let Some(c) = self.peek() {
            let is_parenthesis = matches!(c, '(' | ')');
            if c.is_whitespace() || (is_parenthesis && !self.is_inner() && c == ')') {
                break;
            }
            self.pos += c.len_utf8();
        }
        self.text[start..self.pos].trim_end_matches([',', ';'])
    }

    /// Reads a quotation that begins here; `None`, without moving, if nothing closes it.
    ///
    /// `\"` and `\\` are escapes.
    pub fn quoted(&mut self) -> Option<String> {
        let open = self.peek()?;
        let closers = closers(open)?;
        for &close in closers {
            if self.exhausted.contains(&close) {
                continue;
            }
            if let Some((content, end)) = self.up_to(close) {
                self.pos = end;
                return Some(content);
            }
            self.exhausted.push(close);
        }
        None
    }

    fn up_to(&self, close: char) -> Option<(String, usize)> {
        let open = self.peek()?;
        let start = self.pos + open.len_utf8();
        let mut content = String::new();
        let mut chars = self.text[start..].char_indices().peekable();
        let mut before = None;
        while let Some((at, c)) = chars.next() {
            let after = chars.peek().map(|&(_, c)| c);
            match (c, after) {
                ('\\', Some(next)) if next == '\\' || is_quote(next) => {
                    content.push(next);
                    chars.next();
                }
                _ if c == close && !is_inner_quote(before, c, after) => {
                    return Some((content, start + at + c.len_utf8()));
                }
                _ => content.push(c),
            }
            before = Some(c);
        }
        None
    }

    /// Reads digits after `~`; the outer `None` if there is no `~` here.
    pub fn tilde(&mut self) -> Option<Option<u32>> {
        if self.peek() != Some('~') {
            return None;
        }
        self.pos += 1;
        let start = self.pos;
        while self.peek().is_some_and(|c| c.is_ascii_digit()) {
            self.pos += 1;
        }
        let digits = &self.text[start..self.pos];
        Some((!digits.is_empty()).then(|| digits.parse().unwrap_or(u32::MAX)))
    }
}

pub(super) fn span(start: usize, end: usize) -> Span {
    // Query texts are at most `MAX_BYTES` long.
    let narrow = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    Span {
        start: narrow(start),
        end: narrow(end),
    }
}
