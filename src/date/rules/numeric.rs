//! Dates and years in figures: "2024-07-14", "7/14/2024", "1957-58", "1998", and years in words.

use crate::date::calendar::{checked_days, days};
use crate::date::finder::{Finder, Found, Mode};
use crate::date::token::*;
use crate::date::value::{Unit, Value};

impl Finder<'_> {
    /// "2024-07-14", "7/14/2024", "14.07.2024", "2024-07".
    pub fn numeric(&self, at: usize) -> Found {
        let first = self.token(at);
        if first.has(QUANTITY)
            || first.has(GLUED)
                && matches!(
                    self.before(at).class,
                    Class::Dash | Class::Slash | Class::Number
                )
        {
            return None;
        }
        let (separator, second_at) = self.separator(at)?;
        let second = self.token(second_at);
        if !second.is(Class::Number)
            || !second.has(GLUED)
            || second.has(QUANTITY)
            || second.len() > 3
        {
            return None;
        }
        // "9/11" is one day.
        let nine_eleven = separator == b'/' && (first.value, second.value) == (9, 11);
        if nine_eleven
            && first.len() == 1
            && self.habits.english_order
            && self.separator(second_at).is_none()
        {
            let day = days(2001, 9, 11);
            return (self.today >= day).then_some((second_at + 1, Value::Day(day)));
        }
        let Some((other, third_at)) = self.separator(second_at) else {
            return self.iso_month(first, second, separator, second_at + 1);
        };
        let third = self.token(third_at);
        if other != separator
            || !third.is(Class::Number)
            || !third.has(GLUED)
            || third.has(QUANTITY)
        {
            return self.iso_month(first, second, separator, second_at + 1);
        }
        let (a, b, c) = (first.value, second.value as u32, third.value);
        let day = if first.has(FOUR_DIGITS) {
            checked_days(a, b, c as u32)?
        } else {
            let digits = third.end - third.start - u32::from(third.has(ORDINAL_DOT));
            let year = match digits {
                4 => c,
                2 if separator != b'-' || first.len() == 2 && second.len() == 2 => short_year(c),
                _ => return None,
            };
            let a = a as u32;
            let american = self.habits.english_order && separator != b'.';
            let (month, day) = if american { (a, b) } else { (b, a) };
            checked_days(year, month, day).or_else(|| checked_days(year, day, month))?
        };
        if first.has(FOUR_DIGITS) && separator == b'-' {
            return Some(self.iso_time(third_at + 1, day));
        }
        Some((third_at + 1, Value::Day(day)))
    }

    /// "T14:30:00Z" or " 14:30" after a day.
    fn iso_time(&self, at: usize, day: i32) -> (usize, Value) {
        let t = usize::from(self.word(at) == "T" && self.glued(at));
        let (hour, colon, minute) = (at + t, self.token(at + t + 1), self.token(at + t + 2));
        let two = |token: Token| token.is(Class::Number) && token.len() == 2;
        let hours = self.token(hour);
        let clock = two(hours)
            && hours.has(GLUED) == (t == 1)
            && colon.is(Class::Colon)
            && colon.has(GLUED)
            && two(minute)
            && hours.value < 24
            && minute.value < 60;
        if !clock {
            return (at, Value::Day(day));
        }
        let mut end = hour + 3;
        if self.class(end) == Class::Colon
            && self.glued(end)
            && self.class(end + 1) == Class::Number
        {
            end += 2;
        }
        end += usize::from(self.word(end) == "Z" && self.glued(end));
        let value = Value::Clock(day, hours.value as u32, minute.value as u32);
        (end, value)
    }

    /// What stands glued between two numbers of a date, and the token after it.
    pub fn separator(&self, at: usize) -> Option<(u8, usize)> {
        if self.token(at).has(ORDINAL_DOT) {
            return Some((b'.', at + 1));
        }
        let token = self.token(at + 1);
        if !token.has(GLUED) || !self.glued(at + 2) {
            return None;
        }
        match token.class {
            Class::Slash => Some((b'/', at + 2)),
            Class::Dash if token.len() == 1 => Some((b'-', at + 2)),
            Class::Other if self.word(at + 1) == "." => Some((b'.', at + 2)),
            _ => None,
        }
    }

    /// "2024-07", but "2003-04" is a season of two years unless a reader asks.
    pub fn iso_month(&self, first: Token, second: Token, separator: u8, end: usize) -> Found {
        let year = first.value;
        let month = second.value;
        let season = (year + 1) % 100 == month;
        let glued_on = self.glued(end)
            && matches!(
                self.class(end),
                Class::Dash | Class::Slash | Class::Number | Class::Other
            )
            && self.glued(end + 1);
        if separator != b'-'
            || !first.has(FOUR_DIGITS)
            || second.len() != 2
            || !(1..=12).contains(&month)
            || glued_on
            || season && self.mode == Mode::Prose
            || !(1000..=2999).contains(&year)
        {
            return None;
        }
        Some((end, Value::Month(year, month as u32)))
    }

    /// Four digits that are a year, and the "58" of "1957-58".
    pub fn bare_year(&self, at: usize) -> Found {
        let (before, after) = (self.before(at), self.token(at + 1));
        if let Some(end) = self.short_end_year(at) {
            return Some(end);
        }
        let Some(year) = self.year_at(at) else {
            return self.medieval_year(at);
        };
        let quarter = self.is_unit(at + 1, Unit::Quarter);
        let counted = matches!(after.class, Class::Counted | Class::Rate)
            || after.is(Class::Unit) && after.value != PERIOD && !quarter
            // "2053 Wednesday night, UTC".
            || after.is(Class::Weekday) && self.year_at(at).is_some_and(|year| year > self.year)
            || self.is_range_of_counts(at + 1);
        let two_years = |slash: usize, other: usize| {
            self.class(slash) == Class::Slash && self.year_at(other).is_some()
        };
        let slashed = after.is(Class::Slash)
            && !(two_years(at + 1, at + 2) || self.short_end_year(at + 2).is_some())
            || before.is(Class::Slash) && !(at >= 2 && two_years(at - 1, at - 2));
        // "555-2010".
        let telephone = before.is(Class::Dash)
            && self.glued(at)
            && at >= 2
            && self.class(at - 2) == Class::Number
            && self.year_at(at - 2).is_none();
        let part_of_number = before.is(Class::Money)
            || slashed
            || telephone
            || before.is(Class::Colon) && self.glued(at)
            || before.is(Class::Dash)
                && after.is(Class::Dash)
                && after.has(GLUED)
                && before.has(GLUED);
        let compound = after.is(Class::Dash) && after.has(GLUED) && self.unit(at + 2).is_some();
        let named = before.is(Class::Numbered) || before.is(Class::Possessive) && self.glued(at);
        // "H.R. 2024", "S. 1950".
        let bill = self.mode == Mode::Prose
            && self.word(at.wrapping_sub(1)) == "."
            && self.token(at.wrapping_sub(2)).len() == 1
            && self.token(at.wrapping_sub(2)).has(CAPITAL);
        if bill || self.is_street_address(at + 1) {
            return None;
        }
        if counted || part_of_number || compound || named && self.mode == Mode::Prose {
            return None;
        }
        if self.glued(at)
            && !matches!(
                before.class,
                Class::Dash | Class::Open | Class::To | Class::Slash
            )
        {
            return None;
        }
        // "about 2000", "2000 protesters": round numbers count things unless a word dates them.
        let dated = matches!(
            before.class,
            Class::In
                | Class::The
                | Class::Of
                | Class::Preposition
                | Class::Month
                | Class::From
                | Class::Season
                | Class::Holiday
        );
        let some = self.before_word(at).eq_ignore_ascii_case("some");
        if year % 100 == 0 && (self.is_noun(at + 1) && !dated || some) {
            return None;
        }
        let strong = matches!(
            before.class,
            Class::In
                | Class::From
                | Class::To
                | Class::Preposition
                | Class::Of
                | Class::Between
                | Class::Open
        );
        ((1900..=2099).contains(&year) || strong).then_some((at + 1, Value::Year(year)))
    }

    /// "1950 Main Street", "2008 TC3": a name that its number begins.
    fn is_street_address(&self, at: usize) -> bool {
        const STREETS: &[&str] = &[
            "Street",
            "St",
            "Avenue",
            "Ave",
            "Road",
            "Rd",
            "Drive",
            "Boulevard",
            "Blvd",
            "Lane",
            "Parkway",
            "Highway",
        ];
        let token = self.token(at);
        if !token.is(Class::Other) || !token.has(CAPITAL) {
            return false;
        }
        let code = self.token(at + 1);
        STREETS.contains(&self.word(at + 1))
            || STREETS.contains(&self.word(at + 2)) && code.has(CAPITAL)
            || token.len() == 2 && code.is(Class::Number) && code.has(GLUED)
    }

    /// "'98", after a word that places it: "the class of '98".
    pub fn apostrophe_year(&self, at: usize) -> Found {
        let (before, year) = (self.before(at), self.token(at + 1));
        let placed = matches!(
            before.class,
            Class::In | Class::Of | Class::From | Class::Preposition | Class::To | Class::Season
        ) && !before.is_valued(Class::Preposition, preposition::OTHER);
        (placed && !self.glued(at) && year.is(Class::Number) && year.has(ABBREVIATED))
            .then_some((at + 2, Value::Year(short_year(year.value))))
    }

    /// "to 3000" after "2000": a range of four-digit numbers that are no years.
    pub fn is_range_of_counts(&self, at: usize) -> bool {
        let number = self.token(at + 1);
        matches!(self.class(at), Class::To | Class::Dash)
            && number.is(Class::Number)
            && number.value > 100
            && self.year_at(at + 1).is_none()
            && !number.has(QUANTITY)
    }

    /// "in 1215," but not "in 1215 towns".
    pub fn medieval_year(&self, at: usize) -> Found {
        let token = self.token(at);
        let year = token.is(Class::Number)
            && token.has(FOUR_DIGITS)
            && !token.has(QUANTITY | GLUED)
            && (1000..1500).contains(&token.value);
        let closed = matches!(
            self.class(at + 1),
            Class::Stop | Class::Comma | Class::And | Class::To
        );
        (year && self.before(at).is(Class::In) && closed)
            .then_some((at + 1, Value::Year(token.value)))
    }

    /// The "58" of "1957-58", in the century of the first year.
    pub fn short_end_year(&self, at: usize) -> Found {
        let token = self.token(at);
        let dash = self.before(at);
        let first = self.year_at(at.checked_sub(2)?)?;
        let joined =
            (dash.is(Class::Dash) || dash.is(Class::Slash)) && dash.has(GLUED) && token.has(GLUED);
        let closed = !self.glued(at + 1)
            || !matches!(
                self.class(at + 1),
                Class::Dash | Class::Number | Class::Slash
            );
        let year = first / 100 * 100 + token.value;
        let plausible =
            token.len() == 2 && !token.has(QUANTITY) && year > first && year <= first + 40;
        (joined && closed && plausible).then_some((at + 1, Value::Year(year)))
    }

    /// "nineteen ninety-eight", "twenty twenty".
    pub fn spelt_year(&self, at: usize) -> Found {
        let (century, rest) = (self.token(at), self.token(at + 1));
        if !century.is(Class::NumberWord)
            || !rest.is(Class::NumberWord)
            || !(10..100).contains(&rest.value)
        {
            return None;
        }
        let (end, n) = self.number_phrase(at + 1)?;
        match century.value {
            19 if n < 100.0 => Some((end, Value::Year(1900 + n as i32))),
            20 if n < 50.0 => Some((end, Value::Year(2000 + n as i32))),
            _ => None,
        }
    }
}

/// "98" is 1998 and "12" 2012.
pub fn short_year(year: i32) -> i32 {
    if year > 50 { 1900 + year } else { 2000 + year }
}
