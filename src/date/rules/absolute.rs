//! Dates by their calendar names: "14 March 2024", "May 3-7", "2024-07-14", "1998", "Sunday".

use crate::date::calendar::{checked_days, civil, days, days_in_month, weekday};
use crate::date::finder::{Finder, Found, Mode, Tense, longer, longest};
use crate::date::token::*;
use crate::date::value::{Part, Unit, Value};

/// Words after a period that are no nouns, so that the article before it is its own.
const FUNCTION_WORDS: &[&str] = &[
    "when", "with", "without", "within", "is", "are", "which", "who", "because", "where", "but",
    "it", "he", "she", "we", "they", "into", "against", "under", "up", "if", "while", "there",
    "not", "has", "may", "can", "could", "should", "it", "also", "as",
];

impl Finder<'_> {
    /// A calendar expression, with its article if it has one.
    pub fn calendar_date(&self, at: usize) -> Found {
        let token = self.token(at);
        match token.class {
            Class::The | Class::That => self.after_article(at),
            Class::Month => longer(self.month_name(at), self.holiday(at)),
            Class::Weekday => self.weekday_name(at),
            Class::WeekdayPart => self.weekday_part(at),
            Class::Number => longest([
                self.day_month(at),
                self.numeric(at),
                self.day_of_range(at),
                self.second_day(at),
                self.bare_year(at),
                self.year_at(at).and_then(|y| self.part_of_year(at + 1, y)),
                self.iso_period(at),
                if token.has(ORDINAL_DOT) {
                    longer(self.quarter_or_half(at, at), self.century(at))
                } else {
                    None
                },
            ]),
            Class::Ordinal => longest([
                self.day_month(at),
                self.day_of_range(at),
                self.second_day(at),
                self.quarter_or_half(at, at),
                self.century(at),
            ]),
            Class::Unit => longest([
                self.quarter_or_half(at, at),
                self.year_end(at),
                self.unit_of_year(at),
                self.numbered_week(at),
                self.decade_of_years(at),
                if self.habits.month_first {
                    None
                } else {
                    self.related_behind(at, at)
                },
            ]),
            Class::Relative => self.related(at, at),
            Class::Fiscal => longer(self.fiscal(at), self.quarter_or_half(at, at)),
            Class::Season => self.season(at),
            Class::Decade | Class::DecadeWord => self.decade(at),
            Class::NumberWord => longer(self.spelt_year(at), self.century(at)),
            Class::NearDay | Class::Tonight | Class::Overnight => self.near_day(at),
            Class::Part => self.part_of_day(at),
            Class::Holiday | Class::New => self.holiday(at),
            Class::Weekend | Class::WeekendHead => self.weekend_name(at),
            Class::ThisYear => Some((at + 1, Value::Year(self.year + token.value))),
            Class::Period => self.lettered_period(at),
            _ => None,
        }
    }

    /// "the third quarter", "the 5th of May", "the year 2000", "the 1990s", "the 1995 season" …
    fn after_article(&self, at: usize) -> Found {
        let next = self.token(at + 1);
        // "that last year …" is a conjunction and "last year".
        if self.class(at) == Class::That {
            return self.definite(at);
        }
        let mut found = longest([
            self.related(at + 1, at),
            self.quarter_or_half(at + 1, at),
            self.definite(at),
            self.season(at + 1),
        ]);
        match next.class {
            Class::Ordinal | Class::Number if next.is(Class::Ordinal) || next.has(ORDINAL_DOT) => {
                // French has the article before every date: "le 1er mai".
                if !self.habits.elision {
                    found = longer(found, self.day_month(at + 1));
                }
            }
            Class::Unit if self.is_unit(at + 1, Unit::Year) => {
                let spelt = self.spelt_year(at + 2);
                let written = self.year_at(at + 2).map(|y| (at + 3, Value::Year(y)));
                found = longest([found, written, spelt]);
            }
            Class::Unit => found = longer(found, self.decade_of_years(at + 1)),
            Class::Decade | Class::DecadeWord => found = longer(found, self.decade(at + 1)),
            Class::Fiscal => found = longer(found, self.fiscal(at + 1)),
            Class::ThisYear => found = Some((at + 2, Value::Year(self.year + next.value))),
            Class::Number => {
                if let Some(year) = self.year_at(at + 1) {
                    found = longer(found, self.part_of_year(at + 2, year));
                    let after = self.token(at + 2);
                    if after.is_valued(Class::Unit, PERIOD) {
                        found = longer(found, Some((at + 3, Value::Year(year))));
                    }
                }
            }
            _ => {}
        }
        // In "the 19th century mill" the article is the mill's.
        match self.century(at + 1) {
            Some((end, _)) if self.is_noun(end) => found,
            century => longer(found, century),
        }
    }

    /// A lower-case word that no rule knows: a noun after an attribute.
    fn is_noun(&self, at: usize) -> bool {
        let token = self.token(at);
        token.is(Class::Other)
            && (!token.has(CAPITAL) || self.habits.nouns_in_capitals)
            && !token.has(GLUED)
            && self.word(at).starts_with(char::is_alphabetic)
            && !FUNCTION_WORDS.contains(&self.word(at))
    }

    /// An explicit year after a day, a month or a quarter: "2024", ", 2024", "of 2024", "'98",
    /// "of last year". Gives the token after it.
    pub fn year_after(&self, at: usize) -> Option<(usize, i32)> {
        if let Some(found) = self.written_year_after(at) {
            return Some(found);
        }
        let spelt = |at| match self.spelt_year(at) {
            Some((end, Value::Year(year))) => Some((end, year)),
            _ => None,
        };
        if let Some(found) = spelt(at) {
            return Some(found);
        }
        if self.class(at) == Class::Possessive
            && self.token(at + 1).is(Class::Number)
            && self.token(at + 1).has(ABBREVIATED)
        {
            return Some((at + 2, short_year(self.token(at + 1).value)));
        }
        let of = at + usize::from(self.class(at) == Class::Of);
        if let Some(year) = self.year_at(of) {
            return Some((of + 1, year));
        }
        if of > at
            && let Some(found) = spelt(of)
        {
            return Some(found);
        }
        let of = of
            + usize::from(self.class(of) == Class::Comma && self.class(of + 1) == Class::Relative);
        // "de l'année dernière", "des vergangenen Jahres".
        let article = self.class(of) == Class::The && !self.habits.month_first;
        let of = of + usize::from(article);
        self.relative_year(of)
    }

    fn is_after(&self, at: usize) -> bool {
        self.token(at).is(Class::Relative) && self.token(at).has(AFTER)
    }

    /// "2024" or ", 2024".
    fn written_year_after(&self, at: usize) -> Option<(usize, i32)> {
        let comma = usize::from(self.class(at) == Class::Comma);
        self.year_at(at + comma).map(|year| (at + comma + 1, year))
    }

    /// "last year" as the year of a date: "March of last year".
    fn relative_year(&self, at: usize) -> Option<(usize, i32)> {
        let (relation, noun) = match (self.class(at), self.class(at + 1)) {
            (Class::Relative, Class::Unit) => (at, at + 1),
            (Class::Unit, Class::Relative) if self.is_after(at + 1) => (at + 1, at),
            _ => return None,
        };
        if !self.is_unit(noun, Unit::Year) || self.class(at + 2) == Class::Possessive {
            return None;
        }
        let shift = match self.token(relation).value {
            relative::LAST | relative::PREVIOUS | relative::PAST => -1,
            relative::THIS | relative::CURRENT => 0,
            relative::NEXT | relative::COMING => 1,
            _ => return None,
        };
        Some((at + 2, self.year + shift))
    }

    /// Whether a month's name is the month: "may" the verb and "March" the walk are not.
    fn is_month(&self, at: usize) -> bool {
        let token = self.token(at);
        if !token.is(Class::Month) || !self.capital(at) {
            return false;
        }
        if !token.has(AMBIGUOUS) {
            return true;
        }
        let (before, after) = (self.before(at), self.token(at + 1));
        let number_after = after.is(Class::Number)
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
            || before.is(Class::Comma) && self.class(at + 1) == Class::Comma;
        if self.mode == Mode::Query {
            return context || self.tokens.len() == 1;
        }
        context
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
            && self.habits.month_first
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
    fn is_time_or_quarter(&self, day: usize) -> bool {
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
        if of && (self.token(at).is(Class::Ordinal) || !self.habits.month_first) {
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
            && self.habits.month_first
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
        Some((end, Value::Day(self.day_of_year(month, day, at, end)?)))
    }

    /// The "3" of "3 to 7 May 2026", "14 and 15 March", "3., 4. und 5. Oktober".
    fn day_of_range(&self, at: usize) -> Found {
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
    fn second_day(&self, at: usize) -> Found {
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
    fn shared_year(&self, at: usize, mut month: u32) -> Option<i32> {
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
    fn day_in_month(&self, year: i32, month: u32, day: u32) -> Option<i32> {
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
    fn day_of_year(&self, month: u32, day: u32, at: usize, end: usize) -> Option<i32> {
        let in_year = |year: i32| self.day_in_month(year, month, day);
        if let Some(year) = self
            .shared_year(end, month)
            .or_else(|| self.sentence_year(at))
        {
            return in_year(year);
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
        let before = self.before(at);
        let forward = before.is(Class::To)
            || before.is_valued(Class::Preposition, preposition::BY)
            || before.is_valued(Class::Future, 1);
        // How far ahead and behind the reference day a date may lie before another year is meant.
        let (ahead, behind) = if forward {
            (i32::MAX, 100)
        } else {
            match self.tense(at) {
                Tense::Past => (75, i32::MAX),
                Tense::Future => (i32::MAX, 120),
                Tense::Unknown => (183, 240),
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

    fn month_of_year(&self, month: u32, at: usize) -> Value {
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
        let before = self.before(at);
        let forward = before.is(Class::To) || before.is_valued(Class::Preposition, preposition::BY);
        let tense = if forward && self.mode == Mode::Prose {
            Tense::Future
        } else {
            self.tense(at)
        };
        let year = match tense {
            _ if self.mode == Mode::Query && month > now => self.year - 1,
            Tense::Future if month < now && now - month > 2 => self.year + 1,
            Tense::Past if month > now + 1 => self.year - 1,
            Tense::Unknown if month > now + 6 => self.year - 1,
            Tense::Unknown if now > month + 7 => self.year + 1,
            _ => self.year,
        };
        Value::Month(year, month)
    }

    /// "2024-07-14", "7/14/2024", "14.07.2024", "2024-07".
    fn numeric(&self, at: usize) -> Found {
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
            let american = self.habits.month_first && separator != b'.';
            let (month, day) = if american { (a, b) } else { (b, a) };
            checked_days(year, month, day).or_else(|| checked_days(year, day, month))?
        };
        Some((third_at + 1, Value::Day(day)))
    }

    /// What stands glued between two numbers of a date, and the token after it.
    fn separator(&self, at: usize) -> Option<(u8, usize)> {
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
    fn iso_month(&self, first: Token, second: Token, separator: u8, end: usize) -> Found {
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
    fn bare_year(&self, at: usize) -> Found {
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
        if year % 100 == 0 && self.is_noun(at + 1) && !dated {
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

    /// "to 3000" after "2000": a range of four-digit numbers that are no years.
    fn is_range_of_counts(&self, at: usize) -> bool {
        let number = self.token(at + 1);
        matches!(self.class(at), Class::To | Class::Dash)
            && number.is(Class::Number)
            && number.value > 100
            && self.year_at(at + 1).is_none()
            && !number.has(QUANTITY)
    }

    /// "in 1215," but not "in 1215 towns".
    fn medieval_year(&self, at: usize) -> Found {
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
    fn short_end_year(&self, at: usize) -> Found {
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

    /// The day of a weekday's name alone, by the tense.
    pub fn day_of_week(&self, day: i32, at: usize) -> i32 {
        let back = (weekday(self.today) - day).rem_euclid(7);
        if self.class(at + 1) == Class::Possessive || self.tense(at) != Tense::Future {
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
        if !self.capital(at) || token.has(AMBIGUOUS) && !self.date_follows(at + 1) {
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
        if next.is(Class::Relative) && next.has(AFTER) {
            return Some((
                at + 2,
                Value::Day(self.related_weekday(next.value, token.value, at)),
            ));
        }
        self.with_part(at + 1, day, token.value)
    }

    /// Whether a date with a day of the month follows a weekday.
    fn date_follows(&self, at: usize) -> bool {
        self.date_after_weekday(at).is_some()
    }

    fn date_after_weekday(&self, at: usize) -> Found {
        let mut date = at + usize::from(self.class(at) == Class::Comma);
        date += usize::from(self.class(date) == Class::The);
        let found = match self.class(date) {
            Class::Month => self.month_name(date),
            Class::Number | Class::Ordinal => longer(self.day_month(date), self.numeric(date)),
            _ => None,
        };
        found.filter(|(_, value)| matches!(value, Value::Day(_)))
    }

    /// "Sunday Times": a capital after a weekday names a paper.
    fn is_newspaper(&self, at: usize) -> bool {
        let token = self.token(at);
        let times = token.is(Class::Counted) && self.word(at).eq_ignore_ascii_case("times");
        (token.has(CAPITAL) || self.mode == Mode::Query) && (token.is(Class::Paper) || times)
    }

    /// A day with a part of it after it, if one stands there.
    pub fn with_part(&self, at: usize, day: i32, weekday: i32) -> Found {
        let token = self.token(at);
        let Some(part) = token
            .is(Class::Part)
            .then(|| Part::from_index(token.value))
            .flatten()
        else {
            return Some((at, Value::Day(day)));
        };
        if token.has(PLURAL) {
            return Some((at + 1, Value::EveryWeekday(weekday)));
        }
        Some((at + 1, day_part(day, part)))
    }

    /// "Montagabend".
    fn weekday_part(&self, at: usize) -> Found {
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

/// "98" is 1998 and "12" 2012.
fn short_year(year: i32) -> i32 {
    if year > 50 { 1900 + year } else { 2000 + year }
}
