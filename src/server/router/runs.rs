//! Runs: watching them, and what operators do to them.

use axum::extract::State;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{ApiJson, ApiPath, ApiQuery};
use super::{Reads, Shared, Writes};
use crate::api::page::Page;
use crate::api::plan::Plan;
use crate::api::run::{
    Resolve, ResumeRestored, Run, RunItem, RunItemsQuery, RunsQuery, WatchQuery,
};
use crate::domain::role::Action;
use crate::server::Backend;
use crate::server::auth::{Actor, authorize};
use crate::server::engine::runs;
use crate::server::provider::Resource;
use crate::server::refusal::Refusal;

pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(list_runs))
        .routes(routes!(watch_run))
        .routes(routes!(list_run_items))
        .routes(routes!(pause_run))
        .routes(routes!(resume_run))
        .routes(routes!(resume_restored_run))
        .routes(routes!(cancel_run))
        .routes(routes!(retry_run))
        .routes(routes!(resolve_run))
        .routes(routes!(clear_decline))
}

/// The runs one may see, newest first.
#[utoipa::path(
    get, path = "/v1/runs", tag = "Runs",
    params(RunsQuery),
    responses((status = 200, body = Page<Run>), Reads),
    security(("bearer" = []))
)]
async fn list_runs(
    State(backend): State<Shared>,
    actor: Actor,
    ApiQuery(query): ApiQuery<RunsQuery>,
) -> Result<ApiJson<Page<Run>>, Refusal> {
    runs::list(&backend, &actor.viewer(), &query).await.map(ApiJson)
}

/// One run, at once; or, with `after` and `wait`, when it changes.
#[utoipa::path(
    get, path = "/v1/runs/{id}", tag = "Runs",
    params(("id" = String, Path, description = "The run"), WatchQuery),
    responses((status = 200, body = Run), Reads),
    security(("bearer" = []))
)]
async fn watch_run(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(id): ApiPath<String>,
    ApiQuery(query): ApiQuery<WatchQuery>,
) -> Result<ApiJson<Run>, Refusal> {
    allowed(&backend, &actor, Action::SeeUsers, &id).await?;
    runs::watch(&backend, &id, &query).await.map(ApiJson)
}

/// A run's users, in order of number.
#[utoipa::path(
    get, path = "/v1/runs/{id}/items", tag = "Runs",
    params(("id" = String, Path, description = "The run"), RunItemsQuery),
    responses((status = 200, body = Page<RunItem>), Reads),
    security(("bearer" = []))
)]
async fn list_run_items(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(id): ApiPath<String>,
    ApiQuery(query): ApiQuery<RunItemsQuery>,
) -> Result<ApiJson<Page<RunItem>>, Refusal> {
    allowed(&backend, &actor, Action::SeeUsers, &id).await?;
    runs::items(&backend, &id, &query).await.map(ApiJson)
}

/// Pause a run before its next mail; mails in flight cannot be recalled.
#[utoipa::path(
    post, path = "/v1/runs/{id}/pause", tag = "Runs",
    params(("id" = String, Path, description = "The run")),
    responses((status = 200, body = Run), Writes),
    security(("bearer" = []))
)]
async fn pause_run(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(id): ApiPath<String>,
) -> Result<ApiJson<Run>, Refusal> {
    allowed(&backend, &actor, Action::LinkUsers, &id).await?;
    runs::pause(&backend, &actor.email, &id).await?;
    runs::show(&backend, &id).await.map(ApiJson)
}

/// Resume a paused run.
#[utoipa::path(
    post, path = "/v1/runs/{id}/resume", tag = "Runs",
    params(("id" = String, Path, description = "The run")),
    responses((status = 200, body = Run), Writes),
    security(("bearer" = []))
)]
async fn resume_run(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(id): ApiPath<String>,
) -> Result<ApiJson<Run>, Refusal> {
    allowed(&backend, &actor, Action::LinkUsers, &id).await?;
    runs::resume(&backend, &actor.email, &id).await?;
    runs::show(&backend, &id).await.map(ApiJson)
}

