//! A human's word on a mail that may have been sent (SPEC section 7, `invite resolve`).
//!
//! Owns the two ways out of `unknown` that an operator has, both audited. Sending again is blocked
//! until the worker that held the mail is surely dead.

use jiff::Timestamp;
use serde_json::json;
use sqlx::Row;

use super::control::wrong_state;
use super::feed;
use super::rows::{self, RunRow};
use crate::api::run::{Resolution, Resolve};
use crate::domain::run::{ItemState, RunState};
use crate::domain::user::{latest_lapsed, sent_at};
use crate::server::Backend;
use crate::server::audit::Change;
use crate::server::engine::plans::CHUNK;
use crate::server::nodes::{SURELY_DEAD, real_now};
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, from_millis, to_millis};

/// Settles one `unknown` item.
///
/// # Errors
/// `run_state` when the user is not unknown in this run, or the worker may still be sending.
pub async fn resolve(
    backend: &Backend,
    actor: &str,
    id: &str,
    asked: &Resolve,
) -> Result<(), Refusal> {
    let mut tx = backend.store.begin().await?;
    let now = backend.clock.now();
    let run = rows::load(&mut tx, id).await?;
    let number = find(backend, &mut tx, &run, &asked.user, now).await?;
    let item = Unknown::load(&mut tx, id, number).await?;
    let (action, reason) = match asked.how {
        Resolution::Sent => {
            sent(&mut tx, &run, &item, now).await?;
            ("invitation.resolved_sent", "an operator says it was sent")
        }
        Resolution::Resend => {
            item.may_be_resent(real_now())?;
            resend(&mut tx, &run, &item, now).await?;
            ("invitation.resolved_resend", "an operator says to send it again")
        }
    };
    rows::touch(&mut tx, id).await?;
    Change::by(now, actor, action)
        .of(&run.organization)
        .site(&run.site)
        .about(&asked.user)
        .detail(json!({ "run": id, "message_id": item.message_id, "reason": reason }))
        .record(&mut tx)
        .await?;
    tx.commit().await?;
    backend.runs.ring();
    Ok(())
}

/// The number of an unknown item by `UserID`; there are never many unknown ones.
async fn find(
    backend: &Backend,
    conn: &mut Conn,
    run: &RunRow,
    user: &str,
    now: Timestamp,
) -> Result<u32, Refusal> {
    let rows =
        sqlx::query("SELECT number FROM run_items WHERE run = $1 AND state = $2 ORDER BY number")
            .bind(&run.id)
            .bind(ItemState::Unknown.code())
            .fetch_all(&mut *conn)
            .await?;
    let numbers = rows.iter().map(|row| row.try_get("number")).collect::<Result<Vec<u32>, _>>()?;
    let site = backend.directory.site_facts(&run.site).await?;
    for some in numbers.chunks(CHUNK) {
        let users = backend.directory.users_among(conn, &site, some, now).await?;
        if let Some(found) = users.iter().find(|found| found.user_id == user) {
            return Ok(found.number);
        }
    }
    Err(wrong_state(
        "This run has no user with that UserID whose mail may have been sent.".to_owned(),
        "List the run's unknown ones; a mail in flight is settled by itself.",
    ))
}

struct Unknown {
    number: u32,
    address_key: String,
    message_id: String,
    blocked_until: Option<i64>,
}

impl Unknown {
    async fn load(conn: &mut Conn, run: &str, number: u32) -> Result<Self, Refusal> {
        let row = sqlx::query(
            "SELECT address_key, coalesce(message_id, '') AS message_id, lease_until
               FROM run_items
              WHERE run = $1 AND number = $2",
        )
        .bind(run)
        .bind(i64::from(number))
        .fetch_one(conn)
        .await?;
        Ok(Self {
            number,
            address_key: row.try_get("address_key")?,
            message_id: row.try_get("message_id")?,
            blocked_until: row.try_get("lease_until")?,
        })
    }

    /// Whether the worker that held it is surely dead. A time further ahead than that takes was
    /// written before a clock was set back, by a process that is no more.
    fn may_be_resent(&self, real: i64) -> Result<(), Refusal> {
        let longest = SURELY_DEAD.as_millis() as i64;
        match self.blocked_until {
            Some(until) if until > real && until - real <= longest => Err(wrong_state(
                format!(
                    "The backend may still be sending this mail, until {}.",
                    from_millis(until)
                ),
                "Look for its Message-ID in the mail server's log, or send again later.",
            )
            .retry_after(((until - real) / 1_000 + 1) as u64)),
            _ => Ok(()),
        }
    }
}

