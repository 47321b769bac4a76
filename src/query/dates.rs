//! Dates among the words of a query: "since 2019" filters, "Olympics 2012" may only favour.

use super::field::days;
use super::parse::Parser;
use super::reduce::{self, Operand};
use super::tree::{Axis, Clause, Kind, Node, Occur};
use super::{Note, NoteKind, lex};
use crate::date::{self, QueryDate};
use jiff::civil::Date;
use std::ops::Range;

/// In longer texts "since Monday" is part of a story that somebody pasted.
const MAX_PHRASE_TEXT_BYTES: usize = 1000;

impl Parser<'_> {
    /// Turns since, before and between phrases among the outermost optional words into a filter on the
    /// day of publication, and returns the other dates among the words.
    pub fn dates_among_words(&mut self, root: Node) -> (Node, Vec<QueryDate>) {
        let text = self.cursor.text;
        let mut others = Vec::new();
        if text.len() > MAX_PHRASE_TEXT_BYTES {
            return (root, others);
        }
        let span = root.span;
        let mut clauses = match root.kind {
            Kind::Word(_) => vec![Clause::optional(root)],
            Kind::Bag(clauses) => clauses,
            kind => return (Node { kind, span }, others),
        };
        for found in date::find_in_query(text, self.options.now) {
            let Some(words) = words_of(text, &clauses, &found.span) else {
                continue;
            };
            if !found.explicit {
                others.push(found);
                continue;
            }
            let place = lex::span(found.span.start, found.span.end);
            let dates = Kind::Dates {
                axis: Axis::Published,
                from: found.from,
                to: found.to,
                text: days(found.from, found.to),
            };
            let words = clauses.splice(
                words,
                [Clause {
                    occur: Occur::Must,
                    node: Node {
                        kind: dates,
                        span: place,
                    },
                }],
            );
            drop(words);
            let typed = &text[found.span];
            let message = format!(
                "{typed}: only what was published {}; in quotes they are words",
                days(found.from, found.to)
            );
            self.notes
                .push(Note::new(NoteKind::Date, message).at(place, typed));
        }
        let operands = clauses.into_iter().map(Operand::from).collect();
        let mut root = reduce::bag(operands).unwrap_or(Node {
            kind: Kind::All,
            span,
        });
        root.span = span;
        (root, others)
    }
}

/// The clauses that `span` consists of, if they are optional words and nothing else.
fn words_of(text: &str, clauses: &[Clause], span: &Range<usize>) -> Option<Range<usize>> {
    let first = clauses
        .iter()
        .position(|c| c.node.span.range().start == span.start)?;
    let is_word = |c: &&Clause| {
        c.occur == Occur::Optional
            && matches!(c.node.kind, Kind::Word(_))
            && c.node.span.range().start < span.end
    };
    let words = first + clauses[first..].iter().take_while(is_word).count();
    let last = clauses[first..words].last()?.node.span.range();
    let rest = text.get(span.end..last.end.max(span.end))?;
    // Between them nothing may stand that is no word: a parenthesis, a quotation mark.
    let is_plain = text
        .get(span.clone())?
        .chars()
        .all(|c| c.is_alphanumeric() || c.is_whitespace() || "'’.,/-–".contains(c));
    let is_whole = last.end >= span.end && !rest.contains(char::is_alphanumeric);
    (is_plain && is_whole).then_some(first..words)
}

/// Where the words of a canonical text would be read as a filter: the first byte of each phrase.
pub(super) fn phrases(text: &str) -> Vec<usize> {
    if text.len() > MAX_PHRASE_TEXT_BYTES {
        return Vec::new();
    }
    date::find_in_query(text, Date::constant(2000, 1, 1))
        .into_iter()
        .filter(|d| d.explicit)
        .map(|d| d.span.start)
        .collect()
}
