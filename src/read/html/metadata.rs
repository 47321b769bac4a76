//! What a page says of its article outside the text: titles, times, authors, language, address.

use super::body::folded;
use super::dates;
use super::dom::{Dom, NONE, NodeId};
use super::json_ld::{self, JsonLd};
use crate::article::{Provenance, Published};
use crate::read::published;
use html5ever::local_name;

/// A page's metadata, cleaned.
#[derive(Debug, Default)]
pub(super) struct Metadata {
    pub title: Option<String>,
    pub description: Option<String>,
    pub authors: Vec<String>,
    pub published: Option<Published>,
    pub updated: Option<Published>,
    pub site: Option<String>,
    pub url: Option<String>,
    /// As declared, a whole tag.
    pub lang: Option<String>,
    pub keywords: Vec<String>,
    pub json_ld: Option<JsonLd>,
}

/// The meta elements of a page: lower-case names and contents, in order.
struct Metas(Vec<(String, String)>);

impl Metas {
    fn read(dom: &Dom) -> Self {
        let mut list = Vec::new();
        for (id, name) in dom.elements() {
            if *name != local_name!("meta") || list.len() >= 2_000 {
                continue;
            }
            let Some(content) = dom
                .attr(id, "content")
                .map(str::trim)
                .filter(|c| !c.is_empty())
            else {
                continue;
            };
            for key in ["property", "name", "itemprop"] {
                // Several names may share one element.
                for name in dom.attr(id, key).unwrap_or("").split_whitespace().take(4) {
                    list.push((name.to_ascii_lowercase(), content.to_owned()));
                }
            }
        }
        Self(list)
    }

    /// The contents of the first of `names` that the page has, all of them.
    fn all<'a>(&'a self, names: &'a [&str]) -> impl Iterator<Item = &'a str> {
        names.iter().flat_map(|name| {
            self.0
                .iter()
                .filter(move |(n, _)| n == name)
                .map(|(_, content)| content.as_str())
        })
    }

    fn first(&self, names: &[&str]) -> Option<String> {
        self.all(names)
            .next()
            .map(json_ld::unescape)
            .filter(|s| !s.is_empty())
    }
}

/// Reads everything but the text.
///
/// `address` stands in for a canonical URL that the page does not name.
pub(super) fn read(dom: &Dom, address: Option<&str>) -> Metadata {
    let metas = Metas::read(dom);
    let mut scripts = Vec::new();
    let mut page_title = None;
    let mut base_lang = dom
        .attr(0, "lang")
        .or_else(|| dom.attr(0, "xml:lang"))
        .map(str::to_owned);
    let mut canonical = None;
    for (id, name) in dom.elements() {
        match *name {
            local_name!("script")
                if dom
                    .attr(id, "type")
                    .is_some_and(|t| t.to_ascii_lowercase().contains("ld+json")) =>
            {
                scripts.push(text_inside(dom, id));
            }
            local_name!("title")
                if page_title.is_none()
                    && !dom.ancestors(id).any(|a| dom.is(a, local_name!("svg"))) =>
            {
                page_title =
                    Some(json_ld::unescape(&text_inside(dom, id))).filter(|t| !t.is_empty());
            }
            local_name!("body") if base_lang.is_none() => {
                base_lang = dom.attr(id, "lang").map(str::to_owned)
            }
            local_name!("link")
                if canonical.is_none()
                    && dom
                        .attr(id, "rel")
                        .is_some_and(|r| r.eq_ignore_ascii_case("canonical")) =>
            {
                canonical = dom.attr(id, "href").map(|h| h.trim().to_owned());
            }
            _ => {}
        }
    }
    let json_ld = json_ld::read(&scripts, page_title.as_deref());
    let ld = json_ld.clone().unwrap_or_default();
    let site = metas.first(&[
        "og:site_name",
        "application-name",
        "apple-mobile-web-app-title",
        "publisher",
        "dc.publisher",
        "dcterms.publisher",
    ]);
    let url = canonical
        .filter(|u| u.contains("://"))
        .or_else(|| {
            metas
                .first(&["og:url", "twitter:url", "parsely-link"])
                .filter(|u| u.contains("://"))
        })
        .or_else(|| ld.url.clone())
        .or_else(|| address.map(str::to_owned));
    let lang = base_lang
        .filter(|l| l.trim().len() >= 2)
        .or_else(|| {
            metas.first(&[
                "og:locale",
                "language",
                "dc.language",
                "content-language",
                "inlanguage",
            ])
        })
        .or_else(|| ld.lang.clone())
        .map(|l| l.trim().replace('_', "-").to_ascii_lowercase());
    let title = title(dom, &metas, &ld, page_title.as_deref(), site.as_deref());
    let (published, updated) = times(
        dom,
        &metas,
        &ld,
        url.as_deref(),
        lang.as_deref(),
        title.as_deref(),
    );
    let mut keywords: Vec<String> = metas
        .all(&[
            "article:tag",
            "parsely-tags",
            "news_keywords",
            "keywords",
            "sailthru.tags",
        ])
        .flat_map(|k| k.split([',', ';']))
        .map(json_ld::unescape)
        .filter(|k| !k.is_empty() && k.len() < 100)
        .collect();
    if !ld.keywords.is_empty() {
        keywords.clone_from(&ld.keywords);
    }
    keywords.truncate(100);
    Metadata {
        description: metas
            .first(&[
                "og:description",
                "description",
                "twitter:description",
                "dc.description",
                "sailthru.description",
            ])
            .or_else(|| ld.description.clone()),
        authors: authors(dom, &metas, &ld, site.as_deref()),
        site: site.or_else(|| ld.publisher.clone()),
        title,
        published,
        updated,
        url,
        lang,
        keywords,
        json_ld,
    }
}

