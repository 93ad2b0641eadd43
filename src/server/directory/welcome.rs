//! The welcome mail (rule T4): begun by a trial, an order or a granted role, sent once, resent only
//! by a person.
//!
//! Owns a trial's or an order's welcome as administrators see and change it. What is offered by one
//! is `offers`'; sending is `sending`'s, what the mail says `letter`'s, the link `accept`'s.

pub mod accept;
mod letter;
pub mod sending;
#[cfg(test)]
mod tests;
mod timers;

use jiff::Timestamp;
use serde_json::json;
use sqlx::Row;
use strum::{VariantArray, VariantNames};

use super::offers::{self, NewOffer, withdrawing};
use super::{Directory, administrators, fields, identities};
use crate::api::problem::code;
use crate::api::welcome::Welcome;
use crate::domain::code::coded;
use crate::domain::role::Role;
use crate::domain::untrusted::Untrusted;
use crate::domain::welcome::WelcomeState;
use crate::server::audit::Change;
use crate::server::directory::Viewer;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, SqlRow, from_millis};
pub use sending::Welcomes;
pub use timers::timers;

/// What a welcome comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Origin {
    /// A trial or an order made the organization: until somebody accepts, the address may be
    /// corrected.
    Created,
    /// An order was mapped to an organization that was there before.
    Existing,
    /// A role was granted there.
    Granted,
    /// A site linked by itself to an organization made for it (rule L11).
    Automatic,
}

coded!(Origin);

/// An organization's newest welcome by a trial or an order, if it has one. One that was taken back
/// comes last.
pub async fn newest(conn: &mut Conn, id: &str, now: Timestamp) -> Result<Option<Welcome>, Refusal> {
    let row = sqlx::query(
        "SELECT organization, email, origin, state, detail, attempt, sent_at, expires_at,
                accepted_at
           FROM welcomes WHERE organization = $1 AND origin IN ('created', 'existing')
          ORDER BY state = 'withdrawn', begun_at DESC, email LIMIT 1",
    )
    .bind(id)
    .fetch_optional(conn)
    .await?;
    row.map(|row| read(&row, now)).transpose()
}

/// The same; 404 where there is none.
pub async fn show(conn: &mut Conn, id: &str, now: Timestamp) -> Result<Welcome, Refusal> {
    newest(conn, id, now).await?.ok_or_else(|| Refusal::not_found("welcome mail"))
}

fn read(row: &SqlRow, now: Timestamp) -> Result<Welcome, Refusal> {
    let time = |column: &str| row.try_get::<Option<i64>, _>(column).map(|ms| ms.map(from_millis));
    let state = WelcomeState::from_code(row.try_get("state")?)
        .ok_or_else(|| Refusal::internal(&"a welcome's state is unknown"))?;
    let accepted = state == WelcomeState::Accepted;
    let expires_at = time("expires_at")?;
    let detail: String = row.try_get("detail")?;
    Ok(Welcome {
        organization: row.try_get("organization")?,
        email: Untrusted::new(row.try_get::<&str, _>("email")?),
        state,
        detail: (!detail.is_empty()).then(|| detail.into()),
        mails: row.try_get::<i64, _>("attempt")? as u64,
        sent_at: time("sent_at")?,
        expires_at,
        expired: !state.is_over() && expires_at.is_some_and(|at| now >= at),
        accepted_at: time("accepted_at")?,
        may_correct: !accepted && row.try_get::<&str, _>("origin")? == Origin::Created.code(),
    })
}

/// Sends the newest welcome again: a person's own act, at most weekly where one was delivered.
pub async fn resend(directory: &Directory, viewer: &Viewer, id: &str) -> Result<Welcome, Refusal> {
    let now = directory.clock.now();
    let mut tx = directory.store.begin().await?;
    let welcome = open(&mut tx, id, now).await?;
    let email = welcome.email.raw();
    offers::making::send_again(&mut tx, id, email, now).await?;
    let detail = json!({ "before": welcome.state });
    record(&mut tx, now, &viewer.email, "welcome.resent", id, email, detail).await?;
    let shown = show(&mut tx, id, now).await?;
    tx.commit().await?;
    directory.welcome_begun();
    Ok(shown)
}

