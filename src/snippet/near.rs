//! NEAR and ADJ: places of several operands that stand close together.

use super::scan::Found;
use std::ops::Range;

/// Operands for which every way of standing together is tried; more are taken in the order typed.
const MAX_UNORDERED: usize = 8;
/// How far ahead, in places of any operand, a neighbour is looked for.
const MAX_AHEAD: usize = 64;

/// Where one of each operand stands, none overlapping, each with at most `distance` words between it
/// and the next in the text; with `ordered`, in the order of `lists`.
///
/// For every place that takes part there is a result that holds it, not every combination.
pub(super) fn find(lists: Vec<Vec<Found>>, distance: u32, ordered: bool) -> Vec<Found> {
    let operands = lists.len();
    let ordered = ordered || operands > MAX_UNORDERED;
    let mut all: Vec<(usize, Found)> = lists
        .into_iter()
        .enumerate()
        .flat_map(|(operand, list)| list.into_iter().map(move |found| (operand, found)))
        .collect();
    all.sort_by_key(|(operand, f)| (f.first, f.last, *operand));
    let chains = Chains {
        all: &all,
        distance,
        order: if ordered {
            Order::Typed(operands)
        } else {
            Order::Any(operands)
        },
    };
    let mut found = chains.found();
    found.sort_by_key(|f| (f.first, f.last));
    found.dedup();
    found
}

#[derive(Clone, Copy)]
enum Order {
    Typed(usize),
    Any(usize),
}

struct Chains<'a> {
    all: &'a [(usize, Found)],
    distance: u32,
    order: Order,
}

