//! The folder below tantivy: private files, real locks, and reading where nothing may be written.
//!
//! tantivy's own `MmapDirectory` maps the files; this wrapper creates them. Three things differ:
//! files are readable by their owner alone (they hold full text), a reader in a folder that cannot be
//! written takes its lock on nothing instead of failing, and the writer's lock is the archive's
//! ([`super::lock`]), which names its holder.

use fs4::fs_std::FileExt;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tantivy::Directory;
use tantivy::directory::error::{
    DeleteError, LockError, OpenDirectoryError, OpenReadError, OpenWriteError,
};
use tantivy::directory::{
    AntiCallToken, DirectoryLock, FileHandle, Lock, META_LOCK, MmapDirectory, TerminatingWrite,
    WatchCallback, WatchHandle, WritePtr,
};

/// One folder of an archive.
#[derive(Clone, Debug)]
pub struct Folder {
    mapped: MmapDirectory,
    path: PathBuf,
}

impl Folder {
    /// Opens an existing folder.
    pub fn open(path: &Path) -> Result<Self, OpenDirectoryError> {
        Ok(Self {
            mapped: MmapDirectory::open(path)?,
            path: path.to_path_buf(),
        })
    }
}

/// Options that create a file for its owner alone.
pub fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options
}

/// Creates a folder and its parents; the folder itself for its owner alone.
pub fn create_private_folder(path: &Path) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    match builder.create(path) {
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        other => other,
    }
}

/// Makes the names in a folder durable; a no-op where the platform has no such call.
pub fn sync_folder(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(path)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// A file that is on disk when it is terminated.
struct Durable(File);

impl Write for Durable {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.0.write(buf)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl TerminatingWrite for Durable {
    fn terminate_ref(&mut self, _: AntiCallToken) -> io::Result<()> {
        self.0.sync_data()
    }
}

/// A `flock` that ends with its file, or nothing where the folder cannot be written.
struct Held {
    _file: Option<File>,
}

/// Whether an error says that the folder cannot be written, whoever asks.
pub fn is_unwritable(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem
    )
}

impl Directory for Folder {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        self.mapped.get_file_handle(path)
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.mapped.delete(path)
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.mapped.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        match private().create_new(true).open(self.path.join(path)) {
            Ok(file) => Ok(BufWriter::new(Box::new(Durable(file)))),
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {
                Err(OpenWriteError::FileAlreadyExists(path.to_path_buf()))
            }
            Err(e) => Err(OpenWriteError::wrap_io_error(e, path.to_path_buf())),
        }
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        self.mapped.atomic_read(path)
    }

    /// `MmapDirectory` goes through a temporary file, which is private by itself.
    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        self.mapped.atomic_write(path, data)
    }

    fn sync_directory(&self) -> io::Result<()> {
        self.mapped.sync_directory()
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        let path = self.path.join(&lock.filepath);
        let file = match private().create(true).truncate(false).open(&path) {
            Ok(file) => Some(file),
            // Garbage collection takes this lock to keep off files that a reader is opening. Where
            // this process cannot write, one with more rights still may: the lock is then taken on
            // the file opened for reading, if there is one. Without it `Archive` tries again.
            Err(e) if lock.filepath == META_LOCK.filepath && is_unwritable(&e) => {
                File::open(&path).ok()
            }
            Err(e) => return Err(LockError::wrap_io_error(e)),
        };
        if let Some(file) = &file {
            if lock.is_blocking {
                FileExt::lock_exclusive(file).map_err(LockError::wrap_io_error)?;
            } else if !FileExt::try_lock_exclusive(file).unwrap_or(false) {
                return Err(LockError::LockBusy);
            }
        }
        Ok(DirectoryLock::from(Box::new(Held { _file: file })))
    }

    fn watch(&self, callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.mapped.watch(callback)
    }
}
