//! Names within one article: which mentions mean the same, and the fullest name that the article gives.
//!
//! Precision comes first: a short form joins a full one only where the article has exactly one that it can
//! mean. Relatives who share a surname leave the surname alone; acronyms join where the article explains
//! them, or where their letters fit exactly one of its names.

use super::Mention;
use super::variant::{fold, honorific_bytes, person_words};
use crate::article::EntityKind;
use rustc_hash::FxHashMap;

mod orgs;
mod persons;
/// Names compared with each other in one article; later ones keep their own spelling. Bounds the work.
const MOST_FORMS: usize = 2_000;

/// A spelling of a name in the article.
pub(super) struct Form {
    kind: EntityKind,
    /// Folded words, without titles.
    words: Vec<String>,
    /// As written, without titles.
    text: String,
    /// The form that it stands for; itself where it is the fullest.
    root: usize,
}

pub(super) struct Forms {
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

/// What is known of names before the article is read.
pub(super) trait Known {
    /// A first name, in title case.
    fn is_given(&self, word: &str) -> bool;
    /// A club or team, as listed.
    fn is_club(&self, name: &str) -> bool;
}

/// Sets `name` of each mention (one list a block) to the fullest name that the article gives it.
///
/// Kinds are left as they are, but for an acronym that the article explains.
pub(super) fn join(blocks: &[&str], mentions: &mut [Vec<Mention>], known: &dyn Known) {
    orgs::explain_acronyms(blocks, mentions);
    let mut forms = Forms {
        list: Vec::new(),
        by_key: FxHashMap::default(),
    };
    // Most mentions repeat a spelling of the article.
    let mut written: FxHashMap<(EntityKind, &str), Option<usize>> = FxHashMap::default();
    let mut of_mention: Vec<Vec<Option<usize>>> = Vec::with_capacity(mentions.len());
    for (block, list) in blocks.iter().zip(mentions.iter()) {
        let form = |m: &Mention| {
            let text = slice(block, m);
            *written
                .entry((m.kind, text))
                .or_insert_with(|| forms.add(m.kind, text))
        };
        of_mention.push(list.iter().map(form).collect());
    }
    persons::join_full(&mut forms);
    persons::join_also_called(blocks, mentions, &of_mention, &mut forms);
    let shared = persons::shared_surnames(blocks, mentions, &of_mention, &forms, known);
    persons::join_short(&mut forms, &shared);
    orgs::join_acronyms(blocks, mentions, &of_mention, &mut forms);
    orgs::join_organisations(&mut forms, known);
    orgs::join_countries(&mut forms);
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

#[cfg(test)]
mod tests;
