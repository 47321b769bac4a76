//! Articles for other programs: citations as CSL-JSON, RIS and BibTeX, and a report that stands alone.

use crate::backend::Shown;
use crate::index::request::Hit;
use crate::output::{escape, is_web_address, marked, neutral};
use crate::snippet::{Marker, Matcher};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt;
use std::io::{self, Write};

/// A date of publication in its parts, as many as are known: `2024-07` has two.
fn date_parts(published: Option<&str>) -> Vec<i64> {
    let day = published.unwrap_or("").split('T').next().unwrap_or("");
    day.split('-').map_while(|part| part.parse().ok()).collect()
}

/// Citations as CSL-JSON (the Citation Style Language's schema of items), one array.
pub fn csl(hits: &[Hit], out: &mut dyn Write) -> io::Result<()> {
    let items: Vec<Value> = hits
        .iter()
        .map(|hit| {
            let mut item = json!({
                "id": hit.article,
                "type": "article-newspaper",
            });
            if !hit.authors.is_empty() {
                // News gives names in one piece; which part is the family's is not for us to guess.
                item["author"] = hit.authors.iter().map(|a| json!({"literal": a})).collect();
            }
            let parts = date_parts(hit.published.as_deref());
            if !parts.is_empty() {
                item["issued"] = json!({"date-parts": [parts]});
            }
            for (key, value) in [
                ("title", &hit.title),
                ("container-title", &hit.source),
                ("URL", &hit.url),
                ("language", &hit.lang),
            ] {
                if let Some(value) = value {
                    item[key] = json!(value);
                }
            }
            item
        })
        .collect();
    serde_json::to_writer_pretty(&mut *out, &items)?;
    out.write_all(b"\n")
}

/// Citations as RIS records of type NEWS.
pub fn ris(hits: &[Hit], out: &mut dyn Write) -> io::Result<()> {
    for hit in hits {
        let mut line = |tag: &str, value: &str| -> io::Result<()> {
            // A value is one line; a line break would begin another tag.
            let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
            write!(out, "{tag}  - {value}\r\n")
        };
        line("TY", "NEWS")?;
        line("ID", &hit.article)?;
        if let Some(title) = &hit.title {
            line("TI", title)?;
        }
        for author in &hit.authors {
            line("AU", author)?;
        }
        let parts = date_parts(hit.published.as_deref());
        if let Some(year) = parts.first() {
            line("PY", &format!("{year:04}"))?;
            let rest: Vec<String> = parts[1..].iter().map(|p| format!("{p:02}")).collect();
            let (month, day) = (rest.first(), rest.get(1));
            let empty = String::new();
            line(
                "DA",
                &format!(
                    "{year:04}/{}/{}/",
                    month.unwrap_or(&empty),
                    day.unwrap_or(&empty)
                ),
            )?;
        }
        for (tag, value) in [("T2", &hit.source), ("UR", &hit.url), ("LA", &hit.lang)] {
            if let Some(value) = value {
                line(tag, value)?;
            }
        }
        line("ER", "")?;
    }
    Ok(())
}

/// Citations as BibTeX entries; keys are made of author or source, year and a word of the title.
pub fn bibtex(hits: &[Hit], out: &mut dyn Write) -> io::Result<()> {
    let mut used = BTreeSet::new();
    for hit in hits {
        let parts = date_parts(hit.published.as_deref());
        writeln!(out, "@article{{{},", key(hit, &parts, &mut used))?;
        let mut field = |name: &str, value: &str| writeln!(out, "  {name} = {{{value}}},");
        if let Some(title) = &hit.title {
            // The inner braces keep its capitals.
            field("title", &format!("{{{}}}", tex(title)))?;
        }
        if !hit.authors.is_empty() {
            // Braces keep a name whole: BibTeX would take its words apart.
            let names: Vec<String> = hit
                .authors
                .iter()
                .map(|a| format!("{{{}}}", tex(a)))
                .collect();
            field("author", &names.join(" and "))?;
        }
        if let Some(source) = &hit.source {
            field("journal", &tex(source))?;
        }
        for (name, part) in ["year", "month", "day"].iter().zip(&parts) {
            field(name, &part.to_string())?;
        }
        if let Some(url) = &hit.url {
            field("url", &tex_address(url))?;
        }
        writeln!(out, "}}\n")?;
    }
    Ok(())
}

fn key(hit: &Hit, parts: &[i64], used: &mut BTreeSet<String>) -> String {
    let letters = |text: &str| -> String {
        crate::analyze::fold(text)
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .take(20)
            .collect()
    };
    let author = hit
        .authors
        .first()
        .and_then(|a| a.split_whitespace().last());
    let who = letters(author.or(hit.source.as_deref()).unwrap_or("anon"));
    let year = parts.first().map_or("nd".to_owned(), i64::to_string);
    let title = hit.title.as_deref().unwrap_or("");
    let word = title.split_whitespace().map(letters).find(|w| w.len() > 3);
    let base = format!("{who}{year}{}", word.unwrap_or_default());
    let mut name = base.clone();
    let mut n = 1;
    while !used.insert(name.clone()) {
        n += 1;
        name = format!("{base}-{n}");
    }
    name
}

