//! Roster rows in and out of the database (SPEC section 9): filling, comparing, upserting, export.
//!
//! Owns the columns of `site_users`. A number never changes hands and no user is ever removed.
//! Must not decide what an import means for invitations beyond revoking what the old address had.

pub(in crate::server) mod answers;
pub(in crate::server) mod filling;
mod links;
mod pairing;
mod preview;
mod single;
mod stored;
mod working;

pub use single::{add, edit, number_of};
pub use working::{ready, revoke_left, work_out, write};

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use crate::domain::address::Address;
use crate::domain::untrusted::Untrusted;
use crate::domain::user::latest_lapsed;
use crate::server::directory::roster_work::RosterColumns;
use crate::server::directory::{RosterChange, RosterUpload};
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, Sql, to_millis};
use crate::table::{Dialect, Extra, Layout, RosterRow, RosterWriter, status_word};
use stored::Known;

/// Rows of one INSERT; 17 values each, well under the database's limit of values.
const BATCH: usize = 250;

/// Every block of every roster is to be made anew: after filling without the triggers that count.
///
/// # Errors
/// When the database cannot be written; the caller's transaction must then not commit.
pub async fn mark_all(conn: &mut Conn) -> Result<(), sqlx::Error> {
    sqlx::query(
        "WITH RECURSIVE blocks (site, block, last) AS (
           SELECT s.id, 0, (SELECT max(u.number) / 4096 FROM site_users u WHERE u.site = s.id)
             FROM sites s
           UNION ALL SELECT site, block + 1, last FROM blocks WHERE block < last)
         INSERT INTO roster_marks (site, block, text, kept)
         SELECT site, block, 1, 1 FROM blocks WHERE last IS NOT NULL
         ON CONFLICT (site, block) DO UPDATE SET text = roster_marks.text + 1,
           kept = roster_marks.kept + 1",
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What an import of this file would change; nothing is written.
///
/// # Errors
/// When the database cannot be read.
pub async fn compare(
    conn: &mut Conn,
    site: i64,
    upload: &RosterUpload,
    replace: bool,
) -> Result<RosterChange, Refusal> {
    preview::told(conn, site, upload, replace).await
}

/// The roster as its dialect's own product would write it, without those who cannot be written.
///
/// # Errors
/// When the database cannot be read.
pub async fn export(conn: &mut Conn, site: i64, dialect: Dialect) -> Result<Vec<u8>, sqlx::Error> {
    let names: Vec<Untrusted> =
        stored::columns(conn, site).await?.into_iter().map(Untrusted::from).collect();
    let left: HashSet<i64> = stored::left_out(conn, site, dialect).await?;
    let mut writer = RosterWriter::new(Layout::standard(dialect, &names));
    let mut bytes = Vec::new();
    let mut from = 0;
    loop {
        let rows = stored::rows(conn, site, from, 2_000).await?;
        let Some((last, _)) = rows.last() else { break };
        from = last + 1;
        for (_, row) in rows.iter().filter(|(number, _)| !left.contains(number)) {
            writer.row(row);
        }
        bytes.append(&mut writer.take());
    }
    bytes.append(&mut writer.take());
    Ok(bytes)
}

impl RosterColumns {
    /// Those of a site, and of a file beside.
    async fn of(conn: &mut Conn, site: i64, upload: &RosterUpload) -> Result<Self, Refusal> {
        let first = upload.piece(conn, upload.pieces().start).await?;
        Ok(Self::merged(conn, site, &first.layout).await?)
    }

    async fn merged(conn: &mut Conn, site: i64, layout: &Layout) -> Result<Self, sqlx::Error> {
        let mut names = stored::columns(conn, site).await?;
        let mut by_name: HashMap<String, usize> =
            names.iter().enumerate().map(|(at, name)| (column_key(name), at)).collect();
        let mut places = Vec::new();
        for header in layout.extra_headers() {
            let place = *by_name.entry(column_key(header.raw())).or_insert_with(|| {
                names.push(header.raw().to_owned());
                names.len() - 1
            });
            places.push(place);
        }
        Ok(Self { names, places, status: layout.status() })
    }

    /// What an account is after the import of its row: where the file has no column, what it was.
    /// A respelled address is taken as it is spelled now.
    fn over(&self, row: &RosterRow, layout: &Layout, before: &Known) -> RosterRow {
        let mut after = row.over(layout.says(), &before.row);
        after.line = before.row.line;
        if layout.dialect() == Dialect::ControlHub {
            after.user_id = before.row.user_id.clone();
        }
        after.world = before.row.world;
        after.extra = self.cells(row, Some(&before.row));
        after
    }

    /// The row's cells in the site's order; columns that the file lacks keep what they had.
    fn cells(&self, row: &RosterRow, before: Option<&RosterRow>) -> Extra {
        let known = before.map(|before| &before.extra);
        let mut cells: Vec<&str> = vec![""; self.names.len()];
        for (at, cell) in cells.iter_mut().enumerate() {
            *cell = known.and_then(|known| known.get(at)).unwrap_or_default();
        }
        for (at, (place, cell)) in self.places.iter().zip(row.extra.iter()).enumerate() {
            // What an export would say of the account is nothing new about it.
            let said = known.and_then(|known| known.get(*place));
            let as_written = before.is_some_and(|before| status_word(before.active, said) == cell);
            if self.status != Some(at) || !as_written {
                cells[*place] = cell;
            }
        }
        let used = cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1);
        cells[..used].iter().collect()
    }
}

