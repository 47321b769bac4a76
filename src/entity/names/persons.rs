//! Persons: full names, surnames, first names, other names.

use super::{Forms, Known, between};
use crate::article::EntityKind;
use crate::entity::Mention;

/// What comes between two names of one person.
const ALSO_CALLED: &[&str] = &[
    "known as",
    "also known as",
    "better known as",
    "known by",
    "best known as",
    "aka",
    "a.k.a.",
    "alias",
    "also called",
    "nicknamed",
    "real name",
    "born",
    "né",
    "née",
    "whose real name is",
    "commonly known as",
    "known to fans as",
];

/// "Joe Biden" and "Joe R. Biden" are one; "George W. Bush" and "George H. W. Bush" are not.
pub(super) fn join_full(forms: &mut Forms) {
    let full: Vec<usize> = forms
        .of(EntityKind::Person)
        .filter(|&f| forms.list[f].words.len() >= 2)
        .collect();
    for &short in &full {
        let candidates: Vec<usize> = full
            .iter()
            .copied()
            .filter(|&other| {
                other != short
                    && is_shorter_spelling(&forms.list[short].words, &forms.list[other].words)
            })
            .collect();
        let distinct = distinct_persons(forms, &candidates);
        if let [only] = distinct[..] {
            forms.join(short, only);
        }
    }
}

/// Same last word; first words equal or one the other's initial; middle words alike as far as the short one has any.
fn is_shorter_spelling(short: &[String], full: &[String]) -> bool {
    let (Some(a), Some(b)) = (short.last(), full.last()) else {
        return false;
    };
    let initial = |s: &str, f: &str| s == f || s.chars().nth(1).is_none() && f.starts_with(s);
    let shorter = short.len() < full.len()
        || short.len() == full.len()
            && short.iter().map(String::len).sum::<usize>() < full.iter().map(String::len).sum();
    if a != b || !shorter || !initial(&short[0], &full[0]) {
        return false;
    }
    let (middle, all) = (&short[1..short.len() - 1], &full[1..full.len() - 1]);
    middle.len() <= all.len() && middle.iter().zip(all).all(|(s, f)| initial(s, f))
}

/// Roots among `forms`, without those that are a shorter spelling of another.
fn distinct_persons(forms: &Forms, candidates: &[usize]) -> Vec<usize> {
    let mut roots: Vec<usize> = candidates.iter().map(|&c| forms.root(c)).collect();
    roots.sort_unstable();
    roots.dedup();
    let all = roots.clone();
    roots.retain(|&r| {
        !all.iter()
            .any(|&o| o != r && is_shorter_spelling(&forms.list[r].words, &forms.list[o].words))
    });
    roots
}

/// "X, known as Y": Y stands for X where both are persons.
pub(super) fn join_also_called(
    blocks: &[&str],
    mentions: &[Vec<Mention>],
    of_mention: &[Vec<Option<usize>>],
    forms: &mut Forms,
) {
    for ((block, list), own) in blocks.iter().zip(mentions).zip(of_mention) {
        for (pair, form) in list.windows(2).zip(own.windows(2)) {
            let (Some(x), Some(y)) = (form[0], form[1]) else {
                continue;
            };
            if pair.iter().any(|m| m.kind != EntityKind::Person) {
                continue;
            }
            let words = between(block, &pair[0], &pair[1]).trim_matches(|c: char| {
                c.is_whitespace() || matches!(c, ',' | '(' | '"' | '“' | '‘' | '\'' | '—' | '–')
            });
            let words = words
                .trim_start_matches("who is ")
                .trim_start_matches("who was ");
            if !ALSO_CALLED.iter().any(|w| words.eq_ignore_ascii_case(w)) {
                continue;
            }
            let (short, full) = if forms.list[y].words.len() >= 2 && forms.list[x].words.len() == 1
            {
                (x, y)
            } else {
                (y, x)
            };
            forms.join(short, full);
        }
    }
}

/// Surnames that "David and Louise Turpin" shows to be shared.
pub(super) fn shared_surnames(
    blocks: &[&str],
    mentions: &[Vec<Mention>],
    of_mention: &[Vec<Option<usize>>],
    forms: &Forms,
    known: &dyn Known,
) -> Vec<String> {
    let mut shared = Vec::new();
    for ((block, list), own) in blocks.iter().zip(mentions).zip(of_mention) {
        for (pair, form) in list.windows(2).zip(own.windows(2)) {
            let (Some(a), Some(b)) = (form[0], form[1]) else {
                continue;
            };
            let both = pair.iter().all(|m| m.kind == EntityKind::Person);
            let tied = matches!(between(block, &pair[0], &pair[1]), " and " | " & " | ", ");
            let (a, b) = (&forms.list[a], &forms.list[b]);
            if both && tied && a.words.len() == 1 && b.words.len() >= 2 && known.is_given(&a.text) {
                shared.extend(b.words.last().cloned());
            }
        }
    }
    shared
}

/// Surnames, first names and the like join the one person that they can mean.
pub(super) fn join_short(forms: &mut Forms, shared: &[String]) {
    let persons: Vec<usize> = forms.of(EntityKind::Person).collect();
    for &short in &persons {
        if forms.list[short].root != short {
            continue;
        }
        let words = &forms.list[short].words;
        if shared.iter().any(|s| words.len() == 1 && *s == words[0]) {
            continue;
        }
        let longer = |f: &usize| forms.list[*f].words.len() > words.len();
        let by = |test: &dyn Fn(&[String]) -> bool| -> Vec<usize> {
            let found: Vec<usize> = persons
                .iter()
                .copied()
                .filter(longer)
                .filter(|&f| test(without_generation(&forms.list[f].words)))
                .collect();
            distinct_persons(forms, &found)
        };
        let ends = by(&|full| full.len() > words.len() && ends_with(full, words));
        let begins = by(&|full| full.len() > words.len() && full.starts_with(words));
        let target = match (&ends[..], &begins[..]) {
            ([one], []) | ([], [one]) => Some(*one),
            ([a], [b]) if a == b => Some(*a),
            _ => None,
        };
        if let Some(full) = target.filter(|&full| full != short) {
            forms.join(short, full);
        }
    }
}

fn without_generation(words: &[String]) -> &[String] {
    match words.split_last() {
        Some((last, rest))
            if rest.len() >= 2 && matches!(last.as_str(), "jr" | "sr" | "ii" | "iii") =>
        {
            rest
        }
        _ => words,
    }
}

/// Suffix of words; "assad" ends "bashar al-assad", and so does "al-assad" "bashar assad".
fn ends_with(full: &[String], short: &[String]) -> bool {
    let bare = |w: &str| {
        w.strip_prefix("al-")
            .or_else(|| w.strip_prefix("el-"))
            .unwrap_or(w)
            .to_owned()
    };
    full.len() >= short.len()
        && full[full.len() - short.len()..]
            .iter()
            .zip(short)
            .all(|(f, s)| f == s || bare(f) == bare(s))
}
