//! The jobs of Contact Center (rule T7): what was begun becomes ready, or fails with a reason.
//!
//! Owns ending parts whose time has come. The rows hold the times, so that a restart or a jump of
//! the world clock changes nothing but when they are looked at.

use jiff::Timestamp;
use serde_json::json;
use sqlx::Row;

use super::Directory;
use crate::domain::setup::{CenterPart, PartState};
use crate::server::audit::{Change, SYSTEM};
use crate::server::chores::{Looked, Next};
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, from_millis, to_millis};

/// Parts ended in one transaction.
const BATCH: i64 = 200;

/// Ends parts as their time comes.
pub async fn look(directory: &Directory) -> Looked {
    Ok(Next::rung().or_at(end_due(directory).await?))
}

/// Ends all parts that are due; answers when the next one is.
pub async fn end_due(directory: &Directory) -> Result<Option<Timestamp>, Refusal> {
    loop {
        let now = directory.clock.now();
        let mut tx = directory.store.begin().await?;
        let due = sqlx::query(
            "SELECT organization, part, due_at FROM contact_center_parts
              WHERE state = 'under_way' AND due_at <= $1
              ORDER BY due_at, organization, part LIMIT $2",
        )
        .bind(to_millis(now))
        .bind(BATCH)
        .fetch_all(&mut *tx)
        .await?;
        if due.is_empty() {
            let next: Option<i64> = sqlx::query_scalar(
                "SELECT min(due_at) FROM contact_center_parts WHERE state = 'under_way'",
            )
            .fetch_one(&mut *tx)
            .await?;
            return Ok(next.map(from_millis));
        }
        for row in &due {
            let part = CenterPart::from_code(row.try_get("part")?)
                .ok_or_else(|| Refusal::internal(&"a part of a contact center is unknown"))?;
            let at = from_millis(row.try_get("due_at")?);
            end(&mut tx, row.try_get("organization")?, part, at, now).await?;
        }
        tx.commit().await?;
        directory.desk.parts.send_modify(|rung| *rung = rung.wrapping_add(1));
    }
}

/// Ends one part at its time, whenever it is looked at.
async fn end(
    conn: &mut Conn,
    id: &str,
    part: CenterPart,
    at: Timestamp,
    now: Timestamp,
) -> Result<(), Refusal> {
    let trouble = trouble(conn, id, part).await?;
    let state = if trouble.is_some() { PartState::Failed } else { PartState::Ready };
    let ended = sqlx::query(
        "UPDATE contact_center_parts SET state = $3, ended_at = $4, reason = $5
          WHERE organization = $1 AND part = $2 AND state = 'under_way'",
    )
    .bind(id)
    .bind(part.code())
    .bind(state.code())
    .bind(to_millis(at))
    .bind(&trouble)
    .execute(&mut *conn)
    .await?;
    if ended.rows_affected() == 0 {
        return Ok(());
    }
    sqlx::query("UPDATE contact_centers SET revision = revision + 1 WHERE organization = $1")
        .bind(id)
        .execute(&mut *conn)
        .await?;
    Ok(Change::by(
        now,
        SYSTEM,
        if trouble.is_some() { "contact_center.failed" } else { "contact_center.ready" },
    )
    .of(id)
    .about(part.code())
    .detail(json!({ "reason": trouble }))
    .record(conn)
    .await?)
}

/// Why this part cannot become ready: the tenant has failed, or a trouble of the tenant, which is
/// over once it has been told.
async fn trouble(conn: &mut Conn, id: &str, part: CenterPart) -> Result<Option<String>, Refusal> {
    if part != CenterPart::ContactCenter {
        let tenant: Option<String> = sqlx::query_scalar(
            "SELECT state FROM contact_center_parts
              WHERE organization = $1 AND part = 'contact_center'",
        )
        .bind(id)
        .fetch_optional(conn)
        .await?;
        let failed = tenant.as_deref() == Some(PartState::Failed.code());
        return Ok(failed.then(|| "Contact Center itself could not be set up.".to_owned()));
    }
    let trouble: Option<String> =
        sqlx::query_scalar("SELECT trouble FROM contact_centers WHERE organization = $1")
            .bind(id)
            .fetch_optional(&mut *conn)
            .await?
            .flatten();
    if trouble.is_some() {
        sqlx::query("UPDATE contact_centers SET trouble = NULL WHERE organization = $1")
            .bind(id)
            .execute(conn)
            .await?;
    }
    Ok(trouble)
}
