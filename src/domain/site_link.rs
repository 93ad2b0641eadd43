//! Linking a site to an organization, for good (rules L1 to L8): states, reasons, arithmetic.
//!
//! Owns the words of a match and of what stands in the way, the job's states and back-off, and what
//! linking does to the site's users. Must not read a clock, nor know who may see what.

mod agreement;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use strum::{VariantArray, VariantNames};
use utoipa::ToSchema;

use super::code::coded;
use super::facts::{Fact, Facts};
use super::linking::LinkingMethod;
use super::outcome::{Outcome, decide};
pub use agreement::{Terms, agreement};

/// What an operator does next about a site of theirs (rules L1, L10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[derive(VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum EnrollStep {
    /// The site may not link yet: ask its customer success manager (rule L10).
    AskCsm,
    /// Press Enroll Now: a mail is sent then.
    Enroll,
    /// Use the link or the code of the mail.
    Connect,
    /// Choose the organization.
    Organization,
    /// The link job is under way, or has failed and is retried.
    Linking,
    /// The site is linked.
    Linked,
}

coded!(EnrollStep);

/// Where the mail of rule L1, or a notice of rule L7, stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[derive(VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum LinkMailState {
    /// To be sent, or put off by the mail server.
    Queued,
    /// Being sent at this moment.
    Sending,
    /// The mail server took it.
    Sent,
    /// The mail server refused it for good.
    Refused,
    /// It may or may not have been sent; a machine never sends it again.
    Unknown,
}

coded!(LinkMailState);

impl LinkMailState {
    /// The words on screens.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Queued => "waiting to be sent",
            Self::Sending => "being sent",
            Self::Sent => "sent",
            Self::Refused => "refused by the mail server",
            Self::Unknown => "may or may not have been sent",
        }
    }
}

/// Why an organization matches a site (rule L2).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[derive(VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum MatchKind {
    /// The site names the organization's id, or the operator typed it in.
    OrganizationId,
    /// Verified or claimed domains of the organization are domains of the site's users.
    VerifiedDomain,
    /// Administrators of the site are administrators of the organization.
    Administrator,
    /// The site's company and the organization have the same name.
    OrganizationName,
}

coded!(MatchKind);

impl MatchKind {
    /// The words on screens.
    pub const fn title(self) -> &'static str {
        match self {
            Self::OrganizationId => "organization id",
            Self::VerifiedDomain => "verified domain",
            Self::Administrator => "administrator",
            Self::OrganizationName => "name",
        }
    }

    /// Whether such a match lets the operator see whom to ask: the full admins' addresses.
    pub const fn shows_full_admins(self) -> bool {
        matches!(self, Self::Administrator | Self::VerifiedDomain)
    }
}

/// Why an organization, or a new one, cannot be chosen (rules L2 to L4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[derive(VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Hindrance {
    /// The operator's account is in the partner that manages the organization (rule L4).
    PartnerAccount,
    /// The operator's account is in another organization.
    OtherAccount,
    /// The operator has an account in the organization, but is not full admin there.
    NotFullAdmin,
    /// The operator has no account in any organization.
    NoAccount,
    /// The organization's trial has expired: it is read-only (rule T1).
    TrialExpired,
    /// A person is in one organization at most, and the operator is in one (rule L3).
    HasOrganization,
}

coded!(Hindrance);

/// Where a link job stands (rule L7). There is no cancelled: it is retried until it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[derive(VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum LinkState {
    /// Under way.
    Running,
    /// Failed; retried by itself, and on demand.
    Failed,
    /// The site is linked.
    Done,
}

coded!(LinkState);

/// When a failed job is tried again by itself: further and further apart, once a day at last.
/// `failures` counts from 1.
pub fn retry_at(failed_at: Timestamp, failures: u32) -> Timestamp {
    const MINUTES: [i64; 5] = [5, 30, 2 * 60, 6 * 60, 12 * 60];
    let step = usize::try_from(failures.saturating_sub(1)).unwrap_or(usize::MAX);
    let minutes = MINUTES.get(step).copied().unwrap_or(24 * 60);
    failed_at.checked_add(SignedDuration::from_mins(minutes)).unwrap_or(Timestamp::MAX)
}

