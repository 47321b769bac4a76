//! Cuts a stream of JSON into values without parsing them, so that one at a time is in memory.

use super::{Limits, Trouble, stream::TextStream};
use std::io::{self, BufRead};

/// A failure with its place, not yet with its record.
#[derive(Debug)]
pub(super) struct ScanTrouble {
    reason: String,
    offset: u64,
    /// Whether the stream cannot go on.
    pub is_final: bool,
}

impl ScanTrouble {
    pub fn at(self, record: u32) -> Trouble {
        Trouble::failed(self.reason).at(record, self.offset)
    }
}

/// A cursor over JSON text.
pub(super) struct Scanner<S> {
    stream: S,
    limits: Limits,
}

type Scan<T> = Result<T, ScanTrouble>;

impl<R: BufRead> Scanner<TextStream<R>> {
    pub fn new(stream: TextStream<R>, limits: Limits) -> Self {
        Self { stream, limits }
    }

    /// Byte of the file that comes next.
    pub fn offset(&self) -> u64 {
        self.stream.offset()
    }

    /// A failure here.
    pub fn trouble(&self, reason: impl Into<String>) -> ScanTrouble {
        ScanTrouble {
            reason: reason.into(),
            offset: self.offset(),
            is_final: true,
        }
    }

    fn io(&self, error: &io::Error) -> ScanTrouble {
        self.trouble(Trouble::io(error).reason)
    }

    pub fn skip_byte(&mut self) {
        self.stream.consume(1);
    }

    /// The next byte that is no white space, not consumed; stray commas and record separators are passed.
    pub fn peek_value(&mut self) -> Scan<Option<u8>> {
        loop {
            let (passed, found) = match self.stream.fill_buf() {
                Err(e) => return Err(self.io(&e)),
                Ok([]) => return Ok(None),
                Ok(chunk) => {
                    let passed = chunk
                        .iter()
                        .take_while(|b| b.is_ascii_whitespace() || matches!(b, b',' | 0x1E))
                        .count();
                    (passed, chunk.get(passed).copied())
                }
            };
            self.stream.consume(passed);
            if found.is_some() {
                return Ok(found);
            }
        }
    }

    /// Whether the array that comes next begins with an object (or is empty).
    pub fn opens_list_of_objects(&mut self) -> Scan<bool> {
        let head = self.stream.peek(1 << 10).map_err(|e| self.io(&e))?;
        let inner = head.get(1..).unwrap_or_default().trim_ascii_start();
        Ok(inner.starts_with(b"{") || inner.starts_with(b"]"))
    }

    /// A failure once more than one record's bytes lie behind `start`.
    pub fn check_size(&self, start: u64) -> Scan<()> {
        match self.offset() - start > self.limits.record_bytes {
            true => Err(self.too_long()),
            false => Ok(()),
        }
    }

    fn too_long(&self) -> ScanTrouble {
        self.trouble(format!(
            "longer than {} bytes (--max-record-bytes)",
            self.limits.record_bytes
        ))
    }

    /// The name of an object's next member, its colon consumed; `None` at the closing brace.
    pub fn member_name(&mut self) -> Scan<Option<String>> {
        match self.peek_value()? {
            Some(b'}') => {
                self.skip_byte();
                return Ok(None);
            }
            Some(b'"') => {}
            Some(_) => return Err(self.trouble("not JSON: expected a member's name or }")),
            None => return Err(self.trouble("ends too early: inside an object")),
        }
        let (_, raw) = self.value()?;
        let name = match serde_json::from_slice(&raw) {
            Ok(name) => name,
            Err(_) => {
                String::from_utf8_lossy(raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default())
                    .into_owned()
            }
        };
        match self.peek_value()? {
            Some(b':') => {
                self.skip_byte();
                Ok(Some(name))
            }
            Some(_) => Err(self.trouble(format!("not JSON: expected : after {name:?}"))),
            None => Err(self.trouble("ends too early: inside an object")),
        }
    }

    /// The next element of an array and its offset; `None` at the closing bracket.
    pub fn element(&mut self) -> Scan<Option<(u64, Vec<u8>)>> {
        match self.peek_value()? {
            Some(b']') => {
                self.skip_byte();
                Ok(None)
            }
            Some(_) => self.value().map(Some),
            None => Err(self.trouble("ends too early: inside an array")),
        }
    }

    /// The raw bytes of the next value: brackets balance, strings are passed over, nothing is judged.
    pub fn value(&mut self) -> Scan<(u64, Vec<u8>)> {
        self.peek_value()?;
        let offset = self.offset();
        let mut cut = Cut::default();
        let mut raw = Vec::new();
        loop {
            let taken = match self.stream.fill_buf() {
                Err(e) => return Err(self.io(&e)),
                Ok([]) => {
                    return match cut.is_scalar && !raw.is_empty() {
                        true => Ok((offset, raw)),
                        false => Err(ScanTrouble {
                            reason: "ends too early: truncated inside a value".into(),
                            offset,
                            is_final: true,
                        }),
                    };
                }
                Ok(chunk) => {
                    let taken = cut.take(chunk);
                    raw.extend_from_slice(&chunk[..taken]);
                    taken
                }
            };
            self.stream.consume(taken);
            if cut.deepest > self.limits.depth {
                let reason = format!("nested deeper than {} (--max-depth)", self.limits.depth);
                return Err(self.trouble(reason));
            }
            if cut.done {
                return Ok((offset, raw));
            }
            if raw.len() as u64 > self.limits.record_bytes {
                return Err(self.too_long());
            }
        }
    }

