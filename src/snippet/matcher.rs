//! Query → what to look for among the tokens of a text.

use crate::analyze::{Analyzer, Lang, QueryToken, is_stop_word};
use crate::query::{Field, Kind, Node, Occur, Pattern, Query};
use rustc_hash::{FxHashMap, FxHashSet};

/// What a query marks, for any text. Shared by threads.
#[derive(Debug, Default)]
pub struct Matcher {
    /// Stem → tests that it passes.
    pub(super) by_stem: FxHashMap<Box<str>, Vec<u32>>,
    /// Folded form → spellings and the tests that they pass.
    pub(super) by_surface: FxHashMap<Box<str>, Vec<(Box<str>, u32)>>,
    /// Automata over folded forms.
    pub(super) patterns: Vec<(Pattern, u32)>,
    pub(super) tests: Vec<Test>,
    pub(super) parts: Vec<Part>,
    /// Whether some part is more than a stop word.
    pub(super) has_content: bool,
}

/// What one token may pass.
#[derive(Clone, Debug, Default)]
pub(super) struct Test {
    /// Parts that a token passing it is a whole match of.
    pub direct: Vec<u32>,
    /// Whether sequences or neighbourhoods need its places.
    pub is_placed: bool,
    /// Whether only the first character of a token was asked for, where scripts without spaces are
    /// indexed as pairs.
    pub is_first_character: bool,
}

/// A part of the query that is marked for itself.
#[derive(Debug)]
pub(super) struct Part {
    pub shape: Shape,
    /// The only field that it is marked in.
    pub field: Option<Field>,
    pub is_stop_word: bool,
    pub weight: f32,
}

/// What has to stand together for a mark.
#[derive(Debug)]
pub(super) enum Shape {
    /// One token that passes a test.
    Token,
    /// Any of these sequences.
    Sequences(Vec<Sequence>),
    Any(Vec<Shape>),
    Near {
        operands: Vec<Shape>,
        distance: u32,
        ordered: bool,
    },
    Sentence(Vec<Shape>),
}

/// Tests at offsets from a first token, at most `slop` further words between them.
#[derive(Debug)]
pub(super) struct Sequence {
    pub tests: Vec<(u32, u32)>,
    pub slop: u32,
}

/// How a stop word counts beside the words that a window is chosen for.
const STOP_WORD_WEIGHT: f32 = 0.05;

impl Matcher {
    /// Prepares the marks of `query`, whose words were looked up under the stems of `langs`.
    pub fn new(query: &Query, langs: &[Lang], analyzer: &mut Analyzer) -> Self {
        let langs = if langs.is_empty() {
            &[Lang::ENGLISH]
        } else {
            langs
        };
        let mut builder = Builder {
            matcher: Self::default(),
            tests: FxHashMap::default(),
            words: FxHashSet::default(),
            langs,
            analyzer,
        };
        builder.node(&query.root, None);
        let mut matcher = builder.matcher;
        matcher.has_content = matcher.parts.iter().any(|p| !p.is_stop_word);
        matcher
    }

    /// Whether nothing can ever be marked but what the caller adds.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    fn test(&mut self) -> u32 {
        self.tests.push(Test::default());
        // A query has at most a few thousand words.
        (self.tests.len() - 1) as u32
    }
}

struct Builder<'a> {
    matcher: Matcher,
    /// Stems → their test.
    tests: FxHashMap<Vec<String>, u32>,
    /// Words that are a part already: "the" a hundred times would be a hundred marks of each "the".
    words: FxHashSet<(Option<Field>, String)>,
    langs: &'a [Lang],
    analyzer: &'a mut Analyzer,
}

