//! What is switched for a whole organization while its accounts are linked, such as its mails.
//!
//! Owns that the value of before is durable before anything is switched, that one run at a time has
//! it, and that it is put back: by the run that leaves off, or once that run's node is dead.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use sqlx::Row;

use super::{BUSY, Wait, whose};
use crate::server::Backend;
use crate::server::engine::runs::rows::{self, RunRow};
use crate::server::nodes::{Node, Term, dead_before};
use crate::server::provider::Restore;
use crate::server::refusal::Refusal;
use crate::server::store::Conn;

/// Whose the nodes are that put back what others left.
const PUTS_BACK: &str = "puts back";

/// Switches it, for whom this claim is; answers why that has to wait.
pub(super) async fn open(
    backend: &Backend,
    run: &RunRow,
    claim: i64,
) -> Result<Option<Wait>, Refusal> {
    let (as_whom, on) = whose(run);
    let accounts = backend.options.provider.accounts();
    let mut conn = backend.store.read().await?;
    let held = Held::of(&mut conn, &run.organization).await?;
    drop(conn);
    if held.is_none() {
        match accounts.switched(&as_whom, &on).await {
            Ok(None) => return Ok(None),
            Ok(Some(_)) => {}
            Err(error) => return Ok(Some((error.pause, error.words))),
        }
    }
    let Some(before) = take(backend, run, claim).await? else {
        return Ok(Some((BUSY, "another run of the organization is at it".to_owned())));
    };
    if before.0.is_empty() {
        // Asked once it is nobody else's: what another has switched is not how it stood before.
        match accounts.switched(&as_whom, &on).await {
            Ok(before) => note(backend, run, claim, before).await?,
            Err(error) => return Ok(Some((error.pause, error.words))),
        }
    }
    match accounts.open(&as_whom, &on).await {
        Ok(()) => Ok(None),
        Err(error) => Ok(Some((error.pause, error.words))),
    }
}

/// Takes it for this claim, unless a living one has it; answers how it stood before, empty where that
/// is not known and nothing is switched.
async fn take(backend: &Backend, run: &RunRow, claim: i64) -> Result<Option<Restore>, Refusal> {
    let mut tx = backend.store.begin().await?;
    let before: Option<String> = sqlx::query_scalar(
        "INSERT INTO link_brackets (organization, before, run, claim) VALUES ($1, '', $2, $3)
         ON CONFLICT (organization) DO UPDATE SET run = excluded.run, claim = excluded.claim
           WHERE NOT EXISTS (SELECT 1 FROM nodes n WHERE n.epoch = link_brackets.claim
                                AND n.epoch <> excluded.claim AND n.beat_until >= $4)
         RETURNING before",
    )
    .bind(&run.organization)
    .bind(&run.id)
    .bind(claim)
    .bind(dead_before())
    .fetch_optional(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(before.map(Restore))
}

/// How it stands, before anything is switched.
async fn note(
    backend: &Backend,
    run: &RunRow,
    claim: i64,
    before: Option<Restore>,
) -> Result<(), Refusal> {
    let mut tx = backend.store.begin().await?;
    sqlx::query("UPDATE link_brackets SET before = $3 WHERE organization = $1 AND claim = $2")
        .bind(&run.organization)
        .bind(claim)
        .bind(before.map_or_else(String::new, |before| before.0))
        .execute(&mut *tx)
        .await?;
    Ok(tx.commit().await?)
}

/// Puts it back, if it is this claim's. Where the provider cannot, it is tried again by itself.
pub(super) async fn close(backend: &Backend, run: &RunRow, claim: i64) -> Result<(), Refusal> {
    let mut conn = backend.store.read().await?;
    let held = Held::of(&mut conn, &run.organization).await?;
    drop(conn);
    let Some(held) = held.filter(|held| held.claim == claim) else { return Ok(()) };
    let (as_whom, on) = whose(run);
    let accounts = backend.options.provider.accounts();
    if !held.before.0.is_empty()
        && let Err(error) = accounts.close(&as_whom, &on, &held.before).await
    {
        tracing::warn!(run = run.id, %error, "what was switched for links is not put back yet");
        return Ok(());
    }
    let mut tx = backend.store.begin().await?;
    sqlx::query("DELETE FROM link_brackets WHERE organization = $1 AND claim = $2")
        .bind(&run.organization)
        .bind(claim)
        .execute(&mut *tx)
        .await?;
    Ok(tx.commit().await?)
}

/// Puts back what the dead left.
pub(super) async fn put_back(backend: &Backend) -> Result<(), Refusal> {
    let left: Vec<String> = sqlx::query_scalar(
        "SELECT run FROM link_brackets b WHERE NOT EXISTS (
           SELECT 1 FROM nodes n WHERE n.epoch = b.claim AND n.beat_until >= $1)",
    )
    .bind(dead_before())
    .fetch_all(&mut *backend.store.read().await?)
    .await?;
    for run in left {
        let mut tx = backend.store.begin().await?;
        let run = rows::load(&mut tx, &run).await?;
        // Not the run's own: that ends with its driver.
        let node = Node::begin(&mut tx, PUTS_BACK, Term::Process).await?;
        sqlx::query(
            "UPDATE link_brackets SET claim = $1 WHERE organization = $2 AND NOT EXISTS (
               SELECT 1 FROM nodes n WHERE n.epoch = link_brackets.claim AND n.beat_until >= $3)",
        )
        .bind(node.epoch())
        .bind(&run.organization)
        .bind(dead_before())
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        let closed = AssertUnwindSafe(close(backend, &run, node.epoch())).catch_unwind().await;
        let mut tx = backend.store.begin().await?;
        node.end(&mut tx).await?;
        tx.commit().await?;
        closed.map_err(|_| Refusal::internal(&"the provider's side broke down"))??;
    }
    Ok(())
}

/// What an organization has switched now.
struct Held {
    /// Empty where nothing was switched yet.
    before: Restore,
    claim: i64,
}

impl Held {
    async fn of(conn: &mut Conn, organization: &str) -> Result<Option<Self>, Refusal> {
        let row = sqlx::query("SELECT before, claim FROM link_brackets WHERE organization = $1")
            .bind(organization)
            .fetch_optional(conn)
            .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Self { before: Restore(row.try_get("before")?), claim: row.try_get("claim")? }))
    }
}
