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
/// Kinds of the word that is not there.
const NO_WORD: u16 = 0x8000;

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
    let (begin, end, _) = sentence;
    let word = &document.words[i];
    if word.capital {
        of_run(document, word.run, end, out);
        for group in run_groups(document, word.run, (begin, end)) {
            group.features(out);
        }
    }
    in_context(document, i, (begin, end), out);
    for group in word_groups(document, i, sentence).into_iter().flatten() {
        group.features(out);
    }
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

/// Appends the features that all words of a run of capitalised words share, those of [`run_groups`] apart.
///
/// Their weights are summed once a run.
pub(super) fn of_run(
    document: &Document,
    (first, last): (u32, u32),
    end: usize,
    out: &mut Vec<u32>,
) {
    let words = &document.words;
    let (first, last) = (first as usize, last as usize);
    let mut add = |tag: u64, a: u64, b: u64| out.push((pair(tag, a, b) >> 32) as u32);
    add(63, words[last].lower, 1);
    add(67, words[first].lower, 1);
    // "Ministry of Foreign Affairs": the run beyond a link.
    if is_linked(document, last, end) {
        add(146, words[last].lower, 2);
    }
}

/// The groups of a run's features.
pub(super) fn run_groups(
    document: &Document,
    (first, last): (u32, u32),
    (begin, end): (usize, usize),
) -> [Group; 4] {
    let words = &document.words;
    let (first, last) = (first as usize, last as usize);
    let (head, tail) = (&words[first], &words[last]);
    let left = (first > begin).then(|| &words[first - 1]);
    let right = (last + 1 < end).then(|| &words[last + 1]);
    let cluster = |w: Option<&Word>, edge: u64| w.map_or(0xfffe - edge as u16, |w| w.clusters[1]);
    let length = length((first, last));
    [
        Group::Left {
            lower: left.map_or(BEFORE, |w| w.lower),
            cluster: cluster(left, BEFORE),
            kinds: left.map_or(NO_WORD, |w| w.kinds),
        },
        Group::Right {
            lower: right.map_or(AFTER, |w| w.lower),
            cluster: cluster(right, AFTER),
        },
        Group::Head {
            kinds: head.kinds,
            evidence: head.evidence,
            length,
        },
        Group::Tail {
            cluster: tail.clusters[1],
            kinds: tail.kinds,
            evidence: tail.evidence,
            length,
        },
    ]
}

/// Words in a run, as far as it matters.
fn length((first, last): (usize, usize)) -> u8 {
    (last - first + 1).min(6) as u8
}

/// Appends the features of word `i` that its own place in the sentence gives, those of [`word_groups`] apart.
pub(super) fn in_context(
    document: &Document,
    i: usize,
    (begin, end): (usize, usize),
    out: &mut Vec<u32>,
) {
    let me = &document.words[i];
    let mut add = |tag: u64, a: u64, b: u64| out.push((pair(tag, a, b) >> 32) as u32);
    let around = neighbours(document, i, (begin, end));
    let edge = |place: usize| if place < 2 { BEFORE } else { AFTER };
    for (place, word) in around.into_iter().enumerate() {
        if word.is_none() {
            let (n, edge) = (place as u64, edge(place));
            let beyond = n - u64::from(place > 2);
            add(10 + beyond, edge, 0);
            add(15 + beyond, edge, 0);
            add(80 + n, 0xfffe - edge, 0);
            add(85 + n, 0xfffe - edge, 0);
            if (1..4).contains(&place) {
                add(114 + n, u64::from(NO_WORD), 0);
            }
        }
    }
    let lower = |place: usize| around[place].map_or(edge(place), |w| w.lower);
    add(25, me.shape, lower(1));
    add(26, me.shape, lower(3));
    add(134, listing(me), lower(1));
}

