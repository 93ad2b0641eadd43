//! One run's driver: silent links first, then mails, then the end.
//!
//! Owns the order of work and waiting. It begins nothing once the run is paused, cancelled or the
//! backend stops; what the database says of the run is asked anew at each step.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use sqlx::Row;

use super::batch::{self, Flown};
use super::breaker::Breaker;
use super::intent::{self, Claim};
use super::rows::{self, RunRow};
use super::{breaker, links};
use crate::domain::run::{ItemState, RunState};
use crate::domain::untrusted::Untrusted;
use crate::server::Backend;
use crate::server::audit::{self, Change};
use crate::server::nodes::{BEAT, Node, Term};
use crate::server::refusal::Refusal;
use crate::server::store::{jittered, to_millis};

/// How often a run that rests looks whether it still is to go on.
const LOOK: Duration = Duration::from_secs(1);
/// The most columns of a server's words that are told.
const WORDS: usize = 200;

/// What a driver works with.
pub(super) struct Driver {
    pub backend: Arc<Backend>,
    pub run: RunRow,
    /// Who it is among all that are alive.
    pub node: Node,
    /// Its node's, and so its claim; a late driver's writes do not fit the next one's items.
    pub epoch: i64,
    /// Who invites, by name, for the mails.
    pub inviter: String,
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
    work(&driver).await?;
    // One that breaks off leaves its node to die, for what it had begun may still be going on.
    let mut tx = driver.backend.store.begin().await?;
    driver.node.end(&mut tx).await?;
    Ok(tx.commit().await?)
}

async fn work(driver: &Driver) -> Result<(), Refusal> {
    let mut after = None;
    while !driver.is_stopping() {
        beat(driver).await?;
        match links::link_some(driver, &mut after).await? {
            Step::More => {}
            Step::Nothing => break,
            Step::Halt => return Ok(()),
        }
    }
    let mut breaker = Breaker::default();
    let mut slow = Slow::default();
    while !driver.is_stopping() {
        beat(driver).await?;
        if slow.rest(driver).await? {
            continue;
        }
        // Listening begins before looking, so that no change in between is missed.
        let mut bell = driver.backend.runs.listen();
        match intent::claim(driver).await? {
            Claim::Items(items) => {
                if batch::send(driver, items, &mut breaker).await? == Flown::Halt {
                    return Ok(());
                }
            }
            Claim::Later(wait) => {
                tokio::select! {
                    () = driver.backend.stop.wait() => return Ok(()),
                    () = tokio::time::sleep(wait.min(BEAT)) => {}
                    _ = bell.changed() => {}
                }
            }
            Claim::NoServer => {
                return breaker::pause(driver, breaker::NO_SERVER).await;
            }
            Claim::Nothing => {
                if finish(driver).await? {
                    return Ok(());
                }
            }
            Claim::Halt => return Ok(()),
        }
    }
    Ok(())
}

/// However long nothing can be claimed, the driver is alive.
async fn beat(driver: &Driver) -> Result<(), Refusal> {
    if driver.node.is_due() { batch::beat(driver).await } else { Ok(()) }
}

/// A server that takes nothing now, and what is told of it.
#[derive(Default)]
struct Slow {
    told: Option<String>,
}

impl Slow {
    /// Leaves the server alone for a while if it is to be; answers whether it was. The run says why,
    /// and when it is asked again.
    async fn rest(&mut self, driver: &Driver) -> Result<bool, Refusal> {
        let Some((left, why)) = driver.backend.post.rest() else {
            if self.told.take().is_some() {
                tell(driver, None).await?;
            }
            return Ok(false);
        };
        let mut conn = driver.backend.store.read().await?;
        if !rows::is_running(&mut conn, &driver.run.id).await? {
            // Paused or cancelled: the claim says what that means.
            return Ok(false);
        }
        drop(conn);
        if self.told.as_ref() != Some(&why) {
            let seconds = left.as_secs() + 1;
            let words = format!(
                "The mail server takes no mail now: {}. It is asked again by itself, next in {seconds} \
                 s; nobody's tries are used up",
                Untrusted::new(&why).shown_in(WORDS),
            );
            tell(driver, Some(&words)).await?;
            self.told = Some(why);
        }
        tokio::select! {
            () = driver.backend.stop.wait() => {}
            () = tokio::time::sleep(left.min(LOOK)) => {}
        }
        Ok(true)
    }
}

/// Says of a run that goes on why it is slow.
async fn tell(driver: &Driver, trouble: Option<&str>) -> Result<(), Refusal> {
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
    let node = Node::begin(&mut tx, &backend.runs.owner, Term::Beat).await?;
    let inviter = sqlx::query("SELECT name FROM people WHERE email = $1")
        .bind(&run.started_by)
        .fetch_optional(&mut *tx)
        .await?
        .map(|row| row.try_get("name"))
        .transpose()?
        .unwrap_or_default();
    sqlx::query("UPDATE runs SET state = $1, revision = revision + 1 WHERE id = $2 AND state = $3")
        .bind(RunState::Running.code())
        .bind(&run.id)
        .bind(RunState::Queued.code())
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    backend.runs.ring();
    let epoch = node.epoch();
    Ok(Driver { backend, run, node, epoch, inviter })
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
    let change = Change {
        at: now,
        actor: "system",
        action: "run.done",
        organization: Some(&driver.run.organization),
        site: Some(&driver.run.site),
        subject: &driver.run.id,
        detail: json!({}),
    };
    audit::record(&mut tx, change).await?;
    tx.commit().await?;
    backend.runs.ring();
    Ok(true)
}

/// How long a deferred mail waits before the try after `tries`; none: that was the last.
pub(super) fn back_off(tries: i64) -> Option<Duration> {
    const DELAYS: [u64; 5] = [1, 5, 20, 60, 300];
    /// The pause after those: three days of them before one is given up.
    const LONGEST: u64 = 900;
    const TRIES: usize = 3 * 24 * 4;
    let at = usize::try_from(tries - 1).ok().filter(|at| *at < TRIES)?;
    let whole = Duration::from_secs(DELAYS.get(at).copied().unwrap_or(LONGEST));
    Some(jittered(whole))
}

/// A driver that a test drives by hand.
#[cfg(test)]
pub(super) async fn test_driver(backend: Arc<Backend>, run: &str) -> Driver {
    begin(backend, run).await.unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_are_bounded_and_further_and_further_apart() {
        let delays: Vec<_> = (1..).map_while(back_off).collect();
        let all: Duration = delays.iter().sum();
        assert!(all > Duration::from_hours(48) && all < Duration::from_hours(73), "{all:?}");
        assert!(delays[0] < delays[2] && delays[2] < delays[5]);
        assert_eq!(back_off(0), None, "a mail that was never tried is not deferred");
    }
}
