//! Blocks in the database: what was made of large rosters before the last start.
//!
//! Owns the table of parts. A part is found by the marks it was made at, so that one that is old is
//! never given; how it is packed is part of its name, so that no other version reads it.

use bytes::Bytes;
use sqlx::Row;

use super::shelf::Place;
use super::{Mark, Mirror, marks};
use crate::api::blocks::{Frame, Kind};
use crate::server::refusal::Refusal;
use crate::server::stop::Stop;
use crate::server::store::Conn;

/// How parts are packed; another number where that, or the meaning of a bit, changes.
const FORM: i64 = 1;
/// Parts of one transaction: about two megabytes, so that nobody waits long.
const PARTS: usize = 24;

pub(super) const FIND: &str = "SELECT bytes FROM roster_parts
  WHERE site = $1 AND block = $2 AND form = $3 AND changes = $4 AND directory = $5";
pub(super) const HELD: &str = "SELECT block, changes, directory FROM roster_parts
  WHERE site = $1 AND form = $2";

fn form(kind: Kind) -> i64 {
    let kind = match kind {
        Kind::Manifest => 0,
        Kind::Text => 1,
        Kind::Kept => 2,
    };
    10 * FORM + kind
}

/// A part that was made at this mark, if it was stored.
pub(super) async fn find(
    conn: &mut Conn,
    place: Place,
    mark: (i64, i64),
) -> Result<Option<Frame>, Refusal> {
    let row = sqlx::query(FIND)
        .bind(place.site)
        .bind(place.block)
        .bind(form(place.kind))
        .bind(mark.0)
        .bind(mark.1)
        .fetch_optional(conn)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let bytes: Vec<u8> = row.try_get("bytes")?;
    Ok(Some(Frame::of(place.kind, place.block, Bytes::from(bytes))))
}

impl Mirror {
    /// Stores the parts of a site that are made, hold, and are not stored yet.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub(super) async fn store(&self, site: i64, stop: &Stop) -> Result<(), Refusal> {
        for kind in [Kind::Text, Kind::Kept] {
            let mut conn = self.store.read().await?;
            let rows = sqlx::query(HELD).bind(site).bind(form(kind)).fetch_all(&mut *conn).await?;
            let held: std::collections::HashMap<u32, (i64, i64)> = rows
                .iter()
                .map(|row| {
                    Ok((
                        row.try_get("block")?,
                        (row.try_get("changes")?, row.try_get("directory")?),
                    ))
                })
                .collect::<Result<_, sqlx::Error>>()?;
            let new: Vec<(Place, (i64, i64))> = marks(&mut conn, site)
                .await?
                .into_iter()
                .map(|(block, mark): (u32, Mark)| (Place { site, block, kind }, mark.of(kind)))
                .filter(|(place, mark)| held.get(&place.block) != Some(mark))
                .collect();
            drop(conn);
            for some in new.chunks(PARTS) {
                if stop.is_stopping() {
                    return Ok(());
                }
                self.store_some(some).await?;
            }
        }
        Ok(())
    }

    async fn store_some(&self, some: &[(Place, (i64, i64))]) -> Result<(), Refusal> {
        let made: Vec<_> = some
            .iter()
            .filter_map(|(place, mark)| Some((place, mark, self.shelf.get(*place, *mark)?)))
            .collect();
        if made.is_empty() {
            return Ok(());
        }
        let mut tx = self.store.begin().await?;
        for (place, mark, frame) in made {
            sqlx::query(
                "INSERT INTO roster_parts (site, block, form, changes, directory, bytes)
                 VALUES ($1, $2, $3, $4, $5, $6)
                 ON CONFLICT (site, block, form) DO UPDATE SET changes = excluded.changes,
                   directory = excluded.directory, bytes = excluded.bytes",
            )
            .bind(place.site)
            .bind(place.block)
            .bind(form(place.kind))
            .bind(mark.0)
            .bind(mark.1)
            .bind(frame.bytes.as_ref())
            .execute(&mut *tx)
            .await?;
        }
        Ok(tx.commit().await?)
    }
}
