//! The end of a trial (rule T1): by the world clock, whoever looks and whenever.
//!
//! Owns what an expired trial forbids, and that the record tells of every end. The state itself is
//! not stored: it is the clock's.

use jiff::Timestamp;
use serde_json::json;

use super::super::Directory;
use crate::api::problem::code;
use crate::domain::trial::TrialState;
use crate::server::audit::{Change, SYSTEM};
use crate::server::chores::{Looked, Next};
use crate::server::directory::Resource;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, from_millis, to_millis};

/// Since when an expired trial keeps the resource from being changed.
pub async fn read_only_since(
    directory: &Directory,
    resource: Resource<'_>,
) -> Result<Option<Timestamp>, Refusal> {
    let mut conn = directory.store.read().await?;
    let end: Option<i64> = match resource {
        Resource::Backend => None,
        Resource::Organization(id) => {
            sqlx::query_scalar("SELECT ends_at FROM trials WHERE organization = $1")
                .bind(id)
                .fetch_optional(&mut *conn)
                .await?
        }
        Resource::Site(url) => {
            sqlx::query_scalar(
                "SELECT t.ends_at FROM trials t JOIN sites s ON s.organization = t.organization
                  WHERE s.url = $1",
            )
            .bind(url)
            .fetch_optional(&mut *conn)
            .await?
        }
    };
    Ok(end.map(from_millis).filter(|end| is_over(directory.clock.now(), *end)))
}

fn is_over(now: Timestamp, end: Timestamp) -> bool {
    TrialState::at(now, end) == TrialState::Expired
}

/// Refuses a change of an organization whose trial has expired.
pub async fn must_be_active(conn: &mut Conn, id: &str, now: Timestamp) -> Result<(), Refusal> {
    let end: Option<i64> = sqlx::query_scalar("SELECT ends_at FROM trials WHERE organization = $1")
        .bind(id)
        .fetch_optional(conn)
        .await?;
    match end.map(from_millis) {
        Some(end) if is_over(now, end) => Err(Refusal::trial_expired(end)),
        _ => Ok(()),
    }
}

/// Whether the trial is over. A fault of the database is one, and no answer.
///
/// # Errors
/// When the database cannot be read.
pub async fn is_expired(conn: &mut Conn, id: &str, now: Timestamp) -> Result<bool, Refusal> {
    match must_be_active(conn, id, now).await {
        Ok(()) => Ok(false),
        Err(refusal) if refusal.problem.code == code::TRIAL_EXPIRED => Ok(true),
        Err(fault) => Err(fault),
    }
}

/// Writes every end into the record when it has come.
pub async fn look(directory: &Directory) -> Looked {
    Ok(Next::rung().or_at(record_due(directory).await?))
}

/// Records the ends that have come; answers when the next one does.
pub async fn record_due(directory: &Directory) -> Result<Option<Timestamp>, Refusal> {
    let now = directory.clock.now();
    let mut tx = directory.store.begin().await?;
    let over: Vec<(String, i64)> = sqlx::query_as(
        "UPDATE trials SET expiry_recorded = 1 WHERE expiry_recorded = 0 AND ends_at <= $1
         RETURNING organization, ends_at",
    )
    .bind(to_millis(now))
    .fetch_all(&mut *tx)
    .await?;
    for (organization, ends_at) in &over {
        Change::by(now, SYSTEM, "trial.expired")
            .of(organization)
            .detail(json!({ "ended_at": from_millis(*ends_at) }))
            .record(&mut tx)
            .await?;
    }
    let next: Option<i64> =
        sqlx::query_scalar("SELECT min(ends_at) FROM trials WHERE expiry_recorded = 0")
            .fetch_one(&mut *tx)
            .await?;
    tx.commit().await?;
    Ok(next.map(from_millis))
}
