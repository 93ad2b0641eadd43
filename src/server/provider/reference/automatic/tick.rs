//! What automatic linking does by itself, as the world clock moves (rule L11).
//!
//! Owns what is due when: announcements, then the decision at the date, then the users. Everything
//! is found in the database at each look, so that restarts and jumps of the clock miss nothing.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::Row;

use super::announcements::{self, About, Kind};
use super::letters::{self, Site};
use super::{decide, users};
use crate::domain::automatic::{ANNOUNCED_DAYS, announced_at, announcement_due};
use crate::server::provider::reference::Reference;
use crate::server::refusal::Refusal;
use crate::server::stop::Stop;
use crate::server::store::{Conn, from_millis};

/// The longest rest between two looks, in real time.
const SELDOM: Duration = Duration::from_hours(1);
/// The rest after a fault.
const SOON: Duration = Duration::from_secs(30);

/// Looks what is due, until told to stop.
pub async fn keep(reference: &Reference, stop: &Stop) {
    loop {
        let next = match look(reference, stop).await {
            Ok(next) => next,
            Err(refusal) => {
                tracing::warn!(detail = ?refusal.problem.detail, "automatic linking: later again");
                tokio::select! {
                    () = tokio::time::sleep(SOON) => continue,
                    () = stop.wait() => return,
                }
            }
        };
        tokio::select! {
            () = tokio::time::sleep(SELDOM) => {}
            () = reference.automatic_changed.notified() => {}
            () = reference.clock.until(next.unwrap_or(Timestamp::MAX)) => {}
            () = stop.wait() => return,
        }
    }
}

/// Does what is due; answers when something will be.
pub(super) async fn look(reference: &Reference, stop: &Stop) -> Result<Option<Timestamp>, Refusal> {
    let now = reference.clock.now();
    for site in dated(&mut *reference.store.read().await?).await? {
        if let Some(days) = announcement_due(site.on, now) {
            announce(reference, &site, days, now).await?;
        } else if site.on <= now {
            decide::at_date(reference, &site, now).await?;
        }
    }
    users::link_all(reference, stop).await?;
    let mut conn = reference.store.read().await?;
    let sites = dated(&mut conn).await?;
    Ok(sites.iter().filter_map(|site| next_after(site.on, now)).min())
}

/// A site that is not linked, has a date, and does not wait for a human.
pub(super) struct Dated {
    pub id: i64,
    pub url: String,
    pub company: String,
    pub csm: String,
    pub on: Timestamp,
}

async fn dated(conn: &mut Conn) -> Result<Vec<Dated>, Refusal> {
    let rows = sqlx::query(
        "SELECT id, url, company, csm, auto_link_on FROM sites s
          WHERE auto_link_on IS NOT NULL AND state = 'not_enrolled'
            AND NOT EXISTS (SELECT 1 FROM auto_links a WHERE a.site = s.id) ORDER BY id",
    )
    .fetch_all(conn)
    .await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        found.push(Dated {
            id: row.try_get(0)?,
            url: row.try_get(1)?,
            company: row.try_get(2)?,
            csm: row.try_get(3)?,
            on: from_millis(row.try_get(4)?),
        });
    }
    Ok(found)
}

/// The next moment at which something is due for a site with this date.
fn next_after(on: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let announced = ANNOUNCED_DAYS.into_iter().map(|days| announced_at(on, days));
    announced.chain([on]).filter(|at| *at > now).min()
}

async fn announce(
    reference: &Reference,
    site: &Dated,
    days: u8,
    now: Timestamp,
) -> Result<(), Refusal> {
    let about = About { site: site.id, kind: Kind::Announced(days), on: site.on };
    let mut conn = reference.store.read().await?;
    if announcements::is_known(&mut conn, about).await? {
        return Ok(());
    }
    drop(conn);
    let mut tx = reference.store.begin().await?;
    let to = admins(&mut tx, site.id).await?;
    if to.is_empty() || announcements::is_known(&mut tx, about).await? {
        return Ok(());
    }
    let named = Site { url: &site.url, company: &site.company, csm: &site.csm };
    let letter = letters::announcement(&named, site.on, now);
    announcements::tell(&mut tx, about, &to, &letter, now).await?;
    tx.commit().await?;
    reference.notices.notify_one();
    Ok(())
}

/// The site's administrators.
pub(super) async fn admins(conn: &mut Conn, site: i64) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar("SELECT email FROM site_admins WHERE site = $1 ORDER BY email")
        .bind(site)
        .fetch_all(conn)
        .await
}