fn text_inside(dom: &Dom, id: NodeId) -> String {
    dom.text(id, 8 << 20)
}

/// Where a site puts its name behind (or before) the headline.
const SEPARATORS: [&str; 12] = [
    " | ", " – ", " — ", " - ", " · ", " • ", " » ", " « ", " :: ", " / ", " ‹ ", " > ",
];

/// `title` without the site's name at its end or beginning.
fn without_site(title: &str, site: Option<&str>) -> String {
    let site = site.map(folded).unwrap_or_default();
    let mut title = title.trim();
    loop {
        let mut cut = None;
        for separator in SEPARATORS {
            if let Some((head, tail)) = title.rsplit_once(separator) {
                let tail_words = folded(tail);
                let named = !site.is_empty()
                    && (tail_words == site
                        || site.contains(&tail_words)
                        || tail_words.contains(&site));
                if named && !head.trim().is_empty() {
                    cut = Some(head.trim());
                    break;
                }
            }
            if let Some((head, tail)) = title.split_once(separator)
                && !site.is_empty()
                && folded(head) == site
                && !tail.trim().is_empty()
            {
                cut = Some(tail.trim());
                break;
            }
        }
        match cut {
            Some(shorter) => title = shorter,
            None => return title.to_owned(),
        }
    }
}

/// The share of `a`'s words that `b` has too.
fn word_share(a: &str, b: &str) -> f32 {
    let (a, b) = (folded(a), folded(b));
    let words: Vec<&str> = b.split(' ').collect();
    let all = a.split(' ').count().max(1);
    a.split(' ').filter(|w| words.contains(w)).count() as f32 / all as f32
}

