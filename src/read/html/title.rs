//! The headline: what a page's metadata, headings and `<title>` agree on.

use super::body::folded;
use super::dom::{Dom, NodeId};
use super::json_ld::{self, JsonLd};
use super::metadata::Metas;
use crate::read::clean::is_unspaced;
use html5ever::local_name;

/// Where a site puts its name behind (or before) the headline.
const SEPARATORS: [&str; 12] = [
    " | ", " – ", " — ", " - ", " · ", " • ", " » ", " « ", " :: ", " / ", " ‹ ", " > ",
];

/// Where only a name that is known to be the site's is cut: headlines have colons too.
const COLONS: [&str; 4] = [" : ", "：", ":", "_"];

/// What a site is called: the names that it gives itself, and its host's.
#[derive(Debug, Default)]
pub(super) struct Site {
    /// Folded.
    names: Vec<String>,
    /// The part of the host's name before its domain, where it is long enough to be no accident.
    host: String,
}

impl Site {
    pub fn new<'a>(names: impl IntoIterator<Item = &'a str>, url: Option<&str>) -> Self {
        let host = url
            .and_then(|u| u.split_once("://"))
            .and_then(|(_, rest)| rest.split(['/', ':', '?', '#']).next())
            .unwrap_or("");
        let labels = host.split('.').filter(|l| l.len() >= 4 && *l != "blogspot");
        let label = labels.max_by_key(|l| l.len()).unwrap_or("");
        Self {
            names: names
                .into_iter()
                .map(folded)
                .filter(|n| !n.is_empty())
                .collect(),
            host: label.replace('-', "").to_lowercase(),
        }
    }

    /// Whether a folded text is one of the names.
    fn is(&self, text: &str) -> bool {
        self.names.iter().any(|name| name == text)
    }

    /// Whether the last part of a title speaks of the site: its name with other words, or within a longer one.
    fn is_named_by(&self, part: &str, before: &str) -> bool {
        let part = folded(part);
        let longer = before.chars().count() > part.chars().count();
        let short = longer && !part.is_empty() && part.split(' ').count() <= 5;
        let named = self
            .names
            .iter()
            .any(|name| *name == part || name.contains(&part) || part.contains(name.as_str()));
        let hosted = || !self.host.is_empty() && part.replace(' ', "").contains(&self.host);
        named || (short && hosted())
    }
}

/// `title` without the site's name at its end or beginning.
fn without_site(title: &str, site: &Site) -> String {
    let mut title = title.trim();
    loop {
        let tails = SEPARATORS.iter().chain(&COLONS).find_map(|separator| {
            let (head, tail) = title.rsplit_once(separator)?;
            (site.is_named_by(tail, head) && !head.trim().is_empty()).then_some(head)
        });
        let heads = SEPARATORS.iter().find_map(|separator| {
            let (head, tail) = title.split_once(separator)?;
            (site.is(&folded(head)) && !tail.trim().is_empty()).then_some(tail)
        });
        match tails.or(heads) {
            Some(shorter) => title = shorter.trim(),
            None => return title.to_owned(),
        }
    }
}

/// A text that may be the headline.
struct Candidate {
    text: String,
    folded: String,
    /// What its being said at all is worth.
    weight: f32,
    /// Set for headings of the page, whose wording is what its readers saw.
    heading: Option<NodeId>,
    /// A heading of the first level.
    is_first: bool,
}

impl Candidate {
    fn new(text: String, weight: f32, heading: Option<NodeId>) -> Self {
        Self {
            folded: folded(&text),
            text,
            weight,
            heading,
            is_first: false,
        }
    }

    /// Whether it has the words of a headline, rather than of a section's or a site's name.
    fn tells(&self) -> bool {
        let unspaced = self.folded.chars().filter(|c| is_unspaced(*c)).count();
        self.folded.split(' ').count() >= 4 || unspaced >= 12
    }

    /// How far `said` names the same headline: 1 where it is just that, perhaps with a site's name or a date around
    /// it, less with other words, 0 with mostly others.
    fn agreement(&self, said: &Self) -> f32 {
        if self.folded == said.folded || folded(longest_part(&said.text)) == self.folded {
            return 1.0;
        }
        let theirs: Vec<&str> = said.folded.split(' ').collect();
        let ours = self.folded.split(' ');
        let unspaced = self.folded.chars().filter(|c| is_unspaced(*c)).count();
        let (mut all, mut common) = (0_usize, 0_usize);
        for word in ours {
            all += 1;
            common += usize::from(theirs.contains(&word));
        }
        let within = said
            .folded
            .strip_prefix(&self.folded)
            .is_some_and(|r| r.starts_with(' '))
            || said
                .folded
                .strip_suffix(&self.folded)
                .is_some_and(|r| r.ends_with(' '));
        if within && (all >= 4 || unspaced >= 8) {
            return 1.0;
        }
        let share = 2.0 * common as f32 / (all + theirs.len()) as f32;
        if share >= 0.5 { share.min(1.0) } else { 0.0 }
    }
}

