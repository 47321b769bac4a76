//! How blocks of stored passages are packed, and read back from a segment.
//!
//! A block's texts are packed with zstd and the index's dictionary, which is made of the first articles
//! that an index is given: blocks of one article each then take less room than blocks of several
//! articles without it (.41 of the bytes instead of .52 in blocks of 16 KiB), and a passage is shown
//! by unpacking a few kilobytes. The dictionary is a side table and stays for the life of the index;
//! small indexes have none.
//!
//! A packed block is a byte of [`Form`], the number of bytes of its texts, that of its numbers, the
//! numbers, and the packed texts.

use super::archive::Snapshot;
use super::stored::{self, Block, Head, Stored, TOGETHER};
use crate::error::{Error, Result};
use crate::passage::Passage;
use rustc_hash::FxHashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tantivy::columnar::Column;
use tantivy::directory::OwnedBytes;
use tantivy::schema::Field;
use tantivy::store::StoreReader;
use tantivy::{DocId, SegmentReader};
use zstd::bulk::{Compressor, Decompressor};

/// Name of the side table that holds the dictionary.
pub const DICTIONARY: &str = "dictionary";
/// zstd's level; 6 takes 5 % fewer bytes and four times as long.
const LEVEL: i32 = 3;
/// Bytes of the largest dictionary; twice as many took 1 % off the packed texts.
const MOST_DICTIONARY_BYTES: usize = 112 << 10;
/// A dictionary takes this share of what an index is first given.
const DICTIONARY_SHARE: u64 = 128;
/// A smaller one is not worth its file.
const LEAST_DICTIONARY_BYTES: usize = 8 << 10;
/// Bytes of the texts that a dictionary is made of, in times its own; 24 times took 1 % off the packed
/// texts and a tenth longer to index text alone.
const SAMPLE_TIMES: usize = 8;
/// Texts that shrink to less than this share are kept as they are, so that damage makes no room for
/// more than this many times the bytes that are there.
const MOST_SHRINKING: usize = 1024;
/// Idle decompressors kept, of about 300 KB each.
const MOST_IDLE: usize = 16;

/// How a block's texts are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Plain = 0,
    Alone = 1,
    WithDictionary = 2,
}

/// The size that a dictionary for so many bytes of articles is to have; 0 for none.
pub fn dictionary_bytes(articles_bytes: u64) -> usize {
    let share = usize::try_from(articles_bytes / DICTIONARY_SHARE).unwrap_or(usize::MAX);
    match share < LEAST_DICTIONARY_BYTES {
        true => 0,
        false => share.min(MOST_DICTIONARY_BYTES),
    }
}

/// How many bytes of texts a dictionary of `bytes` is made of.
pub fn sample_bytes(bytes: usize) -> usize {
    bytes * SAMPLE_TIMES
}

/// Makes a dictionary of samples, each one the texts of a block; empty where they are too few.
pub fn dictionary(samples: &[Vec<u8>], bytes: usize) -> Vec<u8> {
    zstd::dict::from_samples(samples, bytes).unwrap_or_default()
}

/// Packs blocks of passages.
pub struct Packer {
    compressor: Compressor<'static>,
    form: Form,
    block: Block,
}

impl Packer {
    /// `dictionary` is empty where there is none.
    pub fn new(dictionary: &[u8]) -> Result<Self> {
        let compressor = Compressor::with_dictionary(LEVEL, dictionary).and_then(|mut c| {
            c.include_dictid(false)?;
            Ok(c)
        });
        Ok(Self {
            compressor: compressor.map_err(|e| Error::Damaged(format!("zstd: {e}")))?,
            form: match dictionary.is_empty() {
                true => Form::Alone,
                false => Form::WithDictionary,
            },
            block: Block::default(),
        })
    }

    /// Replaces `out` by the packed block of at most [`TOGETHER`] passages of an article.
    pub fn pack(
        &mut self,
        passages: &[Passage],
        head: Option<&Head>,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        stored::encode(passages, head, &mut self.block)?;
        let Block { texts, numbers } = &self.block;
        let packed = self.compressor.compress(texts).unwrap_or_default();
        let shrinks = packed.len() < texts.len() && packed.len() * MOST_SHRINKING >= texts.len();
        let (form, texts_packed) = match shrinks {
            true => (self.form, &packed),
            false => (Form::Plain, texts),
        };
        out.clear();
        out.push(form as u8);
        put(out, texts.len());
        put(out, numbers.len());
        out.extend_from_slice(numbers);
        out.extend_from_slice(texts_packed);
        Ok(())
    }
}

