//! The scan over a text's tokens: tries the rules at every token, keeps the longest match, and
//! remembers what was spoken of.

use super::calendar::{civil, monday};
use super::lexer::lex;
use super::lexicon::{Habits, Lexicon};
use super::token::*;
use super::value::{Unit, Value};

/// How a text is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Running text: capitals matter, the tense decides between past and future.
    Prose,
    /// A reader's words: any case, and the past wherever it is open.
    Query,
}

/// What a rule found: the token after the expression, and its meaning.
pub type Found = Option<(usize, Value)>;

/// The longer of two finds, the first of equals.
pub fn longer(a: Found, b: Found) -> Found {
    match (a, b) {
        (Some((x, _)), Some((y, _))) if y > x => b,
        (None, b) => b,
        (a, _) => a,
    }
}

/// The longest of some finds, the first of equals.
pub fn longest<const N: usize>(found: [Found; N]) -> Found {
    found.into_iter().fold(None, longer)
}

/// An expression in a token sequence.
#[derive(Clone, Copy, Debug)]
pub struct Match {
    /// First token, and the token after the last of its span.
    pub first: usize,
    pub end: usize,
    /// The token after all that it uses: past the year that "May 3-7, 2026" shares.
    pub resume: usize,
    pub value: Value,
}

/// The tense of the verb that governs an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tense {
    Past,
    Future,
    /// "The deadline is Friday": of a weekday the next, of a month nothing.
    Present,
    /// "The summit opens Friday", if no other verb says otherwise.
    Timetable,
    Unknown,
}

/// A quarter under discussion stays so for this many tokens.
pub const QUARTER_MEMORY: usize = 300;

/// The buffers of a search, to be kept between texts.
#[derive(Default)]
pub struct Buffers {
    pub tokens: Vec<Token>,
    pub matches: Vec<Match>,
}

/// One text being read.
pub struct Finder<'a> {
    pub tokens: &'a [Token],
    pub text: &'a str,
    pub habits: Habits,
    pub mode: Mode,
    /// The reference day, its year and its month.
    pub today: i32,
    pub year: i32,
    pub month: u32,
    /// The last expression that named days, and the token after it.
    pub last: Option<Value>,
    pub last_end: usize,
    /// The last single day that had come by the reference day, and the token after it.
    pub past_day: Option<(usize, i32)>,
    /// The last quarter named by its number, and where.
    pub quarter: Option<(usize, i32, u32)>,
    /// The last year written in digits, and where.
    pub written_year: Option<(usize, i32)>,
}

impl Buffers {
    /// Fills `matches` with the expressions of `text` in order, none inside another.
    pub fn scan(&mut self, text: &str, lexicon: &Lexicon, today: i32, mode: Mode) {
        lex(text, lexicon, &mut self.tokens);
        self.matches.clear();
        let (year, month, _) = civil(today);
        let mut finder = Finder {
            tokens: &self.tokens,
            text,
            habits: lexicon.habits,
            mode,
            today,
            year,
            month,
            last: None,
            last_end: 0,
            past_day: None,
            quarter: None,
            written_year: None,
        };
        let mut at = 0;
        while at < finder.tokens.len() {
            let found = match finder.tokens[at].class {
                class if !may_begin(class) => None,
                _ => finder.expression(at),
            };
            match found.filter(|&(end, value)| end > at && value.in_calendar()) {
                Some((end, value)) => {
                    let resume = finder.shared_year_end(at, end).unwrap_or(end);
                    finder.remember(at, end, value);
                    self.matches.push(Match {
                        first: at,
                        end,
                        resume,
                        value,
                    });
                    at = resume;
                }
                None => at += 1,
            }
        }
    }
}

/// Whether an expression may begin with a token of this class.
fn may_begin(class: Class) -> bool {
    !matches!(
        class,
        Class::Other
            | Class::Stop
            | Class::Comma
            | Class::Past
            | Class::Future
            | Class::Timetable
            | Class::Be
            | Class::Present
            | Class::To
            | Class::Of
            | Class::In
            | Class::And
            | Class::From
            | Class::Between
            | Class::Dash
            | Class::Slash
            | Class::Colon
            | Class::Open
            | Class::Money
            | Class::Counted
            | Class::Rate
            | Class::Numbered
            | Class::TimeZone
            | Class::Ended
    )
}