    /// The next line and its offset; `None` at the end. A line beyond the limit is passed over and reported.
    pub fn line(&mut self) -> Scan<Option<(u64, Vec<u8>)>> {
        let offset = self.offset();
        let mut line = Vec::new();
        let mut length = 0_u64;
        let fits = |length: u64, limits: &Limits| length <= limits.record_bytes;
        loop {
            let (taken, ended) = match self.stream.fill_buf() {
                Err(e) => return Err(self.io(&e)),
                Ok([]) if length == 0 => return Ok(None),
                Ok([]) => (0, true),
                Ok(chunk) => {
                    let end = memchr::memchr(b'\n', chunk);
                    let text = &chunk[..end.unwrap_or(chunk.len())];
                    length += text.len() as u64 + u64::from(end.is_some());
                    if fits(length, &self.limits) {
                        line.extend_from_slice(text);
                    }
                    (text.len() + usize::from(end.is_some()), end.is_some())
                }
            };
            self.stream.consume(taken);
            if !ended {
                continue;
            }
            if !fits(length, &self.limits) {
                return Err(ScanTrouble {
                    offset,
                    is_final: false,
                    ..self.too_long()
                });
            }
            return Ok(Some((offset, line)));
        }
    }
}

/// Where in a value the scan stands.
#[derive(Default)]
struct Cut {
    depth: usize,
    deepest: usize,
    in_string: bool,
    escaped: bool,
    is_scalar: bool,
    begun: bool,
    done: bool,
}

impl Cut {
    /// How many bytes of `chunk` belong to the value.
    fn take(&mut self, chunk: &[u8]) -> usize {
        for (at, b) in chunk.iter().enumerate() {
            if self.in_string {
                match b {
                    _ if self.escaped => self.escaped = false,
                    b'\\' => self.escaped = true,
                    b'"' => {
                        self.in_string = false;
                        if self.depth == 0 {
                            self.done = true;
                            return at + 1;
                        }
                    }
                    _ => {}
                }
                continue;
            }
            match b {
                // A scalar ends before what ends it.
                b',' | b']' | b'}' | b':' | b'\n' | b' ' | b'\t' | b'\r' if self.is_scalar => {
                    self.done = true;
                    return at;
                }
                b'"' => self.in_string = true,
                b'{' | b'[' => {
                    self.depth += 1;
                    self.deepest = self.deepest.max(self.depth);
                }
                b'}' | b']' if self.depth > 0 => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        self.done = true;
                        return at + 1;
                    }
                }
                _ if self.depth == 0 && !self.begun => self.is_scalar = true,
                _ => {}
            }
            self.begun = true;
        }
        chunk.len()
    }
}

/// `text` with `NaN` and `Infinity` as null, lone surrogates as U+FFFD and raw control characters
/// escaped; `None` if it has none of these.
pub(super) fn repaired(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len() + 16);
    let mut in_string = false;
    let mut changed = false;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let mut taken = c.len_utf8();
        match c {
            '\\' if in_string => {
                let (unit, len) = escape_at(rest);
                taken = len;
                match unit {
                    Some(0xD800..=0xDBFF) => {
                        let (next, next_len) = escape_at(&rest[len..]);
                        if matches!(next, Some(0xDC00..=0xDFFF)) {
                            taken += next_len;
                            out.push_str(&rest[..taken]);
                        } else {
                            changed = true;
                            out.push('\u{FFFD}');
                        }
                    }
                    Some(0xDC00..=0xDFFF) => {
                        changed = true;
                        out.push('\u{FFFD}');
                    }
                    _ => out.push_str(&rest[..taken]),
                }
            }
            '"' => {
                in_string = !in_string;
                out.push(c);
            }
            c if in_string && u32::from(c) < 0x20 => {
                changed = true;
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            'N' | 'I' | '-' if !in_string => {
                let constant = ["NaN", "Infinity", "-Infinity"]
                    .iter()
                    .find(|k| rest.starts_with(**k));
                match constant {
                    Some(constant) => {
                        changed = true;
                        taken = constant.len();
                        out.push_str("null");
                    }
                    None => out.push(c),
                }
            }
            c => out.push(c),
        }
        rest = &rest[taken..];
    }
    changed.then_some(out)
}

/// The unit of a `\uXXXX` that begins `text`, and the length of whatever escape begins it.
fn escape_at(text: &str) -> (Option<u32>, usize) {
    let unit = text
        .strip_prefix("\\u")
        .and_then(|t| t.get(..4))
        .and_then(|hex| u32::from_str_radix(hex, 16).ok());
    match unit {
        Some(unit) => (Some(unit), 6),
        None => (None, text.chars().take(2).map(char::len_utf8).sum()),
    }
}
