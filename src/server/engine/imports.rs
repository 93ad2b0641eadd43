//! Roster imports: a previewed upsert (SPEC section 9).
//!
//! Owns keeping what an upload says (never the upload itself: it may have passwords) for a day at
//! most, and that only what was previewed is applied: a roster that changed in between refuses. What a
//! killed preview kept stays until that day is over, as one does that nobody applies.
//! Must not know how users are stored: the directory does.

mod pieces;
mod writing;

use std::time::Duration;

use axum::body::Bytes;
use jiff::Timestamp;
use sqlx::Row;

use crate::api::import::{ApplyImport, ImportApplied, ImportPreview, ImportSample};
use crate::domain::number::{count, thousands};
use crate::domain::untrusted::Untrusted;
use crate::server::Backend;
use crate::server::chores::{Looked, Next};
use crate::server::directory::{RosterSample, RosterUpload, SiteFacts};
use crate::server::engine::newcomers;
use crate::server::refusal::Refusal;
use crate::server::store::resumed::Resumed;
use crate::server::store::{Conn, Store, from_millis, new_id, noted, rehearsal, to_millis};

/// One import is written at a time.
static TURN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
/// How often imports that were cut off are looked for.
const AGAIN: Duration = Duration::from_mins(1);
/// How long an uploaded file waits for its apply, in real time.
const KEPT: Duration = Duration::from_hours(24);
/// How many files may wait for one site; the oldest goes.
const WAITING: i64 = 5;

/// Reads the file, compares it with the site, and keeps it for [`apply`].
///
/// # Errors
/// `422 file_refused` naming line and column; nothing was kept then.
pub async fn preview(
    backend: &Backend,
    actor: &str,
    url: &str,
    file: Bytes,
    replace: bool,
) -> Result<ImportPreview, Refusal> {
    rehearsal::enough()?;
    let site = backend.directory.site_facts(url).await?;
    let id = new_id("imp");
    let waiting = Waiting { id: &id, actor, site: &site, replace, until: Timestamp::now() + KEPT };
    // What is kept on the way is no part of the act: asked again after a crash, it is done anew.
    noted::beside(begin(&backend.store, &waiting)).await?;
    match compared(backend, file, &waiting).await {
        Ok(preview) => Ok(preview),
        Err(refusal) => {
            noted::beside(forget(&backend.store, &id)).await?;
            Err(refusal)
        }
    }
}

/// A file that was uploaded, before it is known what it says.
struct Waiting<'a> {
    id: &'a str,
    actor: &'a str,
    site: &'a SiteFacts,
    replace: bool,
    until: Timestamp,
}

async fn compared(
    backend: &Backend,
    file: Bytes,
    of: &Waiting<'_>,
) -> Result<ImportPreview, Refusal> {
    let (source, rows) = noted::beside(pieces::keep(&backend.store, of.id, file)).await?;
    let upload = RosterUpload::of(&mut *backend.store.read().await?, of.id).await?;
    let change = backend.directory.compare_roster(of.site, &upload, of.replace).await?;
    let preview = ImportPreview {
        id: of.id.to_owned(),
        site: Untrusted::new(&of.site.url),
        read_as: source.to_string(),
        rows,
        new: change.new,
        changed: change.changed,
        address_changed: change.address_changed,
        linked_address_changed: change.linked_address_changed,
        deactivated: change.deactivated,
        activated: change.activated,
        unchanged: change.unchanged,
        ambiguous: change.ambiguous,
        not_in_file: change.not_in_file,
        active_not_in_file: change.active_not_in_file,
        new_with_known_address: change.new_with_known_address,
        bad_addresses: change.bad_addresses,
        replace: of.replace,
        samples: samples(change.samples),
        linked_address_samples: samples(change.linked_address_samples),
        known_address_samples: samples(change.known_address_samples),
        bad_samples: samples(change.bad_samples),
        expires_at: of.until,
    };
    let mut tx = backend.store.begin().await?;
    sqlx::query("UPDATE imports SET preview = $1 WHERE id = $2")
        .bind(serde_json::to_string(&preview)?)
        .bind(of.id)
        .execute(&mut *tx)
        .await?;
    make_room(&mut tx, of.site.id).await?;
    tx.commit().await?;
    Ok(preview)
}

