//! Dates with a month's name: "14 March 2024", "May 3-7", "March and June 2024".

use crate::date::calendar::{add_months, checked_days, civil, days, days_in_month};
use crate::date::finder::{Finder, Found, Mode, Tense};
use crate::date::token::*;
use crate::date::value::{Unit, Value};

impl Finder<'_> {
    /// Whether a month's name is the month: "may" the verb and "March" the walk are not.
    pub fn is_month(&self, at: usize) -> bool {
        let token = self.token(at);
        if !token.is(Class::Month) || !self.capital(at) {
            return false;
        }
        let (before, after) = (self.before(at), self.token(at + 1));
        if !token.has(AMBIGUOUS) {
            return !self.is_first_name(at);
        }
        let number_after = matches!(after.class, Class::Number | Class::Ordinal)
            && !after.has(QUANTITY)
            && (after.value <= 31 || after.has(FOUR_DIGITS));
        if token.len() <= 3 && token.value != 5 {
            return number_after && !after.has(GLUED);
        }
        let context = number_after
            || matches!(
                before.class,
                Class::In
                    | Class::Of
                    | Class::From
                    | Class::To
                    | Class::Between
                    | Class::Preposition
                    | Class::Modifier
                    | Class::Relative
                    | Class::Ordinal
                    | Class::Number
                    | Class::Each
                    | Class::Weekday
                    | Class::Ago
                    | Class::And
            )
            || before.is(Class::Dash) && before.has(GLUED)
            || before.is(Class::Comma) && after.is(Class::Comma)
            // "March-June 2024".
            || after.is(Class::Dash) && after.has(GLUED) && self.class(at + 2) == Class::Month;
        if self.mode == Mode::Query {
            return context || self.tokens.len() == 1;
        }
        context
    }

    /// "said April Smith": a month before a surname, unless a word about it places it in time.
    fn is_first_name(&self, at: usize) -> bool {
        let (before, surname) = (self.before(at), self.token(at + 1));
        self.mode == Mode::Prose
            && self.habits.english_order
            && matches!(self.word(at), "April" | "June" | "August")
            && surname.is(Class::Other)
            && surname.has(CAPITAL)
            && !surname.has(GLUED)
            && surname.len() > 2
            && (self.token(at).has(FIRST)
                || matches!(before.class, Class::Comma | Class::Past)
                || before.is(Class::And) && self.before(at - 1).has(CAPITAL)
                || before.is(Class::Other) && !before.has(CAPITAL | GLUED))
    }

    /// "March", "March 14", "March 14, 2024", "March the 14th", "March 2024".
    pub fn month_name(&self, at: usize) -> Found {
        if !self.is_month(at) {
            return None;
        }
        let month = self.token(at).value as u32;
        let article =
            usize::from(self.class(at + 1) == Class::The && self.class(at + 2) == Class::Ordinal);
        let day_token = at + 1 + article;
        if let Some(day) = self.day_at(day_token)
            && self.habits.english_order
            && !self.is_time_or_quarter(day_token)
        {
            let end = day_token + 1;
            if let Some((end, year)) = self.year_after(end) {
                return Some((end, Value::Day(self.day_in_month(year, month, day)?)));
            }
            return Some((end, Value::Day(self.day_of_year(month, day, at, end)?)));
        }
        if let Some((end, year)) = self.year_after(at + 1) {
            return Some((end, Value::Month(year, month)));
        }
        // "mai dernier".
        if self.is_after(at + 1) {
            return self.relate(self.token(at + 1).value, at, at + 2, at);
        }
        // "Sept-2024", "March-June": only a year joins the month.
        if self.class(at + 1) == Class::Dash
            && let Some(year) = self.year_at(at + 2)
        {
            return Some((at + 3, Value::Month(year, month)));
        }
        Some((at + 1, self.month_of_year(month, at)))
    }

    /// "May 7:30", "May 5 p.m.", "March first quarter": the number is no day.
    pub fn is_time_or_quarter(&self, day: usize) -> bool {
        let clock = self.class(day + 1) == Class::Colon
            && self.class(day + 2) == Class::Number
            && self.glued(day + 2);
        let quarter = self.token(day).is(Class::Ordinal) && self.is_unit(day + 1, Unit::Quarter);
        clock && self.token(day).is(Class::Number) || quarter || self.class(day + 1) == Class::AmPm
    }

    /// "14 March", "14th of March 2024", "14. März", "14 de marzo de 2024", "14-Mar-2024".
    pub fn day_month(&self, at: usize) -> Found {
        let day = self.day_at(at)?;
        let mut month_token = at + 1;
        let of = self.class(month_token) == Class::Of;
        if of && (self.token(at).is(Class::Ordinal) || !self.habits.english_order) {
            month_token += 1;
        }
        if self.class(month_token) == Class::Dash && self.glued(month_token) {
            month_token += 1;
        }
        let token = self.token(month_token);
        if !token.is(Class::Month) || !self.capital(month_token) {
            return None;
        }
        // "in 12 March 3 attacks" does not occur; "Section 12 March 3" does.
        if self.day_at(month_token + 1).is_some()
            && self.token(month_token + 1).is(Class::Number)
            && self.habits.english_order
            && !self.before(at).is(Class::Preposition)
        {
            return None;
        }
        let month = token.value as u32;
        let end = month_token + 1;
        // "9. Jan" may be a rank and a first name.
        if token.has(AMBIGUOUS)
            && self.habits.nouns_in_capitals
            && self.mode == Mode::Prose
            && self.year_after(end).is_none()
        {
            return None;
        }
        let dashed = usize::from(
            self.class(end) == Class::Dash && self.glued(end) && self.year_at(end + 1).is_some(),
        );
        if let Some((end, year)) = self.year_after(end + dashed) {
            return Some((end, Value::Day(self.day_in_month(year, month, day)?)));
        }
        // "le 20 mai dernier", "el 3 de abril próximo".
        if self.is_after(end) {
            let this = self.day_in_month(self.year, month, day)?;
            let year = match self.token(end).value {
                relative::LAST | relative::PREVIOUS if this >= self.today => self.year - 1,
                relative::NEXT | relative::COMING if this <= self.today => self.year + 1,
                _ => self.year,
            };
            return Some((end + 1, Value::Day(self.day_in_month(year, month, day)?)));
        }
        Some((end, Value::Day(self.day_of_year(month, day, at, end)?)))
    }

    /// "on the 14th": of the reference month, or of the one before if it is still to come.
    fn day_of_this_month(&self, at: usize) -> Option<i32> {
        let day = self.day_at(at)?;
        let (_, _, today) = civil(self.today);
        let (year, month) = if day > today && self.tense(at) != Tense::Future {
            add_months(self.year, self.month, -1)
        } else {
            (self.year, self.month)
        };
        checked_days(year, month, day)
    }

    /// "the 14th" in figures, after "on", "by" or "until" and before no noun.
    pub fn day_alone(&self, at: usize) -> Found {
        let before = self.before(at - 1);
        let placed = before.is_valued(Class::Preposition, preposition::ON)
            || before.is_valued(Class::Preposition, preposition::BY)
            || before.is_valued(Class::To, 1);
        let figures = self.word(at).starts_with(|c: char| c.is_ascii_digit());
        let closed = matches!(self.class(at + 1), Class::Stop | Class::Comma | Class::And);
        (placed && figures && closed && self.habits.english_order)
            .then(|| Some((at + 1, Value::Day(self.day_of_this_month(at)?))))?
    }

    /// The "3" of "3 to 7 May 2026", "14 and 15 March", "3., 4. und 5. Oktober".
    pub fn day_of_range(&self, at: usize) -> Found {
        const MAX_DAYS: usize = 8;
        let day = self.day_at(at)?;
        if matches!(self.before(at).class, Class::Money | Class::Slash) {
            return None;
        }
        let mut next = at;
        for member in 0..MAX_DAYS {
            let ordinal = self.token(next).has(ORDINAL_DOT);
            next += 1;
            // "18., und 25." has two joiners; a list with commas needs ordinals, "bis zum" its article.
            let comma = self.class(next) == Class::Comma && ordinal;
            next += usize::from(comma);
            let joined = matches!(self.class(next), Class::To | Class::Dash | Class::And)
                || self.class(next) == Class::Slash && member == 0;
            next += usize::from(joined);
            if !comma && !joined {
                return None;
            }
            next += usize::from(self.class(next) == Class::The || self.token(next).has(CONTRACTED));
            self.day_at(next)?;
            if let Some((_, Value::Day(last))) = self.day_month(next) {
                let (year, month, last) = civil(last);
                let earlier = day < last && day <= days_in_month(year, month);
                return earlier.then(|| (at + 1, Value::Day(days(year, month, day))));
            }
        }
        None
    }

    /// The second day of "April 24 and 25", "May 3-7".
    pub fn second_day(&self, at: usize) -> Found {
        let day = self.day_at(at)?;
        let [month, first, joiner] = self.tokens.get(at.checked_sub(3)?..at)? else {
            return None;
        };
        if !matches!(joiner.class, Class::And | Class::To | Class::Dash)
            || !month.is(Class::Month)
            || self.day_at(at - 2).is_none()
        {
            return None;
        }
        let closed = matches!(
            self.class(at + 1),
            Class::Stop
                | Class::Comma
                | Class::Preposition
                | Class::In
                | Class::Possessive
                | Class::Other
        );
        if !joiner.is(Class::Dash) && !closed {
            return None;
        }
        let Some(Value::Day(last)) = self.last else {
            return None;
        };
        let (year, month, last_day) = civil(last);
        (first.value as u32 == last_day)
            .then(|| Some((at + 1, Value::Day(self.day_in_month(year, month, day)?))))?
    }

    /// The year that a list or range of days shares: "May 3-7, 2026", "March and June 2024".
    ///
    /// `at` is the token after the first member, of month `month`.
    pub fn shared_year(&self, at: usize, mut month: u32) -> Option<i32> {
        const MAX_MEMBERS: usize = 4;
        let mut at = at;
        for member in 0..MAX_MEMBERS {
            let joiner = self.class(at);
            if !matches!(joiner, Class::To | Class::Dash | Class::And | Class::Comma) {
                return None;
            }
            let mut next = at + 1;
            if self.class(next) == Class::The {
                next += 1;
            }
            if self.class(next) == Class::Weekday {
                next += 1 + usize::from(self.class(next + 1) == Class::Comma);
            }
            let member_month;
            if self.class(next) == Class::Month {
                member_month = self.token(next).value as u32;
                next += 1 + usize::from(self.day_at(next + 1).is_some());
            } else if self.day_at(next).is_some() {
                let of = usize::from(self.class(next + 1) == Class::Of);
                if self.class(next + 1 + of) == Class::Month {
                    member_month = self.token(next + 1 + of).value as u32;
                    next += 2 + of;
                } else if member == 0 && joiner != Class::Comma {
                    member_month = month;
                    next += 1;
                } else {
                    return None;
                }
            } else {
                return None;
            }
            let year = self.written_year_after(next).or_else(|| {
                (self.class(next) == Class::Of).then(|| self.written_year_after(next + 1))?
            });
            if let Some((_, year)) = year {
                // "from 1 October until 31 March 2026" begins in the year before.
                return Some(if member_month < month { year - 1 } else { year });
            }
            month = member_month;
            at = next;
        }
        None
    }

    /// Past the year of "7, 2026" in "May 3-7, 2026", which belongs to both days.
    pub fn shared_year_end(&self, at: usize, end: usize) -> Option<usize> {
        let joined = at >= 3
            && end == at + 1
            && self.day_at(at).is_some()
            && self.class(at - 3) == Class::Month
            && self.day_at(at - 2).is_some();
        joined.then(|| self.written_year_after(end).map(|(end, _)| end))?
    }

    /// A day of a month. In running text "June 31" is a slip for the month's last day; a reader
    /// is told that there is none.
    pub fn day_in_month(&self, year: i32, month: u32, day: u32) -> Option<i32> {
        let last = days_in_month(year, month);
        let day = if self.mode == Mode::Prose {
            day.min(last)
        } else {
            day
        };
        checked_days(year, month, day)
    }

    /// The day of a date without a year, by the years that its sentence names, its tense and
    /// its distance from the reference day.
    pub fn day_of_year(&self, month: u32, day: u32, at: usize, end: usize) -> Option<i32> {
        let in_year = |year: i32| self.day_in_month(year, month, day);
        if let Some(year) = self
            .shared_year(end, month)
            .or_else(|| self.sentence_year(at))
        {
            return in_year(year);
        }
        if month == 9 && day == 11 && self.is_of_2001(at, end) {
            return in_year(2001);
        }
        let this = in_year(self.year)?;
        if self.mode == Mode::Query {
            return if this > self.today {
                in_year(self.year - 1)
            } else {
                Some(this)
            };
        }
        let distance = this - self.today;
        let forward = self.before(at).is_valued(Class::Future, future::EFFECTIVE);
        // How far ahead and behind the reference day a date may lie before another year is meant.
        let (ahead, behind) = if forward {
            (i32::MAX, 100)
        } else {
            match self.tense(at) {
                Tense::Past => (75, i32::MAX),
                Tense::Future => (i32::MAX, 120),
                _ => (183, 240),
            }
        };
        if distance > ahead {
            in_year(self.year - 1)
        } else if -distance > behind {
            in_year(self.year + 1)
        } else {
            Some(this)
        }
    }

    /// Whether "September 11" means the day in 2001: wherever it is not near this year's, and
    /// beside a word of the attacks.
    fn is_of_2001(&self, at: usize, end: usize) -> bool {
        const DAYS_BEFORE: i32 = 14;
        const DAYS_AFTER: i32 = 60;
        let near = (-DAYS_BEFORE..=DAYS_AFTER).contains(&(self.today - days(self.year, 9, 11)));
        let attack = |at: usize| {
            let word = self.word(at);
            ["attack", "terror", "hijack"].iter().any(|stem| {
                word.get(..stem.len())
                    .is_some_and(|w| w.eq_ignore_ascii_case(stem))
            })
        };
        let beside = attack(end)
            || attack(end + 1)
            || at
                .checked_sub(3)
                .is_some_and(|before| (before..at).any(attack));
        self.today > days(2001, 9, 11) && (beside || !near)
    }

    pub fn month_of_year(&self, month: u32, at: usize) -> Value {
        let shared = self.shared_year(at + 1, month);
        let of_that_year = || {
            let that = self.class(at + 1) == Class::Of && self.class(at + 2) == Class::That;
            let year = that && self.is_unit(at + 3, Unit::Year);
            year.then(|| self.last.and_then(|v| v.year()))?
        };
        if let Some(year) = shared
            .or_else(of_that_year)
            .or_else(|| self.sentence_year(at))
        {
            return Value::Month(year, month);
        }
        let now = self.month;
        let year = match self.tense(at) {
            _ if self.mode == Mode::Query && month > now => self.year - 1,
            Tense::Future if month < now && now - month > 2 => self.year + 1,
            Tense::Past if month > now + 1 => self.year - 1,
            Tense::Past | Tense::Future => self.year,
            _ if month > now + 6 => self.year - 1,
            _ if now > month + 7 => self.year + 1,
            _ => self.year,
        };
        Value::Month(year, month)
    }
}
