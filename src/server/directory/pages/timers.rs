//! People who confirmed their address and wait to be linked within 48 hours (rule U6): something
//! blocks them still.

use jiff::Timestamp;
use sqlx::Row;

use crate::api::timer::Timer;
use crate::domain::number::thousands;
use crate::domain::role::Action;
use crate::domain::timer::TimerKind;
use crate::domain::untrusted::Untrusted;
use crate::server::directory::Viewer;
use crate::server::directory::timers::push_sites;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, Sql, from_millis};

/// One timer a site, due when the last of them must be linked.
pub async fn timers(
    conn: &mut Conn,
    viewer: &Viewer,
    now: Timestamp,
) -> Result<Vec<Timer>, Refusal> {
    let mut sql = Sql::new(
        "SELECT s.url, o.id, o.name, count(DISTINCT i.address_key) AS people,
                max(i.link_due_at) AS due_at
           FROM invitations i JOIN organizations o ON o.id = i.organization
           JOIN sites s ON s.organization = o.id
           JOIN site_users u ON u.site = s.id AND u.address_key = i.address_key
          WHERE i.link_due_at IS NOT NULL AND u.link = 'none' AND u.active = 1",
    );
    push_sites(&mut sql, viewer, Action::SeeUsers, "s.id");
    sql.push(" GROUP BY s.url, o.id, o.name ORDER BY due_at, s.url");
    let mut found = Vec::new();
    for row in sql.build().fetch_all(conn).await? {
        let site = Untrusted::new(row.try_get::<&str, _>("url")?);
        let people = row.try_get::<i64, _>("people")?.cast_unsigned();
        let what = match people {
            1 => "1 person is to be linked".to_owned(),
            more => format!("{} people are to be linked", thousands(more)),
        };
        found.push(Timer {
            organization: row.try_get("id")?,
            organization_name: Some(Untrusted::new(row.try_get::<&str, _>("name")?)),
            site: Some(site.clone()),
            ..Timer::about(
                TimerKind::UserLink,
                Some(from_millis(row.try_get("due_at")?)),
                now,
                what,
                site,
            )
        });
    }
    Ok(found)
}
