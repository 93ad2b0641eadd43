//! What is known of one site user at one moment, as a small code (SPEC section 5).
//!
//! Owns the code that the roster carries, so that client and backend call the same
//! [`decide`](super::outcome::decide). It tells that an identity is elsewhere, never where.
//! Times are folded in by whoever gathers the facts; the site's method is not part of them, so
//! that a client can predict every method.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::agreement::Standing;
use super::user::{UserState, is_pending};

/// The facts of one user, packed. One bit a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct Facts(u16);

/// One fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u16)]
pub enum Fact {
    /// The site account is linked in this organization (row 1).
    Linked = 1,
    /// The site account is linked under an agreement (row 1).
    Provisional = 1 << 1,
    /// The site account is deactivated (row 2).
    Inactive = 1 << 2,
    /// There is no usable address (row 3).
    BadAddress = 1 << 3,
    /// The address is on more than one active account of the site (row 4).
    Duplicate = 1 << 4,
    /// The identity is in another organization, or the domain is claimed by one (row 5).
    OtherOrganization = 1 << 5,
    /// Directory sync is on and the address, as spelled, is not in the directory (row 6).
    DirectorySync = 1 << 6,
    /// The person declined and nobody has cleared it (row 7).
    Declined = 1 << 7,
    /// The domain is verified or claimed by this organization (row 8).
    DomainVerified = 1 << 8,
    /// This organization has the identity already (row 8).
    Identity = 1 << 9,
    /// The person has confirmed the address (row 8).
    Confirmed = 1 << 10,
    /// An agreement of this organization names the domain and has not lapsed (row 9).
    AgreementCurrent = 1 << 11,
    /// An agreement of this organization names the domain and has lapsed (row 13).
    AgreementLapsed = 1 << 12,
    /// An invitation is pending, or its sending is unknown (row 10).
    Pending = 1 << 13,
    /// The domain is a consumer domain (row 11).
    Consumer = 1 << 14,
    /// An invitation was sent at some time (second invitations, `invited:ever`).
    InvitedEver = 1 << 15,
}

/// Everything that decides about one user, before time is folded in.
#[derive(Debug, Clone, Copy, Default)]
pub struct Gathered {
    /// The site account is linked.
    pub linked: bool,
    /// The site account is linked under an agreement.
    pub provisional: bool,
    /// The site account is active.
    pub active: bool,
    /// The address is usable.
    pub usable: bool,
    /// The address is on more than one active account of the site.
    pub duplicate: bool,
    /// The identity is in another organization.
    pub identity_elsewhere: bool,
    /// Another organization has claimed the domain.
    pub claimed_elsewhere: bool,
    /// Another organization has verified or claimed the domain (D4: not covered then).
    pub proven_elsewhere: bool,
    /// Rule U9 holds against this spelling.
    pub directory_sync: bool,
    /// The person declined.
    pub declined: bool,
    /// This organization has verified or claimed the domain.
    pub domain_verified: bool,
    /// This organization has the identity.
    pub identity: bool,
    /// The person confirmed.
    pub confirmed: bool,
    /// The deadline of the organization's agreement that names the domain.
    pub agreement_deadline: Option<Timestamp>,
    /// When the last invitation was sent.
    pub invited_at: Option<Timestamp>,
    /// Whether the sending of an invitation is unknown.
    pub unknown: bool,
    /// The domain is a consumer domain.
    pub consumer: bool,
}

impl Gathered {
    /// Folds the time in.
    pub fn at(&self, now: Timestamp) -> Facts {
        let agreement = if self.proven_elsewhere {
            Standing::None
        } else {
            super::agreement::standing(self.agreement_deadline, now)
        };
        Facts::default()
            .with(Fact::Linked, self.linked)
            .with(Fact::Provisional, self.provisional)
            .with(Fact::Inactive, !self.active)
            .with(Fact::BadAddress, !self.usable)
            .with(Fact::Duplicate, self.duplicate)
            .with(Fact::OtherOrganization, self.identity_elsewhere || self.claimed_elsewhere)
            .with(Fact::DirectorySync, self.directory_sync)
            .with(Fact::Declined, self.declined)
            .with(Fact::DomainVerified, self.domain_verified)
            .with(Fact::Identity, self.identity)
            .with(Fact::Confirmed, self.confirmed)
            .with(Fact::AgreementCurrent, agreement == Standing::Current)
            .with(Fact::AgreementLapsed, agreement == Standing::Lapsed)
            .with(Fact::Pending, self.unknown || is_pending(self.invited_at, now))
            .with(Fact::Consumer, self.consumer)
            .with(Fact::InvitedEver, self.unknown || self.invited_at.is_some())
    }

    /// Where the user stands at `now`, as shown.
    pub fn state(&self, now: Timestamp) -> UserState {
        if self.linked {
            UserState::Linked
        } else if self.provisional {
            UserState::Provisional
        } else if self.declined {
            UserState::Declined
        } else if self.confirmed {
            UserState::Confirmed
        } else if self.unknown {
            UserState::Unknown
        } else if is_pending(self.invited_at, now) {
            UserState::Invited
        } else if self.invited_at.is_some() {
            UserState::Lapsed
        } else {
            UserState::Unlinked
        }
    }
}

impl Facts {
    /// Reads a code from the wire.
    pub const fn from_code(code: u16) -> Self {
        Self(code)
    }

    /// The code for the wire.
    pub const fn code(self) -> u16 {
        self.0
    }

    /// Whether a fact holds.
    pub const fn has(self, fact: Fact) -> bool {
        self.0 & fact as u16 != 0
    }

    /// The same facts with one set or cleared.
    #[must_use]
    pub const fn with(self, fact: Fact, holds: bool) -> Self {
        if holds { Self(self.0 | fact as u16) } else { Self(self.0 & !(fact as u16)) }
    }
}
