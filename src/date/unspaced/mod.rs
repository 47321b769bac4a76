//! Japanese, Chinese and Thai, which write no spaces between words: a scan for numbers with
//! their units and for a short list of words, instead of tokens.
//!
//! Years above 2400 are Buddhist; Japanese years may be counted by era.

mod words;

use self::words::{CHINESE, ERAS, JAPANESE, THAI, THAI_MONTHS, Word};
use super::calendar::{add_months, checked_days, civil, days_in_month, monday, weekday};
use super::rules::unit_at_distance;
use super::value::{Amount, Unit, Value, timex};
use super::{DateKind, DateMention, Interval};

/// How far ahead a date without a year or month may lie before the one before it is meant.
const AHEAD_DAYS: i32 = 75;
/// As [`AHEAD_DAYS`], for a day without its month.
const AHEAD_DAYS_IN_MONTH: i32 = 10;

/// A language without spaces.
pub struct Script {
    words: &'static [(&'static str, Word)],
    thai: bool,
}

impl Script {
    /// The script of an ISO 639 code; `None` for a language with spaces or without a table.
    pub fn of(lang: &str) -> Option<Script> {
        match lang.split(['-', '_']).next()? {
            "ja" => Some(Script {
                words: JAPANESE,
                thai: false,
            }),
            "zh" => Some(Script {
                words: CHINESE,
                thai: false,
            }),
            "th" => Some(Script {
                words: THAI,
                thai: true,
            }),
            _ => None,
        }
    }

    /// Adds the mentions of `text` and the ranges over them.
    pub fn scan(&self, text: &str, today: i32, mentions: &mut Vec<DateMention>) {
        let mut scan = Scan {
            text,
            script: self,
            today,
            last: None,
        };
        let mut found: Vec<(usize, usize, Value)> = Vec::new();
        let mut at = 0;
        while at < text.len() {
            let hit = scan.expression(at).filter(|(_, value)| value.in_calendar());
            if let Some((end, value)) = hit {
                if value.days().is_some() {
                    scan.last = Some(value);
                }
                found.push((at, end, value));
                at = end;
            } else {
                at = scan.skip(at);
            }
        }
        for (i, &(start, end, value)) in found.iter().enumerate() {
            if let Some(&(next, to, last)) = found.get(i + 1)
                && joins(text.get(end..next).unwrap_or(""))
                && let (Some((first, _)), Some((_, last))) = (value.days(), last.days())
                && let Some(interval) = Interval::from_days(first, last.saturating_add(1))
            {
                mentions.push(mention(start, to, DateKind::Range, None, Some(interval)));
            }
            mentions.push(mention(
                start,
                end,
                value.kind(),
                Some(timex(&value)),
                value.interval(),
            ));
        }
    }
}

fn mention(
    start: usize,
    end: usize,
    kind: DateKind,
    value: Option<String>,
    interval: Option<Interval>,
) -> DateMention {
    DateMention {
        start: start as u32,
        end: end as u32,
        kind,
        value,
        interval,
    }
}

/// What stands between the two ends of a range.
fn joins(between: &str) -> bool {
    matches!(
        between.trim(),
        "から" | "~" | "～" | "〜" | "－" | "-" | "–" | "至" | "到" | "ถึง" | "ถึงวันที่" | "-วันที่"
    )
}

struct Scan<'a> {
    text: &'a str,
    script: &'a Script,
    today: i32,
    last: Option<Value>,
}

type Found = Option<(usize, Value)>;

