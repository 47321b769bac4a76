//! Query tree → what a cluster is asked for.
//!
//! A cluster knows terms, not positions, zones or edits. Every node becomes a condition that holds
//! for all that the node matches, and `exact` says whether it holds for nothing else. What is not
//! exact narrows; the client then judges the passages themselves, as over an index of its own.

use super::document::{STAND_IN, at_between, key_of, mangled};
use crate::analyze::{self, Analyzer, Lang, QueryToken};
use crate::date::{self, Interval};
use crate::index::document::{NameKind, name_prefix};
use crate::query::{Axis, Field, Kind, Match, Node, Occur};
use jiff::civil::Date;
use serde_json::{Value, json};

/// What a condition is judged over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// Each passage.
    Passage,
    /// Each article, by the document of its first passage.
    Article,
    /// Each passage, by what holds for all passages of its article; anything else narrows nothing.
    Constant,
}

/// A condition on documents.
#[derive(Clone, Debug, PartialEq)]
pub struct Narrow {
    /// `None` lets everything through.
    pub query: Option<Value>,
    pub exact: bool,
}

impl Narrow {
    const ALL: Self = Self {
        query: None,
        exact: true,
    };
    /// The condition cannot be put to a cluster.
    const UNKNOWN: Self = Self {
        query: None,
        exact: false,
    };

    fn exact(query: Value) -> Self {
        Self {
            query: Some(query),
            exact: true,
        }
    }

    fn none() -> Self {
        Self::exact(none())
    }

    fn is_none(&self) -> bool {
        self.query.as_ref() == Some(&none())
    }

    fn inexact(mut self) -> Self {
        self.exact = false;
        self
    }
}

fn none() -> Value {
    json!({"bool": {"must_not": [{"match_all": {}}], "filter": [{"match_all": {}}]}})
}

/// Translates nodes.
pub struct Narrower<'a> {
    pub langs: &'a [Lang],
    pub matching: Match,
    pub over: Over,
    pub analyzer: &'a mut Analyzer,
    /// Within operands that stand in a row, perhaps over a cut between two passages: what stands
    /// before the cut is in `seam`.
    in_row: bool,
}

impl<'a> Narrower<'a> {
    pub fn new(langs: &'a [Lang], matching: Match, over: Over, analyzer: &'a mut Analyzer) -> Self {
        Self {
            langs,
            matching,
            over,
            analyzer,
            in_row: false,
        }
    }
}

