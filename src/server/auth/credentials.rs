//! Sessions and personal tokens: 256-bit secrets, of which only the SHA-256 is kept.
//!
//! Owns making, finding and revoking them. Runs on real time, not on the world clock. A session
//! that a token opened ends with the token.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{Actor, Credential};
use crate::api::session::Secret;
use crate::server::store::{Conn, Store, hash_secret, new_id, new_secret, to_millis};

/// How long a session lasts.
pub const SESSION: Duration = Duration::from_hours(12);

/// Longer than any secret of ours; what is longer is not looked up.
const LONGEST: usize = 512;

/// Who a bearer secret belongs to: a session's or a personal token's.
///
/// # Errors
/// When the database cannot be read.
pub async fn find(store: &Store, secret: &str) -> Result<Option<Actor>, sqlx::Error> {
    if secret.is_empty() || secret.len() > LONGEST {
        return Ok(None);
    }
    let hash = hash_secret(secret);
    let mut conn = store.read().await?;
    let session = sqlx::query(
        "SELECT p.email, p.name, p.backend_admin, s.id
           FROM sessions s JOIN people p ON p.email = s.person
           LEFT JOIN tokens t ON t.id = s.token
          WHERE s.hash = $1 AND s.revoked_at IS NULL AND s.expires_at > $2
            AND t.revoked_at IS NULL",
    )
    .bind(&hash)
    .bind(to_millis(Timestamp::now()))
    .fetch_optional(&mut *conn)
    .await?;
    if let Some(row) = session {
        return actor(&row, Credential::Session).map(Some);
    }
    by_token_hash(&mut conn, &hash).await
}

/// Who a personal token belongs to, unless it was revoked.
///
/// # Errors
/// When the database cannot be read.
pub async fn find_token(store: &Store, secret: &str) -> Result<Option<Actor>, sqlx::Error> {
    if secret.is_empty() || secret.len() > LONGEST {
        return Ok(None);
    }
    by_token_hash(&mut *store.read().await?, &hash_secret(secret)).await
}

async fn by_token_hash(conn: &mut Conn, hash: &str) -> Result<Option<Actor>, sqlx::Error> {
    let row = sqlx::query(
        "SELECT p.email, p.name, p.backend_admin, t.id
           FROM tokens t JOIN people p ON p.email = t.person
          WHERE t.hash = $1 AND t.revoked_at IS NULL",
    )
    .bind(hash)
    .fetch_optional(conn)
    .await?;
    row.map(|row| actor(&row, Credential::Token)).transpose()
}

fn actor(row: &SqliteRow, shown: fn(String) -> Credential) -> Result<Actor, sqlx::Error> {
    Ok(Actor {
        email: row.try_get(0)?,
        name: row.try_get(1)?,
        backend_admin: row.try_get(2)?,
        credential: shown(row.try_get(3)?),
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

/// Opens a session; `token` is the personal token that opened it, if one did.
///
/// # Errors
/// When the database cannot be written.
pub async fn open_session(
    conn: &mut Conn,
    person: &str,
    token: Option<&str>,
) -> Result<NewSession, sqlx::Error> {
    let secret = new_secret("hls");
    let now = Timestamp::now();
    let expires_at = now.checked_add(SESSION).unwrap_or(Timestamp::MAX);
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

/// Ends all sessions of a person but the one that is kept.
///
/// # Errors
/// When the database cannot be written.
pub async fn end_other_sessions(
    conn: &mut Conn,
    person: &str,
    keep: &Credential,
) -> Result<(), sqlx::Error> {
    let keep = match keep {
        Credential::Session(id) => id.as_str(),
        Credential::Token(_) => "",
    };
    sqlx::query(
        "UPDATE sessions SET revoked_at = $3
          WHERE person = $1 AND id <> $2 AND revoked_at IS NULL",
    )
    .bind(person)
    .bind(keep)
    .bind(to_millis(Timestamp::now()))
    .execute(conn)
    .await?;
    Ok(())
}

/// A new personal token.
#[derive(Debug)]
pub struct NewToken {
    /// For revoking.
    pub id: String,
    /// Shown this once.
    pub secret: Secret,
    /// In real time.
    pub created_at: Timestamp,
}

/// Makes known secrets the tokens of people, in place of all tokens under this label; all sessions
/// end. People who are not there are left out.
///
/// # Errors
/// When the database cannot be written.
pub async fn replace_tokens(
    conn: &mut Conn,
    label: &str,
    tokens: &[(&str, &Secret)],
) -> Result<(), sqlx::Error> {
    let now = to_millis(Timestamp::now());
    sqlx::query("UPDATE tokens SET revoked_at = $1 WHERE label = $2 AND revoked_at IS NULL")
        .bind(now)
        .bind(label)
        .execute(&mut *conn)
        .await?;
    sqlx::query("UPDATE sessions SET revoked_at = $1 WHERE revoked_at IS NULL")
        .bind(now)
        .execute(&mut *conn)
        .await?;
    for (person, secret) in tokens {
        sqlx::query(
            "INSERT INTO tokens (id, person, label, hash, created_at)
             SELECT $1, email, $3, $4, $5 FROM people WHERE email = $2",
        )
        .bind(new_id("tok"))
        .bind(*person)
        .bind(label)
        .bind(hash_secret(secret.expose()))
        .bind(now)
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

/// Makes a personal token.
///
/// # Errors
/// When the database cannot be written.
pub async fn make_token(
    conn: &mut Conn,
    person: &str,
    label: &str,
) -> Result<NewToken, sqlx::Error> {
    let (id, secret, now) = (new_id("tok"), new_secret("hlt"), Timestamp::now());
    sqlx::query(
        "INSERT INTO tokens (id, person, label, hash, created_at) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(&id)
    .bind(person)
    .bind(label)
    .bind(hash_secret(&secret))
    .bind(to_millis(now))
    .execute(conn)
    .await?;
    Ok(NewToken { id, secret: Secret::new(secret), created_at: now })
}
