//! Facet values that are spellings of one name, counted as one.
//!
//! A unit counts once for a name however many of its spellings it holds. Spellings are counted by
//! themselves; what several of them in one unit count too much is taken off, for which only the units
//! that hold such spellings are looked at again.

use crate::article::EntityKind;
use crate::entity::alias::{Aliases, Resolved};
use crate::entity::variant_parts;
use rustc_hash::{FxHashMap, FxHashSet};

/// The values of one facet as they are met.
pub struct Spellings<'a> {
    aliases: Option<&'a Aliases>,
    collapse: bool,
    by_text: FxHashMap<(usize, String), u32>,
    by_key: FxHashMap<(usize, String, String), u32>,
    groups: FxHashMap<(usize, String), u32>,
    spellings: Vec<Spelling>,
    /// Spellings that differ in nothing but accents, case, titles and order.
    variants: Counts,
    variant_of: Vec<Variant>,
    /// Variants that differ in middle initials besides.
    names: Counts,
    stories: FxHashSet<(bool, u32, u32)>,
}

struct Spelling {
    column: usize,
    text: String,
    variant: u32,
    name: u32,
    count: u64,
}

struct Variant {
    name: u32,
    initials: String,
    /// As the alias file has it.
    canonical: Option<String>,
}

/// Corrections by number: what is counted apart from the spellings.
#[derive(Default)]
struct Counts {
    /// Counted once too often by the spellings.
    overlap: Vec<u64>,
    /// Members of story families.
    related: Vec<u64>,
    copies: Vec<u64>,
}

impl Counts {
    fn push(&mut self) -> u32 {
        self.overlap.push(0);
        self.related.push(0);
        self.copies.push(0);
        (self.overlap.len() - 1) as u32
    }

    fn of(&self, n: usize, spelled: u64) -> (u64, u64) {
        let count = spelled - self.overlap[n] + self.related[n];
        (count, self.copies[n])
    }
}

/// One value with what was counted.
pub struct Counted {
    /// The number of its column.
    pub column: usize,
    pub value: String,
    pub count: u64,
    pub copies: u64,
}

impl<'a> Spellings<'a> {
    /// `collapse`: further copies of a story are not counted.
    pub fn new(aliases: Option<&'a Aliases>, collapse: bool) -> Self {
        Self {
            aliases,
            collapse,
            by_text: FxHashMap::default(),
            by_key: FxHashMap::default(),
            groups: FxHashMap::default(),
            spellings: Vec::new(),
            variants: Counts::default(),
            variant_of: Vec::new(),
            names: Counts::default(),
            stories: FxHashSet::default(),
        }
    }

    /// The number of a value of a column; without a `kind` it meets no other spelling.
    pub fn number(&mut self, column: usize, kind: Option<EntityKind>, text: &str) -> u32 {
        if let Some(&known) = self.by_text.get(&(column, text.to_owned())) {
            return known;
        }
        let entry = kind.and_then(|kind| match self.aliases?.resolve(kind, text) {
            Resolved::One(entry) => Some(entry.canonical.clone()),
            _ => None,
        });
        // Keys of three sorts, which never meet: a list's, a name's, and a text's own.
        let (key, initials) = match (kind, &entry) {
            (_, Some(canonical)) => (format!("\u{1}{canonical}"), String::new()),
            (Some(kind), None) => variant_parts(kind, text),
            (None, None) => (format!("\u{2}{text}"), String::new()),
        };
        let names = &mut self.names;
        let name = *self
            .groups
            .entry((column, key.clone()))
            .or_insert_with(|| names.push());
        let variants = &mut self.variants;
        let variant = *self
            .by_key
            .entry((column, key, initials.clone()))
            .or_insert_with(|| variants.push());
        if variant as usize == self.variant_of.len() {
            self.variant_of.push(Variant {
                name,
                initials,
                canonical: entry,
            });
        }
        let number = self.spellings.len() as u32;
        self.spellings.push(Spelling {
            column,
            text: text.to_owned(),
            variant,
            name,
            count: 0,
        });
        self.by_text.insert((column, text.to_owned()), number);
        number
    }

