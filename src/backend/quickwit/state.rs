//! What a cluster's index holds at a moment: which documents count, and the archive's statistics.
//!
//! There is no update in place. A new version of an article is sent beside the old one, which a
//! delete task removes later; a removed article gets a version without passages. Until the deletes
//! are done every question leaves the outdated versions out, by name, so that counts are right at
//! any time.

use super::http::Http;
use crate::error::{Error, Result};
use crate::index::document::{Head, Stored};
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::{Value, json};
use std::sync::Mutex;
use std::time::Instant;

/// The most hits of one answer.
pub const PAGE: usize = 10_000;
/// Articles that one question names by key.
pub const KEYS: usize = 1_000;
/// So many outdated versions may wait for their delete.
const MAX_OUTDATED: usize = 200_000;
/// Values of one count by value: Quickwit gives no more buckets.
pub const MAX_VALUES: usize = 65_000;

/// One hit of an answer.
pub struct Row {
    pub source: Value,
    /// What it was sorted by.
    pub sort: Vec<Value>,
}

impl Row {
    pub fn number(&self, name: &str) -> Option<u64> {
        self.source.get(name)?.as_u64()
    }

    /// The article that is stored with its first passage; `None` also where it cannot be read.
    pub fn head(&self) -> Option<Head> {
        let text = self.source.get("stored")?.as_str()?;
        serde_json::from_str::<Stored>(text).ok()?.head
    }
}

/// An answer of the search interface.
pub struct Rows {
    /// All documents that match, however many are given.
    pub total: u64,
    pub rows: Vec<Row>,
    pub counts: Value,
    pub splits: u64,
}

impl Http {
    /// Searches; `source` names the fields that are wanted.
    ///
    /// # Errors
    /// `Backend` also where part of the index did not answer: that would be fewer hits in silence.
    pub fn search(&self, body: &Value, source: &str, deadline: Option<Instant>) -> Result<Rows> {
        let path = format!(
            "/api/v1/_elastic/{}/_search?allow_partial_search_results=false&_source_includes={source}",
            self.index
        );
        let mut answer = self.ask(&path, body, deadline)?;
        let shard = |name: &str| {
            answer
                .pointer(&format!("/_shards/{name}"))
                .and_then(Value::as_u64)
        };
        let failed = shard("failed").ok_or_else(|| self.nonsense("no count of failed splits"))?;
        let splits = shard("total").unwrap_or(0);
        if failed > 0 || answer.get("timed_out") == Some(&Value::Bool(true)) {
            return Err(Error::Backend(format!(
                "{}: {failed} of {splits} splits did not answer; nothing is shown rather than a part",
                self.place()
            )));
        }
        let total = answer
            .pointer("/hits/total/value")
            .and_then(Value::as_u64)
            .ok_or_else(|| self.nonsense("no total"))?;
        let counts = answer
            .get_mut("aggregations")
            .map_or(Value::Null, Value::take);
        let Some(Value::Array(hits)) = answer.pointer_mut("/hits/hits").map(Value::take) else {
            return Err(self.nonsense("no hits"));
        };
        let rows = hits
            .into_iter()
            .map(|mut hit| Row {
                source: hit.get_mut("_source").map_or(Value::Null, Value::take),
                sort: match hit.get_mut("sort").map(Value::take) {
                    Some(Value::Array(sort)) => sort,
                    _ => Vec::new(),
                },
            })
            .collect();
        Ok(Rows {
            total,
            rows,
            counts,
            splits,
        })
    }

    /// How many documents match.
    pub fn count(&self, query: &Value, deadline: Option<Instant>) -> Result<u64> {
        let path = format!("/api/v1/_elastic/{}/_count", self.index);
        let answer = self.ask(&path, &json!({"query": query}), deadline)?;
        answer
            .get("count")
            .and_then(Value::as_u64)
            .ok_or_else(|| self.nonsense("no count"))
    }

    /// Calls `visit` with every document that matches, by ascending key, in pages.
    pub fn each(
        &self,
        query: &Value,
        source: &str,
        deadline: Option<Instant>,
        mut visit: impl FnMut(&Row) -> Result<()>,
    ) -> Result<()> {
        let mut after: Option<Vec<Value>> = None;
        loop {
            let mut body = json!({
                "query": query,
                "size": PAGE,
                "sort": [{"key": {"order": "asc"}}, {"record": {"order": "asc"}}],
            });
            let before = after.take();
            if let (Some(before), Some(body)) = (&before, body.as_object_mut()) {
                body.insert("search_after".to_owned(), json!(before));
            }
            let page = self.search(&body, source, deadline)?;
            for row in &page.rows {
                visit(row)?;
            }
            let Some(last) = page.rows.last().filter(|_| page.rows.len() == PAGE) else {
                return Ok(());
            };
            let next = last.sort.get(..2).map(<[Value]>::to_vec);
            if next.is_none() || next == before {
                return Err(self.nonsense("a full page that does not say how it goes on"));
            }
            after = next;
        }
    }
}

/// What an index held when it was looked at.
pub struct State {
    pub taken: Instant,
    /// Passages of articles as they stand.
    pub documents: u64,
    pub tokens: u64,
    pub articles: u64,
    pub undated: u64,
    pub splits: u64,
    /// Articles by language.
    pub languages: std::collections::BTreeMap<String, u64>,
    /// Records that no question may find: outdated, or standing for what was removed.
    pub outdated: Vec<u64>,
    frequencies: Mutex<FxHashMap<String, u64>>,
}

