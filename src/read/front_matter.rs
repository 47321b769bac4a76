//! The block of fields before a page: YAML between `---`, TOML between `+++`.
//!
//! The YAML is the part of it that newsrooms' generators write: scalars, quoted or not, lists and
//! maps in both styles, block scalars, comments. Anchors, tags and merges are text. Values stay
//! strings, for `2019-01-04` and `no` are what was written.

use super::Trouble;
use serde_json::{Map, Value};

/// Names and values; values are strings, lists or maps.
type Fields = Map<String, Value>;

/// Nesting beyond this is no front matter.
const MAX_DEPTH: usize = 16;

/// Whether `text` begins with front matter: a fence, then a line with a key.
pub(super) fn begins(text: &str) -> bool {
    let mut lines = text.trim_start_matches('\u{FEFF}').lines();
    let fence = lines.next().map(str::trim_end);
    let first = lines
        .map(str::trim_end)
        .find(|l| !l.is_empty() && !l.starts_with('#'));
    match (fence, first) {
        (Some("---"), Some(line)) => key_of(line).is_some(),
        (Some("+++"), Some(line)) => line.contains('=') || line.starts_with('['),
        _ => false,
    }
}

/// The fields and the text after them; no fields where none begin, a failure where they never end.
pub(super) fn split(text: &str) -> Result<(Option<Fields>, &str), Trouble> {
    if !begins(text) {
        return Ok((None, text));
    }
    let fence = &text[..3];
    let after = text.find('\n').map_or(text.len(), |n| n + 1);
    let mut at = after;
    for line in text[after..].split_inclusive('\n') {
        let bare = line.trim_end();
        if bare == fence || (bare == "..." && fence == "---") {
            let matter = &text[after..at];
            let fields = match fence {
                "+++" => toml_fields(matter)?,
                _ => yaml_fields(matter),
            };
            return Ok((Some(fields), &text[at + line.len()..]));
        }
        at += line.len();
    }
    Err(Trouble::failed(format!(
        "front matter that never ends: expected a line of {fence}"
    )))
}

fn toml_fields(matter: &str) -> Result<Map<String, Value>, Trouble> {
    let table: toml::Table = toml::from_str(matter)
        .map_err(|e| Trouble::failed(format!("front matter: {}", e.message())))?;
    Ok(table.into_iter().map(|(k, v)| (k, from_toml(v))).collect())
}

fn from_toml(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Array(list) => Value::Array(list.into_iter().map(from_toml).collect()),
        toml::Value::Table(table) => {
            Value::Object(table.into_iter().map(|(k, v)| (k, from_toml(v))).collect())
        }
        toml::Value::Datetime(time) => Value::String(time.to_string()),
        toml::Value::Integer(number) => Value::String(number.to_string()),
        toml::Value::Float(number) => Value::String(number.to_string()),
        toml::Value::Boolean(flag) => Value::String(flag.to_string()),
    }
}

fn yaml_fields(matter: &str) -> Map<String, Value> {
    let lines: Vec<Line<'_>> = matter
        .lines()
        .map(|raw| Line {
            indent: raw.len() - raw.trim_start().len(),
            text: raw.trim(),
        })
        .collect();
    let mut cursor = Cursor {
        lines: &lines,
        at: 0,
    };
    match cursor.block(0, 0) {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

#[derive(Clone, Copy)]
struct Line<'t> {
    indent: usize,
    text: &'t str,
}

impl Line<'_> {
    fn is_blank(&self) -> bool {
        self.text.is_empty() || self.text.starts_with('#')
    }
}

struct Cursor<'l, 't> {
    lines: &'l [Line<'t>],
    at: usize,
}

