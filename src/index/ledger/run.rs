//! One immutable run of the ledger, as bytes.
//!
//! ```text
//! magic (8) | files u32 | records u32 | kills u32 | 0 u32 | bytes of entries u64
//! entries       a file's head, then its records, postcard
//! file offsets  u32 a file, into entries
//! by path       (hash u32, file u32) a file, sorted
//! records       (file u32, offset into entries u32) a record
//! by id         (hash u32, record u32) a record, sorted
//! by kill       (hash u32, record u32) a killed id, sorted
//! ```
//! Integers are little-endian. Entries take less than 4 GiB, about 80 bytes an article; the tables
//! 28 bytes. An id's hash only narrows the search: full ids are compared.

use super::entry::{FileEntry, FileHead, Record, hash32};
use crate::error::{Error, Result};
use serde::de::DeserializeOwned;
use std::ops::Range;
use tantivy::directory::OwnedBytes;

const MAGIC: &[u8; 8] = b"dl-ledg1";
const HEADER: usize = 32;
/// Entries of a run end before this, so that offsets fit in 32 bits.
const MAX_ENTRIES: usize = 3 << 30;

/// A run opened for reading.
pub struct Run {
    name: String,
    bytes: OwnedBytes,
    files: u32,
    records: u32,
    kills: u32,
    entries: u64,
}

impl Run {
    /// Checks the header against the length; entries are checked when they are read.
    pub fn open(name: &str, bytes: OwnedBytes) -> Result<Self> {
        let run = Self {
            name: name.to_owned(),
            files: le32(&bytes, 8).unwrap_or(0),
            records: le32(&bytes, 12).unwrap_or(0),
            kills: le32(&bytes, 16).unwrap_or(0),
            entries: le64(&bytes, 24).unwrap_or(0),
            bytes,
        };
        let expected = (HEADER as u64)
            .checked_add(run.entries)
            .and_then(|n| n.checked_add(u64::from(run.files) * 12))
            .and_then(|n| n.checked_add(u64::from(run.records) * 16))
            .and_then(|n| n.checked_add(u64::from(run.kills) * 8));
        if !run.bytes.starts_with(MAGIC) || expected != Some(run.bytes.len() as u64) {
            return Err(run.damaged("not a run of the ledger"));
        }
        Ok(run)
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub fn files(&self) -> u32 {
        self.files
    }

    pub fn records(&self) -> u32 {
        self.records
    }

    /// Whether a record of it kills an id.
    pub fn has_kills(&self) -> bool {
        self.kills > 0
    }

    fn damaged(&self, what: &str) -> Error {
        Error::Damaged(format!(
            "{}: {what}; `dateline index --rebuild` writes the index anew",
            self.name
        ))
    }

    fn section(&self, number: usize) -> Range<usize> {
        let (files, records) = (self.files as usize, self.records as usize);
        let sizes = [
            self.entries as usize,
            files * 4,
            files * 8,
            records * 8,
            records * 8,
            self.kills as usize * 8,
        ];
        let start = HEADER + sizes[..number].iter().sum::<usize>();
        start..start + sizes[number]
    }

    fn pair(&self, section: usize, at: u32) -> (u32, u32) {
        let start = self.section(section).start + at as usize * 8;
        (
            le32(&self.bytes, start).unwrap_or(0),
            le32(&self.bytes, start + 4).unwrap_or(0),
        )
    }

    /// The second halves of a sorted section's pairs that begin with `hash`.
    fn equal(&self, section: usize, count: u32, hash: u32) -> impl Iterator<Item = u32> + '_ {
        let (mut low, mut high) = (0, count);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.pair(section, middle).0 < hash {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        (low..count)
            .map(move |at| self.pair(section, at))
            .take_while(move |pair| pair.0 == hash)
            .map(|pair| pair.1)
    }

    fn decode<T: DeserializeOwned>(&self, offset: usize) -> Result<(T, usize)> {
        let entries = &self.bytes[self.section(0)];
        let rest = entries
            .get(offset..)
            .ok_or_else(|| self.damaged("an entry lies outside the ledger"))?;
        let (value, left) = postcard::take_from_bytes(rest)
            .map_err(|e| self.damaged(&format!("an entry cannot be decoded ({e})")))?;
        Ok((value, offset + rest.len() - left.len()))
    }

    fn file_offset(&self, file: u32) -> Result<usize> {
        if file >= self.files {
            return Err(self.damaged("a file's number is out of range"));
        }
        let start = self.section(1).start + file as usize * 4;
        Ok(le32(&self.bytes, start).unwrap_or(0) as usize)
    }

    /// The last entry of a file.
    pub fn find(&self, root: u32, path: &str) -> Result<Option<u32>> {
        let mut found = None;
        for file in self.equal(2, self.files, hash32(path.as_bytes())) {
            let head = self.head(file)?;
            if head.root == root && head.path == path {
                found = found.max(Some(file));
            }
        }
        Ok(found)
    }

    pub fn head(&self, file: u32) -> Result<FileHead> {
        Ok(self.decode(self.file_offset(file)?)?.0)
    }

    pub fn entry(&self, file: u32) -> Result<FileEntry> {
        let (head, mut offset): (FileHead, usize) = self.decode(self.file_offset(file)?)?;
        let mut records = Vec::new();
        for _ in 0..head.records {
            let (record, next) = self.decode(offset)?;
            records.push(record);
            offset = next;
        }
        Ok(FileEntry { head, records })
    }

    /// A record and the number of its file.
    pub fn record(&self, record: u32) -> Result<(u32, Record)> {
        if record >= self.records {
            return Err(self.damaged("a record's number is out of range"));
        }
        let (file, offset) = self.pair(3, record);
        Ok((file, self.decode(offset as usize)?.0))
    }

    /// Calls `f` with every record of a file, decoding one at a time.
    pub fn for_each_record(
        &self,
        file: u32,
        mut f: impl FnMut(Record) -> Result<()>,
    ) -> Result<()> {
        let (head, mut offset): (FileHead, usize) = self.decode(self.file_offset(file)?)?;
        for _ in 0..head.records {
            let (record, next) = self.decode(offset)?;
            f(record)?;
            offset = next;
        }
        Ok(())
    }

    /// The short hashes of all ids with their records, sorted.
    pub fn id_hashes(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        (0..self.records).map(|at| self.pair(4, at))
    }

    /// Records that are kill notices; one that kills several ids comes several times.
    pub fn killing_records(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.kills).map(|at| self.pair(5, at).1)
    }

