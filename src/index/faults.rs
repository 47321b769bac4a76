//! Disks that fail: every operation gives a clear error, and the index still answers.

use super::archive::{Archive, folders};
use super::contents::{Content, for_each_article};
use super::maintain::compact_in;
use super::options::{Prune, UpdateOptions};
use super::progress::Silent;
use super::update::update_in;
use super::verify;
use crate::error::{Error, Result};
use std::collections::BTreeMap;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    AntiCallToken, Directory, DirectoryLock, FileHandle, Lock, TerminatingWrite, WatchCallback,
    WatchHandle, WritePtr,
};

/// When and how operations fail.
#[derive(Debug)]
struct Fault {
    /// Operations that still succeed.
    left: AtomicI64,
    /// Fails for ever (a full disk), or once (a bad block).
    lasting: bool,
    kind: io::ErrorKind,
    /// A failing write still writes half of its bytes.
    short: bool,
}

impl Fault {
    fn strikes(&self) -> bool {
        let left = self.left.fetch_sub(1, Ordering::SeqCst);
        left == 0 || (self.lasting && left < 0)
    }

    fn check(&self) -> io::Result<()> {
        match self.strikes() {
            true => Err(self.error()),
            false => Ok(()),
        }
    }

    fn error(&self) -> io::Error {
        io::Error::new(self.kind, "the disk failed")
    }
}

#[derive(Clone, Debug)]
struct Faulty {
    inner: Box<dyn Directory>,
    fault: Arc<Fault>,
}

struct FaultyFile {
    inner: Option<WritePtr>,
    fault: Arc<Fault>,
}

fn closed() -> io::Error {
    io::Error::other("written after its end")
}

impl Write for FaultyFile {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        let inner = self.inner.as_mut().ok_or_else(closed)?;
        if self.fault.strikes() {
            if self.fault.short {
                inner.write_all(&buf[..buf.len() / 2])?;
            }
            return Err(self.fault.error());
        }
        inner.write(buf)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.as_mut().ok_or_else(closed)?.flush()
    }
}

impl TerminatingWrite for FaultyFile {
    fn terminate_ref(&mut self, _: AntiCallToken) -> io::Result<()> {
        self.fault.check()?;
        self.inner.take().ok_or_else(closed)?.terminate()
    }
}

impl Directory for Faulty {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        self.inner.get_file_handle(path)
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.inner.delete(path)
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.inner.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        self.fault
            .check()
            .map_err(|e| OpenWriteError::wrap_io_error(e, path.to_path_buf()))?;
        Ok(BufWriter::new(Box::new(FaultyFile {
            inner: Some(self.inner.open_write(path)?),
            fault: Arc::clone(&self.fault),
        })))
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        self.inner.atomic_read(path)
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        self.fault.check()?;
        self.inner.atomic_write(path, data)
    }

    fn sync_directory(&self) -> io::Result<()> {
        self.fault.check()?;
        self.inner.sync_directory()
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        self.inner.acquire_lock(lock)
    }

    fn watch(&self, callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.inner.watch(callback)
    }
}

struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let desk = Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
        };
        for n in 0..4 {
            desk.write(n, "first");
        }
        desk.update(None).expect("indexed");
        desk
    }

    fn index(&self) -> PathBuf {
        self.folder.path().join(".dateline")
    }

    fn write(&self, n: usize, text: &str) {
        let text = format!("Headline {n}\n\nThe {text} version of story {n}.\n");
        std::fs::write(self.folder.path().join(format!("{n}.txt")), text).expect("written");
    }

    fn update(&self, fault: Option<&Arc<Fault>>) -> Result<()> {
        let options = UpdateOptions {
            prune: Prune::Yes,
            threads: 1,
            now_ns: i64::MAX / 2,
            ..UpdateOptions::default()
        };
        let paths = [self.folder.path().to_path_buf()];
        let never = AtomicBool::new(false);
        update_in(
            &self.index(),
            &paths,
            &options,
            &Silent,
            &never,
            &|folder| opened(folder, fault),
        )
        .map(drop)
    }

    fn compact(&self, fault: Option<&Arc<Fault>>) -> Result<()> {
        let never = AtomicBool::new(false);
        compact_in(&self.index(), &Silent, &never, &|folder| {
            opened(folder, fault)
        })
        .map(drop)
    }

    fn contents(&self) -> BTreeMap<String, Content> {
        let archive = Archive::open(&self.index()).expect("still answers");
        let mut all = BTreeMap::new();
        for_each_article(&archive.snapshot(), archive.fields(), |mut content| {
            content.key = 0;
            all.insert(content.head.article.id.clone(), content);
            Ok(())
        })
        .expect("whole");
        all
    }

    fn is_sound(&self) {
        let never = AtomicBool::new(false);
        let report = verify(&self.index(), &Silent, &never).expect("verified");
        assert_eq!(report.problems, Vec::new());
    }
}

