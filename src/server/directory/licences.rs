//! Licences: a person's services in an organization, and the CSV that assigns them (rule U8).
//!
//! Owns the rows of `licences` and writing the CSV in Control Hub's columns, one more a service.
//! Reading it back is `import`'s. Every cell passes the guard against formulas.

mod file;
mod import;
mod judge;
mod resumed;

pub use import::{apply, keep_forgetting, preview, rows, show};
pub use resumed::RESUMED;

use std::collections::{HashMap, HashSet};

use sqlx::Row;

use super::{Directory, services, site_edits};
use crate::api::licences::LicenceExportQuery;
use crate::domain::services::Service;
use crate::domain::untrusted::Untrusted;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, Sql};
use crate::table::{Dialect, Layout, RosterRow, RosterWriter};

/// Users in one batch.
const BATCH: i64 = 500;
/// What an organization assigns that does not say which services it has.
const USUAL: [Service; 2] = [Service::Messaging, Service::Meetings];

/// Linked users of a site as CSV.
pub async fn export(
    directory: &Directory,
    url: &str,
    query: &LicenceExportQuery,
) -> Result<Vec<u8>, Refusal> {
    let mut conn = directory.store.read().await?;
    let site = site_edits::find(&mut conn, url).await?.ok_or_else(|| Refusal::not_found("site"))?;
    let organization = site.must_be_enrolled()?.to_owned();
    let assign = match query.assign.as_deref() {
        Some(codes) => read_services(codes)?,
        None => assigned_by_itself(&mut conn, &organization).await?,
    };
    let headers: Vec<Untrusted> =
        Service::ALL.iter().map(|service| Untrusted::new(service.title())).collect();
    let mut writer = RosterWriter::new(Layout::standard(Dialect::ControlHub, &headers));
    let mut bytes = Vec::new();
    let (mut after, mut written) = (-1, HashSet::new());
    loop {
        let batch = linked(&mut conn, site.id, after).await?;
        let Some(last) = batch.last() else { break };
        after = last.number;
        let keys: Vec<&str> = batch.iter().map(|user| user.key.as_str()).collect();
        let held = held(&mut conn, &organization, &keys).await?;
        for user in batch {
            let has = held.get(&user.key);
            if (has.is_some() && !query.all) || !written.insert(user.key) {
                continue;
            }
            let cell = |service| match has {
                Some(has) => has.contains(service),
                None => assign.contains(service),
            };
            let cells = Service::ALL.iter().map(|s| if cell(s) { "TRUE" } else { "FALSE" });
            writer.row(&RosterRow { extra: cells.collect(), ..user.row });
        }
        bytes.append(&mut writer.take());
    }
    bytes.append(&mut writer.take());
    Ok(bytes)
}

/// Reads `messaging,meetings`; `none` is none.
fn read_services(codes: &str) -> Result<Vec<Service>, Refusal> {
    if codes == "none" {
        return Ok(Vec::new());
    }
    let read = |code: &str| {
        Service::from_word(code).ok_or_else(|| {
            let known = Service::ALL.map(Service::code).join(", ");
            Refusal::invalid("assign", format!("The services are {known}; or write none."))
        })
    };
    codes.split(',').map(read).collect()
}

/// What the organization would assign by itself, if linking did not leave it out.
async fn assigned_by_itself(conn: &mut Conn, id: &str) -> Result<Vec<Service>, Refusal> {
    let automatic: Option<bool> =
        sqlx::query_scalar("SELECT auto_licence FROM organizations WHERE id = $1")
            .bind(id)
            .fetch_optional(&mut *conn)
            .await?;
    if automatic != Some(true) {
        return Ok(Vec::new());
    }
    let has = services::of(conn, id).await?;
    if has.is_empty() {
        return Ok(USUAL.to_vec());
    }
    Ok(has.into_iter().map(|line| line.service).collect())
}

struct Linked {
    number: i64,
    key: String,
    row: RosterRow,
}

async fn linked(conn: &mut Conn, site: i64, after: i64) -> Result<Vec<Linked>, Refusal> {
    let rows = sqlx::query(
        "SELECT number, address_key, address, first_name, last_name, display_name, department,
                active
           FROM site_users
          WHERE site = $1 AND number > $2 AND link <> 'none' AND address_key IS NOT NULL
          ORDER BY number LIMIT $3",
    )
    .bind(site)
    .bind(after)
    .bind(BATCH)
    .fetch_all(conn)
    .await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let text = |column: &str| row.try_get::<String, _>(column).map(Untrusted::from);
        found.push(Linked {
            number: row.try_get("number")?,
            key: row.try_get("address_key")?,
            row: RosterRow {
                user_id: text("address")?,
                address: text("address")?,
                first_name: text("first_name")?,
                last_name: text("last_name")?,
                display_name: text("display_name")?,
                department: text("department")?,
                active: Some(row.try_get("active")?),
                ..RosterRow::default()
            },
        });
    }
    Ok(found)
}

/// The licences of these people; who has none is not in it.
pub async fn held(
    conn: &mut Conn,
    organization: &str,
    keys: &[&str],
) -> Result<HashMap<String, HashSet<Service>>, Refusal> {
    let mut found: HashMap<String, HashSet<Service>> = HashMap::new();
    if keys.is_empty() {
        return Ok(found);
    }
    let mut sql = Sql::new("SELECT email_key, service FROM licences WHERE organization = ");
    sql.push_bind(organization).push(" AND email_key IN (");
    let mut list = sql.separated(", ");
    for key in keys {
        list.push_bind(*key);
    }
    list.push_unseparated(")");
    for row in sql.build().fetch_all(conn).await? {
        if let Some(service) = Service::from_code(row.try_get("service")?) {
            found.entry(row.try_get("email_key")?).or_default().insert(service);
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests;
