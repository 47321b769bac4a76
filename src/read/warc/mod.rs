//! Crawls: WARC and the older ARC, as streams of records.
//!
//! Only pages that a server gave with status 200 become articles; their address is the record's
//! target. The time of the crawl is never taken for the time of publication.

mod http;

use super::{Articles, Fit, Head, Input, Limits, Reader, Trouble, html};
use crate::article::Article;
use std::io::{BufRead, Read};

/// `.warc` and `.arc`; compressed members arrive here as one stream.
pub struct WarcReader;

impl Reader for WarcReader {
    fn name(&self) -> &'static str {
        "warc"
    }

    fn accepts(&self, path: &str, head: &Head<'_>) -> Fit {
        let bytes = head.bytes.trim_ascii_start();
        // A crawl whose beginning is damaged has records further on.
        let named = || path.to_ascii_lowercase().ends_with(".warc");
        match bytes.starts_with(b"WARC/") || bytes.starts_with(b"filedesc://") {
            true => Fit::Sure,
            false if named() && memchr::memmem::find(bytes, b"\nWARC/").is_some() => Fit::Likely,
            false => Fit::No,
        }
    }

    fn read<'a>(&self, input: Input<'a>) -> Articles<'a> {
        Box::new(Records {
            limits: input.options.limits.clone(),
            input,
            record: 0,
            offset: 0,
            start: 0,
            lost: false,
            done: false,
        })
    }
}

/// Longest line of a header.
const MAX_LINE: u64 = 64 << 10;
/// Most lines of a header.
const MAX_FIELDS: usize = 1_000;

struct Records<'a> {
    input: Input<'a>,
    limits: Limits,
    record: u32,
    offset: u64,
    /// Where the record at hand begins.
    start: u64,
    /// A broken header was reported; what follows is passed over up to the next record.
    lost: bool,
    done: bool,
}

/// What a record's header says.
#[derive(Debug, Default)]
struct Header {
    kind: String,
    uri: String,
    content_type: String,
    length: u64,
    /// An ARC record, whose kind is told by its address.
    is_arc: bool,
    truncated: bool,
}

enum Found {
    Header(Header),
    /// Not the beginning of a record.
    Junk,
    End,
}

impl Records<'_> {
    fn line(&mut self) -> Result<Option<Vec<u8>>, Trouble> {
        let mut line = Vec::new();
        let read = (&mut self.input)
            .take(MAX_LINE)
            .read_until(b'\n', &mut line)
            .map_err(|e| Trouble::io(&e))?;
        self.offset += read as u64;
        Ok((read > 0).then_some(line))
    }

    fn header(&mut self) -> Result<Found, Trouble> {
        let first = loop {
            self.start = self.offset;
            match self.line()? {
                None => return Ok(Found::End),
                Some(line) if line.trim_ascii().is_empty() => {}
                Some(line) => break line,
            }
        };
        if !first.starts_with(b"WARC/") {
            return Ok(arc_header(&first).map_or(Found::Junk, Found::Header));
        }
        let mut header = Header::default();
        let mut has_length = false;
        for _ in 0..MAX_FIELDS {
            let Some(line) = self.line()? else { break };
            let text = String::from_utf8_lossy(&line);
            let text = text.trim();
            if text.is_empty() {
                if !has_length {
                    return Err(Trouble::failed("a WARC record without Content-Length"));
                }
                return Ok(Found::Header(header));
            }
            let Some((name, value)) = text.split_once(':') else {
                continue;
            };
            let value = value.trim();
            match name.trim().to_ascii_lowercase().as_str() {
                "warc-type" => header.kind = value.to_ascii_lowercase(),
                "warc-target-uri" => header.uri = address(value),
                "content-type" => header.content_type = value.to_ascii_lowercase(),
                "warc-truncated" => header.truncated = true,
                "content-length" => {
                    header.length = value.parse().map_err(|_| {
                        Trouble::failed(format!("Content-Length: {value:?} is no number"))
                    })?;
                    has_length = true;
                }
                _ => {}
            }
        }
        Err(Trouble::failed("a WARC header without end"))
    }

    /// Passes over `length` bytes.
    fn skip(&mut self, length: u64) -> Result<(), Trouble> {
        let mut left = length;
        while left > 0 {
            let chunk = self.input.fill_buf().map_err(|e| Trouble::io(&e))?;
            if chunk.is_empty() {
                return Err(Trouble::failed(format!(
                    "ends {left} bytes too early: truncated"
                )));
            }
            let taken = usize::try_from(left).unwrap_or(usize::MAX).min(chunk.len());
            self.input.consume(taken);
            self.offset += taken as u64;
            left -= taken as u64;
        }
        Ok(())
    }

    fn block(&mut self, length: u64) -> Result<Vec<u8>, Trouble> {
        let mut block = Vec::new();
        (&mut self.input)
            .take(length)
            .read_to_end(&mut block)
            .map_err(|e| Trouble::io(&e))?;
        self.offset += block.len() as u64;
        if (block.len() as u64) < length {
            let missing = length - block.len() as u64;
            return Err(Trouble::failed(format!(
                "ends {missing} bytes too early: truncated"
            )));
        }
        Ok(block)
    }

    /// The article of a record, or why it is none; `None` for records about the crawl itself.
    fn read(&mut self, header: &Header) -> Option<Result<Article, Trouble>> {
        let is_http = header.content_type.starts_with("application/http")
            || (header.is_arc && header.uri.starts_with("http"));
        let wanted = match header.kind.as_str() {
            "response" => true,
            "resource" | "conversion" => header.content_type.contains("html"),
            _ => false,
        };
        if !wanted || header.length > self.limits.record_bytes {
            if let Err(trouble) = self.skip(header.length) {
                self.done = true;
                return Some(Err(trouble));
            }
            return match header.kind.as_str() {
                _ if wanted => Some(Err(Trouble::failed(format!(
                    "longer than {} bytes (--max-record-bytes)",
                    self.limits.record_bytes
                )))),
                "revisit" => Some(Err(Trouble::skipped(format!(
                    "{}: a revisit, its page is in an earlier crawl",
                    header.uri
                )))),
                "resource" | "conversion" => Some(Err(Trouble::skipped(format!(
                    "{}: {}, not HTML",
                    header.uri, header.content_type
                )))),
                _ => None,
            };
        }
        let block = match self.block(header.length) {
            Ok(block) => block,
            Err(trouble) => {
                self.done = true;
                return Some(Err(trouble));
            }
        };
        let mut page = if is_http {
            match http::page(&block, &self.limits) {
                Ok(page) => page,
                Err(mut trouble) => {
                    trouble.reason = format!("{}: {}", header.uri, trouble.reason);
                    return Some(Err(trouble));
                }
            }
        } else if header.kind == "response" {
            return Some(Err(Trouble::skipped(format!(
                "{}: not an answer by HTTP",
                header.uri
            ))));
        } else {
            http::Page {
                body: block,
                charset: http::charset(&header.content_type),
                cut: false,
            }
        };
        page.cut |= header.truncated;
        Some(article(page, &header.uri, &self.limits))
    }
}

