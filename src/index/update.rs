//! Brings an index up to date with its files.

use super::archive::{SEGMENTS, folders, guard};
use super::fingerprint::fingerprint;
use super::forget::{self, Forgotten};
use super::ledger::{self, FileAt, FileEntry, Ledger, Record, RunBuilder};
use super::merge;
use super::options::UpdateOptions;
use super::packed;
use super::payload::Payload;
use super::pipeline::{Outcome, Pipeline};
use super::progress::{OmissionKind, Progress, Step, UpdateReport};
use super::remarks::Remarks;
use super::resolve::{Resolution, resolve};
use super::roots::Roots;
use super::sample::dictionary_of;
use super::scan::{Item, Plan, scan};
use super::session::{Opener, Session};
use super::sketches;
use super::throttle::Counted;
use super::without::Without;
use crate::error::{Error, Result};
use crate::read::{identify, read_file};
use rustc_hash::FxHashMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;
use tantivy::IndexWriter;
use tantivy::directory::OwnedBytes;

/// Adds what is new below `paths` to the index in `location`, replaces what changed, and leaves the rest.
///
/// Makes the index where there is none. Commits when all is read, between files after every
/// `options.commit_every`, and after some hundred thousand articles, within a file too. `cancel`
/// may be set at any time and commits what was read; a large file that the index holds already is
/// then left as it was. Searches go on meanwhile. One bad file is in the report, not an error.
///
/// # Errors
/// `Locked` where another process writes, `Io` for a full disk or a folder that cannot be written,
/// `Damaged` for an index that must be rebuilt first. The last commit stays as it was.
pub fn update(
    location: &Path,
    paths: &[PathBuf],
    options: &UpdateOptions,
    progress: &dyn Progress,
    cancel: &AtomicBool,
) -> Result<UpdateReport> {
    guard(location, || {
        update_in(location, paths, options, progress, cancel, &folders)
    })
}

/// As [`update`], through directories of the caller's.
pub(crate) fn update_in(
    location: &Path,
    paths: &[PathBuf],
    options: &UpdateOptions,
    progress: &dyn Progress,
    cancel: &AtomicBool,
    opener: &Opener<'_>,
) -> Result<UpdateReport> {
    let started = Instant::now();
    let mut report = match options.dry_run && !location.join(SEGMENTS).join("meta.json").exists() {
        true => {
            let mut run = Run::new(None, location, options, progress, cancel, started)?;
            run.all(paths)?
        }
        false => {
            let session = open(location, options, opener)?;
            let mut run = Run::new(Some(session), location, options, progress, cancel, started)?;
            let result = run.all(paths);
            result.map_err(|e| explain(location, run.writer.take(), e))?
        }
    };
    report.elapsed_ms = started.elapsed().as_secs_f64() * 1e3;
    Ok(report)
}

fn open(location: &Path, options: &UpdateOptions, opener: &Opener<'_>) -> Result<Session> {
    if options.repair && !options.dry_run {
        super::repair::mend(location, opener)?;
    }
    match guard(location, || {
        Session::open(location, !options.dry_run, opener)
    }) {
        Err(Error::Damaged(_)) if (options.rebuild || options.repair) && !options.dry_run => {
            super::repair::start_anew(location, opener)
        }
        Ok(session) if options.repair && !options.dry_run => {
            match super::repair::tables_are_sound(&session) {
                Ok(true) => Ok(session),
                // Without its ledger an index does not know what it lacks.
                _ => {
                    drop(session);
                    super::repair::start_anew(location, opener)
                }
            }
        }
        other => other,
    }
}

/// Says what stopped tantivy's workers, where it only says that they stopped.
pub(crate) fn explain(
    location: &Path,
    writer: Option<IndexWriter<Counted>>,
    error: Error,
) -> Error {
    use tantivy::TantivyError;
    let error = match (error, writer) {
        (Error::Engine(TantivyError::ErrorInThread(words)), Some(mut writer)) => {
            match writer.prepare_commit() {
                Err(cause) => Error::Engine(cause),
                Ok(_) => Error::Engine(TantivyError::ErrorInThread(words)),
            }
        }
        (error, _) => error,
    };
    match error {
        Error::Engine(cause) => super::archive::unwritten(location, cause),
        other => other,
    }
}