/// The visible headline where the page's other titles confirm it, else those.
fn title(
    dom: &Dom,
    metas: &Metas,
    ld: &JsonLd,
    page: Option<&str>,
    site: Option<&str>,
) -> Option<String> {
    let social = metas.first(&[
        "og:title",
        "twitter:title",
        "parsely-title",
        "sailthru.title",
        "dc.title",
        "headline",
        "title",
    ]);
    let social = social.map(|t| without_site(&t, site));
    let page_title = page.map(|t| without_site(t, site));
    let headline = ld
        .headline
        .as_deref()
        .map(|t| without_site(t, site))
        .filter(|t| t.len() > 3);
    let mut headings: Vec<(NodeId, String, bool)> = Vec::new();
    for (id, name) in dom.elements() {
        let first = *name == local_name!("h1");
        let marked = dom.attr(id, "itemprop").is_some_and(|p| {
            p.split_whitespace()
                .any(|w| w.eq_ignore_ascii_case("headline"))
        });
        let second = *name == local_name!("h2") && headings.len() < 20;
        if !(first || marked || second) || *name == local_name!("meta") {
            continue;
        }
        let hidden = dom.ancestors(id).any(|a| {
            dom.is(a, local_name!("nav"))
                || dom.is(a, local_name!("aside"))
                || dom.is(a, local_name!("footer"))
        });
        let text = json_ld::unescape(
            &dom.text(id, 2_000)
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" "),
        );
        if !hidden && !text.is_empty() && text.chars().count() < 400 {
            headings.push((id, text, first || marked));
        }
    }
    let others = [
        headline.as_deref(),
        social.as_deref(),
        page_title.as_deref(),
    ];
    let confirmed = |text: &str| -> f32 {
        others
            .iter()
            .flatten()
            .map(|other| word_share(text, other).min(1.0) * 0.6 + word_share(other, text) * 0.4)
            .fold(0.0, f32::max)
    };
    let best = headings
        .iter()
        .map(|(id, text, first)| (confirmed(text) + if *first { 0.15 } else { 0.0 }, text, id))
        .filter(|(score, text, _)| {
            *score >= 0.6 && folded(text) != site.map(folded).unwrap_or_default()
        })
        .reduce(|a, b| if b.0 > a.0 + 0.001 { b } else { a });
    if let Some((_, text, id)) = best {
        // A kicker inside the heading is not the headline.
        let inner = others.iter().flatten().find(|other| {
            let other = folded(other);
            other.len() > 8
                && folded(text).len() > other.len()
                && descends(dom, *id, |text| folded(text) == other)
        });
        return Some(inner.map_or_else(|| text.clone(), |t| (*t).to_owned()));
    }
    let only: Vec<&String> = headings.iter().filter(|h| h.2).map(|h| &h.1).collect();
    match (headline.or(social), &only[..]) {
        (Some(title), _) => Some(title),
        (None, [one]) if page_title.is_none() => Some((*one).clone()),
        (None, _) => page_title.map(|t| longest_part(&t)),
    }
}

/// Whether an element below `id` has a text that `fits`.
fn descends(dom: &Dom, id: NodeId, fits: impl Fn(&str) -> bool) -> bool {
    let mut open: Vec<NodeId> = dom.children(id).collect();
    let mut looked_at = 0;
    while let Some(at) = open.pop() {
        looked_at += 1;
        if looked_at > 50 {
            return false;
        }
        let text = match dom.node(at).map(|n| &n.kind) {
            Some(super::dom::NodeKind::Text(text)) => text.to_string(),
            _ => dom.text(at, 2_000),
        };
        if fits(&text) {
            return true;
        }
        open.extend(dom.children(at));
    }
    false
}

/// The longest piece of a page's title between separators: a headline is longer than a site's name.
fn longest_part(title: &str) -> String {
    for separator in [
        " | ", " :: ", " » ", " · ", " • ", " — ", " – ", " - ", "｜", "|",
    ] {
        if title.contains(separator) {
            return title
                .split(separator)
                .max_by_key(|part| part.chars().count())
                .unwrap_or(title)
                .trim()
                .to_owned();
        }
    }
    title.to_owned()
}

