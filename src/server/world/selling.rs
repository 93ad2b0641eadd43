//! Trials, orders and services in a world file (rules T1 to T3, T8).
//!
//! Owns writing those keys as given, in any combination. Must not judge them beyond what cannot be
//! read, and begins nothing: a trial of a world file is under way already.

use std::collections::BTreeMap;
use std::fmt::Display;

use jiff::Timestamp;
use serde::Deserialize;

use super::file::{Organization, WorldFile, day};
use super::{WorldError, key, unreadable};
use crate::domain::country::Country;
use crate::domain::order::{OrderState, OrderWay, order_number};
use crate::domain::services::Service;
use crate::domain::site::site_url;
use crate::domain::time_zone;
use crate::domain::trial::{TrialState, Vertical, days_later};
use crate::server::store::{Conn, to_millis};

/// Services and how many of each: `{ messaging = 80, meetings = 50 }`.
pub type Services = BTreeMap<Service, u32>;

/// A trial of an organization of this file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trial {
    /// The customer's id.
    organization: String,
    /// Absent: its first full admin.
    #[serde(default)]
    administrator: Option<String>,
    /// The site that came with its meetings.
    #[serde(default)]
    site: Option<String>,
    #[serde(default = "usual")]
    days: u16,
    /// Absent: at the start.
    #[serde(default, deserialize_with = "day")]
    started: Option<Timestamp>,
    #[serde(default)]
    started_by: String,
    /// Absent: so many days after it was started.
    #[serde(default, deserialize_with = "day")]
    ends: Option<Timestamp>,
}

fn usual() -> u16 {
    30
}

/// An order that came to a partner of this file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    number: String,
    partner: String,
    company: String,
    country: Country,
    #[serde(default)]
    services: Services,
    /// Absent: at the start.
    #[serde(default, deserialize_with = "day")]
    received: Option<Timestamp>,
    #[serde(default = "waiting")]
    state: OrderState,
    /// The organization it is mapped to, or asks.
    #[serde(default)]
    organization: Option<String>,
    #[serde(default)]
    way: Option<OrderWay>,
    #[serde(default)]
    administrator: Option<String>,
    /// Since when it asks that organization.
    #[serde(default, deserialize_with = "day")]
    asked: Option<Timestamp>,
    /// Who asked.
    #[serde(default)]
    asked_by: Option<String>,
    /// When it was mapped or refused; absent: at the start.
    #[serde(default, deserialize_with = "day")]
    settled: Option<Timestamp>,
    /// The site that its meetings get when it is mapped.
    #[serde(default)]
    site_url: Option<String>,
    /// That site's time zone.
    #[serde(default)]
    time_zone: Option<String>,
}

fn waiting() -> OrderState {
    OrderState::Waiting
}

/// Writes them all; organizations and sites are there already.
pub(super) async fn write(
    conn: &mut Conn,
    file: &WorldFile,
    now: Timestamp,
) -> Result<(), WorldError> {
    for organization in &file.organizations {
        write_organization(conn, organization).await?;
    }
    for site in &file.sites {
        let Some(zone) = site.time_zone.as_deref().filter(|zone| !zone.is_empty()) else {
            continue;
        };
        let zone = time_zone::parse(zone).map_err(|why| unreadable("the site", &site.url, why))?;
        let url = site_url(&site.url).map_err(|why| unreadable("the site", &site.url, why))?;
        sqlx::query("UPDATE sites SET time_zone = $2 WHERE url = $1")
            .bind(url)
            .bind(zone)
            .execute(&mut *conn)
            .await?;
    }
    for trial in &file.trials {
        write_trial(conn, file, trial, now).await?;
    }
    for order in &file.orders {
        write_order(conn, order, now).await?;
    }
    Ok(())
}

