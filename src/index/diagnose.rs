//! Why nothing was found: which clause emptied the result, and what would help.

use super::bm25::Bm25;
use super::candidates::{Order, Stage};
use super::compile::Compiler;
use super::lexicon::Lexicon;
use super::request::{SearchRequest, Unit};
use super::view::{Prepared, View};
use super::words::Words;
use crate::analyze::Analyzer;
use crate::error::Result;
use crate::query::{Axis, Clause, Kind, Node, Note, NoteKind, Occur, Query};
use std::time::Instant;

/// How many clauses are counted one by one.
const MAX_CLAUSES: usize = 16;

impl View {
    /// Notes on an empty result.
    pub(super) fn diagnose(
        &self,
        request: &SearchRequest,
        prepared: &Prepared<'_>,
    ) -> Result<Vec<Note>> {
        let mut notes = Vec::new();
        // A part does not know what the rest of its archive holds.
        if self.whole.is_some() {
            return Ok(notes);
        }
        if self.searcher.num_docs() == 0 {
            notes.push(Note::new(
                NoteKind::Zero,
                "the index holds no articles; `dateline index FOLDER` adds them",
            ));
            return Ok(notes);
        }
        let mut clauses = Vec::new();
        split(&request.query.root, Occur::Must, &mut clauses);
        clauses.truncate(MAX_CLAUSES);
        let unit = request.unit;
        let mut empty = 0;
        let mut counts = Vec::with_capacity(clauses.len());
        for clause in &clauses {
            let count = self.count_of(&clause.node, request, prepared)?;
            empty += usize::from(count == 0 && clause.occur != Occur::MustNot);
            counts.push(count);
        }
        for (clause, count) in clauses.iter().zip(&counts) {
            let text = Query {
                root: clause.node.clone(),
            }
            .to_string();
            let mut message = alone(clause.occur, *count, unit, &text);
            if *count == 0 && clause.occur != Occur::MustNot {
                message += &self.help(&clause.node, request.deadline)?;
            }
            notes.push(Note::new(NoteKind::Zero, message).at(clause.node.span, text));
        }
        if empty == 0 && clauses.len() > 1 {
            notes.extend(self.without_one(&clauses, request, prepared, unit)?);
        }
        // Counts that were cut short would say what is not so.
        if request.is_late() {
            notes.clear();
        }
        Ok(notes)
    }

    /// Each clause left out in turn: which one stands between the query and a result.
    fn without_one(
        &self,
        clauses: &[Clause],
        request: &SearchRequest,
        prepared: &Prepared<'_>,
        unit: Unit,
    ) -> Result<Vec<Note>> {
        let mut notes = Vec::new();
        for (n, left_out) in clauses.iter().enumerate() {
            let mut rest = clauses.to_vec();
            rest.remove(n);
            for clause in &mut rest {
                if clause.occur == Occur::Optional {
                    clause.occur = Occur::Must;
                }
            }
            let node = Node {
                span: request.query.root.span,
                kind: Kind::Bag(rest),
            };
            let count = self.count_of(&node, request, prepared)?;
            if count > 0 {
                let text = Query {
                    root: left_out.node.clone(),
                }
                .to_string();
                notes.push(
                    Note::new(
                        NoteKind::Zero,
                        format!("without {text} there would be {}", unit.counted(count)),
                    )
                    .at(left_out.node.span, text),
                );
            }
        }
        Ok(notes)
    }

    fn count_of(
        &self,
        node: &Node,
        request: &SearchRequest,
        prepared: &Prepared<'_>,
    ) -> Result<u64> {
        let lexicon = Lexicon {
            searcher: &self.searcher,
            fields: self.fields,
            deadline: request.deadline,
            without: self.without,
        };
        let mut analyzer = Analyzer::default();
        let keys = |_: &Kind| Ok(Vec::new());
        // A word alone is judged without the filter by language, which narrows its stems besides.
        let mut langs = prepared.langs.clone();
        langs.extend(self.langs.iter().filter(|l| !prepared.langs.contains(l)));
        let mut compiler = Compiler {
            fields: self.fields,
            lexicon: &lexicon,
            langs: &langs,
            matching: request.matching,
            analyzer: &mut analyzer,
            partial: Vec::new(),
            expansions: Vec::new(),
            keys: &keys,
        };
        let plan = compiler.plan(node)?;
        let stage = Stage {
            view: self,
            plan: &plan,
            words: &Words::look_up(self, &prepared.segments, &[])?,
            bm25: Bm25::STOCK,
            depth: 0,
            order: Order::Score,
            count: true,
            whole_below: 0,
            spares_function_words: false,
            now: request.now.as_second(),
            deadline: request.deadline,
            collapses: false,
            about: None,
            recency: None,
        };
        Ok(stage.run(&prepared.segments)?.total)
    }

