//! Opens files and streams: containers within limits, then the reader that fits best.

use super::{
    Articles, Fit, Head, Input, Options, Reader, Trouble, encoding, finish, readers,
    sniff::{self, Container},
    unpack::{Break, Budget, Metered, MultiGzip, Whole},
};
use crate::article::Article;
use std::{
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
const EMPTY_ARCHIVE: &str = "an archive without files that are read";
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
        Metered::new(inner, &self.budget)
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
        let before = self.given;
        for at in 0..archive.len() {
            if self.too_many(path, at)?.is_some() {
                break;
            }
            match archive.by_index(at) {
                Ok(mut member) => self.zip_member(path, &mut member, depth)?,
                Err(e) => self.trouble(path, Trouble::failed(format!("member {}: {e}", at + 1)))?,
            }
        }
        self.nothing(path, before, EMPTY_ARCHIVE)
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
        let before = self.given;
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
                let entry = Whole {
                    left: entry.size(),
                    inner: entry,
                };
                self.stream(
                    &member_path(path, &name),
                    &mut BufReader::new(entry),
                    depth + 1,
                )?;
            }
        }
        self.nothing(path, before, EMPTY_ARCHIVE)
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

/// `a.zip!/dir/b.html`; a leading `/` or `./` of the member's name is not doubled.
fn member_path(container: &str, name: &str) -> String {
    let name = name.replace('\\', "/");
    let name = name.trim_start_matches("./").trim_start_matches('/');
    format!("{container}!/{name}")
}

