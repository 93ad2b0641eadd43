//! The endpoints of signing in and out.
//!
//! Owns what is known of each; their bodies are the module above.

use super::{Me, SessionGranted, SignIn};
use crate::api::endpoint::{About, Endpoint, Nothing};
use crate::api::problem::code;
use crate::api::route::Route;
use utoipa::ToSchema;

/// Its endpoints.
pub(in crate::api) const ENDPOINTS: &[&About] = &[SignInCall::ABOUT, SignOut::ABOUT, ShowMe::ABOUT];

/// Sign in, with a password or with a personal token.
#[derive(Debug, ToSchema)]
pub struct SignInCall;

impl Endpoint for SignInCall {
    const ROUTE: Route = Route::post("sign_in", "/v1/sessions")
        .tag("Account")
        .anybody()
        .answers_with(201, "Signed in.")
        .keeps()
        .refuses(&[code::PERSON_DISABLED, code::SIGN_IN_FAILED, code::TOKEN_EXPIRED]);
    type Path = Nothing;
    type Query = Nothing;
    type Body = SignIn;
    type Answer = SessionGranted;
}

/// Sign out: the session ends. A personal token stays; revoke it if it shall not.
#[derive(Debug, ToSchema)]
pub struct SignOut;

impl Endpoint for SignOut {
    const ROUTE: Route = Route::delete("sign_out", "/v1/sessions/current")
        .tag("Account")
        .answers_with(204, "Signed out.")
        .keeps();
    type Path = Nothing;
    type Query = Nothing;
    type Body = Nothing;
    type Answer = Nothing;
}

/// Who one is, and the backend's facts that a client needs at once.
#[derive(Debug, ToSchema)]
pub struct ShowMe;

impl Endpoint for ShowMe {
    const ROUTE: Route = Route::get("show_me", "/v1/me").tag("Account");
    type Path = Nothing;
    type Query = Nothing;
    type Body = Nothing;
    type Answer = Me;
}
