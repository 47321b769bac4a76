//! The archive's writer lock: a `flock` that ends with its process, on a file that names it.

use super::directory::{is_unwritable, private};
use crate::error::{Error, Result};
use fs4::fs_std::FileExt;
use std::fs::File;
use std::io::{Read, Seek, Write};
use std::path::Path;
use std::time::Duration;

/// Name of the lock's file in the index folder. The file stays; only the lock on it counts.
pub const FILE: &str = "writer.lock";

/// A process that was just forked holds the files of its parent until it becomes another program: a lock
/// that was given up may seem held for some milliseconds more.
pub(crate) const TRIES: u32 = 20;
pub(crate) const BETWEEN_TRIES: Duration = Duration::from_millis(10);

/// The right to write to an index, held until dropped.
#[derive(Debug)]
pub struct WriterLock {
    file: File,
}

impl WriterLock {
    /// Takes the lock of an existing index folder; waits a fifth of a second at most.
    ///
    /// # Errors
    /// `Locked` with the holder's process id where another process has it, also where a tool of
    /// another process has only just opened it; `Io` where the folder cannot be written.
    pub fn take(folder: &Path) -> Result<Self> {
        Self::take_named(folder, FILE, "is writing to this index")
    }

    /// As [`take`](Self::take), of another file than the writer's; `does` ends the holder's sentence.
    pub(crate) fn take_named(folder: &Path, name: &str, does: &str) -> Result<Self> {
        let path = folder.join(name);
        let mut file = private()
            .read(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|e| match is_unwritable(&e) {
                true => Error::io(
                    folder,
                    std::io::Error::new(e.kind(), format!("cannot be written: {e}")),
                ),
                false => Error::io(&path, e),
            })?;
        let mut tries = 0;
        while !FileExt::try_lock_exclusive(&file).map_err(|e| Error::io(&path, e))? {
            tries += 1;
            if tries < TRIES {
                std::thread::sleep(BETWEEN_TRIES);
                continue;
            }
            let mut holder = String::new();
            // The holder may not have written its id yet.
            let _ = Read::by_ref(&mut file).take(32).read_to_string(&mut holder);
            let holder = match holder.trim() {
                "" => "another process".to_owned(),
                pid => format!("process {pid}"),
            };
            return Err(Error::Locked(format!(
                "{}: {holder} {does}; try again when it has ended",
                folder.display()
            )));
        }
        let lock = Self { file };
        lock.note(&format!("{}\n", std::process::id()))
            .map_err(|e| Error::io(&path, e))?;
        Ok(lock)
    }

    fn note(&self, text: &str) -> std::io::Result<()> {
        let mut file = &self.file;
        file.set_len(0)?;
        file.rewind()?;
        file.write_all(text.as_bytes())
    }
}

impl Drop for WriterLock {
    fn drop(&mut self) {
        let _ = self.note("");
    }
}

/// Whether this process may create files in a folder; tries it, since modes do not tell.
pub fn is_writable(folder: &Path) -> bool {
    tempfile::Builder::new()
        .prefix(".dateline-")
        .tempfile_in(folder)
        .is_ok()
}
