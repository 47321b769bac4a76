//! Names that the input or a newsroom's authority file gives: found as written, and believed.
//!
//! A given name wins over whatever the recogniser makes of the same words, and its spelling names the
//! article's other mentions of it. Its confidence is 1, which no recognised mention has.

use super::alias::{Aliases, Resolved};
use super::document::Document;
use super::hash;
use super::lexicon::extend;
use super::token::tokens;
use super::{Mention, variant_key};
use crate::article::EntityKind;
use crate::error::Result;
use rustc_hash::{FxHashMap, FxHashSet};
use xxhash_rust::xxh3::xxh3_64;

/// Longest name that is looked for, in words.
const LONGEST: usize = 12;
/// Names longer than this are never looked for, in bytes.
const LONGEST_BYTES: usize = 200;
/// Recognised mentions are at most this certain.
pub(super) const LESS_THAN_GIVEN: f32 = 0.999;

/// A newsroom's list of names, to be found in every text that is indexed.
#[derive(Clone, Debug)]
pub struct Authority {
    aliases: Aliases,
    phrases: Phrases,
    hash: u64,
}

impl Authority {
    /// Reads an alias file ([`Aliases::parse`]); a name that it gives to several entries is not looked for.
    pub fn parse(text: &str, place: &str) -> Result<Self> {
        let aliases = Aliases::parse(text, place)?;
        let mut phrases = Phrases::default();
        for entry in aliases.entries() {
            for name in entry.names() {
                if let Resolved::One(one) = aliases.resolve(entry.kind, name) {
                    phrases.add(entry.kind, name, &one.canonical);
                }
            }
        }
        Ok(Self {
            aliases,
            phrases,
            hash: xxh3_64(text.as_bytes()),
        })
    }

    /// The file's names.
    pub fn aliases(&self) -> &Aliases {
        &self.aliases
    }

    /// Hash of the file: with another, the same text has other names.
    pub fn hash(&self) -> u64 {
        self.hash
    }
}

/// What is given for one article: its own names, and the authority file.
#[derive(Debug, Default)]
pub struct Given<'a> {
    names: Vec<(EntityKind, String)>,
    phrases: Phrases,
    /// Keys of untyped names: keywords.
    untyped: FxHashSet<String>,
    authority: Option<&'a Authority>,
}

impl<'a> Given<'a> {
    /// Takes an article's typed `names` and its `keywords`, which have no type but vouch for a name that
    /// is recognised. A name that the authority file knows takes its canonical spelling.
    pub fn new<'n>(
        names: impl IntoIterator<Item = (EntityKind, &'n str)>,
        keywords: impl IntoIterator<Item = &'n str>,
        authority: Option<&'a Authority>,
    ) -> Self {
        let mut given = Self {
            authority,
            ..Self::default()
        };
        for (kind, written) in names {
            let known = authority.map(|a| a.aliases.resolve(kind, written));
            let name = match known {
                Some(Resolved::One(entry)) => entry.canonical.as_str(),
                _ => written,
            };
            given.phrases.add(kind, written, name);
            if let (EntityKind::Person, Some((last, first))) = (kind, written.split_once(", ")) {
                given.phrases.add(kind, &format!("{first} {last}"), name);
            }
            if !given.names.iter().any(|(k, n)| *k == kind && n == name) {
                given.names.push((kind, name.to_owned()));
            }
        }
        let keys = keywords
            .into_iter()
            .map(|k| variant_key(EntityKind::Place, k));
        given.untyped.extend(keys.filter(|key| !key.is_empty()));
        given
    }

    /// The article's own typed names, canonical where the authority file knows them, each once.
    pub fn names(&self) -> &[(EntityKind, String)] {
        &self.names
    }