    /// Counts `units` that hold a value and belong to no story family.
    pub fn add(&mut self, value: u32, units: u64) {
        self.spellings[value as usize].count += units;
    }

    /// The values that are spellings of one name with others of `values`.
    pub fn joint(&self, values: &[u32]) -> FxHashSet<u32> {
        let mut by_name: FxHashMap<u32, u32> = FxHashMap::default();
        for &value in values {
            *by_name
                .entry(self.spellings[value as usize].name)
                .or_default() += 1;
        }
        let shares = |v: &u32| by_name[&self.spellings[*v as usize].name] > 1;
        values.iter().copied().filter(shares).collect()
    }

    /// Takes off what [`add`](Self::add) counted too much of a unit that holds all these values.
    pub fn together(&mut self, values: &mut Vec<u32>) {
        self.sort(values);
        let mut before = None;
        for &value in values.iter() {
            let Spelling { variant, name, .. } = self.spellings[value as usize];
            let last = before.replace((name, variant));
            self.variants.overlap[variant as usize] += u64::from(last == before);
            self.names.overlap[name as usize] += u64::from(last.is_some_and(|(n, _)| n == name));
        }
    }

    /// Counts one unit of a story family with these values.
    pub fn story(&mut self, values: &mut Vec<u32>, family: u32) {
        self.sort(values);
        let mut before = None;
        for &value in values.iter() {
            let Spelling { variant, name, .. } = self.spellings[value as usize];
            let last = before.replace((name, variant));
            let same_name = last.is_some_and(|(n, _)| n == name);
            let levels = [
                (&mut self.variants, variant, last == before, false),
                (&mut self.names, name, same_name, true),
            ];
            for (counts, n, seen, level) in levels {
                if seen {
                    continue;
                }
                let is_copy = !self.stories.insert((level, n, family));
                counts.copies[n as usize] += u64::from(is_copy);
                counts.related[n as usize] += u64::from(!(is_copy && self.collapse));
            }
        }
    }

    /// Brings the spellings of a name together, each once.
    fn sort(&self, values: &mut Vec<u32>) {
        values.sort_unstable_by_key(|&v| {
            let s = &self.spellings[v as usize];
            (s.name, s.variant, v)
        });
        values.dedup();
    }