async fn write_organization(
    conn: &mut Conn,
    organization: &Organization,
) -> Result<(), WorldError> {
    sqlx::query("UPDATE organizations SET country = $2, vertical = $3 WHERE id = $1")
        .bind(&organization.id)
        .bind(organization.country.map(Country::code))
        .bind(organization.vertical.map(Vertical::code))
        .execute(&mut *conn)
        .await?;
    for (service, quantity) in &organization.services {
        sqlx::query(
            "INSERT INTO organization_services (organization, service, quantity)
             VALUES ($1, $2, $3)",
        )
        .bind(&organization.id)
        .bind(service.code())
        .bind(quantity)
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

async fn write_trial(
    conn: &mut Conn,
    file: &WorldFile,
    trial: &Trial,
    now: Timestamp,
) -> Result<(), WorldError> {
    let id = &trial.organization;
    let wrong = |why: &dyn Display| unreadable("the trial of", id, why);
    let first = || {
        let organization = file.organizations.iter().find(|known| known.id == *id);
        organization.and_then(|organization| organization.full_admins.first()).cloned()
    };
    let administrator = trial.administrator.clone().or_else(first).unwrap_or_default();
    let site: Option<i64> = match &trial.site {
        Some(url) => {
            let url = site_url(url).map_err(|why| wrong(&why))?;
            let found = sqlx::query_scalar("SELECT id FROM sites WHERE url = $1")
                .bind(url)
                .fetch_optional(&mut *conn)
                .await?;
            Some(found.ok_or_else(|| wrong(&"its site is not in this file"))?)
        }
        None => None,
    };
    let started = trial.started.unwrap_or(now);
    let ends = trial.ends.unwrap_or_else(|| days_later(started, trial.days));
    sqlx::query(
        "INSERT INTO trials (organization, administrator, site, days, started_at, started_by,
           ends_at, expiry_recorded) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(id)
    .bind(key(&administrator))
    .bind(site)
    .bind(trial.days)
    .bind(to_millis(started))
    .bind(&trial.started_by)
    .bind(to_millis(ends))
    // What was over before this world began is not news of it.
    .bind(TrialState::at(now, ends) == TrialState::Expired)
    .execute(conn)
    .await
    .map_err(|error| {
        super::unfit(error, wrong(&"there are two, or no organization has this id"))
    })?;
    Ok(())
}

async fn write_order(conn: &mut Conn, order: &Order, now: Timestamp) -> Result<(), WorldError> {
    let wrong = |why: &dyn Display| unreadable("the order", &order.number, why);
    let number = order_number(&order.number).map_err(|why| wrong(&why))?;
    let url = order.site_url.as_deref().map(site_url).transpose().map_err(|why| wrong(&why))?;
    let zone = order.time_zone.as_deref().map(time_zone::parse).transpose();
    let zone = zone.map_err(|why| wrong(&why))?;
    let settled = (order.state != OrderState::Waiting).then(|| order.settled.unwrap_or(now));
    sqlx::query(
        "INSERT INTO orders (number, partner, company, country, received_at, state, way,
           administrator, organization, asked_at, asked_by, settled_at, site_url, time_zone)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
    )
    .bind(&number)
    .bind(&order.partner)
    .bind(&order.company)
    .bind(order.country.code())
    .bind(to_millis(order.received.unwrap_or(now)))
    .bind(order.state.code())
    .bind(order.way.map(OrderWay::code))
    .bind(order.administrator.as_deref().map(key))
    .bind(order.organization.as_deref())
    .bind(order.asked.map(to_millis))
    .bind(order.asked_by.as_deref().map(key))
    .bind(settled.map(to_millis))
    .bind(url)
    .bind(zone)
    .execute(&mut *conn)
    .await
    .map_err(|error| {
        super::unfit(error, wrong(&"there are two, or no organization has the id that it names"))
    })?;
    for (service, quantity) in &order.services {
        sqlx::query("INSERT INTO order_services (number, service, quantity) VALUES ($1, $2, $3)")
            .bind(&number)
            .bind(service.code())
            .bind(quantity)
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}