/// A column's name as it is compared.
fn column_key(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

fn extra_json<'c>(cells: impl Iterator<Item = &'c str>) -> String {
    cells.collect::<serde_json::Value>().to_string()
}

fn canonical(row: &RosterRow) -> Option<String> {
    Address::parse(row.address.raw()).ok().map(String::from)
}

/// Where new rows go.
struct Place {
    site: i64,
    first: i64,
    revision: i64,
    now: Timestamp,
}

async fn insert(
    conn: &mut Conn,
    place: &Place,
    rows: &[&RosterRow],
    extra: impl Fn(usize, &RosterRow) -> String,
) -> Result<(), sqlx::Error> {
    for (batch, rows) in rows.chunks(BATCH).enumerate() {
        let mut query: Sql = Sql::new(
            "INSERT INTO site_users (site, number, user_id, active, first_name, last_name, \
             display_name, user_name, address, address_key, domain, department, host_privilege, \
             extra, link, linked_at, added_revision) ",
        );
        query.push_values(rows.iter().enumerate(), |mut values, (at, row)| {
            let address = Address::parse(row.address.raw()).ok();
            let link = match (row.world.linked, row.world.provisional) {
                (true, _) => "linked",
                (false, true) => "provisional",
                (false, false) => "none",
            };
            values
                .push_bind(place.site)
                .push_bind(place.first + (batch * BATCH + at) as i64)
                .push_bind(row.user_id.raw().to_owned())
                .push_bind(row.active.unwrap_or(true))
                .push_bind(row.first_name.raw().to_owned())
                .push_bind(row.last_name.raw().to_owned())
                .push_bind(row.display_name.raw().to_owned())
                .push_bind(row.user_name.raw().to_owned())
                .push_bind(row.address.raw().to_owned())
                .push_bind(address.as_ref().map(|a| a.as_str().to_owned()))
                .push_bind(address.as_ref().map(|a| a.domain_str().to_owned()))
                .push_bind(row.department.raw().to_owned())
                .push_bind(row.host_privilege.raw().to_owned())
                .push_bind(extra(batch * BATCH + at, row))
                .push_bind(link)
                .push_bind((link != "none").then(|| to_millis(place.now)))
                .push_bind(place.revision);
        });
        query.build().execute(&mut *conn).await?;
    }
    Ok(())
}

async fn update(
    conn: &mut Conn,
    site: i64,
    row: &RosterRow,
    number: i64,
) -> Result<(), sqlx::Error> {
    let address = Address::parse(row.address.raw()).ok();
    sqlx::query(
        "UPDATE site_users SET active = $1, first_name = $2, last_name = $3, display_name = $4,
           user_name = $5, address = $6, address_key = $7, domain = $8, department = $9,
           host_privilege = $10, extra = $11, user_id = $12
         WHERE site = $13 AND number = $14",
    )
    .bind(row.active.unwrap_or(true))
    .bind(row.first_name.raw())
    .bind(row.last_name.raw())
    .bind(row.display_name.raw())
    .bind(row.user_name.raw())
    .bind(row.address.raw())
    .bind(address.as_ref().map(Address::as_str))
    .bind(address.as_ref().map(Address::domain_str))
    .bind(row.department.raw())
    .bind(row.host_privilege.raw())
    .bind(extra_json(row.extra.iter()))
    .bind(row.user_id.raw())
    .bind(site)
    .bind(number)
    .execute(conn)
    .await?;
    Ok(())
}

/// A changed address revokes the pending invitation, unless another account still has the address.
/// What was confirmed or declined stays with the old address, and so does that it was invited.
async fn revoke_unused(
    conn: &mut Conn,
    organization: &str,
    address_key: &str,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let lapsed = latest_lapsed(now);
    sqlx::query(
        "UPDATE invitations SET token_hash = NULL, token_expires_at = NULL,
           invited_at = CASE WHEN invited_at > $1 THEN $1 ELSE invited_at END
         WHERE organization = $2 AND address_key = $3 AND NOT EXISTS (
           SELECT 1 FROM site_users u JOIN sites s ON s.id = u.site
           WHERE s.organization = $2 AND u.address_key = $3)",
    )
    .bind(to_millis(lapsed))
    .bind(organization)
    .bind(address_key)
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "DELETE FROM earlier_links
          WHERE organization = $1 AND address_key = $2 AND NOT EXISTS (
           SELECT 1 FROM site_users u JOIN sites s ON s.id = u.site
           WHERE s.organization = $1 AND u.address_key = $2)",
    )
    .bind(organization)
    .bind(address_key)
    .execute(conn)
    .await?;
    Ok(())
}

/// Rule U7: users were added to a linked site; if account linking is on, they are planned for.
async fn note_newcomers(conn: &mut Conn, site: i64) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE sites SET newcomers_due = 1
          WHERE id = $1 AND account_linking <> 'off' AND state = 'enrolled'",
    )
    .bind(site)
    .execute(conn)
    .await?;
    Ok(())
}

async fn set_revision(
    conn: &mut Conn,
    site: i64,
    revision: i64,
    columns: &[&str],
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE sites SET roster_revision = $1, roster_columns = $2 WHERE id = $3")
        .bind(revision)
        .bind(extra_json(columns.iter().copied()))
        .bind(site)
        .execute(conn)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests;
