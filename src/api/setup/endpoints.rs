//! The endpoints of services setup.
//!
//! Owns what is known of each; their bodies are the module above.

use super::{FinishSetup, Setup, SubdomainCheck, SubdomainQuery, SuggestQuery, Suggestions};
use crate::api::contact_center::{ContactCenter, SetUpContactCenter};
use crate::api::endpoint::{About, Endpoint, Nothing};
use crate::api::problem::code;
use crate::api::route::{On, Route};
use crate::api::run::WatchQuery;
use crate::domain::role::Action;
use utoipa::ToSchema;

/// Its endpoints.
pub(in crate::api) const ENDPOINTS: &[&About] = &[
    ShowSetup::ABOUT,
    FinishSetupCall::ABOUT,
    CheckSubdomain::ABOUT,
    SuggestSubdomains::ABOUT,
    ShowContactCenter::ABOUT,
    SetUpContactCenterCall::ABOUT,
];

/// The organization's services setup: the plan to review, where it stands, what comes next.
#[derive(Debug, ToSchema)]
pub struct ShowSetup;

impl Endpoint for ShowSetup {
    const ROUTE: Route = Route::get("show_setup", "/v1/organizations/{id}/setup")
        .tag("Setup")
        .may(Action::SetUpServices, On::Organization);
    type Path = String;
    type Query = Nothing;
    type Body = Nothing;
    type Answer = Setup;
}

/// Finish setup: the subdomain is taken now. Of two who finish at once one gets it, the other
/// `subdomain_taken` with three free names.
#[derive(Debug, ToSchema)]
pub struct FinishSetupCall;

impl Endpoint for FinishSetupCall {
    const ROUTE: Route = Route::post("finish_setup", "/v1/organizations/{id}/setup/finish")
        .tag("Setup")
        .may(Action::SetUpServices, On::Organization)
        .answers_with(200, "Finished.")
        .refuses(&[code::SETUP_FINISHED, code::SUBDOMAIN_RESERVED, code::SUBDOMAIN_TAKEN])
        .names(&["subdomain"]);
    type Path = String;
    type Query = Nothing;
    type Body = FinishSetup;
    type Answer = Setup;
}

/// Check Availability: whether the organization could have this subdomain. It promises nothing.
#[derive(Debug, ToSchema)]
pub struct CheckSubdomain;

impl Endpoint for CheckSubdomain {
    const ROUTE: Route = Route::get("check_subdomain", "/v1/organizations/{id}/subdomain")
        .tag("Setup")
        .may(Action::SetUpServices, On::Organization)
        .names(&["name"]);
    type Path = String;
    type Query = SubdomainQuery;
    type Body = Nothing;
    type Answer = SubdomainCheck;
}

/// Three subdomains that are free now, made from a name or from the organization's own.
#[derive(Debug, ToSchema)]
pub struct SuggestSubdomains;

impl Endpoint for SuggestSubdomains {
    const ROUTE: Route =
        Route::get("suggest_subdomains", "/v1/organizations/{id}/subdomain/suggestions")
            .tag("Setup")
            .may(Action::SetUpServices, On::Organization)
            .names(&["name"]);
    type Path = String;
    type Query = SuggestQuery;
    type Body = Nothing;
    type Answer = Suggestions;
}

/// The Contact Center card, at once; or, with `after` and `wait`, when a part changes.
#[derive(Debug, ToSchema)]
pub struct ShowContactCenter;

impl Endpoint for ShowContactCenter {
    const ROUTE: Route = Route::get("show_contact_center", "/v1/organizations/{id}/contact-center")
        .tag("Setup")
        .may(Action::SetUpServices, On::Organization)
        .waits();
    type Path = String;
    type Query = WatchQuery;
    type Body = Nothing;
    type Answer = ContactCenter;
}

/// The card's Set Up: begins Contact Center and voice; chat too, for the customer's own full admin.
/// What has failed is tried again.
#[derive(Debug, ToSchema)]
pub struct SetUpContactCenterCall;

impl Endpoint for SetUpContactCenterCall {
    const ROUTE: Route =
        Route::post("set_up_contact_center", "/v1/organizations/{id}/contact-center/set-up")
            .tag("Setup")
            .may(Action::SetUpServices, On::Organization)
            .answers_with(202, "Under way.")
            .refuses(&[code::NOT_IN_PLAN, code::NOTHING_TO_SET_UP]);
    type Path = String;
    type Query = Nothing;
    type Body = SetUpContactCenter;
    type Answer = ContactCenter;
}
