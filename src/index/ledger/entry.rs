//! What the ledger knows of a file and of its records.

use crate::read::{Trouble, TroubleKind};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

/// A file as it was when it was read last, without its records.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileHead {
    /// The root's number in the payload.
    pub root: u32,
    /// The root's prefix with its `/`, or nothing for the first root.
    prefix: String,
    /// Relative to the root, `/` between parts.
    pub path: String,
    /// The file is gone: the entry only outdates older ones.
    pub removed: bool,
    pub reading: Reading,
    /// It was modified so shortly before it was read that a later change might not show in its time.
    pub racy: bool,
    pub bytes: u64,
    pub modified_ns: i64,
    pub inode: u64,
    /// xxh3 of its bytes.
    #[serde(with = "fixed")]
    pub hash: u64,
    /// Of the reader options, analysis and models that read it.
    pub fingerprint: u32,
    pub troubles: Vec<TroubleEntry>,
    /// Number of records that follow.
    pub records: u32,
}

/// How far a file was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reading {
    /// To its end.
    #[default]
    Whole,
    /// Not at all: the walk refused it (a README, a link).
    Refused,
    /// Its first records only: the next commit, or the next run, has the rest.
    Begun,
}

impl FileHead {
    /// A file of the root number `root`, whose ids begin with `prefix` (empty, or a name without `/`).
    pub fn new(root: u32, prefix: &str, path: &str) -> Self {
        Self {
            root,
            prefix: match prefix {
                "" => String::new(),
                name => format!("{name}/"),
            },
            path: path.to_owned(),
            ..Self::default()
        }
    }

    /// What ids made of paths begin with.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The file's name as articles and messages bear it.
    pub fn name(&self) -> String {
        format!("{}{}", self.prefix, self.path)
    }
}

/// A file with its records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileEntry {
    pub head: FileHead,
    pub records: Vec<Record>,
}

/// Something in a file that gave no article.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TroubleEntry {
    /// What follows the file's path: `!/member` in a container, else nothing.
    pub member: String,
    pub record: u32,
    pub failed: bool,
    pub reason: String,
}

impl TroubleEntry {
    pub fn of(trouble: &Trouble, member: &str) -> Self {
        Self {
            member: member.to_owned(),
            record: trouble.record,
            failed: trouble.kind == TroubleKind::Failed,
            reason: trouble.to_string(),
        }
    }
}

/// One article of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// What follows the file's path: `!/member` in a container, else nothing.
    pub member: String,
    /// From 1; 0 where the format holds one article a file.
    pub record: u32,
    /// `None` where the id is made of the path.
    pub(crate) own_id: Option<String>,
    /// The number that its documents bear; never used for anything else.
    pub key: u64,
    /// xxh3 of the whole article as read.
    #[serde(with = "fixed")]
    pub hash: u64,
    pub version: Option<u64>,
    /// Seconds from 1970.
    pub updated: Option<i64>,
    /// Seconds from 1970; `None` if undated.
    pub published: Option<i64>,
    /// ISO code; `en` where none is known.
    pub lang: String,
    pub passages: u32,
    pub kills: Vec<String>,
    /// It could not be read again when it was to take over its id.
    pub lost: bool,
}

/// The order of records that claim one id.
pub type Rank = (Option<u64>, Option<i64>, Option<i64>, String, u32, u32);

impl Record {
    /// The id, where the record lies in the file `path` of a root with `prefix`.
    pub fn id(&self, path: &str, prefix: &str) -> String {
        match &self.own_id {
            Some(id) => id.clone(),
            None => path_id(&format!("{prefix}{path}{}", self.member), self.record),
        }
    }

    /// Stores the id, or that it is the path's.
    pub fn set_id(&mut self, id: &str, path: &str, prefix: &str) {
        self.own_id = None;
        if self.id(path, prefix) != id {
            self.own_id = Some(id.to_owned());
        }
    }

    /// Highest version, then latest `updated`, latest `published`, greatest path; what is missing
    /// is lowest.
    pub fn rank(&self, root: u32, path: &str) -> Rank {
        (
            self.version,
            self.updated,
            self.published,
            format!("{path}{}", self.member),
            self.record,
            root,
        )
    }
}

/// The id made of a path and a record number.
pub fn path_id(path: &str, record: u32) -> String {
    match record {
        0 => path.to_owned(),
        n => format!("{path}#{n}"),
    }
}

/// Hash of paths and ids in a run's tables, where full strings are compared afterwards.
pub fn hash32(bytes: &[u8]) -> u32 {
    (xxh3_64(bytes) >> 32) as u32
}

/// Hashes are as likely large as small: eight bytes are shorter than a varint.
mod fixed {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(value: &u64, s: S) -> Result<S::Ok, S::Error> {
        value.to_le_bytes().serialize(s)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<u64, D::Error> {
        <[u8; 8]>::deserialize(d).map(u64::from_le_bytes)
    }
}
