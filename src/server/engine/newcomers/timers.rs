//! Plans of people who were added later and that wait to be reviewed, as timers (rule U7).
//!
//! Owns the one query. An expired plan waits on, as long as somebody in it is not linked and was not
//! asked: the review makes it anew.

use jiff::Timestamp;
use sqlx::Row;

use crate::api::timer::Timer;
use crate::domain::number::count;
use crate::domain::role::Role;
use crate::domain::timer::TimerKind;
use crate::domain::untrusted::Untrusted;
use crate::server::Backend;
use crate::server::directory::Viewer;
use crate::server::refusal::Refusal;

/// The plans that the viewer can review.
///
/// # Errors
/// When the database cannot be read.
pub async fn timers(
    backend: &Backend,
    viewer: &Viewer,
    now: Timestamp,
) -> Result<Vec<Timer>, Refusal> {
    let rows = sqlx::query(
        "SELECT p.id AS plan, p.selected, s.url, o.id AS organization, o.name
           FROM newcomer_plans n JOIN plans p ON p.id = n.plan
           JOIN sites s ON s.id = n.site JOIN organizations o ON o.id = p.organization
          WHERE NOT EXISTS (SELECT 1 FROM runs r WHERE r.plan = p.id)
            AND EXISTS (SELECT 1 FROM plan_items i
                          JOIN site_users u ON u.site = n.site AND u.number = i.number
                          LEFT JOIN invitations v
                            ON v.organization = p.organization AND v.address_key = u.address_key
                         WHERE i.plan = p.id AND u.link = 'none' AND v.address_key IS NULL)
            AND EXISTS (SELECT 1 FROM site_standing t
                         WHERE t.site = n.site AND t.email = $1 AND t.role = $2)
          ORDER BY s.url",
    )
    .bind(&viewer.email)
    .bind(Role::FullAdmin.code())
    .fetch_all(&mut *backend.store.read().await?)
    .await?;
    let mut found = Vec::new();
    for row in rows {
        let people = row.try_get::<i64, _>("selected")?.cast_unsigned();
        let what = match people {
            1 => "a plan waits for you: one person added later".to_owned(),
            many => format!("a plan waits for you: {} added later", count(many, "user")),
        };
        found.push(Timer {
            site: Some(Untrusted::new(row.try_get::<&str, _>("url")?)),
            organization: row.try_get("organization")?,
            organization_name: Some(Untrusted::new(row.try_get::<&str, _>("name")?)),
            ..Timer::about(TimerKind::PlanWaiting, None, now, what, row.try_get::<&str, _>("plan")?)
        });
    }
    Ok(found)
}
