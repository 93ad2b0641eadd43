//! Roles in an organization: who holds them, granting and revoking.
//!
//! Owns two rules: the last full admin stays (rule L2), and an identity is in one organization at
//! most, so that nobody gets a role in a second one.

use sqlx::Row;

use super::{Reference, fields, identities, organizations};
use crate::api::organization::{Administrator, Organization, RoleChange};
use crate::api::problem::code;
use crate::domain::organization::OrganizationKind;
use crate::domain::role::Role;
use crate::domain::untrusted::Untrusted;
use crate::server::audit::{self, Change};
use crate::server::provider::Viewer;
use crate::server::refusal::Refusal;
use crate::server::store::Conn;

/// An organization's administrators, by address.
pub async fn of(conn: &mut Conn, id: &str) -> Result<Vec<Administrator>, Refusal> {
    let rows = sqlx::query(
        "SELECT email, role FROM organization_roles WHERE organization = $1 ORDER BY email, role",
    )
    .bind(id)
    .fetch_all(conn)
    .await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        if let Some(role) = Role::from_code(row.try_get(1)?) {
            found.push(Administrator { email: Untrusted::new(row.try_get::<&str, _>(0)?), role });
        }
    }
    Ok(found)
}

/// Grants a role; granting one that is held changes nothing.
pub async fn grant(
    reference: &Reference,
    viewer: &Viewer,
    id: &str,
    change: &RoleChange,
) -> Result<Organization, Refusal> {
    let email = fields::address("email", &change.email)?;
    let mut tx = reference.store.begin().await?;
    check_role(&mut tx, id, change.role).await?;
    join(&mut tx, &email, id).await?;
    let granted = sqlx::query(
        "INSERT INTO organization_roles (organization, email, role) VALUES ($1, $2, $3)
         ON CONFLICT DO NOTHING",
    )
    .bind(id)
    .bind(&email)
    .bind(change.role.code())
    .execute(&mut *tx)
    .await?;
    if granted.rows_affected() > 0 {
        record(&mut tx, reference, viewer, "role.granted", id, &email, change.role).await?;
    }
    let shown = organizations::show(&mut tx, viewer, id, reference.clock.now()).await?;
    tx.commit().await?;
    Ok(shown)
}

/// Revokes a role; with the last one ends the identity that nothing else made (rule P3).
pub async fn revoke(
    reference: &Reference,
    viewer: &Viewer,
    id: &str,
    change: &RoleChange,
) -> Result<Organization, Refusal> {
    let email = fields::address("email", &change.email)?;
    let mut tx = reference.store.begin().await?;
    let held: Vec<(String,)> = sqlx::query_as(
        "SELECT email FROM organization_roles WHERE organization = $1 AND role = $2",
    )
    .bind(id)
    .bind(change.role.code())
    .fetch_all(&mut *tx)
    .await?;
    if !held.iter().any(|(holder,)| *holder == email) {
        return Err(Refusal::not_found("role of that person"));
    }
    if change.role == Role::FullAdmin && held.len() == 1 {
        return Err(Refusal::conflict(
            code::LAST_FULL_ADMIN,
            "This is the organization's last full admin.",
            "Make somebody else full admin first.",
        ));
    }
    sqlx::query(
        "DELETE FROM organization_roles WHERE organization = $1 AND email = $2 AND role = $3",
    )
    .bind(id)
    .bind(&email)
    .bind(change.role.code())
    .execute(&mut *tx)
    .await?;
    identities::end_if_nothing_else(&mut tx, &email, id).await?;
    record(&mut tx, reference, viewer, "role.revoked", id, &email, change.role).await?;
    // Who gave up their own last role sees the organization no more; this once they do.
    let shown = organizations::show(&mut tx, viewer, id, reference.clock.now()).await?;
    tx.commit().await?;
    Ok(shown)
}

async fn check_role(conn: &mut Conn, id: &str, role: Role) -> Result<(), Refusal> {
    let kind: Option<(String,)> = sqlx::query_as("SELECT kind FROM organizations WHERE id = $1")
        .bind(id)
        .fetch_optional(conn)
        .await?;
    let (kind,) = kind.ok_or_else(|| Refusal::not_found("organization"))?;
    match role {
        Role::FullAdmin | Role::ReadOnlyAdmin => Ok(()),
        Role::PartnerAdmin if kind == OrganizationKind::Partner.code() => Ok(()),
        Role::PartnerAdmin => Err(Refusal::invalid(
            "role",
            "This organization is a customer; partner admins are in the partner.",
        )),
        Role::SiteAdmin => {
            Err(Refusal::invalid("role", "Site admins are named at the site, not here."))
        }
        Role::BackendAdmin => {
            Err(Refusal::invalid("role", "Backend admins are people of the backend, not of here."))
        }
    }
}

/// Makes somebody of no other organization full admin, for whoever has checked that they may.
pub async fn make_full_admin(conn: &mut Conn, id: &str, email: &str) -> Result<(), Refusal> {
    join(conn, email, id).await.map_err(|refusal| refusal.at("administrator"))?;
    sqlx::query(
        "INSERT INTO organization_roles (organization, email, role) VALUES ($1, $2, $3)
         ON CONFLICT DO NOTHING",
    )
    .bind(id)
    .bind(email)
    .bind(Role::FullAdmin.code())
    .execute(conn)
    .await?;
    Ok(())
}

/// Refuses the administrator of a new organization who is in one already (rules T1, T3).
pub async fn must_be_nobodys(conn: &mut Conn, email: &str) -> Result<(), Refusal> {
    must_be_free_for(conn, "", email).await
}

/// Refuses an administrator of this organization who is in another one.
pub async fn must_be_free_for(conn: &mut Conn, id: &str, email: &str) -> Result<(), Refusal> {
    if identities::is_elsewhere(conn, email, id).await? {
        return Err(belongs_elsewhere().at("administrator"));
    }
    Ok(())
}

fn belongs_elsewhere() -> Refusal {
    Refusal::conflict(
        code::OTHER_ORGANIZATION,
        "This address belongs to another organization already.",
        "Use another address: a person is in one organization at most.",
    )
}

/// Makes an address an identity of the organization, unless it is one of another.
pub async fn join(conn: &mut Conn, email: &str, id: &str) -> Result<(), Refusal> {
    if identities::is_elsewhere(conn, email, id).await? {
        return Err(belongs_elsewhere().at("email"));
    }
    identities::hold(conn, email, id).await?;
    Ok(())
}

async fn record(
    conn: &mut Conn,
    reference: &Reference,
    viewer: &Viewer,
    action: &'static str,
    id: &str,
    email: &str,
    role: Role,
) -> Result<(), Refusal> {
    let change = Change {
        at: reference.clock.now(),
        actor: &viewer.email,
        action,
        organization: Some(id),
        site: None,
        subject: email,
        detail: serde_json::json!({ "role": role }),
    };
    audit::record(conn, change).await?;
    Ok(())
}

#[cfg(test)]
mod tests;
