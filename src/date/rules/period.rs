//! Periods of the calendar and of business: quarters, halves, fiscal years, seasons, weekends,
//! decades, centuries, ISO weeks.

use crate::date::calendar::{add_months, days, days_in_month, week_start, weekday};
use crate::date::finder::{Finder, Found, Mode, QUARTER_MEMORY, Tense};
use crate::date::token::*;
use crate::date::value::{Season, Unit, Value};

use super::numeric::short_year;

impl Finder<'_> {
    /// "1990s", "'90s", "the nineties"; not "in his nineties".
    pub fn decade(&self, at: usize) -> Found {
        let token = self.token(at);
        if token.is(Class::DecadeWord)
            && self.mode == Mode::Prose
            && !matches!(
                self.before(at).class,
                Class::The | Class::Modifier | Class::Dash
            )
        {
            return None;
        }
        // "1990er Jahre" and "neunziger Jahren" hold their noun.
        let noun = !self.habits.english_order && self.unit(at + 1) == Some(Unit::Year);
        (token.value >= 100).then_some((at + 1 + usize::from(noun), Value::Decade(token.value)))
    }

    /// "les années 1990", "los años 90", "los años noventa".
    pub fn decade_of_years(&self, at: usize) -> Found {
        // "la década de 1960", "década de los sesenta".
        let decade = self.is_unit(at, Unit::Decade) && self.class(at + 1) == Class::Of;
        let years = self.unit(at) == Some(Unit::Year) && self.token(at).has(PLURAL) || decade;
        let of = at + usize::from(decade);
        let noun = of + usize::from(decade && self.class(of + 1) == Class::The);
        let number = self.token(noun + 1);
        if !years || self.habits.english_order || number.value % 10 != 0 || number.has(QUANTITY) {
            return None;
        }
        let decade = match number.class {
            Class::Number if number.has(FOUR_DIGITS) => number.value / 10,
            Class::Number | Class::NumberWord if (20..100).contains(&number.value) => {
                190 + number.value / 10
            }
            _ => return None,
        };
        Some((noun + 2, Value::Decade(decade)))
    }

    /// "19th century", "nineteenth-century".
    pub fn century(&self, at: usize) -> Found {
        let n = self.ordinal(at)?;
        if !(1..=30).contains(&n) {
            return None;
        }
        let value = Value::Century(n as i32 - 1);
        // "the 19th and 20th centuries".
        let joined = matches!(self.class(at + 1), Class::And | Class::To);
        if joined && n >= 5 && self.century_noun(at + 3) && self.ordinal(at + 2).is_some() {
            return Some((at + 1, value));
        }
        let noun = at + 1 + usize::from(self.class(at + 1) == Class::Dash);
        (self.century_noun(noun) && n >= 5).then_some((noun + 1, value))
    }

    fn century_noun(&self, at: usize) -> bool {
        self.unit(at) == Some(Unit::Century)
    }

    /// "fiscal 2024", "fiscal year 2024", "FY '98".
    pub fn fiscal(&self, at: usize) -> Found {
        let apostrophe = usize::from(self.class(at + 1) == Class::Possessive);
        let noun = at + 1 + apostrophe;
        if let Some(year) = self.year_at(noun) {
            return Some((noun + 1, Value::Year(year)));
        }
        let short = self.token(noun);
        let letters = self.word(at) == "FY" || short.has(GLUED);
        if short.is(Class::Number) && short.len() == 2 && letters && !short.has(QUANTITY) {
            return Some((noun + 1, Value::Year(short_year(short.value))));
        }
        let of = noun + 1 + usize::from(self.class(noun + 1) == Class::Of);
        let year = self.year_at(of)?;
        (self.unit(noun) == Some(Unit::Year)).then_some((of + 1, Value::Year(year)))
    }

    /// The quarter or half that an ordinal names in a known year.
    pub fn part_of_year(&self, at: usize, year: i32) -> Found {
        let n = self.ordinal(at)?;
        let noun = at + 1 + usize::from(self.class(at + 1) == Class::Dash);
        if n <= 4 && self.is_unit(noun, Unit::Quarter) {
            return Some((noun + 1, Value::Quarter(year, n)));
        }
        (n <= 2 && self.class(noun) == Class::Half).then_some((noun + 1, Value::Half(year, n)))
    }

    /// "third quarter", "fiscal third-quarter", "year-earlier quarter", "first half of 2024".
    ///
    /// `start` is where the whole expression began, for its context.
    pub fn quarter_or_half(&self, at: usize, start: usize) -> Found {
        let mut at = at;
        if self.class(at) == Class::Fiscal {
            at += 1 + usize::from(self.class(at + 1) == Class::Dash);
        }
        if self.is_year_earlier(at) {
            return self.year_earlier(at, start);
        }
        let n = self.ordinal(at)?;
        let mut noun = at + 1;
        if self.class(noun) == Class::Dash {
            if start < at && self.class(start) == Class::The {
                return None;
            }
            noun += 1;
        }
        noun += usize::from(self.class(noun) == Class::Fiscal);
        let end = noun + 1;
        if n <= 4 && self.is_unit(noun, Unit::Quarter) {
            if let Some((end, year)) = self.year_after(end) {
                return Some((end, Value::Quarter(year, n)));
            }
            return Some((end, self.quarter_of_year(n, start)));
        }
        if n <= 2 && self.class(noun) == Class::Half {
            if let Some((end, year)) = self.year_after(end) {
                return Some((end, Value::Half(year, n)));
            }
            let the = self.class(end) == Class::Of && self.class(end + 1) == Class::The;
            if the && self.is_unit(end + 2, Unit::Year) {
                return Some((end + 3, Value::Half(self.year, n)));
            }
        }
        None
    }

    pub fn is_year_earlier(&self, at: usize) -> bool {
        self.is_unit(at, Unit::Year)
            && self.class(at + 1) == Class::Dash
            && matches!(self.class(at + 2), Class::Ago | Class::Earlier)
    }

    /// "year-ago", "year-earlier quarter", "year-earlier third quarter".
    fn year_earlier(&self, at: usize, start: usize) -> Found {
        let mut end = at + 3;
        let n = self.ordinal(end).filter(|&n| n <= 4);
        end += usize::from(n.is_some());
        let noun = self.token(end);
        let quarter = self.is_unit(end, Unit::Quarter) || noun.is_valued(Class::Unit, PERIOD);
        if !quarter {
            return Some((at + 3, self.year_before(start)));
        }
        let value = match n {
            Some(n) => match self.quarter_of_year(n, start) {
                Value::Quarter(year, n) => Value::Quarter(year - 1, n),
                other => other,
            },
            None => self.year_before(start),
        };
        Some((end + 1, value))
    }

    fn quarter_of_year(&self, n: u32, at: usize) -> Value {
        if let Some(year) = self.sentence_year(at) {
            return Value::Quarter(year, n);
        }
        let current = self.month.div_ceil(3);
        let last_year = n > current && self.tense(at) == Tense::Past;
        Value::Quarter(self.year - i32::from(last_year), n)
    }

    /// "a year earlier": a year before the quarter under discussion, else last year.
    pub fn year_before(&self, at: usize) -> Value {
        /// A quarter that ended longer ago than this is itself the year before.
        const OLD_QUARTER_DAYS: i32 = 200;
        if let Some((position, year, n)) = self.quarter
            && at.saturating_sub(position) < QUARTER_MEMORY
        {
            let quarter = Value::Quarter(year, n);
            let recent = quarter
                .days()
                .is_some_and(|(_, last)| last > self.today - OLD_QUARTER_DAYS);
            return if recent {
                Value::Quarter(year - 1, n)
            } else {
                quarter
            };
        }
        Value::Year(self.year - 1)
    }

    /// The quarter before the reference day's, which reports speak of.
    pub fn reported_quarter(&self) -> Value {
        let (year, month) = add_months(self.year, self.month, -3);
        Value::Quarter(year, month.div_ceil(3))
    }

    /// "winter 2012", "in the summer", "this summer" is relative.
    pub fn season(&self, at: usize) -> Found {
        let token = self.token(at);
        if !token.is(Class::Season) || token.has(PLURAL) {
            return None;
        }
        let season = Season::from_index(token.value)?;
        // "Winter Park", "Spring Valley".
        let next = self.token(at + 1);
        let name =
            token.has(CAPITAL) && next.is(Class::Other) && next.has(CAPITAL) && !next.has(GLUED);
        if name && self.habits.english_order && self.mode == Mode::Prose {
            return None;
        }
        if let Some((end, year)) = self.year_after(at + 1)
            && self.class(at + 1) != Class::Comma
        {
            return Some((end, Value::Season(year, season)));
        }
        if self.token(at + 1).is(Class::Relative) && self.token(at + 1).has(AFTER) {
            return Some((
                at + 2,
                self.season_by_relation(season, self.token(at + 1).value, at),
            ));
        }
        if self.mode == Mode::Query && self.tokens.len() == 1 {
            return Some((at + 1, self.season_near(season, 0, at)));
        }
        let before = self.before(at);
        let outer = self.before(at.saturating_sub(1));
        let the = before.is(Class::The)
            && matches!(
                outer.class,
                Class::In | Class::Preposition | Class::Of | Class::To | Class::Approximately
            );
        // "in the spring" is often a plan or a figure, "in fall" a failure.
        let named = the && season != Season::Spring
            || before.is(Class::In) && season != Season::Autumn
            || before.has(CONTRACTED)
            || before.is_valued(Class::Preposition, preposition::DURING)
            || before.is_valued(Class::Preposition, preposition::BY);
        let of_something = the && self.class(at + 1) == Class::Of;
        (named && !of_something).then(|| (at + 1, self.season_near(season, 0, at)))
    }

    pub fn season_by_relation(&self, season: Season, relation: i32, at: usize) -> Value {
        let shift = match relation {
            relative::LAST | relative::PAST | relative::PREVIOUS => -1,
            relative::NEXT | relative::COMING | relative::FOLLOWING => 1,
            // "this spring" is of this year at any time, "this winter" the current or the next.
            _ if season == Season::Winter && self.month <= 2 => {
                return Value::Season(self.year - 1, season);
            }
            _ => return Value::Season(self.year, season),
        };
        self.season_near(season, shift, at)
    }

    /// The season before (−1), after (1) or nearest to the reference day by tense (0).
    pub fn season_near(&self, season: Season, shift: i32, at: usize) -> Value {
        let current = Season::of_month(self.month);
        let year = if self.month <= 2 {
            self.year - 1
        } else {
            self.year
        };
        let year = match shift {
            -1 if season < current => year,
            -1 => year - 1,
            1 if season > current => year,
            1 => year + 1,
            _ if season > current && self.tense(at) == Tense::Past => year - 1,
            _ if season < current && self.tense(at) == Tense::Future => year + 1,
            _ => year,
        };
        Value::Season(year, season)
    }

    /// The weekend `weeks` away from that of the reference week; 0 by tense.
    pub fn weekend(&self, weeks: i32, at: usize) -> Value {
        let monday = self.monday();
        // Until it has begun, "the weekend" of a report is the one that was.
        let coming = self.tense(at) == Tense::Future || weekday(self.today) >= 5;
        Value::Weekend(match weeks {
            0 if !coming => monday - 7,
            weeks => monday + 7 * weeks,
        })
    }

    /// "this weekend" is to come unless the verb says that it was.
    pub fn this_weekend(&self, at: usize) -> Value {
        let past = self.tense(at) == Tense::Past && weekday(self.today) < 4;
        Value::Weekend(self.monday() - if past { 7 } else { 0 })
    }

    /// "Weekend" without an article, as other languages and queries have it.
    pub fn weekend_name(&self, at: usize) -> Found {
        let end = self.weekend_noun(at)?;
        let next = self.token(end);
        if next.is(Class::Relative) && next.has(AFTER) {
            let weeks = match next.value {
                relative::LAST | relative::PAST | relative::PREVIOUS => -1,
                relative::NEXT | relative::COMING | relative::FOLLOWING => 1,
                _ => return Some((end + 1, self.this_weekend(at))),
            };
            return Some((end + 1, self.weekend(weeks, at)));
        }
        if let Some(end) = self.que_viene(end) {
            return Some((end, self.weekend(1, at)));
        }
        let contracted = self.before(at).has(CONTRACTED);
        contracted.then(|| (end, self.weekend(0, at)))
    }

    /// "year-end", "year's end", "month's end".
    pub fn year_end(&self, at: usize) -> Found {
        if self.class(at + 1) == Class::Possessive
            && self.token(at + 2).is_valued(Class::Bound, 1)
            && !self.token(at).has(PLURAL)
            && let Some(unit @ (Unit::Month | Unit::Year)) = self.unit(at)
        {
            return Some((at + 3, self.current(unit)?));
        }
        let dashed = self.is_unit(at, Unit::Year)
            && self.class(at + 1) == Class::Dash
            && self.token(at + 2).is_valued(Class::Bound, 1);
        dashed.then(|| (at + 3, Value::Day(days(self.year, 12, 31))))
    }

    /// "week 28", "week 28 of 2023", in queries.
    pub fn numbered_week(&self, at: usize) -> Found {
        let number = self.token(at + 1);
        let plain = number.is(Class::Number) && !number.has(QUANTITY | FOUR_DIGITS);
        if self.mode != Mode::Query || !self.is_unit(at, Unit::Week) || !plain {
            return None;
        }
        if let Some((end, year)) = self.year_after(at + 2) {
            return Some((end, Value::Week(week_start(year, number.value)?)));
        }
        let this_year = week_start(self.year, number.value).filter(|&monday| monday <= self.today);
        let monday = this_year.or_else(|| week_start(self.year - 1, number.value))?;
        Some((at + 2, Value::Week(monday)))
    }

    /// "Jahr 2012", "année 2012": the year with its noun, in languages where no article need precede.
    pub fn unit_of_year(&self, at: usize) -> Found {
        if self.habits.english_order || !self.is_unit(at, Unit::Year) {
            return None;
        }
        self.year_at(at + 1).map(|year| (at + 2, Value::Year(year)))
    }

    /// "2024-W28", "2024-Q3", "2024 Q3", "2024-H1".
    pub fn iso_period(&self, at: usize) -> Found {
        let year = self.year_at(at)?;
        let letter = at + 1 + usize::from(self.class(at + 1) == Class::Dash);
        let (end, value) = self.period_of_year(letter, year)?;
        Some((end, value))
    }

    /// "Q3 2024", "Q3", "H1 2024", "W28", "week 28".
    pub fn lettered_period(&self, at: usize) -> Found {
        let token = self.token(at);
        if !token.has(CAPITAL) && self.mode == Mode::Prose {
            return None;
        }
        let (end, _) = self.period_of_year(at, self.year)?;
        if let Some((end, year)) = self.year_after(end)
            && self.class(end - 1) != Class::Unit
        {
            return Some((end, self.period_of_year(at, year)?.1));
        }
        match self.period_of_year(at, self.year)?.1 {
            Value::Quarter(_, n) => Some((end, self.quarter_of_year(n, at))),
            // A bare letter and number is too often a model or a road.
            value if self.mode == Mode::Query => Some((end, value)),
            _ => None,
        }
    }

    /// "1Q24", "2H 2024", as analysts write them.
    pub fn numbered_period(&self, at: usize) -> Found {
        let (number, letter) = (self.token(at), self.token(at + 1));
        if !letter.is(Class::Period)
            || !letter.has(GLUED)
            || !letter.has(CAPITAL)
            || number.len() > 1
        {
            return None;
        }
        let short = self.token(at + 2);
        let (end, year) = if short.is(Class::Number) && short.has(GLUED) && short.len() == 2 {
            (at + 3, short_year(short.value))
        } else {
            self.year_after(at + 2)?
        };
        let n = u32::try_from(number.value).ok()?;
        match letter.value {
            1 if (1..=4).contains(&n) => Some((end, Value::Quarter(year, n))),
            2 if (1..=2).contains(&n) => Some((end, Value::Half(year, n))),
            _ => None,
        }
    }

    /// "last week of August 2024", "first weekend in May", "last day of June", after an article.
    ///
    /// A month's weeks are those that have most of their days in it.
    pub fn part_of_month(&self, at: usize) -> Found {
        let last = self.token(at).is_valued(Class::Relative, relative::LAST);
        let n = match self.ordinal(at) {
            Some(n) if n <= 5 => n as i32,
            None if last => 5,
            _ => return None,
        };
        if !matches!(self.class(at + 2), Class::Of | Class::In) {
            return None;
        }
        let (end, Value::Month(year, month)) = self.month_name(at + 3)? else {
            return None;
        };
        let first = days(year, month, 1);
        let length = days_in_month(year, month) as i32;
        // The nth such weekday of the month, or the last.
        let nth = |day: i32| {
            let found = first + (day - weekday(first)).rem_euclid(7) + 7 * (n - 1);
            if last && found >= first + length {
                found - 7
            } else {
                found
            }
        };
        const THURSDAY: i32 = 3;
        const SATURDAY: i32 = 5;
        let noun = self.token(at + 1);
        let (day, value) = if noun.is(Class::Weekend) {
            (nth(SATURDAY), Value::Weekend(nth(SATURDAY) - SATURDAY))
        } else if self.is_unit(at + 1, Unit::Week) {
            (nth(THURSDAY), Value::Week(nth(THURSDAY) - THURSDAY))
        } else if self.is_unit(at + 1, Unit::Day) {
            let day = first + if last { length - 1 } else { n - 1 };
            (day, Value::Day(day))
        } else {
            return None;
        };
        (day < first + length).then_some((end, value))
    }

    /// A letter of ISO 8601 and its number: "Q3", "W28", "H1".
    fn period_of_year(&self, at: usize, year: i32) -> Found {
        let letter = self.token(at);
        let number = self.token(at + 1);
        if !letter.is(Class::Period)
            || !number.is(Class::Number)
            || number.has(QUANTITY | FOUR_DIGITS)
        {
            return None;
        }
        let n = number.value;
        let value = match letter.value {
            0 if number.has(GLUED) => Value::Week(week_start(year, n)?),
            3 => Value::Week(week_start(year, n)?),
            1 if (1..=4).contains(&n) && number.has(GLUED) => Value::Quarter(year, n as u32),
            2 if (1..=2).contains(&n) && number.has(GLUED) => Value::Half(year, n as u32),
            _ => return None,
        };
        // "the 2009 H1N1 outbreak".
        let continued =
            self.glued(at + 2) && matches!(self.class(at + 2), Class::Other | Class::Number);
        (!continued
            || self
                .word(at + 2)
                .starts_with(|c: char| !c.is_alphanumeric()))
        .then_some((at + 2, value))
    }
}
