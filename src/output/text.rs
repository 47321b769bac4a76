//! Answers for people.

use super::terminal::{Style, paint, sgr, wrap};
use super::{Answer, Failure, Printer, further_copies};
use crate::article::PARAGRAPH_BREAK;
use crate::index::request::Hit;
use crate::passage::Passage;
use std::fmt::Write as _;
use std::io::{self, Write};

/// Fewest columns that text is wrapped to; a narrower window wraps by itself.
const MIN_WIDTH: usize = 24;

/// Something that a printer asks for about a hit.
pub type OfHit<'a, T> = Box<dyn Fn(&Hit) -> T + Sync + 'a>;

/// Prints a block a hit: title; source, date, section; snippets; a line to cite it by.
pub struct Text<'a> {
    pub style: Style,
    /// The address that a hit's title links to, where the terminal knows links.
    pub target: OfHit<'a, Option<String>>,
    /// Passages before and after a hit's own, in order, with their numbers (`-C`).
    pub neighbours: OfHit<'a, Vec<Passage>>,
}

impl Printer for Text<'_> {
    fn answer(&self, answer: &Answer<'_>, out: &mut dyn Write) -> io::Result<()> {
        let results = answer.results;
        if let Some(topic) = answer.topic {
            let heading = format!("{topic}: {} ({})", results.query, results.total);
            writeln!(out, "{}", self.style.ink(sgr::HEADING, &heading))?;
            // Beside the other answers of a batch nobody could tell whose a note on standard error is.
            let width = self.style.width.max(MIN_WIDTH);
            for note in &results.notes {
                let line = format!("note: {}", note.message);
                self.plain(&line, "", width, sgr::DIM, out)?;
            }
            match results.total {
                0 => writeln!(out, "nothing matched")?,
                _ => writeln!(out)?,
            }
        }
        let last = results.hits.last().map_or(0, |hit| hit.rank);
        let digits = last.max(1).ilog10() as usize + 1;
        for (at, hit) in results.hits.iter().enumerate() {
            if at > 0 {
                out.write_all(b"\n")?;
            }
            self.hit(hit, digits, out)?;
        }
        Ok(())
    }

    fn failure(&self, failure: &Failure<'_>, out: &mut dyn Write) -> io::Result<()> {
        let topic = failure.topic.unwrap_or("?");
        let heading = format!("{topic}: {}", failure.query.unwrap_or(""));
        writeln!(out, "{}", self.style.ink(sgr::HEADING, &heading))?;
        let line = format!("line {}: {}", failure.line, failure.error);
        writeln!(out, "  {}", self.style.ink(sgr::MARK, &line))
    }

    fn between(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(b"\n")
    }
}

