//! From what a person calls an article to the article.

use super::last;
use crate::backend::{Backend, Shown};
use crate::error::Result;

/// An article, and the passage that was named with it.
pub struct Named {
    pub shown: Shown,
    pub passage: Option<u32>,
}

/// Finds `name`: an id, `ID#PASSAGE`, or the number of a hit of the last search.
///
/// The whole string is tried as an id first, then what stands before its last `#`.
pub fn find(backend: &dyn Backend, name: &str) -> Result<Option<Named>> {
    if let Some(found) = by_id(backend, name)? {
        return Ok(Some(found));
    }
    match last::recall(name) {
        Some(id) => by_id(backend, &id),
        None => Ok(None),
    }
}

fn by_id(backend: &dyn Backend, name: &str) -> Result<Option<Named>> {
    if let Some(shown) = backend.article(name)? {
        return Ok(Some(Named {
            shown,
            passage: None,
        }));
    }
    let Some((article, number)) = name.rsplit_once('#') else {
        return Ok(None);
    };
    let Ok(passage) = number.parse::<u32>() else {
        return Ok(None);
    };
    let shown = backend.article(article)?;
    Ok(shown
        .filter(|s| s.passages.iter().any(|p| p.ordinal == passage))
        .map(|shown| Named {
            shown,
            passage: Some(passage),
        }))
}

/// What is said of a name that is none.
pub fn unknown(name: &str) -> String {
    match name.parse::<usize>() {
        Ok(_) => {
            format!("{name}: no article of that id, and no hit of that number in the last search")
        }
        Err(_) => format!(
            "{name}: no article of that id; `dateline search QUERY --format ids` prints ids"
        ),
    }
}