impl Narrower<'_> {
    /// The condition of a whole query.
    pub fn of(&mut self, node: &Node) -> Narrow {
        let narrow = self.node(node);
        // Beside other words punctuation demands nothing; alone it is found nowhere.
        match (&node.kind, &narrow.query) {
            (Kind::Word(_) | Kind::Phrase { .. }, None) if narrow.exact => {
                match self.over == Over::Constant {
                    true => narrow,
                    false => Narrow::none(),
                }
            }
            _ => narrow,
        }
    }

    fn node(&mut self, node: &Node) -> Narrow {
        match &node.kind {
            Kind::All => Narrow::ALL,
            Kind::And(nodes) => {
                let all = nodes.iter().map(|n| self.node(n)).collect();
                and(all)
            }
            Kind::Or(nodes) => {
                let any = nodes.iter().map(|n| self.node(n)).collect();
                or(any)
            }
            Kind::Not(inner) => not(self.node(inner)),
            Kind::Bag(clauses) => self.bag(clauses),
            Kind::Value { field, value } => self.value(*field, value),
            Kind::Dates { axis, from, to, .. } => match axis {
                Axis::Published => published(*from, *to),
                Axis::Mentioned => {
                    let first = from.unwrap_or(Date::constant(1, 1, 1));
                    let last = to.unwrap_or(Date::MAX);
                    match Interval::new(first, last) {
                        Some(interval) => self.about(interval),
                        None => Narrow::none(),
                    }
                }
            },
            Kind::Undated => Narrow::exact(json!({"term": {"dated": {"value": 0}}})),
            // Families are the client's: only over everything can it tell them.
            Kind::Copies(_) | Kind::Like(_) => Narrow::UNKNOWN,
            _ if self.over == Over::Constant => Narrow::UNKNOWN,
            Kind::Word(word) => self.word(word),
            Kind::Phrase { words, slop } => {
                let parts: Vec<Narrow> = match slop {
                    0 => vec![self.sequence(&words.join(" "))],
                    _ => {
                        let before = std::mem::replace(&mut self.in_row, true);
                        let parts = words.iter().map(|w| self.sequence(w)).collect();
                        self.in_row = before;
                        parts
                    }
                };
                let is_word = *slop == 0 || words.len() < 2;
                let all = and(parts);
                if is_word { all } else { all.inexact() }
            }
            Kind::Exact(spelling) => self.exact(spelling),
            Kind::Prefix(prefix) => {
                let folded = analyze::fold(prefix);
                let name = self.named("surface");
                Narrow::exact(json!({"prefix": {name: {"value": mangled(&folded)}}})).inexact()
            }
            Kind::Wildcard(pattern) => {
                let folded = analyze::fold(pattern);
                let name = self.named("surface");
                Narrow::exact(json!({"wildcard": {name: {"value": mangled(&folded)}}})).inexact()
            }
            Kind::Fuzzy { word, edits } => self.fuzzy(word, *edits),
            Kind::Regex(_) => Narrow::UNKNOWN,
            Kind::Near { operands, .. } => {
                let before = std::mem::replace(&mut self.in_row, true);
                let all = operands.iter().map(|n| self.node(n)).collect();
                self.in_row = before;
                and(all).inexact()
            }
            Kind::Sentence(operands) => {
                let all = operands.iter().map(|n| self.node(n)).collect();
                and(all).inexact()
            }
            Kind::Within { node, .. } => self.node(node).inexact(),
        }
    }

    fn bag(&mut self, clauses: &[crate::query::Clause]) -> Narrow {
        let mut must = Vec::new();
        let mut optional = Vec::new();
        for clause in clauses {
            let narrow = self.node(&clause.node);
            match clause.occur {
                Occur::Must => must.push(narrow),
                Occur::MustNot => must.push(not(narrow)),
                Occur::Optional => optional.push(narrow),
            }
        }
        let is_nothing = |n: &Narrow| n.exact && n.query.is_none();
        if optional.iter().any(|n| !is_nothing(n)) {
            optional.retain(|n| !is_nothing(n));
        }
        let has_must = clauses
            .iter()
            .any(|c| c.occur == Occur::Must && !c.node.is_filter());
        if !optional.is_empty() {
            match self.matching {
                Match::All => must.append(&mut optional),
                Match::Most => must.push(at_least(optional.len() / 2 + 1, optional)),
                Match::Any if has_must => {}
                Match::Any => must.push(or(optional)),
            }
        }
        and(must)
    }

    fn named(&self, field: &str) -> String {
        match self.over {
            Over::Article => format!("all_{field}"),
            _ => field.to_owned(),
        }
    }

    fn word(&mut self, word: &str) -> Narrow {
        let mut parts = Vec::new();
        for typed in self.analyzer.query_words(word, self.langs) {
            let ways = std::iter::once(&typed.tokens).chain(&typed.otherwise);
            let ways: Vec<Narrow> = ways.map(|tokens| self.tokens(tokens)).collect();
            parts.push(or(ways));
        }
        match (parts.len(), self.matching) {
            (0, _) => Narrow::ALL,
            (1, _) => parts.remove(0),
            (_, Match::Any) => or(parts),
            (n, Match::Most) => at_least(n / 2 + 1, parts),
            (_, Match::All) => and(parts),
        }
    }

    fn sequence(&mut self, text: &str) -> Narrow {
        let tokens = self.analyzer.query_forms(text, self.langs);
        match tokens.is_empty() {
            true => Narrow::ALL,
            false => self.tokens(&tokens),
        }
    }

    /// Tokens that stand in a row.
    fn tokens(&self, tokens: &[QueryToken]) -> Narrow {
        let name = self.named("text");
        let mut parts = Vec::with_capacity(tokens.len());
        for token in tokens {
            if token.is_prefix {
                if tokens.len() > 1 {
                    continue;
                }
                let value = mangled(&token.surface);
                parts.push(Narrow::exact(json!({"prefix": {&name: {"value": value}}})).inexact());
                continue;
            }
            let stems: Vec<&str> = token.stems.iter().map(String::as_str).collect();
            let mut ways = vec![terms(&name, &stems)];
            if (tokens.len() > 1 || self.in_row) && self.over == Over::Passage {
                ways.push(terms("seam", &stems));
            }
            parts.push(Narrow::exact(any(ways)));
        }
        let is_single = parts.len() == 1 && tokens.len() == 1;
        let all = and(parts);
        if is_single { all } else { all.inexact() }
    }

    fn exact(&mut self, spelling: &str) -> Narrow {
        let tokens = self.analyzer.query_forms(spelling, self.langs);
        let name = self.named("surface");
        let mut parts = Vec::new();
        for token in &tokens {
            let written = spelling.get(token.start as usize..token.end as usize);
            let term = match written {
                Some(written) if written != token.surface => {
                    format!("{}{STAND_IN}{}", mangled(&token.surface), mangled(written))
                }
                _ => mangled(&token.surface),
            };
            parts.push(Narrow::exact(terms(&name, &[&term])));
        }
        and(parts).inexact()
    }

    /// A word within N edits holds one of its N + 1 pieces unchanged.
    fn fuzzy(&self, word: &str, edits: u8) -> Narrow {
        let folded = analyze::fold(word);
        let chars: Vec<char> = folded.chars().collect();
        let pieces = usize::from(edits) + 1;
        if chars.len() < pieces || chars.iter().any(|c| "*?\\".contains(*c)) {
            return Narrow::UNKNOWN;
        }
        let name = self.named("surface");
        let ways = (0..pieces).map(|n| {
            let (from, to) = (n * chars.len() / pieces, (n + 1) * chars.len() / pieces);
            let piece: String = chars.iter().take(to).skip(from).collect();
            json!({"wildcard": {&name: {"value": format!("*{}*", mangled(&piece))}}})
        });
        Narrow::exact(any(ways.collect())).inexact()
    }

    fn about(&self, interval: Interval) -> Narrow {
        if self.over == Over::Constant {
            return Narrow::UNKNOWN;
        }
        let (cover, wider) = date::cover::query_terms(interval);
        Narrow::exact(any(vec![
            json!({"terms": {self.named("about_cover"): cover}}),
            json!({"terms": {self.named("about_wider"): wider}}),
        ]))
    }

    fn value(&mut self, field: Field, value: &str) -> Narrow {
        let constant = [NameKind::Author, NameKind::Source, NameKind::Keyword];
        let kinds: &[NameKind] = match field {
            Field::Person => &[NameKind::Person],
            Field::Org => &[NameKind::Org],
            Field::Place => &[NameKind::Place],
            Field::Entity => &[NameKind::Person, NameKind::Org, NameKind::Place],
            Field::Author => &constant[..1],
            Field::Source => &constant[1..2],
            Field::Keyword => &constant[2..],
            Field::Lang => {
                let lang = Lang::new(value).map_or(value.to_owned(), |l| l.as_str().to_owned());
                return Narrow::exact(terms("lang", &[&lang]));
            }
            Field::Id => return Narrow::exact(json!({"term": {"key": {"value": key_of(value)}}})),
            Field::Path | Field::Url => {
                let name = if field == Field::Path { "path" } else { "url" };
                let part: String = mangled(value).replace('?', "\\?");
                let pattern = json!({"value": format!("*{part}*"), "case_insensitive": true});
                return match part.contains('\\') {
                    true => Narrow::UNKNOWN,
                    false => Narrow::exact(json!({"wildcard": {name: pattern}})).inexact(),
                };
            }
            Field::Title | Field::Heading | Field::Lead | Field::Text => {
                return match self.over {
                    Over::Constant => Narrow::UNKNOWN,
                    _ => self.sequence(value).inexact(),
                };
            }
        };
        let is_constant = kinds.iter().any(|kind| constant.contains(kind));
        if self.over == Over::Constant && !is_constant {
            return Narrow::UNKNOWN;
        }
        let (value, is_prefix) = match value.strip_suffix('*') {
            Some(stem) => (stem, true),
            None => (value, false),
        };
        let tokens = self.analyzer.query_forms(value, &[Lang::ENGLISH]);
        if tokens.is_empty() {
            // The client says what is wrong with it.
            return Narrow::UNKNOWN;
        }
        let name = self.named("names");
        let ways = kinds.iter().map(|kind| {
            let prefix = name_prefix(*kind);
            let mut parts = Vec::new();
            for (n, token) in tokens.iter().enumerate() {
                let word = format!("{prefix}:{}", token.surface);
                let is_last = n + 1 == tokens.len();
                // A middle initial need not be there.
                let is_initial = *kind == NameKind::Person && token.surface.len() == 1;
                if (token.is_prefix && tokens.len() > 1) || (is_initial && n > 0 && !is_last) {
                    continue;
                }
                parts.push(match is_last && (is_prefix || token.is_prefix) {
                    true => Narrow::exact(json!({"prefix": {&name: {"value": mangled(&word)}}}))
                        .inexact(),
                    false => Narrow::exact(terms(&name, &[&word])),
                });
            }
            let is_single = parts.len() == 1 && tokens.len() == 1;
            let all = and(parts);
            if is_single { all } else { all.inexact() }
        });
        or(ways.collect())
    }
}

