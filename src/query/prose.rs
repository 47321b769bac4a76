//! Running text given as a query: somebody pasted a sentence, a post or a headline.
//!
//! In prose `Do NOT attack` excludes nothing, `-Socrates` names who said it, `until 1966` dates no
//! article, and a quotation of a whole sentence is not to be found word for word. Over 798 posts that
//! were checked for the claims in them, reading such signs as syntax lost 26 answers and won one.

use super::tree::{Kind, Node, Occur};
use crate::analyze::{self, Lang};

/// Shorter texts are questions, in which operators and dates are meant: "which mills closed since
/// March 2023 in the north".
const LEAST_WORDS: usize = 14;

/// Of so many words one must be a function word; who writes operators writes hardly any.
const WORDS_A_FUNCTION_WORD: usize = 8;

/// A quotation of more words is somebody's speech, not a phrase to look for.
const LONGEST_PHRASE: usize = 8;

const LANGUAGES: [&str; 4] = ["en", "de", "fr", "es"];

/// Whether `text` reads like prose.
pub(super) fn is_prose(text: &str) -> bool {
    let words = text.split_whitespace().map(|word| {
        let is_sign = |c: char| !c.is_alphanumeric() && c != '\'' && c != '’';
        word.trim_matches(is_sign)
    });
    let (mut all, mut function) = (0, 0);
    for word in words.filter(|word| !word.is_empty()) {
        all += 1;
        let is_operator = matches!(word, "AND" | "OR" | "NOT" | "SENT");
        let folded = analyze::fold(word);
        let is_known = |code: &&'static str| {
            let lang = Lang::new(code);
            lang.is_some_and(|lang| analyze::is_stop_word(&folded, lang))
        };
        function += usize::from(!is_operator && LANGUAGES.iter().any(is_known));
    }
    all >= LEAST_WORDS && function * WORDS_A_FUNCTION_WORD >= all
}

/// Whether a query does what prose never asks for, and nothing that prose cannot look like.
pub(super) fn is_misread(root: &Node) -> bool {
    !has_filter(root) && has_syntax(root)
}

/// Fields with their values are typed on purpose.
fn has_filter(node: &Node) -> bool {
    match &node.kind {
        Kind::Value { .. }
        | Kind::Within { .. }
        | Kind::Undated
        | Kind::Copies(_)
        | Kind::Like(_)
        | Kind::Regex(_)
        | Kind::Exact(_)
        | Kind::Near { .. } => true,
        Kind::Not(inner) => has_filter(inner),
        Kind::And(nodes) | Kind::Or(nodes) | Kind::Sentence(nodes) => nodes.iter().any(has_filter),
        Kind::Bag(clauses) => clauses.iter().any(|c| has_filter(&c.node)),
        _ => false,
    }
}

fn has_syntax(node: &Node) -> bool {
    match &node.kind {
        Kind::Phrase { words, .. } => words.len() > LONGEST_PHRASE,
        Kind::Dates { .. } | Kind::Not(_) | Kind::And(_) | Kind::Or(_) | Kind::Sentence(_) => true,
        Kind::Bag(clauses) => clauses
            .iter()
            .any(|c| c.occur != Occur::Optional || has_syntax(&c.node)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{NoteKind, ParseOptions, Query};
    use jiff::civil::date;

    fn read(text: &str) -> (String, bool) {
        let parsed = Query::parse(text, &ParseOptions::new(date(2026, 11, 24))).unwrap();
        let repaired = parsed.notes.iter().any(|n| n.kind == NoteKind::Repair);
        (parsed.query.to_string(), repaired)
    }

    #[test]
    fn a_capital_not_in_a_pasted_sentence_excludes_nothing() {
        let (query, repaired) = read(
            "The mayor says that the dam is safe and that people should NOT leave their homes in the valley",
        );
        assert!(repaired);
        assert!(
            !query.contains('-') && !query.contains(" NOT leave"),
            "{query}"
        );
    }

    #[test]
    fn until_a_year_in_a_pasted_sentence_dates_no_article() {
        let (query, repaired) = read(
            "This was the logo of the party until 1966 and all traces of it were purged from the internet",
        );
        assert!(repaired && query.contains("1966"), "{query}");
        assert!(!query.contains("date:"), "{query}");
    }

    #[test]
    fn operators_among_keywords_and_in_short_questions_are_meant() {
        let (query, _) = read(
            "flood storm rain hail drought wind snow ice frost heat fire smoke ash dust NOT sports",
        );
        assert!(
            query.contains("sports") && query.contains(['-', 'N']),
            "{query}"
        );
        let (query, repaired) = read("which mills closed in the north since March 2023");
        assert!(query.contains("date:") && !repaired, "{query}");
    }

    #[test]
    fn a_filter_typed_into_a_sentence_is_kept() {
        let text = "source:Reuters the mayor says that the dam is safe and that people should NOT leave their homes";
        assert!(read(text).0.contains("source:Reuters"));
    }
}