impl<'t> Cursor<'_, 't> {
    fn next(&mut self) -> Option<Line<'t>> {
        while let Some(line) = self.lines.get(self.at) {
            if !line.is_blank() {
                return Some(*line);
            }
            self.at += 1;
        }
        None
    }

    /// A map or list whose lines are indented by `indent` or more.
    fn block(&mut self, indent: usize, depth: usize) -> Value {
        match self.next() {
            Some(line) if line.indent >= indent && is_item(line.text) => {
                self.list(line.indent, depth)
            }
            Some(line) if line.indent >= indent => self.map(line.indent, depth),
            _ => Value::Null,
        }
    }

    fn map(&mut self, indent: usize, depth: usize) -> Value {
        let mut map = Map::new();
        while let Some(line) = self.next() {
            if line.indent < indent || is_item(line.text) {
                break;
            }
            self.at += 1;
            if let Some((key, rest)) = key_of(line.text) {
                let value = self.value(rest, line.indent, depth);
                map.insert(key, value);
            }
        }
        Value::Object(map)
    }

    fn list(&mut self, indent: usize, depth: usize) -> Value {
        let mut list = Vec::new();
        while let Some(line) = self.next() {
            if line.indent < indent || !is_item(line.text) {
                break;
            }
            self.at += 1;
            let rest = line.text[1..].trim_start();
            list.push(
                match key_of(rest)
                    .filter(|_| depth < MAX_DEPTH && !rest.starts_with(['"', '\'', '[', '{']))
                {
                    Some((key, rest)) => {
                        // The item's map goes on below, under the first key.
                        let inner = line.indent + 1;
                        let mut map = Map::new();
                        map.insert(key, self.value(rest, inner, depth + 1));
                        if self
                            .next()
                            .is_some_and(|l| l.indent > line.indent && !is_item(l.text))
                            && let Value::Object(more) = self.block(inner, depth + 1)
                        {
                            map.extend(more);
                        }
                        Value::Object(map)
                    }
                    None => self.value(rest, line.indent, depth),
                },
            );
        }
        Value::Array(list)
    }

    /// What follows a key or a dash: a scalar, a flow value, a block scalar, or a deeper block.
    fn value(&mut self, rest: &str, indent: usize, depth: usize) -> Value {
        let rest = uncommented(rest);
        if depth >= MAX_DEPTH {
            return Value::Null;
        }
        match rest.chars().next() {
            None => {
                let next = self.next();
                let deeper = next
                    .is_some_and(|l| l.indent > indent || (l.indent == indent && is_item(l.text)));
                if deeper {
                    self.block(next.map_or(0, |l| l.indent), depth + 1)
                } else {
                    Value::Null
                }
            }
            Some(style @ ('|' | '>')) => Value::String(self.block_scalar(indent, style == '|')),
            Some('[' | '{') => {
                flow(rest, depth).map_or_else(|| Value::String(rest.to_owned()), |(value, _)| value)
            }
            _ => {
                let mut text = scalar(rest);
                // A plain scalar may go on, indented.
                while let Some(line) = self.lines.get(self.at) {
                    if line.is_blank()
                        || line.indent <= indent
                        || is_item(line.text)
                        || key_of(line.text).is_some()
                    {
                        break;
                    }
                    text.push(' ');
                    text.push_str(line.text);
                    self.at += 1;
                }
                Value::String(text)
            }
        }
    }

    fn block_scalar(&mut self, indent: usize, keep_lines: bool) -> String {
        let mut out = String::new();
        while let Some(line) = self.lines.get(self.at) {
            if !line.text.is_empty() && line.indent <= indent {
                break;
            }
            if !out.is_empty() {
                out.push(if keep_lines || line.text.is_empty() {
                    '\n'
                } else {
                    ' '
                });
            }
            out.push_str(line.text);
            self.at += 1;
        }
        out.trim().to_owned()
    }
}

fn is_item(text: &str) -> bool {
    text == "-" || text.starts_with("- ")
}

/// `key: value` or `key:`, the key perhaps in quotes.
fn key_of(line: &str) -> Option<(String, &str)> {
    let line = line.trim();
    let quote = line.chars().next().filter(|c| matches!(c, '"' | '\''));
    let (key, rest) = match quote {
        Some(quote) => {
            let end = line[1..].find(quote)? + 1;
            (
                &line[1..end],
                line[end + 1..].trim_start().strip_prefix(':')?,
            )
        }
        None => {
            let end = line
                .find(": ")
                .or_else(|| line.ends_with(':').then(|| line.len() - 1))?;
            (&line[..end], &line[end + 1..])
        }
    };
    let plain = !key.is_empty()
        && key.len() <= 60
        && !key.starts_with(['-', '[', '{', '<'])
        && key.split_whitespace().count() <= 4;
    (plain && (rest.is_empty() || rest.starts_with(' ') || quote.is_some()))
        .then(|| (key.to_owned(), rest.trim()))
}

/// Without a comment behind it; a `#` inside a word or quotes is none.
fn uncommented(text: &str) -> &str {
    if text.starts_with(['"', '\'']) {
        return text;
    }
    text.find(" #").map_or(text, |at| text[..at].trim_end())
}

fn scalar(text: &str) -> String {
    let text = text.trim();
    match text.chars().next() {
        Some(quote @ ('"' | '\'')) => {
            quoted(text, quote).map_or_else(|| text.to_owned(), |(value, _)| value)
        }
        _ => text.to_owned(),
    }
}

