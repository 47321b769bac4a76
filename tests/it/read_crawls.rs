//! Crawls: pages out of WARC and ARC, broken records told by their place.

use crate::read::shared;
use crate::read_wires::read;
use dateline::read::{Options, TroubleKind, read_file};
use std::ops::ControlFlow;

fn response(uri: &str, http: &str) -> String {
    format!(
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Date: 2024-03-05T10:00:00Z\r\nWARC-Target-URI: {uri}\r\nContent-Type: application/http;msgtype=response\r\nContent-Length: {}\r\n\r\n{http}\r\n\r\n",
        http.len()
    )
}

const PAGE: &str = "<html><h1>Bridge opens</h1><p>The bridge over the river was opened on Tuesday, after nine years of work.</p></html>";

#[test]
fn pages_of_status_200_become_articles_and_the_rest_is_skipped() {
    let ok = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{PAGE}");
    let crawl = [
        response("<https://example.org/a b>", &ok),
        response(
            "https://example.org/gone",
            "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\n<p>gone",
        ),
        response(
            "https://example.org/i.png",
            "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\nx",
        ),
    ];
    let all = read("a.warc", crawl.concat().as_bytes());
    let [Ok(page), Err(gone), Err(image)] = &all[..] else {
        panic!("{all:?}");
    };
    assert_eq!(page.url.as_deref(), Some("https://example.org/a%20b"));
    assert_eq!(page.title.as_deref(), Some("Bridge opens"));
    // The crawl was on 5 March; the page says nothing of a day.
    assert_eq!(page.published, None);
    assert_eq!((gone.kind, gone.record), (TroubleKind::Skipped, 2));
    assert_eq!(gone.offset, Some(crawl[0].len() as u64));
    assert!(image.reason.contains("image/png"));
}

#[test]
fn a_broken_record_is_told_by_its_place_and_the_rest_is_kept() {
    let ok = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{PAGE}");
    let good = response("https://example.org/a", &ok);
    let crawl = format!("{good}WARC/1.0\r\nWARC-Type: response\r\n\r\nno length\r\n\r\n{good}");
    let all = read("a.warc", crawl.as_bytes());
    let [Ok(_), Err(broken), Ok(last)] = &all[..] else {
        panic!("{all:?}");
    };
    assert_eq!(
        (broken.kind, broken.record, broken.offset),
        (TroubleKind::Failed, 2, Some(good.len() as u64))
    );
    assert_eq!(last.record, 3);
    let cut = read("a.warc", &good.as_bytes()[..good.len() - 40]);
    assert!(
        matches!(&cut[..], [Err(e)] if e.reason.contains("truncated")),
        "{cut:?}"
    );
}

#[test]
fn the_charset_of_http_outranks_the_pages_own() {
    let mut http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=windows-1251\r\n\r\n<meta charset=utf-8><h1>".to_vec();
    http.extend_from_slice(b"\xcc\xee\xf1\xea\xe2\xe0</h1>");
    let mut crawl = format!("WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://example.org/a\r\nContent-Type: application/http\r\nContent-Length: {}\r\n\r\n", http.len()).into_bytes();
    crawl.extend_from_slice(&http);
    let all = read("a.warc", &crawl);
    assert!(
        matches!(&all[..], [Ok(a)] if a.title.as_deref() == Some("Москва")),
        "{all:?}"
    );
}

#[test]
fn the_fixtures_of_a_crawl_library_give_their_page_or_an_error_by_place() {
    let Some(folder) = shared("warc") else { return };
    // Articles, failures.
    for (name, articles, failures) in [
        ("example.warc", 1, 0),
        ("example.warc.gz", 1, 0),
        ("example.arc", 1, 0),
        ("example.arc.gz", 1, 0),
        ("example-bad-non-chunked.warc.gz", 1, 0),
        ("example-wrong-chunks.warc.gz", 1, 0),
        ("example-iana.org-chunked.warc", 1, 0),
        ("example-resource.warc.gz", 1, 0),
        ("example-wget-bad-target-uri.warc.gz", 1, 0),
        ("example-trunc.warc", 1, 1),
        ("bad.arc", 0, 3),
    ] {
        let (mut read, mut failed) = (0, 0);
        let _ = read_file(
            &folder.join(name),
            name,
            &Options::default(),
            &mut |outcome| {
                match outcome.result {
                    Ok(article) => {
                        read += 1;
                        assert_eq!(article.published, None, "{name}");
                        assert!(article.url.is_some_and(|u| u.starts_with("http")), "{name}");
                    }
                    Err(e) if e.kind == TroubleKind::Failed => failed += 1,
                    Err(_) => {}
                }
                ControlFlow::Continue(())
            },
        );
        assert_eq!((read, failed), (articles, failures), "{name}");
    }
}
