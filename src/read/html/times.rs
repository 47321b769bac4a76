//! When a page was published: metadata first, then what it shows.

use super::body::folded;
use super::dates::{self, Says};
use super::dom::{Dom, NONE, NodeId, NodeKind};
use super::json_ld::JsonLd;
use super::metadata::Metas;
use crate::article::{Precision, Provenance, Published};
use crate::read::{path_date, published};
use html5ever::local_name;
use regex::Regex;
use std::sync::LazyLock;

/// Where a time was stated, the most trusted first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Trust {
    JsonLd,
    /// Metadata named as the publication's.
    Meta,
    /// Shown, and marked up as the publication's.
    Marked,
    /// A `time` element at the headline.
    TimeAtHeadline,
    /// Text at the headline, named as a date.
    NamedAtHeadline,
    Url,
    /// Metadata named as a date only: it may be the update's, or the record's in a system.
    Vague,
    /// The first other `time` element.
    OtherTime,
    /// Other text named as a date or a byline.
    Named,
    /// Text near the headline.
    Near,
    /// The one day that the page's short lines name.
    Only,
    /// A number such as `03/04/2024` by the habit of the page's language.
    ByHabit,
    /// What the page says to be an update's: the day of the text as it stands, where no other is named.
    Updated,
}

/// Metadata that names the time of publication.
const PUBLISHED: [&str; 59] = [
    "article:published_time",
    "og:article:published_time",
    "article:published",
    "article:published_date",
    "article:publicationdate",
    "article.published",
    "og:article:published",
    "og:published_time",
    "og:publish_date",
    "og:datepublished",
    "datepublished",
    "date_published",
    "parsely-pub-date",
    "sailthru.date",
    "publish-date",
    "publish_date",
    "publishdate",
    "publish_time",
    "publish-time",
    "publishtime",
    "publication_date",
    "publication-date",
    "publicationdate",
    "published_time_telegram",
    "published-date",
    "published_date",
    "publisheddate",
    "published_time",
    "published_at",
    "published",
    "pubdate",
    "pub_date",
    "pub-date",
    "article_date_original",
    "originalpublicationdate",
    "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime",
    "rnews:datepublished",
    "dc.date.issued",
    "dc.date.published",
    "dc.date.publication",
    "dcterms.issued",
    "prism.publicationdate",
    "citation_publication_date",
    "citation_date",
    "og:pubdate",
    "og:regdate",
    "bt:pubdate",
    "rbpubdate",
    "article:post_date",
    "dateposted",
    "mediator_published_time",
    "vr:published_time",
    "dcsext.articlefirstpublished",
    "shareaholic:article_published_time",
    "twt-published-at",
    "ptime",
    "weibo:article:create_at",
    "displaydate",
];

/// Metadata that names a date, or the making of something.
const VAGUE: [&str; 23] = [
    "dc.date.created",
    "dcterms.created",
    "dc.created",
    "dc:created",
    "dc.date",
    "dcterms.date",
    "dc:date",
    "date",
    "article:created",
    "article.created",
    "article_date",
    "analyticsattributes.articledate",
    "datecreated",
    "date_created",
    "date-created",
    "created",
    "content_create_date",
    "sdate",
    "pdate",
    "doc_date",
    "release_date",
    "gentime",
    "timestamp",
];

/// Metadata that names the time of the last change.
const MODIFIED: [&str; 16] = [
    "article:modified_time",
    "article:modified",
    "article:modified_date",
    "og:updated_time",
    "og:article:modified_time",
    "og:modified_time",
    "datemodified",
    "last-modified",
    "lastmodified",
    "dcterms.modified",
    "dc.modified",
    "dc.date.modified",
    "lastmod",
    "article:updated",
    "bt:moddate",
    "revision_date",
];

