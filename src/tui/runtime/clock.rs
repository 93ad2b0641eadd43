//! The interface's clock.
//!
//! Owns the time since the start. Where it may be turned, a rest of the player's passes at once:
//! what is awaited from outside (a reply, a key) still takes its real time.

use std::time::{Duration, Instant};

/// Time since the start, and what was turned on.
#[derive(Debug)]
pub(super) struct Clock {
    start: Instant,
    turned: Duration,
    may_turn: bool,
}

impl Clock {
    /// It begins now.
    pub(super) fn new(may_turn: bool) -> Self {
        Self { start: Instant::now(), turned: Duration::ZERO, may_turn }
    }

    /// So long after the start.
    pub(super) fn now(&self) -> Duration {
        self.start.elapsed() + self.turned
    }

    /// [`Clock::now`] in milliseconds.
    pub(super) fn now_ms(&self) -> u64 {
        u64::try_from(self.now().as_millis()).unwrap_or(u64::MAX)
    }

    /// How long until it is so many milliseconds after the start.
    pub(super) fn until(&self, at_ms: u64) -> Duration {
        Duration::from_millis(at_ms).saturating_sub(self.now())
    }

    /// Turns it on to that time, where it may be turned; answers whether it is that late now.
    pub(super) fn turn_to(&mut self, at_ms: u64) -> bool {
        if self.may_turn {
            self.turned += self.until(at_ms);
        }
        self.now_ms() >= at_ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_clock_that_may_be_turned_passes_a_rest_at_once() {
        let mut clock = Clock::new(true);
        assert!(clock.turn_to(3_600_000));
        assert!((3_600_000..3_700_000).contains(&clock.now_ms()));
        assert_eq!(clock.until(5), Duration::ZERO);
        let mut clock = Clock::new(false);
        assert!(!clock.turn_to(3_600_000));
        assert!(clock.until(3_600_000) > Duration::from_mins(50));
    }
}
