//! The deadlines of agreements that still matter (rule D4): domains not proven since.

use jiff::Timestamp;
use sqlx::Row;

use crate::api::timer::Timer;
use crate::domain::domain_name::with_unicode;
use crate::domain::role::Action;
use crate::domain::timer::TimerKind;
use crate::domain::untrusted::Untrusted;
use crate::server::directory::Viewer;
use crate::server::directory::timers::push_sites;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, Sql, from_millis};

/// One timer a domain and organization: an agreement bears on all of its sites at once. Named is
/// the site through which it was signed, where the viewer sees it.
pub async fn timers(
    conn: &mut Conn,
    viewer: &Viewer,
    now: Timestamp,
) -> Result<Vec<Timer>, Refusal> {
    let mut sql = Sql::new(
        "SELECT a.domain, a.deadline, o.id, o.name AS organization_name,
                coalesce(max(CASE WHEN s.url = a.site THEN s.url END), min(s.url)) AS url,
                count(DISTINCT s.id) AS sites
           FROM agreements a JOIN organizations o ON o.id = a.organization
           JOIN sites s ON s.organization = a.organization
          WHERE (a.site = s.url OR EXISTS (SELECT 1 FROM site_users u
                                            WHERE u.site = s.id AND u.domain = a.domain))
            AND NOT EXISTS (SELECT 1 FROM domains d
                             WHERE d.organization = a.organization AND d.name = a.domain
                               AND d.state IN ('verified', 'claimed'))",
    );
    push_sites(&mut sql, viewer, Action::See, "s.id");
    sql.push(" GROUP BY a.domain, a.deadline, o.id, o.name ORDER BY a.deadline, a.domain");
    let mut found = Vec::new();
    for row in sql.build().fetch_all(conn).await? {
        let domain = Untrusted::new(row.try_get::<&str, _>("domain")?);
        let deadline = from_millis(row.try_get("deadline")?);
        let what = if deadline > now {
            format!("verify {}", with_unicode(&domain))
        } else {
            format!("{}: agreement lapsed", with_unicode(&domain))
        };
        found.push(Timer {
            organization: row.try_get("id")?,
            organization_name: Some(Untrusted::new(row.try_get::<&str, _>("organization_name")?)),
            site: Some(Untrusted::new(row.try_get::<&str, _>("url")?)),
            further_sites: row.try_get::<i64, _>("sites")?.cast_unsigned().saturating_sub(1),
            ..Timer::about(TimerKind::Agreement, Some(deadline), now, what, domain)
        });
    }
    Ok(found)
}
