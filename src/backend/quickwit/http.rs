//! Requests to a cluster: one place for addresses, secrets, time, repetition and what errors say.

use crate::error::{Error, Result};
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use ureq::Agent;
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};

/// What beside its address is needed to reach a cluster.
#[derive(Clone, Default)]
pub struct Access {
    /// `Authorization: Bearer TOKEN`, or `NAME: VALUE` for another header; never printed.
    pub token: Option<String>,
    /// Certificates to trust in place of the public ones, PEM.
    pub authorities: Option<Vec<u8>>,
    /// How long one request may take; `None`: [`REQUEST_TIME`].
    pub timeout: Option<Duration>,
}

/// How long one request may take unless told otherwise.
pub const REQUEST_TIME: Duration = Duration::from_secs(30);
/// The longest answer that is read.
const MAX_ANSWER_BYTES: u64 = 512 << 20;
/// How much of an answer that cannot be understood is shown.
const SHOWN_BYTES: usize = 120;

/// How long a request that is refused for now is repeated.
#[derive(Clone, Copy)]
pub struct Patience<'a> {
    pub longest: Duration,
    /// Once true, nothing is repeated any more.
    pub cancel: Option<&'a AtomicBool>,
}

impl Patience<'_> {
    /// For a question: a person waits.
    pub const ASKING: Patience<'static> = Patience {
        longest: Duration::from_secs(4),
        cancel: None,
    };
}

/// The first and the longest wait between two attempts; each is twice the one before.
const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// An index of a cluster, as requests see it.
pub struct Http {
    agent: Agent,
    /// `http://HOST:PORT`, perhaps with a path, without a `/` at its end.
    base: String,
    pub index: String,
    header: Option<(String, String)>,
    timeout: Duration,
}

/// An answer with its status, whatever that is.
pub struct Reply {
    pub status: u16,
    pub body: Vec<u8>,
}

impl Http {
    /// Reads `quickwit+http://HOST:PORT/INDEX-ID` or `quickwit+https://…`; nothing is sent yet.
    ///
    /// # Errors
    /// `Usage` for an address or certificates that cannot be meant.
    pub fn new(location: &str, access: &Access) -> Result<Self> {
        let wrong = |why: &str| {
            Error::Usage(format!(
                "{}: {why}; expected quickwit+http://HOST:PORT/INDEX-ID or quickwit+https://…",
                without_secrets(location)
            ))
        };
        let url = location.strip_prefix("quickwit+").unwrap_or(location);
        let (scheme, rest) = url
            .split_once("://")
            .filter(|(scheme, _)| ["http", "https"].contains(scheme))
            .ok_or_else(|| wrong("not an address of a cluster"))?;
        if rest.contains('@') {
            return Err(Error::Usage(format!(
                "{}: a secret in an address is seen by everybody; put it into DATELINE_CLUSTER_TOKEN",
                without_secrets(location)
            )));
        }
        if rest.contains(['?', '#']) || rest.bytes().any(|b| b <= b' ' || b == 0x7f) {
            return Err(wrong("not an address of a cluster"));
        }
        let (host, index) = rest
            .trim_end_matches('/')
            .rsplit_once('/')
            .ok_or_else(|| wrong("no index id"))?;
        if host.is_empty() {
            return Err(wrong("no host"));
        }
        let is_id = (3..=255).contains(&index.len())
            && index.starts_with(|c: char| c.is_ascii_alphabetic())
            && index
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
        if !is_id {
            return Err(wrong(
                "an index id begins with a letter and holds 3 to 255 letters, digits, - _ and .",
            ));
        }
        let header = match &access.token {
            None => None,
            Some(token) => Some(header(token)?),
        };
        let timeout = access.timeout.unwrap_or(REQUEST_TIME);
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .user_agent(concat!("dateline/", env!("CARGO_PKG_VERSION")))
            .timeout_connect(Some(timeout.min(Duration::from_secs(10))))
            .max_idle_age(Duration::from_secs(4));
        if let Some(pem) = &access.authorities {
            config = config.tls_config(trusting(pem)?);
        }
        Ok(Self {
            agent: config.build().into(),
            base: format!("{scheme}://{host}"),
            index: index.to_owned(),
            header,
            timeout,
        })
    }

