//! Insights of linked sites (rule L9), from what feeds told.
//!
//! Owns that only a linked site has them, and the words for one that is not. Taking feeds in is
//! `taken`'s, reading them back the other files'.

mod devices;
mod meetings;
mod people;
mod profile;
mod report;
pub(in crate::server) mod taken;
#[cfg(test)]
mod tests;

use jiff::{Timestamp, ToSpan};
use sqlx::Row;

use super::Directory;
use crate::api::insights::{
    Device, DevicesQuery, FeedTaken, Measured, Meeting, MeetingDetail, MeetingsQuery, Profile,
    ProfileDetail, ReportQuery, SiteReport,
};
use crate::api::page::{Page, PageQuery};
use crate::api::problem::code;
use crate::domain::insights::feed::Feed;
use crate::domain::insights::quality::{Percent, Rating};
use crate::domain::site::SiteState;
use crate::domain::untrusted::Untrusted;
use crate::server::directory::Viewer;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, Sql, SqlRow, to_millis};

impl Directory {
    /// Engagement, audio usage and quality by day, week or month.
    pub async fn site_report(&self, url: &str, query: ReportQuery) -> Result<SiteReport, Refusal> {
        report::report(self, url, query).await
    }

    /// Meetings in progress and of the last 30 days, newest first.
    pub async fn meetings(
        &self,
        url: &str,
        query: &MeetingsQuery,
    ) -> Result<Page<Meeting>, Refusal> {
        meetings::list(self, url, query).await
    }

    /// One of them with its participants.
    pub async fn meeting(&self, url: &str, id: &str) -> Result<MeetingDetail, Refusal> {
        meetings::show(self, url, id).await
    }

    /// Who was in them, the most active first.
    pub async fn profiles(&self, url: &str, page: &PageQuery) -> Result<Page<Profile>, Refusal> {
        people::list(self, url, page).await
    }

    /// One of these with the meetings.
    pub async fn profile(&self, url: &str, person: &str) -> Result<ProfileDetail, Refusal> {
        profile::show(self, url, person).await
    }

    /// The registered devices, by name; those that match, where something is looked for.
    pub async fn devices(&self, url: &str, query: &DevicesQuery) -> Result<Page<Device>, Refusal> {
        devices::list(self, url, query).await
    }

    /// Takes a feed that was checked: what it tells replaces what was told, the rest stays.
    pub async fn take_feed(
        &self,
        viewer: &Viewer,
        url: &str,
        feed: &Feed,
    ) -> Result<FeedTaken, Refusal> {
        taken::take(self, viewer, url, feed).await
    }
}

/// A linked site, and the window of time in which its meetings are seen.
struct Linked {
    id: i64,
    organization: Option<String>,
    now: Timestamp,
}

/// A meeting `m` that has begun goes on: no meeting takes a day, so one without an end that began
/// longer ago is over.
const GOES_ON: &str = "(m.started_at > f.day_ago AND (m.ended_at IS NULL OR m.ended_at > f.now))";

/// How long participant `p` of meeting `m` was there, in milliseconds: until leaving, the meeting's
/// end or now, and never beyond now.
const STAY: &str = "CASE
      WHEN p.left_at IS NULL AND m.ended_at IS NULL AND m.started_at <= f.day_ago THEN 0
      WHEN p.joined_at >= f.now OR coalesce(p.left_at, m.ended_at, f.now) < p.joined_at THEN 0
      WHEN coalesce(p.left_at, m.ended_at, f.now) > f.now THEN f.now - p.joined_at
      ELSE coalesce(p.left_at, m.ended_at, f.now) - p.joined_at END";

/// The meetings that are listed: in progress, or of the last 30 days.
const LISTED: &str = "m.site = f.site AND m.started_at <= f.now AND m.started_at > f.month_ago";

impl Linked {
    /// Begins a query with a row `f` of the site and the times that others are compared with.
    fn with(&self) -> Sql {
        let ago = |hours: i64| to_millis(self.now.checked_sub(hours.hours()).unwrap_or(self.now));
        let mut sql = Sql::new("WITH fixed (site, now, day_ago, month_ago) AS (VALUES (");
        sql.push_bind(self.id).push(", ").push_bind(to_millis(self.now)).push(", ");
        sql.push_bind(ago(24)).push(", ").push_bind(ago(30 * 24)).push("))");
        sql
    }
}

/// Finds the site; only a linked one has insights.
async fn linked(conn: &mut Conn, url: &str, now: Timestamp) -> Result<Linked, Refusal> {
    let row = sqlx::query(
        "SELECT id, organization, state, may_link, csm, auto_link_on FROM sites WHERE url = $1",
    )
    .bind(url)
    .fetch_optional(conn)
    .await?
    .ok_or_else(|| Refusal::not_found("site"))?;
    let state = SiteState::from_code(row.try_get("state")?)
        .ok_or_else(|| Refusal::internal(&"a site's state is unknown"))?;
    if state == SiteState::Enrolled {
        return Ok(Linked {
            id: row.try_get("id")?,
            organization: row.try_get("organization")?,
            now,
        });
    }
    let csm = Untrusted::new(row.try_get::<String, _>("csm")?);
    Err(not_linked(
        state,
        row.try_get("may_link")?,
        &csm,
        row.try_get::<Option<i64>, _>("auto_link_on")?.is_some(),
    ))
}

/// 409, with what to do to get insights.
fn not_linked(state: SiteState, may_link: bool, csm: &Untrusted, by_itself: bool) -> Refusal {
    let detail = match state {
        SiteState::Linking => "The site is being linked; its insights begin when that is done.",
        SiteState::LinkFailed => "Linking the site failed; its insights begin when it is linked.",
        SiteState::NotEnrolled | SiteState::Enrolled => {
            "The site is not linked yet; its insights begin when it is linked."
        }
    };
    let remedy = match state {
        SiteState::Linking => "Nothing is to be done; linking takes up to 24 hours.".to_owned(),
        SiteState::LinkFailed => {
            "It is tried again by itself; see the site for why it failed, or try again now."
                .to_owned()
        }
        _ if !may_link && csm.is_empty() => "This site may not link yet.".to_owned(),
        _ if !may_link => format!("This site may not link yet; ask {}.", csm.shown()),
        _ if by_itself => "A site admin can link it now; else it links by itself.".to_owned(),
        _ => "A site admin links it to an organization: open Link a site.".to_owned(),
    };
    Refusal::conflict(code::SITE_NOT_ENROLLED, detail, remedy)
}

/// Whole minutes of milliseconds.
fn minutes(millis: i64) -> u64 {
    (millis.max(0) / 60_000).cast_unsigned()
}

/// A measurement of a row: loss, latency, jitter and rating from this column on.
fn measured(row: &SqlRow, medium: &str) -> Result<Option<Measured>, sqlx::Error> {
    let column = format!("{medium}_rating");
    let Some(rating) = Rating::from_code(row.try_get(column.as_str())?) else { return Ok(None) };
    let number = |what| -> Result<i64, sqlx::Error> {
        let column = format!("{medium}_{what}");
        Ok(row.try_get::<Option<i64>, _>(column.as_str())?.unwrap_or_default().max(0))
    };
    let whole = |value: i64| u32::try_from(value).unwrap_or(u32::MAX);
    Ok(Some(Measured {
        packet_loss_percent: Percent::from_hundredths(number("loss")?.cast_unsigned()),
        latency_ms: whole(number("latency")?),
        jitter_ms: whole(number("jitter")?),
        rating,
    }))
}
