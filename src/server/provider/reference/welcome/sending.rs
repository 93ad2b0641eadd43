//! Sending welcome mails (rule T4), each at most once unless a person says otherwise (promise I1).
//!
//! Owns the protocol: the intent (attempt, Message-ID, fresh link) is durable before the mail may
//! leave; what a crash finds in between is `unknown`, and never sent again by a machine.

use std::time::Duration;

use futures_util::StreamExt;
use jiff::Timestamp;
use serde_json::json;
use sqlx::Row;

use super::letter::{self, Letter};
use super::{Origin, Reference, accept, record};
use crate::domain::untrusted::Untrusted;
use crate::domain::user::lapses_at;
use crate::domain::welcome::WelcomeState;
use crate::server::audit::SYSTEM;
use crate::server::chores::{Looked, Next};
use crate::server::post::{Delivery, Mail};
use crate::server::provider::reference::offers::{self, withdrawing};
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, farthest, hash_secret, new_secret, to_millis};

/// Mails at once.
const AT_ONCE: usize = 4;
/// How often one looks without having been woken, and the first pause after a deferral.
const BEAT: Duration = Duration::from_secs(5);
const SOON: Duration = Duration::from_secs(15);
/// The longest pause between two attempts.
const SELDOM: Duration = Duration::from_hours(1);
/// The most characters kept of what a mail server said.
const WORDS: usize = 300;

/// Sends what is queued.
pub async fn look(reference: &Reference) -> Looked {
    send_queued(reference).await?;
    Ok(Next::within(BEAT))
}

