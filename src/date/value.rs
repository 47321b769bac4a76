//! What an expression means: TIMEX3 values and the days that they cover.

use super::calendar::{FIRST_DAY, LAST_DAY, civil, days, days_in_month, iso_week};
use super::{DateKind, Interval};
use std::fmt::{self, Write};

/// Units of time, shortest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
    Decade,
    Century,
}

impl Unit {
    pub const ALL: [Unit; 10] = [
        Unit::Second,
        Unit::Minute,
        Unit::Hour,
        Unit::Day,
        Unit::Week,
        Unit::Month,
        Unit::Quarter,
        Unit::Year,
        Unit::Decade,
        Unit::Century,
    ];

    /// The unit of a lexicon entry's number.
    pub fn from_index(index: i32) -> Option<Unit> {
        usize::try_from(index)
            .ok()
            .and_then(|i| Self::ALL.get(i))
            .copied()
    }
}

/// Parts of a day, in the order of the lexicons' numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Morning,
    Afternoon,
    Evening,
    Night,
    Noon,
    Midnight,
    Daytime,
}

impl Part {
    pub fn from_index(index: i32) -> Option<Part> {
        const ALL: [Part; 7] = [
            Part::Morning,
            Part::Afternoon,
            Part::Evening,
            Part::Night,
            Part::Noon,
            Part::Midnight,
            Part::Daytime,
        ];
        usize::try_from(index)
            .ok()
            .and_then(|i| ALL.get(i))
            .copied()
    }

    fn timex(self) -> &'static str {
        match self {
            Part::Morning => "TMO",
            Part::Afternoon => "TAF",
            Part::Evening => "TEV",
            Part::Night => "TNI",
            Part::Noon => "T12:00",
            Part::Midnight => "T00:00",
            Part::Daytime => "TDT",
        }
    }
}

/// Meteorological seasons of the northern hemisphere; a winter is named after its December.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Season {
    Spring,
    Summer,
    Autumn,
    Winter,
}

impl Season {
    pub fn from_index(index: i32) -> Option<Season> {
        const ALL: [Season; 4] = [
            Season::Spring,
            Season::Summer,
            Season::Autumn,
            Season::Winter,
        ];
        usize::try_from(index)
            .ok()
            .and_then(|i| ALL.get(i))
            .copied()
    }

    /// The season of a month.
    pub fn of_month(month: u32) -> Season {
        match month {
            3..=5 => Season::Spring,
            6..=8 => Season::Summer,
            9..=11 => Season::Autumn,
            _ => Season::Winter,
        }
    }
}

/// References that name no days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vague {
    Present,
    Past,
    Future,
}

/// How many units a duration has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Amount {
    /// Finite, not negative.
    Known(f32),
    /// "several", "some": X in TIMEX3.
    Unknown,
}

/// The meaning of one expression.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    Day(i32),
    DayPart(i32, Part),
    /// Day, hour, minute.
    Clock(i32, u32, u32),
    /// The Monday of the week, as for [`Value::Week`].
    Weekend(i32),
    Week(i32),
    Month(i32, u32),
    Quarter(i32, u32),
    Half(i32, u32),
    Season(i32, Season),
    Year(i32),
    /// The year divided by ten.
    Decade(i32),
    /// The year divided by a hundred.
    Century(i32),
    /// First and last day: only in queries ("past two years").
    Span(i32, i32),
    Vague(Vague),
    Duration(Amount, Unit),
    /// Every so many units.
    Set(Amount, Unit),
    /// Every such weekday, 0 for Monday.
    EveryWeekday(i32),
    EveryMonth(u32),
    EverySeason(Season),
    EveryPart(Part),
    EveryWeekend,
}

impl Value {
    pub fn kind(&self) -> DateKind {
        match self {
            Value::DayPart(..) | Value::Clock(..) => DateKind::Time,
            Value::Duration(..) => DateKind::Duration,
            Value::Set(..)
            | Value::EveryWeekday(_)
            | Value::EveryMonth(_)
            | Value::EverySeason(_)
            | Value::EveryPart(_)
            | Value::EveryWeekend => DateKind::Set,
            _ => DateKind::Date,
        }
    }

    /// First and last day; `None` for what names no days of the calendar.
    pub fn days(&self) -> Option<(i32, i32)> {
        let months = |year: i32, first: u32, last: u32| {
            (
                days(year, first, 1),
                days(year, last, days_in_month(year, last)),
            )
        };
        let years = |first: i32, last: i32| (days(first, 1, 1), days(last, 12, 31));
        let (first, last) = match *self {
            Value::Day(d) | Value::DayPart(d, _) | Value::Clock(d, ..) => (d, d),
            Value::Weekend(monday) => (monday + 5, monday + 6),
            Value::Week(monday) => (monday, monday + 6),
            Value::Month(y, m) => months(y, m, m),
            Value::Quarter(y, q) => months(y, 3 * q - 2, 3 * q),
            Value::Half(y, h) => months(y, 6 * h - 5, 6 * h),
            Value::Season(y, Season::Winter) => {
                (days(y, 12, 1), days(y + 1, 2, days_in_month(y + 1, 2)))
            }
            Value::Season(y, Season::Spring) => months(y, 3, 5),
            Value::Season(y, Season::Summer) => months(y, 6, 8),
            Value::Season(y, Season::Autumn) => months(y, 9, 11),
            Value::Year(y) => years(y, y),
            Value::Decade(d) => years(10 * d, 10 * d + 9),
            Value::Century(c) => years(100 * c, 100 * c + 99),
            Value::Span(first, last) => (first, last),
            _ => return None,
        };
        (first <= LAST_DAY && last >= FIRST_DAY)
            .then_some((first.max(FIRST_DAY), last.min(LAST_DAY)))
    }

