//! The endpoints of an organization's domains.
//! Owns what is known of each; their bodies are the module above.

use super::{ConsumerDomain, NewDomain, OrgDomain};
use crate::api::endpoint::{About, Endpoint, Nothing};
use crate::api::page::{Page, PageQuery};
use crate::api::problem::code;
use crate::api::route::{On, Route};
use crate::domain::act::Act;
use crate::domain::role::Action;
use utoipa::ToSchema;

/// Its endpoints.
pub(in crate::api) const ENDPOINTS: &[&About] = &[
    ListDomains::ABOUT,
    AddDomain::ABOUT,
    VerifyDomain::ABOUT,
    ClaimDomain::ABOUT,
    ReleaseDomain::ABOUT,
    UnverifyDomain::ABOUT,
    RemoveDomain::ABOUT,
    ListConsumerDomains::ABOUT,
    AddConsumerDomain::ABOUT,
];

/// The organization's domains, by name.
#[derive(Debug, ToSchema)]
pub struct ListDomains;

impl Endpoint for ListDomains {
    const ROUTE: Route = Route::get("list_domains", "/v1/organizations/{id}/domains")
        .tag("Domains")
        .may(Action::SeeDetails, On::Organization);
    type Path = String;
    type Query = PageQuery;
    type Body = Nothing;
    type Answer = Page<OrgDomain>;
}

/// Add a domain; the answer has the TXT record to publish.
#[derive(Debug, ToSchema)]
pub struct AddDomain;

impl Endpoint for AddDomain {
    const ROUTE: Route = Route::post("add_domain", "/v1/organizations/{id}/domains")
        .tag("Domains")
        .may(Action::LinkUsers, On::Organization)
        .answers_with(201, "Added, pending.")
        .refuses(&[code::DOMAIN_REFUSED, code::DOMAIN_TAKEN, code::EXISTS])
        .tells(&["name"])
        .needs(Act::Domains);
    type Path = String;
    type Query = Nothing;
    type Body = NewDomain;
    type Answer = OrgDomain;
}

/// Look the domain's record up in DNS now; `last_check` tells what was found.
#[derive(Debug, ToSchema)]
pub struct VerifyDomain;

impl Endpoint for VerifyDomain {
    const ROUTE: Route =
        Route::post("verify_domain", "/v1/organizations/{id}/domains/{name}/verify")
            .tag("Domains")
            .may(Action::LinkUsers, On::Organization)
            .refuses(&[code::DOMAIN_TAKEN])
            .long()
            .tells(&["name"])
            .needs(Act::Domains);
    type Path = (String, String);
    type Query = Nothing;
    type Body = Nothing;
    type Answer = OrgDomain;
}

/// Claim a verified domain: no other organization may have identities under it.
#[derive(Debug, ToSchema)]
pub struct ClaimDomain;

impl Endpoint for ClaimDomain {
    const ROUTE: Route = Route::post("claim_domain", "/v1/organizations/{id}/domains/{name}/claim")
        .tag("Domains")
        .may(Action::LinkUsers, On::Organization)
        .refuses(&[code::DOMAIN_STATE])
        .tells(&["name"])
        .needs(Act::Domains);
    type Path = (String, String);
    type Query = Nothing;
    type Body = Nothing;
    type Answer = OrgDomain;
}

/// Release a claim; the domain stays verified.
#[derive(Debug, ToSchema)]
pub struct ReleaseDomain;

impl Endpoint for ReleaseDomain {
    const ROUTE: Route =
        Route::post("release_domain", "/v1/organizations/{id}/domains/{name}/release")
            .tag("Domains")
            .may(Action::LinkUsers, On::Organization)
            .refuses(&[code::DOMAIN_STATE])
            .needs(Act::Domains);
    type Path = (String, String);
    type Query = Nothing;
    type Body = Nothing;
    type Answer = OrgDomain;
}

/// Unverify a domain: pending again, with a fresh record to publish. No link is undone.
#[derive(Debug, ToSchema)]
pub struct UnverifyDomain;

impl Endpoint for UnverifyDomain {
    const ROUTE: Route =
        Route::post("unverify_domain", "/v1/organizations/{id}/domains/{name}/unverify")
            .tag("Domains")
            .may(Action::LinkUsers, On::Organization)
            .refuses(&[code::DOMAIN_STATE])
            .needs(Act::Domains);
    type Path = (String, String);
    type Query = Nothing;
    type Body = Nothing;
    type Answer = OrgDomain;
}

/// Remove a pending domain; the answer is how it was. A verified one is unverified first.
#[derive(Debug, ToSchema)]
pub struct RemoveDomain;

impl Endpoint for RemoveDomain {
    const ROUTE: Route =
        Route::post("remove_domain", "/v1/organizations/{id}/domains/{name}/remove")
            .tag("Domains")
            .may(Action::LinkUsers, On::Organization)
            .refuses(&[code::DOMAIN_STATE]);
    type Path = (String, String);
    type Query = Nothing;
    type Body = Nothing;
    type Answer = OrgDomain;
}

/// The consumer domains that were added to the list in the program, by name.
#[derive(Debug, ToSchema)]
pub struct ListConsumerDomains;

impl Endpoint for ListConsumerDomains {
    const ROUTE: Route = Route::get("list_consumer_domains", "/v1/consumer-domains")
        .tag("Domains")
        .may(Action::Provision, On::Backend);
    type Path = Nothing;
    type Query = PageQuery;
    type Body = Nothing;
    type Answer = Page<ConsumerDomain>;
}

/// Add a public mail provider's domain: its people are always e-mailed (row 11).
#[derive(Debug, ToSchema)]
pub struct AddConsumerDomain;

impl Endpoint for AddConsumerDomain {
    const ROUTE: Route = Route::post("add_consumer_domain", "/v1/consumer-domains")
        .tag("Domains")
        .may(Action::Provision, On::Backend)
        .answers_with(201, "Added.")
        .refuses(&[code::DOMAIN_TAKEN, code::DOMAIN_STATE, code::EXISTS]);
    type Path = Nothing;
    type Query = Nothing;
    type Body = NewDomain;
    type Answer = ConsumerDomain;
}
