//! Function words.

use super::Lang;

/// Whether a folded surface is a function word of `lang`.
pub fn is_stop_word(surface: &str, lang: Lang) -> bool {
    lang == Lang::ENGLISH && matches!(surface, "the" | "of" | "and" | "a" | "to" | "in")
}
