//! An article as the recogniser sees it: tokens with what is known of each, sentences, chains.

use super::chains;
use super::datelines::{self, Dateline};
use super::hash;
use super::lexicon::{Lexicon, NO_CLUSTERS, extend, kind};
use super::token::{Token, tokens};
use rustc_hash::FxHashMap;
use std::ops::Range;

/// What is known of a token by itself and by its article.
#[derive(Clone, Debug)]
pub(super) struct Word {
    pub token: Token,
    /// Block that it stands in.
    pub block: u32,
    pub exact: u64,
    pub lower: u64,
    /// Hash of the spelling used for look-ups: title case within a line of capitals.
    pub key: u64,
    pub shape: u64,
    pub long_shape: u64,
    pub clusters: [u16; 3],
    /// Kinds of the single word, see [`kind`].
    pub kinds: u16,
    /// What the gazetteer says of a candidate as a phrase by itself, see [`Lexicon::phrase`].
    alone: (u16, bool),
    /// Kinds of the longest gazetteer phrase that covers it, and its position there:
    /// 0 first, 1 inner, 2 last, 3 whole; 4 none.
    pub phrase: u16,
    pub phrase_position: u8,
    pub capital: bool,
    /// The run of capitalised words that it belongs to.
    pub run: (u32, u32),
    /// What the article shows of the word elsewhere, see [`evidence`].
    pub evidence: u16,
    /// Whether it may belong to a name at all.
    pub candidate: bool,
    /// What it may do in a sentence, see [`role`].
    pub role: u16,
}

/// What a word by its letters may do beside a name, a bit each.
pub(super) mod role {
    /// May join two capitalised words into one name.
    pub const LINK: u16 = 1;
    /// In lower case, may begin a name before a capitalised word.
    pub const PARTICLE: u16 = 1 << 1;
    /// Begins with a digit.
    pub const NUMBER: u16 = 1 << 2;
    /// Begins with a letter in lower case.
    pub const SMALL: u16 = 1 << 3;
    pub const HYPHEN: u16 = 1 << 4;
    pub const COMMA: u16 = 1 << 5;
    /// A company's legal form, which may follow a comma.
    pub const LEGAL: u16 = 1 << 6;
    /// A verb of speech.
    pub const SAYS: u16 = 1 << 7;
    /// "in" or the like.
    pub const LOCATES: u16 = 1 << 8;
    /// "town" or the like, which "of" and a name may follow.
    pub const SETTLEMENT: u16 = 1 << 11;
    /// "the".
    pub const DEFINES: u16 = 1 << 9;
    /// Capitalised only because it opens a sentence: by itself it is no name.
    pub const FUNCTION: u16 = 1 << 10;
}

/// How a sentence or line is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Casing {
    Normal = 0,
    /// Capitals only: case says nothing.
    Capitals = 1,
    /// A Headline in Title Case: case says little.
    Titles = 2,
}

/// What an article shows of a word, in any of its places (after Chieu and Ng 2003).
pub(super) mod evidence {
    /// Occurs in lower case.
    pub const LOWER: u16 = 1;
    /// Occurs capitalised within a sentence of normal casing.
    pub const CAPITAL: u16 = 1 << 1;
    /// After a title ("Mr", "President").
    pub const TITLED: u16 = 1 << 2;
    /// After a first name.
    pub const AFTER_FIRST: u16 = 1 << 3;
    /// In a run that ends in an organisation's suffix.
    pub const SUFFIXED: u16 = 1 << 4;
    /// Alone after "in" or the like, in a dateline, after "town of" or the like.
    pub const LOCATED: u16 = 1 << 5;
    /// Ends a run before "said" or the like.
    pub const SPEAKS: u16 = 1 << 6;
    /// In brackets after words with these initials.
    pub const ACRONYM: u16 = 1 << 7;
    /// Alone after "the".
    pub const DEFINITE: u16 = 1 << 8;
    /// In a longer gazetteer phrase.
    pub const IN_PHRASE: u16 = 1 << 9;
    pub const BITS: u16 = 10;
}

