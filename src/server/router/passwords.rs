//! A new password: in place of the old one, or with a code from a mail (rule P5).
//!
//! Owns what is asked for before a password is set and what ends with it. The mail is the
//! directory's. Whether anybody has an address shows in no answer, nor in the time it takes.

use std::net::IpAddr;

use axum::extract::State;
use serde_json::json;

use super::Shared;
use super::asked::{Asked, Routes};
use super::people::record;
use crate::api::access::{AskResetCall, PasswordReset, SetPassword, UseReset, UseResetCall};
use crate::api::endpoint::Nothing;
use crate::api::session::Secret;
use crate::domain::address::Address;
use crate::server::Backend;
use crate::server::audit::Change;
use crate::server::auth::attempts::{Tried, network};
use crate::server::auth::{Actor, access, credentials, passwords, people};
use crate::server::directory::{ResetFound, used_code};
use crate::server::listen::Peer;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, rehearsal};

pub fn routes() -> Routes {
    Routes::new().at(set_password).at(ask_reset).at(use_reset)
}

/// Set one's own password; the one there is must be given. One's other sessions end.
async fn set_password(
    State(backend): State<Shared>,
    Peer(peer): Peer,
    actor: Actor,
    Asked { body: new, .. }: Asked<SetPassword>,
) -> Result<Nothing, Refusal> {
    passwords::acceptable(&new.password, &actor.email)?;
    rehearsal::enough()?;
    let before = people::password(&mut *backend.store.read().await?, &actor.email).await?.1;
    if let Some(phc) = &before {
        let attempt = backend.attempts.begin(peer, Tried::Address(&actor.email))?;
        let Some(old) = &new.old else {
            backend.attempts.succeeded(&attempt);
            return Err(Refusal::invalid("old", "Give the password there is, too."));
        };
        if !backend.passwords.check(old, Some(phc.clone())).await? {
            return Err(Refusal::invalid("old", "This is not your password."));
        }
        backend.attempts.succeeded(&attempt);
    }
    let phc = backend.passwords.hash(&new.password).await?;
    let mut tx = backend.store.begin().await?;
    if people::password(&mut tx, &actor.email).await?.1 != before {
        return Err(Refusal::invalid("old", "The password was changed at this very moment."));
    }
    keep(&mut tx, &actor.email, &phc).await?;
    credentials::end_sessions(&mut tx, &actor.email, Some(&actor.credential)).await?;
    let detail = json!({});
    record(&backend, &mut tx, &actor, "person.password_set", &actor.email, detail).await?;
    tx.commit().await?;
    Ok(Nothing)
}

/// Keeps a new password; codes for another one end.
async fn keep(conn: &mut Conn, email: &str, phc: &str) -> Result<(), sqlx::Error> {
    people::set_password(conn, email, phc).await?;
    access::end_codes(conn, email).await
}

/// Ask for a mail with a code that sets a new password. The answer is the same whether or not
/// anybody has the address. The code works once, for 30 minutes.
async fn ask_reset(
    State(backend): State<Shared>,
    Peer(peer): Peer,
    Asked { body, .. }: Asked<AskResetCall>,
) -> Result<Nothing, Refusal> {
    let email = Address::parse(&body.email)
        .map_err(|e| Refusal::invalid("email", format!("This address cannot be used: {e}.")))?;
    rehearsal::enough()?;
    backend.directory.ask_reset(email.as_str(), &network(peer).to_string()).await?;
    Ok(Nothing)
}

/// Set a new password with the code of the mail. All sessions of the person end.
async fn use_reset(
    State(backend): State<Shared>,
    Peer(peer): Peer,
    Asked { body, .. }: Asked<UseResetCall>,
) -> Result<PasswordReset, Refusal> {
    let email = use_code(&backend, peer, &body).await?;
    Ok(PasswordReset { email: email.into() })
}

/// Sets the password; answers whose. Who guesses codes is soon refused.
pub(super) async fn use_code(
    backend: &Backend,
    peer: IpAddr,
    body: &UseReset,
) -> Result<String, Refusal> {
    passwords::acceptable(&body.password, "")?;
    rehearsal::enough()?;
    let attempt = backend.attempts.begin(peer, Tried::Secret(body.code.expose()))?;
    let email = match backend.directory.look_at_reset(body.code.expose()).await? {
        ResetFound::Open => reset(backend, body).await?,
        ResetFound::Used(email) => repeated(backend, email, &body.password).await?,
    };
    backend.attempts.succeeded(&attempt);
    Ok(email)
}

async fn reset(backend: &Backend, body: &UseReset) -> Result<String, Refusal> {
    let phc = backend.passwords.hash(&body.password).await?;
    let mut tx = backend.store.begin().await?;
    let email = backend.directory.use_reset(&mut tx, body.code.expose()).await?;
    // The code is used up only with a password that will do.
    passwords::acceptable(&body.password, &email)?;
    access::must_be_enabled(&mut tx, &email).await?;
    keep(&mut tx, &email, &phc).await?;
    let ended = credentials::end_sessions(&mut tx, &email, None).await?;
    Change::by(backend.clock.now(), &email, "person.password_reset")
        .about(&email)
        .detail(json!({ "sessions_ended": ended }))
        .record(&mut tx)
        .await?;
    tx.commit().await?;
    Ok(email)
}

/// A code answers its own repeat: who gives the password that it has set did set it.
async fn repeated(backend: &Backend, email: String, password: &Secret) -> Result<String, Refusal> {
    let phc = people::password(&mut *backend.store.read().await?, &email).await?.1;
    if backend.passwords.check(password, phc).await? {
        return Ok(email);
    }
    Err(used_code())
}