impl Finder<'_> {
    /// The longest expression that begins at a token.
    fn expression(&self, at: usize) -> Found {
        longest([
            self.calendar_date(at),
            self.modified(at),
            self.clock(at),
            self.distance(at),
            self.duration(at),
            self.set(at),
            self.vague(at),
        ])
    }

    fn remember(&mut self, first: usize, end: usize, value: Value) {
        if value.days().is_none() {
            return;
        }
        self.last = Some(value);
        self.last_end = end;
        if let Some(day) = value.day()
            && day <= self.today
        {
            self.past_day = Some((end, day));
        }
        let tokens = &self.tokens[first..end];
        if let Value::Quarter(year, quarter) = value {
            let numbered = tokens
                .iter()
                .any(|t| t.is(Class::Ordinal) || t.is_valued(Class::Unit, Unit::Second as i32));
            let related = tokens
                .iter()
                .any(|t| matches!(t.class, Class::Ago | Class::Earlier | Class::Relative));
            if numbered && !related {
                self.quarter = Some((first, year, quarter));
            }
        }
        if let Some(year) = value.year()
            && tokens.iter().any(|t| t.has(FOUR_DIGITS))
        {
            self.written_year = Some((first, year));
        }
    }

    pub fn token(&self, at: usize) -> Token {
        self.tokens.get(at).copied().unwrap_or(Token::NONE)
    }

    pub fn class(&self, at: usize) -> Class {
        self.token(at).class
    }

    /// The token before, or the end of a sentence.
    pub fn before(&self, at: usize) -> Token {
        at.checked_sub(1).map_or(Token::NONE, |at| self.token(at))
    }

    /// The unit at a token, singular or plural.
    pub fn unit(&self, at: usize) -> Option<Unit> {
        let token = self.token(at);
        token
            .is(Class::Unit)
            .then(|| Unit::from_index(token.value))
            .flatten()
    }

    pub fn is_unit(&self, at: usize, unit: Unit) -> bool {
        self.token(at).is_valued(Class::Unit, unit as i32) && !self.token(at).has(PLURAL)
    }

    /// A capital, or a query, where capitals say nothing.
    pub fn capital(&self, at: usize) -> bool {
        self.mode == Mode::Query || !self.habits.capitals || self.token(at).has(CAPITAL)
    }

    /// Two tokens with nothing between them, such as "1999-2001" or "mid-March".
    pub fn glued(&self, at: usize) -> bool {
        self.token(at).has(GLUED)
    }

    /// The year that a token writes in four digits.
    pub fn year_at(&self, at: usize) -> Option<i32> {
        let token = self.token(at);
        (token.is(Class::Number)
            && token.has(FOUR_DIGITS)
            && !token.has(QUANTITY)
            && (1500..=2100).contains(&token.value))
        .then_some(token.value)
    }

    /// A day of the month in digits or as an ordinal.
    pub fn day_at(&self, at: usize) -> Option<u32> {
        let token = self.token(at);
        (matches!(token.class, Class::Number | Class::Ordinal)
            && !token.has(QUANTITY | FOUR_DIGITS)
            && (1..=31).contains(&token.value))
        .then_some(token.value as u32)
    }

    /// An ordinal; "second" is one although it is a unit.
    pub fn ordinal(&self, at: usize) -> Option<u32> {
        let token = self.token(at);
        match token.class {
            Class::Ordinal => Some(token.value as u32),
            Class::Number if token.has(ORDINAL_DOT) => Some(token.value as u32),
            Class::Unit if self.is_unit(at, Unit::Second) => Some(2),
            _ => None,
        }
    }

    /// The Monday of the reference week.
    pub fn monday(&self) -> i32 {
        monday(self.today)
    }

    /// The last day spoken of, if it was in this sentence and near.
    pub fn nearby_day(&self, at: usize) -> Option<i32> {
        const REACH: usize = 12;
        if at < self.last_end || at - self.last_end > REACH {
            return None;
        }
        let same_sentence = !(self.last_end..=at).any(|i| self.token(i).has(FIRST));
        self.last?.day().filter(|_| same_sentence)
    }

    /// The text of a token, as it stands.
    pub fn word(&self, at: usize) -> &str {
        let token = self.token(at);
        self.text
            .get(token.start as usize..token.end as usize)
            .unwrap_or("")
    }

    pub fn before_word(&self, at: usize) -> &str {
        at.checked_sub(1).map_or("", |at| self.word(at))
    }

    /// The year of an earlier expression in the same sentence, for dates that lack one:
    /// "in October 2008 … and in November".
    pub fn sentence_year(&self, at: usize) -> Option<i32> {
        const REACH: usize = 25;
        let (position, year) = self.written_year?;
        if at < position || at - position > REACH || year >= self.year {
            return None;
        }
        let new_sentence = (position + 1..=at).any(|i| self.token(i).has(FIRST));
        (!new_sentence).then_some(year)
    }
}
