//! Organizations and roles in them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::organization::OrganizationKind;
use crate::domain::role::Role;
use crate::domain::untrusted::Untrusted;

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
    /// Whether licences are assigned automatically (rule U8).
    pub auto_licence: bool,
    /// The roles this actor holds towards it.
    pub my_roles: Vec<Role>,
    /// Its administrators; absent in lists.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub administrators: Vec<Administrator>,
}

/// A person with a role in an organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Administrator {
    /// The address.
    pub email: Untrusted,
    /// The role.
    pub role: Role,
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
}

/// Body of `POST /v1/organizations/{id}/roles` and of its `DELETE`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleChange {
    /// Whose.
    pub email: String,
    /// `full_admin`, `read_only_admin` or, in a partner, `partner_admin`.
    pub role: Role,
}
