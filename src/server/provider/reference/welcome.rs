//! The welcome mail (rule T4): begun by a trial or an order, sent once, resent only by a person.
//!
//! Owns the rows of welcomes as administrators see and change them. Sending is `sending`'s, what the
//! mail says `letter`'s, the link `accept`'s.

pub mod accept;
mod letter;
pub mod sending;
#[cfg(test)]
mod tests;
mod timers;

use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{Reference, administrators, fields, identities};
use crate::api::problem::code;
use crate::api::welcome::Welcome;
use crate::domain::role::Role;
use crate::domain::untrusted::Untrusted;
use crate::domain::welcome::WelcomeState;
use crate::server::audit::{self, Change};
use crate::server::provider::Viewer;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, from_millis, to_millis};
pub use timers::timers;

/// How many mails of one welcome may leave in a day, so that nobody's inbox is flooded.
const PER_DAY: i64 = 10;

/// How the organization of a welcome came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The trial or the order made it: until somebody accepts, the address may be corrected.
    Created,
    /// It was there before.
    Existing,
}

impl Origin {
    /// The name in the database and in world files.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Existing => "existing",
        }
    }
}

/// Begins the welcome of a customer administrator, in the caller's transaction: a trial was started,
/// or an order was mapped. `email` is canonical; the caller has made them full admin (and identity)
/// of the organization. After the commit, [`Reference::welcome_begun`] sends the mail without
/// delay; without it the mail leaves a few seconds later.
///
/// # Errors
/// When the database cannot be written.
pub async fn begin(
    conn: &mut Conn,
    organization: &str,
    email: &str,
    origin: Origin,
    now: Timestamp,
) -> Result<(), Refusal> {
    sqlx::query(
        "INSERT INTO welcomes (organization, email, origin, begun_at, state)
         VALUES ($1, $2, $3, $4, 'queued')
         ON CONFLICT (organization, email) DO UPDATE SET
           origin = CASE WHEN welcomes.accepted_at IS NULL THEN welcomes.origin
                         ELSE excluded.origin END,
           begun_at = excluded.begun_at, state = 'queued', detail = '', message_id = NULL,
           not_before = NULL, deferrals = 0, accepted_at = NULL,
           password_hash = NULL, step_hash = NULL",
    )
    .bind(organization)
    .bind(email)
    .bind(origin.code())
    .bind(to_millis(now))
    .execute(conn)
    .await?;
    Ok(())
}

