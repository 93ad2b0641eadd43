//! Codes for new passwords: asked for, mailed, used (rule P5).
//!
//! Owns the rows, from asking to use: a code's hash is durable with its mail's intent. Asking looks
//! nobody up, so that it takes the same for everybody. Runs on real time.

use std::time::Duration;

use axum::http::StatusCode;
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use serde_json::json;
use sqlx::Row;

use super::super::Directory;
use super::letter::{self, CODE_WORKS};
use crate::api::problem::code;
use crate::server::audit::{Change, SYSTEM};
use crate::server::directory::{ResetFound, used_code};
use crate::server::post::{Ask, Asked, Fate, Mail, Queue};
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, from_millis, hash_secret, new_id, new_secret, to_millis};

const HOUR_MS: i64 = 3_600_000;
/// How often an hour somebody may ask for one address.
const PER_ADDRESS: i64 = 3;
/// How often an hour a peer may ask.
const PER_PEER: i64 = 10;
/// How often an hour all may ask.
const PER_BACKEND: i64 = 1_000;
/// How long rows are kept.
const KEPT_MS: i64 = 24 * HOUR_MS;
/// A code that comes later is of no use any more.
const PATIENCE: Duration = Duration::from_mins(15);
const QUEUE: &str = "passwords";
/// Longer than any code of ours; what is longer is not looked up.
const LONGEST: usize = 512;

/// Somebody asks.
pub async fn ask(directory: &Directory, email: &str, peer: &str) -> Result<(), Refusal> {
    let now = to_millis(Timestamp::now());
    let mut tx = directory.store.begin().await?;
    sqlx::query("DELETE FROM password_resets WHERE asked_at < $1")
        .bind(now - KEPT_MS)
        .execute(&mut *tx)
        .await?;
    let (address, from, all): (i64, i64, i64) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM password_resets WHERE email = $1 AND asked_at > $3),
                (SELECT count(*) FROM password_resets WHERE asked_from = $2 AND asked_at > $3),
                (SELECT count(*) FROM password_resets WHERE asked_at > $3)",
    )
    .bind(email)
    .bind(peer)
    .bind(now - HOUR_MS)
    .fetch_one(&mut *tx)
    .await?;
    if address >= PER_ADDRESS || from >= PER_PEER || all >= PER_BACKEND {
        return Err(too_many());
    }
    replace(&mut tx, email).await?;
    let id = new_id("rst");
    sqlx::query(
        "INSERT INTO password_resets (id, email, asked_from, asked_at, state)
         VALUES ($1, $2, $3, $4, 'asked')",
    )
    .bind(&id)
    .bind(email)
    .bind(peer)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    Ask { queue: QUEUE, about: &id, recipient: email, ..Ask::default() }.put(&mut tx).await?;
    tx.commit().await?;
    directory.post.ring();
    Ok(())
}

/// Of those that wait for the mail server the newest alone is mailed.
async fn replace(conn: &mut Conn, email: &str) -> Result<(), sqlx::Error> {
    sqlx::query(
        "DELETE FROM outbox WHERE queue = $1 AND recipient = $2 AND state IN ('queued', 'claimed')",
    )
    .bind(QUEUE)
    .bind(email)
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "UPDATE password_resets SET state = 'replaced' WHERE email = $1 AND state = 'asked'",
    )
    .bind(email)
    .execute(conn)
    .await?;
    Ok(())
}

fn too_many() -> Refusal {
    Refusal::new(
        StatusCode::TOO_MANY_REQUESTS,
        code::TOO_MANY,
        "A code for a new password was asked for too often in the last hour.",
        "Look for the mails of this hour, in the spam folder too; then ask again.",
    )
    .retry_after(HOUR_MS as u64 / 1_000)
}

/// What is behind a code; changes nothing.
pub async fn look(conn: &mut Conn, text: &str) -> Result<ResetFound, Refusal> {
    let text = text.trim();
    if text.is_empty() || text.len() > LONGEST {
        return Err(unknown());
    }
    let row =
        sqlx::query("SELECT email, expires_at, used_at FROM password_resets WHERE token_hash = $1")
            .bind(hash_secret(text))
            .fetch_optional(conn)
            .await?
            .ok_or_else(unknown)?;
    let expires_at = from_millis(row.try_get::<Option<i64>, _>("expires_at")?.unwrap_or_default());
    let late = Timestamp::now() >= expires_at;
    match row.try_get::<Option<i64>, _>("used_at")? {
        Some(_) if late => Err(used_code()),
        Some(_) => Ok(ResetFound::Used(row.try_get("email")?)),
        None if late => Err(expired(expires_at)),
        None => Ok(ResetFound::Open),
    }
}

/// What a code is for, told to who gives it where a welcome's is asked for.
pub async fn told(conn: &mut Conn, text: &str) -> Result<Option<Refusal>, Refusal> {
    match look(conn, text).await {
        Ok(ResetFound::Open) => Ok(Some(Refusal::conflict(
            code::RESET_CODE,
            "This code sets a new password.",
            "Give it where a password is forgotten: in hublink \"I have forgotten my password\", or \
             hublink password reset --code.",
        ))),
        Ok(ResetFound::Used(_)) => Ok(Some(used_code())),
        Err(refusal) if refusal.problem.code == code::CODE_UNKNOWN => Ok(None),
        Err(refusal) if refusal.problem.status < 500 => Ok(Some(refusal)),
        Err(fault) => Err(fault),
    }
}

