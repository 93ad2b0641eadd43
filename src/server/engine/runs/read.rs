//! Reading runs: one (at once, or when it changes), a list, and a run's users.
//!
//! Owns the tallies, always derived by counting items, never kept: the eight add up to what was
//! selected at any moment (promise I3). Must not change anything.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use sqlx::Row;

use super::rows::run_state;
use crate::api::page::Page;
use crate::api::run::{Run, RunItem, RunItemsQuery, RunsQuery, WatchQuery};
use crate::domain::outcome::Outcome;
use crate::domain::run::{ItemState, Tally};
use crate::domain::site::site_url;
use crate::domain::untrusted::Untrusted;
use crate::server::Backend;
use crate::server::directory::{UserFacts, Viewer};
use crate::server::paging;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, Sql, SqlRow, from_millis};

/// The longest anybody waits for a change, in seconds.
const LONGEST: u16 = 60;
/// Changes that come this close together are told together.
const TOGETHER: Duration = Duration::from_millis(100);

/// The URL of a run's site: what the right to see it depends on.
///
/// # Errors
/// 404 when there is no such run.
pub async fn site_of(backend: &Backend, id: &str) -> Result<String, Refusal> {
    let mut conn = backend.store.read().await?;
    let row = sqlx::query("SELECT s.url FROM runs r JOIN sites s ON s.id = r.site WHERE r.id = $1")
        .bind(id)
        .fetch_optional(&mut *conn)
        .await?;
    row.map(|row| row.try_get("url")).transpose()?.ok_or_else(|| Refusal::not_found("run"))
}

const RUN: &str = "SELECT r.id, r.plan, s.url, r.organization, r.state, p.selected, r.trouble,
                          r.started_at, r.started_by, r.ended_at, r.revision
                     FROM runs r JOIN plans p ON p.id = r.plan JOIN sites s ON s.id = r.site";

/// One run.
///
/// # Errors
/// 404 when there is no such run.
pub async fn show(backend: &Backend, id: &str) -> Result<Run, Refusal> {
    let mut conn = backend.store.read().await?;
    let mut query = Sql::new(RUN);
    query.push(" WHERE r.id = ").push_bind(id);
    let row = query.build().fetch_optional(&mut *conn).await?;
    let row = row.ok_or_else(|| Refusal::not_found("run"))?;
    // The revision is read before the tallies: what changes in between is told once more.
    let mut run = without_tallies(&row)?;
    count(&mut conn, &mut run).await?;
    count_without_licence(&mut conn, &mut run).await?;
    Ok(run)
}

fn without_tallies(row: &SqlRow) -> Result<Run, Refusal> {
    Ok(Run {
        id: row.try_get("id")?,
        plan: row.try_get("plan")?,
        site: Untrusted::new(row.try_get::<String, _>("url")?),
        organization: row.try_get("organization")?,
        state: run_state(row.try_get("state")?)?,
        selected: row.try_get::<i64, _>("selected")? as u64,
        linked: 0,
        without_licence: 0,
        emailed: 0,
        skipped: 0,
        held: 0,
        blocked: 0,
        failed: 0,
        unknown: 0,
        not_processed: 0,
        in_flight: 0,
        trouble: row.try_get::<Option<String>, _>("trouble")?.map(Untrusted::new),
        started_at: from_millis(row.try_get("started_at")?),
        started_by: Untrusted::new(row.try_get::<String, _>("started_by")?),
        ended_at: row.try_get::<Option<i64>, _>("ended_at")?.map(from_millis),
        revision: row.try_get::<i64, _>("revision")? as u64,
    })
}

async fn count(conn: &mut Conn, run: &mut Run) -> Result<(), Refusal> {
    let rows = sqlx::query(
        "SELECT state, count(*) AS people FROM run_items WHERE run = $1 GROUP BY state",
    )
    .bind(&run.id)
    .fetch_all(conn)
    .await?;
    for row in rows {
        let state = item_state(row.try_get("state")?)?;
        let items = row.try_get::<i64, _>("people")? as u64;
        *tally(run, state.tally()) += items;
        if state == ItemState::Sending {
            run.in_flight += items;
        }
    }
    Ok(())
}

