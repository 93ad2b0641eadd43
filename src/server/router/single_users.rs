//! Single users of a site: showing, adding, changing (rules U7, L12).

use axum::extract::State;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{ApiJson, ApiPath, site_in_path};
use super::{Reads, Shared, Writes, users};
use crate::api::user::{EditUser, NewUser, UserDetail};
use crate::domain::role::Action;
use crate::server::auth::{Actor, authorize};
use crate::server::engine::newcomers;
use crate::server::provider::Resource;
use crate::server::refusal::Refusal;

pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(add_user)).routes(routes!(show_user, edit_user))
}

/// One user, with the person as the organization has them and the preferred site.
#[utoipa::path(
    get, path = "/v1/sites/{url}/users/{user_id}", tag = "Users",
    params(
        ("url" = String, Path, description = "The site's URL: a host name."),
        ("user_id" = String, Path, description = "The UserID."),
    ),
    responses((status = 200, body = UserDetail), Reads),
    security(("bearer" = []))
)]
async fn show_user(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath((url, user_id)): ApiPath<(String, String)>,
) -> Result<ApiJson<UserDetail>, Refusal> {
    let url = site_in_path(&url)?;
    authorize(&backend, &actor, Action::SeeUsers, Resource::Site(&url)).await?;
    let number = backend.provider.user_number(&url, &user_id).await?;
    shown(&backend, &url, number).await.map(ApiJson)
}

/// Add a user to the site. Where account linking is on, the user is planned for at once.
#[utoipa::path(
    post, path = "/v1/sites/{url}/users", tag = "Users",
    params(("url" = String, Path, description = "The site's URL: a host name.")),
    request_body = NewUser,
    responses((status = 201, body = UserDetail, description = "Added."), Writes),
    security(("bearer" = []))
)]
async fn add_user(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(url): ApiPath<String>,
    ApiJson(new): ApiJson<NewUser>,
) -> Result<(StatusCode, ApiJson<UserDetail>), Refusal> {
    let url = site_in_path(&url)?;
    authorize(&backend, &actor, Action::Import, Resource::Site(&url)).await?;
    let number = backend.provider.add_user(&actor.viewer(), &url, &new).await?;
    let plan = newcomers::after_change(&backend, &url).await;
    let detail = shown(&backend, &url, number).await?;
    Ok((StatusCode::CREATED, ApiJson(UserDetail { plan, ..detail })))
}

/// Change a user: what is given changes, the rest stays. The organization has it at once.
#[utoipa::path(
    patch, path = "/v1/sites/{url}/users/{user_id}", tag = "Users",
    params(
        ("url" = String, Path, description = "The site's URL: a host name."),
        ("user_id" = String, Path, description = "The UserID."),
    ),
    request_body = EditUser,
    responses((status = 200, body = UserDetail), Writes),
    security(("bearer" = []))
)]
async fn edit_user(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath((url, user_id)): ApiPath<(String, String)>,
    ApiJson(edit): ApiJson<EditUser>,
) -> Result<ApiJson<UserDetail>, Refusal> {
    let url = site_in_path(&url)?;
    authorize(&backend, &actor, Action::Import, Resource::Site(&url)).await?;
    let number = backend.provider.edit_user(&actor.viewer(), &url, &user_id, &edit).await?;
    shown(&backend, &url, number).await.map(ApiJson)
}

async fn shown(backend: &Shared, url: &str, number: u32) -> Result<UserDetail, Refusal> {
    let site = backend.provider.site_facts(url).await?;
    let user = users::some(backend, &site, &[number]).await?.pop();
    let user = user.ok_or_else(|| Refusal::not_found("user"))?;
    let person = backend.provider.person_of(url, number).await?;
    Ok(UserDetail { user, person, plan: None })
}
