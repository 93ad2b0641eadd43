//! The reference provider: complete and self-contained, over the backend's own database.
//!
//! Owns putting its parts together behind `trait Provider`. The rules are `domain`'s; the plans and
//! runs are the engine's, of which it knows nothing.

mod access;
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
mod licences;
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
mod proof;
mod restored;
mod roles;
pub(in crate::server) mod rosters;
mod selling;
mod services;
mod setup;
mod site_edits;
mod sites;
mod timers;
mod trials;
mod users;
pub(in crate::server) mod welcome;

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::{Notify, mpsc};

use super::{
    Answer, Answered, DomainAct, InvitationAnswer, Provider, Resource, RosterChange, RosterUpload,
    RosterWork, SiteFacts, UserFacts, Viewer, WebPage,
};
use crate::api::blocks::{Frame, Kind};
use crate::api::domains::{ConsumerDomain, OrgDomain};
use crate::api::organization::{EditOrganization, NewOrganization, Organization, RoleChange};
use crate::api::page::{Page, PageQuery};
use crate::api::roster::RosterManifest;
use crate::api::session::{Capabilities, Capability, HeldRole};
use crate::api::site::{AgreementText, EditSite, NewSite, Sign, Site, SiteDomain};
use crate::api::timer::Timer;
use crate::domain::domain_name::DomainName;
use crate::domain::linking::LinkingMethod;
use crate::domain::role::Role;
use crate::server::ServeOptions;
use crate::server::chores::Chores;
use crate::server::clock::WorldClock;
use crate::server::post::Post;
use crate::server::store::timed::Timed;
use crate::server::store::{Conn, Store};
use crate::table::Dialect;
pub use dns::{Dns, Txt};
use onboarding::Desk;
use users::Bond;

/// The reference provider.
#[derive(Debug)]
pub struct Reference {
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
    /// The users of all sites, as they are read.
    mirror: mirror::Mirror,
}

impl Reference {
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
        }
    }

    /// A welcome was begun and is committed: its mail may leave.
    fn welcome_begun(&self) {
        self.post.ring();
    }
}