fn times(
    dom: &Dom,
    metas: &Metas,
    ld: &JsonLd,
    url: Option<&str>,
    lang: Option<&str>,
    title: Option<&str>,
) -> (Option<Published>, Option<Published>) {
    let primary = lang.and_then(|l| l.split('-').next()).map(str::to_owned);
    let parse = |text: &str, from: Provenance| {
        published::parse(text, primary.as_deref(), from)
            .ok()
            .or_else(|| dates::find(text, lang).map(|p| Published { from, ..p }))
    };
    let sane = |p: &Published| (1800..2200).contains(&p.at.year());
    let mut found: Vec<Published> = Vec::new();
    found.extend(
        ld.published
            .as_deref()
            .and_then(|t| parse(t, Provenance::JsonLd)),
    );
    found.extend(
        metas
            .all(&[
                "article:published_time",
                "og:article:published_time",
                "article:published",
                "og:published_time",
                "datepublished",
                "parsely-pub-date",
                "sailthru.date",
                "publish-date",
                "publishdate",
                "publication_date",
                "publication-date",
                "published_time_telegram",
                "published-date",
                "publisheddate",
                "pubdate",
                "pub_date",
                "article_date_original",
                "originalpublicationdate",
                "article.published",
                "cxenseparse:recs:publishtime",
                "cxenseparse:publishtime",
                "rnews:datepublished",
                "dc.date.issued",
                "dcterms.issued",
                "dc.date.created",
                "dcterms.created",
                "dc.date",
                "dcterms.date",
                "dc:date",
                "date",
                "prism.publicationdate",
                "citation_publication_date",
                "citation_date",
                "og:pubdate",
                "sdate",
                "ptime",
                "displaydate",
                "bt:pubdate",
                "article:post_date",
                "datecreated",
                "vr:published_time",
                "weibo:article:create_at",
            ])
            .filter_map(|t| parse(t, Provenance::Meta)),
    );
    let on_page = visible_times(dom, lang, title, &parse);
    found.extend(
        on_page
            .iter()
            .filter(|(rank, _)| *rank <= 1)
            .map(|(_, p)| *p),
    );
    found.extend(
        ld.created
            .as_deref()
            .and_then(|t| parse(t, Provenance::JsonLd)),
    );
    found.extend(
        on_page
            .iter()
            .filter(|(rank, _)| *rank == 2)
            .map(|(_, p)| *p),
    );
    let in_url = url.and_then(dates::in_url);
    found.extend(in_url);
    found.extend(
        on_page
            .iter()
            .filter(|(rank, _)| *rank > 2)
            .map(|(_, p)| *p),
    );
    found.retain(sane);
    let updated = ld
        .modified
        .as_deref()
        .and_then(|t| parse(t, Provenance::JsonLd))
        .or_else(|| {
            metas
                .all(&[
                    "article:modified_time",
                    "og:updated_time",
                    "datemodified",
                    "last-modified",
                    "dcterms.modified",
                    "dc.date.modified",
                    "lastmod",
                    "article:updated",
                    "revision_date",
                ])
                .find_map(|t| parse(t, Provenance::Meta))
        })
        .filter(sane);
    (dates::most_precise(found), updated)
}

