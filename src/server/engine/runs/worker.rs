//! The worker: gives every run that is to be worked on its driver.
//!
//! Owns starting, restarting and ending drivers. A driver that breaks rests until the next beat, so
//! that what breaks it does not spin; what it held is a dead one's, so that nobody waits for it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use sqlx::Row;
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::{MissedTickBehavior, interval};

use super::driver;
use crate::domain::run::RunState;
use crate::server::Backend;
use crate::server::engine::plans;
use crate::server::nodes::{self, BEAT};
use crate::server::refusal::Refusal;

/// Its name on the board.
pub(in crate::server::engine) const TASK: &str = "runs";

type Ended = Result<(Id, Result<(), Refusal>), JoinError>;

/// Works on runs until the backend stops.
pub(in crate::server::engine) async fn tend(backend: Arc<Backend>) {
    let mut worker = Worker::default();
    let mut bell = backend.runs.listen();
    let mut beat = interval(BEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    if let Err(error) = plans::sweep(&backend).await {
        tracing::warn!(%error, "incomplete plans were not removed");
    }
    loop {
        let mut beaten = false;
        tokio::select! {
            biased;
            () = backend.stop.wait() => break,
            _ = beat.tick() => {
                worker.resting.clear();
                beaten = true;
            }
            Some(ended) = worker.drivers.join_next_with_id() => {
                if let Some(run) = worker.ended(ended) {
                    log(&backend, end_nodes(&backend, &run).await);
                }
            }
            _ = bell.changed() => {}
        }
        if log(&backend, worker.start_drivers(&backend).await) && beaten {
            backend.chores.board().succeeded(TASK);
        }
    }
    // Each driver hears the same signal: it begins nothing more.
    while worker.drivers.join_next().await.is_some() {}
}

/// Tells of a fault; answers whether there was none.
fn log(backend: &Backend, result: Result<(), Refusal>) -> bool {
    let Err(refusal) = result else { return true };
    let code = &refusal.problem.code;
    backend.chores.board().failed(TASK, code);
    tracing::error!(%code, "the worker of runs: trying again later");
    false
}

#[derive(Default)]
struct Worker {
    drivers: JoinSet<Result<(), Refusal>>,
    live: HashMap<Id, String>,
    resting: HashSet<String>,
}

impl Worker {
    async fn start_drivers(&mut self, backend: &Arc<Backend>) -> Result<(), Refusal> {
        let mut conn = backend.store.read().await?;
        let rows = sqlx::query("SELECT id FROM runs WHERE state IN ($1, $2) ORDER BY started_at")
            .bind(RunState::Queued.code())
            .bind(RunState::Running.code())
            .fetch_all(&mut *conn)
            .await?;
        drop(conn);
        for row in rows {
            let run: String = row.try_get("id")?;
            if self.resting.contains(&run) || self.live.values().any(|live| *live == run) {
                continue;
            }
            let task = self.drivers.spawn(driver::drive(Arc::clone(backend), run.clone()));
            self.live.insert(task.id(), run);
        }
        Ok(())
    }

    /// Answers whose driver broke.
    fn ended(&mut self, ended: Ended) -> Option<String> {
        let (id, broken) = match ended {
            Ok((id, Ok(()))) => (id, false),
            Ok((id, Err(_))) => (id, true),
            Err(error) => (error.id(), true),
        };
        let run = self.live.remove(&id).filter(|_| broken)?;
        tracing::error!(%run, "the run's driver broke down; it rests and begins again");
        self.resting.insert(run.clone());
        Some(run)
    }
}

/// A driver that broke has ended nothing: its run may be over, and no other comes after it.
async fn end_nodes(backend: &Backend, run: &str) -> Result<(), Refusal> {
    let mut tx = backend.store.begin().await?;
    nodes::end_of(&mut tx, run).await?;
    Ok(tx.commit().await?)
}
