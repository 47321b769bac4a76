//! Which blocks of a page are the article.
//!
//! Every block gives or costs its ancestors something; the element with the greatest sum holds the
//! article, unless one that says to be the article's text holds most of it too. A publisher's own
//! JSON-LD `articleBody` outranks both, where the page shows what it says.

use super::blocks::{self, Block, Kind, Page};
use super::clutter;
use super::dom::{Dom, NONE, NodeId};
use super::shingles::Shingles;
use crate::article::Section;
use html5ever::local_name;
use rustc_hash::{FxHashMap, FxHashSet};

/// What is known before the body is looked for.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Known<'a> {
    pub title: Option<&'a str>,
    pub description: Option<&'a str>,
    pub authors: &'a [String],
    /// The publisher's own text of the article.
    pub json_ld: Option<&'a str>,
}

/// The article's text.
#[derive(Debug, Default)]
pub(super) struct Body {
    pub standfirst: Option<String>,
    pub sections: Vec<Section>,
}

/// A run of text that is long enough to be a sentence.
const SENTENCE: u32 = 40;

/// Finds the article's text in a page.
pub(super) fn extract(dom: &Dom, known: Known<'_>) -> Body {
    let page = read_trusting(dom, known.title);
    let evidence = known.json_ld.map(Shingles::new).filter(|s| s.len() >= 30);
    let matched: Vec<f32> = match &evidence {
        Some(s) => page.blocks.iter().map(|b| s.share_of(&b.text)).collect(),
        None => vec![0.0; page.blocks.len()],
    };
    let own = |inside: &[bool]| -> f32 {
        let blocks = page.blocks.iter().zip(inside);
        blocks
            .filter(|(_, i)| **i)
            .map(|(b, _)| gain(b).max(0.0))
            .sum()
    };
    let named = evidence
        .as_ref()
        .and_then(|s| by_evidence(dom, &page, &matched, s));
    // Some publishers state the opening only: then the text around it is the article.
    let inside = match named {
        Some(named) => Some(by_sums(dom, &page))
            .filter(|sums| own(sums) > EXCERPT * own(&named) && covers(sums, &named))
            .unwrap_or(named),
        None => by_sums(dom, &page),
    };
    let kept = select(&page, &inside, known);
    let standfirst = standfirst(&page, &kept, known);
    let mut body = assemble(&page, &kept, standfirst.as_ref().map(|s| s.0));
    body.standfirst = standfirst.map(|s| s.1);
    if let Some(text) = known.json_ld {
        let found: usize = body
            .sections
            .iter()
            .flat_map(|s| &s.paragraphs)
            .map(String::len)
            .sum();
        if text.len() > 300 && found * 2 < text.len() {
            body.sections = vec![Section {
                heading: None,
                paragraphs: text.lines().map(str::to_owned).collect(),
            }];
        }
    }
    body
}

/// How many times the publisher's own text the page must hold for the former to be an excerpt.
const EXCERPT: f32 = 2.5;

/// Whether `wide` has all but a tenth of the blocks of `narrow`.
fn covers(wide: &[bool], narrow: &[bool]) -> bool {
    let both = wide.iter().zip(narrow).filter(|(w, n)| **w && **n).count();
    both * 10 >= narrow.iter().filter(|n| **n).count() * 9
}