fn article(page: http::Page, uri: &str, limits: &Limits) -> Result<Article, Trouble> {
    let mut article = html::parse_bytes(&page.body, page.charset.as_deref(), Some(uri), limits)?;
    if !uri.is_empty()
        && !article
            .url
            .as_deref()
            .is_some_and(|own| same_host(own, uri))
    {
        article.url = Some(uri.to_owned());
    }
    if page.cut {
        article
            .warnings
            .push(format!("{uri}: the crawler cut the page"));
    }
    if article.title.is_none() && article.sections.is_empty() {
        return Err(Trouble::skipped(format!(
            "{uri}: a page without title and text"
        )));
    }
    Ok(article)
}

/// Whether two addresses are of one host, `www.` aside: a page may name its canonical address, not another's.
fn same_host(a: &str, b: &str) -> bool {
    fn host(url: &str) -> Option<String> {
        let rest = url.split_once("://")?.1;
        let host = rest.split(['/', '?', '#']).next()?.to_ascii_lowercase();
        Some(host.strip_prefix("www.").unwrap_or(&host).to_owned())
    }
    let has_path = a.split_once("://").is_some_and(|(_, rest)| {
        rest.split_once('/')
            .is_some_and(|(_, path)| !path.is_empty())
    });
    has_path && host(a).is_some() && host(a) == host(b)
}

/// A target as crawlers write it: wget puts it in angle brackets, some leave spaces in it.
fn address(written: &str) -> String {
    let bare = written
        .strip_prefix('<')
        .and_then(|w| w.strip_suffix('>'))
        .unwrap_or(written);
    bare.trim().replace(' ', "%20")
}

/// `URL IP date type length`: the address may hold spaces, so that fields count from the right.
fn arc_header(line: &[u8]) -> Option<Header> {
    let line = String::from_utf8_lossy(line);
    let mut fields = line.trim_end().rsplitn(5, ' ');
    let length = fields.next()?.parse().ok()?;
    let content_type = fields.next()?.to_ascii_lowercase();
    let date = fields.next()?;
    let (_ip, uri) = (fields.next()?, fields.next()?);
    if !(date.len() == 14 || date.len() == 12)
        || !date.bytes().all(|b| b.is_ascii_digit())
        || !uri.contains(':')
    {
        return None;
    }
    let kind = if uri.starts_with("filedesc:") {
        "warcinfo"
    } else {
        "response"
    };
    Some(Header {
        kind: kind.to_owned(),
        uri: address(uri),
        content_type,
        length,
        is_arc: true,
        truncated: false,
    })
}

impl Iterator for Records<'_> {
    type Item = Result<Article, Trouble>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.done {
            let found = match self.header() {
                Ok(found) => found,
                Err(trouble) => {
                    self.record = self.record.saturating_add(1);
                    self.lost = true;
                    // A stream that broke gives nothing more.
                    self.done = self.input.fill_buf().map_or(true, <[u8]>::is_empty);
                    return Some(Err(trouble.at(self.record, self.start)));
                }
            };
            let start = self.start;
            let header = match found {
                Found::End => {
                    self.done = true;
                    return None;
                }
                Found::Junk if self.lost => continue,
                Found::Junk => {
                    self.lost = true;
                    self.record = self.record.saturating_add(1);
                    let reason = "not the beginning of a record; expected `WARC/1.0`, or an ARC line of five fields";
                    return Some(Err(Trouble::failed(reason).at(self.record, start)));
                }
                Found::Header(header) => header,
            };
            self.lost = false;
            self.record = self.record.saturating_add(1);
            let record = self.record;
            match self.read(&header) {
                None => {}
                Some(Ok(mut article)) => {
                    article.record = record;
                    article.offset = start;
                    return Some(Ok(article));
                }
                Some(Err(trouble)) => return Some(Err(trouble.at(record, start))),
            }
        }
        None
    }
}
