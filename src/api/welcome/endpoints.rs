//! The endpoints of the welcome mail.
//!
//! Owns what is known of each; their bodies are the module above.

use super::{AcceptWelcome, CorrectWelcome, LookAtWelcome, Welcome, WelcomeAccepted, WelcomeShown};
use crate::api::endpoint::{About, Endpoint, Nothing};
use crate::api::problem::code;
use crate::api::route::{On, Route};
use crate::domain::role::Action;
use utoipa::ToSchema;

/// Its endpoints.
pub(in crate::api) const ENDPOINTS: &[&About] = &[
    ShowWelcome::ABOUT,
    ResendWelcome::ABOUT,
    CorrectWelcomeCall::ABOUT,
    LookAtWelcomeCall::ABOUT,
    AcceptWelcomeCall::ABOUT,
    DeclineWelcome::ABOUT,
    LiftWelcome::ABOUT,
];

/// The organization's newest welcome mail, and what became of it.
#[derive(Debug, ToSchema)]
pub struct ShowWelcome;

impl Endpoint for ShowWelcome {
    const ROUTE: Route = Route::get("show_welcome", "/v1/organizations/{id}/welcome")
        .tag("Welcome")
        .may(Action::Welcome, On::Organization);
    type Path = String;
    type Query = Nothing;
    type Body = Nothing;
    type Answer = Welcome;
}

/// Send the welcome mail again. The new mail's link takes the place of the old one.
#[derive(Debug, ToSchema)]
pub struct ResendWelcome;

impl Endpoint for ResendWelcome {
    const ROUTE: Route = Route::post("resend_welcome", "/v1/organizations/{id}/welcome/resend")
        .tag("Welcome")
        .may(Action::Welcome, On::Organization)
        .answers_with(202, "To be sent.")
        .refuses(&[
            code::OFFER_DECLINED,
            code::OFFER_WITHDRAWN,
            code::PERSON_DISABLED,
            code::WELCOME_ACCEPTED,
            code::WELCOME_SENDING,
        ]);
    type Path = String;
    type Query = Nothing;
    type Body = Nothing;
    type Answer = Welcome;
}

/// Correct the address, until somebody has accepted: the old link and the old address's right die,
/// and a new mail goes out.
#[derive(Debug, ToSchema)]
pub struct CorrectWelcomeCall;

impl Endpoint for CorrectWelcomeCall {
    const ROUTE: Route = Route::put("correct_welcome", "/v1/organizations/{id}/welcome/address")
        .tag("Welcome")
        .may(Action::Welcome, On::Organization)
        .answers_with(202, "To be sent.")
        .refuses(&[
            code::OFFER_DECLINED,
            code::OTHER_ORGANIZATION,
            code::PERSON_DISABLED,
            code::WELCOME_ACCEPTED,
            code::WELCOME_FIXED,
        ])
        .tells(&["email"]);
    type Path = String;
    type Query = Nothing;
    type Body = CorrectWelcome;
    type Answer = Welcome;
}

/// Look what is behind a welcome mail's code; changes nothing. Needs no session: the code is the
/// key.
#[derive(Debug, ToSchema)]
pub struct LookAtWelcomeCall;

impl Endpoint for LookAtWelcomeCall {
    const ROUTE: Route = Route::post("look_at_welcome", "/v1/welcome/look")
        .tag("Welcome")
        .anybody()
        .keeps()
        .refuses(&[
            code::CODE_EXPIRED,
            code::CODE_UNKNOWN,
            code::CODE_USED,
            code::CONNECT_CODE,
            code::OFFER_WITHDRAWN,
            code::RESET_CODE,
        ]);
    type Path = Nothing;
    type Query = Nothing;
    type Body = LookAtWelcome;
    type Answer = WelcomeShown;
}

/// Accept the terms and be signed in: with a new password, or, for who can sign in already, with
/// the session that is sent along. Sent once more by the same person, it is answered as before.
#[derive(Debug, ToSchema)]
pub struct AcceptWelcomeCall;

impl Endpoint for AcceptWelcomeCall {
    const ROUTE: Route =
        Route::post("accept_welcome", "/v1/welcome/accept").tag("Welcome").refuses(&[
            code::CODE_EXPIRED,
            code::CODE_UNKNOWN,
            code::CODE_USED,
            code::CONNECT_CODE,
            code::EXISTS,
            code::OFFER_DECLINED,
            code::OFFER_LAPSED,
            code::OFFER_WITHDRAWN,
            code::OTHER_ORGANIZATION,
            code::PERSON_DISABLED,
            code::RESET_CODE,
            code::SIGN_IN_FIRST,
            code::TERMS_CHANGED,
        ]);
    type Path = Nothing;
    type Query = Nothing;
    type Body = AcceptWelcome;
    type Answer = WelcomeAccepted;
}

/// Decline what the code offers: nothing changes for anybody, and the organization cannot offer it
/// again until that is lifted. Needs no session: the code is the key.
#[derive(Debug, ToSchema)]
pub struct DeclineWelcome;

impl Endpoint for DeclineWelcome {
    const ROUTE: Route =
        Route::post("decline_welcome", "/v1/welcome/decline").tag("Welcome").anybody().refuses(&[
            code::CODE_EXPIRED,
            code::CODE_UNKNOWN,
            code::CODE_USED,
            code::CONNECT_CODE,
            code::OFFER_LAPSED,
            code::OFFER_STATE,
            code::OFFER_WITHDRAWN,
            code::RESET_CODE,
        ]);
    type Path = Nothing;
    type Query = Nothing;
    type Body = LookAtWelcome;
    type Answer = WelcomeShown;
}

/// Lift a decline: the organization may offer again. Needs no session: the code is the key.
#[derive(Debug, ToSchema)]
pub struct LiftWelcome;

impl Endpoint for LiftWelcome {
    const ROUTE: Route =
        Route::post("lift_welcome", "/v1/welcome/lift").tag("Welcome").anybody().refuses(&[
            code::CODE_EXPIRED,
            code::CODE_UNKNOWN,
            code::CODE_USED,
            code::CONNECT_CODE,
            code::OFFER_LAPSED,
            code::OFFER_STATE,
            code::OFFER_WITHDRAWN,
            code::RESET_CODE,
        ]);
    type Path = Nothing;
    type Query = Nothing;
    type Body = LookAtWelcome;
    type Answer = WelcomeShown;
}
