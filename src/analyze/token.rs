//! The scanner: one pass over a text, fast where it is plain ASCII.

use super::{
    Token, Tokens,
    class::{Class, class},
    fold::{floor_boundary, fold_word},
    stem::LangStemmer,
};

/// Surfaces are cut here: longer "words" are encodings, and a term has to stay small.
pub(super) const MAX_TERM_BYTES: usize = 255;
/// What one character with its marks may fold to, so that a pair stays under [`MAX_TERM_BYTES`].
const MAX_CLUSTER_BYTES: usize = 120;
/// A hyphenated pair beyond this is no word that anybody types without its hyphen.
const MAX_JOINED_BYTES: usize = 40;

/// Why a token is there: queries use the main ones, texts are indexed under all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// A word.
    Word,
    /// A number, or a word spelled with signs: never stemmed.
    Fixed,
    /// `U.S.`, also `US` where the plain word would be another one.
    Acronym,
    /// A character of an unspaced script with the one after it.
    Pair,
    /// The last character of a run of an unspaced script.
    PairEnd,
    /// A broader form beside the main token: `us` for `U.S.`.
    Broad,
    /// A hyphenated pair without its hyphen, at the position of its second part.
    Joined,
}

impl Role {
    pub(super) fn is_main(self) -> bool {
        !matches!(self, Self::Broad | Self::Joined)
    }
}

/// Words that in capitals are as a rule something else: `US`, `WHO`, `IT`.
///
/// Such a word in capitals is also indexed in a form of its own (`u.s`), and so is the dotted
/// spelling. Sorted, at most [`MAX_CAPITALS`] letters.
const CAPITAL_WORDS: [&str; 34] = [
    "act", "ai", "aids", "aim", "al", "am", "as", "ca", "cop", "da", "do", "eta", "eu", "ice",
    "in", "ira", "is", "it", "la", "ma", "me", "ne", "no", "now", "or", "pa", "sa", "salt", "se",
    "start", "swift", "un", "us", "who",
];
const MAX_CAPITALS: usize = 5;

/// French, Italian and Catalan words that lose their vowel before an apostrophe, folded.
///
/// Names such as `Sant'Egidio` or `O'Brien` are not among them: they stay one word.
const ELISIONS: [&str; 30] = [
    "all", "c", "coll", "d", "dall", "degl", "dell", "j", "jusqu", "l", "lorsqu", "m", "n", "nell",
    "negl", "puisqu", "qu", "quand", "quell", "quest", "quoiqu", "s", "sugl", "sull", "t", "un",
    "v", "gl", "agl", "dagl",
];

const LETTER: u8 = 1;
const UPPER: u8 = 2;
const DIGIT: u8 = 4;
/// After a letter run, hands over to the careful path.
const SPECIAL: u8 = 8;
/// First byte of a character outside ASCII.
const HIGH: u8 = 16;

static BYTES: [u8; 256] = {
    let mut table = [0; 256];
    let mut b = 0;
    while b < 256 {
        let byte = b as u8;
        table[b] = if byte.is_ascii_uppercase() {
            LETTER | UPPER
        } else if byte.is_ascii_lowercase() {
            LETTER
        } else if byte.is_ascii_digit() {
            DIGIT
        } else if byte >= 0x80 {
            HIGH | SPECIAL
        } else if matches!(byte, b'\'' | b'.' | b'-' | b'&' | b'+' | b'#' | b'"') {
            SPECIAL
        } else {
            0
        };
        b += 1;
    }
    table
};

/// A run of letters and marks.
#[derive(Clone, Copy)]
struct Run {
    end: usize,
    is_ascii: bool,
    has_marks: bool,
}

/// The first half of a hyphenated pair.
#[derive(Clone, Copy)]
struct Half {
    /// Where the second half has to begin.
    next: usize,
    start: u32,
    surface: (u32, u32),
}

pub(super) struct Scanner<'a> {
    text: &'a str,
    bytes: &'a [u8],
    out: &'a mut Tokens,
    stemmer: &'a mut LangStemmer,
    /// Whether the language elides, so that the article in `l'eau` is no part of any name.
    elides: bool,
    position: u32,
    half: Option<Half>,
}

