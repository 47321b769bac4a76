//! The features of a token: hashes that name what is true of it and of its neighbours.
//!
//! Every number passed as a tag is part of the shipped model's meaning. What a feature is worth shows in a
//! training run without it, measured on the development articles.

use super::document::{Document, Word, evidence};
use super::hash::{pair, word};
use super::lexicon::{PHRASE_KINDS, WORD_KINDS};

/// Marks for "before the sentence" and "after it".
const BEFORE: u64 = 1;
const AFTER: u64 = 2;

/// Where a word stands to the one that is labelled.
pub(super) const PLACES: [isize; 5] = [-2, -1, 0, 1, 2];

/// The words at [`PLACES`] from word `i` in the sentence `begin..end`; `None` beyond it.
pub(super) fn neighbours(
    document: &Document,
    i: usize,
    (begin, end): (usize, usize),
) -> [Option<&Word>; 5] {
    PLACES.map(|k| {
        let j = i.checked_add_signed(k)?;
        (j >= begin && j < end).then(|| &document.words[j])
    })
}

/// Appends the features of word `i`, in the sentence that spans `begin..end`.
pub(super) fn features(
    document: &Document,
    text: &str,
    i: usize,
    sentence: (usize, usize, u64),
    out: &mut Vec<u32>,
) {
    let around = neighbours(document, i, (sentence.0, sentence.1));
    for (place, word) in around.into_iter().enumerate() {
        if let Some(word) = word {
            of_word(word, text, place, out);
        }
    }
    let word = &document.words[i];
    if word.capital {
        of_run(document, word.run, (sentence.0, sentence.1), out);
    }
    in_context(document, i, sentence, out);
}

/// Appends the features that a word at one of [`PLACES`] gives by itself; `text` is that of the word
/// labelled.
///
/// They depend on nothing but the word and its place, so that their weights can be summed once a word.
pub(super) fn of_word(me: &Word, text: &str, place: usize, out: &mut Vec<u32>) {
    let mut add = |tag: u64, a: u64, b: u64| out.push((pair(tag, a, b) >> 32) as u32);
    let n = place as u64;
    add(80 + n, u64::from(me.clusters[2]), 0);
    add(85 + n, u64::from(me.clusters[1]), 0);
    if (1..4).contains(&place) {
        add(114 + n, u64::from(me.kinds), 0);
    }
    if place != 2 {
        let n = n - u64::from(place > 2);
        add(10 + n, me.lower, 0);
        add(15 + n, me.shape, 0);
        return;
    }
    add(1, 0, 0);
    add(2, me.exact, 0);
    add(3, me.lower, 0);
    add(4, me.shape, 0);
    add(5, me.long_shape, 0);
    add(92, u64::from(me.clusters[0]), me.shape);
    add(97, u64::from(me.clusters[1]), me.shape);
    for bit in 0..WORD_KINDS.len() as u64 {
        if u64::from(me.kinds) >> bit & 1 == 1 {
            add(121, bit, me.shape);
        }
    }
    // Beginnings and endings, by letters.
    let mut affix = |tag: u64, part: &[u8]| {
        let b = u64::from(tag >= 50 && me.capital);
        out.push((pair(tag, word(part), b) >> 32) as u32);
    };
    let mut ascii = [0; 64];
    match ascii.get_mut(..text.len()) {
        Some(lowered) if text.is_ascii() => {
            lowered.copy_from_slice(text.as_bytes());
            lowered.make_ascii_lowercase();
            for n in 1..=4.min(lowered.len()) {
                if n > 1 {
                    affix(40 + n as u64, &lowered[..n]);
                }
                affix(50 + n as u64, &lowered[lowered.len() - n..]);
            }
        }
        _ => {
            let lowered = text.to_lowercase();
            let bounds: Vec<usize> = lowered.char_indices().map(|(b, _)| b).take(40).collect();
            for n in 1..=4usize.min(bounds.len()) {
                if n > 1 {
                    let cut = bounds.get(n).copied().unwrap_or(lowered.len());
                    affix(40 + n as u64, &lowered.as_bytes()[..cut]);
                }
                let cut = lowered.char_indices().rev().nth(n - 1);
                let cut = cut.map_or(0, |(b, _)| b);
                affix(50 + n as u64, &lowered.as_bytes()[cut..]);
            }
        }
    }
}

