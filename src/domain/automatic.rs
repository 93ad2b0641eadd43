//! Automatic linking: when it is announced, and whether a site links by itself at its date (L11).
//!
//! Owns the decision as one pure function over the organizations that match. How they are found is
//! the provider's; the link itself is the job that a human's Link Now starts.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};
use strum::{VariantArray, VariantNames};
use utoipa::ToSchema;

use super::code::coded;
use super::outcome::{Class, Outcome};

/// How many days before the date the site's admins are told.
pub const ANNOUNCED_DAYS: [u8; 2] = [30, 7];
/// The second announcement: no site links sooner than so many days after it was taken.
pub const NOTICE_DAYS: u8 = ANNOUNCED_DAYS[1];
/// How many days ahead a date is at the least when it is set.
pub const LEAST_DAYS_AHEAD: i64 = 31;

/// How an organization matches a site.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Match {
    /// It is a customer.
    pub customer: bool,
    /// The site names its id.
    pub by_id: bool,
    /// Its trial has expired: it is read-only (rule T1).
    pub expired: bool,
    /// It has verified a domain of more than half of the site's active users.
    pub by_most_users: bool,
    /// It matches by its name, an administrator, or a domain of fewer users.
    pub by_less: bool,
}

impl Match {
    const fn is_match(self) -> bool {
        self.is_strong() || self.by_less
    }

    const fn is_strong(self) -> bool {
        self.by_id || self.by_most_users
    }
}

/// What becomes of a site at its date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It links to the match at this place.
    Link(usize),
    /// Nothing matches: a new organization, whose full admins are the site's.
    NewOrganization,
    /// It stays not enrolled until a human decides.
    Wait(Waits),
}

/// Why a site waits for a human.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[derive(VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Waits {
    /// Rule L10.
    MayNotLink,
    /// Several organizations match by id or by the domain of most users.
    SeveralMatches,
    /// What matches does so by a name, an administrator or a few users alone.
    WeakMatch,
    /// The one that matches is read-only: its trial has expired.
    TrialExpired,
    /// Nothing matches, and no administrator of the site can own a new organization.
    NobodyToOwn,
    /// An administrator of the site is offered a role in an organization (rule P1).
    OpenOffer,
    /// No mail server took the second announcement for any administrator of the site.
    NotAnnounced,
}

coded!(Waits);

impl Waits {
    /// Why, in a sentence.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::MayNotLink => "The site may not link yet.",
            Self::SeveralMatches => {
                "Several organizations match, and linking is permanent: a person has to choose."
            }
            Self::WeakMatch => {
                "What matches does so by a name, an administrator or a few users alone, and \
                 linking is permanent: a person has to choose."
            }
            Self::TrialExpired => {
                "The organization that matches is read-only: its trial has expired."
            }
            Self::NobodyToOwn => {
                "No organization matches, and no administrator of the site is free to become \
                 full admin of a new one."
            }
            Self::OpenOffer => {
                "An administrator of the site is offered a role in an organization, and has not \
                 answered yet."
            }
            Self::NotAnnounced => {
                "No administrator of the site could be told by e-mail, and no site links \
                 unannounced."
            }
        }
    }
}

/// Rule L11, at the date. A partner's own organization is never linked to, and where it matches as
/// strongly as a customer does, it is not clear which one is meant.
pub fn decide(may_link: bool, matches: &[Match], can_own_new: bool) -> Decision {
    if !may_link {
        return Decision::Wait(Waits::MayNotLink);
    }
    let strong: Vec<usize> = (0..matches.len()).filter(|at| matches[*at].is_strong()).collect();
    match strong.as_slice() {
        [only] if !matches[*only].customer => Decision::Wait(Waits::WeakMatch),
        [only] if matches[*only].expired => Decision::Wait(Waits::TrialExpired),
        [only] => Decision::Link(*only),
        [_, _, ..] => Decision::Wait(Waits::SeveralMatches),
        [] if matches.iter().any(|m| m.is_match()) => Decision::Wait(Waits::WeakMatch),
        [] if can_own_new => Decision::NewOrganization,
        [] => Decision::Wait(Waits::NobodyToOwn),
    }
}

/// Whether a user of a site that linked automatically is linked too: without an e-mail, in place
/// of rows 8 to 14; rows 1 to 7 hold.
pub const fn links_user(outcome: Outcome) -> bool {
    match outcome {
        Outcome::AlreadyInvited => true,
        Outcome::Declined => false,
        _ => !matches!(outcome.class(), Class::Skipped | Class::Blocked),
    }
}

/// When the announcement of so many days before `on` is due.
pub fn announced_at(on: Timestamp, days: u8) -> Timestamp {
    on.checked_sub((i64::from(days) * 24).hours()).unwrap_or(Timestamp::MIN)
}

/// The announcement that is due at `now`: the latest whose time has come. An earlier one that was
/// missed is not made up for; the second one is, also when the date has come.
pub fn announcement_due(on: Timestamp, now: Timestamp) -> Option<u8> {
    ANNOUNCED_DAYS.into_iter().filter(|days| announced_at(on, *days) <= now).min()
}

