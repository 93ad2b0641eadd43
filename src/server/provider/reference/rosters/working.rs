//! An import in steps: worked out without holding the database, then written a few at a time.
//!
//! Owns what each step writes, and that an address which was left takes its invitation with it only
//! once all is written: somebody further down in the file may have it now.

use jiff::Timestamp;

use super::pairing::{Pair, Pairing};
use super::{
    Columns, Place, answers, canonical, extra_json, insert, links, revoke_unused, stored, update,
};
use crate::server::provider::roster_work::{RosterStep, RosterWork};
use crate::server::store::Conn;
use crate::table::{RosterFile, RosterRow};

/// Works out what an import of this file writes now; nothing is written.
///
/// # Errors
/// When the database cannot be read.
pub async fn work_out(
    conn: &mut Conn,
    site: i64,
    file: &RosterFile,
    replace: bool,
) -> Result<RosterWork, sqlx::Error> {
    let columns = Columns::merged(conn, site, file).await?;
    let known = stored::known(conn, site).await?;
    let pairing = Pairing::of(file, &known);
    let next = known.last().map_or(0, |last| last.number + 1);
    let (mut steps, mut new) = (Vec::new(), Vec::new());
    for (row, pair) in file.rows.iter().zip(pairing.pairs()) {
        match pair {
            Pair::New => {
                let extra = extra_json(columns.cells(row, None).iter());
                new.push(RosterStep::New { row: Box::new(row.clone()), extra });
            }
            Pair::Several => {}
            Pair::Known(at) => {
                let before = &known[*at];
                let after = columns.over(row, file, before);
                if after != before.row {
                    let key = canonical(&after);
                    let left = before.address_key.clone().filter(|old| Some(old) != key.as_ref());
                    let (number, before) = (before.number, before.row.address.raw().to_owned());
                    steps.push(RosterStep::Change { number, after: Box::new(after), before, left });
                }
            }
        }
    }
    steps.append(&mut new);
    if replace {
        let left = pairing.not_in_file(&known).filter(|left| left.is_active());
        steps.extend(left.map(|left| RosterStep::Off(left.number)));
    }
    Ok(RosterWork { steps, at: 0, columns: columns.names, next })
}

/// Writes up to so many steps, in the caller's transaction; gives the new revision.
///
/// # Errors
/// When the database cannot be written; the caller's transaction must then not commit.
pub async fn write(
    conn: &mut Conn,
    site: i64,
    (work, most): (&mut RosterWork, usize),
    import: &str,
    now: Timestamp,
) -> Result<u64, sqlx::Error> {
    let revision = stored::revision(conn, site).await?.0 + 1;
    let until = (work.at + most).min(work.steps.len());
    let mut new: Vec<(&RosterRow, &str)> = Vec::new();
    for step in &work.steps[work.at..until] {
        match step {
            RosterStep::Change { number, after, before, left } => {
                update(conn, site, after, *number).await?;
                let account = (site, u32::try_from(*number).unwrap_or(u32::MAX));
                links::readdress(conn, account, before, after.address.raw()).await?;
                if let Some(left) = left {
                    note_left(conn, import, left).await?;
                }
            }
            RosterStep::New { row, extra } => new.push((row, extra)),
            RosterStep::Off(number) => {
                sqlx::query("UPDATE site_users SET active = 0 WHERE site = $1 AND number = $2")
                    .bind(site)
                    .bind(number)
                    .execute(&mut *conn)
                    .await?;
            }
        }
    }
    let place = Place { site, first: work.next, revision, now };
    let rows: Vec<&RosterRow> = new.iter().map(|(row, _)| *row).collect();
    insert(conn, &place, &rows, |at, _| new[at].1.to_owned()).await?;
    if !new.is_empty() {
        super::note_newcomers(conn, site).await?;
    }
    work.next += new.len() as i64;
    work.at = until;
    let names: Vec<&str> = work.columns.iter().map(String::as_str).collect();
    super::set_revision(conn, site, revision, &names).await?;
    Ok(revision.cast_unsigned())
}

async fn note_left(conn: &mut Conn, import: &str, address_key: &str) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT OR IGNORE INTO import_left (import, address_key) VALUES ($1, $2)")
        .bind(import)
        .bind(address_key)
        .execute(conn)
        .await?;
    Ok(())
}

/// Once all is written: revokes what was sent to up to so many of the addresses that were left;
/// whether there are more.
///
/// # Errors
/// When the database cannot be written; the caller's transaction must then not commit.
pub async fn revoke_left(
    conn: &mut Conn,
    site: i64,
    import: &str,
    most: usize,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let organization = stored::revision(conn, site).await?.1;
    let left: Vec<String> = sqlx::query_scalar(
        "SELECT address_key FROM import_left WHERE import = $1 ORDER BY address_key LIMIT $2",
    )
    .bind(import)
    .bind(most as i64)
    .fetch_all(&mut *conn)
    .await?;
    for address_key in &left {
        match &organization {
            Some(organization) => revoke_unused(conn, organization, address_key, now).await?,
            None => answers::revoke_unused(conn, site, address_key, now).await?,
        }
        sqlx::query("DELETE FROM import_left WHERE import = $1 AND address_key = $2")
            .bind(import)
            .bind(address_key)
            .execute(&mut *conn)
            .await?;
    }
    Ok(left.len() == most)
}

/// All of an import at once, in the caller's transaction.
#[cfg(test)]
pub async fn upsert(
    conn: &mut Conn,
    site: i64,
    file: &RosterFile,
    replace: bool,
    now: Timestamp,
) -> Result<u64, sqlx::Error> {
    let mut work = work_out(conn, site, file, replace).await?;
    let revision = write(conn, site, (&mut work, usize::MAX / 2), "imp", now).await?;
    revoke_left(conn, site, "imp", usize::MAX / 4, now).await?;
    Ok(revision)
}
