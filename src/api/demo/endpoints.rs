//! The endpoints of the world clock and of the demo.
//!
//! Owns what is known of each; their bodies are the module above.

use super::{Advance, AnswerMail, Clock, DemoPerson, OutboxMail, OutboxQuery, PublishTxt};
use crate::api::endpoint::{About, Endpoint, List, Nothing};
use crate::api::route::Route;
use utoipa::ToSchema;

/// Its endpoints.
pub(in crate::api) const ENDPOINTS: &[&About] = &[
    ShowClock::ABOUT,
    AdvanceClock::ABOUT,
    ListDemoPeople::ABOUT,
    ListOutbox::ABOUT,
    AnswerMailCall::ABOUT,
    PublishTxtCall::ABOUT,
];

/// The world clock: the time that trials, deadlines and expiries run on.
#[derive(Debug, ToSchema)]
pub struct ShowClock;

impl Endpoint for ShowClock {
    const ROUTE: Route = Route::get("show_clock", "/v1/clock").tag("Clock");
    type Path = Nothing;
    type Query = Nothing;
    type Body = Nothing;
    type Answer = Clock;
}

/// Move the world clock on. Only in the demo and with `serve --test-clock`; elsewhere 404.
#[derive(Debug, ToSchema)]
pub struct AdvanceClock;

impl Endpoint for AdvanceClock {
    const ROUTE: Route = Route::post("advance_clock", "/v1/clock/advance").tag("Clock").keeps();
    type Path = Nothing;
    type Query = Nothing;
    type Body = Advance;
    type Answer = Clock;
}

/// Whom one can sign in as, for who has the demo's key.
#[derive(Debug, ToSchema)]
pub struct ListDemoPeople;

impl Endpoint for ListDemoPeople {
    const ROUTE: Route = Route::get("list_demo_people", "/v1/demo/people").anybody();
    type Path = Nothing;
    type Query = Nothing;
    type Body = Nothing;
    type Answer = List<DemoPerson>;
}

/// The newest mails, so many as [`OUTBOX_PAGE`](super::OUTBOX_PAGE) says.
#[derive(Debug, ToSchema)]
pub struct ListOutbox;

impl Endpoint for ListOutbox {
    const ROUTE: Route = Route::get("list_outbox", "/v1/demo/outbox");
    type Path = Nothing;
    type Query = OutboxQuery;
    type Body = Nothing;
    type Answer = List<OutboxMail>;
}

/// Answer a mail in its reader's place.
#[derive(Debug, ToSchema)]
pub struct AnswerMailCall;

impl Endpoint for AnswerMailCall {
    const ROUTE: Route = Route::post("answer_mail", "/v1/demo/outbox/{id}/answer").keeps();
    type Path = u64;
    type Query = Nothing;
    type Body = AnswerMail;
    type Answer = List<OutboxMail>;
}

/// Publish a TXT record in the demo's DNS.
#[derive(Debug, ToSchema)]
pub struct PublishTxtCall;

impl Endpoint for PublishTxtCall {
    const ROUTE: Route =
        Route::post("publish_txt", "/v1/demo/dns").keeps().answers_with(204, "Published.");
    type Path = Nothing;
    type Query = Nothing;
    type Body = PublishTxt;
    type Answer = Nothing;
}
