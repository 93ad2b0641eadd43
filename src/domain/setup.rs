//! Services setup and Contact Center: their states and parts (rules T5, T7; SPEC section 1).
//!
//! Owns the words for them. When a part is begun and becomes ready is the directory's to say.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where an organization's services setup stands (rule T5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SetupState {
    /// Offered at every opening of the organization until it is finished.
    Pending,
    /// Done: the organization has its subdomain.
    Finished,
}

impl SetupState {
    /// The name in the API and in world files.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Finished => "finished",
        }
    }
}

/// A part of Contact Center (rule T7).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum CenterPart {
    /// The tenant itself.
    ContactCenter,
    /// Calls.
    Voice,
    /// Chat: for the customer's own administrator alone to begin.
    Chat,
}

impl CenterPart {
    /// All parts, in the order they are begun.
    pub const ALL: [Self; 3] = [Self::ContactCenter, Self::Voice, Self::Chat];

    /// The name in the API and the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ContactCenter => "contact_center",
            Self::Voice => "voice",
            Self::Chat => "chat",
        }
    }

    /// The name on screens.
    pub const fn title(self) -> &'static str {
        match self {
            Self::ContactCenter => "Contact Center",
            Self::Voice => "Voice",
            Self::Chat => "Chat",
        }
    }

    /// Reads [`CenterPart::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.code() == code)
    }
}

/// Where a part of Contact Center stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
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

impl PartState {
    /// All states.
    pub const ALL: [Self; 4] = [Self::NotStarted, Self::UnderWay, Self::Ready, Self::Failed];

    /// The name in the API, world files and the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotStarted => "not_started",
            Self::UnderWay => "under_way",
            Self::Ready => "ready",
            Self::Failed => "failed",
        }
    }

    /// The words on screens.
    pub const fn title(self) -> &'static str {
        match self {
            Self::NotStarted => "not started",
            Self::UnderWay => "under way",
            Self::Ready => "ready",
            Self::Failed => "failed",
        }
    }

    /// Reads [`PartState::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Whether Set Up begins it: not begun yet, or failed.
    pub const fn may_begin(self) -> bool {
        matches!(self, Self::NotStarted | Self::Failed)
    }
}
