//! Offers of roles (rule P1): what an organization's administrators and the addressee see of one,
//! and the addressee's answers. The mail and its code are `welcome`'s.

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
