//! Periods named by their relation to the reference day or to what was spoken of: "last Tuesday",
//! "the following week", "that year", "les trois derniers mois".

use crate::date::calendar::{
    add_months, checked_days, civil, days, days_in_month, monday, weekday,
};
use crate::date::finder::{Finder, Found, Mode};
use crate::date::token::*;
use crate::date::value::{Amount, Part, Season, Unit, Vague, Value};

use super::weekday::day_part;

impl Finder<'_> {
    /// A relation and what it relates: "last year", "next Tuesday", "the past three weeks".
    ///
    /// `at` is the relation's token, `start` the expression's first, its article if it has one.
    pub fn related(&self, at: usize, start: usize) -> Found {
        let token = self.token(at);
        if !token.is(Class::Relative) {
            return None;
        }
        let mut relation = token.value;
        let mut noun = at + 1;
        // "This Year" in a title's middle is a name.
        if self.habits.capitals
            && token.has(CAPITAL)
            && !token.has(FIRST)
            && self.token(noun).has(CAPITAL)
            && self.class(noun) == Class::Unit
            && self.habits.english_order
        {
            return None;
        }
        // "this coming Friday", "this past week".
        if relation == relative::THIS && self.class(noun) == Class::Relative {
            relation = match self.token(noun).value {
                relative::COMING => relative::NEXT,
                relative::PAST => relative::LAST,
                other => other,
            };
            noun += 1;
        }
        if self.class(noun) == Class::Fiscal && self.unit(noun + 1).is_some() {
            noun += 1;
        }
        // "following Monday's attack": a preposition.
        let preposition = relation == relative::FOLLOWING
            && start == at
            && self.unit(noun).is_none()
            && self.habits.english_order;
        if preposition {
            return None;
        }
        let (end, value) = self.relate(relation, noun, noun + 1, start).or_else(|| {
            // "ces deux dernières semaines".
            let behind = !self.habits.english_order && relation == relative::THIS;
            behind.then(|| self.related_behind(noun, start))?
        })?;
        // "ce mois-ci", "ces jours-ci".
        let here =
            self.habits.elision && self.class(end) == Class::Dash && self.word(end + 1) == "ci";
        Some((end + if here { 2 } else { 0 }, value))
    }

    /// A relation to a noun. `end` is the token after both.
    pub fn relate(&self, relation: i32, noun: usize, end: usize, start: usize) -> Found {
        let token = self.token(noun);
        let the = self.class(start) == Class::The || self.before(start).has(CONTRACTED);
        if relation == relative::RECENT {
            let unit = self.unit(noun).filter(|_| token.has(PLURAL))?;
            let value = match unit {
                Unit::Year => Value::Vague(Vague::Past),
                unit => Value::Duration(Amount::Unknown, unit),
            };
            return Some((end, value));
        }
        let shift = shift_of(relation);
        if self.is_unit(noun, Unit::Year)
            && self.class(end) == Class::Possessive
            && let Some(found) = self.part_of_year(end + 1, self.year + shift)
        {
            return Some(found);
        }
        match token.class {
            Class::Unit if !token.has(PLURAL) && self.is_rolling(relation, noun, the) => {
                Some((end, self.rolling(shift, self.unit(noun)?, 1.0)?))
            }
            Class::Holiday => self.related_holiday(shift, noun, end),
            Class::Unit if !token.has(PLURAL) => self.relate_unit(relation, noun, end, the),
            Class::Unit => match relation {
                relative::COMING => Some((end, Value::Vague(Vague::Future))),
                relative::NEXT if !self.habits.english_order => {
                    Some((end, Value::Vague(Vague::Future)))
                }
                relative::LAST if !self.habits.english_order => {
                    Some((end, Value::Duration(Amount::Unknown, self.unit(noun)?)))
                }
                relative::PAST if token.value == Unit::Year as i32 && !the => {
                    Some((end, Value::Vague(Vague::Past)))
                }
                relative::PAST => Some((end, Value::Duration(Amount::Unknown, self.unit(noun)?))),
                _ => None,
            },
            Class::Month if self.capital(noun) => self.relate_month(shift, noun, end),
            Class::Weekday if self.capital(noun) && !token.has(PLURAL) => {
                let day = self.related_weekday(relation, token.value, start);
                // "last Monday, March 4", "ce jeudi 12 juillet".
                if let Some(found) = self.date_after_weekday(end) {
                    return Some(found);
                }
                self.with_part(end, day, token.value)
            }
            Class::WeekdayPart => {
                let day = self.related_weekday(relation, token.value / 8, start);
                Some((end, day_part(day, Part::from_index(token.value % 8)?)))
            }
            Class::Season => {
                let season = Season::from_index(token.value).filter(|_| !token.has(PLURAL))?;
                Some((end, self.season_by_relation(season, relation, start)))
            }
            Class::Weekend | Class::WeekendHead => Some((
                self.weekend_noun(noun)?.max(end),
                match relation {
                    relative::THIS | relative::CURRENT => self.this_weekend(start),
                    _ => self.weekend(shift, start),
                },
            )),
            Class::Part if !token.has(PLURAL) => {
                let part = Part::from_index(token.value)?;
                match (relation, part) {
                    (relative::LAST | relative::PAST, Part::Night | Part::Evening) => {
                        Some((end, Value::DayPart(self.today - 1, part)))
                    }
                    (relative::NEXT | relative::FOLLOWING, _) if the => {
                        let day = match self.last? {
                            Value::Day(day) | Value::DayPart(day, _) | Value::Clock(day, ..) => day,
                            _ => return None,
                        };
                        Some((end, day_part(day + 1, part)))
                    }
                    (
                        relative::THIS,
                        Part::Morning | Part::Afternoon | Part::Evening | Part::Night,
                    ) => Some((end, Value::DayPart(self.today, part))),
                    _ => None,
                }
            }
            Class::Number | Class::NumberWord | Class::Several | Class::A | Class::Dozen => {
                // "el pasado 3 de marzo".
                let date = if self.habits.english_order {
                    None
                } else {
                    self.day_month(noun)
                };
                date.or_else(|| self.relate_amount(relation, noun))
            }
            _ => None,
        }
    }

    /// "last week", "the following month", "this decade".
    fn relate_unit(&self, relation: i32, noun: usize, end: usize, the: bool) -> Found {
        let shift = shift_of(relation);
        let token = self.token(noun);
        if token.value == PERIOD {
            let (_, year, n) = self
                .quarter
                .filter(|_| matches!(relation, relative::SAME | relative::LATEST))?;
            return Some((end, Value::Quarter(year, n)));
        }
        let unit = self.unit(noun)?;
        // "the following day" follows what was spoken of, "the previous year" precedes it.
        if matches!(
            relation,
            relative::FOLLOWING | relative::PREVIOUS | relative::SAME
        ) && let Some((first, last)) = self.last.and_then(|v| v.days())
        {
            let base = match relation {
                relative::FOLLOWING => last,
                // "the same day" in a report is one that has come.
                relative::SAME if unit == Unit::Day => self.past_day.map_or(first, |(_, day)| day),
                _ => first,
            };
            if let Some(value) = shifted(base, unit, shift) {
                return Some((end, value));
            }
        }
        // "over the past year" is the length of a year, not the last calendar year.
        if the && unit >= Unit::Week && self.is_running(relation, noun) {
            return Some((end, Value::Duration(Amount::Known(1.0), unit)));
        }
        let value = match unit {
            Unit::Day => match relation {
                relative::NEXT | relative::FOLLOWING if the => match self.last {
                    Some(Value::Day(day) | Value::DayPart(day, _) | Value::Clock(day, ..)) => {
                        Value::Day(day + 1)
                    }
                    _ => Value::Day(self.today + 1),
                },
                // "an diesem Tag".
                relative::THIS if !self.habits.english_order => match self.last? {
                    Value::Day(day) | Value::DayPart(day, _) | Value::Clock(day, ..) => {
                        Value::Day(day)
                    }
                    _ => return None,
                },
                relative::PREVIOUS => Value::Day(self.today - 1),
                _ => return None,
            },
            Unit::Week => Value::Week(self.monday() + 7 * shift),
            Unit::Month => {
                let (year, month) = add_months(self.year, self.month, shift);
                Value::Month(year, month)
            }
            Unit::Quarter if matches!(relation, relative::LATEST | relative::SAME) => {
                match self.quarter {
                    Some((_, year, n)) => Value::Quarter(year, n),
                    None => self.reported_quarter(),
                }
            }
            Unit::Quarter => {
                let (year, month) = add_months(self.year, self.month, 3 * shift);
                Value::Quarter(year, month.div_ceil(3))
            }
            // "next year-end", but not "next year - a subject that …".
            Unit::Year
                if self.class(end) == Class::Dash && self.glued(end) && self.glued(end + 1) =>
            {
                return None;
            }
            Unit::Year => Value::Year(self.year + shift),
            Unit::Decade
                if the && matches!(relation, relative::LAST | relative::PAST | relative::NEXT) =>
            {
                Value::Duration(Amount::Known(1.0), Unit::Decade)
            }
            Unit::Decade => Value::Decade(self.year.div_euclid(10) + shift),
            Unit::Century
                if !the && relation == relative::LAST && !self.before(noun - 1).is(Class::The) =>
            {
                Value::Century(self.year.div_euclid(100) - 1)
            }
            Unit::Century if matches!(relation, relative::PAST | relative::LAST) => return None,
            Unit::Century => Value::Century(self.year.div_euclid(100) + shift),
            Unit::Hour if the => Value::Duration(Amount::Known(1.0), unit),
            _ => return None,
        };
        Some((end, value))
    }

    /// "the past year", "over the last month", "within the next week": counted from the reference day.
    fn is_running(&self, relation: i32, noun: usize) -> bool {
        // Relation and article stand before the noun.
        let before = noun
            .checked_sub(2)
            .map_or(Token::NONE, |article| self.before(article));
        let over = before.is(Class::Approximately)
            || before.is_valued(Class::Preposition, preposition::DURING)
            || before.is_valued(Class::Preposition, preposition::FOR);
        self.habits.english_order
            && match relation {
                relative::PAST => true,
                relative::LAST | relative::NEXT => over,
                _ => false,
            }
    }

    /// What a reader asks for with "past year", "over the last year", "the last decade": so long up
    /// to the reference day.
    fn is_rolling(&self, relation: i32, noun: usize, the: bool) -> bool {
        let decade = the && self.is_unit(noun, Unit::Decade) && shift_of(relation) != 0;
        self.mode == Mode::Query
            && (relation == relative::PAST || decade || the && self.is_running(relation, noun))
    }

    /// "last March", "next May 3".
    fn relate_month(&self, shift: i32, noun: usize, end: usize) -> Found {
        let month = self.token(noun).value as u32;
        if let Some((end, year)) = self.year_after(end) {
            return Some((end, Value::Month(year, month)));
        }
        let year = match shift {
            -1 if month < self.month => self.year,
            -1 => self.year - 1,
            1 if month > self.month => self.year,
            1 => self.year + 1,
            _ => self.year,
        };
        if self.token(end).is(Class::Number)
            && let Some(day) = self.day_at(end)
        {
            return Some((
                end + 1,
                Value::Day(days(year, month, day.min(days_in_month(year, month)))),
            ));
        }
        Some((end, Value::Month(year, month)))
    }

    /// The weekday before, after, or nearest by tense.
    pub fn related_weekday(&self, relation: i32, day: i32, at: usize) -> i32 {
        let back = (weekday(self.today) - day).rem_euclid(7);
        match shift_of(relation) {
            -1 if back == 0 => self.today - 7,
            -1 => self.today - back,
            1 => self.today + 7 - back,
            _ => self.day_of_week(day, at),
        }
    }

    /// "the past three weeks", "the next two years".
    fn relate_amount(&self, relation: i32, at: usize) -> Found {
        if matches!(
            relation,
            relative::THIS | relative::CURRENT | relative::SAME
        ) {
            return None;
        }
        let (noun, amount) = self.amount(at)?;
        let dash = usize::from(self.class(noun) == Class::Dash);
        let noun = noun + dash;
        let noun = noun + usize::from(matches!(self.class(noun), Class::Filler | Class::Fiscal));
        let unit = self.unit(noun)?;
        if !self.token(noun).has(PLURAL) && amount != Amount::Known(1.0) && dash == 0 {
            return None;
        }
        if self.mode == Mode::Query {
            let shift = shift_of(relation);
            let n = match amount {
                Amount::Known(n) => n,
                Amount::Unknown => A_FEW,
            };
            return Some((noun + 1, self.rolling(shift, unit, n)?));
        }
        Some((noun + 1, Value::Duration(amount, unit)))
    }

    /// So many units up to the reference day, or from it on: "past two years", "next 7 days".
    fn rolling(&self, shift: i32, unit: Unit, n: f32) -> Option<Value> {
        let n = n.ceil() as i32 * if shift < 0 { -1 } else { 1 };
        let (year, month, day) = civil(self.today);
        let months = |months: i32| {
            let (year, month) = add_months(year, month, months.clamp(-MAX_MONTHS, MAX_MONTHS));
            checked_days(year, month, day.min(days_in_month(year, month)))
        };
        let other = match unit {
            Unit::Second | Unit::Minute => self.today,
            Unit::Hour => self.today.checked_add(n / 24)?,
            Unit::Day => self.today.checked_add(n)?,
            Unit::Week => self.today.checked_add(n.checked_mul(7)?)?,
            Unit::Month => months(n)?,
            Unit::Quarter => months(n.checked_mul(3)?)?,
            Unit::Year => months(n.checked_mul(12)?)?,
            Unit::Decade => months(n.checked_mul(120)?)?,
            Unit::Century => months(n.checked_mul(1200)?)?,
        };
        Some(Value::Span(other.min(self.today), other.max(self.today)))
    }

    /// "la semaine dernière", "el mes pasado", "les deux dernières années": the relation after its noun
    /// or between amount and noun. `at` is the token after the article.
    pub fn related_behind(&self, at: usize, start: usize) -> Found {
        let relation = self.token(at + 1);
        let counted = matches!(
            self.class(at),
            Class::Number | Class::NumberWord | Class::Several
        );
        if relation.is(Class::Relative) && relation.has(AFTER) && !counted {
            return self.relate(relation.value, at, at + 2, start);
        }
        if let Some(end) = self.que_viene(at + 1) {
            return self.relate(relative::NEXT, at, end, start);
        }
        let (next, amount) = self.amount(at)?;
        let relation = self.token(next);
        if relation.is(Class::Relative) {
            let unit = self.unit(next + 1)?;
            return Some((next + 2, Value::Duration(amount, unit)));
        }
        let unit = self.unit(next)?;
        let relation = self.token(next + 1);
        (relation.is(Class::Relative) && relation.has(AFTER))
            .then_some((next + 2, Value::Duration(amount, unit)))
    }
}

