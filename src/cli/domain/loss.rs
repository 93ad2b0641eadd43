//! What unverifying a domain, or releasing its claim, takes away: counted over the users of the
//! organization's sites, by the very rules of the plan (rule D1, SPEC section 2).

use crate::api::domains::{ListDomains, OrgDomain};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::page::PageQuery;
use crate::api::site::{ListSites, Site};
use crate::cli::context::{Context, all_pages};
use crate::cli::exit::Failure;
use crate::cli::loss::Loss;
use crate::client::Client;
use crate::domain::domain_name::DomainName;
use crate::domain::facts::Fact;
use crate::domain::linking::LinkingMethod;
use crate::domain::number::{count, thousands};
use crate::domain::organization::DomainState;
use crate::domain::outcome::{Outcome, decide};
use crate::domain::untrusted::Untrusted;
use crate::tui::loss;

/// The users under a domain.
#[derive(Debug, Default, PartialEq, Eq)]
struct Under {
    users: u64,
    sites: u64,
    not_linked: u64,
    /// What a plan would do, without the proof, to those it would do something else to.
    changed: Vec<Outcome>,
}

/// What unverifying takes away; nothing where the domain is not verified.
///
/// # Errors
/// What went wrong with the look-up.
pub async fn unverified(org: &str, name: &str, cx: &Context) -> Result<Option<Loss>, Failure> {
    let client = cx.client()?;
    let Some(name) = held(org, name, DomainState::Verified, &client).await? else {
        return Ok(None);
    };
    let under = under(org, &name, &client).await?;
    let shown = Untrusted::new(name).shown();
    let mut what = format!(
        "A plan would do something else to {} of the {} under {shown}{}",
        thousands(under.changed.len() as u64),
        count(under.users, "user"),
        if under.changed.is_empty() { "." } else { ":" },
    );
    for outcome in Outcome::ALL {
        let users = under.changed.iter().filter(|one| **one == outcome).count() as u64;
        if users > 0 {
            what.push_str(&format!("\n{:>11}  {}", thousands(users), outcome.label()));
        }
    }
    what.push_str(
        "\nWhat is linked stays linked. To verify it again, a new record must be published.",
    );
    Ok(Some(Loss { what, question: format!("Unverify {shown}?") }))
}

/// What releasing the claim takes away; nothing where the domain is not claimed.
///
/// # Errors
/// As [`unverified`].
pub async fn released(org: &str, name: &str, cx: &Context) -> Result<Option<Loss>, Failure> {
    let client = cx.client()?;
    let Some(name) = held(org, name, DomainState::Claimed, &client).await? else {
        return Ok(None);
    };
    let under = under(org, &name, &client).await?;
    let Under { users, sites, not_linked, .. } = under;
    let under = loss::Under { users, sites, not_linked };
    Ok(Some(loss::released(&Untrusted::new(name), under)))
}

/// What removing it takes away; nothing where the domain is not pending.
///
/// # Errors
/// As [`unverified`].
pub async fn removed(org: &str, name: &str, cx: &Context) -> Result<Option<Loss>, Failure> {
    let name = held(org, name, DomainState::Pending, &cx.client()?).await?;
    Ok(name.map(|name| loss::removed(&Untrusted::new(name))))
}

/// The domain's name, where the organization has it in this state.
async fn held(
    org: &str,
    name: &str,
    state: DomainState,
    client: &Client,
) -> Result<Option<String>, Failure> {
    let domains: Vec<OrgDomain> = all_pages(client, |cursor| {
        ListDomains::call(org.to_owned(), PageQuery::at(cursor), Nothing)
    })
    .await?;
    let name = DomainName::parse(name).map_or_else(|_| name.to_owned(), |name| name.to_string());
    let is_held = domains.iter().any(|one| one.name.raw() == name && one.state == state);
    Ok(is_held.then_some(name))
}

async fn under(org: &str, name: &str, client: &Client) -> Result<Under, Failure> {
    let sites: Vec<Site> =
        all_pages(client, |cursor| ListSites::call(Nothing, PageQuery::at(cursor), Nothing))
            .await?;
    let mut found = Under::default();
    for site in sites.iter().filter(|site| site.organization.as_deref() == Some(org)) {
        let roster = client.whole_roster(site.url.raw()).await?;
        // Whether an outcome changes is the same for all methods; which one comes is not.
        let method = roster.head.method.unwrap_or(LinkingMethod::ReceiveEmail);
        let before = found.users;
        for number in 0..roster.columns.len() {
            let row = roster.columns.row(number);
            let in_it = |domain: &Untrusted| domain.raw() == name;
            let row = row.filter(|row| row.domain().as_ref().is_some_and(in_it));
            if let Some(row) = row {
                found.take(row.facts(), method);
            }
        }
        found.sites += u64::from(found.users > before);
    }
    Ok(found)
}

impl Under {
    fn take(&mut self, facts: crate::domain::facts::Facts, method: LinkingMethod) {
        self.users += 1;
        let linked = facts.has(Fact::Linked) || facts.has(Fact::Provisional);
        self.not_linked += u64::from(!linked);
        let after = decide(facts.with(Fact::DomainVerified, false), method);
        if after != decide(facts, method) {
            self.changed.push(after);
        }
    }
}
