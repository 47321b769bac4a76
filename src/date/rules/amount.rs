//! Amounts in figures and words: "3 1/2", "two hundred", "a dozen", "soixante-dix", "two-and-a-half".

use crate::date::finder::Finder;
use crate::date::token::*;
use crate::date::value::Amount;

/// No amount that a text can mean is larger, and none larger is calculated with.
const MAX_AMOUNT: f32 = 1_000_000.0;

impl Finder<'_> {
    /// A number in digits or words. Gives the token after it.
    pub fn number_phrase(&self, at: usize) -> Option<(usize, f32)> {
        match self.amount(at)? {
            (end, Amount::Known(n)) => Some((end, n)),
            _ => None,
        }
    }

    /// An amount: "3", "3.5", "3 1/2", "two hundred", "a dozen", "half a", "a couple of", "several", "two to three".
    pub fn amount(&self, at: usize) -> Option<(usize, Amount)> {
        let token = self.token(at);
        let after_of = |at: usize| at + usize::from(self.class(at) == Class::Of);
        let vague = |value: i32| {
            if value == 2 {
                Amount::Known(2.0)
            } else {
                Amount::Unknown
            }
        };
        let (end, amount) = match token.class {
            Class::Number if !token.has(FOUR_DIGITS) => self.digits(at)?,
            Class::NumberWord => self.number_words(at),
            Class::A => {
                let next = self.token(at + 1);
                match next.class {
                    Class::Several => (after_of(at + 2), vague(next.value)),
                    Class::NumberWord if next.value >= 100 => {
                        (at + 2, Amount::Known(next.value as f32))
                    }
                    // "une quinzaine de jours".
                    Class::NumberWord if self.class(at + 2) == Class::Of => {
                        (at + 3, Amount::Known(next.value as f32))
                    }
                    Class::Dozen => (at + 2, Amount::Known(12.0)),
                    Class::Numbered
                        if self.word(at + 1) == "number" && self.class(at + 2) == Class::Of =>
                    {
                        (at + 3, Amount::Unknown)
                    }
                    Class::Unit => (at + 1, Amount::Known(1.0)),
                    Class::Half if self.unit(at + 2 + self.dash(at + 2)).is_some() => {
                        (at + 2 + self.dash(at + 2), Amount::Known(0.5))
                    }
                    _ => return None,
                }
            }
            Class::Half if token.value > 0 => (at + 1, Amount::Known(token.value as f32 + 0.5)),
            Class::Half if self.class(at + 1) == Class::A => (at + 2, Amount::Known(0.5)),
            Class::Half if !self.habits.english_order && self.unit(at + 1).is_some() => {
                (at + 1, Amount::Known(0.5))
            }
            Class::Several => (after_of(at + 1), vague(token.value)),
            Class::Dozen if self.class(at + 1) == Class::Of => (at + 2, Amount::Known(12.0)),
            _ => return None,
        };
        match amount {
            Amount::Known(n) if !(0.0..=MAX_AMOUNT).contains(&n) => None,
            Amount::Known(n) => match self.and_a_half(end) {
                Some(end) if n >= 1.0 && self.unit(end + self.dash(end)).is_some() => {
                    Some((end, Amount::Known(n + 0.5)))
                }
                _ => Some((end, amount)),
            },
            Amount::Unknown => Some((end, amount)),
        }
    }

    /// 1 at a glued dash.
    pub fn dash(&self, at: usize) -> usize {
        usize::from(self.class(at) == Class::Dash && self.glued(at))
    }

    /// The token after "and a half", "-and-a-half", "and one-half".
    pub fn and_a_half(&self, at: usize) -> Option<usize> {
        let and = at + self.dash(at);
        let a = and + 1 + self.dash(and + 1);
        let half = a + 1 + self.dash(a + 1);
        if self.class(and) == Class::And
            && self.class(a) == Class::Half
            && !self.habits.english_order
        {
            return Some(a + 1);
        }
        let one =
            matches!(self.class(a), Class::A) || self.token(a).is_valued(Class::NumberWord, 1);
        (self.class(and) == Class::And && one && self.class(half) == Class::Half)
            .then_some(half + 1)
    }

    fn digits(&self, at: usize) -> Option<(usize, Amount)> {
        let token = self.token(at);
        let mut value = token.value as f32;
        let mut end = at + 1;
        if token.has(QUANTITY) {
            if self.before(at).is(Class::Money) {
                return None;
            }
            value = self.quantity(at)?;
        }
        let (numerator, denominator) = (self.token(end), self.token(end + 2));
        if numerator.is(Class::Number)
            && self.class(end + 1) == Class::Slash
            && denominator.is(Class::Number)
            && denominator.value > 0
        {
            value += numerator.value as f32 / denominator.value as f32;
            end += 3;
        } else if self.joins_amounts(end)
            && self.token(end + 1).is(Class::Number)
            && !self.token(end + 1).has(FOUR_DIGITS)
            && self.unit(end + 2).is_some()
        {
            return Some((end + 2, Amount::Unknown));
        }
        Some((end, Amount::Known(value)))
    }

    /// "2,500" or "3.5", by the language's marks.
    fn quantity(&self, at: usize) -> Option<f32> {
        let word = self.word(at);
        let (grouping, point) = if self.habits.decimal_comma {
            ('.', ',')
        } else {
            (',', '.')
        };
        let mut value = 0f32;
        let mut scale = None;
        for c in word.chars() {
            match c.to_digit(10) {
                Some(digit) => match &mut scale {
                    None => value = value * 10.0 + digit as f32,
                    Some(scale) => {
                        *scale /= 10.0;
                        value += digit as f32 * *scale;
                    }
                },
                None if c == grouping => {}
                None if c == point && scale.is_none() => scale = Some(1.0f32),
                None => return None,
            }
        }
        Some(value)
    }

    /// "to" in "two to three weeks", "or" in "two or three weeks".
    fn joins_amounts(&self, at: usize) -> bool {
        self.token(at).is_valued(Class::To, 0) || self.token(at).is_valued(Class::And, 1)
    }

    fn number_words(&self, at: usize) -> (usize, Amount) {
        let mut value = 0i32;
        let mut end = at;
        // "two hundred thousand three hundred and ten" is among the longest that are written.
        const MAX_WORDS: usize = 12;
        while self.class(end) == Class::NumberWord && end - at < MAX_WORDS {
            let n = self.token(end).value;
            value = match n {
                100 | 1000 => value.max(1).saturating_mul(n),
                // "nineteen ninety": two numbers.
                _ if value < 100 && value % 10 != 0 => break,
                _ => value.saturating_add(n),
            };
            end += 1;
            let tens = (20..100).contains(&(value % 100));
            if let Some((next, more)) = self.romance_ones(end, value) {
                value = more;
                end = next;
                break;
            }
            let ones = self.token(end + 1);
            if self.class(end) == Class::Dash
                && ones.is(Class::NumberWord)
                && ones.value < 10
                && tens
            {
                value = value.saturating_add(ones.value);
                end += 2;
                break;
            }
        }
        if self.joins_amounts(end)
            && self.class(end + 1) == Class::NumberWord
            && self.unit(end + 2).is_some()
        {
            return (end + 2, Amount::Unknown);
        }
        let mut value = value as f32;
        if self.class(end) == Class::Dozen {
            value *= 12.0;
            end += 1;
        }
        (end, Amount::Known(value))
    }

    /// The rest of "soixante-dix", "quatre-vingts", "vingt et un", "treinta y cinco", and the sum.
    fn romance_ones(&self, at: usize, tens: i32) -> Option<(usize, i32)> {
        let (joiner, ones) = (self.class(at), self.token(at + 1));
        if self.habits.english_order || self.habits.nouns_in_capitals {
            return None;
        }
        let teens = if matches!(tens, 60 | 80) { 20 } else { 10 };
        match (joiner, ones.class) {
            (Class::Dash, Class::NumberWord) if tens == 4 && ones.value == 20 => {
                let after = at + 2;
                let rest = self.token(after + 1);
                let more = self.class(after) == Class::Dash
                    && rest.is(Class::NumberWord)
                    && rest.value < 20;
                Some(if more {
                    (after + 2, 80 + rest.value)
                } else {
                    (after, 80)
                })
            }
            (Class::Dash | Class::And, Class::NumberWord)
                if (20..100).contains(&tens) && tens % 10 == 0 && ones.value < teens =>
            {
                Some((at + 2, tens + ones.value))
            }
            (Class::And, Class::A) if (20..100).contains(&tens) && tens % 10 == 0 => {
                Some((at + 2, tens + 1))
            }
            _ => None,
        }
    }
}
