//! Who has a connection, and who gives it up when there are too many (research H4).
//!
//! Owns the places: how many one peer may have before anybody there has signed in, how many are kept
//! for those who are signed in, and which connection goes when a newcomer needs one. Owns also how
//! long a connection may do nothing. Knows nothing of HTTP.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use crate::server::auth::attempts::network;

/// All places.
#[derive(Debug, Clone)]
pub struct Seats(Arc<Mutex<Hall>>);

#[derive(Debug)]
struct Hall {
    seats: HashMap<u64, Arc<Seat>>,
    made: u64,
    most: usize,
}

/// The place of one connection.
#[derive(Debug)]
pub struct Seat {
    peer: IpAddr,
    state: Mutex<State>,
    gone: Notify,
}

#[derive(Debug, Clone, Copy)]
struct State {
    /// When something of it moved last.
    moved: Instant,
    /// Requests that are being worked on.
    working: u32,
    /// Answers under way.
    sending: u32,
    /// Somebody who is signed in uses it.
    known: bool,
}

/// A place that is taken; given back when this goes.
#[derive(Debug)]
pub struct Seated {
    id: u64,
    seats: Seats,
    seat: Arc<Seat>,
}

impl Seats {
    /// So many places.
    pub fn new(most: usize) -> Self {
        Self(Arc::new(Mutex::new(Hall { seats: HashMap::new(), made: 0, most: most.max(1) })))
    }

    /// The system has no more files: who has said least gives theirs up.
    pub fn shed(&self) {
        let mut hall = self.lock();
        let all = hall.seats.iter().map(|(id, seat)| (*id, seat.state()));
        let strangers = all.filter(|(_, state)| !state.known && state.working + state.sending == 0);
        let Some((id, _)) = strangers.min_by_key(|(_, state)| state.moved) else { return };
        if let Some(seat) = hall.seats.remove(&id) {
            seat.gone.notify_one();
        }
    }

    /// Takes a place. Where there are too many, whoever has said least gives theirs up; where
    /// everybody is signed in, somebody of the peer that has most. `None` where that is the newcomer's
    /// own.
    pub fn enter(&self, peer: IpAddr) -> Option<Seated> {
        let mut hall = self.lock();
        let peer = network(peer);
        let share = (hall.most / 4).max(1);
        let strangers = |own: bool| {
            let all = hall.seats.iter().map(|(id, seat)| (*id, seat.peer, seat.state()));
            all.filter(move |(_, from, state)| !state.known && (!own || *from == peer))
        };
        let theirs = strangers(true).count() >= share;
        let all =
            strangers(false).count() >= (hall.most - share).max(1) || hall.seats.len() >= hall.most;
        if theirs || all {
            // Who is answered is spared as long as there is somebody who only sits there.
            let least = |(_, _, state): &(u64, IpAddr, State)| {
                (state.working + state.sending > 0, state.moved)
            };
            let stranger = strangers(theirs).min_by_key(least).map(|(id, ..)| id);
            let id = stranger.or_else(|| hall.crowded(peer))?;
            if let Some(seat) = hall.seats.remove(&id) {
                seat.gone.notify_one();
            }
        }
        let now = State { moved: Instant::now(), working: 0, sending: 0, known: false };
        let seat = Arc::new(Seat { peer, state: Mutex::new(now), gone: Notify::new() });
        hall.made += 1;
        let id = hall.made;
        hall.seats.insert(id, Arc::clone(&seat));
        Some(Seated { id, seats: self.clone(), seat })
    }

    fn lock(&self) -> MutexGuard<'_, Hall> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Hall {
    /// A place of the peer with the most of them, where this peer would not have as many with one more.
    fn crowded(&self, peer: IpAddr) -> Option<u64> {
        let mut counts: HashMap<IpAddr, usize> = HashMap::new();
        for seat in self.seats.values() {
            *counts.entry(seat.peer).or_default() += 1;
        }
        let own = counts.get(&peer).copied().unwrap_or_default();
        let (most, count) = counts.into_iter().max_by_key(|(_, count)| *count)?;
        let least = |(_, seat): &(&u64, &Arc<Seat>)| {
            let state = seat.state();
            (state.working + state.sending > 0, state.moved)
        };
        let theirs = self.seats.iter().filter(|(_, seat)| seat.peer == most);
        theirs.min_by_key(least).map(|(id, _)| *id).filter(|_| count > own + 1)
    }
}

impl Seat {
    fn state(&self) -> State {
        *self.lock()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.lock();
        change(&mut state);
        state.moved = Instant::now();
    }

    /// Somebody who is signed in uses this connection.
    pub fn known(&self) {
        self.change(|state| state.known = true);
    }

    /// Ends when the place is taken away.
    async fn taken(&self) {
        self.gone.notified().await;
    }

    /// Ends when nothing has moved for too long: `idle` without a request, `stalled` while an answer
    /// waits for its reader. A request that is being worked on takes as long as it takes.
    async fn still(&self, idle: Duration, stalled: Duration) {
        loop {
            let state = self.state();
            let most = match (state.working, state.sending) {
                (0, 0) => idle,
                (0, _) => stalled,
                _ => {
                    tokio::time::sleep(idle).await;
                    continue;
                }
            };
            let rest = most.saturating_sub(state.moved.elapsed());
            if rest.is_zero() {
                return;
            }
            tokio::time::sleep(rest).await;
        }
    }
}

