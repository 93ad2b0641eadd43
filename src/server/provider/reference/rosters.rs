//! Roster rows in and out of the database (SPEC section 9): filling, comparing, upserting, export.
//!
//! Owns the columns of `site_users`. A number never changes hands and no user is ever removed.
//! Must not decide what an import means for invitations beyond revoking what the old address had.

pub(in crate::server) mod answers;
mod links;
mod single;
mod stored;

pub use single::{add, edit, number_of};

use std::collections::HashMap;

use jiff::Timestamp;
use sqlx::{QueryBuilder, Sqlite};

use super::identities;
use crate::domain::address::Address;
use crate::domain::untrusted::Untrusted;
use crate::domain::user::latest_lapsed;
use crate::server::provider::{RosterChange, RosterSample};
use crate::server::store::{Conn, to_millis};
use crate::table::{Dialect, Layout, RosterFile, RosterRow, RosterWriter};
use stored::{AllKnown, Known};

/// Rows of one INSERT; 17 values each, well under the database's limit of values.
const BATCH: usize = 250;
/// The most changes that a comparison tells one by one.
const SAMPLES: usize = 50;

/// What one row of the file means for the site.
enum Fate<'f> {
    New(&'f RosterRow),
    Changed(&'f RosterRow, Box<Known>),
    Same,
}

/// Fills an empty site from a world file's roster, with its world columns as given.
///
/// # Errors
/// When the database cannot be written.
pub async fn fill(
    conn: &mut Conn,
    site: i64,
    organization: Option<&str>,
    file: &RosterFile,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let columns: Vec<&str> = file.layout.extra_headers().map(Untrusted::raw).collect();
    let rows: Vec<&RosterRow> = file.rows.iter().collect();
    let place = Place { site, first: 0, revision: 1, now };
    insert(conn, &place, &rows, |row| extra_json(row.extra.iter())).await?;
    set_revision(conn, site, 1, &columns).await?;
    stored::write_world_columns(conn, site, file, now).await?;
    if let Some(organization) = organization {
        answers::bring(conn, site, organization).await?;
        identities::keep_users(conn, (site, organization), None).await?;
    }
    Ok(())
}

/// What an import of this file would change; nothing is written.
///
/// # Errors
/// When the database cannot be read.
pub async fn compare(
    conn: &mut Conn,
    site: i64,
    file: &RosterFile,
    replace: bool,
) -> Result<RosterChange, sqlx::Error> {
    let columns = Columns::merged(conn, site, file).await?;
    let mut known = stored::known(conn, site).await?;
    let mut told = RosterChange::default();
    for row in &file.rows {
        let fate = fate(row, file.layout.dialect(), &mut known, &columns);
        count(&mut told, row, &fate);
    }
    told.not_in_file = known.left() as u64;
    if replace {
        told.deactivated += known.left_active().count() as u64;
    }
    Ok(told)
}

/// Imports: users not in the file stay, or are deactivated with `replace`. Gives the new revision.
///
/// # Errors
/// When the database cannot be written; the caller's transaction must then not commit.
pub async fn upsert(
    conn: &mut Conn,
    site: i64,
    file: &RosterFile,
    replace: bool,
    now: Timestamp,
) -> Result<u64, sqlx::Error> {
    let columns = Columns::merged(conn, site, file).await?;
    let mut known = stored::known(conn, site).await?;
    let (revision, organization) = stored::revision(conn, site).await?;
    let place = Place { site, first: known.next_number(), revision: revision + 1, now };
    let (mut new, mut left_behind) = (Vec::new(), Vec::new());
    for row in &file.rows {
        match fate(row, file.layout.dialect(), &mut known, &columns) {
            Fate::New(row) => new.push(row),
            Fate::Changed(row, before) => {
                update(conn, site, row, &before, &columns.cells(row, &before.extra)).await?;
                let account = (site, before.number as u32);
                links::readdress(conn, account, &before.address, row.address.raw()).await?;
                if before.address_key != canonical(row) {
                    left_behind.extend(before.address_key);
                }
            }
            Fate::Same => {}
        }
    }
    insert(conn, &place, &new, |row| columns.cells(row, "[]")).await?;
    if replace {
        for number in known.left_active() {
            sqlx::query("UPDATE site_users SET active = 0 WHERE site = $1 AND number = $2")
                .bind(site)
                .bind(number)
                .execute(&mut *conn)
                .await?;
        }
    }
    for address_key in &left_behind {
        match &organization {
            Some(organization) => revoke_unused(conn, organization, address_key, now).await?,
            None => answers::revoke_unused(conn, site, address_key, now).await?,
        }
    }
    if !new.is_empty() {
        note_newcomers(conn, site).await?;
    }
    let names: Vec<&str> = columns.names.iter().map(String::as_str).collect();
    set_revision(conn, site, place.revision, &names).await?;
    Ok(place.revision.cast_unsigned())
}

/// The roster as its dialect's own product would write it.
///
/// # Errors
/// When the database cannot be read.
pub async fn export(conn: &mut Conn, site: i64, dialect: Dialect) -> Result<Vec<u8>, sqlx::Error> {
    let names: Vec<Untrusted> =
        stored::columns(conn, site).await?.into_iter().map(Untrusted::from).collect();
    let mut writer = RosterWriter::new(Layout::standard(dialect, &names));
    let mut bytes = Vec::new();
    let mut from = 0;
    loop {
        let rows = stored::rows(conn, site, from, 2_000).await?;
        let Some((last, _)) = rows.last() else { break };
        from = last + 1;
        for (_, row) in &rows {
            writer.row(row);
        }
        bytes.append(&mut writer.take());
    }
    bytes.append(&mut writer.take());
    Ok(bytes)
}

fn fate<'f>(
    row: &'f RosterRow,
    dialect: Dialect,
    known: &mut AllKnown,
    columns: &Columns,
) -> Fate<'f> {
    // Control Hub has no UserID: who came from Site Administration is found by the address.
    let by_address = (dialect == Dialect::ControlHub).then(|| canonical(row)).flatten();
    let Some(before) = known.take(row.user_id.raw(), by_address.as_deref()) else {
        return Fate::New(row);
    };
    if before.is_like(row, &columns.cells(row, &before.extra)) {
        Fate::Same
    } else {
        Fate::Changed(row, Box::new(before))
    }
}

