//! What operators do to a run as a whole: pause, resume, cancel, retry.
//!
//! Owns which states allow it. Pausing and cancelling take effect before the next mail: they take
//! what has not begun out of the outbox in the same transaction, and what is gone allows no intent.

use jiff::Timestamp;
use serde_json::{Value, json};
use sqlx::Row;

use super::breaker::NO_SERVER;
use super::rows::{self, RunRow};
use super::settled::CANCELLED;
use super::{feed, restored, second};
use crate::api::plan::{Numbers, Plan};
use crate::api::problem::code;
use crate::domain::run::{ItemState, RunState};
use crate::server::Backend;
use crate::server::audit::Change;
use crate::server::engine::plans;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, Tx, to_millis};

/// Stops before the next mail; what is in flight cannot be recalled.
///
/// # Errors
/// `run_state` when the run is over.
pub async fn pause(backend: &Backend, actor: &str, id: &str) -> Result<(), Refusal> {
    let (mut tx, run, now) = begin(backend, id).await?;
    not_over(&run)?;
    if run.state == RunState::Paused {
        return Ok(());
    }
    feed::take_back(&mut tx, id, ItemState::Queued, "", now).await?;
    set_state(&mut tx, id, RunState::Paused).await?;
    commit(backend, tx, actor, "run.paused", &run, now).await
}

/// Goes on with a paused run; what was deferred is tried again at once.
///
/// # Errors
/// `run_state` when the run is over, or paused for want of a mail server that is not there yet.
pub async fn resume(backend: &Backend, actor: &str, id: &str) -> Result<(), Refusal> {
    let (mut tx, run, now) = begin(backend, id).await?;
    not_over(&run)?;
    if run.state != RunState::Paused {
        return Ok(());
    }
    if restored::is_held(&mut tx, id).await? {
        return Err(restored::refused(id));
    }
    must_have_a_server(backend, &mut tx, id).await?;
    sqlx::query(
        "UPDATE run_items SET not_before = NULL
          WHERE run = $1 AND state = $2 AND not_before IS NOT NULL",
    )
    .bind(id)
    .bind(ItemState::Queued.code())
    .execute(&mut *tx)
    .await?;
    set_state(&mut tx, id, RunState::Running).await?;
    backend.post.ask_anew();
    commit(backend, tx, actor, "run.resumed", &run, now).await
}

/// What paused because there is no mail server would pause again at once.
async fn must_have_a_server(backend: &Backend, conn: &mut Conn, id: &str) -> Result<(), Refusal> {
    if backend.options.smtp.is_some() {
        return Ok(());
    }
    let trouble: Option<String> = sqlx::query_scalar("SELECT trouble FROM runs WHERE id = $1")
        .bind(id)
        .fetch_one(conn)
        .await?;
    if trouble.as_deref() != Some(NO_SERVER) {
        return Ok(());
    }
    let detail = "The run stays paused: there is still no mail server.".to_owned();
    Err(wrong_state(detail, "Start the backend with --smtp, then resume the run."))
}

/// Ends a run for good; what is left is not processed.
///
/// # Errors
/// `run_state` when the run is done.
pub async fn cancel(backend: &Backend, actor: &str, id: &str) -> Result<(), Refusal> {
    let (mut tx, run, now) = begin(backend, id).await?;
    if run.state == RunState::Cancelled {
        return Ok(());
    }
    not_over(&run)?;
    feed::take_back(&mut tx, id, ItemState::NotProcessed, CANCELLED, now).await?;
    let (from, to) = (ItemState::Queued, ItemState::NotProcessed);
    rows::move_all(&mut tx, id, from, to, CANCELLED, now).await?;
    second::go_back(&mut tx, &run, now).await?;
    sqlx::query("UPDATE runs SET ended_at = $1 WHERE id = $2")
        .bind(to_millis(now))
        .bind(id)
        .execute(&mut *tx)
        .await?;
    set_state(&mut tx, id, RunState::Cancelled).await?;
    commit(backend, tx, actor, "run.cancelled", &run, now).await
}

