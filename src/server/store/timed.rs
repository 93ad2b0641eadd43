//! How often something was done, how it came out, and how long it took: for `/metrics`.
//!
//! Owns the counting alone. The outcomes are few words of ours.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Counts by outcome. Cheap to clone; all clones count together.
#[derive(Debug, Clone, Default)]
pub struct Timed(Arc<Mutex<BTreeMap<&'static str, Taken>>>);

/// What was counted of one outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Taken {
    /// How often.
    pub count: u64,
    /// How long all of them took, in microseconds.
    pub micros: u64,
    /// How long the longest took, in microseconds.
    pub longest: u64,
}

impl Timed {
    /// One more.
    pub fn count(&self, outcome: &'static str, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = all.entry(outcome).or_default();
        taken.count += 1;
        taken.micros = taken.micros.saturating_add(micros);
        taken.longest = taken.longest.max(micros);
    }

    /// All of them, by outcome.
    pub fn all(&self) -> Vec<(&'static str, Taken)> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().map(|(outcome, taken)| (*outcome, *taken)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_adds_up() {
        let timed = Timed::default();
        timed.count("ok", Duration::from_micros(3));
        timed.count("ok", Duration::from_micros(5));
        timed.count("error", Duration::ZERO);
        let ok = Taken { count: 2, micros: 8, longest: 5 };
        assert_eq!(timed.all()[1], ("ok", ok));
    }
}