fn samples(of: Vec<RosterSample>) -> Vec<ImportSample> {
    let shown = |s: RosterSample| ImportSample {
        user_id: s.user_id,
        name: s.name,
        change: s.change.into(),
    };
    of.into_iter().map(shown).collect()
}

/// Applies an import that was previewed, once: a little at a time, so that others write in between.
///
/// # Errors
/// `404` when it is unknown, used or too old; `409 import_stale` when the roster has changed since;
/// `422` where it deactivates users and another number of them, or none, was said.
pub async fn apply(
    backend: &Backend,
    actor: &str,
    url: &str,
    id: &str,
    said: ApplyImport,
) -> Result<ImportApplied, Refusal> {
    rehearsal::enough()?;
    let _turn = TURN.lock().await;
    let site = backend.directory.site_facts(url).await?;
    let mut conn = backend.store.read().await?;
    if was_resumed(&mut conn, &site, id).await? {
        // It was begun, cut off and carried to its end: this is the answer that was lost.
        return applied(&mut conn, &site, id).await;
    }
    let kept = find(&mut conn, &site, id).await?;
    drop(conn);
    if !kept.begun {
        kept.must_be_meant(said)?;
    }
    let done = writing::write(backend, actor, url, id).await?;
    let plan = newcomers::after_change(backend, url).await;
    Ok(ImportApplied { plan, ..done })
}

/// How a crash that cut off an apply is found.
pub const RESUMED: Resumed = Resumed::of("imports", "begun_at", "%/imports/");

/// Carries imports that were begun to their end: a crash, or a fault, cut them off.
pub async fn look(backend: &Backend) -> Looked {
    let begun: Vec<(String, String, String)> = sqlx::query_as(
        "SELECT i.id, s.url, i.created_by FROM imports i JOIN sites s ON s.id = i.site
          WHERE i.begun_at IS NOT NULL AND i.applied_at IS NULL",
    )
    .fetch_all(&mut *backend.store.read().await?)
    .await?;
    for (id, url, actor) in begun {
        let _turn = TURN.lock().await;
        match writing::write(backend, &actor, &url, &id).await {
            Ok(_) => {
                let mut tx = backend.store.begin().await?;
                sqlx::query("UPDATE imports SET resumed = 1 WHERE id = $1")
                    .bind(&id)
                    .execute(&mut *tx)
                    .await?;
                tx.commit().await?;
                newcomers::after_change(backend, &url).await;
            }
            // Whoever applied it was quicker.
            Err(refusal) if refusal.problem.status == 404 => {}
            Err(refusal) => return Err(refusal),
        }
    }
    Ok(Next::within(AGAIN))
}

async fn was_resumed(conn: &mut Conn, site: &SiteFacts, id: &str) -> Result<bool, sqlx::Error> {
    let resumed: Option<bool> = sqlx::query_scalar(
        "SELECT resumed FROM imports WHERE id = $1 AND site = $2 AND applied_at IS NOT NULL",
    )
    .bind(id)
    .bind(site.id)
    .fetch_optional(conn)
    .await?;
    Ok(resumed == Some(true))
}

/// What an import that was applied came to.
async fn applied(conn: &mut Conn, site: &SiteFacts, id: &str) -> Result<ImportApplied, Refusal> {
    let users: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM site_users WHERE site = $1")
        .bind(site.id)
        .fetch_one(&mut *conn)
        .await?;
    let revision: i64 = sqlx::query_scalar("SELECT roster_revision FROM sites WHERE id = $1")
        .bind(site.id)
        .fetch_one(conn)
        .await?;
    Ok(ImportApplied {
        id: id.to_owned(),
        roster_revision: revision.cast_unsigned(),
        users: users.cast_unsigned(),
        plan: None,
    })
}