    /// The given names that stand in a document, one list a block, sorted by start.
    pub(super) fn find(&self, document: &Document, blocks: &[&str]) -> Vec<Vec<Mention>> {
        let mut out = vec![Vec::new(); blocks.len()];
        let lists: Vec<&Phrases> = self
            .authority
            .map(|a| &a.phrases)
            .into_iter()
            .chain([&self.phrases])
            .filter(|list| !list.by_hash.is_empty())
            .collect();
        if lists.is_empty() {
            return out;
        }
        for sentence in &document.sentences {
            let range = sentence.words.clone();
            let mut i = range.start;
            while i < range.end {
                let longest = lists
                    .iter()
                    .filter_map(|list| list.longest(document, blocks, i, range.end))
                    .max_by_key(|(length, _)| *length);
                let Some((length, name)) = longest else {
                    i += 1;
                    continue;
                };
                let (first, last) = (&document.words[i], &document.words[i + length - 1]);
                out[first.block as usize].push(Mention {
                    start: first.token.start,
                    end: last.token.end,
                    kind: name.kind,
                    name: name.canonical.clone(),
                    confidence: 1.0,
                });
                i += length;
            }
        }
        out
    }

    /// Whether a keyword has this name.
    pub(super) fn vouches_for(&self, name: &str) -> bool {
        !self.untyped.is_empty() && self.untyped.contains(&variant_key(EntityKind::Place, name))
    }
}

/// Puts the given mentions of a block in the place of those that they overlap.
pub(super) fn replace(found: &mut Vec<Mention>, given: &[Mention]) {
    if given.is_empty() {
        return;
    }
    found.retain(|m| {
        let behind = given.partition_point(|g| g.end <= m.start);
        given.get(behind).is_none_or(|g| g.start >= m.end)
    });
    found.extend(given.iter().cloned());
    found.sort_unstable_by_key(|m| m.start);
}

/// Gives back what joining changed in the given mentions, and their names to those joined with them.
pub(super) fn rename(mentions: &mut [Vec<Mention>], given: &[Vec<Mention>]) {
    let mut names: FxHashMap<(EntityKind, String), String> = FxHashMap::default();
    for (list, given) in mentions.iter_mut().zip(given) {
        for mention in list {
            let own = given.binary_search_by_key(&mention.start, |g| g.start);
            if let Ok(own) = own.map(|n| &given[n]) {
                let joined = std::mem::replace(mention, own.clone());
                if joined.name != own.name {
                    let key = (own.kind, joined.name);
                    names.entry(key).or_insert_with(|| own.name.clone());
                }
            }
        }
    }
    if names.is_empty() {
        return;
    }
    for mention in mentions.iter_mut().flatten() {
        if let Some(name) = names.get(&(mention.kind, mention.name.clone())) {
            mention.name.clone_from(name);
        }
    }
}

/// Names as sequences of words, found by hash.
#[derive(Clone, Debug, Default)]
pub(super) struct Phrases {
    by_hash: FxHashMap<u64, Phrase>,
    names: Vec<Name>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Phrase {
    /// A longer name begins with these words.
    goes_on: bool,
    name: Option<usize>,
}

#[derive(Clone, Debug)]
pub(super) struct Name {
    pub kind: EntityKind,
    canonical: String,
    /// As written, where capitals are all that tells it from a word ("US").
    shouted: Option<String>,
    capital: bool,
}

impl Phrases {
    /// Adds a name under one of its spellings; the first that takes a spelling keeps it.
    pub(super) fn add(&mut self, kind: EntityKind, written: &str, canonical: &str) {
        let tokens = tokens(written);
        if tokens.is_empty() || tokens.len() > LONGEST || written.len() > LONGEST_BYTES {
            return;
        }
        let mut hash = 0;
        for (n, token) in tokens.iter().enumerate() {
            let word = written[token.start as usize..token.end as usize].to_lowercase();
            hash = extend(hash, hash::word(word.as_bytes()));
            let phrase = self.by_hash.entry(hash).or_default();
            if n + 1 < tokens.len() {
                phrase.goes_on = true;
            } else if phrase.name.is_none() {
                phrase.name = Some(self.names.len());
                let shouted = tokens.len() == 1 && !written.chars().any(char::is_lowercase);
                self.names.push(Name {
                    kind,
                    canonical: canonical.to_owned(),
                    shouted: shouted.then(|| written.to_owned()),
                    capital: written.starts_with(char::is_uppercase),
                });
            }
        }
    }

