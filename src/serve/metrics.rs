//! `/healthz`, and `/metrics` in Prometheus's text format.

use super::fault::Fault;
use super::site::Site;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Upper bounds of the histogram's buckets, in seconds.
const BOUNDS: [f64; 9] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 5.0];

#[derive(Default)]
pub struct Metrics {
    /// By path and status; paths are routes, so there are few.
    requests: Mutex<BTreeMap<(String, u16), u64>>,
    times: Mutex<BTreeMap<String, Times>>,
    reloads: AtomicU64,
    failed_reloads: AtomicU64,
}

#[derive(Clone, Copy, Default)]
struct Times {
    /// The last bucket has no bound.
    buckets: [u64; BOUNDS.len() + 1],
    seconds: f64,
}

impl Metrics {
    pub fn reloaded(&self, well: bool) {
        let counter = match well {
            true => &self.reloads,
            false => &self.failed_reloads,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    fn record(&self, path: String, status: u16, took: Duration) {
        let seconds = took.as_secs_f64();
        let bucket = BOUNDS.iter().position(|bound| seconds <= *bound);
        let mut times = self.times.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = times.entry(path.clone()).or_default();
        entry.buckets[bucket.unwrap_or(BOUNDS.len())] += 1;
        entry.seconds += seconds;
        drop(times);
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        *requests.entry((path, status)).or_default() += 1;
    }

    fn print(&self, site: &Site) -> Result<String, std::fmt::Error> {
        let mut out = String::new();
        let family = |out: &mut String, name: &str, kind: &str, help: &str| {
            writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}")
        };
        let name = "dateline_http_requests_total";
        family(
            &mut out,
            name,
            "counter",
            "Requests answered, by route and status.",
        )?;
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        for ((path, status), count) in requests.iter() {
            writeln!(out, "{name}{{path=\"{path}\",status=\"{status}\"}} {count}")?;
        }
        drop(requests);
        let name = "dateline_http_request_duration_seconds";
        family(
            &mut out,
            name,
            "histogram",
            "Time from request to answer, by route.",
        )?;
        let times = self
            .times
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        for (path, times) in &times {
            let mut below = 0;
            for (bound, count) in BOUNDS.iter().zip(times.buckets) {
                below += count;
                writeln!(
                    out,
                    "{name}_bucket{{path=\"{path}\",le=\"{bound}\"}} {below}"
                )?;
            }
            let all: u64 = times.buckets.iter().sum();
            writeln!(out, "{name}_bucket{{path=\"{path}\",le=\"+Inf\"}} {all}")?;
            writeln!(out, "{name}_sum{{path=\"{path}\"}} {:.6}", times.seconds)?;
            writeln!(out, "{name}_count{{path=\"{path}\"}} {all}")?;
        }
        let mut one = |name: &str, kind: &str, help: &str, value: u64| {
            family(&mut out, name, kind, help)?;
            writeln!(out, "{name} {value}")
        };
        one(
            "dateline_requests_under_way",
            "gauge",
            "Requests that search or wait for their turn.",
            site.under_way() as u64,
        )?;
        one(
            "dateline_reloads_total",
            "counter",
            "New commits that were opened.",
            self.reloads.load(Ordering::Relaxed),
        )?;
        one(
            "dateline_failed_reloads_total",
            "counter",
            "New commits that could not be opened.",
            self.failed_reloads.load(Ordering::Relaxed),
        )?;
        if let Some(archive) = &site.served.archive {
            let snapshot = archive.snapshot();
            let payload = &snapshot.payload;
            for (name, help, value) in [
                (
                    "dateline_index_generation",
                    "The commit answered from.",
                    payload.generation,
                ),
                (
                    "dateline_index_articles",
                    "Articles in the index.",
                    payload.articles,
                ),
                (
                    "dateline_index_passages",
                    "Passages in the index.",
                    payload.passages,
                ),
            ] {
                one(name, "gauge", help, value)?;
            }
        }
        Ok(out)
    }
}

/// Counts every request, by the route that it took.
pub async fn count(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let route = request.extensions().get::<MatchedPath>();
    let path = route.map_or("other", MatchedPath::as_str).to_owned();
    let response = next.run(request).await;
    let status = response.status().as_u16();
    site.metrics.record(path, status, began.elapsed());
    response
}

/// 200 as long as requests are answered.
pub async fn health() -> impl IntoResponse {
    ([(header::CACHE_CONTROL, "no-store")], "ok\n")
}

pub async fn show(State(site): State<Arc<Site>>) -> Result<Response, Fault> {
    let text = site.metrics.print(&site).map_err(|_| Fault::internal())?;
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, text).into_response())
}
