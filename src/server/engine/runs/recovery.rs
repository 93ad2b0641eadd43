//! What the dead held (promises I7, I8): of a crash, of a driver that broke off, of one gone silent.
//!
//! Owns the two ways back: what was only claimed is queued again, for nothing was sent; what was
//! being sent is `unknown`, and no machine ever sends it again. Who is dead is `nodes`' to say.

use serde_json::json;
use sqlx::Row;

use super::rows;
use crate::domain::run::{ItemState, RunState};
use crate::server::Backend;
use crate::server::audit::{self, Change};
use crate::server::nodes::{self, SURELY_DEAD, dead_before, real_now};
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, SqlRow, to_millis};

const STOPPED: &str = "the backend stopped while this mail was being sent";
const LOST: &str = "the backend went silent while this mail was being sent";

/// This process's worker begins, or begins again: no driver of it is alive.
pub(super) async fn recover(backend: &Backend) -> Result<(), Refusal> {
    let mut tx = backend.store.begin().await?;
    nodes::end_of(&mut tx, &backend.runs.owner).await?;
    // Back-off was measured on the last process's clock.
    for run in waiting(&mut tx).await? {
        sqlx::query("UPDATE run_items SET not_before = NULL WHERE run = $1 AND state = $2")
            .bind(&run)
            .bind(ItemState::Queued.code())
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await?;
    reap(backend).await
}

/// An item whose mail was being sent.
struct Stranded {
    run: String,
    number: i64,
    organization: String,
    address_key: String,
    /// Its node is there, and silent.
    may_live: bool,
}

/// Gives back what the dead held.
pub(super) async fn reap(backend: &Backend) -> Result<(), Refusal> {
    let mut conn = backend.store.read().await?;
    let nothing = stranded(&mut conn).await?.is_empty() && claimed(&mut conn).await?.is_empty();
    drop(conn);
    if nothing {
        // The usual case must not write: an idle backend leaves the disk alone.
        return Ok(());
    }
    let mut tx = backend.store.begin().await?;
    for run in claimed(&mut tx).await? {
        requeue(&mut tx, &run).await?;
        rows::touch(&mut tx, &run).await?;
    }
    for item in stranded(&mut tx).await? {
        strand(backend, &mut tx, &item).await?;
    }
    tx.commit().await?;
    backend.runs.ring();
    Ok(())
}

/// Runs that may have claimed or waiting items: those that are not over.
const LIVE: [&str; 3] =
    [RunState::Queued.code(), RunState::Running.code(), RunState::Paused.code()];

async fn claimed(conn: &mut Conn) -> Result<Vec<String>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT r.id FROM runs r WHERE r.state IN ($1, $2, $3) AND EXISTS (
           SELECT 1 FROM run_items i WHERE i.run = r.id AND i.state = $4 AND NOT EXISTS (
             SELECT 1 FROM nodes n WHERE n.epoch = i.epoch AND n.beat_until >= $5))",
    )
    .bind(LIVE[0])
    .bind(LIVE[1])
    .bind(LIVE[2])
    .bind(ItemState::Claimed.code())
    .bind(dead_before())
    .fetch_all(conn)
    .await?;
    rows.iter().map(|row| row.try_get("id")).collect()
}

async fn waiting(conn: &mut Conn) -> Result<Vec<String>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT r.id FROM runs r WHERE r.state IN ($1, $2, $3) AND EXISTS (
           SELECT 1 FROM run_items i
            WHERE i.run = r.id AND i.state = $4 AND i.not_before IS NOT NULL)",
    )
    .bind(LIVE[0])
    .bind(LIVE[1])
    .bind(LIVE[2])
    .bind(ItemState::Queued.code())
    .fetch_all(conn)
    .await?;
    rows.iter().map(|row| row.try_get("id")).collect()
}

async fn requeue(conn: &mut Conn, run: &str) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE run_items SET state = $1
          WHERE run = $2 AND state = $3 AND NOT EXISTS (
            SELECT 1 FROM nodes n WHERE n.epoch = run_items.epoch AND n.beat_until >= $4)",
    )
    .bind(ItemState::Queued.code())
    .bind(run)
    .bind(ItemState::Claimed.code())
    .bind(dead_before())
    .execute(conn)
    .await?;
    Ok(())
}

async fn stranded(conn: &mut Conn) -> Result<Vec<Stranded>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT s.run, s.number, s.organization, s.address_key,
                EXISTS (SELECT 1 FROM nodes n WHERE n.epoch = i.epoch) AS may_live
           FROM sending s JOIN run_items i ON i.run = s.run AND i.number = s.number
          WHERE i.state = $1 AND NOT EXISTS (
            SELECT 1 FROM nodes n WHERE n.epoch = i.epoch AND n.beat_until >= $2)",
    )
    .bind(ItemState::Sending.code())
    .bind(dead_before())
    .fetch_all(conn)
    .await?;
    let read = |row: &SqlRow| {
        Ok(Stranded {
            run: row.try_get("run")?,
            number: row.try_get("number")?,
            organization: row.try_get("organization")?,
            address_key: row.try_get("address_key")?,
            may_live: row.try_get("may_live")?,
        })
    };
    rows.iter().map(read).collect()
}

/// One item of a dead worker: `unknown`, unless the person has answered, which proves the mail.
async fn strand(backend: &Backend, conn: &mut Conn, item: &Stranded) -> Result<(), Refusal> {
    let now = backend.clock.now();
    let answered = sqlx::query(
        "SELECT 1 FROM invitations WHERE organization = $1 AND address_key = $2
            AND (confirmed_at IS NOT NULL OR declined_at IS NOT NULL)",
    )
    .bind(&item.organization)
    .bind(&item.address_key)
    .fetch_optional(&mut *conn)
    .await?
    .is_some();
    let (state, reason) = match (answered, item.may_live) {
        (true, _) => (ItemState::Accepted, "the person has answered"),
        (false, true) => (ItemState::Unknown, LOST),
        (false, false) => (ItemState::Unknown, STOPPED),
    };
    // A worker that is only silent may still be sending: nobody resends until it is surely dead.
    let blocked = item.may_live.then(|| real_now() + SURELY_DEAD.as_millis() as i64);
    sqlx::query(
        "UPDATE run_items SET state = $1, reason = $2, lease_until = $3, updated_at = $4
          WHERE run = $5 AND number = $6",
    )
    .bind(state.code())
    .bind(reason)
    .bind(blocked)
    .bind(to_millis(now))
    .bind(&item.run)
    .bind(item.number)
    .execute(&mut *conn)
    .await?;
    if !answered {
        sqlx::query(
            "UPDATE invitations SET unknown = 1 WHERE organization = $1 AND address_key = $2",
        )
        .bind(&item.organization)
        .bind(&item.address_key)
        .execute(&mut *conn)
        .await?;
    }
    sqlx::query("DELETE FROM sending WHERE organization = $1 AND address_key = $2")
        .bind(&item.organization)
        .bind(&item.address_key)
        .execute(&mut *conn)
        .await?;
    rows::touch(conn, &item.run).await?;
    let change = Change {
        at: now,
        actor: "system",
        action: "invitation.unknown",
        organization: Some(&item.organization),
        site: None,
        subject: &item.run,
        detail: json!({ "number": item.number, "reason": reason }),
    };
    Ok(audit::record(conn, change).await?)
}
