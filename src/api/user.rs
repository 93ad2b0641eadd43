//! Single users of a site: adding, changing, showing (rules U7, L12).

mod endpoints;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::roster::User;
use crate::domain::untrusted::Untrusted;

pub use endpoints::*;

/// Body of `POST /v1/sites/{url}/users`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    /// `UserID`, unique on the site.
    pub user_id: String,
    /// The address.
    pub address: String,
    /// First name.
    #[serde(default)]
    pub first_name: String,
    /// Last name.
    #[serde(default)]
    pub last_name: String,
    /// The name as displayed; empty: first and last.
    #[serde(default)]
    pub display_name: String,
    /// The department.
    #[serde(default)]
    pub department: String,
    /// Whether the account is active.
    #[serde(default = "yes")]
    pub active: bool,
}

fn yes() -> bool {
    true
}

/// Body of `PATCH /v1/sites/{url}/users/{user_id}`: what is given changes, the rest stays.
///
/// Another address revokes the pending invitation of the old one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditUser {
    /// The address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// First name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// Last name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// The name as displayed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// The department.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// Whether the account is active.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
}

/// One user, with what the organization has of the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UserDetail {
    /// The user on this site.
    pub user: User,
    /// The person in the organization; absent while there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<OrgPerson>,
    /// The plan that adding the user made, where account linking is on (rule U7).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<super::following::NewcomersPlan>,
}

/// A person as an organization has them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrgPerson {
    /// The organization.
    pub organization: String,
    /// The address, in its canonical form.
    pub address: Untrusted,
    /// The name, as the preferred site has it.
    pub name: Untrusted,
    /// The department, as the preferred site has it.
    pub department: Untrusted,
    /// Whether the account on the preferred site is active.
    pub active: bool,
    /// The linked site that was linked first (rule L12); absent while the person is on none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preferred_site: Option<Untrusted>,
    /// All linked sites on which the person is linked, first to last.
    #[serde(default)]
    pub sites: Vec<Untrusted>,
    /// The services that the person has a licence for, by code (rule U8).
    #[serde(default)]
    pub licences: Vec<String>,
}
