//! Who holds which role towards what: the two views of the database.
//!
//! Owns reading them. What a role permits is `domain::role`'s to say.

use sqlx::Row;

use crate::api::session::HeldRole;
use crate::domain::role::Role;
use crate::server::directory::Resource;
use crate::server::refusal::Refusal;
use crate::server::store::{Conn, Store};

/// All roles an address holds itself: in organizations, and on sites.
pub async fn held(store: &Store, email: &str) -> Result<Vec<HeldRole>, Refusal> {
    let rows = sqlx::query(
        "SELECT role, organization, NULL AS site FROM organization_roles WHERE email = $1
         UNION ALL
         SELECT 'site_admin', NULL, s.url
           FROM site_admins a JOIN sites s ON s.id = a.site WHERE a.email = $1
         ORDER BY role, organization, site",
    )
    .bind(email)
    .fetch_all(&mut *store.read().await?)
    .await?;
    let mut held = Vec::with_capacity(rows.len());
    for row in rows {
        if let Some(role) = Role::from_code(row.try_get("role")?) {
            held.push(HeldRole {
                role,
                organization: row.try_get("organization")?,
                site: row.try_get("site")?,
            });
        }
    }
    Ok(held)
}

/// The roles an address holds towards an organization or a site; `None` when there is none.
pub async fn towards(
    store: &Store,
    email: &str,
    resource: Resource<'_>,
) -> Result<Option<Vec<Role>>, Refusal> {
    let mut conn = store.read().await?;
    match resource {
        Resource::Backend => Ok(Some(Vec::new())),
        Resource::Organization(id) => {
            let there = sqlx::query("SELECT 1 FROM organizations WHERE id = $1")
                .bind(id)
                .fetch_optional(&mut *conn)
                .await?;
            if there.is_none() {
                return Ok(None);
            }
            in_organization(&mut conn, email, id).await.map(Some)
        }
        Resource::Site(url) => {
            let there: Option<(i64,)> = sqlx::query_as("SELECT id FROM sites WHERE url = $1")
                .bind(url)
                .fetch_optional(&mut *conn)
                .await?;
            let Some((id,)) = there else { return Ok(None) };
            on_site(&mut conn, email, id).await.map(Some)
        }
    }
}

/// The roles an address holds towards an organization.
pub async fn in_organization(conn: &mut Conn, email: &str, id: &str) -> Result<Vec<Role>, Refusal> {
    let codes: Vec<(String,)> = sqlx::query_as(
        "SELECT DISTINCT role FROM organization_standing WHERE organization = $1 AND email = $2",
    )
    .bind(id)
    .bind(email)
    .fetch_all(conn)
    .await?;
    Ok(read(&codes))
}

/// The full admins of an organization, by address.
pub async fn full_admins(conn: &mut Conn, id: &str) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT email FROM organization_roles WHERE organization = $1 AND role = $2 ORDER BY email",
    )
    .bind(id)
    .bind(Role::FullAdmin.code())
    .fetch_all(conn)
    .await
}

/// The roles an address holds towards a site.
pub async fn on_site(conn: &mut Conn, email: &str, id: i64) -> Result<Vec<Role>, Refusal> {
    let codes: Vec<(String,)> =
        sqlx::query_as("SELECT DISTINCT role FROM site_standing WHERE site = $1 AND email = $2")
            .bind(id)
            .bind(email)
            .fetch_all(conn)
            .await?;
    Ok(read(&codes))
}

fn read(codes: &[(String,)]) -> Vec<Role> {
    Role::ALL.into_iter().filter(|role| codes.iter().any(|(c,)| c == role.code())).collect()
}
