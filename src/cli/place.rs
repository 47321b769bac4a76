//! Where the index lies, and how it is opened.

use super::flags::IndexFlag;
use crate::backend::{Backend, Cluster};
use crate::error::{Error, Result};
use crate::index::{Archive, Location, find_location};
use std::path::{Path, PathBuf};

/// The folder that the command was called in.
pub fn here() -> Result<PathBuf> {
    std::env::current_dir().map_err(|e| Error::io(".", e))
}

/// Where the flag, the environment or the folders upward say that the index lies.
pub fn location(flag: &IndexFlag) -> Result<Location> {
    let variable = std::env::var("DATELINE_INDEX").ok();
    Ok(find_location(
        flag.index.as_deref(),
        variable.as_deref(),
        &here()?,
    ))
}

/// The index's folder, for commands that write.
pub fn folder(flag: &IndexFlag) -> Result<PathBuf> {
    match location(flag)? {
        Location::Folder(folder) => Ok(folder),
        Location::Cluster(cluster) => Err(Error::Usage(format!(
            "{cluster}: this command works on an index folder; expected --index FOLDER"
        ))),
    }
}

/// Opens the index for reading.
pub fn open(flag: &IndexFlag) -> Result<Box<dyn Backend>> {
    Ok(match location(flag)? {
        Location::Folder(folder) => Box::new(open_folder(&folder)?),
        Location::Cluster(cluster) => Box::new(Cluster::open(&cluster, &flag.access()?)?),
    })
}

/// Where the index lies, as a person would write it.
pub fn name(flag: &IndexFlag) -> Result<String> {
    Ok(match location(flag)? {
        Location::Folder(folder) => shown(&folder),
        Location::Cluster(cluster) => cluster,
    })
}

/// The folder that holds an index's watches: its own, or for a cluster one of the user's.
pub fn watches(flag: &IndexFlag) -> Result<PathBuf> {
    let cluster = match location(flag)? {
        Location::Folder(folder) => return Ok(folder),
        Location::Cluster(cluster) => cluster,
    };
    let state = state().ok_or_else(|| {
        Error::Usage(format!(
            "{cluster}: watches of a cluster lie in the user's folder, and there is none; set XDG_STATE_HOME"
        ))
    })?;
    let hash = xxhash_rust::xxh3::xxh3_64(cluster.trim_end_matches('/').as_bytes());
    let folder = state.join("clusters").join(format!("{hash:016x}"));
    std::fs::create_dir_all(&folder).map_err(|e| Error::io(&folder, e))?;
    Ok(folder)
}

/// Opens `folder`; a newcomer is told what to do.
pub fn open_folder(folder: &Path) -> Result<Archive> {
    Archive::open(folder).map_err(|e| match e {
        Error::NoIndex(_) => Error::NoIndex(format!(
            "no index at {}; `dateline index FOLDER` makes one, `dateline search --in FOLDER QUERY` makes one and searches it",
            shown(folder)
        )),
        other => other,
    })
}

/// A path as a person at this place would write it.
pub fn shown(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    let near = path.strip_prefix(&here).unwrap_or(path);
    match near.as_os_str().is_empty() {
        true => ".".to_owned(),
        false => near.display().to_string(),
    }
}

/// The user's folder for caches; `None` without a home.
pub fn cache() -> Option<PathBuf> {
    base("XDG_CACHE_HOME", ".cache")
}

/// The user's folder for state; `None` without a home.
pub fn state() -> Option<PathBuf> {
    base("XDG_STATE_HOME", ".local/state").map(|folder| folder.join("dateline"))
}

fn base(variable: &str, below_home: &str) -> Option<PathBuf> {
    let named = std::env::var_os(variable).map(PathBuf::from);
    named
        .filter(|path| path.is_absolute())
        .or_else(|| Some(std::env::home_dir()?.join(below_home)))
}
