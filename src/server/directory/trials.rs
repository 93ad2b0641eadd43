//! Trials: listing and showing them (rules T1, T8).
//!
//! Owns what a viewer sees of a trial. Starting one is `starting`'s, extending and editing
//! `changing`'s, what its end means `expiry`'s.

pub mod changing;
pub mod expiry;
pub mod meetings;
pub mod starting;
#[cfg(test)]
mod tests;
mod timers;

use jiff::Timestamp;
use sqlx::Row;

use super::{Directory, roles, services};
use crate::api::page::{Page, PageQuery};
use crate::api::trial::{Trial, TrialSite};
use crate::domain::country::Country;
use crate::domain::role::{Action, Role, permits};
use crate::domain::trial::{Extension, TrialState, Vertical};
use crate::domain::untrusted::Untrusted;
use crate::server::directory::Viewer;
use crate::server::paging;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, Sql, SqlRow, from_millis};
pub use timers::timers;

const SELECT: &str = "
    SELECT t.organization, o.name, o.partner, t.administrator, o.vertical, o.country, s.url,
           s.time_zone, t.started_at, t.started_by, t.days, t.ends_at, t.extended_at
      FROM trials t JOIN organizations o ON o.id = t.organization
      LEFT JOIN sites s ON s.id = t.site";

/// The trials that the viewer sees, soonest end first.
pub async fn list(
    directory: &Directory,
    viewer: &Viewer,
    query: &PageQuery,
) -> Result<Page<Trial>, Refusal> {
    let limit = paging::limit(query.limit)?;
    let after: Option<(i64, String)> = paging::after(query.cursor.as_deref())?;
    let mut sql = Sql::new(SELECT);
    sql.push(" WHERE 1 = 1");
    if !viewer.backend_admin {
        sql.push(
            " AND t.organization IN (SELECT organization FROM organization_standing WHERE email = ",
        );
        sql.push_bind(&viewer.email).push(" AND role IN (");
        push_roles(&mut sql, Action::SeeDetails);
        sql.push(")");
    }
    if let Some((ends_at, id)) = after {
        sql.push(" AND (t.ends_at, t.organization) > (").push_bind(ends_at);
        sql.push(", ").push_bind(id).push(")");
    }
    sql.push(" ORDER BY t.ends_at, t.organization LIMIT ").push_bind(limit as i64 + 1);
    let mut conn = directory.store.read().await?;
    let rows = sql.build().fetch_all(&mut *conn).await?;
    let key = |row: &SqlRow| (row.get::<i64, _>("ends_at"), row.get::<String, _>("organization"));
    let page = paging::page(rows, limit, key, |row| row)?;
    let now = directory.clock.now();
    let mut items = Vec::with_capacity(page.items.len());
    for row in &page.items {
        items.push(read(&mut conn, viewer, row, now).await?);
    }
    Ok(Page { items, next: page.next })
}

/// One trial.
pub async fn show(
    conn: &mut Conn,
    viewer: &Viewer,
    organization: &str,
    now: Timestamp,
) -> Result<Trial, Refusal> {
    let mut sql = Sql::new(SELECT);
    sql.push(" WHERE t.organization = ").push_bind(organization);
    let row = sql.build().fetch_optional(&mut *conn).await?;
    read(conn, viewer, &row.ok_or_else(|| Refusal::not_found("trial"))?, now).await
}

/// The codes of the roles that permit an action, and the closing parenthesis of an `IN (`.
pub fn push_roles(sql: &mut Sql, action: Action) {
    let mut roles = sql.separated(", ");
    for role in Role::ALL.into_iter().filter(|role| permits(*role, action)) {
        roles.push_bind(role.code());
    }
    roles.push_unseparated(")");
}

async fn read(
    conn: &mut Conn,
    viewer: &Viewer,
    row: &SqlRow,
    now: Timestamp,
) -> Result<Trial, Refusal> {
    let organization: String = row.try_get("organization")?;
    let text = |column: &str| row.try_get::<Option<String>, _>(column);
    let ends_at = from_millis(row.try_get("ends_at")?);
    let country = text("country")?.and_then(|code| Country::parse(&code).ok());
    let time_zone = text("time_zone")?.map(Untrusted::new);
    let held = roles::in_organization(conn, &viewer.email, &organization).await?;
    Ok(Trial {
        services: services::of(conn, &organization).await?,
        organization,
        company: Untrusted::new(row.try_get::<String, _>("name")?),
        partner: text("partner")?,
        administrator: Untrusted::new(row.try_get::<String, _>("administrator")?),
        vertical: text("vertical")?.as_deref().and_then(Vertical::from_code),
        country,
        region: country.map(Country::region),
        site: text("url")?.map(|url| TrialSite { url: Untrusted::new(url), time_zone }),
        state: TrialState::at(now, ends_at),
        started_at: from_millis(row.try_get("started_at")?),
        started_by: Untrusted::new(row.try_get::<String, _>("started_by")?),
        days: row.try_get("days")?,
        ends_at,
        extended_at: row.try_get::<Option<i64>, _>("extended_at")?.map(from_millis),
        extension: Extension::at(now, ends_at),
        may_edit: held.iter().any(|role| permits(*role, Action::SellTo)),
    })
}
