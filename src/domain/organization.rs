//! Organizations and the state of an e-mail domain in one (rule D3).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What an organization is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrganizationKind {
    /// Manages customers.
    Partner,
    /// Owns sites and people.
    Customer,
}

impl OrganizationKind {
    /// The name in the API, files and the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Partner => "partner",
            Self::Customer => "customer",
        }
    }

    /// Reads [`OrganizationKind::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Partner, Self::Customer].into_iter().find(|kind| kind.code() == code)
    }
}

/// The state of a domain in an organization: `pending -> verified -> claimed` (rule D3).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum DomainState {
    /// Added; its TXT record is not seen yet.
    Pending,
    /// The TXT record was seen.
    Verified,
    /// Verified, and no other organization may have identities under it.
    Claimed,
}

impl DomainState {
    /// The name in the API, files and the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Verified => "verified",
            Self::Claimed => "claimed",
        }
    }

    /// Reads [`DomainState::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Pending, Self::Verified, Self::Claimed].into_iter().find(|s| s.code() == code)
    }

    /// Whether users of the domain are linked without a mail (row 8).
    pub const fn proves(self) -> bool {
        matches!(self, Self::Verified | Self::Claimed)
    }
}
