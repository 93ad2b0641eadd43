//! Days, weeks and months of reports, in UTC as all dates are (SPEC section 1, Time).
//!
//! Owns the calendar arithmetic: where a period begins, and the last few of them up to now. Weeks
//! begin on Mondays. Must not read a clock.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How a report is cut.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// By day.
    #[default]
    Day,
    /// By week, from Monday on.
    Week,
    /// By month.
    Month,
}

/// A stretch of time; its end is not in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// The first moment.
    pub from: Timestamp,
    /// The first moment after it.
    pub until: Timestamp,
}

impl Period {
    /// All of them, the shortest first.
    pub const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    /// The name in the API and on the command line.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// Reads [`Period::code`].
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|period| period.code() == code)
    }

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
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn starts(period: Period, count: u16, now: &str) -> Vec<String> {
        let day = |stretch: &Stretch| stretch.from.to_string()[..10].to_owned();
        period.last(count, at(now)).iter().map(day).collect()
    }

    #[test]
    fn l9_days_weeks_and_months_end_with_that_of_now() {
        let now = "2026-03-31T23:59:59Z";
        assert_eq!(starts(Period::Day, 3, now), ["2026-03-29", "2026-03-30", "2026-03-31"]);
        // A Tuesday.
        assert_eq!(starts(Period::Week, 2, now), ["2026-03-23", "2026-03-30"]);
        // From the 31st back: no month is skipped.
        assert_eq!(starts(Period::Month, 3, now), ["2026-01-01", "2026-02-01", "2026-03-01"]);
        assert_eq!(starts(Period::Month, 2, "2026-01-01T00:00:00Z"), ["2025-12-01", "2026-01-01"]);
    }

    #[test]
    fn l9_stretches_join_without_gap_or_overlap() {
        for period in Period::ALL {
            let all = period.last(period.most(), at("2026-10-25T00:30:00Z"));
            assert_eq!(all.len(), usize::from(period.most()));
            assert!(all.windows(2).all(|pair| pair[0].until == pair[1].from), "{period:?}");
            assert!(all.iter().all(|stretch| stretch.from < stretch.until));
        }
    }

    #[test]
    fn l9_the_three_periods_turn() {
        let turned = Period::ALL.map(Period::turned);
        assert_eq!(turned, [Period::Week, Period::Month, Period::Day]);
    }
}
