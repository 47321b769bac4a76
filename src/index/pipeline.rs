//! Reads files and indexes their articles on several threads.
//!
//! A worker takes a file, reads it, and does its articles itself; the articles of a large file it
//! offers to the others as well, and does itself what they do not take. So nothing ever waits for a
//! full queue, and what lies in queues is bounded in bytes.

use super::document::Documents;
use super::ledger::{
    FileAt, FileEntry, FileHead, Ledger, Reading, Record, Records, RunBuilder, TroubleEntry,
};
use super::options::UpdateOptions;
use super::packed::Packer;
use super::prepare::Preparer;
use super::progress::{Omission, Progress};
use super::remarks::Remarks;
use super::roots::Roots;
use super::scan::{Item, omission};
use super::schema::Fields;
use super::sketch::Sketch;
use super::throttle::{Counted, Throttle, size};
use super::without::Without;
use crate::article::Article;
use crate::entity::{Authority, Recognizer};
use crate::error::{Error, Result};
use crate::read::{Options, Trouble, identify, read_file};
use rustc_hash::FxHashSet;
use std::collections::VecDeque;
use std::fs::File;
use std::io::Read;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tantivy::indexer::UserOperation;
use tantivy::{IndexWriter, Term};
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

/// Documents that wait for tantivy, in bytes.
const WAITING_BYTES: usize = 24 << 20;
/// Articles that wait for a worker, in bytes.
const QUEUED_BYTES: usize = 16 << 20;
/// Files up to this size are done by one worker.
const SMALL_FILE: u64 = 512 << 10;
/// A change within this time after a file was read might not show in its time.
const RACY_NS: i64 = 2_000_000_000;

/// What all workers share.
pub(crate) struct Pipeline<'a> {
    pub ledger: &'a Ledger,
    pub roots: &'a Roots,
    pub readers: &'a Options,
    pub authority: Option<&'a Authority>,
    pub fields: Fields,
    pub without: Without,
    /// What stored passages are packed with.
    pub dictionary: &'a [u8],
    /// `None`: nothing is indexed (`--dry-run`).
    pub writer: Option<&'a IndexWriter<Counted>>,
    pub progress: &'a dyn Progress,
    pub cancel: &'a AtomicBool,
    /// The wall clock at `started`, nanoseconds since 1970.
    pub now_ns: i64,
    pub started: Instant,
    pub fingerprint: u32,
    /// No file is begun after this.
    pub until: Option<Instant>,
    /// Nor after so many articles.
    pub commit_articles: usize,
    pub next_key: &'a AtomicU64,
    pub throttle: Arc<Throttle>,
    pub next_item: AtomicUsize,
    /// Articles taken to be given to tantivy.
    articles: AtomicUsize,
    queue: Mutex<Queue>,
    news: Condvar,
    outcome: Mutex<Outcome>,
    stop: AtomicBool,
}

/// What a round of work gave.
#[derive(Default)]
pub(crate) struct Outcome {
    pub fresh: RunBuilder,
    /// Keys whose documents were given to tantivy.
    pub added: FxHashSet<u64>,
    /// Keys given to tantivy for files that were then given up.
    pub abandoned: Vec<u64>,
    /// Items of which only the first records were read.
    pub begun: Vec<usize>,
    /// Sketches of all keys in `added` and `abandoned`.
    pub sketches: Vec<(u64, Sketch)>,
    pub omissions: Vec<Omission>,
    pub remarks: Remarks,
    pub passages: u64,
    pub files_read: u64,
    pub bytes_read: u64,
    error: Option<Error>,
}

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Job>,
    bytes: usize,
    /// Workers that may still offer jobs.
    reading: usize,
}

struct Job {
    article: Article,
    record: Record,
    size: usize,
    file: Arc<OpenFile>,
}

/// A file whose articles are not all done.
struct OpenFile {
    /// Its entry, whose records need not be indexed again.
    old: Option<FileAt>,
    state: Mutex<FileState>,
}

struct FileState {
    head: FileHead,
    records: Records,
    added: Vec<u64>,
    waiting: usize,
    read: bool,
    given_up: bool,
    passages: u64,
}

