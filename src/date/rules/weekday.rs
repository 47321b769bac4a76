//! Weekdays: "Sunday", "Sunday, July 14", "Sunday morning", "Sundays".

use crate::date::calendar::{days, days_in_month, weekday};
use crate::date::finder::{Finder, Found, Mode, Tense, longer};
use crate::date::token::*;
use crate::date::value::{Part, Unit, Value};

impl Finder<'_> {
    /// The day of a weekday's name alone, by the tense.
    pub fn day_of_week(&self, day: i32, at: usize) -> i32 {
        let back = (weekday(self.today) - day).rem_euclid(7);
        // "Sunday's election" may be either; only "ahead of" it is plain.
        let possessive = self.class(at + 1) == Class::Possessive && !self.is_ahead_of(at);
        if possessive || !matches!(self.tense(at), Tense::Future | Tense::Present) {
            return self.today - back;
        }
        if back == 0 {
            self.today
        } else {
            self.today + 7 - back
        }
    }

    /// "Sunday", "Sunday, July 14", "Sunday the 14th", "Sunday morning", "Monday next week", "Sundays".
    pub fn weekday_name(&self, at: usize) -> Found {
        let token = self.token(at);
        if !self.capital(at)
            || token.has(AMBIGUOUS) && !self.date_follows(at + 1)
            || self.is_named_day(at)
        {
            return None;
        }
        if token.has(PLURAL) {
            return Some((at + 1, Value::EveryWeekday(token.value)));
        }
        if let Some(found) = self.date_after_weekday(at + 1) {
            return Some(found);
        }
        let next = self.token(at + 1);
        if self.is_newspaper(at + 1) {
            return None;
        }
        let day = self.day_of_week(token.value, at);
        if next.is(Class::Relative) && self.is_unit(at + 2, Unit::Week) {
            let shift = match next.value {
                relative::LAST => -7,
                relative::NEXT => 7,
                _ => 0,
            };
            return Some((at + 2 + 1, Value::Day(self.monday() + token.value + shift)));
        }
        if let Some(end) = self.que_viene(at + 1) {
            return Some((
                end,
                Value::Day(self.related_weekday(relative::NEXT, token.value, at)),
            ));
        }
        if next.is(Class::Relative) && next.has(AFTER) {
            return Some((
                at + 2,
                Value::Day(self.related_weekday(next.value, token.value, at)),
            ));
        }
        self.with_part(at + 1, day, token.value)
    }

    /// "the third Saturday of May 2024", "the first Monday in October".
    pub fn nth_weekday(&self, at: usize) -> Found {
        let n = self.ordinal(at).filter(|n| (1..=5).contains(n))? as i32;
        let day = self.token(at + 1);
        if !day.is(Class::Weekday)
            || day.has(PLURAL)
            || !matches!(self.class(at + 2), Class::Of | Class::In)
        {
            return None;
        }
        let (end, value) = self.month_name(at + 3)?;
        let Value::Month(year, month) = value else {
            return None;
        };
        let first = days(year, month, 1);
        let day = first + (day.value - weekday(first)).rem_euclid(7) + 7 * (n - 1);
        let last = first + days_in_month(year, month) as i32;
        (day < last).then_some((end, Value::Day(day)))
    }

    /// Whether a date with a day of the month follows a weekday.
    pub fn date_follows(&self, at: usize) -> bool {
        self.date_after_weekday(at).is_some()
    }

    pub fn date_after_weekday(&self, at: usize) -> Found {
        let mut date = at + usize::from(self.class(at) == Class::Comma);
        date += usize::from(self.class(date) == Class::The);
        let found = match self.class(date) {
            Class::Month => self.month_name(date),
            Class::Number | Class::Ordinal => longer(self.day_month(date), self.numeric(date)),
            _ => None,
        };
        found.filter(|(_, value)| matches!(value, Value::Day(_)))
    }

    /// "Bloody Sunday", "Black Friday", "the Mail on Sunday", "the Sun.": no day by the calendar.
    fn is_named_day(&self, at: usize) -> bool {
        const NAMED: &[&str] = &["Black", "Bloody", "Cyber", "Giving", "Ruby"];
        let before = self.before(at);
        if self.mode == Mode::Query || !self.habits.english_order {
            return false;
        }
        let paper = before.is_valued(Class::Preposition, preposition::ON)
            && at >= 2
            && self.token(at - 2).is(Class::Paper)
            && self.token(at - 2).has(CAPITAL);
        let star = before.is(Class::The) && self.token(at).has(ABBREVIATED);
        paper || star || NAMED.contains(&self.before_word(at))
    }

    /// "Sunday Times": a capital after a weekday names a paper.
    pub fn is_newspaper(&self, at: usize) -> bool {
        let token = self.token(at);
        let times = token.is(Class::Counted) && self.word(at).eq_ignore_ascii_case("times");
        (token.has(CAPITAL) || self.mode == Mode::Query) && (token.is(Class::Paper) || times)
    }

    /// A day with a part of it after it, if one stands there.
    pub fn with_part(&self, at: usize, day: i32, weekday: i32) -> Found {
        let token = self.token(at);
        if token.is(Class::Part) && token.has(PLURAL) {
            return Some((at + 1, Value::EveryWeekday(weekday)));
        }
        Some(match self.part_after(at) {
            Some((end, part)) => (end, day_part(day, part)),
            None => (at, Value::Day(day)),
        })
    }

    /// "Montagabend".
    pub fn weekday_part(&self, at: usize) -> Found {
        let token = self.token(at);
        let part = Part::from_index(token.value % 8)?;
        let weekday = token.value / 8;
        if token.has(PLURAL) {
            return Some((at + 1, Value::EveryWeekday(weekday)));
        }
        Some((at + 1, day_part(self.day_of_week(weekday, at), part)))
    }
}

/// A part of a day; noon and midnight are times of the clock.
pub fn day_part(day: i32, part: Part) -> Value {
    match part {
        Part::Noon => Value::Clock(day, 12, 0),
        Part::Midnight => Value::Clock(day, 0, 0),
        _ => Value::DayPart(day, part),
    }
}