    /// The values by name, under the spelling that most units have; in no order.
    ///
    /// Where two middle initials contradict each other ("George W. Bush", "George H. W. Bush"), every
    /// variant stands for itself.
    pub fn values(self) -> Vec<Counted> {
        let mut spelled: Vec<Vec<&Spelling>> = Vec::new();
        spelled.resize_with(self.variant_of.len(), Vec::new);
        for spelling in &self.spellings {
            spelled[spelling.variant as usize].push(spelling);
        }
        let mut members: Vec<Vec<usize>> = vec![Vec::new(); self.names.overlap.len()];
        for (v, variant) in self.variant_of.iter().enumerate() {
            members[variant.name as usize].push(v);
        }
        let mut out = Vec::with_capacity(members.len());
        let mut emit = |variants: &[usize], counts: &Counts, n: usize| {
            let own = || variants.iter().flat_map(|&v| spelled[v].iter());
            let most = own().max_by(|a, b| a.count.cmp(&b.count).then(b.text.cmp(&a.text)));
            let Some(shown) = most else { return };
            let canonical = variants
                .iter()
                .find_map(|&v| self.variant_of[v].canonical.clone());
            let (count, copies) = counts.of(n, own().map(|s| s.count).sum());
            out.push(Counted {
                column: shown.column,
                value: canonical.unwrap_or_else(|| shown.text.clone()),
                count,
                copies,
            });
        };
        for (name, variants) in members.iter().enumerate() {
            let agree = |a: &str, b: &str| a.starts_with(b) || b.starts_with(a);
            let initials = |v: usize| self.variant_of[v].initials.as_str();
            let all_agree = variants
                .iter()
                .all(|&a| variants.iter().all(|&b| agree(initials(a), initials(b))));
            if all_agree {
                emit(variants, &self.names, name);
            } else {
                variants.iter().for_each(|&v| emit(&[v], &self.variants, v));
            }
        }
        out.retain(|value| value.count + value.copies > 0);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use EntityKind::{Org, Person};

    /// A unit's names, and its family.
    type Held<'a> = (&'a [(EntityKind, &'a str)], Option<u32>);

    fn counted(
        units: &[Held<'_>],
        aliases: Option<&Aliases>,
        collapse: bool,
    ) -> Vec<(String, u64, u64)> {
        let mut spellings = Spellings::new(aliases, collapse);
        for (names, family) in units {
            let mut values: Vec<u32> = names
                .iter()
                .map(|(kind, name)| spellings.number(*kind as usize, Some(*kind), name))
                .collect();
            match family {
                Some(family) => spellings.story(&mut values, *family),
                None => {
                    values.iter().for_each(|&v| spellings.add(v, 1));
                    spellings.together(&mut values);
                }
            }
        }
        let mut out: Vec<_> = spellings
            .values()
            .into_iter()
            .map(|v| (v.value, v.count, v.copies))
            .collect();
        out.sort();
        out
    }

    fn row(value: &str, count: u64, copies: u64) -> (String, u64, u64) {
        (value.to_owned(), count, copies)
    }

    #[test]
    fn a_unit_with_two_spellings_of_a_name_counts_once() {
        let units: [(&[_], _); 3] = [
            (
                &[
                    (Person, "Recep Tayyip Erdoğan"),
                    (Person, "Recep Tayyip Erdogan"),
                ],
                None,
            ),
            (&[(Person, "Recep Tayyip Erdogan")], None),
            (
                &[
                    (Person, "Donald J. Trump"),
                    (Person, "Donald Trump"),
                    (Org, "NATO"),
                ],
                None,
            ),
        ];
        assert_eq!(
            counted(&units, None, false),
            [
                row("Donald J. Trump", 1, 0),
                row("NATO", 1, 0),
                row("Recep Tayyip Erdogan", 2, 0)
            ]
        );
    }

    #[test]
    fn middle_initials_that_contradict_each_other_keep_all_apart() {
        let units: [(&[_], _); 3] = [
            (
                &[(Person, "George W. Bush"), (Person, "George H. W. Bush")],
                None,
            ),
            (&[(Person, "George W. Bush")], None),
            (&[(Person, "George Bush")], None),
        ];
        assert_eq!(
            counted(&units, None, false),
            [
                row("George Bush", 1, 0),
                row("George H. W. Bush", 1, 0),
                row("George W. Bush", 2, 0)
            ]
        );
    }

    #[test]
    fn copies_of_a_story_count_once_where_stories_collapse() {
        let units: [(&[_], _); 3] = [
            (&[(Org, "Apple Inc.")], Some(1)),
            (&[(Org, "Apple"), (Org, "Apple Inc.")], Some(1)),
            (&[(Org, "Apple")], None),
        ];
        assert_eq!(counted(&units, None, true), [row("Apple", 2, 1)]);
        assert_eq!(counted(&units, None, false), [row("Apple", 3, 1)]);
    }

    #[test]
    fn an_alias_counts_under_its_canonical_name_and_an_ambiguous_one_alone() {
        let list = "Angela Merkel\tperson\tMutti\nOne\torg\tTwin\nTwo\torg\tTwin\n";
        let aliases = Aliases::parse(list, "x").unwrap();
        let units: [(&[_], _); 2] = [
            (&[(Person, "Mutti"), (Org, "Twin")], None),
            (&[(Person, "Angela Merkel"), (Person, "Mutti")], None),
        ];
        assert_eq!(
            counted(&units, Some(&aliases), false),
            [row("Angela Merkel", 2, 0), row("Twin", 1, 0)]
        );
    }
}
