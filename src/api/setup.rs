//! Services setup and the subdomain (rules T5, T6).

mod endpoints;

use crate::api::contact_center::ContactCenter;
use crate::domain::code::coded;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use strum::{VariantArray, VariantNames};
use utoipa::{IntoParams, ToSchema};

use super::welcome::Welcome;
use crate::domain::services::ServiceLine;
use crate::domain::setup::SetupState;
use crate::domain::untrusted::Untrusted;

pub use endpoints::*;

/// An organization's services setup, as `GET /v1/organizations/{id}/setup` answers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Setup {
    /// The organization's id.
    pub organization: String,
    /// Its name.
    pub organization_name: Untrusted,
    /// Where it stands.
    pub state: SetupState,
    /// When the trial or the order asked for it; absent where neither did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub begun_at: Option<Timestamp>,
    /// The plan to review: its services, in the order they are offered.
    pub services: Vec<ServiceLine>,
    /// The organization's subdomain, once it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subdomain: Option<String>,
    /// Free subdomains to begin with, three of them; none once there is a subdomain.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suggestions: Vec<String>,
    /// When it was finished.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Timestamp>,
    /// Who finished it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_by: Option<Untrusted>,
    /// The Contact Center card, at which setup ends.
    pub contact_center: ContactCenter,
    /// The welcome mail to the customer's administrator, the newest one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub welcome: Option<Welcome>,
}

/// Body of `POST /v1/organizations/{id}/setup/finish`: takes the subdomain, at once and for good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FinishSetup {
    /// The subdomain: letters and digits, 1 to 63.
    pub subdomain: String,
}

/// Query of `GET /v1/organizations/{id}/subdomain`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct SubdomainQuery {
    /// The name as typed; anything is answered.
    pub name: String,
}

/// Query of `GET /v1/organizations/{id}/subdomain/suggestions`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct SuggestQuery {
    /// A name to begin from; absent: the organization's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// What Check Availability answers (rule T6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[derive(VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Availability {
    /// Free now; Finish takes it.
    Available,
    /// Another organization has it.
    Taken,
    /// Nobody gets it.
    Reserved,
    /// It is no subdomain.
    Invalid,
}

coded!(Availability);

/// The answer of Check Availability.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SubdomainCheck {
    /// The name as it was asked about, so that a late answer to an older text is known as such.
    pub asked: Untrusted,
    /// The name in its one form; absent for `invalid`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The answer.
    pub availability: Availability,
    /// The answer in words; for `invalid` they name the first bad character or the length.
    pub detail: Untrusted,
    /// Three free names, for `taken` and `reserved`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suggestions: Vec<String>,
}

/// Free subdomains.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Suggestions {
    /// Three of them.
    pub suggestions: Vec<String>,
}
