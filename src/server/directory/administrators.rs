//! Roles in an organization: who holds them, granting and revoking.
//!
//! Owns three rules: the last full admin stays, and the last who can sign in (L2, P3); an identity
//! is in one organization at most; and nobody is named whose domain is another organization's (P2).
//! What a backend admin grants is held at once, everybody else's grants are offers (rule P1).

use serde_json::json;
use sqlx::Row;

use super::offers::made_by::{self, Ended};
use super::offers::{self, NewOffer, listing, making, withdrawing};
use super::roles::full_admins;
use super::welcome::{Origin, accept};
use super::{Directory, fields, identities, organizations};
use crate::api::organization::{Administrator, Organization, RoleChange};
use crate::api::problem::code;
use crate::domain::organization::OrganizationKind;
use crate::domain::role::Role;
use crate::domain::untrusted::Untrusted;
use crate::server::audit::Change;
use crate::server::directory::Viewer;
use crate::server::refusal::Refusal;
use crate::server::store::Conn;

/// An organization's administrators, by address.
pub async fn of(conn: &mut Conn, id: &str) -> Result<Vec<Administrator>, Refusal> {
    let rows = sqlx::query(
        "SELECT r.email, r.role, EXISTS (SELECT 1 FROM people p
                                           WHERE p.email = r.email AND p.disabled_at IS NOT NULL)
                AS ended
           FROM organization_roles r WHERE r.organization = $1 ORDER BY r.email, r.role",
    )
    .bind(id)
    .fetch_all(&mut *conn)
    .await?;
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let email: &str = row.try_get("email")?;
        if let Some(role) = Role::from_code(row.try_get("role")?) {
            let cannot_sign_in = !accept::can_sign_in(conn, email).await?;
            let (email, disabled) = (Untrusted::new(email), row.try_get("ended")?);
            found.push(Administrator { email, role, cannot_sign_in, disabled });
        }
    }
    Ok(found)
}

/// Grants a role: held at once where a backend admin names it, or somebody themself; else an offer.
/// Granting what is held changes nothing; what is offered is mailed again where that may be.
pub async fn grant(
    directory: &Directory,
    viewer: &Viewer,
    id: &str,
    change: &RoleChange,
) -> Result<Organization, Refusal> {
    let email = fields::address("email", &change.email)?;
    let now = directory.clock.now();
    let mut tx = directory.store.begin().await?;
    check_role(&mut tx, id, change.role).await?;
    must_be_free_for(&mut tx, id, &email).await.map_err(|refusal| refusal.at("email"))?;
    let by = viewer.email.as_str();
    let wanted =
        |role| NewOffer { organization: id, email: &email, role, origin: Origin::Granted, by };
    let mut held = offers::held(&mut tx, id, &email).await?.contains(&change.role);
    if !held && (viewer.backend_admin || viewer.email == email) {
        making::must_not_be_declined(&mut tx, id, &email).await?;
        give(&mut tx, id, &email, change.role).await?;
        withdrawing::take_back(&mut tx, id, &email, change.role, None).await?;
        record(&mut tx, directory, viewer, "role.granted", id, &email, change.role).await?;
        held = true;
    }
    if !held {
        offers::make(&mut tx, &wanted(Some(change.role)), now).await?;
    } else if change.mail {
        offers::make(&mut tx, &wanted(None), now).await?;
    }
    let shown = organizations::show(&mut tx, viewer, id, now).await?;
    tx.commit().await?;
    directory.welcome_begun();
    directory.automatic_changed.notify_one();
    Ok(shown)
}

/// Revokes a role, or takes back one that is only offered. The last role gone, the identity ends,
/// unless something else made it (rule P3). What a full admin has offered goes with the role (P1).
pub async fn revoke(
    directory: &Directory,
    viewer: &Viewer,
    id: &str,
    change: &RoleChange,
) -> Result<Organization, Refusal> {
    let email = fields::address("email", &change.email)?;
    let now = directory.clock.now();
    let mut tx = directory.store.begin().await?;
    let held = offers::held(&mut tx, id, &email).await?.contains(&change.role);
    if held {
        if change.role == Role::FullAdmin {
            must_leave_a_full_admin(&mut tx, id, &email).await?;
        }
        take(&mut tx, id, &email, change.role).await?;
        if change.role == Role::FullAdmin {
            let ended = Ended { maker: &email, by: &viewer.email };
            made_by::withdraw(&mut tx, id, ended, now).await?;
        }
        identities::end_if_nothing_else(&mut tx, &email, id).await?;
        record(&mut tx, directory, viewer, "role.revoked", id, &email, change.role).await?;
    } else if offered(&mut tx, id, &email, change.role, now).await? {
        withdrawing::take_back(&mut tx, id, &email, change.role, None).await?;
        record(&mut tx, directory, viewer, "offer.withdrawn", id, &email, change.role).await?;
    } else {
        return Err(Refusal::not_found("role of that person"));
    }
    withdrawing::over_if_nothing_is_left(&mut tx, id, &email, now).await?;
    // Who gave up their own last role sees the organization no more; this once they do.
    let shown = organizations::show(&mut tx, viewer, id, now).await?;
    tx.commit().await?;
    directory.automatic_changed.notify_one();
    Ok(shown)
}

