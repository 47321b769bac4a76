//! `index`: brings an index up to date with its files.

use super::console::Console;
use super::exit::{Ending, Exit, Stop};
use super::flags::{IndexFlag, ReaderFlags};
use super::progress::Bar;
use super::{files, interrupt, place};
use crate::backend::{IngestOptions, ingest};
use crate::entity::Authority;
use crate::error::{Error, Result};
use crate::index::request::SCHEMA_VERSION;
use crate::index::{
    Archive, Location, Omission, Prune, UpdateOptions, UpdateReport, Without, update,
};
use clap::Args;
use jiff::Timestamp;
use serde_json::json;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Add what is new, replace what changed, leave what did not
#[derive(Args, Debug)]
#[command(after_help = "\
The index is ./.dateline (or the nearest one upward), unless --index or $DATELINE_INDEX says otherwise.
Ctrl-C keeps what is finished; run the same command again to go on.

Examples:
  dateline index ~/news
  dateline index --prune .                     also remove articles whose files are gone
  dateline index --index /data/wire --exclude '*.bak' /mnt/wire
  dateline index --dry-run .                   only say what would be done
  dateline index --root /old/news=/new/news /new/news")]
pub struct Index {
    /// Files, archives and folders of articles
    #[arg(value_name = "PATH", required_unless_present_any = ["repair", "rebuild"])]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    index: IndexFlag,
    /// Remove articles whose files below PATH are gone; `force` also where PATH is missing or empty
    #[arg(long, value_name = "force", num_args = 0..=1, require_equals = true, default_missing_value = "yes", value_parser = ["yes", "force"], hide_possible_values = true)]
    prune: Option<String>,
    /// Read everything anew; without PATH, everything below the index's roots
    #[arg(long)]
    rebuild: bool,
    /// First read again from its sources what `verify` finds damaged; needs no PATH
    #[arg(long, conflicts_with = "dry_run")]
    repair: bool,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Compare contents even where size, time and inode say that nothing changed
    #[arg(long)]
    checksum: bool,
    /// A root that has moved; ids survive
    #[arg(long, value_name = "OLD=NEW")]
    root: Vec<String>,
    #[command(flatten)]
    readers: ReaderFlags,
    /// Names to find in every text under one spelling: NAME<tab>person|org|place<tab>ALIAS|ALIAS…
    ///
    /// They win over what is recognised. Give it at every run: with another file, or without one,
    /// everything is read anew.
    #[arg(long, value_name = "FILE")]
    authority: Option<PathBuf>,
    /// Leave parts out, some of entities, dates, families and forms (needed by prefixes, wildcards and =Exact), or `none`; later runs keep to it
    #[arg(long, value_name = "PARTS", value_delimiter = ',')]
    without: Option<Vec<String>>,
    /// Worker threads [default: all cores]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    threads: usize,
    #[arg(long, short = 'f', value_name = "FORM", value_parser = ["text", "json"], default_value = "text")]
    format: String,
}

impl Index {
    pub fn run(self, console: &Console) -> Ending {
        let location = place::location(&self.index)?;
        self.refuse_missing()?;
        let options = self.options(console)?;
        let report = match &location {
            Location::Folder(folder) => updated(folder, &self.paths, &options, console)?,
            Location::Cluster(cluster) => {
                if options.without.is_some_and(|without| !without.is_none()) {
                    return Err(Error::Usage(
                        "--without: a cluster's index holds everything; leave it out".to_owned(),
                    )
                    .into());
                }
                let access = self.index.access()?;
                let options = IngestOptions {
                    access: &access,
                    update: &options,
                };
                told(console, |bar, cancel| {
                    ingest(cluster, &self.paths, &options, bar, cancel)
                })?
            }
        };
        if self.format == "json" {
            let mut out = console.raw_out();
            serde_json::to_writer_pretty(&mut out, &object(&report))?;
            out.write_all(b"\n")?;
            out.flush()?;
        } else if !console.quiet {
            let mut out = console.text_out();
            summary(&report, self.dry_run, &mut out)?;
            out.flush()?;
        }
        if let Location::Folder(folder) = &location
            && !self.dry_run
            && report.added > 0
        {
            hint(folder, console);
        }
        if report.added + report.replaced + report.removed + report.unchanged == 0
            && report.failed.is_empty()
        {
            console.note("warning", &nothing(&self.paths, &report));
        }
        Ok(exit_of(&report))
    }

