//! Sites that will link by themselves, and those that wait for somebody instead (rule L11).

use jiff::Timestamp;
use sqlx::Row;

use crate::api::timer::Timer;
use crate::domain::automatic::Waits;
use crate::domain::role::Action;
use crate::domain::site::SiteState;
use crate::domain::timer::TimerKind;
use crate::domain::untrusted::Untrusted;
use crate::server::directory::Viewer;
use crate::server::directory::timers::push_sites;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, Sql, from_millis};

/// Their timers. A site that may not link is never linked automatically: it has none.
pub async fn timers(
    conn: &mut Conn,
    viewer: &Viewer,
    now: Timestamp,
) -> Result<Vec<Timer>, Refusal> {
    let mut sql = Sql::new(
        "SELECT s.url, s.auto_link_on, a.waits
           FROM sites s LEFT JOIN auto_links a ON a.site = s.id
          WHERE s.auto_link_on IS NOT NULL AND s.may_link = 1 AND s.state = ",
    );
    sql.push_bind(SiteState::NotEnrolled.code());
    push_sites(&mut sql, viewer, Action::See, "s.id");
    sql.push(" ORDER BY s.auto_link_on, s.url");
    let mut found = Vec::new();
    for row in sql.build().fetch_all(conn).await? {
        let site = Untrusted::new(row.try_get::<&str, _>("url")?);
        let on = from_millis(row.try_get("auto_link_on")?);
        let (kind, what) = if on > now {
            (TimerKind::AutoLink, "links by itself")
        } else {
            (TimerKind::AutoLinkWaiting, "waits to be linked")
        };
        let what = format!("{} {what}", site.shown());
        let about = Timer::about(kind, Some(on), now, what, site.clone());
        let waits = row.try_get::<Option<&str>, _>("waits")?.and_then(Waits::from_code);
        let meaning =
            waits.map_or_else(|| about.meaning.clone(), |waits| waits.reason().to_owned());
        found.push(Timer { meaning, site: Some(site), ..about });
    }
    Ok(found)
}
