//! Calendar covers: day intervals as a few tree nodes, so that overlap becomes term matching.
//!
//! The calendar is a forest: century ⊃ decade ⊃ year ⊃ month ⊃ day, every node the exact
//! disjoint union of its children. The *cover* C(I) of an interval I is the unique smallest
//! set of nodes whose disjoint union is I. Weeks and quarters are not nodes: a week may lie
//! in two months, and a quarter is three of them.
//!
//! **Overlap theorem.** Two nodes share a day iff they are equal or one is a proper ancestor
//! of the other. Hence I and Q overlap iff some node of C(I) is in C(Q) ∪ anc(C(Q)), or some
//! node of anc(C(I)) is in C(Q), where anc gives all proper ancestors. An index therefore keeps
//! two multi-valued fields, C(I) and anc(C(I)), over all intervals of a passage, and a query is a
//! disjunction of exact terms: the first set against the cover field, the second against the
//! ancestor field. It is exact over any number of intervals, which a pair of multi-valued
//! `from`/`to` fields is not: there one interval's start meets another's end.

use super::Interval;
use super::calendar::{FIRST_DAY, LAST_DAY, civil, days};

/// The tree's levels, finest first.
const DAY: u8 = 0;
const MONTH: u8 = 1;
const YEAR: u8 = 2;
const DECADE: u8 = 3;
const CENTURY: u8 = 4;

/// The index of the node of `level` that holds a day.
fn node_of(level: u8, day: i32) -> i32 {
    if level == DAY {
        return day;
    }
    let (year, month, _) = civil(day);
    match level {
        MONTH => year * 12 + month as i32 - 1,
        YEAR => year,
        DECADE => year.div_euclid(10),
        _ => year.div_euclid(100),
    }
}

/// The first day of a node.
fn node_start(level: u8, index: i32) -> i32 {
    match level {
        DAY => index,
        MONTH => days(index.div_euclid(12), index.rem_euclid(12) as u32 + 1, 1),
        YEAR => days(index, 1, 1),
        DECADE => days(index * 10, 1, 1),
        _ => days(index * 100, 1, 1),
    }
}

/// Moves indexes, which may be negative, into the lower half of a term.
const INDEX_BIAS: i64 = 0x4000_0000;

fn term(level: u8, index: i32) -> u64 {
    (u64::from(level) << 32) | (i64::from(index) + INDEX_BIAS) as u64
}

/// Level and index of a term; `None` for a number that no term has.
fn node(term: u64) -> Option<(u8, i32)> {
    let level = u8::try_from(term >> 32).ok().filter(|&l| l <= CENTURY)?;
    let index = i32::try_from(i64::from(term as u32) - INDEX_BIAS).ok()?;
    let bounds = node_of(level, FIRST_DAY)..=node_of(level, LAST_DAY);
    bounds.contains(&index).then_some((level, index))
}

/// The smallest set of calendar nodes whose days are exactly those of `interval`, in order of time.
///
/// Days outside the years 1 to 9999 are left out, so the result may be empty. At most
/// 30 days, 11 months, 9 years and 9 decades at either end and 99 centuries between them:
/// no interval has more than 217 nodes; one of a news text has 1 to 10.
pub fn cover(interval: Interval) -> Vec<u64> {
    let last = (interval.end() - 1).min(LAST_DAY);
    let mut day = interval.start().max(FIRST_DAY);
    let mut terms = Vec::new();
    while day <= last {
        // The coarsest node that begins here and does not reach past the end.
        let (level, index) = (DAY..=CENTURY)
            .rev()
            .map(|level| (level, node_of(level, day)))
            .find(|&(level, index)| {
                node_start(level, index) == day && node_start(level, index + 1) - 1 <= last
            })
            .unwrap_or((DAY, day));
        terms.push(term(level, index));
        day = node_start(level, index + 1);
    }
    terms
}

/// All proper ancestors of the given nodes, sorted, each once.
///
/// Numbers that are not terms of [`cover`] have none.
pub fn ancestors(terms: &[u64]) -> Vec<u64> {
    let mut above = Vec::new();
    for &t in terms {
        if let Some((level, index)) = node(t) {
            let start = node_start(level, index);
            above.extend((level + 1..=CENTURY).map(|l| term(l, node_of(l, start))));
        }
    }
    above.sort_unstable();
    above.dedup();
    above
}

/// What to look for so as to find every interval that overlaps `interval`.
///
/// A passage matches iff its cover field holds a term of the first list or its ancestor field
/// one of the second (see the theorem above). Both lists are sorted and without repeats.
pub fn query_terms(interval: Interval) -> (Vec<u64>, Vec<u64>) {
    let mut own = cover(interval);
    own.sort_unstable();
    let mut cover_side = ancestors(&own);
    cover_side.extend_from_slice(&own);
    cover_side.sort_unstable();
    cover_side.dedup();
    (cover_side, own)
}

const DAY_BIAS: i64 = 1 << 31;

