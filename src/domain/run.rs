//! Runs: the execution of one plan, once (rule U5, research of the send protocol).
//!
//! Owns the states of a run and of its items, and which of the eight tallies an item counts in.

use serde::{Deserialize, Serialize};
use strum::{VariantArray, VariantNames};
use utoipa::ToSchema;

use super::code::coded;
use super::outcome::{Class, Outcome};

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[derive(VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum RunState {
    /// Accepted, not begun.
    Queued,
    /// Working.
    Running,
    /// Stopped before the next item; what is in flight cannot be recalled.
    Paused,
    /// Ended by an operator; what was left is not processed.
    Cancelled,
    /// Ended.
    Done,
}

coded!(RunState);

impl RunState {
    /// Whether nothing more will happen by itself.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Cancelled | Self::Done)
    }
}

/// Where one item of a run stands: the send protocol.
///
/// `queued -> claimed -> sending -> accepted | refused | queued again (deferred) | unknown`, and
/// for silent links `queued -> claimed -> linked`. A machine never leaves `unknown`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[derive(VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum ItemState {
    /// Waits for its turn (or, in a run that is over, was never processed).
    Queued,
    /// In the outbox; nothing was sent.
    Claimed,
    /// The intent is durable; the mail may be on its way.
    Sending,
    /// Linked silently.
    Linked,
    /// The mail server took the mail.
    Accepted,
    /// Nothing to do, by the plan.
    Skipped,
    /// Held, by the plan.
    Held,
    /// Blocked, by the plan.
    Blocked,
    /// Refused for good; surely not sent.
    Failed,
    /// The mail may have been sent; only a human or the person's answer ends this.
    Unknown,
    /// Checked when its turn came and found changed, or the run ended before its turn.
    NotProcessed,
}

coded!(ItemState);

impl ItemState {
    /// The state in which an item of a fresh run begins.
    pub const fn initial(outcome: Outcome) -> Self {
        match outcome.class() {
            Class::Linked | Class::Emailed => Self::Queued,
            Class::Skipped => Self::Skipped,
            Class::Held => Self::Held,
            Class::Blocked => Self::Blocked,
        }
    }

    /// The tally it counts in; the eight tallies add up to `selected` at any moment (I3).
    pub const fn tally(self) -> Tally {
        match self {
            Self::Linked => Tally::Linked,
            Self::Accepted => Tally::Emailed,
            Self::Skipped => Tally::Skipped,
            Self::Held => Tally::Held,
            Self::Blocked => Tally::Blocked,
            Self::Failed => Tally::Failed,
            Self::Sending | Self::Unknown => Tally::Unknown,
            Self::Queued | Self::Claimed | Self::NotProcessed => Tally::NotProcessed,
        }
    }
}

/// The eight numbers of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tally {
    /// Linked silently.
    Linked,
    /// E-mailed.
    Emailed,
    /// Skipped.
    Skipped,
    /// Held.
    Held,
    /// Blocked.
    Blocked,
    /// Failed.
    Failed,
    /// May have been sent.
    Unknown,
    /// Not processed (yet).
    NotProcessed,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn i7_what_may_have_been_sent_is_unknown() {
        assert_eq!(ItemState::Sending.tally(), Tally::Unknown);
        assert_eq!(ItemState::Unknown.tally(), Tally::Unknown);
        assert_eq!(ItemState::Claimed.tally(), Tally::NotProcessed);
    }

    #[test]
    fn codes_read_back() {
        for state in ItemState::ALL {
            assert_eq!(ItemState::from_code(state.code()), Some(state));
        }
        for state in RunState::ALL {
            assert_eq!(RunState::from_code(state.code()), Some(state));
        }
    }
}
