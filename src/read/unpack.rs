//! Streams out of containers: metered, whole or broken off, many members as one.

use std::{
    cell::Cell,
    io::{self, BufRead, Read},
    rc::Rc,
};

/// Fails once with the error, if there is one, and is empty else.
pub(super) struct Break(pub Option<io::Error>);

impl Read for Break {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

impl BufRead for Break {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.0.take().map_or(Ok(&[]), Err)
    }

    fn consume(&mut self, _: usize) {}
}

/// What all the layers of one file may still give.
pub(super) struct Budget {
    left: Cell<u64>,
    limit: u64,
    /// The flag that sets the limit.
    flag: &'static str,
}

impl Budget {
    pub fn new(limit: u64, flag: &'static str) -> Rc<Self> {
        Rc::new(Self {
            left: Cell::new(limit),
            limit,
            flag,
        })
    }
}

/// Counts decompressed bytes against the file's budget.
pub(super) struct Metered<R> {
    inner: R,
    budget: Rc<Budget>,
}

impl<R> Metered<R> {
    pub fn new(inner: R, budget: &Rc<Budget>) -> Self {
        Self {
            inner,
            budget: Rc::clone(budget),
        }
    }
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buf)?;
        match self.budget.left.get().checked_sub(n as u64) {
            Some(left) => self.budget.left.set(left),
            None => {
                return Err(io::Error::other(format!(
                    "expands to more than {} bytes ({})",
                    self.budget.limit, self.budget.flag
                )));
            }
        }
        Ok(n)
    }
}

/// A member that must be as long as its header says; the archive's crate gives what is there.
pub(super) struct Whole<R> {
    pub inner: R,
    /// Bytes still to come.
    pub left: u64,
}

impl<R: Read> Read for Whole<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buf)?;
        self.left = self.left.saturating_sub(n as u64);
        if n == 0 && self.left > 0 && !buf.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(n)
    }
}

/// All members of a gzip file as one stream; what follows the last one is ignored, as gzip does.
pub(super) struct MultiGzip<'t, R: BufRead> {
    member: Option<flate2::bufread::GzDecoder<R>>,
    /// Set where bytes between two members were passed over.
    gap: &'t Cell<bool>,
}

impl<'t, R: BufRead> MultiGzip<'t, R> {
    pub fn new(stream: R, gap: &'t Cell<bool>) -> Self {
        Self {
            member: Some(flate2::bufread::GzDecoder::new(stream)),
            gap,
        }
    }
}

impl<R: BufRead> Read for MultiGzip<'_, R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            let n = member.read(buf)?;
            if n > 0 || buf.is_empty() {
                return Ok(n);
            }
            if let Some(member) = self.member.take() {
                let mut rest = member.into_inner();
                let follows = match rest.fill_buf()?.first() {
                    Some(0x1F) => true,
                    Some(0) => false,
                    Some(_) => {
                        let found = seek_member(&mut rest)?;
                        self.gap.set(self.gap.get() || found);
                        found
                    }
                    None => false,
                };
                if follows {
                    self.member = Some(flate2::bufread::GzDecoder::new(rest));
                }
            }
        }
        Ok(0)
    }
}

/// Goes on to the next beginning of a gzip member; `false` at the end.
fn seek_member(stream: &mut impl BufRead) -> io::Result<bool> {
    const MAGIC: [u8; 3] = [0x1F, 0x8B, 0x08];
    loop {
        let buffer = stream.fill_buf()?;
        if buffer.is_empty() {
            return Ok(false);
        }
        if buffer.starts_with(&MAGIC) {
            return Ok(true);
        }
        // A beginning that the buffer cuts in two is missed: too rare to copy for.
        let next = memchr::memmem::find(buffer, &MAGIC).unwrap_or(buffer.len());
        stream.consume(next);
    }
}
