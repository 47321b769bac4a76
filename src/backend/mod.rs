//! The one boundary between what asks and what holds the index.

mod ask;

pub use ask::{Ask, Clock, Defaults};

use crate::error::Result;
use crate::index::request::{SearchRequest, SearchResults};

/// An index that can be asked, embedded or on a cluster; shared by threads.
pub trait Backend: Send + Sync {
    /// Answers one query, within `request.deadline`.
    fn search(&self, request: &SearchRequest) -> Result<SearchResults>;
}
