//! Files → cluster: what is new is sent, what changed is replaced, what is there already is left.
//!
//! A cluster takes documents and never updates them. A run looks up what is there by key, sends what
//! differs in batches, makes it visible (`commit=force`), compares how many documents of each version
//! are there with how many were sent, and only then asks for the deletion of older versions. All of
//! it can be done again: an article that is there with the same hash and all its passages is left,
//! one that is there twice, because a run was killed while a batch was on its way, is replaced.

use super::document::{Encoder, Sent, key_of, mangled, record_of, tombstone};
use super::http::{Access, Http, Method, Patience};
use super::state::{KEYS, MAX_VALUES, Row, State, buckets, heads};
use super::{Cluster, mapping};
use crate::article::Article;
use crate::entity::{Authority, Recognizer};
use crate::error::{Error, Result};
use crate::index::document::Stored;
use crate::index::prepare::Preparer;
use crate::index::{
    Omission, OmissionKind, Progress, Prune, Step, UpdateOptions, UpdateReport, Without,
    article_hash, fingerprint,
};
use crate::read::walk::{display_path, walk};
use crate::read::{Outcome, Trouble, TroubleKind, identify, read_file};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::{Value, json};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use xxhash_rust::xxh3::xxh3_64;

/// A batch stays below what the cluster takes (10 MiB), with room for a proxy's own limit.
const BATCH_BYTES: usize = 8 << 20;
/// Batches between two commits that this program asks for; in between the cluster's clock commits.
const BATCHES_A_COMMIT: usize = 16;
/// Articles that are looked up, and worked on by all threads, at once.
const WINDOW_ARTICLES: usize = 400;
const WINDOW_BYTES: usize = 16 << 20;
/// How long a cluster that takes nothing for now is waited for.
const PATIENCE: Duration = Duration::from_secs(120);
/// How long what was committed may take to be found.
const VISIBLE: Duration = Duration::from_secs(60);
/// The id of the document whose commit makes visible what an earlier run had sent.
const MARKER: &str = "\u{1f}dateline";

/// How a cluster is brought up to date.
pub struct Options<'a> {
    pub access: &'a Access,
    pub update: &'a UpdateOptions,
}

/// Brings the index at `location` up to date with the files below `paths`; makes it where there is none.
///
/// `cancel` may be set at any time: what was read is sent, and the run ends. Searches go on meanwhile.
///
/// # Errors
/// Those of [`Cluster::open`]; `Usage` for what only a folder can do; `Backend` where the cluster
/// refuses a document, or what was sent cannot be found afterwards. What was sent stays, and the
/// same run again goes on from there.
pub fn ingest(
    location: &str,
    paths: &[PathBuf],
    options: &Options<'_>,
    progress: &dyn Progress,
    cancel: &AtomicBool,
) -> Result<UpdateReport> {
    let began = Instant::now();
    let update = options.update;
    if update.repair {
        return Err(Error::Usage(
            "--repair works on an index folder; a cluster keeps its own files".to_owned(),
        ));
    }
    if !update.moved_roots.is_empty() {
        return Err(Error::Usage(
            "--root OLD=NEW works on an index folder; on a cluster, index NEW under the old folder's path"
                .to_owned(),
        ));
    }
    let http = Http::new(location, options.access)?;
    mapping::check_version(&http, None)?;
    let exists = mapping::check(&http, None)?;
    if !exists && !update.dry_run {
        mapping::create(&http, patience(cancel))?;
    }
    let cluster = Cluster::at(http);
    let mut run = Run::new(&cluster, options, cancel, exists)?;
    run.all(paths, progress)?;
    let mut report = run.report;
    report.elapsed_ms = began.elapsed().as_secs_f64() * 1e3;
    Ok(report)
}

fn patience(cancel: &AtomicBool) -> Patience<'_> {
    Patience {
        longest: PATIENCE,
        cancel: Some(cancel),
    }
}

/// Which of several records of one id wins: the greatest.
type Rank = (Option<u64>, Option<i64>, Option<i64>, String, u32);

fn rank_of(article: &Article) -> Rank {
    (
        article.version,
        article.updated.as_ref().map(|p| p.instant().as_second()),
        article.published.as_ref().map(|p| p.instant().as_second()),
        article.path.clone(),
        article.record,
    )
}

