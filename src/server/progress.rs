//! How far something is that takes its time: a start that fills a database.
//!
//! Owns the words and the numbers, no more; who does the work counts, who is asked reads.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::api::problem::Starting;

/// How far a start is. Cheap to clone; all clones are the same.
#[derive(Debug, Clone, Default)]
pub struct Progress(Arc<Steps>);

#[derive(Debug, Default)]
struct Steps {
    step: Mutex<&'static str>,
    done: AtomicU64,
    of: AtomicU64,
}

impl Progress {
    /// Another step, such as `loading people`, and how many there are to do; 0: that is not known.
    pub fn begin(&self, step: &'static str, of: usize) {
        *self.0.step.lock().unwrap_or_else(PoisonError::into_inner) = step;
        self.0.done.store(0, Ordering::Relaxed);
        self.0.of.store(of as u64, Ordering::Relaxed);
    }

    /// So many more are done.
    pub fn add(&self, more: usize) {
        self.0.done.fetch_add(more as u64, Ordering::Relaxed);
    }

    /// How far it is.
    pub(super) fn told(&self) -> Starting {
        let step = *self.0.step.lock().unwrap_or_else(PoisonError::into_inner);
        let of = self.0.of.load(Ordering::Relaxed);
        let done = self.0.done.load(Ordering::Relaxed).min(of);
        Starting { step: step.into(), done, of }
    }
}
