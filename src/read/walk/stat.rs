//! What a file's entry in its folder says of it, where the system says more than all do.

use std::fs::Metadata;

pub(super) fn modified_ns(stat: &Metadata) -> i64 {
    let Ok(at) = stat.modified() else { return 0 };
    match at.duration_since(std::time::UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_nanos()).unwrap_or(i64::MAX),
        Err(e) => i64::try_from(e.duration().as_nanos()).map_or(i64::MIN, |ns| -ns),
    }
}

#[cfg(unix)]
pub(super) fn inode(stat: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(stat)
}

#[cfg(not(unix))]
pub(super) fn inode(_: &Metadata) -> u64 {
    0
}

/// A file of more than 64 MiB of which less than a 32nd is on disk: no file system compresses text so well.
///
/// Some report no blocks at all; such a file is judged by its content.
#[cfg(unix)]
pub(super) fn is_sparse(stat: &Metadata) -> bool {
    let stored = std::os::unix::fs::MetadataExt::blocks(stat).saturating_mul(512);
    stat.len() > 64 << 20 && stored > 0 && stored < stat.len() / 32
}

#[cfg(not(unix))]
pub(super) fn is_sparse(_: &Metadata) -> bool {
    false
}

#[cfg(unix)]
pub(super) fn special(stat: &Metadata) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    let kind = stat.file_type();
    match () {
        () if kind.is_fifo() => "a FIFO",
        () if kind.is_socket() => "a socket",
        () if kind.is_block_device() || kind.is_char_device() => "a device",
        () => "not a regular file",
    }
}

#[cfg(not(unix))]
pub(super) fn special(_: &Metadata) -> &'static str {
    "not a regular file"
}
