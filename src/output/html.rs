//! A page that stands on its own.

use super::markup::{escape, is_web_address, marked};
use super::{Answer, Failure, Printer, further_copies};
use crate::index::request::Hit;
use crate::query::Note;
use std::io::{self, Write};
use std::ops::Range;

/// Prints one page without scripts or outside requests, light and dark.
#[derive(Clone, Debug, Default)]
pub struct Html {
    /// The page's title; the query, as a rule.
    pub title: String,
    /// `en`, for the page's own words.
    pub lang: String,
}

const STYLE: &str = "\
:root{color-scheme:light dark}\
body{font:1rem/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem}\
h1{font-size:1.4rem}h2{font-size:1.15rem;margin-bottom:0}\
ol{padding-left:2rem}li{margin-bottom:1.5rem}\
.about,.cite,.notes{color:color-mix(in srgb,currentColor 70%,transparent);font-size:.9rem;margin:0}\
.cite{overflow-wrap:anywhere}p.snippet{margin:.3rem 0}\
mark{background:#ffe08a;color:#000;padding:0 .1em;border-radius:.15em}\
.error{color:#c0392b}";

impl Printer for Html {
    fn begin(&self, out: &mut dyn Write) -> io::Result<()> {
        let title = escape(&self.title);
        writeln!(
            out,
            "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
             <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>",
            if self.lang.is_empty() {
                "en"
            } else {
                &self.lang
            },
        )
    }

    fn answer(&self, answer: &Answer<'_>, out: &mut dyn Write) -> io::Result<()> {
        let results = answer.results;
        let topic = answer.topic.map(|t| format!("{t}: ")).unwrap_or_default();
        writeln!(
            out,
            "<section>\n<h1>{}{}</h1>\n<p class=\"about\">{} of {}{}</p>",
            escape(&topic),
            escape(&results.query),
            results.hits.len(),
            if results.total_is_exact { "" } else { "about " },
            results.total
        )?;
        notes(&results.notes, out)?;
        let first = results.hits.first().map_or(1, |hit| hit.rank);
        writeln!(out, "<ol start=\"{first}\">")?;
        for found in &results.hits {
            hit(found, out)?;
        }
        writeln!(out, "</ol>\n</section>")
    }

    fn failure(&self, failure: &Failure<'_>, out: &mut dyn Write) -> io::Result<()> {
        writeln!(
            out,
            "<section>\n<h1>{}: {}</h1>\n<p class=\"error\">line {}: {}</p>\n</section>",
            escape(failure.topic.unwrap_or("?")),
            escape(failure.query.unwrap_or("")),
            failure.line,
            escape(failure.error)
        )
    }

    fn end(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "</main>\n</body>\n</html>")
    }
}

fn notes(notes: &[Note], out: &mut dyn Write) -> io::Result<()> {
    if notes.is_empty() {
        return Ok(());
    }
    writeln!(out, "<ul class=\"notes\">")?;
    for note in notes {
        writeln!(out, "<li>{}</li>", escape(&note.message))?;
    }
    writeln!(out, "</ul>")
}

fn hit(hit: &Hit, out: &mut dyn Write) -> io::Result<()> {
    let lang = match &hit.lang {
        Some(lang) => format!(" lang=\"{}\"", escape(lang)),
        None => String::new(),
    };
    let title = hit.title.as_deref().unwrap_or("(no title)");
    let marks = hit.title.as_ref().map_or(&[][..], |_| &hit.title_marks);
    let title = marked(title, ranges(marks));
    writeln!(out, "<li>\n<article>")?;
    let url = hit.url.as_deref().filter(|url| is_web_address(url));
    match url {
        Some(url) => writeln!(
            out,
            "<h2{lang} dir=\"auto\"><a href=\"{}\" rel=\"noreferrer\">{title}</a></h2>",
            escape(url)
        )?,
        None => writeln!(out, "<h2{lang} dir=\"auto\">{title}</h2>")?,
    }
    let mut about: Vec<String> = Vec::new();
    about.extend(hit.source.as_deref().map(escape));
    about.push(hit.published.as_deref().map_or_else(
        || "undated".to_owned(),
        |p| format!("<time datetime=\"{0}\">{0}</time>", escape(p)),
    ));
    about.extend(hit.heading.as_deref().map(escape));
    about.extend(hit.status.as_deref().map(escape));
    about.extend(further_copies(hit.duplicates));
    writeln!(out, "<p class=\"about\">{}</p>", about.join(" · "))?;
    for snippet in &hit.snippets {
        writeln!(
            out,
            "<p class=\"snippet\"{lang} dir=\"auto\">{}</p>",
            marked(&snippet.text, ranges(&snippet.marks))
        )?;
    }
    writeln!(
        out,
        "<p class=\"cite\">{}</p>\n</article>\n</li>",
        escape(&super::text::citation(hit))
    )
}

fn ranges(marks: &[[u32; 2]]) -> impl Iterator<Item = Range<usize>> {
    marks.iter().map(|[from, to]| *from as usize..*to as usize)
}
