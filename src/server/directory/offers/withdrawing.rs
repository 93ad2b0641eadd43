//! Taking an offer back (rule P1): by whoever made it, or may grant.
//!
//! Owns that the link dies with it. What the addressee declined stands, and is nobody's to take
//! back.

use jiff::Timestamp;

use super::super::{Directory, organizations};
use super::answers::end;
use super::making::sending;
use super::{Standing, declined, offered, record};
use crate::api::organization::Organization;
use crate::domain::role::{Action, Role};
use crate::domain::welcome::WelcomeState;
use crate::server::directory::Viewer;
use crate::server::refusal::Refusal;
use crate::server::store::Conn;

/// Takes it back: all of it for who may grant, else the roles that the viewer has offered.
pub async fn withdraw(
    directory: &Directory,
    viewer: &Viewer,
    id: &str,
    email: &str,
    may_grant: bool,
) -> Result<Organization, Refusal> {
    let now = directory.clock.now();
    let mut tx = directory.store.begin().await?;
    if !may_grant && !has_offered(&mut tx, id, email, &viewer.email).await? {
        return Err(Refusal::not_allowed(Action::GrantRoles));
    }
    let standing = Standing::find(&mut tx, id, email).await?;
    let offers = offered(&mut tx, id, email).await?;
    match standing.map(|standing| standing.state) {
        Some(WelcomeState::Declined) => return Err(declined(email).whole()),
        // What may just have arrived is known in a moment; a new offer must not mail it twice.
        Some(WelcomeState::Sending) => return Err(sending()),
        Some(state) if !state.is_over() && !offers.is_empty() => {}
        _ => return Err(Refusal::not_found("offer to that person")),
    }
    let mut taken = Vec::new();
    for role in offers {
        if take_back(&mut tx, id, email, role, (!may_grant).then_some(&viewer.email)).await? {
            taken.push(role);
        }
    }
    over_if_nothing_is_left(&mut tx, id, email, now).await?;
    record(&mut tx, now, &viewer.email, "offer.withdrawn", id, email, &taken).await?;
    let shown = organizations::show(&mut tx, viewer, id, now).await?;
    tx.commit().await?;
    directory.automatic_changed.notify_one();
    Ok(shown)
}

/// Whether this person has made any of the offer.
async fn has_offered(conn: &mut Conn, id: &str, email: &str, by: &str) -> Result<bool, Refusal> {
    let found = sqlx::query(
        "SELECT 1 FROM offer_roles WHERE organization = $1 AND email = $2 AND offered_by = $3",
    )
    .bind(id)
    .bind(email)
    .bind(by)
    .fetch_optional(conn)
    .await?;
    Ok(found.is_some())
}

/// Takes one offered role back; only where this person offered it, if one is named.
pub async fn take_back(
    conn: &mut Conn,
    id: &str,
    email: &str,
    role: Role,
    by: Option<&String>,
) -> Result<bool, Refusal> {
    let taken = sqlx::query(
        "DELETE FROM offer_roles WHERE organization = $1 AND email = $2 AND role = $3
            AND ($4 IS NULL OR offered_by = $4)",
    )
    .bind(id)
    .bind(email)
    .bind(role.code())
    .bind(by)
    .execute(conn)
    .await?;
    Ok(taken.rows_affected() > 0)
}

/// A welcome that offers nothing, about an organization in which its addressee holds nothing, is
/// over: its link dies. What was accepted or declined stays what it is.
pub async fn over_if_nothing_is_left(
    conn: &mut Conn,
    id: &str,
    email: &str,
    now: Timestamp,
) -> Result<(), Refusal> {
    let Some(standing) = Standing::find(conn, id, email).await? else { return Ok(()) };
    let left = sqlx::query(
        "SELECT 1 FROM offer_roles WHERE organization = $1 AND email = $2
          UNION ALL
         SELECT 1 FROM organization_roles WHERE organization = $1 AND email = $2 LIMIT 1",
    )
    .bind(id)
    .bind(email)
    .fetch_optional(&mut *conn)
    .await?;
    if left.is_some() || standing.state.is_over() {
        return Ok(());
    }
    end(conn, id, email, WelcomeState::Withdrawn, now).await?;
    sqlx::query("UPDATE welcome_links SET dead = 1 WHERE organization = $1 AND email = $2")
        .bind(id)
        .bind(email)
        .execute(conn)
        .await?;
    Ok(())
}
