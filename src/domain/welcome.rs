//! The welcome's states, and the terms of service that the welcomed accept (rules T4, P1: the
//! welcome is the offer).
//!
//! Owns the words. The protocol of sending, and the link, are the directory's.

use serde::{Deserialize, Serialize};
use strum::{VariantArray, VariantNames};
use utoipa::ToSchema;

use super::code::coded;

/// The version of [`TERMS`]. A new text gets a new version.
pub const TERMS_VERSION: &str = "2026-01";

/// The terms of service, plain text, paragraphs parted by empty lines.
pub const TERMS: &str = include_str!("welcome/terms.txt");

/// Where a welcome and its mail stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[derive(VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
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
    /// No mail goes: one was delivered within the last week. Who can sign in sees the offer there.
    NotMailed,
    /// The link was used: password and terms are done.
    Accepted,
    /// Its addressee said no, which stands until they lift it.
    Declined,
    /// Taken back before it was accepted; the link is dead.
    Withdrawn,
}

coded!(WelcomeState);

impl WelcomeState {
    /// Whether it is over: accepted, declined or withdrawn.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Accepted | Self::Declined | Self::Withdrawn)
    }

    /// The words on screens.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Queued => "waiting to be sent",
            Self::Sending => "being sent",
            Self::Sent => "sent, not accepted yet",
            Self::Refused => "refused by the mail server",
            Self::Unknown => "may or may not have been sent",
            Self::NotMailed => "held back for a week, seen at signing in",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Withdrawn => "withdrawn",
        }
    }
}
