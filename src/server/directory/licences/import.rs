//! The licence CSV on its way back in: a preview, then exactly that (rule U8).
//!
//! Owns what an import does row by row, a little at a time, and that one that was cut off is carried to
//! its end. A row that would do something else at the apply than its preview said is not done, and says
//! so.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::body::Bytes;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::json;
use sqlx::Row;
use tokio::sync::Mutex;

use super::super::{Directory, site_edits};
use super::file::{self, About, Said};
use super::judge::{Judge, NewOffer, Verdict};
use super::resumed;
use crate::api::licences::{LicenceImport, LicenceResult, LicenceRow};
use crate::api::page::{Page, PageQuery};
use crate::api::problem::code;
use crate::domain::address::Address;
use crate::domain::services::Service;
use crate::server::audit::Change;
use crate::server::chores::{Looked, Next};
use crate::server::directory::Viewer;
use crate::server::paging;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, SqlRow, Store, from_millis, new_id, noted, rehearsal, to_millis};

/// How long a preview waits for its apply, in real time.
const KEPT: Duration = Duration::from_hours(24);
/// How often previews of old, and imports that were cut off, are looked for.
const FORGET: Duration = Duration::from_mins(1);
/// Rows that are done in one turn.
const BATCH: i64 = 200;
/// Rows that are dropped in one turn.
const DROPPED: i64 = 5_000;
/// One is applied at a time.
pub(super) static TURN: Mutex<()> = Mutex::const_new(());

/// What a file would change; kept for [`apply`].
pub async fn preview(
    directory: &Directory,
    viewer: &Viewer,
    url: &str,
    file: Bytes,
    removes: bool,
) -> Result<LicenceImport, Refusal> {
    rehearsal::enough()?;
    let store = &directory.store;
    let id = new_id("lic");
    // What is kept on the way is no part of the act: asked again after a crash, it is done anew.
    let organization = noted::beside(begin(store, viewer, url, &id, removes)).await?;
    let of = Waiting { store, id: &id, organization: &organization, removes };
    let about = match noted::beside(of.keep(file)).await {
        Ok(about) => about,
        Err(refusal) => {
            noted::beside(forget(store, &id)).await?;
            return Err(refusal);
        }
    };
    let mut tx = store.begin().await?;
    sqlx::query("UPDATE licence_imports SET read_as = $2, ignored_columns = $3 WHERE id = $1")
        .bind(&id)
        .bind(about.source.to_string())
        .bind(serde_json::to_string(&about.ignored)?)
        .execute(&mut *tx)
        .await?;
    let shown = load(&mut tx, url, &id).await?;
    tx.commit().await?;
    Ok(shown)
}

/// Notes that a file is there, before anything of it is kept; answers the organization. Until it was
/// read to its end nobody sees it.
async fn begin(
    store: &Store,
    viewer: &Viewer,
    url: &str,
    id: &str,
    removes: bool,
) -> Result<String, Refusal> {
    let mut tx = store.begin().await?;
    let site = site_edits::find(&mut tx, url).await?.ok_or_else(|| Refusal::not_found("site"))?;
    let organization = site.must_be_enrolled()?.to_owned();
    sqlx::query(
        "INSERT INTO licence_imports
           (id, site, organization, remove, read_as, ignored_columns, created_by, expires_at)
         VALUES ($1, $2, $3, $4, '', '[]', $5, $6)",
    )
    .bind(id)
    .bind(site.id)
    .bind(&organization)
    .bind(removes)
    .bind(&viewer.email)
    .bind(to_millis(Timestamp::now() + KEPT))
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(organization)
}

/// A file that is being read.
struct Waiting<'a> {
    store: &'a Store,
    id: &'a str,
    organization: &'a str,
    removes: bool,
}

impl Waiting<'_> {
    /// Judges and keeps its rows, a piece at a time, and others write in between.
    async fn keep(&self, file: Bytes) -> Result<About, Refusal> {
        let (mut pieces, reading) = file::read(file);
        let mut conn = self.store.read().await?;
        let mut judge = Judge::new(&mut conn, self.organization, self.removes).await?;
        while let Some(piece) = pieces.recv().await {
            let addresses: Vec<&str> = piece.iter().map(|said| said.address.raw()).collect();
            judge.learn(&mut conn, &addresses).await?;
            let mut tx = self.store.begin().await?;
            for said in &piece {
                let verdict = judge.judge(said.address.raw(), &said.wanted);
                keep(&mut tx, self.id, said, &verdict).await?;
            }
            tx.commit().await?;
        }
        reading.await.map_err(|fault| Refusal::internal(&fault))?
    }
}