impl Chains<'_> {
    /// The places behind `at` that may be its neighbours.
    fn ahead(&self, at: usize) -> Range<usize> {
        let limit = self.all[at]
            .1
            .last
            .saturating_add(self.distance)
            .saturating_add(1);
        let rest = &self.all[at + 1..];
        let count = rest.partition_point(|(_, f)| f.first <= limit);
        at + 1..at + 1 + count.min(MAX_AHEAD)
    }

    fn are_neighbours(&self, left: usize, right: usize) -> bool {
        // Positions between them: the range of `ahead` holds the distance.
        self.all[left].1.last < self.all[right].1.first
    }

    fn found(&self) -> Vec<Found> {
        let len = self.all.len();
        // What can follow each place, and what can lead to it, as sets of states.
        let mut after = vec![States::default(); len];
        for at in (0..len).rev() {
            let mut states = self.own(at);
            for next in self.ahead(at) {
                if self.are_neighbours(at, next) {
                    self.join(&mut states, at, &after[next], self.before(at));
                }
            }
            after[at] = states;
        }
        let mut before: Vec<States> = (0..len).map(|at| self.own_from_left(at)).collect();
        for at in 0..len {
            let reached = before[at].clone();
            if reached.is_empty() {
                continue;
            }
            for next in self.ahead(at) {
                if self.are_neighbours(at, next) {
                    let needed = self.all[next].0;
                    self.join(&mut before[next], next, &reached, Some(needed));
                }
            }
        }
        let mut found = Vec::new();
        let mut is_held = vec![false; len];
        for at in 0..len {
            if is_held[at] {
                continue;
            }
            // Any whole chain through this place: the nearest neighbours on both sides.
            let Some((left, right)) = self.meeting(at, &before[at], &after[at]) else {
                continue;
            };
            let mut members = vec![at];
            let (mut here, mut state) = (at, left);
            while let Some(previous) = self.step_back(here, state, &before) {
                members.push(previous.0);
                (here, state) = previous;
            }
            let (mut here, mut state) = (at, right);
            while let Some(next) = self.step_on(here, state, &after) {
                members.push(next.0);
                (here, state) = next;
            }
            members.sort_unstable();
            members.iter().for_each(|&member| is_held[member] = true);
            let members: Vec<&Found> = members.iter().map(|&m| &self.all[m].1).collect();
            found.push(Found {
                first: members.iter().map(|f| f.first).min().unwrap_or(0),
                last: members.iter().map(|f| f.last).max().unwrap_or(0),
                ranges: members.iter().flat_map(|f| f.ranges.clone()).collect(),
            });
        }
        found
    }

    /// The state of a chain that begins and ends at `at`, seen from the left.
    ///
    /// In the order typed a state is how many operands are there; in any order, the set of them.
    fn own_from_left(&self, at: usize) -> States {
        let operand = self.all[at].0;
        match self.order {
            Order::Typed(_) if operand == 0 => States::of_typed(1),
            Order::Typed(_) => States::default(),
            Order::Any(_) => States::of_set(1 << operand),
        }
    }

    /// The same, seen from the right.
    fn own(&self, at: usize) -> States {
        let operand = self.all[at].0;
        match self.order {
            Order::Typed(count) if operand + 1 == count => States::of_typed(1),
            Order::Typed(_) => States::default(),
            Order::Any(_) => States::of_set(1 << operand),
        }
    }

    /// In the order typed, the state of a chain that `at` may be put before; `None` if there is none.
    fn before(&self, at: usize) -> Option<usize> {
        match self.order {
            Order::Typed(count) => count.checked_sub(self.all[at].0 + 1),
            Order::Any(_) => None,
        }
    }

    /// Adds to `states` those of the chains `other` with `at` joined to them; in the order typed only to the
    /// chain whose state is `needed`.
    fn join(&self, states: &mut States, at: usize, other: &States, needed: Option<usize>) {
        match self.order {
            Order::Typed(_) => {
                if let Some(state) = other.typed.filter(|&state| Some(state) == needed) {
                    states.typed = Some(state + 1);
                }
            }
            Order::Any(_) => states.extend_with(other, self.all[at].0),
        }
    }

    /// States on both sides of `at` that make a whole.
    fn meeting(&self, at: usize, left: &States, right: &States) -> Option<(usize, usize)> {
        let operand = self.all[at].0;
        left.iter().find_map(|from_left| {
            let needed = match self.order {
                Order::Typed(count) => (count + 1).checked_sub(from_left)?,
                Order::Any(count) => ((1 << count) - 1) & !from_left | (1 << operand),
            };
            right.contains(needed).then_some((from_left, needed))
        })
    }

    fn step_back(&self, at: usize, state: usize, before: &[States]) -> Option<(usize, usize)> {
        let needed = self.without(at, state)?;
        let from = at.saturating_sub(MAX_AHEAD);
        (from..at).rev().find_map(|previous| {
            let leads = self.are_neighbours(previous, at) && self.ahead(previous).contains(&at);
            (leads && before[previous].contains(needed)).then_some((previous, needed))
        })
    }

    fn step_on(&self, at: usize, state: usize, after: &[States]) -> Option<(usize, usize)> {
        let needed = self.without(at, state)?;
        self.ahead(at).find_map(|next| {
            let follows = self.are_neighbours(at, next) && after[next].contains(needed);
            follows.then_some((next, needed))
        })
    }

    /// What is left of a chain without `at`; `None` if that is nothing.
    fn without(&self, at: usize, state: usize) -> Option<usize> {
        let left = match self.order {
            Order::Typed(_) => state.checked_sub(1)?,
            Order::Any(_) => state & !(1 << self.all[at].0),
        };
        (left > 0).then_some(left)
    }
}

/// A set of states: sets of operands, as bits; or, in the order typed, the one state that a place can have.
#[derive(Clone, Debug, Default)]
struct States {
    sets: [u64; 1 << MAX_UNORDERED >> 6],
    typed: Option<usize>,
}

/// Numbers below 64 in which a bit is not set.
const LACKING: [u64; 6] = [
    0x5555_5555_5555_5555,
    0x3333_3333_3333_3333,
    0x0f0f_0f0f_0f0f_0f0f,
    0x00ff_00ff_00ff_00ff,
    0x0000_ffff_0000_ffff,
    0x0000_0000_ffff_ffff,
];