struct Run<'a> {
    session: Option<Session>,
    writer: Option<IndexWriter<Counted>>,
    roots: Roots,
    payload: Payload,
    forgotten: Forgotten,
    options: &'a UpdateOptions,
    progress: &'a dyn Progress,
    cancel: &'a AtomicBool,
    started: Instant,
    fingerprint: u64,
    without: Without,
    /// What stored passages are packed with; empty for none.
    dictionary: OwnedBytes,
    next_key: AtomicU64,
    report: UpdateReport,
    remarks: Remarks,
}

impl<'a> Run<'a> {
    fn new(
        session: Option<Session>,
        location: &Path,
        options: &'a UpdateOptions,
        progress: &'a dyn Progress,
        cancel: &'a AtomicBool,
        started: Instant,
    ) -> Result<Self> {
        let payload = session
            .as_ref()
            .map_or_else(Payload::empty, |s| s.payload.clone());
        let without = options.without.unwrap_or(payload.without);
        let forgotten = match &session {
            Some(session) => session.forgotten()?,
            None => Forgotten::default(),
        };
        let dictionary = session.as_ref().map(|s| s.dictionary.clone());
        Ok(Self {
            dictionary: dictionary.unwrap_or_else(OwnedBytes::empty),
            roots: Roots::new(location, payload.roots.clone()),
            next_key: AtomicU64::new(payload.next_key),
            session,
            writer: None,
            payload,
            forgotten,
            options,
            progress,
            cancel,
            started,
            fingerprint: fingerprint(&options.readers, options.authority.as_deref(), without),
            without,
            report: UpdateReport::default(),
            remarks: Remarks::default(),
        })
    }

    fn cancelled(&self) -> bool {
        self.cancel.load(Ordering::Relaxed)
    }

    fn all(&mut self, paths: &[PathBuf]) -> Result<UpdateReport> {
        for (old, new) in &self.options.moved_roots {
            self.roots.relocate(old, new)?;
        }
        let written = format!("{:016x}", self.fingerprint);
        let changed = self.payload.generation > 0 && self.payload.fingerprint != written;
        if changed {
            self.report.notes.push(
                "reader options, analysis, models, the authority file or what is left out differ from those that wrote this index: everything is read again".to_owned(),
            );
        }
        let before = self.payload.articles;
        let mut paths = paths.to_vec();
        if self.options.repair {
            self.repair()?;
            if self.payload.generation == 0 && !self.roots.list.is_empty() {
                self.report.notes.push(
                    "the ledger was lost with the damage: everything below its roots is read again"
                        .to_owned(),
                );
                paths.extend((0..self.roots.list.len() as u32).map(|r| self.roots.folder(r)));
            }
        }
        if paths.is_empty() && self.options.rebuild {
            paths.extend((0..self.roots.list.len() as u32).map(|r| self.roots.folder(r)));
            if paths.is_empty() {
                return Err(Error::Usage(
                    "what this index was made of can no longer be read from it; name the folders of its articles behind --rebuild".to_owned(),
                ));
            }
        }
        self.progress.step(Step::Scanning, 0, 0);
        let mut plan = self.scan(&paths, changed)?;
        self.report.notes.append(&mut plan.notes);
        self.report_omissions(std::mem::take(&mut plan.omissions));
        self.progress.step(Step::Indexing, plan.files, plan.bytes);
        if !plan.items.is_empty() || self.orphans()? {
            self.open_writer()?;
        }
        self.make_dictionary(&plan.items);
        let mut entries = std::mem::take(&mut plan.entries);
        let mut rest = plan.items;
        loop {
            let (outcome, taken) = self.work(&rest)?;
            rest = left_of(rest, taken, &outcome.begun);
            let complete = rest.is_empty() && !self.cancelled();
            if complete {
                self.payload.fingerprint.clone_from(&written);
            }
            self.finish_round(outcome, std::mem::take(&mut entries))?;
            if rest.is_empty() || self.cancelled() {
                break;
            }
            let bytes = rest.iter().map(|item| item.bytes).sum();
            self.progress.step(Step::Indexing, rest.len() as u64, bytes);
        }
        self.report.interrupted = self.cancelled();
        if let (Some(session), Some(mut writer)) = (&mut self.session, self.writer.take()) {
            if !self.report.interrupted {
                self.progress.step(Step::Merging, 0, 0);
                merge::settle(session, &mut writer, self.report.passages, self.cancel)?;
            }
            writer.garbage_collect_files().wait()?;
            writer.wait_merging_threads()?;
        }
        let report = &mut self.report;
        report.notes.extend(self.remarks.notes());
        report.unchanged = before.saturating_sub(report.replaced + report.removed);
        report.skipped.sort();
        report.failed.sort();
        Ok(std::mem::take(report))
    }

