//! Items → tree: operators by precedence, what stands side by side into bags.

use super::lex::Op;
use super::parse::{Context, Parser};
use super::tree::{Clause, Kind, Node, Occur, Span};

/// What a group is made of.
#[derive(Debug)]
pub(super) enum Item {
    Operand(Operand),
    Op(Op, Span),
}

/// A node with the signs before it.
#[derive(Debug)]
pub(super) struct Operand {
    pub node: Node,
    /// `-` or an odd number of NOT.
    pub negated: bool,
    /// `+`.
    pub required: bool,
}

impl Operand {
    pub fn of(node: Node) -> Self {
        Self {
            node,
            negated: false,
            required: false,
        }
    }

    pub fn plain(kind: Kind, span: Span) -> Self {
        Self::of(Node { kind, span })
    }

    /// A node in parentheses.
    pub fn group(node: Node) -> Self {
        Self::of(node)
    }

    fn into_node(self) -> Node {
        if self.negated {
            negate(self.node)
        } else {
            self.node
        }
    }
}

impl From<Clause> for Operand {
    fn from(clause: Clause) -> Self {
        Self {
            negated: clause.occur == Occur::MustNot,
            required: clause.occur == Occur::Must,
            node: clause.node,
        }
    }
}

/// How often NEAR and ADJ of different distances may be chained before they are read as AND.
const MAX_NEAR_CHAIN: usize = 8;

/// An operand and what operators attach to it.
struct Chain {
    first: Operand,
    rest: Vec<(Op, Span, Operand)>,
}

