//! How an index is brought up to date.

use super::without::Without;
use crate::entity::Authority;
use crate::read::{Options, walk::Filter};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// What happens to articles whose file is gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Prune {
    /// They stay.
    #[default]
    No,
    /// They go, if their file lay under a PATH given; never because a root is missing or empty.
    Yes,
    /// They go, also where a root is missing or empty.
    Force,
}

/// How an index is brought up to date.
#[derive(Clone, Debug)]
pub struct UpdateOptions {
    pub readers: Options,
    pub filter: Filter,
    pub prune: Prune,
    /// Compares contents even where size, time and inode say that nothing changed.
    pub checksum: bool,
    /// Reads everything anew.
    pub rebuild: bool,
    /// First reads again what the index has lost ([`verify`](super::verify())); PATHs may be empty then.
    pub repair: bool,
    /// A newsroom's names, which win over recognised ones.
    pub authority: Option<Arc<Authority>>,
    /// Says what would be done, and does nothing.
    pub dry_run: bool,
    /// Roots that have moved: old folder (or prefix), new folder.
    pub moved_roots: Vec<(PathBuf, PathBuf)>,
    /// What the index is made without; `None`: as it was made, a new one with everything.
    pub without: Option<Without>,
    /// Worker threads; 0: as many as the machine has.
    pub threads: usize,
    /// Memory of tantivy's buffers, all threads together.
    pub memory_bytes: usize,
    /// Work between two commits, which then comes between files.
    pub commit_every: Duration,
    /// Articles after which a commit is due; sketches and ledger entries that wait for one take
    /// about 560 bytes an article. A file that gave twice as many is left for it, and read again
    /// after it up to where it was left: that takes about a tenth of the time that indexing takes.
    pub commit_articles: usize,
    /// The wall clock at the start, nanoseconds since 1970.
    pub now_ns: i64,
}

impl Default for UpdateOptions {
    fn default() -> Self {
        Self {
            readers: Options::default(),
            filter: Filter::default(),
            prune: Prune::No,
            checksum: false,
            rebuild: false,
            repair: false,
            authority: None,
            dry_run: false,
            moved_roots: Vec::new(),
            without: None,
            threads: 0,
            memory_bytes: 160_000_000,
            commit_every: Duration::from_secs(15 * 60),
            commit_articles: 300_000,
            now_ns: 0,
        }
    }
}

impl UpdateOptions {
    /// The number of worker threads.
    pub fn workers(&self) -> usize {
        match self.threads {
            0 => std::thread::available_parallelism().map_or(1, |n| n.get()),
            n => n,
        }
        .clamp(1, 64)
    }
}
