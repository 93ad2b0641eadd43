//! The agreement that covers unverified domains for three months (rule D4).
//!
//! Owns the text that is signed and the deadline arithmetic. Must not read a clock: now comes in.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::sentence::one_stop;
use super::untrusted::Untrusted;

/// The most columns of a name in the text.
const NAME: usize = 80;

/// What an administrator agrees to: paragraphs parted by empty lines. Its hash is kept with who
/// signed and when. A page, `--review` and the hash all take these bytes (rule D4); the names in
/// them are made harmless here, so that no way out changes one.
///
/// A changed text is another agreement: it gets another hash, and old ones keep theirs.
pub fn text(organization: &str, site: &str) -> String {
    let organization = Untrusted::new(organization).shown_in(NAME);
    let site = Untrusted::new(site).shown_in(NAME);
    one_stop(format!(
        "By signing, you state for {organization} that the domains you choose belong to it, and \
         that the people of {site} who have an address in one of them are its people.\n\n\
         These people are linked to {organization} without being asked, and get no e-mail; telling \
         them is up to you. They get no licence by it, even where the organization assigns \
         licences automatically.\n\n\
         You prove each domain by a TXT record in DNS within three calendar months of signing. \
         Until then their links are provisional; proving the domain makes them final.\n\n\
         When the deadline passes without proof, nothing already linked is undone, but nobody \
         else is linked by the agreement. There is one agreement for a domain and an \
         organization, and no second.\n\n\
         Kept are who signed, when, for which domains, and the hash of this text."
    ))
}

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
    fn d4_the_text_names_whom_it_binds_and_no_name_breaks_a_line() {
        let signed = text("Acme\u{1b}[2J\nRobotics", "acme.webex.example");
        assert!(signed.contains("Acme^[[2J^JRobotics") && signed.contains("acme.webex.example"));
        for line in signed.lines() {
            assert_eq!(Untrusted::new(line).shown().as_str(), line, "shown as it is hashed");
        }
        assert_ne!(text("Acme", "a.example"), text("Acme", "b.example"));
        assert!(signed.contains("no licence"), "U8 is said before");
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
