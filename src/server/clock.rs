//! The world clock (SPEC section 1, Time): business time, which a world file may set, a scale may
//! speed up and a demo may move on; it never runs back, also across restarts.
//!
//! Leases, time-outs, sessions and DNS run on real time, not on this clock.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::Notify;

use super::store::{Store, from_millis, to_millis};

/// The world clock. Anchored to the process's monotonic clock, so a jump of the wall clock does
/// not move it.
#[derive(Debug)]
pub struct WorldClock {
    anchor: Mutex<Anchor>,
    scale: f64,
    /// Wakes who waits for a time, when the clock was moved on.
    moved: Notify,
    /// It could not be written down when that was tried last.
    unwritten: AtomicBool,
}

#[derive(Debug, Clone, Copy)]
struct Anchor {
    world_ms: i64,
    since: Instant,
}

impl WorldClock {
    /// A clock that shows `now` and runs `scale` times as fast as real time.
    pub fn starting_at(now: Timestamp, scale: f64) -> Self {
        let anchor = Anchor { world_ms: to_millis(now), since: Instant::now() };
        Self {
            anchor: Mutex::new(anchor),
            scale: scale.max(0.0),
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
        let saved: Option<(String,)> =
            sqlx::query_as("SELECT value FROM meta WHERE name = 'world_clock'")
                .fetch_optional(&mut *conn)
                .await?;
        // What was recorded has happened, even if the clock was not written down since.
        let recorded: Option<(i64,)> =
            sqlx::query_as("SELECT at FROM audit ORDER BY seq DESC LIMIT 1")
                .fetch_optional(&mut *conn)
                .await?;
        let real = to_millis(Timestamp::now());
        let start = match saved.as_ref().and_then(|(text,)| parse_saved(text)) {
            Some((world, at)) => {
                let elapsed = (real - at).max(0) as f64 * scale.max(0.0);
                from_millis(world.saturating_add(elapsed as i64))
            }
            None => first.unwrap_or_else(|| from_millis(real)),
        };
        let recorded = recorded.map_or(start, |(at,)| from_millis(at));
        Ok(Self::starting_at(start.max(recorded), scale))
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

    async fn write(&self, store: &Store) -> Result<(), sqlx::Error> {
        let text = format!("{} {}", to_millis(self.now()), to_millis(Timestamp::now()));
        let mut tx = store.begin().await?;
        sqlx::query(
            "INSERT INTO meta (name, value) VALUES ('world_clock', $1)
             ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        )
        .bind(text)
        .execute(&mut *tx)
        .await?;
        tx.commit().await
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

    fn elapsed_ms(&self, anchor: Anchor) -> i64 {
        (anchor.since.elapsed().as_millis() as f64 * self.scale) as i64
    }
}

fn parse_saved(text: &str) -> Option<(i64, i64)> {
    let (world, real) = text.split_once(' ')?;
    Some((world.parse().ok()?, real.parse().ok()?))
}

#[cfg(test)]
mod tests;
