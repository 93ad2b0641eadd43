//! Cohorts: named, saved lists of users (SPEC section 5).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::plan::Selection;
use crate::domain::untrusted::Untrusted;

/// A cohort of a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Cohort {
    /// Its name; unique on the site, compared without case.
    pub name: Untrusted,
    /// How many users are in it.
    pub users: u64,
    /// When it was saved.
    pub saved_at: Timestamp,
    /// Who saved it.
    pub saved_by: Untrusted,
}

/// The users of a cohort.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CohortUsers {
    /// The cohort.
    #[serde(flatten)]
    pub cohort: Cohort,
    /// Their numbers as ranges, such as `0-39,41`.
    pub numbers: String,
}

/// Body of `PUT /v1/sites/{url}/cohorts/{name}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SaveCohort {
    /// Who is in it.
    pub selection: Selection,
}
