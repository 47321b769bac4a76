//! Holidays with a fixed or a computed day.

use super::calendar::{days, easter, weekday};
use super::finder::{Finder, Found, Mode, Tense};
use super::token::*;
use super::value::Value;

/// A day of the year that has a name. The numbers are the values of lexicon entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Holiday {
    Christmas,
    Thanksgiving,
    Easter,
    Halloween,
    NewYear,
    Epiphany,
    GoodFriday,
    EasterMonday,
    Pentecost,
    Ascension,
    Juneteenth,
    IndependenceDay,
    LaborDay,
    MemorialDay,
    Valentine,
    Patrick,
    AprilFools,
    MayDay,
    Veterans,
    BoxingDay,
    AllSaints,
    GermanUnity,
    Bastille,
    AshWednesday,
    PalmSunday,
    WhitMonday,
    CorpusChristi,
    NewYearsEve,
    ChristmasEve,
    Assumption,
    ColumbusDay,
    MartinLutherKingDay,
    PresidentsDay,
    Women,
    Aids,
    Earth,
    /// Of the United States.
    Election,
}

const ALL: [Holiday; 37] = [
    Holiday::Christmas,
    Holiday::Thanksgiving,
    Holiday::Easter,
    Holiday::Halloween,
    Holiday::NewYear,
    Holiday::Epiphany,
    Holiday::GoodFriday,
    Holiday::EasterMonday,
    Holiday::Pentecost,
    Holiday::Ascension,
    Holiday::Juneteenth,
    Holiday::IndependenceDay,
    Holiday::LaborDay,
    Holiday::MemorialDay,
    Holiday::Valentine,
    Holiday::Patrick,
    Holiday::AprilFools,
    Holiday::MayDay,
    Holiday::Veterans,
    Holiday::BoxingDay,
    Holiday::AllSaints,
    Holiday::GermanUnity,
    Holiday::Bastille,
    Holiday::AshWednesday,
    Holiday::PalmSunday,
    Holiday::WhitMonday,
    Holiday::CorpusChristi,
    Holiday::NewYearsEve,
    Holiday::ChristmasEve,
    Holiday::Assumption,
    Holiday::ColumbusDay,
    Holiday::MartinLutherKingDay,
    Holiday::PresidentsDay,
    Holiday::Women,
    Holiday::Aids,
    Holiday::Earth,
    Holiday::Election,
];

impl Holiday {
    fn from_index(index: i32) -> Option<Holiday> {
        usize::try_from(index)
            .ok()
            .and_then(|i| ALL.get(i))
            .copied()
    }

    /// Its day in a year.
    pub fn day(self, year: i32) -> i32 {
        let fixed = |month, day| days(year, month, day);
        let after_easter = |shift| easter(year) + shift;
        match self {
            Holiday::Christmas => fixed(12, 25),
            Holiday::ChristmasEve => fixed(12, 24),
            Holiday::BoxingDay => fixed(12, 26),
            Holiday::NewYear => fixed(1, 1),
            Holiday::NewYearsEve => fixed(12, 31),
            Holiday::Epiphany => fixed(1, 6),
            Holiday::Halloween => fixed(10, 31),
            Holiday::AllSaints => fixed(11, 1),
            Holiday::Assumption => fixed(8, 15),
            Holiday::Juneteenth => fixed(6, 19),
            Holiday::IndependenceDay => fixed(7, 4),
            Holiday::Valentine => fixed(2, 14),
            Holiday::Patrick => fixed(3, 17),
            Holiday::AprilFools => fixed(4, 1),
            Holiday::MayDay => fixed(5, 1),
            Holiday::Veterans => fixed(11, 11),
            Holiday::GermanUnity => fixed(10, 3),
            Holiday::Bastille => fixed(7, 14),
            Holiday::Women => fixed(3, 8),
            Holiday::Aids => fixed(12, 1),
            Holiday::Earth => fixed(4, 22),
            // The Tuesday after the first Monday of November.
            Holiday::Election => nth_weekday(year, 11, 0, 1) + 1,
            Holiday::Thanksgiving => nth_weekday(year, 11, 3, 4),
            Holiday::LaborDay => nth_weekday(year, 9, 0, 1),
            Holiday::ColumbusDay => nth_weekday(year, 10, 0, 2),
            Holiday::MartinLutherKingDay => nth_weekday(year, 1, 0, 3),
            Holiday::PresidentsDay => nth_weekday(year, 2, 0, 3),
            // The last Monday of May is the one in the week before 1 June.
            Holiday::MemorialDay => nth_weekday(year, 6, 0, 1) - 7,
            Holiday::Easter => after_easter(0),
            Holiday::GoodFriday => after_easter(-2),
            Holiday::EasterMonday => after_easter(1),
            Holiday::AshWednesday => after_easter(-46),
            Holiday::PalmSunday => after_easter(-7),
            Holiday::Ascension => after_easter(39),
            Holiday::Pentecost => after_easter(49),
            Holiday::WhitMonday => after_easter(50),
            Holiday::CorpusChristi => after_easter(60),
        }
    }
}

