//! Cohorts: a site's named lists of users.

use axum::extract::State;

use super::Shared;
use super::asked::{Asked, Routes};
use crate::api::cohort::{
    Cohort, CohortUsers, ListCohorts, RemoveCohort, SaveCohortCall, ShowCohort,
};
use crate::api::endpoint::Nothing;
use crate::api::page::Page;
use crate::server::auth::Actor;
use crate::server::engine::cohorts;
use crate::server::refusal::Refusal;

pub fn routes() -> Routes {
    Routes::new().at(list_cohorts).at(show_cohort).at(save_cohort).at(remove_cohort)
}

/// A site's cohorts, by name.
async fn list_cohorts(
    State(backend): State<Shared>,
    Asked { path: url, query, .. }: Asked<ListCohorts>,
) -> Result<Page<Cohort>, Refusal> {
    cohorts::list(&backend, &url, &query).await
}

/// A cohort with its users' numbers.
async fn show_cohort(
    State(backend): State<Shared>,
    Asked { path: (url, name), .. }: Asked<ShowCohort>,
) -> Result<CohortUsers, Refusal> {
    cohorts::show(&backend, &url, &name).await
}

/// Save a selection under a name, in place of what the name meant before.
async fn save_cohort(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: (url, name), body, .. }: Asked<SaveCohortCall>,
) -> Result<Cohort, Refusal> {
    cohorts::save(&backend, &actor.email, &url, &name, &body).await
}

/// Remove a cohort; its users stay.
async fn remove_cohort(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: (url, name), .. }: Asked<RemoveCohort>,
) -> Result<Nothing, Refusal> {
    cohorts::remove(&backend, &actor.email, &url, &name).await?;
    Ok(Nothing)
}
