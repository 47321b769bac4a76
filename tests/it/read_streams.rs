//! Files of any length are read in the memory of one record.

use crate::read_hostile::wait_with_peak_kb;
use std::{
    fs::File,
    io::{BufWriter, Write},
    path::Path,
    process::{Command, Stdio},
};

/// About four thousand letters in lines, as a report has them.
fn body() -> String {
    "The bridge over the river was opened on Tuesday after nine years of work.\n".repeat(54)
}

/// The beginning of a file of a format, and its record of a number.
fn record(format: &str, n: usize) -> (&'static str, String) {
    let body = body();
    match format {
        "jsonl" => (
            "",
            format!(
                "{{\"id\":\"a{n}\",\"title\":\"Bridge {n}\",\"text\":\"{}\"}}\n",
                body.replace('\n', "\\n")
            ),
        ),
        "csv" => ("id,title,text\n", format!("a{n},Bridge {n},\"{body}\"\n")),
        "sgm" => (
            "<!DOCTYPE lewis SYSTEM \"lewis.dtd\">\n",
            format!(
                "<REUTERS NEWID=\"{n}\"><TEXT><TITLE>BRIDGE {n}</TITLE><BODY>{body}</BODY></TEXT></REUTERS>\n"
            ),
        ),
        "mbox" => (
            "",
            format!(
                "From a@example.org Tue Mar  5 10:00:00 2019\nMessage-ID: <a{n}@example.org>\nFrom: Press <a@example.org>\n\
                 Subject: Bridge {n}\nDate: Tue, 05 Mar 2019 10:00:00 +0000\n\n{body}\n"
            ),
        ),
        _ => {
            let page =
                format!("<html><title>Bridge {n}</title><h1>Bridge {n}</h1><p>{body}</p></html>");
            let http = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{page}");
            let length = http.len();
            (
                "",
                format!(
                    "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://example.org/{n}\r\n\
                     WARC-Date: 2020-01-01T00:00:00Z\r\nWARC-Record-ID: <urn:x:{n}>\r\n\
                     Content-Type: application/http; msgtype=response\r\nContent-Length: {length}\r\n\r\n{http}\r\n\r\n"
                ),
            )
        }
    }
}

/// Articles that `read` gives of a file, and the most memory that it took, in kB.
fn read(file: &Path) -> (usize, u64) {
    let out = tempfile::NamedTempFile::new().expect("a file");
    let child = Command::new(env!("CARGO_BIN_EXE_dateline"))
        .arg("read")
        .arg(file)
        .stdout(Stdio::from(out.reopen().expect("the file")))
        .spawn()
        .expect("the program");
    let (status, peak) = wait_with_peak_kb(child);
    assert!(status.success(), "{}: {status}", file.display());
    let lines = std::fs::read_to_string(out.path()).expect("the articles");
    (lines.lines().count(), peak)
}

#[test]
fn a_long_file_takes_the_memory_of_a_short_one() {
    let folder = tempfile::tempdir().expect("a folder");
    for format in ["jsonl", "csv", "sgm", "mbox", "warc"] {
        let of = |records: usize| {
            let path = folder.path().join(format!("{records}.{format}"));
            let mut file = BufWriter::new(File::create(&path).expect("a file"));
            file.write_all(record(format, 0).0.as_bytes())
                .expect("written");
            for n in 0..records {
                file.write_all(record(format, n).1.as_bytes())
                    .expect("written");
            }
            file.into_inner().expect("written");
            let (articles, peak) = read(&path);
            assert_eq!(articles, records, "{format}");
            peak
        };
        // Eight megabytes against four hundred thousand bytes.
        let (short, long) = (of(100), of(2_000));
        assert!(long < short + 4_000, "{format}: {short} kB, then {long} kB");
    }
}
