//! Who asks, and what they may do (SPEC section 3).
//!
//! Owns the [`Actor`] and the one [`authorize`]. Which roles are held is the directory's to tell,
//! what a role permits is `domain::role`'s; here the two meet, and deny is the default.

pub mod access;
pub mod attempts;
pub mod credentials;
pub mod passwords;
pub mod people;
pub mod rates;
pub mod tokens;
pub mod uses;

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;

use super::Backend;
use super::directory::{Resource, Viewer};
use super::refusal::Refusal;
use super::store::rehearsal;
use crate::api::problem::code;
use crate::domain::role::{Action, Role, permits};

tokio::task_local! {
    /// Whether the request being answered only reads; set by the router.
    pub static READS: bool;
}

/// Somebody who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The canonical address.
    pub email: String,
    /// The name.
    pub name: String,
    /// Whether this is a backend administrator.
    pub backend_admin: bool,
    /// What they showed.
    pub credential: Credential,
    /// The personal token behind that: itself, or the one that opened the session.
    pub token: Option<String>,
}

/// What an actor showed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Credential {
    /// A session, by id.
    Session(String),
    /// A personal token, by id.
    Token(String),
}

impl Actor {
    /// As whom lists are filtered.
    pub fn viewer(&self) -> Viewer {
        Viewer { email: self.email.clone(), backend_admin: self.backend_admin }
    }
}

/// The actor of a request, put there by the router's `authenticate`; 401 when there is none.
impl<S: Sync> FromRequestParts<S> for Actor {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Refusal> {
        parts
            .extensions
            .get::<Arc<Self>>()
            .map(|actor| Self::clone(actor))
            .ok_or_else(not_signed_in)
    }
}

/// 401.
pub fn not_signed_in() -> Refusal {
    Refusal::new(
        StatusCode::UNAUTHORIZED,
        code::NOT_SIGNED_IN,
        "You are not signed in, or your session has ended.",
        "Sign in, and send the session's token as Authorization: Bearer.",
    )
}

/// The one place where it is decided whether an actor may do something.
///
/// Answers the roles that the actor holds towards the resource.
///
/// # Errors
/// 404 when the actor may not even see the resource, or there is none; 403, naming the role that
/// could, when it is seen but the action is not permitted; 409 when it is permitted, but the trial
/// of the organization has expired, or where what is missing is the site's link.
pub async fn authorize(
    backend: &Backend,
    actor: &Actor,
    action: Action,
    resource: Resource<'_>,
) -> Result<Vec<Role>, Refusal> {
    let decided = decide(backend, actor, action, resource).await;
    if decided.is_err() {
        rehearsal::note_refused();
    }
    decided
}

async fn decide(
    backend: &Backend,
    actor: &Actor,
    action: Action,
    resource: Resource<'_>,
) -> Result<Vec<Role>, Refusal> {
    let held = match resource {
        Resource::Backend => Some(Vec::new()),
        _ => backend.directory.roles(&actor.email, resource).await?,
    };
    let mut roles = held.ok_or_else(|| Refusal::not_found(resource.noun()))?;
    if actor.backend_admin {
        roles.push(Role::BackendAdmin);
    }
    if roles.iter().any(|role| permits(*role, action)) {
        return may_change(backend, &roles, action, resource).await.map(|()| roles);
    }
    let seen = resource == Resource::Backend || roles.iter().any(|r| permits(*r, Action::See));
    match resource {
        Resource::Site(url) if seen => Err(of_site(backend, actor, action, url).await?),
        _ if seen => Err(Refusal::not_allowed(action)),
        _ => Err(Refusal::not_found(resource.noun())),
    }
}

/// Why an actor who sees a site may not do this to it. One that is not linked has no full admin, so
/// it does not answer that one could: what is missing is the link, and who can make it is named.
async fn of_site(
    backend: &Backend,
    actor: &Actor,
    action: Action,
    url: &str,
) -> Result<Refusal, Refusal> {
    let site = backend.directory.site(&actor.viewer(), url).await?;
    if site.organization.is_some() || !permits(Role::FullAdmin, action) {
        return Ok(Refusal::not_allowed(action));
    }
    let others = [Role::SiteAdmin, Role::BackendAdmin];
    Ok(match others.into_iter().find(|role| permits(*role, action)) {
        Some(role) => Refusal::only_for(role),
        None => Refusal::not_linked(&site, reads()),
    })
}

/// Whether the request being answered only reads.
fn reads() -> bool {
    READS.try_with(|reads| *reads).unwrap_or(false)
}

/// Rule T1: once its trial has expired, an organization is read-only for its own people and its
/// partner. Who runs the backend still sees to its roles.
async fn may_change(
    backend: &Backend,
    roles: &[Role],
    action: Action,
    resource: Resource<'_>,
) -> Result<(), Refusal> {
    let provisions = roles.contains(&Role::BackendAdmin) && permits(Role::BackendAdmin, action);
    if reads() || !action.ends_with_trial() || provisions {
        return Ok(());
    }
    match backend.directory.read_only_since(resource).await? {
        Some(end) => Err(Refusal::trial_expired(end)),
        None => Ok(()),
    }
}
