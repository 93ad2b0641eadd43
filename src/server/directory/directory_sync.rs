//! Directory sync: whom it blocks and why, and the remedy step by step (rule U9).
//!
//! Owns the round of the remedy and what its steps do to rosters and directory. Whether a user is
//! blocked is decided by `domain::outcome`, with the fact as it would be while the sync runs.

mod failing;

use jiff::Timestamp;
use serde_json::json;
use sqlx::Row;

use super::Directory;
use super::orders::mapping;
use crate::api::directory_sync::{
    DirectorySync, FailingUser, RemedyStep, SetDirectorySync, StepResult,
};
use crate::api::page::{Page, PageQuery};
use crate::api::problem::code;
use crate::domain::directory_sync::{Mismatch, Remedy, SyncStep};
use crate::domain::untrusted::Untrusted;
use crate::server::audit::Change;
use crate::server::directory::Viewer;
use crate::server::paging;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, from_millis, to_millis};
use failing::{Failing, Search};

/// How the sync stands.
pub async fn show(directory: &Directory, id: &str) -> Result<DirectorySync, Refusal> {
    let search = Search::of(directory, id).await?;
    shown(&mut *directory.store.read().await?, id, &search).await
}

async fn shown(conn: &mut Conn, id: &str, search: &Search) -> Result<DirectorySync, Refusal> {
    let (remedy, mut steps) = round(conn, id).await?;
    let (mut absent, mut differs_in_case) = (0, 0);
    if remedy.on {
        search
            .each(conn, |failing| match failing.why {
                Mismatch::Absent => absent += 1,
                Mismatch::DiffersInCase => differs_in_case += 1,
            })
            .await?;
    }
    for step in &mut steps {
        step.why_not = remedy.allows(step.step).err().map(str::to_owned);
    }
    Ok(DirectorySync {
        organization: id.to_owned(),
        organization_name: mapping::name_of(conn, id).await?.into(),
        on: remedy.on,
        paused: remedy.paused,
        directory: count(conn, "synced_directory", id).await?,
        failing: absent + differs_in_case,
        absent,
        differs_in_case,
        noted: count(conn, "directory_additions", id).await?,
        steps,
    })
}

/// Whom it blocks, by site and number.
pub async fn users(
    directory: &Directory,
    id: &str,
    query: &PageQuery,
) -> Result<Page<FailingUser>, Refusal> {
    let limit = paging::limit(query.limit)?;
    let after: Option<(String, u32)> = paging::after(query.cursor.as_deref())?;
    let search = Search::of(directory, id).await?;
    let mut conn = directory.store.read().await?;
    let (remedy, _) = round(&mut conn, id).await?;
    let found = if remedy.on {
        search.some(&mut conn, after.as_ref(), limit + 1).await?
    } else {
        Vec::new()
    };
    paging::page(found, limit, |f| (f.site.clone(), f.user.number), user)
}

fn user(failing: Failing) -> FailingUser {
    FailingUser {
        site: failing.site.into(),
        number: failing.user.number,
        user_id: failing.user.user_id.into(),
        name: failing.user.name.into(),
        address: failing.user.address.into(),
        why: failing.why,
        in_directory: failing.in_directory.map(Untrusted::from),
    }
}

/// Switches the sync, and tells what the directory has.
pub async fn set(
    directory: &Directory,
    viewer: &Viewer,
    id: &str,
    set: &SetDirectorySync,
) -> Result<DirectorySync, Refusal> {
    let now = directory.clock.now();
    let mut tx = directory.store.begin().await?;
    sqlx::query("UPDATE organizations SET directory_sync = $2, sync_paused = 0 WHERE id = $1")
        .bind(id)
        .bind(set.on)
        .execute(&mut *tx)
        .await?;
    begin_round(&mut tx, id).await?;
    if let Some(directory) = &set.directory {
        sqlx::query("DELETE FROM synced_directory WHERE organization = $1")
            .bind(id)
            .execute(&mut *tx)
            .await?;
        for spelling in directory.iter().map(|s| s.trim()).filter(|s| !s.is_empty()) {
            add(&mut tx, "synced_directory", id, spelling).await?;
        }
    }
    let detail = json!({ "on": set.on, "directory": set.directory.as_ref().map(Vec::len) });
    record(&mut tx, viewer, id, "directory_sync.set", detail, now).await?;
    tx.commit().await?;
    show(directory, id).await
}

