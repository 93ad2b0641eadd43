//! Linking a site to an organization: enrolling, candidates, the agreement, the job (L1 to L8).
//!
//! Owns the bodies. The order of use: `enroll` (and `connect`, where it says so), `candidates`,
//! `link/prepare`, `link` with the hash of what was read, then watching `link`. Nothing unlinks.

mod endpoints;

pub use endpoints::*;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::session::Secret;
use crate::domain::organization::OrganizationKind;
use crate::domain::outcome::Outcome;
use crate::domain::site::SiteState;
use crate::domain::site_link::{
    Consequences, EnrollStep, Hindrance, LinkMailState, LinkState, MatchKind,
};
use crate::domain::untrusted::Untrusted;

/// Where the operator stands with a site of theirs (rule L1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Enrollment {
    /// The site's URL.
    pub site: Untrusted,
    /// The company, as the site has it.
    pub company: Untrusted,
    /// Where the site stands.
    pub state: SiteState,
    /// What comes next.
    pub next: EnrollStep,
    /// The newest connect mail; absent where none was needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connect: Option<ConnectMail>,
    /// The organization that the operator's account is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub my_organization: Option<MyOrganization>,
    /// The customer success manager's contact (rule L10).
    pub csm: Untrusted,
}

/// The mail that proves that the operator reads the address they sign in with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConnectMail {
    /// Whom it goes to: the operator.
    pub to: Untrusted,
    /// Where it stands.
    pub state: LinkMailState,
    /// What the mail server said, where it did not simply take the mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<Untrusted>,
    /// When it was asked for (world clock).
    pub asked_at: Timestamp,
    /// Until when its link and code work; absent while it waits to be sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Whether that time has passed.
    pub expired: bool,
    /// When the link or the code was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connected_at: Option<Timestamp>,
}

/// The operator's organization, by their account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MyOrganization {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Untrusted,
    /// What it is; a customer's site does not belong in a partner (rule L4).
    pub kind: OrganizationKind,
    /// Whether the operator is full admin there.
    pub full_admin: bool,
}

/// Body of `POST /v1/sites/{url}/enroll`: Enroll Now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Enroll {
    /// Send the connect mail again; the old link and code end. Without this, a second Enroll Now
    /// sends no second mail.
    #[serde(default)]
    pub resend: bool,
}

/// Body of `POST /v1/sites/{url}/connect`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Connect {
    /// The code of the mail, or its whole link.
    pub code: Secret,
}

/// Query of `GET /v1/sites/{url}/candidates`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct CandidatesQuery {
    /// An organization's id, typed in: it matches whatever else does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
}

/// The organizations that match a site (rule L2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Candidates {
    /// The site's URL.
    pub site: Untrusted,
    /// The company, as the site has it.
    pub company: Untrusted,
    /// The matches: those that can be chosen first, then those with more reasons.
    pub items: Vec<Candidate>,
    /// Matches beyond these, which are not shown.
    pub more: u64,
    /// Whether an organization has the id that was typed in; absent when none was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub typed_id_found: Option<bool>,
    /// Making a new organization instead (rule L3).
    pub new_organization: NewChoice,
    /// The customer success manager's contact: whom to ask where no full admin is named.
    pub csm: Untrusted,
}

/// An organization that matches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Candidate {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Untrusted,
    /// Partner or customer.
    pub kind: OrganizationKind,
    /// When it was created.
    pub created_at: Timestamp,
    /// Every reason why it matches, each with its evidence.
    pub reasons: Vec<MatchReason>,
    /// Whether the operator can choose it.
    pub choosable: bool,
    /// Why not; absent when it can be chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why_not: Option<WhyNot>,
    /// How many full admins are told when the site is linked to it.
    pub full_admins: u64,
    /// The full admins to ask; empty where the reasons do not allow to name them: ask the CSM.
    pub ask: Vec<Untrusted>,
}

/// One reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MatchReason {
    /// Which.
    pub kind: MatchKind,
    /// What it rests on: names, ids, addresses or domains, the first ten.
    pub evidence: Vec<Untrusted>,
    /// The same in a sentence.
    pub text: Untrusted,
}

/// Why something cannot be chosen, and the way out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WhyNot {
    /// Which hindrance.
    pub code: Hindrance,
    /// Why.
    pub text: Untrusted,
    /// What to do.
    pub remedy: Untrusted,
}

