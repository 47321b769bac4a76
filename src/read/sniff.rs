//! What a file's first bytes say that it is.

use super::encoding;
use encoding_rs::{UTF_16BE, UTF_16LE};

/// Files whose format nests others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    Gzip,
    Zstd,
    Zip,
    Tar,
}

/// The container that `head` begins, judged by content alone.
pub fn container(head: &[u8]) -> Option<Container> {
    if head.starts_with(&[0x1F, 0x8B, 0x08]) {
        return Some(Container::Gzip);
    }
    // A frame, or one to be skipped, which may come first.
    let skippable = head.first().is_some_and(|b| b & 0xF0 == 0x50)
        && head.get(1..4) == Some(&[0x2A, 0x4D, 0x18]);
    if skippable || head.starts_with(&[0x28, 0xB5, 0x2F, 0xFD]) {
        return Some(Container::Zstd);
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return Some(Container::Zip);
    }
    is_tar(head).then_some(Container::Tar)
}

/// A tar header's checksum fits; so old archives without `ustar` are told too.
fn is_tar(head: &[u8]) -> bool {
    let Some(header) = head.get(..512) else {
        return false;
    };
    let field = header[148..156]
        .iter()
        .skip_while(|b| **b == b' ')
        .take_while(|b| matches!(b, b'0'..=b'7'));
    let (mut digits, mut stated) = (0, 0_u32);
    for b in field {
        stated = stated * 8 + u32::from(b - b'0');
        digits += 1;
    }
    let sum: u32 = header
        .iter()
        .enumerate()
        .map(|(at, b)| {
            if (148..156).contains(&at) {
                32
            } else {
                u32::from(*b)
            }
        })
        .sum();
    digits > 0 && stated == sum && header[0] != 0
}

/// What a binary file is, in words; `None` if `head` is text in some encoding.
pub fn binary(head: &[u8]) -> Option<&'static str> {
    const MAGIC: [(&[u8], &str); 27] = [
        (b"\x89PNG", "a PNG picture"),
        (b"\xFF\xD8\xFF", "a JPEG picture"),
        (b"GIF87a", "a GIF picture"),
        (b"GIF89a", "a GIF picture"),
        (b"II*\0", "a TIFF picture"),
        (b"MM\0*", "a TIFF picture"),
        (b"BM\x00", "a bitmap"),
        (b"RIFF", "a RIFF file (picture, sound or film)"),
        (b"OggS", "an Ogg file"),
        (b"ID3", "an MP3 file"),
        (b"fLaC", "a FLAC file"),
        (b"\x1A\x45\xDF\xA3", "a Matroska film"),
        (b"%PDF-", "a PDF (export its text to read it)"),
        (b"%!PS", "a PostScript file"),
        (b"{\\rtf", "an RTF document (export its text to read it)"),
        (
            b"\xD0\xCF\x11\xE0",
            "an old Office document (export its text to read it)",
        ),
        (b"\x7FELF", "an ELF program"),
        (b"MZ\x90\0", "a Windows program"),
        (b"\xCF\xFA\xED\xFE", "a Mach-O program"),
        (b"\0asm", "a WebAssembly program"),
        (
            b"SQLite format 3\0",
            "an SQLite database (export its rows to read them)",
        ),
        (
            b"PAR1",
            "a Parquet table (export it as CSV or JSON Lines to read it)",
        ),
        (
            b"BZh",
            "bzip2, which is not read: recompress as gzip or zstd",
        ),
        (
            b"\xFD7zXZ\0",
            "xz, which is not read: recompress as gzip or zstd",
        ),
        (
            b"7z\xBC\xAF\x27\x1C",
            "7-Zip, which is not read: repack as zip",
        ),
        (b"Rar!\x1A\x07", "RAR, which is not read: repack as zip"),
        (b"wOF", "a font"),
    ];
    if let Some((_, what)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
        // Two of them are printable, and open sentences as well.
        let printable = matches!(
            *what,
            "a RIFF file (picture, sound or film)" | "an MP3 file" | "an Ogg file"
        );
        if !printable || has_controls(head) {
            return Some(what);
        }
    }
    if head.get(4..8) == Some(b"ftyp") {
        return Some("a film or picture (ISO media)");
    }
    let encoding = encoding::detect_head(head, None);
    if encoding == UTF_16LE || encoding == UTF_16BE {
        return None;
    }
    has_controls(head).then_some("binary data")
}

/// More control bytes than a damaged text has, or a hole of zeros.
fn has_controls(head: &[u8]) -> bool {
    let controls = head
        .iter()
        .filter(|b| matches!(b, 0..=8 | 0x0E..=0x1A | 0x1C..=0x1F | 0x7F))
        .count();
    controls * 20 > head.len() || memchr::memmem::find(head, &[0; 8]).is_some()
}

/// The last extension of `path` in lower case, without those of compression; empty if there is none.
pub fn extension(path: &str) -> String {
    let name = uncompressed(path).rsplit('/').next().unwrap_or_default();
    match name.rsplit_once('.') {
        Some((stem, ext)) if !stem.is_empty() && ext.len() <= 10 => ext.to_ascii_lowercase(),
        _ => String::new(),
    }
}

/// `path` without a final `.gz` or `.zst`.
pub fn uncompressed(path: &str) -> &str {
    let ends = |suffix: &str| {
        path.len()
            .checked_sub(suffix.len())
            .and_then(|at| path.get(at..).map(|tail| (at, tail)))
            .filter(|(at, tail)| *at > 0 && tail.eq_ignore_ascii_case(suffix))
            .map(|(at, _)| &path[..at])
    };
    ends(".gz").or_else(|| ends(".zst")).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_look_through_compression() {
        assert_eq!(extension("a/b.tar/News.JSONL.gz"), "jsonl");
        assert_eq!(extension("a.d/plain"), "");
        assert_eq!(extension(".txt"), "");
        assert_eq!(extension("é.zst"), "");
    }

    #[test]
    fn pictures_and_programs_are_named() {
        assert_eq!(binary(b"\x89PNG\r\n\x1a\n"), Some("a PNG picture"));
        assert_eq!(binary(b"\x7FELF\x02\x01\x01"), Some("an ELF program"));
        assert_eq!(binary(&[7; 100]), Some("binary data"));
    }

    #[test]
    fn a_sentence_about_riff_is_text() {
        assert_eq!(binary(b"RIFFA fair opens in Bologna"), None);
        assert_eq!(
            binary(b"one stray \x01 control in a long enough line of text"),
            None
        );
    }

    #[test]
    fn utf16_is_text() {
        let bytes: Vec<u8> = "London, 3 March"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(binary(&bytes), None);
    }
}
