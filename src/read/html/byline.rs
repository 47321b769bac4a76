//! Who wrote it: names in metadata, else in the byline that is printed.

use super::body::folded;
use super::dom::Dom;
use super::json_ld::{self, JsonLd};
use super::metadata::Metas;
use html5ever::local_name;

pub(super) fn read(dom: &Dom, metas: &Metas, ld: &JsonLd, site: Option<&str>) -> Vec<String> {
    let mut raw: Vec<String> = ld.authors.clone();
    if raw.is_empty() {
        raw = metas
            .all(&[
                "author",
                "article:author",
                "parsely-author",
                "sailthru.author",
                "dc.creator",
                "dcterms.creator",
                "dc.contributor",
                "byl",
                "article:author_name",
                "cxenseparse:author",
                "citation_author",
            ])
            .map(json_ld::unescape)
            .filter(|a| !a.contains("://") && !a.contains('@'))
            .collect();
        raw.truncate(20);
    }
    if raw.is_empty() {
        for (id, name) in dom.elements() {
            let linked = *name == local_name!("a")
                && dom
                    .attr(id, "rel")
                    .is_some_and(|r| r.split_whitespace().any(|w| w == "author"));
            let marked = dom
                .attr(id, "itemprop")
                .is_some_and(|p| p.eq_ignore_ascii_case("author"));
            let mut names = String::new();
            if let Some(class) = dom.attr(id, "class") {
                super::clutter::words(class, &mut names);
            }
            let named = [
                "-byline-",
                "-author-name-",
                "-author-",
                "-by-line-",
                "-byline-name-",
                "-autor-",
            ]
            .iter()
            .any(|n| names.contains(n));
            if !(linked || marked || named) || *name == local_name!("body") {
                continue;
            }
            let text = dom
                .text(id, 200)
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ");
            if (3..80).contains(&text.len()) {
                raw.push(text);
                if !linked {
                    break;
                }
            }
            if raw.len() >= 10 {
                break;
            }
        }
    }
    let site = site.map(folded).unwrap_or_default();
    let mut out: Vec<String> = Vec::new();
    for name in raw.iter().flat_map(|a| split_byline(a)) {
        let key = folded(&name);
        if !key.is_empty()
            && (key != site || ld.authors.len() == 1)
            && !out.iter().any(|o| folded(o) == key)
        {
            out.push(name);
        }
    }
    out.truncate(50);
    out
}

/// A byline's names: without "By", roles, addresses, dates.
pub(in crate::read) fn split_byline(byline: &str) -> Vec<String> {
    let text = byline.split_whitespace().collect::<Vec<_>>().join(" ");
    let lower = text.to_lowercase();
    let mut rest = text.as_str();
    for prefix in [
        "written by ",
        "posted by ",
        "reported by ",
        "story by ",
        "words by ",
        "by: ",
        "by ",
        "von ",
        "par ",
        "por ",
        "di ",
        "door ",
        "af ",
        "av ",
    ] {
        if lower.starts_with(prefix)
            && let Some(tail) = text.get(prefix.len()..)
        {
            rest = tail;
            break;
        }
    }
    let rest = rest.split([';', '|', '•', '·', '\n']).next().unwrap_or("");
    let mut names = Vec::new();
    for part in rest.split(',') {
        for name in part
            .split(" and ")
            .flat_map(|p| p.split(" & "))
            .flat_map(|p| p.split(" und "))
        {
            let name = name
                .trim()
                .trim_start_matches("and ")
                .trim_matches(|c: char| {
                    matches!(c, '.' | '-' | '–' | ':' | '/') || c.is_whitespace()
                });
            let words = name.split(' ').count();
            let role = is_role(name);
            let looks = !name.is_empty()
                && name.len() < 80
                && words <= 6
                && !name.contains('@')
                && !name.contains("://")
                && !name.chars().any(|c| c.is_ascii_digit());
            if looks && (!role || names.is_empty()) {
                names.push(name.to_owned());
            }
        }
    }
    names
}

/// Whether a part of a byline is an office or an employer's desk instead of a name.
fn is_role(text: &str) -> bool {
    let lower = text.to_lowercase();
    [
        "writer",
        "editor",
        "correspondent",
        "reporter",
        "staff",
        "contributor",
        "columnist",
        "press",
        "news",
        "journalist",
        "redakteur",
        "for the",
        "dpa",
        "the associated press",
        "reuters",
        "ap",
        "afp",
        "cnn",
        "bbc",
        "jr",
        "phd",
        "md",
    ]
    .iter()
    .any(|r| {
        lower == *r || lower.ends_with(&format!(" {r}")) || (r.len() > 4 && lower.starts_with(r))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bylines_lose_by_and_roles() {
        assert_eq!(
            split_byline("By Jane Doe and John Roe"),
            ["Jane Doe", "John Roe"]
        );
        assert_eq!(split_byline("by Ann Lee, Staff Writer"), ["Ann Lee"]);
        assert_eq!(split_byline("Ann Lee | Reuters"), ["Ann Lee"]);
        assert_eq!(
            split_byline("Von Max Muster, Eva Beispiel und Jo Dritt"),
            ["Max Muster", "Eva Beispiel", "Jo Dritt"]
        );
        assert!(split_byline("a@example.org").is_empty());
        assert!(split_byline("").is_empty());
    }
}
