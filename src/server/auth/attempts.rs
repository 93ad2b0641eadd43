//! How often somebody may be wrong: per peer and address, in real time (rule P5).
//!
//! Owns the counting. A stranger elsewhere never locks an owner out: what is wrong counts against
//! the peer that sent it. An attempt counts when it begins and is forgotten when it succeeds, so
//! that many at once cannot slip through. Kept in memory, bounded; a restart forgives.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::http::StatusCode;

use crate::api::problem::code;
use crate::server::refusal::Refusal;

const WINDOW: Duration = Duration::from_mins(15);
/// How often a peer may be wrong about one address, or one secret.
const PER_ADDRESS: u32 = 10;
/// About how many of them a peer may be wrong.
const ADDRESSES: usize = 50;
/// So many peers are remembered; beyond that, those that were wrong last.
const PEERS: usize = 10_000;

/// What is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tried<'a> {
    /// A password of this address.
    Address(&'a str),
    /// A token, or a code from a mail: each is one of its own.
    Secret(&'a str),
}

#[derive(Debug, Clone, Copy)]
struct Window {
    since: Instant,
    wrong: u32,
}

/// About what a peer was wrong in the last quarter of an hour.
type Wrong = HashMap<u64, Window>;

/// The failed attempts of the last quarter of an hour.
#[derive(Debug, Default)]
pub struct Attempts {
    peers: Mutex<HashMap<IpAddr, Wrong>>,
    // Keyed anew at each start: nobody can choose two addresses that count as one.
    keys: RandomState,
}

/// An attempt under way.
#[derive(Debug)]
pub struct Attempt {
    peer: IpAddr,
    key: u64,
}

impl Attempts {
    /// Begins an attempt from a peer.
    ///
    /// # Errors
    /// 429 with the time to wait.
    pub fn begin(&self, peer: IpAddr, tried: Tried<'_>) -> Result<Attempt, Refusal> {
        self.begin_at(peer, tried, Instant::now())
    }

    fn begin_at(&self, peer: IpAddr, tried: Tried<'_>, now: Instant) -> Result<Attempt, Refusal> {
        let (peer, key) = (network(peer), self.key(tried));
        let mut peers = self.lock();
        if peers.len() >= PEERS && !peers.contains_key(&peer) {
            forget(&mut peers, now);
        }
        let wrong = peers.entry(peer).or_default();
        wrong.retain(|_, window| !window.left(now).is_zero());
        let many = wrong.len() >= ADDRESSES;
        match wrong.get_mut(&key) {
            Some(window) if window.wrong >= PER_ADDRESS => return Err(too_many(window.left(now))),
            Some(window) => window.wrong += 1,
            None if many => {
                let wait = wrong.values().map(|window| window.left(now)).min();
                return Err(too_many(wait.unwrap_or(WINDOW)));
            }
            None => {
                wrong.insert(key, Window { since: now, wrong: 1 });
            }
        }
        Ok(Attempt { peer, key })
    }

    /// The attempt succeeded: who knows the secret has only mistyped before.
    pub fn succeeded(&self, attempt: &Attempt) {
        let mut peers = self.lock();
        if let Some(wrong) = peers.get_mut(&attempt.peer) {
            wrong.remove(&attempt.key);
            if wrong.is_empty() {
                peers.remove(&attempt.peer);
            }
        }
    }

    fn key(&self, tried: Tried<'_>) -> u64 {
        match tried {
            Tried::Address(address) => self.keys.hash_one(("address", address)),
            Tried::Secret(secret) => self.keys.hash_one(("secret", secret)),
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, Wrong>> {
        self.peers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Window {
    fn left(&self, now: Instant) -> Duration {
        WINDOW.saturating_sub(now.duration_since(self.since))
    }
}

/// Whom a peer's address stands for: a household has a whole /64 of IPv6.
pub fn network(peer: IpAddr) -> IpAddr {
    match peer {
        IpAddr::V4(_) => peer,
        IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() & !u128::from(u64::MAX))),
    }
}

/// Makes room: whose window is over goes, and of a crowd the half that has been quiet longest.
fn forget(peers: &mut HashMap<IpAddr, Wrong>, now: Instant) {
    let last = |wrong: &Wrong| wrong.values().map(|window| window.since).max();
    peers.retain(|_, wrong| last(wrong).is_some_and(|at| now.duration_since(at) < WINDOW));
    if peers.len() < PEERS {
        return;
    }
    let mut times: Vec<Instant> = peers.values().filter_map(last).collect();
    let half = times.len() / 2;
    let (_, median, _) = times.select_nth_unstable(half);
    let median = *median;
    peers.retain(|_, wrong| last(wrong).is_some_and(|at| at > median));
}

fn too_many(wait: Duration) -> Refusal {
    Refusal::new(
        StatusCode::TOO_MANY_REQUESTS,
        code::TOO_MANY,
        "There were too many wrong passwords, tokens or codes from where you are.",
        "Wait as long as Retry-After says, then try again.",
    )
    .retry_after(wait.as_secs() + 1)
}

#[cfg(test)]
mod tests;
