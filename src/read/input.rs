//! What a reader is given: the sniffed head and the stream behind it.

use super::{Options, Trouble};
use std::io::{self, BufRead, Read};

/// The first bytes of an input, for [`Reader::accepts`](super::Reader::accepts).
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    /// Up to 16 KiB as they are.
    pub bytes: &'a [u8],
    /// The same, decoded as well as it can be told so far, without a byte order mark.
    pub text: &'a str,
    /// Whether this is the whole input.
    pub whole: bool,
}

/// One input: a buffered stream of decompressed bytes, with what is known around it.
pub struct Input<'a> {
    /// The name that is printed: relative, `/` between parts, members as `a.zip!/b.html`.
    pub path: &'a str,
    /// The encoding that a protocol named (`charset` of HTTP or MIME); bytes outrank it only by a BOM.
    pub charset: Option<String>,
    pub options: &'a Options,
    stream: Box<dyn BufRead + 'a>,
}

impl<'a> Input<'a> {
    /// An input from its first byte on; `stream` holds decompressed bytes.
    pub fn new(path: &'a str, options: &'a Options, stream: impl BufRead + 'a) -> Self {
        Self {
            path,
            charset: None,
            options,
            stream: Box::new(stream),
        }
    }

    /// All bytes; a failure beyond `limits.record_bytes`, or where the stream breaks.
    pub fn into_bytes(mut self) -> Result<Vec<u8>, Trouble> {
        let limit = self.options.limits.record_bytes;
        let mut bytes = Vec::new();
        (&mut self.stream)
            .take(limit.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(|e| Trouble::io(&e).at(0, bytes.len() as u64))?;
        if bytes.len() as u64 > limit {
            return Err(Trouble::failed(format!(
                "longer than {limit} bytes (--max-record-bytes)"
            )));
        }
        Ok(bytes)
    }
}

impl Read for Input<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.stream.read(buf)
    }
}

impl BufRead for Input<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.stream.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.stream.consume(amount);
    }
}
