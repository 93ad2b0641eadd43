//! The part of the seam for a customer's first days: welcome, services setup, Contact Center
//! (rules T4 to T7).
//!
//! Owns the calls and what crosses. A file of its own, so that the rest of the seam stays readable.

use jiff::Timestamp;

use super::{Answer, Viewer};
use crate::api::contact_center::{ContactCenter, SetUpContactCenter};
use crate::api::run::WatchQuery;
use crate::api::setup::{Setup, SubdomainCheck, Suggestions};
use crate::api::welcome::{Welcome, WelcomeShown};
use crate::domain::setup::SetupState;
use crate::server::store::Conn;

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

/// Welcome, services setup and Contact Center: a part of [`super::Provider`].
///
/// As there, callers have authorized; codes are as typed or pasted.
pub trait Onboarding: Send + Sync {
    /// An organization's services setup (rule T5).
    fn setup<'a>(&'a self, viewer: &'a Viewer, id: &'a str) -> Answer<'a, Setup>;
    /// Takes the subdomain and finishes setup (rules T5, T6).
    fn finish_setup<'a>(
        &'a self,
        viewer: &'a Viewer,
        id: &'a str,
        subdomain: &'a str,
    ) -> Answer<'a, Setup>;
    /// Whether the organization could have this subdomain (rule T6).
    fn check_subdomain<'a>(&'a self, id: &'a str, name: &'a str) -> Answer<'a, SubdomainCheck>;
    /// Three free subdomains (rule T6).
    fn suggest_subdomains<'a>(
        &'a self,
        id: &'a str,
        name: Option<&'a str>,
    ) -> Answer<'a, Suggestions>;
    /// The Contact Center card, once its revision is another, or after the wait (rule T7).
    fn contact_center<'a>(
        &'a self,
        viewer: &'a Viewer,
        id: &'a str,
        watch: &'a WatchQuery,
    ) -> Answer<'a, ContactCenter>;
    /// The card's Set Up: begins what this viewer may begin (rule T7).
    fn set_up_contact_center<'a>(
        &'a self,
        viewer: &'a Viewer,
        id: &'a str,
        asked: &'a SetUpContactCenter,
    ) -> Answer<'a, ContactCenter>;
    /// An organization's newest welcome (rule T4).
    fn welcome<'a>(&'a self, id: &'a str) -> Answer<'a, Welcome>;
    /// Sends it again: a person's own act.
    fn resend_welcome<'a>(&'a self, viewer: &'a Viewer, id: &'a str) -> Answer<'a, Welcome>;
    /// Sends it to another address instead; the old link and right die.
    fn correct_welcome<'a>(
        &'a self,
        viewer: &'a Viewer,
        id: &'a str,
        email: &'a str,
    ) -> Answer<'a, Welcome>;
    /// What is behind a welcome's code; changes nothing.
    fn look_at_welcome<'a>(&'a self, code: &'a str) -> Answer<'a, WelcomeShown>;
    /// Keeps what a page proved until the next page: a new password's PHC string, or that the
    /// person is signed in (`None`). Answers the secret that ties the next page to it.
    fn step_into_welcome<'a>(&'a self, code: &'a str, phc: Option<&'a str>) -> Answer<'a, String>;
    /// Accepts, once, in the caller's transaction: the person can sign in, the terms are accepted.
    fn accept_welcome<'a>(
        &'a self,
        conn: &'a mut Conn,
        code: &'a str,
        proof: &'a Proof,
        terms_sha256: &'a str,
        now: Timestamp,
    ) -> Answer<'a, Accepted>;
    /// What a code was accepted for, to answer its repeat; changes nothing, and proves nobody.
    fn accepted_welcome<'a>(
        &'a self,
        conn: &'a mut Conn,
        code: &'a str,
        terms_sha256: &'a str,
    ) -> Answer<'a, Accepted>;
}
