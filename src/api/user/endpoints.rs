//! The endpoints of single users.
//!
//! Owns what is known of each; their bodies are the module above.

use super::{EditUser, NewUser, UserDetail};
use crate::api::endpoint::{About, Endpoint, Nothing};
use crate::api::problem::code;
use crate::api::route::{On, Route};
use crate::domain::act::Act;
use crate::domain::role::Action;
use utoipa::ToSchema;

/// Its endpoints.
pub(in crate::api) const ENDPOINTS: &[&About] =
    &[ShowUser::ABOUT, AddUser::ABOUT, EditUserCall::ABOUT];

/// One user, with the person as the organization has them and the preferred site.
#[derive(Debug, ToSchema)]
pub struct ShowUser;

impl Endpoint for ShowUser {
    const ROUTE: Route = Route::get("show_user", "/v1/sites/{url}/users/{user_id}")
        .tag("Users")
        .may(Action::SeeUsers, On::Site);
    type Path = (String, String);
    type Query = Nothing;
    type Body = Nothing;
    type Answer = UserDetail;
}

/// Add a user to the site. Where account linking is on, the user is planned for at once.
#[derive(Debug, ToSchema)]
pub struct AddUser;

impl Endpoint for AddUser {
    const ROUTE: Route = Route::post("add_user", "/v1/sites/{url}/users")
        .tag("Users")
        .may(Action::Import, On::Site)
        .answers_with(201, "Added.")
        .refuses(&[code::EXISTS])
        .tells(&["address"])
        .needs(Act::Import);
    type Path = String;
    type Query = Nothing;
    type Body = NewUser;
    type Answer = UserDetail;
}

/// Change a user: what is given changes, the rest stays. The organization has it at once.
#[derive(Debug, ToSchema)]
pub struct EditUserCall;

impl Endpoint for EditUserCall {
    const ROUTE: Route = Route::patch("edit_user", "/v1/sites/{url}/users/{user_id}")
        .tag("Users")
        .may(Action::Import, On::Site)
        .tells(&["address"])
        .needs(Act::Import);
    type Path = (String, String);
    type Query = Nothing;
    type Body = EditUser;
    type Answer = UserDetail;
}