/// An article that was read.
struct Read {
    article: Article,
    key: u64,
    hash: u64,
    root: usize,
}

/// A version of an article that the cluster holds.
#[derive(Clone)]
struct Held {
    version: u64,
    hash: u64,
    passages: u64,
    /// Documents found.
    found: u64,
    rank: Option<Rank>,
}

/// What was sent and not yet seen to be there.
struct Pending {
    key: u64,
    version: u64,
    passages: u64,
    /// Older versions are there.
    replaces: bool,
    /// To send it once more, where it turns out to be there twice.
    read: Option<Read>,
}

struct Root {
    prefix: String,
    folder: PathBuf,
}

impl Root {
    fn value(&self) -> String {
        format!("{}\n{}", self.prefix, self.folder.display())
    }

    fn named(&self, path: &str) -> String {
        match self.prefix.as_str() {
            "" => path.to_owned(),
            prefix => format!("{prefix}/{path}"),
        }
    }
}

struct Run<'a> {
    cluster: &'a Cluster,
    options: &'a UpdateOptions,
    cancel: &'a AtomicBool,
    pool: rayon::ThreadPool,
    roots: Vec<Root>,
    fingerprint: u64,
    window: Vec<Read>,
    window_bytes: usize,
    batch: Vec<u8>,
    in_batch: u64,
    batches: usize,
    pending: Vec<Pending>,
    /// The best record of each id in this run.
    claims: FxHashMap<u64, Rank>,
    killed: FxHashMap<u64, String>,
    /// Names of the files that were looked at.
    files: FxHashSet<u64>,
    settled: bool,
    fresh: bool,
    before: u64,
    report: UpdateReport,
}

impl<'a> Run<'a> {
    fn new(
        cluster: &'a Cluster,
        options: &Options<'a>,
        cancel: &'a AtomicBool,
        exists: bool,
    ) -> Result<Self> {
        let mut roots = Vec::new();
        let mut before = 0;
        if exists {
            let state = State::of(&cluster.http, None)?;
            before = state.articles;
            for (prefix, folder) in cluster.roots(&state, None)? {
                let folder = PathBuf::from(folder);
                roots.push(Root { prefix, folder });
            }
        }
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(options.update.workers())
            .build()
            .map_err(|e| Error::Usage(format!("--threads: {e}")))?;
        Ok(Self {
            cluster,
            options: options.update,
            cancel,
            pool,
            roots,
            fingerprint: fingerprint(
                &options.update.readers,
                options.update.authority.as_deref(),
                Without::default(),
            ),
            window: Vec::new(),
            window_bytes: 0,
            batch: Vec::new(),
            in_batch: 0,
            batches: 0,
            pending: Vec::new(),
            claims: FxHashMap::default(),
            killed: FxHashMap::default(),
            files: FxHashSet::default(),
            settled: !exists,
            fresh: !exists,
            before,
            report: UpdateReport::default(),
        })
    }

