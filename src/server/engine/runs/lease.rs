//! How long a worker's claim holds (research, section 4).
//!
//! Owns the lease's length and the real-time clock it is measured on: the wall clock when the
//! process began plus monotonic time since, so that a clock jump loses no lease (promise I18).

use std::time::{Duration, Instant};

use jiff::Timestamp;

/// How long a claim holds unless it is renewed: recovery takes no longer (promise I8).
pub(super) const LEASE: Duration = Duration::from_secs(45);
/// How often a claim is renewed, and leases are looked over.
pub(in crate::server::engine) const BEAT: Duration = Duration::from_secs(10);
/// Nothing is begun under a lease that ends within this time.
pub(super) const MARGIN: Duration = Duration::from_secs(10);
/// After so long past its lease a worker is surely dead.
pub(super) const SURELY_DEAD: Duration = Duration::from_mins(15);

/// Milliseconds of a duration, as stored.
pub(super) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// Real time that only goes forward.
#[derive(Debug, Clone, Copy)]
pub(super) struct RealClock {
    wall_ms: i64,
    since: Instant,
}

impl RealClock {
    pub fn start() -> Self {
        Self { wall_ms: Timestamp::now().as_millisecond(), since: Instant::now() }
    }

    pub fn now(&self) -> i64 {
        self.wall_ms.saturating_add(millis(self.since.elapsed()))
    }
}

/// A worker's own trust in its lease, anchored before each renewal was asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Trust(Instant);

impl Trust {
    /// Call it before the claim or renewal is written, never after.
    pub fn from_now() -> Self {
        Self(Instant::now())
    }

    /// Whether something may still be begun under the lease.
    pub fn holds(self) -> bool {
        self.0.elapsed() + MARGIN < LEASE
    }

    /// Whether the lease ought to be renewed.
    pub fn is_due(self) -> bool {
        self.0.elapsed() >= BEAT
    }
}