impl Parser<'_> {
    /// Builds the tree of one group; `None` if nothing is in it.
    pub fn reduce(&mut self, items: Vec<Item>, context: Context) -> Option<Node> {
        let chains = self.chains(items, context);
        let operands: Vec<Operand> = chains.into_iter().map(|c| self.fold(c)).collect();
        match context {
            Context::Value(_) => any_of(operands),
            Context::Top | Context::Text(_) => bag(operands),
        }
    }

    /// Parts operands that stand side by side, and repairs operators without operands.
    fn chains(&mut self, items: Vec<Item>, context: Context) -> Vec<Chain> {
        let mut chains: Vec<Chain> = Vec::new();
        let mut pending: Option<(Op, Span)> = None;
        let mut negation: Option<(bool, Span)> = None;
        for item in items {
            match item {
                Item::Op(Op::Not, place) => {
                    let (odd, first) = negation.unwrap_or((false, place));
                    negation = Some((!odd, first));
                }
                Item::Op(op, place) => {
                    if negation.is_some() || pending.is_some() {
                        self.repair(place, "an operator follows an operator; it is left out");
                    } else if chains.is_empty() {
                        self.without_operand(op, place, "left", context, &mut chains);
                    } else {
                        pending = Some((op, place));
                    }
                }
                Item::Operand(mut operand) => {
                    if let Some((odd, place)) = negation.take() {
                        operand.negated ^= odd;
                        operand.required = false;
                        operand.node.span.start = place.start;
                    }
                    match (pending.take(), chains.last_mut()) {
                        (Some((op, place)), Some(chain)) => chain.rest.push((op, place, operand)),
                        _ => chains.push(Chain {
                            first: operand,
                            rest: Vec::new(),
                        }),
                    }
                }
            }
        }
        if let Some((op, place)) = pending {
            self.without_operand(op, place, "right", context, &mut chains);
        }
        if let Some((_, place)) = negation {
            self.without_operand(Op::Not, place, "right", context, &mut chains);
        }
        chains
    }

    /// `Portland OR`: the word was meant.
    fn without_operand(
        &mut self,
        op: Op,
        place: Span,
        side: &str,
        context: Context,
        chains: &mut Vec<Chain>,
    ) {
        let word = self.slice(place).to_owned();
        if matches!(op, Op::Near { .. }) || matches!(context, Context::Value(_)) {
            let message = format!("{word} has nothing on its {side}; it is left out");
            self.repair(place, message);
            return;
        }
        let message = format!("{word} has nothing on its {side}; it is read as a word");
        self.repair(place, message);
        chains.push(Chain {
            first: Operand::plain(Kind::Word(word), place),
            rest: Vec::new(),
        });
    }

    /// One node of a chain: NEAR and ADJ first, then SENT, AND, OR.
    fn fold(&mut self, chain: Chain) -> Operand {
        if chain.rest.is_empty() {
            return chain.first;
        }
        let mut operators = Vec::with_capacity(chain.rest.len());
        let mut operands = vec![chain.first];
        for (op, place, operand) in chain.rest {
            operators.push((op, place));
            operands.push(operand);
        }
        for operand in &operands {
            if operand.required && operators.iter().any(|(op, _)| *op == Op::Or) {
                self.repair(
                    operand.node.span,
                    "+ means nothing beside OR; it is left out",
                );
            }
        }
        let nodes: Vec<Node> = operands.into_iter().map(Operand::into_node).collect();
        let (nodes, operators) = self.fold_near(nodes, operators);
        let (nodes, operators) = self.fold_sentences(nodes, operators);
        let (nodes, operators) = fold_flat(nodes, operators, Op::And, Kind::And);
        let (mut nodes, _) = fold_flat(nodes, operators, Op::Or, Kind::Or);
        match nodes.pop() {
            Some(node) => Operand {
                // An AND that nobody put in parentheses holds for the whole bag.
                required: matches!(node.kind, Kind::And(_)),
                ..Operand::of(node)
            },
            None => Operand::plain(Kind::All, Span::default()),
        }
    }

    fn fold_near(&mut self, nodes: Vec<Node>, operators: Operators) -> (Vec<Node>, Operators) {
        let mut kept = Vec::new();
        let mut kept_operators = Vec::new();
        let mut nodes = nodes.into_iter();
        kept.extend(nodes.next());
        // What the last node was chained by, and how deep.
        let mut chained: Option<Op> = None;
        let mut depth = 0;
        for (node, (op, place)) in nodes.zip(operators) {
            let Op::Near { distance, ordered } = op else {
                kept.push(node);
                kept_operators.push((op, place));
                (chained, depth) = (None, 0);
                continue;
            };
            let distance = self.bounded(distance, place);
            let op = Op::Near { distance, ordered };
            let extends = chained == Some(op);
            let fits = is_positional(&node.kind) && (extends || depth < MAX_NEAR_CHAIN);
            let left = match kept.pop() {
                Some(left) if fits && is_positional(&left.kind) => left,
                left => {
                    kept.extend(left);
                    kept.push(node);
                    kept_operators.push((Op::And, place));
                    (chained, depth) = (None, 0);
                    self.read_as_and(place);
                    continue;
                }
            };
            kept.push(match left.kind {
                Kind::Near { mut operands, .. } if extends => {
                    let span = join(left.span, node.span);
                    operands.push(any_instead_of_bag(node));
                    Node {
                        kind: Kind::Near {
                            operands,
                            distance,
                            ordered,
                        },
                        span,
                    }
                }
                _ => {
                    depth += 1;
                    Node {
                        span: join(left.span, node.span),
                        kind: Kind::Near {
                            operands: vec![any_instead_of_bag(left), any_instead_of_bag(node)],
                            distance,
                            ordered,
                        },
                    }
                }
            });
            chained = Some(op);
        }
        (kept, kept_operators)
    }

    fn read_as_and(&mut self, place: Span) {
        let op = self.slice(place).to_owned();
        self.repair(
            place,
            format!("{op} stands between words, phrases or ORs of them; it is read as AND"),
        );
    }

    fn fold_sentences(&mut self, nodes: Vec<Node>, operators: Operators) -> (Vec<Node>, Operators) {
        let mut kept = Vec::new();
        let mut kept_operators = Vec::new();
        let mut nodes = nodes.into_iter();
        kept.extend(nodes.next());
        let mut extends = false;
        for (node, (op, place)) in nodes.zip(operators) {
            if op != Op::Sent {
                kept.push(node);
                kept_operators.push((op, place));
                extends = false;
                continue;
            }
            match kept.pop() {
                Some(Node {
                    kind: Kind::Sentence(mut operands),
                    span,
                }) if extends && is_positional(&node.kind) => {
                    let span = join(span, node.span);
                    operands.push(any_instead_of_bag(node));
                    let kind = Kind::Sentence(operands);
                    kept.push(Node { kind, span });
                }
                Some(left) if is_positional(&left.kind) && is_positional(&node.kind) => {
                    let span = join(left.span, node.span);
                    let operands = vec![any_instead_of_bag(left), any_instead_of_bag(node)];
                    let kind = Kind::Sentence(operands);
                    kept.push(Node { kind, span });
                    extends = true;
                }
                left => {
                    kept.extend(left);
                    kept.push(node);
                    kept_operators.push((Op::And, place));
                    extends = false;
                    self.read_as_and(place);
                }
            }
        }
        (kept, kept_operators)
    }
}

type Operators = Vec<(Op, Span)>;

/// Joins what stands between equal operators.
fn fold_flat(
    nodes: Vec<Node>,
    operators: Operators,
    op: Op,
    kind: fn(Vec<Node>) -> Kind,
) -> (Vec<Node>, Operators) {
    let mut kept = Vec::new();
    let mut kept_operators = Vec::new();
    let mut nodes = nodes.into_iter();
    let mut members: Vec<Node> = nodes.next().into_iter().collect();
    for (node, (other, place)) in nodes.zip(operators) {
        if other != op {
            kept.extend(joined(std::mem::take(&mut members), kind));
            kept_operators.push((other, place));
        }
        members.push(node);
    }
    kept.extend(joined(members, kind));
    (kept, kept_operators)
}

