//! What the cluster holds of the articles that were read.

use super::Run;
use super::window::{Rank, rank_of};
use crate::backend::quickwit::document::key_of;
use crate::backend::quickwit::state::{KEYS, MAX_VALUES, Row, buckets, heads};
use crate::error::Result;
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::json;

/// A version of an article that the cluster holds.
#[derive(Clone)]
pub(super) struct Held {
    pub version: u64,
    pub hash: u64,
    pub passages: u64,
    /// Documents found.
    pub found: u64,
    pub rank: Option<Rank>,
}

impl Run<'_> {
    /// What the cluster holds of these articles.
    pub(super) fn held(&self, keys: &[u64]) -> Result<FxHashMap<u64, Vec<Held>>> {
        let mut held: FxHashMap<u64, Vec<Held>> = FxHashMap::default();
        if self.fresh && self.options.dry_run {
            return Ok(held);
        }
        let keys: Vec<u64> = keys
            .iter()
            .copied()
            .collect::<FxHashSet<_>>()
            .into_iter()
            .collect();
        for some in keys.chunks(KEYS) {
            let query = json!({"bool": {"filter": [heads(), {"terms": {"key": some}}]}});
            let mut rows: FxHashMap<u64, (u64, Held)> = FxHashMap::default();
            let source = "key,version,record,hash,passages,stored";
            self.http().each(&query, source, None, |row| {
                let held = self.held_of(row)?;
                if let (Some(key), Some(record)) = (row.number("key"), row.number("record")) {
                    rows.insert(record, (key, held));
                }
                Ok(())
            })?;
            let records: Vec<u64> = rows.keys().copied().collect();
            let found = self.found(&records)?;
            for (record, (key, mut one)) in rows {
                one.found = found.get(&record).copied().unwrap_or(0);
                held.entry(key).or_default().push(one);
            }
        }
        Ok(held)
    }

    fn held_of(&self, row: &Row) -> Result<Held> {
        let number = |name: &str| {
            row.number(name)
                .ok_or_else(|| self.http().nonsense(&format!("a document without {name}")))
        };
        Ok(Held {
            version: number("version")?,
            hash: number("hash")?,
            passages: number("passages")?,
            found: 0,
            rank: row.head().map(|h| rank_of(&h.article)),
        })
    }

    /// How many documents of each record the cluster holds.
    pub(super) fn found(&self, records: &[u64]) -> Result<FxHashMap<u64, u64>> {
        let mut out = FxHashMap::default();
        for some in records.chunks(KEYS) {
            let body = json!({
                "query": {"bool": {"filter": [{"terms": {"record": some}}]}},
                "size": 0,
                "aggs": {"records": {"terms": {
                    "field": "record", "size": MAX_VALUES, "shard_size": MAX_VALUES,
                }}},
            });
            let found = self.http().search(&body, "key", None)?;
            for (record, count) in buckets(&found.counts, "records") {
                // Numbers of a count may come as floating point, which rounds beyond 53 bits.
                let exact = record.as_u64().filter(|n| some.contains(n));
                let near = |n: &&u64| record.as_f64() == Some(**n as f64);
                if let Some(record) = exact.or_else(|| some.iter().find(near).copied()) {
                    out.insert(record, count);
                }
            }
        }
        Ok(out)
    }

    /// Which of these articles a kill notice of the cluster removes.
    pub(super) fn killed_there(&self, keys: &[u64]) -> Result<FxHashSet<u64>> {
        let mut killed = FxHashSet::default();
        if self.fresh {
            return Ok(killed);
        }
        let wanted: FxHashSet<u64> = keys.iter().copied().collect();
        let query = json!({"bool": {"filter": [heads(), {"terms": {"kills": keys}}]}});
        self.http().each(&query, "key,stored", None, |row| {
            if let Some(head) = row.head() {
                let ids = head.article.kills.iter().map(|id| key_of(id));
                killed.extend(ids.filter(|key| wanted.contains(key)));
            }
            Ok(())
        })?;
        Ok(killed)
    }
}
