//! Tokens of html5ever → nodes, by a tree builder whose cost is linear.
//!
//! The standard's tree builder looks through its stack of open elements for every block, and
//! moves formatting elements along: quadratic on hostile pages, and of no use for text. This one
//! knows what end tags are implied, what is void, and what is raw text; mis-nested end tags close
//! what they can.

use super::super::Trouble;
use super::dom::{NONE, Node, NodeId, NodeKind};
use super::elements::{ends_paragraph, is_heading, is_inline, is_kept, is_table_part, is_void};
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult};
use html5ever::{LocalName, local_name};
use std::cell::RefCell;

/// Nodes of one page; the largest real page seen had some 30 000.
pub(super) const MAX_NODES: usize = 2_000_000;

/// Takes tokens and makes nodes.
pub(super) struct Builder {
    state: RefCell<State>,
}

struct State {
    nodes: Vec<Node>,
    /// Open elements; the root is never closed.
    open: Vec<NodeId>,
    /// Open `p`, `a`, and `svg` or `math`: most looks through the stack are saved by these counts.
    paragraphs: usize,
    links: usize,
    foreign: usize,
    body_seen: bool,
    max_depth: usize,
    trouble: Option<Trouble>,
}

impl Builder {
    pub fn new(max_depth: usize) -> Self {
        let root = Node {
            parent: NONE,
            first_child: NONE,
            next: NONE,
            last_child: NONE,
            kind: NodeKind::Element(local_name!("html"), Box::default()),
        };
        Self {
            state: RefCell::new(State {
                nodes: vec![root],
                open: vec![0],
                paragraphs: 0,
                links: 0,
                foreign: 0,
                body_seen: false,
                max_depth,
                trouble: None,
            }),
        }
    }

    /// What has gone wrong so far.
    pub fn check(&self) -> Result<(), Trouble> {
        self.state.borrow_mut().trouble.take().map_or(Ok(()), Err)
    }

    /// The tree, parents before their children.
    pub fn into_nodes(self) -> Result<Vec<Node>, Trouble> {
        let state = self.state.into_inner();
        state.trouble.map_or(Ok(state.nodes), Err)
    }
}

