//! Offers of roles (rule P1).

use bytes::Bytes;

use super::{Reply, Wire, boxed, seg};
use crate::api::offer::AcceptOffer;

/// Offers. The first string is the organization's id.
#[derive(Debug, Clone, PartialEq)]
pub enum OfferCall {
    /// `GET /v1/offers/{organization}` -> `WelcomeShown`: what one is offered there.
    Show(String),
    /// `POST /v1/offers/{organization}/accept` -> `WelcomeAccepted`.
    Accept(String, AcceptOffer),
    /// `POST /v1/offers/{organization}/decline` -> `Offer`, declined.
    Decline(String),
    /// `POST /v1/offers/{organization}/lift` -> `Offer`, not declined any more.
    Lift(String),
    /// `DELETE /v1/organizations/{id}/offers/{email}` -> `Organization`. The second string is the
    /// address.
    Withdraw(String, String),
}

impl OfferCall {
    pub(super) fn wire(&self) -> Wire {
        let own = |id: &str, what: &str| format!("/v1/offers/{}{what}", seg(id));
        match self {
            Self::Show(id) => Wire::get(own(id, "")),
            Self::Accept(id, body) => Wire::post(own(id, "/accept")).json(body),
            Self::Decline(id) => Wire::post(own(id, "/decline")),
            Self::Lift(id) => Wire::post(own(id, "/lift")),
            Self::Withdraw(id, email) => {
                Wire::delete(format!("/v1/organizations/{}/offers/{}", seg(id), seg(email)))
            }
        }
    }

    pub(super) fn read(&self, body: &Bytes) -> Result<Reply, serde_json::Error> {
        match self {
            Self::Show(_) => boxed(body, Reply::WelcomeShown),
            Self::Accept(..) => boxed(body, Reply::WelcomeAccepted),
            Self::Decline(_) | Self::Lift(_) => boxed(body, Reply::Offer),
            Self::Withdraw(..) => boxed(body, Reply::Organization),
        }
    }
}
