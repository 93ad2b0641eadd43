//! Licences as Control Hub's CSV: out, and back in with a preview (rule U8).

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::Shared;
use super::asked::{Asked, Routes};
use crate::api::endpoint::File;
use crate::api::licences::{
    ApplyLicences, ExportLicences, LicenceImport, LicenceRow, ListLicenceRows, PreviewLicences,
    ShowLicenceImport,
};
use crate::api::page::Page;
use crate::server::auth::Actor;
use crate::server::refusal::Refusal;

pub fn routes() -> Routes {
    Routes::new()
        .at(preview_licences)
        .raw::<ExportLicences, _>(export_licences)
        .at(show_licence_import)
        .at(list_licence_rows)
        .at(apply_licences)
}

/// Linked users as a CSV in Control Hub's columns, with a column TRUE or FALSE for each service.
async fn export_licences(
    State(backend): State<Shared>,
    Asked { path: url, query, .. }: Asked<ExportLicences>,
) -> Result<Response, Refusal> {
    let mut response = backend.directory.export_licences(&url, &query).await?.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv"));
    Ok(response)
}

/// Upload a licence CSV and see what it would change, row by row. Nothing is changed yet.
async fn preview_licences(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: url, query, body: File(file), .. }: Asked<PreviewLicences>,
) -> Result<LicenceImport, Refusal> {
    backend.directory.preview_licences(&actor.viewer(), &url, file, query.remove).await
}

/// An import of licences: a preview, or once applied what it did.
async fn show_licence_import(
    State(backend): State<Shared>,
    Asked { path: (url, id), .. }: Asked<ShowLicenceImport>,
) -> Result<LicenceImport, Refusal> {
    backend.directory.licence_import(&url, &id).await
}

/// The rows of an import, by line, with what each does or why it is refused.
async fn list_licence_rows(
    State(backend): State<Shared>,
    Asked { path: (url, id), query: page, .. }: Asked<ListLicenceRows>,
) -> Result<Page<LicenceRow>, Refusal> {
    backend.directory.licence_rows(&url, &id, &page).await
}

/// Apply an import of licences that was previewed, once. A row that would do something else by now
/// is not done.
async fn apply_licences(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: (url, id), .. }: Asked<ApplyLicences>,
) -> Result<LicenceImport, Refusal> {
    backend.directory.apply_licences(&actor.viewer(), &url, &id).await
}
