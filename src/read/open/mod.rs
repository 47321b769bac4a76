//! Opens files and streams: containers within limits, then the reader that fits best.

mod archive;

use super::{
    Articles, Fit, Head, Input, Options, Reader, Trouble, encoding, finish, readers,
    sniff::{self, Container},
    unpack::{Break, Budget, Metered, MultiGzip},
};
use crate::article::Article;
use std::{
    cell::Cell,
    fs::File,
    io::{BufRead, BufReader, Cursor, Read, Seek},
    ops::ControlFlow,
    path::Path,
    rc::Rc,
};

/// One article, or why there is none, and the path that it belongs to.
#[derive(Debug)]
pub struct Outcome {
    /// The path given, with `!/member` inside containers.
    pub path: String,
    pub result: Result<Article, Trouble>,
}

/// Takes outcomes one by one; `Break` stops the reading.
pub type Sink<'a> = dyn FnMut(Outcome) -> ControlFlow<()> + 'a;

/// How much of an input is looked at to tell its format.
const HEAD_BYTES: u64 = 16 << 10;
/// A container may give this much before its ratio counts.
const FREE_BYTES: u64 = 256 << 20;
/// A zip archive inside another container is kept in memory up to this size, else read in one pass.
const NESTED_ZIP_BYTES: u64 = 64 << 20;

/// Reads one file, whatever it is, and hands everything in it to `sink` in order.
///
/// `file` is what is opened, `path` what articles carry and messages print. Never panics, and
/// never reads what is no regular file. Returns `Break` only where the sink did.
pub fn read_file(
    file: &Path,
    path: &str,
    options: &Options,
    sink: &mut Sink<'_>,
) -> ControlFlow<()> {
    match open_regular(file, options.limits.file_bytes) {
        Ok((handle, bytes)) => {
            let mut opener = Opener::new(options, bytes, sink);
            opener.file(path, handle)
        }
        Err(trouble) => sink(Outcome {
            path: path.to_owned(),
            result: Err(trouble),
        }),
    }
}

/// Reads a stream (standard input, a test's bytes) as [`read_file`] reads a file.
pub fn read_stream(
    path: &str,
    stream: impl Read,
    options: &Options,
    sink: &mut Sink<'_>,
) -> ControlFlow<()> {
    let mut opener = Opener::new(options, u64::MAX, sink);
    let stream = opener.metered(stream);
    opener.stream(path, &mut BufReader::with_capacity(64 << 10, stream), 0)
}

fn open_regular(file: &Path, limit: u64) -> Result<(File, u64), Trouble> {
    let stat = std::fs::metadata(file).map_err(|e| Trouble::io(&e))?;
    // Opening a FIFO would wait for a writer for ever.
    if !stat.is_file() {
        return Err(Trouble::skipped("not a regular file"));
    }
    if stat.len() > limit {
        return Err(Trouble::failed(format!(
            "longer than {limit} bytes (--max-file-bytes)"
        )));
    }
    let handle = File::open(file).map_err(|e| Trouble::io(&e))?;
    Ok((handle, stat.len()))
}

struct Opener<'o, 's> {
    options: &'o Options,
    budget: Rc<Budget>,
    sink: &'o mut Sink<'s>,
    /// Outcomes so far.
    given: u64,
}

impl<'o, 's> Opener<'o, 's> {
    fn new(options: &'o Options, bytes: u64, sink: &'o mut Sink<'s>) -> Self {
        let limits = &options.limits;
        let by_ratio = bytes.saturating_mul(limits.ratio).max(FREE_BYTES);
        let budget = match by_ratio < limits.file_bytes {
            true => Budget::new(by_ratio, "--max-ratio"),
            false => Budget::new(limits.file_bytes, "--max-file-bytes"),
        };
        Self {
            options,
            budget,
            sink,
            given: 0,
        }
    }

    fn give(&mut self, path: &str, result: Result<Article, Trouble>) -> ControlFlow<()> {
        self.given += 1;
        (self.sink)(Outcome {
            path: path.to_owned(),
            result,
        })
    }

    /// Says that a container or file gave nothing, where nothing has been said since `before`.
    fn nothing(&mut self, path: &str, before: u64, what: &str) -> ControlFlow<()> {
        match self.given == before {
            true => self.trouble(path, Trouble::skipped(format!("no article: {what}"))),
            false => ControlFlow::Continue(()),
        }
    }

    fn trouble(&mut self, path: &str, trouble: Trouble) -> ControlFlow<()> {
        self.give(path, Err(trouble))
    }

    fn file(&mut self, path: &str, mut handle: File) -> ControlFlow<()> {
        let mut magic = [0; 4];
        let read = handle
            .read(&mut magic)
            .and_then(|n| handle.rewind().map(|()| n));
        match read {
            Err(e) => self.trouble(path, Trouble::io(&e)),
            Ok(n) if sniff::container(&magic[..n]) == Some(Container::Zip) => {
                self.zip(path, &mut BufReader::with_capacity(64 << 10, handle), 0)
            }
            Ok(_) => self.stream(path, &mut BufReader::with_capacity(64 << 10, handle), 0),
        }
    }

