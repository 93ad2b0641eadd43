//! Plans: making one, reading it, applying it.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{ApiJson, ApiPath, ApiQuery, site_in_path};
use super::{Reads, Shared, Writes};
use crate::api::page::Page;
use crate::api::plan::{Apply, NewPlan, Plan, PlanItem, PlanItemsQuery};
use crate::api::run::Run;
use crate::domain::role::Action;
use crate::server::Backend;
use crate::server::auth::{Actor, authorize};
use crate::server::engine::{plans, runs};
use crate::server::provider::Resource;
use crate::server::refusal::Refusal;

pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(make_plan))
        .routes(routes!(show_plan))
        .routes(routes!(list_plan_items))
        .routes(routes!(apply_plan))
}

/// Make a plan: the outcome of each selected user, frozen for 24 hours (rule U4). Sends nothing.
#[utoipa::path(
    post, path = "/v1/sites/{url}/plans", tag = "Plans",
    params(("url" = String, Path, description = "The site")),
    request_body = NewPlan,
    responses((status = 201, body = Plan, description = "Frozen."), Writes),
    security(("bearer" = []))
)]
async fn make_plan(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(url): ApiPath<String>,
    ApiJson(new): ApiJson<NewPlan>,
) -> Result<(StatusCode, ApiJson<Plan>), Refusal> {
    let url = site_in_path(&url)?;
    authorize(&backend, &actor, Action::LinkUsers, Resource::Site(&url)).await?;
    let plan = plans::make(&backend, &actor.email, &url, &new).await?;
    Ok((StatusCode::CREATED, ApiJson(plan)))
}

/// One plan.
#[utoipa::path(
    get, path = "/v1/plans/{id}", tag = "Plans",
    params(("id" = String, Path, description = "The plan")),
    responses((status = 200, body = Plan), Reads),
    security(("bearer" = []))
)]
async fn show_plan(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(id): ApiPath<String>,
) -> Result<ApiJson<Plan>, Refusal> {
    allowed(&backend, &actor, Action::SeeUsers, &id).await?;
    plans::show(&backend, &id).await.map(ApiJson)
}

/// A plan's users, in order of number.
#[utoipa::path(
    get, path = "/v1/plans/{id}/items", tag = "Plans",
    params(("id" = String, Path, description = "The plan"), PlanItemsQuery),
    responses((status = 200, body = Page<PlanItem>), Reads),
    security(("bearer" = []))
)]
async fn list_plan_items(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(id): ApiPath<String>,
    ApiQuery(query): ApiQuery<PlanItemsQuery>,
) -> Result<ApiJson<Page<PlanItem>>, Refusal> {
    allowed(&backend, &actor, Action::SeeUsers, &id).await?;
    plans::items(&backend, &id, &query).await.map(ApiJson)
}

/// Apply a plan, exactly once (rule U5): the invitations begin.
#[utoipa::path(
    post, path = "/v1/plans/{id}/apply", tag = "Plans",
    params(("id" = String, Path, description = "The plan")),
    request_body = Apply,
    responses(
        (status = 202, body = Run, description = "The run that executes it, to be watched.",
         headers(("Location" = String, description = "The run."))),
        Writes
    ),
    security(("bearer" = []))
)]
async fn apply_plan(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(id): ApiPath<String>,
    ApiJson(apply): ApiJson<Apply>,
) -> Result<Response, Refusal> {
    allowed(&backend, &actor, Action::LinkUsers, &id).await?;
    let run = plans::apply(&backend, &actor.email, &id, &apply).await?;
    let location = HeaderValue::try_from(format!("/v1/runs/{run}"))
        .map_err(|error| Refusal::internal(&error))?;
    let run = runs::show(&backend, &run).await?;
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, location)], ApiJson(run)).into_response())
}

/// What one may do with a plan is what one may do on its site; who may not see the site is told
/// that there is no such plan.
async fn allowed(
    backend: &Backend,
    actor: &Actor,
    action: Action,
    id: &str,
) -> Result<(), Refusal> {
    let url = plans::site_of(backend, id).await?;
    authorize(backend, actor, action, Resource::Site(&url))
        .await
        .map(drop)
        .map_err(|refusal| refusal.hidden("plan"))
}
