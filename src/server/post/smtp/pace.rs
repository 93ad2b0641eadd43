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
pub(super) const CAP: usize = 8;
/// However full the server is, so many are tried: one that hangs must not stand in everybody's way.
const LEAST: usize = 2;
/// The first rest; it doubles up to the longest.
const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_mins(1);
/// "Later" of a recipient puts off that mail alone. Said so often in a row, to people of more than
/// one domain, it may be the server's after all.
const LATER_IN_A_ROW: u32 = 30;
/// Then it is given this little time: nobody knows, and others wait.
const GENTLE: Duration = Duration::from_secs(3);
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
    later: Later,
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
            later: Later::default(),
            taken: 0,
            last_taken: None,
        };
        Self { inner: Mutex::new(inner), freed: Notify::new() }
    }
}

/// Recipients that were put off, since one was taken.
#[derive(Debug, Default)]
struct Later {
    in_a_row: u32,
    /// The domain of the first of them.
    domain: String,
    /// Whether there was another.
    several: bool,
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

    /// Asks the server anew at once: somebody says that it may be asked.
    pub fn forget(&self) {
        let mut inner = self.lock();
        (inner.rests, inner.until, inner.later) = (0, None, Later::default());
    }

    /// What came of a mail to somebody of this domain, while its place is still held.
    pub fn note(&self, delivery: &Delivery, domain: &str) {
        let mut inner = self.lock();
        match delivery {
            Delivery::Accepted(_) => {
                (inner.rests, inner.until, inner.later) = (0, None, Later::default());
                inner.last_taken = Some(Instant::now());
                inner.taken += 1;
                if inner.taken.is_multiple_of(TAKEN) && inner.allowed < CAP {
                    inner.allowed += 1;
                    self.freed.notify_one();
                }
            }
            Delivery::Deferred(why) => {
                if inner.later.is_the_servers(domain) {
                    inner.later = Later::default();
                    let why = format!("{LATER_IN_A_ROW} recipients in a row were put off: {why}");
                    inner.rest_for(GENTLE, &why);
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
    /// Rests longer than the last time.
    fn rest(&mut self, why: &str) {
        let whole = FIRST.saturating_mul(1 << self.rests.min(10)).min(LONGEST);
        if self.rest_for(whole, why) {
            self.rests += 1;
        }
    }

    /// Rests, unless it does: of several mails that failed together one counts.
    fn rest_for(&mut self, whole: Duration, why: &str) -> bool {
        let now = Instant::now();
        if self.until.is_some_and(|until| until > now) {
            return false;
        }
        self.until = Some(now + jittered(whole));
        self.why = why.to_owned();
        true
    }
}

impl Later {
    /// Counts one more; answers whether these are too many for it to be the recipients' alone.
    fn is_the_servers(&mut self, domain: &str) -> bool {
        if self.in_a_row == 0 {
            self.domain = domain.to_ascii_lowercase();
        }
        self.several |= !self.domain.eq_ignore_ascii_case(domain);
        self.in_a_row = self.in_a_row.saturating_add(1);
        self.several && self.in_a_row >= LATER_IN_A_ROW
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "acme.example";
    const B: &str = "globex.example";

    fn not_now() -> Delivery {
        Delivery::NotNow("421 busy".into())
    }

    #[tokio::test]
    async fn s4_a_server_that_says_not_now_rests_longer_each_time_until_it_takes_one() {
        let pace = Pace::default();
        let _place = pace.place().await;
        assert_eq!(pace.rest(), None);
        pace.note(&not_now(), A);
        let (first, why) = pace.rest().unwrap();
        assert!(first <= FIRST && why == "421 busy");
        pace.note(&not_now(), A);
        assert!(pace.rest().unwrap().0 <= FIRST, "those of one moment count once");
        for so_many in 1..8 {
            pace.lock().until = Some(Instant::now());
            pace.note(&not_now(), A);
            let whole = FIRST.saturating_mul(1 << so_many).min(LONGEST);
            let rest = pace.rest().unwrap().0;
            assert!(rest <= whole && rest > whole / 2, "{so_many}: {rest:?}");
        }
        pace.note(&Delivery::Accepted("250 ok".into()), A);
        assert_eq!(pace.rest(), None);
    }

    #[tokio::test]
    async fn s4_a_server_that_is_full_gets_fewer_connections_and_then_more_again() {
        let pace = Pace::default();
        let mut places = Vec::new();
        for _ in 0..4 {
            places.push(pace.place().await);
        }
        pace.note(&Delivery::Accepted("250 ok".into()), A);
        pace.note(&not_now(), A);
        assert_eq!((pace.rest(), pace.lock().allowed), (None, 3));
        places.truncate(3);
        // Full: one more waits until another has ended.
        let waiting = pace.place();
        tokio::pin!(waiting);
        assert!(futures_util::poll!(waiting.as_mut()).is_pending());
        places.pop();
        let place = waiting.await;
        for _ in 0..TAKEN * 10 {
            pace.note(&Delivery::Accepted("250 ok".into()), A);
        }
        assert_eq!(pace.lock().allowed, CAP, "never more than the cap");
        drop(place);
    }

    #[tokio::test]
    async fn s4_a_full_server_is_never_left_with_one_connection_that_may_hang() {
        let pace = Pace::default();
        let _places = (pace.place().await, pace.place().await);
        pace.note(&Delivery::Accepted("250 ok".into()), A);
        pace.note(&not_now(), A);
        assert_eq!((pace.rest(), pace.lock().allowed), (None, LEAST));
        pace.note(&not_now(), A);
        assert_eq!(pace.lock().allowed, LEAST);
        assert!(pace.rest().is_some(), "it rests instead");
    }

    #[tokio::test]
    async fn s4_later_said_to_recipients_is_theirs_and_the_server_goes_on() {
        let (pace, later) = (Pace::default(), Delivery::Deferred("450 greylisted".into()));
        let _place = pace.place().await;
        for _ in 0..LATER_IN_A_ROW * 4 {
            pace.note(&later, A);
        }
        assert_eq!(pace.rest(), None, "those of one domain, however many");
        pace.note(&Delivery::Accepted("250 ok".into()), B);
        for n in 1..LATER_IN_A_ROW {
            pace.note(&later, if n.is_multiple_of(2) { A } else { B });
        }
        assert_eq!(pace.rest(), None);
        // Of several domains, and nobody was taken in between: a little slower, however often.
        for _ in 0..3 {
            pace.note(&later, A);
            let (rest, why) = pace.rest().unwrap();
            assert!(rest <= GENTLE && why.ends_with(": 450 greylisted"), "{rest:?} {why}");
            pace.lock().until = Some(Instant::now());
            for n in 1..LATER_IN_A_ROW {
                pace.note(&later, if n.is_multiple_of(2) { A } else { B });
            }
        }
    }

    #[tokio::test]
    async fn s4_a_server_that_rests_is_asked_anew_at_a_persons_word() {
        let pace = Pace::default();
        let _place = pace.place().await;
        for _ in 0..4 {
            pace.lock().until = None;
            pace.note(&not_now(), A);
        }
        pace.forget();
        assert_eq!(pace.rest(), None);
        pace.note(&not_now(), A);
        assert!(pace.rest().unwrap().0 <= FIRST, "and rests as for the first time");
    }
}
