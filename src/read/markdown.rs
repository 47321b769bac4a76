//! Markdown with front matter.

use super::{
    Articles, Fit, Head, Input, Mapping, Reader, Trouble, clean::clean_text, encoding, fields,
    front_matter, markup, sniff, text_head,
};
use crate::article::{Article, Section};
use pulldown_cmark::{Event, Options as Extensions, Parser, Tag, TagEnd};

/// CommonMark with tables, footnotes and strike-through; YAML or TOML before it.
pub struct MarkdownReader;

impl Reader for MarkdownReader {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn accepts(&self, path: &str, head: &Head<'_>) -> Fit {
        let named = matches!(
            sniff::extension(path).as_str(),
            "md" | "markdown" | "mdown" | "mkd" | "qmd" | "mdx"
        );
        if front_matter::begins(head.text) {
            return Fit::Likely;
        }
        let start = head.text.trim_start();
        match named
            && !start.starts_with("<!DOCTYPE")
            && !start.starts_with("<html")
            && !start.starts_with("<?xml")
        {
            true => Fit::Name,
            false => Fit::No,
        }
    }

    fn read<'a>(&self, input: Input<'a>) -> Articles<'a> {
        Box::new(std::iter::once_with(move || {
            let mapping = input.options.mapping.clone();
            let charset = input.charset.clone();
            let bytes = input.into_bytes()?;
            let (text, encoding) = encoding::decode(&bytes, charset.as_deref());
            let mut article = parse(&text, &mapping)?;
            article.encoding = encoding.to_owned();
            Ok(article)
        }))
    }
}

/// An article from the text of one; what front matter says outranks what stands in the text.
pub fn parse(text: &str, mapping: &Mapping) -> Result<Article, Trouble> {
    let text = clean_text(text);
    let (matter, body) = front_matter::split(&text)?;
    let mut article = matter
        .map(|m| fields::article(&m, mapping))
        .unwrap_or_default();
    // A summary stood in for the text only because fields know no other.
    if article.is_summary {
        article.is_summary = false;
        let summary = article.sections.pop().and_then(|mut s| s.paragraphs.pop());
        article.standfirst = summary;
    }
    article.sections = sections(body);
    title(&mut article);
    if let Some(section) = article.sections.first_mut().filter(|s| s.heading.is_none()) {
        let mut paragraphs = std::mem::take(&mut section.paragraphs);
        text_head::read_paragraphs(&mut paragraphs, &mut article);
        if let Some(section) = article.sections.first_mut() {
            section.paragraphs = paragraphs;
        }
    }
    text_head::source_at_the_end(&mut article);
    Ok(article)
}

/// The first heading of the text is the title if none is known, and dropped if it repeats it.
fn title(article: &mut Article) {
    let Some(first) = article.sections.iter().position(|s| s.heading.is_some()) else {
        return;
    };
    // Text above the first heading is not below the title.
    if article.sections[..first]
        .iter()
        .any(|s| !s.paragraphs.is_empty())
    {
        return;
    }
    let heading = article.sections[first].heading.clone();
    if article.title.is_none() || article.title == heading {
        article.title = heading;
        article.sections[first].heading = None;
    }
}

fn sections(body: &str) -> Vec<Section> {
    let extensions =
        Extensions::ENABLE_TABLES | Extensions::ENABLE_FOOTNOTES | Extensions::ENABLE_STRIKETHROUGH;
    let mut out = Builder::default();
    for event in Parser::new_ext(body, extensions) {
        out.event(event);
    }
    out.finish()
}

#[derive(Default)]
struct Builder {
    sections: Vec<Section>,
    current: String,
    /// Within a code block or an image, whose text is none of the article's.
    hidden: usize,
    /// Whether the paragraph being written is the first of a list item.
    item: bool,
}