    /// An error where no PATH is there; one that is missing beside others is a failure of its own.
    fn refuse_missing(&self) -> Result<()> {
        let missing = |path: &PathBuf| std::fs::symlink_metadata(path).err();
        let is_forced = self.prune.as_deref() == Some("force");
        match self.paths.first() {
            Some(first) if !is_forced && self.paths.iter().all(|p| missing(p).is_some()) => {
                missing(first).map_or(Ok(()), |error| Err(Error::io(first, error)))
            }
            _ => Ok(()),
        }
    }

    fn options(&self, console: &Console) -> Result<UpdateOptions> {
        let moved = |pair: &String| match pair.split_once('=') {
            Some((old, new)) => Ok((PathBuf::from(old), PathBuf::from(new))),
            None => Err(Error::Usage(format!(
                "--root {pair:?}: expected OLD=NEW, two folders"
            ))),
        };
        Ok(UpdateOptions {
            authority: self
                .authority
                .as_deref()
                .map(|path| authority(path, console))
                .transpose()?,
            readers: self.readers.options(),
            filter: self.readers.filter()?,
            prune: match self.prune.as_deref() {
                None => Prune::No,
                Some("force") => Prune::Force,
                Some(_) => Prune::Yes,
            },
            checksum: self.checksum,
            rebuild: self.rebuild,
            repair: self.repair,
            dry_run: self.dry_run,
            moved_roots: self.root.iter().map(moved).collect::<Result<_>>()?,
            without: self.without.as_deref().map(Without::parse).transpose()?,
            threads: self.threads,
            now_ns: now_ns(),
            ..UpdateOptions::default()
        })
    }
}

/// The report as `--format json` has it.
fn object(report: &UpdateReport) -> serde_json::Value {
    json!({
        "schema_version": SCHEMA_VERSION,
        "added": report.added,
        "replaced": report.replaced,
        "removed": report.removed,
        "unchanged": report.unchanged,
        "passages": report.passages,
        "skipped": report.skipped.len(),
        "failed": report.failed.len(),
        "superseded": report.superseded,
        "elapsed_ms": report.elapsed_ms,
        "interrupted": report.interrupted,
    })
}

/// Reads an authority file and says which of its names are ambiguous.
fn authority(path: &Path, console: &Console) -> Result<Arc<Authority>> {
    const MOST_TOLD: usize = 10;
    let authority = Authority::parse(&files::text(path)?, &files::name(path))?;
    let ambiguous = authority.aliases().ambiguities();
    for name in ambiguous.iter().take(MOST_TOLD) {
        console.note(
            "note",
            &format!(
                "{}: {:?} is a name of {}; it is not looked for",
                path.display(),
                name.name,
                name.canonical.join(" and of ")
            ),
        );
    }
    if let Some(more) = ambiguous.len().checked_sub(MOST_TOLD).filter(|n| *n > 0) {
        console.note("note", &format!("{more} further names are ambiguous"));
    }
    Ok(Arc::new(authority))
}

/// Updates a folder's index with progress and names what failed.
fn updated(
    location: &Path,
    paths: &[PathBuf],
    options: &UpdateOptions,
    console: &Console,
) -> Result<UpdateReport> {
    told(console, |bar, cancel| {
        update(location, paths, options, bar, cancel)
    })
}

