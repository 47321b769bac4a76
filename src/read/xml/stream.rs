//! Any encoding → UTF-8, with the place in the file and a budget for the record at hand.

use super::super::{Input, encoding, html, stream::read_buffered};
use encoding_rs::{Decoder, Encoding, UTF_8};
use std::cell::Cell;
use std::io::{self, BufRead, Read};
use std::rc::Rc;

const CHUNK: usize = 64 << 10;

/// Valid UTF-8 without a byte order mark and without an XML declaration, which would name another encoding.
pub(super) struct Utf8Stream<R> {
    inner: R,
    decoder: Decoder,
    encoding: &'static Encoding,
    buffer: String,
    used: usize,
    /// Bytes of the file before `buffer[used]`; exact wherever the text encodes back to what it was.
    offset: u64,
    ended: bool,
    budget: Rc<Cell<u64>>,
}

impl<'a> Utf8Stream<Input<'a>> {
    pub fn new(mut input: Input<'a>, budget: Rc<Cell<u64>>) -> io::Result<Self> {
        let mut head = Vec::new();
        while head.len() < 16 << 10 {
            let chunk = input.fill_buf()?;
            if chunk.is_empty() {
                break;
            }
            let taken = chunk.len().min((16 << 10) - head.len());
            head.extend_from_slice(&chunk[..taken]);
            input.consume(taken);
        }
        let label = input
            .charset
            .clone()
            .or_else(|| html::declared_charset(&head));
        let encoding = encoding::detect_head(&head, label.as_deref());
        let mark = Encoding::for_bom(&head).map_or(0, |(_, len)| len);
        let mut stream = Self {
            inner: input,
            decoder: encoding.new_decoder_without_bom_handling(),
            encoding,
            buffer: String::new(),
            used: 0,
            offset: mark as u64,
            ended: false,
            budget,
        };
        stream.decode(&head[mark..], false);
        if let Some(end) = stream
            .buffer
            .trim_start()
            .strip_prefix("<?xml")
            .and_then(|r| r.find("?>"))
        {
            let declaration = stream.buffer.len() - stream.buffer.trim_start().len() + 5 + end + 2;
            stream.skip(declaration);
        }
        Ok(stream)
    }
}

impl<R> Utf8Stream<R> {
    pub fn encoding(&self) -> &'static str {
        self.encoding.name()
    }

    /// The byte of the file that comes next.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    fn decode(&mut self, bytes: &[u8], last: bool) {
        let room = self
            .decoder
            .max_utf8_buffer_length(bytes.len())
            .unwrap_or(CHUNK * 3);
        self.buffer.reserve(room);
        let _ = self.decoder.decode_to_string(bytes, &mut self.buffer, last);
    }

    fn skip(&mut self, amount: usize) {
        let end = (self.used + amount).min(self.buffer.len());
        let passed = self.buffer.get(self.used..end).unwrap_or_default();
        self.offset += match self.encoding {
            e if e == UTF_8 => passed.len() as u64,
            e if !e.is_ascii_compatible() => passed.encode_utf16().count() as u64 * 2,
            e => e.encode(passed).0.len() as u64,
        };
        self.used = end;
    }
}

impl<R: BufRead> Read for Utf8Stream<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        read_buffered(self, buf)
    }
}

impl<R: BufRead> BufRead for Utf8Stream<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.used >= self.buffer.len() && !self.ended {
            if self.budget.get() == 0 {
                return Err(io::Error::other("the record is too long"));
            }
            self.buffer.clear();
            self.used = 0;
            let chunk = self.inner.fill_buf()?;
            let taken = chunk.len().min(CHUNK);
            self.ended = taken == 0;
            let bytes = chunk[..taken].to_vec();
            self.inner.consume(taken);
            self.budget
                .set(self.budget.get().saturating_sub(taken as u64));
            self.decode(&bytes, self.ended);
        }
        Ok(self.buffer.as_bytes().get(self.used..).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        self.skip(amount);
    }
}
