//! How long something takes, where other tests share the machine.

use std::time::{Duration, Instant};

/// What one thread spends: time of the processor where the system tells it, else of the clock.
pub struct Effort {
    begun: Instant,
    spent: Option<Duration>,
}

impl Effort {
    pub fn begin() -> Self {
        Self {
            begun: Instant::now(),
            spent: spent(),
        }
    }

    pub fn so_far(&self) -> Duration {
        match (self.spent, spent()) {
            (Some(before), Some(now)) => now.saturating_sub(before),
            _ => self.begun.elapsed(),
        }
    }
}

/// The processor's time of this thread, which Linux counts in nanoseconds.
fn spent() -> Option<Duration> {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds = told.split_whitespace().next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}