/// It was sent: pending since the attempt, as its link is.
async fn sent(
    conn: &mut Conn,
    run: &RunRow,
    item: &Unknown,
    now: Timestamp,
) -> Result<(), Refusal> {
    move_on(conn, run, item, ItemState::Accepted, now).await?;
    let invited_at = attempted_at(conn, run, item, now).await?;
    sqlx::query(
        "UPDATE invitations SET unknown = 0, invited_at = $1
          WHERE organization = $2 AND address_key = $3",
    )
    .bind(to_millis(invited_at))
    .bind(&run.organization)
    .bind(&item.address_key)
    .execute(conn)
    .await?;
    Ok(())
}

/// When the mail was sent, if it was: its link tells.
async fn attempted_at(
    conn: &mut Conn,
    run: &RunRow,
    item: &Unknown,
    now: Timestamp,
) -> Result<Timestamp, Refusal> {
    let row = sqlx::query(
        "SELECT token_expires_at FROM invitations WHERE organization = $1 AND address_key = $2",
    )
    .bind(&run.organization)
    .bind(&item.address_key)
    .fetch_one(conn)
    .await?;
    let expires_at = row.try_get::<Option<i64>, _>("token_expires_at")?.map(from_millis);
    Ok(expires_at.map_or(now, |at| sent_at(at).min(now)))
}

/// Queued once more, in a run that works again; every other check is made as for any item.
///
/// The first mail may have arrived, whatever becomes of the second one, which may never leave: then
/// the item is what it was ([`super::second`]). Until then the address stays invited, and no longer
/// pending: that alone would hold the second mail back.
async fn resend(
    conn: &mut Conn,
    run: &RunRow,
    item: &Unknown,
    now: Timestamp,
) -> Result<(), Refusal> {
    move_on(conn, run, item, ItemState::Queued, now).await?;
    sqlx::query("UPDATE run_items SET may_have_gone = $3 WHERE run = $1 AND number = $2")
        .bind(&run.id)
        .bind(i64::from(item.number))
        .bind(&item.message_id)
        .execute(&mut *conn)
        .await?;
    let invited_at = attempted_at(conn, run, item, now).await?.min(latest_lapsed(now));
    sqlx::query(
        "UPDATE invitations SET unknown = 0, invited_at = COALESCE(invited_at, $1)
          WHERE organization = $2 AND address_key = $3",
    )
    .bind(to_millis(invited_at))
    .bind(&run.organization)
    .bind(&item.address_key)
    .execute(&mut *conn)
    .await?;
    if run.state.is_over() {
        sqlx::query("UPDATE runs SET state = $1, ended_at = NULL WHERE id = $2")
            .bind(RunState::Running.code())
            .bind(&run.id)
            .execute(conn)
            .await?;
    }
    Ok(())
}

async fn move_on(
    conn: &mut Conn,
    run: &RunRow,
    item: &Unknown,
    to: ItemState,
    now: Timestamp,
) -> Result<(), Refusal> {
    feed::forget(conn, &run.id, item.number).await?;
    let moved = sqlx::query(
        "UPDATE run_items SET state = $1, reason = '', lease_until = NULL, not_before = NULL,
           updated_at = $2
          WHERE run = $3 AND number = $4 AND state = $5",
    )
    .bind(to.code())
    .bind(to_millis(now))
    .bind(&run.id)
    .bind(i64::from(item.number))
    .bind(ItemState::Unknown.code())
    .execute(&mut *conn)
    .await?;
    if moved.rows_affected() == 1 {
        return Ok(());
    }
    Err(Refusal::internal(&"an unknown item is not unknown"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resend_waits_until_the_worker_is_surely_dead() {
        let item = |blocked_until| Unknown {
            number: 0,
            address_key: String::new(),
            message_id: String::new(),
            blocked_until,
        };
        assert!(item(None).may_be_resent(1_000).is_ok());
        assert!(item(Some(1_000)).may_be_resent(1_000).is_ok());
        let refusal = item(Some(1_001)).may_be_resent(1_000).unwrap_err();
        assert_eq!((refusal.problem.status, refusal.retry_after), (409, Some(1)));
        let far = 1_000 + SURELY_DEAD.as_millis() as i64 + 1;
        assert!(item(Some(far)).may_be_resent(1_000).is_ok(), "i18: a clock was set back");
    }
}