/// A sentence or line: a range of [`Document::words`].
#[derive(Clone, Debug)]
pub(super) struct Sentence {
    pub words: Range<usize>,
    pub casing: Casing,
}

#[derive(Debug)]
pub(super) struct Document {
    pub words: Vec<Word>,
    pub sentences: Vec<Sentence>,
    pub datelines: Vec<Dateline>,
    /// Runs of candidates, with the number of their sentence.
    pub chains: Vec<(Range<usize>, u32)>,
}

/// Sentences longer than this are cut, chains too: bounds memory and time.
const LONGEST_SENTENCE: usize = 150;

impl Word {
    /// Bytes of the word.
    pub(super) fn exact_len(&self) -> u32 {
        self.token.end - self.token.start
    }
}

impl Document {
    /// Reads an article's blocks.
    pub(super) fn new(blocks: &[&str], lexicon: &Lexicon<'_>) -> Self {
        let mut document = Self {
            words: Vec::new(),
            sentences: Vec::new(),
            datelines: Vec::new(),
            chains: Vec::new(),
        };
        for (block, text) in blocks.iter().enumerate() {
            document.read_block(block as u32, text, lexicon);
        }
        for s in 0..document.sentences.len() {
            document.phrases(s, lexicon);
            document.runs(s);
        }
        document.datelines = document
            .sentences
            .iter()
            .filter_map(|s| datelines::find(&document, blocks, &s.words))
            .collect();
        document.gather_evidence(blocks);
        document.find_chains();
        document
    }