impl<'a> Scanner<'a> {
    /// Prepares for `text`, of which at most 1 GiB is read: offsets have 32 bits.
    pub(super) fn new(text: &'a str, stemmer: &'a mut LangStemmer, out: &'a mut Tokens) -> Self {
        let text = &text[..floor_boundary(text, 1 << 30)];
        out.list.clear();
        out.forms.clear();
        // Most surfaces are a word in lower case: copying the text once makes each a mere range.
        out.forms.push_str(text);
        out.forms.make_ascii_lowercase();
        let elides = matches!(stemmer.lang().as_str(), "fr" | "it" | "ca" | "oc");
        Self {
            text,
            bytes: text.as_bytes(),
            out,
            stemmer,
            elides,
            position: 0,
            half: None,
        }
    }

    pub(super) fn run(mut self) {
        let bytes = self.bytes;
        let mut i = 0;
        while let Some(&byte) = bytes.get(i) {
            let kind = BYTES[usize::from(byte)];
            if kind & LETTER != 0 {
                let start = i;
                // Keeps `UPPER` only where every letter is a capital.
                let mut seen = kind;
                let mut after = 0;
                i += 1;
                while let Some(&byte) = bytes.get(i) {
                    after = BYTES[usize::from(byte)];
                    if after & LETTER == 0 {
                        break;
                    }
                    seen &= after;
                    i += 1;
                }
                let is_capitals = seen & UPPER != 0 && (2..=MAX_CAPITALS).contains(&(i - start));
                let ends = after & SPECIAL == 0 || self.ends_plainly(i);
                if ends && !is_capitals && self.half.is_none() {
                    self.push_plain(start, i);
                } else {
                    i = self.word(start);
                }
            } else if kind & DIGIT != 0 {
                i = self.number(i);
            } else if kind & HIGH != 0 {
                i = self.beyond_ascii(i);
            } else if byte == b'.' {
                i = self.dot_net(i).unwrap_or(i + 1);
            } else {
                i += 1;
            }
        }
    }

    /// Whether the special byte at `i` is a full stop or quote before a space: the usual end of a word.
    #[inline]
    fn ends_plainly(&self, i: usize) -> bool {
        matches!(self.bytes.get(i), Some(b'.' | b'\'' | b'"' | b'-'))
            && matches!(self.bytes.get(i + 1), None | Some(b' ' | b'\n'))
    }

    /// A word of ASCII letters: its surface is the lower-case copy of the text.
    #[inline]
    fn push_plain(&mut self, start: usize, end: usize) {
        let surface = (
            start as u32,
            (start + (end - start).min(MAX_TERM_BYTES)) as u32,
        );
        let stem = self.stemmer.stem(&mut self.out.forms, surface.0, surface.1);
        self.push(start as u32, end as u32, surface, stem, Role::Word);
    }

    #[inline]
    fn push(&mut self, start: u32, end: u32, surface: (u32, u32), stem: (u32, u32), role: Role) {
        self.out.list.push(Token {
            start,
            end,
            position: self.position,
            stem,
            surface,
            role,
        });
        self.position += 1;
    }

    /// Adds a form to the position of the token pushed last.
    fn push_beside(
        &mut self,
        start: u32,
        end: u32,
        surface: (u32, u32),
        stem: (u32, u32),
        role: Role,
    ) {
        self.position = self.position.saturating_sub(1);
        self.push(start, end, surface, stem, role);
    }

    fn char_at(&self, i: usize) -> Option<char> {
        match *self.bytes.get(i)? {
            b if b < 0x80 => Some(char::from(b)),
            _ => self.text.get(i..)?.chars().next(),
        }
    }

    fn class_at(&self, i: usize) -> Class {
        self.char_at(i).map_or(Class::Other, class)
    }

    fn is_word_before(&self, i: usize) -> bool {
        let before = self.text.get(..i).and_then(|t| t.chars().next_back());
        before.is_some_and(|c| {
            !matches!(
                class(c),
                Class::Other | Class::Apostrophe | Class::Hyphen | Class::DigitSpace
            )
        })
    }

    /// The letters and marks from `i`, where a letter stands.
    fn letters(&self, i: usize) -> Run {
        let mut run = Run {
            end: i,
            is_ascii: true,
            has_marks: false,
        };
        while let Some(&byte) = self.bytes.get(run.end) {
            if byte < 0x80 {
                if BYTES[usize::from(byte)] & LETTER == 0 {
                    break;
                }
                run.end += 1;
                continue;
            }
            let Some(c) = self.char_at(run.end) else {
                break;
            };
            match class(c) {
                Class::Letter => {}
                Class::Mark => run.has_marks = true,
                _ => break,
            }
            run.is_ascii = false;
            run.end += c.len_utf8();
        }
        run
    }

