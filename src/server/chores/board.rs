//! Which task succeeded when, for `/readyz` and `/metrics`.
//!
//! Owns the counts and when a task is late. Runs on monotonic time; the moment of the last success is
//! also kept as the wall clock told it, for people.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

/// A task that has been failing, or has not been heard of, for so long is late.
const PATIENCE: Duration = Duration::from_mins(1);

/// All tasks.
#[derive(Debug, Default)]
pub struct Board(Mutex<BTreeMap<&'static str, Entry>>);

#[derive(Debug)]
struct Entry {
    beat: Option<Duration>,
    /// The last success, or the start.
    heard: Instant,
    failing_since: Option<Instant>,
    standing: Standing,
}

/// How one task stands.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    /// When it last succeeded.
    pub succeeded_at: Option<Timestamp>,
    /// Faults since then.
    pub in_a_row: u32,
    /// Faults since the start.
    pub failures: u64,
    /// Panics since the start.
    pub panics: u64,
    /// The last fault since the last success.
    pub fault: Option<String>,
}

impl Board {
    /// A task that is heard of every `beat`, or only when there is something to do.
    pub fn enter(&self, name: &'static str, beat: Option<Duration>) {
        let (heard, standing) = (Instant::now(), Standing::default());
        self.lock().insert(name, Entry { beat, heard, failing_since: None, standing });
    }

    /// A task did what was due.
    pub fn succeeded(&self, name: &'static str) {
        if let Some(entry) = self.lock().get_mut(name) {
            entry.heard = Instant::now();
            entry.failing_since = None;
            entry.standing.succeeded_at = Some(Timestamp::now());
            (entry.standing.in_a_row, entry.standing.fault) = (0, None);
        }
    }

    /// A task failed; answers how many times in a row.
    pub fn failed(&self, name: &'static str, why: &str) -> u32 {
        let mut all = self.lock();
        let Some(entry) = all.get_mut(name) else { return 1 };
        entry.failing_since.get_or_insert_with(Instant::now);
        let standing = &mut entry.standing;
        standing.in_a_row = standing.in_a_row.saturating_add(1);
        standing.failures += 1;
        standing.fault = Some(why.to_owned());
        standing.in_a_row
    }

    /// A task panicked; it is also told as failed.
    pub fn panicked(&self, name: &'static str) {
        if let Some(entry) = self.lock().get_mut(name) {
            entry.standing.panics += 1;
        }
    }

    /// The tasks that ought to have succeeded and have not, each with why.
    pub fn late(&self) -> Vec<(&'static str, String)> {
        self.late_at(Instant::now())
    }

    pub(super) fn late_at(&self, now: Instant) -> Vec<(&'static str, String)> {
        let late = |(name, entry): (&&'static str, &Entry)| {
            let failing = entry.failing_since.is_some_and(|since| now - since > PATIENCE);
            let silent = entry.beat.is_some_and(|beat| now - entry.heard > beat + PATIENCE);
            let why = || entry.standing.fault.clone().unwrap_or_else(|| "not heard of".into());
            (failing || silent).then(|| (*name, why()))
        };
        self.lock().iter().filter_map(late).collect()
    }

    /// All tasks, by name.
    pub fn all(&self) -> Vec<(&'static str, Standing)> {
        self.lock().iter().map(|(name, entry)| (*name, entry.standing.clone())).collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<&'static str, Entry>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
