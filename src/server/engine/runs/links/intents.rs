//! What is about to be asked of the provider, as rows: one intent for many links.
//!
//! Owns that an intent is written before the provider is asked and ends when what became of it is
//! written down, in the same transaction. Its items wait in the queue meanwhile.

use std::collections::HashMap;

use sqlx::Row;

use super::{Due, Item};
use crate::api::plan::{Numbers, read_numbers, write_numbers};
use crate::domain::run::RunState;
use crate::server::Backend;
use crate::server::directory::SiteFacts;
use crate::server::engine::runs::rows::RunRow;
use crate::server::nodes::dead_before;
use crate::server::post::Intent;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, Sql, SqlRow, new_id};

/// An intent that has no end yet.
pub(super) struct Open {
    pub intent: Intent,
    numbers: String,
}

impl Open {
    /// Writes one for these items, whose node has this epoch.
    pub async fn begin(
        conn: &mut Conn,
        run: &str,
        numbers: &[u32],
        claim: i64,
    ) -> Result<Self, sqlx::Error> {
        let id = new_id("lnk");
        let numbers = written(numbers);
        sqlx::query("INSERT INTO link_intents (id, run, numbers, claim) VALUES ($1, $2, $3, $4)")
            .bind(&id)
            .bind(run)
            .bind(&numbers)
            .bind(claim)
            .execute(conn)
            .await?;
        Ok(Self { intent: Intent { id, claim, attempt: 1 }, numbers })
    }

    /// Ends it, but for those of whom nobody knows; answers whether it was there as it is here.
    pub async fn end(&self, conn: &mut Conn, unknown: &[u32]) -> Result<bool, sqlx::Error> {
        let mut sql = Sql::new(if unknown.is_empty() {
            "DELETE FROM link_intents"
        } else {
            "UPDATE link_intents SET numbers = "
        });
        if !unknown.is_empty() {
            sql.push_bind(written(unknown));
        }
        sql.push(" WHERE id = ").push_bind(&self.intent.id);
        sql.push(" AND numbers = ").push_bind(&self.numbers);
        Ok(sql.build().execute(conn).await?.rows_affected() == 1)
    }
}

pub(super) fn written(numbers: &[u32]) -> String {
    write_numbers(&numbers.iter().copied().collect())
}

/// The open intents of a run, or this one of them.
pub(super) async fn open(
    conn: &mut Conn,
    run: &str,
    only: Option<&str>,
) -> Result<Vec<Open>, Refusal> {
    let rows = sqlx::query(
        "SELECT id, numbers, claim FROM link_intents
          WHERE run = $1 AND ($2 IS NULL OR id = $2) ORDER BY id",
    )
    .bind(run)
    .bind(only)
    .fetch_all(conn)
    .await?;
    let shown = |row: &SqlRow| {
        let (id, claim) = (row.try_get("id")?, row.try_get("claim")?);
        Ok(Open { intent: Intent { id, claim, attempt: 1 }, numbers: row.try_get("numbers")? })
    };
    rows.iter().map(shown).collect()
}

/// The roster numbers that other runs on the site have asked for.
pub(super) async fn of_others(conn: &mut Conn, site: i64, run: &str) -> Result<Numbers, Refusal> {
    let asked: Vec<String> = sqlx::query_scalar(
        "SELECT i.numbers FROM link_intents i JOIN runs r ON r.id = i.run
          WHERE r.site = $1 AND i.run <> $2",
    )
    .bind(site)
    .bind(run)
    .fetch_all(conn)
    .await?;
    asked.iter().try_fold(Numbers::new(), |mut all, some| {
        all.union_with(&read(some)?);
        Ok(all)
    })
}

fn read(numbers: &str) -> Result<Numbers, Refusal> {
    read_numbers(numbers, u32::MAX).map_err(|fault| Refusal::internal(&fault))
}

/// Runs that are over, and what is open of them and nobody's any more.
pub(super) async fn left(conn: &mut Conn) -> Result<Vec<(String, String)>, sqlx::Error> {
    sqlx::query_as(
        "SELECT i.run, i.id FROM link_intents i JOIN runs r ON r.id = i.run
          WHERE r.state IN ($1, $2)
            AND NOT EXISTS (SELECT 1 FROM nodes n WHERE n.epoch = i.claim AND n.beat_until >= $3)",
    )
    .bind(RunState::Cancelled.code())
    .bind(RunState::Done.code())
    .bind(dead_before())
    .fetch_all(conn)
    .await
}

/// The accounts that it was for.
pub(super) async fn due(
    backend: &Backend,
    run: &RunRow,
    site: &SiteFacts,
    open: &Open,
) -> Result<Due, Refusal> {
    let numbers: Vec<u32> = read(&open.numbers)?.iter().collect();
    let mut conn = backend.store.read().await?;
    let now = backend.clock.now();
    let users = backend.directory.users_among(&mut conn, site, &numbers, now).await?;
    let mut ids: HashMap<u32, String> = users.into_iter().map(|u| (u.number, u.user_id)).collect();
    let mut sql = Sql::new("SELECT number, address, outcome, attempt FROM run_items WHERE run = ");
    sql.push_bind(&run.id).push(" AND number IN (");
    let mut list = sql.separated(", ");
    for number in &numbers {
        list.push_bind(i64::from(*number));
    }
    list.push_unseparated(") ORDER BY number");
    let mut due = Due::default();
    for row in sql.build().fetch_all(&mut *conn).await? {
        let item = Item::read(&row)?;
        if let Some(id) = ids.remove(&item.number) {
            due.push(&item, id);
        }
    }
    Ok(due)
}
