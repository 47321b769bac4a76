//! What one input may cost.

use super::Trouble;
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};

/// Upper bounds for every reader. What goes beyond one is an error that names it, never a silent cut.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Bytes of one record, decompressed: a line of JSON Lines, a table's row, a whole page or text.
    pub record_bytes: u64,
    /// Bytes of one file, decompressed.
    pub file_bytes: u64,
    /// Decompressed bytes per compressed byte, counted once a container has given 256 MiB.
    pub ratio: u64,
    /// Nesting of elements, objects and arrays.
    pub depth: usize,
    /// Containers within containers.
    pub containers: usize,
    /// Entity references of one XML record.
    pub entities: usize,
    /// Records of one file, members of one container.
    pub records: u32,
    /// Seconds spent on one record, and on one file that has given no record yet.
    pub seconds: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            // A record's parsed form takes up to thirty times its bytes (numbers in JSON).
            record_bytes: 16 << 20,
            file_bytes: 1 << 40,
            ratio: 200,
            depth: 500,
            containers: 4,
            entities: 100_000,
            records: 100_000_000,
            seconds: 10,
        }
    }
}

impl Limits {
    /// The deadline of a record that begins now.
    pub fn deadline(&self) -> Deadline {
        Deadline {
            seconds: self.seconds,
            end: Instant::now().checked_add(Duration::from_secs(self.seconds)),
        }
    }
}

/// A monotonic point in time after which a record is given up.
#[derive(Clone, Copy, Debug)]
pub struct Deadline {
    seconds: u64,
    end: Option<Instant>,
}

impl Deadline {
    /// Whether the time is over.
    pub fn is_over(&self) -> bool {
        self.end.is_some_and(|end| Instant::now() >= end)
    }

    /// The failure to report once the time is over.
    pub fn check(&self) -> Result<(), Trouble> {
        if self.is_over() {
            return Err(Trouble::failed(format!(
                "took longer than {} s (--max-seconds)",
                self.seconds
            )));
        }
        Ok(())
    }
}