    /// Makes the index's dictionary, where it has none and is given enough.
    fn make_dictionary(&mut self, items: &[Item]) {
        if self.dictionary.is_empty() && self.writer.is_some() {
            let readers = &self.options.readers;
            let made = dictionary_of(items, &self.roots, readers, self.cancel);
            self.dictionary = OwnedBytes::new(made);
        }
    }

    /// Reads again what the ledger names and the segments lack.
    fn repair(&mut self) -> Result<()> {
        let Some(mut session) = self.session.take() else {
            return Ok(());
        };
        let result = self.repair_of(&mut session);
        self.session = Some(session);
        result
    }

    fn repair_of(&mut self, session: &mut Session) -> Result<()> {
        let old = session.ledger.runs.len();
        let mut outcome = Outcome::default();
        let (resolution, counts) = loop {
            let (mut resolution, counts) = super::repair::missing(session, &self.forgotten)?;
            for records in resolution.reread.values_mut() {
                records.retain(|r| !outcome.added.contains(&r.key));
            }
            resolution.reread.retain(|_, records| !records.is_empty());
            if resolution.reread.is_empty() {
                break (resolution, counts);
            }
            self.open_writer_of(session)?;
            self.reread(session, &resolution, &mut outcome)?;
        };
        let mut payload = session.payload.clone();
        (payload.articles, payload.passages, payload.undated) = (0, 0, 0);
        payload.languages.clear();
        counts.apply(&mut payload);
        let untouched = outcome.added.is_empty()
            && resolution.delete.is_empty()
            && old == session.ledger.runs.len();
        if untouched && payload == session.payload {
            return Ok(());
        }
        payload.generation += 1;
        self.report.added += outcome.added.len() as u64;
        self.report.passages += outcome.passages;
        self.open_writer_of(session)?;
        if let Some(writer) = self.writer.as_mut() {
            session.delete(writer, &resolution.delete)?;
            let sketches = std::mem::take(&mut outcome.sketches);
            let gone = &resolution.delete;
            sketches::put(session, &mut payload, sketches, gone, false)?;
            put_ledger(session, &mut payload, old)?;
            session.commit(writer, payload)?;
        }
        self.payload = session.payload.clone();
        Ok(())
    }

    fn orphans(&self) -> Result<bool> {
        match &self.session {
            Some(session) if !self.options.dry_run => session.has_orphans(),
            _ => Ok(false),
        }
    }

    fn open_writer(&mut self) -> Result<()> {
        let Some(session) = self.session.take() else {
            return Ok(());
        };
        let result = self.open_writer_of(&session);
        self.session = Some(session);
        result
    }

    fn scan(&mut self, paths: &[PathBuf], changed: bool) -> Result<Plan> {
        let none = Ledger::default();
        let ledger = self.session.as_ref().map_or(&none, |s| &s.ledger);
        let cancel = self.cancel;
        let forgotten = &self.forgotten;
        let everything = self.options.rebuild || changed;
        scan(
            paths,
            &mut self.roots,
            ledger,
            self.options,
            super::scan::Force {
                rebuild: self.options.rebuild,
                fingerprint: self.fingerprint as u32,
                everything,
            },
            &|root, path| forgotten.has_path(root, path),
            &|| cancel.load(Ordering::Relaxed),
        )
    }

    fn report_omissions(&mut self, omissions: Vec<super::progress::Omission>) {
        for omission in omissions {
            match omission.kind {
                OmissionKind::Failed => self.report.failed.push(omission),
                _ => self.report.skipped.push(omission),
            }
        }
    }

    fn work(&mut self, items: &[Item]) -> Result<(Outcome, usize)> {
        let none = Ledger::default();
        let ledger = self.session.as_ref().map_or(&none, |s| &s.ledger);
        let fields = super::schema::schema().1;
        let pipeline = Pipeline::new(
            ledger,
            &self.roots,
            self.options,
            fields,
            self.without,
            &self.dictionary,
            self.writer.as_ref(),
            self.progress,
            self.cancel,
            (self.options.now_ns, self.started),
            self.fingerprint as u32,
            Instant::now().checked_add(self.options.commit_every),
            &self.next_key,
        );
        pipeline.run(items, self.options.workers())
    }

