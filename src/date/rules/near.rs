//! Days beside the reference day and parts of a day: "yesterday", "tonight", "midnight Sunday".

use crate::date::finder::{Finder, Found, Mode};
use crate::date::token::*;
use crate::date::value::{Part, Vague, Value};

use super::weekday::day_part;

impl Finder<'_> {
    /// "yesterday", "today", "tomorrow morning", "tonight", "overnight".
    pub fn near_day(&self, at: usize) -> Found {
        let token = self.token(at);
        if self.is_programme(at) {
            return None;
        }
        // "the careers of tomorrow".
        if token.is_valued(Class::NearDay, 1) && self.before(at).is(Class::Of) {
            return Some((at + 1, Value::Vague(Vague::Future)));
        }
        match token.class {
            Class::Tonight | Class::Overnight => Some((
                at + 1,
                Value::DayPart(self.today + token.value, Part::Night),
            )),
            _ => {
                let day = self.today + token.value;
                // "aujourd'hui" is three tokens.
                if self.class(at + 1) == Class::Possessive && self.word(at + 2) == "hui" {
                    return Some((at + 3, Value::Day(day)));
                }
                // "auch heute noch", "bis heute" mean these times.
                let still = self.word(at + 1) == "noch"
                    || matches!(self.before_word(at), "auch" | "noch" | "bis");
                if token.value == 0
                    && still
                    && self.habits.nouns_in_capitals
                    && self.mode == Mode::Prose
                {
                    return Some((at + 1, Value::Vague(Vague::Present)));
                }
                Some(match self.part_after(at + 1) {
                    Some((end, part)) => (end, day_part(day, part)),
                    None => (at + 1, Value::Day(day)),
                })
            }
        }
    }

    /// "USA Today", "the Today programme": capitals within a sentence, beside another or an article.
    fn is_programme(&self, at: usize) -> bool {
        let token = self.token(at);
        let (before, after) = (self.before(at), self.token(at + 1));
        let name = |t: Token| t.is(Class::Other) && t.has(CAPITAL) && !t.has(GLUED);
        let today = token.is_valued(Class::NearDay, 0);
        self.habits.capitals
            && self.habits.english_order
            && self.mode == Mode::Prose
            && token.has(CAPITAL)
            && !token.has(FIRST)
            && !after.is(Class::Comma)
            && if today {
                name(before) || before.is(Class::The)
            } else {
                name(before) && name(after)
            }
    }

    /// "midnight Sunday", "at noon".
    pub fn part_of_day(&self, at: usize) -> Found {
        let token = self.token(at);
        let part = Part::from_index(token.value).filter(|_| !token.has(PLURAL))?;
        if self.class(at + 1) == Class::Weekday
            && let Some((end, Value::Day(day))) = self.weekday_name(at + 1)
        {
            return Some((end, day_part(day, part)));
        }
        // "am Nachmittag", of the day just spoken of.
        if self.before(at).has(CONTRACTED) && self.habits.nouns_in_capitals {
            const REACH: usize = 40;
            let day = match self.last {
                Some(Value::Day(day) | Value::DayPart(day, _)) if at - self.last_end < REACH => day,
                _ => self.today,
            };
            return Some((at + 1, day_part(day, part)));
        }
        let clock = matches!(part, Part::Noon | Part::Midnight);
        let placed = matches!(
            self.before(at).class,
            Class::Preposition | Class::To | Class::Modifier | Class::Approximately
        );
        if !clock || !placed {
            return None;
        }
        let (end, day) = self.day_after_clock(at + 1);
        Some((end, day_part(day, part)))
    }
}
