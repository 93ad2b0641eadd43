//! An organization's domains (rules D1 to D3).

use axum::extract::State;

use super::Shared;
use super::asked::{Asked, Routes};
use crate::api::domains::{
    AddConsumerDomain, AddDomain, ClaimDomain, ConsumerDomain, ListConsumerDomains, ListDomains,
    OrgDomain, ReleaseDomain, RemoveDomain, UnverifyDomain, VerifyDomain,
};
use crate::api::page::Page;
use crate::domain::domain_name::DomainName;
use crate::server::auth::Actor;
use crate::server::directory::DomainAct;
use crate::server::refusal::Refusal;

pub fn routes() -> Routes {
    Routes::new()
        .at(list_domains)
        .at(add_domain)
        .at(verify_domain)
        .at(claim_domain)
        .at(release_domain)
        .at(unverify_domain)
        .at(remove_domain)
        .at(list_consumer_domains)
        .at(add_consumer_domain)
}

/// The organization's domains, by name.
async fn list_domains(
    State(backend): State<Shared>,
    Asked { path: id, query: page, .. }: Asked<ListDomains>,
) -> Result<Page<OrgDomain>, Refusal> {
    let mut page = backend.directory.domains(&id, &page).await?;
    for domain in &mut page.items {
        tell(&backend, domain);
    }
    Ok(page)
}

/// Add a domain; the answer has the TXT record to publish.
async fn add_domain(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: id, body: new, .. }: Asked<AddDomain>,
) -> Result<OrgDomain, Refusal> {
    let mut added = backend.directory.add_domain(&actor.viewer(), &id, &new.name).await?;
    tell(&backend, &mut added);
    Ok(added)
}

/// Look the domain's record up in DNS now; `last_check` tells what was found.
async fn verify_domain(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: (id, name), .. }: Asked<VerifyDomain>,
) -> Result<OrgDomain, Refusal> {
    act(&backend, &actor, &id, &name, DomainAct::Verify).await
}

/// Claim a verified domain: no other organization may have identities under it.
async fn claim_domain(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: (id, name), .. }: Asked<ClaimDomain>,
) -> Result<OrgDomain, Refusal> {
    act(&backend, &actor, &id, &name, DomainAct::Claim).await
}

/// Release a claim; the domain stays verified.
async fn release_domain(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: (id, name), .. }: Asked<ReleaseDomain>,
) -> Result<OrgDomain, Refusal> {
    act(&backend, &actor, &id, &name, DomainAct::Release).await
}

/// Unverify a domain: pending again, with a fresh record to publish. No link is undone.
async fn unverify_domain(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: (id, name), .. }: Asked<UnverifyDomain>,
) -> Result<OrgDomain, Refusal> {
    act(&backend, &actor, &id, &name, DomainAct::Unverify).await
}

/// Remove a pending domain; the answer is how it was. A verified one is unverified first.
async fn remove_domain(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { path: (id, name), .. }: Asked<RemoveDomain>,
) -> Result<OrgDomain, Refusal> {
    act(&backend, &actor, &id, &name, DomainAct::Remove).await
}

async fn act(
    backend: &Shared,
    actor: &Actor,
    id: &str,
    name: &str,
    act: DomainAct,
) -> Result<OrgDomain, Refusal> {
    let name = DomainName::typed(name).map_err(|_| Refusal::not_found("domain"))?;
    let mut domain = backend.directory.domain_act(&actor.viewer(), id, &name, act).await?;
    tell(backend, &mut domain);
    Ok(domain)
}

/// DNS runs on real time; who is told of it sees the one clock that everything else is told by.
fn tell(backend: &Shared, domain: &mut OrgDomain) {
    if let Some(check) = &mut domain.last_check {
        check.at = backend.clock.at(check.at);
        check.not_before = check.not_before.map(|at| backend.clock.at(at));
    }
}

/// The consumer domains that were added to the list in the program, by name.
async fn list_consumer_domains(
    State(backend): State<Shared>,
    Asked { query: page, .. }: Asked<ListConsumerDomains>,
) -> Result<Page<ConsumerDomain>, Refusal> {
    backend.directory.consumer_domains(&page).await
}

/// Add a public mail provider's domain: its people are always e-mailed (row 11).
async fn add_consumer_domain(
    State(backend): State<Shared>,
    actor: Actor,
    Asked { body: new, .. }: Asked<AddConsumerDomain>,
) -> Result<ConsumerDomain, Refusal> {
    let added = backend.directory.add_consumer_domain(&actor.viewer(), &new.name).await?;
    Ok(added)
}