impl TokenSink for Builder {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut state = self.state.borrow_mut();
        if state.trouble.is_some() {
            return TokenSinkResult::Continue;
        }
        match token {
            Token::CharacterTokens(text) => state.text(text),
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => return state.start(tag),
            Token::TagToken(tag) => state.end(&tag.name),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl State {
    fn current(&self) -> NodeId {
        self.open.last().copied().unwrap_or(0)
    }

    fn name(&self, id: NodeId) -> LocalName {
        match self.nodes.get(id as usize).map(|n| &n.kind) {
            Some(NodeKind::Element(name, _)) => name.clone(),
            _ => local_name!(""),
        }
    }

    fn append(&mut self, kind: NodeKind) -> Option<NodeId> {
        if self.nodes.len() >= MAX_NODES {
            self.trouble = Some(Trouble::failed(format!(
                "more than {MAX_NODES} elements and texts in one page"
            )));
            return None;
        }
        let parent = self.current();
        let id = NodeId::try_from(self.nodes.len()).ok()?;
        let before = std::mem::replace(&mut self.nodes[parent as usize].last_child, id);
        match self.nodes.get_mut(before as usize) {
            Some(node) => node.next = id,
            None => self.nodes[parent as usize].first_child = id,
        }
        self.nodes.push(Node {
            parent,
            first_child: NONE,
            next: NONE,
            last_child: NONE,
            kind,
        });
        Some(id)
    }

    fn text(&mut self, text: StrTendril) {
        let name = self.name(self.current());
        let dropped = match name {
            local_name!("style") | local_name!("iframe") | local_name!("textarea") => true,
            local_name!("script") => !self.is_json_ld(self.current()),
            _ => false,
        };
        if dropped {
            return;
        }
        let last = self.nodes[self.current() as usize].last_child;
        match self.nodes.get_mut(last as usize).map(|n| &mut n.kind) {
            Some(NodeKind::Text(before)) => before.push_tendril(&text),
            _ => {
                self.append(NodeKind::Text(text));
            }
        }
    }

    fn is_json_ld(&self, id: NodeId) -> bool {
        matches!(&self.nodes[id as usize].kind, NodeKind::Element(_, attrs)
            if attrs.iter().any(|(n, v)| *n == local_name!("type") && v.to_ascii_lowercase().contains("ld+json")))
    }

    fn push(&mut self, id: NodeId, name: &LocalName) {
        match *name {
            local_name!("p") => self.paragraphs += 1,
            local_name!("a") => self.links += 1,
            local_name!("svg") | local_name!("math") => self.foreign += 1,
            _ => {}
        }
        self.open.push(id);
    }

    /// Closes open elements down to `depth` entries.
    fn pop_to(&mut self, depth: usize) {
        while self.open.len() > depth.max(1) {
            let Some(id) = self.open.pop() else { return };
            match self.name(id) {
                local_name!("p") => self.paragraphs -= 1,
                local_name!("a") => self.links = self.links.saturating_sub(1),
                local_name!("svg") | local_name!("math") => self.foreign -= 1,
                _ => {}
            }
        }
    }

    /// The highest place in the stack that `found` likes, not looking past what `stops`.
    fn find(
        &self,
        found: impl Fn(&LocalName) -> bool,
        stops: impl Fn(&LocalName) -> bool,
    ) -> Option<usize> {
        for (at, id) in self.open.iter().enumerate().skip(1).rev() {
            let name = self.name(*id);
            if found(&name) {
                return Some(at);
            }
            if stops(&name) {
                return None;
            }
        }
        None
    }

    fn start(&mut self, tag: Tag) -> TokenSinkResult<()> {
        let name = tag.name;
        let in_foreign = self.foreign > 0;
        if in_foreign && ends_paragraph(&name) {
            // HTML inside a picture means that its end tag was forgotten.
            let outer = |n: &LocalName| matches!(*n, local_name!("svg") | local_name!("math"));
            while self.foreign > 0 {
                match self.find(outer, |_| false) {
                    Some(at) => self.pop_to(at),
                    None => break,
                }
            }
        }
        match name {
            local_name!("head") => return TokenSinkResult::Continue,
            local_name!("html") | local_name!("body") => {
                let target = if name == local_name!("html") {
                    Some(0)
                } else if self.body_seen {
                    self.open.get(1).copied()
                } else {
                    None
                };
                if let Some(target) = target {
                    self.merge(target, tag.attrs);
                    return TokenSinkResult::Continue;
                }
                self.body_seen = true;
                self.pop_to(1);
            }
            _ => self.imply_ends(&name),
        }
        let attrs: Box<[_]> = tag
            .attrs
            .into_iter()
            .filter(|a| is_kept(&a.name.local))
            .map(|a| (a.name.local, a.value))
            .collect();
        let Some(id) = self.append(NodeKind::Element(name.clone(), attrs)) else {
            return TokenSinkResult::Continue;
        };
        if is_void(&name) || (tag.self_closing && self.foreign > 0) {
            return TokenSinkResult::Continue;
        }
        if self.open.len() > self.max_depth {
            // Unclosed inline elements pile up in careless pages; they nest nothing that matters.
            if !is_inline(&name) {
                self.trouble = Some(Trouble::failed(format!(
                    "elements nested deeper than {} (--max-depth)",
                    self.max_depth
                )));
            }
            return TokenSinkResult::Continue;
        }
        self.push(id, &name);
        if in_foreign {
            return TokenSinkResult::Continue;
        }
        match name {
            local_name!("title") | local_name!("textarea") => {
                TokenSinkResult::RawData(RawKind::Rcdata)
            }
            local_name!("style")
            | local_name!("xmp")
            | local_name!("iframe")
            | local_name!("noembed")
            | local_name!("noframes") => TokenSinkResult::RawData(RawKind::Rawtext),
            local_name!("script") => TokenSinkResult::RawData(RawKind::ScriptData),
            local_name!("plaintext") => TokenSinkResult::Plaintext,
            _ => TokenSinkResult::Continue,
        }
    }

    fn merge(&mut self, target: NodeId, attrs: Vec<html5ever::Attribute>) {
        if let Some(NodeKind::Element(_, own)) =
            self.nodes.get_mut(target as usize).map(|n| &mut n.kind)
            && own.is_empty()
        {
            *own = attrs
                .into_iter()
                .filter(|a| is_kept(&a.name.local))
                .map(|a| (a.name.local, a.value))
                .collect();
        }
    }

    /// Closes what a start tag of `name` ends without saying so.
    fn imply_ends(&mut self, name: &LocalName) {
        let in_table = |n: &LocalName| *n == local_name!("table");
        let found = match *name {
            local_name!("a") if self.links > 0 => {
                self.close_inline(name);
                None
            }
            local_name!("li") => self.find(
                |n| *n == local_name!("li"),
                |n| {
                    matches!(
                        *n,
                        local_name!("ul") | local_name!("ol") | local_name!("menu")
                    ) || is_table_part(n)
                },
            ),
            local_name!("dt") | local_name!("dd") => self.find(
                |n| matches!(*n, local_name!("dt") | local_name!("dd")),
                |n| *n == local_name!("dl") || is_table_part(n),
            ),
            local_name!("option") | local_name!("optgroup") => {
                self.find(|n| *n == local_name!("option"), |_| true)
            }
            local_name!("td") | local_name!("th") => self.find(
                |n| matches!(*n, local_name!("td") | local_name!("th")),
                |n| in_table(n) || *n == local_name!("tr"),
            ),
            local_name!("tr") => self.find(|n| *n == local_name!("tr"), in_table),
            local_name!("tbody") | local_name!("thead") | local_name!("tfoot") => self.find(
                |n| {
                    matches!(
                        *n,
                        local_name!("tbody") | local_name!("thead") | local_name!("tfoot")
                    )
                },
                in_table,
            ),
            _ if is_heading(name) => self.find(is_heading, |n| !is_inline(n)),
            _ => None,
        };
        if let Some(at) = found {
            self.pop_to(at);
        }
        if self.paragraphs > 0 && ends_paragraph(name) {
            let stops = |n: &LocalName| {
                is_table_part(n) || matches!(*n, local_name!("button") | local_name!("object"))
            };
            if let Some(at) = self.find(|n| *n == local_name!("p"), stops) {
                self.pop_to(at);
            }
        }
    }

    /// Ends an inline element; where blocks opened inside it, it stops to be one instead.
    fn close_inline(&mut self, name: &LocalName) {
        if let Some(at) = self.find(|n| n == name, |n| !is_inline(n)) {
            self.pop_to(at);
        } else if *name == local_name!("a")
            && let Some(at) = self.find(|n| n == name, is_table_part)
        {
            // A link that was not closed would make links of everything that follows. What its
            // blocks held until here stays below it.
            let id = self.open[at];
            if self.nodes[id as usize].first_child != NONE
                && let NodeKind::Element(own, _) = &mut self.nodes[id as usize].kind
            {
                *own = local_name!("span");
                self.links -= 1;
            }
        }
    }

    fn end(&mut self, name: &LocalName) {
        match *name {
            local_name!("html") | local_name!("body") | local_name!("head") => return,
            local_name!("br") => {
                self.append(NodeKind::Element(local_name!("br"), Box::default()));
                return;
            }
            _ => {}
        }
        if is_inline(name) {
            return self.close_inline(name);
        }
        let found = if is_table_part(name) {
            self.find(
                |n| n == name,
                |n| *n == local_name!("table") && *name != local_name!("table"),
            )
        } else if is_heading(name) {
            self.find(is_heading, is_table_part)
        } else if *name == local_name!("p") {
            // A paragraph holds no block, so that one below a block is not meant.
            self.find(|n| n == name, |n| ends_paragraph(n) || is_table_part(n))
        } else if *name == local_name!("li") {
            self.find(
                |n| n == name,
                |n| matches!(*n, local_name!("ul") | local_name!("ol")) || is_table_part(n),
            )
        } else {
            self.find(|n| n == name, is_table_part)
        };
        if let Some(at) = found {
            self.pop_to(at);
        }
    }
}