/// Uses a code, once; the caller sets the password in the same transaction.
pub async fn use_up(conn: &mut Conn, text: &str) -> Result<String, Refusal> {
    if look(conn, text).await? != ResetFound::Open {
        return Err(used_code());
    }
    let email: String = sqlx::query_scalar(
        "UPDATE password_resets SET used_at = $2 WHERE token_hash = $1 RETURNING email",
    )
    .bind(hash_secret(text.trim()))
    .bind(to_millis(Timestamp::now()))
    .fetch_one(conn)
    .await?;
    Ok(email)
}

fn unknown() -> Refusal {
    Refusal::new(
        StatusCode::NOT_FOUND,
        code::CODE_UNKNOWN,
        "No mail has this code, or it does not work any more.",
        "Copy it whole, from the newest mail, or ask for a new one: hublink password reset.",
    )
    .at("code")
}

fn expired(at: Timestamp) -> Refusal {
    Refusal::conflict(
        code::CODE_EXPIRED,
        format!("This code worked until {}.", at.strftime("%-d %B %Y, %H:%M UTC")),
        "Ask for a new one: hublink password reset.",
    )
    .at("code")
}

/// Their queue.
pub struct Resets<'r>(pub &'r Directory);

impl Queue for Resets<'_> {
    fn name(&self) -> &'static str {
        QUEUE
    }

    fn patience(&self) -> Option<Duration> {
        Some(PATIENCE)
    }

    fn letter<'a>(
        &'a self,
        conn: &'a mut Conn,
        asked: &'a Asked,
    ) -> BoxFuture<'a, Result<Option<Mail>, Refusal>> {
        Box::pin(compose(self.0, conn, asked))
    }

    fn settled<'a>(
        &'a self,
        conn: &'a mut Conn,
        asked: &'a Asked,
        fate: &'a Fate,
    ) -> BoxFuture<'a, Result<(), Refusal>> {
        Box::pin(settled(self.0, conn, asked, fate))
    }
}

/// The mail with a fresh code; none where nobody is to get one.
async fn compose(
    directory: &Directory,
    conn: &mut Conn,
    asked: &Asked,
) -> Result<Option<Mail>, Refusal> {
    let email = &asked.recipient;
    let still = "SELECT 1 FROM password_resets WHERE id = $1 AND state = 'asked'";
    if sqlx::query(still).bind(&asked.about).fetch_optional(&mut *conn).await?.is_none() {
        // Ended meanwhile, or forgotten.
        return Ok(None);
    }
    let secret = has_account(conn, email).await?.then(|| new_secret("rst"));
    let now = Timestamp::now();
    let until = now.checked_add(CODE_WORKS).unwrap_or(now);
    sqlx::query(
        "UPDATE password_resets SET state = $2, token_hash = $3, expires_at = $4 WHERE id = $1",
    )
    .bind(&asked.about)
    .bind(if secret.is_some() { "sending" } else { "nobody" })
    .bind(secret.as_deref().map(hash_secret))
    .bind(to_millis(until))
    .execute(conn)
    .await?;
    Ok(secret.map(|secret| letter::compose(&directory.desk, email, &secret, until)))
}

/// Whether a mail may go to this address. Who runs the backend and has never had a password has the
/// host instead: no mailbox makes a backend administrator.
async fn has_account(conn: &mut Conn, email: &str) -> Result<bool, sqlx::Error> {
    let found = sqlx::query(
        "SELECT 1 FROM people WHERE email = $1 AND disabled_at IS NULL
            AND (password_hash IS NOT NULL OR backend_admin = 0)",
    )
    .bind(email)
    .fetch_optional(conn)
    .await?;
    Ok(found.is_some())
}

/// What became of the mail, unless its code was ended meanwhile. A code that surely did not leave
/// does not work.
async fn settled(
    directory: &Directory,
    conn: &mut Conn,
    asked: &Asked,
    fate: &Fate,
) -> Result<(), Refusal> {
    let (state, sent) = match fate {
        Fate::Accepted(_) | Fate::Unknown(_) => ("mailed", true),
        Fate::Refused(_) => ("refused", false),
        Fate::Deferred { .. } => ("asked", false),
    };
    let settled = sqlx::query(
        "UPDATE password_resets SET state = $2, token_hash = CASE WHEN $3 THEN token_hash END
          WHERE id = $1 AND state = 'sending'",
    )
    .bind(&asked.about)
    .bind(state)
    .bind(sent)
    .execute(&mut *conn)
    .await?;
    if settled.rows_affected() > 0 && matches!(fate, Fate::Accepted(_)) {
        end_older(conn, asked).await?;
    }
    if sent && settled.rows_affected() > 0 {
        Change::by(directory.clock.now(), SYSTEM, "person.reset_mailed")
            .about(&asked.recipient)
            .detail(json!({ "message_id": asked.message_id }))
            .record(conn)
            .await?;
    }
    Ok(())
}

/// The person has a newer one: of several codes that were mailed the last works. One that may have
/// been sent ends none: it may be all there is.
async fn end_older(conn: &mut Conn, asked: &Asked) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE password_resets SET state = 'replaced', token_hash = NULL
          WHERE email = $1 AND id <> $2 AND used_at IS NULL AND state IN ('sending', 'mailed')
            AND asked_at <= (SELECT asked_at FROM password_resets WHERE id = $2)",
    )
    .bind(&asked.recipient)
    .bind(&asked.about)
    .execute(conn)
    .await?;
    Ok(())
}
