//! Starts an index anew where it cannot be opened.

use super::archive::SEGMENTS;
use super::lock::WriterLock;
use super::payload::Payload;
use super::session::{Opener, Session};
use crate::error::{Error, Result};
use std::path::Path;

/// Deletes segments and tables, and opens an empty index that keeps the roots where they can still be read.
pub(crate) fn start_anew(location: &Path, opener: &Opener) -> Result<Session> {
    let roots = salvage(location).map(|p| p.roots).unwrap_or_default();
    {
        let _lock = WriterLock::take(location)?;
        let segments = location.join(SEGMENTS);
        std::fs::remove_dir_all(&segments).map_err(|e| Error::io(&segments, e))?;
        for entry in std::fs::read_dir(location).map_err(|e| Error::io(location, e))? {
            let path = entry.map_err(|e| Error::io(location, e))?.path();
            if path.extension().is_some_and(|e| e == "bin") {
                std::fs::remove_file(&path).map_err(|e| Error::io(&path, e))?;
            }
        }
    }
    let mut session = Session::open(location, true, opener)?;
    session.payload.roots = roots;
    Ok(session)
}

/// What can still be read of a damaged index's payload.
fn salvage(location: &Path) -> Option<Payload> {
    let meta = std::fs::read(location.join(SEGMENTS).join("meta.json")).ok()?;
    let meta: serde_json::Value = serde_json::from_slice(&meta).ok()?;
    serde_json::from_str(meta.get("payload")?.as_str()?).ok()
}