    /// The index of the letter after an apostrophe at `i`.
    fn after_apostrophe(&self, i: usize) -> Option<usize> {
        let c = self.char_at(i)?;
        let is_joiner = class(c) == Class::Apostrophe
            // Hebrew abbreviations and acronyms are written with quotes inside: צה"ל, ארה״ב.
            || (matches!(c, '"' | '\u{5F3}' | '\u{5F4}') && self.hebrew_before(i));
        let next = i + c.len_utf8();
        (is_joiner && self.class_at(next) == Class::Letter).then_some(next)
    }

    fn hebrew_before(&self, i: usize) -> bool {
        let before = self.text.get(..i).and_then(|t| t.chars().next_back());
        before.is_some_and(|c| matches!(c, '\u{590}'..='\u{5FF}'))
    }

    /// Reads the word at `start` with all its exceptions and returns where reading goes on.
    fn word(&mut self, start: usize) -> usize {
        let half = self.half.take().filter(|half| half.next == start);
        let first = self.letters(start);
        if let Some(end) = self
            .acronym(start, first)
            .or_else(|| self.spelled(start, first))
        {
            return end;
        }
        let (mut from, mut run) = (start, first);
        let mut whole = first;
        let mut elided = None;
        let mut has_apostrophe = false;
        let mut resume = None;
        while let Some(next) = self.after_apostrophe(run.end) {
            let tail = self.letters(next);
            if self.is_clitic(next, tail) {
                resume = Some(tail.end);
                break;
            }
            if !has_apostrophe && self.is_elision(from, run) {
                elided.get_or_insert(from);
                (from, whole) = (next, tail);
            } else {
                has_apostrophe = true;
                whole.end = tail.end;
                whole.is_ascii &= tail.is_ascii;
                whole.has_marks |= tail.has_marks;
            }
            run = tail;
        }
        let end = whole.end;
        let surface = if whole.is_ascii && !has_apostrophe {
            (
                from as u32,
                floor_boundary(self.text, end.min(from + MAX_TERM_BYTES)) as u32,
            )
        } else {
            self.fold(from, whole)
        };
        let resume = resume.unwrap_or(end);
        if surface.0 == surface.1 {
            return resume;
        }
        if self.capitals(from, end, surface) {
            return resume;
        }
        let stem = self.stemmer.stem(&mut self.out.forms, surface.0, surface.1);
        self.push(from as u32, end as u32, surface, stem, Role::Word);
        if let Some(elided) = elided {
            let is_name = self.is_upper(elided) && self.is_upper(from);
            if is_name || !self.elides {
                let whole = Run { end, ..whole };
                let joined = self.fold(elided, whole);
                let stem = self.stemmer.stem(&mut self.out.forms, joined.0, joined.1);
                self.push_beside(elided as u32, end as u32, joined, stem, Role::Broad);
            }
        }
        self.hyphen(half, from, end, resume, surface);
        resume
    }

    /// Adds the hyphen-less form of a pair that ends here, and remembers the first half of the next.
    fn hyphen(
        &mut self,
        half: Option<Half>,
        from: usize,
        end: usize,
        resume: usize,
        surface: (u32, u32),
    ) {
        let next = match self.char_at(resume) {
            Some(c) if class(c) == Class::Hyphen => resume + c.len_utf8(),
            _ => 0,
        };
        let goes_on = next > 0 && self.class_at(next) == Class::Letter;
        match half {
            Some(half) if !goes_on => {
                let len = (half.surface.1 - half.surface.0) + (surface.1 - surface.0);
                if len as usize <= MAX_JOINED_BYTES {
                    let forms = &mut self.out.forms;
                    let at = forms.len() as u32;
                    forms.extend_from_within(half.surface.0 as usize..half.surface.1 as usize);
                    forms.extend_from_within(surface.0 as usize..surface.1 as usize);
                    let joined = (at, forms.len() as u32);
                    let stem = self.stemmer.stem(forms, joined.0, joined.1);
                    self.push_beside(half.start, end as u32, joined, stem, Role::Joined);
                }
            }
            None if goes_on => {
                // Chains (`state-of-the-art`) are words in a row and have no joined form.
                let before = self.text.get(..from).and_then(|t| t.chars().next_back());
                if before.is_none_or(|c| class(c) != Class::Hyphen) {
                    self.half = Some(Half {
                        next,
                        start: from as u32,
                        surface,
                    });
                }
            }
            _ => {}
        }
    }

