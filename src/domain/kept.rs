//! What is kept of one user, and what holds for a whole domain, before time is folded in.
//!
//! Owns the code that blocks of a roster carry and how it becomes [`Gathered`], so that client and
//! backend fold domains, site and time in with the same words. Nothing in it hangs on a clock, on a
//! domain or on a setting: a change of those touches no user.

use jiff::Timestamp;

use super::facts::Gathered;

/// One thing that is known of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub enum Bit {
    /// The site account is linked.
    Linked = 1,
    /// The site account is linked under an agreement.
    Provisional = 1 << 1,
    /// The site account is active.
    Active = 1 << 2,
    /// The address is usable.
    Usable = 1 << 3,
    /// The address is on more than one active account of the site.
    Duplicate = 1 << 4,
    /// The organization has the identity.
    Identity = 1 << 5,
    /// Another organization has it.
    IdentityElsewhere = 1 << 6,
    /// The directory lacks this spelling; it counts where the site's organization heeds one.
    NotInDirectory = 1 << 7,
    /// The sending of an invitation is unknown.
    Unknown = 1 << 8,
    /// The person confirmed.
    Confirmed = 1 << 9,
    /// The person declined.
    Declined = 1 << 10,
    /// An invitation was sent; when is kept beside.
    Invited = 1 << 11,
}

/// What is kept of one user.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Kept {
    bits: u16,
    invited_at: i64,
}

/// What holds for all users of a domain, seen from one organization.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DomainFacts {
    /// Verified or claimed by this organization.
    pub proven: bool,
    /// Verified or claimed by another.
    pub proven_elsewhere: bool,
    /// Claimed by another.
    pub claimed_elsewhere: bool,
    /// The deadline of this organization's agreement.
    pub deadline: Option<Timestamp>,
    /// A public mail provider's.
    pub consumer: bool,
}

impl Kept {
    /// From the code and the time of the last invitation, milliseconds since 1970.
    pub fn new(bits: u16, invited_at: Option<i64>) -> Self {
        let bits = bits & !(Bit::Invited as u16);
        match invited_at {
            Some(invited_at) => Self { bits: bits | Bit::Invited as u16, invited_at },
            None => Self { bits, invited_at: 0 },
        }
    }

    /// The code: one bit a fact.
    pub const fn bits(self) -> u16 {
        self.bits
    }

    /// When the last invitation was sent, milliseconds since 1970.
    pub fn invited_at(self) -> Option<i64> {
        self.has(Bit::Invited).then_some(self.invited_at)
    }

    /// Whether something holds.
    pub const fn has(self, bit: Bit) -> bool {
        self.bits & bit as u16 != 0
    }

    /// With what holds for the user's domain, and whether the organization heeds its directory
    /// (rule U9).
    pub fn gathered(self, domain: DomainFacts, heeds_directory: bool) -> Gathered {
        let invited_at = self.invited_at().map(|millis| {
            let end = if millis < 0 { Timestamp::MIN } else { Timestamp::MAX };
            Timestamp::from_millisecond(millis).unwrap_or(end)
        });
        Gathered {
            linked: self.has(Bit::Linked),
            provisional: self.has(Bit::Provisional),
            active: self.has(Bit::Active),
            usable: self.has(Bit::Usable),
            duplicate: self.has(Bit::Duplicate),
            identity_elsewhere: self.has(Bit::IdentityElsewhere),
            claimed_elsewhere: domain.claimed_elsewhere,
            proven_elsewhere: domain.proven_elsewhere,
            directory_sync: heeds_directory && self.has(Bit::NotInDirectory),
            declined: self.has(Bit::Declined),
            domain_verified: domain.proven,
            identity: self.has(Bit::Identity),
            confirmed: self.has(Bit::Confirmed),
            agreement_deadline: domain.deadline,
            invited_at,
            unknown: self.has(Bit::Unknown),
            consumer: domain.consumer,
        }
    }
}
