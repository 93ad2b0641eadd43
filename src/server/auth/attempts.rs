//! How often somebody may fail to sign in: per address and per peer, in real time.
//!
//! Owns the counting. An attempt counts when it begins and is taken back when it succeeds, so that
//! many at once cannot slip through. Kept in memory: a restart forgives.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::StatusCode;

use crate::api::problem::code;
use crate::server::refusal::Refusal;

const WINDOW: Duration = Duration::from_mins(15);
const PER_ADDRESS: u32 = 10;
const PER_PEER: u32 = 60;
/// Beyond this many keys the ones whose window is over are dropped.
const MANY: usize = 10_000;

/// Whose attempts are counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Address(String),
    Peer(IpAddr),
}

#[derive(Debug, Clone, Copy)]
struct Window {
    since: Instant,
    attempts: u32,
}

/// The failed attempts of the last quarter of an hour.
#[derive(Debug, Default)]
pub struct Attempts(Mutex<HashMap<Key, Window>>);

/// An attempt under way.
#[derive(Debug)]
pub struct Attempt(Vec<Key>);

impl Attempts {
    /// Begins an attempt from a peer, as somebody if an address is given.
    ///
    /// # Errors
    /// 429 with the time to wait.
    pub fn begin(&self, peer: IpAddr, address: Option<&str>) -> Result<Attempt, Refusal> {
        self.begin_at(peer, address, Instant::now())
    }

    fn begin_at(
        &self,
        peer: IpAddr,
        address: Option<&str>,
        now: Instant,
    ) -> Result<Attempt, Refusal> {
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if windows.len() > MANY {
            windows.retain(|_, w| now.duration_since(w.since) < WINDOW);
        }
        let mut keys = vec![(Key::Peer(peer), PER_PEER)];
        keys.extend(address.map(|a| (Key::Address(a.to_owned()), PER_ADDRESS)));
        for (key, most) in &keys {
            if let Some(wait) = windows.get(key).and_then(|w| w.full(*most, now)) {
                return Err(too_many(wait));
            }
        }
        for (key, _) in &keys {
            let fresh = Window { since: now, attempts: 0 };
            let window = windows.entry(key.clone()).or_insert(fresh);
            if now.duration_since(window.since) >= WINDOW {
                *window = fresh;
            }
            window.attempts += 1;
        }
        Ok(Attempt(keys.into_iter().map(|(key, _)| key).collect()))
    }

    /// The attempt succeeded: it is taken back.
    pub fn succeeded(&self, attempt: &Attempt) {
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for key in &attempt.0 {
            if let Some(window) = windows.get_mut(key) {
                window.attempts = window.attempts.saturating_sub(1);
            }
        }
    }
}

impl Window {
    fn full(&self, most: u32, now: Instant) -> Option<Duration> {
        let left = WINDOW.checked_sub(now.duration_since(self.since))?;
        (self.attempts >= most && !left.is_zero()).then_some(left)
    }
}

fn too_many(wait: Duration) -> Refusal {
    Refusal::new(
        StatusCode::TOO_MANY_REQUESTS,
        code::TOO_MANY,
        "There were too many failed attempts to sign in.",
        "Wait as long as Retry-After says, then try again.",
    )
    .retry_after(wait.as_secs() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    #[test]
    fn failures_are_counted_per_address_and_forgiven_after_the_window() {
        let attempts = Attempts::default();
        let start = Instant::now();
        for _ in 0..PER_ADDRESS {
            attempts.begin_at(PEER, Some("fay@acme.example"), start).unwrap();
        }
        let refused = attempts.begin_at(PEER, Some("fay@acme.example"), start).unwrap_err();
        assert_eq!(refused.retry_after, Some(WINDOW.as_secs() + 1));
        attempts.begin_at(PEER, Some("lee@acme.example"), start).unwrap();
        attempts.begin_at(PEER, Some("fay@acme.example"), start + WINDOW).unwrap();
    }

    #[test]
    fn failures_are_counted_per_peer_whoever_is_tried() {
        let attempts = Attempts::default();
        let start = Instant::now();
        for n in 0..PER_PEER {
            attempts.begin_at(PEER, Some(&format!("p{n}@acme.example")), start).unwrap();
        }
        assert!(attempts.begin_at(PEER, None, start).is_err());
    }

    #[test]
    fn successes_do_not_count() {
        let attempts = Attempts::default();
        for _ in 0..PER_PEER * 2 {
            let attempt = attempts.begin(PEER, Some("fay@acme.example")).unwrap();
            attempts.succeeded(&attempt);
        }
    }
}
