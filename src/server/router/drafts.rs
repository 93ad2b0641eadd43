//! Drafts: a wizard's answers about a site.

use axum::extract::State;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{ApiJson, ApiPath, site_in_path};
use super::{Reads, Shared, Writes};
use crate::api::draft::{Draft, SaveDraft};
use crate::domain::role::Action;
use crate::server::Backend;
use crate::server::auth::{Actor, authorize};
use crate::server::engine::drafts::{self, Place};
use crate::server::provider::Resource;
use crate::server::refusal::Refusal;

pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(show_draft, save_draft, remove_draft))
        .routes(routes!(take_draft))
}

/// The draft of a wizard about a site.
#[utoipa::path(
    get, path = "/v1/drafts/{wizard}/{subject}", tag = "Drafts",
    params(
        ("wizard" = String, Path, description = "The wizard"),
        ("subject" = String, Path, description = "The site's URL"),
    ),
    responses((status = 200, body = Draft), Reads),
    security(("bearer" = []))
)]
async fn show_draft(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath((wizard, subject)): ApiPath<(String, String)>,
) -> Result<ApiJson<Draft>, Refusal> {
    let subject = Subject::of(&backend, &actor, &subject).await?;
    drafts::show(&backend, subject.place(&wizard)).await.map(ApiJson)
}

/// Save the answers; the first to save holds the draft.
#[utoipa::path(
    put, path = "/v1/drafts/{wizard}/{subject}", tag = "Drafts",
    params(
        ("wizard" = String, Path, description = "The wizard"),
        ("subject" = String, Path, description = "The site's URL"),
    ),
    request_body = SaveDraft,
    responses((status = 200, body = Draft), Writes),
    security(("bearer" = []))
)]
async fn save_draft(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath((wizard, subject)): ApiPath<(String, String)>,
    ApiJson(body): ApiJson<SaveDraft>,
) -> Result<ApiJson<Draft>, Refusal> {
    let subject = Subject::of(&backend, &actor, &subject).await?;
    drafts::save(&backend, &actor.email, subject.place(&wizard), &body).await.map(ApiJson)
}

/// Remove a draft that one holds.
#[utoipa::path(
    delete, path = "/v1/drafts/{wizard}/{subject}", tag = "Drafts",
    params(
        ("wizard" = String, Path, description = "The wizard"),
        ("subject" = String, Path, description = "The site's URL"),
    ),
    responses((status = 204, description = "Removed."), Writes),
    security(("bearer" = []))
)]
async fn remove_draft(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath((wizard, subject)): ApiPath<(String, String)>,
) -> Result<StatusCode, Refusal> {
    let subject = Subject::of(&backend, &actor, &subject).await?;
    drafts::remove(&backend, &actor.email, subject.place(&wizard)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take a draft over from whoever holds it; recorded.
#[utoipa::path(
    post, path = "/v1/drafts/{wizard}/{subject}/take", tag = "Drafts",
    params(
        ("wizard" = String, Path, description = "The wizard"),
        ("subject" = String, Path, description = "The site's URL"),
    ),
    responses((status = 200, body = Draft), Writes),
    security(("bearer" = []))
)]
async fn take_draft(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath((wizard, subject)): ApiPath<(String, String)>,
) -> Result<ApiJson<Draft>, Refusal> {
    let subject = Subject::of(&backend, &actor, &subject).await?;
    drafts::take(&backend, &actor.email, subject.place(&wizard)).await.map(ApiJson)
}

/// What a draft is about: a site that the actor may see.
struct Subject {
    url: String,
    organization: Option<String>,
}

impl Subject {
    async fn of(backend: &Backend, actor: &Actor, subject: &str) -> Result<Self, Refusal> {
        let url = site_in_path(subject)?;
        authorize(backend, actor, Action::See, Resource::Site(&url)).await?;
        let organization = backend.provider.site_facts(&url).await?.organization;
        Ok(Self { url, organization })
    }

    fn place<'a>(&'a self, wizard: &'a str) -> Place<'a> {
        Place { wizard, subject: &self.url, organization: self.organization.as_deref() }
    }
}