impl Text<'_> {
    fn hit(&self, hit: &Hit, digits: usize, out: &mut dyn Write) -> io::Result<()> {
        let style = &self.style;
        let indent = " ".repeat(digits + 2);
        let width = style.width.max(MIN_WIDTH).saturating_sub(indent.len());
        let number = format!("{:>digits$}. ", hit.rank);
        write!(out, "{}", style.ink(sgr::NUMBER, &number))?;
        let target = (self.target)(hit);
        let (title, marks) = match &hit.title {
            Some(title) => (title.as_str(), hit.title_marks.as_slice()),
            None => ("(no title)", [].as_slice()),
        };
        for (at, line) in wrap(title, width, width).into_iter().enumerate() {
            if at > 0 {
                out.write_all(indent.as_bytes())?;
            }
            let painted = bold(&paint(title, line, marks, style), style);
            let linked = match &target {
                Some(target) => style.link(target, &painted),
                None => painted,
            };
            writeln!(out, "{linked}")?;
        }
        let about = self.about(hit);
        if !about.is_empty() {
            writeln!(out, "{indent}{about}")?;
        }
        self.passages(hit, &indent, width, out)?;
        for line in hit.explanation.iter().flatten() {
            self.plain(line, &indent, width, sgr::DIM, out)?;
        }
        self.plain(&citation(hit), &indent, width, sgr::DIM, out)
    }

    /// Source · date · section · what else distinguishes it.
    fn about(&self, hit: &Hit) -> String {
        let style = &self.style;
        let mut parts: Vec<String> = Vec::new();
        if let Some(source) = &hit.source {
            parts.push(style.ink(sgr::SOURCE, source));
        }
        let published = hit.published.as_deref().map_or("undated", day);
        parts.push(style.ink(sgr::DATE, published));
        if let Some(heading) = &hit.heading {
            parts.push(style.ink(sgr::DIM, heading));
        }
        if let Some(status) = &hit.status {
            parts.push(style.ink(sgr::MARK, status));
        }
        parts.extend(further_copies(hit.duplicates));
        parts.join(" · ")
    }

    fn passages(
        &self,
        hit: &Hit,
        indent: &str,
        width: usize,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let around = (self.neighbours)(hit);
        if around.is_empty() {
            for snippet in &hit.snippets {
                self.snippet(hit, snippet, indent, width, out)?;
            }
            return Ok(());
        }
        let (before, after): (Vec<&Passage>, Vec<&Passage>) =
            around.iter().partition(|p| p.ordinal < hit.passage);
        for passage in before {
            self.paragraphs(&passage.text, &[], indent, width, sgr::DIM, out)?;
        }
        let marks: Vec<[u32; 2]> = (hit.snippets.iter())
            .flat_map(|s| s.marks.iter().map(|[a, b]| [a + s.start, b + s.start]))
            .collect();
        self.paragraphs(&hit.text, &marks, indent, width, "", out)?;
        for passage in after.iter().filter(|p| p.ordinal != hit.passage) {
            self.paragraphs(&passage.text, &[], indent, width, sgr::DIM, out)?;
        }
        Ok(())
    }

    fn snippet(
        &self,
        hit: &Hit,
        snippet: &crate::snippet::Snippet,
        indent: &str,
        width: usize,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let end = snippet.start as usize + snippet.text.len();
        let cut_before = snippet.start > 0;
        let cut_after = end < hit.text.len();
        let reserve = if cut_before { 1 } else { 0 };
        let lines = wrap(&snippet.text, width - reserve, width);
        let count = lines.len();
        for (at, line) in lines.into_iter().enumerate() {
            let before = if at == 0 && cut_before { "…" } else { "" };
            let last = at + 1 == count && cut_after;
            let after = if last && !ends_sentence(&snippet.text) {
                "…"
            } else {
                ""
            };
            let painted = paint(&snippet.text, line, &snippet.marks, &self.style);
            writeln!(out, "{indent}{before}{painted}{after}")?;
        }
        Ok(())
    }

    /// Paragraphs of a passage, each wrapped on its own.
    fn paragraphs(
        &self,
        text: &str,
        marks: &[[u32; 2]],
        indent: &str,
        width: usize,
        code: &str,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let mut start = 0;
        for paragraph in text.split(PARAGRAPH_BREAK) {
            for line in wrap(paragraph, width, width) {
                let line = start + line.start..start + line.end;
                let painted = if code.is_empty() {
                    paint(text, line, marks, &self.style)
                } else {
                    self.style.ink(code, &text[line])
                };
                writeln!(out, "{indent}{painted}")?;
            }
            start += paragraph.len() + PARAGRAPH_BREAK.len();
        }
        Ok(())
    }

    fn plain(
        &self,
        text: &str,
        indent: &str,
        width: usize,
        code: &str,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        for line in wrap(text, width, width) {
            writeln!(out, "{indent}{}", self.style.ink(code, &text[line]))?;
        }
        Ok(())
    }
}

/// Bold that survives the end of a mark within it.
pub(super) fn bold(painted: &str, style: &Style) -> String {
    if style.color {
        let on = format!("\x1b[{}m", sgr::TITLE);
        format!(
            "{on}{}\x1b[0m",
            painted.replace("\x1b[0m", &format!("\x1b[0m{on}"))
        )
    } else {
        painted.to_owned()
    }
}

fn ends_sentence(text: &str) -> bool {
    let bare = text.trim_end_matches(['"', '”', '’', '»', ')', '」']);
    bare.ends_with(['.', '!', '?', '…', '。', '！', '？'])
}

/// The day of a time as written: a search result needs no seconds.
fn day(published: &str) -> &str {
    published.split('T').next().unwrap_or(published)
}

/// One line to cite a hit by: authors, title, source, date, address, and its id for `show`.
pub fn citation(hit: &Hit) -> String {
    let mut out = String::new();
    if !hit.authors.is_empty() {
        let _ = write!(out, "{}: ", hit.authors.join(", "));
    }
    if let Some(title) = &hit.title {
        let _ = write!(out, "“{title}”. ");
    }
    let published = hit.published.as_deref().map(day);
    let known: Vec<&str> = hit.source.as_deref().into_iter().chain(published).collect();
    if !known.is_empty() {
        let _ = write!(out, "{}. ", known.join(", "));
    }
    if let Some(url) = &hit.url
        && *url != hit.article
    {
        let _ = write!(out, "{url} ");
    }
    let _ = write!(out, "[{}#{}]", hit.article, hit.passage);
    out
}
