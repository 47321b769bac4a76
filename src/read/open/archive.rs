//! Archives of many members: zip and tar, read as they come, nothing of them written.

use super::Opener;
use crate::read::unpack::Whole;
use crate::read::{Trouble, walk};
use std::io::{BufReader, Read, Seek};
use std::ops::ControlFlow;

const EMPTY_ARCHIVE: &str = "an archive without files that are read";

impl Opener<'_, '_> {
    pub(super) fn zip<R: Read + Seek>(
        &mut self,
        path: &str,
        stream: &mut R,
        depth: usize,
    ) -> ControlFlow<()> {
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

    pub(super) fn zip_in_one_pass(
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

    pub(super) fn tar(
        &mut self,
        path: &str,
        stream: &mut dyn Read,
        depth: usize,
    ) -> ControlFlow<()> {
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
            let name = walk::display_bytes(&name);
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
            || (walk::ignored(part).is_none()
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
