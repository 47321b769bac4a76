//! The language of a text.

use super::{
    Lang,
    fold::{floor_boundary, fold},
    stop,
};
use rustc_hash::FxHashMap;
use std::sync::LazyLock;
use whatlang::Script;

/// As much of a text as the trigrams are taken from: more changes no answer on news, and costs time.
const MAX_BYTES: usize = 2048;
/// As much of a text as function words are counted in.
const MAX_WORD_BYTES: usize = 1024;
/// Below this many letters trigrams decide by chance; scripts of one language need fewer.
const MIN_LETTERS: usize = 40;
const MIN_LETTERS_OF_SCRIPT: usize = 10;

/// Function words with a number each and the languages they belong to, a bit each in the order of
/// [`stop::LISTED`].
static FUNCTION_WORDS: LazyLock<FxHashMap<&'static str, (usize, u16)>> = LazyLock::new(|| {
    let mut words = FxHashMap::default();
    for (bit, code) in stop::LISTED.iter().enumerate() {
        for &word in Lang::new(code).and_then(stop::list).unwrap_or_default() {
            let number = words.len();
            words.entry(word).or_insert((number, 0)).1 |= 1 << bit;
        }
    }
    words
});

/// The language of `text`, or `None` where it is too short or unclear.
///
/// Looks at the first two kilobytes. Function words decide for the languages that have a list of them
/// where they are clear, which is quick and hardly ever wrong; trigrams (whatlang) decide the rest.
pub fn detect(text: &str) -> Option<Lang> {
    by_function_words(&text[..floor_boundary(text, MAX_WORD_BYTES)])
        .or_else(|| by_trigrams(&text[..floor_boundary(text, MAX_BYTES)]))
}

/// The language to which at least three in ten words belong, if no other has two thirds as many.
///
/// They have to be ten different words: Esperanto and the unlisted Romance languages share the few
/// commonest ones (`la`, `de`, `en`) with those that are listed.
fn by_function_words(text: &str) -> Option<Lang> {
    let folded = fold(text);
    let mut counts = [0_usize; stop::LISTED.len()];
    let mut distinct = counts;
    let mut seen = vec![false; FUNCTION_WORDS.len()];
    let mut words = 0;
    for word in folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
    {
        words += 1;
        let Some(&(number, langs)) = FUNCTION_WORDS.get(word) else {
            continue;
        };
        let is_new = seen
            .get_mut(number)
            .is_some_and(|seen| !std::mem::replace(seen, true));
        for (bit, (count, distinct)) in counts.iter_mut().zip(&mut distinct).enumerate() {
            let belongs = langs >> bit & 1 == 1;
            *count += usize::from(belongs);
            *distinct += usize::from(belongs && is_new);
        }
    }
    let (best, &most) = counts.iter().enumerate().max_by_key(|&(_, count)| count)?;
    let rival = counts
        .iter()
        .enumerate()
        .filter(|&(i, _)| i != best)
        .map(|(_, &c)| c)
        .max()?;
    let is_clear = distinct[best] >= 10 && most * 10 >= words * 3 && rival * 3 <= most * 2;
    is_clear.then(|| Lang::new(stop::LISTED[best])).flatten()
}

fn by_trigrams(text: &str) -> Option<Lang> {
    let info = whatlang::detect(text)?;
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let is_shared_script = matches!(
        info.script(),
        Script::Latin | Script::Cyrillic | Script::Arabic | Script::Devanagari | Script::Hebrew
    );
    let enough = if is_shared_script {
        MIN_LETTERS
    } else {
        MIN_LETTERS_OF_SCRIPT
    };
    (letters >= enough && info.is_reliable())
        .then(|| Lang::new(info.lang().code()))
        .flatten()
}
