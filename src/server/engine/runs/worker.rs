//! The worker: gives every run that is to be worked on its driver.
//!
//! Owns starting, restarting and ending drivers. A driver that breaks rests until the next beat, so
//! that what breaks it does not spin; it holds nothing that another would wait for.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use sqlx::Row;
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::{MissedTickBehavior, interval};

use super::driver;
use crate::domain::run::RunState;
use crate::server::Backend;
use crate::server::engine::plans;
use crate::server::nodes::BEAT;
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
            Some(ended) = worker.drivers.join_next_with_id() => worker.ended(ended),
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

    fn ended(&mut self, ended: Ended) {
        let (id, broken) = match ended {
            Ok((id, Ok(()))) => (id, false),
            Ok((id, Err(_))) => (id, true),
            Err(error) => (error.id(), true),
        };
        if let Some(run) = self.live.remove(&id)
            && broken
        {
            tracing::error!(%run, "the run's driver broke down; it rests and begins again");
            self.resting.insert(run);
        }
    }
}
