//! Offers of roles (rule P1): the signed-in person's own, and taking one back.
//!
//! Owns who may ask. What an answer changes is the provider's; the offer's mail and code are
//! `welcome`'s routes.

use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{ApiJson, ApiPath};
use super::{Reads, Shared, Writes};
use crate::api::offer::{AcceptOffer, Offer};
use crate::api::organization::Organization;
use crate::api::welcome::{WelcomeAccepted, WelcomeShown};
use crate::domain::address::Address;
use crate::domain::role::{Action, permits};
use crate::server::auth::{Actor, authorize};
use crate::server::provider::{OfferAnswer, Resource};
use crate::server::refusal::Refusal;

pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(show_offer))
        .routes(routes!(accept_offer))
        .routes(routes!(decline_offer))
        .routes(routes!(lift_offer))
        .routes(routes!(withdraw_offer))
}

/// What one is offered in an organization, with the terms. `GET /v1/me` lists one's offers.
#[utoipa::path(
    get, path = "/v1/offers/{organization}", tag = "Offers",
    params(("organization" = String, Path, description = "The organization's id.")),
    responses((status = 200, body = WelcomeShown), Reads),
    security(("bearer" = []))
)]
async fn show_offer(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(organization): ApiPath<String>,
) -> Result<ApiJson<WelcomeShown>, Refusal> {
    backend.provider.offer(&actor.email, &organization).await.map(ApiJson)
}

/// Accept an offer to oneself: the roles are held, and one is a user of the organization.
#[utoipa::path(
    post, path = "/v1/offers/{organization}/accept", tag = "Offers",
    params(("organization" = String, Path, description = "The organization's id.")),
    request_body = AcceptOffer,
    responses((status = 200, body = WelcomeAccepted), Writes),
    security(("bearer" = []))
)]
async fn accept_offer(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(organization): ApiPath<String>,
    ApiJson(body): ApiJson<AcceptOffer>,
) -> Result<ApiJson<WelcomeAccepted>, Refusal> {
    let now = backend.clock.now();
    let mut tx = backend.store.begin().await?;
    let (provider, sha256) = (&backend.provider, &body.terms_sha256);
    let accepted = provider.accept_offer(&mut tx, &actor.email, &organization, sha256, now).await?;
    tx.commit().await?;
    Ok(ApiJson(WelcomeAccepted {
        organization: accepted.organization,
        organization_name: accepted.organization_name.into(),
        session: None,
        setup: accepted.setup,
    }))
}

/// Decline an offer to oneself. It stands until one lifts it: the organization cannot offer again.
#[utoipa::path(
    post, path = "/v1/offers/{organization}/decline", tag = "Offers",
    params(("organization" = String, Path, description = "The organization's id.")),
    responses((status = 200, body = Offer), Writes),
    security(("bearer" = []))
)]
async fn decline_offer(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(organization): ApiPath<String>,
) -> Result<ApiJson<Offer>, Refusal> {
    let answer = OfferAnswer::Decline;
    backend.provider.answer_offer(&actor.email, &organization, answer).await.map(ApiJson)
}

/// Lift one's own decline: the organization may offer again.
#[utoipa::path(
    post, path = "/v1/offers/{organization}/lift", tag = "Offers",
    params(("organization" = String, Path, description = "The organization's id.")),
    responses((status = 200, body = Offer), Writes),
    security(("bearer" = []))
)]
async fn lift_offer(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(organization): ApiPath<String>,
) -> Result<ApiJson<Offer>, Refusal> {
    let answer = OfferAnswer::Lift;
    backend.provider.answer_offer(&actor.email, &organization, answer).await.map(ApiJson)
}

/// Withdraw an offer: by whoever made it, or may grant roles. Its link and code die.
#[utoipa::path(
    delete, path = "/v1/organizations/{id}/offers/{email}", tag = "Offers",
    params(
        ("id" = String, Path, description = "The organization's id."),
        ("email" = String, Path, description = "To whom it was made."),
    ),
    responses((status = 200, body = Organization), Writes),
    security(("bearer" = []))
)]
async fn withdraw_offer(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath((id, email)): ApiPath<(String, String)>,
) -> Result<ApiJson<Organization>, Refusal> {
    // Site admins see an organization's name, and nothing of who is offered what in it.
    let roles =
        authorize(&backend, &actor, Action::SeeDetails, Resource::Organization(&id)).await?;
    let may_grant = roles.iter().any(|role| permits(*role, Action::GrantRoles));
    let email = Address::parse(&email).map_or(email, String::from);
    backend.provider.withdraw_offer(&actor.viewer(), &id, &email, may_grant).await.map(ApiJson)
}
