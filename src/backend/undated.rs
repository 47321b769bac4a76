//! What a window of dates leaves out because nothing says when it was published.

use crate::error::Result;
use crate::index::request::{Duplicates, SearchRequest};
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
    let (matching, them) = match left_out {
        1 => ("matches", "it"),
        _ => ("match", "them"),
    };
    let counted = request.unit.counted(left_out);
    Ok(Some(Note::new(
        NoteKind::Undated,
        format!(
            "{counted} without a date of publication {matching} otherwise; date:none finds {them}"
        ),
    )))
}
