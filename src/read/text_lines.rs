//! Lines of a plain text → paragraphs, headings, list items.

use super::clean::is_unspaced;
use crate::article::Section;
use regex::Regex;
use std::sync::LazyLock;

/// A line with ink on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line<'t> {
    /// Without the white space around it.
    pub text: &'t str,
    /// Whether a blank line (or the beginning) stands before it.
    pub after_blank: bool,
    /// Whether it was cut from a longer line that had lost its breaks.
    pub is_part: bool,
}

/// White space of this width inside a line was a line break before an export lost it.
const LOST_BREAK: &str = "        ";
/// In a longer line than this, narrower gaps set headline, place and date off, too.
const LONG_LINE: usize = 400;

/// More lines than any article has; logs and word lists have more, and would cost memory by the line.
pub(super) const MAX_LINES: usize = 200_000;

/// The lines that are not blank, [`MAX_LINES`] and a few at most. Separators without a letter or digit (`***`, `###`) count as blank.
///
/// With `has_head`, the first line is looked at for a headline that has run into the report.
pub(super) fn lines(text: &str, has_head: bool) -> Vec<Line<'_>> {
    let mut out: Vec<Line<'_>> = Vec::new();
    let mut after_blank = true;
    for raw in text.split('\n') {
        let raw = raw.trim();
        if !raw.chars().any(char::is_alphanumeric) {
            after_blank = true;
            continue;
        }
        let set_off = has_head && raw.len() > LONG_LINE && out.is_empty();
        let (heads, rest) = if set_off {
            head_parts(raw)
        } else {
            (Vec::new(), raw)
        };
        if out.len() > MAX_LINES {
            break;
        }
        for (text, is_part) in heads.into_iter().map(|h| (h, true)).chain(broken(rest)) {
            out.push(Line {
                text,
                after_blank,
                is_part,
            });
            after_blank = false;
        }
    }
    out
}

/// The short parts that three spaces or more set off at the front of one long line, and what follows them.
fn head_parts(line: &str) -> (Vec<&str>, &str) {
    const MOST: usize = 8;
    let (mut heads, mut rest) = (Vec::new(), line);
    while heads.len() < MOST
        && let Some((part, tail)) = rest.split_once("   ")
        && part.len() <= 250
    {
        let tail = tail.trim_start();
        // A gap before a small letter was a lost dash or quotation mark inside a sentence.
        if tail.starts_with(char::is_lowercase) {
            break;
        }
        heads.extend(cut_at_date(part.trim_end()));
        rest = tail;
    }
    if heads.is_empty()
        && let Some((parts, tail)) = run_together(line)
    {
        return (parts, tail);
    }
    (heads, rest)
}

/// A day as English writes it, for seams that nothing else marks.
const DAY: &str = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4}";

/// `Hill Asks for Delay March 3 2006 WASHINGTON` → headline, date, place.
fn cut_at_date(part: &str) -> Vec<&str> {
    static SEAM: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(&format!(r"\b{DAY}\b")).ok());
    let Some(found) = SEAM.as_ref().and_then(|seam| seam.find(part)) else {
        return vec![part];
    };
    let (before, after) = (part[..found.start()].trim(), part[found.end()..].trim());
    if !before.is_empty() && !is_headline(before) {
        return vec![part];
    }
    [before, found.as_str(), after]
        .into_iter()
        .filter(|piece| piece.chars().any(char::is_alphanumeric))
        .collect()
}

/// Four words or more, most of the long ones capitalised, and no end of a sentence.
fn is_headline(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let long = || words.iter().filter(|w| w.len() > 3);
    let capitalised = long().filter(|w| w.starts_with(char::is_uppercase)).count();
    (4..=30).contains(&words.len())
        && capitalised * 3 >= long().count() * 2
        && words
            .last()
            .is_some_and(|w| w.len() > 3 || w.starts_with(|c: char| !c.is_lowercase()))
        && !ends_sentence(text)
}

/// Headline, date and report in one line: `Hill Asks for Delay Washington-- U.S. Senator …`.
///
/// Only where the words before the date or place are in headline case; gives headline and date.
fn run_together(line: &str) -> Option<(Vec<&str>, &str)> {
    static SEAM: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let place = r"(?:[A-Z]{4,}(?:[ .,]+[A-Z.]{2,}){0,3}|[A-Z][a-z]{3,})";
        Regex::new(&format!(r"\s(?:(?P<date>{DAY})|{place}\s?(?:--|—|–|-)\s)")).ok()
    });
    let front = prefix(line, 300);
    let found = SEAM.as_ref()?.captures(front)?;
    let seam = found.get(0)?.start();
    let title = line.get(..seam)?.trim();
    if !is_headline(title) {
        return None;
    }
    match found.name("date") {
        Some(date) => Some((
            vec![title, date.as_str()],
            line.get(date.end()..)?.trim_start(),
        )),
        None => Some((vec![title], line.get(seam..)?.trim_start())),
    }
}

