//! What makes two runs write the same documents from the same files.

use super::schema::FORMAT;
use crate::entity::Recognizer;
use crate::read::Options;
use xxhash_rust::xxh3::xxh3_64;

/// Raised by hand whenever reading, analysis, passages, names or dates give other documents than
/// before; files read under another number are read again.
const REVISION: u32 = 1;

/// Hash of reader options, analysis and models.
pub fn fingerprint(readers: &Options) -> u64 {
    let readers = serde_json::to_string(readers).unwrap_or_default();
    let models = Recognizer::shipped_hash();
    let version = env!("CARGO_PKG_VERSION");
    let parts = format!("{FORMAT} {REVISION} {version} {models:016x} {readers}");
    xxh3_64(parts.as_bytes())
}
