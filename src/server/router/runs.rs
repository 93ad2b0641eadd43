//! Runs: watching them, and what operators do to them.

use axum::extract::State;

use super::Shared;
use super::asked::{Asked, Routes};
use crate::api::endpoint::Nothing;
use crate::api::page::Page;
use crate::api::plan::Plan;
use crate::api::run::{
    CancelRun, ClearDecline, ListRunItems, ListRuns, PauseRun, ResolveRun, ResumeRestoredRun,
    ResumeRun, RetryRun, Run, RunItem, WatchRun,
};
use crate::server::auth::Actor;
use crate::server::engine::runs;
use crate::server::refusal::Refusal;

pub fn routes() -> Routes {
    Routes::new()
        .at(list_runs)
        .at(watch_run)
        .at(list_run_items)
        .at(pause_run)
        .at(resume_run)
        .at(resume_restored_run)
        .at(cancel_run)
        .at(retry_run)
        .at(resolve_run)
        .at(clear_decline)
}

/// The runs one may see, newest first.
async fn list_runs(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { query, .. }: Asked<ListRuns>,
) -> Result<Page<Run>, Refusal> {
    runs::list(&backend, &actor.viewer(), &query).await
}

/// One run, at once; or, with `after` and `wait`, when it changes.
async fn watch_run(
    State(backend): State<Shared>,
    Asked { path: id, query, .. }: Asked<WatchRun>,
) -> Result<Run, Refusal> {
    runs::watch(&backend, &id, &query).await
}

/// A run's users, in order of number.
async fn list_run_items(
    State(backend): State<Shared>,
    Asked { path: id, query, .. }: Asked<ListRunItems>,
) -> Result<Page<RunItem>, Refusal> {
    runs::items(&backend, &id, &query).await
}

/// Pause a run before its next mail; mails in flight cannot be recalled.
async fn pause_run(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: id, .. }: Asked<PauseRun>,
) -> Result<Run, Refusal> {
    runs::pause(&backend, &actor.email, &id).await?;
    runs::show(&backend, &id).await
}

/// Resume a paused run.
async fn resume_run(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: id, .. }: Asked<ResumeRun>,
) -> Result<Run, Refusal> {
    runs::resume(&backend, &actor.email, &id).await?;
    runs::show(&backend, &id).await
}

/// Go on with a run of a database that was restored, with a word on which mails to trust.
async fn resume_restored_run(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: id, body, .. }: Asked<ResumeRestoredRun>,
) -> Result<Run, Refusal> {
    runs::resume_restored(&backend, &actor.email, &id, &body).await?;
    runs::show(&backend, &id).await
}

/// Cancel a run; what is left is not processed.
async fn cancel_run(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: id, .. }: Asked<CancelRun>,
) -> Result<Run, Refusal> {
    runs::cancel(&backend, &actor.email, &id).await?;
    runs::show(&backend, &id).await
}

/// Make a new plan of those who failed or were not processed. Sends nothing.
async fn retry_run(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: id, .. }: Asked<RetryRun>,
) -> Result<Plan, Refusal> {
    let plan = runs::retry(&backend, &actor.email, &id).await?;
    Ok(plan)
}

/// Settle a mail that may have been sent: it was, or send it again, knowingly.
async fn resolve_run(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: id, body, .. }: Asked<ResolveRun>,
) -> Result<Run, Refusal> {
    runs::resolve(&backend, &actor.email, &id, &body).await?;
    runs::show(&backend, &id).await
}

/// Take a person's decline back, so that they can be invited again.
async fn clear_decline(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: (id, address), .. }: Asked<ClearDecline>,
) -> Result<Nothing, Refusal> {
    runs::clear_decline(&backend, &actor.email, &id, &address).await?;
    Ok(Nothing)
}
