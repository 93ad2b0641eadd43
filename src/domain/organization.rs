//! Organizations and the state of an e-mail domain in one (rule D3).

use serde::{Deserialize, Serialize};
use strum::{VariantArray, VariantNames};
use utoipa::ToSchema;

use super::code::coded;

/// What an organization is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[derive(VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum OrganizationKind {
    /// Manages customers.
    Partner,
    /// Owns sites and people.
    Customer,
}

coded!(OrganizationKind);

/// The state of a domain in an organization: `pending -> verified -> claimed` (rule D3).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[derive(VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum DomainState {
    /// Added; its TXT record is not seen yet.
    Pending,
    /// The TXT record was seen.
    Verified,
    /// Verified, and no other organization may have identities under it.
    Claimed,
}

coded!(DomainState);

impl DomainState {
    /// Whether users of the domain are linked without a mail (row 8).
    pub const fn proves(self) -> bool {
        matches!(self, Self::Verified | Self::Claimed)
    }
}
