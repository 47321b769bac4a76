//! The page as a list of blocks: what a reader sees as paragraphs, headings, list items and cells.

use super::clutter::{self, NameSays};
use super::dom::{Dom, NONE, NodeId, NodeKind};
use super::elements::{is_heading, is_inline, is_unseen};
use html5ever::{LocalName, local_name};
use rustc_hash::FxHashSet;

/// What a block looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Paragraph,
    /// With its level, 1 to 6.
    Heading(u8),
    /// The first paragraph of a list item.
    Item,
    /// A cell of the table row that is named.
    Cell(NodeId),
    /// Text that stands in a container without a paragraph's element.
    Loose,
}

/// One run of text between two block boundaries.
#[derive(Clone, Debug)]
pub(super) struct Block {
    pub kind: Kind,
    /// The element that holds it.
    pub owner: NodeId,
    /// White space is single; no line ends.
    pub text: String,
    /// Characters that are not white space; a character of a script without spaces counts three.
    pub weight: u32,
    /// As `weight`, within links.
    pub link_weight: u32,
    /// The outermost element that looks like clutter, else [`NONE`].
    pub trigger: NodeId,
    /// Never text of the article: captions, navigation, hidden, controls.
    pub barred: bool,
    /// In an element named as a standfirst, or marked up as the description.
    pub in_standfirst: bool,
    /// The whole text is bold.
    pub bold: bool,
}

impl Block {
    /// The share of its text that is links.
    pub fn link_share(&self) -> f32 {
        self.link_weight as f32 / self.weight.max(1) as f32
    }
}

/// A page's blocks, and what the names of its elements say.
pub(super) struct Page {
    pub blocks: Vec<Block>,
    /// Elements that are named or marked up as an article's text.
    pub bodies: Vec<NodeId>,
}

#[derive(Clone, Copy)]
struct Context {
    kind: Kind,
    trigger: NodeId,
    barred: bool,
    in_standfirst: bool,
    in_link: bool,
    in_bold: bool,
}

struct Walker<'d> {
    dom: &'d Dom,
    page: Page,
    /// The block that is being read: its text, weights, bold characters.
    text: String,
    weight: u32,
    link_weight: u32,
    bold_weight: u32,
    /// Elements whose look of clutter is not believed.
    exempt: &'d FxHashSet<NodeId>,
    /// The list item whose first block is still to come.
    fresh_item: bool,
    names: String,
}

/// Reads the blocks of a page in document order; the elements of `exempt` are no clutter.
pub(super) fn read(dom: &Dom, exempt: &FxHashSet<NodeId>) -> Page {
    let mut walker = Walker {
        dom,
        exempt,
        page: Page {
            blocks: Vec::new(),
            bodies: Vec::new(),
        },
        text: String::new(),
        weight: 0,
        link_weight: 0,
        bold_weight: 0,
        fresh_item: false,
        names: String::new(),
    };
    let context = Context {
        kind: Kind::Loose,
        trigger: NONE,
        barred: false,
        in_standfirst: false,
        in_link: false,
        in_bold: false,
    };
    walker.element(0, context);
    walker.flush(0, context);
    walker.page
}

