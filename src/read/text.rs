//! Plain text: headline first, then what a desk writes above its copy, then paragraphs.

use super::{
    Articles, Fit, Head, Input, Reader, Trouble, clean::clean_text, encoding, sniff, text_head,
    text_lines,
};
use crate::article::{Article, Section};

/// Any text that no other reader claims.
pub struct TextReader;

/// Code, settings and data that are text but nobody's article.
const NOT_PROSE: [&str; 62] = [
    "bat",
    "c",
    "cc",
    "cfg",
    "cmake",
    "conf",
    "cpp",
    "cs",
    "css",
    "d",
    "dart",
    "el",
    "env",
    "ex",
    "go",
    "h",
    "hpp",
    "hs",
    "ini",
    "ipynb",
    "java",
    "js",
    "jsx",
    "kt",
    "less",
    "lock",
    "log",
    "lua",
    "m",
    "mjs",
    "ml",
    "patch",
    "php",
    "pl",
    "properties",
    "proto",
    "ps1",
    "py",
    "r",
    "rb",
    "rs",
    "sass",
    "scala",
    "scss",
    "sh",
    "sql",
    "sum",
    "svg",
    "swift",
    "tex",
    "toml",
    "ts",
    "tsx",
    "vb",
    "vim",
    "vue",
    "xsd",
    "xsl",
    "xslt",
    "yaml",
    "yml",
    "zig",
];

impl Reader for TextReader {
    fn name(&self) -> &'static str {
        "text"
    }

    fn accepts(&self, path: &str, head: &Head<'_>) -> Fit {
        let start = head.text.trim_start();
        let extension = sniff::extension(path);
        let lower = start.get(..14).unwrap_or(start).to_ascii_lowercase();
        let marked_up = ["<?xml", "<!doctype", "<svg"]
            .iter()
            .any(|s| lower.starts_with(s));
        if marked_up || NOT_PROSE.contains(&extension.as_str()) {
            return Fit::No;
        }
        match extension.as_str() {
            "txt" | "text" => Fit::Name,
            // Elements that no reader knows; a name in angle brackets opens a chat's lines, too.
            _ if begins_with_element(start) => Fit::No,
            _ => Fit::Possible,
        }
    }

    fn read<'a>(&self, input: Input<'a>) -> Articles<'a> {
        Box::new(std::iter::once_with(move || read(input)))
    }
}

/// Whether a text begins with a tag that is closed further on, closes itself, or holds nothing but another.
fn begins_with_element(text: &str) -> bool {
    let tag = text.strip_prefix('<').and_then(|rest| rest.split_once('>'));
    let Some((tag, rest)) = tag.filter(|(tag, _)| tag.starts_with(|c: char| c.is_alphabetic()))
    else {
        return false;
    };
    let name = tag.split([' ', '\t', '\n', '/']).next().unwrap_or(tag);
    let closed = || {
        rest.match_indices("</")
            .any(|(at, _)| rest[at + 2..].starts_with(name))
    };
    name.len() < 100 && (tag.ends_with('/') || rest.trim_start().starts_with('<') || closed())
}

fn read(input: Input<'_>) -> Result<Article, Trouble> {
    let charset = input.charset.clone();
    let bytes = input.into_bytes()?;
    let (text, encoding) = encoding::decode(&bytes, charset.as_deref());
    if memchr::memchr_iter(b'\n', text.as_bytes()).count() > text_lines::MAX_LINES {
        return Err(Trouble::skipped(format!(
            "no article: a text of more than {} lines",
            text_lines::MAX_LINES
        )));
    }
    let mut article = parse(&text);
    article.encoding = encoding.to_owned();
    Ok(article)
}

/// An article from the text of one, without looking at any name.
pub fn parse(text: &str) -> Article {
    let text = clean_text(text);
    let lines = text_lines::lines(&text, true);
    let mut article = Article::default();
    let body = text_head::read(&lines, &mut article);
    article.sections = text_lines::sections(body);
    text_head::source_at_the_end(&mut article);
    article
}

