//! What an invitation will do to one user: the fourteen rows of SPEC section 2.
//!
//! Owns the one table, as the one pure function [`decide`]. Backend and client both call it;
//! nothing else may name an outcome's condition. Codes are stable: they are API.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use strum::{VariantArray, VariantNames};
use utoipa::ToSchema;

use super::address::{Address, AddressError};
use super::code::coded;
use super::facts::{Fact, Facts};
use super::linking::LinkingMethod;

/// The predicted outcome of one user.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[derive(VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Outcome {
    /// Row 1.
    AlreadyLinked,
    /// Row 2.
    BlockedInactive,
    /// Row 3.
    BlockedBadAddress,
    /// Row 4.
    BlockedDuplicateAddress,
    /// Row 5.
    BlockedOtherOrganization,
    /// Row 6.
    BlockedDirectorySync,
    /// Row 7.
    Declined,
    /// Row 8.
    LinkNow,
    /// Row 9.
    LinkProvisional,
    /// Row 10.
    AlreadyInvited,
    /// Row 11.
    EmailConsumer,
    /// Row 12.
    Email,
    /// Row 13.
    HoldAgreementLapsed,
    /// Row 14.
    HoldUnverifiedDomain,
}

coded!(Outcome);

/// The class of an outcome; every plan's five classes add up to what was selected.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[derive(VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Class {
    /// Gets an e-mail.
    Emailed,
    /// Is linked now, silently.
    Linked,
    /// Nothing to do.
    Skipped,
    /// Waits for a domain or a decision.
    Held,
    /// Cannot be linked as things are.
    Blocked,
}

coded!(Class);

/// The table: outcome of a user with these facts on a site with this method, first match wins.
pub const fn decide(facts: Facts, method: LinkingMethod) -> Outcome {
    let signed = matches!(method, LinkingMethod::SignAgreement);
    if facts.has(Fact::Linked) || facts.has(Fact::Provisional) {
        Outcome::AlreadyLinked
    } else if facts.has(Fact::Inactive) {
        Outcome::BlockedInactive
    } else if facts.has(Fact::BadAddress) {
        Outcome::BlockedBadAddress
    } else if facts.has(Fact::Duplicate) {
        Outcome::BlockedDuplicateAddress
    } else if facts.has(Fact::OtherOrganization) {
        Outcome::BlockedOtherOrganization
    } else if facts.has(Fact::DirectorySync) {
        Outcome::BlockedDirectorySync
    } else if facts.has(Fact::Declined) {
        Outcome::Declined
    } else if facts.has(Fact::DomainVerified)
        || facts.has(Fact::Identity)
        || facts.has(Fact::Confirmed)
    {
        Outcome::LinkNow
    } else if signed && facts.has(Fact::AgreementCurrent) {
        Outcome::LinkProvisional
    } else if facts.has(Fact::Pending) {
        Outcome::AlreadyInvited
    } else if facts.has(Fact::Consumer) {
        Outcome::EmailConsumer
    } else if matches!(method, LinkingMethod::ReceiveEmail) {
        Outcome::Email
    } else if signed && facts.has(Fact::AgreementLapsed) {
        Outcome::HoldAgreementLapsed
    } else {
        Outcome::HoldUnverifiedDomain
    }
}

impl Outcome {
    /// The class.
    pub const fn class(self) -> Class {
        match self {
            Self::AlreadyLinked | Self::Declined | Self::AlreadyInvited => Class::Skipped,
            Self::BlockedInactive
            | Self::BlockedBadAddress
            | Self::BlockedDuplicateAddress
            | Self::BlockedOtherOrganization
            | Self::BlockedDirectorySync => Class::Blocked,
            Self::LinkNow | Self::LinkProvisional => Class::Linked,
            Self::EmailConsumer | Self::Email => Class::Emailed,
            Self::HoldAgreementLapsed | Self::HoldUnverifiedDomain => Class::Held,
        }
    }

