//! The entries of the hostile tree, and what must become of each.

use std::{collections::BTreeMap, fs, io::Write, path::PathBuf, process::Command};

/// What must become of an entry.
#[derive(Clone, Copy, Debug)]
pub enum Is {
    /// So many articles, and nothing else.
    Read(usize),
    /// No article, and a reason that holds these words.
    Skipped(&'static str),
    /// No article, and a failure that holds these words.
    Failed(&'static str),
    /// So many articles, and a failure that holds these words.
    Partly(usize, &'static str),
    /// Neither an article nor a word.
    Passed,
}
pub use Is::{Failed, Partly, Passed, Read, Skipped};

pub struct Tree {
    pub folder: tempfile::TempDir,
    pub expected: BTreeMap<String, Is>,
}

impl Tree {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn add(&mut self, name: &str, bytes: impl AsRef<[u8]>, is: Is) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, bytes).expect("a file");
        self.expect(name, is);
    }

    fn expect(&mut self, name: &str, is: Is) {
        let before = self.expected.insert(name.to_owned(), is);
        assert!(before.is_none(), "{name} twice");
    }
}

pub const STORY: &str = "Bridge opens at last\n\nThe bridge over the river was opened on Tuesday.\n\nIt cost ninety million.\n";
pub const OBJECT: &str = r#"{"title":"Bridge opens","text":"The bridge was opened on Tuesday."}"#;

pub fn page(body: &str) -> String {
    format!(
        "<!DOCTYPE html><html><head><title>Bridge opens</title></head><body><h1>Bridge opens</h1>\
         <p>The bridge over the river was opened on Tuesday.</p>{body}</body></html>"
    )
}

pub fn nitf(doctype: &str, text: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?>{doctype}<nitf><body><body.head><hedline><hl1>Bridge opens</hl1></hedline></body.head>\
         <body.content><p>Opened on Tuesday. {text}</p></body.content></body></nitf>"
    )
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    out.write_all(bytes).expect("gzip");
    out.finish().expect("gzip")
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).expect("zstd")
}

/// A zip archive; `method` 0 stores.
fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        let options = zip::write::SimpleFileOptions::default().compression_level(Some(1));
        out.start_file(*name, options).expect("zip");
        out.write_all(bytes).expect("zip");
    }
    out.finish().expect("zip").into_inner()
}

/// One tar header and its data, with whatever name, kind and size it is told.
fn tar_entry(name: &[u8], kind: u8, size: &str, data: &[u8]) -> Vec<u8> {
    let mut header = [0_u8; 512];
    let name = &name[..name.len().min(100)];
    header[..name.len()].copy_from_slice(name);
    header[100..107].copy_from_slice(b"0000644");
    header[124..124 + size.len()].copy_from_slice(size.as_bytes());
    header[156] = kind;
    if matches!(kind, b'1' | b'2') {
        header[157..168].copy_from_slice(b"/etc/passwd");
    }
    header[257..263].copy_from_slice(b"ustar\0");
    header[148..156].fill(b' ');
    let sum: u32 = header.iter().map(|b| u32::from(*b)).sum();
    header[148..154].copy_from_slice(format!("{sum:06o}").as_bytes());
    header[154] = 0;
    let mut out = header.to_vec();
    out.extend_from_slice(data);
    out.resize(out.len().next_multiple_of(512), 0);
    out
}

pub fn tar(entries: &[(&[u8], u8, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, kind, data) in entries {
        let size = format!("{:011o}", data.len());
        out.extend(tar_entry(name, *kind, &size, data));
    }
    out.resize(out.len() + 1024, 0);
    out
}

/// Bytes without a pattern, the same each time.
fn noise(len: usize) -> Vec<u8> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    (0..len).map(|_| next()).collect()
}

fn utf16(text: &str, little: bool, mark: bool) -> Vec<u8> {
    let mark = mark.then_some(0xFEFF_u16);
    let units = mark.into_iter().chain(text.encode_utf16());
    let bytes = |u: u16| {
        if little {
            u.to_le_bytes()
        } else {
            u.to_be_bytes()
        }
    };
    units.flat_map(bytes).collect()
}