    /// The longest name whose words begin at word `i` of a sentence that ends at `end`.
    pub(super) fn longest(
        &self,
        document: &Document,
        blocks: &[&str],
        i: usize,
        end: usize,
    ) -> Option<(usize, &Name)> {
        let mut hash = 0;
        let mut best = None;
        for (n, word) in document.words[i..end.min(i + LONGEST)].iter().enumerate() {
            hash = extend(hash, word.lower);
            let Some(phrase) = self.by_hash.get(&hash) else {
                break;
            };
            let name = phrase.name.map(|n| &self.names[n]).filter(|name| {
                let first = document.slice(blocks, i);
                (!name.capital || document.words[i].capital)
                    && name.shouted.as_deref().is_none_or(|s| s == first)
            });
            best = name.map(|name| (n + 1, name)).or(best);
            if !phrase.goes_on {
                break;
            }
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::super::Recognizer;
    use super::*;
    use EntityKind::{Org, Person, Place};

    fn found(text: &str, given: &Given<'_>) -> Vec<(EntityKind, String, String, bool)> {
        let found = Recognizer::shipped().find_given(&[text], "en", given);
        let shown = |m: &Mention| {
            let words = text[m.start as usize..m.end as usize].to_owned();
            (m.kind, words, m.name.clone(), m.confidence == 1.0)
        };
        found[0].iter().map(shown).collect()
    }

    fn one(kind: EntityKind, words: &str, name: &str) -> (EntityKind, String, String, bool) {
        (kind, words.to_owned(), name.to_owned(), true)
    }

    #[test]
    fn a_given_name_wins_over_the_recognised_one_and_names_what_joins_it() {
        let text = "Paris Hilton spoke. Hilton left for the coast.";
        let given = Given::new([(Org, "Paris Hilton")], [], None);
        assert_eq!(
            found(text, &given)[0],
            one(Org, "Paris Hilton", "Paris Hilton")
        );
        let given = Given::new([(Person, "Hilton, Paris")], [], None);
        let all = found(text, &given);
        assert_eq!(all[0], one(Person, "Paris Hilton", "Hilton, Paris"));
        assert_eq!(all[1].2, "Hilton, Paris");
        assert!(!all[1].3, "only the name itself is given");
    }

    #[test]
    fn recognised_mentions_are_never_as_certain_as_given_ones() {
        let text = "Angela Merkel met Emmanuel Macron in Berlin.";
        assert!(found(text, &Given::default()).iter().all(|m| !m.3));
        let by_keyword = Given::new([], ["berlin"], None);
        let berlin = found(text, &by_keyword);
        assert_eq!(berlin[2], one(Place, "Berlin", "Berlin"));
    }

    #[test]
    fn an_authority_file_finds_its_aliases_and_leaves_ambiguous_ones_alone() {
        let list = "The Northern Wire\torg\tNorthern Wire|NW\nA One\torg\tTwin\nB Two\torg\tTwin\n";
        let authority = Authority::parse(list, "list.tsv").unwrap();
        let given = Given::new([], [], Some(&authority));
        let all = found("the Northern Wire and NW reported nw, Twin said.", &given);
        assert_eq!(all[0], one(Org, "Northern Wire", "The Northern Wire"));
        assert_eq!(all[1], one(Org, "NW", "The Northern Wire"));
        assert!(all.iter().all(|m| m.1 != "nw" && !(m.1 == "Twin" && m.3)));
    }

    #[test]
    fn the_authority_names_what_the_article_gives() {
        let authority = Authority::parse("Angela Merkel\tperson\tMutti\n", "x").unwrap();
        let given = Given::new(
            [(Person, "Merkel, Angela"), (Person, "Mutti")],
            [],
            Some(&authority),
        );
        assert_eq!(given.names(), [(Person, "Angela Merkel".to_owned())]);
    }
}
