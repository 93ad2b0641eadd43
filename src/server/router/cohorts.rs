//! Cohorts: a site's named lists of users.

use axum::extract::State;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{ApiJson, ApiPath, ApiQuery, site_in_path};
use super::{Reads, Shared, Writes};
use crate::api::cohort::{Cohort, CohortUsers, SaveCohort};
use crate::api::page::{Page, PageQuery};
use crate::domain::role::Action;
use crate::server::auth::{Actor, authorize};
use crate::server::engine::cohorts;
use crate::server::provider::Resource;
use crate::server::refusal::Refusal;

pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(list_cohorts)).routes(routes!(
        show_cohort,
        save_cohort,
        remove_cohort
    ))
}

/// A site's cohorts, by name.
#[utoipa::path(
    get, path = "/v1/sites/{url}/cohorts", tag = "Cohorts",
    params(("url" = String, Path, description = "The site"), PageQuery),
    responses((status = 200, body = Page<Cohort>), Reads),
    security(("bearer" = []))
)]
async fn list_cohorts(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(url): ApiPath<String>,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<ApiJson<Page<Cohort>>, Refusal> {
    let url = site_in_path(&url)?;
    authorize(&backend, &actor, Action::SeeUsers, Resource::Site(&url)).await?;
    cohorts::list(&backend, &url, &query).await.map(ApiJson)
}

/// A cohort with its users' numbers.
#[utoipa::path(
    get, path = "/v1/sites/{url}/cohorts/{name}", tag = "Cohorts",
    params(
        ("url" = String, Path, description = "The site"),
        ("name" = String, Path, description = "The cohort"),
    ),
    responses((status = 200, body = CohortUsers), Reads),
    security(("bearer" = []))
)]
async fn show_cohort(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath((url, name)): ApiPath<(String, String)>,
) -> Result<ApiJson<CohortUsers>, Refusal> {
    let url = site_in_path(&url)?;
    authorize(&backend, &actor, Action::SeeUsers, Resource::Site(&url)).await?;
    cohorts::show(&backend, &url, &name).await.map(ApiJson)
}

/// Save a selection under a name, in place of what the name meant before.
#[utoipa::path(
    put, path = "/v1/sites/{url}/cohorts/{name}", tag = "Cohorts",
    params(
        ("url" = String, Path, description = "The site"),
        ("name" = String, Path, description = "1 to 80 characters"),
    ),
    request_body = SaveCohort,
    responses((status = 200, body = Cohort), Writes),
    security(("bearer" = []))
)]
async fn save_cohort(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath((url, name)): ApiPath<(String, String)>,
    ApiJson(body): ApiJson<SaveCohort>,
) -> Result<ApiJson<Cohort>, Refusal> {
    let url = site_in_path(&url)?;
    authorize(&backend, &actor, Action::LinkUsers, Resource::Site(&url)).await?;
    cohorts::save(&backend, &actor.email, &url, &name, &body).await.map(ApiJson)
}

/// Remove a cohort; its users stay.
#[utoipa::path(
    delete, path = "/v1/sites/{url}/cohorts/{name}", tag = "Cohorts",
    params(
        ("url" = String, Path, description = "The site"),
        ("name" = String, Path, description = "The cohort"),
    ),
    responses((status = 204, description = "Removed."), Writes),
    security(("bearer" = []))
)]
async fn remove_cohort(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath((url, name)): ApiPath<(String, String)>,
) -> Result<StatusCode, Refusal> {
    let url = site_in_path(&url)?;
    authorize(&backend, &actor, Action::LinkUsers, Resource::Site(&url)).await?;
    cohorts::remove(&backend, &actor.email, &url, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}
