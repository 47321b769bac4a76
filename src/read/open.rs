//! Opens files and streams: containers within limits, then the reader that fits best.

use super::{
    Articles, Fit, Head, Input, Options, Reader, Trouble, encoding, finish, readers,
    sniff::{self, Container},
};
use crate::article::Article;
use std::{
    cell::Cell,
    fs::File,
    io::{self, BufRead, BufReader, Cursor, Read, Seek},
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
    let opened = open_regular(file);
    match opened {
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
    let mut stream = BufReader::with_capacity(64 << 10, stream);
    Opener::new(options, u64::MAX, sink).stream(path, &mut stream, 0)
}

fn open_regular(file: &Path) -> Result<(File, u64), Trouble> {
    let stat = std::fs::metadata(file).map_err(|e| Trouble::io(&e))?;
    // Opening a FIFO would wait for a writer for ever.
    if !stat.is_file() {
        return Err(Trouble::skipped("not a regular file"));
    }
    let handle = File::open(file).map_err(|e| Trouble::io(&e))?;
    Ok((handle, stat.len()))
}

/// What all the layers of one file may still give.
struct Budget {
    left: Cell<u64>,
    limit: u64,
}

/// Counts decompressed bytes against the file's budget.
struct Metered<R> {
    inner: R,
    budget: Rc<Budget>,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buf)?;
        match self.budget.left.get().checked_sub(n as u64) {
            Some(left) => self.budget.left.set(left),
            None => {
                return Err(io::Error::other(format!(
                    "expands to more than {} bytes (--max-ratio, --max-file-bytes)",
                    self.budget.limit
                )));
            }
        }
        Ok(n)
    }
}

struct Opener<'o, 's> {
    options: &'o Options,
    budget: Rc<Budget>,
    sink: &'o mut Sink<'s>,
}

impl<'o, 's> Opener<'o, 's> {
    fn new(options: &'o Options, bytes: u64, sink: &'o mut Sink<'s>) -> Self {
        let limits = &options.limits;
        let limit = bytes
            .saturating_mul(limits.ratio)
            .max(FREE_BYTES)
            .min(limits.file_bytes);
        Self {
            options,
            budget: Rc::new(Budget {
                left: Cell::new(limit),
                limit,
            }),
            sink,
        }
    }

    fn trouble(&mut self, path: &str, trouble: Trouble) -> ControlFlow<()> {
        (self.sink)(Outcome {
            path: path.to_owned(),
            result: Err(trouble),
        })
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
        if let Err(e) = stream.take(HEAD_BYTES).read_to_end(&mut head) {
            return self.trouble(path, Trouble::io(&e).at(0, head.len() as u64));
        }
        let whole = (head.len() as u64) < HEAD_BYTES;
        let container = sniff::container(&head);
        let mut stream = Cursor::new(&head[..]).chain(stream);
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
                let decoder = self.metered(MultiGzip::new(stream));
                self.stream(
                    path,
                    &mut BufReader::with_capacity(64 << 10, decoder),
                    depth + 1,
                )
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
        Metered {
            inner,
            budget: Rc::clone(&self.budget),
        }
    }

    fn zip<R: Read + Seek>(&mut self, path: &str, stream: &mut R, depth: usize) -> ControlFlow<()> {
        let mut archive = match zip::ZipArchive::new(&mut *stream) {
            Ok(archive) => archive,
            // The directory stands at the end: a truncated archive has none, but its members up to there.
            Err(_) => {
                return match stream.rewind() {
                    Ok(()) => self.zip_in_one_pass(path, stream, depth, 0),
                    Err(e) => self.trouble(path, Trouble::io(&e)),
                };
            }
        };
        if let Some(what) = document(archive.file_names()) {
            return self.trouble(path, Trouble::skipped(what));
        }
        for at in 0..archive.len() {
            if self.too_many(path, at)?.is_some() {
                break;
            }
            match archive.by_index(at) {
                Ok(mut member) => self.zip_member(path, &mut member, depth)?,
                Err(e) => self.trouble(path, Trouble::failed(format!("member {}: {e}", at + 1)))?,
            }
        }
        ControlFlow::Continue(())
    }

    fn zip_in_one_pass(
        &mut self,
        path: &str,
        stream: &mut dyn Read,
        depth: usize,
        from: usize,
    ) -> ControlFlow<()> {
        let mut stream = stream;
        for at in from.. {
            if self.too_many(path, at)?.is_some() {
                break;
            }
            match zip::read::read_zipfile_from_stream(&mut stream) {
                Ok(Some(mut member)) => self.zip_member(path, &mut member, depth)?,
                Ok(None) => return self.trouble(
                    path,
                    Trouble::failed(format!(
                        "damaged or truncated zip archive: no usable directory after member {at}"
                    )),
                ),
                Err(e) => {
                    let reason = format!("damaged or truncated zip archive after member {at}: {e}");
                    return self.trouble(path, Trouble::failed(reason));
                }
            }
        }
        ControlFlow::Continue(())
    }

    fn zip_member<R: Read>(
        &mut self,
        path: &str,
        member: &mut zip::read::ZipFile<'_, R>,
        depth: usize,
    ) -> ControlFlow<()> {
        let name = member_path(path, member.name());
        if member.is_dir() || !is_wanted(member.name()) {
            return ControlFlow::Continue(());
        }
        if member.is_symlink() {
            return self.trouble(&name, Trouble::skipped("a link inside an archive"));
        }
        let member = self.metered(member);
        self.stream(&name, &mut BufReader::new(member), depth + 1)
    }

