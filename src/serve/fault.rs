//! Errors as JSON: `{"error":{"code","message","start","end"}}`.

use crate::error::Error;
use crate::index::request::SCHEMA_VERSION;
use axum::Json;
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Why a request got no answer; `start..end` are bytes of `q`.
#[derive(Debug)]
pub struct Fault {
    status: StatusCode,
    code: &'static str,
    message: String,
    span: Option<(usize, usize)>,
}

impl Fault {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            span: None,
        }
    }

    pub fn query(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "query", message)
    }

    pub fn token() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "token",
            "the token is missing or wrong; expected the header `Authorization: Bearer TOKEN`, or ?token=TOKEN",
        )
    }

    pub fn refused(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "refused", message)
    }

    pub fn unknown(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "unknown", message)
    }

    pub fn too_long(message: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "size", message)
    }

    pub fn busy() -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "busy",
            "too many requests at a time; try again in a second",
        )
    }

    pub fn index(message: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "index", message)
    }

    pub fn time() -> Self {
        Self::new(
            StatusCode::GATEWAY_TIMEOUT,
            "time",
            "the time given ran out; ask for less, or start the server with a longer --timeout",
        )
    }

    pub fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "this request failed inside the server; others go on",
        )
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        match error {
            Error::Usage(_) => Self::query(message),
            Error::Query { start, end, .. } => Self {
                span: Some((start, end)),
                ..Self::query(message)
            },
            Error::Interrupted(_) => Self::time(),
            Error::NoIndex(_)
            | Error::Locked(_)
            | Error::Damaged(_)
            | Error::Backend(_)
            | Error::Engine(_)
            | Error::Io { .. } => Self::index(message),
            Error::Record { .. } => Self::internal(),
        }
    }
}

impl From<std::io::Error> for Fault {
    /// Answers are written to memory, which does not fail.
    fn from(_: std::io::Error) -> Self {
        Self::internal()
    }
}

impl From<serde_json::Error> for Fault {
    fn from(_: serde_json::Error) -> Self {
        Self::internal()
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let body = json!({
            "schema_version": SCHEMA_VERSION,
            "error": {
                "code": self.code,
                "message": self.message,
                "start": self.span.map(|s| s.0),
                "end": self.span.map(|s| s.1),
            }
        });
        let mut response = (self.status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        match self.status {
            StatusCode::UNAUTHORIZED => {
                let challenge = HeaderValue::from_static("Bearer realm=\"dateline\"");
                headers.insert(header::WWW_AUTHENTICATE, challenge);
            }
            StatusCode::TOO_MANY_REQUESTS => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            _ => {}
        }
        response
    }
}

pub async fn unknown_path(uri: Uri) -> Fault {
    Fault::unknown(format!(
        "{}: nothing here; /api/openapi.json describes what there is",
        uri.path()
    ))
}

pub async fn wrong_method(method: Method) -> Response {
    let message = format!("{method}: this server is only read from; expected GET or HEAD");
    let fault = Fault::new(StatusCode::METHOD_NOT_ALLOWED, "method", message);
    let mut response = fault.into_response();
    let allowed = HeaderValue::from_static("GET, HEAD");
    response.headers_mut().insert(header::ALLOW, allowed);
    response
}