/// Does what the preview said, once: a little at a time, so that others write in between.
pub async fn apply(
    directory: &Directory,
    viewer: &Viewer,
    url: &str,
    id: &str,
) -> Result<LicenceImport, Refusal> {
    rehearsal::enough()?;
    let _turn = TURN.lock().await;
    let mut tx = directory.store.begin().await?;
    let before = load(&mut tx, url, id).await?;
    let (begun, resumed): (Option<String>, bool) =
        sqlx::query_as("SELECT begun_by, resumed FROM licence_imports WHERE id = $1")
            .bind(id)
            .fetch_one(&mut *tx)
            .await?;
    if resumed && before.applied_at.is_some() {
        // It was begun, cut off and carried to its end: this is the answer that was lost.
        return Ok(before);
    }
    let late = begun.is_none() && Timestamp::now() >= before.expires_at;
    if before.applied_at.is_some() || late {
        return Err(Refusal::conflict(
            code::IMPORT_STALE,
            "This import was applied already, or its preview is older than a day.",
            "Upload the file again and look at the new preview.",
        ));
    }
    sqlx::query("UPDATE licence_imports SET begun_by = coalesce(begun_by, $2) WHERE id = $1")
        .bind(id)
        .bind(&viewer.email)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    write(directory, url, id).await
}

/// Writes what is left of an import that was begun.
pub(super) async fn write(
    directory: &Directory,
    url: &str,
    id: &str,
) -> Result<LicenceImport, Refusal> {
    let (store, now) = (&directory.store, directory.clock.now());
    while some(store, id, now).await? {}
    let mut tx = store.begin().await?;
    let (organization, actor): (String, String) =
        sqlx::query_as("SELECT organization, begun_by FROM licence_imports WHERE id = $1")
            .bind(id)
            .fetch_one(&mut *tx)
            .await?;
    sqlx::query("UPDATE licence_imports SET applied_at = $2 WHERE id = $1")
        .bind(id)
        .bind(to_millis(now))
        .execute(&mut *tx)
        .await?;
    let done = load(&mut tx, url, id).await?;
    Change::by(now, &actor, "licences.imported")
        .of(&organization)
        .site(url)
        .about(id)
        .detail(json!({ "changed": done.changes, "refused": done.refused,
                        "assigned": done.assigned, "removed": done.removed }))
        .record(&mut tx)
        .await?;
    tx.commit().await?;
    Ok(done)
}

/// The next rows of it; answers whether there were any. What is taken is counted anew: others may have
/// taken some since.
async fn some(store: &Store, id: &str, now: Timestamp) -> Result<bool, Refusal> {
    let mut tx = store.begin().await?;
    let (organization, removes, after): (String, bool, i64) = sqlx::query_as(
        "SELECT organization, remove, done_through FROM licence_imports WHERE id = $1",
    )
    .bind(id)
    .fetch_one(&mut *tx)
    .await?;
    let rows = stored(&mut tx, id, after, BATCH).await?;
    let Some(last) = rows.last() else { return Ok(false) };
    let mut judge = Judge::new(&mut tx, &organization, removes).await?;
    let addresses: Vec<&str> = rows.iter().map(|row| row.address.as_str()).collect();
    judge.learn(&mut tx, &addresses).await?;
    for row in &rows {
        let present = judge.judge(&row.address, &row.wanted);
        let settled = if present == row.verdict {
            do_row(&mut tx, &organization, row, now).await?
        } else {
            Verdict::stale()
        };
        settle(&mut tx, id, row.line, &settled).await?;
    }
    sqlx::query("UPDATE licence_imports SET done_through = $2 WHERE id = $1")
        .bind(id)
        .bind(last.line)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(true)
}

