//! Text → tokens: one tokenizer for indexing, querying and marking; sentences; languages.
//!
//! # What is a token
//!
//! Words are those of Unicode's word boundaries (UAX 29), folded as [`fold`] says and stemmed in
//! the article's language, with these rules of their own, the same for every language, for the
//! text and for what is typed:
//!
//! | written | terms | so it is found by |
//! |---|---|---|
//! | `Merkel's`, `they'll`, `I've` | `merkel`, `they`, `i` | the word without `'s 'll 're 've 'd 'm` |
//! | `don't`, `O'Brien`, `Qur’an` | `dont`, `obrien`, `quran` | both apostrophes, or none |
//! | `l'Élysée`, `dell'arte` | `elysee`, `arte` | the word alone; in texts whose language does not elide, and in names (`N'Djamena`), also written together |
//! | `U.S.`, `J.K.`, `Ph.D.` | `u.s` + `us`, `jk`, `phd` | with and without stops |
//! | `US`, `WHO`, `IT` in capitals | `u.s` + `us` | `U.S.` and `US` find both and never the pronoun; `us` finds all three |
//! | `AT&T`, `R&D` | `at&t`, `r&d` | the same in any case |
//! | `C++`, `C#`, `.NET` | `c++`, `c#`, `.net` + `net` | the same in any case |
//! | `COVID-19`, `covid19`, `5bn` | `covid` `19`, `5` `bn` | any of `covid-19`, `covid 19`, `covid19` |
//! | `co-operation` | `co` `operation` + `cooperation` | with hyphen, space, or together |
//! | `1,000`, `1.000`, `1 000` (no-break) | `1000` | any of them |
//! | `2.5`, `2,5`, `1,234.56` | `2.5`, `2.5`, `1234.56` | point or comma |
//! | `12.05.2024`, `10:30`, `1-0` | each number | the numbers in a row |
//! | `#Brexit`, `@user_name`, `a.b@c.org`, `www.c.org/x` | each word | the words in a row |
//!
//! Letters and digits are always two tokens. Terms are cut at 255 bytes, hold no white space and no
//! control character, and are never empty. Where two terms share a position, the broader one stands
//! beside the narrower, and a query uses the narrower; a joined form stands at its last part.
//!
//! # Scripts without spaces
//!
//! Han, kana, Hangul, Thai, Lao, Khmer and Burmese are indexed as overlapping pairs: each character
//! with its marks together with the next, the last of a run alone. A word of two characters or more
//! is then a phrase of pairs, most often of a single one, and is found wherever its characters stand,
//! Korean words under any ending. A dictionary (icu_segmenter) only cuts what is typed without
//! spaces into words, so that each can be matched and weighed for itself.
//!
//! Segmenting the texts instead was tried: a segmenter cuts a word alone otherwise than in its
//! sentence, and then misses it. On 60 Japanese articles with MeCab's words, icu_segmenter found
//! 94.8 % of the 3,998 pairs of a word (Han or katakana, two characters or more) and an article that
//! holds it, at 4 MB/s; pairs find all, at over 100 MB/s, and 404 further articles, where the
//! characters stand inside longer words. On 60 Thai articles a dictionary's words of four characters
//! or more were found in 78 % of cases where the LSTM had cut the texts, at 0.2 MB/s.
mod accent;
mod class;
mod detect;
mod fold;
mod lang;
mod query;
mod sentence;
mod stem;
mod stop;
mod token;

pub use detect::detect;
pub use fold::{floor_boundary, fold};
pub use lang::Lang;
pub use query::{QueryToken, QueryWord};
pub use sentence::sentences;
pub use stop::is_stop_word;

use stem::LangStemmer;
use token::{Role, Scanner};

/// One token of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// Byte range in the analysed text, on character boundaries; pairs of unspaced scripts overlap.
    pub start: u32,
    pub end: u32,
    /// Word position from 0; two tokens may share one (`U.S.` as `us` and its spelled form).
    pub position: u32,
    /// Byte range of the stem in [`Tokens::forms`].
    stem: (u32, u32),
    /// Byte range of the folded surface form in [`Tokens::forms`].
    surface: (u32, u32),
    role: Role,
}

impl Token {
    /// False for a broader form beside the main token of its position (`us` beside `u.s`,
    /// `cooperation` beside `operation`); leaving these out loses recall, never a phrase.
    pub fn is_main(&self) -> bool {
        self.role.is_main()
    }
}

/// The tokens of one text, reusable from text to text without allocating.
#[derive(Clone, Debug, Default)]
pub struct Tokens {
    /// In order of position; a position's main token comes first.
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

/// Splits, folds and stems text. Holds caches of about a megabyte a language: keep one a thread.
#[derive(Default)]
pub struct Analyzer {
    stemmers: Vec<LangStemmer>,
}

impl Analyzer {
    /// Replaces `out` by the tokens of `text`, stemmed as `lang`; at most its first GiB.
    pub fn tokenize(&mut self, text: &str, lang: Lang, out: &mut Tokens) {
        Scanner::new(text, self.stemmer(lang), out).run();
    }

    fn stemmer(&mut self, lang: Lang) -> &mut LangStemmer {
        // The language asked for last stands first.
        match self.stemmers.iter().position(|s| s.lang() == lang) {
            Some(at) => self.stemmers.swap(0, at),
            None => {
                // Language codes come from the input: without a bound they could fill the memory.
                self.stemmers.truncate(MAX_STEMMERS - 1);
                self.stemmers.insert(0, LangStemmer::new(lang));
            }
        }
        &mut self.stemmers[0]
    }
}

/// Languages whose caches an [`Analyzer`] keeps.
const MAX_STEMMERS: usize = 40;

#[cfg(test)]
mod tests;
