//! What is said to who cannot link a site there, and whom they ask (rules L2 to L4).
//!
//! Owns the ways out. None of them leads a customer's site into a partner: a link is for good.

use super::super::roles::full_admins;
use super::candidates::may_ask;
use super::hindrance::Target;
use super::matches;
use super::{Linkable, NAME};
use crate::api::linking::{MyOrganization, NewChoice, WhyNot};
use crate::api::problem::code as problem;
use crate::domain::organization::OrganizationKind;
use crate::domain::sentence::one_stop;
use crate::domain::site_link::Hindrance;
use crate::domain::untrusted::{Shown, Untrusted};
use crate::server::refusal::Refusal;
use crate::server::store::Conn;

/// So many are named in a sentence.
const SOME: usize = 3;

/// Why nobody is sent to a partner's own organization (rule L4).
pub fn for_good(partner: &Shown) -> String {
    format!(
        "{partner} is a partner: a site linked to it stays there for good, and can never go to a \
         customer. A customer's site is linked to the customer's own organization, by a full admin \
         with an account there."
    )
}

/// Whether a new organization is offered (rule L3); else the ways out, of which none leads a
/// customer's site into a partner (rule L4). `ask` says whom to ask in the customer's organization.
pub fn new_choice(company: &str, mine: Option<&MyOrganization>, ask: &str) -> NewChoice {
    let why_not = mine.map(|mine| {
        let home = short(mine.name.raw());
        let own = match (mine.kind, mine.full_admin) {
            (OrganizationKind::Partner, _) => format!("{} {ask}", for_good(&home)),
            (OrganizationKind::Customer, true) => {
                format!("If the site belongs to {home}, choose that: you are full admin there. ")
            }
            (OrganizationKind::Customer, false) => format!(
                "If the site belongs to {home}, ask a full admin of {home} to link it, or to make \
                 you one. {ask}"
            ),
        };
        why(
            Hindrance::HasOrganization,
            format!("You are in {home} already, and a person is in one organization at most."),
            format!(
                "{own}A site admin who is in no organization yet can make the new one, \
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

/// Whom to ask about the target: its full admins where the list of matches names them too.
pub async fn whom(conn: &mut Conn, site: &Linkable, target: &Target) -> Result<String, Refusal> {
    if target.kind == OrganizationKind::Partner {
        return Ok(whom_to_ask(&[], &site.csm));
    }
    let reasons = matches::find(conn, site, None).await?.remove(&target.id).unwrap_or_default();
    let ask = may_ask(&full_admins(conn, &target.id).await?, &reasons);
    let name = Untrusted::new(&target.name);
    Ok(whom_to_ask(&[(&name, ask.as_slice())], &site.csm))
}

/// Who may not choose the target is told why, the way out, and whom to ask.
pub fn hindered(why: &WhyNot, ask: &str) -> Refusal {
    let detail = why.text.shown().to_string();
    let remedy = format!("{} {ask}", why.remedy.shown()).trim_end().to_owned();
    match why.code {
        Hindrance::HasOrganization => {
            Refusal::conflict(problem::OTHER_ORGANIZATION, detail, remedy)
        }
        Hindrance::TrialExpired => Refusal::conflict(problem::TRIAL_EXPIRED, detail, remedy),
        Hindrance::PartnerAccount
        | Hindrance::OtherAccount
        | Hindrance::NotFullAdmin
        | Hindrance::NoAccount => Refusal::new(
            axum::http::StatusCode::FORBIDDEN,
            problem::NOT_ALLOWED,
            format!("{detail} A full admin could do it."),
            remedy,
        ),
    }
    .at("target")
}

/// A reason with its way out.
pub fn why(code: Hindrance, text: String, remedy: String) -> WhyNot {
    WhyNot { code, text: Untrusted::new(one_stop(text)), remedy: Untrusted::new(one_stop(remedy)) }
}

/// A name as sentences have it.
pub fn short(name: &str) -> Shown {
    Untrusted::new(name).shown_in(NAME)
}