impl Seated {
    /// The place.
    pub fn seat(&self) -> &Arc<Seat> {
        &self.seat
    }

    /// Ends when the connection is to end, with the reason.
    pub async fn over(&self, idle: Duration, stalled: Duration) -> &'static str {
        tokio::select! {
            () = self.seat.taken() => "its place was needed",
            () = self.seat.still(idle, stalled) => "nothing moved",
        }
    }
}

impl Drop for Seated {
    fn drop(&mut self) {
        self.seats.lock().seats.remove(&self.id);
    }
}

/// A request that is being worked on, then its answer on the way.
#[derive(Debug)]
pub struct Under {
    seat: Arc<Seat>,
    sending: bool,
}

impl Under {
    /// A request has come.
    pub fn begin(seat: &Arc<Seat>) -> Self {
        seat.change(|state| state.working += 1);
        Self { seat: Arc::clone(seat), sending: false }
    }

    /// Its answer is there, and goes out.
    pub fn answer(&mut self) {
        if !std::mem::replace(&mut self.sending, true) {
            self.seat.change(|state| {
                state.working -= 1;
                state.sending += 1;
            });
        }
    }

    /// A piece of it went.
    pub fn moved(&self) {
        self.seat.change(|_| {});
    }
}

impl Drop for Under {
    fn drop(&mut self) {
        let sending = self.sending;
        self.seat.change(|state| {
            let count = if sending { &mut state.sending } else { &mut state.working };
            *count = count.saturating_sub(1);
        });
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn peer(n: u32) -> IpAddr {
        IpAddr::V4(Ipv4Addr::from_bits(n))
    }

    async fn is_gone(seated: &Seated) -> bool {
        let over = seated.over(Duration::from_mins(1), Duration::from_mins(1));
        tokio::time::timeout(Duration::from_millis(1), over).await.is_ok()
    }

    #[tokio::test]
    async fn h4_a_peer_of_strangers_pushes_out_its_own_and_nobody_else() {
        let seats = Seats::new(16);
        let other = seats.enter(peer(9)).unwrap();
        let mut mine = Vec::new();
        for _ in 0..4 {
            mine.push(seats.enter(peer(1)).unwrap());
        }
        let busy = Under::begin(mine[0].seat());
        let fifth = seats.enter(peer(1)).unwrap();
        assert!(is_gone(&mine[1]).await, "the one that sat there longest");
        for kept in [&other, &mine[0], &mine[2], &fifth] {
            assert!(!is_gone(kept).await);
        }
        drop(busy);
    }

    #[tokio::test]
    async fn h4_one_peer_that_is_signed_in_shuts_nobody_out() {
        let seats = Seats::new(16);
        let mut known = Vec::new();
        for _ in 0..16 {
            let seated = seats.enter(peer(1)).unwrap();
            seated.seat().known();
            known.push(seated);
        }
        assert!(seats.enter(peer(1)).is_none(), "it has them all already");
        let other = seats.enter(peer(2)).expect("a place of the one who has most");
        assert!(is_gone(&known[0]).await, "the one that sat there longest");
        assert!(!is_gone(&known[1]).await && !is_gone(&other).await);
    }

    #[tokio::test]
    async fn h4_places_are_kept_for_those_who_are_signed_in() {
        let seats = Seats::new(16);
        let known: Vec<_> = (0..4).filter_map(|_| seats.enter(peer(1))).collect();
        for seated in &known {
            seated.seat().known();
        }
        let strangers: Vec<_> = (0..100).filter_map(|n| seats.enter(peer(100 + n))).collect();
        assert_eq!(strangers.len(), 100, "each came in");
        let mut left = 0;
        for seated in &strangers {
            left += usize::from(!is_gone(seated).await);
        }
        assert_eq!(left, 12, "a quarter of the places is not theirs");
        for seated in &known {
            assert!(!is_gone(seated).await);
        }
    }

    #[tokio::test]
    async fn h4_a_newcomer_is_turned_away_only_when_all_are_signed_in() {
        let seats = Seats::new(2);
        let all = [1, 2].map(|n| {
            let seated = seats.enter(peer(n)).unwrap();
            seated.seat().known();
            seated
        });
        assert!(seats.enter(peer(3)).is_none());
        drop(all);
        assert!(seats.enter(peer(3)).is_some(), "a place that was given back");
    }

    #[tokio::test]
    async fn h4_without_files_who_only_sits_there_goes_and_nobody_else() {
        let seats = Seats::new(16);
        let [known, busy, idle] = [1, 2, 3].map(|n| seats.enter(peer(n)).unwrap());
        known.seat().known();
        let under = Under::begin(busy.seat());
        seats.shed();
        seats.shed();
        assert!(is_gone(&idle).await && !is_gone(&known).await && !is_gone(&busy).await);
        drop(under);
    }

    #[tokio::test]
    async fn h4_what_does_nothing_is_over_and_what_is_worked_on_is_not() {
        let seats = Seats::new(4);
        let short = Duration::from_millis(20);
        let idle = seats.enter(peer(1)).unwrap();
        assert_eq!(idle.over(short, short).await, "nothing moved");
        let busy = seats.enter(peer(2)).unwrap();
        let mut under = Under::begin(busy.seat());
        let over = tokio::time::timeout(short * 4, busy.over(short, short)).await;
        assert!(over.is_err(), "work takes as long as it takes");
        under.answer();
        assert_eq!(busy.over(short, short).await, "nothing moved", "its reader stands still");
    }
}
