//! An organization's domains (rules D1 to D3).

use axum::extract::State;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::{ApiJson, ApiPath, ApiQuery};
use super::{Reads, Shared, Writes};
use crate::api::domains::{ConsumerDomain, NewDomain, OrgDomain};
use crate::api::page::{Page, PageQuery};
use crate::domain::domain_name::DomainName;
use crate::domain::role::Action;
use crate::server::auth::{Actor, authorize};
use crate::server::provider::{DomainAct, Resource};
use crate::server::refusal::Refusal;

pub fn routes() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(list_domains, add_domain))
        .routes(routes!(verify_domain))
        .routes(routes!(claim_domain))
        .routes(routes!(release_domain))
        .routes(routes!(unverify_domain))
        .routes(routes!(list_consumer_domains, add_consumer_domain))
}

/// The organization's domains, by name.
#[utoipa::path(
    get, path = "/v1/organizations/{id}/domains", tag = "Domains",
    params(("id" = String, Path, description = "The organization's id."), PageQuery),
    responses((status = 200, body = Page<OrgDomain>), Reads),
    security(("bearer" = []))
)]
async fn list_domains(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(id): ApiPath<String>,
    ApiQuery(page): ApiQuery<PageQuery>,
) -> Result<ApiJson<Page<OrgDomain>>, Refusal> {
    authorize(&backend, &actor, Action::SeeDetails, Resource::Organization(&id)).await?;
    let mut page = backend.provider.domains(&id, &page).await?;
    for domain in &mut page.items {
        tell(&backend, domain);
    }
    Ok(ApiJson(page))
}

/// Add a domain; the answer has the TXT record to publish.
#[utoipa::path(
    post, path = "/v1/organizations/{id}/domains", tag = "Domains",
    params(("id" = String, Path, description = "The organization's id.")),
    request_body = NewDomain,
    responses((status = 201, body = OrgDomain, description = "Added, pending."), Writes),
    security(("bearer" = []))
)]
async fn add_domain(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath(id): ApiPath<String>,
    ApiJson(new): ApiJson<NewDomain>,
) -> Result<(StatusCode, ApiJson<OrgDomain>), Refusal> {
    authorize(&backend, &actor, Action::LinkUsers, Resource::Organization(&id)).await?;
    let mut added = backend.provider.add_domain(&actor.viewer(), &id, &new.name).await?;
    tell(&backend, &mut added);
    Ok((StatusCode::CREATED, ApiJson(added)))
}

/// Look the domain's record up in DNS now; `last_check` tells what was found.
#[utoipa::path(
    post, path = "/v1/organizations/{id}/domains/{name}/verify", tag = "Domains",
    params(
        ("id" = String, Path, description = "The organization's id."),
        ("name" = String, Path, description = "The domain."),
    ),
    responses((status = 200, body = OrgDomain), Writes),
    security(("bearer" = []))
)]
async fn verify_domain(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath((id, name)): ApiPath<(String, String)>,
) -> Result<ApiJson<OrgDomain>, Refusal> {
    act(&backend, &actor, &id, &name, DomainAct::Verify).await
}

/// Claim a verified domain: no other organization may have identities under it.
#[utoipa::path(
    post, path = "/v1/organizations/{id}/domains/{name}/claim", tag = "Domains",
    params(
        ("id" = String, Path, description = "The organization's id."),
        ("name" = String, Path, description = "The domain."),
    ),
    responses((status = 200, body = OrgDomain), Writes),
    security(("bearer" = []))
)]
async fn claim_domain(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath((id, name)): ApiPath<(String, String)>,
) -> Result<ApiJson<OrgDomain>, Refusal> {
    act(&backend, &actor, &id, &name, DomainAct::Claim).await
}

/// Release a claim; the domain stays verified.
#[utoipa::path(
    post, path = "/v1/organizations/{id}/domains/{name}/release", tag = "Domains",
    params(
        ("id" = String, Path, description = "The organization's id."),
        ("name" = String, Path, description = "The domain."),
    ),
    responses((status = 200, body = OrgDomain), Writes),
    security(("bearer" = []))
)]
async fn release_domain(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath((id, name)): ApiPath<(String, String)>,
) -> Result<ApiJson<OrgDomain>, Refusal> {
    act(&backend, &actor, &id, &name, DomainAct::Release).await
}

/// Unverify a domain: pending again, with a fresh record to publish. No link is undone.
#[utoipa::path(
    post, path = "/v1/organizations/{id}/domains/{name}/unverify", tag = "Domains",
    params(
        ("id" = String, Path, description = "The organization's id."),
        ("name" = String, Path, description = "The domain."),
    ),
    responses((status = 200, body = OrgDomain), Writes),
    security(("bearer" = []))
)]
async fn unverify_domain(
    State(backend): State<Shared>,
    actor: Actor,
    ApiPath((id, name)): ApiPath<(String, String)>,
) -> Result<ApiJson<OrgDomain>, Refusal> {
    act(&backend, &actor, &id, &name, DomainAct::Unverify).await
}

async fn act(
    backend: &Shared,
    actor: &Actor,
    id: &str,
    name: &str,
    act: DomainAct,
) -> Result<ApiJson<OrgDomain>, Refusal> {
    authorize(backend, actor, Action::LinkUsers, Resource::Organization(id)).await?;
    let name = DomainName::typed(name).map_err(|_| Refusal::not_found("domain"))?;
    let mut domain = backend.provider.domain_act(&actor.viewer(), id, &name, act).await?;
    tell(backend, &mut domain);
    Ok(ApiJson(domain))
}

/// DNS runs on real time; who is told of it sees the one clock that everything else is told by.
fn tell(backend: &Shared, domain: &mut OrgDomain) {
    if let Some(check) = &mut domain.last_check {
        check.at = backend.clock.at(check.at);
        check.not_before = check.not_before.map(|at| backend.clock.at(at));
    }
}

/// The consumer domains that were added to the list in the program, by name.
#[utoipa::path(
    get, path = "/v1/consumer-domains", tag = "Domains",
    params(PageQuery),
    responses((status = 200, body = Page<ConsumerDomain>), Reads),
    security(("bearer" = []))
)]
async fn list_consumer_domains(
    State(backend): State<Shared>,
    actor: Actor,
    ApiQuery(page): ApiQuery<PageQuery>,
) -> Result<ApiJson<Page<ConsumerDomain>>, Refusal> {
    authorize(&backend, &actor, Action::Provision, Resource::Backend).await?;
    backend.provider.consumer_domains(&page).await.map(ApiJson)
}

/// Add a public mail provider's domain: its people are always e-mailed (row 11).
#[utoipa::path(
    post, path = "/v1/consumer-domains", tag = "Domains",
    request_body = NewDomain,
    responses((status = 201, body = ConsumerDomain, description = "Added."), Writes),
    security(("bearer" = []))
)]
async fn add_consumer_domain(
    State(backend): State<Shared>,
    actor: Actor,
    ApiJson(new): ApiJson<NewDomain>,
) -> Result<(StatusCode, ApiJson<ConsumerDomain>), Refusal> {
    authorize(&backend, &actor, Action::Provision, Resource::Backend).await?;
    let added = backend.provider.add_consumer_domain(&actor.viewer(), &new.name).await?;
    Ok((StatusCode::CREATED, ApiJson(added)))
}
