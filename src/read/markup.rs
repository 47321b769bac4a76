//! Fragments of HTML inside fields (`content`, `body_html`) → sections; whole pages are not read here.
//!
//! One pass over the tags without a tree: no nesting to bound, linear in time, nothing fetched.

use crate::article::Section;

/// Whether `text` holds tags of HTML, and not merely `a < b`.
pub fn is_html(text: &str) -> bool {
    const TAGS: [&str; 22] = [
        "p",
        "br",
        "div",
        "span",
        "a",
        "b",
        "i",
        "em",
        "strong",
        "ul",
        "ol",
        "li",
        "h1",
        "h2",
        "h3",
        "h4",
        "blockquote",
        "img",
        "figure",
        "section",
        "article",
        "table",
    ];
    memchr::memchr_iter(b'<', text.as_bytes())
        .take(64)
        .any(|at| {
            let tag = Tag::at(text, at);
            tag.is_some_and(|t| TAGS.contains(&t.name.as_str()))
        })
}

/// The sections of a fragment: block elements are paragraphs, `h1` to `h6` headings, list items begin with `- `.
pub fn sections(html: &str) -> Vec<Section> {
    let mut out = Builder::default();
    let mut at = 0;
    while at < html.len() {
        let next = memchr::memchr(b'<', &html.as_bytes()[at..]).map_or(html.len(), |n| at + n);
        out.text(&html[at..next]);
        if next >= html.len() {
            break;
        }
        at = if html[next..].starts_with("<!--") {
            end_of(html, next + 4, "-->")
        } else if let Some(tag) = Tag::at(html, next) {
            match tag.name.as_str() {
                hidden @ ("script" | "style" | "noscript" | "template" | "svg" | "iframe"
                | "button" | "form")
                    if !tag.closes =>
                {
                    closing(html, tag.end, hidden)
                }
                _ => {
                    out.tag(&tag);
                    tag.end
                }
            }
        } else if html[next + 1..].starts_with(['!', '?']) {
            end_of(html, next, ">")
        } else {
            out.text("<");
            next + 1
        };
    }
    out.finish()
}

/// Character references resolved, tags removed: the text of a field that is one line.
pub fn line(html: &str) -> String {
    if !html.contains(['<', '&']) {
        return html.to_owned();
    }
    let mut parts = Vec::new();
    for section in sections(html) {
        parts.extend(section.heading);
        parts.extend(section.paragraphs);
    }
    parts.join(" ")
}

fn end_of(text: &str, from: usize, mark: &str) -> usize {
    text.get(from..)
        .and_then(|t| t.find(mark))
        .map_or(text.len(), |n| from + n + mark.len())
}

/// The end of `</name>`; the end of the text where it is never closed.
fn closing(html: &str, from: usize, name: &str) -> usize {
    for at in memchr::memmem::find_iter(&html.as_bytes()[from..], "</") {
        if let Some(tag) = Tag::at(html, from + at)
            && tag.name == name
        {
            return tag.end;
        }
    }
    html.len()
}

struct Tag {
    name: String,
    closes: bool,
    /// Byte after the `>`.
    end: usize,
}

impl Tag {
    /// The tag whose `<` stands at `at`; a `>` inside quotes does not end it.
    fn at(html: &str, at: usize) -> Option<Self> {
        let rest = html.get(at + 1..)?;
        let closes = rest.starts_with('/');
        let rest = rest.strip_prefix('/').unwrap_or(rest);
        let len = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
        if !(1..=16).contains(&len) || !rest.as_bytes()[0].is_ascii_alphabetic() {
            return None;
        }
        let mut end = at + 1 + usize::from(closes) + len;
        let mut quote = None;
        // Attributes longer than this are data: URLs; a quote left open must not eat the article.
        const MAX_TAG: usize = 1 << 16;
        for (n, b) in html.as_bytes()[end..].iter().enumerate().take(MAX_TAG) {
            match (quote, b) {
                (None, b'>') => {
                    end += n + 1;
                    return Some(Self {
                        name: rest[..len].to_ascii_lowercase(),
                        closes,
                        end,
                    });
                }
                (None, b'"' | b'\'') => quote = Some(*b),
                (Some(open), b) if *b == open => quote = None,
                _ => {}
            }
        }
        None
    }
}

#[derive(Default)]
struct Builder {
    sections: Vec<Section>,
    current: String,
    heading: bool,
    item: bool,
}

impl Builder {
    fn text(&mut self, raw: &str) {
        unescape_into(raw, &mut self.current);
    }

