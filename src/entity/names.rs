//! Names within one article: which mentions mean the same, and the fullest name that the article gives.
//!
//! Precision comes first: a short form joins a full one only where the article has exactly one that it can
//! mean. Relatives who share a surname leave the surname alone; acronyms join where the article explains
//! them, or where their letters fit exactly one of its names.

use super::Mention;
use super::variant::{fold, honorific_bytes, is_legal_form, person_words};
use crate::article::EntityKind;
use rustc_hash::FxHashMap;

/// What comes between two names of one person.
const ALSO_CALLED: &[&str] = &[
    "known as",
    "also known as",
    "better known as",
    "known by",
    "best known as",
    "aka",
    "a.k.a.",
    "alias",
    "also called",
    "nicknamed",
    "real name",
    "born",
    "né",
    "née",
    "whose real name is",
    "commonly known as",
    "known to fans as",
];
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
/// Names compared with each other in one article; later ones keep their own spelling. Bounds the work.
const MOST_FORMS: usize = 2_000;

/// A spelling of a name in the article.
struct Form {
    kind: EntityKind,
    /// Folded words, without titles.
    words: Vec<String>,
    /// As written, without titles.
    text: String,
    /// The form that it stands for; itself where it is the fullest.
    root: usize,
}

struct Forms {
    list: Vec<Form>,
    by_key: FxHashMap<(EntityKind, String), usize>,
}

impl Forms {
    fn add(&mut self, kind: EntityKind, text: &str) -> Option<usize> {
        let text = match kind {
            EntityKind::Person => &text[honorific_bytes(text)..],
            _ => text,
        };
        let words = match kind {
            EntityKind::Person => person_words(text),
            _ => fold(text).split(' ').map(str::to_owned).collect(),
        };
        let key = (kind, words.join(" "));
        if let Some(&form) = self.by_key.get(&key) {
            let known = &mut self.list[form].text;
            if is_shouted(known) && !is_shouted(text) {
                *known = one_line(text);
            }
            return Some(form);
        }
        if self.list.len() >= MOST_FORMS {
            return None;
        }
        let form = self.list.len();
        self.list.push(Form {
            kind,
            words,
            text: one_line(text),
            root: form,
        });
        self.by_key.insert(key, form);
        Some(form)
    }

    fn root(&self, mut form: usize) -> usize {
        // A root is set once and only from a root to another, so the way up is never a circle.
        while self.list[form].root != form {
            form = self.list[form].root;
        }
        form
    }

    /// Makes `short` stand for `full`.
    fn join(&mut self, short: usize, full: usize) {
        let (short, full) = (self.root(short), self.root(full));
        if short != full {
            self.list[short].root = full;
        }
    }

    fn of(&self, kind: EntityKind) -> impl Iterator<Item = usize> + '_ {
        (0..self.list.len()).filter(move |&f| self.list[f].kind == kind)
    }
}

/// Sets `name` of each mention (one list a block) to the fullest name that the article gives it.
///
/// `is_given` tells first names, folded words in title case. Kinds are left as they are, but for an acronym
/// that the article explains.
pub(super) fn join(
    blocks: &[&str],
    mentions: &mut [Vec<Mention>],
    is_given: &dyn Fn(&str) -> bool,
) {
    explain_acronyms(blocks, mentions);
    let mut forms = Forms {
        list: Vec::new(),
        by_key: FxHashMap::default(),
    };
    let mut of_mention: Vec<Vec<Option<usize>>> = Vec::with_capacity(mentions.len());
    for (block, list) in blocks.iter().zip(mentions.iter()) {
        of_mention.push(
            list.iter()
                .map(|m| forms.add(m.kind, slice(block, m)))
                .collect(),
        );
    }
    join_full_persons(&mut forms);
    join_also_called(blocks, mentions, &of_mention, &mut forms);
    let shared = shared_surnames(blocks, mentions, &of_mention, &forms, is_given);
    join_short_persons(&mut forms, &shared);
    join_acronyms(blocks, mentions, &of_mention, &mut forms);
    join_organisations(&mut forms);
    join_countries(&mut forms);
    for (list, own) in mentions.iter_mut().zip(&of_mention) {
        for (mention, form) in list.iter_mut().zip(own) {
            if let Some(form) = form {
                mention.name.clone_from(&forms.list[forms.root(*form)].text);
            }
        }
    }
}

