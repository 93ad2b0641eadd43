//! How fast one mail server is asked: never faster than it takes.
//!
//! Owns the one cap of connections for everything that sends, and the rest of a server that says
//! "not now": longer each time, a little of it by chance, ended by the first mail that is taken. A
//! server that takes some connections and refuses others is full: it gets fewer.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use crate::server::post::Delivery;
use crate::server::store::jittered;

/// Connections at once, of all runs and queues together.
const CAP: usize = 8;
/// However full the server is, so many are tried: one that hangs must not stand in everybody's way.
const LEAST: usize = 2;
/// The first rest; it doubles up to the longest.
const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_mins(1);
/// So many "later" in a row are the server's, not these people's.
const LATER_IN_A_ROW: u32 = 8;
/// After so many mails that were taken, one more connection is tried.
const TAKEN: u32 = 5;
/// A mail that was taken so long ago says nothing of now.
const LATELY: Duration = Duration::from_secs(10);

/// The pace of one server.
#[derive(Debug)]
pub(super) struct Pace {
    inner: Mutex<Inner>,
    freed: Notify,
}

#[derive(Debug)]
struct Inner {
    busy: usize,
    allowed: usize,
    rests: u32,
    until: Option<Instant>,
    why: String,
    later: u32,
    taken: u32,
    last_taken: Option<Instant>,
}

impl Default for Pace {
    fn default() -> Self {
        let inner = Inner {
            busy: 0,
            allowed: CAP,
            rests: 0,
            until: None,
            why: String::new(),
            later: 0,
            taken: 0,
            last_taken: None,
        };
        Self { inner: Mutex::new(inner), freed: Notify::new() }
    }
}

/// A place among the connections; dropping it frees it.
#[derive(Debug)]
pub(super) struct Place<'a>(&'a Pace);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.lock().busy -= 1;
        self.0.freed.notify_one();
    }
}

impl Pace {
    /// Waits for a place.
    pub async fn place(&self) -> Place<'_> {
        loop {
            let freed = self.freed.notified();
            {
                let mut inner = self.lock();
                if inner.busy < inner.allowed {
                    inner.busy += 1;
                    let more = inner.busy < inner.allowed;
                    drop(inner);
                    if more {
                        // A ring wakes one; there may be room for another.
                        self.freed.notify_one();
                    }
                    return Place(self);
                }
            }
            freed.await;
        }
    }

    /// For how long the server is left alone, and why.
    pub fn rest(&self) -> Option<(Duration, String)> {
        let inner = self.lock();
        let left = inner.until?.checked_duration_since(Instant::now())?;
        (!left.is_zero()).then(|| (left, inner.why.clone()))
    }

    /// What came of a mail, while its place is still held.
    pub fn note(&self, delivery: &Delivery) {
        let mut inner = self.lock();
        match delivery {
            Delivery::Accepted(_) => {
                (inner.rests, inner.until, inner.later) = (0, None, 0);
                inner.last_taken = Some(Instant::now());
                inner.taken += 1;
                if inner.taken.is_multiple_of(TAKEN) && inner.allowed < CAP {
                    inner.allowed += 1;
                    self.freed.notify_one();
                }
            }
            Delivery::Deferred(why) => {
                inner.later += 1;
                if inner.later >= LATER_IN_A_ROW {
                    inner.later = 0;
                    inner.rest(why);
                }
            }
            Delivery::NotNow(why) | Delivery::Mend(why) => {
                let lately = inner.last_taken.is_some_and(|at| at.elapsed() < LATELY);
                if lately && inner.busy > 1 && inner.allowed > LEAST {
                    inner.allowed = (inner.busy - 1).clamp(LEAST, CAP);
                } else {
                    inner.rest(why);
                }
            }
            // A person's, or nobody knows.
            Delivery::Refused(_) | Delivery::Unknown(_) => {}
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Rests, unless it does: of several mails that failed together one counts.
    fn rest(&mut self, why: &str) {
        let now = Instant::now();
        if self.until.is_some_and(|until| until > now) {
            return;
        }
        let whole = FIRST.saturating_mul(1 << self.rests.min(10)).min(LONGEST);
        self.rests += 1;
        self.until = Some(now + jittered(whole));
        self.why = why.to_owned();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn not_now() -> Delivery {
        Delivery::NotNow("421 busy".into())
    }

    #[tokio::test]
    async fn s4_a_server_that_says_not_now_rests_longer_each_time_until_it_takes_one() {
        let pace = Pace::default();
        let _place = pace.place().await;
        assert_eq!(pace.rest(), None);
        pace.note(&not_now());
        let (first, why) = pace.rest().unwrap();
        assert!(first <= FIRST && why == "421 busy");
        pace.note(&not_now());
        assert!(pace.rest().unwrap().0 <= FIRST, "those of one moment count once");
        for so_many in 1..8 {
            pace.lock().until = Some(Instant::now());
            pace.note(&not_now());
            let whole = FIRST.saturating_mul(1 << so_many).min(LONGEST);
            let rest = pace.rest().unwrap().0;
            assert!(rest <= whole && rest > whole / 2, "{so_many}: {rest:?}");
        }
        pace.note(&Delivery::Accepted("250 ok".into()));
        assert_eq!(pace.rest(), None);
    }

    #[tokio::test]
    async fn s4_a_server_that_is_full_gets_fewer_connections_and_then_more_again() {
        let pace = Pace::default();
        let mut places = Vec::new();
        for _ in 0..4 {
            places.push(pace.place().await);
        }
        pace.note(&Delivery::Accepted("250 ok".into()));
        pace.note(&not_now());
        assert_eq!((pace.rest(), pace.lock().allowed), (None, 3));
        places.truncate(3);
        // Full: one more waits until another has ended.
        let waiting = pace.place();
        tokio::pin!(waiting);
        assert!(futures_util::poll!(waiting.as_mut()).is_pending());
        places.pop();
        let place = waiting.await;
        for _ in 0..TAKEN * 10 {
            pace.note(&Delivery::Accepted("250 ok".into()));
        }
        assert_eq!(pace.lock().allowed, CAP, "never more than the cap");
        drop(place);
    }

    #[tokio::test]
    async fn s4_a_full_server_is_never_left_with_one_connection_that_may_hang() {
        let pace = Pace::default();
        let _places = (pace.place().await, pace.place().await);
        pace.note(&Delivery::Accepted("250 ok".into()));
        pace.note(&not_now());
        assert_eq!((pace.rest(), pace.lock().allowed), (None, LEAST));
        pace.note(&not_now());
        assert_eq!(pace.lock().allowed, LEAST);
        assert!(pace.rest().is_some(), "it rests instead");
    }

    #[tokio::test]
    async fn s4_later_said_to_many_in_a_row_is_the_servers() {
        let pace = Pace::default();
        let _place = pace.place().await;
        for _ in 1..LATER_IN_A_ROW {
            pace.note(&Delivery::Deferred("451 greylisted".into()));
        }
        assert_eq!(pace.rest(), None);
        pace.note(&Delivery::Deferred("451 greylisted".into()));
        assert!(pace.rest().is_some());
    }
}
