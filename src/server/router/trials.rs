//! Trials (rules T1, T8).

use axum::extract::State;

use super::Shared;
use super::asked::{Asked, Routes};
use crate::api::page::Page;
use crate::api::trial::{
    CheckTrialCall, EditTrialCall, ExtendTrialCall, ListTrials, ShowTrial, StartTrialCall, Trial,
    TrialCheck,
};
use crate::server::auth::Actor;
use crate::server::refusal::Refusal;

pub fn routes() -> Routes {
    Routes::new()
        .at(list_trials)
        .at(start_trial)
        .at(check_trial)
        .at(show_trial)
        .at(edit_trial)
        .at(extend_trial)
}

/// The trials one sees, soonest end first.
async fn list_trials(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { query: page, .. }: Asked<ListTrials>,
) -> Result<Page<Trial>, Refusal> {
    backend.directory.trials(&actor.viewer(), &page).await
}

/// Start a trial for a customer of a partner: the organization comes to be, its administrator gets
/// a welcome mail, services setup begins.
async fn start_trial(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: partner, body: new, .. }: Asked<StartTrialCall>,
) -> Result<Trial, Refusal> {
    let started = backend.directory.start_trial(&actor.viewer(), &partner, &new).await?;
    Ok(started)
}

/// Check the fields of a trial before it is started; nothing is kept. Rate-limited.
async fn check_trial(
    State(backend): State<Shared>,
    Asked { path: _partner, body: check, .. }: Asked<CheckTrialCall>,
) -> Result<TrialCheck, Refusal> {
    backend.directory.check_trial(&check).await
}

/// One trial, with what extending it now would do.
async fn show_trial(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: id, .. }: Asked<ShowTrial>,
) -> Result<Trial, Refusal> {
    backend.directory.trial(&actor.viewer(), &id).await
}

/// Change the services of a trial that has not expired.
async fn edit_trial(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: id, body: edit, .. }: Asked<EditTrialCall>,
) -> Result<Trial, Refusal> {
    backend.directory.edit_trial(&actor.viewer(), &id, &edit).await
}

/// Replace the time that is left by 30 days from now, also of an expired trial. Where that is
/// earlier than the present end, it must be accepted.
async fn extend_trial(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: id, body: extend, .. }: Asked<ExtendTrialCall>,
) -> Result<Trial, Refusal> {
    backend.directory.extend_trial(&actor.viewer(), &id, &extend).await
}
