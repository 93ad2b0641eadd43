//! Sites on their way into an organization, from a world file (rule L7).
//!
//! Owns what a site's state may be beside an organization, and the link job of one that is not
//! enrolled yet. The job's times are the backend's to fill in where the file gives none.

use jiff::Timestamp;

use super::file::Site;
use super::{WorldError, unreadable};
use crate::domain::site::SiteState;
use crate::domain::site_link::LinkState;
use crate::server::audit;
use crate::server::directory::linking::{Binding, insert};
use crate::server::store::Conn;

/// Where a site stands: as the file says, or as its organization tells.
pub(super) fn state(site: &Site, organization: Option<&str>) -> Result<SiteState, WorldError> {
    match (site.state, organization) {
        (None, Some(_)) => Ok(SiteState::Enrolled),
        (None | Some(SiteState::NotEnrolled), None) => Ok(SiteState::NotEnrolled),
        (Some(SiteState::NotEnrolled), Some(_)) => {
            let why = "a site with an organization is linking, enrolled or link_failed";
            Err(unreadable("the site", &site.url, why))
        }
        (Some(state), Some(_)) => Ok(state),
        (Some(_), None) => {
            Err(unreadable("the site", &site.url, "this state needs an organization"))
        }
    }
}

/// The link of a site that is linking, or whose link has failed.
pub(super) async fn write_job(
    conn: &mut Conn,
    site: &Site,
    (id, organization): (i64, &str),
    state: SiteState,
    now: Timestamp,
) -> Result<(), WorldError> {
    let binding = Binding {
        site: id,
        url: &site.url,
        organization,
        made: false,
        automatic: false,
        by: audit::SYSTEM,
        text: "",
        text_sha256: "",
        due_at: None,
    };
    insert(conn, &binding, site.link_started.unwrap_or(now)).await.map_err(|error| {
        super::unfit(error, unreadable("the site", &site.url, "there is no such organization"))
    })?;
    if state == SiteState::LinkFailed {
        sqlx::query("UPDATE link_jobs SET state = $2, failures = 1, reason = $3 WHERE site = $1")
            .bind(id)
            .bind(LinkState::Failed.code())
            .bind(&site.link_reason)
            .execute(&mut *conn)
            .await?;
        sqlx::query("UPDATE sites SET state = $2 WHERE id = $1")
            .bind(id)
            .bind(state.code())
            .execute(conn)
            .await?;
    }
    Ok(())
}
