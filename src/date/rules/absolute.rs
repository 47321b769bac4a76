//! The way into the rules of the calendar: by the class of the first token, with its article, and the
//! years that may follow a day, a month or a quarter.

use crate::date::finder::{Finder, Found, longer, longest};
use crate::date::token::*;
use crate::date::value::{Unit, Value};

use super::numeric::short_year;

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
            Class::Weekday if self.habits.english_order => self.weekday_name(at),
            // "lundi de Pâques", "viernes santo".
            Class::Weekday => longer(self.weekday_name(at), self.holiday(at)),
            Class::WeekdayPart => self.weekday_part(at),
            Class::Number => longest([
                self.day_month(at),
                self.numeric(at),
                self.day_of_range(at),
                self.second_day(at),
                self.bare_year(at),
                self.year_at(at).and_then(|y| self.part_of_year(at + 1, y)),
                self.iso_period(at),
                self.numbered_period(at),
                if token.has(ORDINAL_DOT) {
                    longer(self.quarter_or_half(at, at), self.century(at))
                } else {
                    None
                },
            ]),
            Class::Ordinal => longest([
                self.nth_weekday(at),
                self.part_of_month(at),
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
                self.century_behind(at),
                if self.habits.english_order {
                    None
                } else {
                    self.related_behind(at, at)
                },
            ]),
            Class::Relative if self.habits.english_order => self.related(at, at),
            Class::Relative => longer(self.related(at, at), self.doubled_day(at)),
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
            Class::Possessive => self.apostrophe_year(at),
            Class::Preposition if !self.habits.english_order => self.doubled_day(at),
            _ => None,
        }
    }

    /// "the third quarter", "the 5th of May", "the year 2000", "the 1990s", "the 1995 season" …
    pub fn after_article(&self, at: usize) -> Found {
        let next = self.token(at + 1);
        // "that last year …" is a conjunction and "last year".
        if self.class(at) == Class::That {
            let same = self
                .token(at + 1)
                .is_valued(Class::Relative, relative::SAME);
            return if same {
                self.related(at + 1, at)
            } else {
                self.definite(at)
            };
        }
        let mut found = longest([
            self.related(at + 1, at),
            self.quarter_or_half(at + 1, at),
            self.definite(at),
            self.season(at + 1),
            self.nth_weekday(at + 1),
            self.part_of_month(at + 1),
            self.neighbour_day(at + 1),
        ]);
        match next.class {
            // In the Romance languages the article stands before every date: "le 1er mai".
            Class::Ordinal if !self.article_is_the_dates() => {
                found = longest([found, self.day_month(at + 1), self.day_alone(at + 1)]);
            }
            Class::Number if next.has(ORDINAL_DOT) => found = longer(found, self.day_month(at + 1)),
            Class::Unit if self.is_unit(at + 1, Unit::Year) => {
                let spelt = self.spelt_year(at + 2);
                let written = self.year_at(at + 2).map(|y| (at + 3, Value::Year(y)));
                found = longest([found, written, spelt, self.year_end(at + 1)]);
            }
            Class::Unit => {
                found = longest([
                    found,
                    self.decade_of_years(at + 1),
                    self.century_behind(at + 1),
                    self.year_end(at + 1),
                ]);
            }
            Class::Decade | Class::DecadeWord => found = longer(found, self.decade(at + 1)),
            Class::WeekendHead => {
                found = longer(found, self.weekend_name(at + 1));
                found = longer(
                    found,
                    self.weekend_noun(at + 1)
                        .map(|end| (end, self.weekend(0, at))),
                );
            }
            Class::Fiscal => found = longer(found, self.fiscal(at + 1)),
            Class::ThisYear => found = Some((at + 2, Value::Year(self.year + next.value))),
            Class::Number => {
                if let Some(year) = self.year_at(at + 1) {
                    found = longer(found, self.part_of_year(at + 2, year));
                    let after = self.token(at + 2);
                    if after.is_valued(Class::Unit, PERIOD) {
                        found = longer(found, Some((at + 3, Value::Year(year))));
                    }
                    if after.is(Class::Fiscal) && self.is_unit(at + 3, Unit::Year) {
                        found = longer(found, Some((at + 4, Value::Year(year))));
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

    /// Whether an article before a day of the month says nothing: "le 1er mai", "el primero de mayo".
    fn article_is_the_dates(&self) -> bool {
        let habits = self.habits;
        !habits.english_order && !habits.nouns_in_capitals && !habits.hyphen_ordinal
    }

    /// A lower-case word that no rule knows: a noun after an attribute.
    pub fn is_noun(&self, at: usize) -> bool {
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
        // "Q3 FY24".
        if self.class(at) == Class::Fiscal
            && let Some((end, Value::Year(year))) = self.fiscal(at)
        {
            return Some((end, year));
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
        let article = self.class(of) == Class::The && !self.habits.english_order;
        let of = of + usize::from(article);
        self.relative_year(of)
    }

    pub fn is_after(&self, at: usize) -> bool {
        self.token(at).is(Class::Relative) && self.token(at).has(AFTER)
    }

    /// "2024" or ", 2024".
    pub fn written_year_after(&self, at: usize) -> Option<(usize, i32)> {
        let comma = usize::from(self.class(at) == Class::Comma);
        self.year_at(at + comma).map(|year| (at + comma + 1, year))
    }

    /// "last year" as the year of a date: "March of last year".
    pub fn relative_year(&self, at: usize) -> Option<(usize, i32)> {
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
}