fn count(told: &mut RosterChange, row: &RosterRow, fate: &Fate<'_>) {
    told.bad_addresses += u64::from(canonical(row).is_none());
    let change = match fate {
        Fate::Same => {
            told.unchanged += 1;
            return;
        }
        Fate::New(_) => {
            told.new += 1;
            "new".to_owned()
        }
        Fate::Changed(row, before) => {
            told.changed += 1;
            told.address_changed += u64::from(before.address != row.address.raw());
            told.deactivated += u64::from(before.active && !row.active);
            before.differences(row)
        }
    };
    if told.samples.len() < SAMPLES {
        let user_id = row.user_id.clone();
        told.samples.push(RosterSample { user_id, name: stored::name_of(row), change });
    }
}

/// The unknown columns of a site, and where this file's stand among them.
struct Columns {
    names: Vec<String>,
    places: Vec<usize>,
}

impl Columns {
    async fn merged(conn: &mut Conn, site: i64, file: &RosterFile) -> Result<Self, sqlx::Error> {
        let mut names = stored::columns(conn, site).await?;
        let mut by_name: HashMap<String, usize> =
            names.iter().enumerate().map(|(at, name)| (name.clone(), at)).collect();
        let mut places = Vec::new();
        for header in file.layout.extra_headers() {
            let place = *by_name.entry(header.raw().to_owned()).or_insert_with(|| {
                names.push(header.raw().to_owned());
                names.len() - 1
            });
            places.push(place);
        }
        Ok(Self { names, places })
    }

    /// The row's cells in the site's order; columns that the file lacks keep what they had.
    fn cells(&self, row: &RosterRow, before: &str) -> String {
        let mut cells: Vec<String> = serde_json::from_str(before).unwrap_or_default();
        cells.resize(self.names.len(), String::new());
        for (place, cell) in self.places.iter().zip(row.extra.iter()) {
            cell.clone_into(&mut cells[*place]);
        }
        extra_json(cells.iter().map(String::as_str))
    }
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
    extra: impl Fn(&RosterRow) -> String,
) -> Result<(), sqlx::Error> {
    for (batch, rows) in rows.chunks(BATCH).enumerate() {
        let mut query: QueryBuilder<Sqlite> = QueryBuilder::new(
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
                .push_bind(row.active)
                .push_bind(row.first_name.raw().to_owned())
                .push_bind(row.last_name.raw().to_owned())
                .push_bind(row.display_name.raw().to_owned())
                .push_bind(row.user_name.raw().to_owned())
                .push_bind(row.address.raw().to_owned())
                .push_bind(address.as_ref().map(|a| a.as_str().to_owned()))
                .push_bind(address.as_ref().map(|a| a.domain_str().to_owned()))
                .push_bind(row.department.raw().to_owned())
                .push_bind(row.host_privilege.raw().to_owned())
                .push_bind(extra(row))
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
    before: &Known,
    extra: &str,
) -> Result<(), sqlx::Error> {
    let address = Address::parse(row.address.raw()).ok();
    sqlx::query(
        "UPDATE site_users SET active = $1, first_name = $2, last_name = $3, display_name = $4,
           user_name = $5, address = $6, address_key = $7, domain = $8, department = $9,
           host_privilege = $10, extra = $11
         WHERE site = $12 AND number = $13",
    )
    .bind(row.active)
    .bind(row.first_name.raw())
    .bind(row.last_name.raw())
    .bind(row.display_name.raw())
    .bind(row.user_name.raw())
    .bind(row.address.raw())
    .bind(address.as_ref().map(Address::as_str))
    .bind(address.as_ref().map(Address::domain_str))
    .bind(row.department.raw())
    .bind(row.host_privilege.raw())
    .bind(extra)
    .bind(site)
    .bind(before.number)
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
