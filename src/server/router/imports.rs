//! Rosters in and out: previewed imports, and exports in both dialects.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{ApiJson, ApiPath, ApiQuery, site_in_path};
use super::{Reads, Shared, Writes};
use crate::api::import::{ApplyImport, ImportApplied, ImportPreview, ImportQuery};
use crate::domain::role::Action;
use crate::server::auth::{Actor, authorize};
use crate::server::engine::imports;
use crate::server::provider::Resource;
use crate::server::refusal::Refusal;
use crate::table::Dialect;

pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(preview_import))
        .routes(routes!(apply_import))
        .routes(routes!(export_roster))
}

/// Upload a roster and see what it would change. Nothing is changed yet.
#[utoipa::path(
    post, path = "/v1/sites/{url}/imports", tag = "Users",
    params(("url" = String, Path, description = "The site."), ImportQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream",
        description = "A CSV or TSV file as Site Administration or Control Hub export it."),
    responses((status = 201, body = ImportPreview, description = "What it would change."), Writes),
    security(("bearer" = []))
)]
async fn preview_import(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(url): ApiPath<String>,
    ApiQuery(query): ApiQuery<ImportQuery>,
    file: Bytes,
) -> Result<(StatusCode, ApiJson<ImportPreview>), Refusal> {
    let url = site_in_path(&url)?;
    authorize(&backend, &actor, Action::Import, Resource::Site(&url)).await?;
    let preview =
        imports::preview(&backend, &actor.email, &url, file.to_vec(), query.replace).await?;
    Ok((StatusCode::CREATED, ApiJson(preview)))
}

/// Apply an import that was previewed. One that replaces says how many users it deactivates.
#[utoipa::path(
    post, path = "/v1/sites/{url}/imports/{id}/apply", tag = "Users",
    params(
        ("url" = String, Path, description = "The site."),
        ("id" = String, Path, description = "The import."),
        ApplyImport,
    ),
    responses((status = 200, body = ImportApplied), Writes),
    security(("bearer" = []))
)]
async fn apply_import(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath((url, id)): ApiPath<(String, String)>,
    ApiQuery(said): ApiQuery<ApplyImport>,
) -> Result<ApiJson<ImportApplied>, Refusal> {
    let url = site_in_path(&url)?;
    authorize(&backend, &actor, Action::Import, Resource::Site(&url)).await?;
    imports::apply(&backend, &actor.email, &url, &id, said).await.map(ApiJson)
}

/// Whose columns an export has.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ExportQuery {
    /// `site_administration` (UTF-16LE, tab) or `control_hub` (UTF-8, comma).
    #[serde(default)]
    #[param(inline)]
    dialect: DialectName,
}

#[derive(Debug, Clone, Copy, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
enum DialectName {
    #[default]
    SiteAdministration,
    ControlHub,
}

/// The roster as a file.
#[utoipa::path(
    get, path = "/v1/sites/{url}/export", tag = "Users",
    params(("url" = String, Path, description = "The site."), ExportQuery),
    responses((status = 200, body = Vec<u8>, content_type = "text/csv"), Reads),
    security(("bearer" = []))
)]
async fn export_roster(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(url): ApiPath<String>,
    ApiQuery(query): ApiQuery<ExportQuery>,
) -> Result<Response, Refusal> {
    let url = site_in_path(&url)?;
    authorize(&backend, &actor, Action::SeeUsers, Resource::Site(&url)).await?;
    let site = backend.provider.site_facts(&url).await?;
    let dialect = match query.dialect {
        DialectName::SiteAdministration => Dialect::SiteAdministration,
        DialectName::ControlHub => Dialect::ControlHub,
    };
    let bytes = backend.provider.export_roster(&site, dialect).await?;
    let mut response = bytes.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv"));
    Ok(response)
}