/// Documents that hold one of the terms.
pub fn terms(field: &str, list: &[&str]) -> Value {
    match list {
        [one] => json!({"term": {field: {"value": one}}}),
        several => json!({"terms": {field: several}}),
    }
}

fn published(from: Option<Date>, to: Option<Date>) -> Narrow {
    let mut all = vec![json!({"term": {"dated": {"value": 1}}})];
    if let Some(to) = to {
        all.push(json!({"range": {"first_day": {"lte": date::day_number(to)}}}));
    }
    if let Some(from) = from {
        all.push(json!({"range": {"last_day": {"gte": date::day_number(from)}}}));
    }
    if from.is_some() || to.is_some() {
        all.push(at_between(from, to));
    }
    Narrow::exact(json!({"bool": {"filter": all}}))
}

fn any(mut ways: Vec<Value>) -> Value {
    match ways.len() {
        1 => ways.remove(0),
        _ => json!({"bool": {"should": ways}}),
    }
}

fn not(narrow: Narrow) -> Narrow {
    match (narrow.exact, narrow.query) {
        (true, Some(query)) => {
            Narrow::exact(json!({"bool": {"must_not": [query], "filter": [{"match_all": {}}]}}))
        }
        (true, None) => Narrow::none(),
        // What narrows inexactly may let through what matches.
        (false, _) => Narrow::UNKNOWN,
    }
}

