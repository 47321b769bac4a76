//! Documents → cluster, in batches; what was sent is seen to be there once before it counts.

use super::window::Read;
use super::{Root, Run, patience};
use crate::backend::quickwit::document::{Encoder, Sent, key_of, record_of, tombstone};
use crate::backend::quickwit::http::Method;
use crate::entity::{Authority, Recognizer};
use crate::error::{Error, Result};
use crate::index::Without;
use crate::index::prepare::Preparer;
use rustc_hash::FxHashMap;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// A batch stays below what the cluster takes (10 MiB), with room for a proxy's own limit.
const BATCH_BYTES: usize = 8 << 20;
/// Batches between two commits that this program asks for; in between the cluster's clock commits.
pub(super) const BATCHES_A_COMMIT: usize = 16;
/// How long what was committed may take to be found.
const VISIBLE: Duration = Duration::from_secs(60);
/// The id of the document whose commit makes visible what an earlier run had sent.
const MARKER: &str = "\u{1f}dateline";

/// What was sent and not yet seen to be there.
pub(super) struct Pending {
    pub key: u64,
    pub version: u64,
    pub passages: u64,
    /// Older versions are there.
    pub replaces: bool,
    /// To send it once more, where it turns out to be there twice.
    pub read: Option<Read>,
}