    pub fn records_with_id(&self, hash: u32) -> impl Iterator<Item = u32> + '_ {
        self.equal(4, self.records, hash)
    }

    pub fn records_killing(&self, hash: u32) -> impl Iterator<Item = u32> + '_ {
        self.equal(5, self.kills, hash)
    }
}

/// The records of one file, encoded one by one: a file may hold millions.
#[derive(Default)]
pub struct Records {
    bytes: Vec<u8>,
    /// Offset in `bytes` and hash of the id.
    list: Vec<(u32, u32)>,
    /// Hash of a killed id and the record's place in `list`.
    kills: Vec<(u32, u32)>,
}

impl Records {
    pub fn push(&mut self, record: &Record, head: &FileHead) -> Result<()> {
        let number = index(self.list.len())?;
        let offset = index(self.bytes.len())?;
        let bytes = std::mem::take(&mut self.bytes);
        self.bytes = postcard::to_extend(record, bytes).map_err(unencoded)?;
        let id = record.id(&head.path, head.prefix());
        self.list.push((offset, hash32(id.as_bytes())));
        let killed = record.kills.iter().map(|k| (hash32(k.as_bytes()), number));
        self.kills.extend(killed);
        Ok(())
    }
}

fn unencoded(e: postcard::Error) -> Error {
    Error::Usage(format!("the ledger: {e}"))
}