/// The nth such weekday of a month, 0 for Monday, from 1.
fn nth_weekday(year: i32, month: u32, day: i32, n: i32) -> i32 {
    let first = days(year, month, 1);
    first + (day - weekday(first)).rem_euclid(7) + 7 * (n - 1)
}

/// Names of more than one word; apostrophes between them are passed over.
const PHRASES: &[(&[&str], Holiday)] = &[
    (&["new", "year", "eve"], Holiday::NewYearsEve),
    (&["new", "years", "eve"], Holiday::NewYearsEve),
    (&["new", "year", "day"], Holiday::NewYear),
    (&["new", "years", "day"], Holiday::NewYear),
    (&["christmas", "eve"], Holiday::ChristmasEve),
    (&["christmas", "day"], Holiday::Christmas),
    (&["thanksgiving", "day"], Holiday::Thanksgiving),
    (&["easter", "monday"], Holiday::EasterMonday),
    (&["easter", "sunday"], Holiday::Easter),
    (&["good", "friday"], Holiday::GoodFriday),
    (&["ash", "wednesday"], Holiday::AshWednesday),
    (&["palm", "sunday"], Holiday::PalmSunday),
    (&["whit", "sunday"], Holiday::Pentecost),
    (&["whit", "monday"], Holiday::WhitMonday),
    (&["ascension", "day"], Holiday::Ascension),
    (&["independence", "day"], Holiday::IndependenceDay),
    (&["labor", "day"], Holiday::LaborDay),
    (&["memorial", "day"], Holiday::MemorialDay),
    (&["columbus", "day"], Holiday::ColumbusDay),
    (&["presidents", "day"], Holiday::PresidentsDay),
    (&["veterans", "day"], Holiday::Veterans),
    (&["armistice", "day"], Holiday::Veterans),
    (
        &["martin", "luther", "king", "day"],
        Holiday::MartinLutherKingDay,
    ),
    (
        &["martin", "luther", "king", "jr", "day"],
        Holiday::MartinLutherKingDay,
    ),
    (&["valentine", "day"], Holiday::Valentine),
    (&["valentines", "day"], Holiday::Valentine),
    (&["patrick", "day"], Holiday::Patrick),
    (&["april", "fools", "day"], Holiday::AprilFools),
    (&["april", "fool", "day"], Holiday::AprilFools),
    (&["may", "day"], Holiday::MayDay),
    (&["boxing", "day"], Holiday::BoxingDay),
    (&["bastille", "day"], Holiday::Bastille),
    (&["international", "women", "day"], Holiday::Women),
    (&["world", "aids", "day"], Holiday::Aids),
    (&["earth", "day"], Holiday::Earth),
    (&["election", "day"], Holiday::Election),
    (&["lundi", "de", "pâques"], Holiday::EasterMonday),
    (&["dimanche", "de", "pâques"], Holiday::Easter),
    (&["lundi", "de", "pentecôte"], Holiday::WhitMonday),
    (&["vendredi", "saint"], Holiday::GoodFriday),
    (&["viernes", "santo"], Holiday::GoodFriday),
    (&["domingo", "de", "pascua"], Holiday::Easter),
    (&["domingo", "de", "resurrección"], Holiday::Easter),
    (&["domingo", "de", "ramos"], Holiday::PalmSunday),
    (&["lunes", "de", "pascua"], Holiday::EasterMonday),
];

