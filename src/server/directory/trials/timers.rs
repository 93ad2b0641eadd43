//! The ends of trials (rules T1, T8).

use jiff::{Timestamp, ToSpan};
use sqlx::Row;

use crate::api::timer::Timer;
use crate::domain::role::Action;
use crate::domain::timer::TimerKind;
use crate::domain::untrusted::Untrusted;
use crate::server::directory::Viewer;
use crate::server::directory::timers::push_organizations;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, Sql, from_millis, to_millis};

/// An expired trial stays in the list for so many days: it can be extended at any time.
const EXPIRED_DAYS: i64 = 30;

/// Their timers.
pub async fn timers(
    conn: &mut Conn,
    viewer: &Viewer,
    now: Timestamp,
) -> Result<Vec<Timer>, Refusal> {
    let since = now.checked_sub((EXPIRED_DAYS * 24).hours()).unwrap_or(now);
    let mut sql = Sql::new(
        "SELECT o.id, o.name, t.ends_at
           FROM trials t JOIN organizations o ON o.id = t.organization WHERE t.ends_at > ",
    );
    sql.push_bind(to_millis(since));
    push_organizations(&mut sql, viewer, Action::SeeDetails, "o.id");
    sql.push(" ORDER BY t.ends_at, o.id");
    let mut found = Vec::new();
    for row in sql.build().fetch_all(conn).await? {
        let name = Untrusted::new(row.try_get::<&str, _>("name")?);
        let ends = from_millis(row.try_get("ends_at")?);
        let verb = if ends > now { "ends" } else { "has ended" };
        let what = format!("the trial of {} {verb}", name.shown());
        found.push(Timer {
            organization: row.try_get("id")?,
            organization_name: Some(name.clone()),
            ..Timer::about(TimerKind::Trial, Some(ends), now, what, name)
        });
    }
    Ok(found)
}
