//! Everything that goes on by itself, in one runner: named, supervised, told to stop, waited for.
//!
//! Owns the one idea of a pause: a chore looks, says when to look again, and may be rung before. An
//! error or a panic is logged, counted and tried again, later and later; the others go on. Each has a
//! lease, so that of several processes on one database one does it. Which chore succeeded when stands
//! on the [`Board`], for `/readyz` and `/metrics`.

mod board;
mod leases;

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout_at};

use super::clock::WorldClock;
use super::refusal::Refusal;
use super::stop::Stop;
use super::store::Store;
pub use board::{Board, Standing};
use leases::{Lease, Leases};

/// The pause after the first fault in a row; it doubles up to the longest.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// How often one looks whether the clock is believed again.
const IN_DOUBT: Duration = Duration::from_secs(5);

/// When a chore wants to look again, unless it is rung before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Next {
    within: Option<Duration>,
    at: Option<Timestamp>,
}

impl Next {
    /// Only when it is rung.
    pub const fn rung() -> Self {
        Self { within: None, at: None }
    }

    /// After so much real time.
    pub const fn within(pause: Duration) -> Self {
        Self { within: Some(pause), at: None }
    }

    /// Also when business time comes to this.
    #[must_use]
    pub const fn or_at(self, at: Option<Timestamp>) -> Self {
        Self { at, ..self }
    }
}

/// What a look came to.
pub type Looked = Result<Next, Refusal>;
type Begin<T> = for<'a> fn(&'a T) -> BoxFuture<'a, Result<(), Refusal>>;
type Look<T> = for<'a> fn(&'a T, &'a Stop) -> BoxFuture<'a, Looked>;
type Rung<T> = for<'a> fn(&'a T) -> BoxFuture<'a, ()>;

/// One thing that goes on by itself, over what it works with.
pub struct Chore<T> {
    name: &'static str,
    begin: Begin<T>,
    look: Look<T>,
    rung: Rung<T>,
    sure: bool,
    everywhere: bool,
}

impl<T> Chore<T> {
    /// A chore that looks, and says when to look again.
    pub fn new(name: &'static str, look: Look<T>) -> Self {
        let begin: Begin<T> = |_| Box::pin(async { Ok(()) });
        Self {
            name,
            begin,
            look,
            rung: |_| Box::pin(std::future::pending()),
            sure: false,
            everywhere: false,
        }
    }

    /// What must succeed before the first look, and again after a panic: what a look that broke off,
    /// or the last process, left half done.
    #[must_use]
    pub fn beginning(self, begin: Begin<T>) -> Self {
        Self { begin, ..self }
    }

    /// It does by time alone what cannot be taken back: it waits while the clock is in doubt.
    #[must_use]
    pub fn when_sure(self) -> Self {
        Self { sure: true, ..self }
    }

    /// It is each process's own: what it keeps in its memory, or what has leases of its own.
    #[must_use]
    pub fn everywhere(self) -> Self {
        Self { everywhere: true, ..self }
    }

    /// What wakes it before its time. Asked for before each look, so that no ring is missed.
    #[must_use]
    pub fn rung(self, rung: Rung<T>) -> Self {
        Self { rung, ..self }
    }
}

/// The runner. Cheap to clone; all clones are the same.
#[derive(Clone)]
pub struct Chores(Arc<Inner>);

struct Inner {
    stop: Stop,
    clock: Arc<WorldClock>,
    leases: Leases,
    board: Board,
    pause: fn(u32) -> Duration,
    tasks: Mutex<Vec<(&'static str, JoinHandle<()>)>>,
}

impl Chores {
    /// A runner without chores.
    pub fn new(stop: Stop, clock: Arc<WorldClock>, store: Store) -> Self {
        Self::pausing(stop, clock, Leases::new(store), pause_after)
    }

    /// One that rests so long after so many faults in a row.
    fn pausing(
        stop: Stop,
        clock: Arc<WorldClock>,
        leases: Leases,
        pause: fn(u32) -> Duration,
    ) -> Self {
        let (board, tasks) = (Board::default(), Mutex::default());
        Self(Arc::new(Inner { stop, clock, leases, board, pause, tasks }))
    }

    /// Who succeeded when.
    pub fn board(&self) -> &Board {
        &self.0.board
    }

    /// Begins a chore; it ends when the stop signal is given.
    pub fn start<T: Send + Sync + 'static>(&self, of: Arc<T>, chore: Chore<T>) {
        self.0.board.enter(chore.name, None);
        let inner = self.0.clone();
        let name = chore.name;
        let task = tokio::spawn(async move { inner.keep(&*of, &chore).await });
        self.lock().push((name, task));
    }

    /// Begins work that looks after its own pauses and tells the board itself, every `beat` at the
    /// latest. It is begun again when it breaks off.
    pub fn stand<T, F>(&self, name: &'static str, beat: Duration, of: Arc<T>, work: fn(Arc<T>) -> F)
    where
        T: Send + Sync + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        self.0.board.enter(name, Some(beat));
        let inner = self.0.clone();
        let task = tokio::spawn(async move { inner.stand(name, of, work).await });
        self.lock().push((name, task));
    }