impl Scan<'_> {
    fn rest(&self, at: usize) -> &str {
        self.text.get(at..).unwrap_or("")
    }

    fn after(&self, at: usize, word: &str) -> Option<usize> {
        self.rest(at).starts_with(word).then(|| at + word.len())
    }

    fn after_any(&self, at: usize, words: &[&str]) -> Option<usize> {
        words.iter().find_map(|word| self.after(at, word))
    }

    fn after_spaces(&self, at: usize) -> usize {
        let rest = self.rest(at);
        at + rest.len() - rest.trim_start_matches([' ', '\u{a0}', '\u{3000}']).len()
    }

    /// Past a character, or past a whole number, which must not be read from its middle.
    fn skip(&self, at: usize) -> usize {
        if let Some((_, _, end)) = self.number(at) {
            return end;
        }
        at + self.rest(at).chars().next().map_or(1, char::len_utf8)
    }

    /// Value, digits and end of a number; "1,000" and "3.5" have too many digits for a date.
    fn number(&self, at: usize) -> Option<(i32, usize, usize)> {
        const TOO_MANY_DIGITS: usize = 9;
        let (mut value, mut digits, mut end) = (0i32, 0, at);
        for c in self.rest(at).chars() {
            if let Some(digit) = super::line::digit(c) {
                value = value.saturating_mul(10).saturating_add(digit as i32);
                digits += 1;
            } else if matches!(c, ',' | '.' | '，' | '．')
                && digits > 0
                && self
                    .rest(end + c.len_utf8())
                    .chars()
                    .next()
                    .and_then(super::line::digit)
                    .is_some()
            {
                digits += TOO_MANY_DIGITS;
            } else {
                break;
            }
            end += c.len_utf8();
        }
        (digits > 0).then_some((value, digits, end))
    }

    fn expression(&self, at: usize) -> Found {
        let first = self.rest(at).chars().next()?;
        if first.is_ascii() && !first.is_ascii_digit() {
            return None;
        }
        if super::line::digit(first).is_some() {
            return if self.script.thai {
                self.thai_date(at)
            } else {
                self.numbered(at)
            };
        }
        for &(word, meaning) in self.script.words {
            if let Some(end) = self.after(at, word) {
                // "4 เดือนที่ผ่านมา" are the past four months.
                let counted = self
                    .text
                    .get(..at)?
                    .trim_end()
                    .chars()
                    .next_back()
                    .and_then(super::line::digit);
                return if counted.is_some() {
                    None
                } else {
                    Some((end, self.meaning(meaning)?))
                };
            }
        }
        if self.script.thai {
            return self.thai_month_or_year(at);
        }
        if let Some((hour_end, value)) = self.clock(at, self.day_spoken_of()) {
            return Some((hour_end, value));
        }
        let (era, base) = ERAS
            .iter()
            .find(|(era, _)| self.rest(at).starts_with(era))?;
        let number = at + era.len();
        let (year, end) = match self.after(number, "元") {
            Some(end) => (1, end),
            None => self.number(number).map(|(n, _, end)| (n, end))?,
        };
        let end = self.after(end, "年")?;
        self.in_year(end, base.checked_add(year)?)
    }

    fn day_spoken_of(&self) -> i32 {
        match self.last {
            Some(Value::Day(day) | Value::Clock(day, ..)) if (self.today - day).abs() < 30 => day,
            _ => self.today,
        }
    }

    fn meaning(&self, word: Word) -> Option<Value> {
        let (year, month, _) = civil(self.today);
        Some(match word {
            Word::Day(shift) => Value::Day(self.today + shift),
            Word::Part(shift, part) => Value::DayPart(self.today + shift, part),
            Word::Week(shift) => Value::Week(monday(self.today) + 7 * shift),
            Word::Month(shift) => {
                let (year, month) = add_months(year, month, shift);
                Value::Month(year, month)
            }
            Word::Year(shift) => Value::Year(year + shift),
            Word::SameDay(shift) => match self.last? {
                Value::Day(day) | Value::Clock(day, ..) | Value::DayPart(day, _) => {
                    Value::Day(day + shift)
                }
                _ => return None,
            },
            Word::SameYear(shift) => Value::Year(self.last?.year()? + shift),
            Word::SameMonth(shift) => {
                let (first, _) = self.last?.days()?;
                let (year, month, _) = civil(first);
                let (year, month) = add_months(year, month, shift);
                Value::Month(year, month)
            }
            Word::Weekday(day) => {
                Value::Day(self.today - (weekday(self.today) - day).rem_euclid(7))
            }
        })
    }

    /// A number and its unit: "2011年4月7日", "4月7日", "7日", "3年前", "10日間", "1990年代", "20世紀".
    fn numbered(&self, at: usize) -> Found {
        let (n, digits, end) = self.number(at)?;
        if digits > 4 {
            return None;
        }
        if let Some(end) = self.after(end, "世紀").or_else(|| self.after(end, "世纪")) {
            return (n >= 1).then_some((end, Value::Century(n - 1)));
        }
        if let Some(found) = self.amount(n, end) {
            return Some(found);
        }
        if let Some(end) = self.after(end, "年") {
            if let Some(end) = self.after(end, "代") {
                return (digits == 4).then_some((end, Value::Decade(n / 10)));
            }
            return if digits == 4 {
                self.in_year(end, n)
            } else {
                None
            };
        }
        if let Some(end) = self.after(end, "月") {
            return self.in_month(end, n);
        }
        let end = self.after_any(end, &["日", "号", "號"])?;
        // "2日目" is the second day of something.
        if self.after(end, "目").is_some() {
            return None;
        }
        self.day_of_month(end, n)
    }

    /// Distances ("3年前") and lengths ("10日間").
    fn amount(&self, n: i32, end: usize) -> Found {
        const UNITS: &[(&[&str], Unit)] = &[
            (&["年"], Unit::Year),
            (
                &["か月", "ヶ月", "カ月", "ヵ月", "个月", "個月"],
                Unit::Month,
            ),
            (&["週間", "周", "週", "个星期", "個星期"], Unit::Week),
            (&["日", "天"], Unit::Day),
            (&["時間", "小时", "小時"], Unit::Hour),
            (&["分"], Unit::Minute),
        ];
        for (names, unit) in UNITS {
            let Some(end) = self.after_any(end, names) else {
                continue;
            };
            let (end, spanned) = match self.after(end, "間") {
                Some(end) => (end, true),
                None => (end, false),
            };
            if let Some(end) = self.after(end, "前") {
                return Some((end, unit_at_distance(self.today, *unit, n.checked_neg()?)?));
            }
            // "3年" alone is a school year or an era's, "7日" a day, "19分" a time.
            let length = spanned || !matches!(unit, Unit::Year | Unit::Day | Unit::Minute);
            return length.then_some((end, Value::Duration(Amount::Known(n as f32), *unit)));
        }
        None
    }

    /// What follows a year: a month and a day, or nothing.
    fn in_year(&self, end: usize, year: i32) -> Found {
        let year = if year >= 2400 { year - 543 } else { year };
        if !(1000..=2200).contains(&year) {
            return None;
        }
        let month_at = self.after_spaces(end);
        let Some((month, _, month_end)) = self.number(month_at) else {
            return Some((end, Value::Year(year)));
        };
        let Some(month_end) = self
            .after(month_end, "月")
            .filter(|_| (1..=12).contains(&month))
        else {
            return Some((end, Value::Year(year)));
        };
        let day_at = self.after_spaces(month_end);
        let day = self.number(day_at).and_then(|(day, _, day_end)| {
            let day_end = self.after_any(day_end, &["日", "号", "號"])?;
            let day = checked_days(year, month as u32, u32::try_from(day).ok()?)?;
            Some(self.with_clock(day_end, day))
        });
        Some(day.unwrap_or((month_end, Value::Month(year, month as u32))))
    }

    /// A month without a year, with or without a day.
    fn in_month(&self, end: usize, month: i32) -> Found {
        let month = u32::try_from(month).ok().filter(|m| (1..=12).contains(m))?;
        let (year, this_month, _) = civil(self.today);
        let day_at = self.after_spaces(end);
        let day = self.number(day_at).and_then(|(day, _, day_end)| {
            let day_end = self.after_any(day_end, &["日", "号", "號"])?;
            let day = u32::try_from(day).ok()?;
            let this = checked_days(year, month, day)?;
            let day = if this > self.today + AHEAD_DAYS {
                checked_days(year - 1, month, day)?
            } else {
                this
            };
            Some(self.with_clock(day_end, day))
        });
        let past = month > this_month + 2;
        Some(day.unwrap_or((end, Value::Month(year - i32::from(past), month))))
    }

    /// "22日": of the reference month, or of the one before.
    fn day_of_month(&self, end: usize, day: i32) -> Found {
        let day = u32::try_from(day).ok().filter(|d| (1..=31).contains(d))?;
        let (year, month, _) = civil(self.today);
        let this =
            checked_days(year, month, day).filter(|&d| d <= self.today + AHEAD_DAYS_IN_MONTH);
        let day = this.or_else(|| {
            let (year, month) = add_months(year, month, -1);
            (day <= days_in_month(year, month)).then(|| checked_days(year, month, day))?
        })?;
        Some(self.with_clock(end, day))
    }

    fn with_clock(&self, end: usize, day: i32) -> (usize, Value) {
        self.clock(end, day).unwrap_or((end, Value::Day(day)))
    }

    /// "午後10時19分".
    fn clock(&self, at: usize, day: i32) -> Found {
        let noon = [("午前", 0), ("午後", 12), ("上午", 0), ("下午", 12)];
        let (number_at, add) = noon
            .iter()
            .find_map(|(word, add)| self.after(at, word).map(|end| (end, *add)))?;
        let (hour, _, end) = self.number(number_at)?;
        let end = self.after_any(end, &["時", "时", "點", "点"])?;
        if self.after(end, "間").is_some() || !(0..=12).contains(&hour) {
            return None;
        }
        let minutes = self.number(end).and_then(|(minute, _, end)| {
            let end = self.after(end, "分")?;
            (0..60).contains(&minute).then_some((minute, end))
        });
        let (minute, end) = minutes.unwrap_or((0, end));
        Some((
            end,
            Value::Clock(day, (hour % 12 + add) as u32, minute as u32),
        ))
    }

    /// "3 มีนาคม 2566", "3 มีนาคม".
    fn thai_date(&self, at: usize) -> Found {
        let (day, digits, end) = self.number(at)?;
        if digits > 2 {
            return None;
        }
        let (month, end) = self.thai_month(self.after_spaces(end))?;
        let day = u32::try_from(day).ok()?;
        if let Some((year, end)) = self.thai_year(end) {
            return Some((end, Value::Day(checked_days(year, month, day)?)));
        }
        let (year, _, _) = civil(self.today);
        let this = checked_days(year, month, day)?;
        let day = if this > self.today + AHEAD_DAYS {
            checked_days(year - 1, month, day)?
        } else {
            this
        };
        Some((end, Value::Day(day)))
    }

    fn thai_month(&self, at: usize) -> Option<(u32, usize)> {
        THAI_MONTHS
            .iter()
            .zip(1..)
            .find_map(|(names, month)| Some((month, self.after_any(at, names)?)))
    }

    /// A year after a month, Buddhist or not: "2566", "พ.ศ. 2566", "ค.ศ. 2023".
    fn thai_year(&self, at: usize) -> Option<(i32, usize)> {
        let mut at = self.after_spaces(at);
        for word in ["ปี", "พ.ศ.", "ค.ศ.", "พุทธศักราช"] {
            if let Some(end) = self.after(at, word) {
                at = self.after_spaces(end);
            }
        }
        let (year, digits, end) = self.number(at)?;
        let year = match (year, digits) {
            (2400.., 4) => year - 543,
            (_, 4) => year,
            // "9 พ.ค. 67" is of 2567.
            (40..=99, 2) => year + 2500 - 543,
            _ => return None,
        };
        (1000..=2200).contains(&year).then_some((year, end))
    }

    /// "มีนาคม 2566", "ปี 2566", "พ.ศ. 2566".
    fn thai_month_or_year(&self, at: usize) -> Found {
        if let Some((month, end)) = self.thai_month(at) {
            let (year, end) = self.thai_year(end)?;
            return Some((end, Value::Month(year, month)));
        }
        self.after_any(at, &["ปี", "พ.ศ.", "ค.ศ."])?;
        self.thai_year(at)
            .map(|(year, end)| (end, Value::Year(year)))
    }
}

#[cfg(test)]
mod tests;