/// Sends the newest welcome to another address instead: a new offer. The old link, and the old
/// address's right or offer, die in the same transaction.
pub async fn correct(
    directory: &Directory,
    viewer: &Viewer,
    id: &str,
    text: &str,
) -> Result<Welcome, Refusal> {
    let email = fields::address("email", text)?;
    let now = directory.clock.now();
    let mut tx = directory.store.begin().await?;
    let welcome = open(&mut tx, id, now).await?;
    let old = welcome.email.raw();
    if !welcome.may_correct {
        return Err(Refusal::conflict(
            code::WELCOME_FIXED,
            "The organization was there before the order, so this address is not yours to correct.",
            "Ask one of its full admins to grant the role to the right person.",
        ));
    }
    if old == email && welcome.state != WelcomeState::Withdrawn {
        return Err(Refusal::invalid("email", "The mail goes to this address already; resend it."));
    }
    administrators::must_be_free_for(&mut tx, id, &email)
        .await
        .map_err(|refusal| refusal.at("email"))?;
    if old != email {
        take_right(&mut tx, id, old, now).await?;
        rename(&mut tx, id, old, &email).await?;
    }
    let role = Some(Role::FullAdmin);
    let (origin, by) = (Origin::Created, viewer.email.as_str());
    let wanted = NewOffer { organization: id, email: &email, role, origin, by };
    offers::make(&mut tx, &wanted, now).await?;
    let detail = json!({ "from": old });
    record(&mut tx, now, &viewer.email, "welcome.corrected", id, &email, detail).await?;
    let shown = show(&mut tx, id, now).await?;
    tx.commit().await?;
    directory.welcome_begun();
    Ok(shown)
}

/// The old address loses what the welcome gave or offered it: full admin, its offer and its link,
/// and the identity, unless it is one by something else. What it declined stays declined.
async fn take_right(conn: &mut Conn, id: &str, old: &str, now: Timestamp) -> Result<(), Refusal> {
    administrators::take(conn, id, old, Role::FullAdmin).await?;
    identities::end_if_nothing_else(conn, old, id).await?;
    withdrawing::take_back(conn, id, old, Role::FullAdmin, None).await?;
    withdrawing::over_if_nothing_is_left(conn, id, old, now).await
}

/// Where it came from names who administers it now, not a slip of the pen.
async fn rename(conn: &mut Conn, id: &str, old: &str, new: &str) -> Result<(), Refusal> {
    for sql in [
        "UPDATE trials SET administrator = $3 WHERE organization = $1 AND administrator = $2",
        "UPDATE orders SET administrator = $3 WHERE organization = $1 AND administrator = $2",
    ] {
        sqlx::query(sql).bind(id).bind(old).bind(new).execute(&mut *conn).await?;
    }
    Ok(())
}

/// The newest welcome, if nobody has accepted it.
async fn open(conn: &mut Conn, id: &str, now: Timestamp) -> Result<Welcome, Refusal> {
    let welcome = show(conn, id, now).await?;
    if welcome.state == WelcomeState::Accepted {
        return Err(Refusal::conflict(
            code::WELCOME_ACCEPTED,
            "The welcome was accepted; the link is used.",
            "The administrator signs in as always. Others are made administrators by a role.",
        ));
    }
    Ok(welcome)
}

async fn record(
    conn: &mut Conn,
    at: Timestamp,
    actor: &str,
    action: &'static str,
    id: &str,
    subject: &str,
    detail: serde_json::Value,
) -> Result<(), Refusal> {
    Ok(Change::by(at, actor, action).of(id).about(subject).detail(detail).record(conn).await?)
}
