//! The hits of the last search, so that `show 3` means the third of them.
//!
//! Only their ids are kept, no query, in `$XDG_STATE_HOME/dateline/last`, readable by the user alone.
//! `--forget` and an empty `$DATELINE_STATE` leave nothing.

use super::place;
use crate::index::request::Hit;
use std::fs;
use std::path::PathBuf;

/// Hits that are remembered, at most.
const MAX: usize = 100;

fn file() -> Option<PathBuf> {
    let folder = match std::env::var_os("DATELINE_STATE") {
        Some(folder) if folder.is_empty() => return None,
        Some(folder) => PathBuf::from(folder),
        None => place::state()?,
    };
    Some(folder.join("last"))
}

/// Keeps the ids of `hits`; where that cannot be written, nothing is kept.
pub fn remember(hits: &[Hit]) {
    let Some(file) = file() else { return };
    let mut lines = String::new();
    for hit in hits.iter().take(MAX) {
        // An id with a line break cannot be a line.
        if hit.article.contains(['\n', '\r']) {
            return;
        }
        lines.push_str(&format!("{} {}#{}\n", hit.rank, hit.article, hit.passage));
    }
    let Some(folder) = file.parent() else { return };
    if fs::create_dir_all(folder).is_err() {
        return;
    }
    // Written beside and renamed: two searches at once leave one whole list.
    let Ok(mut draft) = tempfile::NamedTempFile::new_in(folder) else {
        return;
    };
    if std::io::Write::write_all(&mut draft, lines.as_bytes()).is_ok() {
        let _ = draft.persist(&file);
    }
}

/// The id at `rank` of the last search; `None` where nothing of it is known.
pub fn recall(rank: &str) -> Option<String> {
    let rank: usize = rank.parse().ok()?;
    let lines = fs::read_to_string(file()?).ok()?;
    lines.lines().find_map(|line| {
        let (number, id) = line.split_once(' ')?;
        (number.parse() == Ok(rank)).then(|| id.to_owned())
    })
}
