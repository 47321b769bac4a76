//! Analyzers that searches lend each other.

use crate::analyze::Analyzer;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};

/// More than so many are not kept; each may have grown to a megabyte a language.
const MOST_IDLE: usize = 16;

/// Analyzers that are not in use.
#[derive(Default)]
pub struct Pool(Mutex<Vec<Analyzer>>);

impl Pool {
    /// One of them, or a new one.
    pub fn take(self: &Arc<Self>) -> Lent {
        let mut idle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Lent {
            analyzer: idle.pop().unwrap_or_default(),
            pool: Arc::clone(self),
        }
    }
}

/// An analyzer that goes back to its pool.
pub struct Lent {
    analyzer: Analyzer,
    pool: Arc<Pool>,
}

impl Deref for Lent {
    type Target = Analyzer;

    fn deref(&self) -> &Analyzer {
        &self.analyzer
    }
}

impl DerefMut for Lent {
    fn deref_mut(&mut self) -> &mut Analyzer {
        &mut self.analyzer
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let mut idle = self.pool.0.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < MOST_IDLE {
            idle.push(std::mem::take(&mut self.analyzer));
        }
    }
}