    /// Commits what a round gave, or only counts it (`--dry-run`).
    fn finish_round(&mut self, mut outcome: Outcome, entries: Vec<FileEntry>) -> Result<()> {
        self.report_omissions(std::mem::take(&mut outcome.omissions));
        self.remarks.merge(std::mem::take(&mut outcome.remarks));
        self.report.passages += outcome.passages;
        self.report.files_read += outcome.files_read;
        self.report.bytes_read += outcome.bytes_read;
        for entry in &entries {
            outcome.fresh.push(entry)?;
        }
        let Some(mut session) = self.session.take() else {
            let mut ledger = Ledger::default();
            push_run(&mut ledger, std::mem::take(&mut outcome.fresh))?;
            let none = Forgotten::default();
            let resolution = resolve(&ledger, 0, &outcome.added, (&none, &none))?;
            self.tally(&resolution);
            return Ok(());
        };
        let result = self.finish_round_of(&mut session, outcome);
        self.session = Some(session);
        result
    }

    fn finish_round_of(&mut self, session: &mut Session, mut outcome: Outcome) -> Result<()> {
        let moved = self.roots.list != session.payload.roots
            || self.payload.fingerprint != session.payload.fingerprint;
        let first = session.payload.generation == 0;
        if outcome.fresh.is_empty() && outcome.abandoned.is_empty() && !moved && !first {
            return Ok(());
        }
        let old = session.ledger.runs.len();
        push_run(&mut session.ledger, std::mem::take(&mut outcome.fresh))?;
        let resolution = loop {
            let resolution = resolve(
                &session.ledger,
                old,
                &outcome.added,
                (&self.forgotten, &self.forgotten),
            )?;
            if resolution.reread.is_empty() || self.options.dry_run {
                break resolution;
            }
            self.open_writer_of(session)?;
            self.reread(session, &resolution, &mut outcome)?;
        };
        self.tally(&resolution);
        if self.options.dry_run {
            session.ledger.runs.truncate(old);
            return Ok(());
        }
        self.progress.step(Step::Committing, 0, 0);
        self.open_writer_of(session)?;
        let mut payload = self.payload.clone();
        payload.generation = session.payload.generation + 1;
        payload.roots.clone_from(&self.roots.list);
        payload.next_key = self.next_key.load(Ordering::Relaxed);
        payload.started_ns = self.options.now_ns;
        payload.without = self.without;
        resolution.counts.apply(&mut payload);
        let Some(writer) = self.writer.as_mut() else {
            return Ok(());
        };
        let mut delete = resolution.delete;
        delete.extend(&outcome.abandoned);
        session.delete(writer, &delete)?;
        let sketches = std::mem::take(&mut outcome.sketches);
        if !sketches.is_empty() || !delete.is_empty() {
            sketches::put(session, &mut payload, sketches, &delete, false)?;
        }
        if !self.dictionary.is_empty() && !payload.tables.contains_key(packed::DICTIONARY) {
            session.put_table(&mut payload, packed::DICTIONARY, &self.dictionary)?;
        }
        put_ledger(session, &mut payload, old)?;
        session.commit(writer, payload.clone())?;
        self.payload = payload;
        Ok(())
    }

    fn open_writer_of(&mut self, session: &Session) -> Result<()> {
        if self.writer.is_none() && !self.options.dry_run {
            let options = self.options;
            // Finding names takes twice as long as tantivy does with what is found; with a thread of
            // tantivy's for two workers fewer and larger segments are left to merge.
            let threads = match self.without.entities {
                true => options.workers(),
                false => options.workers().div_ceil(2),
            };
            let writer = session.writer(threads, options.memory_bytes)?;
            writer.garbage_collect_files().wait()?;
            self.writer = Some(writer);
        }
        Ok(())
    }

    fn tally(&mut self, resolution: &Resolution) {
        self.report.added += resolution.added;
        self.report.replaced += resolution.replaced;
        self.report.removed += resolution.removed;
        self.report.superseded += resolution.superseded;
    }

