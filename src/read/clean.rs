//! Text as the rest of the program may rely on it: NFC, no invisible debris, one space where one is meant.

use std::borrow::Cow;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// `text` in NFC without soft hyphens, byte order marks and control characters.
///
/// Line ends become `\n` (also NEL, U+2028 and U+2029), tabs become spaces; the bidirectional
/// overrides, which could reorder a terminal's line, are removed; joiners stay, for Persian and
/// Indic words need them. Borrowed where nothing changes.
pub fn clean_text(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        return Cow::Borrowed(text);
    }
    let kept = if text.chars().all(|c| replaced(c) == Some(c)) {
        Cow::Borrowed(text)
    } else {
        let mut out = String::with_capacity(text.len());
        let mut after_return = false;
        let mut before = None;
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            // Thai and Khmer mark word ends with it; elsewhere it is debris.
            if c == '\u{200B}' {
                let inside = before.is_some_and(is_unspaced)
                    && chars.peek().copied().is_some_and(is_unspaced);
                if !inside {
                    continue;
                }
            }
            before = Some(c);
            // CRLF is one line end, a lone CR is one too.
            if !(after_return && c == '\n') {
                out.extend(if c == '\u{200B}' {
                    Some(c)
                } else {
                    replaced(c)
                });
            }
            after_return = c == '\r';
        }
        Cow::Owned(out)
    };
    match is_nfc_quick(kept.chars()) {
        IsNormalized::Yes => kept,
        _ => Cow::Owned(kept.nfc().collect()),
    }
}

/// [`clean_text`] on one line: runs of white space become one space, none at the ends.
///
/// A single no-break or ideographic space stays what it is. Lines of scripts that write
/// without spaces are joined without one.
pub fn clean_line(text: &str) -> Cow<'_, str> {
    let text = clean_text(text);
    if is_single_spaced(&text) {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.trim();
    while let Some(at) = rest.find(char::is_whitespace) {
        let (word, tail) = rest.split_at(at);
        let next = tail.trim_start();
        let gap = &tail[..tail.len() - next.len()];
        out.push_str(word);
        let mut spaces = gap.chars();
        match (spaces.next(), spaces.next()) {
            (Some(only @ ('\u{A0}' | '\u{202F}' | '\u{2007}' | '\u{3000}')), None) => {
                out.push(only);
            }
            _ if gap.contains('\n')
                && word.chars().next_back().is_some_and(is_unspaced)
                && next.chars().next().is_some_and(is_unspaced) => {}
            _ => out.push(' '),
        }
        rest = next;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// [`clean_line`] in place, at no cost where the text is clean already.
pub fn clean_in_place(text: &mut String) {
    let cleaned = match clean_line(text) {
        Cow::Borrowed(same) if same.len() == text.len() => return,
        other => other.into_owned(),
    };
    *text = cleaned;
}

/// Whether a script writes its words without spaces between them (Han, kana, Thai, Lao, Khmer, Burmese).
pub fn is_unspaced(c: char) -> bool {
    matches!(c as u32,
        0x0E00..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF
        | 0x3001..=0x30FF | 0x31F0..=0x31FF | 0x3400..=0x4DBF | 0x4E00..=0x9FFF
        | 0xF900..=0xFAFF | 0xFF00..=0xFF65 | 0x20000..=0x3FFFF)
}

/// Whether a text is ASCII without tabs, returns and controls; looks at many bytes at once.
fn is_plain(text: &str) -> bool {
    let plain = |b: u8| b == b'\n' || matches!(b, 0x20..=0x7E);
    text.as_bytes()
        .chunks(64)
        .all(|some| some.iter().fold(true, |all, &b| all & plain(b)))
}

fn is_single_spaced(text: &str) -> bool {
    if is_plain(text) {
        let bytes = text.as_bytes();
        let at_an_end = bytes.first() == Some(&b' ') || bytes.last() == Some(&b' ');
        let has_break = memchr::memchr(b'\n', bytes).is_some();
        return !at_an_end && !has_break && memchr::memmem::find(bytes, b"  ").is_none();
    }
    let mut before = ' ';
    for c in text.chars() {
        if c.is_whitespace() && (before.is_whitespace() || c == '\n') {
            return false;
        }
        before = c;
    }
    text.is_empty() || !before.is_whitespace()
}

/// What a character becomes; `None` if nothing.
fn replaced(c: char) -> Option<char> {
    match c {
        '\n' | ' '..='~' => Some(c),
        '\t' | '\u{B}' => Some(' '),
        '\r' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some('\n'),
        '\u{AD}' | '\u{FEFF}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => None,
        '\u{FFFE}' | '\u{FFFF}' => None,
        // Looked at again where its neighbours are known.
        '\u{200B}' => None,
        _ if c.is_control() => None,
        _ => Some(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn soft_hyphens_marks_and_controls_go() {
        assert_eq!(
            clean_text("\u{FEFF}Bundes\u{AD}tag\u{7}\u{9B}31m"),
            "Bundestag31m"
        );
        assert_eq!(clean_text("a\u{202E}b\u{2066}c"), "abc");
    }

    #[test]
    fn line_ends_become_one_kind() {
        assert_eq!(clean_text("a\r\nb\rc\u{2028}d\u{85}e"), "a\nb\nc\nd\ne");
    }

    #[test]
    fn composed_and_decomposed_letters_become_equal() {
        assert_eq!(clean_text("cafe\u{301}"), "caf\u{e9}");
    }

    #[test]
    fn clean_ascii_is_borrowed() {
        assert!(matches!(clean_text("plain\ntext"), Cow::Borrowed(_)));
        assert!(matches!(clean_line("plain text"), Cow::Borrowed(_)));
    }

    #[test]
    fn white_space_collapses_but_a_no_break_space_stays() {
        assert_eq!(clean_line("  a \t b\n c  "), "a b c");
        assert_eq!(clean_line("10\u{A0}000  euros"), "10\u{A0}000 euros");
        assert_eq!(clean_line("\u{3000}東京\u{3000}大阪"), "東京\u{3000}大阪");
    }

    #[test]
    fn wrapped_japanese_is_joined_without_a_space() {
        assert_eq!(clean_line("首相は\n説明した"), "首相は説明した");
        assert_eq!(clean_line("the prime\nminister"), "the prime minister");
    }

    #[test]
    fn a_zero_width_space_stays_between_thai_words_only() {
        assert_eq!(
            clean_text("\u{200B}ไทย\u{200B}รัฐ \u{200B}a\u{200B}b"),
            "ไทย\u{200B}รัฐ ab"
        );
    }

    #[test]
    fn persian_keeps_its_non_joiner() {
        assert_eq!(clean_text("می\u{200C}شود"), "می\u{200C}شود");
    }
}