/// At most `bytes` of `text`, on a character boundary.
pub(super) fn prefix(text: &str, bytes: usize) -> &str {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// A line cut where its breaks were lost, unless what follows is the rest of a sentence.
fn broken(line: &str) -> impl Iterator<Item = (&str, bool)> {
    let mut rest = Some(line);
    std::iter::from_fn(move || {
        let text = rest.take()?;
        let mut from = 0;
        while let Some(gap) = text
            .get(from..)
            .and_then(|t| t.find(LOST_BREAK))
            .map(|n| from + n)
        {
            let tail = text[gap..].trim_start();
            if !tail.starts_with(char::is_lowercase) && tail.chars().any(char::is_alphanumeric) {
                rest = Some(tail);
                return Some((text[..gap].trim_end(), true));
            }
            from = text.len() - tail.len();
        }
        Some((text, false))
    })
}

/// A paragraph or heading in the making.
struct Block {
    text: String,
    /// Cut from a line that had lost its breaks: what looks like a heading is a scrap.
    is_part: bool,
}

/// Lines joined into paragraphs: one each, unless the text was wrapped at a column.
fn blocks(lines: &[Line<'_>]) -> Vec<Block> {
    let wrapped = is_wrapped(lines);
    let mut out: Vec<Block> = Vec::new();
    for line in lines {
        let item = list_item(line.text);
        let begins = !wrapped || line.after_blank || item.is_some() || is_numbered(line.text);
        let text = item.map_or_else(|| line.text.to_owned(), |rest| format!("- {rest}"));
        match out.last_mut() {
            Some(last) if !begins => {
                // The newline lets the cleaning decide whether the script needs a space here.
                last.text.push('\n');
                last.text.push_str(&text);
            }
            _ => out.push(Block {
                text,
                is_part: line.is_part,
            }),
        }
    }
    for block in &mut out {
        super::clean::clean_in_place(&mut block.text);
    }
    out
}

/// Paragraphs under the headings that stand among them.
pub(super) fn sections(lines: &[Line<'_>]) -> Vec<Section> {
    let blocks = blocks(lines);
    let mut sections = vec![Section::default()];
    let is_heading: Vec<bool> = (0..blocks.len())
        .map(|at| is_heading(&blocks, at))
        .collect();
    for (block, is_heading) in blocks.into_iter().zip(is_heading) {
        if is_heading {
            sections.push(Section {
                heading: Some(block.text),
                paragraphs: Vec::new(),
            });
        } else if let Some(section) = sections.last_mut() {
            section.paragraphs.push(block.text);
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
fn is_heading(blocks: &[Block], at: usize) -> bool {
    let (Some(block), Some(next)) = (blocks.get(at), blocks.get(at + 1)) else {
        return false;
    };
    !block.is_part
        && may_be_heading(&block.text)
        && (list_item(&next.text).is_some() || is_copy(&next.text))
}

/// A sentence, or too long for anything else.
fn is_copy(block: &str) -> bool {
    let closed =
        ends_sentence(block) && !block.ends_with([':', ';']) && !block.ends_with(['?', '？', '؟']);
    closed || block.chars().count() > 100
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
    let open = line.ends_with([',', ';', ':', '-', '–', '—']);
    short
        && begins
        && list_item(line).is_none()
        && !is_numbered(line)
        && !ends_in_number(line)
        && !quoted
        && !open
        && (asks || !ends_sentence(line))
        && !is_dated(line)
}

/// A date alone.
fn is_dated(line: &str) -> bool {
    line.chars().any(char::is_numeric)
        && crate::date::date_line(line, None).is_some_and(|(_, span)| span.len() + 3 > line.len())
}

/// `Washington, D.C. 20510`: the foot of an address.
fn ends_in_number(line: &str) -> bool {
    line.bytes().rev().take_while(u8::is_ascii_digit).count() >= 5
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(text: &str) -> Block {
        Block {
            text: text.to_owned(),
            is_part: false,
        }
    }

    #[test]
    fn bullets_need_their_space() {
        assert_eq!(list_item("- one"), Some("one"));
        assert_eq!(list_item("•one"), Some("one"));
        assert_eq!(list_item("-5 degrees"), None);
        assert_eq!(list_item("- "), None);
    }

    #[test]
    fn wide_gaps_were_line_breaks() {
        let texts: Vec<&str> = lines("   Head of it            Then the text", true)
            .iter()
            .map(|l| l.text)
            .collect();
        assert_eq!(texts, ["Head of it", "Then the text"]);
    }

    #[test]
    fn a_headline_run_together_with_its_report_is_cut_off() {
        let report = "Senator Hill said that the town needs help. ".repeat(10);
        let line = format!("Hill Asks for Extension of Drug Deadline Washington-- {report}");
        let texts: Vec<&str> = lines(&line, true).iter().map(|l| l.text).collect();
        assert_eq!(texts[0], "Hill Asks for Extension of Drug Deadline");
        assert!(texts[1].starts_with("Washington-- Senator"));
        let line = format!("Hill Authors Pre-K Amendment March 23, 2007 WASHINGTON, DC- {report}");
        let texts: Vec<&str> = lines(&line, true).iter().map(|l| l.text).collect();
        assert_eq!(
            texts[..2],
            ["Hill Authors Pre-K Amendment", "March 23, 2007"]
        );
        let line = format!("The letter that he sent on March 23, 2007 was lost. {report}");
        assert_eq!(lines(&line, true).len(), 1);
    }

    #[test]
    fn two_short_lines_in_a_row_are_a_list_not_headings() {
        let blocks = ["Apples", "Pears", "The market closes at noon."].map(block);
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
            let blocks = [block(line), block("Text that follows it.")];
            assert!(!is_heading(&blocks, 0), "{line}");
        }
    }
}
