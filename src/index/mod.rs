//! Passages → segments, and back to hits.

pub mod document;
pub mod request;
pub mod schema;