/// Reads the blocks; an element that looks like clutter but holds the headline, or most of the text, is not believed,
/// nor are several of one look that hold most together: the pictures of a gallery with what is told of each.
/// Comments may be longer than what they comment on, and are believed where there is other text.
fn read_trusting(dom: &Dom, title: Option<&str>) -> Page {
    let mut exempt: FxHashSet<NodeId> = headline(dom, title)
        .map(|h| dom.ancestors(h).collect())
        .unwrap_or_default();
    for _ in 0..6 {
        let page = blocks::read(dom, &exempt);
        let telling = || page.blocks.iter().filter(|b| !b.barred && tells(b));
        let is_comment = |b: &Block| {
            let named = |attr| {
                dom.attr(b.trigger, attr).is_some_and(|n| {
                    let n = n.to_ascii_lowercase();
                    n.contains("comment") || n.contains("kommentar")
                })
            };
            b.trigger != NONE && (named("class") || named("id"))
        };
        let rest: u64 = telling()
            .filter(|b| !is_comment(b))
            .map(|b| u64::from(b.weight))
            .sum();
        let alone = rest < 2 * u64::from(SENTENCE);
        let mut total = 0_u64;
        let mut by_trigger: FxHashMap<NodeId, u64> = FxHashMap::default();
        let mut by_look: FxHashMap<(NodeId, &str), (u64, Vec<NodeId>)> = FxHashMap::default();
        for b in telling().filter(|b| alone || !is_comment(b)) {
            let weight = u64::from(b.weight);
            total += weight;
            if b.trigger == NONE {
                continue;
            }
            *by_trigger.entry(b.trigger).or_default() += weight;
            let class = dom.attr(b.trigger, "class").unwrap_or("");
            let alike = by_look.entry((dom.parent(b.trigger), class)).or_default();
            alike.0 += weight;
            alike.1.push(b.trigger);
        }
        let one = by_trigger.into_iter().max_by_key(|(id, w)| (*w, *id));
        let many = by_look
            .into_values()
            .max_by_key(|(w, ids)| (*w, ids.first().copied()));
        match (one, many) {
            (Some((id, weight)), _) if weight * 2 > total => {
                exempt.insert(id);
            }
            (_, Some((weight, ids))) if weight * 2 > total => exempt.extend(ids),
            _ => return page,
        }
    }
    blocks::read(dom, &exempt)
}

/// The first heading that is the title.
fn headline(dom: &Dom, title: Option<&str>) -> Option<NodeId> {
    let title = title.map(folded).filter(|t| !t.is_empty())?;
    let mut headings = dom
        .elements()
        .filter(|(_, name)| **name == local_name!("h1"));
    headings
        .by_ref()
        .take(50)
        .find(|(id, _)| folded(&dom.text(*id, 1_000)) == title)
        .map(|(id, _)| id)
}

/// Whether a block tells something by itself: long, and not of links.
fn tells(block: &Block) -> bool {
    block.weight >= SENTENCE && block.link_share() < 0.5 && !matches!(block.kind, Kind::Heading(_))
}

/// What a block adds to the elements around it.
fn gain(block: &Block) -> f32 {
    if block.barred {
        return 0.0;
    }
    let share = block.link_share();
    let weight = block.weight as f32;
    if block.trigger != NONE {
        return if share > 0.5 { -8.0 } else { -4.0 };
    }
    match block.kind {
        Kind::Heading(_) if share > 0.5 => -30.0,
        Kind::Heading(_) => 0.0,
        _ if share > 0.5 => -20.0,
        _ if block.weight < SENTENCE => -3.0,
        Kind::Loose | Kind::Cell(_) => weight * (1.0 - share) * 0.8,
        Kind::Item => weight * (1.0 - share) * 0.6,
        _ if clutter::is_chatter(&block.text) => -10.0,
        Kind::Paragraph => weight * (1.0 - share),
    }
}

/// Sums of `values` over each element's descendants.
fn sums(dom: &Dom, page: &Page, values: impl Fn(usize, &Block) -> f32) -> Vec<f32> {
    let mut sums = vec![0.0_f32; dom.nodes.len()];
    for (i, block) in page.blocks.iter().enumerate() {
        sums[block.owner as usize] += values(i, block);
    }
    for id in (1..dom.nodes.len()).rev() {
        let parent = dom.nodes[id].parent as usize;
        sums[parent] += sums[id];
    }
    sums
}

fn is_inside(dom: &Dom, id: NodeId, outer: NodeId) -> bool {
    id == outer || dom.ancestors(id).any(|a| a == outer)
}

