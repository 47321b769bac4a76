//! The web page and the JSON API: read-only HTTP over one index.
//!
//! Everything that searches runs on blocking threads, as many at a time as `Options::threads`; further
//! requests wait their turn, and past `Options::waiting` they are told to come back (429). Answers carry
//! an ETag of the commit and the question, so that a browser asks again for the price of a comparison.
//! New commits are picked up within [`FOLLOW`].

mod api;
mod fault;
mod guard;
mod metrics;
mod openapi;
mod page;
mod params;
mod site;
mod socket;
mod socketless;

use crate::backend::{Backend, Clock};
use crate::entity::alias::Aliases;
use crate::error::{Error, Result};
use crate::index::Archive;
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use site::Site;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tower_http::compression::CompressionLayer;

pub use socketless::{Answer, Socketless};

/// How often the index folder is looked at for a new commit.
const FOLLOW: Duration = Duration::from_millis(500);
/// How long open requests may take to end after the server was told to stop.
const FAREWELL: Duration = Duration::from_secs(10);

/// What a server is told.
#[derive(Clone, Debug)]
pub struct Options {
    /// An address or a name of this machine.
    pub host: String,
    /// 0 takes any free one.
    pub port: u16,
    /// Demanded of every request but `/healthz`; without one only a loopback address is served.
    pub token: Option<String>,
    /// Names beside `host` that a request may call this server by.
    pub names: Vec<String>,
    /// Searches at a time.
    pub threads: usize,
    /// Requests under way or waiting at a time; one more is answered with 429.
    pub waiting: usize,
    /// Connections at a time; further ones wait to be accepted.
    pub connections: usize,
    /// The longest that one request may take.
    pub timeout: Duration,
    /// Names that mean the same, for every request.
    pub aliases: Option<Arc<Aliases>>,
    /// Stands still where given; else the system's, read anew for each request.
    pub clock: Option<Clock>,
    /// The zone of the system's clock.
    pub zone: jiff::tz::TimeZone,
}

impl Default for Options {
    /// As `dateline serve` without flags, on any free port, in UTC.
    fn default() -> Self {
        Self {
            host: "127.0.0.1".to_owned(),
            port: 0,
            token: None,
            names: Vec::new(),
            threads: 1,
            waiting: 256,
            connections: 1024,
            timeout: Duration::from_secs(10),
            aliases: None,
            clock: None,
            zone: jiff::tz::TimeZone::UTC,
        }
    }
}

/// What is served: an index, and where it is a folder on this machine, its archive.
#[derive(Clone)]
pub struct Served {
    backend: Arc<dyn Backend>,
    archive: Option<Arc<Archive>>,
}

impl From<Archive> for Served {
    fn from(archive: Archive) -> Self {
        let archive = Arc::new(archive);
        Self {
            backend: archive.clone(),
            archive: Some(archive),
        }
    }
}

impl From<Box<dyn Backend>> for Served {
    /// An index that is not on this machine: its answers have no ETag.
    fn from(backend: Box<dyn Backend>) -> Self {
        Self {
            backend: backend.into(),
            archive: None,
        }
    }
}

/// A server that has its port.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    site: Arc<Site>,
}

impl Server {
    /// Takes the port.
    ///
    /// # Errors
    /// `Usage` for a host or token that cannot be, or no token for an address that others can reach;
    /// `Io` where the port is taken.
    pub fn bind(served: Served, options: Options) -> Result<Self> {
        if let Some(token) = &options.token {
            guard::check_token(token)?;
        }
        let place = match options.host.contains(':') {
            true => format!("[{}]:{}", options.host, options.port),
            false => format!("{}:{}", options.host, options.port),
        };
        let addresses: Vec<SocketAddr> = (options.host.as_str(), options.port)
            .to_socket_addrs()
            .map_err(|e| {
                Error::Usage(format!(
                    "--host {}: {e}; expected an address or a name of this machine",
                    options.host
                ))
            })?
            .collect();
        if options.token.is_none() && !addresses.iter().all(|a| a.ip().is_loopback()) {
            return Err(Error::Usage(format!(
                "--host {}: others can reach this address; give a --token that they must know",
                options.host
            )));
        }
        let failed = |e| Error::io(&place, e);
        let listener = TcpListener::bind(addresses.as_slice()).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Ok(Self {
            listener,
            address,
            site: Arc::new(Site::new(served, options)),
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `stop` is set, then ends what it has begun, within [`FAREWELL`].
    ///
    /// # Errors
    /// `Io` where the system gives no threads or sockets.
    pub fn run(self, stop: &'static AtomicBool) -> Result<()> {
        let failed = |e| Error::io(self.address.to_string(), e);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(self.site.options.threads.clamp(1, 4))
            // One beside the searches follows the index.
            .max_blocking_threads(self.site.options.threads.saturating_add(1))
            .enable_all()
            .build()
            .map_err(failed)?;
        let served = runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(self.listener)?;
            let listener = socket::Bounded::new(
                listener,
                self.site.options.connections,
                self.site.options.timeout,
            );
            tokio::spawn(follow(self.site.clone()));
            let serving = axum::serve(listener, routes(self.site.clone()))
                .with_graceful_shutdown(stopped(stop));
            let late = async {
                stopped(stop).await;
                tokio::time::sleep(FAREWELL).await;
            };
            tokio::select! {
                ended = serving => ended,
                () = late => Ok(()),
            }
        });
        runtime.shutdown_timeout(Duration::from_millis(100));
        served.map_err(failed)
    }
}

/// Ends when `stop` is set; a signal handler can do no more than set it.
async fn stopped(stop: &AtomicBool) {
    while !stop.load(Ordering::SeqCst) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Opens each new commit as it appears; a commit that cannot be opened leaves the last one in place.
async fn follow(site: Arc<Site>) {
    loop {
        tokio::time::sleep(FOLLOW).await;
        let looking = site.clone();
        let _ = tokio::task::spawn_blocking(move || looking.look()).await;
    }
}

fn routes(site: Arc<Site>) -> Router {
    Router::new()
        .route("/", get(page::index))
        .route("/app.js", get(page::script))
        .route("/time.js", get(page::time))
        .route("/text.js", get(page::text))
        .route("/style.css", get(page::style))
        .route("/favicon.svg", get(page::icon))
        .route("/api/search", get(api::search))
        .route("/api/articles/{*id}", get(api::article))
        .route("/api/timeline", get(api::timeline))
        .route("/api/facets", get(api::facets))
        .route("/api/related", get(api::related))
        .route("/api/status", get(api::status))
        .route("/api/openapi.json", get(openapi::describe))
        .route("/healthz", get(metrics::health))
        .route("/metrics", get(metrics::show))
        .fallback(fault::unknown_path)
        .method_not_allowed_fallback(fault::wrong_method)
        .layer(from_fn_with_state(site.clone(), guard::admit))
        .layer(from_fn_with_state(site.clone(), metrics::count))
        .layer(from_fn(guard::harden))
        .layer(CompressionLayer::new())
        .with_state(site)
}
