//! The page's files, part of the binary.

use axum::http::header;
use axum::response::IntoResponse;

/// Embedded files change with the binary alone, but the binary does change under one address.
const CACHE: &str = "no-cache";

fn file(kind: &'static str, content: &'static str) -> impl IntoResponse {
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, CACHE)];
    (headers, content)
}

pub async fn index() -> impl IntoResponse {
    file("text/html; charset=utf-8", include_str!("page/index.html"))
}

pub async fn script() -> impl IntoResponse {
    file(
        "text/javascript; charset=utf-8",
        include_str!("page/app.js"),
    )
}

pub async fn time() -> impl IntoResponse {
    file(
        "text/javascript; charset=utf-8",
        include_str!("page/time.js"),
    )
}

pub async fn text() -> impl IntoResponse {
    file(
        "text/javascript; charset=utf-8",
        include_str!("page/text.js"),
    )
}

pub async fn style() -> impl IntoResponse {
    file("text/css; charset=utf-8", include_str!("page/style.css"))
}

pub async fn icon() -> impl IntoResponse {
    file("image/svg+xml", include_str!("page/favicon.svg"))
}
