//! Organizations: listing and showing them.
//!
//! Owns what a viewer sees of one: all of it, or its name alone (a site's administrator).

pub mod adding;
pub mod editing;

use jiff::Timestamp;
use sqlx::Row;

use super::{Directory, administrators, fields, offers, roles, services, setup};
use crate::api::organization::Organization;
use crate::api::page::{Page, PageQuery};
use crate::api::trial::TrialStanding;
use crate::domain::country::Country;
use crate::domain::organization::OrganizationKind;
use crate::domain::role::{Action, Role, permits};
use crate::domain::trial::{TrialState, Vertical};
use crate::domain::untrusted::Untrusted;
use crate::server::directory::Viewer;
use crate::server::paging;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, Sql, SqlRow, from_millis};

/// The organizations that the viewer sees, by name.
pub async fn list(
    directory: &Directory,
    viewer: &Viewer,
    query: &PageQuery,
) -> Result<Page<Organization>, Refusal> {
    let limit = paging::limit(query.limit)?;
    let after: Option<(String, String)> = paging::after(query.cursor.as_deref())?;
    let mut conn = directory.store.read().await?;
    let mut sql = select(viewer);
    sql.push(" WHERE 1 = 1");
    if !viewer.backend_admin {
        sql.push(" AND o.id IN (SELECT organization FROM organization_standing WHERE email = ");
        sql.push_bind(&viewer.email).push(")");
    }
    if let Some((name, id)) = after {
        sql.push(" AND (lower(o.name), o.id) > (").push_bind(name);
        sql.push(", ").push_bind(id).push(")");
    }
    sql.push(" ORDER BY lower(o.name), o.id LIMIT ").push_bind(limit as i64 + 1);
    let rows = sql.build().fetch_all(&mut *conn).await?;
    let now = directory.clock.now();
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        let (shown, key) = (read(row, now)?, row.try_get::<String, _>("name_key")?);
        found.push((key, seen_by(&mut conn, viewer, shown, row.try_get("administered")?).await?));
    }
    paging::page(found, limit, |(key, o)| (key.clone(), o.id.clone()), |(_, o)| o)
}

/// One organization, with its administrators if the viewer may see them.
pub async fn show(
    conn: &mut Conn,
    viewer: &Viewer,
    id: &str,
    now: Timestamp,
) -> Result<Organization, Refusal> {
    let mut sql = select(viewer);
    sql.push(" WHERE o.id = ").push_bind(id);
    let row = sql.build().fetch_optional(&mut *conn).await?;
    let row = row.ok_or_else(|| Refusal::not_found("organization"))?;
    let mut shown = seen_by(conn, viewer, read(&row, now)?, row.try_get("administered")?).await?;
    if shown.my_roles.iter().any(|role| permits(*role, Action::SeeDetails)) {
        shown.administrators = administrators::of(conn, id).await?;
        shown.offers = offers::listing::of(conn, id, now).await?;
    }
    Ok(shown)
}

/// Whether there is an organization with this id.
pub async fn exists(conn: &mut Conn, id: &str) -> Result<bool, sqlx::Error> {
    let one = sqlx::query("SELECT 1 FROM organizations WHERE id = $1").bind(id);
    Ok(one.fetch_optional(conn).await?.is_some())
}

fn select(viewer: &Viewer) -> Sql {
    let mut sql = Sql::new(
        "SELECT o.id, o.name, o.kind, o.partner, o.created_at, o.directory_sync, o.sync_paused,
                o.auto_licence,
                (SELECT count(*) FROM sites s WHERE s.organization = o.id) AS sites,
                (SELECT count(*) FROM site_users u JOIN sites s ON s.id = u.site
                  WHERE s.organization = o.id AND u.link <> 'none') AS linked_users,
                (SELECT count(*) FROM site_admins a JOIN sites s ON s.id = a.site
                  WHERE s.organization = o.id AND a.email = ",
    );
    sql.push_bind(viewer.email.clone()).push(
        ") AS administered, lower(o.name) AS name_key, o.country, o.vertical, t.ends_at,
                su.begun_at, su.finished_at, su.subdomain
           FROM organizations o LEFT JOIN trials t ON t.organization = o.id
           LEFT JOIN setups su ON su.organization = o.id",
    );
    sql
}

fn read(row: &SqlRow, now: Timestamp) -> Result<Organization, Refusal> {
    let country =
        row.try_get::<Option<&str>, _>("country")?.and_then(|code| Country::parse(code).ok());
    let ends_at = row.try_get::<Option<i64>, _>("ends_at")?.map(from_millis);
    Ok(Organization {
        id: row.try_get("id")?,
        name: Untrusted::new(row.try_get::<String, _>("name")?),
        kind: OrganizationKind::from_code(row.try_get("kind")?)
            .ok_or_else(|| Refusal::internal(&"an organization's kind is unknown"))?,
        partner: row.try_get("partner")?,
        created_at: from_millis(row.try_get("created_at")?),
        sites: row.try_get::<i64, _>("sites")? as u64,
        linked_users: row.try_get::<i64, _>("linked_users")? as u64,
        directory_sync: row.try_get("directory_sync")?,
        directory_sync_paused: row.try_get("sync_paused")?,
        auto_licence: row.try_get("auto_licence")?,
        country,
        region: country.map(Country::region),
        vertical: row.try_get::<Option<&str>, _>("vertical")?.and_then(Vertical::from_code),
        services: Vec::new(),
        trial: ends_at
            .map(|ends_at| TrialStanding { state: TrialState::at(now, ends_at), ends_at }),
        setup: setup::told(row.try_get("begun_at")?, row.try_get("finished_at")?),
        subdomain: row.try_get("subdomain")?,
        my_roles: Vec::new(),
        administrators: Vec::new(),
        offers: Vec::new(),
    })
}

/// What this viewer sees of it: who only administers sites of it sees its name and those sites.
async fn seen_by(
    conn: &mut Conn,
    viewer: &Viewer,
    mut shown: Organization,
    own_sites: i64,
) -> Result<Organization, Refusal> {
    shown.my_roles = roles::in_organization(conn, &viewer.email, &shown.id).await?;
    if viewer.backend_admin {
        shown.my_roles.insert(0, Role::BackendAdmin);
    }
    if shown.my_roles.iter().any(|role| permits(*role, Action::SeeDetails)) {
        shown.services = services::of(conn, &shown.id).await?;
        return Ok(shown);
    }
    (shown.partner, shown.trial) = (None, None);
    (shown.sites, shown.linked_users) = (own_sites as u64, 0);
    (shown.directory_sync, shown.directory_sync_paused) = (false, false);
    shown.auto_licence = false;
    (shown.country, shown.region, shown.vertical) = (None, None, None);
    (shown.setup, shown.subdomain) = (None, None);
    Ok(shown)
}