/// The quoted string that begins `text`, and its length with the quotes.
fn quoted(text: &str, quote: char) -> Option<(String, usize)> {
    let mut out = String::new();
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' if quote == '"' => match chars.next()?.1 {
                'n' => out.push('\n'),
                't' => out.push('\t'),
                other => out.push(other),
            },
            c if c == quote => {
                // Two single quotes are one.
                if quote == '\'' && chars.peek().is_some_and(|(_, next)| *next == quote) {
                    chars.next();
                    out.push(quote);
                } else {
                    return Some((out, at + 1));
                }
            }
            c => out.push(c),
        }
    }
    None
}

/// `[a, "b"]` or `{k: v}`, and its length.
fn flow(text: &str, depth: usize) -> Option<(Value, usize)> {
    if depth > MAX_DEPTH {
        return None;
    }
    let is_list = text.starts_with('[');
    let close = if is_list { ']' } else { '}' };
    let (mut list, mut map) = (Vec::new(), Map::new());
    let mut at = 1;
    loop {
        at += text[at..].len() - text[at..].trim_start_matches([' ', ',']).len();
        let rest = &text[at..];
        if rest.starts_with(close) {
            let value = if is_list {
                Value::Array(list)
            } else {
                Value::Object(map)
            };
            return Some((value, at + 1));
        }
        let key = if is_list {
            None
        } else {
            let colon = rest.find(':')?;
            at += colon + 1;
            at += text[at..].len() - text[at..].trim_start().len();
            Some(scalar(&rest[..colon]))
        };
        let rest = &text[at..];
        let (value, taken) = match rest.chars().next()? {
            '[' | '{' => flow(rest, depth + 1)?,
            quote @ ('"' | '\'') => {
                let (text, taken) = quoted(rest, quote)?;
                (Value::String(text), taken)
            }
            _ => {
                let end = rest.find([',', close])?;
                (Value::String(rest[..end].trim().to_owned()), end)
            }
        };
        at += taken;
        match key {
            Some(key) => {
                map.insert(key, value);
            }
            None => list.push(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yaml(text: &str) -> Value {
        let text = format!("---\n{text}---\nbody\n");
        let (fields, body) = split(&text).unwrap();
        assert_eq!(body, "body\n");
        Value::Object(fields.unwrap())
    }

    #[test]
    fn scalars_stay_as_written() {
        assert_eq!(
            yaml("a: 2019-01-04\nb: \"x: \\\"y\\\"\"\nc: 'it''s' \nd: yes # really\ne: a#b\nf:\n"),
            serde_json::json!({"a": "2019-01-04", "b": "x: \"y\"", "c": "it's", "d": "yes", "e": "a#b", "f": null})
        );
    }

    #[test]
    fn lists_and_maps_in_both_styles() {
        assert_eq!(
            yaml(
                "a: [x, \"y, z\", [w]]\nb:\n- one\n- two\nc:\n  d: e\n  f:\n    - name: g\n      role: h\n    - i\nj: {k: l, m: [n]}\n"
            ),
            serde_json::json!({
                "a": ["x", "y, z", ["w"]], "b": ["one", "two"],
                "c": {"d": "e", "f": [{"name": "g", "role": "h"}, "i"]}, "j": {"k": "l", "m": ["n"]}
            })
        );
    }

    #[test]
    fn block_scalars_fold_or_keep_lines() {
        assert_eq!(
            yaml("a: |\n  one\n  two\nb: >-\n  three\n  four\nc: five\n  six\n"),
            serde_json::json!({"a": "one\ntwo", "b": "three four", "c": "five six"})
        );
    }

    #[test]
    fn a_rule_at_the_top_is_no_front_matter() {
        assert!(!begins("---\n\nA paragraph after a rule.\n"));
        assert!(!begins("--- title: x\n"));
        assert!(begins("---\r\ntitle: x\r\n---\r\n"));
    }

    #[test]
    fn front_matter_that_never_ends_is_a_failure() {
        assert!(split("---\ntitle: x\n\nText.\n").is_err());
    }

    #[test]
    fn toml_is_read() {
        let (fields, body) = split("+++\ntitle = \"x\"\ndate = 2019-01-04\n+++\nbody").unwrap();
        assert_eq!(
            Value::Object(fields.unwrap()),
            serde_json::json!({"title": "x", "date": "2019-01-04"})
        );
        assert_eq!(body, "body");
    }
}