    /// What could be meant instead, as the end of a sentence.
    fn help(&self, node: &Node, deadline: Option<Instant>) -> Result<String> {
        Ok(match &node.kind {
            Kind::Word(word) => match self.did_you_mean(word, deadline)? {
                Some(known) => format!("; did you mean {known}?"),
                None => String::new(),
            },
            Kind::Dates {
                axis: Axis::Published,
                ..
            } => match self.published_range()? {
                Some((first, last)) => {
                    format!("; the archive's articles are dated {first} to {last}")
                }
                None => "; no article of the archive has a date of publication".into(),
            },
            _ => String::new(),
        })
    }

    /// The most frequent form of the archive within two edits of a word that it does not know.
    pub fn did_you_mean(&self, word: &str, deadline: Option<Instant>) -> Result<Option<String>> {
        let folded = crate::analyze::fold(word).into_owned();
        let length = folded.chars().count();
        if !(4..=32).contains(&length) {
            return Ok(None);
        }
        let edits = if length < 8 { 1 } else { 2 };
        let lexicon = Lexicon {
            searcher: &self.searcher,
            fields: self.fields,
            deadline,
            without: self.without,
        };
        let node = Node {
            span: Default::default(),
            kind: Kind::Fuzzy {
                word: folded.clone(),
                edits,
            },
        };
        let mut best: Option<(u64, String)> = None;
        let mut totals: std::collections::BTreeMap<String, u64> = Default::default();
        for term in lexicon.expand(&node)?.terms {
            let Some(form) = term.value().as_str().map(str::to_owned) else {
                continue;
            };
            let form = form.split('\0').next().unwrap_or("").to_owned();
            *totals.entry(form).or_default() += lexicon.doc_freq(&term)?;
        }
        for (form, count) in totals {
            if form != folded && best.as_ref().is_none_or(|(most, _)| count > *most) {
                best = Some((count, form));
            }
        }
        Ok(best.map(|(_, form)| form))
    }

    /// First and last day of publication in the archive.
    pub fn published_range(&self) -> Result<Option<(jiff::civil::Date, jiff::civil::Date)>> {
        let mut range: Option<(i64, i64)> = None;
        for ord in 0..self.searcher.segment_readers().len() {
            let columns = self.columns(ord)?;
            if columns.first_day.values.num_vals() == 0 {
                continue;
            }
            let (first, last) = (columns.first_day.min_value(), columns.last_day.max_value());
            range = Some(match range {
                None => (first, last),
                Some((a, b)) => (a.min(first), b.max(last)),
            });
        }
        let day = |n: i64| crate::date::date_of(i32::try_from(n).unwrap_or(0));
        Ok(range.map(|(a, b)| (day(a), day(b))))
    }
}

/// How many units a clause finds, or takes away, by itself.
pub(crate) fn alone(occur: Occur, count: u64, unit: Unit, text: &str) -> String {
    let counted = unit.counted(count);
    match (occur, count, unit) {
        (Occur::MustNot, 1, _) => format!("{counted} is excluded by {text}"),
        (Occur::MustNot, ..) => format!("{counted} are excluded by {text}"),
        (_, 0, Unit::Passage) => format!("no passages match {text}"),
        (_, 0, Unit::Article) => format!("no articles match {text}"),
        (_, 1, _) => format!("{counted} matches {text} alone"),
        _ => format!("{counted} match {text} alone"),
    }
}

/// The clauses that a node asks for together, words of a bag one by one.
pub(crate) fn split(node: &Node, occur: Occur, out: &mut Vec<Clause>) {
    match &node.kind {
        Kind::And(nodes) => nodes.iter().for_each(|n| split(n, occur, out)),
        Kind::Bag(clauses) => {
            for clause in clauses {
                split(&clause.node, clause.occur, out);
            }
        }
        Kind::Not(inner) => out.push(Clause {
            occur: Occur::MustNot,
            node: (**inner).clone(),
        }),
        Kind::All => {}
        _ => out.push(Clause {
            occur,
            node: node.clone(),
        }),
    }
}