/// Does a step of the remedy.
pub async fn step(
    directory: &Directory,
    viewer: &Viewer,
    id: &str,
    step: SyncStep,
) -> Result<DirectorySync, Refusal> {
    let now = directory.clock.now();
    let search = Search::of(directory, id).await?;
    let mut tx = directory.store.begin().await?;
    let (remedy, _) = round(&mut tx, id).await?;
    remedy.allows(step).map_err(out_of_order)?;
    let result = match step {
        SyncStep::Pause => {
            begin_round(&mut tx, id).await?;
            pause(&mut tx, id, true).await?;
            None
        }
        SyncStep::Convert => Some(convert(&mut tx, id, &search).await?),
        SyncStep::DryRun => Some(dry_run(&mut tx, id, &search).await?),
        SyncStep::Resume => Some(resume(&mut tx, id, &search).await?),
    };
    if step == SyncStep::Convert {
        // What a dry-run showed before does not hold any more.
        forget(&mut tx, id, SyncStep::DryRun).await?;
    }
    write_down(&mut tx, id, step, viewer, result, now).await?;
    let action = match step {
        SyncStep::Pause => "directory_sync.paused",
        SyncStep::Convert => "directory_sync.converted",
        SyncStep::DryRun => "directory_sync.dry_run",
        SyncStep::Resume => "directory_sync.resumed",
    };
    record(&mut tx, viewer, id, action, serde_json::to_value(result)?, now).await?;
    let shown = shown(&mut tx, id, &search).await?;
    tx.commit().await?;
    Ok(shown)
}

/// Where only the case differs, the site takes the directory's spelling; who is absent is noted.
async fn convert(conn: &mut Conn, id: &str, search: &Search) -> Result<StepResult, Refusal> {
    let mut found = Vec::new();
    search.each(conn, |failing| found.push(failing)).await?;
    let mut result = StepResult::default();
    let mut sites = std::collections::BTreeSet::new();
    for failing in found {
        if let Some(spelling) = &failing.in_directory {
            sqlx::query("UPDATE site_users SET address = $3 WHERE site = $1 AND number = $2")
                .bind(failing.site_id)
                .bind(failing.user.number)
                .bind(spelling)
                .execute(&mut *conn)
                .await?;
            sites.insert(failing.site_id);
            result.respelled += 1;
        } else {
            add(conn, "directory_additions", id, failing.user.address.trim()).await?;
            result.added += 1;
        }
    }
    for site in sites {
        // Plans and clients that hold the old spelling learn that the roster has changed.
        sqlx::query("UPDATE sites SET roster_revision = roster_revision + 1 WHERE id = $1")
            .bind(site)
            .execute(&mut *conn)
            .await?;
    }
    Ok(result)
}

/// What resuming would do, and who would fail still.
async fn dry_run(conn: &mut Conn, id: &str, search: &Search) -> Result<StepResult, Refusal> {
    let mut failing = 0;
    search.each(conn, |_| failing += 1).await?;
    let added = count(conn, "directory_additions", id).await?;
    Ok(StepResult { respelled: 0, added, failing })
}

async fn resume(conn: &mut Conn, id: &str, search: &Search) -> Result<StepResult, Refusal> {
    let shown = dry_run(conn, id, search).await?;
    sqlx::query(
        "INSERT INTO synced_directory (organization, spelling)
         SELECT organization, spelling FROM directory_additions WHERE organization = $1
         ON CONFLICT DO NOTHING",
    )
    .bind(id)
    .execute(&mut *conn)
    .await?;
    sqlx::query("DELETE FROM directory_additions WHERE organization = $1")
        .bind(id)
        .execute(&mut *conn)
        .await?;
    pause(conn, id, false).await?;
    Ok(shown)
}

async fn pause(conn: &mut Conn, id: &str, paused: bool) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE organizations SET sync_paused = $2 WHERE id = $1")
        .bind(id)
        .bind(paused)
        .execute(conn)
        .await?;
    Ok(())
}

