//! Codes for new passwords: asked for, mailed, used (rule P5).
//!
//! Owns the rows, from asking to use, and the protocol of the mail: the code's hash is durable before
//! the mail may leave; what a crash finds in between is never sent again. Asking looks nobody up, so
//! that it takes the same for everybody. Runs on real time.

use std::time::Duration;

use axum::http::StatusCode;
use jiff::Timestamp;
use serde_json::json;
use sqlx::Row;

use super::super::Reference;
use super::letter::{self, CODE_WORKS};
use crate::api::problem::code;
use crate::server::audit::{self, Change, SYSTEM};
use crate::server::chores::{Looked, Next};
use crate::server::provider::{Delivery, Mail, ResetFound, used_code};
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
/// How often one looks without having been woken.
const BEAT: Duration = Duration::from_secs(30);
/// The pause after a mail server's "later", and for how long one comes back.
const PAUSE_MS: i64 = 30_000;
const PATIENCE_MS: i64 = 15 * 60_000;
/// Longer than any code of ours; what is longer is not looked up.
const LONGEST: usize = 512;

/// Somebody asks.
pub async fn ask(reference: &Reference, email: &str, peer: &str) -> Result<(), Refusal> {
    let now = to_millis(Timestamp::now());
    let mut tx = reference.store.begin().await?;
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
    sqlx::query(
        "INSERT INTO password_resets (id, email, asked_from, asked_at, state, not_before)
         VALUES ($1, $2, $3, $4, 'asked', $4)",
    )
    .bind(new_id("rst"))
    .bind(email)
    .bind(peer)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    reference.resets.notify_one();
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
    let expires_at = from_millis(row.try_get::<Option<i64>, _>(1)?.unwrap_or_default());
    let late = Timestamp::now() >= expires_at;
    match row.try_get::<Option<i64>, _>(2)? {
        Some(_) if late => Err(used_code()),
        Some(_) => Ok(ResetFound::Used(row.try_get(0)?)),
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
        "No mail has this code, or it works no more.",
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

/// Sends what was asked for.
pub async fn keep_sending(reference: &Reference) -> Looked {
    send_asked(reference).await?;
    Ok(Next::within(BEAT))
}

/// What was being sent when the last process ended may have been sent.
pub async fn sweep(reference: &Reference) -> Result<(), Refusal> {
    let mut tx = reference.store.begin().await?;
    sqlx::query("UPDATE password_resets SET state = 'mailed' WHERE state = 'sending'")
        .execute(&mut *tx)
        .await?;
    Ok(tx.commit().await?)
}

/// Sends all that is due.
pub(super) async fn send_asked(reference: &Reference) -> Result<(), Refusal> {
    while let Some(claimed) = claim(reference).await? {
        let Claimed { id, mail: Some(mail) } = claimed else { continue };
        let delivery = reference.mailer.deliver(&mail).await;
        settle(reference, &id, &mail, &delivery).await?;
    }
    Ok(())
}

struct Claimed {
    id: String,
    /// None where nobody is to get one.
    mail: Option<Mail>,
}

/// Takes the next one, with a fresh code; it counts as perhaps sent from here on.
async fn claim(reference: &Reference) -> Result<Option<Claimed>, Refusal> {
    let now = Timestamp::now();
    let mut tx = reference.store.begin().await?;
    let row: Option<(String, String)> = sqlx::query_as(
        "SELECT id, email FROM password_resets WHERE state = 'asked' AND (not_before <= $1 OR not_before > $2)
          ORDER BY not_before, id LIMIT 1",
    )
    .bind(to_millis(now))
    .bind(to_millis(now) + PAUSE_MS)
    .fetch_optional(&mut *tx)
    .await?;
    let Some((id, email)) = row else { return Ok(None) };
    let secret = has_account(&mut tx, &email).await?.then(|| new_secret("rst"));
    let until = now.checked_add(CODE_WORKS).unwrap_or(now);
    sqlx::query(
        "UPDATE password_resets SET state = $2, token_hash = $3, expires_at = $4, tries = tries + 1
          WHERE id = $1",
    )
    .bind(&id)
    .bind(if secret.is_some() { "sending" } else { "nobody" })
    .bind(secret.as_deref().map(hash_secret))
    .bind(to_millis(until))
    .execute(&mut *tx)
    .await?;
    let stamp = reference.store.stamp(&mut tx).await?;
    tx.commit().await?;
    reference.store.mark(stamp);
    let mail = secret.map(|secret| letter::compose(&reference.desk, &email, &secret, until));
    Ok(Some(Claimed { id, mail }))
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

/// Writes down what became of the mail, unless its code was ended meanwhile.
async fn settle(
    reference: &Reference,
    id: &str,
    mail: &Mail,
    delivery: &Delivery,
) -> Result<(), Refusal> {
    let now = to_millis(Timestamp::now());
    let mut tx = reference.store.begin().await?;
    let (state, sent) = match delivery {
        Delivery::Accepted(_) | Delivery::Unknown(_) => ("mailed", true),
        Delivery::Refused(_) => ("refused", false),
        Delivery::Deferred(_) | Delivery::NotNow(_) | Delivery::Mend(_) => ("asked", false),
    };
    let settled = sqlx::query(
        "UPDATE password_resets
            SET state = CASE WHEN $2 = 'asked' AND asked_at < $3 THEN 'refused' ELSE $2 END,
                token_hash = CASE WHEN $4 THEN token_hash END, not_before = $5
          WHERE id = $1 AND state = 'sending'",
    )
    .bind(id)
    .bind(state)
    .bind(now - PATIENCE_MS)
    .bind(sent)
    .bind(now + PAUSE_MS)
    .execute(&mut *tx)
    .await?;
    if sent && settled.rows_affected() > 0 {
        let change = Change {
            at: reference.clock.now(),
            actor: SYSTEM,
            action: "person.reset_mailed",
            organization: None,
            site: None,
            subject: &mail.to,
            detail: json!({ "message_id": mail.message_id }),
        };
        audit::record(&mut tx, change).await?;
    }
    Ok(tx.commit().await?)
}
