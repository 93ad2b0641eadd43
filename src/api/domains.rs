//! An organization's e-mail domains and their proof (rules D1 to D3).

mod endpoints;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use strum::{VariantArray, VariantNames};
use utoipa::ToSchema;

use crate::domain::code::coded;
use crate::domain::organization::DomainState;
use crate::domain::untrusted::Untrusted;

pub use endpoints::*;

/// A domain of an organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrgDomain {
    /// Lower-case A-labels.
    pub name: Untrusted,
    /// The Unicode form, where it differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unicode: Option<Untrusted>,
    /// `pending`, `verified` or `claimed`.
    pub state: DomainState,
    /// When it was added.
    pub added_at: Timestamp,
    /// The record to publish.
    pub challenge: Challenge,
    /// The last look-up, if one was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_check: Option<Check>,
}

/// The TXT record to publish; shown as given (rule D1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Challenge {
    /// The full name of the record.
    pub record_name: Untrusted,
    /// Its value.
    pub record_value: Untrusted,
}

/// What one look-up found (rule D2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Check {
    /// The result.
    pub result: CheckResult,
    /// When (world clock).
    pub at: Timestamp,
    /// What TXT values were there, the first ten.
    #[serde(default)]
    pub seen: Vec<Untrusted>,
    /// "No use before": when the resolvers forget that the name was not there (world clock).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<Timestamp>,
    /// What is wrong with the record and what to do, where that can be told; the resolver's words
    /// when the look-up failed.
    #[serde(default)]
    pub detail: Untrusted,
}

/// The result of a look-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[derive(VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum CheckResult {
    /// The record is there, with the right value.
    Found,
    /// There is no record of ours.
    NotFound,
    /// There is a record of ours with another value.
    WrongToken,
    /// The look-up failed, which says nothing and changes nothing.
    Failed,
}

coded!(CheckResult);

/// Body of `POST /v1/organizations/{id}/domains`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewDomain {
    /// The domain, in any spelling.
    pub name: String,
}

/// A public mail provider's domain that the backend administrator added to the list in the source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConsumerDomain {
    /// The domain, as A-labels.
    pub name: Untrusted,
}
