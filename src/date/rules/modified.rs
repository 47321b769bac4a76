//! Dates with a modifier: "early 2024", "mid-March", "the end of the year", "earlier this month".
//!
//! TIMEX3 keeps the modifier apart from the value, so "early 2024" has the days of 2024.

use crate::date::finder::{Finder, Found};
use crate::date::token::*;
use crate::date::value::{Part, Unit, Value};

use super::weekday::day_part;

impl Finder<'_> {
    pub fn modified(&self, at: usize) -> Found {
        let the = usize::from(self.class(at) == Class::The);
        let head = at + the;
        match self.class(head) {
            Class::Modifier => self.after_modifier(head),
            Class::Bound => self.bound_of(head, the == 1),
            Class::Earlier | Class::Later if the == 0 => self.earlier_in(head),
            _ => None,
        }
    }

    /// "early 2024", "late Monday", "mid-1990s", "sometime in March", "early morning".
    fn after_modifier(&self, at: usize) -> Found {
        const SOMETIME: i32 = 3;
        let sometime = self.token(at).value == SOMETIME;
        let mut noun = at + 1;
        let dash = self.class(noun) == Class::Dash;
        noun += usize::from(dash);
        if self.class(noun) == Class::In {
            if !sometime {
                return self.early_in(noun);
            }
            noun += 1;
        }
        // "a finales de marzo".
        if self.class(noun) == Class::Of && !self.habits.english_order && !dash {
            noun += 1;
        }
        if self.class(noun) == Class::Part && !sometime {
            let part = Part::from_index(self.token(noun).value)?;
            let next = self.token(noun + 1);
            if next.is_valued(Class::NearDay, -1) {
                return Some((noun + 2, day_part(self.today - 1, part)));
            }
            return if next.is(Class::Weekday) {
                self.calendar_date(noun)
            } else {
                None
            };
        }
        if self.class(noun) == Class::The && !dash && !sometime {
            // "Beginn der Woche", "Ende des Monats".
            let unit = self
                .unit(noun + 1)
                .filter(|_| !self.habits.english_order && !self.token(noun + 1).has(PLURAL))
                .filter(|_| self.year_at(noun + 2).is_none());
            if let Some(unit) = unit {
                return Some((noun + 2, self.current(unit)?));
            }
            if self.habits.english_order {
                return None;
            }
        }
        let (end, value) = match self.class(noun) {
            Class::Decade | Class::DecadeWord => self.decade(noun)?,
            Class::Season if self.year_after(noun + 1).is_none() => {
                let season = crate::date::value::Season::from_index(self.token(noun).value)?;
                (noun + 1, self.season_near(season, 0, noun))
            }
            _ => self.calendar_date(noun)?,
        };
        let modifiable = !matches!(
            value,
            Value::Duration(..) | Value::Vague(_) | Value::EveryWeekday(_)
        );
        modifiable.then_some((end, value))
    }

    /// "early in the month", "late in the day", of the month or day last spoken of.
    fn early_in(&self, at: usize) -> Found {
        let unit = self
            .unit(at + 2)
            .filter(|_| self.class(at + 1) == Class::The && !self.token(at + 2).has(PLURAL))?;
        let value = match (unit, self.last) {
            (Unit::Month, Some(last @ Value::Month(..))) => last,
            (Unit::Day, _) => Value::Day(self.day_of_events(at)),
            (Unit::Week | Unit::Month | Unit::Year, _) => self.current(unit)?,
            _ => return None,
        };
        Some((at + 3, value))
    }

    /// "the end of March", "the beginning of the week".
    fn bound_of(&self, at: usize, the: bool) -> Found {
        let before = self.before(at);
        let placed = the
            || matches!(before.class, Class::Preposition | Class::To | Class::In)
            || self.token(at).value == 0 && !before.is(Class::Other);
        let noun = at + 2;
        if !placed || self.class(at + 1) != Class::Of {
            return None;
        }
        if let Some((end, value)) = self.calendar_date(noun) {
            let timed = matches!(value, Value::DayPart(..) | Value::Clock(..));
            if value.days().is_some() && !timed && value != Value::Day(self.today) {
                return the.then_some((end, value));
            }
        }
        if !the || self.class(noun) != Class::The {
            return None;
        }
        Some((noun + 2, self.current(self.unit(noun + 1)?)?))
    }

    /// The unit that holds the reference day.
    pub fn current(&self, unit: Unit) -> Option<Value> {
        Some(match unit {
            Unit::Day => Value::Day(self.today),
            Unit::Week => Value::Week(self.monday()),
            Unit::Month => Value::Month(self.year, self.month),
            Unit::Quarter => Value::Quarter(self.year, self.month.div_ceil(3)),
            Unit::Year => Value::Year(self.year),
            Unit::Decade => Value::Decade(self.year.div_euclid(10)),
            Unit::Century => Value::Century(self.year.div_euclid(100)),
            _ => return None,
        })
    }

    /// "earlier this month", "later in the day", "earlier on Monday".
    fn earlier_in(&self, at: usize) -> Found {
        let mut noun = at + 1;
        if self.class(noun) == Class::In && self.class(noun + 1) == Class::The {
            let unit = self
                .unit(noun + 2)
                .filter(|_| !self.token(noun + 2).has(PLURAL))?;
            let value = match unit {
                Unit::Day | Unit::Week | Unit::Month | Unit::Year => self.current(unit)?,
                _ => return None,
            };
            return Some((noun + 3, value));
        }
        let preposition = self.class(noun) == Class::In
            || self
                .token(noun)
                .is_valued(Class::Preposition, preposition::ON);
        noun += usize::from(preposition);
        let begins = match self.class(noun) {
            Class::Relative => true,
            Class::That => self.unit(noun + 1).is_some(),
            Class::NearDay | Class::Weekday | Class::Tonight => !preposition,
            _ => false,
        };
        let (end, value) = if begins {
            self.calendar_date(noun)?
        } else {
            return None;
        };
        (!matches!(value, Value::Duration(..) | Value::Vague(_))).then_some((end, value))
    }
}
