use super::*;
use crate::index::sketch::Shingles;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

fn sketch(words: &[String]) -> Sketch {
    let mut shingles = Shingles::default();
    words.iter().for_each(|word| shingles.push(word));
    shingles.sketch()
}

/// `words` words of an own vocabulary.
fn text(seed: usize, words: usize) -> Vec<String> {
    (0..words).map(|n| format!("s{seed}w{n}")).collect()
}

fn family_of(texts: &[Vec<String>]) -> Vec<Option<u32>> {
    let list = texts.iter().map(|t| sketch(t));
    let table = families((0..).zip(list).collect());
    let families = Families::open(OwnedBytes::new(table));
    (0..texts.len() as u64)
        .map(|k| families.family(k))
        .collect()
}

#[test]
fn a_copy_cut_to_a_third_is_of_the_family_and_a_stranger_is_not() {
    let whole = text(1, 600);
    let families = family_of(&[whole.clone(), whole[200..400].to_vec(), text(2, 600)]);
    assert!(families[0].is_some());
    assert_eq!(families[0], families[1]);
    assert_eq!(families[2], None);
}

#[test]
fn a_bridge_joins_two_halves_and_its_removal_parts_them() {
    let (a, b) = (text(3, 300), text(4, 300));
    let bridge = [a.clone(), b.clone()].concat();
    let joined = family_of(&[a.clone(), b.clone(), bridge]);
    assert!(joined[0].is_some() && joined[0] == joined[1] && joined[1] == joined[2]);
    assert_eq!(family_of(&[a, b]), [None, None]);
}

#[test]
fn texts_shorter_than_a_shingle_have_no_family() {
    let short = text(5, 7);
    assert_eq!(family_of(&[short.clone(), short]), [None, None]);
}

#[test]
fn a_record_that_comes_back_stands_in_one_run() {
    let mut sketches = Sketches::default();
    let whole = sketch(&text(6, 100));
    sketches.change((0..40).map(|key| (key, whole)).collect(), &[], false);
    sketches.change(Vec::new(), &[7], false);
    assert_eq!((sketches.len(), sketches.find(7)), (39, None));
    sketches.change(vec![(7, whole)], &[], false);
    assert_eq!(sketches.len(), 40);
    assert!(sketches.gone.is_empty());
    assert_eq!(sketches.records(), 40);
}

/// Which keys are of one family.
fn parts(table: &[u8]) -> BTreeSet<Vec<u64>> {
    let families = Families::open(OwnedBytes::new(table.to_vec()));
    let mut parts: BTreeMap<u32, Vec<u64>> = BTreeMap::new();
    for (key, family) in families.all() {
        parts.entry(family).or_default().push(key);
    }
    parts.into_values().collect()
}

/// A text of some of eight pieces, so that texts overlap, bridge, and share boilerplate.
fn any_text() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec((0..8usize, 0..3usize), 1..5).prop_map(|pieces| {
        let pieces = pieces.into_iter().map(|(piece, cut)| {
            let piece = text(piece, 60);
            piece[cut * 10..].to_vec()
        });
        pieces.flatten().collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn families_after_changes_are_those_made_at_once(
        changes in prop::collection::vec(
            (prop::collection::vec(any_text(), 0..7), prop::collection::vec(any::<prop::sample::Index>(), 0..4)),
            1..12,
        ),
        frequent in 2..8usize,
    ) {
        let limits = Limits { frequent, at_a_time: 40, changed_part: 0 };
        let mut grown = Sketches { limits, ..Sketches::default() };
        let mut before = Vec::new();
        let mut alive: BTreeMap<u64, Sketch> = BTreeMap::new();
        let mut next = 0;
        for (added, removed) in changes {
            let keys: Vec<u64> = alive.keys().copied().collect();
            let gone: Vec<u64> = match keys.is_empty() {
                true => Vec::new(),
                false => removed.iter().map(|at| *at.get(&keys)).collect(),
            };
            let added: Vec<(u64, Sketch)> = added
                .iter()
                .map(|words| {
                    next += 1;
                    (next, sketch(words))
                })
                .collect();
            for key in &gone {
                alive.remove(key);
            }
            alive.extend(added.iter().copied());
            let changed = grown.change(added, &gone, false);
            before = grown.families_after(Families::open(OwnedBytes::new(before)), &changed);
            let mut fresh = Sketches { limits, ..Sketches::default() };
            fresh.change(alive.iter().map(|(k, s)| (*k, *s)).collect(), &[], false);
            let expected = fresh.all_families();
            prop_assert_eq!(parts(&before), parts(&expected));
            prop_assert_eq!(&grown.frequent, &fresh.frequent);
            prop_assert_eq!(grown.len(), alive.len());
        }
    }
}