    /// The text of a word.
    pub(super) fn slice<'t>(&self, blocks: &[&'t str], i: usize) -> &'t str {
        let word = &self.words[i];
        &blocks[word.block as usize][word.token.start as usize..word.token.end as usize]
    }

    /// The key that word `i` has where it is not in capitals.
    pub(super) fn titled(&self, blocks: &[&str], i: usize) -> u64 {
        hash::word(title_case(self.slice(blocks, i)).as_bytes())
    }

    fn read_block(&mut self, block: u32, text: &str, lexicon: &Lexicon<'_>) {
        let tokens = tokens(text);
        self.words.reserve(tokens.len());
        let mut at = 0;
        while at < tokens.len() {
            let mut end = at + 1;
            while end < tokens.len() && !tokens[end].opens && end - at < LONGEST_SENTENCE {
                end += 1;
            }
            let slice = |t: &Token| &text[t.start as usize..t.end as usize];
            let casing = casing(tokens[at..end].iter().map(slice));
            let begin = self.words.len();
            let words = tokens[at..end].iter();
            match lexicon.is_shipped() {
                true => LATELY.with_borrow_mut(|lately| {
                    let known = |t: &Token| lately.known(slice(t), casing, lexicon);
                    self.words.extend(word_list(words, block, known));
                }),
                false => {
                    let known = |t: &Token| known(slice(t), casing, lexicon);
                    self.words.extend(word_list(words, block, known));
                }
            }
            self.sentences.push(Sentence {
                words: begin..self.words.len(),
                casing,
            });
            at = end;
        }
    }

    /// Marks the longest gazetteer phrase from each capitalised word, left to right.
    fn phrases(&mut self, sentence: usize, lexicon: &Lexicon<'_>) {
        const LONGEST_PHRASE: usize = 8;
        let range = self.sentences[sentence].words.clone();
        let words = &mut self.words[range];
        let mut i = 0;
        while i < words.len() {
            let mut best = (0, 0);
            if words[i].capital || words[i].candidate {
                let mut hash = 0;
                for (j, word) in words.iter().enumerate().skip(i).take(LONGEST_PHRASE) {
                    hash = extend(hash, word.key);
                    let (kinds, goes_on) = match j == i {
                        true => word.alone,
                        false => lexicon.phrase(hash),
                    };
                    if kinds != 0 {
                        best = (j + 1 - i, kinds);
                    }
                    if !goes_on {
                        break;
                    }
                }
            }
            let (length, kinds) = best;
            for (q, word) in words[i..i + length].iter_mut().enumerate() {
                word.phrase = kinds;
                word.phrase_position = match (length, q) {
                    (1, _) => 3,
                    (_, 0) => 0,
                    _ if q + 1 == length => 2,
                    _ => 1,
                };
            }
            i += length.max(1);
        }
    }

    /// Marks runs of capitalised words, hyphens within them included.
    fn runs(&mut self, sentence: usize) {
        let range = self.sentences[sentence].words.clone();
        let mut i = range.start;
        while i < range.end {
            if !self.words[i].capital {
                i += 1;
                continue;
            }
            let mut last = i;
            loop {
                if last + 1 < range.end && self.words[last + 1].capital {
                    last += 1;
                } else if last + 2 < range.end
                    && self.words[last + 1].exact == *HYPHEN
                    && self.words[last + 2].capital
                {
                    last += 2;
                } else {
                    break;
                }
            }
            for word in &mut self.words[i..=last] {
                word.run = (i as u32, last as u32);
            }
            i = last + 1;
        }
    }

    fn gather_evidence(&mut self, blocks: &[&str]) {
        let mut seen: FxHashMap<u64, u16> = FxHashMap::default();
        let mut lower: FxHashMap<u64, u16> = FxHashMap::default();
        // Few of the words in lower case occur capitalised too: a bit for each capitalised one's hash tells
        // most of the others apart.
        let mut some_capital = [0u64; 64];
        let bit = |hash: u64| ((hash >> 58) as usize, hash >> 52 & 63);
        for word in self.words.iter().filter(|word| word.capital) {
            let (at, bit) = bit(word.lower);
            some_capital[at] |= 1 << bit;
        }
        for sentence in &self.sentences {
            let range = sentence.words.clone();
            for i in range.clone() {
                let word = &self.words[i];
                if !word.capital {
                    let (at, bit) = bit(word.lower);
                    if some_capital[at] >> bit & 1 == 1 && sentence.casing != Casing::Capitals {
                        lower.insert(word.lower, evidence::LOWER);
                    }
                    continue;
                }
                let mut bits = 0;
                let (first, last) = (word.run.0 as usize, word.run.1 as usize);
                let before = (i > range.start).then(|| &self.words[i - 1]);
                if sentence.casing == Casing::Normal {
                    if i > range.start {
                        bits |= evidence::CAPITAL;
                    }
                    if before.is_some_and(|b| b.kinds & kind::TITLE != 0 && b.capital) {
                        bits |= evidence::TITLED;
                    }
                    if before.is_some_and(|b| b.kinds & kind::FIRST != 0 && b.capital) {
                        bits |= evidence::AFTER_FIRST;
                    }
                    if first < last && self.words[last].kinds & kind::ORG_SUFFIX != 0 {
                        bits |= evidence::SUFFIXED;
                    }
                    if first == last {
                        let role = before.map_or(0, |b| b.role);
                        if role & role::LOCATES != 0 {
                            bits |= evidence::LOCATED;
                        }
                        let of_place = i >= range.start + 2
                            && role & role::LINK != 0
                            && self.words[i - 2].role & role::SETTLEMENT != 0
                            && self.slice(blocks, i - 1) == "of";
                        if of_place {
                            bits |= evidence::LOCATED;
                        }
                        if role & role::DEFINES != 0 {
                            bits |= evidence::DEFINITE;
                        }
                    }
                    if i == last && i + 1 < range.end && self.words[i + 1].role & role::SAYS != 0 {
                        bits |= evidence::SPEAKS;
                    }
                    if word.phrase_position < 3 {
                        bits |= evidence::IN_PHRASE;
                    }
                    if self.is_defined_acronym(blocks, i, range.start) {
                        bits |= evidence::ACRONYM;
                    }
                }
                *seen.entry(word.key).or_insert(0) |= bits;
            }
        }
        for i in self.datelines.iter().flat_map(Dateline::places).flatten() {
            for key in [self.words[i].key, self.titled(blocks, i)] {
                *seen.entry(key).or_insert(0) |= evidence::LOCATED;
            }
        }
        for word in &mut self.words {
            if word.capital {
                word.evidence = seen.get(&word.key).copied().unwrap_or(0)
                    | lower.get(&word.lower).copied().unwrap_or(0);
            }
        }
    }

    /// "World Trade Organization (WTO": word `i` is in brackets after words with its initials.
    fn is_defined_acronym(&self, blocks: &[&str], i: usize, begin: usize) -> bool {
        let acronym = self.slice(blocks, i);
        if i < begin + 3 || acronym.len() < 2 || self.slice(blocks, i - 1) != "(" {
            return false;
        }
        let mut letters = acronym
            .chars()
            .rev()
            .filter(|c| c.is_alphanumeric())
            .peekable();
        for j in (begin.max(i.saturating_sub(12))..i - 1).rev() {
            if !self.words[j].capital {
                continue;
            }
            let initial = self.slice(blocks, j).chars().next();
            if letters
                .next_if(|&l| initial.is_some_and(|c| c.to_uppercase().eq(l.to_uppercase())))
                .is_none()
            {
                break;
            }
        }
        letters.peek().is_none()
    }
}

