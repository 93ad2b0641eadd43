//! Sending what was claimed: intents in small commits, a few mails at a time.
//!
//! Owns the flights and the driver's beat. A mail that has not begun when the run is paused, the
//! driver's node may be dead or the backend stops goes back: it was surely not sent.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use tokio::task::{Id, JoinSet};
use tokio::time::{MissedTickBehavior, interval};

use super::breaker::{self, Breaker};
use super::driver::Driver;
use super::intent::{INTENTS, Intent, intend};
use super::record;
use super::rows::{self, Item};
use crate::domain::run::ItemState;
use crate::server::nodes::BEAT;
use crate::server::post::Delivery;
use crate::server::refusal::Refusal;

/// How many mails are on their way at once.
const FLIGHTS: usize = 4;

/// What became of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flown {
    /// All of it is recorded.
    All,
    /// The run is not to be worked on any more.
    Halt,
}

/// Sends the claimed items.
pub(super) async fn send(
    driver: &Driver,
    items: Vec<Item>,
    breaker: &mut Breaker,
) -> Result<Flown, Refusal> {
    for some in items.chunks(INTENTS) {
        if driver.is_stopping() {
            return release_claims(driver).await;
        }
        if driver.node.is_due() {
            beat(driver).await?;
        }
        let Some(intents) = intend(driver, some).await? else { return Ok(Flown::Halt) };
        let mut flights = Flights::new(driver, intents);
        if let Some(trouble) = flights.fly(breaker).await? {
            breaker::pause(driver, &trouble).await?;
            return Ok(Flown::Halt);
        }
        if flights.not_now {
            // What is only claimed waits with the rest.
            return release_claims(driver).await.map(|_| Flown::All);
        }
    }
    Ok(Flown::All)
}

/// What was claimed and not begun is free at once: the backend stops, or the server takes nothing.
async fn release_claims(driver: &Driver) -> Result<Flown, Refusal> {
    let mut tx = driver.backend.store.begin().await?;
    sqlx::query(
        "UPDATE run_items SET state = $1, lease_until = NULL
          WHERE run = $2 AND state = $3 AND epoch = $4",
    )
    .bind(ItemState::Queued.code())
    .bind(&driver.run.id)
    .bind(ItemState::Claimed.code())
    .bind(driver.epoch)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(Flown::Halt)
}

/// Says that this driver is alive. Where others took it for dead, it begins nothing more.
pub(super) async fn beat(driver: &Driver) -> Result<(), Refusal> {
    let mut tx = driver.backend.store.begin().await?;
    driver.node.beat(&mut tx).await?;
    Ok(tx.commit().await?)
}

/// Mails on their way, and those that wait for a place.
struct Flights<'a> {
    driver: &'a Driver,
    waiting: VecDeque<Intent>,
    tasks: JoinSet<Delivery>,
    flying: HashMap<Id, Intent>,
    /// The server takes nothing now.
    not_now: bool,
}

impl<'a> Flights<'a> {
    fn new(driver: &'a Driver, intents: Vec<Intent>) -> Self {
        let waiting = intents.into();
        let (tasks, flying) = (JoinSet::new(), HashMap::new());
        Self { driver, waiting, tasks, flying, not_now: false }
    }

    /// Sends and records all; answers the trouble when the breaker opens.
    async fn fly(&mut self, breaker: &mut Breaker) -> Result<Option<String>, Refusal> {
        let mut due = interval(BEAT);
        due.set_missed_tick_behavior(MissedTickBehavior::Delay);
        due.reset();
        let mut trouble = None;
        loop {
            self.take_off(trouble.is_some()).await?;
            tokio::select! {
                ended = self.tasks.join_next_with_id() => {
                    let Some(ended) = ended else { return Ok(trouble) };
                    let (id, delivery) = match ended {
                        Ok(landed) => landed,
                        // Nobody knows how far it came.
                        Err(error) => (error.id(), Delivery::Unknown(error.to_string())),
                    };
                    let Some(intent) = self.flying.remove(&id) else { continue };
                    if matches!(delivery, Delivery::NotNow(_) | Delivery::Mend(_)) {
                        // It surely has not left, for no reason of this person's: as if it had
                        // never begun, and with it all that waits.
                        record::withhold(self.driver, std::slice::from_ref(&intent)).await?;
                        self.not_now = true;
                    } else {
                        record::record(self.driver, &intent, &delivery).await;
                    }
                    trouble = breaker.count(&delivery).or(trouble);
                }
                _ = due.tick() => beat(self.driver).await?,
            }
        }
    }

    /// Begins mails while there are places, or gives them back if nothing may begin any more.
    async fn take_off(&mut self, trouble: bool) -> Result<(), Refusal> {
        while self.flying.len() < FLIGHTS && !self.waiting.is_empty() {
            if trouble || self.not_now || !self.may_begin().await? {
                let withheld: Vec<Intent> = self.waiting.drain(..).collect();
                return record::withhold(self.driver, &withheld).await;
            }
            let Some(intent) = self.waiting.pop_front() else { break };
            let post = Arc::clone(&self.driver.backend.post);
            let mail = intent.mail.clone();
            let task = self.tasks.spawn(async move { post.deliver(&mail).await });
            self.flying.insert(task.id(), intent);
        }
        Ok(())
    }

    async fn may_begin(&self) -> Result<bool, Refusal> {
        if self.driver.is_stopping() || !self.driver.node.trusts_itself() {
            return Ok(false);
        }
        let mut conn = self.driver.backend.store.read().await?;
        Ok(rows::is_running(&mut conn, &self.driver.run.id).await?)
    }
}