    /// `depth` counts the containers around the stream.
    fn stream(&mut self, path: &str, stream: &mut dyn BufRead, depth: usize) -> ControlFlow<()> {
        let mut head = Vec::new();
        let read = stream.take(HEAD_BYTES).read_to_end(&mut head);
        let broken = match read {
            Err(e) if head.is_empty() => return self.trouble(path, Trouble::io(&e)),
            read => read.err(),
        };
        let whole = broken.is_none() && (head.len() as u64) < HEAD_BYTES;
        let container = sniff::container(&head);
        // What came before a break is read all the same.
        let mut stream = Cursor::new(&head[..]).chain(Break(broken)).chain(stream);
        let Some(container) = container else {
            return self.articles(path, &head, whole, stream);
        };
        if depth >= self.options.limits.containers {
            let reason =
                format!("more than {depth} containers within each other (--max-containers)");
            return self.trouble(path, Trouble::failed(reason));
        }
        match container {
            Container::Gzip => {
                let gap = Cell::new(false);
                let decoder = self.metered(MultiGzip::new(stream, &gap));
                self.stream(
                    path,
                    &mut BufReader::with_capacity(64 << 10, decoder),
                    depth + 1,
                )?;
                if gap.get() {
                    let reason = "damaged: bytes between two gzip members belong to neither";
                    return self.trouble(path, Trouble::failed(reason));
                }
                ControlFlow::Continue(())
            }
            Container::Zstd => match zstd::stream::read::Decoder::with_buffer(stream) {
                Ok(decoder) => {
                    let decoder = self.metered(decoder);
                    self.stream(
                        path,
                        &mut BufReader::with_capacity(64 << 10, decoder),
                        depth + 1,
                    )
                }
                Err(e) => self.trouble(path, Trouble::io(&e)),
            },
            Container::Tar => self.tar(path, &mut stream, depth),
            Container::Zip => {
                let mut bytes = Vec::new();
                match (&mut stream).take(NESTED_ZIP_BYTES).read_to_end(&mut bytes) {
                    Err(e) => self.trouble(path, Trouble::io(&e)),
                    Ok(n) if (n as u64) < NESTED_ZIP_BYTES => {
                        self.zip(path, &mut Cursor::new(bytes), depth)
                    }
                    Ok(_) => {
                        self.zip_in_one_pass(path, &mut Cursor::new(bytes).chain(stream), depth, 0)
                    }
                }
            }
        }
    }

    fn metered<R: Read>(&self, inner: R) -> Metered<R> {
        Metered::new(inner, &self.budget)
    }

    fn articles(
        &mut self,
        path: &str,
        head: &[u8],
        whole: bool,
        stream: impl BufRead,
    ) -> ControlFlow<()> {
        let (text, _) = decode_head(head);
        let head = Head {
            bytes: head,
            text: &text,
            whole,
        };
        let reader = match pick(path, &head) {
            Ok(reader) => reader,
            Err(trouble) => return self.trouble(path, trouble),
        };
        let limit = self.options.limits.records as usize;
        let input = Input::new(path, self.options, stream);
        let before = self.given;
        let articles: Articles<'_> = reader.read(input);
        for (at, result) in articles.enumerate() {
            if at >= limit {
                let reason = format!("more than {limit} records (--max-records)");
                return self.trouble(path, Trouble::failed(reason));
            }
            let result = result.and_then(|article| finish::finish(article, path));
            self.give(path, result)?;
        }
        self.nothing(path, before, &format!("{} without records", reader.name()))
    }
}

/// The reader that fits best, or why there is none.
fn pick(path: &str, head: &Head<'_>) -> Result<&'static dyn Reader, Trouble> {
    let name = sniff::uncompressed(path);
    let mut best: Option<(Fit, &dyn Reader)> = None;
    for reader in readers() {
        let fit = reader.accepts(name, head);
        if fit > best.map_or(Fit::No, |(fit, _)| fit) {
            best = Some((fit, *reader));
        }
    }
    match best {
        Some((Fit::Sure, reader)) => return Ok(reader),
        _ if head.text.trim().is_empty() && head.whole => return Err(Trouble::skipped("empty")),
        _ => {}
    }
    if let Some(what) = sniff::binary(head.bytes) {
        return Err(Trouble::skipped(format!("no article: {what}")));
    }
    best.map(|(_, reader)| reader)
        .ok_or_else(|| Trouble::skipped("no article: no reader knows this format"))
}

fn decode_head(head: &[u8]) -> (String, &'static str) {
    let encoding = encoding::detect_head(head, None);
    let (text, _) = encoding.decode_with_bom_removal(head);
    (text.into_owned(), encoding.name())
}

#[cfg(test)]
mod tests;
