//! XML as wires and feeds send it: a stream of small trees, whatever the file's size.
//!
//! External entities and DTDs are never fetched, internal ones never expanded: a reference to one
//! stays as it was written. Mismatched end tags close what they can, so that one careless record
//! does not spoil its file.

mod stream;
mod text;

pub(super) use text::{is_inline, sections};

use super::{Deadline, Input, Limits, Trouble, markup};
use quick_xml::events::{BytesStart, Event};
use std::cell::Cell;
use std::rc::Rc;
use stream::Utf8Stream;

/// Elements and texts of one record; a tree of more is no news item.
const MAX_NODES: usize = 1_000_000;

/// An element with all that is inside it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Element {
    /// As written, with its prefix.
    pub name: String,
    pub attrs: Vec<(String, String)>,
    pub nodes: Vec<Node>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    Text(String),
    Element(Element),
}

impl Element {
    /// The name without its prefix.
    pub fn local(&self) -> &str {
        local(&self.name)
    }

    /// An attribute's trimmed value by its local name; `None` if it is empty.
    pub fn attr(&self, name: &str) -> Option<&str> {
        self.attrs
            .iter()
            .find(|(n, _)| local(n) == name)
            .map(|(_, v)| v.trim())
            .filter(|v| !v.is_empty())
    }

    /// The child elements.
    pub fn elements(&self) -> impl Iterator<Item = &Element> {
        self.nodes.iter().filter_map(|n| match n {
            Node::Element(e) => Some(e),
            Node::Text(_) => None,
        })
    }

    /// The child elements of a local name.
    pub fn all<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Element> {
        self.elements().filter(move |e| e.local() == name)
    }

    /// The first element on a path of local names, `a/b/c`.
    pub fn find(&self, path: &str) -> Option<&Element> {
        path.split('/')
            .try_fold(self, |at, name| at.elements().find(|e| e.local() == name))
    }

    /// All elements below it, in document order.
    pub fn descendants(&self) -> Vec<&Element> {
        let mut out = Vec::new();
        let mut open: Vec<&Element> = self.elements().collect();
        open.reverse();
        while let Some(element) = open.pop() {
            out.push(element);
            let from = open.len();
            open.extend(element.elements());
            open[from..].reverse();
        }
        out
    }

    /// All text inside, on one line.
    pub fn text(&self) -> String {
        let mut raw = String::new();
        self.push_text(&mut raw);
        raw.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The text inside as written, elements as if they were not there.
    pub fn raw_text(&self) -> String {
        let mut raw = String::new();
        self.push_text(&mut raw);
        raw
    }

    fn push_text(&self, out: &mut String) {
        for node in &self.nodes {
            match node {
                Node::Text(text) => out.push_str(text),
                Node::Element(e) => {
                    let apart = !text::is_inline(e.local());
                    if apart {
                        out.push(' ');
                    }
                    e.push_text(out);
                    if apart {
                        out.push(' ');
                    }
                }
            }
        }
    }

    /// The text of the first element on `path`; `None` if there is none or it is empty.
    pub fn text_at(&self, path: &str) -> Option<String> {
        self.find(path).map(Element::text).filter(|t| !t.is_empty())
    }
}

/// A name without its prefix.
pub(super) fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, l)| l)
}

/// The name of the root element, after declarations, comments and a document type.
pub(super) fn root_name(text: &str) -> Option<&str> {
    let mut rest = text.trim_start_matches('\u{FEFF}').trim_start();
    loop {
        let after = if let Some(comment) = rest.strip_prefix("<!--") {
            &comment[comment.find("-->")? + 3..]
        } else if rest.starts_with("<?") {
            &rest[rest.find("?>")? + 2..]
        } else if rest.starts_with("<!") {
            let (end, open) = (rest.find('>')?, rest.find('['));
            match open {
                Some(open) if open < end => {
                    let subset = &rest[open..];
                    let closed = subset.find(']')?;
                    &subset[closed + subset[closed..].find('>')? + 1..]
                }
                _ => &rest[end + 1..],
            }
        } else {
            break;
        };
        rest = after.trim_start();
    }
    let name = rest.strip_prefix('<')?;
    let end = name.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/'))?;
    Some(&name[..end]).filter(|n| !n.is_empty())
}

/// One piece of a stream.
#[derive(Debug)]
pub(super) enum Piece {
    /// A start tag that was entered: its attributes, no content.
    Entered(Element),
    /// A whole element, with its first byte in the file.
    Whole(Element, u64),
}

/// Reads the elements of an XML stream one by one.
pub(super) struct Pieces<'a> {
    reader: quick_xml::Reader<Utf8Stream<Input<'a>>>,
    buffer: Vec<u8>,
    limits: Limits,
    budget: Rc<Cell<u64>>,
    /// Names of entered elements.
    entered: Vec<String>,
    /// Whether an element of this local name, with its parent's, is entered instead of taken whole.
    enters: fn(&str, Option<&str>) -> bool,
    done: bool,
    records: u32,
}

