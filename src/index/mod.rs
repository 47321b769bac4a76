//! Passages → segments, and back to hits.