/// At the start: what an ended process was sending may have been sent (promise I7).
pub async fn sweep(reference: &Reference) -> Result<(), Refusal> {
    let mut tx = reference.store.begin().await?;
    let cut_off: Vec<(String, String)> =
        sqlx::query_as("SELECT organization, email FROM welcomes WHERE state = 'sending'")
            .fetch_all(&mut *tx)
            .await?;
    let now = reference.clock.now();
    for (id, email) in cut_off {
        sqlx::query(
            "UPDATE welcomes SET state = 'unknown', expires_at = $3,
                    detail = 'The backend ended while the mail was being sent.'
              WHERE organization = $1 AND email = $2",
        )
        .bind(&id)
        .bind(&email)
        .bind(to_millis(lapses_at(now)))
        .execute(&mut *tx)
        .await?;
        record(&mut tx, now, SYSTEM, "welcome.unknown", &id, &email, json!({})).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Sends all that is queued and due.
pub async fn send_queued(reference: &Reference) -> Result<(), Refusal> {
    let queued: Vec<(String, String)> = sqlx::query_as(
        "SELECT organization, email FROM welcomes
          WHERE state = 'queued' AND (not_before IS NULL OR not_before <= $1 OR not_before > $2)
          ORDER BY begun_at LIMIT 200",
    )
    .bind(to_millis(Timestamp::now()))
    .bind(farthest(SELDOM))
    .fetch_all(&mut *reference.store.read().await?)
    .await?;
    let send = async |(id, email): (String, String)| {
        if let Err(refusal) = send_one(reference, &id, &email).await {
            tracing::warn!(detail = ?refusal.problem.detail, "a welcome mail waits");
        }
    };
    futures_util::stream::iter(queued).for_each_concurrent(AT_ONCE, send).await;
    Ok(())
}

/// A mail whose intent is durable: it may leave, once.
struct Intent {
    mail: Mail,
    token_hash: String,
    began: Timestamp,
}

async fn send_one(reference: &Reference, id: &str, email: &str) -> Result<(), Refusal> {
    let Some(intent) = intend(reference, id, email).await? else { return Ok(()) };
    let delivery = reference.post.deliver(&intent.mail).await;
    let mut tx = reference.store.begin().await?;
    settle(&mut tx, id, email, &intent, &delivery, reference.clock.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// `queued -> sending`, with the attempt, its Message-ID and a fresh link; none when it is not
/// queued any more.
async fn intend(reference: &Reference, id: &str, email: &str) -> Result<Option<Intent>, Refusal> {
    let now = reference.clock.now();
    let mut tx = reference.store.begin().await?;
    let row = sqlx::query(
        "SELECT w.attempt, w.origin, o.name, p.name, w.offered_by
           FROM welcomes w JOIN organizations o ON o.id = w.organization
           LEFT JOIN organizations p ON p.id = o.partner
          WHERE w.organization = $1 AND w.email = $2 AND w.state = 'queued'",
    )
    .bind(id)
    .bind(email)
    .fetch_optional(&mut *tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let offered = offers::offered(&mut tx, id, email).await?;
    let held = offered.is_empty();
    let roles = if held { offers::held(&mut tx, id, email).await? } else { offered };
    if roles.is_empty() {
        // The right went while the mail waited: there is nothing to say any more.
        withdrawing::over_if_nothing_is_left(&mut tx, id, email, now).await?;
        tx.commit().await?;
        return Ok(None);
    }
    let attempt = row.try_get::<i64, _>(0)? + 1;
    let secret = new_secret("wel");
    let token_hash = hash_secret(&secret);
    let mail = letter::compose(&Letter {
        desk: &reference.desk,
        email,
        organization: row.try_get(2)?,
        partner: row.try_get(3)?,
        origin: Origin::from_code(row.try_get(1)?).unwrap_or(Origin::Existing),
        by: row.try_get(4)?,
        roles: &roles,
        held,
        can_sign_in: accept::can_sign_in(&mut tx, email).await?,
        until: lapses_at(now),
        secret: &secret,
    });
    sqlx::query(
        "UPDATE welcomes SET state = 'sending', attempt = $3, message_id = $4, detail = ''
          WHERE organization = $1 AND email = $2",
    )
    .bind(id)
    .bind(email)
    .bind(attempt)
    .bind(&mail.message_id)
    .execute(&mut *tx)
    .await?;
    sqlx::query(
        "INSERT INTO welcome_links (token_hash, organization, email, made_at)
         VALUES ($1, $2, $3, $4)",
    )
    .bind(&token_hash)
    .bind(id)
    .bind(email)
    .bind(to_millis(now))
    .execute(&mut *tx)
    .await?;
    let stamp = reference.store.stamp(&mut tx).await?;
    tx.commit().await?;
    reference.store.mark(stamp);
    Ok(Some(Intent { mail, token_hash, began: now }))
}

/// Writes down what became of the mail, if the welcome still waits for it; its link may be used
/// already, and the address may have been corrected meanwhile.
async fn settle(
    conn: &mut Conn,
    id: &str,
    email: &str,
    intent: &Intent,
    delivery: &Delivery,
    now: Timestamp,
) -> Result<(), Refusal> {
    let (state, action, words) = match delivery {
        Delivery::Accepted(_) => (WelcomeState::Sent, "welcome.sent", ""),
        Delivery::Unknown(words) => (WelcomeState::Unknown, "welcome.unknown", words.as_str()),
        Delivery::Refused(words) => (WelcomeState::Refused, "welcome.refused", words.as_str()),
        Delivery::Deferred(words) | Delivery::NotNow(words) | Delivery::Mend(words) => {
            (WelcomeState::Queued, "", words.as_str())
        }
    };
    let words = Untrusted::new(words).shown_in(WORDS).to_string();
    let settled = sqlx::query(
        "UPDATE welcomes SET state = $4, detail = $5, not_before = NULL
          WHERE organization = $1 AND email = $2 AND state = 'sending' AND message_id = $3",
    )
    .bind(id)
    .bind(email)
    .bind(&intent.mail.message_id)
    .bind(state.code())
    .bind(&words)
    .execute(&mut *conn)
    .await?;
    let waited = settled.rows_affected() == 1;
    match delivery {
        Delivery::Accepted(_) | Delivery::Unknown(_) => {
            may_be_there(conn, id, email, intent, waited, delivery, now).await?;
        }
        // Surely not sent: nobody has this link, and the one before it goes on to work.
        Delivery::Refused(_) | Delivery::Deferred(_) | Delivery::NotNow(_) | Delivery::Mend(_) => {
            sqlx::query("DELETE FROM welcome_links WHERE token_hash = $1")
                .bind(&intent.token_hash)
                .execute(&mut *conn)
                .await?;
        }
    }
    if waited && matches!(delivery, Delivery::Deferred(_) | Delivery::NotNow(_) | Delivery::Mend(_))
    {
        put_off(conn, id, email).await?;
    }
    if waited && !action.is_empty() {
        let detail = json!({ "message_id": intent.mail.message_id, "server": words });
        record(conn, now, SYSTEM, action, id, email, detail).await?;
    }
    Ok(())
}

/// The mail is there, or may be: its times; and of several links the one that surely arrived last
/// works.
async fn may_be_there(
    conn: &mut Conn,
    id: &str,
    email: &str,
    intent: &Intent,
    waited: bool,
    delivery: &Delivery,
    now: Timestamp,
) -> Result<(), Refusal> {
    let accepted = matches!(delivery, Delivery::Accepted(_));
    if waited {
        sqlx::query(
            "UPDATE welcomes SET expires_at = $3, deferrals = 0
              WHERE organization = $1 AND email = $2",
        )
        .bind(id)
        .bind(email)
        .bind(to_millis(lapses_at(intent.began)))
        .execute(&mut *conn)
        .await?;
    }
    if accepted {
        // Also where the offer was answered or withdrawn meanwhile: somebody was mailed (P1).
        sqlx::query("UPDATE welcomes SET sent_at = $3 WHERE organization = $1 AND email = $2")
            .bind(id)
            .bind(email)
            .bind(to_millis(now))
            .execute(&mut *conn)
            .await?;
        sqlx::query(
            "UPDATE welcome_links SET dead = 1
              WHERE organization = $1 AND email = $2 AND token_hash <> $3 AND made_at <= $4",
        )
        .bind(id)
        .bind(email)
        .bind(&intent.token_hash)
        .bind(to_millis(intent.began))
        .execute(conn)
        .await?;
    }
    Ok(())
}

/// Deferred: tried again later, in real time, more and more seldom.
async fn put_off(conn: &mut Conn, id: &str, email: &str) -> Result<(), Refusal> {
    let deferrals: i64 = sqlx::query_scalar(
        "UPDATE welcomes SET deferrals = deferrals + 1
          WHERE organization = $1 AND email = $2 RETURNING deferrals",
    )
    .bind(id)
    .bind(email)
    .fetch_one(&mut *conn)
    .await?;
    let doublings = u32::try_from(deferrals - 1).unwrap_or(0).min(16);
    let pause = SOON.saturating_mul(1 << doublings).min(SELDOM);
    sqlx::query("UPDATE welcomes SET not_before = $3 WHERE organization = $1 AND email = $2")
        .bind(id)
        .bind(email)
        .bind(to_millis(Timestamp::now()) + pause.as_millis() as i64)
        .execute(conn)
        .await?;
    Ok(())
}
