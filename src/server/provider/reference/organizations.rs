//! Organizations: listing, showing and adding them.
//!
//! Owns what a viewer sees of one: all of it, or its name alone (a site's administrator). Roles in
//! them are `administrators`'.

use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite};

use super::{Reference, administrators, fields, roles};
use crate::api::organization::{NewOrganization, Organization};
use crate::api::page::{Page, PageQuery};
use crate::api::problem::code;
use crate::domain::organization::OrganizationKind;
use crate::domain::role::{Action, Role, permits};
use crate::domain::untrusted::Untrusted;
use crate::server::audit::{self, Change};
use crate::server::paging;
use crate::server::provider::Viewer;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, from_millis, to_millis};

/// The organizations that the viewer sees, by name.
pub async fn list(
    reference: &Reference,
    viewer: &Viewer,
    query: &PageQuery,
) -> Result<Page<Organization>, Refusal> {
    let limit = paging::limit(query.limit)?;
    let after: Option<(String, String)> = paging::after(query.cursor.as_deref())?;
    let mut conn = reference.store.read().await?;
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
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        let (shown, key) = (read(row)?, row.try_get::<String, _>(10)?);
        found.push((key, seen_by(&mut conn, viewer, shown, row.try_get(9)?).await?));
    }
    paging::page(found, limit, |(key, o)| (key.clone(), o.id.clone()), |(_, o)| o)
}

/// One organization, with its administrators if the viewer may see them.
pub async fn show(conn: &mut Conn, viewer: &Viewer, id: &str) -> Result<Organization, Refusal> {
    let mut sql = select(viewer);
    sql.push(" WHERE o.id = ").push_bind(id);
    let row = sql.build().fetch_optional(&mut *conn).await?;
    let row = row.ok_or_else(|| Refusal::not_found("organization"))?;
    let mut shown = seen_by(conn, viewer, read(&row)?, row.try_get(9)?).await?;
    if shown.my_roles.iter().any(|role| permits(*role, Action::SeeDetails)) {
        shown.administrators = administrators::of(conn, id).await?;
    }
    Ok(shown)
}

/// Adds one (rule L0).
pub async fn add(
    reference: &Reference,
    viewer: &Viewer,
    new: &NewOrganization,
) -> Result<Organization, Refusal> {
    let name = fields::name("name", &new.name)?;
    let wanted = new.id.as_deref().map(|id| fields::id("id", id)).transpose()?;
    let now = reference.clock.now();
    let mut tx = reference.store.begin().await?;
    let id = match wanted {
        Some(id) if exists(&mut tx, &id).await? => {
            return Err(Refusal::conflict(
                code::EXISTS,
                "There is an organization with this id.",
                "Choose another id, or leave it out to get a free one.",
            )
            .at("id"));
        }
        Some(id) => id,
        None => free_id(&mut tx, &name).await?,
    };
    if let Some(partner) = &new.partner {
        check_partner(&mut tx, new.kind, partner).await?;
    }
    sqlx::query(
        "INSERT INTO organizations (id, name, kind, partner, created_at)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(&id)
    .bind(&name)
    .bind(new.kind.code())
    .bind(new.partner.as_deref())
    .bind(to_millis(now))
    .execute(&mut *tx)
    .await?;
    let change = Change {
        at: now,
        actor: &viewer.email,
        action: "organization.added",
        organization: Some(&id),
        site: None,
        subject: &id,
        detail: serde_json::json!({ "name": name, "kind": new.kind, "partner": new.partner }),
    };
    audit::record(&mut tx, change).await?;
    let shown = show(&mut tx, viewer, &id).await?;
    tx.commit().await?;
    Ok(shown)
}

async fn check_partner(
    conn: &mut Conn,
    kind: OrganizationKind,
    partner: &str,
) -> Result<(), Refusal> {
    if kind == OrganizationKind::Partner {
        return Err(Refusal::invalid("partner", "A partner has no partner itself."));
    }
    let found: Option<(String,)> = sqlx::query_as("SELECT kind FROM organizations WHERE id = $1")
        .bind(partner)
        .fetch_optional(conn)
        .await?;
    match found {
        Some((kind,)) if kind == OrganizationKind::Partner.code() => Ok(()),
        Some(_) => Err(Refusal::invalid("partner", "This organization is not a partner.")),
        None => Err(Refusal::invalid("partner", "There is no organization with this id.")),
    }
}

/// Whether there is an organization with this id.
pub async fn exists(conn: &mut Conn, id: &str) -> Result<bool, sqlx::Error> {
    let found = sqlx::query("SELECT 1 FROM organizations WHERE id = $1")
        .bind(id)
        .fetch_optional(conn)
        .await?;
    Ok(found.is_some())
}

async fn free_id(conn: &mut Conn, name: &str) -> Result<String, Refusal> {
    let stem = id_from(name);
    let mut id = stem.clone();
    let mut n = 1;
    while exists(conn, &id).await? {
        n += 1;
        id = format!("{stem}-{n}");
    }
    Ok(id)
}

/// `Acme Robotics, Inc.` -> `acme-robotics-inc`.
fn id_from(name: &str) -> String {
    let words: Vec<String> = name
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
        .collect();
    let mut id = words.join("-");
    id.truncate(48);
    let id = id.trim_end_matches('-');
    if id.is_empty() { "organization".into() } else { id.into() }
}

fn select(viewer: &Viewer) -> QueryBuilder<Sqlite> {
    let mut sql = QueryBuilder::new(
        "SELECT o.id, o.name, o.kind, o.partner, o.created_at, o.directory_sync, o.auto_licence,
                (SELECT count(*) FROM sites s WHERE s.organization = o.id),
                (SELECT count(*) FROM site_users u JOIN sites s ON s.id = u.site
                  WHERE s.organization = o.id AND u.link <> 'none'),
                (SELECT count(*) FROM site_admins a JOIN sites s ON s.id = a.site
                  WHERE s.organization = o.id AND a.email = ",
    );
    sql.push_bind(viewer.email.clone()).push("), lower(o.name) FROM organizations o");
    sql
}

fn read(row: &SqliteRow) -> Result<Organization, Refusal> {
    Ok(Organization {
        id: row.try_get(0)?,
        name: Untrusted::new(row.try_get::<String, _>(1)?),
        kind: OrganizationKind::from_code(row.try_get(2)?)
            .ok_or_else(|| Refusal::internal(&"an organization's kind is unknown"))?,
        partner: row.try_get(3)?,
        created_at: from_millis(row.try_get(4)?),
        sites: row.try_get::<i64, _>(7)? as u64,
        linked_users: row.try_get::<i64, _>(8)? as u64,
        directory_sync: row.try_get(5)?,
        auto_licence: row.try_get(6)?,
        my_roles: Vec::new(),
        administrators: Vec::new(),
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
    if !shown.my_roles.iter().any(|role| permits(*role, Action::SeeDetails)) {
        shown.partner = None;
        shown.sites = own_sites as u64;
        shown.linked_users = 0;
        shown.directory_sync = false;
        shown.auto_licence = false;
    }
    Ok(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_made_from_names() {
        assert_eq!(id_from("Acme Robotics, Inc."), "acme-robotics-inc");
        assert_eq!(id_from("陈伟"), "organization");
        assert!(fields::id("id", &id_from(&"ab ".repeat(60))).is_ok());
    }
}
