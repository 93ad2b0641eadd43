//! Sessions and personal tokens: 256-bit secrets, of which only the SHA-256 is kept.
//!
//! Owns finding whose they are, and opening and ending sessions. Runs on real time, as far as the
//! host's clock is believed (`WorldClock::real_now`), not on the world clock. A session that a token opened ends with the token.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::Row;

use super::{Actor, Credential, access};
use crate::api::access::Session;
use crate::api::session::Secret;
use crate::server::refusal::Refusal;
use crate::server::store::{
    Conn, SqlRow, Store, from_millis, hash_secret, new_id, new_secret, to_millis,
};

/// How long a session lasts.
pub const SESSION: Duration = Duration::from_hours(12);

/// Longer than any secret of ours; what is longer is not looked up.
const LONGEST: usize = 512;

/// Who a bearer secret belongs to: a session's or a personal token's.
///
/// # Errors
/// When the database cannot be read.
pub async fn find(
    store: &Store,
    secret: &str,
    now: Timestamp,
) -> Result<Option<Actor>, sqlx::Error> {
    if secret.is_empty() || secret.len() > LONGEST {
        return Ok(None);
    }
    let hash = hash_secret(secret);
    let mut conn = store.read().await?;
    let session = sqlx::query(
        "SELECT p.email, p.name, p.backend_admin, s.id AS credential, s.token
           FROM sessions s JOIN people p ON p.email = s.person
           LEFT JOIN tokens t ON t.id = s.token
          WHERE s.hash = $1 AND s.revoked_at IS NULL AND s.expires_at > $2
            AND t.revoked_at IS NULL AND p.disabled_at IS NULL",
    )
    .bind(&hash)
    .bind(to_millis(now))
    .fetch_optional(&mut *conn)
    .await?;
    if let Some(row) = session {
        return actor(&row, Credential::Session).map(Some);
    }
    match by_token_hash(&mut conn, &hash, now).await? {
        Some(ShownToken::Works(actor)) => Ok(Some(actor)),
        _ => Ok(None),
    }
}

/// Whether a bearer secret was a session's or a token's once: who shows it does not guess.
///
/// # Errors
/// When the database cannot be read.
pub async fn has_been(store: &Store, secret: &str) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM sessions WHERE hash = $1)
             OR EXISTS (SELECT 1 FROM tokens WHERE hash = $1)",
    )
    .bind(hash_secret(secret))
    .fetch_one(&mut *store.read().await?)
    .await
}

/// What a personal token turned out to be. Whoever shows it has the right one, and may be told.
#[derive(Debug)]
pub enum ShownToken {
    /// It works.
    Works(Actor),
    /// It expired then.
    Expired(Timestamp),
    /// It ended when its person was disabled.
    Disabled,
}

/// What a personal token is, if it is one that was not revoked.
///
/// # Errors
/// When the database cannot be read.
pub async fn find_token(
    store: &Store,
    secret: &str,
    now: Timestamp,
) -> Result<Option<ShownToken>, sqlx::Error> {
    if secret.is_empty() || secret.len() > LONGEST {
        return Ok(None);
    }
    by_token_hash(&mut *store.read().await?, &hash_secret(secret), now).await
}

async fn by_token_hash(
    conn: &mut Conn,
    hash: &str,
    now: Timestamp,
) -> Result<Option<ShownToken>, sqlx::Error> {
    let row = sqlx::query(
        "SELECT p.email, p.name, p.backend_admin, t.id AS credential, t.id AS token,
                t.expires_at, p.disabled_at
           FROM tokens t JOIN people p ON p.email = t.person
          WHERE t.hash = $1 AND (t.revoked_at IS NULL OR t.revoked_at = p.disabled_at)",
    )
    .bind(hash)
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let expires_at = row.try_get::<Option<i64>, _>("expires_at")?.map(from_millis);
    Ok(Some(match (row.try_get::<Option<i64>, _>("disabled_at")?, expires_at) {
        (Some(_), _) => ShownToken::Disabled,
        (None, Some(at)) if at <= now => ShownToken::Expired(at),
        (None, _) => ShownToken::Works(actor(&row, Credential::Token)?),
    }))
}

fn actor(row: &SqlRow, shown: fn(String) -> Credential) -> Result<Actor, sqlx::Error> {
    Ok(Actor {
        email: row.try_get("email")?,
        name: row.try_get("name")?,
        backend_admin: row.try_get("backend_admin")?,
        credential: shown(row.try_get("credential")?),
        token: row.try_get("token")?,
    })
}