/// How far a job is, in percent: by the time until it is due, then by the users looked at. Only
/// what is done is at 100.
pub fn progress(times: (Timestamp, Timestamp), now: Timestamp, users: (u64, u64)) -> u8 {
    const BEFORE_USERS: i128 = 90;
    let (from, due) = times;
    let whole = due.duration_since(from).as_millis().max(1);
    let gone = now.duration_since(from).as_millis().clamp(0, whole);
    let waited = gone * BEFORE_USERS / whole;
    let (seen, all) = (i128::from(users.0), i128::from(users.1.max(1)));
    let looked_at = if gone < whole { 0 } else { seen.min(all) * (99 - BEFORE_USERS) / all };
    u8::try_from(waited + looked_at).unwrap_or(0)
}

/// What completing the link does to one user (rule L8): `None` where it does nothing;
/// [`Outcome::LinkNow`] links; any other, one of rows 1 to 7, is reported.
///
/// It is for users whom the organization already has and who have confirmed their address; a
/// verified domain alone links nobody here, that is the second step's.
pub fn at_completion(facts: Facts) -> Option<Outcome> {
    if !facts.has(Fact::Identity) && !facts.has(Fact::Confirmed) {
        return None;
    }
    // Rows 1 to 8 are the same whatever the method.
    Some(decide(facts, LinkingMethod::ReceiveEmail))
}

/// What linking does, counted (rules L5, L8).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Consequences {
    /// All users of the site.
    pub users: u64,
    /// Users who are linked when the job completes, without an e-mail.
    pub linked: u64,
    /// Of these: the organization has the person already.
    pub known: u64,
    /// Of these: not known, but the person has confirmed the address.
    pub confirmed: u64,
    /// Users who would be, were it not for rows 1 to 7: by row.
    pub reported: Vec<Reported>,
    /// Users whom linking the site leaves as they are.
    pub untouched: u64,
    /// Full admins who are told by e-mail when the job completes.
    pub notified: u64,
}

/// Users of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Reported {
    /// The row.
    pub outcome: Outcome,
    /// How many.
    pub users: u64,
}

impl Consequences {
    /// Counts one user.
    pub fn count(&mut self, facts: Facts) {
        self.users += 1;
        match at_completion(facts) {
            None => self.untouched += 1,
            Some(Outcome::LinkNow) => {
                self.linked += 1;
                let known = facts.has(Fact::Identity);
                *(if known { &mut self.known } else { &mut self.confirmed }) += 1;
            }
            Some(outcome) => self.report(outcome, 1),
        }
    }

    /// Adds users of a row who are reported.
    pub fn report(&mut self, outcome: Outcome, users: u64) {
        if let Some(row) = self.reported.iter_mut().find(|row| row.outcome == outcome) {
            row.users += users;
        } else {
            self.reported.push(Reported { outcome, users });
            self.reported.sort_by_key(|row| row.outcome);
        }
    }
}

/// How many letters and digits the code of a connect mail has: 80 random bits.
pub const CODE_LENGTH: usize = 16;

/// The code of a connect mail in its one form, from what was typed or pasted: with or without
/// hyphens and blanks, in any case, or as the mail's whole link. `None` when it can be none.
pub fn connect_code(text: &str) -> Option<String> {
    let last = text.trim().trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let code: String = last
        .chars()
        .filter(|c| *c != '-' && !c.is_whitespace())
        .map(|c| c.to_ascii_lowercase())
        .collect();
    let good = code.len() == CODE_LENGTH && code.bytes().all(|b| b.is_ascii_alphanumeric());
    good.then_some(code)
}

/// A code as it is shown: in groups of four.
pub fn shown_code(code: &str) -> String {
    let mut shown = String::with_capacity(code.len() + code.len() / 4);
    for (at, c) in code.chars().enumerate() {
        if at > 0 && at % 4 == 0 {
            shown.push('-');
        }
        shown.push(c);
    }
    shown
}

#[cfg(test)]
mod tests;
