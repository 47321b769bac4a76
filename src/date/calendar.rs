//! The proleptic Gregorian calendar in day numbers, and ISO weeks.
//!
//! A day number counts days from 1970-01-01. The conversions are Howard Hinnant's
//! `days_from_civil` and `civil_from_days`: exact for every year that fits, without tables
//! and without a failing path, which the finder needs for arithmetic in its inner loops.

/// The day number of the first day of year 1.
pub const FIRST_DAY: i32 = -719_162;

/// The day number of the last day of year 9999.
pub const LAST_DAY: i32 = 2_932_896;

/// The day number of a date; `month` from 1 to 12, a `day` past the month's end runs on.
pub fn days(year: i32, month: u32, day: u32) -> i32 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month as i32 + 9) % 12) + 2) / 5 + day as i32 - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// Year, month and day of a day number.
pub fn civil(day_number: i32) -> (i32, u32, u32) {
    let shifted = day_number + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let year = year_of_era + era * 400 + i32::from(month <= 2);
    (year, month as u32, day as u32)
}

/// The weekday, 0 for Monday.
pub fn weekday(day_number: i32) -> i32 {
    (day_number + 3).rem_euclid(7)
}

/// The Monday of the week that holds the day.
pub fn monday(day_number: i32) -> i32 {
    day_number - weekday(day_number)
}

/// The number of days of a month.
pub fn days_in_month(year: i32, month: u32) -> u32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The day number, or `None` where the calendar has no such day.
pub fn checked_days(year: i32, month: u32, day: u32) -> Option<i32> {
    ((1..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=days_in_month(year, month)).contains(&day))
    .then(|| days(year, month, day))
}

/// ISO 8601 year and week of a day.
pub fn iso_week(day_number: i32) -> (i32, i32) {
    let thursday = monday(day_number) + 3;
    let (year, _, _) = civil(thursday);
    (year, (thursday - days(year, 1, 1)) / 7 + 1)
}

/// The Monday of an ISO week, or `None` where the year has no such week.
pub fn week_start(year: i32, week: i32) -> Option<i32> {
    let start = monday(days(year, 1, 4)) + 7 * (week - 1);
    (iso_week(start) == (year, week)).then_some(start)
}

/// The month `shift` months away.
pub fn add_months(year: i32, month: u32, shift: i32) -> (i32, u32) {
    let months = year * 12 + month as i32 - 1 + shift;
    (months.div_euclid(12), months.rem_euclid(12) as u32 + 1)
}

/// Western Easter Sunday (the anonymous Gregorian algorithm, Meeus 1991).
pub fn easter(year: i32) -> i32 {
    let (a, b, c) = (year % 19, year / 100, year % 100);
    let (d, e) = (b / 4, b % 4);
    let g = (8 * b + 13) / 25;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    days(year, (n / 31) as u32, (n % 31 + 1) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn day_numbers_and_dates_are_inverse_over_every_day_of_ten_thousand_years() {
        let mut expected = days(1, 1, 1);
        assert_eq!(expected, FIRST_DAY);
        for year in 1..=9999 {
            for month in 1..=12 {
                for day in 1..=days_in_month(year, month) {
                    assert_eq!(days(year, month, day), expected);
                    assert_eq!(civil(expected), (year, month, day));
                    expected += 1;
                }
            }
        }
        assert_eq!(expected - 1, LAST_DAY);
    }

    #[test]
    fn weekdays_agree_with_a_wall_calendar() {
        // 1 January 1900 was a Monday, 29 February 2000 a Tuesday, 14 July 2024 a Sunday.
        assert_eq!(weekday(days(1900, 1, 1)), 0);
        assert_eq!(weekday(days(2000, 2, 29)), 1);
        assert_eq!(weekday(days(2024, 7, 14)), 6);
    }

    #[test]
    fn iso_weeks_at_the_turn_of_the_year() {
        // ISO 8601: 2021-01-03 is in 2020-W53, 2024-12-30 in 2025-W01, 2026-12-31 in 2026-W53.
        assert_eq!(iso_week(days(2021, 1, 3)), (2020, 53));
        assert_eq!(iso_week(days(2024, 12, 30)), (2025, 1));
        assert_eq!(iso_week(days(2026, 12, 31)), (2026, 53));
        assert_eq!(week_start(2026, 53), Some(days(2026, 12, 28)));
        assert_eq!(week_start(2025, 53), None);
    }

    #[test]
    fn easter_sundays_of_published_tables() {
        for (year, month, day) in [
            (1961, 4, 2),
            (2000, 4, 23),
            (2008, 3, 23),
            (2024, 3, 31),
            (2025, 4, 20),
            (2038, 4, 25),
        ] {
            assert_eq!(easter(year), days(year, month, day), "{year}");
        }
    }
}
