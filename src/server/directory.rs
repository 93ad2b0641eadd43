//! The directory: organizations, sites, their users and domains, who was asked and who is linked.
//!
//! Owns these rows and the acts on them: what plans, runs and imports of the engine stand on, and what
//! handlers show. Callers have authorized; what is asked for is in its one form (canonical addresses,
//! site URLs). The rules are `domain`'s; of plans and runs it knows nothing.

mod access;
mod acts;
mod administrators;
mod agreements;
mod automatic;
mod confirmed;
mod consumers;
mod contact_center;
mod counts;
mod directory_sync;
mod dns;
mod domains;
mod facts;
mod fields;
mod following;
pub(in crate::server) mod identities;
pub(in crate::server) mod insights;
mod letters;
pub(super) mod licences;
pub(in crate::server) mod linking;
mod mirror;
mod newcomers;
mod notices;
mod offers;
mod onboarding;
mod orders;
mod organizations;
mod own_chores;
mod pages;
mod persons;
mod places;
mod proof;
mod restored;
mod roles;
mod roster_upload;
mod roster_work;
pub(in crate::server) mod rosters;
mod selling;
mod services;
mod setup;
mod site_edits;
mod site_facts;
mod sites;
mod timers;
mod trials;
mod users;
mod web_page;
pub(in crate::server) mod welcome;

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::{Notify, mpsc};

use crate::api::blocks::{Frame, Kind};
use crate::api::domains::{ConsumerDomain, OrgDomain};
use crate::api::page::{Page, PageQuery};
use crate::api::roster::RosterManifest;
use crate::api::session::HeldRole;
use crate::api::timer::Timer;
use crate::domain::domain_name::DomainName;
use crate::domain::role::Role;
use crate::server::ServeOptions;
use crate::server::chores::Chores;
use crate::server::clock::WorldClock;
use crate::server::post::Post;
use crate::server::provider::Provider;
use crate::server::refusal::Refusal;
use crate::server::store::timed::Timed;
use crate::server::store::{Conn, Store};
use crate::table::Dialect;
pub use access::{Belonging, ResetFound, used_code};
pub use acts::{DomainAct, Resource, Viewer};
pub use dns::{Dns, Txt};
pub use offers::OfferAnswer;
use onboarding::Desk;
pub use onboarding::{Accepted, Proof};
pub use roster_upload::{RosterUpload, file_refused};
pub use roster_work::RosterWork;
pub use selling::OrderAnswer;
pub use site_facts::{RosterChange, RosterSample, SiteFacts, UserFacts};
use users::Bond;
pub use web_page::{Answered, InvitationAnswer, Settled, WebPage};

/// The directory, over the backend's database.
#[derive(Debug)]
pub struct Directory {
    store: Store,
    clock: Arc<WorldClock>,
    dns: Dns,
    /// Wakes the look-ups of pending domains.
    domains_changed: Notify,
    /// Wakes the look at people who confirmed.
    confirmed: Notify,
    /// Wakes automatic linking.
    automatic_changed: Notify,
    post: Arc<Post>,
    /// Wakes the recording of trials' ends.
    trials_changed: Notify,
    /// The work of a customer's first days.
    desk: Desk,
    links: linking::Links,
    /// What is done elsewhere.
    provider: Arc<dyn Provider>,
    /// The users of all sites, as they are read.
    mirror: mirror::Mirror,
}

impl Directory {
    /// Over a database, with the resolvers that the options name; its mails go by `post`, and
    /// `public_url` is where links in them lead.
    pub fn new(
        store: Store,
        clock: Arc<WorldClock>,
        options: &ServeOptions,
        public_url: &str,
        post: Arc<Post>,
    ) -> Self {
        let dns = Dns::new(options.resolvers.clone());
        Self {
            mirror: mirror::Mirror::new(store.clone()),
            store,
            clock,
            dns,
            domains_changed: Notify::new(),
            confirmed: Notify::new(),
            automatic_changed: Notify::new(),
            post,
            trials_changed: Notify::new(),
            desk: Desk::new(options, public_url),
            links: linking::Links::new(options.link_delay),
            provider: options.provider.clone(),
        }
    }

    /// A welcome was begun and is committed: its mail may leave.
    fn welcome_begun(&self) {
        self.post.ring();
    }

