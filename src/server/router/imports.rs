//! Rosters in and out: previewed imports, and exports in both dialects.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::Shared;
use super::asked::{Asked, Routes};
use crate::api::endpoint::File;
use crate::api::import::{
    ApplyImportCall, DialectName, ExportRoster, ImportApplied, ImportPreview, PreviewImport,
};
use crate::server::auth::Actor;
use crate::server::engine::imports;
use crate::server::refusal::Refusal;
use crate::table::Dialect;

pub fn routes() -> Routes {
    Routes::new().at(preview_import).at(apply_import).raw::<ExportRoster, _>(export_roster)
}

/// Upload a roster and see what it would change. Nothing is changed yet.
async fn preview_import(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: url, query, body: File(file), .. }: Asked<PreviewImport>,
) -> Result<ImportPreview, Refusal> {
    imports::preview(&backend, &actor.email, &url, file, query.replace).await
}

/// Apply an import that was previewed. One that replaces says how many users it deactivates.
async fn apply_import(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: (url, id), query: said, .. }: Asked<ApplyImportCall>,
) -> Result<ImportApplied, Refusal> {
    imports::apply(&backend, &actor.email, &url, &id, said).await
}

/// The roster as a file.
async fn export_roster(
    State(backend): State<Shared>,
    Asked { path: url, query, .. }: Asked<ExportRoster>,
) -> Result<Response, Refusal> {
    let site = backend.directory.site_facts(&url).await?;
    let dialect = match query.dialect {
        DialectName::SiteAdministration => Dialect::SiteAdministration,
        DialectName::ControlHub => Dialect::ControlHub,
    };
    let bytes = backend.directory.export_roster(&site, dialect).await?;
    let mut response = bytes.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv"));
    Ok(response)
}