/// Which blocks lie inside `outer`, one flag a block.
fn inside(dom: &Dom, page: &Page, outer: NodeId) -> Vec<bool> {
    // Children follow their parents in the list of nodes, so that one pass settles all.
    let mut within = vec![false; dom.nodes.len()];
    for id in outer as usize..dom.nodes.len() {
        let parent = dom.nodes[id].parent;
        within[id] = id == outer as usize || within.get(parent as usize).copied().unwrap_or(false);
    }
    page.blocks
        .iter()
        .map(|b| within[b.owner as usize])
        .collect()
}

/// The element with the greatest sum, the innermost of equals.
fn greatest(dom: &Dom, sums: &[f32]) -> NodeId {
    let mut best = 0;
    for (id, _) in dom.elements() {
        let (sum, top) = (sums[id as usize], sums[best as usize]);
        if sum > top || (sum >= top && is_inside(dom, id, best)) {
            best = id;
        }
    }
    best
}

/// What links and captions cost of their full cost where a text stands in parts.
const MILD: f32 = 0.25;

fn by_sums(dom: &Dom, page: &Page) -> Vec<bool> {
    let told: f32 = page.blocks.iter().map(|b| gain(b).max(0.0)).sum();
    if told == 0.0 {
        // Nothing is as long as a sentence: then the paragraphs are what there is.
        let says = |b: &Block| {
            b.kind == Kind::Paragraph
                && b.trigger == NONE
                && b.link_share() < 0.3
                && b.text.split(' ').count() >= 3
        };
        return page.blocks.iter().map(says).collect();
    }
    let strict = sums(dom, page, |_, b| gain(b));
    let strictly = greatest(dom, &strict);
    // A text in parts, with links and captions between: their cost counts less where no part holds half of it.
    let (best, sums) = if strict[strictly as usize] * 2.0 < told {
        let mild = sums(dom, page, |_, b| gain(b).max(0.0) + gain(b).min(0.0) * MILD);
        (greatest(dom, &mild), mild)
    } else {
        (strictly, strict)
    };
    let mut bodies: Vec<NodeId> = page.bodies.clone();
    bodies.retain(|id| sums[*id as usize] > 0.0);
    bodies.sort_unstable();
    bodies.dedup();
    // Each is held against each below; a page whose every element says to be the text tells nothing.
    bodies.sort_by(|a, b| sums[*b as usize].total_cmp(&sums[*a as usize]));
    bodies.truncate(200);
    // The innermost of those that hold nearly the same.
    let named = bodies
        .iter()
        .copied()
        .filter(|id| sums[*id as usize] > 0.0)
        .max_by(|a, b| {
            sums[*a as usize]
                .total_cmp(&sums[*b as usize])
                .then(a.cmp(b))
        });
    let chosen = match named {
        Some(id) if sums[id as usize] >= 0.5 * sums[best as usize] => {
            // A text in several parts of one name is held by what holds them all.
            let outermost: Vec<NodeId> = bodies
                .iter()
                .copied()
                .filter(|b| sums[*b as usize] > 0.0)
                .filter(|b| !bodies.iter().any(|o| o != b && is_inside(dom, *b, *o)))
                .collect();
            let all: f32 = outermost.iter().map(|b| sums[*b as usize]).sum();
            if sums[id as usize] < 0.95 * all && is_inside(dom, id, best) {
                best
            } else {
                id
            }
        }
        _ => best,
    };
    inside(dom, page, chosen)
}