fn slice<'t>(block: &'t str, mention: &Mention) -> &'t str {
    block
        .get(mention.start as usize..mention.end as usize)
        .unwrap_or("")
}

fn between<'t>(block: &'t str, a: &Mention, b: &Mention) -> &'t str {
    block.get(a.end as usize..b.start as usize).unwrap_or("")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_shouted(text: &str) -> bool {
    text.chars().count() > 3 && !text.chars().any(char::is_lowercase)
}

/// "Joe Biden" and "Joe R. Biden" are one; "George W. Bush" and "George H. W. Bush" are not.
fn join_full_persons(forms: &mut Forms) {
    let full: Vec<usize> = forms
        .of(EntityKind::Person)
        .filter(|&f| forms.list[f].words.len() >= 2)
        .collect();
    for &short in &full {
        let candidates: Vec<usize> = full
            .iter()
            .copied()
            .filter(|&other| {
                other != short
                    && is_shorter_spelling(&forms.list[short].words, &forms.list[other].words)
            })
            .collect();
        let distinct = distinct_persons(forms, &candidates);
        if let [only] = distinct[..] {
            forms.join(short, only);
        }
    }
}

/// Same last word; first words equal or one the other's initial; middle words alike as far as the short one has any.
fn is_shorter_spelling(short: &[String], full: &[String]) -> bool {
    let (Some(a), Some(b)) = (short.last(), full.last()) else {
        return false;
    };
    let initial = |s: &str, f: &str| s == f || s.chars().nth(1).is_none() && f.starts_with(s);
    let shorter = short.len() < full.len()
        || short.len() == full.len()
            && short.iter().map(String::len).sum::<usize>() < full.iter().map(String::len).sum();
    if a != b || !shorter || !initial(&short[0], &full[0]) {
        return false;
    }
    let (middle, all) = (&short[1..short.len() - 1], &full[1..full.len() - 1]);
    middle.len() <= all.len() && middle.iter().zip(all).all(|(s, f)| initial(s, f))
}

/// Roots among `forms`, without those that are a shorter spelling of another.
fn distinct_persons(forms: &Forms, candidates: &[usize]) -> Vec<usize> {
    let mut roots: Vec<usize> = candidates.iter().map(|&c| forms.root(c)).collect();
    roots.sort_unstable();
    roots.dedup();
    let all = roots.clone();
    roots.retain(|&r| {
        !all.iter()
            .any(|&o| o != r && is_shorter_spelling(&forms.list[r].words, &forms.list[o].words))
    });
    roots
}

/// "X, known as Y": Y stands for X where both are persons.
fn join_also_called(
    blocks: &[&str],
    mentions: &[Vec<Mention>],
    of_mention: &[Vec<Option<usize>>],
    forms: &mut Forms,
) {
    for ((block, list), own) in blocks.iter().zip(mentions).zip(of_mention) {
        for (pair, form) in list.windows(2).zip(own.windows(2)) {
            let (Some(x), Some(y)) = (form[0], form[1]) else {
                continue;
            };
            if pair.iter().any(|m| m.kind != EntityKind::Person) {
                continue;
            }
            let words = between(block, &pair[0], &pair[1]).trim_matches(|c: char| {
                c.is_whitespace() || matches!(c, ',' | '(' | '"' | '“' | '‘' | '\'' | '—' | '–')
            });
            let words = words
                .trim_start_matches("who is ")
                .trim_start_matches("who was ");
            if !ALSO_CALLED.iter().any(|w| words.eq_ignore_ascii_case(w)) {
                continue;
            }
            let (short, full) = if forms.list[y].words.len() >= 2 && forms.list[x].words.len() == 1
            {
                (x, y)
            } else {
                (y, x)
            };
            forms.join(short, full);
        }
    }
}