/// Times that the page shows, with how far each is to be trusted: 0 marked up as the publication's,
/// 1 a `time` element at the headline, 2 text named as a date, 3 the first other `time`, 4 text near the headline.
fn visible_times(
    dom: &Dom,
    lang: Option<&str>,
    title: Option<&str>,
    parse: &dyn Fn(&str, Provenance) -> Option<Published>,
) -> Vec<(u8, Published)> {
    let mut out: Vec<(u8, Published)> = Vec::new();
    let mut headline_at: Option<NodeId> = None;
    let title = title.map(folded).unwrap_or_default();
    let mut names = String::new();
    let mut looked_at = 0;
    for (id, name) in dom.elements() {
        if headline_at.is_none()
            && matches!(*name, local_name!("h1") | local_name!("h2"))
            && !title.is_empty()
            && folded(&dom.text(id, 1_000)) == title
        {
            headline_at = Some(id);
        }
        let property = dom.attr(id, "itemprop").unwrap_or("");
        names.clear();
        for attr in ["class", "id", "data-testid", "rel"] {
            if let Some(value) = dom.attr(id, attr) {
                super::clutter::words(value, &mut names);
            }
        }
        let is_time = *name == local_name!("time") || dom.attr(id, "datetime").is_some();
        let published = property.eq_ignore_ascii_case("datePublished")
            || dom.attr(id, "pubdate").is_some()
            || (is_time && names.contains("-publi"));
        let dated = [
            "-date-",
            "-time-",
            "-datum-",
            "-fecha-",
            "-timestamp-",
            "-pubdate-",
            "-published-",
            "-posted-",
            "-datetime-",
            "-zeit-",
            "-date-line-",
            "-dateline-",
        ]
        .iter()
        .any(|n| names.contains(n));
        if !(is_time || published || dated) || *name == local_name!("meta") || looked_at > 300 {
            continue;
        }
        if names.contains("-modif")
            || names.contains("-updat")
            || property.eq_ignore_ascii_case("dateModified")
        {
            continue;
        }
        looked_at += 1;
        let apart = dom.ancestors(id).take(30).any(|a| {
            matches!(
                dom.name(a),
                Some(&local_name!("nav") | &local_name!("aside") | &local_name!("footer"))
            ) || dom.attr(a, "class").is_some_and(|c| {
                let mut words = String::new();
                super::clutter::words(c, &mut words);
                [
                    "-related-",
                    "-comment-",
                    "-comments-",
                    "-sidebar-",
                    "-widget-",
                    "-recommended-",
                    "-teaser-",
                ]
                .iter()
                .any(|n| words.contains(n))
            })
        });
        if apart && !property.eq_ignore_ascii_case("datePublished") {
            continue;
        }
        let from = Provenance::Meta;
        let machine = ["datetime", "content", "data-datetime", "data-timestamp"]
            .iter()
            .find_map(|a| dom.attr(id, a));
        let printed = || {
            let text = dom.text(id, 300);
            dates::find(&text, lang)
        };
        let Some(found) = machine.and_then(|t| parse(t, from)).or_else(printed) else {
            continue;
        };
        let near = headline_at.is_some_and(|h| id.abs_diff(h) < 200);
        let rank = match (published, is_time, near) {
            (true, ..) => 0,
            (_, true, true) => 1,
            (_, false, true) => 2,
            (_, true, false) => 3,
            _ => 4,
        };
        out.push((rank, found));
    }
    if out.is_empty()
        && let Some(h) = headline_at
    {
        out.extend(text_near(dom, h, lang).map(|p| (5, p)));
    }
    out.sort_by_key(|(rank, _)| *rank);
    out
}

/// A date printed in the short lines that follow (or closely precede) the headline.
fn text_near(dom: &Dom, headline: NodeId, lang: Option<&str>) -> Option<Published> {
    use super::dom::NodeKind;
    let texts = |range: std::ops::Range<usize>| {
        dom.nodes
            .get(range)
            .unwrap_or(&[])
            .iter()
            .filter_map(|n| match &n.kind {
                NodeKind::Text(t) if n.parent != NONE && t.trim().len() < 160 => Some(t.trim()),
                _ => None,
            })
    };
    let at = headline as usize;
    let end = dom.nodes.len().min(at + 120);
    texts(at..end)
        .find_map(|t| dates::find(t, lang))
        .or_else(|| {
            texts(at.saturating_sub(60)..at)
                .filter_map(|t| dates::find(t, lang))
                .last()
        })
}

fn authors(dom: &Dom, metas: &Metas, ld: &JsonLd, site: Option<&str>) -> Vec<String> {
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

    #[test]
    fn a_site_name_is_cut_from_a_title_and_a_dash_in_it_is_kept() {
        assert_eq!(
            without_site("Storm hits coast | The Daily", Some("The Daily")),
            "Storm hits coast"
        );
        assert_eq!(
            without_site("The Daily - Storm hits coast", Some("The Daily")),
            "Storm hits coast"
        );
        assert_eq!(
            without_site("Storm - and flood", Some("The Daily")),
            "Storm - and flood"
        );
        assert_eq!(without_site("Storm - and flood", None), "Storm - and flood");
    }
}