/// Text with what TeX takes for commands made harmless.
fn tex(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\textbackslash{}"),
            '{' => out.push_str("\\{"),
            '}' => out.push_str("\\}"),
            '%' | '&' | '#' | '$' | '_' => {
                out.push('\\');
                out.push(c);
            }
            '~' => out.push_str("\\textasciitilde{}"),
            '^' => out.push_str("\\textasciicircum{}"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// An address as it stands verbatim in a field: what would end the field or the line is percent-encoded.
fn tex_address(url: &str) -> String {
    let mut out = String::with_capacity(url.len());
    for c in url.chars() {
        match c {
            '{' | '}' | '\\' | ' ' => out.push_str(&format!("%{:02X}", u32::from(c))),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// What a report says of itself.
pub struct ReportHead<'a> {
    pub query: &'a str,
    /// The day that it was made.
    pub made: &'a str,
    /// The commit that answered.
    pub generation: u64,
    pub location: &'a str,
}

const STYLE: &str = "body{font:1rem/1.5 serif;max-width:46em;margin:2em auto;padding:0 1em}\
h2{margin-top:2em}.meta{color:#555;font-size:.85em;overflow-wrap:anywhere}\
p.passage{white-space:pre-wrap}mark{background:#ffe58a;color:#000}";

/// A page that stands alone: the query, the commit, and every article whole, its passages with the
/// matches marked, their byte offsets in the article's text and the SHA-256 of what is shown, so that
/// a reader can check it later (`printf %s TEXT | sha256sum`). Its errors are the writer's.
pub struct Report<'a> {
    matcher: &'a Matcher,
    out: &'a mut dyn Write,
}

impl<'a> Report<'a> {
    pub fn begin(
        head: &ReportHead<'_>,
        matcher: &'a Matcher,
        out: &'a mut dyn Write,
    ) -> io::Result<Self> {
        let title = match head.query {
            "" => "all articles",
            query => query,
        };
        write!(
            out,
            "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width\"><title>{0}</title>\n\
             <style>{STYLE}</style>\n<h1>{0}</h1>\n<p class=\"meta\">Made {1} from {2}, commit {3}.</p>\n",
            escape(title),
            escape(head.made),
            escape(head.location),
            head.generation,
        )?;
        Ok(Self { matcher, out })
    }

    pub fn article(&mut self, shown: &Shown) -> io::Result<()> {
        let article = &shown.article;
        let out = &mut *self.out;
        let mut marker = Marker::new(Some(self.matcher), article);
        let published = article.published.as_ref().map(ToString::to_string);
        let facts: Vec<String> = [
            article.source.clone(),
            published,
            (!article.authors.is_empty()).then(|| article.authors.join(", ")),
            Some(article.id.clone()),
        ]
        .into_iter()
        .flatten()
        .map(|part| escape(&part))
        .collect();
        let title = article.title.as_deref().unwrap_or(&article.id);
        write!(
            out,
            "<article lang=\"{}\" dir=\"auto\">\n<h2>{}</h2>\n<p class=\"meta\">{}",
            escape(article.lang.as_deref().unwrap_or("")),
            marked(title, marker.title(title)),
            facts.join(" · ")
        )?;
        if let Some(url) = article.url.as_deref().filter(|u| is_web_address(u)) {
            write!(out, " · <a href=\"{0}\">{0}</a>", escape(url))?;
        }
        writeln!(out, " · {}</p>", Hash(article.text().as_bytes()))?;
        let mut section = None;
        for passage in &shown.passages {
            if section != Some(passage.section)
                && let Some(heading) = &passage.heading
            {
                writeln!(out, "<h3>{}</h3>", marked(heading, marker.heading(heading)))?;
            }
            section = Some(passage.section);
            writeln!(
                out,
                "<p class=\"passage\">{}</p>\n<p class=\"meta\">passage {}, bytes {}–{}, {}</p>",
                marked(&passage.text, marker.passage(passage)),
                passage.ordinal,
                passage.start,
                passage.start as usize + passage.text.len(),
                Hash(passage.text.as_bytes())
            )?;
        }
        writeln!(out, "</article>")
    }

    pub fn end(self) -> io::Result<()> {
        writeln!(self.out, "</html>")
    }
}

/// The SHA-256 (FIPS 180-4) of bytes, as `sha256sum` prints it.
struct Hash<'a>(&'a [u8]);

impl fmt::Display for Hash<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sha256 ")?;
        Sha256::digest(self.0)
            .iter()
            .try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A row of a CSV export.
pub fn row(shown: &Shown) -> [String; 9] {
    let article = &shown.article;
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    [
        article.id.clone(),
        text(&article.title),
        article
            .published
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        text(&article.source),
        article.authors.join("; "),
        text(&article.url),
        text(&article.lang),
        neutral(&article.path).to_string(),
        article.text(),
    ]
}

/// The header of [`row`]; the readers know these names, so that an export can be indexed again.
pub const COLUMNS: [&str; 9] = [
    "id",
    "title",
    "published",
    "source",
    "authors",
    "url",
    "language",
    "path",
    "text",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_has_the_parts_that_are_known() {
        assert_eq!(date_parts(Some("2024-07-14T09:30:00Z")), [2024, 7, 14]);
        assert_eq!(date_parts(Some("2024-07")), [2024, 7]);
        assert!(date_parts(None).is_empty());
    }

    #[test]
    fn what_tex_obeys_stays_text() {
        assert_eq!(tex("50% of {A&B}_1"), "50\\% of \\{A\\&B\\}\\_1");
        assert_eq!(
            tex_address("https://a.example/{b}\n c"),
            "https://a.example/%7Bb%7D%20c"
        );
    }

    #[test]
    fn the_hash_is_that_of_the_standards_example() {
        // FIPS 180-4's example "abc".
        let expected = "sha256 ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(Hash(b"abc").to_string(), expected);
    }
}
