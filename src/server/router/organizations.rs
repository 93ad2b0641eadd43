//! Organizations and the roles in them.

use axum::extract::State;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{ApiJson, ApiPath, ApiQuery};
use super::{Reads, Shared, Writes};
use crate::api::organization::{EditOrganization, NewOrganization, Organization, RoleChange};
use crate::api::page::{Page, PageQuery};
use crate::domain::role::{Action, Role};
use crate::server::auth::{Actor, authorize};
use crate::server::provider::Resource;
use crate::server::refusal::Refusal;

pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(list_organizations, add_organization))
        .routes(routes!(show_organization, edit_organization))
        .routes(routes!(grant_role))
        .routes(routes!(revoke_role))
}

/// The organizations one sees, by name.
#[utoipa::path(
    get, path = "/v1/organizations", tag = "Organizations", params(PageQuery),
    responses((status = 200, body = Page<Organization>), Reads),
    security(("bearer" = []))
)]
async fn list_organizations(
    State(backend): State<Shared>,
    actor: Actor,
    ApiQuery(page): ApiQuery<PageQuery>,
) -> Result<ApiJson<Page<Organization>>, Refusal> {
    backend.provider.organizations(&actor.viewer(), &page).await.map(ApiJson)
}

/// Add an organization. For backend administrators.
#[utoipa::path(
    post, path = "/v1/organizations", tag = "Organizations",
    request_body = NewOrganization,
    responses((status = 201, body = Organization, description = "Added."), Writes),
    security(("bearer" = []))
)]
async fn add_organization(
    State(backend): State<Shared>,
    actor: Actor,
    ApiJson(new): ApiJson<NewOrganization>,
) -> Result<(StatusCode, ApiJson<Organization>), Refusal> {
    authorize(&backend, &actor, Action::Provision, Resource::Backend).await?;
    let added = backend.provider.add_organization(&actor.viewer(), &new).await?;
    Ok((StatusCode::CREATED, ApiJson(added)))
}

/// One organization, with its administrators.
#[utoipa::path(
    get, path = "/v1/organizations/{id}", tag = "Organizations",
    params(("id" = String, Path, description = "The organization's id.")),
    responses((status = 200, body = Organization), Reads),
    security(("bearer" = []))
)]
async fn show_organization(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(id): ApiPath<String>,
) -> Result<ApiJson<Organization>, Refusal> {
    authorize(&backend, &actor, Action::See, Resource::Organization(&id)).await?;
    backend.provider.organization(&actor.viewer(), &id).await.map(ApiJson)
}

/// Change an organization: what is given changes, the rest stays. For its full admins.
#[utoipa::path(
    patch, path = "/v1/organizations/{id}", tag = "Organizations",
    params(("id" = String, Path, description = "The organization's id.")),
    request_body = EditOrganization,
    responses((status = 200, body = Organization), Writes),
    security(("bearer" = []))
)]
async fn edit_organization(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(id): ApiPath<String>,
    ApiJson(edit): ApiJson<EditOrganization>,
) -> Result<ApiJson<Organization>, Refusal> {
    authorize(&backend, &actor, Action::LinkUsers, Resource::Organization(&id)).await?;
    backend.provider.edit_organization(&actor.viewer(), &id, &edit).await.map(ApiJson)
}

/// Grant a role: an offer, which its addressee accepts; held at once where a backend admin grants
/// it. An address of another organization, or of a domain that it has proven, gets none.
#[utoipa::path(
    post, path = "/v1/organizations/{id}/roles", tag = "Organizations",
    params(("id" = String, Path, description = "The organization's id.")),
    request_body = RoleChange,
    responses((status = 200, body = Organization), Writes),
    security(("bearer" = []))
)]
async fn grant_role(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(id): ApiPath<String>,
    ApiJson(change): ApiJson<RoleChange>,
) -> Result<ApiJson<Organization>, Refusal> {
    authorize(&backend, &actor, Action::GrantRoles, Resource::Organization(&id)).await?;
    backend.provider.grant(&actor.viewer(), &id, &change).await.map(ApiJson)
}

/// Revoke a role. The last full admin stays.
#[utoipa::path(
    delete, path = "/v1/organizations/{id}/roles/{role}/{email}", tag = "Organizations",
    params(
        ("id" = String, Path, description = "The organization's id."),
        ("role" = Role, Path, description = "The role."),
        ("email" = String, Path, description = "Whose."),
    ),
    responses((status = 200, body = Organization), Writes),
    security(("bearer" = []))
)]
async fn revoke_role(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath((id, role, email)): ApiPath<(String, String, String)>,
) -> Result<ApiJson<Organization>, Refusal> {
    authorize(&backend, &actor, Action::GrantRoles, Resource::Organization(&id)).await?;
    let role = Role::from_code(&role).ok_or_else(|| Refusal::not_found("role"))?;
    let change = RoleChange { email, role, mail: false };
    backend.provider.revoke(&actor.viewer(), &id, &change).await.map(ApiJson)
}