/// Members are skipped by the rules that [`walk`](super::walk) has for files, and what makes a zip archive an EPUB,
/// whose chapters are pages.
fn is_wanted(name: &str) -> bool {
    name.split(['/', '\\']).all(|part| {
        matches!(part, "" | "." | "..")
            || (super::walk::ignored(part).is_none()
                && !matches!(part, "__MACOSX" | "META-INF" | "mimetype"))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::TroubleKind;
    use std::io::Write;

    fn read_with(options: &Options, path: &str, bytes: &[u8]) -> Vec<String> {
        let mut out = Vec::new();
        let _ = read_stream(path, bytes, options, &mut |outcome| {
            out.push(match outcome.result {
                Ok(a) => format!("{}: {}", outcome.path, a.title.unwrap_or_default()),
                Err(t) if t.kind == TroubleKind::Failed => format!("{} failed: {t}", outcome.path),
                Err(t) => format!("{} skipped: {t}", outcome.path),
            });
            ControlFlow::Continue(())
        });
        out
    }

    fn read(path: &str, bytes: &[u8]) -> Vec<String> {
        read_with(&Options::default(), path, bytes)
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in members {
            writer
                .start_file(*name, zip::write::SimpleFileOptions::default())
                .unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut builder = tar::Builder::new(Vec::new());
        for (name, bytes) in members {
            let mut header = tar::Header::new_gnu();
            header.set_size(bytes.len() as u64);
            header.set_mode(0o644);
            builder.append_data(&mut header, name, *bytes).unwrap();
        }
        builder.into_inner().unwrap()
    }

    const A: &[u8] = b"Title A\n\nThe text of A goes here.\n";
    const B: &[u8] = b"Title B\n\nThe text of B goes here.\n";

    #[test]
    fn gzip_and_zstd_are_one_file() {
        assert_eq!(read("a.txt.gz", &gzip(A)), ["a.txt.gz: Title A"]);
        assert_eq!(read("a", &gzip(A)), ["a: Title A"]);
        assert_eq!(
            read("a.txt.zst", &zstd::encode_all(A, 1).unwrap()),
            ["a.txt.zst: Title A"]
        );
    }

    #[test]
    fn gzip_members_are_one_stream_and_trailing_bytes_are_ignored() {
        let line = |t: &str| format!("{{\"title\":\"{t}\",\"text\":\"x\"}}\n").into_bytes();
        let mut bytes = [gzip(&line("A")), gzip(&line("B"))].concat();
        assert_eq!(
            read("a.jsonl.gz", &bytes),
            ["a.jsonl.gz: A", "a.jsonl.gz: B"]
        );
        bytes.extend_from_slice(b"\0\0rubbish");
        assert_eq!(
            read("a.jsonl.gz", &bytes),
            ["a.jsonl.gz: A", "a.jsonl.gz: B"]
        );
    }

    #[test]
    fn members_of_archives_are_named_and_ordered() {
        let members: &[(&str, &[u8])] = &[
            ("2019/01/04-a.txt", A),
            (".hidden", B),
            ("README", B),
            ("../b.txt", B),
        ];
        let expected = |name: &str| {
            vec![
                format!("{name}!/2019/01/04-a.txt: Title A"),
                format!("{name}!/../b.txt: Title B"),
            ]
        };
        assert_eq!(read("n.zip", &zip(members)), expected("n.zip"));
        let members: &[(&str, &[u8])] = &[
            ("2019/01/04-a.txt", A),
            (".hidden", B),
            ("README", B),
            ("b.txt", B),
        ];
        let expected = |name: &str| {
            vec![
                format!("{name}!/2019/01/04-a.txt: Title A"),
                format!("{name}!/b.txt: Title B"),
            ]
        };
        assert_eq!(read("n.tar", &tar(members)), expected("n.tar"));
        assert_eq!(read("n.tgz", &gzip(&tar(members))), expected("n.tgz"));
    }

    #[test]
    fn long_names_in_tar_are_kept() {
        let name = format!("{}/a.txt", "folder".repeat(30));
        assert_eq!(
            read("n.tar", &tar(&[(&name, A)])),
            [format!("n.tar!/{name}: Title A")]
        );
    }

    #[test]
    fn nested_archives_are_read_to_a_depth() {
        let mut bytes = zip(&[("a.txt", A)]);
        assert_eq!(
            read("o.tar", &tar(&[("i.zip", &bytes)])),
            ["o.tar!/i.zip!/a.txt: Title A"]
        );
        for _ in 0..9 {
            bytes = zip(&[("i.zip", &bytes)]);
        }
        let outcomes = read("o.zip", &bytes);
        assert_eq!(outcomes.len(), 1);
        assert!(
            outcomes[0].contains("failed: more than 4 containers"),
            "{outcomes:?}"
        );
    }

    #[test]
    fn what_expands_beyond_the_files_limit_is_stopped() {
        let mut options = Options::default();
        options.limits.file_bytes = 1 << 20;
        let bytes = gzip(&vec![b'a'; 4 << 20]);
        let outcomes = read_with(&options, "a.txt.gz", &bytes);
        assert!(
            outcomes[0].contains("expands to more than 1048576 bytes (--max-file-bytes)"),
            "{outcomes:?}"
        );
    }

    #[test]
    fn a_truncated_archive_keeps_the_members_before_the_break() {
        let members: &[(&str, &[u8])] = &[("a.txt", A), ("b.txt", B)];
        for bytes in [zip(members), tar(members), gzip(&tar(members))] {
            let outcomes = read("n", &bytes[..bytes.len() * 3 / 4]);
            assert!(
                outcomes
                    .iter()
                    .all(|o| !o.contains("Title B") || o.contains("n!/b.txt: Title B")),
                "{outcomes:?}"
            );
        }
        let bytes = tar(members);
        let outcomes = read("n.tar", &bytes[..512 + 512 + 512 + 10]);
        assert_eq!(outcomes[0], "n.tar!/a.txt: Title A");
        assert!(
            outcomes[1].starts_with("n.tar!/b.txt failed: ") && outcomes[1].contains("truncated"),
            "{outcomes:?}"
        );
        let bytes = zip(members);
        let end = memchr::memmem::find(&bytes, b"b.txt").unwrap();
        let outcomes = read("n.zip", &bytes[..end + 7]);
        assert_eq!(outcomes[0], "n.zip!/a.txt: Title A");
        assert!(outcomes[1].contains("failed"), "{outcomes:?}");
    }

    #[test]
    fn a_truncated_gzip_keeps_its_whole_records() {
        let lines: String = (0..2000)
            .map(|n| format!("{{\"title\":\"T{n}\",\"text\":\"x{}\"}}\n", n * n))
            .collect();
        let bytes = gzip(lines.as_bytes());
        let outcomes = read("a.jsonl.gz", &bytes[..bytes.len() / 2]);
        assert_eq!(outcomes[0], "a.jsonl.gz: T0");
        assert!(
            outcomes.last().unwrap().contains("truncated"),
            "{:?}",
            outcomes.last()
        );
    }

    #[test]
    fn every_truncation_and_flipped_byte_is_survived() {
        let members: &[(&str, &[u8])] = &[("a.txt", A), ("b.json", b"[{\"title\":\"B\"}]")];
        for bytes in [
            zip(members),
            gzip(&tar(members)),
            zstd::encode_all(A, 1).unwrap(),
        ] {
            for end in 0..bytes.len() {
                read("n", &bytes[..end]);
                let mut flipped = bytes.clone();
                flipped[end] ^= 0x55;
                read("n", &flipped);
            }
        }
    }

    #[test]
    fn binary_and_empty_files_are_skipped_whatever_their_names() {
        assert_eq!(
            read("a.txt", b"\x89PNG\r\n\x1a\n\0\0"),
            ["a.txt skipped: no article: a PNG picture"]
        );
        assert_eq!(
            read("a.json", b"\x7fELF\0\0"),
            ["a.json skipped: no article: an ELF program"]
        );
        assert_eq!(read("a.txt", b""), ["a.txt skipped: empty"]);
        assert_eq!(read("a.txt", b" \n\t\n"), ["a.txt skipped: empty"]);
    }

    #[test]
    fn names_lie_and_content_decides() {
        assert_eq!(
            read("a.txt", b"{\"title\":\"A\",\"text\":\"x\"}"),
            ["a.txt: A"]
        );
        assert_eq!(
            read("a.json", b"<html><body><h1>A</h1></body></html>").len(),
            1
        );
        assert_eq!(read("a.txt", b"---\ntitle: A\n---\nText.\n"), ["a.txt: A"]);
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_regular_file_is_not_opened() {
        let mut out = Vec::new();
        let _ = read_file(
            Path::new("/dev/null"),
            "null",
            &Options::default(),
            &mut |o| {
                out.push(o.result.unwrap_err().to_string());
                ControlFlow::Continue(())
            },
        );
        assert_eq!(out, ["not a regular file"]);
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_survived(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..400)) {
            read("a", &bytes);
        }
    }
}
