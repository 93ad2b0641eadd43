//! Plans: frozen, reviewed lists of users with the predicted outcome of each (rules U4, U5).
//!
//! Owns making, reading and applying a plan. A plan is computed while nobody waits, and written as it
//! is computed; applying recomputes it inside the one transaction that makes the run. Must not name an
//! outcome's condition: `domain::outcome::decide` does.

mod apply;
mod chosen;
mod compute;
mod freeze;
mod present;
mod read;

use axum::http::StatusCode;

pub use apply::apply;
pub use chosen::numbers;
pub use read::{items, show, site_of};

use crate::api::plan::{Held, NewPlan, Plan};
use crate::api::problem::code;
use crate::domain::account_linking::Basis;
use crate::domain::linking::LinkingMethod;
use crate::domain::number::thousands;
use crate::domain::outcome::{self, Outcome};
use crate::domain::site::SiteState;
use crate::server::Backend;
use crate::server::directory::SiteFacts;
use crate::server::engine::provided;
use crate::server::refusal::Refusal;

pub(super) use freeze::sweep;
pub(super) use present::CHUNK;

/// Makes a plan of a selection (rule U4).
///
/// # Errors
/// `site_not_enrolled`, `method_not_chosen`, `revision_unknown`, or a selection that cannot be read.
pub async fn make(
    backend: &Backend,
    actor: &str,
    url: &str,
    new: &NewPlan,
) -> Result<Plan, Refusal> {
    let site = backend.directory.site_facts(url).await?;
    // A plan without a method is refused before anything is read.
    ready(&site, Basis::Method)?;
    let chosen = chosen::expand(backend, &site, &new.selection).await?;
    let ask = Ask { site: &site, chosen: &chosen, held: new.held, basis: Basis::Method };
    freeze_and_show(backend, actor, ask).await
}

/// Makes a plan of exactly these users: the way of a retry.
///
/// # Errors
/// As [`make`].
pub(super) async fn make_of(
    backend: &Backend,
    actor: &str,
    url: &str,
    numbers: crate::api::plan::Numbers,
    held: Held,
    basis: Basis,
) -> Result<Plan, Refusal> {
    let site = backend.directory.site_facts(url).await?;
    ready(&site, basis)?;
    let chosen = chosen::Chosen::only(numbers);
    freeze_and_show(backend, actor, Ask { site: &site, chosen: &chosen, held, basis }).await
}

/// Makes a plan of those of these users who are neither linked nor were ever invited, by account
/// linking (rule U7); none when there are none.
///
/// # Errors
/// As [`make`], and `account_linking_off`.
pub(super) async fn make_of_newcomers(
    backend: &Backend,
    actor: &str,
    site: &SiteFacts,
    numbers: crate::api::plan::Numbers,
) -> Result<Option<Plan>, Refusal> {
    let chosen = chosen::Chosen::rest_of(numbers);
    let basis = Basis::AccountLinking;
    let (organization, method) = ready(site, basis)?;
    let terms = Terms { site, organization, method, held: Held::Hold, basis };
    match frozen(backend, actor, terms, &chosen).await? {
        Some(id) => show(backend, &id).await.map(Some),
        None => Ok(None),
    }
}

/// How many of these users are neither linked nor were ever invited.
pub(super) async fn rest_among(
    backend: &Backend,
    site: &SiteFacts,
    numbers: crate::api::plan::Numbers,
) -> Result<u64, Refusal> {
    chosen::count(backend, site, &chosen::Chosen::rest_of(numbers)).await
}

/// What a plan is asked of.
struct Ask<'a> {
    site: &'a SiteFacts,
    chosen: &'a chosen::Chosen,
    held: Held,
    basis: Basis,
}

async fn freeze_and_show(backend: &Backend, actor: &str, ask: Ask<'_>) -> Result<Plan, Refusal> {
    let Ask { site, chosen, held, basis } = ask;
    let (organization, method) = ready(site, basis)?;
    let terms = Terms { site, organization, method, held, basis };
    let id = frozen(backend, actor, terms, chosen).await?.ok_or_else(|| nobody(site))?;
    show(backend, &id).await
}

/// Computes a plan and writes it down; the id, or none when it means nobody.
async fn frozen(
    backend: &Backend,
    actor: &str,
    terms: Terms<'_>,
    chosen: &chosen::Chosen,
) -> Result<Option<String>, Refusal> {
    let mut freezing = freeze::Freezing::new(backend, actor, terms);
    let mut computed = compute::compute(backend, chosen, &mut freezing).await?;
    if computed.selected == 0 {
        return Ok(None);
    }
    if terms.basis == Basis::Method {
        // The plan of account linking is made by itself, and waits for who can do something about it.
        provided::can_plan(backend, computed.linked(), computed.emails())?;
    }
    freezing.finish(&mut computed).await.map(Some)
}

/// A plan of nobody is none: whoever asks for one means something else.
fn nobody(site: &SiteFacts) -> Refusal {
    let mut refusal = bad_selection(format!(
        "The selection means nobody of the {} users of {}; no plan was made.",
        thousands(site.users.into()),
        site.url
    ));
    refusal.problem.remedy = "Select somebody: all, the rest, or a filter that matches.".to_owned();
    refusal
}

/// What a plan's outcomes depend on beside its users.
#[derive(Clone, Copy)]
pub(super) struct Terms<'a> {
    /// The site as it is now.
    pub site: &'a SiteFacts,
    /// Its organization.
    pub organization: &'a str,
    /// The method, of the site or of its account linking.
    pub method: LinkingMethod,
    /// What is done with the held class.
    pub held: Held,
    /// Where the method is from.
    pub basis: Basis,
}

impl Terms<'_> {
    /// The outcome of a user under these terms.
    pub fn outcome(&self, facts: crate::domain::facts::Facts) -> Outcome {
        let outcome = outcome::decide(facts, self.method);
        match self.held {
            Held::Hold => outcome,
            Held::Email => outcome.with_held_emailed(),
        }
    }
}

/// Rule U2: the organization of a site that can be planned for, and the method that holds.
pub(super) fn ready(site: &SiteFacts, basis: Basis) -> Result<(&str, LinkingMethod), Refusal> {
    let (SiteState::Enrolled, Some(organization)) = (site.state, site.organization.as_deref())
    else {
        return Err(Refusal::not_enrolled(&site.url));
    };
    if basis == Basis::AccountLinking {
        let method = site.account_linking.method().ok_or_else(|| {
            Refusal::conflict(
                code::ACCOUNT_LINKING_OFF,
                format!("Account linking is off on {}.", site.url),
                "Switch it on, or plan these users in Link users.",
            )
        })?;
        return Ok((organization, method));
    }
    let Some(method) = site.method else {
        return Err(Refusal::conflict(
            code::METHOD_NOT_CHOSEN,
            format!("{} has no linking method yet.", site.url),
            "Choose how its users prove their addresses, then plan again.",
        ));
    };
    Ok((organization, method))
}

/// The stored word for what is done with the held class.
pub(super) fn held_code(held: Held) -> &'static str {
    match held {
        Held::Hold => "hold",
        Held::Email => "email",
    }
}

/// Reads [`held_code`]; anything else is a fault of the database.
pub(super) fn held_from(code: &str) -> Held {
    if code == "email" { Held::Email } else { Held::Hold }
}

/// A refusal of the request's selection.
fn bad_selection(detail: String) -> Refusal {
    let mut refusal = Refusal::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        code::INVALID,
        detail,
        "Load the roster again and select anew.",
    );
    refusal.problem.field = Some("selection".to_owned());
    refusal
}

#[cfg(test)]
mod tests;
