//! Cohorts: named, saved lists of users (SPEC section 5).

use crate::api::endpoint::{About, Endpoint, Nothing};
use crate::api::page::{Page, PageQuery};
use crate::api::problem::code;
use crate::api::route::{LIST, On, Route};
use crate::domain::role::Action;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::plan::Selection;
use crate::domain::untrusted::Untrusted;

/// A cohort of a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Cohort {
    /// Its name; unique on the site, compared without case.
    pub name: Untrusted,
    /// How many users are in it.
    pub users: u64,
    /// When it was saved.
    pub saved_at: Timestamp,
    /// Who saved it.
    pub saved_by: Untrusted,
}

/// The users of a cohort.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CohortUsers {
    /// The cohort.
    #[serde(flatten)]
    pub cohort: Cohort,
    /// Their numbers as ranges, such as `0-39,41`.
    pub numbers: String,
}

/// Body of `PUT /v1/sites/{url}/cohorts/{name}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SaveCohort {
    /// Who is in it.
    pub selection: Selection,
}

/// Its endpoints.
pub(super) const ENDPOINTS: &[&About] =
    &[ListCohorts::ABOUT, ShowCohort::ABOUT, SaveCohortCall::ABOUT, RemoveCohort::ABOUT];

/// A site's cohorts, by name.
#[derive(Debug, ToSchema)]
pub struct ListCohorts;

impl Endpoint for ListCohorts {
    const ROUTE: Route = Route::get("list_cohorts", "/v1/sites/{url}/cohorts")
        .tag("Cohorts")
        .may(Action::SeeUsers, On::Site);
    type Path = String;
    type Query = PageQuery;
    type Body = Nothing;
    type Answer = Page<Cohort>;
}

/// A cohort with its users' numbers.
#[derive(Debug, ToSchema)]
pub struct ShowCohort;

impl Endpoint for ShowCohort {
    const ROUTE: Route = Route::get("show_cohort", "/v1/sites/{url}/cohorts/{name}")
        .tag("Cohorts")
        .may(Action::SeeUsers, On::Site);
    type Path = (String, String);
    type Query = Nothing;
    type Body = Nothing;
    type Answer = CohortUsers;
}

/// Save a selection under a name, in place of what the name meant before.
#[derive(Debug, ToSchema)]
pub struct SaveCohortCall;

impl Endpoint for SaveCohortCall {
    const ROUTE: Route = Route::put("save_cohort", "/v1/sites/{url}/cohorts/{name}")
        .tag("Cohorts")
        .may(Action::LinkUsers, On::Site)
        .keeps()
        .refuses(&[code::REVISION_UNKNOWN, code::SITE_NOT_ENROLLED])
        .up_to(LIST)
        .long();
    type Path = (String, String);
    type Query = Nothing;
    type Body = SaveCohort;
    type Answer = Cohort;
}

/// Remove a cohort; its users stay.
#[derive(Debug, ToSchema)]
pub struct RemoveCohort;

impl Endpoint for RemoveCohort {
    const ROUTE: Route = Route::delete("remove_cohort", "/v1/sites/{url}/cohorts/{name}")
        .tag("Cohorts")
        .may(Action::LinkUsers, On::Site)
        .answers_with(204, "Removed.")
        .keeps()
        .refuses(&[code::SITE_NOT_ENROLLED]);
    type Path = (String, String);
    type Query = Nothing;
    type Body = Nothing;
    type Answer = Nothing;
}
