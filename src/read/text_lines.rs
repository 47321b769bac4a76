//! Lines of a plain text → paragraphs, headings, list items.

use super::clean::is_unspaced;
use crate::article::Section;

/// A line with ink on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line<'t> {
    /// Without the white space around it.
    pub text: &'t str,
    /// Whether a blank line (or the beginning) stands before it.
    pub after_blank: bool,
}

/// White space of this width inside a line was a line break before an export lost it.
const LOST_BREAK: &str = "        ";

/// The lines that are not blank. Separators without a letter or digit (`***`, `###`) count as blank.
pub(super) fn lines(text: &str) -> Vec<Line<'_>> {
    let mut out = Vec::new();
    let mut after_blank = true;
    for raw in text.split('\n') {
        for part in raw.split(LOST_BREAK) {
            let part = part.trim();
            if part.chars().any(char::is_alphanumeric) {
                out.push(Line {
                    text: part,
                    after_blank,
                });
                after_blank = false;
            }
        }
        if !raw.chars().any(char::is_alphanumeric) {
            after_blank = true;
        }
    }
    out
}

/// Lines joined into paragraphs: one each, unless the text was wrapped at a column.
fn paragraphs(lines: &[Line<'_>]) -> Vec<String> {
    let wrapped = is_wrapped(lines);
    let mut out: Vec<String> = Vec::new();
    for line in lines {
        let item = list_item(line.text);
        let begins = !wrapped || line.after_blank || item.is_some() || is_numbered(line.text);
        let text = item.map_or_else(|| line.text.to_owned(), |rest| format!("- {rest}"));
        match out.last_mut() {
            Some(last) if !begins => {
                // The newline lets the cleaning decide whether the script needs a space here.
                last.push('\n');
                last.push_str(&text);
            }
            _ => out.push(text),
        }
    }
    for paragraph in &mut out {
        super::clean::clean_in_place(paragraph);
    }
    out
}

/// Paragraphs under the headings that stand among them.
pub(super) fn sections(lines: &[Line<'_>]) -> Vec<Section> {
    let blocks = paragraphs(lines);
    let mut sections = vec![Section::default()];
    let is_heading: Vec<bool> = (0..blocks.len())
        .map(|at| is_heading(&blocks, at))
        .collect();
    for (block, is_heading) in blocks.into_iter().zip(is_heading) {
        if is_heading {
            sections.push(Section {
                heading: Some(block),
                paragraphs: Vec::new(),
            });
        } else if let Some(section) = sections.last_mut() {
            section.paragraphs.push(block);
        }
    }
    sections.retain(|s| s.heading.is_some() || !s.paragraphs.is_empty());
    sections
}

/// Most inner lines of blocks have about one length and do not end a sentence.
fn is_wrapped(lines: &[Line<'_>]) -> bool {
    let (mut inner, mut column, mut open) = (0_usize, 0_usize, 0_usize);
    for pair in lines.windows(2) {
        let [line, next] = pair else { continue };
        if next.after_blank || list_item(next.text).is_some() {
            continue;
        }
        inner += 1;
        let width = line.text.chars().count();
        column += usize::from((40..=100).contains(&width));
        open += usize::from(!ends_sentence(line.text));
    }
    inner >= 2 && column * 10 >= inner * 7 && open * 2 >= inner
}

/// The text of a list item, without its bullet.
pub(super) fn list_item(line: &str) -> Option<&str> {
    let rest = line.strip_prefix(['-', '*', '•', '·', '▪', '‣', '–', '●', '◦', '■', '►'])?;
    // A bullet is set off by a space; `-5 degrees` and `*note` are not items.
    let item = rest.trim_start();
    let is_spaced = item.len() < rest.len() || line.starts_with(['•', '▪', '‣', '●', '■', '►']);
    (is_spaced && !item.is_empty()).then_some(item)
}

/// `1. `, `12) `.
fn is_numbered(line: &str) -> bool {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    (1..=2).contains(&digits)
        && matches!(
            line.as_bytes().get(digits..digits + 2),
            Some([b'.' | b')', b' '])
        )
}

/// Whether a line ends as a sentence does, closing quotes and brackets aside.
pub(super) fn ends_sentence(text: &str) -> bool {
    text.trim_end_matches(['"', '\'', '”', '’', '»', '“', ')', ']', '」', '』', '）'])
        .ends_with([
            '.', '!', '?', '…', '。', '！', '？', '।', '؟', '۔', ':', ';',
        ])
}

/// Whether block `at` is a heading: a short line without a full stop, or a question, that text follows.
fn is_heading(blocks: &[String], at: usize) -> bool {
    let Some(next) = blocks.get(at + 1) else {
        return false;
    };
    blocks.get(at).is_some_and(|b| may_be_heading(b))
        && (list_item(next).is_some() || !may_be_heading(next))
}

fn may_be_heading(line: &str) -> bool {
    let chars = line.chars().count();
    let unspaced = line.chars().filter(|c| is_unspaced(*c)).count() * 2 > chars;
    let short = if unspaced {
        chars <= 50
    } else {
        chars <= 100 && line.split_whitespace().count() <= 14
    };
    let asks = line.ends_with(['?', '？', '؟', ';']) && !line.ends_with(';');
    let first = line
        .trim_start_matches(['"', '“', '„', '«', '¿', '\'', '‘', '('])
        .chars()
        .next();
    let begins = first.is_some_and(|c| {
        c.is_uppercase() || c.is_numeric() || (c.is_alphabetic() && !c.is_lowercase())
    });
    // A quotation or a date alone is copy, not a heading; so is a line that merely lost its end.
    let quoted = line.starts_with(['"', '“', '„', '«', '「']) && !asks;
    let dated =
        crate::date::date_line(line, None).is_some_and(|(_, span)| span.len() + 3 > line.len());
    let open = line.ends_with([',', ';', ':', '-', '–', '—']);
    short
        && begins
        && list_item(line).is_none()
        && !quoted
        && !dated
        && !open
        && (asks || !ends_sentence(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bullets_need_their_space() {
        assert_eq!(list_item("- one"), Some("one"));
        assert_eq!(list_item("•one"), Some("one"));
        assert_eq!(list_item("-5 degrees"), None);
        assert_eq!(list_item("- "), None);
    }

    #[test]
    fn wide_gaps_were_line_breaks() {
        let texts: Vec<&str> = lines("   Head of it            Then the text")
            .iter()
            .map(|l| l.text)
            .collect();
        assert_eq!(texts, ["Head of it", "Then the text"]);
    }

    #[test]
    fn two_short_lines_in_a_row_are_a_list_not_headings() {
        let blocks: Vec<String> = ["Apples", "Pears", "The market closes at noon."]
            .map(String::from)
            .to_vec();
        assert!(!is_heading(&blocks, 0));
        assert!(is_heading(&blocks, 1));
        assert!(!is_heading(&blocks, 2));
    }

    #[test]
    fn sentences_quotations_and_dates_are_not_headings() {
        for line in [
            "It rained.",
            "\"We will win\"",
            "Friday, January 4, 2019",
            "he said",
            "The list:",
            "- item",
        ] {
            let blocks = [line.to_owned(), "Text that follows it.".to_owned()];
            assert!(!is_heading(&blocks, 0), "{line}");
        }
    }
}
