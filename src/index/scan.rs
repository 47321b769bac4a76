//! Compares what lies on disk with what the ledger knows.

use super::ledger::{FileEntry, FileHead, Ledger, Reading, TroubleEntry};
use super::options::{Prune, UpdateOptions};
use super::progress::{Omission, OmissionKind};
use super::roots::Roots;
use crate::error::Result;
use crate::read::walk::display_path;
use crate::read::{Trouble, TroubleKind, walk};
use rustc_hash::FxHashSet;
use std::path::{Path, PathBuf};

/// A file to be looked into.
pub(crate) struct Item {
    pub root: u32,
    /// Relative to its root.
    pub path: Box<str>,
    /// Where it lies, if that does not follow from root and path.
    pub file: Option<Box<Path>>,
    pub bytes: u64,
    /// Read it even if its content is the same.
    pub force: bool,
    /// This run has read its first records already.
    pub begun: bool,
}

impl Item {
    /// Where its file lies.
    pub fn place(&self, roots: &Roots) -> PathBuf {
        match &self.file {
            Some(file) => file.to_path_buf(),
            None => roots.folder(self.root).join(&*self.path),
        }
    }
}

/// What is to be done.
#[derive(Default)]
pub(crate) struct Plan {
    pub items: Vec<Item>,
    /// Entries that need no reading: files gone, refused files.
    pub entries: Vec<FileEntry>,
    pub omissions: Vec<Omission>,
    pub notes: Vec<String>,
    pub files: u64,
    pub bytes: u64,
}

/// What is read although nothing says that it changed.
#[derive(Clone, Copy)]
pub(crate) struct Force {
    /// Every file.
    pub rebuild: bool,
    /// Files that were read under another fingerprint.
    pub fingerprint: u32,
    /// Files of the ledger outside the PATHs too.
    pub everything: bool,
}

/// Walks `paths` and says what changed since the ledger was written.
pub(crate) fn scan(
    paths: &[PathBuf],
    roots: &mut Roots,
    ledger: &Ledger,
    options: &UpdateOptions,
    force: Force,
    forgotten: &dyn Fn(u32, &str) -> bool,
    cancelled: &dyn Fn() -> bool,
) -> Result<Plan> {
    let mut scan = Scan {
        roots,
        ledger,
        options,
        force,
        forgotten,
        plan: Plan::default(),
        seen: FxHashSet::default(),
        unreadable: Vec::new(),
        empty: Vec::new(),
    };
    let mut starts = Vec::new();
    for path in paths {
        starts.push(scan.start(path)?);
    }
    let mut found = vec![0u64; starts.len()];
    for item in walk::walk(&starts, &options.filter) {
        if cancelled() {
            break;
        }
        match item {
            Ok(entry) => {
                if let Some(found) = found.get_mut(entry.under) {
                    *found += 1;
                }
                scan.file(entry)?;
            }
            Err(refusal) => scan.refused(&refusal.path, &refusal.trouble)?,
        }
    }
    if options.prune != Prune::No && !cancelled() {
        for (path, found) in starts.iter().zip(found) {
            if found == 0 && path.is_dir() && is_empty(path) {
                scan.empty.push(path.clone());
            }
        }
        scan.prune(&starts)?;
    }
    if force.everything && !cancelled() {
        scan.others()?;
    }
    Ok(scan.plan)
}

struct Scan<'a> {
    roots: &'a mut Roots,
    ledger: &'a Ledger,
    options: &'a UpdateOptions,
    force: Force,
    forgotten: &'a dyn Fn(u32, &str) -> bool,
    plan: Plan,
    seen: FxHashSet<(u32, u32)>,
    /// What the walk could not look into: nothing below counts as gone.
    unreadable: Vec<PathBuf>,
    empty: Vec<PathBuf>,
}