/// Whether a new organization is offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewChoice {
    /// Whether it is.
    pub offered: bool,
    /// The name proposed: the site's company.
    pub name: Untrusted,
    /// Why not; absent when it is offered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why_not: Option<WhyNot>,
}

/// Where a site is to be linked to. As JSON `{"organization": "acme"}`, or
/// `{"new_organization": {"name": "Acme", "country": "DE"}}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum LinkTarget {
    /// An organization that there is, by id.
    Organization(String),
    /// One that is made by linking (rule L3).
    NewOrganization(NewTarget),
}

/// An organization to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTarget {
    /// Its name; absent: the site's company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its country: a two-letter code such as `DE`, or an English name.
    pub country: String,
}

/// What linking would do (rule L5): read it, then send its hash with `link`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LinkPlan {
    /// The site's URL.
    pub site: Untrusted,
    /// The organization's id; absent for one that is to be made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// Its name.
    pub organization_name: Untrusted,
    /// What it is; a customer's site does not belong in a partner (rule L4).
    pub organization_kind: OrganizationKind,
    /// The country of one that is to be made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// What happens to whom, counted.
    pub consequences: Consequences,
    /// The full admins who are told when the job completes.
    pub notified: Vec<Untrusted>,
    /// How long the job takes, in seconds of world time.
    pub takes_seconds: u64,
    /// The agreement: paragraphs parted by empty lines. It tells the consequences.
    pub text: Untrusted,
    /// The text's SHA-256, hexadecimal: what is agreed to, and kept.
    pub text_sha256: String,
}

/// Body of `POST /v1/sites/{url}/link`: Link Now. For good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkSite {
    /// Where to.
    pub target: LinkTarget,
    /// The `text_sha256` of the agreement that was read. Where the consequences differ meanwhile:
    /// `409 agreement_stale`.
    pub text_sha256: String,
    /// The tick: one has read the consequences and agrees to link the site.
    pub agree: bool,
    /// The site's URL, typed in full.
    pub confirm: String,
}

/// A site's link job (rule L7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LinkJob {
    /// The site's URL.
    pub site: Untrusted,
    /// The organization's id.
    pub organization: String,
    /// Its name.
    pub organization_name: Untrusted,
    /// Whether linking made it.
    pub new_organization: bool,
    /// Where the job stands.
    pub state: LinkState,
    /// Per cent.
    pub progress: u8,
    /// When Link Now was pressed (world clock, as all of these).
    pub started_at: Timestamp,
    /// By whom.
    pub started_by: Untrusted,
    /// When it should complete; for a failed one, when it should once it is tried again.
    pub due_at: Timestamp,
    /// When it did complete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// How often it has failed.
    pub failures: u32,
    /// Why it failed last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Untrusted>,
    /// When it is tried again by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_at: Option<Timestamp>,
    /// Why it does not go on by itself, and who can make it: a human's word on the backend's time is
    /// missing. Absent where nothing keeps it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits: Option<Untrusted>,
    /// What was agreed to; absent where the site was linked without (automatically).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreed: Option<Agreed>,
    /// What happened to whom; complete when the job is done.
    pub result: Consequences,
    /// The mails to the full admins.
    pub notices: Notices,
    /// Grows with every change; wait for the next one with `?after=REVISION&wait=25`.
    pub revision: u64,
}

/// What is kept of an agreement (rule L5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Agreed {
    /// Who.
    pub by: Untrusted,
    /// When.
    pub at: Timestamp,
    /// The text's SHA-256, hexadecimal.
    pub text_sha256: String,
}

/// The mails to an organization's full admins, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Notices {
    /// All.
    pub total: u64,
    /// Still to be sent, or being sent.
    pub waiting: u64,
    /// Taken by the mail server.
    pub sent: u64,
    /// Refused for good.
    pub refused: u64,
    /// May have been sent; never sent again.
    pub unknown: u64,
}

/// Query of `GET /v1/sites/{url}/link/users`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct LinkedUsersQuery {
    /// Only users of this outcome: `link_now` for the linked ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// The `next` of the page before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// How many at the most, 1 to 500.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<u16>,
}

/// A user whom completing the link was for (rule L8).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LinkedUser {
    /// The user's number in the roster.
    pub number: u32,
    /// `UserID`.
    pub user_id: Untrusted,
    /// The name.
    pub name: Untrusted,
    /// The address as it was.
    pub address: Untrusted,
    /// `link_now`: linked. Any other: not linked, and why.
    pub outcome: Outcome,
}