/// Unpacks blocks of passages.
pub struct Unpacker {
    dictionary: OwnedBytes,
    idle: Mutex<Vec<Decompressor<'static>>>,
}

impl Unpacker {
    /// `dictionary` is empty where there is none.
    pub fn new(dictionary: OwnedBytes) -> Self {
        Self {
            dictionary,
            idle: Mutex::default(),
        }
    }

    /// That of a commit.
    pub fn of(snapshot: &Snapshot) -> Self {
        Self::new(snapshot.table(DICTIONARY).unwrap_or_else(OwnedBytes::empty))
    }

    fn unpack(&self, packed: &[u8]) -> Option<Block> {
        let (&form, mut rest) = packed.split_first()?;
        let len = take(&mut rest)?;
        let numbers = take(&mut rest)?;
        let (numbers, texts) = rest.split_at_checked(numbers)?;
        let texts = match form {
            f if f == Form::Plain as u8 => texts.to_vec(),
            _ if len > texts.len() * MOST_SHRINKING => return None,
            f if f == Form::Alone as u8 => zstd::bulk::decompress(texts, len).ok()?,
            f if f == Form::WithDictionary as u8 => self.with_dictionary(texts, len)?,
            _ => return None,
        };
        (texts.len() == len).then(|| Block {
            texts,
            numbers: numbers.to_vec(),
        })
    }

    fn with_dictionary(&self, texts: &[u8], len: usize) -> Option<Vec<u8>> {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = idle().pop();
        let mut decompressor = match waiting {
            Some(decompressor) => decompressor,
            None => Decompressor::with_dictionary(&self.dictionary).ok()?,
        };
        let unpacked = decompressor.decompress(texts, len).ok()?;
        let mut idle = idle();
        if idle.len() < MOST_IDLE {
            idle.push(decompressor);
        }
        Some(unpacked)
    }
}

/// Reads what is stored with the passages of one segment.
pub struct Passages {
    reader: StoreReader,
    field: Field,
    ordinals: Column<u64>,
    unpacker: Arc<Unpacker>,
    unpacked: Mutex<Unpacked>,
}

/// Packed blocks that tantivy's store keeps by itself.
const PACKED_BLOCKS: usize = 4;

impl Passages {
    /// Keeps up to about `kept_bytes` of unpacked blocks.
    pub fn open(
        segment: &SegmentReader,
        field: Field,
        unpacker: Arc<Unpacker>,
        kept_bytes: usize,
    ) -> Result<Self> {
        Ok(Self {
            reader: segment
                .get_store_reader(PACKED_BLOCKS)
                .map_err(tantivy::TantivyError::from)?,
            field,
            ordinals: segment.fast_fields().u64("ordinal")?,
            unpacker,
            unpacked: Mutex::new(Unpacked::new(kept_bytes)),
        })
    }

    /// The passage `doc`, with its article's head if it is the first.
    pub fn read(&self, doc: DocId) -> Result<Stored> {
        let (block, nth) = self.block(doc)?;
        stored::decode(&block, nth)
    }

    /// The passage `doc`, with its article's head if it is one of the first [`TOGETHER`].
    ///
    /// Its names and dates are left out unless `mentions` are asked for.
    pub fn read_with_head(&self, doc: DocId, mentions: bool) -> Result<Stored> {
        let (block, nth) = self.block(doc)?;
        stored::decode_with_head(&block, nth, mentions)
    }

    /// The block that holds a passage, and its number there.
    fn block(&self, doc: DocId) -> Result<(Arc<Block>, usize)> {
        let ordinal = self.ordinals.first(doc).unwrap_or(0);
        let nth = (ordinal % TOGETHER as u64) as u32;
        let first = doc.checked_sub(nth).ok_or_else(|| damaged(doc))?;
        let kept = || self.unpacked.lock().unwrap_or_else(PoisonError::into_inner);
        let known = kept().get(first);
        let block = match known {
            Some(block) => block,
            None => {
                let document = self.reader.get_document_bytes(first)?;
                let block = stored::bytes_of(&document, self.field)
                    .and_then(|bytes| self.unpacker.unpack(bytes))
                    .ok_or_else(|| damaged(doc))?;
                let block = Arc::new(block);
                kept().put(first, Arc::clone(&block));
                block
            }
        };
        Ok((block, nth as usize))
    }
}

fn damaged(doc: DocId) -> Error {
    Error::Damaged(format!(
        "what is stored of passage {doc} cannot be read; run `dateline verify`"
    ))
}