/// The sections of a text that has no head: a field that holds copy alone.
pub(super) fn body(text: &str) -> Vec<Section> {
    text_lines::sections(&text_lines::lines(&clean_text(text), false))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(article: &Article) -> Vec<(Option<&str>, Vec<&str>)> {
        article
            .sections
            .iter()
            .map(|s| {
                (
                    s.heading.as_deref(),
                    s.paragraphs.iter().map(String::as_str).collect(),
                )
            })
            .collect()
    }

    #[test]
    fn a_line_is_a_paragraph_and_questions_are_headings() {
        let article = parse(
            "Ferry service resumes on the Sound\n\
             Boats run again after a week of storms, the harbour master said on Monday.\n\
             What changes for passengers?\n\
             - Tickets: old ones stay valid until June.\n\
             - Timetable: the first boat leaves at six.\n\
             What does the town say?\n\
             The mayor called it a relief. Shops had run out of milk.\n",
        );
        assert_eq!(
            article.title.as_deref(),
            Some("Ferry service resumes on the Sound")
        );
        assert_eq!(
            shape(&article),
            [
                (
                    None,
                    vec![
                        "Boats run again after a week of storms, the harbour master said on Monday."
                    ]
                ),
                (
                    Some("What changes for passengers?"),
                    vec![
                        "- Tickets: old ones stay valid until June.",
                        "- Timetable: the first boat leaves at six."
                    ]
                ),
                (
                    Some("What does the town say?"),
                    vec!["The mayor called it a relief. Shops had run out of milk."]
                ),
            ]
        );
    }

    #[test]
    fn wrapped_lines_are_joined_into_paragraphs() {
        let article = parse(
            "Council votes on the bridge\n\n\
             The council voted on Tuesday to close the old bridge for two years while\n\
             engineers replace the cables, the third such closure since the war and by\n\
             far the longest of them.\n\n\
             Opponents said that the detour would cost every commuter an hour a day and\n\
             asked for a second vote in the autumn, when the new members will have been\n\
             sworn in.\n",
        );
        let paragraphs = &article.sections[0].paragraphs;
        assert_eq!(paragraphs.len(), 2);
        assert!(paragraphs[0].ends_with("since the war and by far the longest of them."));
    }

    #[test]
    fn title_date_url_and_byline_stand_in_the_head() {
        let article = parse(
            "Quake shakes the coast\r\n2019-01-04\r\nhttps://example.org/wiki/Quake\r\nBy Jane Doe and John Roe\r\n\r\n\
             Friday, January 4, 2019\r\n\r\nA quake shook the coast on Friday.\r\n",
        );
        assert_eq!(article.title.as_deref(), Some("Quake shakes the coast"));
        assert_eq!(
            article.published.map(|p| p.to_string()).as_deref(),
            Some("2019-01-04")
        );
        assert_eq!(
            article.url.as_deref(),
            Some("https://example.org/wiki/Quake")
        );
        assert_eq!(article.authors, ["Jane Doe", "John Roe"]);
        assert_eq!(
            shape(&article),
            [(
                None,
                vec![
                    "Friday, January 4, 2019",
                    "A quake shook the coast on Friday."
                ]
            )]
        );
    }

    #[test]
    fn a_byline_needs_a_name() {
        let article = parse(
            "Storm\n\nBy the time the boats came in it was dark.\nNobody was hurt, the mayor said.\n",
        );
        assert!(article.authors.is_empty());
    }

    #[test]
    fn a_long_first_line_is_text_not_a_headline() {
        let sentence = "The ministry said on Monday that it would publish the figures next week after a review. ";
        let article = parse(&sentence.repeat(4));
        assert_eq!(article.title, None);
        assert_eq!(article.sections[0].paragraphs.len(), 1);
    }

    #[test]
    fn a_repeated_headline_without_the_site_prefix_is_the_headline() {
        let article = parse(
            "Government-News-Minister opens the new harbour\n\n3 March 2023\nPrint\n\
             Minister opens the new harbour\nThe minister opened the harbour on Friday, in the rain.\n\n\
             Source: https://example.org/news/1\n",
        );
        assert_eq!(
            article.title.as_deref(),
            Some("Minister opens the new harbour")
        );
        assert_eq!(article.url.as_deref(), Some("https://example.org/news/1"));
        assert_eq!(
            shape(&article),
            [(
                None,
                vec!["The minister opened the harbour on Friday, in the rain."]
            )]
        );
    }

    #[test]
    fn labelled_lines_in_the_head_are_fields() {
        let article = parse(
            "Title: Rain stops play\nDate: 4 January 2019\nAuthor: Ann Lee\nSource: The Daily Bugle\n\nIt rained.\n",
        );
        assert_eq!(article.title.as_deref(), Some("Rain stops play"));
        assert_eq!(article.source.as_deref(), Some("The Daily Bugle"));
        assert_eq!(article.authors, ["Ann Lee"]);
        assert_eq!(
            article.published.map(|p| p.to_string()).as_deref(),
            Some("2019-01-04")
        );
    }

    #[test]
    fn empty_and_blank_text_give_nothing_and_do_not_panic() {
        for text in ["", "\n\n", "\u{FEFF}", "-", "- ", "\r"] {
            let article = parse(text);
            assert!(
                article.sections.is_empty() || article.title.is_none(),
                "{text:?}"
            );
        }
    }

    #[test]
    fn every_truncation_is_survived() {
        let text = "Prüfung: Titel\n2019-01-04\nVon Jörg Weiß\n\nBERLIN, 3. März (dpa) – Text.\n- Punkt: eins\n„Was nun?“\nEnde.\n";
        for end in 0..text.len() {
            parse(&String::from_utf8_lossy(&text.as_bytes()[..end]));
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_survived(text in "(\\PC|\n){0,300}") {
            parse(&text);
        }
    }
}
