//! Amounts of time, and points at such a distance: "three weeks", "a year and a half",
//! "two days ago", "vor drei Wochen", "a month later".

use crate::date::finder::{Finder, Found, Mode};
use crate::date::token::*;
use crate::date::value::{Amount, Unit, Vague, Value};

use super::relative::shifted;

const MINUTES_A_DAY: f32 = 1440.0;

fn minutes_in(unit: Unit) -> Option<f32> {
    match unit {
        Unit::Minute => Some(1.0),
        Unit::Hour => Some(60.0),
        _ => None,
    }
}

impl Finder<'_> {
    /// "two weeks ago", "a year earlier", "three days later", "vor zwei Wochen", "il y a dix ans".
    pub fn distance(&self, at: usize) -> Found {
        if self.is_year_earlier(at) {
            return self.quarter_or_half(at, at);
        }
        if self.class(at) == Class::AgoBefore {
            return self.ago_before(at + 1);
        }
        if self.class(at) == Class::AgoHead {
            let il_y_a = self.word(at + 1) == "y" && self.word(at + 2) == "a";
            return if il_y_a {
                self.ago_before(at + 3)
            } else {
                None
            };
        }
        // "years ago", "long ago".
        let unspecific = self.unit(at).is_some() && self.token(at).has(PLURAL)
            || self.class(at) == Class::Filler && self.word(at).eq_ignore_ascii_case("long");
        if unspecific && self.class(at + 1) == Class::Ago {
            return Some((at + 2, Value::Vague(Vague::Past)));
        }
        let amount_at = match self.class(at) {
            Class::Only => at + 1,
            _ => self.amount_modifier(at).0,
        };
        let (noun, amount) = self.amount(amount_at)?;
        let noun = noun + usize::from(self.class(noun) == Class::Filler);
        let unit = self.unit(noun)?;
        if self.class(noun + 1) == Class::From {
            return self.counted_from(noun + 2, amount, unit);
        }
        let mut word = noun + 1;
        let mut unit = unit;
        let mut amount = amount;
        if let (Some(end), Amount::Known(n), Unit::Year) = (self.and_a_half(word), amount, unit) {
            (word, unit, amount) = (end, Unit::Month, Amount::Known(12.0 * n + 6.0));
        }
        if self.token(word).is_valued(Class::And, 1) && self.class(word + 1) == Class::So {
            word += 2;
        }
        // "deux ans plus tard".
        let mut class = self.class(word);
        if class == Class::More {
            word += 1;
            class = self.class(word);
            // "dos años más tarde".
            if class == Class::Part && self.word(word) == "tarde" {
                class = Class::Later;
            }
        }
        if !matches!(class, Class::Ago | Class::Earlier | Class::Later) {
            return None;
        }
        let Amount::Known(n) = amount else {
            return (class == Class::Ago).then_some((word + 1, Value::Vague(Vague::Past)));
        };
        if n == 1.0 && unit == Unit::Year && class != Class::Later {
            return Some((word + 1, self.year_before(at)));
        }
        let mut base = self.today;
        if class != Class::Ago {
            // Counted from what was spoken of; "a week earlier than planned" is no date.
            let last = self.last.and_then(|v| v.days());
            if (class == Class::Later || n == 1.0 && unit < Unit::Year) && last.is_none()
                || self.class(word + 1) == Class::Than
            {
                return None;
            }
            base = last.map_or(self.today, |(first, _)| first);
        }
        let sign = if class == Class::Later { 1.0 } else { -1.0 };
        // "an hour later" after a time of the clock.
        if class != Class::Ago
            && let Some(Value::Clock(day, hour, minute)) = self.last
            && let Some(minutes) = minutes_in(unit)
        {
            let at = (hour * 60 + minute) as f32 + sign * n * minutes;
            let day_shift = (at / MINUTES_A_DAY).floor();
            let minute = (at - day_shift * MINUTES_A_DAY) as u32;
            return Some((
                word + 1,
                Value::Clock(day + day_shift as i32, minute / 60, minute % 60),
            ));
        }
        // "two hours later" is no day.
        if class != Class::Ago && minutes_in(unit).is_some() {
            return Some((word + 1, Value::Duration(amount, unit)));
        }
        Some((word + 1, shifted(base, unit, (sign * n) as i32)?))
    }

    /// The rest of "two weeks from now", "a week from Monday".
    fn counted_from(&self, at: usize, amount: Amount, unit: Unit) -> Found {
        let Amount::Known(n) = amount else {
            return None;
        };
        if self.token(at).is_valued(Class::Reference, 0) {
            return Some((at + 1, shifted(self.today, unit, n as i32)?));
        }
        let weeks = match unit {
            Unit::Week => 7 * n as i32,
            Unit::Day => n as i32,
            _ => return None,
        };
        match self.calendar_date(at)? {
            (end, Value::Day(day)) if self.class(at) != Class::Number => {
                Some((end, Value::Day(day + weeks)))
            }
            _ => None,
        }
    }

    /// "vor zwei Wochen", "il y a dix ans", "hace tres días".
    fn ago_before(&self, at: usize) -> Found {
        let amount_at =
            at + usize::from(matches!(self.class(at), Class::Approximately | Class::Only));
        let (noun, amount) = self.amount(amount_at)?;
        let noun = noun + usize::from(self.class(noun) == Class::Filler);
        let unit = self.unit(noun)?;
        let value = match amount {
            Amount::Unknown => Value::Vague(Vague::Past),
            Amount::Known(n) => shifted(self.today, unit, -(n as i32))?,
        };
        Some((noun + 1, value))
    }

    /// "three weeks", "a 30-day", "more than two years", "the first nine months", "for years".
    pub fn duration(&self, at: usize) -> Found {
        let token = self.token(at);
        if token.is(Class::Number) && self.before(at).is(Class::Money) {
            return None;
        }
        if token.is(Class::Unit) && token.has(PLURAL) {
            return self.bare_plural(at);
        }
        let (mut start, modified) = self.amount_modifier(at);
        let the = self.class(start) == Class::The;
        if the {
            start += 1;
            if self.ordinal(start).is_some() {
                start += 1;
            } else if !matches!(self.class(start), Class::Number | Class::NumberWord) {
                return None;
            }
        }
        let (mut noun, amount) = self.amount(start)?;
        let dash = self.class(noun) == Class::Dash && self.glued(noun);
        noun += usize::from(dash);
        noun += usize::from(matches!(self.class(noun), Class::Filler | Class::More));
        let unit = self.unit(noun)?;
        let plural = self.token(noun).has(PLURAL);
        let one = amount == Amount::Known(1.0);
        if unit == Unit::Quarter && (!plural || dash)
            || unit <= Unit::Minute && !plural && !dash && !one
            || unit == Unit::Second && !plural
        {
            return None;
        }
        let end = noun + 1;
        // "on 60 Minutes": a programme.
        let title = self.word(noun).as_bytes();
        if self.mode == Mode::Prose
            && self.habits.english_order
            && token.is(Class::Number)
            && !token.has(FIRST)
            && !self.before(at).has(CAPITAL)
            && title.first().is_some_and(u8::is_ascii_uppercase)
            && title.last().is_some_and(u8::is_ascii_lowercase)
        {
            return None;
        }
        if self.class(start) == Class::A && one && !modified && self.is_rate(at, end, unit) {
            return None;
        }
        // "45 years old" is an age.
        let old = |at: usize| self.class(at) == Class::Old;
        let aged = self.before(at).is(Class::Of) && at >= 2 && old(at - 2);
        if aged || old(end) || matches!(self.class(end), Class::Dash | Class::Of) && old(end + 1) {
            return None;
        }
        if let Some(end) = self.and_a_half(end) {
            return match amount {
                Amount::Known(n) => Some((end, Value::Duration(Amount::Known(n + 0.5), unit))),
                Amount::Unknown => None,
            };
        }
        let counts = match amount {
            Amount::Known(n) => n > 1.0,
            Amount::Unknown => false,
        };
        if !plural && !dash && counts && !self.invariant_plural(noun) {
            // "two year contract": a missing hyphen before a noun.
            let attribute = token.is(Class::NumberWord)
                && self.token(end).is(Class::Other)
                && !self.token(end).has(CAPITAL | GLUED);
            if !attribute {
                return None;
            }
        }
        (!(dash && the)).then_some((end, Value::Duration(amount, unit)))
    }

    /// A unit whose plural is its singular ("trois mois", "zwei Jahrhundert").
    fn invariant_plural(&self, at: usize) -> bool {
        !self.habits.english_order && self.unit(at) == Some(Unit::Month)
    }

    /// "about", "more than", "at least", "up to" before an amount. Gives the amount's token.
    fn amount_modifier(&self, at: usize) -> (usize, bool) {
        if self.class(at) == Class::Approximately {
            return (at + 1, true);
        }
        let two_words = match self.class(at) {
            Class::More => self.class(at + 1) == Class::Than,
            Class::Preposition => {
                self.token(at).value == preposition::AT
                    && matches!(self.word(at + 1), "least" | "most")
            }
            _ => false,
        };
        if two_words {
            (at + 2, true)
        } else {
            (at, false)
        }
    }

    /// "for years", "in weeks".
    fn bare_plural(&self, at: usize) -> Found {
        let unit = self
            .unit(at)
            .filter(|&u| u >= Unit::Hour && u != Unit::Quarter)?;
        let before = self.before(at);
        let since = before.is_valued(Class::Preposition, preposition::SINCE)
            || before.is_valued(Class::Preposition, preposition::AFTER);
        let within = self.before_word(at) == "within";
        if unit == Unit::Hour && !within && !before.is_valued(Class::Preposition, preposition::FOR)
        {
            return None;
        }
        let placed = within
            || before.is_valued(Class::Preposition, preposition::FOR)
            || before.is(Class::In)
            || since && !self.habits.english_order;
        let continued = matches!(self.class(at + 1), Class::Of | Class::To | Class::That);
        (placed && !continued).then_some((at + 1, Value::Duration(Amount::Unknown, unit)))
    }

    /// "a year" in "$3 a share a year", "twice a week", "a day of work".
    fn is_rate(&self, at: usize, end: usize, unit: Unit) -> bool {
        let before = self.before(at);
        unit == Unit::Second
            || matches!(
                before.class,
                Class::Number
                    | Class::NumberWord
                    | Class::Money
                    | Class::Unit
                    | Class::Rate
                    | Class::Counted
            )
            || self.class(end) == Class::Of && unit <= Unit::Day
    }
}