/// Collects entries into a run.
#[derive(Default)]
pub struct RunBuilder {
    entries: Vec<u8>,
    file_offsets: Vec<u32>,
    by_path: Vec<(u32, u32)>,
    records: Vec<(u32, u32)>,
    by_id: Vec<(u32, u32)>,
    by_kill: Vec<(u32, u32)>,
}

impl RunBuilder {
    pub fn is_empty(&self) -> bool {
        self.file_offsets.is_empty()
    }

    /// Number of file entries.
    pub fn files(&self) -> usize {
        self.file_offsets.len()
    }

    /// Bytes held in memory.
    pub fn size(&self) -> usize {
        self.entries.len() + self.file_offsets.len() * 12 + self.records.len() * 16
    }

    /// Appends a file; a later entry of the same file replaces an earlier one.
    pub fn push(&mut self, entry: &FileEntry) -> Result<()> {
        let mut records = Records::default();
        for record in &entry.records {
            records.push(record, &entry.head)?;
        }
        self.push_encoded(&entry.head, records)
    }

    /// As [`push`](Self::push), with records that were encoded as they came.
    pub fn push_encoded(&mut self, head: &FileHead, records: Records) -> Result<()> {
        let file = index(self.file_offsets.len())?;
        let first = index(self.records.len())?;
        let mut head = head.clone();
        head.records = index(records.list.len())?;
        let offset = self.append(&head)?;
        self.file_offsets.push(offset);
        self.by_path.push((hash32(head.path.as_bytes()), file));
        let start = index(self.entries.len())?;
        if self.entries.len() + records.bytes.len() > MAX_ENTRIES {
            return Err(too_large());
        }
        self.entries.extend_from_slice(&records.bytes);
        for (number, (offset, hash)) in (first..).zip(records.list) {
            self.records.push((file, start + offset));
            self.by_id.push((hash, number));
        }
        let kills = records.kills.into_iter();
        self.by_kill
            .extend(kills.map(|(hash, n)| (hash, first + n)));
        Ok(())
    }

    fn append(&mut self, value: &impl serde::Serialize) -> Result<u32> {
        let offset = self.entries.len();
        if offset > MAX_ENTRIES {
            return Err(too_large());
        }
        let entries = std::mem::take(&mut self.entries);
        self.entries = postcard::to_extend(value, entries).map_err(unencoded)?;
        index(offset)
    }

    /// The bytes of the run.
    pub fn finish(mut self) -> Vec<u8> {
        self.by_path.sort_unstable();
        self.by_id.sort_unstable();
        self.by_kill.sort_unstable();
        let mut out = Vec::with_capacity(HEADER + self.size() + self.by_kill.len() * 8);
        out.extend_from_slice(MAGIC);
        for count in [
            self.file_offsets.len(),
            self.records.len(),
            self.by_kill.len(),
            0,
        ] {
            out.extend_from_slice(&(count as u32).to_le_bytes());
        }
        out.extend_from_slice(&(self.entries.len() as u64).to_le_bytes());
        out.append(&mut self.entries);
        for offset in self.file_offsets {
            out.extend_from_slice(&offset.to_le_bytes());
        }
        for pairs in [self.by_path, self.records, self.by_id, self.by_kill] {
            for (a, b) in pairs {
                out.extend_from_slice(&a.to_le_bytes());
                out.extend_from_slice(&b.to_le_bytes());
            }
        }
        out
    }
}

fn index(n: usize) -> Result<u32> {
    u32::try_from(n).map_err(|_| too_large())
}

fn too_large() -> Error {
    Error::Usage("the ledger: more than 3 GiB in one commit; index in several steps".to_owned())
}

fn le32(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(bytes.try_into().ok()?))
}

fn le64(bytes: &[u8], at: usize) -> Option<u64> {
    let bytes = bytes.get(at..at.checked_add(8)?)?;
    Some(u64::from_le_bytes(bytes.try_into().ok()?))
}