/// Drops the uploads that nobody applied within their day, and what is left of those applied.
///
/// # Errors
/// When the database cannot be written.
pub async fn forget_old(store: &Store) -> Result<(), sqlx::Error> {
    let now = to_millis(Timestamp::now());
    let mut tx = store.begin().await?;
    sqlx::query(
        "DELETE FROM imports
          WHERE expires_at <= $1 AND (begun_at IS NULL OR applied_at IS NOT NULL)",
    )
    .bind(now)
    .execute(&mut *tx)
    .await?;
    tx.commit().await
}

/// A file that waits.
struct Kept {
    replace: bool,
    revision: i64,
    /// Rows of the file.
    rows: u64,
    /// Some of it is written.
    begun: bool,
    /// Rule P2: how many addresses it brings into the roster.
    new_addresses: u64,
    /// How many active users it deactivates because they are not in the file.
    missing: u64,
}

impl Kept {
    fn must_be_meant(&self, said: ApplyImport) -> Result<(), Refusal> {
        let lost = if self.replace { self.missing } else { 0 };
        if said.deactivates.unwrap_or(0) == lost {
            return Ok(());
        }
        let words = format!(
            "This import deactivates {} who are not in the file, and the request says {}; nothing \
             was imported.",
            count(lost, "active user"),
            said.deactivates.map_or_else(|| "no number".to_owned(), thousands),
        );
        Err(Refusal::invalid("deactivates", words))
    }
}

async fn find(conn: &mut Conn, site: &SiteFacts, id: &str) -> Result<Kept, Refusal> {
    let row = sqlx::query(
        "SELECT replace_all, roster_revision, expires_at, preview, begun_at FROM imports
         WHERE id = $1 AND site = $2 AND applied_at IS NULL AND preview <> ''",
    )
    .bind(id)
    .bind(site.id)
    .fetch_optional(conn)
    .await?
    .ok_or_else(|| Refusal::not_found("import that waits"))?;
    let begun = row.try_get::<Option<i64>, _>("begun_at")?.is_some();
    if !begun && Timestamp::now() >= from_millis(row.try_get("expires_at")?) {
        return Err(Refusal::not_found("import that waits"));
    }
    let preview: ImportPreview = serde_json::from_str(row.try_get("preview")?)?;
    Ok(Kept {
        replace: row.try_get("replace_all")?,
        revision: row.try_get("roster_revision")?,
        rows: preview.rows,
        begun,
        new_addresses: preview.new + preview.address_changed,
        missing: preview.active_not_in_file,
    })
}

/// The oldest that waits for a site goes where there are too many, and so does what was applied.
async fn make_room(conn: &mut Conn, site: i64) -> Result<(), sqlx::Error> {
    sqlx::query(
        "DELETE FROM imports WHERE site = $1 AND (applied_at IS NOT NULL
           OR begun_at IS NULL AND preview <> '' AND (expires_at < $2 OR id NOT IN
             (SELECT id FROM imports WHERE site = $1 AND applied_at IS NULL AND preview <> ''
               ORDER BY expires_at DESC LIMIT $3)))",
    )
    .bind(site)
    .bind(to_millis(Timestamp::now()))
    .bind(WAITING)
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes that a file is there, before anything of it is kept: what is kept goes with this row.
async fn begin(store: &Store, of: &Waiting<'_>) -> Result<(), Refusal> {
    let mut tx = store.begin().await?;
    sqlx::query(
        "INSERT INTO imports
           (id, site, replace_all, preview, roster_revision, created_by, expires_at)
         VALUES ($1, $2, $3, '', $4, $5, $6)",
    )
    .bind(of.id)
    .bind(of.site.id)
    .bind(of.replace)
    .bind(i64::try_from(of.site.roster_revision).unwrap_or(i64::MAX))
    .bind(of.actor)
    .bind(to_millis(of.until))
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(())
}

/// Keeps nothing of a file that was refused.
async fn forget(store: &Store, id: &str) -> Result<(), sqlx::Error> {
    let mut tx = store.begin().await?;
    sqlx::query("DELETE FROM imports WHERE id = $1").bind(id).execute(&mut *tx).await?;
    tx.commit().await
}

#[cfg(test)]
mod tests;
