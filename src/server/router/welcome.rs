//! The welcome mail (rule T4): showing, resending and correcting it; looking at its code, accepting
//! and declining (rule P1).
//!
//! Owns who may ask and the password's hash. What a code does is the provider's. The same steps as
//! web pages are in `welcome_pages`.

mod again;

use std::net::IpAddr;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{ApiJson, ApiPath};
use super::idempotency::Secretive;
use super::{Reads, Shared, Writes, account};
use crate::api::problem::code;
use crate::api::session::Secret;
use crate::api::welcome::{
    AcceptWelcome, CorrectWelcome, LookAtWelcome, Welcome, WelcomeAccepted, WelcomeAsks,
    WelcomeShown,
};
use crate::domain::role::Action;
use crate::server::Backend;
use crate::server::auth::attempts::Tried;
use crate::server::auth::credentials::NewSession;
use crate::server::auth::{Actor, authorize, credentials, passwords};
use crate::server::listen::Peer;
use crate::server::provider::{Accepted, OfferAnswer, Proof, Resource};
use crate::server::refusal::Refusal;
use crate::server::store::rehearsal;

pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(show_welcome))
        .routes(routes!(resend_welcome))
        .routes(routes!(correct_welcome))
        .routes(routes!(look_at_welcome))
        .routes(routes!(accept_welcome))
        .routes(routes!(decline_welcome))
        .routes(routes!(lift_welcome))
}

async fn allowed(backend: &Shared, actor: &Actor, id: &str) -> Result<(), Refusal> {
    authorize(backend, actor, Action::Welcome, Resource::Organization(id)).await.map(drop)
}

/// The organization's newest welcome mail, and what became of it.
#[utoipa::path(
    get, path = "/v1/organizations/{id}/welcome", tag = "Welcome",
    params(("id" = String, Path, description = "The organization's id.")),
    responses((status = 200, body = Welcome), Reads),
    security(("bearer" = []))
)]
async fn show_welcome(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(id): ApiPath<String>,
) -> Result<ApiJson<Welcome>, Refusal> {
    allowed(&backend, &actor, &id).await?;
    backend.provider.welcome(&id).await.map(ApiJson)
}

/// Send the welcome mail again. The new mail's link takes the place of the old one.
#[utoipa::path(
    post, path = "/v1/organizations/{id}/welcome/resend", tag = "Welcome",
    params(("id" = String, Path, description = "The organization's id.")),
    responses((status = 202, body = Welcome, description = "To be sent."), Writes),
    security(("bearer" = []))
)]
async fn resend_welcome(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(id): ApiPath<String>,
) -> Result<(StatusCode, ApiJson<Welcome>), Refusal> {
    allowed(&backend, &actor, &id).await?;
    let welcome = backend.provider.resend_welcome(&actor.viewer(), &id).await?;
    Ok((StatusCode::ACCEPTED, ApiJson(welcome)))
}

/// Correct the address, until somebody has accepted: the old link and the old address's right die,
/// and a new mail goes out.
#[utoipa::path(
    put, path = "/v1/organizations/{id}/welcome/address", tag = "Welcome",
    params(("id" = String, Path, description = "The organization's id.")),
    request_body = CorrectWelcome,
    responses((status = 202, body = Welcome, description = "To be sent."), Writes),
    security(("bearer" = []))
)]
async fn correct_welcome(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(id): ApiPath<String>,
    ApiJson(body): ApiJson<CorrectWelcome>,
) -> Result<(StatusCode, ApiJson<Welcome>), Refusal> {
    allowed(&backend, &actor, &id).await?;
    let welcome = backend.provider.correct_welcome(&actor.viewer(), &id, &body.email).await?;
    Ok((StatusCode::ACCEPTED, ApiJson(welcome)))
}

/// Look what is behind a welcome mail's code; changes nothing. Needs no session: the code is the
/// key.
#[utoipa::path(
    post, path = "/v1/welcome/look", tag = "Welcome",
    request_body = LookAtWelcome,
    responses((status = 200, body = WelcomeShown), Writes)
)]
async fn look_at_welcome(
    State(backend): State<Shared>,
    Peer(peer): Peer,
    ApiJson(body): ApiJson<LookAtWelcome>,
) -> Result<ApiJson<WelcomeShown>, Refusal> {
    rehearsal::enough()?;
    look(&backend, peer, &body.code).await.map(ApiJson)
}

/// What is behind a code; who guesses is soon refused.
pub(super) async fn look(
    backend: &Backend,
    peer: IpAddr,
    code: &Secret,
) -> Result<WelcomeShown, Refusal> {
    let attempt = backend.attempts.begin(peer, Tried::Secret(code.expose()))?;
    let shown = backend.provider.look_at_welcome(code.expose()).await?;
    backend.attempts.succeeded(&attempt);
    Ok(shown)
}

