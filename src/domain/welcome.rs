//! The welcome mail's states, and the terms of service that the welcomed accept (rule T4).
//!
//! Owns the words. The protocol of sending, and the link, are the directory's.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The version of [`TERMS`]. A new text gets a new version.
pub const TERMS_VERSION: &str = "2026-01";

/// The terms of service, plain text, paragraphs parted by empty lines.
pub const TERMS: &str = include_str!("welcome/terms.txt");

/// Where a welcome mail stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WelcomeState {
    /// To be sent, or put off by the mail server.
    Queued,
    /// Being sent at this moment.
    Sending,
    /// The mail server took it; the link has not been used.
    Sent,
    /// The mail server refused it for good: the address may be wrong.
    Refused,
    /// It may or may not have been sent; a machine never sends it again, a person may.
    Unknown,
    /// The link was used: password and terms are done.
    Accepted,
}

impl WelcomeState {
    /// All states.
    pub const ALL: [Self; 6] =
        [Self::Queued, Self::Sending, Self::Sent, Self::Refused, Self::Unknown, Self::Accepted];

    /// The name in the API, world files and the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Refused => "refused",
            Self::Unknown => "unknown",
            Self::Accepted => "accepted",
        }
    }

    /// Reads [`WelcomeState::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// The words on screens.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Queued => "waiting to be sent",
            Self::Sending => "being sent",
            Self::Sent => "sent, not accepted yet",
            Self::Refused => "refused by the mail server",
            Self::Unknown => "may or may not have been sent",
            Self::Accepted => "accepted",
        }
    }
}