async fn do_row(
    conn: &mut Conn,
    organization: &str,
    row: &Stored,
    now: Timestamp,
) -> Result<Verdict, Refusal> {
    let Verdict { result, assign, remove, .. } = &row.verdict;
    if *result != LicenceResult::Change {
        return Ok(row.verdict.clone());
    }
    let key = Address::parse(&row.address).map_or_else(|_| String::new(), String::from);
    for service in assign {
        sqlx::query(
            "INSERT INTO licences (organization, email_key, service, assigned_at, source)
             VALUES ($1, $2, $3, $4, 'csv') ON CONFLICT DO NOTHING",
        )
        .bind(organization)
        .bind(&key)
        .bind(service.code())
        .bind(to_millis(now))
        .execute(&mut *conn)
        .await?;
    }
    for service in remove {
        sqlx::query(
            "DELETE FROM licences WHERE organization = $1 AND email_key = $2 AND service = $3",
        )
        .bind(organization)
        .bind(&key)
        .bind(service.code())
        .execute(&mut *conn)
        .await?;
    }
    Ok(Verdict { result: LicenceResult::Changed, ..row.verdict.clone() })
}

/// An import.
pub async fn show(directory: &Directory, url: &str, id: &str) -> Result<LicenceImport, Refusal> {
    load(&mut *directory.store.read().await?, url, id).await
}

/// An import's rows, by line.
pub async fn rows(
    directory: &Directory,
    url: &str,
    id: &str,
    query: &PageQuery,
) -> Result<Page<LicenceRow>, Refusal> {
    let limit = paging::limit(query.limit)?;
    let after: Option<i64> = paging::after(query.cursor.as_deref())?;
    let mut conn = directory.store.read().await?;
    load(&mut conn, url, id).await?;
    let found = stored(&mut conn, id, after.unwrap_or(-1), limit as i64 + 1).await?;
    let shown = |row: Stored| LicenceRow {
        line: row.line.cast_unsigned(),
        address: row.address.into(),
        result: row.verdict.result,
        assign: row.verdict.assign,
        remove: row.verdict.remove,
        reason: row.verdict.reason,
    };
    paging::page(found, limit, |row| row.line, shown)
}

async fn load(conn: &mut Conn, url: &str, id: &str) -> Result<LicenceImport, Refusal> {
    let row = sqlx::query(
        "SELECT i.remove, i.read_as, i.ignored_columns, i.expires_at, i.applied_at
           FROM licence_imports i JOIN sites s ON s.id = i.site
          WHERE i.id = $1 AND s.url = $2 AND i.read_as <> ''",
    )
    .bind(id)
    .bind(url)
    .fetch_optional(&mut *conn)
    .await?
    .ok_or_else(|| Refusal::not_found("licence import"))?;
    let mut shown = LicenceImport {
        id: id.to_owned(),
        site: url.into(),
        remove: row.try_get("remove")?,
        read_as: row.try_get("read_as")?,
        rows: 0,
        changes: 0,
        unchanged: 0,
        refused: 0,
        assigned: BTreeMap::new(),
        removed: BTreeMap::new(),
        ignored_columns: json_of(&row, "ignored_columns")?,
        expires_at: from_millis(row.try_get("expires_at")?),
        applied_at: row.try_get::<Option<i64>, _>("applied_at")?.map(from_millis),
    };
    let groups = sqlx::query(
        "SELECT result, assign, remove, count(*) AS many FROM licence_import_rows WHERE import = $1
          GROUP BY result, assign, remove",
    )
    .bind(id)
    .fetch_all(conn)
    .await?;
    for group in groups {
        let many = group.try_get::<i64, _>("many")?.cast_unsigned();
        shown.rows += many;
        match result_of(&group)? {
            LicenceResult::Change | LicenceResult::Changed => shown.changes += many,
            LicenceResult::Unchanged => shown.unchanged += many,
            LicenceResult::Refused | LicenceResult::Stale => shown.refused += many,
        }
        for (done, counts) in [("assign", &mut shown.assigned), ("remove", &mut shown.removed)] {
            for service in json_of::<Vec<Service>>(&group, done)? {
                *counts.entry(service.code().to_owned()).or_default() += many;
            }
        }
    }
    Ok(shown)
}

/// A row as it is kept.
struct Stored {
    line: i64,
    address: String,
    wanted: NewOffer,
    verdict: Verdict,
}