/// Go on with a run of a database that was restored, with a word on which mails to trust.
#[utoipa::path(
    post, path = "/v1/runs/{id}/resume-restored", tag = "Runs",
    params(("id" = String, Path, description = "The run")),
    request_body = ResumeRestored,
    responses((status = 200, body = Run), Writes),
    security(("bearer" = []))
)]
async fn resume_restored_run(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(id): ApiPath<String>,
    ApiJson(body): ApiJson<ResumeRestored>,
) -> Result<ApiJson<Run>, Refusal> {
    allowed(&backend, &actor, Action::LinkUsers, &id).await?;
    runs::resume_restored(&backend, &actor.email, &id, &body).await?;
    runs::show(&backend, &id).await.map(ApiJson)
}

/// Cancel a run; what is left is not processed.
#[utoipa::path(
    post, path = "/v1/runs/{id}/cancel", tag = "Runs",
    params(("id" = String, Path, description = "The run")),
    responses((status = 200, body = Run), Writes),
    security(("bearer" = []))
)]
async fn cancel_run(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(id): ApiPath<String>,
) -> Result<ApiJson<Run>, Refusal> {
    allowed(&backend, &actor, Action::LinkUsers, &id).await?;
    runs::cancel(&backend, &actor.email, &id).await?;
    runs::show(&backend, &id).await.map(ApiJson)
}

/// Make a new plan of those who failed or were not processed. Sends nothing.
#[utoipa::path(
    post, path = "/v1/runs/{id}/retry", tag = "Runs",
    params(("id" = String, Path, description = "The run")),
    responses((status = 201, body = Plan, description = "Frozen."), Writes),
    security(("bearer" = []))
)]
async fn retry_run(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(id): ApiPath<String>,
) -> Result<(StatusCode, ApiJson<Plan>), Refusal> {
    allowed(&backend, &actor, Action::LinkUsers, &id).await?;
    let plan = runs::retry(&backend, &actor.email, &id).await?;
    Ok((StatusCode::CREATED, ApiJson(plan)))
}

/// Settle a mail that may have been sent: it was, or send it again, knowingly.
#[utoipa::path(
    post, path = "/v1/runs/{id}/resolve", tag = "Runs",
    params(("id" = String, Path, description = "The run")),
    request_body = Resolve,
    responses((status = 200, body = Run), Writes),
    security(("bearer" = []))
)]
async fn resolve_run(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(id): ApiPath<String>,
    ApiJson(body): ApiJson<Resolve>,
) -> Result<ApiJson<Run>, Refusal> {
    allowed(&backend, &actor, Action::LinkUsers, &id).await?;
    runs::resolve(&backend, &actor.email, &id, &body).await?;
    runs::show(&backend, &id).await.map(ApiJson)
}

/// Take a person's decline back, so that they can be invited again.
#[utoipa::path(
    delete, path = "/v1/organizations/{id}/declines/{address}", tag = "Runs",
    params(
        ("id" = String, Path, description = "The organization"),
        ("address" = String, Path, description = "The address"),
    ),
    responses((status = 204, description = "Cleared."), Writes),
    security(("bearer" = []))
)]
async fn clear_decline(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath((id, address)): ApiPath<(String, String)>,
) -> Result<StatusCode, Refusal> {
    authorize(&backend, &actor, Action::LinkUsers, Resource::Organization(&id)).await?;
    runs::clear_decline(&backend, &actor.email, &id, &address).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What one may do with a run is what one may do on its site; who may not see the site is told that
/// there is no such run.
async fn allowed(
    backend: &Backend,
    actor: &Actor,
    action: Action,
    id: &str,
) -> Result<(), Refusal> {
    let url = runs::site_of(backend, id).await?;
    authorize(backend, actor, action, Resource::Site(&url))
        .await
        .map(drop)
        .map_err(|refusal| refusal.hidden("run"))
}
