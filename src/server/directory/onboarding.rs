//! A customer's first days (rules T4 to T7): welcome, services setup, Contact Center, put together
//! from their files.
//!
//! Owns nothing itself.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::watch;

use super::{Directory, access, contact_center, linking, setup, welcome};
use crate::api::contact_center::{ContactCenter, SetUpContactCenter};
use crate::api::problem::code;
use crate::api::run::WatchQuery;
use crate::api::setup::{Setup, SubdomainCheck, Suggestions};
use crate::api::welcome::{Welcome, WelcomeShown};
use crate::domain::setup::SetupState;
use crate::server::ServeOptions;
use crate::server::directory::Viewer;
use crate::server::refusal::Refusal;
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

/// How somebody who accepts a welcome will sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// With this new password (its PHC string).
    NewPassword(String),
    /// As before: this address is signed in.
    SignedIn(String),
    /// As was said on the page before, which this step's secret comes from.
    Step(String),
}

/// A welcome that was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The person's canonical address; they are in `people` now.
    pub email: String,
    /// The organization's id.
    pub organization: String,
    /// Its name.
    pub organization_name: String,
    /// Where its services setup stands.
    pub setup: SetupState,
}

impl Directory {
    /// An organization's services setup (rule T5).
    pub async fn setup(&self, viewer: &Viewer, id: &str) -> Result<Setup, Refusal> {
        setup::show(self, &mut *self.store.read().await?, viewer, id).await
    }

    /// Takes the subdomain and finishes setup (rules T5, T6).
    pub async fn finish_setup(
        &self,
        viewer: &Viewer,
        id: &str,
        subdomain: &str,
    ) -> Result<Setup, Refusal> {
        setup::finish(self, viewer, id, subdomain).await
    }

    /// Whether the organization could have this subdomain (rule T6).
    pub async fn check_subdomain(&self, id: &str, name: &str) -> Result<SubdomainCheck, Refusal> {
        setup::subdomains::check(&self.store, id, name).await
    }

    /// Three free subdomains (rule T6).
    pub async fn suggest_subdomains(
        &self,
        id: &str,
        name: Option<&str>,
    ) -> Result<Suggestions, Refusal> {
        setup::subdomains::suggest(&self.store, id, name).await
    }

    /// The Contact Center card, once its revision is another, or after the wait (rule T7).
    pub async fn contact_center(
        &self,
        viewer: &Viewer,
        id: &str,
        watch: &WatchQuery,
    ) -> Result<ContactCenter, Refusal> {
        contact_center::watch(self, viewer, id, watch).await
    }

    /// The card's Set Up: begins what this viewer may begin (rule T7).
    pub async fn set_up_contact_center(
        &self,
        viewer: &Viewer,
        id: &str,
        asked: &SetUpContactCenter,
    ) -> Result<ContactCenter, Refusal> {
        contact_center::begin(self, viewer, id, asked).await
    }

    /// An organization's newest welcome (rule T4).
    pub async fn welcome(&self, id: &str) -> Result<Welcome, Refusal> {
        welcome::show(&mut *self.store.read().await?, id, self.clock.now()).await
    }

    /// Sends it again: a person's own act.
    pub async fn resend_welcome(&self, viewer: &Viewer, id: &str) -> Result<Welcome, Refusal> {
        welcome::resend(self, viewer, id).await
    }

    /// Sends it to another address instead; the old link and right die.
    pub async fn correct_welcome(
        &self,
        viewer: &Viewer,
        id: &str,
        email: &str,
    ) -> Result<Welcome, Refusal> {
        welcome::correct(self, viewer, id, email).await
    }

    /// What is behind a welcome's code; changes nothing.
    pub async fn look_at_welcome(&self, text: &str) -> Result<WelcomeShown, Refusal> {
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
    }

    /// Keeps what a page proved until the next page: a new password's PHC string, or that the
    /// person is signed in (`None`). Answers the secret that ties the next page to it.
    pub async fn step_into_welcome(
        &self,
        code: &str,
        phc: Option<&str>,
    ) -> Result<String, Refusal> {
        welcome::accept::step(self, code, phc).await
    }

    /// Accepts, once, in the caller's transaction: the person can sign in, the terms are accepted.
    pub async fn accept_welcome(
        &self,
        conn: &mut Conn,
        code: &str,
        proof: &Proof,
        terms_sha256: &str,
        now: Timestamp,
    ) -> Result<Accepted, Refusal> {
        welcome::accept::accept(conn, code, proof, terms_sha256, now).await
    }

    /// What a code was accepted for, to answer its repeat; changes nothing, and proves nobody.
    pub async fn accepted_welcome(
        &self,
        conn: &mut Conn,
        code: &str,
        terms_sha256: &str,
    ) -> Result<Accepted, Refusal> {
        welcome::accept::again::by_code(conn, code, terms_sha256).await
    }
}
