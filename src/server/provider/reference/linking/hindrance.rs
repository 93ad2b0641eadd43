//! Who may link a site where to: full admins, to their own organization; who has none, to a new one.
//!
//! Owns the reasons why not (rules L2 to L4) in sentences, each with its way out.

use jiff::Timestamp;

use super::NAME;
use crate::api::linking::{MyOrganization, NewChoice, WhyNot};
use crate::api::problem::code;
use crate::domain::role::Role;
use crate::domain::sentence::one_stop;
use crate::domain::site_link::Hindrance;
use crate::domain::untrusted::{Shown, Untrusted};
use crate::server::provider::reference::trials::expiry::must_be_active;
use crate::server::refusal::Refusal;
use crate::server::store::Conn;

/// The organization that an address belongs to: by a role, or as an identity (rule P1).
pub async fn organization_of(
    conn: &mut Conn,
    email: &str,
) -> Result<Option<MyOrganization>, Refusal> {
    let found: Option<(String, String, i64)> = sqlx::query_as(
        "SELECT o.id, o.name,
                (SELECT count(*) FROM organization_roles r
                  WHERE r.organization = o.id AND r.email = $1 AND r.role = $2)
           FROM organizations o
          WHERE o.id IN (SELECT organization FROM organization_roles WHERE email = $1
                         UNION ALL
                         SELECT organization FROM identities WHERE email_key = $1)
          ORDER BY 3 DESC, 1 LIMIT 1",
    )
    .bind(email)
    .bind(Role::FullAdmin.code())
    .fetch_optional(conn)
    .await?;
    Ok(found.map(|(id, name, full)| MyOrganization {
        id,
        name: Untrusted::new(name),
        full_admin: full > 0,
    }))
}

/// An organization that somebody would link a site to.
#[derive(Debug, Clone)]
pub struct Target {
    pub id: String,
    pub name: String,
    pub partner: Option<String>,
}

impl Target {
    /// Looks it up.
    pub async fn find(conn: &mut Conn, id: &str) -> Result<Self, Refusal> {
        let found: Option<(String, String, Option<String>)> =
            sqlx::query_as("SELECT id, name, partner FROM organizations WHERE id = $1")
                .bind(id)
                .fetch_optional(conn)
                .await?;
        let (id, name, partner) = found.ok_or_else(|| Refusal::not_found("organization"))?;
        Ok(Self { id, name, partner })
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
        let expired = trial_expired(conn, &self.id, now).await?;
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
        let Some(mine) = mine else {
            return why(
                Hindrance::NoAccount,
                format!("You have no account in {it}."),
                format!("Ask a full admin of {it} to make {email} full admin there."),
            );
        };
        let home = short(mine.name.raw());
        if mine.id == self.id {
            return why(
                Hindrance::NotFullAdmin,
                format!("Your account is in {it}, but you are not full admin there."),
                format!("Ask a full admin of {it} to make you one."),
            );
        }
        let way_out = format!(
            "A full admin with an account in {it} can link the site, once they are admin of the \
             site too."
        );
        if self.partner.as_ref() == Some(&mine.id) {
            return why(
                Hindrance::PartnerAccount,
                format!(
                    "You manage {it} as a partner: your account is in {home}. Linking a site needs \
                     an account in the organization itself, and a person has one account, in one \
                     organization."
                ),
                way_out,
            );
        }
        why(
            Hindrance::OtherAccount,
            format!(
                "Your account is in {home}, and a person has one account, in one organization."
            ),
            way_out,
        )
    }
}

/// Whether the organization is read-only for its trial has expired (rule T1).
pub async fn trial_expired(conn: &mut Conn, id: &str, now: Timestamp) -> Result<bool, Refusal> {
    match must_be_active(conn, id, now).await {
        Ok(()) => Ok(false),
        Err(refusal) if refusal.problem.code == code::TRIAL_EXPIRED => Ok(true),
        Err(fault) => Err(fault),
    }
}

/// Whether a new organization is offered (rule L3).
pub fn new_choice(company: &str, mine: Option<&MyOrganization>) -> NewChoice {
    let why_not = mine.map(|mine| {
        let home = short(mine.name.raw());
        let own = if mine.full_admin {
            format!("Link the site to {home}, where you are full admin")
        } else {
            format!("Get full admin in {home} and link the site there")
        };
        why(
            Hindrance::HasOrganization,
            format!("You are in {home} already, and a person is in one organization at most."),
            format!(
                "{own}; or let a site admin who is in no organization yet make the new one, signed \
                 in with an address of their own."
            ),
        )
    });
    NewChoice { offered: why_not.is_none(), name: Untrusted::new(company), why_not }
}

fn why(code: Hindrance, text: String, remedy: String) -> WhyNot {
    WhyNot { code, text: Untrusted::new(one_stop(text)), remedy: Untrusted::new(one_stop(remedy)) }
}

fn short(name: &str) -> Shown {
    Untrusted::new(name).shown_in(NAME)
}