impl Builder<'_> {
    /// Adds the parts of a node. Goes down as deep as a query nests.
    fn node(&mut self, node: &Node, field: Option<Field>) {
        match &node.kind {
            Kind::Not(_) => {}
            Kind::Bag(clauses) => {
                for clause in clauses.iter().filter(|c| c.occur != Occur::MustNot) {
                    self.node(&clause.node, field);
                }
            }
            Kind::And(nodes) | Kind::Or(nodes) => {
                for node in nodes {
                    self.node(node, field);
                }
            }
            Kind::Within { field, node } => self.node(node, Some(*field)),
            Kind::Word(word) => {
                if !self.words.insert((field, word.clone())) {
                    return;
                }
                for query_word in self.analyzer.query_words(word, self.langs) {
                    let langs = self.langs;
                    let is_stop_word = query_word.tokens.len() == 1
                        && query_word.otherwise.is_empty()
                        && query_word.tokens[0].exact.is_none()
                        && langs
                            .iter()
                            .any(|&lang| is_stop_word(&query_word.tokens[0].surface, lang));
                    let mut sequences = vec![self.sequence(&query_word.tokens, 0)];
                    for tokens in &query_word.otherwise {
                        sequences.push(self.sequence(tokens, 0));
                    }
                    self.part(Shape::Sequences(sequences), field, is_stop_word);
                }
            }
            _ => {
                if let Some(shape) = self.shape(node) {
                    self.part(shape, field, false);
                }
            }
        }
    }

    fn part(&mut self, shape: Shape, field: Option<Field>, is_stop_word: bool) {
        let number = self.matcher.parts.len() as u32;
        let mut shape = shape;
        // A single token needs no places: it is marked as it is read.
        if let Shape::Sequences(sequences) = &mut shape {
            sequences.retain(|s| !s.tests.is_empty());
            if sequences.is_empty() {
                return;
            }
            sequences.retain(|s| match s.tests[..] {
                [(_, test)] => {
                    self.matcher.tests[test as usize].direct.push(number);
                    false
                }
                _ => true,
            });
            if sequences.is_empty() {
                shape = Shape::Token;
            }
        }
        self.place(&shape);
        let words = match &shape {
            Shape::Sequences(sequences) => sequences.iter().map(|s| s.tests.len()).max(),
            Shape::Near { operands, .. } | Shape::Sentence(operands) => Some(operands.len()),
            _ => Some(1),
        };
        let weight = if is_stop_word {
            STOP_WORD_WEIGHT
        } else {
            words.unwrap_or(1).min(4) as f32
        };
        self.matcher.parts.push(Part {
            shape,
            field,
            is_stop_word,
            weight,
        });
    }

    fn place(&mut self, shape: &Shape) {
        match shape {
            Shape::Token => {}
            Shape::Sequences(sequences) => {
                for (_, test) in sequences.iter().flat_map(|s| &s.tests) {
                    self.matcher.tests[*test as usize].is_placed = true;
                }
            }
            Shape::Any(shapes) | Shape::Sentence(shapes) => {
                for shape in shapes {
                    self.place(shape);
                }
            }
            Shape::Near { operands, .. } => {
                for shape in operands {
                    self.place(shape);
                }
            }
        }
    }

    fn shape(&mut self, node: &Node) -> Option<Shape> {
        let one = |sequence: Sequence| {
            (!sequence.tests.is_empty()).then(|| Shape::Sequences(vec![sequence]))
        };
        match &node.kind {
            Kind::Word(word) => {
                let mut sequences = Vec::new();
                for query_word in self.analyzer.query_words(word, self.langs) {
                    sequences.push(self.sequence(&query_word.tokens, 0));
                    for tokens in &query_word.otherwise {
                        sequences.push(self.sequence(tokens, 0));
                    }
                }
                sequences.retain(|s| !s.tests.is_empty());
                (!sequences.is_empty()).then_some(Shape::Sequences(sequences))
            }
            Kind::Phrase { words, slop } => {
                let tokens = self.analyzer.query_forms(&words.join(" "), self.langs);
                let sequence = self.sequence(&tokens, *slop);
                one(sequence)
            }
            Kind::Exact(spelling) => {
                let tokens = self.analyzer.query_forms(spelling, self.langs);
                let mut tests = Vec::with_capacity(tokens.len());
                for token in tokens {
                    let spelled = spelling.get(token.start as usize..token.end as usize)?;
                    let test = self.matcher.test();
                    let spellings = self.matcher.by_surface.entry(token.surface.into());
                    spellings.or_default().push((spelled.into(), test));
                    tests.push((token.offset, test));
                }
                one(Sequence { tests, slop: 0 })
            }
            Kind::Prefix(_) | Kind::Wildcard(_) | Kind::Regex(_) | Kind::Fuzzy { .. } => {
                let tests = self.pattern(&node.kind)?;
                one(Sequence { tests, slop: 0 })
            }
            Kind::Or(nodes) => self.shapes(nodes).map(Shape::Any),
            Kind::Bag(clauses) => {
                let shapes: Vec<Shape> = clauses
                    .iter()
                    .filter(|c| c.occur != Occur::MustNot)
                    .filter_map(|c| self.shape(&c.node))
                    .collect();
                (!shapes.is_empty()).then_some(Shape::Any(shapes))
            }
            Kind::Near {
                operands,
                distance,
                ordered,
            } => Some(Shape::Near {
                operands: self.all_shapes(operands)?,
                distance: *distance,
                ordered: *ordered,
            }),
            Kind::Sentence(operands) => Some(Shape::Sentence(self.all_shapes(operands)?)),
            _ => None,
        }
    }

    fn shapes(&mut self, nodes: &[Node]) -> Option<Vec<Shape>> {
        let shapes: Vec<Shape> = nodes.iter().filter_map(|n| self.shape(n)).collect();
        (!shapes.is_empty()).then_some(shapes)
    }

    fn all_shapes(&mut self, nodes: &[Node]) -> Option<Vec<Shape>> {
        nodes.iter().map(|n| self.shape(n)).collect()
    }

    fn pattern(&mut self, kind: &Kind) -> Option<Vec<(u32, u32)>> {
        let pattern = Pattern::of(kind).ok()??;
        let test = self.matcher.test();
        self.matcher.patterns.push((pattern, test));
        Some(vec![(0, test)])
    }

    fn sequence(&mut self, tokens: &[QueryToken], slop: u32) -> Sequence {
        let mut tests = Vec::with_capacity(tokens.len());
        for token in tokens {
            if token.is_prefix {
                // A lone character stands together with whatever follows it; a phrase does without.
                if tokens.len() == 1 {
                    let found = self.pattern(&Kind::Prefix(token.surface.clone()));
                    for (offset, test) in found.into_iter().flatten() {
                        self.matcher.tests[test as usize].is_first_character = true;
                        tests.push((offset, test));
                    }
                }
                continue;
            }
            let test = match self.tests.get(&token.stems) {
                Some(&test) => test,
                None => {
                    let test = self.matcher.test();
                    for stem in &token.stems {
                        let passed = self.matcher.by_stem.entry(stem.as_str().into());
                        passed.or_default().push(test);
                    }
                    self.tests.insert(token.stems.clone(), test);
                    test
                }
            };
            tests.push((token.offset, test));
        }
        Sequence { tests, slop }
    }
}
