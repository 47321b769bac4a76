//! What a window of dates leaves out because nothing says when it was published.

use crate::error::Result;
use crate::index::request::{Duplicates, SearchRequest, Unit};
use crate::query::{Note, NoteKind};

/// Says how many units match but for having no date, where the query demands one.
///
/// `count` counts what a request finds; `None` where it cannot tell.
pub(super) fn note(
    request: &SearchRequest,
    count: impl FnOnce(&SearchRequest) -> Result<Option<u64>>,
) -> Result<Option<Note>> {
    let Some(query) = request.query.of_undated() else {
        return Ok(None);
    };
    let asked = SearchRequest {
        query,
        duplicates: Duplicates::Show,
        ..request.clone()
    };
    let Some(left_out) = count(&asked)?.filter(|&n| n > 0) else {
        return Ok(None);
    };
    let (units, matching, them) = match (request.unit, left_out) {
        (Unit::Article, 1) => ("article", "matches", "it"),
        (Unit::Article, _) => ("articles", "match", "them"),
        (Unit::Passage, 1) => ("passage", "matches", "it"),
        (Unit::Passage, _) => ("passages", "match", "them"),
    };
    Ok(Some(Note::new(
        NoteKind::Undated,
        format!(
            "{left_out} {units} without a date of publication {matching} otherwise; date:none finds {them}"
        ),
    )))
}