/// Surnames that "David and Louise Turpin" shows to be shared.
fn shared_surnames(
    blocks: &[&str],
    mentions: &[Vec<Mention>],
    of_mention: &[Vec<Option<usize>>],
    forms: &Forms,
    is_given: &dyn Fn(&str) -> bool,
) -> Vec<String> {
    let mut shared = Vec::new();
    for ((block, list), own) in blocks.iter().zip(mentions).zip(of_mention) {
        for (pair, form) in list.windows(2).zip(own.windows(2)) {
            let (Some(a), Some(b)) = (form[0], form[1]) else {
                continue;
            };
            let both = pair.iter().all(|m| m.kind == EntityKind::Person);
            let tied = matches!(between(block, &pair[0], &pair[1]), " and " | " & " | ", ");
            let (a, b) = (&forms.list[a], &forms.list[b]);
            if both && tied && a.words.len() == 1 && b.words.len() >= 2 && is_given(&a.text) {
                shared.extend(b.words.last().cloned());
            }
        }
    }
    shared
}

/// Surnames, first names and the like join the one person that they can mean.
fn join_short_persons(forms: &mut Forms, shared: &[String]) {
    let persons: Vec<usize> = forms.of(EntityKind::Person).collect();
    for &short in &persons {
        if forms.list[short].root != short {
            continue;
        }
        let words = &forms.list[short].words;
        if shared.iter().any(|s| words.len() == 1 && *s == words[0]) {
            continue;
        }
        let longer = |f: &usize| forms.list[*f].words.len() > words.len();
        let by = |test: &dyn Fn(&[String]) -> bool| -> Vec<usize> {
            let found: Vec<usize> = persons
                .iter()
                .copied()
                .filter(longer)
                .filter(|&f| test(without_generation(&forms.list[f].words)))
                .collect();
            distinct_persons(forms, &found)
        };
        let ends = by(&|full| full.len() > words.len() && ends_with(full, words));
        let begins = by(&|full| full.len() > words.len() && full.starts_with(words));
        let target = match (&ends[..], &begins[..]) {
            ([one], []) | ([], [one]) => Some(*one),
            ([a], [b]) if a == b => Some(*a),
            _ => None,
        };
        if let Some(full) = target.filter(|&full| full != short) {
            forms.join(short, full);
        }
    }
}

fn without_generation(words: &[String]) -> &[String] {
    match words.split_last() {
        Some((last, rest))
            if rest.len() >= 2 && matches!(last.as_str(), "jr" | "sr" | "ii" | "iii") =>
        {
            rest
        }
        _ => words,
    }
}

/// Suffix of words; "assad" ends "bashar al-assad", and so does "al-assad" "bashar assad".
fn ends_with(full: &[String], short: &[String]) -> bool {
    let bare = |w: &str| {
        w.strip_prefix("al-")
            .or_else(|| w.strip_prefix("el-"))
            .unwrap_or(w)
            .to_owned()
    };
    full.len() >= short.len()
        && full[full.len() - short.len()..]
            .iter()
            .zip(short)
            .all(|(f, s)| f == s || bare(f) == bare(s))
}

