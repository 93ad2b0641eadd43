//! The part of the seam for offers of roles (rule P1): what somebody is offered, their answer, and
//! taking an offer back.
//!
//! Owns the calls and what crosses. The offer's mail and code are `onboarding`'s.

use jiff::Timestamp;

use super::{Accepted, Answer, Viewer};
use crate::api::offer::Offer;
use crate::api::organization::Organization;
use crate::api::welcome::WelcomeShown;
use crate::server::store::Conn;

/// What the addressee of an offer answers, short of accepting it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfferAnswer {
    /// No; that stands until they lift it.
    Decline,
    /// The no is lifted: it may be offered again.
    Lift,
}

/// Offers of roles: a part of [`super::Provider`]. Addresses are canonical, codes as typed.
pub trait Offering: Send + Sync {
    /// What an address is offered, or has declined.
    fn offers_to<'a>(&'a self, email: &'a str) -> Answer<'a, Vec<Offer>>;
    /// What an address is offered in an organization, with the terms.
    fn offer<'a>(&'a self, email: &'a str, organization: &'a str) -> Answer<'a, WelcomeShown>;
    /// Accepts for who is signed in, once, in the caller's transaction.
    fn accept_offer<'a>(
        &'a self,
        conn: &'a mut Conn,
        email: &'a str,
        organization: &'a str,
        terms_sha256: &'a str,
        now: Timestamp,
    ) -> Answer<'a, Accepted>;
    /// Takes the answer of who is signed in.
    fn answer_offer<'a>(
        &'a self,
        email: &'a str,
        organization: &'a str,
        answer: OfferAnswer,
    ) -> Answer<'a, Offer>;
    /// Takes the answer of who has the code.
    fn answer_welcome<'a>(&'a self, code: &'a str, answer: OfferAnswer)
    -> Answer<'a, WelcomeShown>;
    /// Takes an offer back, for who made it or, with `may_grant`, for who may grant the roles.
    fn withdraw_offer<'a>(
        &'a self,
        viewer: &'a Viewer,
        organization: &'a str,
        email: &'a str,
        may_grant: bool,
    ) -> Answer<'a, Organization>;
}
