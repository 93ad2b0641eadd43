//! Services setup and Contact Center: their states and parts (rules T5, T7; SPEC section 1).
//!
//! Owns the words for them. When a part is begun and becomes ready is the directory's to say.

use serde::{Deserialize, Serialize};
use strum::{VariantArray, VariantNames};
use utoipa::ToSchema;

use super::code::coded;

/// Where an organization's services setup stands (rule T5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[derive(VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum SetupState {
    /// Offered at every opening of the organization until it is finished.
    Pending,
    /// Done: the organization has its subdomain.
    Finished,
}

coded!(SetupState);

/// A part of Contact Center (rule T7).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[derive(VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum CenterPart {
    /// The tenant itself.
    ContactCenter,
    /// Calls.
    Voice,
    /// Chat: for the customer's own administrator alone to begin.
    Chat,
}

coded!(CenterPart);

impl CenterPart {
    /// The name on screens.
    pub const fn title(self) -> &'static str {
        match self {
            Self::ContactCenter => "Contact Center",
            Self::Voice => "Voice",
            Self::Chat => "Chat",
        }
    }
}

/// Where a part of Contact Center stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[derive(VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum PartState {
    /// Nobody has begun it.
    #[default]
    NotStarted,
    /// It is being set up.
    UnderWay,
    /// It works.
    Ready,
    /// It could not be set up; Set Up tries again.
    Failed,
}

coded!(PartState);

impl PartState {
    /// The words on screens.
    pub const fn title(self) -> &'static str {
        match self {
            Self::NotStarted => "not started",
            Self::UnderWay => "under way",
            Self::Ready => "ready",
            Self::Failed => "failed",
        }
    }

    /// Whether Set Up begins it: not begun yet, or failed.
    pub const fn may_begin(self) -> bool {
        matches!(self, Self::NotStarted | Self::Failed)
    }
}