/// Runs an update with progress and names what failed.
fn told(
    console: &Console,
    run: impl FnOnce(&Bar, &'static AtomicBool) -> Result<UpdateReport>,
) -> Result<UpdateReport> {
    let cancel = interrupt::finish();
    let bar = Bar::new(console);
    let report = run(&bar, cancel);
    bar.end();
    let report = report?;
    for omission in &report.failed {
        console.trouble(&named(omission));
    }
    for note in &report.notes {
        console.note("note", note);
    }
    Ok(report)
}

/// What `search --in` does before it searches.
///
/// Where another process is writing, the last commit is searched, with a note.
pub fn bring_up_to_date(
    location: &Path,
    folder: &Path,
    threads: usize,
    console: &Console,
) -> Result<Exit, Stop> {
    std::fs::metadata(folder).map_err(|e| Error::io(folder, e))?;
    let options = UpdateOptions {
        prune: Prune::Yes,
        threads,
        now_ns: now_ns(),
        ..UpdateOptions::default()
    };
    match updated(location, &[folder.to_owned()], &options, console) {
        Ok(report) => {
            if report.added + report.replaced + report.removed > 0 {
                let (added, replaced) = (report.added, report.replaced);
                console.say(&format!(
                    "indexed {added} new, {replaced} changed, {} removed articles",
                    report.removed
                ));
            }
            if report.added + report.replaced + report.unchanged == 0 && report.failed.is_empty() {
                console.note("warning", &nothing(&[folder.to_owned()], &report));
            }
            Ok(exit_of(&report))
        }
        Err(Error::Locked(holder)) if Archive::open(location).is_ok() => {
            console.note(
                "note",
                &format!("{holder}; searching what was committed before"),
            );
            Ok(Exit::Done)
        }
        Err(e) => Err(e.into()),
    }
}

fn exit_of(report: &UpdateReport) -> Exit {
    match (report.interrupted, report.failed.is_empty()) {
        (true, _) => Exit::Interrupted,
        (false, false) => Exit::Partly,
        (false, true) => Exit::Done,
    }
}

fn now_ns() -> i64 {
    i64::try_from(Timestamp::now().as_nanosecond()).unwrap_or(i64::MAX)
}

fn named(omission: &Omission) -> String {
    match omission.record {
        None => format!("{}: {}", omission.path, omission.reason),
        Some(record) => format!("{}, record {record}: {}", omission.path, omission.reason),
    }
}

fn nothing(paths: &[PathBuf], report: &UpdateReport) -> String {
    let paths: Vec<String> = paths.iter().map(|p| p.display().to_string()).collect();
    let place = paths.join(", ");
    match report.skipped.len() {
        0 => format!("{place}: no files; expected articles as text, Markdown, HTML, JSON or XML"),
        n => format!(
            "{place}: no article among {n} files; `dateline read -v {}` says why for each",
            paths.first().map_or("PATH", String::as_str)
        ),
    }
}

fn summary(report: &UpdateReport, dry_run: bool, out: &mut dyn Write) -> std::io::Result<()> {
    let mut parts = Vec::new();
    for (count, what) in [
        (report.added, "added"),
        (report.replaced, "replaced"),
        (report.removed, "removed"),
        (report.unchanged, "unchanged"),
        (report.superseded, "superseded"),
        (report.failed.len() as u64, "failed"),
    ] {
        if count > 0 {
            parts.push(format!("{count} {what}"));
        }
    }
    if parts.is_empty() {
        parts.push("none".to_owned());
    }
    let would = if dry_run { " (nothing was done)" } else { "" };
    writeln!(
        out,
        "articles: {}; {} passages written in {:.1} s{would}",
        parts.join(", "),
        report.passages,
        report.elapsed_ms / 1000.0
    )?;
    if report.interrupted {
        writeln!(
            out,
            "interrupted: what was read is kept, and the next run goes on from there"
        )?;
    }
    let mut reasons: BTreeMap<&str, (u64, &str)> = BTreeMap::new();
    for omission in &report.skipped {
        let entry = reasons
            .entry(&omission.reason)
            .or_insert((0, &omission.path));
        entry.0 += 1;
    }
    let mut reasons: Vec<(u64, &str, &str)> = reasons
        .into_iter()
        .map(|(reason, (n, first))| (n, reason, first))
        .collect();
    reasons.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    for (count, reason, first) in reasons.iter().take(5) {
        match count {
            1 => writeln!(out, "skipped {first}: {reason}")?,
            n => writeln!(out, "skipped {n} files: {reason} (such as {first})")?,
        }
    }
    match reasons.len() {
        0..=5 => Ok(()),
        n => writeln!(
            out,
            "skipped for {} further reasons; see `dateline status`",
            n - 5
        ),
    }
}

/// What a newcomer should know of a fresh index.
fn hint(location: &Path, console: &Console) {
    let Ok(archive) = Archive::open(location) else {
        return;
    };
    let payload = &archive.snapshot().payload;
    let (articles, undated) = (payload.articles, payload.undated);
    if articles > 0 && undated == articles {
        console.note(
            "note",
            "no article has a date of publication: --from, --to and timelines will find nothing; \
             dates are taken from front matter, fields, meta tags, paths such as 2024/07/14, and datelines",
        );
    } else if undated * 2 > articles {
        console.note(
            "note",
            &format!("{undated} of {articles} articles have no date of publication"),
        );
    }
}
