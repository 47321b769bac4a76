//! An HTTP answer as a crawler stored it → the bytes of its page.

use super::super::{Limits, Trouble};
use std::io::Read;

/// A page's bytes, free of transfer and content codings.
pub(super) struct Page {
    pub body: Vec<u8>,
    pub charset: Option<String>,
    /// A coding broke off before its end.
    pub cut: bool,
}

/// The page of an answer; answers that are no page are skipped with a reason.
pub(super) fn page(block: &[u8], limits: &Limits) -> Result<Page, Trouble> {
    let (head, body) = split(block);
    let head = String::from_utf8_lossy(head);
    let mut lines = head.lines();
    let status_line = lines.next().unwrap_or("");
    let status = status_line.split_whitespace().nth(1).unwrap_or("");
    if !status_line.starts_with("HTTP/") {
        return Err(Trouble::failed("no HTTP status line"));
    }
    if status != "200" {
        return Err(Trouble::skipped(format!("status {status}")));
    }
    let field = |name: &str| {
        head.lines().skip(1).find_map(|line| {
            let (n, value) = line.split_once(':')?;
            n.trim()
                .eq_ignore_ascii_case(name)
                .then(|| value.trim().to_ascii_lowercase())
        })
    };
    let kind = field("content-type").unwrap_or_default();
    let is_html = kind.contains("html") || (kind.is_empty() && looks_like_html(body));
    if !is_html {
        let kind = kind.split(';').next().unwrap_or("").trim();
        let kind = if kind.is_empty() {
            "no content type"
        } else {
            kind
        };
        return Err(Trouble::skipped(format!("{kind}, not HTML")));
    }
    let mut cut = false;
    let mut body = match field("transfer-encoding").is_some_and(|t| t.contains("chunked")) {
        true => match unchunked(body) {
            Some((whole, ended)) => {
                cut |= !ended;
                whole
            }
            // Some crawlers undo the chunks and keep the header.
            None => body.to_vec(),
        },
        false => body.to_vec(),
    };
    let codings = field("content-encoding").unwrap_or_default();
    for coding in codings
        .split(',')
        .rev()
        .map(str::trim)
        .filter(|c| !c.is_empty())
    {
        let (decoded, ended) = match coding {
            "identity" | "none" | "utf-8" => continue,
            "gzip" | "x-gzip" if body.starts_with(&[0x1F, 0x8B]) => {
                bounded(flate2::read::MultiGzDecoder::new(&body[..]), limits)?
            }
            "deflate" if body.first().is_some_and(|b| b & 0x0F == 8) => {
                bounded(flate2::read::ZlibDecoder::new(&body[..]), limits)?
            }
            "deflate" => bounded(flate2::read::DeflateDecoder::new(&body[..]), limits)?,
            "zstd" => match zstd::stream::read::Decoder::new(&body[..]) {
                Ok(decoder) => bounded(decoder, limits)?,
                Err(e) => return Err(Trouble::failed(format!("broken zstd: {e}"))),
            },
            // The header of a body that the crawler had decoded already.
            "gzip" | "x-gzip" => continue,
            other if looks_like_html(&body) => {
                let _ = other;
                continue;
            }
            other => {
                return Err(Trouble::skipped(format!(
                    "content coding {other}, which is not read"
                )));
            }
        };
        cut |= !ended;
        body = decoded;
    }
    if body.trim_ascii().is_empty() {
        return Err(Trouble::skipped("an empty page"));
    }
    Ok(Page {
        body,
        charset: charset(&kind),
        cut,
    })
}

/// The `charset` of a content type.
pub(super) fn charset(content_type: &str) -> Option<String> {
    let at = content_type.find("charset=")?;
    let value = &content_type[at + 8..];
    let value = value
        .split([';', ','])
        .next()?
        .trim()
        .trim_matches(['"', '\'']);
    (!value.is_empty()).then(|| value.to_owned())
}

fn split(block: &[u8]) -> (&[u8], &[u8]) {
    let crlf = memchr::memmem::find(block, b"\r\n\r\n").map(|at| (at, at + 4));
    let lf = memchr::memmem::find(block, b"\n\n").map(|at| (at, at + 2));
    let found = match (crlf, lf) {
        (Some(a), Some(b)) => Some(if a.0 < b.0 { a } else { b }),
        (a, b) => a.or(b),
    };
    match found {
        Some((head, body)) => (&block[..head], &block[body..]),
        None => (block, &[]),
    }
}

