//! Checks everything that an index holds against everything else.

use super::archive::{Archive, SEGMENTS, Snapshot, folders, guard};
use super::contents::{Content, for_each_in_segment};
use super::document::reassemble;
use super::forget::{self, Forgotten};
use super::ledger::Ledger;
use super::packed::Unpacker;
use super::payload::Payload;
use super::progress::{Progress, Step};
use super::resolve::Counts;
use super::session::open_table;
use crate::error::{Error, Result};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Serialize;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tantivy::postings::Postings;
use tantivy::schema::IndexRecordOption;
use tantivy::{Directory, DocSet, Index, SegmentReader, TERMINATED, Term};
use xxhash_rust::xxh3::xxh3_64;

/// What a check found.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct VerifyReport {
    /// Files of the index that were checked, and their bytes.
    pub files: u64,
    pub bytes: u64,
    pub articles: u64,
    pub passages: u64,
    /// What is damaged; empty if all is well.
    pub problems: Vec<Problem>,
}

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Problem {
    /// A file of the index, or an article's id.
    pub place: String,
    pub problem: String,
}

/// What is told of one kind before the rest is only counted.
const TOLD: usize = 100;

/// Checks the last commit of the index in `location`.
///
/// Reads every byte: each file against its checksum; each stored passage, the passages of each
/// article against its text and against the postings that find them; the ledger against what is
/// indexed, both ways; the payload's counts.
///
/// # Errors
/// As [`Archive::open`], where the index cannot be opened at all; damage beyond that is in the report.
pub fn verify(
    location: &Path,
    progress: &dyn Progress,
    cancel: &AtomicBool,
) -> Result<VerifyReport> {
    let archive = guard(location, || Archive::open(location))?;
    let snapshot = archive.snapshot();
    let mut check = Check {
        location,
        progress,
        cancel,
        report: VerifyReport::default(),
    };
    let damaged = check.files(archive.index(), &snapshot.payload)?;
    progress.step(Step::Verifying, 0, snapshot.payload.passages);
    check.articles(&archive, &snapshot, &damaged)?;
    check.report.problems.sort();
    check.report.problems.dedup();
    Ok(check.report)
}

struct Check<'a> {
    location: &'a Path,
    progress: &'a dyn Progress,
    cancel: &'a AtomicBool,
    report: VerifyReport,
}

