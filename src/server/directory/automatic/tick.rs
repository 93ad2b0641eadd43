//! What automatic linking does by itself, as the world clock moves (rule L11).
//!
//! Owns what is due when: announcements, then the decision at the date, then the users. Everything
//! is found in the database at each look, so that restarts and jumps of the clock miss nothing.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;
use sqlx::Row;

use super::announcements::{self, About, Kind};
use super::letters::{self, Site};
use super::{decide, users};
use crate::domain::automatic::{
    ANNOUNCED_DAYS, NOTICE_DAYS, announced_at, announcement_due, holds_from,
};
use crate::server::audit::{Change, SYSTEM};
use crate::server::chores::{Looked, Next};
use crate::server::directory::Directory;
use crate::server::refusal::Refusal;
use crate::server::stop::Stop;
use crate::server::store::{Conn, from_millis};

/// The longest rest between two looks, in real time.
const SELDOM: Duration = Duration::from_hours(1);
/// Looks what is due.
pub async fn keep(directory: &Directory, stop: &Stop) -> Looked {
    let next = look(directory, stop).await?;
    Ok(Next::within(SELDOM).or_at(next))
}

/// Does what is due; answers when something will be.
pub(super) async fn look(directory: &Directory, stop: &Stop) -> Result<Option<Timestamp>, Refusal> {
    let now = directory.clock.now();
    for site in dated(&mut *directory.store.read().await?).await? {
        if let Some(days) = announcement_due(site.on, now) {
            come(directory, &site, days, now).await?;
        }
    }
    users::link_all(directory, stop).await?;
    let mut conn = directory.store.read().await?;
    let sites = dated(&mut conn).await?;
    Ok(sites.iter().filter_map(|site| next_after(site.on, now)).min())
}

/// Does what its announcement, whose time has come, and the date ask for.
async fn come(
    directory: &Directory,
    site: &Dated,
    days: u8,
    now: Timestamp,
) -> Result<(), Refusal> {
    // Who was told for the second time is not told for the first, though the date has moved since.
    let about = About { site: site.id, kind: Kind::Announced(NOTICE_DAYS), on: site.on };
    let told = announcements::standing(&mut *directory.store.read().await?, about).await?;
    if !told.is_known {
        return announce(directory, site, days, now).await;
    }
    match told.taken_at {
        Some(taken) if holds_from(site.on, taken) > site.on => {
            let mut tx = directory.store.begin().await?;
            moves(&mut tx, site, holds_from(site.on, taken), now).await?;
            tx.commit().await?;
            Ok(())
        }
        Some(_) if site.on <= now => decide::at_date(directory, site, now).await,
        // Nobody was told, and nobody will be any more: no site links unannounced.
        None if site.on <= now && !told.is_open => decide::unannounced(directory, site, now).await,
        _ => Ok(()),
    }
}

/// The date moves, so that seven days lie between the second announcement and the link.
async fn moves(
    conn: &mut Conn,
    site: &Dated,
    to: Timestamp,
    now: Timestamp,
) -> Result<(), Refusal> {
    announcements::date_moves(conn, site.id, (site.on, to)).await?;
    Ok(Change::by(now, SYSTEM, "site.auto_link_moved")
        .site(&site.url)
        .detail(json!({ "from": site.on, "to": to }))
        .record(conn)
        .await?)
}

/// A site that is not linked, may link, has a date, and does not wait for a human.
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
          WHERE auto_link_on IS NOT NULL AND state = 'not_enrolled' AND may_link = 1
            AND NOT EXISTS (SELECT 1 FROM auto_links a WHERE a.site = s.id) ORDER BY id",
    )
    .fetch_all(conn)
    .await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        found.push(Dated {
            id: row.try_get("id")?,
            url: row.try_get("url")?,
            company: row.try_get("company")?,
            csm: row.try_get("csm")?,
            on: from_millis(row.try_get("auto_link_on")?),
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
    directory: &Directory,
    site: &Dated,
    days: u8,
    now: Timestamp,
) -> Result<(), Refusal> {
    let mut tx = directory.store.begin().await?;
    let to = admins(&mut tx, site.id).await?;
    if to.is_empty() {
        drop(tx);
        // Whom nobody administers nobody can be told of, until the date somebody may be named.
        return if site.on <= now {
            decide::unannounced(directory, site, now).await
        } else {
            Ok(())
        };
    }
    let mut about = About { site: site.id, kind: Kind::Announced(days), on: site.on };
    if announcements::standing(&mut tx, about).await?.is_known {
        return Ok(());
    }
    if days == NOTICE_DAYS && holds_from(site.on, now) > site.on {
        // Told late: the mail names the date that holds then.
        about.on = holds_from(site.on, now);
        moves(&mut tx, site, about.on, now).await?;
    }
    let named = Site { url: &site.url, company: &site.company, csm: &site.csm };
    let letter = letters::announcement(&named, about.on, now);
    announcements::tell(&mut tx, about, &to, &letter, now).await?;
    tx.commit().await?;
    directory.post.ring();
    Ok(())
}

/// The site's administrators.
pub(super) async fn admins(conn: &mut Conn, site: i64) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar("SELECT email FROM site_admins WHERE site = $1 ORDER BY email")
        .bind(site)
        .fetch_all(conn)
        .await
}