#[rustfmt::skip]
fn texts(t: &mut Tree) {
    t.add("text/empty.txt", "", Skipped("empty"));
    t.add("text/blanks.txt", " \r\n\t\n ", Skipped("empty"));
    t.add("text/mark-alone.txt", "\u{FEFF}", Skipped("empty"));
    t.add("text/utf16le.txt", utf16(STORY, true, true), Read(1));
    t.add("text/utf16be.txt", utf16(STORY, false, true), Read(1));
    t.add("text/utf16le-unmarked.txt", utf16(STORY, true, false), Read(1));
    t.add("text/utf16be-unmarked.txt", utf16(STORY, false, false), Read(1));
    let mut odd = utf16(STORY, true, true);
    odd.pop();
    t.add("text/utf16-odd.txt", odd, Read(1));
    let mut lone = utf16(STORY, true, true);
    lone.extend([0x00, 0xD8, 0x41, 0x00]);
    t.add("text/utf16-lone-surrogate.txt", lone, Read(1));
    t.add("text/latin1.txt", b"Caf\xe9 ferm\xe9\n\nLe caf\xe9 est ferm\xe9 depuis mardi.\n", Read(1));
    t.add("text/invalid-utf8.txt", [STORY.as_bytes(), b"\xff\xfe\xc0\x80 and more.\n"].concat(), Read(1));
    let controls: Vec<u8> = (0..32_u8).cycle().take(640).collect();
    t.add("text/controls.txt", controls, Skipped("binary"));
    t.add("text/zeros.txt", vec![0; 10_000], Skipped("binary"));
    t.add("text/nul-inside.txt", STORY.replace("river", "ri\0ver"), Read(1));
    t.add("text/crlf.txt", STORY.replace('\n', "\r\n"), Read(1));
    t.add("text/cr.txt", STORY.replace('\n', "\r"), Read(1));
    t.add("text/mixed-line-ends.txt", "Bridge opens\r\n\nOne.\r\rTwo.\n\r\nThree.\n", Read(1));
    t.add("text/one-line-of-4-mib.txt", format!("Bridge opens\n\n{}", "word ".repeat(800_000)), Read(1));
    t.add("text/longer-than-a-record.txt", "word ".repeat(4 << 20), Failed("--max-record-bytes"));
    t.add("text/escapes.txt", "Bridge \x1b[31mopens\x1b]0;owned\x07\n\nThe \u{202E}bridge\u{202C} opened on Tuesday.\n", Read(1));
    t.add("text/marks-upon-marks.txt", format!("Bridge opens\n\nA{} bridge.\n", "\u{301}".repeat(100_000)), Read(1));
    t.add("text/blank-lines.txt", format!("Bridge opens\n{}It opened.\n", "\n".repeat(1_000_000)), Skipped("lines"));
    t.add("text/noise.txt", noise(64 << 10), Skipped("binary"));
    t.add("text/noise.json", noise(4 << 10), Skipped("binary"));
    t.add("text/noise-of-three-bytes.html", [0x00, 0x01, 0x02], Skipped("binary"));
}

#[rustfmt::skip]
fn liars(t: &mut Tree) {
    for (name, bytes, what) in [("png.txt", &b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], "PNG"), ("jpeg.html", b"\xff\xd8\xff\xe0\0\x10JFIF\0", "JPEG"), ("gif.json", b"GIF89a\x01\0\x01\0\0\0\0", "GIF"), ("pdf.txt", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "PDF"), ("elf.json", b"\x7fELF\x02\x01\x01\0\0\0\0\0", "ELF"), ("rtf.txt", b"{\\rtf1\\ansi Bridge opens}", "RTF"), ("sqlite.csv", b"SQLite format 3\0\x10\0\x01\x01", "SQLite"), ("parquet.jsonl", b"PAR1\x15\x04\x15\0", "Parquet"), ("xz.gz", b"\xfd7zXZ\0\0\x04\xe6\xd6\xb4F", "xz"), ("seven.zip", b"7z\xbc\xaf\x27\x1c\0\x04", "7-Zip"), ("rar.zip", b"Rar!\x1a\x07\x01\0", "RAR"), ("bzip2.gz", b"BZh91AY&SY\x01\x02", "bzip2"), ("wasm.html", b"\0asm\x01\0\0\0", "WebAssembly"), ("old-office.eml", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", "Office"), ("film.txt", b"\0\0\0\x18ftypmp42\0\0\0\0", "film"), ("class.java", b"\xca\xfe\xba\xbe\0\0\0\x34\0\x10\x01\x02", "binary")] {
        t.add(&format!("liars/{name}"), bytes, Skipped(what));
    }
    t.add("liars/page.json", page(""), Read(1));
    t.add("liars/page.txt", page(""), Read(1));
    t.add("liars/object.html", OBJECT, Read(1));
    t.add("liars/object.csv", OBJECT, Read(1));
    t.add("liars/gzip.txt", gzip(STORY.as_bytes()), Read(1));
    t.add("liars/text.gz", STORY, Read(1));
    t.add("liars/text.zip", STORY, Read(1));
    t.add("liars/text.warc", STORY, Read(1));
    t.add("liars/zip.jsonl", zip(&[("a.txt", STORY.as_bytes())]), Read(1));
    t.add("liars/no-extension", STORY, Read(1));
    for (name, member, what) in [("office.docx", "[Content_Types].xml", "Office"), ("open.odt", "META-INF/manifest.xml", "OpenDocument"), ("program.zip", "META-INF/MANIFEST.MF", "Java")] {
        let bytes = zip(&[(member, b"<x/>"), ("a.txt", STORY.as_bytes())]);
        t.add(&format!("liars/{name}"), bytes, Skipped(what));
    }
}

