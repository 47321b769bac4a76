//! What an article and a noun mean in context: "the weekend", "the quarter", "that year", "the past".

use crate::date::calendar::{civil, monday};
use crate::date::finder::{Finder, Found, QUARTER_MEMORY, Tense};
use crate::date::token::*;
use crate::date::value::{Amount, Part, Unit, Vague, Value};

use super::relative::shifted;
use super::weekday::day_part;

impl Finder<'_> {
    /// What "the" or "that" and a noun mean in context: "the weekend", "the quarter", "that year".
    pub fn definite(&self, at: usize) -> Found {
        let the = self.class(at) == Class::The;
        let noun = at + 1;
        let end = at + 2;
        let token = self.token(noun);
        let behind = if the {
            self.related_behind(noun, at)
        } else {
            None
        };
        if behind.is_some() {
            return behind;
        }
        if token.is(Class::Weekend) && !token.has(PLURAL) {
            return match (the, self.last) {
                (true, _) => Some((end, self.weekend(0, at))),
                (false, Some(last)) => {
                    let (first, _) = last.days()?;
                    Some((end, Value::Weekend(monday(first))))
                }
                _ => None,
            };
        }
        if self.is_unit(noun, Unit::Quarter) && self.class(end) != Class::Dash {
            /// Tokens after which a quarter is no longer the one under discussion.
            const REACH: usize = 100;
            let value = match self.quarter {
                Some((position, year, n))
                    if at.saturating_sub(position) < REACH.min(QUARTER_MEMORY) =>
                {
                    Value::Quarter(year, n)
                }
                _ => self.reported_quarter(),
            };
            return Some((end, value));
        }
        if the {
            return self.the_noun(at);
        }
        let last = self.last?;
        if token.is(Class::Part) && !token.has(PLURAL) {
            let part = Part::from_index(token.value)
                .filter(|p| !matches!(p, Part::Noon | Part::Midnight))?;
            return Some((end, Value::DayPart(last.day()?, part)));
        }
        match self.unit(noun).filter(|_| !token.has(PLURAL))? {
            Unit::Year => last.year().map(|year| (end, Value::Year(year))),
            Unit::Month => match last {
                Value::Day(day) => {
                    let (year, month, _) = civil(day);
                    Some((end, Value::Month(year, month)))
                }
                Value::Month(year, month) => Some((end, Value::Month(year, month))),
                _ => None,
            },
            Unit::Week => last
                .days()
                .filter(|(a, b)| b - a < 7)
                .map(|(first, _)| (end, Value::Week(monday(first)))),
            Unit::Day => Some((end, Value::Day(last.day()?))),
            Unit::Decade => last
                .year()
                .map(|year| (end, Value::Decade(year.div_euclid(10)))),
            _ => None,
        }
    }

    /// "in the morning", of the day that the report speaks of; "the morning of 6 June" is that day.
    fn part_with_article(&self, at: usize) -> Found {
        let token = self.token(at + 1);
        let placed = self.before(at).is(Class::In) && self.class(at + 2) != Class::Of;
        let of_a_day = self.past_day.is_some() && !token.has(CAPITAL);
        if !token.is(Class::Part)
            || token.has(PLURAL)
            || !placed
            || !of_a_day
            || self.tense(at) != Tense::Past
        {
            return None;
        }
        let part = Part::from_index(token.value)
            .filter(|p| matches!(p, Part::Morning | Part::Afternoon | Part::Evening))?;
        let day = self
            .nearby_day(at)
            .unwrap_or_else(|| self.day_of_events(at));
        Some((at + 2, Value::DayPart(day, part)))
    }

    /// "day before", "night before", "year after", of what was spoken of, at the end of a clause.
    fn the_day_before(&self, noun: usize) -> Found {
        let sign = match (self.class(noun + 1), self.token(noun + 1).value) {
            (Class::Preposition, preposition::BEFORE) => -1,
            (Class::Preposition, preposition::AFTER) => 1,
            _ => return None,
        };
        let end = noun + 2;
        if !matches!(self.class(end), Class::Stop | Class::Comma | Class::And) {
            return None;
        }
        let token = self.token(noun);
        if token.is(Class::Part) && !token.has(PLURAL) {
            let part = Part::from_index(token.value)?;
            return Some((end, day_part(self.last?.day()? + sign, part)));
        }
        let unit = self
            .unit(noun)
            .filter(|&u| u >= Unit::Day && !token.has(PLURAL))?;
        let (first, _) = self.last?.days()?;
        Some((end, shifted(first, unit, sign)?))
    }

    /// "morning of Sept. 11, 2001", after an article.
    fn part_of(&self, at: usize) -> Found {
        let token = self.token(at);
        if !token.is(Class::Part) || token.has(PLURAL) || self.class(at + 1) != Class::Of {
            return None;
        }
        let part = Part::from_index(token.value)?;
        match self.calendar_date(at + 2)? {
            (end, Value::Day(day)) => Some((end, day_part(day, part))),
            _ => None,
        }
    }

    /// "the future", "the past", "the year ended", "the full year".
    fn the_noun(&self, at: usize) -> Found {
        let noun = at + 1;
        let end = at + 2;
        let future = |at| self.token(at).is_valued(Class::Reference, 3);
        if self.token(noun).is_valued(Class::Reference, 4) {
            return Some((end, Value::Vague(Vague::Past)));
        }
        // "at the moment".
        if self.token(noun).is_valued(Class::Reference, 5) {
            let at_it = self
                .before(at)
                .is_valued(Class::Preposition, preposition::AT);
            return (at_it && self.class(end) != Class::Of)
                .then_some((end, Value::Vague(Vague::Present)));
        }
        if let Some(found) = self.part_with_article(at).or_else(|| self.part_of(at + 1)) {
            return Some(found);
        }
        if let Some(found) = self.the_day_before(noun) {
            return Some(found);
        }
        if self.is_unit(noun, Unit::Day) && self.class(end) == Class::Preposition {
            let near = self.token(end + 1);
            let twice = match self.token(end).value {
                preposition::BEFORE => -1,
                preposition::AFTER => 1,
                _ => 0,
            };
            return near
                .is_valued(Class::NearDay, twice)
                .then_some((end + 2, Value::Day(self.today + 2 * twice)))
                .filter(|_| twice != 0);
        }
        if future(noun) {
            return Some((end, Value::Vague(Vague::Future)));
        }
        if self.class(noun) == Class::Near && future(end) {
            return Some((end + 1, Value::Vague(Vague::Future)));
        }
        let past = self.token(noun).is_valued(Class::Relative, relative::PAST);
        let noun_follows =
            self.is_noun(end) || self.class(end) == Class::Other && self.token(end).has(CAPITAL);
        let bare = !noun_follows
            && !matches!(
                self.class(end),
                Class::Unit
                    | Class::Number
                    | Class::NumberWord
                    | Class::Several
                    | Class::Season
                    | Class::Half
            );
        if past && bare && self.before(at).is(Class::In) {
            return Some((end, Value::Vague(Vague::Past)));
        }
        let year = self.is_unit(noun, Unit::Year);
        let ended = self.class(end) == Class::Ended;
        // "in the year to August".
        let up_to = self.token(end).is_valued(Class::To, 0)
            && (self.class(end + 1) == Class::Month
                || self
                    .calendar_date(end + 1)
                    .is_some_and(|(_, v)| v.days().is_some()));
        if year && (ended || up_to) {
            return Some((end, Value::Duration(Amount::Known(1.0), Unit::Year)));
        }
        if self.class(noun) == Class::Filler
            && self.is_unit(end, Unit::Year)
            && self.word(noun) == "full"
        {
            return Some((end + 1, Value::Year(self.year)));
        }
        None
    }
}