/// Rule U8: whom the run linked, and who has no licence in the organization, as things are now.
async fn count_without_licence(conn: &mut Conn, run: &mut Run) -> Result<(), Refusal> {
    if !run.state.is_over() || run.linked == 0 {
        return Ok(());
    }
    let none: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM run_items i
          WHERE i.run = $1 AND i.state = $2
            AND NOT EXISTS (SELECT 1 FROM licences l
                             WHERE l.organization = $3 AND l.email_key = i.address_key)",
    )
    .bind(&run.id)
    .bind(ItemState::Linked.code())
    .bind(&run.organization)
    .fetch_one(conn)
    .await?;
    run.without_licence = none as u64;
    Ok(())
}

fn tally(run: &mut Run, tally: Tally) -> &mut u64 {
    match tally {
        Tally::Linked => &mut run.linked,
        Tally::Emailed => &mut run.emailed,
        Tally::Skipped => &mut run.skipped,
        Tally::Held => &mut run.held,
        Tally::Blocked => &mut run.blocked,
        Tally::Failed => &mut run.failed,
        Tally::Unknown => &mut run.unknown,
        Tally::NotProcessed => &mut run.not_processed,
    }
}

fn item_state(code: &str) -> Result<ItemState, Refusal> {
    ItemState::from_code(code).ok_or_else(|| Refusal::internal(&"a run's item has no state"))
}

/// A run, once its revision is greater than `after`, or as it is when the wait is over.
///
/// # Errors
/// 404 when there is no such run; a wait of more than a minute.
pub async fn watch(backend: &Backend, id: &str, asked: &WatchQuery) -> Result<Run, Refusal> {
    let wait = asked.wait.unwrap_or(0);
    if wait > LONGEST {
        return Err(Refusal::invalid("wait", "One can wait for 0 to 60 seconds."));
    }
    if let (Some(after), 1..) = (asked.after, wait) {
        let change = wait_for_change(backend, id, after);
        let longest = Duration::from_secs(wait.into());
        tokio::select! {
            changed = tokio::time::timeout(longest, change) => if let Ok(changed) = changed { changed? },
            () = backend.stop.wait() => {}
        }
    }
    show(backend, id).await
}

async fn wait_for_change(backend: &Backend, id: &str, after: u64) -> Result<(), Refusal> {
    let mut bell = backend.runs.listen();
    let mut first = true;
    loop {
        let mut conn = backend.store.read().await?;
        let row = sqlx::query("SELECT revision FROM runs WHERE id = $1")
            .bind(id)
            .fetch_optional(&mut *conn)
            .await?;
        drop(conn);
        let row = row.ok_or_else(|| Refusal::not_found("run"))?;
        if row.try_get::<i64, _>("revision")? as u64 > after {
            return Ok(());
        }
        if !first {
            tokio::time::sleep(TOGETHER).await;
        }
        first = false;
        // The bell cannot end while the backend is there.
        let _ = bell.changed().await;
    }
}

/// Where a page of runs ends.
#[derive(Serialize, Deserialize)]
struct Place {
    started_at: i64,
    id: String,
}