impl Scan<'_> {
    /// The canonical form of a PATH, whose root is made known.
    fn start(&mut self, path: &Path) -> Result<PathBuf> {
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
        let Ok(canonical) = absolute.canonicalize() else {
            // The walk reports what is missing. A file that is gone is still found by its folder.
            let parent = absolute.parent().and_then(|p| p.canonicalize().ok());
            return Ok(match (parent, absolute.file_name()) {
                (Some(parent), Some(name)) => parent.join(name),
                _ => absolute,
            });
        };
        let folder = match canonical.is_dir() {
            true => canonical.as_path(),
            false => canonical.parent().unwrap_or(&canonical),
        };
        self.roots.of(folder)?;
        Ok(canonical)
    }

    fn place(&self, file: &Path) -> (u32, String) {
        let root = self.roots.holding(file).unwrap_or(0);
        let folder = self.roots.folder(root);
        let relative = file.strip_prefix(&folder).unwrap_or(file);
        (root, display_path(relative))
    }

    fn file(&mut self, entry: walk::Entry) -> Result<()> {
        let (root, path) = self.place(&entry.file);
        if (self.forgotten)(root, &path) {
            self.omit(
                &path,
                root,
                None,
                OmissionKind::Skipped,
                "forgotten (`dateline forget`)",
            );
            return Ok(());
        }
        let known = self.ledger.file(root, &path)?;
        if let Some((at, head)) = &known {
            self.seen.insert((at.run as u32, at.file));
            let same = head.reading == Reading::Whole
                && !head.racy
                && head.bytes == entry.bytes
                && head.modified_ns == entry.modified_ns
                && head.inode == entry.inode;
            if same && !self.forces(head) && !self.options.checksum {
                self.repeat(head);
                return Ok(());
            }
        }
        let follows = self.roots.folder(root).join(&path) == entry.file;
        self.plan.files += 1;
        self.plan.bytes += entry.bytes;
        self.plan.items.push(Item {
            root,
            path: path.into_boxed_str(),
            file: (!follows).then(|| entry.file.into_boxed_path()),
            bytes: entry.bytes,
            force: known.is_some_and(|(_, head)| self.forces(&head)),
            begun: false,
        });
        Ok(())
    }

    fn forces(&self, head: &FileHead) -> bool {
        self.force.rebuild
            || head.reading == Reading::Refused
            || head.fingerprint != self.force.fingerprint
    }

    /// Files of the ledger that the walk did not come to.
    fn others(&mut self) -> Result<()> {
        let mut items = Vec::new();
        let roots = &*self.roots;
        let seen = &self.seen;
        let force = self.force;
        self.ledger.for_each(|at, head| {
            let wanted = force.rebuild || head.fingerprint != force.fingerprint;
            if !wanted
                || head.reading == Reading::Refused
                || seen.contains(&(at.run as u32, at.file))
            {
                return Ok(());
            }
            if roots.folder(head.root).join(&head.path).is_file() {
                items.push(Item {
                    root: head.root,
                    path: head.path.into_boxed_str(),
                    file: None,
                    bytes: head.bytes,
                    force: true,
                    begun: false,
                });
            }
            Ok(())
        })?;
        self.plan.files += items.len() as u64;
        self.plan.bytes += items.iter().map(|i| i.bytes).sum::<u64>();
        self.plan.items.extend(items);
        Ok(())
    }

    /// Tells again what an unchanged file had to tell.
    fn repeat(&mut self, head: &FileHead) {
        let name = head.name();
        self.plan
            .omissions
            .extend(head.troubles.iter().map(|t| omission(&name, t)));
    }

    fn refused(&mut self, file: &Path, trouble: &Trouble) -> Result<()> {
        let (root, path) = self.place(file);
        let failed = trouble.kind == TroubleKind::Failed;
        let known = self.ledger.file(root, &path)?;
        if failed {
            self.unreadable.push(file.to_path_buf());
            let gone = !file.exists() && file.symlink_metadata().is_err();
            if gone && known.is_some() && self.options.prune != Prune::No {
                // A PATH that names a file which is gone: to be removed, not to be complained of.
                self.unreadable.pop();
                return Ok(());
            }
        }
        let entry = TroubleEntry::of(trouble, "");
        if let Some((at, head)) = &known {
            self.seen.insert((at.run as u32, at.file));
            // What was read before stays until it can be read again.
            if failed && head.reading != Reading::Refused {
                self.plan.omissions.push(omission(&head.name(), &entry));
                return Ok(());
            }
            if head.reading == Reading::Refused && head.troubles == [entry.clone()] {
                self.repeat(head);
                return Ok(());
            }
        }
        let mut head = FileHead::new(root, self.roots.prefix(root), &path);
        head.reading = Reading::Refused;
        self.plan.omissions.push(omission(&head.name(), &entry));
        // A missing PATH or an unreadable folder is no file; it is told, not kept.
        if !failed || file.is_file() {
            head.troubles.push(entry);
            self.plan.entries.push(FileEntry {
                head,
                records: Vec::new(),
            });
        }
        Ok(())
    }

    fn omit(&mut self, path: &str, root: u32, record: Option<u32>, kind: OmissionKind, why: &str) {
        let head = FileHead::new(root, self.roots.prefix(root), path);
        self.plan.omissions.push(Omission {
            path: head.name(),
            record,
            kind,
            reason: why.to_owned(),
        });
    }

    fn prune(&mut self, starts: &[PathBuf]) -> Result<()> {
        let force = self.options.prune == Prune::Force;
        let mut spared = Vec::new();
        let mut gone = Vec::new();
        for start in starts {
            let missing = !start.exists();
            let root = self.roots.holding(start);
            let root_missing = root.is_none_or(|r| {
                let folder = self.roots.folder(r);
                !folder.is_dir() || is_empty(&folder)
            });
            let empty = self.empty.contains(start) || root_missing;
            if (empty || (missing && root_missing)) && !force {
                spared.push(start.clone());
            }
        }
        for path in &spared {
            self.plan.notes.push(format!(
                "{}: missing or empty, so nothing of it was pruned; --prune=force prunes it all the same",
                path.display()
            ));
        }
        let filtered = self.options.filter.is_active();
        let roots = &*self.roots;
        let seen = &self.seen;
        let unreadable = &self.unreadable;
        self.ledger.for_each(|at, head| {
            if seen.contains(&(at.run as u32, at.file)) {
                return Ok(());
            }
            let file = roots.folder(head.root).join(&head.path);
            let under = |folders: &[PathBuf]| folders.iter().any(|f| file.starts_with(f));
            let asked = under(starts) && !under(&spared) && (force || !under(unreadable));
            // A pattern hides files from the walk that are still there.
            let hidden = filtered && file.symlink_metadata().is_ok();
            if asked && !hidden {
                gone.push(head);
            }
            Ok(())
        })?;
        for mut head in gone {
            head.removed = true;
            head.troubles.clear();
            self.plan.entries.push(FileEntry {
                head,
                records: Vec::new(),
            });
        }
        Ok(())
    }
}

fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).is_ok_and(|mut entries| {
        !entries.any(|e| e.is_ok_and(|e| !e.file_name().to_string_lossy().starts_with('.')))
    })
}

/// A trouble of the file `name` for a report.
pub(crate) fn omission(name: &str, trouble: &TroubleEntry) -> Omission {
    Omission {
        path: format!("{name}{}", trouble.member),
        record: (trouble.record > 0).then_some(trouble.record),
        kind: match trouble.failed {
            true => OmissionKind::Failed,
            false => OmissionKind::Skipped,
        },
        reason: trouble.reason.clone(),
    }
}
