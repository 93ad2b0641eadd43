//! The pages behind a mail's link, and what the answer given there does (rule U6).
//!
//! Owns the link's states (open, used, expired, unknown), the words of the pages, and linking the
//! accounts of a person who confirms. Showing a page changes nothing: mail scanners open links too.

mod timers;
mod words;

use jiff::Timestamp;
use serde_json::json;
use sqlx::Row;

use super::confirmed;
use crate::domain::user::sent_at;
use crate::server::audit::Change;
use crate::server::directory::{Answered, InvitationAnswer, Settled, WebPage};
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, SqlRow, Store, from_millis, hash_secret, to_millis};
pub use timers::timers;

/// An invitation, as found by its link.
pub(super) struct Invitation {
    organization: String,
    /// The organization's name.
    name: String,
    address_key: String,
    state: State,
    unknown: bool,
    expires_at: Timestamp,
    /// Whether accounts of theirs are still linked by themselves.
    is_due: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    Expired,
    Confirmed(Timestamp),
    Declined(Timestamp),
}

/// The page of a link; changes nothing.
pub(super) async fn show(store: &Store, token: &str, now: Timestamp) -> Result<WebPage, Refusal> {
    let mut conn = store.read().await?;
    let Some(invitation) = find(&mut conn, token, now).await? else {
        return Ok(words::not_known());
    };
    match invitation.state {
        State::Open => {
            let whose = (invitation.organization.as_str(), invitation.address_key.as_str());
            let accounts = confirmed::accounts(&mut conn, whose).await?;
            let sites: Vec<String> = accounts.into_iter().map(|account| account.site).collect();
            Ok(words::question(&invitation, &sites))
        }
        _ => over(store, &mut conn, &invitation, now).await,
    }
}

/// A link that is used or too old. Who has confirmed is told how each account stands today: it may
/// be blocked, and is not linked within 48 hours then.
async fn over(
    store: &Store,
    conn: &mut Conn,
    invitation: &Invitation,
    now: Timestamp,
) -> Result<WebPage, Refusal> {
    let fates = match invitation.state {
        State::Confirmed(_) => {
            let whose = (invitation.organization.as_str(), invitation.address_key.as_str());
            confirmed::standing(store, conn, whose, now).await?
        }
        _ => Vec::new(),
    };
    Ok(words::over(invitation, &fates))
}

/// Takes the answer, once, in the caller's transaction.
pub(super) async fn answer(
    store: &Store,
    conn: &mut Conn,
    token: &str,
    answer: InvitationAnswer,
    now: Timestamp,
) -> Result<Answered, Refusal> {
    let Some(invitation) = find(conn, token, now).await? else {
        return Ok(Answered { page: words::not_known(), settled: None });
    };
    if invitation.state != State::Open {
        let page = over(store, conn, &invitation, now).await?;
        return Ok(Answered { page, settled: None });
    }
    proven(conn, &invitation).await?;
    let page = match answer {
        InvitationAnswer::Confirm => confirm(store, conn, &invitation, now).await?,
        InvitationAnswer::Decline => decline(conn, &invitation, now).await?,
    };
    let Invitation { organization, address_key, .. } = invitation;
    Ok(Answered { page, settled: Some(Settled { organization, address_key }) })
}

async fn find(conn: &mut Conn, token: &str, now: Timestamp) -> Result<Option<Invitation>, Refusal> {
    let Some(row) = row_of(conn, &hash_secret(token)).await? else { return Ok(None) };
    let whose = (row.try_get("organization")?, row.try_get("address_key")?);
    if is_left(conn, whose).await? {
        return Ok(None);
    }
    let time = |column: &str| row.try_get::<Option<i64>, _>(column).map(|ms| ms.map(from_millis));
    let expires_at = time("token_expires_at")?.unwrap_or(Timestamp::MIN);
    let state = match (time("confirmed_at")?, time("declined_at")?) {
        (_, Some(at)) => State::Declined(at),
        (Some(at), None) => State::Confirmed(at),
        (None, None) if now >= expires_at => State::Expired,
        (None, None) => State::Open,
    };
    Ok(Some(Invitation {
        organization: row.try_get("organization")?,
        name: row.try_get("name")?,
        address_key: row.try_get("address_key")?,
        state,
        unknown: row.try_get::<i64, _>("unknown")? != 0,
        expires_at,
        is_due: time("link_due_at")?.is_some(),
    }))
}

