//! Organisations and places: acronyms, short forms, countries.

use super::{Forms, Known, between, slice};
use crate::article::EntityKind;
use crate::entity::Mention;
use crate::entity::variant::is_legal_form;
use rustc_hash::FxHashMap;

/// Words that may follow an organisation's short name in its full one.
const GENERIC: &[&str] = &[
    "group",
    "holdings",
    "holding",
    "airlines",
    "airways",
    "air",
    "motors",
    "motor",
    "international",
    "party",
    "company",
    "industries",
    "technologies",
    "foundation",
    "bank",
    "media",
    "news",
    "newspaper",
];
/// Words before an organisation's name that only say whose it is.
const OWN_COUNTRY: &[&str] = &[
    "us",
    "uk",
    "united states",
    "united kingdom",
    "british",
    "american",
    "the",
];
/// Countries' short forms and the full form that they stand for, folded.
const COUNTRIES: &[(&str, &str)] = &[
    ("us", "united states"),
    ("usa", "united states"),
    ("uk", "united kingdom"),
    ("uae", "united arab emirates"),
    ("drc", "democratic republic of the congo"),
    ("un", "united nations"),
    ("eu", "european union"),
];

/// Letters of an acronym; `None` for other words.
fn acronym(text: &str) -> Option<String> {
    let letters: String = text.chars().filter(|c| *c != '.').collect();
    let count = letters.chars().count();
    let capitals = letters.chars().filter(|c| c.is_uppercase()).count();
    let fits = (2..=10).contains(&count)
        && capitals >= 2
        && capitals * 2 > count
        && letters.chars().all(|c| c.is_alphanumeric() || c == '&');
    fits.then(|| letters.to_lowercase())
}

/// Whether the letters are initials of the name's words in order, every capitalised word used.
fn spells(letters: &str, name: &str) -> bool {
    let mut letters = letters.chars().peekable();
    for word in name
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
    {
        let Some(first) = word.chars().next() else {
            continue;
        };
        let hit = letters
            .next_if(|&l| first.to_lowercase().eq(std::iter::once(l)))
            .is_some();
        if !hit && first.is_uppercase() {
            return false;
        }
    }
    letters.peek().is_none()
}

/// Whether the letters are the name's initials, or those behind the country that it begins with.
fn initials_fit(letters: &str, name: &str) -> bool {
    let behind = ["United States ", "U.S. ", "US ", "UK "]
        .iter()
        .find_map(|c| name.strip_prefix(c));
    spells(letters, name) || behind.is_some_and(|rest| spells(letters, rest))
}

/// As [`spells`], for an acronym in brackets behind the name: words may be passed over, and "&" is a word.
fn abbreviates(acronym: &str, name: &str) -> bool {
    let mut letters = acronym.chars().filter(|c| c.is_alphanumeric()).peekable();
    for word in name
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
    {
        letters.next_if(|&l| {
            word.chars()
                .next()
                .is_some_and(|f| f.to_lowercase().eq(std::iter::once(l)))
        });
    }
    letters.peek().is_none()
}

/// "Long Name (ABC)": every ABC of the article gets the long name's kind.
pub(super) fn explain_acronyms(blocks: &[&str], mentions: &mut [Vec<Mention>]) {
    let mut explained: FxHashMap<String, EntityKind> = FxHashMap::default();
    for (block, list) in blocks.iter().zip(mentions.iter()) {
        for pair in list.windows(2) {
            if is_bracketed(block, &pair[0], &pair[1])
                && acronym(slice(block, &pair[1]))
                    .is_some_and(|a| abbreviates(&a, slice(block, &pair[0])))
            {
                explained
                    .entry(slice(block, &pair[1]).to_owned())
                    .or_insert(pair[0].kind);
            }
        }
    }
    if explained.is_empty() {
        return;
    }
    for (block, list) in blocks.iter().zip(mentions) {
        for mention in list {
            if let Some(&kind) = explained.get(slice(block, mention)) {
                mention.kind = kind;
            }
        }
    }
}

fn is_bracketed(block: &str, long: &Mention, short: &Mention) -> bool {
    let after = block.get(short.end as usize..).unwrap_or("");
    matches!(between(block, long, short), " (" | " (the ") && after.starts_with([')', ';', ','])
}

