//! Progress on a terminal: files, megabytes a second, time left.

use super::console::Console;
use crate::index::{Progress, Step};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::atomic::{AtomicU64, Ordering};

/// A bar on standard error; invisible where that is no terminal.
pub struct Bar {
    bar: ProgressBar,
    files: AtomicU64,
    all_files: AtomicU64,
}

impl Bar {
    pub fn new(console: &Console) -> Self {
        let bar = ProgressBar::new_spinner();
        if !console.shows_progress() {
            bar.set_draw_target(ProgressDrawTarget::hidden());
        }
        Self {
            bar,
            files: AtomicU64::new(0),
            all_files: AtomicU64::new(0),
        }
    }

    /// A bar that counts rows of which the number is not known.
    pub fn rows(console: &Console) -> Self {
        let bar = Self::new(console);
        bar.styled("{spinner} {pos} queries, {per_sec}, {elapsed}");
        bar
    }

    /// One row is done.
    pub fn row(&self) {
        self.bar.inc(1);
    }

    /// Shows a line above the bar.
    pub fn suspend(&self, line: impl FnOnce()) {
        self.bar.suspend(line);
    }

    /// Takes the bar away.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }

    fn styled(&self, template: &str) {
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
    }
}

impl Progress for Bar {
    fn step(&self, step: Step, files: u64, bytes: u64) {
        let message = match step {
            Step::Scanning => "looking at files",
            Step::Indexing => "",
            Step::Committing => "committing",
            Step::Merging => "merging",
            Step::Verifying => "verifying",
        };
        self.all_files.store(files, Ordering::Relaxed);
        self.files.store(0, Ordering::Relaxed);
        if step == Step::Indexing && bytes > 0 {
            self.bar.set_length(bytes);
            self.bar.reset();
            self.styled("{bar:24} {msg}, {binary_bytes_per_sec}, {eta} left");
            self.bar.set_message(format!("0/{files} files"));
        } else {
            self.styled("{spinner} {msg} {elapsed}");
            self.bar.set_message(message);
        }
        self.bar.tick();
    }

    fn advance(&self, files: u64, bytes: u64, _articles: u64) {
        let done = self.files.fetch_add(files, Ordering::Relaxed) + files;
        let all = self.all_files.load(Ordering::Relaxed);
        if all > 0 {
            self.bar.set_message(format!("{done}/{all} files"));
        }
        self.bar.inc(bytes);
    }
}