    fn http(&self) -> &'a Http {
        &self.cluster.http
    }

    fn cancelled(&self) -> bool {
        self.cancel.load(Ordering::Relaxed)
    }

    fn all(&mut self, paths: &[PathBuf], progress: &dyn Progress) -> Result<()> {
        let mut canonical = Vec::with_capacity(paths.len());
        let mut missing = Vec::new();
        for path in paths {
            match path.canonicalize() {
                Ok(path) => canonical.push(path),
                Err(e) => {
                    missing.push(path.clone());
                    self.report.failed.push(Omission {
                        path: path.display().to_string(),
                        record: None,
                        kind: OmissionKind::Failed,
                        reason: e.to_string(),
                    });
                }
            }
        }
        for path in &canonical {
            self.root_of(path);
        }
        progress.step(Step::Indexing, 0, 0);
        let filter = self.options.filter.clone();
        for found in walk(&canonical, &filter) {
            if self.cancelled() {
                break;
            }
            match found {
                Ok(entry) => self.file(&entry.file, progress)?,
                Err(refusal) => {
                    let (name, _) = self.place(&refusal.path);
                    self.omit(&name, &refusal.trouble);
                }
            }
            if self.window.len() >= WINDOW_ARTICLES || self.window_bytes >= WINDOW_BYTES {
                self.send_window()?;
            }
        }
        self.send_window()?;
        let killed: Vec<(u64, String)> = self.killed.drain().collect();
        self.remove_killed(killed)?;
        if self.options.prune != Prune::No && !self.cancelled() {
            self.prune(&canonical, &missing)?;
        }
        progress.step(Step::Committing, 0, 0);
        self.commit()?;
        self.report.interrupted = self.cancelled();
        let report = &mut self.report;
        report.unchanged = self.before.saturating_sub(report.replaced + report.removed);
        report.skipped.sort();
        report.failed.sort();
        Ok(())
    }

    /// The root that holds `path`, added if no known one does.
    fn root_of(&mut self, path: &Path) -> usize {
        let holding = |roots: &[Root]| {
            (0..roots.len())
                .filter(|&n| path.starts_with(&roots[n].folder))
                .max_by_key(|&n| roots[n].folder.as_os_str().len())
        };
        if let Some(root) = holding(&self.roots) {
            return root;
        }
        let folder = match path.is_dir() {
            true => path.to_path_buf(),
            false => path.parent().unwrap_or(path).to_path_buf(),
        };
        let name = folder
            .file_name()
            .map_or_else(|| "root".to_owned(), |n| n.to_string_lossy().into_owned());
        let taken = |prefix: &str| self.roots.iter().any(|r| r.prefix == prefix);
        let mut prefix = match self.roots.is_empty() {
            true => String::new(),
            false => name.clone(),
        };
        let mut number = 2;
        while taken(&prefix) {
            prefix = format!("{name}-{number}");
            number += 1;
        }
        self.roots.push(Root { prefix, folder });
        self.roots.len() - 1
    }

    /// A file's name as articles bear it, and its root.
    fn place(&mut self, file: &Path) -> (String, usize) {
        let file = match (file.parent().map(Path::canonicalize), file.file_name()) {
            (Some(Ok(folder)), Some(name)) => folder.join(name),
            _ => file.to_path_buf(),
        };
        let at = self.root_of(&file);
        let root = &self.roots[at];
        let below = file.strip_prefix(&root.folder).unwrap_or(&file);
        (root.named(&display_path(below)), at)
    }

    fn omit(&mut self, path: &str, trouble: &Trouble) {
        let is_failure = trouble.kind == TroubleKind::Failed;
        let omission = Omission {
            path: path.to_owned(),
            record: (trouble.record > 0).then_some(trouble.record),
            kind: match is_failure {
                true => OmissionKind::Failed,
                false => OmissionKind::Skipped,
            },
            reason: trouble.to_string(),
        };
        match is_failure {
            true => self.report.failed.push(omission),
            false => self.report.skipped.push(omission),
        }
    }

    fn file(&mut self, file: &Path, progress: &dyn Progress) -> Result<()> {
        let (name, root) = self.place(file);
        self.files.insert(xxh3_64(mangled(&name).as_bytes()));
        self.report.files_read += 1;
        let readers = self.options.readers.clone();
        let mut error = None;
        let mut articles = 0;
        let _ = read_file(file, &name, &readers, &mut |outcome: Outcome| {
            match outcome.result {
                Err(trouble) => self.omit(&outcome.path, &trouble),
                Ok(article) => {
                    articles += 1;
                    if let Err(e) = self.take(article, root) {
                        error = Some(e);
                        return ControlFlow::Break(());
                    }
                }
            }
            match self.cancelled() {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        });
        let bytes = std::fs::metadata(file).map_or(0, |m| m.len());
        self.report.bytes_read += bytes;
        progress.advance(1, bytes, articles);
        error.map_or(Ok(()), Err)
    }

    fn take(&mut self, mut article: Article, root: usize) -> Result<()> {
        article.id = identify(&article, &article.path);
        for id in &article.kills {
            self.killed.insert(key_of(id), id.clone());
        }
        let own = article_hash(&article)?;
        let mut bytes = own.to_le_bytes().to_vec();
        bytes.extend_from_slice(&self.fingerprint.to_le_bytes());
        let paragraphs = article.sections.iter().flat_map(|s| &s.paragraphs);
        let size = 1024 + paragraphs.map(|p| p.len() + 24).sum::<usize>();
        self.window.push(Read {
            key: key_of(&article.id),
            hash: xxh3_64(&bytes) >> 1,
            article,
            root,
        });
        self.window_bytes += size;
        // A file of many records must not be held whole.
        if self.window.len() >= WINDOW_ARTICLES || self.window_bytes >= WINDOW_BYTES {
            self.send_window()?;
        }
        Ok(())
    }

    /// Sends what differs of the articles read.
    fn send_window(&mut self) -> Result<()> {
        let window = std::mem::take(&mut self.window);
        self.window_bytes = 0;
        let window = self.winners(window);
        if window.is_empty() {
            return Ok(());
        }
        let keys: Vec<u64> = window.iter().map(|r| r.key).collect();
        let mut held = self.held(&keys)?;
        if !self.settled {
            let is_new = |r: &Read| self.wanted(r, &held).is_some();
            if window.iter().any(is_new) && !self.options.dry_run {
                self.settle()?;
                held = self.held(&keys)?;
            }
        }
        let killed = self.killed_there(&keys)?;
        let mut chosen: Vec<(Read, u64, bool)> = Vec::new();
        for read in window {
            if killed.contains(&read.key) || self.killed.contains_key(&read.key) {
                self.supersede(&read.article, "was removed by a kill notice");
                continue;
            }
            match self.wanted(&read, &held) {
                None => {}
                Some(None) => self.supersede(&read.article, "is taken from another file"),
                Some(Some((version, replaces))) => chosen.push((read, version, replaces)),
            }
        }
        let roots: Vec<String> = self.roots.iter().map(Root::value).collect();
        let authority = self.options.authority.as_deref();
        let encoded: Vec<(Read, u64, bool, Result<Vec<String>>)> = self.pool.install(|| {
            chosen
                .into_par_iter()
                .map_init(Encoder::default, |encoder, (read, version, replaces)| {
                    let root = &roots[read.root];
                    let lines = encoded(encoder, &read, version, root, authority);
                    (read, version, replaces, lines)
                })
                .collect()
        });
        for (read, version, replaces, lines) in encoded {
            let lines = match lines {
                Ok(lines) => lines,
                Err(Error::Record { message, .. }) => {
                    self.fail(&read.article, message);
                    continue;
                }
                Err(e) => return Err(e),
            };
            match replaces {
                true => self.report.replaced += 1,
                false => self.report.added += 1,
            }
            self.report.passages += lines.len() as u64;
            self.push(&lines)?;
            self.pending.push(Pending {
                key: read.key,
                version,
                passages: lines.len() as u64,
                replaces,
                read: Some(read),
            });
            if self.batches >= BATCHES_A_COMMIT {
                self.commit()?;
            }
        }
        Ok(())
    }

    /// The records that win their id so far in this run, in order.
    fn winners(&mut self, window: Vec<Read>) -> Vec<Read> {
        let mut out: Vec<Read> = Vec::with_capacity(window.len());
        let mut at: FxHashMap<u64, usize> = FxHashMap::default();
        for read in window {
            let rank = rank_of(&read.article);
            if self.claims.get(&read.key).is_some_and(|best| *best > rank) {
                self.supersede(&read.article, "is taken from another record");
                continue;
            }
            let before = self.claims.insert(read.key, rank);
            match (before.is_some(), at.get(&read.key)) {
                (true, Some(&n)) => {
                    let loser = std::mem::replace(&mut out[n], read);
                    self.supersede(&loser.article, "is taken from another record");
                    continue;
                }
                (true, None) => self.report.superseded += 1,
                (false, _) => {}
            }
            at.insert(read.key, out.len());
            out.push(read);
        }
        out
    }

    fn supersede(&mut self, article: &Article, why: &str) {
        self.report.superseded += 1;
        self.report.skipped.push(Omission {
            path: article.path.clone(),
            record: (article.record > 0).then_some(article.record),
            kind: OmissionKind::Superseded,
            reason: format!("{} {why}", article.id),
        });
    }

    fn fail(&mut self, article: &Article, reason: String) {
        self.report.failed.push(Omission {
            path: article.path.clone(),
            record: (article.record > 0).then_some(article.record),
            kind: OmissionKind::Failed,
            reason,
        });
    }

    /// Whether an article must be sent, as which version, and whether it replaces one; `Some(None)`
    /// where another record holds its id by right.
    #[allow(clippy::option_option)]
    fn wanted(&self, read: &Read, held: &FxHashMap<u64, Vec<Held>>) -> Option<Option<(u64, bool)>> {
        let Some(versions) = held.get(&read.key) else {
            return Some(Some((1, false)));
        };
        let newest = versions.iter().max_by_key(|h| h.version)?;
        let next = newest.version + 1;
        if newest.passages == 0 {
            return Some(Some((next, false)));
        }
        let is_whole = newest.found == newest.passages;
        if is_whole && newest.hash == read.hash && !self.options.rebuild {
            return None;
        }
        let rank = rank_of(&read.article);
        if let Some(other) = &newest.rank
            && is_whole
            && (&other.3, other.4) != (&rank.3, rank.4)
            && *other > rank
        {
            return Some(None);
        }
        Some(Some((next, true)))
    }

    /// What the cluster holds of these articles.
    fn held(&self, keys: &[u64]) -> Result<FxHashMap<u64, Vec<Held>>> {
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
        let stored = row.source.get("stored").and_then(Value::as_str);
        let stored: Option<Stored> = stored.and_then(|text| serde_json::from_str(text).ok());
        Ok(Held {
            version: number("version")?,
            hash: number("hash")?,
            passages: number("passages")?,
            found: 0,
            rank: stored.and_then(|s| s.head).map(|h| rank_of(&h.article)),
        })
    }

    /// How many documents of each record the cluster holds.
    fn found(&self, records: &[u64]) -> Result<FxHashMap<u64, u64>> {
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
    fn killed_there(&self, keys: &[u64]) -> Result<FxHashSet<u64>> {
        let mut killed = FxHashSet::default();
        if self.fresh {
            return Ok(killed);
        }
        let wanted: FxHashSet<u64> = keys.iter().copied().collect();
        let query = json!({"bool": {"filter": [heads(), {"terms": {"kills": keys}}]}});
        self.http().each(&query, "key,stored", None, |row| {
            let stored = row.source.get("stored").and_then(Value::as_str);
            let stored: Option<Stored> = stored.and_then(|text| serde_json::from_str(text).ok());
            if let Some(head) = stored.and_then(|s| s.head) {
                let ids = head.article.kills.iter().map(|id| key_of(id));
                killed.extend(ids.filter(|key| wanted.contains(key)));
            }
            Ok(())
        })?;
        Ok(killed)
    }

    /// Makes visible what an earlier run may have sent before it was killed.
    fn settle(&mut self) -> Result<()> {
        self.settled = true;
        let marker = format!("{}\n", tombstone(MARKER, 1));
        self.post(marker.as_bytes(), 1, true)?;
        self.delete(&format!("key:{}", key_of(MARKER)))
    }

    fn push(&mut self, lines: &[String]) -> Result<()> {
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
            let middle = batch.len() / 2;
            let cut =
                memchr::memchr(b'\n', &batch[middle..]).map_or(batch.len(), |n| middle + n + 1);
            if cut < batch.len() {
                let first = memchr::memchr_iter(b'\n', &batch[..cut]).count() as u64;
                self.post(&batch[..cut], first, false)?;
                return self.post(&batch[cut..], documents - first, force);
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
    fn commit(&mut self) -> Result<()> {
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
        let version = twice.version + 1;
        let lines = match &twice.read {
            Some(read) => {
                let root = self.roots[read.root].value();
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

    /// Puts an end to articles: a version without passages, which outdates the others.
    fn bury(&mut self, gone: &[(u64, String, u64)]) -> Result<()> {
        for (key, id, version) in gone {
            self.report.removed += 1;
            let version = version + 1;
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

    fn remove_killed(&mut self, killed: Vec<(u64, String)>) -> Result<()> {
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
    fn prune(&mut self, paths: &[PathBuf], missing: &[PathBuf]) -> Result<()> {
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
            let root = self.roots[root].value();
            below.push((root, mangled(name.trim_end_matches('/'))));
        }
        let state = State::of(self.http(), None)?;
        let mut gone: Vec<(u64, String, u64)> = Vec::new();
        let query = state.live(vec![heads()]);
        self.http()
            .each(&query, "key,version,root,stored", None, |row| {
                let stored = row.source.get("stored").and_then(Value::as_str);
                let stored: Option<Stored> =
                    stored.and_then(|text| serde_json::from_str(text).ok());
                let (Some(key), Some(version)) = (row.number("key"), row.number("version")) else {
                    return Ok(());
                };
                let Some(head) = stored.and_then(|s| s.head) else {
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

fn encoded(
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
