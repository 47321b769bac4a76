//! When a page was published: metadata first, then what it shows.

use super::body::folded;
use super::dates;
use super::dom::{Dom, NodeId, NodeKind};
use super::json_ld::JsonLd;
use super::metadata::Metas;
use crate::article::{Provenance, Published};
use crate::read::published;
use html5ever::local_name;

/// When the page was published and updated, by whatever it says.
pub(super) fn read(
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

/// Words of names that mark a date of publication.
const DATED: [&str; 14] = [
    "-date-",
    "-time-",
    "-datum-",
    "-fecha-",
    "-data-",
    "-timestamp-",
    "-pubdate-",
    "-published-",
    "-posted-",
    "-datetime-",
    "-zeit-",
    "-date-line-",
    "-dateline-",
    "-publish-",
];

/// Words of names that mark the lines around a headline in which a date stands among others.
const LINES: [&str; 6] = [
    "-byline-",
    "-entry-meta-",
    "-post-meta-",
    "-article-meta-",
    "-article-info-",
    "-post-info-",
];

/// Words of names that mark what is not about this article.
const APART: [&str; 9] = [
    "-related-",
    "-comment-",
    "-comments-",
    "-sidebar-",
    "-widget-",
    "-recommended-",
    "-teaser-",
    "-calendar-",
    "-kalender-",
];

/// Whether a node stands in what surrounds the article; what holds the headline too does not.
fn is_apart(dom: &Dom, id: NodeId, headline: Option<NodeId>) -> bool {
    let mut words = String::new();
    let holds_headline =
        |a: NodeId| headline.is_some_and(|h| dom.ancestors(h).any(|outer| outer == a));
    dom.ancestors(id).take(30).any(|a| {
        words.clear();
        if let Some(class) = dom.attr(a, "class") {
            super::clutter::words(class, &mut words);
        }
        // An article's own footer is where many themes print its date.
        let own_footer = || dom.ancestors(a).any(|o| dom.is(o, local_name!("article")));
        let named = match dom.name(a) {
            Some(&local_name!("nav") | &local_name!("aside")) => true,
            Some(&local_name!("footer")) => !own_footer(),
            _ => false,
        } || APART.iter().any(|n| words.contains(n));
        named && !holds_headline(a)
    })
}

/// Times that the page shows, with how far each is to be trusted: 0 marked up as the publication's,
/// 1 a `time` element at the headline, 2 text named as a date there, 3 the first other `time`,
/// 4 other text named as a date or byline, 5 text near the headline.
fn visible_times(
    dom: &Dom,
    lang: Option<&str>,
    title: Option<&str>,
    parse: &dyn Fn(&str, Provenance) -> Option<Published>,
) -> Vec<(u8, Published)> {
    let mut out: Vec<(u8, Published)> = Vec::new();
    let mut headline_at: Option<NodeId> = None;
    let mut first_heading: Option<NodeId> = None;
    let title = title.map(folded).unwrap_or_default();
    let mut names = String::new();
    let mut looked_at = 0;
    for (id, name) in dom.elements() {
        if headline_at.is_none() && matches!(*name, local_name!("h1") | local_name!("h2")) {
            let text = folded(&dom.text(id, 1_000));
            // The headline may share its element with a kicker.
            if !title.is_empty() && text.len() <= 2 * title.len() && text.contains(&title) {
                headline_at = Some(id);
            } else if first_heading.is_none() && *name == local_name!("h1") && !text.is_empty() {
                first_heading = Some(id);
            }
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
        let dated = DATED.iter().any(|n| names.contains(n));
        let lined = LINES.iter().any(|n| names.contains(n));
        if !(is_time || published || dated || lined)
            || matches!(
                *name,
                local_name!("meta") | local_name!("body") | local_name!("html")
            )
            || looked_at > 300
        {
            continue;
        }
        // Many themes mark one time as both.
        let both = names.contains("-published-") || names.contains("-post-date-");
        if (names.contains("-modif") || names.contains("-updat")) && !both
            || property.eq_ignore_ascii_case("dateModified")
        {
            continue;
        }
        looked_at += 1;
        if !property.eq_ignore_ascii_case("datePublished") && is_apart(dom, id, headline_at) {
            continue;
        }
        let machine = [
            "datetime",
            "content",
            "data-datetime",
            "data-timestamp",
            "title",
        ]
        .iter()
        .find_map(|a| dom.attr(id, a));
        let printed = || dates::find(&dom.text(id, 300), lang);
        let Some(found) = machine
            .and_then(|t| parse(t, Provenance::Meta))
            .or_else(printed)
        else {
            continue;
        };
        let near = headline_at.is_some_and(|h| id.abs_diff(h) < 200);
        let rank = match (published, is_time, near && dated) {
            (true, ..) => 0,
            (_, true, _) if near => 1,
            (_, false, true) => 2,
            (_, true, _) => 3,
            _ => 4,
        };
        out.push((rank, found));
    }
    if out.is_empty() {
        let at = headline_at.or(first_heading);
        let near = at.and_then(|h| text_near(dom, h, lang));
        let found = near.or_else(|| only_date(dom, at, lang));
        out.extend(found.map(|p| (5, p)));
    }
    out.sort_by_key(|(rank, _)| *rank);
    out
}

/// A date printed in the short lines that follow (or closely precede) the headline.
fn text_near(dom: &Dom, headline: NodeId, lang: Option<&str>) -> Option<Published> {
    let dated = |range: std::ops::Range<usize>| {
        range.filter_map(|at| match &dom.nodes.get(at)?.kind {
            NodeKind::Text(t) if t.trim().len() < 160 => {
                dates::find(t.trim(), lang).filter(|_| !is_apart(dom, at as NodeId, Some(headline)))
            }
            _ => None,
        })
    };
    let at = headline as usize;
    let end = dom.nodes.len().min(at + 160);
    dated(at..end)
        .next()
        .or_else(|| dated(at.saturating_sub(60)..at).next_back())
}

/// The one day that the page's short lines name, outside what surrounds the article; `None` if they name several.
fn only_date(dom: &Dom, headline: Option<NodeId>, lang: Option<&str>) -> Option<Published> {
    let mut only: Option<Published> = None;
    let mut looked_at = 0;
    for (id, node) in (0..).zip(&dom.nodes) {
        let NodeKind::Text(text) = &node.kind else {
            continue;
        };
        let text = text.trim();
        if text.len() > 90 || !text.bytes().any(|b| b.is_ascii_digit()) {
            continue;
        }
        // A page with so many numbers is a table, not a report.
        looked_at += 1;
        if looked_at > 2_000 {
            return None;
        }
        let Some(found) = dates::find(text, lang) else {
            continue;
        };
        if is_apart(dom, id, headline) {
            continue;
        }
        match &only {
            Some(first) if first.at.date() != found.at.date() => return None,
            Some(_) => {}
            None => only = Some(found),
        }
    }
    only
}
