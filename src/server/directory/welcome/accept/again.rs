//! A welcome that was accepted, and is accepted once more with the same code or by the same person
//! (SPEC section 8: a code from a mail answers its own repeat).
//!
//! Owns that the repeat tells what the first answer told. Writes nothing: whoever asks has shown who
//! they are by the password there is, or by a session.

use jiff::Timestamp;
use sqlx::Row;

use super::{Open, code_in, read, terms, unknown, used};
use crate::domain::welcome::WelcomeState;
use crate::server::directory::Accepted;
use crate::server::directory::setup;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, hash_secret};

/// What this code was accepted for.
///
/// # Errors
/// 409 as to a used code, where it is not the repeat of that.
pub async fn by_code(conn: &mut Conn, text: &str, sha256: &str) -> Result<Accepted, Refusal> {
    let hash = code_in(text).map(hash_secret).ok_or_else(unknown)?;
    let link = sqlx::query("SELECT organization, email FROM welcome_links WHERE token_hash = $1")
        .bind(hash)
        .fetch_optional(&mut *conn)
        .await?
        .ok_or_else(unknown)?;
    let (id, email): (String, String) = (link.try_get("organization")?, link.try_get("email")?);
    let (_, open) = read(conn, &id, &email, Timestamp::MAX).await?;
    let refusal = used(&open.whom);
    as_accepted(conn, &id, &email, sha256).await?.ok_or(refusal)
}

/// What this person has accepted in an organization, with the terms as they are; none where they
/// have not, or hold nothing there any more.
pub async fn as_accepted(
    conn: &mut Conn,
    id: &str,
    email: &str,
    sha256: &str,
) -> Result<Option<Accepted>, Refusal> {
    let (state, open) = read(conn, id, email, Timestamp::MAX).await?;
    let held = open.held && !open.roles.is_empty();
    if state != Some(WelcomeState::Accepted) || !held || terms().sha256 != sha256 {
        return Ok(None);
    }
    let Open { organization, organization_name, email, .. } = open;
    let setup = setup::state(conn, &organization).await?;
    Ok(Some(Accepted { email, organization, organization_name, setup }))
}
