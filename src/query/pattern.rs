//! Prefixes, wildcards, regular expressions and fuzzy words, as automata over surface forms.
//!
//! A term of the surface dictionary is a folded form, or a folded form, [`ORIGINAL`] and the spelling
//! in the text where that differs. An automaton here reads the part before [`ORIGINAL`] and accepts
//! whatever follows. The same automaton tests single forms for snippets.

use super::tree::Kind;
use crate::analyze::fold;
use levenshtein_automata::{DFA, Distance, LevenshteinAutomatonBuilder, SINK_STATE};
use regex_automata::dfa::{Automaton as _, dense};
use regex_automata::util::{primitives::StateID, start, syntax};
use regex_automata::{Anchored, MatchKind, nfa::thompson};
use std::fmt;
use std::sync::OnceLock;

/// What parts the folded form from the spelling in a term of the surface dictionary.
pub const ORIGINAL: u8 = 0;

/// Longest prefix or wildcard, in bytes: the states of a wildcard are the bits of a `u128`.
const MAX_WILDCARD_BYTES: usize = 120;
/// Longest fuzzy word, in characters.
const MAX_FUZZY_CHARS: usize = 60;
/// Bytes of a regular expression's automata; `\w+` takes 120 kB.
const MAX_NFA_BYTES: usize = 1 << 20;
const MAX_DFA_BYTES: usize = 1 << 20;

/// A compiled expansion.
pub struct Pattern(Machine);

enum Machine {
    Wildcard(Box<Wildcard>),
    Regex(Box<dense::DFA<Vec<u32>>>, StateID),
    Fuzzy(DFA, u8),
}

/// Why a pattern could not be compiled.
#[derive(Debug, thiserror::Error)]
pub enum PatternError {
    /// Not a regular expression; what the parser says of it.
    #[error("{0}")]
    Syntax(String),
    /// Too large.
    #[error("{0}")]
    Limit(String),
}

impl PatternError {
    /// Whether it is a pattern, only too large a one.
    pub fn is_limit(&self) -> bool {
        matches!(self, Self::Limit(_))
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Machine::Wildcard(_) => "Pattern::Wildcard",
            Machine::Regex(..) => "Pattern::Regex",
            Machine::Fuzzy(..) => "Pattern::Fuzzy",
        })
    }
}

impl Pattern {
    /// Compiles a prefix, wildcard, regular expression or fuzzy word; `None` for every other node.
    ///
    /// Words are folded as the analyzer folds.
    pub fn of(kind: &Kind) -> Result<Option<Self>, PatternError> {
        Ok(Some(match kind {
            Kind::Prefix(prefix) => Self::wildcard(&format!("{}*", fold(prefix)))?,
            Kind::Wildcard(pattern) => Self::wildcard(&fold(pattern))?,
            Kind::Regex(source) => Self::regex(source)?,
            Kind::Fuzzy { word, edits } => Self::fuzzy(&fold(word), *edits)?,
            _ => return Ok(None),
        }))
    }

    fn wildcard(pattern: &str) -> Result<Self, PatternError> {
        if pattern.len() > MAX_WILDCARD_BYTES {
            return Err(PatternError::Limit(format!(
                "the pattern is {} bytes long; at most {MAX_WILDCARD_BYTES} are allowed",
                pattern.len()
            )));
        }
        Ok(Self(Machine::Wildcard(Box::new(Wildcard::new(pattern)))))
    }

    /// Compiles a regular expression that is matched on whole forms, without regard to case.
    pub fn regex(source: &str) -> Result<Self, PatternError> {
        // Nested repetitions grow before any limit on the automaton could stop them.
        let hir = regex_automata::util::syntax::parse_with(
            source,
            &syntax::Config::new().case_insensitive(true).nest_limit(50),
        )
        .map_err(|e| PatternError::Syntax(last_line(&e.to_string())))?;
        let nfa = thompson::Compiler::new()
            .configure(thompson::Config::new().nfa_size_limit(Some(MAX_NFA_BYTES)))
            .build_from_hir(&hir)
            .map_err(|_| too_large())?;
        let dfa = dense::Builder::new()
            .configure(
                dense::Config::new()
                    .match_kind(MatchKind::All)
                    .start_kind(regex_automata::dfa::StartKind::Anchored)
                    .dfa_size_limit(Some(MAX_DFA_BYTES))
                    .determinize_size_limit(Some(MAX_DFA_BYTES)),
            )
            .build_from_nfa(&nfa)
            .map_err(|e| {
                if e.is_size_limit_exceeded() {
                    too_large()
                } else {
                    PatternError::Syntax(e.to_string())
                }
            })?;
        let start = dfa
            .start_state(&start::Config::new().anchored(Anchored::Yes))
            .map_err(|e| PatternError::Syntax(e.to_string()))?;
        Ok(Self(Machine::Regex(Box::new(dfa), start)))
    }