/// The members as one node; alone, a member is itself.
fn joined(mut members: Vec<Node>, kind: fn(Vec<Node>) -> Kind) -> Option<Node> {
    if members.len() < 2 {
        return members.pop();
    }
    let span = join(members.first()?.span, members.last()?.span);
    Some(Node {
        kind: kind(members),
        span,
    })
}

/// From the beginning of the one to the end of the other.
fn join(first: Span, last: Span) -> Span {
    Span {
        start: first.start.min(last.start),
        end: last.end.max(first.end),
    }
}

fn negate(node: Node) -> Node {
    let span = node.span;
    match node.kind {
        Kind::Not(inner) => *inner,
        kind => Node {
            kind: Kind::Not(Box::new(Node { kind, span })),
            span,
        },
    }
}

/// What has a place among the words of a text.
fn is_positional(kind: &Kind) -> bool {
    match kind {
        Kind::Word(_)
        | Kind::Exact(_)
        | Kind::Prefix(_)
        | Kind::Wildcard(_)
        | Kind::Regex(_)
        | Kind::Fuzzy { .. }
        | Kind::Phrase { .. }
        | Kind::Near { .. } => true,
        Kind::Or(nodes) => nodes.iter().all(|n| is_positional(&n.kind)),
        Kind::Bag(clauses) => clauses
            .iter()
            .all(|c| c.occur == Occur::Optional && is_positional(&c.node.kind)),
        _ => false,
    }
}

/// A bag among positions is any of its words.
fn any_instead_of_bag(node: Node) -> Node {
    let span = node.span;
    let kind = match node.kind {
        Kind::Bag(clauses) => Kind::Or(
            clauses
                .into_iter()
                .map(|c| any_instead_of_bag(c.node))
                .collect(),
        ),
        Kind::Or(nodes) => Kind::Or(nodes.into_iter().map(any_instead_of_bag).collect()),
        kind => kind,
    };
    Node { kind, span }
}

/// Whether a node narrows the archive down rather than asking for words.
pub(super) fn is_filter(kind: &Kind) -> bool {
    match kind {
        Kind::Within { .. }
        | Kind::Value { .. }
        | Kind::Dates { .. }
        | Kind::Undated
        | Kind::Copies(_)
        | Kind::Like(_) => true,
        Kind::And(nodes) | Kind::Or(nodes) => nodes.iter().all(|n| is_filter(&n.kind)),
        Kind::Not(node) => is_filter(&node.kind),
        Kind::Bag(clauses) => clauses.iter().all(|c| is_filter(&c.node.kind)),
        _ => false,
    }
}

/// Operands side by side; one alone is itself.
pub(super) fn bag(operands: Vec<Operand>) -> Option<Node> {
    let mut clauses: Vec<Clause> = operands.into_iter().map(clause).collect();
    // Everything, and something else besides, is that something else.
    let is_all = |c: &Clause| c.occur != Occur::MustNot && c.node.kind == Kind::All;
    if clauses.iter().any(|c| !is_all(c)) {
        clauses.retain(|c| !is_all(c));
    } else {
        clauses.truncate(1);
    }
    if clauses.len() < 2 {
        return clauses.pop().map(|c| match c.occur {
            Occur::MustNot => negate(c.node),
            Occur::Optional | Occur::Must => c.node,
        });
    }
    let span = join(clauses.first()?.node.span, clauses.last()?.node.span);
    Some(Node {
        kind: Kind::Bag(clauses),
        span,
    })
}

fn clause(operand: Operand) -> Clause {
    let Operand {
        node,
        negated,
        required,
    } = operand;
    let (node, negated, required) = match node.kind {
        // What is not to be missing must be there.
        Kind::Not(inner) => (*inner, !negated, negated),
        kind => (Node { kind, ..node }, negated, required),
    };
    let occur = if negated {
        Occur::MustNot
    } else if required || is_filter(&node.kind) {
        Occur::Must
    } else {
        Occur::Optional
    };
    Clause { occur, node }
}

/// Values side by side: any of them, unless `+` or `-` says otherwise.
fn any_of(operands: Vec<Operand>) -> Option<Node> {
    let mut any = Vec::new();
    let mut all = Vec::new();
    for operand in operands {
        if operand.negated || operand.required {
            all.push(operand.into_node());
        } else {
            any.push(operand.node);
        }
    }
    let has_required = all.iter().any(|n| !matches!(n.kind, Kind::Not(_)));
    if !has_required {
        // Beside a required value the others would change nothing.
        all.extend(joined(any, Kind::Or));
    }
    joined(all, Kind::And)
}
