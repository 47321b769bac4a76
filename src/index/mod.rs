//! Passages → segments, and back to hits.

pub mod archive;
pub mod directory;
pub mod document;
pub mod payload;
pub mod prepare;
pub mod request;
pub mod schema;
mod writer;

pub use archive::{Archive, Snapshot};
pub use payload::Payload;