/// Letters of an acronym; `None` for other words.
fn acronym(text: &str) -> Option<String> {
    let letters: String = text.chars().filter(|c| *c != '.').collect();
    let count = letters.chars().count();
    let capitals = letters.chars().filter(|c| c.is_uppercase()).count();
    let fits = (2..=10).contains(&count)
        && capitals >= 2
        && capitals * 2 > count
        && letters.chars().all(char::is_alphanumeric);
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

/// "Long Name (ABC)": every ABC of the article gets the long name's kind.
fn explain_acronyms(blocks: &[&str], mentions: &mut [Vec<Mention>]) {
    let mut explained: FxHashMap<String, EntityKind> = FxHashMap::default();
    for (block, list) in blocks.iter().zip(mentions.iter()) {
        for pair in list.windows(2) {
            if is_bracketed(block, &pair[0], &pair[1])
                && acronym(slice(block, &pair[1]))
                    .is_some_and(|a| spells(&a, slice(block, &pair[0])))
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

fn join_acronyms(
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
            if acronym(b).is_some_and(|letters| spells(&letters, a)) {
                forms.join(short, long);
            } else if acronym(a).is_some_and(|letters| spells(&letters, b)) {
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
            .filter(|&f| forms.list[f].words.len() >= 2 && spells(&letters, &forms.list[f].text))
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
fn join_organisations(forms: &mut Forms) {
    let orgs: Vec<usize> = forms.of(EntityKind::Org).collect();
    for &short in &orgs {
        if forms.list[short].root != short {
            continue;
        }
        let words = &forms.list[short].words;
        let fits: Vec<usize> = orgs
            .iter()
            .copied()
            .filter(|&f| f != short && is_fuller_org(words, &forms.list[f].words))
            .collect();
        let longer = orgs.iter().filter(|&&f| {
            let full = &forms.list[f].words;
            full.len() > words.len() && (full.starts_with(words) || full.ends_with(words))
        });
        let mut roots: Vec<usize> = fits.iter().map(|&f| forms.root(f)).collect();
        roots.sort_unstable();
        roots.dedup();
        // Another organisation that contains the short name makes it ambiguous.
        if let ([only], true) = (&roots[..], longer.count() == fits.len()) {
            let only = *only;
            forms.join(short, only);
        }
    }
}

fn is_fuller_org(short: &[String], full: &[String]) -> bool {
    if full.len() <= short.len() {
        return false;
    }
    if full.starts_with(short) {
        let rest = &full[short.len()..];
        return rest
            .iter()
            .all(|w| is_legal_form(w) || GENERIC.contains(&w.as_str()))
            || rest[0] == "of" && short.len() == 1;
    }
    full.ends_with(short) && {
        let before = full[..full.len() - short.len()].join(" ");
        OWN_COUNTRY.contains(&before.as_str())
    }
}

/// "US" joins "United States" where the article has both.
fn join_countries(forms: &mut Forms) {
    for (short, full) in COUNTRIES {
        for kind in [EntityKind::Place, EntityKind::Org] {
            let find = |key: &str| forms.by_key.get(&(kind, key.to_owned())).copied();
            if let (Some(short), Some(full)) = (find(short), find(full)) {
                forms.join(short, full);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mentions are marked `[P …]`, `[O …]`, `[L …]`; returns their names in order.
    fn names(marked: &str) -> Vec<String> {
        let mut text = String::new();
        let mut list = Vec::new();
        let mut rest = marked;
        while let Some(open) = rest.find('[') {
            text.push_str(&rest[..open]);
            let close = rest.find(']').unwrap();
            let kind = match &rest[open + 1..open + 2] {
                "P" => EntityKind::Person,
                "O" => EntityKind::Org,
                _ => EntityKind::Place,
            };
            let start = text.len() as u32;
            text.push_str(&rest[open + 3..close]);
            list.push(Mention {
                start,
                end: text.len() as u32,
                kind,
                name: String::new(),
                confidence: 1.0,
            });
            rest = &rest[close + 1..];
        }
        text.push_str(rest);
        let mut lists = vec![list];
        join(&[&text], &mut lists, &|w| {
            matches!(w, "David" | "Louise" | "Melania" | "Bill")
        });
        lists.remove(0).into_iter().map(|m| m.name).collect()
    }

    #[test]
    fn a_surname_joins_the_one_full_name() {
        assert_eq!(
            names(
                "[P Donald Trump] spoke. [P Mr Trump] left; [P Trump] and [P Bolton] met [P John R. Bolton]."
            ),
            [
                "Donald Trump",
                "Donald Trump",
                "Donald Trump",
                "John R. Bolton",
                "John R. Bolton"
            ]
        );
        assert_eq!(
            names("[P Bill de Blasio] won. [P De Blasio] said."),
            ["Bill de Blasio", "Bill de Blasio"]
        );
    }

    #[test]
    fn relatives_who_share_a_surname_leave_it_alone() {
        assert_eq!(
            names("[P Donald Trump] and [P Melania Trump]; [P Trump] said."),
            ["Donald Trump", "Melania Trump", "Trump"]
        );
        assert_eq!(
            names("[P David] and [P Louise Turpin]. [P Turpin] said."),
            ["David", "Louise Turpin", "Turpin"]
        );
        assert_eq!(
            names("[P Donald Trump], [P Donald Trump Jr.], [P Trump]"),
            ["Donald Trump", "Donald Trump Jr.", "Trump"]
        );
    }

    #[test]
    fn spellings_of_a_full_name_join_unless_initials_differ() {
        assert_eq!(
            names("[P Richard Guy], [P Richard Kenneth Guy], [P Richard K. Guy], [P Guy]"),
            vec!["Richard Kenneth Guy"; 4]
        );
        assert_eq!(
            names("[P George W. Bush] and [P George H. W. Bush]. [P Bush]"),
            ["George W. Bush", "George H. W. Bush", "Bush"]
        );
    }

    #[test]
    fn first_names_titles_and_capitals_join() {
        assert_eq!(
            names("[P HICKENLOOPER] quits. [P John Hickenlooper] said. [P John]"),
            vec!["John Hickenlooper"; 3]
        );
        assert_eq!(
            names("[P Bashar al-Assad], [P Assad], [P al-Assad]"),
            vec!["Bashar al-Assad"; 3]
        );
        assert_eq!(names("[P Chancellor Merkel] said."), ["Merkel"]);
    }

    #[test]
    fn another_name_joins_where_the_text_says_so() {
        assert_eq!(
            names(
                "[P Muhammad Ali Rufaji], known as [P Abu Khadija], died. [P Abu Khadija] led it."
            ),
            vec!["Muhammad Ali Rufaji"; 3]
        );
        assert_eq!(names("[P Dorian], known as [L Paris]"), ["Dorian", "Paris"]);
    }

    #[test]
    fn acronyms_join_what_they_are_explained_by() {
        assert_eq!(
            names("The [O World Health Organization] ([O WHO]) said. [O WHO] added."),
            vec!["World Health Organization"; 3]
        );
        assert_eq!(
            names("The [O Federal Bureau of Investigation] came. [O FBI] left with [O CIA]."),
            [
                "Federal Bureau of Investigation",
                "Federal Bureau of Investigation",
                "CIA"
            ]
        );
        assert_eq!(
            names("[L New South Wales] ([O NSW]) said. [O NSW]"),
            vec!["New South Wales"; 3]
        );
        assert_eq!(
            names("The [O Labour Party] ([O BBC]) said."),
            ["Labour Party", "BBC"]
        );
    }

    #[test]
    fn organisations_join_their_full_form_if_there_is_one_only() {
        assert_eq!(
            names("[O Salling Group] and [O Salling]"),
            vec!["Salling Group"; 2]
        );
        assert_eq!(
            names("[O US Supreme Court], [O Supreme Court]"),
            vec!["US Supreme Court"; 2]
        );
        assert_eq!(
            names("[O Iowa Democratic Party], [O Democratic Party]"),
            ["Iowa Democratic Party", "Democratic Party"]
        );
        assert_eq!(
            names("[O House of Representatives], [O House Judiciary Committee], [O House]"),
            [
                "House of Representatives",
                "House Judiciary Committee",
                "House"
            ]
        );
        assert_eq!(
            names("[O Facebook], [O Facebook Ireland Limited]"),
            ["Facebook", "Facebook Ireland Limited"]
        );
    }

    #[test]
    fn kinds_stay_apart() {
        assert_eq!(
            names("[P George Washington] in [L Washington]"),
            ["George Washington", "Washington"]
        );
        assert_eq!(
            names("The [L United States] and the [L U.S.]"),
            vec!["United States"; 2]
        );
    }
}