/// Whether the role is offered and not declined: a decline is nobody's to take back.
async fn offered(
    conn: &mut Conn,
    id: &str,
    email: &str,
    role: Role,
    now: jiff::Timestamp,
) -> Result<bool, Refusal> {
    let offers = listing::of(conn, id, now).await?;
    let to = |offer: &&crate::api::offer::Offer| offer.email.raw() == email;
    let found = offers.iter().find(to);
    Ok(found.is_some_and(|offer| {
        offer.roles.contains(&role) && offer.state != crate::domain::offer::OfferState::Declined
    }))
}

/// Rules L2, P3: the last full admin stays, and the last who can sign in.
async fn must_leave_a_full_admin(
    conn: &mut Conn,
    id: &str,
    without_email: &str,
) -> Result<(), Refusal> {
    if full_admins(conn, id).await?.iter().all(|email| email == without_email) {
        return Err(Refusal::conflict(
            code::LAST_FULL_ADMIN,
            "This is the organization's last full admin.",
            "Make somebody else full admin first.",
        ));
    }
    must_leave_one_who_can_sign_in(conn, id, without_email).await
}

/// Rule P3: where only one of the full admins can sign in, that one stays. Asked before their role
/// ends.
pub async fn must_leave_one_who_can_sign_in(
    conn: &mut Conn,
    organization: &str,
    without_email: &str,
) -> Result<(), Refusal> {
    if !accept::can_sign_in(conn, without_email).await? {
        return Ok(());
    }
    must_leave_another_who_can_sign_in(conn, organization, without_email).await
}

/// The same, asked when their way in has ended, in the transaction that ends it.
pub async fn must_leave_another_who_can_sign_in(
    conn: &mut Conn,
    organization: &str,
    without_email: &str,
) -> Result<(), Refusal> {
    let mut others = full_admins(conn, organization).await?;
    others.retain(|email| email != without_email);
    for email in &others {
        if accept::can_sign_in(conn, email).await? {
            return Ok(());
        }
    }
    Err(Refusal::conflict(
        code::LAST_FULL_ADMIN,
        "This is the only full admin of the organization who can sign in.",
        if others.is_empty() {
            "Offer full admin to somebody else first, and wait until they have accepted."
        } else {
            "Let another full admin sign in first: send them the way in, and wait until they have \
             used it."
        },
    ))
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

/// Makes somebody hold a role, and an identity, for whoever has checked that they may.
pub async fn give(conn: &mut Conn, id: &str, email: &str, role: Role) -> Result<(), Refusal> {
    join(conn, email, id).await?;
    sqlx::query(
        "INSERT INTO organization_roles (organization, email, role) VALUES ($1, $2, $3)
         ON CONFLICT DO NOTHING",
    )
    .bind(id)
    .bind(email)
    .bind(role.code())
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes a role that is held.
pub async fn take(conn: &mut Conn, id: &str, email: &str, role: Role) -> Result<(), Refusal> {
    sqlx::query(
        "DELETE FROM organization_roles WHERE organization = $1 AND email = $2 AND role = $3",
    )
    .bind(id)
    .bind(email)
    .bind(role.code())
    .execute(conn)
    .await?;
    Ok(())
}

/// Refuses the administrator of a new organization who is in one already, or whose domain is one's
/// (rules T1, T3, P2).
pub async fn must_be_nobodys(conn: &mut Conn, email: &str) -> Result<(), Refusal> {
    must_be_free_for(conn, "", email).await
}

/// Refuses an administrator of this organization who is in another one, or whose domain another one
/// has verified or claimed (rule P2), or who was disabled (P5). This organization's own identities
/// can always be named.
pub async fn must_be_free_for(conn: &mut Conn, id: &str, email: &str) -> Result<(), Refusal> {
    if identities::is_elsewhere(conn, email, id).await? {
        return Err(belongs_elsewhere().at("administrator"));
    }
    let domain = email.rsplit_once('@').map_or("", |(_, domain)| domain);
    let proven = sqlx::query(
        "SELECT 1 FROM domains
          WHERE name = $1 AND organization <> $2 AND state IN ('verified', 'claimed')
            AND NOT EXISTS (SELECT 1 FROM identities
                             WHERE email_key = $3 AND organization = $2)",
    )
    .bind(domain)
    .bind(id)
    .bind(email)
    .fetch_optional(&mut *conn)
    .await?;
    if proven.is_some() {
        let detail = format!(
            "Addresses under {} belong to another organization: it has proven the domain.",
            Untrusted::new(domain).shown()
        );
        let remedy = "Use an address that is not another organization's.";
        return Err(Refusal::conflict(code::OTHER_ORGANIZATION, detail, remedy).at("administrator"));
    }
    must_be_enabled(conn, email).await
}

/// Rule P5: whom an administrator has disabled, nobody lets in by another door.
async fn must_be_enabled(conn: &mut Conn, email: &str) -> Result<(), Refusal> {
    let disabled = sqlx::query("SELECT 1 FROM people WHERE email = $1 AND disabled_at IS NOT NULL")
        .bind(email)
        .fetch_optional(conn)
        .await?;
    if disabled.is_none() {
        return Ok(());
    }
    let detail = format!(
        "{} is disabled and cannot sign in, so there is no role to offer.",
        Untrusted::new(email).shown()
    );
    let remedy = "Enable the person first (hublink person enable), or name somebody else.";
    Err(Refusal::conflict(code::PERSON_DISABLED, detail, remedy).at("administrator"))
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
    directory: &Directory,
    viewer: &Viewer,
    action: &'static str,
    id: &str,
    email: &str,
    role: Role,
) -> Result<(), Refusal> {
    Change::by(directory.clock.now(), &viewer.email, action)
        .of(id)
        .about(email)
        .detail(json!({ "role": role }))
        .record(conn)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests;
