//! The Reuters-21578 collection: SGML of its own kind, read record by record.
//!
//! It is not XML: `&#3;` ends texts, lines are wrapped at 80 columns, elements are left open. A
//! record is what lies between `<REUTERS` and `</REUTERS>`; inside, known elements are looked for.

use super::{Articles, Fit, Head, Input, Reader, Trouble, encoding, html, markup, published};
use crate::article::{Article, EntityKind, GivenEntity, Provenance, Section};
use std::io::BufRead;

/// `.sgm` files of Reuters stories.
pub struct SgmlReader;

impl Reader for SgmlReader {
    fn name(&self) -> &'static str {
        "sgml"
    }

    fn accepts(&self, _path: &str, head: &Head<'_>) -> Fit {
        let text = head.text.trim_start();
        let text = match text.get(..9) {
            Some(doctype) if doctype.eq_ignore_ascii_case("<!doctype") => text
                .split_once('>')
                .map_or("", |(_, rest)| rest)
                .trim_start(),
            _ => text,
        };
        match text.get(..9) {
            Some(tag)
                if tag.eq_ignore_ascii_case("<reuters ")
                    || tag.eq_ignore_ascii_case("<reuters>") =>
            {
                Fit::Sure
            }
            _ => Fit::No,
        }
    }

    fn read<'a>(&self, input: Input<'a>) -> Articles<'a> {
        Box::new(Stories {
            charset: input.charset.clone(),
            input,
            record: 0,
            offset: 0,
            next: None,
            done: false,
        })
    }
}

struct Stories<'a> {
    input: Input<'a>,
    charset: Option<String>,
    record: u32,
    offset: u64,
    /// The first line of a story that began before the last was closed, and its place.
    next: Option<(Vec<u8>, u64)>,
    done: bool,
}

impl Stories<'_> {
    /// The next line, up to `room` bytes of it; `None` at the end.
    fn line(&mut self, room: u64) -> Result<Option<Vec<u8>>, Trouble> {
        let mut line = Vec::new();
        let read = std::io::Read::take(&mut self.input, room)
            .read_until(b'\n', &mut line)
            .map_err(|e| Trouble::io(&e))?;
        self.offset += read as u64;
        Ok((read > 0).then_some(line))
    }

    fn story(&mut self) -> Result<Option<(Vec<u8>, u64)>, Trouble> {
        let limits = self.input.options.limits.clone();
        let deadline = limits.deadline();
        let mut story = self.next.take();
        if let Some((text, _)) = &story
            && find_tag(text, b"</REUTERS>").is_some()
        {
            return Ok(story);
        }
        loop {
            let held = story.as_ref().map_or(0, |(s, _)| s.len() as u64);
            if held >= limits.record_bytes {
                let reason = format!(
                    "longer than {} bytes (--max-record-bytes)",
                    limits.record_bytes
                );
                return Err(Trouble::failed(reason));
            }
            deadline.check()?;
            let at = self.offset;
            let Some(line) = self.line(limits.record_bytes - held)? else {
                self.done = true;
                return Ok(story);
            };
            match (find_tag(&line, b"<REUTERS"), &mut story) {
                (Some(begins), None) => {
                    let text = line[begins..].to_vec();
                    let ends = find_tag(&text, b"</REUTERS>").is_some();
                    story = Some((text, at + begins as u64));
                    if ends {
                        return Ok(story);
                    }
                }
                // A story that was not closed ends where the next begins.
                (Some(begins), Some(_)) => {
                    self.next = Some((line[begins..].to_vec(), at + begins as u64));
                    return Ok(story);
                }
                (None, Some((text, _))) => {
                    let from = text.len().saturating_sub(16);
                    text.extend_from_slice(&line);
                    if find_tag(&text[from..], b"</REUTERS>").is_some() {
                        return Ok(story);
                    }
                }
                (None, None) => {}
            }
        }
    }
}

impl Iterator for Stories<'_> {
    type Item = Result<Article, Trouble>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done && self.next.is_none() {
            return None;
        }
        match self.story() {
            Ok(None) => None,
            Ok(Some((story, offset))) => {
                self.record += 1;
                Some(article(
                    &story,
                    self.charset.as_deref(),
                    self.record,
                    offset,
                ))
            }
            Err(trouble) => {
                self.done = true;
                self.next = None;
                Some(Err(trouble.at(self.record + 1, self.offset)))
            }
        }
    }
}

/// Where a tag stands in a line, in any case.
fn find_tag(line: &[u8], tag: &[u8]) -> Option<usize> {
    memchr::memchr_iter(b'<', line).find(|at| {
        line.get(*at..at + tag.len())
            .is_some_and(|t| t.eq_ignore_ascii_case(tag))
    })
}

/// What stands between `<name …>` and `</name>`; to the end of `text` where it is not closed.
fn inside<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let opens = memchr::memchr_iter(b'<', text.as_bytes()).find(|at| {
        let tag = &text.as_bytes()[at + 1..];
        tag.get(..name.len())
            .is_some_and(|t| t.eq_ignore_ascii_case(name.as_bytes()))
            && tag
                .get(name.len())
                .is_some_and(|b| *b == b'>' || b.is_ascii_whitespace())
    })?;
    let rest = text.get(opens..)?;
    let rest = rest.get(rest.find('>')? + 1..)?;
    let end = find_tag(rest.as_bytes(), format!("</{name}").as_bytes()).unwrap_or(rest.len());
    rest.get(..end)
}

fn attribute<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let tag = text.get(..text.find('>')?)?;
    let at = tag.find(&format!("{name}=\""))? + name.len() + 2;
    tag.get(at..)?.split('"').next()
}