    fn tag(&mut self, tag: &Tag) {
        match tag.name.as_str() {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                self.flush();
                self.heading = !tag.closes;
            }
            "li" => {
                self.flush();
                self.item = !tag.closes;
            }
            "p" | "div" | "section" | "article" | "blockquote" | "ul" | "ol" | "dl" | "dt"
            | "dd" | "tr" | "table" | "figure" | "figcaption" | "header" | "footer" | "aside"
            | "main" | "pre" | "hr" | "address" | "br" | "body" | "html" | "head" | "nav" => {
                self.flush()
            }
            "td" | "th" => self.current.push(' '),
            _ => {}
        }
    }

    /// Ends the paragraph or heading that was being written.
    fn flush(&mut self) {
        let mut text = std::mem::take(&mut self.current);
        super::clean::clean_in_place(&mut text);
        if text.is_empty() {
            return;
        }
        if self.heading {
            self.sections.push(Section {
                heading: Some(text),
                paragraphs: Vec::new(),
            });
            return;
        }
        if self.item {
            text.insert_str(0, "- ");
            self.item = false;
        }
        match self.sections.last_mut() {
            Some(section) => section.paragraphs.push(text),
            None => self.sections.push(Section {
                heading: None,
                paragraphs: vec![text],
            }),
        }
    }

    fn finish(mut self) -> Vec<Section> {
        self.flush();
        self.sections
    }
}

/// The references that publishers use; any other stays as written.
const NAMED: [(&str, &str); 38] = [
    ("amp", "&"),
    ("lt", "<"),
    ("gt", ">"),
    ("quot", "\""),
    ("apos", "'"),
    ("nbsp", "\u{A0}"),
    ("shy", ""),
    ("ndash", "–"),
    ("mdash", "—"),
    ("hellip", "…"),
    ("lsquo", "‘"),
    ("rsquo", "’"),
    ("ldquo", "“"),
    ("rdquo", "”"),
    ("bdquo", "„"),
    ("sbquo", "‚"),
    ("laquo", "«"),
    ("raquo", "»"),
    ("bull", "•"),
    ("middot", "·"),
    ("euro", "€"),
    ("pound", "£"),
    ("cent", "¢"),
    ("yen", "¥"),
    ("copy", "©"),
    ("reg", "®"),
    ("trade", "™"),
    ("deg", "°"),
    ("eacute", "é"),
    ("egrave", "è"),
    ("agrave", "à"),
    ("ccedil", "ç"),
    ("uuml", "ü"),
    ("ouml", "ö"),
    ("auml", "ä"),
    ("szlig", "ß"),
    ("ntilde", "ñ"),
    ("ocirc", "ô"),
];

/// `text` with its character references resolved.
pub fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    unescape_into(text, &mut out);
    out
}

fn unescape_into(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        match reference(rest) {
            Some((value, len)) => {
                out.push_str(&value);
                rest = &rest[len..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
}

/// The reference that begins `text`, and its length.
fn reference(text: &str) -> Option<(String, usize)> {
    let end = text.bytes().take(12).position(|b| b == b';')?;
    let body = text.get(1..end)?;
    let value = match body.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            // 128 to 159 are windows-1252 in every browser.
            let c = match u8::try_from(code) {
                Ok(byte @ 0x80..=0x9F) => encoding_rs::WINDOWS_1252
                    .decode_without_bom_handling(&[byte])
                    .0
                    .chars()
                    .next()?,
                _ => char::from_u32(code)?,
            };
            c.to_string()
        }
        None => NAMED.iter().find(|(name, _)| *name == body)?.1.to_owned(),
    };
    Some((value, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_paragraphs_headings_and_items() {
        let html = "<p>One &amp; <b>two</b>.</p><h2>Why?</h2>Bare<br/>lines<ul><li>First: a</li><li>b</li></ul>";
        let sections = sections(html);
        assert_eq!(sections[0].paragraphs, ["One & two."]);
        assert_eq!(sections[1].heading.as_deref(), Some("Why?"));
        assert_eq!(
            sections[1].paragraphs,
            ["Bare", "lines", "- First: a", "- b"]
        );
    }

    #[test]
    fn scripts_styles_and_comments_are_no_text() {
        assert_eq!(
            line("a<script>if (a<b) {}</script><!-- x > y --><style>p{}</style>b"),
            "ab"
        );
        assert_eq!(line("a<script>never closed"), "a");
    }

    #[test]
    fn a_lesser_than_sign_is_no_tag() {
        assert!(!is_html("profits < losses, x<3 and 5 > 4"));
        assert!(is_html("text<br>more"));
        assert_eq!(line("2 < 3 &amp; 5 > 4"), "2 < 3 & 5 > 4");
    }

    #[test]
    fn references_are_resolved_once() {
        assert_eq!(
            unescape("&amp;lt; &#8217; &#x2019; &#146; &unknown; &"),
            "&lt; ’ ’ ’ &unknown; &"
        );
    }

    #[test]
    fn a_greater_than_sign_in_an_attribute_does_not_end_the_tag() {
        assert_eq!(
            line(r#"<a title="a > b" href='x'>link</a> text"#),
            "link text"
        );
    }

    proptest::proptest! {
        #[test]
        fn any_fragment_is_survived(html in "([<>/&;#\"'!-]|[a-z]{1,3}|\\PC){0,60}") {
            let _ = sections(&html);
            let _ = line(&html);
        }
    }
}