    /// The index as messages name it.
    pub fn place(&self) -> String {
        format!("quickwit+{}/{}", self.base, self.index)
    }

    /// Sends a request, and again for as long as `patience` lasts where the answer is 429, 500, 502,
    /// 503 or 504, or the connection broke.
    ///
    /// `body` comes with its content type. Nothing is repeated after a time-out.
    ///
    /// # Errors
    /// `Interrupted` where `deadline` passed, else `Backend`: nobody answers, or nothing in time.
    pub fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<(&str, &[u8])>,
        patience: Patience<'_>,
        deadline: Option<Instant>,
    ) -> Result<Reply> {
        let began = Instant::now();
        let mut wait = FIRST_WAIT;
        loop {
            let (outcome, after) = self.once(method, path, body, deadline);
            let is_passing = match &outcome {
                Ok(reply) => matches!(reply.status, 429 | 500 | 502 | 503 | 504),
                Err(e) => is_broken(e, patience),
            };
            let pause = after.unwrap_or(wait).min(LONGEST_WAIT);
            let cancelled = patience.cancel.is_some_and(|c| c.load(Ordering::Relaxed));
            let left = patience.longest.saturating_sub(began.elapsed());
            let in_time = deadline.is_none_or(|at| Instant::now() + pause < at);
            if !is_passing || cancelled || pause > left || !in_time {
                return outcome.map_err(|e| self.unreached(&e, deadline));
            }
            std::thread::sleep(pause);
            wait = (wait * 2).min(LONGEST_WAIT);
        }
    }

    fn once(
        &self,
        method: Method,
        path: &str,
        body: Option<(&str, &[u8])>,
        deadline: Option<Instant>,
    ) -> (Result<Reply, ureq::Error>, Option<Duration>) {
        let url = format!("{}{path}", self.base);
        let left = deadline.map(|at| at.saturating_duration_since(Instant::now()));
        // A time of nothing would be no limit at all.
        let timeout = left.map_or(self.timeout, |l| l.min(self.timeout));
        let timeout = Some(timeout.max(Duration::from_millis(1)));
        let header = self.header.as_ref();
        let sent = match (method, body) {
            (Method::Get, _) => {
                let mut request = self.agent.get(&url);
                if let Some((name, value)) = header {
                    request = request.header(name, value);
                }
                request.config().timeout_global(timeout).build().call()
            }
            (Method::Post, body) => {
                let (kind, bytes) = body.unwrap_or(("application/json", b"{}"));
                let mut request = self.agent.post(&url).header("content-type", kind);
                if let Some((name, value)) = header {
                    request = request.header(name, value);
                }
                request.config().timeout_global(timeout).build().send(bytes)
            }
        };
        let mut response = match sent {
            Ok(response) => response,
            Err(e) => return (Err(e), None),
        };
        let after = response
            .headers()
            .get("retry-after")
            .and_then(|v| v.to_str().ok()?.trim().parse().ok())
            .map(Duration::from_secs);
        let status = response.status().as_u16();
        let body = response
            .body_mut()
            .with_config()
            .limit(MAX_ANSWER_BYTES)
            .read_to_vec();
        (body.map(|body| Reply { status, body }), after)
    }

    fn unreached(&self, error: &ureq::Error, deadline: Option<Instant>) -> Error {
        let place = self.place();
        if deadline.is_some_and(|at| Instant::now() >= at) {
            return Error::Interrupted(format!(
                "{place}: the time given ran out before the cluster answered; raise --timeout"
            ));
        }
        Error::Backend(match error {
            _ if is_unsafe(error) => format!(
                "{place}: no safe connection ({error}); --cluster-ca FILE names an authority to trust"
            ),
            ureq::Error::Timeout(_) => format!(
                "{place}: no answer within {} s; the cluster is slow or hangs",
                self.timeout.as_secs_f64()
            ),
            ureq::Error::HostNotFound => format!("{place}: no host of that name"),
            ureq::Error::BodyExceedsLimit(_) => {
                format!("{place}: an answer of more than {MAX_ANSWER_BYTES} bytes")
            }
            other => format!("{place}: cannot be reached ({other})"),
        })
    }

    /// A question that is answered with JSON.
    ///
    /// # Errors
    /// Those of [`send`](Self::send), and whatever [`Http::read`] makes of the answer.
    pub fn ask(&self, path: &str, body: &Value, deadline: Option<Instant>) -> Result<Value> {
        let bytes = serde_json::to_vec(body).unwrap_or_default();
        let body = Some(("application/json", bytes.as_slice()));
        let reply = self.send(Method::Post, path, body, Patience::ASKING, deadline)?;
        self.read(&reply)
    }

    pub fn get(&self, path: &str, deadline: Option<Instant>) -> Result<Value> {
        let reply = self.send(Method::Get, path, None, Patience::ASKING, deadline)?;
        self.read(&reply)
    }

    /// The JSON of an answer that must be a success.
    pub fn read(&self, reply: &Reply) -> Result<Value> {
        if !(200..300).contains(&reply.status) {
            return Err(self.refused(reply));
        }
        serde_json::from_slice(&reply.body)
            .map_err(|e| self.nonsense(&format!("not JSON ({e}): {}", shown(&reply.body))))
    }

    /// What an answer says that is no success.
    pub fn refused(&self, reply: &Reply) -> Error {
        let (place, status) = (self.place(), reply.status);
        let said = message(&reply.body).unwrap_or_else(|| shown(&reply.body));
        match status {
            404 => Error::NoIndex(format!(
                "{place}: the cluster has no such index ({said}); `dateline index` makes it"
            )),
            401 | 403 => Error::Backend(format!(
                "{place}: refused with {status}; DATELINE_CLUSTER_TOKEN holds what a proxy asks for"
            )),
            300..=399 => Error::Backend(format!(
                "{place}: answered with a redirection ({status}); expected the cluster itself"
            )),
            429 => Error::Backend(format!(
                "{place}: the cluster takes no more at the moment (429: {said}); try again later"
            )),
            _ => Error::Backend(format!("{place}: answered {status}: {said}")),
        }
    }

    /// An answer that a Quickwit of the expected version does not give.
    pub fn nonsense(&self, what: &str) -> Error {
        Error::Backend(format!(
            "{}: the answer is none of Quickwit {}: {what}",
            self.place(),
            super::mapping::VERSION
        ))
    }
}