static HYPHEN: std::sync::LazyLock<u64> = std::sync::LazyLock::new(|| hash::word(b"-"));

fn casing<'t>(words: impl Iterator<Item = &'t str>) -> Casing {
    let (mut capitals, mut with_lower, mut capitalised, mut small) = (0, 0, 0, 0);
    for word in words {
        // What all but a few words begin with says enough.
        match word.as_bytes() {
            [b'a'..=b'z', ..] => {
                with_lower += 1;
                small += usize::from(word.len() > 3);
                continue;
            }
            [b'A'..=b'Z', b'a'..=b'z', ..] => {
                with_lower += 1;
                capitalised += 1;
                continue;
            }
            _ => {}
        }
        let mut chars = word.chars();
        let Some(first) = chars.next() else { continue };
        let any_lower = word.chars().any(char::is_lowercase);
        let long = chars.next().is_some();
        capitals += usize::from(long && !any_lower && word.chars().any(char::is_uppercase));
        with_lower += usize::from(any_lower);
        capitalised += usize::from(first.is_uppercase());
        small += usize::from(first.is_lowercase() && word.len() > 3);
    }
    if capitals >= 2 && capitals >= with_lower * 3 {
        Casing::Capitals
    } else if capitalised >= 3 && small * 4 <= capitalised {
        Casing::Titles
    } else {
        Casing::Normal
    }
}

/// What is known of a word by its letters alone.
#[derive(Clone, Copy, Default)]
struct Known {
    exact: u64,
    lower: u64,
    key: u64,
    shape: u64,
    long_shape: u64,
    clusters: [u16; 3],
    kinds: u16,
    alone: (u16, bool),
    capital: bool,
    candidate: bool,
    role: u16,
}

/// What the shipped lexicon knows of words met lately: a direct-mapped cache, one a thread.
///
/// A word costs up to nine look-ups at random in two megabytes; most words of a text are common. A word is
/// told by its hash, as everywhere in the recogniser.
#[derive(Default)]
struct Lately {
    slots: Vec<Slot>,
}

/// One line of a core's cache.
#[derive(Clone, Default)]
#[repr(align(64))]
struct Slot {
    known: Known,
    /// Whether the word stood in capitals only; `None` for a free slot.
    capitals: Option<bool>,
}

const LATELY_LOG2: u32 = 14;

thread_local! {
    static LATELY: std::cell::RefCell<Lately> = std::cell::RefCell::default();
}