impl Run<'_> {
    /// Makes visible what an earlier run may have sent before it was killed.
    pub(super) fn settle(&mut self) -> Result<()> {
        self.settled = true;
        let marker = format!("{}\n", tombstone(MARKER, 1));
        self.post(marker.as_bytes(), 1, true)?;
        self.delete(&format!("key:{}", key_of(MARKER)))
    }

    pub(super) fn push(&mut self, lines: &[String]) -> Result<()> {
        for line in lines {
            if !self.batch.is_empty() && self.batch.len() + line.len() + 1 > BATCH_BYTES {
                self.batches += 1;
                self.send(false)?;
            }
            self.batch.extend_from_slice(line.as_bytes());
            self.batch.push(b'\n');
            self.in_batch += 1;
        }
        Ok(())
    }

    /// Sends the batch.
    fn send(&mut self, force: bool) -> Result<()> {
        let batch = std::mem::take(&mut self.batch);
        let documents = std::mem::take(&mut self.in_batch);
        if documents == 0 || self.options.dry_run {
            return Ok(());
        }
        self.post(&batch, documents, force)
    }

    fn post(&self, batch: &[u8], documents: u64, force: bool) -> Result<()> {
        let http = self.http();
        let commit = if force { "force" } else { "auto" };
        let path = format!(
            "/api/v1/{}/ingest?commit={commit}&detailed_response=true",
            http.index
        );
        let body = Some(("application/json", batch));
        let reply = http.send(Method::Post, &path, body, patience(self.cancel), None)?;
        if reply.status == 413 && documents > 1 {
            // A proxy may take less than the cluster.
            let (half, rest) = batch.split_at(batch.len() / 2);
            let cut = memchr::memchr(b'\n', rest).map_or(rest.len(), |n| n + 1);
            let (front, back) = batch.split_at(half.len() + cut);
            if !back.is_empty() {
                let first = memchr::memchr_iter(b'\n', front).count() as u64;
                self.post(front, first, false)?;
                return self.post(back, documents - first, force);
            }
        }
        let answer = http.read(&reply)?;
        let number = |name: &str| answer.get(name).and_then(Value::as_u64);
        let taken = number("num_docs_for_processing")
            .ok_or_else(|| http.nonsense("documents were sent, and their number is not told"))?;
        let rejected = number("num_rejected_docs").unwrap_or(0);
        if rejected > 0 {
            let why = answer
                .pointer("/parse_failures/0/message")
                .and_then(Value::as_str)
                .unwrap_or("no reason given");
            let why: String = why.chars().filter(|c| !c.is_control()).take(200).collect();
            return Err(Error::Backend(format!(
                "{}: the cluster refused {rejected} of {documents} documents: {why}",
                http.place()
            )));
        }
        if taken != documents || number("num_ingested_docs").is_some_and(|n| n != documents) {
            return Err(Error::Backend(format!(
                "{}: {documents} documents were sent, and the cluster took {}; run the same again",
                http.place(),
                number("num_ingested_docs").unwrap_or(taken).min(taken)
            )));
        }
        Ok(())
    }

    /// Makes everything visible, sees that it is there once, and has older versions deleted.
    pub(super) fn commit(&mut self) -> Result<()> {
        self.send(true)?;
        self.batches = 0;
        if self.options.dry_run {
            self.pending.clear();
            return Ok(());
        }
        let mut pending = std::mem::take(&mut self.pending);
        let mut rounds = 0;
        let mut done: Vec<Pending> = Vec::new();
        while !pending.is_empty() {
            let doubled = self.see(&mut pending, &mut done)?;
            if doubled.is_empty() {
                continue;
            }
            rounds += 1;
            if rounds > 3 {
                return Err(Error::Backend(format!(
                    "{}: {} articles are there more than once, again and again; does another run write to this index?",
                    self.http().place(),
                    doubled.len()
                )));
            }
            for twice in doubled {
                pending.extend(self.send_again(twice)?);
            }
            self.send(true)?;
        }
        let mut below: FxHashMap<u64, Vec<u64>> = FxHashMap::default();
        for one in done.iter().filter(|p| p.replaces) {
            below.entry(one.version).or_default().push(one.key);
        }
        for (version, keys) in below {
            for some in keys.chunks(200) {
                let keys: Vec<String> = some.iter().map(u64::to_string).collect();
                self.delete(&format!(
                    "key:IN [{}] AND version:<{version}",
                    keys.join(" ")
                ))?;
            }
        }
        Ok(())
    }

    /// Moves what is there once to `done`, and returns what is there more than once.
    fn see(&self, pending: &mut Vec<Pending>, done: &mut Vec<Pending>) -> Result<Vec<Pending>> {
        let began = Instant::now();
        let mut wait = Duration::from_millis(100);
        loop {
            let records: Vec<u64> = pending
                .iter()
                .map(|p| record_of(p.key, p.version))
                .collect();
            let found = self.found(&records)?;
            let mut doubled = Vec::new();
            let mut rest = Vec::new();
            for one in std::mem::take(pending) {
                let there = found.get(&record_of(one.key, one.version)).copied();
                match there.unwrap_or(0).cmp(&one.passages.max(1)) {
                    std::cmp::Ordering::Equal => done.push(one),
                    std::cmp::Ordering::Greater => doubled.push(one),
                    std::cmp::Ordering::Less => rest.push(one),
                }
            }
            *pending = rest;
            if pending.is_empty() || !doubled.is_empty() {
                return Ok(doubled);
            }
            if began.elapsed() > VISIBLE {
                return Err(Error::Backend(format!(
                    "{}: {} articles were sent and committed, and cannot be found after {} s; run the same again",
                    self.http().place(),
                    pending.len(),
                    VISIBLE.as_secs()
                )));
            }
            std::thread::sleep(wait);
            wait = (wait * 2).min(Duration::from_secs(2));
        }
    }

    /// Sends a version that is there more than once as the next one.
    fn send_again(&mut self, twice: Pending) -> Result<Option<Pending>> {
        let version = twice.version.saturating_add(1);
        let lines = match &twice.read {
            Some(read) => {
                let root = self
                    .roots
                    .get(read.root)
                    .map_or_else(String::new, Root::value);
                let authority = self.options.authority.as_deref();
                encoded(&mut Encoder::default(), read, version, &root, authority)?
            }
            None => return Ok(None),
        };
        self.push(&lines)?;
        Ok(Some(Pending {
            version,
            replaces: true,
            ..twice
        }))
    }

    fn delete(&self, query: &str) -> Result<()> {
        let http = self.http();
        let path = format!("/api/v1/{}/delete-tasks", http.index);
        let body = serde_json::to_vec(&json!({"query": query})).unwrap_or_default();
        let body = Some(("application/json", body.as_slice()));
        let reply = http.send(Method::Post, &path, body, patience(self.cancel), None)?;
        http.read(&reply).map(drop)
    }
}

pub(super) fn encoded(
    encoder: &mut Encoder,
    read: &Read,
    version: u64,
    root: &str,
    authority: Option<&Authority>,
) -> Result<Vec<String>> {
    let passages =
        Preparer::new(Recognizer::shipped(), authority, Without::default()).passages(&read.article);
    let sent = Sent {
        version,
        hash: read.hash,
        root,
    };
    encoder.lines(&read.article, &passages, sent)
}
