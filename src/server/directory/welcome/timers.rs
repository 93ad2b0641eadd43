//! Welcome mails whose link was not used yet, and when it expires (rule T4).

use jiff::Timestamp;
use sqlx::Row;

use crate::api::timer::Timer;
use crate::domain::role::Action;
use crate::domain::timer::TimerKind;
use crate::domain::untrusted::Untrusted;
use crate::server::directory::Viewer;
use crate::server::directory::timers::push_organizations;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, Sql, from_millis};

/// Their timers, for who may send the mail again.
pub async fn timers(
    conn: &mut Conn,
    viewer: &Viewer,
    now: Timestamp,
) -> Result<Vec<Timer>, Refusal> {
    let mut sql = Sql::new(
        "SELECT o.id, o.name, w.email, w.expires_at
           FROM welcomes w JOIN organizations o ON o.id = w.organization
          WHERE w.state NOT IN ('accepted', 'declined', 'withdrawn') AND w.expires_at IS NOT NULL
            AND w.origin IN ('created', 'existing')
            AND NOT EXISTS (SELECT 1 FROM welcomes n WHERE n.organization = w.organization
                               AND n.begun_at > w.begun_at
                               AND n.origin IN ('created', 'existing'))",
    );
    push_organizations(&mut sql, viewer, Action::Welcome, "o.id");
    sql.push(" ORDER BY w.expires_at, o.id");
    let mut found = Vec::new();
    for row in sql.build().fetch_all(conn).await? {
        let email = Untrusted::new(row.try_get::<&str, _>("email")?);
        let expires = from_millis(row.try_get("expires_at")?);
        let verb = if expires > now { "expires" } else { "has expired" };
        let what = format!("the welcome mail to {} {verb}", email.shown());
        found.push(Timer {
            organization: row.try_get("id")?,
            organization_name: Some(Untrusted::new(row.try_get::<&str, _>("name")?)),
            ..Timer::about(TimerKind::WelcomeLink, Some(expires), now, what, email)
        });
    }
    Ok(found)
}
