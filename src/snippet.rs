//! Windows of a passage and the marks in them.

/// A window of a passage.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Snippet {
    pub text: String,
    /// Byte offset of `text` in the passage.
    pub start: u32,
    /// Byte ranges within `text`, sorted, never overlapping, on character boundaries.
    pub marks: Vec<[u32; 2]>,
}
