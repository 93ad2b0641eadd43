//! The registered devices of a site, by name, and finding some of them.
//!
//! Owns what a search looks at: name, product, place and user (rule L9).

use sqlx::Row;

use super::{Directory, linked};
use crate::api::insights::{Device, DevicesQuery};
use crate::api::page::Page;
use crate::domain::fold::fold;
use crate::domain::insights::{DeviceKind, DeviceState};
use crate::domain::untrusted::Untrusted;
use crate::server::paging;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, SqlRow, from_millis};

/// The longest text that is looked for, in characters.
const LONGEST: usize = 200;
/// Rows looked through at once.
const AT_ONCE: usize = 1_000;

/// A page of those that match.
pub async fn list(
    directory: &Directory,
    url: &str,
    query: &DevicesQuery,
) -> Result<Page<Device>, Refusal> {
    let limit = paging::limit(query.limit)?;
    let wanted = Wanted::of(query.find.as_deref().unwrap_or_default())?;
    let after: Option<(String, String)> = paging::after(query.cursor.as_deref())?;
    let mut after = after.unwrap_or_default();
    let mut conn = directory.store.read().await?;
    let site = linked(&mut conn, url, directory.clock.now()).await?;
    let at_once = if wanted.is_everything() { limit + 1 } else { AT_ONCE };
    let mut found = Vec::new();
    // SQL cannot compare without accents: the rows are read in order and looked at here.
    while found.len() <= limit {
        let rows = rows(&mut conn, site.id, &after, at_once).await?;
        let devices = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        let Some(last) = devices.last() else { break };
        after = key(last);
        found.extend(devices.into_iter().filter(|device| wanted.matches(device)));
        if rows.len() < at_once {
            break;
        }
    }
    found.truncate(limit + 1);
    paging::page(found, limit, key, |one| one)
}

fn key(device: &Device) -> (String, String) {
    (device.name.raw().to_owned(), device.id.raw().to_owned())
}

async fn rows(
    conn: &mut Conn,
    site: i64,
    (name, id): &(String, String),
    most: usize,
) -> Result<Vec<SqlRow>, sqlx::Error> {
    sqlx::query(
        "SELECT id, name, kind, model, place, state, software, registered_at, last_seen_at, used_by
           FROM insight_devices WHERE site = $1 AND (name, id) > ($2, $3)
          ORDER BY name, id LIMIT $4",
    )
    .bind(site)
    .bind(name)
    .bind(id)
    .bind(most as i64)
    .fetch_all(conn)
    .await
}

/// The words looked for.
struct Wanted(Vec<String>);

impl Wanted {
    fn of(text: &str) -> Result<Self, Refusal> {
        if text.chars().count() > LONGEST {
            return Err(Refusal::invalid("find", "What is looked for has 200 characters at most."));
        }
        Ok(Self(fold(text).split_whitespace().map(str::to_owned).collect()))
    }

    fn is_everything(&self) -> bool {
        self.0.is_empty()
    }

    fn matches(&self, device: &Device) -> bool {
        let texts = [&device.name, &device.model, &device.place, &device.user];
        let texts = texts.map(|text| fold(text.raw()));
        self.0.iter().all(|word| texts.iter().any(|text| text.contains(word.as_str())))
    }
}

fn read(row: &SqlRow) -> Result<Device, sqlx::Error> {
    let time = |column: &str| -> Result<_, sqlx::Error> {
        Ok(row.try_get::<Option<i64>, _>(column)?.map(from_millis))
    };
    Ok(Device {
        id: Untrusted::new(row.try_get::<&str, _>("id")?),
        name: Untrusted::new(row.try_get::<&str, _>("name")?),
        kind: DeviceKind::from_code(row.try_get("kind")?).unwrap_or(DeviceKind::Other),
        model: Untrusted::new(row.try_get::<&str, _>("model")?),
        place: Untrusted::new(row.try_get::<&str, _>("place")?),
        user: Untrusted::new(row.try_get::<&str, _>("used_by")?),
        state: DeviceState::from_code(row.try_get("state")?).unwrap_or(DeviceState::Offline),
        software: Untrusted::new(row.try_get::<&str, _>("software")?),
        registered_at: time("registered_at")?,
        last_seen_at: time("last_seen_at")?,
    })
}
