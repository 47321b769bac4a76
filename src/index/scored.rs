//! Query tree → the words that ranking scores.

use super::compile::Compiler;
use super::lexicon::Expansion;
use super::plan::{Forms, Scored};
use crate::analyze;
use crate::error::Result;
use crate::query::{Kind, Node, Occur, Span};
use tantivy::Term;

impl Compiler<'_> {
    /// What ranking scores, in the order typed; nothing that is negated or only filters.
    ///
    /// Function words weigh `stop_word` beside content words, and 1 where there are no others.
    pub fn scored(&mut self, node: &Node, stop_word: f32) -> Result<Vec<Scored>> {
        let mut out = Vec::new();
        self.collect(node, false, &mut out)?;
        let langs = self.langs;
        let is_stop_word = |word: &Scored| {
            let folded = analyze::fold(&word.label);
            langs
                .iter()
                .any(|&lang| analyze::is_stop_word(&folded, lang))
        };
        if !out.iter().all(is_stop_word) {
            for word in out.iter_mut().filter(|w| is_stop_word(w)) {
                word.weight = stop_word;
                word.is_function = true;
            }
        }
        Ok(out)
    }

    fn collect(&mut self, node: &Node, in_phrase: bool, out: &mut Vec<Scored>) -> Result<()> {
        match &node.kind {
            Kind::Word(word) => self.score_words(word, node.span, in_phrase, out),
            Kind::Phrase { words, .. } => {
                self.score_words(&words.join(" "), node.span, words.len() > 1, out);
            }
            Kind::Exact(_)
            | Kind::Prefix(_)
            | Kind::Wildcard(_)
            | Kind::Regex(_)
            | Kind::Fuzzy { .. } => {
                let forms = match &node.kind {
                    Kind::Exact(spelling) => Forms::of(Expansion::of(self.exact(spelling))),
                    _ => self.expand(node)?,
                };
                if !forms.terms.is_empty() {
                    out.push(Scored {
                        label: crate::query::Query { root: node.clone() }.to_string(),
                        span: node.span,
                        terms: Vec::new(),
                        exact: None,
                        weight: 1.0,
                        is_function: false,
                        in_phrase,
                        forms: Some(forms),
                    });
                }
            }
            Kind::Near { operands, .. } | Kind::Sentence(operands) => {
                for operand in operands {
                    self.collect(operand, in_phrase, out)?;
                }
            }
            Kind::And(nodes) | Kind::Or(nodes) => {
                for node in nodes {
                    self.collect(node, in_phrase, out)?;
                }
            }
            Kind::Bag(clauses) => {
                for clause in clauses.iter().filter(|c| c.occur != Occur::MustNot) {
                    self.collect(&clause.node, in_phrase, out)?;
                }
            }
            Kind::Within { node, .. } => self.collect(node, in_phrase, out)?,
            Kind::All
            | Kind::Not(_)
            | Kind::Value { .. }
            | Kind::Dates { .. }
            | Kind::Undated
            | Kind::Copies(_)
            | Kind::Like(_) => {}
        }
        Ok(())
    }

    fn score_words(&mut self, text: &str, span: Span, in_phrase: bool, out: &mut Vec<Scored>) {
        let words = self.analyzer.query_words(text, self.langs);
        for token in words.iter().flat_map(|w| &w.tokens) {
            if token.is_prefix {
                continue;
            }
            let terms: Vec<Term> = token
                .stems
                .iter()
                .map(|stem| Term::from_field_text(self.fields.text, stem))
                .collect();
            if let Some(same) = out.iter_mut().find(|s| s.terms == terms) {
                // A word typed twice is one word, of the weight of what is said twice: √n for n times.
                same.in_phrase &= in_phrase;
                same.weight = (same.weight * same.weight + 1.0).sqrt();
                continue;
            }
            let exact = token.exact.as_ref().map(|spelling| {
                Term::from_field_text(
                    self.fields.surface,
                    &format!("{}\0{spelling}", token.surface),
                )
            });
            out.push(Scored {
                label: text
                    .get(token.start as usize..token.end as usize)
                    .unwrap_or(&token.surface)
                    .to_owned(),
                span,
                terms,
                exact,
                weight: 1.0,
                is_function: false,
                in_phrase,
                forms: None,
            });
        }
    }
}