/// By the link of its last mail, or of an earlier one that works yet.
async fn row_of(conn: &mut Conn, hash: &str) -> Result<Option<SqlRow>, sqlx::Error> {
    let last = sqlx::query(
        "SELECT i.organization, o.name, i.address_key, i.unknown, i.token_expires_at,
                i.confirmed_at, i.declined_at, i.link_due_at
           FROM invitations i JOIN organizations o ON o.id = i.organization
          WHERE i.token_hash = $1",
    )
    .bind(hash)
    .fetch_optional(&mut *conn)
    .await?;
    if last.is_some() {
        return Ok(last);
    }
    sqlx::query(
        "SELECT i.organization, o.name, i.address_key, i.unknown,
                e.expires_at AS token_expires_at, i.confirmed_at, i.declined_at, i.link_due_at
           FROM earlier_links e
           JOIN invitations i ON i.organization = e.organization AND i.address_key = e.address_key
           JOIN organizations o ON o.id = i.organization
          WHERE e.token_hash = $1",
    )
    .bind(hash)
    .fetch_optional(conn)
    .await
}

/// Whether an import that is being written has left this address: what was sent to it is as good as
/// revoked, which it is once all is written.
async fn is_left(
    conn: &mut Conn,
    (organization, address_key): (&str, &str),
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM import_left l JOIN imports i ON i.id = l.import
                          JOIN sites s ON s.id = i.site
                         WHERE l.address_key = $2 AND s.organization = $1)
            AND NOT EXISTS (SELECT 1 FROM site_users u JOIN sites s ON s.id = u.site
                             WHERE s.organization = $1 AND u.address_key = $2)",
    )
    .bind(organization)
    .bind(address_key)
    .fetch_one(conn)
    .await
}

/// An answer proves that the mail arrived: its sending is not unknown any more.
async fn proven(conn: &mut Conn, invitation: &Invitation) -> Result<(), Refusal> {
    if !invitation.unknown {
        return Ok(());
    }
    sqlx::query(
        "UPDATE invitations SET unknown = 0, invited_at = $1
          WHERE organization = $2 AND address_key = $3",
    )
    .bind(to_millis(sent_at(invitation.expires_at)))
    .bind(&invitation.organization)
    .bind(&invitation.address_key)
    .execute(conn)
    .await?;
    Ok(())
}

async fn decline(
    conn: &mut Conn,
    invitation: &Invitation,
    now: Timestamp,
) -> Result<WebPage, Refusal> {
    sqlx::query(
        "UPDATE invitations SET declined_at = $1 WHERE organization = $2 AND address_key = $3",
    )
    .bind(to_millis(now))
    .bind(&invitation.organization)
    .bind(&invitation.address_key)
    .execute(&mut *conn)
    .await?;
    record(conn, invitation, "invitation.declined", json!({}), now).await?;
    Ok(words::declined(invitation))
}

/// Rule U6: rows 2 to 6 are looked at again; all accounts of the address that pass are linked.
async fn confirm(
    store: &Store,
    conn: &mut Conn,
    invitation: &Invitation,
    now: Timestamp,
) -> Result<WebPage, Refusal> {
    sqlx::query(
        "UPDATE invitations SET confirmed_at = $1, link_due_at = $2
          WHERE organization = $3 AND address_key = $4",
    )
    .bind(to_millis(now))
    .bind(to_millis(confirmed::due(now)))
    .bind(&invitation.organization)
    .bind(&invitation.address_key)
    .execute(&mut *conn)
    .await?;
    let whose = (invitation.organization.as_str(), invitation.address_key.as_str());
    let fates = confirmed::link(store, conn, whose, now).await?;
    let told = confirmed::told(&fates);
    record(conn, invitation, "invitation.confirmed", json!({ "accounts": told }), now).await?;
    Ok(words::confirmed(invitation, &fates))
}

async fn record(
    conn: &mut Conn,
    invitation: &Invitation,
    action: &'static str,
    detail: serde_json::Value,
    now: Timestamp,
) -> Result<(), Refusal> {
    Ok(Change::by(now, &invitation.address_key, action)
        .of(&invitation.organization)
        .about(&invitation.address_key)
        .detail(detail)
        .record(conn)
        .await?)
}
