//! The endpoints of directory sync.
//!
//! Owns what is known of each; their bodies are the module above.

use super::{DirectorySync, FailingUser, SetDirectorySync};
use crate::api::endpoint::Code;
use crate::api::endpoint::{About, Endpoint, Nothing};
use crate::api::page::{Page, PageQuery};
use crate::api::problem::code;
use crate::api::route::{FILE, On, Route};
use crate::domain::act::Act;
use crate::domain::directory_sync::SyncStep;
use crate::domain::role::Action;
use utoipa::ToSchema;

/// Its endpoints.
pub(in crate::api) const ENDPOINTS: &[&About] = &[
    ShowDirectorySync::ABOUT,
    SetDirectorySyncCall::ABOUT,
    ListFailingUsers::ABOUT,
    DoDirectoryStep::ABOUT,
];

/// How directory sync stands, how many users it blocks, and the steps of the remedy.
#[derive(Debug, ToSchema)]
pub struct ShowDirectorySync;

impl Endpoint for ShowDirectorySync {
    const ROUTE: Route = Route::get("show_directory_sync", "/v1/organizations/{id}/directory-sync")
        .tag("Organizations")
        .may(Action::SeeDetails, On::Organization);
    type Path = String;
    type Query = Nothing;
    type Body = Nothing;
    type Answer = DirectorySync;
}

/// Switch directory sync, and tell what the directory has. A new round of the remedy begins.
#[derive(Debug, ToSchema)]
pub struct SetDirectorySyncCall;

impl Endpoint for SetDirectorySyncCall {
    const ROUTE: Route = Route::put("set_directory_sync", "/v1/organizations/{id}/directory-sync")
        .tag("Organizations")
        .may(Action::DirectorySync, On::Organization)
        .up_to(FILE)
        .long()
        .needs(Act::DirectorySync);
    type Path = String;
    type Query = Nothing;
    type Body = SetDirectorySync;
    type Answer = DirectorySync;
}

/// Whom directory sync blocks, or would block if it were resumed, and why each.
#[derive(Debug, ToSchema)]
pub struct ListFailingUsers;

impl Endpoint for ListFailingUsers {
    const ROUTE: Route =
        Route::get("list_failing_users", "/v1/organizations/{id}/directory-sync/users")
            .tag("Organizations")
            .may(Action::DirectorySync, On::Organization);
    type Path = String;
    type Query = PageQuery;
    type Body = Nothing;
    type Answer = Page<FailingUser>;
}

/// Do a step of the remedy: pause, convert, `dry_run`, resume. Out of its order it is refused.
#[derive(Debug, ToSchema)]
pub struct DoDirectoryStep;

impl Endpoint for DoDirectoryStep {
    const ROUTE: Route =
        Route::post("do_directory_step", "/v1/organizations/{id}/directory-sync/{step}")
            .tag("Organizations")
            .may(Action::DirectorySync, On::Organization)
            .refuses(&[code::SYNC_STEP])
            .long()
            .needs(Act::DirectorySync);
    type Path = (String, Code<SyncStep>);
    type Query = Nothing;
    type Body = Nothing;
    type Answer = DirectorySync;
}
