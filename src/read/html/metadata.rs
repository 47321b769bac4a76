//! What a page says of its article outside the text: titles, times, authors, language, address.

use super::dom::{Dom, NodeId};
use super::json_ld::{self, JsonLd};
use super::{byline, times, title};
use crate::article::Published;
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
pub(super) struct Metas(Vec<(String, String)>);

impl Metas {
    fn read(dom: &Dom) -> Self {
        let mut list = Vec::new();
        for (id, name) in dom.elements() {
            if *name != local_name!("meta") || list.len() >= 2_000 {
                continue;
            }
            // Some sites write `value`, as of inputs.
            let Some(content) = ["content", "value"]
                .iter()
                .filter_map(|a| dom.attr(id, a).map(str::trim))
                .find(|c| !c.is_empty())
            else {
                continue;
            };
            // A reference's day is not the article's.
            let of_another = |a| {
                dom.attr(a, "itemprop").is_some_and(|p| {
                    ["citation", "comment", "isRelatedTo", "hasPart"].contains(&p.trim())
                })
            };
            if dom.attr(id, "itemprop").is_some() && dom.ancestors(id).any(of_another) {
                continue;
            }
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
    pub(super) fn all<'a>(&'a self, names: &'a [&str]) -> impl Iterator<Item = &'a str> {
        names.iter().flat_map(|name| {
            self.0
                .iter()
                .filter(move |(n, _)| n == name)
                .map(|(_, content)| content.as_str())
        })
    }

    pub(super) fn first(&self, names: &[&str]) -> Option<String> {
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
    let names = site.iter().chain(&ld.publisher).map(String::as_str);
    let called = title::Site::new(names, url.as_deref());
    let title = title::read(dom, &metas, &ld, page_title.as_deref(), &called);
    let (published, updated) = times::read(
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
        authors: byline::read(dom, &metas, &ld, site.as_deref()),
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
