//! The endpoints of licences.
//!
//! Owns what is known of each; their bodies are the module above.

use super::{LicenceExportQuery, LicenceImport, LicenceImportQuery, LicenceRow};
use crate::api::endpoint::{About, Endpoint, File, Nothing};
use crate::api::page::{Page, PageQuery};
use crate::api::problem::code;
use crate::api::route::{On, Route};
use crate::domain::role::Action;
use utoipa::ToSchema;

/// Its endpoints.
pub(in crate::api) const ENDPOINTS: &[&About] = &[
    ExportLicences::ABOUT,
    PreviewLicences::ABOUT,
    ShowLicenceImport::ABOUT,
    ListLicenceRows::ABOUT,
    ApplyLicences::ABOUT,
];

/// Linked users as a CSV in Control Hub's columns, with a column TRUE or FALSE for each service.
#[derive(Debug, ToSchema)]
pub struct ExportLicences;

impl Endpoint for ExportLicences {
    const ROUTE: Route = Route::get("export_licences", "/v1/sites/{url}/licences")
        .tag("Licences")
        .may(Action::LinkUsers, On::Site)
        .media("text/csv")
        .refuses(&[code::SITE_NOT_ENROLLED])
        .long();
    type Path = String;
    type Query = LicenceExportQuery;
    type Body = Nothing;
    type Answer = File;
}

/// Upload a licence CSV and see what it would change, row by row. Nothing is changed yet.
#[derive(Debug, ToSchema)]
pub struct PreviewLicences;

impl Endpoint for PreviewLicences {
    const ROUTE: Route = Route::post("preview_licences", "/v1/sites/{url}/licences/imports")
        .tag("Licences")
        .may(Action::LinkUsers, On::Site)
        .answers_with(201, "What it would change.")
        .sends("A CSV in Control Hub's columns.")
        .keeps()
        .refuses(&[code::FILE_REFUSED, code::SITE_NOT_ENROLLED])
        .takes_file()
        .long();
    type Path = String;
    type Query = LicenceImportQuery;
    type Body = File;
    type Answer = LicenceImport;
}

/// An import of licences: a preview, or once applied what it did.
#[derive(Debug, ToSchema)]
pub struct ShowLicenceImport;

impl Endpoint for ShowLicenceImport {
    const ROUTE: Route = Route::get("show_licence_import", "/v1/sites/{url}/licences/imports/{id}")
        .tag("Licences")
        .may(Action::LinkUsers, On::Site);
    type Path = (String, String);
    type Query = Nothing;
    type Body = Nothing;
    type Answer = LicenceImport;
}

/// The rows of an import, by line, with what each does or why it is refused.
#[derive(Debug, ToSchema)]
pub struct ListLicenceRows;

impl Endpoint for ListLicenceRows {
    const ROUTE: Route =
        Route::get("list_licence_rows", "/v1/sites/{url}/licences/imports/{id}/rows")
            .tag("Licences")
            .may(Action::LinkUsers, On::Site);
    type Path = (String, String);
    type Query = PageQuery;
    type Body = Nothing;
    type Answer = Page<LicenceRow>;
}

/// Apply an import of licences that was previewed, once. A row that would do something else by now
/// is not done.
#[derive(Debug, ToSchema)]
pub struct ApplyLicences;

impl Endpoint for ApplyLicences {
    const ROUTE: Route =
        Route::post("apply_licences", "/v1/sites/{url}/licences/imports/{id}/apply")
            .tag("Licences")
            .may(Action::LinkUsers, On::Site)
            .refuses(&[code::IMPORT_STALE, code::SITE_NOT_ENROLLED])
            .long();
    type Path = (String, String);
    type Query = Nothing;
    type Body = Nothing;
    type Answer = LicenceImport;
}