fn opened(
    folder: &Path,
    fault: Option<&Arc<Fault>>,
) -> Result<(Box<dyn Directory>, Box<dyn Directory>)> {
    let (segments, tables) = folders(folder)?;
    let Some(fault) = fault else {
        return Ok((segments, tables));
    };
    let faulty = |inner| -> Box<dyn Directory> {
        Box::new(Faulty {
            inner,
            fault: Arc::clone(fault),
        })
    };
    Ok((faulty(segments), faulty(tables)))
}

fn fault(after: i64, lasting: bool, kind: io::ErrorKind) -> Arc<Fault> {
    Arc::new(Fault {
        left: AtomicI64::new(after),
        lasting,
        kind,
        short: !lasting,
    })
}

fn is_clear(error: &Error) {
    let words = error.to_string();
    assert!(words.contains("the disk failed"), "{error:?}");
}

/// Lets the disk fail at every `step`-th operation of `work` in turn; returns how often it struck.
fn strike(
    work: impl Fn(&Desk, &Arc<Fault>) -> Result<()>,
    lasting: bool,
    kind: io::ErrorKind,
    step: i64,
) -> usize {
    let mut struck = 0;
    for after in (0..2_000).step_by(step as usize) {
        let desk = Desk::new();
        let before = desk.contents();
        desk.write(1, "second");
        desk.write(9, "first");
        let fault = fault(after, lasting, kind);
        match work(&desk, &fault) {
            Ok(()) if fault.left.load(Ordering::SeqCst) >= 0 => return struck,
            // Struck where nothing depends on it: deleting what is no longer needed.
            Ok(()) => {}
            Err(error) => is_clear(&error),
        }
        struck += 1;
        let now = desk.contents();
        desk.update(None).expect("completes");
        let after = desk.contents();
        assert!(now == before || now == after, "half a commit");
        assert_eq!(after.len(), 5);
        desk.is_sound();
    }
    struck
}

#[test]
fn a_full_disk_while_indexing_leaves_the_last_commit() {
    let struck = strike(
        |desk, fault| desk.update(Some(fault)),
        true,
        io::ErrorKind::StorageFull,
        3,
    );
    assert!(struck > 5, "{struck}");
}

#[test]
fn a_short_write_or_a_failed_sync_while_indexing_leaves_one_commit_or_the_other() {
    let struck = strike(
        |desk, fault| desk.update(Some(fault)),
        false,
        io::ErrorKind::Other,
        2,
    );
    assert!(struck > 5, "{struck}");
}

#[test]
fn a_full_disk_while_compacting_leaves_the_last_commit() {
    let struck = strike(
        |desk, fault| {
            desk.update(None)?;
            desk.compact(Some(fault))
        },
        true,
        io::ErrorKind::StorageFull,
        4,
    );
    assert!(struck > 3, "{struck}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_reader_takes_its_lock_on_nothing_where_nothing_can_be_written() {
    use super::directory::Folder;
    use tantivy::directory::{INDEX_WRITER_LOCK, META_LOCK};
    // Not even the superuser creates files there.
    let Ok(folder) = Folder::open(Path::new("/sys/kernel")) else {
        return;
    };
    assert!(folder.acquire_lock(&META_LOCK).is_ok());
    assert!(folder.acquire_lock(&INDEX_WRITER_LOCK).is_err());
}
