//! Text → tokens: one tokenizer for indexing, querying and marking; sentences; languages.

use serde::{Deserialize, Serialize};

/// An ISO 639-1 (else 639-3) language code in lower case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Lang([u8; 3]);

impl Lang {
    /// English, the language assumed where none is known.
    pub const ENGLISH: Lang = Lang([b'e', b'n', 0]);

    /// The code's first subtag in lower case (`en-GB` → `en`); `None` unless it has two or three ASCII letters.
    pub fn new(code: &str) -> Option<Self> {
        let primary = code.split(['-', '_']).next()?;
        let bytes = primary.as_bytes();
        if !(2..=3).contains(&bytes.len()) || !bytes.iter().all(u8::is_ascii_alphabetic) {
            return None;
        }
        let mut out = [0; 3];
        for (slot, b) in out.iter_mut().zip(bytes) {
            *slot = b.to_ascii_lowercase();
        }
        Some(Self(out))
    }

    /// The code, two or three letters.
    pub fn as_str(&self) -> &str {
        let len = if self.0[2] == 0 { 2 } else { 3 };
        std::str::from_utf8(&self.0[..len]).unwrap_or("en")
    }
}

/// One token of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// Byte range in the analysed text, on character boundaries.
    pub start: u32,
    pub end: u32,
    /// Word position from 0; two tokens may share one (`U.S.` as `us` and its spelled form).
    pub position: u32,
    /// Byte range of the stem in [`Tokens::forms`].
    stem: (u32, u32),
    /// Byte range of the folded surface form in [`Tokens::forms`].
    surface: (u32, u32),
}

/// The tokens of one text, reusable from text to text without allocating.
#[derive(Clone, Debug, Default)]
pub struct Tokens {
    pub list: Vec<Token>,
    forms: String,
}

impl Tokens {
    /// The stemmed term, as indexed in the combined text field.
    pub fn stem(&self, token: &Token) -> &str {
        &self.forms[token.stem.0 as usize..token.stem.1 as usize]
    }

    /// The case- and accent-folded, unstemmed form.
    pub fn surface(&self, token: &Token) -> &str {
        &self.forms[token.surface.0 as usize..token.surface.1 as usize]
    }
}

/// Splits, folds and stems text. Holds caches: keep one a thread.
#[derive(Default)]
pub struct Analyzer {}

impl Analyzer {
    /// Replaces `out` by the tokens of `text`, stemmed as `lang`.
    pub fn tokenize(&mut self, text: &str, lang: Lang, out: &mut Tokens) {
        let _ = (text, lang);
        out.list.clear();
        out.forms.clear();
    }
}

/// The language of `text`, or `None` where it is too short or unclear.
pub fn detect(text: &str) -> Option<Lang> {
    let _ = text;
    None
}

/// Byte ranges of the sentences of `text`, in order, without the white space around them.
pub fn sentences(text: &str) -> Vec<std::ops::Range<usize>> {
    std::iter::once(0..text.len()).collect()
}
