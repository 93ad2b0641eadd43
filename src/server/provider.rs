//! The seam between engine and directory: `trait Provider` and what crosses it.
//!
//! A provider answers for organizations, sites, users and domains, and for linking and inviting
//! one user. The engine owns plans, runs, cohorts, drafts and imports. A provider's own writes take
//! the engine's transaction. `reference` is the one implementation for now.

pub mod reference;

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use tokio::sync::mpsc;

use super::refusal::Refusal;
use super::stop::Stop;
use super::store::Conn;
use crate::api::domains::OrgDomain;
use crate::api::organization::{NewOrganization, Organization, RoleChange};
use crate::api::page::{Page, PageQuery};
use crate::api::session::{Capabilities, HeldRole};
use crate::api::site::{EditSite, NewSite, Sign, Site, SiteDomain};
use crate::domain::domain_name::DomainName;
use crate::domain::facts::Facts;
use crate::domain::linking::LinkingMethod;
use crate::domain::role::Role;
use crate::domain::site::SiteState;
use crate::domain::untrusted::Untrusted;
use crate::domain::user::UserState;
use crate::table::{Dialect, RosterFile};

/// What every provider call answers.
pub type Answer<'a, T> = BoxFuture<'a, Result<T, Refusal>>;

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
    /// Users who become deactivated, by the file or for not being in it.
    pub deactivated: u64,
    /// Users who stay as they are.
    pub unchanged: u64,
    /// Users of the site who are not in the file.
    pub not_in_file: u64,
    /// Users in the file without a usable address.
    pub bad_addresses: u64,
    /// The first changes, one by one.
    pub samples: Vec<RosterSample>,
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

/// A mail to one recipient, ready to render.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The envelope's and the header's one recipient.
    pub to: String,
    /// The recipient's name; may hold anything.
    pub name: String,
    /// The subject, our own words.
    pub subject: String,
    /// The text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
    /// The Message-ID, without angle brackets, made from the attempt.
    pub message_id: String,
}

/// What became of a mail: the phase of a failure is known (research, finding 2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// The server took it; its words.
    Accepted(String),
    /// Refused for good before or at the end of DATA; surely not sent.
    Refused(String),
    /// Refused for now, or broken before the final dot; surely not sent, may be tried again.
    Deferred(String),
    /// Broken after the final dot: may have been sent, and is never sent again by a machine.
    Unknown(String),
}

/// What a person can answer to an invitation (rule U6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvitationAnswer {
    /// The address is theirs.
    Confirm,
    /// "This is not me, or I do not want this."
    Decline,
}

/// A page for a person's browser; the router frames it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebPage {
    /// The HTTP status.
    pub status: u16,
    /// The title and heading: our own words.
    pub title: String,
    /// What stands under the heading, HTML.
    pub body: String,
}

/// What became of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The page that tells the person.
    pub page: WebPage,
    /// Whose invitation was settled; none when the link was used, too old or not known.
    pub settled: Option<Settled>,
}

/// An invitation that has its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// The organization.
    pub organization: String,
    /// The canonical address.
    pub address_key: String,
}

/// What an action is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resource<'a> {
    /// The backend itself: people, tokens, new organizations and sites.
    Backend,
    /// An organization, by id.
    Organization(&'a str),
    /// A site, by URL in its one form.
    Site(&'a str),
}

impl Resource<'_> {
    /// What it is called in refusals.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Backend => "thing",
            Self::Organization(_) => "organization",
            Self::Site(_) => "site",
        }
    }
}

/// As whom a thing is seen or changed: lists hold what this person may see, `my_roles` theirs, and
/// the audit record names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    /// The canonical address.
    pub email: String,
    /// Whether all is seen.
    pub backend_admin: bool,
}

/// What can be done to a domain after it was added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DomainAct {
    /// Look its record up (rule D2).
    Verify,
    /// Verified to claimed.
    Claim,
    /// Claimed to verified.
    Release,
    /// Verified to pending.
    Unverify,
}

/// The directory, and the acts on it. `reference` is the one implementation for now.
///
/// Callers have authorized; what is asked for is in its one form (canonical addresses, site URLs).
pub trait Provider: Send + Sync {
    /// How each step is done.
    fn capabilities(&self) -> Capabilities;
    /// What the provider does by itself, until it is told to stop.
    fn tend(&self, stop: Stop) -> BoxFuture<'_, ()>;

    // --- roles ---

