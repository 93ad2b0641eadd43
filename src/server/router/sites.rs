//! Meeting sites, their linking method and agreements.

use axum::extract::State;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{ApiJson, ApiPath, ApiQuery, site_in_path};
use super::{Reads, Shared, Writes};
use crate::api::page::{Page, PageQuery};
use crate::api::site::{AgreementText, EditSite, NewSite, SetMethod, Sign, Site, SiteDomain};
use crate::domain::role::Action;
use crate::server::auth::{Actor, authorize};
use crate::server::provider::Resource;
use crate::server::refusal::Refusal;

pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(list_sites, add_site))
        .routes(routes!(show_site, edit_site))
        .routes(routes!(set_method))
        .routes(routes!(list_site_domains))
        .routes(routes!(show_agreement, sign_agreement))
}

/// The sites one sees, by URL.
#[utoipa::path(
    get, path = "/v1/sites", tag = "Sites", params(PageQuery),
    responses((status = 200, body = Page<Site>), Reads),
    security(("bearer" = []))
)]
async fn list_sites(
    State(backend): State<Shared>,
    actor: Actor,
    ApiQuery(page): ApiQuery<PageQuery>,
) -> Result<ApiJson<Page<Site>>, Refusal> {
    backend.provider.sites(&actor.viewer(), &page).await.map(ApiJson)
}

/// Add a site, linked to an organization from the start if one is named. For backend
/// administrators.
#[utoipa::path(
    post, path = "/v1/sites", tag = "Sites",
    request_body = NewSite,
    responses((status = 201, body = Site, description = "Added."), Writes),
    security(("bearer" = []))
)]
async fn add_site(
    State(backend): State<Shared>,
    actor: Actor,
    ApiJson(new): ApiJson<NewSite>,
) -> Result<(StatusCode, ApiJson<Site>), Refusal> {
    authorize(&backend, &actor, Action::Provision, Resource::Backend).await?;
    let added = backend.provider.add_site(&actor.viewer(), &new).await?;
    Ok((StatusCode::CREATED, ApiJson(added)))
}

/// One site.
#[utoipa::path(
    get, path = "/v1/sites/{url}", tag = "Sites",
    params(("url" = String, Path, description = "The site's URL: a host name.")),
    responses((status = 200, body = Site), Reads),
    security(("bearer" = []))
)]
async fn show_site(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(url): ApiPath<String>,
) -> Result<ApiJson<Site>, Refusal> {
    let url = site_in_path(&url)?;
    authorize(&backend, &actor, Action::See, Resource::Site(&url)).await?;
    backend.provider.site(&actor.viewer(), &url).await.map(ApiJson)
}

/// Change a site: what is given changes, the rest stays. For backend administrators.
#[utoipa::path(
    patch, path = "/v1/sites/{url}", tag = "Sites",
    params(("url" = String, Path, description = "The site's URL: a host name.")),
    request_body = EditSite,
    responses((status = 200, body = Site), Writes),
    security(("bearer" = []))
)]
async fn edit_site(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(url): ApiPath<String>,
    ApiJson(edit): ApiJson<EditSite>,
) -> Result<ApiJson<Site>, Refusal> {
    let url = site_in_path(&url)?;
    authorize(&backend, &actor, Action::Provision, Resource::Site(&url)).await?;
    backend.provider.edit_site(&actor.viewer(), &url, &edit).await.map(ApiJson)
}

/// Choose how the site's users prove their addresses. Who is linked stays linked.
#[utoipa::path(
    put, path = "/v1/sites/{url}/method", tag = "Sites",
    params(("url" = String, Path, description = "The site's URL: a host name.")),
    request_body = SetMethod,
    responses((status = 200, body = Site), Writes),
    security(("bearer" = []))
)]
async fn set_method(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(url): ApiPath<String>,
    ApiJson(body): ApiJson<SetMethod>,
) -> Result<ApiJson<Site>, Refusal> {
    let url = site_in_path(&url)?;
    authorize(&backend, &actor, Action::LinkUsers, Resource::Site(&url)).await?;
    backend.provider.set_method(&actor.viewer(), &url, body.method).await.map(ApiJson)
}

/// The domains of the site's users, most users first, with what may be done about each.
#[utoipa::path(
    get, path = "/v1/sites/{url}/domains", tag = "Sites",
    params(("url" = String, Path, description = "The site's URL: a host name.")),
    responses((status = 200, body = Vec<SiteDomain>), Reads),
    security(("bearer" = []))
)]
async fn list_site_domains(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(url): ApiPath<String>,
) -> Result<ApiJson<Vec<SiteDomain>>, Refusal> {
    let url = site_in_path(&url)?;
    authorize(&backend, &actor, Action::SeeUsers, Resource::Site(&url)).await?;
    backend.provider.site_domains(&url).await.map(ApiJson)
}

/// What one signs for domains: the text and its hash. The page shows it, and signing keeps it.
#[utoipa::path(
    get, path = "/v1/sites/{url}/agreements", tag = "Sites",
    params(("url" = String, Path, description = "The site's URL: a host name.")),
    responses((status = 200, body = AgreementText), Reads),
    security(("bearer" = []))
)]
async fn show_agreement(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(url): ApiPath<String>,
) -> Result<ApiJson<AgreementText>, Refusal> {
    let url = site_in_path(&url)?;
    authorize(&backend, &actor, Action::SeeUsers, Resource::Site(&url)).await?;
    backend.provider.agreement_text(&url).await.map(ApiJson)
}

/// Sign for domains until three calendar months later. One agreement per domain, no second.
#[utoipa::path(
    post, path = "/v1/sites/{url}/agreements", tag = "Sites",
    params(("url" = String, Path, description = "The site's URL: a host name.")),
    request_body = Sign,
    responses((status = 200, body = Site), Writes),
    security(("bearer" = []))
)]
async fn sign_agreement(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(url): ApiPath<String>,
    ApiJson(sign): ApiJson<Sign>,
) -> Result<ApiJson<Site>, Refusal> {
    let url = site_in_path(&url)?;
    authorize(&backend, &actor, Action::LinkUsers, Resource::Site(&url)).await?;
    backend.provider.sign(&actor.viewer(), &url, &sign).await.map(ApiJson)
}
