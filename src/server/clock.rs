//! The world clock (SPEC section 1, Time): business time, which a world file may set, a scale may
//! speed up and a demo may move on; it never runs back, also across restarts.
//!
//! Leases, time-outs, sessions and DNS run on real time, not on this clock. The host's clock is not
//! believed blindly: it is held against monotonic time while the process runs, and against what was
//! written down across a restart.

mod passed;
mod wall;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use jiff::Timestamp;
use tokio::sync::Notify;

use super::store::copy::SAID;
use super::store::{Store, from_millis, meta, to_millis};
use passed::Passed;
use wall::{Step, Wall};

/// An idle backend writes its clock down as often as this.
const IDLE: Duration = Duration::from_hours(1);

/// What keeps the clock from being believed, and with it all that cannot be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// The host's clock is so many milliseconds ahead, and no time passes until a human has spoken.
    Held(i64),
    /// It was ahead by more than a day; what cannot be taken back waits for so many milliseconds.
    Waits(i64),
    /// The database was restored, and may already have done what comes now.
    Restored,
}

impl Doubt {
    /// Why something does not go on by itself, and who can make it, for whoever waits for it.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Held(_) => {
                "The clock of the backend's host is ahead, and no time passes until its operator \
                 has said which time is right: hublink clock accept, or refuse, on that host."
            }
            Self::Waits(_) => {
                "The clock of the backend's host was ahead, so the backend waits before it does \
                 what cannot be taken back. Its operator can end that: hublink clock accept, on \
                 that host."
            }
            Self::Restored => {
                "The backend's database was restored from a copy, so the backend does nothing by \
                 itself that may have been done since. Its operator can end that: hublink clock \
                 accept, on that host."
            }
        }
    }
}

/// The world clock. Anchored to the process's monotonic clock, so a jump of the wall clock does
/// not move it.
#[derive(Debug)]
pub struct WorldClock {
    anchor: Mutex<Anchor>,
    scale: f64,
    /// What is believed of the host's clock, and the monotonic time at the last look.
    wall: Mutex<(Wall, Passed)>,
    /// What the database's files looked like after the clock was written down, and when that was.
    written: Mutex<Option<Written>>,
    /// Wakes who waits for a time, when the clock was moved on.
    moved: Notify,
    /// It could not be written down when that was tried last.
    unwritten: AtomicBool,
}

/// The database's files after the clock was written down, and when that was.
type Written = (Option<(SystemTime, u64)>, Instant);

#[derive(Debug, Clone, Copy)]
struct Anchor {
    world_ms: i64,
    since: Instant,
}

impl WorldClock {
    /// A clock that shows `now` and runs `scale` times as fast as real time.
    pub fn starting_at(now: Timestamp, scale: f64) -> Self {
        let anchor = Anchor { world_ms: to_millis(now), since: Instant::now() };
        let wall = Wall::starting(to_millis(Timestamp::now()));
        Self {
            anchor: Mutex::new(anchor),
            scale: scale.max(0.0),
            wall: Mutex::new((wall, Passed::now())),
            written: Mutex::default(),
            moved: Notify::new(),
            unwritten: AtomicBool::new(false),
        }
    }