impl Check<'_> {
    fn problem(&mut self, place: impl Into<String>, problem: impl Into<String>) {
        self.report.problems.push(Problem {
            place: place.into(),
            problem: problem.into(),
        });
    }

    fn stopped(&self) -> Result<()> {
        match self.cancel.load(Ordering::Relaxed) {
            true => Err(Error::Interrupted("verify: interrupted".to_owned())),
            false => Ok(()),
        }
    }

    /// Checks checksums; returns the ids of damaged segments.
    fn files(&mut self, index: &Index, payload: &Payload) -> Result<BTreeSet<String>> {
        let bytes = |path: &Path| std::fs::metadata(path).map_or(0, |m| m.len());
        let mut damaged = BTreeSet::new();
        let segments = self.location.join(SEGMENTS);
        for (segment, file) in segment_files(index)? {
            self.stopped()?;
            self.report.files += 1;
            self.report.bytes += bytes(&segments.join(&file));
            let problem = match index.directory().validate_checksum(Path::new(&file)) {
                Ok(true) => continue,
                Ok(false) => "its checksum does not match its content".to_owned(),
                Err(e) => super::archive::cause(&e.into()),
            };
            damaged.insert(segment);
            self.problem(format!("{SEGMENTS}/{file}"), problem);
        }
        let (_, tables) = folders(self.location)?;
        for table in payload.tables.values() {
            self.stopped()?;
            self.report.files += 1;
            self.report.bytes += table.bytes;
            match open_table(self.location, table, tables.as_ref()) {
                Ok(bytes) if format!("{:016x}", xxh3_64(&bytes)) == table.xxh3 => {}
                Ok(_) => self.problem(&table.file, "its checksum does not match its content"),
                Err(e) => self.problem(&table.file, e.to_string()),
            }
        }
        Ok(damaged)
    }

    fn articles(
        &mut self,
        archive: &Archive,
        snapshot: &Snapshot,
        damaged: &BTreeSet<String>,
    ) -> Result<()> {
        let mut indexed: FxHashMap<u64, u32> = FxHashMap::default();
        let mut counts = Counts::default();
        for segment in snapshot.searcher.segment_readers() {
            self.stopped()?;
            let name = segment.segment_id().uuid_string();
            let result = guard(self.location, || {
                self.segment(archive, segment, &mut indexed, &mut counts)
            });
            // A damaged file was named already; what follows from it need not be.
            match result {
                Err(e) if !damaged.contains(&name) => {
                    self.problem(format!("{SEGMENTS}/{name}"), e.to_string())
                }
                _ => {}
            }
        }
        self.report.articles = indexed.len() as u64;
        if !damaged.is_empty() {
            return Ok(());
        }
        let ledger = guard(self.location, || self.ledger(snapshot, &indexed));
        match ledger {
            Ok(()) => {}
            Err(e) => self.problem("ledger", e.to_string()),
        }
        let payload = &snapshot.payload;
        let told = [
            ("articles", payload.articles, self.report.articles),
            ("passages", payload.passages, self.report.passages),
            (
                "undated articles",
                payload.undated,
                counts.undated.unsigned_abs(),
            ),
        ];
        for (what, said, found) in told {
            if said != found {
                self.problem("meta.json", format!("says {said} {what}, holds {found}"));
            }
        }
        Ok(())
    }

    fn segment(
        &mut self,
        archive: &Archive,
        segment: &SegmentReader,
        indexed: &mut FxHashMap<u64, u32>,
        counts: &mut Counts,
    ) -> Result<()> {
        let fields = archive.fields();
        let unpacker = Arc::new(Unpacker::of(&archive.snapshot()));
        let mut wrong = 0;
        for_each_in_segment(segment, fields, &unpacker, |content| {
            self.stopped()?;
            let content = match content {
                Ok(content) => content,
                Err(e) => {
                    wrong += 1;
                    if wrong <= TOLD {
                        let name = segment.segment_id().uuid_string();
                        self.problem(format!("{SEGMENTS}/{name}"), e.to_string());
                    }
                    return Ok(());
                }
            };
            let passages = content.passages.len() as u32;
            self.report.passages += u64::from(passages);
            counts.undated += i64::from(content.head.article.published.is_none());
            self.progress.advance(0, u64::from(passages), 1);
            let id = content.head.article.id.clone();
            if indexed.insert(content.key, passages).is_some() {
                self.problem(&id, "indexed twice");
            }
            if let Err(problem) = consistent(&content) {
                self.problem(&id, problem);
            }
            for term in [
                Term::from_field_u64(fields.key, content.key),
                Term::from_field_text(fields.id, super::document::bounded(&id)),
            ] {
                if found(segment, &term)? < passages {
                    self.problem(&id, "its terms do not find all of its passages");
                }
            }
            Ok(())
        })
    }

    fn ledger(&mut self, snapshot: &Snapshot, indexed: &FxHashMap<u64, u32>) -> Result<()> {
        let ledger = Ledger::open(&snapshot.payload, |name| snapshot.table(name))?;
        let forgotten = Forgotten::decode(snapshot.table(forget::TABLE).as_deref())?;
        let mut wanted: FxHashSet<u64> = FxHashSet::default();
        let mut missing = Vec::new();
        ledger.for_each_winner(
            |id| forgotten.has_id(id),
            |_, head, record| {
                let id = record.id(&head.path, head.prefix());
                match indexed.get(&record.key) {
                    None => missing.push((id, "in the ledger, but not indexed".to_owned())),
                    Some(&n) if n != record.passages => missing.push((
                        id,
                        format!("{n} passages, {} in the ledger", record.passages),
                    )),
                    Some(_) => {}
                }
                if !wanted.insert(record.key) {
                    missing.push((
                        format!("key {}", record.key),
                        "given to two articles".to_owned(),
                    ));
                }
                Ok(())
            },
        )?;
        let unknown = indexed.keys().filter(|key| !wanted.contains(key)).count();
        if unknown > 0 {
            self.problem(
                "ledger",
                format!("{unknown} indexed articles are not in it"),
            );
        }
        let more = missing.len().saturating_sub(TOLD);
        for (place, problem) in missing.into_iter().take(TOLD) {
            self.problem(place, problem);
        }
        if more > 0 {
            self.problem(
                "ledger",
                format!("{more} more articles do not match what is indexed"),
            );
        }
        Ok(())
    }
}

