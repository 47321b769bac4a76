//! What all requests share.

use super::fault::Fault;
use super::metrics::Metrics;
use super::{Options, Served};
use crate::backend::Clock;
use jiff::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use tokio::time::timeout_at;

/// How long past its deadline a search that looks at the clock now and then may take to end.
const GRACE: Duration = Duration::from_millis(500);

/// No request takes longer, whatever the server was told: a clock can hold its end.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

pub struct Site {
    pub served: Served,
    pub options: Options,
    pub metrics: Metrics,
    under_way: AtomicUsize,
    turns: Arc<Semaphore>,
    /// Tells one run of a server from the next: generations of another index count anew.
    salt: i64,
}

/// A request's place among those under way.
struct Seat<'a>(&'a AtomicUsize);

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Site {
    pub fn new(served: Served, options: Options) -> Self {
        Self {
            served,
            turns: Arc::new(Semaphore::new(options.threads.max(1))),
            options,
            metrics: Metrics::default(),
            under_way: AtomicUsize::new(0),
            salt: Timestamp::now().as_millisecond(),
        }
    }

    /// The time that this request is asked at.
    pub fn clock(&self) -> Clock {
        self.options.clock.clone().unwrap_or_else(|| Clock {
            now: Timestamp::now(),
            zone: self.options.zone.clone(),
        })
    }

    pub fn under_way(&self) -> usize {
        self.under_way.load(Ordering::SeqCst)
    }

    /// The commit that is answered from; `None` where the index is not on this machine.
    pub fn generation(&self) -> Option<u64> {
        let archive = self.served.archive.as_ref()?;
        Some(archive.generation())
    }

    /// Opens the last commit, if it is a new one.
    pub fn look(&self) {
        let Some(archive) = &self.served.archive else {
            return;
        };
        match archive.reload() {
            Ok(true) => {
                // Made at the first use, which should not be a person's.
                archive.snapshot().view();
                self.metrics.reloaded(true);
            }
            Ok(false) => {}
            Err(_) => self.metrics.reloaded(false),
        }
    }

    /// A weak ETag of an answer: the commit, the question, and the minute, which embargoes and
    /// relative dates depend on.
    pub fn etag(&self, question: &str) -> Option<String> {
        let generation = self.generation()?;
        let minute = self.clock().now.as_second().div_euclid(60);
        let key = format!("{}\n{minute}\n{question}", self.salt);
        let hash = xxhash_rust::xxh3::xxh3_64(key.as_bytes());
        Some(format!("W/\"{generation}-{hash:016x}\""))
    }

    /// Runs `work` on a blocking thread when its turn has come.
    ///
    /// # Errors
    /// 429 where too many are under way, 504 where its turn or its end came too late, and its own.
    pub async fn run<T: Send + 'static>(
        self: &Arc<Self>,
        timeout: Option<Duration>,
        work: impl FnOnce(&Site, Instant) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let before = self.under_way.fetch_add(1, Ordering::SeqCst);
        let _seat = Seat(&self.under_way);
        if before >= self.options.waiting {
            return Err(Fault::busy());
        }
        let longest = self.options.timeout;
        let timeout = timeout.unwrap_or(longest).min(longest).min(LONGEST);
        let deadline = Instant::now() + timeout;
        let turn = timeout_at(deadline.into(), self.turns.clone().acquire_owned()).await;
        let Ok(Ok(turn)) = turn else {
            return Err(Fault::time());
        };
        if Instant::now() >= deadline {
            return Err(Fault::time());
        }
        let site = self.clone();
        let task = tokio::task::spawn_blocking(move || {
            // Held to the end, even where nobody waits for the answer any more.
            let _turn = turn;
            work(&site, deadline)
        });
        match timeout_at((deadline + GRACE).into(), task).await {
            Err(_) => Err(Fault::time()),
            Ok(Err(_)) => Err(Fault::internal()),
            Ok(Ok(answer)) => answer,
        }
    }
}