/// Units away from the reference that a relation means.
fn shift_of(relation: i32) -> i32 {
    match relation {
        relative::LAST | relative::PAST | relative::PREVIOUS => -1,
        relative::NEXT | relative::COMING | relative::FOLLOWING => 1,
        _ => 0,
    }
}

/// What "the past few weeks" of a query count.
const A_FEW: f32 = 3.0;

/// More months than the calendar has, few enough to calculate with.
const MAX_MONTHS: i32 = 1_000_000;

/// The unit of the calendar that lies `n` units from a day; `None` for what names no days.
pub fn shifted(day: i32, unit: Unit, n: i32) -> Option<Value> {
    let (year, month, _) = civil(day);
    let value = match unit {
        Unit::Day => Value::Day(day.checked_add(n)?),
        Unit::Week => Value::Week(monday(day).checked_add(n.checked_mul(7)?)?),
        Unit::Month => {
            let (year, month) = add_months(year, month, n.clamp(-MAX_MONTHS, MAX_MONTHS));
            Value::Month(year, month)
        }
        Unit::Quarter => {
            let (year, month) = add_months(
                year,
                month,
                n.checked_mul(3)?.clamp(-MAX_MONTHS, MAX_MONTHS),
            );
            Value::Quarter(year, month.div_ceil(3))
        }
        Unit::Year => Value::Year(year.checked_add(n)?),
        Unit::Decade => Value::Year(year.checked_add(n.checked_mul(10)?)?),
        Unit::Century => Value::Year(year.checked_add(n.checked_mul(100)?)?),
        Unit::Hour | Unit::Minute => Value::Day(day),
        Unit::Second => return None,
    };
    value.in_calendar().then_some(value)
}
