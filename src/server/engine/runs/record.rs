//! What became of a mail, written down (research, section 4).
//!
//! Owns the step out of `sending`. Only the attempt that was begun may take it, by run, number,
//! attempt and epoch; a late worker may still report that its own mail was accepted, never more.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;

use super::driver::{Driver, back_off};
use super::intent::Intent;
use super::rows;
use crate::domain::run::ItemState;
use crate::domain::untrusted::Untrusted;
use crate::domain::user::lapses_at;
use crate::server::audit::{self, Change};
use crate::server::nodes::real_now;
use crate::server::post::Delivery;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, to_millis};

/// The most columns of a server's words that are kept.
const WORDS: usize = 500;
/// How long until a record that could not be written is tried again.
const AGAIN: Duration = Duration::from_secs(1);
/// The reason of a mail that proved itself by its answer.
const ANSWERED: &str = "the person has answered";
/// The reason of what an ended run leaves behind.
pub(super) const CANCELLED: &str = "cancelled";

/// Writes down what became of a mail. Until it is written the item stays `sending`, which is true:
/// so it tries until it succeeds, or until the backend stops.
pub(super) async fn record(driver: &Driver, intent: &Intent, delivery: &Delivery) {
    while let Err(refusal) = try_record(driver, intent, delivery).await {
        tracing::error!(code = %refusal.problem.code, number = intent.number,
            "a mail's fate could not be written down");
        if driver.is_stopping() {
            return;
        }
        tokio::time::sleep(AGAIN).await;
    }
}

async fn try_record(driver: &Driver, intent: &Intent, delivery: &Delivery) -> Result<(), Refusal> {
    let backend = &driver.backend;
    let now = backend.clock.now();
    let mut tx = backend.store.begin().await?;
    let running = rows::is_running(&mut tx, &driver.run.id).await?;
    let paused = !running && !is_over(&mut tx, &driver.run.id).await?;
    let mut end = End::of(delivery, intent.attempt, running || paused);
    if has_answered(driver, &mut tx, intent).await? {
        // Nobody answers a mail that did not come: that wins, whatever became of the reply.
        end = End { state: ItemState::Accepted, reason: ANSWERED.to_owned(), wait: None };
    }
    if move_on(driver, &mut tx, intent, &end, now).await? {
        match end.state {
            ItemState::Accepted => accepted(driver, &mut tx, intent, now).await?,
            ItemState::Unknown => unknown(driver, &mut tx, intent).await?,
            _ => {}
        }
        audit(driver, &mut tx, intent, &end, now).await?;
    }
    free(driver, &mut tx, intent).await?;
    rows::touch(&mut tx, &driver.run.id).await?;
    tx.commit().await?;
    backend.runs.ring();
    Ok(())
}

/// Whether the person has confirmed or declined while the mail was on its way.
async fn has_answered(
    driver: &Driver,
    conn: &mut Conn,
    intent: &Intent,
) -> Result<bool, sqlx::Error> {
    let answered = sqlx::query(
        "SELECT 1 FROM invitations WHERE organization = $1 AND address_key = $2
            AND (confirmed_at IS NOT NULL OR declined_at IS NOT NULL)",
    )
    .bind(&driver.run.organization)
    .bind(&intent.address_key)
    .fetch_optional(conn)
    .await?;
    Ok(answered.is_some())
}

/// Where an item goes, and why.
struct End {
    state: ItemState,
    reason: String,
    wait: Option<Duration>,
}

impl End {
    fn of(delivery: &Delivery, attempt: i64, goes_on: bool) -> Self {
        let cut = |words: &str| Untrusted::new(words).shown_in(WORDS).as_str().to_owned();
        let (state, reason, wait) = match delivery {
            Delivery::Accepted(_) => (ItemState::Accepted, String::new(), None),
            Delivery::Refused(words) => (ItemState::Failed, cut(words), None),
            Delivery::Unknown(words) => (ItemState::Unknown, cut(words), None),
            Delivery::Deferred(_) | Delivery::NotNow(_) | Delivery::Mend(_) if !goes_on => {
                (ItemState::NotProcessed, CANCELLED.to_owned(), None)
            }
            Delivery::Deferred(words) | Delivery::NotNow(words) | Delivery::Mend(words) => {
                match back_off(attempt) {
                    Some(wait) => (ItemState::Queued, cut(words), Some(wait)),
                    None => (ItemState::Failed, cut(&format!("given up: {words}")), None),
                }
            }
        };
        Self { state, reason, wait }
    }
}

async fn is_over(conn: &mut Conn, run: &str) -> Result<bool, Refusal> {
    Ok(rows::load(conn, run).await?.state.is_over())
}

