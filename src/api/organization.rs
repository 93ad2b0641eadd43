//! Organizations and roles in them.

mod endpoints;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::offer::Offer;
use super::trial::TrialStanding;
use crate::domain::country::{Country, Region};
use crate::domain::organization::OrganizationKind;
use crate::domain::role::Role;
use crate::domain::services::ServiceLine;
use crate::domain::setup::SetupState;
use crate::domain::trial::Vertical;
use crate::domain::untrusted::Untrusted;

pub use endpoints::*;

/// An organization as its administrators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Organization {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Untrusted,
    /// Partner or customer.
    pub kind: OrganizationKind,
    /// The partner that manages it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner: Option<String>,
    /// When it was created.
    pub created_at: Timestamp,
    /// How many sites are linked to it.
    pub sites: u64,
    /// How many site users are linked in it.
    pub linked_users: u64,
    /// Whether directory sync is on (rule U9).
    pub directory_sync: bool,
    /// Whether the sync is paused: then it blocks nobody.
    #[serde(default, skip_serializing_if = "is_false")]
    pub directory_sync_paused: bool,
    /// Whether licences are assigned automatically (rule U8).
    pub auto_licence: bool,
    /// Its country, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<Country>,
    /// Where its data is kept; the country decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// Its line of business, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vertical: Option<Vertical>,
    /// The services it has, in the order they are offered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub services: Vec<ServiceLine>,
    /// Its trial, if it came to be by one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trial: Option<TrialStanding>,
    /// Where its services setup stands, if a trial or an order asked for it: while it is pending,
    /// it is offered at every opening (rule T5).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub setup: Option<SetupState>,
    /// Its subdomain, once it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subdomain: Option<String>,
    /// The roles this actor holds towards it.
    pub my_roles: Vec<Role>,
    /// Its administrators; absent in lists.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub administrators: Vec<Administrator>,
    /// Roles that are offered and not accepted, beside those (rule P1); absent in lists.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub offers: Vec<Offer>,
}

/// A person with a role in an organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Administrator {
    /// The address.
    pub email: Untrusted,
    /// The role.
    pub role: Role,
    /// Whether the person has no way to sign in yet: no password and no token.
    #[serde(default, skip_serializing_if = "is_false")]
    pub cannot_sign_in: bool,
    /// Whether their access was ended: they cannot sign in until they are let in again.
    #[serde(default, skip_serializing_if = "is_false")]
    pub disabled: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_false(flag: &bool) -> bool {
    !*flag
}

/// Body of `POST /v1/organizations` (rule L0).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOrganization {
    /// The id wanted: 1 to 64 of `a-z 0-9 -`; absent: made from the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The name.
    pub name: String,
    /// Partner or customer.
    pub kind: OrganizationKind,
    /// The partner that manages it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner: Option<String>,
    /// Its country: a two-letter code, or its English name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

/// Body of `PATCH /v1/organizations/{id}`: what is given changes, the rest stays (rule U8).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditOrganization {
    /// Whether new people get licences automatically. Users created by linking get none either way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto_licence: Option<bool>,
}

/// Body of `POST /v1/organizations/{id}/roles` and of its `DELETE`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleChange {
    /// Whose.
    pub email: String,
    /// `full_admin`, `read_only_admin` or, in a partner, `partner_admin`.
    pub role: Role,
    /// Whether who holds the role at once is mailed a way in. An offer is mailed anyway.
    #[serde(default, skip_serializing_if = "is_false")]
    pub mail: bool,
}
