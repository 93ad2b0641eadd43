//! Plans: making one, reading it, applying it.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::Shared;
use super::asked::{Asked, Routes};
use super::extract::ApiJson;
use crate::api::page::Page;
use crate::api::plan::{ApplyPlan, ListPlanItems, MakePlan, Plan, PlanItem, ShowPlan};
use crate::server::auth::Actor;
use crate::server::engine::{plans, runs};
use crate::server::refusal::Refusal;

pub fn routes() -> Routes {
    Routes::new().at(make_plan).at(show_plan).at(list_plan_items).raw::<ApplyPlan, _>(apply_plan)
}

/// Make a plan: the outcome of each selected user, frozen for 24 hours (rule U4). Sends nothing.
async fn make_plan(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: url, body: new, .. }: Asked<MakePlan>,
) -> Result<Plan, Refusal> {
    let plan = plans::make(&backend, &actor.email, &url, &new).await?;
    Ok(plan)
}

/// One plan.
async fn show_plan(
    State(backend): State<Shared>,
    Asked { path: id, .. }: Asked<ShowPlan>,
) -> Result<Plan, Refusal> {
    plans::show(&backend, &id).await
}

/// A plan's users, in order of number.
async fn list_plan_items(
    State(backend): State<Shared>,
    Asked { path: id, query, .. }: Asked<ListPlanItems>,
) -> Result<Page<PlanItem>, Refusal> {
    plans::items(&backend, &id, &query).await
}

/// Apply a plan, exactly once (rule U5): the invitations begin.
async fn apply_plan(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: id, body: apply, .. }: Asked<ApplyPlan>,
) -> Result<Response, Refusal> {
    let run = plans::apply(&backend, &actor.email, &id, &apply).await?;
    let location = HeaderValue::try_from(format!("/v1/runs/{run}"))
        .map_err(|error| Refusal::internal(&error))?;
    let run = runs::show(&backend, &run).await?;
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, location)], ApiJson(run)).into_response())
}