impl States {
    fn of_set(set: usize) -> Self {
        let mut states = Self::default();
        states.sets[set >> 6] |= 1 << (set & 63);
        states
    }

    fn of_typed(state: usize) -> Self {
        Self {
            typed: Some(state),
            ..Self::default()
        }
    }

    fn is_empty(&self) -> bool {
        self.typed.is_none() && self.sets == [0; 1 << MAX_UNORDERED >> 6]
    }

    fn contains(&self, state: usize) -> bool {
        let word = self.sets.get(state >> 6);
        self.typed == Some(state) || word.is_some_and(|word| word & (1 << (state & 63)) != 0)
    }

    fn iter(&self) -> impl Iterator<Item = usize> {
        let sets = (0..1 << MAX_UNORDERED)
            .filter(|state| self.sets[state >> 6] & (1 << (state & 63)) != 0);
        self.typed.into_iter().chain(sets)
    }

    /// Adds the sets of `other` that lack `operand`, with it.
    fn extend_with(&mut self, other: &States, operand: usize) {
        match LACKING.get(operand) {
            Some(lacking) => {
                for (word, others) in self.sets.iter_mut().zip(other.sets) {
                    *word |= (others & lacking) << (1 << operand);
                }
            }
            None => {
                let words = 1 << (operand - LACKING.len());
                for (at, others) in other.sets.iter().enumerate() {
                    if at & words == 0 {
                        self.sets[at | words] |= others;
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lists(places: &[&[u32]]) -> Vec<Vec<Found>> {
        let word = |&at: &u32| Found {
            first: at,
            last: at,
            ranges: vec![(at, at + 1)],
        };
        places
            .iter()
            .map(|p| p.iter().map(word).collect())
            .collect()
    }

    fn spans(places: &[&[u32]], distance: u32, ordered: bool) -> Vec<(u32, u32)> {
        find(lists(places), distance, ordered)
            .iter()
            .map(|f| (f.first, f.last))
            .collect()
    }

    #[test]
    fn neighbours_have_no_word_between_them() {
        assert_eq!(spans(&[&[3], &[4]], 0, true), [(3, 4)]);
        assert_eq!(spans(&[&[3], &[5]], 0, true), []);
        assert_eq!(spans(&[&[3], &[5]], 1, true), [(3, 5)]);
    }

    #[test]
    fn only_ordered_operands_mind_their_order() {
        assert_eq!(spans(&[&[6], &[4]], 5, true), []);
        assert_eq!(spans(&[&[6], &[4]], 1, false), [(4, 6)]);
    }

    #[test]
    fn a_word_is_not_near_itself() {
        assert_eq!(spans(&[&[6], &[6]], 5, false), []);
    }

    #[test]
    fn the_nearest_word_is_not_always_the_one_that_leads_on() {
        // a . b b . c: only the second b is near enough to c.
        assert_eq!(spans(&[&[0], &[1, 2], &[4]], 1, true), [(0, 4)]);
    }

    #[test]
    fn three_operands_stand_in_any_order() {
        assert_eq!(spans(&[&[0], &[4], &[2]], 1, false), [(0, 4)]);
        // a b a a c without a word between: no b, a and c in a row.
        assert_eq!(spans(&[&[0, 2, 3], &[1], &[4]], 0, false), []);
    }

    #[test]
    fn every_place_that_takes_part_is_found() {
        assert_eq!(spans(&[&[0, 1], &[2]], 1, false), [(0, 2), (1, 2)]);
    }

    #[test]
    fn hundreds_of_operands_are_taken_in_order() {
        let places: Vec<[u32; 1]> = (0..500).map(|n| [n * 2]).collect();
        let places: Vec<&[u32]> = places.iter().map(|p| p.as_slice()).collect();
        assert_eq!(spans(&places, 1, false), [(0, 998)]);
        assert_eq!(spans(&places, 0, false), []);
    }
}
