//! Sites that are being linked, whose linking failed, or that will link by themselves (rules L7,
//! L11).

use jiff::Timestamp;
use sqlx::{QueryBuilder, Row, Sqlite};

use crate::api::timer::Timer;
use crate::domain::role::Action;
use crate::domain::site::SiteState;
use crate::domain::timer::TimerKind;
use crate::domain::untrusted::Untrusted;
use crate::server::provider::Viewer;
use crate::server::provider::reference::timers::push_sites;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, from_millis};

/// Their timers.
pub async fn timers(
    conn: &mut Conn,
    viewer: &Viewer,
    now: Timestamp,
) -> Result<Vec<Timer>, Refusal> {
    let mut sql = QueryBuilder::<Sqlite>::new(
        "SELECT s.url, s.state, s.auto_link_on, s.may_link, o.id, o.name
           FROM sites s LEFT JOIN organizations o ON o.id = s.organization
          WHERE s.state <> 'enrolled'
            AND (s.state <> 'not_enrolled' OR s.auto_link_on IS NOT NULL)",
    );
    push_sites(&mut sql, viewer, Action::See, "s.id");
    sql.push(" ORDER BY s.url");
    let mut found = Vec::new();
    for row in sql.build().fetch_all(conn).await? {
        let site = Untrusted::new(row.try_get::<&str, _>(0)?);
        let on = row.try_get::<Option<i64>, _>(2)?.map(from_millis);
        let may_link: bool = row.try_get(3)?;
        let (kind, due, what) = match SiteState::from_code(row.try_get(1)?) {
            Some(SiteState::Linking) => (TimerKind::SiteLink, None, "is being linked"),
            Some(SiteState::LinkFailed) => (TimerKind::SiteLinkFailed, None, "linking failed"),
            // A site that may not link is never linked automatically (rule L11).
            _ if !may_link => continue,
            _ if on.is_some_and(|on| on <= now) => {
                (TimerKind::AutoLinkWaiting, on, "waits to be linked")
            }
            _ => (TimerKind::AutoLink, on, "links by itself"),
        };
        let what = format!("{} {what}", site.shown());
        found.push(Timer {
            organization: row.try_get(4)?,
            organization_name: row.try_get::<Option<&str>, _>(5)?.map(Untrusted::new),
            site: Some(site.clone()),
            ..Timer::about(kind, due, now, what, site)
        });
    }
    Ok(found)
}