async fn stored(conn: &mut Conn, id: &str, after: i64, most: i64) -> Result<Vec<Stored>, Refusal> {
    let rows = sqlx::query(
        "SELECT line, address, wanted, result, assign, remove, reason FROM licence_import_rows
          WHERE import = $1 AND line > $2 ORDER BY line LIMIT $3",
    )
    .bind(id)
    .bind(after)
    .bind(most)
    .fetch_all(conn)
    .await?;
    let read = |row: &SqlRow| {
        let verdict = Verdict {
            result: result_of(row)?,
            assign: json_of(row, "assign")?,
            remove: json_of(row, "remove")?,
            reason: row.try_get("reason")?,
        };
        let (line, address) = (row.try_get("line")?, row.try_get("address")?);
        Ok(Stored { line, address, wanted: json_of(row, "wanted")?, verdict })
    };
    rows.iter().map(read).collect()
}

fn json_of<T: DeserializeOwned>(row: &SqlRow, column: &str) -> Result<T, Refusal> {
    Ok(serde_json::from_str(row.try_get(column)?)?)
}

fn result_of(row: &SqlRow) -> Result<LicenceResult, Refusal> {
    LicenceResult::from_code(row.try_get("result")?)
        .ok_or_else(|| Refusal::internal(&"a licence row has no result"))
}

async fn keep(conn: &mut Conn, id: &str, said: &Said, verdict: &Verdict) -> Result<(), Refusal> {
    sqlx::query(
        "INSERT INTO licence_import_rows
           (import, line, address, wanted, result, assign, remove, reason)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(id)
    .bind(said.line.cast_signed())
    .bind(said.address.raw())
    .bind(serde_json::to_string(&said.wanted)?)
    .bind(verdict.result.code())
    .bind(serde_json::to_string(&verdict.assign)?)
    .bind(serde_json::to_string(&verdict.remove)?)
    .bind(&verdict.reason)
    .execute(conn)
    .await?;
    Ok(())
}

async fn settle(conn: &mut Conn, id: &str, line: i64, verdict: &Verdict) -> Result<(), Refusal> {
    sqlx::query(
        "UPDATE licence_import_rows SET result = $3, assign = $4, remove = $5, reason = $6
          WHERE import = $1 AND line = $2",
    )
    .bind(id)
    .bind(line)
    .bind(verdict.result.code())
    .bind(serde_json::to_string(&verdict.assign)?)
    .bind(serde_json::to_string(&verdict.remove)?)
    .bind(&verdict.reason)
    .execute(conn)
    .await?;
    Ok(())
}

/// Drops previews that nobody applied within their day, now and then, and carries those to their end
/// that a crash cut off.
pub async fn keep_forgetting(directory: &Directory) -> Looked {
    resumed::go_on(directory).await?;
    forget_old(&directory.store).await?;
    Ok(Next::within(FORGET))
}

/// Previews that nobody applied in their time.
pub(super) async fn forget_old(store: &Store) -> Result<(), sqlx::Error> {
    let old: Vec<String> = sqlx::query_scalar(
        "SELECT id FROM licence_imports WHERE begun_by IS NULL AND applied_at IS NULL
            AND expires_at < $1",
    )
    .bind(to_millis(Timestamp::now()))
    .fetch_all(&mut *store.read().await?)
    .await?;
    for id in old {
        forget(store, &id).await?;
    }
    Ok(())
}

/// Drops a preview, a little at a time.
async fn forget(store: &Store, id: &str) -> Result<(), sqlx::Error> {
    loop {
        let mut tx = store.begin().await?;
        let dropped = sqlx::query(
            "DELETE FROM licence_import_rows WHERE import = $1 AND line IN
               (SELECT line FROM licence_import_rows WHERE import = $1 ORDER BY line LIMIT $2)",
        )
        .bind(id)
        .bind(DROPPED)
        .execute(&mut *tx)
        .await?;
        if dropped.rows_affected() == 0 {
            sqlx::query("DELETE FROM licence_imports WHERE id = $1")
                .bind(id)
                .execute(&mut *tx)
                .await?;
            return tx.commit().await;
        }
        tx.commit().await?;
    }
}