impl<'a> Pieces<'a> {
    pub fn open(input: Input<'a>, enters: fn(&str, Option<&str>) -> bool) -> Result<Self, Trouble> {
        let limits = input.options.limits.clone();
        let budget = Rc::new(Cell::new(limits.record_bytes));
        let stream = Utf8Stream::new(input, Rc::clone(&budget)).map_err(|e| Trouble::io(&e))?;
        let mut reader = quick_xml::Reader::from_reader(stream);
        let config = reader.config_mut();
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        config.allow_dangling_amp = true;
        Ok(Self {
            reader,
            buffer: Vec::new(),
            limits,
            budget,
            entered: Vec::new(),
            enters,
            done: false,
            records: 0,
        })
    }

    /// The WHATWG name of the encoding that the file is in.
    pub fn encoding(&self) -> &'static str {
        self.reader.get_ref().encoding()
    }

    fn fail(&mut self, trouble: Trouble, offset: u64) -> Option<Result<Piece, Trouble>> {
        self.done = true;
        Some(Err(trouble.at(self.records, offset)))
    }
}

impl Iterator for Pieces<'_> {
    type Item = Result<Piece, Trouble>;

    fn next(&mut self) -> Option<Self::Item> {
        let deadline = self.limits.deadline();
        let mut tree = Tree::new(&self.limits, deadline);
        let mut start = 0;
        self.budget.set(self.limits.record_bytes);
        while !self.done {
            let offset = self.reader.get_ref().offset();
            if tree.open.is_empty() {
                start = offset;
                self.budget.set(self.limits.record_bytes);
            }
            self.buffer.clear();
            let event = match self.reader.read_event_into(&mut self.buffer) {
                Ok(event) => event,
                Err(e) => {
                    let trouble = trouble_of(&e, &self.limits, self.budget.get());
                    return self.fail(trouble, offset);
                }
            };
            let step = match event {
                Event::Start(tag) => {
                    let name = tag.name().0.to_owned();
                    let parent = self.entered.last().map(|n| local(n));
                    if tree.open.is_empty() && (self.enters)(local(&name), parent) {
                        if self.entered.len() >= self.limits.depth {
                            return self.fail(too_deep(&self.limits), offset);
                        }
                        self.entered.push(name);
                        return Some(Ok(Piece::Entered(element(&tag))));
                    }
                    tree.start(&tag)
                }
                Event::Empty(tag) => tree.start(&tag).and_then(|()| tree.end(tag.name().0)),
                Event::End(tag) => {
                    let name = tag.name().0;
                    if tree.open.is_empty() {
                        if let Some(at) = self.entered.iter().rposition(|n| n == name) {
                            self.entered.truncate(at);
                        }
                        Ok(())
                    } else if !tree.is_open(name)
                        && let Some(at) = self.entered.iter().rposition(|n| n == name)
                    {
                        // The record was not closed before what holds it was.
                        self.entered.truncate(at);
                        tree.close_all()
                    } else {
                        tree.end(name)
                    }
                }
                Event::Text(text) => tree.text(&text),
                Event::CData(text) => tree.text(&text),
                Event::GeneralRef(reference) => tree.reference(&reference),
                Event::Eof => {
                    self.done = true;
                    if tree.open.is_empty() {
                        return None;
                    }
                    let name = tree.open.first().map_or("", |e| e.name.as_str()).to_owned();
                    return Some(Err(Trouble::failed(format!(
                        "ends inside <{name}>: truncated"
                    ))
                    .at(self.records, start)));
                }
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => Ok(()),
            };
            if let Err(trouble) = step.and_then(|()| deadline.check()) {
                return self.fail(trouble, start);
            }
            if let Some(whole) = tree.whole.take() {
                self.records = self.records.saturating_add(1);
                return Some(Ok(Piece::Whole(whole, start)));
            }
        }
        None
    }
}

fn trouble_of(error: &quick_xml::Error, limits: &Limits, left: u64) -> Trouble {
    match error {
        quick_xml::Error::Io(_) if left == 0 => Trouble::failed(format!(
            "a record longer than {} bytes (--max-record-bytes)",
            limits.record_bytes
        )),
        quick_xml::Error::Io(e) => Trouble::io(e),
        other => Trouble::failed(format!("broken XML: {other}")),
    }
}

fn too_deep(limits: &Limits) -> Trouble {
    Trouble::failed(format!(
        "elements nested deeper than {} (--max-depth)",
        limits.depth
    ))
}

fn element(tag: &BytesStart<'_>) -> Element {
    let attrs = tag
        .attributes()
        .with_checks(false)
        .filter_map(Result::ok)
        .take(1_000)
        .map(|a| (a.key.0.to_owned(), markup::unescape(&a.value)))
        .collect();
    Element {
        name: tag.name().0.to_owned(),
        attrs,
        nodes: Vec::new(),
    }
}

