//! TREC topic files: `<top>` blocks, whose fields are seldom closed.

use super::BadRow;
use super::topics::{Lines, MAX_ROW_BYTES};

/// One topic's fields.
#[derive(Debug, Default)]
pub(super) struct Block {
    pub line: u64,
    /// Name in lower case → text, in order; the first of a name counts.
    fields: Vec<(String, String)>,
}

impl Block {
    /// A field's text without the label that TREC puts before it (`Topic:`, `Description:`), on one line.
    pub fn field(&self, name: &str) -> Option<&str> {
        let found = self.fields.iter().find(|(known, _)| known == name);
        found
            .map(|(_, text)| text.as_str())
            .filter(|text| !text.is_empty())
    }

    /// `<num> Number: 301` → `301`.
    pub fn number(&self) -> Option<String> {
        let text = self.field("num")?;
        text.split_whitespace().next().map(str::to_owned)
    }
}

/// The blocks of a file.
pub(super) struct Blocks<'a> {
    lines: Lines<'a>,
    /// A line that opens the next block, with its number.
    pending: Option<(u64, String)>,
    any: bool,
    ended: bool,
}

const LABELS: [(&str, &str); 4] = [
    ("num", "number:"),
    ("title", "topic:"),
    ("desc", "description:"),
    ("narr", "narrative:"),
];

impl<'a> Blocks<'a> {
    pub fn new(lines: Lines<'a>) -> Self {
        Self {
            lines,
            pending: None,
            any: false,
            ended: false,
        }
    }

    fn next_line(&mut self) -> Option<Result<(u64, String), BadRow>> {
        match self.pending.take() {
            Some(line) => Some(Ok(line)),
            None => self.lines.next(),
        }
    }
}

impl Iterator for Blocks<'_> {
    type Item = Result<Block, BadRow>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let mut text = String::new();
        let mut start = None;
        loop {
            let (number, line) = match self.next_line() {
                Some(Ok(found)) => found,
                Some(Err(bad)) => return Some(Err(bad)),
                None => {
                    self.ended = true;
                    break;
                }
            };
            let mut rest = line.as_str();
            if start.is_none() {
                let Some(at) = find_tag(rest, "<top>") else {
                    continue;
                };
                start = Some(number);
                self.any = true;
                rest = &rest[at + "<top>".len()..];
            } else if let Some(at) = find_tag(rest, "<top>") {
                // The one before was not closed.
                text.push_str(&rest[..at]);
                self.pending = Some((number, rest[at..].to_owned()));
                break;
            }
            if let Some(at) = find_tag(rest, "</top>") {
                text.push_str(&rest[..at]);
                let after = rest[at + "</top>".len()..].to_owned();
                if !after.trim().is_empty() {
                    self.pending = Some((number, after));
                }
                break;
            }
            if text.len() + rest.len() > MAX_ROW_BYTES {
                self.ended = true;
                return Some(Err(BadRow {
                    id: None,
                    query: None,
                    line: start.unwrap_or(number),
                    error: format!(
                        "a topic longer than {MAX_ROW_BYTES} bytes; is its </top> missing?"
                    ),
                }));
            }
            text.push_str(rest);
            text.push('\n');
        }
        match start {
            Some(line) => Some(Ok(Block {
                line,
                fields: fields(&text),
            })),
            None if !self.any => {
                self.any = true;
                Some(Err(BadRow {
                    id: None,
                    query: None,
                    line: 1,
                    error:
                        "no <top> in this file; expected TREC topics (--input names another format)"
                            .to_owned(),
                }))
            }
            None => None,
        }
    }
}

/// Where `tag` stands, in any case.
fn find_tag(text: &str, tag: &str) -> Option<usize> {
    let at = text.as_bytes().windows(tag.len());
    at.enumerate()
        .find(|(_, window)| window.eq_ignore_ascii_case(tag.as_bytes()))
        .map(|(at, _)| at)
}

fn fields(block: &str) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = Vec::new();
    let mut name: Option<String> = None;
    let mut text = String::new();
    let mut rest = block;
    loop {
        let tag = next_tag(rest);
        let (before, after, found) = match tag {
            Some((from, to)) => (&rest[..from], &rest[to..], Some(&rest[from + 1..to - 1])),
            None => (rest, "", None),
        };
        text.push_str(before);
        if let Some(name) = name.take() {
            let tidied = tidy(&name, &text);
            fields.push((name, tidied));
        }
        text.clear();
        let Some(found) = found else {
            return fields;
        };
        if !found.starts_with('/') {
            name = Some(found.to_ascii_lowercase());
        }
        rest = after;
    }
}

/// The next `<name>` or `</name>`: letters only, so that `a < b` is text.
fn next_tag(text: &str) -> Option<(usize, usize)> {
    let mut from = 0;
    while let Some(at) = text[from..].find('<') {
        let start = from + at;
        let inner = text[start + 1..]
            .strip_prefix('/')
            .unwrap_or(&text[start + 1..]);
        let letters = inner.bytes().take_while(u8::is_ascii_alphabetic).count();
        if letters > 0 && inner[letters..].starts_with('>') {
            let slash = text[start + 1..].len() - inner.len();
            return Some((start, start + 1 + slash + letters + 1));
        }
        from = start + 1;
    }
    None
}

/// One line, without the field's label, with the five entities of SGML decoded.
fn tidy(name: &str, text: &str) -> String {
    let mut text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let label = LABELS.iter().find(|(known, _)| *known == name);
    if let Some((_, label)) = label
        && text
            .get(..label.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(label))
    {
        text = text[label.len()..].trim_start().to_owned();
    }
    for (entity, plain) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&apos;", "'"),
        ("&amp;", "&"),
    ] {
        if text.contains(entity) {
            text = text.replace(entity, plain);
        }
    }
    text
}