    fn fuzzy(word: &str, edits: u8) -> Result<Self, PatternError> {
        static BUILDERS: [OnceLock<LevenshteinAutomatonBuilder>; 2] =
            [OnceLock::new(), OnceLock::new()];
        let chars = word.chars().count();
        if chars > MAX_FUZZY_CHARS {
            return Err(PatternError::Limit(format!(
                "the word is {chars} characters long; at most {MAX_FUZZY_CHARS} are allowed before ~"
            )));
        }
        let edits = edits.clamp(1, 2);
        let builder = BUILDERS[usize::from(edits - 1)]
            .get_or_init(|| LevenshteinAutomatonBuilder::new(edits, true));
        Ok(Self(Machine::Fuzzy(builder.build_dfa(word), edits)))
    }

    /// Whether a whole folded form matches.
    pub fn matches(&self, form: &str) -> bool {
        match &self.0 {
            Machine::Wildcard(wildcard) => wildcard.matches(form.as_bytes()),
            Machine::Regex(dfa, start) => {
                let mut state = *start;
                for &byte in form.as_bytes() {
                    state = dfa.next_state(state, byte);
                    if dfa.is_dead_state(state) {
                        return false;
                    }
                }
                dfa.is_match_state(dfa.next_eoi_state(state))
            }
            Machine::Fuzzy(dfa, edits) => {
                let mut state = dfa.initial_state();
                for &byte in form.as_bytes() {
                    state = dfa.transition(state, byte);
                    if state == SINK_STATE {
                        return false;
                    }
                }
                matches!(dfa.distance(state), Distance::Exact(d) if d <= *edits)
            }
        }
    }
}

fn too_large() -> PatternError {
    PatternError::Limit(
        "the regular expression is too large; fewer or smaller repetitions fit".into(),
    )
}

/// The parser's message without the picture of the pattern above it.
fn last_line(message: &str) -> String {
    let line = message.lines().last().unwrap_or(message);
    line.trim_start_matches("error: ").to_owned()
}

/// `/` in a regular expression as it stands between slashes.
pub(super) fn with_escaped_slashes(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut chars = source.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                out.push(c);
                out.extend(chars.next());
            }
            '/' => out.push_str("\\/"),
            c => out.push(c),
        }
    }
    out
}

/// A state of a [`Pattern`]; `Tail` is after the folded form, where all is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Wildcard(u128),
    Regex(StateID),
    Fuzzy(u32),
    Tail(bool),
}

impl tantivy_fst::Automaton for Pattern {
    type State = State;

    fn start(&self) -> State {
        match &self.0 {
            Machine::Wildcard(_) => State::Wildcard(1),
            Machine::Regex(_, start) => State::Regex(*start),
            Machine::Fuzzy(dfa, _) => State::Fuzzy(dfa.initial_state()),
        }
    }

    fn is_match(&self, state: &State) -> bool {
        match (&self.0, *state) {
            (_, State::Tail(accepted)) => accepted,
            (Machine::Wildcard(w), State::Wildcard(set)) => set & w.accepting != 0,
            (Machine::Regex(dfa, _), State::Regex(id)) => {
                dfa.is_match_state(dfa.next_eoi_state(id))
            }
            (Machine::Fuzzy(dfa, edits), State::Fuzzy(id)) => {
                matches!(dfa.distance(id), Distance::Exact(d) if d <= *edits)
            }
            _ => false,
        }
    }

    fn can_match(&self, state: &State) -> bool {
        match (&self.0, *state) {
            (_, State::Tail(accepted)) => accepted,
            (_, State::Wildcard(set)) => set != 0,
            (Machine::Regex(dfa, _), State::Regex(id)) => !dfa.is_dead_state(id),
            (_, State::Fuzzy(id)) => id != SINK_STATE,
            _ => false,
        }
    }

    fn will_always_match(&self, state: &State) -> bool {
        match (&self.0, *state) {
            (_, State::Tail(accepted)) => accepted,
            (Machine::Wildcard(w), State::Wildcard(set)) => set & w.accepting & w.repeating != 0,
            _ => false,
        }
    }

    fn accept(&self, state: &State, byte: u8) -> State {
        if byte == ORIGINAL {
            return State::Tail(self.is_match(state));
        }
        match (&self.0, *state) {
            (Machine::Wildcard(w), State::Wildcard(set)) => State::Wildcard(w.step(set, byte)),
            (Machine::Regex(dfa, _), State::Regex(id)) => State::Regex(dfa.next_state(id, byte)),
            (Machine::Fuzzy(dfa, _), State::Fuzzy(id)) => State::Fuzzy(dfa.transition(id, byte)),
            (_, state) => state,
        }
    }
}

/// Shift-And over bytes: bit `i` of a state set means that the first `i` elements are read.
///
/// No pattern makes it slow: one step is a shift and three masks, however many stars there are.
struct Wildcard {
    /// For every byte, the elements that it satisfies.
    accepts: [u128; 256],
    /// States before a `*`: any byte leads back to them.
    repeating: u128,
    /// States behind a `?`: the further bytes of its character lead back to them.
    continuing: u128,
    accepting: u128,
}

