//! Ranges over two expressions: "from 3 to 7 May", "between March and June 2024", "1999-2001".

use crate::date::finder::Match;
use crate::date::token::*;
use crate::date::value::Value;

/// Two neighbouring expressions that bound one run of days.
#[derive(Clone, Copy, Debug)]
pub struct Range {
    /// Tokens: the first of the one, and the one after all that the other uses.
    pub first: usize,
    pub end: usize,
    pub days: (i32, i32),
}

/// The range that two neighbouring matches bound, if the words about them say so.
pub fn range(tokens: &[Token], from: &Match, to: &Match) -> Option<Range> {
    // "Dec. 28, 2020, to Jan. 3, 2021".
    let comma = tokens.get(from.end).is_some_and(|t| t.is(Class::Comma))
        && tokens.get(from.end + 1).is_some_and(|t| t.is(Class::To));
    let after = from.end + usize::from(comma);
    let joiner = tokens.get(after)?;
    let between = to.first.checked_sub(after)?;
    // "May 3, to May 7", "3. bis zum 7. Mai".
    let article = between == 2
        && tokens
            .get(after + 1)
            .is_some_and(|t| t.is(Class::The) || t.has(CONTRACTED));
    if between != 1 && !article {
        return None;
    }
    let opener = from.first.checked_sub(1).and_then(|i| tokens.get(i));
    let is = |class| opener.is_some_and(|t| t.is(class));
    let joined = match joiner.class {
        Class::And => joiner.value == 0 && is(Class::Between),
        Class::Dash => {
            // "in 1998 - Tuesday's …" is no range; a glued dash joins, a spaced one only like parts.
            let glued = joiner.has(GLUED) && tokens.get(to.first).is_some_and(|t| t.has(GLUED));
            glued
                || std::mem::discriminant(&from.value) == std::mem::discriminant(&to.value)
                    && is(Class::From)
        }
        Class::Slash => {
            // "2007/08" is a season, "2005/2010" two years.
            joiner.has(GLUED)
                && matches!((from.value, to.value), (Value::Year(a), Value::Year(b)) if b == a + 1)
        }
        Class::To => true,
        _ => false,
    };
    if !joined {
        return None;
    }
    let (first, mut last) = (from.value.days()?, to.value.days()?);
    // "from 3 to 5 p.m." is no run of days.
    let times = |value| matches!(value, Value::Clock(..) | Value::DayPart(..));
    if (times(from.value) || times(to.value)) && first == last {
        return None;
    }
    // "Friday to Monday" runs over the turn of the week, not back.
    if let (Value::Day(a), Value::Day(b)) = (from.value, to.value)
        && b < a
        && a - b < 7
        && tokens.get(to.first).is_some_and(|t| t.is(Class::Weekday))
    {
        last = (b + 7, b + 7);
    }
    (first.0 <= last.1).then_some(Range {
        first: from.first,
        end: to.resume,
        days: (first.0, last.1),
    })
}
