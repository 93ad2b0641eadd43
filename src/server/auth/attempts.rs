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
mod tests {
    use super::*;

    const PEER: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
    const FAY: Tried<'_> = Tried::Address("fay@acme.example");

    fn peer(n: u32) -> IpAddr {
        IpAddr::V4(std::net::Ipv4Addr::from_bits(n))
    }

    #[test]
    fn p5_wrong_passwords_count_per_peer_and_address_and_never_lock_the_owner_out_elsewhere() {
        let attempts = Attempts::default();
        let start = Instant::now();
        for _ in 0..PER_ADDRESS {
            attempts.begin_at(PEER, FAY, start).unwrap();
        }
        let refused = attempts.begin_at(PEER, FAY, start).unwrap_err();
        assert_eq!(refused.retry_after, Some(WINDOW.as_secs() + 1));
        attempts.begin_at(peer(7), FAY, start).unwrap();
        attempts.begin_at(PEER, Tried::Address("lee@acme.example"), start).unwrap();
        attempts.begin_at(PEER, FAY, start + WINDOW).unwrap();
    }

    #[test]
    fn p5_beyond_fifty_addresses_the_peer_alone_counts() {
        let attempts = Attempts::default();
        let start = Instant::now();
        let addresses: Vec<String> = (0..ADDRESSES).map(|n| format!("p{n}@acme.example")).collect();
        for address in &addresses {
            attempts.begin_at(PEER, Tried::Address(address), start).unwrap();
        }
        assert!(attempts.begin_at(PEER, FAY, start).is_err());
        assert!(attempts.begin_at(PEER, Tried::Secret("hlt_guess"), start).is_err());
        assert!(attempts.begin_at(peer(7), FAY, start).is_ok());
        assert!(attempts.begin_at(PEER, FAY, start + WINDOW).is_ok());
    }

    #[test]
    fn p5_successes_do_not_count() {
        let attempts = Attempts::default();
        for _ in 0..PER_ADDRESS * 2 {
            let attempt = attempts.begin(PEER, FAY).unwrap();
            attempts.succeeded(&attempt);
        }
        assert!(attempts.lock().is_empty());
    }

    #[test]
    fn p5_what_is_remembered_is_bounded() {
        let attempts = Attempts::default();
        let start = Instant::now();
        for n in 0..PEERS as u32 * 2 {
            let at = start + Duration::from_micros(u64::from(n));
            attempts.begin_at(peer(n), FAY, at).unwrap();
            assert!(attempts.lock().len() <= PEERS);
        }
    }

    #[test]
    fn p5_a_network_of_ipv6_is_one_peer() {
        let attempts = Attempts::default();
        for n in 0..PER_ADDRESS {
            attempts.begin(format!("2001:db8::{n}").parse().unwrap(), FAY).unwrap();
        }
        assert!(attempts.begin("2001:db8::ffff".parse().unwrap(), FAY).is_err());
        assert!(attempts.begin("2001:db8:0:1::1".parse().unwrap(), FAY).is_ok());
    }
}
