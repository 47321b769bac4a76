//! Files, streams and containers, whole and damaged.

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
fn rubbish_between_two_gzip_members_is_passed_over_and_told() {
    let line = |t: &str| format!("{{\"title\":\"{t}\",\"text\":\"x\"}}\n").into_bytes();
    let bytes = [gzip(&line("A")), b"rubbish".to_vec(), gzip(&line("B"))].concat();
    let outcomes = read("a.jsonl.gz", &bytes);
    assert_eq!(outcomes[..2], ["a.jsonl.gz: A", "a.jsonl.gz: B"]);
    assert!(
        outcomes[2].contains("between two gzip members"),
        "{outcomes:?}"
    );
}

#[test]
fn a_zstd_frame_to_be_skipped_may_come_first() {
    let frame = [
        b"\x50\x2A\x4D\x18\x03\0\0\0abc".to_vec(),
        zstd::encode_all(A, 1).unwrap(),
    ]
    .concat();
    assert_eq!(read("a.txt.zst", &frame), ["a.txt.zst: Title A"]);
}

#[test]
fn a_crawl_with_a_damaged_beginning_keeps_its_records() {
    let page =
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<title>Page</title><p>Text of the page.";
    let record = format!(
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.example/\r\nContent-Type: application/http\r\nContent-Length: {}\r\n\r\n{page}\r\n\r\n",
        page.len()
    );
    let outcomes = read("a.warc", format!("rubbish\r\n\r\n{record}").as_bytes());
    assert!(outcomes.iter().any(|o| o == "a.warc: Page"), "{outcomes:?}");
    assert!(
        outcomes[0].contains("not the beginning of a record"),
        "{outcomes:?}"
    );
}

#[test]
fn elements_that_no_reader_knows_are_no_prose() {
    for text in ["<office><p>Text</p></office>", "<x/>", "<a><a><a>"] {
        let outcomes = read("a.odd", text.as_bytes());
        assert!(
            outcomes[0].contains("no reader knows this format"),
            "{outcomes:?}"
        );
    }
    assert_eq!(
        read("chat.log.1", b"<anna> Is the ferry late?\n\n<ben> Yes.\n").len(),
        1
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
