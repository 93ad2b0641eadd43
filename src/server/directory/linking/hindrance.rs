//! Who may link a site where to: full admins, to their own organization; who has none, to a new one.
//!
//! Owns the reasons why not (rules L2 to L4) in sentences; the ways out are `advice`'s.

use jiff::Timestamp;
use sqlx::Row;

use super::advice::{for_good, short, why};
use crate::api::linking::{MyOrganization, WhyNot};
use crate::domain::organization::OrganizationKind;
use crate::domain::role::Role;
use crate::domain::site_link::Hindrance;
use crate::domain::untrusted::Untrusted;
use crate::server::directory::trials::expiry::is_expired;
use crate::server::refusal::Refusal;
use crate::server::store::Conn;

/// The organization that an address belongs to: by a role, or as an identity (rule P1).
pub async fn organization_of(
    conn: &mut Conn,
    email: &str,
) -> Result<Option<MyOrganization>, Refusal> {
    let found = sqlx::query(
        "SELECT o.id, o.name, o.kind,
                (SELECT count(*) FROM organization_roles r
                  WHERE r.organization = o.id AND r.email = $1 AND r.role = $2) AS full_roles
           FROM organizations o
          WHERE o.id IN (SELECT organization FROM organization_roles WHERE email = $1
                         UNION ALL
                         SELECT organization FROM identities WHERE email_key = $1)
          ORDER BY full_roles DESC, o.id LIMIT 1",
    )
    .bind(email)
    .bind(Role::FullAdmin.code())
    .fetch_optional(conn)
    .await?;
    let Some(row) = found else { return Ok(None) };
    Ok(Some(MyOrganization {
        id: row.try_get("id")?,
        name: Untrusted::new(row.try_get::<String, _>("name")?),
        kind: kind(row.try_get("kind")?)?,
        full_admin: row.try_get::<i64, _>("full_roles")? > 0,
    }))
}

/// An organization that somebody would link a site to.
#[derive(Debug, Clone)]
pub struct Target {
    pub id: String,
    pub name: String,
    pub kind: OrganizationKind,
    pub partner: Option<String>,
}

impl Target {
    /// Looks it up.
    pub async fn find(conn: &mut Conn, id: &str) -> Result<Self, Refusal> {
        let row = sqlx::query("SELECT id, name, kind, partner FROM organizations WHERE id = $1")
            .bind(id)
            .fetch_optional(conn)
            .await?
            .ok_or_else(|| Refusal::not_found("organization"))?;
        Ok(Self {
            id: row.try_get("id")?,
            name: row.try_get("name")?,
            kind: kind(row.try_get("kind")?)?,
            partner: row.try_get("partner")?,
        })
    }

    /// Why the operator cannot link a site to it; `None` when they can.
    pub async fn hindrance(
        &self,
        conn: &mut Conn,
        email: &str,
        mine: Option<&MyOrganization>,
        now: Timestamp,
    ) -> Result<Option<WhyNot>, Refusal> {
        let full = sqlx::query(
            "SELECT 1 FROM organization_roles WHERE organization = $1 AND email = $2 AND role = $3",
        )
        .bind(&self.id)
        .bind(email)
        .bind(Role::FullAdmin.code())
        .fetch_optional(&mut *conn)
        .await?;
        if full.is_none() {
            return Ok(Some(self.not_full_admin(email, mine)));
        }
        let it = short(&self.name);
        let expired = is_expired(conn, &self.id, now).await?;
        Ok(expired.then(|| {
            why(
                Hindrance::TrialExpired,
                format!("The trial of {it} has expired: it is read-only."),
                "Ask your partner to extend the trial; then link the site.".to_owned(),
            )
        }))
    }

    fn not_full_admin(&self, email: &str, mine: Option<&MyOrganization>) -> WhyNot {
        let it = short(&self.name);
        let inside = format!(
            "A full admin with an account in {it} can link the site, once they are admin of the \
             site too."
        );
        let (code, text, way_out) = match mine {
            None => (
                Hindrance::NoAccount,
                format!("You have no account in {it}."),
                format!("Ask a full admin of {it} to make {email} full admin there."),
            ),
            Some(mine) if mine.id == self.id => (
                Hindrance::NotFullAdmin,
                format!("Your account is in {it}, but you are not full admin there."),
                format!("Ask a full admin of {it} to make you one."),
            ),
            Some(mine) if self.partner.as_ref() == Some(&mine.id) => (
                Hindrance::PartnerAccount,
                format!(
                    "You manage {it} as a partner: your account is in {}. Linking a site needs an \
                     account in the organization itself, and a person has one account, in one \
                     organization.",
                    short(mine.name.raw())
                ),
                inside,
            ),
            Some(mine) => (
                Hindrance::OtherAccount,
                format!(
                    "Your account is in {}, and a person has one account, in one organization.",
                    short(mine.name.raw())
                ),
                inside,
            ),
        };
        match self.kind {
            OrganizationKind::Customer => why(code, text, way_out),
            // No advice leads there: the link would be for good.
            OrganizationKind::Partner => why(code, text, for_good(&it)),
        }
    }
}

fn kind(code: &str) -> Result<OrganizationKind, Refusal> {
    OrganizationKind::from_code(code)
        .ok_or_else(|| Refusal::internal(&"an organization's kind is unknown"))
}