/// When the page was published and updated, by whatever it says.
pub(super) fn read(
    dom: &Dom,
    metas: &Metas,
    ld: &JsonLd,
    url: Option<&str>,
    lang: Option<&str>,
    title: Option<&str>,
) -> (Option<Published>, Option<Published>) {
    let custom = custom(lang, url);
    let lang = custom.as_deref();
    // A system's `03/04/2024` follows the system's habits, not the page's: what the page shows decides.
    let parse = |text: &str, from: Provenance| {
        published::parse(text, None, from)
            .ok()
            .or_else(|| dates::find(text, lang).map(|p| Published { from, ..p }))
    };
    let sane = |p: &Published| (1800..2200).contains(&p.at.year());
    let mut found: Vec<(Trust, Published)> = Vec::new();
    let mut push = |trust, text: &str, from| {
        let Some(time) = parse(text, from) else {
            return;
        };
        found.push((trust, time));
        if time.precision < Precision::Day
            && let Some(day) = dates::find(text, lang)
        {
            found.push((Trust::ByHabit, Published { from, ..day }));
        }
    };
    if let Some(text) = ld.published.as_deref() {
        push(Trust::JsonLd, text, Provenance::JsonLd);
    }
    for text in metas.all(&PUBLISHED) {
        push(Trust::Meta, text, Provenance::Meta);
    }
    for text in metas.all(&VAGUE) {
        push(Trust::Vague, text, Provenance::Meta);
    }
    if let Some(text) = ld.created.as_deref() {
        push(Trust::Vague, text, Provenance::JsonLd);
    }
    let in_url = url.and_then(path_date::in_url);
    found.extend(
        in_url
            .filter(|p| p.precision >= Precision::Day)
            .map(|p| (Trust::Url, p)),
    );
    visible_times(dom, lang, title, &parse, &mut found);
    found.retain(|(_, p)| sane(p));
    found.sort_by_key(|(trust, _)| *trust);
    let modified = |text: &str, from| parse(text, from).filter(sane);
    let updated = ld
        .modified
        .as_deref()
        .and_then(|t| modified(t, Provenance::JsonLd))
        .or_else(|| {
            let mut stated = metas.all(&MODIFIED);
            stated.find_map(|t| modified(t, Provenance::Meta))
        })
        .or_else(|| {
            let shown = found.iter().find(|(trust, _)| *trust == Trust::Updated);
            shown.map(|(_, p)| *p)
        });
    (
        dates::most_precise(found.into_iter().map(|(_, p)| p)),
        updated,
    )
}

/// The language by which dates are read: a bare `en` gets the region that its country's domain says to
/// write the day first.
fn custom(lang: Option<&str>, url: Option<&str>) -> Option<String> {
    const DAY_FIRST: [&str; 8] = [".uk", ".ie", ".au", ".nz", ".in", ".za", ".sg", ".my"];
    let bare = lang.is_none_or(|l| l == "en");
    let host = url
        .and_then(|u| u.split_once("://"))
        .and_then(|(_, rest)| rest.split(['/', ':', '?']).next())
        .unwrap_or("");
    if bare && DAY_FIRST.iter().any(|tld| host.ends_with(tld)) {
        return Some("en-gb".to_owned());
    }
    lang.map(str::to_owned)
}

/// Words of names, or their beginnings, that mark a date of publication.
const DATED: [&str; 11] = [
    "-date",
    "-datum",
    "-fecha-",
    "-data-",
    "-time-",
    "-timedat",
    "-timestamp-",
    "-pubdate-",
    "-publish",
    "-posted-",
    "-zeit-",
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

/// Names of what is not about this article: other articles, comments, posts of others.
static APART: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        "-(?:related|recommend(?:ed|ation|ations|s)?|comments?|kommentare?|sidebar|widget|calendar|kalender|events?|",
        "mostviewed|most-viewed|mostread|most-read|popular|trending|latest|recent|newest|more-(?:news|stories|from|on)|readmore|read-more|",
        "ticker|newsticker|archives?|media-embed|embedded|tweet|instagram|playlist|carousel|slider|upcoming|navigation|nav|menu|promo|sponsored|recirc|",
        "next|prev|previous|site-footer|page-footer)-"
    ))
    .unwrap_or_else(|_| super::clutter::never())
});

