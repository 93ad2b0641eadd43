//! What crosses the seam of users and rosters: the facts that plans, runs and imports go by.
//!
//! Owns plain data alone. What the facts mean is `domain::outcome`'s; where they come from is the
//! directory's.

use crate::domain::account_linking::AccountLinking;
use crate::domain::facts::Facts;
use crate::domain::linking::LinkingMethod;
use crate::domain::site::SiteState;
use crate::domain::untrusted::Untrusted;
use crate::domain::user::UserState;

/// What the engine needs of a site to plan and run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteFacts {
    /// The row id.
    pub id: i64,
    /// The URL.
    pub url: String,
    /// Where it stands.
    pub state: SiteState,
    /// The organization it is linked to.
    pub organization: Option<String>,
    /// That organization's name.
    pub organization_name: String,
    /// The method.
    pub method: Option<LinkingMethod>,
    /// What becomes of users added later.
    pub account_linking: AccountLinking,
    /// Users added after this revision of the roster count as added later.
    pub account_linking_since: u64,
    /// The roster's revision.
    pub roster_revision: u64,
    /// How many users there are; numbers run from 0 to this less one.
    pub users: u32,
}

/// One user with the facts that decide, at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserFacts {
    /// The roster number.
    pub number: u32,
    /// `UserID`.
    pub user_id: String,
    /// The name: the display name, or first and last.
    pub name: String,
    /// The address as spelled.
    pub address: String,
    /// The canonical address; absent: not usable.
    pub address_key: Option<String>,
    /// The department.
    pub department: String,
    /// Whether the account is active.
    pub active: bool,
    /// Where the user stands.
    pub state: UserState,
    /// The facts.
    pub facts: Facts,
}

/// What an import would change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RosterChange {
    /// Users the site does not have yet.
    pub new: u64,
    /// Users with changed facts.
    pub changed: u64,
    /// Of these, users with another address.
    pub address_changed: u64,
    /// Of these, users who are linked or have confirmed the old address (rule P4).
    pub linked_address_changed: u64,
    /// Users who become deactivated, by the file or for not being in it.
    pub deactivated: u64,
    /// Users who become active again.
    pub activated: u64,
    /// Users who stay as they are.
    pub unchanged: u64,
    /// Rows that mean several accounts, and change none.
    pub ambiguous: u64,
    /// Users of the site who are not in the file.
    pub not_in_file: u64,
    /// Of these, the active ones, whom a replacement deactivates.
    pub active_not_in_file: u64,
    /// New users whose address another account has.
    pub new_with_known_address: u64,
    /// Users in the file without a usable address.
    pub bad_addresses: u64,
    /// The first changes, one by one.
    pub samples: Vec<RosterSample>,
    /// The first of those who are linked or confirmed and get another address.
    pub linked_address_samples: Vec<RosterSample>,
    /// The first new users whose address another account has, and which one has it.
    pub known_address_samples: Vec<RosterSample>,
    /// The first bad addresses and hidden characters of `UserID`s, and why each is bad.
    pub bad_samples: Vec<RosterSample>,
}

/// One change of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterSample {
    /// `UserID`.
    pub user_id: Untrusted,
    /// The name.
    pub name: Untrusted,
    /// What changes, in words that may hold what the roster holds.
    pub change: String,
}