/// An organization's newest welcome, if it has one.
pub async fn newest(conn: &mut Conn, id: &str, now: Timestamp) -> Result<Option<Welcome>, Refusal> {
    let row = sqlx::query(
        "SELECT organization, email, origin, state, detail, attempt, sent_at, expires_at,
                accepted_at
           FROM welcomes WHERE organization = $1 ORDER BY begun_at DESC, email LIMIT 1",
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

fn read(row: &SqliteRow, now: Timestamp) -> Result<Welcome, Refusal> {
    let time = |at: usize| row.try_get::<Option<i64>, _>(at).map(|ms| ms.map(from_millis));
    let state = WelcomeState::from_code(row.try_get(3)?)
        .ok_or_else(|| Refusal::internal(&"a welcome's state is unknown"))?;
    let accepted = state == WelcomeState::Accepted;
    let expires_at = time(7)?;
    let detail: String = row.try_get(4)?;
    Ok(Welcome {
        organization: row.try_get(0)?,
        email: Untrusted::new(row.try_get::<&str, _>(1)?),
        state,
        detail: (!detail.is_empty()).then(|| detail.into()),
        mails: row.try_get::<i64, _>(5)? as u64,
        sent_at: time(6)?,
        expires_at,
        expired: !accepted && expires_at.is_some_and(|at| now >= at),
        accepted_at: time(8)?,
        may_correct: !accepted && row.try_get::<&str, _>(2)? == Origin::Created.code(),
    })
}

/// Sends the newest welcome again: a person's own act, whatever became of the mails before.
pub async fn resend(reference: &Reference, viewer: &Viewer, id: &str) -> Result<Welcome, Refusal> {
    let now = reference.clock.now();
    let mut tx = reference.store.begin().await?;
    let welcome = open(&mut tx, id, now).await?;
    let email = welcome.email.raw();
    if welcome.state == WelcomeState::Sending {
        return Err(Refusal::conflict(
            code::WELCOME_SENDING,
            "The welcome mail is being sent at this moment.",
            "Look in a moment what became of it.",
        )
        .retry_after(5));
    }
    not_too_many(&mut tx, id, now).await?;
    sqlx::query(
        "UPDATE welcomes SET state = 'queued', detail = '', not_before = NULL, deferrals = 0
          WHERE organization = $1 AND email = $2",
    )
    .bind(id)
    .bind(email)
    .execute(&mut *tx)
    .await?;
    let detail = json!({ "before": welcome.state });
    record(&mut tx, now, &viewer.email, "welcome.resent", id, email, detail).await?;
    let shown = show(&mut tx, id, now).await?;
    tx.commit().await?;
    reference.welcome_begun();
    Ok(shown)
}

/// Sends the newest welcome to another address instead. The old link and the old address's right
/// die in the same transaction.
pub async fn correct(
    reference: &Reference,
    viewer: &Viewer,
    id: &str,
    text: &str,
) -> Result<Welcome, Refusal> {
    let email = fields::address("email", text)?;
    let now = reference.clock.now();
    let mut tx = reference.store.begin().await?;
    let welcome = open(&mut tx, id, now).await?;
    let old = welcome.email.raw();
    if !welcome.may_correct {
        return Err(Refusal::conflict(
            code::WELCOME_FIXED,
            "The organization was there before the order, so this address is not yours to correct.",
            "Ask one of its full admins to grant the role to the right person.",
        ));
    }
    if old == email {
        return Err(Refusal::invalid("email", "The mail goes to this address already; resend it."));
    }
    not_too_many(&mut tx, id, now).await?;
    administrators::join(&mut tx, &email, id).await?;
    move_right(&mut tx, id, old, &email).await?;
    sqlx::query("UPDATE welcome_links SET dead = 1 WHERE organization = $1")
        .bind(id)
        .execute(&mut *tx)
        .await?;
    sqlx::query("DELETE FROM welcomes WHERE organization = $1 AND email = $2")
        .bind(id)
        .bind(old)
        .execute(&mut *tx)
        .await?;
    begin(&mut tx, id, &email, Origin::Created, now).await?;
    let detail = json!({ "from": old });
    record(&mut tx, now, &viewer.email, "welcome.corrected", id, &email, detail).await?;
    let shown = show(&mut tx, id, now).await?;
    tx.commit().await?;
    reference.welcome_begun();
    Ok(shown)
}

/// Full admin is the new address now. The old one leaves the organization, unless it holds another
/// role there.
async fn move_right(conn: &mut Conn, id: &str, old: &str, new: &str) -> Result<(), Refusal> {
    sqlx::query(
        "INSERT INTO organization_roles (organization, email, role) VALUES ($1, $2, $3)
         ON CONFLICT DO NOTHING",
    )
    .bind(id)
    .bind(new)
    .bind(Role::FullAdmin.code())
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "DELETE FROM organization_roles WHERE organization = $1 AND email = $2 AND role = $3",
    )
    .bind(id)
    .bind(old)
    .bind(Role::FullAdmin.code())
    .execute(&mut *conn)
    .await?;
    identities::end_if_nothing_else(conn, old, id).await?;
    // Where it came from names who administers it now, not a slip of the pen.
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

async fn not_too_many(conn: &mut Conn, id: &str, now: Timestamp) -> Result<(), Refusal> {
    let since = now.checked_sub(SignedDuration::from_hours(24)).unwrap_or(Timestamp::MIN);
    let mails: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM welcome_links WHERE organization = $1 AND made_at > $2",
    )
    .bind(id)
    .bind(to_millis(since))
    .fetch_one(conn)
    .await?;
    if mails < PER_DAY {
        return Ok(());
    }
    Err(Refusal::new(
        StatusCode::TOO_MANY_REQUESTS,
        code::TOO_MANY,
        "This organization's welcome was sent ten times within a day.",
        "Check the address with the customer, and send it tomorrow.",
    )
    .retry_after(3_600))
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
    let change = Change { at, actor, action, organization: Some(id), site: None, subject, detail };
    Ok(audit::record(conn, change).await?)
}