/// Whether a node stands in what surrounds the article; what holds the headline too does not.
fn is_apart(dom: &Dom, id: NodeId, headline: Option<NodeId>) -> bool {
    let mut words = String::new();
    let holds_headline =
        |a: NodeId| headline.is_some_and(|h| dom.ancestors(h).any(|outer| outer == a));
    let article = |a: NodeId| {
        let mut outer = dom.ancestors(a);
        outer.find(|o| dom.is(*o, local_name!("article")))
    };
    dom.ancestors(id).take(30).any(|a| {
        words.clear();
        if let Some(class) = dom.attr(a, "class") {
            super::clutter::words(class, &mut words);
        }
        let named = match dom.name(a) {
            // What the article quotes has times of its own.
            Some(&local_name!("nav") | &local_name!("blockquote")) => true,
            // Byline and date stand beside the text on many sites; other articles have headings.
            Some(&local_name!("aside")) => !article(a).is_some_and(|o| {
                headline.is_none_or(|h| dom.ancestors(h).any(|x| x == o)) && !has_heading(dom, a)
            }),
            // An article's own footer is where many themes print its date.
            Some(&local_name!("footer")) => article(a).is_none(),
            _ => false,
        } || (APART.is_match(&words)
            && !(dom.is(a, local_name!("footer")) && article(a).is_some()))
            // German sites call an article's own opening a teaser too; another article's holds its headline.
            || (words.contains("-teaser") && (dom.is(a, local_name!("a")) || has_heading(dom, a)));
        named && !holds_headline(a) && !holds_the_page(dom, a)
    })
}

/// Whether more than half of the page stands in an element: `layout-right-sidebar` says what it has, not what it is.
fn holds_the_page(dom: &Dom, id: NodeId) -> bool {
    let next = |a: NodeId| dom.node(a).map(|n| n.next).filter(|n| *n != NONE);
    // Nodes are numbered as they are read, so that what follows an element ends it.
    let end = std::iter::once(id).chain(dom.ancestors(id)).find_map(next);
    let end = end.map_or(dom.nodes.len(), |e| e as usize);
    end.saturating_sub(id as usize) * 2 > dom.nodes.len()
}

/// Whether a heading stands below `id`, as far as the first hundred elements tell.
fn has_heading(dom: &Dom, id: NodeId) -> bool {
    let mut open: Vec<NodeId> = dom.children(id).collect();
    let mut looked_at = 0;
    while let Some(at) = open.pop() {
        looked_at += 1;
        if dom.name(at).is_some_and(super::elements::is_heading) || looked_at > 100 {
            return true;
        }
        open.extend(dom.children(at));
    }
    false
}

/// The heading that is the headline (or else what is printed just as it), and the page's first `h1` besides.
fn headline(dom: &Dom, title: Option<&str>) -> (Option<NodeId>, Option<NodeId>) {
    let title = title.map(folded).unwrap_or_default();
    let mut first_heading: Option<NodeId> = None;
    let mut printed: Option<NodeId> = None;
    let mut looked_at = 0;
    for (id, name) in dom.elements() {
        if !matches!(*name, local_name!("h1") | local_name!("h2")) {
            let class = dom.attr(id, "class").unwrap_or("");
            let named = ["title", "headline", "h1"]
                .iter()
                .any(|n| class.contains(n));
            let may_be = super::elements::is_heading(name)
                || (named && *name != local_name!("title") && *name != local_name!("body"));
            if may_be && printed.is_none() && !title.is_empty() && looked_at < 300 {
                looked_at += 1;
                printed = Some(id).filter(|id| folded(&dom.text(*id, 1_000)) == title);
            }
            continue;
        }
        let text = folded(&dom.text(id, 1_000));
        // The headline may share its element with a kicker.
        if !title.is_empty() && text.len() <= 2 * title.len() && text.contains(&title) {
            return (Some(id), first_heading);
        }
        if first_heading.is_none() && *name == local_name!("h1") && !text.is_empty() {
            first_heading = Some(id);
        }
    }
    (printed, first_heading)
}

