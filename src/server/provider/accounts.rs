//! The accounts of sites elsewhere: linking them, looking how they stand, and what is switched meanwhile.
//!
//! Owns what crosses. What an intent and its outcome are is the outbox's to say.

use std::future::ready;
use std::time::Duration;

use futures_util::future::BoxFuture;

use super::{Credentials, Target};
use crate::server::post::{Fate, Intent};

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

/// How what is switched for a whole organization stood before, in the provider's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restore(pub String);

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

    /// How that stands which has to be switched in the whole organization while accounts are linked,
    /// such as whether it mails who is added; none where nothing has to be. Switches nothing.
    fn switched<'a>(
        &'a self,
        _as_whom: &'a Credentials,
        _on: &'a Target,
    ) -> BoxFuture<'a, Result<Option<Restore>, ProviderError>> {
        Box::pin(ready(Ok(None)))
    }

    /// Switches it. How it stood is durable.
    fn open<'a>(
        &'a self,
        _as_whom: &'a Credentials,
        _on: &'a Target,
    ) -> BoxFuture<'a, Result<(), ProviderError>> {
        Box::pin(ready(Ok(())))
    }

    /// Puts it back.
    fn close<'a>(
        &'a self,
        _as_whom: &'a Credentials,
        _on: &'a Target,
        _before: &'a Restore,
    ) -> BoxFuture<'a, Result<(), ProviderError>> {
        Box::pin(ready(Ok(())))
    }
}
