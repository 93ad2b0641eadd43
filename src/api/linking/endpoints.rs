//! The endpoints of linking a site.
//!
//! Owns what is known of each; their bodies are the module above.

use super::{
    Candidates, CandidatesQuery, Connect, Enroll, Enrollment, LinkJob, LinkPlan, LinkSite,
    LinkTarget, LinkedUser, LinkedUsersQuery,
};
use crate::api::endpoint::{About, Endpoint, Nothing};
use crate::api::page::Page;
use crate::api::problem::code;
use crate::api::route::{On, Route};
use crate::api::run::WatchQuery;
use crate::domain::act::Act;
use crate::domain::role::Action;
use utoipa::ToSchema;

/// Its endpoints.
pub(in crate::api) const ENDPOINTS: &[&About] = &[
    ShowEnrollment::ABOUT,
    EnrollSite::ABOUT,
    ConnectSite::ABOUT,
    ListCandidates::ABOUT,
    PrepareLink::ABOUT,
    LinkSiteCall::ABOUT,
    WatchLink::ABOUT,
    ListLinkedUsers::ABOUT,
    RetryLink::ABOUT,
    UnlinkSite::ABOUT,
];

/// Where one stands with a site of one's own: what comes next.
#[derive(Debug, ToSchema)]
pub struct ShowEnrollment;

impl Endpoint for ShowEnrollment {
    const ROUTE: Route = Route::get("show_enrollment", "/v1/sites/{url}/enrollment")
        .tag("Linking")
        .may(Action::LinkSite, On::Site);
    type Path = String;
    type Query = Nothing;
    type Body = Nothing;
    type Answer = Enrollment;
}

/// Enroll Now. Who is in no organization yet gets the connect mail; it may be asked for again.
#[derive(Debug, ToSchema)]
pub struct EnrollSite;

impl Endpoint for EnrollSite {
    const ROUTE: Route = Route::post("enroll_site", "/v1/sites/{url}/enroll")
        .tag("Linking")
        .may(Action::LinkSite, On::Site)
        .refuses(&[code::LINK_PERMANENT, code::MAY_NOT_LINK])
        .needs(Act::Sites);
    type Path = String;
    type Query = Nothing;
    type Body = Enroll;
    type Answer = Enrollment;
}

/// Use the code of one's connect mail. Code and link are used together, once.
#[derive(Debug, ToSchema)]
pub struct ConnectSite;

impl Endpoint for ConnectSite {
    const ROUTE: Route = Route::post("connect_site", "/v1/sites/{url}/connect")
        .tag("Linking")
        .may(Action::LinkSite, On::Site)
        .refuses(&[
            code::CODE_EXPIRED,
            code::CODE_UNKNOWN,
            code::CODE_USED,
            code::LINK_PERMANENT,
            code::MAY_NOT_LINK,
        ])
        .needs(Act::Sites);
    type Path = String;
    type Query = Nothing;
    type Body = Connect;
    type Answer = Enrollment;
}

/// The organizations that match the site, each with every reason. Recorded, and limited in number.
#[derive(Debug, ToSchema)]
pub struct ListCandidates;

impl Endpoint for ListCandidates {
    const ROUTE: Route = Route::get("list_candidates", "/v1/sites/{url}/candidates")
        .tag("Linking")
        .may(Action::LinkSite, On::Site)
        .refuses(&[code::CONNECT_FIRST, code::LINK_PERMANENT, code::MAY_NOT_LINK])
        .tells(&["organization"]);
    type Path = String;
    type Query = CandidatesQuery;
    type Body = Nothing;
    type Answer = Candidates;
}

/// What linking the site would do, and the agreement with its hash. Changes nothing.
#[derive(Debug, ToSchema)]
pub struct PrepareLink;

impl Endpoint for PrepareLink {
    const ROUTE: Route = Route::post("prepare_link", "/v1/sites/{url}/link/prepare")
        .tag("Linking")
        .may(Action::LinkSite, On::Site)
        .keeps()
        .refuses(&[
            code::CONNECT_FIRST,
            code::LINK_PERMANENT,
            code::MAY_NOT_LINK,
            code::OTHER_ORGANIZATION,
        ])
        .long()
        .answers(&["organization"])
        .needs(Act::Sites);
    type Path = String;
    type Query = Nothing;
    type Body = LinkTarget;
    type Answer = LinkPlan;
}

/// Link Now, for good: with the hash of the agreement that was read, the tick, and the site's URL
/// typed in full.
#[derive(Debug, ToSchema)]
pub struct LinkSiteCall;

impl Endpoint for LinkSiteCall {
    const ROUTE: Route = Route::post("link_site", "/v1/sites/{url}/link")
        .tag("Linking")
        .may(Action::LinkSite, On::Site)
        .answers_with(202, "Begun; watch it with GET.")
        .refuses(&[
            code::AGREEMENT_STALE,
            code::CONNECT_FIRST,
            code::LINK_PERMANENT,
            code::MAY_NOT_LINK,
            code::OTHER_ORGANIZATION,
        ])
        .long()
        .tells(&["target.organization"])
        .needs(Act::Sites);
    type Path = String;
    type Query = Nothing;
    type Body = LinkSite;
    type Answer = LinkJob;
}

/// The site's link job, at once; or, with `after` and `wait`, when it changes.
#[derive(Debug, ToSchema)]
pub struct WatchLink;

impl Endpoint for WatchLink {
    const ROUTE: Route = Route::get("watch_link", "/v1/sites/{url}/link")
        .tag("Linking")
        .may(Action::See, On::Site)
        .waits();
    type Path = String;
    type Query = WatchQuery;
    type Body = Nothing;
    type Answer = LinkJob;
}

/// Whom completing the link was for: linked, or reported with the reason.
#[derive(Debug, ToSchema)]
pub struct ListLinkedUsers;

impl Endpoint for ListLinkedUsers {
    const ROUTE: Route = Route::get("list_linked_users", "/v1/sites/{url}/link/users")
        .tag("Linking")
        .may(Action::SeeUsers, On::Site);
    type Path = String;
    type Query = LinkedUsersQuery;
    type Body = Nothing;
    type Answer = Page<LinkedUser>;
}

/// Try a failed link job again now, to the same organization. It is tried again by itself, too.
#[derive(Debug, ToSchema)]
pub struct RetryLink;

impl Endpoint for RetryLink {
    const ROUTE: Route = Route::post("retry_link", "/v1/sites/{url}/link/retry")
        .tag("Linking")
        .may(Action::LinkSite, On::Site)
        .answers_with(202, "Under way again.")
        .refuses(&[code::LINK_STATE, code::MAY_NOT_LINK]);
    type Path = String;
    type Query = Nothing;
    type Body = Nothing;
    type Answer = LinkJob;
}

/// There is no unlinking a site: this answers `409 link_permanent`, and says so.
#[derive(Debug, ToSchema)]
pub struct UnlinkSite;

impl Endpoint for UnlinkSite {
    const ROUTE: Route = Route::delete("unlink_site", "/v1/sites/{url}/link")
        .tag("Linking")
        .may(Action::See, On::Site)
        .answers_with(0, "")
        .refuses(&[code::LINK_PERMANENT]);
    type Path = String;
    type Query = Nothing;
    type Body = Nothing;
    type Answer = Nothing;
}
