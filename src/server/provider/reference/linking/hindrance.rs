//! Who may link a site where to: full admins, to their own organization; who has none, to a new one.
//!
//! Owns the reasons why not (rules L2 to L4) in sentences, each with its way out.

use jiff::Timestamp;

use super::NAME;
use crate::api::linking::{MyOrganization, NewChoice, WhyNot};
use crate::api::problem::code;
use crate::domain::organization::OrganizationKind;
use crate::domain::role::Role;
use crate::domain::sentence::one_stop;
use crate::domain::site_link::Hindrance;
use crate::domain::untrusted::{Shown, Untrusted};
use crate::server::provider::reference::trials::expiry::must_be_active;
use crate::server::refusal::Refusal;
use crate::server::store::Conn;

/// So many are named in a sentence.
const SOME: usize = 3;

/// The organization that an address belongs to: by a role, or as an identity (rule P1).
pub async fn organization_of(
    conn: &mut Conn,
    email: &str,
) -> Result<Option<MyOrganization>, Refusal> {
    let found: Option<(String, String, String, i64)> = sqlx::query_as(
        "SELECT o.id, o.name, o.kind,
                (SELECT count(*) FROM organization_roles r
                  WHERE r.organization = o.id AND r.email = $1 AND r.role = $2)
           FROM organizations o
          WHERE o.id IN (SELECT organization FROM organization_roles WHERE email = $1
                         UNION ALL
                         SELECT organization FROM identities WHERE email_key = $1)
          ORDER BY 4 DESC, 1 LIMIT 1",
    )
    .bind(email)
    .bind(Role::FullAdmin.code())
    .fetch_optional(conn)
    .await?;
    let Some((id, name, code, full)) = found else { return Ok(None) };
    let kind = kind(&code)?;
    Ok(Some(MyOrganization { id, name: Untrusted::new(name), kind, full_admin: full > 0 }))
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
        let found: Option<(String, String, String, Option<String>)> =
            sqlx::query_as("SELECT id, name, kind, partner FROM organizations WHERE id = $1")
                .bind(id)
                .fetch_optional(conn)
                .await?;
        let (id, name, code, partner) = found.ok_or_else(|| Refusal::not_found("organization"))?;
        Ok(Self { id, name, kind: kind(&code)?, partner })
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
            Some(mine) => {
                let home = short(mine.name.raw());
                let (code, text) = if self.partner.as_ref() == Some(&mine.id) {
                    (
                        Hindrance::PartnerAccount,
                        format!(
                            "You manage {it} as a partner: your account is in {home}. Linking a \
                             site needs an account in the organization itself, and a person has \
                             one account, in one organization."
                        ),
                    )
                } else {
                    (
                        Hindrance::OtherAccount,
                        format!(
                            "Your account is in {home}, and a person has one account, in one \
                             organization."
                        ),
                    )
                };
                let way_out = format!(
                    "A full admin with an account in {it} can link the site, once they are admin \
                     of the site too."
                );
                (code, text, way_out)
            }
        };
        match self.kind {
            OrganizationKind::Customer => why(code, text, way_out),
            // No advice leads there: the link would be for good.
            OrganizationKind::Partner => why(code, text, for_good(&it)),
        }
    }
}

/// Why nobody is sent to a partner's own organization (rule L4).
fn for_good(partner: &Shown) -> String {
    format!(
        "{partner} is a partner: a site linked to it stays there for good, and can never go to a \
         customer. A customer's site is linked to the customer's own organization, by a full admin \
         with an account there."
    )
}

/// Whether the organization is read-only for its trial has expired (rule T1).
pub async fn trial_expired(conn: &mut Conn, id: &str, now: Timestamp) -> Result<bool, Refusal> {
    match must_be_active(conn, id, now).await {
        Ok(()) => Ok(false),
        Err(refusal) if refusal.problem.code == code::TRIAL_EXPIRED => Ok(true),
        Err(fault) => Err(fault),
    }
}

/// Whether a new organization is offered (rule L3); else the ways out, of which none leads a
/// customer's site into a partner (rule L4). `ask` says whom to ask in the customer's organization.
pub fn new_choice(company: &str, mine: Option<&MyOrganization>, ask: &str) -> NewChoice {
    let why_not = mine.map(|mine| {
        let home = short(mine.name.raw());
        let own = match (mine.kind, mine.full_admin) {
            (OrganizationKind::Partner, _) => for_good(&home),
            (OrganizationKind::Customer, true) => {
                format!("If the site belongs to {home}, choose that: you are full admin there.")
            }
            (OrganizationKind::Customer, false) => format!(
                "If the site belongs to {home}, ask a full admin of {home} to link it, or to make \
                 you one."
            ),
        };
        why(
            Hindrance::HasOrganization,
            format!("You are in {home} already, and a person is in one organization at most."),
            format!(
                "{own} {ask}A site admin who is in no organization yet can make the new one, \
                 signed in with an address of their own."
            ),
        )
    });
    NewChoice { offered: why_not.is_none(), name: Untrusted::new(company), why_not }
}

/// "Ask fay@acme.example of Acme Robotics. ": those who may be named, else the site's contact.
pub fn whom_to_ask(customers: &[(&Untrusted, &[Untrusted])], csm: &str) -> String {
    let named: Vec<String> = customers
        .iter()
        .filter(|(_, ask)| !ask.is_empty())
        .take(SOME)
        .map(|(name, ask)| {
            let who: Vec<String> =
                ask.iter().take(SOME).map(|who| who.shown_in(NAME).to_string()).collect();
            format!("{} of {}", who.join(", "), name.shown_in(NAME))
        })
        .collect();
    if !named.is_empty() {
        return format!("Ask {}. ", named.join("; "));
    }
    match csm.trim() {
        "" => String::new(),
        csm => format!("Ask the site's customer success manager: {}. ", short(csm)),
    }
}

fn kind(code: &str) -> Result<OrganizationKind, Refusal> {
    OrganizationKind::from_code(code)
        .ok_or_else(|| Refusal::internal(&"an organization's kind is unknown"))
}

fn why(code: Hindrance, text: String, remedy: String) -> WhyNot {
    WhyNot { code, text: Untrusted::new(one_stop(text)), remedy: Untrusted::new(one_stop(remedy)) }
}

fn short(name: &str) -> Shown {
    Untrusted::new(name).shown_in(NAME)
}
