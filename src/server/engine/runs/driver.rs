//! One run's driver: silent links first, then mails, then the end.
//!
//! Owns the order of work and waiting. It begins nothing once the run is paused, cancelled or the
//! backend stops; what the database says of the run is asked anew at each step. The mails are sent
//! by the outbox, and what becomes of them is `settled`'s.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::breaker;
use super::feed::{self, Fed};
use super::links::{self, Links};
use super::rows::{self, RunRow};
use crate::domain::run::{ItemState, RunState};
use crate::domain::untrusted::Untrusted;
use crate::server::Backend;
use crate::server::audit::{Change, SYSTEM};
use crate::server::nodes::{self, BEAT};
use crate::server::refusal::Refusal;
use crate::server::store::to_millis;

/// How often a run whose mail server rests looks whether it still does.
const LOOK: Duration = Duration::from_secs(1);
/// The most columns of a server's words that are told.
const WORDS: usize = 200;

/// What a driver works with.
pub(super) struct Driver {
    pub backend: Arc<Backend>,
    pub run: RunRow,
}

/// What a step came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// There is more of the same.
    More,
    /// Nothing is left of this kind.
    Nothing,
    /// The run is not to be worked on any more.
    Halt,
}

/// Works on a run until it is over, paused, or the backend stops.
pub(super) async fn drive(backend: Arc<Backend>, run: String) -> Result<(), Refusal> {
    let driver = begin(backend, &run).await?;
    let mut links = Links::default();
    while !driver.is_stopping() {
        match links::link_some(&driver, &mut links).await? {
            Step::More => {}
            Step::Nothing => break,
            Step::Halt => return Ok(()),
        }
    }
    let mut slow = Slow::default();
    while !driver.is_stopping() {
        // Listening begins before looking, so that no change in between is missed.
        let mut bell = driver.backend.runs.listen();
        let longest = if slow.look(&driver).await? { LOOK } else { BEAT };
        let wait = match feed::feed(&driver).await? {
            Fed::Waits(wait) => wait.min(longest),
            Fed::Nothing if finish(&driver).await? => return Ok(()),
            Fed::Nothing => continue,
            Fed::NoServer => return breaker::no_server(&driver).await,
            Fed::Halt => return Ok(()),
        };
        tokio::select! {
            () = driver.backend.stop.wait() => return Ok(()),
            () = tokio::time::sleep(wait) => {}
            _ = bell.changed() => {}
        }
    }
    Ok(())
}

/// A server that takes nothing now, and what is told of it.
#[derive(Default)]
struct Slow {
    /// The server's words, and until when it is left alone.
    told: Option<(String, Instant)>,
}

impl Slow {
    /// Whether the server is left alone for a while: the run says why, and when it is asked again.
    async fn look(&mut self, driver: &Driver) -> Result<bool, Refusal> {
        let Some((left, why)) = driver.backend.post.rest() else {
            if self.told.take().is_some() {
                tell(driver, None).await?;
            }
            return Ok(false);
        };
        let mut conn = driver.backend.store.read().await?;
        if !rows::is_running(&mut conn, &driver.run.id).await? {
            // Paused or cancelled: that has its own words.
            return Ok(false);
        }
        drop(conn);
        // Each rest anew: it is longer than the last.
        let until = Instant::now() + left;
        let is_told = |(said, end): &(String, Instant)| *said == why && until <= *end + LOOK;
        if !self.told.as_ref().is_some_and(is_told) {
            let next = driver.backend.clock.at(Timestamp::now() + left);
            let words = format!(
                "The mail server takes no mail now: {}. It is asked again by itself, next at {}; \
                 nobody's tries are used up",
                Untrusted::new(&why).shown_in(WORDS),
                next.strftime("%H:%M:%S UTC"),
            );
            tell(driver, Some(&words)).await?;
            self.told = Some((why, until));
        }
        Ok(true)
    }
}

/// Says of a run that goes on why it is slow.
pub(super) async fn tell(driver: &Driver, trouble: Option<&str>) -> Result<(), Refusal> {
    let mut tx = driver.backend.store.begin().await?;
    sqlx::query(
        "UPDATE runs SET trouble = $1, revision = revision + 1 WHERE id = $2 AND state = $3",
    )
    .bind(trouble)
    .bind(&driver.run.id)
    .bind(RunState::Running.code())
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    driver.backend.runs.ring();
    Ok(())
}

impl Driver {
    pub fn is_stopping(&self) -> bool {
        self.backend.stop.is_stopping()
    }
}

async fn begin(backend: Arc<Backend>, run: &str) -> Result<Driver, Refusal> {
    let mut tx = backend.store.begin().await?;
    let run = rows::load(&mut tx, run).await?;
    // One that broke off before it: what it had begun is looked at, as a dead process's is.
    nodes::end_of(&mut tx, &run.id).await?;
    feed::take_back_lost(&mut tx, &run.id).await?;
    sqlx::query("UPDATE runs SET state = $1, revision = revision + 1 WHERE id = $2 AND state = $3")
        .bind(RunState::Running.code())
        .bind(&run.id)
        .bind(RunState::Queued.code())
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    backend.runs.ring();
    Ok(Driver { backend, run })
}

/// Ends a run that has nothing left to do; answers whether this driver has nothing left to do.
async fn finish(driver: &Driver) -> Result<bool, Refusal> {
    let backend = &driver.backend;
    let now = backend.clock.now();
    let mut tx = backend.store.begin().await?;
    let done = sqlx::query(
        "UPDATE runs SET state = $1, ended_at = $2, trouble = NULL, revision = revision + 1
          WHERE id = $3 AND state = $4
            AND NOT EXISTS (SELECT 1 FROM run_items
                             WHERE run = $3 AND state IN ($5, $6, $7))",
    )
    .bind(RunState::Done.code())
    .bind(to_millis(now))
    .bind(&driver.run.id)
    .bind(RunState::Running.code())
    .bind(ItemState::Queued.code())
    .bind(ItemState::Claimed.code())
    .bind(ItemState::Sending.code())
    .execute(&mut *tx)
    .await?;
    if done.rows_affected() == 0 {
        // Paused or cancelled meanwhile, or an item came back: looked at anew.
        return Ok(!rows::is_running(&mut tx, &driver.run.id).await?);
    }
    Change::by(now, SYSTEM, "run.done")
        .of(&driver.run.organization)
        .site(&driver.run.site)
        .about(&driver.run.id)
        .record(&mut tx)
        .await?;
    tx.commit().await?;
    backend.runs.ring();
    Ok(true)
}