/// The runs that somebody may see, newest first.
///
/// # Errors
/// A cursor or limit that is wrong.
pub async fn list(
    backend: &Backend,
    viewer: &Viewer,
    asked: &RunsQuery,
) -> Result<Page<Run>, Refusal> {
    let limit = paging::limit(asked.limit)?;
    let after: Option<Place> = paging::after(asked.cursor.as_deref())?;
    let mut query = Sql::new(RUN);
    query.push(" WHERE EXISTS (SELECT 1 FROM site_standing v WHERE v.site = r.site AND v.email = ");
    query.push_bind(&viewer.email).push(")");
    if let Some(site) = &asked.site {
        let url = site_url(site).map_err(|_| Refusal::not_found("site"))?;
        query.push(" AND s.url = ").push_bind(url);
    }
    if let Some(Place { started_at, id }) = after {
        query.push(" AND (r.started_at < ").push_bind(started_at);
        query.push(" OR (r.started_at = ").push_bind(started_at);
        query.push(" AND r.id < ").push_bind(id).push("))");
    }
    query.push(" ORDER BY r.started_at DESC, r.id DESC LIMIT ").push_bind(limit as i64 + 1);
    let mut conn = backend.store.read().await?;
    let rows = query.build().fetch_all(&mut *conn).await?;
    let mut runs = Vec::with_capacity(rows.len());
    for row in &rows {
        let mut run = without_tallies(row)?;
        count(&mut conn, &mut run).await?;
        count_without_licence(&mut conn, &mut run).await?;
        runs.push(run);
    }
    let place =
        |run: &Run| Place { started_at: run.started_at.as_millisecond(), id: run.id.clone() };
    paging::page(runs, limit, place, |run| run)
}

/// A run's users in order of number, in one state if asked for.
///
/// # Errors
/// 404 when there is no such run; a cursor or limit that is wrong.
pub async fn items(
    backend: &Backend,
    id: &str,
    asked: &RunItemsQuery,
) -> Result<Page<RunItem>, Refusal> {
    let limit = paging::limit(asked.limit)?;
    let after: Option<u32> = paging::after(asked.cursor.as_deref())?;
    let url = site_of(backend, id).await?;
    let site = backend.directory.site_facts(&url).await?;
    let mut query = Sql::new(
        "SELECT number, address, outcome, state, reason, message_id, updated_at
           FROM run_items WHERE run = ",
    );
    query.push_bind(id).push(" AND number > ").push_bind(after.map_or(-1, i64::from));
    if let Some(state) = asked.state {
        query.push(" AND state = ").push_bind(state.code());
    }
    query.push(" ORDER BY number LIMIT ").push_bind(limit as i64 + 1);
    let mut conn = backend.store.read().await?;
    let rows = query.build().fetch_all(&mut *conn).await?;
    let numbers = rows.iter().map(|row| row.try_get("number")).collect::<Result<Vec<u32>, _>>()?;
    let now = backend.clock.now();
    let users = backend.directory.users_among(&mut conn, &site, &numbers, now).await?;
    let items = rows.iter().map(|row| item(row, &users)).collect::<Result<Vec<_>, _>>()?;
    paging::page(items, limit, |item| item.number, |item| item)
}

fn item(row: &SqlRow, users: &[UserFacts]) -> Result<RunItem, Refusal> {
    let number: u32 = row.try_get("number")?;
    let user = users.binary_search_by_key(&number, |user| user.number).ok().map(|at| &users[at]);
    let (address, outcome): (String, &str) = (row.try_get("address")?, row.try_get("outcome")?);
    let outcome = Outcome::from_code(outcome)
        .ok_or_else(|| Refusal::internal(&"a run's item has no outcome"))?;
    let mut reason: String = row.try_get("reason")?;
    if reason.is_empty() && outcome == Outcome::BlockedBadAddress {
        reason = outcome.reason_for(&address).into_owned();
    }
    Ok(RunItem {
        number,
        user_id: Untrusted::new(user.map_or("", |user| &user.user_id)),
        name: Untrusted::new(user.map_or("", |user| &user.name)),
        address: Untrusted::new(address),
        outcome,
        state: item_state(row.try_get("state")?)?,
        reason: Untrusted::new(reason),
        message_id: row.try_get::<Option<String>, _>("message_id")?.map(Untrusted::new),
        at: from_millis(row.try_get("updated_at")?),
    })
}
