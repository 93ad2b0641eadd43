//! The site that an order's meetings get (rule T3), as a trial's do (T1).
//!
//! Owns when one is needed: a new organization has none yet. One that is there gets another where
//! it was asked for, and none otherwise. It is made when the order is settled, not before.

use jiff::Timestamp;

use super::super::trials::meetings::{self, Asked, FreshSite};
use super::Found;
use crate::api::order::MapOrder;
use crate::domain::services::{self, Service, ServiceLine};
use crate::server::refusal::Refusal;
use crate::server::store::Conn;

/// What an order itself says of its site, checked; what it leaves open is given when it is mapped.
pub(super) fn of_order(
    lines: &[ServiceLine],
    url: Option<&str>,
    time_zone: Option<&str>,
) -> Result<Option<FreshSite>, Refusal> {
    let needed = !services::has(lines, Service::Meetings) || url.is_some() || time_zone.is_some();
    if needed { Asked { url, time_zone }.check(lines) } else { Ok(None) }
}

/// The site to be made where the order goes to a new organization or to one that is there.
pub(super) async fn wanted(
    conn: &mut Conn,
    order: &Found,
    asked: &MapOrder,
    new: bool,
) -> Result<Option<FreshSite>, Refusal> {
    let given = |asked: &Option<String>, known: &Option<String>| {
        asked.clone().filter(|text| !text.trim().is_empty()).or_else(|| known.clone())
    };
    let url = given(&asked.site_url, &order.site_url);
    let time_zone = given(&asked.time_zone, &order.time_zone);
    let site = if new {
        Asked { url: url.as_deref(), time_zone: time_zone.as_deref() }.check(&order.services)?
    } else {
        of_order(&order.services, url.as_deref(), time_zone.as_deref())?
    };
    if let Some(site) = &site {
        meetings::must_be_free(conn, &site.url).await?;
    }
    Ok(site)
}

/// Keeps with the order what was given when it was mapped, until an organization has accepted.
pub(super) async fn keep(conn: &mut Conn, number: &str, site: &FreshSite) -> Result<(), Refusal> {
    sqlx::query("UPDATE orders SET site_url = $2, time_zone = $3 WHERE number = $1")
        .bind(number)
        .bind(&site.url)
        .bind(site.time_zone)
        .execute(conn)
        .await?;
    Ok(())
}

/// Makes the site in the organization that the order is now mapped to; gives its URL.
pub(super) async fn make(
    conn: &mut Conn,
    order: &Found,
    organization: &str,
    now: Timestamp,
) -> Result<Option<String>, Refusal> {
    let (url, time_zone) = (order.site_url.as_deref(), order.time_zone.as_deref());
    let Some(site) = of_order(&order.services, url, time_zone)? else { return Ok(None) };
    meetings::make(conn, organization, &order.company, &site, now).await?;
    Ok(Some(site.url))
}
