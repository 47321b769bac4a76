//! What recurs ("every Monday", "daily") and what points at no day ("now", "recently").

use crate::date::finder::{Finder, Found};
use crate::date::token::*;
use crate::date::value::{Amount, Part, Season, Unit, Vague, Value};

impl Finder<'_> {
    /// "every Monday", "each year", "every other week", "every two days", "daily".
    pub fn set(&self, at: usize) -> Found {
        let token = self.token(at);
        if token.is(Class::Frequency) {
            // "Daily Mail" is a name.
            let name = self.habits.capitals && token.has(CAPITAL) && !token.has(FIRST);
            let unit = Unit::from_index(token.value)?;
            return (!name).then_some((at + 1, Value::Set(Amount::Known(1.0), unit)));
        }
        if !token.is(Class::Each) {
            return None;
        }
        // "tous les jours", "todos los lunes".
        let the = !self.habits.english_order && self.class(at + 1) == Class::The;
        let noun = at + 1 + usize::from(the);
        let next = self.token(noun);
        match next.class {
            Class::Unit => {
                let unit = self.unit(noun).filter(|&u| u > Unit::Minute)?;
                let singular = !next.has(PLURAL) || token.has(PLURAL);
                singular.then_some((noun + 1, Value::Set(Amount::Known(1.0), unit)))
            }
            Class::Weekday => Some((noun + 1, Value::EveryWeekday(next.value))),
            Class::WeekdayPart => Some((noun + 1, Value::EveryWeekday(next.value / 8))),
            Class::Month if self.capital(noun) => {
                Some((noun + 1, Value::EveryMonth(next.value as u32)))
            }
            Class::Season => Some((
                noun + 1,
                Value::EverySeason(Season::from_index(next.value)?),
            )),
            Class::Weekend => Some((noun + 1, Value::EveryWeekend)),
            Class::Part => Some((noun + 1, Value::EveryPart(Part::from_index(next.value)?))),
            Class::Ordinal if self.class(noun + 1) == Class::Weekday => {
                Some((noun + 2, Value::EveryWeekday(self.token(noun + 1).value)))
            }
            Class::Number | Class::NumberWord | Class::Several
                if token.has(PLURAL) || self.habits.english_order || !next.is(Class::Several) =>
            {
                let (end, amount) = self.amount(noun)?;
                Some((end + 1, Value::Set(amount, self.unit(end)?)))
            }
            // A season is three months, of sports too.
            Class::Other if self.word(noun) == "season" => {
                Some((noun + 1, Value::Set(Amount::Known(3.0), Unit::Month)))
            }
            Class::Alternate => Some((
                noun + 2,
                Value::Set(Amount::Known(2.0), self.unit(noun + 1)?),
            )),
            _ => None,
        }
    }

    /// "now", "currently", "recently", "soon", "future years", "current", "recent".
    pub fn vague(&self, at: usize) -> Found {
        let token = self.token(at);
        let unit_follows = self.class(at + 1) == Class::Unit;
        match token.class {
            // "Park Won-soon".
            Class::Reference
                if token.has(GLUED)
                    && self.before(at).is(Class::Dash)
                    && at >= 2
                    && self.token(at - 2).has(CAPITAL) =>
            {
                None
            }
            Class::Reference => match token.value {
                // "en maintenant" is a participle.
                0 if self.habits.elision && self.before(at).is(Class::In) => None,
                0 => Some((at + 1, Value::Vague(Vague::Present))),
                1 => Some((at + 1, Value::Vague(Vague::Past))),
                2 => {
                    // "as soon as".
                    let as_word = |i: usize| {
                        self.token(i)
                            .is_valued(Class::Preposition, preposition::OTHER)
                    };
                    let comparison = as_word(at + 1) || at.checked_sub(1).is_some_and(as_word);
                    (!comparison).then_some((at + 1, Value::Vague(Vague::Future)))
                }
                6 => {
                    let days =
                        self.unit(at + 1) == Some(Unit::Day) && self.token(at + 1).has(PLURAL);
                    days.then_some((at + 2, Value::Vague(Vague::Present)))
                }
                _ => (unit_follows && !self.before(at).is(Class::The))
                    .then_some((at + 2, Value::Vague(Vague::Future))),
            },
            // "früher" alone.
            Class::Earlier
                if self.habits.nouns_in_capitals
                    && self.word(at).eq_ignore_ascii_case("früher") =>
            {
                Some((at + 1, Value::Vague(Vague::Past)))
            }
            Class::Relative if unit_follows => None,
            Class::Relative if token.value == relative::CURRENT && self.habits.english_order => {
                Some((at + 1, Value::Vague(Vague::Present)))
            }
            Class::Relative if token.value == relative::RECENT => {
                Some((at + 1, Value::Vague(Vague::Past)))
            }
            _ => None,
        }
    }
}
