//! An article for people: headings, marked text, names and dates in place.

use super::terminal::{Style, joined, paint_spans, sgr, wrap};
use crate::article::{Article, EntityKind, PARAGRAPH_BREAK};
use crate::passage::Passage;
use crate::snippet::{Marker, Matcher};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::ops::{Range, RangeInclusive};

/// Columns of text at most: longer lines are hard to read.
const MAX_WIDTH: usize = 88;

/// Prints an article.
pub struct ArticleText<'a> {
    pub style: Style,
    /// What is marked; `None` marks nothing.
    pub matcher: Option<&'a Matcher>,
    /// The passages to print; all if `None`.
    pub only: Option<RangeInclusive<u32>>,
    /// The address that the title links to.
    pub target: Option<String>,
}

impl ArticleText<'_> {
    /// Title, standfirst, what is known, passages under their headings, then names and dates by kind.
    ///
    /// # Errors
    /// The writer's.
    pub fn print(
        &self,
        article: &Article,
        passages: &[Passage],
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let mut marker = Marker::new(self.matcher, article);
        let title = article.title.as_deref().unwrap_or("(no title)");
        let marks = joined(title, marker.title(title));
        let spans: Vec<(Range<usize>, &str)> = marks.into_iter().map(|m| (m, sgr::MARK)).collect();
        for line in wrap(title, self.width(), self.width()) {
            let painted =
                super::text::bold(&paint_spans(title, line, &spans, &self.style), &self.style);
            match &self.target {
                Some(target) => writeln!(out, "{}", self.style.link(target, &painted))?,
                None => writeln!(out, "{painted}")?,
            }
        }
        if let Some(standfirst) = &article.standfirst {
            self.plain(standfirst, "", out)?;
        }
        self.plain(&facts(article), sgr::DIM, out)?;
        let mut section = None;
        for passage in passages {
            if self
                .only
                .as_ref()
                .is_some_and(|only| !only.contains(&passage.ordinal))
            {
                continue;
            }
            writeln!(out)?;
            if section != Some(passage.section)
                && let Some(heading) = &passage.heading
            {
                let marks = joined(heading, marker.heading(heading));
                let spans: Vec<(Range<usize>, &str)> =
                    marks.into_iter().map(|m| (m, sgr::MARK)).collect();
                for line in wrap(heading, self.width(), self.width()) {
                    let painted = paint_spans(heading, line, &spans, &self.style);
                    writeln!(out, "{}", super::text::bold(&painted, &self.style))?;
                }
                writeln!(out)?;
            }
            section = Some(passage.section);
            let marks = joined(&passage.text, marker.passage(passage));
            self.paragraphs(passage, &spans_of(passage, marks), out)?;
        }
        self.index(passages, out)
    }

    fn width(&self) -> usize {
        self.style.width.clamp(24, MAX_WIDTH)
    }

    fn paragraphs(
        &self,
        passage: &Passage,
        spans: &[(Range<usize>, &str)],
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let text = &passage.text;
        let mut start = 0;
        for (at, paragraph) in text.split(PARAGRAPH_BREAK).enumerate() {
            let is_item = paragraph.starts_with("- ");
            if at > 0 && !is_item {
                writeln!(out)?;
            }
            let indent = if is_item { "  " } else { "" };
            for (row, line) in wrap(paragraph, self.width(), self.width() - indent.len())
                .into_iter()
                .enumerate()
            {
                let line = start + line.start..start + line.end;
                let painted = paint_spans(text, line, spans, &self.style);
                writeln!(out, "{}{painted}", if row > 0 { indent } else { "" })?;
            }
            start += paragraph.len() + PARAGRAPH_BREAK.len();
        }
        Ok(())
    }

    fn plain(&self, text: &str, code: &str, out: &mut dyn Write) -> io::Result<()> {
        for line in wrap(text, self.width(), self.width()) {
            let line = &text[line];
            match code {
                "" => writeln!(out, "{}", super::neutral(line))?,
                code => writeln!(out, "{}", self.style.ink(code, line))?,
            }
        }
        Ok(())
    }

    /// Who, where and when, each once.
    fn index(&self, passages: &[Passage], out: &mut dyn Write) -> io::Result<()> {
        let mut names: BTreeMap<EntityKind, Vec<&str>> = BTreeMap::new();
        let mut dates: Vec<String> = Vec::new();
        for passage in passages {
            for mention in &passage.entities {
                let list = names.entry(mention.kind).or_default();
                if !list.contains(&mention.name.as_str()) {
                    list.push(&mention.name);
                }
            }
            for mention in &passage.dates {
                let text = passage
                    .text
                    .get(mention.start as usize..mention.end as usize);
                let (Some(text), Some(days)) = (text, mention.interval) else {
                    continue;
                };
                let (first, last) = (days.first(), days.last());
                let days = match first == last {
                    true => first.to_string(),
                    false => format!("{first}..{last}"),
                };
                let line = format!("{text} = {days}");
                if !dates.contains(&line) {
                    dates.push(line);
                }
            }
        }
        if names.is_empty() && dates.is_empty() {
            return Ok(());
        }
        writeln!(out)?;
        for (kind, names) in names {
            let (label, code) = match kind {
                EntityKind::Person => ("People", sgr::PERSON),
                EntityKind::Org => ("Organisations", sgr::ORG),
                EntityKind::Place => ("Places", sgr::PLACE),
            };
            self.listed(label, &names.join(", "), code, out)?;
        }
        if !dates.is_empty() {
            self.listed("Dates", &dates.join("; "), "", out)?;
        }
        Ok(())
    }

    fn listed(&self, label: &str, list: &str, code: &str, out: &mut dyn Write) -> io::Result<()> {
        let indent = "  ";
        let first = self.width().saturating_sub(label.len() + 2);
        for (at, line) in wrap(list, first, self.width() - indent.len())
            .into_iter()
            .enumerate()
        {
            let line = &list[line];
            let line = match code {
                "" => super::neutral(line).into_owned(),
                code => self.style.ink(code, line),
            };
            match at {
                0 => writeln!(out, "{}: {line}", self.style.ink(sgr::DIM, label))?,
                _ => writeln!(out, "{indent}{line}")?,
            }
        }
        Ok(())
    }
}