#[rustfmt::skip]
fn json(t: &mut Tree) {
    t.add("json/deep-array.json", "[".repeat(100_000), Failed("--max-depth"));
    t.add("json/deep-object.json", "{\"a\":".repeat(100_000), Failed("--max-depth"));
    t.add("json/deep-value.jsonl", format!("{OBJECT}\n{{\"title\":\"A\",\"x\":{}\n{OBJECT}\n", "[".repeat(50_000)), Partly(2, "127 levels"));
    t.add("json/truncated.json", "{\"title\":\"Bridge opens\",\"text\":\"The bri", Failed("truncated"));
    t.add("json/lone-surrogate.json", r#"{"title":"Bridge \ud800 opens","text":"It opened."}"#, Read(1));
    t.add("json/huge-number.json", r#"{"title":"A bridge","text":"It opened.","views":1e99999}"#, Failed("number"));
    t.add("json/negative-date.json", r#"{"title":"A bridge","text":"It opened.","date":-99999999999999}"#, Read(1));
    t.add("json/impossible-date.json", r#"{"title":"A bridge","text":"It opened.","date":"2023-02-30"}"#, Read(1));
    let long = format!("{{\"title\":\"A\",\"text\":\"{}\"}}\n{OBJECT}\n", "x".repeat(17 << 20));
    t.add("json/long-line.jsonl", long, Partly(1, "--max-record-bytes"));
    t.add("json/broken-line.jsonl", format!("{OBJECT}\n{{\"title\":\n{OBJECT}\n"), Partly(2, "not JSON"));
    t.add("json/scalars.jsonl", "1\n\"x\"\nnull\ntrue\n", Failed("object"));
    t.add("json/empty-array.json", "[]", Skipped("no"));
    t.add("json/empty-object.json", "{}", Skipped("no"));
    t.add("json/nested-arrays.json", "[[[1,2],[3]],[]]", Failed("object"));
    t.add("json/same-key-twice.json", r#"{"title":"One","title":"Two","text":"It opened."}"#, Read(1));
    t.add("json/wrong-types.json", r#"{"title":5,"text":["One.","Two."],"date":[],"author":{}}"#, Read(1));
    t.add("json/nul.json", r#"{"title":"A\u0000B","text":"It opened."}"#, Read(1));
    t.add("json/mark.json", format!("\u{FEFF}{OBJECT}"), Read(1));
    t.add("json/utf16.json", utf16(OBJECT, true, true), Read(1));
    t.add("json/many.jsonl", format!("{OBJECT}\n").repeat(20_000), Read(20_000));
    t.add("json/settings.json", r#"{"name":"tool","version":"1.0","dependencies":{}}"#, Skipped("no"));
    t.add("json/many-keys.json", format!("{{{}\"title\":\"A bridge\",\"text\":\"It opened.\"}}", (0..50_000).map(|n| format!("\"k{n}\":{n},")).collect::<String>()), Read(1));
    t.add("json/ninjs-invalid.json", r#"{"standard":{"name":"ninjs","version":"1.3"},"uri":5,"headline":"A"}"#, Failed("uri"));
}

#[rustfmt::skip]
fn xml(t: &mut Tree) {
    let laughs: String = (1..10)
        .map(|n| format!("<!ENTITY l{n} \"{}\">", format!("&l{};", n - 1).repeat(10)))
        .collect();
    t.add("xml/billion-laughs.xml", nitf(&format!("<!DOCTYPE nitf [<!ENTITY l0 \"ha\">{laughs}]>"), "&l9;"), Read(1));
    t.add("xml/references.xml", nitf("", &"&amp;".repeat(200_000)), Failed("--max-entities"));
    t.add("xml/external-entity.xml", nitf("<!DOCTYPE nitf [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>", "&x;"), Read(1));
    t.add("xml/external-dtd.xml", nitf("<!DOCTYPE nitf SYSTEM \"http://127.0.0.1:9/nitf.dtd\">", ""), Read(1));
    t.add("xml/parameter-entity.xml", nitf("<!DOCTYPE nitf [<!ENTITY % p SYSTEM \"file:///etc/passwd\"> %p;]>", ""), Read(1));
    t.add("xml/deep.xml", format!("<nitf>{}", "<block>".repeat(100_000)), Failed("--max-depth"));
    t.add("xml/truncated.xml", &nitf("", "")[..150], Failed("not closed"));
    t.add("xml/unclosed-cdata.xml", nitf("", "<![CDATA[ open"), Failed("not closed"));
    t.add("xml/unknown.xml", "<?xml version=\"1.0\"?><inventory><item>spoon</item></inventory>", Skipped("no reader"));
    t.add("xml/picture.svg", "<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"><text>hi</text></svg>", Skipped("no reader"));
    t.add("xml/wrong-encoding.xml", nitf("", "").replace("?>", " encoding=\"UTF-16\"?>"), Read(1));
    t.add("xml/unknown-encoding.xml", nitf("", "").replace("?>", " encoding=\"x-none\"?>"), Read(1));
    t.add("xml/long-attribute.xml", nitf("", &format!("<em class=\"{}\">x</em>", "y".repeat(1 << 20))), Read(1));
    t.add("xml/instructions.xml", nitf("", &"<?x y?>".repeat(50_000)), Read(1));
    t.add("xml/comments.xml", nitf("", &"<!-- -->".repeat(50_000)), Read(1));
    t.add("xml/package.xml", "<packageItem xmlns=\"http://iptc.org/std/nar/2006-10-01/\" guid=\"p\"><groupSet/></packageItem>", Skipped("package"));
    t.add("xml/no-items.rss", "<rss version=\"2.0\"><channel><title>News</title></channel></rss>", Skipped("no"));
    t.add("xml/broken-item.rss", "<rss version=\"2.0\"><channel><item><title>One</title><description>It opened.</description></item><item><title>Two</titel></channel>", Read(2));
    t.add("xml/canceled.xml", "<nitf><head><docdata management-status=\"canceled\"><doc-id id-string=\"n1\"/></docdata></head></nitf>", Read(1));
    t.add("xml/empty-root.xml", "<nitf/>", Failed("no headline"));
}

#[rustfmt::skip]
fn html(t: &mut Tree) {
    t.add("html/nested.html", page(&"<div>".repeat(1_000_000)), Failed("--max-depth"));
    t.add("html/inline.html", page(&"<b><i>x".repeat(50_000)), Read(1));
    t.add("html/tables.html", page(&"<table><tr><td>x".repeat(100)), Read(1));
    t.add("html/nodes.html", page(&"<i>x</i>".repeat(200_000)), Read(1));
    t.add("html/zeros.html", page("<p>Drivers\0waited for hours before the first cars could pass.</p>"), Read(1));
    t.add("html/attributes.html", page(&format!("<p {}>x</p>", (0..20_000).map(|n| format!("a{n} ")).collect::<String>())), Read(1));
    t.add("html/script-only.html", "<html><script>document.write('x')</script></html>", Skipped("no headline"));
    t.add("html/nothing.html", "<html></html>", Skipped("no headline"));
    t.add("html/comment.html", page(&format!("<!--{}", "x".repeat(2 << 20))), Read(1));
    t.add("html/frames.html", "<html><frameset><frame src=a></frameset></html>", Skipped("no headline"));
    t.add("html/wrong-charset.html", page("").replace("<head>", "<head><meta charset=\"utf-7\">"), Read(1));
    t.add("html/longer-than-a-record.html", page(&"<p>word word word</p>".repeat(900_000)), Failed("--max-record-bytes"));
    t.add("html/json-ld-deep.html", page(&format!("<script type=\"application/ld+json\">{}</script>", "[".repeat(200_000))), Read(1));
    t.add("html/truncated.html", &page("")[..130], Read(1));
    t.add("html/base-elsewhere.html", page("<base href=\"http://127.0.0.1:9/\"><img src=x><iframe src=\"file:///etc/passwd\">"), Read(1));
}

#[rustfmt::skip]
fn tables(t: &mut Tree) {
    let head = "title,date,text\n";
    t.add("table/unclosed-quote.csv", format!("{head}One,2024-07-14,\"It opened.\nTwo,2024-07-15,It closed.\n"), Read(1));
    t.add("table/ragged.csv", format!("{head}One,2024-07-14,It opened.\nTwo\nThree,2024-07-16,It closed.,more,and more\n"), Partly(1, "fields"));
    t.add("table/header-alone.csv", head, Skipped("without rows"));
    let many: String = (0..10_000).map(|n| format!("c{n},")).collect();
    t.add("table/many-columns.csv", format!("{many}title,text\n{}One,It opened.\n", ",".repeat(10_000)), Read(1));
    t.add("table/long-cell.csv", format!("{head}One,2024-07-14,{}\nTwo,2024-07-15,It closed.\n", "x".repeat(17 << 20)), Failed("--max-record-bytes"));
    t.add("table/mixed-line-ends.csv", "title,text\r\nOne,It opened.\nTwo,It closed.\r\n", Read(2));
    t.add("table/utf16.tsv", utf16("title\ttext\nOne\tIt opened.\n", true, true), Read(1));
    t.add("table/quotes.csv", format!("{head}{}", "\"".repeat(100_001)), Failed(""));
    t.add("table/prices.csv", "sku,price\n1,2.50\n2,3.00\n", Skipped("no"));
    t.add("table/formula.csv", format!("{head}=cmd|' /C calc'!A0,2024-07-14,It opened.\n"), Read(1));
}

#[rustfmt::skip]
fn wires(t: &mut Tree) {
    t.add("wire/no-stx.iptc", b"\x01abc0001 4 pol 12 Bridge opens\r\nIt opened.\r\n\x03\x04", Skipped("binary"));
    t.add("wire/no-eot.iptc", b"\x01abc0001 4 pol 12\r\n\x02Bridge opens\r\n\r\nIt opened on Tuesday.\r\n", Read(1));
    t.add("wire/stx-alone.iptc", b"\x01\x02\x03\x04", Skipped("binary"));
    t.add("wire/messages.iptc", b"\x01abc0001 4 pol 12\r\n\x02Bridge opens\r\n\r\nIt opened.\r\n\x03141030 jul 24\x04junk\x04\x01abc0002 4 pol 12\r\n\x02Bridge closes\r\n\r\nIt closed.\r\n\x03\x04", Partly(2, "SOH"));
    t.add("wire/open.sgm", "<REUTERS NEWID=\"1\"><TEXT><TITLE>ONE</TITLE><BODY>It opened.\n<REUTERS NEWID=\"2\"><TEXT><TITLE>TWO</TITLE><BODY>It closed.\n", Read(2));
    t.add("wire/references.sgm", format!("<REUTERS NEWID=\"1\"><TEXT><TITLE>ONE</TITLE><BODY>It opened. {}</BODY></TEXT></REUTERS>", "&#999999999999;&#0;&#xFFFFFFFF;".repeat(1000)), Read(1));
    t.add("wire/no-text.sgm", "<REUTERS NEWID=\"1\"></REUTERS>", Failed("no <TEXT>"));
    t.add("wire/long.sgm", format!("<REUTERS NEWID=\"1\"><TEXT><BODY>{}", "word\n".repeat(4 << 20)), Failed("--max-record-bytes"));
}

fn warc_record(kind: &str, length: &str, body: &[u8]) -> Vec<u8> {
    let mut out = format!("WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: http://example.org/a\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: {length}\r\n\r\n").into_bytes();
    out.extend_from_slice(body);
    out.extend_from_slice(b"\r\n\r\n");
    out
}

fn response(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut out =
        format!("HTTP/1.1 {status}\r\nContent-Type: text/html\r\n{headers}\r\n").into_bytes();
    out.extend_from_slice(body);
    out
}

#[rustfmt::skip]
fn crawls(t: &mut Tree) {
    let whole = |http: &[u8]| warc_record("response", &http.len().to_string(), http);
    let good = whole(&response("200 OK", "", page("").as_bytes()));
    t.add("warc/good.warc", &good, Read(1));
    t.add("warc/too-long.warc", [&good[..], &warc_record("response", "99999", b"HTTP/1.1 200 OK\r\n\r\nx")].concat(), Partly(1, "truncated"));
    t.add("warc/absurd-length.warc", warc_record("response", "999999999999999999", b"HTTP/1.1 200 OK\r\n\r\nx"), Failed(""));
    t.add("warc/negative-length.warc", warc_record("response", "-5", b"HTTP/1.1 200 OK\r\n\r\nx"), Failed("Content-Length"));
    t.add("warc/no-length.warc", "WARC/1.0\r\nWARC-Type: response\r\n\r\n", Failed("Content-Length"));
    t.add("warc/endless-header.warc", format!("WARC/1.0\r\n{}", "X-Y: z\r\n".repeat(200_000)), Failed("header"));
    t.add("warc/not-found.warc", whole(&response("404 Not Found", "", page("").as_bytes())), Skipped("404"));
    t.add("warc/request.warc", warc_record("request", "3", b"GET"), Skipped("no"));
    t.add("warc/chunks.warc", whole(&response("200 OK", "Transfer-Encoding: chunked\r\n", b"FFFFFFFF\r\n<html>")), Skipped("without title"));
    let bomb = gzip(&vec![b' '; 20 << 20]);
    t.add("warc/bomb.warc", [whole(&response("200 OK", "Content-Encoding: gzip\r\n", &bomb)), good.clone()].concat(), Partly(1, "--max-record-bytes"));
    let (mut members, break_at) = (gzip(&good), gzip(&good).len() / 2);
    let second = gzip(&good);
    members.extend(&second[..break_at]);
    t.add("warc/broken-member.warc.gz", members, Partly(1, "truncated"));
    t.add("warc/members.warc.gz", [gzip(&good), gzip(&good)].concat(), Read(2));
}

#[rustfmt::skip]
fn mail(t: &mut Tree) {
    let head = "From: Press <press@example.org>\r\nDate: Sun, 14 Jul 2024 10:30:00 +0200\r\nSubject: Bridge opens\r\n";
    t.add("mail/plain.eml", format!("{head}\r\nThe bridge opened on Tuesday.\r\n"), Read(1));
    t.add("mail/no-body.eml", format!("{head}\r\n"), Read(1));
    t.add("mail/from-lines.mbox", format!("From a@b Sun Jul 14 10:30:00 2024\n{head}\n>From here to there.\n\nFrom a@b Sun Jul 14 10:31:00 2024\n{head}\nThe bridge opened.\n").replace("\r\n", "\n"), Read(2));
    let nested: String = (0..2_000)
        .map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n"))
        .collect();
    t.add("mail/nested.eml", format!("{head}{nested}\r\ntext"), Read(1));
    t.add("mail/unknown-charset.eml", format!("{head}Content-Type: text/plain; charset=x-none\r\n\r\nThe bridge opened.\r\n"), Read(1));
    t.add("mail/broken-base64.eml", format!("{head}Content-Transfer-Encoding: base64\r\n\r\n!!!!====%%%\r\n"), Read(1));
    t.add("mail/many-headers.eml", format!("{head}{}\r\nThe bridge opened.\r\n", "X-A: b\r\n".repeat(50_000)), Read(1));
}

#[rustfmt::skip]
fn containers(t: &mut Tree) {
    let story = STORY.as_bytes();
    let lines = format!("{OBJECT}\n").repeat(2_000);
    // Stored, so that half the bytes hold half the lines.
    let mut stored = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    stored.write_all(lines.as_bytes()).expect("gzip");
    let stored = stored.finish().expect("gzip");
    let half = &stored[..stored.len() / 2];
    let whole = OBJECT.len() + 1;
    let kept = (half.len() - 10 - 5 * 2) / whole;
    t.add("box/truncated.jsonl.gz", half, Partly(kept, "truncated"));
    t.add("box/garbage-behind.txt.gz", [gzip(story), b"garbage".to_vec()].concat(), Read(1));
    t.add("box/members.jsonl.gz", [gzip(format!("{OBJECT}\n").as_bytes()), gzip(OBJECT.as_bytes())].concat(), Read(2));
    t.add("box/empty.gz", gzip(b""), Skipped("empty"));
    t.add("box/header-alone.gz", &gzip(story)[..10], Failed("truncated"));
    let mut crc = gzip(story);
    let at = crc.len() - 6;
    crc[at] ^= 0xFF;
    t.add("box/wrong-sum.txt.gz", crc, Failed("corrupt"));
    t.add("box/bomb.txt.gz", gzip(&vec![b'a'; 20 << 20]), Failed("--max-record-bytes"));
    t.add("box/bomb.txt.zst", zstd(&vec![b'a'; 20 << 20]), Failed("--max-record-bytes"));
    let digits: String = noise(20_000).iter().map(|b| format!("{b} ")).collect();
    t.add("box/truncated.txt.zst", &zstd(digits.as_bytes())[..5_000], Failed("truncated"));
    let mut wide = zstd(story);
    wide[4] = 0x00;
    wide[5] = 0xFF;
    t.add("box/wide-window.txt.zst", wide, Failed(""));
    let nest = |make: &dyn Fn(&[u8]) -> Vec<u8>, times: usize| {
        (0..times).fold(story.to_vec(), |inner, _| make(&inner))
    };
    t.add("box/gzip-in-gzip.gz", nest(&gzip, 4), Read(1));
    t.add("box/gzip-too-deep.gz", nest(&gzip, 5), Failed("--max-containers"));
    t.add("box/zip-too-deep.zip", nest(&|b| zip(&[("a", b)]), 6), Failed("--max-containers"));
    t.add("box/tar-too-deep.tar", nest(&|b| tar(&[(b"a", b'0', b)]), 6), Failed("--max-containers"));
    t.add("box/bomb.zip", zip(&[("a.txt", &vec![b'a'; 20 << 20]), ("b.txt", story)]), Partly(1, "--max-record-bytes"));
    t.add("box/up.zip", zip(&[("../../up.txt", story), ("/etc/absolute.txt", story), ("..\\..\\back.txt", story)]), Read(3));
    let chapter = page("");
    t.add("box/book.epub", zip(&[("mimetype", b"application/epub+zip"), ("META-INF/container.xml", b"<container/>"), ("OEBPS/1.xhtml", chapter.as_bytes())]), Read(1));
    t.add("box/empty.zip", zip(&[]), Skipped("without files"));
    t.add("box/pictures.zip", zip(&[("a.png", b"\x89PNG\r\n\x1a\n\0\0")]), Skipped("PNG"));
    let good = zip(&[("a.txt", story), ("b.txt", story)]);
    t.add("box/truncated.zip", &good[..good.len() / 3], Partly(1, "truncated"));
    t.add("box/no-directory.zip", &good[..good.len() * 2 / 3], Partly(2, "truncated"));
    let flip = |at: &[u8], plus: usize, to: u8| {
        let mut bytes = good.clone();
        let places: Vec<usize> = memchr::memmem::find_iter(&bytes, at).collect();
        for place in places {
            bytes[place + plus] = to;
        }
        bytes
    };
    // The flag's bit 0 says encrypted; byte 6 of a member's header, byte 8 of the directory's.
    let mut locked = flip(b"PK\x03\x04", 6, 1);
    for place in memchr::memmem::find_iter(&good, b"PK\x01\x02").collect::<Vec<_>>() {
        locked[place + 8] = 1;
    }
    t.add("box/encrypted.zip", locked, Failed("Password"));
    let mut method = flip(b"PK\x03\x04", 8, 98);
    for place in memchr::memmem::find_iter(&good, b"PK\x01\x02").collect::<Vec<_>>() {
        method[place + 10] = 98;
    }
    t.add("box/unknown-method.zip", method, Failed("ompression"));
    let mut sum = good.clone();
    for place in memchr::memmem::find_iter(&good, b"PK\x01\x02").collect::<Vec<_>>() {
        sum[place + 16] ^= 0xFF;
    }
    t.add("box/wrong-sum.zip", sum, Failed("hecksum"));
    let names: Vec<String> = (0..1_000).map(|n| format!("{n}.txt")).collect();
    let members: Vec<(&str, &[u8])> = names.iter().map(|n| (n.as_str(), &b""[..])).collect();
    t.add("box/empty-members.zip", zip(&members), Skipped("empty"));
    t.add("box/absolute.tar", tar(&[(b"/etc/a.txt", b'0', story), (b"../../b.txt", b'0', story)]), Read(2));
    t.add("box/links.tar", tar(&[(b"a.txt", b'2', b""), (b"b.txt", b'1', b"")]), Skipped("link"));
    t.add("box/devices.tar", tar(&[(b"null", b'3', b""), (b"disk", b'4', b""), (b"fifo", b'6', b""), (b"folder", b'5', b"")]), Skipped("without files"));
    t.add("box/truncated.tar", &tar(&[(b"a.txt", b'0', &story.repeat(100))])[..2_000], Failed("truncated"));
    t.add("box/absurd-size.tar", tar_entry(b"a.txt", b'0', "77777777777", story), Failed("truncated"));
    t.add("box/letters-for-a-size.tar", tar_entry(b"a.txt", b'0', "zzzzzzzzzzz", story), Failed("damaged"));
    t.add("box/long-name.tar", tar(&[(b"././@LongLink", b'L', &vec![b'n'; 1 << 20]), (b"a.txt", b'0', story)]), Partly(1, "name is longer"));
    t.add("box/name-with-escape.tar", tar(&[(b"a\x1b[31m\n.txt", b'0', story)]), Read(1));
    t.add("box/name-not-utf8.tar", tar(&[(b"a\xff.txt", b'0', story)]), Read(1));
    t.add("box/tar.tar.gz", gzip(&tar(&[(b"a.txt", b'0', story)])), Read(1));
    t.add("box/hidden-members.zip", zip(&[(".git/config", story), ("__MACOSX/._a.txt", story), ("README.md", story)]), Skipped("without files"));
}

#[cfg(unix)]
#[rustfmt::skip]
fn files(t: &mut Tree) {
    use std::os::unix::{ffi::OsStrExt, fs::symlink, net::UnixListener};
    t.add("files/dir.json/inner.txt", STORY, Read(1));
    let fifo = t.path("files/pipe.txt");
    let made = Command::new("mkfifo").arg(&fifo).status();
    assert!(made.is_ok_and(|s| s.success()), "mkfifo");
    t.expect("files/pipe.txt", Skipped("FIFO"));
    let _listener = UnixListener::bind(t.path("files/socket")).expect("a socket");
    t.expect("files/socket", Skipped("socket"));
    symlink("loop-b", t.path("files/loop-a")).expect("a link");
    symlink("loop-a", t.path("files/loop-b")).expect("a link");
    t.expect("files/loop-a", Skipped("link"));
    t.expect("files/loop-b", Skipped("link"));
    symlink("itself", t.path("files/itself")).expect("a link");
    t.expect("files/itself", Skipped("link"));
    symlink("..", t.path("files/up")).expect("a link");
    t.expect("files/up", Skipped("link"));
    symlink("gone.txt", t.path("files/dangling.txt")).expect("a link");
    t.expect("files/dangling.txt", Skipped("link to nothing"));
    symlink("/etc/passwd", t.path("files/outside.txt")).expect("a link");
    t.expect("files/outside.txt", Skipped("outside"));
    symlink("/dev/zero", t.path("files/zero.txt")).expect("a link");
    t.expect("files/zero.txt", Skipped("outside"));
    symlink("dir.json/inner.txt", t.path("files/inside.txt")).expect("a link");
    t.expect("files/inside.txt", Skipped("its own place"));
    fs::hard_link(t.path("files/dir.json/inner.txt"), t.path("files/hard.txt")).expect("a link");
    t.expect("files/hard.txt", Read(1));
    let giant = fs::File::create(t.path("files/giant.txt")).expect("a file");
    giant.set_len(1 << 40).expect("a hole");
    // File systems without blocks to count let it through to the limit of a record.
    t.expect("files/giant.txt", Skipped(""));
    t.add("files/new\nline.txt", STORY, Read(1));
    t.add("files/esc\x1b[31m.txt", STORY, Read(1));
    t.add(&format!("files/{}.txt", "n".repeat(250)), STORY, Read(1));
    let name = std::ffi::OsStr::from_bytes(b"\xff\xfe.txt");
    // Some file systems take no such name.
    if fs::write(t.path("files").join(name), STORY).is_ok() {
        t.expect("files/%FF%FE.txt", Read(1));
    }
    t.add("files/.hidden.txt", STORY, Passed);
    t.add("files/README.md", STORY, Skipped("README"));
    t.add("files/LICENSE", STORY, Skipped("licence"));
    let deep = "d/".repeat(300);
    t.add(&format!("files/{deep}deep.txt"), STORY, Read(1));
}

/// Makes the tree, in a folder that goes with it.
pub fn tree() -> Tree {
    let mut t = Tree {
        folder: tempfile::tempdir().expect("a folder"),
        expected: BTreeMap::new(),
    };
    texts(&mut t);
    liars(&mut t);
    json(&mut t);
    xml(&mut t);
    html(&mut t);
    tables(&mut t);
    wires(&mut t);
    crawls(&mut t);
    mail(&mut t);
    containers(&mut t);
    #[cfg(unix)]
    files(&mut t);
    t
}