/// Accept the terms and be signed in: with a new password, or, for who can sign in already, with
/// the session that is sent along. Sent once more by the same person, it is answered as before.
#[utoipa::path(
    post, path = "/v1/welcome/accept", tag = "Welcome",
    request_body = AcceptWelcome,
    responses((status = 200, body = WelcomeAccepted), Writes),
    security((), ("bearer" = []))
)]
async fn accept_welcome(
    State(backend): State<Shared>,
    Peer(peer): Peer,
    actor: Result<Actor, Refusal>,
    ApiJson(body): ApiJson<AcceptWelcome>,
) -> Result<Response, Refusal> {
    rehearsal::enough()?;
    let (accepted, session) = match look(&backend, peer, &body.code).await {
        Ok(shown) => {
            let proof = proof(&backend, &shown, actor.ok(), body.password.as_ref()).await?;
            accept(&backend, &body.code, &proof, &body.terms_sha256).await?
        }
        Err(used) if used.problem.code == code::CODE_USED => {
            again::accepted(&backend, peer, actor.ok(), &body, used).await?
        }
        Err(refusal) => return Err(refusal),
    };
    let session = match session {
        Some(session) => Some(account::granted(&backend, session).await?),
        None => None,
    };
    let answer = WelcomeAccepted {
        organization: accepted.organization,
        organization_name: accepted.organization_name.into(),
        session,
        setup: accepted.setup,
    };
    let mut response = ApiJson(answer).into_response();
    response.extensions_mut().insert(Secretive);
    Ok(response)
}

/// Decline what the code offers: nothing changes for anybody, and the organization cannot offer it
/// again until that is lifted. Needs no session: the code is the key.
#[utoipa::path(
    post, path = "/v1/welcome/decline", tag = "Welcome",
    request_body = LookAtWelcome,
    responses((status = 200, body = WelcomeShown), Writes)
)]
async fn decline_welcome(
    State(backend): State<Shared>,
    Peer(peer): Peer,
    ApiJson(body): ApiJson<LookAtWelcome>,
) -> Result<ApiJson<WelcomeShown>, Refusal> {
    answer(&backend, peer, &body.code, OfferAnswer::Decline).await.map(ApiJson)
}

/// Lift a decline: the organization may offer again. Needs no session: the code is the key.
#[utoipa::path(
    post, path = "/v1/welcome/lift", tag = "Welcome",
    request_body = LookAtWelcome,
    responses((status = 200, body = WelcomeShown), Writes)
)]
async fn lift_welcome(
    State(backend): State<Shared>,
    Peer(peer): Peer,
    ApiJson(body): ApiJson<LookAtWelcome>,
) -> Result<ApiJson<WelcomeShown>, Refusal> {
    answer(&backend, peer, &body.code, OfferAnswer::Lift).await.map(ApiJson)
}

/// Takes an answer that needs no session; who guesses is soon refused.
pub(super) async fn answer(
    backend: &Backend,
    peer: IpAddr,
    code: &Secret,
    answer: OfferAnswer,
) -> Result<WelcomeShown, Refusal> {
    rehearsal::enough()?;
    let attempt = backend.attempts.begin(peer, Tried::Secret(code.expose()))?;
    let shown = backend.provider.answer_welcome(code.expose(), answer).await?;
    backend.attempts.succeeded(&attempt);
    Ok(shown)
}

/// How the person shows that they may: a session of theirs, or a new password where there is none.
async fn proof(
    backend: &Backend,
    shown: &WelcomeShown,
    actor: Option<Actor>,
    password: Option<&Secret>,
) -> Result<Proof, Refusal> {
    match (shown.asks, password) {
        (WelcomeAsks::SignIn, _) => {
            Ok(Proof::SignedIn(actor.map_or_else(String::new, |a| a.email)))
        }
        (WelcomeAsks::Password, Some(password)) => {
            passwords::acceptable(password, shown.email.raw())?;
            Ok(Proof::NewPassword(backend.passwords.hash(password).await?))
        }
        (WelcomeAsks::Password, None) => {
            Err(Refusal::invalid("password", "Choose a password to sign in with."))
        }
    }
}

/// Accepts and opens a session, in one transaction; none for who sends one along.
pub(super) async fn accept(
    backend: &Backend,
    code: &Secret,
    proof: &Proof,
    terms_sha256: &str,
) -> Result<(Accepted, Option<NewSession>), Refusal> {
    let now = backend.clock.now();
    let mut tx = backend.store.begin().await?;
    let accepted =
        backend.provider.accept_welcome(&mut tx, code.expose(), proof, terms_sha256, now).await?;
    let session = match proof {
        Proof::SignedIn(_) => None,
        _ => Some(credentials::open_session(&mut tx, &accepted.email, None).await?),
    };
    tx.commit().await?;
    Ok((accepted, session))
}
