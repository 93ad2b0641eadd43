//! Account linking (rule U7) and automatic linking (rule L11) of a site.

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{ApiJson, ApiPath, site_in_path};
use super::{Reads, Shared, Writes};
use crate::api::following::{AccountLinkingState, AutoLink, SetAccountLinking, SetAutoLink};
use crate::domain::role::Action;
use crate::server::auth::{Actor, authorize};
use crate::server::engine::newcomers;
use crate::server::provider::Resource;
use crate::server::refusal::Refusal;

pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(show_account_linking, set_account_linking))
        .routes(routes!(plan_newcomers))
        .routes(routes!(show_auto_link, set_auto_link))
}

/// What becomes of users added later, who was added, and the plan that waits for review.
#[utoipa::path(
    get, path = "/v1/sites/{url}/account-linking", tag = "Sites",
    params(("url" = String, Path, description = "The site's URL: a host name.")),
    responses((status = 200, body = AccountLinkingState), Reads),
    security(("bearer" = []))
)]
async fn show_account_linking(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(url): ApiPath<String>,
) -> Result<ApiJson<AccountLinkingState>, Refusal> {
    let url = site_in_path(&url)?;
    authorize(&backend, &actor, Action::SeeUsers, Resource::Site(&url)).await?;
    newcomers::show(&backend, &url).await.map(ApiJson)
}

/// Set what becomes of users added from now on. A plan of at most 25 of them applies itself; a
/// larger one waits for review.
#[utoipa::path(
    put, path = "/v1/sites/{url}/account-linking", tag = "Sites",
    params(("url" = String, Path, description = "The site's URL: a host name.")),
    request_body = SetAccountLinking,
    responses((status = 200, body = AccountLinkingState), Writes),
    security(("bearer" = []))
)]
async fn set_account_linking(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(url): ApiPath<String>,
    ApiJson(body): ApiJson<SetAccountLinking>,
) -> Result<ApiJson<AccountLinkingState>, Refusal> {
    let url = site_in_path(&url)?;
    authorize(&backend, &actor, Action::LinkUsers, Resource::Site(&url)).await?;
    backend.provider.set_account_linking(&actor.viewer(), &url, body.setting).await?;
    newcomers::show(&backend, &url).await.map(ApiJson)
}

/// Make the plan of users added later anew, such as when the last one has expired. It waits for
/// review, whatever its size.
#[utoipa::path(
    post, path = "/v1/sites/{url}/account-linking/plan", tag = "Sites",
    params(("url" = String, Path, description = "The site's URL: a host name.")),
    responses((status = 200, body = AccountLinkingState), Writes),
    security(("bearer" = []))
)]
async fn plan_newcomers(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(url): ApiPath<String>,
) -> Result<ApiJson<AccountLinkingState>, Refusal> {
    let url = site_in_path(&url)?;
    authorize(&backend, &actor, Action::LinkUsers, Resource::Site(&url)).await?;
    newcomers::plan(&backend, &actor.email, &url).await?;
    newcomers::show(&backend, &url).await.map(ApiJson)
}

/// Whether and when the site links by itself, what was announced, and why it waits if it does.
#[utoipa::path(
    get, path = "/v1/sites/{url}/auto-link", tag = "Sites",
    params(("url" = String, Path, description = "The site's URL: a host name.")),
    responses((status = 200, body = AutoLink), Reads),
    security(("bearer" = []))
)]
async fn show_auto_link(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(url): ApiPath<String>,
) -> Result<ApiJson<AutoLink>, Refusal> {
    let url = site_in_path(&url)?;
    authorize(&backend, &actor, Action::See, Resource::Site(&url)).await?;
    backend.provider.auto_link(&url).await.map(ApiJson)
}

/// Set the date on which the site links by itself, or take it away. For backend administrators.
#[utoipa::path(
    put, path = "/v1/sites/{url}/auto-link", tag = "Sites",
    params(("url" = String, Path, description = "The site's URL: a host name.")),
    request_body = SetAutoLink,
    responses((status = 200, body = AutoLink), Writes),
    security(("bearer" = []))
)]
async fn set_auto_link(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(url): ApiPath<String>,
    ApiJson(body): ApiJson<SetAutoLink>,
) -> Result<ApiJson<AutoLink>, Refusal> {
    let url = site_in_path(&url)?;
    authorize(&backend, &actor, Action::Provision, Resource::Site(&url)).await?;
    backend.provider.set_auto_link(&actor.viewer(), &url, body.on).await.map(ApiJson)
}
