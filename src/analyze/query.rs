//! What a typed word may match.

use super::{Analyzer, Lang, Role, Token, Tokens, fold::fold};
use icu_segmenter::{WordSegmenter, options::WordBreakInvariantOptions};
use std::ops::Range;

/// One position of a typed word or phrase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryToken {
    /// Position relative to the first token of its word or phrase.
    pub offset: u32,
    /// Bytes of the typed text.
    pub start: u32,
    pub end: u32,
    /// The alternative terms of the stemmed field, one a language, without repetition; never empty.
    pub stems: Vec<String>,
    /// The folded form, unstemmed.
    pub surface: String,
    /// The spelling as typed, where it has an accent or a capital beyond the first letter: such a word
    /// prefers texts that spell it so.
    pub exact: Option<String>,
    /// The token is the beginning of the terms it stands for: a lone character of an unspaced script,
    /// which is indexed together with whatever follows it. A phrase may leave it out.
    pub is_prefix: bool,
}

/// One word of a typed text with what it may be written as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryWord {
    /// Tokens that must stand at their offsets; never empty. `COVID-19` has two, most words one.
    pub tokens: Vec<QueryToken>,
    /// Other token sequences that are as good: `cooperation` for `co-operation`, `u s` for `U.S.`.
    pub otherwise: Vec<Vec<QueryToken>>,
}

impl Analyzer {
    /// The words of a typed text, each to be looked for on its own.
    ///
    /// Words end at white space; text of a script without spaces is cut by a dictionary. Stems are those
    /// of `langs` (English if there are none). Empty for a text without letters and digits.
    /// Whatever word a text holds, typing it finds the text if the text's language is among `langs`.
    pub fn query_words(&mut self, typed: &str, langs: &[Lang]) -> Vec<QueryWord> {
        let tokens = self.typed_tokens(typed, langs);
        let mut words = Vec::new();
        for piece in pieces(typed, &tokens.list) {
            self.piece(typed, &tokens, piece, langs, &mut words);
        }
        words
    }

    /// The tokens of a typed phrase in a row, with their offsets; empty for no letters and digits.
    ///
    /// With a prefix as `typed`, the last token's surface is what the indexed surfaces begin with.
    pub fn query_forms(&mut self, typed: &str, langs: &[Lang]) -> Vec<QueryToken> {
        let tokens = self.typed_tokens(typed, langs);
        let list: Vec<Token> = tokens
            .list
            .iter()
            .filter(|t| t.is_main())
            .copied()
            .collect();
        self.sequence(typed, &tokens, &list, langs)
    }

    /// The term that a folded surface is indexed under in a text of `lang`.
    pub fn stem(&mut self, surface: &str, lang: Lang) -> String {
        let mut form = surface.to_owned();
        let (start, end) = self.stemmer(lang).stem(&mut form, 0, surface.len() as u32);
        form[start as usize..end as usize].to_owned()
    }

    fn typed_tokens(&mut self, typed: &str, langs: &[Lang]) -> Tokens {
        let mut tokens = Tokens::default();
        let lang = langs.first().copied().unwrap_or(Lang::ENGLISH);
        self.tokenize(typed, lang, &mut tokens);
        tokens
    }

    /// Turns main tokens that stand in a row into query tokens.
    fn sequence(
        &mut self,
        typed: &str,
        tokens: &Tokens,
        list: &[Token],
        langs: &[Lang],
    ) -> Vec<QueryToken> {
        let mut out: Vec<QueryToken> = Vec::with_capacity(list.len());
        let first = list.first().map_or(0, |t| t.position);
        for (i, token) in list.iter().enumerate() {
            let before = i.checked_sub(1).and_then(|i| list.get(i));
            // What follows the last character is unknown, and the pair before it holds it already.
            if token.role == Role::PairEnd
                && before.is_some_and(|b| b.role == Role::Pair && b.end == token.end)
            {
                continue;
            }
            out.push(self.query_token(typed, tokens, token, token.position - first, langs));
        }
        out
    }

