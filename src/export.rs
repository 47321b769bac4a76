//! Articles for other programs: citations as CSL-JSON, RIS and BibTeX, and a report that stands alone.

use crate::backend::Shown;
use crate::index::request::Hit;
use crate::output::neutral;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io::{self, Write};
use xxhash_rust::xxh3::xxh3_64;

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
                "title": hit.title.as_deref().unwrap_or(""),
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
        line("TI", hit.title.as_deref().unwrap_or(""))?;
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
        field(
            "title",
            &format!("{{{}}}", tex(hit.title.as_deref().unwrap_or(""))),
        )?;
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
            field("url", &url.replace(['{', '}', '\\', ' ', '\n'], ""))?;
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

/// What a report says of itself.
pub struct ReportHead<'a> {
    pub query: &'a str,
    /// The day that it was made.
    pub made: &'a str,
    /// The commit that answered.
    pub generation: u64,
    pub location: &'a str,
}

/// A page that stands alone: the query, the commit, and every article whole, its passages with their
/// byte offsets and the hash (xxh3, 64 bits) of what is shown, so that a reader can check it later.
pub fn report(head: &ReportHead<'_>, articles: &[Shown], out: &mut dyn Write) -> io::Result<()> {
    let title = if head.query.is_empty() {
        "all articles"
    } else {
        head.query
    };
    write!(
        out,
        "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>{0}</title>\n<style>body{{font:16px/1.5 serif;max-width:46em;margin:2em auto;padding:0 1em}}h2{{margin-top:2em}}.meta{{color:#555;font-size:.85em}}p.passage{{white-space:pre-wrap}}</style>\n<h1>{0}</h1>\n<p class=\"meta\">Made {1} from {2}, commit {3}; {4} articles.</p>\n",
        escape(title),
        escape(head.made),
        escape(head.location),
        head.generation,
        articles.len(),
    )?;
    for shown in articles {
        let article = &shown.article;
        let published = article.published.as_ref().map(ToString::to_string);
        let meta: Vec<String> = [
            article.source.clone(),
            published,
            (!article.authors.is_empty()).then(|| article.authors.join(", ")),
            Some(article.id.clone()),
        ]
        .into_iter()
        .flatten()
        .map(|part| escape(&part))
        .collect();
        write!(
            out,
            "<article lang=\"{}\" dir=\"auto\">\n<h2>{}</h2>\n<p class=\"meta\">{}",
            escape(article.lang.as_deref().unwrap_or("")),
            escape(article.title.as_deref().unwrap_or(&article.id)),
            meta.join(" · ")
        )?;
        if let Some(url) = article.url.as_deref().filter(|u| is_web(u)) {
            write!(out, " · <a href=\"{0}\">{0}</a>", escape(url))?;
        }
        writeln!(
            out,
            " · xxh3 {:016x}</p>",
            xxh3_64(article.text().as_bytes())
        )?;
        for passage in &shown.passages {
            if let Some(heading) = &passage.heading {
                writeln!(out, "<h3>{}</h3>", escape(heading))?;
            }
            writeln!(
                out,
                "<p class=\"passage\">{}</p>\n<p class=\"meta\">passage {}, bytes {}–{}, xxh3 {:016x}</p>",
                escape(&passage.text),
                passage.ordinal,
                passage.start,
                passage.start as usize + passage.text.len(),
                xxh3_64(passage.text.as_bytes())
            )?;
        }
        writeln!(out, "</article>")?;
    }
    writeln!(out, "</html>")
}

/// Whether an address may become a link.
pub fn is_web(url: &str) -> bool {
    let lower = url.get(..8).unwrap_or(url).to_ascii_lowercase();
    lower.starts_with("http://") || lower.starts_with("https://")
}

/// Text for HTML and XML, in content and in quoted attributes; control characters are made visible.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() => out.push('\u{FFFD}'),
            c => out.push(c),
        }
    }
    out
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
    fn hostile_text_stays_text() {
        assert_eq!(escape("<b>\"x'\u{7}"), "&lt;b&gt;&quot;x&#39;\u{FFFD}");
        assert_eq!(tex("50% of {A&B}_1"), "50\\% of \\{A\\&B\\}\\_1");
        assert!(!is_web("javascript:alert(1)"));
        assert!(is_web("HTTPS://a.example/"));
    }
}
