//! The registered devices of a site, by name.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::{Reference, linked};
use crate::api::insights::Device;
use crate::api::page::{Page, PageQuery};
use crate::domain::insights::{DeviceKind, DeviceState};
use crate::domain::untrusted::Untrusted;
use crate::server::paging;
use crate::server::refusal::Refusal;
use crate::server::store::from_millis;

/// A page of them.
pub async fn list(
    reference: &Reference,
    url: &str,
    query: &PageQuery,
) -> Result<Page<Device>, Refusal> {
    let limit = paging::limit(query.limit)?;
    let after: Option<(String, String)> = paging::after(query.cursor.as_deref())?;
    let (name, id) = after.unwrap_or_default();
    let mut conn = reference.store.read().await?;
    let site = linked(&mut conn, url, reference.clock.now()).await?;
    let rows = sqlx::query(
        "SELECT id, name, kind, model, place, state, software, registered_at, last_seen_at
           FROM insight_devices WHERE site = $1 AND (name, id) > ($2, $3)
          ORDER BY name, id LIMIT $4",
    )
    .bind(site.id)
    .bind(name)
    .bind(id)
    .bind(limit as i64 + 1)
    .fetch_all(&mut *conn)
    .await?;
    let devices = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let key = |one: &Device| (one.name.raw().to_owned(), one.id.raw().to_owned());
    paging::page(devices, limit, key, |one| one)
}

fn read(row: &SqliteRow) -> Result<Device, sqlx::Error> {
    let time = |at: usize| -> Result<_, sqlx::Error> {
        Ok(row.try_get::<Option<i64>, _>(at)?.map(from_millis))
    };
    Ok(Device {
        id: Untrusted::new(row.try_get::<&str, _>(0)?),
        name: Untrusted::new(row.try_get::<&str, _>(1)?),
        kind: DeviceKind::from_code(row.try_get(2)?).unwrap_or(DeviceKind::Other),
        model: Untrusted::new(row.try_get::<&str, _>(3)?),
        place: Untrusted::new(row.try_get::<&str, _>(4)?),
        state: DeviceState::from_code(row.try_get(5)?).unwrap_or(DeviceState::Offline),
        software: Untrusted::new(row.try_get::<&str, _>(6)?),
        registered_at: time(7)?,
        last_seen_at: time(8)?,
    })
}
