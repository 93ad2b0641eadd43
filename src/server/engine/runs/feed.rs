//! A run's window in the outbox: the next mails of it, never all.
//!
//! Owns putting them there and taking them back. An item that is there is `claimed`, under the
//! outbox's id of its mail; what has begun to leave is `sending`, and is never taken back.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::Row;

use super::driver::Driver;
use super::invitations::{QUEUE, about};
use super::rows::{self, Item};
use crate::domain::address::Address;
use crate::domain::outcome::Class;
use crate::domain::run::ItemState;
use crate::server::nodes::{BEAT, real_now};
use crate::server::post::Ask;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, Sql};

/// The most mails of one run that are in the outbox and have not begun.
const WINDOW: i64 = 200;
/// With fewer, it is filled again.
const LOW: i64 = WINDOW / 2;
/// How long an item waits while another mail to its address is in flight, in milliseconds.
pub(super) const IN_FLIGHT_WAIT: i64 = 2_000;

/// What is to be done about a run's mails.
pub(super) enum Fed {
    /// Look again after this time, or when something has changed.
    Waits(Duration),
    /// There are mails to send and no server to send them through.
    NoServer,
    /// No mail is left.
    Nothing,
    /// The run is not to be worked on any more.
    Halt,
}

/// Fills the window, if it has room.
pub(super) async fn feed(driver: &Driver) -> Result<Fed, Refusal> {
    let backend = &driver.backend;
    let run = &driver.run;
    // Looked at without the writer: the usual case must not write.
    let mut conn = backend.store.read().await?;
    if !rows::is_running(&mut conn, &run.id).await? {
        return Ok(Fed::Halt);
    }
    let inside = inside(&mut conn, &run.id).await?;
    if inside >= LOW {
        return Ok(Fed::Waits(BEAT));
    }
    if due(&mut conn, &run.id, 1).await?.is_empty() {
        return waiting(&mut conn, &run.id).await;
    }
    drop(conn);
    if backend.options.smtp.is_none() {
        return Ok(Fed::NoServer);
    }
    let mut tx = backend.store.begin().await?;
    if !rows::is_running(&mut tx, &run.id).await? {
        return Ok(Fed::Halt);
    }
    for item in due(&mut tx, &run.id, WINDOW - inside).await? {
        put(&mut tx, driver, &item).await?;
    }
    rows::touch(&mut tx, &run.id).await?;
    tx.commit().await?;
    backend.post.ring();
    Ok(Fed::Waits(BEAT))
}

/// How many of its mails are in the outbox and have not begun.
async fn inside(conn: &mut Conn, run: &str) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("SELECT count(*) FROM run_items WHERE run = $1 AND state = $2")
        .bind(run)
        .bind(ItemState::Claimed.code())
        .fetch_one(conn)
        .await
}

/// The next that may go there.
async fn due(conn: &mut Conn, run: &str, limit: i64) -> Result<Vec<Item>, Refusal> {
    let now = real_now();
    let mut query =
        Sql::new("SELECT number, address, outcome, attempt FROM run_items WHERE run = ");
    query.push_bind(run).push(" AND state = ").push_bind(ItemState::Queued.code());
    query.push(" AND (not_before IS NULL OR not_before <= ").push_bind(now);
    // A wrong clock of before keeps nobody.
    query.push(" OR not_before > ").push_bind(now + IN_FLIGHT_WAIT).push(")");
    rows::push_class(&mut query, Class::Emailed);
    query.push(" ORDER BY number LIMIT ").push_bind(limit);
    query.build().fetch_all(conn).await?.iter().map(Item::read).collect()
}

/// Nothing can be put there: is something still to come?
async fn waiting(conn: &mut Conn, run: &str) -> Result<Fed, Refusal> {
    let row = sqlx::query(
        "SELECT count(*) AS people, min(not_before) AS soonest FROM run_items
          WHERE run = $1 AND state IN ($2, $3, $4)",
    )
    .bind(run)
    .bind(ItemState::Queued.code())
    .bind(ItemState::Claimed.code())
    .bind(ItemState::Sending.code())
    .fetch_one(conn)
    .await?;
    if row.try_get::<i64, _>("people")? == 0 {
        return Ok(Fed::Nothing);
    }
    let wait = match row.try_get::<Option<i64>, _>("soonest")? {
        Some(not_before) => (not_before - real_now()).clamp(1, IN_FLIGHT_WAIT),
        None => BEAT.as_millis() as i64,
    };
    Ok(Fed::Waits(Duration::from_millis(wait as u64)))
}

/// One item's mail.
async fn put(conn: &mut Conn, driver: &Driver, item: &Item) -> Result<(), Refusal> {
    let run = &driver.run;
    let recipient = Address::parse(&item.address)
        .map_or_else(|_| item.address.clone(), |address| address.as_str().to_owned());
    let ask = Ask {
        queue: QUEUE,
        about: &about(&run.id, item.number),
        recipient: &recipient,
        organization: Some(&run.organization),
        deferrals: item.attempt,
        ..Ask::default()
    };
    let mail = ask.put(conn).await?;
    sqlx::query(
        "UPDATE run_items SET state = $1, mail = $2, not_before = NULL
          WHERE run = $3 AND number = $4 AND state = $5",
    )
    .bind(ItemState::Claimed.code())
    .bind(&mail)
    .bind(&run.id)
    .bind(i64::from(item.number))
    .bind(ItemState::Queued.code())
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes back what has not begun: it waits outside again, or never will be.
pub(super) async fn take_back(
    conn: &mut Conn,
    run: &str,
    to: ItemState,
    reason: &str,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "DELETE FROM outbox WHERE state IN ('queued', 'claimed') AND id IN
           (SELECT mail FROM run_items WHERE run = $1 AND state = $2)",
    )
    .bind(run)
    .bind(ItemState::Claimed.code())
    .execute(&mut *conn)
    .await?;
    rows::move_all(conn, run, ItemState::Claimed, to, reason, now).await?;
    Ok(())
}

/// What has no mail in the outbox any more, whyever, waits outside again.
pub(super) async fn take_back_lost(conn: &mut Conn, run: &str) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE run_items SET state = $1, not_before = NULL
          WHERE run = $2 AND state = $3
            AND NOT EXISTS (SELECT 1 FROM outbox WHERE id = run_items.mail)",
    )
    .bind(ItemState::Queued.code())
    .bind(run)
    .bind(ItemState::Claimed.code())
    .execute(conn)
    .await?;
    Ok(())
}

/// An item's last mail can tell nothing any more: somebody has said what became of it.
pub(super) async fn forget(conn: &mut Conn, run: &str, number: u32) -> Result<(), sqlx::Error> {
    sqlx::query(
        "DELETE FROM outbox WHERE state <> 'sending' AND id =
           (SELECT mail FROM run_items WHERE run = $1 AND number = $2)",
    )
    .bind(run)
    .bind(i64::from(number))
    .execute(conn)
    .await?;
    Ok(())
}