/// Out of `sending`; out of `unknown` only for a mail that was accepted after all.
async fn move_on(
    driver: &Driver,
    conn: &mut Conn,
    intent: &Intent,
    end: &End,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let late = match end.state {
        ItemState::Accepted => ItemState::Unknown,
        _ => ItemState::Sending,
    };
    let not_before = end.wait.map(|wait| real_now() + wait.as_millis() as i64);
    let moved = sqlx::query(
        "UPDATE run_items SET state = $1, reason = $2, not_before = $3, lease_until = NULL,
           updated_at = $4
          WHERE run = $5 AND number = $6 AND attempt = $7 AND epoch = $8 AND state IN ($9, $10)",
    )
    .bind(end.state.code())
    .bind(&end.reason)
    .bind(not_before)
    .bind(to_millis(now))
    .bind(&driver.run.id)
    .bind(i64::from(intent.number))
    .bind(intent.attempt)
    .bind(driver.epoch)
    .bind(ItemState::Sending.code())
    .bind(late.code())
    .execute(conn)
    .await?;
    Ok(moved.rows_affected() == 1)
}

/// The invitation is pending from now on, and its link works exactly as long (row 10).
async fn accepted(
    driver: &Driver,
    conn: &mut Conn,
    intent: &Intent,
    now: Timestamp,
) -> Result<(), Refusal> {
    sqlx::query(
        "UPDATE invitations SET invited_at = $1, token_expires_at = $2, unknown = 0
          WHERE organization = $3 AND address_key = $4",
    )
    .bind(to_millis(now))
    .bind(to_millis(lapses_at(now)))
    .bind(&driver.run.organization)
    .bind(&intent.address_key)
    .execute(conn)
    .await?;
    Ok(())
}

/// The mail may have been sent: no machine sends to this address until a human or the person says.
async fn unknown(driver: &Driver, conn: &mut Conn, intent: &Intent) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE invitations SET unknown = 1 WHERE organization = $1 AND address_key = $2")
        .bind(&driver.run.organization)
        .bind(&intent.address_key)
        .execute(conn)
        .await?;
    Ok(())
}

/// The address is free for another mail, as far as this one is concerned.
async fn free(driver: &Driver, conn: &mut Conn, intent: &Intent) -> Result<(), sqlx::Error> {
    sqlx::query(
        "DELETE FROM sending
          WHERE organization = $1 AND address_key = $2 AND run = $3 AND number = $4",
    )
    .bind(&driver.run.organization)
    .bind(&intent.address_key)
    .bind(&driver.run.id)
    .bind(i64::from(intent.number))
    .execute(conn)
    .await?;
    Ok(())
}

async fn audit(
    driver: &Driver,
    conn: &mut Conn,
    intent: &Intent,
    end: &End,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let action = match end.state {
        ItemState::Accepted => "invitation.sent",
        ItemState::Failed => "invitation.failed",
        ItemState::Unknown => "invitation.unknown",
        // Deferred: nothing happened yet.
        _ => return Ok(()),
    };
    let change = Change {
        at: now,
        actor: &driver.run.started_by,
        action,
        organization: Some(&driver.run.organization),
        site: Some(&driver.run.site),
        subject: &intent.user_id,
        detail: json!({ "run": driver.run.id, "attempt": intent.attempt,
                        "message_id": intent.mail.message_id, "reason": end.reason }),
    };
    audit::record(conn, change).await
}

/// Gives back mails that were not begun: as if they had never been intended.
pub(super) async fn withhold(driver: &Driver, intents: &[Intent]) -> Result<(), Refusal> {
    let backend = &driver.backend;
    let now = backend.clock.now();
    let mut tx = backend.store.begin().await?;
    let (state, reason) = if is_over(&mut tx, &driver.run.id).await? {
        (ItemState::NotProcessed, CANCELLED)
    } else {
        (ItemState::Queued, "")
    };
    for intent in intents {
        sqlx::query(
            "UPDATE run_items SET state = $1, reason = $2, attempt = attempt - 1,
               message_id = NULL, lease_until = NULL, updated_at = $3
              WHERE run = $4 AND number = $5 AND attempt = $6 AND epoch = $7 AND state = $8",
        )
        .bind(state.code())
        .bind(reason)
        .bind(to_millis(now))
        .bind(&driver.run.id)
        .bind(i64::from(intent.number))
        .bind(intent.attempt)
        .bind(driver.epoch)
        .bind(ItemState::Sending.code())
        .execute(&mut *tx)
        .await?;
        free(driver, &mut tx, intent).await?;
    }
    rows::touch(&mut tx, &driver.run.id).await?;
    tx.commit().await?;
    backend.runs.ring();
    Ok(())
}