impl State {
    /// Looks at the index.
    pub fn of(http: &Http, deadline: Option<Instant>) -> Result<Self> {
        let outdated = outdated(http, deadline)?;
        let mut state = Self {
            taken: Instant::now(),
            documents: 0,
            tokens: 0,
            articles: 0,
            undated: 0,
            splits: 0,
            languages: Default::default(),
            outdated,
            frequencies: Mutex::default(),
        };
        let sums = json!({
            "query": state.live(Vec::new()),
            "size": 0,
            "track_total_hits": true,
            "aggs": {"tokens": {"sum": {"field": "tokens"}}},
        });
        let sums = http.search(&sums, "key", deadline)?;
        state.documents = sums.total;
        state.splits = sums.splits;
        let tokens = sums.counts.pointer("/tokens/value").and_then(Value::as_f64);
        state.tokens = tokens.unwrap_or(0.0) as u64;
        let heads = json!({
            "query": state.live(vec![heads()]),
            "size": 0,
            "track_total_hits": true,
            "aggs": {
                "languages": {"terms": {"field": "lang", "size": 1000, "shard_size": 1000}},
                "dated": {"terms": {"field": "dated", "size": 2}},
            },
        });
        let heads = http.search(&heads, "key", deadline)?;
        state.articles = heads.total;
        for (value, count) in buckets(&heads.counts, "languages") {
            if let Some(code) = value.as_str() {
                state.languages.insert(code.to_owned(), count);
            }
        }
        state.undated = buckets(&heads.counts, "dated")
            .into_iter()
            .find(|(value, _)| value.as_f64() == Some(0.0))
            .map_or(0, |(_, count)| count);
        Ok(state)
    }

    /// A query over what counts, for which all of `filter` holds.
    pub fn live(&self, filter: Vec<Value>) -> Value {
        self.scored(filter, Vec::new())
    }

    /// The same, scored by what of `should` holds.
    pub fn scored(&self, mut filter: Vec<Value>, should: Vec<Value>) -> Value {
        let mut never = vec![json!({"term": {"gone": {"value": 1}}})];
        for some in self.outdated.chunks(KEYS * 10) {
            never.push(json!({"terms": {"record": some}}));
        }
        if filter.is_empty() {
            filter.push(json!({"match_all": {}}));
        }
        match should.is_empty() {
            true => json!({"bool": {"filter": filter, "must_not": never}}),
            false => json!({"bool": {"filter": filter, "must_not": never, "should": should}}),
        }
    }

    /// How many passages hold a term of `text`; asked once.
    pub fn frequency(&self, http: &Http, term: &str, deadline: Option<Instant>) -> Result<u64> {
        if let Some(&known) = lock(&self.frequencies).get(term) {
            return Ok(known);
        }
        let query = self.live(vec![super::narrow::terms("text", &[term])]);
        let count = http.count(&query, deadline)?;
        lock(&self.frequencies).insert(term.to_owned(), count);
        Ok(count)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// The first passages of articles.
pub fn heads() -> Value {
    json!({"term": {"ordinal": {"value": 0}}})
}

/// Value and count of each bucket of a count by value; none where there is no such count.
pub fn buckets(counts: &Value, name: &str) -> Vec<(Value, u64)> {
    let list = counts.pointer(&format!("/{name}/buckets"));
    let list = list.and_then(Value::as_array);
    let bucket = |b: &Value| Some((b.get("key")?.clone(), b.get("doc_count")?.as_u64()?));
    list.into_iter().flatten().filter_map(bucket).collect()
}

/// The records that are not the newest of their article, and those of removed articles.
fn outdated(http: &Http, deadline: Option<Instant>) -> Result<Vec<u64>> {
    // Whatever is outdated has a second version beside it.
    let replaced = json!({"bool": {"filter": [heads(), {"range": {"version": {"gte": 2}}}]}});
    let mut keys = FxHashSet::default();
    http.each(&replaced, "key", deadline, |row| {
        keys.extend(row.number("key"));
        if keys.len() > MAX_OUTDATED {
            return Err(Error::Backend(format!(
                "{}: more than {MAX_OUTDATED} replaced articles; wait until the cluster's delete tasks are done",
                http.place()
            )));
        }
        Ok(())
    })?;
    let mut versions: FxHashMap<u64, Vec<(u64, u64, bool)>> = FxHashMap::default();
    let keys: Vec<u64> = keys.into_iter().collect();
    for some in keys.chunks(KEYS) {
        let query = json!({"bool": {"filter": [heads(), {"terms": {"key": some}}]}});
        http.each(&query, "key,version,record,passages", deadline, |row| {
            if let (Some(key), Some(version), Some(record)) = (
                row.number("key"),
                row.number("version"),
                row.number("record"),
            ) {
                let gone = row.number("passages") == Some(0);
                versions
                    .entry(key)
                    .or_default()
                    .push((version, record, gone));
            }
            Ok(())
        })?;
    }
    let mut outdated = Vec::new();
    for mut list in versions.into_values() {
        list.sort_unstable();
        let newest = list.last().map_or(0, |l| l.0);
        outdated.extend(
            list.iter()
                .filter(|(version, _, gone)| *version < newest || *gone)
                .map(|(_, record, _)| *record),
        );
    }
    outdated.sort_unstable();
    outdated.dedup();
    Ok(outdated)
}