impl Provider for Reference {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            domains: Capability::Automated,
            linking_method: Capability::Automated,
            link: Capability::Automated,
            invite: Capability::Automated,
            import: Capability::Automated,
        }
    }

    fn measured(&self) -> [(&'static str, &Timed); 2] {
        [("smtp", self.post.timed()), ("dns", &self.dns.timed)]
    }

    fn start(self: Arc<Self>, chores: &Chores) {
        own_chores::start(&self, chores);
    }

    fn timers<'a>(&'a self, viewer: &'a Viewer) -> Answer<'a, Vec<Timer>> {
        Box::pin(timers::all(self, viewer))
    }

    fn held<'a>(&'a self, email: &'a str) -> Answer<'a, Vec<HeldRole>> {
        Box::pin(roles::held(&self.store, email))
    }

    fn roles<'a>(
        &'a self,
        email: &'a str,
        resource: Resource<'a>,
    ) -> Answer<'a, Option<Vec<Role>>> {
        Box::pin(roles::towards(&self.store, email, resource))
    }

    fn organizations<'a>(
        &'a self,
        viewer: &'a Viewer,
        page: &'a PageQuery,
    ) -> Answer<'a, Page<Organization>> {
        Box::pin(organizations::list(self, viewer, page))
    }

    fn organization<'a>(&'a self, viewer: &'a Viewer, id: &'a str) -> Answer<'a, Organization> {
        Box::pin(async move {
            organizations::show(&mut *self.store.read().await?, viewer, id, self.clock.now()).await
        })
    }

    fn add_organization<'a>(
        &'a self,
        viewer: &'a Viewer,
        new: &'a NewOrganization,
    ) -> Answer<'a, Organization> {
        Box::pin(organizations::adding::add(self, viewer, new))
    }

    fn edit_organization<'a>(
        &'a self,
        viewer: &'a Viewer,
        id: &'a str,
        edit: &'a EditOrganization,
    ) -> Answer<'a, Organization> {
        Box::pin(organizations::editing::edit(self, viewer, id, edit))
    }

    fn grant<'a>(
        &'a self,
        viewer: &'a Viewer,
        id: &'a str,
        change: &'a RoleChange,
    ) -> Answer<'a, Organization> {
        Box::pin(administrators::grant(self, viewer, id, change))
    }

    fn revoke<'a>(
        &'a self,
        viewer: &'a Viewer,
        id: &'a str,
        change: &'a RoleChange,
    ) -> Answer<'a, Organization> {
        Box::pin(administrators::revoke(self, viewer, id, change))
    }

    fn sites<'a>(&'a self, viewer: &'a Viewer, page: &'a PageQuery) -> Answer<'a, Page<Site>> {
        Box::pin(sites::list(self, viewer, page))
    }

    fn site<'a>(&'a self, viewer: &'a Viewer, url: &'a str) -> Answer<'a, Site> {
        Box::pin(async move {
            sites::show(&mut *self.store.read().await?, viewer, url, self.clock.now()).await
        })
    }

    fn add_site<'a>(&'a self, viewer: &'a Viewer, new: &'a NewSite) -> Answer<'a, Site> {
        Box::pin(site_edits::add(self, viewer, new))
    }

    fn edit_site<'a>(
        &'a self,
        viewer: &'a Viewer,
        url: &'a str,
        edit: &'a EditSite,
    ) -> Answer<'a, Site> {
        Box::pin(site_edits::edit(self, viewer, url, edit))
    }

    fn set_method<'a>(
        &'a self,
        viewer: &'a Viewer,
        url: &'a str,
        method: LinkingMethod,
    ) -> Answer<'a, Site> {
        Box::pin(site_edits::set_method(self, viewer, url, method))
    }

    fn site_domains<'a>(&'a self, url: &'a str) -> Answer<'a, Vec<SiteDomain>> {
        Box::pin(agreements::site_domains(self, url))
    }

    fn agreement_text<'a>(&'a self, url: &'a str) -> Answer<'a, AgreementText> {
        Box::pin(agreements::text(self, url))
    }

    fn sign<'a>(&'a self, viewer: &'a Viewer, url: &'a str, sign: &'a Sign) -> Answer<'a, Site> {
        Box::pin(agreements::sign(self, viewer, url, sign))
    }

    fn domains<'a>(&'a self, id: &'a str, page: &'a PageQuery) -> Answer<'a, Page<OrgDomain>> {
        Box::pin(domains::list(self, id, page))
    }

    fn consumer_domains<'a>(&'a self, page: &'a PageQuery) -> Answer<'a, Page<ConsumerDomain>> {
        Box::pin(consumers::list(self, page))
    }

    fn add_consumer_domain<'a>(
        &'a self,
        viewer: &'a Viewer,
        name: &'a str,
    ) -> Answer<'a, ConsumerDomain> {
        Box::pin(consumers::add(self, viewer, name))
    }

    fn add_domain<'a>(
        &'a self,
        viewer: &'a Viewer,
        id: &'a str,
        name: &'a str,
    ) -> Answer<'a, OrgDomain> {
        Box::pin(domains::add(self, viewer, id, name))
    }

    fn domain_act<'a>(
        &'a self,
        viewer: &'a Viewer,
        id: &'a str,
        name: &'a DomainName,
        act: DomainAct,
    ) -> Answer<'a, OrgDomain> {
        let name = name.as_str();
        match act {
            DomainAct::Verify => Box::pin(proof::verify(self, &viewer.email, id, name)),
            DomainAct::Claim => Box::pin(domains::claim(self, viewer, id, name)),
            DomainAct::Release => Box::pin(domains::release(self, viewer, id, name)),
            DomainAct::Unverify => Box::pin(domains::unverify(self, viewer, id, name)),
        }
    }

    fn site_facts<'a>(&'a self, url: &'a str) -> Answer<'a, SiteFacts> {
        Box::pin(users::site_facts(&self.store, url))
    }

    fn users<'a>(
        &'a self,
        site: &'a SiteFacts,
        from: u32,
        now: Timestamp,
        into: mpsc::Sender<Vec<UserFacts>>,
    ) -> Answer<'a, ()> {
        Box::pin(users::stream(&self.mirror, &self.store, site, from, now, into))
    }

    fn roster_manifest<'a>(
        &'a self,
        site: &'a SiteFacts,
        now: Timestamp,
    ) -> Answer<'a, RosterManifest> {
        Box::pin(mirror::manifest::of(&self.mirror, &self.store, site, now))
    }

    fn roster_part(&self, site: i64, block: u32, kind: Kind) -> Answer<'_, Frame> {
        Box::pin(self.mirror.part(site, block, kind))
    }

    fn roster_stamp<'a>(&'a self, conn: &'a mut Conn, site: &'a SiteFacts) -> Answer<'a, String> {
        Box::pin(mirror::manifest::stamp(conn, site))
    }

    fn users_among<'a>(
        &'a self,
        conn: &'a mut Conn,
        site: &'a SiteFacts,
        numbers: &'a [u32],
        now: Timestamp,
    ) -> Answer<'a, Vec<UserFacts>> {
        Box::pin(users::among(conn, site, numbers, now))
    }

    fn link<'a>(
        &'a self,
        conn: &'a mut Conn,
        site: &'a SiteFacts,
        numbers: &'a [u32],
        provisional: bool,
        now: Timestamp,
    ) -> Answer<'a, ()> {
        let bond = if provisional { Bond::Provisional } else { Bond::Identity };
        Box::pin(users::link(conn, site, numbers, bond, now))
    }

    fn compare_roster<'a>(
        &'a self,
        site: &'a SiteFacts,
        upload: &'a RosterUpload,
        replace: bool,
    ) -> Answer<'a, RosterChange> {
        Box::pin(async move {
            // One moment, however long it takes.
            let mut reading = self.store.snapshot().await?;
            rosters::compare(&mut reading, site.id, upload, replace).await
        })
    }

    fn work_out_roster<'a>(
        &'a self,
        site: &'a SiteFacts,
        upload: &'a RosterUpload,
        replace: bool,
    ) -> Answer<'a, RosterWork> {
        Box::pin(async move {
            let mut reading = self.store.snapshot().await?;
            rosters::work_out(&mut reading, site.id, upload, replace).await
        })
    }

    fn ready_roster<'a>(
        &'a self,
        site: &'a SiteFacts,
        (work, most): (&'a mut RosterWork, usize),
    ) -> Answer<'a, ()> {
        Box::pin(async move {
            let mut conn = self.store.read().await?;
            rosters::ready(&mut conn, site.id, work, most).await
        })
    }

    fn store_roster<'a>(
        &'a self,
        conn: &'a mut Conn,
        site: &'a SiteFacts,
        work: (&'a mut RosterWork, usize),
        import: &'a str,
        now: Timestamp,
    ) -> Answer<'a, u64> {
        Box::pin(async move { Ok(rosters::write(conn, site.id, work, import, now).await?) })
    }

    fn revoke_left<'a>(
        &'a self,
        conn: &'a mut Conn,
        site: &'a SiteFacts,
        (import, most): (&'a str, usize),
        now: Timestamp,
    ) -> Answer<'a, bool> {
        Box::pin(async move { Ok(rosters::revoke_left(conn, site.id, import, most, now).await?) })
    }

    fn export_roster<'a>(&'a self, site: &'a SiteFacts, dialect: Dialect) -> Answer<'a, Vec<u8>> {
        Box::pin(async move {
            let mut conn = self.store.read().await?;
            Ok(rosters::export(&mut conn, site.id, dialect).await?)
        })
    }

    fn users_at<'a>(&'a self, site: &'a SiteFacts, revision: u64) -> Answer<'a, u32> {
        Box::pin(users::users_at(&self.store, site, revision))
    }

    fn show_invitation<'a>(&'a self, token: &'a str) -> Answer<'a, WebPage> {
        Box::pin(pages::show(&self.store, token, self.clock.now()))
    }

    fn answer_invitation<'a>(
        &'a self,
        conn: &'a mut Conn,
        token: &'a str,
        answer: InvitationAnswer,
        now: Timestamp,
    ) -> Answer<'a, Answered> {
        self.confirmed.notify_one();
        Box::pin(pages::answer(&self.store, conn, token, answer, now))
    }
}