    /// Goes on where the last process left off; a new database begins at `first`, or the real time.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn resume(
        store: &Store,
        first: Option<Timestamp>,
        scale: f64,
    ) -> Result<Self, sqlx::Error> {
        let mut conn = store.read().await?;
        let saved = meta::get(&mut conn, "world_clock").await?;
        let trust = meta::get(&mut conn, "clock_trust").await?;
        // What was recorded has happened, even if the clock was not written down since.
        let recorded: Option<(i64,)> =
            sqlx::query_as("SELECT at FROM audit ORDER BY seq DESC LIMIT 1")
                .fetch_optional(&mut *conn)
                .await?;
        let real = to_millis(Timestamp::now());
        let wall: Wall =
            trust.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        let (start, wall) = match saved.as_deref().and_then(parse_saved) {
            Some((world, at)) => {
                let mut wall = Wall { good: at, ..wall };
                let (passed, step) = wall.look(real, 0);
                tell(step);
                let passed = passed as f64 * scale.max(0.0);
                (from_millis(world.saturating_add(passed as i64)), wall)
            }
            None => (first.unwrap_or_else(|| from_millis(real)), Wall::starting(real)),
        };
        let recorded = recorded.map_or(start, |(at,)| from_millis(at));
        let clock = Self::starting_at(start.max(recorded), scale);
        clock.wall_lock().0 = wall;
        Ok(clock)
    }

    /// Holds the host's clock against time that surely passed. Answers whether there was something
    /// of note, which is to be written down.
    pub fn look(&self) -> bool {
        let (passed, slept, step) = {
            let mut wall = self.wall_lock();
            let now = Passed::now();
            let (ran, slept) = now.since(wall.1);
            wall.1 = now;
            let (passed, step) = wall.0.look(to_millis(Timestamp::now()), ran + slept);
            (passed, slept, step)
        };
        tell(step);
        self.pass(passed + slept);
        step != Step::None
    }

    /// What keeps the clock from being believed.
    pub fn doubt(&self) -> Option<Doubt> {
        let wall = &self.wall_lock().0;
        match (wall.held, wall.waits) {
            (Some(ahead), _) => Some(Doubt::Held(ahead)),
            (None, waits @ 1..) => Some(Doubt::Waits(waits)),
            _ if wall.restored => Some(Doubt::Restored),
            _ => None,
        }
    }

    /// Whether what cannot be taken back may be done because its time has come.
    pub fn is_sure(&self) -> bool {
        self.wall_lock().0.is_sure()
    }

    /// Real time as far as the host's clock is believed.
    pub fn last_good(&self) -> Timestamp {
        from_millis(self.wall_lock().0.good)
    }

    /// Real time now, by what is believed of the host's clock: a step that is held has not passed. What
    /// people sign in with lasts by it.
    pub fn real_now(&self) -> Timestamp {
        let wall = self.wall_lock();
        from_millis(wall.0.good.saturating_add(wall.1.ran()))
    }

    /// A human says that the host's clock is right, and that what is due may be done.
    pub fn accept(&self) {
        self.look();
        let passed = self.wall_lock().0.accept(to_millis(Timestamp::now()));
        self.pass(passed);
    }

    /// A human says that the host's clock is wrong: it goes on from the last good moment.
    pub fn refuse(&self) {
        self.look();
        self.wall_lock().0.refuse(to_millis(Timestamp::now()));
        self.moved.notify_waiters();
    }

    /// The database was restored: nothing that cannot be taken back is done by itself until a human
    /// accepts the clock.
    pub fn restored(&self) {
        self.wall_lock().0.restored = true;
    }

    /// So much real time has passed unseen.
    fn pass(&self, real_ms: i64) {
        if real_ms > 0 {
            self.advance(Duration::from_millis((real_ms as f64 * self.scale) as u64));
        } else {
            self.moved.notify_waiters();
        }
    }

    /// Business time now, to the millisecond.
    pub fn now(&self) -> Timestamp {
        let anchor = self.lock();
        from_millis(anchor.world_ms.saturating_add(self.elapsed_ms(anchor)))
    }

    /// What this clock showed, or will show, at a moment of real time: who is told of both kinds of
    /// moments sees one clock. To the second.
    pub fn at(&self, real: Timestamp) -> Timestamp {
        let away = to_millis(real).saturating_sub(to_millis(Timestamp::now())) as f64;
        let shown = to_millis(self.now()).saturating_add((away * self.scale) as i64);
        from_millis(shown.saturating_add(500).div_euclid(1_000).saturating_mul(1_000))
    }

    /// Moves the clock on. It cannot be moved back.
    pub fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        let mut anchor = self.anchor.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        anchor.world_ms = anchor.world_ms.saturating_add(by);
        drop(anchor);
        self.moved.notify_waiters();
    }

    /// Waits until business time reaches `at`, also when the clock is moved on meanwhile.
    pub async fn until(&self, at: Timestamp) {
        loop {
            let moved = self.moved.notified();
            tokio::pin!(moved);
            moved.as_mut().enable();
            let left = self.real_until(at);
            if left.is_zero() {
                return;
            }
            let _ = tokio::time::timeout(left, moved).await;
        }
    }

    /// Writes down where the clock is, so that the next process goes on from here.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn save(&self, store: &Store) -> Result<(), sqlx::Error> {
        let saved = self.write(store).await;
        self.unwritten.store(saved.is_err(), Ordering::Relaxed);
        saved
    }

    /// Whether it was written down when that was tried last. It is every few seconds, so that this
    /// also tells whether the backend can write at all.
    pub fn is_written(&self) -> bool {
        !self.unwritten.load(Ordering::Relaxed)
    }

    /// Writes it down if something was written since, or it is long ago: an idle backend leaves the
    /// disk alone, and what passed meanwhile is what the host's clock shows.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn keep(&self, store: &Store) -> Result<(), sqlx::Error> {
        let noted = self.look();
        let last = *self.written.lock().unwrap_or_else(PoisonError::into_inner);
        let idle = last.is_some_and(|(files, at)| files == store.written() && at.elapsed() < IDLE);
        if idle && !noted && self.is_written() { Ok(()) } else { self.save(store).await }
    }

    async fn write(&self, store: &Store) -> Result<(), sqlx::Error> {
        self.look();
        let mut tx = store.begin().await?;
        let (real, trust) = {
            let wall = &self.wall_lock().0;
            (wall.good, serde_json::to_string(wall).unwrap_or_default())
        };
        meta::put(&mut tx, "world_clock", &format!("{} {real}", to_millis(self.now()))).await?;
        meta::put(&mut tx, "clock_trust", &trust).await?;
        let stamp = store.stamp(&mut tx).await?;
        tx.commit().await?;
        store.mark(stamp);
        let written = Some((store.written(), Instant::now()));
        *self.written.lock().unwrap_or_else(PoisonError::into_inner) = written;
        Ok(())
    }

    /// What a human has said on the host, if it was not heard yet; says that it was.
    ///
    /// # Errors
    /// When the database cannot be read or written.
    pub async fn hear(&self, store: &Store) -> Result<(), sqlx::Error> {
        let Some(said) = meta::get(&mut *store.read().await?, SAID).await? else { return Ok(()) };
        let mut tx = store.begin().await?;
        sqlx::query("DELETE FROM meta WHERE name = $1").bind(SAID).execute(&mut *tx).await?;
        tx.commit().await?;
        tracing::warn!(said, "a human has spoken about the clock");
        match said.as_str() {
            "accept" => self.accept(),
            _ => self.refuse(),
        }
        self.save(store).await
    }

    /// How long until business time reaches `at`, in real time; zero when it has.
    pub fn real_until(&self, at: Timestamp) -> Duration {
        let ms = to_millis(at).saturating_sub(to_millis(self.now())).max(0);
        let scale = if self.scale > 0.0 { self.scale } else { f64::MIN_POSITIVE };
        Duration::from_millis((ms as f64 / scale).min(1e12) as u64)
    }

    fn lock(&self) -> Anchor {
        *self.anchor.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn wall_lock(&self) -> MutexGuard<'_, (Wall, Passed)> {
        self.wall.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn elapsed_ms(&self, anchor: Anchor) -> i64 {
        (anchor.since.elapsed().as_millis() as f64 * self.scale) as i64
    }
}

/// Tells of a step in the log.
fn tell(step: Step) {
    let span = |ms: i64| jiff::SignedDuration::from_millis(ms);
    match step {
        Step::None => {}
        Step::RightAgain => tracing::info!("the host's clock is right again"),
        Step::CaughtUp(ms) => {
            tracing::warn!(by = %span(ms), "the host's clock went ahead; business time caught up");
        }
        Step::Back(ms) => {
            tracing::warn!(by = %span(ms), "the host's clock was set back; no time passed");
        }
        Step::Doubted(ms) => tracing::error!(by = %span(ms),
            "the host's clock went ahead by more than a day; what cannot be taken back waits until \
             the backend has run 12 hours, or: hublink clock accept"),
        Step::Held(ms) => tracing::error!(by = %span(ms),
            "the host's clock went ahead by more than seven days; business time is held at its last \
             good moment until: hublink clock accept, or hublink clock refuse"),
    }
}

fn parse_saved(text: &str) -> Option<(i64, i64)> {
    let (world, real) = text.split_once(' ')?;
    Some((world.parse().ok()?, real.parse().ok()?))
}

#[cfg(test)]
mod tests;