/// Blocks that were unpacked lately: the newer half of them, and the half before.
struct Unpacked {
    newer: FxHashMap<DocId, Arc<Block>>,
    older: FxHashMap<DocId, Arc<Block>>,
    newer_bytes: usize,
    half_bytes: usize,
}

impl Unpacked {
    fn new(bytes: usize) -> Self {
        Self {
            newer: FxHashMap::default(),
            older: FxHashMap::default(),
            newer_bytes: 0,
            half_bytes: bytes / 2,
        }
    }

    fn get(&mut self, first: DocId) -> Option<Arc<Block>> {
        if let Some(block) = self.newer.get(&first) {
            return Some(Arc::clone(block));
        }
        let block = self.older.remove(&first)?;
        self.put(first, Arc::clone(&block));
        Some(block)
    }

    fn put(&mut self, first: DocId, block: Arc<Block>) {
        /// About what a block takes besides its bytes.
        const AROUND: usize = 128;
        let bytes = block.texts.len() + block.numbers.len() + AROUND;
        if self.newer_bytes + bytes > self.half_bytes {
            self.older = std::mem::take(&mut self.newer);
            self.newer_bytes = 0;
        }
        self.newer_bytes += bytes;
        self.newer.insert(first, block);
    }
}

fn put(out: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn take(rest: &mut &[u8]) -> Option<usize> {
    let mut number = 0u64;
    for shift in (0..35).step_by(7) {
        let (&byte, after) = rest.split_first()?;
        *rest = after;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return usize::try_from(number).ok();
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Article;

    fn passages(n: u32) -> Vec<Passage> {
        (0..n)
            .map(|ordinal| Passage {
                ordinal,
                text: format!("The ferry to island {ordinal} sails twice a day from July on. ")
                    .repeat(6),
                ..Passage::default()
            })
            .collect()
    }

    fn round(dictionary: &[u8], text: &str) -> Vec<u8> {
        let mut passages = passages(3);
        passages[1].text = text.to_owned();
        let head = Head {
            article: Article::default(),
            passages: 3,
        };
        let mut packed = Vec::new();
        let mut packer = Packer::new(dictionary).unwrap();
        packer.pack(&passages, Some(&head), &mut packed).unwrap();
        let unpacker = Unpacker::new(OwnedBytes::new(dictionary.to_vec()));
        let block = unpacker.unpack(&packed).unwrap();
        for (n, passage) in passages.iter().enumerate() {
            assert_eq!(stored::decode(&block, n).unwrap().passage, *passage);
        }
        packed
    }

    #[test]
    fn a_packed_block_is_unpacked_with_and_without_a_dictionary() {
        let samples: Vec<Vec<u8>> = (0..400)
            .map(|n| {
                format!(
                    "Sentence {n} of the ferry that sails twice a day to {}.",
                    n * 7
                )
                .into_bytes()
            })
            .collect();
        let made = dictionary(&samples, 4096);
        assert!(!made.is_empty());
        let with = round(&made, "x");
        assert_eq!(with[0], Form::WithDictionary as u8);
        assert_eq!(round(&[], "x")[0], Form::Alone as u8);
        let other = Unpacker::new(OwnedBytes::empty());
        assert_eq!(other.unpack(&with), None);
    }

    #[test]
    fn a_text_of_one_letter_makes_no_small_block_that_unpacks_to_a_large_one() {
        let packed = round(&[], &"a".repeat(4_000_000));
        assert_eq!(packed[0], Form::Plain as u8);
    }

    #[test]
    fn a_block_that_claims_more_than_it_can_hold_is_damage() {
        let unpacker = Unpacker::new(OwnedBytes::empty());
        let mut packed = round(&[], "x");
        assert!(unpacker.unpack(&packed).is_some());
        packed.truncate(packed.len() - 1);
        assert_eq!(unpacker.unpack(&packed), None);
        assert_eq!(unpacker.unpack(&[1, 0xff, 0xff, 0xff, 0x7f, 0, 40]), None);
    }

    #[test]
    fn blocks_used_lately_are_kept_within_their_bytes() {
        let mut unpacked = Unpacked::new(4_000);
        for first in 0..100 {
            unpacked.put(
                first,
                Arc::new(Block {
                    texts: vec![0; 372],
                    numbers: vec![],
                }),
            );
            assert!(unpacked.get(first).is_some());
            assert!(unpacked.get(0).is_some(), "used after every other one");
        }
        assert!(unpacked.newer.len() + unpacked.older.len() <= 8);
        assert!(unpacked.get(50).is_none());
    }
}
