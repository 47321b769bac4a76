//! The language of a text.

use super::{Lang, fold::floor_boundary};
use whatlang::{Lang as Code, Script};

/// As much of a text as is looked at: more bytes change no answer on news, and cost time.
const MAX_BYTES: usize = 2048;
/// Below this many letters trigrams decide by chance.
const MIN_LETTERS: usize = 40;

/// The language of `text`, or `None` where it is too short or unclear.
///
/// Looks at the first two kilobytes.
pub fn detect(text: &str) -> Option<Lang> {
    let text = &text[..floor_boundary(text, MAX_BYTES)];
    let info = whatlang::detect(text)?;
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let is_own_script = !matches!(
        info.script(),
        Script::Latin | Script::Cyrillic | Script::Arabic | Script::Devanagari | Script::Hebrew
    );
    let enough = if is_own_script {
        MIN_LETTERS / 4
    } else {
        MIN_LETTERS
    };
    if letters < enough || !info.is_reliable() {
        return None;
    }
    Lang::new(match info.lang() {
        Code::Eng => "en",
        other => other.code(),
    })
}
