//! The reference provider: complete and self-contained, over the backend's own database.
//!
//! Owns putting its parts together behind `trait Provider`. The rules are `domain`'s; the plans and
//! runs are the engine's, of which it knows nothing.

mod facts;
mod roles;
pub(in crate::server) mod rosters;
mod users;

use std::sync::Arc;

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use tokio::sync::mpsc;

use super::{Answer, Delivery, Mail, Provider, Resource, RosterChange, SiteFacts, UserFacts};
use crate::api::session::{Capabilities, Capability, HeldRole};
use crate::domain::role::Role;
use crate::server::ServeOptions;
use crate::server::clock::WorldClock;
use crate::server::stop::Stop;
use crate::server::store::{Conn, Store};
use crate::table::{Dialect, RosterFile};

/// The reference provider.
#[derive(Debug, Clone)]
pub struct Reference {
    store: Store,
    clock: Arc<WorldClock>,
}

impl Reference {
    /// Over a database, with the mail server and the resolvers that the options name.
    pub fn new(store: Store, clock: Arc<WorldClock>, _options: &ServeOptions) -> Self {
        Self { store, clock }
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

    fn tend(&self, stop: Stop) -> BoxFuture<'_, ()> {
        Box::pin(async move { stop.wait().await })
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
        Box::pin(users::stream(&self.store, site, from, now, into))
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
        number: u32,
        provisional: bool,
        now: Timestamp,
    ) -> Answer<'a, ()> {
        Box::pin(users::link(conn, site, number, provisional, now))
    }

    fn compare_roster<'a>(
        &'a self,
        site: &'a SiteFacts,
        file: &'a RosterFile,
        replace: bool,
    ) -> Answer<'a, RosterChange> {
        Box::pin(async move {
            let mut conn = self.store.read().await?;
            Ok(rosters::compare(&mut conn, site.id, file, replace).await?)
        })
    }

    fn store_roster<'a>(
        &'a self,
        conn: &'a mut Conn,
        site: &'a SiteFacts,
        file: &'a RosterFile,
        replace: bool,
        now: Timestamp,
    ) -> Answer<'a, u64> {
        Box::pin(async move { Ok(rosters::upsert(conn, site.id, file, replace, now).await?) })
    }

    fn export_roster<'a>(&'a self, site: &'a SiteFacts, dialect: Dialect) -> Answer<'a, Vec<u8>> {
        Box::pin(async move {
            let mut conn = self.store.read().await?;
            Ok(rosters::export(&mut conn, site.id, dialect).await?)
        })
    }

    fn deliver<'a>(&'a self, _mail: &'a Mail) -> BoxFuture<'a, Delivery> {
        Box::pin(async { Delivery::Deferred("no mail server is set up".into()) })
    }
}
