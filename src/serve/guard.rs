//! Who is let in, and what every answer says to browsers.
//!
//! A page of another site must not read this index through its visitor's browser. It could by giving its
//! own name this machine's address (DNS rebinding), so a request must call the server by an address or by
//! a name that it was started with; and it could by asking across origins, so `Origin` and
//! `Sec-Fetch-Site` must be this server's own.

use super::fault::Fault;
use super::site::Site;
use crate::error::{Error, Result};
use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::net::IpAddr;
use std::sync::Arc;

/// The longest path with query, in bytes.
pub const MAX_URI: usize = 16 << 10;

const COOKIE: &str = "dateline-token";

/// What the page may load: its own files and nothing else, no script or style within it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Lets a request through, or says why not.
pub async fn admit(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let uri = request.uri();
    let headers = request.headers();
    if let Err(fault) = check(&site, uri, headers) {
        return fault.into_response();
    }
    let Some(token) = &site.options.token else {
        return next.run(request).await;
    };
    if uri.path() == "/healthz" {
        return next.run(request).await;
    }
    let in_query = query_token(uri);
    if let Some(given) = &in_query {
        if !same(given, token) {
            return Fault::token().into_response();
        }
        if uri.path() == "/" {
            return welcome(uri, token);
        }
        return next.run(request).await;
    }
    let known = bearer(headers).is_some_and(|given| same(given, token))
        || cookies(headers).any(|given| same(given, token));
    match known {
        true => next.run(request).await,
        false => Fault::token().into_response(),
    }
}

fn check(site: &Site, uri: &Uri, headers: &HeaderMap) -> Result<(), Fault> {
    let length = uri.path().len() + uri.query().map_or(0, str::len);
    if length > MAX_URI {
        return Err(Fault::too_long(format!(
            "an address of {length} bytes; expected at most {MAX_URI}"
        )));
    }
    let host = match uri.authority() {
        // An absolute request target beats the header (RFC 9112, 3.2.2).
        Some(authority) => Some(authority.as_str()),
        None => headers.get(header::HOST).and_then(|h| h.to_str().ok()),
    };
    let host = host.unwrap_or_default();
    let Ok(authority) = host.parse::<Authority>() else {
        return Err(Fault::refused("the Host header is missing or no host"));
    };
    if headers.get_all(header::HOST).iter().count() > 1 || !is_own(site, authority.host()) {
        return Err(Fault::refused(format!(
            "{host}: this server is not known by that name; start it with --allow-host {}",
            authority.host()
        )));
    }
    if let Some(origin) = headers.get(header::ORIGIN) {
        let origin = origin.to_str().unwrap_or_default();
        let own = origin
            .strip_prefix("http://")
            .or_else(|| origin.strip_prefix("https://"));
        if !own.is_some_and(|own| own.eq_ignore_ascii_case(host)) {
            return Err(Fault::refused(format!(
                "{origin}: pages of other sites may not ask this server"
            )));
        }
    }
    let says = |name: &str, value: &str| {
        let found = headers.get(name).and_then(|v| v.to_str().ok());
        found.is_some_and(|found| found.eq_ignore_ascii_case(value))
    };
    let follows_a_link = says("sec-fetch-mode", "navigate") && !uri.path().starts_with("/api/");
    if says("sec-fetch-site", "cross-site") && !follows_a_link {
        return Err(Fault::refused(
            "pages of other sites may not ask this server",
        ));
    }
    Ok(())
}

/// An address cannot be rebound; a name must be one that the server was started with.
fn is_own(site: &Site, host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    if let Ok(address) = bare.parse::<IpAddr>() {
        // Without a token only this machine is served, whatever forwards to it.
        return site.options.token.is_some() || address.is_loopback();
    }
    let names = &site.options.names;
    let mut known = names.iter().map(String::as_str);
    bare.eq_ignore_ascii_case("localhost")
        || bare.eq_ignore_ascii_case(&site.options.host)
        || known.any(|name| bare.eq_ignore_ascii_case(name))
}

/// Takes a token that can stand in a header and a cookie.
///
/// # Errors
/// `Usage`, saying what was expected.
pub fn check_token(token: &str) -> Result<()> {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"-._~+/=".contains(&b);
    if token.len() < 8 || token.len() > 256 || !token.bytes().all(fits) {
        return Err(Error::Usage(
            "--token: expected 8 to 256 letters, digits or -._~+/=".to_owned(),
        ));
    }
    Ok(())
}

/// Compares without telling by its time how much was right.
fn same(given: &str, token: &str) -> bool {
    let (given, token) = (given.as_bytes(), token.as_bytes());
    let differing = given.iter().zip(token).fold(0, |all, (a, b)| all | (a ^ b));
    given.len() == token.len() && std::hint::black_box(differing) == 0
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| token.trim_start())
}

fn cookies(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let lines = headers.get_all(header::COOKIE).iter();
    lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| *name == COOKIE)
        .map(|(_, value)| value)
}

fn query_token(uri: &Uri) -> Option<String> {
    let pairs = super::params::pairs(uri).ok()?;
    let found = pairs.into_iter().find(|(name, _)| name == "token");
    found.map(|(_, value)| value)
}

/// The page, opened with the token: it goes to a cookie, and out of the address bar and its history.
fn welcome(uri: &Uri, token: &str) -> Response {
    let query = uri.query().unwrap_or_default();
    let rest: Vec<&str> = query
        .split('&')
        .filter(|pair| !pair.starts_with("token=") && !pair.is_empty())
        .collect();
    let target = match rest.is_empty() {
        true => "/".to_owned(),
        false => format!("/?{}", rest.join("&")),
    };
    let cookie = format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax");
    let mut response = StatusCode::SEE_OTHER.into_response();
    for (name, value) in [(header::LOCATION, target), (header::SET_COOKIE, cookie)] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// Sets the headers that keep browsers from doing more with an answer than showing it.
pub async fn harden(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let fixed = |name: &'static str| HeaderName::from_static(name);
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (fixed("cross-origin-resource-policy"), "same-origin"),
        (fixed("cross-origin-opener-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