/// Files of the segments that a commit names, each with its segment's id.
pub(crate) fn segment_files(index: &Index) -> Result<Vec<(String, String)>> {
    let metas = index.load_metas()?;
    let segments: BTreeSet<String> = metas
        .segments
        .iter()
        .map(|s| s.id().uuid_string())
        .collect();
    let mut files: Vec<(String, String)> = metas
        .list_segment_files()
        .into_iter()
        // The list also names parts that not every segment has.
        .filter(|path| is_required(path) || index.directory().exists(path).unwrap_or(true))
        .filter_map(|path| path.to_str().map(str::to_owned))
        .filter_map(|file| {
            let segment = file.split('.').next()?.to_owned();
            segments.contains(&segment).then_some((segment, file))
        })
        .collect();
    files.sort();
    Ok(files)
}

/// Whether every segment of this schema has such a file; tantivy opens some without, and finds nothing.
fn is_required(path: &Path) -> bool {
    path.extension()
        .and_then(|e| e.to_str())
        .is_some_and(|e| ["idx", "pos", "term", "store", "fast", "fieldnorm"].contains(&e))
}

/// Number of live documents with a term.
fn found(segment: &SegmentReader, term: &Term) -> Result<u32> {
    let inverted = segment.inverted_index(term.field())?;
    let postings = inverted
        .read_postings(term, IndexRecordOption::Basic)
        .map_err(tantivy::TantivyError::from)?;
    let Some(mut postings) = postings else {
        return Ok(0);
    };
    let mut alive = 0;
    while postings.doc() != TERMINATED {
        alive += u32::from(!segment.is_deleted(postings.doc()));
        let _ = postings.term_freq();
        postings.advance();
    }
    Ok(alive)
}

/// Whether an article's passages are the pieces of its text that they say they are.
fn consistent(content: &Content) -> Result<(), String> {
    let text = reassemble(&content.head, &content.passages).text();
    let mut last = 0;
    for passage in &content.passages {
        let start = passage.start as usize;
        let n = passage.ordinal;
        if text.get(start..start + passage.text.len()) != Some(passage.text.as_str()) {
            return Err(format!(
                "passage {n} does not stand at byte {start} of the article's text"
            ));
        }
        if start < last {
            return Err(format!(
                "passage {n} stands before the end of the one before it"
            ));
        }
        last = start + passage.text.len();
        let sections = content.head.article.sections.len().max(1);
        if passage.section as usize >= sections {
            return Err(format!(
                "passage {n} names section {}, of {sections}",
                passage.section
            ));
        }
        let spans = passage
            .entities
            .iter()
            .map(|m| (m.start, m.end))
            .chain(passage.dates.iter().map(|d| (d.start, d.end)));
        for (start, end) in spans {
            if passage.text.get(start as usize..end as usize).is_none() {
                return Err(format!(
                    "passage {n} marks bytes {start}..{end}, which are not in it"
                ));
            }
        }
    }
    Ok(())
}
