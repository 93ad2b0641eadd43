//! What time runs for: deadlines, jobs, links that expire (SPEC section 5, the status line).
//!
//! Owns the kinds of timers, what each means, what to do about it, and how urgent it is when. Whose
//! timers they are is found by those who keep the dates. Must not read a clock.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use strum::{VariantArray, VariantNames};
use utoipa::ToSchema;

use super::code::coded;

/// What a timer is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[derive(VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum TimerKind {
    /// A run is under way.
    Run,
    /// A run is paused, and waits for somebody.
    RunPaused,
    /// A site is being linked (rule L7).
    SiteLink,
    /// Linking a site failed (rule L7).
    SiteLinkFailed,
    /// People who confirmed wait to be linked (rule U6).
    UserLink,
    /// A signed domain is to be verified (rule D4).
    Agreement,
    /// A trial ends (rule T1).
    Trial,
    /// A site links by itself (rule L11).
    AutoLink,
    /// A site that was to link by itself waits for somebody (rule L11).
    AutoLinkWaiting,
    /// A DNS record that was not there is not looked up again before (rule D2).
    DnsRecord,
    /// The link of a welcome mail expires (rule T4).
    WelcomeLink,
    /// The link of a connect mail expires (rule L1).
    ConnectLink,
    /// A Contact Center is being set up (rule T7).
    ContactCenter,
    /// A plan for people who were added later waits to be reviewed (rule U7).
    PlanWaiting,
    /// The TXT value of a domain is not published yet (rule D1).
    DomainTxt,
}

coded!(TimerKind);

/// How urgent something is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// It has come, and waits for somebody.
    Overdue,
    /// It comes soon.
    Soon,
    /// It goes on by itself, and needs nobody.
    UnderWay,
    /// There is time.
    Later,
}

impl Urgency {
    /// The place in the list: what waits for somebody, then by time whatever has a time, then what
    /// goes on by itself.
    pub const fn rank(self) -> u8 {
        match self {
            Self::Overdue => 0,
            Self::Soon | Self::Later => 1,
            Self::UnderWay => 2,
        }
    }
}

impl TimerKind {
    /// What it means when the time comes.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Run => "The people of a plan are being invited, one by one.",
            Self::RunPaused => "It was paused: nobody is invited until it is resumed.",
            Self::SiteLink => "Linking takes up to 24 hours; until then the site stays as it was.",
            Self::SiteLinkFailed => "The site is not linked; nobody's account has changed.",
            Self::UserLink => {
                "They confirmed their address and are to be linked within 48 hours; something \
                 blocks them still."
            }
            Self::Agreement => {
                "From then on the domain is not covered: who is linked stays linked, nobody else \
                 is linked by it."
            }
            Self::Trial => "From then on the trial is read-only; it can be extended at any time.",
            Self::AutoLink => {
                "The site links by itself where exactly one organization matches. Linking is \
                 permanent."
            }
            Self::AutoLinkWaiting => {
                "The site did not link by itself, for it is not clear to which organization."
            }
            Self::DnsRecord => {
                "The record was not there; DNS remembers that for a while, so looking sooner is \
                 of no use."
            }
            Self::WelcomeLink => "The link of the welcome mail works once and until then.",
            Self::ConnectLink => "The link of the mail works once and until then.",
            Self::ContactCenter => "The Contact Center is being set up.",
            Self::PlanWaiting => "Nobody of them is linked or invited before the plan is reviewed.",
            Self::DomainTxt => "The domain is not proven: its people are held, or asked by mail.",
        }
    }

    /// What to do about it.
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::Run => "It goes on without you; the runs of the site show how far it is.",
            Self::RunPaused => {
                "Resume it where the runs of the site are listed, or with hublink invite resume."
            }
            Self::SiteLink | Self::ContactCenter => "It goes on without you.",
            Self::UserLink => "Look at who has confirmed, why they are blocked, and mend that.",
            Self::SiteLinkFailed => {
                "It is tried again by itself; the site's page tells why it failed and tries now."
            }
            Self::Agreement => "Publish the domain's record and verify it.",
            Self::Trial => "Extend it, or map an order.",
            Self::AutoLink => "Link the site yourself before that, to choose where it goes.",
            Self::AutoLinkWaiting => "Link the site yourself, and choose its organization.",
            Self::DnsRecord => "Check the record; the look-up is repeated by itself.",
            Self::WelcomeLink => "Remind the customer administrator, or send the mail again.",
            Self::ConnectLink => "Follow the link or type its code, or have it sent again.",
            Self::PlanWaiting => "Review it under the site, as Account linking.",
            Self::DomainTxt => {
                "Publish the record that the domain shows; it is looked up by itself. Or remove the domain."
            }
        }
    }

    /// Whether it goes on by itself, and how many hours before its end it is soon.
    const fn nature(self) -> (bool, i64) {
        match self {
            Self::Run | Self::SiteLink | Self::DnsRecord | Self::ContactCenter => (true, 0),
            Self::Agreement => (false, 30 * 24),
            Self::Trial => (false, 14 * 24),
            Self::AutoLink => (false, 7 * 24),
            Self::UserLink | Self::WelcomeLink | Self::ConnectLink => (false, 2 * 24),
            Self::RunPaused
            | Self::SiteLinkFailed
            | Self::AutoLinkWaiting
            | Self::PlanWaiting
            | Self::DomainTxt => (false, i64::MAX / 3_600),
        }
    }

    /// How urgent it is at `now`, when it is due at `due`.
    pub fn urgency(self, due: Option<Timestamp>, now: Timestamp) -> Urgency {
        let (by_itself, soon_hours) = self.nature();
        if by_itself {
            return Urgency::UnderWay;
        }
        match due {
            Some(due) if due > now => {
                let soon = due.duration_since(now) < SignedDuration::from_hours(soon_hours);
                if soon { Urgency::Soon } else { Urgency::Later }
            }
            _ => Urgency::Overdue,
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
    fn d4_an_agreement_is_soon_in_its_last_30_days_and_overdue_at_its_deadline() {
        let due = at("2026-04-10T08:00:00Z");
        let urgency = |now| TimerKind::Agreement.urgency(Some(due), at(now));
        assert_eq!(urgency("2026-03-11T08:00:00Z"), Urgency::Later);
        assert_eq!(urgency("2026-03-11T08:00:01Z"), Urgency::Soon);
        assert_eq!(urgency("2026-04-10T07:59:59Z"), Urgency::Soon);
        assert_eq!(urgency("2026-04-10T08:00:00Z"), Urgency::Overdue);
    }

    #[test]
    fn what_waits_stands_first_and_what_has_a_time_stands_by_its_time() {
        use Urgency::{Later, Overdue, Soon, UnderWay};
        assert!(Overdue.rank() < Soon.rank() && Soon.rank() < UnderWay.rank());
        assert_eq!(Soon.rank(), Later.rank());
    }

    #[test]
    fn timers_that_need_nobody_are_never_overdue() {
        let now = at("2026-04-10T08:00:00Z");
        for kind in TimerKind::ALL {
            let urgency = kind.urgency(Some(now), now);
            let by_itself = kind.remedy().starts_with("It goes on") || kind == TimerKind::DnsRecord;
            assert_eq!(urgency == Urgency::UnderWay, by_itself, "{kind:?}");
        }
    }

    #[test]
    fn timers_are_told_in_sentences() {
        for kind in TimerKind::ALL {
            assert!(kind.meaning().ends_with('.') && kind.remedy().ends_with('.'), "{kind:?}");
        }
    }
}