    /// Waits until all have ended, until the deadline; what has not is cut off. Answers whom it cut.
    pub async fn end(&self, deadline: Instant) -> Vec<&'static str> {
        let tasks: Vec<_> = self.lock().drain(..).collect();
        let mut cut = Vec::new();
        for (name, mut task) in tasks {
            if timeout_at(deadline, &mut task).await.is_err() {
                // What it holds is claimed under a lease, and its transaction rolls back.
                task.abort();
                cut.push(name);
            }
        }
        self.0.leases.end().await;
        cut
    }

    /// Cuts all off where they stand, as a crash would.
    #[cfg(test)]
    pub async fn kill(&self) {
        let tasks: Vec<_> = self.lock().drain(..).collect();
        for (_, task) in tasks {
            task.abort();
            let _ = task.await;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<(&'static str, JoinHandle<()>)>> {
        self.0.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    async fn keep<T: Send + Sync>(&self, of: &T, chore: &Chore<T>) {
        let mut begun = false;
        let mut held = None;
        while !self.stop.is_stopping() {
            if chore.sure && !self.clock.is_sure() {
                self.board.succeeded(chore.name);
                tokio::select! {
                    () = sleep(IN_DOUBT) => continue,
                    () = self.stop.wait() => return,
                }
            }
            let lease = if chore.everywhere {
                None
            } else if let Some(lease) = self.lease(chore.name, &mut held).await {
                Some(lease)
            } else {
                // What another leaves is to be begun as after a crash.
                begun = false;
                continue;
            };
            let rung = (chore.rung)(of);
            let once = AssertUnwindSafe(async {
                if !begun {
                    (chore.begin)(of).await?;
                }
                begun = true;
                (chore.look)(of, &self.stop).await
            });
            let looked = tokio::select! {
                looked = once.catch_unwind() => looked,
                () = self.lost(lease) => {
                    held = None;
                    continue;
                }
            };
            match looked {
                Ok(Ok(next)) => {
                    self.board.succeeded(chore.name);
                    tokio::select! {
                        () = self.rest(next) => {}
                        () = rung => {}
                        () = self.lost(lease) => held = None,
                        () = self.stop.wait() => return,
                    }
                }
                Ok(Err(refusal)) => self.pause(chore.name, &words(&refusal)).await,
                Err(_) => {
                    begun = false;
                    self.board.panicked(chore.name);
                    self.pause(chore.name, "it panicked").await;
                }
            }
        }
    }

    async fn stand<T, F>(&self, name: &'static str, of: Arc<T>, work: fn(Arc<T>) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let mut held = None;
        while !self.stop.is_stopping() {
            let Some(lease) = self.lease(name, &mut held).await else { continue };
            let ended = tokio::select! {
                ended = AssertUnwindSafe(work(of.clone())).catch_unwind() => ended,
                () = self.lost(Some(lease)) => {
                    held = None;
                    continue;
                }
            };
            if self.stop.is_stopping() {
                return;
            }
            if ended.is_err() {
                self.board.panicked(name);
            }
            self.pause(name, if ended.is_err() { "it panicked" } else { "it broke off" }).await;
        }
    }

    /// The lease that is held, or is taken now. None after a while: another process has it, which is
    /// as good, or the database could not be asked.
    async fn lease(&self, name: &'static str, held: &mut Option<Lease>) -> Option<Lease> {
        if held.is_some() {
            return *held;
        }
        match self.leases.take(name).await {
            Ok(Some(lease)) => *held = Some(lease),
            Ok(None) => {
                self.board.succeeded(name);
                tokio::select! {
                    () = sleep(self.leases.beat) => {}
                    () = self.stop.wait() => {}
                }
            }
            Err(error) => self.pause(name, &words(&error.into())).await,
        }
        *held
    }

    /// Ends when a lease is lost.
    async fn lost(&self, lease: Option<Lease>) {
        match lease {
            Some(lease) => self.leases.keep(lease).await,
            None => std::future::pending().await,
        }
    }

    async fn rest(&self, next: Next) {
        let within = async {
            match next.within {
                Some(pause) => sleep(pause).await,
                None => std::future::pending().await,
            }
        };
        let at = async {
            match next.at {
                Some(at) => self.clock.until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = within => {}
            () = at => {}
        }
    }

    /// A fault: told, counted, and rested from, longer each time in a row.
    async fn pause(&self, name: &'static str, why: &str) {
        let in_a_row = self.board.failed(name, why);
        let pause = (self.pause)(in_a_row);
        tracing::error!(task = name, why, in_a_row, ?pause, "a task failed; it is tried again");
        tokio::select! {
            () = sleep(pause) => {}
            () = self.stop.wait() => {}
        }
    }
}

/// The pause after so many faults in a row, a little of it by chance, so that several do not come
/// back at the same moment.
fn pause_after(in_a_row: u32) -> Duration {
    let whole = FIRST_PAUSE.saturating_mul(1 << (in_a_row.max(1) - 1).min(10)).min(LONGEST_PAUSE);
    super::store::jittered(whole)
}

fn words(refusal: &Refusal) -> String {
    format!("{}: {}", refusal.problem.code, refusal.problem.detail.shown())
}

#[cfg(test)]
mod tests;
