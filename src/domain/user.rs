//! The state of a site user (SPEC section 1).

use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use strum::{VariantArray, VariantNames};
use utoipa::ToSchema;

use super::code::coded;

/// Where a site user stands. Derived from facts; the first that holds, from the bottom up.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[derive(VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum UserState {
    /// Nothing has happened yet.
    Unlinked,
    /// An invitation is pending.
    Invited,
    /// Invited, and seven days have passed.
    Lapsed,
    /// The person confirmed the address; not linked yet.
    Confirmed,
    /// Linked under an agreement whose domain is not verified yet.
    Provisional,
    /// Linked.
    Linked,
    /// The person declined.
    Declined,
    /// A mail may or may not have been sent.
    Unknown,
}

coded!(UserState);

/// When an invitation sent at `invited_at` stops being pending: seven days later (row 10).
pub fn lapses_at(invited_at: Timestamp) -> Timestamp {
    invited_at.checked_add((7 * 24).hours()).unwrap_or(Timestamp::MAX)
}

/// When the invitation was sent that stops being pending at `lapses_at`.
pub fn sent_at(lapses_at: Timestamp) -> Timestamp {
    lapses_at.checked_sub((7 * 24).hours()).unwrap_or(Timestamp::MIN)
}

/// The latest time of an invitation that is not pending at `now` any more.
pub fn latest_lapsed(now: Timestamp) -> Timestamp {
    sent_at(now)
}

/// Row 10: whether an invitation is pending at `now`.
pub fn is_pending(invited_at: Option<Timestamp>, now: Timestamp) -> bool {
    invited_at.is_some_and(|at| now < lapses_at(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn row_10_pending_ends_exactly_seven_days_later() {
        let at: Timestamp = "2026-03-01T09:00:00Z".parse().unwrap();
        assert!(is_pending(Some(at), "2026-03-08T08:59:59.999Z".parse().unwrap()));
        assert!(!is_pending(Some(at), "2026-03-08T09:00:00Z".parse().unwrap()));
        assert!(!is_pending(None, at));
        assert_eq!(sent_at(lapses_at(at)), at);
        assert!(!is_pending(Some(latest_lapsed(at)), at));
    }

    #[test]
    fn codes_read_back() {
        for state in UserState::ALL {
            assert_eq!(UserState::from_code(state.code()), Some(state));
        }
    }
}
