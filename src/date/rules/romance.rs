//! What the Romance languages say in their own way: "avant-hier", "la semana que viene",
//! "dimanche après-midi", "el domingo por la noche", "siglo XIX".

use crate::date::finder::{Finder, Found};
use crate::date::lexer::number::roman;
use crate::date::token::*;
use crate::date::value::{Part, Unit, Value};

impl Finder<'_> {
    /// "avant-hier", "après-demain", "pasado mañana".
    pub fn doubled_day(&self, at: usize) -> Found {
        let (first, day_at) = match self.class(at + 1) {
            Class::Dash => (self.token(at), at + 2),
            _ => (self.token(at), at + 1),
        };
        let day = self.token(day_at);
        let shift = match (first.class, first.value) {
            (Class::Preposition, preposition::BEFORE) if day_at == at + 2 => -1,
            (Class::Preposition, preposition::AFTER) if day_at == at + 2 => 1,
            (Class::Relative, relative::LAST) if first.has(AFTER) => 1,
            _ => return None,
        };
        day.is_valued(Class::NearDay, shift)
            .then_some((day_at + 1, Value::Day(self.today + 2 * shift)))
    }

    /// A part of the day after the day: "matin", "après-midi", "por la noche".
    pub fn part_after(&self, at: usize) -> Option<(usize, Part)> {
        let token = self.token(at);
        let part = |at: usize| {
            let token = self.token(at);
            let named = token.is(Class::Part) && !token.has(PLURAL);
            named.then(|| Part::from_index(token.value)).flatten()
        };
        if let Some(part) = part(at) {
            return Some((at + 1, part));
        }
        if self.habits.english_order {
            return None;
        }
        if token.is_valued(Class::Preposition, preposition::AFTER)
            && self.class(at + 1) == Class::Dash
            && part(at + 2) == Some(Part::Noon)
        {
            return Some((at + 3, Part::Afternoon));
        }
        let joined = token.is_valued(Class::Preposition, preposition::AT)
            || matches!(token.class, Class::In | Class::Of);
        if joined && self.class(at + 1) == Class::The {
            return part(at + 2).map(|part| (at + 3, part));
        }
        None
    }

    /// The token after "que viene": "la semana que viene" is the next.
    pub fn que_viene(&self, at: usize) -> Option<usize> {
        (self.class(at) == Class::Than && self.word(at + 1) == "viene").then_some(at + 2)
    }

    /// The token after "week-end" or "fin de semana".
    pub fn weekend_noun(&self, at: usize) -> Option<usize> {
        let token = self.token(at);
        match token.class {
            Class::Weekend if !token.has(PLURAL) => Some(at + 1),
            Class::WeekendHead if self.class(at + 1) == Class::Dash => {
                (self.word(at + 2) == "end").then_some(at + 3)
            }
            Class::WeekendHead | Class::Modifier
                if self.class(at + 1) == Class::Of && self.is_unit(at + 2, Unit::Week) =>
            {
                Some(at + 3)
            }
            _ => None,
        }
    }

    /// "siglo XIX", after an article or without.
    pub fn century_behind(&self, at: usize) -> Found {
        if self.habits.english_order || !self.is_unit(at, Unit::Century) {
            return None;
        }
        let n = roman(self.word(at + 1).as_bytes())?;
        Some((at + 2, Value::Century(n - 1)))
    }

    /// "le lendemain", "la veille", of the day last spoken of; "la veille de Noël".
    pub fn neighbour_day(&self, at: usize) -> Found {
        let token = self.token(at);
        if !token.is(Class::NeighbourDay) {
            return None;
        }
        if self.class(at + 1) == Class::Of {
            return match self.holiday(at + 2)? {
                (end, Value::Day(day)) => Some((end, Value::Day(day + token.value))),
                _ => None,
            };
        }
        Some((at + 1, Value::Day(self.last?.day()? + token.value)))
    }
}