/// Times that the page shows.
fn visible_times(
    dom: &Dom,
    lang: Option<&str>,
    title: Option<&str>,
    parse: &dyn Fn(&str, Provenance) -> Option<Published>,
    out: &mut Vec<(Trust, Published)>,
) {
    let before = out.len();
    let (headline_at, first_heading) = headline(dom, title);
    let mut names = String::new();
    let mut looked_at = 0;
    for (id, name) in dom.elements() {
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
        looked_at += 1;
        if !property.eq_ignore_ascii_case("datePublished") && is_apart(dom, id, headline_at) {
            continue;
        }
        let printed = dates::stated(&dom.text(id, 300), lang);
        let machine = TIME_ATTRIBUTES
            .iter()
            .find_map(|a| dom.attr(id, a))
            .and_then(|t| parse(t, Provenance::Meta));
        // `datetime="01-11-2023 10:29"` is as good as none where the text has the day.
        let Some(found) = dates::most_precise(machine.into_iter().chain(printed.map(|(p, _)| p)))
        else {
            continue;
        };
        // Many themes mark one time as both.
        let both = published || names.contains("-published-") || names.contains("-post-date-");
        let updated = property.eq_ignore_ascii_case("dateModified")
            || !both
                && (names.contains("-modif")
                    || names.contains("-updat")
                    || match printed {
                        Some((_, says)) if says != Says::Nothing => says == Says::Updated,
                        _ => is_called_updated(dom, id),
                    });
        let near = headline_at.is_some_and(|h| id.abs_diff(h) < 200);
        let trust = match (published, is_time, near && dated) {
            _ if updated => Trust::Updated,
            (true, ..) => Trust::Marked,
            (_, true, _) if near => Trust::TimeAtHeadline,
            (_, false, true) => Trust::NamedAtHeadline,
            (_, true, _) => Trust::OtherTime,
            _ => Trust::Named,
        };
        out.push((trust, found));
    }
    if out[before..].iter().all(|(t, _)| *t == Trust::Updated) {
        let at = headline_at.or(first_heading);
        let near = at.and_then(|h| text_near(dom, h, lang));
        let found = near
            .map(|found| (Trust::Near, found))
            .or_else(|| Some((Trust::Only, only_date(dom, at, lang)?)));
        out.extend(found.map(|(trust, (time, says))| match says {
            Says::Updated => (Trust::Updated, time),
            _ => (trust, time),
        }));
    }
}

/// Attributes in which elements keep the time that they show.
const TIME_ATTRIBUTES: [&str; 9] = [
    "datetime",
    "content",
    "data-datetime",
    "data-timestamp",
    "data-date",
    "data-time",
    "data-published",
    "data-utime",
    "title",
];

/// Whether the text right before an element, or the names of what holds it alone, say that its time is an update's.
fn is_called_updated(dom: &Dom, id: NodeId) -> bool {
    let mut words = String::new();
    for outer in dom.ancestors(id).take(2) {
        if let Some(class) = dom.attr(outer, "class") {
            super::clutter::words(class, &mut words);
        }
    }
    let named = words.contains("-updat") || words.contains("-modif");
    let said = text_before(dom, id).is_some_and(|text| dates::label(text) == Says::Updated);
    said || (named && !words.contains("-publi"))
}

/// The text right before a node, if it is short enough for a label.
fn text_before(dom: &Dom, id: NodeId) -> Option<&str> {
    (id.saturating_sub(4)..id)
        .rev()
        .find_map(|at| match &dom.node(at)?.kind {
            NodeKind::Text(text) if !text.trim().is_empty() => Some(text.trim()),
            _ => None,
        })
        .filter(|text| text.len() < 60)
}

/// A date printed in the short lines that follow (or closely precede) the headline: the first that is called
/// the publication's, else the first.
fn text_near(dom: &Dom, headline: NodeId, lang: Option<&str>) -> Option<(Published, Says)> {
    let dated = |range: std::ops::Range<usize>| {
        range.filter_map(|at| match &dom.nodes.get(at)?.kind {
            NodeKind::Text(t) if t.trim().len() < 160 => dates::stated(t.trim(), lang)
                .filter(|_| !is_apart(dom, at as NodeId, Some(headline))),
            _ => None,
        })
    };
    let at = headline as usize;
    let end = dom.nodes.len().min(at + 160);
    let after: Vec<_> = dated(at..end).collect();
    let first = after.iter().find(|(_, says)| *says == Says::Published);
    first
        .or(after.first())
        .copied()
        .or_else(|| dated(at.saturating_sub(60)..at).next_back())
}

/// The one day that the page's short lines name, outside what surrounds the article; where they name several, the one
/// that they call the publication's; `None` if neither is one.
fn only_date(dom: &Dom, headline: Option<NodeId>, lang: Option<&str>) -> Option<(Published, Says)> {
    let mut named: Vec<(Published, Says)> = Vec::new();
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
        let Some((time, says)) = dates::stated(text, lang) else {
            continue;
        };
        if is_apart(dom, id, headline) {
            continue;
        }
        let says = match says {
            Says::Nothing => text_before(dom, id).map_or(says, dates::label),
            said => said,
        };
        named.push((time, says));
    }
    let one_day = |of: &dyn Fn(Says) -> bool| {
        let mut times = named.iter().filter(|(_, says)| of(*says));
        let first = times.next()?;
        let day = first.0.at.date();
        times.all(|(t, _)| t.at.date() == day).then_some(*first)
    };
    one_day(&|_| true).or_else(|| one_day(&|says| says == Says::Published))
}