impl Lately {
    fn known(&mut self, text: &str, casing: Casing, lexicon: &Lexicon<'_>) -> Known {
        if self.slots.is_empty() {
            self.slots.resize(1 << LATELY_LOG2, Slot::default());
        }
        let exact = hash::word(text.as_bytes());
        let capitals = casing == Casing::Capitals;
        let mixed = (exact ^ u64::from(capitals)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let slot = &mut self.slots[(mixed >> (64 - LATELY_LOG2)) as usize];
        if slot.capitals != Some(capitals) || slot.known.exact != exact {
            *slot = Slot {
                known: known(text, casing, lexicon),
                capitals: Some(capitals),
            };
        }
        slot.known
    }
}

fn word_list<'t>(
    tokens: impl Iterator<Item = &'t Token>,
    block: u32,
    mut known: impl FnMut(&Token) -> Known,
) -> impl Iterator<Item = Word> {
    tokens.map(move |token| word(*token, block, known(token)))
}

fn word(token: Token, block: u32, known: Known) -> Word {
    Word {
        token,
        block,
        exact: known.exact,
        lower: known.lower,
        key: known.key,
        shape: known.shape,
        long_shape: known.long_shape,
        clusters: known.clusters,
        kinds: known.kinds,
        alone: known.alone,
        phrase: 0,
        phrase_position: 4,
        capital: known.capital,
        run: (u32::MAX, u32::MAX),
        evidence: 0,
        candidate: known.candidate,
        role: known.role,
    }
}

fn known(text: &str, casing: Casing, lexicon: &Lexicon<'_>) -> Known {
    let first = text.chars().next().unwrap_or(' ');
    let capital = first.is_uppercase();
    let exact = hash::word(text.as_bytes());
    let plain = text.bytes().all(|b| b.is_ascii_lowercase());
    let lower = if plain {
        exact
    } else {
        hash::word(text.to_lowercase().as_bytes())
    };
    let any_lower = plain || text.chars().any(char::is_lowercase);
    let inner_capital = !plain && text.chars().any(char::is_uppercase);
    let shouting = capital && text.len() > 1 && !any_lower;
    let titled = (shouting && (casing == Casing::Capitals || text.chars().count() > 4))
        .then(|| hash::word(title_case(text).as_bytes()));
    let key = match titled {
        Some(t) if casing == Casing::Capitals => t,
        _ => exact,
    };
    let clusters = lexicon
        .clusters(key)
        .or_else(|| {
            titled
                .filter(|&t| t != key)
                .and_then(|t| lexicon.clusters(t))
        })
        .or_else(|| (lower != key).then(|| lexicon.clusters(lower)).flatten())
        .unwrap_or(NO_CLUSTERS);
    let kinds = lexicon
        .word(key)
        .or_else(|| titled.filter(|&t| t != key).and_then(|t| lexicon.word(t)))
        .unwrap_or(0);
    let candidate = capital || inner_capital;
    let alone = match candidate {
        true => match (lexicon.phrase(extend(0, key)), titled) {
            ((0, false), Some(titled)) => lexicon.phrase(extend(0, titled)),
            (alone, _) => alone,
        },
        false => (0, false),
    };
    Known {
        exact,
        lower,
        key,
        shape: shape(text, false),
        long_shape: shape(text, true),
        clusters,
        kinds,
        alone,
        capital,
        candidate,
        role: chains::role(text),
    }
}

/// The first letter as it is, the others in lower case.
pub(super) fn title_case(text: &str) -> String {
    let mut chars = text.chars();
    let mut out = String::with_capacity(text.len());
    out.extend(chars.next());
    out.extend(chars.flat_map(char::to_lowercase));
    out
}

/// A word's outline: kinds of letters, repeats dropped; the long form keeps repeats, six at most.
fn shape(text: &str, long: bool) -> u64 {
    let mut out = [0u8; 12];
    let limit = if long { 6 } else { 12 };
    let mut len = 0;
    let mut last = 0;
    for c in text.chars() {
        let class = match c {
            'a'..='z' => b'x',
            'A'..='Z' => b'X',
            '0'..='9' => b'd',
            '.' => b'.',
            '-' => b'-',
            _ if c.is_uppercase() => b'X',
            _ if c.is_lowercase() => b'x',
            _ if c.is_alphabetic() => b'a',
            _ => b'#',
        };
        if len < limit && (long || class != last) {
            out[len] = class;
            len += 1;
        }
        last = class;
    }
    hash::word(&out[..len])
}