/// Marks, then dates, then names, where they do not overlap what comes first.
fn spans_of(passage: &Passage, marks: Vec<Range<usize>>) -> Vec<(Range<usize>, &'static str)> {
    let mut spans: Vec<(Range<usize>, &'static str)> =
        marks.into_iter().map(|m| (m, sgr::MARK)).collect();
    let dates = passage.dates.iter().filter(|d| d.interval.is_some());
    let dates = dates.map(|d| (d.start as usize..d.end as usize, sgr::MENTIONED));
    let names = passage.entities.iter().map(|m| {
        let code = match m.kind {
            EntityKind::Person => sgr::PERSON,
            EntityKind::Org => sgr::ORG,
            EntityKind::Place => sgr::PLACE,
        };
        (m.start as usize..m.end as usize, code)
    });
    for (range, code) in dates.chain(names) {
        let free = |(taken, _): &(Range<usize>, &str)| {
            range.end <= taken.start || taken.end <= range.start
        };
        if spans.iter().all(free) {
            spans.push((range, code));
        }
    }
    spans.sort_by_key(|(range, _)| range.start);
    spans
}

/// Status, authors, source, times, address and id, as far as they are known.
fn facts(article: &Article) -> String {
    let mut parts: Vec<String> = Vec::new();
    parts.extend(article.status.map(|status| status.as_str().to_owned()));
    if !article.authors.is_empty() {
        parts.push(article.authors.join(", "));
    }
    parts.extend(article.source.clone());
    match article.published {
        Some(published) => parts.push(format!("{published} (from {})", published.from.as_str())),
        None => parts.push("undated".to_owned()),
    }
    if let Some(updated) = article.updated {
        parts.push(format!("updated {updated}"));
    }
    parts.extend(article.lang.clone());
    if let Some(url) = &article.url
        && *url != article.id
    {
        parts.push(url.clone());
    }
    parts.push(format!("[{}]", article.id));
    parts.join(" · ")
}