/// A new round of the remedy: what the last one did is not shown as done any more.
async fn begin_round(conn: &mut Conn, id: &str) -> Result<(), sqlx::Error> {
    for table in ["directory_steps", "directory_additions"] {
        let sql = format!("DELETE FROM {table} WHERE organization = $1");
        sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id).execute(&mut *conn).await?;
    }
    Ok(())
}

async fn forget(conn: &mut Conn, id: &str, step: SyncStep) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM directory_steps WHERE organization = $1 AND step = $2")
        .bind(id)
        .bind(step.code())
        .execute(conn)
        .await?;
    Ok(())
}

/// Where the remedy stands: what it allows, and its steps as far as they are done.
async fn round(conn: &mut Conn, id: &str) -> Result<(Remedy, Vec<RemedyStep>), Refusal> {
    let row = sqlx::query("SELECT directory_sync, sync_paused FROM organizations WHERE id = $1")
        .bind(id)
        .fetch_optional(&mut *conn)
        .await?
        .ok_or_else(|| Refusal::not_found("organization"))?;
    let empty =
        |step| RemedyStep { step, done_at: None, done_by: None, result: None, why_not: None };
    let mut steps: Vec<RemedyStep> = SyncStep::ALL.into_iter().map(empty).collect();
    let rows = sqlx::query(
        "SELECT step, done_at, done_by, result FROM directory_steps WHERE organization = $1",
    )
    .bind(id)
    .fetch_all(conn)
    .await?;
    for row in rows {
        let known = SyncStep::from_code(row.try_get("step")?);
        let Some(step) = steps.iter_mut().find(|step| Some(step.step) == known) else { continue };
        step.done_at = Some(from_millis(row.try_get("done_at")?));
        step.done_by = Some(Untrusted::new(row.try_get::<&str, _>("done_by")?));
        let result: Option<&str> = row.try_get("result")?;
        step.result = result.map(serde_json::from_str).transpose()?;
    }
    let done = |step| steps.iter().any(|s| s.step == step && s.done_at.is_some());
    let paused = row.try_get("sync_paused")?;
    let checked = paused && done(SyncStep::DryRun);
    Ok((Remedy { on: row.try_get("directory_sync")?, paused, checked }, steps))
}

async fn write_down(
    conn: &mut Conn,
    id: &str,
    step: SyncStep,
    viewer: &Viewer,
    result: Option<StepResult>,
    now: Timestamp,
) -> Result<(), Refusal> {
    sqlx::query(
        "INSERT INTO directory_steps (organization, step, done_at, done_by, result)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (organization, step) DO UPDATE SET done_at = excluded.done_at,
           done_by = excluded.done_by, result = excluded.result",
    )
    .bind(id)
    .bind(step.code())
    .bind(to_millis(now))
    .bind(&viewer.email)
    .bind(result.map(|result| serde_json::to_string(&result)).transpose()?)
    .execute(conn)
    .await?;
    Ok(())
}

/// Adds a spelling to one of the two tables of them.
async fn add(conn: &mut Conn, table: &str, id: &str, spelling: &str) -> Result<(), sqlx::Error> {
    let sql = format!(
        "INSERT INTO {table} (organization, spelling) VALUES ($1, $2) ON CONFLICT DO NOTHING"
    );
    sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id).bind(spelling).execute(conn).await?;
    Ok(())
}

async fn count(conn: &mut Conn, table: &str, id: &str) -> Result<u64, sqlx::Error> {
    let sql = format!("SELECT count(*) FROM {table} WHERE organization = $1");
    let count: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).bind(id).fetch_one(conn).await?;
    Ok(count.cast_unsigned())
}

async fn record(
    conn: &mut Conn,
    viewer: &Viewer,
    id: &str,
    action: &'static str,
    detail: serde_json::Value,
    now: Timestamp,
) -> Result<(), Refusal> {
    Ok(Change::by(now, &viewer.email, action).of(id).detail(detail).record(conn).await?)
}

fn out_of_order(why: &'static str) -> Refusal {
    Refusal::conflict(
        code::SYNC_STEP,
        why,
        "Look at the remedy's steps; each says whether it can be done now.",
    )
}

#[cfg(test)]
mod tests;