/// Makes a new plan of those who failed or were not processed, and of nobody else.
///
/// # Errors
/// `run_state` while the run is not over, or when nobody is left to retry.
pub async fn retry(backend: &Backend, actor: &str, id: &str) -> Result<Plan, Refusal> {
    let mut conn = backend.store.read().await?;
    let run = rows::load(&mut conn, id).await?;
    if !run.state.is_over() {
        return Err(wrong_state(
            format!("The run is {}, not over yet.", run.state.code()),
            "Wait until it is done, or cancel it; then retry what is left.",
        ));
    }
    let rows = sqlx::query("SELECT number FROM run_items WHERE run = $1 AND state IN ($2, $3)")
        .bind(id)
        .bind(ItemState::Failed.code())
        .bind(ItemState::NotProcessed.code())
        .fetch_all(&mut *conn)
        .await?;
    let numbers: Numbers =
        rows.iter().map(|row| row.try_get::<u32, _>("number")).collect::<Result<_, _>>()?;
    if numbers.is_empty() {
        return Err(nobody_left(&mut conn, id).await?);
    }
    drop(conn);
    plans::make_of(backend, actor, &run.site, numbers, run.held, run.basis).await
}

/// Nobody is left to retry; what may have been sent is for a human to say, mail by mail.
async fn nobody_left(conn: &mut Conn, id: &str) -> Result<Refusal, Refusal> {
    let unknown: i64 =
        sqlx::query_scalar("SELECT count(*) FROM run_items WHERE run = $1 AND state = $2")
            .bind(id)
            .bind(ItemState::Unknown.code())
            .fetch_one(conn)
            .await?;
    let remedy = if unknown == 0 {
        "There is nothing to retry.".to_owned()
    } else {
        format!(
            "A mail that may have been sent is not retried; a human resolves each one: hublink \
             invite resolve {id} --user USER_ID --sent, or --resend."
        )
    };
    Ok(wrong_state("Nobody in this run failed or was left over.".to_owned(), &remedy))
}

pub(super) async fn begin(backend: &Backend, id: &str) -> Result<(Tx, RunRow, Timestamp), Refusal> {
    let mut tx = backend.store.begin().await?;
    let run = rows::load(&mut tx, id).await?;
    Ok((tx, run, backend.clock.now()))
}

/// Sets the state; the trouble of an earlier pause goes with it, and what was counted towards it.
pub(super) async fn set_state(
    conn: &mut Conn,
    id: &str,
    state: RunState,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE runs SET state = $1, trouble = NULL, failures_in_a_row = 0, to_mend_in_a_row = 0
          WHERE id = $2",
    )
    .bind(state.code())
    .bind(id)
    .execute(&mut *conn)
    .await?;
    rows::touch(conn, id).await
}

async fn commit(
    backend: &Backend,
    tx: Tx,
    actor: &str,
    action: &'static str,
    run: &RunRow,
    now: Timestamp,
) -> Result<(), Refusal> {
    commit_with(backend, tx, actor, action, run, now, json!({ "plan": run.plan })).await
}

/// The same, with more to record.
pub(super) async fn commit_with(
    backend: &Backend,
    mut tx: Tx,
    actor: &str,
    action: &'static str,
    run: &RunRow,
    now: Timestamp,
    detail: Value,
) -> Result<(), Refusal> {
    Change::by(now, actor, action)
        .of(&run.organization)
        .site(&run.site)
        .about(&run.id)
        .detail(detail)
        .record(&mut tx)
        .await?;
    tx.commit().await?;
    backend.runs.ring();
    Ok(())
}

pub(super) fn not_over(run: &RunRow) -> Result<(), Refusal> {
    if run.state.is_over() {
        return Err(wrong_state(
            format!("The run is {} already.", run.state.code()),
            "Retry makes a new plan of those who failed or were not processed.",
        ));
    }
    Ok(())
}

/// `409 run_state`.
pub(super) fn wrong_state(detail: String, remedy: &str) -> Refusal {
    Refusal::conflict(code::RUN_STATE, detail, remedy)
}