    /// How often the mail server and name servers were asked, how it came out, and how long it took.
    pub fn measured(&self) -> [(&'static str, &Timed); 2] {
        [("smtp", self.post.timed()), ("dns", &self.dns.timed)]
    }

    /// Starts what it does by itself.
    pub fn start(self: Arc<Self>, chores: &Chores) {
        own_chores::start(&self, chores);
    }

    /// What time runs for in the directory, of what the viewer sees; in no order.
    pub async fn timers(&self, viewer: &Viewer) -> Result<Vec<Timer>, Refusal> {
        timers::all(self, viewer).await
    }

    // --- roles ---

    /// All roles an address holds, and towards what.
    pub async fn held(&self, email: &str) -> Result<Vec<HeldRole>, Refusal> {
        roles::held(&self.store, email).await
    }

    /// The roles an address holds towards an organization or a site; `None` when there is none.
    pub async fn roles(
        &self,
        email: &str,
        resource: Resource<'_>,
    ) -> Result<Option<Vec<Role>>, Refusal> {
        roles::towards(&self.store, email, resource).await
    }

    // --- domains of an organization ---

    /// Its domains, by name.
    pub async fn domains(&self, id: &str, page: &PageQuery) -> Result<Page<OrgDomain>, Refusal> {
        domains::list(self, id, page).await
    }

    /// The consumer domains that were added to the list in the source, by name.
    pub async fn consumer_domains(
        &self,
        page: &PageQuery,
    ) -> Result<Page<ConsumerDomain>, Refusal> {
        consumers::list(self, page).await
    }

    /// Adds one; never a domain that is verified, claimed or covered (SPEC section 9).
    pub async fn add_consumer_domain(
        &self,
        viewer: &Viewer,
        name: &str,
    ) -> Result<ConsumerDomain, Refusal> {
        consumers::add(self, viewer, name).await
    }

    /// Adds a domain with its challenge (rule D1).
    pub async fn add_domain(
        &self,
        viewer: &Viewer,
        id: &str,
        name: &str,
    ) -> Result<OrgDomain, Refusal> {
        domains::add(self, viewer, id, name).await
    }

    /// Acts on a domain (rules D2, D3).
    pub async fn domain_act(
        &self,
        viewer: &Viewer,
        id: &str,
        name: &DomainName,
        act: DomainAct,
    ) -> Result<OrgDomain, Refusal> {
        let name = name.as_str();
        match act {
            DomainAct::Verify => proof::verify(self, &viewer.email, id, name).await,
            DomainAct::Claim => domains::claim(self, viewer, id, name).await,
            DomainAct::Release => domains::release(self, viewer, id, name).await,
            DomainAct::Unverify => domains::unverify(self, viewer, id, name).await,
            DomainAct::Remove => domains::remove(self, viewer, id, name).await,
        }
    }

    // --- what the engine plans and runs with ---

    /// The site's facts.
    pub async fn site_facts(&self, url: &str) -> Result<SiteFacts, Refusal> {
        users::site_facts(&self.store, url).await
    }

    /// All users from a number on, in order of number, at `now`; sends batches until done or until
    /// the receiver is dropped.
    pub async fn users(
        &self,
        site: &SiteFacts,
        from: u32,
        now: Timestamp,
        into: mpsc::Sender<Vec<UserFacts>>,
    ) -> Result<(), Refusal> {
        users::stream(&self.mirror, &self.store, site, from, now, into).await
    }

    /// What blocks the roster has, and what is folded into them, at `now`.
    pub async fn roster_manifest(
        &self,
        site: &SiteFacts,
        now: Timestamp,
    ) -> Result<RosterManifest, Refusal> {
        mirror::manifest::of(&self.mirror, &self.store, site, now).await
    }

    /// One part of one block, as it is now: never older than the last write that was committed.
    pub async fn roster_part(&self, site: i64, block: u32, kind: Kind) -> Result<Frame, Refusal> {
        self.mirror.part(site, block, kind).await
    }

    /// What the facts of a site's users hang on, time aside: the same words, the same facts.
    pub async fn roster_stamp(&self, conn: &mut Conn, site: &SiteFacts) -> Result<String, Refusal> {
        mirror::manifest::stamp(conn, site).await
    }

    /// These users (at most 1,000 numbers, ascending), inside the caller's transaction.
    pub async fn users_among(
        &self,
        conn: &mut Conn,
        site: &SiteFacts,
        numbers: &[u32],
        now: Timestamp,
    ) -> Result<Vec<UserFacts>, Refusal> {
        users::among(conn, site, numbers, now).await
    }

    /// The `UserID` of one user of a site.
    pub async fn user_id(
        &self,
        conn: &mut Conn,
        url: &str,
        number: u32,
    ) -> Result<Option<String>, Refusal> {
        users::user_id(conn, url, number).await
    }

    /// The addresses of these users (at most 1,000 numbers), as spelled.
    pub async fn addresses(
        &self,
        conn: &mut Conn,
        site: &SiteFacts,
        numbers: &[u32],
    ) -> Result<Vec<(u32, String)>, Refusal> {
        users::addresses(conn, site, numbers).await
    }

    /// Links users silently (at most 1,000 numbers): row 8 (`provisional` false) or row 9, in the
    /// caller's transaction.
    pub async fn link(
        &self,
        conn: &mut Conn,
        site: &SiteFacts,
        numbers: &[u32],
        provisional: bool,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let bond = if provisional { Bond::Provisional } else { Bond::Identity };
        users::link(conn, site, numbers, bond, now).await
    }

    // --- rosters ---

    /// What an import of this file would change; nothing is written (SPEC section 9).
    pub async fn compare_roster(
        &self,
        site: &SiteFacts,
        upload: &RosterUpload,
        replace: bool,
    ) -> Result<RosterChange, Refusal> {
        // One moment, however long it takes.
        let mut reading = self.store.snapshot().await?;
        rosters::compare(&mut reading, site.id, upload, replace).await
    }

    /// Works out what an import writes now; nothing is written.
    pub async fn work_out_roster(
        &self,
        site: &SiteFacts,
        upload: &RosterUpload,
        replace: bool,
    ) -> Result<RosterWork, Refusal> {
        let mut reading = self.store.snapshot().await?;
        rosters::work_out(&mut reading, site.id, upload, replace).await
    }

    /// Gets so many steps of it ready, or all that are left, before the writer's turn is taken.
    pub async fn ready_roster(
        &self,
        site: &SiteFacts,
        (work, most): (&mut RosterWork, usize),
    ) -> Result<(), Refusal> {
        let mut conn = self.store.read().await?;
        rosters::ready(&mut conn, site.id, work, most).await
    }

    /// Writes up to so many steps that are ready, in the caller's transaction; gives the roster's new revision.
    pub async fn store_roster(
        &self,
        conn: &mut Conn,
        site: &SiteFacts,
        work: (&mut RosterWork, usize),
        import: &str,
        now: Timestamp,
    ) -> Result<u64, Refusal> {
        Ok(rosters::write(conn, site.id, work, import, now).await?)
    }

    /// Once all is written: revokes what up to so many of the addresses that were left had, in the
    /// caller's transaction; whether there are more.
    pub async fn revoke_left(
        &self,
        conn: &mut Conn,
        site: &SiteFacts,
        (import, most): (&str, usize),
        now: Timestamp,
    ) -> Result<bool, Refusal> {
        Ok(rosters::revoke_left(conn, site.id, import, most, now).await?)
    }

    /// The roster as the dialect's own product would write it.
    pub async fn export_roster(
        &self,
        site: &SiteFacts,
        dialect: Dialect,
    ) -> Result<Vec<u8>, Refusal> {
        let mut conn = self.store.read().await?;
        Ok(rosters::export(&mut conn, site.id, dialect).await?)
    }

    /// How many users the roster had at an earlier revision; their numbers run from 0.
    pub async fn users_at(&self, site: &SiteFacts, revision: u64) -> Result<u32, Refusal> {
        users::users_at(&self.store, site, revision).await
    }

    // --- the person's own answer (rule U6) ---

    /// The page behind a mail's link; changes nothing.
    pub async fn show_invitation(&self, token: &str) -> Result<WebPage, Refusal> {
        pages::show(&self.store, token, self.clock.now()).await
    }

    /// Takes the answer given on that page, once, in the caller's transaction.
    pub async fn answer_invitation(
        &self,
        conn: &mut Conn,
        token: &str,
        answer: InvitationAnswer,
        now: Timestamp,
    ) -> Result<Answered, Refusal> {
        self.confirmed.notify_one();
        pages::answer(&self.store, conn, token, answer, now).await
    }
}
