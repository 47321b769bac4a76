//! Walks over a tree: what is asked for, what kind of query it is, its parts by place.

use super::tree::{Axis, Clause, Kind, Node, Occur, Query, Span};

impl Query {
    /// Whether it asks for everything.
    pub fn is_all(&self) -> bool {
        self.root.kind == Kind::All
    }

    /// Whether it is one word or optional words alone, which every fast path of ranking can take.
    pub fn is_pure_bag(&self) -> bool {
        match &self.root.kind {
            Kind::Word(_) => true,
            Kind::Bag(clauses) => clauses
                .iter()
                .all(|c| c.occur == Occur::Optional && matches!(c.node.kind, Kind::Word(_))),
            _ => false,
        }
    }

    /// The leaves that a match may contain, in the order of the text: nothing below a NOT.
    pub fn positive_leaves(&self) -> Vec<&Node> {
        let mut leaves = Vec::new();
        positive(&self.root, &mut leaves);
        leaves
    }

    /// The same query about what has no date: `date:none` in the place of each window of publication that
    /// it demands; `None` where it demands none.
    pub fn of_undated(&self) -> Option<Query> {
        let mut query = self.clone();
        undate(&mut query.root).then_some(query)
    }

    /// The parts whose counts tell which of them emptied a result: the clauses of the outermost bag
    /// or AND, or the whole query.
    pub fn clauses(&self) -> Vec<(Occur, &Node)> {
        match &self.root.kind {
            Kind::Bag(clauses) => clauses.iter().map(|c| (c.occur, &c.node)).collect(),
            Kind::And(nodes) => nodes
                .iter()
                .map(|node| match &node.kind {
                    Kind::Not(inner) => (Occur::MustNot, &**inner),
                    _ => (Occur::Must, node),
                })
                .collect(),
            Kind::Not(inner) => vec![(Occur::MustNot, inner)],
            _ => vec![(Occur::Must, &self.root)],
        }
    }
}

fn undate(node: &mut Node) -> bool {
    let each = |nodes: &mut dyn Iterator<Item = &mut Node>| {
        let mut any = false;
        nodes.for_each(|node| any |= undate(node));
        any
    };
    match &mut node.kind {
        Kind::Dates { axis, .. } if *axis == Axis::Published => {
            node.kind = Kind::Undated;
            true
        }
        Kind::And(nodes) => each(&mut nodes.iter_mut()),
        Kind::Bag(clauses) => {
            let demanded = clauses.iter_mut().filter(|c| c.occur == Occur::Must);
            each(&mut demanded.map(|c| &mut c.node))
        }
        _ => false,
    }
}

impl Node {
    /// The nodes directly below; none for a leaf.
    pub fn children(&self) -> Vec<&Node> {
        match &self.kind {
            Kind::Near {
                operands: nodes, ..
            }
            | Kind::Sentence(nodes)
            | Kind::And(nodes)
            | Kind::Or(nodes) => nodes.iter().collect(),
            Kind::Not(node) | Kind::Within { node, .. } => vec![node],
            Kind::Bag(clauses) => clauses.iter().map(|c| &c.node).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether it narrows down (a field, a date) rather than asking for words.
    pub fn is_filter(&self) -> bool {
        super::reduce::is_filter(&self.kind)
    }
}

impl Span {
    /// As a range of bytes.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

impl Clause {
    /// A clause that a match need not fulfil.
    pub fn optional(node: Node) -> Self {
        Self {
            occur: Occur::Optional,
            node,
        }
    }
}

/// Goes down at most [`super::MAX_DEPTH`] groups.
fn positive<'a>(node: &'a Node, leaves: &mut Vec<&'a Node>) {
    match &node.kind {
        Kind::Not(_) => {}
        Kind::Bag(clauses) => {
            for clause in clauses.iter().filter(|c| c.occur != Occur::MustNot) {
                positive(&clause.node, leaves);
            }
        }
        _ => {
            let children = node.children();
            if children.is_empty() {
                leaves.push(node);
            }
            for child in children {
                positive(child, leaves);
            }
        }
    }
}
