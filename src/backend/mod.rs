//! The one boundary between what asks and what holds the index.

mod aliases;
mod ask;
mod embedded;
mod quickwit;
mod undated;

pub use ask::{Ask, Clock, Defaults};
pub use quickwit::{Access, Cluster, IngestOptions, ingest};

use crate::analyze::Lang;
use crate::article::Article;
use crate::error::Result;
use crate::index::Status;
use crate::index::request::{
    Facets, FacetsRequest, SearchRequest, SearchResults, Timeline, TimelineRequest,
};
use crate::passage::Passage;
use std::path::PathBuf;

/// An article with its passages, in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    pub article: Article,
    pub passages: Vec<Passage>,
}

/// An index that can be asked, embedded or on a cluster; shared by threads.
///
/// Every question is answered from one commit; errors are those of [`crate::Error`] that name the index.
pub trait Backend: Send + Sync {
    /// Answers one query, within `request.deadline`.
    fn search(&self, request: &SearchRequest) -> Result<SearchResults>;

    /// Counts over time.
    fn timeline(&self, request: &TimelineRequest) -> Result<Timeline>;

    /// Counts by value.
    fn facets(&self, request: &FacetsRequest) -> Result<Facets>;

    /// The article of that id; `None` where there is none.
    fn article(&self, id: &str) -> Result<Option<Shown>>;

    /// Background for an article, which need not be in the index.
    fn related(&self, article: &Article, request: &SearchRequest) -> Result<SearchResults>;

    /// What the index holds.
    fn status(&self) -> Result<Status>;

    /// Languages that hold a real share of the archive, most frequent first.
    fn langs(&self) -> Vec<Lang>;

    /// The file that holds an article of that `path`, where it lies on this machine.
    fn file(&self, path: &str) -> Option<PathBuf>;
}
