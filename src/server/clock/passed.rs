//! Time that surely passed: monotonic, and what the machine was suspended for.
//!
//! Owns asking the system. Where it does not tell of suspensions (other than Linux), there are none.

use std::time::Instant;

/// A moment of both.
#[derive(Debug, Clone, Copy)]
pub(super) struct Passed {
    monotonic: Instant,
    /// Milliseconds since the machine was started, suspensions counted.
    up: Option<i64>,
}

impl Passed {
    pub fn now() -> Self {
        let text = std::fs::read_to_string("/proc/uptime").unwrap_or_default();
        let seconds = text.split(' ').next().and_then(|seconds| seconds.parse::<f64>().ok());
        Self { monotonic: Instant::now(), up: seconds.map(|seconds| (seconds * 1_000.0) as i64) }
    }

    /// Milliseconds that ran since then.
    pub fn ran(self) -> i64 {
        i64::try_from(self.monotonic.elapsed().as_millis()).unwrap_or(i64::MAX)
    }

    /// Milliseconds since an earlier moment: what ran, and what was slept through beside it.
    pub fn since(self, earlier: Self) -> (i64, i64) {
        let ran = self.monotonic.saturating_duration_since(earlier.monotonic).as_millis() as i64;
        let up = self.up.zip(earlier.up).map_or(ran, |(now, then)| now - then);
        // The machine tells hundredths of a second; less than a second is none.
        let slept = up - ran;
        (ran, if slept > 1_000 { slept } else { 0 })
    }
}
