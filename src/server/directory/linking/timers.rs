//! Links under way, links that failed, and connect mails that wait (rules L1, L7).

use jiff::Timestamp;
use sqlx::Row;

use crate::api::timer::Timer;
use crate::domain::role::Action;
use crate::domain::site::SiteState;
use crate::domain::site_link::LinkState;
use crate::domain::timer::TimerKind;
use crate::domain::untrusted::Untrusted;
use crate::server::directory::Viewer;
use crate::server::directory::timers::push_sites;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, Sql, from_millis};

/// Their timers.
pub async fn timers(
    conn: &mut Conn,
    viewer: &Viewer,
    now: Timestamp,
) -> Result<Vec<Timer>, Refusal> {
    let mut found = jobs(conn, viewer, now).await?;
    found.extend(connects(conn, viewer, now).await?);
    Ok(found)
}

async fn jobs(conn: &mut Conn, viewer: &Viewer, now: Timestamp) -> Result<Vec<Timer>, Refusal> {
    let mut sql = Sql::new(
        "SELECT s.url, j.state, j.due_at, j.reason, o.id, o.name
           FROM link_jobs j JOIN sites s ON s.id = j.site
           JOIN organizations o ON o.id = j.organization
          WHERE j.state <> ",
    );
    sql.push_bind(LinkState::Done.code());
    push_sites(&mut sql, viewer, Action::See, "s.id");
    sql.push(" ORDER BY s.url");
    let mut found = Vec::new();
    for row in sql.build().fetch_all(conn).await? {
        let site = Untrusted::new(row.try_get::<&str, _>("url")?);
        let failed = row.try_get::<&str, _>("state")? == LinkState::Failed.code();
        let (kind, due, what) = if failed {
            (TimerKind::SiteLinkFailed, None, "linking failed")
        } else {
            let due = row.try_get::<Option<i64>, _>("due_at")?.map(from_millis);
            (TimerKind::SiteLink, due, "is being linked")
        };
        let what = format!("{} {what}", site.shown());
        let about = Timer::about(kind, due, now, what, site.clone());
        let reason = Untrusted::new(row.try_get::<&str, _>("reason")?);
        let meaning = if failed && !reason.is_empty() {
            format!("{} {}", reason.shown(), about.meaning)
        } else {
            about.meaning.clone()
        };
        found.push(Timer {
            meaning,
            organization: row.try_get("id")?,
            organization_name: Some(Untrusted::new(row.try_get::<&str, _>("name")?)),
            site: Some(site),
            ..about
        });
    }
    Ok(found)
}

async fn connects(conn: &mut Conn, viewer: &Viewer, now: Timestamp) -> Result<Vec<Timer>, Refusal> {
    let mut sql = Sql::new(
        "SELECT s.url, c.email, c.expires_at
           FROM site_connects c JOIN sites s ON s.id = c.site
          WHERE c.connected_at IS NULL AND c.expires_at IS NOT NULL AND s.state = ",
    );
    sql.push_bind(SiteState::NotEnrolled.code());
    push_sites(&mut sql, viewer, Action::LinkSite, "s.id");
    sql.push(" ORDER BY c.expires_at, s.url");
    let mut found = Vec::new();
    for row in sql.build().fetch_all(conn).await? {
        let site = Untrusted::new(row.try_get::<&str, _>("url")?);
        let email = Untrusted::new(row.try_get::<&str, _>("email")?);
        let expires = from_millis(row.try_get("expires_at")?);
        let verb = if expires > now { "expires" } else { "has expired" };
        let what = format!("the connect mail to {} {verb}", email.shown());
        let about = Timer::about(TimerKind::ConnectLink, Some(expires), now, what, email);
        found.push(Timer { site: Some(site), ..about });
    }
    Ok(found)
}
