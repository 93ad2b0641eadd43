//! The seam to the directory elsewhere: what a provider can do there, and the acts it carries out.
//!
//! Owns the words alone. What is planned over is ours and lies in `server::directory`; a provider does
//! what was decided here, and says what became of it in the outbox's words. Nothing of ours crosses: no
//! connection, no HTTP status, no row number. Sites, organizations and accounts go by the names that
//! they have outside, and each call says as whom it is made.

pub mod reference;

use std::fmt;
use std::time::Duration;

use futures_util::future::BoxFuture;

use super::post::{Fate, Intent};

/// A directory elsewhere.
pub trait Provider: fmt::Debug + Send + Sync {
    /// What it is called.
    fn name(&self) -> &str;
    /// How an act is done there.
    fn can(&self, act: Act) -> How;
    /// Its accounts.
    fn accounts(&self) -> &dyn Accounts;
}

/// What may be asked of a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Proving domains.
    Domains,
    /// Choosing the method and signing agreements.
    Method,
    /// Linking accounts silently.
    Link,
    /// Inviting people by e-mail.
    Invite,
    /// Importing rosters.
    Import,
}

/// How an act is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum How {
    /// By the provider.
    Automated,
    /// By the operator, elsewhere.
    Guided {
        /// Where.
        link: String,
    },
    /// Not at all.
    Unavailable {
        /// Why.
        why: String,
    },
}

/// As whom a call is made: a provider has its own way from the person to what opens the door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The canonical address of who began it.
    pub actor: String,
}

/// Where an act is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The organization's id.
    pub organization: String,
    /// The site's URL.
    pub site: String,
}

/// An account of the site that is linked to the organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// `UserID`.
    pub user_id: String,
    /// The address as spelled when it was decided.
    pub address: String,
    /// Whether it is linked under an agreement alone (row 9).
    pub provisional: bool,
}

/// What is seen of an act that nobody knows the end of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Observed {
    /// It was done.
    Done,
    /// It was not, and nothing of it is under way any more.
    NotDone,
}

/// Why nothing could be learned. It is asked again after a pause.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{words}")]
pub struct ProviderError {
    /// The pause.
    pub pause: Duration,
    /// Why.
    pub words: String,
}

/// The accounts of sites, and linking them.
pub trait Accounts: Send + Sync {
    /// Links these accounts, at most 500, under one intent that is durable; what became of each, in
    /// their order. Whoever is not told of may have been linked. May be dropped at any point.
    fn carry_out<'a>(
        &'a self,
        as_whom: &'a Credentials,
        on: &'a Target,
        intent: &'a Intent,
        accounts: &'a [Account],
    ) -> BoxFuture<'a, Vec<Fate>>;

    /// Looks how these accounts stand, which may have been linked under that intent; in their order.
    fn look<'a>(
        &'a self,
        as_whom: &'a Credentials,
        on: &'a Target,
        intent: &'a Intent,
        accounts: &'a [Account],
    ) -> BoxFuture<'a, Result<Vec<Observed>, ProviderError>>;
}
