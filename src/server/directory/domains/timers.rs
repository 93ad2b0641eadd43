//! Records that were not there, and when DNS forgets that (rule D2, "no use before"); and those that
//! nobody has published yet (rule D1).

use jiff::Timestamp;
use sqlx::Row;

use crate::api::domains::Check;
use crate::api::timer::Timer;
use crate::domain::domain_name::with_unicode;
use crate::domain::role::Action;
use crate::domain::timer::TimerKind;
use crate::domain::untrusted::Untrusted;
use crate::server::directory::Viewer;
use crate::server::directory::timers::push_organizations;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, Sql};

/// Look-ups that are of no use yet. DNS runs on real time; told is as far from the world's now.
pub async fn timers(
    conn: &mut Conn,
    viewer: &Viewer,
    now: Timestamp,
) -> Result<Vec<Timer>, Refusal> {
    let mut sql = Sql::new(
        "SELECT d.name, d.last_check, o.id, o.name AS organization_name,
                (SELECT min(s.url) FROM sites s WHERE s.organization = d.organization) AS url
           FROM domains d JOIN organizations o ON o.id = d.organization
          WHERE d.state = 'pending' AND d.last_check IS NOT NULL",
    );
    push_organizations(&mut sql, viewer, Action::SeeDetails, "d.organization");
    sql.push(" ORDER BY d.organization, d.name");
    let real = Timestamp::now();
    let mut found = unpublished(conn, viewer, now).await?;
    for row in sql.build().fetch_all(&mut *conn).await? {
        let check: Check = serde_json::from_str(row.try_get("last_check")?)?;
        let Some(left) = check.not_before.map(|at| at.duration_since(real)) else { continue };
        if !left.is_positive() {
            continue;
        }
        let name = Untrusted::new(row.try_get::<&str, _>("name")?);
        let due = now.checked_add(left).unwrap_or(now);
        let what = format!("{}: its record is looked up again", with_unicode(&name));
        found.push(Timer {
            organization: row.try_get("id")?,
            organization_name: Some(Untrusted::new(row.try_get::<&str, _>("organization_name")?)),
            site: row.try_get::<Option<&str>, _>("url")?.map(Untrusted::new),
            ..Timer::about(TimerKind::DnsRecord, Some(due), now, what, name)
        });
    }
    Ok(found)
}

/// Domains that wait for their TXT value, for whoever can publish it. What is signed for has a
/// deadline, which is told instead; so is a look-up that is of no use yet.
async fn unpublished(
    conn: &mut Conn,
    viewer: &Viewer,
    now: Timestamp,
) -> Result<Vec<Timer>, Refusal> {
    let mut sql = Sql::new(
        "SELECT d.name, d.last_check, o.id, o.name AS organization_name,
                (SELECT min(s.url) FROM sites s WHERE s.organization = d.organization) AS url
           FROM domains d JOIN organizations o ON o.id = d.organization
          WHERE d.state = 'pending'
            AND NOT EXISTS (SELECT 1 FROM agreements a
                             WHERE a.organization = d.organization AND a.domain = d.name)",
    );
    push_organizations(&mut sql, viewer, Action::LinkUsers, "d.organization");
    sql.push(" ORDER BY d.organization, d.name");
    let real = Timestamp::now();
    let mut found = Vec::new();
    for row in sql.build().fetch_all(conn).await? {
        let check: Option<Check> =
            row.try_get::<Option<&str>, _>("last_check")?.map(serde_json::from_str).transpose()?;
        if check.and_then(|check| check.not_before).is_some_and(|at| at > real) {
            continue;
        }
        let name = Untrusted::new(row.try_get::<&str, _>("name")?);
        let what = format!("{} needs its TXT value", with_unicode(&name));
        found.push(Timer {
            organization: row.try_get("id")?,
            organization_name: Some(Untrusted::new(row.try_get::<&str, _>("organization_name")?)),
            site: row.try_get::<Option<&str>, _>("url")?.map(Untrusted::new),
            ..Timer::about(TimerKind::DomainTxt, None, now, what, name)
        });
    }
    Ok(found)
}