/// The record that is being read.
struct Tree {
    open: Vec<Element>,
    whole: Option<Element>,
    nodes: usize,
    references: usize,
    limits: Limits,
    deadline: Deadline,
}

impl Tree {
    fn new(limits: &Limits, deadline: Deadline) -> Self {
        Self {
            open: Vec::new(),
            whole: None,
            nodes: 0,
            references: 0,
            limits: limits.clone(),
            deadline,
        }
    }

    fn is_open(&self, name: &str) -> bool {
        self.open.iter().any(|e| e.name == name)
    }

    fn start(&mut self, tag: &BytesStart<'_>) -> Result<(), Trouble> {
        if self.open.len() >= self.limits.depth {
            return Err(too_deep(&self.limits));
        }
        self.count()?;
        self.open.push(element(tag));
        Ok(())
    }

    fn count(&mut self) -> Result<(), Trouble> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err(Trouble::failed(format!(
                "more than {MAX_NODES} elements and texts in one record"
            )));
        }
        if self.nodes.is_multiple_of(4096) {
            self.deadline.check()?;
        }
        Ok(())
    }

    fn end(&mut self, name: &str) -> Result<(), Trouble> {
        let Some(at) = self.open.iter().rposition(|e| e.name == name) else {
            return Ok(());
        };
        while self.open.len() > at {
            self.close();
        }
        Ok(())
    }

    fn close_all(&mut self) -> Result<(), Trouble> {
        while !self.open.is_empty() {
            self.close();
        }
        Ok(())
    }

    fn close(&mut self) {
        let Some(element) = self.open.pop() else {
            return;
        };
        match self.open.last_mut() {
            Some(parent) => parent.nodes.push(Node::Element(element)),
            None => self.whole = Some(element),
        }
    }

    fn text(&mut self, text: &str) -> Result<(), Trouble> {
        let Some(parent) = self.open.last_mut() else {
            return Ok(());
        };
        if let Some(Node::Text(before)) = parent.nodes.last_mut() {
            before.push_str(text);
            return Ok(());
        }
        parent.nodes.push(Node::Text(text.to_owned()));
        self.count()
    }

    fn reference(&mut self, name: &str) -> Result<(), Trouble> {
        self.references += 1;
        if self.references > self.limits.entities {
            return Err(Trouble::failed(format!(
                "more than {} entity references in one record (--max-entities)",
                self.limits.entities
            )));
        }
        self.text(&markup::unescape(&format!("&{name};")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::Options;

    fn pieces(xml: &str, enters: fn(&str, Option<&str>) -> bool) -> Vec<Result<Piece, Trouble>> {
        let options = Options::default();
        let input = Input::new("a.xml", &options, xml.as_bytes());
        match Pieces::open(input, enters) {
            Ok(pieces) => pieces.collect(),
            Err(e) => vec![Err(e)],
        }
    }

    fn whole(xml: &str) -> Element {
        match pieces(xml, |_, _| false).into_iter().next() {
            Some(Ok(Piece::Whole(e, _))) => e,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_root_is_found_behind_a_doctype_with_a_subset() {
        let text =
            "<?xml version='1.0'?><!-- <x> --><!DOCTYPE a [<!ENTITY b \"c>d\">]>\n<p:a z='1'>";
        assert_eq!(root_name(text), Some("p:a"));
        assert_eq!(root_name("<a"), None);
        assert_eq!(root_name("text"), None);
    }

    #[test]
    fn records_are_taken_whole_within_what_is_entered() {
        let found = pieces("<r v='2'><i>1</i><i>2 &amp; 3</i></r>", |n, _| n == "r");
        let texts: Vec<String> = found
            .into_iter()
            .map(|p| match p {
                Ok(Piece::Entered(e)) => format!("{} {:?}", e.name, e.attr("v")),
                Ok(Piece::Whole(e, at)) => format!("{at} {}", e.text()),
                Err(e) => e.to_string(),
            })
            .collect();
        assert_eq!(texts, ["r Some(\"2\")", "9 1", "17 2 & 3"]);
    }

    #[test]
    fn laughing_entities_are_not_expanded() {
        let xml = "<!DOCTYPE l [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><l>&b;</l>";
        assert_eq!(whole(xml).text(), "&b;");
    }

    #[test]
    fn a_careless_end_tag_closes_what_it_can() {
        assert_eq!(whole("<a><b>x<c>y</b>z</a>").text(), "x y z");
    }

    #[test]
    fn deep_nesting_and_truncation_are_failures_with_a_place() {
        let deep = "<a>".repeat(1000);
        let truncated = "<r><i>1</i><i>2";
        let last = |xml: &str| match pieces(xml, |n, _| n == "r").pop() {
            Some(Err(e)) => (e.reason, e.offset),
            other => panic!("{other:?}"),
        };
        assert!(last(&deep).0.contains("deeper than 500"));
        assert_eq!(
            last(truncated),
            ("ends inside <i>: truncated".into(), Some(11))
        );
    }
}
