//! The tense that governs an expression: whether "Thursday" is the last one or the next.

use crate::date::finder::{Finder, Mode, Tense};
use crate::date::token::*;

/// Farther verbs (in tokens) say nothing of an expression.
const REACH: usize = 30;

/// Nouns that follow "to" without an article: no infinitives.
const PLACES: &[&str] = &[
    "bed",
    "church",
    "college",
    "congress",
    "court",
    "date",
    "death",
    "earth",
    "heart",
    "home",
    "hospital",
    "jail",
    "justice",
    "land",
    "life",
    "market",
    "office",
    "parliament",
    "people",
    "police",
    "power",
    "prison",
    "public",
    "school",
    "sea",
    "state",
    "town",
    "trial",
    "university",
    "war",
    "work",
];

impl Finder<'_> {
    /// The tense at a token: of the nearest verb before it in its sentence, else of the first after.
    ///
    /// An infinitive looks ahead unless what governs it is past: "hopes to meet on Monday", "is to
    /// meet", but "refused to leave on Monday". What is said in the present of a day ("opens
    /// Friday", "the deadline is Friday") looks ahead if there is no other verb or it is nearer.
    pub fn tense(&self, at: usize) -> Tense {
        if self.mode == Mode::Query {
            return Tense::Past;
        }
        if let Some(tense) = self.tense_of_preposition(at) {
            return tense;
        }
        let tense = self.tense_before(at);
        let timetable = match tense {
            Tense::Unknown => false,
            Tense::Timetable => true,
            _ => return tense,
        };
        self.tense_after(at, timetable)
    }

    /// Of the nearest verb before; a timetable's present gives way to any other.
    fn tense_before(&self, at: usize) -> Tense {
        // "On Monday the …" opens a sentence whose verb is to come.
        let before = self.before(at);
        if matches!(before.class, Class::Preposition | Class::In) && before.has(CAPITAL) {
            return Tense::Unknown;
        }
        let mut timetable = false;
        let mut infinitive = false;
        // "are dead after a blast on Monday": what comes after an event has come.
        let mut after_event = false;
        let mut before = at;
        for _ in 0..REACH {
            if before == 0 || self.token(before).has(FIRST) {
                break;
            }
            before -= 1;
            let token = self.token(before);
            match token.class {
                Class::Stop => break,
                Class::To if self.is_infinitive(before) => infinitive = true,
                Class::Preposition if token.value == preposition::AFTER => after_event = true,
                Class::Future => match token.value {
                    future::MODAL => return self.modal(before),
                    future::PROSPECT if !infinitive && !self.is_set_for(before) => {
                        let word = self.word(before);
                        if word.ends_with("ed") || matches!(word, "told" | "set") {
                            return Tense::Past;
                        }
                    }
                    // "had been due" and "was scheduled" speak of the past.
                    _ => return self.future_in_past(before),
                },
                Class::Month if self.word(before) == "may" => return self.modal(before),
                // "is to be sentenced in June", but "was to be sentenced".
                Class::Past if self.is_to_be(before) => return self.future_in_past(before - 2),
                // "due to be published in May": the participle of what is to come.
                Class::Past if self.before(before).is(Class::Be) => {}
                Class::Past => return Tense::Past,
                Class::Present if infinitive && self.class(before + 1) == Class::To => {
                    return Tense::Future;
                }
                Class::Present if !after_event => return Tense::Present,
                Class::Timetable => timetable = true,
                _ => {}
            }
        }
        if infinitive && !after_event {
            Tense::Future
        } else if timetable {
            Tense::Timetable
        } else {
            Tense::Unknown
        }
    }

    /// Of the first verb after; `timetable` if a timetable's present stands before.
    fn tense_after(&self, at: usize, mut timetable: bool) -> Tense {
        for (next, token) in self.tokens.iter().enumerate().skip(at + 1).take(REACH - 1) {
            match token.class {
                Class::Future if token.value == future::MODAL => return self.modal(next),
                Class::Future if token.value != future::PROSPECT => return Tense::Future,
                Class::Past if timetable => return Tense::Future,
                Class::Past => return Tense::Past,
                Class::Timetable => timetable = true,
                Class::Stop => break,
                _ => {}
            }
        }
        if timetable {
            Tense::Future
        } else {
            Tense::Unknown
        }
    }

    /// "set for Monday".
    fn is_set_for(&self, at: usize) -> bool {
        let after = self.token(at + 1);
        self.word(at) == "set" && after.is_valued(Class::Preposition, preposition::FOR)
    }

    /// "until Friday", "by Friday" and "ahead of Friday" look ahead, "since" and "as of Friday" back.
    fn tense_of_preposition(&self, at: usize) -> Option<Tense> {
        let before = self.before(at);
        if before.has(FIRST) {
            return None;
        }
        match (before.class, before.value) {
            (Class::Preposition, preposition::SINCE) => Some(Tense::Past),
            (Class::Preposition, preposition::BY) | (Class::To, 1) if !self.is_pluperfect(at) => {
                Some(Tense::Future)
            }
            // "moved to March", but "from January to March".
            (Class::To, 0) if at >= 2 && self.token(at - 2).is(Class::Past) => Some(Tense::Future),
            (Class::Of, _) if self.is_ahead_of(at) => Some(Tense::Future),
            (Class::Of, _) if at >= 2 && self.word(at - 2).eq_ignore_ascii_case("as") => {
                Some(Tense::Past)
            }
            _ => None,
        }
    }

    /// "ahead of Sunday".
    pub fn is_ahead_of(&self, at: usize) -> bool {
        at >= 2 && self.before(at).is(Class::Of) && self.word(at - 2) == "ahead"
    }

    /// "had given them until Thursday".
    fn is_pluperfect(&self, at: usize) -> bool {
        let sentence = (0..at)
            .rev()
            .take(REACH)
            .take_while(|&i| !self.token(i).is(Class::Stop));
        sentence.into_iter().any(|i| self.word(i) == "had")
    }

    /// Whether "to" and the word after it are an infinitive.
    fn is_infinitive(&self, to: usize) -> bool {
        let verb = self.token(to + 1);
        if self.token(to).value != 0 || verb.has(CAPITAL | GLUED) {
            return false;
        }
        let word = self.word(to + 1);
        match verb.class {
            Class::Be | Class::Past => true,
            Class::Other => {
                let noun = word.ends_with("ing")
                    || word.ends_with("tion")
                    || word.ends_with('s') && !word.ends_with("ss")
                    || PLACES.binary_search(&word).is_ok();
                !noun && word.starts_with(|c: char| c.is_ascii_lowercase()) && word.len() > 1
            }
            _ => false,
        }
    }

    /// "could meet" looks ahead; "could have met" and "could not be reached" are past.
    fn modal(&self, at: usize) -> Tense {
        let next = self.word(at + 1);
        let could_not = self.word(at) == "could" && (next == "not" || next == "n");
        if could_not || next == "have" || self.word(at + 2) == "have" {
            Tense::Past
        } else {
            Tense::Future
        }
    }

    /// Whether "to be" stands before a participle.
    fn is_to_be(&self, participle: usize) -> bool {
        let words = participle
            .checked_sub(2)
            .and_then(|at| self.tokens.get(at..participle));
        words.is_some_and(|w| w[0].is(Class::To) && w[1].is(Class::Be))
    }

    fn future_in_past(&self, at: usize) -> Tense {
        let word = |at: Option<usize>| at.map_or("", |at| self.word(at));
        let auxiliary = matches!(word(at.checked_sub(1)), "been" | "had" | "was" | "were");
        let pluperfect = word(at.checked_sub(2)) == "had";
        if auxiliary || pluperfect {
            Tense::Past
        } else {
            Tense::Future
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn nouns_after_to_are_sorted() {
        assert!(super::PLACES.is_sorted());
    }
}
