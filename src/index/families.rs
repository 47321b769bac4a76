//! Story families: which records tell one story in nearly the same words.

/// The families of one commit, by ledger key.
///
/// A record that stands alone has no family.
#[derive(Clone, Debug, Default)]
pub struct Families {
    /// `(key, family)`, sorted by key.
    of_key: Vec<(u64, u32)>,
    /// `(family, key)`, sorted.
    members: Vec<(u32, u64)>,
}

impl Families {
    /// Builds the table from its pairs, in any order; a pair given twice counts once.
    pub fn from_pairs(mut of_key: Vec<(u64, u32)>) -> Self {
        of_key.sort_unstable();
        of_key.dedup();
        let mut members: Vec<(u32, u64)> = of_key.iter().map(|&(k, f)| (f, k)).collect();
        members.sort_unstable();
        Self { of_key, members }
    }

    /// Whether there is no family at all.
    pub fn is_empty(&self) -> bool {
        self.of_key.is_empty()
    }

    /// The family of a record.
    pub fn family(&self, key: u64) -> Option<u32> {
        let at = self.of_key.binary_search_by_key(&key, |p| p.0).ok()?;
        Some(self.of_key[at].1)
    }

    /// The keys of a family's members, sorted.
    pub fn members(&self, family: u32) -> impl Iterator<Item = u64> + '_ {
        let from = self.members.partition_point(|p| p.0 < family);
        self.members[from..]
            .iter()
            .take_while(move |p| p.0 == family)
            .map(|p| p.1)
    }

    /// The keys of all members of families with more than `copies` further copies, sorted.
    pub fn larger_than(&self, copies: u32) -> Vec<u64> {
        let mut keys: Vec<u64> = self
            .members
            .chunk_by(|a, b| a.0 == b.0)
            .filter(|family| family.len() > copies as usize + 1)
            .flat_map(|family| family.iter().map(|p| p.1))
            .collect();
        keys.sort_unstable();
        keys
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_knows_its_members_and_they_it() {
        let families = Families::from_pairs(vec![(7, 1), (3, 0), (9, 1), (4, 0), (5, 0)]);
        assert_eq!(families.family(9), Some(1));
        assert_eq!(families.family(8), None);
        assert_eq!(families.members(0).collect::<Vec<_>>(), [3, 4, 5]);
        assert_eq!(families.larger_than(1), [3, 4, 5]);
        assert!(families.larger_than(2).is_empty());
    }
}