fn and(parts: Vec<Narrow>) -> Narrow {
    let exact = parts.iter().all(|n| n.exact);
    let mut queries: Vec<Value> = parts.into_iter().filter_map(|n| n.query).collect();
    let query = match queries.len() {
        0 => None,
        1 => Some(queries.remove(0)),
        _ => Some(json!({"bool": {"filter": queries}})),
    };
    Narrow { query, exact }
}

fn or(mut parts: Vec<Narrow>) -> Narrow {
    parts.retain(|n| !n.is_none());
    match parts.len() {
        0 => Narrow::none(),
        1 => parts.remove(0),
        _ => at_least(1, parts),
    }
}

fn at_least(need: usize, parts: Vec<Narrow>) -> Narrow {
    let exact = parts.iter().all(|n| n.exact);
    let free = parts.iter().filter(|n| n.query.is_none()).count();
    let queries: Vec<Value> = parts.into_iter().filter_map(|n| n.query).collect();
    // What lets everything through counts for each document.
    let need = need.saturating_sub(free);
    let query = match need {
        0 => None,
        1 => Some(any(queries)),
        _ => Some(json!({"bool": {"should": queries, "minimum_should_match": need}})),
    };
    Narrow { query, exact }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{ParseOptions, Query};

    fn narrow(text: &str, over: Over) -> Narrow {
        let options = ParseOptions::new(jiff::civil::date(2025, 9, 18));
        let query = Query::parse(text, &options).expect("a query").query;
        let mut analyzer = Analyzer::default();
        let langs = [Lang::ENGLISH];
        Narrower::new(&langs, Match::Any, over, &mut analyzer).of(&query.root)
    }

    #[test]
    fn words_filters_and_their_negation_are_told_exactly() {
        for query in [
            "storm",
            "storm AND ferry",
            "storm NOT ferry",
            "storm lang:de",
            "date:2024 storm",
            "about:2024-07",
            "date:none",
            "source:Reuters",
            "person:Merkel",
        ] {
            let narrow = narrow(query, Over::Passage);
            assert!(
                narrow.exact && narrow.query.is_some(),
                "{query}: {narrow:?}"
            );
        }
    }

    #[test]
    fn what_needs_positions_zones_or_edits_only_narrows() {
        for query in [
            "\"storm surge\"",
            "storm NEAR/5 ferry",
            "title:storm",
            "stor*",
            "st?rm",
            "storn~",
            "=Storm",
            "person:\"Angela Merkel\"",
        ] {
            let narrow = narrow(query, Over::Passage);
            assert!(
                !narrow.exact && narrow.query.is_some(),
                "{query}: {narrow:?}"
            );
        }
        for query in ["/sto.m/", "like:x", "copies:>2", "NOT \"storm surge\""] {
            let narrow = narrow(query, Over::Passage);
            assert!(
                !narrow.exact && narrow.query.is_none(),
                "{query}: {narrow:?}"
            );
        }
    }

    #[test]
    fn only_what_holds_for_whole_articles_narrows_their_passages() {
        let narrowed = narrow("storm AND source:Reuters AND person:Merkel", Over::Constant);
        let text = narrowed.query.expect("a condition").to_string();
        assert!(text.contains("s:reuters") && !text.contains("merkel") && !text.contains("storm"));
        assert!(!narrowed.exact);
        assert_eq!(narrow("storm", Over::Constant).query, None);
    }

    #[test]
    fn a_negation_of_what_only_narrows_narrows_nothing() {
        let narrowed = narrow("storm NOT \"ferry company\"", Over::Passage);
        assert!(!narrowed.exact);
        assert!(
            !narrowed
                .query
                .expect("the word")
                .to_string()
                .contains("must_not")
        );
    }
}
