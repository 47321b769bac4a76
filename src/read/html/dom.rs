//! A page as a flat tree, parsed within depth, nodes and time.

use super::super::{Deadline, Trouble};
use super::builder::Builder;
use super::elements::{is_inline, is_unseen};
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{BufferQueue, Tokenizer, TokenizerOpts};
use html5ever::{LocalName, local_name};

/// What is fed to the tokenizer between two looks at the clock. A single tag of a million attributes
/// is quadratic in html5ever, so that a look a page would not do.
const STEP_BYTES: usize = 8 << 10;

pub(super) type NodeId = u32;

/// No node.
pub(super) const NONE: NodeId = NodeId::MAX;

/// An element or a text.
#[derive(Debug)]
pub(super) struct Node {
    pub parent: NodeId,
    pub first_child: NodeId,
    pub next: NodeId,
    pub last_child: NodeId,
    pub kind: NodeKind,
}

#[derive(Debug)]
pub(super) enum NodeKind {
    Text(StrTendril),
    Element(LocalName, Box<[(LocalName, StrTendril)]>),
}

/// The page; node 0 is the root. A child's id is greater than its parent's.
#[derive(Debug)]
pub(super) struct Dom {
    pub nodes: Vec<Node>,
}

impl Dom {
    /// Parses `html`; fails beyond `max_depth` open blocks, [`MAX_NODES`](super::builder::MAX_NODES), or the deadline.
    pub fn parse(html: &str, max_depth: usize, deadline: Deadline) -> Result<Self, Trouble> {
        let tokenizer = Tokenizer::new(Builder::new(max_depth), TokenizerOpts::default());
        let queue = BufferQueue::default();
        let mut rest = html;
        while !rest.is_empty() {
            let (step, tail) = rest.split_at(crate::analyze::floor_boundary(rest, STEP_BYTES));
            rest = tail;
            queue.push_back(StrTendril::from_slice(step));
            while !queue.is_empty() {
                let _ = tokenizer.feed(&queue);
            }
            deadline.check()?;
            tokenizer.sink.check()?;
        }
        tokenizer.end();
        let nodes = tokenizer.sink.into_nodes()?;
        Ok(Self { nodes })
    }

    pub fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id as usize)
    }

    /// The element's name; `None` for text.
    pub fn name(&self, id: NodeId) -> Option<&LocalName> {
        match &self.node(id)?.kind {
            NodeKind::Element(name, _) => Some(name),
            NodeKind::Text(_) => None,
        }
    }

    pub fn is(&self, id: NodeId, name: LocalName) -> bool {
        self.name(id) == Some(&name)
    }

    /// An attribute's value, if it is one of those that are kept.
    pub fn attr(&self, id: NodeId, name: &str) -> Option<&str> {
        match &self.node(id)?.kind {
            NodeKind::Element(_, attrs) => attrs
                .iter()
                .find(|(n, _)| &**n == name)
                .map(|(_, value)| &**value),
            NodeKind::Text(_) => None,
        }
    }

    pub fn parent(&self, id: NodeId) -> NodeId {
        self.node(id).map_or(NONE, |n| n.parent)
    }

    /// The ids from `id`'s parent up to the root.
    pub fn ancestors(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let mut at = id;
        std::iter::from_fn(move || {
            at = self.parent(at);
            (at != NONE).then_some(at)
        })
    }

    pub fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let mut at = self.node(id).map_or(NONE, |n| n.first_child);
        std::iter::from_fn(move || {
            let node = self.node(at)?;
            let id = at;
            at = node.next;
            Some(id)
        })
    }

    /// The elements below `id` in document order, by their names.
    pub fn elements(&self) -> impl Iterator<Item = (NodeId, &LocalName)> {
        self.nodes
            .iter()
            .zip(0..)
            .filter_map(|(n, id)| match &n.kind {
                NodeKind::Element(name, _) => Some((id, name)),
                NodeKind::Text(_) => None,
            })
    }

    /// All text below `id`, without scripts, a space where an element ends; up to `max` bytes.
    pub fn text(&self, id: NodeId, max: usize) -> String {
        let mut out = String::new();
        self.push_text(id, max, &mut out);
        out
    }

    fn push_text(&self, id: NodeId, max: usize, out: &mut String) {
        for child in self.children(id) {
            if out.len() > max {
                return;
            }
            match self.node(child).map(|n| &n.kind) {
                Some(NodeKind::Text(text)) => out.push_str(text),
                Some(NodeKind::Element(name, _)) if is_unseen(name) => {}
                Some(NodeKind::Element(name, _)) => {
                    if !is_inline(name) || *name == local_name!("br") {
                        out.push(' ');
                    }
                    self.push_text(child, max, out);
                    if !is_inline(name) {
                        out.push(' ');
                    }
                }
                None => {}
            }
        }
    }
}