/// What a thread keeps from article to article.
pub(crate) struct Worker<'a> {
    preparer: Preparer<'a>,
    documents: Documents,
    /// An article as it is hashed.
    bytes: Vec<u8>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<'a> Pipeline<'a> {
    #[allow(clippy::too_many_arguments)]
    pub fn new(
        ledger: &'a Ledger,
        roots: &'a Roots,
        options: &'a UpdateOptions,
        fields: Fields,
        without: Without,
        dictionary: &'a [u8],
        writer: Option<&'a IndexWriter<Counted>>,
        progress: &'a dyn Progress,
        cancel: &'a AtomicBool,
        clock: (i64, Instant),
        fingerprint: u32,
        until: Option<Instant>,
        next_key: &'a AtomicU64,
    ) -> Self {
        Self {
            ledger,
            roots,
            readers: &options.readers,
            authority: options.authority.as_deref(),
            fields,
            without,
            dictionary,
            writer,
            progress,
            cancel,
            now_ns: clock.0,
            started: clock.1,
            fingerprint,
            until,
            commit_articles: options.commit_articles,
            next_key,
            throttle: Throttle::new(WAITING_BYTES),
            next_item: AtomicUsize::new(0),
            articles: AtomicUsize::new(0),
            queue: Mutex::default(),
            news: Condvar::new(),
            outcome: Mutex::default(),
            stop: AtomicBool::new(false),
        }
    }

    /// Does `items` on `threads` threads; returns what came of it and how many items were begun.
    pub fn run(self, items: &[Item], threads: usize) -> Result<(Outcome, usize)> {
        // Many may work on the articles of one large file.
        let threads = match items.iter().any(|item| item.bytes > SMALL_FILE) {
            true => threads,
            false => threads.min(items.len()),
        };
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    if let Err(error) = self.work(items) {
                        self.fail(error);
                    }
                });
            }
        });
        let begun = self.next_item.load(Ordering::Relaxed).min(items.len());
        let mut outcome = self
            .outcome
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        match outcome.error.take() {
            Some(error) => Err(error),
            None => Ok((outcome, begun)),
        }
    }

    fn fail(&self, error: Error) {
        lock(&self.outcome).error.get_or_insert(error);
        self.stop.store(true, Ordering::Relaxed);
        self.news.notify_all();
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed) || self.cancel.load(Ordering::Relaxed)
    }

    fn work(&self, items: &[Item]) -> Result<()> {
        let mut worker = self.worker()?;
        loop {
            if let Some(job) = self.take_job() {
                self.finish_job(&mut worker, job)?;
                continue;
            }
            // The first item is always begun, however short the time between commits.
            let late = self.next_item.load(Ordering::Relaxed) > 0
                && (self.until.is_some_and(|until| Instant::now() >= until)
                    || self.articles.load(Ordering::Relaxed) >= self.commit_articles);
            if !late && !self.stopped() {
                // Counted as reading before the item is taken, so that nobody leaves too early.
                lock(&self.queue).reading += 1;
                let number = self.next_item.fetch_add(1, Ordering::Relaxed);
                let item = items.get(number);
                let result = match item {
                    Some(item) => self.file(&mut worker, item, number),
                    None => Ok(()),
                };
                lock(&self.queue).reading -= 1;
                self.news.notify_all();
                result?;
                if item.is_some() {
                    continue;
                }
            }
            let queue = lock(&self.queue);
            if queue.jobs.is_empty() {
                if queue.reading == 0 || self.stop.load(Ordering::Relaxed) {
                    return Ok(());
                }
                let wait = Duration::from_millis(100);
                drop(self.news.wait_timeout(queue, wait));
            }
        }
    }

    pub fn worker(&self) -> Result<Worker<'a>> {
        let packer = Packer::new(self.dictionary)?;
        Ok(Worker {
            preparer: Preparer::new(Recognizer::shipped(), self.authority, self.without),
            documents: Documents::new(self.fields, self.without, Some(packer)),
            bytes: Vec::new(),
        })
    }

    fn take_job(&self) -> Option<Job> {
        let mut queue = lock(&self.queue);
        let job = queue.jobs.pop_front()?;
        queue.bytes -= job.size;
        Some(job)
    }

    /// Queues a job, or returns it where the queue is full.
    fn offer(&self, job: Job) -> Option<Job> {
        let mut queue = lock(&self.queue);
        if queue.bytes + job.size > QUEUED_BYTES {
            return Some(job);
        }
        queue.bytes += job.size;
        queue.jobs.push_back(job);
        drop(queue);
        self.news.notify_one();
        None
    }

    /// Reads a file, the item of that number, and does its articles or offers them to others.
    fn file(&self, worker: &mut Worker<'a>, item: &Item, number: usize) -> Result<()> {
        let file = item.place(self.roots);
        let mut head = FileHead::new(item.root, self.roots.prefix(item.root), &item.path);
        head.fingerprint = self.fingerprint;
        let name = head.name();
        let old = self.ledger.file(item.root, &item.path)?;
        if let Err(e) = self.stat_and_hash(&file, &mut head) {
            // It may be readable again next time: its entry stays as it was.
            let trouble = TroubleEntry::of(&Trouble::io(&e), "");
            lock(&self.outcome)
                .omissions
                .push(omission(&name, &trouble));
            self.progress.advance(1, item.bytes, 0);
            return Ok(());
        }
        if let Some((at, old)) = &old
            && !item.force
            && old.reading == Reading::Whole
            && old.hash == head.hash
            && old.bytes == head.bytes
        {
            return self.refresh(*at, old, head);
        }
        // What was read of a file may be kept unless that would take the place of the whole of it.
        let keeps = match &old {
            None => true,
            Some((_, old)) => old.reading == Reading::Begun && !item.force,
        };
        if !item.begun {
            let mut outcome = lock(&self.outcome);
            outcome.files_read += 1;
            outcome.bytes_read += head.bytes;
        }
        let open = Arc::new(OpenFile {
            old: old.filter(|_| !item.force).map(|(at, _)| at),
            state: Mutex::new(FileState {
                head,
                records: Records::default(),
                added: Vec::new(),
                waiting: 0,
                read: false,
                given_up: false,
                passages: 0,
            }),
        });
        let large = item.bytes > SMALL_FILE;
        let mut error = None;
        let mut articles = 0;
        let flow = read_file(&file, &name, self.readers, &mut |outcome| {
            let due = keeps && articles >= self.commit_articles.saturating_mul(2).max(1);
            if self.stop.load(Ordering::Relaxed) || (large && (due || self.stopped())) {
                return ControlFlow::Break(());
            }
            let member = outcome.path.strip_prefix(&name).unwrap_or("").to_owned();
            match outcome.result {
                Err(trouble) => {
                    let entry = TroubleEntry::of(&trouble, &member);
                    lock(&open.state).head.troubles.push(entry);
                }
                Ok(article) => {
                    match self.article(worker, item, article, member, large, &open) {
                        // Counted when it was read first.
                        Ok(false) if item.begun => return ControlFlow::Continue(()),
                        Ok(_) => articles += 1,
                        Err(e) => {
                            error = Some(e);
                            return ControlFlow::Break(());
                        }
                    }
                    if articles % 64 == 0 {
                        self.progress.advance(0, 0, 64);
                    }
                }
            }
            ControlFlow::Continue(())
        });
        if let Some(error) = error {
            return Err(error);
        }
        let mut state = lock(&open.state);
        state.read = true;
        if flow.is_break() && keeps {
            self.progress.advance(0, 0, articles as u64 % 64);
            state.head.reading = Reading::Begun;
            lock(&self.outcome).begun.push(number);
        } else {
            self.progress.advance(1, item.bytes, articles as u64 % 64);
            state.given_up |= flow.is_break();
        }
        self.close_if_done(state)
    }

    /// Fills a head from an open file, so that stat and content are of one inode.
    fn stat_and_hash(&self, file: &std::path::Path, head: &mut FileHead) -> std::io::Result<()> {
        let stat = std::fs::metadata(file)?;
        if !stat.is_file() {
            return Err(std::io::Error::other("not a regular file"));
        }
        let mut open = File::open(file)?;
        let stat = open.metadata()?;
        head.bytes = stat.len();
        head.modified_ns = modified_ns(&stat);
        head.inode = inode(&stat);
        let now = self
            .now_ns
            .saturating_add(i64::try_from(self.started.elapsed().as_nanos()).unwrap_or(i64::MAX));
        head.racy = head.modified_ns > now.saturating_sub(RACY_NS);
        let mut hasher = Xxh3::new();
        let mut buffer = vec![0; 64 << 10];
        let mut bytes = 0;
        loop {
            match open.read(&mut buffer) {
                Ok(0) => break,
                Ok(n) => {
                    hasher.update(&buffer[..n]);
                    bytes += n as u64;
                }
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        head.hash = hasher.digest();
        // Written to while it was read: look again next time.
        head.racy |= bytes != head.bytes;
        Ok(())
    }

    /// The same content under another time or inode.
    fn refresh(&self, at: FileAt, old: &FileHead, mut head: FileHead) -> Result<()> {
        self.progress.advance(1, head.bytes, 0);
        head.troubles = old.troubles.clone();
        let name = head.name();
        let told: Vec<Omission> = head.troubles.iter().map(|t| omission(&name, t)).collect();
        head.records = old.records;
        let entry = (&head != old)
            .then(|| -> Result<FileEntry> {
                let records = self.ledger.entry(at)?.records;
                Ok(FileEntry { head, records })
            })
            .transpose()?;
        let mut outcome = lock(&self.outcome);
        outcome.omissions.extend(told);
        match entry {
            Some(entry) => outcome.fresh.push(&entry),
            None => Ok(()),
        }
    }

    /// Takes what a reader gave; `false` if the ledger has it as it is.
    fn article(
        &self,
        worker: &mut Worker<'a>,
        item: &Item,
        mut article: Article,
        member: String,
        large: bool,
        open: &Arc<OpenFile>,
    ) -> Result<bool> {
        article.id = identify(&article, &article.path);
        let hash = hash_through(&article, &mut worker.bytes)?;
        let size = article_size(&article);
        let mut record = Record {
            member,
            record: article.record,
            hash,
            version: article.version,
            updated: article.updated.as_ref().map(|p| p.instant().as_second()),
            published: article.published.as_ref().map(|p| p.instant().as_second()),
            lang: article.lang.clone().unwrap_or_else(|| "en".to_owned()),
            kills: article.kills.clone(),
            ..Record::default()
        };
        record.set_id(&article.id, &item.path, &prefix_of(self.roots, item.root));
        let known = match open.old {
            Some(at) => self.same_as_before(at, &article.id, &record)?,
            None => None,
        };
        if !(item.begun && known.is_some()) {
            lock(&self.outcome).remarks.look_at(&article, self.now_ns);
        }
        if let Some(old) = known {
            let mut state = lock(&open.state);
            let FileState { head, records, .. } = &mut *state;
            records.push(&old, head)?;
            return Ok(false);
        }
        record.key = self.next_key.fetch_add(1, Ordering::Relaxed);
        if self.writer.is_some() {
            self.articles.fetch_add(1, Ordering::Relaxed);
        }
        lock(&open.state).waiting += 1;
        let job = Job {
            article,
            record,
            size,
            file: Arc::clone(open),
        };
        let mine = match large {
            true => self.offer(job),
            false => Some(job),
        };
        if let Some(job) = mine {
            self.finish_job(worker, job)?;
        }
        Ok(true)
    }

    /// The record that the file gave before, if it is the same article at the same place.
    fn same_as_before(&self, at: FileAt, id: &str, new: &Record) -> Result<Option<Record>> {
        let run = &self.ledger.runs[at.run];
        for number in run.records_with_id(super::ledger::entry::hash32(id.as_bytes())) {
            let (file, old) = run.record(number)?;
            let same = file == at.file
                && !old.lost
                && old.hash == new.hash
                && old.member == new.member
                && old.record == new.record;
            if same {
                return Ok(Some(old));
            }
        }
        Ok(None)
    }

    fn finish_job(&self, worker: &mut Worker<'a>, job: Job) -> Result<()> {
        let Job {
            article,
            mut record,
            file,
            ..
        } = job;
        let indexed = catch_unwind(AssertUnwindSafe(|| {
            self.index(worker, &article, record.key)
        }));
        let trouble = match indexed {
            Ok(Ok(passages)) => {
                record.passages = passages;
                None
            }
            Ok(Err(Error::Record { message, .. })) => Some(message),
            Ok(Err(error)) => return Err(error),
            Err(_) => {
                *worker = self.worker()?;
                Some("its analysis stopped with a panic; please report it".to_owned())
            }
        };
        let mut state = lock(&file.state);
        state.waiting -= 1;
        match trouble {
            None => {
                state.passages += u64::from(record.passages);
                state.added.push(record.key);
                let FileState { head, records, .. } = &mut *state;
                records.push(&record, head)?;
            }
            Some(reason) => state.head.troubles.push(TroubleEntry {
                member: record.member,
                record: record.record,
                failed: true,
                reason,
            }),
        }
        self.close_if_done(state)
    }

    /// Gives one article's passages to tantivy, all in one batch; returns their number.
    pub fn index(&self, worker: &mut Worker<'a>, article: &Article, key: u64) -> Result<u32> {
        let passages = worker.preparer.passages(article);
        let count = u32::try_from(passages.len()).unwrap_or(u32::MAX);
        let Some(writer) = self.writer else {
            return Ok(count);
        };
        let built = worker.documents.build(article, &passages, key)?;
        drop(passages);
        if let Some(sketch) = worker.documents.sketch() {
            lock(&self.outcome).sketches.push((key, sketch));
        }
        let bytes = built.iter().map(size).sum();
        let share = self.throttle.acquire(bytes, || {
            // A writer whose worker died refuses even a deletion of nothing.
            let nothing = Term::from_field_u64(self.fields.key, u64::MAX);
            writer.run([UserOperation::Delete(nothing)])?;
            Ok(())
        })?;
        let batch: Vec<UserOperation<Counted>> = built
            .into_iter()
            .map(|document| {
                UserOperation::Add(Counted {
                    document,
                    share: Arc::clone(&share),
                })
            })
            .collect();
        drop(share);
        writer.run(batch)?;
        Ok(count)
    }

    /// The sketches of what was indexed since the last call.
    pub fn take_sketches(&self) -> Vec<(u64, Sketch)> {
        std::mem::take(&mut lock(&self.outcome).sketches)
    }

    fn close_if_done(&self, mut state: MutexGuard<'_, FileState>) -> Result<()> {
        if !state.read || state.waiting > 0 {
            return Ok(());
        }
        let added = std::mem::take(&mut state.added);
        if state.given_up {
            lock(&self.outcome).abandoned.extend(added);
            return Ok(());
        }
        let records = std::mem::take(&mut state.records);
        let head = std::mem::take(&mut state.head);
        let passages = state.passages;
        drop(state);
        let name = head.name();
        let mut outcome = lock(&self.outcome);
        outcome.passages += passages;
        outcome.added.extend(added);
        // Of a begun file they are told when the rest is read, which tells them all.
        if head.reading == Reading::Whole {
            let told = head.troubles.iter().map(|t| omission(&name, t));
            outcome.omissions.extend(told);
        }
        outcome.fresh.push_encoded(&head, records)
    }
}

/// Hash of all that a reader said of an article.
pub(crate) fn article_hash(article: &Article) -> Result<u64> {
    hash_through(article, &mut Vec::new())
}

/// [`article_hash`] with a buffer that is kept.
fn hash_through(article: &Article, bytes: &mut Vec<u8>) -> Result<u64> {
    bytes.clear();
    postcard::to_io(article, &mut *bytes)
        .map_err(|e| Error::record(&article.path, format!("cannot be stored: {e}")))?;
    Ok(xxh3_64(bytes))
}

/// About what an article takes in memory.
fn article_size(article: &Article) -> usize {
    let paragraphs = article.sections.iter().flat_map(|s| &s.paragraphs);
    1024 + paragraphs.map(|p| p.len() + 24).sum::<usize>()
}

pub(crate) fn prefix_of(roots: &Roots, root: u32) -> String {
    match roots.prefix(root) {
        "" => String::new(),
        name => format!("{name}/"),
    }
}

fn modified_ns(stat: &std::fs::Metadata) -> i64 {
    let Ok(at) = stat.modified() else { return 0 };
    match at.duration_since(std::time::UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
        Err(e) => i64::try_from(e.duration().as_nanos()).map_or(i64::MIN, |ns| -ns),
    }
}

#[cfg(unix)]
fn inode(stat: &std::fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(stat)
}

#[cfg(not(unix))]
fn inode(_: &std::fs::Metadata) -> u64 {
    0
}
