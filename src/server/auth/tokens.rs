//! Personal tokens: listing, making and revoking them (rule P5).
//!
//! Owns how long one works, and the demo's own secrets in place of others. Finding who shows one is `credentials`'.

use jiff::{SignedDuration, Timestamp};
use sqlx::Row;

use crate::api::person::{TOKEN_DAYS, TOKEN_DAYS_MOST, Token};
use crate::api::session::Secret;
use crate::domain::untrusted::Untrusted;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, SqlRow, from_millis, hash_secret, new_id, new_secret, to_millis};

/// How long a token works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Life {
    /// So many days of real time.
    Days(u16),
    /// Until it is revoked.
    Endless,
}

impl Life {
    /// What was asked for; 90 days where nothing was.
    ///
    /// # Errors
    /// 422 at `days`.
    pub fn asked(days: Option<u16>, never_expires: bool) -> Result<Self, Refusal> {
        match (days, never_expires) {
            (None, true) => Ok(Self::Endless),
            (Some(_), true) => {
                Err(Refusal::invalid("days", "A token that never expires has no days."))
            }
            (days, false) => match days.unwrap_or(TOKEN_DAYS) {
                days @ 1..=TOKEN_DAYS_MOST => Ok(Self::Days(days)),
                _ => Err(Refusal::invalid("days", "A token works for 1 to 366 days.")),
            },
        }
    }

    fn from(self, now: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Days(days) => {
                now.checked_add(SignedDuration::from_hours(24 * i64::from(days))).ok()
            }
            Self::Endless => None,
        }
    }
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
    /// In real time.
    pub expires_at: Option<Timestamp>,
}

/// Makes a personal token; `now` is real time, as far as the host's clock is believed.
///
/// # Errors
/// When the database cannot be written.
pub async fn make(
    conn: &mut Conn,
    person: &str,
    note: &str,
    life: Life,
    now: Timestamp,
) -> Result<NewToken, sqlx::Error> {
    let (id, secret) = (new_id("tok"), new_secret("hlt"));
    let expires_at = life.from(now);
    sqlx::query(
        "INSERT INTO tokens (id, person, label, hash, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(&id)
    .bind(person)
    .bind(note)
    .bind(hash_secret(&secret))
    .bind(to_millis(now))
    .bind(expires_at.map(to_millis))
    .execute(conn)
    .await?;
    Ok(NewToken { id, secret: Secret::new(secret), created_at: now, expires_at })
}

/// Tokens after one's making and id, oldest first, of a person or of all; one more than `limit` if
/// there are more. None is marked as in use.
///
/// # Errors
/// When the database cannot be read.
pub async fn page(
    conn: &mut Conn,
    person: Option<&str>,
    after: (i64, &str),
    limit: usize,
) -> Result<Vec<Token>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT id, person, label, created_at, revoked_at, expires_at, used_at FROM tokens
          WHERE ($1 IS NULL OR person = $1) AND (created_at, id) > ($2, $3)
          ORDER BY created_at, id LIMIT $4",
    )
    .bind(person)
    .bind(after.0)
    .bind(after.1)
    .bind(limit as i64 + 1)
    .fetch_all(conn)
    .await?;
    rows.iter().map(token).collect()
}

fn token(row: &SqlRow) -> Result<Token, sqlx::Error> {
    let moment = |column: &str| -> Result<Option<Timestamp>, sqlx::Error> {
        Ok(row.try_get::<Option<i64>, _>(column)?.map(from_millis))
    };
    Ok(Token {
        id: row.try_get("id")?,
        person: Untrusted::new(row.try_get::<&str, _>("person")?),
        note: Untrusted::new(row.try_get::<&str, _>("label")?),
        created_at: from_millis(row.try_get("created_at")?),
        expires_at: moment("expires_at")?,
        used_at: moment("used_at")?,
        revoked_at: moment("revoked_at")?,
        in_use: false,
    })
}

/// Whose a token is.
///
/// # Errors
/// When the database cannot be read.
pub async fn owner(conn: &mut Conn, id: &str) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar("SELECT person FROM tokens WHERE id = $1")
        .bind(id)
        .fetch_optional(conn)
        .await
}

/// Revokes a token, and with it the sessions it opened; whether it worked until now.
///
/// # Errors
/// When the database cannot be written.
pub async fn revoke(conn: &mut Conn, id: &str) -> Result<bool, sqlx::Error> {
    let revoked =
        sqlx::query("UPDATE tokens SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL")
            .bind(id)
            .bind(to_millis(Timestamp::now()))
            .execute(conn)
            .await?;
    Ok(revoked.rows_affected() > 0)
}

/// Makes known secrets the tokens of people, in place of all tokens under this label; all sessions
/// end. People who are not there are left out.
///
/// # Errors
/// When the database cannot be written.
pub async fn replace(
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