fn looks_like_html(body: &[u8]) -> bool {
    let start = body.trim_ascii_start();
    let head = start[..start.len().min(200)].to_ascii_lowercase();
    head.starts_with(b"<")
        && ["<html", "<!doctype html", "<head", "<body"]
            .iter()
            .any(|t| memchr::memmem::find(&head, t.as_bytes()).is_some())
}

/// The chunks' contents, and whether the last chunk was there; `None` if these are no chunks.
fn unchunked(body: &[u8]) -> Option<(Vec<u8>, bool)> {
    let mut out = Vec::new();
    let mut rest = body;
    loop {
        let Some(end) = memchr::memchr(b'\n', rest) else {
            return (!out.is_empty()).then_some((out, false));
        };
        let line = rest[..end].trim_ascii();
        let digits = line
            .split(|b| *b == b';')
            .next()
            .unwrap_or(line)
            .trim_ascii();
        let length = std::str::from_utf8(digits)
            .ok()
            .filter(|d| !d.is_empty() && d.len() <= 8)
            .and_then(|d| usize::from_str_radix(d, 16).ok());
        let Some(length) = length else {
            // Chunks that turn to nonsense midway keep what they gave.
            return (!out.is_empty()).then_some((out, false));
        };
        rest = &rest[end + 1..];
        if length == 0 {
            return Some((out, true));
        }
        if rest.len() < length {
            if out.is_empty() && digits.len() > 4 {
                return None;
            }
            out.extend_from_slice(rest);
            return Some((out, false));
        }
        out.extend_from_slice(&rest[..length]);
        rest = &rest[length..];
        rest = rest
            .strip_prefix(b"\r\n")
            .or_else(|| rest.strip_prefix(b"\n"))
            .unwrap_or(rest);
    }
}

/// Decodes within the limit of a record; a coding that breaks off keeps what it gave.
fn bounded(decoder: impl Read, limits: &Limits) -> Result<(Vec<u8>, bool), Trouble> {
    let mut out = Vec::new();
    let ended = decoder
        .take(limits.record_bytes.saturating_add(1))
        .read_to_end(&mut out)
        .is_ok();
    if out.len() as u64 > limits.record_bytes {
        return Err(Trouble::failed(format!(
            "longer than {} bytes when decoded (--max-record-bytes)",
            limits.record_bytes
        )));
    }
    if out.is_empty() && !ended {
        return Err(Trouble::failed("its content coding is broken"));
    }
    Ok((out, ended))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(answer: &[u8]) -> Result<String, String> {
        page(answer, &Limits::default())
            .map(|p| String::from_utf8_lossy(&p.body).into_owned())
            .map_err(|t| t.reason)
    }

    #[test]
    fn chunks_are_joined_and_a_lying_header_is_seen_through() {
        let head =
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n";
        assert_eq!(
            body(format!("{head}3\r\n<p>\r\n2;x\r\nab\r\n0\r\n\r\n").as_bytes()),
            Ok("<p>ab".into())
        );
        assert_eq!(
            body(format!("{head}<p>whole\n").as_bytes()),
            Ok("<p>whole\n".into())
        );
        assert_eq!(
            body(format!("{head}3\r\n<p>\r\nzz").as_bytes()),
            Ok("<p>".into())
        );
    }

    #[test]
    fn only_pages_with_status_200_pass() {
        assert_eq!(
            body(b"HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\n<p>"),
            Err("status 404".into())
        );
        assert_eq!(
            body(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\nx"),
            Err("image/png, not HTML".into())
        );
        assert_eq!(body(b"nonsense"), Err("no HTTP status line".into()));
        assert_eq!(body(b""), Err("no HTTP status line".into()));
    }

    #[test]
    fn a_charset_is_read_from_a_content_type() {
        assert_eq!(
            charset("text/html; charset=\"windows-1251\""),
            Some("windows-1251".into())
        );
        assert_eq!(charset("text/html"), None);
    }
}
