//! The block maxima of a posting list, read without its postings.
//!
//! tantivy writes a skip list before each posting list: for every full block of 128 documents its last
//! document, and the pair of length and frequency that scores most in it. Its own cursors hand the pair
//! out only for the block they stand in, once it is unpacked; to leave blocks packed they must be known
//! before. The layout is that of tantivy 0.27, which the index's format number stands for;
//! `impacts_are_those_of_the_postings` compares it with what the cursors say.

use super::bm25::Bm25;
use crate::error::Result;
use tantivy::directory::{CompositeFile, FileSlice, OwnedBytes};
use tantivy::index::SegmentComponent;
use tantivy::postings::TermInfo;
use tantivy::schema::Field;
use tantivy::{DocId, HasLen, Score, SegmentReader};

/// Documents in a full block.
pub const BLOCK: u32 = 128;

/// Bytes of a full block's entry in a field with positions: last document, two widths, number of
/// positions, length, frequency.
const ENTRY: usize = 12;

/// Of the field's file its total of tokens, which stands before the posting lists.
const HEADER: usize = 8;

/// A frequency of this is any from it on.
pub const MOST_FREQ: u8 = u8::MAX;

/// The posting lists of a field with positions, packed as they are.
pub struct Packed(Option<FileSlice>);

impl Packed {
    pub fn open(reader: &SegmentReader, field: Field) -> Result<Self> {
        let file = reader
            .open_read(SegmentComponent::Postings)
            .map_err(tantivy::TantivyError::from)?;
        let file = CompositeFile::open(&file).map_err(tantivy::TantivyError::from)?;
        let lists = file.open_read(field).filter(|f| f.len() >= HEADER);
        Ok(Self(lists.map(|f| f.slice_from(HEADER))))
    }

    /// The skip list of a term.
    pub fn impacts(&self, info: &TermInfo) -> Result<Impacts> {
        let none = Impacts {
            bytes: OwnedBytes::empty(),
        };
        let Some(lists) = self.0.as_ref().filter(|_| info.doc_freq >= BLOCK) else {
            return Ok(none);
        };
        if info.postings_range.end > lists.len() {
            return Ok(none);
        }
        let list = lists
            .slice(info.postings_range.clone())
            .read_bytes()
            .map_err(tantivy::TantivyError::from)?;
        let Some((len, from)) = varint(&list) else {
            return Ok(none);
        };
        let blocks = (info.doc_freq / BLOCK) as usize;
        let end = from.saturating_add(len);
        if len < blocks * ENTRY || end > list.len() {
            return Ok(none);
        }
        let bytes = list.slice(from..from + blocks * ENTRY);
        Ok(Impacts { bytes })
    }
}

/// A number of seven bits a byte, the last one marked, and where it ends.
fn varint(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut number = 0usize;
    for (n, &byte) in bytes.iter().enumerate().take(5) {
        number |= usize::from(byte & 0x7f) << (7 * n);
        if byte >= 0x80 {
            return Some((number, n + 1));
        }
    }
    None
}

/// What the full blocks of a posting list hold at most.
pub struct Impacts {
    bytes: OwnedBytes,
}

impl Impacts {
    /// The number of full blocks; fewer than [`BLOCK`] documents follow them.
    pub fn len(&self) -> usize {
        self.bytes.len() / ENTRY
    }

    /// The last document of a block.
    #[inline]
    pub fn last(&self, block: usize) -> DocId {
        let entry = &self.bytes[block * ENTRY..][..ENTRY];
        DocId::from_le_bytes([entry[0], entry[1], entry[2], entry[3]])
    }

    /// The field norm and the frequency that score most in a block.
    #[inline]
    pub fn most(&self, block: usize) -> (u8, u32) {
        let entry = &self.bytes[block * ENTRY..][..ENTRY];
        let freq = match entry[ENTRY - 1] {
            MOST_FREQ => u32::MAX,
            freq => freq.into(),
        };
        (entry[ENTRY - 2], freq)
    }
}

/// From what tantivy found to score most in a block to what anything in it can score here.
///
/// tantivy compares by its own k1 and b and by the mean length of the segment. If it found
/// `s = f / (f + n)` to be the most, then `f / n ≤ s / (1 − s)` for all of the block, and where the
/// norms of this query are at least `c` times those, `f / (f + n′) ≤ s / (s + c (1 − s))`.
pub struct Ceiling {
    norms: Box<[Score; 256]>,
    c: Score,
}

impl Ceiling {
    /// For a query's parameters over documents of `average` length, and a segment's mean length.
    pub fn new(bm25: Bm25, average: Score, of_segment: Score) -> Self {
        let stock = Bm25::STOCK;
        // Norms grow evenly with the length: their ratio is least at one of its ends.
        let shortest = bm25.k1 * (1.0 - bm25.b) / (stock.k1 * (1.0 - stock.b));
        let longest = bm25.k1 * bm25.b / average / (stock.k1 * stock.b / of_segment);
        Self {
            norms: stock.norms(of_segment),
            c: shortest.min(longest),
        }
    }

    /// The most that a saturated frequency can be in a block.
    #[inline]
    pub fn of(&self, (norm, freq): (u8, u32)) -> Score {
        let freq = freq as Score;
        let most = freq / (freq + self.norms[usize::from(norm)]);
        most / (most + self.c * (1.0 - most))
    }
}
