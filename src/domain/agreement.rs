//! The agreement that covers unverified domains for three months (rule D4).
//!
//! Owns the text that is signed and the deadline arithmetic. Must not read a clock: now comes in.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

/// What an administrator agrees to; its hash is kept with who signed and when.
///
/// A changed text is another agreement: it gets another hash, and old ones keep theirs.
pub const TEXT: &str = "\
I sign for these e-mail domains on behalf of the organization. The people who have an address in \
them belong to it. Their accounts on this site are linked without an e-mail to them. Within three \
calendar months the organization proves each domain by a TXT record in DNS. A domain that is not \
proven by then is no longer covered: who is linked stays linked, nobody else is linked by it.";

/// Where an agreement stands for a domain at a moment, whatever the site's method.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Standing {
    /// No agreement of this organization names the domain.
    #[default]
    None,
    /// Signed, and now is before the deadline.
    Current,
    /// Signed, and the deadline has come.
    Lapsed,
}

/// Three calendar months after signing: same time of day in UTC, clamped to a shorter month.
pub fn deadline(signed_at: Timestamp) -> Timestamp {
    signed_at
        .to_zoned(TimeZone::UTC)
        .checked_add(3.months())
        .map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}

/// Where an agreement with this deadline stands at `now`.
pub fn standing(deadline: Option<Timestamp>, now: Timestamp) -> Standing {
    match deadline {
        None => Standing::None,
        Some(deadline) if now < deadline => Standing::Current,
        Some(_) => Standing::Lapsed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn d4_three_calendar_months_clamped_to_the_last_day() {
        let cases = [
            ("2026-01-10T08:00:00Z", "2026-04-10T08:00:00Z"),
            ("2026-11-30T23:59:59Z", "2027-02-28T23:59:59Z"),
            ("2027-11-30T12:00:00Z", "2028-02-29T12:00:00Z"),
            ("2026-03-31T00:00:00Z", "2026-06-30T00:00:00Z"),
        ];
        for (signed, want) in cases {
            assert_eq!(deadline(at(signed)), at(want));
        }
    }

    #[test]
    fn d4_the_deadline_itself_is_lapsed() {
        let deadline = at("2026-04-10T08:00:00Z");
        assert_eq!(standing(Some(deadline), at("2026-04-10T07:59:59Z")), Standing::Current);
        assert_eq!(standing(Some(deadline), deadline), Standing::Lapsed);
        assert_eq!(standing(None, deadline), Standing::None);
    }
}
