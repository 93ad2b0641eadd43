//! How often somebody may do a thing that tells or sends something: per person, in real time.
//!
//! Owns the counting of what is allowed but must not be done without end: looking for candidates,
//! asking for mails, trying codes. Kept in memory: a restart forgives.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::StatusCode;

use crate::api::problem::code;
use crate::server::refusal::Refusal;

/// Beyond this many people the ones whose window is over are dropped.
const MANY: usize = 10_000;

/// So many times in so long a window.
#[derive(Debug)]
pub struct Quota {
    /// What is counted, in the plural.
    what: &'static str,
    most: u32,
    window: Duration,
    counts: Mutex<HashMap<String, (Instant, u32)>>,
}

impl Quota {
    /// `most` times in a `window`; `what` is told to who is over it.
    pub fn new(what: &'static str, most: u32, window: Duration) -> Self {
        Self { what, most, window, counts: Mutex::default() }
    }

    /// Counts one more for somebody.
    ///
    /// # Errors
    /// 429 with the time to wait.
    pub fn take(&self, who: &str) -> Result<(), Refusal> {
        self.take_at(who, Instant::now())
    }

    fn take_at(&self, who: &str, now: Instant) -> Result<(), Refusal> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() > MANY {
            counts.retain(|_, (since, _)| now.duration_since(*since) < self.window);
        }
        let count = counts.entry(who.to_owned()).or_insert((now, 0));
        if now.duration_since(count.0) >= self.window {
            *count = (now, 0);
        }
        if count.1 >= self.most {
            return Err(self.too_many(self.window.saturating_sub(now.duration_since(count.0))));
        }
        count.1 += 1;
        Ok(())
    }

    fn too_many(&self, wait: Duration) -> Refusal {
        Refusal::new(
            StatusCode::TOO_MANY_REQUESTS,
            code::TOO_MANY,
            format!("There were too many {} in a short time.", self.what),
            "Wait as long as Retry-After says, then try again.",
        )
        .retry_after(wait.as_secs() + 1)
    }
}

/// The quotas of the backend.
#[derive(Debug)]
pub struct Quotas {
    /// Looks at organizations that are not one's own (rules L2, T3).
    pub candidates: Quota,
    /// Looks at whether a trial's fields would do, an address among them (rule T1).
    pub trials: Quota,
    /// Mails that somebody asks for to themselves (rule L1).
    pub mails: Quota,
    /// Codes typed in.
    pub codes: Quota,
}

impl Default for Quotas {
    fn default() -> Self {
        Self {
            candidates: Quota::new("looks for candidates", 60, Duration::from_mins(10)),
            trials: Quota::new("looks at a trial's fields", 120, Duration::from_mins(10)),
            mails: Quota::new("mails asked for", 10, Duration::from_hours(1)),
            codes: Quota::new("codes tried", 20, Duration::from_mins(15)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l2_each_person_has_their_own_count_and_a_new_one_after_the_window() {
        let quota = Quota::new("looks", 2, Duration::from_mins(10));
        let start = Instant::now();
        for _ in 0..2 {
            quota.take_at("fay@acme.example", start).unwrap();
        }
        let later = start + Duration::from_mins(4);
        let refused = quota.take_at("fay@acme.example", later).unwrap_err();
        assert_eq!(refused.problem.status, 429);
        assert_eq!(refused.retry_after, Some(6 * 60 + 1));
        quota.take_at("ned@new.example", later).unwrap();
        quota.take_at("fay@acme.example", start + Duration::from_mins(10)).unwrap();
    }
}
