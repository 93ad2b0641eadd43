//! Drafts: a wizard's answers, kept on the backend after every step (SPEC section 4).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::untrusted::Untrusted;

/// A wizard's draft. One per wizard and subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Draft {
    /// The wizard, such as `link_users`.
    pub wizard: String,
    /// What it is about, such as the site's URL.
    pub subject: Untrusted,
    /// The step one was at.
    pub step: String,
    /// The answers; the wizard's own shape.
    pub answers: serde_json::Value,
    /// Grows with every save.
    pub revision: u64,
    /// Who holds it.
    pub holder: Untrusted,
    /// Since when.
    pub held_since: Timestamp,
    /// When it was saved last.
    pub saved_at: Timestamp,
}

/// Body of `PUT /v1/drafts/{wizard}/{subject}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SaveDraft {
    /// The step one is at.
    pub step: String,
    /// The answers, at most 256 KiB.
    pub answers: serde_json::Value,
    /// The revision one has; 0 for a new draft. `409 draft_stale` when it is not the newest.
    pub revision: u64,
}
