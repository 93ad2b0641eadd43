//! Days, weeks and months of reports, in UTC as all dates are (SPEC section 1, Time).
//!
//! Owns the calendar arithmetic: where a period begins, and the last few of them up to now. Weeks
//! begin on Mondays. Must not read a clock.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use strum::{VariantArray, VariantNames};
use utoipa::ToSchema;

use crate::domain::code::coded;

/// How a report is cut.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[derive(VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Period {
    /// By day.
    #[default]
    Day,
    /// By week, from Monday on.
    Week,
    /// By month.
    Month,
}

coded!(Period);

/// A stretch of time; its end is not in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// The first moment.
    pub from: Timestamp,
    /// The first moment after it.
    pub until: Timestamp,
}

impl Period {
    /// The next one, from the longest back to the shortest.
    #[must_use]
    pub fn turned(self) -> Self {
        match self {
            Self::Day => Self::Week,
            Self::Week => Self::Month,
            Self::Month => Self::Day,
        }
    }

    /// How many are shown where nothing is asked for.
    pub const fn usual(self) -> u16 {
        match self {
            Self::Day => 30,
            Self::Week => 13,
            Self::Month => 12,
        }
    }

    /// How many can be asked for: about three years.
    pub const fn most(self) -> u16 {
        match self {
            Self::Day => 1_100,
            Self::Week => 160,
            Self::Month => 36,
        }
    }

    fn begins(self, day: Date) -> Date {
        match self {
            Self::Day => day,
            Self::Week => {
                let since_monday = day.weekday().to_monday_zero_offset();
                day.saturating_sub(i32::from(since_monday).days())
            }
            Self::Month => day.first_of_month(),
        }
    }

    fn span(self, n: i32) -> Span {
        match self {
            Self::Day => n.days(),
            Self::Week => n.weeks(),
            Self::Month => n.months(),
        }
    }

    /// The last `count` periods, oldest first; the last one is that of `now`.
    pub fn last(self, count: u16, now: Timestamp) -> Vec<Stretch> {
        let present = self.begins(now.to_zoned(TimeZone::UTC).date());
        let start = |back: i32| midnight(present.saturating_sub(self.span(back)));
        (0..i32::from(count))
            .rev()
            .map(|back| Stretch { from: start(back), until: start(back - 1) })
            .collect()
    }
}

/// The first moment of a day.
fn midnight(day: Date) -> Timestamp {
    day.to_zoned(TimeZone::UTC).map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests;
