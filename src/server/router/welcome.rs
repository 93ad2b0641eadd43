//! The welcome mail (rule T4): showing, resending and correcting it; looking at its code, accepting
//! and declining (rule P1).
//!
//! Owns who may ask and the password's hash. What a code does is the directory's. The same steps as
//! web pages are in `welcome_pages`.

mod again;

use std::net::IpAddr;

use axum::extract::State;
use axum::response::{IntoResponse, Response};

use super::asked::{Asked, Routes};
use super::extract::ApiJson;
use super::idempotency::Secretive;
use super::{Shared, account};
use crate::api::problem::code;
use crate::api::session::Secret;
use crate::api::welcome::{
    AcceptWelcome, AcceptWelcomeCall, CorrectWelcomeCall, DeclineWelcome, LiftWelcome,
    LookAtWelcomeCall, ResendWelcome, ShowWelcome, Welcome, WelcomeAccepted, WelcomeAsks,
    WelcomeShown,
};
use crate::server::Backend;
use crate::server::auth::attempts::Tried;
use crate::server::auth::credentials::NewSession;
use crate::server::auth::{Actor, credentials, passwords};
use crate::server::directory::{Accepted, OfferAnswer, Proof};
use crate::server::listen::Peer;
use crate::server::refusal::Refusal;
use crate::server::store::rehearsal;

pub fn routes() -> Routes {
    Routes::new()
        .at(show_welcome)
        .at(resend_welcome)
        .at(correct_welcome)
        .at(look_at_welcome)
        .raw::<AcceptWelcomeCall, _>(accept_welcome)
        .at(decline_welcome)
        .at(lift_welcome)
}

/// The organization's newest welcome mail, and what became of it.
async fn show_welcome(
    State(backend): State<Shared>,
    Asked { path: id, .. }: Asked<ShowWelcome>,
) -> Result<Welcome, Refusal> {
    backend.directory.welcome(&id).await
}

/// Send the welcome mail again. The new mail's link takes the place of the old one.
async fn resend_welcome(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: id, .. }: Asked<ResendWelcome>,
) -> Result<Welcome, Refusal> {
    let welcome = backend.directory.resend_welcome(&actor.viewer(), &id).await?;
    Ok(welcome)
}

/// Correct the address, until somebody has accepted: the old link and the old address's right die,
/// and a new mail goes out.
async fn correct_welcome(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: id, body, .. }: Asked<CorrectWelcomeCall>,
) -> Result<Welcome, Refusal> {
    let welcome = backend.directory.correct_welcome(&actor.viewer(), &id, &body.email).await?;
    Ok(welcome)
}

/// Look what is behind a welcome mail's code; changes nothing. Needs no session: the code is the
/// key.
async fn look_at_welcome(
    State(backend): State<Shared>,
    Peer(peer): Peer,
    Asked { body, .. }: Asked<LookAtWelcomeCall>,
) -> Result<WelcomeShown, Refusal> {
    rehearsal::enough()?;
    look(&backend, peer, &body.code).await
}

/// What is behind a code; who guesses is soon refused.
pub(super) async fn look(
    backend: &Backend,
    peer: IpAddr,
    code: &Secret,
) -> Result<WelcomeShown, Refusal> {
    let attempt = backend.attempts.begin(peer, Tried::Secret(code.expose()))?;
    let shown = backend.directory.look_at_welcome(code.expose()).await?;
    backend.attempts.succeeded(&attempt);
    Ok(shown)
}

/// Accept the terms and be signed in: with a new password, or, for who can sign in already, with
/// the session that is sent along. Sent once more by the same person, it is answered as before.
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
async fn decline_welcome(
    State(backend): State<Shared>,
    Peer(peer): Peer,
    Asked { body, .. }: Asked<DeclineWelcome>,
) -> Result<WelcomeShown, Refusal> {
    answer(&backend, peer, &body.code, OfferAnswer::Decline).await
}

/// Lift a decline: the organization may offer again. Needs no session: the code is the key.
async fn lift_welcome(
    State(backend): State<Shared>,
    Peer(peer): Peer,
    Asked { body, .. }: Asked<LiftWelcome>,
) -> Result<WelcomeShown, Refusal> {
    answer(&backend, peer, &body.code, OfferAnswer::Lift).await
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
    let shown = backend.directory.answer_welcome(code.expose(), answer).await?;
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
        backend.directory.accept_welcome(&mut tx, code.expose(), proof, terms_sha256, now).await?;
    let session = if matches!(proof, Proof::SignedIn(_)) {
        None
    } else {
        let now = backend.clock.real_now();
        Some(credentials::open_session(&mut tx, &accepted.email, None, now).await?)
    };
    tx.commit().await?;
    Ok((accepted, session))
}
