//! Single users of a site: showing, adding, changing (rules U7, L12).

use axum::extract::State;

use super::asked::{Asked, Routes};
use super::{Shared, users};
use crate::api::user::{AddUser, EditUserCall, ShowUser, UserDetail};
use crate::server::auth::Actor;
use crate::server::engine::newcomers;
use crate::server::refusal::Refusal;

pub fn routes() -> Routes {
    Routes::new().at(add_user).at(show_user).at(edit_user)
}

/// One user, with the person as the organization has them and the preferred site.
async fn show_user(
    State(backend): State<Shared>,
    Asked { path: (url, user_id), .. }: Asked<ShowUser>,
) -> Result<UserDetail, Refusal> {
    let number = backend.directory.user_number(&url, &user_id).await?;
    shown(&backend, &url, number).await
}

/// Add a user to the site. Where account linking is on, the user is planned for at once.
async fn add_user(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: url, body: new, .. }: Asked<AddUser>,
) -> Result<UserDetail, Refusal> {
    let number = backend.directory.add_user(&actor.viewer(), &url, &new).await?;
    let plan = newcomers::after_change(&backend, &url).await;
    let detail = shown(&backend, &url, number).await?;
    Ok(UserDetail { plan, ..detail })
}

/// Change a user: what is given changes, the rest stays. The organization has it at once.
async fn edit_user(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: (url, user_id), body: edit, .. }: Asked<EditUserCall>,
) -> Result<UserDetail, Refusal> {
    let number = backend.directory.edit_user(&actor.viewer(), &url, &user_id, &edit).await?;
    shown(&backend, &url, number).await
}

async fn shown(backend: &Shared, url: &str, number: u32) -> Result<UserDetail, Refusal> {
    let site = backend.directory.site_facts(url).await?;
    let user = users::some(backend, &site, &[number]).await?.pop();
    let user = user.ok_or_else(|| Refusal::not_found("user"))?;
    let person = backend.directory.person_of(url, number).await?;
    Ok(UserDetail { user, person, plan: None })
}
