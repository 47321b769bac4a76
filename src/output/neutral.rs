//! Text that cannot steer a terminal.

use std::borrow::Cow;
use std::io::{self, Write};

/// What stands for a control character.
const REPLACEMENT: char = '\u{fffd}';

/// Controls of the text's direction: they may reorder what stands around them (Trojan Source).
fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Replaces control characters but line feed and tab by U+FFFD, and drops bidi controls.
///
/// Without them borrowed. C1 controls (U+0080 to U+009F) are among the replaced: some terminals obey them.
pub fn neutral(text: &str) -> Cow<'_, str> {
    let harmless = |c: char| matches!(c, '\n' | '\t') || !(c.is_control() || is_bidi_control(c));
    if text.chars().all(harmless) {
        return Cow::Borrowed(text);
    }
    let kept = text.chars().filter(|c| !is_bidi_control(*c));
    Cow::Owned(
        kept.map(|c| if harmless(c) { c } else { REPLACEMENT })
            .collect(),
    )
}

/// What a character becomes on a terminal; `None` where it is dropped.
pub(super) fn neutral_char(c: char) -> Option<char> {
    match c {
        '\n' | '\t' | '\r' => Some(' '),
        c if is_bidi_control(c) => None,
        c if c.is_control() => Some(REPLACEMENT),
        c => Some(c),
    }
}

/// A writer to a terminal: passes text on through [`neutral`]; NUL stays, for `-0`.
///
/// A character cut between two writes is held back until it is whole; bytes that are no UTF-8 become U+FFFD.
pub struct Neutral<W: Write> {
    inner: W,
    pending: Vec<u8>,
}

impl<W: Write> Neutral<W> {
    pub fn new(inner: W) -> Self {
        Self {
            inner,
            pending: Vec::new(),
        }
    }
}

impl<W: Write> Write for Neutral<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.pending.extend_from_slice(bytes);
        let mut rest = self.pending.as_slice();
        let mut out = String::with_capacity(rest.len());
        while !rest.is_empty() {
            let (valid, skip) = match std::str::from_utf8(rest) {
                Ok(text) => (text.len(), Some(0)),
                Err(e) => (e.valid_up_to(), e.error_len()),
            };
            let (text, after) = rest.split_at(valid);
            for (at, piece) in String::from_utf8_lossy(text).split('\0').enumerate() {
                if at > 0 {
                    out.push('\0');
                }
                out.push_str(&neutral(piece));
            }
            rest = after;
            match skip {
                Some(0) => {}
                Some(count) => {
                    out.push(REPLACEMENT);
                    rest = &rest[count..];
                }
                None => break,
            }
        }
        let pending = rest.to_vec();
        self.inner.write_all(out.as_bytes())?;
        self.pending = pending;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
