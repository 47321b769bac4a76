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
    let Some((article, passage)) = passage_of(name) else {
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

/// `ID#PASSAGE` in its two parts.
fn passage_of(name: &str) -> Option<(&str, u32)> {
    let (article, number) = name.rsplit_once('#')?;
    Some((article, number.parse().ok()?))
}

/// What is said of a name that is none.
pub fn unknown(backend: &dyn Backend, name: &str) -> Result<String> {
    if name.parse::<usize>().is_ok() {
        return Ok(format!(
            "{name}: no article of that id, and no hit of that number in the last search"
        ));
    }
    if let Some((article, _)) = passage_of(name)
        && let Some(shown) = backend.article(article)?
    {
        let has = match shown.passages.len() {
            0 => "no passages".to_owned(),
            1 => "one passage, 0".to_owned(),
            n => format!("{n} passages, 0 to {}", n - 1),
        };
        return Ok(format!("{name}: the article has {has}"));
    }
    Ok(format!(
        "{name}: no article of that id; `dateline search QUERY --format ids` prints ids"
    ))
}
