//! The seam between engine and directory: `trait Provider` and what crosses it.
//!
//! A provider answers for organizations, sites, users and domains, and for linking and inviting
//! one user. The engine owns plans, runs, cohorts, drafts and imports. A provider's own writes take
//! the engine's transaction. `reference` is the one implementation for now.

mod access;
mod acts;
mod facts;
mod following;
mod insights;
pub mod linking;
mod offering;
mod onboarding;
mod pages;
pub mod reference;
mod roster_upload;
pub mod roster_work;
mod selling;

use std::sync::Arc;

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use tokio::sync::mpsc;

use super::chores::Chores;
use super::refusal::Refusal;
use super::store::Conn;
use super::store::timed::Timed;
use crate::api::blocks::{Frame, Kind};
use crate::api::domains::{ConsumerDomain, OrgDomain};
use crate::api::organization::{EditOrganization, NewOrganization, Organization, RoleChange};
use crate::api::page::{Page, PageQuery};
use crate::api::roster::RosterManifest;
use crate::api::session::{Capabilities, HeldRole};
use crate::api::site::{AgreementText, EditSite, NewSite, Sign, Site, SiteDomain};
use crate::api::timer::Timer;
use crate::domain::domain_name::DomainName;
use crate::domain::linking::LinkingMethod;
use crate::domain::role::Role;
use crate::table::Dialect;
pub use access::{Access, Belonging, ResetFound, used_code};
pub use acts::{DomainAct, Resource, Viewer};
pub use facts::{RosterChange, RosterSample, SiteFacts, UserFacts};
pub use following::Following;
pub use insights::Insights;
pub use offering::{OfferAnswer, Offering};
pub use onboarding::{Accepted, Onboarding, Proof};
pub use pages::{Answered, InvitationAnswer, Settled, WebPage};
pub use roster_upload::RosterUpload;
pub use roster_work::RosterWork;
pub use selling::{OrderAnswer, Selling};

/// What every provider call answers.
pub type Answer<'a, T> = BoxFuture<'a, Result<T, Refusal>>;

/// The directory, and the acts on it. `reference` is the one implementation for now.
///
/// Callers have authorized; what is asked for is in its one form (canonical addresses, site URLs).
pub trait Provider:
    Access + Selling + Onboarding + Offering + Following + linking::SiteLinking + Insights + Send + Sync
{
    /// How each step is done.
    fn capabilities(&self) -> Capabilities;
    /// How often the mail server and name servers were asked, how it came out, and how long it took.
    fn measured(&self) -> [(&'static str, &Timed); 2];
    /// Starts what the provider does by itself.
    fn start(self: Arc<Self>, chores: &Chores);
    /// What time runs for in the directory, of what the viewer sees; in no order.
    fn timers<'a>(&'a self, viewer: &'a Viewer) -> Answer<'a, Vec<Timer>>;

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
    /// Changes what is given (rule U8).
    fn edit_organization<'a>(
        &'a self,
        viewer: &'a Viewer,
        id: &'a str,
        edit: &'a EditOrganization,
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
    /// What one signs for its domains (rule D4).
    fn agreement_text<'a>(&'a self, url: &'a str) -> Answer<'a, AgreementText>;
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

    /// The consumer domains that were added to the list in the source, by name.
    fn consumer_domains<'a>(&'a self, page: &'a PageQuery) -> Answer<'a, Page<ConsumerDomain>>;
    /// Adds one; never a domain that is verified, claimed or covered (SPEC section 9).
    fn add_consumer_domain<'a>(
        &'a self,
        viewer: &'a Viewer,
        name: &'a str,
    ) -> Answer<'a, ConsumerDomain>;

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
    /// What blocks the roster has, and what is folded into them, at `now`.
    fn roster_manifest<'a>(
        &'a self,
        site: &'a SiteFacts,
        now: Timestamp,
    ) -> Answer<'a, RosterManifest>;
    /// One part of one block, as it is now: never older than the last write that was committed.
    fn roster_part(&self, site: i64, block: u32, kind: Kind) -> Answer<'_, Frame>;
    /// What the facts of a site's users hang on, time aside: the same words, the same facts.
    fn roster_stamp<'a>(&'a self, conn: &'a mut Conn, site: &'a SiteFacts) -> Answer<'a, String>;
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
        upload: &'a RosterUpload,
        replace: bool,
    ) -> Answer<'a, RosterChange>;
    /// Works out what an import writes now; nothing is written.
    fn work_out_roster<'a>(
        &'a self,
        site: &'a SiteFacts,
        upload: &'a RosterUpload,
        replace: bool,
    ) -> Answer<'a, RosterWork>;
    /// Gets so many steps of it ready, or all that are left, before the writer's turn is taken.
    fn ready_roster<'a>(
        &'a self,
        site: &'a SiteFacts,
        work: (&'a mut RosterWork, usize),
    ) -> Answer<'a, ()>;
    /// Writes up to so many steps that are ready, in the caller's transaction; gives the roster's new revision.
    fn store_roster<'a>(
        &'a self,
        conn: &'a mut Conn,
        site: &'a SiteFacts,
        work: (&'a mut RosterWork, usize),
        import: &'a str,
        now: Timestamp,
    ) -> Answer<'a, u64>;
    /// Once all is written: revokes what up to so many of the addresses that were left had, in the
    /// caller's transaction; whether there are more.
    fn revoke_left<'a>(
        &'a self,
        conn: &'a mut Conn,
        site: &'a SiteFacts,
        left: (&'a str, usize),
        now: Timestamp,
    ) -> Answer<'a, bool>;
    /// The roster as the dialect's own product would write it.
    fn export_roster<'a>(&'a self, site: &'a SiteFacts, dialect: Dialect) -> Answer<'a, Vec<u8>>;

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
