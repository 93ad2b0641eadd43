//! An import in steps: worked out without holding the database, then written a few at a time.
//!
//! Owns what each step writes, and that an address which was left takes its invitation with it only
//! once all is written: somebody further down in the file may have it now.

use jiff::Timestamp;

use super::pairing::Pairing;
use super::preview::gone;
use super::{Place, answers, canonical, extra_json, insert, links, revoke_unused, stored, update};
use crate::server::directory::RosterUpload;
use crate::server::directory::roster_work::{Pair, RosterColumns, RosterStep, RosterWork, Stage};
use crate::server::refusal::Refusal;
use crate::server::store::Conn;
use crate::table::RosterRow;

/// Works out what an import of this file writes now; nothing is written.
///
/// # Errors
/// When the database cannot be read.
pub async fn work_out(
    conn: &mut Conn,
    site: i64,
    upload: &RosterUpload,
    replace: bool,
) -> Result<RosterWork, Refusal> {
    let columns = RosterColumns::of(conn, site, upload).await?;
    let next = i64::from(stored::next_number(conn, site).await?);
    let pairing = Pairing::of(conn, site, upload).await?;
    let mut off = Vec::new();
    if replace {
        stored::standing(conn, site, |number, active| {
            if active && pairing.is_left(number) {
                off.push(number);
            }
        })
        .await?;
    }
    Ok(RosterWork {
        upload: upload.clone(),
        columns,
        pairs: pairing.pairs,
        off,
        stage: Stage::Known(0, 0),
        ready: std::collections::VecDeque::new(),
        next,
        done: 0,
    })
}

/// Gets so many steps ready to be written, or all that are left: before the writer's turn is taken.
///
/// # Errors
/// When the database cannot be read.
pub async fn ready(
    conn: &mut Conn,
    site: i64,
    work: &mut RosterWork,
    most: usize,
) -> Result<(), Refusal> {
    while work.ready.len() < most {
        work.stage = match work.stage {
            Stage::Known(piece, _) if piece == work.upload.pieces().end => Stage::New(0, 0),
            Stage::Known(piece, first) => {
                Stage::Known(piece + 1, changes(conn, site, work, (piece, first)).await?)
            }
            Stage::New(_, first) if !work.pairs[first..].contains(&Pair::New) => Stage::Off(0),
            Stage::New(piece, first) => {
                Stage::New(piece + 1, newcomers(conn, work, (piece, first)).await?)
            }
            Stage::Off(at) if at >= work.off.len() => Stage::End,
            Stage::Off(at) => {
                let until = (at + RosterUpload::ROWS).min(work.off.len());
                work.ready.extend(work.off[at..until].iter().map(|one| RosterStep::Off(*one)));
                Stage::Off(until)
            }
            Stage::End => return Ok(()),
        };
    }
    Ok(())
}

/// What changes of the accounts that a piece names; gives the row with which the next one begins.
async fn changes(
    conn: &mut Conn,
    site: i64,
    work: &mut RosterWork,
    (piece, mut at): (i64, usize),
) -> Result<usize, Refusal> {
    let file = work.upload.piece(conn, piece).await?;
    for rows in file.rows.chunks(RosterUpload::ROWS) {
        let pairs = &work.pairs[at..at + rows.len()];
        at += rows.len();
        let known =
            stored::known(conn, site, pairs.iter().filter_map(|pair| pair.number())).await?;
        for (row, pair) in rows.iter().zip(pairs) {
            let number = match pair {
                Pair::New => continue,
                Pair::Several => {
                    work.done += 1;
                    continue;
                }
                Pair::Known(number) => *number,
            };
            let before = known.get(&number).ok_or_else(gone)?;
            let after = work.columns.over(row, &file.layout, before);
            if after == before.row {
                work.done += 1;
                continue;
            }
            let key = canonical(&after);
            let left = before.address_key.clone().filter(|old| Some(old) != key.as_ref());
            let before = before.row.address.raw().to_owned();
            work.ready.push_back(RosterStep::Change {
                number,
                after: Box::new(after),
                before,
                left,
            });
        }
    }
    Ok(at)
}

/// Who of a piece is new; gives the row with which the next one begins.
async fn newcomers(
    conn: &mut Conn,
    work: &mut RosterWork,
    (piece, at): (i64, usize),
) -> Result<usize, Refusal> {
    let file = work.upload.piece(conn, piece).await?;
    let until = at + file.rows.len();
    for (row, pair) in file.rows.into_iter().zip(&work.pairs[at..until]) {
        if *pair == Pair::New {
            let extra = extra_json(work.columns.cells(&row, None).iter());
            work.ready.push_back(RosterStep::New { row: Box::new(row), extra });
        }
    }
    Ok(until)
}

/// Writes up to so many of the steps that are ready, in the caller's transaction; gives the new
/// revision.
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
    let mut new: Vec<(Box<RosterRow>, String)> = Vec::new();
    let many = most.min(work.ready.len());
    for step in work.ready.drain(..many) {
        match step {
            RosterStep::Change { number, after, before, left } => {
                update(conn, site, &after, i64::from(number)).await?;
                links::readdress(conn, (site, number), &before, after.address.raw()).await?;
                if let Some(left) = left {
                    note_left(conn, import, &left).await?;
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
    work.done += many;
    let place = Place { site, first: work.next, revision, now };
    let rows: Vec<&RosterRow> = new.iter().map(|(row, _)| &**row).collect();
    insert(conn, &place, &rows, |at, _| new[at].1.clone()).await?;
    if !new.is_empty() {
        super::note_newcomers(conn, site).await?;
    }
    work.next += new.len() as i64;
    let names: Vec<&str> = work.columns.names.iter().map(String::as_str).collect();
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
