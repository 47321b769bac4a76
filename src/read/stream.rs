//! Streams that are split before they are decoded: UTF-16 becomes UTF-8 on the way, everything else passes.

use super::encoding;
use encoding_rs::{Decoder, Encoding, UTF_16BE, UTF_16LE};
use std::io::{self, BufRead, Read};

/// Bytes whose line ends, quotes and brackets are ASCII, and where they stood in the file.
///
/// Every encoding but UTF-16 keeps ASCII bytes for ASCII characters wherever they matter to a
/// splitter, so only UTF-16 is transcoded; records are decoded one by one after splitting.
pub(super) struct TextStream<R> {
    inner: R,
    decoder: Option<(Decoder, &'static Encoding)>,
    buffer: Vec<u8>,
    /// What of `buffer` has been consumed.
    used: usize,
    /// Bytes of the file before `buffer[used]`.
    offset: u64,
    ended: bool,
    /// Where the input broke off; told once what came before has been consumed.
    broken: Option<io::Error>,
}

const CHUNK: usize = 64 << 10;

impl<R: BufRead> TextStream<R> {
    /// Looks at the first bytes for UTF-16, and drops a byte order mark.
    pub fn new(inner: R) -> io::Result<Self> {
        let mut stream = Self {
            inner,
            decoder: None,
            buffer: Vec::new(),
            used: 0,
            offset: 0,
            ended: false,
            broken: None,
        };
        stream.refill(16 << 10)?;
        let encoding = encoding::detect_head(&stream.buffer, None);
        let mark = Encoding::for_bom(&stream.buffer).map_or(0, |(_, len)| len);
        if encoding == UTF_16LE || encoding == UTF_16BE {
            let raw = std::mem::take(&mut stream.buffer);
            let mut decoder = encoding.new_decoder_without_bom_handling();
            decode(&mut decoder, &raw[mark..], false, &mut stream.buffer);
            stream.decoder = Some((decoder, encoding));
        } else {
            stream.used = mark;
        }
        stream.offset = mark as u64;
        Ok(stream)
    }

    /// The name of the encoding that was transcoded; `None` if bytes pass as they are.
    pub fn encoding(&self) -> Option<&'static str> {
        self.decoder.as_ref().map(|(_, e)| e.name())
    }

    /// Byte of the file that comes next.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Up to `wanted` bytes that come next, without consuming them.
    pub fn peek(&mut self, wanted: usize) -> io::Result<Vec<u8>> {
        self.refill(wanted)?;
        let rest = self.buffer.get(self.used..).unwrap_or_default();
        Ok(rest[..rest.len().min(wanted)].to_vec())
    }

    /// Reads on until `wanted` bytes are buffered or the input ends.
    fn refill(&mut self, wanted: usize) -> io::Result<()> {
        while !self.ended && self.buffer.len() - self.used < wanted {
            self.buffer.drain(..self.used);
            self.used = 0;
            let chunk = match self.inner.fill_buf() {
                Ok(chunk) => chunk,
                Err(e) => {
                    self.broken = Some(e);
                    self.ended = true;
                    break;
                }
            };
            let taken = chunk.len().min(CHUNK);
            self.ended = taken == 0;
            match &mut self.decoder {
                Some((decoder, _)) => {
                    decode(decoder, &chunk[..taken], self.ended, &mut self.buffer)
                }
                None => self.buffer.extend_from_slice(&chunk[..taken]),
            }
            self.inner.consume(taken);
        }
        Ok(())
    }
}

fn decode(decoder: &mut Decoder, bytes: &[u8], last: bool, out: &mut Vec<u8>) {
    let mut text = String::with_capacity(
        decoder
            .max_utf8_buffer_length(bytes.len())
            .unwrap_or(CHUNK * 3),
    );
    let _ = decoder.decode_to_string(bytes, &mut text, last);
    out.extend_from_slice(text.as_bytes());
}

/// [`Read::read`] of a stream that keeps a buffer of its own.
pub(super) fn read_buffered(stream: &mut impl BufRead, buf: &mut [u8]) -> io::Result<usize> {
    let chunk = stream.fill_buf()?;
    let n = chunk.len().min(buf.len());
    buf[..n].copy_from_slice(&chunk[..n]);
    stream.consume(n);
    Ok(n)
}

impl<R: BufRead> Read for TextStream<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        read_buffered(self, buf)
    }
}

impl<R: BufRead> BufRead for TextStream<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.used >= self.buffer.len() {
            self.refill(1)?;
            if self.used >= self.buffer.len()
                && let Some(e) = self.broken.take()
            {
                return Err(e);
            }
        }
        Ok(self.buffer.get(self.used..).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        let end = (self.used + amount).min(self.buffer.len());
        let passed = &self.buffer[self.used..end];
        self.offset += match self.decoder {
            Some(_) => utf16_bytes(passed),
            None => passed.len() as u64,
        };
        self.used = end;
    }
}

/// How many bytes of UTF-16 gave these bytes of UTF-8: two for each character, four beyond the basic plane.
pub(super) fn utf16_bytes(utf8: &[u8]) -> u64 {
    utf8.iter()
        .map(|b| match b {
            0x80..=0xBF => 0,
            0xF0.. => 4,
            _ => 2,
        })
        .sum()
}
