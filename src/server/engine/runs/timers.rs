//! Runs under way, as timers.

use jiff::Timestamp;
use sqlx::Row;

use super::rows::run_state;
use crate::api::timer::Timer;
use crate::domain::run::RunState;
use crate::domain::untrusted::Untrusted;
use crate::server::Backend;
use crate::server::directory::Viewer;
use crate::server::refusal::Refusal;
use crate::server::store::Sql;

/// The runs that the viewer sees and that are not over.
///
/// # Errors
/// When the database cannot be read.
pub async fn timers(
    backend: &Backend,
    viewer: &Viewer,
    now: Timestamp,
) -> Result<Vec<Timer>, Refusal> {
    let over = [RunState::Done, RunState::Cancelled].map(RunState::code);
    let mut sql = Sql::new(
        "SELECT r.id, r.state, p.selected, s.url, o.id AS organization, o.name, r.trouble
           FROM runs r JOIN plans p ON p.id = r.plan JOIN sites s ON s.id = r.site
           JOIN organizations o ON o.id = r.organization
          WHERE EXISTS (SELECT 1 FROM site_standing v WHERE v.site = r.site AND v.email = ",
    );
    sql.push_bind(&viewer.email).push(")");
    for state in over {
        sql.push(" AND r.state <> ").push_bind(state);
    }
    sql.push(" ORDER BY r.started_at, r.id");
    let mut found = Vec::new();
    for row in sql.build().fetch_all(&mut *backend.store.read().await?).await? {
        let (id, people): (&str, i64) = (row.try_get("id")?, row.try_get("selected")?);
        let (state, trouble) =
            (run_state(row.try_get("state")?)?, row.try_get::<Option<&str>, _>("trouble")?);
        found.push(Timer {
            site: Some(Untrusted::new(row.try_get::<&str, _>("url")?)),
            organization: row.try_get("organization")?,
            organization_name: Some(Untrusted::new(row.try_get::<&str, _>("name")?)),
            ..Timer::of_run(id, state, people.cast_unsigned(), trouble, now)
        });
    }
    Ok(found)
}