    fn query_token(
        &mut self,
        typed: &str,
        tokens: &Tokens,
        token: &Token,
        offset: u32,
        langs: &[Lang],
    ) -> QueryToken {
        let surface = tokens.surface(token);
        let spelled = typed
            .get(token.start as usize..token.end as usize)
            .unwrap_or_default();
        let is_stemmed = matches!(token.role, Role::Word | Role::Joined);
        let stems = if is_stemmed {
            self.stems(surface, langs)
        } else {
            vec![surface.to_owned()]
        };
        QueryToken {
            offset,
            start: token.start,
            end: token.end,
            stems,
            surface: surface.to_owned(),
            exact: (is_stemmed || token.role == Role::Acronym)
                .then(|| spelled.to_owned())
                .filter(|s| is_peculiar(s)),
            is_prefix: token.role == Role::PairEnd,
        }
    }

    fn stems(&mut self, surface: &str, langs: &[Lang]) -> Vec<String> {
        let mut stems: Vec<String> = Vec::with_capacity(1);
        let fallback = [Lang::ENGLISH];
        for &lang in if langs.is_empty() { &fallback } else { langs } {
            let stem = self.stem(surface, lang);
            if !stems.contains(&stem) {
                stems.push(stem);
            }
        }
        stems
    }

    /// Appends the words of one piece between white space.
    fn piece(
        &mut self,
        typed: &str,
        tokens: &Tokens,
        piece: &[Token],
        langs: &[Lang],
        words: &mut Vec<QueryWord>,
    ) {
        let main: Vec<Token> = piece.iter().filter(|t| t.is_main()).copied().collect();
        let is_pair = |t: &Token| matches!(t.role, Role::Pair | Role::PairEnd);
        if !main.iter().any(is_pair) {
            let otherwise = self.otherwise(typed, tokens, piece, &main, langs);
            let tokens = self.sequence(typed, tokens, &main, langs);
            if !tokens.is_empty() {
                words.push(QueryWord { tokens, otherwise });
            }
            return;
        }
        let begin = words.len();
        for run in main.chunk_by(|a, b| {
            is_pair(a) == is_pair(b) && a.role != Role::PairEnd && (!is_pair(a) || a.end > b.start)
        }) {
            if run.first().is_some_and(is_pair) {
                for word in dictionary_words(typed, run) {
                    let tokens = self.sequence(typed, tokens, word, langs);
                    let otherwise = without_particle(&tokens);
                    words.push(QueryWord { tokens, otherwise });
                }
            } else {
                let tokens = self.sequence(typed, tokens, run, langs);
                words.push(QueryWord {
                    tokens,
                    otherwise: Vec::new(),
                });
            }
        }
        words.retain(|w| !w.tokens.is_empty());
        // A lone character beside words is a particle or a counter (`2024年`), and everywhere.
        if words.len() > begin + 1 && words[begin..].iter().any(|w| !w.tokens[0].is_prefix) {
            let mut i = 0;
            words.retain(|w| {
                i += 1;
                i <= begin || !w.tokens[0].is_prefix
            });
        }
    }

    fn otherwise(
        &mut self,
        typed: &str,
        tokens: &Tokens,
        piece: &[Token],
        main: &[Token],
        langs: &[Lang],
    ) -> Vec<Vec<QueryToken>> {
        let mut out = Vec::new();
        if let [_, _] = main
            && let Some(joined) = piece.iter().find(|t| t.role == Role::Joined)
        {
            out.push(vec![self.query_token(typed, tokens, joined, 0, langs)]);
        }
        if let [acronym] = main
            && acronym.role == Role::Acronym
        {
            let spelled = &typed[acronym.start as usize..acronym.end as usize];
            let letters: Vec<&str> = spelled.split('.').filter(|l| !l.is_empty()).collect();
            if (2..=5).contains(&letters.len()) {
                let letters = letters.iter().enumerate().map(|(i, letter)| {
                    let surface = fold(letter).into_owned();
                    QueryToken {
                        offset: i as u32,
                        start: acronym.start,
                        end: acronym.end,
                        stems: self.stems(&surface, langs),
                        surface,
                        exact: None,
                        is_prefix: false,
                    }
                });
                out.push(letters.collect());
            }
        }
        out
    }
}