impl Builder {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(Tag::CodeBlock(_) | Tag::Image { .. } | Tag::MetadataBlock(_)) => {
                self.hidden += 1
            }
            Event::End(TagEnd::CodeBlock | TagEnd::Image | TagEnd::MetadataBlock(_)) => {
                self.hidden = self.hidden.saturating_sub(1);
            }
            Event::Start(Tag::Item) => {
                self.paragraph();
                self.item = true;
            }
            Event::Start(
                Tag::Paragraph
                | Tag::List(_)
                | Tag::BlockQuote(_)
                | Tag::TableRow
                | Tag::TableHead
                | Tag::HtmlBlock,
            )
            | Event::End(
                TagEnd::Paragraph
                | TagEnd::Item
                | TagEnd::List(_)
                | TagEnd::BlockQuote(_)
                | TagEnd::TableRow
                | TagEnd::TableHead
                | TagEnd::HtmlBlock,
            )
            | Event::Start(Tag::Heading { .. } | Tag::FootnoteDefinition(_)) => self.paragraph(),
            Event::End(TagEnd::Heading(_)) => {
                let heading = std::mem::take(&mut self.current);
                if !heading.trim().is_empty() {
                    self.sections.push(Section {
                        heading: Some(super::clean::clean_line(&heading).into_owned()),
                        paragraphs: Vec::new(),
                    });
                }
            }
            Event::End(TagEnd::TableCell) => self.current.push(' '),
            Event::Text(text) | Event::Code(text) if self.hidden == 0 => {
                self.current.push_str(&text)
            }
            Event::Html(html) | Event::InlineHtml(html) if self.hidden == 0 => {
                self.current.push_str(&markup::line(&html))
            }
            Event::SoftBreak | Event::HardBreak if self.hidden == 0 => self.current.push('\n'),
            _ => {}
        }
    }

    fn paragraph(&mut self) {
        let mut text = std::mem::take(&mut self.current);
        super::clean::clean_in_place(&mut text);
        if text.is_empty() {
            return;
        }
        if std::mem::take(&mut self.item) {
            text.insert_str(0, "- ");
        }
        if self.sections.is_empty() {
            self.sections.push(Section::default());
        }
        if let Some(section) = self.sections.last_mut() {
            section.paragraphs.push(text);
        }
    }

    fn finish(mut self) -> Vec<Section> {
        self.paragraph();
        self.sections
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Article {
        parse(text, &Mapping::default()).unwrap()
    }

    #[test]
    fn front_matter_fills_the_fields() {
        let article = read(
            "---\ntitle: \"Rain: stops play\"\ndate: 2019-01-04T10:30:00+01:00\nauthors:\n  - Ann Lee\n  - name: Bo Roe\n\
             tags: [cricket, weather]\nlang: en-GB\ndescription: >\n  A wet day\n  at the oval.\n\
             canonical: https://example.org/rain\nsource: {name: The Bugle}\n---\n\n# Rain: stops play\n\nIt rained.\n",
        );
        assert_eq!(article.title.as_deref(), Some("Rain: stops play"));
        assert_eq!(
            article.published.map(|p| p.to_string()).as_deref(),
            Some("2019-01-04T10:30:00+01:00")
        );
        assert_eq!(article.authors, ["Ann Lee", "Bo Roe"]);
        assert_eq!(article.keywords, ["cricket", "weather"]);
        assert_eq!(article.lang.as_deref(), Some("en"));
        assert_eq!(
            article.standfirst.as_deref(),
            Some("A wet day at the oval.")
        );
        assert_eq!(article.url.as_deref(), Some("https://example.org/rain"));
        assert_eq!(article.source.as_deref(), Some("The Bugle"));
        assert_eq!(article.sections[0].heading, None);
        assert_eq!(article.sections[0].paragraphs, ["It rained."]);
    }

    #[test]
    fn structure_becomes_sections_and_plain_text() {
        let article = read(
            "# Title\n\nBy Ann Lee\n\n4 January 2019\n\nLede with *stress*, [a link](https://x.org) and `code`.\n\n## Why?\n\n\
             - First: **bold**\n- Second\n  goes on\n\n> A quotation.\n\n```\nlet x;\n```\n\n![picture](a.png)\n\n1. One\n\n\
             | a | b |\n|---|---|\n| c | d |\n",
        );
        assert_eq!(article.title.as_deref(), Some("Title"));
        assert_eq!(article.authors, ["Ann Lee"]);
        assert_eq!(
            article.published.map(|p| p.to_string()).as_deref(),
            Some("2019-01-04")
        );
        assert_eq!(
            article.sections[0].paragraphs,
            ["Lede with stress, a link and code."]
        );
        assert_eq!(article.sections[1].heading.as_deref(), Some("Why?"));
        assert_eq!(
            article.sections[1].paragraphs,
            [
                "- First: bold",
                "- Second goes on",
                "A quotation.",
                "- One",
                "a b",
                "c d"
            ]
        );
    }

    #[test]
    fn a_page_without_headings_has_no_title_but_its_text() {
        let article = read("Just text.\n\nMore.\n");
        assert_eq!(article.title, None);
        assert_eq!(article.sections[0].paragraphs, ["Just text.", "More."]);
    }

    #[test]
    fn every_truncation_is_survived() {
        let text = "---\ntitle: \"é: [x\"\ntags: [a, {b: c}]\ndesc: |\n  x\n---\n# T\n\n- [l](u) **b\n\n> q\n";
        for end in 0..text.len() {
            let _ = parse(
                &String::from_utf8_lossy(&text.as_bytes()[..end]),
                &Mapping::default(),
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn any_page_is_survived(text in "(---\n|[-#>*_`\\[\\]():{}|&\"' ]|\n|[a-z]{1,4}: |\\PC){0,60}") {
            let _ = parse(&text, &Mapping::default());
        }
    }
}
