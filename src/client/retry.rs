//! When a request may be sent again, and after how long.
//!
//! Owns the whole policy: only answers that say "not now" (429, 502, 503, 504) and connections
//! that never came about; full jitter; the backend's `Retry-After` within reason. A request that
//! may have arrived is never sent again by this program.

use std::time::Duration;

use reqwest::header::RETRY_AFTER;
use reqwest::{Response, StatusCode};

/// How often and how slowly.
#[derive(Debug, Clone, Copy)]
pub struct RetryPolicy {
    /// How many times a request is sent at the most.
    pub attempts: u32,
    /// The most that is waited before the second attempt; doubles with each further one.
    pub base: Duration,
    /// The most that is ever waited. A longer `Retry-After` ends the trying.
    pub cap: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self { attempts: 4, base: Duration::from_millis(250), cap: Duration::from_secs(20) }
    }
}

impl RetryPolicy {
    /// How long to wait before attempt `attempt + 1` (the first is 1); `None`: give up.
    ///
    /// `dice` is a random number; full jitter takes all of the waiting time from it.
    pub fn wait(&self, attempt: u32, told: Option<Duration>, dice: u32) -> Option<Duration> {
        if attempt >= self.attempts {
            return None;
        }
        if let Some(told) = told {
            return (told <= self.cap).then_some(told);
        }
        let most = self.base.saturating_mul(1 << (attempt - 1).min(16)).min(self.cap);
        Some(most.mul_f64(f64::from(dice) / f64::from(u32::MAX)))
    }
}

/// Whether an answer with this status says "not now" and nothing else.
pub fn is_not_now(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::TOO_MANY_REQUESTS
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT
    )
}

/// Whether the same write, sent before with the same key, is still being carried out.
pub fn is_being_done(response: &Response) -> bool {
    response.status() == StatusCode::CONFLICT && response.headers().contains_key(RETRY_AFTER)
}

/// Whether a write that got an answer with this status may have been carried out, whatever its body
/// says: not where it was refused, sent elsewhere or put off.
pub fn may_be_done(status: StatusCode) -> bool {
    let put_off = status == StatusCode::SERVICE_UNAVAILABLE;
    !(status.is_redirection() || status.is_client_error() || put_off)
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: RetryPolicy = RetryPolicy {
        attempts: 4,
        base: Duration::from_millis(100),
        cap: Duration::from_millis(300),
    };

    #[test]
    fn full_jitter_doubles_up_to_the_cap_and_ends() {
        let most = |attempt| POLICY.wait(attempt, None, u32::MAX);
        assert_eq!(most(1), Some(Duration::from_millis(100)));
        assert_eq!(most(2), Some(Duration::from_millis(200)));
        assert_eq!(most(3), Some(Duration::from_millis(300)));
        assert_eq!(most(4), None);
        assert_eq!(POLICY.wait(3, None, 0), Some(Duration::ZERO));
    }

    #[test]
    fn retry_after_is_honoured_or_ends_the_trying() {
        let told = |ms| POLICY.wait(1, Some(Duration::from_millis(ms)), 0);
        assert_eq!(told(250), Some(Duration::from_millis(250)));
        assert_eq!(told(301), None);
    }

    #[test]
    fn only_not_now_is_tried_again() {
        let again: Vec<u16> =
            (100..600).filter(|code| StatusCode::from_u16(*code).is_ok_and(is_not_now)).collect();
        assert_eq!(again, [429, 502, 503, 504]);
    }
}
