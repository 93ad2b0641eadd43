//! Runs of a database that was restored: nothing is sent by itself (promise I1).
//!
//! Owns pausing them all, and going on once a human has said which mails to trust: what may have
//! been sent since the copy was made is `unknown`, mail by mail, or surely was not sent.

use serde_json::json;
use sqlx::Row;

use super::control::{self, wrong_state};
use super::invitations::QUEUE;
use super::{feed, rows};
use crate::api::run::{MailsSince, ResumeRestored};
use crate::domain::address::Address;
use crate::domain::outcome::Class;
use crate::domain::run::{ItemState, RunState};
use crate::server::Backend;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, Sql, to_millis};

/// The trouble of a run of a restored database.
pub(super) const RESTORED: &str = "The database was restored from a copy, and mails of this run \
     may have been sent since. Say which to trust: hublink invite resume RUN --after-restore.";
/// Why an item is unknown then.
const REASON: &str = "the database was restored; this mail may have been sent since the copy";

/// Pauses every run that would go on by itself, and ends every plan that waits: what it would send
/// may have been sent since the copy was made. Answers how many runs.
pub async fn hold(conn: &mut Conn) -> Result<u64, sqlx::Error> {
    sqlx::query("UPDATE plans SET expires_at = 0 WHERE id NOT IN (SELECT plan FROM runs)")
        .execute(&mut *conn)
        .await?;
    // What had begun is the outbox's to find: its process is gone.
    let waiting = "DELETE FROM outbox WHERE queue = $1 AND state IN ('queued', 'claimed')";
    sqlx::query(waiting).bind(QUEUE).execute(&mut *conn).await?;
    sqlx::query("UPDATE run_items SET state = $1 WHERE state = $2")
        .bind(ItemState::Queued.code())
        .bind(ItemState::Claimed.code())
        .execute(&mut *conn)
        .await?;
    let held = sqlx::query(
        "UPDATE runs SET state = $1, trouble = $2, revision = revision + 1
          WHERE state IN ($3, $4, $1)",
    )
    .bind(RunState::Paused.code())
    .bind(RESTORED)
    .bind(RunState::Queued.code())
    .bind(RunState::Running.code())
    .execute(conn)
    .await?;
    Ok(held.rows_affected())
}

/// Whether a run waits for that word.
pub(super) async fn is_held(conn: &mut Conn, id: &str) -> Result<bool, sqlx::Error> {
    let trouble: Option<String> = sqlx::query_scalar("SELECT trouble FROM runs WHERE id = $1")
        .bind(id)
        .fetch_one(conn)
        .await?;
    Ok(trouble.as_deref() == Some(RESTORED))
}

/// As long as a run of the organization waits for that word, nobody knows whom it has mailed, and no
/// other run begins.
///
/// # Errors
/// `run_state`, with what to say of which run.
pub async fn none_is_held(conn: &mut Conn, organization: &str) -> Result<(), Refusal> {
    let id: Option<String> = sqlx::query_scalar(
        "SELECT id FROM runs WHERE organization = $1 AND state = $2 AND trouble = $3
          ORDER BY id LIMIT 1",
    )
    .bind(organization)
    .bind(RunState::Paused.code())
    .bind(RESTORED)
    .fetch_optional(conn)
    .await?;
    id.map_or(Ok(()), |id| Err(refused(&id)))
}

/// What to do instead of resuming it as usual.
pub(super) fn refused(id: &str) -> Refusal {
    wrong_state(
        "The database was restored from a copy, and mails of this run may have been sent since."
            .to_owned(),
        &format!(
            "Say which to trust: hublink invite resume {id} --after-restore (each mail that is left \
             is then unknown, and resolved by its own), or --after-restore not-sent."
        ),
    )
}

/// Goes on with a run of a restored database.
///
/// # Errors
/// `run_state` when it does not wait for that.
pub async fn resume_restored(
    backend: &Backend,
    actor: &str,
    id: &str,
    asked: &ResumeRestored,
) -> Result<(), Refusal> {
    let (mut tx, run, now) = control::begin(backend, id).await?;
    control::not_over(&run)?;
    if !is_held(&mut tx, id).await? {
        return Err(wrong_state(
            "This run does not wait for a word about a restored database.".to_owned(),
            "Resume it as usual.",
        ));
    }
    feed::take_back(&mut tx, id, ItemState::Queued, "", now).await?;
    let mut doubted = 0;
    if asked.mails == MailsSince::Unknown {
        let mut query = Sql::new("SELECT number, address FROM run_items");
        query.push(" WHERE run = ").push_bind(id);
        query.push(" AND state = ").push_bind(ItemState::Queued.code());
        rows::push_class(&mut query, Class::Emailed);
        for row in query.build().fetch_all(&mut *tx).await? {
            let key =
                Address::parse(row.try_get("address")?).map(|address| address.as_str().to_owned());
            let key = key.unwrap_or_default();
            sqlx::query(
                "UPDATE run_items SET state = $1, reason = $2, address_key = $3, not_before = NULL,
                   lease_until = NULL, updated_at = $4
                  WHERE run = $5 AND number = $6",
            )
            .bind(ItemState::Unknown.code())
            .bind(REASON)
            .bind(&key)
            .bind(to_millis(now))
            .bind(id)
            .bind(row.try_get::<i64, _>("number")?)
            .execute(&mut *tx)
            .await?;
            sqlx::query(
                "INSERT INTO invitations (organization, address_key, unknown) VALUES ($1, $2, 1)
                 ON CONFLICT (organization, address_key) DO UPDATE SET unknown = 1",
            )
            .bind(&run.organization)
            .bind(&key)
            .execute(&mut *tx)
            .await?;
            doubted += 1;
        }
    }
    control::set_state(&mut tx, id, RunState::Running).await?;
    let detail = json!({ "plan": run.plan, "mails": asked.mails, "unknown": doubted });
    control::commit_with(backend, tx, actor, "run.resumed_restored", &run, now, detail).await
}
