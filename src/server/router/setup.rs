//! Services setup, the subdomain, and the Contact Center card (rules T5 to T7).

use axum::extract::State;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{ApiJson, ApiPath, ApiQuery};
use super::{Reads, Shared, Writes};
use crate::api::contact_center::{ContactCenter, SetUpContactCenter};
use crate::api::run::WatchQuery;
use crate::api::setup::{
    FinishSetup, Setup, SubdomainCheck, SubdomainQuery, SuggestQuery, Suggestions,
};
use crate::domain::role::Action;
use crate::server::auth::{Actor, authorize};
use crate::server::provider::Resource;
use crate::server::refusal::Refusal;

pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(show_setup))
        .routes(routes!(finish_setup))
        .routes(routes!(check_subdomain))
        .routes(routes!(suggest_subdomains))
        .routes(routes!(show_contact_center))
        .routes(routes!(set_up_contact_center))
}

async fn allowed(backend: &Shared, actor: &Actor, id: &str) -> Result<(), Refusal> {
    authorize(backend, actor, Action::SetUpServices, Resource::Organization(id)).await.map(drop)
}

/// The organization's services setup: the plan to review, where it stands, what comes next.
#[utoipa::path(
    get, path = "/v1/organizations/{id}/setup", tag = "Setup",
    params(("id" = String, Path, description = "The organization's id.")),
    responses((status = 200, body = Setup), Reads),
    security(("bearer" = []))
)]
async fn show_setup(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(id): ApiPath<String>,
) -> Result<ApiJson<Setup>, Refusal> {
    allowed(&backend, &actor, &id).await?;
    backend.provider.setup(&actor.viewer(), &id).await.map(ApiJson)
}

/// Finish setup: the subdomain is taken now. Of two who finish at once one gets it, the other
/// `subdomain_taken` with three free names.
#[utoipa::path(
    post, path = "/v1/organizations/{id}/setup/finish", tag = "Setup",
    params(("id" = String, Path, description = "The organization's id.")),
    request_body = FinishSetup,
    responses((status = 200, body = Setup, description = "Finished."), Writes),
    security(("bearer" = []))
)]
async fn finish_setup(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(id): ApiPath<String>,
    ApiJson(body): ApiJson<FinishSetup>,
) -> Result<ApiJson<Setup>, Refusal> {
    allowed(&backend, &actor, &id).await?;
    backend.provider.finish_setup(&actor.viewer(), &id, &body.subdomain).await.map(ApiJson)
}

/// Check Availability: whether the organization could have this subdomain. It promises nothing.
#[utoipa::path(
    get, path = "/v1/organizations/{id}/subdomain", tag = "Setup",
    params(("id" = String, Path, description = "The organization's id."), SubdomainQuery),
    responses((status = 200, body = SubdomainCheck), Reads),
    security(("bearer" = []))
)]
async fn check_subdomain(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(id): ApiPath<String>,
    ApiQuery(query): ApiQuery<SubdomainQuery>,
) -> Result<ApiJson<SubdomainCheck>, Refusal> {
    allowed(&backend, &actor, &id).await?;
    backend.provider.check_subdomain(&id, &query.name).await.map(ApiJson)
}

/// Three subdomains that are free now, made from a name or from the organization's own.
#[utoipa::path(
    get, path = "/v1/organizations/{id}/subdomain/suggestions", tag = "Setup",
    params(("id" = String, Path, description = "The organization's id."), SuggestQuery),
    responses((status = 200, body = Suggestions), Reads),
    security(("bearer" = []))
)]
async fn suggest_subdomains(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(id): ApiPath<String>,
    ApiQuery(query): ApiQuery<SuggestQuery>,
) -> Result<ApiJson<Suggestions>, Refusal> {
    allowed(&backend, &actor, &id).await?;
    backend.provider.suggest_subdomains(&id, query.name.as_deref()).await.map(ApiJson)
}

/// The Contact Center card, at once; or, with `after` and `wait`, when a part changes.
#[utoipa::path(
    get, path = "/v1/organizations/{id}/contact-center", tag = "Setup",
    params(("id" = String, Path, description = "The organization's id."), WatchQuery),
    responses((status = 200, body = ContactCenter), Reads),
    security(("bearer" = []))
)]
async fn show_contact_center(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(id): ApiPath<String>,
    ApiQuery(watch): ApiQuery<WatchQuery>,
) -> Result<ApiJson<ContactCenter>, Refusal> {
    allowed(&backend, &actor, &id).await?;
    let viewer = actor.viewer();
    let at_once = WatchQuery::default();
    let card = tokio::select! {
        card = backend.provider.contact_center(&viewer, &id, &watch) => card,
        () = backend.stop.wait() => backend.provider.contact_center(&viewer, &id, &at_once).await,
    };
    card.map(ApiJson)
}

/// The card's Set Up: begins Contact Center and voice; chat too, for the customer's own full admin.
/// What has failed is tried again.
#[utoipa::path(
    post, path = "/v1/organizations/{id}/contact-center/set-up", tag = "Setup",
    params(("id" = String, Path, description = "The organization's id.")),
    request_body = SetUpContactCenter,
    responses((status = 202, body = ContactCenter, description = "Under way."), Writes),
    security(("bearer" = []))
)]
async fn set_up_contact_center(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(id): ApiPath<String>,
    ApiJson(body): ApiJson<SetUpContactCenter>,
) -> Result<(StatusCode, ApiJson<ContactCenter>), Refusal> {
    allowed(&backend, &actor, &id).await?;
    let card = backend.provider.set_up_contact_center(&actor.viewer(), &id, &body).await?;
    Ok((StatusCode::ACCEPTED, ApiJson(card)))
}