    /// Appends the folded form of `text[from..run.end]`.
    fn fold(&mut self, from: usize, run: Run) -> (u32, u32) {
        let at = self.out.forms.len();
        let word = &self.text[from..run.end];
        fold_word(word, run.has_marks, MAX_TERM_BYTES, &mut self.out.forms);
        (at as u32, self.out.forms.len() as u32)
    }

    fn is_upper(&self, i: usize) -> bool {
        self.char_at(i).is_some_and(char::is_uppercase)
    }

    /// `'s` and the contracted verbs, which go with any word and belong to none.
    fn is_clitic(&self, next: usize, tail: Run) -> bool {
        let word = &self.bytes[next..tail.end];
        ["s", "ll", "re", "ve", "d", "m"]
            .iter()
            .any(|c| word.eq_ignore_ascii_case(c.as_bytes()))
            && self.after_apostrophe(tail.end).is_none()
    }

    fn is_elision(&self, from: usize, run: Run) -> bool {
        let word = &self.bytes[from..run.end];
        word.len() <= 6
            && ELISIONS
                .iter()
                .any(|e| word.eq_ignore_ascii_case(e.as_bytes()))
    }

    /// Pushes `US` and its like under two forms; false for every other word.
    fn capitals(&mut self, from: usize, end: usize, surface: (u32, u32)) -> bool {
        let word = &self.bytes[from..end];
        if !(2..=MAX_CAPITALS).contains(&word.len()) || !word.iter().all(u8::is_ascii_uppercase) {
            return false;
        }
        self.push_acronym(from, end, surface)
    }

    /// Pushes the dotted and the plain form of an ambiguous acronym; false for every other word.
    fn push_acronym(&mut self, from: usize, end: usize, plain: (u32, u32)) -> bool {
        let letters = &self.out.forms[plain.0 as usize..plain.1 as usize];
        let Ok(found) = CAPITAL_WORDS.binary_search(&letters) else {
            return false;
        };
        let at = self.out.forms.len() as u32;
        for (i, letter) in CAPITAL_WORDS[found].chars().enumerate() {
            if i > 0 {
                self.out.forms.push('.');
            }
            self.out.forms.push(letter);
        }
        let dotted = (at, self.out.forms.len() as u32);
        self.push(from as u32, end as u32, dotted, dotted, Role::Acronym);
        let stem = self.stemmer.stem(&mut self.out.forms, plain.0, plain.1);
        self.push_beside(from as u32, end as u32, plain, stem, Role::Broad);
        true
    }

    /// `U.S.`, `J.K.`, `Ph.D.`: single letters with stops between, without the stops.
    fn acronym(&mut self, start: usize, first: Run) -> Option<usize> {
        let is_doctor =
            &self.bytes[start..first.end] == b"Ph" && self.bytes[first.end..].starts_with(b".D");
        if !is_doctor && !self.is_single(start, first) {
            return None;
        }
        let mut end = first.end;
        let mut whole = first;
        let mut count = 1;
        while self.bytes.get(end) == Some(&b'.') && self.class_at(end + 1) == Class::Letter {
            let run = self.letters(end + 1);
            if !self.is_single(end + 1, run) || self.class_at(run.end) == Class::Digit {
                break;
            }
            end = run.end;
            whole.is_ascii &= run.is_ascii;
            whole.has_marks |= run.has_marks;
            count += 1;
        }
        if count < 2 {
            return None;
        }
        whole.end = end;
        let surface = self.fold(start, whole);
        if self.bytes.get(end) == Some(&b'.') {
            end += 1;
        }
        if surface.0 < surface.1 && !self.push_acronym(start, end, surface) {
            self.push(start as u32, end as u32, surface, surface, Role::Acronym);
        }
        if let Some(next) = self.after_apostrophe(end) {
            let tail = self.letters(next);
            if self.is_clitic(next, tail) {
                return Some(tail.end);
            }
        }
        Some(end)
    }

