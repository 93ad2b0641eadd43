//! The endpoints of imports and exports of rosters.
//!
//! Owns what is known of each; their bodies are the module above.

use super::{ApplyImport, ExportQuery, ImportApplied, ImportPreview, ImportQuery};
use crate::api::endpoint::{About, Endpoint, File, Nothing};
use crate::api::problem::code;
use crate::api::route::{On, Route};
use crate::domain::act::Act;
use crate::domain::role::Action;
use utoipa::ToSchema;

/// Its endpoints.
pub(in crate::api) const ENDPOINTS: &[&About] =
    &[PreviewImport::ABOUT, ApplyImportCall::ABOUT, ExportRoster::ABOUT];

/// Upload a roster and see what it would change. Nothing is changed yet.
#[derive(Debug, ToSchema)]
pub struct PreviewImport;

impl Endpoint for PreviewImport {
    const ROUTE: Route = Route::post("preview_import", "/v1/sites/{url}/imports")
        .tag("Users")
        .may(Action::Import, On::Site)
        .answers_with(201, "What it would change.")
        .sends("A CSV or TSV file as Site Administration or Control Hub export it.")
        .keeps()
        .refuses(&[code::FILE_REFUSED])
        .takes_file()
        .long()
        .needs(Act::Import);
    type Path = String;
    type Query = ImportQuery;
    type Body = File;
    type Answer = ImportPreview;
}

/// Apply an import that was previewed. One that replaces says how many users it deactivates.
#[derive(Debug, ToSchema)]
pub struct ApplyImportCall;

impl Endpoint for ApplyImportCall {
    const ROUTE: Route = Route::post("apply_import", "/v1/sites/{url}/imports/{id}/apply")
        .tag("Users")
        .may(Action::Import, On::Site)
        .refuses(&[code::IMPORT_STALE])
        .long()
        .tells(&["id"])
        .needs(Act::Import);
    type Path = (String, String);
    type Query = ApplyImport;
    type Body = Nothing;
    type Answer = ImportApplied;
}

/// The roster as a file.
#[derive(Debug, ToSchema)]
pub struct ExportRoster;

impl Endpoint for ExportRoster {
    const ROUTE: Route = Route::get("export_roster", "/v1/sites/{url}/export")
        .tag("Users")
        .may(Action::SeeUsers, On::Site)
        .media("text/csv")
        .long();
    type Path = String;
    type Query = ExportQuery;
    type Body = Nothing;
    type Answer = File;
}