/// How something is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
}

/// A connection that broke, or was never made, may be made at the next attempt.
///
/// Who asks is told at once that nobody is there; who sends a great deal waits for a restart.
fn is_broken(error: &ureq::Error, patience: Patience<'_>) -> bool {
    let asks = patience.longest <= Patience::ASKING.longest;
    match error {
        ureq::Error::Io(e) if e.kind() == std::io::ErrorKind::ConnectionRefused => !asks,
        ureq::Error::ConnectionFailed => !asks,
        ureq::Error::Io(e) => e.kind() != std::io::ErrorKind::TimedOut && !is_unsafe(error),
        ureq::Error::BodyStalled => true,
        ureq::Error::Protocol(_) => true,
        _ => false,
    }
}

/// Whether TLS failed; what a handshake came to is handed on as an error of the stream.
fn is_unsafe(error: &ureq::Error) -> bool {
    match error {
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => true,
        ureq::Error::Io(e) => e.kind() == std::io::ErrorKind::InvalidData,
        _ => false,
    }
}

fn header(token: &str) -> Result<(String, String)> {
    let token = token.trim();
    let (name, value) = match token.split_once(": ") {
        Some((name, value)) => (name.to_owned(), value.trim().to_owned()),
        None => ("authorization".to_owned(), format!("Bearer {token}")),
    };
    let is_name = !name.is_empty()
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    if !is_name || value.bytes().any(|b| !(b' '..0x7f).contains(&b)) {
        return Err(Error::Usage(
            "the cluster's token cannot be sent as a header; expected TOKEN or NAME: VALUE, printable ASCII"
                .to_owned(),
        ));
    }
    Ok((name, value))
}