/// The blocks that the publisher's own text names, with what lies between them.
fn by_evidence(dom: &Dom, page: &Page, matched: &[f32], evidence: &Shingles) -> Option<Vec<bool>> {
    let named = |i: usize, b: &Block| !b.barred && b.weight >= 20 && matched[i] >= 0.6;
    let total: f32 = page
        .blocks
        .iter()
        .enumerate()
        .filter(|(i, b)| named(*i, b))
        .map(|(_, b)| b.weight as f32)
        .sum();
    if total < 0.6 * evidence.weight() as f32 {
        return None;
    }
    let sums = sums(
        dom,
        page,
        |i, b| if named(i, b) { b.weight as f32 } else { 0.0 },
    );
    // The innermost element that holds nearly all of it.
    let mut container = 0;
    for (id, _) in dom.elements() {
        if sums[id as usize] >= 0.9 * sums[0] && is_inside(dom, id, container) {
            container = id;
        }
    }
    let mut inside = inside(dom, page, container);
    let first = (0..page.blocks.len()).find(|i| inside[*i] && named(*i, &page.blocks[*i]))?;
    let last = (0..page.blocks.len()).rfind(|i| inside[*i] && named(*i, &page.blocks[*i]))?;
    for (i, flag) in inside.iter_mut().enumerate() {
        let block = &page.blocks[i];
        let own = matched[i] >= 0.6;
        *flag &= (first..=last).contains(&i)
            && (own
                || block.weight < 2 * SENTENCE
                || !evidence.is_whole(total as u32)
                || matches!(block.kind, Kind::Item | Kind::Heading(_) | Kind::Cell(_)));
    }
    Some(inside)
}

/// The blocks of the container that are the article's, by their indexes.
fn select(page: &Page, inside: &[bool], known: Known<'_>) -> Vec<usize> {
    let title = known.title.map(folded).unwrap_or_default();
    let mut kept: Vec<usize> = Vec::new();
    let own = |i: usize, b: &Block| inside[i] && !b.barred && b.trigger == NONE;
    let blocks = || page.blocks.iter().enumerate();
    let total: u64 = blocks()
        .filter(|(i, b)| own(*i, b))
        .map(|(_, b)| u64::from(b.weight))
        .sum();
    let mut passed = 0;
    for (i, block) in blocks() {
        if !inside[i] || block.barred || block.trigger != NONE {
            continue;
        }
        let text = folded(&block.text);
        if text.is_empty() {
            continue;
        }
        passed += u64::from(block.weight);
        // What stands above the headline is not the text, unless it is most of it.
        let above = passed * 3 < total;
        let heading = matches!(block.kind, Kind::Heading(_));
        if !title.is_empty() && text == title && (heading || kept.len() < 3) {
            if above {
                kept.clear();
            }
            continue;
        }
        if matches!(block.kind, Kind::Heading(1)) && above {
            kept.clear();
            continue;
        }
        let share = block.link_share();
        let linky = match block.kind {
            Kind::Heading(_) => share > 0.8,
            Kind::Item => share > 0.6,
            _ => share > 0.7 && block.weight < 200,
        };
        if linky || clutter::is_chatter(&block.text) || is_byline(block, known, kept.len()) {
            continue;
        }
        kept.push(i);
    }
    trim_end(page, &mut kept);
    kept
}

/// Drops what trails behind the last sentence: headings without text, single words.
fn trim_end(page: &Page, kept: &mut Vec<usize>) {
    while let Some(last) = kept.last() {
        let block = &page.blocks[*last];
        let sentence = block.weight >= 25 || ends_sentence(&block.text);
        if matches!(block.kind, Kind::Heading(_)) || !sentence {
            kept.pop();
        } else {
            break;
        }
    }
}

fn ends_sentence(text: &str) -> bool {
    text.trim_end_matches(['"', '”', '’', '\'', ')', '»', '“'])
        .ends_with(['.', '!', '?', '…', '。', '！', '？', '।'])
}

/// Lines such as "By Jane Doe" or a bare date, which stand above the text or at its very end.
fn is_byline(block: &Block, known: Known<'_>, before: usize) -> bool {
    if block.weight > 90 || matches!(block.kind, Kind::Heading(_)) {
        return false;
    }
    let text = block.text.trim();
    let folded_text = folded(text);
    let named = known.authors.iter().any(|a| {
        let a = folded(a);
        !a.is_empty() && folded_text.contains(&a) && block.weight as usize <= a.chars().count() + 40
    });
    if named && !ends_sentence(text) {
        return true;
    }
    before < 4
        && !ends_sentence(text)
        && (folded_text.starts_with("by ") || super::dates::find(text, None).is_some())
}

