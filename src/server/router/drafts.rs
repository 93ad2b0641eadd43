//! Drafts: a wizard's answers about its subject.

use axum::extract::State;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{ApiJson, ApiPath, site_in_path};
use super::orders::may_map;
use super::{Reads, Shared, Writes};
use crate::api::draft::{Draft, SaveDraft};
use crate::domain::draft::{SubjectKind, Wizard};
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

/// The draft of a wizard about its subject.
#[utoipa::path(
    get, path = "/v1/drafts/{wizard}/{subject}", tag = "Drafts",
    params(
        ("wizard" = String, Path, description = "The wizard"),
        ("subject" = String, Path, description = "What it is about: a site's URL, an organization's id, an order's number"),
    ),
    responses((status = 200, body = Draft), Reads),
    security(("bearer" = []))
)]
async fn show_draft(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath((wizard, subject)): ApiPath<(String, String)>,
) -> Result<ApiJson<Draft>, Refusal> {
    let subject = Subject::of(&backend, &actor, &wizard, &subject).await?;
    drafts::show(&backend, subject.place()).await.map(ApiJson)
}

/// Save the answers; the first to save holds the draft.
#[utoipa::path(
    put, path = "/v1/drafts/{wizard}/{subject}", tag = "Drafts",
    params(
        ("wizard" = String, Path, description = "The wizard"),
        ("subject" = String, Path, description = "What it is about: a site's URL, an organization's id, an order's number"),
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
    let subject = Subject::of(&backend, &actor, &wizard, &subject).await?;
    drafts::save(&backend, &actor.email, subject.place(), &body).await.map(ApiJson)
}

/// Remove a draft that one holds.
#[utoipa::path(
    delete, path = "/v1/drafts/{wizard}/{subject}", tag = "Drafts",
    params(
        ("wizard" = String, Path, description = "The wizard"),
        ("subject" = String, Path, description = "What it is about: a site's URL, an organization's id, an order's number"),
    ),
    responses((status = 204, description = "Removed."), Writes),
    security(("bearer" = []))
)]
async fn remove_draft(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath((wizard, subject)): ApiPath<(String, String)>,
) -> Result<StatusCode, Refusal> {
    let subject = Subject::of(&backend, &actor, &wizard, &subject).await?;
    drafts::remove(&backend, &actor.email, subject.place()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take a draft over from whoever holds it; recorded.
#[utoipa::path(
    post, path = "/v1/drafts/{wizard}/{subject}/take", tag = "Drafts",
    params(
        ("wizard" = String, Path, description = "The wizard"),
        ("subject" = String, Path, description = "What it is about: a site's URL, an organization's id, an order's number"),
    ),
    responses((status = 200, body = Draft), Writes),
    security(("bearer" = []))
)]
async fn take_draft(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath((wizard, subject)): ApiPath<(String, String)>,
) -> Result<ApiJson<Draft>, Refusal> {
    let subject = Subject::of(&backend, &actor, &wizard, &subject).await?;
    drafts::take(&backend, &actor.email, subject.place()).await.map(ApiJson)
}

/// What a draft is about: a thing that the actor may see.
struct Subject {
    wizard: Wizard,
    name: String,
    organization: Option<String>,
}

impl Subject {
    async fn of(
        backend: &Backend,
        actor: &Actor,
        wizard: &str,
        subject: &str,
    ) -> Result<Self, Refusal> {
        let wizard =
            Wizard::from_code(wizard).ok_or_else(|| Refusal::not_found("wizard").at("wizard"))?;
        let (name, organization) = match wizard.subject() {
            SubjectKind::Site => {
                let url = site_in_path(subject)?;
                authorize(backend, actor, Action::See, Resource::Site(&url)).await?;
                let organization = backend.provider.site_facts(&url).await?.organization;
                (url, organization)
            }
            SubjectKind::Organization => {
                authorize(backend, actor, Action::See, Resource::Organization(subject)).await?;
                (subject.to_owned(), Some(subject.to_owned()))
            }
            SubjectKind::Order => {
                let order = may_map(backend, actor, subject).await?;
                (order.number, Some(order.partner))
            }
        };
        Ok(Self { wizard, name, organization })
    }

    fn place(&self) -> Place<'_> {
        let organization = self.organization.as_deref();
        Place { wizard: self.wizard.code(), subject: &self.name, organization }
    }
}