impl Walker<'_> {
    /// Recursion is as deep as the page, which the parser bounded.
    fn element(&mut self, id: NodeId, context: Context) {
        let dom = self.dom;
        for child in dom.children(id) {
            match dom.node(child).map(|n| &n.kind) {
                Some(NodeKind::Text(text)) => self.push_text(text, context),
                Some(NodeKind::Element(name, _)) => self.child(id, child, name, context),
                None => {}
            }
        }
    }

    fn child(&mut self, owner: NodeId, id: NodeId, name: &LocalName, outer: Context) {
        if is_unseen(name) {
            return;
        }
        let mut context = outer;
        match *name {
            local_name!("br") => {
                self.line_end(owner, context);
                return;
            }
            local_name!("hr") => {
                self.flush(owner, context);
                return;
            }
            local_name!("img") | local_name!("input") | local_name!("wbr") => return,
            _ => {}
        }
        let inline = is_inline(name);
        let says = self.says(id);
        self.mark(id, name, says, &mut context);
        if inline {
            context.in_link |= *name == local_name!("a");
            context.in_bold |= matches!(*name, local_name!("b") | local_name!("strong"));
            // What is not the article's must not stand in one block with what is.
            if context.trigger != outer.trigger && !self.text.is_empty() {
                self.element_apart(id, context);
            } else {
                self.element(id, context);
            }
            return;
        }
        self.flush(owner, outer);
        context.kind = self.kind_of(id, name, context.kind);
        if matches!(*name, local_name!("li")) {
            self.fresh_item = true;
        }
        self.element(id, context);
        self.flush(id, context);
        if matches!(*name, local_name!("li")) {
            self.fresh_item = false;
        }
    }

    /// Reads an inline element into a block of its own where it is long, else drops it.
    fn element_apart(&mut self, id: NodeId, context: Context) {
        let kept = (
            std::mem::take(&mut self.text),
            std::mem::take(&mut self.weight),
            std::mem::take(&mut self.link_weight),
            std::mem::take(&mut self.bold_weight),
        );
        self.element(id, context);
        self.flush(id, context);
        (self.text, self.weight, self.link_weight, self.bold_weight) = kept;
    }

    fn kind_of(&self, id: NodeId, name: &LocalName, outer: Kind) -> Kind {
        match *name {
            local_name!("li") | local_name!("dd") | local_name!("dt") => Kind::Item,
            local_name!("td") | local_name!("th") => Kind::Cell(self.dom.parent(id)),
            local_name!("p") | local_name!("pre") | local_name!("blockquote") => match outer {
                Kind::Item | Kind::Cell(_) => outer,
                _ => Kind::Paragraph,
            },
            _ if is_heading(name) => {
                Kind::Heading(name.as_bytes().get(1).map_or(2, |d| d.saturating_sub(b'0')))
            }
            // A block inside a heading is still the heading.
            _ => match outer {
                Kind::Heading(_) | Kind::Item | Kind::Cell(_) => outer,
                _ => Kind::Loose,
            },
        }
    }

    fn says(&mut self, id: NodeId) -> NameSays {
        let mut says = NameSays::default();
        for attr in [
            "class",
            "id",
            "data-testid",
            "data-component",
            "data-qa",
            "data-gu-name",
        ] {
            let value = self.dom.attr(id, attr).unwrap_or("");
            for name in value.split_whitespace().take(20) {
                says = says.or(clutter::judge(name, &mut self.names));
            }
        }
        says
    }

    fn mark(&mut self, id: NodeId, name: &LocalName, says: NameSays, context: &mut Context) {
        let dom = self.dom;
        let role = dom.attr(id, "role").unwrap_or("");
        let property = dom.attr(id, "itemprop").unwrap_or("");
        let is_body = property
            .split_whitespace()
            .any(|p| p.eq_ignore_ascii_case("articleBody"))
            || (says.body && !is_inline(name));
        if is_body {
            self.page.bodies.push(id);
        }
        context.barred |= matches!(
            *name,
            local_name!("nav")
                | local_name!("figcaption")
                | local_name!("button")
                | local_name!("caption")
                | local_name!("dialog")
        ) || matches!(
            role,
            "navigation"
                | "dialog"
                | "alertdialog"
                | "contentinfo"
                | "search"
                | "menu"
                | "menubar"
                | "toolbar"
        );
        context.in_standfirst |= says.standfirst
            || property.split_whitespace().any(|p| {
                p.eq_ignore_ascii_case("description")
                    || p.eq_ignore_ascii_case("alternativeHeadline")
                    || p.eq_ignore_ascii_case("abstract")
            });
        let cluttered = says.clutter && !is_body
            || matches!(
                *name,
                local_name!("aside")
                    | local_name!("footer")
                    | local_name!("figure")
                    | local_name!("menu")
            )
            || matches!(role, "complementary" | "banner")
            || dom.attr(id, "aria-hidden") == Some("true")
            || dom.attr(id, "hidden").is_some()
            || dom.attr(id, "style").is_some_and(hides)
            || property.eq_ignore_ascii_case("author")
            || property.eq_ignore_ascii_case("caption")
            || property.eq_ignore_ascii_case("comment");
        if context.trigger == NONE
            && cluttered
            && *name != local_name!("body")
            && !self.exempt.contains(&id)
        {
            context.trigger = id;
        }
    }

    fn push_text(&mut self, text: &str, context: Context) {
        for c in text.chars() {
            if c.is_whitespace() {
                if !self.text.is_empty() && !self.text.ends_with([' ', '\n', '\u{A0}']) {
                    // A no-break space glues figures to units; other white space is one space.
                    self.text.push(if c == '\u{A0}' { c } else { ' ' });
                }
                continue;
            }
            if is_debris(c) {
                continue;
            }
            self.text.push(c);
            let weight = if super::super::clean::is_unspaced(c) {
                3
            } else {
                1
            };
            self.weight = self.weight.saturating_add(weight);
            if context.in_link {
                self.link_weight = self.link_weight.saturating_add(weight);
            }
            if context.in_bold {
                self.bold_weight = self.bold_weight.saturating_add(weight);
            }
        }
    }

    /// A `br` is a space in a paragraph; two of them, or one in loose text, end a block.
    fn line_end(&mut self, owner: NodeId, context: Context) {
        if self.text.ends_with('\n') {
            self.flush(owner, context);
        } else if !self.text.is_empty() {
            let trimmed = self.text.trim_end().len();
            self.text.truncate(trimmed);
            self.text.push('\n');
        }
    }

    fn flush(&mut self, owner: NodeId, context: Context) {
        let weight = std::mem::take(&mut self.weight);
        let link_weight = std::mem::take(&mut self.link_weight);
        let bold_weight = std::mem::take(&mut self.bold_weight);
        if weight == 0 {
            self.text.clear();
            return;
        }
        let text = self.text.trim().replace('\n', " ");
        self.text.clear();
        let kind = match context.kind {
            Kind::Item if !self.fresh_item => Kind::Paragraph,
            kind => kind,
        };
        self.fresh_item = false;
        self.page.blocks.push(Block {
            kind,
            owner,
            text,
            weight,
            link_weight,
            trigger: context.trigger,
            barred: context.barred,
            in_standfirst: context.in_standfirst,
            bold: bold_weight * 10 >= weight * 9,
        });
    }
}

/// Characters that show nothing and belong to no word.
fn is_debris(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}' | '\u{2060}' | '\u{FEFF}') || (c.is_control() && c != '\n')
}

/// Whether a `style` attribute takes its element out of sight.
fn hides(style: &str) -> bool {
    let mut bytes = style.bytes().filter(|b| !b.is_ascii_whitespace());
    let squeezed: Vec<u8> = bytes
        .by_ref()
        .take(400)
        .map(|b| b.to_ascii_lowercase())
        .collect();
    [&b"display:none"[..], b"visibility:hidden"]
        .iter()
        .any(|what| memchr::memmem::find(&squeezed, what).is_some())
}
