//! Offers of roles (rule P1): the signed-in person's own, and taking one back.
//!
//! Owns who may ask. What an answer changes is the directory's; the offer's mail and code are
//! `welcome`'s routes.

use axum::extract::State;

use super::Shared;
use super::asked::{Asked, Routes};
use crate::api::offer::{
    AcceptOfferCall, DeclineOffer, LiftOffer, Offer, ShowOffer, WithdrawOffer,
};
use crate::api::organization::Organization;
use crate::api::welcome::{WelcomeAccepted, WelcomeShown};
use crate::domain::address::Address;
use crate::domain::role::{Action, permits};
use crate::server::auth::Actor;
use crate::server::directory::OfferAnswer;
use crate::server::refusal::Refusal;

pub fn routes() -> Routes {
    Routes::new()
        .at(show_offer)
        .at(accept_offer)
        .at(decline_offer)
        .at(lift_offer)
        .at(withdraw_offer)
}

/// What one is offered in an organization, with the terms. `GET /v1/me` lists one's offers.
async fn show_offer(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: organization, .. }: Asked<ShowOffer>,
) -> Result<WelcomeShown, Refusal> {
    backend.directory.offer(&actor.email, &organization).await
}

/// Accept an offer to oneself: the roles are held, and one is a user of the organization.
async fn accept_offer(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: organization, body, .. }: Asked<AcceptOfferCall>,
) -> Result<WelcomeAccepted, Refusal> {
    let now = backend.clock.now();
    let mut tx = backend.store.begin().await?;
    let (directory, sha256) = (&backend.directory, &body.terms_sha256);
    let accepted =
        directory.accept_offer(&mut tx, &actor.email, &organization, sha256, now).await?;
    tx.commit().await?;
    Ok(WelcomeAccepted {
        organization: accepted.organization,
        organization_name: accepted.organization_name.into(),
        session: None,
        setup: accepted.setup,
    })
}

/// Decline an offer to oneself. It stands until one lifts it: the organization cannot offer again.
async fn decline_offer(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: organization, .. }: Asked<DeclineOffer>,
) -> Result<Offer, Refusal> {
    let answer = OfferAnswer::Decline;
    backend.directory.answer_offer(&actor.email, &organization, answer).await
}

/// Lift one's own decline: the organization may offer again.
async fn lift_offer(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: organization, .. }: Asked<LiftOffer>,
) -> Result<Offer, Refusal> {
    let answer = OfferAnswer::Lift;
    backend.directory.answer_offer(&actor.email, &organization, answer).await
}

/// Withdraw an offer: by whoever made it, or may grant roles. Its link and code die.
async fn withdraw_offer(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: (id, email), roles, .. }: Asked<WithdrawOffer>,
) -> Result<Organization, Refusal> {
    // Site admins see an organization's name, and nothing of who is offered what in it.
    let may_grant = roles.iter().any(|role| permits(*role, Action::GrantRoles));
    let email = Address::parse(&email).map_or(email, String::from);
    backend.directory.withdraw_offer(&actor.viewer(), &id, &email, may_grant).await
}
