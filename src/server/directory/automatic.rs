//! Automatic linking (rule L11): the date, its announcements, what it comes to.
//!
//! Owns the date and how it stands. The decision is `domain::automatic`'s, the link is the job that
//! a human's Link Now begins, and what is said to whom is below.

mod announcements;
mod decide;
mod letters;
mod tick;
mod timers;
mod users;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::json;
use sqlx::Row;

use announcements::{About, Kind};
pub use tick::keep;
pub use users::on_linked;

use super::{Directory, offers, site_edits};
use crate::api::following::{Announcement, AutoLink, AutoLinkState};
use crate::api::problem::code;
use crate::domain::automatic::{
    ANNOUNCED_DAYS, LEAST_DAYS_AHEAD, Waits, announced_at, earliest_date,
};
use crate::domain::site::SiteState;
use crate::domain::untrusted::Untrusted;
use crate::server::audit::Change;
use crate::server::directory::Viewer;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, SqlRow, from_millis, to_millis};
pub use timers::timers;

/// How automatic linking stands on a site.
pub async fn show(directory: &Directory, url: &str) -> Result<AutoLink, Refusal> {
    shown(&mut *directory.store.read().await?, url, directory.clock.now()).await
}

async fn shown(conn: &mut Conn, url: &str, now: Timestamp) -> Result<AutoLink, Refusal> {
    let row = sqlx::query(
        "SELECT s.id, s.state, s.auto_link_on, s.csm, s.may_link, a.state AS own_state,
                a.waits, a.decided_at, a.organization, a.users
           FROM sites s LEFT JOIN auto_links a ON a.site = s.id WHERE s.url = $1",
    )
    .bind(url)
    .fetch_optional(&mut *conn)
    .await?
    .ok_or_else(|| Refusal::not_found("site"))?;
    let on = row.try_get::<Option<i64>, _>("auto_link_on")?.map(from_millis);
    let mut state = state(&row, on)?;
    let waits = if row.try_get::<bool, _>("may_link")? {
        row.try_get::<Option<&str>, _>("waits")?.and_then(Waits::from_code)
    } else {
        Some(Waits::MayNotLink)
    };
    let mut waits = waits.filter(|_| state == AutoLinkState::Waiting);
    if state == AutoLinkState::Planned
        && on.is_some_and(|on| on <= now)
        && offers::open_at_site(conn, row.try_get("id")?, now).await?.is_some()
    {
        (state, waits) = (AutoLinkState::Waiting, Some(Waits::OpenOffer));
    }
    let mut announcements = Vec::new();
    if let Some(on) = on {
        for days in ANNOUNCED_DAYS {
            let about = About { site: row.try_get("id")?, kind: Kind::Announced(days), on };
            let sent_at = announcements::standing(conn, about).await?.taken_at;
            announcements.push(Announcement { days, due_at: announced_at(on, days), sent_at });
        }
    }
    let users: Option<&str> = row.try_get("users")?;
    let csm: String = row.try_get("csm")?;
    Ok(AutoLink {
        site: url.into(),
        state,
        on,
        announcements,
        waits,
        reason: waits.map(|waits| reason(waits, &csm)).unwrap_or_default(),
        decided_at: row.try_get::<Option<i64>, _>("decided_at")?.map(from_millis),
        organization: row.try_get("organization")?,
        users: users.map(serde_json::from_str).transpose()?.unwrap_or_default(),
    })
}

/// Why it waits, and what to do.
fn reason(waits: Waits, csm: &str) -> Untrusted {
    let ask = match waits {
        Waits::MayNotLink if csm.is_empty() => "Ask the customer success manager.".to_owned(),
        Waits::MayNotLink => format!("Ask its customer success manager: {csm}."),
        Waits::OpenOffer => {
            "It goes on by itself once the offer is accepted, declined, withdrawn or over."
                .to_owned()
        }
        Waits::NotAnnounced => {
            "An administrator of the site links it, or is named with an address that takes mail; \
             then set another date."
                .to_owned()
        }
        Waits::TrialExpired => "Extend the trial, or set another date.".to_owned(),
        _ => "An administrator of the site links it: Enroll Now, then choose.".to_owned(),
    };
    Untrusted::new(format!("{} {ask}", waits.reason()))
}

fn state(row: &SqlRow, on: Option<Timestamp>) -> Result<AutoLinkState, Refusal> {
    let site = SiteState::from_code(row.try_get("state")?)
        .ok_or_else(|| Refusal::internal(&"a site's state is unknown"))?;
    let own = row.try_get::<Option<&str>, _>("own_state")?.and_then(AutoLinkState::from_code);
    if own == Some(AutoLinkState::Linking) {
        return Ok(AutoLinkState::Linking);
    }
    Ok(match (site, own, on) {
        (SiteState::Enrolled, _, _) if on.is_some() || own.is_some() => AutoLinkState::Done,
        (SiteState::NotEnrolled, Some(AutoLinkState::Waiting), _) => AutoLinkState::Waiting,
        // Rule L10: it is neither announced nor linked by itself, whatever the date.
        (SiteState::NotEnrolled, _, Some(_)) if !row.try_get::<bool, _>("may_link")? => {
            AutoLinkState::Waiting
        }
        (SiteState::NotEnrolled, _, Some(_)) => AutoLinkState::Planned,
        (SiteState::Linking | SiteState::LinkFailed, _, Some(_)) => AutoLinkState::Linking,
        _ => AutoLinkState::Off,
    })
}

/// Sets or takes away the date. A new date is announced anew.
pub async fn set(
    directory: &Directory,
    viewer: &Viewer,
    url: &str,
    on: Option<Date>,
) -> Result<AutoLink, Refusal> {
    let now = directory.clock.now();
    let on = on.map(|on| midnight(on, now)).transpose()?;
    let mut tx = directory.store.begin().await?;
    let site = site_edits::find(&mut tx, url).await?.ok_or_else(|| Refusal::not_found("site"))?;
    if site.organization.is_some() {
        return Err(Refusal::conflict(
            code::LINK_PERMANENT,
            "The site is linked to an organization already; linking is permanent.",
            "There is nothing to set a date for.",
        ));
    }
    sqlx::query("UPDATE sites SET auto_link_on = $2 WHERE id = $1")
        .bind(site.id)
        .bind(on.map(to_millis))
        .execute(&mut *tx)
        .await?;
    sqlx::query("DELETE FROM auto_links WHERE site = $1").bind(site.id).execute(&mut *tx).await?;
    announcements::withdraw(&mut tx, site.id).await?;
    Change::by(now, &viewer.email, "site.auto_link_set")
        .site(url)
        .detail(json!({ "on": on }))
        .record(&mut tx)
        .await?;
    let shown = shown(&mut tx, url, now).await?;
    tx.commit().await?;
    directory.automatic_changed.notify_one();
    Ok(shown)
}

/// Dates mean 00:00 UTC (SPEC section 1). A date leaves room for both announcements.
fn midnight(on: Date, now: Timestamp) -> Result<Timestamp, Refusal> {
    let earliest = earliest_date(now);
    let at = on.to_zoned(TimeZone::UTC).map(|zoned| zoned.timestamp());
    match (at, earliest) {
        (Ok(at), Some(earliest)) if on >= earliest => Ok(at),
        (_, earliest) => {
            let earliest = earliest.map(|date| format!(": {date} or later")).unwrap_or_default();
            let words = format!(
                "The date must be {LEAST_DAYS_AHEAD} days ahead or more{earliest}. The site's \
                 administrators are told 30 days before."
            );
            Err(Refusal::invalid("on", words))
        }
    }
}

#[cfg(test)]
mod tests;
