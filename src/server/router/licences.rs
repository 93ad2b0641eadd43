//! Licences as Control Hub's CSV: out, and back in with a preview (rule U8).

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{ApiJson, ApiPath, ApiQuery, site_in_path};
use super::{Reads, Shared, Writes};
use crate::api::licences::{LicenceExportQuery, LicenceImport, LicenceImportQuery, LicenceRow};
use crate::api::page::{Page, PageQuery};
use crate::domain::role::Action;
use crate::server::auth::{Actor, authorize};
use crate::server::engine::imports;
use crate::server::provider::Resource;
use crate::server::refusal::Refusal;

pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(preview_licences))
        .routes(routes!(export_licences))
        .routes(routes!(show_licence_import))
        .routes(routes!(list_licence_rows))
        .routes(routes!(apply_licences))
}

/// Linked users as a CSV in Control Hub's columns, with a column TRUE or FALSE for each service.
#[utoipa::path(
    get, path = "/v1/sites/{url}/licences", tag = "Licences",
    params(("url" = String, Path, description = "The site."), LicenceExportQuery),
    responses((status = 200, body = Vec<u8>, content_type = "text/csv"), Reads),
    security(("bearer" = []))
)]
async fn export_licences(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(url): ApiPath<String>,
    ApiQuery(query): ApiQuery<LicenceExportQuery>,
) -> Result<Response, Refusal> {
    let url = site_in_path(&url)?;
    authorize(&backend, &actor, Action::LinkUsers, Resource::Site(&url)).await?;
    let mut response = backend.provider.export_licences(&url, &query).await?.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv"));
    Ok(response)
}

/// Upload a licence CSV and see what it would change, row by row. Nothing is changed yet.
#[utoipa::path(
    post, path = "/v1/sites/{url}/licences/imports", tag = "Licences",
    params(("url" = String, Path, description = "The site."), LicenceImportQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream",
        description = "A CSV in Control Hub's columns."),
    responses((status = 201, body = LicenceImport, description = "What it would change."), Writes),
    security(("bearer" = []))
)]
async fn preview_licences(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(url): ApiPath<String>,
    ApiQuery(query): ApiQuery<LicenceImportQuery>,
    file: Bytes,
) -> Result<(StatusCode, ApiJson<LicenceImport>), Refusal> {
    let url = site_in_path(&url)?;
    authorize(&backend, &actor, Action::LinkUsers, Resource::Site(&url)).await?;
    let file = imports::read(file.to_vec()).await?;
    let viewer = actor.viewer();
    let preview = backend.provider.preview_licences(&viewer, &url, &file, query.remove).await?;
    Ok((StatusCode::CREATED, ApiJson(preview)))
}

/// An import of licences: a preview, or once applied what it did.
#[utoipa::path(
    get, path = "/v1/sites/{url}/licences/imports/{id}", tag = "Licences",
    params(
        ("url" = String, Path, description = "The site."),
        ("id" = String, Path, description = "The import."),
    ),
    responses((status = 200, body = LicenceImport), Reads),
    security(("bearer" = []))
)]
async fn show_licence_import(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath((url, id)): ApiPath<(String, String)>,
) -> Result<ApiJson<LicenceImport>, Refusal> {
    let url = site_in_path(&url)?;
    authorize(&backend, &actor, Action::LinkUsers, Resource::Site(&url)).await?;
    backend.provider.licence_import(&url, &id).await.map(ApiJson)
}

/// The rows of an import, by line, with what each does or why it is refused.
#[utoipa::path(
    get, path = "/v1/sites/{url}/licences/imports/{id}/rows", tag = "Licences",
    params(
        ("url" = String, Path, description = "The site."),
        ("id" = String, Path, description = "The import."),
        PageQuery,
    ),
    responses((status = 200, body = Page<LicenceRow>), Reads),
    security(("bearer" = []))
)]
async fn list_licence_rows(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath((url, id)): ApiPath<(String, String)>,
    ApiQuery(page): ApiQuery<PageQuery>,
) -> Result<ApiJson<Page<LicenceRow>>, Refusal> {
    let url = site_in_path(&url)?;
    authorize(&backend, &actor, Action::LinkUsers, Resource::Site(&url)).await?;
    backend.provider.licence_rows(&url, &id, &page).await.map(ApiJson)
}

/// Apply an import of licences that was previewed, once. A row that would do something else by now
/// is not done.
#[utoipa::path(
    post, path = "/v1/sites/{url}/licences/imports/{id}/apply", tag = "Licences",
    params(
        ("url" = String, Path, description = "The site."),
        ("id" = String, Path, description = "The import."),
    ),
    responses((status = 200, body = LicenceImport), Writes),
    security(("bearer" = []))
)]
async fn apply_licences(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath((url, id)): ApiPath<(String, String)>,
) -> Result<ApiJson<LicenceImport>, Refusal> {
    let url = site_in_path(&url)?;
    authorize(&backend, &actor, Action::LinkUsers, Resource::Site(&url)).await?;
    backend.provider.apply_licences(&actor.viewer(), &url, &id).await.map(ApiJson)
}
