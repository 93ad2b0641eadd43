//! Offers of roles (rule P1): what an organization's administrators and the addressee see of one,
//! and the addressee's answers. The mail and its code are `welcome`'s.

use crate::api::endpoint::{About, Endpoint, Nothing};
use crate::api::organization::Organization;
use crate::api::problem::code;
use crate::api::route::{On, Route};
use crate::api::welcome::{WelcomeAccepted, WelcomeShown};
use crate::domain::role::Action;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::offer::OfferState;
use crate::domain::role::Role;
use crate::domain::untrusted::Untrusted;
use crate::domain::welcome::WelcomeState;

/// Roles that somebody is offered in an organization, and has not accepted: one offer per
/// organization and address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Offer {
    /// The organization's id.
    pub organization: String,
    /// Its name.
    pub organization_name: Untrusted,
    /// To whom.
    pub email: Untrusted,
    /// Which roles; none once it was declined and the roles went to somebody else.
    pub roles: Vec<Role>,
    /// Where it stands.
    pub state: OfferState,
    /// Where its mail stands.
    pub mail: WelcomeState,
    /// What the mail server said, where it did not simply take the mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<Untrusted>,
    /// Who made it; absent where a role was offered before this was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offered_by: Option<Untrusted>,
    /// When it was made, or made anew.
    pub offered_at: Timestamp,
    /// Until when it can be accepted.
    pub expires_at: Timestamp,
    /// When its last mail was taken by the mail server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mailed_at: Option<Timestamp>,
    /// From when it may be mailed again, where a mail was surely delivered within the last week.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail_again_at: Option<Timestamp>,
}

/// Body of `POST /v1/offers/{organization}/accept`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptOffer {
    /// The `sha256` of the terms that were read and are accepted.
    pub terms_sha256: String,
}

/// Its endpoints.
pub(super) const ENDPOINTS: &[&About] = &[
    ShowOffer::ABOUT,
    AcceptOfferCall::ABOUT,
    DeclineOffer::ABOUT,
    LiftOffer::ABOUT,
    WithdrawOffer::ABOUT,
];

/// What one is offered in an organization, with the terms. `GET /v1/me` lists one's offers.
#[derive(Debug, ToSchema)]
pub struct ShowOffer;

impl Endpoint for ShowOffer {
    const ROUTE: Route = Route::get("show_offer", "/v1/offers/{organization}")
        .tag("Offers")
        .refuses(&[code::OFFER_LAPSED, code::OFFER_WITHDRAWN]);
    type Path = String;
    type Query = Nothing;
    type Body = Nothing;
    type Answer = WelcomeShown;
}

/// Accept an offer to oneself: the roles are held, and one is a user of the organization.
#[derive(Debug, ToSchema)]
pub struct AcceptOfferCall;

impl Endpoint for AcceptOfferCall {
    const ROUTE: Route =
        Route::post("accept_offer", "/v1/offers/{organization}/accept").tag("Offers").refuses(&[
            code::OFFER_DECLINED,
            code::OFFER_LAPSED,
            code::OFFER_WITHDRAWN,
            code::OTHER_ORGANIZATION,
            code::PERSON_DISABLED,
            code::TERMS_CHANGED,
        ]);
    type Path = String;
    type Query = Nothing;
    type Body = AcceptOffer;
    type Answer = WelcomeAccepted;
}

/// Decline an offer to oneself. It stands until one lifts it: the organization cannot offer again.
#[derive(Debug, ToSchema)]
pub struct DeclineOffer;

impl Endpoint for DeclineOffer {
    const ROUTE: Route = Route::post("decline_offer", "/v1/offers/{organization}/decline")
        .tag("Offers")
        .refuses(&[code::OFFER_LAPSED, code::OFFER_STATE, code::OFFER_WITHDRAWN]);
    type Path = String;
    type Query = Nothing;
    type Body = Nothing;
    type Answer = Offer;
}

/// Lift one's own decline: the organization may offer again.
#[derive(Debug, ToSchema)]
pub struct LiftOffer;

impl Endpoint for LiftOffer {
    const ROUTE: Route = Route::post("lift_offer", "/v1/offers/{organization}/lift")
        .tag("Offers")
        .refuses(&[code::OFFER_LAPSED, code::OFFER_STATE, code::OFFER_WITHDRAWN]);
    type Path = String;
    type Query = Nothing;
    type Body = Nothing;
    type Answer = Offer;
}

/// Withdraw an offer: by whoever made it, or may grant roles. Its link and code die.
#[derive(Debug, ToSchema)]
pub struct WithdrawOffer;

impl Endpoint for WithdrawOffer {
    const ROUTE: Route = Route::delete("withdraw_offer", "/v1/organizations/{id}/offers/{email}")
        .tag("Offers")
        .may(Action::SeeDetails, On::Organization)
        .refuses(&[code::OFFER_DECLINED, code::WELCOME_SENDING]);
    type Path = (String, String);
    type Query = Nothing;
    type Body = Nothing;
    type Answer = Organization;
}
