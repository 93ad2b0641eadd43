//! Trials: how long they run, when they end, what an extension means (rules T1, T8).
//!
//! Owns the arithmetic and the business verticals. Must not read a clock: now comes in.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use strum::{VariantArray, VariantNames};
use utoipa::ToSchema;

use super::code::coded;

/// How many days a trial can be started for.
pub const LENGTHS: [u16; 3] = [30, 60, 90];
/// How many days from today an extension leaves.
pub const EXTENSION: u16 = 30;

/// Where a trial stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[derive(VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum TrialState {
    /// Now is before its end.
    Active,
    /// Its end has come: the organization is read-only, the trial can be extended.
    Expired,
}

coded!(TrialState);

impl TrialState {
    /// The state at `now` of a trial with this end.
    pub fn at(now: Timestamp, ends_at: Timestamp) -> Self {
        if now < ends_at { Self::Active } else { Self::Expired }
    }
}

/// Why a trial cannot run for so many days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("A trial runs for 30, 60 or 90 days.")]
pub struct LengthError;

/// Days that a trial can be started for.
///
/// # Errors
/// [`LengthError`] for any others than [`LENGTHS`].
pub fn length(days: u16) -> Result<u16, LengthError> {
    LENGTHS.into_iter().find(|known| *known == days).ok_or(LengthError)
}

/// So many days of 24 hours later.
pub fn days_later(from: Timestamp, days: u16) -> Timestamp {
    from.checked_add(SignedDuration::from_hours(i64::from(days) * 24)).unwrap_or(Timestamp::MAX)
}

/// What an extension would do (rule T8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Extension {
    /// The end it would give: 30 days from now, in place of the time that is left.
    pub ends_at: Timestamp,
    /// Whether that is earlier than the present end: extending would shorten the trial.
    pub earlier: bool,
}

impl Extension {
    /// What extending now would do to a trial with this end.
    pub fn at(now: Timestamp, present_end: Timestamp) -> Self {
        let ends_at = days_later(now, EXTENSION);
        Self { ends_at, earlier: ends_at < present_end }
    }
}

/// What line of business a customer is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[derive(VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Vertical {
    /// Schools and universities.
    Education,
    /// Energy and utilities.
    Energy,
    /// Banks and insurance.
    Finance,
    /// Public administration.
    Government,
    /// Hospitals and medicine.
    Healthcare,
    /// Hotels and restaurants.
    Hospitality,
    /// Makers of things.
    Manufacturing,
    /// Media and entertainment.
    Media,
    /// Associations and charities.
    NonProfit,
    /// Law, consulting, accounting.
    ProfessionalServices,
    /// Shops and wholesale.
    Retail,
    /// Software and devices.
    Technology,
    /// Telecommunications.
    Telecommunications,
    /// Transport and logistics.
    Transportation,
    /// None of these.
    Other,
}

coded!(Vertical);

impl Vertical {
    /// The name on screens.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Education => "Education",
            Self::Energy => "Energy and utilities",
            Self::Finance => "Finance and insurance",
            Self::Government => "Government",
            Self::Healthcare => "Healthcare",
            Self::Hospitality => "Hospitality",
            Self::Manufacturing => "Manufacturing",
            Self::Media => "Media and entertainment",
            Self::NonProfit => "Non-profit",
            Self::ProfessionalServices => "Professional services",
            Self::Retail => "Retail and wholesale",
            Self::Technology => "Technology",
            Self::Telecommunications => "Telecommunications",
            Self::Transportation => "Transport and logistics",
            Self::Other => "Other",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn t1_a_trial_runs_for_30_60_or_90_days() {
        assert!(LENGTHS.iter().all(|days| length(*days) == Ok(*days)));
        for bad in [0, 1, 29, 31, 45, 91, u16::MAX] {
            assert_eq!(length(bad), Err(LengthError), "{bad}");
        }
    }

    #[test]
    fn t8_days_are_24_hours_across_months_years_and_daylight_saving() {
        let cases = [
            ("2026-01-31T09:00:00Z", 30, "2026-03-02T09:00:00Z"),
            ("2028-01-31T09:00:00Z", 30, "2028-03-01T09:00:00Z"),
            ("2026-03-15T00:30:00Z", 30, "2026-04-14T00:30:00Z"),
            ("2026-11-15T23:59:59Z", 90, "2027-02-13T23:59:59Z"),
        ];
        for (from, days, want) in cases {
            assert_eq!(days_later(at(from), days), at(want), "{from}");
        }
        assert_eq!(days_later(Timestamp::MAX, 90), Timestamp::MAX);
    }

    #[test]
    fn t8_an_extension_replaces_the_time_that_is_left() {
        let now = at("2026-03-01T09:00:00Z");
        let in_65_days = days_later(now, 65);
        let shortens = Extension::at(now, in_65_days);
        assert_eq!(shortens, Extension { ends_at: days_later(now, 30), earlier: true });
        assert!(!Extension::at(now, days_later(now, 30)).earlier, "the same moment is not earlier");
        assert!(!Extension::at(now, days_later(now, 2)).earlier);
        let long_expired = at("2025-01-01T00:00:00Z");
        assert_eq!(Extension::at(now, long_expired).ends_at, days_later(now, 30));
    }

    #[test]
    fn t8_the_end_itself_is_expired() {
        let end = at("2026-03-31T09:00:00Z");
        assert_eq!(TrialState::at(at("2026-03-31T08:59:59.999Z"), end), TrialState::Active);
        assert_eq!(TrialState::at(end, end), TrialState::Expired);
    }

    #[test]
    fn verticals_are_read_by_their_codes() {
        for vertical in Vertical::ALL {
            assert_eq!(Vertical::from_code(vertical.code()), Some(vertical));
        }
    }
}
