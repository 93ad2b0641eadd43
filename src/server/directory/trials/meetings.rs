//! The site that comes with a trial's meetings (rule T1): free, enrolled, nobody on it.
//!
//! Owns its fields and its row. A site that is there already is linked by the wizard for that.

use jiff::Timestamp;

use super::super::{fields, site_edits};
use crate::api::problem::code;
use crate::domain::services::{self, Service, ServiceLine};
use crate::domain::site::SiteState;
use crate::domain::time_zone;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, to_millis};

/// A site about to be made; its fields are checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FreshSite {
    /// The URL in its one form.
    pub url: String,
    /// The time zone.
    pub time_zone: &'static str,
}

/// What was asked for beside the services.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The URL.
    pub url: Option<&'a str>,
    /// The time zone.
    pub time_zone: Option<&'a str>,
}

impl Asked<'_> {
    /// The site that the services need; none where meetings are not among them.
    ///
    /// # Errors
    /// At `site_url` or `time_zone`: missing, malformed, or not needed.
    pub fn check(self, lines: &[ServiceLine]) -> Result<Option<FreshSite>, Refusal> {
        if !services::has(lines, Service::Meetings) {
            return match (self.url, self.time_zone) {
                (Some(_), _) => Err(not_needed("site_url")),
                (None, Some(_)) => Err(not_needed("time_zone")),
                (None, None) => Ok(None),
            };
        }
        let needed = |field: &str| Refusal::invalid(field, "Meetings need a site.");
        let url = self.url.filter(|text| !text.trim().is_empty());
        let url = fields::url("site_url", url.ok_or_else(|| needed("site_url"))?)?;
        let zone = self.time_zone.filter(|text| !text.trim().is_empty());
        let time_zone = zone_of(zone.ok_or_else(|| {
            Refusal::invalid("time_zone", "A site needs a time zone, such as Europe/Berlin.")
        })?)?;
        Ok(Some(FreshSite { url, time_zone }))
    }
}

/// A time zone, at `time_zone`.
pub fn zone_of(text: &str) -> Result<&'static str, Refusal> {
    let read = time_zone::parse(text);
    read.map_err(|error| Refusal::invalid("time_zone", format!("This {error}.")))
}

fn not_needed(field: &str) -> Refusal {
    Refusal::invalid(field, "Only meetings have a site; choose that service, or leave this out.")
}

/// Refuses a URL that a site has.
pub async fn must_be_free(conn: &mut Conn, url: &str) -> Result<(), Refusal> {
    if site_edits::find(conn, url).await?.is_none() {
        return Ok(());
    }
    let remedy = "Choose another URL. A site that is there already is linked, not started.";
    Err(Refusal::conflict(code::EXISTS, "There is a site with this URL.", remedy).at("site_url"))
}

/// Makes the site, enrolled, its roster empty, without a method; gives its number.
pub async fn make(
    conn: &mut Conn,
    organization: &str,
    company: &str,
    site: &FreshSite,
    now: Timestamp,
) -> Result<i64, Refusal> {
    must_be_free(conn, &site.url).await?;
    let number = sqlx::query_scalar(
        "INSERT INTO sites (url, company, organization, state, linked_at, time_zone)
         VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
    )
    .bind(&site.url)
    .bind(company)
    .bind(organization)
    .bind(SiteState::Enrolled.code())
    .bind(to_millis(now))
    .bind(site.time_zone)
    .fetch_one(conn)
    .await?;
    Ok(number)
}