/// The date that holds when the second announcement is taken at `taken`: the later of the date and
/// seven days after that, at 00:00 UTC as all dates are.
pub fn holds_from(on: Timestamp, taken: Timestamp) -> Timestamp {
    let earliest = taken.checked_add((i64::from(NOTICE_DAYS) * 24).hours()).unwrap_or(taken);
    if earliest <= on {
        return on;
    }
    let midnight = earliest.to_zoned(TimeZone::UTC).date().at(0, 0, 0, 0);
    let at = |day| TimeZone::UTC.to_timestamp(day).ok();
    let that_day = at(midnight).filter(|at| *at == earliest);
    let next = || midnight.checked_add(1.day()).ok().and_then(at);
    that_day.or_else(next).unwrap_or(earliest)
}

/// The first date that can be set at `now`.
pub fn earliest_date(now: Timestamp) -> Option<Date> {
    now.to_zoned(TimeZone::UTC).date().checked_add(LEAST_DAYS_AHEAD.days()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: Match = Match {
        customer: true,
        expired: false,
        by_id: false,
        by_most_users: false,
        by_less: false,
    };
    const ID: Match = Match { by_id: true, ..NONE };
    const MOST: Match = Match { by_most_users: true, ..NONE };
    const LESS: Match = Match { by_less: true, ..NONE };

    #[test]
    fn l11_one_customer_by_id_or_by_the_domain_of_most_users_links() {
        for one in [ID, MOST, Match { by_most_users: true, by_less: true, ..ID }] {
            assert_eq!(decide(true, &[one], true), Decision::Link(0), "{one:?}");
            assert_eq!(decide(true, &[NONE, LESS, one], true), Decision::Link(2), "{one:?}");
        }
    }

    #[test]
    fn l11_any_other_match_waits_for_a_human() {
        let partner = Match { customer: false, ..ID };
        for (matches, why) in [
            (vec![LESS], Waits::WeakMatch),
            (vec![LESS, LESS], Waits::WeakMatch),
            (vec![partner], Waits::WeakMatch),
            (vec![Match { expired: true, ..ID }], Waits::TrialExpired),
            (vec![ID, MOST], Waits::SeveralMatches),
            (vec![MOST, MOST], Waits::SeveralMatches),
            (vec![partner, MOST], Waits::SeveralMatches),
        ] {
            assert_eq!(decide(true, &matches, true), Decision::Wait(why), "{matches:?}");
        }
    }

    #[test]
    fn l11_without_a_match_there_is_a_new_organization_if_somebody_can_own_it() {
        assert_eq!(decide(true, &[], true), Decision::NewOrganization);
        assert_eq!(decide(true, &[NONE], true), Decision::NewOrganization);
        assert_eq!(decide(true, &[], false), Decision::Wait(Waits::NobodyToOwn));
    }

    #[test]
    fn l10_a_site_that_may_not_link_never_links_automatically() {
        for matches in [vec![], vec![ID]] {
            assert_eq!(decide(false, &matches, true), Decision::Wait(Waits::MayNotLink));
        }
    }

    #[test]
    fn l11_rows_8_to_14_are_linked_and_rows_1_to_7_hold() {
        for (row, outcome) in Outcome::ALL.into_iter().enumerate() {
            assert_eq!(links_user(outcome), row >= 7, "{outcome:?}");
        }
    }

    #[test]
    fn l11_announcements_are_due_30_and_7_days_before() {
        let on: Timestamp = "2026-06-01T00:00:00Z".parse().unwrap();
        for (now, want) in [
            ("2026-05-01T23:59:59Z", None),
            ("2026-05-02T00:00:00Z", Some(30)),
            ("2026-05-24T23:59:59Z", Some(30)),
            ("2026-05-25T00:00:00Z", Some(7)),
            ("2026-05-31T23:59:59Z", Some(7)),
            ("2026-06-01T00:00:00Z", Some(7)),
            ("2026-09-01T00:00:00Z", Some(7)),
        ] {
            assert_eq!(announcement_due(on, now.parse().unwrap()), want, "{now}");
        }
    }

    #[test]
    fn l11_the_date_is_the_later_of_itself_and_seven_days_after_the_second_announcement() {
        let on: Timestamp = "2026-06-01T00:00:00Z".parse().unwrap();
        for (taken, want) in [
            ("2026-05-25T00:00:00Z", "2026-06-01T00:00:00Z"),
            ("2026-05-25T00:00:01Z", "2026-06-02T00:00:00Z"),
            ("2026-05-31T23:59:59Z", "2026-06-08T00:00:00Z"),
            ("2026-08-10T00:00:00Z", "2026-08-17T00:00:00Z"),
        ] {
            let want: Timestamp = want.parse().unwrap();
            assert_eq!(holds_from(on, taken.parse().unwrap()), want, "{taken}");
            assert_eq!(holds_from(want, taken.parse().unwrap()), want, "it stays: {taken}");
        }
    }

    #[test]
    fn l11_a_date_is_set_31_days_ahead_or_more() {
        let now: Timestamp = "2026-03-01T23:59:59Z".parse().unwrap();
        assert_eq!(earliest_date(now).unwrap().to_string(), "2026-04-01");
    }

    #[test]
    fn codes_read_back() {
        for waits in Waits::ALL {
            assert_eq!(Waits::from_code(waits.code()), Some(waits));
            assert!(waits.reason().ends_with('.'));
        }
    }
}