/// An interval as one number, ordered by first day, then by end.
pub fn pack(interval: Interval) -> u64 {
    let start = (i64::from(interval.start()) + DAY_BIAS) as u64;
    let end = (i64::from(interval.end()) + DAY_BIAS) as u64;
    (start << 32) | end
}

/// The interval of a packed number; `None` if the number holds an empty one.
pub fn unpack(packed: u64) -> Option<Interval> {
    let start = i64::from((packed >> 32) as u32) - DAY_BIAS;
    let end = i64::from(packed as u32) - DAY_BIAS;
    Interval::from_days(start as i32, end as i32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn interval(from: (i32, u32, u32), to: (i32, u32, u32)) -> Interval {
        Interval::from_days(days(from.0, from.1, from.2), days(to.0, to.1, to.2) + 1).unwrap()
    }

    fn overlap_by_terms(document: &[Interval], query: Interval) -> bool {
        let covers: Vec<u64> = document.iter().flat_map(|&i| cover(i)).collect();
        let above = ancestors(&covers);
        let (cover_side, ancestor_side) = query_terms(query);
        covers.iter().any(|t| cover_side.binary_search(t).is_ok())
            || above.iter().any(|t| ancestor_side.binary_search(t).is_ok())
    }

    #[test]
    fn whole_periods_are_one_node() {
        for (from, to) in [
            ((2024, 7, 14), (2024, 7, 14)),
            ((2024, 2, 1), (2024, 2, 29)),
            ((2024, 1, 1), (2024, 12, 31)),
            ((2020, 1, 1), (2029, 12, 31)),
            ((1900, 1, 1), (1999, 12, 31)),
        ] {
            assert_eq!(cover(interval(from, to)).len(), 1, "{from:?} {to:?}");
        }
    }

    #[test]
    fn a_summer_is_three_months_and_a_straddling_week_seven_days() {
        assert_eq!(cover(interval((2024, 6, 1), (2024, 8, 31))).len(), 3);
        assert_eq!(cover(interval((2024, 7, 29), (2024, 8, 4))).len(), 7);
    }

    #[test]
    fn the_widest_interval_stays_small() {
        let all = Interval::from_days(i32::MIN, i32::MAX).unwrap();
        // Year 0 is no year, so the first decade is nine years and the first century nine decades.
        assert_eq!(cover(all).len(), 9 + 9 + 99);
        let worst = interval((1, 1, 2), (9999, 12, 30));
        assert!(cover(worst).len() <= 217, "{}", cover(worst).len());
    }

    #[test]
    fn days_outside_the_calendar_have_no_nodes() {
        let before = Interval::from_days(i32::MIN, FIRST_DAY).unwrap();
        assert!(cover(before).is_empty());
        let after = Interval::from_days(LAST_DAY + 1, i32::MAX).unwrap();
        assert!(cover(after).is_empty());
    }

    #[test]
    fn numbers_that_are_no_terms_have_no_ancestors() {
        assert!(ancestors(&[0, u64::MAX, 7 << 32, (4 << 32) | 5]).is_empty());
    }

    fn any_interval() -> impl Strategy<Value = Interval> {
        let first = days(1850, 1, 1)..days(2060, 1, 1);
        let length = prop_oneof![Just(1i32), 2..40i32, 28..400i32, 300..40_000i32];
        (first, length, 0..5u8).prop_map(|(day, length, snap)| {
            // Half of the intervals are whole months, years or decades, as texts have them.
            let (year, month, _) = civil(day);
            match snap {
                0 => interval((year, month, 1), (year, month, 28)),
                1 => interval((year, 1, 1), (year, 12, 31)),
                2 => interval((year / 10 * 10, 1, 1), (year / 10 * 10 + 9, 12, 31)),
                _ => Interval::from_days(day, day + length).unwrap(),
            }
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]

        #[test]
        fn terms_overlap_exactly_where_days_do(
            document in prop::collection::vec(any_interval(), 0..5),
            query in any_interval(),
        ) {
            let by_days = document.iter().any(|i| i.overlaps(&query));
            prop_assert_eq!(overlap_by_terms(&document, query), by_days);
        }

        #[test]
        fn a_cover_is_its_interval_without_gap_or_overlap(interval in any_interval()) {
            let mut day = interval.start();
            for t in cover(interval) {
                let (level, index) = node(t).unwrap();
                prop_assert_eq!(node_start(level, index), day);
                day = node_start(level, index + 1);
            }
            prop_assert_eq!(day, interval.end());
        }

        #[test]
        fn packing_keeps_the_interval_and_the_order(a: i32, b: i32, c: i32, d: i32) {
            let (Some(x), Some(y)) = (Interval::from_days(a, b), Interval::from_days(c, d)) else {
                return Ok(());
            };
            prop_assert_eq!(unpack(pack(x)), Some(x));
            prop_assert_eq!(pack(x).cmp(&pack(y)), x.cmp(&y));
        }
    }
}
