//! Text of articles in HTML and XML: shown, never obeyed.

use std::ops::Range;

/// For element content and quoted attributes. Control characters but line breaks and tabs, which XML
/// forbids, become U+FFFD.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() && c != '\n' && c != '\t' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// `text` with its marks as elements, everything escaped; marks are sorted byte ranges, and one that is
/// not on character boundaries is left out.
pub fn marked(text: &str, marks: impl IntoIterator<Item = Range<usize>>) -> String {
    let mut out = String::with_capacity(text.len() + 32);
    let mut at = 0;
    for mark in marks {
        let (Some(before), Some(inside)) = (text.get(at..mark.start), text.get(mark.clone()))
        else {
            continue;
        };
        out.push_str(&escape(before));
        out.push_str("<mark>");
        out.push_str(&escape(inside));
        out.push_str("</mark>");
        at = mark.end;
    }
    out.push_str(&escape(text.get(at..).unwrap_or("")));
    out
}

/// Whether an address may become a link: a `javascript:` address would run.
pub fn is_web_address(url: &str) -> bool {
    let has = |scheme: &str| {
        let start = url.get(..scheme.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    };
    has("http://") || has("https://")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_stays_text() {
        assert_eq!(escape("<b>\"x'\u{7}"), "&lt;b&gt;&quot;x&#39;\u{FFFD}");
        assert!(!is_web_address("javascript:alert('https://')"));
        assert!(is_web_address("HTTPS://a.example/"));
        assert!(!is_web_address("http:/"));
    }

    #[test]
    fn what_is_marked_is_escaped_and_a_mark_within_a_character_is_left_out() {
        assert_eq!(
            marked("a <b> é", vec![2..5, 7..8]),
            "a <mark>&lt;b&gt;</mark> é"
        );
    }
}