/// The groups of the features of word `i`, in the sentence that spans `begin..end`.
pub(super) fn word_groups(
    document: &Document,
    i: usize,
    (begin, end, casing): (usize, usize, u64),
) -> [Option<Group>; 5] {
    let words = &document.words;
    let me = &words[i];
    let (shape, casing, opening) = (me.shape, casing as u8, i == begin);
    let beside = |word: Option<&Word>, edge: u64, place: u8| Group::Beside {
        shape,
        listing: word.map_or(edge, listing) as u32,
        kinds: word.map_or(NO_WORD, |w| w.kinds),
        place,
    };
    let before = (i > begin).then(|| &words[i - 1]);
    let after = (i + 1 < end).then(|| &words[i + 1]);
    let shown = me.capital.then(|| {
        let run = (me.run.0 as usize, me.run.1 as usize);
        Group::Shown {
            shape,
            last: words[run.1].phrase,
            evidence: me.evidence,
            length: length(run),
            position: (i - run.0).min(5) as u8,
            casing,
            opening,
        }
    });
    [
        Some(Group::Cased {
            shape,
            cluster: me.clusters[2],
            casing,
            opening,
        }),
        Some(beside(before, BEFORE, 0)),
        Some(Group::Listed {
            shape,
            listing: listing(me) as u32,
            kinds: me.kinds,
            casing,
            opening,
        }),
        Some(beside(after, AFTER, 2)),
        shown,
    ]
}

/// Where a word stands in a gazetteer phrase, and in one of which kinds; 0 in none.
fn listing(word: &Word) -> u64 {
    match word.phrase {
        0 => 0,
        phrase => u64::from(phrase) << 3 | u64::from(word.phrase_position) | 1 << 20,
    }
}

/// Features that a few values decide together. The values recur from word to word, so that the sums of the
/// features' weights are worth keeping.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Group {
    /// How the word and its sentence are written.
    Cased {
        shape: u64,
        cluster: u16,
        casing: u8,
        opening: bool,
    },
    /// What gazetteers say of the word before (place 0) or after (place 2).
    Beside {
        shape: u64,
        listing: u32,
        kinds: u16,
        place: u8,
    },
    /// What gazetteers say of the word.
    Listed {
        shape: u64,
        listing: u32,
        kinds: u16,
        casing: u8,
        opening: bool,
    },
    /// What the article shows of a capitalised word elsewhere, and its place in its run.
    Shown {
        shape: u64,
        /// Kinds of the phrase that covers the run's last word.
        last: u16,
        evidence: u16,
        length: u8,
        position: u8,
        casing: u8,
        opening: bool,
    },
    /// The word before a run.
    Left {
        lower: u64,
        cluster: u16,
        kinds: u16,
    },
    /// The word behind a run.
    Right { lower: u64, cluster: u16 },
    /// A run's first word.
    Head {
        kinds: u16,
        evidence: u16,
        length: u8,
    },
    /// A run's last word.
    Tail {
        cluster: u16,
        kinds: u16,
        evidence: u16,
        length: u8,
    },
}

impl Group {
    /// The group's values in two words, other ones for every other group.
    #[inline]
    pub(super) fn key(self) -> (u64, u64) {
        let small = |kind: u64, casing: u8, opening: bool| {
            kind | u64::from(opening) << 3 | u64::from(casing) << 4
        };
        // Listings take 21 bits, evidence 10, the other values up to 16, 3 and 2.
        let place = |length: u8, position: u8| u64::from(length) << 6 | u64::from(position) << 9;
        let first = |value: u16| u64::from(value) << 12;
        match self {
            Self::Cased {
                shape,
                cluster,
                casing,
                opening,
            } => (shape, small(0, casing, opening) | first(cluster)),
            Self::Beside {
                shape,
                listing,
                kinds,
                place: n,
            } => (
                shape,
                1 | place(0, n) | first(kinds) | u64::from(listing) << 28,
            ),
            Self::Listed {
                shape,
                listing,
                kinds,
                casing,
                opening,
            } => (
                shape,
                small(2, casing, opening) | first(kinds) | u64::from(listing) << 28,
            ),
            Self::Shown {
                shape,
                last,
                evidence,
                length,
                position,
                casing,
                opening,
            } => (
                shape,
                small(3, casing, opening)
                    | place(length, position)
                    | first(last)
                    | u64::from(evidence) << 28,
            ),
            Self::Left {
                lower,
                cluster,
                kinds,
            } => (lower, 4 | first(cluster) | u64::from(kinds) << 28),
            Self::Right { lower, cluster } => (lower, 5 | first(cluster)),
            Self::Head {
                kinds,
                evidence,
                length,
            } => (
                0,
                6 | place(length, 0) | first(kinds) | u64::from(evidence) << 28,
            ),
            Self::Tail {
                cluster,
                kinds,
                evidence,
                length,
            } => (
                u64::from(cluster),
                7 | place(length, 0) | first(kinds) | u64::from(evidence) << 28,
            ),
        }
    }

