//! The repeat of an accepted welcome (SPEC section 8): the same code, shown by the same person.
//!
//! Owns who that is: whoever has a session of theirs, or knows the password that was set. The code
//! alone opens nothing a second time.

use std::net::IpAddr;

use crate::api::welcome::AcceptWelcome;
use crate::server::Backend;
use crate::server::auth::Actor;
use crate::server::auth::attempts::Tried;
use crate::server::auth::credentials::{self, NewSession};
use crate::server::directory::Accepted;
use crate::server::refusal::Refusal;

use super::super::account::by_password;

/// Answers as the first time; else with `used`, the refusal to a used code.
pub async fn accepted(
    backend: &Backend,
    peer: IpAddr,
    actor: Option<Actor>,
    body: &AcceptWelcome,
    used: Refusal,
) -> Result<(Accepted, Option<NewSession>), Refusal> {
    let code = body.code.expose();
    let mut conn = backend.store.read().await?;
    let accepted = backend.directory.accepted_welcome(&mut conn, code, &body.terms_sha256).await?;
    drop(conn);
    if actor.is_some_and(|actor| actor.email == accepted.email) {
        return Ok((accepted, None));
    }
    let Some(password) = &body.password else { return Err(used) };
    let attempt = backend.attempts.begin(peer, Tried::Address(&accepted.email))?;
    if by_password(backend, &accepted.email, password).await?.is_none() {
        return Err(used);
    }
    backend.attempts.succeeded(&attempt);
    let mut tx = backend.store.begin().await?;
    let now = backend.clock.real_now();
    let session = credentials::open_session(&mut tx, &accepted.email, None, now).await?;
    tx.commit().await?;
    Ok((accepted, Some(session)))
}