fn trusting(pem: &[u8]) -> Result<TlsConfig> {
    let mut certificates = Vec::new();
    for item in parse_pem(pem) {
        match item {
            Ok(PemItem::Certificate(certificate)) => certificates.push(certificate),
            Ok(_) => {}
            Err(e) => {
                return Err(Error::Usage(format!(
                    "--cluster-ca: {e}; expected certificates as PEM"
                )));
            }
        }
    }
    if certificates.is_empty() {
        return Err(Error::Usage(
            "--cluster-ca: no certificate in it; expected PEM".to_owned(),
        ));
    }
    let roots = RootCerts::Specific(Arc::new(certificates));
    Ok(TlsConfig::builder().root_certs(roots).build())
}

/// What Quickwit's two interfaces say of an error.
fn message(body: &[u8]) -> Option<String> {
    let json: Value = serde_json::from_slice(body).ok()?;
    let said = json
        .get("message")
        .or_else(|| json.pointer("/error/reason"))?
        .as_str()?;
    Some(shown(said.as_bytes()))
}

/// The beginning of an answer, safe to print.
fn shown(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes.get(..4 * SHOWN_BYTES).unwrap_or(bytes));
    let text: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let (begin, rest) = text.split_at(crate::analyze::floor_boundary(&text, SHOWN_BYTES));
    match (text.trim().is_empty(), rest.is_empty()) {
        (true, _) => "an empty answer".to_owned(),
        (_, true) => text,
        (_, false) => format!("{begin}…"),
    }
}

/// An address whose user and password, if any, are left out.
pub fn without_secrets(location: &str) -> String {
    let Some((scheme, rest)) = location.split_once("://") else {
        return location.to_owned();
    };
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    match host.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}://…@{host}{path}"),
        None => location.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(location: &str) -> Result<Http> {
        Http::new(location, &Access::default())
    }

    #[test]
    fn an_address_is_a_host_a_path_perhaps_and_an_index() {
        let http = open("quickwit+http://127.0.0.1:7280/news").unwrap();
        assert_eq!(http.base, "http://127.0.0.1:7280");
        assert_eq!(http.index, "news");
        let behind = open("quickwit+https://example.org/search/qw/news-2/").unwrap();
        assert_eq!(behind.base, "https://example.org/search/qw");
        assert_eq!(
            behind.place(),
            "quickwit+https://example.org/search/qw/news-2"
        );
        for wrong in [
            "quickwit+http://host",
            "quickwit+http:///news",
            "quickwit+ftp://host/news",
            "quickwit+http://host/ne",
            "quickwit+http://host/1news",
            "quickwit+http://host/news?x=1",
            "quickwit+http://ho st/news",
        ] {
            assert!(matches!(open(wrong), Err(Error::Usage(_))), "{wrong}");
        }
    }

    #[test]
    fn a_password_in_an_address_is_refused_and_not_repeated() {
        let refused = open("quickwit+http://me:hunter2@host/news").err().unwrap();
        assert!(!refused.to_string().contains("hunter2"));
        assert!(refused.to_string().contains("DATELINE_CLUSTER_TOKEN"));
    }

    #[test]
    fn a_token_is_a_bearer_or_a_header_of_its_own() {
        let bearer = header("abc").unwrap();
        assert_eq!(bearer, ("authorization".into(), "Bearer abc".into()));
        assert_eq!(
            header("X-Api-Key: abc").unwrap(),
            ("X-Api-Key".into(), "abc".into())
        );
        assert!(header("a\nb").is_err());
    }
}