    /// All roles an address holds, and towards what.
    fn held<'a>(&'a self, email: &'a str) -> Answer<'a, Vec<HeldRole>>;
    /// The roles an address holds towards an organization or a site; `None` when there is none.
    fn roles<'a>(&'a self, email: &'a str, resource: Resource<'a>)
    -> Answer<'a, Option<Vec<Role>>>;

    // --- organizations and sites ---

    /// The organizations that the viewer sees, by name.
    fn organizations<'a>(
        &'a self,
        viewer: &'a Viewer,
        page: &'a PageQuery,
    ) -> Answer<'a, Page<Organization>>;
    /// One organization, with its administrators if the viewer may see them.
    fn organization<'a>(&'a self, viewer: &'a Viewer, id: &'a str) -> Answer<'a, Organization>;
    /// Adds one (rule L0).
    fn add_organization<'a>(
        &'a self,
        viewer: &'a Viewer,
        new: &'a NewOrganization,
    ) -> Answer<'a, Organization>;
    /// Grants a role.
    fn grant<'a>(
        &'a self,
        viewer: &'a Viewer,
        id: &'a str,
        change: &'a RoleChange,
    ) -> Answer<'a, Organization>;
    /// Revokes a role; the last full admin stays.
    fn revoke<'a>(
        &'a self,
        viewer: &'a Viewer,
        id: &'a str,
        change: &'a RoleChange,
    ) -> Answer<'a, Organization>;
    /// The sites that the viewer sees, by URL.
    fn sites<'a>(&'a self, viewer: &'a Viewer, page: &'a PageQuery) -> Answer<'a, Page<Site>>;
    /// One site.
    fn site<'a>(&'a self, viewer: &'a Viewer, url: &'a str) -> Answer<'a, Site>;
    /// Adds one (rule L0).
    fn add_site<'a>(&'a self, viewer: &'a Viewer, new: &'a NewSite) -> Answer<'a, Site>;
    /// Changes one (rules L0, L10).
    fn edit_site<'a>(
        &'a self,
        viewer: &'a Viewer,
        url: &'a str,
        edit: &'a EditSite,
    ) -> Answer<'a, Site>;
    /// Sets the method (rule U1).
    fn set_method<'a>(
        &'a self,
        viewer: &'a Viewer,
        url: &'a str,
        method: LinkingMethod,
    ) -> Answer<'a, Site>;
    /// The domains of the site's users, most users first (rule D4).
    fn site_domains<'a>(&'a self, url: &'a str) -> Answer<'a, Vec<SiteDomain>>;
    /// Signs for domains (rule D4).
    fn sign<'a>(&'a self, viewer: &'a Viewer, url: &'a str, sign: &'a Sign) -> Answer<'a, Site>;

    // --- domains of an organization ---

    /// Its domains, by name.
    fn domains<'a>(&'a self, id: &'a str, page: &'a PageQuery) -> Answer<'a, Page<OrgDomain>>;
    /// Adds a domain with its challenge (rule D1).
    fn add_domain<'a>(
        &'a self,
        viewer: &'a Viewer,
        id: &'a str,
        name: &'a str,
    ) -> Answer<'a, OrgDomain>;
    /// Acts on a domain (rules D2, D3).
    fn domain_act<'a>(
        &'a self,
        viewer: &'a Viewer,
        id: &'a str,
        name: &'a DomainName,
        act: DomainAct,
    ) -> Answer<'a, OrgDomain>;

    // --- what the engine plans and runs with ---

    /// The site's facts.
    fn site_facts<'a>(&'a self, url: &'a str) -> Answer<'a, SiteFacts>;
    /// All users from a number on, in order of number, at `now`; sends batches until done or until
    /// the receiver is dropped.
    fn users<'a>(
        &'a self,
        site: &'a SiteFacts,
        from: u32,
        now: Timestamp,
        into: mpsc::Sender<Vec<UserFacts>>,
    ) -> Answer<'a, ()>;
    /// These users (at most 1,000 numbers, ascending), inside the caller's transaction.
    fn users_among<'a>(
        &'a self,
        conn: &'a mut Conn,
        site: &'a SiteFacts,
        numbers: &'a [u32],
        now: Timestamp,
    ) -> Answer<'a, Vec<UserFacts>>;
    /// How many users the roster had at an earlier revision; their numbers run from 0.
    fn users_at<'a>(&'a self, site: &'a SiteFacts, revision: u64) -> Answer<'a, u32>;
    /// Links users silently (at most 1,000 numbers): row 8 (`provisional` false) or row 9, in the
    /// caller's transaction.
    fn link<'a>(
        &'a self,
        conn: &'a mut Conn,
        site: &'a SiteFacts,
        numbers: &'a [u32],
        provisional: bool,
        now: Timestamp,
    ) -> Answer<'a, ()>;

    // --- rosters ---

    /// What an import of this file would change; nothing is written (SPEC section 9).
    fn compare_roster<'a>(
        &'a self,
        site: &'a SiteFacts,
        file: &'a RosterFile,
        replace: bool,
    ) -> Answer<'a, RosterChange>;
    /// Imports, in the caller's transaction; gives the roster's new revision.
    fn store_roster<'a>(
        &'a self,
        conn: &'a mut Conn,
        site: &'a SiteFacts,
        file: &'a RosterFile,
        replace: bool,
        now: Timestamp,
    ) -> Answer<'a, u64>;
    /// The roster as the dialect's own product would write it.
    fn export_roster<'a>(&'a self, site: &'a SiteFacts, dialect: Dialect) -> Answer<'a, Vec<u8>>;

    /// Sends one mail, step by step, so that the phase of a failure is known.
    fn deliver<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Delivery>;

    // --- the person's own answer (rule U6) ---

    /// The page behind a mail's link; changes nothing.
    fn show_invitation<'a>(&'a self, token: &'a str) -> Answer<'a, WebPage>;
    /// Takes the answer given on that page, once, in the caller's transaction.
    fn answer_invitation<'a>(
        &'a self,
        conn: &'a mut Conn,
        token: &'a str,
        answer: InvitationAnswer,
        now: Timestamp,
    ) -> Answer<'a, Answered>;
}
