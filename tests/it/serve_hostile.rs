//! What no browser sends: the server refuses it or closes, and goes on answering.

use crate::serve::Running;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// The status of the answer to raw bytes; `None` where none comes in `time`: the server waits for more, or
/// has closed the connection.
fn status_of(server: &Running, bytes: &[u8], time: Duration) -> Option<u16> {
    let mut stream = TcpStream::connect(&server.address).expect("a connection");
    stream.set_read_timeout(Some(time)).expect("a timeout");
    // The server may close before it has taken everything.
    let _ = stream.write_all(bytes);
    let mut head = [0; 12];
    stream.read_exact(&mut head).ok()?;
    let head = std::str::from_utf8(&head).ok()?;
    head.strip_prefix("HTTP/1.1 ")?.parse().ok()
}

/// For what must be answered, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn hostile_requests_are_refused_and_the_next_one_is_answered() {
    let server = Running::of_corpus(&[]);
    let host = server.address.clone();
    let get = |target: &str, more: &str| {
        format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{more}\r\n")
            .into_bytes()
    };
    let good = get("/api/search?q=dam", "");
    assert_eq!(status_of(&server, &good, PATIENCE), Some(200));
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut noise = |len: usize| -> Vec<u8> {
        (0..len)
            .map(|_| {
                random ^= random << 13;
                random ^= random >> 7;
                random ^= random << 17;
                random as u8
            })
            .collect()
    };
    let mut hostile: Vec<(&str, Vec<u8>)> = vec![
        ("nothing", Vec::new()),
        ("a line without end", vec![b'A'; 1 << 20]),
        (
            "a header of a megabyte",
            get("/", &format!("X-Big: {}\r\n", "x".repeat(1 << 20))),
        ),
        ("10,000 headers", get("/", &"X-Many: x\r\n".repeat(10_000))),
        (
            "an address of a megabyte",
            get(&format!("/api/search?q={}", "a".repeat(1 << 20)), ""),
        ),
        (
            "an address of 20 kB",
            get(&format!("/api/search?q={}", "a".repeat(20_000)), ""),
        ),
        (
            "10,000 parameters",
            get(&format!("/api/search?q=a{}", "&a=b".repeat(3_500)), ""),
        ),
        (
            "bytes that are no UTF-8",
            get("/api/search?q=%ff%fe%80", ""),
        ),
        ("an id that is no UTF-8", get("/api/articles/%ff%fe", "")),
        ("NUL", get("/api/search?q=%00dam%00", "")),
        ("a path upwards", get("/../../../etc/passwd", "")),
        (
            "a path upwards, encoded",
            get("/api/articles/..%2f..%2f..%2fetc%2fpasswd", ""),
        ),
        (
            "a path upwards of the page",
            get("/page/%2e%2e/%2e%2e/Cargo.toml", ""),
        ),
        (
            "raw bytes in the address",
            [
                b"GET /\xff\xfe HTTP/1.1\r\nHost: ",
                host.as_bytes(),
                b"\r\n\r\n",
            ]
            .concat(),
        ),
        ("another method", [b"DELETE", &get("/", "")[3..]].concat()),
        (
            "two lengths",
            get("/", "Content-Length: 5\r\nContent-Length: 6\r\n"),
        ),
        (
            "a length beyond numbers",
            get("/", "Content-Length: 99999999999999999999\r\n"),
        ),
        (
            "chunks without end",
            get(
                "/",
                "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
            ),
        ),
        (
            "length and chunks",
            get(
                "/",
                "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            ),
        ),
        ("a folded header", get("/", "X: a\r\n b\r\n")),
        ("no host", b"GET / HTTP/1.1\r\n\r\n".to_vec()),
        ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec()),
        (
            "TLS",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec(),
        ),
        (
            "a number beyond numbers",
            get(
                "/api/search?q=dam&limit=99999999999999999999999&offset=-1",
                "",
            ),
        ),
        (
            "all of it",
            get("/api/search?q=dam&limit=18446744073709551615", ""),
        ),
        (
            "a hostile query",
            get("/api/search?q=/(a%2b)%2b$/%20*a*b*c*%20((((((", ""),
        ),
    ];
    for len in [1, 10, 100, 1_000, 100_000] {
        hostile.push(("noise", noise(len)));
        hostile.push((
            "noise behind a method",
            [b"GET /".to_vec(), noise(len)].concat(),
        ));
    }
    for (name, bytes) in &hostile {
        let status = status_of(&server, bytes, Duration::from_secs(1));
        // Whatever it says, it says it in order: no 500, and nothing of the disk.
        assert!(
            status.is_none_or(|s| (200..=499).contains(&s)),
            "{name}: {status:?}"
        );
        assert_eq!(
            status_of(&server, &good, PATIENCE),
            Some(200),
            "after {name}"
        );
    }
    println!("{} hostile requests", hostile.len());
}

#[test]
fn connections_that_say_nothing_leave_room_for_others() {
    let server = Running::of_corpus(&["--max-connections", "40"]);
    let silent: Vec<TcpStream> = (0..39)
        .map(|n| {
            let mut stream = TcpStream::connect(&server.address).expect("a connection");
            stream
                .write_all(if n % 2 == 0 { b"" } else { b"GET / HT" })
                .expect("sent");
            stream
        })
        .collect();
    let request = format!(
        "GET /api/search?q=dam HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n",
        server.address
    );
    assert_eq!(status_of(&server, request.as_bytes(), PATIENCE), Some(200));
    drop(silent);
}
