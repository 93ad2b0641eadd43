//! Offers of roles (rule P1): their states, and how often one may be made and mailed.
//!
//! Owns the words and the numbers. The welcome is the offer's mail; its states are `welcome`'s.

use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use strum::{VariantArray, VariantNames};
use utoipa::ToSchema;

use super::code::coded;

/// How many new offers an organization makes in a day.
pub const NEW_A_DAY: i64 = 20;

/// Where an offer stands that was neither accepted nor withdrawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[derive(VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum OfferState {
    /// It can be accepted or declined.
    Open,
    /// Its time is over without an answer; whoever made it may send it again.
    Lapsed,
    /// Its addressee said no, which stands until they lift it.
    Declined,
}

coded!(OfferState);

impl OfferState {
    /// The words on screens.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Open => "offered",
            Self::Lapsed => "lapsed",
            Self::Declined => "declined",
        }
    }
}

/// From when the same person may be mailed again by the same organization, once a mail has surely
/// been delivered: a week later.
pub fn mail_again_at(delivered_at: Timestamp) -> Timestamp {
    delivered_at.checked_add((7 * 24).hours()).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p1_a_mail_goes_at_most_weekly() {
        let at: Timestamp = "2026-03-01T09:00:00Z".parse().unwrap();
        assert_eq!(mail_again_at(at).to_string(), "2026-03-08T09:00:00Z");
        assert_eq!(mail_again_at(Timestamp::MAX), Timestamp::MAX);
    }
}