impl Wildcard {
    /// At most [`MAX_WILDCARD_BYTES`] of pattern.
    fn new(pattern: &str) -> Self {
        let mut wildcard = Self {
            accepts: [0; 256],
            repeating: 0,
            continuing: 0,
            accepting: 0,
        };
        let mut at: u32 = 0;
        for byte in pattern.bytes() {
            let bit = 1u128.checked_shl(at).unwrap_or(0);
            match byte {
                b'*' => {
                    wildcard.repeating |= bit;
                    continue;
                }
                b'?' => {
                    for (b, accepts) in (0u8..=255).zip(&mut wildcard.accepts) {
                        if !is_continuation(b) {
                            *accepts |= bit;
                        }
                    }
                    wildcard.continuing |= bit << 1;
                }
                literal => wildcard.accepts[usize::from(literal)] |= bit,
            }
            at += 1;
        }
        wildcard.accepting = 1u128.checked_shl(at).unwrap_or(0);
        wildcard
    }

    fn matches(&self, form: &[u8]) -> bool {
        let mut set = 1;
        for &byte in form {
            set = self.step(set, byte);
            if set == 0 {
                return false;
            }
            // Behind a final star the rest is free: most prefixes are decided here.
            if set & self.accepting & self.repeating != 0 {
                return true;
            }
        }
        set & self.accepting != 0
    }

    fn step(&self, set: u128, byte: u8) -> u128 {
        let mut next = ((set & self.accepts[usize::from(byte)]) << 1) | (set & self.repeating);
        if is_continuation(byte) {
            next |= set & self.continuing;
        }
        next
    }
}

fn is_continuation(byte: u8) -> bool {
    byte & 0b1100_0000 == 0b1000_0000
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use tantivy_fst::Automaton;

    /// As a term dictionary would run it.
    fn accepts(pattern: &Pattern, term: &[u8]) -> bool {
        let mut state = pattern.start();
        for &byte in term {
            if !pattern.can_match(&state) {
                return false;
            }
            let always = pattern.will_always_match(&state);
            state = pattern.accept(&state, byte);
            assert!(!always || pattern.is_match(&state), "{term:?}");
        }
        pattern.is_match(&state)
    }

    fn wildcard(pattern: &str) -> Pattern {
        Pattern::wildcard(pattern).unwrap()
    }

    #[test]
    fn a_term_matches_by_its_folded_part() {
        let pattern = wildcard("merk*l");
        assert!(accepts(&pattern, b"merkel"));
        assert!(accepts(&pattern, b"merkel\0Merkel"));
        assert!(!accepts(&pattern, b"merke\0merkel"));
        let prefix = wildcard("me*");
        assert!(accepts(&prefix, b"merkel\0MERKEL"));
        assert!(!accepts(&prefix, b"m\0me"));
    }

    #[test]
    fn a_question_mark_is_one_character_of_any_length() {
        assert!(wildcard("z?rich").matches("zürich"));
        assert!(wildcard("a?b").matches("a東b"));
        assert!(wildcard("a?b").matches("a🔥b"));
        assert!(!wildcard("a?b").matches("ab"));
        assert!(!wildcard("a??b").matches("a東b"));
    }

    #[test]
    fn a_regex_is_matched_on_the_whole_form_without_case() {
        let pattern = Pattern::regex("Infl(ux|ation)?").unwrap();
        for (form, matches) in [
            ("infl", true),
            ("inflation", true),
            ("inflations", false),
            ("an influx", false),
        ] {
            assert_eq!(pattern.matches(form), matches, "{form}");
            assert_eq!(accepts(&pattern, form.as_bytes()), matches, "{form}");
        }
        assert!(Pattern::regex("^(a+)+$").unwrap().matches("aaaa"));
    }

    #[test]
    fn an_edit_is_a_letter_more_less_other_or_two_swapped() {
        let pattern = Pattern::fuzzy("merkel", 1).unwrap();
        for form in ["merkel", "merkell", "merkl", "markel", "mrekel"] {
            assert!(pattern.matches(form), "{form}");
            assert!(accepts(&pattern, format!("{form}\0X").as_bytes()), "{form}");
        }
        assert!(!pattern.matches("mark"));
        assert!(!pattern.matches("marke"));
    }

    /// The definition of a wildcard, by trying everything.
    fn by_definition(pattern: &[char], form: &[char]) -> bool {
        match pattern {
            [] => form.is_empty(),
            ['*', rest @ ..] => (0..=form.len()).any(|n| by_definition(rest, &form[n..])),
            ['?', rest @ ..] => !form.is_empty() && by_definition(rest, &form[1..]),
            [c, rest @ ..] => form.first() == Some(c) && by_definition(rest, &form[1..]),
        }
    }

    proptest! {
        #[test]
        fn wildcards_match_by_their_definition(pattern in "[abé東*?]{1,8}", form in "[abé東]{0,8}") {
            let chars = |s: &str| s.chars().collect::<Vec<_>>();
            let expected = by_definition(&chars(&pattern), &chars(&form));
            let compiled = wildcard(&pattern);
            prop_assert_eq!(compiled.matches(&form), expected);
            prop_assert_eq!(accepts(&compiled, form.as_bytes()), expected);
            prop_assert_eq!(accepts(&compiled, format!("{form}\0{pattern}").as_bytes()), expected);
        }
    }
}
