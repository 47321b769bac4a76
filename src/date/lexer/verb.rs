//! Verbs that are told by their form, for the tense of what they govern.

use crate::date::lexicon::Verbs;
use crate::date::token::Class;

/// What a word in small letters of at least four bytes is by its ending.
pub fn form(word: &[u8], verbs: Verbs) -> Class {
    let ends = |endings: &[&str]| endings.iter().any(|e| word.ends_with(e.as_bytes()));
    let (past, future) = match verbs {
        Verbs::Unmarked => (false, false),
        Verbs::English => (word.ends_with(b"ed"), false),
        Verbs::German => {
            let long = word[0].is_ascii_lowercase() && word.len() > 5;
            let participle = word.starts_with(b"ge") && ends(&["t", "en"]);
            (long && (participle || ends(&["te", "ten"])), false)
        }
        // "votera", "ouvriront"; the past has its auxiliary.
        Verbs::French => (
            false,
            ends(&["era", "ira", "dra", "eront", "iront", "dront"]),
        ),
        Verbs::Spanish => (
            ends(&["ó", "aron", "ieron"]),
            ends(&["ará", "erá", "irá", "drá", "arán", "erán", "irán", "drán"]),
        ),
    };
    if future {
        Class::Future
    } else if past {
        Class::Past
    } else {
        Class::Other
    }
}