pub(super) fn join_acronyms(
    blocks: &[&str],
    mentions: &[Vec<Mention>],
    of_mention: &[Vec<Option<usize>>],
    forms: &mut Forms,
) {
    for ((block, list), own) in blocks.iter().zip(mentions).zip(of_mention) {
        for (pair, form) in list.windows(2).zip(own.windows(2)) {
            let (Some(long), Some(short)) = (form[0], form[1]) else {
                continue;
            };
            let (a, b) = (slice(block, &pair[0]), slice(block, &pair[1]));
            if pair[0].kind != pair[1].kind || !is_bracketed(block, &pair[0], &pair[1]) {
                continue;
            }
            if acronym(b).is_some_and(|letters| abbreviates(&letters, a)) {
                forms.join(short, long);
            } else if acronym(a).is_some_and(|letters| abbreviates(&letters, b)) {
                forms.join(long, short);
            }
        }
    }
    // Not explained: three letters or more that fit exactly one organisation of the article.
    let orgs: Vec<usize> = forms.of(EntityKind::Org).collect();
    for &short in &orgs {
        let Some(letters) = acronym(&forms.list[short].text).filter(|l| l.len() >= 3) else {
            continue;
        };
        if forms.list[short].root != short || forms.list[short].words.len() > 1 {
            continue;
        }
        let fits: Vec<usize> = orgs
            .iter()
            .copied()
            .filter(|&f| {
                forms.list[f].words.len() >= 2 && initials_fit(&letters, &forms.list[f].text)
            })
            .map(|f| forms.root(f))
            .collect();
        if let Some(&first) = fits.first()
            && fits.iter().all(|&f| f == first)
        {
            forms.join(short, first);
        }
    }
}

/// "Salling" joins "Salling Group", "Supreme Court" joins "US Supreme Court", where only one fits.
pub(super) fn join_organisations(forms: &mut Forms, known: &dyn Known) {
    let orgs: Vec<usize> = forms.of(EntityKind::Org).collect();
    let countries: Vec<usize> = forms.list.iter().map(|f| country_words(&f.words)).collect();
    for &short in &orgs {
        if forms.list[short].root != short {
            continue;
        }
        let words = &forms.list[short].words;
        let core = &words[countries[short]..];
        let mut roots = Vec::new();
        let mut others = false;
        for &other in orgs.iter().filter(|&&f| f != short) {
            let full = &forms.list[other].words;
            let full_core = &full[countries[other]..];
            let club =
                words.len() == 1 && full.ends_with(words) && known.is_club(&forms.list[other].text);
            if is_fuller_org(core, full_core)
                || core == full_core && words.len() < full.len()
                || club
            {
                roots.push(forms.root(other));
            } else if full.len() > words.len() {
                // Another organisation of that name and more makes it ambiguous; a part of it does not.
                let of =
                    full.starts_with(words) && full.get(words.len()).is_some_and(|w| w == "of");
                others |= full.ends_with(words) || of;
            }
        }
        roots.sort_unstable();
        roots.dedup();
        roots.retain(|&r| r != short);
        if let ([only], false) = (&roots[..], others) {
            let only = *only;
            forms.join(short, only);
        }
    }
}

/// Number of words that are "US", "United States" or the like before more.
fn country_words(words: &[String]) -> usize {
    [2, 1]
        .into_iter()
        .find(|&n| words.len() > n && OWN_COUNTRY.contains(&words[..n].join(" ").as_str()))
        .unwrap_or(0)
}

fn is_fuller_org(short: &[String], full: &[String]) -> bool {
    full.len() > short.len() && full.starts_with(short) && {
        let rest = &full[short.len()..];
        rest.iter()
            .all(|w| is_legal_form(w) || GENERIC.contains(&w.as_str()))
            || rest[0] == "of" && short.len() == 1
    }
}

/// "US" joins "United States" where the article has both.
pub(super) fn join_countries(forms: &mut Forms) {
    for (short, full) in COUNTRIES {
        for kind in [EntityKind::Place, EntityKind::Org] {
            let find = |key: &str| forms.by_key.get(&(kind, key.to_owned())).copied();
            if let (Some(short), Some(full)) = (find(short), find(full)) {
                forms.join(short, full);
            }
        }
    }
}