/// Lower case letters and digits with single spaces.
pub(super) fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_alphanumeric() {
            out.extend(c.to_lowercase());
        } else if !out.ends_with(' ') && !out.is_empty() && !matches!(c, '\'' | '’') {
            out.push(' ');
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// The index of the block that is the standfirst (or of none), and its text.
fn standfirst(page: &Page, kept: &[usize], known: Known<'_>) -> Option<(usize, String)> {
    let first = *kept.first()?;
    let description = known.description.map(folded).filter(|d| d.len() > 20);
    let title = known.title.map(folded).unwrap_or_default();
    let headline = page.blocks.iter().position(|b| {
        matches!(b.kind, Kind::Heading(_)) && !title.is_empty() && folded(&b.text) == title
    });
    let from = headline.map_or(0, |h| h + 1);
    for i in from..=first {
        let block = &page.blocks[i];
        if block.barred
            || block.weight < 20
            || block.link_share() > 0.5
            || (block.trigger != NONE && !block.in_standfirst)
        {
            continue;
        }
        let text = folded(&block.text);
        let is_dated = block.weight < 60
            && !ends_sentence(&block.text)
            && super::dates::find(&block.text, None).is_some();
        if text == title || is_dated || clutter::is_chatter(&block.text) {
            continue;
        }
        let described = description.as_ref().is_some_and(|d| *d == text);
        let near = headline.is_some()
            && (block.in_standfirst || (matches!(block.kind, Kind::Heading(2..=4)) && i == from));
        let is_lede = i == first && !block.in_standfirst;
        if (described && !is_lede) || near {
            return Some((i, block.text.clone()));
        }
    }
    None
}

/// Blocks → sections.
fn assemble(page: &Page, kept: &[usize], standfirst: Option<usize>) -> Body {
    let mut sections = vec![Section::default()];
    let mut row = NONE;
    for (n, &i) in kept.iter().enumerate() {
        if Some(i) == standfirst {
            continue;
        }
        let block = &page.blocks[i];
        let next = kept.get(n + 1).map(|&j| &page.blocks[j]);
        let Some(section) = sections.last_mut() else {
            break;
        };
        let mut this_row = NONE;
        match block.kind {
            Kind::Heading(_) => sections.push(headed(&block.text)),
            _ if is_bold_heading(block, next) => sections.push(headed(&block.text)),
            Kind::Item => section.paragraphs.push(format!("- {}", block.text)),
            Kind::Cell(id) => {
                this_row = id;
                match section.paragraphs.last_mut() {
                    Some(last) if row == id && last.len() < 10_000 && block.weight < 200 => {
                        last.push_str(" | ");
                        last.push_str(&block.text);
                    }
                    _ => section.paragraphs.push(block.text.clone()),
                }
            }
            Kind::Paragraph | Kind::Loose => section.paragraphs.push(block.text.clone()),
        }
        row = this_row;
    }
    // A heading without text heads nothing, unless a deeper heading follows; then it is joined by it.
    sections.retain(|s| s.heading.is_some() || !s.paragraphs.is_empty());
    Body {
        standfirst: None,
        sections,
    }
}

fn headed(text: &str) -> Section {
    Section {
        heading: Some(text.to_owned()),
        paragraphs: Vec::new(),
    }
}

/// A short bold line of its own above a paragraph is how many newsrooms write their crossheads.
fn is_bold_heading(block: &Block, next: Option<&Block>) -> bool {
    block.bold
        && matches!(block.kind, Kind::Paragraph | Kind::Loose)
        && block.weight <= 80
        && block.link_weight == 0
        && !ends_sentence(&block.text)
        && !block.text.ends_with([':', ',', '"', '”'])
        && next.is_some_and(|n| {
            matches!(n.kind, Kind::Paragraph | Kind::Loose | Kind::Item)
                && !n.bold
                && n.weight >= SENTENCE
        })
}