    pub fn interval(&self) -> Option<Interval> {
        let (first, last) = self.days()?;
        Interval::from_days(first, last + 1)
    }

    /// The year that the value lies in, where that is one year.
    pub fn year(&self) -> Option<i32> {
        match *self {
            Value::Day(d)
            | Value::DayPart(d, _)
            | Value::Clock(d, ..)
            | Value::Weekend(d)
            | Value::Week(d) => Some(civil(d).0),
            Value::Month(y, _)
            | Value::Quarter(y, _)
            | Value::Half(y, _)
            | Value::Season(y, _)
            | Value::Year(y) => Some(y),
            _ => None,
        }
    }

    /// The one day that the value names or lies in.
    pub fn day(&self) -> Option<i32> {
        match *self {
            Value::Day(day) | Value::DayPart(day, _) | Value::Clock(day, ..) => Some(day),
            _ => None,
        }
    }

    /// Whether the value is within what TIMEX3 and [`Interval`] can write: years 1 to 9999.
    pub fn in_calendar(&self) -> bool {
        let years = 1..=9999;
        match *self {
            Value::Decade(d) => (0..=999).contains(&d),
            Value::Century(c) => (0..=99).contains(&c),
            _ => self.year().is_none_or(|y| years.contains(&y)),
        }
    }
}

fn write_day(f: &mut fmt::Formatter<'_>, day: i32) -> fmt::Result {
    let (y, m, d) = civil(day);
    write!(f, "{y:04}-{m:02}-{d:02}")
}

fn write_amount(f: &mut fmt::Formatter<'_>, amount: Amount, unit: Unit) -> fmt::Result {
    let (time, letters, factor) = match unit {
        Unit::Second => ("T", "S", 1.0),
        Unit::Minute => ("T", "M", 1.0),
        Unit::Hour => ("T", "H", 1.0),
        Unit::Day => ("", "D", 1.0),
        Unit::Week => ("", "W", 1.0),
        Unit::Month => ("", "M", 1.0),
        Unit::Quarter => ("", "Q", 1.0),
        Unit::Year => ("", "Y", 1.0),
        Unit::Decade => ("", "Y", 10.0),
        Unit::Century => ("", "Y", 100.0),
    };
    match amount {
        Amount::Unknown => {
            let letters = match unit {
                Unit::Decade => "DE",
                Unit::Century => "CE",
                _ => letters,
            };
            write!(f, "P{time}X{letters}")
        }
        Amount::Known(n) if n.fract() != 0.0 && factor == 1.0 => match unit {
            Unit::Year => write!(f, "P{}M", (n * 12.0).round()),
            Unit::Hour => write!(f, "PT{}M", (n * 60.0).round()),
            _ => write!(f, "P{time}{n:.1}{letters}"),
        },
        Amount::Known(n) => write!(f, "P{time}{}{letters}", (n * factor).round()),
    }
}

impl fmt::Display for Value {
    /// The TIMEX3 value.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Value::Day(d) => write_day(f, d),
            Value::DayPart(d, part) => {
                write_day(f, d)?;
                f.write_str(part.timex())
            }
            Value::Clock(d, hour, minute) => {
                write_day(f, d)?;
                write!(f, "T{hour:02}:{minute:02}")
            }
            Value::Weekend(monday) | Value::Week(monday) => {
                let (year, week) = iso_week(monday);
                write!(f, "{year:04}-W{week:02}")?;
                if matches!(self, Value::Weekend(_)) {
                    f.write_str("-WE")?;
                }
                Ok(())
            }
            Value::Month(y, m) => write!(f, "{y:04}-{m:02}"),
            Value::Quarter(y, q) => write!(f, "{y:04}-Q{q}"),
            Value::Half(y, h) => write!(f, "{y:04}-H{h}"),
            Value::Season(y, s) => write!(f, "{y:04}-{}", season_letters(s)),
            Value::Year(y) => write!(f, "{y:04}"),
            Value::Decade(d) => write!(f, "{d:03}"),
            Value::Century(c) => write!(f, "{c:02}"),
            Value::Span(first, last) => {
                write_day(f, first)?;
                f.write_str("/")?;
                write_day(f, last)
            }
            Value::Vague(Vague::Present) => f.write_str("PRESENT_REF"),
            Value::Vague(Vague::Past) => f.write_str("PAST_REF"),
            Value::Vague(Vague::Future) => f.write_str("FUTURE_REF"),
            Value::Duration(amount, unit) | Value::Set(amount, unit) => {
                write_amount(f, amount, unit)
            }
            Value::EveryWeekday(d) => write!(f, "XXXX-WXX-{}", d + 1),
            Value::EveryMonth(m) => write!(f, "XXXX-{m:02}"),
            Value::EverySeason(s) => write!(f, "XXXX-{}", season_letters(s)),
            Value::EveryPart(part) => {
                f.write_str("XXXX-XX-XX")?;
                f.write_str(part.timex())
            }
            Value::EveryWeekend => f.write_str("XXXX-WXX-WE"),
        }
    }
}

fn season_letters(season: Season) -> &'static str {
    match season {
        Season::Spring => "SP",
        Season::Summer => "SU",
        Season::Autumn => "FA",
        Season::Winter => "WI",
    }
}

/// The TIMEX3 value as a string.
pub fn timex(value: &Value) -> String {
    let mut out = String::with_capacity(16);
    // Writing to a String cannot fail.
    let _ = write!(out, "{value}");
    out
}
