//! What is no longer: articles that a notice kills, and those whose files are gone.

use super::send::Pending;
use super::{Root, Run};
use crate::backend::quickwit::document::{mangled, tombstone};
use crate::backend::quickwit::state::{State, heads};
use crate::error::Result;
use crate::index::Prune;
use serde_json::Value;
use std::path::PathBuf;
use xxhash_rust::xxh3::xxh3_64;

impl Run<'_> {
    /// Puts an end to articles: a version without passages, which outdates the others.
    fn bury(&mut self, gone: &[(u64, String, u64)]) -> Result<()> {
        for (key, id, version) in gone {
            self.report.removed += 1;
            let version = version.saturating_add(1);
            self.push(&[tombstone(id, version)])?;
            self.pending.push(Pending {
                key: *key,
                version,
                passages: 0,
                replaces: true,
                read: None,
            });
        }
        Ok(())
    }

    pub(super) fn remove_killed(&mut self, killed: Vec<(u64, String)>) -> Result<()> {
        if killed.is_empty() {
            return Ok(());
        }
        // What this run itself sent must be there to be found.
        self.commit()?;
        let keys: Vec<u64> = killed.iter().map(|(key, _)| *key).collect();
        let held = self.held(&keys)?;
        let mut gone = Vec::new();
        for (key, id) in killed {
            let newest = held
                .get(&key)
                .and_then(|v| v.iter().max_by_key(|h| h.version));
            if let Some(newest) = newest.filter(|h| h.passages > 0) {
                gone.push((key, id, newest.version));
            }
        }
        self.bury(&gone)
    }

    /// Removes the articles below `paths` whose files are gone.
    pub(super) fn prune(&mut self, paths: &[PathBuf], missing: &[PathBuf]) -> Result<()> {
        if self.fresh {
            return Ok(());
        }
        let force = self.options.prune == Prune::Force;
        let mut below: Vec<(String, String)> = Vec::new();
        for path in paths.iter().chain(missing) {
            let is_empty =
                std::fs::read_dir(path).map_or(!path.is_file(), |mut d| d.next().is_none());
            if is_empty && !force {
                self.report.notes.push(format!(
                    "{}: missing or empty; its articles stay (--prune=force removes them)",
                    path.display()
                ));
                continue;
            }
            let absolute = std::path::absolute(path).unwrap_or_else(|_| path.clone());
            let (name, root) = self.place(&absolute);
            let root = self.roots.get(root).map_or_else(String::new, Root::value);
            below.push((root, mangled(name.trim_end_matches('/'))));
        }
        let state = State::of(self.http(), None)?;
        let mut gone: Vec<(u64, String, u64)> = Vec::new();
        let query = state.live(vec![heads()]);
        self.http()
            .each(&query, "key,version,root,stored", None, |row| {
                let (Some(key), Some(version)) = (row.number("key"), row.number("version")) else {
                    return Ok(());
                };
                let Some(head) = row.head() else {
                    return Ok(());
                };
                let path = mangled(&head.article.path);
                let file = path.split("!/").next().unwrap_or(&path);
                let root = row.source.get("root").and_then(Value::as_str);
                let is_below = below.iter().any(|(r, b)| {
                    let starts = |rest: &str| rest.is_empty() || rest.starts_with('/');
                    let within = b.is_empty() || file.strip_prefix(b.as_str()).is_some_and(starts);
                    within && root == Some(r.as_str())
                });
                if is_below && !self.files.contains(&xxh3_64(file.as_bytes())) {
                    gone.push((key, head.article.id, version));
                }
                Ok(())
            })?;
        if !self.options.dry_run {
            return self.bury(&gone);
        }
        self.report.removed += gone.len() as u64;
        Ok(())
    }
}
