//! Answers without sockets: what a fuzzer or a program with a server of its own asks.

use super::site::Site;
use super::{Options, Served, guard, routes};
use crate::error::{Error, Result};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use std::sync::Arc;
use tokio::runtime::Runtime;
use tower::ServiceExt;

/// Header lines of one request at most, as many as a socket's reader takes.
const MAX_HEADERS: usize = 100;

/// The pages and the API over one index, asked by function call.
///
/// New commits are not followed. The host, port and connections of its options name and bound nothing
/// but what a request's `Host` may say.
pub struct Socketless {
    routes: Router,
    runtime: Runtime,
}

/// What a request is answered with.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    /// Names in small letters.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Socketless {
    /// # Errors
    /// `Usage` for a token that cannot be, `Io` where the system gives no thread.
    pub fn new(served: Served, options: Options) -> Result<Self> {
        if let Some(token) = &options.token {
            guard::check_token(token)?;
        }
        let runtime = tokio::runtime::Builder::new_current_thread()
            .max_blocking_threads(options.threads.max(1))
            .enable_all()
            .build()
            .map_err(|e| Error::io("a thread to answer on", e))?;
        Ok(Self {
            routes: routes(Arc::new(Site::new(served, options))),
            runtime,
        })
    }

    /// Answers what stands on the wire: a request line, header lines, an empty line, the body.
    ///
    /// `None` for what is no request of HTTP: a server closes the connection.
    pub fn answer(&self, wire: &[u8]) -> Option<Answer> {
        let request = request(wire)?;
        self.runtime.block_on(async {
            let response = match self.routes.clone().oneshot(request).await {
                Ok(response) => response,
                Err(never) => match never {},
            };
            let (parts, body) = response.into_parts();
            let headers = parts.headers.iter().map(|(name, value)| {
                let value = String::from_utf8_lossy(value.as_bytes());
                (name.as_str().to_owned(), value.into_owned())
            });
            Some(Answer {
                status: parts.status.as_u16(),
                headers: headers.collect(),
                body: to_bytes(body, usize::MAX).await.ok()?.to_vec(),
            })
        })
    }
}

fn request(wire: &[u8]) -> Option<Request<Body>> {
    let mut rest = wire;
    let line = next_line(&mut rest)?;
    let mut words = line.split(|b| *b == b' ');
    let (method, target) = (words.next()?, words.next()?);
    if !words.next()?.starts_with(b"HTTP/1.") || words.next().is_some() {
        return None;
    }
    let mut builder = Request::builder().method(method).uri(target);
    for _ in 0..=MAX_HEADERS {
        let line = next_line(&mut rest)?;
        if line.is_empty() {
            return builder.body(Body::from(rest.to_vec())).ok();
        }
        let colon = line.iter().position(|b| *b == b':')?;
        let (name, value) = line.split_at_checked(colon)?;
        builder = builder.header(name, value.get(1..)?.trim_ascii());
    }
    None
}

/// Takes a line and what ends it off the front; `None` where none ends.
fn next_line<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let end = memchr::memchr(b'\n', rest)?;
    let (line, after) = rest.split_at_checked(end)?;
    *rest = after.get(1..)?;
    Some(line.strip_suffix(b"\r").unwrap_or(line))
}