    fn tar(&mut self, path: &str, stream: &mut dyn Read, depth: usize) -> ControlFlow<()> {
        let mut archive = tar::Archive::new(stream);
        // Raw, because the crate would hold long names of any length in memory.
        let entries = match archive.entries() {
            Ok(entries) => entries.raw(true),
            Err(e) => return self.trouble(path, Trouble::io(&e)),
        };
        let mut long_name: Option<Vec<u8>> = None;
        for (at, entry) in entries.enumerate() {
            if self.too_many(path, at)?.is_some() {
                break;
            }
            let mut entry = match entry {
                Ok(entry) => entry,
                Err(e) => {
                    let reason = format!("damaged or truncated tar archive after member {at}: {e}");
                    return self.trouble(path, Trouble::failed(reason));
                }
            };
            let kind = entry.header().entry_type();
            if kind.is_gnu_longname() || kind.is_pax_local_extensions() {
                match extended_name(&mut entry, kind.is_gnu_longname()) {
                    Ok(name) => long_name = name.or(long_name),
                    Err(trouble) => self.trouble(path, trouble)?,
                }
                continue;
            }
            let name = long_name
                .take()
                .unwrap_or_else(|| entry.path_bytes().into_owned());
            let name = super::walk::display_bytes(&name);
            if !kind.is_file() && !kind.is_contiguous() {
                if kind.is_symlink() || kind.is_hard_link() {
                    self.trouble(
                        &member_path(path, &name),
                        Trouble::skipped("a link inside an archive"),
                    )?;
                }
                continue;
            }
            if is_wanted(&name) {
                self.stream(
                    &member_path(path, &name),
                    &mut BufReader::new(entry),
                    depth + 1,
                )?;
            }
        }
        ControlFlow::Continue(())
    }

    fn too_many(&mut self, path: &str, at: usize) -> ControlFlow<(), Option<()>> {
        let limit = self.options.limits.records;
        if at < limit as usize {
            return ControlFlow::Continue(None);
        }
        let reason = format!("more than {limit} members (--max-records)");
        self.trouble(path, Trouble::failed(reason))?;
        ControlFlow::Continue(Some(()))
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
        let input = Input::new(
            path,
            self.options,
            stream.take(self.options.limits.file_bytes),
        );
        let articles: Articles<'_> = reader.read(input);
        for (at, result) in articles.enumerate() {
            if at >= limit {
                let reason = format!("more than {limit} records (--max-records)");
                return self.trouble(path, Trouble::failed(reason));
            }
            let result = result.and_then(|article| finish::finish(article, path));
            (self.sink)(Outcome {
                path: path.to_owned(),
                result,
            })?;
        }
        ControlFlow::Continue(())
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

/// `a.zip!/dir/b.html`; a leading `/` or `./` of the member's name is not doubled.
fn member_path(container: &str, name: &str) -> String {
    let name = name.replace('\\', "/");
    let name = name.trim_start_matches("./").trim_start_matches('/');
    format!("{container}!/{name}")
}

/// Members are skipped by the rules that [`walk`](super::walk) has for files.
fn is_wanted(name: &str) -> bool {
    name.split(['/', '\\']).all(|part| {
        matches!(part, "" | "." | "..")
            || (super::walk::ignored(part).is_none() && part != "__MACOSX")
    })
}

/// Zip archives that are one document, not a folder.
fn document<'n>(names: impl Iterator<Item = &'n str>) -> Option<&'static str> {
    for name in names.take(1000) {
        match name {
            "[Content_Types].xml" => {
                return Some("no article: an Office document (export its text to read it)");
            }
            "META-INF/manifest.xml" => {
                return Some("no article: an OpenDocument file (export its text to read it)");
            }
            "META-INF/MANIFEST.MF" => return Some("no article: a Java archive"),
            _ => {}
        }
    }
    None
}

/// The name that a GNU or PAX record gives the next entry.
fn extended_name(entry: &mut impl Read, gnu: bool) -> Result<Option<Vec<u8>>, Trouble> {
    const LIMIT: u64 = 64 << 10;
    let mut bytes = Vec::new();
    entry
        .take(LIMIT)
        .read_to_end(&mut bytes)
        .map_err(|e| Trouble::io(&e))?;
    if bytes.len() as u64 == LIMIT {
        return Err(Trouble::failed(format!(
            "a member's name is longer than {LIMIT} bytes"
        )));
    }
    if gnu {
        while bytes.last() == Some(&0) {
            bytes.pop();
        }
        return Ok(Some(bytes));
    }
    Ok(tar::PaxExtensions::new(&bytes)
        .flatten()
        .find(|field| field.key_bytes() == b"path")
        .map(|field| field.value_bytes().to_vec()))
}

/// All members of a gzip file as one stream; what follows the last one is ignored, as gzip does.
struct MultiGzip<R: BufRead> {
    member: Option<flate2::bufread::GzDecoder<R>>,
}

impl<R: BufRead> MultiGzip<R> {
    fn new(stream: R) -> Self {
        Self {
            member: Some(flate2::bufread::GzDecoder::new(stream)),
        }
    }
}

impl<R: BufRead> Read for MultiGzip<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            let n = member.read(buf)?;
            if n > 0 || buf.is_empty() {
                return Ok(n);
            }
            if let Some(member) = self.member.take() {
                let mut rest = member.into_inner();
                if rest.fill_buf()?.first() == Some(&0x1F) {
                    self.member = Some(flate2::bufread::GzDecoder::new(rest));
                }
            }
        }
        Ok(0)
    }
}