/// The first words of [`PHRASES`] that are no holiday alone have this value in a lexicon.
pub const PHRASE_ONLY: i32 = -1;

impl Finder<'_> {
    /// A holiday, with its year if one follows.
    pub fn holiday(&self, at: usize) -> Found {
        let (end, holiday) = self.holiday_name(at)?;
        if let Some((end, year)) = self.year_after(end) {
            return Some((end, Value::Day(holiday.day(year))));
        }
        Some((end, Value::Day(self.nearest(holiday, at))))
    }

    fn holiday_name(&self, at: usize) -> Option<(usize, Holiday)> {
        if !matches!(
            self.class(at),
            Class::Holiday | Class::New | Class::Month | Class::Weekday
        ) || !self.capital(at)
        {
            return None;
        }
        for (words, holiday) in PHRASES {
            if let Some(end) = self.phrase_end(at, words) {
                return Some((end, *holiday));
            }
        }
        let token = self.token(at);
        // "ascension" in small letters is a climb.
        if !token.is(Class::Holiday) || token.has(AMBIGUOUS) && !token.has(CAPITAL) {
            return None;
        }
        // "Easter Island", "Christmas Carol" are names.
        let next = self.token(at + 1);
        if self.mode == Mode::Prose
            && next.is(Class::Other)
            && next.has(CAPITAL)
            && !next.has(GLUED)
            && self.habits.english_order
        {
            return None;
        }
        Some((at + 1, Holiday::from_index(self.token(at).value)?))
    }

    /// The token after a phrase that begins here.
    fn phrase_end(&self, at: usize, words: &[&str]) -> Option<usize> {
        let mut at = at;
        for (i, word) in words.iter().enumerate() {
            if i > 0 && (self.class(at) == Class::Possessive || self.word(at) == ".") {
                at += 1;
            }
            if !self.word(at).eq_ignore_ascii_case(word) || !self.capital(at) {
                return None;
            }
            at += 1;
        }
        Some(at)
    }

    /// "last Christmas", "next Easter": the nearest such day before or after the reference day.
    pub fn related_holiday(&self, shift: i32, noun: usize, end: usize) -> Found {
        let (name_end, holiday) = self.holiday_name(noun)?;
        let mut years = self.year - 1..=self.year + 1;
        let day = match shift {
            -1 => years
                .rev()
                .map(|y| holiday.day(y))
                .find(|&d| d < self.today)?,
            1 => years.map(|y| holiday.day(y)).find(|&d| d > self.today)?,
            _ => years.nth(1).map(|y| holiday.day(y))?,
        };
        Some((end.max(name_end), Value::Day(day)))
    }

    /// The holiday's day nearest to the reference day, as the tense has it.
    fn nearest(&self, holiday: Holiday, at: usize) -> i32 {
        /// A holiday farther ahead than this, without a word of the future, was last year's.
        const AHEAD_DAYS: i32 = 45;
        let day = holiday.day(self.year);
        let future = self.tense(at) == Tense::Future;
        let ahead = if self.mode == Mode::Query {
            0
        } else {
            AHEAD_DAYS
        };
        if day > self.today + ahead && !future {
            holiday.day(self.year - 1)
        } else if day < self.today && future {
            holiday.day(self.year + 1)
        } else {
            day
        }
    }
}
