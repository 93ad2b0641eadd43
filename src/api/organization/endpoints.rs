//! The endpoints of organizations.
//!
//! Owns what is known of each; their bodies are the module above.

use super::{EditOrganization, NewOrganization, Organization, RoleChange};
use crate::api::endpoint::Code;
use crate::api::endpoint::{About, Endpoint, Nothing};
use crate::api::page::{Page, PageQuery};
use crate::api::problem::code;
use crate::api::route::{On, Route};
use crate::domain::role::Action;
use crate::domain::role::Role;
use utoipa::ToSchema;

/// Its endpoints.
pub(in crate::api) const ENDPOINTS: &[&About] = &[
    ListOrganizations::ABOUT,
    AddOrganization::ABOUT,
    ShowOrganization::ABOUT,
    EditOrganizationCall::ABOUT,
    GrantRole::ABOUT,
    RevokeRole::ABOUT,
];

/// The organizations one sees, by name.
#[derive(Debug, ToSchema)]
pub struct ListOrganizations;

impl Endpoint for ListOrganizations {
    const ROUTE: Route = Route::get("list_organizations", "/v1/organizations").tag("Organizations");
    type Path = Nothing;
    type Query = PageQuery;
    type Body = Nothing;
    type Answer = Page<Organization>;
}

/// Add an organization. For backend administrators.
#[derive(Debug, ToSchema)]
pub struct AddOrganization;

impl Endpoint for AddOrganization {
    const ROUTE: Route = Route::post("add_organization", "/v1/organizations")
        .tag("Organizations")
        .may(Action::Provision, On::Backend)
        .answers_with(201, "Added.")
        .refuses(&[code::EXISTS, code::OTHER_ORGANIZATION]);
    type Path = Nothing;
    type Query = Nothing;
    type Body = NewOrganization;
    type Answer = Organization;
}

/// One organization, with its administrators.
#[derive(Debug, ToSchema)]
pub struct ShowOrganization;

impl Endpoint for ShowOrganization {
    const ROUTE: Route = Route::get("show_organization", "/v1/organizations/{id}")
        .tag("Organizations")
        .may(Action::See, On::Organization);
    type Path = String;
    type Query = Nothing;
    type Body = Nothing;
    type Answer = Organization;
}

/// Change an organization: what is given changes, the rest stays. For its full admins.
#[derive(Debug, ToSchema)]
pub struct EditOrganizationCall;

impl Endpoint for EditOrganizationCall {
    const ROUTE: Route = Route::patch("edit_organization", "/v1/organizations/{id}")
        .tag("Organizations")
        .may(Action::LinkUsers, On::Organization);
    type Path = String;
    type Query = Nothing;
    type Body = EditOrganization;
    type Answer = Organization;
}

/// Grant a role: an offer, which its addressee accepts; held at once where a backend admin grants
/// it. An address of another organization, or of a domain that it has proven, gets none.
#[derive(Debug, ToSchema)]
pub struct GrantRole;

impl Endpoint for GrantRole {
    const ROUTE: Route = Route::post("grant_role", "/v1/organizations/{id}/roles")
        .tag("Organizations")
        .may(Action::GrantRoles, On::Organization)
        .refuses(&[code::OFFER_DECLINED, code::OTHER_ORGANIZATION, code::PERSON_DISABLED])
        .tells(&["email"]);
    type Path = String;
    type Query = Nothing;
    type Body = RoleChange;
    type Answer = Organization;
}

/// Revoke a role. The last full admin stays.
#[derive(Debug, ToSchema)]
pub struct RevokeRole;

impl Endpoint for RevokeRole {
    const ROUTE: Route =
        Route::delete("revoke_role", "/v1/organizations/{id}/roles/{role}/{email}")
            .tag("Organizations")
            .may(Action::GrantRoles, On::Organization)
            .refuses(&[code::LAST_FULL_ADMIN]);
    type Path = (String, Code<Role>, String);
    type Query = Nothing;
    type Body = Nothing;
    type Answer = Organization;
}
