//! Extending a trial and changing its services (rule T8).
//!
//! Owns both acts. An expired trial can be extended and nothing else.

use jiff::Timestamp;
use serde_json::{Value, json};
use sqlx::Row;

use super::super::{Directory, services};
use super::meetings::{self, Asked, FreshSite};
use super::{expiry, starting};
use crate::api::problem::code;
use crate::api::trial::{EditTrial, ExtendTrial, Trial};
use crate::domain::services::{Service, has};
use crate::domain::trial::{EXTENSION, Extension};
use crate::server::audit::Change;
use crate::server::directory::Viewer;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, from_millis, to_millis};

/// Replaces the time that is left by 30 days from now.
pub async fn extend(
    directory: &Directory,
    viewer: &Viewer,
    organization: &str,
    asked: ExtendTrial,
) -> Result<Trial, Refusal> {
    let now = directory.clock.now();
    let mut tx = directory.store.begin().await?;
    let before = end_of(&mut tx, organization).await?;
    let extension = Extension::at(now, before);
    if extension.earlier && !asked.accept_earlier {
        return Err(Refusal::conflict(
            code::EXTENSION_EARLIER,
            format!(
                "An extension replaces the time that is left by {EXTENSION} days from now. This \
                 trial would then end on {} instead of {}: earlier than it does now.",
                day(extension.ends_at),
                day(before)
            ),
            "Wait until fewer than 30 days are left, or say that the earlier end is meant.",
        )
        .at("accept_earlier"));
    }
    sqlx::query(
        "UPDATE trials SET ends_at = $2, extended_at = $3, expiry_recorded = 0
          WHERE organization = $1",
    )
    .bind(organization)
    .bind(to_millis(extension.ends_at))
    .bind(to_millis(now))
    .execute(&mut *tx)
    .await?;
    let detail = json!({ "from": before, "to": extension.ends_at, "earlier": extension.earlier });
    record(&mut tx, viewer, "trial.extended", organization, detail, now).await?;
    let shown = super::show(&mut tx, viewer, organization, now).await?;
    tx.commit().await?;
    directory.trials_changed.notify_one();
    Ok(shown)
}

fn day(at: Timestamp) -> String {
    at.strftime("%-d %B %Y, %H:%M UTC").to_string()
}

async fn end_of(conn: &mut Conn, organization: &str) -> Result<Timestamp, Refusal> {
    let found: Option<i64> =
        sqlx::query_scalar("SELECT ends_at FROM trials WHERE organization = $1")
            .bind(organization)
            .fetch_optional(conn)
            .await?;
    found.map(from_millis).ok_or_else(|| Refusal::not_found("trial"))
}

/// Makes these the services of a trial. Meetings that are new to it get their site.
pub async fn edit(
    directory: &Directory,
    viewer: &Viewer,
    organization: &str,
    edit: &EditTrial,
) -> Result<Trial, Refusal> {
    let wanted = starting::lines(&edit.services)?;
    let now = directory.clock.now();
    let mut tx = directory.store.begin().await?;
    end_of(&mut tx, organization).await?;
    expiry::must_be_active(&mut tx, organization, now).await?;
    let before = services::of(&mut tx, organization).await?;
    let asked = Asked { url: edit.site_url.as_deref(), time_zone: edit.time_zone.as_deref() };
    let site = match site_of(&mut tx, organization).await? {
        Some(_) if asked.url.is_some() || asked.time_zone.is_some() => {
            let field = if asked.url.is_some() { "site_url" } else { "time_zone" };
            return Err(Refusal::invalid(field, "This trial has its site already."));
        }
        Some(_) => None,
        None => asked.check(&wanted)?,
    };
    if let Some(site) = &site {
        add_site(&mut tx, organization, site, now).await?;
    }
    services::set(&mut tx, organization, &wanted).await?;
    let site = site.map(|site| site.url);
    let stays = !has(&wanted, Service::Meetings) && has(&before, Service::Meetings);
    let detail = json!({ "from": before, "to": wanted, "site_added": site, "site_stays": stays });
    record(&mut tx, viewer, "trial.edited", organization, detail, now).await?;
    let shown = super::show(&mut tx, viewer, organization, now).await?;
    tx.commit().await?;
    Ok(shown)
}

async fn site_of(conn: &mut Conn, organization: &str) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar("SELECT site FROM trials WHERE organization = $1")
        .bind(organization)
        .fetch_one(conn)
        .await
}

async fn add_site(
    conn: &mut Conn,
    organization: &str,
    site: &FreshSite,
    now: Timestamp,
) -> Result<(), Refusal> {
    let company: String = sqlx::query("SELECT name FROM organizations WHERE id = $1")
        .bind(organization)
        .fetch_one(&mut *conn)
        .await?
        .try_get("name")?;
    let number = meetings::make(conn, organization, &company, site, now).await?;
    sqlx::query("UPDATE trials SET site = $2 WHERE organization = $1")
        .bind(organization)
        .bind(number)
        .execute(conn)
        .await?;
    Ok(())
}

async fn record(
    conn: &mut Conn,
    viewer: &Viewer,
    action: &'static str,
    organization: &str,
    detail: Value,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    Change::by(now, &viewer.email, action).of(organization).detail(detail).record(conn).await
}
