//! Meeting sites: listing, showing, adding and changing them, and the linking method.
//!
//! Owns what a site's administrators see of it. Its users are counted in `counts`, its domains and
//! agreements are in `agreements`.

use std::collections::HashMap;

use jiff::Timestamp;
use sqlx::Row;

use super::{Directory, agreements, counts, roles};
use crate::api::page::{Page, PageQuery};
use crate::api::site::Site;
use crate::domain::account_linking::AccountLinking;
use crate::domain::automatic::Waits;
use crate::domain::linking::LinkingMethod;
use crate::domain::role::Role;
use crate::domain::site::SiteState;
use crate::domain::untrusted::Untrusted;
use crate::server::directory::Viewer;
use crate::server::paging;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, Sql, SqlRow, from_millis};

/// The sites that the viewer sees, by URL.
pub async fn list(
    directory: &Directory,
    viewer: &Viewer,
    query: &PageQuery,
) -> Result<Page<Site>, Refusal> {
    let limit = paging::limit(query.limit)?;
    let after: Option<String> = paging::after(query.cursor.as_deref())?;
    let mut conn = directory.store.read().await?;
    let mut sql = select();
    sql.push(" WHERE 1 = 1");
    if !viewer.backend_admin {
        sql.push(" AND s.id IN (SELECT site FROM site_standing WHERE email = ");
        sql.push_bind(&viewer.email).push(")");
    }
    if let Some(url) = after {
        sql.push(" AND s.url > ").push_bind(url);
    }
    sql.push(" ORDER BY s.url LIMIT ").push_bind(limit as i64 + 1);
    let rows = sql.build().fetch_all(&mut *conn).await?;
    let page = paging::page(rows, limit, |row| row.get::<String, _>("url"), |row| row)?;
    let items = complete(&mut conn, viewer, &page.items, directory.clock.now()).await?;
    Ok(Page { items, next: page.next })
}

/// One site.
pub async fn show(
    conn: &mut Conn,
    viewer: &Viewer,
    url: &str,
    now: Timestamp,
) -> Result<Site, Refusal> {
    let mut sql = select();
    sql.push(" WHERE s.url = ").push_bind(url);
    let rows = sql.build().fetch_all(&mut *conn).await?;
    let mut found = complete(conn, viewer, &rows, now).await?;
    found.pop().ok_or_else(|| Refusal::not_found("site"))
}

fn select() -> Sql {
    Sql::new(
        "SELECT s.id, s.url, s.company, s.state, s.organization, o.name AS organization_name,
                s.linked_at, s.method, s.may_link, s.csm, s.roster_revision, s.account_linking,
                s.auto_link_on, a.waits
           FROM sites s LEFT JOIN organizations o ON o.id = s.organization
           LEFT JOIN auto_links a ON a.site = s.id AND a.state = 'waiting'
             AND s.state = 'not_enrolled'",
    )
}

fn read(row: &SqlRow) -> Result<Site, Refusal> {
    Ok(Site {
        url: Untrusted::new(row.try_get::<String, _>("url")?),
        company: Untrusted::new(row.try_get::<String, _>("company")?),
        state: SiteState::from_code(row.try_get("state")?)
            .ok_or_else(|| Refusal::internal(&"a site's state is unknown"))?,
        organization: row.try_get("organization")?,
        organization_name: row
            .try_get::<Option<String>, _>("organization_name")?
            .map(Untrusted::new),
        linked_at: row.try_get::<Option<i64>, _>("linked_at")?.map(from_millis),
        method: row.try_get::<Option<&str>, _>("method")?.and_then(LinkingMethod::from_code),
        account_linking: AccountLinking::from_code(row.try_get("account_linking")?)
            .unwrap_or_default(),
        auto_link_on: row.try_get::<Option<i64>, _>("auto_link_on")?.map(from_millis),
        auto_link_waits: auto_link_waits(row)?,
        agreements: Vec::new(),
        may_link: row.try_get("may_link")?,
        csm: Untrusted::new(row.try_get::<String, _>("csm")?),
        site_admins: Vec::new(),
        users: counts::UserCounts::default(),
        roster_revision: row.try_get::<i64, _>("roster_revision")? as u64,
        my_roles: Vec::new(),
    })
}

/// Why it does not link by itself: L10, or what was decided at its date.
fn auto_link_waits(row: &SqlRow) -> Result<Option<Waits>, Refusal> {
    let dated = row.try_get::<Option<i64>, _>("auto_link_on")?.is_some();
    let unlinked = row.try_get::<&str, _>("state")? == SiteState::NotEnrolled.code();
    if dated && unlinked && !row.try_get::<bool, _>("may_link")? {
        return Ok(Some(Waits::MayNotLink));
    }
    Ok(row.try_get::<Option<&str>, _>("waits")?.and_then(Waits::from_code))
}

/// Adds what stands in other tables, for all rows at once.
async fn complete(
    conn: &mut Conn,
    viewer: &Viewer,
    rows: &[SqlRow],
    now: Timestamp,
) -> Result<Vec<Site>, Refusal> {
    let mut sites = Vec::with_capacity(rows.len());
    let mut place = HashMap::with_capacity(rows.len());
    let mut ids = Vec::with_capacity(rows.len());
    for row in rows {
        let id: i64 = row.try_get("id")?;
        place.insert(id, sites.len());
        ids.push(id);
        sites.push(read(row)?);
    }
    for (id, email) in site_admins(conn, &ids).await? {
        sites[place[&id]].site_admins.push(Untrusted::new(email));
    }
    for (id, agreement) in agreements::bearing_on(conn, &ids, now).await? {
        sites[place[&id]].agreements.push(agreement);
    }
    for (id, users) in counts::of_sites(conn, &ids, now).await? {
        sites[place[&id]].users = users;
    }
    for id in ids {
        let mut held = roles::on_site(conn, &viewer.email, id).await?;
        if viewer.backend_admin {
            held.insert(0, Role::BackendAdmin);
        }
        sites[place[&id]].my_roles = held;
    }
    Ok(sites)
}

async fn site_admins(conn: &mut Conn, ids: &[i64]) -> Result<Vec<(i64, String)>, sqlx::Error> {
    let mut sql = Sql::new("SELECT site, email FROM site_admins WHERE site IN (");
    push_ids(&mut sql, ids);
    sql.push(" ORDER BY email");
    sql.build_query_as().fetch_all(conn).await
}

/// The ids and the closing parenthesis of an `IN (`.
pub fn push_ids(sql: &mut Sql, ids: &[i64]) {
    let mut separated = sql.separated(", ");
    for id in ids {
        separated.push_bind(*id);
    }
    separated.push_unseparated(")");
}