    /// Appends the group's features.
    pub(super) fn features(self, out: &mut Vec<u32>) {
        let mut add = |tag: u64, a: u64, b: u64| out.push((pair(tag, a, b) >> 32) as u32);
        match self {
            Self::Cased {
                shape,
                cluster,
                casing,
                opening,
            } => {
                let (casing, opening) = (u64::from(casing), u64::from(opening));
                add(30, opening, shape);
                add(31, casing, shape);
                add(32, opening, casing);
                add(98, u64::from(cluster), pair(9, opening, casing));
            }
            Self::Beside {
                shape,
                listing,
                kinds,
                place,
            } => {
                let n = u64::from(place);
                add(110 + n, u64::from(listing), 0);
                for bit in 0..WORD_KINDS.len() as u64 {
                    if u64::from(kinds) >> bit & 1 == 1 {
                        add(120 + n, bit, shape);
                    }
                }
                add_phrase_kinds(add, n, u64::from(listing));
            }
            Self::Listed {
                shape,
                listing,
                kinds,
                casing,
                opening,
            } => {
                let listing = u64::from(listing);
                add(111, listing, 0);
                add(130, listing, shape);
                add(131, listing, u64::from(kinds));
                add(135, listing, u64::from(opening) * 4 + u64::from(casing));
                add_phrase_kinds(add, 1, listing);
            }
            Self::Shown {
                shape,
                last,
                evidence,
                length,
                position,
                casing,
                opening,
            } => {
                let (casing, opening) = (u64::from(casing), u64::from(opening));
                let (length, position) = (u64::from(length), u64::from(position));
                let cases = u64::from(evidence & 3);
                add(60, cases, opening);
                add(61, cases, casing);
                add(62, length, position);
                add(74, u64::from(last), position);
                // What the article shows of the word elsewhere.
                let shown = evidence & !3;
                add(140, u64::from(shown), shape);
                for bit in 2..evidence::BITS {
                    if shown >> bit & 1 == 1 {
                        add(141, u64::from(bit), length);
                        add(142, u64::from(bit), pair(4, casing, opening));
                    }
                }
            }
            Self::Left {
                lower,
                cluster,
                kinds,
            } => {
                add(64, lower, 0);
                add(70, u64::from(cluster), 0);
                add(75, u64::from(kinds), 0);
            }
            Self::Right { lower, cluster } => {
                add(65, lower, 0);
                add(71, u64::from(cluster), 0);
            }
            Self::Head {
                kinds,
                evidence,
                length,
            } => {
                add(73, u64::from(kinds), u64::from(length));
                add(144, u64::from(evidence), u64::from(length));
            }
            Self::Tail {
                cluster,
                kinds,
                evidence,
                length,
            } => {
                let length = u64::from(length);
                add(69, u64::from(cluster), length);
                add(72, u64::from(kinds), length);
                add(143, u64::from(evidence), length);
            }
        }
    }
}

/// Adds the kinds of the gazetteer phrase of a [`listing`], one by one.
fn add_phrase_kinds(mut add: impl FnMut(u64, u64, u64), place: u64, listing: u64) {
    if listing >> 20 == 1 {
        for bit in 0..PHRASE_KINDS.len() as u64 {
            if listing >> (3 + bit) & 1 == 1 {
                add(125 + place, bit, listing & 7);
            }
        }
    }
}

/// Whether one or two small words tie a capitalised word behind them to the run that ends with `last`.
fn is_linked(document: &Document, last: usize, end: usize) -> bool {
    let words = &document.words;
    (last + 2..=last + 3)
        .find(|&j| j < end && words[j].capital)
        .is_some_and(|beyond| (last + 1..beyond).all(|j| words[j].candidate))
}
