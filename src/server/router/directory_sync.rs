//! Directory sync of an organization: whom it blocks, and the remedy (rule U9).

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{ApiJson, ApiPath, ApiQuery};
use super::{Reads, Shared, Writes};
use crate::api::directory_sync::{DirectorySync, FailingUser, SetDirectorySync};
use crate::api::page::{Page, PageQuery};
use crate::domain::directory_sync::SyncStep;
use crate::domain::role::Action;
use crate::server::auth::{Actor, authorize};
use crate::server::provider::Resource;
use crate::server::refusal::Refusal;

pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(show_directory_sync, set_directory_sync))
        .routes(routes!(list_failing_users))
        .routes(routes!(do_directory_step))
}

/// How directory sync stands, how many users it blocks, and the steps of the remedy.
#[utoipa::path(
    get, path = "/v1/organizations/{id}/directory-sync", tag = "Organizations",
    params(("id" = String, Path, description = "The organization's id.")),
    responses((status = 200, body = DirectorySync), Reads),
    security(("bearer" = []))
)]
async fn show_directory_sync(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(id): ApiPath<String>,
) -> Result<ApiJson<DirectorySync>, Refusal> {
    authorize(&backend, &actor, Action::SeeDetails, Resource::Organization(&id)).await?;
    backend.provider.directory_sync(&id).await.map(ApiJson)
}

/// Switch directory sync, and tell what the directory has. A new round of the remedy begins.
#[utoipa::path(
    put, path = "/v1/organizations/{id}/directory-sync", tag = "Organizations",
    params(("id" = String, Path, description = "The organization's id.")),
    request_body = SetDirectorySync,
    responses((status = 200, body = DirectorySync), Writes),
    security(("bearer" = []))
)]
async fn set_directory_sync(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(id): ApiPath<String>,
    ApiJson(body): ApiJson<SetDirectorySync>,
) -> Result<ApiJson<DirectorySync>, Refusal> {
    authorize(&backend, &actor, Action::DirectorySync, Resource::Organization(&id)).await?;
    backend.provider.set_directory_sync(&actor.viewer(), &id, &body).await.map(ApiJson)
}

/// Whom directory sync blocks, or would block if it were resumed, and why each.
#[utoipa::path(
    get, path = "/v1/organizations/{id}/directory-sync/users", tag = "Organizations",
    params(("id" = String, Path, description = "The organization's id."), PageQuery),
    responses((status = 200, body = Page<FailingUser>), Reads),
    security(("bearer" = []))
)]
async fn list_failing_users(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(id): ApiPath<String>,
    ApiQuery(page): ApiQuery<PageQuery>,
) -> Result<ApiJson<Page<FailingUser>>, Refusal> {
    authorize(&backend, &actor, Action::DirectorySync, Resource::Organization(&id)).await?;
    backend.provider.failing_users(&id, &page).await.map(ApiJson)
}

/// Do a step of the remedy: pause, convert, `dry_run`, resume. Out of its order it is refused.
#[utoipa::path(
    post, path = "/v1/organizations/{id}/directory-sync/{step}", tag = "Organizations",
    params(
        ("id" = String, Path, description = "The organization's id."),
        ("step" = SyncStep, Path, description = "The step."),
    ),
    responses((status = 200, body = DirectorySync), Writes),
    security(("bearer" = []))
)]
async fn do_directory_step(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath((id, step)): ApiPath<(String, String)>,
) -> Result<ApiJson<DirectorySync>, Refusal> {
    authorize(&backend, &actor, Action::DirectorySync, Resource::Organization(&id)).await?;
    let step = SyncStep::from_code(&step).ok_or_else(|| Refusal::not_found("step"))?;
    backend.provider.directory_step(&actor.viewer(), &id, step).await.map(ApiJson)
}