    /// `--held email`: the held class turned into `email` for one plan, explicitly.
    #[must_use]
    pub const fn with_held_emailed(self) -> Self {
        match self.class() {
            Class::Held => Self::Email,
            _ => self,
        }
    }

    /// Two or three words for a column of a list ("If invited").
    pub const fn label(self) -> &'static str {
        match self {
            Self::AlreadyLinked => "linked already",
            Self::BlockedInactive => "blocked: inactive",
            Self::BlockedBadAddress => "blocked: address",
            Self::BlockedDuplicateAddress => "blocked: duplicate",
            Self::BlockedOtherOrganization => "blocked: other org",
            Self::BlockedDirectorySync => "blocked: directory",
            Self::Declined => "declined",
            Self::LinkNow => "linked, no mail",
            Self::LinkProvisional => "linked, signed",
            Self::AlreadyInvited => "invited already",
            Self::EmailConsumer => "e-mail, always",
            Self::Email => "e-mail",
            Self::HoldAgreementLapsed => "held: lapsed",
            Self::HoldUnverifiedDomain => "held: unverified",
        }
    }

    /// Why, in a few words: what fits beside a number at 80 columns.
    pub const fn note(self) -> &'static str {
        match self {
            Self::BlockedDuplicateAddress => "several active accounts share it",
            Self::BlockedOtherOrganization => "another organization has it already",
            Self::BlockedDirectorySync => "not so spelled in the directory",
            Self::Declined => "they declined; nobody has cleared it",
            Self::LinkNow => "verified, known or confirmed",
            Self::LinkProvisional => "covered by the signed agreement",
            Self::AlreadyInvited => "an invitation is out, or may be",
            Self::HoldAgreementLapsed => "the agreement ended: verify it",
            _ => self.reason(),
        }
    }

    /// Why, for somebody with these facts and this address.
    pub fn because(self, facts: Facts, address: &str) -> Cow<'static, str> {
        match self {
            Self::LinkNow if facts.has(Fact::DomainVerified) => "the domain is verified".into(),
            Self::LinkNow if facts.has(Fact::Identity) => {
                "the organization knows the address".into()
            }
            Self::LinkNow => "the person has confirmed the address".into(),
            _ => self.reason_for(address),
        }
    }

    /// Why, for somebody with this address: a bad one says what is wrong with it.
    pub fn reason_for(self, address: &str) -> Cow<'static, str> {
        match (self, Address::parse(address)) {
            (Self::BlockedBadAddress, Err(AddressError::Empty)) => {
                "there is no e-mail address".into()
            }
            (Self::BlockedBadAddress, Err(why)) => {
                format!("the e-mail address cannot be used: {why}").into()
            }
            _ => self.reason().into(),
        }
    }

    /// One sentence: why, in the operator's words.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::AlreadyLinked => "the account is linked already",
            Self::BlockedInactive => "the site account is deactivated",
            Self::BlockedBadAddress => "there is no usable e-mail address",
            Self::BlockedDuplicateAddress => {
                "the address is on more than one active account of this site"
            }
            Self::BlockedOtherOrganization => {
                "the address or its domain belongs to another organization"
            }
            Self::BlockedDirectorySync => {
                "directory sync is on and the address, as spelled, is not in the directory"
            }
            Self::Declined => "the person declined, and nobody has cleared it",
            Self::LinkNow => {
                "the domain is verified, the identity is known, or the address is confirmed"
            }
            Self::LinkProvisional => "the domain is covered by the signed agreement",
            Self::AlreadyInvited => "an invitation is pending, or may have been sent",
            Self::EmailConsumer => "a consumer domain is always e-mailed",
            Self::Email => "the person confirms by e-mail",
            Self::HoldAgreementLapsed => "the signed agreement has lapsed; verify the domain",
            Self::HoldUnverifiedDomain => "the domain is not verified",
        }
    }
}

#[cfg(test)]
mod tests;
