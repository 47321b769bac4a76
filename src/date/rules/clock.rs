//! Times of the clock: "7:30 p.m. Monday", "15:00 GMT", "um 15.30 Uhr", "15h30".

use crate::date::finder::{Finder, Found, Mode, Tense};
use crate::date::token::*;
use crate::date::value::{Part, Unit, Value};

impl Finder<'_> {
    pub fn clock(&self, at: usize) -> Found {
        let token = self.token(at);
        if !matches!(token.class, Class::Number | Class::NumberWord)
            || token.has(QUANTITY)
            || token.value > 24 && !token.has(FOUR_DIGITS)
        {
            return None;
        }
        if token.has(FOUR_DIGITS) && !self.is_military(at)
            || self.before(at).is(Class::Colon) && self.glued(at)
        {
            return None;
        }
        let mut end = at + 1;
        let mut minutes = None;
        let (hour, military) = if token.has(FOUR_DIGITS) {
            minutes = Some(token.value % 100);
            (token.value / 100, true)
        } else {
            (token.value, false)
        };
        if let Some((minute, next)) = self.minutes(at) {
            minutes = Some(minute);
            end = next;
        }
        let word = token.is(Class::NumberWord);
        if let Some(found) = self.in_the_morning(at, end, minutes) {
            return Some(found);
        }
        // "12:00 noon".
        if token.value == 12
            && self.token(end).is_valued(Class::Part, Part::Noon as i32)
            && !self.token(end).has(PLURAL)
        {
            let (end, day) = self.day_after_clock(end + 1);
            return Some((end, Value::Clock(day, 12, minutes.unwrap_or(0) as u32)));
        }
        let twelve = (self.class(end) == Class::AmPm).then(|| self.token(end).value);
        if twelve.is_none()
            && let Some(found) = self.first_of_times(at, end, minutes)
        {
            return Some(found);
        }
        let hours =
            minutes.is_some() && !self.habits.english_order && self.unit(end) == Some(Unit::Hour);
        let oclock = self
            .oclock(end)
            .or_else(|| self.hours_after(at, end))
            .or_else(|| hours.then_some(end + 1));
        let zone = self
            .zone(end)
            .or((military && self.class(end) == Class::Weekday).then_some(end));
        // "five AM radio stations".
        let capitals = word && twelve.is_some() && self.token(end).has(CAPITAL);
        if word && twelve.is_none() && oclock.is_none() || military && zone.is_none() || capitals {
            return None;
        }
        if twelve.is_none()
            && oclock.is_none()
            && !(minutes.is_some() && (zone.is_some() || self.is_local_time(end, token)))
        {
            return None;
        }
        let hours = match twelve {
            Some(afternoon) if hour <= 12 => hour % 12 + afternoon,
            _ => hour,
        };
        if let Some(next) = oclock {
            end = next;
            if let Some((minute, next)) = self.minutes_after_oclock(end) {
                minutes = Some(minute);
                end = next;
            }
        }
        end += usize::from(twelve.is_some());
        end = self.zone(end).unwrap_or(end);
        let minutes = minutes.unwrap_or(0);
        if hours > 24 || minutes > 59 {
            return None;
        }
        let from = end;
        let (end, day) = self.day_after_clock(end);
        // "nine o'clock Monday night".
        let late = twelve.is_none()
            && hours < 12
            && (from..end).any(|i| {
                let part = self.token(i);
                part.is(Class::Part)
                    && (Part::Afternoon as i32..=Part::Night as i32).contains(&part.value)
            });
        let hours = hours + if late { 12 } else { 0 };
        Some((end, Value::Clock(day, hours as u32, minutes as u32)))
    }

    /// "9 in the morning", "3:30 in the afternoon", "ten at night".
    fn in_the_morning(&self, at: usize, end: usize, minutes: Option<i32>) -> Found {
        let placed = self
            .before(at)
            .is_valued(Class::Preposition, preposition::AT)
            || self.before(at).is(Class::Approximately)
            || minutes.is_some();
        let night = self
            .token(end)
            .is_valued(Class::Preposition, preposition::AT);
        let part = match (self.class(end), self.class(end + 1)) {
            (Class::In, Class::The) => end + 2,
            _ if night => end + 1,
            _ => return None,
        };
        let hour = self.token(at).value;
        let token = self.token(part);
        let english = self.habits.english_order;
        if !english || !placed || !(1..=12).contains(&hour) || !token.is(Class::Part) {
            return None;
        }
        let afternoon = match Part::from_index(token.value)? {
            Part::Morning if !night => 0,
            Part::Afternoon | Part::Evening if !night => 12,
            Part::Night if night => 12,
            _ => return None,
        };
        let (end, day) = self.day_after_clock(part + 1);
        let hour = (hour % 12 + afternoon) as u32;
        Some((end, Value::Clock(day, hour, minutes.unwrap_or(0) as u32)))
    }

    /// The "8:45" of "8:45 to 9:30 a.m.", the "3" of "from 3 to 5 p.m.".
    fn first_of_times(&self, at: usize, end: usize, minutes: Option<i32>) -> Found {
        let joined = matches!(self.class(end), Class::To | Class::Dash | Class::And);
        let opened = minutes.is_some()
            || matches!(self.class(at.wrapping_sub(1)), Class::From | Class::Between);
        let second = self.token(end + 1);
        let hour = self.token(at).value;
        if !joined || !opened || !second.is(Class::Number) || !(1..=12).contains(&hour) {
            return None;
        }
        let mut noon = end + 2;
        if let Some((_, next)) = self.minutes(end + 1) {
            noon = next;
        }
        let half = self.token(noon);
        if !half.is(Class::AmPm) {
            return None;
        }
        let (_, value) = self.clock(end + 1)?;
        let Value::Clock(day, ..) = value else {
            return None;
        };
        // "10 to 2 p.m." begins in the morning.
        let crosses = half.value == 12 && hour % 12 > second.value % 12;
        let hours = hour % 12 + if crosses { 0 } else { half.value };
        Some((
            end,
            Value::Clock(day, hours as u32, minutes.unwrap_or(0) as u32),
        ))
    }

    /// "0040 UTC", "2053 Wednesday".
    fn is_military(&self, at: usize) -> bool {
        let value = self.token(at).value;
        let time = value / 100 < 24 && value % 100 < 60;
        if time && value > self.year && self.class(at + 1) == Class::Weekday {
            return true;
        }
        self.token(at).value / 100 <= 24 && self.zone(at + 1).is_some()
    }

    /// The minutes of "7:30", "15.30 Uhr", and the token after them.
    fn minutes(&self, at: usize) -> Option<(i32, usize)> {
        let colon = self.class(at + 1) == Class::Colon && self.glued(at + 1);
        let minute = self.token(at + 2);
        let two_digits = minute.is(Class::Number) && minute.has(GLUED) && minute.value < 60;
        if colon && two_digits && minute.len() == 2 {
            // "7:30:15" is a time too; its seconds have no place in a value.
            let seconds = self.class(at + 3) == Class::Colon
                && self.glued(at + 3)
                && self.class(at + 4) == Class::Number;
            return Some((minute.value, if seconds { at + 5 } else { at + 3 }));
        }
        let dotted = self.token(at).has(ORDINAL_DOT) && self.class(at + 2) == Class::OClock;
        let minute = self.token(at + 1);
        (dotted && minute.is(Class::Number) && minute.has(GLUED) && minute.len() == 2)
            .then_some((minute.value, at + 2))
    }

    /// "15h30": the minutes after the hour's word.
    fn minutes_after_oclock(&self, at: usize) -> Option<(i32, usize)> {
        let minute = self.token(at);
        let joined = minute.has(GLUED) || self.habits.elision && !minute.has(QUANTITY);
        (minute.is(Class::Number) && minute.len() == 2 && minute.value < 60 && joined)
            .then_some((minute.value, at + 1))
    }

    /// The token after "Uhr", "heures" or "o'clock".
    fn oclock(&self, at: usize) -> Option<usize> {
        if self.class(at) == Class::OClock && !self.habits.english_order {
            return Some(at + 1);
        }
        // "o'clock" is three tokens.
        (self.word(at) == "o"
            && self.class(at + 1) == Class::Possessive
            && self.class(at + 2) == Class::OClock)
            .then_some(at + 3)
    }

    /// "à trois heures", "vers 7 heures": after these the hours are no length of time.
    fn hours_after(&self, at: usize, end: usize) -> Option<usize> {
        let before = self.before(at);
        let at_time =
            before.is_valued(Class::To, 0) || before.is_valued(Class::Preposition, preposition::AT);
        (self.habits.elision && at_time && self.unit(end) == Some(Unit::Hour)).then_some(end + 1)
    }

    /// The token after "GMT", "(GMT)" or "local time".
    fn zone(&self, at: usize) -> Option<usize> {
        if self.class(at) == Class::Open && self.class(at + 1) == Class::TimeZone {
            return Some(at + 3);
        }
        (self.class(at) == Class::TimeZone && self.token(at).has(CAPITAL)).then_some(at + 1)
    }

    /// "13:40 local time": a 24-hour clock with no other mark.
    fn is_local_time(&self, at: usize, hour: Token) -> bool {
        let local = self.word(at) == "local" && self.word(at + 1) == "time";
        local || !self.habits.english_order && hour.len() == 2
    }

    /// The day that follows a time ("15:00 GMT Saturday", "7 p.m. on March 3"), else the reference day.
    pub fn day_after_clock(&self, at: usize) -> (usize, i32) {
        let mut date = at;
        date += usize::from(self.class(date) == Class::Comma);
        date += usize::from(
            self.token(date)
                .is_valued(Class::Preposition, preposition::ON),
        );
        if matches!(
            self.class(date),
            Class::Weekday | Class::Month | Class::NearDay
        ) && let Some((end, value)) = self.calendar_date(date)
        {
            match value {
                Value::Day(day) | Value::DayPart(day, _) => return (end, day),
                _ => {}
            }
        }
        let day = self.nearby_day(at).or_else(|| self.day_ahead(at));
        (at, day.unwrap_or_else(|| self.day_of_events(at)))
    }

    /// The day of "at 5 p.m. local time (2100 UTC) on Monday", before the next verb.
    fn day_ahead(&self, at: usize) -> Option<i32> {
        const REACH: usize = 9;
        for date in at..at + REACH {
            match self.class(date) {
                Class::Stop | Class::Past | Class::Future | Class::Timetable => return None,
                Class::Weekday | Class::Month | Class::NearDay => {
                    return match self.calendar_date(date)?.1 {
                        Value::Day(day) | Value::DayPart(day, _) | Value::Clock(day, ..) => {
                            Some(day)
                        }
                        _ => None,
                    };
                }
                _ => {}
            }
        }
        None
    }

    /// The day that a report speaks of: a past one named a little before, else the reference day.
    pub fn day_of_events(&self, at: usize) -> i32 {
        const REACH_TOKENS: usize = 150;
        const REACH_DAYS: i32 = 7;
        match self.past_day {
            Some((end, day))
                if at.saturating_sub(end) < REACH_TOKENS
                    && self.today - day <= REACH_DAYS
                    && self.tense(at) != Tense::Future
                    && self.mode == Mode::Prose =>
            {
                day
            }
            _ => self.today,
        }
    }
}
