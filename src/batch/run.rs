//! All cores on one shared index, output in input order, memory for a window of rows.

use super::{BadRow, Topic};
use crate::backend::{Ask, Backend, Clock, Defaults};
use crate::error::{Error, Result};
use crate::output::{Answer, Failure, Printer};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::{Duration, Instant};

/// Rows a thread that may be taken before the oldest is written: enough that a slow query does not
/// hold up the others, few enough that their answers fit into memory.
const WINDOW_PER_THREAD: u64 = 8;

/// One run over many queries.
pub struct Batch<'a> {
    pub backend: &'a dyn Backend,
    /// What the command's flags say; a row beats a flag.
    pub ask: &'a Ask,
    pub defaults: &'a Defaults,
    pub clock: &'a Clock,
    pub printer: &'a dyn Printer,
    /// At least 1.
    pub threads: usize,
    /// Time for each query.
    pub timeout: Option<Duration>,
    /// Once true, no further row is begun; those begun are written.
    pub stop: &'a AtomicBool,
}

/// A row that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// `line N, topic ID: reason` for a row that failed or was cut short.
    pub trouble: Option<String>,
}

/// What became of the rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    pub answered: u64,
    pub failed: u64,
    /// Answered in part: the time was over.
    pub cut_short: u64,
    /// Some row failed because the index could not be used.
    pub index_failed: bool,
}

struct Rendered {
    bytes: Vec<u8>,
    prints: bool,
    outcome: Outcome,
    trouble: Option<String>,
}

#[derive(Clone, Copy)]
enum Outcome {
    Answered,
    CutShort,
    Failed { by_index: bool },
}

struct Source<'r> {
    rows: &'r mut (dyn Iterator<Item = Result<Topic, BadRow>> + Send),
    next: u64,
}

impl Batch<'_> {
    /// Answers every row of `rows` and writes to `out` in their order; `done` hears of each row written.
    ///
    /// A row that fails is an error row, never the end, and so is one that makes the program panic.
    ///
    /// # Errors
    /// The writer's.
    pub fn run(
        &self,
        rows: &mut (dyn Iterator<Item = Result<Topic, BadRow>> + Send),
        out: &mut dyn Write,
        done: &mut dyn FnMut(Done),
    ) -> io::Result<Summary> {
        self.printer.begin(out)?;
        let threads = self.threads.max(1);
        let window = WINDOW_PER_THREAD * threads as u64;
        let source = Mutex::new(Source { rows, next: 0 });
        let written = Mutex::new(0_u64);
        let moved = Condvar::new();
        // Set when writing has failed: what is still searched for has no reader.
        let broken = AtomicBool::new(false);
        let stopped = || self.stop.load(Ordering::Relaxed) || broken.load(Ordering::Relaxed);
        let take = || -> Option<(u64, Result<Topic, BadRow>)> {
            let mut source = lock(&source);
            let mut done = lock(&written);
            while source.next >= *done + window && !stopped() {
                done = moved.wait(done).unwrap_or_else(PoisonError::into_inner);
            }
            drop(done);
            if stopped() {
                return None;
            }
            let row = source.rows.next()?;
            let number = source.next;
            source.next += 1;
            Some((number, row))
        };
        let mut summary = Summary::default();
        let (sender, receiver) = mpsc::channel::<(u64, Rendered)>();
        std::thread::scope(|scope| {
            for _ in 0..threads {
                let sender = sender.clone();
                scope.spawn(|| {
                    let sender = sender;
                    while let Some((number, row)) = take() {
                        if sender.send((number, self.rendered(row))).is_err() {
                            break;
                        }
                    }
                });
            }
            drop(sender);
            let mut waiting: BTreeMap<u64, Rendered> = BTreeMap::new();
            let mut next = 0;
            let mut printed_any = false;
            let write = || -> io::Result<()> {
                for (number, rendered) in receiver {
                    waiting.insert(number, rendered);
                    while let Some(row) = waiting.remove(&next) {
                        if row.prints {
                            if printed_any {
                                self.printer.between(out)?;
                            }
                            printed_any = true;
                        }
                        out.write_all(&row.bytes)?;
                        next += 1;
                        *lock(&written) = next;
                        moved.notify_all();
                        summary.count(row.outcome);
                        done(Done {
                            trouble: row.trouble,
                        });
                    }
                }
                Ok(())
            };
            let result = write();
            if result.is_err() {
                broken.store(true, Ordering::Relaxed);
                moved.notify_all();
            }
            result
        })?;
        self.printer.end(out)?;
        Ok(summary)
    }

    fn rendered(&self, row: Result<Topic, BadRow>) -> Rendered {
        let row = match row {
            Ok(topic) => topic,
            Err(bad) => return self.failed(&bad, false),
        };
        let answered = catch_unwind(AssertUnwindSafe(|| self.answered(&row)));
        match answered {
            Ok(Ok(rendered)) => rendered,
            Ok(Err(error)) => {
                let by_index = matches!(
                    error,
                    Error::NoIndex(_) | Error::Damaged(_) | Error::Backend(_) | Error::Engine(_)
                );
                self.failed(&row.bad(error.to_string()), by_index)
            }
            Err(_) => self.failed(
                &row.bad("a fault of the program; please report this query".to_owned()),
                false,
            ),
        }
    }

    fn answered(&self, row: &Topic) -> Result<Rendered> {
        let ask = row.ask.clone().over(self.ask);
        let mut request = ask.request(&row.query, self.defaults, self.clock, false)?;
        request.shown = self.printer.shows();
        request.deadline = self.timeout.and_then(|t| Instant::now().checked_add(t));
        let results = self.backend.search(&request)?;
        let mut bytes = Vec::new();
        let answer = Answer::new(Some(&row.id), &request, &results);
        self.printer
            .answer(&answer, &mut bytes)
            .map_err(|e| Error::io("output", e))?;
        let cut_short = results.notes.iter().find(|note| note.is_late());
        Ok(Rendered {
            prints: !bytes.is_empty(),
            bytes,
            outcome: match cut_short {
                Some(_) => Outcome::CutShort,
                None => Outcome::Answered,
            },
            trouble: cut_short.map(|note| place(row.line, Some(&row.id), &note.message)),
        })
    }

    fn failed(&self, bad: &BadRow, by_index: bool) -> Rendered {
        let mut bytes = Vec::new();
        let failure = Failure {
            topic: bad.id.as_deref(),
            query: bad.query.as_deref(),
            error: &bad.error,
            line: bad.line,
        };
        // A buffer in memory takes everything.
        let _ = self.printer.failure(&failure, &mut bytes);
        Rendered {
            prints: !bytes.is_empty(),
            bytes,
            outcome: Outcome::Failed { by_index },
            trouble: Some(place(bad.line, bad.id.as_deref(), &bad.error)),
        }
    }
}

impl Summary {
    fn count(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Answered => self.answered += 1,
            Outcome::CutShort => {
                self.answered += 1;
                self.cut_short += 1;
            }
            Outcome::Failed { by_index } => {
                self.failed += 1;
                self.index_failed |= by_index;
            }
        }
    }
}

fn place(line: u64, id: Option<&str>, message: &str) -> String {
    match id {
        Some(id) => format!("line {line}, topic {id}: {message}"),
        None => format!("line {line}: {message}"),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
