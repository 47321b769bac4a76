//! Files → cluster: what is new is sent, what changed is replaced, what is there already is left.
//!
//! A cluster takes documents and never updates them. A run looks up what is there by key, sends what
//! differs in batches, makes it visible (`commit=force`), compares how many documents of each version
//! are there with how many were sent, and only then asks for the deletion of older versions. All of
//! it can be done again: an article that is there with the same hash and all its passages is left,
//! one that is there twice, because a run was killed while a batch was on its way, is replaced.

mod remove;
mod send;
mod there;
mod window;

use super::document::mangled;
use super::http::{Access, Http, Patience};
use super::state::State;
use super::{Cluster, mapping};
use crate::article::Article;
use crate::error::{Error, Result};
use crate::index::{
    Omission, OmissionKind, Progress, Prune, Step, UpdateOptions, UpdateReport, Without,
    fingerprint,
};
use crate::read::walk::{display_path, walk};
use crate::read::{Outcome, Trouble, TroubleKind, read_file};
use rustc_hash::{FxHashMap, FxHashSet};
use send::Pending;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use window::{Rank, Read};
use xxhash_rust::xxh3::xxh3_64;

/// How long a cluster that takes nothing for now is waited for.
const PATIENCE: Duration = Duration::from_secs(120);

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
            let holding = roots
                .iter()
                .enumerate()
                .filter(|(_, r)| path.starts_with(&r.folder));
            holding
                .max_by_key(|(_, r)| r.folder.as_os_str().len())
                .map(|(n, _)| n)
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
        let name = match self.roots.get(at) {
            Some(root) => {
                let below = file.strip_prefix(&root.folder).unwrap_or(&file);
                root.named(&display_path(below))
            }
            None => display_path(&file),
        };
        (name, at)
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
}
