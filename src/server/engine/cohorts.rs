//! Cohorts: named, saved lists of a site's users (SPEC section 5).
//!
//! Owns the names (unique on the site, compared without case) and the numbers, expanded when saved,
//! so that people who join later are never in. Saving twice is the same as saving once.

use serde_json::json;
use sqlx::Row;
use unicode_normalization::UnicodeNormalization;

use super::plans;
use crate::api::cohort::{Cohort, CohortUsers, SaveCohort};
use crate::api::page::{Page, PageQuery};
use crate::api::plan::{Numbers, read_numbers, write_numbers};
use crate::domain::untrusted::Untrusted;
use crate::server::Backend;
use crate::server::audit::Change;
use crate::server::directory::SiteFacts;
use crate::server::paging;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, SqlRow, from_millis, to_millis};

/// The longest name, in characters.
const LONGEST: usize = 80;
/// How many cohorts a site may have.
const MOST: i64 = 10_000;

/// Saves a selection under a name, in place of what the name meant before.
///
/// # Errors
/// A name of no or too many characters, a selection that cannot be expanded, too many cohorts.
pub async fn save(
    backend: &Backend,
    actor: &str,
    url: &str,
    name: &str,
    body: &SaveCohort,
) -> Result<Cohort, Refusal> {
    let name = good_name(name)?;
    let site = backend.directory.site_facts(url).await?;
    let numbers = plans::numbers(backend, &site, &body.selection).await?;
    if numbers.count() == 0 {
        return Err(Refusal::invalid(
            "selection",
            format!("The selection means nobody of {url}; a cohort names one user or more."),
        ));
    }
    let now = backend.clock.now();
    let mut tx = backend.store.begin().await?;
    let others = "SELECT COUNT(*) AS others FROM cohorts WHERE site = $1 AND name_key <> $2";
    let row = sqlx::query(others).bind(site.id).bind(key(&name)).fetch_one(&mut *tx).await?;
    if row.try_get::<i64, _>("others")? >= MOST {
        let detail = format!("{url} has {MOST} cohorts; that is the most.");
        return Err(Refusal::invalid("name", detail));
    }
    sqlx::query(
        "INSERT INTO cohorts (site, name_key, name, numbers, users, saved_at, saved_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (site, name_key) DO UPDATE SET name = excluded.name,
           numbers = excluded.numbers, users = excluded.users, saved_at = excluded.saved_at,
           saved_by = excluded.saved_by",
    )
    .bind(site.id)
    .bind(key(&name))
    .bind(&name)
    .bind(write_numbers(&numbers))
    .bind(numbers.count() as i64)
    .bind(to_millis(now))
    .bind(actor)
    .execute(&mut *tx)
    .await?;
    Change::by(now, actor, "cohort.saved")
        .of_any(site.organization.as_deref())
        .site(&site.url)
        .about(&name)
        .detail(json!({ "users": numbers.count() }))
        .record(&mut tx)
        .await?;
    let (cohort, _) = load(&mut tx, site.id, &name).await?;
    tx.commit().await?;
    Ok(cohort)
}

/// A site's cohorts, by name.
///
/// # Errors
/// A cursor or limit that is wrong.
pub async fn list(
    backend: &Backend,
    url: &str,
    asked: &PageQuery,
) -> Result<Page<Cohort>, Refusal> {
    let limit = paging::limit(asked.limit)?;
    let after: Option<String> = paging::after(asked.cursor.as_deref())?;
    let site = backend.directory.site_facts(url).await?;
    let mut conn = backend.store.read().await?;
    let rows = sqlx::query(
        "SELECT name, users, saved_at, saved_by, numbers, name_key FROM cohorts
          WHERE site = $1 AND name_key > $2 ORDER BY name_key LIMIT $3",
    )
    .bind(site.id)
    .bind(after.unwrap_or_default())
    .bind(limit as i64 + 1)
    .fetch_all(&mut *conn)
    .await?;
    let mut cohorts = Vec::with_capacity(rows.len());
    for row in &rows {
        cohorts.push((row.try_get::<String, _>("name_key")?, shown(row)?));
    }
    paging::page(cohorts, limit, |(key, _)| key.clone(), |(_, cohort)| cohort)
}

/// A cohort and its users.
///
/// # Errors
/// 404 when there is none of this name.
pub async fn show(backend: &Backend, url: &str, name: &str) -> Result<CohortUsers, Refusal> {
    let site = backend.directory.site_facts(url).await?;
    let mut conn = backend.store.read().await?;
    let (cohort, numbers) = load(&mut conn, site.id, name).await?;
    Ok(CohortUsers { cohort, numbers })
}

/// Removes a cohort; its users stay. Removing what is not there is done already.
///
/// # Errors
/// When the database cannot be written.
pub async fn remove(backend: &Backend, actor: &str, url: &str, name: &str) -> Result<(), Refusal> {
    let site = backend.directory.site_facts(url).await?;
    let mut tx = backend.store.begin().await?;
    let removed = sqlx::query("DELETE FROM cohorts WHERE site = $1 AND name_key = $2")
        .bind(site.id)
        .bind(key(name))
        .execute(&mut *tx)
        .await?;
    if removed.rows_affected() > 0 {
        Change::by(backend.clock.now(), actor, "cohort.removed")
            .of_any(site.organization.as_deref())
            .site(&site.url)
            .about(name)
            .record(&mut tx)
            .await?;
    }
    tx.commit().await?;
    Ok(())
}

/// The numbers of a cohort, for a plan.
///
/// # Errors
/// 404 when there is none of this name.
pub(super) async fn numbers(
    backend: &Backend,
    site: &SiteFacts,
    name: &str,
) -> Result<Numbers, Refusal> {
    let mut conn = backend.store.read().await?;
    let (_, numbers) = load(&mut conn, site.id, name).await?;
    read_numbers(&numbers, site.users).map_err(|error| Refusal::internal(&error))
}

async fn load(conn: &mut Conn, site: i64, name: &str) -> Result<(Cohort, String), Refusal> {
    let row = sqlx::query(
        "SELECT name, users, saved_at, saved_by, numbers FROM cohorts
          WHERE site = $1 AND name_key = $2",
    )
    .bind(site)
    .bind(key(name))
    .fetch_optional(conn)
    .await?
    .ok_or_else(|| Refusal::not_found("cohort"))?;
    Ok((shown(&row)?, row.try_get("numbers")?))
}

fn shown(row: &SqlRow) -> Result<Cohort, sqlx::Error> {
    Ok(Cohort {
        name: Untrusted::new(row.try_get::<String, _>("name")?),
        users: row.try_get::<i64, _>("users")? as u64,
        saved_at: from_millis(row.try_get("saved_at")?),
        saved_by: Untrusted::new(row.try_get::<String, _>("saved_by")?),
    })
}

/// A name as kept: blanks around it trimmed, 1 to 80 characters, none of them a control.
fn good_name(name: &str) -> Result<String, Refusal> {
    let name: String = name.trim().nfc().collect();
    if !(1..=LONGEST).contains(&name.chars().count()) {
        return Err(Refusal::invalid("name", "A cohort's name has 1 to 80 characters."));
    }
    if name.chars().any(char::is_control) {
        return Err(Refusal::invalid("name", "A cohort's name has no control characters."));
    }
    Ok(name)
}

/// What names are compared by.
fn key(name: &str) -> String {
    name.trim().nfc().collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests;
