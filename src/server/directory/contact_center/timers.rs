//! Contact Centers that are being set up (rule T7).

use jiff::Timestamp;
use sqlx::Row;

use crate::api::timer::Timer;
use crate::domain::role::Action;
use crate::domain::setup::PartState;
use crate::domain::timer::TimerKind;
use crate::domain::untrusted::Untrusted;
use crate::server::directory::Viewer;
use crate::server::directory::timers::push_organizations;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, Sql, from_millis};

/// Their timers, one a part: voice and chat.
pub async fn timers(
    conn: &mut Conn,
    viewer: &Viewer,
    now: Timestamp,
) -> Result<Vec<Timer>, Refusal> {
    let mut sql = Sql::new(
        "SELECT o.id, o.name, p.part, p.due_at
           FROM contact_center_parts p JOIN organizations o ON o.id = p.organization
          WHERE p.state = ",
    );
    sql.push_bind(PartState::UnderWay.code());
    push_organizations(&mut sql, viewer, Action::SeeDetails, "o.id");
    sql.push(" ORDER BY p.due_at, o.id, p.part");
    let mut found = Vec::new();
    for row in sql.build().fetch_all(conn).await? {
        let part = Untrusted::new(row.try_get::<&str, _>("part")?);
        let due = row.try_get::<Option<i64>, _>("due_at")?.map(from_millis);
        let what = format!("Contact Center {} is being set up", part.shown());
        found.push(Timer {
            organization: row.try_get("id")?,
            organization_name: Some(Untrusted::new(row.try_get::<&str, _>("name")?)),
            ..Timer::about(TimerKind::ContactCenter, due, now, what, part)
        });
    }
    Ok(found)
}