/// Appends the features that all words of a run of capitalised words share.
///
/// Their weights are summed once a run.
pub(super) fn of_run(
    document: &Document,
    (first, last): (u32, u32),
    (begin, end): (usize, usize),
    out: &mut Vec<u32>,
) {
    let words = &document.words;
    let (first, last) = (first as usize, last as usize);
    let mut add = |tag: u64, a: u64, b: u64| out.push((pair(tag, a, b) >> 32) as u32);
    let (head, tail) = (&words[first], &words[last]);
    let left = (first > begin).then(|| &words[first - 1]);
    let right = (last + 1 < end).then(|| &words[last + 1]);
    let lower = |w: Option<&Word>, edge: u64| w.map_or(edge, |w| w.lower);
    let cluster = |w: Option<&Word>, edge: u64, level: usize| {
        w.map_or(0xfffe - edge, |w| u64::from(w.clusters[level]))
    };
    let length = length((first, last));
    add(63, tail.lower, 1);
    add(64, lower(left, BEFORE), 0);
    add(65, lower(right, AFTER), 0);
    add(67, head.lower, 1);
    add(69, u64::from(tail.clusters[1]), length);
    add(70, cluster(left, BEFORE, 1), 0);
    add(71, cluster(right, AFTER, 1), 0);
    add(72, u64::from(tail.kinds), length);
    add(73, u64::from(head.kinds), length);
    add(75, left.map_or(0x8000, |w| u64::from(w.kinds)), 0);
    add(143, u64::from(tail.evidence), length);
    add(144, u64::from(head.evidence), length);
    // "Ministry of Foreign Affairs": the run beyond a link.
    if is_linked(document, last, end) {
        add(146, tail.lower, 2);
    }
}

/// Words in a run, as far as it matters.
fn length((first, last): (usize, usize)) -> u64 {
    (last - first + 1).min(6) as u64
}

/// Appends the features of word `i` that its own place in the sentence and article gives.
pub(super) fn in_context(
    document: &Document,
    i: usize,
    (begin, end, casing): (usize, usize, u64),
    out: &mut Vec<u32>,
) {
    let words = &document.words;
    let me = &words[i];
    let mut add = |tag: u64, a: u64, b: u64| out.push((pair(tag, a, b) >> 32) as u32);
    let at = |k: isize| {
        let j = i as isize + k;
        (j >= begin as isize && j < end as isize).then(|| &words[j as usize])
    };
    let edge = |k: isize| if k < 0 { BEFORE } else { AFTER };
    let lower = |k: isize| at(k).map_or(edge(k), |w| w.lower);
    let kinds = |k: isize| at(k).map_or(0x8000, |w| u64::from(w.kinds));
    let gaz = |w: &Word| {
        if w.phrase == 0 {
            0
        } else {
            u64::from(w.phrase) << 3 | u64::from(w.phrase_position) | 1 << 20
        }
    };
    let phrase = |k: isize| at(k).map_or(edge(k), gaz);
    let opening = u64::from(i == begin);

    // Where the sentence has no neighbour.
    for (place, k) in PLACES.into_iter().enumerate() {
        if at(k).is_none() {
            let n = place as u64;
            add(10 + n - u64::from(k > 0), edge(k), 0);
            add(15 + n - u64::from(k > 0), edge(k), 0);
            add(80 + n, 0xfffe - edge(k), 0);
            add(85 + n, 0xfffe - edge(k), 0);
            if k.abs() < 2 {
                add(114 + n, 0x8000, 0);
            }
        }
    }

    add(25, me.shape, lower(-1));
    add(26, me.shape, lower(1));
    add(30, opening, me.shape);
    add(31, casing, me.shape);
    add(32, opening, casing);
    add(98, u64::from(me.clusters[2]), pair(9, opening, casing));

    if me.capital {
        let run = (me.run.0 as usize, me.run.1 as usize);
        let length = length(run);
        let position = (i - run.0).min(5) as u64;
        let cases = u64::from(me.evidence & 3);
        add(60, cases, opening);
        add(61, cases, casing);
        add(62, length, position);
        add(74, u64::from(words[run.1].phrase), position);
        // What the article shows of the word elsewhere.
        let shown = me.evidence & !3;
        add(140, u64::from(shown), me.shape);
        for bit in 2..evidence::BITS {
            if shown >> bit & 1 == 1 {
                add(141, u64::from(bit), length);
                add(142, u64::from(bit), pair(4, casing, opening));
            }
        }
    }

    // Gazetteers.
    for (n, k) in [-1isize, 0, 1].into_iter().enumerate() {
        let n = n as u64;
        let (g, u) = (phrase(k), kinds(k));
        add(110 + n, g, 0);
        for bit in 0..WORD_KINDS.len() as u64 {
            if k != 0 && u >> bit & 1 == 1 {
                add(120 + n, bit, me.shape);
            }
        }
        if g >> 20 == 1 {
            for bit in 0..PHRASE_KINDS.len() as u64 {
                if g >> (3 + bit) & 1 == 1 {
                    add(125 + n, bit, g & 7);
                }
            }
        }
    }
    let mine = gaz(me);
    add(130, mine, me.shape);
    add(131, mine, u64::from(me.kinds));
    add(134, mine, lower(-1));
    add(135, mine, opening * 4 + casing);
}

/// Whether one or two small words tie a capitalised word behind them to the run that ends with `last`.
fn is_linked(document: &Document, last: usize, end: usize) -> bool {
    let words = &document.words;
    (last + 2..=last + 3)
        .find(|&j| j < end && words[j].capital)
        .is_some_and(|beyond| (last + 1..beyond).all(|j| words[j].candidate))
}