/// The `<D>` entries of a list.
fn entries(text: &str, name: &str) -> Vec<String> {
    let list = inside(text, name).unwrap_or("");
    let entries = list
        .split("<D>")
        .skip(1)
        .filter_map(|e| e.split('<').next());
    entries
        .map(|e| markup::unescape(e.trim()))
        .filter(|e| !e.is_empty())
        .collect()
}

/// `el-salvador` as it is written in a text; short codes are acronyms, but for `usa` and `uk` only among places.
fn named(entry: &str) -> String {
    if entry.len() <= 3 {
        return entry.to_uppercase();
    }
    let words = entry.split('-').map(|word| {
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |first| {
            first.to_uppercase().chain(letters).collect()
        })
    });
    words.collect::<Vec<String>>().join(" ")
}

fn article(
    story: &[u8],
    charset: Option<&str>,
    record: u32,
    offset: u64,
) -> Result<Article, Trouble> {
    let (text, encoding) = encoding::decode(story, charset);
    let mut out = Article {
        record,
        offset,
        own_id: attribute(&text, "NEWID").map(str::to_owned),
        encoding: encoding.to_owned(),
        ..Article::default()
    };
    if let Some(date) = inside(&text, "DATE").map(str::trim) {
        match time(date) {
            Ok(time) => out.published = Some(time),
            Err(reason) => out.warnings.push(reason),
        }
    }
    for list in ["TOPICS", "EXCHANGES", "COMPANIES"] {
        out.keywords.extend(entries(&text, list));
    }
    for (list, kind) in [
        ("PLACES", EntityKind::Place),
        ("PEOPLE", EntityKind::Person),
        ("ORGS", EntityKind::Org),
    ] {
        for entry in entries(&text, list) {
            let name = if kind == EntityKind::Org {
                entry.to_uppercase()
            } else {
                named(&entry)
            };
            out.entities.push(GivenEntity { kind, name });
        }
    }
    let Some(content) = inside(&text, "TEXT") else {
        return Err(Trouble::failed("no <TEXT> in a <REUTERS> story").at(record, offset));
    };
    out.title = inside(content, "TITLE")
        .map(|t| line(&readable(t)))
        .filter(|t| !t.is_empty());
    out.dateline = inside(content, "DATELINE")
        .map(|t| {
            line(&readable(t))
                .trim_end_matches(['-', ' ', ','])
                .to_owned()
        })
        .filter(|t| !t.is_empty());
    out.authors = inside(content, "AUTHOR")
        .map(|t| html::split_byline(&line(&readable(t))))
        .unwrap_or_default();
    let body = match inside(content, "BODY") {
        Some(body) => body,
        // Unprocessed stories have their headline and text unmarked.
        None if out.title.is_none() => content,
        None => "",
    };
    let (mut paragraphs, signed) = paragraphs(&readable(body));
    // The format is Reuters's, the text need not be: the collection numbers its own stories, and the wire signs them.
    if signed || attribute(&text, "LEWISSPLIT").is_some() {
        out.source = Some("Reuters".to_owned());
    }
    if out.title.is_none() && paragraphs.len() > 1 {
        out.title = Some(paragraphs.remove(0));
    }
    if !paragraphs.is_empty() {
        out.sections = vec![Section {
            heading: None,
            paragraphs,
        }];
    }
    if out.title.is_none() && out.sections.is_empty() {
        return Err(Trouble::failed("a <REUTERS> story without title and text").at(record, offset));
    }
    Ok(out)
}

/// `26-FEB-1987 15:01:01.79`; stray marks that follow are not the time's.
fn time(date: &str) -> Result<crate::article::Published, String> {
    let mut parts = date.split_whitespace();
    let (day, clock) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
    let clock = clock.split('.').next().unwrap_or("");
    published::parse(
        format!("{day} {clock}").trim(),
        Some("en"),
        Provenance::Field,
    )
    .or_else(|_| published::parse(day, Some("en"), Provenance::Field))
}

/// References resolved, control characters (`&#2;`, `&#3;`, `&#127;`) gone.
fn readable(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("&#") {
        let digits = rest[at + 2..]
            .bytes()
            .take_while(u8::is_ascii_digit)
            .count();
        let end = at + 2 + digits;
        let code = rest[at + 2..end].parse::<u32>().unwrap_or(0);
        plain.push_str(&rest[..at]);
        if digits == 0 {
            plain.push_str("&#");
            rest = &rest[at + 2..];
            continue;
        }
        plain.extend(char::from_u32(code).filter(|c| !c.is_control()));
        rest = rest[end..].strip_prefix(';').unwrap_or(&rest[end..]);
    }
    plain.push_str(rest);
    let plain: String = plain
        .chars()
        .filter(|c| !c.is_control() || *c == '\n')
        .collect();
    markup::unescape(&plain)
}

fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A paragraph begins with an indented line; the agency's name alone at the end is no text, but said by `true`.
fn paragraphs(text: &str) -> (Vec<String>, bool) {
    let mut out: Vec<String> = Vec::new();
    for raw in text.lines() {
        let words = line(raw);
        if words.is_empty() {
            continue;
        }
        match out.last_mut() {
            Some(last) if !raw.starts_with("   ") => {
                last.push(' ');
                last.push_str(&words);
            }
            _ => out.push(words),
        }
    }
    let mut signed = false;
    if let Some(last) = out.last_mut() {
        for signature in ["Reuter", "REUTER", "Reuters", "REUTERS"] {
            if let Some(rest) = last.strip_suffix(signature)
                && (rest.is_empty() || rest.ends_with(' '))
            {
                *last = rest.trim_end().to_owned();
                signed = true;
                break;
            }
        }
    }
    out.retain(|p| !p.is_empty());
    (out, signed)
}
