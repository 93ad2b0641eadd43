//! Directory sync of an organization: who fails because of it, and the remedy (rule U9).

mod endpoints;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::directory_sync::{Mismatch, SyncStep};
use crate::domain::untrusted::Untrusted;

pub use endpoints::*;

/// How directory sync stands in an organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DirectorySync {
    /// The organization.
    pub organization: String,
    /// Its name.
    pub organization_name: Untrusted,
    /// Whether it is on.
    pub on: bool,
    /// Whether it is paused: then it blocks nobody.
    pub paused: bool,
    /// How many addresses the directory has.
    pub directory: u64,
    /// How many users of the organization's sites it blocks, or would block if it were resumed.
    pub failing: u64,
    /// Of these, how many the directory does not have.
    pub absent: u64,
    /// Of these, how many it spells with other capitals.
    pub differs_in_case: u64,
    /// Users who were absent, noted to be added to the directory on resume.
    pub noted: u64,
    /// The remedy, step by step.
    pub steps: Vec<RemedyStep>,
}

/// A step of the remedy and how it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RemedyStep {
    /// The step.
    pub step: SyncStep,
    /// When it was done, in this round of the remedy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done_at: Option<Timestamp>,
    /// Who did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done_by: Option<Untrusted>,
    /// What it did or showed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<StepResult>,
    /// Why it cannot be done now; absent when it can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why_not: Option<String>,
}

/// What a step did or, the dry-run, showed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StepResult {
    /// Addresses on sites that took the directory's spelling.
    pub respelled: u64,
    /// Addresses added to the directory, or to be added on resume.
    pub added: u64,
    /// Users who fail still.
    pub failing: u64,
}

/// A user whom directory sync blocks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FailingUser {
    /// The site.
    pub site: Untrusted,
    /// The user's number in the roster.
    pub number: u32,
    /// `UserID`.
    pub user_id: Untrusted,
    /// The name.
    pub name: Untrusted,
    /// The address as the site spells it.
    pub address: Untrusted,
    /// Why.
    pub why: Mismatch,
    /// The address as the directory spells it, where only the case differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_directory: Option<Untrusted>,
}

/// Body of `PUT /v1/organizations/{id}/directory-sync`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetDirectorySync {
    /// Whether it is on.
    pub on: bool,
    /// The directory's addresses as it spells them, all of them; absent: as they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directory: Option<Vec<String>>,
}
