//! The endpoints of sessions of one's own, and of new passwords.
//!
//! Owns what is known of each; their bodies are the module above.

use super::{AskReset, PasswordReset, Session, UseReset};
use crate::api::endpoint::{About, Endpoint, Nothing};
use crate::api::page::{Page, PageQuery};
use crate::api::problem::code;
use crate::api::route::Route;
use crate::api::session::NewPassword;
use utoipa::ToSchema;

/// Its endpoints.
pub(in crate::api) const ENDPOINTS: &[&About] = &[
    SetPassword::ABOUT,
    AskResetCall::ABOUT,
    UseResetCall::ABOUT,
    ListSessions::ABOUT,
    EndSession::ABOUT,
    EndSessions::ABOUT,
];

/// Set one's own password; the one there is must be given. One's other sessions end.
#[derive(Debug, ToSchema)]
pub struct SetPassword;

impl Endpoint for SetPassword {
    const ROUTE: Route = Route::put("set_password", "/v1/me/password")
        .tag("Account")
        .answers_with(204, "Set.")
        .keeps()
        .refuses(&[code::SIGN_IN_FAILED]);
    type Path = Nothing;
    type Query = Nothing;
    type Body = NewPassword;
    type Answer = Nothing;
}

/// Ask for a mail with a code that sets a new password. The answer is the same whether or not
/// anybody has the address. The code works once, for 30 minutes.
#[derive(Debug, ToSchema)]
pub struct AskResetCall;

impl Endpoint for AskResetCall {
    const ROUTE: Route = Route::post("ask_reset", "/v1/password-resets")
        .tag("Account")
        .anybody()
        .answers_with(202, "If somebody has the address, a mail is sent.")
        .keeps();
    type Path = Nothing;
    type Query = Nothing;
    type Body = AskReset;
    type Answer = Nothing;
}

/// Set a new password with the code of the mail. All sessions of the person end.
#[derive(Debug, ToSchema)]
pub struct UseResetCall;

impl Endpoint for UseResetCall {
    const ROUTE: Route = Route::post("use_reset", "/v1/password-resets/use")
        .tag("Account")
        .anybody()
        .keeps()
        .refuses(&[code::CODE_EXPIRED, code::CODE_UNKNOWN, code::CODE_USED, code::PERSON_DISABLED]);
    type Path = Nothing;
    type Query = Nothing;
    type Body = UseReset;
    type Answer = PasswordReset;
}

/// One's sessions that have not ended, oldest first.
#[derive(Debug, ToSchema)]
pub struct ListSessions;

impl Endpoint for ListSessions {
    const ROUTE: Route = Route::get("list_sessions", "/v1/me/sessions").tag("Account");
    type Path = Nothing;
    type Query = PageQuery;
    type Body = Nothing;
    type Answer = Page<Session>;
}

/// End one of one's sessions; ending the one in use signs out.
#[derive(Debug, ToSchema)]
pub struct EndSession;

impl Endpoint for EndSession {
    const ROUTE: Route = Route::delete("end_session", "/v1/me/sessions/{id}")
        .tag("Account")
        .answers_with(204, "Ended.")
        .keeps();
    type Path = String;
    type Query = Nothing;
    type Body = Nothing;
    type Answer = Nothing;
}

/// End all of one's sessions but the one in use. Personal tokens stay.
#[derive(Debug, ToSchema)]
pub struct EndSessions;

impl Endpoint for EndSessions {
    const ROUTE: Route = Route::delete("end_sessions", "/v1/me/sessions")
        .tag("Account")
        .answers_with(204, "Ended.")
        .keeps();
    type Path = Nothing;
    type Query = Nothing;
    type Body = Nothing;
    type Answer = Nothing;
}
