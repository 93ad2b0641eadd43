//! The rows of `runs` and `run_items` that workers and operators share.
//!
//! Owns loading a run's facts and moving many items at once. Every change of items goes with
//! [`touch`], which raises the revision that watchers wait for.

use jiff::Timestamp;
use sqlx::Row;

use crate::api::plan::Held;
use crate::domain::account_linking::Basis;
use crate::domain::outcome::{Class, Outcome};
use crate::domain::run::{ItemState, RunState};
use crate::server::engine::plans::held_from;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, Sql, SqlRow, to_millis};

/// A run, as workers and operators need it.
#[derive(Debug, Clone)]
pub(super) struct RunRow {
    pub id: String,
    pub plan: String,
    pub site: String,
    pub organization: String,
    pub state: RunState,
    pub held: Held,
    pub basis: Basis,
    pub started_by: String,
}

/// One run.
///
/// # Errors
/// 404 when there is none.
pub(super) async fn load(conn: &mut Conn, id: &str) -> Result<RunRow, Refusal> {
    let row = sqlx::query(
        "SELECT r.id, r.plan, s.url, r.organization, r.state, p.held, r.started_by, p.basis
           FROM runs r JOIN plans p ON p.id = r.plan JOIN sites s ON s.id = r.site
          WHERE r.id = $1",
    )
    .bind(id)
    .fetch_optional(conn)
    .await?
    .ok_or_else(|| Refusal::not_found("run"))?;
    Ok(RunRow {
        id: row.try_get("id")?,
        plan: row.try_get("plan")?,
        site: row.try_get("url")?,
        organization: row.try_get("organization")?,
        state: run_state(row.try_get("state")?)?,
        held: held_from(row.try_get("held")?),
        started_by: row.try_get("started_by")?,
        basis: Basis::from_code(row.try_get("basis")?).unwrap_or_default(),
    })
}

/// Reads a stored state.
pub(super) fn run_state(code: &str) -> Result<RunState, Refusal> {
    RunState::from_code(code).ok_or_else(|| Refusal::internal(&"a run has no state"))
}

/// Whether a run is to be worked on.
pub(super) async fn is_running(conn: &mut Conn, id: &str) -> Result<bool, sqlx::Error> {
    let row =
        sqlx::query("SELECT state FROM runs WHERE id = $1").bind(id).fetch_optional(conn).await?;
    Ok(match row {
        Some(row) => row.try_get::<&str, _>("state")? == RunState::Running.code(),
        None => false,
    })
}

/// Raises the run's revision. Call it in every transaction that changes the run or its items.
pub(super) async fn touch(conn: &mut Conn, id: &str) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE runs SET revision = revision + 1 WHERE id = $1")
        .bind(id)
        .execute(conn)
        .await?;
    Ok(())
}

/// Moves all items of a run from one state to another; answers how many.
pub(super) async fn move_all(
    conn: &mut Conn,
    run: &str,
    from: ItemState,
    to: ItemState,
    reason: &str,
    now: Timestamp,
) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE run_items SET state = $1, reason = $2, lease_until = NULL, updated_at = $3
          WHERE run = $4 AND state = $5",
    )
    .bind(to.code())
    .bind(reason)
    .bind(to_millis(now))
    .bind(run)
    .bind(from.code())
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Moves these items of a run (at most a thousand) to a state, whatever state they are in.
pub(super) async fn settle(
    conn: &mut Conn,
    run: &str,
    numbers: &[u32],
    to: ItemState,
    reason: &str,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    if numbers.is_empty() {
        return Ok(());
    }
    let mut query = Sql::new("UPDATE run_items SET lease_until = NULL, state = ");
    query.push_bind(to.code()).push(", reason = ").push_bind(reason);
    query.push(", updated_at = ").push_bind(to_millis(now));
    query.push(" WHERE run = ").push_bind(run).push(" AND number IN (");
    let mut list = query.separated(", ");
    for number in numbers {
        list.push_bind(i64::from(*number));
    }
    query.push(")");
    query.build().execute(conn).await?;
    Ok(())
}

/// Adds `outcome IN (..)` for the outcomes of a class.
pub(super) fn push_class(query: &mut Sql, class: Class) {
    query.push(" AND outcome IN (");
    let mut codes = query.separated(", ");
    for outcome in Outcome::ALL.into_iter().filter(|outcome| outcome.class() == class) {
        codes.push_bind(outcome.code());
    }
    query.push(")");
}

/// An item as a worker takes it up.
#[derive(Debug, Clone)]
pub(super) struct Item {
    pub number: u32,
    pub address: String,
    pub outcome: Outcome,
    pub attempt: i64,
}

impl Item {
    /// Reads `number, address, outcome, attempt`.
    pub fn read(row: &SqlRow) -> Result<Self, Refusal> {
        let outcome: &str = row.try_get("outcome")?;
        Ok(Self {
            number: row.try_get("number")?,
            address: row.try_get("address")?,
            outcome: Outcome::from_code(outcome)
                .ok_or_else(|| Refusal::internal(&"a run's item has no outcome"))?,
            attempt: row.try_get("attempt")?,
        })
    }
}