/// Runs of tokens without white space between them.
fn pieces<'a>(typed: &'a str, list: &'a [Token]) -> impl Iterator<Item = &'a [Token]> {
    list.chunk_by(|a, b| {
        let between = typed.get(a.end as usize..b.start as usize);
        !between.is_some_and(|gap| gap.contains(char::is_whitespace))
    })
}

/// Whether a spelling says more than its letters: an accent, or a capital beyond the first letter.
fn is_peculiar(spelled: &str) -> bool {
    let is_accented = |c: char| {
        let mut buffer = [0; 4];
        !c.is_ascii()
            && c.is_alphabetic()
            && !fold(c.encode_utf8(&mut buffer))
                .chars()
                .eq(c.to_lowercase())
    };
    spelled.chars().skip(1).any(char::is_uppercase) || spelled.chars().any(is_accented)
}

/// The words that a dictionary sees in a run of pairs, each as the tokens that cover it.
///
/// A word of a single character is represented by nothing if there are longer ones.
fn dictionary_words<'a>(typed: &str, run: &'a [Token]) -> Vec<&'a [Token]> {
    let (Some(first), Some(last)) = (run.first(), run.last()) else {
        return Vec::new();
    };
    let begin = first.start as usize;
    let Some(text) = typed.get(begin..last.end as usize) else {
        return vec![run];
    };
    if run.len() <= 2 {
        return vec![run];
    }
    let segmenter = WordSegmenter::new_dictionary(WordBreakInvariantOptions::default());
    let breaks: Vec<usize> = segmenter.segment_str(text).map(|at| at + begin).collect();
    let mut words: Vec<Range<usize>> = Vec::new();
    for pair in breaks.windows(2) {
        let &[start, end] = pair else { continue };
        let from = run.partition_point(|t| (t.start as usize) < start);
        let to = from + run[from..].partition_point(|t| (t.start as usize) < end);
        match words.last_mut() {
            Some(word) if to == from + 1 && is_suffix(&typed[start..end]) => word.end = to,
            _ => words.push(from..to),
        }
    }
    // The last character's pair reaches into the next word: it is left out.
    let words = words.into_iter().filter(|word| word.len() > 1);
    let words: Vec<&[Token]> = words
        .filter_map(|word| run.get(word.start..word.end - 1))
        .collect();
    if words.is_empty() { vec![run] } else { words }
}

/// Whether a lone character goes with the word before it (`共产党`, `東京都`): Han and katakana do, but
/// for the commonest function words.
fn is_suffix(character: &str) -> bool {
    const FUNCTION: &str = "的了在是和与與或及等也就不有为為对對从從到被把将將上中下内外前后後";
    let is_written_out = |c| matches!(c, '\u{30A0}'..='\u{30FF}' | '\u{4E00}'..='\u{9FFF}');
    character.chars().all(is_written_out) && !FUNCTION.contains(character)
}

/// A Korean word also without its last syllable, if that is one of the common particles.
fn without_particle(tokens: &[QueryToken]) -> Vec<Vec<QueryToken>> {
    const PARTICLES: [char; 12] = [
        '은', '는', '이', '가', '을', '를', '의', '에', '도', '와', '과', '로',
    ];
    match tokens {
        [stem @ .., last] if !stem.is_empty() && last.surface.ends_with(PARTICLES) => {
            vec![stem.to_vec()]
        }
        _ => Vec::new(),
    }
}
