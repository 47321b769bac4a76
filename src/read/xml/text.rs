//! Text marked up in XML (XHTML, NITF, NewsML's own) → sections.

use super::{Element, Node};
use crate::article::Section;

/// Elements that stand within a line.
pub(in crate::read) fn is_inline(local: &str) -> bool {
    matches!(
        local,
        "a" | "abbr"
            | "acronym"
            | "b"
            | "bdo"
            | "big"
            | "cite"
            | "classifier"
            | "code"
            | "em"
            | "font"
            | "i"
            | "small"
            | "span"
            | "strong"
            | "sub"
            | "sup"
            | "tt"
            | "u"
            | "q"
            | "s"
            | "ins"
            | "del"
            | "mark"
            | "time"
            | "chron"
            | "city"
            | "copyrite"
            | "country"
            | "event"
            | "frac"
            | "function"
            | "lang"
            | "location"
            | "money"
            | "name"
            | "name.given"
            | "name.family"
            | "num"
            | "object.title"
            | "org"
            | "person"
            | "postaddr"
            | "pronounce"
            | "region"
            | "state"
            | "sublocation"
            | "virtloc"
            | "alt-code"
            | "inline"
            | "keyword"
            | "frac-num"
            | "frac-den"
            | "frac-sep"
            | "copyrite.year"
            | "copyrite.holder"
            | "Origin"
            | "Location"
            | "Person"
            | "Party"
    )
}

/// Pictures and what belongs to them, notes to editors, and what is never text.
fn is_apart(local: &str) -> bool {
    matches!(
        local,
        "media"
            | "figure"
            | "figcaption"
            | "img"
            | "caption"
            | "media-caption"
            | "media-producer"
            | "media-metadata"
            | "script"
            | "style"
            | "head"
            | "note"
            | "bibliography"
            | "iframe"
            | "aside"
            | "nav"
            | "object"
            | "video"
            | "audio"
            | "svg"
            | "tagline"
            | "body.head"
            | "credit"
    )
}

/// The sections of what is inside `element`.
pub(in crate::read) fn sections(element: &Element) -> Vec<Section> {
    let mut out = Builder {
        sections: vec![Section::default()],
        ..Builder::default()
    };
    out.children(element, Role::Paragraph);
    out.flush(Role::Paragraph);
    out.sections
        .retain(|s| s.heading.is_some() || !s.paragraphs.is_empty());
    out.sections
}

#[derive(Clone, Copy, PartialEq)]
enum Role {
    Paragraph,
    Heading,
    Item,
    /// Cells of a table's row stand in one paragraph.
    Cell,
}

#[derive(Default)]
struct Builder {
    sections: Vec<Section>,
    text: String,
    /// The next paragraph opens a list item.
    fresh_item: bool,
}

impl Builder {
    /// Recursion is as deep as the record, which the parser bounded.
    fn children(&mut self, element: &Element, role: Role) {
        for node in &element.nodes {
            match node {
                Node::Text(text) => self.push(text),
                Node::Element(e) => self.element(e, role),
            }
        }
    }

    fn element(&mut self, element: &Element, role: Role) {
        let name = element.local();
        if is_apart(name) {
            return;
        }
        if name == "br" {
            self.push(if role == Role::Heading { " " } else { "\n" });
            return;
        }
        if is_inline(name) {
            self.children(element, role);
            return;
        }
        if role == Role::Cell {
            self.push(" ");
            self.children(element, role);
            self.push(" ");
            return;
        }
        self.flush(role);
        let inner = match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "hl2" | "hl1" | "HeadLine"
            | "SubHeadLine" | "subhead" | "title" => Role::Heading,
            "li" | "dd" | "dt" => Role::Item,
            "tr" => {
                for cell in element.elements().filter(|c| !is_apart(c.local())) {
                    let before = self.text.len();
                    self.children(cell, Role::Cell);
                    if self.text.len() > before {
                        self.text.push_str(" | ");
                    }
                }
                let row = self.text.trim_end_matches([' ', '|', '\n']).len();
                self.text.truncate(row);
                self.flush(Role::Cell);
                return;
            }
            _ => role,
        };
        if inner == Role::Item {
            self.fresh_item = true;
        }
        self.children(element, inner);
        self.flush(inner);
    }

    fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn flush(&mut self, role: Role) {
        let text = std::mem::take(&mut self.text);
        // Two line breaks end a paragraph; one is a space, as in a browser's narrow column.
        let mut paragraphs = Vec::new();
        for part in text.split("\n\n") {
            let line = part.split_whitespace().collect::<Vec<_>>().join(" ");
            if !line.is_empty() {
                paragraphs.push(line);
            }
        }
        for line in paragraphs {
            match role {
                Role::Heading => self.sections.push(Section {
                    heading: Some(line),
                    paragraphs: Vec::new(),
                }),
                _ => {
                    let fresh = std::mem::take(&mut self.fresh_item) && role == Role::Item;
                    if let Some(section) = self.sections.last_mut() {
                        section
                            .paragraphs
                            .push(if fresh { format!("- {line}") } else { line });
                    }
                }
            }
        }
    }
}