    fn is_single(&self, start: usize, run: Run) -> bool {
        let mut chars = self.text[start..run.end].chars();
        chars.next().is_some() && chars.all(|c| class(c) == Class::Mark)
    }

    /// `AT&T`, `C++`, `C#`: words with a sign that is part of them.
    fn spelled(&mut self, start: usize, first: Run) -> Option<usize> {
        if !first.is_ascii || first.end - start > 3 {
            return None;
        }
        let is_single = first.end - start == 1;
        let end = match self.bytes.get(first.end)? {
            b'&' => {
                let next = first.end + 1;
                let second = self.letters(next);
                let len = second.end - next;
                if !second.is_ascii || !(1..=3).contains(&len) || self.is_word_before(start) {
                    return None;
                }
                second.end
            }
            b'+' if is_single && self.bytes.get(first.end + 1) == Some(&b'+') => first.end + 2,
            b'#' if is_single => first.end + 1,
            _ => return None,
        };
        if self.is_word_before(start) || self.continues(end) {
            return None;
        }
        let surface = (start as u32, end as u32);
        self.push(surface.0, surface.1, surface, surface, Role::Fixed);
        Some(end)
    }

    /// Whether a letter, digit or mark stands at `i`.
    fn continues(&self, i: usize) -> bool {
        matches!(
            self.class_at(i),
            Class::Letter | Class::Digit | Class::Mark | Class::Gram
        )
    }

    /// `.NET` where no word stands before it.
    fn dot_net(&mut self, i: usize) -> Option<usize> {
        let name = self.bytes.get(i + 1..i + 4)?;
        if !matches!(name, b"NET" | b"Net" | b"net")
            || self.is_word_before(i)
            || self.continues(i + 4)
        {
            return None;
        }
        if self.bytes[..i].ends_with(b".") {
            return None;
        }
        let (start, end) = (i as u32, (i + 4) as u32);
        self.push(start, end, (start, end), (start, end), Role::Fixed);
        let plain = (start + 1, end);
        let stem = self.stemmer.stem(&mut self.out.forms, plain.0, plain.1);
        self.push_beside(start, end, plain, stem, Role::Broad);
        Some(i + 4)
    }

    fn beyond_ascii(&mut self, i: usize) -> usize {
        let Some(c) = self.char_at(i) else {
            return i + 1;
        };
        match class(c) {
            Class::Letter => self.word(i),
            Class::Digit => self.number(i),
            Class::Gram => self.pairs(i),
            _ => i + c.len_utf8(),
        }
    }

    /// A run of an unspaced script: each character with its successor, so that any substring of
    /// two or more characters is found as a phrase, whatever a dictionary makes of it.
    fn pairs(&mut self, start: usize) -> usize {
        let mut i = start;
        // Start of the previous character in the text and in the forms.
        let mut previous: Option<(usize, u32)> = None;
        let mut ends = (start, self.out.forms.len() as u32);
        while let Some(c) = self.char_at(i) {
            if class(c) != Class::Gram {
                break;
            }
            let begin = i;
            i += c.len_utf8();
            let mut marks = 0;
            while let Some(mark) = self.char_at(i).filter(|&c| class(c) == Class::Mark) {
                marks += 1;
                i += mark.len_utf8();
            }
            // Two marks may stand in either order; one, in Thai and Lao, has nothing to compose with.
            let has_marks = marks > 1 || (marks == 1 && !matches!(c, '\u{E00}'..='\u{EFF}'));
            let at = self.out.forms.len() as u32;
            fold_word(
                &self.text[begin..i],
                has_marks,
                MAX_CLUSTER_BYTES,
                &mut self.out.forms,
            );
            let form_end = self.out.forms.len() as u32;
            if at == form_end {
                continue;
            }
            if let Some((text_start, form_start)) = previous {
                let pair = (form_start, form_end);
                self.push(text_start as u32, i as u32, pair, pair, Role::Pair);
            }
            previous = Some((begin, at));
            ends = (i, form_end);
        }
        if let Some((text_start, form_start)) = previous {
            let last = (form_start, ends.1);
            self.push(text_start as u32, ends.0 as u32, last, last, Role::PairEnd);
        }
        i
    }
}

mod number;