    /// Indexes records that take over an id from one that changed or went.
    ///
    /// What cannot be read as it was is marked as lost in a new entry of its file, and another
    /// record of its id gets its turn.
    fn reread(
        &mut self,
        session: &mut Session,
        resolution: &Resolution,
        outcome: &mut Outcome,
    ) -> Result<()> {
        let mut lost = RunBuilder::default();
        {
            let pipeline = Pipeline::new(
                &session.ledger,
                &self.roots,
                self.options,
                session.fields,
                self.without,
                &self.dictionary,
                self.writer.as_ref(),
                self.progress,
                self.cancel,
                (self.options.now_ns, self.started),
                self.fingerprint as u32,
                None,
                &self.next_key,
            );
            let mut worker = pipeline.worker()?;
            for (&(run, file), wanted) in &resolution.reread {
                let at = FileAt { run, file };
                let head = session.ledger.head(at)?;
                let place = self.roots.folder(head.root).join(&head.path);
                let mut wanted: FxHashMap<(String, u32), &Record> = wanted
                    .iter()
                    .map(|r| ((r.member.clone(), r.record), r))
                    .collect();
                let name = head.name();
                let mut error = None;
                let _ = read_file(&place, &name, &self.options.readers, &mut |found| {
                    let member = found.path.strip_prefix(&name).unwrap_or("").to_owned();
                    let Ok(mut article) = found.result else {
                        return ControlFlow::Continue(());
                    };
                    let place = (member, article.record);
                    let Some(record) = wanted.get(&place).copied() else {
                        return ControlFlow::Continue(());
                    };
                    article.id = identify(&article, &article.path);
                    if super::pipeline::article_hash(&article).ok() != Some(record.hash) {
                        return ControlFlow::Continue(());
                    }
                    wanted.remove(&place);
                    match pipeline.index(&mut worker, &article, record.key) {
                        Ok(passages) => {
                            outcome.added.insert(record.key);
                            outcome.passages += u64::from(passages);
                        }
                        Err(e) => error = Some(e),
                    }
                    match error.is_some() || wanted.is_empty() {
                        true => ControlFlow::Break(()),
                        false => ControlFlow::Continue(()),
                    }
                });
                outcome.sketches.append(&mut pipeline.take_sketches());
                if let Some(error) = error {
                    return Err(error);
                }
                if !wanted.is_empty() {
                    let mut entry = session.ledger.entry(at)?;
                    for record in &mut entry.records {
                        record.lost |= wanted.contains_key(&(record.member.clone(), record.record));
                    }
                    // Its time does not tell that it must be looked at again.
                    entry.head.racy = true;
                    entry.head.hash = !entry.head.hash;
                    lost.push(&entry)?;
                }
            }
        }
        push_run(&mut session.ledger, lost)
    }
}

/// What is left of `items` after a round that took the first `taken` and only began some of them.
fn left_of(mut items: Vec<Item>, taken: usize, begun: &[usize]) -> Vec<Item> {
    let rest = items.split_off(taken);
    let begun = items
        .into_iter()
        .enumerate()
        .filter(|(number, _)| begun.contains(number))
        .map(|(_, item)| Item {
            begun: true,
            ..item
        });
    begun.chain(rest).collect()
}

pub(crate) fn push_run(ledger: &mut Ledger, builder: RunBuilder) -> Result<()> {
    if !builder.is_empty() {
        let bytes = tantivy::directory::OwnedBytes::new(builder.finish());
        ledger
            .runs
            .push(ledger::Run::open("the ledger of this run", bytes)?);
    }
    Ok(())
}

/// Writes the runs from `old` on as side tables, or folds them with older ones.
pub(crate) fn put_ledger(session: &Session, payload: &mut Payload, old: usize) -> Result<()> {
    let generation = payload.generation;
    let name = |n: usize| format!("{}{generation:010}-{n:03}", ledger::TABLE);
    let from = session.ledger.fold_from().filter(|&from| from < old);
    match from {
        None => {
            for (n, run) in session.ledger.runs[old..].iter().enumerate() {
                session.put_table(payload, &name(n), run.bytes())?;
            }
        }
        Some(from) => {
            let names: Vec<String> = payload
                .tables
                .keys()
                .filter(|name| name.starts_with(ledger::TABLE))
                .skip(from)
                .cloned()
                .collect();
            for name in names {
                payload.tables.remove(&name);
            }
            let folded = session.ledger.fold(from)?;
            session.put_table(payload, &name(0), &folded.finish())?;
        }
    }
    Ok(())
}

impl Session {
    /// The list of forgotten articles of the last commit.
    pub(crate) fn forgotten(&self) -> Result<Forgotten> {
        Forgotten::decode(self.table(forget::TABLE)?.as_deref())
    }
}
