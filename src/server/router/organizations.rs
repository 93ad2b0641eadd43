//! Organizations and the roles in them.

use axum::extract::State;

use super::Shared;
use super::asked::{Asked, Routes};
use crate::api::organization::{
    AddOrganization, EditOrganizationCall, GrantRole, ListOrganizations, Organization, RevokeRole,
    RoleChange, ShowOrganization,
};
use crate::api::page::Page;
use crate::domain::role::Role;
use crate::server::auth::Actor;
use crate::server::refusal::Refusal;

pub fn routes() -> Routes {
    Routes::new()
        .at(list_organizations)
        .at(add_organization)
        .at(show_organization)
        .at(edit_organization)
        .at(grant_role)
        .at(revoke_role)
}

/// The organizations one sees, by name.
async fn list_organizations(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { query: page, .. }: Asked<ListOrganizations>,
) -> Result<Page<Organization>, Refusal> {
    backend.directory.organizations(&actor.viewer(), &page).await
}

/// Add an organization. For backend administrators.
async fn add_organization(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { body: new, .. }: Asked<AddOrganization>,
) -> Result<Organization, Refusal> {
    let added = backend.directory.add_organization(&actor.viewer(), &new).await?;
    Ok(added)
}

/// One organization, with its administrators.
async fn show_organization(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: id, .. }: Asked<ShowOrganization>,
) -> Result<Organization, Refusal> {
    backend.directory.organization(&actor.viewer(), &id).await
}

/// Change an organization: what is given changes, the rest stays. For its full admins.
async fn edit_organization(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: id, body: edit, .. }: Asked<EditOrganizationCall>,
) -> Result<Organization, Refusal> {
    backend.directory.edit_organization(&actor.viewer(), &id, &edit).await
}

/// Grant a role: an offer, which its addressee accepts; held at once where a backend admin grants
/// it. An address of another organization, or of a domain that it has proven, gets none.
async fn grant_role(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: id, body: change, .. }: Asked<GrantRole>,
) -> Result<Organization, Refusal> {
    backend.directory.grant(&actor.viewer(), &id, &change).await
}

/// Revoke a role. The last full admin stays.
async fn revoke_role(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: (id, role, email), .. }: Asked<RevokeRole>,
) -> Result<Organization, Refusal> {
    let role = Role::from_code(role.as_str()).ok_or_else(|| Refusal::not_found("role"))?;
    let change = RoleChange { email, role, mail: false };
    backend.directory.revoke(&actor.viewer(), &id, &change).await
}