/// The headline that the page's own statements agree on most: JSON-LD, headings, social metadata, `<title>`.
///
/// Of equals the earlier of these wins. None is right alone: a first `h1` is the site's name on many blogs, `og:title` a
/// section's, and `<title>` repeats what a system filled `og:title` with, so that it counts little.
pub(super) fn read(
    dom: &Dom,
    metas: &Metas,
    ld: &JsonLd,
    page: Option<&str>,
    site: &Site,
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
    let said = |text: Option<&str>, weight: f32| {
        text.map(|t| Candidate::new(without_site(t, site), weight, None))
            .filter(|c| c.text.len() > 3)
    };
    let stated: Vec<Candidate> = [
        said(ld.headline.as_deref(), 1.2),
        said(social.as_deref(), 1.0),
        said(page, 0.3),
    ]
    .into_iter()
    .flatten()
    .collect();
    let mut headings = headings(dom, site);
    if stated.is_empty() {
        let mut firsts = headings.iter().filter(|h| h.weight > 1.0);
        return match (firsts.next(), firsts.next()) {
            (Some(only), None) => Some(only.text.clone()),
            _ => None,
        };
    }
    // What the page shows as its one headline outweighs a title that was written for search engines and social media,
    // though not the publisher's own record of the article.
    let sole = match &headings.iter().filter(|h| h.is_first).collect::<Vec<_>>()[..] {
        [first, ..] if ld.headline.is_none() && first.tells() => first.heading,
        _ => None,
    };
    let only_page = stated.iter().all(|s| s.weight < 1.0);
    let agrees = |h: &Candidate| {
        stated.iter().any(|s| match s.weight >= 1.0 || only_page {
            true => h.agreement(s) > 0.0 || s.agreement(h) > 0.0,
            // A `<title>` holds the site's name as well, which is the first heading of many pages.
            false => h.agreement(s) == 1.0,
        })
    };
    if headings.iter().any(agrees) || sole.is_none() {
        headings.retain(agrees);
    } else {
        headings.retain(|h| h.heading == sole);
    }
    // What a system appends to the headline in every field, and the page does not show.
    let parts: Vec<Candidate> = stated
        .iter()
        .map(|s| Candidate::new(longest_part(&s.text).to_owned(), 0.0, None))
        .filter(|part| {
            let confirmed = headings.iter().any(|h| part.agreement(h) == 1.0);
            confirmed && stated.iter().all(|s| s.folded != part.folded)
        })
        .collect();
    let score = |c: &Candidate| {
        let stated: f32 = stated.iter().map(|s| s.weight * c.agreement(s)).sum();
        let shown = headings.iter().map(|h| h.weight * c.agreement(h));
        // Of two that are said as often the longer tells more.
        stated + shown.fold(0.0, f32::max) + 0.005 * c.folded.chars().take(40).count() as f32
    };
    let by_trust = stated.iter().filter(|c| c.weight > 1.0);
    let rest = stated.iter().filter(|c| c.weight == 1.0 || only_page);
    let best = by_trust
        .chain(&headings)
        .chain(rest)
        .chain(&parts)
        .map(|c| (score(c), c))
        .reduce(|a, b| if b.0 > a.0 + 0.01 { b } else { a })?
        .1;
    let Some(id) = best.heading else {
        let alone = best.weight == 0.3;
        return Some(
            if alone {
                longest_part(&best.text)
            } else {
                &best.text
            }
            .to_owned(),
        );
    };
    // A kicker or a date inside the heading is not the headline.
    let inner = stated.iter().find_map(|other| {
        let part = longest_part(&other.text);
        [other.text.as_str(), part].into_iter().find(|text| {
            let text = folded(text);
            text.len() > 8
                && best.folded.len() > text.len()
                && descends(dom, id, |inner| folded(inner) == text)
        })
    });
    Some(inner.unwrap_or(&best.text).to_owned())
}

/// The headings that may be the headline: `h1`, what is marked up as one, and the first `h2`s.
fn headings(dom: &Dom, site: &Site) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = Vec::new();
    for (id, name) in dom.elements() {
        let first = *name == local_name!("h1");
        let marked = dom.attr(id, "itemprop").is_some_and(|p| {
            p.split_whitespace()
                .any(|w| w.eq_ignore_ascii_case("headline"))
        });
        let second = *name == local_name!("h2") && found.len() < 20;
        if !(first || marked || second) || *name == local_name!("meta") || found.len() >= 200 {
            continue;
        }
        let apart = dom.ancestors(id).any(|a| {
            dom.is(a, local_name!("nav"))
                || dom.is(a, local_name!("aside"))
                || dom.is(a, local_name!("footer"))
        });
        if apart {
            continue;
        }
        let words = dom.text(id, 2_000);
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        let text = json_ld::unescape(&words);
        let weight = if first || marked { 1.5 } else { 0.8 };
        let mut candidate = Candidate::new(text, weight, Some(id));
        candidate.is_first = first;
        if !candidate.folded.is_empty()
            && !site.is(&candidate.folded)
            && candidate.text.chars().count() < 400
        {
            found.push(candidate);
        }
    }
    found
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
fn longest_part(title: &str) -> &str {
    for separator in [
        " | ", " :: ", " » ", " · ", " • ", " — ", " – ", " - ", "｜", "|",
    ] {
        if title.contains(separator) {
            return title
                .split(separator)
                .max_by_key(|part| part.chars().count())
                .unwrap_or(title)
                .trim();
        }
    }
    title
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_name_is_cut_from_a_title_and_a_dash_in_it_is_kept() {
        let site = Site::new(["The Daily"], Some("https://www.dailynews.example/a"));
        for (title, expected) in [
            ("Storm hits coast | The Daily", "Storm hits coast"),
            ("The Daily - Storm hits coast", "Storm hits coast"),
            ("Storm hits coast : Dailynews", "Storm hits coast"),
            (
                "Storm hits coast | World | The Daily",
                "Storm hits coast | World",
            ),
            ("Storm - and flood", "Storm - and flood"),
            ("Daily News: a history", "Daily News: a history"),
        ] {
            assert_eq!(without_site(title, &site), expected, "{title}");
        }
        assert_eq!(
            without_site("Storm - and flood", &Site::default()),
            "Storm - and flood"
        );
    }
}
