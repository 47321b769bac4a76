//! Articles that were removed for good: what an update must not bring back.

use super::payload::Payload;
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Name of the side table.
pub const TABLE: &str = "forgotten";

/// Ids and files that are not indexed whatever their source holds.
///
/// An id stays forgotten until [`recall`](super::recall): also where a later revision bears it.
/// A file stays forgotten with all it may hold later, a folder with everything below it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forgotten {
    ids: BTreeSet<String>,
    /// Root number and path.
    paths: BTreeSet<(u32, String)>,
}

impl Forgotten {
    pub fn decode(bytes: Option<&[u8]>) -> Result<Self> {
        match bytes {
            None => Ok(Self::default()),
            Some(bytes) => serde_json::from_slice(bytes).map_err(|e| {
                Error::Damaged(format!(
                    "{TABLE}: the list of forgotten articles cannot be read ({e}); restore it from a backup, or delete the index and run `dateline index` and `dateline forget` again"
                ))
            }),
        }
    }

    pub fn encode(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    pub fn is_empty(&self) -> bool {
        self.ids.is_empty() && self.paths.is_empty()
    }

    pub fn has_id(&self, id: &str) -> bool {
        self.ids.contains(id)
    }

    pub fn ids(&self) -> impl Iterator<Item = &String> {
        self.ids.iter()
    }

    pub fn add_id(&mut self, id: &str) -> bool {
        self.ids.insert(id.to_owned())
    }

    pub fn add_path(&mut self, root: u32, path: &str) -> bool {
        self.paths.insert((root, path.to_owned()))
    }

    /// Whether a file, or a folder around it, was forgotten.
    pub fn has_path(&self, root: u32, path: &str) -> bool {
        if self.paths.is_empty() {
            return false;
        }
        let mut end = path.len();
        loop {
            if self.paths.contains(&(root, path[..end].to_owned())) {
                return true;
            }
            match path[..end].rfind('/') {
                Some(at) => end = at,
                None => return self.paths.contains(&(root, String::new())),
            }
        }
    }

    /// Takes an id or path back; false if it was not there.
    pub fn remove(&mut self, id: &str, path: Option<(u32, &str)>) -> bool {
        let by_path = path.is_some_and(|(root, path)| self.paths.remove(&(root, path.to_owned())));
        self.ids.remove(id) || by_path
    }
}

/// Whether a payload names a list.
pub fn is_kept(payload: &Payload) -> bool {
    payload.tables.contains_key(TABLE)
}
