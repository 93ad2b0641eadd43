//! The licence CSV on its way back in: a preview, then exactly that (rule U8).
//!
//! Owns reading the columns of services and what an import does row by row. A row that would do
//! something else at the apply than its preview said is not done, and says so.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::json;
use sqlx::Row;

use super::super::{Directory, site_edits};
use super::judge::{Judge, NewOffer, Verdict};
use crate::api::licences::{LicenceImport, LicenceResult, LicenceRow};
use crate::api::page::{Page, PageQuery};
use crate::api::problem::code;
use crate::domain::address::Address;
use crate::domain::services::Service;
use crate::domain::untrusted::Untrusted;
use crate::server::audit::{self, Change};
use crate::server::chores::{Looked, Next};
use crate::server::directory::Viewer;
use crate::server::paging;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, SqlRow, from_millis, new_id, to_millis};
use crate::table::{Dialect, RosterFile, RosterRow};

/// How long a preview waits for its apply, in real time.
const KEPT: Duration = Duration::from_hours(24);
/// How often previews of old are dropped, in real time.
const FORGET: Duration = Duration::from_hours(1);
/// Rows judged at a time.
const BATCH: usize = 500;
/// Control Hub's own column, which it fills itself.
const STATUS: &str = "user status";

/// What a file would change; kept for [`apply`].
pub async fn preview(
    directory: &Directory,
    viewer: &Viewer,
    url: &str,
    file: &RosterFile,
    removes: bool,
) -> Result<LicenceImport, Refusal> {
    let columns = Columns::of(file)?;
    let mut tx = directory.store.begin().await?;
    let site = site_edits::find(&mut tx, url).await?.ok_or_else(|| Refusal::not_found("site"))?;
    let organization = site.must_be_enrolled()?;
    forget_old(&mut tx).await?;
    let id = new_id("lic");
    sqlx::query(
        "INSERT INTO licence_imports
           (id, site, organization, remove, read_as, ignored_columns, created_by, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(&id)
    .bind(site.id)
    .bind(organization)
    .bind(removes)
    .bind(file.source.to_string())
    .bind(serde_json::to_string(&columns.ignored)?)
    .bind(&viewer.email)
    .bind(to_millis(Timestamp::now() + KEPT))
    .execute(&mut *tx)
    .await?;
    let mut judge = Judge::new(&mut tx, organization, removes).await?;
    for rows in file.rows.chunks(BATCH) {
        let addresses: Vec<&str> = rows.iter().map(|row| row.address.raw()).collect();
        judge.learn(&mut tx, &addresses).await?;
        for row in rows {
            let wanted = columns.wanted(row);
            let verdict = judge.judge(row.address.raw(), &wanted);
            keep(&mut tx, &id, row, &wanted, &verdict).await?;
        }
    }
    let shown = load(&mut tx, url, &id).await?;
    tx.commit().await?;
    Ok(shown)
}

/// The columns of a file that say something of services.
struct Columns {
    services: Vec<(usize, Service)>,
    ignored: Vec<Untrusted>,
}

impl Columns {
    fn of(file: &RosterFile) -> Result<Self, Refusal> {
        if file.layout.dialect() != Dialect::ControlHub {
            return Err(refused(
                "This is Site Administration's dialect; licences are in Control Hub's.",
            ));
        }
        let mut columns = Self { services: Vec::new(), ignored: Vec::new() };
        for (at, header) in file.layout.extra_headers().enumerate() {
            let name = header.raw().trim().to_lowercase();
            match Service::from_word(&name) {
                Some(service) => columns.services.push((at, service)),
                None if name == STATUS => {}
                None => columns.ignored.push(header.clone()),
            }
        }
        if columns.services.is_empty() {
            let known = Service::ALL.map(Service::title).join(", ");
            return Err(refused(&format!("No column is a service's. The services are {known}.")));
        }
        Ok(columns)
    }

    fn wanted(&self, row: &RosterRow) -> NewOffer {
        let cell = |at: usize| row.extra.get(at).unwrap_or_default().trim();
        self.services
            .iter()
            .filter(|(at, _)| !cell(*at).is_empty())
            .map(|(at, service)| (*service, true_or_false(cell(*at))))
            .collect()
    }
}

fn true_or_false(cell: &str) -> Option<bool> {
    if cell.eq_ignore_ascii_case("true") {
        Some(true)
    } else if cell.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

fn refused(detail: &str) -> Refusal {
    Refusal::new(
        axum::http::StatusCode::UNPROCESSABLE_ENTITY,
        code::FILE_REFUSED,
        format!("The file was refused as a whole. {detail}"),
        "Export the licences, change TRUE and FALSE in that file, and upload it.",
    )
}

/// Does what the preview said, once.
pub async fn apply(
    directory: &Directory,
    viewer: &Viewer,
    url: &str,
    id: &str,
) -> Result<LicenceImport, Refusal> {
    let now = directory.clock.now();
    let mut tx = directory.store.begin().await?;
    let before = load(&mut tx, url, id).await?;
    if before.applied_at.is_some() || Timestamp::now() >= before.expires_at {
        return Err(Refusal::conflict(
            code::IMPORT_STALE,
            "This import was applied already, or its preview is older than a day.",
            "Upload the file again and look at the new preview.",
        ));
    }
    let organization: String =
        sqlx::query_scalar("SELECT organization FROM licence_imports WHERE id = $1")
            .bind(id)
            .fetch_one(&mut *tx)
            .await?;
    let mut judge = Judge::new(&mut tx, &organization, before.remove).await?;
    let mut after = -1;
    loop {
        let batch = stored(&mut tx, id, after, BATCH as i64).await?;
        let Some(last) = batch.last() else { break };
        after = last.line;
        let addresses: Vec<&str> = batch.iter().map(|row| row.address.as_str()).collect();
        judge.learn(&mut tx, &addresses).await?;
        for row in &batch {
            let present = judge.judge(&row.address, &row.wanted);
            let settled = if present == row.verdict {
                do_row(&mut tx, &organization, row, now).await?
            } else {
                Verdict::stale()
            };
            settle(&mut tx, id, row.line, &settled).await?;
        }
    }
    sqlx::query("UPDATE licence_imports SET applied_at = $2 WHERE id = $1")
        .bind(id)
        .bind(to_millis(now))
        .execute(&mut *tx)
        .await?;
    let done = load(&mut tx, url, id).await?;
    let change = Change {
        at: now,
        actor: &viewer.email,
        action: "licences.imported",
        organization: Some(&organization),
        site: Some(url),
        subject: id,
        detail: json!({ "changed": done.changes, "refused": done.refused,
                        "assigned": done.assigned, "removed": done.removed }),
    };
    audit::record(&mut tx, change).await?;
    tx.commit().await?;
    Ok(done)
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
          WHERE i.id = $1 AND s.url = $2",
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

async fn keep(
    conn: &mut Conn,
    id: &str,
    row: &RosterRow,
    wanted: &NewOffer,
    verdict: &Verdict,
) -> Result<(), Refusal> {
    sqlx::query(
        "INSERT INTO licence_import_rows
           (import, line, address, wanted, result, assign, remove, reason)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(id)
    .bind(row.line.cast_signed())
    .bind(row.address.raw())
    .bind(serde_json::to_string(wanted)?)
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

/// Drops previews that nobody applied within their day, now and then.
pub async fn keep_forgetting(directory: &Directory) -> Looked {
    forget_all_old(directory).await?;
    Ok(Next::within(FORGET))
}

async fn forget_all_old(directory: &Directory) -> Result<(), sqlx::Error> {
    let mut tx = directory.store.begin().await?;
    forget_old(&mut tx).await?;
    tx.commit().await
}

/// Previews that nobody applied in their time.
pub(super) async fn forget_old(conn: &mut Conn) -> Result<(), sqlx::Error> {
    const OLD: &str = "SELECT id FROM licence_imports WHERE applied_at IS NULL AND expires_at < $1";
    let now = to_millis(Timestamp::now());
    for table in ["licence_import_rows WHERE import", "licence_imports WHERE id"] {
        let sql = format!("DELETE FROM {table} IN ({OLD})");
        sqlx::query(sqlx::AssertSqlSafe(sql)).bind(now).execute(&mut *conn).await?;
    }
    Ok(())
}
