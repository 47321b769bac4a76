//! Passages → segments, and back to hits.

pub mod archive;
mod contents;
pub mod directory;
pub mod document;
mod fingerprint;
pub mod forget;
pub mod ledger;
mod lock;
mod merge;
pub mod options;
pub mod payload;
mod pipeline;
pub mod prepare;
pub mod progress;
mod repair;
pub mod request;
mod resolve;
pub mod roots;
mod scan;
pub mod schema;
mod session;
mod throttle;
mod update;
mod writer;

pub use archive::{Archive, Snapshot};
pub use contents::{Content, for_each_article};
pub use options::{Prune, UpdateOptions};
pub use payload::Payload;
pub use progress::{Omission, OmissionKind, Progress, Silent, Step, UpdateReport};
pub use roots::{Location, find_location, location_in};
pub use update::update;
