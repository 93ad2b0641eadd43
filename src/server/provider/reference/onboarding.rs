//! The seam's part for a customer's first days, put together from its files.
//!
//! Owns nothing itself.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::watch;

use super::{Reference, access, contact_center, linking, setup, welcome};
use crate::api::contact_center::{ContactCenter, SetUpContactCenter};
use crate::api::problem::code;
use crate::api::run::WatchQuery;
use crate::api::setup::{Setup, SubdomainCheck, Suggestions};
use crate::api::welcome::{Welcome, WelcomeShown};
use crate::server::ServeOptions;
use crate::server::provider::{Accepted, Answer, Onboarding, Proof, Viewer};
use crate::server::store::Conn;

/// What wakes the work of the first days, and what its mails need to know.
#[derive(Debug)]
pub struct Desk {
    /// Rings when a part of a Contact Center was begun or has ended.
    pub parts: watch::Sender<u64>,
    /// The URL under which people reach the backend, for links in mails.
    pub public_url: Arc<str>,
    /// The domain of the sender of mails, for Message-IDs.
    pub mail_domain: String,
}

impl Desk {
    /// A desk of a backend that people reach here.
    pub fn new(options: &ServeOptions, public_url: &str) -> Self {
        let address = options.mail_from.trim().trim_end_matches('>');
        let domain = address.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
        Self {
            parts: watch::Sender::new(0),
            public_url: public_url.into(),
            mail_domain: domain.to_owned(),
        }
    }
}

impl Onboarding for Reference {
    fn setup<'a>(&'a self, viewer: &'a Viewer, id: &'a str) -> Answer<'a, Setup> {
        Box::pin(async move { setup::show(self, &mut *self.store.read().await?, viewer, id).await })
    }

    fn finish_setup<'a>(
        &'a self,
        viewer: &'a Viewer,
        id: &'a str,
        subdomain: &'a str,
    ) -> Answer<'a, Setup> {
        Box::pin(setup::finish(self, viewer, id, subdomain))
    }

    fn check_subdomain<'a>(&'a self, id: &'a str, name: &'a str) -> Answer<'a, SubdomainCheck> {
        Box::pin(setup::subdomains::check(&self.store, id, name))
    }

    fn suggest_subdomains<'a>(
        &'a self,
        id: &'a str,
        name: Option<&'a str>,
    ) -> Answer<'a, Suggestions> {
        Box::pin(setup::subdomains::suggest(&self.store, id, name))
    }

    fn contact_center<'a>(
        &'a self,
        viewer: &'a Viewer,
        id: &'a str,
        watch: &'a WatchQuery,
    ) -> Answer<'a, ContactCenter> {
        Box::pin(contact_center::watch(self, viewer, id, watch))
    }

    fn set_up_contact_center<'a>(
        &'a self,
        viewer: &'a Viewer,
        id: &'a str,
        asked: &'a SetUpContactCenter,
    ) -> Answer<'a, ContactCenter> {
        Box::pin(contact_center::begin(self, viewer, id, asked))
    }

    fn welcome<'a>(&'a self, id: &'a str) -> Answer<'a, Welcome> {
        Box::pin(async move {
            welcome::show(&mut *self.store.read().await?, id, self.clock.now()).await
        })
    }

    fn resend_welcome<'a>(&'a self, viewer: &'a Viewer, id: &'a str) -> Answer<'a, Welcome> {
        Box::pin(welcome::resend(self, viewer, id))
    }

    fn correct_welcome<'a>(
        &'a self,
        viewer: &'a Viewer,
        id: &'a str,
        email: &'a str,
    ) -> Answer<'a, Welcome> {
        Box::pin(welcome::correct(self, viewer, id, email))
    }

    fn look_at_welcome<'a>(&'a self, text: &'a str) -> Answer<'a, WelcomeShown> {
        Box::pin(async move {
            let mut conn = self.store.read().await?;
            let now = self.clock.now();
            match welcome::accept::look(&mut conn, text, now).await {
                // Nobody has to know what kind of code a mail has.
                Err(refusal) if refusal.problem.code == code::CODE_UNKNOWN => {
                    let told = match linking::code::told(&mut conn, text, now).await? {
                        None => access::resets::told(&mut conn, text).await?,
                        told => told,
                    };
                    Err(told.unwrap_or(refusal))
                }
                answer => answer,
            }
        })
    }

    fn step_into_welcome<'a>(&'a self, code: &'a str, phc: Option<&'a str>) -> Answer<'a, String> {
        Box::pin(welcome::accept::step(self, code, phc))
    }

    fn accept_welcome<'a>(
        &'a self,
        conn: &'a mut Conn,
        code: &'a str,
        proof: &'a Proof,
        terms_sha256: &'a str,
        now: Timestamp,
    ) -> Answer<'a, Accepted> {
        Box::pin(welcome::accept::accept(conn, code, proof, terms_sha256, now))
    }

    fn accepted_welcome<'a>(
        &'a self,
        conn: &'a mut Conn,
        code: &'a str,
        terms_sha256: &'a str,
    ) -> Answer<'a, Accepted> {
        Box::pin(welcome::accept::again::by_code(conn, code, terms_sha256))
    }
}