/// A new session's secret and end.
#[derive(Debug)]
pub struct NewSession {
    /// Shown this once.
    pub secret: Secret,
    /// When it ends, in real time.
    pub expires_at: Timestamp,
}

/// Opens a session; `token` is the personal token that opened it, if one did: it ends no later than
/// that. Whatever somebody showed, this is where a disabled person is refused.
///
/// # Errors
/// 403 for who is disabled, and when the database cannot be written.
pub async fn open_session(
    conn: &mut Conn,
    person: &str,
    token: Option<&str>,
    now: Timestamp,
) -> Result<NewSession, Refusal> {
    access::must_be_enabled(conn, person).await?;
    let secret = new_secret("hls");
    let until: Option<i64> = sqlx::query_scalar("SELECT max(expires_at) FROM tokens WHERE id = $1")
        .bind(token)
        .fetch_one(&mut *conn)
        .await?;
    let usual = now.checked_add(SESSION).unwrap_or(Timestamp::MAX);
    let expires_at = until.map_or(usual, |until| usual.min(from_millis(until)));
    sqlx::query(
        "INSERT INTO sessions (id, person, token, hash, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(new_id("ses"))
    .bind(person)
    .bind(token)
    .bind(hash_secret(&secret))
    .bind(to_millis(now))
    .bind(to_millis(expires_at))
    .execute(conn)
    .await?;
    Ok(NewSession { secret: Secret::new(secret), expires_at })
}

/// A person's sessions that have not ended, after one's opening and id, oldest first; one more than
/// `limit` if there are more. None is marked as in use.
///
/// # Errors
/// When the database cannot be read.
pub async fn sessions(
    conn: &mut Conn,
    person: &str,
    after: (i64, &str),
    limit: usize,
    now: Timestamp,
) -> Result<Vec<Session>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT s.id, s.created_at, s.expires_at, s.used_at, s.token
           FROM sessions s LEFT JOIN tokens t ON t.id = s.token
          WHERE s.person = $1 AND (s.created_at, s.id) > ($2, $3)
            AND s.revoked_at IS NULL AND s.expires_at > $4 AND t.revoked_at IS NULL
          ORDER BY s.created_at, s.id LIMIT $5",
    )
    .bind(person)
    .bind(after.0)
    .bind(after.1)
    .bind(to_millis(now))
    .bind(limit as i64 + 1)
    .fetch_all(conn)
    .await?;
    rows.iter().map(session).collect()
}

fn session(row: &SqlRow) -> Result<Session, sqlx::Error> {
    Ok(Session {
        id: row.try_get("id")?,
        created_at: from_millis(row.try_get("created_at")?),
        expires_at: from_millis(row.try_get("expires_at")?),
        used_at: row.try_get::<Option<i64>, _>("used_at")?.map(from_millis),
        token: row.try_get("token")?,
        in_use: false,
    })
}

/// Whether a session is this person's, be it over or not.
///
/// # Errors
/// When the database cannot be read.
pub async fn is_session_of(conn: &mut Conn, id: &str, person: &str) -> Result<bool, sqlx::Error> {
    let found = sqlx::query("SELECT 1 FROM sessions WHERE id = $1 AND person = $2")
        .bind(id)
        .bind(person)
        .fetch_optional(conn)
        .await?;
    Ok(found.is_some())
}

/// Ends a session.
///
/// # Errors
/// When the database cannot be written.
pub async fn end_session(conn: &mut Conn, id: &str) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE sessions SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL")
        .bind(id)
        .bind(to_millis(Timestamp::now()))
        .execute(conn)
        .await?;
    Ok(())
}

/// Ends all sessions of a person but the one that is kept, if one is; answers how many.
///
/// # Errors
/// When the database cannot be written.
pub async fn end_sessions(
    conn: &mut Conn,
    person: &str,
    keep: Option<&Credential>,
) -> Result<u64, sqlx::Error> {
    let keep = match keep {
        Some(Credential::Session(id)) => id.as_str(),
        Some(Credential::Token(_)) | None => "",
    };
    let ended = sqlx::query(
        "UPDATE sessions SET revoked_at = $3
          WHERE person = $1 AND id <> $2 AND revoked_at IS NULL",
    )
    .bind(person)
    .bind(keep)
    .bind(to_millis(Timestamp::now()))
    .execute(conn)
    .await?;
    Ok(ended.rows_affected())
}
